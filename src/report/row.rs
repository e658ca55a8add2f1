//! One row of a list while it is written.
//!
//! A list may have a million rows of twenty cells. The cells of a row share one buffer that is used again for the next
//! row, and texts that rows repeat (statuses, titles of checks) are kept once per list: a cell costs no allocation.

use super::cell::{Cell, Tone, shown, stands_as_is};
use super::texts::Texts;

/// A text of the report itself: position in the [`Words`] of its list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word(u32);

impl Word {
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// Texts that a list repeats, each once, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Words(Vec<String>);

impl Words {
    /// The word of a text that stands as it is. A list has some hundreds at most.
    pub fn add(&mut self, text: impl Into<String>) -> Word {
        let text = text.into();
        let at = self.0.iter().position(|known| *known == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        Word(at as u32)
    }

    pub fn get(&self, word: Word) -> &str {
        &self.0[word.at()]
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// How people read a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// An amount: digits in groups.
    Count,
    /// 0..=1 shown in per cent.
    Share,
    /// A place, such as a row number: no separators.
    Place,
    /// A sum of money with kopecks.
    Money,
}

/// What a cell of a [`Row`] holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Content<'a> {
    Empty,
    Word(Word),
    /// Safe to show; not empty.
    Text(&'a str),
    Number(f64, Form),
    /// An address that a browser opens, and its word.
    Link(&'a str, Word),
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Empty,
    Word(Word),
    Text { from: usize, to: usize },
    Number(f64, Form),
    Link { from: usize, to: usize, word: Word },
}

/// Cells of one row, in the order of the columns.
#[derive(Debug, Default)]
pub struct Row {
    text: String,
    slots: Vec<(Slot, Tone)>,
    /// Position of a cell, and what of the text is the address of the card it names.
    cards: Vec<(usize, usize, usize)>,
}

impl Row {
    /// Forgets the cells and keeps the buffers.
    pub fn clear(&mut self) {
        self.text.clear();
        self.slots.clear();
        self.cards.clear();
    }

    pub fn empty(&mut self) {
        self.put(Slot::Empty);
    }

    pub fn word(&mut self, word: Word) {
        self.put(Slot::Word(word));
    }

    /// A word, or an empty cell.
    pub fn word_or_empty(&mut self, word: Option<Word>) {
        self.put(word.map_or(Slot::Empty, Slot::Word));
    }

    /// A value of the data, made fit to be shown.
    pub fn value(&mut self, raw: &str) {
        self.write(|out| out.push_str(raw));
    }

    /// A value of the data composed by `compose`, made fit to be shown as a whole.
    pub fn write(&mut self, compose: impl FnOnce(&mut String)) {
        let from = self.text.len();
        compose(&mut self.text);
        if !stands_as_is(&self.text[from..]) {
            let whole = shown(&self.text[from..]).into_owned();
            self.text.truncate(from);
            self.text.push_str(&whole);
        }
        let to = self.text.len();
        self.put(if from == to { Slot::Empty } else { Slot::Text { from, to } });
    }

    pub fn count(&mut self, n: u64) {
        self.put(Slot::Number(n as f64, Form::Count));
    }

    /// A share 0..=1.
    pub fn share(&mut self, share: f64) {
        self.put(Slot::Number(share, Form::Share));
    }

    /// A row number and the like.
    pub fn place(&mut self, n: u32) {
        self.put(Slot::Number(f64::from(n), Form::Place));
    }

    /// A sum of money in millionths, to the kopeck.
    pub fn money(&mut self, micros: i128) {
        let half = 5_000 * micros.signum();
        self.put(Slot::Number(((micros + half) / 10_000) as f64 / 100.0, Form::Money));
    }

    /// Colours the last cell.
    pub fn tone(&mut self, tone: Tone) {
        if let Some(last) = self.slots.last_mut() {
            last.1 = tone;
        }
    }

    /// An address: a link where a browser opens it, else a text to be copied; empty when there is none.
    pub fn link(&mut self, word: Word, compose: impl FnOnce(&mut String)) {
        let from = self.text.len();
        compose(&mut self.text);
        let to = self.text.len();
        self.put(match &self.text[from..to] {
            "" => Slot::Empty,
            url if url.starts_with("http") => Slot::Link { from, to, word },
            _ => Slot::Text { from, to },
        });
    }

    /// The last cell names a record with a card at this address; the page makes a link of it.
    pub fn card(&mut self, compose: impl FnOnce(&mut String)) {
        let from = self.text.len();
        compose(&mut self.text);
        if self.text.len() > from {
            self.cards.push((self.slots.len() - 1, from, self.text.len()));
        }
    }

    fn put(&mut self, slot: Slot) {
        self.slots.push((slot, Tone::Plain));
    }

    /// The cells for a writer.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = (Content<'_>, Tone)> {
        self.slots.iter().map(|&(slot, tone)| {
            let content = match slot {
                Slot::Empty => Content::Empty,
                Slot::Word(word) => Content::Word(word),
                Slot::Text { from, to } => Content::Text(&self.text[from..to]),
                Slot::Number(number, form) => Content::Number(number, form),
                Slot::Link { from, to, word } => Content::Link(&self.text[from..to], word),
            };
            (content, tone)
        })
    }

    /// The cells as a person reads them.
    pub fn shown(&self, words: &Words, texts: &Texts) -> Vec<Cell> {
        let card =
            |at: usize| self.cards.iter().find(|c| c.0 == at).map(|&(_, from, to)| self.text[from..to].to_owned());
        self.cells()
            .enumerate()
            .map(|(at, (content, tone))| {
                let cell = match content {
                    Content::Empty => Cell::default(),
                    Content::Word(word) => Cell::text(words.get(word)),
                    Content::Text(text) => Cell::text(text),
                    Content::Number(n, Form::Count) => Cell::number(n, texts.number(n as u64)),
                    Content::Number(n, Form::Share) => Cell::number(n, texts.percent(n * 100.0)),
                    Content::Number(n, Form::Money) => Cell::number(n, texts.money(n)),
                    Content::Number(n, Form::Place) => Cell::number(n, n.to_string()),
                    Content::Link(_, word) => Cell::text(words.get(word)),
                };
                Cell { card: card(at), ..cell.tone(tone) }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let texts = Texts::load(Lang::En);
        let mut words = Words::default();
        let (yes, no) = (words.add("yes"), words.add("no"));
        assert_eq!((words.add("yes"), words.iter().count()), (yes, 2));
        let mut row = Row::default();
        for _ in 0..2 {
            row.clear();
            row.value(" a\tb\u{0} ");
            row.word(no);
            row.tone(Tone::Error);
            row.word_or_empty(None);
            row.count(1_234);
            row.share(0.25);
            row.place(1_234);
            row.write(|out| out.push_str("x\ny"));
            row.value("  ");
            let cells = row.shown(&words, &texts);
            let read: Vec<&str> = cells.iter().map(|c| c.text.as_str()).collect();
            assert_eq!(read, ["a b", "no", "", "1,234", "25%", "1234", "x; y", ""]);
            assert_eq!((cells[1].tone, cells[0].tone), (Tone::Error, Tone::Plain));
            assert_eq!((cells[4].number, cells[0].number), (Some(0.25), None));
        }
        assert_eq!(words.get(yes), "yes");
    }
}
