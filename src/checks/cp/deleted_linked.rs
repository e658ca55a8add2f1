//! `cp-deleted-linked`: a deleted card is the pair of a live one.

use rustc_hash::FxHashSet;

use super::external::{Target, Targets, stored};
use super::scope::is_live;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Flags, RecordRef, Side};

pub struct DeletedLinked;

static META: Meta = Meta {
    id: "cp-deleted-linked",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Карточка помечена на удаление, а её пара жива",
        finds: "Карточка, помеченная на удаление или лежащая в корзине, которой в другой системе соответствует \
                действующая, и живой замены рядом нет; либо на неё ссылается связь из другой системы.",
        why: "Обмен снимет пометку и вернёт карточку или остановится с ошибкой; документы лягут на удалённого \
              контрагента.",
        causes: "Дубль пометили, а связь оставили на нём; карточку удалили только в одной системе.",
        remedy: "Перенесите связь на действующую карточку; если её нет, снимите пометку или закройте карточку и в \
                 другой системе.",
        example: "1С: ООО «Ромашка» помечена на удаление, в CRM по ней идут сделки",
        source: "Практика: обмен находит карточку по ссылке и не смотрит на пометку удаления",
    },
    en: Card {
        title: "Card marked for deletion while its pair is alive",
        finds: "A card marked for deletion, or in the bin, whose counterpart in the other system is live, with no \
                live twin beside it; or one that a link of the other system points at.",
        why: "Exchange lifts the mark and brings the card back, or stops with an error; documents land on a deleted \
              counterparty.",
        causes: "The duplicate was marked and the link left on it; the card was deleted in one system only.",
        remedy: "Move the link to the live card; if there is none, lift the mark or close the card in the other \
                 system too.",
        example: "1C: ООО «Ромашка» is marked for deletion, the CRM runs deals with it",
        source: "Practice: exchange finds a card by its link and does not look at the mark of deletion",
    },
};

impl Check for DeletedLinked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides: Vec<Side> =
            Side::BOTH.into_iter().filter(|&side| cx.data.parties(side).raw.has(Field::Deleted)).collect();
        if sides.is_empty() {
            return Ran::NotRun(cx.say(
                || "в выгрузках нет пометки удаления".to_owned(),
                || "the snapshots have no deletion mark".to_owned(),
            ));
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let is_deleted = |r: &RecordRef| parties.flags[r.at()].has(Flags::DELETED);
            evaluated += parties.flags.iter().filter(|flags| flags.has(Flags::DELETED)).count() as u64;
            let mut found: Vec<(RecordRef, RecordRef, Vec<RecordRef>)> = Vec::new();
            for cluster in &cx.matching.clusters {
                let others = cx.data.parties(side.other());
                let mut live = cluster.of(side.other()).filter(|r| is_live(others, r.at()));
                if cluster.of(side).any(|r| !is_deleted(&r)) {
                    continue;
                }
                let mut deleted = cluster.of(side);
                if let (Some(subject), Some(other)) = (deleted.next(), live.next()) {
                    found.push((subject, other, deleted.collect()));
                }
            }
            if cx.data.parties(side.other()).raw.has(Field::ExternalId) {
                let reported: FxHashSet<RecordRef> =
                    found.iter().flat_map(|(subject, _, more)| more.iter().chain([subject])).copied().collect();
                let targets = Targets::new(cx, side);
                for (from, text) in stored(cx, side.other()) {
                    if let (Target::Found(at), true) = targets.find(text, cx.data.entity(from))
                        && is_deleted(&at)
                        && !reported.contains(&at)
                    {
                        found.push((at, from, Vec::new()));
                    }
                }
            }
            let (here, there) = (side.title(cx.lang), side.other().title(cx.lang));
            for (subject, other, more) in found {
                let shown = cx.quoted(&cx.data.parties(other.side).display_name(other.at()));
                let message = cx.say(
                    || format!("В {here} карточка помечена на удаление, а в {there} действует {shown}; снимите пометку или закройте карточку и там"),
                    || format!("Deleted in {here}, while {shown} is live in {there}; lift the mark or close the card there too"),
                );
                let text = parties.raw.get(Field::Deleted, subject.at());
                out.push(Finding::record(subject, message).value(Field::Deleted, side, text).other(other).more(more));
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
        let dead: Texts = &[(Field::Id, "g1"), (Field::Deleted, "да")];
        World::new().crm(&[]).onec(dead).cluster(vec![crm(0), onec(0)]).expect(&DeletedLinked, &["onec:g1 crm:1"]);
        World::new().crm(&[(Field::ExternalId, "G1")]).onec(dead).expect(&DeletedLinked, &["onec:g1 crm:1"]);
        // The live twin takes over; both are deleted; nothing is linked.
        World::new().crm(&[]).onec(dead).onec(&[]).cluster(vec![crm(0), onec(1), onec(0)]).expect(&DeletedLinked, &[]);
        World::new()
            .crm(&[(Field::Deleted, "да")])
            .onec(dead)
            .cluster(vec![crm(0), onec(0)])
            .crm(&[(Field::ExternalId, "g2")])
            .expect(&DeletedLinked, &[]);
        World::new().both(&[]).expect_not_run(&DeletedLinked);
    }
}
