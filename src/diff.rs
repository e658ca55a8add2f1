//! `sverka diff`: what changed between two runs on disk, whatever lies between them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use polars::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::baseline::{self, Absence, Baseline, BaselineError, Fate, table, texts};
use crate::finding::{Changed, Severity};
use crate::model::{Entity, Field, Lang, Side};

/// One of the two runs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Head {
    /// Folder name.
    pub run: String,
    pub started: String,
    pub as_of: String,
    pub verdict: String,
    /// Per cent.
    pub readiness: f64,
    pub findings: u64,
}

/// A finding that one run has and the other has not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Item {
    pub finding_id: String,
    pub check: String,
    pub severity: String,
    /// Keys `side:entity:id`; of a finding about a source its place.
    pub records: Vec<String>,
    pub field: Option<String>,
    pub message: String,
    /// `crm`, `onec` or `both`: whose records are new, gone or changed between the runs.
    pub changed_side: Option<&'static str>,
}

/// Findings of one check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ByCheck {
    pub check: String,
    /// In the later run, else in the earlier one.
    pub severity: String,
    pub new: u64,
    pub resolved: u64,
    /// In the later run.
    pub total: u64,
}

/// Records of one side and entity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ByEntity {
    pub side: &'static str,
    pub entity: &'static str,
    pub appeared: u64,
    pub gone: u64,
    pub changed: u64,
    /// Code of the field → records in which it changed.
    pub fields: BTreeMap<&'static str, u64>,
}

/// Linked pairs, those of one party.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Pairs {
    pub gained: Vec<[String; 2]>,
    pub lost: Vec<[String; 2]>,
    pub kept: u64,
}

/// What changed from `before` to `after`. All lists have a total order.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Diff {
    pub before: Head,
    pub after: Head,
    /// Language of the later run.
    #[serde(skip)]
    pub lang: Lang,
    pub config_changed: bool,
    pub version_changed: bool,
    /// Findings of both runs.
    pub known: u64,
    /// Known ones whose severity the project changed.
    pub severity_changed: u64,
    pub checks: Vec<ByCheck>,
    /// By severity, check and id.
    pub new: Vec<Item>,
    pub resolved: Vec<Item>,
    /// Checks that ran in one run only: their findings of the other one say nothing of the data.
    pub only_checked_before: Vec<String>,
    pub only_checked_after: Vec<String>,
    /// Empty when a run holds no snapshot.
    pub records: Vec<ByEntity>,
    pub pairs: Pairs,
}

/// Compares two runs.
///
/// # Errors
/// [`BaselineError`] when a file of a run is missing or unreadable.
pub fn diff(before: &Path, after: &Path) -> Result<Diff, BaselineError> {
    let (a, b) = (baseline::load(before)?, baseline::load(after)?);
    let moves = Moves::between(&a, &b)?;
    let (rows_a, rows_b) = (a.rows()?, b.rows()?);
    let fates = baseline::relate::relate(&rows_b, &rows_a);
    let (sets_a, sets_b) = (ran(&a), ran(&b));
    let only = |x: &Ran, y: &Ran| -> Vec<String> {
        x.iter().filter(|(id, ran)| **ran && !y.get(*id).copied().unwrap_or(false)).map(|(id, _)| id.clone()).collect()
    };
    let (only_checked_before, only_checked_after) = (only(&sets_a, &sets_b), only(&sets_b, &sets_a));

    let columns_a = Columns::of(&a)?;
    let columns_b = Columns::of(&b)?;
    let mut checks: BTreeMap<(u8, &str), ByCheck> = BTreeMap::new();
    let rank = |severity: &str| Severity::parse(severity).map_or(u8::MAX, |s| s as u8);
    let severity_of: HashMap<&str, &str> = {
        let both = columns_a.checks.iter().zip(&columns_a.severities);
        both.chain(columns_b.checks.iter().zip(&columns_b.severities)).map(|(c, s)| (*c, *s)).collect()
    };
    let mut count = |check: &str, add: fn(&mut ByCheck)| {
        let Some((&check, &severity)) = severity_of.get_key_value(check) else { return };
        let line = checks.entry((rank(severity), check)).or_insert_with(|| ByCheck {
            check: check.to_owned(),
            severity: severity.to_owned(),
            new: 0,
            resolved: 0,
            total: 0,
        });
        add(line);
    };
    let (mut new, mut resolved) = (Vec::new(), Vec::new());
    let (mut known, mut severity_changed) = (0, 0);
    for (at, fate) in fates.now.iter().enumerate() {
        count(columns_b.checks[at], |c| c.total += 1);
        match *fate {
            Fate::Same(there) | Fate::Part(there) => {
                known += 1;
                severity_changed += u64::from(columns_b.severities[at] != columns_a.severities[there as usize]);
            }
            Fate::Grown(_) | Fate::Alone => {
                count(columns_b.checks[at], |c| c.new += 1);
                new.push(columns_b.item(at, rows_b.names(at), &moves));
            }
        }
    }
    for (at, fate) in fates.before.iter().enumerate() {
        let checked = sets_b.get(columns_a.checks[at]).copied().unwrap_or(false);
        // The later run may know better: held back, or its record was not to be seen.
        let waits = b.gone.get(&rows_a.id(at)).is_some_and(|g| g.absence == Absence::NotChecked);
        if *fate == Fate::Alone && checked && !waits {
            count(columns_a.checks[at], |c| c.resolved += 1);
            resolved.push(columns_a.item(at, rows_a.names(at), &moves));
        }
    }
    for list in [&mut new, &mut resolved] {
        list.sort_by(|x: &Item, y: &Item| {
            (rank(&x.severity), &x.check, &x.finding_id).cmp(&(rank(&y.severity), &y.check, &y.finding_id))
        });
    }
    let differs = |key: &str| a.manifest[key] != b.manifest[key];
    Ok(Diff {
        before: head(&a),
        after: head(&b),
        lang: if b.manifest["lang"] == "en" { Lang::En } else { Lang::Ru },
        config_changed: differs("config_sha256"),
        version_changed: differs("sverka"),
        known,
        severity_changed,
        checks: checks.into_values().collect(),
        new,
        resolved,
        only_checked_before,
        only_checked_after,
        records: moves.by_entity,
        pairs: pairs(&a, &b)?,
    })
}

fn head(run: &Baseline) -> Head {
    Head {
        run: run.run.clone(),
        started: run.started.clone(),
        as_of: run.as_of.to_string(),
        verdict: run.manifest["verdict"].as_str().unwrap_or("").to_owned(),
        readiness: run.manifest["readiness"].as_f64().unwrap_or(0.0),
        findings: run.findings.height() as u64,
    }
}

type Ran = BTreeMap<String, bool>;

/// Checks of a run and whether each ran.
fn ran(run: &Baseline) -> Ran {
    let checks = run.manifest["checks"].as_array().into_iter().flatten();
    checks.filter_map(|c| Some((c["id"].as_str()?.to_owned(), c["ran"] == Value::Bool(true)))).collect()
}

/// Columns of `findings.parquet` that an [`Item`] is made of.
struct Columns<'a> {
    ids: Vec<&'a str>,
    checks: Vec<&'a str>,
    severities: Vec<&'a str>,
    fields: Vec<&'a str>,
    messages: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(run: &'a Baseline) -> Result<Columns<'a>, BaselineError> {
        let column = |name: &str| texts(&run.findings, name).map_err(|source| run.failed("findings", source));
        Ok(Columns {
            ids: column("finding_id")?,
            checks: column("check")?,
            severities: column("severity")?,
            fields: column("field")?,
            messages: column("message")?,
        })
    }

    fn item(&self, at: usize, records: Vec<String>, moves: &Moves) -> Item {
        let field = self.fields[at];
        Item {
            finding_id: self.ids[at].to_owned(),
            check: self.checks[at].to_owned(),
            severity: self.severities[at].to_owned(),
            changed_side: moves.changed(&records, field).as_str(),
            records,
            field: (!field.is_empty()).then(|| field.to_owned()),
            message: self.messages[at].to_owned(),
        }
    }
}

/// What became of each record that is not the same in both runs.
#[derive(Default)]
struct Moves {
    /// Key → changed fields; none for a record that one run only has.
    by_record: HashMap<String, Vec<Field>>,
    by_entity: Vec<ByEntity>,
}

impl Moves {
    fn between(a: &Baseline, b: &Baseline) -> Result<Moves, BaselineError> {
        let file = |run: &Baseline| run.folder.join("data/snapshot.parquet").is_file();
        if !file(a) || !file(b) {
            return Ok(Moves::default());
        }
        let (frame_a, frame_b) = (table(&a.folder, "snapshot")?, table(&b.folder, "snapshot")?);
        let mut moves = Moves::default();
        moves.fill(&frame_a, &frame_b).map_err(|source| b.failed("snapshot", source))?;
        Ok(moves)
    }

    fn fill(&mut self, a: &DataFrame, b: &DataFrame) -> PolarsResult<()> {
        let names = |frame| -> PolarsResult<_> {
            Ok((texts(frame, "side")?, texts(frame, "entity")?, texts(frame, "record_id")?))
        };
        let ((sides_a, entities_a, ids_a), (sides_b, entities_b, ids_b)) = (names(a)?, names(b)?);
        let mut there: HashMap<(&str, &str, &str), usize> =
            (0..ids_a.len()).map(|at| ((sides_a[at], entities_a[at], ids_a[at]), at)).collect();
        let mut fields = Vec::new();
        for &field in Field::ALL {
            // A column that one run has not at all is a change of the export, not of its records.
            if let (Ok(x), Ok(y)) = (texts(a, field.code()), texts(b, field.code())) {
                fields.push((field, x, y));
            }
        }
        let mut counts: BTreeMap<(Side, Entity), ByEntity> = BTreeMap::new();
        let mut line = |side: &str, entity: &str, change: &dyn Fn(&mut ByEntity)| {
            let (Some(side), Some(entity)) = (Side::parse(side), Entity::parse(entity)) else { return };
            change(counts.entry((side, entity)).or_insert_with(|| ByEntity {
                side: side.as_str(),
                entity: entity.as_str(),
                appeared: 0,
                gone: 0,
                changed: 0,
                fields: BTreeMap::new(),
            }));
        };
        for at in 0..ids_b.len() {
            let (side, entity, id) = (sides_b[at], entities_b[at], ids_b[at]);
            let changed: Vec<Field> = match there.remove(&(side, entity, id)) {
                None => {
                    line(side, entity, &|l| l.appeared += 1);
                    Vec::new()
                }
                Some(old) => {
                    let changed = fields.iter().filter(|(_, x, y)| baseline::differ(x[old], y[at]));
                    let changed: Vec<Field> = changed.map(|(field, ..)| *field).collect();
                    if changed.is_empty() {
                        continue;
                    }
                    line(side, entity, &|l| {
                        l.changed += 1;
                        changed.iter().for_each(|f| *l.fields.entry(f.code()).or_default() += 1);
                    });
                    changed
                }
            };
            self.by_record.insert(format!("{side}:{entity}:{id}"), changed);
        }
        for (side, entity, id) in there.into_keys() {
            line(side, entity, &|l| l.gone += 1);
            self.by_record.insert(format!("{side}:{entity}:{id}"), Vec::new());
        }
        self.by_entity = counts.into_values().collect();
        Ok(())
    }

    /// The sides whose records moved in this field; when none did, in any.
    fn changed(&self, records: &[String], field: &str) -> Changed {
        let by = |counts: &dyn Fn(&[Field]) -> bool| {
            let moved = records.iter().filter(|key| self.by_record.get(*key).is_some_and(|fields| counts(fields)));
            moved
                .filter_map(|key| Side::parse(key.split(':').next().unwrap_or("")))
                .fold(Changed::Unknown, |all, side| all.and(side))
        };
        let changed = by(&|fields| fields.is_empty() || fields.iter().any(|f| f.code() == field));
        if changed == Changed::Unknown { by(&|_| true) } else { changed }
    }
}

/// Pairs that count as one party in each run.
fn pairs(a: &Baseline, b: &Baseline) -> Result<Pairs, BaselineError> {
    let (a, b) = (linked(a)?, linked(b)?);
    let mut lost: Vec<[String; 2]> = a.iter().filter(|p| b.binary_search(p).is_err()).cloned().collect();
    let mut gained: Vec<[String; 2]> = b.iter().filter(|p| a.binary_search(p).is_err()).cloned().collect();
    let kept = (b.len() - gained.len()) as u64;
    lost.sort_unstable();
    gained.sort_unstable();
    Ok(Pairs { gained, lost, kept })
}

/// Sorted, the smaller key of a pair first: the order of rows of a source decides which record a table calls left.
fn linked(run: &Baseline) -> Result<Vec<[String; 2]>, BaselineError> {
    let frame = table(&run.folder, "links")?;
    let read = || -> PolarsResult<Vec<[String; 2]>> {
        let column = |name: &str| texts(&frame, name);
        let (ls, le, li) = (column("left_side")?, column("left_entity")?, column("left_id")?);
        let (rs, re, ri) = (column("right_side")?, column("right_entity")?, column("right_id")?);
        let decisions = column("decision")?;
        let pair = |at: usize| {
            let mut pair = [format!("{}:{}:{}", ls[at], le[at], li[at]), format!("{}:{}:{}", rs[at], re[at], ri[at])];
            pair.sort_unstable();
            pair
        };
        let mut pairs: Vec<_> =
            (0..decisions.len()).filter(|&at| matches!(decisions[at], "auto" | "accepted")).map(pair).collect();
        pairs.sort_unstable();
        Ok(pairs)
    };
    read().map_err(|source| run.failed("links", source))
}
