//! The defects of the sample, each at a unit or a contract of its own.

use super::world::{self, COMMISSIONED, World, is_escrow, number, price, unit};
use crate::model::{Entity, Side};

use Entity::{Contact, Ddu, Deal, Instalment, Object, Payment};
use Side::{Crm, Onec};

/// What an audit must find, as `expected/findings.csv` has it.
pub struct Planted {
    pub check: &'static str,
    pub side: Side,
    pub entity: Entity,
    pub record: String,
    /// Keys (`crm:ddu:5001`) of other records of the finding, with spaces between.
    pub others: String,
    pub note: &'static str,
}

fn id(side: Side, entity: Entity, n: usize) -> String {
    world::id(side, entity, n)
}

/// Units of no contract and no reservation, from the end of the first building.
const FREE: [usize; 6] = [151, 153, 155, 157, 159, 163];

pub fn plant(w: &mut World) -> Vec<Planted> {
    let mut planted = Vec::new();
    let mut found = |check, side: Side, entity: Entity, record: &str, others: &[(Side, Entity, &str)], note| {
        let others: Vec<String> = others.iter().map(|(side, entity, id)| format!("{side}:{entity}:{id}")).collect();
        planted.push(Planted { check, side, entity, record: record.to_owned(), others: others.join(" "), note });
    };
    // Units.
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, FREE[0]));
    w.remove(Onec, Object, &b);
    found("re-object-one-side", Crm, Object, &a, &[], "the unit is not in 1C");
    let a = id(Crm, Object, FREE[1]);
    w.copy(Crm, Object, &a, "1990");
    *w.cell(Crm, Object, "1990", 5) = format!("кв. {}", FREE[1] + 1);
    found("re-object-key-dup", Crm, Object, &a, &[(Crm, Object, "1990")], "the flat was loaded again");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, FREE[2]));
    *w.cell(Crm, Object, &a, 5) = format!("кв. {}", FREE[2] + 1);
    found("re-object-number-form", Crm, Object, &a, &[(Onec, Object, &b)], "two forms of one number");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, FREE[3]));
    w.set(Onec, Object, &b, 6, "Апартаменты");
    found("re-object-type-drift", Crm, Object, &a, &[(Onec, Object, &b)], "a flat and an apartment");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, FREE[4]));
    w.set(Crm, Object, &a, 7, "Бронь");
    w.set(Crm, Object, &a, 13, "20.12.2026");
    found("re-status-drift", Crm, Object, &a, &[(Onec, Object, &b)], "reserved and free");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, FREE[5]));
    w.set(Crm, Object, &a, 7, "Продано");
    found("re-sold-no-ddu", Crm, Object, &a, &[(Onec, Object, &b)], "sold without a contract");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, unit(20)));
    w.set(Crm, Object, &a, 7, "Свободно");
    found("re-free-with-ddu", Crm, Object, &a, &[(Onec, Object, &b)], "free under a contract");
    let b = id(Onec, Object, unit(21));
    w.copy(Onec, Ddu, &id(Onec, Ddu, 21), "ДД-90001");
    w.set(Onec, Ddu, "ДД-90001", 1, "С-9/901");
    w.set(Onec, Ddu, "ДД-90001", 4, &id(Onec, Contact, 22));
    w.set(Onec, Ddu, "ДД-90001", 5, "");
    found("re-double-sale", Onec, Object, &b, &[(Onec, Ddu, "ДД-90001")], "two contracts for one flat");
    // 7 and 21 hold reservations.
    let a = id(Crm, Object, 7);
    w.set(Crm, Object, &a, 13, "01.10.2026");
    found("re-reserve-expired", Crm, Object, &a, &[], "reserved until October");
    let a = id(Crm, Object, 21);
    w.copy(Crm, Deal, "8022", "8990");
    found("re-reserve-two-deals", Crm, Object, &a, &[(Crm, Deal, "8022"), (Crm, Deal, "8990")], "two reservations");
    let [a, b] = [Crm, Onec].map(|s| id(s, Object, 23));
    w.set(Onec, Object, &b, 8, "36.9");
    w.set(Onec, Object, &b, 12, "");
    w.set(Crm, Object, &a, 8, "37.6");
    w.set(Crm, Object, &a, 12, "");
    found("re-area-drift", Crm, Object, &a, &[(Onec, Object, &b)], "areas differ by 0.7");
    let a = id(Crm, Object, 25);
    *w.cell(Crm, Object, &a, 12) = (price(25) - 60_000).to_string();
    found("re-price-formula", Crm, Object, &a, &[], "the price was rounded by hand");
    let a = id(Crm, Object, 27);
    w.set(Crm, Object, &a, 14, "77-91-0001013-4027");
    found("re-cadastral-format", Crm, Object, &a, &[], "dashes for colons");
    let b = id(Onec, Object, 29);
    w.set(Onec, Object, &b, 15, "22%");
    found("re-vat-nonresidential", Onec, Object, &b, &[], "VAT on a flat");
    contracts(w, &mut found);
    money(w, &mut found);
    planted.sort_by(|a, b| (a.check, a.side, &a.record).cmp(&(b.check, b.side, &b.record)));
    planted
}

type Found<'a> = dyn FnMut(&'static str, Side, Entity, &str, &[(Side, Entity, &str)], &'static str) + 'a;

fn contracts(w: &mut World, found: &mut Found) {
    let both = |n| [Crm, Onec].map(|s| id(s, Ddu, n));
    let [a, b] = both(30);
    *w.cell(Onec, Ddu, &b, 7) = (price(unit(30)) + 180_000).to_string();
    found("re-ddu-amount-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "prices differ");
    found("re-schedule-sum", Onec, Ddu, &b, &[], "the schedule has the old price");
    let [a, b] = both(31);
    w.set(Onec, Ddu, &b, 2, "14.02.2026");
    found("re-ddu-number-date-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "dates differ");
    let [a, _] = both(32);
    w.set(Crm, Ddu, &a, 3, "01.01.2026");
    found("re-ddu-date-order", Crm, Ddu, &a, &[], "registered before it was signed");
    let [a, b] = both(34);
    let name = w.cell(Onec, Ddu, &b, 5).clone();
    *w.cell(Onec, Ddu, &b, 5) = format!("{name}; Одуванчикова Вера Ильинична");
    found("re-shareholders-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "a second shareholder in 1C");
    let [a, _] = both(35);
    w.set(Crm, Ddu, &a, 8, "1/2; 1/3");
    found("re-shares-sum", Crm, Ddu, &a, &[], "five sixths");
    let a = id(Crm, Contact, 37);
    w.set(Crm, Contact, &a, 5, "");
    found("re-shareholder-no-id", Crm, Contact, &a, &[], "no SNILS");
    let [a, b] = both(38);
    w.set(Onec, Ddu, &b, 12, "01.09.2026");
    found("re-termination-live", Onec, Ddu, &b, &[(Crm, Ddu, &a)], "terminated in 1C only");
    let [a, b] = both(40);
    w.set(Onec, Ddu, &b, 13, "01.10.2026");
    w.set(Onec, Ddu, &b, 4, &id(Onec, Contact, 41));
    let name = w.cell(Onec, Ddu, &id(Onec, Ddu, 41), 5).clone();
    w.set(Onec, Ddu, &b, 5, &name);
    found("re-assignment-owner", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "the new owner in 1C only");
    let [a, b] = both(41);
    let loan = w.cell(Onec, Ddu, &b, 11).clone();
    *w.cell(Onec, Ddu, &b, 11) = format!("{loan}0").chars().skip(1).collect();
    found("re-mortgage-bank-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "loans differ");
    let deal = (7001 + 42).to_string();
    let objects = [42, 43].map(|n| id(Crm, Object, unit(n))).join("; ");
    w.set(Crm, Deal, &deal, 4, &objects);
    w.set(Crm, Deal, &(7001 + 43).to_string(), 2, "Сделка отменена");
    found("re-bundle-objects", Crm, Deal, &deal, &[], "one deal for two contracts");
    w.push(Crm, Deal, &["8991", "Агентское вознаграждение", "Сделка успешна", "50000", "", ""]);
    found("re-agent-fee", Crm, Deal, "8991", &[], "no act of the agent");
}

fn money(w: &mut World, found: &mut Found) {
    let both = |n| [Crm, Onec].map(|s| id(s, Ddu, n));
    let line = |ddu: &str, n: usize| format!("{ddu}-{n}");
    // Contracts whose number is a multiple of three have no escrow.
    let [_, b] = both(51);
    w.set(Onec, Payment, &format!("{b}/1"), 2, "05.03.2026");
    found("re-ddu-unregistered-paid", Onec, Ddu, &b, &[], "paid before registration");
    let [a, b] = both(52);
    w.set(Onec, Instalment, &line(&b, 3), 3, "30.10.2026");
    found("re-schedule-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "an instalment was moved");
    let [a, b] = both(53);
    for side in Side::BOTH {
        let ddu = id(side, Ddu, 53);
        w.set(side, Instalment, &line(&ddu, 1), 3, "01.02.2026");
    }
    found("re-schedule-dates", Crm, Ddu, &a, &[], "an instalment before the contract");
    found("re-schedule-dates", Onec, Ddu, &b, &[], "an instalment before the contract");
    let [a, b] = both(55);
    for n in 1..=3 {
        w.set(Onec, Instalment, &line(&b, n), 6, "ДС № 1");
    }
    found("re-schedule-version", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "an addendum in 1C only");
    let [a, b] = both(56);
    w.set(Crm, Instalment, &line(&a, 2), 5, "0");
    found("re-overdue-false", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "the payment did not reach the CRM");
    let purpose = "Оплата по ДДУ № С-7/777 от 01.03.2026";
    w.push(Onec, Payment, &["ПП-1", "4001", "10.06.2026", "350000", "", purpose, "да", "Взнос"]);
    found("re-payment-no-line", Onec, Payment, "ПП-1", &[], "no contract of that number");
    let [_, b] = both(57);
    let over = price(unit(57)).to_string();
    let purpose = format!("Оплата по ДДУ № {}", number(57));
    for side in Side::BOTH {
        w.push(side, Payment, &["ПП-2", "4002", "20.09.2026", &over, &id(side, Ddu, 57), &purpose, "нет", "Взнос"]);
    }
    found("re-payment-over", Onec, Ddu, &b, &[], "paid twice");
    let [_, b] = both(58);
    w.set(Onec, Payment, &format!("{b}/1"), 6, "нет");
    found("re-escrow-account-type", Onec, Payment, &format!("{b}/1"), &[(Onec, Ddu, &b)], "past the escrow account");
    let [a, b] = both(59);
    w.remove(Crm, Payment, &format!("{a}/1"));
    found("re-escrow-balance-drift", Crm, Ddu, &a, &[(Onec, Ddu, &b)], "a deposit is missing in the CRM");
    let released = (0..COMMISSIONED).find(|n| is_escrow(*n)).expect("some contract there has escrow");
    let [_, b] = both(released);
    *w.cell(Onec, Payment, &format!("{b}/Р"), 3) = (price(unit(released)) - 60_000).to_string();
    found("re-escrow-release-drift", Onec, Ddu, &b, &[], "released less than deposited");
    let [a, _] = both(3);
    w.set(Crm, Ddu, &a, 14, "01.06.2026");
    for n in 2..=3 {
        w.set(Crm, Instalment, &line(&a, n), 5, "0");
    }
    found("re-transfer-act-plan", Crm, Ddu, &a, &[], "the plan goes on after the act");
}
