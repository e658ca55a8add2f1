//! `ct-fio-yo`: one name with ё and with е.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct FioYo;

static META: Meta = Meta {
    id: "ct-fio-yo",
    severity: Severity::Info,
    // Across sides too: the linked card of the other system shows the difference best.
    cross: true,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Имя с «ё» и с «е»",
        finds: "Карточки одного человека, имена в которых различаются только буквами «ё» и «е».",
        why: "Сверка сравнивает их как одинаковые, но текстовый поиск и обмен по имени найдут только одну.",
        causes: "Часть карточек заполнена с «ё» по паспорту, часть — без неё.",
        remedy: "Выберите написание из документа и приведите остальные карточки к нему.",
        example: "«Королёва Алёна» в CRM и «Королева Алена» в 1С.",
        source: "Письмо Минобрнауки России № АФ-159/03 от 03.05.2007: «ё» в именах собственных",
    },
    en: Card {
        title: "A name with ё and with е",
        finds: "Cards of one person whose names differ in the letters ё and е only.",
        why: "The audit compares them as equal, but a text search and an exchange by name find one of them only.",
        causes: "Some cards were filled with ё as in the passport, others without.",
        remedy: "Choose the spelling of the document and bring the other cards to it.",
        example: "«Королёва Алёна» in the CRM and «Королева Алена» in 1C.",
        source: "Ministry of Education, letter АФ-159/03 of 03.05.2007: ё in proper names",
    },
};

fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

impl Check for FioYo {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let fields = [Field::LastName, Field::FirstName, Field::Name];
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &fields) {
            return missing;
        }
        let mut evaluated = 0;
        for cluster in &cx.matching.clusters {
            let members: Vec<RecordRef> =
                cluster.members.iter().copied().filter(|&r| scope::is_person(cx, r) && scope::is_live(cx, r)).collect();
            if members.len() < 2 {
                continue;
            }
            evaluated += members.len() as u64;
            let raw = |r: RecordRef, field| cx.data.parties(r.side).raw.get(field, r.at()).trim();
            // One finding per party: the first field and the first pair of cards that differ so.
            let pair = [Field::LastName, Field::FirstName, Field::Patronymic, Field::Name].into_iter().find_map(|f| {
                let with = members.iter().copied().find(|&r| raw(r, f).contains(['ё', 'Ё']))?;
                let wanted = fold(raw(with, f));
                let differs =
                    |r: RecordRef| fold(raw(r, f)) == wanted && raw(r, f).to_lowercase() != raw(with, f).to_lowercase();
                let without = members.iter().copied().find(|&r| differs(r))?;
                Some((f, with, without))
            });
            let Some((field, with, without)) = pair else { continue };
            let (yo, ye) = (raw(with, field), raw(without, field));
            let message = cx.say(
                || format!("Имя одного человека записано с «ё» и с «е»: «{yo}» и «{ye}»; выберите написание из документа"),
                || format!("The name of one person is written with ё and with е: “{yo}” and “{ye}”; choose the spelling of the document"),
            );
            let finding = Finding::record(with.min(without), message).other(with.max(without));
            out.push(match (with.side, without.side) {
                (Side::Crm, Side::Onec) => finding.values(field, yo, ye),
                (Side::Onec, Side::Crm) => finding.values(field, ye, yo),
                (side, _) => finding.value(field, side, yo),
            });
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm, onec};

    #[test]
    fn fires_and_is_silent() {
        let pair = |a: &str, b: &str| {
            let world = World::new().crm_contact(&[(Field::LastName, a)]).onec_contact(&[(Field::LastName, b)]);
            world.cluster(vec![crm(0), onec(0)])
        };
        pair("Королева", "Королёва").expect(&FioYo, &["crm:1 onec:1"]);
        pair("Королёва", "Королева").expect(&FioYo, &["crm:1 onec:1"]);
        pair("Королёва", "КОРОЛЁВА").expect(&FioYo, &[]);
        pair("Королёва", "Орлова").expect(&FioYo, &[]);
        clean().expect(&FioYo, &[]);
    }
}
