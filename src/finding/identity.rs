//! Which finding of one run is which finding of another.

use std::collections::HashMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{Finding, FindingId, Subject};
use crate::model::{Field, RecordRef, Side, Snapshots};

/// Gives every finding its id: a hash of the check, the field and the records named. Neither wording nor values enter
/// it, nor the order of rows, columns and records: a finding keeps its id while its records keep theirs.
///
/// - A record without an id of its own (`row-7`, or one of several with one id) is known by its texts.
/// - A finding about a source is known by the source as the project names it, the sheet and the heading.
/// - Findings that are alike in all of this (two bad phones of one record) are told apart by a number, in the order of
///   their values; when one is repaired, one is gone.
pub fn identify(findings: &mut [Finding], data: &Snapshots) {
    let keys = Keys::of(findings, data);
    findings.par_iter_mut().for_each_init(Scratch::default, |scratch, f| f.id = base_id(f, &keys, scratch));
    let mut order: Vec<(FindingId, u32)> = findings.par_iter().enumerate().map(|(at, f)| (f.id, at as u32)).collect();
    order.par_sort_unstable_by(|&(a, x), &(b, y)| {
        a.cmp(&b).then_with(|| {
            let (x, y) = (&findings[x as usize], &findings[y as usize]);
            (&x.crm_value, &x.onec_value, &x.message).cmp(&(&y.crm_value, &y.onec_value, &y.message))
        })
    });
    let mut repeat = 0u64;
    for pair in order.windows(2) {
        let ((before, _), (base, at)) = (pair[0], pair[1]);
        repeat = if before == base { repeat + 1 } else { 0 };
        if repeat > 0 {
            findings[at as usize].id = hashed(|put| {
                put(&base.to_string());
                put(&repeat.to_string());
            });
        }
    }
}

/// Buffers of one thread.
#[derive(Default)]
struct Scratch {
    /// What is hashed: parts, each ended by a zero.
    text: Vec<u8>,
    keys: Vec<String>,
}

impl Scratch {
    fn put(&mut self, part: &str) {
        self.text.extend_from_slice(part.as_bytes());
        self.text.push(0);
    }
}

fn base_id(finding: &Finding, keys: &Keys, scratch: &mut Scratch) -> FindingId {
    scratch.text.clear();
    scratch.put(finding.check);
    scratch.put(finding.field.map_or("", Field::code));
    match &finding.subject {
        // A source is one thing however many of its records are listed.
        Subject::Source { side, entity, at } => {
            scratch.put(side.as_str());
            scratch.put(entity.map_or("", |e| e.as_str()));
            scratch.put(keys.source(*side, &at.place.file));
            scratch.put(at.place.sheet.as_deref().unwrap_or(""));
            scratch.put(at.column.as_deref().unwrap_or(""));
        }
        Subject::Record(subject) if finding.other.is_none() && finding.more.is_empty() => {
            keys.write(*subject, &mut scratch.text);
            scratch.text.push(0);
        }
        Subject::Record(_) => {
            scratch.keys.clear();
            scratch.keys.extend(finding.records().map(|r| keys.record(r)));
            scratch.keys.sort_unstable();
            for key in &scratch.keys {
                scratch.text.extend_from_slice(key.as_bytes());
                scratch.text.push(0);
            }
        }
    }
    first_eight(Sha256::digest(&scratch.text).as_slice())
}

fn hashed(fill: impl FnOnce(&mut dyn FnMut(&str))) -> FindingId {
    let mut hash = Sha256::new();
    fill(&mut |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    });
    first_eight(hash.finalize().as_slice())
}

fn first_eight(hash: &[u8]) -> FindingId {
    FindingId(hash.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b)))
}

/// Keys of records and sources that do not depend on where they stand.
struct Keys<'a> {
    data: &'a Snapshots,
    /// Records that their id does not tell.
    by_content: FxHashMap<RecordRef, String>,
    /// For each side: file → source as the project names it.
    sources: [HashMap<&'a str, &'a str>; 2],
}

impl<'a> Keys<'a> {
    fn of(findings: &[Finding], data: &'a Snapshots) -> Keys<'a> {
        let named = findings.par_iter().flat_map_iter(Finding::records).filter(|&r| !has_own_id(data, r));
        let sources = Side::BOTH.map(|side| {
            let all = data.get(side).sources.iter();
            all.flat_map(|s| s.files.iter().map(|f| (f.path.as_str(), s.path.as_str()))).collect()
        });
        Keys { data, by_content: named.map(|r| (r, content_key(data, r))).collect(), sources }
    }

    fn record(&self, r: RecordRef) -> String {
        self.by_content.get(&r).cloned().unwrap_or_else(|| self.data.key(r))
    }

    /// The same, appended.
    fn write(&self, r: RecordRef, out: &mut Vec<u8>) {
        if let Some(key) = self.by_content.get(&r) {
            return out.extend_from_slice(key.as_bytes());
        }
        for (at, part) in [r.side.as_str(), self.data.entity(r).as_str(), self.data.id(r)].into_iter().enumerate() {
            if at > 0 {
                out.push(b':');
            }
            out.extend_from_slice(part.as_bytes());
        }
    }

    fn source<'b>(&self, side: Side, file: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.sources[side as usize].get(file).copied().unwrap_or(file)
    }
}

/// Whether the id of a record is what its system calls it by, in every export.
pub fn has_own_id(data: &Snapshots, r: RecordRef) -> bool {
    let raw = data.records(r);
    !raw.id_clash[r.at()] && !raw.id(r.at()).starts_with("row-")
}

/// A record by everything it says but its id; several values of one field in any order.
fn content_key(data: &Snapshots, r: RecordRef) -> String {
    let raw = data.records(r);
    let id = hashed(|put| {
        put(r.side.as_str());
        put(data.entity(r).as_str());
        for &field in Field::ALL.iter().filter(|&&f| f != Field::Id) {
            let mut values: Vec<&str> = raw.get(field, r.at()).split('\n').filter(|v| !v.is_empty()).collect();
            values.sort_unstable();
            if !values.is_empty() {
                put(field.code());
                values.iter().for_each(|v| put(v));
            }
        }
    });
    format!("{}:{}:?{id}", r.side, data.entity(r))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;
    use crate::model::Records;

    fn ids(world: World, make: impl Fn(&Snapshots) -> Vec<Finding>) -> Vec<String> {
        world.with(|cx| {
            let mut findings = make(cx.data);
            findings.iter_mut().for_each(|f| f.check = "cp-test");
            identify(&mut findings, cx.data);
            findings.iter().map(|f| f.id.to_string()).collect()
        })
    }

    fn about(data: &Snapshots, keys: &[&str], message: &str) -> Finding {
        let records: Vec<RecordRef> = keys.iter().map(|k| data.find(k).unwrap()).collect();
        Finding::record(records[0], message.to_owned()).more(records[1..].to_vec())
    }

    const A: &[(Field, &str)] = &[(Field::Id, "7"), (Field::Name, "ООО Астра")];
    const B: &[(Field, &str)] = &[(Field::Id, "8"), (Field::Name, "ООО Бета")];

    #[test]
    fn order_of_records_and_wording_do_not_matter() {
        let one = ids(World::new().crm(A).crm(B), |d| vec![about(d, &["crm:7", "crm:8"], "одно")]);
        let other = ids(World::new().crm(B).crm(A), |d| vec![about(d, &["crm:8", "crm:7"], "другое")]);
        assert_eq!(one, other);
        assert_eq!(FindingId::parse(&one[0]).unwrap().to_string(), one[0]);
        let alone = ids(World::new().crm(A).crm(B), |d| vec![about(d, &["crm:7"], "одно")]);
        assert_ne!(one, alone);
    }

    #[test]
    fn a_repeated_id_is_told_by_texts() {
        let a = &[(Field::Id, "7"), (Field::Name, "ООО Астра"), (Field::Phone, "1\n2")];
        let moved = &[(Field::Id, "7~2"), (Field::Name, "ООО Астра"), (Field::Phone, "2\n1")];
        let clash = |r: &mut Records| r.id_clash.fill(true);
        let first = World::new().crm(a).crm(&[(Field::Id, "7~2"), (Field::Name, "ООО Бета")]);
        let second = World::new().crm(&[(Field::Id, "7"), (Field::Name, "ООО Бета")]).crm(moved);
        let one = ids(first.records(Side::Crm, clash), |d| vec![about(d, &["crm:7"], "")]);
        let other = ids(second.records(Side::Crm, clash), |d| vec![about(d, &["crm:7~2"], "")]);
        assert_eq!(one, other);
    }

    #[test]
    fn repeats_get_ids_of_their_own_in_the_order_of_values() {
        let make = |values: &'static [&str]| {
            ids(World::new().crm(A), move |d| {
                let one = |v: &&str| about(d, &["crm:7"], "").value(Field::Phone, Side::Crm, v);
                values.iter().map(one).collect()
            })
        };
        let three = make(&["1", "2", "3"]);
        assert!(three[0] != three[1] && three[1] != three[2] && three[0] != three[2], "{three:?}");
        let turned = make(&["3", "1", "2"]);
        assert_eq!([&turned[1], &turned[2], &turned[0]], [&three[0], &three[1], &three[2]]);
        // One is repaired: one id is gone, the others stay.
        assert_eq!(make(&["1", "3"]), three[..2]);
    }

    #[test]
    fn only_hex_is_an_id() {
        for text in ["", "0123456789ABCDEF", "+123456789abcdef", "0123456789abcdef0"] {
            assert_eq!(FindingId::parse(text), None, "{text}");
        }
    }
}
