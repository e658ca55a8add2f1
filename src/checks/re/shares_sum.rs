//! `re-shares-sum`: shares that are no whole.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::property::{self, Shares};

pub struct SharesSum;

static META: Meta = Meta {
    id: "re-shares-sum",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Доли не складываются в единицу",
        finds: "Действующий договор, доли участников которого не складываются в единицу или не читаются; доли в \
                 отдельных строках одного договора складываются. Совместная собственность без долей не \
                 проверяется.",
        why: "Регистратор вернёт документы, а доля долга каждого не определена.",
        causes: "Третьему участнику не указали долю; доли изменили допсоглашением в одном месте.",
        remedy: "Исправьте доли по договору.",
        example: "У двух дольщиков доли 1/2 и 1/3",
        source: "Порядок ведения ЕГРН (прочитан фрагмент, dokipedia.ru/document/5354470): при общей долевой \
                 собственности указывается доля правильной простой дробью",
    },
    en: Card {
        title: "Shares do not sum to one",
        finds: "A contract in force whose shares do not make one or cannot be read; shares on rows of one \
                 contract are added up. Joint ownership without shares is not judged.",
        why: "The registrar will send the papers back, and nobody's part of the debt is known.",
        causes: "A third party got no share; shares were changed in one place.",
        remedy: "Correct the shares by the contract.",
        example: "Two shareholders have 1/2 and 1/3",
        source: "Rules of the register of real estate (an excerpt was read, dokipedia.ru/document/5354470): \
                 shared ownership names the share as a proper fraction",
    },
};

impl Check for SharesSum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Ddu, &[Field::Shares]) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let mut rows: BTreeMap<(String, Option<NaiveDate>), Vec<usize>> = BTreeMap::new();
            for at in of.active() {
                let number = property::contract_number(of.ddus.text(Field::Number, at));
                rows.entry((number, scope::day(of.ddus, Field::Date, at))).or_default().push(at);
            }
            for ((number, _), rows) in rows {
                // Contracts without a number have nothing in common.
                let groups: Vec<Vec<usize>> =
                    if number.is_empty() { rows.into_iter().map(|at| vec![at]).collect() } else { vec![rows] };
                for rows in groups {
                    let shares = together(rows.iter().map(|&at| property::shares(of.ddus.text(Field::Shares, at))));
                    evaluated += u64::from(matches!(shares, Shares::Parts(_) | Shares::Unreadable));
                    if !(shares == Shares::Unreadable || shares.whole() == Some(false)) {
                        continue;
                    }
                    let r = of.ddus.at(rows[0]);
                    let texts: Vec<&str> = rows.iter().map(|&at| of.ddus.text(Field::Shares, at).trim()).collect();
                    let texts = texts.join("; ");
                    let (name, shown) = (scope::name(cx, r), cx.quoted(&texts));
                    let message = cx.say(
                        || format!("{name}: доли {shown} не складываются в единицу"),
                        || format!("{name}: shares {shown} do not make one"),
                    );
                    let more = rows[1..].iter().map(|&at| of.ddus.at(at)).collect();
                    out.push(Finding::record(r, message).more(more).value(Field::Shares, of.side, &texts));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Shares on rows of one contract as one list.
fn together(all: impl Iterator<Item = Shares>) -> Shares {
    let mut parts = Vec::new();
    for shares in all {
        match shares {
            Shares::Parts(more) => parts.extend(more),
            Shares::None => {}
            other => return other,
        }
    }
    if parts.is_empty() { Shares::None } else { Shares::Parts(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let shares = |text| House::new().set(Side::Crm, Entity::Ddu, "d1", Field::Shares, text);
        shares("1/2; 1/3").world().expect(&SharesSum, &["crm:d1"]);
        shares("половина").world().expect(&SharesSum, &["crm:d1"]);
        shares("1/2, 1/2").world().expect(&SharesSum, &[]);
        shares("совместная").world().expect(&SharesSum, &[]);
        let row = [(Field::Id, "x"), (Field::Number, "С-1/12"), (Field::Date, "2026-03-10"), (Field::Shares, "1/2")];
        shares("1/2").add(Side::Crm, Entity::Ddu, &row).world().expect(&SharesSum, &[]);
    }
}
