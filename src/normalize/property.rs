//! Numbers, places and kinds of property, contract numbers and shares as people write them → keys that compare.

use super::text;

/// What a unit is sold as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnitKind {
    Flat,
    Apartment,
    Parking,
    Storage,
    Commercial,
}

impl UnitKind {
    /// Somebody lives there.
    pub fn is_dwelling(self) -> bool {
        self == UnitKind::Flat
    }
}

/// Beginnings of words that name a kind, folded; the first that fits wins. Source: lists of the chessboards of developers
/// and the `propertyType` of Profitbase.
const KINDS: &[(UnitKind, &[&str])] = &[
    (UnitKind::Flat, &["ЖИЛОЕ"]),
    (UnitKind::Apartment, &["АПАРТ", "APART"]),
    (UnitKind::Parking, &["МАШИНО", "ПАРК", "ГАРАЖ", "PARKING", "GARAGE", "ММ", "МАШ"]),
    (UnitKind::Storage, &["КЛАДОВ", "КЕЛ", "STORAGE", "PANTRY", "STOREROOM", "КЛАД"]),
    (UnitKind::Commercial, &["КОММЕР", "ОФИС", "НЕЖИЛ", "ТОРГ", "ПСН", "COMMERC", "OFFICE", "RETAIL", "ПОМЕЩ"]),
    (UnitKind::Flat, &["КВ", "СТУД", "FLAT", "PROPERTY", "STUDIO", "ЖИЛ"]),
];

/// The kind that a text names: «Квартира», «машино-место», «кв. 12»; `None` when it names none.
pub fn kind(raw: &str) -> Option<UnitKind> {
    let folded = text::fold(raw);
    let words = || folded.split(' ').map(|w| w.trim_end_matches(|c: char| c.is_ascii_digit()));
    KINDS.iter().find(|(_, begins)| words().any(|w| begins.iter().any(|b| w.starts_with(b)))).map(|(kind, _)| *kind)
}

/// Words before a number that are not part of it.
const UNIT_NOISE: &[&str] = &[
    "КВ",
    "КВАРТИРА",
    "КВ РА",
    "АП",
    "АПАРТ",
    "АПАРТАМЕНТ",
    "АПАРТАМЕНТЫ",
    "МАШИНОМЕСТО",
    "МАШИНО",
    "МЕСТО",
    "ММ",
    "КЛ",
    "КЛАДОВАЯ",
    "КЛАДОВКА",
    "ПОМ",
    "ПОМЕЩЕНИЕ",
    "ОФИС",
    "НОМЕР",
    "N",
    "NO",
    "СТУДИЯ",
    "НЕЖИЛОЕ",
    "ПАРКИНГ",
    "ОБЪЕКТ",
];
const BUILDING_NOISE: &[(&str, char)] = &[
    ("КОРПУС", 'К'),
    ("КОРП", 'К'),
    ("К", 'К'),
    ("ДОМ", 'Д'),
    ("Д", 'Д'),
    ("ЛИТЕР", 'Л'),
    ("ЛИТЕРА", 'Л'),
    ("ЛИТ", 'Л'),
    ("СТРОЕНИЕ", 'С'),
    ("СТР", 'С'),
    ("ЗДАНИЕ", 'З'),
    ("ЗД", 'З'),
    ("ГП", 'Г'),
];
const SECTION_NOISE: &[&str] = &["СЕКЦИЯ", "СЕКЦ", "СЕК", "С", "ПОДЪЕЗД", "ПОД", "П", "БС", "БЛОК"];
const FLOOR_NOISE: &[&str] = &["ЭТАЖ", "ЭТ", "Й", "ЫЙ", "ИЙ"];
const PROJECT_NOISE: &[&str] = &["ЖК", "ЖИЛОЙ", "КОМПЛЕКС", "ПРОЕКТ", "МФК", "АК"];
const CONTRACT_NOISE: &[&str] = &[
    "ДДУ",
    "ДОГОВОР",
    "ДОГОВОРУ",
    "ДОГОВОРА",
    "УЧАСТИЯ",
    "В",
    "ДОЛЕВОМ",
    "СТРОИТЕЛЬСТВЕ",
    "N",
    "NO",
    "НОМЕР",
    "ДОЛЕВОГО",
    "ПО",
];

/// Runs of digits (without leading zeros) and of letters, upper case, look-alike Latin letters as Cyrillic; none of a text
/// that says there is nothing («б/н»).
fn runs(raw: &str) -> Vec<String> {
    if text::means_none(raw) {
        return Vec::new();
    }
    let mut runs: Vec<String> = Vec::new();
    let (mut digits, mut open) = (false, false);
    for c in text::clean(raw).chars() {
        if !text::is_letter_or_digit(c) {
            open = false;
            continue;
        }
        let digit = c.is_ascii_digit();
        if !open || digit != digits {
            runs.push(String::new());
        }
        (open, digits) = (true, digit);
        let run = runs.last_mut().expect("a run was opened above");
        for upper in c.to_uppercase() {
            let upper = if upper == 'Ё' { 'Е' } else { upper };
            run.push(text::cyrillic_of(upper).unwrap_or(upper));
        }
    }
    for run in &mut runs {
        if run.bytes().all(|b| b.is_ascii_digit()) {
            let trimmed = run.trim_start_matches('0');
            *run = if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() };
        }
    }
    runs
}

fn is_number(run: &str) -> bool {
    run.bytes().all(|b| b.is_ascii_digit())
}

/// Letters join the digits beside them, two numbers stay apart: `12А`, `12-1`.
fn join(runs: &[String]) -> String {
    let mut key = String::new();
    let mut before_number = false;
    for run in runs {
        if before_number && is_number(run) {
            key.push('-');
        }
        key.push_str(run);
        before_number = is_number(run);
    }
    key
}

/// «кв. 12», «№12», «12а», «12 A» → `12`, `12`, `12А`, `12А`. Empty when there is no number.
pub fn unit_number(raw: &str) -> String {
    let mut runs = runs(raw);
    runs.retain(|run| !UNIT_NOISE.contains(&run.as_str()));
    join(&runs)
}

/// A building and the word that it is called by: «корп. 1» → (`1`, `К`), «1» → (`1`, none). A building without a number
/// keeps its name.
pub fn building(raw: &str) -> (String, Option<char>) {
    let all = runs(raw);
    let noise = |run: &str| BUILDING_NOISE.iter().find(|(word, _)| *word == run).map(|(_, mark)| *mark);
    let rest: Vec<String> = all.iter().filter(|run| noise(run).is_none()).cloned().collect();
    if rest.is_empty() {
        return (join(&all), None);
    }
    (join(&rest), all.iter().find_map(|run| noise(run)))
}

/// «секция 1», «подъезд №1», «1» → `1`.
pub fn section(raw: &str) -> String {
    let all = runs(raw);
    let rest: Vec<String> = all.iter().filter(|run| !SECTION_NOISE.contains(&run.as_str())).cloned().collect();
    if rest.is_empty() { join(&all) } else { join(&rest) }
}

/// «5 этаж», «эт. 5», «5» → `5`; «-1», «минус 1» → `-1`.
pub fn floor(raw: &str) -> String {
    let mut runs = runs(raw);
    runs.retain(|run| !FLOOR_NOISE.contains(&run.as_str()));
    let below =
        raw.trim_start_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '−')).starts_with(['-', '−'])
            || runs.first().is_some_and(|run| run == "МИНУС");
    runs.retain(|run| run != "МИНУС");
    // A number of a spreadsheet: 5.0.
    if runs.len() == 2 && runs[1] == "0" {
        runs.pop();
    }
    let key = join(&runs);
    if below && !key.is_empty() { format!("-{key}") } else { key }
}

/// «ЖК «Северный»», «Северный» → `СЕВЕРНЫЙ`.
pub fn project(raw: &str) -> String {
    if text::means_none(raw) {
        return String::new();
    }
    let folded = text::fold(raw);
    let words: Vec<&str> = folded.split(' ').filter(|w| !PROJECT_NOISE.contains(w)).collect();
    if words.is_empty() { folded } else { words.join(" ") }
}

/// «ДДУ № С-1/012», «C-1/12 от 10.03.2026» → `С1-12`.
pub fn contract_number(raw: &str) -> String {
    let lower = raw.to_lowercase();
    let end = lower.find(" от ").filter(|_| lower.len() == raw.len()).unwrap_or(raw.len());
    let mut runs = runs(&raw[..end]);
    runs.retain(|run| !CONTRACT_NOISE.contains(&run.as_str()));
    // «ДДУ б/н»
    if runs == ["Б", "Н"] { String::new() } else { join(&runs) }
}

/// Numbers of contracts that a purpose of payment may name, best first: what follows «ДДУ», «договор», «№».
pub fn numbers_in_purpose(purpose: &str) -> Vec<String> {
    let purpose = super::head(purpose);
    let words: Vec<&str> = purpose.split([' ', ',', ';', '(', ')', '\n']).filter(|w| !w.is_empty()).collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let lower = word.to_lowercase();
        let names = lower.starts_with("дду") || lower.starts_with("договор") || lower.starts_with('№') || lower == "n";
        if !names {
            continue;
        }
        let near = words[at..].iter().take(6);
        let number = near.filter(|w| w.bytes().any(|b| b.is_ascii_digit())).map(|w| contract_number(w)).next();
        found.extend(number.filter(|n| !n.is_empty()));
    }
    found.dedup();
    found
}

/// Shares of the parties of a contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shares {
    /// Nothing is said.
    None,
    /// «общая совместная»: no shares.
    Joint,
    /// Numerators and denominators.
    Parts(Vec<(u64, u64)>),
    Unreadable,
}

impl Shares {
    /// Whether they make a whole; `None` when there is nothing to add up.
    pub fn whole(&self) -> Option<bool> {
        let Shares::Parts(parts) = self else { return None };
        let (mut sum, mut common) = (0u128, 1u128);
        for &(part, of) in parts {
            let (part, of) = (u128::from(part), u128::from(of));
            sum = sum.checked_mul(of)?.checked_add(part.checked_mul(common)?)?;
            common = common.checked_mul(of)?;
            let divisor = greatest_common_divisor(sum, common).max(1);
            (sum, common) = (sum / divisor, common / divisor);
        }
        Some(sum == common)
    }
}

fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// «1/2; 1/2», «Иванов 1/3, Петрова 2/3», «50 %, 50 %», «общая совместная».
pub fn shares(raw: &str) -> Shares {
    if text::means_none(raw) {
        return Shares::None;
    }
    let folded = text::fold(raw);
    if folded.contains("СОВМЕСТН") || folded.contains("JOINT") {
        return Shares::Joint;
    }
    let mut parts = Vec::new();
    for piece in raw.split([';', '\n', ',']).map(str::trim).filter(|p| !p.is_empty()) {
        let digits = |s: &str| s.trim().parse::<u64>().ok();
        let fraction = piece.split_once('/').and_then(|(left, right)| {
            let left = left.rsplit(|c: char| !c.is_ascii_digit()).next()?;
            let right = right.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
            Some((digits(left)?, digits(right)?))
        });
        let percent = piece.strip_suffix('%').and_then(|left| {
            let number = left.trim_end().rsplit(|c: char| !c.is_ascii_digit()).next()?;
            Some((digits(number)?, 100))
        });
        match fraction.or(percent).or_else(|| (piece == "1").then_some((1, 1))) {
            Some((part, of)) if of > 0 && part <= of => parts.push((part, of)),
            _ => return Shares::Unreadable,
        }
    }
    if parts.is_empty() { Shares::Unreadable } else { Shares::Parts(parts) }
}

/// Names of the parties of a contract, as written.
pub fn party_names(raw: &str) -> impl Iterator<Item = &str> {
    raw.split([';', '\n', ',']).map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a cadastral number reads `AA:BB:CCCCCC(C):N`.
///
/// Source: retellings of the orders of the Ministry of Economic Development № 877 of 24.11.2015 and of Rosreestr
/// П/0183 (read 2026-11-24): district, region, block of six or seven digits, number of any length.
pub fn is_cadastral(raw: &str) -> bool {
    let parts: Vec<&str> = raw.trim().split(':').collect();
    let digits = |s: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
    };
    matches!(parts.as_slice(), [a, b, c, n] if digits(a, 2..=2) && digits(b, 2..=2) && digits(c, 6..=7) && digits(n, 1..=12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_units() {
        for (raw, expected) in [
            ("кв. 12", "12"),
            ("№12", "12"),
            ("кв.№ 012", "12"),
            ("12а", "12А"),
            ("12 A", "12А"),
            ("A101", "А101"),
            ("А-101", "А101"),
            ("12/1", "12-1"),
            ("121", "121"),
            ("машино-место 5", "5"),
            ("1-Н", "1Н"),
            ("", ""),
        ] {
            assert_eq!(unit_number(raw), expected, "{raw}");
        }
    }

    #[test]
    fn places() {
        assert_eq!(building("корп. 1"), ("1".into(), Some('К')));
        assert_eq!(building("Дом №1"), ("1".into(), Some('Д')));
        assert_eq!(building("1"), ("1".into(), None));
        assert_eq!(building("Литер A"), ("А".into(), Some('Л')));
        assert_eq!(building("К"), ("К".into(), None));
        assert_ne!(building("дом 1 корп. 2").0, building("дом 12").0);
        assert_eq!(section("Подъезд 2"), "2");
        assert_eq!(section("С"), "С");
        for (raw, expected) in
            [("5 этаж", "5"), ("эт. 5", "5"), ("-1", "-1"), ("минус 1", "-1"), ("5.0", "5"), ("5-й", "5")]
        {
            assert_eq!(floor(raw), expected, "{raw}");
        }
        assert_eq!(project("ЖК «Северный»"), project("Северный"));
    }

    #[test]
    fn kinds() {
        for (raw, expected) in [
            ("Квартира", Some(UnitKind::Flat)),
            ("кв. 12", Some(UnitKind::Flat)),
            ("Апартаменты", Some(UnitKind::Apartment)),
            ("Машино-место", Some(UnitKind::Parking)),
            ("ММ-5", Some(UnitKind::Parking)),
            ("Кладовая", Some(UnitKind::Storage)),
            ("Нежилое помещение", Some(UnitKind::Commercial)),
            ("12", None),
        ] {
            assert_eq!(kind(raw), expected, "{raw}");
        }
    }

    #[test]
    fn contracts() {
        assert_eq!(contract_number("ДДУ № С-1/012"), contract_number("C-1/12 от 10.03.2026"));
        assert_ne!(contract_number("С-1/12"), contract_number("С-11/2"));
        assert_eq!(numbers_in_purpose("Оплата по ДДУ № С-1/12 от 10.03.2026, НДС не облагается"), ["С1-12"]);
        assert_eq!(numbers_in_purpose("Оплата по договору долевого участия С-1/12"), ["С1-12"]);
        assert!(numbers_in_purpose("Прочее 2026").is_empty());
    }

    #[test]
    fn shares_add_up() {
        for (raw, whole) in [
            ("1/2; 1/2", Some(true)),
            ("1/3, 1/3, 1/3", Some(true)),
            ("1/2; 1/3", Some(false)),
            ("Иванов 1/4; Петрова 3/4", Some(true)),
            ("50%; 50 %", Some(true)),
            ("1", Some(true)),
            ("общая совместная", None),
            ("", None),
        ] {
            assert_eq!(shares(raw).whole(), whole, "{raw}");
        }
        assert_eq!(shares("половина"), Shares::Unreadable);
    }

    #[test]
    fn cadastral_numbers() {
        assert!(is_cadastral("77:01:0001013:4915") && is_cadastral("50:20:000000:1"));
        assert!(!is_cadastral("77:01:13:4915") && !is_cadastral("77-01-0001013-4915") && !is_cadastral(""));
    }
}
