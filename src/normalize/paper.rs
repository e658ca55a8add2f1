//! What a document is, its number without what systems put around it, and documents that a text names.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::{date, text};
use crate::model::{Book, Entity, Field};

/// Part that a document plays in the chain of a sale.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Paper {
    Deal,
    Order,
    Invoice,
    /// Waybill, УПД.
    Shipment,
    /// Act of services rendered.
    Act,
    TaxInvoice,
    Return,
    Correction,
    /// What the company buys: never the pair of a sale.
    Purchase,
    /// A list that does not say what its documents are.
    Unknown,
}

impl Paper {
    /// Moves goods or services to the buyer.
    pub fn ships(self) -> bool {
        matches!(self, Paper::Shipment | Paper::Act)
    }
}

/// Words of kinds in capitals without spaces and marks; the first that stands in a text decides.
/// Source: names of documents of БП 3.0, УТ 11, УНФ 3.0; operations of CommerceML 2.10.
const WORDS: &[(&str, Paper)] = &[
    ("ВОЗВРАТПОСТАВЩИКУ", Paper::Purchase),
    ("ВОЗВРАТТОВАРОВПОСТАВЩИКУ", Paper::Purchase),
    ("ВОЗВРАТ", Paper::Return),
    ("RETURN", Paper::Return),
    ("КОРРЕКТИРОВ", Paper::Correction),
    ("ФАКТУРАПОЛУЧ", Paper::Purchase),
    ("ФАКТУРЫПОЛУЧ", Paper::Purchase),
    ("ПОСТАВЩИК", Paper::Purchase),
    ("ПОСТУПЛЕНИЕ", Paper::Purchase),
    ("ПРИХОДНАЯНАКЛАДНАЯ", Paper::Purchase),
    ("ПРИХОДНЫЕНАКЛАДНЫЕ", Paper::Purchase),
    ("УПД", Paper::Shipment),
    ("СЧЕТФАКТУР", Paper::TaxInvoice),
    ("СЧЕТАФАКТУР", Paper::TaxInvoice),
    ("TAXINVOICE", Paper::TaxInvoice),
    ("РЕАЛИЗАЦИ", Paper::Shipment),
    ("НАКЛАДН", Paper::Shipment),
    ("ОТПУСКТОВАРА", Paper::Shipment),
    ("ОТГРУЗК", Paper::Shipment),
    ("SHIPMENT", Paper::Shipment),
    ("WAYBILL", Paper::Shipment),
    ("АКТВЫПОЛН", Paper::Act),
    ("АКТОБОКАЗ", Paper::Act),
    ("АКТОКАЗ", Paper::Act),
    ("СЧЕТ", Paper::Invoice),
    ("INVOICE", Paper::Invoice),
    ("ЗАКАЗ", Paper::Order),
    ("ORDER", Paper::Order),
];

fn of_words(words: &str) -> Option<Paper> {
    let folded: String = words.to_uppercase().replace('Ё', "Е").chars().filter(|c| c.is_alphanumeric()).collect();
    if matches!(folded.as_str(), "АКТ" | "АКТЫ" | "ACT") {
        return Some(Paper::Act);
    }
    WORDS.iter().find(|(word, _)| folded.contains(word)).map(|(_, paper)| *paper)
}

/// What each document of a book is: by the name that the format gives its rows, by the kind it states, by the names of
/// the sheet and the file. Deals are deals.
pub fn kinds(book: &Book) -> Vec<Paper> {
    if book.entity != Entity::Document {
        return vec![Paper::Deal; book.len()];
    }
    let mut last: Option<((u32, String), Paper)> = None;
    (0..book.len())
        .map(|at| {
            let place = book.raw.origin[at].0;
            let stated = book.text(Field::Kind, at);
            if let Some((key, paper)) = &last
                && key.0 == place
                && key.1 == stated
            {
                return *paper;
            }
            let paper = kind(book, at);
            last = Some(((place, stated.to_owned()), paper));
            paper
        })
        .collect()
}

fn kind(book: &Book, at: usize) -> Paper {
    let table = book.raw.table_kind(at);
    // A sub-kind stated by the record may turn a sale into a return of it.
    let stated = of_words(book.text(Field::Kind, at));
    match table.strip_prefix("Документ.").and_then(of_words) {
        Some(_) if stated == Some(Paper::Return) => return Paper::Return,
        Some(named) => return named,
        None => {}
    }
    if let Some(known) = stated.or_else(|| of_words(table)) {
        return known;
    }
    let place = &book.raw.places[book.raw.origin[at].0 as usize];
    let file = place.file.rsplit('/').next().unwrap_or("");
    place.sheet.as_deref().and_then(of_words).or_else(|| of_words(file)).unwrap_or(Paper::Unknown)
}

/// A number of a document: what tells it from others, and what its system puts in front.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number {
    /// Without prefix and leading zeros: `123` of `БП00-000123`.
    pub core: String,
    /// `БП00-`; empty where there is none.
    pub prefix: String,
}

/// `None` for an empty text and for one that says there is no number («б/н»).
///
/// Only what looks like a prefix of 1C is cut off (letters, a base of two letters and zeros before a padded number, a
/// year): `45/2` and `Д-45/2` are numbers as they stand.
pub fn number(raw: &str) -> Option<Number> {
    if text::means_none(raw) {
        return None;
    }
    let cleaned = text::clean(raw);
    let whole: String = cleaned
        .to_uppercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '№' | '#'))
        .map(|c| text::cyrillic_of(c).unwrap_or(c))
        .collect();
    if !whole.chars().any(char::is_alphanumeric) {
        return None;
    }
    let head = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    let run = &whole[head.len()..];
    if !run.is_empty() && is_prefix(head, run) {
        return Some(Number { core: unpadded(run).to_owned(), prefix: head.to_owned() });
    }
    Some(Number { core: unpadded(&whole).to_owned(), prefix: String::new() })
}

fn unpadded(digits: &str) -> &str {
    let rest = digits.trim_start_matches('0');
    match rest.chars().next() {
        Some(c) if c.is_alphanumeric() => rest,
        Some(_) => digits,
        None => "0",
    }
}

fn is_prefix(head: &str, run: &str) -> bool {
    let marks: &[char] = &['-', '/', '_', '.'];
    let inner = head.trim_end_matches(marks);
    let part = |part: &str| {
        let lettered = part.chars().any(char::is_alphabetic) && part.chars().count() <= 8;
        let year = part.len() == 4 && part.starts_with("20") && part.bytes().all(|b| b.is_ascii_digit());
        let base = run.len() >= 5 && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        part.chars().all(char::is_alphanumeric) && (lettered || year || base)
    };
    !inner.is_empty() && inner.split(marks).all(part)
}

/// A document that a text names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    pub to: Named,
    pub number: Number,
    pub date: Option<NaiveDate>,
}

/// What a text calls the document it names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    Paper(Paper),
    Contract,
    /// Just «№ 12 от 01.02.2026».
    Anything,
}

/// Number signs and numbers after the word: `№ 12/3`, `N12`, `12`; a date may follow.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        (?P<word> с/ф | сч[её]т[а-я]*[\s-]*фактур[а-я]* | сч\.?[\s-]*ф(?:акт)?\.? | сч[её]т[а-я]* (?:\s+на\s+оплату)? | сч\b\.?
          | заказ[а-я]* (?:\s+(?:клиента|покупателя))? | зак\. | договор[а-я]* | дог\b\.? | контракт[а-я]*
          | накладн[а-я]* | реализаци[а-я]* (?:\s*\([^)]*\))? | упд\b | акт[ауе]?\b | invoice | order )?
        \s* (?P<sign> № | \#  | \bN(?:o\.?)? )? \s*
        (?P<number> \b [а-яa-z]{0,4}[0-9]{0,4}-? [0-9][0-9а-яa-z/\\-]* )
        (?: \s* (?:от|from|dated) \s* (?P<date> [0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4} | [0-9]{1,2}\s+[а-я]+\s+[0-9]{4} ) )?",
    )
    .expect("a pattern that the tests compile")
});

/// What may stand between numbers of one list: «счета № 12, 13 и 14».
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^ \s*(?:,|;|\bи\b)\s* (?:№|\#)?\s* (?P<number>[а-яa-z]{0,4}[0-9]{0,4}-?[0-9][0-9а-яa-z/-]*)
        (?: \s*от\s*(?P<date>[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}) )? (?P<tail>\s*(?:%|руб|[.,][0-9]))?",
    )
    .expect("a pattern that the tests compile")
});

/// Numbers of more digits are accounts and codes.
const LONGEST_NUMBER: usize = 20;

/// Documents that a text of a payment or a basis names, in order: «по счету № 123 от 01.02.2026», «сч.123», «дог. 45/2».
pub fn references(text: &str) -> Vec<Reference> {
    let text = super::head(text);
    let mut found = Vec::new();
    // Where the list of the reference before ends: its numbers are not named once more.
    let mut listed = 0;
    for captures in REFERENCE.captures_iter(text) {
        let (word, sign) = (captures.name("word"), captures.name("sign"));
        let day = captures.name("date").and_then(|d| date::parse(d.as_str()).valid().copied());
        // A bare number is an amount, a code or a year.
        let to = match word {
            Some(word) => named(word.as_str()),
            None if sign.is_some() && day.is_some() => Named::Anything,
            None => continue,
        };
        let whole = captures.get(0).expect("the whole match");
        if whole.start() < listed {
            continue;
        }
        let raw = captures.name("number").expect("not optional");
        let digits = raw.as_str().bytes().filter(u8::is_ascii_digit).count();
        let before = text[..whole.start()].chars().next_back();
        // «р/сч 40702…», and a word inside another one.
        let inside =
            before.is_some_and(|c| c.is_alphanumeric() || c == '/') && !whole.as_str().starts_with(char::is_whitespace);
        if inside || raw.len() > LONGEST_NUMBER || digits > 11 {
            continue;
        }
        let after = &text[raw.end()..];
        if after.starts_with(['.', ',']) && after[1..].starts_with(|c: char| c.is_ascii_digit()) && day.is_none() {
            continue;
        }
        push(&mut found, to, raw.as_str(), day);
        let mut rest = &text[whole.end()..];
        while let Some(next) = NEXT.captures(rest) {
            if next.name("tail").is_some() {
                break;
            }
            let day = next.name("date").and_then(|d| date::parse(d.as_str()).valid().copied());
            push(&mut found, to, &next["number"], day);
            rest = &rest[next.get(0).expect("the whole match").end()..];
        }
        listed = text.len() - rest.len();
    }
    found
}

fn push(found: &mut Vec<Reference>, to: Named, raw: &str, date: Option<NaiveDate>) {
    if let Some(number) = number(raw) {
        found.push(Reference { to, number, date });
    }
}

fn named(word: &str) -> Named {
    let word = word.to_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| word.starts_with(p));
    if starts(&["дог", "контр"]) {
        Named::Contract
    } else if word.contains("факт")
        || starts(&["с/ф"])
        || (word.starts_with("сч") && word.ends_with(['ф', '.']) && word.contains('ф'))
    {
        Named::Paper(Paper::TaxInvoice)
    } else if starts(&["сч", "invoice"]) {
        Named::Paper(Paper::Invoice)
    } else if starts(&["зак", "order"]) {
        Named::Paper(Paper::Order)
    } else {
        Named::Paper(Paper::Shipment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_prefixes() {
        for (raw, core, prefix) in [
            ("БП00-000123", "123", "БП00-"),
            ("0000-000123", "123", "0000-"),
            ("000123", "123", ""),
            ("№ 123", "123", ""),
            ("СЧ-2026/15", "15", "СЧ-2026/"),
            ("ЦБ-7", "7", "ЦБ-"),
            ("45/2", "45/2", ""),
            ("045/2", "45/2", ""),
            ("Д-45/2", "Д-45/2", ""),
            ("12-3", "12-3", ""),
            ("123/1С", "123/1С", ""),
            ("00000", "0", ""),
        ] {
            let found = number(raw).unwrap();
            assert_eq!((found.core.as_str(), found.prefix.as_str()), (core, prefix), "{raw}");
        }
        assert_eq!(number("TД00-5"), number("ТД00-5"), "look-alike letters");
        assert_eq!(number(" - "), None);
    }

    #[test]
    fn documents_that_a_text_names() {
        let shown = |text: &str| -> Vec<String> {
            let one = |r: Reference| {
                let to = match r.to {
                    Named::Paper(paper) => format!("{paper:?}"),
                    other => format!("{other:?}"),
                };
                format!("{to} {}{}", r.number.core, r.date.map(|d| format!(" {d}")).unwrap_or_default())
            };
            references(text).into_iter().map(one).collect()
        };
        for (text, expected) in [
            ("Оплата по счету № 123 от 01.02.2026 за товар", &["Invoice 123 2026-02-01"][..]),
            (
                "Оплата по счёту на оплату №БП00-000123 от 5 марта 2026 г., в т.ч. НДС 20% 100.00",
                &["Invoice 123 2026-03-05"],
            ),
            ("опл. сч.123", &["Invoice 123"]),
            ("сч 123 дог. 45/2", &["Invoice 123", "Contract 45/2"]),
            (
                "Оплата по счетам № 12, 13 и 14 от 01.02.2026. НДС не облагается",
                &["Invoice 12", "Invoice 13", "Invoice 14 2026-02-01"],
            ),
            ("по счету 12, 15000.00 руб", &["Invoice 12"]),
            ("по счету-фактуре № 7 от 01.02.26", &["TaxInvoice 7 2026-02-01"]),
            ("Заказ клиента ТД00-000015 от 01.02.2026 12:00:00", &["Order 15 2026-02-01"]),
            ("Реализация (акт, накладная, УПД) 0000-000012 от 03.02.2026", &["Shipment 12 2026-02-03"]),
            ("Предоплата № 55 от 02.03.2026", &["Anything 55 2026-03-02"]),
            ("р/сч 40702810200000000001", &[]),
            ("Оплата за товар 15000.00", &[]),
            ("В том числе НДС 20% 2500.00", &[]),
            ("", &[]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn kinds_by_words() {
        for (words, expected) in [
            ("РеализацияТоваровУслуг", Some(Paper::Shipment)),
            ("СчетНаОплатуПокупателю", Some(Paper::Invoice)),
            ("СчетФактураВыданный", Some(Paper::TaxInvoice)),
            ("Счёт-фактура", Some(Paper::TaxInvoice)),
            ("ЗаказКлиента", Some(Paper::Order)),
            ("ЗаказПоставщику", Some(Paper::Purchase)),
            ("ПоступлениеТоваровУслуг", Some(Paper::Purchase)),
            ("ВозвратТоваровОтПокупателя", Some(Paper::Return)),
            ("АктВыполненныхРабот", Some(Paper::Act)),
            ("Отпуск товара", Some(Paper::Shipment)),
            ("crm.invoice", Some(Paper::Invoice)),
            ("Товары", None),
            ("контакты", None),
        ] {
            assert_eq!(of_words(words), expected, "{words}");
        }
    }
}
