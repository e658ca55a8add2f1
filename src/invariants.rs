//! What must hold of every run, looked at before anything is written: a broken promise is an internal error, never a
//! report.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::matching::{Cluster, Decision, Link};
use crate::model::{Flags, Inn, RecordRef, Side};
use crate::outcome::Outcome;

/// A promise that this run breaks. Names the promise and positions, never a value of a record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("внутренняя ошибка sverka, отчёт не записан: {promise} ({place}); сообщите разработчикам эту строку")]
pub struct Broken {
    pub promise: &'static str,
    pub place: String,
}

fn hold(promise: &'static str, holds: bool, place: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { promise, place: place() }) }
}

/// Checks accounting, links, clusters, golden records, drift and findings. Linear in their sizes.
///
/// # Errors
/// The first [`Broken`] promise.
pub fn check(outcome: &Outcome) -> Result<(), Broken> {
    type Promises = fn(&Outcome) -> Result<(), Broken>;
    let all: [Promises; 7] = [
        |o| Side::BOTH.into_iter().try_for_each(|side| accounting(o, side)),
        links,
        clusters,
        golden,
        forbidden_pairs,
        one_sided,
        findings,
    ];
    let kept: Vec<Result<(), Broken>> = all.par_iter().map(|promises| promises(outcome)).collect();
    kept.into_iter().collect()
}

fn links(outcome: &Outcome) -> Result<(), Broken> {
    let links = &outcome.matching.links;
    for (at, link) in links.iter().enumerate() {
        link_is_sound(outcome, link).map_err(|promise| Broken { promise, place: format!("связь {at}") })?;
    }
    let sorted = links.windows(2).all(|w| (w[0].a, w[0].b) < (w[1].a, w[1].b));
    hold("связи упорядочены и не повторяются", sorted, String::new)
}

fn golden(outcome: &Outcome) -> Result<(), Broken> {
    outcome.matching.golden.iter().try_for_each(|golden| {
        let cluster = outcome.matching.clusters.get(golden.cluster as usize);
        hold(
            "значение эталонной записи взято из её группы",
            cluster.is_some_and(|c| c.members.binary_search(&golden.from).is_ok()),
            || format!("группа {}", golden.cluster),
        )
    })
}

fn findings(outcome: &Outcome) -> Result<(), Broken> {
    outcome.findings.iter().enumerate().try_for_each(|(at, finding)| {
        hold(
            "находка говорит о загруженных записях",
            finding.records().all(|r| exists(outcome, r)),
            || format!("{} {at}", finding.check),
        )
    })
}

fn exists(outcome: &Outcome, record: RecordRef) -> bool {
    record.at() < outcome.data.records(record).len()
}

/// Rows read = loaded + quarantined + left out, and the quarantine holds each row that the account names.
fn accounting(outcome: &Outcome, side: Side) -> Result<(), Broken> {
    let snapshot = outcome.data.get(side);
    let mut quarantined = 0;
    let mut loaded = 0;
    for (at, source) in snapshot.sources.iter().enumerate() {
        hold(
            "прочитано = загружено + карантин + пропущено",
            source.counts.balances(),
            || format!("{side}, источник {}", at + 1),
        )?;
        quarantined += source.counts.quarantined;
        loaded += source.counts.loaded;
    }
    let place = || side.to_string();
    hold("карантин хранит каждую строку, которую называет", quarantined == snapshot.quarantine.len() as u64, place)?;
    hold("записей не больше, чем загруженных строк", snapshot.parties.len() as u64 <= loaded, place)
}

fn link_is_sound(outcome: &Outcome, link: &Link) -> Result<(), &'static str> {
    if link.a >= link.b || !exists(outcome, link.a) || !exists(outcome, link.b) {
        return Err("связь соединяет две разные загруженные записи");
    }
    if !link.weight.is_finite() || !(0.0..=1.0).contains(&link.probability) {
        return Err("вес и вероятность связи — числа в своих границах");
    }
    if link.veto.is_some() != (link.decision == Decision::Rejected) {
        return Err("запрет есть у отклонённых связей и только у них");
    }
    Ok(())
}

/// Clusters are disjoint; none joins two valid INNs or an own organisation unless a person said so.
fn clusters(outcome: &Outcome) -> Result<(), Broken> {
    let accepted: FxHashSet<RecordRef> =
        outcome.matching.links.iter().filter(|l| l.decision == Decision::Accepted).flat_map(|l| [l.a, l.b]).collect();
    let mut seen = Side::BOTH.map(|side| vec![false; outcome.data.parties(side).len()]);
    for (at, cluster) in outcome.matching.clusters.iter().enumerate() {
        let place = || format!("группа {at}");
        hold("в группе не меньше двух записей, по порядку", in_order(cluster), place)?;
        for &member in &cluster.members {
            hold("запись входит в одну группу", exists(outcome, member), place)?;
            let taken = &mut seen[member.side as usize][member.at()];
            hold("запись входит в одну группу", !std::mem::replace(taken, true), place)?;
        }
        for side in Side::BOTH {
            let master = cluster.master(side);
            hold("основная запись — из своей группы", master.is_none_or(|m| cluster.of(side).any(|r| r == m)), place)?;
        }
        if !cluster.members.iter().any(|r| accepted.contains(r)) {
            hold("в группе один действующий ИНН", one_inn(outcome, cluster), place)?;
        }
        let own = |r: &RecordRef| outcome.data.parties(r.side).flags[r.at()].has(Flags::OWN);
        hold("своя организация не объединяется с другой записью своей системы", !merges_own(cluster, own), place)?;
    }
    Ok(())
}

fn in_order(cluster: &Cluster) -> bool {
    cluster.members.len() >= 2 && cluster.members.windows(2).all(|w| w[0] < w[1])
}

fn one_inn(outcome: &Outcome, cluster: &Cluster) -> bool {
    let mut inns = cluster.members.iter().filter_map(|r| outcome.data.parties(r.side).inn[r.at()].valid());
    let first: Option<&Inn> = inns.next();
    inns.all(|inn| Some(inn) == first)
}

fn merges_own(cluster: &Cluster, own: impl Fn(&RecordRef) -> bool) -> bool {
    Side::BOTH.iter().any(|&side| cluster.of(side).count() > 1 && cluster.of(side).any(|r| own(&r)))
}

/// A rejected pair never ends in one cluster.
fn forbidden_pairs(outcome: &Outcome) -> Result<(), Broken> {
    let of = Side::BOTH.map(|side| outcome.matching.cluster_of(side, outcome.data.parties(side).len()));
    let cluster = |r: RecordRef| of[r.side as usize][r.at()];
    for (at, link) in outcome.matching.links.iter().enumerate().filter(|(_, l)| l.decision == Decision::Rejected) {
        let together = cluster(link.a).is_some() && cluster(link.a) == cluster(link.b);
        hold("запрещённая пара не объединена", !together, || format!("связь {at}"))?;
    }
    Ok(())
}

/// Records of one side only are in no cluster with the other, and are named once.
fn one_sided(outcome: &Outcome) -> Result<(), Broken> {
    let drift = &outcome.drift;
    for (side, list) in [(Side::Crm, &drift.only_crm), (Side::Onec, &drift.only_onec)] {
        let of = outcome.matching.cluster_of(side, outcome.data.parties(side).len());
        let alone = |r: &RecordRef| {
            r.side == side
                && exists(outcome, *r)
                && of[r.at()].is_none_or(|c| outcome.matching.clusters[c as usize].of(side.other()).next().is_none())
        };
        let sound = list.iter().all(alone) && list.windows(2).all(|w| w[0] < w[1]);
        hold("запись без пары не связана с другой системой", sound, || {
            side.to_string()
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{self, Plan, Silent};
    use crate::config;
    use crate::matching::Veto;
    use std::path::Path;

    fn sample() -> Outcome {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade");
        let config = config::load(&root).unwrap();
        let as_of = config.as_of.unwrap();
        audit::audit(&Plan::new(config, as_of), &Silent).unwrap()
    }

    /// Each promise is broken once, on a sound outcome that is whole again afterwards.
    #[test]
    fn every_broken_promise_is_noticed() {
        let mut outcome = sample();
        assert_eq!(check(&outcome), Ok(()));
        type Break = (&'static str, fn(&mut Outcome));
        let breaks: [Break; 11] = [
            ("прочитано = загружено", |o| o.data.crm.sources[0].counts.read += 1),
            ("карантин хранит", |o| drop(o.data.crm.quarantine.pop())),
            ("связь соединяет", |o| {
                let link = &mut o.matching.links[0];
                std::mem::swap(&mut link.a, &mut link.b);
            }),
            ("вес и вероятность", |o| o.matching.links[0].weight = f32::NAN),
            ("запрет есть", |o| {
                let linked = o.matching.links.iter_mut().find(|l| l.decision == Decision::Auto).unwrap();
                linked.veto = Some(Veto::Branch);
            }),
            ("связи упорядочены", |o| o.matching.links.swap(0, 1)),
            ("входит в одну группу", |o| {
                let first = o.matching.clusters[0].clone();
                o.matching.clusters.push(first);
            }),
            ("один действующий ИНН", |o| {
                let inns = &mut o.data.crm.parties.inn;
                let with_inn = o.matching.clusters.iter().position(|c| {
                    c.of(Side::Crm).count() > 1 && c.of(Side::Crm).all(|r| inns[r.at()].valid().is_some())
                });
                let cluster = &o.matching.clusters[with_inn.unwrap()];
                let here = cluster.of(Side::Crm).next().unwrap().at();
                let inn = inns[here].valid().copied();
                let elsewhere = inns.iter().position(|i| i.valid().is_some() && i.valid().copied() != inn).unwrap();
                inns[here] = inns[elsewhere].clone();
            }),
            ("значение эталонной записи", |o| {
                let clusters = &o.matching.clusters;
                let foreign = clusters[1].members[0];
                o.matching.golden.iter_mut().find(|g| g.cluster == 0).unwrap().from = foreign;
            }),
            ("запрещённая пара", |o| {
                let at = o.matching.clusters[0].members.clone();
                let link = o.matching.links.iter_mut().find(|l| at.contains(&l.a) && at.contains(&l.b)).unwrap();
                link.decision = Decision::Rejected;
                link.veto = Some(Veto::Branch);
            }),
            ("запись без пары", |o| {
                let paired = o.matching.clusters.iter().find_map(|c| c.crm_master.filter(|_| c.onec_master.is_some()));
                o.drift.only_crm = vec![paired.unwrap()];
            }),
        ];
        for (promise, break_it) in breaks {
            break_it(&mut outcome);
            let broken = check(&outcome).expect_err(promise);
            assert!(broken.promise.contains(promise), "{promise}: {broken}");
            outcome = sample();
        }
    }
}
