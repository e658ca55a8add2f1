use super::party::contact_heading;
use super::*;
use crate::model::RawTable;

const PARTIES: &str = include_str!("../../../tests/fixtures/commerceml-parties.xml");

fn read(bytes: impl Into<Vec<u8>>) -> Result<Extract, IngestError> {
    let input = Input::from_bytes("1c/a.xml", bytes);
    assert!(CommerceMl.detect(&input));
    CommerceMl.read(&input)
}

fn document(body: &str) -> String {
    format!("<КоммерческаяИнформация>{body}</КоммерческаяИнформация>")
}

fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
    table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
}

fn shape(extract: &Extract) -> Vec<(&str, usize, bool)> {
    extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial)).collect()
}

fn detail<'e>(extract: &'e Extract, name: &str) -> &'e str {
    extract.details.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
}

#[test]
fn parties_owners_and_representatives() {
    let extract = read(PARTIES).unwrap();
    assert_eq!(
        shape(&extract),
        [("Контрагент", 2, false), ("Владелец", 1, true), ("Представитель", 2, false), ("Товар", 1, false)]
    );
    assert_eq!(extract.left_out, [(0, LeftOut { row: 2, reason: LeftOutReason::Blank })]);
    assert_eq!(extract.tables[0].rows, [1, 3]);
    assert_eq!(detail(&extract, "групп товаров"), "2");
    assert_eq!(detail(&extract, "версия"), "2.10");
    for (table, heading, row, expected) in [
        (0, "Статус", 0, "Изменен"),
        (0, "Ид", 0, "p-1"),
        (0, "ПометкаУдаления", 0, "true"),
        (0, "Наименование", 0, "Ромашка Плюс \"&firm;\""),
        (0, "ОфициальноеНаименование", 0, "ООО \"Ромашка & Ко\""),
        (0, "ИНН", 0, "7701234560"),
        (0, "КПП", 0, ""),
        (0, "ОсобоеПоле", 0, "значение"),
        (0, "ЮридическийАдрес", 0, "170000, Тверская обл"),
        (0, "Адрес", 0, "Тверь, дом 1"),
        (0, "Телефон", 0, "+7 482 000-00-01\n+7 900 000-00-02"),
        (0, "Факс", 0, "+7 482 000-00-03"),
        (0, "Электронная почта", 0, "a@example.com\nb@example.com"),
        (0, "ВебСайт", 0, "example.com"),
        (0, "Прочие контакты", 0, "ICQ: 100"),
        (0, "НомерСчета", 0, "40702810000000000001\n40702810000000000002"),
        (0, "БИК", 0, "044500001\n044500002"),
        (0, "Руководитель", 0, "Ёлкин Пётр"),
        (0, "УдостоверениеЛичности", 0, "Паспорт 00 00 000001"),
        (0, "УдостоверениеЛичности.ДатаВыдачи", 0, "2020-01-01"),
        (0, "Менеджер", 0, "Сосновая"),
        (0, "Наименование", 1, ""),
        (0, "ПолноеНаименование", 1, "ООО Липа"),
        (1, "ИНН", 0, "5001002000"),
        (2, "Ид", 0, "r-1"),
        (2, "Отношение", 0, "Контактное лицо"),
        (2, "Наименование", 0, "Берёзова Анна"),
        (2, "Телефон", 0, "5"),
        (2, "ВладелецИд", 0, "p-1"),
        (2, "Наименование", 1, "Дубов Олег"),
        (2, "ВладелецИд", 1, "p-1"),
    ] {
        assert_eq!(cell(&extract.tables[table], heading, row), expected, "{heading} {row}");
    }
}

#[test]
fn encodings_give_the_same_tables() {
    let body =
        document("<Контрагенты><Контрагент><Ид>1</Ид><Наименование>ООО Ель</Наименование></Контрагент></Контрагенты>");
    let declared = format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?>{body}");
    let (ansi, _, _) = encoding_rs::WINDOWS_1251.encode(&declared);
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for bytes in [
        body.clone().into_bytes(),
        format!("\u{feff}{body}").into_bytes(),
        // The declaration lies: the text is UTF-8.
        declared.clone().into_bytes(),
        ansi.into_owned(),
        [vec![0xFF, 0xFE], wide(&body)].concat(),
    ] {
        let extract = read(bytes).unwrap();
        assert_eq!(cell(&extract.tables[0], "Наименование", 0), "ООО Ель", "{}", extract.encoding);
    }
}

#[test]
fn completeness_follows_the_place_of_the_party() {
    let party = "<Контрагент><Ид>1</Ид></Контрагент>";
    for (body, partial) in [
        (format!("<Контрагенты>{party}</Контрагенты>"), false),
        (format!("<Контрагенты СодержитТолькоИзменения=\"true\">{party}</Контрагенты>"), true),
        (format!("<Документ><Ид>1</Ид><Контрагенты>{party}</Контрагенты></Документ>"), true),
        (format!("<Контейнер><Документ>{party}</Документ></Контейнер>"), true),
    ] {
        assert_eq!(shape(&read(document(&body)).unwrap())[0], ("Контрагент", 1, partial), "{body}");
    }
}

#[test]
fn version_one_keeps_everything_in_attributes() {
    let extract = read(document(
        "<Документ ХозОперация=\"Sale\"><ПредприятиеВДокументе Контрагент=\"A\" Роль=\"Saler\"/>\
         <ПредприятиеВДокументе Контрагент=\"B\" Роль=\"Buyer\"/></Документ>\
         <Контрагент Идентификатор=\"A\" Наименование=\"ООО Клён\" ИНН=\"7701234560\"/>\
         <Контрагент Идентификатор=\"B\" Наименование=\"Ива &amp;quot;Б&amp;quot;\">\
         <РасчетныйСчет Номер=\"407\"><Банк БИК=\"044\"/></РасчетныйСчет>\
         <Контакт Идентификатор=\"C\" Наименование=\"Осина О.\"/></Контрагент>",
    ))
    .unwrap();
    assert_eq!(shape(&extract), [("Контрагент", 2, true), ("Представитель", 1, true), ("Документ", 1, true)]);
    let party = &extract.tables[0];
    assert_eq!(["Организация.Ид", "Контрагент.Ид"].map(|heading| cell(&extract.tables[2], heading, 0)), ["A", "B"]);
    let row = |row| ["Ид", "Наименование", "Роль"].map(|heading| cell(party, heading, row));
    assert_eq!(row(0), ["A", "ООО Клён", "Продавец"]);
    assert_eq!(row(1), ["B", "Ива \"Б\"", "Покупатель"]);
    assert_eq!([cell(party, "НомерСчета", 1), cell(party, "БИК", 1)], ["407", "044"]);
    assert_eq!(cell(&extract.tables[1], "ВладелецИд", 0), "B");
}

#[test]
fn empty_files_say_so() {
    let extract = read(document("")).unwrap();
    assert!(extract.tables.is_empty());
    assert_eq!(detail(&extract, "содержимое"), "записей нет");
}

#[test]
fn goods_and_their_parts() {
    let extract = read(document(
        "<Каталог СодержитТолькоИзменения=\"true\"><Товары><Товар Статус=\"Удален\"><Ид>g1</Ид><Артикул>007</Артикул>\
         <ШтрихКод>4600000000017</ШтрихКод><Наименование>Доска\n &amp;quot;А&amp;quot;</Наименование>\
         <БазоваяЕдиница Код=\"796 \" НаименованиеПолное=\"Штука\"><Пересчет><Единица>796</Единица></Пересчет><Пересчет><Единица>778</Единица>\
         <Коэффициент>12</Коэффициент></Пересчет>шт\
         </БазоваяЕдиница><Группы><Ид>r1</Ид><Ид>r2</Ид></Группы><СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>\
         <Ставка>20</Ставка></СтавкаНалога><СтавкаНалога><Наименование>Акциз</Наименование><Ставка>5</Ставка></СтавкаНалога>\
         </СтавкиНалогов><Описание>долго</Описание></Товар><Товар/></Товары></Каталог>",
    ))
    .unwrap();
    assert_eq!(shape(&extract), [("Товар", 1, true)]);
    assert_eq!(extract.left_out, [(0, LeftOut { row: 2, reason: LeftOutReason::Blank })]);
    for (heading, expected) in [
        ("Ид", "g1"),
        ("Артикул", "007"),
        ("Штрихкод", "4600000000017"),
        ("Наименование", "Доска \"А\""),
        ("БазоваяЕдиница", "шт"),
        ("БазоваяЕдиница.Код", "796"),
        ("Коэффициент", "778 = 12"),
        ("БазоваяЕдиница.НаименованиеПолное", "Штука"),
        ("Группы", "r1\nr2"),
        ("СтавкаНДС", "20"),
        ("СтавкаНалога", "Акциз: 5"),
        ("ПометкаУдаления", "true"),
    ] {
        assert_eq!(cell(&extract.tables[0], heading, 0), expected, "{heading}");
    }
    assert!(extract.tables[0].column("Описание").is_none());
}

#[test]
fn offers_bring_prices_and_stock_in_every_form() {
    for (stock, expected) in [
        ("<Количество>5</Количество>", "|5"),
        (
            "<Количество>5</Количество><Склад ИдСклада=\"w1\" КоличествоНаСкладе=\"3\"/><Склад ИдСклада=\"w2\" КоличествоНаСкладе=\"2\"/>",
            "w1|3;w2|2",
        ),
        (
            "<Склады ИдСклада=\"w1\" КоличествоНаСкладе=\"3\"/><Склады ИдСклада=\"w2\" КоличествоНаСкладе=\"0\"/>",
            "w1|3;w2|0",
        ),
        ("<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>3</Количество></Склад></Остаток></Остатки>", "w1|3"),
        ("<Остатки><Остаток><Количество>7</Количество></Остаток></Остатки>", "|7"),
        ("<Остатки><Остаток><Ид>w1</Ид><Количество>-1</Количество></Остаток></Остатки>", "w1|-1"),
    ] {
        let extract = read(document(&format!(
            "<ПакетПредложений><ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>Опт</Наименование><Налог>\
             <Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме></Налог></ТипЦены></ТипыЦен><Склады><Склад><Ид>w1</Ид><Наименование>Основной</Наименование></Склад></Склады><Предложения><Предложение>\
             <Ид>g1#c1</Ид><Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены><ЦенаЗаЕдиницу>10.5</ЦенаЗаЕдиницу></Цена></Цены>\
             <ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование><Значение>Белый</Значение>\
             </ХарактеристикаТовара></ХарактеристикиТовара>{stock}</Предложение></Предложения></ПакетПредложений>"
        )))
        .unwrap();
        let table = |kind: &str| extract.tables.iter().find(|t| t.kind == kind).unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(cell(table("Предложение"), "ХарактеристикиТовара", 0), "Цвет: Белый");
        let price = ["ВладелецИд", "ВидЦены", "НДС.УчтеноВСумме", "ЦенаЗаЕдиницу"];
        assert_eq!(price.map(|heading| cell(table("Цена"), heading, 0)), ["g1#c1", "Опт", "false", "10.5"]);
        let rows = table("Остаток");
        let warehouse = |row| rows.column("ИдСклада").map_or("", |at| rows.get(at, row));
        let got: Vec<String> =
            (0..rows.len()).map(|row| format!("{}|{}", warehouse(row), cell(rows, "Количество", row))).collect();
        assert_eq!(got.join(";"), expected, "{stock}");
        assert!((0..rows.len()).all(|row| cell(rows, "ВладелецИд", row) == "g1#c1"));
        assert_eq!(table("Склад").len(), 1);
    }
}

#[test]
fn the_other_side_of_a_document() {
    let party = |id: &str, role: &str| {
        format!("<Контрагент><Ид>{id}</Ид><Наименование>Н{id}</Наименование><Роль>{role}</Роль></Контрагент>")
    };
    let (a, b, c) = (party("A", "Продавец"), party("B", "Покупатель"), party("C", "Получатель"));
    for (role, parties, counterparty, own) in [
        ("Продавец", format!("{a}{b}"), "B", "A"),
        ("Покупатель", format!("{a}{b}"), "A", "B"),
        ("Покупатель", format!("{c}{b}{a}"), "A", "B"),
        ("Продавец", b.clone(), "B", ""),
        ("Продавец", a.clone(), "A", ""),
        ("", b.clone(), "B", ""),
        // Nothing tells which of them is ours.
        ("", format!("{a}{b}"), "", ""),
    ] {
        let text = document(&format!(
            "<Документ><Ид>1</Ид><Контрагенты>{parties}</Контрагенты><Роль>{role}</Роль></Документ>"
        ));
        let extract = read(text).unwrap();
        let table = extract.tables.iter().find(|t| t.kind == "Документ").unwrap();
        let got = |heading: &str| table.column(heading).map_or("", |at| table.get(at, 0));
        assert_eq!([got("Контрагент.Ид"), got("Организация.Ид")], [counterparty, own], "{role} {parties}");
        if counterparty.is_empty() {
            assert_eq!([got("Продавец.Ид"), got("Покупатель.Ид")], ["A", "B"]);
        }
    }
}

#[test]
fn documents_and_lines() {
    let extract = read(document(
        "<Документ><Номер>5</Номер><Сумма>231.7400</Сумма><Налоги><Налог><Наименование>НДС</Наименование>\
         <УчтеноВСумме>false</УчтеноВСумме><Сумма>1.5</Сумма></Налог></Налоги><Товары><Товар><Ид>g1#c1</Ид>\
         <Единица><Ид>796</Ид><НаименованиеКраткое>шт</НаименованиеКраткое></Единица><Цена>10</Цена></Товар>\
         <Товар><Ид>ORDER_DELIVERY</Ид></Товар></Товары><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Статуса заказа ИД\
         </Наименование><Значение>P</Значение></ЗначениеРеквизита></ЗначенияРеквизитов><ПодчиненныеДокументы>\
         <ПодчиненныйДокумент><Ид>p1</Ид><ХозОперация>Выплата безналичных денег</ХозОперация></ПодчиненныйДокумент>\
         </ПодчиненныеДокументы></Документ>",
    ))
    .unwrap();
    assert_eq!(shape(&extract), [("Документ", 1, true), ("Документ.Оплата", 1, true), ("Документ.Товар", 2, true)]);
    for (table, heading, row, expected) in [
        (0, "Номер", 0, "5"),
        (0, "Сумма", 0, "231.7400"),
        (0, "НДС.Сумма", 0, "1.5"),
        (0, "НДС.УчтеноВСумме", 0, "false"),
        (0, "Статуса заказа ИД", 0, "P"),
        (1, "Ид", 0, "p1"),
        (1, "Основание", 0, "5"),
        (2, "ВладелецИд", 0, "5"),
        (2, "НомерСтроки", 1, "2"),
        (2, "Ид", 0, "g1#c1"),
        (2, "Единица", 0, "шт"),
        (2, "Единица.Ид", 0, "796"),
    ] {
        assert_eq!(cell(&extract.tables[table], heading, row), expected, "{heading} {row}");
    }
}

#[test]
fn every_cut_is_an_error_with_its_line() {
    let end = PARTIES.trim_end().len();
    for (at, _) in PARTIES.char_indices().filter(|(at, _)| *at < end) {
        assert!(CommerceMl.read(&Input::from_bytes("a.xml", &PARTIES[..at])).is_err(), "{at}");
    }
    let error = read("<КоммерческаяИнформация>\n<Контрагент>\n<Ид>1").unwrap_err().to_string();
    assert!(error.starts_with("1c/a.xml, строка 3: XML обрывается"), "{error}");
}

#[test]
fn hostile_documents_stop_at_limits() {
    let nested = format!("<КоммерческаяИнформация>{}", "<Контрагент><Представитель>".repeat(50_000));
    assert!(read(nested).unwrap_err().to_string().contains("вложенность"));
    let wide: String = (0..=crate::ingest::MAX_COLUMNS).map(|n| format!("<П{n}>1</П{n}>")).collect();
    let error = read(document(&format!("<Контрагент>{wide}</Контрагент>"))).unwrap_err();
    assert!(matches!(error, IngestError::Limit { .. }));
    let long = "я".repeat(crate::ingest::MAX_CELL_BYTES);
    let extract = read(document(&format!("<Контрагент><Ид>1</Ид><Имя>{long}</Имя></Контрагент>"))).unwrap();
    assert_eq!((extract.tables[0].len(), extract.quarantined.len()), (0, 1));
}

#[test]
fn other_files_are_not_claimed() {
    for text in ["<html>КоммерческаяИнформация</html>", "КоммерческаяИнформация;ИНН", "<Файл/>", "", "{}"]
    {
        assert!(!CommerceMl.detect(&Input::from_bytes("a.xml", text)), "{text}");
    }
}

#[test]
fn contact_types_in_all_spellings() {
    for (kind, value, expected) in [
        ("Телефон мобильный", "1", Some("Телефон")),
        ("Тел.", "1", Some("Телефон")),
        ("Phone", "1", Some("Телефон")),
        ("Телефон/факс", "1", Some("Факс")),
        ("Электронная почта", "1", Some("Электронная почта")),
        ("Адрес электронной почты", "1", Some("Электронная почта")),
        ("e-mail", "1", Some("Электронная почта")),
        ("Почта", "Тверь, дом 1", Some("Адрес")),
        ("Почтовый адрес", "Тверь", Some("Адрес")),
        ("Веб-сайт", "1", Some("ВебСайт")),
        ("URL", "1", Some("ВебСайт")),
        ("", "a@example.com", Some("Электронная почта")),
        ("", "1", None),
        ("Skype", "1", None),
    ] {
        assert_eq!(contact_heading(kind, value), expected, "{kind}");
    }
}
