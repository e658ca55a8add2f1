//! `snap-column-missing`: a field that checks and matching rely on is absent or empty throughout.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Location, PartyKind, Place, Side};

pub struct ColumnMissing;

static META: Meta = Meta {
    id: "snap-column-missing",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Нет обязательной колонки",
        finds: "Поле, без которого сопоставление и проверки не работают: колонки нет в выгрузке или она пуста у всех \
                записей.",
        why: "Проверки по этому полю не выполняются, а записи двух систем сопоставляются только по названию, то есть \
              ненадёжно.",
        causes: "Колонка не выбрана при выгрузке; реквизиты хранятся отдельно и не выгружены (в Битрикс24 ИНН и КПП \
                 лежат в реквизитах, а не в карточке компании); заголовок не распознан.",
        remedy: "Добавьте колонку в выгрузку или укажите её заголовок в разделе [source.columns] файла sverka.toml.",
        example: "В companies.csv 1 200 компаний и ни одной колонки с ИНН.",
        source: "Битрикс24 REST, crm.requisite.list: ИНН и КПП лежат в реквизитах; практика: без каких полей \
                 сопоставление ненадёжно",
    },
    en: Card {
        title: "A required column is missing",
        finds: "A field without which matching and checks cannot work: the export has no such column, or it is empty \
                in every record.",
        why: "Checks of this field do not run, and records of the two systems are matched by name alone, which is \
              unreliable.",
        causes: "The column was not chosen for export; requisites are kept apart and were not exported (Bitrix24 \
                 keeps INN and KPP in requisites, not in the company); the heading was not recognised.",
        remedy: "Add the column to the export, or name its heading under [source.columns] in sverka.toml.",
        example: "companies.csv holds 1,200 companies and no column with the INN.",
        source: "Bitrix24 REST, crm.requisite.list: INN and KPP are in requisites; practice: fields without which \
                 matching is unreliable",
    },
};

/// What an entity must have. One field of `any` is enough.
struct Requirement {
    entity: Entity,
    any: &'static [Field],
    /// Only organisations have it.
    firms_only: bool,
    /// What does not work without it.
    ru: &'static str,
    en: &'static str,
}

const REQUIRED: [Requirement; 6] = [
    Requirement {
        entity: Entity::Counterparty,
        any: &[Field::Name, Field::FullName, Field::LastName],
        firms_only: false,
        ru: "сопоставление и проверки названий",
        en: "matching and the checks of names",
    },
    Requirement {
        entity: Entity::Counterparty,
        any: &[Field::Inn],
        firms_only: true,
        ru: "сопоставление по ИНН и проверки cp-inn-*, cp-dup-*",
        en: "matching by INN and the checks cp-inn-*, cp-dup-*",
    },
    Requirement {
        entity: Entity::Counterparty,
        any: &[Field::Kpp],
        firms_only: true,
        ru: "различение филиалов и проверки cp-kpp-*, cp-branch-*",
        en: "telling branches apart and the checks cp-kpp-*, cp-branch-*",
    },
    Requirement {
        entity: Entity::Counterparty,
        any: &[Field::Phone, Field::Email],
        firms_only: false,
        ru: "сопоставление по контактам и проверки ct-phone-*, ct-email-*",
        en: "matching by contacts and the checks ct-phone-*, ct-email-*",
    },
    Requirement {
        entity: Entity::Contact,
        any: &[Field::LastName, Field::FirstName, Field::Name],
        firms_only: false,
        ru: "сопоставление людей и проверки ct-fio-*, ct-dup-*",
        en: "matching of persons and the checks ct-fio-*, ct-dup-*",
    },
    Requirement {
        entity: Entity::Contact,
        any: &[Field::Phone, Field::Email],
        firms_only: false,
        ru: "сопоставление людей и проверки ct-phone-*, ct-email-*, ct-dup-*",
        en: "matching of persons and the checks ct-phone-*, ct-email-*, ct-dup-*",
    },
];

impl Check for ColumnMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let snapshot = cx.data.get(side);
            let parties = &snapshot.parties;
            for required in &REQUIRED {
                let entity = required.entity;
                let concerned = |at: usize| {
                    parties.raw.entity[at] == entity && !(required.firms_only && parties.kind[at] == PartyKind::Person)
                };
                if !(0..parties.len()).any(concerned) {
                    continue;
                }
                evaluated += 1;
                if required.any.iter().any(|&field| parties.raw.filled(field, entity) > 0) {
                    continue;
                }
                let sources = || snapshot.sources.iter().filter(|s| s.entity.is_none_or(|e| e == entity));
                let present = sources().any(|s| s.mapped.iter().any(|(_, field)| required.any.contains(field)));
                let names: Vec<String> = required.any.iter().map(|f| format!("«{}»", f.title(cx.lang))).collect();
                let (title, records) = (side.title(cx.lang), entity.title(cx.lang));
                let message = cx.say(
                    || {
                        let what = if present {
                            "колонка пуста у всех записей"
                        } else {
                            "колонки нет"
                        };
                        let names = names.join(" или ");
                        format!("{title}, {records}: {what} — {names}; не работает {}", required.ru)
                    },
                    || {
                        let what = if present { "the column is empty throughout" } else { "no such column" };
                        let names = names.join(" or ");
                        format!("{title}, {records}: {what}: {names}; not working: {}", required.en)
                    },
                );
                let path = sources().next().map_or("sverka.toml", |s| &s.path);
                let at = Location { place: Place::file(path), row: None, column: None };
                let mut finding = Finding::source(side, Some(entity), at, message);
                finding.field = required.any.first().copied();
                out.push(finding);
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        clean().expect(&ColumnMissing, &[]);
        let bare = || World::new().crm(&[(Field::Name, "ООО «Ромашка»"), (Field::Phone, "+74951112233")]);
        bare().expect(&ColumnMissing, &["crm.csv", "crm.csv"]);
        let messages =
            bare().sources(Side::Crm, |s| s[0].mapped.push(("ИНН".to_owned(), Field::Inn))).messages(&ColumnMissing);
        assert!(messages[0].contains("колонка пуста") && messages[1].contains("колонки нет"), "{messages:?}");
        // A base of private clients has no KPP.
        let person: &[(Field, &str)] =
            &[(Field::Kind, "Физическое лицо"), (Field::Name, "Орлов Иван"), (Field::Phone, "1")];
        World::new().onec(person).expect(&ColumnMissing, &[]);
    }
}
