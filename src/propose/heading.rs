//! Headings that are no known alias and still say what stands below.

use crate::map::aliases;
use crate::model::{Entity, Field};

/// A heading this like an alias is a slip of the pen («Телефн», «Наименовние»).
const SIMILAR: f64 = 0.82;

/// A word of a heading, folded, and the field it names. The first that is found decides. A column of names, codes and
/// dates is never guessed by a word: «Наименование банка» names no counterparty.
const WORDS: &[(&str, Field)] = &[
    ("инн", Field::Inn),
    ("inn", Field::Inn),
    ("кпп", Field::Kpp),
    ("kpp", Field::Kpp),
    ("огрн", Field::Ogrn),
    ("огрнип", Field::Ogrn),
    ("ogrn", Field::Ogrn),
    ("снилс", Field::Snils),
    ("snils", Field::Snils),
    ("e-mail", Field::Email),
    ("email", Field::Email),
    ("mail", Field::Email),
    ("емейл", Field::Email),
    ("имейл", Field::Email),
    ("почта", Field::Email),
    ("телефон", Field::Phone),
    ("телефоны", Field::Phone),
    ("тел", Field::Phone),
    ("тел.", Field::Phone),
    ("phone", Field::Phone),
    ("моб", Field::Phone),
    ("моб.", Field::Phone),
    ("мобильный", Field::Phone),
    ("сотовый", Field::Phone),
    ("бик", Field::Bik),
    ("р/с", Field::BankAccount),
    ("сайт", Field::Website),
    ("website", Field::Website),
];

/// The field a heading seems to mean, `None` when it is a known alias (that is for the mapping) or says nothing.
pub fn field_of(heading: &str, entity: Entity) -> Option<Field> {
    if heading.is_empty() || aliases::field_of(heading, entity).is_some() {
        return None;
    }
    let folded = aliases::fold(heading);
    let words: Vec<&str> = folded.split([' ', '(', ')', ',', '/', '_', ':']).filter(|w| !w.is_empty()).collect();
    // A fax is nobody's phone.
    if words.iter().any(|word| matches!(*word, "факс" | "fax" | "пейджер" | "pager")) {
        return None;
    }
    let by_word = WORDS.iter().find(|(word, _)| words.contains(word) || (word.contains('/') && folded.contains(word)));
    let field = match by_word {
        // «Пол» of «Пола» and other short words are like anything: only a long heading may be a slip.
        None if folded.chars().count() >= 5 => {
            aliases::nearest(heading, entity).filter(|(_, score)| *score >= SIMILAR).map(|(field, _)| field)
        }
        found => found.map(|(_, field)| *field),
    };
    // «Тип плательщика» is one letter away from «КПП плательщика», and nothing like it: numbers have words of their own.
    let numbers = [Field::Inn, Field::Kpp, Field::Ogrn, Field::Bik, Field::PartyInn, Field::PartyKpp, Field::TaxId];
    field.filter(|field| field.entities().contains(&entity) && (by_word.is_some() || !numbers.contains(field)))
}

/// Headings of lists that are not of parties: goods, deals, documents, stock.
const OTHER: &[&str] = &[
    "артикул",
    "штрихкод",
    "номенклатура",
    "цена",
    "price",
    "количество",
    "кол-во",
    "остаток",
    "склад",
    "единица",
    "ед. изм.",
    "ед.",
    "сумма",
    "бюджет",
    "стадия",
    "стадия сделки",
    "этап сделки",
    "этап",
    "бюджет сделки",
    "номер заказа",
    "сумма заказа",
    "дата заказа",
    "статус заказа",
    "название лида",
    "lead title",
    "lead stage",
    "deal name",
    "deal stage",
    "pipeline",
    "воронка",
    "название сделки",
    "stage_id",
    "status_id",
    "opportunity",
    "номер документа",
    "дебет",
    "кредит",
    "сальдо",
    "товар",
];

/// Whether a heading belongs to a list of something other than parties.
pub fn is_of_other_list(heading: &str) -> bool {
    let folded = aliases::fold(heading);
    OTHER.contains(&folded.as_str()) || folded.rsplit(" / ").next().is_some_and(|last| OTHER.contains(&last))
}

/// «Вид контрагента», «ГруппаКонтрагента»: only a list of counterparties has such a column.
pub fn is_kind_of_party(heading: &str) -> bool {
    let folded = aliases::fold(heading);
    folded.contains("контрагента") && ["вид", "группа", "тип", "код"].iter().any(|word| folded.starts_with(word))
}

/// Whether a heading names the stage of a deal.
pub fn is_stage(heading: &str) -> bool {
    matches!(
        aliases::fold(heading).as_str(),
        "стадия" | "стадия сделки" | "этап сделки" | "этап" | "stage_id" | "stage" | "статус сделки"
    )
}

/// Points for the CRM (positive) or for 1C (negative) that a heading gives.
pub fn side_points(heading: &str) -> i32 {
    let lower = heading.to_lowercase();
    if lower.starts_with("реквизит") && lower.contains(": ") {
        return 6;
    }
    match aliases::fold(heading).as_str() {
        "название компании"
        | "рабочий e-mail"
        | "частный e-mail"
        | "рабочий телефон"
        | "мобильный телефон"
        | "тип компании"
        | "тип контакта"
        | "компания продавец"
        | "корпоративный сайт"
        | "обращение"
        | "источник"
        | "этап сделки"
        | "теги"
        | "воронка"
        | "рабочий email"
        | "полное имя" => 2,
        "ответственный" | "компания" | "id" | "title" => 1,
        "наименование"
        | "полное наименование"
        | "вид контрагента"
        | "юр. / физ. лицо"
        | "юридическое/физическое лицо"
        | "родитель"
        | "входит в группу"
        | "пометка удаления"
        | "головной контрагент"
        | "ссылка"
        | "контрагент"
        | "договор"
        | "основной договор" => -2,
        "код" | "код по окпо" | "окпо" | "кпп" => -1,
        _ => 0,
    }
}

/// Points of a folder that is called after a system: more than all headings of a file together.
const BY_FOLDER: i32 = 20;

/// Points that a path gives, by its words.
pub fn path_points(path: &str) -> i32 {
    const CRM: &[&str] = &[
        "crm",
        "срм",
        "bitrix",
        "bitrix24",
        "b24",
        "битрикс",
        "битрикс24",
        "б24",
        "amo",
        "amocrm",
        "амо",
        "retailcrm",
        "hubspot",
        "leads",
        "deals",
    ];
    const ONEC: &[&str] = &[
        "1c",
        "1с",
        "onec",
        "odata",
        "бух",
        "бухгалтерия",
        "buh",
        "ут",
        "унф",
        "erp",
        "ка",
        "бп",
        "зуп",
        "commerceml",
        "тис",
    ];
    let lower = path.to_lowercase();
    let folder = lower.rsplit_once('/').map_or("", |(folder, _)| folder);
    // A folder that is called after a system was made by a person to hold its exports.
    let folders = |names: &[&str]| folder.split('/').any(|folder| names.contains(&folder));
    match (folders(CRM), folders(ONEC)) {
        (true, false) => return BY_FOLDER,
        (false, true) => return -BY_FOLDER,
        _ => {}
    }
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let has = |names: &[&str]| {
        words.iter().any(|w| names.contains(w) || names.iter().any(|n| n.chars().count() >= 4 && w.starts_with(n)))
    };
    4 * (i32::from(has(CRM)) - i32::from(has(ONEC)))
}

/// Points for companies (positive) or for people (negative) that a path gives.
pub fn entity_points(path: &str) -> i32 {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    2 * i32::from(has(&[
        "compan",
        "компани",
        "контрагент",
        "counterpart",
        "organi",
        "организац",
        "юрлиц",
        "partner",
        "suppl",
    ])) - 2 * i32::from(has(&["contact", "контакт", "person", "физлиц", "физическ", "сотрудник", "people", "фио"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_headings_are_understood_or_left_alone() {
        let check = |heading: &str, entity: Entity, expected: Option<Field>| {
            assert_eq!(field_of(heading, entity), expected, "{heading}");
        };
        use Entity::{Contact, Counterparty};
        check("ИНН покупателя", Counterparty, Some(Field::Inn));
        check("Телефон (доп.)", Counterparty, Some(Field::Phone));
        check("Телефн", Counterparty, Some(Field::Phone));
        check("Наименовние", Counterparty, Some(Field::Name));
        check("Электронная почта бухгалтера", Contact, Some(Field::Email));
        check("КПП плательщика", Contact, None);
        check("Тип плательщика", Entity::Deal, None);
        check("Тип плательщика", Entity::Payment, None);
        check("Наименование банка", Counterparty, None);
        check("Почтовый индекс", Counterparty, None);
        check("PHONE_FAX", Contact, None);
        check("ИНН", Counterparty, None); // an alias already
        check("", Counterparty, None);
    }

    #[test]
    fn paths_and_headings_point_to_a_side() {
        for (path, sign) in
            [("crm/companies.csv", 1), ("1С/контрагенты.xlsx", -1), ("out/b24_export.csv", 1), ("a/list.csv", 0)]
        {
            assert_eq!(path_points(path).signum(), sign, "{path}");
        }
        assert!(side_points("Реквизит: ИНН") > 0 && side_points("Вид контрагента") < 0);
        assert_eq!(side_points("Город"), 0);
        assert!(entity_points("x/contacts.csv") < 0 && entity_points("Контрагенты.xlsx") > 0);
    }
}
