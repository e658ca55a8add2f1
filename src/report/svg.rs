//! Charts as inline SVG. Colours are classes of the style sheet, so that dark mode and print restyle them.

use std::fmt::Write;

/// A part of a bar.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Part {
    pub label: String,
    pub value: u64,
    /// The value for people.
    pub shown: String,
    pub class: &'static str,
}

/// Escapes text for element content and double-quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `stretch`: the chart fills its place whatever the proportions, which suits a chart without text.
fn open(out: &mut String, class: &str, (width, height): (u32, u32), stretch: bool, title: &str, desc: &str) {
    // The role and the two texts make a screen reader read the chart as one picture with its numbers.
    let _ = write!(
        out,
        r#"<svg class="{class}" viewBox="0 0 {width} {height}"{} role="img"><title>{}</title><desc>{}</desc>"#,
        if stretch { r#" preserveAspectRatio="none""# } else { "" },
        escape(title),
        escape(desc)
    );
}

fn describe(parts: &[Part]) -> String {
    let parts: Vec<String> = parts.iter().map(|p| format!("{}: {}", p.label, p.shown)).collect();
    parts.join("; ")
}

/// Lengths in hundredths of a unit that sum up to `width`; a part above zero is never invisible.
fn lengths(parts: &[Part], width: f64) -> Vec<f64> {
    const LEAST: f64 = 2.0;
    let total: u64 = parts.iter().map(|p| p.value).sum();
    if total == 0 {
        return vec![0.0; parts.len()];
    }
    let raw: Vec<f64> = parts
        .iter()
        .map(|p| if p.value == 0 { 0.0 } else { (p.value as f64 / total as f64 * width).max(LEAST) })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|l| l * width / sum).collect()
}

/// One bar in parts, with a legend in HTML below it so that its text keeps its size on a phone.
pub fn stacked(title: &str, parts: &[Part]) -> String {
    let mut out = String::new();
    open(&mut out, "stacked", (600, 22), true, title, &describe(parts));
    let mut x = 0.0;
    for (part, length) in parts.iter().zip(lengths(parts, 600.0)) {
        if length > 0.0 {
            let _ = write!(
                out,
                r#"<rect class="{}" x="{x:.2}" y="0" width="{:.2}" height="22"><title>{}: {}</title></rect>"#,
                part.class,
                (length - 1.5).max(0.5),
                escape(&part.label),
                escape(&part.shown)
            );
        }
        x += length;
    }
    out.push_str("</svg>");
    legend(&mut out, parts);
    out
}

fn legend(out: &mut String, parts: &[Part]) {
    out.push_str(r#"<ul class="legend">"#);
    for part in parts {
        let _ = write!(
            out,
            r#"<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10" rx="2"/></svg>{} <b>{}</b></li>"#,
            part.class,
            escape(&part.label),
            escape(&part.shown)
        );
    }
    out.push_str("</ul>");
}

/// Records of both sides as two columns, what they have in common as ribbons between them. The order of parts is
/// matched, review, one side only, aside on both sides.
pub fn flow(title: &str, heads: &[&str; 2], crm: &[Part], onec: &[Part]) -> String {
    const WIDTH: u32 = 640;
    const TOP: f64 = 30.0;
    const HEIGHT: f64 = 200.0;
    const BAR: f64 = 18.0;
    const LEFT: f64 = 170.0;
    const RIGHT: f64 = 452.0;
    const GAP: f64 = 4.0;
    let mut out = String::new();
    let desc = format!("{} ({}). {} ({}).", heads[0], describe(crm), heads[1], describe(onec));
    open(&mut out, "flow", (WIDTH, 270), false, title, &desc);
    let total = |parts: &[Part]| parts.iter().map(|p| p.value).sum::<u64>();
    let scale = total(crm).max(total(onec)).max(1) as f64;
    let gaps = |parts: &[Part]| GAP * parts.iter().filter(|p| p.value > 0).count().saturating_sub(1) as f64;
    // Both columns share one scale: a side with twice the records is twice as tall.
    let column = |parts: &[Part]| -> Vec<(f64, f64)> {
        let height = (HEIGHT - gaps(parts)) * total(parts) as f64 / scale;
        let mut y = TOP;
        let mut spans = Vec::with_capacity(parts.len());
        for length in lengths(parts, height) {
            spans.push((y, length));
            if length > 0.0 {
                y += length + GAP;
            }
        }
        spans
    };
    let (a, b) = (column(crm), column(onec));
    for ((part, left), right) in crm.iter().zip(&a).zip(&b).take(2) {
        if left.1 == 0.0 || right.1 == 0.0 {
            continue;
        }
        let (x0, x1, mid) = (LEFT + BAR, RIGHT, (LEFT + BAR + RIGHT) / 2.0);
        let _ = write!(
            out,
            r#"<path class="{} ribbon" d="M{x0:.1} {:.1}C{mid:.1} {:.1} {mid:.1} {:.1} {x1:.1} {:.1}V{:.1}C{mid:.1} {:.1} {mid:.1} {:.1} {x0:.1} {:.1}Z"/>"#,
            part.class,
            left.0,
            left.0,
            right.0,
            right.0,
            right.0 + right.1,
            right.0 + right.1,
            left.0 + left.1,
            left.0 + left.1,
        );
    }
    for (at, (parts, spans)) in [(crm, &a), (onec, &b)].into_iter().enumerate() {
        let (x, anchor, text_x) = if at == 0 { (LEFT, "end", LEFT - 8.0) } else { (RIGHT, "start", RIGHT + BAR + 8.0) };
        let _ = write!(
            out,
            r#"<text class="head" x="{text_x:.1}" y="16" text-anchor="{anchor}">{}</text>"#,
            escape(heads[at])
        );
        let mut below = TOP;
        for (part, &(y, length)) in parts.iter().zip(spans.iter()) {
            if length == 0.0 {
                continue;
            }
            let _ = write!(
                out,
                r#"<rect class="{}" x="{x:.1}" y="{y:.1}" width="{BAR}" height="{length:.1}"><title>{}: {}</title></rect>"#,
                part.class,
                escape(&part.label),
                escape(&part.shown)
            );
            // Labels of thin parts are pushed down, so that they never overlap.
            let base = (y + length / 2.0 + 4.0).max(below + 10.0);
            let _ = write!(
                out,
                r#"<text x="{text_x:.1}" y="{base:.1}" text-anchor="{anchor}">{} <tspan class="n">{}</tspan></text>"#,
                escape(&part.label),
                escape(&part.shown)
            );
            below = base + 6.0;
        }
    }
    out.push_str("</svg>");
    out
}

/// A percentage as a bar.
pub fn gauge(percent: f64, title: &str, shown: &str) -> String {
    let mut out = String::new();
    open(&mut out, "gauge", (200, 10), true, title, shown);
    let width = percent.clamp(0.0, 100.0) * 2.0;
    let _ = write!(
        out,
        r#"<rect class="f-track" width="200" height="10"/><rect class="f-value" width="{width:.1}" height="10"/></svg>"#
    );
    out
}

/// A match weight as a bar to the right (for) or to the left (against) of the middle.
pub fn weight(weight: f32, full: f32) -> String {
    let length = f64::from(weight.abs() / full).min(1.0) * 50.0;
    let (x, class) = if weight < 0.0 { (50.0 - length, "f-error") } else { (50.0, "f-matched") };
    format!(
        r#"<svg class="weight" viewBox="0 0 100 8" aria-hidden="true"><path class="axis" d="M50 0V8"/><rect class="{class}" x="{x:.1}" y="1" width="{length:.1}" height="6"/></svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(label: &str, value: u64) -> Part {
        Part { label: label.to_owned(), value, shown: value.to_string(), class: "f-info" }
    }

    #[test]
    fn parts_fill_the_bar_and_none_is_invisible() {
        let parts = [part("a", 1), part("b", 1_000_000), part("c", 0)];
        let l = lengths(&parts, 600.0);
        assert!((l.iter().sum::<f64>() - 600.0).abs() < 1e-6);
        assert!(l[0] > 1.9 && l[2] == 0.0);
        assert_eq!(lengths(&[part("a", 0)], 600.0), [0.0]);
    }

    #[test]
    fn charts_are_escaped_and_described() {
        let hostile = part("<script>\"'&", 3);
        for svg in [
            stacked("</title><b>", std::slice::from_ref(&hostile)),
            flow("<i>", &["<u>", "&"], &[hostile.clone(), part("r", 0)], &[hostile.clone(), part("r", 2)]),
        ] {
            assert!(!svg.contains("<script") && !svg.contains("<b>&") && !svg.contains("<i>") && !svg.contains("<u>"));
            assert!(svg.contains("<desc>") && svg.contains("&lt;script&gt;&quot;&#39;&amp;: 3"));
        }
        assert!(weight(-30.0, 20.0).contains(r#"x="0.0""#));
    }
}
