//! Canonical texts → values. One file per field kind, its reference tables beside it.
//!
//! Pure functions of text; normalising twice changes nothing.

pub mod address;
pub mod amount;
pub mod bank_account;
pub mod birth;
pub mod books;
pub mod company;
pub mod currency;
pub mod date;
pub mod decimal;
pub mod email;
pub mod goods;
pub mod inn;
pub mod kind;
pub mod kpp;
pub mod layout;
pub mod moment;
pub mod number;
pub mod ogrn;
pub mod package;
pub mod paper;
pub mod person;
pub mod phone;
pub mod property;
pub mod repair;
pub mod snils;
pub mod test_record;
pub mod text;
pub mod unit;
pub mod vat;

pub(crate) mod given_names;
mod legal_forms;
mod mail_domains;
pub(crate) mod translit;

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::model::{
    BankAccount, Defect, Email, Entity, Field, Flags, Inn, Multi, Noted, Notes, OwnOrganisation, Parties, PartyKind,
    Phone, Records, TextColumn, Value,
};

/// A value and what reading it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed<T> {
    pub value: Value<T>,
    pub notes: Notes,
}

impl<T> Parsed<T> {
    fn invalid(raw: &str, defect: Defect, notes: Notes) -> Parsed<T> {
        Parsed { value: Value::invalid(raw, defect), notes }
    }
}

impl<T> Default for Parsed<T> {
    fn default() -> Self {
        Parsed { value: Value::Empty, notes: Notes::NONE }
    }
}

/// Records normalised at a time by one thread: enough to hide the cost of a task, few enough to balance the load.
const CHUNK_ROWS: usize = 4_096;

/// Normalises all records of a side. Runs on all rayon threads; the result does not depend on their number.
///
/// `own`: the company's own organisations of either side; a record with the INN of one gets [`crate::model::Flags::OWN`].
pub fn parties(records: Records, own: &[OwnOrganisation]) -> Parties {
    let own: FxHashSet<Inn> = own.iter().filter_map(|o| o.inn).collect();
    let rows = records.len();
    let parts: Vec<Parties> = (0..rows.div_ceil(CHUNK_ROWS))
        .into_par_iter()
        .map(|n| chunk(&records, n * CHUNK_ROWS..rows.min((n + 1) * CHUNK_ROWS), &own))
        .collect();
    let mut whole = empty(records);
    for part in parts {
        append(&mut whole, part);
    }
    whole
}

fn empty(raw: Records) -> Parties {
    Parties {
        raw,
        kind: Vec::new(),
        flags: Vec::new(),
        inn: Vec::new(),
        inn_notes: Vec::new(),
        inn_broken: Vec::new(),
        kpp: Vec::new(),
        kpp_notes: Vec::new(),
        ogrn: Vec::new(),
        ogrn_notes: Vec::new(),
        phones: Multi::default(),
        emails: Multi::default(),
        accounts: Multi::default(),
        birth_date: Vec::new(),
        form: Vec::new(),
        core: TextColumn::new(),
        surname: TextColumn::new(),
        given: TextColumn::new(),
        patronymic: TextColumn::new(),
        address: TextColumn::new(),
        town: TextColumn::new(),
    }
}

fn append(whole: &mut Parties, mut part: Parties) {
    whole.kind.append(&mut part.kind);
    whole.flags.append(&mut part.flags);
    whole.inn.append(&mut part.inn);
    whole.inn_notes.append(&mut part.inn_notes);
    whole.inn_broken.append(&mut part.inn_broken);
    whole.kpp.append(&mut part.kpp);
    whole.kpp_notes.append(&mut part.kpp_notes);
    whole.ogrn.append(&mut part.ogrn);
    whole.ogrn_notes.append(&mut part.ogrn_notes);
    whole.phones.append(part.phones);
    whole.emails.append(part.emails);
    whole.accounts.append(part.accounts);
    whole.birth_date.append(&mut part.birth_date);
    whole.form.append(&mut part.form);
    whole.core.append(&part.core);
    whole.surname.append(&part.surname);
    whole.given.append(&part.given);
    whole.patronymic.append(&part.patronymic);
    whole.address.append(&part.address);
    whole.town.append(&part.town);
}

/// Most of a text that is read for values, bytes. The longest real ones, a hundred phones of one company, stay below; cost of
/// comparing two names grows with the product of their lengths, and a cell may have a megabyte. Records keep their whole texts.
pub const MAX_VALUE_BYTES: usize = 4_096;

/// What is read of a text: all of it, or its beginning up to [`MAX_VALUE_BYTES`].
pub fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_VALUE_BYTES)]
}

/// Buffers of one chunk, reused from row to row.
#[derive(Default)]
struct Scratch {
    phones: Vec<Noted<Phone>>,
    emails: Vec<Noted<Email>>,
    accounts: Vec<Noted<BankAccount>>,
}

fn chunk(records: &Records, rows: Range<usize>, own: &FxHashSet<Inn>) -> Parties {
    // The records of a part stay with the whole: a part is never seen outside.
    let mut out = empty(Records::new(records.side));
    let mut scratch = Scratch::default();
    for at in rows {
        row(records, at, own, &mut out, &mut scratch);
    }
    out
}

fn row(records: &Records, at: usize, own: &FxHashSet<Inn>, out: &mut Parties, scratch: &mut Scratch) {
    let text = |field| head(records.get(field, at));
    let entity = records.entity[at];

    let inn = inn::parse(text(Field::Inn));
    let mut kpp = kpp::parse(text(Field::Kpp));
    if let (true, Some(shared)) = (kpp.value.is_empty(), inn.kpp) {
        kpp = Parsed { value: Value::Valid(shared), notes: Notes::SHARED_CELL };
    }
    let ogrn = ogrn::parse(text(Field::Ogrn));

    phone::parse_into(text(Field::Phone), &mut scratch.phones);
    out.phones.push_row(scratch.phones.drain(..));
    email::parse_into(text(Field::Email), &mut scratch.emails);
    out.emails.push_row(scratch.emails.drain(..));
    bank_account::parse_into(text(Field::BankAccount), &mut scratch.accounts);
    out.accounts.push_row(scratch.accounts.drain(..));
    out.birth_date.push(date::parse(text(Field::BirthDate)));

    let fixed = layout::russian(name_of(records, at));
    let name = fixed.as_deref().unwrap_or_else(|| name_of(records, at));
    let parts = [text(Field::LastName), text(Field::FirstName), text(Field::Patronymic)];
    let fixed_parts = parts.iter().any(|part| !part.is_empty()).then(|| layout::russian(&parts.join("\n"))).flatten();
    let mut parts_of = fixed_parts.as_deref().map(|fixed| fixed.split('\n'));
    let [last, first, middle] = parts.map(|part| parts_of.as_mut().and_then(Iterator::next).unwrap_or(part));
    let in_parts = ![last, first, middle].into_iter().all(text::means_none);
    let mut form = if name.is_empty() && in_parts {
        person::fold_parts(last, first, middle, out.core.open_row());
        company::LegalForm::None
    } else {
        company::parse_into(name, out.core.open_row())
    };
    out.core.end_row();
    if form.is_none() {
        // «Ромашка» as the working name, «ООО "Ромашка"» as the full one.
        form = company::form_of(text(Field::FullName));
    }
    let row = out.core.len() - 1;
    let person = if in_parts {
        Some(person::from_parts(last, first, middle))
    } else {
        let trust = kind::trust_in_person(entity, text(Field::Kind), inn.value.valid().copied(), form);
        let short = person::parse(name, trust);
        // A short working name («Ромашкин», «Ромашкин И.П.») beside the whole name of the trader.
        let full = text(Field::FullName);
        let initials = short.as_ref().is_none_or(|name| name.given.chars().count() <= 1);
        if initials && !full.is_empty() && trust != person::Trust::Never {
            let full = person::parse(full, trust);
            match short {
                Some(short) => full.filter(|full| full.completes(&short)).or(Some(short)),
                None => full,
            }
        } else {
            short
        }
    };
    let kind = kind::of(&kind::Signs {
        entity,
        text: text(Field::Kind),
        preset: text(Field::RequisitePreset),
        country: text(Field::Country),
        inn: inn.value.valid().copied(),
        inn_broken: inn.broken,
        has_kpp: kpp.value.is_valid(),
        ogrn: ogrn.value.valid().copied(),
        has_tax_id: !text::means_none(text(Field::TaxId)),
        form,
        is_person_name: person.is_some(),
    });
    let person =
        person.filter(|_| matches!(kind, PartyKind::Person | PartyKind::SoleTrader | PartyKind::Unknown) || in_parts);
    let person = person.unwrap_or_default();
    out.surname.push(&person.surname);
    out.given.push(&person.given);
    out.patronymic.push(&person.patronymic);

    let registered = text(Field::Address);
    let address = if registered.trim().is_empty() { text(Field::ActualAddress) } else { registered };
    address::parse_into(address, out.address.open_row(), out.town.open_row());
    out.address.end_row();
    out.town.end_row();

    let mut flags = Flags::default();
    if text::means_yes(text(Field::Deleted)) {
        flags.add(Flags::DELETED);
    }
    if inn.value.valid().is_some_and(|inn| own.contains(inn)) || text::means_yes(text(Field::IsOwn)) {
        flags.add(Flags::OWN);
    }
    if text::means_no(text(Field::Active)) {
        flags.add(Flags::INACTIVE);
    }
    let named = if in_parts || entity == Entity::Contact {
        test_record::Named::Person
    } else if inn.value.is_valid() {
        test_record::Named::RegisteredFirm
    } else {
        test_record::Named::Firm
    };
    if test_record::is_test(out.core.get(row), text(Field::Email), named) {
        flags.add(Flags::TEST);
    }

    out.flags.push(flags);
    out.kind.push(kind);
    out.form.push(form);
    out.inn.push(inn.value);
    out.inn_notes.push(inn.notes);
    out.inn_broken.push(inn.broken);
    out.kpp.push(kpp.value);
    out.kpp_notes.push(kpp.notes);
    out.ogrn.push(ogrn.value);
    out.ogrn_notes.push(ogrn.notes);
}

/// The text that names the party: `name`, else `full_name`; empty when only the parts of a person's name are given, or
/// words that stand for nothing («не указано»): two cards without a name are not namesakes.
fn name_of(records: &Records, at: usize) -> &str {
    let mut names = [Field::Name, Field::FullName].into_iter().map(|field| head(records.get(field, at)).trim());
    names.find(|name| !text::means_none(name)).unwrap_or("")
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
