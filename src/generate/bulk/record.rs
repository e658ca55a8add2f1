//! A party as one system holds it: what a record says, and how it came to say it.

use super::super::names::{self, FullName};
use super::super::noise::{self, Noise};
use super::super::rng::Rng;
use super::party::{Kind, Party};
use crate::model::{Entity, Field, Side};

/// How much of a name a record gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum NameShare {
    /// Surname and initials.
    Initials,
    /// Without the patronymic.
    Part,
    #[default]
    Whole,
}

/// What a record means once formats, spaces and lost zeros are seen through; empty where it says nothing.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub inn: String,
    /// The INN is there and unusable.
    pub inn_is_broken: bool,
    pub kpp: String,
    pub ogrn: String,
    pub tax_id: String,
    pub phone: String,
    pub email: String,
    /// Folded: small letters, ё as е, letters and digits only.
    pub name: String,
    pub name_share: NameShare,
    pub birth: String,
    pub address: Option<u64>,
}

/// A record as it is written.
#[derive(Clone, Debug)]
pub struct Record {
    pub side: Side,
    pub entity: Entity,
    pub id: String,
    /// Title of a company, working name of a counterparty, whole name of a person.
    pub name: String,
    /// Full name in 1C.
    pub full: String,
    /// Name in parts, for lists of people.
    pub person: FullName,
    /// Kind of counterparty in the words of 1C.
    pub kind: &'static str,
    pub inn: String,
    pub kpp: String,
    pub ogrn: String,
    pub tax_id: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub birth: String,
    pub company: String,
    pub noise: Vec<(Field, Noise)>,
    pub said: Said,
}

/// Per thousand: how often each thing happens to a record of the CRM.
mod crm {
    /// Entered in haste: a name, perhaps a phone.
    pub const HASTY: u64 = 60;
    /// 6 % of hasty cards and these: 15 % of cards have no INN.
    pub const NO_INN: u64 = 96;
    pub const NO_INN_OF_PERSON: u64 = 800;
    pub const NO_KPP: u64 = 150;
    pub const NO_OGRN: u64 = 400;
    pub const NO_PHONE: u64 = 80;
    pub const NO_PHONE_IN_HASTE: u64 = 450;
    pub const OLD_PHONE: u64 = 100;
    pub const NO_EMAIL: u64 = 200;
    pub const OLD_EMAIL: u64 = 40;
    pub const NO_ADDRESS: u64 = 300;
    pub const OLD_ADDRESS: u64 = 50;
    pub const NO_BIRTH: u64 = 500;
    pub const FORMER_FORM: u64 = 150;
    /// A sole trader kept as a contact.
    pub const TRADER_AS_CONTACT: u64 = 300;
}

/// The same for a record of 1C.
mod onec {
    pub const NO_INN: u64 = 50;
    pub const NO_INN_OF_PERSON: u64 = 600;
    pub const SPOILED_INN: u64 = 30;
    pub const NO_OGRN: u64 = 250;
    pub const NO_PHONE: u64 = 180;
    pub const OLD_PHONE: u64 = 20;
    pub const NO_EMAIL: u64 = 300;
    pub const NO_BIRTH: u64 = 400;
    pub const TYPO: u64 = 20;
    pub const LOOKALIKES: u64 = 10;
    pub const INITIALS: u64 = 120;
    pub const CYRILLIC: u64 = 250;
}

impl Record {
    fn new(side: Side, entity: Entity, id: String) -> Record {
        Record {
            side,
            entity,
            id,
            name: String::new(),
            full: String::new(),
            person: FullName::default(),
            kind: "",
            inn: String::new(),
            kpp: String::new(),
            ogrn: String::new(),
            tax_id: String::new(),
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            birth: String::new(),
            company: String::new(),
            noise: Vec::new(),
            said: Said::default(),
        }
    }

    /// `crm:counterparty:1000017`.
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.side, self.entity, self.id)
    }

    fn note(&mut self, field: Field, noise: Option<Noise>) {
        self.noise.extend(noise.map(|noise| (field, noise)));
    }

    /// Whether the party's value goes into the record; a value that is left out is noted.
    fn has(&mut self, field: Field, value: &str, missing: bool) -> bool {
        if missing && !value.is_empty() {
            self.note(field, Some(Noise::Missing));
        }
        !missing && !value.is_empty()
    }

    fn set_inn(&mut self, truth: &str, spoiled: bool, rng: &mut Rng) {
        let (written, noise) = if spoiled { noise::inn(truth, rng) } else { (truth.to_owned(), None) };
        self.note(Field::Inn, noise);
        self.inn = written;
        match noise {
            None | Some(Noise::LostZero | Noise::Spaces) => self.said.inn = truth.to_owned(),
            Some(_) => self.said.inn_is_broken = true,
        }
    }

    fn set_phone(&mut self, party: &Party, old: bool, formatted: bool, rng: &mut Rng) {
        let digits = if old { &party.old_phone } else { &party.phone };
        if old {
            self.note(Field::Phone, Some(Noise::Moved));
        }
        let (written, noise) = if formatted { noise::phone(digits, rng) } else { (digits.clone(), None) };
        self.note(Field::Phone, noise);
        self.phone = written;
        self.said.phone.clone_from(digits);
    }

    fn set_name(&mut self, said: &str, share: NameShare) {
        self.said.name = fold(said);
        self.said.name_share = share;
    }
}

/// Letters and digits in small, ё as е.
fn fold(text: &str) -> String {
    let lower = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    lower.map(|c| if c == 'ё' { 'е' } else { c }).collect()
}

/// The party as the CRM holds it.
pub fn in_crm(party: &Party, id: String, rng: &mut Rng) -> Record {
    let is_person = matches!(party.kind, Kind::Person | Kind::Staff);
    let as_contact = is_person || (party.kind == Kind::Trader && rng.chance(crm::TRADER_AS_CONTACT));
    let entity = if as_contact { Entity::Contact } else { Entity::Counterparty };
    let mut out = Record::new(Side::Crm, entity, id);
    let hasty = rng.chance(crm::HASTY);
    let no_inn = if as_contact { crm::NO_INN_OF_PERSON } else { crm::NO_INN };
    let no_inn = hasty || rng.chance(no_inn);
    if !party.foreign_inn.is_empty() {
        out.note(Field::Inn, Some(Noise::Stranger));
        out.inn.clone_from(&party.foreign_inn);
        out.said.inn.clone_from(&party.foreign_inn);
    } else if out.has(Field::Inn, &party.inn, no_inn) {
        out.set_inn(&party.inn, true, rng);
    }
    if !as_contact {
        let missing = hasty || rng.chance(crm::NO_KPP);
        if out.has(Field::Kpp, &party.kpp, missing) {
            out.kpp.clone_from(&party.kpp);
            out.said.kpp.clone_from(&party.kpp);
        }
        let missing = hasty || no_inn || !party.foreign_inn.is_empty() || rng.chance(crm::NO_OGRN);
        if out.has(Field::Ogrn, &party.ogrn, missing) {
            out.ogrn.clone_from(&party.ogrn);
            out.said.ogrn.clone_from(&party.ogrn);
        }
        let missing = hasty || rng.chance(crm::NO_OGRN);
        if out.has(Field::TaxId, &party.tax_id, missing) {
            out.tax_id.clone_from(&party.tax_id);
            out.said.tax_id.clone_from(&party.tax_id);
        }
        if hasty || rng.chance(crm::NO_ADDRESS) {
            out.note(Field::Address, Some(Noise::Missing));
        } else {
            let moved = rng.chance(crm::OLD_ADDRESS);
            out.note(Field::Address, moved.then_some(Noise::Moved));
            let address = if moved { (party.address + 7777) % names::ADDRESSES } else { party.address };
            out.address = names::address(address);
            out.said.address = Some(address);
        }
    } else {
        let missing = hasty || rng.chance(crm::NO_BIRTH);
        if out.has(Field::BirthDate, &party.birth, missing) {
            out.birth.clone_from(&party.birth);
            out.said.birth.clone_from(&party.birth);
        }
        out.company.clone_from(&party.company);
    }
    let no_phone = rng.chance(if hasty { crm::NO_PHONE_IN_HASTE } else { crm::NO_PHONE }) && !party.has_moved;
    if out.has(Field::Phone, &party.phone, no_phone) {
        let old = party.has_moved || rng.chance(crm::OLD_PHONE);
        out.set_phone(party, old, true, rng);
    }
    let missing = hasty || rng.chance(crm::NO_EMAIL);
    if out.has(Field::Email, &party.email, missing) {
        let old = rng.chance(crm::OLD_EMAIL);
        out.note(Field::Email, old.then_some(Noise::Moved));
        let (written, noise) = noise::email(if old { &party.old_email } else { &party.email }, rng);
        out.note(Field::Email, noise);
        out.said.email = written.to_lowercase();
        out.email = written;
    }
    if as_contact {
        name_of_person(party, &mut out, rng)
    } else {
        name_of_company(party, &mut out, rng)
    }
    out
}

fn name_of_person(party: &Party, out: &mut Record, rng: &mut Rng) {
    let (name, noise) = noise::person(&party.person, rng);
    out.note(Field::Name, noise);
    let share = match noise {
        Some(Noise::Initials) => NameShare::Initials,
        _ if name.patronymic.is_empty() => NameShare::Part,
        _ => NameShare::Whole,
    };
    out.set_name(&name.text(), share);
    out.name = name.text();
    out.person = name;
}

fn name_of_company(party: &Party, out: &mut Record, rng: &mut Rng) {
    let mut share = NameShare::Whole;
    let spoiled = match rng.below(1000) {
        0..50 => noise::typo(&party.core, rng).map(|t| (t, Noise::Typo)),
        50..70 => noise::lookalikes(&party.core).map(|t| (t, Noise::Lookalikes)),
        70..100 => noise::yo(&party.core).map(|t| (t, Noise::Yo)),
        100..135 => noise::word_order(&party.core).map(|t| (t, Noise::WordOrder)),
        135..185 => noise::capitals(&party.core).map(|t| (t, Noise::Capitals)),
        185..210 => noise::hyphen(&party.core).map(|t| (t, Noise::Hyphen)),
        210..215 => noise::layout(&party.core).map(|t| (t, Noise::Layout)),
        215..230 => noise::translit(&party.core, rng).map(|t| (t, Noise::Translit)),
        230..330 if party.kind == Kind::Trader => {
            share = NameShare::Initials;
            Some((initials(&party.person), Noise::Initials))
        }
        _ => None,
    };
    let (core, noise) = spoiled.map_or_else(|| (party.core.clone(), None), |(core, noise)| (core, Some(noise)));
    out.note(Field::Name, noise);
    let former = noise::former_form(party.form).filter(|_| rng.chance(crm::FORMER_FORM));
    out.note(Field::Name, former.map(|_| Noise::FormChanged));
    let form = former.unwrap_or(party.form);
    let (name, noise) = match party.branch {
        Some(town) => (branch_name(&core, form, town, rng), None),
        None => noise::company(&core, form, rng),
    };
    out.note(Field::Name, noise);
    // The order of words and the script are no part of what a name says.
    let said = match out.noise.iter().find(|(field, _)| *field == Field::Name).map(|(_, noise)| noise) {
        Some(Noise::Typo | Noise::Initials) => &core,
        _ => &party.core,
    };
    out.set_name(&format!("{said} {}", party.branch.unwrap_or_default()), share);
    out.name = name;
}

/// `Седов О.П.`
fn initials(person: &FullName) -> String {
    format!("{} {}{}", person.last, noise::initial(&person.first), noise::initial(&person.patronymic))
}

fn branch_name(core: &str, form: &str, town: &str, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => format!("{form} \"{core}\" {town} филиал"),
        1 => format!("Филиал {form} \"{core}\" в г. {town}"),
        2 => format!("{form} \"{core}\", обособленное подразделение {town}"),
        _ => format!("{form} «{core}» ({town})"),
    }
}

/// The party as 1C holds it; `has_ogrn`: the format of the file has a place for the number.
pub fn in_onec(party: &Party, id: String, has_ogrn: bool, rng: &mut Rng) -> Record {
    let entity = if party.kind == Kind::Staff { Entity::Contact } else { Entity::Counterparty };
    let mut out = Record::new(Side::Onec, entity, id);
    let is_person = matches!(party.kind, Kind::Person | Kind::Staff);
    let no_inn = rng.chance(if is_person { onec::NO_INN_OF_PERSON } else { onec::NO_INN });
    if out.has(Field::Inn, &party.inn, no_inn) {
        let spoiled = rng.chance(onec::SPOILED_INN);
        out.set_inn(&party.inn, spoiled, rng);
    }
    if out.has(Field::Kpp, &party.kpp, false) {
        out.kpp.clone_from(&party.kpp);
        out.said.kpp.clone_from(&party.kpp);
    }
    let no_ogrn = rng.chance(onec::NO_OGRN) || !has_ogrn;
    if out.has(Field::Ogrn, &party.ogrn, no_ogrn) {
        out.ogrn.clone_from(&party.ogrn);
        out.said.ogrn.clone_from(&party.ogrn);
    }
    if has_ogrn && out.has(Field::TaxId, &party.tax_id, false) {
        out.tax_id.clone_from(&party.tax_id);
        out.said.tax_id.clone_from(&party.tax_id);
    }
    let no_phone = rng.chance(onec::NO_PHONE);
    if out.has(Field::Phone, &party.phone, no_phone) {
        let old = rng.chance(onec::OLD_PHONE) && !party.has_moved;
        out.set_phone(party, old, false, rng);
    }
    let no_email = rng.chance(onec::NO_EMAIL);
    if out.has(Field::Email, &party.email, no_email) {
        out.email.clone_from(&party.email);
        out.said.email.clone_from(&party.email);
    }
    if entity == Entity::Counterparty {
        out.address = names::address_onec(party.address);
        out.said.address = Some(party.address);
    }
    let no_birth = rng.chance(onec::NO_BIRTH);
    if out.has(Field::BirthDate, &party.birth, no_birth) {
        out.birth.clone_from(&party.birth);
        out.said.birth.clone_from(&party.birth);
    }
    out.company.clone_from(&party.company);
    names_in_onec(party, &mut out, rng);
    out
}

fn names_in_onec(party: &Party, out: &mut Record, rng: &mut Rng) {
    let mut said = party.core.clone();
    let (core, form) = (&party.core, party.form);
    let (short, full, kind) = match party.kind {
        Kind::Firm => {
            let full = format!("{} \"{core}\"", noise::long_form(form));
            match party.branch {
                Some(town) => {
                    said = format!("{core} {town}");
                    let full = format!("{full}, филиал в г. {town}");
                    (branch_name(core, form, town, rng), full, "Обособленное подразделение")
                }
                None if rng.chance(500) => (format!("{core} {form}"), full, "Юридическое лицо"),
                None => (format!("{form} \"{core}\""), full, "Юридическое лицо"),
            }
        }
        Kind::Foreign => {
            let cyrillic = rng.chance(onec::CYRILLIC);
            out.note(Field::Name, cyrillic.then_some(Noise::Cyrillic));
            let short = if cyrillic { party.cyrillic.clone() } else { format!("{core} {form}") };
            (short, format!("{core} {form}"), "Юридическое лицо за пределами РФ")
        }
        Kind::Trader => {
            let brief = rng.chance(onec::INITIALS);
            out.note(Field::Name, brief.then_some(Noise::Initials));
            let short = if brief { format!("{} ИП", initials(&party.person)) } else { format!("{core} ИП") };
            (short, format!("Индивидуальный предприниматель {core}"), "Индивидуальный предприниматель")
        }
        Kind::Person | Kind::Staff => (core.clone(), core.clone(), "Физическое лицо"),
    };
    let (short, noise) = match rng.below(1000) {
        n if n < onec::TYPO => match noise::typo(&short, rng) {
            Some(typed) => (typed, Some(Noise::Typo)),
            None => (short, None),
        },
        n if n < onec::TYPO + onec::LOOKALIKES => match noise::lookalikes(&short) {
            Some(typed) => (typed, Some(Noise::Lookalikes)),
            None => (short, None),
        },
        _ => (short, None),
    };
    out.note(Field::Name, noise);
    out.set_name(&said, NameShare::Whole);
    out.person = party.person.clone();
    out.name = short;
    out.full = full;
    out.kind = kind;
}
