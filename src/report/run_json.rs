//! `run.json`: the manifest of a run, for scripts and schedulers.

use serde_json::{Map, Value, json};

use crate::checks::Ran;
use crate::decisions::State;
use crate::finding::{Severity, Status};
use crate::gates::{Condition, Gate, Limit, Measured, Which};
use crate::matching::Decision;
use crate::model::{Entity, LeftOutReason, Side, SourceReport};
use crate::outcome::{Outcome, StageTime};

/// Version of the layout of `run.json`; raised when a key changes its meaning.
const LAYOUT: u32 = 1;

/// The manifest. `started` is the UTC time of the run as `YYYY-MM-DDTHH:MM:SSZ`; `stages` are those of the outcome
/// and of writing. Only these two differ between runs on equal input.
pub fn build(outcome: &Outcome, started: &str, stages: &[StageTime]) -> Value {
    let sources: Vec<Value> = Side::BOTH.iter().flat_map(|&side| &outcome.data.get(side).sources).map(source).collect();
    let severities: Map<String, Value> =
        Severity::ALL.iter().map(|&s| (s.as_str().to_owned(), json!(outcome.count(s)))).collect();
    let decisions: Map<String, Value> = [Decision::Auto, Decision::Review, Decision::Rejected, Decision::Accepted]
        .iter()
        .map(|&d| (d.as_str().to_owned(), json!(outcome.matching.links.iter().filter(|l| l.decision == d).count())))
        .collect();
    json!({
        "layout": LAYOUT,
        "sverka": env!("CARGO_PKG_VERSION"),
        "started": started,
        "project": outcome.project,
        "lang": outcome.lang.as_str(),
        "masked": outcome.masked,
        "as_of": outcome.as_of.to_string(),
        "direction": outcome.direction.as_str(),
        "snapshot_id": outcome.snapshot_id,
        "config_sha256": outcome.config_sha256,
        "verdict": outcome.verdict().as_str(),
        "readiness": (outcome.readiness * 10.0).round() / 10.0,
        "readiness_by": outcome.ready.iter().map(|r| json!({
            "side": r.side.as_str(), "entity": r.entity.as_str(), "clean": r.clean, "total": r.total,
        })).collect::<Vec<_>>(),
        "gates": outcome.gates.iter().map(gate).collect::<Vec<_>>(),
        "conditions": outcome.conditions.iter().map(condition).collect::<Vec<_>>(),
        "clearing": json!({
            "findings": outcome.clearing.findings,
            "records": {
                "by_hand": outcome.clearing.by_hand,
                "to_confirm": outcome.clearing.to_confirm,
                "by_script": outcome.clearing.by_script,
            },
            "minutes": outcome.clearing.minutes,
            "least": outcome.clearing.exact,
            "checks": outcome.clearing.checks.iter().map(|c| json!({
                "id": c.check, "fix": c.fix.as_str(), "findings": c.findings, "of": c.of, "records": c.records,
            })).collect::<Vec<_>>(),
        }),
        "findings": severities,
        "accepted": outcome.findings.iter().filter(|f| f.status == Status::Accepted).count(),
        "held_back": outcome.held.as_ref().map(|h| json!({
            "cut_off": h.cut_off.map(|m| m.format("%Y-%m-%dT%H:%M:%S").to_string()),
            "findings": h.ids.len(),
            "pairs": h.pairs,
            "one_sided": h.one_sided,
            "checks": h.by_check.iter().map(|(id, n)| json!({"id": id, "findings": n})).collect::<Vec<_>>(),
        })),
        "decisions": {
            "applied": outcome.decisions.iter().filter(|d| d.state == State::Applied).count(),
            "attention": outcome.decisions.iter().filter(|d| d.state != State::Applied).map(|d| json!({
                "line": d.line, "kind": d.kind, "subject": d.subject, "author": d.author, "state": d.state.as_str(),
            })).collect::<Vec<_>>(),
        },
        "baseline": outcome.comparison.as_ref().map(|c| json!({
            "run": c.run, "started": c.started, "as_of": c.as_of.to_string(), "snapshot_id": c.snapshot_id,
        })),
        "changes": outcome.changes().map(|c| json!({
            "new": c.new, "returned": c.returned, "known": c.known, "accepted": c.accepted, "resolved": c.resolved,
            "not_checked": c.not_checked,
        })),
        "trend": outcome.comparison.iter().flat_map(|c| &c.trend).map(|p| json!(p)).collect::<Vec<_>>(),
        "checks": outcome.checks.iter().map(|c| {
            let (ran, evaluated, reason) = match &c.ran {
                Ran::Evaluated(n) => (true, Some(*n), None),
                Ran::NotRun(why) => (false, None, Some(why.as_str())),
            };
            json!({
                "id": c.meta.id, "severity": c.severity.as_str(), "ran": ran, "evaluated": evaluated,
                "findings": c.findings, "reason": reason, "in_scope": c.in_scope,
            })
        }).collect::<Vec<_>>(),
        "records": Side::BOTH.map(|s| json!({"side": s.as_str(), "count": outcome.data.parties(s).len()})),
        "matching": {
            "auto": outcome.matching_config.auto,
            "review": outcome.matching_config.review,
            "model": outcome.matching_config.model.as_ref().map(|m| json!({"path": m.path, "sha256": m.sha256})),
            "compared": outcome.matching.compared,
            "links": decisions,
            "clusters": outcome.matching.clusters.len(),
            "rules": outcome.matching.rules.iter().map(|r| json!({
                "rule": r.rule, "keys": r.keys, "pairs": r.pairs,
            })).collect::<Vec<_>>(),
            "oversized": outcome.matching.oversized.iter().map(|o| json!({
                "rule": o.rule, "records": o.records.len(), "refined_by": o.refined_by,
            })).collect::<Vec<_>>(),
        },
        "pairing": outcome.pairing.counts().into_iter().map(|(space, [linked, review, rejected])| json!({
            "entity": Entity::ALL.iter().find(|e| e.space() == space).map(|e| e.as_str()),
            "linked": linked, "review": review, "rejected": rejected,
        })).collect::<Vec<_>>(),
        "one_sided": {"crm": outcome.drift.only_crm.len(), "onec": outcome.drift.only_onec.len()},
        "forecast": outcome.forecast.iter().map(|f| json!({
            "entity": f.entity.as_str(), "to": f.target.as_str(), "action": f.action.as_str(), "count": f.records.len(),
            "fields": f.fields.iter().map(|(field, n)| (field.code().to_owned(), json!(n))).collect::<Map<_, _>>(),
        })).collect::<Vec<_>>(),
        "exchange": super::sections::exchange::manifest(&outcome.exchange),
        "sources": sources,
        "stages": stages.iter().map(|s| json!({
            "stage": s.stage, "elapsed_ms": s.elapsed_ms.round() as u64, "peak_bytes": s.peak_bytes,
        })).collect::<Vec<_>>(),
    })
}

/// A gate; keys that do not concern it are null.
fn gate(g: &Gate) -> Value {
    let (severity, check) = match &g.config.measured {
        Measured::Severity(s) => (Some(s.as_str()), None),
        Measured::Check(id) => (None, Some(id.as_str())),
    };
    let share = match g.config.limit {
        Limit::Count(_) => None,
        Limit::Share(percent) => Some(percent),
    };
    json!({
        "severity": severity, "check": check, "entity": g.config.entity.map(|e| e.as_str()),
        "of": if g.config.which == Which::New { "new" } else { "all" },
        "share": share, "base": share.map(|_| g.base),
        "limit": g.allowed, "actual": g.actual, "holds": g.holds(),
    })
}

fn condition(condition: &Condition) -> Value {
    let kind = condition.as_str();
    match condition {
        Condition::NotRun(checks) => json!({"kind": kind, "checks": checks}),
        Condition::Accepted(n) => json!({"kind": kind, "findings": n}),
        Condition::Shrunk(s) => json!({
            "kind": kind, "side": s.side.as_str(), "entity": s.entity.as_str(), "before": s.before, "now": s.now,
        }),
        Condition::Partial(side) | Condition::Empty(side) => json!({"kind": kind, "side": side.as_str()}),
    }
}

fn source(source: &SourceReport) -> Value {
    let left_out: Map<String, Value> = LeftOutReason::ALL
        .iter()
        .map(|&r| (r.as_str().to_owned(), json!(source.counts.left_out[r as usize])))
        .filter(|(_, n)| *n != json!(0))
        .collect();
    json!({
        "side": source.side.as_str(),
        "entity": source.entity.map(|e| e.as_str()),
        "path": source.path,
        "format": source.format,
        "encoding": source.encoding,
        "files": source.files.iter().map(|f| json!({"path": f.path, "bytes": f.bytes, "sha256": f.sha256})).collect::<Vec<_>>(),
        "rows": {
            "read": source.counts.read,
            "loaded": source.counts.loaded,
            "quarantined": source.counts.quarantined,
            "left_out": left_out,
        },
        "partial": source.partial,
        "columns": source.mapped.iter().map(|(h, f)| json!({"heading": h, "field": f.code()})).collect::<Vec<_>>(),
        "columns_not_used": source.unmapped,
        "tables_not_used": source.not_used.iter().map(|(k, n)| json!({"table": k, "rows": n})).collect::<Vec<_>>(),
    })
}
