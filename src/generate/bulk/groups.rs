//! Parties that resemble each other: the traps of a world.

use super::super::ids;
use super::super::names;
use super::party::{Kind, Party};
use super::{GenerateError, Maker, Written};

/// Clients of one accounting firm.
const CLIENTS: u64 = 55;

/// A party alone, or several that resemble each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Single(Kind),
    /// A head office and its branches: one INN, other KPPs.
    Branches,
    /// Companies of one name: other INN, phone and mail.
    Holding,
    /// Two persons of one full name.
    Namesakes,
    /// Relatives with one phone and one surname.
    Family,
    /// «Школа № 12», «Школа № 21».
    Numbered,
    /// A firm and its people, who answer its phone.
    Staff,
    /// A phone that its old owner gave up and another firm got.
    PassedOn,
    /// The card of one firm with the INN of another.
    ForeignInn,
    /// Clients whose phone and mail are those of the firm that keeps their books.
    AccountingFirm,
}

/// Groups with their share, per ten thousand; what is left is firms.
const SHARES: [(u64, Group); 12] = [
    (400, Group::Branches),
    (200, Group::Holding),
    (150, Group::Namesakes),
    (200, Group::Family),
    (60, Group::Numbered),
    (250, Group::Staff),
    (60, Group::PassedOn),
    (30, Group::ForeignInn),
    (8, Group::AccountingFirm),
    (102, Group::Single(Kind::Foreign)),
    (1200, Group::Single(Kind::Trader)),
    (1440, Group::Single(Kind::Person)),
];

/// The group that a draw below 10,000 falls on.
pub fn group_of(mut draw: u64) -> Group {
    for (share, group) in SHARES {
        if draw < share {
            return group;
        }
        draw -= share;
    }
    Group::Single(Kind::Firm)
}

/// A world of this many rows a side has every group, the accounting firm included.
pub const ROWS_FOR_ALL: usize = 600;

/// Every group once.
pub fn each() -> impl Iterator<Item = Group> {
    SHARES.into_iter().map(|(_, group)| group)
}

/// Names with which numbers go.
const NUMBERED: [&str; 6] = ["Школа", "Аптека", "Детский сад", "Автобаза", "Поликлиника", "Магазин"];

impl Maker {
    /// Writes one group with its truth and its traps.
    pub fn group(&mut self, group: Group) -> Result<(), GenerateError> {
        match group {
            Group::Single(kind) => {
                let party = self.party(kind);
                self.write(&party).map(drop)
            }
            Group::Branches => self.branches(),
            Group::Holding => self.holding(),
            Group::Namesakes => self.namesakes(),
            Group::Family => self.family(),
            Group::Numbered => self.numbered(),
            Group::Staff => self.staff(),
            Group::PassedOn => self.passed_on(),
            Group::ForeignInn => self.foreign_inn(),
            Group::AccountingFirm => self.accounting_firm(),
        }
    }

    fn party(&mut self, kind: Kind) -> Party {
        self.population.party(kind, &mut self.rng)
    }

    fn write_all(&mut self, parties: &[Party], reason: &str) -> Result<(), GenerateError> {
        let mut all = Vec::with_capacity(parties.len());
        for party in parties {
            all.push(self.write(party)?);
        }
        for (at, first) in all.iter().enumerate() {
            for second in &all[at + 1..] {
                self.trap(first, second, reason)?;
            }
        }
        Ok(())
    }

    fn branches(&mut self) -> Result<(), GenerateError> {
        let head = self.party(Kind::Firm);
        let mut all = vec![head.clone()];
        for unit in 0..1 + self.rng.below(4) {
            // Towns go round in steps of one, so the units of a firm stand in different ones.
            let address = (head.address + 1 + unit) % names::ADDRESSES;
            let host = head.email.split_once('@').map_or("pisma.example", |(_, host)| host);
            all.push(Party {
                branch: Some(names::town(address)),
                kpp: ids::kpp(&head.inn, "43", unit + 2),
                phone: self.population.office(),
                old_phone: self.population.office(),
                email: format!("filial{}@{host}", unit + 2),
                old_email: format!("unit{}@{host}", unit + 2),
                address,
                ..head.clone()
            });
        }
        self.write_all(&all, "branch")
    }

    fn holding(&mut self) -> Result<(), GenerateError> {
        let first = Party { name_is_shared: true, ..self.party(Kind::Firm) };
        let mut all = vec![first.clone()];
        for _ in 0..1 + self.rng.below(3) {
            let next = self.party(Kind::Firm);
            all.push(Party { core: first.core.clone(), form: first.form, name_is_shared: true, ..next });
        }
        self.write_all(&all, "inn-differs")
    }

    fn namesakes(&mut self) -> Result<(), GenerateError> {
        let first = self.party(Kind::Person);
        let second = self.party(Kind::Person);
        let second = Party { person: first.person.clone(), core: first.core.clone(), ..second };
        self.write_all(&[first, second], "namesake")
    }

    fn family(&mut self) -> Result<(), GenerateError> {
        let first = Party { contact_is_shared: true, ..self.party(Kind::Person) };
        let man = names::masculine(&first.person);
        let mut all = vec![first.clone()];
        for _ in 0..1 + self.rng.below(2) {
            let mut next = self.party(Kind::Person);
            // A relative has another given name; two draws of 60 meet now and then.
            if all.iter().any(|relative| relative.person.first == next.person.first) {
                continue;
            }
            next.person.last = if next.person.woman { names::feminine(&man) } else { man.clone() };
            next.core = next.person.text();
            next.phone.clone_from(&first.phone);
            next.old_phone.clone_from(&first.old_phone);
            next.contact_is_shared = true;
            all.push(next);
        }
        self.write_all(&all, "family")
    }

    fn numbered(&mut self) -> Result<(), GenerateError> {
        let what = *self.rng.pick(&NUMBERED);
        // Digits that a hasty eye takes for each other; the counter of firms keeps the numbers of groups apart.
        let tens = 10 + self.rng.below(80) * 10;
        let numbers = [tens + 2, tens / 10 % 10 + 20 + tens / 100 * 100, tens + 3];
        let mut all: Vec<Party> = Vec::new();
        for number in numbers {
            let mut party = self.party(Kind::Firm);
            let core = format!("{what} № {number}");
            if all.iter().any(|other| other.core == core) {
                continue;
            }
            // Schools of one number stand in many towns.
            party.core = core;
            party.name_is_shared = true;
            all.push(party);
        }
        self.write_all(&all, "number-differs")
    }

    fn staff(&mut self) -> Result<(), GenerateError> {
        let firm = self.party(Kind::Firm);
        let host = firm.email.split_once('@').map_or("pisma.example", |(_, host)| host).to_owned();
        let mut all = vec![firm.clone()];
        for _ in 0..1 + self.rng.below(3) {
            let mut next = self.party(Kind::Staff);
            next.company = format!("{} \"{}\"", firm.form, firm.core);
            if self.rng.chance(600) {
                next.phone.clone_from(&firm.phone);
                next.contact_is_shared = true;
            }
            next.email = format!("{}.{}@{host}", names::translit(&next.person.last), all.len());
            all.push(next);
        }
        self.write_all(&all, "shared-contact")
    }

    fn passed_on(&mut self) -> Result<(), GenerateError> {
        let first = Party { has_moved: true, ..self.party(Kind::Firm) };
        let second = Party { phone: first.old_phone.clone(), ..self.party(Kind::Firm) };
        self.write_all(&[first, second], "phone-passed-on")
    }

    fn foreign_inn(&mut self) -> Result<(), GenerateError> {
        let second = self.party(Kind::Firm);
        let first = Party { foreign_inn: second.inn.clone(), ..self.party(Kind::Firm) };
        self.write_all(&[first, second], "foreign-inn")
    }

    fn accounting_firm(&mut self) -> Result<(), GenerateError> {
        let firm = Party { contact_is_shared: true, ..self.party(Kind::Firm) };
        let first = self.write(&firm)?;
        let mut last: Option<Written> = None;
        for _ in 0..CLIENTS {
            let kind = if self.rng.chance(300) { Kind::Trader } else { Kind::Firm };
            let client = Party {
                phone: firm.phone.clone(),
                old_phone: firm.old_phone.clone(),
                email: firm.email.clone(),
                old_email: firm.old_email.clone(),
                contact_is_shared: true,
                ..self.party(kind)
            };
            let next = self.write(&client)?;
            // Each with the firm and with the one before: all pairs of 56 would drown the other traps.
            self.trap(&first, &next, "shared-contact")?;
            if let Some(last) = &last {
                self.trap(last, &next, "shared-contact")?;
            }
            last = Some(next);
        }
        Ok(())
    }
}
