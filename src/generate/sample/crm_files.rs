//! The files that Bitrix24 gives.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::account::Account;
use super::world::{Card, Kind, Person, Source};
use crate::generate::{ids, names};

/// Columns of the company export; «Тип компании» stands twice (the system field and a custom one), ID comes last.
const COMPANY: [&str; 28] = [
    "Название компании",
    "Тип компании",
    "Сфера деятельности",
    "Кол-во сотрудников",
    "Рабочий телефон",
    "Мобильный телефон",
    "Рабочий e-mail",
    "Частный e-mail",
    "Корпоративный сайт",
    "Юридический адрес",
    "Реквизит: Сокращенное наименование организации",
    "Реквизит: Полное наименование организации",
    "Реквизит: ИНН",
    "Реквизит: КПП",
    "Реквизит: ОГРН",
    "Реквизит: ОГРНИП",
    "Банковский реквизит: Наименование банка",
    "Банковский реквизит: БИК",
    "Банковский реквизит: Расчетный счёт",
    "Тип компании",
    "Годовой оборот",
    "Валюта",
    "Компания продавец",
    "Комментарий",
    "Ответственный",
    "Дата создания",
    "Дата изменения",
    "ID",
];

/// Columns of the contact export.
const CONTACT: [&str; 18] = [
    "Имя",
    "Фамилия",
    "Отчество",
    "Дата рождения",
    "Должность",
    "Компания",
    "Рабочий телефон",
    "Мобильный телефон",
    "Рабочий e-mail",
    "Частный e-mail",
    "Тип контакта",
    "Согласие на обработку персональных данных",
    "Реквизит: ИНН",
    "Комментарий",
    "Ответственный",
    "Дата создания",
    "Дата изменения",
    "ID",
];

/// The phone as the CRM shows it; texts that are not plain digits stay as they are.
fn phone(text: &str) -> String {
    if text.len() == 11 && text.starts_with('7') && text.bytes().all(|b| b.is_ascii_digit()) {
        ids::phone_text(text)
    } else {
        text.to_owned()
    }
}

/// A mark in the id tells records apart inside the world; the system writes the id without it.
fn id(text: &str) -> &str {
    text.split('~').next().unwrap_or(text)
}

fn bank(bik: &str) -> &'static str {
    ids::BANKS.iter().find(|(code, _)| *code == bik).map_or("", |(_, name)| name)
}

fn csv_row(out: &mut String, cells: &[&str]) {
    for cell in cells {
        // The writer of Bitrix24 puts a separator after the last cell too.
        let _ = write!(out, "\"{}\";", cell.replace('"', "\"\""));
    }
    out.push('\n');
}

/// `companies.csv`: UTF-8 with BOM, LF, every cell quoted. `ragged` are names of rows that break off.
pub fn companies_csv(cards: &[Card], ragged: &[String], account: &mut Account) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    csv_row(&mut out, &COMPANY);
    for card in cards.iter().filter(|c| c.source == Source::CrmCsv && !c.gone) {
        let (ogrn, ogrnip) =
            if card.kind == Kind::Trader { ("", card.ogrn.as_str()) } else { (card.ogrn.as_str(), "") };
        let turnover = card.turnover.to_string();
        csv_row(
            &mut out,
            &[
                &card.name,
                "Клиент",
                "Торговля",
                "менее 50",
                &phone(&card.phone),
                "",
                &card.email,
                "",
                &card.site,
                &card.address,
                &card.name,
                &card.full_name,
                &card.inn,
                &card.kpp,
                ogrn,
                ogrnip,
                bank(&card.bik),
                &card.bik,
                &card.account,
                if card.turnover % 2 == 0 { "B2B" } else { "Розница" },
                &turnover,
                "Рубль",
                if card.own { "Да" } else { "Нет" },
                &card.comment,
                card.responsible,
                &card.created,
                &card.modified,
                id(&card.id),
            ],
        );
        if card.own {
            account.own(Source::CrmCsv);
        } else {
            account.loaded(Source::CrmCsv, 1);
        }
    }
    for name in ragged {
        csv_row(&mut out, &[name, "Клиент", "Торговля"]);
        account.quarantined(Source::CrmCsv, 1);
    }
    out.into_bytes()
}

/// A contact export of which only the heading was saved.
pub fn empty_contacts_csv(account: &mut Account) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    csv_row(&mut out, &CONTACT);
    account.loaded(Source::CrmEmpty, 0);
    out.into_bytes()
}

/// `contacts.xls`: an HTML table. Ordinary cells are not escaped, cells of requisites are.
pub fn contacts_xls(people: &[Person], cards: &[Card], account: &mut Account) -> Vec<u8> {
    let mut out = String::from("\u{feff}<meta http-equiv=\"Content-type\" content=\"text/html;charset=UTF-8\" />\n");
    out.push_str("\t\t<table border=\"1\">\n\t\t<thead>\n\t\t\t<tr>");
    for heading in CONTACT {
        let _ = write!(out, "<th>{heading}</th>");
    }
    out.push_str("</tr>\n\t\t</thead>\n\t\t<tbody>");
    for contact in people.iter().filter(|c| !c.gone) {
        let company = contact.employer.map_or("", |at| cards[at].name.as_str());
        let cells = [
            contact.first.as_str(),
            &contact.last,
            &contact.patronymic,
            &contact.birth,
            contact.position,
            company,
            "",
            &phone(&contact.phone),
            &contact.email,
            "",
            "Клиенты",
            contact.consent,
            &contact.inn,
            &contact.comment,
            contact.responsible,
            &contact.created,
            &contact.modified,
            id(&contact.id),
        ];
        out.push_str("<tr>");
        for cell in cells {
            let _ = write!(out, "<td>{cell}</td>");
        }
        out.push_str("</tr>\n");
        account.loaded(Source::CrmHtml, 1);
    }
    out.push_str("</tbody>\n\t\t</table>\n");
    out.into_bytes()
}

/// `dd.mm.yyyy HH:MM:SS` as REST writes it.
fn iso(stamp: &str) -> String {
    let (date, time) = stamp.split_once(' ').unwrap_or((stamp, "00:00:00"));
    let mut parts = date.split('.');
    let mut next = || parts.next().unwrap_or("01");
    let (day, month, year) = (next(), next(), next());
    format!("{year}-{month}-{day}T{time}+03:00")
}

fn envelope(result: Vec<Value>, total: usize, next: Option<usize>, finished: &str) -> Vec<u8> {
    let mut body = json!({ "result": result });
    if let Some(next) = next {
        body["next"] = json!(next);
    }
    body["total"] = json!(total);
    body["time"] = json!({
        "duration": 0.31, "processing": 0.12, "date_start": finished, "date_finish": finished, "operating": 0.09
    });
    let mut bytes = serde_json::to_vec_pretty(&body).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    bytes
}

fn multi(id: u64, kind: &str, value: &str) -> Value {
    if value.is_empty() {
        return json!([]);
    }
    json!([{ "ID": id.to_string(), "VALUE_TYPE": "WORK", "VALUE": value, "TYPE_ID": kind }])
}

fn company(card: &Card, number: u64) -> Value {
    json!({
        "ID": id(&card.id),
        "TITLE": card.name,
        "COMPANY_TYPE": "CUSTOMER",
        "INDUSTRY": "TRADE",
        "REVENUE": card.turnover.to_string(),
        "CURRENCY_ID": "RUB",
        "IS_MY_COMPANY": if card.own { "Y" } else { "N" },
        "HAS_PHONE": if card.phone.is_empty() { "N" } else { "Y" },
        "PHONE": multi(number * 10 + 1, "PHONE", &phone(&card.phone)),
        "EMAIL": multi(number * 10 + 2, "EMAIL", &card.email),
        "WEB": multi(number * 10 + 3, "WEB", &card.site),
        "ADDRESS_LEGAL": card.address,
        "COMMENTS": card.comment,
        "ORIGINATOR_ID": if card.origin.is_empty() { Value::Null } else { json!("1C_BUH") },
        "ORIGIN_ID": if card.origin.is_empty() { Value::Null } else { json!(card.origin) },
        "ASSIGNED_BY_ID": (1 + names::translit(card.responsible).len() % 4).to_string(),
        "DATE_CREATE": iso(&card.created),
        "DATE_MODIFY": iso(&card.modified),
    })
}

/// What the requisite list holds beside the requisites of the companies of the folder.
pub struct RestOptions {
    /// An equal company once more on the last page, as overlapping pages give it.
    pub repeat: bool,
    /// A requisite whose company nobody has.
    pub orphan: bool,
    pub finished: &'static str,
}

/// The folder `crm/rest`: pages of `crm.company.list` (50 each) and one page set of `crm.requisite.list`.
pub fn rest(cards: &[Card], options: &RestOptions, account: &mut Account) -> Vec<(String, Vec<u8>)> {
    let cards: Vec<&Card> = cards.iter().filter(|c| c.source == Source::CrmRest && !c.gone).collect();
    let companies: Vec<Value> = cards.iter().enumerate().map(|(at, c)| company(c, 800 + at as u64)).collect();
    let mut requisites = Vec::new();
    for card in &cards {
        let own = super::world::Requisite { preset: card.preset, inn: card.inn.clone(), kpp: card.kpp.clone() };
        for (nth, requisite) in std::iter::once(&own).chain(&card.more).enumerate() {
            let person = requisite.preset == 2;
            let first = nth == 0;
            requisites.push(json!({
                "ID": (300 + requisites.len()).to_string(),
                "ENTITY_TYPE_ID": "4",
                "ENTITY_ID": id(&card.id),
                "PRESET_ID": requisite.preset.to_string(),
                "NAME": if person { "ИП" } else { "Организация" },
                "ACTIVE": "Y",
                "SORT": (500 + nth).to_string(),
                "RQ_COMPANY_NAME": if first { card.name.as_str() } else { "" },
                "RQ_COMPANY_FULL_NAME": if first { card.full_name.as_str() } else { "" },
                "RQ_INN": requisite.inn,
                "RQ_KPP": requisite.kpp,
                "RQ_OGRN": if first && card.kind != Kind::Trader { card.ogrn.as_str() } else { "" },
                "RQ_OGRNIP": if first && card.kind == Kind::Trader { card.ogrn.as_str() } else { "" },
            }));
        }
    }
    account.loaded(Source::CrmRest, companies.len() + requisites.len());
    if options.orphan {
        requisites.push(json!({
            "ID": "990", "ENTITY_TYPE_ID": "4", "ENTITY_ID": "999999", "PRESET_ID": "1", "NAME": "Организация",
            "ACTIVE": "Y", "SORT": "500", "RQ_COMPANY_NAME": "", "RQ_INN": ids::inn_org(9020, ids::Region::WithoutZero),
            "RQ_KPP": "", "RQ_OGRN": "", "RQ_OGRNIP": "",
        }));
        account.quarantined(Source::CrmRest, 1);
    }
    let mut files = pages("crm.company.list", companies, options, options.repeat);
    if options.repeat {
        account.repeat(Source::CrmRest);
    }
    files.extend(pages("crm.requisite.list", requisites, options, false));
    files
}

fn pages(method: &str, rows: Vec<Value>, options: &RestOptions, repeat: bool) -> Vec<(String, Vec<u8>)> {
    const PAGE: usize = 50;
    let total = rows.len();
    let mut files = Vec::new();
    for (at, page) in rows.chunks(PAGE).enumerate() {
        let mut page = page.to_vec();
        let next = (at + 1) * PAGE;
        if repeat && at == 1 {
            // The last company of the first page once more: a company was deleted between the two requests.
            page.insert(0, rows[PAGE - 1].clone());
        }
        let bytes = envelope(page, total, (next < total).then_some(next), options.finished);
        files.push((format!("{}/{method}.{:02}.json", Source::CrmRest.path(), at + 1), bytes));
    }
    files
}
