//! Property of one side as its records tell it: what stands where, under which contract, with which schedule and money.
//!
//! Computed once, after pairing, and read by the checks and the report: 2 million instalments are not grouped twice.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use crate::config::{Stage, TradeConfig, UnitStatus};
use crate::model::{Book, Cell, Decimal, Entity, Field, RecordRef, Side, Snapshot, Snapshots, Space};
use crate::normalize::property::{self, UnitKind};
use crate::normalize::text;

/// Positions of one table by positions of another, each list sorted.
#[derive(Debug, Default)]
pub struct Groups {
    /// Where the list of an owner begins; one more than there are owners.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Groups {
    /// `pairs` of (owner, item); owners below `owners`.
    fn new(owners: usize, mut pairs: Vec<(u32, u32)>) -> Groups {
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut starts = vec![0u32; owners + 1];
        for &(owner, _) in &pairs {
            starts[owner as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Groups { starts, items: pairs.into_iter().map(|(_, item)| item).collect() }
    }

    pub fn of(&self, owner: usize) -> &[u32] {
        match (self.starts.get(owner), self.starts.get(owner + 1)) {
            (Some(&from), Some(&to)) => &self.items[from as usize..to as usize],
            _ => &[],
        }
    }
}

/// Where a contract stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContractState {
    Draft,
    Active,
    Terminated,
}

/// Where a deal stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DealState {
    Open,
    Won,
    Lost,
}

/// What a payment does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Money {
    /// From the buyer: to the escrow account where `escrow`, else to the developer.
    In { escrow: bool },
    /// Back to the buyer.
    Back,
    /// The bank opened the escrow account and paid the developer.
    Release,
    /// Not posted, marked for deletion, or without an amount.
    Nothing,
}

/// One side.
#[derive(Debug)]
pub struct Holdings {
    pub side: Side,
    /// Some object states its status.
    pub states: bool,
    /// By object: what its status says; `None` without a status or with a word that nobody mapped.
    pub status: Vec<Option<UnitStatus>>,
    pub kind: Vec<Option<UnitKind>>,
    /// By contract.
    pub state: Vec<ContractState>,
    /// By contract: its object.
    pub object: Vec<Option<u32>>,
    /// By contract: the number of its latest schedule, 0 without versions.
    pub version: Vec<u32>,
    /// By deal.
    pub deal_state: Vec<DealState>,
    /// By payment.
    pub money: Vec<Money>,
    /// By payment: its contract.
    pub contract_of: Vec<Option<u32>>,
    contracts: Groups,
    deals: Groups,
    objects_of_deal: Groups,
    lines: Groups,
    payments: Groups,
}

impl Holdings {
    /// Contracts of an object.
    pub fn contracts(&self, object: usize) -> &[u32] {
        self.contracts.of(object)
    }

    /// Contracts of an object that are in force, one per number and date: a contract may have a row per shareholder.
    pub fn active_contracts(&self, object: usize) -> impl Iterator<Item = usize> + '_ {
        self.contracts(object).iter().map(|&at| at as usize).filter(|&at| self.state[at] == ContractState::Active)
    }

    /// Deals about an object.
    pub fn deals(&self, object: usize) -> &[u32] {
        self.deals.of(object)
    }

    /// Objects of a deal.
    pub fn objects_of_deal(&self, deal: usize) -> &[u32] {
        self.objects_of_deal.of(deal)
    }

    /// Instalments of the latest schedule of a contract.
    pub fn lines(&self, contract: usize) -> &[u32] {
        self.lines.of(contract)
    }

    /// Payments under a contract.
    pub fn payments(&self, contract: usize) -> &[u32] {
        self.payments.of(contract)
    }

    /// Money in less money back under a contract, and whether any payment was read.
    pub fn paid(&self, book: &Book, contract: usize) -> Decimal {
        let mut micros = 0i64;
        for &at in self.payments(contract) {
            let amount = book.number(Field::Amount, at as usize).valid().map_or(0, |d| d.micros().abs());
            match self.money[at as usize] {
                Money::In { .. } => micros = micros.saturating_add(amount),
                Money::Back => micros = micros.saturating_sub(amount),
                Money::Release | Money::Nothing => {}
            }
        }
        Decimal::from_micros(micros)
    }

    /// Status that follows from contracts and money: an active contract is a contract, its first posted payment a sale.
    pub fn implied(&self, object: usize) -> Option<UnitStatus> {
        let mut status = None;
        for at in self.active_contracts(object) {
            let paid = self.payments(at).iter().any(|&p| matches!(self.money[p as usize], Money::In { .. }));
            status = status.max(Some(if paid { UnitStatus::Sold } else { UnitStatus::Ddu }));
        }
        status
    }
}

/// Both sides.
#[derive(Debug)]
pub struct Estate([Holdings; 2]);

impl Default for Estate {
    /// Nothing on either side.
    fn default() -> Estate {
        Estate(Side::BOTH.map(|side| Holdings {
            side,
            states: false,
            status: Vec::new(),
            kind: Vec::new(),
            state: Vec::new(),
            object: Vec::new(),
            version: Vec::new(),
            deal_state: Vec::new(),
            money: Vec::new(),
            contract_of: Vec::new(),
            contracts: Groups::default(),
            deals: Groups::default(),
            objects_of_deal: Groups::default(),
            lines: Groups::default(),
            payments: Groups::default(),
        }))
    }
}

impl Estate {
    pub fn new(data: &Snapshots, config: &TradeConfig) -> Estate {
        Estate(Side::BOTH.map(|side| holdings(data.get(side), config)))
    }

    pub fn of(&self, side: Side) -> &Holdings {
        &self.0[side as usize]
    }
}

/// Sum of a field over records; what is empty or unreadable adds nothing.
pub fn sum(book: &Book, field: Field, records: &[u32]) -> Decimal {
    let micros = records.iter().filter_map(|&at| book.number(field, at as usize).valid());
    Decimal::from_micros(micros.fold(0i64, |sum, d| sum.saturating_add(d.micros())))
}

fn holdings(snapshot: &Snapshot, config: &TradeConfig) -> Holdings {
    let side = snapshot.side;
    let book = |entity: Entity| snapshot.book(entity);
    let (objects, ddus, deals) = (book(Entity::Object), book(Entity::Ddu), book(Entity::Deal));
    let (lines, payments) = (book(Entity::Instalment), book(Entity::Payment));
    let index = Index::of(objects, ddus);
    let status = texts(objects, Field::Stage, |raw| config.unit_status(side, raw));
    let kind = (0..objects.len())
        .map(|at| {
            let stated = property::kind(objects.text(Field::Kind, at));
            stated.or_else(|| property::kind(objects.text(Field::Number, at)))
        })
        .collect();
    let object: Vec<Option<u32>> = (0..ddus.len()).map(|at| index.object(ddus, at)).collect();
    let state = (0..ddus.len()).map(|at| contract_state(ddus, at)).collect();
    let deal_state = texts(deals, Field::Stage, |raw| deal_state(raw, config));
    let mut of_deal = Vec::new();
    for at in 0..deals.len() {
        for unit in index.objects(deals, at) {
            of_deal.push((at as u32, unit));
        }
    }
    let contract_of: Vec<Option<u32>> =
        (0..payments.len()).into_par_iter().map(|at| index.contract(payments, at)).collect();
    let money = (0..payments.len()).into_par_iter().map(|at| money(payments, at)).collect();
    let owners: Vec<Option<u32>> = (0..lines.len()).into_par_iter().map(|at| index.named(lines, at)).collect();
    let versions: Vec<u32> = texts(lines, Field::Version, version);
    let mut version = vec![0u32; ddus.len()];
    for (owner, number) in owners.iter().zip(&versions) {
        if let Some(owner) = owner {
            version[*owner as usize] = version[*owner as usize].max(*number);
        }
    }
    let latest = |(at, owner): (usize, &Option<u32>)| {
        let owner = (*owner)?;
        (versions[at] == version[owner as usize] && lines.is_active(at)).then_some((owner, at as u32))
    };
    Holdings {
        side,
        states: objects.raw.filled(Field::Stage, Entity::Object) > 0,
        status,
        kind,
        state,
        version: version.clone(),
        deal_state,
        money,
        contracts: Groups::new(objects.len(), pairs(&object)),
        object,
        deals: Groups::new(objects.len(), of_deal.iter().map(|&(deal, unit)| (unit, deal)).collect()),
        objects_of_deal: Groups::new(deals.len(), of_deal),
        lines: Groups::new(ddus.len(), owners.iter().enumerate().filter_map(latest).collect()),
        payments: Groups::new(ddus.len(), pairs(&contract_of)),
        contract_of,
    }
}

fn pairs(owners: &[Option<u32>]) -> Vec<(u32, u32)> {
    owners.iter().enumerate().filter_map(|(at, owner)| Some(((*owner)?, at as u32))).collect()
}

/// A function of a text, computed once per different text: statuses and versions repeat a million times.
fn texts<T: Clone>(book: &Book, field: Field, read: impl Fn(&str) -> T) -> Vec<T> {
    let mut known: HashMap<&str, T, RandomState> = HashMap::default();
    (0..book.len())
        .map(|at| {
            let raw = book.text(field, at);
            known.entry(raw).or_insert_with(|| read(raw)).clone()
        })
        .collect()
}

/// The number of a schedule: «ДС № 2» is 2; a schedule without a number is the first.
fn version(raw: &str) -> u32 {
    let digits: String =
        raw.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).take(6).collect();
    digits.parse().unwrap_or(0)
}

fn contract_state(ddus: &Book, at: usize) -> ContractState {
    let stage = text::fold(ddus.text(Field::Stage, at));
    let has = |words: &[&str]| words.iter().any(|word| stage.contains(word));
    if !ddus.is_active(at)
        || !matches!(ddus.moment(Field::TerminatedAt, at), Cell::Empty)
        || has(&["РАСТОРГ", "АННУЛ", "ОТМЕН", "TERMINAT", "CANCEL"])
    {
        ContractState::Terminated
    } else if has(&["ЧЕРНОВИК", "ПРОЕКТ ДОГОВОРА", "DRAFT"]) {
        ContractState::Draft
    } else {
        ContractState::Active
    }
}

/// Whether a deal at a stage is won, lost or open.
pub fn deal_state(stage: &str, config: &TradeConfig) -> DealState {
    match config.state(stage) {
        Some(Stage::Lost) => DealState::Lost,
        Some(Stage::Paid) => DealState::Won,
        _ => DealState::Open,
    }
}

fn money(payments: &Book, at: usize) -> Money {
    let amount = payments.number(Field::Amount, at).valid();
    if !payments.is_active(at) || payments.flag(Field::Posted, at) == Some(false) || amount.is_none() {
        return Money::Nothing;
    }
    let kind = text::fold(payments.text(Field::Kind, at));
    let direction = text::fold(payments.text(Field::Incoming, at));
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&kind, &["РАСКРЫТ", "RELEASE"]) {
        return Money::Release;
    }
    let back = has(&kind, &["ВОЗВРАТ", "СПИСАН", "REFUND"])
        || has(&direction, &["СПИСАН", "РАСХОД", "ДЕБЕТ", "OUT"])
        || payments.flag(Field::Incoming, at) == Some(false)
        || amount.is_some_and(|d| d.micros() < 0);
    if back { Money::Back } else { Money::In { escrow: is_escrow(payments, at) } }
}

/// Whether a record says that money goes through an escrow account: yes, or the number of the account.
pub fn is_escrow(book: &Book, at: usize) -> bool {
    match book.flag(Field::Escrow, at) {
        Some(flag) => flag,
        None => {
            let text = text::fold(book.text(Field::Escrow, at));
            text.contains("ЭСКРОУ") || text.contains("ESCROW") || text.bytes().filter(u8::is_ascii_digit).count() == 20
        }
    }
}

/// What finds an object or a contract where no id names it.
struct Index<'a> {
    objects: &'a Book,
    /// Number and building → the only object that has them.
    units: HashMap<(String, String), Option<u32>, RandomState>,
    ids: HashMap<&'a str, u32, RandomState>,
    /// Number of a contract → the only contract that has it.
    contracts: HashMap<String, Option<u32>, RandomState>,
}

impl<'a> Index<'a> {
    fn of(objects: &'a Book, ddus: &Book) -> Index<'a> {
        let mut units: HashMap<(String, String), Option<u32>, RandomState> = HashMap::default();
        let mut ids = HashMap::default();
        for at in 0..objects.len() {
            ids.insert(objects.raw.id(at), at as u32);
            let number = property::unit_number(objects.text(Field::Number, at));
            let building = property::building(objects.text(Field::Building, at)).0;
            units.entry((number, building)).and_modify(|u| *u = None).or_insert(Some(at as u32));
        }
        let mut contracts: HashMap<String, Option<u32>, RandomState> = HashMap::default();
        for at in 0..ddus.len() {
            let number = property::contract_number(ddus.text(Field::Number, at));
            contracts.entry(number).and_modify(|c| *c = None).or_insert(Some(at as u32));
        }
        contracts.remove("");
        Index { objects, units, ids, contracts }
    }

    fn of_side(r: Option<RecordRef>, space: Space) -> Option<u32> {
        r.filter(|r| r.space == space).map(|r| r.at() as u32)
    }

    /// By id or name, else by number and building where both say it.
    fn object(&self, book: &Book, at: usize) -> Option<u32> {
        let named = Self::of_side(book.reference(Field::ObjectId, at), Space::Objects).filter(|&found| {
            // A bare number is the number of a unit, whatever ids the system counts: «12» is not record 12.
            let name = book.text(Field::ObjectName, at).trim();
            let is = |field| self.objects.text(field, found as usize).trim() == name;
            !book.text(Field::ObjectId, at).trim().is_empty() || is(Field::Name) || is(Field::Code)
        });
        named.or_else(|| {
            let number = property::unit_number(book.text(Field::ObjectName, at));
            let building = property::building(book.text(Field::Building, at)).0;
            let found = (*self.units.get(&(number, building))?)?;
            let (named, is) =
                (property::kind(book.text(Field::ObjectName, at)), self.objects.text(Field::Kind, found as usize));
            let agrees = named.is_none() || property::kind(is).is_none() || named == property::kind(is);
            agrees.then_some(found)
        })
    }

    /// A deal may name several, with commas or semicolons between.
    fn objects(&self, deals: &Book, at: usize) -> Vec<u32> {
        let raw = deals.text(Field::ObjectId, at);
        if raw.contains([';', ',', '\n']) {
            let parts = raw.split([';', ',', '\n']).map(str::trim);
            return parts.filter_map(|part| self.ids.get(part).copied()).collect();
        }
        self.object(deals, at).into_iter().collect()
    }

    fn numbered(&self, number: &str) -> Option<u32> {
        if number.is_empty() {
            return None;
        }
        self.contracts.get(&property::contract_number(number)).copied().flatten()
    }

    /// The contract that a record names by id, else by number: a bare number is no id.
    fn named(&self, book: &Book, at: usize) -> Option<u32> {
        let id = !book.text(Field::DduId, at).trim().is_empty();
        let by_id = Self::of_side(book.reference(Field::DduId, at), Space::Ddus).filter(|_| id);
        by_id.or_else(|| self.numbered(book.text(Field::DduNumber, at)))
    }

    /// The contract of a payment: by id or number, else by what its contract or its purpose says.
    fn contract(&self, payments: &Book, at: usize) -> Option<u32> {
        if self.contracts.is_empty() {
            return None;
        }
        self.named(payments, at).or_else(|| self.numbered(payments.text(Field::ContractName, at))).or_else(|| {
            let numbers = property::numbers_in_purpose(payments.text(Field::Purpose, at));
            numbers.iter().find_map(|number| self.contracts.get(number).copied().flatten())
        })
    }
}
