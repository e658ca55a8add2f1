//! Which products are one: by the id that one system keeps of the other, by barcode, by article, by name.
//!
//! Numbers in names must agree («Гвоздь 4×100» is not «Гвоздь 4×120»), and no single sign but a kept id decides alone:
//! a barcode or an article with a name that says something else goes to a person.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Input, Pairing};
use crate::matching::{Decision, Evidence, Level, Link, Scope, Veto};
use crate::model::{Book, Entity, Field, RecordRef, Side};
use crate::normalize::goods::{self, Barcode, GoodsName, Numbers};
use crate::normalize::text;

/// Most records that a key may hold and still propose pairs; MATCHING.md, section 3: a key that more records share says
/// little of any two of them.
const MOST_HOLDERS: usize = 24;
/// Share of the weight of words that two names must have in common to be shown to a person.
const NEAR: f32 = 0.72;
/// And to bear out an article or a barcode.
const COMPATIBLE: f32 = 0.40;
/// Names that a word is counted among at least.
const FIRM_GROUND: usize = 2_000;
/// Rarest words of a name that propose pairs.
const RARE_WORDS: usize = 3;

/// Weights of agreement, log2: shipped priors. An id kept of the other system all but proves; a barcode is one thing in
/// the world; articles repeat between makers; a name that agrees to the letter is as rare as its words.
const WEIGHT_ID: f32 = 20.0;
const WEIGHT_BARCODE: f32 = 14.0;
const WEIGHT_ARTICLE: f32 = 10.0;
const WEIGHT_NAME: f32 = 9.0;
const WEIGHT_NEAR: f32 = 4.0;
const WEIGHT_DIFFERS: f32 = -7.0;
const PRIOR: f32 = -8.0;

/// What a product is sold as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sold {
    Goods,
    Service,
}

/// Goods or services, by the kind of the record; `None` when it does not say.
pub fn sold_as(book: &Book, at: usize) -> Option<Sold> {
    let kind = text::fold(book.text(Field::Kind, at));
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    // Bitrix24: 1 product, 7 service.
    if has(&["УСЛУГ", "РАБОТ", "SERVICE"]) || kind == "7" {
        Some(Sold::Service)
    } else if has(&["ТОВАР", "ЗАПАС", "МАТЕРИАЛ", "ПРОДУКЦИ", "PRODUCT", "GOODS"]) {
        Some(Sold::Goods)
    } else {
        None
    }
}

/// A product taken apart.
struct Item<'a> {
    record: RecordRef,
    /// As the source writes it.
    text: &'a str,
    name: GoodsName,
    key: String,
    article: String,
    barcodes: Vec<u64>,
    id: &'a str,
    external: &'a str,
    sold: Option<Sold>,
    is_active: bool,
}

impl<'a> Item<'a> {
    fn of(book: &'a Book, at: usize) -> Item<'a> {
        let mut text = book.text(Field::Name, at).to_owned();
        let full = book.text(Field::FullName, at);
        if text.trim().is_empty() {
            text = full.to_owned();
        }
        let variant = book.text(Field::Variant, at).trim();
        if !variant.is_empty() && !text.contains(variant) {
            text.push(' ');
            text.push_str(variant);
        }
        let name = goods::name(&text);
        let mut barcodes: Vec<u64> = book
            .text(Field::Barcode, at)
            .split('\n')
            .filter_map(|raw| match goods::barcode(raw) {
                Barcode::Gtin(number) => Some(number),
                _ => None,
            })
            .collect();
        barcodes.sort_unstable();
        barcodes.dedup();
        Item {
            record: book.at(at),
            text: book.text(Field::Name, at),
            key: name.key(),
            name,
            article: goods::article_key(book.text(Field::Article, at)),
            barcodes,
            id: book.raw.id(at),
            external: book.text(Field::ExternalId, at).trim(),
            sold: sold_as(book, at),
            is_active: book.is_active(at),
        }
    }
}

/// Whether a product is a set of others that is sold as one; `None` when its kind says nothing of it. Spare parts
/// («Комплектующие») are goods.
pub fn is_kit(book: &Book, at: usize) -> Option<bool> {
    const KITS: [&str; 7] = ["КОМПЛЕКТ", "КОМПЛЕКТЫ", "НАБОР", "НАБОРЫ", "KIT", "BUNDLE", "SET"];
    let kind = text::fold(book.text(Field::Kind, at));
    if kind.split_whitespace().any(|word| KITS.contains(&word)) {
        return Some(true);
    }
    sold_as(book, at).map(|_| false)
}

/// Products of both sides, within and across.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let books = Side::BOTH.map(|side| input.data.book(side, Entity::Product));
    let items: Vec<Item> = books
        .into_iter()
        .flat_map(|book| (0..book.len()).map(move |at| (book, at)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(book, at)| Item::of(book, at))
        .collect();
    let words = Words::of(&items);
    let pairs = candidates(&items, &words);
    let mut links: Vec<Link> =
        pairs.into_par_iter().filter_map(|(a, b, rule)| judge(&items[a], &items[b], rule, &words)).collect();
    doubt_rivals(&mut links);
    // Sizes of one thing forbid each other by the dozen: what has its pair needs no list of what it is not.
    let linked: FxHashSet<RecordRef> =
        links.iter().filter(|l| l.decision != Decision::Rejected).flat_map(|l| [l.a, l.b]).collect();
    links.retain(|l| l.decision != Decision::Rejected || !(linked.contains(&l.a) || linked.contains(&l.b)));
    links
}

/// How many names hold each word.
struct Words {
    count: HashMap<String, u32, RandomState>,
    names: f32,
}

impl Words {
    fn of(items: &[Item]) -> Words {
        let mut count: HashMap<String, u32, RandomState> = HashMap::default();
        for word in items.iter().flat_map(|item| item.name.words.iter().chain(&item.name.codes)) {
            *count.entry(word.clone()).or_default() += 1;
        }
        // A short list does not make its words common.
        Words { count, names: (items.len() + FIRM_GROUND) as f32 }
    }

    fn holders(&self, word: &str) -> u32 {
        self.count.get(word).copied().unwrap_or(1)
    }

    /// Bits that a word says, at least a little.
    fn bits(&self, word: &str) -> f32 {
        (self.names / self.holders(word) as f32).log2().max(0.5)
    }

    /// Share of what two names say that both say, 0..=1.
    fn likeness(&self, a: &GoodsName, b: &GoodsName) -> f32 {
        let mut common = 0.0;
        let mut only_b: Vec<usize> = (0..b.words.len()).collect();
        let mut only_a = Vec::new();
        for (at, word) in a.words.iter().enumerate() {
            match only_b.iter().position(|&other| b.words[other] == *word) {
                Some(found) => {
                    only_b.remove(found);
                    common += self.bits(word);
                }
                None => only_a.push(at),
            }
        }
        let mut rest = 0.0;
        for at in only_a {
            let bits = self.bits(&a.words[at]);
            let alike = |&other: &usize| {
                resemble(&a.words[at], &b.words[other]) || (a.sounds[at].len() > 3 && a.sounds[at] == b.sounds[other])
            };
            match only_b.iter().position(alike) {
                Some(found) => {
                    only_b.remove(found);
                    common += 0.9 * bits;
                    rest += 0.1 * bits;
                }
                None => rest += bits,
            }
        }
        rest += only_b.into_iter().map(|at| self.bits(&b.words[at])).sum::<f32>();
        if common + rest == 0.0 { 0.0 } else { common / (common + rest) }
    }
}

/// One word shortened, or with a slip. Words are stems.
fn resemble(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let letters = short.chars().count();
    (letters >= 3 && long.starts_with(short)) || (letters >= 5 && strsim::normalized_damerau_levenshtein(a, b) >= 0.8)
}

/// Pairs worth looking at, each once, with the rule that proposed it first.
fn candidates(items: &[Item], words: &Words) -> Vec<(usize, usize, &'static str)> {
    let mut keys: Vec<(&'static str, String, usize)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let (own, other) = (item.record.side, item.record.side.other());
        if !item.id.is_empty() {
            keys.push(("id", format!("{own}:{}", item.id), at));
        }
        if !item.external.is_empty() {
            keys.push(("id", format!("{other}:{}", item.external), at));
        }
        keys.extend(item.barcodes.iter().map(|code| ("barcode", code.to_string(), at)));
        if !item.article.is_empty() {
            keys.push(("article", item.article.clone(), at));
        }
        if !item.name.words.is_empty() {
            keys.push(("name", item.key.clone(), at));
        }
        let mut rare: Vec<&String> = item.name.words.iter().chain(&item.name.codes).collect();
        rare.sort_by_key(|word| (words.holders(word), *word));
        rare.truncate(RARE_WORDS);
        keys.extend(rare.iter().map(|word| ("word", (*word).clone(), at)));
        for (n, first) in rare.iter().enumerate() {
            keys.extend(rare[n + 1..].iter().map(|second| {
                let (x, y) = if first < second { (first, second) } else { (second, first) };
                ("words", format!("{x} {y}"), at)
            }));
        }
    }
    keys.par_sort_unstable();
    let mut pairs: FxHashMap<(usize, usize), &'static str> = FxHashMap::default();
    for group in keys.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
        let mut holders: Vec<usize> = group.iter().map(|(_, _, at)| *at).collect();
        holders.dedup();
        if holders.len() > MOST_HOLDERS {
            continue;
        }
        for (n, &a) in holders.iter().enumerate() {
            for &b in &holders[n + 1..] {
                let rule = pairs.entry((a, b)).or_insert(group[0].0);
                *rule = (*rule).min(group[0].0);
            }
        }
    }
    let mut pairs: Vec<(usize, usize, &'static str)> = pairs.into_iter().map(|((a, b), rule)| (a, b, rule)).collect();
    pairs.par_sort_unstable();
    pairs
}

/// Whether one record keeps the id of the other.
fn kept_id(a: &Item, b: &Item) -> bool {
    let points = |from: &Item, to: &Item| !from.external.is_empty() && from.external == to.id;
    a.record.side != b.record.side && (points(a, b) || points(b, a))
}

/// Compares two products; `None` when there is nothing to show.
fn judge(a: &Item, b: &Item, rule: &'static str, words: &Words) -> Option<Link> {
    let mut evidence = Vec::new();
    let mut say = |field, level, weight| evidence.push(Evidence { field, level, weight });
    let by_id = kept_id(a, b);
    if by_id {
        say(Field::ExternalId, Level::Exact, WEIGHT_ID);
    }
    let barcode = match (a.barcodes.is_empty(), b.barcodes.is_empty()) {
        (false, false) => Some(a.barcodes.iter().any(|code| b.barcodes.contains(code))),
        _ => None,
    };
    match barcode {
        Some(true) => say(Field::Barcode, Level::Exact, WEIGHT_BARCODE),
        Some(false) => say(Field::Barcode, Level::Different, WEIGHT_DIFFERS / 2.0),
        None => {}
    }
    let article = match (a.article.is_empty(), b.article.is_empty()) {
        (false, false) => Some(a.article == b.article),
        _ => None,
    };
    match article {
        Some(true) => say(Field::Article, Level::Exact, WEIGHT_ARTICLE),
        Some(false) => say(Field::Article, Level::Different, WEIGHT_DIFFERS / 2.0),
        None => {}
    }
    let numbers = goods::numbers(&a.name, &b.name);
    let (mut likeness, mut same_name) = (0.0, false);
    if !a.name.is_empty() && !b.name.is_empty() {
        same_name = a.key == b.key && !a.name.words.is_empty();
        likeness = if same_name { 1.0 } else { words.likeness(&a.name, &b.name) };
        if same_name {
            say(Field::Name, if a.text == b.text { Level::Exact } else { Level::Folded }, WEIGHT_NAME);
        } else if likeness >= NEAR && numbers != Numbers::Conflict {
            say(Field::Name, Level::Near, WEIGHT_NEAR * likeness);
        } else if likeness < COMPATIBLE || numbers == Numbers::Conflict {
            say(Field::Name, Level::Different, WEIGHT_DIFFERS);
        } else {
            // They have something in common, which neither proposes nor refutes.
            say(Field::Name, Level::Near, 0.0);
        }
    }
    let kinds_differ = matches!((a.sold, b.sold), (Some(x), Some(y)) if x != y);
    if kinds_differ {
        say(Field::Kind, Level::Different, WEIGHT_DIFFERS / 2.0);
    }
    let strong = usize::from(barcode == Some(true)) + usize::from(article == Some(true));
    let against = barcode == Some(false) || article == Some(false);
    let conflict = numbers == Numbers::Conflict;
    let names_fit = likeness >= COMPATIBLE && !conflict;
    let decision = if by_id {
        // Kept by the exchange itself: names may drift, other numbers or another barcode are for a person.
        if conflict && strong == 0 { Decision::Review } else { Decision::Auto }
    } else if strong > 0 {
        let kind_fits = !kinds_differ || same_name;
        if names_fit && kind_fits && !against && (numbers != Numbers::Part || strong == 2 || likeness >= NEAR) {
            Decision::Auto
        } else {
            Decision::Review
        }
    } else if same_name && !against && !kinds_differ {
        Decision::Auto
    } else if likeness >= NEAR && numbers != Numbers::Conflict {
        Decision::Review
    } else if likeness >= NEAR && conflict && a.record.side != b.record.side {
        Decision::Rejected
    } else {
        return None;
    };
    // Two live cards of one side that only a similar name joins are a list of variants as a rule.
    if a.record.side == b.record.side
        && decision == Decision::Review
        && strong == 0
        && !same_name
        && numbers == Numbers::Part
    {
        return None;
    }
    let veto = (decision == Decision::Rejected).then_some(Veto::NumberDiffers);
    let mut weight = PRIOR + evidence.iter().map(|e| e.weight).sum::<f32>();
    if !(a.is_active && b.is_active) {
        weight -= 0.5;
    }
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

/// A product that could be several of the other side is none of them until a person says which; a kept id is one.
fn doubt_rivals(links: &mut [Link]) {
    let by_id = |link: &Link| link.evidence.iter().any(|e| e.field == Field::ExternalId);
    let mut autos: FxHashMap<RecordRef, (u32, u32)> = FxHashMap::default();
    for link in links.iter().filter(|l| l.decision == Decision::Auto && l.scope() == Scope::Cross) {
        for r in [link.a, link.b] {
            let counts = autos.entry(r).or_default();
            counts.0 += 1;
            counts.1 += u32::from(by_id(link));
        }
    }
    for link in links.iter_mut().filter(|l| l.decision == Decision::Auto && l.scope() == Scope::Cross) {
        let rivals = [link.a, link.b].iter().any(|r| autos[r].0 > 1);
        let chosen = by_id(link) && [link.a, link.b].iter().all(|r| autos[r].1 == 1);
        if rivals && !chosen {
            link.decision = Decision::Review;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::pairing;

    fn product<'a>(id: &'a str, name: &'a str, article: &'a str, barcode: &'a str) -> Vec<(Field, &'a str)> {
        vec![(Field::Id, id), (Field::Name, name), (Field::Article, article), (Field::Barcode, barcode)]
    }

    /// Links as `crm:1 onec:7 auto`.
    fn links(crm: &[Vec<(Field, &str)>], onec: &[Vec<(Field, &str)>]) -> Vec<String> {
        let mut world = World::new();
        for texts in crm {
            world = world.add(Side::Crm, Entity::Product, texts);
        }
        for texts in onec {
            world = world.add(Side::Onec, Entity::Product, texts);
        }
        world.with(|cx| {
            let id = |r: RecordRef| format!("{}:{}", r.side, cx.data.id(r));
            let all = cx.pairing.links().iter();
            all.map(|l| format!("{} {} {}", id(l.a), id(l.b), l.decision.as_str())).collect()
        })
    }

    #[test]
    fn signs_decide_together() {
        let one = |a: Vec<(Field, &str)>, b: Vec<(Field, &str)>| {
            links(&[a], &[b]).first().map(|l| l.rsplit(' ').next().unwrap_or("").to_owned())
        };
        let p = product;
        let is = |decision: &str| Some(decision.to_owned());
        assert_eq!(one(p("1", "Гвоздь 4×100", "", ""), p("a", "Гвозди 100х4", "", "")), is("auto"));
        assert_eq!(one(p("1", "Гвоздь 4×100", "", ""), p("a", "Гвоздь 4×120", "", "")), is("rejected"));
        assert_eq!(one(p("1", "Дрель 500 Вт", "АВ-12", ""), p("a", "Дрель ударная 500Вт", "AB12", "")), is("auto"));
        assert_eq!(one(p("1", "Дрель 500 Вт", "12", ""), p("a", "Перчатки", "12", "")), is("review"));
        let ean = "4006381333931";
        assert_eq!(one(p("1", "Маркер синий", "", ean), p("a", "Маркер синий Stabilo", "", ean)), is("auto"));
        assert_eq!(one(p("1", "Маркер 1 мм", "", ean), p("a", "Маркер 3 мм", "", ean)), is("review"));
        assert_eq!(one(p("1", "Краска белая", "К-1", ""), p("a", "Краска белая", "К-2", "")), is("review"));
        assert_eq!(one(p("1", "Болт", "", ""), p("a", "Гайка", "", "")), None);
    }

    #[test]
    fn a_kept_id_decides_and_rivals_wait() {
        let mut kept = product("1", "Стул", "", "");
        kept.push((Field::ExternalId, "a"));
        assert_eq!(links(&[kept.clone()], &[product("a", "Стол", "", "")]), ["crm:1 onec:a auto"]);
        let twins = [product("a", "Стул", "", ""), product("b", "Стул", "", "")];
        assert_eq!(
            links(&[product("1", "Стул", "", "")], &twins),
            ["crm:1 onec:a review", "crm:1 onec:b review", "onec:a onec:b auto"]
        );
        assert_eq!(links(&[kept], &twins), ["crm:1 onec:a auto", "crm:1 onec:b review", "onec:a onec:b auto"]);
    }

    #[test]
    fn many_holders_of_a_key_cost_nothing() {
        let many: Vec<_> =
            (0..200).map(|n| product(Box::leak(n.to_string().into_boxed_str()), "Стул", "Б/Н", "")).collect();
        assert!(links(&many, &[]).is_empty(), "reported by the check of names, not as twenty thousand pairs");
        assert!(matches!(pairing::Pairing::default().links(), []));
    }
}
