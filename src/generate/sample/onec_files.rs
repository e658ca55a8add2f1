//! The files that 1C gives.

use std::fmt::Write as _;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::account::Account;
use super::world::{Card, Kind, Person, Source};
use crate::generate::ids;

const COLUMNS: [&str; 18] = [
    "Наименование",
    "Код",
    "Полное наименование",
    "Вид контрагента",
    "ИНН",
    "КПП",
    "ОГРН",
    "Телефон",
    "Адрес электронной почты",
    "Юридический адрес",
    "Расчетный счет",
    "БИК",
    "Головной контрагент",
    "Оборот",
    "Дата изменения",
    "Пометка удаления",
    "Группа",
    "УникальныйИдентификатор",
];

/// Rows 1–3 of the list and how many blank ones follow.
const TITLES: [&str; 3] =
    ["ООО \"Ромашка-Трейд\"", "Справочник «Контрагенты» на 24.11.2026", "Отбор: Группа В группе \"Покупатели\""];

fn group(card: &Card) -> usize {
    match card.kind {
        Kind::Person => 2,
        Kind::Trader => 1,
        Kind::Firm | Kind::Foreign => 0,
    }
}

const GROUPS: [&str; 3] = ["Покупатели", "Индивидуальные предприниматели", "Розничные клиенты"];

/// `counterparties.xlsx`: sheet TDSheet, titles above the heading, group rows, «Итого»; INN and
/// phone are numbers.
pub fn counterparties(cards: &[Card], account: &mut Account) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The creation time would otherwise be the clock's.
    let created = ExcelDateTime::from_ymd(2026, 11, 24)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created).set_author("1С:Предприятие"));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("TDSheet")?;
    let mut row = 0;
    for title in TITLES {
        sheet.write_string_with_format(row, 0, title, &bold)?;
        row += 1;
    }
    account.titles(Source::OnecXlsx, TITLES.len());
    row += 1;
    account.blank(Source::OnecXlsx);
    for (column, heading) in COLUMNS.iter().enumerate() {
        sheet.write_string_with_format(row, column as u16, *heading, &bold)?;
    }
    row += 1;
    let listed = || cards.iter().filter(|c| c.source == Source::OnecXlsx && !c.gone);
    for (number, name) in GROUPS.iter().enumerate() {
        let members = || listed().filter(|c| group(c) == number);
        if members().next().is_none() {
            continue;
        }
        sheet.write_string_with_format(row, 0, *name, &bold)?;
        row += 1;
        account.group(Source::OnecXlsx);
        for card in members() {
            let texts = [
                (0, card.name.as_str()),
                (1, &card.code),
                (2, &card.full_name),
                (3, card.kind.onec()),
                (5, &card.kpp),
                (6, &card.ogrn),
                (8, &card.email),
                (9, &card.address),
                (10, &card.account),
                (11, &card.bik),
                (12, &card.head),
                (14, &card.modified),
                (15, if card.deleted { "Да" } else { "Нет" }),
                (16, if card.folder.is_empty() { name } else { card.folder }),
                (17, &card.id),
            ];
            for (column, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row, column, text)?;
            }
            for (column, text) in [(4, &card.inn), (7, &card.phone)] {
                if text.is_empty() {
                    continue;
                }
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    // At most 12 digits: exact in a double.
                    sheet.write_number(row, column, text.parse::<u64>().unwrap_or(0) as f64)?;
                } else {
                    sheet.write_string(row, column, text)?;
                }
            }
            sheet.write_number(row, 13, card.turnover as f64)?;
            row += 1;
            account.loaded(Source::OnecXlsx, 1);
        }
    }
    sheet.write_string_with_format(row, 0, "Итого", &bold)?;
    sheet.write_number_with_format(row, 13, listed().map(|c| c.turnover).sum::<u64>() as f64, &bold)?;
    account.total(Source::OnecXlsx);
    book.save_to_buffer()
}

/// Escapes text of an element.
pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `suppliers.xml`: CommerceML 2.10, counterparties with their GUIDs.
pub fn suppliers(cards: &[Card], formed: &str, account: &mut Account) -> Vec<u8> {
    let mut out = String::from("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<КоммерческаяИнформация xmlns=\"urn:1C.ru:commerceml_2\" ВерсияСхемы=\"2.10\" ДатаФормирования=\"{formed}\">"
    );
    out.push_str("\t<Контрагенты СодержитТолькоИзменения=\"false\">\n");
    for card in cards.iter().filter(|c| c.source == Source::OnecXml && !c.gone) {
        out.push_str("\t\t<Контрагент>\n");
        let mut element = |name: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(out, "\t\t\t<{name}>{}</{name}>", xml(text));
            }
        };
        element("Ид", &card.id);
        element("ПометкаУдаления", if card.deleted { "true" } else { "false" });
        element("Наименование", &card.name);
        if card.kind == Kind::Person {
            element("ПолноеНаименование", &card.full_name);
        } else {
            element("ОфициальноеНаименование", &card.full_name);
        }
        element("Роль", "Покупатель");
        element("ИНН", &card.inn);
        element("КПП", &card.kpp);
        element("Комментарий", &card.comment);
        if !card.account.is_empty() {
            let name = ids::BANKS.iter().find(|(bik, _)| *bik == card.bik).map_or("", |(_, name)| name);
            let _ = writeln!(
                out,
                "\t\t\t<РасчетныеСчета>\n\t\t\t\t<РасчетныйСчет>\n\t\t\t\t\t<НомерСчета>{}</НомерСчета>\n\t\t\t\t\t<Банк>\n\
                 \t\t\t\t\t\t<Наименование>{}</Наименование>\n\t\t\t\t\t\t<БИК>{}</БИК>\n\t\t\t\t\t</Банк>\n\t\t\t\t\
                 </РасчетныйСчет>\n\t\t\t</РасчетныеСчета>",
                card.account,
                xml(name),
                card.bik
            );
        }
        if !card.address.is_empty() {
            let _ = writeln!(
                out,
                "\t\t\t<ЮридическийАдрес>\n\t\t\t\t<Представление>{}</Представление>\n\t\t\t</ЮридическийАдрес>",
                xml(&card.address)
            );
        }
        let contacts = [("Телефон рабочий", &card.phone), ("Электронная почта", &card.email), ("ВебСайт", &card.site)];
        if contacts.iter().any(|(_, value)| !value.is_empty()) {
            out.push_str("\t\t\t<Контакты>\n");
            for (kind, value) in contacts.into_iter().filter(|(_, value)| !value.is_empty()) {
                let _ = writeln!(
                    out,
                    "\t\t\t\t<Контакт>\n\t\t\t\t\t<Тип>{kind}</Тип>\n\t\t\t\t\t<Значение>{}</Значение>\n\t\t\t\t</Контакт>",
                    xml(value)
                );
            }
            out.push_str("\t\t\t</Контакты>\n");
        }
        out.push_str("\t\t</Контрагент>\n");
        account.loaded(Source::OnecXml, 1);
    }
    out.push_str("\t</Контрагенты>\n</КоммерческаяИнформация>\n");
    out.into_bytes()
}

const PERSON: [&str; 16] = [
    "Код",
    "Наименование",
    "Фамилия",
    "Имя",
    "Отчество",
    "Дата рождения",
    "Пол",
    "ИНН",
    "СНИЛС",
    "Паспорт",
    "Дата выдачи паспорта",
    "Телефон",
    "E-mail",
    "Контрагент",
    "Должность",
    "Дата изменения",
];

/// `persons.txt` (tab) or `persons_archive.csv` (`;`), both windows-1251 with CRLF.
pub fn persons(people: &[Person], cards: &[Card], source: Source, account: &mut Account) -> Vec<u8> {
    let separator = if source == Source::OnecTxt { "\t" } else { ";" };
    let mut out = PERSON.join(separator);
    out.push_str("\r\n");
    for person in people.iter().filter(|p| p.source == source && !p.gone) {
        let company = person.employer.map_or("", |at| cards[at].name.as_str());
        let cells = [
            person.id.as_str(),
            &person.whole,
            &person.last,
            &person.first,
            &person.patronymic,
            &person.birth,
            if person.woman { "Женский" } else { "Мужской" },
            &person.inn,
            &person.snils,
            &person.document,
            &person.document_date,
            &person.phone,
            &person.email,
            company,
            person.position,
            &person.modified,
        ];
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                out.push_str(separator);
            }
            // 1C quotes a cell only when it must.
            if cell.contains(['"', ';', '\t']) && source == Source::OnecCsv {
                let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
            } else {
                out.push_str(cell);
            }
        }
        out.push_str("\r\n");
        account.loaded(source, 1);
    }
    encoding_rs::WINDOWS_1251.encode(&out).0.into_owned()
}
