//! CSV for people: UTF-8 with BOM and `;`, as Excel in Russia opens it. A cell that a spreadsheet could take for a
//! formula gets an apostrophe in front (OWASP, CSV Injection).

/// What a file begins with.
pub const BOM: &str = "\u{feff}";

/// Appends a row, ended by CRLF.
pub fn row<S: AsRef<str>>(text: &mut String, cells: &[S]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        escape(cell.as_ref(), text);
    }
    text.push_str("\r\n");
}

/// Cells of a text that [`row`] has made, row by row; a line that it has not made ends the reading.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    text.split_terminator("\r\n").map_while(cells).collect()
}

/// Cells of a row, without the apostrophe that disarms a formula.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = line;
    loop {
        let mut value = String::new();
        let mut chars = rest.strip_prefix('"')?.char_indices();
        let end = loop {
            match chars.next()? {
                (at, '"') if rest[at + 2..].starts_with('"') => {
                    value.push('"');
                    chars.next();
                }
                (at, '"') => break at + 2,
                (_, c) => value.push(c),
            }
        };
        found.push(match value.strip_prefix('\'') {
            Some(formula) if looks_like_formula(formula) => formula.to_owned(),
            _ => value,
        });
        match rest[end..].strip_prefix(';') {
            Some(next) => rest = next,
            None => return rest[end..].is_empty().then_some(found),
        }
    }
}

/// A cell: always quoted, quotes doubled, control characters (line ends included) as spaces, formulas disarmed.
fn escape(cell: &str, out: &mut String) {
    out.push('"');
    if looks_like_formula(cell) {
        out.push('\'');
    }
    // Control characters are one byte, or two that begin with C2 (U+0080 to U+009F).
    if cell.bytes().any(|b| b < 0x20 || matches!(b, b'"' | 0x7f | 0xc2)) {
        for c in cell.chars() {
            match c {
                '"' => out.push_str("\"\""),
                c if c.is_control() => out.push(' '),
                c => out.push(c),
            }
        }
    } else {
        out.push_str(cell);
    }
    out.push('"');
}

/// Whether a spreadsheet could compute the cell. Spaces and control characters in front do not disarm it, and an
/// apostrophe in front is one of the value's own: it gets another, so that removing one always gives the value back.
fn looks_like_formula(cell: &str) -> bool {
    cell.trim_start_matches(|c: char| c == '\'' || c.is_whitespace() || c.is_control())
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cells_are_disarmed() {
        for (cell, expected) in [
            ("ООО \"Ромашка\"", "\"ООО \"\"Ромашка\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+7 900", "\"'+7 900\""),
            ("a\r\nb", "\"a  b\""),
            (" =1+1", "\"' =1+1\""),
            ("'=1+1", "\"''=1+1\""),
            ("＝1", "\"'＝1\""),
            ("O'Brien", "\"O'Brien\""),
            ("", "\"\""),
            ("a\u{85}b«\u{7f}»", "\"a b« »\""),
        ] {
            assert_eq!(escaped(cell), expected);
        }
    }

    fn escaped(cell: &str) -> String {
        let mut out = String::new();
        escape(cell, &mut out);
        out
    }

    fn read(row: &str) -> String {
        let cells = cells(row).expect("a row");
        let [cell] = &cells[..] else { panic!("a single quote ends the cell early: {row}") };
        cell.clone()
    }

    proptest! {
        /// Only control characters are lost.
        #[test]
        fn cells_round_trip(head in "[=+@'\" ;-]{0,6}", rest in any::<String>()) {
            let text: String = (head + &rest).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            prop_assert_eq!(read(&escaped(&text)), text);
        }

        #[test]
        fn rows_round_trip(all in prop::collection::vec(prop::collection::vec("[;\"'=а-я]{0,6}", 1..4), 0..4)) {
            let mut text = String::from(BOM);
            all.iter().for_each(|cells| row(&mut text, cells));
            prop_assert_eq!(rows(&text), all);
        }

        #[test]
        fn a_cell_is_one_line(text in any::<String>()) {
            let row = escaped(&text);
            read(&row);
            prop_assert!(!row.contains(['\r', '\n', '\0']));
        }
    }
}
