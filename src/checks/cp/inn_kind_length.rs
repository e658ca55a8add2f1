//! `cp-inn-kind-length`: the length of an INN fits neither what the card says it is, nor any INN.

use super::scope::{Verdict, each};
use super::stated;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, PartyKind, Value};

pub struct InnKindLength;

static META: Meta = Meta {
    id: "cp-inn-kind-length",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Длина ИНН не подходит виду контрагента",
        finds: "У организации ИНН из 12 цифр, у ИП или физлица из 10, либо цифр не 10 и не 12.",
        why: "Вид контрагента в 1С определяет состав реквизитов: при обмене создастся карточка не того вида, \
              документы выйдут с КПП, которого нет, или без него.",
        causes: "В карточку фирмы вписали ИНН директора; для ИП взяли ИНН прежней организации; лишняя или потерянная \
                 цифра.",
        remedy: "Проверьте, чей это ИНН, и впишите ИНН самого контрагента; если неверен вид, исправьте вид.",
        example: "ООО «Ромашка», ИНН 779900111176 (12 цифр)",
        source: "Приказ ФНС ЕД-7-14/559@ от 26.06.2025 (до 2026 года — ММВ-7-6/435@ от 29.06.2012): 10 цифр у \
                 организации, 12 у физического лица",
    },
    en: Card {
        title: "INN length does not fit the kind",
        finds: "An organisation with an INN of 12 digits, a sole trader or a person with 10, or a number of digits \
                that is neither 10 nor 12.",
        why: "The kind decides which requisites a card of 1C has: exchange would create a card of the wrong kind, \
              with a KPP that does not exist or without one that does.",
        causes: "The INN of the director stands in the card of the firm; a sole trader kept the INN of a former firm; \
                 a digit too many or too few.",
        remedy: "Find out whose INN it is and enter that of the counterparty itself; if the kind is wrong, correct \
                 the kind.",
        example: "OOO «Romashka», INN 779900111176 (12 digits)",
        source: "Order of the Federal Tax Service ЕД-7-14/559@ of 26.06.2025 (before 2026 ММВ-7-6/435@ of \
                 29.06.2012): 10 digits for an organisation, 12 for a person",
    },
};

impl Check for InnKindLength {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty, Entity::Contact], Field::Inn, out, |parties, at| {
            let text = || parties.raw.get(Field::Inn, at).trim();
            if parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            let inn = match &parties.inn[at] {
                Value::Valid(inn) => *inn,
                Value::Invalid { defect: Defect::Length, .. } => {
                    let digits = text().chars().filter(char::is_ascii_digit).count();
                    return Verdict::Bad(cx.say(
                        || {
                            format!(
                                "ИНН {} состоит из {digits} цифр, а должно быть 10 у организации, 12 у ИП и физлица",
                                text()
                            )
                        },
                        || format!("INN {} has {digits} digits; an organisation has 10, a person 12", text()),
                    ));
                }
                _ => return Verdict::Skip,
            };
            // The name and the kind field; when they contradict each other, `cp-kind-vs-name` reports that instead.
            let says = [stated::by_name(parties, at), stated::by_kind(parties, at)];
            let mut fits = says.iter().flatten().filter_map(|&kind| stated::has_person_inn(kind)).peekable();
            match says.iter().flatten().next() {
                _ if fits.peek().is_none() => Verdict::Skip,
                Some(&kind) if fits.all(|person| person != inn.is_person()) => {
                    let digits = if inn.is_person() { 12 } else { 10 };
                    Verdict::Bad(cx.say(
                        || {
                            format!(
                                "По карточке это {}, а ИНН {inn} из {digits} цифр; проверьте, чей это ИНН",
                                stated::text(kind, cx.lang)
                            )
                        },
                        || {
                            format!(
                                "The card says {}, but INN {inn} has {digits} digits; find out whose INN it is",
                                stated::text(kind, cx.lang)
                            )
                        },
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
            .crm(&[(Field::Name, "ООО «Ромашка»"), (Field::Inn, INN_PERSON)])
            .crm(&[(Field::Name, "ИП Васильков Пётр Ильич"), (Field::Inn, INN_A)])
            .crm(&[(Field::Name, "Лютик"), (Field::Kind, "Юридическое лицо"), (Field::Inn, INN_PERSON)])
            .crm(&[(Field::Name, "Лютик"), (Field::Inn, "77990011")])
            .expect(&InnKindLength, &["crm:1", "crm:2", "crm:3", "crm:4"]);
        World::new()
            .crm(&[(Field::Name, "ООО «Ромашка»"), (Field::Inn, INN_A)])
            .crm(&[(Field::Name, "ИП Васильков Пётр Ильич"), (Field::Inn, INN_PERSON)])
            // The kind field is wrong, not the INN.
            .crm(&[(Field::Name, "ООО «Пион»"), (Field::Kind, "Физическое лицо"), (Field::Inn, INN_B)])
            // A lost zero is reported by its own check.
            .crm(&[(Field::Name, "ООО «Мак»"), (Field::Inn, "279001112")])
            .expect(&InnKindLength, &[]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnKindLength);
    }
}
