//! `ct-fio-one-field`: a whole name in one field, or its parts in wrong fields.

use super::person_name::words;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

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
        finds: "Контакт, у которого фамилия, имя и отчество стоят в одном поле, хотя в выгрузке есть отдельные, или \
                отчество попало в поле имени или фамилии.",
        why: "1С ждёт три части: при обмене «Иванов Иван» целиком станет именем, и документы напечатаются неверно.",
        causes: "Форма на сайте с одним полем «Ваше имя»; загрузка без разбора ФИО; перепутаны колонки при импорте.",
        remedy: "Разнесите части по полям: скрипт предлагает разбор, спорные случаи проверьте.",
        example: "Поле «Имя»: «Лютикова Анна Сергеевна», фамилия и отчество пусты.",
    },
    en: Card {
        title: "Whole name in one field",
        finds: "A contact whose surname, given name and patronymic stand in one field although the export has \
                separate ones, or whose patronymic is in the field of the given name or the surname.",
        why: "1C wants three parts: an exchange turns “Ivanov Ivan” into a given name, and documents print it wrongly.",
        causes: "A web form with one field “Your name”; an import without splitting; columns mixed up on import.",
        remedy: "Move the parts to their fields: the script proposes a split, look at the doubtful ones.",
        example: "Given name: “Lyutikova Anna Sergeevna”, surname and patronymic empty.",
    },
    source: "1С: справочник «Физические лица», реквизиты Фамилия, Имя, Отчество; practice",
};

/// Whether a word can only be a patronymic. «-ович» alone is also the end of surnames (Петрович).
fn is_patronymic(text: &str, surname: bool) -> bool {
    let lower = text.trim().to_lowercase();
    let female = ["овна", "евна", "ична"].iter().any(|t| lower.ends_with(t)) && lower.chars().count() > 5;
    female || (!surname && ["ович", "евич"].iter().any(|t| lower.ends_with(t)))
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
        // Where a system has one field by design, a whole name in it is no mistake of a record.
        let separate = Side::BOTH.map(|side| parts.iter().filter(|&&f| cx.has(side, entity, f)).count() > 1);
        let mut evaluated = 0;
        for r in scope::live(cx, entity).filter(|r| separate[r.side as usize]) {
            let raw = &cx.data.parties(r.side).raw;
            let [last, first, middle] = parts.map(|f| raw.get(f, r.at()).trim());
            let name = raw.get(Field::Name, r.at()).trim();
            if last.is_empty() && first.is_empty() && name.is_empty() {
                continue;
            }
            evaluated += 1;
            let (field, text, whole) = if last.is_empty() && words(first) > 1 {
                (Field::FirstName, first, true)
            } else if first.is_empty() && words(last) > 1 {
                (Field::LastName, last, true)
            } else if last.is_empty() && first.is_empty() && words(name) > 1 {
                (Field::Name, name, true)
            } else if middle.is_empty() && is_patronymic(first, false) && words(first) == 1 {
                (Field::FirstName, first, false)
            } else if is_patronymic(last, true) && words(last) == 1 {
                (Field::LastName, last, false)
            } else {
                continue;
            };
            let title = field.title(cx.lang);
            let message = if whole {
                cx.say(
                    || format!("В поле «{title}» стоит всё ФИО: «{text}»; фамилия, имя и отчество нужны в своих полях"),
                    || format!("Field “{title}” holds the whole name: “{text}”; surname, given name and patronymic belong in their own fields"),
                )
            } else {
                cx.say(
                    || format!("В поле «{title}» стоит отчество «{text}»; части ФИО перепутаны"),
                    || format!("Field “{title}” holds the patronymic “{text}”; the parts of the name are mixed up"),
                )
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
            ("Иван", "Петрович", "", true),
            ("Сергеевна", "Анна", "", true),
            ("Петрович", "Иван", "", false),
            ("Орлова", "Анна Мария", "", false),
            ("Орлов", "Иван", "", false),
        ] {
            let expected: &[&str] = if fires { &["crm:2"] } else { &[] };
            contact(last, first, middle).expect(&FioOneField, expected);
        }
        clean().expect(&FioOneField, &[]);
        World::new().crm_contact(&[(Field::Name, "Орлов Иван")]).expect_not_run(&FioOneField);
    }
}
