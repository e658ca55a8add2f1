//! Statuses as each system writes them, and what they stand for: the half of a field map that a heading does not show.

use std::collections::BTreeMap;

use crate::config::{Stage, TradeConfig, UnitStatus};
use crate::model::{Entity, Field, Lang, Side, Snapshots};
use crate::pairing::Pairing;

/// What a status stands for in the words of the project file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Meaning {
    /// `[map.deal_stage]`
    Deal(Stage),
    /// `[map.object_status]`
    Unit(UnitStatus),
}

impl Meaning {
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Meaning::Deal(stage) => stage.text(lang),
            Meaning::Unit(status) => status.text(lang),
        }
    }
}

/// Who says what a status stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mapped {
    /// The project file.
    Project,
    /// A code or a word that such systems have from the start.
    Usual,
    /// Nobody: the records are not judged by it.
    Nobody,
    /// Statuses of this entity have no map: rules read their words as they are, or not at all.
    Unneeded,
}

/// One status of one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    pub entity: Entity,
    pub side: Side,
    /// As the source has it, without spaces around.
    pub text: String,
    /// Records in it, those marked for deletion apart.
    pub records: u64,
    pub meaning: Option<Meaning>,
    pub mapped: Mapped,
    /// Of these records, those whose pair on the other side stands for something else; `None` where pairs do not have
    /// statuses of one kind.
    pub differing: Option<u64>,
}

/// All statuses by entity and side, the most frequent first.
pub fn statuses(data: &Snapshots, pairing: &Pairing, trade: &TradeConfig) -> Vec<Status> {
    let mut found = Vec::new();
    for &entity in Entity::ALL.iter().filter(|e| Field::Stage.entities().contains(e)) {
        for side in Side::BOTH {
            let (own, other) = (data.book(side, entity), data.book(side.other(), entity));
            // Of the records of a status: all, and those whose pair stands for something else.
            let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
            let pairs_have_meaning = entity == Entity::Object && other.raw.has(Field::Stage);
            for record in own.refs().filter(|r| own.is_active(r.at())) {
                let text = own.text(Field::Stage, record.at()).trim();
                if text.is_empty() {
                    continue;
                }
                let [all, differing] = counts.entry(text).or_default();
                *all += 1;
                if pairs_have_meaning {
                    let meaning = meaning(trade, entity, side, text).0;
                    let mut partners = pairing.partners(record).filter(|p| p.space == record.space);
                    *differing += u64::from(partners.any(|p| {
                        let theirs = self::meaning(trade, entity, p.side, other.text(Field::Stage, p.at())).0;
                        meaning.is_some() && theirs.is_some() && meaning != theirs
                    }));
                }
            }
            let mut lines: Vec<Status> = counts
                .into_iter()
                .map(|(text, [records, differing])| {
                    let (meaning, mapped) = meaning(trade, entity, side, text);
                    let differing = pairs_have_meaning.then_some(differing);
                    Status { entity, side, text: text.to_owned(), records, meaning, mapped, differing }
                })
                .collect();
            lines.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.text.cmp(&b.text)));
            found.append(&mut lines);
        }
    }
    found
}

fn meaning(trade: &TradeConfig, entity: Entity, side: Side, text: &str) -> (Option<Meaning>, Mapped) {
    let (named, usual) = match entity {
        Entity::Deal => (trade.stage(text).map(Meaning::Deal), trade.state(text).map(Meaning::Deal)),
        Entity::Object => {
            (trade.named_unit_status(side, text).map(Meaning::Unit), trade.unit_status(side, text).map(Meaning::Unit))
        }
        _ => return (None, Mapped::Unneeded),
    };
    match (named, usual) {
        (Some(_), _) => (named, Mapped::Project),
        (None, Some(_)) => (usual, Mapped::Usual),
        (None, None) => (None, Mapped::Nobody),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    fn said(world: World) -> Vec<String> {
        world.with(|cx| {
            let line = |s: Status| {
                let meaning = s.meaning.map_or("?", |m| m.text(Lang::En));
                let differing = s.differing.map_or_else(String::new, |n| format!(", {n} differ"));
                format!("{} {} {} {} = {meaning} {:?}{differing}", s.side, s.entity, s.text, s.records, s.mapped)
            };
            statuses(cx.data, cx.pairing, cx.trade).into_iter().map(line).collect()
        })
    }

    #[test]
    fn stages_of_deals() {
        let deal = |id: &'static str, stage: &'static str| [(Field::Id, id), (Field::Stage, stage)];
        let world = World::new()
            .add(Side::Crm, Entity::Deal, &deal("1", "C5:WON"))
            .add(Side::Crm, Entity::Deal, &deal("2", " Согласование "))
            .add(Side::Crm, Entity::Deal, &deal("3", "Согласование"))
            .add(Side::Crm, Entity::Deal, &deal("4", ""))
            .add(Side::Onec, Entity::Document, &[(Field::Id, "a"), (Field::Stage, "Подписан")]);
        assert_eq!(
            said(world),
            [
                "crm deal Согласование 2 = ? Nobody",
                "crm deal C5:WON 1 = paid Usual",
                "onec document Подписан 1 = ? Unneeded",
            ]
        );
    }

    #[test]
    fn statuses_of_units_and_of_their_pairs() {
        let unit = |number: &'static str, status: &'static str| {
            [(Field::Id, number), (Field::Kind, "Квартира"), (Field::Number, number), (Field::Stage, status)]
        };
        let world = World::new()
            .add(Side::Crm, Entity::Object, &unit("12", "Продано"))
            .add(Side::Crm, Entity::Object, &unit("13", "Свободно"))
            .add(Side::Onec, Entity::Object, &unit("12", "Свободно"))
            .add(Side::Onec, Entity::Object, &unit("13", "Не продаётся"));
        assert_eq!(
            said(world),
            [
                "crm object Продано 1 = sold Usual, 1 differ",
                // What nobody mapped is no disagreement.
                "crm object Свободно 1 = free Usual, 0 differ",
                "onec object Не продаётся 1 = ? Nobody, 0 differ",
                "onec object Свободно 1 = free Usual, 1 differ",
            ]
        );
    }
}
