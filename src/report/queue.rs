//! A list that people work through, and what its rows are made with.
//!
//! A queue makes its rows on demand, so that a million findings cost one row of memory at a time.

use super::cell::{Cell, Column, Kind, Tone};
use super::row::{Row, Word, Words};
use super::texts::Texts;
use crate::decisions::evidence;
use crate::finding::Severity;
use crate::matching::{Link, Scope};
use crate::model::{Entity, Field, Location, RecordRef, Side};
use crate::outcome::Outcome;
use crate::system::Cards;

/// Writes the cells of the row at a position, one per column.
pub(super) type WriteRow<'a> = Box<dyn Fn(usize, &mut Row) + Sync + 'a>;

/// A list of rows with a name: a sheet of the workbook, its beginning on the page.
pub struct Queue<'a> {
    /// Id of the section on the page.
    pub id: &'static str,
    /// Name of the sheet and of the section.
    pub title: String,
    /// One sentence on what stands here and what to do.
    pub lead: String,
    pub columns: Vec<Column>,
    pub len: usize,
    /// Files of the run that hold the whole list as well: of a long one the workbook has the beginning
    /// ([`Queue::in_workbook`]). None: the workbook alone has it, whole.
    pub stored: &'static [&'static str],
    /// Texts that its rows repeat.
    pub words: Words,
    pub(super) texts: &'a Texts,
    pub(super) write: WriteRow<'a>,
}

impl std::fmt::Debug for Queue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("id", &self.id).field("len", &self.len).finish_non_exhaustive()
    }
}

impl Queue<'_> {
    /// Puts the cells of row `at`, one per column, in place of those that `row` holds.
    pub fn fill(&self, at: usize, row: &mut Row) {
        row.clear();
        (self.write)(at, row);
        debug_assert_eq!(row.cells().len(), self.columns.len(), "{}", self.id);
    }

    /// Cells of row `at` as a person reads them.
    pub fn row(&self, at: usize) -> Vec<Cell> {
        let mut row = Row::default();
        self.fill(at, &mut row);
        row.shown(&self.words, self.texts)
    }

    /// Rows that a workbook has of it, when it takes no more than `most` of a list that stands elsewhere too.
    pub fn in_workbook(&self, most: usize) -> usize {
        if self.stored.is_empty() { self.len } else { self.len.min(most) }
    }

    /// Some rows of this list, by position.
    pub fn part<'q>(&'q self, rows: &'q [u32]) -> Queue<'q> {
        Queue {
            id: self.id,
            title: self.title.clone(),
            lead: self.lead.clone(),
            columns: self.columns.clone(),
            len: rows.len(),
            stored: self.stored,
            words: self.words.clone(),
            texts: self.texts,
            write: Box::new(move |at, row| (self.write)(rows[at] as usize, row)),
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell>> + '_ {
        (0..self.len).map(|at| self.row(at))
    }
}

/// What the rows of queues are made with.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    pub outcome: &'a Outcome,
    pub texts: &'a Texts,
    cards: Cards<'a>,
}

impl<'a> Cells<'a> {
    pub fn new(outcome: &'a Outcome, texts: &'a Texts) -> Cells<'a> {
        Cells { outcome, texts, cards: Cards::of(outcome) }
    }

    pub fn field(&self, field: Field, r: RecordRef) -> &'a str {
        self.outcome.data.text(r, field)
    }

    pub fn value(&self, field: Field, r: RecordRef) -> Cell {
        Cell::value(self.field(field, r))
    }

    pub fn id(&self, r: RecordRef) -> Cell {
        self.cell(|row| self.put_id(r, row))
    }

    pub fn name(&self, r: RecordRef) -> Cell {
        self.cell(|row| self.put_name(r, row))
    }

    pub fn side(&self, side: Side) -> Cell {
        Cell::text(side.title(self.texts.lang))
    }

    pub fn entity(&self, entity: Entity) -> Cell {
        Cell::text(self.entity_text(entity))
    }

    pub fn count(&self, n: u64) -> Cell {
        Cell::number(n as f64, self.texts.number(n))
    }

    /// Probability in per cent, 0..=0.999 behind it.
    pub fn probability(&self, link: &Link) -> Cell {
        self.cell(|row| self.put_probability(link, row))
    }

    /// Fields that speak for a pair.
    pub fn agree(&self, link: &Link) -> Cell {
        self.cell(|row| self.put_agree(link, row))
    }

    fn cell(&self, put: impl FnOnce(&mut Row)) -> Cell {
        let mut row = Row::default();
        put(&mut row);
        row.shown(&Words::default(), self.texts).pop().unwrap_or_default()
    }

    pub(super) fn put_value(&self, field: Field, r: RecordRef, row: &mut Row) {
        row.value(self.field(field, r));
    }

    /// The id, which is a link to the card on the page.
    pub(super) fn put_id(&self, r: RecordRef, row: &mut Row) {
        row.value(self.outcome.data.id(r));
        if r.side == Side::Onec || self.cards.are_whole() {
            row.card(|out| self.cards.write(r, out));
        }
    }

    /// What the records said, in one hash.
    pub(super) fn put_evidence(&self, evidence: impl FnOnce() -> Option<String>, row: &mut Row) {
        if self.outcome.masked {
            row.write(|out| out.extend([evidence::OF_RUN, &self.outcome.snapshot_id]));
        } else {
            row.value(&evidence().unwrap_or_default());
        }
    }

    /// The address of the card as a cell of its own, for the workbook. An address without the portal leads nowhere.
    pub(super) fn put_card(&self, r: RecordRef, word: Word, row: &mut Row) {
        if r.side == Side::Onec || self.cards.are_whole() {
            row.link(word, |out| self.cards.write(r, out));
        } else {
            row.empty();
        }
    }

    pub(super) fn put_name(&self, r: RecordRef, row: &mut Row) {
        row.write(|out| self.write_name(r, out));
    }

    pub(super) fn write_name(&self, r: RecordRef, out: &mut String) {
        match self.field(Field::Name, r).trim() {
            "" => out.push_str(&self.outcome.data.display_name(r)),
            name => out.push_str(name),
        }
    }

    /// `crm:counterparty:12`: decisions are read back by it.
    pub(super) fn put_key(&self, r: RecordRef, row: &mut Row) {
        let data = &self.outcome.data;
        row.write(|out| {
            for part in [r.side.as_str(), ":", data.entity(r).as_str(), ":", data.id(r)] {
                out.push_str(part);
            }
        });
    }

    pub(super) fn put_probability(&self, link: &Link, row: &mut Row) {
        row.share(shown_probability(link.probability));
    }

    pub(super) fn put_agree(&self, link: &Link, row: &mut Row) {
        row.write(|out| {
            for (at, field) in link.agree().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(field.title(self.texts.lang));
            }
        });
    }

    pub(super) fn put_place(&self, at: &Location, row: &mut Row) {
        row.write(|out| {
            // A String takes everything.
            let _ = at.write(self.texts.lang, out);
        });
    }

    pub(super) fn entity_text(&self, entity: Entity) -> &'a str {
        self.texts.get(ENTITY_KEYS[entity as usize])
    }

    pub(super) fn columns<const N: usize>(&self, columns: [(&str, Kind, u16, bool); N]) -> Vec<Column> {
        let title = |key: &str| self.texts.find(key).unwrap_or(key).to_owned();
        columns.into_iter().map(|(key, kind, width, page)| Column { title: title(key), kind, width, page }).collect()
    }
}

/// A model is never certain, and «100 %» beside a pair that is held for review would read as a contradiction.
pub(super) fn shown_probability(probability: f64) -> f64 {
    (probability * 1e3).round().min(999.0) / 1e3
}

/// Keys of what one record of an entity is called, by position in [`Entity::ALL`].
const ENTITY_KEYS: [&str; 15] = [
    "entity.counterparty",
    "entity.contact",
    "entity.product",
    "entity.price",
    "entity.unit",
    "entity.warehouse",
    "entity.stock",
    "entity.contract",
    "entity.deal",
    "entity.document",
    "entity.line",
    "entity.payment",
    "entity.object",
    "entity.ddu",
    "entity.instalment",
];

/// Words that most lists have.
#[derive(Debug)]
pub(super) struct Common {
    sides: [Word; 2],
    /// By position in [`Entity::ALL`].
    entities: Vec<Word>,
    cross: Word,
    severities: [Word; 4],
    /// By position in [`Field::ALL`].
    fields: Vec<Word>,
}

impl Common {
    pub(super) fn add(cx: Cells, words: &mut Words) -> Common {
        let lang = cx.texts.lang;
        Common {
            sides: Side::BOTH.map(|s| words.add(s.title(lang))),
            entities: Entity::ALL.iter().map(|&e| words.add(cx.entity_text(e))).collect(),
            cross: words.add(cx.texts.get("word.cross")),
            severities: Severity::ALL.map(|s| words.add(s.text(lang))),
            fields: Field::ALL.iter().map(|f| words.add(f.title(lang))).collect(),
        }
    }

    pub(super) fn side(&self, side: Side) -> Word {
        self.sides[side as usize]
    }

    pub(super) fn entity(&self, entity: Entity) -> Word {
        self.entities[entity as usize]
    }

    pub(super) fn field(&self, field: Field) -> Word {
        self.fields[field as usize]
    }

    pub(super) fn scope(&self, scope: Scope) -> Word {
        match scope {
            Scope::Within(side) => self.side(side),
            Scope::Cross => self.cross,
        }
    }

    pub(super) fn put_severity(&self, severity: Severity, row: &mut Row) {
        row.word(self.severities[severity as usize]);
        row.tone(Tone::of(severity));
    }
}
