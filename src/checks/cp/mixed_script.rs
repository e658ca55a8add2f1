//! `cp-mixed-script`: look-alike letters of the other alphabet stand inside a word of a name.

use super::scope::{live, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::repair::mixed_word;

pub struct MixedScript;

static META: Meta = Meta {
    id: "cp-mixed-script",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Латинские буквы в русских словах",
        finds: "Слово в наименовании или ФИО, где часть букв латинские, а часть русские, причём на вид их не отличить.",
        why: "На экране названия одинаковы, а программа видит разные: поиск не находит карточку, и появляется \
              невидимый дубль.",
        causes: "Набирали, не переключив раскладку; распознали скан; название скопировали с сайта.",
        remedy: "Наберите слово заново буквами того алфавита, которым оно написано.",
        example: "«Pомашка» с латинской P",
        source: "Unicode Technical Standard 39, раздел 5.1: смешение алфавитов",
    },
    en: Card {
        title: "Latin letters inside Cyrillic words",
        finds: "A word of a name with letters of both alphabets that cannot be told apart by eye.",
        why: "On the screen the names are equal, to the program they differ: search does not find the card and an \
              invisible duplicate appears.",
        causes: "Typed without switching the layout; a scan was recognised; the name was copied from a web page.",
        remedy: "Type the word again in the letters of the alphabet it is written in.",
        example: "«Pомашка» with a Latin P",
        source: "Unicode Technical Standard 39, section 5.1: mixed-script detection",
    },
};

impl Check for MixedScript {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for at in Entity::PARTIES.into_iter().flat_map(|entity| live(cx, side, entity)) {
                evaluated += 1;
                // One finding a record, for its first such field: the name of a person repeats in its parts.
                let texts = FIELDS.iter().map(|&field| (field, parties.raw.get(field, at)));
                let Some((field, text, word)) = texts.filter_map(|(f, t)| Some((f, t, mixed_word(t)?))).next() else {
                    continue;
                };
                let message = cx.say(
                    || format!("В слове «{word}» перемешаны русские и латинские буквы; наберите его заново"),
                    || format!("The word “{word}” mixes Cyrillic and Latin letters; type it again"),
                );
                out.push(Finding::record(RecordRef::new(side, at), message).value(field, side, text));
            }
        }
        if evaluated == 0 { no_field(cx, &[Field::Name]) } else { Ran::Evaluated(evaluated) }
    }
}

const FIELDS: [Field; 5] = [Field::Name, Field::FullName, Field::LastName, Field::FirstName, Field::Patronymic];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .crm(&[(Field::Name, "ООО «Pомашка»")])
            .crm(&[(Field::Name, "Ромашка"), (Field::FullName, "ООО «Ромaшка»")])
            .crm(&[(Field::Name, "Rоmashka")])
            .onec_contact(&[(Field::LastName, "Иванoв")])
            .crm(&[(Field::Name, "IT-компания «Вектор 1С», Wi-Fi")])
            .crm(&[(Field::Name, "МегаFон")])
            .crm(&[(Field::Name, "Bosch")])
            .expect(&MixedScript, &["crm:1", "crm:2", "crm:3", "onec:1"]);
        World::new().expect_not_run(&MixedScript);
    }
}
