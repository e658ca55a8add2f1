//! The one model that the page and the workbook are made of.

use std::borrow::Cow;

use serde::Serialize;

use super::budget::Budget;
use super::cell::{Cell, Column, Kind, shown};
use super::control;
use super::estate::queues as estate_queues;
use super::failing::failing;
use super::field_map::{field_map, status_map};
use super::index::Index;
use super::link_table::link_table;
use super::lists;
use super::queue::{Cells, Queue};
use super::sections::{changes, clearing, duplicates, estate, exchange, findings, flow, heat, method, papers, verdict};
use super::texts::Texts;
use super::ties;
use crate::model::Side;
use crate::outcome::Outcome;
use crate::reconcile::schedule::Ledger;

/// Everything a report says. Built once; writers render it and compute nothing.
#[derive(Debug)]
pub struct ReportModel<'a> {
    outcome: &'a Outcome,
    texts: Texts,
    index: Index,
    ledger: Ledger,
    page: Page,
}

/// Builds the model: one pass over links, findings and drift; rows are made when a writer asks.
pub fn build(outcome: &Outcome) -> ReportModel<'_> {
    let texts = Texts::load(outcome.lang);
    let index = Index::new(outcome);
    let ledger = Ledger::new(&outcome.data, outcome.pairing.estate(), outcome.as_of);
    let page = Page::new(Cells::new(outcome, &texts), &index, &ledger);
    ReportModel { outcome, texts, index, ledger, page }
}

impl ReportModel<'_> {
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Groups of duplicates, questions and vetoes by position.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// What stands on the page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The lists people work through, in the order of sheets.
    pub fn queues(&self) -> Vec<Queue<'_>> {
        let cx = Cells::new(self.outcome, &self.texts);
        let mut queues = vec![
            lists::duplicates(cx, &self.index),
            lists::vetoes(cx, &self.index),
            lists::drift(cx, &self.index),
            ties::queue(cx, &self.index),
            lists::only(cx, &self.index, Side::Crm),
            lists::only(cx, &self.index, Side::Onec),
            lists::findings(cx, &self.index),
            lists::people(cx, &self.index),
            failing(cx),
            link_table(cx),
            field_map(cx),
            status_map(cx),
            lists::checks(cx),
            lists::quarantine(cx),
            lists::sources(cx),
        ];
        queues.extend(control::queues(cx));
        queues.extend(estate_queues(cx, &self.ledger));
        queues
    }

    pub fn as_of(&self) -> chrono::NaiveDate {
        self.outcome.as_of
    }
}

/// A table on the page: the beginning of a list and how much of it that is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    pub id: String,
    pub title: String,
    pub lead: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    pub total: u64,
    /// «показано N из M, полный список — лист «…» книги»; empty when all is shown.
    pub note: String,
}

impl Table {
    /// The first rows of a list that the budget allows. Columns that hold nothing in the rows shown are left out.
    pub fn of(cx: Cells, queue: &Queue, budget: &mut Budget) -> Table {
        Table::filled(cx, queue, queue.len as u64, 0..queue.len, budget)
    }

    /// The rows of a list at these positions, out of `total` that belong together.
    pub fn filled(
        cx: Cells,
        queue: &Queue,
        total: u64,
        positions: impl Iterator<Item = usize>,
        budget: &mut Budget,
    ) -> Table {
        let mut rows = Vec::new();
        for at in positions {
            let row: Vec<Cell> = queue
                .row(at)
                .into_iter()
                .zip(&queue.columns)
                .filter(|(_, column)| column.page)
                .map(|(cell, _)| short(cx, cell))
                .collect();
            if !budget.take(&row) {
                break;
            }
            rows.push(row);
        }
        let columns: Vec<Column> = queue.columns.iter().filter(|c| c.page).cloned().collect();
        let filled: Vec<bool> = (0..columns.len()).map(|c| rows.iter().any(|r| !r[c].text.is_empty())).collect();
        for row in &mut rows {
            let mut keep = filled.iter();
            row.retain(|_| keep.next().copied().unwrap_or(true));
        }
        Table {
            id: queue.id.to_owned(),
            title: queue.title.clone(),
            lead: queue.lead.clone(),
            columns: columns.into_iter().zip(&filled).filter(|(_, f)| **f).map(|(c, _)| c).collect(),
            note: shown_of(cx, rows.len() as u64, total, &whereabouts(cx, &queue.title, queue.len, queue.stored)),
            rows,
            total,
        }
    }

    /// A small table made by hand; every row is shown.
    pub fn whole(id: &str, columns: Vec<(String, Kind)>, rows: Vec<Vec<Cell>>) -> Table {
        Table {
            id: id.to_owned(),
            columns: columns
                .into_iter()
                .map(|(title, kind)| Column {
                    title,
                    kind,
                    width: if kind == Kind::Text { 18 } else { 16 },
                    page: true,
                })
                .collect(),
            total: rows.len() as u64,
            rows,
            ..Table::default()
        }
    }
}

/// A cell as the page shows it.
pub fn short(cx: Cells, mut cell: Cell) -> Cell {
    if let Cow::Owned(text) = cut(cx, &cell.text, super::budget::CELL_CHARS) {
        cell.text = text;
    }
    cell.long = cell.text.split(char::is_whitespace).any(|word| word.len() > LONG_WORD);
    cell
}

/// At most so many characters of a text, and how many are left out.
fn cut<'a>(cx: Cells, text: &'a str, chars: usize) -> Cow<'a, str> {
    super::cell::cut(text, chars, |n| cx.texts.say("word.cut", &[("n", &cx.texts.count("char", n))]))
}

/// Bytes of a word above which it is broken: an e-mail address fits, a path or a hash need not.
const LONG_WORD: usize = 40;

/// A text of unlimited origin (a path, a name of a project) as the page shows it.
pub fn short_text(cx: Cells, raw: &str) -> String {
    short(cx, Cell::value(raw)).text
}

/// «показано N из M …», or nothing when all is shown. `whole`: [`whereabouts`] of the list.
pub fn shown_of(cx: Cells, shown: u64, total: u64, whole: &str) -> String {
    if shown == total {
        return String::new();
    }
    cx.texts.say(
        "word.shown_of",
        &[("shown", &cx.texts.number(shown)), ("total", &cx.texts.number(total)), ("where", &whole)],
    )
}

/// Where a list of so many rows stands whole, in words: on its sheet, or in files of the run where the sheet ends before it.
pub fn whereabouts(cx: Cells, sheet: &str, rows: usize, stored: &[&str]) -> String {
    if stored.is_empty() || rows <= super::xlsx::LIST_ROWS {
        return cx.texts.say("word.on_sheet", &[("sheet", &sheet)]);
    }
    cx.texts.say("word.in_files", &[("files", &stored.join(", "))])
}

/// The page, section by section.
#[derive(Debug, Serialize)]
pub struct Page {
    pub lang: &'static str,
    pub head: verdict::Head,
    pub verdict: verdict::Verdict,
    pub tiles: Vec<verdict::Tile>,
    pub severities: String,
    pub severity_parts: Vec<super::svg::Part>,
    pub steps: Vec<verdict::Step>,
    pub clearing: clearing::Clearing,
    pub changes: Option<changes::Changes>,
    pub decisions: Option<changes::Decisions>,
    pub sources: Table,
    /// Sources on the page with their headings that nothing was mapped to.
    pub unmapped: Vec<Unmapped>,
    pub flow: Vec<flow::Flow>,
    pub groups: duplicates::Groups,
    pub pairs: duplicates::Pairs,
    /// The same of goods, documents and property; empty without them.
    pub ties: duplicates::Pairs,
    pub vetoes: Table,
    /// How many of them stand between the sides and within each.
    pub veto_scopes: String,
    /// Reasons of vetoes and how many pairs each keeps apart.
    pub veto_kinds: Vec<(String, String)>,
    pub heat: heat::Heat,
    pub drift: Table,
    pub only: Vec<Table>,
    pub findings: findings::Findings,
    pub people: Table,
    /// Nothing without deals and documents.
    pub papers: Option<papers::Papers>,
    /// Nothing without property.
    pub property: Option<estate::Property>,
    pub forecast: flow::Forecasts,
    pub exchange: exchange::ExchangeView,
    pub failing: Table,
    pub link_table: Table,
    pub field_map: Table,
    pub status_map: Table,
    pub quarantine: Table,
    pub method: method::Method,
}

/// Most rows of a section; what it does not use goes to the next ones, and the findings take the rest.
mod rows {
    pub const SOURCES: usize = 60;
    pub const VETOES: usize = 120;
    pub const GROUPS: usize = 300;
    pub const PAIRS: usize = 300;
    pub const TIES: usize = 200;
    pub const DRIFT: usize = 250;
    pub const ONLY: usize = 120;
    pub const QUARANTINE: usize = 60;
    pub const FAILING: usize = 60;
    pub const LINK_TABLE: usize = 30;
    pub const FIELD_MAP: usize = 120;
    pub const STATUS_MAP: usize = 80;
    pub const PEOPLE: usize = 60;
}

/// Headings of one source that hold data and that nothing was mapped to.
#[derive(Debug, Serialize)]
pub struct Unmapped {
    pub path: String,
    /// «52 колонки».
    pub count: String,
    pub columns: String,
    /// So many that the reader opens them on demand.
    pub folded: bool,
}

/// Columns that stand open in a line of the page.
const OPEN_COLUMNS: usize = 12;
/// Characters of such a list at most; exports of Bitrix24 have hundreds of columns.
const COLUMNS_CHARS: usize = 2_000;

/// For as many sources as the table shows.
fn unmapped(cx: Cells) -> Vec<Unmapped> {
    let sources = Side::BOTH.into_iter().flat_map(|side| &cx.outcome.data.get(side).sources);
    sources
        .take(rows::SOURCES)
        .filter(|s| !s.unmapped.is_empty())
        .map(|s| Unmapped {
            path: short_text(cx, &s.path),
            count: cx.texts.count("column", s.unmapped.len() as u64),
            columns: cut(cx, &shown(&s.unmapped.join(", ")), COLUMNS_CHARS).into_owned(),
            folded: s.unmapped.len() > OPEN_COLUMNS,
        })
        .collect()
}

impl Page {
    fn new(cx: Cells, index: &Index, ledger: &Ledger) -> Page {
        let mut budget = Budget::page();
        let mut table = |queue: &Queue, rows: usize| {
            let mut share = budget.share(rows);
            let table = Table::of(cx, queue, &mut share);
            budget.put_back(share);
            table
        };
        let sources = table(&lists::sources(cx), rows::SOURCES);
        let drift = table(&lists::drift(cx, index), rows::DRIFT);
        let only = Side::BOTH.map(|side| table(&lists::only(cx, index, side), rows::ONLY)).into();
        let quarantine = table(&lists::quarantine(cx), rows::QUARANTINE);
        let failing = table(&failing(cx), rows::FAILING);
        let link_table = table(&link_table(cx), rows::LINK_TABLE);
        let field_map = table(&field_map(cx), rows::FIELD_MAP);
        let status_map = table(&status_map(cx), rows::STATUS_MAP);
        let people = table(&lists::people(cx, index), rows::PEOPLE);
        let mut share = budget.share(rows::VETOES);
        let vetoes = duplicates::vetoes(cx, index, &mut share);
        budget.put_back(share);
        let mut share = budget.share(rows::GROUPS);
        let groups = duplicates::Groups::new(cx, index, &mut share);
        budget.put_back(share);
        let mut share = budget.share(rows::PAIRS);
        let pairs = duplicates::Pairs::of_parties(cx, index, &mut share);
        budget.put_back(share);
        let mut share = budget.share(rows::TIES);
        let ties = duplicates::Pairs::of_others(cx, index, &mut share);
        budget.put_back(share);
        let property = estate::Property::new(cx, ledger, &mut budget);
        let papers = papers::Papers::new(cx, &mut budget);
        let findings = findings::Findings::new(cx, index, &mut budget);
        let severity_parts = verdict::severities(cx);
        Page {
            lang: cx.texts.lang.as_str(),
            head: verdict::Head::new(cx),
            verdict: verdict::Verdict::new(cx),
            tiles: verdict::tiles(cx, index),
            severities: super::svg::stacked(cx.texts.get("chart.severities"), &severity_parts),
            severity_parts,
            steps: verdict::steps(cx, index),
            clearing: clearing::Clearing::new(cx),
            changes: changes::Changes::new(cx),
            decisions: changes::decisions(cx),
            unmapped: unmapped(cx),
            sources,
            flow: flow::flows(cx),
            groups,
            pairs,
            ties,
            vetoes,
            veto_scopes: duplicates::vetoed_scopes(cx, index),
            veto_kinds: duplicates::veto_kinds(cx, index),
            heat: heat::Heat::new(cx),
            drift,
            only,
            findings,
            people,
            papers,
            property,
            forecast: flow::Forecasts::new(cx),
            exchange: exchange::ExchangeView::new(cx),
            failing,
            link_table,
            field_map,
            status_map,
            quarantine,
            method: method::Method::new(cx),
        }
    }
}
