//! `ct-phone-format-mixed`: one number written in several ways.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Phone, RecordRef, Side};

pub struct PhoneFormatMixed;

static META: Meta = Meta {
    id: "ct-phone-format-mixed",
    severity: Severity::Info,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один номер записан по-разному",
        finds: "Номер, который внутри одной системы стоит в нескольких записях в разном виде: с 8, с +7, со скобками, \
                с пояснением.",
        why: "Поиск дублей в CRM и поиск по телефону в 1С сравнивают текст: для них это разные номера.",
        causes: "Номера вводили вручную без маски и загружали из разных источников.",
        remedy: "Приведите номера к виду +7XXXXXXXXXX и включите маску ввода.",
        example: "8 (495) 123-45-67 у компании и +74951234567 у её контакта.",
        source: "Практика: поиск дублей в CRM сравнивает номера как текст",
    },
    en: Card {
        title: "One number written in several ways",
        finds: "A number that stands in several records of one system in different forms: with 8, with +7, with \
                brackets, with a remark.",
        why: "The CRM's search for duplicates and 1C's search by phone compare text: to them the numbers differ.",
        causes: "Numbers were typed without a mask and loaded from different sources.",
        remedy: "Bring numbers to the form +7XXXXXXXXXX and switch the input mask on.",
        example: "8 (495) 123-45-67 with a company and +74951234567 with its contact.",
        source: "Practice: the search for duplicates in CRMs compares numbers as text",
    },
};

/// Position of a spelling among all phone texts of a side, by the text itself.
type Holder<'a> = (Phone, RecordRef, &'a str);

impl Check for PhoneFormatMixed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Phone]) {
            return missing;
        }
        let mut evaluated = 0;
        let mut holders: [Vec<Holder>; 2] = [Vec::new(), Vec::new()];
        for r in scope::parties(cx) {
            let parties = cx.data.parties(r.side);
            let phones = parties.phones.get(r.at());
            let raw = parties.raw.get(Field::Phone, r.at());
            evaluated += u64::from(!phones.is_empty());
            // Spellings are known only where each line of the cell gave one number.
            if raw.split('\n').filter(|s| !s.trim().is_empty()).count() != phones.len() {
                continue;
            }
            for (phone, text) in phones.iter().zip(raw.split('\n').map(str::trim).filter(|s| !s.is_empty())) {
                if let Some(&phone) = phone.value.valid() {
                    holders[r.side as usize].push((phone, r, text));
                }
            }
        }
        for (side, holders) in Side::BOTH.into_iter().zip(&mut holders) {
            holders.sort_unstable();
            for group in holders.chunk_by(|a, b| a.0 == b.0) {
                let (phone, first, text) = group[0];
                let Some(&(.., other)) = group.iter().find(|h| h.2 != text) else { continue };
                let mut members: Vec<RecordRef> = group.iter().map(|h| h.1).collect();
                members.dedup();
                let message = cx.say(
                    || format!("Номер {phone} записан по-разному: «{text}» и «{other}»; приведите к одному виду"),
                    || format!("The number {phone} is written in different ways: “{text}” and “{other}”; bring them to one form"),
                );
                let more = members.into_iter().filter(|&m| m != first).collect();
                out.push(Finding::record(first, message).more(more).value(Field::Phone, side, text));
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
        let two = |a: &str, b: &str| World::new().crm(&[(Field::Phone, a)]).crm_contact(&[(Field::Phone, b)]);
        two("8 (495) 111-22-33", "+74951112233").expect(&PhoneFormatMixed, &["crm:1 crm:2"]);
        two("+74951112233", "+74951112233").expect(&PhoneFormatMixed, &[]);
        two("8 (495) 111-22-33", "+74951112244").expect(&PhoneFormatMixed, &[]);
        // Each system may have its own way of writing.
        let sides = World::new().crm(&[(Field::Phone, "+74951112233")]).onec(&[(Field::Phone, "8 495 111-22-33")]);
        sides.expect(&PhoneFormatMixed, &[]);
        clean().expect(&PhoneFormatMixed, &[]);
    }
}
