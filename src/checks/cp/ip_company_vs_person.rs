//! `cp-ip-company-vs-person`: a sole trader is a company on one side and a plain person on the other.

use super::scope::{is_live, no_pairs};
use super::stated;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Parties, PartyKind, RecordRef, Side};

pub struct IpCompanyVsPerson;

static META: Meta = Meta {
    id: "cp-ip-company-vs-person",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "ИП в одной системе, физлицо в другой",
        finds: "Сопоставленные карточки, где в одной системе это компания-ИП, а в другой — обычное физлицо без \
                отметки ИП.",
        why: "Обмен не найдёт карточку того же вида и заведёт ИП второй раз; документы выйдут как на частное лицо.",
        causes: "В 1С человека завели до регистрации ИП; в CRM частника внесли компанией.",
        remedy: "Выберите, кем он работает с вами, и исправьте вид и название во второй системе.",
        example: "CRM: компания «ИП Васильков П. И.», 1С: физлицо «Васильков Пётр Ильич»",
        source: "ГК РФ, ст. 23: предприниматель — физическое лицо; практика: в CRM он компания, в 1С — физлицо",
    },
    en: Card {
        title: "Sole trader on one side, plain person on the other",
        finds: "Linked cards where one system holds the company of a sole trader and the other a plain person without \
                that mark.",
        why: "Exchange does not find a card of the same kind and enters the trader again; documents are made out to a \
              private person.",
        causes: "1C had the person before he registered as a trader; the CRM entered a private client as a company.",
        remedy: "Decide as whom he works with you and correct kind and name in the other system.",
        example: "CRM: company «ИП Васильков П. И.», 1C: person «Васильков Пётр Ильич»",
        source: "Civil Code, art. 23: a sole trader is a natural person; practice: a company in the CRM, a person in \
                 1C",
    },
};

impl Check for IpCompanyVsPerson {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let (crm, onec) = (cx.data.parties(Side::Crm), cx.data.parties(Side::Onec));
        let mut evaluated = 0;
        for cluster in &cx.matching.clusters {
            let (Some(a), Some(b)) = (cluster.crm_master, cluster.onec_master) else { continue };
            let live = |side: Side| cluster.of(side).filter(move |r| is_live(cx.data.parties(side), r.at()));
            let any =
                |side: Side, is: fn(&Parties, usize) -> bool| live(side).any(|r| is(cx.data.parties(side), r.at()));
            let trader = [any(Side::Crm, is_trader_company), any(Side::Onec, is_trader_company)];
            if !trader[0] && !trader[1] {
                continue;
            }
            evaluated += 1;
            let side = if trader[0] { Side::Onec } else { Side::Crm };
            if (trader[0] && trader[1]) || any(side, |p, at| !is_plain_person(p, at)) || live(side).next().is_none() {
                continue;
            }
            let names = [crm.display_name(a.at()), onec.display_name(b.at())].map(|name| cx.quoted(&name));
            let (here, there) = (side.other().title(cx.lang), side.title(cx.lang));
            let message = cx.say(
                || {
                    format!(
                        "В {here} это ИП, в {there} — физлицо: {} и {}; приведите к одному виду",
                        names[0], names[1]
                    )
                },
                || {
                    format!(
                        "A sole trader in {here}, a person in {there}: {} and {}; make them one kind",
                        names[0], names[1]
                    )
                },
            );
            out.push(Finding::record(a, message).values(Field::Kind, kind_text(crm, a), kind_text(onec, b)).other(b));
        }
        if evaluated == 0 && cx.drift.pairs.is_empty() { no_pairs(cx) } else { Ran::Evaluated(evaluated) }
    }
}

/// A counterparty that says it is a sole trader.
fn is_trader_company(parties: &Parties, at: usize) -> bool {
    parties.raw.entity[at] == Entity::Counterparty && parties.kind[at] == PartyKind::SoleTrader
}

/// A contact of 1C, or a counterparty whose kind field says person. A contact of the CRM is how it keeps private
/// clients and traders alike, and proves nothing.
fn is_plain_person(parties: &Parties, at: usize) -> bool {
    match parties.raw.entity[at] {
        Entity::Contact => parties.side() == Side::Onec && parties.kind[at] != PartyKind::SoleTrader,
        _ => parties.kind[at] != PartyKind::SoleTrader && stated::by_kind(parties, at) == Some(PartyKind::Person),
    }
}

fn kind_text(parties: &Parties, r: RecordRef) -> &str {
    parties.raw.get(Field::Kind, r.at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let trader: Texts = &[(Field::Name, "ИП Васильков Пётр Ильич"), (Field::Inn, INN_PERSON)];
        let person: Texts =
            &[(Field::Name, "Васильков Пётр Ильич"), (Field::Kind, "Физическое лицо"), (Field::Inn, INN_PERSON)];
        let same: Texts = &[(Field::Name, "Васильков Пётр Ильич ИП"), (Field::Kind, "ИП"), (Field::Inn, INN_PERSON)];
        let linked = |w: World| w.cluster(vec![crm(0), onec(0)]);
        linked(World::new().crm(trader).onec(person)).expect(&IpCompanyVsPerson, &["crm:1 onec:1"]);
        linked(World::new().crm(trader).onec_contact(&person[..1])).expect(&IpCompanyVsPerson, &["crm:1 onec:1"]);
        linked(World::new().crm(person).onec(trader)).expect(&IpCompanyVsPerson, &["crm:1 onec:1"]);
        linked(World::new().crm(trader).onec(same)).expect(&IpCompanyVsPerson, &[]);
        // A private client is a contact in the CRM by right.
        linked(World::new().crm_contact(&person[..1]).onec(trader)).expect(&IpCompanyVsPerson, &[]);
        World::new().crm(trader).onec(person).expect_not_run(&IpCompanyVsPerson);
    }
}
