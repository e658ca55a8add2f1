//! Schedules of contracts of participation against the money that came, side by side.
//!
//! Money covers instalments in the order of their days, whichever instalment a payment names: that is how a debt is
//! claimed. All sums are millionths; nothing is rounded before it is shown, so that schedule, money and debt agree to
//! the kopeck: plan − paid = open − over, for each contract and for all of them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use crate::model::{Book, Entity, Field, Side, Snapshots};
use crate::normalize::property;
use crate::pairing::estate::{ContractState, Estate, Holdings, Money};

/// Days by which an instalment is late, last of each bucket but the open one.
pub const BUCKETS: [i64; 3] = [30, 60, 90];

/// A year and a month, 1..=12.
pub type Month = (i32, u32);

pub fn month(day: NaiveDate) -> Month {
    (day.year(), day.month())
}

/// What became of the schedule of a contract by a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// All instalments of the latest schedule.
    pub plan: i64,
    /// Money in less money back.
    pub paid: i64,
    /// Open instalments whose day has passed, by how long ago: 1–30, 31–60, 61–90 days, more.
    pub overdue: [i64; 4],
    /// Open instalments of the day itself and of days to come.
    pub ahead: i64,
    /// Open instalments without a readable day.
    pub undated: i64,
    /// Money beyond the schedule.
    pub over: i64,
}

impl Account {
    pub fn late(&self) -> i64 {
        self.overdue.iter().sum()
    }

    /// Instalments that no money covers.
    pub fn open(&self) -> i64 {
        self.late() + self.ahead + self.undated
    }
}

/// Spends `paid` on instalments of `plan` in the order of their days and tells what stays open, each with its day. An
/// instalment below nought (a correction) frees as much money; those without a day come last.
pub fn settle(
    plan: &mut [(Option<NaiveDate>, i64)],
    paid: i64,
    as_of: NaiveDate,
    mut open: impl FnMut(NaiveDate, i64),
) -> Account {
    plan.sort_by_key(|&(day, amount)| (day.is_none(), day, amount));
    let mut account = Account { plan: plan.iter().map(|p| p.1).sum(), paid, ..Account::default() };
    // Money that was given back beyond what came leaves all instalments open, and that much more is owed.
    let mut left = paid + plan.iter().map(|p| (-p.1).max(0)).sum::<i64>();
    for &(day, amount) in plan.iter().filter(|p| p.1 > 0) {
        let covered = left.clamp(0, amount);
        left -= covered;
        let rest = amount - covered;
        match day {
            _ if rest == 0 => {}
            None => account.undated += rest,
            Some(day) => {
                match (as_of - day).num_days() {
                    ..=0 => account.ahead += rest,
                    late => account.overdue[BUCKETS.iter().position(|&last| late <= last).unwrap_or(3)] += rest,
                }
                open(day, rest);
            }
        }
    }
    account.over = left;
    account
}

/// A contract in force with a schedule or money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Position among the contracts of its side.
    pub ddu: u32,
    pub account: Account,
}

/// One side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SideLedger {
    /// By contract.
    pub entries: Vec<Entry>,
    /// Instalments by month, of contracts in force.
    pub planned: BTreeMap<Month, i128>,
    /// Open instalments of the day and of days to come: the receipts to be expected.
    pub expected: BTreeMap<Month, i128>,
}

impl SideLedger {
    /// The account of a contract, if it has a schedule or money.
    pub fn account(&self, ddu: u32) -> Option<&Account> {
        self.entries.binary_search_by_key(&ddu, |e| e.ddu).ok().map(|at| &self.entries[at].account)
    }

    pub fn total(&self, of: impl Fn(&Account) -> i64) -> i128 {
        self.entries.iter().map(|e| i128::from(of(&e.account))).sum()
    }
}

/// Both sides.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    sides: [SideLedger; 2],
    /// What each project is called, by its folded name; empty where nothing names it.
    pub projects: BTreeMap<String, String>,
    /// Money in less money back under contracts, whatever became of them: by project and month, both sides.
    pub receipts: BTreeMap<(String, Month), [i128; 2]>,
    /// The same without a readable day.
    pub undated: [i128; 2],
}

impl Ledger {
    /// Near-linear in instalments and payments.
    pub fn new(data: &Snapshots, estate: &Estate, as_of: NaiveDate) -> Ledger {
        let mut ledger = Ledger::default();
        for side in Side::BOTH {
            let books = Books::of(data, side);
            let holdings = estate.of(side);
            ledger.sides[side as usize] = accounts(&books, holdings, as_of);
            ledger.add_receipts(&books, holdings, side);
        }
        ledger
    }

    pub fn of(&self, side: Side) -> &SideLedger {
        &self.sides[side as usize]
    }

    fn add_receipts(&mut self, books: &Books, holdings: &Holdings, side: Side) {
        let mut names: BTreeMap<&str, String> = BTreeMap::new();
        for at in 0..books.payments.len() {
            let Some(ddu) = holdings.contract_of[at] else { continue };
            let sum = signed(books.payments, holdings, at);
            if sum == 0 {
                continue;
            }
            let named = books.project(holdings, ddu as usize);
            let key = names.entry(named).or_insert_with(|| property::project(named)).clone();
            match books.payments.moment(Field::Date, at).valid() {
                Some(day) => {
                    self.projects.entry(key.clone()).or_insert_with(|| named.to_owned());
                    self.receipts.entry((key, month(day.date()))).or_default()[side as usize] += i128::from(sum);
                }
                None => self.undated[side as usize] += i128::from(sum),
            }
        }
    }
}

/// What a payment adds to the money of its contract.
fn signed(payments: &Book, holdings: &Holdings, at: usize) -> i64 {
    let amount = payments.number(Field::Amount, at).valid().map_or(0, |d| d.micros().abs());
    match holdings.money[at] {
        Money::In { .. } => amount,
        Money::Back => -amount,
        Money::Release | Money::Nothing => 0,
    }
}

struct Books<'a> {
    objects: &'a Book,
    ddus: &'a Book,
    lines: &'a Book,
    payments: &'a Book,
}

impl<'a> Books<'a> {
    fn of(data: &'a Snapshots, side: Side) -> Books<'a> {
        let book = |entity| data.book(side, entity);
        Books {
            objects: book(Entity::Object),
            ddus: book(Entity::Ddu),
            lines: book(Entity::Instalment),
            payments: book(Entity::Payment),
        }
    }

    /// As the unit of a contract names it, else the contract itself.
    fn project(&self, holdings: &Holdings, ddu: usize) -> &'a str {
        let of_unit = holdings.object[ddu].map_or("", |unit| self.objects.text(Field::Project, unit as usize).trim());
        if of_unit.is_empty() { self.ddus.text(Field::Project, ddu).trim() } else { of_unit }
    }
}

fn accounts(books: &Books, holdings: &Holdings, as_of: NaiveDate) -> SideLedger {
    /// Contracts of one piece of work.
    const PIECE: usize = 4_096;
    let active: Vec<usize> = (0..books.ddus.len()).filter(|&d| holdings.state[d] == ContractState::Active).collect();
    let pieces: Vec<SideLedger> = active
        .par_chunks(PIECE)
        .map(|piece| {
            let mut part = SideLedger::default();
            let mut plan = Vec::new();
            for &ddu in piece {
                plan.clear();
                for &line in holdings.lines(ddu) {
                    let Some(amount) = books.lines.number(Field::Amount, line as usize).valid() else { continue };
                    let day = books.lines.moment(Field::Date, line as usize).valid().map(|m| m.date());
                    if let Some(day) = day {
                        *part.planned.entry(month(day)).or_default() += i128::from(amount.micros());
                    }
                    plan.push((day, amount.micros()));
                }
                let paid = holdings.paid(books.payments, ddu).micros();
                if plan.is_empty() && paid == 0 {
                    continue;
                }
                let account = settle(&mut plan, paid, as_of, |day, rest| {
                    if day >= as_of {
                        *part.expected.entry(month(day)).or_default() += i128::from(rest);
                    }
                });
                part.entries.push(Entry { ddu: ddu as u32, account });
            }
            part
        })
        .collect();
    pieces.into_iter().fold(SideLedger::default(), |mut all, part| {
        all.entries.extend(part.entries);
        for (into, from) in [(&mut all.planned, part.planned), (&mut all.expected, part.expected)] {
            for (month, sum) in from {
                *into.entry(month).or_default() += sum;
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(after: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap() + chrono::Duration::days(after)
    }

    #[test]
    fn months_sort_as_time_passes() {
        assert_eq!(month(day(0)), (2026, 11));
        assert!(month(day(0)) < month(day(30)) && month(day(30)) < month(day(60)));
    }

    #[test]
    fn money_covers_what_is_due_first() {
        let mut plan = vec![
            (Some(day(10)), 400),
            (Some(day(-100)), 100),
            (Some(day(-90)), 100),
            (Some(day(-60)), 100),
            (Some(day(-30)), 100),
            (Some(day(-1)), 100),
            (Some(day(0)), 50),
            (None, 7),
        ];
        let mut open = Vec::new();
        let account = settle(&mut plan, 130, day(0), |day, rest| open.push((day, rest)));
        assert_eq!(account.overdue, [200, 100, 70, 0], "30 days belong to the first bucket, 60 to the second");
        assert_eq!((account.ahead, account.undated, account.over), (450, 7, 0), "the day itself is not late");
        assert_eq!(open.iter().map(|o| o.1).sum::<i64>() + 7, account.open());
        assert_eq!(settle(&mut plan, 0, day(0), |_, _| {}).overdue, [200, 100, 100, 100]);
    }

    /// Both sides of a small project: what is planned, expected and received, by contract, month and project.
    #[test]
    fn a_ledger() {
        use crate::checks::testing::World;
        let mut world = World::new();
        world.as_of = day(0);
        for side in Side::BOTH {
            let sum = if side == Side::Crm { "100" } else { "90" };
            world = world
                .add(
                    side,
                    Entity::Object,
                    &[(Field::Id, "o1"), (Field::Number, "12"), (Field::Project, "ЖК «Северный»")],
                )
                .add(side, Entity::Ddu, &[(Field::Id, "u1"), (Field::Number, "Д-1"), (Field::ObjectId, "o1")])
                .add(side, Entity::Ddu, &[(Field::Id, "u2"), (Field::Number, "Д-2"), (Field::Project, "Южный")])
                .add(side, Entity::Ddu, &[(Field::Id, "u3"), (Field::Number, "Д-3"), (Field::Stage, "Расторгнут")])
                .add(side, Entity::Ddu, &[(Field::Id, "u4"), (Field::Number, "Д-4")]);
            for (ddu, date, amount) in [
                ("u1", "01.10.2026", "40"),
                ("u1", "24.11.2026", "30"),
                ("u1", "15.12.2026", "60"),
                ("u1", "", "5"),
                ("u1", "15.12.2026", "нет"),
                ("u2", "15.12.2026", "10"),
                ("u3", "15.12.2026", "1000"),
            ] {
                let row = [(Field::DduId, ddu), (Field::Date, date), (Field::Amount, amount)];
                world = world.add(side, Entity::Instalment, &row);
            }
            for (ddu, date, amount, kind) in [
                ("u1", "05.10.2026", sum, ""),
                ("u1", "06.11.2026", "80", "Возврат"),
                ("u1", "06.11.2026", "7", "Раскрытие эскроу"),
                ("u2", "06.11.2026", "15", ""),
                ("u2", "", "3", ""),
                ("u3", "07.11.2026", "11", ""),
                ("", "07.11.2026", "500", ""),
            ] {
                let row = [(Field::DduId, ddu), (Field::Date, date), (Field::Amount, amount), (Field::Kind, kind)];
                world = world.add(side, Entity::Payment, &row);
            }
        }
        world.with(|cx| {
            let ledger = Ledger::new(cx.data, cx.pairing.estate(), cx.as_of);
            const ONE: i64 = crate::model::Decimal::SCALE;
            let crm = ledger.of(Side::Crm);
            assert_eq!(crm.entries.iter().map(|e| e.ddu).collect::<Vec<_>>(), [0, 1], "in force, with plan or money");
            // 20 came and stayed: 20 of the first instalment is open, 54 days late.
            let first = Account {
                plan: 135 * ONE,
                paid: 20 * ONE,
                overdue: [0, 20 * ONE, 0, 0],
                ahead: 90 * ONE,
                undated: 5 * ONE,
                over: 0,
            };
            assert_eq!(crm.account(0), Some(&first));
            assert_eq!((first.late(), first.open()), (20 * ONE, 115 * ONE));
            let second = Account { plan: 10 * ONE, paid: 18 * ONE, over: 8 * ONE, ..Account::default() };
            assert_eq!(crm.account(1), Some(&second));
            assert_eq!([crm.account(2), crm.account(3)], [None, None]);
            assert_eq!(ledger.of(Side::Onec).account(0).map(|a| a.paid), Some(10 * ONE));
            assert_eq!(crm.total(|a| a.plan), i128::from(145 * ONE));
            let of = |map: &BTreeMap<Month, i128>| {
                map.iter().map(|(m, sum)| (*m, (*sum / i128::from(ONE)) as i64)).collect::<Vec<_>>()
            };
            assert_eq!(of(&crm.planned), [((2026, 10), 40), ((2026, 11), 30), ((2026, 12), 70)]);
            assert_eq!(of(&crm.expected), [((2026, 11), 30), ((2026, 12), 60)]);
            let receipts: Vec<(&str, Month, [i64; 2])> = ledger
                .receipts
                .iter()
                .map(|((project, month), sums)| (project.as_str(), *month, sums.map(|s| (s / i128::from(ONE)) as i64)))
                .collect();
            assert_eq!(
                receipts,
                [
                    ("", (2026, 11), [11, 11]),
                    ("СЕВЕРНЫЙ", (2026, 10), [100, 90]),
                    ("СЕВЕРНЫЙ", (2026, 11), [-80, -80]),
                    ("ЮЖНЫЙ", (2026, 11), [15, 15]),
                ]
            );
            assert_eq!(ledger.undated, [i128::from(3 * ONE); 2]);
            assert_eq!(ledger.projects.get("СЕВЕРНЫЙ").map(String::as_str), Some("ЖК «Северный»"));
            assert_eq!(ledger.projects.get("ЮЖНЫЙ").map(String::as_str), Some("Южный"));
        });
    }

    proptest! {
        /// Schedule, payments and debt agree to the kopeck, whatever stands in them; the order of rows changes nothing.
        #[test]
        fn plan_money_and_debt_reconcile(
            lines in prop::collection::vec((prop::option::of(-400i64..400), -300_000_000_000i64..9_000_000_000_000), 0..40),
            paid in -2_000_000_000_000i64..90_000_000_000_000,
            seed in any::<u64>(),
        ) {
            let plan: Vec<(Option<NaiveDate>, i64)> = lines.iter().map(|&(d, a)| (d.map(day), a)).collect();
            let mut months: BTreeMap<Month, i128> = BTreeMap::new();
            let account = settle(&mut plan.clone(), paid, day(0), |day, rest| {
                *months.entry(month(day)).or_default() += i128::from(rest);
            });
            prop_assert_eq!(account.plan, lines.iter().map(|l| l.1).sum::<i64>());
            prop_assert_eq!(account.plan - account.paid, account.open() - account.over);
            prop_assert!(account.overdue.iter().chain([&account.ahead, &account.undated]).all(|&sum| sum >= 0));
            prop_assert!(account.over <= 0 || account.open() == 0, "money is left only when nothing is open");
            prop_assert_eq!(months.values().sum::<i128>() + i128::from(account.undated), i128::from(account.open()));
            let mut turned = plan;
            if !turned.is_empty() {
                let by = (seed % turned.len() as u64) as usize;
                turned.rotate_left(by);
            }
            prop_assert_eq!(settle(&mut turned, paid, day(0), |_, _| {}), account);
        }
    }
}
