//! Sales of the sample: deals, invoices and payments of the CRM by REST, orders, invoices, waybills, tax invoices and
//! receipts of 1C by OData, the statement of the bank, contracts of both as lists; with planted defects or without any.

mod crm;
mod onec;
mod plant;

use chrono::{Days, NaiveDate};

use super::goods::Goods;
use super::plan::Plan;
use super::world::Kind;
use crate::generate::{ids, rng::Rng};

/// Kopecks.
type Money = i64;

/// Buyers of the sales: base firms that no other defect touches.
const BUYERS: usize = 26;
/// Private persons with a contract.
const PERSONS: usize = 2;
/// Deals of the clean world.
const DEALS: usize = 44;
/// Goods that both sides hold alike.
const SOLD: [usize; 21] = [0, 1, 7, 8, 11, 13, 14, 15, 19, 21, 22, 23, 25, 27, 29, 30, 31, 32, 35, 37, 39];
/// The rate of 2026, per cent.
const VAT: Money = 22;

/// Who answers for deals: number of the user of the CRM, manager of 1C.
const MANAGERS: [(&str, &str); 3] = [("1", "Ильина Вера"), ("7", "Кротов Степан"), ("12", "Юдина Раиса")];

/// Stages of deals: code, name, semantics.
const STAGES: [(&str, &str, &str); 9] = [
    (TALK, "Новая заявка", ""),
    ("UC_NEGOTI", "Переговоры", ""),
    (ORDERED, "Заказ согласован", ""),
    (INVOICED, "Счёт выставлен", ""),
    (SHIPPED, "Отгружено", ""),
    (CLAIM, "Рекламация", ""),
    (WON, "Сделка успешна", "S"),
    (LOST, "Сделка провалена", "F"),
    ("APOLOGY", "Анализ причины провала", "F"),
];
const TALK: &str = "NEW";
const ORDERED: &str = "PREPARATION";
const INVOICED: &str = "PREPAYMENT_INVOICE";
const SHIPPED: &str = "EXECUTING";
const CLAIM: &str = "UC_CLAIM";
const WON: &str = "WON";
const LOST: &str = "LOSE";
/// Stages of smart invoices.
const BILL_STAGES: [(&str, &str, &str); 4] =
    [("DT31_11:N", "Новый", ""), (SENT, "Отправлен", ""), (PAID, "Оплачен", "S"), (CANCELLED, "Отменён", "F")];
const SENT: &str = "DT31_11:S";
const PAID: &str = "DT31_11:P";
const CANCELLED: &str = "DT31_11:D";

struct Buyer {
    crm: String,
    onec: String,
    name: String,
    inn: String,
    kpp: String,
    account: String,
    bik: String,
}

/// A row of goods; a price has the tax in it.
#[derive(Clone)]
struct Line {
    /// Position among the goods.
    good: usize,
    /// Id in the CRM; empty for a row that was typed.
    product: String,
    /// What was typed.
    typed: &'static str,
    quantity: Money,
    price: Money,
    /// Taken off each unit already.
    discount: Money,
}

impl Line {
    fn sum(&self) -> Money {
        self.quantity * self.price
    }
}

fn total(lines: &[Line]) -> Money {
    lines.iter().map(Line::sum).sum()
}

/// The tax in a sum.
fn tax(sum: Money, rate: Money) -> Money {
    (sum * rate * 2 + 100 + rate) / (2 * (100 + rate))
}

struct Deal {
    id: String,
    stage: &'static str,
    amount: Money,
    currency: &'static str,
    company: String,
    /// Number of a user.
    responsible: &'static str,
    lines: Vec<Line>,
    began: NaiveDate,
    closes: NaiveDate,
    changed: NaiveDate,
    /// GUID of the order in 1C.
    origin: String,
}

/// An invoice of the CRM.
struct Bill {
    id: String,
    number: String,
    day: NaiveDate,
    amount: Money,
    tax: Money,
    company: String,
    organisation: String,
    deal: String,
    responsible: &'static str,
    stage: &'static str,
}

/// A mark of the CRM that an invoice is paid.
struct Mark {
    id: String,
    bill: String,
    day: NaiveDate,
    amount: Money,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Order,
    Invoice,
    Waybill,
    TaxInvoice,
    Return,
}

impl Sort {
    const ALL: [Sort; 5] = [Sort::Order, Sort::Invoice, Sort::Waybill, Sort::TaxInvoice, Sort::Return];

    /// Name of the document in 1C.
    fn name(self) -> &'static str {
        match self {
            Sort::Order => "ЗаказКлиента",
            Sort::Invoice => "СчетНаОплатуКлиенту",
            Sort::Waybill => "РеализацияТоваровУслуг",
            Sort::TaxInvoice => "СчетФактураВыданный",
            Sort::Return => "ВозвратТоваровОтКлиента",
        }
    }
}

/// A document of 1C.
#[derive(Clone)]
struct Paper {
    sort: Sort,
    id: String,
    number: String,
    day: NaiveDate,
    party: String,
    manager: &'static str,
    contract: String,
    /// GUID of the document it was made on.
    basis: Option<(Sort, String)>,
    amount: Money,
    lines: Vec<Line>,
    posted: bool,
    deleted: bool,
    /// Id of the deal, where an earlier exchange left it.
    deal: String,
    state: &'static str,
    changed: NaiveDate,
}

/// A payment of a buyer: the receipt of 1C and its line in the statement.
#[derive(Clone)]
struct Receipt {
    id: String,
    number: String,
    /// Number of the bank.
    order: String,
    day: NaiveDate,
    buyer: usize,
    amount: Money,
    purpose: String,
    /// The same line of the statement, loaded once more.
    again: bool,
}

#[derive(Clone)]
struct Contract {
    id: String,
    /// GUID of the contract of 1C that the CRM keeps.
    guid: String,
    buyer: usize,
    /// The person in place of the buyer: id of the contact in the CRM, name in 1C.
    person: Option<[String; 2]>,
    number: String,
    day: String,
    kind: &'static str,
    organisation: &'static str,
    currency: &'static str,
    ends: &'static str,
}

/// What a sale has come to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Talk,
    Order,
    Invoice,
    Shipped,
    Paid,
}

/// Positions of the records of one sale.
#[derive(Clone, Default)]
struct Chain {
    deal: usize,
    order: usize,
    bill: usize,
    invoice: usize,
    waybills: Vec<usize>,
    receipt: usize,
    mark: usize,
}

pub struct Sales {
    buyers: Vec<Buyer>,
    deals: Vec<Deal>,
    bills: Vec<Bill>,
    marks: Vec<Mark>,
    papers: Vec<Paper>,
    receipts: Vec<Receipt>,
    /// Of the CRM, of 1C.
    contracts: [Vec<Contract>; 2],
    /// Rows of deals that nobody has.
    strays: Vec<Line>,
    /// Tax invoice before which a number is missing: its position in the order of their days.
    gap: Option<usize>,
    /// CRM id and price of each sold product.
    goods: Vec<(String, Money)>,
    /// Positions of the persons with a contract.
    people: Vec<usize>,
    own: [String; 2],
    own_crm: String,
    rng: Rng,
    numbers: [u32; Sort::ALL.len()],
}

/// Own organisations: the seller of everything, and one that only contracts name.
const OWN: [&str; 2] = ["ООО \"Ромашка-Трейд\"", "ООО \"Ромашка-Сервис\""];

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a constant day that exists")
}

impl Sales {
    /// The clean world. Takes its buyers from the plan: call it before anything is planted.
    pub fn new(plan: &mut Plan, goods: &Goods) -> Sales {
        let buyers = plan.reserve(BUYERS, |crm, _| crm.kind == Kind::Firm);
        let people = plan.reserve_people(PERSONS);
        let world = &plan.world;
        let buyer = |at: &usize| {
            let (crm, onec) = (&world.crm[*at], &world.onec[*at]);
            Buyer {
                crm: crm.id.clone(),
                onec: onec.id.clone(),
                name: crm.name.clone(),
                inn: crm.inn.clone(),
                kpp: crm.kpp.clone(),
                account: crm.account.clone(),
                bik: crm.bik.clone(),
            }
        };
        let own = world.crm.iter().find(|c| c.own);
        let mut sales = Sales {
            buyers: buyers.iter().map(buyer).collect(),
            deals: Vec::new(),
            bills: Vec::new(),
            marks: Vec::new(),
            papers: Vec::new(),
            receipts: Vec::new(),
            contracts: [Vec::new(), Vec::new()],
            strays: Vec::new(),
            gap: None,
            goods: goods.sold(),
            people,
            own: [world.own_inn.clone(), ids::inn_org(9031, ids::Region::WithoutZero)],
            own_crm: own.map_or_else(String::new, |own| own.id.clone()),
            rng: Rng::new(0x5EED_0D0C),
            numbers: [100; Sort::ALL.len()],
        };
        for at in 0..BUYERS {
            let guid = sales.rng.guid();
            let contract = Contract {
                id: (900 + at).to_string(),
                guid: if at % 3 == 0 { guid.clone() } else { String::new() },
                buyer: at,
                person: None,
                number: format!("{}/26", 40 + at),
                day: format!("{:02}.0{}.2026", 2 + at, 1 + at % 5),
                kind: "С покупателем",
                organisation: OWN[0],
                currency: "Рубль",
                ends: "31.12.2027",
            };
            sales.contracts[1].push(Contract { id: guid, currency: "руб.", ..contract.clone() });
            sales.contracts[0].push(contract);
        }
        for (n, at) in sales.people.clone().into_iter().enumerate() {
            let (crm, onec) = (&plan.world.crm_people[at], &plan.world.onec_people[at]);
            let guid = sales.rng.guid();
            let contract = Contract {
                id: (900 + BUYERS + n).to_string(),
                guid: guid.clone(),
                person: Some([crm.id.clone(), onec.whole.clone()]),
                number: format!("{}/26", 40 + BUYERS + n),
                day: format!("{:02}.06.2026", 2 + n),
                ..sales.contracts[0][0].clone()
            };
            sales.contracts[1].push(Contract { id: guid, currency: "руб.", ..contract.clone() });
            sales.contracts[0].push(contract);
        }
        for n in 0..DEALS {
            let step = match n % 8 {
                0..=3 => Step::Paid,
                4 => Step::Shipped,
                5 => Step::Invoice,
                6 => Step::Order,
                _ => Step::Talk,
            };
            let began = date(2026, 6, 8) + Days::new(3 * n as u64);
            let chain = sales.chain(n % 18, began, step);
            if n % 16 == 15 {
                sales.deals[chain.deal].stage = LOST;
            }
            if n % 8 == 1 {
                sales.split(&chain);
            }
            if n % 3 == 0 && step >= Step::Order {
                sales.deals[chain.deal].origin = sales.papers[chain.order].id.clone();
            }
        }
        sales
    }

    /// INNs of the own organisations.
    pub fn own_inns(&self) -> [&str; 2] {
        [&self.own[0], &self.own[1]]
    }

    /// What the project says of sales: stages, the closed period.
    pub fn project_part(&self) -> String {
        let mut out =
            String::from("\n[map.deal_stage]                 # стадия сделки — до чего дошли документы в 1С\n");
        for (stage, state) in [
            ("Новая заявка", "none"),
            ("Переговоры", "none"),
            ("Заказ согласован", "order"),
            ("Счёт выставлен", "invoice"),
            ("Отгружено", "shipped"),
            ("Сделка успешна", "paid"),
            ("Сделка провалена", "lost"),
            ("Анализ причины провала", "lost"),
        ] {
            out.push_str(&format!("\"{stage}\" = \"{state}\"\n"));
        }
        out.push_str(
            "\n[map.user]                       # ответственный в CRM = менеджер в 1С, если имена пишутся по-разному\n",
        );
        let (number, name) = MANAGERS[1];
        out.push_str(&format!("\"{number}\" = \"{name}\"\n"));
        out + "\n[trade]\nclosed_until = \"2026-06-30\"         # по этот день учёт закрыт\n"
    }

    fn lines(&self, n: usize) -> Vec<Line> {
        let line = |at: usize, quantity: usize| {
            let at = at % SOLD.len();
            let (product, price) = &self.goods[SOLD[at]];
            Line {
                good: SOLD[at],
                product: product.clone(),
                typed: "",
                quantity: quantity as Money,
                price: *price,
                discount: 0,
            }
        };
        vec![line(2 * n, 3 + n * 5 % 17), line(2 * n + 1, 2 + n * 3 % 11)]
    }

    fn number(&mut self, sort: Sort) -> String {
        let number = &mut self.numbers[sort as usize];
        *number += 1;
        format!("ТД00-{number:06}")
    }

    fn paper(&mut self, sort: Sort, of: &Paper, day: NaiveDate) -> usize {
        let paper = Paper {
            sort,
            id: self.rng.guid(),
            number: self.number(sort),
            day,
            basis: Some((of.sort, of.id.clone())),
            deal: String::new(),
            state: "",
            changed: day,
            ..of.clone()
        };
        self.papers.push(paper);
        self.papers.len() - 1
    }

    /// A deal with everything that it has come to.
    fn chain(&mut self, buyer: usize, began: NaiveDate, step: Step) -> Chain {
        let n = self.deals.len();
        let lines = self.lines(n);
        let amount = total(&lines);
        let day = |after: u64| began + Days::new(after);
        let mut chain = Chain { deal: n, ..Chain::default() };
        self.deals.push(Deal {
            id: (2001 + 3 * n).to_string(),
            stage: [TALK, ORDERED, INVOICED, SHIPPED, WON][step as usize],
            amount,
            currency: "RUB",
            company: self.buyers[buyer].crm.clone(),
            responsible: MANAGERS[n % MANAGERS.len()].0,
            lines: lines.clone(),
            began,
            closes: day(12),
            changed: day(10),
            origin: String::new(),
        });
        if step < Step::Order {
            return chain;
        }
        let order = Paper {
            sort: Sort::Order,
            id: self.rng.guid(),
            number: self.number(Sort::Order),
            day: day(1),
            party: self.buyers[buyer].onec.clone(),
            manager: MANAGERS[n % MANAGERS.len()].1,
            contract: self.contracts[1][buyer].id.clone(),
            basis: None,
            amount,
            lines,
            posted: true,
            deleted: false,
            deal: String::new(),
            state: "",
            changed: day(1),
        };
        chain.order = self.papers.len();
        self.papers.push(order.clone());
        if step < Step::Invoice {
            return chain;
        }
        chain.invoice = self.paper(Sort::Invoice, &order, day(1));
        chain.bill = self.bills.len();
        self.bills.push(Bill {
            id: (301 + 2 * self.bills.len()).to_string(),
            number: self.papers[chain.invoice].number.clone(),
            day: day(1),
            amount,
            tax: order.lines.iter().map(|l| tax(l.sum(), VAT)).sum(),
            company: self.buyers[buyer].crm.clone(),
            organisation: self.own_crm.clone(),
            deal: self.deals[n].id.clone(),
            responsible: self.deals[n].responsible,
            stage: SENT,
        });
        if step < Step::Shipped {
            return chain;
        }
        let waybill = self.paper(Sort::Waybill, &order, day(4));
        chain.waybills.push(waybill);
        self.tax_invoice(waybill);
        if step == Step::Paid {
            self.pay(&mut chain, buyer, day(6), amount);
        }
        chain
    }

    fn tax_invoice(&mut self, waybill: usize) {
        let of = self.papers[waybill].clone();
        self.paper(Sort::TaxInvoice, &of, of.day);
    }

    fn pay(&mut self, chain: &mut Chain, buyer: usize, on: NaiveDate, amount: Money) {
        let n = self.receipts.len();
        let (invoice, bill) = (&self.papers[chain.invoice], &mut self.bills[chain.bill]);
        let purpose = purpose(&invoice.number, invoice.day, amount);
        bill.stage = PAID;
        let mark = Mark { id: (7001 + self.marks.len()).to_string(), bill: bill.id.clone(), day: on, amount };
        chain.mark = self.marks.len();
        self.marks.push(mark);
        chain.receipt = n;
        let id = self.rng.guid();
        self.receipts.push(Receipt {
            id,
            number: format!("ТДБП-{:06}", 101 + n),
            order: (211 + 13 * n).to_string(),
            day: on,
            buyer,
            amount,
            purpose,
            again: false,
        });
    }

    /// The second row of a sale is shipped a week later.
    fn split(&mut self, chain: &Chain) {
        let [first, order] = [chain.waybills[0], chain.order];
        let rest = self.papers[first].lines.split_off(1);
        let one = self.papers[first].clone();
        let tax = self.papers.iter().position(|p| p.basis.as_ref().is_some_and(|(_, id)| *id == one.id));
        for at in [Some(first), tax].into_iter().flatten() {
            self.papers[at].lines = one.lines.clone();
            self.papers[at].amount = total(&one.lines);
        }
        let order = self.papers[order].clone();
        let second = self.paper(Sort::Waybill, &order, one.day + Days::new(7));
        self.papers[second].amount = total(&rest);
        self.papers[second].lines = rest;
        self.tax_invoice(second);
    }

    /// Tax invoices are numbered in the order of their days.
    pub fn number_tax_invoices(&mut self) {
        let mut order: Vec<usize> =
            (0..self.papers.len()).filter(|&at| self.papers[at].sort == Sort::TaxInvoice).collect();
        order.sort_by_key(|&at| self.papers[at].day);
        for (n, at) in order.into_iter().enumerate() {
            let skipped = usize::from(self.gap.is_some_and(|gap| n >= gap));
            self.papers[at].number = format!("ТД00-{:06}", 101 + n + skipped);
        }
    }
}

fn purpose(number: &str, day: NaiveDate, amount: Money) -> String {
    format!("Оплата по счету № {number} от {}. В т.ч. НДС {VAT}% - {}", dotted(day), roubles(tax(amount, VAT)))
}

/// `1234.50`.
fn roubles(kopecks: Money) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}

fn dotted(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}
