//! `doc-party-drift`: paired documents name different parties.

use crate::checks::papers::{Parties, evaluated, groups, lacking_chain, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Field;
use crate::pairing::papers::party;

pub struct PartyDrift;

static META: Meta = Meta {
    id: "doc-party-drift",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Связанные документы выписаны на разных контрагентов",
        finds: "Пары документов CRM и 1С, у которых разные контрагенты: карточки не сопоставлены и ИНН у них разный.",
        why: "Оплата и долг окажутся на чужой карточке, акт сверки не подпишут.",
        causes: "Контрагента в документе сменили в одной системе; дубль карточки; плательщик вместо покупателя.",
        remedy: "Исправьте контрагента в документе или объедините карточки, если это одно лицо.",
        example: "Счёт № 15: в CRM ООО «Ромашка», в 1С ООО «Лютик»",
        source: "Налоговый кодекс РФ, ст. 169: покупатель — обязательный реквизит счёта-фактуры",
    },
    en: Card {
        title: "Paired documents name different parties",
        finds: "Pairs of documents of the CRM and 1C with different counterparties: their cards are not linked and \
                their INNs differ.",
        why: "Payment and debt land on another one's card, and nobody signs the statement of reconciliation.",
        causes: "The counterparty was changed in one system; a duplicate card; the payer stands for the buyer.",
        remedy: "Correct the counterparty of the document, or merge the cards if they are one.",
        example: "Invoice No. 15: OOO Romashka in the CRM, OOO Lyutik in 1C",
        source: "Tax Code of Russia, art. 169: the buyer is an obligatory attribute of a tax invoice",
    },
};

impl Check for PartyDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let same = Parties::of(cx);
        let mut compared = 0;
        for group in groups(cx) {
            for &onec in &group.onec {
                let (Some(p), Some(q)) = (party(cx.data, group.crm), party(cx.data, onec)) else { continue };
                compared += 1;
                // A chain is reported by its first document.
                if same.are_one(p, q)
                    || cx.pairing.papers.basis(onec).is_some_and(|b| cx.pairing.partners(b).any(|c| c == group.crm))
                {
                    continue;
                }
                let (shown, [a, b]) = (named(cx, onec), [p, q].map(|r| cx.quoted(&cx.data.display_name(r))));
                let message = cx.say(
                    || format!("{shown}: в CRM контрагент {a}, в 1С {b}"),
                    || format!("{shown}: the counterparty is {a} in the CRM, {b} in 1C"),
                );
                let texts = [p, q].map(|r| cx.data.text(r, Field::Inn).to_owned());
                out.push(Finding::record(group.crm, message).other(onec).values(Field::PartyInn, &texts[0], &texts[1]));
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let firms = |world: World| {
            let world = world.crm(&[(Field::Inn, INN_A)]).onec(&[(Field::Inn, INN_A)]).onec(&[(Field::Inn, INN_B)]);
            world.cluster(vec![crm(0), onec(0)])
        };
        firms(invoices(&[], &[(Field::PartyInn, INN_B)])).expect(&PartyDrift, &["crm:1 onec:a"]);
        firms(invoices(&[], &[])).expect(&PartyDrift, &[]);
        deal(&[]).expect_not_run(&PartyDrift);
    }
}
