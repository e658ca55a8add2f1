//! Texts and names of SQL.

use super::Engine;

/// A string literal, or `None` for a text that the engine cannot hold: PostgreSQL knows no NUL.
///
/// Quotes are doubled; control characters, line ends and characters without a width are spelled as `chr(n)`, so that a
/// reader sees them and no tool between changes them. The pieces are joined as a tree: engines limit the depth of an
/// expression, and a hostile text may be all control characters.
pub fn literal(engine: Engine, text: &str) -> Option<String> {
    if engine == Engine::PostgreSql && text.contains('\0') {
        return None;
    }
    let spell = if engine == Engine::PostgreSql { "chr" } else { "char" };
    let mut pieces: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            close(&mut pieces, &mut open);
            pieces.push(format!("{spell}({})", c as u32));
            continue;
        }
        if !open {
            pieces.push("'".to_owned());
            open = true;
        }
        let piece = pieces.last_mut().expect("a piece was opened");
        piece.push(c);
        if c == '\'' {
            piece.push(c);
        }
    }
    close(&mut pieces, &mut open);
    Some(if pieces.is_empty() { "''".to_owned() } else { joined(&pieces) })
}

fn close(pieces: &mut [String], open: &mut bool) {
    if std::mem::take(open)
        && let Some(piece) = pieces.last_mut()
    {
        piece.push('\'');
    }
}

fn joined(pieces: &[String]) -> String {
    match pieces {
        [one] => one.clone(),
        many => {
            let (a, b) = many.split_at(many.len() / 2);
            format!("({} || {})", joined(a), joined(b))
        }
    }
}

/// Line ends outside ASCII, marks that change the direction of text, characters without a width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A quoted name.
pub fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A quoted name of a table; a dot parts the schema from it.
pub fn table(text: &str) -> String {
    text.split('.').map(name).collect::<Vec<_>>().join(".")
}

/// `schema.` of a table, quoted; empty without one.
pub fn schema(text: &str) -> String {
    text.rsplit_once('.').map_or_else(String::new, |(schema, _)| format!("{}.", table(schema)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The value of a literal, read by its own rules.
    fn evaluate(text: &str) -> String {
        let mut value = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix('\'') {
                rest = after;
                loop {
                    let (part, after) = rest.split_once('\'').expect("a closed literal");
                    value.push_str(part);
                    rest = after;
                    match rest.strip_prefix('\'') {
                        Some(after) => {
                            value.push('\'');
                            rest = after;
                        }
                        None => break,
                    }
                }
            } else if rest.starts_with('c') {
                let (code, after) = rest.split_once('(').expect("chr(").1.split_once(')').expect("a number");
                value.push(char::from_u32(code.parse().expect("digits")).expect("a character"));
                rest = after;
            } else {
                assert!("()| ".contains(c), "{rest}");
                rest = &rest[1..];
            }
        }
        value
    }

    #[test]
    fn texts_and_names_are_quoted() {
        let pg = |text| literal(Engine::PostgreSql, text);
        assert_eq!(pg("О'Коннор").as_deref(), Some("'О''Коннор'"));
        assert_eq!(pg("").as_deref(), Some("''"));
        assert_eq!(pg("a\nb").as_deref(), Some("('a' || (chr(10) || 'b'))"));
        assert_eq!(pg("a\0"), None);
        assert_eq!(literal(Engine::Sqlite, "a\0").as_deref(), Some("('a' || char(0))"));
        assert_eq!(table("staging.a\"b"), "\"staging\".\"a\"\"b\"");
        assert_eq!((schema("staging.a").as_str(), schema("a").as_str()), ("\"staging\".", ""));
    }

    proptest! {
        #[test]
        fn a_literal_reads_as_its_text(text in any::<String>(), head in "['\u{0}\r\n\\\\;]{0,5}") {
            let text = head + &text;
            for engine in [Engine::PostgreSql, Engine::Sqlite] {
                match literal(engine, &text) {
                    Some(literal) => {
                        prop_assert!(!literal.chars().any(char::is_control));
                        prop_assert_eq!(evaluate(&literal), &*text);
                    }
                    None => prop_assert!(text.contains('\0')),
                }
            }
        }
    }
}
