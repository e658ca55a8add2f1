//! Which records a check looks at, and what it says when there is nothing to look at.

use rustc_hash::FxHashSet;

use super::{Context, Ran};
use crate::finding::Finding;
use crate::matching::{Decision, Scope};
use crate::model::{Entity, Field, Flags, PartyKind, RecordRef, Side};
use crate::reconcile::PairDrift;

/// Records of an entity on both sides that are neither own organisations nor marked for deletion, sorted.
pub(crate) fn live(cx: &Context, entity: Entity) -> impl Iterator<Item = RecordRef> {
    cx.records(entity).filter(|r| !cx.data.parties(r.side).flags[r.at()].has(Flags::DELETED))
}

/// Neither an own organisation nor marked for deletion.
pub(crate) fn is_live(cx: &Context, r: RecordRef) -> bool {
    let flags = cx.data.parties(r.side).flags[r.at()];
    !flags.has(Flags::DELETED) && !flags.has(Flags::OWN)
}

/// Live counterparties, then live contacts.
pub(crate) fn parties(cx: &Context) -> impl Iterator<Item = RecordRef> {
    Entity::PARTIES.into_iter().flat_map(|entity| live(cx, entity))
}

/// Live natural persons: contacts, and counterparties that are private clients. Sole traders are firms here: their
/// name is checked with their company card.
pub(crate) fn persons(cx: &Context) -> impl Iterator<Item = RecordRef> {
    parties(cx).filter(|&r| is_person(cx, r))
}

/// A contact, or a counterparty that is a private client.
pub(crate) fn is_person(cx: &Context, r: RecordRef) -> bool {
    let parties = cx.data.parties(r.side);
    parties.raw.entity[r.at()] == Entity::Contact || parties.kind[r.at()] == PartyKind::Person
}

/// `NotRun` when neither side fills any of `fields` for any of `entities`; says what is missing.
pub(crate) fn lacking(cx: &Context, entities: &[Entity], fields: &[Field]) -> Option<Ran> {
    let filled =
        Side::BOTH.into_iter().any(|side| entities.iter().any(|&e| fields.iter().any(|&f| cx.has(side, e, f))));
    if filled {
        return None;
    }
    let titles: Vec<&str> = entities.iter().map(|e| e.title(cx.lang)).collect();
    let titles = titles.join(", ");
    if entities.iter().all(|&e| cx.records(e).next().is_none()) {
        return Some(Ran::NotRun(cx.say(|| format!("нет записей: {titles}"), || format!("no records: {titles}"))));
    }
    let names: Vec<String> = fields.iter().map(|f| format!("«{}»", f.title(cx.lang))).collect();
    Some(Ran::NotRun(cx.say(
        || format!("нет данных в поле {} ({titles})", names.join(" или ")),
        || format!("no data in the field {} ({titles})", names.join(" or ")),
    )))
}

/// Groups of records that hold one key; input in any order, groups sorted by key, records sorted inside.
/// A record that holds a key twice counts once.
pub(crate) fn by_key<K: Ord>(pairs: &mut Vec<(K, RecordRef)>) -> impl Iterator<Item = &[(K, RecordRef)]> {
    pairs.sort_unstable();
    pairs.dedup();
    pairs.chunk_by(|a, b| a.0 == b.0)
}

/// How many different parties stand behind records of one side: records of one cluster count once.
/// `cluster_of` as [`crate::matching::Matching::cluster_of`] gives it for that side.
pub(crate) fn owners(records: impl Iterator<Item = RecordRef>, cluster_of: &[Option<u32>]) -> usize {
    let mut keys: Vec<(bool, u32)> = records
        .map(|r| match cluster_of[r.at()] {
            Some(cluster) => (true, cluster),
            None => (false, r.idx.0),
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

/// Clusters of records, for each side.
pub(crate) fn clusters<'a>(cx: &'a Context) -> &'a [Vec<Option<u32>>; 2] {
    cx.shared.clusters.get_or_init(|| Side::BOTH.map(|side| cx.matching.cluster_of(side, cx.data.parties(side).len())))
}

/// Records that may have a counterpart on the other side: the pair waits for a person's word, and until then it is not
/// true that there is none.
pub(crate) fn awaiting<'a>(cx: &'a Context) -> &'a FxHashSet<RecordRef> {
    cx.shared.awaiting.get_or_init(|| {
        let links = cx.matching.links.iter();
        let waiting = links.filter(|l| l.scope() == Scope::Cross && l.decision == Decision::Review);
        waiting.flat_map(|l| [l.a, l.b]).collect()
    })
}

/// A field of a linked pair as texts: of the CRM, of 1C. A name kept in parts is put together.
pub(crate) fn pair_texts(cx: &Context, pair: &PairDrift, field: Field) -> [String; 2] {
    [pair.crm, pair.onec].map(|r| {
        let parties = cx.data.parties(r.side);
        match field {
            Field::Name => parties.display_name(r.at()),
            _ => parties.raw.get(field, r.at()).trim().to_owned(),
        }
    })
}

/// «Поле «Телефон» различается …»: a field of a linked pair that has two values.
pub(crate) fn differs(cx: &Context, pair: &PairDrift, field: Field) -> Finding {
    let [crm, onec] = pair_texts(cx, pair, field);
    let (title, shown) = (field.title(cx.lang), [cx.quoted(&crm), cx.quoted(&onec)]);
    let message = cx.say(
        || format!("Поле «{title}» различается: CRM {}, 1С {}; выберите верное значение", shown[0], shown[1]),
        || format!("Field “{title}” differs: CRM {}, 1C {}; choose the right value", shown[0], shown[1]),
    );
    Finding::record(pair.crm, message).other(pair.onec).values(field, &crm, &onec)
}

/// `2 карточки`, `5 карточек`; in English `2 cards`.
pub(crate) fn cards(cx: &Context, n: usize) -> String {
    cx.say(
        || match (n % 10, n % 100) {
            (_, 11..=14) => format!("{n} карточек"),
            (1, _) => format!("{n} карточка"),
            (2..=4, _) => format!("{n} карточки"),
            _ => format!("{n} карточек"),
        },
        || if n == 1 { "1 card".to_owned() } else { format!("{n} cards") },
    )
}
