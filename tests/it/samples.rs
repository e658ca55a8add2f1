//! Outcomes of the bundled projects, audited once for all tests that only read them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::NaiveDate;
use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::model::Lang;
use sverka::outcome::Outcome;

/// The folder of a bundled project.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// An outcome of one's own, as of the day of the project: to change it, or because the audit itself is the test.
pub fn fresh(name: &str, lang: Lang) -> Outcome {
    let mut config = config::load(&folder(name)).unwrap();
    config.lang = lang;
    let as_of = config.as_of.unwrap_or(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

type Audited = BTreeMap<(String, &'static str), Arc<OnceLock<&'static Outcome>>>;

/// [`fresh`], made once in this process. What audits of the same input have in common is no matter of these tests but of
/// `determinism` and of `sample`.
pub fn audited(name: &str, lang: Lang) -> &'static Outcome {
    static AUDITED: Mutex<Audited> = Mutex::new(BTreeMap::new());
    let key = (name.to_owned(), if lang == Lang::Ru { "ru" } else { "en" });
    // Another sample need not wait for this one.
    let place = Arc::clone(AUDITED.lock().unwrap().entry(key).or_default());
    place.get_or_init(|| Box::leak(Box::new(fresh(name, lang))))
}
