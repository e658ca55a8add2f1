//! `snap-partial`: a source that says of itself that it holds changes only.

use super::truncated::shortfall;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Location, Place, Side};

pub struct Partial;

static META: Meta = Meta {
    id: "snap-partial",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Источник содержит не всю базу",
        finds: "Источник, который сам сообщает, что в нём только изменения или не все страницы.",
        why: "Отсутствие записи в таком источнике ничего не доказывает: выводы «нет в другой системе» по этой стороне \
              не делаются, и часть расхождений останется незамеченной.",
        causes: "CommerceML выгружен с признаком «СодержитТолькоИзменения»; в папке REST не хватает страниц; обмен \
                 настроен на передачу изменений.",
        remedy: "Для сверки выгрузите полный справочник: в 1С снимите отметку «Выгружать только изменения».",
        example: "<Контрагенты СодержитТолькоИзменения=\"true\"> в файле contragents.xml.",
        source: "CommerceML 2.10: атрибут СодержитТолькоИзменения; практика: REST с недостающими страницами",
    },
    en: Card {
        title: "A source does not hold the whole base",
        finds: "A source that says of itself that it holds changes only, or that pages are missing.",
        why: "Absence from such a source proves nothing: records missing on this side are not reported, so a part of \
              the differences stays unseen.",
        causes: "CommerceML was exported with «СодержитТолькоИзменения»; pages are missing from a REST folder; the \
                 exchange is set to send changes.",
        remedy: "Export the full catalogue for an audit: clear “export changes only” in 1C.",
        example: "<Контрагенты СодержитТолькоИзменения=\"true\"> in contragents.xml.",
        source: "CommerceML 2.10: attribute СодержитТолькоИзменения; practice: REST with pages missing",
    },
};

impl Check for Partial {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            for source in &cx.data.get(side).sources {
                evaluated += 1;
                // A shortfall against the declared total is the blocker of `snap-truncated`, not this warning.
                if !source.partial || shortfall(source).is_some() {
                    continue;
                }
                let title = side.title(cx.lang);
                let message = cx.say(
                    || format!("В источнике только изменения или часть страниц; записи, которых нет в {title}, по нему не определить"),
                    || format!("The source holds changes only, or some of the pages; records missing in {title} cannot be told from it"),
                );
                let at = Location { place: Place::file(&source.path), row: None, column: None };
                out.push(Finding::source(side, source.entity, at, message));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        clean().partial(Side::Onec).expect(&Partial, &["onec.csv"]);
        clean().expect(&Partial, &[]);
        // Missing pages with a declared total are the blocker of another check.
        let short = World::new().partial(Side::Crm).sources(Side::Crm, |s| s[0].declared_total = Some(9));
        short.expect(&Partial, &[]);
    }
}
