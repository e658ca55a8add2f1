//! Which record of a cluster stays, and which values it should end with.

use std::borrow::Cow;
use std::cmp::Reverse;

use chrono::NaiveDate;
use rayon::prelude::*;

use super::pack::{Order, Packed};
use super::types::{Cluster, Golden, Survival, ValueAt};
use crate::model::{Entity, Field, Flags, Inn, Kpp, Ogrn, Phone, RecordRef, Side, Snapshots};
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
    value: Shown<'a>,
    at: ValueAt,
    from: RecordRef,
    valid: bool,
}

/// A value as a report shows it. A number stays one until somebody asks for its text: most are only compared.
enum Shown<'a> {
    Text(Cow<'a, str>),
    Inn(Inn),
    Kpp(Kpp),
    Ogrn(Ogrn),
    Day(NaiveDate),
    Phone(Phone),
}

impl<'a> Shown<'a> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Shown::Text(text) => Cow::Borrowed(text),
            Shown::Inn(inn) => inn.to_string().into(),
            Shown::Kpp(kpp) => kpp.to_string().into(),
            Shown::Ogrn(ogrn) => ogrn.to_string().into(),
            Shown::Day(day) => day.to_string().into(),
            Shown::Phone(phone) => phone.to_string().into(),
        }
    }

    fn into_text(self) -> Cow<'a, str> {
        match self {
            Shown::Text(text) => text,
            value => value.text().into_owned().into(),
        }
    }
}

/// Equal texts; different values of one type have different ones.
impl PartialEq for Shown<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Shown::Inn(a), Shown::Inn(b)) => a == b,
            (Shown::Kpp(a), Shown::Kpp(b)) => a == b,
            (Shown::Ogrn(a), Shown::Ogrn(b)) => a == b,
            (Shown::Day(a), Shown::Day(b)) => a == b,
            (Shown::Phone(a), Shown::Phone(b)) => a == b,
            _ => self.text() == other.text(),
        }
    }
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
const STEPS: [Survival; 6] = [
    Survival::Valid,
    Survival::NotDeleted,
    Survival::OwnerSide,
    Survival::MostUsed,
    Survival::MostComplete,
    Survival::Newest,
];

/// What the steps compare: five numbers, and the text of the last change; ISO dates, which sources of one system share,
/// sort as text.
type Merits<'a> = ([usize; STEPS.len() - 1], &'a str);

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
    offers.extend(members.iter().filter_map(|&from| {
        let offer = match first_usable(data, from, rule.field) {
            Some(value) => Offer { value, at: ValueAt::Usable(0), from, valid: true },
            None => {
                let text = data.parties(from.side).raw.get(rule.field, from.at()).trim();
                Offer { value: Shown::Text(text.into()), at: ValueAt::Trimmed, from, valid: false }
            }
        };
        (!normalize::text::means_none(&offer.value.text())).then_some(offer)
    }));
    let Some(first) = offers.first() else { return };
    let golden =
        |offer: &Offer, name| Golden { cluster, field: rule.field, from: offer.from, rule: name, at: offer.at };
    if offers.iter().all(|o| o.value == first.value) {
        let name = if offers.len() == 1 { Survival::OnlyValue } else { Survival::Agreed };
        out.push(golden(first, name));
        return;
    }
    let texts: Vec<Cow<str>> = offers.iter().map(|o| o.value.text()).collect();
    let merits = merits(data, rule, offers, &texts);
    // The first of equals stays: members come in the order of their ids.
    let best = (1..offers.len()).fold(0, |best, at| if merits[at] > merits[best] { at } else { best });
    // The step that decided against the strongest of the other values.
    let won = merits[best];
    let deciding = |lost: &Merits| won.0.iter().zip(lost.0).position(|(w, l)| *w != l).unwrap_or(won.0.len());
    let step = (0..offers.len())
        .filter(|&at| texts[at] != texts[best])
        .map(|at| if merits[at] == won { STEPS.len() } else { deciding(&merits[at]) })
        .max();
    let name = step.and_then(|s| STEPS.get(s)).copied().unwrap_or(Survival::RecordOrder);
    out.push(golden(&offers[best], name));
}

fn merits<'a>(data: &'a Snapshots, rule: &Rule, offers: &[Offer], texts: &[Cow<str>]) -> Vec<Merits<'a>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by_key(|&at| &texts[at]);
    let mut used = vec![0; texts.len()];
    for equal in order.chunk_by(|&x, &y| texts[x] == texts[y]) {
        equal.iter().for_each(|&at| used[at] = equal.len());
    }
    let of = |(at, offer): (usize, &Offer)| -> Merits<'a> {
        let parties = data.parties(offer.from.side);
        let owner = match rule.owner {
            Owner::Onec => offer.from.side == Side::Onec,
            Owner::Crm => offer.from.side == Side::Crm,
            Owner::Nobody => false,
        };
        let live = parties.is_active(offer.from.at());
        let numbers = [offer.valid.into(), live.into(), owner.into(), used[at], texts[at].chars().count()];
        (numbers, parties.raw.get(Field::ModifiedAt, offer.from.at()))
    };
    offers.iter().enumerate().map(of).collect()
}

fn united(data: &Snapshots, members: &[RecordRef], rule: &Rule, cluster: u32, out: &mut Vec<Golden>) {
    let owner = if rule.owner == Owner::Onec { Side::Onec } else { Side::Crm };
    let mut seen: Vec<Shown> = Vec::new();
    for by_owner in [true, false] {
        for &from in members.iter().filter(|r| (r.side == owner) == by_owner) {
            let mut n = 0;
            each_usable(data, from, rule.field, &mut |value| {
                if !seen.contains(&value) {
                    seen.push(value);
                    out.push(Golden {
                        cluster,
                        field: rule.field,
                        from,
                        rule: Survival::United,
                        at: ValueAt::Usable(n),
                    });
                }
                n += 1;
                true
            });
        }
    }
}

/// Text of the n-th usable value of a record.
///
/// # Panics
/// When it has none.
pub fn usable(data: &Snapshots, r: RecordRef, field: Field, n: u32) -> Cow<'_, str> {
    let (mut found, mut at) = (None, 0);
    each_usable(data, r, field, &mut |value| {
        if at == n {
            found = Some(value);
        }
        at += 1;
        at <= n
    });
    found.expect("golden values are places of the records they were made of").into_text()
}

fn first_usable(data: &Snapshots, r: RecordRef, field: Field) -> Option<Shown<'_>> {
    let mut first = None;
    each_usable(data, r, field, &mut |value| {
        first = Some(value);
        false
    });
    first
}

/// Calls `take` with the values that passed parsing, in canonical form, or with the lines of texts that are not parsed,
/// as they stand, until it answers no.
fn each_usable<'a>(data: &'a Snapshots, r: RecordRef, field: Field, take: &mut dyn FnMut(Shown<'a>) -> bool) {
    let (p, at) = (data.parties(r.side), r.at());
    let text = |text: &'a str| Shown::Text(text.into());
    let one = match field {
        Field::Inn => p.inn[at].valid().copied().map(Shown::Inn),
        Field::Kpp => p.kpp[at].valid().copied().map(Shown::Kpp),
        Field::Ogrn => p.ogrn[at].valid().copied().map(Shown::Ogrn),
        Field::BirthDate => p.birth_date[at].valid().copied().map(Shown::Day),
        Field::Name => Some(p.name(at)).filter(|name| !normalize::text::means_none(name)).map(Shown::Text),
        Field::Phone => {
            p.valid_phones(at).map(Shown::Phone).all(take);
            return;
        }
        Field::Email => {
            p.valid_emails(at).map(|email| text(email.as_str())).all(take);
            return;
        }
        Field::BankAccount => {
            p.accounts.get(at).iter().filter_map(|a| a.value.valid()).map(|a| text(a.as_str())).all(take);
            return;
        }
        _ => {
            let lines = p.raw.get(field, at).trim().lines().map(str::trim);
            lines.filter(|line| !normalize::text::means_none(line)).map(text).all(take);
            return;
        }
    };
    one.into_iter().all(take);
}
