//! `co-kind-wrong`: the kind of the contract does not fit a sale.

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{about, evaluated as evaluated_or, groups, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::text;

pub struct KindWrong;

static META: Meta = Meta {
    id: "co-kind-wrong",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Вид договора не подходит для продажи",
        finds: "Документы продажи в 1С, связанные с CRM, по договорам вида «С поставщиком», «С комитентом» или \
                «Прочее».",
        why: "1С не проведёт реализацию по такому договору или отразит её не на том счёте.",
        causes: "Договор завели с видом по умолчанию; контрагент — и покупатель, и поставщик.",
        remedy: "Заведите договор «С покупателем» и замените его в документах.",
        example: "Реализация № 12 выписана по договору «С поставщиком»",
        source: "Практика: вид договора 1С задаёт счета расчётов, 62 или 60",
    },
    en: Card {
        title: "The kind of the contract does not fit a sale",
        finds: "Sale documents of 1C linked to the CRM under contracts of the kinds “With a supplier”, “With a \
                principal” or “Other”.",
        why: "1C will not post the sale under such a contract, or posts it to the wrong account.",
        causes: "The contract was entered with the kind that stands first; the counterparty both buys and sells.",
        remedy: "Enter a contract “With a buyer” and set it in the documents.",
        example: "Waybill No. 12 is made out under a contract “With a supplier”",
        source: "Practice: the kind of a contract of 1C sets the accounts of settlements, 62 or 60",
    },
};

impl Check for KindWrong {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[Field::Kind]) {
            return ran;
        }
        let mut evaluated = 0;
        for group in groups(cx) {
            for &paper in &group.onec {
                let Some(contract) = book_of(cx, paper).reference(Field::ContractId, paper.at()) else { continue };
                evaluated += 1;
                let kind = cx.data.text(contract, Field::Kind).trim();
                let folded = text::fold(kind);
                if ["ПОСТАВЩИК", "КОМИТЕНТ", "ПРОЧЕЕ"].iter().any(|word| folded.contains(word)) {
                    let (shown, kind) = (named(cx, paper), cx.quoted(kind));
                    let message = cx.say(
                        || format!("{shown}: договор вида {kind} не подходит для продажи"),
                        || format!("{shown}: a contract of the kind {kind} does not fit a sale"),
                    );
                    out.push(about(cx, paper, message).other(group.crm).more(vec![contract]));
                }
            }
        }
        evaluated_or(cx, evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let world = |kind: &'static str| {
            let world = deal(&[]).add(Side::Onec, Entity::Contract, &[(Field::Id, "c"), (Field::Kind, kind)]);
            paper(world, "a", "Реализация", &[(Field::ContractId, "c")])
        };
        world("С поставщиком").expect(&KindWrong, &["onec:a crm:d onec:c"]);
        world("С покупателем").expect(&KindWrong, &[]);
        world("").expect_not_run(&KindWrong);
    }
}
