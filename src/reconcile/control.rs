//! The control of sums: what each side has by month and by counterparty, and which class of pairs explains the
//! difference.
//!
//! Every living deal and document of a lens stands in exactly one class, so the classes of a side add up to the side.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::papers::{Group, STEPS, Sums, amount, sums};
use crate::config::{Stage, TradeConfig};
use crate::matching::{Matching, Scope};
use crate::model::{Decimal, Entity, Field, Lang, RecordRef, Side, Snapshots, Space};
use crate::normalize::paper::Paper;
use crate::pairing::Pairing;
use crate::pairing::papers::{currency, party};

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Class {
    Equal,
    /// Equal, and of two months.
    Shifted,
    /// Equal, and of two counterparties.
    OtherParty,
    /// The tax is on top on one side.
    OnTop,
    Rounding,
    /// Shipped in part.
    Partly,
    Different,
    /// A deal whose stage asks for no such document yet.
    NotYet,
    OnlyCrm,
    OnlyOnec,
    /// A pair waits for a person.
    Doubt,
    /// A sum or a currency cannot be compared.
    Unreadable,
}

impl Class {
    pub const ALL: [Class; 12] = [
        Class::Equal,
        Class::Shifted,
        Class::OtherParty,
        Class::OnTop,
        Class::Rounding,
        Class::Partly,
        Class::Different,
        Class::NotYet,
        Class::OnlyCrm,
        Class::OnlyOnec,
        Class::Doubt,
        Class::Unreadable,
    ];

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Class::Equal => ("равны", "equal"),
            Class::Shifted => ("в разных месяцах", "in two months"),
            Class::OtherParty => ("у другого контрагента", "another counterparty"),
            Class::NotYet => ("ещё не оформлены", "not due yet"),
            Class::OnTop => ("НДС сверху", "VAT on top"),
            Class::Rounding => ("округление", "rounding"),
            Class::Partly => ("отгружено частично", "partly shipped"),
            Class::Different => ("суммы различаются", "sums differ"),
            Class::OnlyCrm => ("только в CRM", "CRM only"),
            Class::OnlyOnec => ("только в 1С", "1C only"),
            Class::Doubt => ("ждут решения", "wait for a person"),
            Class::Unreadable => ("нельзя сравнить", "cannot be compared"),
        };
        lang.pick(ru, en)
    }
}

/// Sums in millionths and counts of both sides, by [`Side`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    pub micros: [i128; 2],
    pub records: [u64; 2],
}

impl Totals {
    fn add(&mut self, side: Side, amount: Option<Decimal>) {
        self.micros[side as usize] += amount.map_or(0, |a| i128::from(a.micros()));
        self.records[side as usize] += 1;
    }

    fn join(&mut self, other: &Totals) {
        for side in 0..2 {
            self.micros[side] += other.micros[side];
            self.records[side] += other.records[side];
        }
    }

    /// CRM less 1C.
    pub fn difference(&self) -> i128 {
        self.micros[0] - self.micros[1]
    }
}

/// Totals of each class.
pub type Row = [Totals; Class::ALL.len()];

/// Sum of a row over its classes.
pub fn whole(row: &Row) -> Totals {
    row.iter().fold(Totals::default(), |mut sum, totals| {
        sum.join(totals);
        sum
    })
}

/// Year and month; `None` without a date.
pub type Month = Option<(i32, u32)>;

/// Deals or documents of the CRM against one step of 1C, in one currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lens {
    pub months: BTreeMap<Month, Row>,
    /// By the first card of the party; `None` for records without one.
    pub parties: BTreeMap<Option<RecordRef>, Row>,
}

/// What is compared: kind of the CRM, position in [`STEPS`], letters of the currency.
pub type Key = (Paper, usize, &'static str);

/// All lenses that have records.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Control {
    pub lenses: BTreeMap<Key, Lens>,
}

/// Kinds of the CRM and the steps that they are held against, the first that 1C has. Deals are held against what they
/// agreed on and against what was shipped.
const LENSES: [(&[Paper], &[usize]); 6] = [
    (&[Paper::Deal], &[0, 1, 6]),
    (&[Paper::Deal], &[SHIPPED]),
    (&[Paper::Order], &[0, 6]),
    (&[Paper::Invoice], &[1, 6]),
    (&[Paper::Shipment, Paper::Act], &[SHIPPED, 6]),
    (&[Paper::Unknown], &[6, 1]),
];
const SHIPPED: usize = 2;

/// Compares the sums. Records marked for deletion and lost deals are left out.
pub fn run(data: &Snapshots, matching: &Matching, pairing: &Pairing, config: &TradeConfig) -> Control {
    let mut control = Control::default();
    let clusters = Side::BOTH.map(|side| matching.cluster_of(side, data.parties(side).len()));
    let waiting: FxHashSet<RecordRef> =
        pairing.in_review().filter(|l| l.scope() == Scope::Cross).flat_map(|l| [l.a, l.b]).collect();
    let of = |r: RecordRef| {
        party(data, r).map(|p| match clusters[p.side as usize][p.at()] {
            Some(cluster) => matching.clusters[cluster as usize].members[0],
            None => p,
        })
    };
    for (kinds, steps) in LENSES {
        let kind = kinds[0];
        let entity = if kind == Paper::Deal { Entity::Deal } else { Entity::Document };
        let crm: Vec<RecordRef> = data
            .book(Side::Crm, entity)
            .refs()
            .filter(|&r| kinds.contains(&pairing.papers.kind(r)) && is_counted(data, config, r))
            .collect();
        let step = steps.iter().copied().find(|&step| pairing.papers.has(Side::Onec, STEPS[step]));
        let (Some(step), false) = (step, crm.is_empty()) else { continue };
        let mut classes: FxHashMap<RecordRef, Class> = FxHashMap::default();
        for &r in &crm {
            let (class, papers) = class_of(data, pairing, config, &of, r, step, &waiting);
            classes.insert(r, class);
            for paper in papers {
                // Of two deals with one document the first has it.
                classes.entry(paper).or_insert(class);
            }
        }
        for r in data.book(Side::Onec, Entity::Document).refs() {
            if STEPS[step].contains(&pairing.papers.kind(r)) && is_counted(data, config, r) {
                let alone = if waiting.contains(&r) { Class::Doubt } else { Class::OnlyOnec };
                classes.entry(r).or_insert(if amount(data, r).is_none() { Class::Unreadable } else { alone });
            }
        }
        for (r, class) in classes {
            let money = match currency(data.text(r, Field::Currency)) {
                Ok("") => "RUB",
                Ok(letters) => letters,
                Err(_) => "?",
            };
            let lens = control.lenses.entry((kind, step, money)).or_default();
            for row in [lens.months.entry(month(data, r)).or_default(), lens.parties.entry(of(r)).or_default()] {
                row[class as usize].add(r.side, amount(data, r));
            }
        }
    }
    control
}

fn is_counted(data: &Snapshots, config: &TradeConfig, r: RecordRef) -> bool {
    let lost = r.space == Space::Deals && config.state(data.text(r, Field::Stage)) == Some(Stage::Lost);
    data.book(r.side, data.entity(r)).is_active(r.at()) && !lost
}

/// The class of a record of the CRM, and its documents of 1C, which get the same.
fn class_of(
    data: &Snapshots,
    pairing: &Pairing,
    config: &TradeConfig,
    of: &impl Fn(RecordRef) -> Option<RecordRef>,
    r: RecordRef,
    step: usize,
    waiting: &FxHashSet<RecordRef>,
) -> (Class, Vec<RecordRef>) {
    let living: Vec<RecordRef> = pairing.papers_of(r, STEPS[step]).filter(|&o| is_counted(data, config, o)).collect();
    if living.is_empty() {
        let class = match amount(data, r) {
            None => Class::Unreadable,
            Some(_) if waiting.contains(&r) => Class::Doubt,
            Some(_) if is_early(data, config, r, step) => Class::NotYet,
            Some(_) => Class::OnlyCrm,
        };
        return (class, living);
    }
    let group = Group { crm: r, step, onec: living };
    let stray = |&o: &RecordRef| of(o).is_some() && of(r).is_some() && of(o) != of(r);
    let class = match sums(data, pairing, config, &group) {
        Sums::Equal if group.onec.iter().any(stray) => Class::OtherParty,
        Sums::Equal if group.onec.iter().any(|&o| month(data, o) != month(data, r)) => Class::Shifted,
        Sums::Equal => Class::Equal,
        Sums::Rounding => Class::Rounding,
        Sums::OnTop => Class::OnTop,
        Sums::Partly => Class::Partly,
        Sums::Different => Class::Different,
        Sums::Unknown => Class::Unreadable,
    };
    (class, group.onec)
}

/// A deal at a stage that stands for less than a step: nobody misses the document yet.
fn is_early(data: &Snapshots, config: &TradeConfig, r: RecordRef, step: usize) -> bool {
    let due = match STEPS[step][0] {
        Paper::Order => Stage::Order,
        Paper::Invoice => Stage::Invoice,
        Paper::Shipment => Stage::Shipped,
        _ => return false,
    };
    r.space == Space::Deals && config.state(data.text(r, Field::Stage)).is_some_and(|stage| stage < due)
}

fn month(data: &Snapshots, r: RecordRef) -> Month {
    use chrono::Datelike;
    let book = data.book(r.side, data.entity(r));
    let date = book.moment(Field::Date, r.at()).valid().or_else(|| book.moment(Field::CreatedAt, r.at()).valid());
    date.map(|d| (d.year(), d.month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Context;
    use crate::checks::testing::*;

    /// Sum and number of the living records of these kinds.
    fn total(cx: &Context, side: Side, kinds: &[Paper]) -> (i128, u64) {
        let entity = if kinds == [Paper::Deal] { Entity::Deal } else { Entity::Document };
        let of = cx.data.book(side, entity).refs();
        let counted = of.filter(|&r| kinds.contains(&cx.pairing.papers.kind(r)) && is_counted(cx.data, cx.trade, r));
        counted.fold((0, 0), |(sum, n), r| (sum + amount(cx.data, r).map_or(0, |a| i128::from(a.micros())), n + 1))
    }

    /// A stream of small numbers, the same in every run.
    struct Stream(u64);

    impl Stream {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % limit as u64) as usize
        }
    }

    /// Whatever stands in deals and documents, the classes of every lens add up to both sides, to the kopeck.
    #[test]
    fn classes_add_up_to_both_sides() {
        let mut rng = Stream(88_172_645_463_325_252);
        let mut seen: FxHashSet<(Paper, usize)> = FxHashSet::default();
        for _ in 0..80 {
            let mut world = World::new().both(&[(Field::Inn, INN_A)]).cluster(vec![crm(0), onec(0)]);
            world.trade.deal_stages.insert("Отгружено".to_owned(), Stage::Shipped);
            for side in Side::BOTH {
                for n in 0..rng.below(14) {
                    let is_deal = side == Side::Crm && rng.below(3) == 0;
                    let number = (1 + rng.below(9)).to_string();
                    let day = format!("{:02}.0{}.2026", 1 + rng.below(28), 1 + rng.below(3));
                    let sums = ["100", "100.01", "120", "12О", "", "0.1", "7777.77"];
                    let currencies = ["", "USD", "тугрик", "RUB"];
                    let kinds = ["Счет", "Заказ", "Реализация", "Акт", "Бумага"];
                    let row = [
                        (Field::Id, format!("{side}{n}")),
                        (Field::Kind, kinds[rng.below(kinds.len())].to_owned()),
                        (Field::Number, number),
                        (Field::Date, day),
                        (Field::Amount, sums[rng.below(sums.len())].to_owned()),
                        (Field::VatAmount, ["", "20"][rng.below(2)].to_owned()),
                        (Field::Currency, currencies[rng.below(8).min(3)].to_owned()),
                        (Field::PartyInn, [INN_A, INN_B, ""][rng.below(3)].to_owned()),
                        (Field::Deleted, ["", "Да"][rng.below(10) / 9].to_owned()),
                        (Field::Stage, ["", "Отгружено", "Отказ", "WON"][rng.below(4)].to_owned()),
                        (
                            Field::ExternalId,
                            if rng.below(4) == 0 { format!("{}{n}", side.other()) } else { String::new() },
                        ),
                    ];
                    let row: Vec<(Field, &str)> = row.iter().map(|(f, t)| (*f, t.as_str())).collect();
                    world = world.add(side, if is_deal { Entity::Deal } else { Entity::Document }, &row);
                }
            }
            world.with(|cx| {
                let control = run(cx.data, cx.matching, cx.pairing, cx.trade);
                for (kinds, steps) in LENSES {
                    for &step in steps {
                        let of = |(_, lens): (&Key, &'_ Lens)| lens.clone();
                        let here = |(kind, at, _): &Key| (*kind, *at) == (kinds[0], step);
                        let lenses: Vec<Lens> = control.lenses.iter().filter(|(key, _)| here(key)).map(of).collect();
                        if lenses.is_empty() {
                            continue;
                        }
                        seen.insert((kinds[0], step));
                        let rows = [
                            lenses.iter().flat_map(|l| l.months.values()).collect::<Vec<&Row>>(),
                            lenses.iter().flat_map(|l| l.parties.values()).collect(),
                        ];
                        for rows in rows {
                            let mut found = Totals::default();
                            rows.into_iter().for_each(|row| found.join(&whole(row)));
                            for (side, of) in [(Side::Crm, kinds), (Side::Onec, STEPS[step])] {
                                let at = side as usize;
                                assert_eq!((found.micros[at], found.records[at]), total(cx, side, of), "{of:?}");
                            }
                        }
                    }
                }
            });
        }
        assert!(seen.len() >= 6, "{seen:?}");
    }

    #[test]
    fn classes_explain_the_difference() {
        let rows = [
            (Side::Crm, "1", "1", "01.02.2026", "100"),
            (Side::Onec, "a", "1", "01.02.2026", "100"),
            (Side::Crm, "2", "2", "28.02.2026", "50"),
            (Side::Onec, "b", "2", "01.03.2026", "50"),
            (Side::Crm, "3", "3", "05.02.2026", "30"),
            (Side::Onec, "c", "3", "05.02.2026", "40"),
            (Side::Crm, "4", "4", "06.02.2026", "7"),
        ];
        let world = rows.into_iter().fold(World::new(), |world, (side, id, number, day, amount)| {
            let row = [
                (Field::Id, id),
                (Field::Kind, "Счет"),
                (Field::Number, number),
                (Field::Date, day),
                (Field::Amount, amount),
                (Field::PartyInn, INN_A),
                (Field::ExternalId, if side == Side::Onec { number } else { "" }),
            ];
            world.add(side, Entity::Document, &row)
        });
        world.with(|cx| {
            let control = run(cx.data, cx.matching, cx.pairing, cx.trade);
            let lens = &control.lenses[&(Paper::Invoice, 1, "RUB")];
            let february = &lens.months[&Some((2026, 2))];
            let by = |class: Class| february[class as usize].difference() / i128::from(Decimal::SCALE);
            assert_eq!(whole(february).difference() / i128::from(Decimal::SCALE), 187 - 140);
            let classes = [Class::Equal, Class::Shifted, Class::Different, Class::OnlyCrm].map(by);
            assert_eq!(classes, [0, 50, -10, 7], "the difference of the month is explained");
        });
    }

    /// Classes of the records of these, an entity and a kind each, by side; the words of stages stand for themselves.
    fn classes(rows: &[(Side, Entity, &str, Texts)]) -> Vec<(Side, Class, &'static str)> {
        let mut world = World::new().both(&[(Field::Inn, INN_A)]).both(&[(Field::Inn, INN_B)]);
        world = world.cluster(vec![crm(0), onec(0)]).cluster(vec![crm(1), onec(1)]);
        for stage in Stage::ALL {
            world.trade.deal_stages.insert(stage.as_str().to_owned(), stage);
        }
        for &(side, entity, kind, texts) in rows {
            let given = |field: Field| texts.iter().any(|t| t.0 == field);
            let usual =
                [(Field::Kind, kind), (Field::Number, "1"), (Field::Date, "01.02.2026"), (Field::PartyInn, INN_A)];
            let row: Vec<(Field, &str)> =
                usual.into_iter().filter(|(field, _)| !given(*field)).chain(texts.iter().copied()).collect();
            world = world.add(side, entity, &row);
        }
        world.with(|cx| {
            let control = run(cx.data, cx.matching, cx.pairing, cx.trade);
            let mut found = Vec::new();
            for ((.., money), lens) in &control.lenses {
                for row in lens.months.values() {
                    for class in Class::ALL {
                        for side in Side::BOTH {
                            let records = row[class as usize].records[side as usize];
                            found.extend((0..records).map(|_| (side, class, *money)));
                        }
                    }
                }
            }
            found
        })
    }

    #[test]
    fn a_pair_for_every_class() {
        use Class::*;
        use Side::{Crm, Onec};
        let check = |of_crm: Texts, of_onec: Texts, expected: &[(Side, Class, &'static str)]| {
            let of_crm = [&[(Field::Id, "crm-1")], of_crm].concat();
            let cites = !of_onec.iter().any(|t| t.0 == Field::ExternalId);
            let cited = (Field::ExternalId, if cites { "crm-1" } else { "" });
            let rest: Vec<_> = of_onec.iter().copied().filter(|t| t.0 != Field::ExternalId).collect();
            let of_onec = [&[(Field::Id, "a"), cited][..], &rest].concat();
            let paper = Entity::Document;
            let found = classes(&[(Crm, paper, "Счет", &of_crm), (Onec, paper, "Счет", &of_onec)]);
            assert_eq!(found, expected, "{of_crm:?} {of_onec:?}");
        };
        let sum = |text| (Field::Amount, text);
        let both = |class| [(Crm, class, "RUB"), (Onec, class, "RUB")];
        check(&[sum("100")], &[sum("100")], &both(Equal));
        check(&[sum("100"), (Field::Currency, "руб.")], &[sum("100")], &both(Equal));
        check(&[sum("100")], &[sum("100"), (Field::Date, "01.03.2026")], &both(Shifted));
        check(
            &[sum("100")],
            &[sum("100"), (Field::Date, "01.02.2025")],
            &[(Onec, Shifted, "RUB"), (Crm, Shifted, "RUB")],
        );
        check(&[sum("100")], &[sum("100"), (Field::PartyInn, INN_B)], &both(OtherParty));
        check(&[sum("100"), (Field::VatAmount, "22")], &[sum("122")], &both(OnTop));
        check(&[sum("100")], &[sum("100.01")], &both(Rounding));
        check(&[sum("100")], &[sum("150")], &both(Different));
        check(&[sum("")], &[sum("150")], &both(Unreadable));
        check(&[sum("100")], &[sum("")], &both(Unreadable));
        let dollars = [sum("100"), (Field::Currency, "USD")];
        check(&dollars, &[sum("100")], &[(Onec, Unreadable, "RUB"), (Crm, Unreadable, "USD")]);
        check(&dollars, &dollars, &[(Crm, Equal, "USD"), (Onec, Equal, "USD")]);
        let coins = [sum("100"), (Field::Currency, "тугрик")];
        check(&coins, &coins, &[(Crm, Equal, "?"), (Onec, Equal, "?")]);
        let stranger = [sum("7"), (Field::Number, "99"), (Field::ExternalId, ""), (Field::PartyInn, INN_B)];
        check(&[sum("100")], &stranger, &[(Crm, OnlyCrm, "RUB"), (Onec, OnlyOnec, "RUB")]);
        let nothing = [(Field::Amount, ""), (Field::Number, "99"), (Field::ExternalId, ""), (Field::PartyInn, INN_B)];
        check(&[sum("")], &nothing, &both(Unreadable));
        // Marked for deletion: as if it were not there.
        check(&[sum("100")], &[sum("100"), (Field::Deleted, "Да")], &[(Crm, OnlyCrm, "RUB")]);
        check(&[sum("100"), (Field::Deleted, "Да")], &[sum("100")], &[]);
    }

    #[test]
    fn pairs_in_doubt_wait() {
        use Side::{Crm, Onec};
        let card = |id: &'static str, sum: &'static str| {
            [(Field::Id, id), (Field::Amount, sum), (Field::ExternalId, "a"), (Field::PartyInn, INN_B)]
        };
        let of_onec = [(Field::Id, "a"), (Field::Amount, "100"), (Field::Number, "77")];
        let (first, second) = (card("crm-1", "30"), card("crm-2", "40"));
        let rows: [(Side, Entity, &str, Texts); 3] = [
            (Crm, Entity::Document, "Счет", &first),
            (Crm, Entity::Document, "Счет", &second),
            (Onec, Entity::Document, "Счет", &of_onec),
        ];
        let doubt = |side| (side, Class::Doubt, "RUB");
        assert_eq!(classes(&rows), [doubt(Crm), doubt(Crm), doubt(Onec)]);
    }

    /// Which stages of a deal ask for which document; a lost deal asks for none and is left out.
    #[test]
    fn stages_that_ask_for_a_document() {
        use Stage::{Invoice, Order, Shipped};
        let cases = [("Заказ", Some(Order)), ("Счет", Some(Invoice)), ("Реализация", Some(Shipped)), ("Бумага", None)];
        for (kind, due) in cases {
            for stage in Stage::ALL {
                let deal = [(Field::Id, "crm-1"), (Field::Stage, stage.as_str()), (Field::Amount, "100")];
                let other = [(Field::Id, "a"), (Field::Amount, "7"), (Field::Number, "99"), (Field::PartyInn, INN_B)];
                let rows: [(Side, Entity, &str, Texts); 2] =
                    [(Side::Crm, Entity::Deal, "", &deal), (Side::Onec, Entity::Document, kind, &other)];
                let found: Vec<Class> = classes(&rows).into_iter().filter(|c| c.0 == Side::Crm).map(|c| c.1).collect();
                let expected = match due {
                    _ if stage == Stage::Lost => vec![],
                    Some(due) if stage < due => vec![Class::NotYet],
                    _ => vec![Class::OnlyCrm],
                };
                assert_eq!(found, expected, "{kind} at {stage:?}");
            }
        }
        let deal = [(Field::Id, "crm-1"), (Field::Stage, "shipped"), (Field::Amount, "100")];
        let part = [(Field::Id, "a"), (Field::Amount, "60"), (Field::ExternalId, "crm-1")];
        let rows: [(Side, Entity, &str, Texts); 2] =
            [(Side::Crm, Entity::Deal, "", &deal), (Side::Onec, Entity::Document, "Реализация", &part)];
        assert_eq!(classes(&rows), [Side::Crm, Side::Onec].map(|side| (side, Class::Partly, "RUB")));
    }

    #[test]
    fn deals_that_are_not_due_and_orders_of_another_client_explain_themselves() {
        let mut world = World::new().both(&[(Field::Inn, INN_A)]).both(&[(Field::Inn, INN_B)]);
        world = world.cluster(vec![crm(0), onec(0)]).cluster(vec![crm(1), onec(1)]);
        for (stage, of) in [("Новая", Stage::None), ("Заказ", Stage::Order)] {
            world.trade.deal_stages.insert(stage.to_owned(), of);
        }
        let deal = |id, stage, amount| {
            let day = (Field::Date, "01.02.2026");
            [(Field::Id, id), (Field::Stage, stage), (Field::Amount, amount), (Field::PartyInn, INN_A), day]
        };
        for row in [deal("1", "Новая", "100"), deal("2", "Заказ", "50"), deal("3", "Заказ", "7")] {
            world = world.add(Side::Crm, Entity::Deal, &row);
        }
        let order = [
            (Field::Id, "a"),
            (Field::Kind, "Заказ"),
            (Field::Number, "1"),
            (Field::Date, "01.02.2026"),
            (Field::Amount, "50"),
            (Field::PartyInn, INN_B),
            (Field::ExternalId, "2"),
        ];
        world.add(Side::Onec, Entity::Document, &order).with(|cx| {
            let control = run(cx.data, cx.matching, cx.pairing, cx.trade);
            let lens = &control.lenses[&(Paper::Deal, 0, "RUB")];
            let by = |row: &Row, class: Class| row[class as usize].difference() / i128::from(Decimal::SCALE);
            let of = |at: usize| &lens.parties[&Some(crm(at))];
            assert_eq!([Class::NotYet, Class::OtherParty, Class::OnlyCrm].map(|c| by(of(0), c)), [100, 50, 7]);
            assert_eq!(by(of(1), Class::OtherParty), -50, "the other client has what this one lacks");
            let month = &lens.months[&Some((2026, 2))];
            assert_eq!([Class::NotYet, Class::OtherParty, Class::OnlyCrm].map(|c| by(month, c)), [100, 0, 7]);
        });
    }
}
