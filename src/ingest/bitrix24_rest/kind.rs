//! What kind of records an answer holds, by the fields they have.

use std::borrow::Cow;

use super::record::classic_name;
use crate::ingest::json::Node;

/// Kind of the records that `result` holds under a name of their own.
const WRAPPERS: [(&str, &str); 15] = [
    ("categories", "crm.category"),
    ("documentElements", "catalog.document.element"),
    ("documents", "catalog.document"),
    ("measure", "catalog.measure"),
    ("measures", "catalog.measure"),
    ("offer", "catalog.product"),
    ("offers", "catalog.product"),
    ("prices", "catalog.price"),
    ("product", "catalog.product"),
    ("products", "catalog.product"),
    ("productRow", PRODUCT_ROW),
    ("productRows", PRODUCT_ROW),
    ("storeProducts", "catalog.storeproduct"),
    ("store", "catalog.store"),
    ("stores", "catalog.store"),
];

/// Rows of goods, before it is known whose they are.
const PRODUCT_ROW: &str = "crm.productrow";

/// Types of CRM records: number (`entityTypeId`), code of an owner (`ownerType`), kind. Source: `crm.enum.ownertype` and the
/// page on product rows in the REST documentation of Bitrix24 (read 2026-11-24).
const TYPES: [(u64, &str, &str); 7] = [
    (1, "L", "crm.lead"),
    (2, "D", "crm.deal"),
    (3, "C", "crm.contact"),
    (4, "CO", "crm.company"),
    (5, "I", OLD_INVOICE),
    (7, "Q", "crm.quote"),
    (31, "SI", "crm.invoice"),
];

/// Invoices before the smart ones: a list of their own, whose numbers repeat those of the new.
const OLD_INVOICE: &str = "crm.oldinvoice";

/// Kind of a type of records; those of a smart process have its number: `crm.item.128`.
fn of_type(number: u64) -> Cow<'static, str> {
    match TYPES.iter().find(|(n, _, _)| *n == number) {
        Some((_, _, kind)) => Cow::Borrowed(kind),
        None => Cow::Owned(format!("crm.item.{number}")),
    }
}

/// Kind of a row of goods by its owner: `D` → `crm.deal.productrow`, `Tb3` → `crm.item.179.productrow`. Rows that do not
/// name their owner's type stay `crm.productrow`: an invoice and a deal may have one number.
fn of_row(row: &Node<'_>) -> Cow<'static, str> {
    let Some(code) = row.get("ownerType").or_else(|| row.get("OWNER_TYPE")).and_then(Node::text) else {
        return Cow::Borrowed(PRODUCT_ROW);
    };
    if let Some((_, _, kind)) = TYPES.iter().find(|(_, known, _)| *known == code) {
        return Cow::Owned(format!("{kind}.productrow"));
    }
    match code.strip_prefix('T').and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
        Some(number) => Cow::Owned(format!("{}.productrow", of_type(number))),
        None => Cow::Borrowed(PRODUCT_ROW),
    }
}

/// Id of the owner that a row of goods names; `None` for other records.
pub fn owner_of_row<'n>(kind: &str, record: &'n Node<'_>) -> Option<&'n str> {
    if !kind.ends_with("productrow") {
        return None;
    }
    record.get("ownerId").or_else(|| record.get("OWNER_ID")).and_then(Node::text)
}

/// Kind of one record of a list whose records are of this kind.
pub fn of_record<'k>(list: &'k str, record: &Node<'_>) -> Cow<'k, str> {
    if list == PRODUCT_ROW { of_row(record) } else { Cow::Borrowed(list) }
}

/// What kind of records these are, by the fields that the first of them have and by the name over their list; empty
/// when a selection of fields (`ID, TITLE`) leaves it open.
pub fn of_list(records: &[Node<'_>], wrapper: Option<&str>) -> Cow<'static, str> {
    if let Some((_, kind)) = wrapper.and_then(|name| WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name)) {
        return Cow::Borrowed(kind);
    }
    let fields = Fields::of(records);
    if let Some(number) = fields.entity_type(records) {
        return of_type(number);
    }
    let kind = [Fields::of_requisites, Fields::of_dictionary, Fields::of_trade, Fields::of_party_or_sale];
    Cow::Borrowed(kind.iter().find_map(|kind| kind(&fields)).unwrap_or_default())
}

/// Classic names of the fields that some record has.
struct Fields<'n>(Vec<Cow<'n, str>>);

impl<'n> Fields<'n> {
    fn of(records: &'n [Node<'n>]) -> Self {
        let entries = records.iter().filter_map(|r| if let Node::Object(entries) = r { Some(entries) } else { None });
        Fields(entries.flatten().map(|(key, _)| classic_name(key)).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|n| n == name)
    }

    fn any(&self, list: &[&str]) -> bool {
        list.iter().any(|name| self.has(name))
    }

    fn starts(&self, prefix: &str) -> bool {
        self.0.iter().any(|n| n.starts_with(prefix))
    }

    /// The type of records that they name themselves: `entityTypeId` of `crm.item.list` (requisites and categories have it
    /// in another sense), else the prefix of their stages, `DT128_5:NEW`.
    fn entity_type(&self, records: &[Node<'_>]) -> Option<u64> {
        let text = |camel: &str, classic: &str| {
            records.iter().filter_map(|r| r.get(camel).or_else(|| r.get(classic))).find_map(Node::text)
        };
        if self.has("ENTITY_TYPE_ID")
            && !self.any(&["ENTITY_ID", "PRESET_ID", "ANCHOR_ID", "IS_DEFAULT", "REQUISITE_ID"])
        {
            return text("entityTypeId", "ENTITY_TYPE_ID")?.trim().parse().ok();
        }
        if self.has("OWNER_ID") {
            return None;
        }
        let (number, _) = text("stageId", "STAGE_ID")?.strip_prefix("DT")?.split_once('_')?;
        number.parse().ok()
    }

    fn of_requisites(&self) -> Option<&'static str> {
        if self.any(&["RQ_BANK_NAME", "RQ_BIK", "RQ_ACC_NUM", "RQ_COR_ACC_NUM", "RQ_IBAN"]) && !self.has("RQ_INN") {
            return Some("crm.bankdetail");
        }
        if self.starts("RQ_") || self.has("PRESET_ID") && self.has("ENTITY_ID") {
            return Some("crm.requisite");
        }
        if self.has("REQUISITE_ID") && self.has("BANK_DETAIL_ID") {
            return Some("crm.requisite.link");
        }
        if self.has("ENTITY_TYPE_ID") && self.any(&["ADDRESS_1", "ADDRESS_2", "ANCHOR_ID", "POSTAL_CODE"]) {
            return Some("crm.address");
        }
        if self.has("ENTITY_TYPE_ID") && self.has("ENTITY_ID") && self.has("NAME") {
            return Some("crm.requisite");
        }
        if self.any(&["IS_PRIMARY", "ROLE_ID"]) && !self.has("ID") {
            if self.has("CONTACT_ID") {
                return Some("crm.company.contact");
            }
            if self.has("COMPANY_ID") {
                return Some("crm.contact.company");
            }
        }
        None
    }

    fn of_dictionary(&self) -> Option<&'static str> {
        if self.has("STATUS_ID") && self.has("NAME") && !self.has("TITLE") && self.any(&["ENTITY_ID", "SORT"]) {
            return Some("crm.status");
        }
        if self.has("ENTITY_TYPE_ID") && self.has("IS_DEFAULT") {
            return Some("crm.category");
        }
        if self.any(&["MEASURE_TITLE", "SYMBOL_RUS"]) && self.has("CODE") {
            return Some("crm.measure");
        }
        if self.any(&["LAST_LOGIN", "USER_TYPE", "UF_DEPARTMENT", "PERSONAL_GENDER", "WORK_POSITION"]) {
            return Some("user");
        }
        None
    }

    fn of_trade(&self) -> Option<&'static str> {
        if self.any(&["PRODUCT_NAME", "PRODUCT_ID"]) && self.any(&["OWNER_ID", "OWNER_TYPE"]) {
            return Some(PRODUCT_ROW);
        }
        if self.has("PAID") && self.any(&["PAY_SYSTEM_ID", "PAY_SYSTEM_NAME"]) {
            return Some("crm.payment");
        }
        if self.has("ACCOUNT_NUMBER") {
            let old = ["ORDER_TOPIC", "DATE_BILL", "PAYED", "PAY_VOUCHER_NUM", "PERSON_TYPE_ID"];
            if self.any(&old) {
                return Some(OLD_INVOICE);
            }
            if self.any(&["STAGE_ID", "OPPORTUNITY", "TITLE"]) {
                return Some("crm.invoice");
            }
        }
        let goods = ["CATALOG_ID", "CURRENCY_ID", "IBLOCK_ID", "MEASURE", "SECTION_ID", "VAT_ID", "VAT_INCLUDED"];
        let person = self.any(&["LAST_NAME", "SECOND_NAME"]);
        if self.has("NAME")
            && !self.has("TITLE")
            && !person
            && self.any(&goods)
            && self.any(&["PRICE", "CODE", "MEASURE", "XML_ID"])
        {
            return Some("crm.product");
        }
        None
    }

    fn of_party_or_sale(&self) -> Option<&'static str> {
        if self.any(&["COMPANY_TYPE", "INDUSTRY", "EMPLOYEES", "IS_MY_COMPANY", "BANKING_DETAILS", "REVENUE"]) {
            return Some("crm.company");
        }
        if self.any(&["QUOTE_NUMBER", "CLIENT_TITLE"]) {
            return Some("crm.quote");
        }
        let person = self.any(&["LAST_NAME", "SECOND_NAME"]);
        if self.has("TITLE") && (person || self.any(&["COMPANY_TITLE", "STATUS_ID", "STATUS_SEMANTIC_ID"])) {
            return Some("crm.lead");
        }
        if self.has("OWNER_ID") && !self.has("TITLE") && self.any(&["STAGE_ID", "STATUS_ID"]) {
            return Some("crm.stagehistory");
        }
        let sale = self.any(&["BEGINDATE", "CATEGORY_ID", "CLOSED", "CLOSEDATE", "OPPORTUNITY", "PROBABILITY"]);
        if self.has("STAGE_ID") && sale
            || self.has("OPPORTUNITY") && self.any(&["BEGINDATE", "CLOSEDATE", "PROBABILITY"])
        {
            return Some("crm.deal");
        }
        if !self.has("TITLE") && (person || self.has("NAME") && self.any(&["BIRTHDATE", "POST", "HONORIFIC", "EXPORT"]))
        {
            return Some("crm.contact");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::json::Reader;

    #[test]
    fn kinds_follow_fields() {
        let cases = [
            ("{\"ID\":1,\"TITLE\":\"a\",\"COMPANY_TYPE\":\"CUSTOMER\"}", "crm.company"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"IS_MY_COMPANY\":\"N\"}", "crm.company"),
            ("{\"id\":1,\"title\":\"a\",\"entityTypeId\":4}", "crm.company"),
            ("{\"id\":1,\"title\":\"a\",\"entityTypeId\":\"128\"}", "crm.item.128"),
            ("{\"id\":1,\"title\":\"a\",\"entityTypeId\":31}", "crm.invoice"),
            ("{\"id\":1,\"title\":\"a\",\"stageId\":\"DT31_11:N\",\"opportunity\":5}", "crm.invoice"),
            ("{\"id\":1,\"title\":\"a\",\"stageId\":\"DT179_5:NEW\",\"opportunity\":5}", "crm.item.179"),
            ("{\"ID\":1,\"OWNER_ID\":2,\"STAGE_ID\":\"DT179_5:NEW\"}", "crm.stagehistory"),
            ("{\"ID\":1,\"ACCOUNT_NUMBER\":\"5\",\"ORDER_TOPIC\":\"a\",\"STATUS_ID\":\"P\"}", "crm.oldinvoice"),
            ("{\"id\":1,\"accountNumber\":\"5\",\"title\":\"a\",\"opportunity\":5}", "crm.invoice"),
            ("{\"id\":1,\"accountNumber\":\"5/1\",\"paid\":\"Y\",\"paySystemId\":5}", "crm.payment"),
            ("{\"ID\":1,\"NAME\":\"a\",\"LAST_NAME\":\"b\"}", "crm.contact"),
            ("{\"ID\":1,\"NAME\":\"a\",\"POST\":null}", "crm.contact"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"LAST_NAME\":\"b\",\"STATUS_ID\":\"NEW\"}", "crm.lead"),
            ("{\"id\":1,\"title\":\"a\",\"lastName\":null,\"stageId\":\"NEW\",\"opportunity\":5}", "crm.lead"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"STATUS_ID\":\"NEW\",\"QUOTE_NUMBER\":\"5\"}", "crm.quote"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"STAGE_ID\":\"NEW\",\"OPPORTUNITY\":\"5\"}", "crm.deal"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"OPPORTUNITY\":\"5\",\"CLOSEDATE\":null}", "crm.deal"),
            ("{\"ID\":1,\"OWNER_ID\":5,\"STAGE_ID\":\"NEW\",\"CATEGORY_ID\":0}", "crm.stagehistory"),
            ("{\"ID\":1,\"NAME\":\"a\",\"PRICE\":\"5\",\"CURRENCY_ID\":\"RUB\"}", "crm.product"),
            ("{\"ID\":1,\"NAME\":\"a\",\"CODE\":\"5\",\"SECTION_ID\":null}", "crm.product"),
            ("{\"ID\":1,\"CODE\":\"796\",\"MEASURE_TITLE\":\"Штука\"}", "crm.measure"),
            ("{\"ID\":1,\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"2\",\"RQ_INN\":\"\"}", "crm.requisite"),
            ("{\"ID\":1,\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"2\",\"NAME\":\"a\"}", "crm.requisite"),
            ("{\"ID\":1,\"ENTITY_ID\":\"2\",\"RQ_BIK\":\"1\"}", "crm.bankdetail"),
            ("{\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"2\",\"ADDRESS_1\":\"a\"}", "crm.address"),
            ("{\"ENTITY_TYPE_ID\":\"2\",\"REQUISITE_ID\":\"0\",\"BANK_DETAIL_ID\":\"0\"}", "crm.requisite.link"),
            ("{\"ID\":1,\"ENTITY_ID\":\"SOURCE\",\"STATUS_ID\":\"WEB\",\"NAME\":\"a\"}", "crm.status"),
            ("{\"ID\":1,\"OWNER_ID\":2,\"PRODUCT_NAME\":\"a\"}", "crm.productrow"),
            ("{\"CONTACT_ID\":1,\"SORT\":10,\"IS_PRIMARY\":\"Y\"}", "crm.company.contact"),
            ("{\"id\":0,\"entityTypeId\":2,\"isDefault\":\"Y\"}", "crm.category"),
            ("{\"ID\":\"1\",\"NAME\":\"a\",\"LAST_NAME\":\"b\",\"USER_TYPE\":\"employee\"}", "user"),
            ("{\"ID\":1,\"TITLE\":\"a\"}", ""),
            ("{\"ID\":1,\"NAME\":\"a\"}", ""),
            ("{\"ID\":1,\"TITLE\":\"a\",\"OPPORTUNITY\":\"5\"}", ""),
            ("{\"ID\":1,\"TITLE\":\"a\",\"PHONE\":[]}", ""),
            ("{}", ""),
            ("5", ""),
        ];
        for (text, expected) in cases {
            let node = Reader::new(text).node().unwrap();
            assert_eq!(of_list(std::slice::from_ref(&node), Some("items")), expected, "{text}");
        }
        assert_eq!(of_list(&[], Some("productRows")), PRODUCT_ROW);
    }

    #[test]
    fn rows_of_goods_follow_their_owner() {
        for (owner, expected) in [
            ("\"ownerType\":\"D\"", "crm.deal.productrow"),
            ("\"OWNER_TYPE\":\"I\"", "crm.oldinvoice.productrow"),
            ("\"ownerType\":\"SI\"", "crm.invoice.productrow"),
            ("\"ownerType\":\"L\"", "crm.lead.productrow"),
            ("\"ownerType\":\"Tb3\"", "crm.item.179.productrow"),
            ("\"ownerType\":\"Tx\"", "crm.productrow"),
            ("\"ownerId\":5", "crm.productrow"),
        ] {
            let text = format!("{{\"id\":1,{owner}}}");
            let node = Reader::new(&text).node().unwrap();
            assert_eq!(of_record(PRODUCT_ROW, &node), expected, "{owner}");
        }
    }
}
