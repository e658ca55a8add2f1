//! `cp-branch-collapsed`: branches are separate cards in one system and a single card in the other.

use super::groups::{head, split, territorial_kpps};
use super::scope::{live, no_field, no_records, partial, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Inn, RecordRef, Side};

pub struct BranchCollapsed;

static META: Meta = Meta {
    id: "cp-branch-collapsed",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Филиалы в одной системе — одна карточка в другой",
        finds: "В одной системе у ИНН несколько карточек с разными КПП, в другой — единственная карточка.",
        why: "Документы всех филиалов приходят на одну карточку: счёт-фактура выходит с КПП не того подразделения, \
              долги филиалов смешиваются.",
        causes: "Менеджеры ведут клиента одной карточкой, бухгалтерия — по подразделениям.",
        remedy: "Заведите недостающие филиалы или договоритесь, по какой карточке идут документы, и укажите это в \
                 соответствиях обмена.",
        example: "ИНН 7799002228: в 1С три КПП, в CRM одна карточка",
        source: "НК РФ, ст. 83 п. 1: учёт по месту нахождения каждого обособленного подразделения; постановление \
                 Правительства РФ № 1137 от 26.12.2011: счёт-фактура",
    },
    en: Card {
        title: "Branches of one system are one card in the other",
        finds: "One system holds several cards of an INN with different KPPs, the other a single card.",
        why: "Documents of all branches land on one card: the tax invoice leaves with the KPP of another branch, \
              debts of branches mix.",
        causes: "Managers keep the client as one card, accountants by division.",
        remedy: "Make the missing branches, or agree which card documents go to and say so in the mapping of the \
                 exchange.",
        example: "INN 7799002228: three KPPs in 1C, one card in the CRM",
        source: "Tax Code, art. 83 (1): registration at the place of each division; Government Decree 1137 of \
                 26.12.2011: tax invoices",
    },
};

impl Check for BranchCollapsed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if sides_with(cx, Field::Kpp).is_empty() {
            return no_field(cx, &[Field::Kpp]);
        }
        if let Some(side) = Side::BOTH.into_iter().find(|&side| live(cx, side, Entity::Counterparty).next().is_none()) {
            return no_records(cx, side, Entity::Counterparty);
        }
        // A side with one card must be whole, else the others may just be missing from the file.
        let whole: Vec<Side> = Side::BOTH.into_iter().filter(|&side| !cx.data.get(side).is_partial()).collect();
        if whole.is_empty() {
            return partial(cx, Side::Crm);
        }
        let mut cards_by_inn: Vec<(Inn, Side, usize)> = Vec::new();
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            let firms = live(cx, side, Entity::Counterparty);
            cards_by_inn.extend(firms.filter_map(|at| Some((*parties.inn[at].valid()?, side, at))));
        }
        cards_by_inn.sort_unstable();
        let mut evaluated = 0;
        for run in cards_by_inn.chunk_by(|a, b| a.0 == b.0) {
            let (crm, onec) = run.split_at(run.partition_point(|(_, side, _)| *side == Side::Crm));
            if crm.is_empty() || onec.is_empty() || run[0].0.is_person() {
                continue;
            }
            evaluated += 1;
            for (single, many) in [(crm, onec), (onec, crm)] {
                let ([(inn, side, at)], [(_, other, _), ..]) = (single, many) else { continue };
                let parties = cx.data.parties(*other);
                let family: Vec<usize> = many.iter().map(|(_, _, at)| *at).collect();
                let kpps = territorial_kpps(parties, &family).len();
                if kpps < 2 || !whole.contains(side) {
                    continue;
                }
                let (head, more) = split(*other, head(parties, &family).unwrap_or(family[0]), &family);
                let (here, there) = (side.title(cx.lang), other.title(cx.lang));
                let message = cx.say(
                    || format!("ИНН {inn}: в {there} {kpps} разных КПП, а в {here} одна карточка; заведите недостающие филиалы"),
                    || format!("INN {inn}: {kpps} KPPs in {there}, one card in {here}; enter the missing branches"),
                );
                let mine = cx.data.parties(*side).raw.get(Field::Kpp, *at);
                let all: Vec<String> = territorial_kpps(parties, &family).iter().map(|k| k.to_string()).collect();
                let all = all.join(", ");
                let (crm, onec) = if *side == Side::Crm { (mine, all.as_str()) } else { (all.as_str(), mine) };
                out.push(
                    Finding::record(RecordRef::new(*side, *at), message)
                        .values(Field::Kpp, crm, onec)
                        .other(head)
                        .more(more),
                );
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
        let firm = |kpp| [(Field::Inn, INN_A), (Field::Kpp, kpp)];
        let collapsed = || World::new().crm(&firm(KPP_A)).onec(&firm(KPP_B)).onec(&firm(KPP_A));
        collapsed().expect(&BranchCollapsed, &["crm:1 onec:2 onec:1"]);
        collapsed().partial(Side::Onec).expect(&BranchCollapsed, &["crm:1 onec:2 onec:1"]);
        collapsed().partial(Side::Crm).expect(&BranchCollapsed, &[]);
        collapsed().partial(Side::Crm).partial(Side::Onec).expect_not_run(&BranchCollapsed);
        collapsed().crm(&firm(KPP_B)).expect(&BranchCollapsed, &[]);
        World::new().crm(&firm(KPP_A)).onec(&firm(KPP_A)).onec(&firm("997950001")).expect(&BranchCollapsed, &[]);
        World::new().crm(&firm(KPP_A)).crm(&firm(KPP_B)).expect_not_run(&BranchCollapsed);
        World::new().both(&[(Field::Inn, INN_A)]).expect_not_run(&BranchCollapsed);
    }
}
