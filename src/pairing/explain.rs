//! Why two goods, documents or objects are one or are not, for the terminal.

use std::fmt::Write as _;

use super::Pairing;
use crate::model::{Lang, RecordRef, Snapshots};

/// The link of two records in lines of text: weights of what agrees and differs, the veto, the rule, the decision.
pub fn text(pairing: &Pairing, data: &Snapshots, a: RecordRef, b: RecordRef, lang: Lang) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let head = |r: RecordRef| format!("{}  {}", data.key(r), data.display_name(r));
    let _ = writeln!(out, "A  {}\nB  {}\n", head(a), head(b));
    let Some(link) = pairing.between(a, b) else {
        out += lang.pick(
            "Ни одно правило не предложило эту пару: записи не связаны.",
            "No rule proposed this pair: the records are not linked.",
        );
        return out;
    };
    for e in &link.evidence {
        let [x, y] = [link.a, link.b].map(|r| data.text(r, e.field).replace('\n', ", "));
        let (title, level) = (e.field.title(lang), e.level.text(lang));
        let _ = writeln!(out, "{:>+7.1}  {title}: {level}  [{x}] — [{y}]", e.weight);
    }
    let total = lang.pick("итого, вероятность совпадения", "total, match probability");
    let _ = writeln!(out, "{:>7.1}  {total}: {:.4}\n", link.weight, link.probability);
    if let Some(veto) = link.veto {
        let _ = writeln!(out, "{}: {} ({})", lang.pick("Запрет", "Veto"), veto.text(lang), veto.as_str());
    }
    let _ = writeln!(out, "{}: {}", lang.pick("Правило отбора пары", "Blocking rule"), link.rule);
    let _ = write!(out, "{}: {}", lang.pick("Решение", "Decision"), link.decision.as_str());
    out
}

#[cfg(test)]
mod tests {
    use crate::checks::testing::*;
    use crate::model::{Entity, Field, Lang, RecordRef, Side, Space};

    #[test]
    fn weights_and_the_decision_in_words() {
        let product = |name| [(Field::Name, name), (Field::Article, "К-1")];
        let world = World::new()
            .add(Side::Crm, Entity::Product, &product("Краска белая"))
            .add(Side::Crm, Entity::Product, &[(Field::Name, "Болт")])
            .add(Side::Onec, Entity::Product, &product("Краска белая матовая"));
        world.with(|cx| {
            let at = |side, at| RecordRef::of(side, Space::Products, at);
            let text = |a, b| super::text(cx.pairing, cx.data, a, b, Lang::Ru);
            let linked = text(at(Side::Crm, 0), at(Side::Onec, 0));
            assert!(linked.contains("Артикул: совпадает") && linked.contains("[К-1] — [К-1]"), "{linked}");
            assert!(linked.ends_with("Решение: auto"), "{linked}");
            assert!(text(at(Side::Crm, 1), at(Side::Onec, 0)).ends_with("не связаны."));
        });
    }
}
