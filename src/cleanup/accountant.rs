//! `cleanup/accountant.csv`: what an accountant has to look at in documents, payments and contracts, the dearest first.
//! Documents of accounting are never changed by a script: each needs its source document.

use super::csv::{BOM, row};
use super::differences::is_accounting;
use super::{Draft, system};
use crate::checks::CheckResult;
use crate::finding::{Finding, Status, Subject};
use crate::model::{Decimal, Entity, Field, RecordRef};
use crate::outcome::Outcome;

/// Name of the file.
pub const FILE: &str = "accountant.csv";

/// A row per finding that nobody has put off, in the order of the report: by severity, then by the money at stake. `None`
/// without any.
pub fn file(outcome: &Outcome) -> Option<Draft<'_>> {
    tasks(outcome).next()?;
    Some(Draft::text(FILE, move || render(outcome)))
}

fn tasks(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    outcome.findings.iter().filter(|f| is_accounting(f.check) && f.status != Status::Accepted)
}

fn render(outcome: &Outcome) -> String {
    let lang = outcome.lang;
    let say = |ru, en| lang.pick(ru, en);
    let mut text = String::from(BOM);
    row(
        &mut text,
        &[
            say("Важность", "Severity"),
            say("Под вопросом, руб.", "At stake, roubles"),
            say("Где", "Where"),
            say("Документ", "Document"),
            say("Дата", "Date"),
            say("Контрагент", "Counterparty"),
            say("Сумма", "Amount"),
            say("Что не так", "What is wrong"),
            say("Что сделать", "What to do"),
            say("Код проверки", "Check"),
            say("Ид находки", "Finding"),
            say("Ссылка", "Link"),
        ],
    );
    for f in tasks(outcome) {
        let Subject::Record(r) = f.subject else { continue };
        let advice = outcome.checks.iter().find(|c: &&CheckResult| c.meta.id == f.check);
        let impact = f.impact.map_or_else(String::new, |sum| Decimal::from(sum.round_to_kopeck()).to_string());
        row(
            &mut text,
            &[
                f.severity.text(lang),
                &impact,
                r.side.title(lang),
                &outcome.data.display_name(r),
                &date(outcome, r),
                &party(outcome, r),
                outcome.data.text(r, Field::Amount),
                &f.message,
                advice.map_or("", |c| c.meta.card(lang).remedy),
                f.check,
                &f.id.to_string(),
                &system::card(outcome, r),
            ],
        );
    }
    text
}

fn date(outcome: &Outcome, r: RecordRef) -> String {
    let book = outcome.data.book(r.side, outcome.data.entity(r));
    book.moment(Field::Date, r.at()).valid().map_or_else(String::new, |m| m.format("%d.%m.%Y").to_string())
}

fn party(outcome: &Outcome, r: RecordRef) -> String {
    let stated = outcome.data.entity(r) != Entity::Line;
    let party = if stated { crate::pairing::papers::party(&outcome.data, r) } else { None };
    party.map_or_else(|| outcome.data.text(r, Field::PartyName).to_owned(), |p| outcome.data.display_name(p))
}
