//! Matching of invented counterparties: rows and seconds of normalisation and of matching.
//!
//! `cargo bench --bench matching [-- ROWS]` (rows a side, default 100000). Seeded: the same rows every time. Besides the
//! ordinary world it times the two that break engines with quadratic work: identical cards, and one phone on many.

use std::time::Instant;

use sverka::config::MatchingConfig;
use sverka::matching::{self, Decision};
use sverka::model::{Book, Entity, Field, Inn, Place, Records, Side, Snapshot, Snapshots};
use sverka::normalize;

fn main() {
    // Cargo passes `--bench` of its own.
    let rows = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(100_000);
    measure("ordinary", ordinary(rows));
    measure("50,000 identical cards", identical(50_000));
    measure("one phone and one e-mail on 50,000 cards", one_phone(50_000));
}

fn measure(title: &str, [crm, onec]: [Records; 2]) {
    let rows = crm.len() + onec.len();
    let start = Clock::start();
    let snapshot = |records: Records| Snapshot {
        books: Book::none(records.side),
        side: records.side,
        parties: normalize::parties(records, &[]),
        own: Vec::new(),
        sources: Vec::new(),
        quarantine: Vec::new(),
        conflicts: Vec::new(),
        users: Vec::new(),
    };
    let data = Snapshots { crm: snapshot(crm), onec: snapshot(onec) };
    let normalised = start.stop();
    let start = Clock::start();
    let result = matching::run(&data, &MatchingConfig::default(), &[]);
    let matched = start.stop();
    let count = |decision| result.links.iter().filter(|l| l.decision == decision).count();
    println!(
        "{title}: {rows} rows, normalise {normalised}, match {matched}, {} pairs compared, {} auto, {} review, \
         {} rejected, {} clusters, {} values on too many cards",
        result.compared,
        count(Decision::Auto),
        count(Decision::Review),
        count(Decision::Rejected),
        result.clusters.len(),
        result.oversized.len()
    );
}

/// Wall and processor time of a stage.
struct Clock(Instant, Option<f64>);

impl Clock {
    fn start() -> Clock {
        Clock(Instant::now(), processor_seconds())
    }

    /// `1.23 s (2.34 CPU-s)`; wall time alone where the system does not tell.
    fn stop(self) -> String {
        let wall = self.0.elapsed().as_secs_f64();
        match (self.1, processor_seconds()) {
            (Some(before), Some(after)) => format!("{wall:.2} s ({:.2} CPU-s)", after - before),
            _ => format!("{wall:.2} s"),
        }
    }
}

/// User and system time of this process, from Linux: fields 14 and 15 of `stat`, in ticks of 1/100 s.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

fn records(side: Side) -> Records {
    let mut records = Records::new(side);
    records.places.push(Place::file("bench.csv"));
    records
}

fn inn(serial: u64) -> String {
    let head = format!("77{:07}", serial % 10_000_000);
    (0..10).map(|d| format!("{head}{d}")).find(|t| Inn::parse(t).is_ok()).unwrap_or_default()
}

/// A word of four invented syllables; about 6,500 of them are in use, the first ones most.
fn word(random: &mut Random) -> String {
    const SYLLABLES: [&str; 9] = ["ба", "ро", "ли", "ку", "ме", "то", "ны", "вэ", "са"];
    let common = if random.below(4) == 0 { 2 } else { 9 };
    (0..4).map(|_| SYLLABLES[random.below(common) as usize]).collect()
}

/// Seven parties of ten are on both sides; 15 % of cards have no INN, 10 % a letter lost, 5 % no phone.
fn ordinary(rows: usize) -> [Records; 2] {
    let mut random = Random(42);
    let (mut crm, mut onec) = (records(Side::Crm), records(Side::Onec));
    let parties = rows * 10 / 7;
    for party in 0..parties as u64 {
        let words =
            format!("{}{} {}", word(&mut random), random.pick(&["строй", "торг", "маш", ""]), word(&mut random));
        let number = inn(party);
        let kpp = format!("77{:02}01001", random.below(50) + 1);
        let phone = format!("8495{:07}", random.below(9_000_000) + 1_000_000);
        let email = format!("office@{party}-bench.example");
        let town = random.pick(&["Москва", "Казань", "Омск", "Тверь", "Пермь"]);
        let address = format!("г. {town}, ул. Ближняя, д. {}", random.below(300) + 1);
        let place = random.below(10);
        let add = |side: &mut Records, form: &str, random: &mut Random| {
            if side.len() == rows {
                return;
            }
            let id = side.len().to_string();
            let mut name = format!("{form} «{words}»");
            if random.below(10) == 0 {
                let at = name.char_indices().nth(8).map_or(0, |c| c.0);
                name.remove(at);
            }
            let given = |text: &'_ str, of: u64, random: &mut Random| {
                if random.below(100) < of { String::new() } else { text.to_owned() }
            };
            let (number, phone) = (given(&number, 15, random), given(&phone, 5, random));
            let (kpp, email) = (given(&kpp, 20, random), given(&email, 30, random));
            side.push(
                Entity::Counterparty,
                (0, id.parse().unwrap_or(0)),
                &[
                    (Field::Id, &id),
                    (Field::Name, &name),
                    (Field::Inn, &number),
                    (Field::Kpp, &kpp),
                    (Field::Phone, &phone),
                    (Field::Email, &email),
                    (Field::Address, &address),
                ],
            );
        };
        if place != 8 && place != 9 {
            add(&mut crm, random.pick(&["ООО", "ООО", "Общество с ограниченной ответственностью"]), &mut random);
        }
        if place != 7 {
            add(&mut onec, "ООО", &mut random);
        }
    }
    [crm, onec]
}

fn identical(rows: usize) -> [Records; 2] {
    let mut crm = records(Side::Crm);
    let number = inn(7);
    for at in 0..rows {
        let id = at.to_string();
        let texts = [
            (Field::Id, id.as_str()),
            (Field::Name, "ООО «Близнец»"),
            (Field::Inn, &number),
            (Field::Kpp, "770101001"),
            (Field::Phone, "84951112233"),
            (Field::Email, "a@bliznec.example"),
        ];
        crm.push(Entity::Counterparty, (0, at as u32), &texts);
    }
    [crm, records(Side::Onec)]
}

fn one_phone(rows: usize) -> [Records; 2] {
    let mut random = Random(7);
    let mut crm = records(Side::Crm);
    for at in 0..rows {
        let (id, name, number) = (at.to_string(), format!("ООО {}", word(&mut random)), inn(at as u64));
        let texts = [
            (Field::Id, id.as_str()),
            (Field::Name, name.as_str()),
            (Field::Inn, if at % 2 == 0 { number.as_str() } else { "" }),
            (Field::Phone, "84951112233"),
            (Field::Email, "buh@buhgalteria.example"),
        ];
        crm.push(Entity::Counterparty, (0, at as u32), &texts);
    }
    [crm, records(Side::Onec)]
}
