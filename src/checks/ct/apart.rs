//! Contacts of the two systems that only a date of birth keeps apart.

use crate::checks::{Context, scope};
use crate::matching::{Decision, Level, Link, Scope, Veto};
use crate::model::{Entity, Field};

/// Rejected pairs of contacts with one name and one phone or mailbox whose dates of birth differ, neither of which
/// has found another counterpart: a slip of the date, or a father and his son. In the order of matching.
pub(super) fn by_birth_date<'a>(cx: &'a Context) -> Vec<&'a Link> {
    let clusters = scope::clusters(cx);
    let alone = |r: crate::model::RecordRef| {
        let cluster = clusters[r.side as usize][r.at()].map(|at| &cx.matching.clusters[at as usize]);
        scope::is_live(cx, r) && cluster.is_none_or(|c| c.of(r.side.other()).next().is_none())
    };
    let agrees = |link: &Link, fields: &[Field], least: Level| {
        link.evidence.iter().any(|e| fields.contains(&e.field) && e.level >= least)
    };
    cx.matching
        .links
        .iter()
        .filter(|link| {
            link.scope() == Scope::Cross
                && link.decision == Decision::Rejected
                && link.veto == Some(Veto::BirthDateDiffers)
                && [link.a, link.b].iter().all(|&r| cx.data.entity(r) == Entity::Contact && alone(r))
                && agrees(link, &[Field::LastName, Field::Name], Level::Folded)
                && agrees(link, &[Field::Phone, Field::Email], Level::Exact)
        })
        .collect()
}
