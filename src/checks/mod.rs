//! The catalogue of checks: one file per check, one line per check in the list of its family.

pub(crate) mod books;
pub mod catalogue;
pub mod co;
pub mod cp;
pub mod ct;
pub mod deal;
pub mod doc;
pub mod map;
pub mod own;
pub(crate) mod papers;
pub mod pay;
pub mod planned;
pub mod pr;
pub mod re;
mod scope;
pub mod snap;
pub mod st;
#[cfg(test)]
pub mod testing;
pub mod wh;

use std::sync::OnceLock;

use chrono::NaiveDate;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::config::{ChecksConfig, TradeConfig};
use crate::finding::{Finding, Severity, Subject};
use crate::matching::Matching;
use crate::model::{Entity, Field, Lang, RecordRef, Side, Snapshots};
use crate::pairing::Pairing;
use crate::reconcile::Drift;

/// How the repair of what a check finds is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fix {
    /// The right value follows from the data.
    Auto,
    /// There is a proposal, a person confirms it.
    Suggested,
    /// Only a person knows.
    Manual,
    /// Nothing to repair.
    None,
}

impl Fix {
    pub fn as_str(self) -> &'static str {
        match self {
            Fix::Auto => "auto",
            Fix::Suggested => "suggested",
            Fix::Manual => "manual",
            Fix::None => "none",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Fix::Auto => ("верное значение следует из данных", "the right value follows from the data"),
            Fix::Suggested => {
                ("есть предложение, его подтверждает человек", "there is a proposal, a person confirms it")
            }
            Fix::Manual => ("решает человек", "a person decides"),
            Fix::None => ("исправлять нечего", "nothing to repair"),
        };
        lang.pick(ru, en)
    }
}

/// The texts of a check in one language. Full sentences except `title`.
#[derive(Debug)]
pub struct Card {
    /// Heading, without a full stop: «Не сходится контрольная сумма ИНН».
    pub title: &'static str,
    /// What it finds.
    pub finds: &'static str,
    /// Why it matters when synchronisation starts, to an accountant.
    pub why: &'static str,
    /// How it comes about.
    pub causes: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// One invented example.
    pub example: &'static str,
    /// Source of the rule: document, number, date; or «practice» and what it shows. Titles of documents that have none
    /// in the language stay as they are.
    pub source: &'static str,
}

/// A number that configuration may set: `"ct-phone-shared" = { max_owners = 5 }`.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub default: i64,
    pub ru: &'static str,
    pub en: &'static str,
}

/// What a check is.
#[derive(Debug)]
pub struct Meta {
    /// Kebab-case with the entity in front; never reused.
    pub id: &'static str,
    pub severity: Severity,
    /// Compares both sides; otherwise it looks at each side alone.
    pub cross: bool,
    pub fix: Fix,
    /// Version that brought it.
    pub since: &'static str,
    pub params: &'static [Param],
    pub ru: Card,
    pub en: Card,
}

impl Meta {
    pub fn card(&self, lang: Lang) -> &Card {
        match lang {
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// How many records of an entity a side of the last audit had, deleted ones and own organisations apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Before {
    pub side: Side,
    pub entity: Entity,
    pub records: u64,
}

/// What a check reads.
pub struct Context<'a> {
    pub data: &'a Snapshots,
    pub matching: &'a Matching,
    pub drift: &'a Drift,
    pub pairing: &'a Pairing,
    /// What the project says about deals, documents and goods.
    pub trade: &'a TradeConfig,
    pub config: &'a ChecksConfig,
    /// Counts of the last audit; `None` when this one is compared with none.
    pub before: Option<&'a [Before]>,
    pub lang: Lang,
    /// Date against which lateness and ages are judged.
    pub as_of: NaiveDate,
    pub shared: Shared,
}

/// What several checks ask of the whole data: found by the first that asks.
#[derive(Default)]
pub struct Shared {
    filled: Filled,
    clusters: OnceLock<[Vec<Option<u32>>; 2]>,
    awaiting: OnceLock<FxHashSet<RecordRef>>,
    kpp_pairs: OnceLock<Vec<cp::groups::KppPair>>,
}

/// Which fields the records of an entity have a text in, by side. Each answer takes a walk over a column.
struct Filled([Vec<OnceLock<bool>>; 2]);

impl Default for Filled {
    fn default() -> Filled {
        Filled(Side::BOTH.map(|_| (0..Entity::ALL.len() * Field::COUNT).map(|_| OnceLock::new()).collect()))
    }
}

impl Filled {
    fn has(&self, data: &Snapshots, side: Side, entity: Entity, field: Field) -> bool {
        *self.0[side as usize][entity as usize * Field::COUNT + field as usize].get_or_init(|| {
            let raw = data.get(side).records(entity.space());
            raw.has(field) && (0..raw.len()).any(|at| raw.entity[at] == entity && !raw.get(field, at).is_empty())
        })
    }
}

impl Context<'_> {
    /// A parameter of a check: configured, else its default.
    ///
    /// # Panics
    /// When the check declares no such parameter.
    pub fn param(&self, meta: &Meta, name: &str) -> i64 {
        let default =
            meta.params.iter().find(|p| p.name == name).expect("a check asks only for parameters it declares");
        self.config.param(meta.id, name).unwrap_or(default.default)
    }

    /// Text in the language of the report.
    pub fn say(&self, ru: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
        match self.lang {
            Lang::Ru => ru(),
            Lang::En => en(),
        }
    }

    /// A value as a message shows it: on one line, in quotation marks unless it brings its own («ООО «Ромашка»» would
    /// have them twice).
    pub fn quoted(&self, value: &str) -> String {
        let line = value.trim().replace(['\n', '\r'], ", ");
        if line.contains(['«', '»', '"', '“', '”', '„']) {
            return line;
        }
        match self.lang {
            Lang::Ru => format!("«{line}»"),
            Lang::En => format!("“{line}”"),
        }
    }

    /// Whether any source of a side has a field for an entity.
    pub fn has(&self, side: Side, entity: Entity, field: Field) -> bool {
        self.shared.filled.has(self.data, side, entity, field)
    }

    /// Every party of `entity` on both sides that is not an own organisation, sorted.
    pub fn records(&self, entity: Entity) -> impl Iterator<Item = RecordRef> + '_ {
        Side::BOTH.into_iter().flat_map(move |side| {
            let parties = self.data.parties(side);
            parties.refs().filter(move |r| {
                parties.raw.entity[r.at()] == entity && !parties.flags[r.at()].has(crate::model::Flags::OWN)
            })
        })
    }
}

/// What became of a check. A check that cannot run is never a passed one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ran {
    /// Records (or pairs, or sources) it looked at; those it could not judge are not counted.
    Evaluated(u64),
    /// What is missing, one phrase in the language of the report.
    NotRun(String),
}

/// A named rule of the catalogue.
pub trait Check: Sync {
    fn meta(&self) -> &'static Meta;
    /// Appends findings in any order; `run` below sorts them.
    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran;
}

/// Makes the modules of a family and its list. A line: `module::Type`.
macro_rules! family {
    ($($module:ident :: $name:ident),* $(,)?) => {
        $(mod $module;)*
        /// Checks of this family in the order of the catalogue.
        pub const CHECKS: &[&dyn $crate::checks::Check] = &[$(&$module::$name),*];
    };
}
pub(crate) use family;

/// All checks in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static dyn Check> {
    [
        snap::CHECKS,
        map::CHECKS,
        cp::CHECKS,
        ct::CHECKS,
        pr::CHECKS,
        wh::CHECKS,
        st::CHECKS,
        co::CHECKS,
        doc::CHECKS,
        deal::CHECKS,
        pay::CHECKS,
        re::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The result of one check in a run.
#[derive(Clone, Debug)]
pub struct CheckResult {
    pub meta: &'static Meta,
    /// After configuration.
    pub severity: Severity,
    /// Switched off by configuration.
    pub off: bool,
    /// The project holds records of its kind. A check of goods in a project without goods did not run, and nobody waits
    /// for it.
    pub in_scope: bool,
    pub ran: Ran,
    pub findings: u64,
}

impl CheckResult {
    /// It should have run and could not: what keeps a go from being a clean one.
    pub fn is_missed(&self) -> bool {
        !self.off && self.in_scope && matches!(self.ran, Ran::NotRun(_))
    }
}

/// Whether there is what a check is about: records of the entities of its family, on any side, or an earlier audit.
fn in_scope(id: &str, cx: &Context) -> bool {
    use Entity::{Contract, Ddu, Deal, Document, Instalment, Object, Payment, Price, Product, Stock, Warehouse};
    let entities: &[Entity] = match id.split('-').next() {
        _ if id == "snap-volume-drop" => return cx.before.is_some(),
        _ if id == "map-price-type-unmapped" => &[Price],
        _ if id == "ct-person-no-id" => &[Contract],
        Some("pr") => &[Product, Price],
        Some("wh") => &[Warehouse],
        Some("st") => &[Stock],
        Some("co") => &[Contract],
        Some("doc") => &[Document],
        Some("deal" | "map") => &[Deal],
        Some("pay") => &[Payment],
        Some("re") => &[Object, Ddu, Instalment],
        _ => return true,
    };
    entities.iter().any(|&entity| Side::BOTH.into_iter().any(|side| !cx.data.book(side, entity).is_empty()))
}

/// Runs every check of the catalogue that is not off, and those of the project after them. Findings are sorted by severity, the
/// money at stake, check, subject, and carry their check and severity.
pub fn run(cx: &Context, own: &[own::OwnCheck]) -> (Vec<CheckResult>, Vec<Finding>) {
    let stakes = papers::Stakes::of(cx);
    let checks: Vec<&dyn Check> = all().map(|c| c as &dyn Check).chain(own.iter().map(|c| c as &dyn Check)).collect();
    let done: Vec<(CheckResult, Vec<Finding>)> = checks
        .into_par_iter()
        .map(|check| {
            let meta = check.meta();
            let severity = cx.config.severity(meta.id).unwrap_or(meta.severity);
            let off = cx.config.is_off(meta.id);
            let mut found = Vec::new();
            let ran = if off {
                Ran::NotRun(cx.lang.pick("выключена в sverka.toml", "switched off in sverka.toml").to_owned())
            } else {
                let ran = check.run(cx, &mut found);
                papers::weigh(cx, &stakes, meta, &mut found);
                ran
            };
            for finding in &mut found {
                finding.check = meta.id;
                finding.severity = severity;
                // A million texts are held till the end of the run.
                finding.message.shrink_to_fit();
            }
            (
                CheckResult { meta, severity, off, in_scope: in_scope(meta.id, cx), ran, findings: found.len() as u64 },
                found,
            )
        })
        .collect();
    let mut results = Vec::with_capacity(done.len());
    let mut findings = Vec::with_capacity(done.iter().map(|d| d.1.len()).sum());
    for (result, mut found) in done {
        results.push(result);
        findings.append(&mut found);
    }
    sort(&mut findings);
    (results, findings)
}

/// By severity, the money at stake, check and subject.
///
/// Almost every order is told by a number per finding; findings themselves are read for the rest only, and moved once.
fn sort(findings: &mut [Finding]) {
    let mut ids: Vec<&'static str> = Vec::new();
    for finding in findings.iter() {
        // They come check by check.
        if ids.last() != Some(&finding.check) {
            ids.push(finding.check);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let number = |f: &Finding| {
        let check = ids.binary_search(&f.check).unwrap_or_default() as u128;
        // None stands after every sum; a sum is not below zero.
        let impact = f.impact.map_or(u64::MAX, |sum| i64::MAX.abs_diff(sum.micros()));
        let record = match f.subject {
            Subject::Source { .. } => 0,
            Subject::Record(r) => 1 << 37 | (r.side as u128) << 36 | (r.space as u128) << 32 | u128::from(r.idx.0),
        };
        (f.severity as u128) << 118 | u128::from(impact) << 54 | check << 38 | record
    };
    let mut order: Vec<(u128, u32)> = findings.par_iter().enumerate().map(|(at, f)| (number(f), at as u32)).collect();
    let source = |f: &Finding| match &f.subject {
        Subject::Record(_) => String::new(),
        Subject::Source { at, .. } => at.to_string(),
    };
    order.par_sort_unstable_by(|&(x, i), &(y, j)| {
        x.cmp(&y).then_with(|| {
            let (a, b) = (&findings[i as usize], &findings[j as usize]);
            let texts = source(a).cmp(&source(b));
            texts.then_with(|| (a.other, &a.more, a.field).cmp(&(b.other, &b.more, b.field))).then(i.cmp(&j))
        })
    });
    let order: Vec<u32> = order.into_iter().map(|(_, at)| at).collect();
    arrange(findings, order);
}

/// Puts at each place what stands at the position that `from` names for it: a permutation, followed in its circles.
fn arrange<T>(items: &mut [T], mut from: Vec<u32>) {
    for start in 0..from.len() {
        let mut at = start;
        loop {
            let source = from[at] as usize;
            from[at] = at as u32;
            if source == start {
                break;
            }
            items.swap(at, source);
            at = source;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Decimal, Place};

    /// One finding of each kind, out of a few numbers.
    fn finding(
        (severity, impact, check, side, at, other, field): (usize, i64, usize, usize, usize, usize, usize),
    ) -> Finding {
        let side = Side::BOTH[side];
        let mut finding = if at == 0 {
            let place = Place::file(["a.csv", "b.csv"][other % 2]);
            Finding::source(side, None, place.row(field as u32), String::new())
        } else {
            Finding::record(RecordRef::new(side, at), String::new())
        };
        finding.severity = Severity::ALL[severity];
        finding.impact = (impact >= 0).then(|| Decimal::from_micros(impact));
        finding.check = ["a", "b", "ab"][check];
        finding.other = (other > 0).then(|| RecordRef::new(side, other));
        finding.field = (field > 0).then(|| Field::ALL[field]);
        finding
    }

    proptest! {
        /// The numbers order findings as a comparison field by field does, equal ones in the order in which they came.
        #[test]
        fn findings_are_in_their_order(
            all in prop::collection::vec((0..4usize, -1..3i64, 0..3usize, 0..2usize, 0..4usize, 0..3usize, 0..3usize), 0..60),
        ) {
            let mut findings: Vec<Finding> = all.into_iter().map(finding).collect();
            for (at, finding) in findings.iter_mut().enumerate() {
                finding.message = at.to_string();
            }
            let record = |f: &Finding| match f.subject {
                Subject::Record(r) => Some(r),
                Subject::Source { .. } => None,
            };
            let source = |f: &Finding| match &f.subject {
                Subject::Record(_) => String::new(),
                Subject::Source { at, .. } => at.to_string(),
            };
            let mut expected = findings.clone();
            expected.sort_by(|a, b| {
                (a.severity, std::cmp::Reverse(a.impact), a.check, record(a))
                    .cmp(&(b.severity, std::cmp::Reverse(b.impact), b.check, record(b)))
                    .then_with(|| source(a).cmp(&source(b)))
                    .then_with(|| (a.other, &a.more, a.field).cmp(&(b.other, &b.more, b.field)))
            });
            sort(&mut findings);
            prop_assert_eq!(findings, expected);
        }
    }
}
