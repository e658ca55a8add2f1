//! `doc-party-missing`: a document or deal without a counterparty.

use crate::checks::books::no_field;
use crate::checks::papers::{about, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::inn;
use crate::pairing::papers::party;

pub struct PartyMissing;

static META: Meta = Meta {
    id: "doc-party-missing",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Документ или сделка без контрагента",
        finds: "Документы, сделки и платежи, у которых контрагент не указан или указан так, что среди контрагентов \
                его не найти: ни по коду, ни по ИНН, ни по названию.",
        why: "Долг и оплату не на кого отнести, сверить документ не с кем.",
        causes: "Контрагента удалили; в выгрузке нет его кода; название записано иначе.",
        remedy: "Укажите контрагента или добавьте в выгрузку его код или ИНН.",
        example: "Счёт № 15: контрагент «Ромашка, новая» не найден",
        source: "Федеральный закон № 402-ФЗ от 06.12.2011, ст. 9: обязательные реквизиты первичного документа",
    },
    en: Card {
        title: "A document or deal without a counterparty",
        finds: "Documents, deals and payments whose counterparty is empty or cannot be found among the \
                counterparties: by code, by INN or by name.",
        why: "There is nobody to book debt and payment on, and nobody to compare the document with.",
        causes: "The counterparty was deleted; the export lacks its code; the name is spelled otherwise.",
        remedy: "Set the counterparty, or add its code or INN to the export.",
        example: "Invoice No. 15: the counterparty “Romashka, new” is not found",
        source: "Federal Law No. 402-FZ of 6 December 2011, art. 9: obligatory attributes of a source document",
    },
};

impl Check for PartyMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for entity in [Entity::Deal, Entity::Document, Entity::Payment] {
            for side in Side::BOTH {
                let fields = [Field::PartyId, Field::PartyInn, Field::PartyName, Field::PersonId, Field::PersonName];
                if !fields.iter().any(|&f| cx.has(side, entity, f)) {
                    continue;
                }
                for r in live(cx, side, entity) {
                    evaluated += 1;
                    let inn = inn::parse(cx.data.text(r, Field::PartyInn)).value.valid().is_some();
                    if inn || party(cx.data, r).is_some() {
                        continue;
                    }
                    let text = fields.iter().map(|&f| cx.data.text(r, f).trim()).find(|t| !t.is_empty());
                    let shown = named(cx, r);
                    let message = match text {
                        Some(text) => {
                            let text = cx.quoted(text);
                            cx.say(
                                || format!("{shown}: контрагент {text} не найден"),
                                || format!("{shown}: the counterparty {text} is not found"),
                            )
                        }
                        None => cx.say(
                            || format!("{shown}: контрагент не указан"),
                            || format!("{shown} has no counterparty"),
                        ),
                    };
                    out.push(about(cx, r, message));
                }
            }
        }
        if evaluated == 0 { no_field(cx, Entity::Document, &[Field::PartyId]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[(Field::PartyInn, "")], &[]).expect(&PartyMissing, &["onec:a"; 0]);
        let world = |name: &'static str| {
            invoices(&[(Field::PartyInn, ""), (Field::PartyName, name)], &[]).crm(&[(Field::Name, "Ромашка")])
        };
        world("Ромашка, новая").expect(&PartyMissing, &["crm:1"]);
        world("Ромашка").expect(&PartyMissing, &[]);
        deal(&[(Field::PartyInn, "12")]).expect(&PartyMissing, &["crm:d"]);
        World::new().expect_not_run(&PartyMissing);
    }
}
