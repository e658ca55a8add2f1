//! Defects of contacts.

use super::plan::Plan;
use super::world::{Pairs, Person, Source};
use crate::generate::{ids, names};
use crate::model::Side::{self, Crm, Onec};

/// Vetoes any of which may hold two persons apart: which comes first is for matching to say.
const OTHER_PERSON: &str = "person-differs birth-date-differs shared-contact-only";

/// Every defect of this file.
pub fn plant(p: &mut Plan) {
    phones(p);
    emails(p);
    duplicates(p);
    families_and_namesakes(p);
    full_names(p);
    documents(p);
    rest(p);
    one_sided_and_drift(p);
}

fn change(p: &mut Plan, side: Side, at: usize) -> &mut Person {
    match side {
        Side::Crm => &mut p.world.crm_people[at],
        Side::Onec => &mut p.world.onec_people[at],
    }
}

fn both(p: &mut Plan, at: usize) -> [&mut Person; 2] {
    [&mut p.world.crm_people[at], &mut p.world.onec_people[at]]
}

/// Takes a person, changes the contact on one side, notes the finding.
fn one(p: &mut Plan, check: &'static str, side: Side, note: &'static str, f: impl FnOnce(&mut Person)) -> usize {
    let at = p.take_person();
    f(change(p, side, at));
    p.found_person(check, side, at, &[], note);
    at
}

fn phones(p: &mut Plan) {
    for bad in ["12-34", "+7 000 123-45-67", "8 (945) 12-34"] {
        one(p, "ct-phone-invalid", Crm, "too short, or a code that nobody has", |c| c.phone = bad.to_owned());
    }
    one(p, "ct-phone-invalid", Onec, "one digit is missing", |c| {
        c.phone.pop();
    });
    let reception = p.world.fresh_office();
    let people: Vec<usize> = (0..7).map(|_| p.take_person()).collect();
    for &at in &people {
        for contact in both(p, at) {
            contact.phone.clone_from(&reception);
        }
    }
    for side in [Crm, Onec] {
        let others: Vec<_> = people[1..].iter().map(|&at| (side, at)).collect();
        p.found_person("ct-phone-shared", side, people[0], &others, "phone of a reception on seven persons");
        let all: Vec<_> = people.iter().map(|&at| (side, at)).collect();
        p.trap_people(&all, OTHER_PERSON, "persons behind one reception");
    }

    let own = p.world.own_phone.clone();
    one(p, "ct-phone-own-office", Crm, "the phone of «Ромашка-Трейд» itself", |c| c.phone = own);
}

fn emails(p: &mut Plan) {
    for bad in ["zakaz@", "sklad.pochta.example", "отдел@pochta.example"] {
        one(p, "ct-email-invalid", Crm, "syntax, or Cyrillic letters before the @", |c| c.email = bad.to_owned());
    }
    one(p, "ct-email-invalid", Onec, "a misspelt domain", |c| {
        c.email = format!("{}@gmial.com", c.email.split('@').next().unwrap_or("pismo"));
    });
    let people: Vec<usize> = (0..4).map(|_| p.take_person()).collect();
    for &at in &people {
        for contact in both(p, at) {
            contact.email = "info@bratya-sovetnikovy.example".to_owned();
        }
    }
    for side in [Crm, Onec] {
        let others: Vec<_> = people[1..].iter().map(|&at| (side, at)).collect();
        p.found_person("ct-email-role-shared", side, people[0], &others, "info@ on four persons");
        let all: Vec<_> = people.iter().map(|&at| (side, at)).collect();
        p.trap_people(&all, OTHER_PERSON, "persons behind one mailbox");
    }
}

fn duplicates(p: &mut Plan) {
    for (side, prefix) in [(Crm, "8"), (Crm, "8-"), (Onec, "+7 ")] {
        let at = p.take_person();
        let second = p.copy_person(side, at, |c| {
            c.phone = format!("{prefix}{}", &c.phone[1..]);
            c.email.clear();
            c.snils.clear();
            c.document.clear();
            c.document_date.clear();
        });
        p.found_person("ct-dup-phone-name", side, at, &[(side, second)], "one phone and one name, entered twice");
        p.found_person("ct-phone-format-mixed", side, at, &[(side, second)], "one number written in two ways");
    }
    for side in [Crm, Onec] {
        let at = p.take_person();
        let phone = p.world.fresh_mobile();
        let second = p.copy_person(side, at, |c| {
            c.phone = phone;
            c.snils.clear();
            c.document.clear();
            c.document_date.clear();
        });
        p.found_person("ct-dup-email-name", side, at, &[(side, second)], "one e-mail and one name, two phones");
    }
}

fn families_and_namesakes(p: &mut Plan) {
    // Wife, husband and son: one surname, one phone, one mailbox.
    for _ in 0..3 {
        let family: Vec<usize> = vec![
            p.take_person_where(|c| c.woman && c.employer.is_some() && c.last.ends_with('а')),
            p.take_person_where(|c| !c.woman && c.employer.is_some()),
            p.take_person_where(|c| !c.woman && c.employer.is_some()),
        ];
        let wife = p.person(Crm, family[0]).clone();
        let surname = wife.last.trim_end_matches('а').to_owned();
        for &at in &family[1..] {
            for contact in both(p, at) {
                contact.last.clone_from(&surname);
                contact.whole = format!("{} {} {}", contact.last, contact.first, contact.patronymic);
                contact.phone.clone_from(&wife.phone);
                contact.email.clone_from(&wife.email);
                contact.employer = wife.employer;
            }
        }
        for side in [Crm, Onec] {
            let all: Vec<_> = family.iter().map(|&at| (side, at)).collect();
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                p.found_person("ct-contradiction", side, family[a], &[all[b]], "a family with one phone");
            }
            p.trap_people(&all, OTHER_PERSON, "a family with one phone");
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2), (1, 0), (2, 0), (2, 1)] {
            p.trap_people(&[(Crm, family[a]), (Onec, family[b])], OTHER_PERSON, "a family with one phone");
        }
    }
    // Two persons of one name: nothing but the name agrees.
    for _ in 0..3 {
        let (a, b) = (p.take_person(), p.take_person());
        let first = p.person(Crm, a).clone();
        for contact in both(p, b) {
            contact.last.clone_from(&first.last);
            contact.first.clone_from(&first.first);
            contact.patronymic.clone_from(&first.patronymic);
            contact.whole.clone_from(&first.whole);
            contact.woman = first.woman;
        }
        for (left, right) in
            [((Crm, a), (Crm, b)), ((Onec, a), (Onec, b)), ((Crm, a), (Onec, b)), ((Crm, b), (Onec, a))]
        {
            p.trap_people(&[left, right], OTHER_PERSON, "namesakes with different dates of birth");
        }
    }
}

/// Initials decide nothing: a person has to.
fn initials(c: &mut Person) {
    for part in [&mut c.first, &mut c.patronymic] {
        *part = part.chars().take(1).chain(['.']).collect();
    }
    c.pairs = Pairs::Review;
}

fn full_names(p: &mut Plan) {
    one(p, "ct-fio-one-field", Crm, "the whole name in the field of the given name", |c| {
        c.first = format!("{} {} {}", c.last, c.first, c.patronymic);
        c.last.clear();
        c.patronymic.clear();
    });
    one(p, "ct-fio-one-field", Crm, "the whole name in the field of the surname", |c| {
        c.last = format!("{} {} {}", c.last, c.first, c.patronymic);
        c.first.clear();
        c.patronymic.clear();
    });
    one(p, "ct-fio-initials", Crm, "initials instead of names", |c| {
        initials(c);
    });
    one(p, "ct-fio-initials", Onec, "initials instead of names", |c| {
        initials(c);
        c.whole = format!("{} {}{}", c.last, c.first, c.patronymic);
    });
    one(p, "ct-fio-translit", Crm, "a Russian name in Latin letters", |c| {
        for part in [&mut c.last, &mut c.first, &mut c.patronymic] {
            let latin = names::translit(part);
            *part = latin.chars().take(1).flat_map(char::to_uppercase).chain(latin.chars().skip(1)).collect();
        }
    });
    let at = p.take_person_where(|c| c.last.contains('ё') && c.employer.is_some());
    let contact = change(p, Onec, at);
    contact.last = contact.last.replace('ё', "е");
    contact.whole = contact.whole.replace('ё', "е");
    p.found_person("ct-fio-yo", Crm, at, &[], "ё in the CRM, е in 1C");
    if let Some(finding) = p.findings.last_mut() {
        finding.others.push(p.world.onec_people[at].key());
    }
    one(p, "ct-gender-patronymic", Onec, "the sex contradicts the patronymic", |c| c.woman = !c.woman);
}

fn documents(p: &mut Plan) {
    one(p, "ct-snils-checksum", Onec, "control digits of the SNILS", |c| c.snils = ids::spoil_control(&c.snils));
    one(p, "ct-doc-format", Onec, "a passport of nine digits", |c| {
        c.document.pop();
    });
    one(p, "ct-doc-format", Onec, "issued before the 14th birthday", |c| {
        c.document_date = format!("15.06.{}", &c.birth[6..].parse::<u32>().unwrap_or(1980) + 9);
    });
    let (a, b) = (p.take_person(), p.take_person());
    let document = p.person(Onec, a).document.clone();
    change(p, Onec, b).document = document;
    p.found_person("ct-doc-shared", Onec, a, &[(Onec, b)], "one passport on two persons");
    p.trap_people(&[(Onec, a), (Onec, b)], OTHER_PERSON, "one passport on two persons");
    for date in ["01.01.1900", "17.05.2031"] {
        one(p, "ct-birthdate-impossible", Crm, "1900 or the future", |c| c.birth = date.to_owned());
    }
    let at = p.take_person();
    let contact = change(p, Crm, at);
    contact.birth = format!("04/05/{}", &contact.birth[6..]);
    p.found_source("snap-date-ambiguous", Source::CrmHtml, "a date of birth whose day and month cannot be told apart");
}

fn rest(p: &mut Plan) {
    one(p, "ct-orphan-contact", Crm, "no company", |c| c.employer = None);
    for answer in ["Нет", "Отозвано"] {
        one(p, "ct-consent-missing", Crm, "consent absent or withdrawn", |c| c.consent = answer);
    }
    one(p, "ct-pd-in-comment", Crm, "a passport in the comment", |c| {
        c.comment = format!("паспорт {} выдан УВД, передать в договорный", ids::passport(4711));
    });
    one(p, "ct-pd-in-comment", Crm, "a card number in the comment", |c| {
        // Built to pass the Luhn check; the range 2200 99 is not given out.
        c.comment = "карта 2200 9900 0000 0006, оплата по звонку".to_owned();
    });
    let at = p.take_person();
    let other = p.take_plain();
    change(p, Onec, at).employer = Some(other);
    p.found_person("ct-company-link-drift", Crm, at, &[], "another company in 1C");
    if let Some(finding) = p.findings.last_mut() {
        finding.others.push(p.world.onec_people[at].key());
    }
}

fn one_sided_and_drift(p: &mut Plan) {
    for _ in 0..4 {
        let at = p.take_person();
        change(p, Onec, at).gone = true;
        p.found_person("ct-only-crm", Crm, at, &[], "1C does not hold it");
    }
    for _ in 0..4 {
        let at = p.take_person();
        change(p, Crm, at).gone = true;
        p.found_person("ct-only-1c", Onec, at, &[], "the CRM does not hold it");
    }
    for field in 0..3 {
        let at = p.take_person();
        let phone = p.world.fresh_mobile();
        let contact = change(p, Onec, at);
        match field {
            0 => contact.email = format!("novyy.{}@pochta.example", &phone[5..]),
            1 => contact.phone = phone,
            _ => contact.birth = format!("{}{}", &contact.birth[..6], 1958),
        }
        if field == 2 {
            contact.pairs = Pairs::Apart;
        }
        p.found_person("ct-field-drift", Crm, at, &[], "e-mail, phone or date of birth differs");
        let other = p.world.onec_people[at].key();
        if let Some(finding) = p.findings.last_mut() {
            finding.others.push(other);
        }
    }
}
