//! Golden results of matching, in `tests/golden/matching`: `pairs.txt` holds cards and what becomes of each two of them,
//! `weights.txt` what the comparisons of those pairs weigh, `world.txt` all cards at once among many others.
//!
//! Decisions, vetoes and cautions change with a rule; weights may shift by a little when they are trained anew.
//! `UPDATE_GOLDEN=1 cargo test golden` rewrites all three, the cards stay.

use std::fmt::Write;
use std::path::PathBuf;

use super::compare::COMPARISONS;
use super::testing::{Outcome, World, inn10};
use super::{Level, block, pack, score};
use crate::config::MatchingConfig;
use crate::model::{Entity, Field, RecordRef, Side};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/matching").join(name)
}

/// Compares a committed file with what is found, or rewrites it.
fn golden(name: &str, found: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path(name), found).unwrap();
    }
    let kept = std::fs::read_to_string(path(name)).unwrap_or_default().replace("\r\n", "\n");
    let differing: Vec<_> = kept.lines().zip(found.lines()).filter(|(a, b)| a != b).take(5).collect();
    assert!(kept == found, "{name}: UPDATE_GOLDEN=1 cargo test golden, and read what changed: {differing:#?}");
}

#[derive(Clone, Default)]
struct Card {
    line: String,
    side: Option<Side>,
    entity: Option<Entity>,
    id: String,
    clash: bool,
    texts: Vec<(Field, String)>,
}

/// Cards under one heading.
#[derive(Default)]
struct Family {
    heading: String,
    own: Vec<String>,
    cards: Vec<Card>,
}

/// `crm 12: name=ООО «Вектор» | inn=…`; `contact` is one of the CRM, `!` after the id says that it repeats.
fn card(line: &str) -> Card {
    let (head, fields) = line.split_once(": ").unwrap();
    let (whose, id) = head.split_once(' ').unwrap();
    let texts = fields.split(" | ").map(|field| {
        let (code, text) = field.split_once('=').unwrap();
        (Field::parse(code).unwrap_or_else(|| panic!("no field {code}")), text.to_owned())
    });
    Card {
        line: line.to_owned(),
        side: Some(if whose == "onec" { Side::Onec } else { Side::Crm }),
        entity: Some(if whose == "contact" { Entity::Contact } else { Entity::Counterparty }),
        id: id.trim_end_matches('!').to_owned(),
        clash: id.ends_with('!'),
        texts: texts.collect(),
    }
}

/// What stands before the first family, and the families.
fn families() -> (String, Vec<Family>) {
    let (mut head, mut families) = (String::new(), Vec::<Family>::new());
    for line in std::fs::read_to_string(path("pairs.txt")).unwrap().lines() {
        match families.last_mut() {
            _ if line.starts_with("## ") => {
                families.push(Family { heading: line.to_owned(), ..Family::default() });
            }
            None => head += &format!("{line}\n"),
            Some(_) if line.is_empty() || line.starts_with(' ') => {}
            Some(family) => match line.strip_prefix("own ") {
                Some(inn) => family.own.push(inn.to_owned()),
                None => family.cards.push(card(line)),
            },
        }
    }
    (head, families)
}

/// Adds cards; ids get a prefix, and so does what cites them.
fn add(mut world: World, cards: &[&Card], prefix: &str) -> World {
    for card in cards {
        let texts: Vec<(Field, String)> = card
            .texts
            .iter()
            .map(|(f, t)| (*f, if *f == Field::ExternalId { format!("{prefix}{t}") } else { t.clone() }))
            .collect();
        let texts: Vec<(Field, &str)> = texts.iter().map(|(f, t)| (*f, t.as_str())).collect();
        let id = format!("{prefix}{}", card.id);
        world.add(card.side.unwrap(), card.entity.unwrap(), &id, &texts);
        if card.clash {
            world = world.clash(card.side.unwrap(), &id);
        }
    }
    world
}

/// Two cards alone: what becomes of them, and what each comparison weighs.
fn judged(family: &Family, a: &Card, b: &Card) -> (String, String) {
    let world = family.own.iter().fold(World::default(), |world, inn| world.own(inn));
    let data = add(world, &[a, b], "").build();
    let p = pack::pack(&data);
    let config = MatchingConfig::default();
    let blocks = block::block(&p, &[]);
    let model = score::train(&p, &blocks.candidates);
    let pair = score::score(&p, &model, &config, 0, 1, "");
    let mut line = if score::is_kept(&model, &config, &pair) {
        format!("{:?}", pair.decision)
    } else {
        format!("({:?})", pair.decision)
    };
    pair.vetoes.iter().for_each(|veto| write!(line, " veto {veto:?}").unwrap());
    pair.caution.iter().for_each(|caution| write!(line, " caution {caution:?}").unwrap());
    for (flag, name) in
        [(pair.strong, "strong"), (pair.forms_differ, "forms-differ"), (pair.numbers_only, "numbers-only")]
    {
        if flag {
            write!(line, " {name}").unwrap();
        }
    }
    let mut weights = format!("{:.1}", pair.weight);
    for (at, comparison) in COMPARISONS.iter().enumerate().filter(|(at, _)| pair.levels[*at] != Level::Empty) {
        let (name, level) = (comparison.name(), pair.levels[at].as_str());
        write!(line, "{} {name} {level}", if line.contains(':') { "," } else { ":" }).unwrap();
        write!(weights, ", {name} {level} {:.1}", pair.weights[at]).unwrap();
    }
    let rules = block::proposers(&p, &[(0, 1)])[0];
    let rules: Vec<&str> =
        block::rule_names().enumerate().filter(|(at, _)| rules & 1 << at != 0).map(|(_, name)| name).collect();
    (format!("{line}; by {}", if rules.is_empty() { "no rule".to_owned() } else { rules.join(" ") }), weights)
}

/// Groups of a world with their masters and golden values.
fn groups(out: &Outcome, text: &mut String) {
    let id = |r: RecordRef| format!("{}:{}", if r.side == Side::Crm { "crm" } else { "onec" }, out.data.id(r));
    for (at, cluster) in out.matching.clusters.iter().enumerate() {
        let mut members: Vec<String> = cluster.members.iter().map(|&m| id(m)).collect();
        members.sort();
        let masters = [cluster.crm_master, cluster.onec_master].map(|m| m.map_or("none".to_owned(), id));
        writeln!(text, "  group {}; masters {}", members.join(" "), masters.join(" ")).unwrap();
        for value in out.matching.golden.iter().filter(|g| g.cluster as usize == at) {
            writeln!(
                text,
                "    {} = {} ({}, {})",
                value.field.code(),
                out.matching.value(value, &out.data),
                id(value.from),
                value.rule.as_str()
            )
            .unwrap();
        }
    }
}

#[test]
fn every_two_cards_of_a_family() {
    let (head, families) = families();
    let (mut pairs, mut all_weights) = (head, String::new());
    for family in &families {
        for text in [&mut pairs, &mut all_weights] {
            writeln!(text, "{}", family.heading).unwrap();
        }
        family.own.iter().for_each(|inn| writeln!(pairs, "own {inn}").unwrap());
        family.cards.iter().for_each(|card| writeln!(pairs, "{}", card.line).unwrap());
        for (i, a) in family.cards.iter().enumerate() {
            for b in &family.cards[i + 1..] {
                let (line, weights) = judged(family, a, b);
                writeln!(pairs, "  {} {} {line}", a.id, b.id).unwrap();
                writeln!(all_weights, "  {} {} {weights}", a.id, b.id).unwrap();
            }
        }
        let world = family.own.iter().fold(World::default(), |world, inn| world.own(inn));
        let cards: Vec<&Card> = family.cards.iter().collect();
        groups(&add(world, &cards, "").run(), &mut pairs);
        pairs.push('\n');
    }
    golden("weights.txt", &all_weights);
    golden("pairs.txt", &pairs);
}

/// The first two cards of every family and the last two, explained in both languages.
#[test]
fn explanations() {
    use crate::model::Lang;
    let mut text = String::new();
    for family in families().1 {
        writeln!(text, "{}\n", family.heading).unwrap();
        let world = family.own.iter().fold(World::default(), |world, inn| world.own(inn));
        let data = add(world, &family.cards.iter().collect::<Vec<_>>(), "").build();
        let at = |card: &Card| {
            let records = data.parties(card.side.unwrap()).refs();
            let is = |r: &RecordRef| data.entity(*r) == card.entity.unwrap() && data.id(*r) == card.id;
            records.into_iter().find(is).unwrap()
        };
        let [.., before, last] = family.cards.as_slice() else { panic!("two cards at least") };
        for (a, b, lang) in [(&family.cards[0], &family.cards[1], Lang::Ru), (before, last, Lang::En)] {
            let why = super::explain(&data, &MatchingConfig::default(), at(a), at(b));
            writeln!(text, "{}\n", why.text(&data, lang)).unwrap();
        }
    }
    golden("explained.txt", &text);
}

/// All families at once, among cards that make some of their words, names, phones and addresses common.
#[test]
fn every_card_in_one_world() {
    let (_, families) = families();
    let mut world = World::default();
    for (at, family) in families.iter().enumerate() {
        world = family.own.iter().fold(world, |world, inn| world.own(inn));
        world = add(world, &family.cards.iter().collect::<Vec<_>>(), &format!("{}.", at + 1));
    }
    const WORDS: [&str; 8] = ["Кедр", "Сокол", "Маяк", "Аметист", "Байкал", "Ладога", "Буревестник", "Самоцвет"];
    const SURNAMES: [&str; 5] = ["Иванов", "Берёзкин", "Кедров", "Ландышев", "Соколов"];
    const GIVEN: [&str; 4] = ["Иван", "Олег", "Пётр", "Никита"];
    for n in 0..240usize {
        let side = if n % 2 == 0 { Side::Crm } else { Side::Onec };
        let (first, second) = (WORDS[n % 8], WORDS[n / 8 % 8]);
        let name = match n % 5 {
            0 => format!("ООО «{first} {second}»"),
            1 => format!("Вектор {first}"),
            2 => format!("АО «Ромашка {second}»"),
            3 => format!("{} {} {}ович", SURNAMES[n / 5 % 5], GIVEN[n / 25 % 4], GIVEN[(n / 7) % 2]),
            _ => format!("ООО «{second}» № {}", n % 7),
        };
        let inn = if n % 3 == 0 { inn10(5_000 + n as u64 / 6) } else { String::new() };
        let phone = match n % 4 {
            0 => "8 (495) 246-15-01".to_owned(),
            1 => format!("8 495 300-{:02}-00", n % 40),
            _ => String::new(),
        };
        let email = if n % 6 == 0 {
            format!("{}@kedr-test.ru", ["info", "ivanov", "petrov"][n / 6 % 3])
        } else {
            String::new()
        };
        let town = ["Казань", "Омск", "Пермь"][n % 3];
        let address = if n % 7 == 0 {
            format!("г. {town}, ул. Баумана, д. {}", n % 4 + 7)
        } else {
            format!("г. {town}")
        };
        let birth = if n % 5 == 3 && n % 2 == 0 { format!("1{}.03.1980", n % 3) } else { String::new() };
        let texts = [
            (Field::Name, name.as_str()),
            (Field::Inn, &inn),
            (Field::Phone, &phone),
            (Field::Email, &email),
            (Field::Address, &address),
            (Field::BirthDate, &birth),
        ];
        world.add(side, Entity::Counterparty, &format!("n{n}"), &texts);
    }
    let out = world.run();
    let id = |r: RecordRef| format!("{}:{}", if r.side == Side::Crm { "crm" } else { "onec" }, out.data.id(r));
    let mut text = String::new();
    for rule in &out.matching.rules {
        writeln!(text, "rule {} has {} keys and {} pairs", rule.rule, rule.keys, rule.pairs).unwrap();
    }
    for key in &out.matching.oversized {
        writeln!(text, "{} of {} cards, refined by {}", key.rule, key.records.len(), key.refined_by).unwrap();
    }
    groups(&out, &mut text);
    for link in &out.matching.links {
        let veto = link.veto.map_or(String::new(), |veto| format!(" {veto:?}"));
        let (decision, weight) = (link.decision.as_str(), link.weight);
        writeln!(text, "{} {} {decision}{veto} {weight:.1} by {}", id(link.a), id(link.b), link.rule).unwrap();
    }
    golden("world.txt", &text);
}
