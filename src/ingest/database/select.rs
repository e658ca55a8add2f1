//! Which rows of a database a source takes.

/// A whole table or view, or a query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Select {
    /// `таблица` or `схема.таблица`.
    Table(String),
    Query(String),
}

impl Select {
    /// A query that only reads: one that begins with SELECT, WITH, VALUES or TABLE. That it changes nothing and is alone is
    /// for the database to enforce.
    pub fn is_reading(query: &str) -> bool {
        let mut rest = query.trim_start();
        loop {
            if let Some(comment) = rest.strip_prefix("--") {
                rest = comment.split_once('\n').map_or("", |(_, after)| after).trim_start();
            } else if let Some(comment) = rest.strip_prefix("/*") {
                rest = comment.split_once("*/").map_or("", |(_, after)| after).trim_start();
            } else {
                break;
            }
        }
        let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        ["select", "with", "values", "table"].contains(&word.to_ascii_lowercase().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_that_read() {
        for (query, expected) in [
            ("select 1", true),
            ("  -- всё\n/* и */ WITH a AS (SELECT 1) SELECT * FROM a", true),
            ("delete from a", false),
            ("attach 'b' as b", false),
            ("selection", false),
            ("-- select", false),
            ("", false),
        ] {
            assert_eq!(Select::is_reading(query), expected, "{query}");
        }
    }
}
