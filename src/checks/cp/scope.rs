//! Which records a check can judge, and what to say when there are none.

use rustc_hash::FxHashSet;

use super::groups::kpp_pairs;
use crate::checks::scope::awaiting;
pub(super) use crate::checks::scope::cards;
use crate::checks::{Context, Ran};
use crate::finding::Finding;
use crate::model::{Entity, Field, Flags, Parties, RecordRef, Side};
use crate::normalize::text;

/// Opinion of a check on one record.
pub enum Verdict {
    /// Nothing to judge: the record does not count as evaluated.
    Skip,
    Sound,
    /// The message of the finding.
    Bad(String),
}

/// Neither deleted nor an own organisation.
pub fn is_live(parties: &Parties, at: usize) -> bool {
    !parties.flags[at].has(Flags::DELETED) && !parties.flags[at].has(Flags::OWN)
}

/// Live records of `entity` on a side, in the order of the side.
pub fn live<'a>(cx: &'a Context, side: Side, entity: Entity) -> impl Iterator<Item = usize> + 'a {
    let parties = cx.data.parties(side);
    (0..parties.len()).filter(move |&at| parties.raw.entity[at] == entity && is_live(parties, at))
}

/// Sides on which counterparties have a text in `field`.
pub fn sides_with(cx: &Context, field: Field) -> Vec<Side> {
    Side::BOTH.into_iter().filter(|&side| cx.has(side, Entity::Counterparty, field)).collect()
}

/// Judges every live record of `entities` where they have any text in `field`; findings carry the raw text of the
/// field. `NotRun` when neither side has it.
pub fn each(
    cx: &Context,
    entities: &[Entity],
    field: Field,
    out: &mut Vec<Finding>,
    judge: impl Fn(&Parties, usize) -> Verdict,
) -> Ran {
    let mut evaluated = 0;
    let mut there = false;
    for side in Side::BOTH {
        for &entity in entities {
            if !cx.has(side, entity, field) {
                continue;
            }
            there = true;
            let parties = cx.data.parties(side);
            for at in live(cx, side, entity) {
                match judge(parties, at) {
                    Verdict::Skip => continue,
                    Verdict::Sound => {}
                    Verdict::Bad(message) => out.push(Finding::record(RecordRef::new(side, at), message).value(
                        field,
                        side,
                        parties.raw.get(field, at),
                    )),
                }
                evaluated += 1;
            }
        }
    }
    if there { Ran::Evaluated(evaluated) } else { no_field(cx, &[field]) }
}

/// Neither side has any of these fields.
pub fn no_field(cx: &Context, fields: &[Field]) -> Ran {
    let titles: Vec<String> = fields.iter().map(|f| format!("«{}»", f.title(cx.lang))).collect();
    Ran::NotRun(cx.say(
        || format!("ни в CRM, ни в 1С нет данных в поле {}", titles.join(", ")),
        || format!("neither the CRM nor 1C has data in the field {}", titles.join(", ")),
    ))
}

/// The snapshot of a side is partial: what it lacks proves nothing.
pub fn partial(cx: &Context, side: Side) -> Ran {
    let title = side.title(cx.lang);
    Ran::NotRun(cx.say(
        || format!("выгрузка из {title} неполная: отсутствие карточки в ней ничего не доказывает"),
        || format!("the snapshot of {title} is partial: absence from it proves nothing"),
    ))
}

/// A side has no live record of an entity.
pub fn no_records(cx: &Context, side: Side, entity: Entity) -> Ran {
    let title = side.title(cx.lang);
    Ran::NotRun(cx.say(
        || format!("{}: {} не загружены", title, entity.title(cx.lang)),
        || format!("{}: no {} loaded", title, entity.title(cx.lang)),
    ))
}

/// Matching linked no record of the CRM with one of 1C.
pub fn no_pairs(cx: &Context) -> Ran {
    Ran::NotRun(cx.say(|| "нет сопоставленных пар CRM и 1С".to_owned(), || "no linked pairs".to_owned()))
}

/// Active counterparties of `side` without a counterpart on the other; where the side has turnover, only those with it.
pub fn one_sided(cx: &Context, side: Side, out: &mut Vec<Finding>) -> Ran {
    let other = side.other();
    if cx.data.get(other).is_partial() {
        return partial(cx, other);
    }
    if let Some(empty) = Side::BOTH.into_iter().find(|&side| live(cx, side, Entity::Counterparty).next().is_none()) {
        return no_records(cx, empty, Entity::Counterparty);
    }
    let parties = cx.data.parties(side);
    let turnover = cx.has(side, Entity::Counterparty, Field::Turnover);
    // Test records and groups are reported as such.
    let counts = |at: usize| {
        let raw = &parties.raw;
        parties.is_active(at)
            && !parties.flags[at].has(Flags::TEST)
            && !text::means_yes(raw.get(Field::IsGroup, at))
            && (!turnover || is_nonzero(raw.get(Field::Turnover, at)))
    };
    let alone = match side {
        Side::Crm => &cx.drift.only_crm,
        Side::Onec => &cx.drift.only_onec,
    };
    // A card of the same INN with another KPP on the other side is `cp-field-drift`.
    let waiting = awaiting(cx);
    let known: FxHashSet<RecordRef> = kpp_pairs(cx).iter().flat_map(|pair| [pair.crm, pair.onec]).collect();
    for &r in alone {
        let at = r.at();
        let elsewhere = waiting.contains(&r) || known.contains(&r);
        if parties.raw.entity[at] != Entity::Counterparty || !is_live(parties, at) || !counts(at) || elsewhere {
            continue;
        }
        let (shown, here, there) = (cx.quoted(&parties.display_name(at)), side.title(cx.lang), other.title(cx.lang));
        let message = cx.say(
            || format!("{shown}: карточка есть в {here}, а в {there} не найдена; проверьте, нужна ли она там"),
            || format!("{shown} is in {here} and not found in {there}; see whether it is needed there"),
        );
        let finding = Finding::record(r, message);
        let sum = parties.raw.get(Field::Turnover, at);
        out.push(if turnover { finding.value(Field::Turnover, side, sum) } else { finding });
    }
    Ran::Evaluated(live(cx, side, Entity::Counterparty).filter(|&at| counts(at)).count() as u64)
}

/// The amount is not zero, however it is written.
pub fn is_nonzero(text: &str) -> bool {
    text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    #[test]
    fn counted_nouns_and_amounts() {
        World::new().with(|cx| {
            let said: Vec<String> = [1, 2, 5, 11, 14, 21, 112].into_iter().map(|n| cards(cx, n)).collect();
            let right =
                ["1 карточка", "2 карточки", "5 карточек", "11 карточек", "14 карточек", "21 карточка", "112 карточек"];
            assert_eq!(said, right);
        });
        assert!(is_nonzero("1 500,00") && is_nonzero("0.10") && !is_nonzero("0,00") && !is_nonzero(""));
    }
}
