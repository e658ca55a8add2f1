//! Records that the receiver would not take, or not take whole, and why.
//!
//! Only what is written counts: every field of a record that would be created, the fields of an update, and a number or
//! address that the sender holds, the receiver has otherwise and nobody can use. Rules are those
//! that receivers are known to enforce; a rule of one portal (a field made mandatory there) no export shows.

use chrono::NaiveDate;

use crate::map::system::System;
use crate::model::{Book, Cell, Defect, Entity, Field, Lang, Parties, RecordRef, Side};

/// Why the receiver refuses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Refusal {
    /// No name, which the receiver requires.
    NoName,
    /// A longer name than the receiver holds: it is cut or refused.
    LongName,
    /// An INN of a wrong length or with wrong control digits.
    BadInn,
    /// A KPP that is not nine characters of its form.
    BadKpp,
    /// Not an e-mail address.
    BadEmail,
    /// A phone or e-mail longer than the receiver holds.
    LongValue,
    /// A longer article than the receiver holds.
    LongArticle,
    /// A deal without a buyer: no document is made of it.
    NoParty,
    /// A deal whose date is missing or no date.
    NoDate,
    /// A document in a period that is closed for changes.
    Closed,
}

impl Refusal {
    pub const ALL: [Refusal; 10] = [
        Refusal::NoName,
        Refusal::LongName,
        Refusal::BadInn,
        Refusal::BadKpp,
        Refusal::BadEmail,
        Refusal::LongValue,
        Refusal::LongArticle,
        Refusal::NoParty,
        Refusal::NoDate,
        Refusal::Closed,
    ];

    /// Value of the column `reason` of `failures.parquet`.
    pub fn as_str(self) -> &'static str {
        match self {
            Refusal::NoName => "name-empty",
            Refusal::LongName => "name-long",
            Refusal::BadInn => "inn-refused",
            Refusal::BadKpp => "kpp-format",
            Refusal::BadEmail => "email-refused",
            Refusal::LongValue => "value-long",
            Refusal::LongArticle => "article-long",
            Refusal::NoParty => "party-empty",
            Refusal::NoDate => "date-refused",
            Refusal::Closed => "period-closed",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Refusal::NoName => ("нет названия: без него карточка не создаётся", "no name: no card is made without one"),
            Refusal::LongName => (
                "название длиннее 100 знаков: 1С его обрежет или не запишет",
                "the name is over 100 characters: 1C cuts or refuses it",
            ),
            Refusal::BadInn => {
                ("ИНН неверной длины или с неверным контрольным числом", "an INN of wrong length or control digits")
            }
            Refusal::BadKpp => {
                ("КПП не по формату: нужно 9 знаков", "the KPP is malformed: nine characters are needed")
            }
            Refusal::BadEmail => ("это не адрес e-mail: карточка не запишется", "not an e-mail address: refused"),
            Refusal::LongValue => ("значение длиннее 250 знаков", "a value of over 250 characters"),
            Refusal::LongArticle => (
                "артикул длиннее 25 знаков: 1С его обрежет или не запишет",
                "the article is over 25 characters: 1C cuts or refuses it",
            ),
            Refusal::NoParty => (
                "в сделке не указан покупатель: документ без контрагента не создаётся",
                "the deal has no buyer: no document is made without a counterparty",
            ),
            Refusal::NoDate => {
                ("дата сделки пуста или не читается: документ не создаётся", "no readable date: no document is made")
            }
            Refusal::Closed => {
                ("дата в закрытом периоде: 1С не проведёт документ", "the date is in a closed period: 1C does not post")
            }
        };
        lang.pick(ru, en)
    }
}

/// Records that fail for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    pub entity: Entity,
    /// The side that receives.
    pub target: Side,
    pub refusal: Refusal,
    pub field: Field,
    /// Records of the sending side, sorted.
    pub records: Vec<RecordRef>,
}

/// Length of `Наименование` of the catalogues `Контрагенты` and `Номенклатура`, characters (`DescriptionLength` in the
/// configuration files of Бухгалтерия предприятия 3.0, where the name is also one that has to be filled).
const ONEC_NAME: usize = 100;
/// Length of `Артикул` of the catalogue `Номенклатура` there, characters.
const ONEC_ARTICLE: usize = 25;
/// Most characters of a phone or an e-mail (Bitrix24, module crm, `CCrmFieldMulti::CheckComplexFields`).
const BITRIX24_MULTI: usize = 250;

/// What the receiver would refuse of one record. `writes` says which fields the exchange writes.
///
/// Sources. 1C: EnterpriseData 1.21, `КлючевыеСвойстваКонтрагент` (`Наименование` is required, `ИНН` has at most 12
/// characters, `КПП` 9) and the control digits that БСП looks at. Bitrix24: `crm.contact.add` wants `NAME` or
/// `LAST_NAME`, `crm.company.add` a `TITLE`, `CCrmFieldMulti` refuses what `check_email` does. amoCRM makes cards without
/// a name.
pub fn refusals(
    parties: &Parties,
    at: usize,
    (target, crm): (Side, Option<System>),
    writes: &dyn Fn(Field) -> bool,
    out: &mut Vec<(Refusal, Field)>,
) {
    let is = |field: Field| writes(field).then(|| parties.raw.get(field, at)).filter(|text| !text.trim().is_empty());
    let has_name = || !parties.name(at).trim().is_empty();
    if writes(Field::Name) && !has_name() && !(target == Side::Crm && crm == Some(System::AmoCrm)) {
        out.push((Refusal::NoName, Field::Name));
    }
    match target {
        Side::Onec => {
            if is(Field::Name).is_some_and(|name| name.trim().chars().count() > ONEC_NAME) {
                out.push((Refusal::LongName, Field::Name));
            }
            // A placeholder or a dash stands for nothing: an exchange that cleans its texts writes nothing.
            let inn = parties.inn[at].defect().filter(|&d| d != Defect::Placeholder);
            if is(Field::Inn).is_some() && inn.is_some() {
                out.push((Refusal::BadInn, Field::Inn));
            }
            let kpp = parties.kpp[at].defect().filter(|&d| d != Defect::Placeholder);
            if is(Field::Kpp).is_some() && kpp.is_some() {
                out.push((Refusal::BadKpp, Field::Kpp));
            }
        }
        Side::Crm if crm == Some(System::Bitrix24) => {
            let bad = |e: &crate::model::Noted<crate::model::Email>| {
                e.value.defect().is_some_and(|d| d != Defect::Placeholder)
            };
            if writes(Field::Email) && parties.emails.get(at).iter().any(bad) {
                out.push((Refusal::BadEmail, Field::Email));
            }
            for field in [Field::Phone, Field::Email] {
                let long = |text: &str| text.split('\n').any(|v| v.chars().count() > BITRIX24_MULTI);
                if is(field).is_some_and(long) {
                    out.push((Refusal::LongValue, field));
                }
            }
        }
        Side::Crm => {}
    }
}

/// Fields of a deal that say who buys.
pub const BUYER: [Field; 5] = [Field::PartyName, Field::PartyId, Field::PartyInn, Field::PersonId, Field::PersonName];

/// What the receiver would refuse of one entry of a catalogue, or of a deal of which 1C makes an order.
///
/// Sources. 1C: the configuration files named above; CommerceML 2.05, complex type `Документ`: `Дата` and at least one
/// `Контрагент` are required; a closed period (`[trade] closed_until`) is closed for every document. Bitrix24:
/// `catalog.product.add` wants a `name`. Limits of stores, contracts and units are not known, so none is assumed.
pub fn refusals_of_book(
    book: &Book,
    at: usize,
    (target, crm): (Side, Option<System>),
    closed_until: Option<NaiveDate>,
    writes: &dyn Fn(Field) -> bool,
    out: &mut Vec<(Refusal, Field)>,
) {
    let text = |field: Field| book.text(field, at).trim();
    match (book.entity, target) {
        (Entity::Product, target) => {
            let strict = target == Side::Onec || crm == Some(System::Bitrix24);
            if strict && writes(Field::Name) && text(Field::Name).is_empty() {
                out.push((Refusal::NoName, Field::Name));
            }
            if target == Side::Onec {
                for (field, most, refusal) in
                    [(Field::Name, ONEC_NAME, Refusal::LongName), (Field::Article, ONEC_ARTICLE, Refusal::LongArticle)]
                {
                    if writes(field) && text(field).chars().count() > most {
                        out.push((refusal, field));
                    }
                }
            }
        }
        (Entity::Deal, Side::Onec) => {
            if writes(Field::PartyName) && BUYER.iter().all(|&field| text(field).is_empty()) {
                out.push((Refusal::NoParty, Field::PartyName));
            }
            if writes(Field::Date) {
                match book.moment(Field::Date, at) {
                    Cell::Valid(moment) if closed_until.is_some_and(|day| moment.date() <= day) => {
                        out.push((Refusal::Closed, Field::Date));
                    }
                    Cell::Valid(_) => {}
                    _ => out.push((Refusal::NoDate, Field::Date)),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_A, KPP_A, World};

    #[track_caller]
    fn check(target: Side, crm: Option<System>, texts: &[(Field, &str)], expected: &[&str]) {
        let world = match target {
            Side::Onec => World::new().crm(texts),
            Side::Crm => World::new().onec(texts),
        };
        world.with(|cx| {
            let mut out = Vec::new();
            refusals(cx.data.parties(target.other()), 0, (target, crm), &|_| true, &mut out);
            assert_eq!(out.iter().map(|(r, _)| r.as_str()).collect::<Vec<_>>(), expected, "{texts:?}");
            let mut unwritten = Vec::new();
            refusals(cx.data.parties(target.other()), 0, (target, crm), &|_| false, &mut unwritten);
            assert!(unwritten.is_empty(), "what is not written is not refused");
        });
    }

    #[test]
    fn what_1c_refuses() {
        let name = (Field::Name, "ООО Астра");
        check(Side::Onec, None, &[name, (Field::Inn, INN_A), (Field::Kpp, KPP_A)], &[]);
        check(Side::Onec, None, &[name, (Field::Inn, "7799001112")], &["inn-refused"]);
        check(Side::Onec, None, &[name, (Field::Inn, "77990011")], &["inn-refused"]);
        check(Side::Onec, None, &[name, (Field::Inn, INN_A), (Field::Kpp, "77990")], &["kpp-format"]);
        check(Side::Onec, None, &[name, (Field::Inn, "-")], &[]);
        check(Side::Onec, None, &[(Field::Inn, INN_A)], &["name-empty"]);
        let (fits, long) = ("А".repeat(100), "А".repeat(101));
        check(Side::Onec, None, &[(Field::Name, &fits)], &[]);
        check(Side::Onec, None, &[(Field::Name, &long)], &["name-long"]);
        // An address that 1C keeps as text.
        check(Side::Onec, None, &[name, (Field::Email, "нет собаки")], &[]);
    }

    #[test]
    fn what_a_crm_refuses() {
        let name = (Field::Name, "ООО Астра");
        let bitrix = Some(System::Bitrix24);
        check(Side::Crm, bitrix, &[name, (Field::Inn, "7799001112")], &[]);
        check(Side::Crm, bitrix, &[(Field::Inn, INN_A)], &["name-empty"]);
        check(Side::Crm, None, &[(Field::Inn, INN_A)], &["name-empty"]);
        check(Side::Crm, Some(System::AmoCrm), &[(Field::Inn, INN_A)], &[]);
        check(Side::Crm, bitrix, &[name, (Field::Email, "ivan@@mail")], &["email-refused"]);
        check(Side::Crm, bitrix, &[name, (Field::Email, "ivan@example.org")], &[]);
        let long = "1".repeat(251);
        check(Side::Crm, bitrix, &[name, (Field::Phone, &long)], &["value-long"]);
    }

    #[track_caller]
    fn check_book(entity: Entity, to: (Side, Option<System>), texts: &[(Field, &str)], expected: &[&str]) {
        World::new().add(to.0.other(), entity, texts).with(|cx| {
            let mut out = Vec::new();
            let (book, closed) = (cx.data.book(to.0.other(), entity), NaiveDate::from_ymd_opt(2026, 6, 30));
            refusals_of_book(book, 0, to, closed, &|_| true, &mut out);
            assert_eq!(out.iter().map(|(r, _)| r.as_str()).collect::<Vec<_>>(), expected, "{texts:?}");
            let mut unwritten = Vec::new();
            refusals_of_book(book, 0, to, closed, &|_| false, &mut unwritten);
            assert!(unwritten.is_empty(), "what is not written is not refused");
        });
    }

    #[test]
    fn goods_that_are_refused() {
        let (onec, bitrix) = ((Side::Onec, None), (Side::Crm, Some(System::Bitrix24)));
        let (fits, long) = ("А".repeat(100), "А".repeat(101));
        check_book(Entity::Product, onec, &[(Field::Name, &fits), (Field::Article, "АБВ-1")], &[]);
        check_book(Entity::Product, onec, &[(Field::Name, &long)], &["name-long"]);
        check_book(
            Entity::Product,
            onec,
            &[(Field::Name, "Стул"), (Field::Article, &"7".repeat(26))],
            &["article-long"],
        );
        check_book(Entity::Product, onec, &[(Field::Article, "АБВ-1")], &["name-empty"]);
        check_book(Entity::Product, bitrix, &[(Field::Article, "АБВ-1")], &["name-empty"]);
        check_book(Entity::Product, bitrix, &[(Field::Name, &long)], &[]);
        check_book(Entity::Product, (Side::Crm, None), &[(Field::Article, "АБВ-1")], &[]);
    }

    #[test]
    fn deals_that_become_no_order() {
        let onec = (Side::Onec, None);
        let deal = |party: &'static str, date: &'static str| {
            [(Field::Id, "1"), (Field::PartyName, party), (Field::Date, date)]
        };
        check_book(Entity::Deal, onec, &deal("ООО Астра", "2026-07-01"), &[]);
        check_book(Entity::Deal, onec, &deal("", "2026-07-01"), &["party-empty"]);
        check_book(Entity::Deal, onec, &deal("ООО Астра", "2026-06-30"), &["period-closed"]);
        check_book(Entity::Deal, onec, &deal("ООО Астра", "вчера"), &["date-refused"]);
        check_book(Entity::Deal, onec, &deal("", ""), &["party-empty", "date-refused"]);
        // A CRM has its own rules for deals, and gets none of them.
        check_book(Entity::Deal, (Side::Crm, None), &[(Field::Id, "1")], &[]);
    }
}
