//! The book of what is planted in the world: findings, traps, and which base records are already used.

use super::world::{Card, Kind, Person, Source, World};
use crate::model::{Entity, Side};

/// One finding that the audit must report.
pub struct Planted {
    pub check: &'static str,
    pub side: Side,
    /// `None` for a finding about a source: then `record` is its path.
    pub entity: Option<Entity>,
    pub record: String,
    /// Other records concerned, as `side:entity:id`.
    pub others: Vec<String>,
    pub note: &'static str,
}

/// A pair that must never be merged automatically.
pub struct Trap {
    pub left: String,
    pub right: String,
    /// Vetoes that may hold it apart, with spaces between.
    pub veto: &'static str,
    pub note: &'static str,
}

/// A world with a record of what is wrong in it. Each defect sits on base records of its own.
pub struct Plan {
    pub world: World,
    pub findings: Vec<Planted>,
    pub traps: Vec<Trap>,
    /// Rows of the CRM CSV that break off after a few cells.
    pub ragged: Vec<String>,
    used_firms: Vec<bool>,
    used_people: Vec<bool>,
}

/// `side:entity:id` as output tables name a record.
pub fn key(side: Side, entity: Entity, id: &str) -> String {
    format!("{side}:{entity}:{id}")
}

impl Card {
    pub fn side(&self) -> Side {
        self.source.side()
    }

    pub fn key(&self) -> String {
        key(self.side(), Entity::Counterparty, &self.id)
    }
}

impl Person {
    pub fn side(&self) -> Side {
        self.source.side()
    }

    pub fn key(&self) -> String {
        key(self.side(), Entity::Contact, &self.id)
    }
}

impl Plan {
    pub fn new(world: World) -> Plan {
        let (firms, people) = (world.onec.len(), world.crm_people.len());
        Plan {
            world,
            findings: Vec::new(),
            traps: Vec::new(),
            ragged: Vec::new(),
            used_firms: vec![false; firms],
            used_people: vec![false; people],
        }
    }

    /// A base firm nothing is planted in yet, for which `fits(crm, onec)`.
    ///
    /// # Panics
    /// When the base world is used up: it is made of constants, and a test builds it.
    pub fn take(&mut self, fits: impl Fn(&Card, &Card) -> bool) -> usize {
        let at = (0..self.used_firms.len())
            .find(|&at| !self.used_firms[at] && fits(&self.world.crm[at], &self.world.onec[at]))
            .expect("the base world has a free firm of every sort for every defect");
        self.used_firms[at] = true;
        at
    }

    /// `count` base firms from the end that fit, for what is no defect: nothing is planted in them.
    ///
    /// # Panics
    /// When the base world has too few.
    pub fn reserve(&mut self, count: usize, fits: impl Fn(&Card, &Card) -> bool) -> Vec<usize> {
        let free = |at: &usize| !self.used_firms[*at] && fits(&self.world.crm[*at], &self.world.onec[*at]);
        let mut firms: Vec<usize> = (0..self.used_firms.len()).rev().filter(free).take(count).collect();
        assert_eq!(firms.len(), count, "the base world has too few firms of this sort");
        firms.reverse();
        for &at in &firms {
            self.used_firms[at] = true;
        }
        firms
    }

    /// `count` base persons from the end whom the text file of 1C gives, for what is no defect.
    ///
    /// # Panics
    /// When the base world has too few.
    pub fn reserve_people(&mut self, count: usize) -> Vec<usize> {
        let free = |at: &usize| !self.used_people[*at] && self.world.onec_people[*at].source == Source::OnecTxt;
        let people: Vec<usize> = (0..self.used_people.len()).rev().filter(free).take(count).collect();
        assert_eq!(people.len(), count, "the base world has too few persons");
        for &at in &people {
            self.used_people[at] = true;
        }
        people
    }

    /// A base organisation in the CRM CSV and the 1C workbook.
    pub fn take_plain(&mut self) -> usize {
        self.take(|crm, onec| crm.source == Source::CrmCsv && onec.source == Source::OnecXlsx && crm.kind == Kind::Firm)
    }

    /// A base organisation that the CRM gives by REST.
    pub fn take_rest(&mut self, kind: Kind) -> usize {
        self.take(|crm, _| crm.source == Source::CrmRest && crm.kind == kind)
    }

    pub fn take_trader(&mut self) -> usize {
        self.take(|crm, onec| {
            crm.source == Source::CrmCsv && onec.source == Source::OnecXlsx && crm.kind == Kind::Trader
        })
    }

    /// A base person nothing is planted in yet, employed or not, in the text file of 1C.
    pub fn take_person(&mut self) -> usize {
        let people = &self.world;
        let at = (0..self.used_people.len())
            .find(|&at| {
                !self.used_people[at]
                    && people.crm_people[at].employer.is_some()
                    && people.onec_people[at].source == Source::OnecTxt
            })
            .expect("the base world has a free person for every defect");
        self.used_people[at] = true;
        at
    }

    /// A base woman, for defects of feminine forms.
    pub fn take_person_where(&mut self, fits: impl Fn(&Person) -> bool) -> usize {
        let people = &self.world;
        let at = (0..self.used_people.len())
            .find(|&at| {
                !self.used_people[at]
                    && people.onec_people[at].source == Source::OnecTxt
                    && fits(&people.crm_people[at])
            })
            .expect("the base world has a free person of every sort for every defect");
        self.used_people[at] = true;
        at
    }

    pub fn crm(&mut self, at: usize) -> &mut Card {
        &mut self.world.crm[at]
    }

    pub fn onec(&mut self, at: usize) -> &mut Card {
        &mut self.world.onec[at]
    }

    /// Both cards of a base firm.
    pub fn both(&mut self, at: usize) -> [&mut Card; 2] {
        [&mut self.world.crm[at], &mut self.world.onec[at]]
    }

    /// A second card of a party on one side, changed by `change`; its position among the cards of the side.
    pub fn copy(&mut self, side: Side, at: usize, change: impl FnOnce(&mut Card)) -> usize {
        let extra = self.world.extra_ids();
        let cards = match side {
            Side::Crm => &mut self.world.crm,
            Side::Onec => &mut self.world.onec,
        };
        let mut card = cards[at].clone();
        card.id = if side == Side::Crm { extra.crm } else { extra.guid };
        card.code = extra.code;
        card.origin = String::new();
        change(&mut card);
        cards.push(card);
        cards.len() - 1
    }

    /// A second card of a person on one side.
    pub fn copy_person(&mut self, side: Side, at: usize, change: impl FnOnce(&mut Person)) -> usize {
        let extra = self.world.extra_ids();
        let people = match side {
            Side::Crm => &mut self.world.crm_people,
            Side::Onec => &mut self.world.onec_people,
        };
        let mut person = people[at].clone();
        person.id = if side == Side::Crm { extra.contact } else { extra.person };
        change(&mut person);
        people.push(person);
        people.len() - 1
    }

    /// A finding about the card at `at` of a side.
    pub fn found(&mut self, check: &'static str, side: Side, at: usize, note: &'static str) {
        self.found_with(check, side, at, &[], note);
    }

    /// A finding about several cards of a side, or about a card and one of the other side.
    pub fn found_with(
        &mut self,
        check: &'static str,
        side: Side,
        at: usize,
        others: &[(Side, usize)],
        note: &'static str,
    ) {
        let card = |side: Side, at: usize| match side {
            Side::Crm => &self.world.crm[at],
            Side::Onec => &self.world.onec[at],
        };
        let record = card(side, at).id.clone();
        let others = others.iter().map(|&(side, at)| card(side, at).key()).collect();
        self.findings.push(Planted { check, side, entity: Some(Entity::Counterparty), record, others, note });
    }

    /// A finding about the person at `at` of a side.
    pub fn found_person(
        &mut self,
        check: &'static str,
        side: Side,
        at: usize,
        others: &[(Side, usize)],
        note: &'static str,
    ) {
        let record = self.person(side, at).id.clone();
        let others = others.iter().map(|&(side, at)| self.person(side, at).key()).collect();
        self.findings.push(Planted { check, side, entity: Some(Entity::Contact), record, others, note });
    }

    pub fn found_source(&mut self, check: &'static str, source: Source, note: &'static str) {
        self.findings.push(Planted {
            check,
            side: source.side(),
            entity: None,
            record: source.path().to_owned(),
            others: Vec::new(),
            note,
        });
    }

    pub fn person(&self, side: Side, at: usize) -> &Person {
        match side {
            Side::Crm => &self.world.crm_people[at],
            Side::Onec => &self.world.onec_people[at],
        }
    }

    /// Every pair of the cards is a trap.
    pub fn trap_cards(&mut self, cards: &[(Side, usize)], veto: &'static str, note: &'static str) {
        let keys: Vec<String> = cards
            .iter()
            .map(|&(side, at)| match side {
                Side::Crm => self.world.crm[at].key(),
                Side::Onec => self.world.onec[at].key(),
            })
            .collect();
        self.trap(&keys, veto, note);
    }

    /// Every pair of the people is a trap.
    pub fn trap_people(&mut self, people: &[(Side, usize)], veto: &'static str, note: &'static str) {
        let keys: Vec<String> = people.iter().map(|&(side, at)| self.person(side, at).key()).collect();
        self.trap(&keys, veto, note);
    }

    fn trap(&mut self, keys: &[String], veto: &'static str, note: &'static str) {
        for (at, left) in keys.iter().enumerate() {
            for right in &keys[at + 1..] {
                self.traps.push(Trap { left: left.clone(), right: right.clone(), veto, note });
            }
        }
    }
}
