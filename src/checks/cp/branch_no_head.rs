//! `cp-branch-no-head`: a family of branches without a head, or branches that do not name it.

use super::groups::{by_inn, head, split, territorial_kpps};
use super::scope::{cards, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef};

pub struct BranchNoHead;

static META: Meta = Meta {
    id: "cp-branch-no-head",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У филиалов не указана головная организация",
        finds: "Карточки филиалов с одним ИНН, среди которых нет головной (КПП с причиной 01), или карточки, у \
                которых не заполнен «Головной контрагент», хотя в системе это поле есть.",
        why: "Расчёты и НДС собираются по головной организации: без неё сальдо рассыпается по филиалам, а \
              счёт-фактура получает не тот КПП.",
        causes: "Завели только филиал, с которым работали; поле «Головной контрагент» не заполнили.",
        remedy: "Заведите карточку головной организации и укажите её у филиалов.",
        example: "ИНН 7799002228: КПП 507843001 и 540243001, карточки с причиной 01 нет",
        source: "Практика: реквизит «Головной контрагент» в 1С:Бухгалтерии 3.0; НК РФ, ст. 83 п. 1",
    },
    en: Card {
        title: "Branches without a head office",
        finds: "Cards of branches with one INN and no head among them (KPP with reason 01), or cards whose «head \
                counterparty» is empty although the system has the field.",
        why: "Settlements and VAT gather at the head office: without it balances scatter over branches and the tax \
              invoice gets the wrong KPP.",
        causes: "Only the branch that was dealt with was entered; the field «head counterparty» was left empty.",
        remedy: "Make a card of the head office and name it in the branches.",
        example: "INN 7799002228: KPP 507843001 and 540243001, no card with reason 01",
        source: "Practice: attribute «Головной контрагент» of 1С:Бухгалтерия 3.0; Tax Code, art. 83 (1)",
    },
};

impl Check for BranchNoHead {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Kpp);
        if sides.is_empty() {
            return no_field(cx, &[Field::Kpp]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let has_heads = cx.has(side, Entity::Counterparty, Field::HeadId);
            for (inn, group) in by_inn(cx, side) {
                if inn.is_person() || territorial_kpps(parties, &group).len() < 2 {
                    continue;
                }
                evaluated += 1;
                let Some(head) = head(parties, &group) else {
                    let (subject, more) = split(side, group[0], &group);
                    let message = cx.say(
                        || format!("ИНН {inn}: есть карточки филиалов, а головной организации (КПП с причиной 01) нет; заведите её"),
                        || format!("INN {inn}: there are branches and no head office (KPP with reason 01); enter it"),
                    );
                    let text = parties.raw.get(Field::Kpp, subject.at());
                    out.push(Finding::record(subject, message).value(Field::Kpp, side, text).more(more));
                    continue;
                };
                let orphan = |at: &usize| {
                    *at != head
                        && parties.raw.get(Field::HeadId, *at).trim().is_empty()
                        && parties.kpp[*at].valid().is_some_and(|k| k.reason() != "01" && !k.is_largest_taxpayer())
                };
                let orphans: Vec<usize> = group.iter().copied().filter(orphan).collect();
                if has_heads && let Some(&first) = orphans.first() {
                    let (subject, more) = split(side, first, &orphans);
                    let head = RecordRef::new(side, head);
                    let count = cards(cx, orphans.len());
                    let message = cx.say(
                        || format!("ИНН {inn}: у филиалов не указан головной контрагент ({count}); укажите его"),
                        || format!("INN {inn}: no head counterparty named in branches ({count}); name it"),
                    );
                    out.push(Finding::record(subject, message).value(Field::HeadId, side, "").other(head).more(more));
                }
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
        let firm = |kpp, head| [(Field::Inn, INN_A), (Field::Kpp, kpp), (Field::HeadId, head)];
        World::new().crm(&firm(KPP_B, "")).crm(&firm("540243001", "")).expect(&BranchNoHead, &["crm:1 crm:2"]);
        // The head is there, one branch does not name it.
        World::new()
            .onec(&firm(KPP_A, ""))
            .onec(&firm(KPP_B, "1"))
            .onec(&firm("540243001", ""))
            .expect(&BranchNoHead, &["onec:3 onec:1"]);
        World::new().onec(&firm(KPP_A, "")).onec(&firm(KPP_B, "1")).expect(&BranchNoHead, &[]);
        // Where the system has no such field, the head alone is enough.
        World::new().crm(&firm(KPP_A, "")).crm(&firm(KPP_B, "")).expect(&BranchNoHead, &[]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&BranchNoHead);
    }
}
