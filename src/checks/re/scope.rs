//! What the checks of property look at, and how they call it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;

use crate::checks::books;
use crate::checks::{Context, Ran};
use crate::config::UnitStatus;
use crate::matching::{Decision, Scope};
use crate::model::{Book, Decimal, Entity, Field, RecordRef, Side, Space};
use crate::normalize::property;
use crate::pairing::estate::{ContractState, Estate, Holdings};

pub(super) fn estate<'a>(cx: &'a Context) -> &'a Estate {
    cx.pairing.estate()
}

/// Holdings and books of a side: objects, contracts, instalments, payments.
pub(super) struct Of<'a> {
    pub side: Side,
    pub holdings: &'a Holdings,
    pub objects: &'a Book,
    pub ddus: &'a Book,
    pub lines: &'a Book,
    pub payments: &'a Book,
}

pub(super) fn of<'a>(cx: &'a Context, side: Side) -> Of<'a> {
    let book = |entity| cx.data.book(side, entity);
    Of {
        side,
        holdings: estate(cx).of(side),
        objects: book(Entity::Object),
        ddus: book(Entity::Ddu),
        lines: book(Entity::Instalment),
        payments: book(Entity::Payment),
    }
}

pub(super) fn sides<'a>(cx: &'a Context) -> [Of<'a>; 2] {
    Side::BOTH.map(|side| of(cx, side))
}

impl Of<'_> {
    /// Contracts in force.
    pub fn active(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.ddus.len()).filter(|&at| self.holdings.state[at] == ContractState::Active)
    }

    pub fn amount(&self, ddu: usize) -> Option<Decimal> {
        self.ddus.number(Field::Amount, ddu).valid()
    }

    /// The object of a contract as a record.
    pub fn object(&self, ddu: usize) -> Option<RecordRef> {
        self.holdings.object[ddu].map(|at| self.objects.at(at as usize))
    }

    /// Day of commissioning that the contract or its object names.
    pub fn commissioned(&self, ddu: usize) -> Option<NaiveDate> {
        day(self.ddus, Field::CommissionedAt, ddu)
            .or_else(|| self.holdings.object[ddu].and_then(|at| day(self.objects, Field::CommissionedAt, at as usize)))
    }
}

/// The day of a moment.
pub(super) fn day(book: &Book, field: Field, at: usize) -> Option<NaiveDate> {
    book.moment(field, at).valid().map(|m| m.date())
}

pub(super) fn show_day(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// `5 460 000` or `5 460 000.50`.
pub(super) fn show_sum(sum: Decimal) -> String {
    let text = sum.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push('\u{A0}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
        if fraction.len() == 1 {
            out.push('0');
        }
    }
    out
}

/// «кв. 12, корп. 1» as the record has it, or the name of a contract.
pub(super) fn name(cx: &Context, r: RecordRef) -> String {
    if r.space != Space::Objects {
        return cx.quoted(&cx.data.display_name(r));
    }
    let text = |field| cx.data.text(r, field).trim().to_owned();
    let kind = [text(Field::Kind), cx.say(|| "Объект".to_owned(), || "Unit".to_owned())];
    let kind = kind.into_iter().find(|k| !k.is_empty()).unwrap_or_default();
    let mut name = format!("{kind} {}", text(Field::Number));
    let building = text(Field::Building);
    if !building.is_empty() {
        name.push_str(", ");
        if building.starts_with(|c: char| c.is_ascii_digit()) {
            name.push_str(cx.lang.pick("дом ", "building "));
        }
        name.push_str(&building);
    }
    cx.quoted(&name)
}

/// Objects, or what `entity` is, that wait for a person's word about their pair.
pub(super) fn awaiting(cx: &Context, space: Space) -> FxHashSet<RecordRef> {
    let waiting = cx.pairing.links().iter().filter(|l| l.decision == Decision::Review && l.scope() == Scope::Cross);
    waiting.filter(|l| l.a.space == space).flat_map(|l| [l.a, l.b]).collect()
}

/// The record of the other side, when there is exactly one.
pub(super) fn partner(cx: &Context, r: RecordRef) -> Option<RecordRef> {
    let mut partners = cx.pairing.partners(r).filter(|p| p.space == r.space);
    partners.next().filter(|_| partners.next().is_none())
}

/// Linked contracts, in order: positions on both sides.
pub(super) fn contracts<'a>(cx: &'a Context) -> impl Iterator<Item = (RecordRef, RecordRef)> + 'a {
    books::pairs(cx, Entity::Ddu)
}

/// Linked contracts in force on both sides.
pub(super) fn active_contracts<'a>(cx: &'a Context) -> impl Iterator<Item = (RecordRef, RecordRef)> + 'a {
    contracts(cx).filter(move |&(a, b)| [a, b].iter().all(|r| state(cx, *r) == ContractState::Active))
}

pub(super) fn state(cx: &Context, ddu: RecordRef) -> ContractState {
    estate(cx).of(ddu.side).state[ddu.at()]
}

/// Status of an object: what its record says; in 1C without statuses what its contracts say, where a unit without a
/// contract is free.
pub(super) fn status(cx: &Context, object: RecordRef) -> Option<UnitStatus> {
    let holdings = estate(cx).of(object.side);
    if holdings.states || object.side == Side::Crm {
        return holdings.status[object.at()];
    }
    Some(holdings.implied(object.at()).unwrap_or(UnitStatus::Free))
}

/// Distinct contracts among rows: a contract may have a row per shareholder.
pub(super) fn distinct(book: &Book, rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut seen = BTreeMap::new();
    for at in rows {
        seen.entry(property::contract_number(book.text(Field::Number, at))).or_insert(at);
    }
    let mut rows: Vec<usize> = seen.into_values().collect();
    rows.sort_unstable();
    rows
}

/// `NotRun` when a side has no records of an entity.
pub(super) fn needs(cx: &Context, both: &[(Side, Entity)]) -> Option<Ran> {
    let missing = both.iter().find(|(side, entity)| cx.data.book(*side, *entity).is_empty())?;
    let (side, title) = (missing.0.title(cx.lang), missing.1.title(cx.lang));
    Some(Ran::NotRun(cx.say(|| format!("{side}: нет записей: {title}"), || format!("{side}: no records: {title}"))))
}

pub(super) fn not_run(cx: &Context, ru: &str, en: &str) -> Ran {
    Ran::NotRun(cx.lang.pick(ru, en).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_readable() {
        for (text, expected) in [("5460000", "5\u{A0}460\u{A0}000"), ("-1200.5", "-1\u{A0}200.50"), ("12", "12")] {
            assert_eq!(show_sum(Decimal::parse(text).unwrap()), expected);
        }
    }
}
