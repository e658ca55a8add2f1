//! The neutral plan: what becomes a step, who approved it, and what is left to a person.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use sverka::cleanup::plan::{self, Approved, ManualReason, Phase, Risk};
use sverka::cleanup::write_all;
use sverka::matching::{Decision, Veto};
use sverka::model::{Entity, Field, Lang, Side};
use sverka::outcome::Outcome;

use crate::world::{INN_A, INN_B, INN_C, World, crm, onec};

/// Clusters that matching must never make, and one good pair.
fn traps() -> World {
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
    w = w.company(Side::Crm, ["14", "Папка", INN_A, ""]); // 13, 14: a folder
    w = w.add(
        Side::Crm,
        Entity::Counterparty,
        &[(Field::Id, "15"), (Field::Name, "Папка \"А\""), (Field::Inn, INN_A), (Field::IsGroup, "Да")],
    );
    w = w.records(Side::Crm, |r| {
        r.id_clash[6] = true;
        r.id_clash[7] = true;
    });
    w = w.cluster(&[crm(0), crm(1)]).cluster(&[crm(2), crm(3)]).cluster(&[crm(4), crm(5)]);
    w = w.cluster(&[crm(6), crm(7)]).cluster(&[crm(8), crm(9)]).cluster(&[crm(12), crm(10), crm(11)]);
    w.cluster(&[crm(13), crm(14)]).link(crm(2), crm(3), Decision::Rejected, Some(Veto::Branch)).source("bitrix24-rest")
}

fn written(outcome: &Outcome, file: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_all(outcome, folder.path(), folder.path()).unwrap();
    fs::read_to_string(folder.path().join(file)).unwrap()
}

/// Cells of a list: every one quoted, rows end with CRLF.
fn cells(list: &str) -> Vec<Vec<String>> {
    let list = list.strip_prefix('\u{feff}').expect("a byte order mark");
    let cell = |c: &str| c.replace("\"\"", "\"");
    list.split_terminator("\r\n").map(|row| row[1..row.len() - 1].split("\";\"").map(cell).collect()).collect()
}

#[test]
fn traps_become_no_step_and_are_told_why() {
    let outcome = traps().build();
    let plan = plan::build(&outcome);
    let steps: Vec<_> = plan.merges.iter().map(|m| (m.master, m.duplicates.clone())).collect();
    assert_eq!(steps, [(crm(10), vec![crm(11)])], "only the two live cards, into one of them");
    let mut reasons: Vec<ManualReason> = plan.manual.iter().map(|m| m.reason).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ManualReason::ALL, "each trap by its own reason");

    let list = written(&outcome, "crm-counterparty.csv");
    let ids: Vec<String> = cells(&list).into_iter().skip(1).map(|row| row[2].clone()).collect();
    assert_eq!(ids, ["11", "12"]);
    let script: Value = serde_json::from_str(&written(&outcome, "bitrix24-plan.json")).unwrap();
    assert_eq!(script["steps"].as_array().unwrap().len(), 1);
    assert_eq!(script["steps"][0]["drop"], json!(["12"]));
}

#[test]
fn the_manual_list_names_every_record_and_its_card() {
    let mut outcome = traps().build();
    let rows = cells(&written(&outcome, "manual.csv"));
    let heading = "Этап,Группа,Где,Справочник,Почему вручную,Что сделать,Код записи,Наименование,ИНН,КПП,Ссылка";
    assert_eq!(rows[0].join(","), heading);
    let plan = plan::build(&outcome);
    assert_eq!(rows.len() - 1, plan.manual.iter().map(|m| m.records.len()).sum::<usize>());
    let of = |id: &str| rows.iter().find(|r| r[6] == id).unwrap_or_else(|| panic!("no {id}")).clone();
    assert_eq!(of("4")[4], "пара записей группы запрещена правилом или человеком");
    assert_eq!(of("4")[1], of("3")[1], "rows of a group share its number");
    assert_ne!(of("4")[1], of("5")[1]);
    assert_eq!(of("15")[7], "Папка \"А\"");
    assert_eq!(of("5")[10], "/crm/company/details/5/");
    assert_eq!(of("row-9")[10], "", "a record without an id has no card");

    outcome.crm_url = Some("https://romashka.bitrix24.ru".into());
    outcome.lang = Lang::En;
    let rows = cells(&written(&outcome, "manual.csv"));
    assert_eq!(rows[0][4..6], ["Why by hand", "What to do"]);
    let row = rows.iter().find(|r| r[6] == "5").unwrap();
    assert_eq!(row[10], "https://romashka.bitrix24.ru/crm/company/details/5/");
    assert_eq!(
        (row[2].as_str(), row[3].as_str(), row[4].as_str()),
        ("CRM", "counterparties", "INNs of the group differ")
    );
    let languages = |r: ManualReason| [Lang::Ru, Lang::En].map(|l| (r.text(l), r.advice(l)));
    for reason in ManualReason::ALL {
        let [ru, en] = languages(reason);
        assert!(ru.0 != en.0 && ru.1 != en.1 && !en.0.contains(|c: char| ('а'..='я').contains(&c)), "{reason:?}");
    }
}

#[test]
fn records_of_1c_have_navigation_links() {
    let guid = "21dda1c5-8c44-11db-a9b0-00055d49b45e";
    let w = World::new().company(Side::Onec, [guid, "А", INN_A, ""]).company(Side::Onec, ["00-01", "Б", INN_B, ""]);
    let rows = cells(&written(&w.cluster(&[onec(0), onec(1)]).build(), "manual.csv"));
    assert_eq!(rows[1][10], "e1cib/data/Справочник.Контрагенты?ref=a9b000055d49b45e11db8c4421dda1c5");
    assert_eq!(rows[2][10], "");
    assert_eq!(rows[1][2], "1С");
}

/// Who approved: a rule, matching, a person; and in 1C nobody yet.
#[test]
fn every_step_says_who_approved_it() {
    let w = World::new()
        .company(Side::Crm, ["1", "Ромашка", "7799ОО1111", ""])
        .company(Side::Crm, ["2", "Ромашка", INN_A, ""])
        .company(Side::Crm, ["3", "Лютик", INN_B, ""])
        .company(Side::Crm, ["4", "Лютик", INN_B, ""])
        .company(Side::Onec, ["00-01", "Ромашка", "7799ОО1111", ""]);
    let w = w.cluster(&[crm(0), crm(1), onec(0)]).pair(crm(2), crm(3), Decision::Accepted);
    let plan = plan::build(&w.build());
    let merges: Vec<_> = plan.merges.iter().map(|m| (m.master, m.approved)).collect();
    assert_eq!(merges, [(crm(0), Approved::Auto), (crm(2), Approved::Person)]);
    let fixes: Vec<_> = plan.fixes.iter().map(|f| (f.record, f.approved, f.risk())).collect();
    assert_eq!(
        fixes,
        [(crm(0), Approved::Rule, Risk::Safe), (onec(0), Approved::Nobody, Risk::Approval)],
        "an INN of 1C waits for the accountant"
    );
}

#[test]
fn an_empty_outcome_gives_empty_lists_and_no_script() {
    let folder = tempfile::tempdir().unwrap();
    write_all(&World::new().build(), folder.path(), folder.path()).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let lists = [
        "crm-contact.csv",
        "crm-counterparty.csv",
        "link-table.csv",
        "manual.csv",
        "onec-contact.csv",
        "onec-counterparty.csv",
    ];
    names.retain(|n| n != "plan.json" && n != "README.txt");
    assert_eq!(names, lists);
    for name in names {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap().lines().count(), 1);
    }
}

/// The rules of `docs/plan.schema.json` that this value breaks, with their places. Knows the words that the schema uses
/// and fails on any other, so that no rule is passed over.
fn faults(schema: &Value, root: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let mut own = Vec::new();
    let mut fault = |what: String| own.push(format!("{at}: {what}"));
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    };
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                faults(&root["$defs"][name], root, value, at, out);
                return;
            }
            "type" => {
                let types: Vec<&str> = match rule {
                    Value::String(one) => vec![one],
                    many => many.as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect(),
                };
                if !types.iter().any(|t| is(t)) {
                    fault(format!("not {types:?}"));
                }
            }
            "anyOf" => {
                let broken = |rule: &Value| {
                    let mut faults_of_one = Vec::new();
                    faults(rule, root, value, at, &mut faults_of_one);
                    !faults_of_one.is_empty()
                };
                if rule.as_array().unwrap().iter().all(broken) {
                    fault("none of the kinds".to_owned());
                }
            }
            "const" if value == rule => {}
            "const" => fault(format!("not {rule}")),
            "enum" if rule.as_array().unwrap().contains(value) => {}
            "enum" => fault(format!("none of {rule}")),
            "minimum" if value.as_u64().is_none_or(|n| n >= rule.as_u64().unwrap()) => {}
            "minLength" if value.as_str().unwrap().chars().count() as u64 >= rule.as_u64().unwrap() => {}
            "minimum" | "minLength" => fault(format!("below {rule}")),
            "pattern" => {
                let text = value.as_str().unwrap();
                let fits = match rule.as_str().unwrap() {
                    "^[0-9a-f]{16}$" => text.len() == 16 && text.bytes().all(|b| b"0123456789abcdef".contains(&b)),
                    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
                    other => panic!("pattern {other}"),
                };
                if !fits {
                    fault(format!("not {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap().iter().filter(|n| value.get(n.as_str().unwrap()).is_none()) {
                    fault(format!("no {name}"));
                }
            }
            "properties" => {
                for (name, inner) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        faults(inner, root, value, &format!("{at}/{name}"), out);
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(rule, &json!(false));
                let known = schema["properties"].as_object().unwrap();
                for name in value.as_object().into_iter().flatten().map(|(n, _)| n).filter(|n| !known.contains_key(*n))
                {
                    out.push(format!("{at}: unknown {name}"));
                }
            }
            "items" => {
                for (n, value) in value.as_array().unwrap().iter().enumerate() {
                    faults(rule, root, value, &format!("{at}/{n}"), out);
                }
            }
            other => panic!("the word {other} is not known here"),
        }
    }
    out.extend(own);
}

fn phase(step: &Value) -> usize {
    Phase::ALL.iter().position(|p| step["phase"] == p.as_str()).unwrap()
}

fn schema_faults(plan: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let mut out = Vec::new();
    faults(&schema, &schema, plan, "", &mut out);
    out
}

#[test]
fn the_plan_keeps_its_schema() {
    let mut worlds = vec![World::new().build(), traps().build()];
    let w = World::new()
        .company(Side::Onec, ["00-01", "Ромашка\u{0}\n\"", "7799ОО1111", ""])
        .company(Side::Onec, ["00-02", "Ромашка", INN_A, "779901001"]);
    worlds.push(w.cluster(&[onec(0), onec(1)]).build());
    for outcome in &worlds {
        let plan: Value = serde_json::from_str(&written(outcome, "plan.json")).unwrap();
        assert_eq!(schema_faults(&plan), [""; 0]);
        let steps = plan["steps"].as_array().unwrap();
        let ids: BTreeSet<&str> = steps.iter().map(|s| s["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), steps.len(), "ids are unique");
        let orders: Vec<u64> = steps.iter().map(|s| s["order"].as_u64().unwrap()).collect();
        assert_eq!(orders, (1..=steps.len() as u64).collect::<Vec<_>>());
        let rank = |s: &Value| (phase(s), s["risk"] == "manual");
        assert!(steps.is_sorted_by_key(rank), "phases in their order, people after scripts");
    }
    let plan: Value = serde_json::from_str(&written(&worlds[2], "plan.json")).unwrap();
    assert_eq!(plan["counts"], json!({"safe": 0, "approval": 2, "manual": 0}));
    let merge = &plan["steps"][1];
    assert_eq!(merge["keep"], "00-01");
    // The fix waits for the accountant, so the old text is what must stand there.
    assert_eq!(merge["expect"][0], json!({"id": "00-01", "field": "inn", "text": "7799ОО1111"}));
    let set = merge["set"].as_array().unwrap();
    assert!(set.contains(&json!({"id": "00-01", "field": "kpp", "text": "779901001"})), "{set:?}");

    // The validator can fail.
    let mut broken = plan.clone();
    broken["steps"][0]["risk"] = json!("none");
    broken["steps"][0]["extra"] = json!(1);
    broken["snapshot"] = json!("zz");
    broken.as_object_mut().unwrap().remove("lang");
    assert_eq!(schema_faults(&broken).len(), 4, "{:?}", schema_faults(&broken));
}

#[test]
fn the_sample_has_a_plan() {
    let outcome = crate::samples::audited("trade", Lang::Ru);
    let plan: Value = serde_json::from_str(&written(outcome, "plan.json")).unwrap();
    assert_eq!(schema_faults(&plan), [""; 0]);
    let steps = plan["steps"].as_array().unwrap();
    assert!(steps.is_sorted_by_key(|s| (phase(s), s["risk"] == "manual")));
    let of = |p: Phase| steps.iter().filter(|s| s["phase"] == p.as_str()).count();
    assert!(Phase::ALL.into_iter().all(|p| of(p) > 0), "the sample has work in every phase");
    assert_eq!(plan["systems"], json!({"crm": ["bitrix24"], "onec": ["1c", "1c-odata"]}));
    let index = written(outcome, "README.txt");
    let places: Vec<usize> =
        Phase::ALL.iter().map(|p| index.find(p.title(Lang::Ru)).unwrap_or_else(|| panic!("no {p:?}"))).collect();
    let links = written(outcome, "links.csv").lines().count() - 1;
    let line = format!("bitrix24.sh, bitrix24.ps1: шагов {links}");
    assert!(links > 150 && index.lines().any(|l| l.trim() == line), "{index}");
    assert!(places.is_sorted(), "{index}");
    assert!(plan["counts"]["safe"].as_u64().unwrap() > 0 && plan["counts"]["approval"].as_u64().unwrap() > 0);
}

/// What a script of the plan leaves undone is in the list, and only that.
#[test]
fn what_no_script_does_is_left_to_a_person() {
    let world = |ids: [&str; 2]| {
        let card = |w: World, id: &str, kind: &str| {
            let texts = [(Field::Id, id), (Field::Name, "Ромашка"), (Field::Inn, INN_A), (Field::Kind, kind)];
            w.add(Side::Crm, Entity::Counterparty, &texts)
        };
        let w = card(card(World::new(), ids[0], "CUSTOMER"), ids[1], "SUPPLIER");
        w.company(Side::Crm, ["7", "Лютик", "7799ОО2228", ""]).cluster(&[crm(0), crm(1)])
    };
    let listed = |w: World| {
        let rows = cells(&written(&w.build(), "manual.csv"));
        rows.into_iter().skip(1).map(|r| [r[6].clone(), r[4].clone(), r[5].clone(), r[10].clone()]).collect::<Vec<_>>()
    };
    let bitrix24 = listed(world(["1", "2"]).source("bitrix24-rest"));
    assert_eq!(bitrix24.len(), 2, "the INN is corrected by the script");
    assert!(bitrix24[0][1].ends_with("сам не объединит: Вид") && bitrix24[0][2].ends_with("--main-wins COMPANY_TYPE"));
    assert_eq!(bitrix24[1][3], "/crm/company/merge/?id=1,2");

    let amocrm = listed(world(["1", "2"]).source("amocrm-rest"));
    let ids: Vec<&str> = amocrm.iter().map(|r| r[0].as_str()).collect();
    assert_eq!(ids, ["2"], "the INN is corrected by the script");
    assert!(amocrm[0][2].ends_with("«дубль → 1»") && amocrm[0][3] == "/companies/detail/2");

    let retailcrm = listed(world(["1", "2"]).source("retailcrm-rest"));
    assert_eq!(retailcrm.len(), 0, "customers are combined and corrected by the script: {retailcrm:?}");
    let unknown = listed(world(["1", "2"]).source("csv"));
    let corrected = unknown.iter().find(|r| r[0] == "7").unwrap();
    assert_eq!(corrected[2], format!("Исправьте поле «ИНН» на «{INN_B}»"));
    assert!(unknown.len() == 3 && unknown[1][1].contains("не видно, какая это CRM"), "{unknown:?}");
    let strange = listed(world(["А-1", "А-2"]).source("bitrix24-rest"));
    assert!(strange.len() == 2 && strange[0][1].contains("не номера"), "{strange:?}");
}

/// Two CRMs in one project have ids that mean different cards: no script may guess.
#[test]
fn two_systems_get_no_script() {
    let w =
        World::new().company(Side::Crm, ["1", "Ромашка", INN_A, ""]).company(Side::Crm, ["2", "Ромашка", INN_A, ""]);
    let w = w.cluster(&[crm(0), crm(1)]).source("bitrix24-rest").source("amocrm-rest");
    let folder = tempfile::tempdir().unwrap();
    write_all(&w.build(), folder.path(), folder.path()).unwrap();
    for script in ["bitrix24.sh", "amocrm.sh", "retailcrm.sh"] {
        assert!(!folder.path().join(script).exists(), "{script}");
    }
}

/// The headings of exports tell the system as well as the format does.
#[test]
fn exported_tables_show_their_system() {
    for (heading, script) in [
        ("Рабочий e-mail", "bitrix24.sh"),
        ("Реквизит (Россия): ИНН", "bitrix24.sh"),
        ("Рабочий телефон (контакт)", "amocrm.sh"),
        ("Телефон", ""),
    ] {
        let w = World::new()
            .company(Side::Crm, ["1", "Ромашка", INN_A, ""])
            .company(Side::Crm, ["2", "Ромашка", INN_A, ""]);
        let w = w.cluster(&[crm(0), crm(1)]).source_of(Side::Crm, "csv", &[(heading, Field::Phone)]);
        let folder = tempfile::tempdir().unwrap();
        write_all(&w.build(), folder.path(), folder.path()).unwrap();
        for known in ["bitrix24.sh", "amocrm.sh", "retailcrm.sh"] {
            assert_eq!(folder.path().join(known).exists(), known == script, "{heading}: {known}");
        }
    }
}

/// Plans have a cap, and no step is lost at a seam.
#[test]
fn large_plans_are_split() {
    const GROUPS: usize = 5_000;
    let mut w = World::new().source("bitrix24-rest");
    for at in 0..GROUPS {
        w = w.company(Side::Crm, [&format!("{}", 2 * at + 1), "Ромашка", INN_A, ""]);
        w = w.company(Side::Crm, [&format!("{}", 2 * at + 2), "Ромашка", INN_A, ""]);
    }
    for at in 0..GROUPS {
        w = w.cluster(&[crm(2 * at), crm(2 * at + 1)]);
    }
    let outcome = w.build();
    let folder = tempfile::tempdir().unwrap();
    write_all(&outcome, folder.path(), folder.path()).unwrap();
    let steps = |part: usize| {
        let text = fs::read_to_string(folder.path().join(format!("bitrix24-plan-{part:03}.json"))).unwrap();
        let plan: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&plan["part"], &plan["parts"]), (&json!(part), &json!(3)));
        plan["steps"].as_array().unwrap().len()
    };
    assert_eq!([steps(1), steps(2), steps(3)], [2_000, 2_000, 1_000]);
    assert!(!folder.path().join("bitrix24-plan.json").exists());
}

/// A hundred thousand merges: files of a capped size, every step in one of them, in seconds.
#[test]
fn a_hundred_thousand_merges_are_written_in_seconds() {
    const MERGES: usize = 100_000;
    let mut w = World::new().source("bitrix24-rest");
    for at in 0..MERGES {
        for id in [2 * at + 1, 2 * at + 2] {
            w = w.company(Side::Crm, [&id.to_string(), "Ромашка", INN_A, ""]);
        }
    }
    for at in 0..MERGES {
        w = w.cluster(&[crm(2 * at), crm(2 * at + 1)]);
    }
    let mut outcome = w.build();
    outcome.staging = vec![sverka::config::Staging {
        engine: sverka::config::Engine::PostgreSql,
        side: Side::Crm,
        entity: Entity::Counterparty,
        table: "companies".into(),
        id: "id".into(),
        merged_into: None,
        columns: vec![(Field::Inn, "inn".into())],
        references: Vec::new(),
    }];
    let folder = tempfile::tempdir().unwrap();
    let started = std::time::Instant::now();
    write_all(&outcome, folder.path(), folder.path()).unwrap();
    let seconds = started.elapsed().as_secs();
    // Seconds in a release build. This one is slow and the machine may be busy; what grows with the square takes hours.
    assert!(seconds < 300, "{seconds} s");
    let (mut rest, mut sql) = (0, 0);
    for file in fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap()) {
        let name = file.file_name().into_string().unwrap();
        if name.starts_with("bitrix24-plan-") {
            // That a plan can be read is seen above; parsing a hundred thousand steps in a debug build takes longer than writing.
            let text = fs::read_to_string(file.path()).unwrap();
            let steps = text.matches("\"step\":\"merge-").count();
            assert!(steps <= 2_000, "{name}: {steps}");
            rest += steps;
        }
        if name.starts_with("sql-") && name.contains("-merges-") {
            let text = fs::read_to_string(file.path()).unwrap();
            let steps = text.matches(", 'merge-crm-counterparty-").count();
            assert!(steps <= 2_000, "{name}: {steps}");
            sql += steps;
        }
    }
    assert_eq!((rest, sql), (MERGES, MERGES));
}

/// Journals go by the exports: other decisions and settings keep what scripts have done, other exports do not.
#[test]
fn a_journal_outlives_decisions() {
    let id = |w: World, snapshot: &str| {
        let mut outcome = w.build();
        outcome.snapshot_id = snapshot.into();
        let plan: Value = serde_json::from_str(&written(&outcome, "bitrix24-plan.json")).unwrap();
        plan["snapshot"].as_str().unwrap().to_owned()
    };
    let world = || traps();
    assert_eq!(id(world(), "0000000000000001"), id(world(), "0000000000000002"));
    let other = || world().file(Side::Crm, "crm.csv", "ab");
    assert_ne!(id(world(), "0000000000000001"), id(other(), "0000000000000001"));
    assert_eq!(id(other(), "0000000000000001").len(), 16);
}
