//! `ct-contradiction`: persons that share a contact and are shown to be different.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::matching::{Decision, Scope, Veto};
use crate::model::Entity;

pub struct Contradiction;

static META: Meta = Meta {
    id: "ct-contradiction",
    severity: Severity::Info,
    cross: false,
    fix: Fix::None,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Похожи, но это разные люди",
        finds: "Карточки одной системы, которые совпадают по телефону, почте или фамилии, но которым противоречит имя, \
                отчество или дата рождения.",
        why: "Это родственники или однофамильцы: при объединении потеряется один из клиентов.",
        causes: "Семья пользуется одним номером; тёзки работают в одной компании.",
        remedy: "Ничего не объединяйте. Если это всё же один человек, исправьте ошибочное отчество или дату рождения.",
        example: "Лютикова Анна Сергеевна и Лютикова Ольга Сергеевна с одним номером.",
        source: "Практика: родственники и тёзки с общим телефоном",
    },
    en: Card {
        title: "Alike, but different persons",
        finds: "Cards of one system that agree in phone, e-mail or surname while given name, patronymic or date of \
                birth contradicts.",
        why: "They are relatives or namesakes: a merge would lose one of the clients.",
        causes: "A family uses one number; namesakes work in one company.",
        remedy: "Merge nothing. If it is one person after all, correct the wrong patronymic or date of birth.",
        example: "Lyutikova Anna Sergeevna and Lyutikova Olga Sergeevna with one number.",
        source: "Practice: relatives and namesakes with one phone",
    },
};

impl Check for Contradiction {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if Entity::PARTIES.iter().all(|&e| scope::live(cx, e).next().is_none()) {
            return Ran::NotRun(cx.say(|| "нет записей".to_owned(), || "no records".to_owned()));
        }
        for link in &cx.matching.links {
            let Some(veto @ (Veto::PersonDiffers | Veto::BirthDateDiffers)) = link.veto else { continue };
            let within = matches!(link.scope(), Scope::Within(_)) && link.decision == Decision::Rejected;
            let fit = |r| scope::is_person(cx, r) && scope::is_live(cx, r);
            if !within || !fit(link.a) || !fit(link.b) {
                continue;
            }
            let agree: Vec<&str> = link.agree().map(|f| f.title(cx.lang)).collect();
            let (agree, why) = (agree.join(", "), veto.text(cx.lang));
            let message = cx.say(
                || format!("Не объединять: {why}; совпало: {agree}"),
                || format!("Do not merge: {why}; agree: {agree}"),
            );
            out.push(Finding::record(link.a, message).other(link.b));
        }
        Ran::Evaluated(scope::persons(cx).count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm, onec};
    use crate::model::Field;

    #[test]
    fn fires_and_is_silent() {
        let two = || {
            World::new()
                .crm_contact(&[(Field::Name, "Орлова Анна Сергеевна")])
                .crm_contact(&[(Field::Name, "Орлова Ольга Сергеевна")])
                .onec_contact(&[(Field::Name, "Орлова Ольга Сергеевна")])
        };
        let differs = Some(Veto::PersonDiffers);
        let agree = [Field::Phone];
        two().link(crm(0), crm(1), Decision::Rejected, differs, &agree).expect(&Contradiction, &["crm:1 crm:2"]);
        two().link(crm(0), onec(0), Decision::Rejected, differs, &agree).expect(&Contradiction, &[]);
        two().link(crm(0), crm(1), Decision::Rejected, Some(Veto::Refused), &agree).expect(&Contradiction, &[]);
        clean().expect(&Contradiction, &[]);
    }
}
