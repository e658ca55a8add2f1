//! Which record of a cluster stays, and which values it should end with.

use std::borrow::Cow;
use std::cmp::Reverse;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::pack::{Order, Packed};
use super::types::{Cluster, Golden};
use crate::model::{Entity, Field, Flags, RecordRef, Side, Snapshots};
use crate::normalize;

/// The record the others of its side are merged into: fit to be one, most complete, tied to the other system, then the
/// oldest.
pub fn master(p: &Packed, members: &[RecordRef], side: Side) -> Option<RecordRef> {
    let parties = p.data.parties(side);
    let mut fit = members
        .iter()
        .copied()
        .filter(|r| r.side == side)
        .filter(|r| !parties.flags[r.at()].has(Flags::DELETED) && !parties.raw.id_clash[r.at()]);
    let first = fit.next()?;
    // Most clusters have one record a side, and nothing to choose from.
    let Some(second) = fit.next() else { return Some(first) };
    [first, second].into_iter().chain(fit).min_by_key(|r| {
        let at = r.at();
        let inn_kpp = parties.inn[at].valid().is_some_and(|i| i.is_person() || parties.kpp[at].is_valid());
        let external = !normalize::text::means_none(parties.raw.get(Field::ExternalId, at));
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
    SINGLE.iter().chain(MULTIPLE).filter(|rule| first_usable(data, r, rule.field).is_some()).count()
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
struct Offer<'a> {
    value: Cow<'a, str>,
    from: RecordRef,
    valid: bool,
    live: bool,
    /// Text of the last change; ISO dates, which sources of one system share, sort as text.
    modified: &'a str,
}

/// Golden values of every cluster, sorted by (cluster, field); values of one field in the order of members.
pub fn golden(p: &Order, clusters: &[Cluster]) -> Vec<Golden> {
    let mut rules: Vec<(&Rule, bool)> =
        SINGLE.iter().map(|r| (r, true)).chain(MULTIPLE.iter().map(|r| (r, false))).collect();
    rules.sort_by_key(|(rule, _)| rule.field);
    let parts: Vec<Vec<Golden>> = clusters
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, clusters)| {
            let (mut members, mut offers) = (Vec::new(), Vec::new());
            let mut out = Vec::with_capacity(clusters.len() * 8);
            for (at, cluster) in (chunk * CHUNK..).zip(clusters) {
                members.clear();
                members.extend_from_slice(&cluster.members);
                members.sort_by_key(|r| p.position(*r));
                for &(rule, one) in &rules {
                    if one {
                        single(p.data, &members, rule, at as u32, &mut offers, &mut out);
                    } else {
                        united(p.data, &members, rule, at as u32, &mut out);
                    }
                }
            }
            out
        })
        .collect();
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|mut part| all.append(&mut part));
    all
}

/// Clusters that one thread takes at a time.
const CHUNK: usize = 4_096;

/// The steps by which one value wins over another, in order.
const STEPS: [&str; 6] = ["valid", "not-deleted", "owner-side", "most-used", "most-complete", "newest"];

/// `offers` is a buffer.
fn single<'a>(
    data: &'a Snapshots,
    members: &[RecordRef],
    rule: &Rule,
    cluster: u32,
    offers: &mut Vec<Offer<'a>>,
    out: &mut Vec<Golden>,
) {
    offers.clear();
    offers.extend(members.iter().filter_map(|&r| {
        let usable = first_usable(data, r, rule.field);
        let valid = usable.is_some();
        let value = usable.unwrap_or_else(|| data.parties(r.side).raw.get(rule.field, r.at()).trim().into());
        (!normalize::text::means_none(&value)).then(|| offer(data, r, value, valid))
    }));
    let Some(first) = offers.first() else { return };
    if offers.iter().all(|o| o.value == first.value) {
        let name = if offers.len() == 1 { "only-value" } else { "agreed" };
        out.push(Golden { cluster, field: rule.field, value: first.value.to_string(), from: first.from, rule: name });
        return;
    }
    let mut used: FxHashMap<&str, usize> = FxHashMap::default();
    for offer in offers.iter() {
        *used.entry(&offer.value).or_insert(0) += 1;
    }
    let merits = |at: usize| -> [(usize, &str); 6] {
        let o = &offers[at];
        let owner = match rule.owner {
            Owner::Onec => o.from.side == Side::Onec,
            Owner::Crm => o.from.side == Side::Crm,
            Owner::Nobody => false,
        };
        let counts = [o.valid.into(), o.live.into(), owner.into(), used[&*o.value], o.value.chars().count()];
        let [valid, live, owner, used, length] = counts.map(|n| (n, ""));
        [valid, live, owner, used, length, (0, o.modified)]
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
    out.push(Golden { cluster, field: rule.field, value: best.value.to_string(), from: best.from, rule: name });
}

fn united(data: &Snapshots, members: &[RecordRef], rule: &Rule, cluster: u32, out: &mut Vec<Golden>) {
    let owner = if rule.owner == Owner::Onec { Side::Onec } else { Side::Crm };
    let from = out.len();
    for by_owner in [true, false] {
        for &r in members.iter().filter(|r| (r.side == owner) == by_owner) {
            each_usable(data, r, rule.field, &mut |value| {
                if !out[from..].iter().any(|seen| seen.value == *value) {
                    let value = value.into_owned();
                    out.push(Golden { cluster, field: rule.field, value, from: r, rule: "united" });
                }
                true
            });
        }
    }
}

fn offer<'a>(data: &'a Snapshots, from: RecordRef, value: Cow<'a, str>, valid: bool) -> Offer<'a> {
    let parties = data.parties(from.side);
    Offer {
        value,
        from,
        valid,
        live: parties.is_active(from.at()),
        modified: parties.raw.get(Field::ModifiedAt, from.at()),
    }
}

fn first_usable(data: &Snapshots, r: RecordRef, field: Field) -> Option<Cow<'_, str>> {
    let mut first = None;
    each_usable(data, r, field, &mut |value| {
        first = Some(value);
        false
    });
    first
}

/// Calls `take` with the values that passed parsing, in canonical form, or with the lines of texts that are not parsed,
/// as they stand, until it answers no.
fn each_usable<'a>(data: &'a Snapshots, r: RecordRef, field: Field, take: &mut dyn FnMut(Cow<'a, str>) -> bool) {
    let (p, at) = (data.parties(r.side), r.at());
    fn shown<'a, T: ToString>(value: Option<&T>) -> Option<Cow<'a, str>> {
        value.map(|value| value.to_string().into())
    }
    let one = match field {
        Field::Inn => shown(p.inn[at].valid()),
        Field::Kpp => shown(p.kpp[at].valid()),
        Field::Ogrn => shown(p.ogrn[at].valid()),
        Field::BirthDate => shown(p.birth_date[at].valid()),
        Field::Name => Some(p.name(at)).filter(|name| !normalize::text::means_none(name)),
        Field::Phone => {
            p.valid_phones(at).map(|phone| phone.to_string().into()).all(take);
            return;
        }
        Field::Email => {
            p.valid_emails(at).map(|email| email.as_str().into()).all(take);
            return;
        }
        Field::BankAccount => {
            p.accounts.get(at).iter().filter_map(|a| a.value.valid()).map(|a| a.as_str().into()).all(take);
            return;
        }
        _ => {
            let lines = p.raw.get(field, at).trim().lines().map(str::trim);
            lines.filter(|line| !normalize::text::means_none(line)).map(Cow::Borrowed).all(take);
            return;
        }
    };
    one.into_iter().all(take);
}
