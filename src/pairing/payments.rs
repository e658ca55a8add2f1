//! Which payments are one, and what they pay for.
//!
//! Payments of the CRM (marks that managers or payment systems make) are paired with those of 1C and of the bank; a
//! line of a bank statement and the receipt that 1C made of it are one payment. What a payment pays for is told by its
//! basis, by the document that its purpose names, by its contract, and at last by the party and the sum.

use rustc_hash::{FxHashMap, FxHashSet};

use super::documents::made_link;
use super::papers::{self, Item, day, days, items};
use super::{Input, Pairing, PartyKey};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Book, Decimal, Entity, Field, RecordRef, Side, Space};
use crate::normalize::paper::{self, Named, Paper, Reference};
use crate::normalize::text;

/// Days between the mark of a manager and the money.
const PAYMENT_DAYS: i32 = 5;
/// Days after which money no longer pays a bill that nobody named.
const BILL_DAYS: i32 = 120;
/// Payments of one sum that are compared at most.
const MOST_ALIKE: usize = 12;

/// How a payment says what it pays for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    Basis,
    Purpose,
    Contract,
    /// The only unpaid bill of the party with this sum.
    Amount,
}

impl How {
    /// Value of the column `how` of `allocations.parquet`.
    pub fn as_str(self) -> &'static str {
        match self {
            How::Basis => "basis",
            How::Purpose => "purpose",
            How::Contract => "contract",
            How::Amount => "amount",
        }
    }
}

/// A part of a payment, and what it pays for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Share {
    pub payment: RecordRef,
    /// A document, a deal or a contract of either side.
    pub paid_for: RecordRef,
    pub amount: Decimal,
    pub how: How,
}

/// What was paid for what.
#[derive(Debug, Default)]
pub struct Money {
    /// Sorted by payment.
    shares: Vec<Share>,
    /// Positions in `shares` by what is paid for.
    of: FxHashMap<RecordRef, Vec<u32>>,
    /// Payments whose purpose names a document that nobody has.
    pub dangling: FxHashSet<RecordRef>,
}

impl Money {
    fn new(mut shares: Vec<Share>, dangling: FxHashSet<RecordRef>) -> Money {
        shares.sort_unstable();
        let mut of: FxHashMap<RecordRef, Vec<u32>> = FxHashMap::default();
        for (at, share) in shares.iter().enumerate() {
            of.entry(share.paid_for).or_default().push(at as u32);
        }
        Money { shares, of, dangling }
    }

    /// Every share, by payment.
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// Shares that pay for a record, in order.
    pub fn paid_for(&self, r: RecordRef) -> impl Iterator<Item = &Share> + '_ {
        self.of.get(&r).into_iter().flatten().map(|&at| &self.shares[at as usize])
    }

    /// Shares of a payment, in order.
    pub fn of(&self, payment: RecordRef) -> &[Share] {
        let from = self.shares.partition_point(|s| s.payment < payment);
        let len = self.shares[from..].iter().take_while(|s| s.payment == payment).count();
        &self.shares[from..from + len]
    }
}

/// Whether the payment is money that came in: by its direction, its kind, the name of its table and its sign.
pub fn is_incoming(book: &Book, at: usize) -> bool {
    let folded = text::fold(book.text(Field::Incoming, at));
    let table = text::fold(book.raw.table_kind(at));
    let kind = text::fold(book.text(Field::Kind, at));
    if let Some(flag) = book.flag(Field::Incoming, at) {
        return flag;
    }
    let out = ["СПИСАН", "РАСХОД", "ИСХОДЯЩ", "ВОЗВРАТ ПОКУПАТЕЛ", "ДЕБЕТ", "OUT"];
    !out.iter().any(|word| folded.contains(word) || table.contains(word) || kind.contains(word))
        && book.number(Field::Amount, at).valid().is_none_or(|a| a.micros() >= 0)
}

/// Whether the payment gives money back to a buyer.
pub fn is_refund(book: &Book, at: usize) -> bool {
    let says = |field| text::fold(book.text(field, at)).contains("ВОЗВРАТ");
    says(Field::Kind) || (says(Field::Purpose) && !is_incoming(book, at))
}

/// A line of a bank statement, as opposed to a document of 1C.
pub fn is_statement(book: &Book, at: usize) -> bool {
    book.raw.table_kind(at).starts_with("Банк")
}

/// Money that counts: neither deleted nor a draft, nor marked unpaid.
pub fn counts(book: &Book, at: usize) -> bool {
    book.is_active(at) && book.flag(Field::Posted, at) != Some(false)
}

/// Payments across the sides; statements with the receipts made of them.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let [crm, onec] = Side::BOTH.map(|side| {
        let mut payments = items(input, side, &[Entity::Payment]);
        for item in payments.iter_mut().filter(|item| item.party.is_none()) {
            item.party = buyer(input, item.record);
        }
        payments
    });
    let mut links = Vec::new();
    let mut taken: FxHashSet<RecordRef> = FxHashSet::default();
    let ids: FxHashMap<&str, usize> = onec.iter().enumerate().map(|(at, i)| (i.id, at)).collect();
    let kept: FxHashMap<&str, usize> =
        onec.iter().enumerate().filter(|(_, i)| !i.external.is_empty()).map(|(at, i)| (i.external, at)).collect();
    for x in &crm {
        let by_id = ids.get(x.external).filter(|_| !x.external.is_empty()).or_else(|| kept.get(x.id));
        if let Some(y) = by_id.map(|&at| &onec[at]) {
            let sure = x.external.len() >= 32 || x.same_amount(y, input.config.tolerance);
            let decision = if sure { Decision::Auto } else { Decision::Review };
            links.push(link(x, y, decision, "id"));
            if sure {
                taken.extend([x.record, y.record]);
            }
        }
    }
    let statement = |item: &Item| is_statement(input.data.book(item.record.side, Entity::Payment), item.record.at());
    for side in [&crm, &onec] {
        let (lines, receipts): (Vec<&Item>, Vec<&Item>) = side.iter().partition(|i| statement(i));
        links.extend(alike(&lines, &receipts, &FxHashSet::default(), "statement"));
    }
    // A receipt stands for its line of the statement: the line needs no pair in the CRM.
    let of_receipts: FxHashSet<RecordRef> =
        links.iter().filter(|l| l.rule == "statement" && l.decision.links()).flat_map(|l| [l.a, l.b]).collect();
    let lone = |item: &&Item| !(statement(item) && of_receipts.contains(&item.record));
    let (mine, theirs): (Vec<&Item>, Vec<&Item>) =
        (crm.iter().filter(lone).collect(), onec.iter().filter(lone).collect());
    links.extend(alike(&mine, &theirs, &taken, "payment"));
    links
}

/// Whose contract of participation a payment is under: money through an escrow account often names nobody.
fn buyer(input: &Input, payment: RecordRef) -> Option<PartyKey> {
    let ddu = under(input, payment)?;
    papers::party(input.data, ddu).map(|party| input.party_key(party))
}

/// The contract of participation that a payment is under.
fn under(input: &Input, payment: RecordRef) -> Option<RecordRef> {
    let contract = input.estate.of(payment.side).contract_of.get(payment.at()).copied().flatten()?;
    Some(input.data.book(payment.side, Entity::Ddu).at(contract as usize))
}

/// Pairs of one party, one sum and near days; the nearest first, doubt to a person.
fn alike(mine: &[&Item], theirs: &[&Item], taken: &FxHashSet<RecordRef>, rule: &'static str) -> Vec<Link> {
    type Key = (PartyKey, i64);
    let key = |item: &Item| -> Option<Key> {
        Some((item.party?, item.amount?.micros())).filter(|_| item.has_day && !taken.contains(&item.record))
    };
    let mut groups: FxHashMap<Key, (Vec<usize>, Vec<usize>)> = FxHashMap::default();
    for (at, item) in theirs.iter().enumerate() {
        if let Some(key) = key(item) {
            groups.entry(key).or_default().1.push(at);
        }
    }
    for (at, item) in mine.iter().enumerate() {
        if let Some(group) = key(item).and_then(|key| groups.get_mut(&key)) {
            group.0.push(at);
        }
    }
    let mut links = Vec::new();
    for (left, right) in groups.values().filter(|(left, _)| !left.is_empty()) {
        let mut order: Vec<usize> = right.clone();
        order.sort_unstable_by_key(|&b| (theirs[b].from, b));
        let mut pairs: Vec<(i32, usize, usize)> = Vec::new();
        for &a in left {
            let from = order.partition_point(|&b| theirs[b].from < mine[a].from - PAYMENT_DAYS);
            let near = order[from..].iter().take_while(|&&b| theirs[b].from <= mine[a].from + PAYMENT_DAYS);
            for &b in near.take(MOST_ALIKE) {
                let gap = (mine[a].from - theirs[b].from).abs();
                let (p, q) = (&mine[a].number, &theirs[b].number);
                let same = matches!((p, q), (Some(p), Some(q)) if p.core == q.core);
                // A number of the bank that agrees tells payments of one day apart.
                pairs.push((gap * 2 + if same { 0 } else { 1 }, a, b));
            }
        }
        pairs.sort_unstable();
        // The two lowest costs of each payment: a client who pays one sum a thousand times has twelve thousand pairs.
        let mut lowest: FxHashMap<(bool, usize), [Option<i32>; 2]> = FxHashMap::default();
        for &(cost, a, b) in &pairs {
            for key in [(true, a), (false, b)] {
                let two = lowest.entry(key).or_default();
                if two[0].is_none() {
                    two[0] = Some(cost);
                } else if two[1].is_none() {
                    // Pairs come by cost.
                    two[1] = Some(cost);
                }
            }
        }
        let best = |key: (bool, usize), cost: i32| {
            let [first, second] = lowest[&key];
            if first == Some(cost) { second } else { first }
        };
        for &(cost, a, b) in &pairs {
            let rivals = [best((true, a), cost), best((false, b), cost)];
            let first = rivals.iter().flatten().all(|&other| other >= cost);
            let sure = rivals.iter().flatten().all(|&other| other > cost);
            if first {
                let decision = if sure { Decision::Auto } else { Decision::Review };
                let (x, y) = (mine[a], theirs[b]);
                links.push(if x.record < y.record { link(x, y, decision, rule) } else { link(y, x, decision, rule) });
            }
        }
    }
    links
}

fn link(x: &Item, y: &Item, decision: Decision, rule: &'static str) -> Link {
    let mut evidence = Vec::new();
    if rule == "id" {
        evidence.push(Evidence { field: Field::ExternalId, level: Level::Exact, weight: 20.0 });
    }
    if x.party.is_some() && x.party == y.party {
        evidence.push(Evidence { field: Field::PartyId, level: Level::Exact, weight: 6.0 });
    }
    if x.amount.is_some() && x.amount == y.amount {
        evidence.push(Evidence { field: Field::Amount, level: Level::Exact, weight: 9.0 });
    }
    if matches!((&x.number, &y.number), (Some(p), Some(q)) if p.core == q.core) {
        evidence.push(Evidence { field: Field::Number, level: Level::Folded, weight: 8.0 });
    }
    if let Some(gap) = x.gap(y) {
        let (level, weight) = if gap == 0 { (Level::Exact, 5.0) } else { (Level::Near, 2.0) };
        evidence.push(Evidence { field: Field::Date, level, weight });
    }
    made_link(x.record, y.record, decision, rule, evidence)
}

/// The number by which letters and payments name a document; deals without one go by their id.
fn goes_by<'i>(item: &'i Item) -> Option<&'i str> {
    match &item.number {
        Some(number) => Some(&number.core),
        None => (item.record.space == Space::Deals).then_some(item.id),
    }
}

fn digest(text: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What a purpose may name: documents by kind and number, deals by number.
struct Bills<'a> {
    input: &'a Input<'a>,
    /// Digests of numbers with the items that have them, sorted: a text and a list for each of a million numbers would
    /// be larger than the documents.
    numbers: Vec<(u64, u32)>,
    /// Party and sum → items that have a day, by day.
    sums: FxHashMap<(PartyKey, i64), Vec<usize>>,
    items: Vec<Item<'a>>,
}

impl<'a> Bills<'a> {
    fn of(input: &'a Input<'a>) -> Bills<'a> {
        let mut all = items(input, Side::Onec, &[Entity::Document]);
        all.extend(items(input, Side::Crm, &[Entity::Document, Entity::Deal]));
        let mut bills = Bills { input, numbers: Vec::new(), sums: FxHashMap::default(), items: Vec::new() };
        for (at, item) in all.iter().enumerate() {
            if item.kind == Paper::Purchase {
                continue;
            }
            if let Some(number) = goes_by(item) {
                bills.numbers.push((digest(number), at as u32));
            }
            let bill = matches!(item.kind, Paper::Invoice | Paper::Order | Paper::Deal | Paper::Unknown);
            if let (Some(party), true) = (item.party, bill && item.is_alive) {
                for amount in item.amounts() {
                    bills.sums.entry((party, amount.micros())).or_default().push(at);
                }
            }
        }
        bills.numbers.sort_unstable();
        for list in bills.sums.values_mut() {
            list.retain(|&at| all[at].has_day);
            list.sort_by_key(|&at| (all[at].from, at));
        }
        bills.items = all;
        bills
    }

    /// The document that a reference names: of the payer or, with the very day, of anybody.
    fn named(&self, reference: &Reference, payer: Option<PartyKey>, paid_on: Option<i32>) -> Option<RecordRef> {
        let (Named::Paper(_) | Named::Anything) = reference.to else { return None };
        let fits = |&&at: &&usize| {
            let item = &self.items[at];
            let kind = match reference.to {
                Named::Paper(Paper::Invoice) => matches!(item.kind, Paper::Invoice | Paper::Unknown),
                Named::Paper(Paper::Order) => matches!(item.kind, Paper::Order | Paper::Deal | Paper::Unknown),
                Named::Paper(Paper::Shipment) => item.kind.ships() || item.kind == Paper::Unknown,
                Named::Paper(kind) => item.kind == kind,
                _ => true,
            };
            let same_party = payer.is_some() && payer == item.party;
            let same_day = reference.date.is_some_and(|d| item.has_day && days(d) == item.from);
            let in_time = match (reference.date, paid_on) {
                (Some(date), _) => !item.has_day || (days(date) - item.from).abs() <= 3,
                // A number without a date is of the last year.
                (None, Some(paid)) => !item.has_day || (-30..=366).contains(&(paid - item.from)),
                (None, None) => true,
            };
            kind && in_time && (same_party || same_day)
        };
        let digest = digest(&reference.number.core);
        let from = self.numbers.partition_point(|(of, _)| *of < digest);
        let these = self.numbers[from..].iter().take_while(|(of, _)| *of == digest).map(|(_, at)| *at as usize);
        let same = |&at: &usize| goes_by(&self.items[at]) == Some(&reference.number.core);
        let found: Vec<usize> = these.filter(same).filter(|at| fits(&at)).collect();
        let own: Vec<usize> =
            found.iter().copied().filter(|&at| payer.is_some() && self.items[at].party == payer).collect();
        let these = if own.is_empty() { &found } else { &own };
        // The full number decides between two; 1C before the CRM, whose invoice is its pair.
        let exact = |at: &&usize| self.items[**at].number.as_ref().is_some_and(|n| n.prefix == reference.number.prefix);
        let pick = |these: &[usize]| -> Option<usize> {
            let onec: Vec<usize> =
                these.iter().copied().filter(|&at| self.items[at].record.side == Side::Onec).collect();
            match (onec.as_slice(), these) {
                ([one], _) => Some(*one),
                ([], [one]) => Some(*one),
                _ => None,
            }
        };
        let exactly: Vec<usize> = these.iter().filter(exact).copied().collect();
        let found = pick(these).or_else(|| pick(&exactly))?;
        Some(self.items[found].record)
    }

    /// The only bill of a party with this sum in the months before the payment.
    fn of_sum(
        &self,
        party: PartyKey,
        amount: Decimal,
        paid_on: i32,
        taken: &FxHashSet<RecordRef>,
    ) -> Option<RecordRef> {
        let all = self.sums.get(&(party, amount.micros()))?;
        let from = all.partition_point(|&at| self.items[at].from < paid_on - BILL_DAYS);
        let in_time = all[from..].iter().take_while(|&&at| self.items[at].from <= paid_on + PAYMENT_DAYS);
        // By position, as documents stand before deals.
        let mut found: Vec<usize> =
            in_time.filter(|&&at| !taken.contains(&self.items[at].record)).take(MOST_ALIKE).copied().collect();
        found.sort_unstable();
        for kinds in [&[Paper::Invoice][..], &[Paper::Order], &[Paper::Unknown], &[Paper::Deal]] {
            for side in [Side::Onec, Side::Crm] {
                let these: Vec<usize> = found
                    .iter()
                    .copied()
                    .filter(|&at| self.items[at].record.side == side && kinds.contains(&self.items[at].kind))
                    .collect();
                match these.as_slice() {
                    [] => {}
                    [one] => return Some(self.items[*one].record),
                    _ => return None,
                }
            }
        }
        None
    }

    fn amount(&self, r: RecordRef) -> Option<Decimal> {
        let book = self.input.data.book(r.side, self.input.data.entity(r));
        book.number(Field::Amount, r.at()).valid()
    }
}

/// Says of every payment that counts what it pays for. A line of a statement whose receipt is known pays nothing: the
/// receipt does. A refund takes away from what its basis was paid.
pub(super) fn allocate(input: &Input, pairing: &Pairing) -> Money {
    if Side::BOTH.iter().all(|&side| input.data.book(side, Entity::Payment).is_empty()) {
        return Money::default();
    }
    let bills = Bills::of(input);
    let mut shares = Vec::new();
    let mut dangling = FxHashSet::default();
    let mut by_sum: Vec<(RecordRef, PartyKey, Decimal, i32)> = Vec::new();
    let mut paid: FxHashSet<RecordRef> = FxHashSet::default();
    for side in [Side::Onec, Side::Crm] {
        let book = input.data.book(side, Entity::Payment);
        let parties = items(input, side, &[Entity::Payment]);
        let parts = Parts::of_side(input, side, book);
        for (at, item) in parties.iter().enumerate() {
            let payment = book.at(at);
            let refund = is_refund(book, at);
            if !counts(book, at) || !(is_incoming(book, at) || refund) || is_doubled(pairing, book, at) {
                continue;
            }
            let Some(amount) = book.number(Field::Amount, at).valid() else { continue };
            let amount = Decimal::from_micros(if refund { -amount.micros().abs() } else { amount.micros() });
            // An instalment of a contract of participation needs no bill.
            if let Some(ddu) = under(input, payment) {
                shares.push(Share { payment, paid_for: ddu, amount, how: How::Contract });
                continue;
            }
            // What 1C itself says of the parts of a payment needs no guess.
            let stated = parts.of(book.text(Field::Parts, at));
            if !stated.is_empty() {
                for (paid_for, part) in stated {
                    let part = Decimal::from_micros(if refund { -part.micros().abs() } else { part.micros() });
                    paid.insert(paid_for);
                    shares.push(Share { payment, paid_for, amount: part, how: How::Basis });
                }
                continue;
            }
            let (party, paid_on) = (item.party, day(book, Field::Date, at));
            let basis = book.reference(Field::BasisId, at).filter(|r| r.space != Space::Contracts);
            if let Some(basis) = basis {
                shares.push(Share { payment, paid_for: basis, amount, how: How::Basis });
                paid.insert(basis);
                continue;
            }
            let texts = [book.text(Field::Purpose, at), book.text(Field::BasisName, at)];
            let named: Vec<Reference> = texts.iter().flat_map(|t| paper::references(t)).collect();
            let mut targets: Vec<RecordRef> =
                named.iter().filter_map(|reference| bills.named(reference, party, paid_on)).collect();
            let mut seen = FxHashSet::default();
            targets.retain(|r| seen.insert(*r));
            if targets.is_empty() && named.iter().any(|r| r.to != Named::Contract) {
                dangling.insert(payment);
            }
            if !targets.is_empty() {
                paid.extend(&targets);
                share_out(&bills, payment, amount, &targets, &mut shares);
            } else if let (Some(party), Some(day)) = (party, paid_on) {
                by_sum.push((payment, party, amount, day));
            } else if let Some(contract) = contract(book, at) {
                shares.push(Share { payment, paid_for: contract, amount, how: How::Contract });
            }
        }
    }
    by_sum.sort_unstable_by_key(|&(payment, _, _, day)| (day, payment));
    for (payment, party, amount, day) in by_sum {
        let book = input.data.book(payment.side, Entity::Payment);
        if let Some(bill) = bills.of_sum(party, amount, day, &paid) {
            paid.insert(bill);
            shares.push(Share { payment, paid_for: bill, amount, how: How::Amount });
        } else if let Some(contract) = contract(book, payment.at()) {
            shares.push(Share { payment, paid_for: contract, amount, how: How::Contract });
        }
    }
    Money::new(shares, dangling)
}

/// What the parts of payments of a side may pay for.
struct Parts<'a>(FxHashMap<&'a str, RecordRef>);

impl<'a> Parts<'a> {
    /// Nothing when no payment has parts.
    fn of_side(input: &Input<'a>, side: Side, payments: &Book) -> Parts<'a> {
        let mut ids = FxHashMap::default();
        if payments.raw.has(Field::Parts) {
            for entity in [Entity::Document, Entity::Deal, Entity::Contract] {
                let book = input.data.book(side, entity);
                for at in 0..book.len() {
                    ids.entry(book.text(Field::Id, at)).or_insert(book.at(at));
                }
            }
        }
        Parts(ids)
    }

    /// The parts of one payment, `GUID=sum` a line, that pay for something that is here.
    fn of(&self, text: &str) -> Vec<(RecordRef, Decimal)> {
        let part = |line: &str| {
            let (id, sum) = line.rsplit_once('=')?;
            Some((*self.0.get(id).filter(|_| !id.is_empty())?, Decimal::parse(sum).ok()?))
        };
        text.lines().filter_map(part).collect()
    }
}

fn contract(book: &Book, at: usize) -> Option<RecordRef> {
    book.reference(Field::ContractId, at).or_else(|| book.reference(Field::BasisId, at))
}

/// A line of a statement that has its receipt, or a payment of the CRM that has its pair in 1C.
pub fn is_doubled(pairing: &Pairing, book: &Book, at: usize) -> bool {
    let r = book.at(at);
    (is_statement(book, at) && pairing.twins(r).next().is_some())
        || (r.side == Side::Crm && pairing.partners(r).next().is_some())
}

/// Fills the bills in the order in which the purpose names them; what is left goes to the last.
fn share_out(bills: &Bills, payment: RecordRef, amount: Decimal, targets: &[RecordRef], shares: &mut Vec<Share>) {
    let mut left = amount;
    for (n, &paid_for) in targets.iter().enumerate() {
        let last = n + 1 == targets.len();
        let part = match bills.amount(paid_for) {
            Some(bill) if !last && left.micros() > 0 => Decimal::from_micros(bill.micros().clamp(0, left.micros())),
            _ => left,
        };
        left = Decimal::from_micros(left.micros() - part.micros());
        if part != Decimal::ZERO || targets.len() == 1 {
            shares.push(Share { payment, paid_for, amount: part, how: How::Purpose });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    type Row<'a> = Vec<(Field, &'a str)>;

    /// An invoice of 1C.
    fn bill<'a>(id: &'a str, number: &'a str, day: &'a str, amount: &'a str, inn: &'a str) -> Row<'a> {
        vec![
            (Field::Id, id),
            (Field::Kind, "Счет на оплату"),
            (Field::Number, number),
            (Field::Date, day),
            (Field::Amount, amount),
            (Field::PartyInn, inn),
        ]
    }

    fn money<'a>(id: &'a str, day: &'a str, amount: &'a str, inn: &'a str, purpose: &'a str) -> Row<'a> {
        vec![
            (Field::Id, id),
            (Field::Date, day),
            (Field::Amount, amount),
            (Field::PartyInn, inn),
            (Field::Purpose, purpose),
        ]
    }

    /// Shares as `p1 → a 100 Purpose`.
    fn shares(bills: &[Row], payments: &[Row]) -> Vec<String> {
        let mut world = World::new().onec(&[(Field::Inn, INN_A)]).onec(&[(Field::Inn, INN_B)]);
        for texts in bills {
            world = world.add(Side::Onec, Entity::Document, texts);
        }
        for texts in payments {
            world = world.add(Side::Onec, Entity::Payment, texts);
        }
        world.with(|cx| {
            let one =
                |s: &Share| format!("{} → {} {} {:?}", cx.data.id(s.payment), cx.data.id(s.paid_for), s.amount, s.how);
            cx.pairing.money.shares.iter().map(one).collect()
        })
    }

    #[test]
    fn purposes_name_bills() {
        let bills = [
            bill("a", "БП00-000123", "01.02.2026", "1000", INN_A),
            bill("b", "БП00-000124", "02.02.2026", "500", INN_A),
            bill("c", "БП00-000123", "01.02.2025", "1000", INN_A),
            bill("d", "ЮР00-000123", "01.02.2026", "1000", INN_B),
        ];
        let paid = |purpose| shares(&bills, &[money("p", "05.02.2026", "1500", INN_A, purpose)]);
        assert_eq!(paid("Оплата по счету № 123 от 01.02.2026"), ["p → a 1500 Purpose"]);
        assert_eq!(paid("Оплата по счетам 123, 124"), ["p → a 1000 Purpose", "p → b 500 Purpose"], "filled in order");
        // Somebody else pays: the day proves, a number alone does not.
        let third = |purpose| shares(&bills, &[money("p", "05.02.2026", "1", INN_PERSON, purpose)]);
        assert_eq!(third("счет БП00-000124 от 02.02.2026"), ["p → b 1 Purpose"]);
        assert_eq!(third("сч. 124"), [""; 0]);
        assert_eq!(third("счет 123 от 01.02.2026"), [""; 0], "two bills of that number and day");
    }

    #[test]
    fn parts_pay_what_they_name() {
        let bills = [bill("a", "1", "01.02.2026", "1000", INN_A), bill("b", "2", "02.02.2026", "700", INN_A)];
        let paid = |parts| {
            let mut texts = money("p", "05.02.2026", "1700", INN_A, "Оплата по счету 1");
            texts.push((Field::Parts, parts));
            shares(&bills, &[texts])
        };
        assert_eq!(paid("a=900\nb=800"), ["p → a 900 Basis", "p → b 800 Basis"]);
        // A part of an older year is not here, and one names nothing.
        assert_eq!(paid("a=900\nz=500\n=300"), ["p → a 900 Basis"]);
        assert_eq!(paid("z=900\ny=800"), ["p → a 1700 Purpose"], "nothing is known: the purpose tells");
    }

    #[test]
    fn sums_pay_the_only_bill() {
        let bills = [bill("a", "1", "01.02.2026", "1000", INN_A), bill("b", "2", "02.02.2026", "700", INN_A)];
        let paid = |amount| shares(&bills, &[money("p", "05.02.2026", amount, INN_A, "Оплата за товар")]);
        assert_eq!(paid("700"), ["p → b 700 Amount"]);
        assert_eq!(paid("701"), [""; 0]);
        let twice = [bill("a", "1", "01.02.2026", "700", INN_A), bill("b", "2", "02.02.2026", "700", INN_A)];
        assert_eq!(shares(&twice, &[money("p", "05.02.2026", "700", INN_A, "за товар")]), [""; 0], "which of the two?");
    }

    #[test]
    fn money_is_paired_and_counted_once() {
        let mark =
            |id| vec![(Field::Id, id), (Field::Date, "06.02.2026"), (Field::Amount, "700"), (Field::PartyInn, INN_A)];
        let world = |marks: &[Row]| {
            let mut world = World::new().both(&[(Field::Inn, INN_A)]).cluster(vec![crm(0), onec(0)]);
            for texts in marks {
                world = world.add(Side::Crm, Entity::Payment, texts);
            }
            world.add(Side::Onec, Entity::Payment, &money("p", "05.02.2026", "700", INN_A, "за товар"))
        };
        let links = |world: World| {
            world.with(|cx| {
                cx.pairing
                    .links()
                    .iter()
                    .map(|l| format!("{} {}", cx.data.id(l.a), l.decision.as_str()))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(links(world(&[mark("m")])), ["m auto"]);
        assert_eq!(links(world(&[mark("m"), mark("n")])), ["m review", "n review"], "two marks, one payment");
    }

    #[test]
    fn directions() {
        let row = |texts: &[(Field, &str)]| {
            World::new().add(Side::Onec, Entity::Payment, texts).with(|cx| {
                let book = cx.data.book(Side::Onec, Entity::Payment);
                (is_incoming(book, 0), is_refund(book, 0))
            })
        };
        assert_eq!(row(&[(Field::Amount, "5")]), (true, false));
        assert_eq!(row(&[(Field::Amount, "5"), (Field::Incoming, "Списание")]), (false, false));
        assert_eq!(row(&[(Field::Incoming, "Да")]), (true, false));
        assert_eq!(row(&[(Field::Kind, "Возврат покупателю")]), (false, true));
    }
}
