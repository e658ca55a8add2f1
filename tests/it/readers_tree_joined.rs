//! Several files of one side through reading and mapping: what is joined, what is missing, what is said about it.

use std::fs;

use proptest::prelude::*;
use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::model::{Entity, Field, LeftOutReason, Side, Snapshot};
use tempfile::TempDir;

use super::readers_tree::folder;

/// A side of an audit whose files are fixtures; the other side is one line.
pub fn side(side: Side, sources: &[(&str, &[&str])]) -> Result<(Snapshot, Vec<String>), String> {
    let project = TempDir::new().unwrap();
    let mut text = "[project]\nname = \"Проверка\"\nas_of = \"2026-11-24\"\n".to_owned();
    for (at, (entity, files)) in sources.iter().enumerate() {
        let place = project.path().join(format!("s{at}"));
        fs::create_dir(&place).unwrap();
        for file in *files {
            fs::copy(folder().join(file), place.join(file)).unwrap();
        }
        let entity = if entity.is_empty() { String::new() } else { format!("entity = \"{entity}\"\n") };
        text.push_str(&format!("[[source]]\nside = \"{side}\"\npath = \"s{at}/*\"\n{entity}"));
    }
    fs::write(project.path().join("other.csv"), "Код;Наименование;ИНН\n1;ООО «Никто»;7700990074\n").unwrap();
    text.push_str(&format!(
        "[[source]]\nside = \"{}\"\nentity = \"counterparty\"\npath = \"other.csv\"\n",
        side.other()
    ));
    fs::write(project.path().join("sverka.toml"), text).unwrap();
    let config = config::load(project.path()).map_err(|e| e.to_string())?;
    let as_of = config.as_of.unwrap();
    let outcome = audit(&Plan::new(config, as_of), &Silent).map_err(|e| e.to_string())?;
    let checks: Vec<String> =
        outcome.findings.iter().filter(|f| f.check.starts_with("snap-")).map(|f| f.check.to_string()).collect();
    let snapshots = outcome.data;
    let snapshot = if side == Side::Crm { snapshots.crm } else { snapshots.onec };
    for source in &snapshot.sources {
        assert!(source.counts.balances(), "{:?}", source.counts);
    }
    Ok((snapshot, checks))
}

/// A field of all records of an entity: `id=text`.
fn texts(snapshot: &Snapshot, entity: Entity, field: Field) -> Vec<String> {
    let raw = &snapshot.parties.raw;
    let of = (0..raw.len()).filter(|&at| raw.entity[at] == entity);
    of.map(|at| format!("{}={}", raw.id(at), raw.get(field, at))).collect()
}

#[test]
fn a_repeated_page_does_not_hide_a_missing_one() {
    let pages = ["b24-company-list-page1.json", "b24-company-list-page2.json"];
    let (snapshot, checks) = side(Side::Crm, &[("counterparty", &pages)]).unwrap();
    // Five rows and a total of five, but one company twice: one is missing.
    let source = &snapshot.sources[0];
    assert_eq!((source.counts.read, source.declared_total, source.partial), (5, Some(5), true));
    assert!(checks.contains(&"snap-truncated".to_owned()), "{checks:?}");
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Name).len(), 3);
    assert_eq!(snapshot.own[0].name, "Наша фирма");
}

#[test]
fn an_error_page_among_pages_makes_the_side_partial() {
    let (snapshot, checks) =
        side(Side::Crm, &[("contact", &["b24-item-list-contacts.json", "b24-error-page.json"])]).unwrap();
    assert!(snapshot.is_partial());
    assert!(checks.contains(&"snap-partial".to_owned()), "{checks:?}");
    assert_eq!(
        snapshot.sources[0].not_used,
        [("s0/b24-error-page.json: ответы с ошибкой вместо записей".to_owned(), 1)]
    );
    // Alone it is no source at all.
    let error = side(Side::Crm, &[("contact", &["b24-error-page.json"])]).err().unwrap();
    assert!(error.ends_with("повторите выгрузку") && error.contains("QUERY_LIMIT_EXCEEDED"), "{error}");
    // A failed command of a batch leaves its page out although the totals name only what came.
    let (snapshot, _) = side(Side::Crm, &[("contact", &["b24-batch-pages.json"])]).unwrap();
    assert!(snapshot.is_partial());
}

#[test]
fn a_page_without_a_byte_makes_the_side_partial() {
    let project = TempDir::new().unwrap();
    let pages = project.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::copy(folder().join("odata-contragents-page1.json"), pages.join("page1.json")).unwrap();
    fs::write(pages.join("page2.json"), "").unwrap();
    fs::write(project.path().join("other.csv"), "Код;Наименование;ИНН\n1;ООО «Никто»;7700990074\n").unwrap();
    let text = "[project]\nname = \"П\"\nas_of = \"2026-11-24\"\n\
                [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"pages/*\"\n\
                [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"other.csv\"\n";
    fs::write(project.path().join("sverka.toml"), text).unwrap();
    let config = config::load(project.path()).unwrap();
    let as_of = config.as_of.unwrap();
    let outcome = audit(&Plan::new(config, as_of), &Silent).unwrap();
    assert!(outcome.data.onec.is_partial());
    assert_eq!(outcome.data.onec.sources[0].not_used, [("pages/page2.json: файл пуст".to_owned(), 0)]);
    // Nothing else in the folder: there is no source.
    fs::remove_file(pages.join("page1.json")).unwrap();
    let config = config::load(project.path()).unwrap();
    let error = audit(&Plan::new(config, as_of), &Silent).err().unwrap().to_string();
    assert!(error.contains("page2.json") && error.contains("файл пуст"), "{error}");
}

#[test]
fn requisites_find_their_company_once() {
    let requisites = "b24-requisites-and-banks.json";
    let (snapshot, _) = side(Side::Crm, &[("counterparty", &["b24-company-list-page1.json", requisites])]).unwrap();
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Inn), ["7=0500990050", "8="]);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::BankAccount)[0], "7=40702810000000000001");
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Address)[0], "7=367000, Россия, Махачкала, ул. Лесная, 1");
    assert_eq!(snapshot.quarantine.len(), 1);
    assert!(snapshot.quarantine[0].reason.starts_with("реквизит без владельца"));
    // The same page in a second source is the same rows once more.
    let twice = [("counterparty", &["b24-company-list-page1.json"][..]), ("", &[requisites]), ("", &[requisites])];
    let (snapshot, _) = side(Side::Crm, &twice).unwrap();
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::BankAccount)[0], "7=40702810000000000001");
    let repeats: Vec<u64> =
        snapshot.sources.iter().map(|s| s.counts.left_out[LeftOutReason::Repeat as usize]).collect();
    // Three requisites and a bank account; an address has no id.
    assert_eq!(repeats, [0, 0, 4]);
}

#[test]
fn relations_of_a_batch_name_the_company() {
    let files = ["b24-item-list-contacts.json", "b24-relations-by-id.json"];
    let (snapshot, _) = side(Side::Crm, &[("", &files)]).unwrap();
    // What the contact says itself comes first.
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), ["31=7", "32=8"]);
    let reasons: Vec<&str> = snapshot.quarantine.iter().map(|q| q.reason.as_str()).collect();
    assert_eq!(reasons, ["связь с контактом, которого нет в выгрузке"]);
    // Commands without names: the place in the list is no id of a company.
    let files = ["b24-item-list-contacts.json", "b24-relations-as-list.json"];
    let (snapshot, _) = side(Side::Crm, &[("", &files)]).unwrap();
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), ["31=", "32=8"]);
    assert!(snapshot.quarantine[0].reason.starts_with("связь без второй стороны"));
}

#[test]
fn a_record_is_not_its_own_head() {
    let (snapshot, _) = side(Side::Onec, &[("counterparty", &["onec-dump.json"])]).unwrap();
    let guid = |n: u32| format!("21dda1c5-8c44-11db-a9b0-{n:012}");
    let heads = texts(&snapshot, Entity::Counterparty, Field::HeadId);
    assert_eq!(heads, [format!("{}=", guid(11)), format!("{}={}", guid(12), guid(11))]);
    // A code that two records share does not join them, the folder is left out, our own firm is no counterparty.
    assert_eq!(snapshot.own[0].inn.map(|inn| inn.to_string()).as_deref(), Some("7700990010"));
}

#[test]
fn odata_pages_join_by_key_and_contacts_find_their_owner() {
    let pages = ["odata-contragents-page1.json", "odata-contragents-page2.json"];
    let (snapshot, checks) = side(Side::Onec, &[("counterparty", &pages), ("", &["odata-contacts.json"])]).unwrap();
    let guid = |n: u32| format!("21dda1c5-8c44-11db-a9b0-{n:012}");
    let heads = texts(&snapshot, Entity::Counterparty, Field::HeadId);
    assert_eq!(heads, [format!("{}=", guid(2)), format!("{}={}", guid(3), guid(2))]);
    let owners = texts(&snapshot, Entity::Contact, Field::OwnerId);
    assert_eq!(owners, [format!("{}={}", guid(51), guid(2)), format!("{}=", guid(52))]);
    // Four rows of three records, and a count of four.
    assert!(snapshot.is_partial() && checks.contains(&"snap-partial".to_owned()), "{checks:?}");
}

#[test]
fn changes_only_and_marks_of_deletion() {
    let (snapshot, checks) = side(Side::Onec, &[("counterparty", &["cml-209-contragents-delta.xml"])]).unwrap();
    assert!(checks.contains(&"snap-partial".to_owned()), "{checks:?}");
    let deleted = texts(&snapshot, Entity::Counterparty, Field::Deleted);
    let deleted: Vec<&str> = deleted.iter().filter_map(|t| t.split_once('=')).map(|(_, text)| text).collect();
    assert_eq!(deleted, ["false", "true", "true", ""]);
    let error = side(Side::Onec, &[("counterparty", &["cml-empty.xml"])]).err().unwrap();
    assert!(error.contains("нет записей, которые берёт сверка"), "{error}");
}

#[test]
fn numbered_pages_of_amocrm_are_whole_or_not() {
    let pages = ["amo-v4-companies-page1.json", "amo-v4-companies-page2.json", "amo-v4-contacts.json"];
    let (snapshot, _) = side(Side::Crm, &[("", &pages)]).unwrap();
    assert!(!snapshot.is_partial());
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Inn), ["70=0500990050", "71=7700990028", "72="]);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::FullName), ["70=", "71=АО «Осина»", "72="]);
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), ["91=70", "92="]);
    assert_eq!(texts(&snapshot, Entity::Contact, Field::Name), ["91=Анна Берёзова", "92="]);
    assert_eq!(texts(&snapshot, Entity::Contact, Field::BirthDate)[0], "91=1990-05-04");
    // The second of three pages is missing; deals beside them are no reason to stop.
    let pages = ["amo-v4-companies-page1.json", "amo-v4-companies-page3.json", "amo-v4-leads.json"];
    let (snapshot, checks) = side(Side::Crm, &[("counterparty", &pages)]).unwrap();
    assert!(snapshot.is_partial() && checks.contains(&"snap-partial".to_owned()), "{checks:?}");
    assert_eq!(snapshot.sources[0].not_used, [("amo.lead".to_owned(), 2)]);
    let error = side(Side::Crm, &[("counterparty", &["amo-v4-leads.json"])]).err().unwrap();
    assert!(error.contains("(есть: amo.lead: 2)"), "{error}");
}

#[test]
fn corporate_customers_get_their_companies_and_people() {
    let files = ["retail-corporate.json", "retail-companies.json", "retail-customers.json"];
    let (snapshot, _) = side(Side::Crm, &[("", &files)]).unwrap();
    // Page two of the corporate customers is missing.
    assert!(snapshot.is_partial());
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Name), ["50=Клён", "53="]);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::FullName), ["50=ООО «Клён»", "53=ООО «Бук»"]);
    // The main legal entity comes first, the other one is a disagreement to be seen.
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Inn), ["50=0500990050", "53=7700990035"]);
    assert_eq!(snapshot.conflicts.len(), 1);
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), ["51=50", "52="]);
    assert_eq!(texts(&snapshot, Entity::Contact, Field::Inn), ["51=", "52=690099002015"]);
    let reasons: Vec<&str> = snapshot.quarantine.iter().map(|q| q.reason.as_str()).collect();
    assert_eq!(reasons, ["юрлицо без корпоративного клиента: такого клиента в выгрузке нет"]);
    // Without people there is nobody to relate.
    let (snapshot, _) = side(Side::Crm, &[("counterparty", &files[..1])]).unwrap();
    assert!(snapshot.quarantine.is_empty());
}

#[test]
fn an_exchange_message_gives_parties_and_their_people() {
    let (snapshot, checks) = side(Side::Onec, &[("", &["ed-121-message.xml"])]).unwrap();
    assert!(snapshot.is_partial() && checks.contains(&"snap-partial".to_owned()), "{checks:?}");
    let guid = |n: u32| format!("21dda1c5-8c44-11db-a9b0-{n:012}");
    let kpp = texts(&snapshot, Entity::Counterparty, Field::Kpp);
    let expected = [
        format!("{}=770001001", guid(2)),
        format!("{}=502901001", guid(3)),
        "7700990035/770001001=770001001".to_owned(),
    ];
    assert_eq!(kpp, expected);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::HeadId)[1], format!("{}={}", guid(3), guid(2)));
    assert_eq!(
        texts(&snapshot, Entity::Counterparty, Field::BankAccount)[0],
        format!("{}=40702810000000000001", guid(2))
    );
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), [format!("{}={}", guid(51), guid(2))]);
    assert_eq!(snapshot.own[0].name, "Наша");
}

#[test]
fn atom_gives_what_json_gives() {
    let (snapshot, checks) = side(Side::Onec, &[("counterparty", &["atom-contragents.xml"])]).unwrap();
    // Three are counted on the server, two are here, one of them a folder.
    assert!(snapshot.is_partial() && checks.contains(&"snap-truncated".to_owned()), "{checks:?}");
    let guid = "21dda1c5-8c44-11db-a9b0-000000000002";
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Inn), [format!("{guid}=0500990050")]);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::HeadId), [format!("{guid}=")]);
    assert_eq!(texts(&snapshot, Entity::Counterparty, Field::Email), [format!("{guid}=buk@example.com")]);
}

#[test]
fn people_of_a_partner_belong_to_its_counterparty() {
    let (snapshot, _) = side(Side::Onec, &[("", &["odata-partners-ut.json"])]).unwrap();
    let guid = |n: u32| format!("21dda1c5-8c44-11db-a9b0-{n:012}");
    let owners = [(51, 2), (52, 4), (53, 99)].map(|(contact, firm)| format!("{}={}", guid(contact), guid(firm)));
    assert_eq!(texts(&snapshot, Entity::Contact, Field::OwnerId), owners);
    assert_eq!(snapshot.sources[0].not_used, [("Справочник.Партнеры".to_owned(), 1)]);
}

/// A row of a list of counterparties: id, name, INN, whether it is a group, and cells too many or too few.
fn any_row() -> impl Strategy<Value = String> {
    let id = prop::sample::select(vec!["", "1", "2", "3", "00-000004", "\"5\"", "нет"]);
    let name =
        prop::sample::select(vec!["", "ООО «Ромашка»", "Итого", "ИП Петров И.И.", "\"a;b\"", "<Объект не найден>"]);
    let inn = prop::sample::select(vec!["", "7799001111", "0", "7,7E+09", "нет"]);
    let group = prop::sample::select(vec!["", "Да", "Нет"]);
    let tail = prop::sample::select(vec!["", "", "", ";;;;", ";лишнее"]);
    (id, name, inn, group, tail).prop_map(|(id, name, inn, group, tail)| format!("{id};{name};{inn};{group}{tail}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    /// Every row of a list is loaded, quarantined or left out, and each of the last two has its place.
    #[test]
    fn every_row_is_accounted_for(rows in prop::collection::vec(any_row(), 1..30)) {
        let project = TempDir::new().unwrap();
        let list = format!("Код;Наименование;ИНН;Это группа\n{}\n", rows.join("\n"));
        fs::write(project.path().join("onec.csv"), list).unwrap();
        fs::write(project.path().join("crm.csv"), "ID;Название;ИНН\n1;ООО «Никто»;7700990074\n").unwrap();
        let text = "[project]\nname = \"Проверка\"\nas_of = \"2026-11-24\"\n\
            [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
            [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
        fs::write(project.path().join("sverka.toml"), text).unwrap();
        let config = config::load(project.path()).unwrap();
        let as_of = config.as_of.unwrap();
        let outcome = audit(&Plan::new(config, as_of), &Silent).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let snapshot = &outcome.data.onec;
        let source = &snapshot.sources[0];
        prop_assert_eq!(source.counts.read, rows.len() as u64);
        prop_assert!(source.counts.balances(), "{:?}", source.counts);
        prop_assert_eq!(snapshot.quarantine.len() as u64, source.counts.quarantined);
        prop_assert!(snapshot.quarantine.iter().all(|q| !q.location.place.file.is_empty() && q.location.row.is_some()));
        prop_assert!(snapshot.parties.len() as u64 <= source.counts.loaded);
    }
}
