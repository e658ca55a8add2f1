//! Who there is: the truth about a party, before either system spoils it.

use super::super::ids::{self, Region};
use super::super::names::{self, FullName};
use super::super::rng::Rng;

/// What a party is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Firm,
    Trader,
    Person,
    /// A contact person of a firm.
    Staff,
    Foreign,
}

impl Kind {
    /// Name in `truth.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Firm => "company",
            Kind::Trader => "sole-trader",
            Kind::Person => "person",
            Kind::Staff => "contact-person",
            Kind::Foreign => "foreign",
        }
    }
}

/// The truth about one party. Texts that it has not are empty.
#[derive(Clone, Debug)]
pub struct Party {
    pub kind: Kind,
    /// Name without the legal form; of persons the full name.
    pub core: String,
    pub form: &'static str,
    /// A foreign name in Cyrillic letters.
    pub cyrillic: String,
    /// Town of a branch.
    pub branch: Option<&'static str>,
    pub person: FullName,
    pub inn: String,
    pub kpp: String,
    pub ogrn: String,
    pub tax_id: String,
    /// Digits.
    pub phone: String,
    /// The phone of former days.
    pub old_phone: String,
    pub email: String,
    pub old_email: String,
    pub address: u64,
    pub birth: String,
    /// Name of the firm of a contact person.
    pub company: String,
    /// The INN of another party that the CRM card carries by mistake.
    pub foreign_inn: String,
    /// The CRM still has the phone of former days.
    pub has_moved: bool,
    /// Others have this name too: it proves nothing.
    pub name_is_shared: bool,
    /// Others have this phone and mail too.
    pub contact_is_shared: bool,
}

/// Makes parties one after another. Identifiers come from counters, so nothing is remembered.
pub struct Population {
    firms: u64,
    people: u64,
    phones: u64,
}

impl Population {
    pub fn new() -> Population {
        Population { firms: 0, people: 0, phones: 0 }
    }

    /// A new office phone.
    pub fn office(&mut self) -> String {
        self.phones += 1;
        ids::office(self.phones)
    }

    fn mobile(&mut self) -> String {
        self.people += 1;
        ids::mobile(self.people)
    }

    pub fn party(&mut self, kind: Kind, rng: &mut Rng) -> Party {
        let n = self.firms;
        self.firms += 1;
        let mut party = Party {
            kind,
            core: String::new(),
            form: "",
            cyrillic: String::new(),
            branch: None,
            person: FullName::default(),
            inn: String::new(),
            kpp: String::new(),
            ogrn: String::new(),
            tax_id: String::new(),
            phone: String::new(),
            old_phone: String::new(),
            email: String::new(),
            old_email: String::new(),
            address: rng.below(names::ADDRESSES),
            birth: String::new(),
            company: String::new(),
            foreign_inn: String::new(),
            has_moved: false,
            name_is_shared: false,
            contact_is_shared: false,
        };
        match kind {
            Kind::Firm => {
                if rng.chance(COMMON_NAMES) {
                    party.core = names::brand(rng.below(names::BRAND_NAMES)).to_owned();
                    party.name_is_shared = true;
                } else if n.is_multiple_of(16) && n / 16 < names::WORD_NAMES {
                    // One name in sixteen is of two dictionary words, while they last; the others are coined.
                    party.core = names::company(n / 16);
                } else {
                    party.core = names::coined(n);
                }
                party.form = *rng.pick(&["ООО", "ООО", "ООО", "ООО", "ООО", "ООО", "АО", "ПАО", "АНО"]);
                self.register(&mut party, n);
            }
            Kind::Foreign => {
                let coined = names::coined(n);
                let brand = coined.split(' ').next().unwrap_or_default();
                party.core = format!("{} Trading", names::capitalised(&names::translit(brand)));
                party.cyrillic = format!("{brand} Трейдинг");
                party.form = *rng.pick(&["Ltd", "Ltd", "GmbH", "LLC"]);
                party.tax_id = format!("XX{:08}", ids::spread(n, 100_000_000));
                let [new, old] = [(); 2].map(|()| {
                    self.phones += 1;
                    format!("35700{:06}", ids::spread(self.phones, 1_000_000))
                });
                (party.phone, party.old_phone) = (new, old);
                party.email = format!("sales@foreign-{n}.example");
                party.old_email = format!("export@foreign-{n}.example");
                // Coined brands repeat without the word of the trade.
                party.name_is_shared = true;
            }
            Kind::Trader | Kind::Person | Kind::Staff => {
                party.person = names::person(rng.next(), rng.next(), rng.chance(450));
                party.core = party.person.text();
                party.inn = ids::inn_person(n, Region::Any);
                if kind == Kind::Trader {
                    party.form = "ИП";
                    party.ogrn = ids::ogrnip(n, &party.inn);
                }
                party.phone = self.mobile();
                party.old_phone = self.mobile();
                let box_name = names::translit(&party.person.last);
                party.email = format!("{box_name}.{n}@{}", names::mailbox(n));
                party.old_email = format!("{box_name}-{n}@{}", names::mailbox(n + 1));
                let day = 1 + rng.below(28);
                party.birth = format!("{day:02}.{:02}.{}", 1 + rng.below(12), 1950 + rng.below(55));
            }
        }
        party
    }

    /// Gives a firm everything that depends on its number and its name.
    pub fn register(&mut self, party: &mut Party, n: u64) {
        party.inn = ids::inn_org(n, Region::Any);
        party.kpp = ids::kpp(&party.inn, "01", 1);
        party.ogrn = ids::ogrn(n, &party.inn);
        party.phone = self.office();
        party.old_phone = self.mobile();
        let host = format!("{}-{n}.example", names::translit(&party.core.replace([' ', '№'], "-")));
        party.email = format!("office@{host}");
        party.old_email = format!("info@{host}");
    }
}

/// Firms of a thousand whose name is one usual word.
const COMMON_NAMES: u64 = 30;
