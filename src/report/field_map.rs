//! «Карта полей» and «Карта статусов»: every column and status of both sides, what it is, how it is filled and where
//! values differ; for the annex to a specification also as Markdown.

use super::cell::{Kind, Tone, shown};
use super::queue::{Cells, Queue};
use super::row::Words;
use super::texts::Texts;
use crate::model::{Entity, Field, Side};
use crate::outcome::Outcome;
use crate::reconcile::statuses::{Mapped, Status};
use crate::reconcile::{FieldStatus, books};

/// A field of an entity, or a column that is none.
struct Line {
    entity: Option<Entity>,
    field: Option<Field>,
    headings: [String; 2],
    /// Records with a text, and all of them; `None` where a side has no such column.
    filled: [Option<(u64, u64)>; 2],
    examples: [String; 2],
    different: Option<u64>,
    state: &'static str,
}

/// Characters of an example: what a value looks like, not the whole of it.
const EXAMPLE: usize = 40;

/// Fields of each entity in the order of [`Field::ALL`], then the columns that nothing was mapped to.
fn lines(o: &Outcome) -> Vec<Line> {
    let mut lines = Vec::new();
    for &entity in Entity::ALL {
        for &field in Field::ALL.iter().filter(|f| f.entities().contains(&entity)) {
            let filled = Side::BOTH.map(|side| filled(o, side, entity, field));
            let state = match filled.map(|f| f.is_some()) {
                [true, true] => "fieldmap.both",
                [true, false] => "fieldmap.only_crm",
                [false, true] => "fieldmap.only_onec",
                [false, false] => continue,
            };
            lines.push(Line {
                entity: Some(entity),
                field: Some(field),
                headings: Side::BOTH.map(|side| headings(o, side, entity, field)),
                filled,
                examples: Side::BOTH.map(|side| example(o, side, entity, field)),
                different: different(o, entity, field),
                state,
            });
        }
    }
    for side in Side::BOTH {
        for source in &o.data.get(side).sources {
            for heading in &source.unmapped {
                let mut headings = [String::new(), String::new()];
                headings[side as usize].clone_from(heading);
                lines.push(Line {
                    entity: source.entity,
                    field: None,
                    headings,
                    filled: [None, None],
                    examples: Default::default(),
                    different: None,
                    state: if side == Side::Crm { "fieldmap.unmapped_crm" } else { "fieldmap.unmapped_onec" },
                });
            }
        }
    }
    lines
}

/// The column exists and the side has such records.
fn filled(o: &Outcome, side: Side, entity: Entity, field: Field) -> Option<(u64, u64)> {
    let raw = o.data.get(side).records(entity.space());
    let all = raw.entity.iter().filter(|e| **e == entity).count() as u64;
    (raw.has(field) && all > 0).then(|| (raw.filled(field, entity) as u64, all)).filter(|(n, _)| {
        // A column of another entity's source leaves this one empty.
        *n > 0 || !headings(o, side, entity, field).is_empty()
    })
}

fn headings(o: &Outcome, side: Side, entity: Entity, field: Field) -> String {
    let sources = o.data.get(side).sources.iter().filter(|s| s.entity.is_none_or(|e| e == entity));
    let mut found: Vec<&str> =
        sources.flat_map(|s| &s.mapped).filter(|(_, f)| *f == field).map(|(h, _)| h.as_str()).collect();
    found.sort_unstable();
    found.dedup();
    found.join(", ")
}

fn example(o: &Outcome, side: Side, entity: Entity, field: Field) -> String {
    let raw = o.data.get(side).records(entity.space());
    let of = (0..raw.len()).filter(|&at| raw.entity[at] == entity).map(|at| raw.get(field, at).trim());
    of.filter(|text| !text.is_empty()).min().map_or_else(String::new, |text| {
        let first = text.lines().next().unwrap_or_default();
        shown(whole_words(first)).into_owned()
    })
}

/// The beginning of a text, no word cut unless there is but one.
fn whole_words(text: &str) -> &str {
    let end = text.char_indices().nth(EXAMPLE).map_or(text.len(), |(at, _)| at);
    if end == text.len() {
        return text;
    }
    match text[..end].trim_end_matches(char::is_alphanumeric) {
        "" => &text[..end],
        words => words,
    }
}

/// Linked pairs whose values differ; `None` for a field that is not compared.
fn different(o: &Outcome, entity: Entity, field: Field) -> Option<u64> {
    if !entity.is_party() {
        if !books::compared(entity).contains(&field) {
            return None;
        }
        let (crm, onec) = (o.data.book(Side::Crm, entity), o.data.book(Side::Onec, entity));
        let pairs = crm.refs().filter(|r| crm.is_active(r.at())).filter_map(|r| {
            let partner = o.pairing.partners(r).find(|p| p.space == r.space)?;
            Some((r.at(), partner.at()))
        });
        let differ = |&(i, j): &(usize, usize)| books::compare(field, (crm, i), (onec, j)) == FieldStatus::Different;
        return Some(pairs.filter(differ).count() as u64);
    }
    o.drift.by_field.iter().find(|(f, _)| *f == field)?;
    let of = o.drift.pairs.iter().filter(|p| o.data.entity(p.crm) == entity);
    let differs = |fields: &[(Field, FieldStatus)]| fields.contains(&(field, FieldStatus::Different));
    Some(of.filter(|p| differs(&p.fields)).count() as u64)
}

/// The sheet.
pub fn field_map<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Number, Text};
    let t = cx.texts;
    let lines = lines(cx.outcome);
    let owner = move |line: &Line| {
        let owner = cx.outcome.ownership.owner(line.entity?, line.field?)?;
        Some(owner.title(t.lang))
    };
    Queue {
        id: "field-map",
        title: t.get("sheet.field_map").to_owned(),
        lead: t.get("lead.field_map").to_owned(),
        columns: cx.columns([
            ("col.entity", Text, 14, true),
            ("col.field", Text, 24, true),
            ("fieldmap.crm_heading", Text, 30, true),
            ("fieldmap.crm_filled", Number, 14, true),
            ("fieldmap.crm_example", Text, 26, true),
            ("fieldmap.onec_heading", Text, 30, true),
            ("fieldmap.onec_filled", Number, 14, true),
            ("fieldmap.onec_example", Text, 26, true),
            ("fieldmap.different", Number, 14, true),
            ("fieldmap.owner", Text, 14, true),
            ("fieldmap.state", Text, 22, true),
        ]),
        len: lines.len(),
        stored: &[],
        words: Words::default(),
        texts: t,
        write: Box::new(move |at, row| {
            let line = &lines[at];
            row.value(line.entity.map_or("", |e| cx.entity_text(e)));
            row.value(line.field.map_or("", |f| f.title(t.lang)));
            for side in Side::BOTH {
                row.value(&line.headings[side as usize]);
                match line.filled[side as usize] {
                    Some((n, all)) => row.share(n as f64 / all as f64),
                    None => row.empty(),
                }
                row.value(&line.examples[side as usize]);
            }
            match line.different {
                Some(n) => row.count(n),
                None => row.empty(),
            }
            row.value(owner(line).unwrap_or_default());
            row.value(t.get(line.state));
        }),
    }
}

/// What a status stands for, in words.
fn state(status: &Status) -> &'static str {
    match status.mapped {
        Mapped::Project => "statusmap.project",
        Mapped::Usual => "statusmap.usual",
        Mapped::Nobody => "statusmap.nobody",
        Mapped::Unneeded => "statusmap.not_read",
    }
}

/// The sheet of statuses.
pub fn status_map<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Number, Text};
    let t = cx.texts;
    let statuses = &cx.outcome.statuses;
    Queue {
        id: "status-map",
        title: t.get("sheet.status_map").to_owned(),
        lead: t.get("lead.status_map").to_owned(),
        columns: cx.columns([
            ("col.where", Text, 10, true),
            ("col.entity", Text, 16, true),
            ("statusmap.status", Text, 34, true),
            ("statusmap.records", Number, 12, true),
            ("statusmap.meaning", Text, 24, true),
            ("fieldmap.state", Text, 30, true),
            ("statusmap.differing", Number, 22, true),
        ]),
        len: statuses.len(),
        stored: &[],
        words: Words::default(),
        texts: t,
        write: Box::new(move |at, row| {
            let status = &statuses[at];
            row.value(status.side.title(t.lang));
            row.value(cx.entity_text(status.entity));
            row.value(&status.text);
            row.count(status.records);
            row.value(status.meaning.map_or("", |m| m.text(t.lang)));
            row.value(t.get(state(status)));
            if status.mapped == Mapped::Nobody {
                row.tone(Tone::Warning);
            }
            match status.differing {
                Some(n) => row.count(n),
                None => row.empty(),
            }
        }),
    }
}

/// `field-map.md`: the same without examples, so that it may be passed on.
fn markdown(o: &Outcome, t: &Texts) -> String {
    let heads = ["fieldmap.crm_heading", "fieldmap.crm_filled", "fieldmap.onec_heading", "fieldmap.onec_filled"];
    let mut text = format!("# {}: {}\n\n{}\n", t.get("sheet.field_map"), escape(&o.project), t.get("lead.field_map"));
    let mut part: Option<Option<Entity>> = None;
    for line in lines(o) {
        let section = line.field.and(line.entity);
        if part != Some(section) {
            part = Some(section);
            let title = section.map_or(t.get("col.unmapped"), |e| e.title(t.lang));
            let columns = heads.map(|h| t.get(h)).join(" | ");
            let (field, different, state) = (t.get("col.field"), t.get("fieldmap.different"), t.get("fieldmap.state"));
            text.push_str(&format!(
                "\n## {title}\n\n| {field} | {columns} | {different} | {state} |\n|---|---|---:|---|---:|---:|---|\n"
            ));
        }
        let share = |side: Side| line.filled[side as usize].map_or_else(String::new, |(n, all)| t.share(n, all));
        let cells = [
            line.field.map_or("", |f| f.title(t.lang)).to_owned(),
            escape(&line.headings[0]),
            share(Side::Crm),
            escape(&line.headings[1]),
            share(Side::Onec),
            line.different.map_or_else(String::new, |n| t.number(n)),
            t.get(line.state).to_owned(),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    if !o.statuses.is_empty() {
        text.push_str(&format!("\n# {}\n\n{}\n\n", t.get("sheet.status_map"), t.get("lead.status_map")));
        let heads = ["col.where", "col.entity", "statusmap.status", "statusmap.records", "statusmap.meaning"];
        let heads = heads.into_iter().chain(["fieldmap.state", "statusmap.differing"]).map(|h| t.get(h));
        text.push_str(&format!("| {} |\n", heads.collect::<Vec<_>>().join(" | ")));
        text.push_str("|---|---|---|---:|---|---|---:|\n");
        for status in &o.statuses {
            let cells = [
                status.side.title(t.lang).to_owned(),
                status.entity.title(t.lang).to_owned(),
                escape(&status.text),
                t.number(status.records),
                status.meaning.map_or("", |m| m.text(t.lang)).to_owned(),
                t.get(state(status)).to_owned(),
                status.differing.map_or_else(String::new, |n| t.number(n)),
            ];
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

/// A heading of a file in a cell of Markdown: nothing in it is markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in shown(text).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '&' | '~' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The Markdown in the language of an outcome.
pub fn document(o: &Outcome) -> String {
    markdown(o, &Texts::load(o.lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_no_markup() {
        assert_eq!(escape("a|b *c* <i>"), "a\\|b \\*c\\* \\<i\\>");
        assert!(!escape("x\n| y").contains('\n'));
    }
}
