//! Links of goods, documents, payments and property that wait for a person: «Спорные связи».

use std::fmt::Write as _;

use super::cell::Kind;
use super::index::Index;
use super::lists::{self, EVIDENCE, KEY_A, KEY_B};
use super::queue::{Cells, Common, Queue};
use super::row::Words;
use crate::decisions::evidence;
use crate::matching::Scope;
use crate::model::{Entity, Field, RecordRef};

/// Fields by which a person tells records of an entity that is no party apart, in the order in which they are read.
pub fn telling(entity: Entity) -> &'static [Field] {
    use Field::*;
    match entity {
        Entity::Product => &[Article, Barcode, Variant, Unit, Kind, Price, VatRate],
        Entity::Unit | Entity::Warehouse => &[Code, FullName, Address],
        Entity::Object => &[Project, Building, Section, Floor, Number, Kind, Area, Price, Stage],
        Entity::Ddu => &[Number, Date, PartyId, ObjectId, Amount, RegisteredAt],
        Entity::Instalment => &[DduId, Date, Amount, PaidAmount],
        Entity::Payment => &[Number, Date, PartyId, Amount, Currency, Purpose],
        _ => &[Kind, Number, Date, PartyId, Organisation, Amount, Currency, Stage, BasisId],
    }
}

/// What a field says in the words of a person: the name of the record that it refers to, else the text of the source.
pub fn said(cx: Cells, field: Field, r: RecordRef) -> String {
    let data = &cx.outcome.data;
    let named = match field {
        Field::PartyId => Some(Field::PartyName),
        Field::ObjectId => Some(Field::ObjectName),
        Field::DduId => Some(Field::DduNumber),
        Field::BasisId => Some(Field::BasisName),
        _ => None,
    };
    let Some(named) = named.filter(|_| !r.is_party()) else { return data.text(r, field).to_owned() };
    match data.get(r.side).book(data.entity(r)).reference(field, r.at()) {
        Some(target) => data.display_name(target),
        None => [named, field].map(|f| data.text(r, f)).into_iter().find(|t| !t.is_empty()).unwrap_or("").to_owned(),
    }
}

/// The sheet: one row per question.
pub fn queue<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Link, Number, Text};
    let t = cx.texts;
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let card = words.add(t.get("word.card"));
    Queue {
        id: "ties",
        title: t.get("sheet.ties").to_owned(),
        lead: t.get("lead.ties").to_owned(),
        columns: cx.columns([
            ("col.entity", Text, 14, true),
            ("col.where", Text, 10, true),
            ("col.record_id", Code, 16, true),
            ("col.record_name", Text, 38, true),
            ("col.record_details", Text, 44, true),
            ("col.other_id", Code, 16, true),
            ("col.other_name", Text, 38, true),
            ("col.other_details", Text, 44, true),
            ("col.agree_differ", Text, 40, true),
            ("col.probability", Number, 13, true),
            ("col.decision", Kind::Tie, 16, false),
            ("col.comment", Comment, 30, false),
            ("col.responsible", Text, 22, false),
            ("col.card", Link, 12, false),
            ("col.other_card", Link, 12, false),
            (KEY_A, Key, 10, false),
            (KEY_B, Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: index.ties.len(),
        stored: lists::LINKS,
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let link = &cx.outcome.pairing.links()[index.ties[at] as usize];
            row.word(common.entity(cx.outcome.data.entity(link.b)));
            row.word(common.scope(Scope::of(link.a, link.b)));
            for r in [link.a, link.b] {
                cx.put_id(r, row);
                row.value(&cx.outcome.data.display_name(r));
                row.value(&details(cx, r));
            }
            row.value(&link.reason(t.lang));
            cx.put_probability(link, row);
            row.empty();
            row.empty();
            lists::put_responsible(index, [link.a, link.b], row);
            cx.put_card(link.a, card, row);
            cx.put_card(link.b, card, row);
            cx.put_key(link.a, row);
            cx.put_key(link.b, row);
            cx.put_evidence(|| Some(evidence::of_pair(&cx.outcome.data, link.a, link.b, None)), row);
        }),
    }
}

/// «Артикул: ДР-500; Единица: шт»: what the name does not say already.
fn details(cx: Cells, r: RecordRef) -> String {
    let name = cx.outcome.data.display_name(r);
    let mut out = String::new();
    for &field in telling(cx.outcome.data.entity(r)) {
        let value = said(cx, field, r);
        let value = value.trim();
        if !value.is_empty() && !name.contains(value) {
            let separator = if out.is_empty() { "" } else { "; " };
            // A String takes everything.
            let _ = write!(out, "{separator}{}: {}", field.title(cx.texts.lang), value.replace('\n', ", "));
        }
    }
    out
}
