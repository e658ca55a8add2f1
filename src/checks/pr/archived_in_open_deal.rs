//! `pr-archived-in-open-deal`: products marked for deletion in open deals.

use super::is_open;
use crate::checks::books::{book_of, no_records};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct ArchivedInOpenDeal;

static META: Meta = Meta {
    id: "pr-archived-in-open-deal",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Удалённый товар в открытой сделке",
        finds: "Товары, помеченные на удаление или отключённые в CRM или в 1С, которые стоят в незакрытых сделках.",
        why: "Заказ по такой сделке 1С не создаст.",
        causes: "Карточку убрали в архив, не проверив сделки; оставили повтор, а не основную.",
        remedy: "Замените товар в сделке на действующий или снимите пометку.",
        example: "«Гвоздь 4×100» помечен на удаление в 1С и стоит в сделке «Поставка»",
        source: "Практика: 1С не даёт выбрать помеченную номенклатуру",
    },
    en: Card {
        title: "A deleted product in an open deal",
        finds: "Products marked for deletion or switched off in the CRM or in 1C that stand in deals not yet closed.",
        why: "1C will not create an order for such a deal.",
        causes: "The card was archived without a look at deals; the duplicate was kept instead of the main card.",
        remedy: "Replace the product in the deal, or take the mark off.",
        example: "“Nail 4×100” is marked for deletion in 1C and stands in the deal “Delivery”",
        source: "Practice: 1C does not let a marked item be chosen",
    },
};

impl Check for ArchivedInOpenDeal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let lines = cx.data.book(Side::Crm, Entity::Line);
        if cx.data.book(Side::Crm, Entity::Deal).is_empty() {
            return no_records(cx, Entity::Deal);
        }
        if lines.is_empty() || cx.data.book(Side::Crm, Entity::Product).is_empty() {
            return no_records(cx, if lines.is_empty() { Entity::Line } else { Entity::Product });
        }
        let mut evaluated = 0;
        for at in 0..lines.len() {
            let owner = lines.reference(Field::DocumentId, at).filter(|owner| is_open(cx, *owner));
            let (Some(owner), Some(product)) = (owner, lines.reference(Field::ProductId, at)) else { continue };
            evaluated += 1;
            let all = std::iter::once(product).chain(cx.pairing.partners(product));
            let Some(dead) = all.into_iter().find(|r| !book_of(cx, *r).is_active(r.at())) else { continue };
            let (name, deal) = (cx.quoted(&cx.data.display_name(dead)), cx.quoted(&cx.data.display_name(owner)));
            let side = dead.side.title(cx.lang);
            let message = cx.say(
                || format!("Сделка {deal}: товар {name} в {side} помечен на удаление или отключён"),
                || format!("Deal {deal}: the product {name} is deleted or switched off in {side}"),
            );
            out.push(Finding::record(owner, message).more(vec![dead]));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |deleted: &str, stage: &str| {
            let product = [(Field::Id, "p"), (Field::Name, "Гвоздь 4×100"), (Field::Deleted, deleted)];
            let deal = [(Field::Id, "d"), (Field::Name, "Поставка"), (Field::Stage, stage)];
            let line = [(Field::Id, "l"), (Field::DocumentId, "d"), (Field::ProductId, "p")];
            let world = World::new().add(Side::Crm, Entity::Product, &product).add(Side::Crm, Entity::Deal, &deal);
            world.add(Side::Crm, Entity::Line, &line)
        };
        world("Да", "Новая").expect(&ArchivedInOpenDeal, &["crm:d crm:p"]);
        world("Нет", "Новая").expect(&ArchivedInOpenDeal, &[]);
        world("Да", "Сделка проиграна").expect(&ArchivedInOpenDeal, &[]);
        let onec = [(Field::Id, "q"), (Field::Name, "Гвозди 100х4"), (Field::Deleted, "Да")];
        world("Нет", "Новая").add(Side::Onec, Entity::Product, &onec).expect(&ArchivedInOpenDeal, &["crm:d onec:q"]);
        World::new().expect_not_run(&ArchivedInOpenDeal);
    }
}
