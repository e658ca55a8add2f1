//! `ct-fio-one-field`: a whole name in one field, or its parts in wrong fields.

use super::person_name::words;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Records, Side};

pub struct FioOneField;

static META: Meta = Meta {
    id: "ct-fio-one-field",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "ФИО в одном поле",
        finds: "Контакт, у которого фамилия, имя и отчество (или имя с отчеством) стоят в одном поле, хотя в выгрузке \
                есть отдельные, или отчество попало в поле имени или фамилии.",
        why: "1С ждёт три части: при обмене «Иванов Иван» целиком станет именем, и документы напечатаются неверно.",
        causes: "Форма на сайте с одним полем «Ваше имя»; загрузка без разбора ФИО; перепутаны колонки при импорте.",
        remedy: "Разнесите части по полям. Если при загрузке перепутаны колонки, загрузите список заново.",
        example: "Поле «Имя»: «Лютикова Анна Сергеевна», фамилия и отчество пусты.",
        source: "1С: справочник «Физические лица», реквизиты Фамилия, Имя, Отчество",
    },
    en: Card {
        title: "Whole name in one field",
        finds: "A contact whose surname, given name and patronymic (or given name and patronymic) stand in one field \
                although the export has separate ones, or whose patronymic is in the field of the given name or the \
                surname.",
        why: "1C wants three parts: an exchange turns “Ivanov Ivan” into a given name, and documents print it wrongly.",
        causes: "A web form with one field “Your name”; an import without splitting; columns mixed up on import.",
        remedy: "Move the parts to their fields. If columns were mixed up on import, import the list again.",
        example: "Given name: “Lyutikova Anna Sergeevna”, surname and patronymic empty.",
        source: "1C: catalogue of natural persons, attributes Фамилия, Имя, Отчество",
    },
};

/// Whether a word can only be a patronymic. «-ович» alone is also the end of surnames (Петрович).
fn is_patronymic(text: &str, surname: bool) -> bool {
    let lower = text.trim().to_lowercase();
    let female = ["овна", "евна", "ична"].iter().any(|t| lower.ends_with(t)) && lower.chars().count() > 5;
    female || (!surname && ["ович", "евич"].iter().any(|t| lower.ends_with(t)))
}

/// What stands in a wrong field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    Whole,
    GivenAndPatronymic,
    Patronymic,
}

/// The first field that holds more than its own part of the name, or another part. `has_patronymics`: the system keeps
/// patronymics in a field of their own.
fn misplaced<'a>(
    last: &'a str,
    first: &'a str,
    middle: &'a str,
    name: &'a str,
    has_patronymics: bool,
) -> Option<(Field, &'a str, What)> {
    // «Анна Сергеевна», «Сергеевна Анна», «Иван Петрович»: two words of which one is a patronymic.
    let given_and_patronymic =
        |text: &str| words(text) == 2 && text.split_whitespace().any(|word| is_patronymic(word, false));
    if last.is_empty() && words(first) > 1 {
        let what = if given_and_patronymic(first) { What::GivenAndPatronymic } else { What::Whole };
        Some((Field::FirstName, first, what))
    } else if first.is_empty() && words(last) > 1 {
        Some((Field::LastName, last, What::Whole))
    } else if last.is_empty() && first.is_empty() && words(name) > 1 {
        Some((Field::Name, name, What::Whole))
    } else if has_patronymics && middle.is_empty() && given_and_patronymic(first) {
        Some((Field::FirstName, first, What::GivenAndPatronymic))
    } else if first.is_empty() && given_and_patronymic(middle) {
        Some((Field::Patronymic, middle, What::GivenAndPatronymic))
    } else if middle.is_empty() && is_patronymic(first, false) && words(first) == 1 {
        Some((Field::FirstName, first, What::Patronymic))
    } else if is_patronymic(last, true) && words(last) == 1 {
        Some((Field::LastName, last, What::Patronymic))
    } else {
        None
    }
}

/// For each table that gave records, which of surname, given name and patronymic its contacts fill.
fn parts_of_tables(raw: &Records) -> Vec<[bool; 3]> {
    let mut kept = vec![[false; 3]; raw.places.len()];
    for at in (0..raw.len()).filter(|&at| raw.entity[at] == Entity::Contact) {
        let table = &mut kept[raw.origin[at].0 as usize];
        for (is, field) in table.iter_mut().zip([Field::LastName, Field::FirstName, Field::Patronymic]) {
            *is |= !raw.get(field, at).trim().is_empty();
        }
    }
    kept
}

impl Check for FioOneField {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let entity = Entity::Contact;
        let parts = [Field::LastName, Field::FirstName, Field::Patronymic];
        if let Some(missing) = scope::lacking(cx, &[entity], &parts) {
            return missing;
        }
        // Where a list has one field by design, a whole name in it is no mistake of a record: the catalogue of natural
        // persons of 1C keeps it in «Наименование», that of contact persons in parts.
        let kept = Side::BOTH.map(|side| parts_of_tables(&cx.data.parties(side).raw));
        let table = |r: RecordRef| kept[r.side as usize][cx.data.parties(r.side).raw.origin[r.at()].0 as usize];
        let mut evaluated = 0;
        for r in scope::live(cx, entity).filter(|&r| table(r).iter().filter(|is| **is).count() > 1) {
            let raw = &cx.data.parties(r.side).raw;
            let [last, first, middle] = parts.map(|f| raw.get(f, r.at()).trim());
            let name = raw.get(Field::Name, r.at()).trim();
            if last.is_empty() && first.is_empty() && name.is_empty() {
                continue;
            }
            evaluated += 1;
            let Some((field, text, what)) = misplaced(last, first, middle, name, table(r)[2]) else {
                continue;
            };
            let title = field.title(cx.lang);
            let message = match what {
                What::Whole => cx.say(
                    || format!("В поле «{title}» стоит всё ФИО: «{text}»; фамилия, имя и отчество нужны в своих полях"),
                    || format!("Field “{title}” holds the whole name: “{text}”; surname, given name and patronymic belong in their own fields"),
                ),
                What::GivenAndPatronymic => cx.say(
                    || format!("В поле «{title}» стоят имя и отчество: «{text}»; перенесите отчество в своё поле"),
                    || format!("Field “{title}” holds given name and patronymic: “{text}”; move the patronymic to its own field"),
                ),
                What::Patronymic => cx.say(
                    || format!("В поле «{title}» стоит отчество «{text}»; части ФИО перепутаны, разнесите их по полям"),
                    || format!("Field “{title}” holds the patronymic “{text}”; the parts of the name are mixed up, move them to their fields"),
                ),
            };
            out.push(Finding::record(r, message).value(field, r.side, text));
        }
        if evaluated == 0 {
            return Ran::NotRun(cx.say(
                || "в выгрузках нет отдельных полей фамилии, имени и отчества".to_owned(),
                || "the exports have no separate fields for surname, given name and patronymic".to_owned(),
            ));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};
    use crate::model::{Place, Side};

    #[test]
    fn fires_and_is_silent() {
        let contact = |last: &str, first: &str, middle: &str| {
            World::new()
                .crm_contact(&[(Field::LastName, "Орлов"), (Field::FirstName, "Иван"), (Field::Patronymic, "Петрович")])
                .crm_contact(&[(Field::LastName, last), (Field::FirstName, first), (Field::Patronymic, middle)])
        };
        for (last, first, middle, fires) in [
            ("", "Орлов Иван Петрович", "", true),
            ("Орлов Иван", "", "", true),
            ("", "Анна Сергеевна", "", true),
            ("Орлова", "Анна Сергеевна", "", true),
            ("Орлов", "Петрович Иван", "", true),
            ("Орлова", "", "Анна Сергеевна", true),
            ("Орлова", "Анна Сергеевна", "Сергеевна", false),
            ("Иван", "Петрович", "", true),
            ("Сергеевна", "Анна", "", true),
            ("Петрович", "Иван", "", false),
            ("Орлова", "Анна Мария", "", false),
            ("Орлов", "Иван", "", false),
        ] {
            let expected: &[&str] = if fires { &["crm:2"] } else { &[] };
            contact(last, first, middle).expect(&FioOneField, expected);
        }
        // A system without a field for patronymics can keep them nowhere else.
        World::new()
            .crm_contact(&[(Field::LastName, "Орлова"), (Field::FirstName, "Анна Сергеевна")])
            .expect(&FioOneField, &[]);
        // Nor can a list of whole names beside a list of names in parts.
        contact("Орлова", "Анна", "Сергеевна")
            .records(Side::Crm, |records| {
                records.places.push(Place::file("persons.csv"));
                records.push(Entity::Contact, (1, 2), &[(Field::Id, "7"), (Field::Name, "Орлов Иван Петрович")]);
            })
            .expect(&FioOneField, &[]);
        clean().expect(&FioOneField, &[]);
        World::new().crm_contact(&[(Field::Name, "Орлов Иван")]).expect_not_run(&FioOneField);
    }
}
