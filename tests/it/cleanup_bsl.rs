//! Modules for 1C: the grammar, the calls of БСП, literals; and what no plan may hold.

use std::fs;

use proptest::prelude::*;
use sverka::cleanup::{Dialect, bsl::Bsl, plan, write_all};
use sverka::matching::{Decision, Veto};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tree_sitter::{Language, Node, Parser};

use crate::world::{INN_A, INN_B, INN_C, World, crm, onec};

/// Exported methods of БСП 3.1.12.238 that modules may call, with the least and the most arguments.
const LIBRARY: [(&str, usize, usize); 5] = [
    ("ЗаменитьСсылки", 1, 2),
    ("ПараметрыЗаменыСсылок", 0, 0),
    ("МестаИспользования", 1, 3),
    ("СсылкаСуществует", 1, 1),
    ("ЗначенияРеквизитовОбъекта", 2, 4),
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
    Bsl.render(outcome, &plan::build(outcome)).into_iter().map(|f| (f.name, f.text)).collect()
}

/// Each hostile text as an id and as a KPP, for counterparties and contacts, each pair a merge; and a fix.
fn hostile() -> Outcome {
    let long = "Ж\"".repeat(5_000);
    let mut world = World::new();
    let mut at = 0;
    for entity in Entity::ALL {
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            let other = format!("{text}-2");
            for id in [text, &other] {
                let inn = if at == 0 { "77О9001111\n" } else { "" };
                world = world.add(Side::Onec, entity, &[(Field::Id, id), (Field::Inn, inn), (Field::Kpp, text)]);
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
    assert_eq!(names, ["1c-counterparties.bsl", "1c-contacts.bsl"]);
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
    }
}

/// The check of statements and the grammar can fail.
#[test]
fn the_gates_catch_faults() {
    let (_, text) = modules(&hostile()).swap_remove(0);
    let broken = text.replacen("КонецЕсли;", "", 1);
    assert!(parse(tree_sitter_bsl::LANGUAGE.into(), &broken).root_node().has_error());
    let broken = text.replacen("Пары = Новый Массив;", "Пары = Новый Массив", 1);
    assert!(std::panic::catch_unwind(|| assert_statements_end("broken", &broken)).is_err());
}

#[test]
fn only_known_methods_of_the_library_are_called() {
    let (_, text) = modules(&hostile()).swap_remove(0);
    // Contents of literals may hold brackets and commas; an empty literal still is an argument.
    let code: String = {
        let mut quoted = false;
        text.chars()
            .filter_map(|c| {
                if c == '"' {
                    quoted = !quoted;
                    return Some('s');
                }
                (!quoted).then_some(c)
            })
            .collect()
    };
    let mut calls = 0;
    for (at, _) in code.match_indices("ОбщегоНазначения.") {
        let call = &code[at + "ОбщегоНазначения.".len()..];
        let (name, _) = call.split_once('(').unwrap();
        let (_, least, most) = LIBRARY.iter().find(|(n, ..)| *n == name).unwrap_or_else(|| panic!("unknown: {name}"));
        let count = arguments(&call[name.len()..]);
        assert!((*least..=*most).contains(&count), "{name}: {count} arguments");
        calls += 1;
    }
    assert!(calls >= LIBRARY.len());
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

/// Clusters that matching must never make, and one good pair on each side.
fn traps() -> Outcome {
    let c = |w: World, card: [&str; 4]| w.company(Side::Crm, card);
    let mut w = World::new().own(INN_C);
    w = c(w, ["1", "Свой", INN_C, ""]); // 0, 1: own organisation
    w = c(w, ["2", "Свой 2", INN_C, ""]);
    w = c(w, ["3", "Голова", INN_A, "779901001"]); // 2, 3: vetoed
    w = c(w, ["4", "Филиал", INN_A, "507843001"]);
    w = c(w, ["5", "А", INN_A, ""]); // 4, 5: two INNs
    w = c(w, ["6", "А", INN_B, ""]);
    w = c(w, ["7", "Код", INN_A, ""]); // 6, 7: id clash
    w = c(w, ["7~2", "Код", INN_A, ""]);
    w = c(w, ["row-9", "Без кода", INN_A, ""]); // 8, 9: no ids
    w = c(w, ["row-10", "Без кода", INN_A, ""]);
    w = c(w, ["11", "Хорошая", INN_B, ""]); // 10..12: the master is deleted
    w = c(w, ["12", "Хорошая", INN_B, ""]);
    w = w.add(
        Side::Crm,
        Entity::Counterparty,
        &[(Field::Id, "13"), (Field::Name, "Хорошая"), (Field::Inn, INN_B), (Field::Deleted, "Да")],
    );
    w = w.records(Side::Crm, |r| {
        r.id_clash[6] = true;
        r.id_clash[7] = true;
    });
    w = w.cluster(&[crm(0), crm(1)]).cluster(&[crm(2), crm(3)]).cluster(&[crm(4), crm(5)]);
    w = w.cluster(&[crm(6), crm(7)]).cluster(&[crm(8), crm(9)]).cluster(&[crm(12), crm(10), crm(11)]);
    w.link(crm(2), crm(3), Decision::Rejected, Some(Veto::Branch)).build()
}

#[test]
fn traps_become_no_step() {
    let outcome = traps();
    let plan = plan::build(&outcome);
    let steps: Vec<_> = plan.merges.iter().map(|m| (m.master, m.duplicates.clone())).collect();
    assert_eq!(steps, [(crm(10), vec![crm(11)])], "only the two live cards, into one of them");
    assert_eq!(plan.manual.len(), 5);

    let folder = tempfile::tempdir().unwrap();
    write_all(&outcome, folder.path(), folder.path()).unwrap();
    let list = fs::read_to_string(folder.path().join("crm-counterparty.csv")).unwrap();
    let ids: Vec<&str> = list.lines().skip(1).map(|l| l.split(';').nth(2).unwrap()).collect();
    assert_eq!(ids, ["\"11\"", "\"12\""]);
    let script: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("bitrix24-plan.json")).unwrap()).unwrap();
    assert_eq!(script["merges"].as_array().unwrap().len(), 1);
    assert_eq!(script["merges"][0]["drop"], serde_json::json!(["12"]));
}

#[test]
fn an_empty_outcome_gives_empty_lists_and_no_script() {
    let folder = tempfile::tempdir().unwrap();
    write_all(&World::new().build(), folder.path(), folder.path()).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["crm-contact.csv", "crm-counterparty.csv", "onec-contact.csv", "onec-counterparty.csv"]);
    for name in names {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap().lines().count(), 1);
    }
}
