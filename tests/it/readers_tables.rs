//! Text and HTML tables as 1C, Bitrix24 and amoCRM write them: every row arrives, in its place, with its text unchanged.

use encoding_rs::WINDOWS_1251;
use sverka::ingest::{self, Extract, Input};
use sverka::model::LeftOutReason::{self, Blank, Group, Title, Total};

fn read(name: &str, bytes: impl Into<Vec<u8>>) -> Extract {
    ingest::read(&Input::from_bytes(name, bytes), None).unwrap_or_else(|e| panic!("{e}")).1
}

fn rows(extract: &Extract) -> Vec<Vec<&str>> {
    let table = &extract.tables[0];
    (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
}

fn headings(extract: &Extract) -> Vec<&str> {
    extract.tables[0].columns.iter().map(|c| c.heading.as_str()).collect()
}

fn aside(extract: &Extract) -> Vec<(u32, LeftOutReason)> {
    extract.left_out.iter().map(|(_, l)| (l.row, l.reason)).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Each cell quoted, a separator after the last, line feeds: the writer of Bitrix24.
fn bitrix24(rows: &[&[&str]]) -> String {
    let mut text = String::from("\u{feff}");
    for row in rows {
        for cell in *row {
            text += &format!("\"{}\";", cell.replace('"', "\"\""));
        }
        text.push('\n');
    }
    text
}

#[test]
fn reports_of_1c_as_text() {
    let report = [
        "ООО \"Колос\"",
        "Оборотно-сальдовая ведомость по счету 62 за 2024 г.",
        "Выводимые данные:\tБУ (данные бухгалтерского учета)",
        "",
        "Контрагент\tИНН\tСальдо на начало периода\t\tОбороты за период\t\tСальдо на конец периода",
        "\t\tДебет\tКредит\tДебет\tКредит\tДебет\tКредит",
        "Покупатели\t\t100,00\t\t30,00\t\t130,00",
        "Ромашка ООО\t0700000015\t60,00\t\t10,00\t\t70,00",
        "Василёк ООО\t7700000023\t40,00\t\t20,00\t\t60,00",
        "Итого\t\t100,00\t\t30,00\t\t130,00",
    ]
    .join("\r\n");
    for bytes in [utf16(&report), WINDOWS_1251.encode(&report).0.into_owned(), report.clone().into_bytes()] {
        let extract = read("осв.txt", bytes);
        assert_eq!(
            headings(&extract),
            [
                "Контрагент",
                "ИНН",
                "Сальдо на начало периода / Дебет",
                "Сальдо на начало периода / Кредит",
                "Обороты за период / Дебет",
                "Обороты за период / Кредит",
                "Сальдо на конец периода / Дебет",
                "Сальдо на конец периода / Кредит",
            ]
        );
        assert_eq!(rows(&extract)[0][..4], ["Ромашка ООО", "0700000015", "60,00", ""]);
        assert_eq!(extract.tables[0].rows, [8, 9]);
        assert_eq!(aside(&extract), [(1, Title), (2, Title), (3, Title), (4, Blank), (7, Group), (10, Total)]);
    }
}

#[test]
fn values_never_change() {
    let extract = read(
        "a.csv",
        "Код;Наименование;ИНН;Сумма;Дата;Активен;Телефон\n\
         000000001;А;0700000015;1\u{a0}234,56;01.01.0001;Да;+7 (495) 000-00-01\n\
         1E5;Б;7,7E+09;1\u{202f}234,50;25.03.2024 0:00:00;ИСТИНА;8.4950000001E10\n\
         <>;В;7707083893.0;(5,00);;;=\"+7 495\"\n",
    );
    assert_eq!(
        rows(&extract),
        [
            ["000000001", "А", "0700000015", "1\u{a0}234,56", "01.01.0001", "Да", "+7 (495) 000-00-01"],
            ["1E5", "Б", "7,7E+09", "1\u{202f}234,50", "25.03.2024 0:00:00", "ИСТИНА", "8.4950000001E10"],
            ["<>", "В", "7707083893.0", "(5,00)", "", "", "+7 495"],
        ]
    );
}

#[test]
fn continuation_rows_of_bitrix24() {
    let head: &[&str] = &[
        "Название компании",
        "Тип компании",
        "Рабочий телефон",
        "Тип компании",
        "Реквизит: ID",
        "Реквизит: ИНН",
        "Реквизит: Активен",
        "ID",
    ];
    let ids: Vec<String> = (10..60).map(|id| id.to_string()).collect();
    let many: Vec<[&str; 8]> =
        ids.iter().map(|id| ["Фирма", "Клиент", "8 495 000-00-01", "x", "5", "7700000016", "Да", id]).collect();
    let mut all: Vec<&[&str]> = vec![
        head,
        &["ООО \"Ромашка\"; Тверь", "Клиент", "1, 2", "x\ny", "1", "7700000016", "Да", "1"],
        &["", "", "", "", "2", "7700000023", "Нет", ""],
        &["", "", "", "", "3", "", "", ""],
        &["Без реквизитов", "", "", "", "", "", "", "2"],
    ];
    all.extend(many.iter().map(|row| &row[..]));
    let text = bitrix24(&all);
    for bytes in [text.clone().into_bytes(), WINDOWS_1251.encode(text.trim_start_matches('\u{feff}')).0.into_owned()] {
        let extract = read("companies.csv", bytes);
        assert_eq!(headings(&extract), head);
        assert_eq!(rows(&extract)[..4], all[1..5]);
        assert_eq!(extract.tables[0].rows[..4], [2, 4, 5, 6]);
        assert_eq!((extract.tables[0].len(), extract.left_out.len(), extract.quarantined.len()), (54, 0, 0));
    }
}

#[test]
fn deals_of_bitrix24_repeat_for_each_product() {
    let text = bitrix24(&[
        &["Название сделки", "Стадия сделки", "Сумма", "Компания", "Товар", "Цена", "Количество", "ID"],
        &["Поставка", "Счёт выставлен", "100.00", "Ромашка", "Стул", "50.00", "2", "7"],
        &["Поставка", "Счёт выставлен", "30.00", "Ромашка", "Стол; \"дубовый\"", "30.00", "1", "7"],
        &["Итого по договору", "Оплачено", "", "Василёк", "", "", "", "8"],
    ]);
    let extract = read("deals.csv", text);
    // Each deal once, with the sum of its rows; the rows of goods apart.
    assert_eq!(rows(&extract)[0], ["Поставка", "Счёт выставлен", "130.00", "Ромашка", "7"]);
    assert_eq!(rows(&extract)[1], ["Итого по договору", "Оплачено", "", "Василёк", "8"]);
    let goods = &extract.tables[1];
    let row: Vec<&str> = (0..goods.columns.len()).map(|column| goods.get(column, 1)).collect();
    assert_eq!((goods.kind.as_str(), goods.len(), &goods.rows[..]), ("crm.deal.productrow", 2, &[2, 3][..]));
    assert_eq!(row, ["7", "30.00", "Стол; \"дубовый\"", "30.00", "1"]);
    assert_eq!((extract.tables[0].len(), extract.left_out.len()), (2, 0));
}

#[test]
fn lists_of_amocrm() {
    let text = "\u{feff}\"ID\";\"Название сделки\";\"Основной контакт\";\"Бюджет\";\"Дата закрытия\";\"Примечание\";\"Примечание\";\"Рабочий телефон (контакт)\"\n\
        \"101\";\"Сделка \"\"А\"\"\";\"Котов Иван\";\"15000\";\"не закрыта\";\"строка 1\nстрока 2\";\"\";\"'+79160000001\"\n\
        \"102\";\"Б\";\"\";\"\";\"01.03.2026 10:15:00\";\"\";\"\";\"'89160000002\"\n";
    let extract = read("amo.csv", text);
    assert_eq!(headings(&extract)[5..7], ["Примечание", "Примечание"]);
    assert_eq!(
        rows(&extract),
        [
            ["101", "Сделка \"А\"", "Котов Иван", "15000", "не закрыта", "строка 1\nстрока 2", "", "+79160000001"],
            ["102", "Б", "", "", "01.03.2026 10:15:00", "", "", "89160000002"],
        ]
    );
}

#[test]
fn a_page_saved_from_excel() {
    // «Web-страница» of Excel: captions in several storeys, classes, a row of column widths.
    let page = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><style><!--td{mso-number-format:\"\\@\";}--></style></head>\
        <body><table border=0><col width=64><tr height=20><td colspan=4 class=xl65>Контрагенты</td></tr>\
        <tr><td rowspan=2>Код</td><td rowspan=2>Наименование</td><td colspan=2>Контакты</td></tr>\
        <tr><td>Телефон</td><td>E-mail</td></tr>\
        <tr><td x:num>1</td><td>Ромашка&nbsp;&amp;&nbsp;Ко</td><td>8 495 000-00-01</td><td><a href=\"mailto:a@b.example\">a@b.example</a></td></tr>\
        <tr style='display:none'><td>2</td><td>Василёк</td><td></td><td></td></tr></table></body></html>";
    let extract = read("контрагенты.xls", page);
    assert_eq!(headings(&extract), ["Код", "Наименование", "Контакты / Телефон", "Контакты / E-mail"]);
    assert_eq!(
        rows(&extract),
        [["1", "Ромашка\u{a0}&\u{a0}Ко", "8 495 000-00-01", "a@b.example"], ["2", "Василёк", "", ""]]
    );
    assert_eq!(aside(&extract), [(1, Title)]);
}
