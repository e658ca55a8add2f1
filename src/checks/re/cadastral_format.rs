//! `re-cadastral-format`: malformed cadastral numbers.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::property;

pub struct CadastralFormat;

static META: Meta = Meta {
    id: "re-cadastral-format",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Кадастровый номер не по образцу",
        finds: "Объект, кадастровый номер которого не имеет вида АА:ВВ:СССССС(С):К.",
        why: "Обмен с Росреестром и выписки по такому номеру не пройдут.",
        causes: "Номер набрали с другими разделителями; в поле вписали условный номер.",
        remedy: "Исправьте номер по выписке ЕГРН.",
        example: "77-01-0001013-4915",
        source: "Приказы Минэкономразвития от 24.11.2015 № 877 и Росреестра П/0183 (прочитаны изложения, \
                 stilin.ru, nedvigram.ru): округ, район, квартал из 6 или 7 цифр, номер",
    },
    en: Card {
        title: "The cadastral number is malformed",
        finds: "A unit whose cadastral number is not of the form AA:BB:CCCCCC(C):N.",
        why: "Exchange with the register will not accept it.",
        causes: "Other separators were typed; a provisional number stands in the field.",
        remedy: "Correct the number by an extract of the register.",
        example: "77-01-0001013-4915",
        source: "Orders of the Ministry of Economic Development 877 of 24.11.2015 and of Rosreestr П/0183 \
                 (retellings were read, stilin.ru, nedvigram.ru): district, region, block of 6 or 7 digits, \
                 number",
    },
};

impl Check for CadastralFormat {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Object, &[Field::Cadastral]) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in books::active(of.objects) {
                let raw = of.objects.text(Field::Cadastral, at).trim();
                if raw.is_empty() {
                    continue;
                }
                evaluated += 1;
                if property::is_cadastral(raw) {
                    continue;
                }
                let (name, shown) = (scope::name(cx, of.objects.at(at)), cx.quoted(raw));
                let message = cx.say(
                    || format!("{name}: кадастровый номер {shown} не по образцу"),
                    || format!("{name}: the cadastral number {shown} is malformed"),
                );
                out.push(Finding::record(of.objects.at(at), message).value(Field::Cadastral, of.side, raw));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Crm, Entity::Object, "o1", Field::Cadastral, "77-01-0001013-4915")
            .world()
            .expect(&CadastralFormat, &["crm:o1"]);
        House::new()
            .set(Side::Crm, Entity::Object, "o1", Field::Cadastral, "50:20:000000:1")
            .world()
            .expect(&CadastralFormat, &[]);
    }
}
