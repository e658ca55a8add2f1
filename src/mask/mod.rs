//! An outcome that may leave the company: `sverka audit --mask`.
//!
//! What says who somebody is (names, phones, mailboxes, INNs, accounts, documents, addresses, free texts) is replaced
//! before anything is written, so that no writer can forget it. Ids and codes of records stay, and the ids of findings:
//! the owner finds every record of the masked report in the full one. Federal Law 152-FZ calls the result
//! pseudonymised: without the data it cannot be turned back, with them it can.

mod veil;

use std::collections::HashSet;

use polars::prelude::{Column, DataFrame, IntoColumn, ListBuilderTrait, ListStringChunkedBuilder, PolarsResult};
use rayon::prelude::*;

pub use veil::Veil;

use crate::finding::{Finding, Subject};
use crate::model::{Book, Entity, Field, Lang, Parties, RecordRef, Records, Side, Snapshot, Snapshots, TextColumn};
use crate::normalize;
use crate::outcome::Outcome;
use crate::pairing::payments::is_statement;

/// Records of a finding whose names are looked for in its sentence: none names more.
const NAMED_RECORDS: usize = 200;

/// Whether a field tells who somebody is. Ids and codes do not: they are how the owner finds the record.
pub fn is_personal(field: Field) -> bool {
    match field {
        Field::Id
        | Field::ExternalId
        | Field::Code
        | Field::Kind
        | Field::Country
        | Field::Bik
        | Field::Gender
        | Field::HeadId
        | Field::GroupId
        | Field::OwnerId
        | Field::CreatedAt
        | Field::ModifiedAt
        | Field::Consent
        | Field::Deleted
        | Field::IsGroup
        | Field::IsOwn
        | Field::Active
        | Field::RequisitePreset
        | Field::Number
        | Field::Date
        | Field::PersonId
        | Field::ContractId
        | Field::DocumentId
        | Field::BasisId
        | Field::BasisName
        | Field::Parts
        | Field::Stage
        | Field::Pipeline
        | Field::Amount
        | Field::VatAmount
        | Field::VatRate
        | Field::VatIncluded
        | Field::Currency
        | Field::CurrencyRate
        | Field::Posted
        | Field::PaidAmount
        | Field::ClosedAt
        | Field::EndsAt
        | Field::LineNumber
        | Field::ProductId
        | Field::ProductName
        | Field::Article
        | Field::Barcode
        | Field::Variant
        | Field::Unit
        | Field::Coefficient
        | Field::Quantity
        | Field::Reserved
        | Field::Price
        | Field::PriceType
        | Field::Discount
        | Field::WarehouseId
        | Field::WarehouseName
        | Field::Incoming
        | Field::IncomingNumber
        | Field::IncomingDate
        | Field::Project
        | Field::Building
        | Field::Section
        | Field::Floor
        | Field::PostalNumber
        | Field::Rooms
        | Field::Area
        | Field::AreaContract
        | Field::AreaBti
        | Field::PriceMetre
        | Field::ReservedUntil
        | Field::ObjectId
        | Field::ObjectName
        | Field::DduId
        | Field::DduNumber
        | Field::RegisteredAt
        | Field::RegistrationNumber
        | Field::Escrow
        | Field::Bank
        | Field::LoanAmount
        | Field::SubsidyAmount
        | Field::TerminatedAt
        | Field::AssignedAt
        | Field::ActDate
        | Field::CommissionedAt
        | Field::Version
        | Field::PartyId
        | Field::ContractName => false,
        Field::Name
        | Field::FullName
        | Field::LastName
        | Field::FirstName
        | Field::Patronymic
        | Field::Inn
        | Field::Kpp
        | Field::Ogrn
        | Field::TaxId
        | Field::Phone
        | Field::Email
        | Field::Website
        | Field::Address
        | Field::ActualAddress
        | Field::BankAccount
        | Field::BirthDate
        | Field::Snils
        | Field::Document
        | Field::DocumentDate
        | Field::OwnerName
        | Field::Position
        | Field::Responsible
        | Field::Comment
        | Field::Turnover
        | Field::PartyName
        | Field::PersonName
        | Field::PartyInn
        | Field::PartyKpp
        | Field::Organisation
        | Field::Purpose
        | Field::PartyAccount
        | Field::OwnAccount
        | Field::Shares
        | Field::Cadastral => true,
    }
}

/// [`is_personal`] for a record of an entity: goods, their units and warehouses are called by names that are nobody's.
pub fn is_personal_in(entity: Entity, field: Field) -> bool {
    let of_things = matches!(
        entity,
        Entity::Product | Entity::Price | Entity::Unit | Entity::Warehouse | Entity::Stock | Entity::Line
    );
    is_personal(field) && !(of_things && matches!(field, Field::Name | Field::FullName))
}

/// The same outcome with everything personal masked. Stages that compare values must not run on it: control digits of an
/// INN are gone.
///
/// # Errors
/// When polars refuses a column of the findings of an earlier run, which this run has read.
pub fn outcome(mut o: Outcome) -> PolarsResult<Outcome> {
    let veil = Veil::of(Side::BOTH.into_iter().flat_map(|side| {
        let snapshot = o.data.get(side);
        texts(&snapshot.parties.raw).chain(snapshot.books.iter().flat_map(|book| texts(&book.raw)))
    }));
    let data = &o.data;
    let lang = o.lang;
    let vocabulary = vocabulary(lang);
    o.findings.par_iter_mut().for_each(|f| mask_finding(&veil, data, &vocabulary, f));
    o.matching.golden.par_iter_mut().filter(|g| is_personal(g.field)).for_each(|g| g.value = veil.value(&g.value));
    for decision in &mut o.decisions {
        decision.author = veil.value(&decision.author);
    }
    if let Some(comparison) = &mut o.comparison {
        comparison.resolved = resolved(&veil, &comparison.resolved, lang)?;
    }
    o.data = Snapshots { crm: snapshot(&veil, o.data.crm), onec: snapshot(&veil, o.data.onec) };
    o.masked = true;
    Ok(o)
}

/// Every text of a side, field by field.
fn texts(raw: &Records) -> impl Iterator<Item = &str> {
    Field::ALL.iter().filter(|&&f| raw.has(f)).flat_map(move |&f| (0..raw.len()).map(move |at| raw.get(f, at)))
}

fn snapshot(veil: &Veil, mut snapshot: Snapshot) -> Snapshot {
    snapshot.parties = parties(veil, snapshot.parties);
    for book in &mut snapshot.books {
        let entity = book.entity;
        let ids = statement_ids(veil, book);
        veil_texts(veil, &mut book.raw, |field| is_personal_in(entity, field));
        if let Some(ids) = ids {
            book.raw.set_column(Field::Id, ids);
        }
    }
    for own in &mut snapshot.own {
        own.name = veil.value(&own.name);
        own.inn = None;
        own.phones.clear();
    }
    // A file without headings has a record in their place.
    let nothing = HashSet::new();
    for heading in snapshot.sources.iter_mut().flat_map(|s| &mut s.unmapped) {
        *heading = veil.sentence(heading, &nothing, &|_| false);
    }
    snapshot.quarantine.par_iter_mut().for_each(|q| q.raw = veil.value(&q.raw));
    // Findings tell of them.
    snapshot.conflicts.clear();
    // Checks alone ask for them, and have run.
    snapshot.users.clear();
    snapshot
}

/// Ids of payments, those of lines of a statement masked: they are made of the accounts of both sides.
fn statement_ids(veil: &Veil, book: &Book) -> Option<TextColumn> {
    let of = |at: usize| match book.raw.get(Field::Id, at) {
        id if is_statement(book, at) => veil.value(id),
        id => id.to_owned(),
    };
    (book.entity == Entity::Payment && !book.is_empty()).then(|| {
        let mut ids = TextColumn::with_capacity(book.len(), 0);
        (0..book.len()).for_each(|at| ids.push(&of(at)));
        ids
    })
}

fn parties(veil: &Veil, parties: Parties) -> Parties {
    let Parties { mut raw, kind, flags, .. } = parties;
    veil_texts(veil, &mut raw, is_personal);
    // Normalised from the masked texts, so that nothing of the others is left; what a record is was found before.
    Parties { kind, flags, ..normalize::parties(raw, &[]) }
}

/// Masks the columns of a table that hold something personal. Numbers and moments beside it stay: they say when and how
/// much, not who.
fn veil_texts(veil: &Veil, raw: &mut Records, is_personal: impl Fn(Field) -> bool + Sync) {
    let columns: Vec<(Field, TextColumn)> = Field::ALL
        .par_iter()
        .filter(|&&field| is_personal(field) && raw.has(field))
        .map(|&field| {
            let mut column = TextColumn::with_capacity(raw.len(), 0);
            (0..raw.len()).for_each(|at| column.push(&veil.value(raw.get(field, at))));
            (field, column)
        })
        .collect();
    for (field, column) in columns {
        raw.set_column(field, column);
    }
}

fn mask_finding(veil: &Veil, data: &Snapshots, vocabulary: &HashSet<&str>, f: &mut Finding) {
    let raw = |r: RecordRef| data.records(r);
    let records: Vec<RecordRef> = f.records().take(NAMED_RECORDS).collect();
    let mut names: HashSet<&str> = HashSet::new();
    for &r in &records {
        let fields = [
            Field::Name,
            Field::FullName,
            Field::LastName,
            Field::FirstName,
            Field::Patronymic,
            Field::OwnerName,
            Field::PartyName,
            Field::PersonName,
            Field::Organisation,
            Field::Shares,
        ];
        for field in fields.into_iter().filter(|&field| is_personal_in(data.entity(r), field)) {
            names.extend(words(raw(r).get(field, r.at()), vocabulary));
        }
    }
    let of_thing =
        matches!(f.subject, Subject::Record(r) if f.field.is_some_and(|f| !is_personal_in(data.entity(r), f)));
    if !of_thing {
        names.extend(f.crm_value.iter().chain(&f.onec_value).flat_map(|value| words(value, vocabulary)));
    }
    const IDS: [Field; 6] = [Field::Id, Field::ExternalId, Field::Code, Field::HeadId, Field::GroupId, Field::OwnerId];
    let is_id =
        |text: &str| !text.is_empty() && records.iter().any(|&r| IDS.iter().any(|&id| raw(r).get(id, r.at()) == text));
    let is_title =
        |text: &str| Field::ALL.iter().any(|f| [Lang::Ru, Lang::En].iter().any(|&lang| f.title(lang) == text));
    let source = matches!(f.subject, Subject::Source { .. });
    // Of a source it is said when it was written.
    let keep = |text: &str| is_id(text) || is_guid(text) || is_title(text) || source && is_moment(text);
    let message = veil.sentence(&f.message, &names, &keep);
    if f.field.is_none_or(is_personal) && !of_thing {
        for value in [&mut f.crm_value, &mut f.onec_value].into_iter().flatten() {
            *value = veil.value(value);
        }
    }
    f.message = message;
}

/// Words of a name. Small words that cards of checks use stay in sentences: they are the sentence.
fn words<'a>(name: &'a str, vocabulary: &HashSet<&str>) -> impl Iterator<Item = &'a str> {
    name.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1 && !vocabulary.contains(word))
}

/// Words in small letters that checks say what they find with, and those of two letters.
fn vocabulary(lang: Lang) -> HashSet<&'static str> {
    let cards = crate::checks::all().map(|c| c.meta().card(lang));
    let texts = cards.flat_map(|c| [c.title, c.finds, c.why, c.causes, c.remedy]);
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    words.filter(|w| !w.is_empty() && w.chars().all(char::is_lowercase)).collect()
}

fn is_guid(text: &str) -> bool {
    crate::system::is_guid(text)
}

/// `20.11.2026 18` and the like: dates, hours.
fn is_moment(text: &str) -> bool {
    let date = text.split(' ').next().unwrap_or_default();
    chrono::NaiveDate::parse_from_str(date, "%d.%m.%Y").is_ok()
        || chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok()
}

/// Findings of an earlier run: their records may be gone, so the sentence is replaced by the title of the check.
fn resolved(veil: &Veil, frame: &DataFrame, lang: Lang) -> PolarsResult<DataFrame> {
    let mut frame = frame.clone();
    let personal: Vec<bool> = {
        let fields = frame.column("field")?.str()?;
        fields.iter().map(|code| code.and_then(Field::parse).is_none_or(is_personal)).collect()
    };
    for name in ["crm_value", "onec_value"] {
        let column = frame.column(name)?.str()?;
        let masked: Vec<Option<String>> = column
            .iter()
            .zip(&personal)
            .map(|(value, &personal)| value.map(|v| if personal { veil.value(v) } else { v.to_owned() }))
            .collect();
        frame.with_column(Column::new(name.into(), masked))?;
    }
    let titles: Vec<String> = {
        let title = |id: &str| crate::checks::all().map(|c| c.meta()).find(|m| m.id == id).map(|m| m.card(lang).title);
        frame.column("check")?.str()?.iter().map(|id| id.and_then(title).unwrap_or_default().to_owned()).collect()
    };
    frame.with_column(Column::new("message".into(), titles))?;
    let id = |id: &str| if has_account(id) { veil.value(id) } else { id.to_owned() };
    for name in ["record_id", "other_id"] {
        let masked: Vec<Option<String>> = frame.column(name)?.str()?.iter().map(|text| text.map(id)).collect();
        frame.with_column(Column::new(name.into(), masked))?;
    }
    let lists: Vec<Vec<String>> = {
        let column = frame.column("more_ids")?.list()?;
        let of = |at: usize| -> PolarsResult<Vec<String>> {
            let Some(ids) = column.get_as_series(at) else { return Ok(Vec::new()) };
            Ok(ids.str()?.iter().flatten().map(id).collect())
        };
        (0..column.len()).map(of).collect::<PolarsResult<_>>()?
    };
    let mut builder = ListStringChunkedBuilder::new("more_ids".into(), lists.len(), lists.iter().map(Vec::len).sum());
    lists.iter().for_each(|ids| builder.append_values_iter(ids.iter().map(String::as_str)));
    frame.with_column(builder.finish().into_column())?;
    Ok(frame)
}

/// Whether an id has the number of an account in it, as those of lines of a statement have.
fn has_account(id: &str) -> bool {
    id.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 20)
}
