//! `re-price-formula`: price against area and rate.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Decimal;
use crate::model::{Entity, Field};

pub struct PriceFormula;

static META: Meta = Meta {
    id: "re-price-formula",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "tolerance",
        default: 1,
        ru: "на сколько рублей цена может отличаться",
        en: "by how many roubles the price may differ",
    }],
    ru: Card {
        title: "Цена не сходится с площадью и ставкой",
        finds: "Объект, цена которого не равна площади (любой из известных), умноженной на цену за м², за \
                 вычетом скидки, с точностью до tolerance рублей.",
        why: "Цену правили руками: средняя цена м² и сумма договора недостоверны.",
        causes: "Округление цены; скидка не внесена; площадь изменили после расчёта.",
        remedy: "Пересчитайте цену или внесите скидку.",
        example: "45,5 м² × 120 000 ₽ = 5 460 000 ₽, в карточке 5 400 000 ₽",
        source: "Практика: цена объекта — площадь на ставку без скидки",
    },
    en: Card {
        title: "The price is not area times rate",
        finds: "A unit whose price is not an area (any known one) times the price per m² less the discount, \
                 within tolerance roubles.",
        why: "The price was edited by hand: average price and contract sums cannot be relied on.",
        causes: "A rounded price; a discount that was not entered; an area changed after the calculation.",
        remedy: "Recalculate the price or enter the discount.",
        example: "45.5 m² × 120,000 = 5,460,000, the card says 5,400,000",
        source: "Practice: the price is area times rate less the discount",
    },
};

impl Check for PriceFormula {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Object, &[Field::PriceMetre]) {
            return missing;
        }
        let tolerance = cx.param(&META, "tolerance").saturating_mul(Decimal::SCALE);
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let number = |field, at| of.objects.number(field, at).valid().filter(|d| d.micros() > 0);
            for at in books::active(of.objects) {
                let (Some(price), Some(rate)) = (number(Field::Price, at), number(Field::PriceMetre, at)) else {
                    continue;
                };
                let discount = number(Field::Discount, at).map_or(0, Decimal::micros);
                let areas =
                    [Field::AreaContract, Field::Area, Field::AreaBti].into_iter().filter_map(|f| number(f, at));
                let expected: Vec<i64> =
                    areas.filter_map(|area| Some(area.checked_mul(rate)?.micros() - discount)).collect();
                let Some(&first) = expected.first() else { continue };
                evaluated += 1;
                if expected.iter().any(|e| (e - price.micros()).abs() <= tolerance) {
                    continue;
                }
                let name = scope::name(cx, of.objects.at(at));
                let [is, should] = [price, Decimal::from_micros(first)].map(scope::show_sum);
                let message = cx.say(
                    || format!("{name}: цена {is}, по площади и ставке {should}"),
                    || format!("{name}: the price is {is}, area and rate give {should}"),
                );
                out.push(Finding::record(of.objects.at(at), message).value(Field::Price, of.side, &price.to_string()));
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
            .set(Side::Crm, Entity::Object, "o1", Field::Price, "5400000")
            .world()
            .expect(&PriceFormula, &["crm:o1"]);
        House::new()
            .set(Side::Crm, Entity::Object, "o1", Field::Price, "5400000")
            .set(Side::Crm, Entity::Object, "o1", Field::Discount, "60000")
            .world()
            .expect(&PriceFormula, &[]);
        // Priced by the survey.
        House::new().set(Side::Crm, Entity::Object, "o1", Field::Price, "5472000").world().expect(&PriceFormula, &[]);
    }
}
