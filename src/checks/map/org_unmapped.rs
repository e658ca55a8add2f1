//! `map-org-unmapped`: an own organisation without a pair.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::checks::books::no_field;
use crate::checks::papers::{lacking_chain, live, roubles_of};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::pairing::papers::{Own, Owns};

pub struct OrgUnmapped;

static META: Meta = Meta {
    id: "map-org-unmapped",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Своя организация без пары",
        finds: "Организации в сделках и документах CRM, которые не узнаны среди организаций 1С: ни по ИНН, ни по \
                названию, ни в разделе [map.organisation].",
        why: "Обмен выпишет документ от имени не того юридического лица: НДС и выручка попадут в чужую отчётность.",
        causes: "В CRM организация записана номером или кратким именем; юридическое лицо завели только в одной \
                системе.",
        remedy: "Впишите соответствие в [map.organisation] или приведите названия к одному виду.",
        example: "Организация «Ромашка-Север» стоит в 31 сделке, в 1С такой нет",
        source: "Практика: организация — обязательный реквизит документа 1С; Федеральный закон № 402-ФЗ от \
                06.12.2011, ст. 6",
    },
    en: Card {
        title: "An own organisation without a pair",
        finds: "Organisations in deals and documents of the CRM that are not recognised among those of 1C: by INN, \
                by name or in the section [map.organisation].",
        why: "The exchange makes a document out in the name of the wrong legal entity: VAT and revenue land in \
                another one's reports.",
        causes: "The CRM keeps the organisation as a number or a short name; the entity exists in one system only.",
        remedy: "Enter the pair in [map.organisation], or bring the names to one form.",
        example: "The organisation “Romashka North” stands in 31 deals and 1C has none",
        source: "Practice: the organisation is an obligatory attribute of a document of 1C; Federal Law No. 402-FZ of \
                6 December 2011, art. 6",
    },
};

impl Check for OrgUnmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let owns = Owns::of(cx.data, cx.trade);
        let mut known: FxHashSet<Own> = FxHashSet::default();
        let mut onec_says = false;
        for entity in ENTITIES {
            for r in live(cx, Side::Onec, entity) {
                if let Some(own) = owns.find(Side::Onec, cx.data.text(r, Field::Organisation)) {
                    onec_says = true;
                    known.insert(own);
                }
            }
        }
        let named = cx.data.onec.own.iter().any(|o| !o.name.is_empty() || o.inn.is_some());
        let mut found: BTreeMap<&str, Vec<RecordRef>> = BTreeMap::new();
        let mut evaluated = 0;
        for entity in ENTITIES {
            for r in live(cx, Side::Crm, entity) {
                let text = cx.data.text(r, Field::Organisation).trim();
                let Some(own) = owns.find(Side::Crm, text) else { continue };
                evaluated += 1;
                if !known.contains(&own) && !matches!(own, Own::Known(_)) {
                    found.entry(text).or_default().push(r);
                }
            }
        }
        if evaluated == 0 || !(onec_says || named) {
            return no_field(cx, Entity::Deal, &[Field::Organisation]);
        }
        for (text, records) in found {
            let (shown, n) = (cx.quoted(text), records.len());
            let message = cx.say(
                || format!("Организация {shown} из CRM не узнана в 1С, документов и сделок {n}: впишите её в [map.organisation]"),
                || format!("The organisation {shown} of the CRM is not known in 1C, documents and deals {n}: enter it in [map.organisation]"),
            );
            let finding = Finding::record(records[0], message).impact(roubles_of(cx, &records));
            out.push(finding.value(Field::Organisation, Side::Crm, text));
        }
        Ran::Evaluated(evaluated)
    }
}

const ENTITIES: [Entity; 2] = [Entity::Deal, Entity::Document];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &'static str, onec: &'static str| {
            invoices(&[(Field::Organisation, crm)], &[(Field::Organisation, onec)])
        };
        world("Север", "ООО Ромашка").expect(&OrgUnmapped, &["crm:1"]);
        world("ООО «Ромашка»", "ООО Ромашка").expect(&OrgUnmapped, &[]);
        let mut mapped = world("Север", "ООО Ромашка");
        mapped.trade.organisations.insert("Север".to_owned(), "ООО Ромашка".to_owned());
        mapped.expect(&OrgUnmapped, &[]);
        world("", "ООО Ромашка").expect_not_run(&OrgUnmapped);
        world("Север", "").expect_not_run(&OrgUnmapped);
    }
}
