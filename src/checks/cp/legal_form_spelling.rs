//! `cp-legal-form-spelling`: the legal form of a working name is not written as its usual abbreviation.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::{company, text};

pub struct LegalFormSpelling;

static META: Meta = Meta {
    id: "cp-legal-form-spelling",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Организационная форма написана не сокращением",
        finds: "Рабочее наименование, где форма с одним общепринятым сокращением (ООО, АО, ИП и другие) написана \
                словами, с точками, строчными буквами или латиницей. Полное наименование не проверяется: там форма и \
                должна быть словами.",
        why: "Поиск и обмен сравнивают наименования как текст: «О.О.О. Ромашка» не найдётся по «ООО Ромашка».",
        causes: "Название скопировали из договора или с сайта; каждый сотрудник пишет по-своему.",
        remedy: "Замените форму сокращением; полное название держите в поле «Полное наименование».",
        example: "«Общество с ограниченной ответственностью Ромашка» вместо «ООО «Ромашка»»",
        source: "ГК РФ, ст. 54 п. 1: наименование содержит указание на организационно-правовую форму; ОКОПФ ОК \
                 028-2012; практика: сокращения",
    },
    en: Card {
        title: "Legal form not written as its abbreviation",
        finds: "A working name whose legal form has one usual abbreviation (ООО, АО, ИП and others) and is spelled \
                out, dotted, in lower case or in Latin letters. The full name is not judged: there the form is spelled \
                out by right.",
        why: "Search and exchange compare names as text: «О.О.О. Ромашка» is not found by «ООО Ромашка».",
        causes: "The name was copied from a contract or a web page; everyone writes as they like.",
        remedy: "Put the abbreviation in; keep the whole name in the field “Full name”.",
        example: "«Общество с ограниченной ответственностью Ромашка» instead of «ООО «Ромашка»»",
        source: "Civil Code, art. 54 (1): a name says the legal form; classifier ОКОПФ ОК 028-2012; practice: \
                 abbreviations",
    },
};

/// Forms with one abbreviation that everybody writes. Others have several by right: ОГБУ beside ГБУ, КА beside АБ.
const ONE_ABBREVIATION: [&str; 12] =
    ["ООО", "ОДО", "ТОО", "ЗАО", "ОАО", "ПАО", "НАО", "АО", "ИП", "АНО", "ФГУП", "ТСЖ"];

impl Check for LegalFormSpelling {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::Name, out, |parties, at| {
            let name = parties.raw.get(Field::Name, at);
            // `Parties::form` may come from the full name: only a form that stands in the working name is judged.
            let form = company::form_of(name);
            if form.is_none() || !ONE_ABBREVIATION.contains(&form.code()) {
                return Verdict::Skip;
            }
            let words = || name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let capitals = |word: &str| word.chars().all(|c| text::is_cyrillic(c) && c.is_uppercase());
            let code = form.code();
            if words().any(|word| capitals(word) && !company::form_of(word).is_none()) {
                return Verdict::Sound;
            }
            let latin = |c: char| text::cyrillic_of(c).unwrap_or(c);
            if let Some(word) = words().find(|word| word.chars().map(latin).eq(code.chars())) {
                // A word of both alphabets is `cp-mixed-script`.
                if !word.is_ascii() {
                    return Verdict::Sound;
                }
                return Verdict::Bad(cx.say(
                    || format!("{}: форма {code} набрана латинскими буквами, нужны русские", cx.quoted(name)),
                    || {
                        format!(
                            "{}: the legal form {code} is typed in Latin letters, Russian ones are needed",
                            cx.quoted(name)
                        )
                    },
                ));
            }
            Verdict::Bad(cx.say(
                || format!("{}: форма пишется сокращением {code}", cx.quoted(name)),
                || format!("{}: the legal form is written {code}", cx.quoted(name)),
            ))
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
            .crm(&[(Field::Name, "О.О.О. «Ромашка»")])
            .crm(&[(Field::Name, "Общество с ограниченной ответственностью «Ромашка»")])
            .crm(&[(Field::Name, "ООО «Ромашка»")])
            .crm(&[(Field::Name, "Ромашка ООО")])
            .crm(&[(Field::Name, "Ромашка"), (Field::FullName, "Общество с ограниченной ответственностью «Ромашка»")])
            .crm(&[(Field::Name, "ИП Васильков Пётр Ильич")])
            .crm(&[(Field::Name, "Лютик АО")])
            .crm(&[(Field::Name, "ОГБУ «Больница»")])
            .crm(&[(Field::Name, "OOO «Ромашка»")])
            .crm(&[(Field::Name, "ооо Ромашка")])
            .crm(&[(Field::Name, "OОО «Ромашка»")])
            .crm(&[(Field::Name, "Коллегия адвокатов «Лютик»")])
            .expect(&LegalFormSpelling, &["crm:1", "crm:10", "crm:2", "crm:9"]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&LegalFormSpelling);
    }
}
