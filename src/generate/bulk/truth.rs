//! What is known about pairs of records: what agrees, whether anybody could find it, what drifted.

use super::party::{Kind, Party};
use super::record::{NameShare, Record};

/// What the two records of one party have in common.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Fields that agree, in a fixed order.
    pub agree: Vec<&'static str>,
    /// A careful clerk with both records before them could find the pair.
    pub findable: bool,
}

/// Compares two records of one party.
///
/// Findable: a common INN, OGRN or foreign tax number; a common phone or mail that is theirs alone, or one that others
/// share with a name that is more than initials; a full name with the date of birth or the address; a name of a
/// company that nobody else bears. Two different valid INNs end it: the rules of the trade forbid such a merge.
pub fn evidence(party: &Party, a: &Record, b: &Record) -> Evidence {
    let (x, y) = (&a.said, &b.said);
    let same = |p: &str, q: &str| !p.is_empty() && p == q;
    let whole = x.name_share.min(y.name_share);
    // Cut, mistyped or transliterated: a person still sees that it is the same name.
    let name = if x.name == y.name { "name" } else { "name-near" };
    let facts = [
        ("inn", same(&x.inn, &y.inn)),
        ("kpp", same(&x.kpp, &y.kpp)),
        ("ogrn", same(&x.ogrn, &y.ogrn)),
        ("tax_id", same(&x.tax_id, &y.tax_id)),
        ("phone", same(&x.phone, &y.phone)),
        ("email", same(&x.email, &y.email)),
        ("birth_date", same(&x.birth, &y.birth)),
        ("address", x.address.is_some() && x.address == y.address),
        (name, true),
    ];
    let agree: Vec<&'static str> = facts.iter().filter(|(_, agrees)| *agrees).map(|(what, _)| *what).collect();
    let has = |what: &str| agree.contains(&what);
    let own = has("inn") || has("ogrn") || has("tax_id");
    let contact = (has("phone") || has("email")) && (!party.contact_is_shared || whole > NameShare::Initials);
    let person = matches!(party.kind, Kind::Person | Kind::Staff | Kind::Trader);
    let named = if person {
        whole > NameShare::Initials && (has("birth_date") || has("address"))
    } else {
        !party.name_is_shared || has("address")
    };
    let forbidden = !x.inn.is_empty() && !y.inn.is_empty() && x.inn != y.inn;
    Evidence { findable: !forbidden && (own || contact || named), agree }
}

/// Whether two records share an identifier: INN, OGRN, foreign tax number, phone or mail.
pub fn shares_identifier(evidence: &Evidence) -> bool {
    evidence.agree.iter().any(|what| matches!(*what, "inn" | "ogrn" | "tax_id" | "phone" | "email"))
}

/// Fields of a pair that do not say the same, with how: `different`, `empty-crm`, `empty-onec`, `broken-crm`,
/// `broken-onec`.
pub fn drift(crm: &Record, onec: &Record) -> Vec<(&'static str, &'static str)> {
    let (x, y) = (&crm.said, &onec.said);
    let mut out = Vec::new();
    let mut texts = |field: &'static str, a: &str, b: &str| match (a.is_empty(), b.is_empty()) {
        (false, false) if a != b => out.push((field, "different")),
        (true, false) => out.push((field, "empty-crm")),
        (false, true) => out.push((field, "empty-onec")),
        _ => {}
    };
    let both = crm.entity == onec.entity;
    texts("name", &x.name, &y.name);
    if !x.inn_is_broken && !y.inn_is_broken {
        texts("inn", &x.inn, &y.inn);
    }
    texts("phone", &x.phone, &y.phone);
    texts("email", &x.email, &y.email);
    if both {
        // A contact has no place for these, a counterparty of the CRM none for the date of birth.
        texts("kpp", &x.kpp, &y.kpp);
        texts("ogrn", &x.ogrn, &y.ogrn);
        texts("tax_id", &x.tax_id, &y.tax_id);
        let address = |of: Option<u64>| of.map_or(String::new(), |n| n.to_string());
        texts("address", &address(x.address), &address(y.address));
    }
    if !crm.person.last.is_empty() {
        texts("birth_date", &x.birth, &y.birth);
    }
    for (broken, how) in [(x.inn_is_broken, "broken-crm"), (y.inn_is_broken, "broken-onec")] {
        if broken {
            out.push(("inn", how));
        }
    }
    out
}
