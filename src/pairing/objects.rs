//! Which property objects are one: by the id that one system keeps of the other, else by building, section, floor, kind
//! and number as people write them.
//!
//! Numbers repeat between kinds (flat 12 and storage room 12), floors (parking) and sections; so a number alone never
//! decides, and a card that could be two of the other side waits for a person.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Input, Pairing};
use crate::matching::{Decision, Evidence, Level, Link, Scope, Veto};
use crate::model::{Book, Entity, Field, RecordRef, Side};
use crate::normalize::property::{self, UnitKind};

/// Most records of one key that are still compared with each other: a building has no more units of one number than it
/// has floors of parking.
const MOST_HOLDERS: usize = 64;
/// Share by which two areas may differ and still be of one unit: surveys move area by a few per cent; 5 % is the limit
/// from which a buyer may refuse, and renumbered units differ by more.
const AREA_NEAR: f64 = 0.10;
/// And be the same measurement.
const AREA_SAME: f64 = 0.005;

/// Weights of agreement, log2: shipped priors, as for goods.
const WEIGHT_ID: f32 = 20.0;
const WEIGHT_NUMBER: f32 = 8.0;
const WEIGHT_PLACE: f32 = 3.0;
const WEIGHT_AREA: f32 = 4.0;
const WEIGHT_DIFFERS: f32 = -8.0;
const PRIOR: f32 = -6.0;

/// An object taken apart. Empty texts are unknown.
#[derive(Debug)]
pub(crate) struct Unit {
    pub record: RecordRef,
    pub project: String,
    pub building: String,
    pub section: String,
    pub floor: String,
    pub number: String,
    pub postal: String,
    pub kind: Option<UnitKind>,
    area: Option<i64>,
    id: String,
    external: String,
}

/// Units of a side. Where one project has a «Дом 1» and a «Корпус 1», the word stays in the key.
pub(crate) fn units(books: [&Book; 2]) -> Vec<Unit> {
    let mut called: HashMap<(Side, String, String), [Option<char>; 2], RandomState> = HashMap::default();
    let mut ambiguous: HashMap<(String, String), (), RandomState> = HashMap::default();
    let mut known: HashMap<String, (String, Option<char>), RandomState> = HashMap::default();
    let mut projects: HashMap<String, String, RandomState> = HashMap::default();
    for book in books {
        for at in 0..book.len() {
            let raw = book.text(Field::Building, at);
            let (number, word) = known.entry(raw.to_owned()).or_insert_with(|| property::building(raw)).clone();
            let project = projects
                .entry(book.text(Field::Project, at).to_owned())
                .or_insert_with(|| property::project(book.text(Field::Project, at)))
                .clone();
            let Some(word) = word else { continue };
            let words = called.entry((book.raw.side, project.clone(), number.clone())).or_default();
            match *words {
                [None, _] => words[0] = Some(word),
                [Some(first), None] if first != word => {
                    words[1] = Some(word);
                    ambiguous.insert((project, number), ());
                }
                _ => {}
            }
        }
    }
    let all: Vec<(&Book, usize)> = books.into_iter().flat_map(|b| (0..b.len()).map(move |at| (b, at))).collect();
    all.into_par_iter()
        .map(|(book, at)| {
            let text = |field| book.text(field, at);
            let project = projects.get(text(Field::Project)).cloned().unwrap_or_default();
            let (mut building, word) = known.get(text(Field::Building)).cloned().unwrap_or_default();
            if let Some(word) = word.filter(|_| ambiguous.contains_key(&(project.clone(), building.clone()))) {
                building.insert(0, word);
            }
            Unit {
                record: book.at(at),
                project,
                building,
                section: property::section(text(Field::Section)),
                floor: property::floor(text(Field::Floor)),
                number: property::unit_number(text(Field::Number)),
                postal: property::unit_number(text(Field::PostalNumber)),
                kind: property::kind(text(Field::Kind)).or_else(|| property::kind(text(Field::Number))),
                area: area(book, at),
                id: book.raw.id(at).to_owned(),
                external: text(Field::ExternalId).trim().to_owned(),
            }
        })
        .collect()
}

/// The best known area, in millionths of a square metre.
fn area(book: &Book, at: usize) -> Option<i64> {
    [Field::AreaBti, Field::Area, Field::AreaContract]
        .iter()
        .find_map(|&field| book.number(field, at).valid().map(|d| d.micros()).filter(|&m| m > 0))
}

/// Objects of both sides, within and across.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let units = units(Side::BOTH.map(|side| input.data.book(side, Entity::Object)));
    let pairs = candidates(&units);
    let mut links: Vec<Link> =
        pairs.into_par_iter().filter_map(|(a, b, rule)| judge(&units[a as usize], &units[b as usize], rule)).collect();
    doubt_rivals(&mut links);
    links
}

/// Pairs that share a key, each once, with the first rule in the order of the alphabet.
fn candidates(units: &[Unit]) -> Vec<(u32, u32, &'static str)> {
    // A component that a side does not have at all takes no part in the keys.
    let both = |has: &(dyn Fn(&Unit) -> bool + Sync)| {
        Side::BOTH.into_iter().all(|side| units.iter().any(|u| u.record.side == side && has(u)))
    };
    let by_building = both(&|u| !u.building.is_empty());
    let by_project = both(&|u| !u.project.is_empty());
    let place = |unit: &Unit| {
        let building = if by_building { unit.building.as_str() } else { "" };
        let project = if by_project { unit.project.as_str() } else { "" };
        format!("{project}/{building}")
    };
    let mut keys: Vec<(&'static str, String, u32)> = units
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, unit)| {
            let at = at as u32;
            let mut keys = Vec::with_capacity(4);
            let (own, other) = (unit.record.side, unit.record.side.other());
            if !unit.id.is_empty() {
                keys.push(("id", format!("{own}:{}", unit.id), at));
            }
            if !unit.external.is_empty() {
                keys.push(("id", format!("{other}:{}", unit.external), at));
            }
            for number in [&unit.number, &unit.postal] {
                if !number.is_empty() {
                    keys.push(("number", format!("{}/{number}", place(unit)), at));
                }
            }
            keys
        })
        .collect();
    keys.par_sort_unstable();
    keys.dedup();
    let mut pairs: Vec<(u32, u32, &'static str)> = keys
        .par_chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1))
        .filter(|group| (2..=MOST_HOLDERS).contains(&group.len()))
        .flat_map_iter(|group| {
            group.iter().enumerate().flat_map(move |(n, a)| group[n + 1..].iter().map(move |b| (a.2, b.2, a.0)))
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup_by_key(|pair| (pair.0, pair.1));
    pairs
}

/// Whether two components agree; `None` when one is unknown.
fn same(a: &str, b: &str) -> Option<bool> {
    (!a.is_empty() && !b.is_empty()).then(|| a == b)
}

/// Share by which two areas differ.
fn area_gap(a: &Unit, b: &Unit) -> Option<f64> {
    let (a, b) = (a.area? as f64, b.area? as f64);
    Some((a - b).abs() / a.max(b))
}

/// Compares two units; `None` when there is nothing to show.
fn judge(a: &Unit, b: &Unit, rule: &'static str) -> Option<Link> {
    let within = a.record.side == b.record.side;
    let points = |from: &Unit, to: &Unit| !from.external.is_empty() && from.external == to.id;
    let by_id = !within && (points(a, b) || points(b, a));
    let number = same(&a.number, &b.number) == Some(true);
    // Construction number on one side, postal number on the other.
    let crossed = !number && (same(&a.number, &b.postal) == Some(true) || same(&a.postal, &b.number) == Some(true));
    if !by_id && !number && !crossed {
        return None;
    }
    let mut evidence = Vec::new();
    let mut say = |field, agrees: Option<bool>, weight: f32| {
        if let Some(agrees) = agrees {
            let (level, weight) = if agrees { (Level::Folded, weight) } else { (Level::Different, WEIGHT_DIFFERS) };
            evidence.push(Evidence { field, level, weight });
        }
        agrees
    };
    if by_id {
        say(Field::ExternalId, Some(true), WEIGHT_ID);
    }
    if number || !crossed {
        say(Field::Number, same(&a.number, &b.number), WEIGHT_NUMBER);
    } else {
        say(Field::PostalNumber, Some(true), WEIGHT_NUMBER - 2.0);
    }
    let project = say(Field::Project, same(&a.project, &b.project), WEIGHT_PLACE);
    let building = say(Field::Building, same(&a.building, &b.building), WEIGHT_PLACE);
    let section = say(Field::Section, same(&a.section, &b.section), WEIGHT_PLACE);
    let floor = say(Field::Floor, same(&a.floor, &b.floor), WEIGHT_PLACE);
    let kind = say(Field::Kind, a.kind.zip(b.kind).map(|(a, b)| a == b), WEIGHT_PLACE);
    let gap = area_gap(a, b);
    say(Field::Area, gap.map(|gap| gap <= AREA_NEAR), WEIGHT_AREA);
    let area_same = gap.is_some_and(|gap| gap <= AREA_SAME);
    let differs = [project, building, section, floor, kind].into_iter().filter(|&s| s == Some(false)).count();
    let located = building == Some(true) || (a.building.is_empty() && b.building.is_empty());
    let placed = located && [section, floor].into_iter().any(|s| s == Some(true)) && floor != Some(false);
    let (decision, veto) = if by_id {
        let doubt = !number && !crossed || building == Some(false) || project == Some(false);
        (if doubt { Decision::Review } else { Decision::Auto }, None)
    } else if within {
        // Twins are equal in everything that tells units apart.
        let equal =
            number && located && differs == 0 && a.section == b.section && a.floor == b.floor && a.kind == b.kind;
        match (equal, number && differs == 0) {
            (true, _) => (Decision::Auto, None),
            (false, true) if area_same => (Decision::Review, None),
            _ => return None,
        }
    } else if project == Some(false) || building == Some(false) {
        return None;
    } else if crossed {
        match (differs, placed && area_same) {
            (0, true) => (Decision::Auto, None),
            (0, false) if gap.is_none_or(|gap| gap <= AREA_NEAR) => (Decision::Review, None),
            _ => return None,
        }
    } else if differs == 0 {
        let near = gap.is_none_or(|gap| gap <= AREA_NEAR);
        (if located && near { Decision::Auto } else { Decision::Review }, None)
    } else if kind == Some(false) && differs == 1 && placed && area_same {
        (Decision::Auto, None)
    } else if differs == 1 && area_same {
        (Decision::Review, None)
    } else if kind == Some(false) {
        return None;
    } else {
        (Decision::Rejected, Some(Veto::NumberDiffers))
    };
    if decision == Decision::Rejected && !area_same {
        return None;
    }
    let weight = PRIOR + evidence.iter().map(|e| e.weight).sum::<f32>();
    evidence.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()).then(x.field.cmp(&y.field)));
    Some(Link {
        a: a.record,
        b: b.record,
        weight,
        probability: 1.0 / (1.0 + f64::from(-weight).exp2()),
        decision,
        veto,
        evidence,
        rule,
    })
}

/// How much stands behind a link: a kept id, then a link that says the number as it is, then a crossed one.
fn strength(link: &Link) -> u8 {
    let says = |field| link.evidence.iter().any(|e| e.field == field && e.level != Level::Different);
    let differs = link.evidence.iter().any(|e| e.level == Level::Different);
    match (says(Field::ExternalId), says(Field::Number) && !differs, says(Field::Number)) {
        (true, _, _) => 3,
        (_, true, _) => 2,
        (_, _, true) => 1,
        _ => 0,
    }
}

/// A unit that could be several of the other side is none of them until a person says which, unless one link is
/// stronger than its rivals on both ends. A weaker rival of a made link is dropped.
fn doubt_rivals(links: &mut Vec<Link>) {
    let mut best: FxHashMap<RecordRef, (u8, u32)> = FxHashMap::default();
    let is_auto = |l: &Link| l.decision == Decision::Auto && l.scope() == Scope::Cross;
    for link in links.iter().filter(|l| is_auto(l)) {
        let strength = strength(link);
        for r in [link.a, link.b] {
            let entry = best.entry(r).or_insert((strength, 0));
            if strength > entry.0 {
                *entry = (strength, 0);
            }
            entry.1 += u32::from(strength == entry.0);
        }
    }
    let wins = |link: &Link| [link.a, link.b].iter().all(|r| best[r] == (strength(link), 1));
    for link in links.iter_mut().filter(|l| is_auto(l)) {
        if !wins(link) {
            link.decision = Decision::Review;
        }
    }
    let made: FxHashMap<RecordRef, RecordRef> =
        links.iter().filter(|l| is_auto(l)).flat_map(|l| [(l.a, l.b), (l.b, l.a)]).collect();
    links.retain(|l| {
        l.decision != Decision::Review
            || l.scope() != Scope::Cross
            || strength(l) == 3
            || !(made.contains_key(&l.a) && made.contains_key(&l.b))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    fn unit<'a>(texts: &[&'a str; 6]) -> Vec<(Field, &'a str)> {
        use Field::{Area, Building, Floor, Kind, Number, Section};
        [Kind, Building, Section, Floor, Number, Area].into_iter().zip(texts.iter().copied()).collect()
    }

    fn links(crm: &[Vec<(Field, &str)>], onec: &[Vec<(Field, &str)>]) -> Vec<String> {
        let mut world = World::new();
        for (side, all) in [(Side::Crm, crm), (Side::Onec, onec)] {
            for texts in all {
                world = world.add(side, Entity::Object, texts);
            }
        }
        world.with(|cx| {
            let id = |r: RecordRef| format!("{}:{}", r.side, cx.data.id(r));
            let all = cx.pairing.links().iter();
            all.map(|l| format!("{} {} {}", id(l.a), id(l.b), l.decision.as_str())).collect()
        })
    }

    #[track_caller]
    fn one(crm: &[&str; 6], onec: &[&str; 6], expected: &[&str]) {
        assert_eq!(links(&[unit(crm)], &[unit(onec)]), expected, "{crm:?} {onec:?}");
    }

    #[test]
    fn spellings_do_not_matter_and_places_do() {
        let auto = &["crm:1 onec:1 auto"];
        let flat = &["Квартира", "корп. 1", "секция 1", "3", "кв. 12", "45.5"];
        one(flat, &["квартира", "1", "1", "3 этаж", "№12", "45.5"], auto);
        one(flat, &["", "Корпус 1", "", "", "12", ""], auto);
        one(&["Квартира", "1", "1", "3", "12а", "45.5"], &["Квартира", "1", "1", "3", "12 A", "45.6"], auto);
        one(flat, &["Квартира", "2", "1", "3", "12", "45.5"], &[]);
        one(flat, &["Квартира", "1", "1", "3", "12а", "45.5"], &[]);
        one(flat, &["Кладовая", "1", "1", "-1", "12", "4"], &[]);
        // An equal number of another size is another numbering.
        one(flat, &["Квартира", "1", "1", "3", "12", "78"], &["crm:1 onec:1 review"]);
        one(flat, &["Квартира", "1", "1", "4", "12", "45.5"], &["crm:1 onec:1 review"]);
        one(flat, &["Квартира", "1", "2", "4", "12", "60"], &[]);
        // The same rooms under another kind.
        one(flat, &["Апартаменты", "1", "1", "3", "12", "45.5"], auto);
    }

    #[test]
    fn houses_and_wings_of_one_number_stay_apart() {
        let house = unit(&["Квартира", "Дом 1", "1", "3", "12", "45"]);
        let wing = unit(&["Квартира", "Корпус 1", "1", "3", "12", "45"]);
        assert_eq!(
            links(&[house.clone(), wing.clone()], &[wing, house]),
            ["crm:1 onec:2 auto", "crm:2 onec:1 auto"],
            "and neither is a twin"
        );
    }

    #[test]
    fn postal_numbers_are_taken_when_the_rest_agrees() {
        let mut built = unit(&["Квартира", "1", "1", "3", "14", "45.5"]);
        built.push((Field::PostalNumber, "12"));
        let posted = unit(&["Квартира", "1", "1", "3", "12", "45.5"]);
        assert_eq!(links(std::slice::from_ref(&posted), std::slice::from_ref(&built)), ["crm:1 onec:1 auto"]);
        let unsure = unit(&["Квартира", "1", "", "", "12", ""]);
        assert_eq!(links(&[unsure], &[built.clone()]), ["crm:1 onec:1 review"]);
        // Two numberings at once: the number as it stands wins, and nothing is linked twice.
        let mut other = unit(&["Квартира", "1", "1", "3", "12", "45.5"]);
        other.push((Field::PostalNumber, "10"));
        assert_eq!(links(&[posted], &[built, other]), ["crm:1 onec:1 review", "crm:1 onec:2 auto"]);
    }

    #[test]
    fn twins_and_what_could_be_two() {
        let flat = unit(&["Квартира", "1", "1", "3", "12", "45.5"]);
        assert_eq!(
            links(&[flat.clone(), flat.clone()], std::slice::from_ref(&flat)),
            ["crm:1 crm:2 auto", "crm:1 onec:1 review", "crm:2 onec:1 review"]
        );
        let mut kept = flat.clone();
        kept.push((Field::ExternalId, "1"));
        assert_eq!(
            links(&[flat.clone(), kept], &[flat]),
            ["crm:1 crm:2 auto", "crm:1 onec:1 review", "crm:2 onec:1 auto"]
        );
        // Parking places count on every floor anew.
        let place = |floor| unit(&["Машино-место", "1", "", floor, "5", "13"]);
        assert!(links(&[place("-1"), place("-2")], &[]).is_empty());
    }
}
