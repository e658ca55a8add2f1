//! `cp-only-1c-active`: active counterparties of 1C that the CRM does not have.

use super::scope::one_sided;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Side;

pub struct Only1cActive;

static META: Meta = Meta {
    id: "cp-only-1c-active",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Действующий контрагент 1С отсутствует в CRM",
        finds: "Контрагент, которому не нашлось пары в CRM. Если в выгрузке 1С есть оборот, показаны только карточки \
                с оборотом; если нет — все активные. Пары, которые ждут решения человека, сюда не входят.",
        why: "Менеджер не видит клиента с оборотами и заведёт его заново: получится дубль.",
        causes: "Клиент пришёл мимо отдела продаж; это поставщик, которого в CRM не ведут; карточку в CRM удалили.",
        remedy: "Решите, какие группы контрагентов нужны в CRM: остальные исключите из обмена, нужные перенесите.",
        example: "ООО «Лютик»: в 1С обороты 90 000 ₽, в CRM компании нет",
        source: "Практика: первый обмен создаёт недостающие карточки; нужные от случайных отделяет оборот или признак \
                 активности",
    },
    en: Card {
        title: "Active counterparty of 1C absent from the CRM",
        finds: "A counterparty without a counterpart in the CRM. If the 1C snapshot has turnover, only cards with \
                turnover are shown; otherwise all active ones. Pairs that wait for a person are not counted.",
        why: "A manager does not see a client that trades, and will enter it again: a duplicate.",
        causes: "The client came past the sales department; it is a supplier that the CRM does not keep; the card of \
                 the CRM was deleted.",
        remedy: "Decide which groups of counterparties the CRM needs: leave the rest out of the exchange, carry the \
                 needed ones over.",
        example: "ООО «Лютик»: turnover 90,000 in 1C, no company in the CRM",
        source: "Practice: the first exchange creates missing cards; turnover or activity tells the needed ones from \
                 the rest",
    },
};

impl Check for Only1cActive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        one_sided(cx, Side::Onec, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let used: Texts = &[(Field::Name, "ООО «Ромашка»"), (Field::Turnover, "5000")];
        let idle: Texts = &[(Field::Name, "ООО «Лютик»"), (Field::Turnover, "0")];
        let world = || World::new().onec(used).onec(used).onec(idle).crm(used).cluster(vec![crm(0), onec(0)]);
        world().expect(&Only1cActive, &["onec:2"]);
        world().partial(Side::Crm).expect_not_run(&Only1cActive);
        // Without turnover every active card counts.
        World::new()
            .crm(&idle[..1])
            .onec(&idle[..1])
            .onec(&[(Field::Active, "нет")])
            .expect(&Only1cActive, &["onec:1"]);
        World::new().onec(used).expect_not_run(&Only1cActive);
    }
}
