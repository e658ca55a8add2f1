//! Where records go: matched, to review, on one side only; and what the first synchronisation would do.

use serde::Serialize;

use crate::matching::{Decision, Scope};
use crate::model::{Entity, Side};
use crate::outcome::Action;
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::model::Table;
use crate::report::queue::Cells;
use crate::report::svg::{self, Part};

/// State of a record against the other side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Matched,
    Review,
    Only,
    /// Not compared: own organisations and what reconciliation leaves aside.
    Aside,
}

impl State {
    const ALL: [State; 4] = [State::Matched, State::Review, State::Only, State::Aside];

    fn class(self) -> &'static str {
        match self {
            State::Matched => "f-matched",
            State::Review => "f-review",
            State::Only => "f-only",
            State::Aside => "f-aside",
        }
    }
}

/// The flow of one entity.
#[derive(Debug, Serialize)]
pub struct Flow {
    pub title: String,
    /// «контрагенты».
    pub entity: &'static str,
    pub svg: String,
    pub table: Table,
}

/// One flow per entity that has records.
pub fn flows(cx: Cells) -> Vec<Flow> {
    let o = cx.outcome;
    let t = cx.texts;
    let mut counts = [[[0u64; 4]; 2]; 2];
    for side in Side::BOTH {
        for (at, state) in states(cx, side).into_iter().enumerate() {
            counts[o.data.parties(side).raw.entity[at] as usize][side as usize][state as usize] += 1;
        }
    }
    Entity::PARTIES
        .into_iter()
        .filter(|&e| counts[e as usize].iter().flatten().sum::<u64>() > 0)
        .map(|e| {
            let of_side = |side: Side| -> Vec<Part> {
                State::ALL
                    .into_iter()
                    .map(|s| Part {
                        label: label(cx, s, side),
                        value: counts[e as usize][side as usize][s as usize],
                        shown: t.number(counts[e as usize][side as usize][s as usize]),
                        class: s.class(),
                    })
                    .collect()
            };
            let (crm, onec) = (of_side(Side::Crm), of_side(Side::Onec));
            let totals = counts[e as usize].map(|c| c.iter().sum::<u64>());
            let heads = [Side::Crm, Side::Onec].map(|s| {
                let n = t.count("record", totals[s as usize]);
                format!("{}: {n}", s.title(t.lang))
            });
            let title = t.say("flow.title", &[("entity", &e.title(t.lang))]);
            let svg = svg::flow(&title, &[&heads[0], &heads[1]], &crm, &onec);
            Flow { svg, table: flow_table(cx, e, &counts[e as usize]), entity: e.title(t.lang), title }
        })
        .collect()
}

fn label(cx: Cells, state: State, side: Side) -> String {
    let key = match (state, side) {
        (State::Matched, _) => "flow.matched",
        (State::Review, _) => "flow.review",
        (State::Only, Side::Crm) => "flow.only_crm",
        (State::Only, Side::Onec) => "flow.only_onec",
        (State::Aside, _) => "flow.aside",
    };
    cx.texts.get(key).to_owned()
}

fn flow_table(cx: Cells, entity: Entity, counts: &[[u64; 4]; 2]) -> Table {
    let t = cx.texts;
    let mut columns = vec![(t.get("col.where").to_owned(), Kind::Text), (t.get("flow.total").to_owned(), Kind::Number)];
    columns.extend(
        ["flow.matched", "flow.review", "flow.only", "flow.aside"].map(|key| (t.get(key).to_owned(), Kind::Number)),
    );
    let rows = Side::BOTH
        .into_iter()
        .map(|side| {
            let of = &counts[side as usize];
            let total: u64 = of.iter().sum();
            let mut row = vec![cx.side(side), cx.count(total)];
            row.extend(of.iter().map(|&n| {
                let text = if n == 0 { t.number(0) } else { format!("{} ({})", t.number(n), t.share(n, total)) };
                Cell::number(n as f64, text)
            }));
            row
        })
        .collect();
    Table::whole(&format!("flow-{entity}"), columns, rows)
}

/// For each record of a side what became of it.
fn states(cx: Cells, side: Side) -> Vec<State> {
    let o = cx.outcome;
    let mut states = vec![State::Aside; o.data.parties(side).len()];
    for r in match side {
        Side::Crm => &o.drift.only_crm,
        Side::Onec => &o.drift.only_onec,
    } {
        states[r.at()] = State::Only;
    }
    for link in o.matching.links.iter().filter(|l| l.decision == Decision::Review && l.scope() == Scope::Cross) {
        for r in [link.a, link.b] {
            if r.side == side && states[r.at()] == State::Only {
                states[r.at()] = State::Review;
            }
        }
    }
    for cluster in &o.matching.clusters {
        if cluster.of(side.other()).next().is_some() {
            for r in cluster.of(side) {
                states[r.at()] = State::Matched;
            }
        }
    }
    states
}

/// The forecast of one entity in one direction.
#[derive(Debug, Serialize)]
pub struct ForecastView {
    pub title: String,
    pub svg: String,
}

/// The whole forecast.
#[derive(Debug, Serialize)]
pub struct Forecasts {
    pub charts: Vec<ForecastView>,
    pub table: Table,
    /// Fields that an update writes or that are in conflict.
    pub fields: Table,
}

/// Fields behind updates and conflicts, with the owner that the project names.
fn forecast_fields(cx: Cells) -> Table {
    let (o, t) = (cx.outcome, cx.texts);
    let mut rows = Vec::new();
    for f in &o.forecast {
        for &(field, n) in &f.fields {
            let (from, to) = (f.target.other().title(t.lang), f.target.title(t.lang));
            let tone = if f.action == Action::Conflict { Tone::Error } else { Tone::Plain };
            rows.push(vec![
                Cell::text(format!("{from} → {to}")),
                cx.entity(f.entity),
                Cell::text(field.title(t.lang)),
                Cell::text(f.action.text(t.lang)).tone(tone),
                cx.count(n),
            ]);
        }
    }
    let columns = [
        ("col.direction", Kind::Text),
        ("col.entity", Kind::Text),
        ("col.field", Kind::Text),
        ("forecast.action", Kind::Text),
        ("col.records", Kind::Number),
    ];
    Table::whole("forecast-fields", columns.map(|(key, kind)| (t.get(key).to_owned(), kind)).into(), rows)
}

impl Forecasts {
    pub fn new(cx: Cells) -> Forecasts {
        let (o, t) = (cx.outcome, cx.texts);
        let mut charts = Vec::new();
        let mut rows = Vec::new();
        for &target in o.direction.targets() {
            for &entity in Entity::ALL {
                let count = |action: Action| -> u64 {
                    let lines = o.forecast.iter();
                    lines
                        .filter(|f| f.entity == entity && f.target == target && f.action == action)
                        .map(|f| f.records.len() as u64)
                        .sum()
                };
                let total: u64 = Action::ALL.into_iter().map(count).sum();
                if total == 0 {
                    continue;
                }
                let (from, to) = (target.other().title(t.lang), target.title(t.lang));
                let title = t.say("forecast.title", &[("from", &from), ("to", &to), ("entity", &entity.title(t.lang))]);
                let parts: Vec<Part> = Action::ALL
                    .into_iter()
                    .map(|a| Part {
                        label: a.text(t.lang).to_owned(),
                        value: count(a),
                        shown: t.number(count(a)),
                        class: class(a),
                    })
                    .collect();
                charts.push(ForecastView { svg: svg::stacked(&title, &parts), title });
                let mut row = vec![Cell::text(format!("{from} → {to}")), cx.entity(entity), cx.count(total)];
                row.extend(Action::ALL.map(|a| {
                    let tone = match a {
                        Action::Conflict | Action::Duplicate if count(a) > 0 => Tone::Error,
                        _ => Tone::Plain,
                    };
                    cx.count(count(a)).tone(tone)
                }));
                rows.push(row);
            }
        }
        let mut columns = vec![
            (t.get("col.direction").to_owned(), Kind::Text),
            (t.get("col.entity").to_owned(), Kind::Text),
            (t.get("flow.total").to_owned(), Kind::Number),
        ];
        columns.extend(Action::ALL.map(|a| (a.text(t.lang).to_owned(), Kind::Number)));
        Forecasts { charts, table: Table::whole("forecast-table", columns, rows), fields: forecast_fields(cx) }
    }
}

fn class(action: Action) -> &'static str {
    match action {
        Action::Create => "f-only",
        Action::Update => "f-info",
        Action::Conflict => "f-error",
        Action::Duplicate => "f-blocker",
        Action::Skip => "f-matched",
    }
}
