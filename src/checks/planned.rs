//! Checks of the catalogue that do not run yet: each with its rule and with what it waits for.
//!
//! A check moves from here into its family when the data it needs can be loaded; its id stays.

use Needs::{Contracts, Mapping, PreviousRun, Products, Register};
use Severity::{Error, Warning};

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
];
