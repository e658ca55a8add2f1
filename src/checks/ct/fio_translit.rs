//! `ct-fio-translit`: a Russian name in Latin letters.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct FioTranslit;

static META: Meta = Meta {
    id: "ct-fio-translit",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Русское имя латиницей",
        finds: "Русские имена, записанные латинскими буквами. Иностранные имена сюда не относятся.",
        why: "Текстовый поиск не найдёт карточку «Иван Иванов» по запросу «Ivan Ivanov»: появится дубль, а в \
              документы попадёт латиница.",
        causes: "Имя пришло из почты, из формы оплаты или с банковской карты.",
        remedy: "Запишите имя по-русски, как в документе.",
        example: "«Vasilkov Petr» вместо «Васильков Пётр».",
        source: "Практика: имена из почты, форм оплаты и с банковских карт",
    },
    en: Card {
        title: "A Russian name in Latin letters",
        finds: "Russian names written in Latin letters. Foreign names do not count.",
        why: "A text search for “Иван Иванов” does not find “Ivan Ivanov”: a twin appears, and documents show Latin \
              letters.",
        causes: "The name came from mail, from a payment form or from a bank card.",
        remedy: "Write the name in Russian, as in the document.",
        example: "“Vasilkov Petr” instead of «Васильков Пётр».",
        source: "Practice: names from mail, payment forms and bank cards",
    },
};

/// Common Russian given names in their usual Latin spellings, lower case, sorted.
const GIVEN: [&str; 86] = [
    "aleksandr",
    "aleksandra",
    "aleksei",
    "aleksey",
    "alexandr",
    "alexei",
    "alexey",
    "alina",
    "alyona",
    "anastasia",
    "anastasiya",
    "anatoly",
    "andrei",
    "andrey",
    "anna",
    "anton",
    "artem",
    "artyom",
    "boris",
    "daniil",
    "daria",
    "darya",
    "denis",
    "dmitri",
    "dmitriy",
    "dmitry",
    "ekaterina",
    "elena",
    "evgenia",
    "evgeniy",
    "evgeny",
    "fedor",
    "galina",
    "georgiy",
    "gleb",
    "grigory",
    "igor",
    "ilya",
    "irina",
    "ivan",
    "kirill",
    "konstantin",
    "kseniya",
    "larisa",
    "leonid",
    "lyubov",
    "lyudmila",
    "maksim",
    "maria",
    "marina",
    "mariya",
    "matvey",
    "maxim",
    "mikhail",
    "nadezhda",
    "natalia",
    "natalya",
    "nikita",
    "nikolai",
    "nikolay",
    "oksana",
    "oleg",
    "olga",
    "pavel",
    "petr",
    "polina",
    "pyotr",
    "roman",
    "ruslan",
    "sergei",
    "sergey",
    "stanislav",
    "stepan",
    "svetlana",
    "tatiana",
    "tatyana",
    "timofey",
    "vadim",
    "valentina",
    "valery",
    "vasily",
    "viktor",
    "vitaly",
    "vladimir",
    "vyacheslav",
    "yulia",
];

const SURNAME_ENDS: [&str; 16] =
    ["ov", "ova", "ev", "eva", "yov", "yova", "in", "ina", "yn", "yna", "sky", "skiy", "skij", "skaya", "enko", "chuk"];
const PATRONYMIC_ENDS: [&str; 6] = ["ovich", "evich", "yevich", "ovna", "evna", "ichna"];

/// Whether a name in Latin letters is Russian: a patronymic, or a known given name with a surname that ends so.
fn is_russian(name: &str) -> bool {
    let (mut given, mut surname) = (false, false);
    for word in name.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 1) {
        let word = word.to_ascii_lowercase();
        if PATRONYMIC_ENDS.iter().any(|t| word.len() > t.len() + 1 && word.ends_with(t)) {
            return true;
        }
        if GIVEN.binary_search(&word.as_str()).is_ok() {
            given = true;
        } else if SURNAME_ENDS.iter().any(|t| word.len() > t.len() + 2 && word.ends_with(t)) {
            surname = true;
        }
    }
    given && surname
}

impl Check for FioTranslit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let fields = [Field::LastName, Field::FirstName, Field::Name];
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &fields) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::persons(cx) {
            let (parties, at) = (cx.data.parties(r.side), r.at());
            let raw = &parties.raw;
            // Both ways of keeping a name: whichever is filled. The common case, a Russian text, allocates nothing.
            let latin = |f: Field| raw.get(f, at).bytes().any(|b| b.is_ascii_alphabetic());
            let filled = fields.iter().any(|&f| !raw.get(f, at).is_empty());
            evaluated += u64::from(filled);
            if !fields.into_iter().any(latin) {
                continue;
            }
            let parts = [Field::LastName, Field::FirstName, Field::Patronymic].map(|f| raw.get(f, at).trim());
            let joined = parts.join(" ");
            let name = if joined.trim().is_empty() { raw.get(Field::Name, at).trim() } else { joined.trim() };
            if !name.is_ascii() || !is_russian(name) {
                continue;
            }
            let message = cx.say(
                || format!("Русское имя записано латиницей: «{name}»; нужна запись по-русски"),
                || format!("A Russian name in Latin letters: “{name}”; Russian letters are expected"),
            );
            let field = if joined.trim().is_empty() { Field::Name } else { Field::LastName };
            out.push(Finding::record(r, message).value(field, r.side, name));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn russian_and_foreign() {
        assert!(GIVEN.is_sorted());
        for (name, expected) in [
            ("Vasilkov Petr", true),
            ("Anna Sergeevna", true),
            ("John Smith", false),
            ("Martin Chaplin", false),
            ("Ivan Draganja", false),
            ("Olga", false),
            ("", false),
        ] {
            assert_eq!(is_russian(name), expected, "{name}");
        }
    }

    #[test]
    fn fires_and_is_silent() {
        let russian: &[(Field, &str)] = &[(Field::LastName, "Vasilkov"), (Field::FirstName, "Petr")];
        World::new().crm_contact(russian).expect(&FioTranslit, &["crm:1"]);
        World::new().crm_contact(&[(Field::Name, "John Smith")]).expect(&FioTranslit, &[]);
        clean().expect(&FioTranslit, &[]);
        World::new().expect_not_run(&FioTranslit);
    }
}
