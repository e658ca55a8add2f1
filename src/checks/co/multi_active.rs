//! `co-multi-active`: several active contracts of one kind.

use std::collections::BTreeMap;

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::live;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::text;
use crate::pairing::papers::{day, days, party};

pub struct MultiActive;

static META: Meta = Meta {
    id: "co-multi-active",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "max_active",
        default: 1,
        ru: "сколько действующих договоров одного вида — норма",
        en: "active contracts of one kind that are usual",
    }],
    ru: Card {
        title: "Несколько действующих договоров одного вида",
        finds: "Два и больше действующих договора одного вида и одной организации с одним контрагентом.",
        why: "Обмен берёт первый попавшийся договор: документы и оплаты расходятся по разным договорам.",
        causes: "Прежний договор не закрыли; для каждой сделки завели свой.",
        remedy: "Закройте лишние или укажите в настройке обмена, какой договор основной.",
        example: "У ООО «Ромашка» три действующих договора «С покупателем»",
        source: "Практика: обмен подбирает договор по контрагенту, организации и виду",
    },
    en: Card {
        title: "Several active contracts of one kind",
        finds: "Two or more active contracts of one kind and organisation with one counterparty.",
        why: "The exchange takes whichever contract comes first: documents and payments land on different ones.",
        causes: "The former contract was not closed; each deal got its own.",
        remedy: "Close those not needed, or say in the exchange which contract is the main one.",
        example: "OOO Romashka has three active contracts “With a buyer”",
        source: "Practice: an exchange picks the contract by counterparty, organisation and kind",
    },
};

impl Check for MultiActive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[]) {
            return ran;
        }
        let most = cx.param(&META, "max_active").max(1) as usize;
        let today = days(cx.as_of);
        let mut evaluated = 0;
        let mut groups: BTreeMap<(RecordRef, String, String), Vec<RecordRef>> = BTreeMap::new();
        for r in live(cx, Side::Onec, Entity::Contract) {
            let book = book_of(cx, r);
            let ended = day(book, Field::EndsAt, r.at()).is_some_and(|end| end < today);
            if let (Some(party), false) = (party(cx.data, r), ended) {
                evaluated += 1;
                let fold = |field| text::fold(cx.data.text(r, field));
                groups.entry((party, fold(Field::Kind), fold(Field::Organisation))).or_default().push(r);
            }
        }
        for ((party, ..), group) in groups.into_iter().filter(|(_, g)| g.len() > most) {
            let (shown, n) = (cx.quoted(&cx.data.display_name(party)), group.len());
            let message = cx.say(
                || format!("{shown}: действующих договоров одного вида {n}; обмен не знает, какой взять"),
                || format!("{shown}: active contracts of one kind {n}; the exchange does not know which to take"),
            );
            out.push(Finding::record(group[0], message).more(group[1..].to_vec()));
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
        let world = |ends: &'static str, kind: &'static str| {
            let one = |id, kind, ends| {
                [(Field::Id, id), (Field::Kind, kind), (Field::PartyInn, INN_A), (Field::EndsAt, ends)]
            };
            World::new()
                .onec(&[(Field::Inn, INN_A)])
                .add(Side::Onec, Entity::Contract, &one("a", "С покупателем", ""))
                .add(Side::Onec, Entity::Contract, &one("b", kind, ends))
        };
        world("", "С покупателем").expect(&MultiActive, &["onec:a onec:b"]);
        world("01.01.2026", "С покупателем").expect(&MultiActive, &[]);
        world("", "С поставщиком").expect(&MultiActive, &[]);
        world("", "С покупателем").param("co-multi-active", "max_active", 2).expect(&MultiActive, &[]);
        World::new().expect_not_run(&MultiActive);
    }
}
