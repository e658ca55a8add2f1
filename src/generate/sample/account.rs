//! What an audit must count in each source.

use std::fmt::Write as _;

use super::world::Source;

#[derive(Clone, Copy, Default)]
struct Row {
    used: bool,
    loaded: usize,
    quarantined: usize,
    titles: usize,
    groups: usize,
    totals: usize,
    own: usize,
    blanks: usize,
    repeats: usize,
}

/// Rows by source, filled by the writers of the files.
#[derive(Default)]
pub struct Account([Row; Source::ALL.len()]);

impl Account {
    fn row(&mut self, source: Source) -> &mut Row {
        let row = &mut self.0[source as usize];
        row.used = true;
        row
    }

    pub fn loaded(&mut self, source: Source, rows: usize) {
        self.row(source).loaded += rows;
    }

    pub fn quarantined(&mut self, source: Source, rows: usize) {
        self.row(source).quarantined += rows;
    }

    pub fn titles(&mut self, source: Source, rows: usize) {
        self.row(source).titles += rows;
    }

    pub fn group(&mut self, source: Source) {
        self.row(source).groups += 1;
    }

    pub fn total(&mut self, source: Source) {
        self.row(source).totals += 1;
    }

    pub fn own(&mut self, source: Source) {
        self.row(source).own += 1;
    }

    pub fn blank(&mut self, source: Source) {
        self.row(source).blanks += 1;
    }

    pub fn repeat(&mut self, source: Source) {
        self.row(source).repeats += 1;
    }

    /// `expected/accounting.csv`: the columns left out are named as in `run.json`.
    pub fn csv(&self) -> String {
        let mut out = String::from(
            "source,read,loaded,quarantined,left_out_title,left_out_group,left_out_total,left_out_own_organisation,\
             left_out_blank,left_out_repeat\n",
        );
        for source in Source::ALL {
            let r = self.0[source as usize];
            if r.used {
                let read = r.loaded + r.quarantined + r.titles + r.groups + r.totals + r.own + r.blanks + r.repeats;
                let _ = writeln!(
                    out,
                    "{},{read},{},{},{},{},{},{},{},{}",
                    source.path(),
                    r.loaded,
                    r.quarantined,
                    r.titles,
                    r.groups,
                    r.totals,
                    r.own,
                    r.blanks,
                    r.repeats
                );
            }
        }
        out
    }
}
