//! Modules for 1C: the grammar, the calls of БСП, literals; and what no plan may hold.

use proptest::prelude::*;
use sverka::cleanup::{Dialect, Draft, bsl::Bsl, plan};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tree_sitter::{Language, Node, Parser};

use crate::world::{INN_A, World, onec};

/// Exported methods of БСП 3.1.12.238 that modules may call, by what stands before the dot, with the least and the most
/// arguments.
const LIBRARY: [(&str, &str, usize, usize); 12] = [
    ("ОбщегоНазначения", "ЗаменитьСсылки", 1, 2),
    ("ОбщегоНазначения", "ПараметрыЗаменыСсылок", 0, 0),
    ("ОбщегоНазначения", "МестаИспользования", 1, 3),
    ("ОбщегоНазначения", "СсылкаСуществует", 1, 1),
    ("ОбщегоНазначения", "ЗначенияРеквизитовОбъекта", 2, 4),
    ("ОбщегоНазначения", "ЗначениеРеквизитаОбъекта", 2, 4),
    ("ОбщегоНазначения", "ПодсистемаСуществует", 1, 1),
    ("ОбщегоНазначения", "ОбщийМодуль", 1, 1),
    ("ОбщегоНазначения", "ЭтоСсылка", 1, 1),
    ("МодульДатЗапрета", "ИзменениеЗапрещено", 1, 4),
    ("МодульКонтактов", "КонтактнаяИнформацияОбъекта", 1, 4),
    ("МодульКонтактов", "ДобавитьКонтактнуюИнформацию", 3, 6),
];

const HOSTILE: [&str; 10] = [
    "ООО \"Ромашка\"",
    "\"\"\");\nПредупреждение(1);//",
    "a\r\nb\n|c",
    "\0",
    "// комментарий",
    "|",
    "\u{202e}авбг\u{200f}",
    "😀 ёЁ \u{2028}\u{feff}",
    "#Область",
    "00000000-0000-0000-0000-ёёёёёёёёёёёё",
];

fn modules(outcome: &Outcome) -> Vec<(String, String)> {
    let plan = plan::build(outcome);
    let text = |file: &Draft| {
        let mut text = Vec::new();
        file.write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    Bsl.files(outcome, &plan).iter().map(|file| (file.name.clone(), text(file))).collect()
}

/// Each hostile text as an id and as a KPP, for counterparties and contacts, each pair a merge; and a fix.
fn hostile() -> Outcome {
    let long = "Ж\"".repeat(5_000);
    let mut world = World::new();
    let mut at = 0;
    for entity in Entity::PARTIES {
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            let other = format!("{text}-2");
            for id in [text, &other] {
                let inn = if at == 0 { "77О9001111\n" } else { "" };
                world = world.add(
                    Side::Onec,
                    entity,
                    &[(Field::Id, id), (Field::Name, text), (Field::Inn, inn), (Field::Kpp, text)],
                );
            }
            world = world.cluster(&[onec(at), onec(at + 1)]);
            at += 2;
        }
    }
    world.build()
}

fn walk<'a>(node: Node<'a>, visit: &mut impl FnMut(Node<'a>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

fn parse(language: Language, text: &str) -> tree_sitter::Tree {
    let mut parser = Parser::new();
    parser.set_language(&language).unwrap();
    parser.parse(text, None).unwrap()
}

fn assert_grammar(language: Language, name: &str, text: &str) {
    let tree = parse(language, text);
    walk(tree.root_node(), &mut |node| {
        assert!(!node.is_error() && !node.is_missing(), "{name}: {}", node.start_position());
    });
}

/// Text without string literals and comments, so that signs of the language can be counted.
fn code_only(text: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '/' if !quoted && chars.peek() == Some(&'/') => {
                for c in chars.by_ref() {
                    if c == '\n' {
                        out.push('\n');
                        break;
                    }
                }
            }
            '\n' => out.push('\n'),
            c if !quoted => out.push(c),
            _ => {}
        }
    }
    assert!(!quoted, "a literal is not closed");
    out
}

/// The grammar does not miss a `;` between statements: a line of code either ends with one, opens or closes a block,
/// or goes on in the next.
fn assert_statements_end(name: &str, text: &str) {
    let code = code_only(text);
    let lines: Vec<&str> = code.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    for (at, line) in lines.iter().enumerate() {
        let opens = ["Тогда", "Цикл", "Попытка", "Исключение", "Иначе", "КонецПроцедуры", "КонецФункции"];
        let heading = ["Процедура ", "Функция ", "#"].iter().any(|h| line.starts_with(h));
        let next = lines.get(at + 1).copied().unwrap_or("");
        let goes_on = ["+", "Или ", "И ", ",", ")"].iter().any(|h| next.starts_with(h)) || line.ends_with('(');
        assert!(
            line.ends_with(';') || heading || goes_on || opens.iter().any(|o| line.ends_with(o)),
            "{name}: no «;» after: {line}"
        );
    }
}

/// Arguments of the call that starts after `text`'s first bracket.
fn arguments(text: &str) -> usize {
    let (mut depth, mut count, mut any) = (0, 0, false);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return if any { count + 1 } else { 0 },
            ')' => depth -= 1,
            ',' if depth == 1 => count += 1,
            _ => {}
        }
        any |= depth >= 1 && !c.is_whitespace() && c != '(';
    }
    panic!("a call is not closed")
}

#[test]
fn modules_hold_any_value() {
    let outcome = hostile();
    let modules = modules(&outcome);
    let names: Vec<&str> = modules.iter().map(|(n, _)| n.as_str()).collect();
    let expected =
        ["1c-counterparties.bsl", "1c-counterparties-console.bsl", "1c-contacts.bsl", "1c-contacts-console.bsl"];
    assert_eq!(names, expected);
    for (name, text) in &modules {
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{name}: line ends are CRLF");
        assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\r' | '\n' | '\t')), "{name}");
        assert_grammar(tree_sitter_bsl::LANGUAGE.into(), name, text);
        assert_statements_end(name, text);
        let code = code_only(text);
        assert!(!code.contains(['ё', 'Ё']), "{name}: the grammar knows no ё in names");
        for banned in ["Удалить(", "ОбменДанными", "Непосредственно", "ПривилегированныйРежим"]
        {
            assert!(!code.contains(banned), "{name}: {banned}");
        }
        if name.ends_with("-console.bsl") {
            // `Выполнить` takes statements alone.
            for word in code.split(|c: char| !c.is_alphanumeric() && c != '#' && c != '&') {
                let declared = ["Процедура", "Функция", "Возврат", "Перем", "Экспорт", "Перейти", "#Область"];
                assert!(!declared.contains(&word), "{name}: {word}");
            }
        }
    }
}

/// The check of statements and the grammar can fail.
#[test]
fn the_gates_catch_faults() {
    let (_, text) = modules(&hostile()).swap_remove(0);
    let broken = text.replacen("КонецЕсли;", "", 1);
    assert!(parse(tree_sitter_bsl::LANGUAGE.into(), &broken).root_node().has_error());
    let broken = text.replacen("Строки = Новый Массив;", "Строки = Новый Массив", 1);
    assert!(std::panic::catch_unwind(|| assert_statements_end("broken", &broken)).is_err());
}

/// Code with `s` for quotes: contents of literals may hold brackets and commas, an empty literal still is an argument.
fn without_literals(text: &str) -> String {
    let mut quoted = false;
    let mut out = String::new();
    for line in text.lines() {
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    quoted = !quoted;
                    out.push('s');
                }
                '/' if !quoted && chars.peek() == Some(&'/') => break,
                c if !quoted => out.push(c),
                _ => {}
            }
        }
        out.push('\n');
    }
    out
}

/// Methods of modules that a text calls, each known and with as many arguments as it takes.
fn library_calls(text: &str) -> std::collections::BTreeSet<String> {
    let code = without_literals(text);
    let mut called = std::collections::BTreeSet::new();
    for module in ["ОбщегоНазначения", "МодульДатЗапрета", "МодульКонтактов"]
    {
        for (at, _) in code.match_indices(&format!("{module}.")) {
            let call = &code[at + module.len() + 1..];
            let (name, _) = call.split_once('(').unwrap();
            let known = LIBRARY.iter().find(|(m, n, ..)| (*m, *n) == (module, name));
            let (_, _, least, most) = known.unwrap_or_else(|| panic!("unknown: {module}.{name}"));
            let count = arguments(&call[name.len()..]);
            assert!((*least..=*most).contains(&count), "{name}: {count} arguments");
            called.insert(name.to_owned());
        }
    }
    called
}

#[test]
fn only_known_methods_of_the_library_are_called() {
    let mut modules = modules(&hostile());
    let (_, console) = modules.swap_remove(1);
    let (_, text) = modules.swap_remove(0);
    let called = library_calls(&text);
    assert_eq!(called.len(), LIBRARY.len(), "{called:?}");
    // The console leaves phones alone.
    let left = called.difference(&library_calls(&console)).cloned().collect::<Vec<_>>();
    assert_eq!(left, ["ДобавитьКонтактнуюИнформацию", "КонтактнаяИнформацияОбъекта"]);
    // A module is asked for by its name only where its subsystem is there.
    for (variable, module, subsystem) in [
        ("МодульДатЗапрета", "ДатыЗапретаИзменения", "ДатыЗапретаИзменения"),
        ("МодульКонтактов", "УправлениеКонтактнойИнформацией", "КонтактнаяИнформация"),
    ] {
        assert!(text.contains(&format!("{variable} = ОбщегоНазначения.ОбщийМодуль(\"{module}\")")));
        assert!(text.contains(&format!("ПодсистемаСуществует(\"СтандартныеПодсистемы.{subsystem}\")")));
    }
    // «Замещать» false: rows are added, never replaced.
    assert!(text.contains("ДобавитьКонтактнуюИнформацию(Объект, Текст, Контакт.Вид, Неопределено, Ложь)"));
}

/// Methods of objects of the platform (8.3) that modules may call, with the least and the most arguments.
const OBJECTS: [(&str, usize, usize); 24] = [
    ("Вставить", 1, 2),
    ("Выгрузить", 0, 2),
    ("Выполнить", 0, 0),
    ("Добавить", 0, 1),
    ("Заблокировать", 0, 0),
    ("Закрыть", 0, 0),
    ("Записать", 0, 2),
    ("ЗаписатьXML", 2, 5),
    ("ЗаписатьОбъявлениеXML", 0, 0),
    ("Количество", 0, 0),
    ("Метаданные", 0, 0),
    ("Найти", 1, 2),
    ("НайтиСтроки", 1, 1),
    ("ПолноеИмя", 0, 0),
    ("ПолучитьОбъект", 0, 0),
    ("ПолучитьСсылку", 0, 1),
    ("Содержит", 1, 1),
    ("Существует", 0, 0),
    ("УникальныйИдентификатор", 0, 0),
    ("УстановитьЗначение", 2, 2),
    ("УстановитьПараметр", 2, 2),
    ("УстановитьПометкуУдаления", 1, 2),
    ("УстановитьСтроку", 0, 1),
    ("ЭтоКаталог", 0, 0),
];

#[test]
fn only_known_methods_of_objects_are_called() {
    let modules = modules(&hostile());
    let code: String = modules.iter().map(|(_, text)| without_literals(text)).collect();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut called = std::collections::BTreeSet::new();
    for (at, _) in code.match_indices('(') {
        let before = &code[..at];
        let (ahead, name) = before.split_at(before.trim_end_matches(word).len());
        let library = ["ОбщегоНазначения.", "МодульДатЗапрета.", "МодульКонтактов."].iter().any(|m| ahead.ends_with(m));
        if name.is_empty() || !ahead.ends_with('.') || library {
            continue;
        }
        let (_, least, most) = OBJECTS.iter().find(|(n, ..)| *n == name).unwrap_or_else(|| panic!("unknown: {name}"));
        let count = arguments(&code[at..]);
        assert!((*least..=*most).contains(&count), "{name}: {count} arguments");
        called.insert(name);
    }
    assert_eq!(called.len(), OBJECTS.len(), "{called:?}");
}

/// The linter for 1C finds no error. Its parser takes more than the grammar above, its rules see what that does not:
/// transactions without an end, deprecated and unknown methods.
#[test]
fn a_linter_finds_no_error() {
    let linter = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bsl/bin/onec-hbk-bsl");
    if !crate::tools::have(&[linter]) {
        return;
    }
    let found = |text: &str| -> Vec<(String, String, u64)> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("module.bsl"), text).unwrap();
        let mut command = std::process::Command::new(linter);
        let output = command.args(["check", "--format", "json"]).arg(folder.path()).output().unwrap();
        let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
        let one = |d: &serde_json::Value| (text(&d["severity"]), text(&d["code"]), d["line"].as_u64().unwrap());
        all.as_array().unwrap().iter().map(one).collect()
    };
    // Rules that count here whatever weight the linter gives them: statements, transactions.
    let grave = |d: &(String, String, u64)| {
        d.0 == "ERROR" || ["BSL001", "BSL030", "BSL151", "BSL230", "BSL277"].contains(&d.1.as_str())
    };
    // It counts brackets within literals too, and so sees missing arguments (BSL212) where texts of the data hold them; the
    // arguments are counted above.
    for (outcome, brackets) in [(hostile(), "BSL212"), (flowers(), "")] {
        for (name, text) in modules(&outcome) {
            let bad: Vec<_> = found(&text).into_iter().filter(grave).filter(|d| d.1 != brackets).collect();
            assert!(bad.is_empty(), "{name}: {bad:?}");
        }
    }
    let (_, text) = modules(&flowers()).swap_remove(0);
    let broken = text.replacen("ОтменитьТранзакцию();", "", 1);
    assert!(found(&broken).iter().any(grave), "the linter sees a transaction without an end");
}

/// Methods of the platform (8.3) that modules may call, with the least and the most arguments.
const PLATFORM: [(&str, usize, usize); 26] = [
    ("ВРег", 1, 1),
    ("ЗаписьЖурналаРегистрации", 1, 7),
    ("ЗаполнитьЗначенияСвойств", 2, 4),
    ("ЗафиксироватьТранзакцию", 0, 0),
    ("ЗначениеВСтрокуВнутр", 1, 1),
    ("ИнформацияОбОшибке", 0, 0),
    ("КраткоеПредставлениеОшибки", 1, 1),
    ("НачатьТранзакцию", 0, 1),
    ("НРег", 1, 1),
    ("ОтменитьТранзакцию", 0, 0),
    ("ПереместитьФайл", 2, 2),
    ("ПолучитьРазделительПути", 0, 0),
    ("ПустаяСтрока", 1, 1),
    ("СокрЛП", 1, 1),
    ("Сообщить", 1, 2),
    ("Сред", 2, 3),
    ("СтрДлина", 1, 1),
    ("СтрЗаменить", 3, 3),
    ("СтрНайти", 2, 5),
    ("СтрРазделить", 2, 3),
    ("СтрСоединить", 1, 2),
    ("Строка", 1, 1),
    ("Символ", 1, 1),
    ("ТипЗнч", 1, 1),
    ("Файл", 1, 1),
    ("Структура", 0, 99),
];

/// Every call is of a method of this module, of the platform or a constructor, with as many arguments as it takes.
#[test]
fn only_known_methods_are_called() {
    for (_, text) in modules(&hostile()) {
        known_calls(&without_literals(&text));
    }
}

fn known_calls(code: &str) {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut known: Vec<(String, usize, usize)> =
        PLATFORM.iter().map(|(name, least, most)| ((*name).to_owned(), *least, *most)).collect();
    for line in code.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("Процедура ").or_else(|| line.strip_prefix("Функция ")) {
            let (name, parameters) = rest.split_once('(').unwrap();
            let parameters: Vec<&str> =
                parameters.rsplit_once(')').unwrap().0.split(',').filter(|p| !p.trim().is_empty()).collect();
            let needed = parameters.iter().filter(|p| !p.contains('=')).count();
            known.push((name.to_owned(), needed, parameters.len()));
        }
    }
    let constructors = ["УникальныйИдентификатор", "ЗаписьТекста"];
    let mut calls = 0;
    for (at, _) in code.match_indices('(') {
        let before = &code[..at];
        let name: String =
            before.chars().rev().take_while(|c| word(*c)).collect::<Vec<_>>().into_iter().rev().collect();
        let ahead = &before[..before.len() - name.len()];
        let keyword = ["", "Если", "И", "Или", "Не", "Возврат", "ИначеЕсли"].contains(&name.as_str());
        if keyword || ahead.ends_with('.') || ahead.ends_with('?') || constructors.contains(&name.as_str()) {
            continue;
        }
        if ["Процедура ", "Функция "].iter().any(|k| ahead.ends_with(k)) {
            continue;
        }
        let found = known.iter().find(|(n, ..)| *n == name);
        let (_, least, most) = found.unwrap_or_else(|| panic!("unknown: {name}"));
        let count = arguments(&code[at..]);
        assert!((*least..=*most).contains(&count), "{name}: {count} arguments");
        calls += 1;
    }
    assert!(calls > 70, "{calls}");
}

/// A module of a plan that is like a real one.
fn flowers() -> Outcome {
    let full = |w: World, id: &str, kpp: &str, full: &str| {
        let texts = [(Field::Id, id), (Field::Name, "Ромашка"), (Field::Inn, INN_A), (Field::Kpp, kpp)];
        w.add(Side::Onec, Entity::Counterparty, &[&texts[..], &[(Field::FullName, full)]].concat())
    };
    let w = full(World::new(), "00-01", "", "");
    full(full(w, "00-02", "779901001", "ООО \"Ромашка\""), "00-03", "", "")
        .cluster(&[onec(0), onec(1), onec(2)])
        .build()
}

#[test]
fn a_group_is_one_entry_with_what_its_master_lacks() {
    let (_, text) = modules(&flowers()).swap_remove(0);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .skip_while(|l| *l != "Функция Группы()")
        .take_while(|l| !l.starts_with("Возврат"))
        .filter(|l| l.contains("00-0"))
        .collect();
    let expected = [
        "Группа = НоваяГруппа(Список, \"00-01\", \"Ромашка\", \"7799001111\", \"\");",
        "ДобавитьДубль(Группа, \"00-02\", \"Ромашка\", \"7799001111\", \"779901001\");",
        "ДобавитьДубль(Группа, \"00-03\", \"Ромашка\", \"7799001111\", \"\");",
        "ДобавитьИсправление(Группа.Заполнения, \"00-01\", \"НаименованиеПолное\", \"\", \"ООО \"\"Ромашка\"\"\");",
        "ДобавитьИсправление(Группа.Заполнения, \"00-01\", \"КПП\", \"\", \"779901001\");",
    ];
    assert_eq!(lines, expected);
}

/// Groups stay whole when a plan is split into files.
#[test]
fn large_plans_are_split_between_groups() {
    let mut w = World::new();
    for at in 0..1_200 {
        for n in 0..3 {
            w = w.company(Side::Onec, [&format!("{at}-{n}"), "Ромашка", INN_A, ""]);
        }
    }
    for at in 0..1_200 {
        w = w.cluster(&[onec(3 * at), onec(3 * at + 1), onec(3 * at + 2)]);
    }
    let modules = modules(&w.build());
    let names: Vec<&str> = modules.iter().map(|(n, _)| n.as_str()).collect();
    let part = |n: usize| ["", "-console"].map(|kind| format!("1c-counterparties-00{n}{kind}.bsl"));
    assert_eq!(names, [part(1), part(2), part(3)].concat());
    let count = |what: &str| -> Vec<usize> {
        modules.iter().map(|(_, text)| text.matches(what).count()).filter(|&n| n > 0).collect()
    };
    assert_eq!(count("= НоваяГруппа("), [500, 500, 200]);
    assert_eq!(count("ДобавитьДубль(Группа, \""), [1_000, 1_000, 400]);
    assert_eq!(count("Пары.Добавить(Новый Структура(ПоляПары, \""), [1_000, 1_000, 400]);
}

#[test]
fn the_query_parses() {
    let (_, text) = modules(&hostile()).swap_remove(0);
    let start = text.find("\"ВЫБРАТЬ").unwrap() + 1;
    let query = text[start..].split_once('"').unwrap().0.replace(['|', '\r'], "");
    assert_grammar(tree_sitter_bsl::SDBL_LANGUAGE.into(), "query", &query);
}

/// Value of `"…" + Символ(n) + "…"`.
fn evaluate(mut expression: &str) -> String {
    let mut value = String::new();
    loop {
        if let Some(rest) = expression.strip_prefix("Символ(") {
            let (code, rest) = rest.split_once(')').unwrap();
            value.push(char::from_u32(code.parse().unwrap()).unwrap());
            expression = rest;
        } else {
            expression = expression.strip_prefix('"').expect("a literal");
            loop {
                let (part, rest) = expression.split_once('"').expect("a closed literal");
                value.push_str(part);
                match rest.strip_prefix('"') {
                    Some(more) => {
                        value.push('"');
                        expression = more;
                    }
                    None => {
                        expression = rest;
                        break;
                    }
                }
            }
        }
        match expression.strip_prefix(" + ") {
            Some(rest) => expression = rest,
            None => break,
        }
    }
    assert_eq!(expression, "", "text after the literal");
    value
}

proptest! {
    #[test]
    fn a_literal_reads_as_its_text(text in any::<String>()) {
        let literal = sverka::cleanup::bsl::literal(&text);
        prop_assert!(!literal.chars().any(char::is_control));
        prop_assert_eq!(evaluate(&literal), text);
    }
}

#[test]
fn hostile_literals_read_as_their_text() {
    for text in HOSTILE {
        assert_eq!(evaluate(&sverka::cleanup::bsl::literal(text)), text);
    }
}

/// A module in English parses, and its Russian literals are names that the platform and БСП know.
#[test]
fn a_module_in_english_says_nothing_in_russian() {
    let names = [
        "Справочник.",
        "Наименование",
        "ИНН",
        "КПП",
        "НаименованиеПолное",
        "Пометка",
        "Ссылка",
        "Код",
        "ПодписанЭП",
        "Оригинал",
        "Снимок",
        "Пары",
        "Заполнения",
        "Дубль",
        "Запись",
        "Реквизит",
        "Было",
        "Станет",
        "О",
        "З",
        "Контрагенты",
        "КонтактнаяИнформация",
        "ДатыЗапретаИзменения",
        "УправлениеКонтактнойИнформацией",
        "СтандартныеПодсистемы.ДатыЗапретаИзменения",
        "СтандартныеПодсистемы.КонтактнаяИнформация",
        "Применить",
        "ПапкаСнимков",
        "Отмена",
        "Готово",
        "Пропущено",
        "Ошибок",
        "ПометкаУдаления",
        "Предопределенный",
        "ЭтоГруппа",
        "Ромашка",
        "ООО",
    ];
    let mut outcome = flowers();
    outcome.lang = sverka::model::Lang::En;
    let (name, text) = modules(&outcome).swap_remove(0);
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    assert_grammar(tree_sitter_bsl::LANGUAGE.into(), &name, &text);
    assert_statements_end(&name, &text);
    let russian = |t: &str| t.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//") && !l.contains('|')).collect();
    let literals = code.iter().flat_map(|l| l.split('"').skip(1).step_by(2)).flat_map(|l| l.split(','));
    let strange: Vec<&str> = literals
        .map(str::trim)
        .filter(|l| russian(l) && !names.contains(l) && !l.starts_with("ВЫБРАТЬ") && !l.contains("Ромашка"))
        .collect();
    assert_eq!(strange, [""; 0]);
    let calls = [
        "ВыполнитьОчистку(Ложь)",
        "ВыполнитьОчистку(Истина,",
        "ОтменитьОчистку(Истина,",
        "Истина",
        "ИмяСправочника",
        "Контрагенты",
    ];
    for comment in text.lines().filter(|l| l.trim_start().starts_with("//")) {
        let comment = calls.iter().fold(comment.to_owned(), |c, call| c.replace(call, ""));
        assert!(!russian(&comment), "{comment}");
    }
}
