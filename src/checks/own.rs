//! Checks that a project writes itself: `[[check]]` of `sverka.toml`, a rule over one field without code.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use regex::Regex;

use super::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Lang, Money, RecordRef, Side};
use crate::normalize;

/// Ids of own checks begin so, that no later check of the catalogue can take one.
pub const PREFIX: &str = "own-";

/// A bound of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    Number(Money),
    Date(NaiveDate),
}

/// What must hold of the field.
#[derive(Clone, Debug)]
pub enum Rule {
    /// It is filled in.
    Required,
    /// No two records of a side have the same text.
    Unique,
    /// It is one of these, whatever the case.
    OneOf(Vec<String>),
    /// The whole of each value fits.
    Matches(Regex),
    /// It lies between the bounds, both included.
    Range { min: Option<Bound>, max: Option<Bound> },
    /// Its date is not after that of another field.
    NotAfter(Field),
    /// Both records of a linked pair say the same; numbers within the tolerance.
    Equal { tolerance: Option<Money> },
}

/// One check of a project.
#[derive(Clone, Debug)]
pub struct OwnCheck {
    meta: &'static Meta,
    pub entity: Entity,
    /// `None`: both sides.
    pub side: Option<Side>,
    /// Only records whose fields say so.
    pub conditions: Vec<(Field, String)>,
    pub field: Field,
    pub rule: Rule,
    /// Text of its findings.
    pub message: String,
}

impl PartialEq for OwnCheck {
    fn eq(&self, other: &OwnCheck) -> bool {
        // An expression has no equality but its text.
        format!("{self:?}") == format!("{other:?}")
    }
}

/// What people read of an own check.
#[derive(Clone, Debug)]
pub struct Texts {
    pub title: String,
    pub why: String,
    pub remedy: String,
}

impl OwnCheck {
    /// A check with its texts. They live as long as the program: a project has a handful of checks and is read once.
    pub fn new(
        id: &str,
        severity: Severity,
        texts: Texts,
        message: String,
        (entity, side): (Entity, Option<Side>),
        conditions: Vec<(Field, String)>,
        (field, rule): (Field, Rule),
    ) -> OwnCheck {
        let keep = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let (title, why, remedy) = (keep(&texts.title), keep(&texts.why), keep(&texts.remedy));
        let card = |finds: &'static str, causes: &'static str, source: &'static str| Card {
            title,
            finds,
            why,
            causes,
            remedy,
            example: "",
            source,
        };
        let meta = Meta {
            id: keep(id),
            severity,
            cross: matches!(rule, Rule::Equal { .. }),
            fix: Fix::Manual,
            since: "",
            params: &[],
            ru: card("Правило этого проекта: раздел [[check]] файла sverka.toml.", "", "sverka.toml"),
            en: card("A rule of this project: [[check]] in sverka.toml.", "", "sverka.toml"),
        };
        OwnCheck { meta: Box::leak(Box::new(meta)), entity, side, conditions, field, rule, message }
    }

    fn sides(&self) -> impl Iterator<Item = Side> + '_ {
        Side::BOTH.into_iter().filter(|s| self.side.is_none_or(|own| own == *s))
    }

    /// Records that the check is about.
    fn concerned<'a>(&'a self, cx: &'a Context) -> impl Iterator<Item = RecordRef> + 'a {
        cx.records(self.entity).filter(|r| self.side.is_none_or(|s| s == r.side) && self.fits(cx, *r))
    }

    fn fits(&self, cx: &Context, r: RecordRef) -> bool {
        let raw = &cx.data.parties(r.side).raw;
        self.conditions.iter().all(|(field, value)| values(raw.get(*field, r.at())).any(|v| same(v, value)))
    }

    fn report(&self, cx: &Context, r: RecordRef, out: &mut Vec<Finding>) {
        let text = cx.data.parties(r.side).raw.get(self.field, r.at());
        out.push(Finding::record(r, self.message.clone()).value(self.field, r.side, text));
    }

    /// One record by itself: `None` when there is nothing to judge, else whether it holds.
    fn holds(&self, cx: &Context, r: RecordRef) -> Option<bool> {
        let raw = &cx.data.parties(r.side).raw;
        let text = raw.get(self.field, r.at()).trim();
        match &self.rule {
            Rule::Required => Some(!text.is_empty()),
            _ if text.is_empty() => None,
            Rule::OneOf(list) => Some(values(text).all(|v| list.iter().any(|known| same(v, known)))),
            Rule::Matches(pattern) => {
                Some(values(text).all(|v| pattern.find(v).is_some_and(|m| m.start() == 0 && m.end() == v.len())))
            }
            Rule::Range { min, max } => in_range(text, *min, *max),
            Rule::NotAfter(other) => {
                let later = date(raw.get(*other, r.at()))?;
                Some(date(text)? <= later)
            }
            Rule::Unique | Rule::Equal { .. } => None,
        }
    }

    fn unique(&self, cx: &Context, out: &mut Vec<Finding>) -> u64 {
        let mut evaluated = 0;
        let mut groups: BTreeMap<(Side, String), Vec<RecordRef>> = BTreeMap::new();
        for r in self.concerned(cx) {
            let text = cx.data.parties(r.side).raw.get(self.field, r.at()).trim();
            if !text.is_empty() {
                evaluated += 1;
                groups.entry((r.side, text.to_lowercase())).or_default().push(r);
            }
        }
        for ((side, _), members) in groups.into_iter().filter(|(_, m)| m.len() > 1) {
            let text = cx.data.parties(side).raw.get(self.field, members[0].at());
            let finding = Finding::record(members[0], self.message.clone());
            out.push(finding.value(self.field, side, text).more(members[1..].to_vec()));
        }
        evaluated
    }

    fn equal(&self, cx: &Context, tolerance: Option<Money>, out: &mut Vec<Finding>) -> u64 {
        let mut evaluated = 0;
        for pair in &cx.drift.pairs {
            let both = [pair.crm, pair.onec];
            let of_entity = both.iter().any(|&r| cx.data.entity(r) == self.entity);
            if !of_entity || !both.iter().any(|&r| self.fits(cx, r)) {
                continue;
            }
            let [a, b] = both.map(|r| cx.data.parties(r.side).raw.get(self.field, r.at()).trim());
            // Empty is no evidence; that a field must be filled in is another rule.
            if a.is_empty() || b.is_empty() {
                continue;
            }
            evaluated += 1;
            if !agree(a, b, tolerance) {
                let finding = Finding::record(pair.crm, self.message.clone()).other(pair.onec);
                out.push(finding.values(self.field, a, b));
            }
        }
        evaluated
    }
}

impl Check for OwnCheck {
    fn meta(&self) -> &'static Meta {
        self.meta
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let missing = |side: Side| !cx.data.parties(side).raw.has(self.field);
        if self.sides().all(missing) {
            let (field, lang) = (self.field.title(cx.lang), cx.lang);
            return Ran::NotRun(format!("{} «{field}»", lang.pick("в выгрузках нет поля", "no export has the field")));
        }
        let evaluated = match &self.rule {
            Rule::Unique => self.unique(cx, out),
            Rule::Equal { tolerance } => self.equal(cx, *tolerance, out),
            _ => {
                let mut evaluated = 0;
                // A side whose exports do not have the field says nothing of its records.
                for r in self.concerned(cx).filter(|r| !missing(r.side)) {
                    let Some(holds) = self.holds(cx, r) else { continue };
                    evaluated += 1;
                    if !holds {
                        self.report(cx, r, out);
                    }
                }
                evaluated
            }
        };
        Ran::Evaluated(evaluated)
    }
}

fn values(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(str::trim)
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn date(text: &str) -> Option<NaiveDate> {
    normalize::date::parse(text).valid().copied()
}

fn amount(text: &str) -> Option<Money> {
    normalize::amount::parse(text).valid().copied()
}

/// `None` when the text is neither number nor date, as the bounds ask: an unreadable value is another check's matter.
fn in_range(text: &str, min: Option<Bound>, max: Option<Bound>) -> Option<bool> {
    let within = |bound: Option<Bound>, least: bool| match bound {
        None => Some(true),
        Some(Bound::Number(bound)) => {
            let number = amount(text)?;
            Some(if least { number >= bound } else { number <= bound })
        }
        Some(Bound::Date(bound)) => {
            let date = date(text)?;
            Some(if least { date >= bound } else { date <= bound })
        }
    };
    Some(within(min, true)? && within(max, false)?)
}

fn agree(a: &str, b: &str, tolerance: Option<Money>) -> bool {
    if let Some(tolerance) = tolerance
        && let (Some(a), Some(b)) = (amount(a), amount(b))
    {
        return a.0.abs_diff(b.0) <= tolerance.0.unsigned_abs();
    }
    let fold = |text: &str| {
        let mut all: Vec<String> = values(text).map(normalize::text::fold).collect();
        all.sort_unstable();
        all
    };
    fold(a) == fold(b)
}

/// The default text of a finding.
pub fn default_message(rule: &Rule, field: Field, lang: Lang) -> String {
    let field = field.title(lang);
    match (rule, lang) {
        (Rule::Required, Lang::Ru) => format!("Не заполнено поле «{field}»"),
        (Rule::Required, Lang::En) => format!("Field “{field}” is empty"),
        (Rule::Unique, Lang::Ru) => format!("Значение поля «{field}» повторяется"),
        (Rule::Unique, Lang::En) => format!("The value of “{field}” repeats"),
        (Rule::OneOf(_), Lang::Ru) => format!("Значения поля «{field}» нет в списке допустимых"),
        (Rule::OneOf(_), Lang::En) => format!("The value of “{field}” is not in the list"),
        (Rule::Matches(_), Lang::Ru) => format!("Значение поля «{field}» не подходит под образец"),
        (Rule::Matches(_), Lang::En) => format!("The value of “{field}” does not fit the pattern"),
        (Rule::Range { .. }, Lang::Ru) => format!("Значение поля «{field}» вне допустимых границ"),
        (Rule::Range { .. }, Lang::En) => format!("The value of “{field}” is out of range"),
        (Rule::NotAfter(other), Lang::Ru) => format!("«{field}» позже, чем «{}»", other.title(lang)),
        (Rule::NotAfter(other), Lang::En) => format!("“{field}” is after “{}”", other.title(lang)),
        (Rule::Equal { .. }, Lang::Ru) => format!("Поле «{field}» в CRM и в 1С различается"),
        (Rule::Equal { .. }, Lang::En) => format!("“{field}” differs between the CRM and 1C"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, crm, onec};
    use crate::config;

    /// Own checks of a project with this `[[check]]` table after `id`, `entity` and `field`.
    fn load(table: &str) -> Result<OwnCheck, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv"), "ID;Название\n1;ООО Тест\n").unwrap();
        let file = dir.path().join("sverka.toml");
        let source = "[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"a.csv\"\n";
        let text = format!("[project]\nname = \"Проба\"\n{source}[[check]]\n{table}");
        std::fs::write(&file, text).unwrap();
        let loaded = config::load(&file).map_err(|e| e.to_string().replace(&file.display().to_string(), "sverka.toml"));
        loaded.map(|c| c.own_checks.into_iter().next().unwrap())
    }

    fn rule(field: &str, rule: &str) -> OwnCheck {
        load(&format!("id = \"own-a\"\nentity = \"counterparty\"\nfield = \"{field}\"\n{rule}\n")).unwrap()
    }

    /// Ids of the records that a rule finds among these texts of the field on the CRM side, numbered from 1.
    fn finds(field: Field, texts: &[&str], check: &OwnCheck, expected: &[&str]) {
        let world = texts.iter().fold(World::new(), |w, text| w.crm(&[(field, text), (Field::GroupId, "розница")]));
        let (_, found) = world.findings(check);
        assert_eq!(found, expected, "{:?} {texts:?}", check.rule);
    }

    #[test]
    fn rules_over_one_record() {
        finds(Field::Kpp, &["779901001", "", " "], &rule("kpp", "required = true"), &["crm:2", "crm:3"]);
        let unique = rule("code", "unique = true");
        finds(Field::Code, &["А-1", "а-1", "А-2", "", ""], &unique, &["crm:1 crm:2"]);
        let list = rule("position", "one_of = [\"Директор\", \"Бухгалтер\"]");
        finds(Field::Position, &["директор", "Диктор", ""], &list, &["crm:2"]);
        // The whole value, not a part of it, and each of several.
        let code = rule("code", "matches = \"[A-Z]{2}|[0-9]+\"");
        finds(Field::Code, &["AB", "ABC", "12", "x12", ""], &code, &["crm:2", "crm:4"]);
        finds(Field::Phone, &["1\n2", "1\nx"], &rule("phone", "matches = \"[0-9]\""), &["crm:2"]);
        let range = rule("turnover", "min = 0\nmax = 1000.5");
        finds(Field::Turnover, &["0", "-1", "1 000,50", "1000.51", "много"], &range, &["crm:2", "crm:4"]);
        let dates = rule("created_at", "min = 2020-01-01\nmax = \"2026-11-24\"");
        finds(Field::CreatedAt, &["2020-01-01", "31.12.2019", "25.11.2026"], &dates, &["crm:2", "crm:3"]);
    }

    #[test]
    fn dates_in_order_and_conditions() {
        let check = rule("created_at", "not_after = \"modified_at\"\nwhere = { responsible = \"Иванов\" }");
        let card = |created: &'static str, modified: &'static str, who: &'static str| {
            move |w: World| {
                w.crm(&[(Field::CreatedAt, created), (Field::ModifiedAt, modified), (Field::Responsible, who)])
            }
        };
        let cards = [
            card("02.01.2026", "01.01.2026", "Иванов"),
            card("02.01.2026", "01.01.2026", "Петров"),
            card("01.01.2026", "01.01.2026", "Иванов"),
            card("02.01.2026", "", "Иванов"),
        ];
        let world = cards.iter().fold(World::new(), |w, card| card(w));
        world.expect(&check, &["crm:1"]);
    }

    #[test]
    fn equal_across_sides_with_tolerance() {
        let pair = |a: &str, b: &str| {
            World::new()
                .crm(&[(Field::Turnover, a), (Field::Name, "ООО Астра")])
                .onec(&[(Field::Turnover, b), (Field::Name, "ООО Астра")])
                .cluster(vec![crm(0), onec(0)])
        };
        let exact = rule("turnover", "equal = true");
        let near = rule("turnover", "equal = true\ntolerance = 1");
        pair("100", "100.50").expect(&exact, &["crm:1 onec:1"]);
        pair("100", "100.50").expect(&near, &[]);
        pair("100", "101,01").expect(&near, &["crm:1 onec:1"]);
        assert_eq!(pair("100", "").findings(&exact), (Ran::Evaluated(0), Vec::new()));
        let name = rule("name", "equal = true");
        pair("1", "1").expect(&name, &[]);
    }

    #[test]
    fn a_field_that_no_export_has_is_not_run() {
        World::new().crm(&[(Field::Name, "ООО Астра")]).expect_not_run(&rule("kpp", "required = true"));
        // A side without the field is left out, the other is judged.
        let world = World::new().crm(&[(Field::Kpp, "")]).onec(&[(Field::Name, "ООО Астра")]);
        world.expect(&rule("kpp", "required = true"), &["crm:1"]);
    }

    #[test]
    fn every_fault_names_line_and_nearest_name() {
        let base = "id = \"own-a\"\nentity = \"counterparty\"\nfield = \"kpp\"\n";
        for (table, expected) in [
            (base.to_owned(), "строка 7: [[check]] own-a: нужно ровно одно правило"),
            (format!("{base}required = true\nunique = true"), "строка 7: [[check]] own-a: нужно ровно одно правило"),
            (format!("{base}requird = true"), "строка 11: неизвестный ключ «requird»; возможно, «required»"),
            (format!("{base}matches = \"[\""), "строка 11: [[check]] matches: не регулярное выражение"),
            (format!("{base}min = \"много\""), "строка 11: [[check]]: «много» не число и не дата"),
            (format!("{base}required = true\ntolerance = 1"), "строка 12: [[check]] tolerance: только вместе"),
            (base.replace("kpp", "kp") + "required = true", "строка 10: [[check]]: нет поля «kp»; возможно, «kpp»"),
            (base.replace("own-a", "a") + "required = true", "строка 8: [[check]] id: «a»: нужны латинские буквы"),
            (
                format!("{base}required = true\n[[check]]\n{base}unique = true"),
                "строка 13: [[check]]: проверка «own-a» задана дважды",
            ),
        ] {
            let error = load(&table).unwrap_err();
            assert!(error.starts_with(&format!("sverka.toml, {expected}")), "{table}: {error}");
        }
    }
}
