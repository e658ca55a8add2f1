//! Checks of the catalogue that do not run yet: each with its rule and with what it waits for.
//!
//! A check moves from here into its family when the data it needs can be loaded; its id stays.

use Needs::{Contracts, Mapping, Objects, PreviousRun, Products, Register};
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
    Objects,
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
            Objects => ("нужны объекты и ДДУ", "needs property objects and contracts"),
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
        "re-object-one-side",
        Error,
        Objects,
        "Объект есть только в шахматке или только в 1С",
        "A unit is in the grid only or in 1C only",
    ),
    planned(
        "re-object-key-dup",
        Blocker,
        Objects,
        "Дом, секция, этаж и номер повторяются",
        "House, section, floor and number repeat",
    ),
    planned(
        "re-object-number-form",
        Warning,
        Objects,
        "Номер объекта записан по-разному",
        "The number of a unit is written in different ways",
    ),
    planned("re-object-type-drift", Error, Objects, "Тип помещения различается", "The type of a unit differs"),
    planned("re-status-drift", Error, Objects, "Статус объекта различается", "The status of a unit differs"),
    planned(
        "re-double-sale",
        Blocker,
        Objects,
        "На объект больше одной действующей сделки или ДДУ",
        "More than one active deal or contract for a unit",
    ),
    planned(
        "re-sold-no-ddu",
        Blocker,
        Objects,
        "Объект продан, а ДДУ в 1С нет",
        "A sold unit without a contract in 1C",
    ),
    planned(
        "re-free-with-ddu",
        Blocker,
        Objects,
        "Объект свободен в CRM при действующем ДДУ",
        "A unit free in the CRM under an active contract",
    ),
    planned(
        "re-reserve-expired",
        Warning,
        Objects,
        "Срок брони прошёл, а объект занят",
        "A reservation past its date still holds the unit",
    ),
    planned(
        "re-reserve-two-deals",
        Error,
        Objects,
        "Объект забронирован двумя сделками",
        "A unit reserved by two deals",
    ),
    planned(
        "re-area-drift",
        Error,
        Objects,
        "Площади по проекту, договору и обмеру расходятся",
        "Areas by project, contract and survey differ",
    ),
    planned(
        "re-price-formula",
        Warning,
        Objects,
        "Цена не равна площади, умноженной на ставку, с учётом скидки",
        "The price is not area times rate with the discount",
    ),
    planned("re-ddu-amount-drift", Blocker, Objects, "Цена ДДУ различается", "The price of a contract differs"),
    planned(
        "re-ddu-number-date-drift",
        Error,
        Objects,
        "Номер или дата ДДУ различаются",
        "Number or date of a contract differ",
    ),
    planned(
        "re-ddu-unregistered-paid",
        Blocker,
        Objects,
        "Деньги получены до регистрации ДДУ",
        "Money came before the contract was registered",
    ),
    planned(
        "re-ddu-date-order",
        Warning,
        Objects,
        "Нарушен порядок дат брони, договора, регистрации и оплаты",
        "Dates of reservation, contract, registration and payment are out of order",
    ),
    planned("re-shareholders-drift", Error, Objects, "Состав дольщиков различается", "The set of shareholders differs"),
    planned("re-shares-sum", Error, Objects, "Доли не складываются в единицу", "Shares do not sum to one"),
    planned(
        "re-shareholder-no-id",
        Error,
        Objects,
        "У дольщика нет паспорта, СНИЛС и ИНН",
        "A shareholder has no passport, SNILS or INN",
    ),
    planned(
        "re-schedule-sum",
        Blocker,
        Objects,
        "Сумма графика не равна цене ДДУ",
        "The schedule does not sum to the price",
    ),
    planned(
        "re-schedule-drift",
        Error,
        Objects,
        "Даты или суммы графика расходятся",
        "Dates or amounts of instalments differ",
    ),
    planned(
        "re-schedule-dates",
        Warning,
        Objects,
        "Платёж раньше договора, после ввода дома или дважды в день",
        "An instalment before the contract, after commissioning or twice a day",
    ),
    planned(
        "re-schedule-version",
        Error,
        Objects,
        "Допсоглашение изменило график только на одной стороне",
        "An addendum changed the schedule on one side only",
    ),
    planned("re-overdue-false", Warning, Objects, "Просрочка в CRM при оплате в 1С", "Overdue in the CRM, paid in 1C"),
    planned(
        "re-payment-no-line",
        Error,
        Objects,
        "Платёж не ложится ни на одну строку графика",
        "A payment fits no instalment",
    ),
    planned("re-payment-over", Warning, Objects, "Оплачено больше графика", "More was paid than scheduled"),
    planned(
        "re-escrow-account-type",
        Blocker,
        Objects,
        "Деньги по эскроу пришли на расчётный счёт",
        "Escrow money came to a settlement account",
    ),
    planned(
        "re-escrow-balance-drift",
        Error,
        Objects,
        "Реестр эскроу банка не сходится с учётом",
        "The escrow register of the bank differs from the books",
    ),
    planned(
        "re-escrow-release-drift",
        Error,
        Objects,
        "Раскрытая сумма не равна внесённой",
        "The released sum is not the deposited one",
    ),
    planned(
        "re-termination-live",
        Blocker,
        Objects,
        "ДДУ расторгнут в 1С, а сделка в CRM действует",
        "A contract terminated in 1C is alive in the CRM",
    ),
    planned(
        "re-assignment-owner",
        Error,
        Objects,
        "Уступка зарегистрирована, а владелец прежний",
        "An assignment is registered, the old owner stays",
    ),
    planned(
        "re-transfer-act-plan",
        Warning,
        Objects,
        "Акт передачи подписан, а план платежей не закрыт",
        "The transfer act is signed, the plan still open",
    ),
    planned(
        "re-mortgage-bank-drift",
        Warning,
        Objects,
        "Банк или сумма ипотеки различаются",
        "Bank or amount of the mortgage differ",
    ),
    planned(
        "re-bundle-objects",
        Warning,
        Objects,
        "Одна сделка на несколько объектов с отдельными ДДУ",
        "One deal for several units under separate contracts",
    ),
    planned(
        "re-vat-nonresidential",
        Error,
        Objects,
        "НДС не соответствует назначению помещения",
        "VAT does not fit the use of the unit",
    ),
    planned(
        "re-cadastral-format",
        Warning,
        Objects,
        "Кадастровый номер не по образцу",
        "The cadastral number is malformed",
    ),
    planned("re-agent-fee", Info, Objects, "Комиссионная сделка без пары", "A commission deal without a pair"),
];
