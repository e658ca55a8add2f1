//! `report.html`: one self-contained page. Templates, style and script lie in `reports/`.

use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use super::{ReportError, ReportModel};

const STYLE: &str = include_str!("../../reports/style.css");
const SCRIPT: &str = include_str!("../../reports/script.js");

/// Templates by the name under which they include each other; all end in `.html`, so that every value is escaped.
const TEMPLATES: [(&str, &str); 15] = [
    ("components.html", include_str!("../../reports/components.html")),
    ("sections/verdict.html", include_str!("../../reports/sections/verdict.html")),
    ("sections/contents.html", include_str!("../../reports/sections/contents.html")),
    ("sections/start.html", include_str!("../../reports/sections/start.html")),
    ("sections/clearing.html", include_str!("../../reports/sections/clearing.html")),
    ("sections/changes.html", include_str!("../../reports/sections/changes.html")),
    ("sections/sources.html", include_str!("../../reports/sections/sources.html")),
    ("sections/duplicates.html", include_str!("../../reports/sections/duplicates.html")),
    ("sections/drift.html", include_str!("../../reports/sections/drift.html")),
    ("sections/papers.html", include_str!("../../reports/sections/papers.html")),
    ("sections/estate.html", include_str!("../../reports/sections/estate.html")),
    ("sections/findings.html", include_str!("../../reports/sections/findings.html")),
    ("sections/exchange.html", include_str!("../../reports/sections/exchange.html")),
    ("sections/method.html", include_str!("../../reports/sections/method.html")),
    ("report.html", include_str!("../../reports/report.html")),
];

/// The whole page. No request leaves it: its policy allows nothing but its own style and script, by their hashes.
///
/// # Errors
/// [`ReportError::Template`] when a built-in template is broken, which a test rules out.
pub fn render(model: &ReportModel) -> Result<String, ReportError> {
    let mut tera = Tera::new();
    tera.add_raw_templates(TEMPLATES)?;
    let mut context = Context::new();
    context.insert("page", model.page());
    context.insert("t", model.texts().tree());
    context.insert("style", STYLE);
    context.insert("script", SCRIPT);
    context.insert("csp", &policy());
    let heat = &model.page().heat;
    context.insert(
        "drift_lead",
        &model.texts().say(
            "section.drift_lead",
            &[("pairs", &heat.pairs), ("drifting", &heat.pairs_with_drift), ("differences", &heat.differences)],
        ),
    );
    Ok(tera.render("report.html", &context)?)
}

/// Hashes instead of `unsafe-inline`: markup that slipped into a value could still run nothing.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(STYLE)),
        base64(&Sha256::digest(SCRIPT))
    )
}

/// RFC 4648, section 4: twelve lines are no reason for a dependency.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, &b| w << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let six = word >> (18 - 6 * at) & 63;
            out.push(if at <= chunk.len() { char::from(ALPHABET[six as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn nothing_of_ours_asks_for_the_network() {
        for text in TEMPLATES.iter().map(|t| t.1).chain([STYLE, SCRIPT]) {
            for word in ["http://", "https://", "@import", "fetch(", "XMLHttpRequest", "eval(", "innerHTML", "style=\""]
            {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}
