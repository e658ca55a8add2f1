//! Fields of the project's own: columns that sverka knows nothing of, compared as `[matching.own]` says.
//!
//! They add evidence and never take a veto away. What a project calls an identifier proposes pairs too, and is a second
//! field beside a name; alone it merges nobody. Training leaves them out: their weights are given, or come from how
//! common a value is.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::jaro::{jaro_winkler, letter};
use super::compare::{Outcome, are_near_dates, one_edit, scale};
use super::pack::{Packed, Ragged, hash};
use super::types::Level;
use super::weights::{LEVELS, MOST_BITS, WeightsError};
use crate::model::{Field, Parties, RecordRef, Snapshots};
use crate::normalize;

/// Most fields of a project's own.
pub const COUNT: usize = Field::OWN.len();

/// What the values of a field are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnKind {
    /// A code or number of somebody: letters and digits count, a slip is near.
    Identifier,
    /// Words: order and case do not count.
    Text,
    /// A number: near within a per cent.
    Number,
    /// A date: near with a digit wrong, or with day and month swapped.
    Date,
}

impl OwnKind {
    /// With the names in `sverka.toml`.
    pub const ALL: [(&str, OwnKind); 4] = [
        ("identifier", OwnKind::Identifier),
        ("text", OwnKind::Text),
        ("number", OwnKind::Number),
        ("date", OwnKind::Date),
    ];
}

/// How a field of one's own is compared.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnField {
    field: Field,
    kind: OwnKind,
    /// Weights given by hand, by [`Level`]: log2, whatever the frequency of the value.
    bits: [Option<f32>; 5],
}

impl OwnField {
    pub fn new(field: Field, kind: OwnKind) -> OwnField {
        OwnField { field, kind, bits: [None; 5] }
    }

    pub fn field(&self) -> Field {
        self.field
    }

    /// Sets the weight of a level by its name.
    ///
    /// # Errors
    /// [`WeightsError`] for an unknown level or bits beyond [`MOST_BITS`].
    pub fn set(&mut self, level: &str, bits: f64) -> Result<(), WeightsError> {
        let level =
            LEVELS.into_iter().find(|l| l.as_str() == level).ok_or_else(|| WeightsError::Level(level.to_owned()))?;
        if !(f64::from(-MOST_BITS)..=f64::from(MOST_BITS)).contains(&bits) {
            return Err(WeightsError::Bits(bits.to_string()));
        }
        self.bits[level as usize] = Some(bits as f32);
        Ok(())
    }
}

/// Outcomes of the fields of one pair, in the order of the project; those beyond its fields are empty.
pub type Outcomes = [Outcome; COUNT];

/// The fields of all records.
#[derive(Debug, Default)]
pub struct Own(Vec<Column>);

#[derive(Debug)]
struct Column {
    of: OwnField,
    /// By record: hash of the value, 0 for none; of a number and a date what they are, with [`SIGN`] turned, plus one.
    values: Vec<u64>,
    /// Hash of the words in sorted order, of texts.
    sorted: Vec<u64>,
    /// Letters of identifiers and texts.
    letters: Ragged<u8>,
    /// Values that two records or more hold.
    holders: FxHashMap<u64, u32>,
    /// Values under more names than one party has.
    crowded: FxHashSet<u64>,
}

/// Turned, so that no number but the greatest, which nobody writes, stands for no value.
const SIGN: u64 = 1 << 63;
/// Share of the greater number within which two numbers are near.
const NEAR_NUMBERS: f64 = 0.01;
/// Similarity of two texts that are near.
const NEAR_TEXTS: f64 = 0.9;
/// Letters of an identifier in which a slip is believed.
const SLIP_LETTERS: usize = 5;
/// Letters of one value that are compared.
const MOST_LETTERS: usize = 64;
/// Most that a value may say which is no identifier.
const MOST_OF_A_VALUE: f32 = 8.0;
/// Different names under which one party is met at most.
const NAMES_OF_ONE: usize = 4;

impl Own {
    pub fn pack(p: &Packed, fields: &[OwnField]) -> Own {
        Own(fields.iter().map(|of| Column::new(p, of)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.0.iter().map(|column| column.of.field)
    }

    /// Keys of the identifiers of a record.
    pub fn keys(&self, at: u32, out: &mut Vec<u64>) {
        let identifiers = self.0.iter().enumerate().filter(|(_, column)| column.of.kind == OwnKind::Identifier);
        let values = identifiers.map(|(n, column)| (n, column.values[at as usize])).filter(|(_, value)| *value != 0);
        out.extend(values.map(|(n, value)| hash(&(n, value))));
    }

    pub fn compare(&self, records: usize, a: u32, b: u32) -> Outcomes {
        let mut outcomes = [Outcome::EMPTY; COUNT];
        for (column, outcome) in self.0.iter().zip(&mut outcomes) {
            *outcome = column.compare(records, a as usize, b as usize);
        }
        outcomes
    }

    /// Whether an identifier agrees that few names have.
    pub fn identify(&self, a: u32, b: u32) -> bool {
        self.0.iter().filter(|column| column.of.kind == OwnKind::Identifier).any(|column| {
            let value = column.values[a as usize];
            value != 0 && value == column.values[b as usize] && !column.crowded.contains(&value)
        })
    }
}

impl Column {
    fn new(p: &Packed, of: &OwnField) -> Column {
        let read: Vec<Read> = p.refs.par_iter().map(|&r| Read::of(p.data, r, of)).collect();
        let mut column = Column {
            of: of.clone(),
            values: read.iter().map(|r| r.value).collect(),
            sorted: read.iter().map(|r| r.sorted).collect(),
            letters: Ragged::default(),
            holders: FxHashMap::default(),
            crowded: FxHashSet::default(),
        };
        for record in &read {
            column.letters.push(record.letters.iter().copied());
        }
        let mut uses: Vec<(u64, u64)> =
            (0..p.len() as u32).map(|at| (column.values[at as usize], name_of(p, at))).collect();
        uses.retain(|u| u.0 != 0);
        uses.sort_unstable();
        for run in uses.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > 1) {
            column.holders.insert(run[0].0, run.len() as u32);
        }
        uses.dedup();
        let crowds = uses.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > NAMES_OF_ONE);
        column.crowded = crowds.map(|run| run[0].0).collect();
        column
    }

    fn compare(&self, records: usize, a: usize, b: usize) -> Outcome {
        let (x, y) = (self.values[a], self.values[b]);
        if x == 0 || y == 0 {
            return Outcome::EMPTY;
        }
        let level = if x == y { Level::Exact } else { self.unequal(a, b) };
        if let Some(bits) = self.of.bits[level as usize] {
            return Outcome::new(level, bits);
        }
        let rare = |m: f32, least: f32| {
            let holders = self.holders.get(&x).max(self.holders.get(&y));
            let others = holders.map_or(least, |&h| ((h as f32 - 2.0) * 0.5).max(least));
            ((m / others).log2() + scale(records)).max(0.0)
        };
        let bits = match (self.of.kind, level) {
            (OwnKind::Identifier, Level::Exact) => rare(0.7, 0.03),
            (_, Level::Exact) => rare(0.5, 0.5).min(MOST_OF_A_VALUE),
            (_, Level::Folded) => rare(0.3, 0.5).min(MOST_OF_A_VALUE - 1.0),
            (_, Level::Near) => 1.0,
            (OwnKind::Identifier | OwnKind::Date, _) => -1.0,
            _ => -0.5,
        };
        Outcome::new(level, bits)
    }

    /// Level of two values that are not equal.
    fn unequal(&self, a: usize, b: usize) -> Level {
        let [x, y] = [a, b].map(|at| (self.values[at].wrapping_sub(1) ^ SIGN) as i64);
        let (left, right) = (self.letters.get(a as u32), self.letters.get(b as u32));
        let near = match self.of.kind {
            OwnKind::Identifier => left.len().min(right.len()) >= SLIP_LETTERS && one_edit(left, right),
            OwnKind::Text if self.sorted[a] == self.sorted[b] => return Level::Folded,
            OwnKind::Text => jaro_winkler(left, right) >= NEAR_TEXTS,
            OwnKind::Number => {
                let (x, y) = (x as f64, y as f64);
                (x - y).abs() <= x.abs().max(y.abs()) * NEAR_NUMBERS
            }
            OwnKind::Date => are_near_dates(x as i32, y as i32),
        };
        if near { Level::Near } else { Level::Different }
    }
}

/// The name in one key, a person's by surname and given name.
fn name_of(p: &Packed, at: u32) -> u64 {
    let person = p.person_key(p.row(at));
    if person != 0 { person } else { p.row(at).core_folded }
}

/// One value as it is compared.
#[derive(Default)]
struct Read {
    value: u64,
    sorted: u64,
    letters: Vec<u8>,
}

impl Read {
    /// Placeholders and what is no number or date where one is meant are no value.
    fn of(data: &Snapshots, r: RecordRef, of: &OwnField) -> Read {
        let parties: &Parties = data.parties(r.side);
        let raw = parties.raw.get(of.field, r.at()).trim();
        if raw.is_empty() || normalize::text::means_none(raw) {
            return Read::default();
        }
        let number = |value: i64| Read { value: (value as u64 ^ SIGN).wrapping_add(1), ..Read::default() };
        match of.kind {
            OwnKind::Number => match normalize::decimal::parse(raw, of.field).valid() {
                Some(value) => number(value.micros()),
                None => Read::default(),
            },
            OwnKind::Date => match normalize::date::parse(raw).valid() {
                Some(day) => number(i64::from(chrono::Datelike::num_days_from_ce(day))),
                None => Read::default(),
            },
            OwnKind::Identifier | OwnKind::Text => {
                let folded = normalize::text::fold(raw);
                let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
                let joined = if of.kind == OwnKind::Identifier { words.concat() } else { words.join(" ") };
                // «-», «0000», «xxx».
                if joined.chars().all(|c| joined.starts_with(c)) {
                    return Read::default();
                }
                words.sort_unstable();
                Read {
                    value: hash(joined.as_str()),
                    sorted: hash(words.as_slice()),
                    letters: joined.chars().take(MOST_LETTERS).map(letter).collect(),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MatchingConfig;
    use crate::matching::testing::{Random, World};
    use crate::matching::{Decision, pack};
    use crate::model::{Entity, Side};

    use Field::{Address, Name, Own1, Own2, Phone};

    fn config(fields: &[(Field, OwnKind)]) -> MatchingConfig {
        let own = fields.iter().map(|&(field, kind)| OwnField::new(field, kind)).collect();
        MatchingConfig { own, ..MatchingConfig::default() }
    }

    fn outcome(of: &OwnField, x: &str, y: &str) -> Outcome {
        let name = (Name, "ООО «Ромашка»");
        let data = World::default().crm("1", &[name, (of.field, x)]).onec("1", &[name, (of.field, y)]).build();
        let p = pack::pack(&data);
        let own = Own::pack(&p, std::slice::from_ref(of));
        assert_eq!(own.compare(2, 0, 1), own.compare(2, 1, 0), "{x} {y}");
        own.compare(2, 0, 1)[0]
    }

    #[test]
    fn levels() {
        use OwnKind::{Date, Identifier, Number, Text};
        for (kind, x, y, level) in [
            (Identifier, "КЛ-00 123", "кл00123", Level::Exact),
            (Identifier, "КЛ-00123", "КЛ-00124", Level::Near),
            (Identifier, "12", "13", Level::Different),
            (Identifier, "0000", "0000", Level::Empty),
            (Identifier, "не указан", "не указан", Level::Empty),
            (Identifier, "КЛ-00123", "", Level::Empty),
            (Text, "Север, Урал", "урал север", Level::Folded),
            (Text, "Северный район", "Севернный район", Level::Near),
            (Text, "Север", "Юг", Level::Different),
            (Number, "1 500,00", "1500", Level::Exact),
            (Number, "1500", "1501", Level::Near),
            (Number, "-5", "5", Level::Different),
            (Number, "много", "много", Level::Empty),
            (Date, "12.03.2020", "2020-03-12", Level::Exact),
            (Date, "12.03.2020", "03.12.2020", Level::Near),
            (Date, "12.03.2020", "25.07.1999", Level::Different),
        ] {
            assert_eq!(outcome(&OwnField::new(Own1, kind), x, y).level, level, "{kind:?} {x} {y}");
        }
    }

    #[test]
    fn a_weight_by_hand_replaces_that_of_the_level() {
        let mut field = OwnField::new(Own1, OwnKind::Identifier);
        let shipped = outcome(&field, "КЛ-1", "КЛ-1").bits;
        assert!(shipped > 8.0, "{shipped}");
        field.set("exact", 2.5).unwrap();
        assert_eq!(outcome(&field, "КЛ-1", "КЛ-1").bits, 2.5);
        assert_eq!(outcome(&field, "КЛ-1", "КЛ-2").bits, -1.0);
        assert_eq!(field.set("equal", 1.0), Err(WeightsError::Level("equal".into())));
        assert_eq!(field.set("exact", 21.0), Err(WeightsError::Bits("21".into())));
    }

    /// An identifier proposes a pair, is a second field beside the name, and merges nobody alone.
    #[test]
    fn an_identifier_decides_beside_a_name() {
        let decide = |fields: &[(Field, OwnKind)], crm: &[(Field, &str)], onec: &[(Field, &str)]| {
            let data = World::default().crm("1", crm).onec("1", onec).build();
            let matching = crate::matching::run(&data, &config(fields), &[]);
            let link = matching.links.first();
            (link.map(|l| l.decision), link.is_some_and(|l| l.evidence.iter().any(|e| e.field == Own1)))
        };
        let id = [(Own1, OwnKind::Identifier)];
        let card = |name, code| [(Name, name), (Own1, code)];
        let (one, two) = (card("ООО «Ромашка Василёк»", "КЛ-00123"), card("ООО «Ромашка Василёк»", "кл 00123"));
        assert_eq!(decide(&id, &one, &two), (Some(Decision::Auto), true));
        assert_ne!(decide(&[], &one, &two).0, Some(Decision::Auto), "nobody said that it is an identifier");
        assert_ne!(decide(&[(Own1, OwnKind::Text)], &one, &two).0, Some(Decision::Auto), "a text is no identifier");
        let other = card("ООО «Вектор»", "КЛ-00123");
        assert_ne!(decide(&id, &one, &other).0, Some(Decision::Auto), "the names are two");
        // A branch and its head office stay apart whatever they share.
        let numbers = [card("Аптека Ромашка № 5", "КЛ-00123"), card("Аптека Ромашка № 6", "КЛ-00123")];
        assert_eq!(decide(&id, &numbers[0], &numbers[1]).0, Some(Decision::Rejected));
    }

    #[test]
    fn a_value_of_many_is_no_identifier() {
        let mut world = World::default();
        for (n, name) in ["Вектор", "Кедр", "Ландыш", "Берёза", "Ромашка Василёк"].into_iter().enumerate()
        {
            let name = format!("ООО «{name}»");
            world.add(Side::Crm, Entity::Counterparty, &n.to_string(), &[(Name, name.as_str()), (Own1, "опт-2")]);
        }
        let data = world.onec("1", &[(Name, "ООО «Ромашка Василёк»"), (Own1, "опт-2")]).build();
        let matching = crate::matching::run(&data, &config(&[(Own1, OwnKind::Identifier)]), &[]);
        assert!(matching.clusters.is_empty(), "{:?}", matching.links);
    }

    /// Whole runs against the plainest reading of the rules: every pair, every value read anew.
    #[test]
    fn a_slow_reference_agrees() {
        let kinds = [(Own1, OwnKind::Identifier), (Own2, OwnKind::Number)];
        for seed in 0..24 {
            let mut random = Random(seed);
            let mut world = World::default();
            for n in 0..24 {
                let side = if random.below(2) == 0 { Side::Crm } else { Side::Onec };
                let name = random.pick(&["ООО Ромашка", "ООО Вектор", "АО Кедр"]);
                let texts = [
                    (Name, name),
                    (Own1, random.pick(&["", "A-1001", "a1001", "А-1002", "B-77777", "000"])),
                    (Own2, random.pick(&["", "100", "100,5", "900", "?"])),
                    (Phone, random.pick(&["", "84951234567"])),
                    (Address, ""),
                ];
                world.add(side, Entity::Counterparty, &n.to_string(), &texts);
            }
            let data = world.build();
            let p = pack::pack(&data);
            let config = config(&kinds);
            let own = Own::pack(&p, &config.own);
            let text = |at: u32, field: Field| {
                let r = p.refs[at as usize];
                data.parties(r.side).raw.get(field, r.at()).to_owned()
            };
            let code = |at| -> String {
                // The one Latin look-alike of these values.
                let plain = text(at, Own1).to_uppercase().replace('А', "A").replace('-', "");
                if plain == "000" { String::new() } else { plain }
            };
            let amount = |at| text(at, Own2).replace(',', ".").parse::<f64>().ok();
            for a in 0..p.len() as u32 {
                for b in (0..p.len() as u32).filter(|&b| b != a) {
                    let found = own.compare(p.len(), a, b);
                    let (x, y) = (code(a), code(b));
                    let differing = x.chars().zip(y.chars()).filter(|(x, y)| x != y).count();
                    let expected = match (x.is_empty() || y.is_empty(), x == y) {
                        (true, _) => Level::Empty,
                        (_, true) => Level::Exact,
                        _ if x.len() == y.len() && differing == 1 => Level::Near,
                        _ => Level::Different,
                    };
                    assert_eq!(found[0].level, expected, "{x} {y}");
                    let expected = match (amount(a), amount(b)) {
                        (Some(x), Some(y)) if x == y => Level::Exact,
                        (Some(x), Some(y)) if (x - y).abs() <= x.max(y) * 0.01 => Level::Near,
                        (Some(_), Some(_)) => Level::Different,
                        _ => Level::Empty,
                    };
                    assert_eq!(found[1].level, expected);
                    let mut keys = [Vec::new(), Vec::new()];
                    own.keys(a, &mut keys[0]);
                    own.keys(b, &mut keys[1]);
                    let meet = keys[0].iter().any(|key| keys[1].contains(key));
                    assert_eq!(meet, found[0].level == Level::Exact, "equal identifiers meet, others do not");
                }
            }
            let outcome = |world: &World| {
                let data = world.build();
                let matching = crate::matching::run(&data, &config, &[]);
                crate::matching::testing::Outcome { data, matching }.digest()
            };
            let expected = outcome(&world);
            assert_eq!(expected, outcome(&world.shuffled(seed ^ 5)), "the order of rows");
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            assert_eq!(expected, one.install(|| outcome(&world)), "the number of threads");
        }
    }
}
