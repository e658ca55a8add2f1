//! Stages of deals of trade that documents and money of 1C have overtaken, moved by the real script.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sverka::audit::{Plan, Silent, audit};
use sverka::cleanup::fixes::FixReason;
use sverka::cleanup::plan;
use sverka::cleanup::write_all;
use sverka::model::Field;
use sverka::outcome::Outcome;
use tempfile::TempDir;

use crate::cleanup_stage::{Faults, Reply, Request, SECRET, Stage, System, fault, number};
use crate::tools::have;

/// Stages of the first funnel.
const STAGES: [(&str, &str); 5] = [
    ("NEW", "Новая заявка"),
    ("PREPARATION", "Заказ согласован"),
    ("PREPAYMENT_INVOICE", "Счёт выставлен"),
    ("EXECUTING", "Отгружено"),
    ("WON", "Сделка успешна"),
];
const PROJECT: &str = "[project]\nname = \"Торговля\"\nas_of = \"2026-11-24\"\n\
    [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"firms.csv\"\n\
    [[source]]\nside = \"crm\"\npath = \"deals\"\n\
    [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"firms.csv\"\n\
    [[source]]\nside = \"onec\"\nentity = \"document\"\npath = \"documents.csv\"\n\
    [[source]]\nside = \"onec\"\nentity = \"payment\"\npath = \"payments.csv\"\n\
    [map.deal_stage]\n\"Новая заявка\" = \"none\"\n\"Заказ согласован\" = \"order\"\n\"Счёт выставлен\" = \"invoice\"\n\
    \"Отгружено\" = \"shipped\"\n\"Сделка успешна\" = \"paid\"\n";
const FIRMS: &str = "ID;Название компании;ИНН\n1;ООО Ромашка;7799001111\n2;АО Лютик;7799002228\n";
/// Deals 1 and 7 are shipped and paid, 2 and 8 shipped; 3 is paid before its goods; what 1C has of the others is doubtful.
const DOCUMENTS: &str = "ID;Вид документа;Номер;Дата;ИНН контрагента;Сумма;Проведен;ID сделки CRM\n\
    r1;Реализация;1;05.10.2026;7799001111;1001,50;Да;1\nr2;Реализация;2;05.10.2026;7799001111;1002,50;Да;2\n\
    s3;Счет на оплату;3;05.10.2026;7799001111;1003,50;Да;3\nr4;Реализация;4;05.10.2026;7799001111;900,00;Да;4\n\
    r5;Реализация;5;05.10.2026;7799001111;1005,50;Нет;5\nr6;Реализация;6;05.10.2026;7799001111;1006,50;Да;6\n\
    r7;Реализация;7;05.10.2026;7799001111;1007,50;Да;7\nr8;Реализация;8;05.10.2026;7799001111;1008,50;Да;8\n\
    r9;Реализация;9;05.10.2026;7799001111;1009,50;Да;9\n";
const PAYMENTS: &str = "ID;Номер;Дата;Сумма;ИНН плательщика;Документ-основание;Проведен\n\
    p1;11;06.10.2026;1001,50;7799001111;r1;Да\np3;13;06.10.2026;1003,50;7799001111;s3;Да\n\
    p6;16;06.10.2026;1006,50;7799002228;r6;Да\np7;17;06.10.2026;1007,50;7799001111;r7;Да\n\
    p9;19;06.10.2026;1009,50;7799001111;r9;Да\n";
/// Stages of deals 1 to 9 in the portal; the ninth is of a funnel in which nothing was won yet.
const WRONG: [&str; 9] = [
    "PREPAYMENT_INVOICE",
    "PREPARATION",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "WON",
    "EXECUTING",
    "C5:PREPAYMENT_INVOICE",
];
/// And where the script leaves them.
const RIGHT: [&str; 9] = [
    "WON",
    "EXECUTING",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "PREPAYMENT_INVOICE",
    "WON",
    "EXECUTING",
    "C5:PREPAYMENT_INVOICE",
];

/// The portal, by id of the deal.
#[derive(Clone, Default, Debug)]
struct Portal {
    deals: BTreeMap<u64, Value>,
    faults: Faults,
}

impl Portal {
    fn new() -> Portal {
        let deal = |(n, stage): (usize, &&str)| {
            let id = n as u64 + 1;
            let category = if stage.starts_with("C5:") { 5 } else { 0 };
            (id, json!({"id": id, "stageId": stage, "categoryId": category}))
        };
        Portal { deals: WRONG.iter().enumerate().map(deal).collect(), faults: Faults::default() }
    }

    fn stages(&self) -> Vec<&str> {
        self.deals.values().map(|deal| deal["stageId"].as_str().unwrap()).collect()
    }
}

impl System for Portal {
    const SCRIPT: &'static str = "bitrix24";

    fn environment(address: &str) -> Vec<(&'static str, String)> {
        vec![("BITRIX24_WEBHOOK", format!("{address}/rest/1/{SECRET}/")), ("BITRIX24_PAUSE", "0".into())]
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn refusal(&self) -> Reply {
        Reply::Json(503, fault("QUERY_LIMIT_EXCEEDED", "Too many requests"))
    }

    fn work(&mut self, request: &Request) -> (Reply, String, bool) {
        let method = request.url.strip_prefix(&format!("/rest/1/{SECRET}/")).expect("the webhook's path").to_owned();
        let body = request.json();
        let answer = match method.as_str() {
            "crm.status.list" => {
                assert_eq!(body["filter"]["ENTITY_ID"], "DEAL_STAGE", "stages of the funnel of the deal");
                STAGES.iter().map(|(code, name)| json!({"STATUS_ID": code, "NAME": name})).collect()
            }
            "crm.item.get" | "crm.item.update" => {
                assert_eq!(number(&body["entityTypeId"]), 2);
                let Some(deal) = self.deals.get_mut(&number(&body["id"])) else {
                    return (Reply::Json(400, fault("NOT_FOUND", "Элемент не найден")), method, false);
                };
                if let Some(fields) = body["fields"].as_object() {
                    assert_eq!(fields.keys().collect::<Vec<_>>(), ["stageId"], "nothing else is written");
                    deal["stageId"] = fields["stageId"].clone();
                }
                json!({"item": deal})
            }
            other => panic!("{other} is not asked for"),
        };
        let writes = method == "crm.item.update";
        (Reply::Json(200, json!({"result": answer})), method, writes)
    }
}

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("deals")).unwrap();
    let deals: Vec<Value> = WRONG
        .iter()
        .enumerate()
        .map(|(n, stage)| {
            let n = n + 1;
            json!({"ID": n.to_string(), "TITLE": format!("Поставка {n}"), "STAGE_ID": stage,
                "CATEGORY_ID": if stage.starts_with("C5:") { "5" } else { "0" }, "OPPORTUNITY": format!("{}.50", 1000 + n),
                "CURRENCY_ID": "RUB", "COMPANY_ID": "1", "BEGINDATE": "2026-10-01T03:00:00+03:00",
                "CLOSEDATE": "2026-10-12T03:00:00+03:00", "DATE_CREATE": "2026-10-01T10:00:00+03:00", "CLOSED": "N"})
        })
        .collect();
    let of = |entity: &str, prefix: &str| -> Vec<Value> {
        let row = |(n, (code, name)): (usize, &(&str, &str))| {
            json!({"ID": n.to_string(), "ENTITY_ID": entity,
            "STATUS_ID": format!("{prefix}{code}"), "NAME": name, "SORT": "10", "SEMANTICS": null})
        };
        STAGES.iter().enumerate().map(row).collect()
    };
    let statuses = [of("DEAL_STAGE", ""), of("DEAL_STAGE_5", "C5:")].concat();
    write("deals/crm.deal.list.json", &json!({"result": deals, "total": deals.len()}).to_string());
    write("deals/crm.status.list.json", &json!({"result": statuses, "total": statuses.len()}).to_string());
    for (name, text) in
        [("firms.csv", FIRMS), ("documents.csv", DOCUMENTS), ("payments.csv", PAYMENTS), ("sverka.toml", PROJECT)]
    {
        write(name, text);
    }
    folder
}

fn outcome(folder: &Path) -> Outcome {
    let config = sverka::config::load(folder).unwrap();
    let as_of = config.as_of.unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

/// What is shipped, or shipped and paid, moves on; whatever is open about a deal leaves it to a person.
#[test]
fn stages_follow_posted_shipments_and_money() {
    let folder = project();
    let outcome = outcome(folder.path());
    let plan = plan::build(&outcome);
    let fixes: Vec<_> = plan
        .fixes
        .iter()
        .map(|f| (outcome.data.id(f.record), f.expected.as_str(), f.value.as_str(), f.reason))
        .collect();
    assert_eq!(
        fixes,
        [
            ("1", "Счёт выставлен", "Сделка успешна", FixReason::ShippedAndPaid),
            ("2", "Заказ согласован", "Отгружено", FixReason::Shipped)
        ]
    );
    let left: Vec<_> = plan.differences.iter().map(|d| (d.check, outcome.data.id(d.records[0]))).collect();
    for asked in [("deal-money-no-stage", "3"), ("deal-doc-no-stage", "4"), ("deal-money-no-stage", "9")] {
        assert!(left.contains(&asked), "{asked:?}: {left:?}");
    }
    assert!(!left.iter().any(|(_, id)| ["1", "2"].contains(id)), "{left:?}");
    let written = tempfile::tempdir().unwrap();
    write_all(&outcome, written.path(), written.path()).unwrap();
    let manual = std::fs::read_to_string(written.path().join("manual.csv")).unwrap();
    assert!(manual.lines().any(|l| l.contains("\"3\"") && l.contains("стадия прежняя")), "{manual}");
}

/// Two stages of one meaning: nobody but a person knows which.
#[test]
fn a_meaning_of_two_stages_moves_nothing() {
    let folder = project();
    let two = format!("{PROJECT}\"Закрыта\" = \"paid\"\n\"Доставлено\" = \"shipped\"\n");
    std::fs::write(folder.path().join("sverka.toml"), two).unwrap();
    assert_eq!(plan::build(&outcome(folder.path())).fixes, []);
}

#[test]
fn bitrix24_moves_stages_and_takes_them_back() {
    if !have(&["bash", "curl", "jq"]) {
        return;
    }
    let folder = project();
    let outcome = outcome(folder.path());
    for lose_answers in [vec![], vec!["crm.item.update"]] {
        let faults = Faults { lose_answers, ..Faults::default() };
        let stage = Stage::new(&outcome, Portal { faults, ..Portal::new() });
        let dry = stage.good(&[]);
        assert!(dry.contains("будет исправлено") && dry.contains("готово 2"), "{dry}");
        assert_eq!(stage.system().stages(), WRONG);
        let text = stage.good(&["--apply"]);
        assert_eq!(stage.system().stages(), RIGHT, "{text}");
        let writes = stage.system().faults.writes();
        stage.good(&["--apply"]);
        assert_eq!(stage.system().faults.writes(), writes, "a second apply changes nothing");
        stage.change(|p| p.faults = Faults::default());
        let text = stage.good(&["--undo", "--apply"]);
        assert_eq!(stage.system().stages(), WRONG, "{text}");
        stage.assert_no_leak();
    }
    // A stage that somebody has moved since is left alone.
    let mut changed = Portal::new();
    changed.deals.get_mut(&1).unwrap()["stageId"] = json!("NEW");
    let stage = Stage::new(&outcome, changed);
    let text = stage.good(&["--apply"]);
    assert!(text.contains("поле stageId записи 1 изменилось после выгрузки"), "{text}");
    assert_eq!(stage.system().stages()[..2], ["NEW", "EXECUTING"]);
}

/// In the sample two stages lag behind 1C and nothing else is wrong with their deals; in its clean twin none does.
#[test]
fn the_sample_has_two_stages_to_move() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let moved = |name: &str| -> Vec<String> {
        let outcome = outcome(&samples.join(name));
        let stages = plan::build(&outcome).fixes.into_iter().filter(|f| f.field == Field::Stage);
        stages.map(|f| outcome.data.id(f.record).to_owned()).collect()
    };
    let planted = std::fs::read_to_string(samples.join("trade/expected/findings.csv")).unwrap();
    let of = |check: &str| {
        let line = planted.lines().find(|line| line.starts_with(&format!("{check},"))).unwrap();
        line.split(',').nth(3).unwrap().to_owned()
    };
    let mut expected = [of("deal-doc-no-stage"), of("deal-money-no-stage")];
    expected.sort();
    assert_eq!(moved("trade"), expected);
    assert_eq!(moved("trade-clean"), [""; 0]);
}
