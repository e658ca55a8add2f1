//! Ids of the other system stored in a record, and the record they point at.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::scope::is_live;
use crate::checks::Context;
use crate::model::{Entity, Field, RecordRef, Side};

/// Where a stored id leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Found(RecordRef),
    Nowhere,
    /// The other side's ids are of another sort (codes instead of GUIDs): absence proves nothing.
    Unknown,
}

/// Ids and codes of one side, for look-up.
pub struct Targets<'a> {
    cx: &'a Context<'a>,
    side: Side,
    /// (hash of the folded id, record), sorted.
    ids: Vec<(u64, u32)>,
    codes: Vec<(u64, u32)>,
    has_guids: bool,
    has_others: bool,
}

impl<'a> Targets<'a> {
    pub fn new(cx: &'a Context<'a>, side: Side) -> Targets<'a> {
        let raw = &cx.data.parties(side).raw;
        let index = |field: Field| {
            let texts = (0..raw.len()).map(|at| (raw.get(field, at), at)).filter(|(text, _)| !text.is_empty());
            let mut keys: Vec<(u64, u32)> = texts.map(|(text, at)| (hash(text), at as u32)).collect();
            keys.sort_unstable();
            keys
        };
        let both = || (0..raw.len()).flat_map(|at| [raw.id(at), raw.get(Field::Code, at)]).filter(|t| !t.is_empty());
        let has_guids = both().any(is_guid);
        let has_others = both().any(|text| !is_guid(text));
        Targets { cx, side, ids: index(Field::Id), codes: index(Field::Code), has_guids, has_others }
    }

    /// The record whose id is `text`; of several the one of `entity`. A code only proves that a record is there,
    /// since codes repeat in 1C: then the result is its first owner, and `by_id` is false.
    pub fn find(&self, text: &str, entity: Entity) -> (Target, bool) {
        let raw = &self.cx.data.parties(self.side).raw;
        let search = |keys: &[(u64, u32)], field: Field| {
            let wanted = hash(text);
            let from = keys.partition_point(|(key, _)| *key < wanted);
            let hits = || {
                keys[from..]
                    .iter()
                    .take_while(|(key, _)| *key == wanted)
                    .map(|(_, at)| *at as usize)
                    .filter(|&at| folded(raw.get(field, at)).eq(folded(text)))
            };
            hits().find(|&at| raw.entity[at] == entity).or_else(|| hits().next())
        };
        let found = |at: usize| Target::Found(RecordRef::new(self.side, at));
        if let Some(at) = search(&self.ids, Field::Id) {
            return (found(at), true);
        }
        if let Some(at) = search(&self.codes, Field::Code) {
            return (found(at), false);
        }
        let same_sort = if is_guid(text) { self.has_guids } else { self.has_others };
        (if same_sort { Target::Nowhere } else { Target::Unknown }, false)
    }
}

/// Live records of a side that store an id of the other system, with its text.
pub fn stored<'a>(cx: &'a Context, side: Side) -> impl Iterator<Item = (RecordRef, &'a str)> + 'a {
    let parties = cx.data.parties(side);
    (0..parties.len())
        .filter(move |&at| is_live(parties, at))
        .map(move |at| (RecordRef::new(side, at), parties.raw.get(Field::ExternalId, at).trim()))
        .filter(|(_, text)| !is_blank(text))
}

/// Empty, or the GUID of zeros that 1C writes for "no reference".
fn is_blank(text: &str) -> bool {
    text.is_empty() || (is_guid(text) && text.bytes().all(|b| matches!(b, b'0' | b'-' | b'{' | b'}')))
}

/// 32 hex digits, with or without hyphens and braces.
pub fn is_guid(text: &str) -> bool {
    let mut digits = 0;
    for b in text.trim().bytes() {
        match b {
            b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => digits += 1,
            b'-' | b'{' | b'}' => {}
            _ => return false,
        }
    }
    digits == 32
}

/// Letter case, braces and outer spaces do not tell ids apart.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.trim().chars().filter(|c| !matches!(c, '{' | '}')).flat_map(char::to_lowercase)
}

/// Hash of an id as [`Targets`] compares it.
pub fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    folded(text).for_each(|c| hasher.write_u32(c as u32));
    hasher.finish()
}

/// Two stored ids are the same id.
pub fn same(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, onec};

    #[test]
    fn finds_by_id_then_by_code() {
        let guid = "21dda1c5-8c44-11db-a9b0-00055d49b45e";
        let world = World::new()
            .onec(&[(Field::Id, guid), (Field::Code, "00-000001")])
            .onec_contact(&[(Field::Id, "12")])
            .onec(&[(Field::Id, "12~2")]);
        world.with(|cx| {
            let targets = Targets::new(cx, Side::Onec);
            let find = |text: &str| targets.find(text, Entity::Counterparty);
            assert_eq!(find("{21DDA1C5-8C44-11DB-A9B0-00055D49B45E}"), (Target::Found(onec(0)), true));
            assert_eq!(find("00-000001"), (Target::Found(onec(0)), false));
            assert_eq!(find("12"), (Target::Found(onec(1)), true));
            assert_eq!(find("13"), (Target::Nowhere, false));
            assert_eq!(find("31dda1c5-8c44-11db-a9b0-00055d49b45e"), (Target::Nowhere, false));
        });
        World::new().onec(&[(Field::Id, "7")]).with(|cx| {
            assert_eq!(Targets::new(cx, Side::Onec).find(guid, Entity::Contact), (Target::Unknown, false));
        });
        assert!(is_blank("00000000-0000-0000-0000-000000000000") && !is_blank(guid));
    }
}
