//! `expected/*.csv`: what an audit of the sample must find. The truth comes from the world itself: records with one
//! party number are one party.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::plan::Plan;
use super::world::{Pairs, World};
use crate::model::Side;

/// A record for the truth tables.
struct Member {
    side: Side,
    key: String,
    pairs: Pairs,
}

/// Members by party. A record that two sources give counts once.
fn parties(world: &World) -> BTreeMap<u32, Vec<Member>> {
    let mut parties: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
    let cards = world.crm.iter().chain(&world.onec).filter(|c| !c.gone && !c.own);
    let cards = cards.map(|c| (c.party, c.side(), c.key(), c.pairs));
    let people = world.crm_people.iter().chain(&world.onec_people).filter(|p| !p.gone);
    let people = people.map(|p| (p.party, p.side(), p.key(), p.pairs));
    for (party, side, key, pairs) in cards.chain(people) {
        let members = parties.entry(party).or_default();
        if members.iter().all(|m| m.key != key) {
            members.push(Member { side, key, pairs });
        }
    }
    parties
}

fn cell(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// `left_key,right_key,level`: a pair of level `auto` must be linked without review, one of level `review` (its
/// evidence is spoiled) may wait for a person, one of level `apart` is held apart by a veto and named by a finding.
pub fn links(world: &World) -> String {
    let mut out = String::from("left_key,right_key,level\n");
    for members in parties(world).values() {
        for left in members.iter().filter(|m| m.side == Side::Crm) {
            for right in members.iter().filter(|m| m.side == Side::Onec) {
                let level = left.pairs.max(right.pairs).as_str();
                let _ = writeln!(out, "{},{},{level}", left.key, right.key);
            }
        }
    }
    out
}

/// `group,side,record,level`: records of one side that are one party.
pub fn merges(world: &World) -> String {
    let mut out = String::from("group,side,record,level\n");
    let mut group = 0;
    for members in parties(world).values() {
        for side in Side::BOTH {
            let own: Vec<&Member> = members.iter().filter(|m| m.side == side).collect();
            if own.len() < 2 {
                continue;
            }
            group += 1;
            for member in &own {
                let level = own.iter().map(|m| m.pairs).max().unwrap_or(Pairs::Auto).as_str();
                let _ = writeln!(out, "{group},{side},{},{level}", member.key);
            }
        }
    }
    out
}

/// `left_key,right_key,veto,note`: the vetoes that may hold the pair apart, with spaces between.
pub fn traps(plan: &Plan) -> String {
    let mut out = String::from("left_key,right_key,veto,note\n");
    for trap in &plan.traps {
        let _ = writeln!(out, "{},{},{},{}", trap.left, trap.right, trap.veto, cell(trap.note));
    }
    out
}

/// `check,side,entity,record_id,other_ids,note`; a finding about a source has no entity and the path for its record.
pub fn findings(plan: &Plan) -> String {
    let mut findings: Vec<_> = plan.findings.iter().collect();
    findings.sort_by_key(|f| (f.check, f.side, f.entity, &f.record));
    let mut out = String::from("check,side,entity,record_id,other_ids,note\n");
    for f in findings {
        let entity = f.entity.map_or("", |e| e.as_str());
        let others = f.others.join(" ");
        let _ = writeln!(out, "{},{},{entity},{},{others},{}", f.check, f.side, cell(&f.record), cell(f.note));
    }
    out
}
