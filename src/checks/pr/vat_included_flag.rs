//! `pr-vat-included-flag`: one price has VAT in it.

use crate::checks::books::book_of;
use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

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
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[Field::VatIncluded]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (crm, onec) = (cx.data.text(a, Field::VatIncluded), cx.data.text(b, Field::VatIncluded));
            let flag = |r: RecordRef| book_of(cx, r).flag(Field::VatIncluded, r.at());
            let (Some(left), Some(right)) = (flag(a), flag(b)) else { continue };
            let differs = left != right;
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: НДС в цене: CRM {left}, 1С {right}"),
                    || format!("{name}: VAT included in the price: CRM {left}, 1C {right}"),
                );
                out.push(Finding::record(a, message).other(b).values(Field::VatIncluded, crm, onec));
            }
        }
        Ran::Evaluated(evaluated)
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
        use crate::model::Side;
        world("Y", "Нет").expect(&VatIncludedFlag, &["crm:1 onec:1"]);
        world("Y", "Да").expect(&VatIncludedFlag, &[]);
        world("", "").expect_not_run(&VatIncludedFlag);
        World::new().expect_not_run(&VatIncludedFlag);
    }
}
