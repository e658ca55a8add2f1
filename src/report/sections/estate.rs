//! Property: the grid of each side and their difference, schedules against money, sales and receipts from both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::UnitStatus;
use crate::model::{Entity, Field, RecordRef, Side};
use crate::reconcile::schedule::{Ledger, Month, month};
use crate::report::budget::Budget;
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::estate::{self, Agreement, Place, month_text, places};
use crate::report::model::{Table, short_text, shown_of, whereabouts};
use crate::report::queue::Cells;

/// Units whose grids stand on the page at most, a cell in each of three grids. The workbook has every unit.
const MOST_UNITS: usize = 3_000;
/// Rows of the tables at most.
const MOST_LATE: usize = 80;
const MOST_RECEIPTS: usize = 120;
const MOST_PROJECTS: usize = 60;
/// Characters of a number or of a status that nobody mapped.
const MOST_CHARS: usize = 16;

/// A unit in a grid.
#[derive(Debug, Serialize)]
pub struct UnitView {
    pub number: String,
    /// Lines under the number.
    pub lines: Vec<String>,
    /// How the cell is coloured; its lines say the same.
    pub class: &'static str,
}

#[derive(Debug, Serialize)]
pub struct FloorView {
    pub floor: String,
    pub units: Vec<UnitView>,
}

/// A grid of a section: of the CRM, of 1C, or their difference.
#[derive(Debug, Serialize)]
pub struct GridView {
    pub label: String,
    pub floors: Vec<FloorView>,
}

#[derive(Debug, Serialize)]
pub struct SectionView {
    pub title: String,
    pub grids: Vec<GridView>,
}

/// A building: a page of its own when printed.
#[derive(Debug, Serialize)]
pub struct BuildingView {
    pub title: String,
    /// «4 из 192 расходятся».
    pub differ: String,
    pub sections: Vec<SectionView>,
}

#[derive(Debug, Serialize)]
pub struct Property {
    pub projects: Table,
    /// Money to be expected by month, what is overdue first.
    pub expected: Table,
    pub late: Table,
    pub late_total: String,
    pub receipts: Table,
    pub buildings: Vec<BuildingView>,
    /// «Показано N из M», when not all units stand here.
    pub note: String,
}

impl Property {
    /// `None` without property on any side.
    pub fn new(cx: Cells, ledger: &Ledger, budget: &mut Budget) -> Option<Property> {
        let entities = [Entity::Object, Entity::Ddu];
        let data = &cx.outcome.data;
        if Side::BOTH.into_iter().all(|side| entities.iter().all(|&e| data.book(side, e).is_empty())) {
            return None;
        }
        let places = places(cx);
        let (buildings, shown) = buildings(cx, &places);
        let (late, late_total) = late(cx, ledger, budget);
        Some(Property {
            projects: projects(cx, ledger, &places),
            expected: expected(cx, ledger),
            late,
            late_total,
            receipts: receipts(cx, ledger, budget),
            buildings,
            note: shown_of(cx, shown, places.len() as u64, &on_sheet(cx, "sheet.estate_objects")),
        })
    }
}

/// These lists stand in the workbook alone.
fn on_sheet(cx: Cells, sheet: &str) -> String {
    whereabouts(cx, cx.texts.get(sheet), 0, &[])
}

fn money(cx: Cells, micros: i128) -> Cell {
    let kopecks = (micros + 5_000 * micros.signum()) / 10_000;
    let roubles = kopecks as f64 / 100.0;
    Cell::number(roubles, cx.texts.money(roubles))
}

/// The project as a record calls it.
fn called(cx: Cells, text: &str) -> String {
    match text.trim() {
        "" => cx.texts.get("estate.no_project").to_owned(),
        named => short_text(cx, named),
    }
}

fn word(cx: Cells, record: RecordRef, status: Option<UnitStatus>) -> String {
    match status {
        Some(status) => status.text(cx.texts.lang).to_owned(),
        None => match cx.outcome.data.text(record, Field::Stage).trim() {
            "" => "—".to_owned(),
            raw => crate::report::cell::shown(raw).chars().take(MOST_CHARS).collect(),
        },
    }
}

/// Buildings with the most differences until the page is full, in the order of the places; and the units shown.
fn buildings(cx: Cells, places: &[Place]) -> (Vec<BuildingView>, u64) {
    let mut all: Vec<&[Place]> =
        places.chunk_by(|a, b| (&a.project, &a.building) == (&b.project, &b.building)).collect();
    let apart = |units: &[Place]| units.iter().filter(|p| p.agreement() != Agreement::Same).count();
    let mut ranked: Vec<usize> = (0..all.len()).collect();
    ranked.sort_by_key(|&at| (std::cmp::Reverse(apart(all[at])), at));
    let mut left = MOST_UNITS;
    let chosen: BTreeSet<usize> = ranked
        .into_iter()
        .filter(|&at| {
            let fits = all[at].len() <= left;
            left -= if fits { all[at].len() } else { 0 };
            fits
        })
        .collect();
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        chosen.contains(&(at - 1))
    });
    let shown = all.iter().map(|units| units.len() as u64).sum();
    let views = all
        .into_iter()
        .map(|units| {
            let project = called(cx, cx.outcome.data.text(units[0].record(), Field::Project));
            let (n, of) = (cx.texts.number(apart(units) as u64), cx.texts.number(units.len() as u64));
            BuildingView {
                title: cx.texts.say("estate.house", &[("project", &project), ("building", &units[0].building.1)]),
                differ: cx.texts.say("estate.apart", &[("n", &n), ("total", &of)]),
                sections: units
                    .chunk_by(|a, b| a.section == b.section)
                    .map(|section| of_section(cx, section))
                    .collect(),
            }
        })
        .collect();
    (views, shown)
}

fn of_section(cx: Cells, units: &[Place]) -> SectionView {
    let grid = |label: &str, cell: &dyn Fn(&Place) -> (Vec<String>, &'static str)| GridView {
        label: cx.texts.get(label).to_owned(),
        floors: units
            .chunk_by(|a, b| a.floor == b.floor)
            .map(|floor| FloorView {
                floor: floor[0].floor.1.clone(),
                units: floor
                    .iter()
                    .map(|place| {
                        let (lines, class) = cell(place);
                        let number = cx.outcome.data.text(place.record(), Field::Number);
                        let number = crate::report::cell::shown(number.trim()).chars().take(MOST_CHARS).collect();
                        UnitView { number, lines, class }
                    })
                    .collect(),
            })
            .collect(),
    };
    let of_side = |side: Side| {
        move |place: &Place| match place.records[side as usize] {
            Some(record) => {
                let status = place.status[side as usize];
                (vec![word(cx, record, status)], status.map_or("", UnitStatus::as_str))
            }
            None => (vec![cx.texts.get("estate.absent").to_owned()], "absent"),
        }
    };
    let difference = |place: &Place| {
        let class = match place.agreement() {
            Agreement::Same => return (vec!["=".to_owned()], "same"),
            Agreement::Differ => "differ",
            Agreement::Alone => "alone",
        };
        let lines = Side::BOTH.map(|side| {
            let said = place.records[side as usize].map_or_else(
                || cx.texts.get("estate.absent").to_owned(),
                |record| word(cx, record, place.status[side as usize]),
            );
            format!("{}: {said}", side.title(cx.texts.lang))
        });
        (lines.to_vec(), class)
    };
    SectionView {
        title: cx.texts.say("estate.part", &[("section", &units[0].section.1)]),
        grids: vec![
            grid("estate.grid_crm", &of_side(Side::Crm)),
            grid("estate.grid_onec", &of_side(Side::Onec)),
            grid("estate.grid_difference", &difference),
        ],
    }
}

/// Units, sold ones, the average price of a square metre of contracts in force and all receipts, both sides.
fn projects(cx: Cells, ledger: &Ledger, places: &[Place]) -> Table {
    #[derive(Default)]
    struct Sums {
        units: [u64; 2],
        sold: [u64; 2],
        price: [i128; 2],
        area: [i128; 2],
    }
    let mut all: BTreeMap<&str, (String, Sums)> = BTreeMap::new();
    for (key, named) in &ledger.projects {
        all.insert(key, (called(cx, named), Sums::default()));
    }
    let data = &cx.outcome.data;
    let mut seen: BTreeSet<RecordRef> = BTreeSet::new();
    for place in places {
        let named = || (called(cx, data.text(place.record(), Field::Project)), Sums::default());
        let (_, sums) = all.entry(place.project.as_str()).or_insert_with(named);
        for side in Side::BOTH {
            let at = side as usize;
            let Some(unit) = place.records[at].filter(|&r| seen.insert(r)) else { continue };
            let (holdings, objects) = (cx.outcome.pairing.estate().of(side), data.book(side, Entity::Object));
            sums.units[at] += 1;
            sums.sold[at] += u64::from(place.status[at] == Some(UnitStatus::Sold));
            let area = [Field::AreaContract, Field::Area].iter().find_map(|&f| objects.number(f, unit.at()).valid());
            for ddu in holdings.active_contracts(unit.at()) {
                if let (Some(price), Some(area)) =
                    (data.book(side, Entity::Ddu).number(Field::Amount, ddu).valid(), area)
                {
                    sums.price[at] += i128::from(price.micros());
                    sums.area[at] += i128::from(area.micros());
                }
            }
        }
    }
    let mut received: BTreeMap<&str, [i128; 2]> = BTreeMap::new();
    for ((project, _), sums) in &ledger.receipts {
        let total = received.entry(project).or_default();
        (0..2).for_each(|at| total[at] += sums[at]);
    }
    let (total, t) = (all.len(), cx.texts);
    let rows: Vec<Vec<Cell>> = all
        .into_iter()
        .take(MOST_PROJECTS)
        .map(|(key, (named, sums))| {
            let mut row = vec![Cell::text(named)];
            for counts in [sums.units, sums.sold] {
                row.extend(counts.map(|n| cx.count(n)));
            }
            row.extend([0, 1].map(|at| match sums.area[at] {
                0 => Cell::default(),
                area => money(cx, sums.price[at] * 1_000_000 / area),
            }));
            row.extend(received.get(key).copied().unwrap_or_default().map(|sum| money(cx, sum)));
            row
        })
        .collect();
    let mut columns = vec![(t.get("estate.project").to_owned(), Kind::Text)];
    for key in ["estate.units", "estate.sold", "estate.average", "estate.received"] {
        columns.extend(Side::BOTH.map(|s| (format!("{}, {}", t.get(key), s.title(t.lang)), Kind::Number)));
    }
    let note = shown_of(cx, rows.len() as u64, total as u64, &on_sheet(cx, "sheet.estate_receipts"));
    Table { title: t.get("estate.projects").to_owned(), note, ..Table::whole("estate-projects", columns, rows) }
}

/// What is overdue now, then open instalments by month; both sides, with sums.
fn expected(cx: Cells, ledger: &Ledger) -> Table {
    let t = cx.texts;
    let months: BTreeSet<Month> =
        Side::BOTH.into_iter().flat_map(|side| ledger.of(side).expected.keys().copied()).collect();
    let line = |named: String, sums: [i128; 2]| {
        let mut difference = money(cx, sums[0] - sums[1]);
        if sums[0] != sums[1] {
            difference.tone = Tone::Warning;
        }
        vec![Cell::text(named), money(cx, sums[0]), money(cx, sums[1]), difference]
    };
    let of = |get: &dyn Fn(Side) -> i128| Side::BOTH.map(get);
    let mut rows = vec![line(t.get("estate.overdue_now").to_owned(), of(&|side| ledger.of(side).total(|a| a.late())))];
    for month in months {
        let sums = of(&|side| ledger.of(side).expected.get(&month).copied().unwrap_or_default());
        rows.push(line(month_text(month), sums));
    }
    let undated = of(&|side| ledger.of(side).total(|a| a.undated));
    if undated != [0, 0] {
        rows.push(line(t.get("estate.undated").to_owned(), undated));
    }
    rows.push(line(t.get("estate.debt").to_owned(), of(&|side| ledger.of(side).total(|a| a.open()))));
    let columns = vec![
        (t.get("estate.month").to_owned(), Kind::Text),
        (t.get("estate.expected_crm").to_owned(), Kind::Number),
        (t.get("estate.expected_onec").to_owned(), Kind::Number),
        (t.get("col.difference").to_owned(), Kind::Number),
    ];
    Table { title: t.get("estate.expected").to_owned(), ..Table::whole("estate-expected", columns, rows) }
}

/// Contracts with overdue money on some side, the largest first, and both totals in words.
fn late(cx: Cells, ledger: &Ledger, budget: &mut Budget) -> (Table, String) {
    let queue = estate::schedules(cx, ledger);
    let count = estate::contracts(cx, ledger).iter().take_while(|c| c.late() > 0).count();
    let mut share = budget.share(MOST_LATE);
    let table = Table::filled(cx, &queue, count as u64, 0..count, &mut share);
    budget.put_back(share);
    let [crm, onec] = Side::BOTH.map(|side| money(cx, ledger.of(side).total(|a| a.late())).text);
    (table, cx.texts.say("estate.late_total", &[("crm", &crm), ("onec", &onec)]))
}

/// The latest months first on the page, so that a cut leaves the old ones out; the sheet has all.
fn receipts(cx: Cells, ledger: &Ledger, budget: &mut Budget) -> Table {
    let queue = estate::receipts(cx, ledger);
    let mut latest: Vec<usize> = (0..queue.len).collect();
    let months: Vec<Month> = ledger.receipts.keys().map(|(_, month)| *month).collect();
    let now = month(cx.outcome.as_of);
    latest.sort_by_key(|&at| ((months[at] > now), std::cmp::Reverse(months[at]), at));
    let mut share = budget.share(MOST_RECEIPTS);
    let table = Table::filled(cx, &queue, queue.len as u64, latest.into_iter(), &mut share);
    budget.put_back(share);
    table
}
