//! The company that a contact belongs to.

use rustc_hash::FxHashMap;

use crate::checks::Context;
use crate::model::{Entity, Field, RecordRef, Side};

/// What a contact says of its company.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owner<'a> {
    None,
    Found(RecordRef),
    /// An id that no counterparty of the side has.
    Dangling(&'a str),
    /// A name that no counterparty, or more than one, has: nothing can be concluded.
    Unclear,
}

/// Counterparties of one side by id and by name.
pub(super) struct Owners<'a> {
    cx: &'a Context<'a>,
    side: Side,
    by_id: FxHashMap<&'a str, RecordRef>,
    /// `None` where several have the name.
    by_name: FxHashMap<&'a str, Option<RecordRef>>,
}

impl<'a> Owners<'a> {
    pub fn new(cx: &'a Context<'a>, side: Side) -> Owners<'a> {
        let records = &cx.data.parties(side).raw;
        let mut by_id = FxHashMap::default();
        let mut by_name: FxHashMap<&str, Option<RecordRef>> = FxHashMap::default();
        for at in (0..records.len()).filter(|&at| records.entity[at] == Entity::Counterparty) {
            let r = RecordRef::new(side, at);
            by_id.insert(records.id(at), r);
            let name = records.get(Field::Name, at).trim();
            if !name.is_empty() {
                by_name.entry(name).and_modify(|one| *one = None).or_insert(Some(r));
            }
        }
        Owners { cx, side, by_id, by_name }
    }

    pub fn of(&self, contact: RecordRef) -> Owner<'a> {
        let records = &self.cx.data.parties(self.side).raw;
        let id = records.get(Field::OwnerId, contact.at()).trim();
        let name = records.get(Field::OwnerName, contact.at()).trim();
        // Bitrix24 writes 0 and 1C a GUID of zeros for "none".
        let none = id.bytes().all(|b| matches!(b, b'0' | b'-'));
        if !none {
            return match self.by_id.get(id) {
                Some(&r) => Owner::Found(r),
                None => Owner::Dangling(id),
            };
        }
        if name.is_empty() {
            return Owner::None;
        }
        match self.by_name.get(name) {
            Some(&Some(r)) => Owner::Found(r),
            _ => Owner::Unclear,
        }
    }
}
