//! What checks of deals, documents and payments share: which records they look at, how they show them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::books::{book_of, no_records};
use super::{Context, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity, Subject};
use crate::matching::{Decision, Scope};
use crate::model::{Decimal, Entity, Field, Inn, RecordRef, Side, Space};
use crate::normalize::inn;
use crate::normalize::paper::Paper;
use crate::pairing::papers::{day, party};
use crate::reconcile::papers::{self, Group};

/// What the stage of a record stands for.
pub(crate) fn stage(cx: &Context, r: RecordRef) -> Option<Stage> {
    cx.trade.state(cx.data.text(r, Field::Stage))
}

/// A deal that is neither won nor lost, as far as its stage says.
pub(crate) fn is_open(cx: &Context, deal: RecordRef) -> bool {
    let closed = cx.data.text(deal, Field::Stage).to_lowercase().contains("закрыт");
    !closed && !matches!(stage(cx, deal), Some(Stage::Paid | Stage::Lost))
}

/// Records of an entity on a side that are neither deleted nor switched off.
pub(crate) fn live<'a>(cx: &'a Context, side: Side, entity: Entity) -> impl Iterator<Item = RecordRef> + 'a {
    let book = cx.data.book(side, entity);
    book.refs().filter(|r| book.is_active(r.at()))
}

/// Live deals and documents of the CRM.
pub(crate) fn crm_papers<'a>(cx: &'a Context) -> impl Iterator<Item = RecordRef> + 'a {
    live(cx, Side::Crm, Entity::Deal).chain(live(cx, Side::Crm, Entity::Document))
}

pub(crate) fn kind(cx: &Context, r: RecordRef) -> Paper {
    cx.pairing.papers.kind(r)
}

/// Posted, or of a side that does not say.
pub(crate) fn is_posted(cx: &Context, r: RecordRef) -> bool {
    book_of(cx, r).flag(Field::Posted, r.at()) != Some(false)
}

/// Tells whether two parties are one: by matching, by INN.
pub(crate) struct Parties<'a> {
    cx: &'a Context<'a>,
    clusters: &'a [Vec<Option<u32>>; 2],
}

/// The party of a document: a card, or an INN that no card has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stated {
    Party(RecordRef),
    Inn(Inn),
}

impl<'a> Parties<'a> {
    pub fn of(cx: &'a Context<'a>) -> Parties<'a> {
        Parties { cx, clusters: super::scope::clusters(cx) }
    }

    fn inn(&self, r: RecordRef) -> Option<Inn> {
        self.cx.data.parties(r.side).inn[r.at()].valid().copied()
    }

    pub fn are_one(&self, a: RecordRef, b: RecordRef) -> bool {
        let cluster = |r: RecordRef| self.clusters[r.side as usize][r.at()];
        a == b
            || cluster(a).is_some() && cluster(a) == cluster(b)
            || self.inn(a).is_some() && self.inn(a) == self.inn(b)
    }

    pub fn stated(cx: &Context, r: RecordRef) -> Option<Stated> {
        let inn = || inn::parse(cx.data.text(r, Field::PartyInn)).value.valid().copied();
        party(cx.data, r).map(Stated::Party).or_else(|| inn().map(Stated::Inn))
    }

    pub fn stated_are_one(&self, a: Stated, b: Stated) -> bool {
        match (a, b) {
            (Stated::Party(a), Stated::Party(b)) => self.are_one(a, b),
            (Stated::Inn(a), Stated::Inn(b)) => a == b,
            // A card without an INN may be anybody's.
            (Stated::Party(r), Stated::Inn(inn)) | (Stated::Inn(inn), Stated::Party(r)) => {
                self.inn(r).is_none_or(|own| own == inn)
            }
        }
    }
}

/// `NotRun` unless there are deals with a stage, and documents of 1C.
pub(crate) fn lacking_deals(cx: &Context) -> Option<Ran> {
    super::books::lacking(cx, Entity::Deal, &[Field::Stage])
        .or_else(|| cx.data.book(Side::Onec, Entity::Document).is_empty().then(|| no_records(cx, Entity::Document)))
}

/// `NotRun` unless both sides have what a chain is made of.
pub(crate) fn lacking_chain(cx: &Context) -> Option<Ran> {
    if cx.data.book(Side::Crm, Entity::Deal).is_empty() && cx.data.book(Side::Crm, Entity::Document).is_empty() {
        return Some(no_records(cx, Entity::Deal));
    }
    cx.data.book(Side::Onec, Entity::Document).is_empty().then(|| no_records(cx, Entity::Document))
}

/// The snapshot of a side is partial: what it lacks proves nothing.
pub(crate) fn partial(cx: &Context, side: Side) -> Option<Ran> {
    let title = side.title(cx.lang);
    cx.data.get(side).is_partial().then(|| {
        Ran::NotRun(cx.say(
            || format!("выгрузка из {title} неполная: отсутствие документа в ней ничего не доказывает"),
            || format!("the snapshot of {title} is partial: absence from it proves nothing"),
        ))
    })
}

/// Records of the CRM with their documents of each step, of records that are alive.
pub(crate) fn groups<'a>(cx: &'a Context) -> impl Iterator<Item = Group> + 'a {
    crm_papers(cx).flat_map(|r| papers::groups_of(cx.pairing, r))
}

/// Pairs of one record of the CRM and its only document of a step.
pub(crate) fn single_pairs<'a>(cx: &'a Context) -> impl Iterator<Item = (RecordRef, RecordRef)> + 'a {
    groups(cx).filter(|g| g.onec.len() == 1).map(|g| (g.crm, g.onec[0]))
}

/// No pair to compare.
pub(crate) fn evaluated(cx: &Context, count: u64) -> Ran {
    if count > 0 {
        return Ran::Evaluated(count);
    }
    Ran::NotRun(cx.say(
        || "нет сопоставленных документов CRM и 1С".to_owned(),
        || "no linked documents of the CRM and 1C".to_owned(),
    ))
}

/// Records that a link waiting for a person names.
pub(crate) fn awaiting(cx: &Context) -> FxHashSet<RecordRef> {
    let waiting = cx.pairing.in_review().filter(|l| l.scope() == Scope::Cross && l.decision == Decision::Review);
    waiting.flat_map(|l| [l.a, l.b]).collect()
}

/// First and last day of the sale documents of a side; `None` without any.
pub(crate) fn period(cx: &Context, side: Side, entity: Entity) -> Option<(i32, i32)> {
    let book = cx.data.book(side, entity);
    let days: Vec<i32> = (0..book.len()).filter_map(|at| any_day(cx, book.at(at))).collect();
    Some((*days.iter().min()?, *days.iter().max()?))
}

/// The day of a record: of the document, else of its making.
pub(crate) fn any_day(cx: &Context, r: RecordRef) -> Option<i32> {
    let book = book_of(cx, r);
    day(book, Field::Date, r.at()).or_else(|| day(book, Field::CreatedAt, r.at()))
}

pub(crate) fn amount(cx: &Context, r: RecordRef) -> Option<Decimal> {
    papers::amount(cx.data, r)
}

/// `1 234,56` in Russian, `1,234.56` in English.
pub(crate) fn sum(cx: &Context, amount: Decimal) -> String {
    let money = amount.round_to_kopeck().0;
    let (whole, part) = (money.unsigned_abs() / 100, money.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(cx.lang.pick("\u{a0}", ","));
        }
        grouped.push(digit);
    }
    let sign = if money < 0 { "−" } else { "" };
    format!("{sign}{grouped}{}{part:02}", cx.lang.pick(",", "."))
}

/// What a message calls a record.
pub(crate) fn named(cx: &Context, r: RecordRef) -> String {
    let name = cx.data.display_name(r);
    if r.space == Space::Documents || r.space == Space::Payments { first_upper(&name) } else { cx.quoted(&name) }
}

fn first_upper(text: &str) -> String {
    let mut chars = text.trim().chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// A sum of a record in roubles: by the rate that the record states where it is in another currency.
pub(crate) fn roubles(cx: &Context, r: RecordRef, sum: Decimal) -> Option<Decimal> {
    match crate::pairing::papers::currency(cx.data.text(r, Field::Currency)) {
        Ok("RUB" | "") => Some(sum),
        _ => sum.checked_mul(book_of(cx, r).number(Field::CurrencyRate, r.at()).valid()?),
    }
}

/// The difference of two sums of a pair in roubles.
pub(crate) fn apart(cx: &Context, r: RecordRef, a: Decimal, b: Decimal) -> Option<Decimal> {
    roubles(cx, r, a.checked_sub(b)?)
}

/// Sum of the amounts of records in roubles; `None` when none of them has one.
pub(crate) fn roubles_of(cx: &Context, records: &[RecordRef]) -> Option<Decimal> {
    let sums = records.iter().filter_map(|&r| roubles(cx, r, amount(cx, r)?));
    sums.fold(None, |sum, more| {
        Some(sum.map_or(more, |s: Decimal| Decimal::from_micros(s.micros().saturating_add(more.micros()))))
    })
}

/// Families of checks whose findings are about money.
const OF_MONEY: [&str; 5] = ["doc-", "deal-", "pay-", "co-", "pr-"];

/// Money that stands behind records without a sum of their own, in millionths of a rouble.
pub(crate) struct Stakes {
    /// What open deals sell of a product of the CRM.
    products: FxHashMap<RecordRef, i64>,
    /// What was sold under a contract, by its documents of one step.
    contracts: FxHashMap<RecordRef, i64>,
}

impl Stakes {
    pub fn of(cx: &Context) -> Stakes {
        let mut stakes = Stakes { products: FxHashMap::default(), contracts: FxHashMap::default() };
        let lines = cx.data.book(Side::Crm, Entity::Line);
        if !lines.is_empty() {
            for deal in live(cx, Side::Crm, Entity::Deal).filter(|&deal| is_open(cx, deal)) {
                for at in cx.pairing.papers.lines(deal) {
                    let number = |field| lines.number(field, at).valid();
                    let sum = number(Field::Amount)
                        .or_else(|| number(Field::Price)?.checked_mul(number(Field::Quantity)?))
                        .and_then(|sum| roubles(cx, deal, sum));
                    if let (Some(product), Some(sum)) = (lines.reference(Field::ProductId, at), sum) {
                        add(stakes.products.entry(product).or_default(), sum);
                    }
                }
            }
        }
        // An order, its invoice and its waybills are the same money.
        let mut by_step: FxHashMap<(RecordRef, usize), i64> = FxHashMap::default();
        for side in Side::BOTH {
            let contracts = |entity| live(cx, side, entity).filter_map(|r| Some((contract(cx, r)?, r)));
            for (contract, r) in contracts(Entity::Document).chain(contracts(Entity::Deal)) {
                let step = papers::STEPS.iter().position(|kinds| kinds.contains(&kind(cx, r))).unwrap_or(usize::MAX);
                if let Some(sum) = amount(cx, r).and_then(|sum| roubles(cx, r, sum)) {
                    add(by_step.entry((contract, step)).or_default(), sum);
                }
            }
        }
        for ((contract, _), sum) in by_step {
            let most = stakes.contracts.entry(contract).or_default();
            *most = (*most).max(sum);
        }
        stakes
    }

    /// Millionths of roubles; `None` where nothing stands behind the record.
    fn behind(&self, cx: &Context, r: RecordRef) -> Option<i64> {
        match r.space {
            Space::Contracts => self.contracts.get(&r).copied(),
            Space::Products => match r.side {
                Side::Crm => self.products.get(&r).copied(),
                Side::Onec => {
                    let pairs = cx.pairing.partners(r).filter_map(|p| self.products.get(&p).copied());
                    pairs.reduce(i64::saturating_add)
                }
            },
            _ => None,
        }
    }
}

fn contract(cx: &Context, r: RecordRef) -> Option<RecordRef> {
    book_of(cx, r).reference(Field::ContractId, r.at())
}

fn add(sum: &mut i64, more: Decimal) {
    *sum = sum.saturating_add(more.micros());
}

/// Gives findings about a deal, a document, a line or a payment its sum for the money at stake, and those about a contract or a
/// product what was sold under it or is being sold of it, where the check did not say better. What is listed for
/// information stakes nothing.
pub(crate) fn weigh(cx: &Context, stakes: &Stakes, meta: &Meta, findings: &mut [Finding]) {
    if meta.severity == Severity::Info || !OF_MONEY.iter().any(|family| meta.id.starts_with(family)) {
        return;
    }
    for finding in findings.iter_mut().filter(|f| f.impact.is_none()) {
        let Subject::Record(r) = finding.subject else { continue };
        let micros = match r.space {
            Space::Deals | Space::Documents | Space::Payments => {
                amount(cx, r).and_then(|sum| roubles(cx, r, sum)).map(Decimal::micros)
            }
            // A line is in the currency of its document.
            Space::Lines => {
                let owner = book_of(cx, r).reference(Field::DocumentId, r.at()).unwrap_or(r);
                amount(cx, r).and_then(|sum| roubles(cx, owner, sum)).map(Decimal::micros)
            }
            _ => stakes.behind(cx, r),
        };
        finding.impact = micros.map(|sum| Decimal::from_micros(sum.saturating_abs()));
    }
}

/// A finding about a record with the money that it is about, as the text of the field «Сумма».
pub(crate) fn about(cx: &Context, r: RecordRef, message: String) -> Finding {
    let finding = Finding::record(r, message);
    match amount(cx, r) {
        Some(amount) => finding.value(Field::Amount, r.side, &amount.to_string()),
        None => finding,
    }
}

/// A finding about a pair whose texts of a field differ.
pub(crate) fn differs(cx: &Context, crm: RecordRef, onec: RecordRef, field: Field, message: String) -> Finding {
    let text = |r: RecordRef| cx.data.text(r, field).trim().to_owned();
    Finding::record(crm, message).other(onec).values(field, &text(crm), &text(onec))
}

/// Money that was paid for a deal: for its invoices, and for all documents of 1C linked to it; and the payments.
pub(crate) fn paid(cx: &Context, deal: RecordRef) -> (Decimal, Vec<RecordRef>) {
    let mut total = 0i64;
    let mut payments = Vec::new();
    for share in cx.pairing.paid(cx.data, deal) {
        total = total.saturating_add(share.amount.micros());
        payments.push(share.payment);
    }
    payments.sort_unstable();
    payments.dedup();
    (Decimal::from_micros(total), payments)
}

/// Whether either side has payments.
pub(crate) fn lacking_money(cx: &Context) -> Option<Ran> {
    Side::BOTH.iter().all(|&s| cx.data.book(s, Entity::Payment).is_empty()).then(|| no_records(cx, Entity::Payment))
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::checks::testing::*;

    pub type Row<'a> = Vec<(Field, &'a str)>;

    /// `base` with the texts of `changes` in place of its own.
    pub fn changed<'a>(base: &[(Field, &'a str)], changes: &[(Field, &'a str)]) -> Row<'a> {
        let mut row: Row = base.iter().filter(|(f, _)| !changes.iter().any(|(c, _)| c == f)).copied().collect();
        row.extend_from_slice(changes);
        row
    }

    /// An invoice of the CRM, `1`, and that of 1C, `a`, which keeps its id; parties of one INN are one.
    pub fn invoices(crm: &[(Field, &str)], onec: &[(Field, &str)]) -> World {
        let base = [
            (Field::Kind, "Счет"),
            (Field::Number, "7"),
            (Field::Date, "02.03.2026"),
            (Field::Amount, "1200"),
            (Field::PartyInn, INN_A),
        ];
        let onec_base = changed(&base, &[(Field::Id, "a"), (Field::ExternalId, "1")]);
        World::new().add(Side::Crm, Entity::Document, &changed(&base, crm)).add(
            Side::Onec,
            Entity::Document,
            &changed(&onec_base, onec),
        )
    }

    /// A deal `d` of 1200, stages mapped.
    pub fn deal(changes: &[(Field, &str)]) -> World {
        let base = [
            (Field::Id, "d"),
            (Field::Name, "Поставка"),
            (Field::Date, "01.03.2026"),
            (Field::Amount, "1200"),
            (Field::PartyInn, INN_A),
            (Field::Stage, "Новая"),
        ];
        let mut world = World::new().add(Side::Crm, Entity::Deal, &changed(&base, changes));
        for (name, stage) in [
            ("Новая", Stage::None),
            ("Заказ", Stage::Order),
            ("Счёт", Stage::Invoice),
            ("Отгружено", Stage::Shipped),
            ("Оплачено", Stage::Paid),
            ("Провал", Stage::Lost),
        ] {
            world.trade.deal_stages.insert(name.to_owned(), stage);
        }
        world
    }

    /// A document of 1C that keeps the id of the deal `d`.
    pub fn paper(world: World, id: &str, kind: &str, changes: &[(Field, &str)]) -> World {
        let base = [
            (Field::Id, id),
            (Field::Kind, kind),
            (Field::Number, id),
            (Field::Date, "02.03.2026"),
            (Field::Amount, "1200"),
            (Field::PartyInn, INN_A),
            (Field::ExternalId, "d"),
        ];
        world.add(Side::Onec, Entity::Document, &changed(&base, changes))
    }

    /// A payment of 1C.
    pub fn payment(world: World, id: &str, changes: &[(Field, &str)]) -> World {
        let base = [
            (Field::Id, id),
            (Field::Number, "77"),
            (Field::Date, "10.03.2026"),
            (Field::Amount, "1200"),
            (Field::PartyInn, INN_A),
        ];
        world.add(Side::Onec, Entity::Payment, &changed(&base, changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    #[test]
    fn sums_for_people() {
        World::new().with(|cx| {
            let of = |text: &str| sum(cx, Decimal::parse(text).unwrap());
            assert_eq!([of("1234567.5"), of("0.05"), of("-999")], ["1\u{a0}234\u{a0}567,50", "0,05", "−999,00"]);
        });
    }

    #[test]
    fn contracts_and_products_weigh_what_is_sold() {
        use super::testing::*;
        use crate::checks::testing::INN_A;
        let contract = [(Field::Id, "к"), (Field::Number, "1"), (Field::PartyInn, INN_A)];
        let product = [(Field::Id, "т"), (Field::Name, "Гвоздь 4×100")];
        let line = [(Field::DocumentId, "d"), (Field::ProductId, "т"), (Field::Amount, "700")];
        let world = deal(&[]).add(Side::Onec, Entity::Contract, &contract);
        let world = world.add(Side::Crm, Entity::Product, &product).add(Side::Onec, Entity::Product, &product);
        let world = world.add(Side::Crm, Entity::Line, &line);
        let under = [(Field::ContractId, "к")];
        let world = paper(paper(world, "1", "Заказ", &under), "2", "Счет", &under);
        world.with(|cx| {
            let stakes = Stakes::of(cx);
            let of = |side, entity| stakes.behind(cx, cx.data.book(side, entity).at(0)).map(|sum| sum / Decimal::SCALE);
            assert_eq!(of(Side::Onec, Entity::Contract), Some(1200), "the order and its invoice are one sale");
            assert_eq!([Side::Crm, Side::Onec].map(|side| of(side, Entity::Product)), [Some(700); 2]);
        });
    }
}
