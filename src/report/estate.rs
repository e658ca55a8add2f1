//! Property for page and workbook alike: units as both sides hold them, schedules against money, receipts by project and
//! month; and the sheets made of them.

use std::cmp::Reverse;

use super::cell::{Kind, Tone};
use super::queue::{Cells, Queue};
use super::row::{Row, Words};
use crate::config::UnitStatus;
use crate::model::{Entity, Field, RecordRef, Side, Space};
use crate::pairing::objects::{Unit, units};
use crate::reconcile::schedule::{Account, Ledger, Month};

/// A unit of a project, a pair of the two sides once.
#[derive(Debug)]
pub struct Place {
    /// Folded name of the project.
    pub project: String,
    pub building: (i64, String),
    pub section: (i64, String),
    pub floor: (i64, String),
    pub number: (i64, String),
    pub records: [Option<RecordRef>; 2],
    pub status: [Option<UnitStatus>; 2],
}

/// How the two sides of a unit stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agreement {
    Same,
    Differ,
    /// One side has no such unit.
    Alone,
}

impl Place {
    pub fn agreement(&self) -> Agreement {
        match self.records {
            [Some(_), Some(_)] if self.status[0] == self.status[1] => Agreement::Same,
            [Some(_), Some(_)] => Agreement::Differ,
            _ => Agreement::Alone,
        }
    }

    /// The record that names the unit: the CRM's where it has one.
    pub fn record(&self) -> RecordRef {
        self.records[0].or(self.records[1]).expect("a unit is on some side")
    }
}

/// Numbers as numbers, the rest after them.
fn order(text: &str) -> (i64, String) {
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    (digits.parse().unwrap_or(i64::MAX), text.to_owned())
}

/// What a side says of an object; 1C without statuses says what its contracts say.
pub fn status(cx: Cells, object: RecordRef) -> Option<UnitStatus> {
    let holdings = cx.outcome.pairing.estate().of(object.side);
    holdings.status[object.at()].or_else(|| {
        let stated = cx.outcome.data.book(object.side, Entity::Object).text(Field::Stage, object.at());
        holdings.implied(object.at()).filter(|_| stated.trim().is_empty())
    })
}

/// Every unit, by project, building, section, floor from the top, number. A unit with two pairs stands with each.
pub fn places(cx: Cells) -> Vec<Place> {
    let books = Side::BOTH.map(|side| cx.outcome.data.book(side, Entity::Object));
    if books.iter().all(|b| b.is_empty()) {
        return Vec::new();
    }
    let mut places: Vec<Place> = Vec::new();
    for unit in units(books) {
        let mut partners = cx.outcome.pairing.partners(unit.record).filter(|p| p.space == Space::Objects);
        if unit.record.side == Side::Crm {
            let first = partners.next();
            for other in std::iter::once(first).chain(partners.map(Some)) {
                places.push(place(cx, &unit, [Some(unit.record), other]));
            }
        } else if partners.next().is_none() {
            places.push(place(cx, &unit, [None, Some(unit.record)]));
        }
    }
    places.sort_by(|a, b| {
        let key = |p: &Place| (Reverse(p.floor.clone()), p.number.clone(), p.records);
        (&a.project, &a.building, &a.section)
            .cmp(&(&b.project, &b.building, &b.section))
            .then_with(|| key(a).cmp(&key(b)))
    });
    places
}

fn place(cx: Cells, unit: &Unit, records: [Option<RecordRef>; 2]) -> Place {
    Place {
        project: unit.project.clone(),
        building: order(&unit.building),
        section: order(&unit.section),
        floor: order(&unit.floor),
        number: order(&unit.number),
        records,
        status: records.map(|r| r.and_then(|r| status(cx, r))),
    }
}

/// A contract as both sides keep it, with its account where it has a schedule or money.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    pub records: [Option<RecordRef>; 2],
    pub accounts: [Option<&'a Account>; 2],
}

impl Contract<'_> {
    pub fn record(&self) -> RecordRef {
        self.records[0].or(self.records[1]).expect("a contract is on some side")
    }

    /// The larger of what both sides hold for overdue.
    pub fn late(&self) -> i64 {
        self.accounts.iter().flatten().map(|a| a.late()).max().unwrap_or(0)
    }

    /// The accounts agree in plan, money and what is overdue.
    pub fn differs(&self) -> bool {
        let [Some(a), Some(b)] = self.accounts else { return true };
        (a.plan, a.paid, a.overdue) != (b.plan, b.paid, b.overdue)
    }
}

/// Contracts in force that have a schedule or money on some side: the most overdue first, then as the CRM and 1C have them.
pub fn contracts<'a>(cx: Cells, ledger: &'a Ledger) -> Vec<Contract<'a>> {
    let mut all = Vec::new();
    for side in Side::BOTH {
        let book = cx.outcome.data.book(side, Entity::Ddu);
        for entry in &ledger.of(side).entries {
            let record = book.at(entry.ddu as usize);
            let other = cx.outcome.pairing.partners(record).find(|p| p.space == Space::Ddus);
            let account = other.and_then(|o| ledger.of(o.side).account(o.at() as u32));
            // The CRM's row has told of the pair.
            if side == Side::Onec && account.is_some() {
                continue;
            }
            let (mut records, mut accounts) = ([None; 2], [None; 2]);
            (records[side as usize], accounts[side as usize]) = (Some(record), Some(&entry.account));
            (records[side.other() as usize], accounts[side.other() as usize]) = (other, account);
            all.push(Contract { records, accounts });
        }
    }
    all.sort_by_key(|c| (Reverse(c.late()), c.record()));
    all
}

/// Sheets of a project with property; none for any other.
pub fn queues<'a>(cx: Cells<'a>, ledger: &'a Ledger) -> Vec<Queue<'a>> {
    let has = |entity| Side::BOTH.into_iter().any(|side| !cx.outcome.data.book(side, entity).is_empty());
    let mut queues = Vec::new();
    if has(Entity::Object) {
        queues.push(objects(cx));
    }
    if has(Entity::Ddu) {
        queues.extend([schedules(cx, ledger), receipts(cx, ledger)]);
    }
    queues
}

/// `2026-11`.
pub fn month_text((year, month): Month) -> String {
    format!("{year}-{month:02}")
}

/// «Объекты»: the status of every unit on both sides.
fn objects<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    let t = cx.texts;
    let places = places(cx);
    let mut words = Words::default();
    let [same, differ, alone] = ["estate.same", "estate.differ", "estate.alone"].map(|key| words.add(t.get(key)));
    let statuses = UnitStatus::ALL.map(|s| words.add(s.text(t.lang)));
    Queue {
        id: "estate-objects",
        title: t.get("sheet.estate_objects").to_owned(),
        lead: t.get("lead.estate_objects").to_owned(),
        columns: cx.columns([
            ("estate.project", Text, 28, true),
            ("estate.building", Text, 10, true),
            ("estate.section", Text, 9, true),
            ("estate.floor", Text, 8, true),
            ("estate.number", Text, 12, true),
            ("estate.kind", Text, 16, true),
            ("estate.status_crm", Text, 16, true),
            ("estate.status_onec", Text, 16, true),
            ("estate.sides", Text, 16, true),
            ("estate.area", Number, 12, true),
            ("estate.price", Number, 18, true),
            ("estate.id_crm", Code, 16, true),
            ("estate.id_onec", Code, 16, true),
        ]),
        len: places.len(),
        stored: &[],
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let place = &places[at];
            let record = place.record();
            for field in [Field::Project, Field::Building, Field::Section, Field::Floor, Field::Number, Field::Kind] {
                row.value(cx.field(field, record));
            }
            for side in Side::BOTH {
                let at = side as usize;
                match (place.records[at], place.status[at]) {
                    (None, _) => row.value(t.get("estate.none")),
                    (Some(_), Some(status)) => row.word(statuses[status as usize]),
                    (Some(r), None) => row.value(cx.field(Field::Stage, r)),
                }
            }
            let (word, tone) = match place.agreement() {
                Agreement::Same => (same, Tone::Plain),
                Agreement::Differ => (differ, Tone::Warning),
                Agreement::Alone => (alone, Tone::Warning),
            };
            row.word(word);
            row.tone(tone);
            let book = cx.outcome.data.book(record.side, Entity::Object);
            for fields in [&[Field::AreaContract, Field::Area][..], &[Field::Price]] {
                match fields.iter().find_map(|&f| book.number(f, record.at()).valid()) {
                    Some(number) => row.money(i128::from(number.micros())),
                    None => row.empty(),
                }
            }
            for record in place.records {
                match record {
                    Some(r) => cx.put_id(r, row),
                    None => row.empty(),
                }
            }
        }),
    }
}

/// «Графики и оплаты»: plan, money and what is overdue of every contract, on both sides.
pub fn schedules<'a>(cx: Cells<'a>, ledger: &'a Ledger) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    let t = cx.texts;
    let contracts = contracts(cx, ledger);
    let mut words = Words::default();
    let [same, differ, alone] = ["estate.same", "estate.differ", "estate.alone"].map(|key| words.add(t.get(key)));
    let mut columns = cx.columns([("estate.contract", Text, 34, true), ("estate.buyer", Text, 30, true)]);
    for side in Side::BOTH {
        for key in [
            "estate.planned",
            "estate.paid",
            "estate.late_1",
            "estate.late_2",
            "estate.late_3",
            "estate.late_4",
            "estate.ahead",
        ] {
            let mut column = cx.columns([(key, Number, 16, true)]);
            column[0].title = format!("{}, {}", t.get(key), side.title(t.lang));
            columns.append(&mut column);
        }
    }
    columns.append(&mut cx.columns([
        ("estate.sides", Text, 16, true),
        ("estate.id_crm", Code, 16, true),
        ("estate.id_onec", Code, 16, true),
    ]));
    Queue {
        id: "estate-schedules",
        title: t.get("sheet.estate_schedules").to_owned(),
        lead: t.get("lead.estate_schedules").to_owned(),
        columns,
        len: contracts.len(),
        stored: &[],
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let contract = &contracts[at];
            row.value(&cx.outcome.data.display_name(contract.record()));
            row.value(cx.field(Field::PartyName, contract.record()));
            for account in contract.accounts {
                put_account(account, row);
            }
            let both = contract.accounts.iter().flatten().count() == 2;
            row.word(if !both {
                alone
            } else if contract.differs() {
                differ
            } else {
                same
            });
            if contract.differs() {
                row.tone(Tone::Warning);
            }
            for record in contract.records {
                match record {
                    Some(r) => cx.put_id(r, row),
                    None => row.empty(),
                }
            }
        }),
    }
}

fn put_account(account: Option<&Account>, row: &mut Row) {
    let Some(account) = account else {
        (0..7).for_each(|_| row.empty());
        return;
    };
    row.money(i128::from(account.plan));
    row.money(i128::from(account.paid));
    for late in account.overdue {
        match late {
            0 => row.empty(),
            late => {
                row.money(i128::from(late));
                row.tone(Tone::Warning);
            }
        }
    }
    row.money(i128::from(account.ahead + account.undated));
}

/// «Поступления»: money by project and month, both sides.
pub fn receipts<'a>(cx: Cells<'a>, ledger: &'a Ledger) -> Queue<'a> {
    use Kind::{Number, Text};
    let t = cx.texts;
    let rows: Vec<(&'a (String, Month), &'a [i128; 2])> = ledger.receipts.iter().collect();
    Queue {
        id: "estate-receipts",
        title: t.get("sheet.estate_receipts").to_owned(),
        lead: t.get("lead.estate_receipts").to_owned(),
        columns: cx.columns([
            ("estate.project", Text, 28, true),
            ("estate.month", Text, 12, true),
            ("estate.received_crm", Number, 20, true),
            ("estate.received_onec", Number, 20, true),
            ("col.difference", Number, 20, true),
        ]),
        len: rows.len(),
        stored: &[],
        words: Words::default(),
        texts: t,
        write: Box::new(move |at, row| {
            let ((project, month), sums) = rows[at];
            let named = ledger.projects.get(project).filter(|p| !p.is_empty());
            row.value(named.map_or(t.get("estate.no_project"), String::as_str));
            row.value(&month_text(*month));
            row.money(sums[0]);
            row.money(sums[1]);
            row.money(sums[0] - sums[1]);
            if sums[0] != sums[1] {
                row.tone(Tone::Warning);
            }
        }),
    }
}
