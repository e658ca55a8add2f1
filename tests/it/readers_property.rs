//! Units and contracts of a developer as CRMs without entities for them keep them: deals of amoCRM with custom fields,
//! items of smart processes of Bitrix24. All data is invented.

use std::path::Path;
use std::process::Command;

use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tempfile::TempDir;

const LEADS: &str = r#"{"_page":1,"_links":{"self":{"href":"https://a.amocrm.ru/api/v4/leads?page=1"}},"_embedded":{"leads":[
 {"id":501,"name":"Кв. 12, Седов","price":5460000,"status_id":142,"pipeline_id":7,"created_at":1767225600,"responsible_user_id":3,
  "custom_fields_values":[
   {"field_id":1,"field_name":"ЖК","field_code":null,"field_type":"select","values":[{"value":"Северный","enum_id":11}]},
   {"field_id":2,"field_name":"Корпус","field_code":null,"field_type":"text","values":[{"value":"корп. 1"}]},
   {"field_id":3,"field_name":"Секция","field_code":null,"field_type":"numeric","values":[{"value":"2"}]},
   {"field_id":4,"field_name":"Этаж","field_code":null,"field_type":"numeric","values":[{"value":"3"}]},
   {"field_id":5,"field_name":"Номер квартиры","field_code":null,"field_type":"text","values":[{"value":"12"}]},
   {"field_id":6,"field_name":"Тип помещения","field_code":null,"field_type":"select","values":[{"value":"Квартира","enum_id":61}]},
   {"field_id":7,"field_name":"Площадь","field_code":null,"field_type":"numeric","values":[{"value":"45.5"}]},
   {"field_id":8,"field_name":"Статус объекта","field_code":null,"field_type":"select","values":[{"value":"Продано","enum_id":81}]},
   {"field_id":9,"field_name":"Номер ДДУ","field_code":null,"field_type":"text","values":[{"value":"С-1/12"}]},
   {"field_id":10,"field_name":"Дата ДДУ","field_code":null,"field_type":"date","values":[{"value":1767225600}]},
   {"field_id":12,"field_name":"Дата регистрации","field_code":null,"field_type":"date","values":[{"value":1768089600}]},
   {"field_id":13,"field_name":"Эскроу","field_code":null,"field_type":"text","values":[{"value":"да"}]}],
  "_embedded":{"contacts":[{"id":301,"is_main":true}],"companies":[]}},
 {"id":502,"name":"Кв. 13","price":6000000,"status_id":40,"pipeline_id":7,"created_at":1767225600,"responsible_user_id":3,
  "custom_fields_values":[
   {"field_id":1,"field_name":"ЖК","field_code":null,"field_type":"select","values":[{"value":"Северный","enum_id":11}]},
   {"field_id":2,"field_name":"Корпус","field_code":null,"field_type":"text","values":[{"value":"корп. 1"}]},
   {"field_id":4,"field_name":"Этаж","field_code":null,"field_type":"numeric","values":[{"value":"3"}]},
   {"field_id":5,"field_name":"Номер квартиры","field_code":null,"field_type":"text","values":[{"value":"13"}]},
   {"field_id":8,"field_name":"Статус объекта","field_code":null,"field_type":"select","values":[{"value":"Свободно","enum_id":80}]}],
  "_embedded":{"contacts":[],"companies":[]}}]}}"#;

const UNITS: &str = r#"{"result":{"items":[
 {"id":11,"title":"Кв. 12","entityTypeId":1036,"stageId":"DT1036_7:SUCCESS","categoryId":7,"assignedById":3,"ufCrm5_1700000001":"ЖК «Северный»",
  "ufCrm5_1700000002":"корп. 1","ufCrm5_1700000003":"3","ufCrm5_1700000004":"12","ufCrm5_1700000005":45.5,"opportunity":5460000},
 {"id":12,"title":"Кв. 13","entityTypeId":1036,"stageId":"DT1036_7:NEW","categoryId":7,"assignedById":3,"ufCrm5_1700000001":"ЖК «Северный»",
  "ufCrm5_1700000002":"корп. 1","ufCrm5_1700000003":"3","ufCrm5_1700000004":"13","ufCrm5_1700000005":50,"opportunity":6000000}]},"total":2}"#;

const DDUS: &str = r#"{"result":{"items":[
 {"id":71,"title":"ДДУ С-1/12","entityTypeId":1040,"stageId":"DT1040_9:CLIENT","categoryId":9,"parentId1036":11,"contactId":301,"opportunity":5460000,
  "ufCrm6_1700000011":"С-1/12","ufCrm6_1700000012":"2026-01-01T03:00:00+03:00","ufCrm6_1700000013":"2026-01-11T03:00:00+03:00","ufCrm6_1700000014":"Y"}]},"total":1}"#;

/// As `crm.item.fields` answers.
const DESCRIBED: &str = r#"{"result":{"fields":{
 "id":{"type":"integer","isReadOnly":true,"title":"ID"},
 "ufCrm5_1700000001":{"type":"string","isReadOnly":false,"title":"ЖК"},
 "ufCrm5_1700000002":{"type":"string","isReadOnly":false,"title":"Корпус"},
 "ufCrm5_1700000003":{"type":"string","isReadOnly":false,"title":"Этаж"},
 "ufCrm5_1700000004":{"type":"string","isReadOnly":false,"title":"Номер квартиры"},
 "ufCrm5_1700000005":{"type":"double","isReadOnly":false,"title":"Площадь"}}}}"#;

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("onec.csv"), "Код;Фамилия;Имя\nЛ1;Седов;Игорь\n").unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn outcome(folder: &Path) -> Outcome {
    let config = config::load(folder).unwrap();
    let as_of = config.as_of.or(chrono::NaiveDate::from_ymd_opt(2026, 11, 24)).unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

/// Records of the CRM, a line each: `field=text` of the fields that are filled, in the order of fields.
fn table(outcome: &Outcome, entity: Entity, fields: &[Field]) -> Vec<String> {
    let book = outcome.data.book(Side::Crm, entity);
    let line = |at: usize| {
        let texts = fields.iter().map(|&f| (f.code(), book.text(f, at))).filter(|(_, text)| !text.is_empty());
        texts.map(|(code, text)| format!("{code}={text}")).collect::<Vec<_>>().join(" | ")
    };
    (0..book.len()).map(line).collect()
}

const UNIT: [Field; 9] = [
    Field::Id,
    Field::Project,
    Field::Building,
    Field::Section,
    Field::Floor,
    Field::Number,
    Field::Kind,
    Field::Area,
    Field::Stage,
];
const CONTRACT: [Field; 7] =
    [Field::Id, Field::Number, Field::Date, Field::RegisteredAt, Field::PersonId, Field::Amount, Field::Escrow];

/// What the contract says of its unit, by whatever names it.
fn unit_of(outcome: &Outcome, contract: usize) -> Option<String> {
    let at = outcome.pairing.estate().of(Side::Crm).object[contract]?;
    Some(outcome.data.book(Side::Crm, Entity::Object).raw.id(at as usize).to_owned())
}

#[test]
fn deals_of_amocrm_give_units_and_contracts() {
    let toml = "[project]\nname = \"Проба\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"object\"\npath = \"leads.json\"\n\
        [[source]]\nside = \"crm\"\nentity = \"ddu\"\npath = \"leads.json\"\n\
        [[source]]\nside = \"onec\"\nentity = \"contact\"\npath = \"onec.csv\"\n";
    let folder = project(&[("leads.json", LEADS), ("sverka.toml", toml)]);
    let outcome = outcome(folder.path());
    assert_eq!(
        table(&outcome, Entity::Object, &UNIT),
        [
            "id=501 | project=Северный | building=корп. 1 | section=2 | floor=3 | number=12 | kind=Квартира | area=45.5 | \
             stage=Продано",
            "id=502 | project=Северный | building=корп. 1 | floor=3 | number=13 | stage=Свободно",
        ]
    );
    let contracts = table(&outcome, Entity::Ddu, &CONTRACT);
    assert_eq!(
        contracts[0],
        "id=501 | number=С-1/12 | date=2026-01-01 | registered_at=2026-01-11 | person_id=301 | amount=5460000 | escrow=да"
    );
    assert_eq!(unit_of(&outcome, 0).as_deref(), Some("501"));
}

#[test]
fn items_of_smart_processes_give_units_and_contracts_by_a_map() {
    let toml = "[project]\nname = \"Проба\"\nas_of = \"2026-11-24\"\n\
        [map.object_status.crm]\n\"DT1036_7:SUCCESS\" = \"sold\"\n\"DT1036_7:NEW\" = \"free\"\n\
        [[source]]\nside = \"crm\"\nentity = \"object\"\npath = \"units.json\"\n[source.columns]\n\
        project = \"UF_CRM_5_1700000001\"\nbuilding = \"UF_CRM_5_1700000002\"\nfloor = \"UF_CRM_5_1700000003\"\n\
        number = \"UF_CRM_5_1700000004\"\narea = \"UF_CRM_5_1700000005\"\n\
        [[source]]\nside = \"crm\"\nentity = \"ddu\"\npath = \"ddus.json\"\n[source.columns]\n\
        number = \"UF_CRM_6_1700000011\"\ndate = \"UF_CRM_6_1700000012\"\nregistered_at = \"UF_CRM_6_1700000013\"\n\
        escrow = \"UF_CRM_6_1700000014\"\nobject_id = \"PARENT_ID_1036\"\n\
        [[source]]\nside = \"onec\"\nentity = \"contact\"\npath = \"onec.csv\"\n";
    let folder = project(&[("units.json", UNITS), ("ddus.json", DDUS), ("sverka.toml", toml)]);
    let outcome = outcome(folder.path());
    assert_eq!(
        table(&outcome, Entity::Object, &UNIT),
        [
            "id=11 | project=ЖК «Северный» | building=корп. 1 | floor=3 | number=12 | area=45.5 | stage=DT1036_7:SUCCESS",
            "id=12 | project=ЖК «Северный» | building=корп. 1 | floor=3 | number=13 | area=50 | stage=DT1036_7:NEW",
        ]
    );
    assert_eq!(
        table(&outcome, Entity::Ddu, &CONTRACT),
        ["id=71 | number=С-1/12 | date=2026-01-01T03:00:00+03:00 | registered_at=2026-01-11T03:00:00+03:00 | \
          person_id=301 | amount=5460000 | escrow=Y"]
    );
    let holdings = outcome.pairing.estate().of(Side::Crm);
    let statuses: Vec<_> = holdings.status.iter().flatten().map(|s| s.as_str()).collect();
    assert_eq!((statuses, unit_of(&outcome, 0).as_deref()), (vec!["sold", "free"], Some("11")));
    let ddus = outcome.data.book(Side::Crm, Entity::Ddu);
    assert_eq!(ddus.moment(Field::RegisteredAt, 0).valid().unwrap().date().to_string(), "2026-01-11");
}

/// `init` takes deals with fields of units for units, and items by the titles of their fields, be the description in the
/// same file or in another; the audit of what it proposes reads them so.
#[test]
fn init_proposes_what_titles_of_fields_say() {
    let described = format!("{UNITS}\n{DESCRIBED}");
    let leads: &[(&str, &str)] = &[("leads.json", LEADS)];
    for files in [leads, &[("units.json", &described)], &[("units.json", UNITS), ("zz-fields.json", DESCRIBED)]] {
        let folder = project(files);
        let names = files.iter().map(|(name, _)| *name).chain(["onec.csv"]);
        let done = Command::new(env!("CARGO_BIN_EXE_sverka"))
            .current_dir(folder.path())
            .arg("init")
            .args(names)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let toml = std::fs::read_to_string(folder.path().join("sverka.toml")).unwrap();
        let proposed = config::load(folder.path()).unwrap();
        let source = proposed.sources.iter().find(|s| s.side == Side::Crm).unwrap();
        assert_eq!(source.entity, Some(Entity::Object), "{toml}");
        let outcome = outcome(folder.path());
        let units = table(&outcome, Entity::Object, &[Field::Number, Field::Floor, Field::Project]);
        let project = if files == leads { "Северный" } else { "ЖК «Северный»" };
        assert!(units[0].ends_with(&format!("number=12 | floor=3 | project={project}")), "{units:?}\n{toml}");
        assert_eq!(units.len(), 2);
    }
}
