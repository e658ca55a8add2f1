//! Checks of the catalogue that do not run yet: each with its rule and with what it waits for.
//!
//! A check moves from here into its family when the data it needs can be loaded; its id stays.

use Needs::{Contracts, Documents, Mapping, Objects, Payments, PreviousRun, Products, Register, Stock};
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
            Stock => ("нужны склады и остатки", "needs warehouses and stock"),
            Documents => ("нужны сделки и документы", "needs deals and documents"),
            Payments => ("нужны сделки и оплаты", "needs deals and payments"),
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
    planned("snap-volume-drop", Warning, PreviousRun, "Число записей упало против прошлой сверки больше чем на пятую часть", "The number of records fell by more than a fifth against the last audit"),
    planned("map-status-unmapped", Blocker, Mapping, "Стадия сделки или статус без соответствия в другой системе", "A stage or status without a pair in the other system"),
    planned("map-org-unmapped", Blocker, Mapping, "Своя организация или воронка без пары", "An own organisation or pipeline without a pair"),
    planned("map-user-unmapped", Warning, Mapping, "Ответственный уволен или не найден в другой системе", "A responsible person is inactive or has no pair"),
    planned("map-price-type-unmapped", Warning, Mapping, "Вид цены без пары", "A price type without a pair"),
    planned("cp-egrul-dead", Warning, Register, "Контрагент ликвидирован или реорганизован по выгрузке ЕГРЮЛ", "A counterparty liquidated or reorganised by a file of the state register"),
    planned("ct-person-no-id", Warning, Contracts, "У человека с договором нет ни ИНН, ни СНИЛС, ни паспорта", "A person with a contract has no INN, SNILS or passport"),
    planned("pr-article-missing", Warning, Products, "Продаваемый товар без артикула и кода", "A sold product without an article and a code"),
    planned("pr-article-dup", Blocker, Products, "Один артикул у нескольких действующих товаров", "One article on several active products"),
    planned("pr-article-lookalike", Error, Products, "Артикулы различаются только похожими знаками (А и A, О и 0), регистром или дефисом", "Articles differ only in look-alike characters, case or dashes"),
    planned("pr-barcode-checksum", Warning, Products, "Не сходится контрольная цифра штрихкода", "The check digit of a barcode does not agree"),
    planned("pr-barcode-dup", Error, Products, "Один штрихкод у нескольких товаров", "One barcode on several products"),
    planned("pr-name-dup", Warning, Products, "Товары с одинаковыми по словам названиями", "Products whose names hold the same words"),
    planned("pr-unit-drift", Error, Products, "Базовая единица измерения различается", "The base unit of measure differs"),
    planned("pr-unit-coefficient", Error, Products, "Коэффициент упаковки различается или равен нулю", "The package coefficient differs or is zero"),
    planned("pr-unit-unknown", Error, Products, "Единицы измерения нет в ОКЕИ и в соответствиях", "A unit of measure is neither in OKEI nor mapped"),
    planned("pr-vat-drift", Error, Products, "Ставка НДС различается", "The VAT rate differs"),
    planned("pr-vat-expired", Error, Products, "Ставка НДС не действует на дату документа", "The VAT rate is not in force on the date of the document"),
    planned("pr-vat-none-vs-zero", Error, Products, "«Без НДС» на одной стороне и 0 % на другой", "“No VAT” on one side and 0 % on the other"),
    planned("pr-vat-included-flag", Error, Products, "Цена с НДС на одной стороне и без НДС на другой", "The price includes VAT on one side only"),
    planned("pr-price-drift", Warning, Products, "Цена одного вида расходится больше допуска", "A price of one type differs by more than the tolerance"),
    planned("pr-price-zero", Warning, Products, "Действующий товар с нулевой ценой в открытых сделках", "An active product with a zero price in open deals"),
    planned("pr-currency-drift", Error, Products, "Валюта цены различается", "The currency of a price differs"),
    planned("pr-kind-drift", Error, Products, "Товар на одной стороне и услуга на другой", "Goods on one side and a service on the other"),
    planned("pr-variant-flattened", Warning, Products, "Характеристики 1С слиты в CRM в один товар", "Variants of 1C are one product in the CRM"),
    planned("pr-kit-structure", Error, Products, "Комплект в CRM и составные части в 1С", "A kit in the CRM, its components in 1C"),
    planned("pr-archived-in-open-deal", Warning, Products, "Помеченный на удаление товар стоит в открытой сделке", "A product marked for deletion is in an open deal"),
    planned("pr-freeform-line", Error, Documents, "Строка сделки без товара из каталога", "A deal line without a product of the catalogue"),
    planned("wh-unmapped", Error, Stock, "Склад без пары", "A warehouse without a pair"),
    planned("wh-dup", Warning, Stock, "Склады с похожими названиями или адресами", "Warehouses with similar names or addresses"),
    planned("st-negative", Error, Stock, "Отрицательный остаток на дату", "A negative balance on the date"),
    planned("st-qty-drift", Error, Stock, "Остаток расходится больше допуска", "A quantity differs by more than the tolerance"),
    planned("st-reserve-drift", Warning, Stock, "Резерв расходится или держится отменённой сделкой", "A reserve differs, or a cancelled deal still holds it"),
    planned("co-missing", Error, Contracts, "У сделки с документами нет договора в 1С", "A deal with documents has no contract in 1C"),
    planned("co-dup-number", Warning, Contracts, "Один номер и дата договора у одного контрагента дважды", "One contract number and date twice with one party"),
    planned("co-multi-active", Warning, Contracts, "Несколько действующих договоров одного вида с одним контрагентом", "Several active contracts of one kind with one party"),
    planned("co-kind-wrong", Error, Contracts, "Вид договора не подходит для продажи", "The kind of the contract does not fit a sale"),
    planned("co-owner-drift", Blocker, Contracts, "Договор принадлежит другому контрагенту", "The contract belongs to another counterparty"),
    planned("co-org-drift", Blocker, Contracts, "Договор с другой своей организацией", "The contract is with another own organisation"),
    planned("co-currency-drift", Error, Contracts, "Валюта расчётов различается", "The settlement currency differs"),
    planned("co-expired", Warning, Contracts, "Срок договора истёк, а сделка открыта", "The contract has ended while the deal is open"),
    planned("doc-lost", Error, Documents, "Документ закрыт в CRM и отсутствует в 1С", "A document closed in the CRM is absent in 1C"),
    planned("doc-ghost", Error, Documents, "Документ есть в 1С, а в CRM его нет или он отменён", "A document of 1C is absent or cancelled in the CRM"),
    planned("doc-amount-drift", Error, Documents, "Суммы документа расходятся больше допуска", "Totals of a document differ by more than the tolerance"),
    planned("doc-rounding", Info, Documents, "Суммы расходятся на копейки округления", "Totals differ by rounding only"),
    planned("doc-vat-drift", Error, Documents, "Сумма НДС различается или не равна сумме по строкам", "The VAT sum differs, or is not the sum of the lines"),
    planned("doc-lines-drift", Error, Documents, "Строки документа различаются числом, количеством или ценой", "Lines differ in number, quantity or price"),
    planned("doc-discount-model", Warning, Documents, "Скидка хранится по-разному: процентом, суммой или в цене", "The discount is kept as a percentage, as an amount or in the price"),
    planned("doc-date-drift", Warning, Documents, "Дата различается и переходит в другой период", "The date differs and falls into another period"),
    planned("doc-number-dup", Warning, Documents, "Номер документа повторяется за год в организации", "A document number repeats within a year and an organisation"),
    planned("doc-number-prefix", Info, Documents, "Номера различаются только префиксом и нулями", "Numbers differ in prefix and zeros only"),
    planned("doc-party-drift", Blocker, Documents, "Связанные документы выписаны на разных контрагентов", "Paired documents name different parties"),
    planned("doc-unposted", Error, Documents, "В CRM выполнен, в 1С не проведён", "Done in the CRM, not posted in 1C"),
    planned("doc-deleted-mark", Error, Documents, "Помечен на удаление в 1С и действует в CRM", "Marked for deletion in 1C, alive in the CRM"),
    planned("doc-closed-period", Blocker, Documents, "Изменение попадает в закрытый период", "A change falls into a closed period"),
    planned("doc-changed-after-close", Error, Documents, "Документ изменён после закрытия периода", "A document changed after its period was closed"),
    planned("doc-twice-exported", Blocker, Documents, "Одна сделка выгружена в два документа", "One deal became two documents"),
    planned("doc-currency-rate", Warning, Documents, "Курс валюты на дату различается", "The currency rate on the date differs"),
    planned("doc-sf-missing", Error, Documents, "Отгрузка с НДС без счёта-фактуры", "A shipment with VAT without a tax invoice"),
    planned("doc-sf-number-gap", Warning, Documents, "Пропуски в нумерации счетов-фактур", "Gaps in the numbers of tax invoices"),
    planned("doc-edo-status-drift", Warning, Documents, "Подписан в ЭДО, а в системе остался черновиком", "Signed electronically, still a draft in the system"),
    planned("doc-return-drift", Error, Documents, "Возврат или корректировка только на одной стороне", "A return or correction on one side only"),
    planned("doc-cancel-drift", Error, Documents, "Отмена только на одной стороне", "A cancellation on one side only"),
    planned("deal-stage-no-doc", Error, Documents, "Стадия сделки требует документа, которого нет", "The stage of a deal requires a document that does not exist"),
    planned("deal-doc-no-stage", Warning, Documents, "Документ есть, а сделка на более ранней стадии", "A document exists while the deal is at an earlier stage"),
    planned("deal-paid-no-money", Blocker, Payments, "Сделка оплачена по стадии, а денег меньше суммы", "The deal is “paid” while payments are below its total"),
    planned("deal-money-no-stage", Warning, Payments, "Сделка оплачена полностью, а стадия прежняя", "The deal is fully paid and its stage was not moved"),
    planned("deal-partial-as-full", Error, Payments, "Частичная оплата показана полной", "A partial payment shown as full"),
    planned("deal-lost-with-money", Error, Payments, "У проигранной сделки есть оплаты или отгрузки", "A lost deal has payments or shipments"),
    planned("deal-amount-vs-lines", Warning, Documents, "Сумма сделки не равна сумме строк", "The amount of a deal is not the sum of its lines"),
    planned("deal-stale", Info, Documents, "Открытая сделка без движения больше 180 дней", "An open deal untouched for more than 180 days"),
    planned("pay-unallocated", Error, Payments, "Оплата без договора и заказа", "A payment without a contract or order"),
    planned("pay-dup", Error, Payments, "Одна оплата проведена дважды", "One payment entered twice"),
    planned("pay-third-party", Warning, Payments, "Плательщик не совпадает с покупателем", "The payer is not the buyer"),
    planned("pay-over", Warning, Payments, "Оплачено больше, чем выставлено", "More was paid than billed"),
    planned("pay-purpose-no-ref", Warning, Payments, "В назначении платежа нет номера и даты документа", "The purpose of a payment names no document"),
    planned("pay-only-one-side", Error, Payments, "Оплата есть только в CRM или только в банке", "A payment is in the CRM only or in the bank only"),
    planned("re-object-one-side", Error, Objects, "Объект есть только в шахматке или только в 1С", "A unit is in the grid only or in 1C only"),
    planned("re-object-key-dup", Blocker, Objects, "Дом, секция, этаж и номер повторяются", "House, section, floor and number repeat"),
    planned("re-object-number-form", Warning, Objects, "Номер объекта записан по-разному", "The number of a unit is written in different ways"),
    planned("re-object-type-drift", Error, Objects, "Тип помещения различается", "The type of a unit differs"),
    planned("re-status-drift", Error, Objects, "Статус объекта различается", "The status of a unit differs"),
    planned("re-double-sale", Blocker, Objects, "На объект больше одной действующей сделки или ДДУ", "More than one active deal or contract for a unit"),
    planned("re-sold-no-ddu", Blocker, Objects, "Объект продан, а ДДУ в 1С нет", "A sold unit without a contract in 1C"),
    planned("re-free-with-ddu", Blocker, Objects, "Объект свободен в CRM при действующем ДДУ", "A unit free in the CRM under an active contract"),
    planned("re-reserve-expired", Warning, Objects, "Срок брони прошёл, а объект занят", "A reservation past its date still holds the unit"),
    planned("re-reserve-two-deals", Error, Objects, "Объект забронирован двумя сделками", "A unit reserved by two deals"),
    planned("re-area-drift", Error, Objects, "Площади по проекту, договору и обмеру расходятся", "Areas by project, contract and survey differ"),
    planned("re-price-formula", Warning, Objects, "Цена не равна площади, умноженной на ставку, с учётом скидки", "The price is not area times rate with the discount"),
    planned("re-ddu-amount-drift", Blocker, Objects, "Цена ДДУ различается", "The price of a contract differs"),
    planned("re-ddu-number-date-drift", Error, Objects, "Номер или дата ДДУ различаются", "Number or date of a contract differ"),
    planned("re-ddu-unregistered-paid", Blocker, Objects, "Деньги получены до регистрации ДДУ", "Money came before the contract was registered"),
    planned("re-ddu-date-order", Warning, Objects, "Нарушен порядок дат брони, договора, регистрации и оплаты", "Dates of reservation, contract, registration and payment are out of order"),
    planned("re-shareholders-drift", Error, Objects, "Состав дольщиков различается", "The set of shareholders differs"),
    planned("re-shares-sum", Error, Objects, "Доли не складываются в единицу", "Shares do not sum to one"),
    planned("re-shareholder-no-id", Error, Objects, "У дольщика нет паспорта, СНИЛС и ИНН", "A shareholder has no passport, SNILS or INN"),
    planned("re-schedule-sum", Blocker, Objects, "Сумма графика не равна цене ДДУ", "The schedule does not sum to the price"),
    planned("re-schedule-drift", Error, Objects, "Даты или суммы графика расходятся", "Dates or amounts of instalments differ"),
    planned("re-schedule-dates", Warning, Objects, "Платёж раньше договора, после ввода дома или дважды в день", "An instalment before the contract, after commissioning or twice a day"),
    planned("re-schedule-version", Error, Objects, "Допсоглашение изменило график только на одной стороне", "An addendum changed the schedule on one side only"),
    planned("re-overdue-false", Warning, Objects, "Просрочка в CRM при оплате в 1С", "Overdue in the CRM, paid in 1C"),
    planned("re-payment-no-line", Error, Objects, "Платёж не ложится ни на одну строку графика", "A payment fits no instalment"),
    planned("re-payment-over", Warning, Objects, "Оплачено больше графика", "More was paid than scheduled"),
    planned("re-escrow-account-type", Blocker, Objects, "Деньги по эскроу пришли на расчётный счёт", "Escrow money came to a settlement account"),
    planned("re-escrow-balance-drift", Error, Objects, "Реестр эскроу банка не сходится с учётом", "The escrow register of the bank differs from the books"),
    planned("re-escrow-release-drift", Error, Objects, "Раскрытая сумма не равна внесённой", "The released sum is not the deposited one"),
    planned("re-termination-live", Blocker, Objects, "ДДУ расторгнут в 1С, а сделка в CRM действует", "A contract terminated in 1C is alive in the CRM"),
    planned("re-assignment-owner", Error, Objects, "Уступка зарегистрирована, а владелец прежний", "An assignment is registered, the old owner stays"),
    planned("re-transfer-act-plan", Warning, Objects, "Акт передачи подписан, а план платежей не закрыт", "The transfer act is signed, the plan still open"),
    planned("re-mortgage-bank-drift", Warning, Objects, "Банк или сумма ипотеки различаются", "Bank or amount of the mortgage differ"),
    planned("re-bundle-objects", Warning, Objects, "Одна сделка на несколько объектов с отдельными ДДУ", "One deal for several units under separate contracts"),
    planned("re-vat-nonresidential", Error, Objects, "НДС не соответствует назначению помещения", "VAT does not fit the use of the unit"),
    planned("re-cadastral-format", Warning, Objects, "Кадастровый номер не по образцу", "The cadastral number is malformed"),
    planned("re-agent-fee", Info, Objects, "Комиссионная сделка без пары", "A commission deal without a pair"),
];
