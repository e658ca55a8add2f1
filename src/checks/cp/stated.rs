//! What a record says of itself: by its kind field and by its name. The INN is judged against it.

use crate::model::{Entity, Field, Lang, Parties, PartyKind};
use crate::normalize::{kind, person};

/// The kind expects an INN of 12 digits, or of 10; of a non-resident neither.
pub fn has_person_inn(kind: PartyKind) -> Option<bool> {
    match kind {
        PartyKind::Legal => Some(false),
        PartyKind::SoleTrader | PartyKind::Person => Some(true),
        PartyKind::Foreign | PartyKind::Unknown => None,
    }
}

pub fn text(kind: PartyKind, lang: Lang) -> &'static str {
    let (ru, en) = match kind {
        PartyKind::Legal => ("организация", "an organisation"),
        PartyKind::SoleTrader => ("ИП", "a sole trader"),
        PartyKind::Person => ("физлицо", "a person"),
        PartyKind::Foreign => ("нерезидент", "a non-resident"),
        PartyKind::Unknown => ("вид не указан", "of unknown kind"),
    };
    lang.pick(ru, en)
}

/// By the field of kind.
pub fn by_kind(parties: &Parties, at: usize) -> Option<PartyKind> {
    kind::from_text(parties.raw.get(Field::Kind, at))
}

/// By the legal form in the name; without one, a surname, a given name and a full patronymic are a person. A shorter
/// name proves nothing: a firm may be called «Анна Мария».
pub fn by_name(parties: &Parties, at: usize) -> Option<PartyKind> {
    let form = parties.form[at];
    if form.is_none() {
        if parties.raw.entity[at] == Entity::Contact {
            return Some(PartyKind::Person);
        }
        let name = person::parse(parties.raw.get(Field::Name, at).trim(), person::Trust::ByShape)?;
        let full = |text: &str| text.chars().count() > 1;
        return (full(&name.surname) && full(&name.given) && full(&name.patronymic)).then_some(PartyKind::Person);
    }
    if form.is_foreign() {
        Some(PartyKind::Foreign)
    } else if form.is_person() {
        Some(PartyKind::SoleTrader)
    } else {
        Some(PartyKind::Legal)
    }
}
