//! `cp-dup-inn-kpp`: two or more active cards with one INN and KPP.

use super::groups::{by_key, lead, masters};
use super::scope::{cards, live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct DupInnKpp;

static META: Meta = Meta {
    id: "cp-dup-inn-kpp",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Дубли: одинаковые ИНН и КПП",
        finds: "Две и более действующих карточки одной системы с одинаковыми ИНН и КПП; у ИП — с одинаковым ИНН.",
        why: "Обмен берёт одну из карточек наугад: сделки, оплаты и долги делятся между двойниками.",
        causes: "Карточку завели повторно, не найдя по названию; загрузили список; обмен уже создал двойника.",
        remedy: "Объедините карточки: главной останется предложенная в списке слияния, остальные скрипт очистки \
                 пометит на удаление.",
        example: "ООО «Ромашка» и «Ромашка ООО», ИНН 7799001111, КПП 779901001",
        source: "Практика: обмены ищут контрагента по паре ИНН + КПП, ИП — по одному ИНН",
    },
    en: Card {
        title: "Duplicates: same INN and KPP",
        finds: "Two or more active cards of one system with the same INN and KPP; for sole traders with the same INN.",
        why: "Exchange takes one of the cards at random: deals, payments and debts are split between the twins.",
        causes: "The card was made again because the name was not found; a list was loaded; exchange has created a \
                 twin already.",
        remedy: "Merge the cards: the one proposed in the merge list stays, the cleanup script marks the rest for \
                 deletion.",
        example: "OOO «Romashka» and «Romashka OOO», INN 7799001111, KPP 779901001",
        source: "Practice: exchanges look a counterparty up by INN + KPP, a sole trader by the INN alone",
    },
};

impl Check for DupInnKpp {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Inn);
        if sides.is_empty() {
            return no_field(cx, &[Field::Inn]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let masters = masters(cx, side);
            // A person has no KPP: whatever stands there, the INN alone is the key.
            let keys = live(cx, side, Entity::Counterparty).filter(|&at| parties.is_active(at)).filter_map(|at| {
                let inn = *parties.inn[at].valid()?;
                let kpp = if inn.is_person() { 0 } else { parties.kpp[at].valid()?.key() };
                Some(((inn, kpp), at as u32))
            });
            let keys: Vec<_> = keys.collect();
            evaluated += keys.len() as u64;
            for group in by_key(keys) {
                let group: Vec<usize> = group.into_iter().map(|at| at as usize).collect();
                let at = group[0];
                let (subject, more) = lead(side, &masters, &group);
                let inn = parties.raw.get(Field::Inn, at).trim();
                let count = cards(cx, group.len());
                let kpp = parties.kpp[at].valid().map_or_else(String::new, |k| k.to_string());
                let message = cx.say(
                    || match kpp.as_str() {
                        "" => format!("{count} с одним ИНН {inn}; объедините их"),
                        _ => format!("{count} с одинаковыми ИНН {inn} и КПП {kpp}; объедините их"),
                    },
                    || match kpp.as_str() {
                        "" => format!("{count} with the same INN {inn}; merge them"),
                        _ => format!("{count} with the same INN {inn} and KPP {kpp}; merge them"),
                    },
                );
                out.push(Finding::record(subject, message).value(Field::Inn, side, inn).more(more));
            }
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
        let firm = |inn, kpp| [(Field::Inn, inn), (Field::Kpp, kpp)];
        World::new()
            .crm(&firm(INN_A, KPP_A))
            .crm(&firm(INN_A, KPP_A))
            .crm(&firm(INN_A, KPP_A))
            .crm(&firm(INN_PERSON, ""))
            .crm(&firm(INN_PERSON, KPP_A))
            .cluster(vec![crm(1), crm(0)])
            .expect(&DupInnKpp, &["crm:2 crm:1 crm:3", "crm:4 crm:5"]);
        World::new()
            .crm(&firm(INN_A, KPP_A))
            .crm(&firm(INN_A, KPP_B))
            .crm(&firm(INN_A, ""))
            .onec(&firm(INN_A, KPP_A))
            .crm(&firm(INN_B, KPP_A))
            .crm(&[(Field::Inn, INN_B), (Field::Kpp, KPP_A), (Field::Deleted, "да")])
            .crm(&[(Field::Inn, INN_B), (Field::Kpp, KPP_A), (Field::Active, "нет")])
            // An equal wrong INN is no proof.
            .crm(&firm("7799001112", KPP_A))
            .crm(&firm("7799001112", KPP_A))
            .expect(&DupInnKpp, &[]);
        World::new().crm(&[(Field::Kpp, KPP_A)]).expect_not_run(&DupInnKpp);
    }
}
