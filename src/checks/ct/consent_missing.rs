//! `ct-consent-missing`: personal data without consent.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::text;

pub struct ConsentMissing;

static META: Meta = Meta {
    id: "ct-consent-missing",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Нет согласия на обработку данных",
        finds: "Контакт с телефоном, почтой, паспортом, СНИЛС или датой рождения, у которого согласие на обработку \
                персональных данных не отмечено или отозвано.",
        why: "Передать такие данные во вторую систему значит обрабатывать их без основания: это нарушение 152-ФЗ.",
        causes: "Согласие взято на бумаге и не отмечено; контакт куплен в базе; клиент отозвал согласие.",
        remedy: "Получите и отметьте согласие или исключите контакт из обмена. Если основание другое (договор), \
                 выключите проверку в sverka.toml.",
        example: "Контакт с телефоном, в поле «Согласие» стоит «отозвано».",
        source: "Федеральный закон 152-ФЗ от 27.07.2006, ст. 6 (основания обработки) и 9 (согласие)",
    },
    en: Card {
        title: "No consent to the use of personal data",
        finds: "A contact with a phone, an e-mail, a passport, a SNILS or a date of birth whose consent to the use of \
                personal data is not recorded or was withdrawn.",
        why: "Passing such data to the other system is processing without a ground, a breach of Federal Law 152-FZ.",
        causes: "The consent was given on paper and not recorded; the contact was bought; the client withdrew it.",
        remedy: "Get and record the consent, or leave the contact out of the exchange. If there is another ground (a \
                 contract), switch this check off in sverka.toml.",
        example: "A contact with a phone whose field “Consent” says “withdrawn”.",
        source: "Federal Law 152-FZ of 27.07.2006, art. 6 (grounds of processing) and 9 (consent)",
    },
};

/// Personal data that identify or reach a person.
const PERSONAL: [Field; 5] = [Field::Phone, Field::Email, Field::Document, Field::Snils, Field::BirthDate];

/// What the field says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Consent {
    Given,
    Missing,
    Withdrawn,
}

fn consent(raw: &str) -> Consent {
    let lower = raw.trim().to_lowercase();
    if ["отозв", "отказ", "withdr", "revok"].iter().any(|w| lower.contains(w)) {
        return Consent::Withdrawn;
    }
    let refused = lower.starts_with("не ") || lower.starts_with("нет");
    if text::means_none(raw) || text::means_no(raw) || refused { Consent::Missing } else { Consent::Given }
}

impl Check for ConsentMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &[Entity::Contact], &[Field::Consent]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::live(cx, Entity::Contact) {
            let raw = &cx.data.parties(r.side).raw;
            // A side without the column says nothing of consent.
            if !raw.has(Field::Consent) || PERSONAL.iter().all(|&f| raw.get(f, r.at()).is_empty()) {
                continue;
            }
            evaluated += 1;
            let text = raw.get(Field::Consent, r.at()).trim();
            let message = match consent(text) {
                Consent::Given => continue,
                Consent::Missing => cx.say(
                    || "Согласие на обработку персональных данных не отмечено, а данные есть в выгрузке; отметьте его или исключите контакт из обмена".to_owned(),
                    || "No consent to the use of personal data is recorded while the export holds them; record it or leave the contact out".to_owned(),
                ),
                Consent::Withdrawn => cx.say(
                    || "Согласие на обработку персональных данных отозвано, а данные есть в выгрузке; исключите контакт из обмена".to_owned(),
                    || "Consent to the use of personal data was withdrawn while the export holds them; leave the contact out of the exchange".to_owned(),
                ),
            };
            out.push(Finding::record(r, message).value(Field::Consent, r.side, text));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        let contact = |consent: &str, phone: &str| {
            World::new()
                .crm_contact(&[(Field::Id, "a"), (Field::Consent, "Да"), (Field::Phone, "+79161112233")])
                .crm_contact(&[(Field::Id, "b"), (Field::Consent, consent), (Field::Phone, phone)])
        };
        for (consent, phone, fires) in [
            ("", "+79161112244", true),
            ("Нет", "+79161112244", true),
            ("отозвано 01.02.2026", "+79161112244", true),
            ("Да, 01.02.2026", "+79161112244", false),
            ("", "", false),
        ] {
            let expected: &[&str] = if fires { &["crm:b"] } else { &[] };
            contact(consent, phone).expect(&ConsentMissing, expected);
        }
        clean().expect_not_run(&ConsentMissing);
    }
}
