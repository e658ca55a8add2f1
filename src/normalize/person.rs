//! Names of persons.

use super::text;

/// How readily a text may be read as the name of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// It is a person by other signs (a contact, a 12-digit INN).
    Sure,
    /// Only the shape of the name can tell.
    ByShape,
    /// It is a company by other signs.
    Never,
}

/// A name taken apart, folded; an initial is one letter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonName {
    pub surname: String,
    pub given: String,
    pub patronymic: String,
}

/// Appends the folded parts in the order surname, given name, patronymic.
pub fn fold_parts(last: &str, first: &str, patronymic: &str, out: &mut String) {
    let begin = out.len();
    for part in [last, first, patronymic] {
        if !part.trim().is_empty() {
            if out.len() > begin && !out.ends_with(' ') {
                out.push(' ');
            }
            text::fold_into(part, out);
        }
    }
    while out.len() > begin && out.ends_with(' ') {
        out.pop();
    }
}

/// A name whose parts stand in fields of their own.
pub fn from_parts(last: &str, first: &str, patronymic: &str) -> PersonName {
    PersonName { surname: text::fold(last), given: text::fold(first), patronymic: text::fold(patronymic) }
}

/// Reads a whole name.
pub fn parse(raw: &str, trust: Trust) -> Option<PersonName> {
    if trust == Trust::Never {
        return None;
    }
    let core = super::company::parse(raw).core;
    let words: Vec<&str> = core.split(' ').filter(|w| !w.is_empty()).collect();
    let name = |s: &str, g: &str, p: &str| {
        Some(PersonName { surname: s.to_owned(), given: g.to_owned(), patronymic: p.to_owned() })
    };
    let by_father = |w: &str| ["ВИЧ", "ВНА", "ИЧНА"].iter().any(|e| w.ends_with(e));
    match words.as_slice() {
        [g, p, s] if by_father(p) && !by_father(s) => name(s, g, p),
        [s, g, p] if by_father(p) || trust == Trust::Sure => name(s, g, p),
        [s, g] if trust == Trust::Sure => name(s, g, ""),
        [s] if trust == Trust::Sure => name(s, "", ""),
        _ => None,
    }
}
