//! Rates of VAT as 1C, the CRMs and people write them.

use super::text;

/// A rate of VAT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Vat {
    /// «Без НДС»: not a payer, or exempt. Not the rate of 0 %, which exporters prove.
    Without,
    /// Per cent; `from_total` for rates like 20/120, which are taken out of a sum that has the tax in it.
    Rate { percent: u8, from_total: bool },
}

/// Rates that the Tax Code knows or knew. Source: НК РФ, статья 164, as of 2026 (22 % instead of 20 % from 1 January
/// 2026; 5 % and 7 % for the simplified system since 2025; 18 % before 2019).
const RATES: [u8; 7] = [0, 5, 7, 10, 18, 20, 22];

/// Reads `20`, `20%`, `20 %`, `НДС 20%`, `НДС20`, `Ставка20`, `20/120`, `НДС20_120`, «Без НДС», `БезНДС`.
/// `None`: empty, or no rate that there is (an id of a dictionary).
pub fn parse(raw: &str) -> Option<Vat> {
    let folded = text::clean(raw).trim().to_uppercase();
    if folded.contains("БЕЗ") && (folded.contains("НДС") || folded.contains("НАЛОГ"))
        || folded == "NO VAT"
        || folded == "NONE"
    {
        return Some(Vat::Without);
    }
    let rest = folded.trim_start_matches(|c: char| !c.is_ascii_digit());
    let numbers: Vec<&str> = rest.split(['/', '_', '\\']).collect();
    let plain = |text: &str| -> Option<u8> {
        let text = text.trim().trim_end_matches(['%', ' ']);
        let text = text.strip_suffix(".00").or_else(|| text.strip_suffix(".0")).unwrap_or(text);
        text.parse::<u8>().ok()
    };
    // A word before the number must speak of the tax; a digit inside a GUID does not.
    let head = folded[..folded.len() - rest.len()].trim();
    if !matches!(head, "" | "НДС" | "СТАВКА" | "СТАВКА НДС" | "VAT") {
        return None;
    }
    match numbers.as_slice() {
        [one] => plain(one).filter(|p| RATES.contains(p)).map(|percent| Vat::Rate { percent, from_total: false }),
        [part, whole] => {
            let (part, whole) = (plain(part)?, plain(whole)?);
            (RATES.contains(&part) && whole == part + 100).then_some(Vat::Rate { percent: part, from_total: true })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        let rate = |percent| Some(Vat::Rate { percent, from_total: false });
        for (raw, expected) in [
            ("20", rate(20)),
            ("20%", rate(20)),
            ("20.0", rate(20)),
            ("20.00", rate(20)),
            ("НДС 22%", rate(22)),
            ("НДС20", rate(20)),
            ("0%", rate(0)),
            ("20/120", Some(Vat::Rate { percent: 20, from_total: true })),
            ("НДС18_118", Some(Vat::Rate { percent: 18, from_total: true })),
            ("Без НДС", Some(Vat::Without)),
            ("БезНДС", Some(Vat::Without)),
            ("13", None),
            ("20/118", None),
            ("7f3c2e10-0000-4000-8000-000000000000", None),
            ("", None),
        ] {
            assert_eq!(parse(raw), expected, "{raw}");
        }
    }
}
