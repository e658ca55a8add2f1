//! `ct-email-invalid`: an address to which no mail can go.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Notes, Value};

pub struct EmailInvalid;

static META: Meta = Meta {
    id: "ct-email-invalid",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Неверный e-mail",
        finds: "Адрес с нарушенным форматом, с русскими буквами среди латинских, заглушку вроде no@mail.ru и известные \
                опечатки в имени почтовой службы (gmial.com).",
        why: "Письма и чеки не дойдут, а по адресу запись не сопоставится с другой системой.",
        causes: "Опечатка; русская «с» или «о» вместо латинской; пропущена точка или собака.",
        remedy: "Уточните адрес у клиента; опечатку в имени службы исправьте.",
        example: "ivanov@gmial.com вместо ivanov@gmail.com.",
        source: "RFC 5321: вид адреса; практика: частые опечатки в имени почтовой службы",
    },
    en: Card {
        title: "Invalid e-mail",
        finds: "A malformed address, Russian letters among Latin ones, a placeholder such as no@mail.ru, and known \
                misspellings of a mail service (gmial.com).",
        why: "Letters and receipts do not arrive, and the record cannot be matched by the address.",
        causes: "A typing error; a Russian «с» or «о» in place of the Latin letter; a lost dot or at sign.",
        remedy: "Ask the client for the address; correct the misspelt service.",
        example: "ivanov@gmial.com instead of ivanov@gmail.com.",
        source: "RFC 5321: form of an address; practice: frequent misspellings of mail services",
    },
};

impl Check for EmailInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Email]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let parties = cx.data.parties(r.side);
            let emails = parties.emails.get(r.at());
            evaluated += u64::from(!emails.is_empty());
            let bad: Vec<String> = emails
                .iter()
                .filter_map(|e| match &e.value {
                    Value::Invalid { raw, defect } if *defect != Defect::Coerced => {
                        let (raw, why) = (raw.trim(), defect.text(cx.lang));
                        Some(cx.say(|| format!("«{raw}» — {why}"), || format!("“{raw}”: {why}")))
                    }
                    Value::Valid(email) if e.notes.has(Notes::SUSPECT) => Some(cx.say(
                        || format!("«{email}» — похоже на опечатку в имени почтовой службы"),
                        || format!("“{email}”: looks like a misspelt mail service"),
                    )),
                    _ => None,
                })
                .collect();
            if bad.is_empty() {
                continue;
            }
            let bad = bad.join("; ").replace(['\n', '\r'], " ");
            let message = cx.say(
                || format!("Неверный e-mail: {bad}; уточните адрес"),
                || format!("Invalid e-mail: {bad}; ask for the address"),
            );
            out.push(Finding::record(r, message).value(Field::Email, r.side, parties.raw.get(Field::Email, r.at())));
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
        for (text, fires) in [
            ("orlov.romashka-test.ru", true),
            ("orlov@gmial.com", true),
            ("иван@mail.ru", true),
            ("orlov@romashka-test.ru", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            World::new().crm_contact(&[(Field::Email, text)]).expect(&EmailInvalid, expected);
        }
        clean().expect(&EmailInvalid, &[]);
        World::new().crm(&[(Field::Name, "ООО")]).expect_not_run(&EmailInvalid);
    }
}
