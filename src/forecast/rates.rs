//! `[exchange]` of a project, and what the CRMs let through.

use crate::map::system::System;

/// Tariff of the CRM, as far as limits of calls depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tariff {
    #[default]
    Standard,
    /// «Энтерпрайз» of Bitrix24.
    Enterprise,
    /// On a server of one's own: there is no limit unless its administrator set one.
    Box,
}

impl Tariff {
    pub const ALL: [(&'static str, Tariff); 3] =
        [("standard", Tariff::Standard), ("enterprise", Tariff::Enterprise), ("box", Tariff::Box)];
}

/// CRMs that a project may name.
pub const CRMS: [(&str, System); 3] =
    [("bitrix24", System::Bitrix24), ("amocrm", System::AmoCrm), ("retailcrm", System::RetailCrm)];

/// `[exchange]`: how the exchange is planned to run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ExchangeConfig {
    /// Minutes between two exchanges, at least 1.
    pub interval_minutes: Option<u32>,
    pub tariff: Tariff,
    /// Instead of the limit that is known for the CRM and its tariff; above 0.
    pub calls_per_second: Option<f64>,
    /// Where the files do not show which CRM it is.
    pub crm: Option<System>,
}

/// What a CRM lets through.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rates {
    /// Requests per second in the long run; `None` where no limit is known.
    pub per_second: Option<f64>,
    /// Records that one request reads.
    pub page: u64,
    /// Creations and updates that one request may carry.
    pub create_batch: u64,
    pub update_batch: u64,
    /// Requisites, bank details and addresses are records of their own.
    pub apart: bool,
}

impl Rates {
    /// Limits of a CRM.
    ///
    /// - Bitrix24 (REST of 2026): 2 requests a second, «Энтерпрайз» 5; lists by 50; `batch` of 50 calls counts as one
    ///   request. What a bucket holds for bursts is left out: it is gone within a minute. The time that methods may
    ///   take in ten minutes (`operating`) depends on the portal and is not counted.
    /// - amoCRM v4: 7 requests a second of an integration; lists and writes by 250.
    /// - RetailCRM v5: 10 requests a second; lists by 100; `upload` of 50 creates, an edit takes one request.
    ///
    /// Of an unknown CRM nothing is taken for granted: a record is a call, there is no limit but the one given.
    pub fn of(system: Option<System>, config: &ExchangeConfig) -> Rates {
        let rates = |per_second, page, create_batch, update_batch, apart| Rates {
            per_second,
            page,
            create_batch,
            update_batch,
            apart,
        };
        let mut known = match system {
            Some(System::Bitrix24) => {
                let per_second = match config.tariff {
                    Tariff::Standard => Some(2.0),
                    Tariff::Enterprise => Some(5.0),
                    Tariff::Box => None,
                };
                rates(per_second, 50, 50, 50, true)
            }
            Some(System::AmoCrm) => rates(Some(7.0), 250, 250, 250, false),
            Some(System::RetailCrm) => rates(Some(10.0), 100, 50, 1, false),
            _ => rates(None, 50, 1, 1, false),
        };
        known.per_second = config.calls_per_second.or(known.per_second);
        known
    }

    /// Seconds that so many requests take at least.
    pub fn seconds(&self, requests: u64) -> Option<u64> {
        self.per_second.map(|rate| (requests as f64 / rate).ceil() as u64)
    }
}
