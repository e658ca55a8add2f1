use rustc_hash::FxHashSet;

use crate::checks::testing::*;
use crate::matching::{Decision, Link};
use crate::model::{Entity, Field, Side};

type Row<'a> = Vec<(Field, &'a str)>;

fn paper<'a>(id: &'a str, kind: &'a str, number: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
    vec![
        (Field::Id, id),
        (Field::Kind, kind),
        (Field::Number, number),
        (Field::Date, day),
        (Field::Amount, amount),
        (Field::PartyInn, INN_A),
    ]
}

fn invoice<'a>(id: &'a str, number: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
    paper(id, "Счет на оплату", number, day, amount)
}

fn ship<'a>(id: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
    paper(id, "Реализация", "", day, amount)
}

fn deal<'a>(id: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
    vec![(Field::Id, id), (Field::Date, day), (Field::Amount, amount), (Field::PartyInn, INN_A)]
}

fn with<'a>(mut row: Row<'a>, field: Field, text: &'a str) -> Row<'a> {
    row.retain(|(f, _)| *f != field);
    row.push((field, text));
    row
}

/// Links as `1 a number auto`; parties of one INN are one.
fn links(deals: &[Row], crm_papers: &[Row], onec_papers: &[Row]) -> Vec<String> {
    let mut world = World::new();
    for (side, entity, rows) in [
        (Side::Crm, Entity::Deal, deals),
        (Side::Crm, Entity::Document, crm_papers),
        (Side::Onec, Entity::Document, onec_papers),
    ] {
        for row in rows {
            world = world.add(side, entity, row);
        }
    }
    world.with(|cx| {
        let id = |r| cx.data.id(r).to_owned();
        let one = |l: &Link| format!("{} {} {} {}", id(l.a), id(l.b), l.rule, l.decision.as_str());
        cx.pairing.links().iter().map(one).collect()
    })
}

fn invoices(crm: &[Row], onec: &[Row]) -> Vec<String> {
    links(&[], crm, onec)
}

#[test]
fn a_kept_id_decides() {
    let kept = with(invoice("1", "7", "01.02.2026", "100"), Field::ExternalId, "a");
    assert_eq!(invoices(&[kept], &[invoice("a", "900", "01.05.2026", "120")]), ["1 a id auto"]);
    let points_back = with(invoice("a", "900", "01.05.2026", "100"), Field::ExternalId, "1");
    assert_eq!(
        invoices(&[invoice("1", "7", "01.02.2026", "100")], std::slice::from_ref(&points_back)),
        ["1 a id auto"]
    );
    // A short id of another numbering: neither the party nor the sum is the same.
    let other = with(with(points_back.clone(), Field::PartyInn, INN_B), Field::Amount, "5");
    assert_eq!(invoices(&[invoice("1", "7", "01.02.2026", "100")], &[other]), ["1 a id review"]);
    // Deal 1 and invoice 1: which of them does 1C keep? The document of 1C is an invoice of both.
    let found = links(&[deal("1", "01.02.2026", "77")], &[invoice("1", "7", "01.02.2026", "100")], &[points_back]);
    assert_eq!(found, ["1 a id review", "1 a id auto"]);
}

#[test]
fn numbers_with_prefixes() {
    let mine = [invoice("1", "123", "01.02.2026", "100")];
    assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2026", "100")]), ["1 a number auto"]);
    assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2025", "100")]), [""; 0], "another year");
    // The number alone may be chance.
    assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2026", "140")]), [""; 0]);
    let two = [invoice("a", "БП00-000123", "03.02.2026", "100"), invoice("b", "ЮР00-000123", "03.02.2026", "100")];
    assert_eq!(invoices(&mine, &two), ["1 a number review", "1 b number review"]);
    // On a wrong party, with number, day and sum.
    let wrong = with(invoice("a", "БП00-000123", "01.02.2026", "100"), Field::PartyInn, INN_B);
    assert_eq!(invoices(&mine, &[wrong]), ["1 a number review"]);
}

#[test]
fn systems_that_number_alike_prove_changed_sums() {
    let days: Vec<String> = (1..=20).map(|d| format!("{d:02}.03.2026")).collect();
    let numbers: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
    let sums: Vec<String> = (1..=20).map(|n| format!("{}.50", 1000 + n * 7)).collect();
    let row = |n: usize, sum| invoice(&numbers[n], &numbers[n], &days[n], sum);
    let mine: Vec<Row> = (0..20).map(|n| row(n, &sums[n])).collect();
    let mut theirs: Vec<Row> = (0..20).map(|n| row(n, &sums[n])).collect();
    theirs[5] = row(5, "999999");
    let found = invoices(&mine, &theirs);
    assert_eq!(found.len(), 20);
    assert!(found.contains(&"6 6 number auto".to_owned()), "{found:?}");
}

#[test]
fn party_sum_and_days() {
    let mine = [invoice("1", "", "01.02.2026", "1234.56")];
    assert_eq!(invoices(&mine, &[invoice("a", "9", "04.02.2026", "1234.56")]), ["1 a amount auto"]);
    assert_eq!(invoices(&mine, &[invoice("a", "9", "04.02.2026", "1234.57")]), [""; 0]);
    let foreign = with(invoice("a", "9", "04.02.2026", "1234.56"), Field::PartyInn, INN_B);
    assert_eq!(invoices(&mine, &[foreign]), [""; 0]);
    let dollars = with(invoice("a", "9", "04.02.2026", "1234.56"), Field::Currency, "USD");
    assert_eq!(invoices(&mine, &[dollars]), [""; 0]);
    // A round sum far away is no proof, one to the kopeck is.
    assert_eq!(invoices(&mine, &[invoice("a", "9", "25.02.2026", "1234.56")]), ["1 a amount auto"]);
    let round = [invoice("1", "", "01.02.2026", "5000")];
    assert_eq!(invoices(&round, &[invoice("a", "9", "25.02.2026", "5000")]), ["1 a amount review"]);
    assert_eq!(invoices(&mine, &[invoice("a", "9", "25.05.2026", "1234.56")]), [""; 0], "out of the window");
    // The tax on top.
    let net = with(with(mine[0].clone(), Field::Amount, "1000"), Field::VatAmount, "234.56");
    assert_eq!(invoices(&[net], &[invoice("a", "9", "01.02.2026", "1234.56")]), ["1 a amount auto"]);
    let zero = [invoice("1", "", "01.02.2026", "0")];
    assert_eq!(invoices(&zero, &[invoice("a", "9", "01.02.2026", "0")]), [""; 0], "nothing equals nothing by chance");
}

#[test]
fn two_equal_candidates_wait_for_a_person() {
    let mine = [invoice("1", "", "01.02.2026", "5000")];
    let two = [invoice("a", "8", "02.02.2026", "5000"), invoice("b", "9", "02.02.2026", "5000")];
    assert_eq!(invoices(&mine, &two), ["1 a amount review", "1 b amount review"]);
    // A subscription: each month its own.
    let months = ["01.02.2026", "01.03.2026", "01.04.2026"];
    let mine: Vec<Row> = (0..3).map(|n| invoice(["1", "2", "3"][n], "", months[n], "5000")).collect();
    let theirs: Vec<Row> = (0..3).map(|n| invoice(["a", "b", "c"][n], "", months[n], "5000")).collect();
    assert_eq!(invoices(&mine, &theirs), ["1 a amount auto", "2 b amount auto", "3 c amount auto"]);
    // A week late, every week: the nearest day is the wrong one.
    let weeks = ["01.02.2026", "08.02.2026", "15.02.2026"];
    let late = ["07.02.2026", "14.02.2026", "21.02.2026"];
    let mine: Vec<Row> = (0..3).map(|n| invoice(["1", "2", "3"][n], "", weeks[n], "5000")).collect();
    let theirs: Vec<Row> = (0..3).map(|n| invoice(["a", "b", "c"][n], "", late[n], "5000")).collect();
    let found = invoices(&mine, &theirs);
    assert!(!found.iter().any(|l| l.starts_with("2 a") && l.ends_with("auto")), "{found:?}");
}

#[test]
fn chains_by_basis() {
    let order = paper("o", "Заказ клиента", "5", "01.02.2026", "777.70");
    let bill = with(invoice("i", "6", "02.02.2026", "777.70"), Field::BasisId, "o");
    let first = with(ship("s", "05.02.2026", "700"), Field::BasisId, "i");
    let second = with(ship("t", "09.02.2026", "77.70"), Field::BasisName, "Заказ клиента 0000-000005 от 01.02.2026");
    let found = links(&[deal("1", "30.01.2026", "777.70")], &[], &[order, bill, first, second]);
    assert_eq!(found, ["1 o amount auto", "1 i basis auto", "1 s basis auto", "1 t basis auto"]);
    // The invoice of the CRM is the middle.
    let mine = with(invoice("9", "6", "02.02.2026", "777.70"), Field::BasisId, "1");
    let found = links(&[deal("1", "30.09.2025", "5")], &[mine], &[invoice("i", "0006", "02.02.2026", "777.70")]);
    assert_eq!(found, ["1 i basis auto", "9 i number auto"]);
    // And its shipment, which names the order and not the invoice.
    let mine = with(invoice("9", "6", "02.02.2026", "777.70"), Field::BasisId, "1");
    let order = paper("o", "Заказ клиента", "5", "01.02.2026", "900");
    let bill = with(invoice("i", "0006", "02.02.2026", "777.70"), Field::BasisId, "o");
    let waybill = with(ship("s", "05.02.2026", "900"), Field::BasisId, "o");
    let found = links(&[deal("1", "30.09.2025", "5")], &[mine], &[order, bill, waybill]);
    assert_eq!(found, ["1 o basis auto", "1 i basis auto", "1 s basis auto", "9 i number auto"]);
}

#[test]
fn shipments_that_add_up() {
    let parts = [ship("s", "05.02.2026", "700"), ship("t", "09.02.2026", "77.70")];
    let one = [deal("1", "01.02.2026", "777.70")];
    assert_eq!(links(&one, &[], &parts), ["1 s sum auto", "1 t sum auto"]);
    let twins = [deal("1", "01.02.2026", "777.70"), deal("2", "02.02.2026", "777.70")];
    assert!(links(&twins, &[], &parts).iter().all(|l| l.ends_with("review")), "two deals, one run of shipments");
}

#[test]
fn purchases_and_deleted_drafts_are_nobodys_pair() {
    let bought = paper("a", "Поступление товаров", "9", "01.02.2026", "1234.56");
    assert_eq!(invoices(&[invoice("1", "", "01.02.2026", "1234.56")], &[bought]), [""; 0]);
    let deleted = with(invoice("a", "9", "01.02.2026", "1234.56"), Field::Deleted, "да");
    assert_eq!(invoices(&[invoice("1", "", "01.02.2026", "1234.56")], &[deleted]), ["1 a amount review"]);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mine: Vec<Row> = vec![
        invoice("1", "1", "01.02.2026", "100"),
        invoice("2", "2", "01.02.2026", "100"),
        invoice("3", "", "05.02.2026", "77.5"),
    ];
    let theirs: Vec<Row> = vec![
        invoice("a", "1", "01.02.2026", "100"),
        invoice("b", "", "02.02.2026", "100"),
        invoice("c", "", "05.02.2026", "77.5"),
    ];
    let mut found = invoices(&mine, &theirs);
    let mut turned =
        invoices(&mine.into_iter().rev().collect::<Vec<_>>(), &theirs.into_iter().rev().collect::<Vec<_>>());
    found.sort();
    turned.sort();
    assert_eq!(found, turned);
}

/// Three thousand invoices of four parties over a year, numbered apart, dated up to four days apart; some on one side only, some
/// monthly for the same sum. No ids are shared: what is paired is paired by what the documents say.
#[test]
fn pairs_without_ids_are_found_and_right() {
    let mut state = 88_172_645_463_325_252u64;
    let mut below = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % limit
    };
    let mut world = World::new();
    let mut truth: FxHashSet<(String, String)> = FxHashSet::default();
    let inns = [INN_A, INN_B, INN_C, INN_PERSON];
    let begin = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    for n in 0..3_000u64 {
        let monthly = below(20) == 0;
        let sum = if monthly { 5_000_000 } else { 10_000 + below(40_000_000) };
        let sum = if below(3) == 0 { sum / 10_000 * 10_000 } else { sum };
        let day = begin + chrono::Days::new(below(350));
        let later = day + chrono::Days::new(below(5));
        let amount = format!("{}.{:02}", sum / 100, sum % 100);
        let inn = inns[below(4) as usize];
        let row = |id: String, number: u64, day: chrono::NaiveDate| {
            let texts = [id, number.to_string(), day.to_string()];
            (texts, [(Field::Kind, "Счет"), (Field::Amount, amount.as_str()), (Field::PartyInn, inn)])
        };
        let lost = below(100);
        for (side, number, day) in [(Side::Crm, n + 1, day), (Side::Onec, n + 317, later)] {
            if (side == Side::Crm && lost == 0) || (side == Side::Onec && lost == 1) {
                continue;
            }
            let (texts, base) = row(format!("{side}{n}"), number, day);
            let mut all = base.to_vec();
            all.extend([Field::Id, Field::Number, Field::Date].into_iter().zip(texts.iter().map(String::as_str)));
            world = world.add(side, Entity::Document, &all);
        }
        // A subscription cannot be told apart by a person either.
        if lost > 1 && !monthly {
            truth.insert((format!("crm{n}"), format!("onec{n}")));
        }
    }
    world.with(|cx| {
        let (mut right, mut wrong) = (0usize, 0usize);
        for link in cx.pairing.links().iter().filter(|l| l.decision == Decision::Auto) {
            let [a, b] = [link.a, link.b].map(|r| cx.data.id(r).to_owned());
            let same = a.trim_start_matches("crm") == b.trim_start_matches("onec");
            right += usize::from(truth.contains(&(a, b)));
            wrong += usize::from(!same);
        }
        let (precision, recall) = (1.0 - wrong as f64 / (right + wrong) as f64, right as f64 / truth.len() as f64);
        println!("precision {precision:.5} recall {recall:.5}, {right} right, {wrong} wrong of {}", truth.len());
        assert!(precision >= 0.999, "precision {precision}, {wrong} wrong");
        assert!(recall >= 0.98, "recall {recall}, {right} of {}", truth.len());
    });
}

#[test]
fn contracts_by_party_and_number() {
    let contract = |id, name| [(Field::Id, id), (Field::Name, name), (Field::PartyInn, INN_A)];
    let world = World::new()
        .add(Side::Crm, Entity::Contract, &contract("1", "Договор № 45/2 от 01.02.2026"))
        .add(Side::Onec, Entity::Contract, &contract("a", "Договор 45/2"))
        .add(Side::Onec, Entity::Contract, &contract("b", "Договор 45"));
    world.with(|cx| {
        let pairs: Vec<_> = cx.pairing.links().iter().map(|l| (l.a.at(), l.b.at(), l.decision)).collect();
        assert_eq!(pairs, [(0, 0, Decision::Auto)]);
    });
}
