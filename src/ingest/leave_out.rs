//! Rows that are no records: totals, groups, the heading repeated.
//!
//! Leaving out a real record is a silent loss, so a row is left out only on strong signs and always with its reason:
//! when in doubt it is data.

use crate::model::{LeftOut, LeftOutReason, RawTable, TextColumn};

/// Share of rows, in percent, that have a text in the key column of a table with groups.
const KEY_FILLED_PERCENT: usize = 90;
/// Below this number of rows a filled share proves nothing.
const MIN_ROWS_FOR_GROUPS: usize = 8;
/// Rows that are added up in search of groups, over a whole table: a fraction of a second.
const MAX_SUMMED: usize = 20_000_000;

/// Takes rows out that are no records: blank ones, the heading repeated, a row of column numbers, totals, groups.
///
/// The table holds only what stands below the heading; `storeys` are its rows as they stand. Cost: a few passes over
/// the columns without allocation per row; cells are copied only when a row goes.
pub fn leave_out_rows(table: &mut RawTable, storeys: &[Vec<String>]) -> Vec<LeftOut> {
    let keys = key_columns(table);
    let groups = group_columns(table, &keys);
    let mut budget = MAX_SUMMED;
    let mut left_out = Vec::new();
    let mut going = Vec::new();
    for row in 0..table.len() {
        let reason = reason_to_leave(table, row, storeys, &keys, groups.as_ref())
            .or_else(|| sums_members(table, row, &keys, groups.as_ref(), &mut budget).then_some(LeftOutReason::Group));
        if let Some(reason) = reason {
            left_out.push(LeftOut { row: table.rows[row], reason });
            going.push(row);
        }
    }
    if !going.is_empty() {
        let mut next = going.iter().copied().peekable();
        keep_rows(table, |row| next.next_if_eq(&row).is_none());
    }
    left_out
}

fn reason_to_leave(
    table: &RawTable,
    row: usize,
    storeys: &[Vec<String>],
    keys: &[usize],
    groups: Option<&Groups>,
) -> Option<LeftOutReason> {
    if storeys.iter().any(|storey| repeats(table, row, storey)) {
        return Some(LeftOutReason::Title);
    }
    if row == 0 && is_column_numbers(table) {
        return Some(LeftOutReason::Title);
    }
    let text = |column: usize| table.get(column, row).trim();
    let Some(first) = (0..table.columns.len()).find(|&c| !text(c).is_empty()) else {
        return Some(LeftOutReason::Blank);
    };
    // A text in a key column makes a row a record whatever else it says; «Итого» in the first of them is no key.
    let mut filled_keys = keys.iter().copied().filter(|&key| !text(key).is_empty());
    if filled_keys.any(|key| key != first || !is_total(text(key))) {
        return None;
    }
    let others = || (first + 1..table.columns.len()).filter(|&c| !text(c).is_empty());
    if is_total(text(first)) && others().all(|c| is_sum(table, c, row) || is_count(text(c))) {
        return Some(LeftOutReason::Total);
    }
    let groups = groups?;
    // Below a register of documents: sums that nothing is said of.
    let only_sums = || groups.amounts.contains(&first) && others().all(|c| groups.amounts.contains(&c));
    if groups.is_register && row > groups.last && is_numeric(text(first)) && only_sums() {
        return Some(LeftOutReason::Total);
    }
    // A group may carry the totals of its members, and has members.
    (groups.is_certain && groups.is_bare(table, row, first) && row < groups.last).then_some(LeftOutReason::Group)
}

/// Whether a name without a key carries the sum of the records that follow it, of two at least, up to another row
/// without a key. This proves a group in a table too small or too sparse for shares; one equal amount may be chance, but
/// for a document that has no date.
fn sums_members(table: &RawTable, row: usize, keys: &[usize], groups: Option<&Groups>, budget: &mut usize) -> bool {
    let Some(groups) = groups else { return false };
    let text = |column: usize, row: usize| table.get(column, row).trim();
    if keys.iter().any(|&key| !text(key, row).is_empty()) {
        return false;
    }
    let Some(first) = (0..table.columns.len()).find(|&c| !text(c, row).is_empty()) else { return false };
    if !groups.is_bare(table, row, first) {
        return false;
    }
    let enough = if groups.is_register { 1 } else { 2 };
    let Some(&column) = groups.amounts.iter().find(|&&c| c != first && !text(c, row).is_empty()) else { return false };
    let amount = |row: usize| thousandths(text(column, row));
    let Some(total) = amount(row).filter(|total| *total != 0) else { return false };
    let (mut sum, mut members) = (0, 0);
    for member in row + 1..table.len() {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        if text(groups.key, member).is_empty() {
            if sum == total && members >= enough {
                return true;
            }
        } else if let Some(amount) = amount(member) {
            sum += amount;
            members += 1;
        }
    }
    sum == total && members >= enough
}

/// A number in thousandths (quantities have grams): «1 500,30», «-5», «1,500.30».
fn thousandths(text: &str) -> Option<i128> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '\'')).collect();
    let (minus, digits) = digits.strip_prefix('-').map_or((false, digits.as_str()), |rest| (true, rest));
    let (whole, fraction) = digits.rsplit_once(['.', ',']).unwrap_or((digits, ""));
    let whole = whole.replace(',', "");
    // 18 digits stay far from the end of the numbers however many are added up.
    if whole.len() > 18 || fraction.len() > 3 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i128 = format!("{whole}{fraction:0<3}").parse().ok()?;
    Some(if minus { -number } else { number })
}

/// A number that may be a sum: not a phone, an INN or a date, which only records have.
fn is_sum(table: &RawTable, column: usize, row: usize) -> bool {
    is_numeric(table.get(column, row)) && !names_person_or_day(&table.columns[column].heading)
}

/// Columns whose numbers are never added up.
fn names_person_or_day(heading: &str) -> bool {
    let folded = heading.to_lowercase();
    ["тел", "моб", "факс", "phone", "fax", "инн", "кпп", "огрн", "окпо", "бик", "дата", "date", "индекс", "паспорт"]
        .iter()
        .any(|word| folded.contains(word))
}

/// «15 контрагентов», «строк: 15»: how many records there are.
fn is_count(text: &str) -> bool {
    let folded = text.trim().to_lowercase();
    let (mut digits, mut words) = (0, 0);
    for word in folded.split([' ', ':', '\u{A0}', '(', ')']).filter(|word| !word.is_empty()) {
        if word.bytes().all(|b| b.is_ascii_digit()) {
            digits += 1;
        } else if COUNTED.iter().any(|counted| word.starts_with(counted)) {
            words += 1;
        } else {
            return false;
        }
    }
    digits == 1 && words == 1
}

/// What reports count, as words begin.
const COUNTED: &[&str] = &[
    "записе",
    "записи",
    "запись",
    "строк",
    "элемент",
    "позици",
    "контрагент",
    "клиент",
    "компани",
    "контакт",
    "сделок",
    "сделк",
    "организаци",
    "документ",
    "шт",
    "record",
    "row",
    "item",
];

/// All filled cells of the row stand in the storey at the same place, and at least two thirds of the storey are there.
fn repeats(table: &RawTable, row: usize, storey: &[String]) -> bool {
    let mut same = 0;
    for column in 0..table.columns.len() {
        let text = table.get(column, row).trim();
        if text.is_empty() {
            continue;
        }
        if storey.get(column).is_none_or(|caption| caption != text) {
            return false;
        }
        same += 1;
    }
    same > 0 && same * 3 >= 2 * storey.iter().filter(|caption| !caption.is_empty()).count()
}

/// «1 2 3 4 …» below the heading, one number per column.
fn is_column_numbers(table: &RawTable) -> bool {
    let width = table.columns.iter().filter(|c| !c.heading.is_empty()).count();
    width >= 4
        && table
            .columns
            .iter()
            .filter(|c| !c.heading.is_empty())
            .enumerate()
            .all(|(at, column)| column.cells.get(0).trim().parse() == Ok(at + 1))
}

/// «Итого», «Всего:», «Итого по группе», «Total»; not «Итого ООО», «Всего доброго».
fn is_total(text: &str) -> bool {
    let text = text.trim();
    // Names are the common case: leave before folding.
    let begins = |word: &str| {
        let mut chars = text.chars().flat_map(char::to_lowercase);
        word.chars().all(|c| chars.next() == Some(c))
    };
    if !["итог", "всего", "общий", "total", "grand"].iter().any(|word| begins(word)) {
        return false;
    }
    let folded = text.to_lowercase();
    let folded = folded.trim_end_matches([':', '.', ' ']);
    ["итого", "всего", "общий итог", "итог", "total", "grand total"].iter().any(|word| {
        folded.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty()
                || rest.strip_prefix([' ', ':']).is_some_and(|rest| {
                    let rest = rest.trim_start();
                    ["по ", "за ", "на ", "в ", "с ", "руб"].iter().any(|next| rest.starts_with(next))
                        || COUNTED.iter().any(|next| rest.starts_with(next))
                        || is_count(rest)
                })
                || rest.strip_prefix(':').is_some_and(is_numeric)
        })
    })
}

/// Digits, separators, currency and units of a number; no letters beyond those.
fn is_numeric(text: &str) -> bool {
    let text = text.trim_end_matches("руб.").trim_end_matches("шт").trim_end_matches('%');
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || " .,-+()'₽\u{A0}\u{202F}/:".contains(c))
}

/// Columns whose text identifies a record: a row that has one is no group and no total.
fn key_columns(table: &RawTable) -> Vec<usize> {
    let date = register_columns(table).map(|(_, date)| date);
    (0..table.columns.len()).filter(|&c| date == Some(c) || is_key(&table.columns[c].heading)).collect()
}

/// Number and date of a register of documents: every document of 1C has both, so a row without a date is a group or a
/// total when nothing else speaks against it.
fn register_columns(table: &RawTable) -> Option<(usize, usize)> {
    let find = |names: &[&str]| {
        table.columns.iter().position(|column| names.contains(&lower_storey(&column.heading).as_str()))
    };
    Some((find(&["номер", "номер документа", "№ документа"])?, find(&["дата", "дата документа"])?))
}

/// The lowest of the storeys of a heading.
fn lower_storey(heading: &str) -> String {
    let folded = heading.to_lowercase();
    folded.rsplit([':', '/']).next().unwrap_or("").trim().trim_matches(['*', '.']).to_owned()
}

fn is_key(heading: &str) -> bool {
    matches!(
        lower_storey(heading).as_str(),
        "id" | "guid"
            | "uuid"
            | "ид"
            | "xml_id"
            | "ref_key"
            | "ссылка"
            | "уникальный идентификатор"
            | "код"
            | "code"
            | "инн"
            | "inn"
            | "огрн"
            | "ogrn"
            | "артикул"
    )
}

/// Where group rows of this table would show, when it can have any.
struct Groups {
    /// The key column that records fill.
    key: usize,
    /// The first column and the first column of names.
    names: Vec<usize>,
    /// Columns that are added up.
    amounts: Vec<usize>,
    /// The last row with a key: groups stand above it.
    last: usize,
    /// Nearly all rows have a key and several texts: a lone name stands out.
    is_certain: bool,
    is_register: bool,
}

impl Groups {
    /// Whether a row whose first text stands in `first` has a name and amounts alone.
    fn is_bare(&self, table: &RawTable, row: usize, first: usize) -> bool {
        let text = |column: usize| table.get(column, row).trim();
        let mut others = (first + 1..table.columns.len()).filter(|&c| !text(c).is_empty());
        self.names.contains(&first)
            && text(self.key).is_empty()
            && others.all(|c| self.amounts.contains(&c) && is_numeric(text(c)))
    }
}

fn group_columns(table: &RawTable, keys: &[usize]) -> Option<Groups> {
    let rows = table.len();
    if table.columns.len() < 3 {
        return None;
    }
    let filled = |column: usize| table.columns[column].cells.filled();
    // The fullest key column, of equals the first.
    let key = keys.iter().copied().max_by_key(|&c| (filled(c), std::cmp::Reverse(c)))?;
    let name = table.columns.iter().position(|column| {
        let folded = column.heading.to_lowercase();
        ["наименование", "название", "контрагент", "номенклатура", "компания", "имя", "name", "title"]
            .iter()
            .any(|word| folded.starts_with(word))
    });
    let keyed = |row: usize| !table.get(key, row).trim().is_empty();
    let last = (0..rows).rev().find(|&row| keyed(row))?;
    let bare: usize = (0..rows)
        .filter(|&row| !keyed(row))
        .map(|row| table.columns.iter().filter(|column| !column.cells.get(row).is_empty()).count())
        .sum();
    let all: usize = (0..table.columns.len()).map(filled).sum();
    // A record known by its name alone would look like a group: where the other columns are mostly empty too, one
    // filled cell proves nothing.
    let usual = (all - bare) / filled(key);
    let register = register_columns(table);
    // A document that lost its date looks like a group: only its sum can prove one.
    let is_certain = register.is_none()
        && rows >= MIN_ROWS_FOR_GROUPS
        && filled(key) * 100 >= rows * KEY_FILLED_PERCENT
        && usual >= 3;
    let mut names = vec![0];
    names.extend(name);
    names.extend(register.map(|(number, _)| number));
    let amounts = (0..table.columns.len()).filter(|&c| is_amount(&table.columns[c].heading)).collect();
    Some(Groups { key, names, amounts, last, is_certain, is_register: register.is_some() })
}

/// Columns whose numbers a report adds up over a group.
fn is_amount(heading: &str) -> bool {
    let folded = heading.to_lowercase();
    [
        "сумм",
        "итог",
        "всего",
        "остат",
        "колич",
        "кол-во",
        "сальдо",
        "оборот",
        "дебет",
        "кредит",
        "долг",
        "задолж",
        "аванс",
        "ндс",
        "оплач",
        "оплат",
        "отгруж",
        "бюджет",
        "выручк",
        "стоимост",
        "amount",
        "sum",
        "total",
        "balance",
        "debt",
        "quantity",
    ]
    .iter()
    .any(|word| folded.contains(word))
}

/// Drops columns at the right end that have neither a heading nor a text: the separator after the last cell.
pub fn drop_phantom_columns(table: &mut RawTable) {
    while table.columns.last().is_some_and(|c| c.heading.is_empty() && c.cells.filled() == 0) {
        table.columns.pop();
    }
}

/// Copies the rows for which `keep` says so; it is called once per row, in order.
pub(super) fn keep_rows(table: &mut RawTable, mut keep: impl FnMut(usize) -> bool) {
    let kept: Vec<usize> = (0..table.len()).filter(|&row| keep(row)).collect();
    for column in &mut table.columns {
        let mut cells = TextColumn::with_capacity(kept.len(), column.cells.byte_len());
        for &row in &kept {
            cells.push(column.cells.get(row));
        }
        column.cells = cells;
    }
    table.rows = kept.iter().map(|&row| table.rows[row]).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::sheet::{
        Sheet,
        tests::{left_out, table},
    };

    #[test]
    fn totals_and_names_like_totals() {
        let cases = [
            ("Итого", true),
            ("ИТОГО:", true),
            ("Всего по группе", true),
            ("Итого за период", true),
            ("Total", true),
            ("Итого ООО", false),
            ("Итого", true),
            ("ООО Итого", false),
            ("Всего доброго", false),
            ("Итоговый центр", false),
            ("Totalenergies", false),
        ];
        for (name, total) in cases {
            let sheet = table(&[&["Наименование", "Город", "Сумма"], &["Ромашка", "Тверь", "1"], &[name, "", "1,00"]]);
            assert_eq!(sheet.table.len(), if total { 1 } else { 2 }, "{name}");
            // With a key, or another text beside it, the row is a record.
            let sheet = table(&[&["Наименование", "ИНН"], &["Ромашка", "7700000016"], &[name, "7700000023"]]);
            assert_eq!(sheet.table.len(), 2, "{name}");
            let sheet = table(&[&["Наименование", "Город"], &["Ромашка", "Тверь"], &[name, "Тверь"]]);
            assert_eq!(sheet.table.len(), 2, "{name}");
        }
    }

    #[test]
    fn registers_of_documents_arrive_whole() {
        const REGISTER: &[&[&str]] = &[
            &["Реестр документов за ноябрь"],
            &["№", "Документ", "", "Контрагент", "", "Сумма", ""],
            &["", "Номер", "Дата", "Наименование", "ИНН", "Всего", "НДС"],
            &["", "Склад №1", "", "", "", "1\u{A0}734,50", "289,08"],
            &["1", "0000-000012", "02.11.2026 10:00:00", "ООО Осина", "7700990028", "1\u{A0}234,50", "205,75"],
            &["2", "0000-000013", "03.11.2026 0:00:00", "", "", "500,00", "83,33"],
            &["", "Склад №2", "", "", "", "100,00", "16,67"],
            &["3", "0000-000014", "04.11.2026", "ООО Бук", "", "100,00", "16,67"],
            &["", "0000-000015", "", "", "", "7,00", "1,17"],
            &["Итого", "", "", "", "", "1\u{A0}841,50", "306,92"],
        ];
        let sheet = table(REGISTER);
        let numbers: Vec<&str> = (0..sheet.table.len()).map(|row| sheet.table.get(1, row)).collect();
        // A document without a date is a document unless its sum is that of others.
        assert_eq!(numbers, ["0000-000012", "0000-000013", "0000-000014", "0000-000015"]);
        assert_eq!(sheet.table.columns[1].heading, "Документ / Номер");
        let reasons: Vec<LeftOutReason> = left_out(&sheet).into_iter().map(|(_, reason)| reason).collect();
        use LeftOutReason::{Group, Title, Total};
        assert_eq!(reasons, [Title, Group, Group, Total]);
        // A list with the sums below it, and nothing beside them.
        let list: &[&[&str]] = &[
            &["Номер", "Дата", "Сумма", "Контрагент"],
            &["1", "02.11.2026", "5,00", "А"],
            &["2", "01.01.0001", "<>", "А"],
            &["3", "", "6,00", ""],
            &["4", "03.11.2026", "7,00", ""],
            &["", "", "18,00", ""],
        ];
        let sheet = table(list);
        assert_eq!((sheet.table.len(), left_out(&sheet)), (4, vec![(6, Total)]));
    }

    #[test]
    fn groups_only_on_strong_signs() {
        let codes: Vec<String> = (0..40).map(|i| format!("00-{i:06}")).collect();
        let mut rows: Vec<Vec<&str>> = vec![vec!["Наименование", "Код", "ИНН", "Город"]];
        for code in &codes {
            rows.push(vec!["Фирма", code, "7700000016", "Тверь"]);
        }
        rows.insert(1, vec!["Покупатели"]);
        rows.push(vec!["Частное лицо", "", "", "Тула"]);
        rows.push(vec!["", "", "", "Тула"]);
        let borrowed: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let sheet = table(&borrowed);
        assert_eq!(left_out(&sheet), [(2, LeftOutReason::Group)]);
        assert_eq!(sheet.table.len(), 42);

        // Most rows have no more than a name: the same row proves nothing.
        let sparse: Vec<[&str; 4]> = (0..20).map(|i| ["Фирма", codes[i].as_str(), "", ""]).collect();
        let mut borrowed: Vec<&[&str]> = vec![&["Наименование", "Код", "ИНН", "Город"], &["Покупатели"]];
        borrowed.extend(sparse.iter().map(|r| r.as_slice()));
        assert_eq!(table(&borrowed).table.len(), 21);

        // Without a key column too.
        let mut borrowed: Vec<&[&str]> = vec![&["Наименование", "Телефон", "Город"], &["Покупатели"]];
        borrowed.extend(std::iter::repeat_n(&["Фирма", "+7 495 000-00-00", "Тула"][..], 20));
        assert_eq!(table(&borrowed).table.len(), 21);
    }

    #[test]
    fn repeated_heading_and_column_numbers() {
        let sheet = table(&[
            &["Код", "Наименование", "ИНН", "Город"],
            &["1", "2", "3", "4"],
            &["10", "Ромашка", "7700000016", "Тверь"],
            &["Код", "Наименование", "ИНН", "Город"],
            &["11", "Наименование", "7700000016", "Город"],
        ]);
        assert_eq!(left_out(&sheet), [(2, LeftOutReason::Title), (4, LeftOutReason::Title)]);
        assert_eq!(sheet.table.rows, [3, 5]);
    }

    #[test]
    fn totals_in_the_column_of_codes() {
        for (row, total) in [
            (["Итого", "", "", "", "1 500,00"], true),
            (["Всего:", "", "", "", "15"], true),
            (["TOTAL", "", "", "", ""], true),
            (["Итого", "15 контрагентов", "", "", "1 500,00"], true),
            (["Итого: 3 записи", "", "", "", ""], true),
            (["Всего: 15", "", "", "", ""], true),
            // Records: they have a name, a key, or what only a party has.
            (["Total", "ООО «Тоталь»", "", "", "5"], false),
            (["Итого", "", "7700000016", "", "5"], false),
            (["Итого", "", "", "8 495 000-00-01", ""], false),
            (["0001", "Итого", "", "", "5"], false),
            (["", "Итого Сервис ООО", "", "", "5"], false),
            (["", "Всего по 50", "", "8 495 000-00-01", ""], false),
            (["", "Итого", "7700000016", "", ""], false),
            (["ИТ-1", "Итого по договору", "", "", "7"], false),
        ] {
            let sheet = table(&[
                &["Код", "Наименование", "ИНН", "Телефон", "Сумма"],
                &["0002", "Ромашка", "7700000023", "8 495 000-00-02", "1"],
                &row,
            ]);
            assert_eq!(sheet.table.len(), if total { 1 } else { 2 }, "{row:?}");
            if total {
                assert_eq!(left_out(&sheet), [(3, LeftOutReason::Total)], "{row:?}");
            }
        }
    }

    /// Rows of names, keys, phones and amounts under such headings.
    fn list(rows: &[[&str; 4]]) -> Sheet {
        let mut all: Vec<&[&str]> = vec![&["Наименование", "Код", "Телефон", "Сумма долга"]];
        all.extend(rows.iter().map(|row| &row[..]));
        table(&all)
    }

    #[test]
    fn groups_with_totals() {
        let codes: Vec<String> = (0..30).map(|i| format!("00-{i:06}")).collect();
        let mut rows: Vec<[&str; 4]> = codes.iter().map(|code| ["Фирма", code, "8 495 000-00-01", "10"]).collect();
        rows.insert(0, ["Покупатели", "", "", "99,50"]);
        // A private client has a phone, the last row has no members.
        rows.insert(5, ["Частное лицо", "", "8 495 000-00-02", "10"]);
        rows.push(["Случайный клиент", "", "", "10"]);
        let sheet = list(&rows);
        assert_eq!(left_out(&sheet), [(2, LeftOutReason::Group)]);
        assert_eq!(sheet.table.len(), 32);
    }

    #[test]
    fn sums_prove_groups_in_small_tables() {
        let sheet = list(&[
            ["Покупатели", "", "", "1 500,30"],
            ["Ромашка", "01", "", "1 000,10"],
            ["Василёк", "02", "", "500,20"],
            // Nested: the sum of all that follows, then of its own.
            ["Поставщики", "", "", "65"],
            ["Местные", "", "", "15"],
            ["Колос", "03", "", "10"],
            ["Дубрава", "04", "", "5"],
            ["Прочие", "", "", "50"],
            ["Нива", "05", "", "20"],
            ["Поле", "06", "", "30"],
            // Records without a code: an amount that is no sum, one that is equal to the next by chance.
            ["Частное лицо", "", "", "51"],
            ["Луг", "07", "", "50"],
            ["Другое лицо", "", "", "50"],
            ["Лес", "08", "", "50"],
        ]);
        use LeftOutReason::Group;
        assert_eq!(left_out(&sheet), [(2, Group), (5, Group), (6, Group), (9, Group)]);
        assert_eq!(sheet.table.len(), 10);
    }
}
