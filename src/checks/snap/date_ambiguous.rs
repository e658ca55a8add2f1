//! `snap-date-ambiguous`: a column whose day and month cannot be told apart, or that holds a spreadsheet's zero date.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Location, Side};

pub struct DateAmbiguous;

static META: Meta = Meta {
    id: "snap-date-ambiguous",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Дата читается двояко",
        finds: "Колонку дат, в которой день и месяц не различить (03/04/2024), стоят вперемешку оба порядка или \
                попадается нулевая дата таблицы 00.01.1900. Пустая дата 1С 01.01.0001 считается пустым значением.",
        why: "Дата рождения перестаёт быть признаком совпадения, а период и возраст считаются неверно.",
        causes: "Выгрузка с американским форматом даты; пустая ячейка Excel, отформатированная как дата; склейка двух \
                 выгрузок.",
        remedy: "Выгрузите даты в виде дд.мм.гггг или гггг-мм-дд.",
        example: "Все даты рождения вида 03/04/1985: это 3 апреля или 4 марта.",
        source: "Практика: американский порядок даты и нулевая дата таблиц",
    },
    en: Card {
        title: "A date can be read in two ways",
        finds: "A column of dates in which day and month cannot be told apart (03/04/2024), both orders are mixed, or \
                the zero date of a spreadsheet 00.01.1900 occurs. The empty date of 1C 01.01.0001 counts as empty.",
        why: "A date of birth is no longer evidence of a match, and periods and ages come out wrong.",
        causes: "An export with the American date format; an empty Excel cell formatted as a date; two exports glued \
                 together.",
        remedy: "Export dates as dd.mm.yyyy or yyyy-mm-dd.",
        example: "Every date of birth looks like 03/04/1985: 3 April or 4 March.",
        source: "Practice: the American order of dates and the zero date of spreadsheets",
    },
};

const DATES: [Field; 4] = [Field::BirthDate, Field::DocumentDate, Field::CreatedAt, Field::ModifiedAt];

/// How a date text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// ISO, or with dots as Russia writes it: no doubt.
    Clear,
    DayFirst,
    MonthFirst,
    Either,
    /// The zero of a spreadsheet's calendar.
    Zero,
}

fn order(text: &str) -> Order {
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    if matches!(
        date,
        "00.01.1900" | "1900-01-00" | "1/0/1900" | "01/00/1900" | "0/1/1900" | "1899-12-30" | "30.12.1899"
    ) {
        return Order::Zero;
    }
    // Dots mean day first in every system concerned; slashes are what an American format writes.
    let mut parts = date.split('/').map(|p| p.parse::<u32>().ok());
    let (Some(Some(a)), Some(Some(b)), Some(Some(_)), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Order::Clear;
    };
    match (a, b) {
        (1..=12, 1..=12) if a == b => Order::Clear,
        (1..=12, 1..=12) => Order::Either,
        (13..=31, 1..=12) => Order::DayFirst,
        (1..=12, 13..=31) => Order::MonthFirst,
        _ => Order::Clear,
    }
}

impl Check for DateAmbiguous {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            let records = &parties.raw;
            for entity in Entity::PARTIES {
                for field in DATES.into_iter().filter(|&f| records.has(f)) {
                    let (mut day_first, mut month_first, mut doubtful, mut zero) = (0u64, 0u64, 0u64, 0u64);
                    let mut refused = false;
                    let mut first: Option<usize> = None;
                    for at in (0..records.len()).filter(|&at| records.entity[at] == entity) {
                        let text = records.get(field, at);
                        if text.is_empty() {
                            continue;
                        }
                        evaluated += 1;
                        let unread =
                            field == Field::BirthDate && parties.birth_date[at].defect() == Some(Defect::Ambiguous);
                        let hit = match order(text) {
                            Order::DayFirst => {
                                day_first += 1;
                                false
                            }
                            Order::MonthFirst => {
                                month_first += 1;
                                false
                            }
                            Order::Either => {
                                doubtful += 1;
                                true
                            }
                            Order::Zero => {
                                zero += 1;
                                true
                            }
                            Order::Clear if unread => {
                                doubtful += 1;
                                true
                            }
                            Order::Clear => false,
                        };
                        refused |= unread;
                        if hit {
                            first = first.or(Some(at));
                        }
                    }
                    // The rest of the column tells the order, when it has one and the reader took it.
                    let settled = (day_first > 0) != (month_first > 0) && !refused;
                    if settled {
                        doubtful = 0;
                    }
                    let Some(at) = first.filter(|_| doubtful + zero > 0) else { continue };
                    let (title, records_title) = (field.title(cx.lang), entity.title(cx.lang));
                    let message = cx.say(
                        || format!("Поле «{title}» ({records_title}): дат, где день и месяц не различить, — {doubtful}, нулевых дат таблицы — {zero}; нужен вид дд.мм.гггг"),
                        || format!("Field “{title}” ({records_title}): dates with day and month in doubt {doubtful}, zero dates of a spreadsheet {zero}; dd.mm.yyyy is needed"),
                    );
                    let text = records.get(field, at);
                    // One cause, one finding for the column. No row: the id of the finding must outlive an export.
                    let place = Location { row: None, ..records.location(at) };
                    out.push(Finding::source(side, Some(entity), place, message).value(field, side, text));
                }
            }
        }
        if evaluated == 0 {
            return Ran::NotRun(cx.say(|| "нет полей с датами".to_owned(), || "no fields with dates".to_owned()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    #[test]
    fn fires_and_is_silent() {
        let dates = |dates: &[&str]| dates.iter().fold(World::new(), |w, d| w.crm_contact(&[(Field::CreatedAt, d)]));
        dates(&["03/04/2024", "05/06/2024"]).expect(&DateAmbiguous, &["crm.csv"]);
        dates(&["03/04/2024", "25/06/2024", "06/25/2024"]).expect(&DateAmbiguous, &["crm.csv"]);
        dates(&["1900-01-00", "01.02.2024"]).expect(&DateAmbiguous, &["crm.csv"]);
        dates(&["03/04/2024", "25/06/2024"]).expect(&DateAmbiguous, &[]);
        dates(&["01.02.2024", "2024-02-01T10:00:00", "01.01.0001"]).expect(&DateAmbiguous, &[]);
        World::new().crm_contact(&[(Field::BirthDate, "03/04/1985")]).expect(&DateAmbiguous, &["crm.csv"]);
        dates(&[]).expect_not_run(&DateAmbiguous);
    }
}
