//! `pr-vat-included-flag`: one price has VAT in it.

use super::offers::{offers, said};
use crate::checks::books::{book_of, lacking_pairs, no_field, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct VatIncludedFlag;

static META: Meta = Meta {
    id: "pr-vat-included-flag",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Цена с НДС и цена без НДС",
        finds: "Сопоставленные товары, у которых на одной стороне НДС входит в цену, а на другой начисляется сверху.",
        why: "Итог документа разойдётся ровно на налог.",
        causes: "Разные настройки вида цены; признак не выгружен.",
        remedy: "Установите один порядок: с НДС или без.",
        example: "«НДС включён» в CRM, «НДС сверху» в 1С",
        source: "Практика: признак «Цена включает НДС» у вида цены 1С и у товара CRM",
    },
    en: Card {
        title: "A price with VAT against one without",
        finds: "Linked products of which one has VAT in its price and the other adds it.",
        why: "Totals of documents differ by the tax.",
        causes: "Price types are set up differently; the flag was not exported.",
        remedy: "Choose one way: with VAT or without.",
        example: "“VAT included” in the CRM, “VAT on top” in 1C",
        source: "Practice: the flag “price includes VAT” of 1C price types and CRM products",
    },
};

impl Check for VatIncludedFlag {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[]) {
            return missing;
        }
        let offers = Side::BOTH.map(|side| offers(cx, side));
        let included = |r: RecordRef| {
            let card = book_of(cx, r).flag(Field::VatIncluded, r.at());
            said(offers[r.side as usize].get(&r), |o| o.vat_included, card)
        };
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let [crm, onec] = [a, b].map(included);
            if crm.is_empty() || onec.is_empty() {
                continue;
            }
            evaluated += 1;
            if crm.iter().any(|flag| onec.contains(flag)) {
                continue;
            }
            // One flag each: of two a side would have the other's.
            let say =
                |flags: &[bool]| if flags[0] { cx.lang.pick("Да", "Yes") } else { cx.lang.pick("Нет", "No") };
            let (name, [crm, onec]) = (cx.quoted(&cx.data.display_name(a)), [say(&crm), say(&onec)]);
            let message = cx.say(
                || format!("{name}: НДС в цене: CRM «{crm}», 1С «{onec}»"),
                || format!("{name}: VAT included in the price: CRM “{crm}”, 1C “{onec}”"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::VatIncluded, crm, onec));
        }
        if evaluated == 0 { no_field(cx, Entity::Product, &[Field::VatIncluded]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &str, onec: &str| {
            let product = |value| [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::VatIncluded, value)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        world("Y", "Нет").expect(&VatIncludedFlag, &["crm:1 onec:1"]);
        world("Y", "Да").expect(&VatIncludedFlag, &[]);
        // Of two types of prices one agrees.
        let listed = |flags: &[&str]| {
            flags.iter().enumerate().fold(world("Y", ""), |world, (n, flag)| {
                let price = ["100", "82"][n];
                let row = [(Field::ProductId, "1"), (Field::Price, price), (Field::VatIncluded, *flag)];
                world.add(Side::Onec, Entity::Price, &row)
            })
        };
        listed(&["false"]).expect(&VatIncludedFlag, &["crm:1 onec:1"]);
        listed(&["true", "false"]).expect(&VatIncludedFlag, &[]);
        world("", "").expect_not_run(&VatIncludedFlag);
        World::new().expect_not_run(&VatIncludedFlag);
    }
}
