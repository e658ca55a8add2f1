//! `doc-return-drift`: a return or correction on one side only.

use crate::checks::papers::{about, amount, is_posted, kind, lacking_chain, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Side, Space};
use crate::normalize::paper::Paper;

pub struct ReturnDrift;

static META: Meta = Meta {
    id: "doc-return-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Возврат или корректировка только на одной стороне",
        finds: "Проведённые возвраты от покупателя и корректировки реализации 1С по документам, связанным с CRM, \
                если сумма сделки в CRM не уменьшена и возврата в CRM нет; и возвраты CRM без пары в 1С.",
        why: "Баланс клиента и отчёт о продажах расходятся на сумму возврата.",
        causes: "О возврате не сказали продавцам; возврат оформлен в CRM отрицательной сделкой.",
        remedy: "Отразите возврат в той системе, где его нет.",
        example: "Возврат № 3 на 10 000,00 есть в 1С, сделка в CRM на полную сумму",
        source: "Налоговый кодекс РФ, ст. 171, п. 5 и 13: вычет при возврате и корректировке",
    },
    en: Card {
        title: "A return or correction on one side only",
        finds: "Posted returns and corrections of 1C for documents linked to the CRM when the sum of the deal was \
                not reduced and the CRM has no return; and returns of the CRM without a pair in 1C.",
        why: "The client's balance and the sales report differ by the sum of the return.",
        causes: "Nobody told sales about the return; the CRM has it as a negative deal.",
        remedy: "Enter the return in the system that lacks it.",
        example: "Return No. 3 for 10,000.00 is in 1C, the deal of the CRM has its whole sum",
        source: "Tax Code of Russia, art. 171, items 5 and 13: deduction at a return and a correction",
    },
};

impl Check for ReturnDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let kinds = [Paper::Return, Paper::Correction];
        let mut evaluated = 0;
        for r in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Document)) {
            if !kinds.contains(&kind(cx, r)) || !is_posted(cx, r) {
                continue;
            }
            evaluated += 1;
            let papers = &cx.pairing.papers;
            let equals = cx.pairing.partners(r).any(|p| kinds.contains(&kind(cx, p)));
            let deal = std::iter::once(r)
                .chain(papers.basis(r))
                .flat_map(|p| cx.pairing.partners(p))
                .find(|p| p.space == Space::Deals);
            let reduced = deal.is_some_and(|deal| {
                let shipped = cx.pairing.papers_of(deal, &[Paper::Shipment, Paper::Act]).filter_map(|p| amount(cx, p));
                let shipped: i64 = shipped.fold(0, |sum, a| sum.saturating_add(a.micros()));
                amount(cx, deal).is_some_and(|a| shipped > 0 && a.micros() < shipped)
            });
            if equals || reduced || (r.side == Side::Onec && deal.is_none()) {
                continue;
            }
            let (shown, there) = (named(cx, r), r.side.other().title(cx.lang));
            let message =
                cx.say(|| format!("{shown}: в {there} возврата нет"), || format!("{shown}: {there} has no return"));
            let finding = about(cx, r, message);
            out.push(match deal {
                Some(deal) if r.side == Side::Onec => finding.other(deal),
                _ => finding,
            });
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |amount: &'static str| {
            let world = paper(deal(&[(Field::Amount, amount)]), "a", "Реализация", &[]);
            paper(
                world,
                "r",
                "Возврат товаров от покупателя",
                &[(Field::BasisId, "a"), (Field::Amount, "200"), (Field::ExternalId, "")],
            )
        };
        world("1200").expect(&ReturnDrift, &["onec:r crm:d"]);
        world("1000").expect(&ReturnDrift, &[]);
        invoices(&[(Field::Kind, "Возврат")], &[(Field::Kind, "Возврат")]).expect(&ReturnDrift, &[]);
        invoices(&[(Field::Kind, "Возврат")], &[]).expect(&ReturnDrift, &["crm:1"]);
        deal(&[]).expect_not_run(&ReturnDrift);
    }
}
