//! Why two records match or not, as text for a terminal.

use std::fmt::Write as _;

use super::types::{Compared, Explanation};
use crate::model::{Field, Lang, RecordRef, Snapshots};

/// Values of a field as the source writes them, on one line.
pub fn source_text(data: &Snapshots, r: RecordRef, field: Field) -> String {
    let parties = data.parties(r.side);
    let text = match field {
        Field::Name | Field::LastName => parties.display_name(r.at()),
        Field::Document => [Field::Snils, Field::Document, Field::TaxId]
            .into_iter()
            .map(|f| parties.raw.get(f, r.at()).trim())
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        _ => parties.raw.get(field, r.at()).trim().to_owned(),
    };
    text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
}

impl Explanation {
    /// A table of comparisons with weights, vetoes, thresholds and the result; lines end with a line feed except the
    /// last.
    pub fn text(&self, data: &Snapshots, lang: Lang) -> String {
        let mut out = String::new();
        let ru = lang == Lang::Ru;
        let head = |r: RecordRef| {
            let name = data.parties(r.side).display_name(r.at());
            format!("{}  {}", data.key(r), name)
        };
        let _ = writeln!(out, "A  {}\nB  {}\n", head(self.a), head(self.b));
        let prior = lang.pick("исходно: пар-совпадений мало", "prior: true pairs are rare");
        let _ = writeln!(out, "{:>7.1}  {prior}", self.prior);
        for Compared { evidence, a_text, b_text } in &self.comparisons {
            let title = evidence.field.title(lang);
            let level = evidence.level.text(lang);
            if evidence.level == super::types::Level::Empty {
                if !a_text.is_empty() || !b_text.is_empty() {
                    let _ = writeln!(out, "      ·  {title}: {level}");
                }
                continue;
            }
            let _ = writeln!(out, "{:>+7.1}  {title}: {level}  [{a_text}] — [{b_text}]", evidence.weight);
        }
        let _ = writeln!(
            out,
            "{:>7.1}  {}: {:.4}",
            self.weight,
            lang.pick("итого, вероятность совпадения", "total, match probability"),
            self.probability
        );
        out.push('\n');
        for veto in &self.vetoes {
            let _ = writeln!(out, "{}: {} ({})", lang.pick("Запрет", "Veto"), veto.text(lang), veto.as_str());
        }
        if let Some(caution) = self.caution {
            let _ = writeln!(
                out,
                "{}: {}",
                lang.pick("Без человека не объединять", "Not without a person"),
                caution.text(lang)
            );
        }
        let _ = writeln!(
            out,
            "{} {}; {} {}",
            lang.pick("Порог автоматического объединения", "Threshold of an automatic merge"),
            self.auto,
            lang.pick("порог показа человеку", "of a review"),
            self.review
        );
        let rule = self.rule.unwrap_or(lang.pick("ни одно: пара не сравнивается", "none: the pair is not compared"));
        let _ = writeln!(out, "{}: {rule}", lang.pick("Правило отбора пары", "Blocking rule"));
        let decision = match self.decision {
            Some(decision) => decision.as_str(),
            None => lang.pick("не связаны", "not linked"),
        };
        let _ = write!(out, "{}: {decision}", lang.pick("Решение", "Decision"));
        if let Some(cluster) = self.cluster {
            let text = if ru { "записи в одной группе" } else { "the records are in one cluster" };
            let _ = write!(out, " ({text} {})", cluster + 1);
        }
        out
    }
}
