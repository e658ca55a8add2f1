//! Modules for 1C: the grammar, the calls of БСП, literals; and what no plan may hold.

use proptest::prelude::*;
use sverka::cleanup::{Dialect, bsl::Bsl, plan};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tree_sitter::{Language, Node, Parser};

use crate::world::{World, onec};

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
