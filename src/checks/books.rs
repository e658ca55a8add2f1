//! Which goods, documents and payments a check looks at, and what it says when there is nothing to look at.

use super::{Context, Ran};
use crate::matching::Scope;
use crate::model::{Book, Entity, Field, RecordRef, Side};

/// The tables of an entity that have records.
pub(crate) fn books<'a>(cx: &'a Context, entity: Entity) -> impl Iterator<Item = &'a Book> {
    Side::BOTH.into_iter().map(move |side| cx.data.book(side, entity)).filter(|book| !book.is_empty())
}

/// Active records of an entity on a side, in order.
pub(crate) fn active<'a>(book: &'a Book) -> impl Iterator<Item = usize> + 'a {
    (0..book.len()).filter(|&at| book.is_active(at))
}

/// The table that a record stands in.
pub(crate) fn book_of<'a>(cx: &'a Context, r: RecordRef) -> &'a Book {
    cx.data.book(r.side, cx.data.entity(r))
}

/// Linked pairs of an entity across the sides, in order: of the CRM, of 1C.
pub(crate) fn pairs<'a>(cx: &'a Context, entity: Entity) -> impl Iterator<Item = (RecordRef, RecordRef)> + 'a {
    let links = cx.pairing.links().iter().filter(|l| l.decision.links() && l.scope() == Scope::Cross);
    links.map(|l| (l.a, l.b)).filter(move |(a, _)| a.space == entity.space())
}

/// `NotRun` when no side has records of `entity`, or none of them fills any of `fields`; says what is missing.
pub(crate) fn lacking(cx: &Context, entity: Entity, fields: &[Field]) -> Option<Ran> {
    if books(cx, entity).next().is_none() {
        return Some(no_records(cx, entity));
    }
    let filled =
        Side::BOTH.into_iter().any(|side| fields.is_empty() || fields.iter().any(|&f| cx.has(side, entity, f)));
    (!filled).then(|| no_field(cx, entity, fields))
}

/// `NotRun` when the two sides have no linked pair of `entity`, or a side fills none of `fields`.
pub(crate) fn lacking_pairs(cx: &Context, entity: Entity, fields: &[Field]) -> Option<Ran> {
    for side in Side::BOTH {
        if cx.data.book(side, entity).is_empty() {
            return Some(no_records_on(cx, side, entity));
        }
        if !fields.is_empty() && !fields.iter().any(|&f| cx.has(side, entity, f)) {
            return Some(no_field(cx, entity, fields));
        }
    }
    if pairs(cx, entity).next().is_none() {
        let title = entity.title(cx.lang);
        return Some(Ran::NotRun(
            cx.say(|| format!("нет сопоставленных пар: {title}"), || format!("no linked pairs: {title}")),
        ));
    }
    None
}

pub(crate) fn no_records(cx: &Context, entity: Entity) -> Ran {
    let title = entity.title(cx.lang);
    Ran::NotRun(cx.say(|| format!("нет записей: {title}"), || format!("no records: {title}")))
}

fn no_records_on(cx: &Context, side: Side, entity: Entity) -> Ran {
    let (title, side) = (entity.title(cx.lang), side.title(cx.lang));
    Ran::NotRun(cx.say(|| format!("{side}: нет записей: {title}"), || format!("{side}: no records: {title}")))
}

fn no_field(cx: &Context, entity: Entity, fields: &[Field]) -> Ran {
    let names: Vec<String> = fields.iter().map(|f| format!("«{}»", f.title(cx.lang))).collect();
    let title = entity.title(cx.lang);
    Ran::NotRun(cx.say(
        || format!("нет данных в поле {} ({title})", names.join(" или ")),
        || format!("no data in the field {} ({title})", names.join(" or ")),
    ))
}
