//! «Не запишутся»: records that the receiver would refuse, and why.

use super::cell::{Kind, Tone};
use super::queue::{Cells, Common, Queue};
use super::row::Words;
use crate::forecast::failures::Refusal;

/// A row per record and reason, in the order of [`crate::forecast::Exchange::failures`].
pub fn failing<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Text};
    let t = cx.texts;
    let failures = &cx.outcome.exchange.failures;
    let rows: Vec<(usize, usize)> =
        failures.iter().enumerate().flat_map(|(n, f)| (0..f.records.len()).map(move |at| (n, at))).collect();
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let reasons = Refusal::ALL.map(|r| words.add(r.text(t.lang)));
    Queue {
        id: "failing",
        title: t.get("sheet.failing").to_owned(),
        lead: t.get("lead.failing").to_owned(),
        columns: cx.columns([
            ("col.where", Text, 10, true),
            ("col.entity", Text, 14, true),
            ("col.id", Code, 18, true),
            ("col.name", Text, 42, true),
            ("col.field", Text, 18, true),
            ("exchange.value", Text, 30, true),
            ("exchange.reason", Text, 50, true),
            ("col.comment", Comment, 30, false),
            ("key", Key, 10, false),
        ]),
        len: rows.len(),
        stored: &["data/failures.parquet"],
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let (n, record) = rows[at];
            let (failure, r) = (&failures[n], failures[n].records[record]);
            row.word(common.side(r.side));
            row.word(common.entity(failure.entity));
            cx.put_id(r, row);
            cx.put_name(r, row);
            row.word(common.field(failure.field));
            cx.put_value(failure.field, r, row);
            row.word(reasons[failure.refusal as usize]);
            row.tone(Tone::Error);
            row.empty();
            cx.put_key(r, row);
        }),
    }
}
