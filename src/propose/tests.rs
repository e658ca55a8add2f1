use super::project::{Given, Proposal, Wording, compose};
use super::*;
use crate::config;
use crate::ingest::Input;

fn look(name: &str, text: &str) -> SeenFile {
    recognise(&Input::from_bytes(name, text), &Titles::default()).unwrap()
}

/// The field of each column, with the reason.
fn fields(file: &SeenFile) -> Vec<(&str, Option<Field>, Option<Reason>)> {
    file.tables[0].columns.iter().map(|c| (c.heading.as_str(), c.field, c.reason)).collect()
}

fn propose(files: &[(&str, &str)], lang: Lang) -> Proposal {
    let given: Vec<Given> = files
        .iter()
        .map(|(name, text)| {
            let seen =
                recognise(&Input::from_bytes(name, *text), &Titles::default()).map_err(|error| error.to_string());
            Given { name: (*name).to_owned(), seen }
        })
        .collect();
    compose(&given, Wording { lang, name: "Проба «\"1\"»", today: "2026-11-24" }, &|folder| {
        let inside = |name: &&&str| name.rsplit_once('/').map_or("", |(of, _)| of) == folder;
        files.iter().map(|(name, _)| name).filter(inside).map(|name| (*name).to_owned()).collect()
    })
}

/// The proposed project, read as an audit reads it, with its files on disk.
fn accepted(files: &[(&str, &str)], lang: Lang) -> config::Config {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let text = propose(files, lang).text;
    config::parse(&dir.path().join("sverka.toml"), &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const COMPANIES: &str = "\u{feff}\"Название компании\";\"Рабочий телефон\";\"Реквизит: ИНН\";\"ID\";\n\
    \"ООО \"\"Ромб\"\"\";\"+7 (495) 012-34-56\";\"7707083893\";\"12\";\n\
    \"АО Вектор\";\"\";\"\";\"13\";\n";
const CONTRAGENTS: &str = "Код;Наименование;Полное наименование;ИНН;КПП\n\
    00-000045;Ромб ООО;\"ООО \"\"Ромб\"\"\";7707083893;770701001\n\
    00-000046;Вектор АО;АО Вектор;3697384059;369701001\n\
    00-000047;Луч ООО;ООО Луч;;\n";

#[test]
fn headings_similar_headings_and_values_name_columns() {
    let file = look(
        "list.csv",
        "ID;Название компании;Налогоплательщик;Телефн;Столбец 5;Прочее\n\
         1;ООО Ромб;7707083893;+7 495 012-34-56;a@b.example;x\n\
         2;АО Вектор;3697384059;+7 495 012-34-57;c@d.example;y\n\
         3;ООО Луч;500100732259;8 495 012-34-58;e@f.example;z\n",
    );
    assert_eq!(
        fields(&file),
        [
            ("ID", Some(Field::Id), Some(Reason::Heading)),
            ("Название компании", Some(Field::Name), Some(Reason::Heading)),
            ("Налогоплательщик", Some(Field::Inn), Some(Reason::Content)),
            ("Телефн", Some(Field::Phone), Some(Reason::Content)),
            ("Столбец 5", Some(Field::Email), Some(Reason::Content)),
            ("Прочее", None, None),
        ]
    );
    assert_eq!(file.tables[0].columns[2].examples, ["7707083893", "3697384059", "500100732259"]);
    // Without values a similar heading is all there is.
    let file = look("list.csv", "ID;Название компании;Телефн;ИНН\n1;ООО Ромб;;7707083893\n");
    assert_eq!(fields(&file)[2], ("Телефн", Some(Field::Phone), Some(Reason::Similar)));
}

#[test]
fn doubts_are_asked() {
    let file = look(
        "list.csv",
        "ID;Название компании;ИНН;ИНН головной;Почта\n\
         1;ООО Ромб;7707083893;7707083893;+7 495 012-34-56\n\
         2;АО Вектор;3697384059;7707083893;+7 495 012-34-57\n\
         3;ООО Луч;500100732259;7707083893;8 495 012-34-58\n",
    );
    let asked: Vec<&str> = file.tables[0].questions.iter().map(|q| q.text(Lang::Ru)).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].contains("«ИНН головной» тоже похожа на ИНН"), "{asked:?}");
    assert!(asked[1].contains("«Почта» по заголовку — E-mail") && asked[1].contains("Телефон"), "{asked:?}");
    assert_eq!(fields(&file)[3].1, None, "a second INN is not taken in silence");
}

#[test]
fn entities_are_told_apart_and_other_lists_left_alone() {
    let check = |name: &str, text: &str, expected: Option<Entity>| {
        assert_eq!(look(name, text).tables[0].entity, expected, "{text}");
    };
    use Entity::{Contact, Counterparty, Deal, Document, Product};
    check("a.csv", COMPANIES, Some(Counterparty));
    check("a.csv", CONTRAGENTS, Some(Counterparty));
    check("a.csv", "Имя;Фамилия;Мобильный телефон;ID\nИван;Седов;+79440000001;1\n", Some(Contact));
    check("a.csv", "Код;ФИО;Дата рождения;Телефон\nФ-000001;Седов Иван;01.02.1980;79440000001\n", Some(Contact));
    check("контакты.csv", "ID;Наименование;E-mail\n1;Седов Иван Ильич;a@b.example\n", Some(Contact));
    check("a.csv", "Артикул;Наименование;Цена;Остаток\nА-1;Болт;5;7\n", Some(Product));
    let deals = "ID;Название сделки;Стадия сделки;Сумма;Компания;Рабочий телефон\n1;Окна;Новая;5;ООО Ромб;\n";
    check("a.csv", deals, Some(Deal));
    check("a.csv", "check,side,entity,record_id,note\ncp-a,crm,counterparty,1,x\n", None);
    check("a.csv", "id,name,addr,phone\n1,ромб,x,84950123456\n2,луч,y,84950123457\n", Some(Counterparty));
    check("a.csv", "ГруппаКонтрагента;Наименование;ВидКонтрагента\nФЛ;ИП Седов;ФизЛицо\n", Some(Counterparty));
    check("a.csv", "Дата;Номер;Контрагент;Сумма\n01.01.2026;5;ООО Ромб;7\n", Some(Document));
    check("a.csv", "Название;ИНН;Телефон\nРомб;7707083893;79160000001\n", Some(Counterparty));
    assert!(look("a.csv", "Название;ИНН\nРомб;7707083893\nЛуч;\n").tables[0].entity_is_sure);
    check("a.csv", "left_key,right_key\na,b\n", None);
    check("a.csv", "inn,name_full,name_short\n7707083893,ООО Ромб,Ромб\n", Some(Counterparty));
    let kommo = "ID;Lead title;Main contact;Company;Responsible user;Lead stage;Pipeline;Sale;Created at\n\
        1;Окна;Седов;Ромб;Вера;Negotiation;Main;500;01.03.2026 10:15:00\n";
    check("a.csv", kommo, Some(Deal));
    let hubspot = "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner\n1,Окна,won,Main,500,,Вера\n";
    check("a.csv", hubspot, Some(Deal));
    check("a.csv", "id;Имя;Телефон;Email\n5;Иван;79440000001;a@b.example\n", Some(Contact));
    let orders = "Номер заказа;Статус;ФИО;Телефон;Сумма заказа;Дата заказа\n7;Новый;Седов;79440000001;600;25.02.2026\n";
    check("a.csv", orders, Some(Document));
}

#[test]
fn sides_are_found_by_format_headings_codes_and_names() {
    let check = |name: &str, text: &str, side: Side, certainty: Certainty| {
        let guess = look(name, text).side;
        assert_eq!((guess.side, guess.certainty), (side, certainty), "{name}: {text}");
        assert_eq!(guess.by_format, name.ends_with(".xml"));
    };
    check("a.csv", COMPANIES, Side::Crm, Certainty::Certain);
    check("a.csv", CONTRAGENTS, Side::Onec, Certainty::Certain);
    check("выгрузка 1С/list.csv", "Название;ИНН\nООО Ромб;7707083893\n", Side::Onec, Certainty::Likely);
    check("amo list.csv", "Название;ИНН\nООО Ромб;7707083893\n", Side::Crm, Certainty::Likely);
    // A person put it into a folder that is called after the system.
    check("amo/list.csv", "Название;ИНН\nООО Ромб;7707083893\n", Side::Crm, Certainty::Certain);
    check("list.csv", "Название;ИНН\nООО Ромб;7707083893\n", Side::Crm, Certainty::Open);
    check(
        "a.xml",
        "<КоммерческаяИнформация ВерсияСхемы=\"2.10\"><Контрагенты><Контрагент><Ид>1</Ид><Наименование>Ромб</Наименование>\
         </Контрагент></Контрагенты></КоммерческаяИнформация>",
        Side::Onec,
        Certainty::Certain,
    );
}

#[test]
fn rows_that_would_be_quarantined_are_named() {
    let file = look("a.csv", "ID;Название компании;ИНН\n1;ООО Ромб;\n;ООО Без кода;\n2;АО Вектор;\n");
    let table = &file.tables[0];
    assert_eq!((table.rows, table.loaded, table.left_out), (3, 2, 0));
    assert_eq!(table.quarantined[0].location.row, Some(3));
    assert_eq!(table.quarantined[0].reason, "нет кода записи");
}

#[test]
fn a_proposed_project_is_accepted_in_both_languages() {
    for lang in [Lang::Ru, Lang::En] {
        let config = accepted(&[("crm/companies.csv", COMPANIES), ("list \"2\".csv", CONTRAGENTS)], lang);
        assert_eq!(config.lang, lang);
        let sources: Vec<_> = config.sources.iter().map(|s| (s.side, s.entity, s.path.as_str())).collect();
        assert_eq!(
            sources,
            [
                (Side::Crm, Some(Entity::Counterparty), "crm/companies.csv"),
                (Side::Onec, Some(Entity::Counterparty), "list \"2\".csv"),
            ]
        );
    }
}

#[test]
fn columns_found_by_values_are_written_with_the_known_ones() {
    let list = "ID;Название компании;Рабочий телефон;Связь;Реквизит: ИНН\n\
        1;ООО Ромб;+7 495 012-34-56;8 916 000-00-01;7707083893\n\
        2;АО Вектор;;8 916 000-00-02;3697384059\n\
        3;ООО Луч;;8 916 000-00-03;\n";
    let config = accepted(&[("crm.csv", list), ("1c.csv", CONTRAGENTS)], Lang::Ru);
    assert_eq!(config.sources[0].columns, [(Field::Phone, vec!["Рабочий телефон".to_owned(), "Связь".to_owned()])]);
    assert!(config.sources[1].columns.is_empty());
}

#[test]
fn unsure_sides_go_to_the_missing_side_and_are_asked() {
    let plain = "Название;ИНН\nООО Ромб;7707083893\nАО Вектор;\n";
    let sides = |files: &[(&str, &str)]| {
        let config = accepted(files, Lang::Ru);
        config.sources.iter().map(|s| (s.path.clone(), s.side)).collect::<Vec<_>>()
    };
    let one = |path: &str, side| (path.to_owned(), side);
    assert_eq!(sides(&[("a.csv", COMPANIES), ("b.csv", plain)]), [one("a.csv", Side::Crm), one("b.csv", Side::Onec)]);
    assert_eq!(sides(&[("b.csv", CONTRAGENTS), ("a.csv", plain)]), [one("a.csv", Side::Crm), one("b.csv", Side::Onec)]);
    assert_eq!(sides(&[("a.csv", plain), ("b.csv", plain)]), [one("a.csv", Side::Crm), one("b.csv", Side::Onec)]);
    let proposal = propose(&[("a.csv", COMPANIES), ("b.csv", plain)], Lang::Ru);
    let asked: Vec<_> = proposal.questions.iter().filter(|(place, _)| place == "b.csv").collect();
    assert!(asked[0].1.ru.contains("чья это выгрузка"), "{asked:?}");
    assert!(proposal.text.contains("# ВОПРОС: чья это выгрузка"), "{}", proposal.text);
    assert!(!proposal.questions.iter().any(|(place, q)| place == "a.csv" && q.ru.contains("чья")));
}

#[test]
fn what_is_not_taken_is_said() {
    let goods = "Статья;Бюджет на год\nРеклама;5\n";
    let files = [("crm.csv", COMPANIES), ("1c.csv", CONTRAGENTS), ("goods.csv", goods), ("scan.pdf", "%PDF-1.7\n")];
    let proposal = propose(&files, Lang::Ru);
    assert!(proposal.text.contains("goods.csv: не узнано, что за записи, строк 1"), "{}", proposal.text);
    assert!(proposal.text.contains("scan.pdf:") && proposal.text.contains("PDF"), "{}", proposal.text);
    assert_eq!(proposal.sources, [1, 1]);
    let half = propose(&files[..1], Lang::Ru);
    assert_eq!(half.sources, [1, 0]);
    assert!(half.questions.iter().any(|(_, q)| q.ru.contains("нет ни одной выгрузки 1С")), "{:?}", half.questions);
}

#[test]
fn owners_of_catalogues_are_own_organisations_and_no_source() {
    let goods = "<КоммерческаяИнформация ВерсияСхемы=\"2.10\"><Каталог><Владелец><Ид>1</Ид><Наименование>Мы</Наименование>\
        <ИНН>3697384059</ИНН></Владелец></Каталог></КоммерческаяИнформация>";
    let files = [("crm.csv", COMPANIES), ("1c.csv", CONTRAGENTS), ("import.xml", goods)];
    let config = accepted(&files, Lang::Ru);
    assert_eq!(config.sources.len(), 2);
    assert_eq!(config.own.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3697384059"]);
}

#[test]
fn pages_of_a_folder_are_one_source_or_a_pattern_or_files() {
    // One says what it is by a field that only companies have, the other does not.
    let company = "{\"result\":[{\"ID\":\"1\",\"TITLE\":\"ООО Ромб\",\"COMPANY_TYPE\":\"CUSTOMER\"}],\"total\":1}";
    let more = "{\"result\":[{\"ID\":\"2\",\"TITLE\":\"ООО Луч\",\"PHONE\":\"+74950123457\"}],\"total\":1}";
    let pages = [("rest/company.1.json", company), ("rest/company.2.json", more)];
    assert_eq!(pages.map(|(name, text)| look(name, text).tables[0].kind.clone()), ["crm.company", ""]);
    let paths = |extra: &[(&'static str, &'static str)]| {
        let all: Vec<_> = pages.iter().chain(extra).copied().chain([("1c.csv", CONTRAGENTS)]).collect();
        let config = accepted(&all, Lang::Ru);
        config.sources.iter().filter(|s| s.side == Side::Crm).map(|s| s.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&[]), ["rest"]);
    assert_eq!(paths(&[("rest/notes.pdf", "%PDF-1.7\n")]), ["rest/*.json"]);
    assert_eq!(paths(&[("rest/scan.json", "{")]), ["rest/company.*.json"]);
    assert_eq!(paths(&[("rest/company.3.json", "{")]), ["rest/company.1.json", "rest/company.2.json"]);
}

#[test]
fn stages_of_deals_become_a_map_where_their_words_tell() {
    let deals = "ID;Название сделки;Стадия сделки;Сумма\n1;Окна;Счёт выставлен;5\n2;Двери;Сделка успешна;7\n\
        3;Полы;\"Договор \"\"А\"\"\";1\n4;Стены;Счёт выставлен;2\n\
        5;Окна;Замер;2\n6;Окна;Отказ;2\n7;Окна;Cчет на предоплату;2\n";
    let files = [("crm.csv", COMPANIES), ("1c.csv", CONTRAGENTS), ("deals.csv", deals)];
    let text = propose(&files, Lang::Ru).text;
    assert!(
        text.contains("# CRM — так по заголовкам, кодам и имени файла; контрагенты — так по колонкам и значениям\n")
    );
    for line in [
        "[map.deal_stage]",
        "\"Счёт выставлен\" = \"invoice\"",
        "\"Сделка успешна\" = \"paid\"",
        "\"Договор \\\"А\\\"\" = \"contract\"",
        "\"Отказ\" = \"lost\"",
        // The first letter is Latin.
        "\"Cчет на предоплату\" = \"invoice\"",
        "# \"Замер\" = \"none\"",
    ] {
        assert_eq!(text.lines().filter(|l| *l == line).count(), 1, "{line}\n{text}");
    }
    accepted(&files, Lang::Ru);
}

#[test]
fn hostile_headings_stay_inside_their_comment_and_string() {
    let list = "ID;Название компании;ИНН;\"Связь \"\"\n[project]\\\"\n1;ООО Ромб;7707083893;8 916 000-00-01\n\
        2;АО Вектор;;8 916 000-00-02\n3;ООО Луч;;8 916 000-00-03\n";
    let config = accepted(&[("crm.csv", list), ("1c.csv", CONTRAGENTS)], Lang::Ru);
    assert_eq!(config.sources.len(), 2);
}

#[test]
fn masks_keep_the_shape() {
    assert_eq!(mask("Седов И. +7 495 a@B.ru"), "Ааааа А. +0 000 a@A.aa");
}
