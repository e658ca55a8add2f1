//! «Карта соответствия»: the ids of every linked pair.

use super::cell::Kind;
use super::queue::{Cells, Common, Queue, shown_probability};
use super::row::Words;
use crate::link_table::{Role, rows};
use crate::matching::Decision;

/// The sheet of [`crate::link_table`].
pub fn link_table<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Key, Number, Text};
    let t = cx.texts;
    let rows = rows(cx.outcome);
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let roles = ["linktable.main", "linktable.duplicate", "linktable.kept"].map(|key| words.add(t.get(key)));
    let [auto, group, accepted] =
        ["linktable.auto", "linktable.group", "proposal.accepted"].map(|key| words.add(t.get(key)));
    Queue {
        id: "link-table",
        title: t.get("sheet.link_table").to_owned(),
        lead: t.get("lead.link_table").to_owned(),
        columns: cx.columns([
            ("col.entity", Text, 14, true),
            ("col.crm_id", Code, 18, true),
            ("linktable.crm_name", Text, 40, true),
            ("col.onec_id", Code, 38, true),
            ("linktable.onec_name", Text, 40, true),
            ("col.role", Text, 26, true),
            ("linktable.basis", Text, 24, true),
            ("col.probability", Number, 13, true),
            ("key_a", Key, 10, false),
            ("key_b", Key, 10, false),
        ]),
        len: rows.len(),
        stored: if cx.outcome.masked { &[] } else { &["merge/link-table.csv"] },
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let pair = rows[at];
            row.word(common.entity(cx.outcome.data.entity(pair.crm)));
            cx.put_id(pair.crm, row);
            cx.put_name(pair.crm, row);
            cx.put_id(pair.onec, row);
            cx.put_name(pair.onec, row);
            row.word(
                roles[match pair.role {
                    Role::Main => 0,
                    Role::Duplicate => 1,
                    Role::Kept => 2,
                }],
            );
            row.word(match (pair.role, pair.basis.map(|b| b.0)) {
                (Role::Kept, _) | (_, Some(Decision::Accepted)) => accepted,
                (_, Some(_)) => auto,
                (_, None) => group,
            });
            match pair.basis {
                Some((_, probability)) => row.share(shown_probability(probability)),
                None => row.empty(),
            }
            cx.put_key(pair.crm, row);
            cx.put_key(pair.onec, row);
        }),
    }
}
