//! Currencies as 1C and the CRMs write them.

use super::text;

/// Codes of ОК (МК (ИСО 4217) 003-97) 014-2000, letters and digits, with what people and 1C write instead.
const CURRENCIES: &[(&str, &str, &[&str])] = &[
    ("RUB", "643", &["RUR", "810", "РУБ", "РУБ.", "РУБЛЬ", "РУБЛИ", "РОССИЙСКИЙ РУБЛЬ", "₽", "Р", "Р."]),
    ("USD", "840", &["$", "ДОЛЛ", "ДОЛЛАР", "ДОЛЛАР США", "ДОЛЛАРЫ"]),
    ("EUR", "978", &["€", "ЕВРО"]),
    ("CNY", "156", &["ЮАНЬ", "ЮАНИ", "¥"]),
    ("KZT", "398", &["ТЕНГЕ", "ТГ"]),
    ("BYN", "933", &["BYR", "БЕЛ. РУБ.", "БЕЛОРУССКИЙ РУБЛЬ"]),
    ("UZS", "860", &["СУМ"]),
    ("AMD", "051", &["ДРАМ"]),
    ("KGS", "417", &["СОМ"]),
    ("AZN", "944", &[]),
    ("GEL", "981", &[]),
    ("TRY", "949", &["ЛИРА"]),
    ("AED", "784", &["ДИРХАМ"]),
    ("GBP", "826", &["£"]),
    ("CHF", "756", &[]),
    ("JPY", "392", &[]),
    ("UAH", "980", &[]),
];

/// The letter code of a currency; `None` when the text is empty or names none that is known (an id of a dictionary).
pub fn parse(raw: &str) -> Option<&'static str> {
    let upper = text::clean(raw).trim().to_uppercase();
    let names = |(code, number, others): &&(&'static str, &str, &[&str])| {
        *code == upper || *number == upper || others.contains(&upper.as_str())
    };
    CURRENCIES.iter().find(names).map(|(code, ..)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies() {
        for (raw, expected) in [
            ("RUB", Some("RUB")),
            ("643", Some("RUB")),
            ("руб.", Some("RUB")),
            ("rur", Some("RUB")),
            ("usd", Some("USD")),
            ("тугрик", None),
            ("", None),
        ] {
            assert_eq!(parse(raw), expected, "{raw}");
        }
    }
}
