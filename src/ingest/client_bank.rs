//! The text in which banks and 1C exchange payments: `1c-client-bank`.
//!
//! `1CClientBankExchange` 1.01 to 1.03, a statement of a bank as well as orders of 1C for one. The encoding is that of the
//! content, whatever `Кодировка` says.
//!
//! | kind | rows |
//! |---|---|
//! | `Банк.Документ` | every `СекцияДокумент` |
//! | `Банк.СекцияРасчСчет` | every `СекцияРасчСчет`: period, balances, turnovers |
//!
//! Headings are the keys as they stand; the kind of a document goes under `СекцияДокумент`. Text without a key goes on the
//! value above it. Derived for documents:
//! - `СчетВыписки` and `Направление`: `списание`, `поступление`, or `перевод` between accounts of the file. The account is
//!   one of the `РасчСчет` of the file; where they do not name the account of a document (banks mask numbers), the
//!   direction is that of the date that stands there, `ДатаСписано` or `ДатаПоступило`. Orders for a bank are write-offs;
//! - `ДатаДвижения`: the day of the money, the filled one of both;
//! - `Контрагент`, `Контрагент.ИНН`, `Контрагент.КПП`, `Контрагент.Счет`: the other side of the document. Its name is
//!   `Плательщик1` or `Получатель1`, else `Плательщик` or `Получатель` without the INN before it (`ИНН 77… ООО …`,
//!   `77…, ООО …`) and the address behind `//`; an INN that stands only there is taken from there;
//! - `Ключ`: accounts of both sides, number, date and sum, since the format has no id.
//!
//! `row` is the line at which a section begins. A statement is whole for its period; one without its last line
//! is partial.
//!
//! Source: «Стандарт обмена данными с системами "Клиент банка"» of 1C, versions 1.01 to 1.03.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::rows::Rows;
use super::{Extract, Format, IngestError, Input};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined};

const MARK: &str = "1CClientBankExchange";
/// Bytes looked at to recognise the first line.
const HEAD_BYTES: usize = 256;

/// Exchange with a client of a bank.
pub struct ClientBank;

impl Format for ClientBank {
    fn id(&self) -> &'static str {
        "1c-client-bank"
    }

    fn title(&self) -> &'static str {
        "выписка банка (1CClientBankExchange)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let first = head.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default();
        first.trim().eq_ignore_ascii_case(MARK)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut parser = Parser::new(input);
        for (at, line) in text.lines().enumerate() {
            parser.line(u32::try_from(at + 1).unwrap_or(u32::MAX), line)?;
        }
        parser.finish(extract)
    }
}

/// What the lines belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Header,
    Account,
    Document,
}

/// A section while it is read.
#[derive(Default)]
struct Open {
    line: u32,
    /// In the order of the file; a key may stand twice.
    cells: Vec<(String, String)>,
}

impl Open {
    fn get(&self, key: &str) -> &str {
        let filled = self.cells.iter().find(|(k, value)| k == key && !value.trim().is_empty());
        filled.map_or("", |(_, value)| value.trim())
    }
}

struct Parser<'i> {
    input: &'i Input,
    section: Section,
    open: Open,
    header: Open,
    /// Accounts of the file, from the header and the sections.
    own: FxHashSet<String>,
    documents: Vec<Open>,
    accounts: Vec<Open>,
    quarantined: Vec<Quarantined>,
    has_end: bool,
}

impl<'i> Parser<'i> {
    fn new(input: &'i Input) -> Self {
        Parser {
            input,
            section: Section::Header,
            open: Open::default(),
            header: Open::default(),
            own: FxHashSet::default(),
            documents: Vec::new(),
            accounts: Vec::new(),
            quarantined: Vec::new(),
            has_end: false,
        }
    }

    fn line(&mut self, number: u32, line: &str) -> Result<(), IngestError> {
        let line = line.trim_end_matches(['\r', '\u{1a}']);
        if number == 1 || line.trim().is_empty() || self.has_end {
            return Ok(());
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        match &*known(key.trim()) {
            "СекцияДокумент" => {
                self.begin(Section::Document, number);
                self.open.cells.push(("СекцияДокумент".to_owned(), value.trim().to_owned()));
            }
            "СекцияРасчСчет" => self.begin(Section::Account, number),
            "КонецДокумента" | "КонецРасчСчет" => self.end(),
            "КонецФайла" => {
                self.end();
                self.has_end = true;
            }
            key if line.contains('=') && self.is_key(key) => {
                if key == "РасчСчет" && self.section != Section::Document && !value.trim().is_empty() {
                    self.own.insert(value.trim().to_owned());
                }
                self.current().cells.push((key.to_owned(), value.trim().to_owned()));
            }
            _ => self.go_on(line.trim()),
        }
        Ok(())
    }

    fn current(&mut self) -> &mut Open {
        if self.section == Section::Header { &mut self.header } else { &mut self.open }
    }

    /// Whether what stands before `=` is a key. A purpose of several lines may hold the sign too.
    fn is_key(&mut self, key: &str) -> bool {
        let word = !key.is_empty() && key.len() <= 80 && key.chars().all(char::is_alphanumeric);
        let in_purpose = self.current().cells.last().is_some_and(|(last, _)| last.starts_with(PURPOSE));
        word && (!in_purpose || KEYS.contains(&key.trim_end_matches(|c: char| c.is_ascii_digit())))
    }

    /// Text without a key belongs to the value above.
    fn go_on(&mut self, text: &str) {
        if self.section == Section::Header {
            return;
        }
        if let Some((_, value)) = self.open.cells.last_mut() {
            if !value.is_empty() {
                value.push(' ');
            }
            value.push_str(text);
        }
    }

    fn begin(&mut self, section: Section, line: u32) {
        self.end();
        self.section = section;
        self.open.line = line;
    }

    fn end(&mut self) {
        let open = std::mem::take(&mut self.open);
        match std::mem::replace(&mut self.section, Section::Header) {
            Section::Header => {}
            Section::Account => self.accounts.push(open),
            Section::Document => self.documents.push(open),
        }
    }

    fn finish(mut self, mut extract: Extract) -> Result<Extract, IngestError> {
        let place = Place::file(&self.input.name);
        // A section that the file ends in was cut, unless the file lacks only its last line.
        if self.section == Section::Document {
            let cut = std::mem::take(&mut self.open);
            self.quarantined.push(Quarantined {
                location: place.row(cut.line),
                reason: "файл обрывается внутри документа".to_owned(),
                raw: String::new(),
            });
        } else {
            self.end();
        }
        let mut tables = [Rows::new(place.clone(), "Банк.Документ"), Rows::new(place, "Банк.СекцияРасчСчет")];
        let mut left_out = Vec::new();
        let (documents, accounts) = (std::mem::take(&mut self.documents), std::mem::take(&mut self.accounts));
        let unbalanced = accounts.iter().filter(|account| !balances(account)).count();
        for (at, sections) in [documents, accounts].into_iter().enumerate() {
            for section in sections {
                if section.cells.iter().all(|(key, value)| key == "СекцияДокумент" || value.is_empty()) {
                    left_out.push((at, LeftOut { row: section.line, reason: LeftOutReason::Blank }));
                    continue;
                }
                let rows = &mut tables[at];
                for (key, value) in &section.cells {
                    rows.cell(key, value)?;
                }
                if at == 0 {
                    self.derive(&section, rows)?;
                }
                rows.close(section.line, &mut self.quarantined)?;
            }
        }
        // Tables stay in their order even when one of them has no row that is left out.
        for rows in tables {
            let mut table = rows.table;
            table.partial = !self.has_end;
            extract.tables.push(table);
        }
        extract.left_out = left_out;
        extract.quarantined = std::mem::take(&mut self.quarantined);
        self.describe(unbalanced, &mut extract);
        Ok(extract)
    }

    fn describe(&self, unbalanced: usize, extract: &mut Extract) {
        let header = |key| self.header.get(key).to_owned();
        let mut tell = |name, value: String| {
            if !value.is_empty() {
                extract.details.push((name, value));
            }
        };
        tell("версия", header("ВерсияФормата"));
        tell("кодировка по заголовку", header("Кодировка"));
        let (from, to) = (header("ДатаНачала"), header("ДатаКонца"));
        tell("период", if from.is_empty() && to.is_empty() { String::new() } else { format!("{from} – {to}") });
        if !self.has_end {
            tell("конец файла", "нет строки КонецФайла".to_owned());
        }
        if unbalanced > 0 {
            tell("остатки и обороты не сходятся, секций", unbalanced.to_string());
        }
    }

    /// Columns that say whose money went where.
    fn derive(&self, document: &Open, rows: &mut Rows) -> Result<(), IngestError> {
        let account = |side: &str| {
            let account = document.get(&format!("{side}Счет")).to_owned();
            if account.is_empty() { document.get(&format!("{side}РасчСчет")).to_owned() } else { account }
        };
        let is_own = |side: &str| {
            ["Счет", "РасчСчет"].iter().any(|name| self.own.contains(document.get(&format!("{side}{name}"))))
        };
        let (payer, payee) = (account("Плательщик"), account("Получатель"));
        let (written_off, received) = (document.get("ДатаСписано"), document.get("ДатаПоступило"));
        let direction = match (is_own("Плательщик"), is_own("Получатель")) {
            (true, false) => "списание",
            (false, true) => "поступление",
            // One line of a statement is one side of a transfer: the date that stands there tells which.
            (both, _) => match (written_off.is_empty(), received.is_empty()) {
                (false, true) => "списание",
                (true, false) => "поступление",
                _ if both => "перевод",
                _ if self.own.is_empty() => "списание",
                _ => "",
            },
        };
        let (own, other) = match direction {
            "поступление" => (&payee, "Плательщик"),
            _ => (&payer, "Получатель"),
        };
        rows.cell("Направление", direction)?;
        rows.cell("СчетВыписки", if direction.is_empty() { "" } else { own })?;
        let moved =
            if direction == "поступление" { [received, written_off] } else { [written_off, received] };
        rows.cell("ДатаДвижения", moved.into_iter().find(|date| !date.is_empty()).unwrap_or_default())?;
        if !direction.is_empty() {
            let (name, inn) = party(document, other);
            rows.cell("Контрагент", &name)?;
            rows.cell("Контрагент.ИНН", &inn)?;
            rows.cell("Контрагент.КПП", document.get(&format!("{other}КПП")))?;
            rows.cell("Контрагент.Счет", &account(other))?;
        }
        let key = [&payer, &payee, document.get("Номер"), document.get("Дата"), document.get("Сумма")];
        rows.cell("Ключ", if key.iter().all(|part| part.is_empty()) { String::new() } else { key.join("/") }.as_str())
    }
}

/// Lines that part a file, and keys of its header.
const MARKS: [&str; 12] = [
    "ВерсияФормата",
    "ВремяСоздания",
    "ДатаКонца",
    "ДатаНачала",
    "ДатаСоздания",
    "Кодировка",
    "КонецДокумента",
    "КонецРасчСчет",
    "КонецФайла",
    "РасчСчет",
    "СекцияДокумент",
    "СекцияРасчСчет",
];

/// A key as the format spells it: some programs write it in small or in capital letters.
fn known(key: &str) -> Cow<'_, str> {
    let mut letters = key.chars();
    let usual = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none_or(char::is_lowercase);
    if usual {
        return Cow::Borrowed(key);
    }
    let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let lower = stem.to_lowercase();
    match MARKS.iter().chain(&KEYS).find(|name| name.to_lowercase() == lower) {
        Some(name) => Cow::Owned(format!("{name}{}", &key[stem.len()..])),
        None => Cow::Borrowed(key),
    }
}

/// Name and INN of a side.
fn party(document: &Open, side: &str) -> (String, String) {
    let whole = document.get(side);
    let (glued, name) = split_inn(whole);
    let inn = document.get(&format!("{side}ИНН"));
    let inn = if inn.is_empty() { glued } else { inn };
    let first = document.get(&format!("{side}1"));
    let name = if first.is_empty() { name } else { split_inn(first).1 };
    // Behind the slashes banks add an address.
    let name = name.split("//").next().unwrap_or_default().trim();
    (name.to_owned(), inn.to_owned())
}

/// INN and name of a text such as `ИНН 7700990010 ООО …`, `7700990010, ООО …`, `7700990010 ООО …`.
fn split_inn(text: &str) -> (&str, &str) {
    let rest = text.strip_prefix("ИНН").map_or(text, str::trim_start);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    // Ten digits and more: a name may begin with a number («21 век»).
    if end < 10 {
        return ("", text);
    }
    (&rest[..end], rest[end..].trim_start_matches([',', ' ', '/', '\\']))
}

/// Whether the balances of a section agree with its turnovers; what is not a number proves nothing.
fn balances(account: &Open) -> bool {
    let kopecks = |key: &str| -> Option<i128> {
        let text = account.get(key);
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
        if whole.is_empty() || part.len() > 2 || whole.len() > 18 {
            return None;
        }
        let digits = format!("{whole}{part:0<2}");
        digits.parse::<i128>().ok().map(|n| sign * n)
    };
    let turnovers = [("НачальныйОстаток", 1), ("ВсегоПоступило", 1), ("ВсегоСписано", -1), ("КонечныйОстаток", -1)];
    let all: Option<Vec<i128>> = turnovers.iter().map(|(key, sign)| kopecks(key).map(|n| n * sign)).collect();
    all.is_none_or(|parts| parts.iter().sum::<i128>() == 0)
}

const PURPOSE: &str = "НазначениеПлатежа";
/// Keys of the format that may follow a purpose, without their numbers.
const KEYS: [&str; 64] = [
    "ВидАккредитива",
    "ВидОплаты",
    "ВидПлатежа",
    "ДатаОтсылкиДок",
    "ДатаПоступило",
    "ДатаСписано",
    "Дата",
    "ДополнУсловия",
    "КБК",
    "КвитанцияВремя",
    "КвитанцияДата",
    "КвитанцияСодержание",
    "Код",
    "КодНазПлатежа",
    "НазначениеПлатежа",
    "Номер",
    "НомерСчетаПоставщика",
    "ОКАТО",
    "ОКТМО",
    "ОснованиеПлатежа",
    "Очередность",
    "ПлатежПоПредст",
    "Плательщик",
    "ПлательщикБИК",
    "ПлательщикБанк",
    "ПлательщикИНН",
    "ПлательщикКПП",
    "ПлательщикКорсчет",
    "ПлательщикРасчСчет",
    "ПлательщикСчет",
    "ПоказательВидаПлатежа",
    "ПоказательДаты",
    "ПоказательКБК",
    "ПоказательНомера",
    "ПоказательОснования",
    "ПоказательПериода",
    "ПоказательТипа",
    "ПокупательИНН",
    "Получатель",
    "ПолучательБИК",
    "ПолучательБанк",
    "ПолучательИНН",
    "ПолучательКПП",
    "ПолучательКорсчет",
    "ПолучательРасчСчет",
    "ПолучательСчет",
    "РезервноеПоле",
    "СерияДокумента",
    "Содержание",
    "СрокАкцепта",
    "СрокПлатежа",
    "СтатусСоставителя",
    "Сумма",
    "СуммаПрописью",
    "СуммаСписано",
    "СуммаПоступило",
    "ТипПлатежа",
    "УИН",
    "УИП",
    "УникальныйИдентификатор",
    "УсловиеОплаты",
    "Валюта",
    "ВидДокумента",
    "КодВалюты",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    fn read(text: &str) -> Extract {
        let input = Input::from_bytes("bank/kl.txt", text);
        assert!(ClientBank.detect(&input), "{text}");
        ClientBank.read(&input).unwrap()
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.column(heading).map_or("", |at| table.get(at, row))
    }

    fn one(body: &str) -> Extract {
        read(&format!("1CClientBankExchange\r\n{body}\r\nКонецФайла\r\n"))
    }

    #[test]
    fn whose_money_went_where() {
        const OWN: &str = "40702810000000000001";
        const FAR: &str = "40702810000000000099";
        let document = |payer: &str, payee: &str, off: &str, on: &str| {
            format!(
                "СекцияДокумент=Платежное поручение\nНомер=1\nПлательщикСчет={payer}\nПлательщик1=ООО П\nДатаСписано={off}\n\
                 ПолучательРасчСчет={payee}\nПолучатель1=ООО Л\nДатаПоступило={on}\nКонецДокумента"
            )
        };
        let (day, header) = ("02.11.2026", format!("РасчСчет={OWN}\nРасчСчет=40702810000000000002\n"));
        for (header, body, direction, account, party) in [
            (&*header, document(OWN, FAR, day, ""), "списание", OWN, "ООО Л"),
            (&header, document(FAR, OWN, "", day), "поступление", OWN, "ООО П"),
            // Both dates, and the account decides.
            (&header, document(FAR, OWN, day, day), "поступление", OWN, "ООО П"),
            (&header, document(OWN, "40702810000000000002", day, day), "перевод", OWN, "ООО Л"),
            (&header, document(OWN, "40702810000000000002", "", day), "поступление", "40702810000000000002", "ООО П"),
            // The bank masks the numbers in the documents.
            (&header, document("4070*", FAR, day, ""), "списание", "4070*", "ООО Л"),
            (&header, document("", "4070*", "", day), "поступление", "4070*", "ООО П"),
            (&header, document("", "", "", ""), "", "", ""),
            // Orders of 1C for a bank name no account of a statement.
            ("", document(OWN, FAR, "", ""), "списание", OWN, "ООО Л"),
        ] {
            let extract = one(&format!("{header}{body}"));
            let table = &extract.tables[0];
            let got = ["Направление", "СчетВыписки", "Контрагент"].map(|heading| cell(table, heading, 0));
            assert_eq!(got, [direction, account, party], "{body}");
        }
    }

    #[test]
    fn keys_may_be_in_small_or_capital_letters() {
        let usual = "СекцияДокумент=Платежное поручение\nНомер=1\nСумма=5.00\nПлательщик1=ООО Ель\nПлательщикИНН=6672307097\n\
            НазначениеПлатежа=Оплата\nКонецДокумента";
        let line = |line: &str, of: fn(&str) -> String| match line.split_once('=') {
            Some((key, value)) => format!("{}={value}", of(key)),
            None => of(line),
        };
        for of in [str::to_lowercase, str::to_uppercase] {
            let body = usual.lines().map(|text| line(text, of)).collect::<Vec<_>>().join("\n");
            let table = &one(&body).tables[0];
            let got =
                ["Номер", "Сумма", "Плательщик1", "ПлательщикИНН", "НазначениеПлатежа"].map(|h| cell(table, h, 0));
            assert_eq!(got, ["1", "5.00", "ООО Ель", "6672307097", "Оплата"], "{body}");
        }
    }

    #[test]
    fn names_lose_what_was_glued_to_them() {
        for (keys, name, inn) in [
            ("Получатель=ИНН 6672307097 ООО \"Ель\"", "ООО \"Ель\"", "6672307097"),
            ("Получатель=7123456789, ООО \"Ель\"\nПолучательИНН=0", "ООО \"Ель\"", "0"),
            ("Получатель=615400000012 ИП Ёлкин//Тверь, д. 1//", "ИП Ёлкин", "615400000012"),
            ("Получатель=\nПолучатель1=ИП Ёлкин А.А.\nПолучательИНН=0500990050", "ИП Ёлкин А.А.", "0500990050"),
            ("Получатель=21 век, ООО", "21 век, ООО", ""),
            ("Получатель=7123456789012, ИП Х\nПолучательИНН=7123456789012", "ИП Х", "7123456789012"),
        ] {
            let extract = one(&format!("СекцияДокумент\nНомер=1\n{keys}\nКонецДокумента"));
            let got = ["Контрагент", "Контрагент.ИНН"].map(|heading| cell(&extract.tables[0], heading, 0));
            assert_eq!(got, [name, inn], "{keys}");
        }
    }

    #[test]
    fn purposes_go_over_lines() {
        let extract = one(
            "СекцияДокумент=Банковский ордер\nНазначениеПлатежа=Оплата по счёту 5\nв т.ч. НДС=100-00\nСкидка=5 %\n\n\
             НазначениеПлатежа1=ещё\nОчередность=5\nНовыйКлюч=1\nКонецДокумента",
        );
        let table = &extract.tables[0];
        for (heading, expected) in [
            ("СекцияДокумент", "Банковский ордер"),
            ("НазначениеПлатежа", "Оплата по счёту 5 в т.ч. НДС=100-00 Скидка=5 %"),
            ("НазначениеПлатежа1", "ещё"),
            ("Очередность", "5"),
            ("НовыйКлюч", "1"),
        ] {
            assert_eq!(cell(table, heading, 0), expected, "{heading}");
        }
        assert_eq!(table.rows, [2]);
    }

    #[test]
    fn cut_files_and_empty_sections() {
        let text = "1CClientBankExchange\nСекцияДокумент\nНомер=1\nКонецДокумента\nСекцияДокумент\nКонецДокумента\n\
                    СекцияДокумент\nНомер=2\nСекцияДокумент\nНомер=3";
        let extract = read(text);
        assert_eq!(extract.tables[0].rows, [2, 7]);
        assert_eq!(extract.left_out, [(0, LeftOut { row: 5, reason: LeftOutReason::Blank })]);
        assert_eq!(extract.quarantined[0].location.to_string(), "bank/kl.txt, строка 9");
        assert!(extract.details.iter().any(|(name, _)| *name == "конец файла"));
    }

    #[test]
    fn balances_are_looked_at() {
        for (section, agrees) in [
            ("НачальныйОстаток=10.00\nВсегоПоступило=5.5\nВсегоСписано=3\nКонечныйОстаток=12.50", true),
            ("НачальныйОстаток=10.00\nВсегоПоступило=5.5\nВсегоСписано=3\nКонечныйОстаток=12.51", false),
            ("НачальныйОстаток=-10.00\nВсегоПоступило=0\nВсегоСписано=0\nКонечныйОстаток=-10.00", true),
            ("НачальныйОстаток=10.00\nВсегоПоступило=5.5\nВсегоСписано=3", true),
            ("НачальныйОстаток=1 0\nВсегоПоступило=5.5\nВсегоСписано=3\nКонечныйОстаток=12.51", true),
        ] {
            let extract = one(&format!("СекцияРасчСчет\n{section}\nКонецРасчСчет"));
            let told = extract.details.iter().any(|(name, _)| name.starts_with("остатки"));
            assert_eq!(told, !agrees, "{section}");
            assert_eq!(extract.tables[1].len(), 1);
        }
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in ["1CClientBankExchange;Сумма\n", "1CClient", "", "ВерсияФормата=1.03"] {
            assert!(!ClientBank.detect(&Input::from_bytes("a.txt", text)), "{text}");
        }
    }
}
