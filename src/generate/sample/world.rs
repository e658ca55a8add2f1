//! The clean world of the sample: who there is, and how both systems hold it.

use crate::generate::ids::{self, Region};
use crate::generate::names::{self, FullName};
use crate::generate::rng::Rng;
use crate::model::{Entity, Side};

/// Counterparties that both sides hold.
pub const FIRMS: usize = 288;
/// Contacts that both sides hold.
pub const PEOPLE: usize = 298;
/// CRM companies from this one on come by REST, the earlier ones in the CSV.
const REST_FROM: usize = 208;

/// The audited company: listed in the CRM as «Компания продавец» and named in `sverka.toml`.
pub const OWN_NAME: &str = "ООО \"Ромашка-Трейд\"";

/// File that a record stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Source {
    CrmCsv,
    CrmRest,
    CrmEmpty,
    CrmHtml,
    CrmProducts,
    CrmStores,
    CrmStock,
    CrmPrices,
    CrmSales,
    CrmContracts,
    OnecXlsx,
    OnecXml,
    OnecTxt,
    OnecCsv,
    OnecGoods,
    OnecSales,
    OnecBank,
    OnecContracts,
}

impl Source {
    pub const ALL: [Source; 18] = [
        Source::CrmCsv,
        Source::CrmRest,
        Source::CrmEmpty,
        Source::CrmHtml,
        Source::CrmProducts,
        Source::CrmStores,
        Source::CrmStock,
        Source::CrmPrices,
        Source::CrmSales,
        Source::CrmContracts,
        Source::OnecXlsx,
        Source::OnecXml,
        Source::OnecTxt,
        Source::OnecCsv,
        Source::OnecGoods,
        Source::OnecSales,
        Source::OnecBank,
        Source::OnecContracts,
    ];

    /// Path in `sverka.toml`.
    pub fn path(self) -> &'static str {
        match self {
            Source::CrmCsv => "crm/companies.csv",
            Source::CrmRest => "crm/rest",
            Source::CrmEmpty => "crm/contacts_new.csv",
            Source::CrmHtml => "crm/contacts.xls",
            Source::CrmProducts => "crm/products.csv",
            Source::CrmStores => "crm/stores.csv",
            Source::CrmStock => "crm/stock.csv",
            Source::CrmPrices => "crm/prices.csv",
            Source::CrmSales => "crm/sales",
            Source::CrmContracts => "crm/contracts.csv",
            Source::OnecSales => "onec/sales",
            Source::OnecBank => "onec/bank.txt",
            Source::OnecContracts => "onec/contracts.csv",
            Source::OnecGoods => "onec/goods",
            Source::OnecXlsx => "onec/counterparties.xlsx",
            Source::OnecXml => "onec/suppliers.xml",
            Source::OnecTxt => "onec/persons.txt",
            Source::OnecCsv => "onec/persons_archive.csv",
        }
    }

    pub fn side(self) -> Side {
        if self <= Source::CrmContracts { Side::Crm } else { Side::Onec }
    }

    /// `None`: the files say what they hold.
    pub fn entity(self) -> Option<Entity> {
        Some(match self {
            Source::CrmCsv | Source::CrmRest | Source::OnecXlsx | Source::OnecXml => Entity::Counterparty,
            Source::CrmEmpty | Source::CrmHtml | Source::OnecTxt | Source::OnecCsv => Entity::Contact,
            Source::CrmProducts => Entity::Product,
            Source::CrmStores => Entity::Warehouse,
            Source::CrmStock => Entity::Stock,
            Source::CrmPrices => Entity::Price,
            Source::CrmContracts | Source::OnecContracts => Entity::Contract,
            Source::OnecBank => Entity::Payment,
            Source::OnecGoods | Source::CrmSales | Source::OnecSales => return None,
        })
    }
}

/// What a counterparty is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    #[default]
    Firm,
    Trader,
    Person,
    Foreign,
}

impl Kind {
    pub fn onec(self) -> &'static str {
        match self {
            Kind::Firm => "Юридическое лицо",
            Kind::Trader => "Индивидуальный предприниматель",
            Kind::Person => "Физическое лицо",
            Kind::Foreign => "Юридическое лицо за пределами РФ",
        }
    }
}

/// A further requisite of a CRM company (REST).
#[derive(Clone, Debug)]
pub struct Requisite {
    pub preset: u8,
    pub inn: String,
    pub kpp: String,
}

/// How surely a record can be paired with the others of its party.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Pairs {
    /// Linked without a person.
    Auto,
    /// Its evidence is spoiled: a person may have to decide.
    Review,
    /// It holds a value that speaks for another party: a veto keeps the pair apart, and a finding says so.
    Apart,
}

impl Pairs {
    pub fn as_str(self) -> &'static str {
        match self {
            Pairs::Auto => "auto",
            Pairs::Review => "review",
            Pairs::Apart => "apart",
        }
    }
}

/// A counterparty as one system holds it. Texts stand as that system writes them.
#[derive(Clone, Debug)]
pub struct Card {
    pub source: Source,
    /// Records with one number are one real party.
    pub party: u32,
    pub pairs: Pairs,
    pub id: String,
    pub code: String,
    pub kind: Kind,
    /// Bitrix24 preset: 1 organisation, 2 sole trader, 3 person.
    pub preset: u8,
    pub name: String,
    pub full_name: String,
    pub inn: String,
    pub kpp: String,
    pub ogrn: String,
    pub phone: String,
    pub email: String,
    pub site: String,
    pub address: String,
    pub account: String,
    pub bik: String,
    pub origin: String,
    pub head: String,
    /// Group of 1C when it is not that of the kind.
    pub folder: &'static str,
    pub turnover: u64,
    pub comment: String,
    pub created: String,
    pub modified: String,
    pub responsible: &'static str,
    pub own: bool,
    pub deleted: bool,
    /// The system does not hold it: the other side's record is one-sided.
    pub gone: bool,
    pub more: Vec<Requisite>,
}

/// A contact as one system holds it.
#[derive(Clone, Debug)]
pub struct Person {
    pub source: Source,
    pub party: u32,
    pub pairs: Pairs,
    pub id: String,
    pub last: String,
    pub first: String,
    pub patronymic: String,
    /// «Наименование» of 1C; the CRM has the parts only.
    pub whole: String,
    pub woman: bool,
    pub birth: String,
    pub inn: String,
    pub snils: String,
    pub document: String,
    pub document_date: String,
    pub phone: String,
    pub email: String,
    /// Employer: position in the cards of the same side.
    pub employer: Option<usize>,
    pub position: &'static str,
    pub comment: String,
    pub consent: &'static str,
    pub created: String,
    pub modified: String,
    pub responsible: &'static str,
    pub gone: bool,
}

impl Person {
    pub fn set_name(&mut self, name: &FullName) {
        self.last.clone_from(&name.last);
        self.first.clone_from(&name.first);
        self.patronymic.clone_from(&name.patronymic);
        self.woman = name.woman;
        self.whole = name.text();
    }
}

/// Both systems. Firm `i` of the base world is `crm[i]` and `onec[i]`, person `i` likewise.
pub struct World {
    pub crm: Vec<Card>,
    pub onec: Vec<Card>,
    pub crm_people: Vec<Person>,
    pub onec_people: Vec<Person>,
    pub rng: Rng,
    /// The own organisation: INN and phone, digits.
    pub own_inn: String,
    pub own_phone: String,
    next_party: u32,
    next_firm: u64,
    next_name: u64,
    next_contact: u64,
    next_extra: u64,
}

/// One id of each sort.
pub struct ExtraIds {
    pub crm: String,
    pub contact: String,
    pub code: String,
    pub guid: String,
    pub person: String,
}

const MANAGERS: [&str; 4] = ["Королькова Инна", "Лукошкин Глеб", "Пряхина Вера", "Чайкин Марк"];

/// `dd.mm.yyyy HH:MM:SS` in the two years before the audit.
fn stamp(n: u64, year: u64) -> String {
    let (day, month) = (1 + n % 28, 1 + n * 3 % 10);
    format!("{day:02}.{month:02}.{year} {:02}:{:02}:{:02}", 9 + n % 9, n * 13 % 60, n * 17 % 60)
}

impl World {
    pub fn new() -> World {
        let mut world = World {
            crm: Vec::new(),
            onec: Vec::new(),
            crm_people: Vec::new(),
            onec_people: Vec::new(),
            rng: Rng::new(0x5EED_0001),
            own_inn: String::new(),
            own_phone: String::new(),
            next_party: 0,
            next_firm: 0,
            next_name: 0,
            next_contact: 0,
            next_extra: 0,
        };
        for at in 0..FIRMS {
            let kind = if at % 10 == 7 { Kind::Trader } else { Kind::Firm };
            let (crm, onec) = world.firm(kind, at);
            world.crm.push(crm);
            world.onec.push(onec);
        }
        for at in 0..PEOPLE {
            let employer = if at % 97 == 13 { None } else { Some(at * 5 % FIRMS) };
            let (crm, onec) = world.person(employer);
            world.crm_people.push(crm);
            world.onec_people.push(onec);
        }
        let own = world.own();
        world.own_inn.clone_from(&own.inn);
        world.own_phone.clone_from(&own.phone);
        world.crm.push(own);
        world
    }

    pub fn new_party(&mut self) -> u32 {
        self.next_party += 1;
        self.next_party
    }

    /// A name that no other person of the world has.
    pub fn fresh_name(&mut self) -> FullName {
        self.next_name += 1;
        names::full_name(self.next_name)
    }

    /// Digits of a mobile number that nobody of the world has.
    pub fn fresh_mobile(&mut self) -> String {
        self.next_contact += 1;
        ids::mobile(self.next_contact)
    }

    /// Digits of an office number that nobody of the world has.
    pub fn fresh_office(&mut self) -> String {
        self.next_contact += 1;
        ids::office(self.next_contact)
    }

    pub fn crm_id(&self) -> String {
        // Deals and leads take numbers of their own, so ids of companies have gaps of no meaning.
        format!("{}", 1200 + 2 * self.next_firm + self.next_firm / 7)
    }

    /// A new party with its card in the CRM and in 1C. `at` decides the files: it is the position for base firms.
    pub fn firm(&mut self, kind: Kind, at: usize) -> (Card, Card) {
        let n = self.next_firm;
        self.next_firm += 1;
        let party = self.new_party();
        let crm_source = if at < REST_FROM { Source::CrmCsv } else { Source::CrmRest };
        let onec_source = if at % 4 == 3 { Source::OnecXml } else { Source::OnecXlsx };
        // The workbook keeps numbers: an INN that begins with 0 would lose it, which is a defect of its own.
        let region = if onec_source == Source::OnecXml && at % 8 == 3 { Region::WithZero } else { Region::WithoutZero };
        let (name, full_name, inn, kpp, ogrn, group);
        let core = names::company(n);
        let mut domain = names::translit(&core);
        match kind {
            Kind::Trader | Kind::Person => {
                let person = self.fresh_name();
                domain = format!("{}-{n}", names::translit(&person.last));
                inn = ids::inn_person(n, region);
                kpp = String::new();
                group = "40802";
                if kind == Kind::Trader {
                    name = format!("ИП {}", person.text());
                    full_name = format!("Индивидуальный предприниматель {}", person.text());
                    ogrn = ids::ogrnip(n, &inn);
                } else {
                    name = person.text();
                    full_name = person.text();
                    ogrn = String::new();
                }
            }
            Kind::Firm | Kind::Foreign => {
                let (short, long) = match n % 12 {
                    5 => ("АО", "Акционерное общество"),
                    _ => ("ООО", "Общество с ограниченной ответственностью"),
                };
                name = format!("{short} \"{core}\"");
                full_name = format!("{long} \"{core}\"");
                inn = ids::inn_org(n, region);
                kpp = ids::kpp(&inn, "01", 1);
                ogrn = ids::ogrn(n, &inn);
                group = "40702";
            }
        }
        let (bik, _) = ids::BANKS[(n % 4) as usize];
        let guid = self.rng.guid();
        let crm = Card {
            source: crm_source,
            party,
            pairs: Pairs::Auto,
            id: self.crm_id(),
            code: String::new(),
            kind,
            preset: match kind {
                Kind::Firm | Kind::Foreign => 1,
                Kind::Trader => 2,
                Kind::Person => 3,
            },
            name,
            full_name,
            inn,
            kpp,
            ogrn,
            phone: if matches!(kind, Kind::Person) { self.fresh_mobile() } else { self.fresh_office() },
            email: format!("office@{domain}.example"),
            site: format!("https://{domain}.example"),
            address: names::address(n * 37 + 11),
            account: ids::account(n, group, bik),
            bik: bik.to_owned(),
            origin: guid.clone(),
            head: String::new(),
            folder: "",
            turnover: 12_000 + n * 7_919 % 1_900_000,
            comment: String::new(),
            created: stamp(n, 2024),
            modified: stamp(n + 3, 2026),
            responsible: MANAGERS[(n % 4) as usize],
            own: false,
            deleted: false,
            gone: false,
            more: Vec::new(),
        };
        let onec = Card { source: onec_source, id: guid, code: format!("00-{:06}", n + 1), ..crm.clone() };
        (crm, onec)
    }

    /// A new person with the contact in the CRM and in 1C, working for a base firm.
    pub fn person(&mut self, employer: Option<usize>) -> (Person, Person) {
        let name = self.fresh_name();
        let n = self.next_name;
        let party = self.new_party();
        let mut crm = Person {
            source: Source::CrmHtml,
            party,
            pairs: Pairs::Auto,
            id: format!("{}", 5000 + 3 * n),
            last: String::new(),
            first: String::new(),
            patronymic: String::new(),
            whole: String::new(),
            woman: false,
            birth: format!("{:02}.{:02}.{}", 13 + n * 7 % 16, 1 + n * 5 % 12, 1962 + n * 11 % 40),
            inn: String::new(),
            snils: String::new(),
            document: String::new(),
            document_date: String::new(),
            phone: self.fresh_mobile(),
            email: format!("{}.{n}@{}", names::translit(&name.last), names::mailbox(n)),
            employer,
            position: if employer.is_some() { names::position(n) } else { "" },
            comment: String::new(),
            consent: "Да",
            created: stamp(n, 2025),
            modified: stamp(n + 5, 2026),
            responsible: MANAGERS[(n % 4) as usize],
            gone: false,
        };
        crm.set_name(&name);
        let onec = Person {
            source: if n % 7 == 5 { Source::OnecCsv } else { Source::OnecTxt },
            id: format!("ФЛ-{n:06}"),
            snils: ids::snils(n),
            document: ids::passport(n),
            document_date: format!("{:02}.{:02}.{}", 1 + n % 28, 1 + n % 12, 1982 + n * 11 % 40),
            ..crm.clone()
        };
        (crm, onec)
    }

    /// Ids for a further record of a party that the world already has.
    pub fn extra_ids(&mut self) -> ExtraIds {
        self.next_extra += 1;
        let n = self.next_extra;
        ExtraIds {
            crm: format!("{}", 2400 + 3 * n),
            contact: format!("{}", 6300 + 3 * n),
            code: format!("00-{:06}", 700 + n),
            guid: self.rng.guid(),
            person: format!("ФЛ-{:06}", 700 + n),
        }
    }

    /// The own organisation as the CRM lists it.
    fn own(&mut self) -> Card {
        let (mut own, _) = self.firm(Kind::Firm, 0);
        own.name = OWN_NAME.to_owned();
        own.full_name = "Общество с ограниченной ответственностью \"Ромашка-Трейд\"".to_owned();
        own.email = "office@romashka-trade.example".to_owned();
        own.site = "https://romashka-trade.example".to_owned();
        own.own = true;
        own
    }
}
