//! Headings → canonical fields.

mod books;

use crate::model::{Entity, Field};

use Field::*;

/// Whether an alias holds for both kinds of party or for one.
#[derive(Clone, Copy)]
enum For {
    Any,
    Firm,
    Person,
}

impl For {
    fn fits(self, entity: Entity) -> bool {
        match self {
            For::Any => entity.is_party(),
            For::Firm => entity == Entity::Counterparty,
            For::Person => entity == Entity::Contact,
        }
    }
}

/// Headings by field, folded as [`fold`] does; earlier aliases of a field win over later ones.
///
/// Sources: headings and attribute names of Bitrix24 exports and REST, 1C lists, CommerceML 2.x, OData of БП 3.0, УТ
/// and УНФ, amoCRM and RetailCRM, as their documentation and exports spell them (read in November 2026).
const ALIASES: &[(Field, For, &[&str])] = {
    use For::*;
    &[
        (
            Id,
            Any,
            &[
                "id",
                "ид",
                "ref_key",
                "guid",
                "ссылка (ссылка)",
                "ссылка",
                "уникальный идентификатор",
                "уникальныйидентификатор",
                "идентификатор",
                "id компании",
                "id контакта",
                "record id",
            ],
        ),
        (
            ExternalId,
            Any,
            &[
                "origin_id",
                "xml_id",
                "внешний код",
                "внешний id",
                "ид в 1с",
                "id в 1с",
                "guid 1с",
                "guid в 1с",
                "код 1с",
                "код в 1с",
                "ид 1с",
                "externalid",
                "external id",
                "id из 1с",
                "ид в crm",
                "id в crm",
                "id crm",
                "код crm",
                "id битрикс24",
                "ид битрикс24",
                "id bitrix24",
            ],
        ),
        (Code, Any, &["код", "code", "кодвпрограмме", "код в программе"]),
        (Code, Firm, &["код контрагента"]),
        (
            Kind,
            Any,
            &[
                "юридическоефизическоелицо",
                "юрфизлицо",
                "юр. / физ. лицо",
                "юр./физ. лицо",
                "юридическое / физическое лицо",
                "юридическое/физическое лицо",
                "юр/физ лицо",
                "юр. лицо / физ. лицо",
                "вид контрагента",
                "видконтрагента",
                "тип контрагента",
                "contragenttype",
                "вид",
            ],
        ),
        (
            Name,
            Firm,
            &[
                "название компании",
                "title",
                "company name",
                "наименование",
                "наименование контрагента",
                "наименование в программе",
                "контрагент",
                "название",
                "description",
                "организация",
                "name",
                "компания",
                "клиент",
                "nickname",
                "краткое наименование",
                "сокращенное наименование",
                "name short",
                "short name",
                "org name",
                "organization",
                "organisation",
            ],
        ),
        (
            Name,
            Person,
            &[
                "фио",
                "ф.и.о.",
                "фамилия имя отчество",
                "фамилия, имя, отчество",
                "полное имя",
                "наименование",
                "контактное лицо",
                "description",
                "контакт",
                "полноенаименование",
                "rq_name",
                "full name",
                "full_name",
                "имя контакта",
                "title",
            ],
        ),
        (
            FullName,
            Firm,
            &[
                "полное наименование организации",
                "rq_company_full_name",
                "наименованиеполное",
                "официальноенаименование",
                "полноенаименование",
                "полное наименование",
                "наименование полное",
                "полное юридическое наименование",
                "юридическое название",
                "legalname",
                "legal_entity.name",
                "сокращенное наименование организации",
                "rq_company_name",
                "rq_name",
                "ф.и.о.",
                "full name",
                "name full",
                "legal name",
            ],
        ),
        (LastName, Any, &["фамилия", "last_name", "last name", "lastname", "rq_last_name", "surname"]),
        (FirstName, Person, &["имя", "name", "first_name", "first name", "firstname", "rq_first_name", "given_name"]),
        (FirstName, Firm, &["имя", "first_name", "rq_first_name"]),
        (Patronymic, Any, &["отчество", "second_name", "second name", "middle name", "patronymic", "rq_second_name"]),
        (
            Inn,
            Any,
            &[
                "инн",
                "rq_inn",
                "inn",
                "taxpayer id",
                "vat_id",
                "инн компании",
                "инн контрагента",
                "инн/кпп",
                "инн / кпп",
                "инн и кпп",
            ],
        ),
        (Kpp, Firm, &["кпп", "rq_kpp", "kpp", "кпп контрагента"]),
        (
            Ogrn,
            Any,
            &[
                "огрн",
                "rq_ogrn",
                "огрнип",
                "rq_ogrnip",
                "огрн/огрнип",
                "огрн / огрнип",
                "огрн (огрнип)",
                "регистрационныйномер",
                "ogrn",
                "ogrnip",
            ],
        ),
        (
            TaxId,
            Firm,
            &[
                "налоговыйномер",
                "налоговый номер",
                "налоговый номер нерезидента",
                "налоговыйномернерезидента",
                "vat id",
                "rq_vat_id",
            ],
        ),
        (
            Phone,
            Any,
            &[
                "телефон",
                "телефоны",
                "phone",
                "рабочий телефон",
                "мобильный телефон",
                "моб. телефон",
                "моб. тел.",
                "мобильный",
                "сотовый телефон",
                "тел./факс",
                "телефон/факс",
                "телефонрабочий",
                "телефонмобильный",
                "контактный телефон",
                "рабочий прямой телефон",
                "домашний телефон",
                "телефондомашний",
                "другой телефон",
                "телефон для рассылок",
                "work phone",
                "mobile",
                "home phone",
                "other phone number",
                "phone_work",
                "phone_mobile",
                "phone_home",
                "phone_other",
                "тел.",
                "тел",
                "телефон контрагента",
                "phone number",
                "phones",
                "rq_phone",
            ],
        ),
        (
            Email,
            Any,
            &[
                "e-mail",
                "email",
                "рабочий e-mail",
                "частный e-mail",
                "другой e-mail",
                "рабочий email",
                "личный email",
                "другой email",
                "электронная почта",
                "адресэлектроннойпочты",
                "адрес электронной почты",
                "эл. почта",
                "почта",
                "work e-mail",
                "home e-mail",
                "other e-mail",
                "email_work",
                "email_home",
                "email_other",
                "rq_email",
            ],
        ),
        (
            Website,
            Firm,
            &[
                "website url",
                "company domain name",
                "web",
                "сайт",
                "корпоративный сайт",
                "сайт компании",
                "вебсайт",
                "вебстраница",
                "website",
            ],
        ),
        (
            Address,
            Any,
            &[
                "юридический адрес",
                "юридическийадрес",
                "address_legal",
                "legal address",
                "адрес регистрации",
                "адресрегистрации",
                "адрес (юридический)",
                "юр. адрес",
                "юр.адрес",
                "адрес прописки",
                "legaladdress",
                "legal_entity.address",
                "rq_registered_address",
            ],
        ),
        (
            ActualAddress,
            Any,
            &[
                "фактический адрес",
                "факт. адрес",
                "факт.адрес",
                "адрес проживания",
                "фактическийадрес",
                "address",
                "адрес",
                "почтовый адрес",
                "почтовыйадрес",
                "адрес доставки",
                "addr",
            ],
        ),
        (Country, Any, &["страна", "страна регистрации", "странарегистрации", "country", "address_country"]),
        (
            BankAccount,
            Firm,
            &[
                "расчетный счет",
                "rq_acc_num",
                "номерсчета",
                "р/с",
                "расчетныйсчет",
                "bankaccount",
                "номер счета",
                "банковский счет",
            ],
        ),
        (Bik, Firm, &["бик", "rq_bik", "bik", "бик банка"]),
        (
            BirthDate,
            Any,
            &[
                "дата рождения",
                "дата рожд.",
                "день рождения",
                "birthdate",
                "датарождения",
                "date of birth",
                "date_of_birth",
                "birthday",
            ],
        ),
        (Gender, Person, &["пол", "sex", "gender"]),
        (Snils, Person, &["снилс", "страховойномерпфр", "страховой номер пфр", "snils"]),
        (
            Document,
            Person,
            &[
                "удостоверениеличности",
                "документудостоверяющийличность",
                "паспорт",
                "серия и номер паспорта",
                "документ",
                "soc_sec_id",
            ],
        ),
        (DocumentDate, Person, &["дата выдачи", "дата выдачи паспорта", "датавыдачи"]),
        (
            HeadId,
            Firm,
            &["головнойконтрагент (ссылка)", "головнойконтрагент_key", "головной контрагент", "головнойконтрагент"],
        ),
        (GroupId, Any, &["родитель (ссылка)", "parent_key", "родитель", "группа", "входит в группу"]),
        (
            OwnerId,
            Person,
            &[
                "company_id",
                "владелецид",
                "владелец (ссылка)",
                "объектвладелец (ссылка)",
                "owner_key",
                "код компании",
                "код контрагента",
                "код владельца",
            ],
        ),
        (
            OwnerName,
            Person,
            &[
                "компания",
                "контрагент",
                "владелец",
                "объектвладелец",
                "company",
                "company name",
                "associated company",
                "организация",
            ],
        ),
        (Position, Person, &["должность", "описаниедолжности", "post", "position"]),
        (
            Responsible,
            Any,
            &[
                "ответственный",
                "responsible",
                "assigned_by",
                "assigned_by_id",
                "responsible_user_id",
                "managerid",
                "менеджер",
                "ответственный менеджер",
                "ответственные менеджеры",
                "основной менеджер",
                "основнойменеджер",
                "основнойменеджер_key",
                "ответственный_key",
                "ответственныйменеджер",
                "ответственныйменеджер_key",
            ],
        ),
        (
            CreatedAt,
            Any,
            &[
                "дата создания",
                "дата добавления",
                "date_create",
                "created",
                "датасоздания",
                "created_at",
                "createdat",
                "дата регистрации в базе",
            ],
        ),
        (
            ModifiedAt,
            Any,
            &[
                "дата изменения",
                "date_modify",
                "modified",
                "дата редактирования",
                "датаизменения",
                "updated_at",
                "дата последнего изменения",
            ],
        ),
        (
            Comment,
            Any,
            &[
                "комментарий",
                "comments",
                "comment",
                "дополнительнаяинформация",
                "дополнительная информация",
                "примечание",
            ],
        ),
        (
            Consent,
            Person,
            &[
                "согласие на обработку персональных данных",
                "согласие на обработку пдн",
                "согласие пдн",
                "согласие на обработку",
                "согласие",
                "consent",
            ],
        ),
        (
            Deleted,
            Any,
            &["пометкаудаления", "пометка удаления", "deletionmark", "удален", "is_deleted", "помечен на удаление"],
        ),
        (IsGroup, Any, &["isfolder", "этогруппа", "это группа"]),
        (IsOwn, Firm, &["is_my_company", "компания продавец", "моя компания"]),
        (Active, Any, &["активен", "активный", "действует"]),
        (Turnover, Firm, &["годовой оборот", "revenue", "annual income", "оборот"]),
        (RequisitePreset, Firm, &["preset_id", "шаблон", "шаблон реквизитов"]),
    ]
};

/// A heading in comparable form: lower case, ё as е, one space, no `*` and `:` at the ends, without the prefix of
/// Bitrix24 requisite columns («Реквизит: », «Реквизит (Россия): », «Банковский реквизит: »).
pub fn fold(heading: &str) -> String {
    let mut text = String::with_capacity(heading.len());
    for word in heading.split(|c: char| c.is_whitespace() || c == '\u{feff}') {
        if !word.is_empty() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }));
        }
    }
    let text = text.trim_matches(|c| c == '*' || c == ':' || c == ' ');
    let prefixed =
        ["details", "requisite", "bank details", "company details"].iter().any(|word| text.starts_with(word));
    if (text.contains("реквизит") || prefixed)
        && let Some((_, rest)) = text.split_once(": ")
    {
        return rest.to_owned();
    }
    text.to_owned()
}

/// The field of a heading for an entity, and its rank: among columns of one field the lower rank wins.
pub fn field_of(heading: &str, entity: Entity) -> Option<(Field, usize)> {
    let folded = fold(heading);
    // «Контакты / Телефон»: the lower storey names the column when the whole does not.
    let last = folded.rsplit(" / ").next().unwrap_or(&folded);
    let of_last = || if last == folded { None } else { lookup(last, entity) };
    // «Контрагент / Наименование» is the counterparty itself where records have no name of their own.
    let of_first = || match folded.split_once(" / ") {
        Some((first, "наименование" | "название" | "имя")) => lookup(first, entity),
        _ => None,
    };
    // Tables of a staging copy: `company_name`, `phone_number`.
    let other = |from: char, to: &str| folded.contains(from).then(|| folded.replace(from, to));
    let spaced = || other('_', " ").or_else(|| other(' ', "_")).and_then(|name| lookup(&name, entity));
    let without_unit = || without_unit(&folded).and_then(|name| lookup(name, entity));
    lookup(&folded, entity).or_else(of_last).or_else(of_first).or_else(spaced).or_else(without_unit)
}

/// «Цена (руб.)», «Сумма, руб», «Площадь, м2»: the name of a number without its unit.
fn without_unit(folded: &str) -> Option<&str> {
    const UNITS: [&str; 13] =
        ["руб.", "руб", "рублей", "₽", "rub", "м2", "м²", "кв.м", "кв.м.", "кв. м", "кв. м.", "sqm", "шт."];
    let bracketed = folded.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let (name, unit) = bracketed
        .or_else(|| folded.rsplit_once(','))
        .or_else(|| folded.rsplit_once(' '))
        .map(|(name, unit)| (name, unit.trim()))?;
    UNITS.contains(&unit).then(|| name.trim_end_matches([' ', ',']))
}

/// The field whose alias a heading resembles most, and how much, 0..=1 (normalised Damerau–Levenshtein distance). Ties
/// go to the first alias of the table.
pub fn nearest(heading: &str, entity: Entity) -> Option<(Field, f64)> {
    let folded = fold(heading);
    let mut best: Option<(Field, f64)> = None;
    for (field, names) in aliases_of(entity) {
        for name in names {
            let score = strsim::normalized_damerau_levenshtein(&folded, name);
            if best.is_none_or(|(_, top)| score > top) {
                best = Some((field, score));
            }
        }
    }
    best
}

/// Fields of an entity with their aliases.
fn aliases_of(entity: Entity) -> impl Iterator<Item = (Field, &'static [&'static str])> {
    let parties =
        ALIASES.iter().filter(move |(_, scope, _)| scope.fits(entity)).map(|(field, _, names)| (*field, *names));
    let books = books::BOOKS
        .iter()
        .filter(move |(_, entities, _)| entities.contains(&entity))
        .map(|(field, _, names)| (*field, *names));
    parties.chain(books).filter(move |(field, _)| field.entities().contains(&entity))
}

fn lookup(folded: &str, entity: Entity) -> Option<(Field, usize)> {
    aliases_of(entity).find_map(|(field, names)| names.iter().position(|n| *n == folded).map(|rank| (field, rank)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_find_their_field() {
        let check = |heading: &str, entity: Entity, expected: Option<Field>| {
            assert_eq!(field_of(heading, entity).map(|f| f.0), expected, "{heading}");
        };
        use Entity::{Contact, Counterparty};
        check("Реквизит: ИНН", Counterparty, Some(Field::Inn));
        check("Реквизит (Россия): ИНН", Counterparty, Some(Field::Inn));
        check("Банковский реквизит: Расчетный счёт", Counterparty, Some(Field::BankAccount));
        check(" ИНН *", Counterparty, Some(Field::Inn));
        check("NAME", Contact, Some(Field::FirstName));
        check("NAME", Counterparty, Some(Field::Name));
        check("Компания", Contact, Some(Field::OwnerName));
        check("КПП", Contact, None);
        check("Контакты / Телефон", Counterparty, Some(Field::Phone));
        check("Тип компании", Counterparty, None);
        check("Requisite (Russia): Taxpayer ID", Counterparty, Some(Field::Inn));
        check("Created at", Counterparty, Some(Field::CreatedAt));
        check("name_full", Counterparty, Some(Field::FullName));
        check("company_name", Counterparty, Some(Field::Name));
        check("company_name", Contact, Some(Field::OwnerName));
        check("phone_number", Contact, Some(Field::Phone));
        for heading in ["Цена (руб.)", "Цена, руб.", "Цена,руб", "Цена руб", "Цена ₽"]
        {
            check(heading, Entity::Product, Some(Field::Price));
        }
        for heading in ["Площадь, м2", "Площадь (кв. м)", "Площадь, кв.м", "Площадь м²"]
        {
            check(heading, Entity::Object, Some(Field::Area));
        }
        check("Цена (USD)", Entity::Product, None);
        check("Руб.", Entity::Product, None);
        check("", Counterparty, None);
    }

    #[test]
    fn aliases_are_folded_and_unique_per_entity() {
        for &entity in Entity::ALL {
            let mut seen = std::collections::BTreeMap::new();
            for (field, names) in aliases_of(entity) {
                for name in names {
                    assert_eq!(fold(name), *name, "written as `fold` gives it");
                    if let Some(other) = seen.insert(*name, field).filter(|other| *other != field) {
                        panic!("{name} names both {field:?} and {other:?} of {entity}");
                    }
                }
            }
        }
    }
}
