//! The exchange itself: what it would be refused, the calls and hours of the first one, and whether later ones keep up.

use serde::Serialize;
use serde_json::{Value, json};

use crate::forecast::Exchange;
use crate::forecast::pace::{DAYS, Holds};
use crate::map::system::System;
use crate::model::Lang;
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::model::Table;
use crate::report::queue::Cells;
use crate::report::texts::Texts;

/// The section, under the forecast.
#[derive(Debug, Serialize)]
pub struct ExchangeView {
    pub failures: Table,
    /// «Первый обмен: … запросов к …».
    pub load_lead: String,
    pub load: Table,
    pub pace_lead: String,
    pub pace: Table,
    /// Whether the planned interval holds, and its tone.
    pub interval: String,
    pub interval_tone: Tone,
}

impl ExchangeView {
    pub fn new(cx: Cells) -> ExchangeView {
        let (interval, interval_tone) = interval(cx);
        ExchangeView {
            failures: failures(cx),
            load_lead: load_lead(cx),
            load: load(cx),
            pace_lead: cx.texts.say("exchange.pace_lead", &[("days", &DAYS)]),
            pace: pace(cx),
            interval,
            interval_tone,
        }
    }
}

fn table(cx: Cells, id: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Cell>>) -> Table {
    Table::whole(id, columns.iter().map(|&(key, kind)| (cx.texts.get(key).to_owned(), kind)).collect(), rows)
}

fn failures(cx: Cells) -> Table {
    let t = cx.texts;
    let row = |f: &crate::forecast::failures::Failure| {
        let (from, to) = (f.target.other().title(t.lang), f.target.title(t.lang));
        vec![
            Cell::text(format!("{from} → {to}")),
            cx.entity(f.entity),
            Cell::text(f.field.title(t.lang)),
            Cell::text(f.refusal.text(t.lang)),
            cx.count(f.records.len() as u64).tone(Tone::Error),
        ]
    };
    let columns = [
        ("col.direction", Kind::Text),
        ("col.entity", Kind::Text),
        ("col.field", Kind::Text),
        ("exchange.reason", Kind::Text),
        ("col.records", Kind::Number),
    ];
    table(cx, "exchange-failures", &columns, cx.outcome.exchange.failures.iter().map(row).collect())
}

/// The CRM in the words of the reader.
fn crm_name(crm: Option<System>, lang: Lang) -> &'static str {
    match crm {
        Some(System::Bitrix24) => lang.pick("Битрикс24", "Bitrix24"),
        Some(System::AmoCrm) => "amoCRM",
        Some(System::RetailCrm) => "RetailCRM",
        _ => "CRM",
    }
}

/// Seconds as people say them: minutes below two hours, hours above.
fn span(t: &Texts, seconds: u64) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    if minutes < 120 { t.count("minute", minutes) } else { t.count("hour", minutes.div_ceil(60)) }
}

fn load_lead(cx: Cells) -> String {
    let (e, t) = (&cx.outcome.exchange, cx.texts);
    let (single, batched) = e.requests();
    let name = crm_name(e.crm, t.lang);
    let (calls, least) = (t.count("request", single), t.count("request", batched));
    match (e.rates.seconds(single), e.rates.seconds(batched)) {
        (Some(longest), Some(shortest)) => t.say(
            "exchange.load_lead",
            &[
                ("crm", &name),
                ("rate", &t.decimal(e.rates.per_second.unwrap_or_default(), 1)),
                ("single", &calls),
                ("longest", &span(t, longest)),
                ("batched", &least),
                ("shortest", &span(t, shortest)),
            ],
        ),
        _ => t.say("exchange.load_unknown", &[("crm", &name), ("single", &calls), ("batched", &least)]),
    }
}

fn load(cx: Cells) -> Table {
    let e = &cx.outcome.exchange;
    let row = |line: &crate::forecast::load::Line| {
        vec![
            cx.entity(line.entity),
            cx.count(line.reads),
            cx.count(line.created),
            cx.count(line.create_calls),
            cx.count(line.updated),
            cx.count(line.update_calls),
            cx.count(line.single()),
            cx.count(line.batched(&e.rates)),
        ]
    };
    let columns = [
        ("col.entity", Kind::Text),
        ("exchange.reads", Kind::Number),
        ("exchange.created", Kind::Number),
        ("exchange.create_calls", Kind::Number),
        ("exchange.updated", Kind::Number),
        ("exchange.update_calls", Kind::Number),
        ("exchange.single", Kind::Number),
        ("exchange.batched", Kind::Number),
    ];
    table(cx, "exchange-load", &columns, e.load.iter().map(row).collect())
}

fn pace(cx: Cells) -> Table {
    let t = cx.texts;
    let row = |p: &crate::forecast::pace::Pace| {
        let mean = p.changed as f64 / DAYS as f64;
        vec![
            cx.side(p.side),
            cx.entity(p.entity),
            cx.count(p.changed),
            Cell::number(mean, t.decimal(mean, 1)),
            cx.count(p.peak),
            Cell::text(t.date(p.peak_day)),
        ]
    };
    let columns = [
        ("col.where", Kind::Text),
        ("col.entity", Kind::Text),
        ("exchange.changed", Kind::Number),
        ("exchange.mean", Kind::Number),
        ("exchange.peak", Kind::Number),
        ("exchange.peak_day", Kind::Text),
    ];
    table(cx, "exchange-pace", &columns, cx.outcome.exchange.pace.iter().map(row).collect())
}

fn interval(cx: Cells) -> (String, Tone) {
    let (e, t) = (&cx.outcome.exchange, cx.texts);
    let Some(minutes) = e.interval_minutes else {
        return (t.get("exchange.no_interval").to_owned(), Tone::Plain);
    };
    let every = t.count("minute", u64::from(minutes));
    let Some(b) = e.busiest else { return (t.say("exchange.no_dates", &[("every", &every)]), Tone::Warning) };
    let from = if b.estimated {
        t.date(b.from.date())
    } else {
        format!("{} {}", t.date(b.from.date()), b.from.format("%H:%M"))
    };
    let (key, tone) = match e.holds {
        Holds::Yes => ("exchange.holds", Tone::Good),
        Holds::InBatches => ("exchange.holds_in_batches", Tone::Warning),
        Holds::No => ("exchange.holds_not", Tone::Error),
        Holds::Unknown => ("exchange.holds_unknown", Tone::Warning),
    };
    let numbers = [
        ("every", &every as &dyn std::fmt::Display),
        ("from", &from),
        ("records", &t.count("record", b.records)),
        ("requests", &t.count("request", b.reads + b.writes)),
        ("takes", &e.rates.seconds(b.reads + b.writes).map_or_else(String::new, |s| span(t, s))),
    ];
    let mut text = t.say(key, &numbers);
    if b.estimated {
        text.push(' ');
        text.push_str(t.get("exchange.estimated"));
    }
    (text, tone)
}

/// `exchange` of `run.json`.
pub fn manifest(e: &Exchange) -> Value {
    let (single, batched) = e.requests();
    let time = "%Y-%m-%dT%H:%M:%S";
    json!({
        "crm": e.crm.map(System::as_str),
        "calls_per_second": e.rates.per_second,
        "requests": {"single": single, "batched": batched},
        "seconds": {"single": e.rates.seconds(single), "batched": e.rates.seconds(batched)},
        "load": e.load.iter().map(|l| json!({
            "entity": l.entity.as_str(), "reads": l.reads, "created": l.created, "create_calls": l.create_calls,
            "updated": l.updated, "update_calls": l.update_calls,
        })).collect::<Vec<_>>(),
        "failures": e.failures.iter().map(|f| json!({
            "entity": f.entity.as_str(), "to": f.target.as_str(), "reason": f.refusal.as_str(),
            "field": f.field.code(), "count": f.records.len(),
        })).collect::<Vec<_>>(),
        "changes": e.pace.iter().map(|p| json!({
            "side": p.side.as_str(), "entity": p.entity.as_str(), "days": DAYS, "changed": p.changed,
            "peak_day": p.peak_day.to_string(), "peak": p.peak,
        })).collect::<Vec<_>>(),
        "interval_minutes": e.interval_minutes,
        "busiest": e.busiest.map(|b| json!({
            "from": b.from.format(time).to_string(), "records": b.records, "reads": b.reads, "writes": b.writes,
            "estimated": b.estimated,
        })),
        "holds": e.holds.as_str(),
    })
}
