//! What a record says of itself: by its kind field, its name, its requisite preset. The INN is judged against it.

use crate::model::{Field, Lang, Parties};
use crate::normalize::company::LegalForm;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stated {
    Company,
    SoleTrader,
    Person,
    Foreign,
}

impl Stated {
    /// An INN of 12 digits fits; of a non-resident neither length is expected.
    pub fn has_person_inn(self) -> Option<bool> {
        match self {
            Stated::Company => Some(false),
            Stated::SoleTrader | Stated::Person => Some(true),
            Stated::Foreign => None,
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Stated::Company => ("организация", "an organisation"),
            Stated::SoleTrader => ("ИП", "a sole trader"),
            Stated::Person => ("физлицо", "a person"),
            Stated::Foreign => ("нерезидент", "a non-resident"),
        };
        lang.pick(ru, en)
    }
}

/// Reads the words of 1C (`ЮридическоеЛицо`, «ИП», `ЮрЛицоНеРезидент`), of Bitrix24 presets («Организация»,
/// `#CRM_REQUISITE_PRESET_DEF_RU_INDIVIDUAL#`: vendor, crm.requisite.preset) and of plain lists.
pub fn by_words(text: &str) -> Option<Stated> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let word = |w: &str| text.split(|c: char| !c.is_alphanumeric()).any(|t| t == w);
    if has(&["нерезидент", "иностран", "foreign"]) {
        Some(Stated::Foreign)
    } else if has(&["индивидуал", "предпринимат", "ru_individual", "sole trader"]) || word("ип") {
        Some(Stated::SoleTrader)
    } else if has(&["физ", "частное лицо", "частный клиент", "самозан", "ru_person"]) || word("person") {
        Some(Stated::Person)
    } else if has(&["юр", "организац", "обособлен", "филиал", "государствен", "ru_company"]) || word("legal") {
        Some(Stated::Company)
    } else {
        None
    }
}

/// By the field of kind.
pub fn by_kind(parties: &Parties, at: usize) -> Option<Stated> {
    by_words(parties.raw.get(Field::Kind, at))
}

/// By the legal form in the name; without one, a name of three parts with a full patronymic is a person.
pub fn by_name(parties: &Parties, at: usize) -> Option<Stated> {
    match parties.form[at] {
        LegalForm::None => {
            let full = |text: &str| text.chars().count() > 1;
            let person = [&parties.surname, &parties.given, &parties.patronymic].iter().all(|c| full(c.get(at)));
            person.then_some(Stated::Person)
        }
        form if form.is_sole_trader() => Some(Stated::SoleTrader),
        _ => Some(Stated::Company),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_kinds() {
        for (text, expected) in [
            ("ЮридическоеЛицо", Some(Stated::Company)),
            ("Юр. лицо", Some(Stated::Company)),
            ("Организация", Some(Stated::Company)),
            ("ИП", Some(Stated::SoleTrader)),
            ("Индивидуальный предприниматель", Some(Stated::SoleTrader)),
            ("ФизическоеЛицо", Some(Stated::Person)),
            ("Физ. лицо", Some(Stated::Person)),
            ("ЮрЛицоНеРезидент", Some(Stated::Foreign)),
            ("#CRM_REQUISITE_PRESET_DEF_RU_PERSON#", Some(Stated::Person)),
            ("Клиент", None),
            ("Типовой", None),
            ("", None),
        ] {
            assert_eq!(by_words(text), expected, "{text}");
        }
    }
}
