//! `pr-variant-flattened`: variants of 1C against one product of the CRM.

use crate::checks::books::{active, lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, RecordRef, Side};
use rustc_hash::{FxHashMap, FxHashSet};

pub struct VariantFlattened;

static META: Meta = Meta {
    id: "pr-variant-flattened",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Характеристики 1С — один товар в CRM",
        finds: "Товары 1С с несколькими характеристиками, которым в CRM соответствует один товар без вариантов.",
        why: "Остатки и цены разных цветов и размеров сложатся в одну карточку.",
        causes: "В CRM варианты не заводили.",
        remedy: "Заведите в CRM варианты товара или ведите в 1С отдельную номенклатуру.",
        example: "Футболка S, M, L в 1С и одна «Футболка» в CRM",
        source: "Практика: обмен передаёт характеристики ключом «Ид товара#Ид характеристики» (CommerceML)",
    },
    en: Card {
        title: "Variants of 1C are one product in the CRM",
        finds: "Products of 1C with several variants that one product of the CRM without variants answers.",
        why: "Stock and prices of colours and sizes add up on one card.",
        causes: "Variants were never entered in the CRM.",
        remedy: "Enter variants in the CRM, or separate items in 1C.",
        example: "T-shirt S, M, L in 1C and one “T-shirt” in the CRM",
        source: "Practice: exchanges carry variants under the key “product#variant” (CommerceML)",
    },
};

impl Check for VariantFlattened {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[]) {
            return missing;
        }
        let onec = cx.data.book(Side::Onec, Entity::Product);
        let mut variants: FxHashMap<&str, Vec<RecordRef>> = FxHashMap::default();
        for at in active(onec) {
            if let Some((base, _)) = onec.raw.id(at).split_once('#') {
                variants.entry(base).or_default().push(onec.at(at));
            }
        }
        if variants.is_empty() {
            return Ran::NotRun(cx.say(
                || "в выгрузке 1С нет характеристик".to_owned(),
                || "the export of 1C has no variants".to_owned(),
            ));
        }
        let mut evaluated = 0;
        let mut told: FxHashSet<&str> = FxHashSet::default();
        for (a, b) in pairs(cx, Entity::Product) {
            evaluated += 1;
            let id = cx.data.id(b);
            let base = id.split('#').next().unwrap_or(id);
            let Some(all) = variants.get(base).filter(|all| all.len() > 1) else { continue };
            // As many pairs as variants: the CRM has them too.
            let answered = all.iter().filter(|v| cx.pairing.partners(**v).next().is_some()).count();
            if answered > 1 || !told.insert(base) {
                continue;
            }
            let (name, n) = (cx.quoted(&cx.data.display_name(a)), all.len());
            let message = cx.say(
                || format!("{name}: в 1С характеристик {n}, в CRM один товар"),
                || format!("{name}: {n} variants in 1C, one product in the CRM"),
            );
            out.push(Finding::record(a, message).other(b).more(all.iter().copied().filter(|r| *r != b).collect()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let product = |id, name, variant| [(Field::Id, id), (Field::Name, name), (Field::Variant, variant)];
        let world = |crm: &[[(Field, &str); 3]]| {
            let all = crm.iter().fold(World::new(), |w, texts| w.add(Side::Crm, Entity::Product, texts));
            let onec = [product("g", "Футболка", ""), product("g#s", "Футболка", "S"), product("g#m", "Футболка", "M")];
            onec.iter().fold(all, |w, texts| w.add(Side::Onec, Entity::Product, texts))
        };
        world(&[product("1", "Футболка", "")]).expect(&VariantFlattened, &["crm:1 onec:g onec:g#s onec:g#m"]);
        let both = [product("1", "Футболка S", ""), product("2", "Футболка M", "")];
        world(&both).expect(&VariantFlattened, &[]);
        World::new().expect_not_run(&VariantFlattened);
    }
}
