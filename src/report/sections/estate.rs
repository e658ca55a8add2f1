//! Property: both grids as one, schedules against money, sales by project from both sides.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::config::UnitStatus;
use crate::model::{Decimal, Entity, Field, RecordRef, Side, Space};
use crate::pairing::estate::{ContractState, Money, sum};
use crate::pairing::objects::{Unit, units};
use crate::report::model::short_text;
use crate::report::queue::Cells;

/// Cells of grids on the page at most: twenty buildings. The workbook and the tables have every unit that differs.
const MOST_CELLS: usize = 4_000;
/// Contracts with overdue money on the page at most, the largest first.
const MOST_LATE: usize = 60;

/// A unit as both sides hold it.
#[derive(Debug, Serialize)]
pub struct UnitView {
    pub number: String,
    /// Words of both statuses; one when they agree.
    pub crm: String,
    pub onec: String,
    /// `same`, `differ` or `alone`.
    pub class: &'static str,
    /// `free`, `reserved`, `ddu`, `sold`, or empty.
    pub status: &'static str,
}

#[derive(Debug, Serialize)]
pub struct FloorView {
    pub floor: String,
    pub units: Vec<UnitView>,
}

/// One section of a building.
#[derive(Debug, Serialize)]
pub struct GridView {
    pub title: String,
    pub floors: Vec<FloorView>,
    pub differ: String,
}

/// A project as both sides see it.
#[derive(Debug, Serialize)]
pub struct ProjectView {
    pub project: String,
    pub units: [String; 2],
    pub sold: [String; 2],
    /// Roubles per m² of contracts in force.
    pub average: [String; 2],
    pub received: [String; 2],
}

/// Money of a month.
#[derive(Debug, Serialize)]
pub struct MonthView {
    pub month: String,
    pub planned: String,
    pub received: [String; 2],
    pub differs: bool,
}

/// A contract that is late.
#[derive(Debug, Serialize)]
pub struct LateView {
    pub contract: String,
    pub planned: String,
    pub paid: String,
    /// Overdue up to 30 days, 31–90, more.
    pub overdue: [String; 3],
    /// Instalments still to come.
    pub ahead: String,
}

#[derive(Debug, Serialize)]
pub struct Property {
    pub grids: Vec<GridView>,
    pub cut: bool,
    pub projects: Vec<ProjectView>,
    pub months: Vec<MonthView>,
    pub late: Vec<LateView>,
    pub late_total: String,
}

/// Millionths as roubles without kopecks.
fn money(cx: Cells, micros: i64) -> String {
    cx.texts.number(u64::try_from(Decimal::from_micros(micros).round_to_kopeck().0 / 100).unwrap_or(0))
}

impl Property {
    /// `None` without property on any side.
    pub fn new(cx: Cells) -> Option<Property> {
        let data = &cx.outcome.data;
        let books = Side::BOTH.map(|side| data.book(side, Entity::Object));
        if books.iter().all(|b| b.is_empty()) {
            return None;
        }
        let units = units(books);
        let (grids, cut) = grids(cx, &units);
        let (late, late_total) = late(cx);
        Some(Property { grids, cut, projects: projects(cx, &units), months: months(cx), late, late_total })
    }
}

/// What a side says of an object; 1C without statuses says what its contracts say.
fn status(cx: Cells, object: RecordRef) -> Option<UnitStatus> {
    let holdings = cx.outcome.pairing.estate().of(object.side);
    holdings.status[object.at()].or_else(|| {
        let stated = cx.outcome.data.book(object.side, Entity::Object).text(Field::Stage, object.at());
        holdings.implied(object.at()).filter(|_| stated.trim().is_empty())
    })
}

/// The project as the record calls it.
fn called(cx: Cells, unit: &Unit) -> String {
    short_text(cx, cx.outcome.data.text(unit.record, Field::Project).trim())
}

/// Numbers as numbers, the rest after them.
fn order(text: &str) -> (i64, String) {
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    (digits.parse().unwrap_or(i64::MAX), text.to_owned())
}

fn grids(cx: Cells, units: &[Unit]) -> (Vec<GridView>, bool) {
    type Key = (String, (i64, String), (i64, String));
    let mut sections: BTreeMap<Key, Vec<(&Unit, Option<RecordRef>)>> = BTreeMap::new();
    for unit in units {
        let mut partners = cx.outcome.pairing.partners(unit.record).filter(|p| p.space == Space::Objects);
        let partner = partners.next();
        // A pair stands once, where the CRM has it.
        if unit.record.side == Side::Onec && partner.is_some() {
            continue;
        }
        let key = (unit.project.clone(), order(&unit.building), order(&unit.section));
        sections.entry(key).or_default().push((unit, partner));
    }
    let word = |status: Option<UnitStatus>| status.map_or("—", |s| s.text(cx.texts.lang)).to_owned();
    let (mut shown, mut cut) = (0, false);
    let mut grids = Vec::new();
    for ((_, building, section), members) in sections {
        if shown + members.len() > MOST_CELLS {
            cut = true;
            continue;
        }
        shown += members.len();
        let project = called(cx, members[0].0);
        let mut floors: BTreeMap<std::cmp::Reverse<(i64, String)>, Vec<UnitView>> = BTreeMap::new();
        let mut members = members;
        members.sort_by_key(|(unit, _)| (order(&unit.number), unit.kind, unit.record));
        let mut differ = 0;
        for (unit, partner) in members {
            let own = status(cx, unit.record);
            let other = partner.map(|p| status(cx, p));
            let (crm, onec) = match (unit.record.side, other) {
                (Side::Crm, Some(other)) => (word(own), word(other)),
                (Side::Crm, None) => (word(own), cx.texts.get("estate.none").to_owned()),
                (Side::Onec, _) => (cx.texts.get("estate.none").to_owned(), word(own)),
            };
            let class = match other {
                None => "alone",
                Some(other) if other == own => "same",
                Some(_) => "differ",
            };
            differ += u64::from(class != "same");
            let number = cx.outcome.data.text(unit.record, Field::Number).trim().chars().take(12).collect();
            let status = own.map_or("", UnitStatus::as_str);
            floors.entry(std::cmp::Reverse(order(&unit.floor))).or_default().push(UnitView {
                number,
                crm,
                onec,
                class,
                status,
            });
        }
        let title =
            cx.texts.say("estate.grid", &[("project", &project), ("building", &building.1), ("section", &section.1)]);
        grids.push(GridView {
            title,
            floors: floors.into_iter().map(|(floor, units)| FloorView { floor: floor.0.1, units }).collect(),
            differ: cx.texts.number(differ),
        });
    }
    (grids, cut)
}

fn projects(cx: Cells, units: &[Unit]) -> Vec<ProjectView> {
    #[derive(Default)]
    struct Sums {
        units: [u64; 2],
        sold: [u64; 2],
        price: [i64; 2],
        area: [i64; 2],
        received: [i64; 2],
    }
    let mut all: BTreeMap<&str, (String, Sums)> = BTreeMap::new();
    for unit in units {
        let side = unit.record.side;
        let at = side as usize;
        let (_, sums) = all.entry(unit.project.as_str()).or_insert_with(|| (called(cx, unit), Sums::default()));
        sums.units[at] += 1;
        sums.sold[at] += u64::from(status(cx, unit.record) == Some(UnitStatus::Sold));
        let (holdings, data) = (cx.outcome.pairing.estate().of(side), &cx.outcome.data);
        let (ddus, payments) = (data.book(side, Entity::Ddu), data.book(side, Entity::Payment));
        let objects = data.book(side, Entity::Object);
        let area = [Field::AreaContract, Field::Area].iter().find_map(|&f| objects.number(f, unit.record.at()).valid());
        for ddu in holdings.active_contracts(unit.record.at()) {
            if let (Some(price), Some(area)) = (ddus.number(Field::Amount, ddu).valid(), area) {
                sums.price[at] += price.micros();
                sums.area[at] += area.micros();
            }
            sums.received[at] += holdings.paid(payments, ddu).micros();
        }
    }
    all.into_values()
        .map(|(project, s)| ProjectView {
            project: if project.is_empty() { "—".to_owned() } else { project },
            units: s.units.map(|n| cx.texts.number(n)),
            sold: s.sold.map(|n| cx.texts.number(n)),
            average: [0, 1].map(|at| match s.area[at] {
                0 => "—".to_owned(),
                area => cx.texts.number((i128::from(s.price[at]) / i128::from(area)).unsigned_abs() as u64),
            }),
            received: s.received.map(|m| money(cx, m)),
        })
        .collect()
}

/// Months of the year up to the day of the export, and the three after it.
fn months(cx: Cells) -> Vec<MonthView> {
    let month = |day: NaiveDate| day.format("%Y-%m").to_string();
    let day_of = |book: &crate::model::Book, at: usize| book.moment(Field::Date, at).valid().map(|m| m.date());
    let mut received: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    let mut planned: BTreeMap<String, i64> = BTreeMap::new();
    for side in Side::BOTH {
        let (holdings, data) = (cx.outcome.pairing.estate().of(side), &cx.outcome.data);
        let payments = data.book(side, Entity::Payment);
        for at in (0..payments.len()).filter(|&at| holdings.contract_of[at].is_some()) {
            let (Some(day), Some(amount)) = (day_of(payments, at), payments.number(Field::Amount, at).valid()) else {
                continue;
            };
            let sign = match holdings.money[at] {
                Money::In { .. } => 1,
                Money::Back => -1,
                _ => continue,
            };
            received.entry(month(day)).or_default()[side as usize] += sign * amount.micros().abs();
        }
        if side == Side::Onec {
            let lines = data.book(side, Entity::Instalment);
            for ddu in (0..holdings.state.len()).filter(|&d| holdings.state[d] == ContractState::Active) {
                for &line in holdings.lines(ddu) {
                    if let Some(day) = day_of(lines, line as usize) {
                        *planned.entry(month(day)).or_default() += sum(lines, Field::Amount, &[line]).micros();
                    }
                }
            }
        }
    }
    let now = month(cx.outcome.as_of);
    let all: BTreeSet<String> = received.keys().chain(planned.keys()).cloned().collect();
    let (past, ahead): (Vec<String>, Vec<String>) = all.into_iter().partition(|m| *m <= now);
    let past = past.into_iter().rev().take(12).collect::<Vec<_>>().into_iter().rev();
    past.chain(ahead.into_iter().take(3))
        .map(|month| {
            let got = received.get(&month).copied().unwrap_or_default();
            MonthView {
                planned: money(cx, planned.get(&month).copied().unwrap_or_default()),
                received: got.map(|m| money(cx, m)),
                differs: got[0] != got[1],
                month,
            }
        })
        .collect()
}

/// Contracts of 1C that are late by its schedule and its money.
fn late(cx: Cells) -> (Vec<LateView>, String) {
    let data = &cx.outcome.data;
    let holdings = cx.outcome.pairing.estate().of(Side::Onec);
    let (ddus, lines) = (data.book(Side::Onec, Entity::Ddu), data.book(Side::Onec, Entity::Instalment));
    let payments = data.book(Side::Onec, Entity::Payment);
    let mut all: Vec<(i64, usize, [i64; 3], i64, i64, i64)> = Vec::new();
    for ddu in (0..ddus.len()).filter(|&d| holdings.state[d] == ContractState::Active) {
        let mut plan: Vec<(NaiveDate, i64)> = holdings
            .lines(ddu)
            .iter()
            .filter_map(|&l| {
                let day = lines.moment(Field::Date, l as usize).valid()?.date();
                Some((day, lines.number(Field::Amount, l as usize).valid()?.micros()))
            })
            .collect();
        plan.sort_unstable();
        let paid = holdings.paid(payments, ddu).micros();
        let (mut left, mut overdue, mut ahead) = (paid, [0i64; 3], 0i64);
        for (day, amount) in &plan {
            // Money covers what is due first.
            let open = amount - left.clamp(0, *amount);
            left -= amount.min(&left.max(0));
            match (cx.outcome.as_of - *day).num_days() {
                ..=0 => ahead += open,
                1..=30 => overdue[0] += open,
                31..=90 => overdue[1] += open,
                _ => overdue[2] += open,
            }
        }
        let whole: i64 = overdue.iter().sum();
        if whole > 0 {
            all.push((whole, ddu, overdue, plan.iter().map(|p| p.1).sum(), paid, ahead));
        }
    }
    all.sort_by_key(|(whole, ddu, ..)| (std::cmp::Reverse(*whole), *ddu));
    let total: i64 = all.iter().map(|l| l.0).sum();
    let rows = all.iter().take(MOST_LATE).map(|(_, ddu, overdue, planned, paid, ahead)| LateView {
        contract: ddus.display_name(*ddu),
        planned: money(cx, *planned),
        paid: money(cx, *paid),
        overdue: overdue.map(|m| money(cx, m)),
        ahead: money(cx, *ahead),
    });
    (rows.collect(), money(cx, total))
}
