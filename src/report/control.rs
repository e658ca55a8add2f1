//! Sheets of the document chain: the control of sums, and what stands behind the deals with findings.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::cell::{Kind, Tone};
use super::queue::{Cells, Queue};
use super::row::{Row, Words};
use crate::finding::Subject;
use crate::model::{Decimal, Entity, Field, Lang, RecordRef, Side, Space};
use crate::normalize::paper::Paper;
use crate::reconcile::control::{Class, Key, Month, whole};
use crate::reconcile::control::{Row as Sums, Totals};
use crate::reconcile::papers::{STEPS, amount};

/// Classes that explain a difference, in the order of the columns.
const EXPLAIN: [Class; 11] = [
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

/// Sheets of a project that has deals or documents; none for any other.
pub fn queues<'a>(cx: Cells<'a>) -> Vec<Queue<'a>> {
    if cx.outcome.control.lenses.is_empty() {
        return Vec::new();
    }
    vec![months(cx), parties(cx), chains(cx)]
}

/// «Сделки — заказы», with the currency beside it.
fn lens_title(key: Key, lang: Lang) -> &'static str {
    let (kind, step, _) = key;
    match (kind, STEPS[step][0]) {
        (Paper::Deal, Paper::Order) => lang.pick("сделки и заказы", "deals and orders"),
        (Paper::Deal, Paper::Invoice) => lang.pick("сделки и счета", "deals and invoices"),
        (Paper::Deal, Paper::Shipment) => lang.pick("сделки и отгрузки", "deals and shipments"),
        (Paper::Deal, _) => lang.pick("сделки и документы", "deals and documents"),
        (Paper::Order, _) => lang.pick("заказы", "orders"),
        (Paper::Shipment, _) => lang.pick("отгрузки", "shipments"),
        (Paper::Invoice, _) => lang.pick("счета", "invoices"),
        _ => lang.pick("документы", "documents"),
    }
}

/// A row of the control: what is compared, whose, the sums.
type Entry<'a, Of> = (Key, Of, &'a Sums);

fn put_sums(sums: &Sums, row: &mut Row) {
    let all: Totals = whole(sums);
    row.money(all.micros[0]);
    row.money(all.micros[1]);
    row.money(all.difference());
    if all.difference() != 0 {
        row.tone(Tone::Warning);
    }
    for class in EXPLAIN {
        match sums[class as usize].difference() {
            0 => row.empty(),
            apart => row.money(apart),
        }
    }
}

fn control<'a, Of: 'a + Sync>(
    cx: Cells<'a>,
    id: &'static str,
    [title, lead, of]: [&'static str; 3],
    entries: Vec<Entry<'a, Of>>,
    name: impl Fn(&Of) -> String + Sync + 'a,
) -> Queue<'a> {
    use Kind::{Number, Text};
    let lang = cx.texts.lang;
    let mut columns = cx.columns([
        ("col.compared", Text, 22, true),
        ("col.currency", Text, 9, true),
        (of, Text, 36, true),
        ("col.crm_sum", Number, 18, true),
        ("col.onec_sum", Number, 18, true),
        ("col.difference", Number, 18, true),
    ]);
    for class in EXPLAIN {
        let mut column = cx.columns([("", Number, 16, true)]);
        column[0].title = class.text(lang).to_owned();
        columns.append(&mut column);
    }
    Queue {
        id,
        title: cx.texts.get(title).to_owned(),
        lead: cx.texts.get(lead).to_owned(),
        columns,
        len: entries.len(),
        stored: &[],
        words: Words::default(),
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let (key, of, sums) = &entries[at];
            row.value(lens_title(*key, lang));
            row.value(key.2);
            row.value(&name(of));
            put_sums(sums, row);
        }),
    }
}

/// «Контроль по месяцам».
pub(super) fn months<'a>(cx: Cells<'a>) -> Queue<'a> {
    let lenses = cx.outcome.control.lenses.iter();
    let entries: Vec<Entry<Month>> =
        lenses.flat_map(|(key, lens)| lens.months.iter().map(move |(month, sums)| (*key, *month, sums))).collect();
    let unknown = cx.texts.lang.pick("без даты", "no date");
    let name = move |month: &Month| match month {
        Some((year, month)) => format!("{month:02}.{year}"),
        None => unknown.to_owned(),
    };
    control(cx, "control-months", ["sheet.control_months", "lead.control_months", "col.month"], entries, name)
}

/// Rows of [`parties`] whose sums differ; they come first.
pub(super) fn apart(cx: Cells) -> usize {
    let rows = cx.outcome.control.lenses.values().flat_map(|lens| lens.parties.values());
    rows.filter(|sums| whole(sums).difference() != 0).count()
}

/// «Контроль по клиентам».
pub(super) fn parties<'a>(cx: Cells<'a>) -> Queue<'a> {
    let lenses = cx.outcome.control.lenses.iter();
    let mut entries: Vec<Entry<Option<RecordRef>>> =
        lenses.flat_map(|(key, lens)| lens.parties.iter().map(move |(party, sums)| (*key, *party, sums))).collect();
    entries.sort_by_key(|(key, party, sums)| {
        let apart = whole(sums).difference().abs();
        (apart == 0, *key, std::cmp::Reverse(apart), *party)
    });
    let unknown = cx.texts.lang.pick("контрагент не найден", "no counterparty");
    let name = move |party: &Option<RecordRef>| match party {
        Some(r) => cx.outcome.data.display_name(*r),
        None => unknown.to_owned(),
    };
    control(cx, "control-parties", ["sheet.control_parties", "lead.control_parties", "col.party"], entries, name)
}

/// A deal with findings.
pub(super) struct Disputed {
    pub deal: RecordRef,
    pub checks: Vec<&'static str>,
    /// Most money at stake in one of its findings.
    impact: Decimal,
}

/// What 1C made of a deal.
pub(super) struct Way {
    /// Orders, invoices, shipments, payments.
    pub records: [Vec<RecordRef>; 4],
    /// Millionths of what the payments pay of this deal.
    pub paid: i128,
}

impl Way {
    pub fn of(cx: Cells, deal: RecordRef) -> Way {
        let pairing = &cx.outcome.pairing;
        let of = |kinds: &[Paper]| pairing.papers_of(deal, kinds).collect::<Vec<_>>();
        let [orders, invoices, shipments] =
            [of(&[Paper::Order]), of(&[Paper::Invoice]), of(&[Paper::Shipment, Paper::Act])];
        let shares: Vec<_> = pairing.paid(&cx.outcome.data, deal).collect();
        let mut payments: Vec<RecordRef> = shares.iter().map(|s| s.payment).collect();
        payments.sort_unstable();
        payments.dedup();
        let paid = shares.iter().map(|s| i128::from(s.amount.micros())).sum();
        Way { records: [orders, invoices, shipments, payments], paid }
    }
}

/// Records of one cell that are named; the rest is counted.
const NAMED: usize = 6;

/// Deals with findings, the most money at stake first.
pub(super) fn disputed(cx: Cells) -> Vec<Disputed> {
    let o = cx.outcome;
    let mut found: BTreeMap<RecordRef, (Vec<&'static str>, Decimal)> = BTreeMap::new();
    for finding in &o.findings {
        if matches!(finding.subject, Subject::Source { .. }) || !is_of_chain(finding.check) {
            continue;
        }
        let deals = finding.records().flat_map(|r| match r.space {
            Space::Deals => vec![r],
            Space::Documents => o.pairing.partners(r).filter(|p| p.space == Space::Deals).collect(),
            _ => Vec::new(),
        });
        for deal in deals {
            let (checks, impact) = found.entry(deal).or_insert((Vec::new(), Decimal::ZERO));
            *impact = finding.impact.map_or(*impact, |sum| sum.max(*impact));
            if !checks.contains(&finding.check) {
                checks.push(finding.check);
            }
        }
    }
    let of = |(deal, (checks, impact))| Disputed { deal, checks, impact };
    let mut deals: Vec<Disputed> = found.into_iter().map(of).collect();
    deals.sort_by_key(|d| (std::cmp::Reverse(d.impact), d.deal));
    deals
}

/// «Цепочки сделок»: deal → orders → invoices → shipments → payments, of every deal, those with findings first.
fn chains(cx: Cells) -> Queue {
    use Kind::{Code, Number, Text};
    let data = &cx.outcome.data;
    let disputed = disputed(cx);
    let told: FxHashSet<RecordRef> = disputed.iter().map(|d| d.deal).collect();
    let deals = data.book(Side::Crm, Entity::Deal);
    let others: Vec<RecordRef> = deals.refs().filter(|r| deals.is_active(r.at()) && !told.contains(r)).collect();
    Queue {
        id: "chains",
        title: cx.texts.get("sheet.chains").to_owned(),
        lead: cx.texts.get("lead.chains").to_owned(),
        columns: cx.columns([
            ("col.id", Code, 14, true),
            ("col.deal", Text, 34, true),
            ("col.stage", Text, 18, true),
            ("col.crm_sum", Number, 16, true),
            ("col.orders", Text, 34, true),
            ("col.invoices", Text, 34, true),
            ("col.billed", Number, 16, true),
            ("col.shipments", Text, 34, true),
            ("col.shipped", Number, 16, true),
            ("col.payments", Text, 34, true),
            ("col.paid", Number, 16, true),
            ("col.checks_found", Text, 40, true),
        ]),
        len: disputed.len() + others.len(),
        stored: &[],
        words: Words::default(),
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let (deal, checks) = match disputed.get(at) {
                Some(disputed) => (disputed.deal, disputed.checks.as_slice()),
                None => (others[at - disputed.len()], &[][..]),
            };
            let Way { records, paid } = Way::of(cx, deal);
            // The column says what they are.
            let name = |&r: &RecordRef| {
                let book = data.book(r.side, data.entity(r));
                let number = book.text(Field::Number, r.at()).trim();
                match book.moment(Field::Date, r.at()).valid() {
                    _ if number.is_empty() => data.display_name(r),
                    None => number.to_owned(),
                    Some(day) => {
                        cx.texts.say("papers.of_date", &[("number", &number), ("date", &cx.texts.date(day.date()))])
                    }
                }
            };
            let names = |list: &[RecordRef]| {
                let mut names: Vec<String> = list.iter().take(NAMED).map(name).collect();
                if list.len() > NAMED {
                    names.push(format!("+{}", list.len() - NAMED));
                }
                names.join("; ")
            };
            let sum = |list: &[RecordRef], row: &mut Row| {
                let known: Option<i128> =
                    list.iter().map(|&r| amount(data, r).map(|a: Decimal| i128::from(a.micros()))).sum();
                match known.filter(|_| !list.is_empty()) {
                    Some(sum) => row.money(sum),
                    None => row.empty(),
                }
            };
            row.value(data.id(deal));
            row.value(&data.display_name(deal));
            row.value(data.text(deal, Field::Stage));
            sum(&[deal], row);
            row.value(&names(&records[0]));
            row.value(&names(&records[1]));
            sum(&records[1], row);
            row.value(&names(&records[2]));
            sum(&records[2], row);
            row.value(&names(&records[3]));
            if records[3].is_empty() {
                row.empty()
            } else {
                row.money(paid)
            }
            row.value(&checks.join(", "));
        }),
    }
}

/// Findings of goods and parties are no findings of a chain.
fn is_of_chain(check: &str) -> bool {
    ["doc-", "deal-", "pay-", "co-"].iter().any(|family| check.starts_with(family))
}
