//! `cp-invisible-chars`: invisible characters, doubled or outer spaces in a name.

use super::scope::{live, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Lang, RecordRef, Side};
use crate::normalize::text;

pub struct InvisibleChars;

static META: Meta = Meta {
    id: "cp-invisible-chars",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Невидимые знаки и лишние пробелы в названии",
        finds: "Неразрывные и двойные пробелы, пробелы по краям, мягкие переносы, знаки нулевой ширины в наименовании \
                или ФИО.",
        why: "Глазу их не видно, а точное сравнение не проходит: обмен не узнаёт карточку и создаёт новую.",
        causes: "Название вставили из Word, письма или с сайта.",
        remedy: "Уберите такие знаки и оставьте одиночные пробелы: проще всего набрать название заново, а не \
                 вставлять.",
        example: "«ООО  Ромашка » с двойным пробелом и пробелом в конце",
        source: "Стандарт Unicode 16.0, разделы 6.2 и 23.2: пробелы и знаки без изображения",
    },
    en: Card {
        title: "Invisible characters and stray spaces in a name",
        finds: "No-break and doubled spaces, spaces at the ends, soft hyphens, zero-width marks in a name.",
        why: "The eye does not see them, exact comparison fails: exchange does not recognise the card and creates a \
              new one.",
        causes: "The name was pasted from a text processor, a letter or a web page.",
        remedy: "Remove such characters and leave single spaces: easiest by typing the name again instead of pasting \
                 it.",
        example: "«ООО  Ромашка » with a double space and a space at the end",
        source: "The Unicode Standard 16.0, sections 6.2 and 23.2: spaces and marks without a glyph",
    },
};

impl Check for InvisibleChars {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for at in Entity::PARTIES.into_iter().flat_map(|entity| live(cx, side, entity)) {
                evaluated += 1;
                let texts = FIELDS.iter().map(|&field| (field, parties.raw.get(field, at)));
                let Some((field, text)) = texts.into_iter().find(|(_, text)| text::has_invisible(text)) else {
                    continue;
                };
                let what = kinds(text, cx.lang);
                let title = field.title(cx.lang);
                let message = cx.say(
                    || format!("Поле «{title}»: {what}; уберите их"),
                    || format!("Field “{title}”: {what}; remove them"),
                );
                out.push(Finding::record(RecordRef::new(side, at), message).value(field, side, text));
            }
        }
        if evaluated == 0 { no_field(cx, &[Field::Name]) } else { Ran::Evaluated(evaluated) }
    }
}

const FIELDS: [Field; 5] = [Field::Name, Field::FullName, Field::LastName, Field::FirstName, Field::Patronymic];

/// What is wrong with the text, in words.
fn kinds(text: &str, lang: Lang) -> String {
    let found = [
        (text.trim_matches([' ', '\n']).len() < text.len(), "пробелы по краям", "spaces at the ends"),
        (text.trim().contains("  "), "двойные пробелы", "double spaces"),
        (text.chars().any(text::is_odd_space), "неразрывные или особые пробелы", "no-break or odd spaces"),
        (text.chars().any(text::is_invisible), "невидимые знаки", "invisible characters"),
    ];
    let words: Vec<&str> = found.iter().filter(|(is, ..)| *is).map(|(_, ru, en)| lang.pick(ru, en)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .crm(&[(Field::Name, "ООО  Ромашка")])
            .crm(&[(Field::Name, "ООО\u{a0}Ромашка")])
            .crm(&[(Field::Name, "Ро\u{ad}машка")])
            .onec_contact(&[(Field::LastName, "Иванов ")])
            .onec(&[(Field::Name, "ООО «Ромашка»")])
            .expect(&InvisibleChars, &["crm:1", "crm:2", "crm:3", "onec:1"]);
        assert_eq!(kinds(" а  б\u{200b}", Lang::Ru), "пробелы по краям, двойные пробелы, невидимые знаки");
        World::new().expect_not_run(&InvisibleChars);
    }
}
