//! `cp-link-not-unique`: two live cards store the same id of the other system.

use super::external::{hash, same, stored};
use super::groups::{by_key, lead, masters};
use super::scope::{cards, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Side};

pub struct LinkNotUnique;

static META: Meta = Meta {
    id: "cp-link-not-unique",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Две карточки связаны с одной записью",
        finds: "Несколько действующих карточек одной системы хранят один и тот же идентификатор другой.",
        why: "При каждом обмене они по очереди перезаписывают одну и ту же запись, значения прыгают.",
        causes: "Карточку скопировали вместе с полем связи; объединили записи в другой системе.",
        remedy: "Оставьте связь у одной карточки, остальные объедините с ней или очистите у них поле.",
        example: "Компании 145 и 212 хранят один GUID 1С",
        source: "Практика: один внешний идентификатор — одна карточка",
    },
    en: Card {
        title: "Two cards linked to one record",
        finds: "Several live cards of one system store the same id of the other.",
        why: "At each exchange they overwrite one record in turn, its values jump.",
        causes: "The card was copied together with its link; records were merged in the other system.",
        remedy: "Keep the link in one card, merge the rest into it or clear their field.",
        example: "Companies 145 and 212 store one GUID of 1C",
        source: "Practice: one external id, one card",
    },
};

impl Check for LinkNotUnique {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            let masters = masters(cx, side);
            let text = |at: u32| parties.raw.get(Field::ExternalId, at as usize);
            let keys: Vec<(u64, u32)> = stored(cx, side).map(|(r, text)| (hash(text), r.idx.0)).collect();
            evaluated += keys.len() as u64;
            for mut run in by_key(keys) {
                // Hashes of different ids may collide, though hardly ever.
                while let Some(&first) = run.first() {
                    let (group, rest): (Vec<u32>, Vec<u32>) = run.iter().partition(|&&at| same(text(at), text(first)));
                    run = rest;
                    if group.len() < 2 {
                        continue;
                    }
                    let group: Vec<usize> = group.into_iter().map(|at| at as usize).collect();
                    let (subject, more) = lead(side, &masters, &group);
                    let (id, count) = (text(first).trim(), cards(cx, group.len()));
                    let message = cx.say(
                        || format!("{count} хранят один идентификатор другой системы {id}; оставьте его у одной"),
                        || format!("{count} store one id of the other system, {id}; leave it to one"),
                    );
                    out.push(Finding::record(subject, message).value(Field::ExternalId, side, id).more(more));
                }
            }
        }
        if evaluated == 0 { no_field(cx, &[Field::ExternalId]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let linked = |id| [(Field::ExternalId, id)];
        World::new()
            .crm(&linked("g1"))
            .crm(&linked("G1 "))
            .crm_contact(&linked("g1"))
            .crm(&linked("g2"))
            .crm(&linked(""))
            .crm(&linked(""))
            .onec(&linked("g2"))
            .expect(&LinkNotUnique, &["crm:1 crm:2 crm:3"]);
        World::new()
            .crm(&linked("g1"))
            .crm(&[(Field::ExternalId, "g1"), (Field::Deleted, "да")])
            .expect(&LinkNotUnique, &[]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&LinkNotUnique);
    }
}
