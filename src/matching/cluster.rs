//! Links → clusters that hold no contradiction.
//!
//! Links by weight, ties by record; a union is refused when any member of one cluster excludes a member of the other.
//! Members alike in everything a veto looks at are checked once, so 50,000 identical cards cost no more than 50,000.
//! Then bridges weaker than both groups they join are cut.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::pack::{Packed, Row, hash};
use super::score::Scored;
use super::types::{Caution, Decision, Veto};
use super::veto::exclude;

/// Members that differ in what vetoes look at. A cluster that would need more is not one party.
const DISTINCT: usize = 64;
/// A bridge is cut only when it is weaker than both sides by this many bits.
const BRIDGE_MARGIN: f32 = 2.0;

/// Clusters of two or more, each sorted, sorted by first member; with the weight of the weakest link.
pub type Clusters = Vec<(Vec<u32>, f32)>;

/// No list of members: the record is alone.
const ALONE: u32 = u32::MAX;

struct Union<'p> {
    p: &'p Packed<'p>,
    parent: Vec<u32>,
    size: Vec<u32>,
    /// Position of a root's members in `lists`; a record that is alone represents itself.
    list: Vec<u32>,
    /// Representatives of the members of a root, one per signature.
    lists: Vec<Vec<(u64, u32)>>,
    /// Records that a person, or a shared contact alone, keeps apart from a root's members.
    refused: FxHashMap<u32, Vec<u32>>,
    /// Signatures that a person put together: no contradiction whatever the rules say.
    accepted: FxHashSet<(u64, u64)>,
    signature: Vec<u64>,
}

impl<'p> Union<'p> {
    fn new(p: &'p Packed<'p>) -> Self {
        let records = p.len() as u32;
        let parted = firms_of_parts(p);
        let signature = (0..records)
            .into_par_iter()
            .map(|at| {
                let r = p.row(at);
                // Which part of a firm a card is, its phone, mailbox and address tell: there they belong to what
                // vetoes look at.
                let placed = [r.inn, r.ogrn].into_iter().any(|n| n != 0 && parted.contains(&n));
                let place = placed.then(|| (p.phones(at), p.emails(at), r.address_folded, r.division));
                hash(&(
                    place,
                    (r.inn, r.kpp, r.ogrn, r.external, r.external_found, r.class as u8, r.own),
                    (r.birth, r.surname, r.given, r.patronymic, r.core, if r.cited { r.id } else { 0 }),
                ))
            })
            .collect();
        Union {
            p,
            parent: (0..records).collect(),
            size: vec![1; records as usize],
            list: vec![ALONE; records as usize],
            lists: Vec::new(),
            refused: FxHashMap::default(),
            accepted: FxHashSet::default(),
            signature,
        }
    }

    fn find(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let up = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = up;
            at = up;
        }
        at
    }

    fn keep_apart(&mut self, a: u32, b: u32) {
        let (x, y) = (self.find(a), self.find(b));
        self.refused.entry(x).or_default().push(b);
        self.refused.entry(y).or_default().push(a);
    }

    /// Whether a member of one root is kept apart from a member of the other. Each pair stands in both lists, so the
    /// shorter one tells.
    fn kept_apart(&mut self, x: u32, y: u32) -> bool {
        let length = |list: Option<&Vec<u32>>| list.map_or(0, Vec::len);
        let (listed, other) =
            if length(self.refused.get(&x)) <= length(self.refused.get(&y)) { (x, y) } else { (y, x) };
        let Some(list) = self.refused.remove(&listed) else { return false };
        let apart = list.iter().any(|&r| self.find(r) == other);
        self.refused.insert(listed, list);
        apart
    }

    /// The members of a root, taken out of it.
    fn take_members(&mut self, root: u32) -> Vec<(u64, u32)> {
        match self.list[root as usize] {
            ALONE => vec![(self.signature[root as usize], root)],
            list => std::mem::take(&mut self.lists[list as usize]),
        }
    }

    fn put_members(&mut self, root: u32, members: Vec<(u64, u32)>) {
        match self.list[root as usize] {
            // What represents a record that is alone needs no list.
            ALONE if members.len() == 1 && members[0].1 == root => {}
            ALONE => {
                self.list[root as usize] = self.lists.len() as u32;
                self.lists.push(members);
            }
            list => self.lists[list as usize] = members,
        }
    }

    /// Unites the clusters of two linked records unless their members exclude each other.
    fn unite(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        let (big, small) = if (self.size[a as usize], b) >= (self.size[b as usize], a) { (a, b) } else { (b, a) };
        if !self.refused.is_empty() && self.kept_apart(big, small) {
            return false;
        }
        if self.size[big as usize] == 1 {
            // Two records of one link: had they excluded each other, there would be no such link.
            let [x, y] = [big, small].map(|root| self.signature[root as usize]);
            if x != y {
                self.put_members(big, vec![(x, big), (y, small)]);
            }
            self.join(big, small);
            return true;
        }
        let (mut members, others) = (self.take_members(big), self.take_members(small));
        let known = members.len();
        let mut may = true;
        'all: for &(signature, y) in &others {
            for &(other, x) in members[..known].iter().filter(|m| m.0 != signature) {
                let accepted = self.accepted.contains(&(other.min(signature), other.max(signature)));
                if !accepted && exclude(self.p, x, y) {
                    may = false;
                    break 'all;
                }
            }
            if !members.iter().any(|m| m.0 == signature) {
                members.push((signature, y));
            }
        }
        if !may || members.len() > DISTINCT {
            members.truncate(known);
            self.put_members(big, members);
            self.put_members(small, others);
            return false;
        }
        self.put_members(big, members);
        self.join(big, small);
        true
    }

    /// Makes one root of two whose members are put together.
    fn join(&mut self, big: u32, small: u32) {
        self.parent[small as usize] = big;
        self.size[big as usize] += self.size[small as usize];
        if let Some(more) = self.refused.remove(&small) {
            self.refused.entry(big).or_default().extend(more);
        }
    }

    /// Makes records that are one cluster, or several whole ones, single again.
    fn part(&mut self, records: &[u32]) {
        for &at in records {
            self.parent[at as usize] = at;
            self.size[at as usize] = 1;
            self.list[at as usize] = ALONE;
        }
    }
}

/// Numbers of firms that have branches, or a card of a branch.
fn firms_of_parts(p: &Packed) -> FxHashSet<u64> {
    let branches = &p.frequencies.branches;
    let parted = |r: &&Row| r.is_part() || branches.contains(&r.inn) || branches.contains(&r.ogrn);
    p.rows.iter().filter(parted).flat_map(|r| [r.inn, r.ogrn]).filter(|&number| number != 0).collect()
}

/// Builds clusters and settles the decision of each link: what a union refuses becomes rejected with
/// [`Veto::ClusterConflict`], a weak bridge goes back to review. `refused`: pairs that persons keep apart.
pub fn cluster(p: &Packed, scored: &mut [Scored], refused: &[(u32, u32)]) -> Clusters {
    // People first, then identifiers before names: a name must not take a place that an identifier claims. Pairs come
    // sorted by their records.
    let rank = |(at, s): (u32, &Scored)| {
        let claim = u8::from(s.decision != Decision::Accepted) * 2 + u8::from(!s.strong);
        (claim, heaviest_first(s.weight), at)
    };
    let linked = (0..).zip(scored.iter()).filter(|(_, s)| s.decision.links());
    let mut ranks: Vec<(u8, u32, u32)> = linked.map(rank).collect();
    ranks.par_sort_unstable();
    let order: Vec<u32> = ranks.into_iter().map(|rank| rank.2).collect();
    let people = order.partition_point(|&at| scored[at as usize].decision == Decision::Accepted);
    let mut union = Union::new(p);
    for &(a, b) in refused {
        union.keep_apart(a, b);
    }
    for &at in &order[..people] {
        let [x, y] = [scored[at as usize].a, scored[at as usize].b].map(|r| union.signature[r as usize]);
        union.accepted.insert((x.min(y), x.max(y)));
    }
    let mut held = Held::default();
    held.take(&mut union, scored, &order[..people]);
    part_shared_contacts(&mut union, scored);
    held.take(&mut union, scored, &order[people..]);
    // What was refused stays refused, so that a cut changes the cluster it is made in and no other.
    let mut inside = held.inside;
    loop {
        let cut = weak_links(&mut union, scored, &inside);
        if cut.is_empty() {
            return clusters(&mut union, scored, &held.tree);
        }
        for &at in &cut {
            scored[at as usize].decision = Decision::Review;
            scored[at as usize].caution = Some(Caution::WeakBridge);
        }
        let torn: FxHashSet<u32> = cut.iter().map(|&at| union.find(scored[at as usize].a)).collect();
        let mut of_torn = |at: &u32| torn.contains(&union.find(scored[*at as usize].a));
        inside.retain(&mut of_torn);
        held.tree.retain(|at| !of_torn(at));
        let mut records: Vec<u32> =
            inside.iter().flat_map(|&at| [scored[at as usize].a, scored[at as usize].b]).collect();
        records.sort_unstable();
        records.dedup();
        union.part(&records);
        inside.retain(|&at| scored[at as usize].decision.links());
        let again = std::mem::take(&mut inside);
        held.inside = Vec::new();
        held.take(&mut union, scored, &again);
        inside = std::mem::take(&mut held.inside);
    }
}

/// A number that is the smaller, the greater the weight (by [`f32::total_cmp`]).
fn heaviest_first(weight: f32) -> u32 {
    let bits = weight.to_bits();
    if bits >> 31 == 0 { !(bits | 1 << 31) } else { bits }
}

/// Links that hold clusters together.
#[derive(Default)]
struct Held {
    /// Both ends are in one cluster, in the order in which they were looked at.
    inside: Vec<u32>,
    /// Those that united two clusters.
    tree: Vec<u32>,
}

impl Held {
    /// Unites what these links join; what may not be united is rejected.
    fn take(&mut self, union: &mut Union, scored: &mut [Scored], links: &[u32]) {
        for &at in links {
            let pair = &mut scored[at as usize];
            if pair.decision == Decision::Rejected {
                continue;
            }
            let before = (union.find(pair.a), union.find(pair.b));
            if !union.unite(pair.a, pair.b) {
                pair.decision = Decision::Rejected;
                pair.veto = Some(Veto::ClusterConflict);
                continue;
            }
            self.inside.push(at);
            if before.0 != before.1 {
                self.tree.push(at);
            }
        }
    }
}

/// Keeps pairs apart for which only a shared contact speaks. They contradict nothing, yet a third record must not bring
/// together what the report forbids to merge; people may, and then the pair is what they said.
fn part_shared_contacts(union: &mut Union, scored: &mut [Scored]) {
    let forbidden = |s: &&mut Scored| s.decision == Decision::Rejected && s.veto == Some(Veto::SharedContactOnly);
    for pair in scored.iter_mut().filter(forbidden) {
        if union.find(pair.a) == union.find(pair.b) {
            (pair.decision, pair.veto) = (Decision::Accepted, None);
        } else {
            union.keep_apart(pair.a, pair.b);
        }
    }
}

/// The clusters of two records and more; `tree`: the links that united them.
fn clusters(union: &mut Union, scored: &[Scored], tree: &[u32]) -> Clusters {
    let mut weakest: Vec<f32> = vec![f32::INFINITY; union.parent.len()];
    for &at in tree {
        let root = union.find(scored[at as usize].a);
        let least = &mut weakest[root as usize];
        *least = least.min(scored[at as usize].weight);
    }
    let mut members: Vec<(u32, u32)> = Vec::new();
    for at in 0..union.parent.len() as u32 {
        let root = union.find(at);
        if union.size[root as usize] > 1 {
            members.push((root, at));
        }
    }
    members.par_sort_unstable();
    let mut clusters: Clusters = members
        .chunk_by(|x, y| x.0 == y.0)
        .map(|of_root| (of_root.iter().map(|m| m.1).collect(), weakest[of_root[0].0 as usize]))
        .collect();
    clusters.sort_unstable_by_key(|c| c.0[0]);
    clusters
}

/// Weak bridges of the clusters that these links hold together, sorted.
fn weak_links(union: &mut Union, scored: &[Scored], inside: &[u32]) -> Vec<u32> {
    let mut by_cluster: Vec<(u32, u32, u32)> = Vec::new();
    for (place, &at) in (0..).zip(inside) {
        let root = union.find(scored[at as usize].a);
        if union.size[root as usize] >= 4 {
            by_cluster.push((root, place, at));
        }
    }
    by_cluster.par_sort_unstable();
    let mut cut: Vec<u32> = by_cluster
        .par_chunk_by(|x, y| x.0 == y.0)
        .flat_map_iter(|links| weak_bridges(scored, &links.iter().map(|l| l.2).collect::<Vec<u32>>()))
        .collect();
    cut.sort_unstable();
    cut
}

/// Links of one cluster that are its only connection between two groups of at least two, and weaker than every link
/// of both groups.
fn weak_bridges(scored: &[Scored], links: &[u32]) -> Vec<u32> {
    let mut number: FxHashMap<u32, u32> = FxHashMap::default();
    for &at in links {
        for record in [scored[at as usize].a, scored[at as usize].b] {
            let next = number.len() as u32;
            number.entry(record).or_insert(next);
        }
    }
    let count = number.len();
    let mut edges: Vec<Vec<(u32, u32)>> = vec![Vec::new(); count];
    for &at in links {
        let (a, b) = (number[&scored[at as usize].a], number[&scored[at as usize].b]);
        edges[a as usize].push((b, at));
        edges[b as usize].push((a, at));
    }
    let bridges = bridges(&edges);
    bridges
        .into_iter()
        .filter(|&(at, low, high)| {
            let pair = &scored[at as usize];
            if pair.decision == Decision::Accepted || pair.strong || high - low < 2 || count as u32 - (high - low) < 2 {
                return false;
            }
            true
        })
        .filter(|&(at, ..)| {
            // Groups on either side of the bridge, by walking without it.
            let pair = &scored[at as usize];
            [pair.a, pair.b].into_iter().all(|start| {
                let least = least_of_group(scored, &edges, number[&start], at);
                pair.weight + BRIDGE_MARGIN < least
            })
        })
        .map(|(at, ..)| at)
        .collect()
}

/// Weight of the weakest link that can be reached without one of them.
fn least_of_group(scored: &[Scored], edges: &[Vec<(u32, u32)>], start: u32, without: u32) -> f32 {
    let mut seen = vec![false; edges.len()];
    let mut stack = vec![start];
    seen[start as usize] = true;
    let mut least = f32::INFINITY;
    while let Some(at) = stack.pop() {
        for &(to, link) in edges[at as usize].iter().filter(|e| e.1 != without) {
            least = least.min(scored[link as usize].weight);
            if !seen[to as usize] {
                seen[to as usize] = true;
                stack.push(to);
            }
        }
    }
    least
}

/// Bridges of a connected graph (Tarjan), each with the span of visiting times of the group below it.
fn bridges(edges: &[Vec<(u32, u32)>]) -> Vec<(u32, u32, u32)> {
    let mut enter = vec![0u32; edges.len()];
    let mut low = vec![0u32; edges.len()];
    let mut found = Vec::new();
    let mut time = 1;
    // (vertex, link it was entered by, next edge).
    let mut stack: Vec<(u32, u32, usize)> = vec![(0, u32::MAX, 0)];
    enter[0] = time;
    low[0] = time;
    while let Some(&mut (at, by, ref mut next)) = stack.last_mut() {
        if let Some(&(to, link)) = edges[at as usize].get(*next) {
            *next += 1;
            if link == by {
                continue;
            }
            if enter[to as usize] == 0 {
                time += 1;
                enter[to as usize] = time;
                low[to as usize] = time;
                stack.push((to, link, 0));
            } else {
                low[at as usize] = low[at as usize].min(enter[to as usize]);
            }
        } else {
            stack.pop();
            if let Some(&(up, ..)) = stack.last() {
                low[up as usize] = low[up as usize].min(low[at as usize]);
                if low[at as usize] > enter[up as usize] {
                    found.push((by, enter[at as usize], time + 1));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::compare::COUNT;
    use crate::matching::types::Level;

    fn link(a: u32, b: u32, weight: f32) -> Scored {
        Scored {
            a,
            b,
            rule: "phone",
            weight,
            levels: [Level::Empty; COUNT],
            weights: [0.0; COUNT],
            vetoes: Default::default(),
            caution: None,
            strong: false,
            forms_differ: false,
            numbers_only: false,
            decision: Decision::Auto,
            veto: None,
        }
    }

    /// A weak link between two groups is cut; one record is no group.
    #[test]
    fn weak_bridges_between_groups() {
        let cut = |links: &[Scored]| weak_bridges(links, &(0..links.len() as u32).collect::<Vec<_>>());
        let triangle = |a| [link(a, a + 1, 20.0), link(a + 1, a + 2, 20.0), link(a, a + 2, 20.0)];
        let joined = |bridge: Scored| [&triangle(0)[..], &triangle(3), &[bridge]].concat();
        assert_eq!(cut(&joined(link(2, 3, 5.0))), [6]);
        assert!(cut(&joined(link(2, 3, 20.0))).is_empty(), "no weaker than the rest");
        assert!(cut(&joined(Scored { strong: true, ..link(2, 3, 5.0) })).is_empty());
        assert!(cut(&joined(Scored { decision: Decision::Accepted, ..link(2, 3, 5.0) })).is_empty());
        assert!(cut(&[&joined(link(2, 3, 5.0))[..], &[link(0, 5, 5.0)]].concat()).is_empty(), "two ways across");
        assert_eq!(cut(&[link(0, 1, 20.0), link(1, 2, 5.0), link(2, 3, 20.0)]), [1]);
        assert_eq!(cut(&[&[link(0, 1, 20.0), link(1, 2, 5.0)][..], &triangle(2)].concat()), [1]);
        assert!(cut(&[&triangle(0)[..], &[link(2, 3, 5.0)]].concat()).is_empty());
        assert!(cut(&[&[link(0, 1, 5.0)][..], &triangle(1)].concat()).is_empty());
    }

    #[test]
    fn the_heaviest_come_first() {
        let mut weights = [3.0, -1.0, 0.0, -0.0, 7.5, -20.0, 40.0];
        let mut expected = weights;
        weights.sort_by_key(|&weight| heaviest_first(weight));
        expected.sort_by(|x: &f32, y| y.total_cmp(x));
        assert_eq!(weights.map(f32::to_bits), expected.map(f32::to_bits));
    }

    #[test]
    fn bridges_of_a_graph() {
        // Two triangles joined by link 6, and a tail by link 7.
        let mut edges = vec![Vec::new(); 7];
        for (link, (a, b)) in [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3), (5, 6)].into_iter().enumerate() {
            edges[a as usize].push((b, link as u32));
            edges[b as usize].push((a, link as u32));
        }
        let mut found = bridges(&edges);
        found.sort_unstable();
        assert_eq!(found.iter().map(|b| b.0).collect::<Vec<_>>(), [6, 7]);
        assert_eq!(found.iter().map(|b| b.2 - b.1).collect::<Vec<_>>(), [4, 1]);
    }
}
