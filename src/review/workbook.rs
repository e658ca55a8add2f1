//! The reviewed workbook read back: rows of the sheets «Дубли», «Расхождения», «Спорные связи» and
//! «Находки» with an answer.
//!
//! Sheets are known by their hidden columns of keys, answers by their texts in either language, so that a workbook may
//! be sorted, filtered, translated by nobody and saved by Excel or LibreOffice.

use std::path::{Path, PathBuf};

use crate::ingest::sheet::RawSheet;
use crate::ingest::{self, IngestError, Input};
use crate::model::{Field, Lang};
use crate::report::answers::{self, Answer, Choice};
use crate::report::lists::{EVIDENCE, KEY_A, KEY_B};
use crate::report::texts::Texts;

/// What a row asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// One party?
    Pair { a: String, b: String },
    /// Which value?
    Value { crm: String, onec: String, field: Field },
    /// Put it off?
    Finding { id: String },
}

/// A row with an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub sheet: String,
    /// Cell of the answer: `Q12`.
    pub cell: String,
    pub asked: Asked,
    /// The answer, or the text that is none.
    pub answer: Result<Answer, String>,
    pub comment: String,
    /// Evidence of the run that wrote the workbook; empty in a workbook that has none.
    pub evidence: String,
}

/// A workbook as far as decisions go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Book {
    /// In the order of sheets and rows.
    pub rows: Vec<Row>,
    /// Rows that ask and have no answer yet.
    pub open: u64,
}

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error("{}: не книга Excel или LibreOffice; откройте и сохраните её как .xlsx", path.display())]
    NoWorkbook { path: PathBuf },
    #[error(
        "{}: нет листов с решениями; нужна книга report.xlsx прогона, в которой сохранены скрытые колонки",
        path.display()
    )]
    NoSheet { path: PathBuf },
}

/// Reads every row that has an answer.
///
/// # Errors
/// [`WorkbookError`] when the file is no workbook or has none of the sheets.
pub fn read(path: &Path) -> Result<Book, WorkbookError> {
    let input = Input::open(path, &path.to_string_lossy())?;
    let sheets = ingest::sheets(&input)?.ok_or_else(|| WorkbookError::NoWorkbook { path: path.to_owned() })?;
    let texts = [Lang::Ru, Lang::En].map(Texts::load);
    let mut out = Book::default();
    let mut known = false;
    for cells in &sheets {
        if let Some(sheet) = Sheet::of(cells, &texts) {
            known = true;
            sheet.read(cells, &texts, &mut out);
        }
    }
    if known { Ok(out) } else { Err(WorkbookError::NoSheet { path: path.to_owned() }) }
}

/// A sheet that asks, with the columns of its keys.
struct Sheet<'a> {
    name: &'a str,
    keys: Vec<usize>,
    /// Of a pair it depends on what the pair is.
    answers: Option<&'static [Choice]>,
    decision: usize,
    comment: Option<usize>,
    evidence: Option<usize>,
}

impl<'a> Sheet<'a> {
    fn of(cells: &'a RawSheet, texts: &[Texts]) -> Option<Sheet<'a>> {
        if cells.rows.is_empty() {
            return None;
        }
        let at = |heading: &str| (0..cells.width()).position(|column| cells.get(0, column).trim() == heading);
        let titled = |key: &str| texts.iter().find_map(|t| at(t.get(key)));
        let all = |names: &[&str]| names.iter().map(|n| at(n)).collect::<Option<Vec<usize>>>();
        let decision = titled("col.decision")?;
        let (keys, answers): (_, Option<&'static [Choice]>) = if let Some(keys) = all(&[KEY_A, KEY_B]) {
            (keys, None)
        } else if let Some(keys) = all(&["key_crm", "key_onec", "field"]) {
            (keys, Some(&answers::VALUE))
        } else {
            (vec![titled("col.finding_id")?], Some(&answers::FINDING))
        };
        Some(Sheet {
            name: &cells.name,
            keys,
            answers,
            decision,
            comment: titled("col.comment"),
            evidence: at(EVIDENCE),
        })
    }

    fn read(&self, cells: &RawSheet, texts: &[Texts], out: &mut Book) {
        for (at, &row) in cells.rows.iter().enumerate().skip(1) {
            let text = |column: usize| cells.get(at, column).trim().to_owned();
            let keys: Vec<String> = self.keys.iter().map(|&c| text(c)).collect();
            let written = text(self.decision);
            if written.is_empty() {
                out.open += u64::from(keys.iter().all(|k| !k.is_empty()));
                continue;
            }
            let asked = match keys.as_slice() {
                [id] => Asked::Finding { id: id.clone() },
                [a, b] => Asked::Pair { a: a.clone(), b: b.clone() },
                [crm, onec, field] => match Field::parse(field) {
                    Some(field) => Asked::Value { crm: crm.clone(), onec: onec.clone(), field },
                    // The row of a total or of somebody's notes: it has no keys, as the writer will say.
                    None => Asked::Pair { a: crm.clone(), b: onec.clone() },
                },
                _ => continue,
            };
            let wanted = written.to_lowercase();
            let is = |key: &str| texts.iter().any(|t| t.get(key).to_lowercase() == wanted);
            let answers = self.answers.unwrap_or_else(|| answers::of_pair(&keys[0]));
            let found = answers.iter().find(|(_, key, _)| is(key));
            out.rows.push(Row {
                sheet: self.name.to_owned(),
                cell: cell_name(row as usize - 1, self.decision),
                asked,
                answer: found.map(|(answer, ..)| *answer).ok_or(written),
                comment: self.comment.map(text).unwrap_or_default(),
                evidence: self.evidence.map(text).unwrap_or_default(),
            });
        }
    }
}

/// `B3` for row 2 and column 1, both from 0.
fn cell_name(row: usize, column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    let letters: String = letters.into_iter().map(char::from).collect();
    format!("{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_a_spreadsheet_does() {
        for ((row, column), expected) in
            [((0, 0), "A1"), ((2, 1), "B3"), ((11, 25), "Z12"), ((0, 26), "AA1"), ((0, 701), "ZZ1"), ((0, 702), "AAA1")]
        {
            assert_eq!(cell_name(row, column), expected);
        }
    }
}
