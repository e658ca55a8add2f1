//! Duplicates inside a side, and the groups that look like duplicates and are none.

use super::plan::Plan;
use super::world::{Card, Kind, Pairs, Person};
use crate::generate::ids;
use crate::model::Side::{self, Crm, Onec};

/// Every group of this file.
pub fn plant(p: &mut Plan) {
    duplicates(p);
    branches(p);
    holdings(p);
    numbered(p);
    accounting_firm(p);
    sole_traders(p);
}

fn duplicates(p: &mut Plan) {
    for n in 0..3 {
        let at = p.take_plain();
        let second = p.copy(Crm, at, |card| {
            card.name = card.name.to_uppercase();
            match n {
                0 => card.email.clear(),
                1 => card.address.clear(),
                _ => card.site.clear(),
            }
            card.turnover = 0;
        });
        p.found_with("cp-dup-inn-kpp", Crm, at, &[(Crm, second)], "two companies with one INN and KPP");
    }
    for _ in 0..2 {
        let at = p.take_plain();
        let second = p.copy(Onec, at, |card| {
            card.account.clear();
            card.bik.clear();
            card.turnover = 0;
        });
        p.found_with("cp-dup-inn-kpp", Onec, at, &[(Onec, second)], "two counterparties with one INN and KPP");
    }
    let at = p.take_plain();
    let second = p.copy(Crm, at, |card| {
        card.kpp.clear();
        card.turnover = 0;
    });
    p.found_with("cp-dup-inn-kpp-empty", Crm, at, &[(Crm, second)], "one of two cards has no KPP");

    for _ in 0..2 {
        let at = p.take_plain();
        for card in p.both(at) {
            card.inn.clear();
            card.kpp.clear();
            card.ogrn.clear();
        }
        let second = p.copy(Crm, at, |card| {
            card.name = card.name.replacen("ООО ", "", 1).replace('"', "");
            card.account.clear();
            card.bik.clear();
            card.turnover = 0;
        });
        p.found_with("cp-dup-name-contact", Crm, at, &[(Crm, second)], "one name, phone and e-mail, no INN");
    }

    // An id twice in one file: two companies, not one.
    let (a, b) = (p.take_plain(), p.take_plain());
    let id = p.crm(a).id.clone();
    let (first, second) = if a < b { (a, b) } else { (b, a) };
    p.crm(first).id.clone_from(&id);
    p.crm(second).id = format!("{id}~2");
    // Which of the two an id means, nobody can tell: a person decides.
    p.crm(first).pairs = Pairs::Review;
    p.crm(second).pairs = Pairs::Review;
    p.found_with("snap-pk-duplicate", Crm, first, &[(Crm, second)], "two companies with one ID");
}

/// A unit of the organisation of `card`: same INN, a KPP, phone and e-mail of its own.
fn unit(p: &mut Plan, side: Side, at: usize, town: &str, reason: &str, number: u64) -> usize {
    let party = p.world.new_party();
    let phone = p.world.fresh_office();
    p.copy(side, at, |card| become_unit(card, party, &phone, town, reason, number))
}

fn become_unit(card: &mut Card, party: u32, phone: &str, town: &str, reason: &str, number: u64) {
    card.party = party;
    card.name = format!("{} ({town} филиал)", card.name);
    card.full_name = card.name.clone();
    card.kpp = ids::kpp(&card.inn, reason, number);
    card.phone = phone.to_owned();
    card.email = format!("filial{number}@{}", card.email.split('@').nth(1).unwrap_or("pisma.example"));
    card.address = format!("г. {town}, ул. Складская, д. {number}");
    card.account.clear();
    card.bik.clear();
}

fn branches(p: &mut Plan) {
    // A whole family on both sides, the head named: an information, no defect.
    let at = p.take_plain();
    let head = p.onec(at).name.clone();
    let mut family = vec![(Crm, at), (Onec, at)];
    for (town, number) in [("Мытищи", 2), ("Тверь", 3)] {
        let party = p.world.new_party();
        let phone = p.world.fresh_office();
        for side in [Crm, Onec] {
            let unit = p.copy(side, at, |card| become_unit(card, party, &phone, town, "43", number));
            family.push((side, unit));
        }
        let unit = family[family.len() - 1].1;
        p.onec(unit).head.clone_from(&head);
    }
    p.found_with("cp-branch-family", Crm, at, &[family[2], family[4]], "a head office and two branches");
    p.found_with("cp-branch-family", Onec, at, &[family[3], family[5]], "a head office and two branches");
    for (a, b) in [(0, 2), (0, 4), (2, 4), (1, 3), (1, 5), (3, 5), (0, 3), (0, 5), (2, 5), (2, 1), (4, 1), (4, 3)] {
        p.trap_cards(&[family[a], family[b]], "branch", "units of one organisation");
    }

    // Two branches and no head.
    let at = p.take_plain();
    let (kpp, name) = (ids::kpp(&p.onec(at).inn, "43", 7), p.onec(at).name.clone());
    for card in p.both(at) {
        card.kpp.clone_from(&kpp);
        card.name = format!("{name} (склад № 7)");
    }
    let second = unit(p, Onec, at, "Химки", "43", 8);
    let other = p.onec(second).name.replace(" (склад № 7)", "");
    p.onec(second).name = other;
    p.found_with("cp-branch-no-head", Onec, at, &[(Onec, second)], "two branches, no head office among the cards");
    p.trap_cards(&[(Onec, at), (Onec, second)], "branch", "units of one organisation");
    p.trap_cards(&[(Crm, at), (Onec, second)], "branch", "units of one organisation");
    p.found("cp-only-1c-active", Onec, second, "the CRM has one card of the family");

    // Three KPPs in 1C, one card in the CRM.
    let at = p.take_plain();
    let (a, b) = (unit(p, Onec, at, "Клин", "43", 4), unit(p, Onec, at, "Дубна", "43", 5));
    p.found_with(
        "cp-branch-collapsed",
        Crm,
        at,
        &[(Onec, at), (Onec, a), (Onec, b)],
        "three KPPs in 1C, one in the CRM",
    );
    p.trap_cards(&[(Onec, at), (Onec, a), (Onec, b)], "branch", "units of one organisation");
    p.trap_cards(&[(Crm, at), (Onec, a)], "branch", "units of one organisation");
    p.trap_cards(&[(Crm, at), (Onec, b)], "branch", "units of one organisation");
}

fn holdings(p: &mut Plan) {
    for _ in 0..2 {
        let (a, b, c) = (p.take_plain(), p.take_plain(), p.take_plain());
        let (name, full) = (p.crm(a).name.clone(), p.crm(a).full_name.clone());
        for at in [b, c] {
            for card in p.both(at) {
                card.name.clone_from(&name);
                card.full_name.clone_from(&full);
            }
        }
        for side in [Crm, Onec] {
            p.found_with("cp-same-name-diff-inn", side, a, &[(side, b), (side, c)], "one name, three INNs");
            p.trap_cards(&[(side, a), (side, b), (side, c)], "inn-differs", "namesake companies");
        }
        for (left, right) in [(a, b), (a, c), (b, a), (b, c), (c, a), (c, b)] {
            p.trap_cards(&[(Crm, left), (Onec, right)], "inn-differs", "namesake companies");
        }
    }
}

fn numbered(p: &mut Plan) {
    // No INN in the CRM and one phone of the chain: only the number tells them apart.
    let (a, b) = (p.take_plain(), p.take_plain());
    let phone = p.crm(a).phone.clone();
    for (at, number) in [(a, 5), (b, 6)] {
        for card in p.both(at) {
            card.name = format!("ООО \"Аптека № {number}\"");
            card.full_name = format!("Общество с ограниченной ответственностью \"Аптека № {number}\"");
            card.phone.clone_from(&phone);
        }
        let card = p.crm(at);
        card.inn.clear();
        card.kpp.clear();
        card.ogrn.clear();
        card.pairs = Pairs::Review;
        p.found("cp-inn-missing", Crm, at, "organisation without INN");
    }
    p.found_with("cp-name-number-differs", Crm, a, &[(Crm, b)], "«Аптека № 5» and «Аптека № 6»");
    p.trap_cards(&[(Crm, a), (Crm, b)], "number-differs", "numbers in the names differ");
    p.trap_cards(&[(Crm, a), (Onec, b)], "number-differs", "numbers in the names differ");
    p.trap_cards(&[(Crm, b), (Onec, a)], "number-differs", "numbers in the names differ");
}

/// Clients of one accounting firm: its phone and mailbox on all their cards.
fn accounting_firm(p: &mut Plan) {
    let (phone, email) = (p.world.fresh_office(), "buh@schet-i-otchet.example".to_owned());
    let clients: Vec<usize> = (0..8).map(|_| p.take_plain()).collect();
    for &at in &clients {
        for card in p.both(at) {
            card.phone.clone_from(&phone);
            card.email.clone_from(&email);
        }
    }
    for side in [Crm, Onec] {
        let others: Vec<_> = clients[1..].iter().map(|&at| (side, at)).collect();
        p.found_with("ct-phone-shared", side, clients[0], &others, "phone of an accounting firm on eight clients");
        let all: Vec<_> = clients.iter().map(|&at| (side, at)).collect();
        p.trap_cards(&all, "inn-differs", "clients of one accounting firm");
    }
    // Two more that keep no INN in the CRM: the name, a phone and a mailbox of many are all that speaks for a pair.
    let poor: Vec<usize> = (0..2).map(|_| p.take_plain()).collect();
    for &at in &poor {
        for card in p.both(at) {
            card.phone.clone_from(&phone);
            card.email.clone_from(&email);
        }
        let card = p.crm(at);
        for text in [
            &mut card.inn,
            &mut card.kpp,
            &mut card.ogrn,
            &mut card.account,
            &mut card.bik,
            &mut card.site,
            &mut card.address,
        ] {
            text.clear();
        }
        card.pairs = Pairs::Review;
        p.found("cp-inn-missing", Crm, at, "organisation without INN");
    }
    p.trap_cards(&[(Crm, poor[0]), (Crm, poor[1])], "shared-contact-only", "clients of one accounting firm");
    p.trap_cards(&[(Crm, poor[0]), (Crm, clients[0])], "shared-contact-only", "clients of one accounting firm");
}

/// A sole trader is one party whatever the catalogue: contact in the CRM, counterparty in 1C.
fn sole_traders(p: &mut Plan) {
    for kind in [Kind::Trader, Kind::Trader, Kind::Trader, Kind::Person, Kind::Person, Kind::Person] {
        let (crm, mut onec) = p.world.firm(kind, 0);
        if kind == Kind::Person {
            // Private clients are counterparties of kind «Физическое лицо» and have no account there.
            onec.account.clear();
            onec.bik.clear();
        }
        let mut contact = owner(p, &crm);
        contact.phone.clone_from(&crm.phone);
        contact.email.clone_from(&crm.email);
        p.world.onec.push(onec);
        p.world.crm_people.push(contact);
    }
    // One INN on a company and on a contact of the CRM.
    let at = p.take_trader();
    let card = p.crm(at).clone();
    let contact = owner(p, &card);
    let other = contact.key();
    p.world.crm_people.push(contact);
    p.found("cp-inn-two-kinds", Crm, at, "one INN on a company and on a contact");
    if let Some(finding) = p.findings.last_mut() {
        finding.others.push(other);
    }
}

/// The natural person behind a card, as a contact of the CRM.
fn owner(p: &mut Plan, card: &Card) -> Person {
    let (mut contact, _) = p.world.person(None);
    let mut parts = card.name.trim_start_matches("ИП ").split(' ').map(str::to_owned);
    contact.last = parts.next().unwrap_or_default();
    contact.first = parts.next().unwrap_or_default();
    contact.patronymic = parts.next().unwrap_or_default();
    contact.woman = contact.patronymic.ends_with('а');
    contact.party = card.party;
    contact.inn.clone_from(&card.inn);
    contact
}
