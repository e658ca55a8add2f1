//! The neutral plan: what to merge and which fields to correct, what must hold before each step, who approved it and
//! what can be undone.
//!
//! Statuses are [`super::statuses`]'.
//!
//! Only automatic and accepted clusters become merges. Never merged: branches and other vetoed pairs (they are not in
//! one cluster), own organisations, folders, records whose id names several records, records already marked deleted.
//! Matching already keeps most of these apart; here all is checked once more, because a merge cannot be undone.

use rustc_hash::FxHashMap;

use super::statuses::{self, Difference};
use crate::matching::{Cluster, Decision, Link};
use crate::model::{Entity, Field, Flags, Lang, Notes, RecordRef, Side, Snapshots};
use crate::normalize::text::means_yes;
use crate::outcome::Outcome;

/// What a step can do wrong, and to whom it is left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Risk {
    /// Confirmed by a rule and can be undone by the script.
    Safe,
    /// Cannot be undone, or concerns the books: done only when approved.
    Approval,
    /// Left to a person.
    Manual,
}

impl Risk {
    pub fn as_str(self) -> &'static str {
        match self {
            Risk::Safe => "safe",
            Risk::Approval => "approval",
            Risk::Manual => "manual",
        }
    }
}

/// Who said that a step may be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approved {
    /// A rule of the data: control digits, a registered contract and posted money.
    Rule,
    /// Matching, above the threshold of automatic merges.
    Auto,
    /// A person, in the decisions.
    Person,
    /// Nobody yet: scripts leave the step out unless told that it was approved.
    Nobody,
}

impl Approved {
    /// Value in `plan.json`; `None` for nobody.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Approved::Rule => Some("rule"),
            Approved::Auto => Some("auto"),
            Approved::Person => Some("person"),
            Approved::Nobody => None,
        }
    }
}

/// Merge `duplicates` into `master`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergeStep {
    /// Position of the cluster.
    pub cluster: u32,
    pub side: Side,
    pub entity: Entity,
    pub master: RecordRef,
    /// Sorted, not empty.
    pub duplicates: Vec<RecordRef>,
    pub approved: Approved,
    /// Texts the master should end with, of fields that members of the step fill: from the golden record where it took
    /// the value from a member, else the master's, else the first duplicate's. Sorted by field.
    pub golden: Vec<(Field, String)>,
    /// Why the records are one party, in the language of the report.
    pub evidence: String,
}

impl MergeStep {
    /// Master first.
    pub fn records(&self) -> impl Iterator<Item = RecordRef> + '_ {
        std::iter::once(self.master).chain(self.duplicates.iter().copied())
    }

    pub fn golden(&self, field: Field) -> Option<&str> {
        self.golden.iter().find(|(f, _)| *f == field).map(|(_, value)| value.as_str())
    }
}

/// What confirms a correction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixReason {
    Digits,
    /// The unit has one contract in force, and it is registered.
    Registered,
    /// Money came under that contract.
    FirstPayment,
    /// All of its price came.
    PaidInFull,
    /// All that was sold by a deal is shipped.
    Shipped,
    /// And paid.
    ShippedAndPaid,
}

impl FixReason {
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            FixReason::Digits => {
                ("контрольные цифры подтверждают исправление", "the control digits confirm the correction")
            }
            FixReason::Registered => (
                "в 1С на объект один действующий договор, он зарегистрирован, оплат ещё нет",
                "1C has one contract in force for the unit, registered and not paid yet",
            ),
            FixReason::FirstPayment => (
                "в 1С на объект один действующий зарегистрированный договор, по нему проведена оплата",
                "1C has one registered contract in force for the unit, and a payment is posted under it",
            ),
            FixReason::PaidInFull => (
                "зарегистрированный договор покупателя оплачен в 1С полностью",
                "the buyer's registered contract is paid in full in 1C",
            ),
            FixReason::Shipped => {
                ("в 1С проведены отгрузки на всю сумму сделки", "1C has posted shipments for the whole sum of the deal")
            }
            FixReason::ShippedAndPaid => (
                "в 1С проведены отгрузки и оплаты на всю сумму сделки",
                "1C has posted shipments and payments for the whole sum of the deal",
            ),
        };
        lang.pick(ru, en)
    }
}

/// Replace a text that reads as one value by that value, or a status that the books have overtaken by the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixStep {
    pub record: RecordRef,
    pub field: Field,
    /// The text that must still stand there.
    pub expected: String,
    pub value: String,
    pub approved: Approved,
    pub reason: FixReason,
}

impl FixStep {
    /// In 1C an INN stands in printed forms and reports of documents already made: the accountant has the word.
    pub fn risk(&self) -> Risk {
        if self.approved == Approved::Nobody { Risk::Approval } else { Risk::Safe }
    }
}

/// Why a group is left to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ManualReason {
    OwnOrganisation,
    Folder,
    InnDiffers,
    Forbidden,
    IdClash,
    NoIds,
}

impl ManualReason {
    pub const ALL: [ManualReason; 6] = [
        ManualReason::OwnOrganisation,
        ManualReason::Folder,
        ManualReason::InnDiffers,
        ManualReason::Forbidden,
        ManualReason::IdClash,
        ManualReason::NoIds,
    ];

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            ManualReason::OwnOrganisation => ("в группе своя организация", "the group holds an own organisation"),
            ManualReason::Folder => ("в группе папка справочника", "the group holds a folder"),
            ManualReason::InnDiffers => ("в группе разные ИНН", "INNs of the group differ"),
            ManualReason::Forbidden => {
                ("пара записей группы запрещена правилом или человеком", "a pair of the group is forbidden")
            }
            ManualReason::IdClash => ("код записи повторяется в выгрузке", "the record id repeats in the export"),
            ManualReason::NoIds => ("в выгрузке нет кодов записей", "the export has no record ids"),
        };
        lang.pick(ru, en)
    }

    /// What the person should do.
    pub fn advice(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            ManualReason::OwnOrganisation => (
                "Свою организацию с контрагентом не объединяйте: проверьте, зачем она заведена среди контрагентов",
                "Do not merge an own organisation: find out why it is among the counterparties",
            ),
            ManualReason::Folder => (
                "Папки не объединяются: перенесите элементы и уберите лишнюю папку в программе",
                "Folders are not merged: move the items and remove the spare folder in the program",
            ),
            ManualReason::InnDiffers => (
                "Уточните ИНН по договору или ЕГРЮЛ и объедините только записи с одним ИНН",
                "Find the right INN in the contract or the register and merge only records with one INN",
            ),
            ManualReason::Forbidden => (
                "Откройте записи и решите, одно ли это лицо; решение внесите в отчёт (колонка «Решение»)",
                "Open the records, decide whether they are one party and put the decision into the report",
            ),
            ManualReason::IdClash => (
                "По коду запись не найти: откройте записи по наименованию и ИНН и объедините в программе",
                "The id does not tell the records apart: find them by name and INN and merge them in the program",
            ),
            ManualReason::NoIds => (
                "Повторите выгрузку с кодом записи (в CRM — «ID», в 1С — «Код» или «Ссылка») и сверьте ещё раз",
                "Export again with the id of the record (ID in the CRM, code or reference in 1C) and audit again",
            ),
        };
        lang.pick(ru, en)
    }
}

/// A group that scripts must leave to a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManualStep {
    pub cluster: u32,
    pub side: Side,
    pub entity: Entity,
    /// Sorted.
    pub records: Vec<RecordRef>,
    pub reason: ManualReason,
}

/// All steps. Fixes are sorted by record, merges and manual groups by side, entity and cluster, differences as findings
/// are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub fixes: Vec<FixStep>,
    pub merges: Vec<MergeStep>,
    pub manual: Vec<ManualStep>,
    pub differences: Vec<Difference>,
}

impl Plan {
    /// The fix of this field of a record, if the plan has one.
    pub fn fix(&self, record: RecordRef, field: Field) -> Option<&FixStep> {
        self.fixes.binary_search_by_key(&(record, field), |f| (f.record, f.field)).ok().map(|at| &self.fixes[at])
    }
}

/// Fields whose values a merge settles; requisites and ways to reach people are united by the systems themselves.
const SETTLED: [Field; 8] = [
    Field::Name,
    Field::FullName,
    Field::LastName,
    Field::FirstName,
    Field::Patronymic,
    Field::Inn,
    Field::Kpp,
    Field::Position,
];

/// Makes the plan of both sides.
pub fn build(outcome: &Outcome) -> Plan {
    let mut plan = Plan::default();
    let inside = links_by_cluster(outcome);
    let rejected = outcome.matching.links.iter().filter(|l| l.decision == Decision::Rejected);
    let mut refused = Refused::default();
    for link in rejected {
        refused.entry(link.a.min(link.b)).or_default().push(link.a.max(link.b));
    }
    for (at, cluster) in outcome.matching.clusters.iter().enumerate() {
        for side in Side::BOTH {
            merge_steps(outcome, (at as u32, cluster), side, &inside[at], &refused, &mut plan);
        }
    }
    plan.merges.sort_by_key(|m| (m.side, m.entity, m.cluster));
    plan.manual.sort_by_key(|m| (m.side, m.entity, m.cluster));
    for side in Side::BOTH {
        inn_fixes(&outcome.data, side, &mut plan.fixes);
    }
    plan.fixes.extend(statuses::corrections(outcome));
    plan.fixes.sort_by_key(|f| (f.record, f.field));
    plan.differences = statuses::differences(outcome, &plan.fixes);
    plan
}

/// For each record those after it with which it is forbidden to be one.
type Refused = FxHashMap<RecordRef, Vec<RecordRef>>;

/// Members of one side fall into steps by entity: a company card is never merged into a contact card.
fn merge_steps(
    outcome: &Outcome,
    (at, cluster): (u32, &Cluster),
    side: Side,
    inside: &[&Link],
    refused: &Refused,
    plan: &mut Plan,
) {
    let data = &outcome.data;
    let parties = data.parties(side);
    for entity in Entity::PARTIES {
        let members: Vec<RecordRef> = cluster
            .of(side)
            .filter(|&r| data.entity(r) == entity && !parties.flags[r.at()].has(Flags::DELETED))
            .collect();
        if members.len() < 2 {
            continue;
        }
        if let Some(reason) = left_to_a_person(data, side, &members, refused) {
            plan.manual.push(ManualStep { cluster: at, side, entity, records: members, reason });
            continue;
        }
        let master = cluster.master(side).filter(|m| members.contains(m)).unwrap_or(members[0]);
        let duplicates: Vec<RecordRef> = members.iter().copied().filter(|r| *r != master).collect();
        // Links among the members say it best; where they met only through the other side, the links to it do.
        let (own, others): (Vec<&Link>, Vec<&Link>) =
            inside.iter().partition(|l| [l.a, l.b].iter().all(|r| members.binary_search(r).is_ok()));
        let by_person = own.iter().chain(&others).any(|l| l.decision == Decision::Accepted);
        plan.merges.push(MergeStep {
            cluster: at,
            side,
            entity,
            master,
            golden: golden(outcome, at, master, &duplicates),
            duplicates,
            approved: if by_person { Approved::Person } else { Approved::Auto },
            evidence: evidence(if own.is_empty() { &others } else { &own }, outcome.lang),
        });
    }
}

fn left_to_a_person(data: &Snapshots, side: Side, members: &[RecordRef], refused: &Refused) -> Option<ManualReason> {
    let parties = data.parties(side);
    let any = |test: &dyn Fn(usize) -> bool| members.iter().any(|r| test(r.at()));
    if any(&|at| parties.flags[at].has(Flags::OWN) || means_yes(parties.raw.get(Field::IsOwn, at))) {
        Some(ManualReason::OwnOrganisation)
    } else if any(&|at| means_yes(parties.raw.get(Field::IsGroup, at))) {
        Some(ManualReason::Folder)
    } else if differ(members.iter().filter_map(|r| parties.inn[r.at()].valid())) {
        Some(ManualReason::InnDiffers)
    } else if members
        .iter()
        .any(|r| refused.get(r).is_some_and(|of| of.iter().any(|o| members.binary_search(o).is_ok())))
    {
        Some(ManualReason::Forbidden)
    } else if any(&|at| parties.raw.id_clash[at]) {
        Some(ManualReason::IdClash)
    } else if any(&|at| !has_id(parties.raw.id(at))) {
        Some(ManualReason::NoIds)
    } else {
        None
    }
}

/// Records without an id of their own are named by their row.
pub(super) fn has_id(id: &str) -> bool {
    !id.is_empty() && !id.starts_with("row-")
}

/// Whether the values are not all the same.
fn differ<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    values.next().is_some_and(|first| values.any(|other| other != first))
}

fn golden(outcome: &Outcome, cluster: u32, master: RecordRef, duplicates: &[RecordRef]) -> Vec<(Field, String)> {
    let raw = &outcome.data.parties(master.side).raw;
    let all = &outcome.matching.golden;
    let from = all.partition_point(|g| g.cluster < cluster);
    let of_cluster = &all[from..from + all[from..].partition_point(|g| g.cluster == cluster)];
    let mut values = Vec::new();
    for field in SETTLED {
        let of_members =
            of_cluster.iter().find(|g| g.field == field && (g.from == master || duplicates.contains(&g.from)));
        let filled = || {
            let texts =
                std::iter::once(master).chain(duplicates.iter().copied()).map(|r| raw.get(field, r.at()).trim());
            texts.into_iter().find(|t| !t.is_empty()).map(str::to_owned)
        };
        // Only fields that the exports have: `name` of a person may be put together from its parts.
        if raw.has(field)
            && let Some(value) = of_members.map(|g| g.value.clone()).or_else(filled)
        {
            values.push((field, value));
        }
    }
    values
}

/// Auto and accepted links inside each cluster, in the order of links.
fn links_by_cluster(outcome: &Outcome) -> Vec<Vec<&Link>> {
    let of = Side::BOTH.map(|side| outcome.matching.cluster_of(side, outcome.data.parties(side).len()));
    let mut inside: Vec<Vec<&Link>> = vec![Vec::new(); outcome.matching.clusters.len()];
    for link in outcome.matching.links.iter().filter(|l| l.decision.links()) {
        let (a, b) = (of[link.a.side as usize][link.a.at()], of[link.b.side as usize][link.b.at()]);
        if let (Some(a), Some(b)) = (a, b)
            && a == b
        {
            inside[a as usize].push(link);
        }
    }
    inside
}

/// Reasons without repeats, in the order of links.
fn evidence(links: &[&Link], lang: Lang) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for link in links {
        let reason = link.reason(lang);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join(" | ")
}

/// An INN that was read after a repair which its control digits confirm.
fn inn_fixes(data: &Snapshots, side: Side, fixes: &mut Vec<FixStep>) {
    let parties = data.parties(side);
    let approved = if side == Side::Onec { Approved::Nobody } else { Approved::Rule };
    for record in parties.refs() {
        let at = record.at();
        let repaired = [Notes::LEADING_ZERO, Notes::DIRTY, Notes::LOOKALIKE, Notes::COERCED];
        let notes = parties.inn_notes[at];
        // With another value in the cell the repair would lose it.
        let shared = notes.has(Notes::SHARED_CELL);
        // Without an id a script cannot find the record; an own organisation is not for a script to touch.
        if !has_id(parties.raw.id(at)) || parties.flags[at].has(Flags::OWN) {
            continue;
        }
        if parties.raw.id_clash[at] || !parties.is_active(at) || shared || !repaired.iter().any(|&n| notes.has(n)) {
            continue;
        }
        if let Some(inn) = parties.inn[at].valid() {
            let expected = parties.raw.get(Field::Inn, at);
            let value = inn.to_string();
            if expected != value {
                let (expected, reason) = (expected.to_owned(), FixReason::Digits);
                fixes.push(FixStep { record, field: Field::Inn, expected, value, approved, reason });
            }
        }
    }
}
