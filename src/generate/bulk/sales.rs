//! Sales between parties that both systems hold: deals, invoices, rows and payments of the CRM, orders, invoices, waybills,
//! lines and receipts of 1C, with what goes wrong on the way and the truth about every pair.

use chrono::{Days, NaiveDate};

use super::output::{Output, Style};
use super::record::Record;
use super::{GenerateError, Sink};
use crate::generate::rng::Rng;
use crate::model::{Entity, Side};

/// Kopecks.
type Money = i64;

/// Per thousand sales: how often each thing happens.
mod share {
    /// 1C keeps the number of the deal.
    pub const SHARED_ID: u64 = 150;
    pub const LOST: u64 = 20;
    pub const GHOST: u64 = 20;
    /// A row was changed in 1C alone.
    pub const DRIFT: u64 = 20;
    /// A kopeck of rounding in the invoice of 1C.
    pub const ROUNDING: u64 = 10;
    pub const SPLIT: u64 = 120;
    pub const PARTLY_PAID: u64 = 100;
    /// The invoice of the CRM has its tax on top.
    pub const TAX_ON_TOP: u64 = 60;
    /// A waybill that names no order.
    pub const NO_BASIS: u64 = 100;
    /// The CRM writes the number without prefix and zeros.
    pub const BARE_NUMBER: u64 = 600;
    pub const NO_NUMBER: u64 = 40;
    /// Sold again a month later, for the same sum.
    pub const MONTHLY: u64 = 20;
}

/// Chance per thousand that a party buys what has come due: parties buy in turns, some much.
const BUYS: u64 = 350;
const VAT: Money = 22;

/// Where a sale has come to, as the CRM calls it.
const STAGES: [(&str, &str); 6] = [
    ("Новая", "none"),
    ("Заказ согласован", "order"),
    ("Счёт выставлен", "invoice"),
    ("Отгружено", "shipped"),
    ("Оплачено", "paid"),
    ("Отказ", "lost"),
];

/// A table: path, side, entity, style, headings.
struct Table {
    path: &'static str,
    side: Side,
    entity: Entity,
    headings: &'static [&'static str],
}

const TABLES: [Table; 8] = [
    Table {
        path: "crm/deals.csv",
        side: Side::Crm,
        entity: Entity::Deal,
        headings: &["Название сделки", "Стадия сделки", "Сумма", "ID компании", "Дата начала", "Дата закрытия", "ID"],
    },
    Table {
        path: "crm/deal_rows.csv",
        side: Side::Crm,
        entity: Entity::Line,
        headings: &["ID сделки", "Номер строки", "Товар", "Количество", "Цена", "Сумма", "ID"],
    },
    Table {
        path: "crm/invoices.csv",
        side: Side::Crm,
        entity: Entity::Document,
        headings: &["Номер", "Дата", "Сумма", "Сумма НДС", "НДС в сумме", "ID компании", "ID сделки", "ID"],
    },
    Table {
        path: "crm/payments.csv",
        side: Side::Crm,
        entity: Entity::Payment,
        headings: &["Дата", "Сумма", "ID компании", "ID сделки", "ID"],
    },
    Table {
        path: "onec/orders.csv",
        side: Side::Onec,
        entity: Entity::Document,
        headings: &["Номер", "Дата", "Код контрагента", "Сумма", "Проведен", "ID сделки в CRM", "GUID"],
    },
    Table {
        path: "onec/invoices.csv",
        side: Side::Onec,
        entity: Entity::Document,
        headings: &["Номер", "Дата", "Код контрагента", "Сумма", "Проведен", "Документ-основание", "GUID"],
    },
    Table {
        path: "onec/shipments.csv",
        side: Side::Onec,
        entity: Entity::Document,
        headings: &["Номер", "Дата", "Код контрагента", "Сумма", "Проведен", "Документ-основание", "GUID"],
    },
    Table {
        path: "onec/document_lines.csv",
        side: Side::Onec,
        entity: Entity::Line,
        headings: &["Документ", "Номер строки", "Номенклатура", "Количество", "Цена", "Сумма", "Сумма НДС"],
    },
];
const RECEIPTS: Table = Table {
    path: "onec/receipts.csv",
    side: Side::Onec,
    entity: Entity::Payment,
    headings: &["Номер", "Дата", "Код контрагента", "Сумма", "Назначение платежа", "GUID"],
};

/// What was written of sales.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SalesCounts {
    /// Deals and invoices of the CRM; orders, invoices and waybills of 1C.
    pub documents: [usize; 2],
    pub lines: [usize; 2],
    pub payments: [usize; 2],
    /// True pairs of documents, and those that share no id.
    pub pairs: usize,
    pub without_id: usize,
    /// On one side only.
    pub lost: usize,
    pub ghosts: usize,
}

#[derive(Clone, Copy)]
struct Line {
    product: u64,
    quantity: Money,
    price: Money,
}

impl Line {
    fn sum(&self) -> Money {
        self.quantity * self.price
    }
}

fn total(lines: &[Line]) -> Money {
    lines.iter().map(Line::sum).sum()
}

fn tax(sum: Money) -> Money {
    (sum * VAT * 2 + 100 + VAT) / (2 * (100 + VAT))
}

fn roubles(kopecks: Money) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}

fn dotted(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// Goes with the making of parties: writes sales of those that both systems know by one INN.
pub struct Sales {
    /// Documents of 1C to be written.
    target: usize,
    rng: Rng,
    deals: u64,
    /// Last number of an order, an invoice, a waybill, a receipt.
    numbers: [u64; 4],
    tables: Vec<Output>,
    receipts: Output,
    truth: Output,
    noise: Output,
    pub counts: SalesCounts,
}

const DEALS: usize = 0;
const ROWS: usize = 1;
const BILLS: usize = 2;
const MARKS: usize = 3;
const ORDERS: usize = 4;
const INVOICES: usize = 5;
const WAYBILLS: usize = 6;
const LINES: usize = 7;

/// A buyer: id in the CRM, code in 1C.
#[derive(Clone, Copy)]
struct Buyer<'a>(&'a str, &'a str);

impl Sales {
    pub fn open(target: usize, seed: u64, sink: &mut dyn Sink) -> Result<Sales, GenerateError> {
        let mut number = seed ^ 0x5A1E_5A1E;
        let mut open = |path: &str, style: Style, headings: &[&str]| {
            number = number.wrapping_add(1);
            Output::open(sink, path, style, headings, number)
        };
        let style = |side| if side == Side::Crm { Style::Bitrix24 } else { Style::Plain };
        let tables = TABLES.iter().map(|t| open(t.path, style(t.side), t.headings)).collect::<Result<_, _>>()?;
        let truth = ["left_key", "right_key", "shared_id"];
        Ok(Sales {
            target,
            rng: Rng::new(seed ^ 0xD0C5),
            deals: 0,
            numbers: [0; 4],
            tables,
            receipts: open(RECEIPTS.path, Style::Plain, RECEIPTS.headings)?,
            truth: open("documents_truth.csv", Style::Commas, &truth)?,
            noise: open("documents_noise.csv", Style::Commas, &["key", "noise"])?,
            counts: SalesCounts::default(),
        })
    }

    pub fn close(self) -> Result<SalesCounts, GenerateError> {
        for output in self.tables.into_iter().chain([self.receipts, self.truth, self.noise]) {
            output.close()?;
        }
        Ok(self.counts)
    }

    /// Sources of the project and what it says of stages.
    pub fn project_part() -> String {
        let mut out = String::new();
        for table in TABLES.iter().chain([&RECEIPTS]) {
            let Table { path, side, entity, .. } = table;
            out += &format!("\n[[source]]\nside = \"{side}\"\nentity = \"{entity}\"\npath = \"{path}\"\n");
        }
        out += "\n[map.deal_stage]\n";
        for (stage, state) in STAGES {
            out += &format!("\"{stage}\" = \"{state}\"\n");
        }
        out
    }

    /// Lets a party buy what has come due when `done` of `rows` records of 1C are written.
    pub fn serve(&mut self, crm: &[Record], onec: &[Record], done: usize, rows: usize) -> Result<(), GenerateError> {
        let due = (self.target as u128 * done as u128 / rows.max(1) as u128) as usize;
        let (Some(crm), Some(onec)) = (crm.first(), onec.first()) else { return Ok(()) };
        let is_firm = crm.entity == Entity::Counterparty && onec.entity == Entity::Counterparty;
        // Who buys has an INN on both sides: without it no document of sale is made out.
        let known = !crm.said.inn.is_empty() && crm.said.inn == onec.said.inn;
        if !is_firm || !known || self.counts.documents[1] >= due || !self.rng.chance(BUYS) {
            return Ok(());
        }
        while self.counts.documents[1] < due {
            let day = self.day();
            let lines = self.lines();
            self.sale(Buyer(&crm.id, &onec.id), day, &lines)?;
            if self.rng.chance(share::MONTHLY) {
                for month in 1..=2 {
                    self.sale(Buyer(&crm.id, &onec.id), day + Days::new(30 * month), &lines)?;
                }
            }
        }
        Ok(())
    }

    fn day(&mut self) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a constant day that exists");
        first + Days::new(self.rng.below(240))
    }

    fn lines(&mut self) -> Vec<Line> {
        let count = 1 + self.rng.below(5);
        (0..count)
            .map(|_| Line {
                product: 1 + self.rng.below(20_000),
                quantity: 1 + self.rng.below(40) as Money,
                // Prices of shops end in roubles more often than in kopecks.
                price: if self.rng.chance(600) {
                    100 * (20 + self.rng.below(9_000))
                } else {
                    500 + self.rng.below(900_000)
                } as Money,
            })
            .collect()
    }

    fn number(&mut self, of: usize) -> String {
        self.numbers[of] += 1;
        format!("ТД00-{:06}", self.numbers[of])
    }

    fn later(&mut self, day: NaiveDate, most: u64) -> NaiveDate {
        day + Days::new(self.rng.below(most + 1))
    }

    /// A deal and what came of it.
    fn sale(&mut self, buyer: Buyer, began: NaiveDate, lines: &[Line]) -> Result<(), GenerateError> {
        let draw = self.rng.below(1000);
        let lost = draw < share::LOST;
        let ghost = (share::LOST..share::LOST + share::GHOST).contains(&draw);
        let step = match self.rng.below(100) {
            0..60 => 4,
            60..75 => 3,
            75..85 => 2,
            85..92 => 1,
            92..96 => 0,
            _ => 5,
        };
        let step = if lost || ghost { 4 } else { step };
        self.deals += 1;
        let deal = (1_000_000 + self.deals).to_string();
        let bill = (500_000_000 + self.deals).to_string();
        let amount = total(lines);
        let billed = matches!(step, 2..=4);
        if !ghost {
            let closes = began + Days::new(10);
            let cells = [
                &format!("Поставка {deal}"),
                STAGES[step].0,
                &roubles(amount),
                buyer.0,
                &dotted(began),
                &dotted(closes),
                &deal,
            ];
            self.tables[DEALS].push(&cells.map(|c: &str| c))?;
            self.counts.documents[0] += 1;
            for (at, line) in lines.iter().enumerate() {
                let id = format!("{deal}{at:02}");
                self.line(ROWS, &deal, at, line, &id)?;
            }
            self.counts.lines[0] += lines.len();
        }
        if lost {
            self.counts.lost += 1;
            self.noise.push(&[&format!("crm:deal:{deal}"), "lost"])?;
            return Ok(());
        }
        if step == 0 || step == 5 {
            return Ok(());
        }
        let shared = !ghost && self.rng.chance(share::SHARED_ID);
        let papers = self.onec(buyer, began, lines, step, if shared { &deal } else { "" })?;
        if ghost {
            self.counts.ghosts += 1;
            self.noise.push(&[&format!("onec:document:{}", papers.order), "ghost"])?;
            return Ok(());
        }
        for paper in papers.all() {
            self.pair(&format!("crm:deal:{deal}"), paper, shared)?;
        }
        if billed {
            self.bill(buyer, &bill, &deal, amount, &papers)?;
            if step == 4 {
                self.mark(buyer, &deal, &papers)?;
            }
        }
        if papers.drifted {
            self.noise.push(&[&format!("crm:deal:{deal}"), "drift"])?;
        }
        Ok(())
    }

    fn pair(&mut self, left: &str, paper: &str, shared: bool) -> Result<(), GenerateError> {
        self.counts.pairs += 1;
        self.counts.without_id += usize::from(!shared);
        self.truth.push(&[left, &format!("onec:document:{paper}"), if shared { "yes" } else { "no" }])
    }

    fn line(&mut self, table: usize, owner: &str, at: usize, line: &Line, last: &str) -> Result<(), GenerateError> {
        let cells = [
            owner,
            &(at + 1).to_string(),
            &format!("Товар {}", line.product),
            &line.quantity.to_string(),
            &roubles(line.price),
            &roubles(line.sum()),
            last,
        ];
        self.tables[table].push(&cells)
    }

    /// Documents of 1C up to a step.
    fn onec(
        &mut self,
        buyer: Buyer,
        began: NaiveDate,
        lines: &[Line],
        step: usize,
        deal: &str,
    ) -> Result<Papers, GenerateError> {
        let mut lines = lines.to_vec();
        let drifted = self.rng.chance(share::DRIFT);
        if drifted {
            lines[0].quantity += 1 + self.rng.below(5) as Money;
        }
        let mut papers = Papers { drifted, ..Papers::default() };
        let on = self.later(began, 3);
        papers.order = self.rng.guid();
        let number = self.number(0);
        self.paper(ORDERS, &papers.order.clone(), &number, on, buyer, total(&lines), deal, &lines)?;
        if step < 2 {
            return Ok(papers);
        }
        papers.invoice = self.rng.guid();
        papers.number = self.number(1);
        papers.invoiced = self.later(on, 2);
        papers.amount = total(&lines) + Money::from(self.rng.chance(share::ROUNDING));
        let (order, invoice, number) = (papers.order.clone(), papers.invoice.clone(), papers.number.clone());
        self.paper(INVOICES, &invoice, &number, papers.invoiced, buyer, papers.amount, &order, &lines)?;
        if step < 3 {
            return Ok(papers);
        }
        let parts = if lines.len() > 1 && self.rng.chance(share::SPLIT) { 2 } else { 1 };
        let mut shipped = self.later(papers.invoiced, 6);
        for part in lines.chunks(lines.len().div_ceil(parts)) {
            let id = self.rng.guid();
            let number = self.number(2);
            let basis = if self.rng.chance(share::NO_BASIS) { "" } else { &order };
            self.paper(WAYBILLS, &id, &number, shipped, buyer, total(part), basis, part)?;
            papers.waybills.push(id);
            shipped = shipped + Days::new(2 + self.rng.below(6));
        }
        if step == 4 {
            let paid = if self.rng.chance(share::PARTLY_PAID) { papers.amount / 2 } else { papers.amount };
            papers.paid = Some((self.later(papers.invoiced, 12), paid));
            let (day, sum) = papers.paid.expect("set above");
            let purpose = format!("Оплата по счету № {} от {}", papers.number, dotted(papers.invoiced));
            let number = self.number(3);
            let id = self.rng.guid();
            self.receipts.push(&[&number, &dotted(day), buyer.1, &roubles(sum), &purpose, &id])?;
            self.counts.payments[1] += 1;
        }
        Ok(papers)
    }

    #[expect(clippy::too_many_arguments, reason = "the cells of a row")]
    fn paper(
        &mut self,
        table: usize,
        id: &str,
        number: &str,
        day: NaiveDate,
        buyer: Buyer,
        amount: Money,
        basis: &str,
        lines: &[Line],
    ) -> Result<(), GenerateError> {
        self.tables[table].push(&[number, &dotted(day), buyer.1, &roubles(amount), "Да", basis, id])?;
        self.counts.documents[1] += 1;
        for (at, line) in lines.iter().enumerate() {
            self.line(LINES, id, at, line, &roubles(tax(line.sum())))?;
        }
        self.counts.lines[1] += lines.len();
        Ok(())
    }

    /// The invoice of the CRM.
    fn bill(
        &mut self,
        buyer: Buyer,
        id: &str,
        deal: &str,
        amount: Money,
        papers: &Papers,
    ) -> Result<(), GenerateError> {
        let bare = papers.number.trim_start_matches("ТД00-").trim_start_matches('0');
        let number = if self.rng.chance(share::NO_NUMBER) {
            ""
        } else if self.rng.chance(share::BARE_NUMBER) {
            bare
        } else {
            &papers.number
        };
        let on_top = self.rng.chance(share::TAX_ON_TOP);
        let tax = tax(amount);
        let (sum, flag) = if on_top { (amount - tax, "Нет") } else { (amount, "Да") };
        let cells = [number, &dotted(papers.invoiced), &roubles(sum), &roubles(tax), flag, buyer.0, deal, id];
        self.tables[BILLS].push(&cells)?;
        self.counts.documents[0] += 1;
        self.pair(&format!("crm:document:{id}"), &papers.invoice, false)
    }

    /// The payment as a manager marks it, a day or two later.
    fn mark(&mut self, buyer: Buyer, deal: &str, papers: &Papers) -> Result<(), GenerateError> {
        let Some((day, sum)) = papers.paid else { return Ok(()) };
        let day = self.later(day, 2);
        self.counts.payments[0] += 1;
        self.tables[MARKS].push(&[&dotted(day), &roubles(sum), buyer.0, deal, &format!("9{deal}")])
    }
}

/// What 1C made of a deal.
#[derive(Default)]
struct Papers {
    order: String,
    invoice: String,
    number: String,
    invoiced: NaiveDate,
    amount: Money,
    waybills: Vec<String>,
    paid: Option<(NaiveDate, Money)>,
    drifted: bool,
}

impl Papers {
    fn all(&self) -> impl Iterator<Item = &str> {
        let first = [&self.order, &self.invoice].into_iter().filter(|id| !id.is_empty());
        first.chain(&self.waybills).map(String::as_str)
    }
}
