//! The least number of findings that brings every gate to its limit.
//!
//! Findings that the same gates count are one class. Each gate needs so many of the classes that it counts; the fewest
//! in all are found by branch and bound over the classes, of which there are as many as combinations of gates. Where the
//! search would go on for too long, the greedy answer stands, which is enough but maybe not least.

/// How many of each class to take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cover {
    /// By position of the class.
    pub take: Vec<u64>,
    /// No smaller one exists.
    pub exact: bool,
}

/// Steps of the search: some tens of milliseconds.
const MOST_STEPS: u64 = 200_000;

/// `need`: how many each gate still wants. `classes`: the gates that count a class, a bit each, and its size.
pub fn least(need: &[u64], classes: &[(u64, u64)]) -> Cover {
    let greedy = greedy(need, classes);
    let bound = need.iter().copied().max().unwrap_or(0);
    let total: u64 = greedy.iter().sum();
    if total <= bound {
        return Cover { take: greedy, exact: true };
    }
    // The class that most gates count first: taking many of it soon shows how little may do.
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&c| (std::cmp::Reverse(classes[c].0.count_ones()), c));
    let mut search =
        Search { classes, order, best: total, take: greedy.clone(), now: vec![0; classes.len()], steps: 0 };
    search.go(0, need, 0);
    Cover { exact: search.steps < MOST_STEPS, take: search.take }
}

/// Takes the class that most open gates count, until the first of them is closed, and so on.
fn greedy(need: &[u64], classes: &[(u64, u64)]) -> Vec<u64> {
    let mut need = need.to_vec();
    let mut take = vec![0; classes.len()];
    loop {
        let open = |bits: u64| need.iter().enumerate().filter(|(n, left)| **left > 0 && has(bits, *n)).count();
        let left = |c: usize| classes[c].1 - take[c];
        let best =
            (0..classes.len()).filter(|&c| left(c) > 0).max_by_key(|&c| (open(classes[c].0), std::cmp::Reverse(c)));
        let Some(class) = best.filter(|&c| open(classes[c].0) > 0) else { return take };
        let wanted = need.iter().enumerate().filter(|(n, left)| **left > 0 && has(classes[class].0, *n));
        let n = wanted.map(|(_, left)| *left).min().unwrap_or(1).min(left(class));
        take[class] += n;
        need = less(&need, classes[class].0, n);
    }
}

/// Gates beyond the bits of a class do not count it.
fn has(bits: u64, gate: usize) -> bool {
    gate < 64 && bits >> gate & 1 == 1
}

fn less(need: &[u64], bits: u64, n: u64) -> Vec<u64> {
    need.iter().enumerate().map(|(gate, left)| if has(bits, gate) { left.saturating_sub(n) } else { *left }).collect()
}

struct Search<'a> {
    classes: &'a [(u64, u64)],
    order: Vec<usize>,
    /// The fewest so far, and how they are taken.
    best: u64,
    take: Vec<u64>,
    now: Vec<u64>,
    steps: u64,
}

impl Search<'_> {
    fn go(&mut self, depth: usize, need: &[u64], taken: u64) {
        self.steps += 1;
        let most = need.iter().copied().max().unwrap_or(0);
        if self.steps >= MOST_STEPS || taken + most >= self.best {
            return;
        }
        if most == 0 {
            self.best = taken;
            self.take.clone_from(&self.now);
            return;
        }
        let Some(&class) = self.order.get(depth) else { return };
        let rest = &self.order[depth + 1..];
        let (bits, size) = self.classes[class];
        let counted = |n: usize| has(bits, n);
        // What the classes after this one cannot give, it must.
        let after =
            |n: usize| rest.iter().filter(|&&c| has(self.classes[c].0, n)).map(|&c| self.classes[c].1).sum::<u64>();
        let open = || need.iter().enumerate().filter(|(_, left)| **left > 0);
        if open().any(|(n, left)| after(n) + if counted(n) { size } else { 0 } < *left) {
            return;
        }
        let wanted = || open().filter(|(n, _)| counted(*n));
        let least = wanted().map(|(n, left)| left.saturating_sub(after(n))).max().unwrap_or(0);
        let most = wanted().map(|(_, left)| *left).max().unwrap_or(0).min(size);
        for n in (least..=most).rev() {
            self.now[class] = n;
            self.go(depth + 1, &less(need, bits, n), taken + n);
        }
        self.now[class] = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_that_cross_are_solved() {
        // Gates a, b, c, d want 1 each. A class of a and b and c looks best; two others do all four alone.
        let classes = [(0b0111, 1), (0b0011, 1), (0b1100, 1), (0b1000, 1)];
        let cover = least(&[1, 1, 1, 1], &classes);
        assert_eq!((cover.take.iter().sum::<u64>(), cover.exact), (2, true));
        // Greed takes the class of three gates and then needs three more.
        let classes = [(0b000111, 1), (0b001001, 1), (0b010010, 1), (0b100100, 1)];
        let cover = least(&[1; 6], &classes);
        assert_eq!((cover.take, cover.exact), (vec![0, 1, 1, 1], true));
    }

    #[test]
    fn large_numbers_end() {
        let cover = least(&[5_000, 4_000, 3_000], &[(0b011, 2_500), (0b110, 9_000), (0b101, 3_000), (0b001, 9_000)]);
        let got = |gate: u64| {
            let bits = [0b011u64, 0b110, 0b101, 0b001];
            cover.take.iter().zip(bits).filter(|(_, b)| b >> gate & 1 == 1).map(|(n, _)| n).sum::<u64>()
        };
        assert!(got(0) >= 5_000 && got(1) >= 4_000 && got(2) >= 3_000, "{cover:?}");
    }
}
