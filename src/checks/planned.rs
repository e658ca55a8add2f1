//! Checks of the catalogue that do not run yet: each with its rule and with what it waits for.
//!
//! A check moves from here into its family when the data it needs can be loaded; its id stays.

use Needs::{Contracts, Documents, Mapping, Payments, PreviousRun, Products, Register, Stock};
use Severity::{Blocker, Error, Info, Warning};

use crate::finding::Severity;
use crate::model::Lang;

/// What a planned check waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    PreviousRun,
    Mapping,
    Register,
    Contracts,
    Products,
    Stock,
    Documents,
    Payments,
}

impl Needs {
    /// What is missing, one phrase.
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            PreviousRun => ("нужны итоги прошлой сверки", "needs the result of the last audit"),
            Mapping => ("нужны соответствия справочников", "needs mapped dictionaries"),
            Register => ("нужна выгрузка ЕГРЮЛ", "needs a file of the state register"),
            Contracts => ("нужны договоры", "needs contracts"),
            Products => ("нужны товары и цены", "needs products and prices"),
            Stock => ("нужны склады и остатки", "needs warehouses and stock"),
            Documents => ("нужны сделки и документы", "needs deals and documents"),
            Payments => ("нужны сделки и оплаты", "needs deals and payments"),
        };
        lang.pick(ru, en)
    }
}

/// A check that is listed and does not run.
#[derive(Debug)]
pub struct Planned {
    pub id: &'static str,
    pub severity: Severity,
    pub needs: Needs,
    /// The rule in one line, without a full stop.
    pub ru: &'static str,
    pub en: &'static str,
}

const fn planned(id: &'static str, severity: Severity, needs: Needs, ru: &'static str, en: &'static str) -> Planned {
    Planned { id, severity, needs, ru, en }
}

/// All planned checks, by family.
pub const PLANNED: &[Planned] = &[
    planned(
        "snap-volume-drop",
        Warning,
        PreviousRun,
        "Число записей упало против прошлой сверки больше чем на пятую часть",
        "The number of records fell by more than a fifth against the last audit",
    ),
    planned(
        "map-status-unmapped",
        Blocker,
        Mapping,
        "Стадия сделки или статус без соответствия в другой системе",
        "A stage or status without a pair in the other system",
    ),
    planned(
        "map-org-unmapped",
        Blocker,
        Mapping,
        "Своя организация или воронка без пары",
        "An own organisation or pipeline without a pair",
    ),
    planned(
        "map-user-unmapped",
        Warning,
        Mapping,
        "Ответственный уволен или не найден в другой системе",
        "A responsible person is inactive or has no pair",
    ),
    planned("map-price-type-unmapped", Warning, Mapping, "Вид цены без пары", "A price type without a pair"),
    planned(
        "cp-egrul-dead",
        Warning,
        Register,
        "Контрагент ликвидирован или реорганизован по выгрузке ЕГРЮЛ",
        "A counterparty liquidated or reorganised by a file of the state register",
    ),
    planned(
        "ct-person-no-id",
        Warning,
        Contracts,
        "У человека с договором нет ни ИНН, ни СНИЛС, ни паспорта",
        "A person with a contract has no INN, SNILS or passport",
    ),
    planned(
        "pr-unit-coefficient",
        Error,
        Products,
        "Коэффициент упаковки различается или равен нулю",
        "The package coefficient differs or is zero",
    ),
    planned(
        "pr-kit-structure",
        Error,
        Products,
        "Комплект в CRM и составные части в 1С",
        "A kit in the CRM, its components in 1C",
    ),
    planned(
        "co-missing",
        Error,
        Contracts,
        "У сделки с документами нет договора в 1С",
        "A deal with documents has no contract in 1C",
    ),
    planned(
        "co-dup-number",
        Warning,
        Contracts,
        "Один номер и дата договора у одного контрагента дважды",
        "One contract number and date twice with one party",
    ),
    planned(
        "co-multi-active",
        Warning,
        Contracts,
        "Несколько действующих договоров одного вида с одним контрагентом",
        "Several active contracts of one kind with one party",
    ),
    planned(
        "co-kind-wrong",
        Error,
        Contracts,
        "Вид договора не подходит для продажи",
        "The kind of the contract does not fit a sale",
    ),
    planned(
        "co-owner-drift",
        Blocker,
        Contracts,
        "Договор принадлежит другому контрагенту",
        "The contract belongs to another counterparty",
    ),
    planned(
        "co-org-drift",
        Blocker,
        Contracts,
        "Договор с другой своей организацией",
        "The contract is with another own organisation",
    ),
    planned("co-currency-drift", Error, Contracts, "Валюта расчётов различается", "The settlement currency differs"),
    planned(
        "co-expired",
        Warning,
        Contracts,
        "Срок договора истёк, а сделка открыта",
        "The contract has ended while the deal is open",
    ),
    planned(
        "doc-lost",
        Error,
        Documents,
        "Документ закрыт в CRM и отсутствует в 1С",
        "A document closed in the CRM is absent in 1C",
    ),
    planned(
        "doc-ghost",
        Error,
        Documents,
        "Документ есть в 1С, а в CRM его нет или он отменён",
        "A document of 1C is absent or cancelled in the CRM",
    ),
    planned(
        "doc-amount-drift",
        Error,
        Documents,
        "Суммы документа расходятся больше допуска",
        "Totals of a document differ by more than the tolerance",
    ),
    planned(
        "doc-rounding",
        Info,
        Documents,
        "Суммы расходятся на копейки округления",
        "Totals differ by rounding only",
    ),
    planned(
        "doc-vat-drift",
        Error,
        Documents,
        "Сумма НДС различается или не равна сумме по строкам",
        "The VAT sum differs, or is not the sum of the lines",
    ),
    planned(
        "doc-lines-drift",
        Error,
        Documents,
        "Строки документа различаются числом, количеством или ценой",
        "Lines differ in number, quantity or price",
    ),
    planned(
        "doc-discount-model",
        Warning,
        Documents,
        "Скидка хранится по-разному: процентом, суммой или в цене",
        "The discount is kept as a percentage, as an amount or in the price",
    ),
    planned(
        "doc-date-drift",
        Warning,
        Documents,
        "Дата различается и переходит в другой период",
        "The date differs and falls into another period",
    ),
    planned(
        "doc-number-dup",
        Warning,
        Documents,
        "Номер документа повторяется за год в организации",
        "A document number repeats within a year and an organisation",
    ),
    planned(
        "doc-number-prefix",
        Info,
        Documents,
        "Номера различаются только префиксом и нулями",
        "Numbers differ in prefix and zeros only",
    ),
    planned(
        "doc-party-drift",
        Blocker,
        Documents,
        "Связанные документы выписаны на разных контрагентов",
        "Paired documents name different parties",
    ),
    planned("doc-unposted", Error, Documents, "В CRM выполнен, в 1С не проведён", "Done in the CRM, not posted in 1C"),
    planned(
        "doc-deleted-mark",
        Error,
        Documents,
        "Помечен на удаление в 1С и действует в CRM",
        "Marked for deletion in 1C, alive in the CRM",
    ),
    planned(
        "doc-closed-period",
        Blocker,
        Documents,
        "Изменение попадает в закрытый период",
        "A change falls into a closed period",
    ),
    planned(
        "doc-changed-after-close",
        Error,
        Documents,
        "Документ изменён после закрытия периода",
        "A document changed after its period was closed",
    ),
    planned(
        "doc-twice-exported",
        Blocker,
        Documents,
        "Одна сделка выгружена в два документа",
        "One deal became two documents",
    ),
    planned(
        "doc-currency-rate",
        Warning,
        Documents,
        "Курс валюты на дату различается",
        "The currency rate on the date differs",
    ),
    planned(
        "doc-sf-missing",
        Error,
        Documents,
        "Отгрузка с НДС без счёта-фактуры",
        "A shipment with VAT without a tax invoice",
    ),
    planned(
        "doc-sf-number-gap",
        Warning,
        Documents,
        "Пропуски в нумерации счетов-фактур",
        "Gaps in the numbers of tax invoices",
    ),
    planned(
        "doc-edo-status-drift",
        Warning,
        Documents,
        "Подписан в ЭДО, а в системе остался черновиком",
        "Signed electronically, still a draft in the system",
    ),
    planned(
        "doc-return-drift",
        Error,
        Documents,
        "Возврат или корректировка только на одной стороне",
        "A return or correction on one side only",
    ),
    planned("doc-cancel-drift", Error, Documents, "Отмена только на одной стороне", "A cancellation on one side only"),
    planned(
        "deal-stage-no-doc",
        Error,
        Documents,
        "Стадия сделки требует документа, которого нет",
        "The stage of a deal requires a document that does not exist",
    ),
    planned(
        "deal-doc-no-stage",
        Warning,
        Documents,
        "Документ есть, а сделка на более ранней стадии",
        "A document exists while the deal is at an earlier stage",
    ),
    planned(
        "deal-paid-no-money",
        Blocker,
        Payments,
        "Сделка оплачена по стадии, а денег меньше суммы",
        "The deal is “paid” while payments are below its total",
    ),
    planned(
        "deal-money-no-stage",
        Warning,
        Payments,
        "Сделка оплачена полностью, а стадия прежняя",
        "The deal is fully paid and its stage was not moved",
    ),
    planned(
        "deal-partial-as-full",
        Error,
        Payments,
        "Частичная оплата показана полной",
        "A partial payment shown as full",
    ),
    planned(
        "deal-lost-with-money",
        Error,
        Payments,
        "У проигранной сделки есть оплаты или отгрузки",
        "A lost deal has payments or shipments",
    ),
    planned(
        "deal-amount-vs-lines",
        Warning,
        Documents,
        "Сумма сделки не равна сумме строк",
        "The amount of a deal is not the sum of its lines",
    ),
    planned(
        "deal-stale",
        Info,
        Documents,
        "Открытая сделка без движения больше 180 дней",
        "An open deal untouched for more than 180 days",
    ),
    planned(
        "pay-unallocated",
        Error,
        Payments,
        "Оплата без договора и заказа",
        "A payment without a contract or order",
    ),
    planned("pay-dup", Error, Payments, "Одна оплата проведена дважды", "One payment entered twice"),
    planned(
        "pay-third-party",
        Warning,
        Payments,
        "Плательщик не совпадает с покупателем",
        "The payer is not the buyer",
    ),
    planned("pay-over", Warning, Payments, "Оплачено больше, чем выставлено", "More was paid than billed"),
    planned(
        "pay-purpose-no-ref",
        Warning,
        Payments,
        "В назначении платежа нет номера и даты документа",
        "The purpose of a payment names no document",
    ),
    planned(
        "pay-only-one-side",
        Error,
        Payments,
        "Оплата есть только в CRM или только в банке",
        "A payment is in the CRM only or in the bank only",
    ),
];
