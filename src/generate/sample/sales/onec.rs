//! What 1C gives of sales: answers of its OData, one a kind of document, the statement of the bank, the list of contracts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{MANAGERS, OWN, Paper, Sales, Sort, VAT, dotted, roubles, tax};
use crate::generate::ids;
use crate::generate::sample::account::Account;
use crate::generate::sample::goods::Goods;
use crate::generate::sample::world::Source;

/// GUIDs of the own organisations and of the rouble.
const OWN_GUIDS: [&str; 2] = ["5d7e0c11-0a1b-11f0-8d2e-00155d000001", "5d7e0c11-0a1b-11f0-8d2e-00155d000002"];
const ROUBLE: &str = "5d7e0c22-0a1b-11f0-8d2e-00155d000643";
const OWN_ACCOUNT: &str = "40702810000000000071";
const OWN_BIK: &str = "044599711";
const ZEROS: &str = "00000000-0000-0000-0000-000000000000";
/// What the bank took for itself.
const FEES: [(&str, &str, i64); 3] =
    [("901", "2026-07-31", 149_000), ("902", "2026-09-30", 149_000), ("903", "2026-10-30", 99_900)];

fn odata(set: &str, rows: &[Value]) -> (String, Vec<u8>) {
    let context = format!("http://srv-1c/ut/odata/standard.odata/$metadata#{set}");
    let body = json!({ "odata.metadata": context, "value": rows });
    let mut bytes = serde_json::to_vec_pretty(&body).expect("strings and numbers always serialise");
    bytes.push(b'\n');
    (format!("{}/{set}.json", Source::OnecSales.path()), bytes)
}

fn number(kopecks: i64) -> Value {
    serde_json::from_str(&roubles(kopecks)).expect("digits and a point are a number")
}

fn currency() -> Value {
    json!({ "Ref_Key": ROUBLE, "Code": "643", "Description": "руб." })
}

impl Sales {
    pub fn onec_files(&self, goods: &Goods, account: &mut Account) -> Vec<(String, Vec<u8>)> {
        let own: Vec<Value> = (0..OWN.len())
            .map(|at| {
                json!({
                    "Ref_Key": OWN_GUIDS[at], "DeletionMark": false, "Code": format!("00-00000{}", at + 1),
                    "Description": OWN[at], "ИНН": self.own[at], "КПП": ids::kpp(&self.own[at], "01", 1),
                })
            })
            .collect();
        own.iter().for_each(|_| account.own(Source::OnecSales));
        let mut files = vec![odata("Catalog_Организации", &own)];
        for sort in Sort::ALL {
            let papers = || self.papers.iter().filter(|p| p.sort == sort);
            let rows: Vec<Value> = papers().map(|paper| document(paper, goods)).collect();
            if !rows.is_empty() {
                account.loaded(Source::OnecSales, rows.len() + papers().map(|p| p.lines.len()).sum::<usize>());
                files.push(odata(&format!("Document_{}", sort.name()), &rows));
            }
        }
        let balances: Vec<Value> = goods
            .onec_balances()
            .into_iter()
            .map(|(product, store, quantity, reserve)| {
                json!({
                    "Номенклатура_Key": product, "Характеристика_Key": ZEROS, "Склад_Key": store,
                    "ВНаличииBalance": quantity, "ВРезервеСоСкладаBalance": reserve, "ВРезервеПодЗаказBalance": 0,
                })
            })
            .collect();
        account.loaded(Source::OnecSales, balances.len());
        files.push(odata("AccumulationRegister_СвободныеОстатки_Balance", &balances));
        let receipts: Vec<Value> = self.receipts.iter().map(|receipt| self.receipt(receipt)).collect();
        account.loaded(Source::OnecSales, receipts.len());
        files.push(odata("Document_ПоступлениеБезналичныхДенежныхСредств", &receipts));
        files.push((Source::OnecBank.path().to_owned(), self.statement(account)));
        files.push((Source::OnecContracts.path().to_owned(), self.contracts_list(account)));
        files
    }

    fn receipt(&self, receipt: &super::Receipt) -> Value {
        json!({
            "Ref_Key": receipt.id,
            "DeletionMark": false,
            "Number": receipt.number,
            "Date": format!("{}T17:00:00", receipt.day),
            "Posted": true,
            "ХозяйственнаяОперация": "ПоступлениеОплатыОтКлиента",
            "Организация_Key": OWN_GUIDS[0],
            "Контрагент_Key": self.buyers[receipt.buyer].onec,
            "СуммаДокумента": number(receipt.amount),
            "Валюта": currency(),
            "НомерВходящегоДокумента": receipt.order,
            "ДатаВходящегоДокумента": format!("{}T00:00:00", receipt.day),
            "НазначениеПлатежа": receipt.purpose,
        })
    }

    /// The statement of the account for half a year, windows-1251.
    fn statement(&self, account: &mut Account) -> Vec<u8> {
        let came: i64 = self.receipts.iter().filter(|r| !r.again).map(|r| r.amount).sum();
        let went: i64 = FEES.iter().map(|fee| fee.2).sum();
        let begin: i64 = 50_000_000;
        let mut out = format!(
            "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\nОтправитель=Банк-клиент\r\n\
             Получатель=1С:Предприятие\r\nДатаСоздания=24.11.2026\r\nВремяСоздания=09:05:00\r\nДатаНачала=01.06.2026\r\n\
             ДатаКонца=24.11.2026\r\nРасчСчет={OWN_ACCOUNT}\r\nСекцияРасчСчет\r\nДатаНачала=01.06.2026\r\n\
             ДатаКонца=24.11.2026\r\nРасчСчет={OWN_ACCOUNT}\r\nНачальныйОстаток={}\r\nВсегоПоступило={}\r\n\
             ВсегоСписано={}\r\nКонечныйОстаток={}\r\nКонецРасчСчет\r\n",
            roubles(begin),
            roubles(came),
            roubles(went),
            roubles(begin + came - went)
        );
        let bank = |bik: &str| ids::BANKS.iter().find(|(b, _)| *b == bik).map_or("", |(_, name)| name);
        let mut put = |number: &str, day: &str, sum: i64, moved: &str, sides: [[&str; 6]; 2], purpose: &str| {
            let _ = write!(
                out,
                "СекцияДокумент=Платежное поручение\r\nНомер={number}\r\nДата={day}\r\nСумма={}\r\n",
                roubles(sum)
            );
            for (side, [account, name, inn, kpp, bik, date]) in ["Плательщик", "Получатель"].into_iter().zip(sides)
            {
                let _ = write!(
                    out,
                    "{side}Счет={account}\r\n{date}{side}=ИНН {inn} {name}\r\n{side}ИНН={inn}\r\n{side}КПП={kpp}\r\n"
                );
                let _ = write!(
                    out,
                    "{side}1={name}\r\n{side}РасчСчет={account}\r\n{side}Банк1={}\r\n{side}БИК={bik}\r\n",
                    bank(bik)
                );
            }
            let _ = write!(out, "ВидОплаты=01\r\n{moved}НазначениеПлатежа={purpose}\r\nКонецДокумента\r\n");
        };
        let own_kpp = ids::kpp(&self.own[0], "01", 1);
        let own = [OWN_ACCOUNT, OWN[0], &self.own[0], &own_kpp, OWN_BIK, ""];
        for receipt in self.receipts.iter().filter(|r| !r.again) {
            let buyer = &self.buyers[receipt.buyer];
            let day = dotted(receipt.day);
            let date = format!("ДатаПоступило={day}\r\n");
            let payer = [&buyer.account, &buyer.name, &buyer.inn, &buyer.kpp, &buyer.bik, ""].map(|text: &str| text);
            put(&receipt.order, &day, receipt.amount, &date, [payer, own], &receipt.purpose);
            account.loaded(Source::OnecBank, 1);
        }
        let inn = ids::inn_org(9032, ids::Region::WithoutZero);
        let kpp = ids::kpp(&inn, "01", 1);
        let fees = [OWN_ACCOUNT, bank(OWN_BIK), inn.as_str(), &kpp, OWN_BIK, ""];
        for (order, day, sum) in FEES {
            let day = dotted(day.parse().expect("a constant day that exists"));
            let date = format!("ДатаСписано={day}\r\n");
            put(
                order,
                &day,
                sum,
                &date,
                [own, ["70601810000000000055", fees[1], fees[2], fees[3], fees[4], ""]],
                "Комиссия за обслуживание счета",
            );
            account.loaded(Source::OnecBank, 1);
        }
        out.push_str("КонецФайла\r\n");
        encoding_rs::WINDOWS_1251.encode(&out).0.into_owned()
    }

    /// The list of contracts saved as text, windows-1251.
    fn contracts_list(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from(
            "Наименование;Номер;Дата;Вид договора;Контрагент;ИНН;Организация;Валюта;Срок действия;GUID\r\n",
        );
        for contract in &self.contracts[1] {
            let buyer = &self.buyers[contract.buyer];
            let [name, inn] = match &contract.person {
                Some([_, name]) => [name, ""],
                None => [&*buyer.name, &buyer.inn],
            };
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let _ = write!(
                out,
                "{};{};{};{};{};{};{};{};{};{}\r\n",
                quoted(&format!("{} от {}", contract.number, contract.day)),
                contract.number,
                contract.day,
                contract.kind,
                quoted(name),
                inn,
                quoted(contract.organisation),
                contract.currency,
                contract.ends,
                contract.id
            );
            account.loaded(Source::OnecContracts, 1);
        }
        encoding_rs::WINDOWS_1251.encode(&out).0.into_owned()
    }
}

/// A manager of 1C; the GUID has his number at the end.
fn manager(name: &str) -> Value {
    let at = MANAGERS.iter().position(|(_, of)| *of == name).unwrap_or(0);
    json!({ "Ref_Key": format!("5d7e0c33-0a1b-11f0-8d2e-00155d00000{at}"), "Description": name })
}

fn document(paper: &Paper, goods: &Goods) -> Value {
    let lines: Vec<Value> = paper
        .lines
        .iter()
        .enumerate()
        .map(|(n, line)| {
            json!({
                "Ref_Key": paper.id,
                "LineNumber": (n + 1).to_string(),
                "Номенклатура_Key": goods.onec_id(line.good),
                "Количество": line.quantity,
                "Цена": number(line.price),
                "Сумма": number(line.sum()),
                "СтавкаНДС": "НДС22",
                "СуммаНДС": number(tax(line.sum(), VAT)),
            })
        })
        .collect();
    let mut body = json!({
        "Ref_Key": paper.id,
        "DeletionMark": paper.deleted,
        "Number": paper.number,
        "Date": format!("{}T12:00:00", paper.day),
        "Posted": paper.posted,
        "Организация_Key": OWN_GUIDS[0],
        "Контрагент_Key": paper.party,
        "Менеджер": manager(paper.manager),
        "Договор_Key": if paper.contract.is_empty() { ZEROS } else { &paper.contract },
        "СуммаДокумента": number(paper.amount),
        "Валюта": currency(),
        "Товары": lines,
    });
    let basis = paper.basis.as_ref();
    match paper.sort {
        Sort::Order => body["НомерСделкиCRM"] = json!(paper.deal),
        // An attribute that programmers add for an exchange.
        Sort::Waybill => {
            body["ЗаказКлиента_Key"] = json!(basis.map_or(ZEROS, |(_, id)| id));
            body["Состояние"] = json!(paper.state);
            body["ДатаИзменения"] = json!(format!("{}T18:00:00", paper.changed));
        }
        Sort::Invoice | Sort::TaxInvoice | Sort::Return => {
            if let Some((of, id)) = basis {
                body["ДокументОснование"] = json!(id);
                body["ДокументОснование_Type"] = json!(format!("StandardODATA.Document_{}", of.name()));
            }
        }
    }
    body
}
