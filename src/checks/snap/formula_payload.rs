//! `snap-formula-payload`: text that a spreadsheet would run as a formula.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, RecordRef, Side};

pub struct FormulaPayload;

static META: Meta = Meta {
    id: "snap-formula-payload",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Текст выполнится как формула",
        finds: "Текст, который начинается с =, +, -, @, табуляции или возврата каретки и сработает как формула, если \
                открыть его в таблице. Числа, телефоны и тире вместо пустого значения сюда не относятся.",
        why: "Выгрузка такого поля в CSV, открытая в Excel, выполнит команду на компьютере бухгалтера. Это приём \
              взлома через формы на сайте.",
        causes: "Злонамеренная заявка с сайта; текст, скопированный из таблицы вместе с формулой.",
        remedy: "Очистите поле в CRM, закройте форму от таких значений. Отчёты этой программы показывают такой текст \
                 как текст.",
        example: "Имя контакта: =HYPERLINK(\"http://example.com\";\"Счёт\").",
        source: "OWASP, CSV Injection",
    },
    en: Card {
        title: "Text that would run as a formula",
        finds: "Text that begins with =, +, -, @, a tab or a carriage return and would work as a formula when opened \
                in a spreadsheet. Numbers, phones and a dash for an empty value do not count.",
        why: "An export with such a field, opened in Excel, runs a command on the accountant's computer. It is a \
              known attack through web forms.",
        causes: "A malicious request from the site; text copied from a spreadsheet with its formula.",
        remedy: "Clear the field in the CRM and make the form refuse such values. The reports of this program show \
                 the text as text.",
        example: "Given name of a contact: =HYPERLINK(\"http://example.com\",\"Invoice\").",
        source: "OWASP, CSV Injection",
    },
};

/// Whether a spreadsheet would calculate this text.
fn is_payload(text: &str) -> bool {
    // A leading tab or carriage return is dropped by spreadsheets, the sign after it works.
    let text = text.trim_start();
    let mut chars = text.chars();
    let Some(sign) = chars.next() else { return false };
    let rest = chars.as_str();
    match sign {
        // «===» as a rule in a comment is no formula.
        '=' => rest.trim_start().starts_with(|c: char| c.is_alphanumeric() || "('\"{+-@[".contains(c)),
        // Phones, numbers, dashes and @nicknames begin so too: only a call or a DDE link makes it code.
        '+' | '-' | '@' => {
            let call = rest.as_bytes().windows(2).any(|w| w[0].is_ascii_alphabetic() && w[1] == b'(');
            let dde = rest.split_once('|').is_some_and(|(_, tail)| tail.contains('!'));
            call || dde
        }
        _ => false,
    }
}

impl Check for FormulaPayload {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let records = &cx.data.parties(side).raw;
            evaluated += records.len() as u64;
            for &field in Field::ALL.iter().filter(|&&f| records.has(f)) {
                for at in 0..records.len() {
                    let text = records.get(field, at);
                    let hit = match text.as_bytes().first() {
                        None => false,
                        Some(_) if field.is_multiple() => text.split('\n').any(is_payload),
                        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n' | b' ' | 0xc2) => is_payload(text),
                        Some(_) => false,
                    };
                    if !hit {
                        continue;
                    }
                    let title = field.title(cx.lang);
                    let message = cx.say(
                        || format!("Поле «{title}» начинается как формула таблицы; очистите его до выгрузки в CSV или Excel"),
                        || format!("Field “{title}” begins like a spreadsheet formula; clear it before an export to CSV or Excel"),
                    );
                    out.push(Finding::record(RecordRef::new(side, at), message).value(field, side, text));
                }
            }
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
        for (text, expected) in [
            ("=1+1", true),
            ("=HYPERLINK(\"http://example.com\")", true),
            ("\t=cmd|' /C calc'!A0", true),
            ("+cmd|' /C calc'!A0", true),
            ("@SUM(1+1)", true),
            ("-2+SUM(A1)", true),
            ("+7 (495) 111-22-33", false),
            ("-", false),
            ("- Иванов (директор)", false),
            ("===== важное =====", false),
            ("@romashka_shop", false),
            ("-15,5", false),
            ("ООО =Ромашка=", false),
            ("", false),
        ] {
            assert_eq!(is_payload(text), expected, "{text}");
        }
        World::new().crm(&[(Field::Comment, "=1+1"), (Field::Name, "ООО")]).expect(&FormulaPayload, &["crm:1"]);
        World::new().crm(&[(Field::Phone, "+74951112233\n=1+1")]).expect(&FormulaPayload, &["crm:1"]);
        clean().expect(&FormulaPayload, &[]);
    }
}
