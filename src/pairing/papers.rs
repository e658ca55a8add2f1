//! What pairing and checks need to know of deals, documents and payments, read once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Input, PartyKey};
use crate::model::{Book, Cell, Decimal, Entity, Field, RecordRef, Side, Snapshots, Space};
use crate::normalize::paper::{self, Named, Number, Paper};
use crate::normalize::{inn, text};

/// Kinds of documents, lines by document, documents by their basis.
#[derive(Debug, Default)]
pub struct Papers {
    kinds: [Vec<Paper>; 2],
    /// For each side, sorted: document or deal, line.
    lines: [Vec<(RecordRef, u32)>; 2],
    /// Document → what was made on its basis, in order; within a side.
    children: FxHashMap<RecordRef, Vec<RecordRef>>,
    /// For each side and document: what it was made on.
    basis: FxHashMap<RecordRef, RecordRef>,
}

impl Papers {
    pub fn of(data: &Snapshots) -> Papers {
        let mut papers =
            Papers { kinds: Side::BOTH.map(|s| paper::kinds(data.book(s, Entity::Document))), ..Papers::default() };
        for side in Side::BOTH {
            let book = data.book(side, Entity::Line);
            let lines = &mut papers.lines[side as usize];
            lines.extend((0..book.len()).filter_map(|at| Some((book.reference(Field::DocumentId, at)?, at as u32))));
            lines.sort_unstable();
            papers.join_basis(data, side);
        }
        for children in papers.children.values_mut() {
            children.sort_unstable();
        }
        papers
    }

    /// By reference, else by the number and the date that the text of the basis names: `Заказ клиента ТД-15 от 01.02.2026`.
    fn join_basis(&mut self, data: &Snapshots, side: Side) {
        let book = data.book(side, Entity::Document);
        let mut numbers: FxHashMap<(Paper, String, i32), Option<RecordRef>> = FxHashMap::default();
        if book.raw.has(Field::BasisName) {
            for at in 0..book.len() {
                if let (Some(number), Some(day)) =
                    (paper::number(book.text(Field::Number, at)), day(book, Field::Date, at))
                {
                    let key = (self.kinds[side as usize][at], number.core, day);
                    numbers.entry(key).and_modify(|r| *r = None).or_insert(Some(book.at(at)));
                }
            }
        }
        for at in 0..book.len() {
            let named = || {
                paper::references(book.text(Field::BasisName, at)).into_iter().find_map(|found| match found.to {
                    Named::Paper(kind) => *numbers.get(&(kind, found.number.core, days(found.date?)))?,
                    _ => None,
                })
            };
            let by_id = book.reference(Field::BasisId, at).filter(|r| r.space != Space::Contracts);
            if let Some(basis) = by_id.or_else(named).filter(|&basis| basis != book.at(at)) {
                self.basis.insert(book.at(at), basis);
                self.children.entry(basis).or_default().push(book.at(at));
            }
        }
    }

    /// What a deal or a document is. Other records are unknown.
    pub fn kind(&self, r: RecordRef) -> Paper {
        match r.space {
            Space::Deals => Paper::Deal,
            Space::Documents => self.kinds[r.side as usize].get(r.at()).copied().unwrap_or(Paper::Unknown),
            _ => Paper::Unknown,
        }
    }

    /// Whether some document of a side is of a kind.
    pub fn has(&self, side: Side, kinds: &[Paper]) -> bool {
        self.kinds[side as usize].iter().any(|kind| kinds.contains(kind))
    }

    /// Positions of the lines of a document or a deal.
    pub fn lines(&self, r: RecordRef) -> impl Iterator<Item = usize> + '_ {
        let lines = &self.lines[r.side as usize];
        let from = lines.partition_point(|(of, _)| *of < r);
        lines[from..].iter().take_while(move |(of, _)| *of == r).map(|(_, at)| *at as usize)
    }

    pub fn has_lines(&self, side: Side) -> bool {
        !self.lines[side as usize].is_empty()
    }

    pub fn basis(&self, r: RecordRef) -> Option<RecordRef> {
        self.basis.get(&r).copied()
    }

    /// What was made on the basis of a record.
    pub fn children(&self, r: RecordRef) -> &[RecordRef] {
        self.children.get(&r).map_or(&[], Vec::as_slice)
    }

    /// What was made on the basis of a record, and on that in turn; each once, the nearest first.
    pub fn descendants(&self, r: RecordRef) -> Vec<RecordRef> {
        let mut all: Vec<RecordRef> = self.children(r).to_vec();
        let mut next = 0;
        // A blanket order may have thousands of shipments under it.
        let mut seen: FxHashSet<RecordRef> = FxHashSet::default();
        while next < all.len() {
            let children = self.children(all[next]);
            if seen.is_empty() && !children.is_empty() {
                seen.insert(r);
                seen.extend(&all);
            }
            all.extend(children.iter().filter(|c| seen.insert(**c)));
            next += 1;
        }
        all
    }
}

/// Days from the beginning of the common era.
pub fn days(date: chrono::NaiveDate) -> i32 {
    chrono::Datelike::num_days_from_ce(&date)
}

/// The day of a moment.
pub fn day(book: &Book, field: Field, at: usize) -> Option<i32> {
    book.moment(field, at).valid().map(|moment| days(moment.date()))
}

/// The only party of a record: its counterparty, else its contact. A payment that names neither, as CRMs keep them, is of
/// the party of what it pays.
pub fn party(data: &Snapshots, r: RecordRef) -> Option<RecordRef> {
    let stated = |r: RecordRef| {
        let book = data.book(r.side, data.entity(r));
        book.reference(Field::PartyId, r.at()).or_else(|| book.reference(Field::PersonId, r.at()))
    };
    stated(r).or_else(|| {
        let payments = data.book(r.side, Entity::Payment);
        if r.space == Space::Payments { payments.reference(Field::BasisId, r.at()).and_then(stated) } else { None }
    })
}

/// A text that names no currency we know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownCurrency;

/// Letters of a currency: `RUB` where nothing is said, since rubles go without saying; empty for a reference to a
/// dictionary, which says nothing by itself.
///
/// # Errors
/// For a text that is no currency that we know.
pub fn currency(raw: &str) -> Result<&'static str, UnknownCurrency> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok("RUB");
    }
    let guid = raw.len() == 36 && raw.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if guid { Ok("") } else { crate::normalize::currency::parse(raw).ok_or(UnknownCurrency) }
}

/// A document, a deal or a payment taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Item<'a> {
    pub record: RecordRef,
    pub kind: Paper,
    pub number: Option<Number>,
    /// The days in which its pair may stand: from the day of the document, or from the beginning of a deal to its end.
    pub from: i32,
    pub to: i32,
    pub has_day: bool,
    pub amount: Option<Decimal>,
    /// The amount with the tax that stands on top of it, where it does.
    pub gross: Option<Decimal>,
    pub party: Option<PartyKey>,
    pub organisation: Option<Own>,
    pub currency: &'static str,
    pub id: &'a str,
    pub external: &'a str,
    /// Neither marked for deletion nor, where the side says so, unposted.
    pub is_alive: bool,
    /// Digest of quantities and sums of the lines; `None` without lines.
    pub lines: Option<u64>,
}

/// An own organisation, or the text that stands for one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Own {
    Known(u32),
    /// Folded text. Two of them on two sides may be one organisation.
    Text(String),
}

impl Own {
    /// Whether two are certainly different.
    pub fn differs(a: Option<&Own>, b: Option<&Own>) -> bool {
        matches!((a, b), (Some(Own::Known(x)), Some(Own::Known(y))) if x != y)
    }
}

/// Finds own organisations by what documents call them.
pub struct Owns<'a> {
    names: FxHashMap<String, u32>,
    ids: FxHashMap<(Side, &'a str), u32>,
    /// Counterparties that have the INN of an own organisation: 1C of a holding keeps it among them too.
    cards: FxHashMap<(Side, &'a str), u32>,
    map: FxHashMap<String, &'a str>,
}

impl<'a> Owns<'a> {
    pub fn of(data: &'a Snapshots, config: &'a crate::config::TradeConfig) -> Owns<'a> {
        let mut names = FxHashMap::default();
        let mut ids = FxHashMap::default();
        for (at, own) in data.crm.own.iter().chain(&data.onec.own).enumerate() {
            let at = data.crm.own.iter().position(|o| o.inn.is_some() && o.inn == own.inn).unwrap_or(at) as u32;
            if let Some(inn) = own.inn {
                names.entry(inn.to_string()).or_insert(at);
            }
            for (side, id) in &own.ids {
                ids.entry((*side, id.as_str())).or_insert(at);
            }
            let name = key(&own.name);
            if !name.is_empty() {
                names.entry(name).or_insert(at);
            }
        }
        let mut cards = FxHashMap::default();
        for r in Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs()) {
            if data.entity(r) == Entity::Counterparty
                && let Some(inn) = data.parties(r.side).inn[r.at()].valid()
                && let Some(&at) = names.get(&inn.to_string())
            {
                cards.entry((r.side, data.id(r))).or_insert(at);
            }
        }
        // Two values of the CRM that the project maps to one of 1C are one organisation.
        let map = config.organisations.iter().map(|(crm, onec)| (key(crm), onec.as_str())).collect();
        Owns { names, ids, cards, map }
    }

    /// `None` for an empty text.
    pub fn find(&self, side: Side, raw: &str) -> Option<Own> {
        let mut folded = key(raw);
        if folded.is_empty() {
            return None;
        }
        if let Some(&at) = self.ids.get(&(side, raw.trim())) {
            return Some(Own::Known(at));
        }
        if side == Side::Crm
            && let Some(onec) = self.map.get(&folded)
        {
            folded = key(onec);
        }
        if let Some(&at) = self.names.get(&folded) {
            return Some(Own::Known(at));
        }
        match self.cards.get(&(side, raw.trim())) {
            Some(&at) => Some(Own::Known(at)),
            None => Some(Own::Text(folded)),
        }
    }
}

fn key(raw: &str) -> String {
    text::fold(raw)
}

impl<'a> Item<'a> {
    fn of(input: &Input<'a>, owns: &mut Cached<'_, 'a>, book: &'a Book, at: usize) -> Item<'a> {
        let record = book.at(at);
        let amount = book.number(Field::Amount, at).valid();
        let on_top = book.flag(Field::VatIncluded, at) == Some(false);
        let vat = book.number(Field::VatAmount, at).valid();
        let gross = match (amount, vat) {
            (Some(amount), Some(vat)) if on_top || record.side == Side::Crm => amount.checked_add(vat),
            _ => None,
        };
        let of = |fields: &[Field]| fields.iter().filter_map(|&field| day(book, field, at)).collect::<Vec<_>>();
        let (from, to) = if record.space == Space::Deals {
            let begins = of(&[Field::Date, Field::CreatedAt]);
            let ends = of(&[Field::ClosedAt, Field::Date]);
            let from = begins.iter().min().or(ends.iter().min()).copied();
            let to = ends.iter().max().or(begins.iter().max()).copied();
            // The planned end of an open deal may lie years ahead.
            (from, to.zip(from).map(|(to, from)| to.clamp(from, from + LONGEST_DEAL)))
        } else {
            let day = of(&[Field::Date]).first().or(of(&[Field::CreatedAt]).first()).copied();
            (day, day)
        };
        let mut party = party(input.data, record).map(|p| input.party_key(p));
        if party.is_none()
            && let Some(inn) = inn::parse(book.text(Field::PartyInn, at)).value.valid()
        {
            party = input.party_of_inn(*inn);
        }
        Item {
            record,
            kind: input.papers.kind(record),
            number: paper::number(book.text(Field::Number, at)).or_else(|| {
                // «Договор № 45/2 от 01.02.2026» has its number in its name.
                let named = paper::references(book.text(Field::Name, at));
                named.into_iter().find(|r| r.to == Named::Contract && book.entity == Entity::Contract).map(|r| r.number)
            }),
            from: from.unwrap_or(0),
            to: to.unwrap_or(0),
            has_day: from.is_some(),
            amount,
            gross,
            party,
            organisation: owns.find(record.side, book.text(Field::Organisation, at)),
            currency: currency(book.text(Field::Currency, at)).unwrap_or("?"),
            id: book.raw.id(at),
            external: book.text(Field::ExternalId, at).trim(),
            is_alive: book.is_active(at) && book.flag(Field::Posted, at) != Some(false),
            lines: lines_digest(input, record),
        }
    }

    /// The amount, or with the tax on top, equals one of the other.
    pub fn same_amount(&self, other: &Item, tolerance: Decimal) -> bool {
        self.currencies_fit(other)
            && self.amounts().any(|a| other.amounts().any(|b| (a.micros() - b.micros()).abs() <= tolerance.micros()))
    }

    pub fn amounts(&self) -> impl Iterator<Item = Decimal> {
        self.amount.into_iter().chain(self.gross)
    }

    pub fn currencies_fit(&self, other: &Item) -> bool {
        self.currency == other.currency || self.currency.is_empty() || other.currency.is_empty()
    }

    /// Days between the two spans of time, 0 where they meet; `None` where one has no day.
    pub fn gap(&self, other: &Item) -> Option<i32> {
        (self.has_day && other.has_day).then(|| (other.from - self.to).max(self.from - other.to).max(0))
    }
}

/// Days that a deal may reach beyond its beginning: what lies further is planned as a rule.
const LONGEST_DEAL: i32 = 180;

/// Organisations repeat from row to row.
struct Cached<'o, 'a> {
    owns: &'o Owns<'a>,
    seen: FxHashMap<(Side, String), Option<Own>>,
}

impl Cached<'_, '_> {
    fn find(&mut self, side: Side, raw: &str) -> Option<Own> {
        if raw.is_empty() {
            return None;
        }
        if let Some(own) = self.seen.get(&(side, raw.to_owned())) {
            return own.clone();
        }
        let own = self.owns.find(side, raw);
        self.seen.insert((side, raw.to_owned()), own.clone());
        own
    }
}

/// Every record of the entities of a side, in order.
pub(crate) fn items<'a>(input: &Input<'a>, side: Side, entities: &[Entity]) -> Vec<Item<'a>> {
    let owns = Owns::of(input.data, input.config);
    let mut cached = Cached { owns: &owns, seen: FxHashMap::default() };
    let mut items = Vec::new();
    for &entity in entities {
        let book = input.data.book(side, entity);
        items.extend((0..book.len()).map(|at| Item::of(input, &mut cached, book, at)));
    }
    items
}

/// What the lines add up to, whatever their order: quantities and sums, which both systems have.
fn lines_digest(input: &Input, r: RecordRef) -> Option<u64> {
    use std::hash::{Hash, Hasher};
    let book = input.data.book(r.side, Entity::Line);
    let cell = |cell: Cell<Decimal>| cell.valid().map(Decimal::micros);
    let mut lines: Vec<_> = input
        .papers
        .lines(r)
        .map(|at| (cell(book.number(Field::Quantity, at)), cell(book.number(Field::Amount, at))))
        .collect();
    if lines.is_empty() {
        return None;
    }
    lines.sort_unstable();
    let mut hasher = rustc_hash::FxHasher::default();
    lines.hash(&mut hasher);
    Some(hasher.finish())
}
