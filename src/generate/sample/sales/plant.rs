//! The defects of sales, each in a sale of its own.

use chrono::{Days, NaiveDate};

use super::{
    CANCELLED, CLAIM, Chain, INVOICED, LOST, ORDERED, OWN, SHIPPED, Sales, Sort, Step, WON, date, purpose, roubles, tax,
};
use crate::generate::sample::goods::{self, Goods};
use crate::generate::sample::plan::{Plan, Planted, key};
use crate::model::{Entity, Side};

use Entity::{Contract, Deal, Document, Line, Payment};
use Side::{Crm, Onec};

/// The first day of the planted sales; the next begins a day or two later.
const FIRST: (i32, u32, u32) = (2026, 7, 2);
/// A product that the CRM has switched off.
const ARCHIVED: usize = 40;

/// Makes sales and says what is wrong in them.
struct Planter<'a> {
    sales: &'a mut Sales,
    plan: &'a mut Plan,
    made: usize,
}

impl Planter<'_> {
    /// A sale of a buyer whose contracts are right.
    fn sale(&mut self, step: Step) -> Chain {
        let (year, month, day) = FIRST;
        let began = date(year, month, day) + Days::new(2 * self.made as u64);
        self.sale_on(began, step)
    }

    fn sale_on(&mut self, began: NaiveDate, step: Step) -> Chain {
        self.made += 1;
        self.sales.chain(self.made * 5 % 18, began, step)
    }

    /// A sale whose order the CRM keeps.
    fn linked(&mut self, step: Step) -> Chain {
        let chain = self.sale(step);
        self.sales.deals[chain.deal].origin = self.sales.papers[chain.order].id.clone();
        chain
    }

    fn found(
        &mut self,
        check: &'static str,
        side: Side,
        entity: Entity,
        record: &str,
        others: &[String],
        note: &'static str,
    ) {
        let record = record.to_owned();
        self.plan.findings.push(Planted { check, side, entity: Some(entity), record, others: others.to_vec(), note });
    }

    fn deal(&self, chain: &Chain) -> String {
        self.sales.deals[chain.deal].id.clone()
    }

    fn paper(&self, at: usize) -> String {
        self.sales.papers[at].id.clone()
    }

    fn bill(&self, chain: &Chain) -> String {
        self.sales.bills[chain.bill].id.clone()
    }

    /// A finding about a deal and, where given, a document of 1C.
    fn on_deal(&mut self, check: &'static str, chain: &Chain, paper: Option<usize>, note: &'static str) {
        let others: Vec<String> = paper.iter().map(|&at| key(Onec, Document, &self.paper(at))).collect();
        self.found(check, Crm, Deal, &self.deal(chain), &others, note);
    }

    /// A finding about an invoice of the CRM and its pair.
    fn on_bill(&mut self, check: &'static str, chain: &Chain, note: &'static str) {
        let others = [key(Onec, Document, &self.paper(chain.invoice))];
        self.found(check, Crm, Document, &self.bill(chain), &others, note);
    }

    /// A finding about a document of 1C and, where `with_deal`, its deal.
    fn on_paper(&mut self, check: &'static str, chain: &Chain, at: usize, with_deal: bool, note: &'static str) {
        let others: Vec<String> = with_deal.then(|| key(Crm, Deal, &self.deal(chain))).into_iter().collect();
        self.found(check, Onec, Document, &self.paper(at), &others, note);
    }

    /// Writes the sum of a receipt and of its mark.
    fn pays(&mut self, chain: &Chain, amount: i64) {
        self.sales.receipts[chain.receipt].amount = amount;
        self.sales.marks[chain.mark].amount = amount;
    }

    /// Takes the documents of 1C from a sale.
    fn only_deal(&mut self, stage: &'static str) -> Chain {
        let chain = self.sale(Step::Talk);
        self.sales.deals[chain.deal].stage = stage;
        chain
    }
}

impl Sales {
    /// Plants every defect that deals, documents, payments and contracts can carry.
    pub fn plant(&mut self, plan: &mut Plan, catalogue: &mut Goods) {
        let mut p = Planter { sales: self, plan, made: 0 };
        sums(&mut p);
        states(&mut p);
        one_sided(&mut p);
        deals(&mut p, catalogue);
        payments(&mut p);
        contracts(&mut p);
        // Rows are numbered in the order of the deals; those without an owner come last.
        let line = p.sales.lines(3)[0].clone();
        p.sales.strays.push(line);
        let id = (40_001 + p.sales.deals.iter().map(|d| d.lines.len()).sum::<usize>()).to_string();
        p.found("doc-line-orphan", Crm, Line, &id, &[], "a row of a deal that nobody has");
        p.sales.gap = Some(30);
        p.sales.number_tax_invoices();
        let after = p.sales.papers.iter().filter(|x| x.sort == Sort::TaxInvoice).find(|x| x.number.ends_with("000132"));
        let id = after.expect("there are more than thirty tax invoices").id.clone();
        p.found("doc-sf-number-gap", Onec, Document, &id, &[], "one number before it is missing");
    }
}

fn sums(p: &mut Planter) {
    let c = p.linked(Step::Paid);
    let order = &mut p.sales.papers[c.order];
    order.lines[0].quantity += 1;
    order.amount = super::total(&order.lines);
    p.on_deal("doc-amount-drift", &c, Some(c.order), "one piece more in the order");

    let c = p.linked(Step::Order);
    p.sales.papers[c.order].amount += 1;
    p.on_deal("doc-rounding", &c, Some(c.order), "a kopeck of rounding");

    let c = p.sale(Step::Invoice);
    let bill = &mut p.sales.bills[c.bill];
    bill.tax = tax(bill.amount, 20);
    p.on_bill("doc-vat-drift", &c, "the tax of the old rate");

    let c = p.linked(Step::Order);
    let order = &mut p.sales.papers[c.order];
    let whole = order.amount;
    order.lines.truncate(1);
    (order.lines[0].quantity, order.lines[0].price) = (1, whole);
    p.on_deal("doc-lines-drift", &c, Some(c.order), "two rows became one");

    let c = p.sale(Step::Order);
    p.sales.deals[c.deal].lines[0].discount = 1_000;
    p.on_deal("doc-discount-model", &c, Some(c.order), "the discount stands in the CRM only");

    let c = p.sale_on(date(2026, 9, 27), Step::Paid);
    let invoice = &mut p.sales.papers[c.invoice];
    invoice.day = date(2026, 10, 2);
    let text = purpose(&invoice.number, invoice.day, invoice.amount);
    p.sales.receipts[c.receipt].purpose = text;
    p.on_bill("doc-date-drift", &c, "the invoice of 1C is of the next quarter");

    let c = p.linked(Step::Order);
    p.sales.deals[c.deal].currency = "USD";
    p.on_deal("doc-currency-rate", &c, Some(c.order), "dollars against roubles");

    let c = p.sale_on(date(2026, 6, 11), Step::Paid);
    p.sales.deals[c.deal].origin = p.paper(c.order);
    p.sales.papers[c.order].amount -= 150_000;
    p.on_deal("doc-closed-period", &c, None, "the sums differ in a closed month");
}

fn states(p: &mut Planter) {
    let (a, b) = (p.sale(Step::Invoice), p.sale(Step::Invoice));
    p.sales.papers[b.invoice].number = p.sales.papers[a.invoice].number.clone();
    let other = key(Onec, Document, &p.paper(b.invoice));
    p.found("doc-number-dup", Onec, Document, &p.paper(a.invoice), &[other], "two invoices with one number");

    let c = p.sale(Step::Invoice);
    let bill = &mut p.sales.bills[c.bill];
    bill.number = bill.number.trim_start_matches("ТД00-").trim_start_matches('0').to_owned();
    p.on_bill("doc-number-prefix", &c, "no prefix and no zeros in the CRM");

    let c = p.linked(Step::Order);
    let stranger = p.sales.buyers[(p.made * 5 + 1) % 18].onec.clone();
    p.sales.papers[c.order].party = stranger;
    p.on_deal("doc-party-drift", &c, Some(c.order), "the order is on another buyer");

    let c = p.sale(Step::Shipped);
    p.sales.papers[c.waybills[0]].posted = false;
    p.on_paper("doc-unposted", &c, c.waybills[0], true, "a draft of a waybill");

    let c = p.sale(Step::Invoice);
    p.sales.papers[c.invoice].deleted = true;
    p.on_paper("doc-deleted-mark", &c, c.invoice, true, "marked for deletion in 1C");

    let c = p.sale_on(date(2026, 6, 18), Step::Paid);
    p.sales.papers[c.waybills[0]].changed = date(2026, 9, 15);
    p.on_paper("doc-changed-after-close", &c, c.waybills[0], false, "changed in September");

    let c = p.sale(Step::Order);
    let deal = p.deal(&c);
    let of = p.sales.papers[c.order].clone();
    let again = p.sales.paper(Sort::Order, &of, of.day + Days::new(1));
    p.sales.papers[again].basis = None;
    for at in [c.order, again] {
        p.sales.papers[at].deal.clone_from(&deal);
    }
    let others = [c.order, again].map(|at| key(Onec, Document, &p.paper(at)));
    p.found("doc-twice-exported", Crm, Deal, &deal, &others, "a packet came twice");

    let c = p.sale(Step::Shipped);
    p.sales.papers[c.waybills[0]].state = "Подписан обеими сторонами";
    p.sales.deals[c.deal].stage = INVOICED;
    p.on_paper("doc-edo-status-drift", &c, c.waybills[0], true, "signed, and not yet shipped in the CRM");

    let c = p.sale(Step::Invoice);
    p.sales.bills[c.bill].stage = CANCELLED;
    p.on_bill("doc-cancel-drift", &c, "cancelled in the CRM only");

    let c = p.sale(Step::Paid);
    let of = p.sales.papers[c.waybills[0]].clone();
    let back = p.sales.paper(Sort::Return, &of, of.day + Days::new(5));
    p.sales.papers[back].lines.truncate(1);
    p.sales.papers[back].lines[0].quantity = 1;
    p.sales.papers[back].amount = super::total(&p.sales.papers[back].lines);
    p.on_paper("doc-return-drift", &c, back, true, "one piece came back, the CRM does not know");

    let c = p.sale(Step::Paid);
    let waybill = p.paper(c.waybills[0]);
    p.sales.papers.retain(|x| x.basis.as_ref().is_none_or(|(_, id)| *id != waybill));
    p.on_paper("doc-sf-missing", &c, c.waybills[0], false, "no tax invoice");

    let c = p.sale(Step::Invoice);
    p.sales.bills[c.bill].organisation = "9001".to_owned();
    p.found("map-org-unmapped", Crm, Document, &p.bill(&c), &[], "an own company that nobody has");

    let c = p.sale(Step::Talk);
    p.sales.deals[c.deal].responsible = "23";
    p.on_deal("map-user-unmapped", &c, None, "a user whom the project does not describe");
}

fn one_sided(p: &mut Planter) {
    let c = p.only_deal(SHIPPED);
    p.on_deal("doc-lost", &c, None, "shipped, and nothing in 1C");

    let c = p.sale(Step::Order);
    let ghost = p.paper(c.order);
    p.sales.deals.truncate(c.deal);
    p.found("doc-ghost", Onec, Document, &ghost, &[], "an order that no deal knows");

    let c = p.sale(Step::Talk);
    p.sales.deals[c.deal].company.clear();
    p.on_deal("doc-party-missing", &c, None, "no company and no contact");

    let c = p.only_deal(CLAIM);
    p.on_deal("map-status-unmapped", &c, None, "a stage that the project does not describe");
}

fn deals(p: &mut Planter, catalogue: &mut Goods) {
    let c = p.linked(Step::Order);
    p.sales.deals[c.deal].amount += 500_000;
    p.on_deal("deal-amount-vs-lines", &c, None, "a sum written by hand");

    let c = p.sale(Step::Shipped);
    p.sales.deals[c.deal].stage = ORDERED;
    p.on_deal("deal-doc-no-stage", &c, Some(c.waybills[0]), "shipped, and the stage was not moved");

    let c = p.sale(Step::Paid);
    p.sales.deals[c.deal].stage = LOST;
    let receipt = key(Onec, Payment, &p.sales.receipts[c.receipt].id);
    p.found("deal-lost-with-money", Crm, Deal, &p.deal(&c), &[receipt], "lost and paid");

    let c = p.sale(Step::Paid);
    p.sales.deals[c.deal].stage = INVOICED;
    p.on_deal("deal-money-no-stage", &c, None, "paid, and the stage was not moved");

    let c = p.sale(Step::Shipped);
    p.sales.deals[c.deal].stage = WON;
    p.on_deal("deal-paid-no-money", &c, None, "won without money");

    let c = p.sale(Step::Paid);
    let part = p.sales.receipts[c.receipt].amount / 200 * 100;
    p.pays(&c, part);
    p.on_deal("deal-partial-as-full", &c, None, "half of the money came");

    let c = p.only_deal(ORDERED);
    p.on_deal("deal-stage-no-doc", &c, None, "an order that 1C does not have");

    let c = p.sale_on(date(2026, 2, 2), Step::Talk);
    p.on_deal("deal-stale", &c, None, "untouched since February");

    let c = p.sale(Step::Talk);
    let deal = &mut p.sales.deals[c.deal];
    deal.lines[0].price = 0;
    deal.amount = super::total(&deal.lines);
    p.on_deal("pr-price-zero", &c, None, "a row without a price");

    let c = p.sale(Step::Talk);
    let line = &mut p.sales.deals[c.deal].lines[1];
    line.product.clear();
    line.typed = "Подъём на этаж";
    p.on_deal("pr-freeform-line", &c, None, "a row that was typed");

    // A product without an article matters when it is sold: one stands in a deal, one in an order of 1C.
    let c = p.sale(Step::Talk);
    let planted = p.plan.findings.iter().find(|f| f.check == "pr-article-missing" && f.side == Crm);
    p.sales.deals[c.deal].lines[0].product = planted.map_or_else(String::new, |f| f.record.clone());
    let c = p.sale(Step::Order);
    let product = p.sales.goods[goods::NO_ARTICLE].0.clone();
    for line in [&mut p.sales.deals[c.deal].lines[0], &mut p.sales.papers[c.order].lines[0]] {
        line.good = goods::NO_ARTICLE;
        line.product.clone_from(&product);
    }

    let c = p.sale(Step::Talk);
    let line = &mut p.sales.deals[c.deal].lines[0];
    (line.good, line.product) = (ARCHIVED, catalogue.archive(ARCHIVED));
    p.on_deal("pr-archived-in-open-deal", &c, None, "a product that is switched off");
}

fn payments(p: &mut Planter) {
    let c = p.sale(Step::Paid);
    let again = super::Receipt {
        id: p.sales.rng.guid(),
        number: "ТДБП-000901".to_owned(),
        again: true,
        ..p.sales.receipts[c.receipt].clone()
    };
    let others = [key(Onec, Payment, &again.id)];
    p.sales.receipts.push(again);
    let first = p.sales.receipts[c.receipt].id.clone();
    p.found("pay-dup", Onec, Payment, &first, &others, "the statement was loaded twice");

    let c = p.sale(Step::Invoice);
    let bill = &p.sales.bills[c.bill];
    let mark =
        super::Mark { id: "7901".to_owned(), bill: bill.id.clone(), day: bill.day + Days::new(3), amount: bill.amount };
    p.sales.marks.push(mark);
    p.found("pay-only-one-side", Crm, Payment, "7901", &[], "marked paid, no money");

    let c = p.sale(Step::Paid);
    let more = p.sales.receipts[c.receipt].amount + 1_000_000;
    p.pays(&c, more);
    let receipt = key(Onec, Payment, &p.sales.receipts[c.receipt].id);
    p.found("pay-over", Onec, Document, &p.paper(c.invoice), &[receipt], "ten thousand more than billed");

    let c = p.sale(Step::Paid);
    p.sales.receipts[c.receipt].purpose = "Оплата за строительные товары. НДС не облагается".to_owned();
    let receipt = p.sales.receipts[c.receipt].id.clone();
    p.found("pay-purpose-no-ref", Onec, Payment, &receipt, &[], "the purpose names no document");

    let c = p.sale(Step::Paid);
    p.sales.receipts[c.receipt].buyer = 17 - p.made * 5 % 18;
    let receipt = p.sales.receipts[c.receipt].id.clone();
    let invoice = key(Onec, Document, &p.paper(c.invoice));
    p.found("pay-third-party", Onec, Payment, &receipt, &[invoice], "another company paid");

    let id = p.sales.rng.guid();
    p.sales.receipts.push(super::Receipt {
        id: id.clone(),
        number: "ТДБП-000902".to_owned(),
        order: "7713".to_owned(),
        day: date(2026, 10, 8),
        buyer: 3,
        amount: 7_777_700,
        again: false,
        purpose: format!("Предоплата. В т.ч. НДС {}", roubles(1_402_536)),
    });
    p.found("pay-unallocated", Onec, Payment, &id, &[], "an advance that names nothing");
}

fn contracts(p: &mut Planter) {
    let c = p.sale(Step::Order);
    p.sales.papers[c.order].contract.clear();
    p.on_paper("co-missing", &c, c.order, true, "an order without a contract");

    let again = super::Contract { id: p.sales.rng.guid(), ..p.sales.contracts[1][18].clone() };
    let others = [key(Onec, Contract, &again.id)];
    p.sales.contracts[1].push(again);
    let first = p.sales.contracts[1][18].id.clone();
    p.found("co-dup-number", Onec, Contract, &first, &others, "one contract entered twice");

    let second = super::Contract {
        id: p.sales.rng.guid(),
        number: "159/26".to_owned(),
        day: "01.06.2026".to_owned(),
        ..p.sales.contracts[1][19].clone()
    };
    let others = [key(Onec, Contract, &second.id)];
    p.sales.contracts[1].push(second);
    let first = p.sales.contracts[1][19].id.clone();
    p.found("co-multi-active", Onec, Contract, &first, &others, "two contracts are in force");

    let began = date(2026, 8, 3);
    p.sales.contracts[1][20].kind = "С поставщиком";
    let c = p.sales.chain(20, began, Step::Order);
    p.on_paper("co-kind-wrong", &c, c.order, true, "sold under a contract of purchase");

    p.sales.contracts[0][21].organisation = OWN[1];
    let [a, b] = [0, 1].map(|side: usize| p.sales.contracts[side][21].id.clone());
    p.found("co-org-drift", Crm, Contract, &a, &[key(Onec, Contract, &b)], "another own organisation");

    p.sales.contracts[0][22].currency = "Доллар США";
    let [a, b] = [0, 1].map(|side: usize| p.sales.contracts[side][22].id.clone());
    p.found("co-currency-drift", Crm, Contract, &a, &[key(Onec, Contract, &b)], "dollars against roubles");

    p.sales.contracts[1][23].ends = "30.09.2026";
    let c = p.sales.chain(23, date(2026, 8, 20), Step::Invoice);
    let contract = key(Onec, Contract, &p.sales.contracts[1][23].id);
    p.found("co-expired", Crm, Deal, &p.deal(&c), &[contract], "the contract ended in September");

    p.sales.contracts[0][24].day = "31.02.2026".to_owned();
    let id = p.sales.contracts[0][24].id.clone();
    p.found("doc-value-unreadable", Crm, Contract, &id, &[], "the thirty-first of February");

    let at = p.sales.people[0];
    let person = &mut p.plan.world.onec_people[at];
    let _ = [&mut person.inn, &mut person.snils, &mut person.document, &mut person.document_date].map(String::clear);
    let of = |c: &super::Contract| c.person.as_ref().is_some_and(|[_, name]| *name == person.whole);
    let contract = p.sales.contracts[1].iter().find(|c| of(c)).map_or_else(String::new, |c| c.id.clone());
    let (id, others) = (person.id.clone(), [key(Onec, Contract, &contract)]);
    p.found("ct-person-no-id", Onec, Entity::Contact, &id, &others, "a contract with a person without any document");

    let c = p.sale(Step::Order);
    p.sales.papers[c.order].contract = p.sales.contracts[1][25].id.clone();
    let contract = key(Onec, Contract, &p.sales.contracts[1][25].id);
    p.found("co-owner-drift", Onec, Document, &p.paper(c.order), &[contract], "a contract of another buyer");
}
