//! PowerShell scripts: they are parsed by `tree-sitter-powershell` 0.26 and compared with their bash twins, but not run. No
//! registry that these tests install from ships a runtime: Debian has no package of PowerShell, `pwsh` of npm downloads it
//! from elsewhere when it is installed, packages of PyPI call one that is there already.

use std::collections::BTreeSet;
use std::fs;

use sverka::cleanup::write_all;
use sverka::model::{Field, Lang, RecordRef, Side};
use tree_sitter::{Node, Parser};

use crate::world::{INN_A, World};

const SCRIPTS: [&str; 4] = ["bitrix24", "amocrm", "retailcrm", "1c-odata"];

/// The script of a system, by name.
fn script(name: &str) -> String {
    script_in(Lang::Ru, name)
}

fn script_in(lang: Lang, name: &str) -> String {
    let stem = name.split('.').next().unwrap();
    let side = if stem == "1c-odata" { Side::Onec } else { Side::Crm };
    let ids = match side {
        Side::Crm => ["1", "2"],
        Side::Onec => ["21dda1c5-8c44-11db-a9b0-00055d49b45e", "21dda1c6-8c44-11db-a9b0-00055d49b45e"],
    };
    let mut w = World::new();
    for id in ids {
        w = w.company(side, [id, "Ромашка", INN_A, ""]);
    }
    let w = w.cluster(&[RecordRef::new(side, 0), RecordRef::new(side, 1)]);
    let w = match stem {
        "bitrix24" => w.source("bitrix24-rest"),
        "amocrm" => w.source("amocrm-rest"),
        "retailcrm" => w.source("retailcrm-rest"),
        _ => w.source_of(side, "onec-json", &[("Ref_Key", Field::Id)]),
    };
    let folder = tempfile::tempdir().unwrap();
    let mut outcome = w.build();
    outcome.lang = lang;
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
fn they_parse() {
    for name in SCRIPTS {
        let text = script(&format!("{name}.ps1"));
        let code = text.strip_prefix('\u{feff}').expect("Windows PowerShell needs a byte order mark");
        assert!(!code.replace("\r\n", "").contains('\n'), "{name}: line ends are CRLF");
        let code = code.replace("\r\n", "\n");
        assert_eq!(faults(&code), [""; 0], "{name}");
        assert!(!faults(&code.replacen("finally {", "finally (", 1)).is_empty(), "the check can fail");
    }
}

/// Functions that are called are of the script or of PowerShell, and none is left over but of the common part.
#[test]
fn they_call_what_there_is() {
    let common = include_str!("../../src/cleanup/ps1/common.ps1");
    for name in SCRIPTS {
        let text = script(&format!("{name}.ps1"));
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let names = |text: &str, before: &str| -> BTreeSet<String> {
            text.match_indices(before)
                .map(|(at, _)| text[at + before.len()..].chars().take_while(|c| word(*c)).collect::<String>())
                .filter(|n| n.contains('-') && n.starts_with(|c: char| c.is_ascii_uppercase()))
                .collect()
        };
        let (defined, shared) = (names(&text, "function "), names(common, "function "));
        let mut called = BTreeSet::new();
        for before in ["(", " = ", "{ ", "; ", "    ", "| ", "return ", "\n", "-not "] {
            called.extend(names(&text, before));
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
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        let unused: Vec<&String> = defined.iter().filter(|n| !called.contains(*n) && !shared.contains(*n)).collect();
        assert!(unused.is_empty() && defined.len() > shared.len(), "{name}: {unused:?}");
    }
}

/// Names of variables differ by more than case: `$mark` would hide the switch `$Mark`.
#[test]
fn no_variable_hides_a_parameter() {
    for name in SCRIPTS {
        let text = script(&format!("{name}.ps1"));
        let parameters: Vec<String> = text[text.find("\nparam(").unwrap()..]
            .lines()
            .skip(2)
            .take_while(|l| !l.starts_with(')'))
            .filter_map(|l| l.split_once('$').map(|(_, n)| n.chars().take_while(|c| c.is_alphanumeric()).collect()))
            .collect();
        assert!(parameters.len() >= 4, "{parameters:?}");
        let body = &text[text.find("\n)\r\n").unwrap()..];
        for line in body.lines() {
            for (assigned, _) in line.match_indices(" = ").map(|(at, _)| (line[..at].trim_end(), at)) {
                let variable = assigned.rsplit(|c: char| !c.is_alphanumeric() && c != '$').next().unwrap_or("");
                let Some(variable) = variable.strip_prefix('$') else { continue };
                let hidden = parameters.iter().any(|p| p.eq_ignore_ascii_case(variable));
                assert!(!hidden || line.contains("if (-not $Journal)"), "{name}: {line}");
            }
        }
        for reserved in ["$error = ", "$input = ", "$args = ", "$host = ", "$matches = ", "$pid = ", "$version = Get"] {
            assert!(!body.to_lowercase().contains(&reserved.to_lowercase()), "{name}: {reserved}");
        }
    }
}

/// Every script tells and keeps the same as its twin: steps, states and places of the journal.
#[test]
fn twins_share_their_words() {
    for name in SCRIPTS {
        let (bash, powershell) = (script(&format!("{name}.sh")), script(&format!("{name}.ps1")));
        let mut shared = vec![
            "готово",
            "начато",
            "запустите сценарий ещё раз",
            "пропущено",
            "изменился после выгрузки",
            "\"plan\":\"",
        ];
        shared.extend(match name {
            "amocrm" => vec![
                "нет единственного текстового поля ИНН",
                "ИНН карточки ",
                "дубль → ",
                "custom_fields_values",
                "unlink",
                "отменено",
                "удалите вручную",
            ],
            "retailcrm" => vec![
                "изменились другие реквизиты",
                "entityBy=id",
                "объединение отменить нельзя",
                "resultCustomer=",
                "combine",
                "X-API-KEY",
                "разные ИНН",
                "объединено до прерывания",
            ],
            "1c-odata" => {
                vec!["If-Match", "DeletionMark", "предопределенные записи не меняются", "ждёт согласования", "отменено"]
            }
            _ => vec!["crm.entity.mergeBatch", "отменено", "выравнивание"],
        });
        for word in shared {
            let said = |text: &str| {
                text.contains(word) || (word.starts_with("изменился") && text.contains("изменилось после выгрузки"))
            };
            assert!(said(&bash) && said(&powershell), "{name}: {word}");
        }
        for variable in ["_PAUSE", "before", "journal.jsonl", "'lock'"] {
            assert!(powershell.contains(variable), "{name}: {variable}");
        }
    }
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
        assert!(bash.contains(shared), "{shared}");
    }
    let list = |text: &str| {
        let start = text.find("^(ID|COMMENTS").unwrap() + 2;
        let fields = text[start..].split("|HAS_").next().unwrap();
        fields.split('|').map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(list(&bash), list(&powershell), "fields that the portal does not compare");
}

/// Scripts in English hold no Russian but letters that they compare, names of attributes of 1C and of fields called ИНН.
#[test]
fn scripts_in_english_parse_and_hold_no_russian() {
    let known = [
        "[ОоO]",
        "[Зз]",
        "[ІіIL]",
        "[ОO]",
        "[З]",
        "[ІIL]",
        "инн|inn",
        "дубль →",
        "\"ИНН\"",
        "\"КПП\"",
        "'ИНН'",
        "'КПП'",
    ];
    for name in SCRIPTS {
        let powershell = script_in(Lang::En, &format!("{name}.ps1")).replace("\r\n", "\n");
        assert_eq!(faults(powershell.strip_prefix('\u{feff}').unwrap()), [""; 0], "{name}");
        for text in [powershell, script_in(Lang::En, &format!("{name}.sh"))] {
            let text = known.iter().fold(text, |text, part| text.replace(part, ""));
            let russian = |line: &&str| line.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c));
            assert_eq!(text.lines().filter(russian).collect::<Vec<_>>(), [""; 0], "{name}");
            assert!(text.contains("written by sverka") && text.contains("Total ($mode): done"), "{name}");
        }
    }
}
