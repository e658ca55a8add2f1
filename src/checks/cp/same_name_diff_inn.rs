//! `cp-same-name-diff-inn`: equal names under different valid INNs.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::groups::{lead, masters};
use super::scope::{live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct SameNameDiffInn;

static META: Meta = Meta {
    id: "cp-same-name-diff-inn",
    severity: Severity::Info,
    cross: false,
    fix: Fix::None,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Тёзки: одно название, разные ИНН",
        finds: "Карточки одной системы с одинаковым названием без учёта формы и кавычек, но с разными правильными ИНН.",
        why: "Это разные лица: обмен или сотрудник, который ищет по названию, возьмёт чужую карточку.",
        causes: "Распространённое название; группа компаний с одним именем; полные тёзки среди ИП.",
        remedy: "Ничего не объединяйте; добавьте в название город или ИНН, чтобы их различали.",
        example: "ООО «Вектор», ИНН 7799001111, и ООО «Вектор», ИНН 7799002228",
        source: "Практика: название не уникально, организации различает ИНН",
    },
    en: Card {
        title: "Namesakes: one name, different INNs",
        finds: "Cards of one system with an equal name, legal form and quotes aside, and different valid INNs.",
        why: "They are different parties: an exchange, or a person, that looks up by name takes the card of a \
              stranger.",
        causes: "A common name; a holding under one name; full namesakes among sole traders.",
        remedy: "Merge nothing; add the town or the INN to the names to tell them apart.",
        example: "OOO «Vector», INN 7799001111, and OOO «Vector», INN 7799002228",
        source: "Practice: a name is not unique, the INN tells organisations apart",
    },
};

impl Check for SameNameDiffInn {
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
            let core = |at: usize| parties.core.get(at);
            let mut named: Vec<(u64, usize)> = live(cx, side, Entity::Counterparty)
                .filter(|&at| parties.inn[at].is_valid() && !core(at).is_empty())
                .map(|at| (FxBuildHasher.hash_one(core(at)), at))
                .collect();
            evaluated += named.len() as u64;
            // Texts decide only where hashes agree.
            named.sort_unstable_by(|a, b| (a.0, core(a.1), a.1).cmp(&(b.0, core(b.1), b.1)));
            for run in named.chunk_by(|a, b| a.0 == b.0 && core(a.1) == core(b.1)) {
                let inn = |at: usize| parties.inn[at].valid();
                let mut inns: Vec<_> = run.iter().filter_map(|(_, at)| inn(*at)).collect();
                inns.sort_unstable();
                inns.dedup();
                if inns.len() < 2 {
                    continue;
                }
                let group: Vec<usize> = run.iter().map(|(_, at)| *at).collect();
                let (subject, more) = lead(side, &masters, &group);
                let (shown, count) = (cx.quoted(&parties.display_name(subject.at())), inns.len());
                let message = cx.say(
                    || format!("{shown}: под одним названием {count} разных ИНН, это разные контрагенты"),
                    || format!("{shown}: {count} INNs under one name, these are different counterparties"),
                );
                let text = parties.raw.get(Field::Inn, subject.at());
                out.push(Finding::record(subject, message).value(Field::Inn, side, text).more(more));
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
        let firm = |name, inn| [(Field::Name, name), (Field::Inn, inn)];
        World::new()
            .crm(&firm("ООО «Вектор»", INN_A))
            .crm(&firm("Вектор, ООО", INN_B))
            .crm(&firm("ООО «Вектор»", INN_A))
            .crm(&firm("ООО «Скаляр»", INN_C))
            .expect(&SameNameDiffInn, &["crm:1 crm:2 crm:3"]);
        World::new()
            .crm(&firm("ООО «Вектор»", INN_A))
            .crm(&firm("ООО «Вектор»", INN_A))
            .crm(&firm("ООО «Вектор»", "7799001112"))
            .onec(&firm("ООО «Вектор»", INN_B))
            .expect(&SameNameDiffInn, &[]);
        World::new().crm(&[(Field::Name, "ООО «Вектор»")]).expect_not_run(&SameNameDiffInn);
    }
}
