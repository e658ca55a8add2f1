//! The sample project: a trading company before the start of its exchange, with planted defects or without any.

mod account;
mod crm_files;
mod expected;
mod goods;
mod onec_files;
mod plan;
mod plant_cp;
mod plant_ct;
mod plant_groups;
mod sales;
mod world;

use account::Account;
use crm_files::RestOptions;
use goods::Goods;
use plan::Plan;
use sales::Sales;
use world::{Card, Kind, Source, World};

use crate::model::Side::{Crm, Onec};

/// Records of the archive of persons in the sample with defects: one page of an export, as if it had been cut short.
const ARCHIVE: usize = 50;

/// The files of the sample project as (path relative to the project, content), sorted by path. `clean`: without any
/// planted defect (`samples/trade-clean`), else `samples/trade` with `expected/*.csv`.
pub fn sample(clean: bool) -> Vec<(String, Vec<u8>)> {
    let mut plan = Plan::new(World::new());
    let mut goods = Goods::new();
    let mut sales = Sales::new(&mut plan, &goods);
    if !clean {
        plant_cp::plant(&mut plan);
        plant_groups::plant(&mut plan);
        plant_ct::plant(&mut plan);
        between_sources(&mut plan);
        sources(&mut plan);
        goods.plant(&mut plan);
        sales.plant(&mut plan, &mut goods);
    }
    sales.number_tax_invoices();
    supplement(&mut plan);
    files(&plan, &goods, &sales, clean)
}

/// One record in two sources that disagree.
fn between_sources(p: &mut Plan) {
    let at = p.take_plain();
    let mut card = p.onec(at).clone();
    card.source = Source::OnecXml;
    card.kpp = super::ids::kpp(&card.inn, "01", 9);
    p.world.onec.push(card);
    p.found("snap-source-conflict", Onec, at, "the workbook and the XML give different KPP");
    let at = p.take_plain();
    let mut card = p.crm(at).clone();
    card.source = Source::CrmRest;
    card.kpp = super::ids::kpp(&card.inn, "01", 9);
    p.world.crm.push(card);
    p.found("snap-source-conflict", Crm, at, "the CSV and REST give different KPP");
}

/// Defects of whole files.
fn sources(p: &mut Plan) {
    p.ragged.push("ООО \"Оборванная строка\"".to_owned());
    // 1C was exported two months before the CRM: what changed since then carries no later date there.
    let early = |stamp: &mut String| {
        if matches!(&stamp[3..5], "09" | "10" | "11" | "12") {
            stamp.replace_range(3..5, "07");
        }
    };
    p.world.onec.iter_mut().for_each(|card| early(&mut card.modified));
    p.world.onec_people.iter_mut().for_each(|person| early(&mut person.modified));
    p.found_source("snap-modified-lag", Source::OnecXlsx, "the last change is two months older than in the CRM");
    p.found_source("snap-time-skew", Source::OnecXml, "formed four days before REST answered");
    p.found_source("snap-empty-table", Source::CrmEmpty, "only the heading of the export was saved");
    let archived = p.world.onec_people.iter().filter(|c| c.source == Source::OnecCsv && !c.gone).count();
    let mut missing = ARCHIVE.saturating_sub(archived);
    for person in p.world.onec_people.iter_mut().rev() {
        if missing > 0 && person.source == Source::OnecTxt && !person.gone {
            person.source = Source::OnecCsv;
            missing -= 1;
        }
    }
    p.found_source("snap-truncated", Source::OnecCsv, "exactly 50 rows: one page");
}

/// In both samples the XML gives two counterparties of the workbook once more, with equal values: sources of one entity
/// fill each other.
fn supplement(p: &mut Plan) {
    for _ in 0..2 {
        let at = p.take(|crm, onec| onec.source == Source::OnecXlsx && crm.kind == Kind::Firm && !onec.deleted);
        let card = p.onec(at);
        let bare = Card {
            source: Source::OnecXml,
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            account: String::new(),
            bik: String::new(),
            ..card.clone()
        };
        p.world.onec.push(bare);
    }
}

fn files(plan: &Plan, goods: &Goods, sales: &Sales, clean: bool) -> Vec<(String, Vec<u8>)> {
    let world = &plan.world;
    let mut account = Account::default();
    let options = RestOptions { repeat: !clean, orphan: !clean, finished: "2026-11-24T09:15:00+03:00" };
    let formed = if clean { "2026-11-24T09:10:00" } else { "2026-11-20T18:40:00" };
    let mut files = crm_files::rest(&world.crm, &options, &mut account);
    files.extend(goods.files(&mut account));
    files.extend(sales.crm_files(goods, &mut account));
    files.extend(sales.onec_files(goods, &mut account));
    let mut put = |path: &str, bytes: Vec<u8>| files.push((path.to_owned(), bytes));
    put(Source::CrmCsv.path(), crm_files::companies_csv(&world.crm, &plan.ragged, &mut account));
    put(Source::CrmHtml.path(), crm_files::contacts_xls(&world.crm_people, &world.crm, &mut account));
    if !clean {
        put(Source::CrmEmpty.path(), crm_files::empty_contacts_csv(&mut account));
    }
    let workbook = onec_files::counterparties(&world.onec, &mut account)
        .expect("a workbook built in memory from texts below the limits of Excel is always written");
    put(Source::OnecXlsx.path(), workbook);
    put(Source::OnecXml.path(), onec_files::suppliers(&world.onec, formed, &mut account));
    for source in [Source::OnecTxt, Source::OnecCsv] {
        put(source.path(), onec_files::persons(&world.onec_people, &world.onec, source, &mut account));
    }
    put("sverka.toml", project_file(sales, clean).into_bytes());
    put("expected/accounting.csv", account.csv().into_bytes());
    put("expected/links.csv", expected::links(world).into_bytes());
    if !clean {
        put("expected/findings.csv", expected::findings(plan).into_bytes());
        put("expected/merges.csv", expected::merges(world).into_bytes());
        put("expected/traps.csv", expected::traps(plan).into_bytes());
    }
    files.sort();
    files
}

fn project_file(sales: &Sales, clean: bool) -> String {
    let mut out = format!(
        "# Торговая компания перед запуском обмена Битрикс24 — 1С:Управление торговлей. Все лица и компании вымышлены.\n\
         [project]\n\
         name = \"ООО «Ромашка-Трейд»: запуск обмена{}\"\n\
         lang = \"ru\"\n\
         direction = \"both\"\n\
         as_of = \"2026-11-24\"\n\
         own = [{}] # ИНН своих организаций: среди контрагентов их быть не должно\n",
        if clean { " (данные без ошибок)" } else { "" },
        sales.own_inns().map(|inn| format!("\"{inn}\"")).join(", ")
    );
    for source in Source::ALL {
        if clean && source == Source::CrmEmpty {
            continue;
        }
        let entity = source.entity().map_or_else(String::new, |entity| format!("entity = \"{entity}\"\n"));
        out.push_str(&format!("\n[[source]]\nside = \"{}\"\n{entity}path = \"{}\"\n", source.side(), source.path()));
    }
    out.push_str(&sales.project_part());
    out.push_str(
        "\n[gates]                          # запуск обмена разрешён, пока ошибок не больше\nblocker = 0\nerror = 0\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashMap};
    use std::path::Path;

    use super::*;
    use crate::model::{BankAccount, Bik, Inn, Kpp, Ogrn, Phone};

    /// The committed samples are what the generator writes; `UPDATE_GOLDEN` rewrites them.
    #[test]
    fn committed_files_are_the_generated_ones() {
        for (clean, folder) in [(false, "trade"), (true, "trade-clean")] {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(folder);
            let files = sample(clean);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                for (path, bytes) in &files {
                    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                    std::fs::write(root.join(path), bytes).unwrap();
                }
            }
            for (path, bytes) in &files {
                let committed = std::fs::read(root.join(path)).unwrap_or_default();
                assert!(committed == *bytes, "{folder}/{path} differs: run UPDATE_GOLDEN=1 cargo test generate");
            }
            assert_eq!(files, sample(clean), "the same bytes every time");
        }
    }

    fn file(clean: bool, path: &str) -> Vec<Vec<String>> {
        let files = sample(clean);
        let (_, bytes) = files.iter().find(|(p, _)| p == path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_number_of_the_clean_world_is_valid_and_has_one_owner() {
        let world = World::new();
        let mut owners: HashMap<String, u32> = HashMap::new();
        let mut owned_once = |value: &str, party: u32| {
            if !value.is_empty() {
                let owner = *owners.entry(value.to_owned()).or_insert(party);
                assert_eq!(owner, party, "{value} belongs to two parties");
            }
        };
        for card in world.crm.iter().chain(&world.onec) {
            let inn = Inn::parse(&card.inn).unwrap();
            assert_eq!(inn.is_person(), card.kind != Kind::Firm);
            assert!(card.kpp.is_empty() || Kpp::parse(&card.kpp).is_ok());
            assert!(Ogrn::parse(&card.ogrn).is_ok() && Phone::parse(&card.phone, None).is_ok());
            assert!(BankAccount::parse(&card.account).unwrap().agrees_with(Bik::parse(&card.bik).unwrap()));
            for value in [&card.inn, &card.ogrn, &card.phone, &card.email, &card.name, &card.account, &card.id] {
                owned_once(value, card.party);
            }
        }
        for person in world.crm_people.iter().chain(&world.onec_people) {
            assert!(Phone::parse(&person.phone, None).is_ok());
            for value in [&person.phone, &person.email, &person.whole, &person.snils, &person.document] {
                owned_once(value, person.party);
            }
        }
        assert_eq!((world.onec.len(), world.onec_people.len()), (world::FIRMS, world::PEOPLE));
    }

    /// A page limit would read as a cut export, which is planted once and only in the sample with defects.
    #[test]
    fn accounts_balance_and_avoid_page_limits() {
        for clean in [false, true] {
            let rows = file(clean, "expected/accounting.csv");
            assert_eq!(rows.len(), Source::ALL.len() - usize::from(clean));
            for row in rows {
                let n: Vec<usize> = row[1..].iter().map(|c| c.parse().unwrap()).collect();
                assert_eq!(n[0], n[1..].iter().sum::<usize>(), "{row:?}");
                let cut = [50, 250, 500, 1000].contains(&(n[1] + n[2] + n[6]));
                assert_eq!(cut, !clean && row[0] == Source::OnecCsv.path(), "{row:?}");
            }
        }
    }

    #[test]
    fn expectations_name_records_that_exist_and_do_not_contradict() {
        let links = file(false, "expected/links.csv");
        assert!(links.len() > 500);
        let pairs: BTreeSet<(&str, &str)> = links.iter().map(|l| (l[0].as_str(), l[1].as_str())).collect();
        assert_eq!(pairs.len(), links.len());
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in file(false, "expected/merges.csv") {
            groups.entry(row[0].clone()).or_default().push(row[2].clone());
        }
        assert!(groups.len() >= 12 && groups.values().all(|members| members.len() >= 2));
        let traps = file(false, "expected/traps.csv");
        assert!(traps.len() > 80);
        for trap in &traps {
            let known = |name: &str| crate::matching::Veto::ALL.iter().any(|veto| veto.as_str() == name);
            assert!(!trap[2].is_empty() && trap[2].split(' ').all(known), "{trap:?}");
            assert!(!pairs.contains(&(trap[0].as_str(), trap[1].as_str())), "{trap:?} is a true pair");
            assert!(!groups.values().any(|g| g.contains(&trap[0]) && g.contains(&trap[1])), "{trap:?} is a merge");
        }
        assert!(file(true, "expected/links.csv").len() > 560);
    }

    /// Every check that these entities can carry is planted, except those that would switch others off.
    #[test]
    fn every_check_is_planted() {
        // A partial export and a missing column switch other checks off; what fell since the last audit needs one.
        const ABSENT: [&str; 3] = ["snap-partial", "snap-column-missing", "snap-volume-drop"];
        // Property has a sample of its own.
        const HELD: [&str; 11] = ["snap", "map", "cp", "ct", "pr", "wh", "st", "co", "doc", "deal", "pay"];
        let planted: BTreeSet<String> =
            file(false, "expected/findings.csv").into_iter().map(|row| row[0].clone()).collect();
        for check in crate::checks::all() {
            let id = check.meta().id;
            if !HELD.iter().any(|family| id.split('-').next() == Some(*family)) {
                continue;
            }
            assert_eq!(planted.contains(id), !ABSENT.contains(&id), "{id}");
        }
        for id in &planted {
            assert!(crate::checks::all().any(|check| check.meta().id == id), "{id} is no check");
        }
    }
}
