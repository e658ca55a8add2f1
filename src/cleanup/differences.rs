//! What checks have found and no step of a plan answers: work of people, in the phase to which it belongs.

use rustc_hash::FxHashSet;

use super::plan::{Phase, Plan};
use super::sales;
use crate::checks::CheckResult;
use crate::finding::{Finding, FindingId, Severity, Status};
use crate::model::{Field, RecordRef, Side};
use crate::outcome::Outcome;

/// A finding that a person settles: in 1C, in the CRM, or in the mapping of the project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    pub phase: Phase,
    pub check: &'static str,
    pub finding: FindingId,
    /// Position of the finding.
    pub at: u32,
    /// The record that the finding is about comes first; never empty.
    pub records: Vec<RecordRef>,
    pub field: Option<Field>,
    /// What to do about it.
    pub advice: &'static str,
}

impl Difference {
    /// What was found, in the language of the report.
    pub fn reason<'a>(&self, outcome: &'a Outcome) -> &'a str {
        &outcome.findings[self.at as usize].message
    }

    /// Documents, payments and contracts: the list of the accountant has them.
    pub fn is_accounting(&self) -> bool {
        is_accounting(self.check)
    }
}

/// Families of checks that concern accounting.
pub fn is_accounting(check: &str) -> bool {
    ["doc-", "pay-", "co-"].iter().any(|family| check.starts_with(family))
}

/// Phases of checks and of families of checks; the first that fits. A check that is not here asks for no step: what it
/// finds is no obstacle (several branches of a firm), or the exchange itself levels it out (fields that differ).
const PHASES: [(&str, Phase); 29] = [
    ("snap-encoding-mojibake", Phase::Encodings),
    ("snap-number-coerced", Phase::Encodings),
    ("cp-mixed-script", Phase::Encodings),
    ("cp-invisible-chars", Phase::Encodings),
    ("snap-pk-duplicate", Phase::Keys),
    ("cp-inn-two-kinds", Phase::Duplicates),
    ("cp-inn-", Phase::Keys),
    ("cp-kpp-", Phase::Keys),
    ("cp-ogrn-", Phase::Keys),
    ("cp-foreign-id", Phase::Keys),
    ("pr-article-", Phase::Keys),
    ("pr-barcode-", Phase::Keys),
    ("pr-name-dup", Phase::Duplicates),
    ("pr-freeform-line", Phase::Documents),
    ("pr-archived-in-open-deal", Phase::Documents),
    ("map-", Phase::Dictionaries),
    ("pr-", Phase::Dictionaries),
    ("wh-", Phase::Dictionaries),
    ("co-", Phase::Dictionaries),
    ("cp-dup-", Phase::Duplicates),
    ("ct-dup-", Phase::Duplicates),
    ("cp-ip-company-vs-person", Phase::Duplicates),
    ("cp-link-", Phase::Links),
    ("cp-deleted-linked", Phase::Links),
    ("doc-", Phase::Documents),
    ("deal-", Phase::Documents),
    ("pay-", Phase::Documents),
    ("st-", Phase::Documents),
    ("re-", Phase::Documents),
];

fn phase(check: &str) -> Option<Phase> {
    PHASES.iter().find(|(family, _)| check.starts_with(family)).map(|(_, phase)| *phase)
}

/// Findings from warnings upwards that nobody has put off and no step of the plan answers: by phase, then in the order
/// of findings.
pub fn of(outcome: &Outcome, plan: &Plan) -> Vec<Difference> {
    let answered = Answered::by(plan);
    let mut found = Vec::new();
    // Of the last check: findings stand check by check.
    let mut advice = ("", "");
    for (at, finding) in outcome.findings.iter().enumerate() {
        let Some(phase) = phase(finding.check) else { continue };
        if finding.severity > Severity::Warning || finding.status == Status::Accepted {
            continue;
        }
        let records = records(finding);
        if records.is_empty() || answered.has(finding, phase, &records) {
            continue;
        }
        if advice.0 != finding.check {
            let check = outcome.checks.iter().find(|c: &&CheckResult| c.meta.id == finding.check);
            advice = (finding.check, check.map_or("", |c| c.meta.card(outcome.lang).remedy));
        }
        found.push(Difference {
            phase,
            check: finding.check,
            finding: finding.id,
            records,
            field: finding.field,
            at: at as u32,
            advice: advice.1,
        });
    }
    found.sort_by_key(|d| d.phase);
    found
}

fn records(finding: &Finding) -> Vec<RecordRef> {
    let mut records: Vec<RecordRef> = Vec::with_capacity(1 + finding.more.len());
    // Few findings name more than two.
    let mut seen: FxHashSet<RecordRef> = FxHashSet::default();
    let few = finding.more.len() < 8;
    for r in finding.records() {
        if if few { !records.contains(&r) } else { seen.insert(r) } {
            records.push(r);
        }
    }
    records
}

/// What the plan does already.
struct Answered {
    /// Records and fields of corrections.
    fields: FxHashSet<(RecordRef, Field)>,
    /// Records and phases of corrections.
    records: FxHashSet<(RecordRef, Phase)>,
    /// Records of merges and of groups left to a person.
    grouped: FxHashSet<RecordRef>,
}

impl Answered {
    fn by(plan: &Plan) -> Answered {
        let of_merges = plan.merges.iter().flat_map(|m| m.records());
        Answered {
            fields: plan.fixes.iter().map(|f| (f.record, f.field)).collect(),
            records: plan.fixes.iter().map(|f| (f.record, f.phase())).collect(),
            grouped: of_merges.chain(plan.manual.iter().flat_map(|m| m.records.iter().copied())).collect(),
        }
    }

    fn has(&self, finding: &Finding, phase: Phase, records: &[RecordRef]) -> bool {
        match phase {
            // A finding names the first damaged field of a record, a source all of its damaged rows: each is corrected.
            Phase::Encodings => records.iter().all(|&r| self.records.contains(&(r, phase))),
            // What merges stands on one side; a firm here and a person there is no merge.
            Phase::Duplicates => {
                let counts = Side::BOTH.map(|side| records.iter().filter(|r| r.side == side).count());
                let together = |r: &&RecordRef| counts[r.side as usize] > 1;
                counts.iter().any(|&n| n > 1) && records.iter().filter(together).all(|r| self.grouped.contains(r))
            }
            _ => {
                // A stage that moves on answers what was said of documents and money, too.
                let of_stage = sales::ANSWERED.contains(&finding.check).then_some(Field::Stage);
                finding.field.into_iter().chain(of_stage).any(|field| self.fields.contains(&(records[0], field)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks;

    /// Every family is of a check that exists.
    #[test]
    fn every_rule_is_of_some_check() {
        for (at, (family, phase_of)) in PHASES.iter().enumerate() {
            let first = |id: &str| PHASES.iter().position(|(f, _)| id.starts_with(f)) == Some(at);
            assert!(checks::all().any(|c| first(c.meta().id)), "{family}");
            let one = checks::all().map(|c| c.meta().id).find(|id| first(id)).unwrap();
            assert_eq!(phase(one), Some(*phase_of));
        }
        assert_eq!(phase("cp-branch-family"), None);
    }
}
