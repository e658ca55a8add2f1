//! Which record of a cluster stays, and which values it should end with.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::pack::Packed;
use super::types::{Cluster, Golden};
use crate::model::{Entity, Field, Flags, RecordRef, Side, Snapshots};
use crate::normalize;

/// The record the others of its side are merged into: fit to be one, most complete, tied to the other system, then the
/// oldest.
pub fn master(p: &Packed, members: &[RecordRef], side: Side) -> Option<RecordRef> {
    let parties = p.data.parties(side);
    members
        .iter()
        .copied()
        .filter(|r| r.side == side)
        .filter(|r| !parties.flags[r.at()].has(Flags::DELETED) && !parties.raw.id_clash[r.at()])
        .min_by_key(|r| {
            let at = r.at();
            let inn_kpp = parties.inn[at].valid().is_some_and(|i| i.is_person() || parties.kpp[at].is_valid());
            let external = !parties.raw.get(Field::ExternalId, at).is_empty();
            let created = normalize::date::parse(parties.raw.get(Field::CreatedAt, at));
            let id = parties.raw.id(at);
            (
                // A contact is merged into its counterparty, never the other way round.
                parties.raw.entity[at] != Entity::Counterparty,
                !parties.is_active(at),
                Reverse(completeness(p.data, *r)),
                Reverse(u8::from(inn_kpp) + u8::from(external)),
                (created.valid().is_none(), created.valid().copied()),
                (id.parse::<u64>().is_err(), id.parse::<u64>().unwrap_or(0), id),
                p.position(*r),
            )
        })
}

/// Fields a record has a usable value in.
fn completeness(data: &Snapshots, r: RecordRef) -> usize {
    SINGLE.iter().chain(MULTIPLE).filter(|rule| !usable(data, r, rule.field).is_empty()).count()
}

/// Who knows better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// Requisites: accountants keep them.
    Onec,
    /// Ways to reach people: salesmen keep them.
    Crm,
    Nobody,
}

struct Rule {
    field: Field,
    owner: Owner,
}

const fn rule(field: Field, owner: Owner) -> Rule {
    Rule { field, owner }
}

/// Fields of which one value survives.
const SINGLE: &[Rule] = &[
    rule(Field::Name, Owner::Onec),
    rule(Field::FullName, Owner::Onec),
    rule(Field::LastName, Owner::Crm),
    rule(Field::FirstName, Owner::Crm),
    rule(Field::Patronymic, Owner::Crm),
    rule(Field::Inn, Owner::Onec),
    rule(Field::Kpp, Owner::Onec),
    rule(Field::Ogrn, Owner::Onec),
    rule(Field::TaxId, Owner::Onec),
    rule(Field::Address, Owner::Onec),
    rule(Field::ActualAddress, Owner::Crm),
    rule(Field::BirthDate, Owner::Nobody),
    rule(Field::Position, Owner::Crm),
    rule(Field::Responsible, Owner::Crm),
];

/// Fields whose values are united.
const MULTIPLE: &[Rule] = &[
    rule(Field::Phone, Owner::Crm),
    rule(Field::Email, Owner::Crm),
    rule(Field::Website, Owner::Crm),
    rule(Field::BankAccount, Owner::Onec),
];

/// A value a member offers.
struct Offer {
    value: String,
    from: RecordRef,
    valid: bool,
    live: bool,
    /// Text of the last change; ISO dates, which sources of one system share, sort as text.
    modified: String,
}

/// Golden values of every cluster, sorted by (cluster, field); values of one field in the order of members.
pub fn golden(p: &Packed, clusters: &[Cluster]) -> Vec<Golden> {
    let parts: Vec<Vec<Golden>> = clusters
        .par_iter()
        .enumerate()
        .map(|(at, cluster)| {
            let mut members = cluster.members.clone();
            members.sort_by_key(|r| p.position(*r));
            let mut out = Vec::new();
            for rule in SINGLE {
                single(p.data, &members, rule, at as u32, &mut out);
            }
            for rule in MULTIPLE {
                united(p.data, &members, rule, at as u32, &mut out);
            }
            out.sort_by_key(|g| g.field);
            out
        })
        .collect();
    parts.into_iter().flatten().collect()
}

/// The steps by which one value wins over another, in order.
const STEPS: [&str; 6] = ["valid", "not-deleted", "owner-side", "most-used", "most-complete", "newest"];

fn single(data: &Snapshots, members: &[RecordRef], rule: &Rule, cluster: u32, out: &mut Vec<Golden>) {
    let offers: Vec<Offer> = members
        .iter()
        .flat_map(|&r| {
            let usable = usable(data, r, rule.field);
            let valid = !usable.is_empty();
            let value = if valid { usable.into_iter().next().unwrap_or_default() } else { raw(data, r, rule.field) };
            (!value.is_empty()).then(|| offer(data, r, value, valid))
        })
        .collect();
    let Some(first) = offers.first() else { return };
    if offers.iter().all(|o| o.value == first.value) {
        let name = if offers.len() == 1 { "only-value" } else { "agreed" };
        out.push(Golden { cluster, field: rule.field, value: first.value.clone(), from: first.from, rule: name });
        return;
    }
    let used = |value: &str| offers.iter().filter(|o| o.value == value).count();
    let merits = |at: usize| -> [(usize, &str); 6] {
        let o = &offers[at];
        let owner = match rule.owner {
            Owner::Onec => o.from.side == Side::Onec,
            Owner::Crm => o.from.side == Side::Crm,
            Owner::Nobody => false,
        };
        let counts = [o.valid.into(), o.live.into(), owner.into(), used(&o.value), o.value.chars().count()];
        let [valid, live, owner, used, length] = counts.map(|n| (n, ""));
        [valid, live, owner, used, length, (0, o.modified.as_str())]
    };
    // The first of equals stays: members come in the order of their ids.
    let best = (1..offers.len()).fold(0, |best, at| if merits(at) > merits(best) { at } else { best });
    // The step that decided against the strongest of the other values.
    let won = merits(best);
    let step = (0..offers.len())
        .filter(|&at| offers[at].value != offers[best].value)
        .map(|at| won.iter().zip(merits(at)).position(|(w, l)| *w != l).unwrap_or(STEPS.len()))
        .max();
    let best = &offers[best];
    let name = step.and_then(|s| STEPS.get(s)).copied().unwrap_or("record-order");
    out.push(Golden { cluster, field: rule.field, value: best.value.clone(), from: best.from, rule: name });
}

fn united(data: &Snapshots, members: &[RecordRef], rule: &Rule, cluster: u32, out: &mut Vec<Golden>) {
    let owner = if rule.owner == Owner::Onec { Side::Onec } else { Side::Crm };
    let mut seen: Vec<String> = Vec::new();
    for by_owner in [true, false] {
        for &r in members.iter().filter(|r| (r.side == owner) == by_owner) {
            for value in usable(data, r, rule.field) {
                if !seen.contains(&value) {
                    seen.push(value.clone());
                    out.push(Golden { cluster, field: rule.field, value, from: r, rule: "united" });
                }
            }
        }
    }
}

fn offer(data: &Snapshots, from: RecordRef, value: String, valid: bool) -> Offer {
    let parties = data.parties(from.side);
    Offer {
        value,
        from,
        valid,
        live: parties.is_active(from.at()),
        modified: parties.raw.get(Field::ModifiedAt, from.at()).to_owned(),
    }
}

fn raw(data: &Snapshots, r: RecordRef, field: Field) -> String {
    data.parties(r.side).raw.get(field, r.at()).trim().to_owned()
}

/// Values that passed parsing, in canonical form; texts that are not parsed, as they stand.
fn usable(data: &Snapshots, r: RecordRef, field: Field) -> Vec<String> {
    let (p, at) = (data.parties(r.side), r.at());
    fn shown<T: ToString>(value: Option<&T>) -> Vec<String> {
        value.map(T::to_string).into_iter().collect()
    }
    match field {
        Field::Inn => shown(p.inn[at].valid()),
        Field::Kpp => shown(p.kpp[at].valid()),
        Field::Ogrn => shown(p.ogrn[at].valid()),
        Field::BirthDate => shown(p.birth_date[at].valid()),
        Field::Phone => p.valid_phones(at).map(|f| f.to_string()).collect(),
        Field::Email => p.valid_emails(at).map(|e| e.to_string()).collect(),
        Field::BankAccount => {
            p.accounts.get(at).iter().filter_map(|a| a.value.valid()).map(|a| a.to_string()).collect()
        }
        Field::Name => Some(p.display_name(at)).filter(|n| !n.is_empty()).into_iter().collect(),
        _ => raw(data, r, field).lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect(),
    }
}
