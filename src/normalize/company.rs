//! Names of companies: legal form, core, quotes.

use super::legal_forms::{Place, TABLE};
use super::{person, text};

pub use super::legal_forms::{FormClass, LegalForm};

/// A company name taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CompanyName {
    pub form: LegalForm,
    /// Folded name without legal form: words separated by one space.
    pub core: String,
}

/// Splits a name. The legal form is found at the start, at the end («Вектор Плюс, ООО», «Вектор (ООО)»), inside quotes
/// and, for forms that mean nothing else, anywhere («ТД ООО Вектор»). The first one found counts; the same form twice is
/// taken out twice.
pub fn parse(raw: &str) -> CompanyName {
    let mut core = String::with_capacity(raw.len());
    let form = parse_into(raw, &mut core);
    CompanyName { form, core }
}

/// [`parse`] that appends the core to a column.
pub fn parse_into(raw: &str, core: &mut String) -> LegalForm {
    let begin = core.len();
    text::fold_into(raw, core);
    let form = strip_form(raw, core, begin);
    text::settle_latin(core, begin);
    form
}

/// The legal form alone.
pub fn form_of(raw: &str) -> LegalForm {
    if raw.trim().is_empty() { LegalForm::None } else { parse(raw).form }
}

/// Takes the legal form out of the folded text that begins at `begin`.
fn strip_form(raw: &str, core: &mut String, begin: usize) -> LegalForm {
    let mut form = LegalForm::None;
    let mut at = begin;
    while at < core.len() {
        match spelling_at(raw, core, begin, at) {
            Some((found, end)) if form.is_none() || found == form => {
                form = found;
                cut(core, begin, at, end);
            }
            _ => at += core[at..].find(' ').map_or(core.len() - at, |space| space + 1),
        }
    }
    form
}

/// The form spelled by the words from `at`, and where they end.
fn spelling_at(raw: &str, core: &str, begin: usize, at: usize) -> Option<(LegalForm, usize)> {
    let rest = &core[at..];
    let first = rest.split(' ').next().unwrap_or_default();
    let longest = TABLE.longest_from(first);
    if longest == 0 {
        return None;
    }
    // Longest spelling first: «АО работников» before «АО».
    let mut ends: [usize; 16] = [0; 16];
    let mut words = 0;
    for (i, _) in rest.match_indices(' ').chain(std::iter::once((rest.len(), ""))) {
        if words == longest.min(ends.len()) {
            break;
        }
        ends[words] = i;
        words += 1;
    }
    for n in (0..words).rev() {
        let text = &rest[..ends[n]];
        let Some(spelling) = TABLE.get(text) else { continue };
        let (starts, finishes) = (at == begin, ends[n] == rest.len());
        let believed = match spelling.place {
            Place::Any => true,
            Place::Edge => {
                starts && !looks_like_initials(text, &rest[ends[n]..]) && (!spelling.is_weak || quoted_after(raw, text))
                    || finishes && set_off(raw, text)
            }
        };
        if believed {
            return Some((spelling.form, at + ends[n]));
        }
    }
    None
}

/// «И. П. Петров»: single letters before one word are initials, not a form.
fn looks_like_initials(text: &str, rest: &str) -> bool {
    text.contains(' ') && text.split(' ').all(|w| w.chars().count() == 1) && rest.split_whitespace().count() <= 1
}

/// The first word of the raw text is `text` and a quote opens after it («ПК «Маяк»», not «ИТ Сервис»).
fn quoted_after(raw: &str, text: &str) -> bool {
    let raw = raw.trim_start_matches(|c: char| !text::is_letter_or_digit(c));
    let end = raw.find(|c: char| !text::is_letter_or_digit(c)).unwrap_or(raw.len());
    text::fold(&raw[..end]) == text && raw[end..].trim_start().starts_with(['«', '"', '“', '„', '\''])
}

/// The last words of the raw text stand after a comma or in brackets and fold to `text`; Latin abbreviations of foreign
/// forms need neither («Bosch AG»).
fn set_off(raw: &str, text: &str) -> bool {
    let raw = raw.trim_end_matches(|c: char| !text::is_letter_or_digit(c));
    match raw.rfind([',', '(', '[', ';']) {
        Some(at) => text::fold(&raw[at..]) == text,
        None => {
            let mut words = raw.rsplit([' ', '\u{00A0}']).filter(|w| !w.is_empty());
            let (last, before) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            last.chars().any(|c| c.is_ascii_alphabetic()) && !last.chars().any(text::is_cyrillic)
                || last.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
                    && (text == "АО" && !is_adjective(before) || text == "ИП" && is_part_of_person(before))
        }
    }
}

/// «Петров Иван ИП», not «Центр поддержки ИП».
fn is_part_of_person(word: &str) -> bool {
    let folded = text::fold(word);
    folded.split(' ').all(|w| w.chars().count() == 1)
        || person::is_patronymic(&folded)
        || person::is_given_name(&folded)
        || person::is_surname(&folded)
}

/// «Ненецкого АО», «Чукотский АО»: an autonomous district, not a company.
fn is_adjective(word: &str) -> bool {
    let lower = word.to_lowercase();
    ["ий", "ого", "ому", "ским", "ском", "цким", "цком"].iter().any(|end| lower.ends_with(end))
}

/// Removes words `at..end` and the space that becomes double.
fn cut(core: &mut String, begin: usize, at: usize, end: usize) {
    if end < core.len() {
        core.replace_range(at..end + 1, "");
    } else if at > begin {
        core.truncate(at - 1);
    } else {
        core.truncate(begin);
    }
}

/// Words that say what a company does or how it is organised, not which one it is; folded, sorted. They stay in the
/// core: matching weighs them.
const STOP_WORDS: &[&str] = &[
    "COMPANY",
    "GROUP",
    "HOLDING",
    "TRADE",
    "АГЕНТСТВО",
    "АПТЕКА",
    "БАЗА",
    "БАНК",
    "БЮРО",
    "В",
    "ГК",
    "ГРУПП",
    "ГРУППА",
    "ДЕТСКИЙ",
    "ДЛЯ",
    "ДОМ",
    "ЗАВОД",
    "И",
    "ИЗ",
    "ИМ",
    "ИМЕНИ",
    "ИНСТИТУТ",
    "К",
    "КАФЕ",
    "КБ",
    "КЛИНИКА",
    "КОМБИНАТ",
    "КОМПАНИИ",
    "КОМПАНИЙ",
    "КОМПАНИЯ",
    "КОНЦЕРН",
    "КОРПОРАЦИЯ",
    "МАГАЗИН",
    "НА",
    "НПО",
    "НПП",
    "НПФ",
    "ОБОСОБЛЕННОЕ",
    "ОБЪЕДИНЕНИЕ",
    "ОП",
    "ОРГАНИЗАЦИЯ",
    "ОТДЕЛЕНИЕ",
    "ПКФ",
    "ПОДРАЗДЕЛЕНИЕ",
    "ПРЕДПРИЯТИЕ",
    "ПРЕДСТАВИТЕЛЬСТВО",
    "ПРОИЗВОДСТВЕННАЯ",
    "ПРОИЗВОДСТВЕННОЕ",
    "ПТК",
    "ПТО",
    "ПФ",
    "РЕСТОРАН",
    "С",
    "САД",
    "САЛОН",
    "СЕРВИС",
    "СК",
    "СО",
    "СТРОИТЕЛЬНАЯ",
    "СТУДИЯ",
    "ТД",
    "ТК",
    "ТОРГОВАЯ",
    "ТОРГОВЫЙ",
    "ТПК",
    "ТРАНСПОРТНАЯ",
    "УК",
    "УПРАВЛЯЮЩАЯ",
    "УЧРЕЖДЕНИЕ",
    "ФАБРИКА",
    "ФИЛИАЛ",
    "ФИРМА",
    "ХОЛДИНГ",
    "ЦЕНТР",
    "ЧОП",
    "ШКОЛА",
];

/// A word that hardly tells companies apart (ТД, группа, компания, филиал …). `word` is folded.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The name is of a branch or a separate division («Филиал …», «ОП …»). `core` is folded.
pub fn is_branch(core: &str) -> bool {
    core.split(' ').any(|w| matches!(w, "ФИЛИАЛ" | "ФИЛИАЛА" | "ОБОСОБЛЕННОЕ")) || core.starts_with("ОП ")
}

/// Numbers in a folded core in their order: runs of digits without leading zeros («АПТЕКА 05» gives 5), and Roman
/// numerals of two or more letters standing alone. Digits beyond 18 are cut off.
pub fn numbers(core: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for word in core.split(' ') {
        let mut digits = word.bytes().peekable();
        while let Some(b) = digits.next() {
            if b.is_ascii_digit() {
                let mut number = u64::from(b - b'0');
                let mut length = 1;
                while let Some(next) = digits.next_if(u8::is_ascii_digit) {
                    if length < 18 {
                        number = number * 10 + u64::from(next - b'0');
                        length += 1;
                    }
                }
                found.push(number);
            }
        }
        found.extend(roman(word));
    }
    found
}

/// II, III, IV … XX; a lone letter is no number. `Х` may be Cyrillic: folding writes ambiguous words so.
fn roman(word: &str) -> Option<u64> {
    const NUMERALS: [&str; 18] = [
        "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX",
        "XXI", "ХХ",
    ];
    const VALUES: [u64; 18] = [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 20];
    NUMERALS.iter().position(|n| *n == word).map(|at| VALUES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_cores() {
        use LegalForm as F;
        for (raw, form, core) in [
            ("ООО «Ромашка»", F::Ooo, "РОМАШКА"),
            ("OOO \"Ромашка\"", F::Ooo, "РОМАШКА"),
            ("О.О.О. Ромашка", F::Ooo, "РОМАШКА"),
            ("Общество с ограниченной ответственностью \"Торговый дом \"Ромашка\"\"", F::Ooo, "ТОРГОВЫЙ ДОМ РОМАШКА"),
            ("Вектор Плюс, ООО", F::Ooo, "ВЕКТОР ПЛЮС"),
            ("Вектор Плюс (ООО)", F::Ooo, "ВЕКТОР ПЛЮС"),
            ("Вектор Плюс ООО", F::Ooo, "ВЕКТОР ПЛЮС"),
            ("\"ООО Вектор\"", F::Ooo, "ВЕКТОР"),
            ("ООО Вектор ООО", F::Ooo, "ВЕКТОР"),
            ("ТД ООО Вектор", F::Ooo, "ТД ВЕКТОР"),
            ("ООО «Вектор» ЗАО", F::Ooo, "ВЕКТОР ЗАО"),
            ("Филиал ООО «Вектор» в г. Калуга", F::Ooo, "ФИЛИАЛ ВЕКТОР В Г КАЛУГА"),
            ("3АО Вектор", F::Zao, "ВЕКТОР"),
            ("Закрытое акционерное общество «Вектор»", F::Zao, "ВЕКТОР"),
            ("АО «Вектор»", F::Ao, "ВЕКТОР"),
            ("«Вектор» АО", F::Ao, "ВЕКТОР"),
            ("Вектор Плюс АО", F::Ao, "ВЕКТОР ПЛЮС"),
            ("Ромашкин Иван ИП", F::Ip, "РОМАШКИН ИВАН"),
            ("Ненецкий АО", F::None, "НЕНЕЦКИЙ АО"),
            ("Бюро ао", F::None, "БЮРО АО"),
            ("Вектор, АО", F::Ao, "ВЕКТОР"),
            // 1C keeps working names so.
            ("ВЕКТОРПРОМ АО", F::Ao, "ВЕКТОРПРОМ"),
            ("Администрация Ненецкого АО", F::None, "АДМИНИСТРАЦИЯ НЕНЕЦКОГО АО"),
            ("Ромашкин Иван Петрович ИП", F::Ip, "РОМАШКИН ИВАН ПЕТРОВИЧ"),
            ("Ромашкин И.П. ИП", F::Ip, "РОМАШКИН И П"),
            ("Центр поддержки ИП", F::None, "ЦЕНТР ПОДДЕРЖКИ ИП"),
            ("Бухгалтерия для ИП", F::None, "БУХГАЛТЕРИЯ ДЛЯ ИП"),
            ("ИП Ромашкин Иван Петрович", F::Ip, "РОМАШКИН ИВАН ПЕТРОВИЧ"),
            ("Ромашкин И. П. (ИП)", F::Ip, "РОМАШКИН И П"),
            ("И.П. Ромашкин", F::None, "И П РОМАШКИН"),
            ("И.П. Ромашкин Иван", F::Ip, "РОМАШКИН ИВАН"),
            ("ИП Глава КФХ Ромашкин И.П.", F::Gkfh, "РОМАШКИН И П"),
            ("Сервис ПК", F::None, "СЕРВИС ПК"),
            ("ПК «Маяк»", F::Pk, "МАЯК"),
            ("ИТ Сервис", F::None, "ИТ СЕРВИС"),
            ("ПО Маяк", F::None, "ПО МАЯК"),
            ("Союз-Сервис", F::None, "СОЮЗ СЕРВИС"),
            ("МП «Маяк»", F::Mup, "МАЯК"),
            ("Группа СТ", F::None, "ГРУППА СТ"),
            ("МБОУ СОШ № 12", F::Mbou, "12"),
            ("ФГУП Почта", F::Fgup, "ПОЧТА"),
            ("Vector Trade LLC", F::Llc, "VECTOR TRADE"),
            ("OOO Chayka Vector", F::Ooo, "CHAYKA VECTOR"),
            ("Vector Co., Ltd.", F::Ltd, "VECTOR"),
            ("Vector GmbH & Co. KG", F::Gmbh, "VECTOR"),
            ("Vector AG", F::Ag, "VECTOR"),
            ("ТОО «Вектор»", F::Too, "ВЕКТОР"),
            ("Ромашка", F::None, "РОМАШКА"),
            ("", F::None, ""),
            ("ООО", F::Ooo, ""),
        ] {
            assert_eq!(parse(raw), CompanyName { form, core: core.to_owned() }, "{raw}");
        }
    }

    #[test]
    fn helpers() {
        assert!(STOP_WORDS.is_sorted(), "the table is searched by halves");
        assert!(is_stop_word("ТД") && is_stop_word("ФИЛИАЛ") && !is_stop_word("РОМАШКА"));
        assert_eq!(numbers("АПТЕКА 05"), [5]);
        assert_eq!(numbers("ВАЗ2107 И 12А"), [2107, 12]);
        assert_eq!(numbers("ШКОЛА IV"), [4]);
        assert_eq!(numbers("РОМАШКА"), [0u64; 0]);
        assert!(is_branch("ФИЛИАЛ ВЕКТОР") && !is_branch("ВЕКТОР"));
    }
}
