//! Which system a source comes from: a file format is a system's own, or headings tell it. Headings of exported tables are
//! from FORMATS of the vendors: the names of columns of Bitrix24 and amoCRM, attribute names of 1C OData.

use crate::model::{Field, Side, SourceReport};

/// A system that sverka knows by its exports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum System {
    Bitrix24,
    AmoCrm,
    RetailCrm,
    /// 1C:Enterprise with БСП.
    OneC,
    /// 1C whose data came through OData, so that it is published there.
    OneCOdata,
}

impl System {
    /// Name in `plan.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            System::Bitrix24 => "bitrix24",
            System::AmoCrm => "amocrm",
            System::RetailCrm => "retailcrm",
            System::OneC => "1c",
            System::OneCOdata => "1c-odata",
        }
    }
}

/// Systems behind the sources of a side, sorted, without repeats; none when nothing shows which CRM it is.
pub fn systems(side: Side, sources: &[SourceReport]) -> Vec<System> {
    let mut found: Vec<System> = sources.iter().filter_map(|source| system_of(side, source)).collect();
    if side == Side::Onec {
        found.push(System::OneC);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn system_of(side: Side, source: &SourceReport) -> Option<System> {
    let format = source.format;
    let is = |prefix: &str| format.starts_with(prefix);
    let heading = |known: &dyn Fn(&str) -> bool| {
        source.mapped.iter().map(|(h, _)| h.as_str()).chain(source.unmapped.iter().map(String::as_str)).any(known)
    };
    if side == Side::Onec {
        let by_reference = source.mapped.iter().any(|(h, f)| h == "Ref_Key" && *f == Field::Id);
        return (is("onec") && by_reference || is("odata")).then_some(System::OneCOdata);
    }
    if is("bitrix24") {
        return Some(System::Bitrix24);
    }
    if is("amocrm") || is("kommo") {
        return Some(System::AmoCrm);
    }
    if is("retailcrm") {
        return Some(System::RetailCrm);
    }
    // amoCRM first: its suffixes are its own, while «Рабочий телефон» stands in both.
    if heading(&|h| h.ends_with(" (контакт)") || h.ends_with(" (компания)") || h == "Рабочий прямой телефон")
    {
        return Some(System::AmoCrm);
    }
    let of_bitrix = |h: &str| {
        matches!(h, "Название компании" | "Рабочий e-mail" | "Частный e-mail" | "Мобильный телефон" | "Company Name")
            || h.starts_with("Реквизит: ")
            || h.starts_with("Реквизит (")
    };
    heading(&of_bitrix).then_some(System::Bitrix24)
}
