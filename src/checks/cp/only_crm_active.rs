//! `cp-only-crm-active`: active companies of the CRM that 1C does not have.

use super::scope::one_sided;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Side;

pub struct OnlyCrmActive;

static META: Meta = Meta {
    id: "cp-only-crm-active",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Действующая компания CRM отсутствует в 1С",
        finds: "Карточка компании, которой не нашлось пары в 1С. Если в выгрузке CRM есть оборот по сделкам, показаны \
                только карточки с оборотом; если нет — все активные. Пары, которые ждут решения человека, сюда не \
                входят.",
        why: "Сделки есть, а контрагента в учёте нет: документы не выписаны или выписаны на другую карточку.",
        causes: "Сделку закрыли без документов; в 1С контрагента завели под другим именем и ИНН не указали.",
        remedy: "Проверьте, нет ли контрагента в 1С под другим именем; если нет, разрешите обмену создать его.",
        example: "ООО «Ромашка»: в CRM сделки на 250 000 ₽, в 1С карточки нет",
        source: "Практика: первый обмен создаёт недостающие карточки; нужные от случайных отделяет оборот или признак \
                 активности",
    },
    en: Card {
        title: "Active company of the CRM absent from 1C",
        finds: "A company without a counterpart in 1C. If the CRM snapshot has turnover, only cards with turnover are \
                shown; otherwise all active ones. Pairs that wait for a person are not counted.",
        why: "There are deals and no counterparty in the books: documents were not issued, or were issued to another \
              card.",
        causes: "The deal was closed without documents; 1C has the counterparty under another name and without an INN.",
        remedy: "See whether 1C has it under another name; if not, let the exchange create it.",
        example: "ООО «Ромашка»: deals for 250,000 in the CRM, no card in 1C",
        source: "Practice: the first exchange creates missing cards; turnover or activity tells the needed ones from \
                 the rest",
    },
};

impl Check for OnlyCrmActive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        one_sided(cx, Side::Crm, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::matching::Decision;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let used: Texts = &[(Field::Name, "ООО «Ромашка»"), (Field::Turnover, "5000")];
        let idle: Texts = &[(Field::Name, "ООО «Лютик»"), (Field::Turnover, "0")];
        let world = || World::new().crm(used).crm(used).crm(idle).onec(used).cluster(vec![crm(0), onec(0)]);
        world().expect(&OnlyCrmActive, &["crm:2"]);
        // A pair that waits for a person is no absence; a card of the same INN with another KPP is a difference.
        let waits = world().onec(used).link(crm(1), onec(1), Decision::Review, None, &[Field::Name]);
        waits.expect(&OnlyCrmActive, &[]);
        let firm = |kpp| [(Field::Name, "ООО «Пион»"), (Field::Inn, INN_A), (Field::Kpp, kpp)];
        World::new().crm(&firm(KPP_A)).onec(&firm(KPP_B)).expect(&OnlyCrmActive, &[]);
        world().partial(Side::Onec).expect_not_run(&OnlyCrmActive);
        // Without turnover every active card counts.
        World::new().onec(&idle[..1]).crm(&idle[..1]).crm(&[(Field::Active, "нет")]).expect(&OnlyCrmActive, &["crm:1"]);
        World::new().crm(used).expect_not_run(&OnlyCrmActive);
    }
}
