//! `by-responsible/`: a workbook for each responsible person, with their rows of the lists.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use super::people::{LISTS, Person};
use super::queue::Queue;
use super::texts::Texts;
use super::{ReportError, ReportModel, xlsx};

/// Workbooks at most; people with the fewest rows share the last one. Nobody hands out more, and a column that holds
/// something else than people must not fill a disk with files.
pub const MOST: usize = 500;
/// Characters of a file name without its extension: a path on Windows has 260, most of them taken by the folder.
const NAME_CHARS: usize = 80;

/// Writes the workbooks into an existing folder; returns how many. None when no record names a responsible person.
///
/// # Errors
/// [`ReportError::Workbook`] when one cannot be written.
pub fn write_all(model: &ReportModel, folder: &Path) -> Result<usize, ReportError> {
    let people = &model.index().people;
    if !people.are_known() {
        return Ok(0);
    }
    let extracts = extracts(people.by_urgency(), model.texts(), MOST);
    let lists: Vec<Queue> = model.queues().into_iter().filter(|q| LISTS.contains(&q.id)).collect();
    extracts.par_iter().try_for_each(|extract| {
        let parts: Vec<Queue> = LISTS
            .iter()
            .zip(&extract.rows)
            .filter(|(_, rows)| !rows.is_empty())
            .filter_map(|(id, rows)| Some(lists.iter().find(|q| q.id == *id)?.part(rows)))
            .collect();
        xlsx::write_extract(model, &extract.title, &parts, &folder.join(format!("{}.xlsx", extract.file)))
    })?;
    Ok(extracts.len())
}

/// One workbook to be written.
struct Extract {
    title: String,
    /// File name without extension.
    file: String,
    rows: [Vec<u32>; LISTS.len()],
}

/// One for each person as long as there are no more than `most`; those with the fewest rows go into the last.
fn extracts(people: Vec<&Person>, texts: &Texts, most: usize) -> Vec<Extract> {
    let mut by_work: Vec<usize> = (0..people.len()).collect();
    by_work.sort_by_key(|&at| (std::cmp::Reverse(people[at].total()), at));
    let own: HashSet<usize> = match people.len() > most {
        true => by_work[..most - 1].iter().copied().collect(),
        false => by_work.into_iter().collect(),
    };
    let mut taken = HashSet::new();
    let mut out = Vec::new();
    let mut rest: [Vec<u32>; LISTS.len()] = Default::default();
    for (at, person) in people.iter().enumerate() {
        if !own.contains(&at) {
            rest.iter_mut().zip(&person.rows).for_each(|(all, rows)| all.extend(rows));
            continue;
        }
        let title = person.shown(texts);
        out.push(Extract { file: unique(file_name(&title), &mut taken), title, rows: person.rows.clone() });
    }
    if rest.iter().any(|rows| !rows.is_empty()) {
        for rows in &mut rest {
            rows.sort_unstable();
            rows.dedup();
        }
        let title = texts.get("people.others").to_owned();
        out.push(Extract { file: unique(file_name(&title), &mut taken), title, rows: rest });
    }
    out
}

/// A name that Windows takes as it is, and every other system too. Rules: Microsoft, «Naming Files, Paths, and
/// Namespaces»: no control characters and none of `<>:"/\|?*`, no space or point at the end, no name of a device.
fn file_name(name: &str) -> String {
    let mut out = String::new();
    for c in super::cell::shown(name).chars() {
        match c {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => out.push('_'),
            // Spaces of every kind look alike in a list of files.
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    let cut: String = out.trim().chars().take(NAME_CHARS).collect();
    let mut out = cut.trim_end_matches(['.', ' ']).to_owned();
    let device = out.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).is_some_and(|n| n.chars().count() == 1 && "0123456789¹²³".contains(n))
    };
    // A point in front hides a file, a dash makes it an option of a command.
    if out.is_empty()
        || out.starts_with(['.', '-'])
        || ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&device.as_str())
        || numbered("COM")
        || numbered("LPT")
    {
        out.insert(0, '_');
    }
    out
}

/// Two names that differ in case alone are one file on Windows and macOS.
fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while !taken.insert(free.to_lowercase()) {
        free = format!("{name} ({number})");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;
    use proptest::prelude::*;

    #[test]
    fn names_are_safe_on_windows() {
        for (name, expected) in [
            ("Иванова М. П.", "Иванова М. П"),
            ("Отдел продаж / юг: \"A\"", "Отдел продаж _ юг_ _A_"),
            ("../../etc/passwd", "_.._.._etc_passwd"),
            ("con", "_con"),
            ("Com1.Иванов", "_Com1.Иванов"),
            ("COM¹", "_COM¹"),
            ("Компания", "Компания"),
            ("lpt12", "lpt12"),
            ("nul .txt", "_nul .txt"),
            ("...", "_"),
            ("", "_"),
            ("-rf", "_-rf"),
            ("a\u{202e}b\u{0}\nc", "a‹U+202E›b; c"),
            ("а\u{a0}б", "а б"),
        ] {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
        assert_eq!(file_name(&"я".repeat(300)).chars().count(), NAME_CHARS);
    }

    #[test]
    fn names_that_differ_in_case_are_different_files() {
        let mut taken = HashSet::new();
        let names = ["Иванов", "ИВАНОВ", "иванов", "Иванов (2)"].map(|n| unique(file_name(n), &mut taken));
        assert_eq!(names, ["Иванов", "ИВАНОВ (2)", "иванов (3)", "Иванов (2) (2)"]);
    }

    proptest! {
        #[test]
        fn any_name_is_one_file_in_its_folder(name in "\\PC{0,40}|[\\x00-\\x7f]{0,20}") {
            let file = file_name(&name);
            prop_assert!(!file.is_empty() && file.chars().count() <= NAME_CHARS + 1);
            prop_assert!(!file.ends_with(['.', ' ']) && !file.starts_with(['.', ' ']));
            prop_assert!(!file.chars().any(|c| c.is_control() || "<>:\"/\\|?*".contains(c)));
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(format!("{file}.xlsx"));
            prop_assert_eq!(path.parent(), Some(dir.path()));
        }
    }

    /// Nobody's rows are lost where there are more people than files.
    #[test]
    fn the_last_file_is_for_all_others() {
        let texts = Texts::load(Lang::Ru);
        let person = |name: &str, rows: &[u32]| {
            let mut person = Person { name: name.to_owned(), ..Person::default() };
            person.rows[4] = rows.to_vec();
            person
        };
        let all = [person("а", &[5]), person("б", &[1, 2, 3]), person("", &[4, 5])];
        let files = |most| {
            let out = extracts(all.iter().collect(), &texts, most);
            out.into_iter().map(|e| (e.file, e.rows[4].clone())).collect::<Vec<_>>()
        };
        let nobody = texts.get("people.nobody").to_owned();
        assert_eq!(files(3), [("а".to_owned(), vec![5]), ("б".to_owned(), vec![1, 2, 3]), (nobody, vec![4, 5])]);
        assert_eq!(files(2), [("б".to_owned(), vec![1, 2, 3]), ("остальные".to_owned(), vec![4, 5])]);
    }
}
