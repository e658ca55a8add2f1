//! Documents: the control of sums, what is lost, changed and invented, and the chain of every deal with findings.

use serde::Serialize;

use crate::finding::{Finding, Subject};
use crate::model::{Decimal, Field, RecordRef, Side, Space};
use crate::report::budget::Budget;
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::control;
use crate::report::lists;
use crate::report::model::{Table, short, short_text, shown_of, whereabouts};
use crate::report::queue::Cells;

/// Rows of each control on the page.
const CONTROL_ROWS: usize = 60;
/// Documents of one fate on the page.
const FATE_ROWS: usize = 40;
/// Rows of chains on the page: a chain has a row per record.
const CHAIN_ROWS: usize = 320;
/// Records of one step of a chain that are shown; the rest is counted.
const STEP_ROWS: usize = 8;

/// What happened to documents, with the checks that say so.
const FATES: [(&str, &[&str]); 3] = [
    ("papers.lost", &["doc-lost"]),
    ("papers.changed", &["doc-amount-drift", "doc-vat-drift", "doc-lines-drift", "doc-party-drift"]),
    ("papers.ghost", &["doc-ghost"]),
];

/// Documents that one side has, or that differ.
#[derive(Debug, Serialize)]
pub struct Fate {
    pub title: String,
    pub count: String,
    /// «на 1 234,00».
    pub total: String,
    pub table: Table,
}

/// A record of a chain.
#[derive(Debug, Serialize)]
pub struct StepView {
    pub step: String,
    pub number: String,
    pub date: String,
    pub amount: String,
    pub status: String,
    pub tone: Tone,
    /// Of the whole step against the deal, on its last row.
    pub difference: String,
}

#[derive(Debug, Serialize)]
pub struct ChainView {
    pub title: String,
    pub id: String,
    /// Titles of the checks that found something.
    pub checks: Vec<(&'static str, &'static str)>,
    pub steps: Vec<StepView>,
}

#[derive(Debug, Serialize)]
pub struct Papers {
    pub months: Table,
    pub parties: Table,
    pub fates: Vec<Fate>,
    pub chains: Vec<ChainView>,
    pub chains_total: u64,
    /// «показано N из M», or empty.
    pub chains_note: String,
}

impl Papers {
    /// `None` where nothing is compared: a project without deals and documents on both sides.
    pub fn new(cx: Cells, budget: &mut Budget) -> Option<Papers> {
        if cx.outcome.control.lenses.is_empty() {
            return None;
        }
        let mut share = budget.share(CONTROL_ROWS);
        let months = Table::of(cx, &control::months(cx), &mut share);
        budget.put_back(share);
        let mut share = budget.share(CONTROL_ROWS);
        // What agrees is no news, and stands last: the workbook has all of them.
        let all = control::parties(cx);
        let parties = Table::filled(cx, &all, all.len as u64, 0..control::apart(cx), &mut share);
        budget.put_back(share);
        let fates = FATES.into_iter().filter_map(|(title, checks)| fate(cx, title, checks, budget)).collect();
        let all = control::disputed(cx);
        let mut share = budget.share(CHAIN_ROWS);
        let mut chains = Vec::new();
        for chain in &all {
            let view = view(cx, chain);
            let texts =
                view.steps.iter().flat_map(|s| [&s.step, &s.number, &s.date, &s.amount, &s.status, &s.difference]);
            if !share.take_rows(view.steps.len() + 1, texts.chain([&view.title, &view.id]).map(String::as_str)) {
                break;
            }
            chains.push(view);
        }
        budget.put_back(share);
        let total = all.len() as u64;
        let whole = whereabouts(cx, cx.texts.get("sheet.chains"), 0, &[]);
        let chains_note = shown_of(cx, chains.len() as u64, total, &whole);
        Some(Papers { months, parties, fates, chains, chains_total: total, chains_note })
    }
}

fn micros(sum: Option<Decimal>) -> i128 {
    sum.map_or(0, |s| i128::from(s.micros()))
}

fn money(cx: Cells, micros: i128) -> String {
    let half = 5_000 * micros.signum();
    cx.texts.money(((micros + half) / 10_000) as f64 / 100.0)
}

fn money_cell(cx: Cells, micros: i128) -> Cell {
    Cell::number(micros as f64 / 1e6, money(cx, micros))
}

fn amount(cx: Cells, r: RecordRef) -> Option<Decimal> {
    crate::reconcile::papers::amount(&cx.outcome.data, r)
}

/// The record of a finding that stands for it on a side, and its sum: a deal, a document.
fn sum_of(cx: Cells, f: &Finding, side: Side) -> Option<i128> {
    let mut all =
        f.records().filter(|r| r.side == side && matches!(r.space, Space::Deals | Space::Documents)).peekable();
    all.peek()?;
    Some(all.map(|r| micros(amount(cx, r))).sum())
}

fn fate(cx: Cells, title: &str, checks: &[&str], budget: &mut Budget) -> Option<Fate> {
    let (o, t) = (cx.outcome, cx.texts);
    let mut found: Vec<&Finding> = o.findings.iter().filter(|f| checks.contains(&f.check)).collect();
    if found.is_empty() {
        return None;
    }
    // A document with several findings stands once, under the dearest of them.
    found.sort_by_key(|f| std::cmp::Reverse(f.impact));
    let mut seen = std::collections::HashSet::new();
    found.retain(|f| match f.subject {
        Subject::Record(r) => seen.insert(r),
        Subject::Source { .. } => false,
    });
    let total: i128 = found.iter().map(|f| micros(f.impact)).sum();
    let mut share = budget.share(FATE_ROWS);
    let mut rows = Vec::new();
    for f in &found {
        let Subject::Record(r) = f.subject else { continue };
        let [crm, onec] = Side::BOTH.map(|side| sum_of(cx, f, side));
        let sum = |sum: Option<i128>| sum.map_or_else(Cell::default, |sum| money_cell(cx, sum));
        let party = crate::pairing::papers::party(&o.data, r);
        let row: Vec<Cell> = [
            cx.name(r),
            party.map_or_else(|| cx.value(Field::PartyName, r), |p| cx.name(p)),
            Cell::text(date(cx, r)),
            sum(crm),
            sum(onec),
            f.impact.map_or_else(Cell::default, |_| money_cell(cx, micros(f.impact))),
            Cell::value(&f.message),
        ]
        .into_iter()
        .map(|cell| short(cx, cell))
        .collect();
        if !share.take(&row) {
            break;
        }
        rows.push(row);
    }
    budget.put_back(share);
    let columns = [
        ("col.document", Kind::Text),
        ("col.party", Kind::Text),
        ("col.date", Kind::Code),
        ("col.crm_sum", Kind::Number),
        ("col.onec_sum", Kind::Number),
        ("col.impact", Kind::Number),
        ("col.message", Kind::Text),
    ];
    let columns = columns.into_iter().map(|(key, kind)| (t.get(key).to_owned(), kind)).collect();
    let shown = rows.len() as u64;
    let id = title.replace('.', "-");
    let whole = whereabouts(cx, t.get("sheet.findings"), cx.outcome.findings.len(), lists::FINDINGS);
    let mut table = Table { note: shown_of(cx, shown, found.len() as u64, &whole), ..Table::whole(&id, columns, rows) };
    if let Some(last) = table.columns.last_mut() {
        last.width = 40;
    }
    table.total = found.len() as u64;
    Some(Fate {
        title: t.get(title).to_owned(),
        count: t.number(found.len() as u64),
        total: t.say("papers.for_sum", &[("sum", &money(cx, total))]),
        table,
    })
}

fn date(cx: Cells, r: RecordRef) -> String {
    let data = &cx.outcome.data;
    let book = data.book(r.side, data.entity(r));
    let moment = book.moment(Field::Date, r.at()).valid().or_else(|| book.moment(Field::CreatedAt, r.at()).valid());
    moment.map_or_else(String::new, |m| cx.texts.date(m.date()))
}

fn view(cx: Cells, chain: &control::Disputed) -> ChainView {
    let (o, t) = (cx.outcome, cx.texts);
    let control::Way { records, paid: came } = control::Way::of(cx, chain.deal);
    let deal_sum = amount(cx, chain.deal).map(|a| i128::from(a.micros()));
    let mut steps = vec![step(cx, "col.deal", chain.deal, deal_sum)];
    let names = ["papers.order", "papers.invoice", "papers.shipment", "papers.payment"];
    for (at, (name, records)) in names.into_iter().zip(&records).enumerate() {
        let paid = at == 3;
        if records.is_empty() {
            steps.push(StepView {
                step: t.get(name).to_owned(),
                status: t.get("papers.none").to_owned(),
                ..StepView::empty()
            });
            continue;
        }
        let mut shown: Vec<StepView> = records
            .iter()
            .take(STEP_ROWS)
            .map(|&r| step(cx, name, r, amount(cx, r).map(|a| i128::from(a.micros()))))
            .collect();
        if records.len() > STEP_ROWS {
            let rest = t.number((records.len() - STEP_ROWS) as u64);
            shown.push(StepView { status: t.say("word.and_more", &[("n", &rest)]), ..StepView::empty() });
        }
        let whole: i128 =
            if paid { came } else { records.iter().filter(|&&r| is_live(cx, r)).map(|&r| micros(amount(cx, r))).sum() };
        if let (Some(last), Some(deal)) = (shown.last_mut(), deal_sum) {
            last.difference = if whole == deal { t.get("papers.equal").to_owned() } else { money(cx, whole - deal) };
        }
        steps.extend(shown);
    }
    let title = |id: &&'static str| {
        let meta = o.checks.iter().find(|c| c.meta.id == *id);
        (*id, meta.map_or(*id, |c| c.meta.card(t.lang).title))
    };
    ChainView {
        title: short_text(cx, &o.data.display_name(chain.deal)),
        id: short_text(cx, o.data.id(chain.deal)),
        checks: chain.checks.iter().map(title).collect(),
        steps,
    }
}

fn is_live(cx: Cells, r: RecordRef) -> bool {
    let data = &cx.outcome.data;
    data.book(r.side, data.entity(r)).is_active(r.at())
}

impl StepView {
    fn empty() -> StepView {
        let none = String::new;
        StepView {
            step: none(),
            number: none(),
            date: none(),
            amount: none(),
            status: none(),
            tone: Tone::Plain,
            difference: none(),
        }
    }
}

fn step(cx: Cells, name: &str, r: RecordRef, sum: Option<i128>) -> StepView {
    let (data, t) = (&cx.outcome.data, cx.texts);
    let book = data.book(r.side, data.entity(r));
    let number = match book.text(Field::Number, r.at()).trim() {
        "" => data.id(r),
        number => number,
    };
    let stage = book.text(Field::Stage, r.at()).trim();
    let (status, tone) = match (is_live(cx, r), book.flag(Field::Posted, r.at())) {
        (false, _) => (t.get("papers.deleted").to_owned(), Tone::Error),
        (true, Some(false)) => (t.get("papers.unposted").to_owned(), Tone::Warning),
        (true, _) if !stage.is_empty() => (short_text(cx, stage), Tone::Plain),
        (true, Some(true)) => (t.get("papers.posted").to_owned(), Tone::Plain),
        (true, None) => (String::new(), Tone::Plain),
    };
    StepView {
        step: t.get(name).to_owned(),
        number: short_text(cx, number),
        date: date(cx, r),
        amount: sum.map_or_else(String::new, |sum| money(cx, sum)),
        status,
        tone,
        difference: String::new(),
    }
}
