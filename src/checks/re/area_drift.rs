//! `re-area-drift`: areas differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, RecordRef};
use crate::model::{Entity, Field};

pub struct AreaDrift;

static META: Meta = Meta {
    id: "re-area-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[
        Param {
            name: "tolerance",
            default: 10,
            ru: "на сколько сотых м² площади могут расходиться",
            en: "by how many hundredths of m² areas may differ",
        },
        Param {
            name: "recalculation",
            default: 100,
            ru: "с какого отличия обмера от договора, в сотых м², пересчитывают цену",
            en: "from which difference of survey and contract, in hundredths of m², the price is recalculated",
        },
    ],
    ru: Card {
        title: "Площади расходятся",
        finds: "Сопоставленные объекты, у которых площадь по проекту, по договору или по обмеру различается \
                 больше tolerance сотых м², и объекты, у которых обмер отличается от договора больше \
                 recalculation сотых м².",
        why: "Цена договора считается от площади: доплата или возврат покупателю не посчитаны.",
        causes: "Обмер внесли в одну систему; в договор взяли старую площадь.",
        remedy: "Сверьте площадь с обмером и договором, при отличии обмера проверьте условие договора о доплате.",
        example: "По договору 45,5 м², по обмеру 47,1 м²",
        source: "Практика: у одного объекта одна площадь в обеих системах. Определение Верховного Суда РФ от 06.07.2021 № 22-КГ21-3-К5 (прочитан пересказ): договор может \
                 назначить пределы изменения площади без пересчёта цены. Сами пределы зависят от договора",
    },
    en: Card {
        title: "Areas differ",
        finds: "Linked units whose project, contract or surveyed areas differ by more than tolerance hundredths \
                 of m², and units surveyed differently from their contract by more than recalculation \
                 hundredths.",
        why: "The price follows the area: a surcharge or a refund was not calculated.",
        causes: "The survey was entered in one system; the contract took an old area.",
        remedy: "Compare with survey and contract; where the survey differs look at the clause on recalculation.",
        example: "45.5 m² by contract, 47.1 m² by survey",
        source: "Practice: one unit has one area in both systems. Supreme Court of Russia, ruling 22-КГ21-3-К5 of 06.07.2021 (a retelling was read): a contract \
                 may set limits of change without recalculation. The limits depend on the contract",
    },
};

impl Check for AreaDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        const AREAS: [Field; 3] = [Field::Area, Field::AreaContract, Field::AreaBti];
        if let Some(missing) = books::lacking(cx, Entity::Object, &AREAS) {
            return missing;
        }
        let hundredths = |name| cx.param(&META, name).saturating_mul(Decimal::SCALE / 100);
        let (tolerance, recalculation) = (hundredths("tolerance"), hundredths("recalculation"));
        let area = |r: RecordRef, field| {
            cx.data.book(r.side, Entity::Object).number(field, r.at()).valid().map(Decimal::micros).filter(|&m| m > 0)
        };
        let mut evaluated = 0;
        for (a, b) in books::pairs(cx, Entity::Object) {
            let pairs = AREAS.iter().filter_map(|&f| Some((f, area(a, f)?, area(b, f)?)));
            let pairs: Vec<_> = pairs.collect();
            evaluated += u64::from(!pairs.is_empty());
            if let Some(&(field, x, y)) = pairs.iter().find(|(_, x, y)| (x - y).abs() > tolerance) {
                let [x, y] = [x, y].map(|m| Decimal::from_micros(m).to_string());
                let (name, title) = (scope::name(cx, a), field.title(cx.lang));
                let message = cx.say(
                    || format!("{name}: {} в CRM {x} м², в 1С {y} м²", title.to_lowercase()),
                    || format!("{name}: {} {x} m² in the CRM, {y} m² in 1C", title.to_lowercase()),
                );
                out.push(Finding::record(a, message).other(b).values(field, &x, &y));
                continue;
            }
            let own = [a, b].into_iter().find_map(|r| {
                let (agreed, found) = (area(r, Field::AreaContract)?, area(r, Field::AreaBti)?);
                ((agreed - found).abs() > recalculation).then_some((r, agreed, found))
            });
            if let Some((r, agreed, found)) = own {
                let [agreed, found] = [agreed, found].map(|m| Decimal::from_micros(m).to_string());
                let name = scope::name(cx, r);
                let message = cx.say(
                    || format!("{name}: по договору {agreed} м², по обмеру {found} м²; проверьте пересчёт цены"),
                    || format!("{name}: {agreed} m² by contract, {found} m² by survey; check the recalculation"),
                );
                out.push(Finding::record(r, message).value(Field::AreaBti, r.side, &found));
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
            .set(Side::Onec, Entity::Object, "o2", Field::Area, "61.2")
            .world()
            .expect(&AreaDrift, &["crm:o2 onec:o2"]);
        House::new().both(Entity::Object, "o1", Field::AreaBti, "47.1").world().expect(&AreaDrift, &["crm:o1"]);
        House::new().set(Side::Onec, Entity::Object, "o2", Field::Area, "60.05").world().expect(&AreaDrift, &[]);
    }
}
