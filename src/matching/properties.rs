//! Promises of matching, whatever stands in the records: what people say counts, groups hold no contradiction and break at
//! the weakest links, an empty field proves nothing, initials decide nothing.

use proptest::prelude::*;

use super::compare::{self, COMPARISONS};
use super::testing::{Random, World};
use super::tests::{assert_sound, crowded};
use super::types::Caution;
use super::{Decision, Level, Veto, block, cluster, pack, score, veto};
use crate::config::MatchingConfig;
use crate::model::{Entity, Field, RecordRef, Side};

/// Clusters as one would make them by hand: links from the strongest, each record asked against each.
fn by_hand(p: &pack::Packed, scored: &[score::Scored], apart: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut order: Vec<&score::Scored> = scored.iter().filter(|s| s.decision.links()).collect();
    order.sort_by(|x, y| {
        let people = |s: &score::Scored| s.decision == Decision::Accepted;
        let key = |s: &score::Scored| (!people(s), !s.strong);
        key(x).cmp(&key(y)).then(y.weight.total_cmp(&x.weight)).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let only_contact: Vec<(u32, u32)> = scored
        .iter()
        .filter(|s| s.decision == Decision::Rejected && s.veto == Some(Veto::SharedContactOnly))
        .map(|s| (s.a, s.b))
        .collect();
    let mut groups: Vec<Vec<u32>> = (0..p.len() as u32).map(|at| vec![at]).collect();
    for link in order {
        let of = |groups: &Vec<Vec<u32>>, record| groups.iter().position(|g| g.contains(&record)).unwrap();
        let (a, b) = (of(&groups, link.a), of(&groups, link.b));
        if a == b {
            continue;
        }
        let alone = groups[a].len() == 1 && groups[b].len() == 1;
        let apart = apart.iter().chain(&only_contact).any(|&(x, y)| {
            groups[a].contains(&x) && groups[b].contains(&y) || groups[a].contains(&y) && groups[b].contains(&x)
        });
        let exclude = groups[a].iter().any(|&x| groups[b].iter().any(|&y| veto::exclude(p, x, y)));
        if apart || exclude && !alone {
            continue;
        }
        let more = std::mem::take(&mut groups[b]);
        groups[a].extend(more);
    }
    groups.retain(|g| g.len() > 1);
    groups.iter_mut().for_each(|g| g.sort_unstable());
    groups.sort();
    groups
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn groups_are_those_made_by_hand(seed in any::<u64>(), rows in 10u64..70) {
        let data = crowded(seed, rows).build();
        let p = pack::pack(&data);
        let config = MatchingConfig::default();
        let blocks = block::block(&p, &[]);
        let model = score::train(&p, &blocks.candidates);
        let mut scored = score::score_all(&p, &model, &config, &blocks.candidates, &[]);
        let mut random = Random(seed);
        let n = p.len() as u64;
        let apart: Vec<(u32, u32)> = (0..3)
            .map(|_| (random.below(n) as u32, random.below(n) as u32))
            .filter(|(a, b)| a != b)
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect();
        let expected = by_hand(&p, &scored, &apart);
        let clusters = cluster::cluster(&p, &mut scored, &apart);
        // A link holds its records together, or it is no link any more.
        let together = |s: &score::Scored| clusters.iter().any(|c| c.0.contains(&s.a) && c.0.contains(&s.b));
        for s in &scored {
            match s.decision {
                Decision::Auto | Decision::Accepted => prop_assert!(together(s)),
                Decision::Rejected => prop_assert!(!together(s), "{:?}", s.veto),
                Decision::Review => {}
            }
            prop_assert_eq!(s.veto.is_some(), s.decision == Decision::Rejected);
        }
        for (members, weakest) in &clusters {
            prop_assert!(members.is_sorted() && members.len() > 1);
            let inside = scored.iter().filter(|s| s.decision.links() && members.contains(&s.a));
            let least = inside.clone().map(|s| s.weight).fold(f32::INFINITY, f32::min);
            let most = inside.map(|s| s.weight).fold(f32::NEG_INFINITY, f32::max);
            prop_assert!((least..=most).contains(weakest));
        }
        // Bridges that were cut are another story.
        if scored.iter().all(|s| s.caution != Some(Caution::WeakBridge)) {
            let found: Vec<Vec<u32>> = clusters.into_iter().map(|c| c.0).collect();
            prop_assert_eq!(found, expected);
        }
    }

    /// Refused pairs are never in one group, accepted ones always, save two valid INNs and own organisations.
    #[test]
    fn decisions_win(seed in any::<u64>()) {
        let world = crowded(seed, 30);
        let data = world.build();
        let records: Vec<RecordRef> = Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs()).collect();
        let key = |r: &RecordRef| data.key(*r);
        let mut random = Random(seed ^ 7);
        let mut words: Vec<(String, String, bool)> = Vec::new();
        for _ in 0..6 {
            let n = records.len() as u64;
            let (a, b) = (&records[random.below(n) as usize], &records[random.below(n) as usize]);
            if a != b {
                words.push((key(a), key(b), random.below(2) == 0));
            }
        }
        let said: Vec<(&str, &str, bool)> = words.iter().map(|(a, b, yes)| (a.as_str(), b.as_str(), *yes)).collect();
        let out = world.decide(&said);
        let refused = |a: &str, b: &str| said.iter().any(|&(x, y, yes)| !yes && ((x, y) == (a, b) || (y, x) == (a, b)));
        for &(a, b, yes) in &said {
            let decision = out.decision(a, b);
            if !yes || refused(a, b) {
                prop_assert_eq!(decision, Some((Decision::Rejected, Some(Veto::Refused))));
                prop_assert!(!out.together(a, b));
                continue;
            }
            match decision {
                Some((Decision::Accepted, None)) => prop_assert!(out.together(a, b)),
                Some((Decision::Rejected, Some(Veto::InnDiffers | Veto::OwnOrganisation | Veto::ClusterConflict))) => {
                    prop_assert!(!out.together(a, b));
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
        // Nobody can accept two valid INNs into one group.
        for cluster in &out.matching.clusters {
            let mut inns: Vec<_> = cluster.members.iter().filter_map(|m| out.data.parties(m.side).inn[m.at()].valid()).collect();
            inns.sort();
            inns.dedup();
            prop_assert!(inns.len() <= 1, "{inns:?}");
        }
    }

    /// A field without a value on one side has no level and no weight.
    #[test]
    fn empty_is_no_evidence(seed in any::<u64>(), nothing in prop::sample::select(vec!["", "-", "нет", "не указан"])) {
        let mut random = Random(seed);
        let inn = ["7799001873", "7799001880"][random.below(2) as usize];
        let all: [(Field, &str); 12] = [
            (Field::ExternalId, "1"),
            (Field::Inn, inn),
            (Field::Ogrn, "1099900001233"),
            (Field::Document, "4510123456"),
            (Field::BankAccount, "40702810900000000001"),
            (Field::Phone, random.pick(&["84951234567", "246-15-01", "12345"])),
            (Field::Email, random.pick(&["a@romashka-test.ru", "info@romashka-test.ru"])),
            (Field::Kpp, random.pick(&["770101001", "997950001"])),
            (Field::Name, random.pick(&["ООО Ромашка", "Берёзкин Иван Петрович", "Аптека № 5"])),
            (Field::LastName, ""),
            (Field::BirthDate, "12.03.1980"),
            (Field::Address, "г. Казань, ул. Баумана, д. 7"),
        ];
        for (comparison, &(field, _)) in COMPARISONS.iter().zip(&all) {
            prop_assert_eq!(comparison.field(), field, "the table follows the catalogue");
            let field = if field == Field::LastName { Field::Name } else { field };
            let less: Vec<(Field, &str)> =
                all.iter().map(|&(f, text)| (f, if f == field { nothing } else { text })).collect();
            for (crm, onec) in [(&all[..], &less[..]), (&less, &all)] {
                let data = World::default().crm("7", crm).onec("8", onec).build();
                let found = compare::compare(&pack::pack(&data), 0, 1).outcomes[*comparison as usize];
                prop_assert_eq!((found.level, found.bits), (Level::Empty, 0.0), "{:?}", comparison);
            }
        }
    }

    /// Whatever else agrees short of an identifier, a name in initials is for a person to judge.
    #[test]
    fn initials_alone_never_decide(
        shared in prop::collection::vec(any::<bool>(), 5),
        short in prop::sample::select(vec!["Берёзкин И.П.", "Берёзкин И.", "И.П. Берёзкин", "Берёзкин", "Berezkin I."]),
        long in prop::sample::select(vec!["Берёзкин Иван Петрович", "Берёзкин Иван", "Берёзкин Ваня", "Берёзкин И.П."]),
        entities in any::<(bool, bool)>(),
    ) {
        const MORE: [(Field, &str); 5] = [
            (Field::Phone, "89165234567"),
            (Field::Email, "berezkin@romashka-test.ru"),
            (Field::BirthDate, "12.03.1980"),
            (Field::Address, "г. Казань, ул. Баумана, д. 7, кв. 12"),
            (Field::BankAccount, "40702810900000000001"),
        ];
        let more: Vec<(Field, &str)> = MORE.into_iter().zip(&shared).filter(|m| *m.1).map(|m| m.0).collect();
        let mut world = World::default();
        let entity = |contact| if contact { Entity::Contact } else { Entity::Counterparty };
        world.add(Side::Crm, entity(entities.0), "1", &[&[(Field::Name, short)], &more[..]].concat());
        world.add(Side::Onec, entity(entities.1), "2", &[&[(Field::Name, long)], &more[..]].concat());
        let out = world.run();
        prop_assert!(out.matching.links.iter().all(|l| l.decision != Decision::Auto), "{:?}", out.matching.links);
        prop_assert!(out.matching.clusters.is_empty());
    }

    /// Two valid INNs are two parties, whatever else the cards share and whoever stands between them.
    #[test]
    fn two_inns_never_meet(seed in any::<u64>()) {
        let mut world = crowded(seed, 20);
        let mut random = Random(seed);
        for n in 0..12u64 {
            let side = if random.below(2) == 0 { Side::Crm } else { Side::Onec };
            let inn = random.pick(&["7799001873", "7799001880", "", "7799001874"]);
            let texts = [
                (Field::Name, "ООО «Ромашка»"),
                (Field::Inn, inn),
                (Field::Phone, random.pick(&["84952461501", ""])),
                (Field::Email, random.pick(&["a@romashka-test.ru", ""])),
                (Field::Ogrn, random.pick(&["1099900001233", ""])),
                (Field::BankAccount, random.pick(&["40702810900000000001", ""])),
            ];
            world.add(side, Entity::Counterparty, &format!("x{n}"), &texts);
        }
        assert_sound(&world.run());
    }
}
