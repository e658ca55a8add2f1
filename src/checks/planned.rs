//! Checks of the catalogue that do not run yet: each with its rule and with what it waits for.
//!
//! A check moves from here into its family when the data it needs can be loaded; its id stays.

use Needs::Register;
use Severity::Warning;

use crate::finding::Severity;
use crate::model::Lang;

/// What a planned check waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// A file of the state register of legal entities: no reader of it exists.
    Register,
}

impl Needs {
    /// What is missing, one phrase.
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Register => ("нужна выгрузка ЕГРЮЛ", "needs a file of the state register"),
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
pub const PLANNED: &[Planned] = &[planned(
    "cp-egrul-dead",
    Warning,
    Register,
    "Контрагент ликвидирован или реорганизован по выгрузке ЕГРЮЛ",
    "A counterparty liquidated or reorganised by a file of the state register",
)];
