//! Groups of duplicates and pairs for review, records side by side.

use serde::Serialize;

use crate::matching::{Level, Link, Scope, Veto};
use crate::model::{Field, RecordRef, Side};
use crate::report::budget::Budget;
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::index::{Group, Index};
use crate::report::lists;
use crate::report::model::{Table, short, shown_of, whereabouts};
use crate::report::queue::Cells;
use crate::report::svg;
use crate::report::ties;

/// A group on the page.
#[derive(Debug, Serialize)]
pub struct GroupView {
    pub id: String,
    pub title: String,
    pub members: Table,
    /// Values the master takes over from others.
    pub takes: Vec<String>,
}

/// All groups that fit.
#[derive(Debug, Serialize)]
pub struct Groups {
    pub items: Vec<GroupView>,
    pub total: u64,
    pub note: String,
}

impl Groups {
    pub fn new(cx: Cells, index: &Index, budget: &mut Budget) -> Groups {
        let mut items = Vec::new();
        let mut questions = index.questions.iter().filter(|q| q.group > 0).peekable();
        for (at, group) in index.groups.iter().enumerate() {
            let mut links: Vec<(RecordRef, Option<&Link>)> = Vec::new();
            while let Some(q) = questions.next_if(|q| q.group as usize == at + 1) {
                links.push((q.a, q.link.and_then(|l| cx.outcome.matching.links.get(l as usize))));
            }
            let view = group_view(cx, index, at + 1, group, &links);
            let texts = view.members.rows.iter().flatten().map(|c| c.text.as_str());
            let texts = texts.chain(view.takes.iter().map(String::as_str)).chain([view.title.as_str()]);
            if !budget.take_rows(view.members.rows.len() + 1, texts) {
                break;
            }
            items.push(view);
        }
        let total = index.groups.len() as u64;
        let note = shown_of(cx, items.len() as u64, total, &all_questions(cx, index));
        Groups { items, total, note }
    }
}

/// Where the list of all questions is.
fn all_questions(cx: Cells, index: &Index) -> String {
    whereabouts(cx, cx.texts.get("sheet.duplicates"), index.questions.len(), lists::QUESTIONS)
}

/// Members of one group on the page; a group larger than this is a defect of the data, listed whole in the workbook.
const MEMBERS: usize = 25;

fn group_view(
    cx: Cells,
    index: &Index,
    number: usize,
    group: &Group,
    links: &[(RecordRef, Option<&Link>)],
) -> GroupView {
    let t = cx.texts;
    let fields = [Field::Inn, Field::Kpp, Field::Phone, Field::Email];
    let mut columns = vec![
        (t.get("col.role").to_owned(), Kind::Text),
        (t.get("col.id").to_owned(), Kind::Code),
        (t.get("col.name").to_owned(), Kind::Text),
    ];
    columns.extend(fields.map(|f| (f.title(t.lang).to_owned(), Kind::Code)));
    columns.push((t.get("col.agree").to_owned(), Kind::Text));
    columns.push((t.get("col.probability").to_owned(), Kind::Number));
    let row = |r: RecordRef| {
        let link = links.iter().find(|(a, _)| *a == r).and_then(|(_, l)| *l);
        let role = if r == group.master {
            Cell::text(t.get("role.master")).tone(Tone::Good)
        } else {
            Cell::text(t.get("role.duplicate")).tone(Tone::Warning)
        };
        let mut cells = vec![role, cx.id(r), cx.name(r)];
        cells.extend(fields.map(|f| cx.value(f, r)));
        cells.push(link.map_or_else(Cell::default, |l| cx.agree(l)));
        cells.push(link.map_or_else(Cell::default, |l| cx.probability(l)));
        cells.into_iter().map(|c| short(cx, c)).collect::<Vec<_>>()
    };
    let duplicates = group.members.iter().copied().filter(|&m| m != group.master);
    let rows = std::iter::once(group.master).chain(duplicates).take(MEMBERS).map(row).collect();
    let mut members = Table::whole(&format!("group-{number}"), columns, rows);
    members.total = group.members.len() as u64;
    members.note = shown_of(cx, members.rows.len() as u64, group.members.len() as u64, &all_questions(cx, index));
    let title = t.say(
        "group.title",
        &[
            ("number", &t.number(number as u64)),
            ("side", &group.side.title(t.lang)),
            ("n", &t.count("record", group.members.len() as u64)),
            ("name", &short(cx, cx.name(group.master)).text),
        ],
    );
    GroupView { id: format!("group-{number}"), title, members, takes: takes(cx, index, group) }
}

/// Fields in which the golden record differs from the master of this side, with the record the value comes from.
fn takes(cx: Cells, index: &Index, group: &Group) -> Vec<String> {
    let outcome = cx.outcome;
    let others = index.golden(outcome, group.cluster).iter().filter(|g| g.from != group.master);
    others
        .map(|g| (g, outcome.matching.value(g, &outcome.data)))
        .filter(|(g, value)| !value.is_empty() && cx.field(g.field, group.master) != *value)
        .filter(|(g, _)| !matches!(g.field, Field::Id | Field::ExternalId | Field::Code))
        .map(|(g, value)| {
            cx.texts.say(
                "group.takes",
                &[
                    ("field", &g.field.title(cx.texts.lang)),
                    ("value", &short(cx, Cell::value(&value)).text),
                    ("side", &g.from.side.title(cx.texts.lang)),
                    ("id", &cx.id(g.from).text),
                ],
            )
        })
        .collect()
}

/// One comparison of a pair.
#[derive(Debug, Serialize)]
pub struct PairRow {
    pub field: String,
    pub a: String,
    pub b: String,
    pub level: String,
    pub tone: Tone,
    pub weight: String,
    pub bar: String,
}

/// A pair that a person decides.
#[derive(Debug, Serialize)]
pub struct PairView {
    pub id: String,
    /// What the records are, unless they are parties.
    pub what: String,
    pub title: String,
    pub a_head: String,
    pub b_head: String,
    /// Addresses of their cards; `None` where there is none.
    pub a_card: Option<String>,
    pub b_card: Option<String>,
    pub probability: String,
    pub weight: String,
    pub effect: String,
    /// Why a pair that is as likely as those that are made is left to a person; empty for a less likely one.
    pub held: String,
    /// The command that tells by which rule, or why the weight is what it is; empty when an id does not fit into one.
    pub explain: String,
    pub rows: Vec<PairRow>,
}

/// All pairs for review that fit.
#[derive(Debug, Serialize)]
pub struct Pairs {
    pub items: Vec<PairView>,
    pub total: u64,
    /// How many of them stand between the sides and within each.
    pub scopes: String,
    pub note: String,
}

impl Pairs {
    pub fn of_parties(cx: Cells, index: &Index, budget: &mut Budget) -> Pairs {
        let link = |at: &u32| &cx.outcome.matching.links[*at as usize];
        let links: Vec<&Link> = index.review.iter().map(link).collect();
        Pairs::new(cx, "pair", &all_questions(cx, index), &links, budget)
    }

    /// Of goods, documents, payments and property.
    pub fn of_others(cx: Cells, index: &Index, budget: &mut Budget) -> Pairs {
        let links: Vec<&Link> = index.ties.iter().map(|&at| &cx.outcome.pairing.links()[at as usize]).collect();
        let whole = whereabouts(cx, cx.texts.get("sheet.ties"), links.len(), lists::LINKS);
        Pairs::new(cx, "tie", &whole, &links, budget)
    }

    fn new(cx: Cells, id: &str, whole: &str, links: &[&Link], budget: &mut Budget) -> Pairs {
        let mut items = Vec::new();
        for (at, link) in links.iter().enumerate() {
            let view = pair_view(cx, id, at + 1, link);
            let texts = view.rows.iter().flat_map(|r| [&r.field, &r.a, &r.b, &r.level, &r.weight, &r.bar]);
            let heads = [&view.title, &view.a_head, &view.b_head, &view.effect, &view.explain];
            let cards = [&view.a_card, &view.b_card].into_iter().flatten();
            if !budget.take_rows(view.rows.len() + 1, texts.chain(heads).chain(cards).map(String::as_str)) {
                break;
            }
            items.push(view);
        }
        let total = links.len() as u64;
        let note = shown_of(cx, items.len() as u64, total, whole);
        Pairs { items, total, scopes: scopes(cx, links.iter().copied()), note }
    }
}

/// Shown for every pair that has them, besides the fields that were compared.
const CONTEXT: [Field; 7] =
    [Field::Name, Field::Inn, Field::Kpp, Field::Phone, Field::Email, Field::Address, Field::BirthDate];

/// Fields shown of two records, by what they are; those that have none of a field show an empty cell.
fn context(cx: Cells, link: &Link) -> Vec<Field> {
    if link.a.is_party() {
        return CONTEXT.to_vec();
    }
    let mut fields = vec![Field::Name];
    for entity in [link.a, link.b].map(|r| cx.outcome.data.entity(r)) {
        for &field in ties::telling(entity) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    fields
}

/// Weights at which the bar is full: 20 bits decide any pair.
const FULL_WEIGHT: f32 = 20.0;

fn pair_view(cx: Cells, id: &str, number: usize, link: &Link) -> PairView {
    let t = cx.texts;
    let mut rows: Vec<(u8, PairRow)> = Vec::new();
    let text = |f: Field, r: RecordRef| {
        let cell = match f {
            Field::Name => cx.name(r),
            f if r.is_party() => cx.value(f, r),
            f => Cell::value(&ties::said(cx, f, r)),
        };
        short(cx, cell).text
    };
    for e in &link.evidence {
        let tone = match e.level {
            Level::Empty => Tone::Plain,
            Level::Different => Tone::Error,
            Level::Near => Tone::Warning,
            Level::Folded | Level::Exact => Tone::Good,
        };
        rows.push((
            e.level as u8,
            PairRow {
                field: e.field.title(t.lang).to_owned(),
                a: text(e.field, link.a),
                b: text(e.field, link.b),
                level: e.level.text(t.lang).to_owned(),
                tone,
                weight: signed(cx, e.weight),
                bar: svg::weight(e.weight, FULL_WEIGHT),
            },
        ));
    }
    for f in context(cx, link) {
        if link.evidence.iter().any(|e| e.field == f) {
            continue;
        }
        let (a, b) = (text(f, link.a), text(f, link.b));
        if a.is_empty() && b.is_empty() {
            continue;
        }
        let rank = if a == b { 6 } else { 5 };
        rows.push((
            rank,
            PairRow {
                field: f.title(t.lang).to_owned(),
                a,
                b,
                level: t.get("pair.context").to_owned(),
                tone: Tone::Plain,
                weight: String::new(),
                bar: String::new(),
            },
        ));
    }
    // What differs comes first: that is what a person has to judge.
    rows.sort_by_key(|(rank, _)| *rank);
    let side = |r: RecordRef| {
        let head = [("side", &r.side.title(t.lang) as &dyn std::fmt::Display), ("id", &cx.id(r).text)];
        t.say("pair.head", &head)
    };
    let cross = link.scope() == Scope::Cross;
    let title = if cross { "pair.title_cross" } else { "pair.title_within" };
    let effect = match (link.a.is_party(), cross) {
        (true, true) => "pair.effect_cross",
        (true, false) => "pair.effect_within",
        (false, true) => "pair.effect_tie",
        (false, false) => "pair.effect_twin",
    };
    let entity = cx.outcome.data.entity(link.b);
    let what = if link.a.is_party() { String::new() } else { cx.entity(entity).text };
    PairView {
        id: format!("{id}-{number}"),
        what,
        title: t.say(title, &[("number", &t.number(number as u64)), ("side", &link.b.side.title(t.lang))]),
        a_head: side(link.a),
        b_head: side(link.b),
        a_card: cx.id(link.a).card,
        b_card: cx.id(link.b).card,
        probability: cx.probability(link).text,
        weight: signed(cx, link.weight),
        held: if link.probability < cx.outcome.matching_config.auto {
            String::new()
        } else {
            t.get(if link.a.is_party() { "pair.held" } else { "pair.held_tie" }).to_owned()
        },
        explain: explain(cx, link),
        effect: t.say(effect, &[("side", &link.a.side.title(t.lang))]),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

/// It is copied into a shell, so an id with any other sign has no place in it.
fn explain(cx: Cells, link: &Link) -> String {
    let keys = [link.a, link.b].map(|r| cx.outcome.data.key(r));
    let safe = |key: &String| key.chars().all(|c| c.is_alphanumeric() || ":_-.".contains(c));
    if keys.iter().all(safe) { format!("sverka explain . {} {}", keys[0], keys[1]) } else { String::new() }
}

fn signed(cx: Cells, weight: f32) -> String {
    let text = cx.texts.decimal(f64::from(weight), 1);
    if weight > 0.0 { format!("+{text}") } else { text }
}

/// Pairs kept apart on the page: of each reason as many as fit in a fair share, so that a thousand pairs with two
/// INNs do not hide the one branch.
pub fn vetoes(cx: Cells, index: &Index, budget: &mut Budget) -> Table {
    let queue = lists::vetoes(cx, index);
    let kinds = by_veto(cx, index);
    let fair = budget.rows() / kinds.len().max(1);
    let positions = kinds.iter().flat_map(|(_, positions)| positions.iter().copied().take(fair.max(1)));
    Table::filled(cx, &queue, queue.len as u64, positions, budget)
}

/// How many of these links stand between the sides and within each, in words; empty when there are none.
fn scopes<'l>(cx: Cells, links: impl Iterator<Item = &'l Link>) -> String {
    let scopes: Vec<Scope> = links.map(Link::scope).collect();
    if scopes.is_empty() {
        return String::new();
    }
    let count = |scope: Scope| cx.texts.number(scopes.iter().filter(|&&s| s == scope).count() as u64);
    let [crm, onec] = Side::BOTH.map(|side| count(Scope::Within(side)));
    cx.texts.say("duplicates.scopes", &[("cross", &count(Scope::Cross)), ("crm", &crm), ("onec", &onec)])
}

/// The same of pairs kept apart.
pub fn vetoed_scopes(cx: Cells, index: &Index) -> String {
    scopes(cx, index.vetoed.iter().map(|&at| &cx.outcome.matching.links[at as usize]))
}

/// Reasons in words with the number of pairs, in the order of the list.
pub fn veto_kinds(cx: Cells, index: &Index) -> Vec<(String, String)> {
    by_veto(cx, index)
        .into_iter()
        .map(|(veto, at)| (veto.text(cx.texts.lang).to_owned(), cx.texts.number(at.len() as u64)))
        .collect()
}

/// Positions of the list of vetoes by reason; the list is sorted by it.
fn by_veto(cx: Cells, index: &Index) -> Vec<(Veto, Vec<usize>)> {
    let mut kinds: Vec<(Veto, Vec<usize>)> = Vec::new();
    for (at, &link) in index.vetoed.iter().enumerate() {
        let veto = cx.outcome.matching.links[link as usize].veto.unwrap_or(Veto::Refused);
        match kinds.last_mut() {
            Some((last, positions)) if *last == veto => positions.push(at),
            _ => kinds.push((veto, vec![at])),
        }
    }
    kinds
}
