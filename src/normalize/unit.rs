//! Units of measure.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::text;

/// A unit of ОКЕИ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Okei {
    /// Three digits.
    pub code: &'static str,
    /// National short name.
    pub short: &'static str,
    /// Other spellings.
    spellings: &'static [&'static str],
}

const fn okei(code: &'static str, short: &'static str, spellings: &'static [&'static str]) -> Okei {
    Okei { code, short, spellings }
}

/// Units that trade, services and building use. Source: ОК 015-94 (МК 002-97), Общероссийский классификатор единиц
/// измерения; spellings: lists of 1C and of CRMs.
const OKEI: &[Okei] = &[
    okei("003", "мм", &["ММ", "МИЛЛИМЕТР", "MM"]),
    okei("004", "см", &["СМ", "САНТИМЕТР", "CM"]),
    okei("006", "м", &["М", "МЕТР", "МЕТРОВ", "M"]),
    okei("008", "км", &["КМ", "КИЛОМЕТР", "KM"]),
    okei("018", "пог. м", &["ПОГ М", "П М", "М П", "ПОГОННЫЙ МЕТР", "ПОГ МЕТР", "МП", "ПМ"]),
    okei("055", "м2", &["М2", "КВ М", "КВАДРАТНЫЙ МЕТР", "КВ МЕТР", "М КВ", "M2"]),
    okei("059", "га", &["ГА", "ГЕКТАР"]),
    okei("110", "мм3", &["ММ3"]),
    okei("111", "мл", &["МЛ", "МИЛЛИЛИТР", "СМ3", "ML"]),
    okei("112", "л", &["Л", "ЛИТР", "ЛИТРОВ", "ДМ3", "L"]),
    okei("113", "м3", &["М3", "КУБ М", "КУБИЧЕСКИЙ МЕТР", "М КУБ", "КУБ", "M3"]),
    okei("161", "мг", &["МГ", "МИЛЛИГРАММ", "MG"]),
    okei("163", "г", &["Г", "ГР", "ГРАММ", "G"]),
    okei("166", "кг", &["КГ", "КИЛОГРАММ", "KG"]),
    okei("168", "т", &["Т", "ТН", "ТОННА", "ТОНН"]),
    okei("206", "ц", &["Ц", "ЦЕНТНЕР"]),
    okei("214", "кВт", &["КВТ", "КИЛОВАТТ"]),
    okei("245", "кВт.ч", &["КВТ Ч", "КИЛОВАТТ ЧАС", "КВТЧ"]),
    okei("354", "с", &["СЕК", "СЕКУНДА"]),
    okei("355", "мин", &["МИН", "МИНУТА"]),
    okei("356", "ч", &["Ч", "ЧАС", "ЧАСОВ"]),
    okei("359", "сут", &["СУТ", "СУТКИ", "ДЕНЬ", "ДН"]),
    okei("360", "нед", &["НЕД", "НЕДЕЛЯ"]),
    okei("362", "мес", &["МЕС", "МЕСЯЦ"]),
    okei("366", "год", &["ГОД", "Г ОД"]),
    okei("383", "руб", &["РУБ", "РУБЛЬ"]),
    okei("539", "чел.ч", &["ЧЕЛ Ч", "ЧЕЛОВЕКО ЧАС"]),
    okei("540", "чел.дн", &["ЧЕЛ ДН", "ЧЕЛОВЕКО ДЕНЬ"]),
    okei("616", "боб", &["БОБ", "БОБИНА"]),
    okei("625", "лист", &["ЛИСТ", "Л ЛИСТ", "ЛИСТОВ"]),
    okei("642", "ед", &["ЕД", "ЕДИНИЦА", "ЕДИНИЦ"]),
    okei("698", "место", &["МЕСТО", "МЕСТ"]),
    okei("704", "набор", &["НАБ", "НАБОР"]),
    okei("715", "пар", &["ПАР", "ПАРА"]),
    okei("728", "пач", &["ПАЧ", "ПАЧКА"]),
    okei("736", "рул", &["РУЛ", "РУЛОН"]),
    okei("744", "%", &["ПРОЦЕНТ", "ПРОЦ"]),
    okei("778", "упак", &["УПАК", "УП", "УПАКОВКА", "УПК"]),
    okei("783", "доз", &["ДОЗ", "ДОЗА"]),
    okei("792", "чел", &["ЧЕЛ", "ЧЕЛОВЕК"]),
    okei("796", "шт", &["ШТ", "ШТУКА", "ШТУК", "PCE", "PCS", "PC"]),
    okei("798", "тыс. шт", &["ТЫС ШТ", "ТЫСЯЧА ШТУК", "ТШТ"]),
    okei("812", "ящ", &["ЯЩ", "ЯЩИК"]),
    okei("839", "компл", &["КОМПЛ", "КОМПЛЕКТ", "КМП", "К Т", "КТ"]),
    okei("868", "бут", &["БУТ", "БУТЫЛКА"]),
    okei("872", "флак", &["ФЛАК", "ФЛАКОН", "ФЛ"]),
    okei("876", "усл. ед", &["УСЛ ЕД", "УСЛОВНАЯ ЕДИНИЦА", "УСЛ", "УСЛУГА", "УСЛУГ"]),
    okei("889", "усл. рул", &["УСЛ РУЛ"]),
    okei("908", "номер", &["НОМЕР"]),
    okei("909", "кварт", &["КВАРТИРА"]),
];

/// Reads a unit: its code of ОКЕИ (`796`, also without leading zeros), its short or full name in any spelling known.
pub fn parse(raw: &str) -> Option<&'static Okei> {
    let trimmed = text::clean(raw).trim().to_owned();
    if !trimmed.is_empty() && trimmed.len() <= 4 && trimmed.bytes().all(|b| b.is_ascii_digit()) {
        let code = format!("{:0>3}", trimmed.trim_start_matches('0'));
        return OKEI.iter().find(|unit| unit.code == code);
    }
    if trimmed == "%" {
        return OKEI.iter().find(|unit| unit.short == "%");
    }
    let folded = text::fold(&trimmed.replace('²', "2").replace('³', "3"));
    if folded.is_empty() {
        return None;
    }
    spellings().get(folded.as_str()).copied()
}

/// Every spelling, folded as texts are.
fn spellings() -> &'static HashMap<String, &'static Okei> {
    static SPELLINGS: OnceLock<HashMap<String, &'static Okei>> = OnceLock::new();
    SPELLINGS.get_or_init(|| {
        let of = |unit: &'static Okei| unit.spellings.iter().chain([&unit.short]).map(move |s| (text::fold(s), unit));
        OKEI.iter().flat_map(of).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (raw, code) in [
            ("шт", Some("796")),
            ("Шт.", Some("796")),
            ("796", Some("796")),
            ("6", Some("006")),
            ("кв.м", Some("055")),
            ("м²", Some("055")),
            ("куб. м", Some("113")),
            ("упак", Some("778")),
            ("PCE", Some("796")),
            ("попугаи", None),
            ("", None),
            ("000", None),
        ] {
            assert_eq!(parse(raw).map(|u| u.code), code, "{raw}");
        }
    }

    #[test]
    fn spellings_name_one_unit() {
        let mut seen = std::collections::BTreeMap::new();
        for unit in OKEI {
            for spelling in unit.spellings.iter().chain([&unit.short]) {
                let other = seen.insert(text::fold(spelling), unit.code);
                assert!(other.is_none_or(|code| code == unit.code), "{spelling}");
            }
        }
    }
}
