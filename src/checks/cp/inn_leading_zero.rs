//! `cp-inn-leading-zero`: a leading zero of an INN was lost.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Notes, PartyKind};

pub struct InnLeadingZero;

static META: Meta = Meta {
    id: "cp-inn-leading-zero",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "ИНН потерял ведущий ноль",
        finds: "ИНН из 9 или 11 цифр, который становится правильным, если дописать слева ноль.",
        why: "В 1С тот же контрагент записан с нулём: ключи не совпадут, и обмен создаст вторую карточку.",
        causes: "Список прошёл через Excel, где ИНН стал числом; регионы 01–09 начинаются с нуля.",
        remedy: "Скрипт очистки допишет ноль; в таблицах задавайте колонке ИНН текстовый формат.",
        example: "ИНН 279001112 вместо 0279001112",
        source: "Практика: таблица отбрасывает ведущий ноль регионов 01–09, если ячейка не текстовая",
    },
    en: Card {
        title: "INN lost its leading zero",
        finds: "An INN of 9 or 11 digits that becomes valid with a zero in front.",
        why: "In 1C the same counterparty has the zero: the keys differ, and exchange creates a second card.",
        causes: "The list went through a spreadsheet where the INN became a number; regions 01–09 begin with a zero.",
        remedy: "The cleanup script puts the zero back; give the INN column of spreadsheets the text format.",
        example: "INN 279001112 instead of 0279001112",
        source: "Practice: a spreadsheet drops the leading zero of regions 01–09 unless the cell holds text",
    },
};

impl Check for InnLeadingZero {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty, Entity::Contact], Field::Inn, out, |parties, at| {
            if parties.inn[at].is_empty() || parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            match parties.inn[at].valid() {
                Some(inn) if parties.inn_notes[at].has(Notes::LEADING_ZERO) => {
                    let text = parties.raw.get(Field::Inn, at).trim();
                    Verdict::Bad(cx.say(
                        || format!("ИНН {text} без ведущего нуля, должно быть {inn}"),
                        || format!("INN {text} without its leading zero, must be {inn}"),
                    ))
                }
                _ => Verdict::Sound,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .crm(&[(Field::Inn, "279001112")])
            .crm(&[(Field::Inn, "27900111164")])
            .crm(&[(Field::Inn, "0279001112")])
            .crm(&[(Field::Inn, "779900111")])
            .expect(&InnLeadingZero, &["crm:1", "crm:2"]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnLeadingZero);
    }
}
