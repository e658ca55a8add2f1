//! PowerShell scripts: there is no runtime for them here, so they are parsed and compared with their bash twins.

use std::collections::BTreeSet;
use std::fs;

use sverka::cleanup::write_all;
use sverka::model::Side;
use tree_sitter::{Node, Parser};

use crate::world::{INN_A, World, crm};

fn script(name: &str) -> String {
    let w =
        World::new().company(Side::Crm, ["1", "Ромашка", INN_A, ""]).company(Side::Crm, ["2", "Ромашка", INN_A, ""]);
    let outcome = w.cluster(&[crm(0), crm(1)]).source("bitrix24-rest").build();
    let folder = tempfile::tempdir().unwrap();
    write_all(&outcome, folder.path(), folder.path()).unwrap();
    fs::read_to_string(folder.path().join(name)).unwrap()
}

fn walk<'a>(node: Node<'a>, visit: &mut impl FnMut(Node<'a>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

fn faults(text: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let mut found = Vec::new();
    walk(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() {
            let line = text.lines().nth(node.start_position().row).unwrap_or("");
            found.push(format!("{}: {line}", node.start_position().row + 1));
        }
    });
    found
}

#[test]
fn it_parses() {
    let text = script("bitrix24.ps1");
    let code = text.strip_prefix('\u{feff}').expect("Windows PowerShell needs a byte order mark");
    assert!(!code.replace("\r\n", "").contains('\n'), "line ends are CRLF");
    let code = code.replace("\r\n", "\n");
    assert_eq!(faults(&code), [""; 0]);
    assert!(!faults(&code.replacen("finally {", "finally (", 1)).is_empty(), "the check can fail");
}

/// Functions that are called and that the script itself should hold; the rest are of PowerShell.
#[test]
fn it_calls_what_there_is() {
    let text = script("bitrix24.ps1");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let names = |before: &str| -> BTreeSet<String> {
        text.match_indices(before)
            .map(|(at, _)| text[at + before.len()..].chars().take_while(|c| word(*c)).collect::<String>())
            .filter(|n| n.contains('-') && n.starts_with(|c: char| c.is_ascii_uppercase()))
            .collect()
    };
    let defined = names("function ");
    let mut called = BTreeSet::new();
    for before in ["(", " = ", "{ ", "; ", "    ", "| ", "return "] {
        called.extend(names(before));
    }
    let of_powershell = [
        "ConvertFrom-Json",
        "ConvertTo-Json",
        "ForEach-Object",
        "New-Object",
        "Select-Object",
        "Set-StrictMode",
        "Where-Object",
        "Write-Host",
    ];
    let unknown: Vec<&String> =
        called.iter().filter(|n| !defined.contains(*n) && !of_powershell.contains(&n.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let unused: Vec<&String> = defined.iter().filter(|n| !called.contains(*n)).collect();
    assert!(unused.is_empty() && defined.len() > 30, "{unused:?}");
}

/// The twin asks the portal the same, says the same and keeps the same journal.
#[test]
fn it_is_the_twin_of_the_bash_script() {
    let (bash, powershell) = (script("bitrix24.sh"), script("bitrix24.ps1"));
    for shared in [
        "crm.entity.mergeBatch",
        "crm.requisite.update",
        "crm.requisite.list?filter[ENTITY_TYPE_ID]=",
        "params[REGISTER_SONET_EVENT]=N",
        "QUERY_LIMIT_EXCEEDED",
        "OPERATION_TIME_LIMIT",
        "bitrix24-journal",
        "начато",
        "отменено",
        "выравнивание",
        "своя компания портала",
        "ИНН изменился после выгрузки",
        "КПП изменился после выгрузки",
        "разные КПП, а в выгрузке КПП не было",
        "реквизитов больше 50",
        "объединено до прерывания",
        "/merge/?id=",
    ] {
        assert!(powershell.contains(shared), "{shared}");
        assert!(bash.contains(shared) || shared == "bitrix24-journal", "{shared}");
    }
    let list = |text: &str| {
        let start = text.find("^(ID|COMMENTS").unwrap() + 2;
        let fields = text[start..].split("|HAS_").next().unwrap();
        fields.split('|').map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(list(&bash), list(&powershell), "fields that the portal does not compare");
}
