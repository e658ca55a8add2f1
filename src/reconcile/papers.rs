//! Sums of deals and documents against what 1C made of them.

use crate::config::TradeConfig;
use crate::model::{Book, Cell, Decimal, Entity, Field, RecordRef, Side, Snapshots, Space};
use crate::normalize::paper::Paper;
use crate::pairing::Pairing;
use crate::pairing::papers::currency;

/// Kinds of one step of the chain.
pub const STEPS: [&[Paper]; 7] = [
    &[Paper::Order],
    &[Paper::Invoice],
    &[Paper::Shipment, Paper::Act],
    &[Paper::TaxInvoice],
    &[Paper::Return],
    &[Paper::Correction],
    &[Paper::Unknown],
];
const SHIPPED: usize = 2;

/// A record of the CRM and its documents of one step of the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    pub crm: RecordRef,
    /// Position in [`STEPS`].
    pub step: usize,
    /// Sorted.
    pub onec: Vec<RecordRef>,
}

/// What the documents of a record of the CRM are, by step; empty steps left out.
pub fn groups_of(pairing: &Pairing, crm: RecordRef) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for paper in pairing.partners(crm) {
        let kind = pairing.papers.kind(paper);
        let Some(step) = STEPS.iter().position(|kinds| kinds.contains(&kind)) else { continue };
        match groups.iter_mut().find(|group| group.step == step) {
            Some(group) => group.onec.push(paper),
            None => groups.push(Group { crm, step, onec: vec![paper] }),
        }
    }
    groups.sort_by_key(|group| group.step);
    groups
}

/// The group whose sum is that of the record: the order of a deal, else its invoice, else its shipments.
pub fn main_group(pairing: &Pairing, crm: RecordRef) -> Option<Group> {
    let groups = groups_of(pairing, crm);
    groups.into_iter().find(|g| {
        matches!(STEPS[g.step][0], Paper::Order | Paper::Invoice | Paper::Shipment | Paper::Unknown)
            || crm.space != Space::Deals
    })
}

/// How two sums agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sums {
    Equal,
    /// A kopeck per line at most.
    Rounding,
    /// One side writes the tax on top of the sum.
    OnTop,
    /// A part of a deal is shipped so far.
    Partly,
    Different,
    /// A sum is empty, unreadable or of another currency.
    Unknown,
}

/// The amount of a record; `None` when it is empty or unreadable.
pub fn amount(data: &Snapshots, r: RecordRef) -> Option<Decimal> {
    book(data, r).number(Field::Amount, r.at()).valid()
}

fn book(data: &Snapshots, r: RecordRef) -> &Book {
    data.book(r.side, data.entity(r))
}

/// Sum of the documents of a group that are not marked for deletion; `None` when one of them has no readable sum.
pub fn onec_sum(data: &Snapshots, group: &Group) -> Option<Decimal> {
    let alive = |r: &&RecordRef| book(data, **r).is_active(r.at());
    let living = group.onec.iter().filter(alive).count();
    let counted = group.onec.iter().filter(|r| living == 0 || alive(r));
    counted.copied().try_fold(Decimal::ZERO, |sum, r| sum.checked_add(amount(data, r)?))
}

/// The tax of a document: as it says, else of its lines, where 1C keeps it; `None` when neither says.
pub fn tax(data: &Snapshots, pairing: &Pairing, r: RecordRef) -> Option<Decimal> {
    if let Some(tax) = book(data, r).number(Field::VatAmount, r.at()).valid() {
        return Some(tax);
    }
    let lines = data.book(r.side, Entity::Line);
    let mut sum = None;
    for at in pairing.papers.lines(r) {
        sum = Some(sum.unwrap_or(Decimal::ZERO).checked_add(lines.number(Field::VatAmount, at).valid()?)?);
    }
    sum
}

/// Compares the sum of a record of the CRM with that of its documents.
pub fn sums(data: &Snapshots, pairing: &Pairing, config: &TradeConfig, group: &Group) -> Sums {
    let (Some(crm), Some(onec)) = (amount(data, group.crm), onec_sum(data, group)) else { return Sums::Unknown };
    // A currency that we do not know is one with itself alone.
    let money = |r: RecordRef| {
        let text = data.text(r, Field::Currency);
        currency(text).unwrap_or_else(|_| text.trim())
    };
    if group.onec.iter().any(|&r| {
        let (a, b) = (money(group.crm), money(r));
        a != b && !a.is_empty() && !b.is_empty()
    }) {
        return Sums::Unknown;
    }
    let apart = (crm.micros() - onec.micros()).abs();
    if apart <= config.tolerance.micros() {
        return Sums::Equal;
    }
    let lines = |r: RecordRef| pairing.papers.lines(r).count();
    let most = lines(group.crm).max(group.onec.iter().map(|&r| lines(r)).sum()).max(1) as i64;
    if apart <= most * (Decimal::SCALE / 100) {
        return Sums::Rounding;
    }
    let with_tax = |sum: Decimal, tax: Option<Decimal>| tax.and_then(|tax| sum.checked_add(tax));
    let tax = |r: RecordRef| tax(data, pairing, r).filter(|tax| tax.micros() != 0);
    let onec_tax = group.onec.iter().try_fold(Decimal::ZERO, |sum, &r| sum.checked_add(tax(r)?));
    let near = |a: Decimal, b: Decimal| (a.micros() - b.micros()).abs() <= most * (Decimal::SCALE / 100);
    // Either side may keep the sum without the tax.
    if with_tax(crm, tax(group.crm)).is_some_and(|gross| near(gross, onec))
        || with_tax(onec, onec_tax).is_some_and(|gross| near(crm, gross))
        || with_tax(crm, onec_tax).is_some_and(|gross| near(gross, onec))
    {
        return Sums::OnTop;
    }
    if group.step == SHIPPED && group.crm.space == Space::Deals && onec.micros() < crm.micros() {
        return Sums::Partly;
    }
    Sums::Different
}

/// What of a document is written down line by line, sorted: product, quantity, sum.
pub fn lines(data: &Snapshots, pairing: &Pairing, r: RecordRef) -> Vec<LineFacts> {
    let book = data.book(r.side, Entity::Line);
    let mut lines: Vec<LineFacts> = pairing
        .papers
        .lines(r)
        .map(|at| {
            let product = book.reference(Field::ProductId, at).map(|p| match p.side {
                // A product of 1C stands for its pair.
                Side::Crm => pairing.partners(p).next().unwrap_or(p),
                Side::Onec => p,
            });
            let number = |field| match book.number(field, at) {
                Cell::Valid(number) => Some(number),
                _ => None,
            };
            LineFacts {
                product,
                quantity: number(Field::Quantity),
                price: number(Field::Price),
                amount: number(Field::Amount),
                discount: number(Field::Discount),
                tax: number(Field::VatAmount),
            }
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// A line of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineFacts {
    /// As 1C knows it, where it is paired.
    pub product: Option<RecordRef>,
    pub quantity: Option<Decimal>,
    pub price: Option<Decimal>,
    pub amount: Option<Decimal>,
    pub discount: Option<Decimal>,
    pub tax: Option<Decimal>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_A, Texts, World, crm, onec};

    const DAY: (Field, &str) = (Field::Date, "01.02.2026");

    /// An invoice of the CRM, or a deal, of so many lines, with its documents of 1C: the sums of its main group.
    fn world(entity: Entity, of_crm: Texts, lines: usize, kind: &str, papers: &[Texts]) -> World {
        let mut world = World::new().both(&[(Field::Inn, INN_A)]).cluster(vec![crm(0), onec(0)]);
        world.trade.tolerance = Decimal::parse("0.005").unwrap();
        let common = [DAY, (Field::Number, "1"), (Field::PartyInn, INN_A)];
        let own = [&common[..], &[(Field::Id, "crm-1"), (Field::Kind, "Счет")], of_crm].concat();
        world = world.add(Side::Crm, entity, &own);
        for _ in 0..lines {
            world = world.add(Side::Crm, Entity::Line, &[(Field::DocumentId, "crm-1"), (Field::Amount, "1")]);
        }
        for (at, paper) in papers.iter().enumerate() {
            let id = format!("a{at}");
            let own = [(Field::Id, id.as_str()), (Field::Kind, kind), (Field::ExternalId, "crm-1")];
            world = world.add(Side::Onec, Entity::Document, &[&common[..], &own, paper].concat());
        }
        world
    }

    fn sums_of(entity: Entity, of_crm: Texts, lines: usize, kind: &str, papers: &[Texts]) -> Sums {
        world(entity, of_crm, lines, kind, papers).with(|cx| {
            let r = cx.data.book(Side::Crm, entity).refs().next().unwrap();
            let group = main_group(cx.pairing, r).expect("the documents are paired by id");
            assert_eq!(group.onec.len(), papers.len());
            sums(cx.data, cx.pairing, cx.trade, &group)
        })
    }

    fn money(sum: &str) -> [(Field, &str); 1] {
        [(Field::Amount, sum)]
    }

    fn taxed<'a>(sum: &'a str, tax: &'a str) -> [(Field, &'a str); 2] {
        [(Field::Amount, sum), (Field::VatAmount, tax)]
    }

    /// Tolerance and a kopeck a line, to the last millionth and one beyond it.
    #[test]
    fn sums_at_their_limits() {
        use Sums::{Different, Equal, Rounding, Unknown};
        for (of_crm, lines, of_onec, expected) in [
            ("100", 0, "100", Equal),
            ("100", 0, "100.0050", Equal),
            ("100", 0, "99.9950", Equal),
            ("100", 0, "100.005001", Rounding),
            ("100", 0, "100.01", Rounding),
            ("100", 0, "99.99", Rounding),
            ("100", 0, "100.010001", Different),
            ("100", 1, "100.010001", Different),
            ("100", 3, "100.03", Rounding),
            ("100", 3, "99.97", Rounding),
            ("100", 3, "100.030001", Different),
            ("100", 3, "99.969999", Different),
            ("100", 0, "200", Different),
            ("-100", 0, "100", Different),
            ("", 0, "100", Unknown),
            ("100", 0, "", Unknown),
            ("сто", 0, "100", Unknown),
        ] {
            let found = sums_of(Entity::Document, &money(of_crm), lines, "Счет", &[&money(of_onec)]);
            assert_eq!(found, expected, "{of_crm} of {lines} lines, {of_onec}");
        }
    }

    #[test]
    fn documents_add_up() {
        let (sixty, forty, forty_one, none) = (money("60"), money("40"), money("41"), money("нет"));
        let dead = [(Field::Amount, "40"), (Field::Deleted, "Да")];
        let dead_hundred = [(Field::Amount, "100"), (Field::Deleted, "Да")];
        let of = |papers: &[Texts]| sums_of(Entity::Document, &money("100"), 0, "Счет", papers);
        assert_eq!(of(&[&sixty, &forty]), Sums::Equal);
        assert_eq!(of(&[&sixty, &forty_one]), Sums::Different);
        assert_eq!(of(&[&sixty, &dead]), Sums::Different, "what is marked for deletion does not count");
        assert_eq!(of(&[&dead_hundred]), Sums::Equal, "unless all of them are");
        assert_eq!(of(&[&sixty, &none]), Sums::Unknown);
    }

    #[test]
    fn currencies() {
        let of = |crm: &str, onec: &str| {
            let sum = |money| [(Field::Amount, "100"), (Field::Currency, money)];
            let (crm, onec) = (sum(crm), sum(onec));
            world(Entity::Document, &crm, 0, "Счет", &[&onec]).with(|cx| {
                let r = cx.data.book(Side::Crm, Entity::Document).refs().next().unwrap();
                let onec = cx.data.book(Side::Onec, Entity::Document).refs().collect();
                sums(cx.data, cx.pairing, cx.trade, &Group { crm: r, step: 1, onec })
            })
        };
        assert_eq!(of("RUB", "руб"), Sums::Equal);
        assert_eq!(of("", "RUB"), Sums::Equal, "rubles go without saying");
        assert_eq!([of("", "USD"), of("USD", "")], [Sums::Unknown; 2]);
        let guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        assert_eq!([of(guid, "USD"), of("USD", guid)], [Sums::Equal; 2], "a line of a dictionary says nothing");
        assert_eq!(of("RUB", "USD"), Sums::Unknown);
        assert_eq!([of("тугрик", "RUB"), of("тугрик", "лев")], [Sums::Unknown; 2]);
        assert_eq!(of("тугрик", "тугрик"), Sums::Equal);
    }

    /// Either side may keep the sum without the tax, which one of them or both state.
    #[test]
    fn tax_on_top() {
        use Sums::{Different, OnTop};
        let of = |crm: Texts, onec: &[Texts]| sums_of(Entity::Document, crm, 0, "Счет", onec);
        assert_eq!(of(&taxed("100", "22"), &[&money("122")]), OnTop);
        assert_eq!(of(&money("122"), &[&taxed("100", "22")]), OnTop);
        assert_eq!(of(&money("100"), &[&taxed("122", "22")]), OnTop);
        assert_eq!(of(&taxed("122", "22"), &[&money("100")]), Different, "the tax is in the sum of the CRM already");
        assert_eq!(of(&taxed("100", "22"), &[&money("122.01")]), OnTop, "a kopeck");
        assert_eq!(of(&taxed("100", "22"), &[&money("122.02")]), Different);
        assert_eq!(of(&taxed("100", "22"), &[&money("121.98")]), Different);
        assert_eq!(of(&money("122"), &[&taxed("100", "21.98")]), Different);
        assert_eq!(of(&money("100"), &[&taxed("122", "21.98")]), Different);
        assert_eq!(of(&taxed("100", "0"), &[&money("122")]), Different);
        let (half, quarter, plain) = (taxed("50", "11"), taxed("25", "5.5"), money("25"));
        assert_eq!(of(&money("122"), &[&half, &quarter, &quarter]), OnTop, "taxes add up");
        assert_eq!(of(&money("116.5"), &[&half, &quarter, &plain]), Different, "one document says no tax");
    }

    #[test]
    fn a_deal_is_shipped_in_parts() {
        let of = |entity, kind, sum| sums_of(entity, &money("100"), 0, kind, &[&money(sum)]);
        assert_eq!(of(Entity::Deal, "Реализация", "60"), Sums::Partly);
        assert_eq!(of(Entity::Deal, "Реализация", "160"), Sums::Different);
        assert_eq!(of(Entity::Deal, "Заказ", "60"), Sums::Different);
        assert_eq!(of(Entity::Deal, "Реализация", "100"), Sums::Equal);
    }

    /// What a document says of its tax, else its lines.
    #[test]
    fn tax_of_a_document() {
        let of = |stated: &str, lines: &[&str]| {
            let mut world = World::new().add(
                Side::Onec,
                Entity::Document,
                &[(Field::Id, "a"), (Field::Kind, "Счет"), DAY, (Field::VatAmount, stated)],
            );
            for tax in lines {
                world = world.add(Side::Onec, Entity::Line, &[(Field::DocumentId, "a"), (Field::VatAmount, tax)]);
            }
            world.with(|cx| {
                let r = cx.data.book(Side::Onec, Entity::Document).refs().next().unwrap();
                assert_eq!(cx.pairing.papers.lines(r).count(), lines.len());
                tax(cx.data, cx.pairing, r).map(|tax| tax.to_string())
            })
        };
        assert_eq!(of("22", &["1", "2"]).as_deref(), Some("22"));
        assert_eq!(of("", &["1.5", "2"]).as_deref(), Some("3.5"));
        assert_eq!(of("", &["1.5", ""]), None, "a line that does not say");
        assert_eq!(of("", &[]), None);
        assert_eq!(of("", &["0"]).as_deref(), Some("0"));
    }

    #[test]
    fn steps_of_a_deal() {
        let kinds = ["Реализация", "Счет", "Заказ", "Акт", "Счет-фактура", "Возврат"];
        let world = world(Entity::Deal, &money("100"), 0, "Счет", &[]);
        let world = kinds.iter().enumerate().fold(world, |world, (at, kind)| {
            let id = format!("a{at}");
            let row = [(Field::Id, id.as_str()), (Field::Kind, *kind), (Field::ExternalId, "crm-1"), DAY];
            let row = [&row[..], &[(Field::PartyInn, INN_A), (Field::Amount, "100")]].concat();
            world.add(Side::Onec, Entity::Document, &row)
        });
        world.with(|cx| {
            let deal = cx.data.book(Side::Crm, Entity::Deal).refs().next().unwrap();
            let groups = groups_of(cx.pairing, deal);
            let found: Vec<(usize, Vec<&str>)> =
                groups.iter().map(|g| (g.step, g.onec.iter().map(|&r| cx.data.id(r)).collect())).collect();
            let ids: Vec<(usize, Vec<&str>)> = vec![(0, vec!["a2"]), (1, vec!["a1"]), (2, vec!["a0", "a3"])];
            assert_eq!(found[..3], ids);
            assert!(groups.iter().all(|g| g.crm == deal));
            let main = main_group(cx.pairing, deal).unwrap();
            assert_eq!(main.step, 0);
        });
    }

    /// Lines in one order whatever the order of their rows, products as 1C knows them.
    #[test]
    fn lines_of_a_document() {
        let product = [(Field::Name, "Гвоздь 4×100"), (Field::Article, "G-4")];
        let mut world = World::new()
            .add(Side::Crm, Entity::Product, &[&product[..], &[(Field::Id, "p1")]].concat())
            .add(Side::Onec, Entity::Product, &[&product[..], &[(Field::Id, "q1")]].concat())
            .add(Side::Crm, Entity::Document, &[(Field::Id, "d1"), (Field::Kind, "Счет"), DAY])
            .add(Side::Onec, Entity::Document, &[(Field::Id, "d2"), (Field::Kind, "Счет"), DAY]);
        let line = |owner, product, quantity, amount| {
            [
                (Field::DocumentId, owner),
                (Field::ProductId, product),
                (Field::Quantity, quantity),
                (Field::Amount, amount),
                (Field::Price, "5"),
                (Field::Discount, "1"),
                (Field::VatAmount, "2"),
            ]
        };
        world = world
            .add(Side::Crm, Entity::Line, &line("d1", "p1", "3", "15"))
            .add(Side::Crm, Entity::Line, &line("d1", "p1", "2", "нет"))
            .add(Side::Onec, Entity::Line, &line("d2", "q1", "2", ""))
            .add(Side::Onec, Entity::Line, &line("d2", "q1", "3", "15"));
        world.with(|cx| {
            let of = |side| {
                let r = cx.data.book(side, Entity::Document).refs().next().unwrap();
                lines(cx.data, cx.pairing, r)
            };
            let (crm, onec) = (of(Side::Crm), of(Side::Onec));
            assert_eq!(crm, onec);
            let number = |text| Some(Decimal::parse(text).unwrap());
            let product = cx.data.book(Side::Onec, Entity::Product).refs().next();
            assert!(product.is_some());
            let facts = |quantity, amount| LineFacts {
                product,
                quantity,
                price: number("5"),
                amount,
                discount: number("1"),
                tax: number("2"),
            };
            assert_eq!(crm, [facts(number("2"), None), facts(number("3"), number("15"))]);
        });
    }
}
