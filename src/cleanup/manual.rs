//! `cleanup/manual.csv`: groups that a person must deal with, with the reason, what to do and links to the cards.

use super::ScriptFile;
use super::csv::{BOM, row};
use super::plan::Plan;
use super::system;
use crate::model::Field;
use crate::outcome::Outcome;

/// The list, also when it is empty: an empty list says that nothing is left to a person. A row per record; rows of one
/// group share its number, which merge lists use too.
pub fn render(outcome: &Outcome, plan: &Plan) -> ScriptFile {
    let lang = outcome.lang;
    let mut text = String::from(BOM);
    let [group, where_, what] =
        [("Группа", "Group"), ("Где", "Where"), ("Справочник", "List")].map(|(r, e)| lang.pick(r, e));
    let [reason, advice] =
        [("Почему вручную", "Why by hand"), ("Что сделать", "What to do")].map(|(r, e)| lang.pick(r, e));
    let [inn, kpp] = [Field::Inn, Field::Kpp].map(|f| f.title(lang));
    let [id, name] = [Field::Id, Field::Name].map(|f| f.title(lang));
    row(&mut text, &[group, where_, what, reason, advice, id, name, inn, kpp, lang.pick("Ссылка", "Link")]);
    for step in &plan.manual {
        for &record in &step.records {
            let parties = outcome.data.parties(record.side);
            let field = |f| parties.raw.get(f, record.at()).to_owned();
            row(
                &mut text,
                &[
                    (step.cluster + 1).to_string(),
                    step.side.title(lang).to_owned(),
                    step.entity.title(lang).to_owned(),
                    step.reason.text(lang).to_owned(),
                    step.reason.advice(lang).to_owned(),
                    outcome.data.id(record).to_owned(),
                    parties.display_name(record.at()),
                    field(Field::Inn),
                    field(Field::Kpp),
                    system::card(outcome, record),
                ],
            );
        }
    }
    ScriptFile { name: "manual.csv".into(), text, executable: false }
}
