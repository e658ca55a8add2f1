//! The neutral plan: which fields to correct, what to merge, which cards to link, what must hold before each step, who
//! approved it, what can be undone, and in which order it all goes.
//!
//! Corrections are [`super::fixes`]', statuses [`super::statuses`]', links [`super::links`]', what is left of
//! findings [`super::differences`]'.
//!
//! Only automatic and accepted clusters become merges. Never merged: branches and other vetoed pairs (they are not in
//! one cluster), own organisations, folders, records whose id names several records, records already marked deleted.
//! Matching already keeps most of these apart; here all is checked once more, because a merge cannot be undone.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::differences::{self, Difference};
use super::fixes::{self, FixStep};
use super::{links, statuses};
use crate::link_table;
use crate::matching::{Cluster, Decision, Link};
use crate::model::{Entity, Field, Flags, Lang, RecordRef, Side, Snapshots};
use crate::normalize::text::means_yes;
use crate::outcome::Outcome;

/// The order of a cleanup: each phase rests on those before it. A name in a wrong code page matches nothing, a card without
/// its key finds no duplicate, links lead to what merging has left, and documents follow their parties.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    Encodings,
    Keys,
    Dictionaries,
    Duplicates,
    Links,
    Documents,
}

impl Phase {
    pub const ALL: [Phase; 6] =
        [Phase::Encodings, Phase::Keys, Phase::Dictionaries, Phase::Duplicates, Phase::Links, Phase::Documents];

    /// Value in `plan.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Encodings => "encodings",
            Phase::Keys => "keys",
            Phase::Dictionaries => "dictionaries",
            Phase::Duplicates => "duplicates",
            Phase::Links => "links",
            Phase::Documents => "documents",
        }
    }

    /// For lists of people.
    pub fn title(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Phase::Encodings => ("1. Кодировки", "1. Encodings"),
            Phase::Keys => ("2. Ключи", "2. Keys"),
            Phase::Dictionaries => ("3. Справочники", "3. Dictionaries"),
            Phase::Duplicates => ("4. Дубли", "4. Duplicates"),
            Phase::Links => ("5. Связи", "5. Links"),
            Phase::Documents => ("6. Документы", "6. Documents"),
        };
        lang.pick(ru, en)
    }
}

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
    /// Matching, above the threshold from which nobody looks.
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

/// All steps. Fixes are sorted by record, merges and manual groups by side, entity and cluster, differences by phase and
/// then as findings are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub fixes: Vec<FixStep>,
    pub merges: Vec<MergeStep>,
    pub manual: Vec<ManualStep>,
    pub differences: Vec<Difference>,
    /// Pairs, by kinds, that only the exchange can link.
    pub load: BTreeMap<links::Kinds, links::Rest>,
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
    of_pairs(outcome, &link_table::rows(outcome))
}

/// The same where the link table is at hand.
pub(super) fn of_pairs(outcome: &Outcome, pairs: &[link_table::Row]) -> Plan {
    let mut plan = Plan::default();
    for side in Side::BOTH {
        fixes::of_parties(&outcome.data, side, &mut plan.fixes);
    }
    let (links, rest) = links::of(outcome, pairs);
    plan.fixes.extend(links);
    plan.load = rest;
    plan.fixes.extend(statuses::corrections(outcome));
    plan.fixes.sort_by_key(|f| (f.record, f.field));
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
    plan.differences = differences::of(outcome, &plan);
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
            golden: golden(outcome, plan, at, (master, &duplicates)),
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

fn golden(
    outcome: &Outcome,
    plan: &Plan,
    cluster: u32,
    (master, duplicates): (RecordRef, &[RecordRef]),
) -> Vec<(Field, String)> {
    let raw = &outcome.data.parties(master.side).raw;
    let all = &outcome.matching.golden;
    let from = all.partition_point(|g| g.cluster < cluster);
    let of_cluster = &all[from..from + all[from..].partition_point(|g| g.cluster == cluster)];
    // What a text becomes before the merge is what the merge must keep.
    let repaired = |record: RecordRef, field: Field, text: &str| match plan.fix(record, field) {
        Some(fix) if fix.approved != Approved::Nobody && fix.expected == text => fix.value.clone(),
        _ => text.to_owned(),
    };
    let mut values = Vec::new();
    for field in SETTLED {
        let of_members =
            of_cluster.iter().find(|g| g.field == field && (g.from == master || duplicates.contains(&g.from)));
        let filled = || {
            let mut texts =
                std::iter::once(master).chain(duplicates.iter().copied()).map(|r| (r, raw.get(field, r.at())));
            texts.find(|(_, text)| !text.trim().is_empty()).map(|(r, text)| repaired(r, field, text).trim().to_owned())
        };
        // Only fields that the exports have: `name` of a person may be put together from its parts.
        if raw.has(field)
            && let Some(value) =
                of_members.map(|g| repaired(g.from, field, &outcome.matching.value(g, &outcome.data))).or_else(filled)
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
