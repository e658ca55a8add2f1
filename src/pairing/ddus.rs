//! Which contracts of participation are one: by the id that one system keeps of the other, by number and date, else by
//! object and buyer; and which instalments, contract by contract.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::estate::{ContractState, Holdings};
use super::{Input, Pairing};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Book, Entity, Field, RecordRef, Side, Space};
use crate::normalize::property;

/// Most contracts of one number that are compared: more are no numbers but «б/н».
const MOST_HOLDERS: usize = 24;

const WEIGHT_ID: f32 = 20.0;
const WEIGHT_NUMBER: f32 = 9.0;
const WEIGHT_DATE: f32 = 5.0;
const WEIGHT_OBJECT: f32 = 6.0;
const WEIGHT_PARTY: f32 = 4.0;
const WEIGHT_AMOUNT: f32 = 3.0;
const WEIGHT_DIFFERS: f32 = -6.0;
const PRIOR: f32 = -6.0;

fn link(a: RecordRef, b: RecordRef, decision: Decision, evidence: Vec<Evidence>, rule: &'static str) -> Link {
    let weight = PRIOR + evidence.iter().map(|e| e.weight).sum::<f32>();
    Link { a, b, weight, probability: 1.0 / (1.0 + f64::from(-weight).exp2()), decision, veto: None, evidence, rule }
}

/// Contracts across the sides. A row per shareholder under one number is one contract: such rows wait for a person.
pub(super) fn step(input: &Input, done: &Pairing) -> Vec<Link> {
    let books = Side::BOTH.map(|side| input.data.book(side, Entity::Ddu));
    let mut keys: Vec<(&'static str, String, u32, Side)> = Vec::new();
    for book in books {
        let side = book.raw.side;
        for at in 0..book.len() {
            let mut key = |rule, text: String| keys.push((rule, text, at as u32, side));
            let (id, external) = (book.raw.id(at), book.text(Field::ExternalId, at).trim());
            key("id", format!("{side}:{id}"));
            if !external.is_empty() {
                key("id", format!("{}:{external}", side.other()));
            }
            let number = property::contract_number(book.text(Field::Number, at));
            if !number.is_empty() {
                key("number", number);
            }
        }
    }
    keys.par_sort_unstable();
    keys.dedup();
    let mut pairs: Vec<(u32, u32, &'static str)> = Vec::new();
    for group in keys.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
        let side = |side| group.iter().filter(move |k| k.3 == side);
        if group.len() <= MOST_HOLDERS {
            pairs.extend(side(Side::Crm).flat_map(|a| side(Side::Onec).map(move |b| (a.2, b.2, a.0))));
        }
    }
    pairs.extend(by_object(input, done));
    pairs.par_sort_unstable();
    pairs.dedup_by_key(|pair| (pair.0, pair.1));
    let mut links: Vec<Link> = pairs
        .into_par_iter()
        .filter_map(|(a, b, rule)| judge(input, done, books, a as usize, b as usize, rule))
        .collect();
    doubt_rivals(&mut links);
    links
}

/// Contracts of linked objects, where each side has exactly one in force.
fn by_object(input: &Input, done: &Pairing) -> Vec<(u32, u32, &'static str)> {
    let [crm, onec] = Side::BOTH.map(|side| input.estate.of(side));
    let only = |holdings: &Holdings, object: usize| {
        let mut active = holdings.active_contracts(object);
        active.next().filter(|_| active.next().is_none()).map(|at| at as u32)
    };
    let objects = input.data.book(Side::Crm, Entity::Object);
    let linked = objects.refs().flat_map(|r| done.partners(r).map(move |other| (r, other)));
    linked
        .filter(|(_, other)| other.space == Space::Objects)
        .filter_map(|(a, b)| Some((only(crm, a.at())?, only(onec, b.at())?, "object")))
        .collect()
}

fn judge(
    input: &Input,
    done: &Pairing,
    [crm, onec]: [&Book; 2],
    a: usize,
    b: usize,
    rule: &'static str,
) -> Option<Link> {
    let mut evidence = Vec::new();
    let mut say = |field, agrees: Option<bool>, weight| {
        if let Some(agrees) = agrees {
            let (level, weight) = if agrees { (Level::Folded, weight) } else { (Level::Different, WEIGHT_DIFFERS) };
            evidence.push(Evidence { field, level, weight });
        }
        agrees
    };
    let text = |book: &Book, at: usize, field| book.text(field, at).trim().to_owned();
    let by_id = [(crm, a, onec, b), (onec, b, crm, a)].into_iter().any(|(from, x, to, y)| {
        let external = from.text(Field::ExternalId, x).trim();
        !external.is_empty() && external == to.raw.id(y)
    });
    if by_id {
        say(Field::ExternalId, Some(true), WEIGHT_ID);
    }
    let numbers = [text(crm, a, Field::Number), text(onec, b, Field::Number)].map(|n| property::contract_number(&n));
    let known = |pair: &[String; 2]| pair.iter().all(|t| !t.is_empty());
    let number = say(Field::Number, known(&numbers).then(|| numbers[0] == numbers[1]), WEIGHT_NUMBER);
    let day = |book: &Book, at| book.moment(Field::Date, at).valid().map(|m| m.date());
    let date = say(Field::Date, day(crm, a).zip(day(onec, b)).map(|(x, y)| x == y), WEIGHT_DATE);
    let object_of = |side: Side, at: usize| {
        input.estate.of(side).object[at].map(|object| input.data.book(side, Entity::Object).at(object as usize))
    };
    let objects = object_of(Side::Crm, a).zip(object_of(Side::Onec, b));
    let linked = |(x, y): (RecordRef, RecordRef)| {
        let agrees = done.partners(x).any(|p| p == y);
        // An object without any pair says nothing: its pair may wait for a person.
        let alone = done.partners(x).next().is_none() && done.partners(y).next().is_none();
        (agrees || !alone).then_some(agrees)
    };
    let object = say(Field::ObjectId, objects.and_then(linked), WEIGHT_OBJECT);
    let party = |book: &Book, at| book.reference(Field::PartyId, at).or_else(|| book.reference(Field::PersonId, at));
    let parties = party(crm, a).zip(party(onec, b));
    let party = say(Field::PartyId, parties.map(|(x, y)| input.same_party(x, y)), WEIGHT_PARTY);
    let amount = |book: &Book, at| book.number(Field::Amount, at).valid();
    let amounts = amount(crm, a).zip(amount(onec, b)).map(|(x, y)| x == y);
    if amounts == Some(true) {
        say(Field::Amount, amounts, WEIGHT_AMOUNT);
    }
    let states = [input.estate.of(Side::Crm).state[a], input.estate.of(Side::Onec).state[b]];
    let decision = if by_id {
        if object == Some(false) && number != Some(true) { Decision::Review } else { Decision::Auto }
    } else if number == Some(true) {
        let sure = match (date, object) {
            (Some(true), Some(true)) => true,
            (Some(true), None) => party == Some(true) || (party.is_none() && amounts == Some(true)),
            (Some(false) | None, Some(true)) => states[0] == states[1] || party == Some(true),
            (None, None) => party == Some(true) && amounts == Some(true),
            _ => false,
        };
        // A number that agrees alone is the number of another year.
        if !sure && date != Some(true) && object != Some(true) && party != Some(true) {
            return None;
        }
        if sure { Decision::Auto } else { Decision::Review }
    } else if object == Some(true) && states.iter().all(|s| *s != ContractState::Terminated) {
        match (party, date, amounts) {
            (Some(true), _, _) | (None, Some(true), Some(true)) => Decision::Auto,
            _ => Decision::Review,
        }
    } else {
        return None;
    };
    evidence.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()).then(x.field.cmp(&y.field)));
    Some(link(crm.at(a), onec.at(b), decision, evidence, rule))
}

/// A contract that could be several of the other side waits, unless one of them agrees in number and date.
fn doubt_rivals(links: &mut [Link]) {
    let agrees = |l: &Link, field| l.evidence.iter().any(|e| e.field == field && e.level == Level::Folded);
    let strength = |l: &Link| {
        u32::from(agrees(l, Field::ExternalId)) * 4
            + u32::from(agrees(l, Field::Number)) * 2
            + u32::from(agrees(l, Field::Date))
    };
    let mut best: FxHashMap<RecordRef, (u32, u32)> = FxHashMap::default();
    for link in links.iter().filter(|l| l.decision == Decision::Auto) {
        for r in [link.a, link.b] {
            let entry = best.entry(r).or_default();
            let strength = strength(link);
            if strength > entry.0 {
                *entry = (strength, 0);
            }
            entry.1 += u32::from(strength == entry.0);
        }
    }
    for link in links.iter_mut().filter(|l| l.decision == Decision::Auto) {
        let wins = [link.a, link.b].iter().all(|r| best[r] == (strength(link), 1));
        if !wins {
            link.decision = Decision::Review;
        }
    }
}

/// Instalments of linked contracts, latest schedule against latest schedule: by date and amount, then by date, then by
/// number. A date that a schedule has twice pairs by amount alone.
pub(super) fn instalments(input: &Input, done: &Pairing) -> Vec<Link> {
    let books = Side::BOTH.map(|side| input.data.book(side, Entity::Instalment));
    let contracts = input.data.book(Side::Crm, Entity::Ddu);
    let pairs: Vec<(usize, usize)> = contracts
        .refs()
        .flat_map(|r| done.partners(r).filter(|p| p.space == Space::Ddus).map(move |p| (r.at(), p.at())))
        .collect();
    pairs
        .into_par_iter()
        .flat_map_iter(|(a, b)| {
            let lines = [input.estate.of(Side::Crm).lines(a), input.estate.of(Side::Onec).lines(b)];
            schedule(books, lines)
        })
        .collect()
}

fn schedule([crm, onec]: [&Book; 2], [left, right]: [&[u32]; 2]) -> Vec<Link> {
    type Key = (Option<i64>, Option<i64>, Option<u64>);
    let day =
        |book: &Book, at: u32| book.moment(Field::Date, at as usize).valid().map(|m| m.and_utc().timestamp() / 86_400);
    let sum = |book: &Book, at: u32| book.number(Field::Amount, at as usize).valid().map(|d| d.micros());
    let number = |book: &Book, at: u32| book.text(Field::Number, at as usize).trim().parse::<u64>().ok();
    type Pass<'a> = (&'a dyn Fn(&Book, u32) -> Key, &'a [Field]);
    let passes: [Pass; 3] = [
        (&|book, at| (day(book, at), sum(book, at), None), &[Field::Date, Field::Amount]),
        (&|book, at| (day(book, at), None, None), &[Field::Date]),
        (&|book, at| (None, None, number(book, at)), &[Field::Number]),
    ];
    let mut links = Vec::new();
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    for (key, fields) in passes {
        let mut found: HashMap<Key, Vec<u32>, RandomState> = HashMap::default();
        for &at in &right {
            found.entry(key(onec, at)).or_default().push(at);
        }
        let mut counts: HashMap<Key, usize, RandomState> = HashMap::default();
        for &at in &left {
            *counts.entry(key(crm, at)).or_default() += 1;
        }
        let whole = |key: &Key| match fields {
            [Field::Date, Field::Amount] => key.0.is_some() && key.1.is_some(),
            [Field::Date] => key.0.is_some(),
            _ => key.2.is_some(),
        };
        let mut taken = Vec::new();
        left.retain(|&at| {
            let key = key(crm, at);
            let Some([other]) = found.get(&key).map(Vec::as_slice).filter(|_| whole(&key) && counts[&key] == 1) else {
                return true;
            };
            let evidence = fields.iter().map(|&field| Evidence { field, level: Level::Exact, weight: 6.0 }).collect();
            links.push(link(crm.at(at as usize), onec.at(*other as usize), Decision::Auto, evidence, "schedule"));
            taken.push(*other);
            false
        });
        taken.sort_unstable();
        right.retain(|at| taken.binary_search(at).is_err());
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    type Rows<'a> = &'a [&'a [(Field, &'a str)]];

    /// An object on each side, the contracts, the lines; links of contracts and lines.
    fn links(ddus: [Rows; 2], lines: [Rows; 2]) -> Vec<String> {
        let object = [(Field::Id, "o"), (Field::Number, "12"), (Field::Building, "1"), (Field::Kind, "Квартира")];
        let mut world = World::new();
        for side in Side::BOTH {
            world = world.add(side, Entity::Object, &object);
            for texts in ddus[side as usize] {
                world = world.add(side, Entity::Ddu, texts);
            }
            for texts in lines[side as usize] {
                world = world.add(side, Entity::Instalment, texts);
            }
        }
        world.with(|cx| {
            let all = cx.pairing.links().iter().filter(|l| l.a.space != Space::Objects);
            all.map(|l| format!("{} {} {}", cx.data.id(l.a), cx.data.id(l.b), l.decision.as_str())).collect()
        })
    }

    #[test]
    fn numbers_dates_and_objects() {
        use Field::{Amount, Date, Id, Number, ObjectId};
        let a: &[(Field, &str)] =
            &[(Id, "a"), (Number, "ДДУ № С-1/12"), (Date, "10.03.2026"), (ObjectId, "o"), (Amount, "100")];
        let same: &[(Field, &str)] = &[(Id, "b"), (Number, "C-1/012"), (Date, "2026-03-10"), (ObjectId, "o")];
        let late: &[(Field, &str)] = &[(Id, "b"), (Number, "С-1/12"), (Date, "2026-03-12"), (ObjectId, "o")];
        let far: &[(Field, &str)] = &[(Id, "b"), (Number, "С-1/12"), (Date, "2024-03-12")];
        let other: &[(Field, &str)] =
            &[(Id, "b"), (Number, "77"), (Date, "2026-03-10"), (ObjectId, "o"), (Amount, "100")];
        let stranger: &[(Field, &str)] = &[(Id, "b"), (Number, "77"), (Date, "2025-01-10"), (ObjectId, "o")];
        let check = |b, expected: &[&str]| assert_eq!(links([&[a], &[b]], [&[], &[]]), expected);
        check(same, &["a b auto"]);
        check(late, &["a b auto"]);
        check(far, &[]);
        check(other, &["a b auto"]);
        check(stranger, &["a b review"]);
        // Two contracts of one number: number and date decide.
        assert_eq!(links([&[a], &[same, late]], [&[], &[]]).len(), 2);
    }

    #[test]
    fn instalments_by_date_amount_and_number() {
        use Field::{Amount, Date, DduId, Id, Number, ObjectId};
        let ddu: &[(Field, &str)] = &[(Id, "d"), (Number, "1"), (Date, "2026-03-10"), (ObjectId, "o")];
        let line = |id: &'static str, number: &'static str, date: &'static str, amount: &'static str| {
            [(DduId, "d"), (Id, id), (Number, number), (Date, date), (Amount, amount)]
        };
        let crm = [
            line("1", "1", "2026-04-01", "10"),
            line("2", "2", "2026-05-01", "20"),
            line("3", "3", "2026-06-01", "30"),
        ];
        let onec = [
            line("x", "1", "2026-04-01", "10"),
            line("y", "2", "2026-05-01", "25"),
            line("z", "3", "2026-07-01", "30"),
        ];
        let rows = |lines: &'static [[(Field, &'static str); 5]; 3]| -> Vec<&'static [(Field, &'static str)]> {
            lines.iter().map(|l| l.as_slice()).collect()
        };
        let (crm, onec) = (rows(Box::leak(Box::new(crm))), rows(Box::leak(Box::new(onec))));
        assert_eq!(links([&[ddu], &[ddu]], [&crm, &onec]), ["d d auto", "1 x auto", "2 y auto", "3 z auto"]);
    }
}
