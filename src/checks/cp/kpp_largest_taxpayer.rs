//! `cp-kpp-largest-taxpayer`: one firm under its KPP of a largest taxpayer and under its territorial one.

use rustc_hash::FxHashSet;

use super::groups::{by_inn, split, territorial_kpps};
use super::scope::{no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Inn, Kpp, RecordRef, Side};
use crate::reconcile::PairDrift;

pub struct KppLargestTaxpayer;

static META: Meta = Meta {
    id: "cp-kpp-largest-taxpayer",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "КПП крупнейшего налогоплательщика и КПП по месту нахождения",
        finds: "Один ИНН записан с КПП крупнейшего налогоплательщика (причина 50) и с КПП по месту нахождения: на \
                двух карточках одной системы или в CRM и 1С.",
        why: "Это одна и та же фирма, но по паре ИНН + КПП она выглядит двумя: обмен создаст вторую карточку.",
        causes: "В договоре указан один КПП, в счёте-фактуре другой; оба верны.",
        remedy: "Выберите один КПП как ключ в обеих системах (для счетов-фактур обычно КПП крупнейшего), второй \
                 держите в примечании.",
        example: "ИНН 7799001111: в CRM КПП 779901001, в 1С 997950001",
        source: "НК РФ, ст. 83 п. 1: особый учёт крупнейших налогоплательщиков; практика: код причины в их КПП — 50",
    },
    en: Card {
        title: "KPP of a largest taxpayer against the territorial one",
        finds: "One INN stands with the KPP of a largest taxpayer (reason 50) and with the territorial KPP: on two \
                cards of one system, or in the CRM and in 1C.",
        why: "It is one firm, but by INN + KPP it looks like two: exchange creates a second card.",
        causes: "The contract names one KPP and the tax invoice the other; both are right.",
        remedy: "Choose one KPP as the key of both systems (for tax invoices usually that of the largest taxpayer) \
                 and keep the other in a note.",
        example: "INN 7799001111: KPP 779901001 in the CRM, 997950001 in 1C",
        source: "Tax Code, art. 83 (1): largest taxpayers are registered apart; practice: the reason code of their \
                 KPP is 50",
    },
};

impl Check for KppLargestTaxpayer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if sides_with(cx, Field::Kpp).is_empty() {
            return no_field(cx, &[Field::Kpp]);
        }
        let mut evaluated = 0;
        let mut reported: FxHashSet<RecordRef> = FxHashSet::default();
        let message = |inn: Inn, largest: Kpp, local: Kpp| {
            cx.say(
                || format!("ИНН {inn}: КПП крупнейшего налогоплательщика {largest} и КПП {local} — одна фирма; выберите один из них ключом"),
                || format!("INN {inn}: KPP {largest} of a largest taxpayer and KPP {local} are one firm; choose one of them as the key"),
            )
        };
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for (inn, group) in by_inn(cx, side) {
                let kpp = |at: &usize| parties.kpp[*at].valid().copied();
                let largest = group.iter().find_map(|&at| Some((at, kpp(&at).filter(|k| k.is_largest_taxpayer())?)));
                let locals = territorial_kpps(parties, &group);
                evaluated += 1;
                // With several territorial KPPs the cards are branches: which of them is the twin, nobody can tell.
                if let (Some((at, largest)), &[local]) = (largest, locals.as_slice()) {
                    let (subject, more) = split(side, at, &group);
                    reported.extend(more.iter().copied().chain([subject]));
                    let text = parties.raw.get(Field::Kpp, at);
                    out.push(
                        Finding::record(subject, message(inn, largest, local)).value(Field::Kpp, side, text).more(more),
                    );
                }
            }
        }
        for pair in &cx.drift.pairs {
            if let Some((inn, crm, onec)) = largest_against_local(cx, pair) {
                evaluated += 1;
                if !reported.contains(&pair.crm) && !reported.contains(&pair.onec) {
                    let (largest, local) = if crm.is_largest_taxpayer() { (crm, onec) } else { (onec, crm) };
                    out.push(
                        Finding::record(pair.crm, message(inn, largest, local))
                            .values(Field::Kpp, crm.as_str(), onec.as_str())
                            .other(pair.onec),
                    );
                }
            } else {
                evaluated += 1;
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// The INN and both KPPs of a linked pair where exactly one of the KPPs is that of a largest taxpayer.
pub fn largest_against_local(cx: &Context, pair: &PairDrift) -> Option<(Inn, Kpp, Kpp)> {
    let (crm, onec) = (cx.data.parties(Side::Crm), cx.data.parties(Side::Onec));
    let inn = *crm.inn[pair.crm.at()].valid()?;
    let kpps = (*crm.kpp[pair.crm.at()].valid()?, *onec.kpp[pair.onec.at()].valid()?);
    let same_inn = onec.inn[pair.onec.at()].valid() == Some(&inn);
    (same_inn && kpps.0.is_largest_taxpayer() != kpps.1.is_largest_taxpayer()).then_some((inn, kpps.0, kpps.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let firm = |kpp| [(Field::Inn, INN_A), (Field::Kpp, kpp)];
        World::new()
            .crm(&firm(KPP_A))
            .onec(&firm("997950001"))
            .cluster(vec![crm(0), onec(0)])
            .expect(&KppLargestTaxpayer, &["crm:1 onec:1"]);
        World::new().onec(&firm("997950001")).onec(&firm(KPP_A)).expect(&KppLargestTaxpayer, &["onec:1 onec:2"]);
        World::new().onec(&firm(KPP_A)).onec(&firm(KPP_B)).expect(&KppLargestTaxpayer, &[]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&KppLargestTaxpayer);
    }
}
