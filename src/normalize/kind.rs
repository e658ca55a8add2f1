//! What a party is.

use std::cell::RefCell;

use super::company::LegalForm;
use super::person::Trust;
use super::text;
use crate::model::{Entity, Inn, Ogrn, PartyKind};

/// Everything that speaks of the kind of a party.
#[derive(Debug)]
pub struct Signs<'a> {
    pub entity: Entity,
    /// Text of the field `kind`.
    pub text: &'a str,
    /// Text of the field `requisite_preset`.
    pub preset: &'a str,
    pub country: &'a str,
    pub inn: Option<Inn>,
    /// Digits of an unusable INN, 0 for none.
    pub inn_broken: u64,
    pub has_kpp: bool,
    pub ogrn: Option<Ogrn>,
    pub has_tax_id: bool,
    pub form: LegalForm,
    pub is_person_name: bool,
}

/// Decides by the strongest sign: a valid INN, OGRN, legal form, the system's own field, the shape of the name.
///
/// A 12-digit INN is a sole trader where the form, the OGRNIP or the field says so, else a person.
pub fn of(signs: &Signs) -> PartyKind {
    let said = from_text(signs.text).or_else(|| from_text(signs.preset));
    let trader =
        signs.form.is_person() || signs.ogrn.is_some_and(Ogrn::is_sole_trader) || said == Some(PartyKind::SoleTrader);
    if let Some(inn) = signs.inn {
        return match inn.is_person() {
            true if trader => PartyKind::SoleTrader,
            true => PartyKind::Person,
            // A foreign firm on the Russian tax roll has an INN of 10 digits that begins with 9909.
            false if said == Some(PartyKind::Foreign) || signs.form.is_foreign() => PartyKind::Foreign,
            false => PartyKind::Legal,
        };
    }
    if let Some(ogrn) = signs.ogrn {
        return if ogrn.is_sole_trader() { PartyKind::SoleTrader } else { PartyKind::Legal };
    }
    // A ТОО with eleven or twelve digits for an INN: a firm of Kazakhstan and its BIN, perhaps without its zero.
    let bin = signs.form == LegalForm::Too && matches!(signs.inn_broken, 10_000_000_000..=999_999_999_999);
    if said == Some(PartyKind::Foreign) || signs.form.is_foreign() || is_abroad(signs.country) || bin {
        return PartyKind::Foreign;
    }
    if signs.form.is_person() {
        return PartyKind::SoleTrader;
    }
    if !signs.form.is_none() || signs.has_kpp {
        return PartyKind::Legal;
    }
    if let Some(said) = said {
        return said;
    }
    if signs.entity == Entity::Contact {
        return PartyKind::Person;
    }
    // Broken control digits do not change the length.
    match signs.inn_broken {
        100_000_000_000..=999_999_999_999 => return PartyKind::Person,
        1_000_000_000..=9_999_999_999 if !signs.is_person_name => return PartyKind::Legal,
        _ => {}
    }
    if signs.is_person_name {
        PartyKind::Person
    } else if signs.has_tax_id {
        PartyKind::Foreign
    } else {
        PartyKind::Unknown
    }
}

/// Kind as systems call it: «Юридическое лицо», «ФизЛицо», `ЮрЛицоНеРезидент`, «Индивидуальный предприниматель»,
/// presets of Bitrix24 («Организация», «ИП», «Физ. лицо»). `None` for other texts («Клиент», «Поставщик»).
pub fn from_text(raw: &str) -> Option<PartyKind> {
    if raw.trim().is_empty() || raw.len() > 128 {
        return None;
    }
    READ.with_borrow_mut(|read| {
        if let Some(known) = read.iter().find(|known| known.0 == raw) {
            return known.1;
        }
        let kind = kind_of(&text::fold(raw));
        if read.len() < MOST_READ {
            read.push((raw.to_owned(), kind));
        }
        kind
    })
}

/// Texts of kinds that a thread has read: a million records have a handful of them.
const MOST_READ: usize = 32;
thread_local! {
    static READ: RefCell<Vec<(String, Option<PartyKind>)>> = const { RefCell::new(Vec::new()) };
}

fn kind_of(folded: &str) -> Option<PartyKind> {
    let has = |part: &str| folded.contains(part);
    if has("НЕРЕЗИДЕНТ") || has("НЕ РЕЗИДЕНТ") || has("ИНОСТРАНН") {
        return Some(PartyKind::Foreign);
    }
    if has("ИНДИВИДУАЛЬНЫЙ") || has("ИНДИВИДУАЛЬНЫЕ") || has("ПРЕДПРИНИМАТЕЛ") || folded.split(' ').any(|w| w == "ИП")
    {
        return Some(PartyKind::SoleTrader);
    }
    if has("ЮРИДИЧЕСК")
        || has("ЮРЛИЦ")
        || has("ЮР ЛИЦ")
        || has("ОРГАНИЗАЦИ")
        || has("ОБОСОБЛЕНН")
        || has("ГОСУДАРСТВЕНН")
    {
        return Some(PartyKind::Legal);
    }
    if has("ФИЗИЧЕСК") || has("ФИЗЛИЦ") || has("ФИЗ ЛИЦ") || has("ЧАСТНОЕ ЛИЦО") || has("САМОЗАНЯТ")
    {
        return Some(PartyKind::Person);
    }
    match folded {
        "LEGAL" | "LEGAL ENTITY" | "ORGANIZATION" | "ORGANISATION" | "ЮЛ" => Some(PartyKind::Legal),
        "INDIVIDUAL" | "PERSON" | "NATURAL PERSON" | "ФЛ" => Some(PartyKind::Person),
        // RetailCRM spells it so.
        "SOLE TRADER" | "ENTREPRENEUR" | "ENTERPRENEUR" | "SOLE PROPRIETOR" => Some(PartyKind::SoleTrader),
        "FOREIGN" | "NON RESIDENT" | "NONRESIDENT" => Some(PartyKind::Foreign),
        _ => None,
    }
}

/// A country is named and it is not Russia.
fn is_abroad(country: &str) -> bool {
    let country = country.trim();
    if text::means_none(country) || country.len() > 128 {
        return false;
    }
    !is_russia(&text::fold(country))
}

/// Russia by name or code (643, RU). `folded`: folded text.
pub fn is_russia(folded: &str) -> bool {
    matches!(
        folded,
        "РОССИЯ"
            | "РФ"
            | "РОССИЙСКАЯ ФЕДЕРАЦИЯ"
            | "RU"
            | "RUS"
            | "RUSSIA"
            | "RUSSIAN FEDERATION"
            | "643"
            | "1"
    )
}

/// How readily the name of a record may be read as the name of a person.
pub fn trust_in_person(entity: Entity, kind: &str, inn: Option<Inn>, form: LegalForm) -> Trust {
    if form.is_person() {
        return Trust::Sure;
    }
    if !form.is_none() || inn.is_some_and(|i| !i.is_person()) {
        return Trust::Never;
    }
    if inn.is_some_and(Inn::is_person) || entity == Entity::Contact {
        return Trust::Sure;
    }
    match from_text(kind) {
        Some(PartyKind::Person | PartyKind::SoleTrader) => Trust::Sure,
        // A kind field is often left at its default: a plain «Иванов Иван Иванович» is a person all the same.
        _ => Trust::ByShape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (raw, expected) in [
            ("Юридическое лицо", Some(PartyKind::Legal)),
            ("ЮрЛицо", Some(PartyKind::Legal)),
            ("Организация", Some(PartyKind::Legal)),
            ("ФизЛицо", Some(PartyKind::Person)),
            ("Физ. лицо", Some(PartyKind::Person)),
            ("Физическое лицо", Some(PartyKind::Person)),
            ("ИндивидуальныйПредприниматель", Some(PartyKind::SoleTrader)),
            ("ИП", Some(PartyKind::SoleTrader)),
            ("ЮрЛицоНеРезидент", Some(PartyKind::Foreign)),
            ("Юридическое лицо - нерезидент", Some(PartyKind::Foreign)),
            ("legal-entity", Some(PartyKind::Legal)),
            ("enterpreneur", Some(PartyKind::SoleTrader)),
            ("individual", Some(PartyKind::Person)),
            ("Клиент", None),
            ("", None),
        ] {
            assert_eq!(from_text(raw), expected, "{raw}");
        }
    }

    fn signs() -> Signs<'static> {
        Signs {
            entity: Entity::Counterparty,
            text: "",
            preset: "",
            country: "",
            inn: None,
            inn_broken: 0,
            has_kpp: false,
            ogrn: None,
            has_tax_id: false,
            form: LegalForm::None,
            is_person_name: false,
        }
    }

    #[test]
    fn strongest_sign_wins() {
        let firm = Inn::parse("7799001873").ok();
        let person = Inn::parse("779900111176").ok();
        for (given, expected) in [
            (Signs { inn: firm, text: "ФизЛицо", ..signs() }, PartyKind::Legal),
            (Signs { inn: person, ..signs() }, PartyKind::Person),
            (Signs { inn: person, form: LegalForm::Ip, ..signs() }, PartyKind::SoleTrader),
            (Signs { inn: person, text: "ИП", ..signs() }, PartyKind::SoleTrader),
            (Signs { form: LegalForm::Ooo, ..signs() }, PartyKind::Legal),
            (Signs { form: LegalForm::Gmbh, ..signs() }, PartyKind::Foreign),
            (Signs { country: "Беларусь", ..signs() }, PartyKind::Foreign),
            (Signs { form: LegalForm::Too, inn_broken: 50_140_001_234, ..signs() }, PartyKind::Foreign),
            (Signs { form: LegalForm::Too, ..signs() }, PartyKind::Legal),
            (Signs { country: "РОССИЯ", ..signs() }, PartyKind::Unknown),
            (Signs { is_person_name: true, ..signs() }, PartyKind::Person),
            (Signs { inn_broken: 7_799_001_874, ..signs() }, PartyKind::Legal),
            (Signs { entity: Entity::Contact, ..signs() }, PartyKind::Person),
            (signs(), PartyKind::Unknown),
        ] {
            assert_eq!(of(&given), expected, "{given:?}");
        }
    }
}
