use proptest::prelude::*;

use super::*;
use crate::checks::testing::World;
use crate::checks::{CheckResult, Ran, all};
use crate::config;
use crate::model::Field;

fn load(gates: &str) -> Result<Gates, String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.csv"), "ID;Название\n1;ООО Тест\n").unwrap();
    let file = dir.path().join("sverka.toml");
    let source = "[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"a.csv\"\n";
    std::fs::write(&file, format!("[project]\nname = \"Проба\"\n{source}[gates]\n{gates}")).unwrap();
    config::load(&file).map(|c| c.gates).map_err(|e| e.to_string().replace(&file.display().to_string(), "sverka.toml"))
}

#[test]
fn limits_stand_under_severities_checks_and_entities() {
    let text = "blocker = 0\nerror = \"1,5 %\"\n\"cp-inn-checksum\" = 3\nwarning = { max = 5, of = \"new\" }\n\
                not_run = [\"ct-fio-yo\"]\n[gates.contact]\nerror = 2\n[gates.new]\nerror = 0\n[gates.new.counterparty]\n\
                \"cp-inn-missing\" = \"10 %\"\n";
    let gates = load(text).unwrap();
    let said: Vec<String> =
        gates.gates.iter().map(|g| format!("{:?} {:?} {:?} {:?}", g.measured, g.entity, g.which, g.limit)).collect();
    assert_eq!(
        said,
        [
            "Severity(Blocker) None All Count(0)",
            "Severity(Error) None All Share(1.5)",
            "Severity(Error) None New Count(0)",
            "Severity(Error) Some(Contact) All Count(2)",
            "Severity(Warning) None New Count(5)",
            "Check(\"cp-inn-checksum\") None All Count(3)",
            "Check(\"cp-inn-missing\") Some(Counterparty) New Share(10.0)",
        ]
    );
    assert!(gates.not_run.excuses("ct-fio-yo") && !gates.not_run.excuses("ct-fio-initials"));
    assert_eq!(load("").unwrap().gates, []);
}

#[test]
fn every_fault_names_line_and_nearest_name() {
    for (text, expected) in [
        ("eror = 1", "строка 8: [gates]: нет важности или проверки «eror»; возможно, «error»"),
        (
            "blocker = 0\n[gates.contact]\n\"ct-fio-y\" = 1",
            "строка 10: [gates]: нет важности или проверки «ct-fio-y»; возможно, «ct-fio-yo»",
        ),
        ("error = -1", "строка 8: [gates] error: нужно число от 0 или доля вида \"2 %\""),
        ("error = \"2\"", "строка 8: [gates] error: нужно число от 0 или доля вида \"2 %\""),
        ("error = \"101 %\"", "строка 8: [gates] error: нужно число от 0 или доля вида \"2 %\""),
        ("error = { of = \"new\" }", "строка 8: [gates] error: не хватает max"),
        (
            "error = { max = 1, off = \"new\" }",
            "строка 8: [gates] error: «off» не подходит; есть: max, of = \"new\" или \"all\"",
        ),
        (
            "not_run = \"alow\"",
            "строка 8: [gates] not_run: нужно \"block\", \"allow\" или список проверок, которые могут не выполниться",
        ),
        ("not_run = [\"ct-fio-y\"]", "строка 8: [gates] not_run: нет проверки «ct-fio-y»; возможно, «ct-fio-yo»"),
        ("new = 1", "строка 8: [gates.new]: нужны пороги: error = 0"),
    ] {
        assert_eq!(load(text).unwrap_err(), format!("sverka.toml, {expected}"), "{text}");
    }
}

/// Checks of these tests: by hand, by script.
const CHECKS: [&str; 3] = ["cp-inn-missing", "cp-inn-dirty-chars", "ct-phone-invalid"];

fn results(ran: Ran) -> Vec<CheckResult> {
    let of = |id: &&str| {
        let meta = all().map(|c| c.meta()).find(|m| m.id == *id).unwrap();
        CheckResult { meta, severity: meta.severity, off: false, in_scope: true, ran: ran.clone(), findings: 0 }
    };
    CHECKS.iter().map(of).collect()
}

/// A finding by check, severity, record and status.
fn finding(check: usize, severity: Severity, at: usize, status: Status) -> Finding {
    let mut f = Finding::record(RecordRef::new(Side::Crm, at), String::new());
    (f.check, f.severity, f.status) = (CHECKS[check], severity, status);
    f
}

/// Four counterparties and four contacts of the CRM.
fn world() -> World {
    let firms = (0..4).fold(World::new(), |w, _| w.crm(&[(Field::Name, "ООО Астра")]));
    (0..4).fold(firms, |w, _| w.crm_contact(&[(Field::Name, "Орлов Иван")]))
}

fn gates(text: &str, findings: &[Finding]) -> Vec<(u64, u64, bool)> {
    let config = load(text).unwrap();
    world().with(|cx| {
        let gates = measure(&config, findings, &results(Ran::Evaluated(8)), cx.data);
        gates.iter().map(|g| (g.actual, g.allowed, g.holds())).collect()
    })
}

#[test]
fn gates_count_what_they_say() {
    use Severity::{Blocker, Error};
    use Status::{Accepted, Known, New, Returned};
    let findings = [
        finding(0, Blocker, 0, Known),
        finding(0, Error, 1, New),
        finding(0, Error, 1, Known),
        finding(1, Error, 2, Returned),
        finding(1, Error, 3, Accepted),
        finding(2, Error, 5, Known),
    ];
    assert_eq!(gates("blocker = 0\nerror = 4", &findings), [(1, 0, false), (4, 4, true)]);
    assert_eq!(gates("[gates.new]\nerror = 1", &findings), [(2, 1, false)]);
    assert_eq!(gates("[gates.contact]\nerror = 0", &findings), [(1, 0, false)]);
    // Three of eight records: 37.5 %; two findings about one record are one record.
    assert_eq!(gates("error = \"37 %\"", &findings), [(3, 2, false)]);
    assert_eq!(gates("error = \"37.5 %\"", &findings), [(3, 3, true)]);
    // Of four counterparties two.
    assert_eq!(gates("[gates.counterparty]\nerror = \"50 %\"", &findings), [(2, 2, true)]);
    // A check by what it looked at: three of eight.
    assert_eq!(gates("\"cp-inn-missing\" = \"25 %\"", &findings), [(3, 2, false)]);
}

#[test]
fn what_was_not_looked_at_keeps_a_go_from_being_clean() {
    let of = |text: &str, ran: Ran, findings: &[Finding]| {
        let config = load(text).unwrap();
        world().onec(&[(Field::Name, "ООО Астра")]).with(|cx| {
            let checks = results(ran);
            let gates = measure(&config, findings, &checks, cx.data);
            verdict(&gates, &conditions(&config, findings, &checks, cx.data, &[]))
        })
    };
    let not_run = || Ran::NotRun("нет колонки".to_owned());
    assert_eq!(of("blocker = 0", Ran::Evaluated(1), &[]), Verdict::Go);
    assert_eq!(of("blocker = 0", not_run(), &[]), Verdict::GoWithConditions);
    assert_eq!(of("not_run = \"allow\"", not_run(), &[]), Verdict::Go);
    assert_eq!(of("not_run = [\"cp-inn-missing\"]", not_run(), &[]), Verdict::GoWithConditions);
    let all = "not_run = [\"cp-inn-missing\", \"cp-inn-dirty-chars\", \"ct-phone-invalid\"]";
    assert_eq!(of(all, not_run(), &[]), Verdict::Go);
    let put_off = [finding(0, Severity::Blocker, 0, Status::Accepted)];
    assert_eq!(of("blocker = 0", Ran::Evaluated(1), &put_off), Verdict::GoWithConditions);
    let open = [finding(0, Severity::Blocker, 0, Status::Known)];
    assert_eq!(of("blocker = 0\nnot_run = \"allow\"", not_run(), &open), Verdict::NoGo);
}

#[test]
fn an_empty_or_partial_side_is_a_condition() {
    let config = Gates::default();
    let kinds = |world: World| {
        world.with(|cx| {
            let conditions = conditions(&config, &[], &results(Ran::Evaluated(1)), cx.data, &[]);
            conditions.iter().map(Condition::as_str).collect::<Vec<_>>()
        })
    };
    assert_eq!(kinds(world()), ["empty"]);
    assert_eq!(kinds(world().onec(&[(Field::Name, "ООО Астра")]).partial(Side::Crm)), ["partial"]);
}

#[test]
fn clearing_prefers_scripts_and_counts_the_work() {
    let findings = [
        finding(0, Severity::Error, 0, Status::Known),
        finding(0, Severity::Error, 1, Status::Known),
        finding(1, Severity::Error, 1, Status::Known),
        finding(1, Severity::Error, 2, Status::Known),
        finding(2, Severity::Error, 5, Status::Accepted),
    ];
    let config = load("error = 1").unwrap();
    let clearing = world().with(|cx| {
        let checks = results(Ran::Evaluated(8));
        let gates = measure(&config, &findings, &checks, cx.data);
        super::clearing(&gates, &findings, &checks, cx.data)
    });
    assert_eq!(clearing.findings, 3);
    assert_eq!(clearing.chosen, [0, 2, 3]);
    let by_check: Vec<_> = clearing.checks.iter().map(|c| (c.check, c.findings, c.of, c.records)).collect();
    assert_eq!(by_check, [("cp-inn-dirty-chars", 2, 2, 2), ("cp-inn-missing", 1, 2, 1)]);
    let fixes: Vec<_> = clearing.checks.iter().map(|c| c.fix).collect();
    assert_eq!(fixes[0], crate::checks::Fix::Auto, "the first check is one that a script repairs");
    assert_eq!((clearing.by_hand, clearing.by_script), (1, 2));
    assert_eq!(clearing.minutes, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever the findings: without the chosen ones every gate holds, and no smaller set would do.
    #[test]
    fn clearing_is_least(
        rows in prop::collection::vec((0..3usize, 0..8usize, any::<bool>()), 0..9),
        limits in (0..3u64, 0..3u64, 0..3u64),
    ) {
        let findings: Vec<Finding> = rows
            .iter()
            .map(|&(check, at, new)| finding(check, Severity::Error, at, if new { Status::New } else { Status::Known }))
            .collect();
        // A check within its severity, and the new ones of that check.
        let text = format!(
            "error = {}\n\"cp-inn-missing\" = {}\n[gates.new]\n\"cp-inn-missing\" = {}",
            limits.0 + 1, limits.1, limits.2
        );
        let config = load(&text).unwrap();
        world().with(|cx| {
            let checks = results(Ran::Evaluated(8));
            let broken = |left: &[Finding]| measure(&config, left, &checks, cx.data).iter().any(|g| !g.holds());
            let without = |gone: &dyn Fn(usize) -> bool| -> Vec<Finding> {
                findings.iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, f)| f.clone()).collect()
            };
            let gates = measure(&config, &findings, &checks, cx.data);
            let clearing = super::clearing(&gates, &findings, &checks, cx.data);
            assert!(!broken(&without(&|at| clearing.chosen.contains(&(at as u32)))));
            let least = (0..1u32 << findings.len())
                .filter(|set| !broken(&without(&|at| set >> at & 1 == 1)))
                .map(u32::count_ones)
                .min();
            assert_eq!(least, Some(clearing.findings as u32));
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    /// Gates that cross each other and shares of records: what is chosen is always enough, and what is called the least is.
    #[test]
    fn what_is_called_least_is_least(
        rows in prop::collection::vec((0..3usize, 0..8usize, any::<bool>(), any::<bool>()), 0..10),
        limits in (0..4u64, 0..3u64, 0..3u64),
        share in prop::option::of(0..60u64),
    ) {
        let findings: Vec<Finding> = rows
            .iter()
            .map(|&(check, at, new, error)| {
                let severity = if error { Severity::Error } else { Severity::Warning };
                finding(check, severity, at, if new { Status::New } else { Status::Known })
            })
            .collect();
        let warnings = share.map_or(String::new(), |s| format!("warning = \"{s} %\"\n"));
        let text = format!(
            "{warnings}error = {}\n\"cp-inn-missing\" = {}\n[gates.contact]\nerror = {}\n[gates.new]\nwarning = 1",
            limits.0, limits.1, limits.2
        );
        let config = load(&text).unwrap();
        world().with(|cx| {
            let checks = results(Ran::Evaluated(8));
            let holds = |gone: &dyn Fn(usize) -> bool| {
                let left: Vec<Finding> =
                    findings.iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, f)| f.clone()).collect();
                measure(&config, &left, &checks, cx.data).iter().all(Gate::holds)
            };
            let gates = measure(&config, &findings, &checks, cx.data);
            let clearing = super::clearing(&gates, &findings, &checks, cx.data);
            assert!(holds(&|at| clearing.chosen.contains(&(at as u32))));
            let sets = (0..1u32 << findings.len()).filter(|set| holds(&|at| set >> at & 1 == 1));
            let least = sets.map(u32::count_ones).min().unwrap();
            assert!(u64::from(least) <= clearing.findings);
            if clearing.exact {
                assert_eq!(u64::from(least), clearing.findings);
            }
            // By numbers alone it always is, at this size.
            assert!(clearing.exact || share.is_some());
        });
    }
}
