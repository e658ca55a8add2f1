//! `re-vat-nonresidential`: VAT against the use of a unit.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};
use crate::normalize::property::UnitKind;
use crate::normalize::vat::{self, Vat};

pub struct VatNonresidential;

static META: Meta = Meta {
    id: "re-vat-nonresidential",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "НДС не соответствует помещению",
        finds: "Квартира или договор на неё с начисленным НДС, и сопоставленные объекты, у которых ставка НДС \
                 различается. Нежилое помещение без НДС само по себе не ошибка: услуги застройщика по ДДУ в \
                 многоквартирном доме освобождены и для нежилых помещений.",
        why: "Налог посчитан неверно, счёт-фактура выставлен зря или не выставлен.",
        causes: "Ставку взяли по умолчанию; вид помещения изменили после договора.",
        remedy: "Проверьте ставку по виду помещения и договору.",
        example: "Квартира, ставка 22 %",
        source: "НК РФ, статья 149, пункт 3, подпункт 23.1: от налога свободны услуги застройщика по ДДУ о жилых \
                 домах, жилых и нежилых помещениях и машино-местах многоквартирных домов, но не о помещениях \
                 для временного проживания. Норма прочитана в письме Минфина от 26.08.2024 № 03-07-07/80830, \
                 где она приведена (начало письма, base.garant.ru/409625227, 24.11.2026); сам кодекс не читали, поэтому \
                 это предупреждение",
    },
    en: Card {
        title: "VAT does not fit the unit",
        finds: "A flat, or a contract for one, with VAT, and linked units whose rates differ. A commercial unit \
                 without VAT is no error by itself: services of a developer under a DDU in an apartment house \
                 are exempt for non-residential units too.",
        why: "The tax is wrong, a tax invoice was issued for nothing or is missing.",
        causes: "A default rate; the kind of the unit was changed after the contract.",
        remedy: "Check the rate by kind and contract.",
        example: "A flat with 22 %",
        source: "Tax Code of Russia, article 149, item 3, 23.1: services of a developer under a DDU are exempt for \
                 houses, residential and other units and parking of apartment houses, not for units for temporary \
                 stay. Read in the letter of the Ministry of Finance 03-07-07/80830 of 26.08.2024, which states \
                 the rule (the beginning of the letter, base.garant.ru/409625227, 2026-11-24); the Code itself was not \
                 read, so this is a warning",
    },
};

impl Check for VatNonresidential {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let given = |entity| books::lacking(cx, entity, &[Field::VatRate]).is_none();
        if !given(Entity::Object) && !given(Entity::Ddu) {
            return scope::not_run(
                cx,
                "ставка НДС объектов и договоров не выгружена",
                "no rates of VAT of units and contracts",
            );
        }
        let taxed = |raw: &str| matches!(vat::parse(raw), Some(Vat::Rate { percent, .. }) if percent > 0);
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in books::active(of.objects).filter(|&at| of.holdings.kind[at].is_some_and(UnitKind::is_dwelling)) {
                let contract = of.holdings.active_contracts(at).next();
                let rates = [Some((of.objects.at(at), of.objects.text(Field::VatRate, at)))]
                    .into_iter()
                    .chain([contract.map(|d| (of.ddus.at(d), of.ddus.text(Field::VatRate, d)))])
                    .flatten()
                    .filter(|(_, raw)| vat::parse(raw).is_some());
                let rates: Vec<_> = rates.collect();
                evaluated += u64::from(!rates.is_empty());
                if let Some((r, raw)) = rates.into_iter().find(|(_, raw)| taxed(raw)) {
                    let (name, shown) = (scope::name(cx, of.objects.at(at)), cx.quoted(raw));
                    let message = cx.say(
                        || format!("{name}: НДС {shown} на жильё"),
                        || format!("{name}: VAT {shown} on a dwelling"),
                    );
                    out.push(Finding::record(r, message).value(Field::VatRate, of.side, raw));
                }
            }
        }
        let dwelling = |r: RecordRef| scope::estate(cx).of(r.side).kind[r.at()].is_some_and(UnitKind::is_dwelling);
        for (a, b) in books::pairs(cx, Entity::Object).filter(|(a, b)| !dwelling(*a) && !dwelling(*b)) {
            let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::VatRate).trim());
            let (Some(x), Some(y)) = (vat::parse(crm), vat::parse(onec)) else { continue };
            evaluated += 1;
            if x != y {
                let (name, shown) = (scope::name(cx, a), [cx.quoted(crm), cx.quoted(onec)]);
                let message = cx.say(
                    || format!("{name}: ставка НДС в CRM {}, в 1С {}", shown[0], shown[1]),
                    || format!("{name}: the VAT rate is {} in the CRM and {} in 1C", shown[0], shown[1]),
                );
                out.push(Finding::record(a, message).other(b).values(Field::VatRate, crm, onec));
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
            .set(Side::Onec, Entity::Object, "o1", Field::VatRate, "22%")
            .world()
            .expect(&VatNonresidential, &["onec:o1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::VatRate, "20%")
            .world()
            .expect(&VatNonresidential, &["onec:d1"]);
        House::new()
            .set(Side::Crm, Entity::Object, "o4", Field::VatRate, "22%")
            .set(Side::Onec, Entity::Object, "o4", Field::VatRate, "Без НДС")
            .world()
            .expect(&VatNonresidential, &["crm:o4 onec:o4"]);
        House::new().both(Entity::Object, "o4", Field::VatRate, "Без НДС").world().expect(&VatNonresidential, &[]);
    }
}
