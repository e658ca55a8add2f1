//! `cp-name-number-differs`: names agree but for their numbers.

use super::groups::{components, split};
use super::scope::{cards, is_live, live};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::matching::{Scope, Veto};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct NameNumberDiffers;

static META: Meta = Meta {
    id: "cp-name-number-differs",
    severity: Severity::Info,
    cross: false,
    fix: Fix::None,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Похожие названия с разными номерами: объединять нельзя",
        finds: "Карточки одной системы, у которых названия совпадают, а номера в них разные.",
        why: "Это разные точки или организации: слияние смешает их документы.",
        causes: "Сеть аптек, школ, магазинов под одним именем.",
        remedy: "Ничего не объединяйте; добавьте в карточки ИНН и КПП, чтобы их не путали.",
        example: "«Аптека № 5» и «Аптека № 6»",
        source: "Практика: номер в названии различает точки одной сети",
    },
    en: Card {
        title: "Similar names with different numbers: never merge",
        finds: "Cards of one system whose names agree while the numbers in them differ.",
        why: "They are different outlets or organisations: a merge mixes their documents.",
        causes: "A network of pharmacies, schools, shops under one name.",
        remedy: "Merge nothing; enter INN and KPP so that they are not confused.",
        example: "«Pharmacy No. 5» and «Pharmacy No. 6»",
        source: "Practice: a number in a name tells apart the units of one network",
    },
};

impl Check for NameNumberDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            let firm = |r: RecordRef| parties.raw.entity[r.at()] == Entity::Counterparty && is_live(parties, r.at());
            evaluated += live(cx, side, Entity::Counterparty).count() as u64;
            let numbered = cx.matching.links.iter().filter(|link| {
                link.scope() == Scope::Within(side)
                    && link.veto == Some(Veto::NumberDiffers)
                    && firm(link.a)
                    && firm(link.b)
            });
            for group in components(numbered) {
                let group: Vec<usize> = group.iter().map(|r| r.at()).collect();
                let (subject, more) = split(side, group[0], &group);
                let (name, count) = (parties.display_name(subject.at()), cards(cx, group.len()));
                let shown = cx.quoted(&name);
                let message = cx.say(
                    || format!("{shown}: {count} отличаются номером в названии, это не дубли"),
                    || format!("{shown}: {count} differ by the number in the name, not duplicates"),
                );
                out.push(Finding::record(subject, message).value(Field::Name, side, &name).more(more));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    use crate::matching::Decision;

    #[test]
    fn fires_and_stays_silent() {
        let world = || {
            let names = ["Аптека № 5", "Аптека № 6", "Аптека № 7"];
            names.into_iter().fold(World::new(), |w, name| w.crm(&[(Field::Name, name)]))
        };
        let veto = Some(Veto::NumberDiffers);
        world()
            .link(crm(0), crm(1), Decision::Rejected, veto, &[Field::Name])
            .link(crm(1), crm(2), Decision::Rejected, veto, &[Field::Name])
            .expect(&NameNumberDiffers, &["crm:1 crm:2 crm:3"]);
        world()
            .link(crm(0), crm(1), Decision::Rejected, Some(Veto::InnDiffers), &[Field::Name])
            .expect(&NameNumberDiffers, &[]);
    }
}
