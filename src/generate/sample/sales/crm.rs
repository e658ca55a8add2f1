//! What the CRM gives of sales: saved answers of the REST of Bitrix24, the list of contracts as its grid exports it.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{BILL_STAGES, Line, STAGES, Sales, dotted, roubles};
use crate::generate::sample::account::Account;
use crate::generate::sample::goods::Goods;
use crate::generate::sample::world::Source;

/// Records of an answer.
const PAGE: usize = 50;
const FINISHED: &str = "2026-11-24T09:15:00+03:00";

fn at(day: NaiveDate, time: &str) -> String {
    format!("{day}T{time}+03:00")
}

fn answer(mut body: Value, total: Option<usize>, next: Option<usize>) -> Vec<u8> {
    if let Some(next) = next {
        body["next"] = json!(next);
    }
    if let Some(total) = total {
        body["total"] = json!(total);
    }
    body["time"] = json!({
        "duration": 0.27, "processing": 0.11, "date_start": FINISHED, "date_finish": FINISHED, "operating": 0.07
    });
    let mut bytes = serde_json::to_vec_pretty(&body).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    bytes
}

/// Pages of a method; `wrap` puts records under the name that the method gives them.
fn pages(method: &str, rows: &[Value], wrap: impl Fn(Vec<Value>) -> Value) -> Vec<(String, Vec<u8>)> {
    let total = rows.len();
    let pages = rows.chunks(PAGE).enumerate();
    pages
        .map(|(n, page)| {
            let next = (n + 1) * PAGE;
            let bytes = answer(wrap(page.to_vec()), Some(total), (next < total).then_some(next));
            (format!("{}/{method}.{:02}.json", Source::CrmSales.path(), n + 1), bytes)
        })
        .collect()
}

/// Kopecks as the number that `crm.item.*` answers with.
fn number(kopecks: i64) -> Value {
    serde_json::from_str(&roubles(kopecks)).expect("digits and a point are a number")
}

impl Sales {
    /// The folder `crm/sales` and the list of contracts.
    pub fn crm_files(&self, goods: &Goods, account: &mut Account) -> Vec<(String, Vec<u8>)> {
        let mut files = pages("crm.status.list", &statuses(), |page| json!({ "result": page }));
        files.extend(pages("user.get", &USERS.map(user), |page| json!({ "result": page })));
        let deals: Vec<Value> = self.deals.iter().map(deal).collect();
        files.extend(pages("crm.deal.list", &deals, |page| json!({ "result": page })));
        let rows = self.rows(goods);
        files.extend(pages("crm.item.productrow.list", &rows, |page| json!({ "result": { "productRows": page } })));
        let bills: Vec<Value> = self.bills.iter().map(bill).collect();
        files.extend(pages("crm.item.list", &bills, |page| json!({ "result": { "items": page } })));
        files.push((format!("{}/crm.item.payment.list.json", Source::CrmSales.path()), self.payments()));
        account.loaded(Source::CrmSales, deals.len() + rows.len() + bills.len() + self.marks.len());
        files.push((Source::CrmContracts.path().to_owned(), self.contracts_csv(account)));
        files
    }

    fn rows(&self, goods: &Goods) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut put = |owner: &str, line: &Line| {
            let name = goods.crm_name(line.good);
            rows.push(json!({
                "id": 40_001 + rows.len(),
                "ownerId": owner.parse::<u64>().unwrap_or(0),
                "ownerType": "D",
                "productId": line.product.parse::<u64>().unwrap_or(0),
                "productName": if line.product.is_empty() { line.typed } else { name.0 },
                "price": number(line.price),
                "priceNetto": number(line.price + line.discount),
                "quantity": line.quantity,
                "discountSum": number(line.discount),
                "taxRate": super::VAT,
                "taxIncluded": "Y",
                "measureName": name.1,
                "sort": 10 * (1 + rows.len() % 2),
            }));
        };
        for deal in &self.deals {
            deal.lines.iter().for_each(|line| put(&deal.id, line));
        }
        self.strays.iter().for_each(|line| put("99990", line));
        rows
    }

    /// Answers of a batch: the payments of each invoice, by commands that are named after it.
    fn payments(&self) -> Vec<u8> {
        let mut answers = serde_json::Map::new();
        for mark in &self.marks {
            let payment = json!({
                "id": mark.id.parse::<u64>().unwrap_or(0),
                "accountNumber": format!("{}/1", mark.bill),
                "paid": "Y",
                "datePaid": at(mark.day, "12:30:00"),
                "paySystemId": 6,
                "sum": number(mark.amount),
                "currency": "RUB",
                "paySystemName": "Банковский перевод",
            });
            let list = answers.entry(format!("si_{}", mark.bill)).or_insert_with(|| json!([]));
            list.as_array_mut().expect("made as a list above").push(payment);
        }
        answer(
            json!({ "result": { "result": answers, "result_error": [], "result_total": [], "result_next": [] } }),
            None,
            None,
        )
    }

    fn contracts_csv(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from("\u{feff}");
        let mut row = |cells: &[&str]| {
            for cell in cells {
                let _ = write!(out, "\"{}\";", cell.replace('"', "\"\""));
            }
            out.push('\n');
        };
        row(&[
            "ID",
            "Название",
            "Номер договора",
            "Дата договора",
            "Компания",
            "ID контакта",
            "ИНН",
            "Наша организация",
            "Валюта",
            "Срок действия",
            "GUID в 1С",
        ]);
        for contract in &self.contracts[0] {
            let buyer = &self.buyers[contract.buyer];
            let [company, contact, inn] = match &contract.person {
                Some([id, _]) => ["", id, ""],
                None => [&buyer.name, "", &buyer.inn],
            };
            let name = format!("Договор поставки № {}", contract.number);
            row(&[
                &contract.id,
                &name,
                &contract.number,
                &contract.day,
                company,
                contact,
                inn,
                contract.organisation,
                contract.currency,
                contract.ends,
                &contract.guid,
            ]);
            account.loaded(Source::CrmContracts, 1);
        }
        out.into_bytes()
    }
}

fn statuses() -> Vec<Value> {
    let of = |entity: &'static str, all: &'static [(&'static str, &'static str, &'static str)], first: usize| {
        all.iter().enumerate().map(move |(n, (code, name, semantics))| {
            json!({
                "ID": (first + 2 * n).to_string(), "ENTITY_ID": entity, "STATUS_ID": code, "NAME": name,
                "SORT": (10 * (n + 1)).to_string(), "SYSTEM": "N", "CATEGORY_ID": Value::Null,
                "SEMANTICS": if semantics.is_empty() { Value::Null } else { json!(semantics) },
            })
        })
    };
    of("DEAL_STAGE", &STAGES, 101).chain(of("SMART_INVOICE_STAGE_11", &BILL_STAGES, 301)).collect()
}

/// Users of the CRM: number, given name, surname. One is not spelled as in 1C, one is not there at all.
const USERS: [(&str, &str, &str); 4] =
    [("1", "Вера", "Ильина"), ("7", "С.", "Кротов"), ("12", "Раиса", "Юдина"), ("23", "Павел", "Зотов")];

fn user((id, name, surname): (&str, &str, &str)) -> Value {
    json!({
        "ID": id,
        "ACTIVE": true,
        "NAME": name,
        "LAST_NAME": surname,
        "SECOND_NAME": "",
        "EMAIL": format!("user{id}@romashka-trade.example"),
        "LAST_LOGIN": "2026-11-23T09:05:00+03:00",
        "DATE_REGISTER": "2023-02-01T00:00:00+03:00",
        "USER_TYPE": "employee",
        "UF_DEPARTMENT": [1],
    })
}

fn deal(deal: &super::Deal) -> Value {
    let sum = super::total(&deal.lines);
    let closed = matches!(deal.stage, super::WON | super::LOST);
    json!({
        "ID": deal.id,
        "TITLE": format!("Поставка {}", dotted(deal.began)),
        "TYPE_ID": "SALE",
        "CATEGORY_ID": "0",
        "STAGE_ID": deal.stage,
        "OPPORTUNITY": roubles(deal.amount),
        "IS_MANUAL_OPPORTUNITY": if deal.amount == sum { "N" } else { "Y" },
        "CURRENCY_ID": deal.currency,
        "COMPANY_ID": if deal.company.is_empty() { "0" } else { &deal.company },
        "CONTACT_ID": Value::Null,
        "BEGINDATE": at(deal.began, "03:00:00"),
        "CLOSEDATE": at(deal.closes, "03:00:00"),
        "CLOSED": if closed { "Y" } else { "N" },
        "ASSIGNED_BY_ID": deal.responsible,
        "DATE_CREATE": at(deal.began, "10:12:00"),
        "DATE_MODIFY": at(deal.changed, "16:40:00"),
        "ORIGINATOR_ID": if deal.origin.is_empty() { Value::Null } else { json!("1C_UT") },
        "ORIGIN_ID": if deal.origin.is_empty() { Value::Null } else { json!(deal.origin) },
    })
}

fn bill(bill: &super::Bill) -> Value {
    json!({
        "id": bill.id.parse::<u64>().unwrap_or(0),
        "entityTypeId": 31,
        "accountNumber": bill.number,
        "title": format!("Счёт № {}", bill.number),
        "stageId": bill.stage,
        "opportunity": number(bill.amount),
        "taxValue": number(bill.tax),
        "currencyId": "RUB",
        "companyId": bill.company.parse::<u64>().unwrap_or(0),
        "contactIds": [],
        "mycompanyId": bill.organisation.parse::<u64>().unwrap_or(0),
        "parentId2": bill.deal.parse::<u64>().unwrap_or(0),
        "begindate": at(bill.day, "03:00:00"),
        "createdTime": at(bill.day, "11:05:00"),
        "updatedTime": at(bill.day, "11:05:00"),
        "assignedById": bill.responsible.parse::<u64>().unwrap_or(0),
    })
}
