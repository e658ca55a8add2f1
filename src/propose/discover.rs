//! Files that a person names: themselves, the files of folders, matches of patterns.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Deepest folder below a named one that is looked into.
const DEEPEST: usize = 4;
/// Most files of all named folders: more is no set of exports.
pub const MOST_FILES: usize = 10_000;

/// A file to look at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Found {
    pub path: PathBuf,
    /// Named by itself, not found in a folder.
    pub named: bool,
}

/// Why files cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    #[error("{}: нет такого файла или папки", path.display())]
    Missing { path: PathBuf },
    #[error("{}: папка не читается: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("{}: файлов больше {MOST_FILES}; укажите папку с выгрузками точнее", path.display())]
    Many { path: PathBuf },
}

/// Files in the order of the arguments, those of a folder by name, none twice. Hidden files, project files, texts for
/// people and folders of runs are passed over in folders.
///
/// # Errors
/// [`DiscoverError`].
pub fn files(arguments: &[PathBuf]) -> Result<Vec<Found>, DiscoverError> {
    let mut out: Vec<Found> = Vec::new();
    let mut known = BTreeSet::new();
    for argument in arguments {
        let mut found = Vec::new();
        if argument.is_dir() {
            walk(argument, 0, &mut found)?;
        } else if argument.exists() {
            found.push(Found { path: argument.clone(), named: true });
        } else {
            // A shell that leaves patterns alone (Windows).
            let matches = glob::glob(&argument.to_string_lossy()).into_iter().flatten().filter_map(Result::ok);
            found.extend(matches.filter(|p| p.is_file()).map(|path| Found { path, named: true }));
            if found.is_empty() {
                return Err(DiscoverError::Missing { path: argument.clone() });
            }
        }
        out.extend(found.into_iter().filter(|f| known.insert(f.path.clone())));
    }
    Ok(out)
}

fn walk(folder: &Path, depth: usize, out: &mut Vec<Found>) -> Result<(), DiscoverError> {
    let failed = |source| DiscoverError::Folder { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.sort();
    // A run of sverka holds tables too; it is no export.
    if entries.iter().any(|path| path.ends_with("run.json")) {
        return Ok(());
    }
    for path in entries {
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.starts_with('.') || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                walk(&path, depth + 1, out)?;
            }
        } else if !name.ends_with(".toml") && !name.ends_with(".md") {
            if out.len() == MOST_FILES {
                return Err(DiscoverError::Many { path: folder.to_owned() });
            }
            out.push(Found { path, named: false });
        }
    }
    Ok(())
}

/// Visible files of a folder, without those of folders inside it: what a project that names the folder takes.
pub fn visible(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .filter(|e| !e.file_name().to_string_lossy().starts_with('.'))
        .map(|e| e.path())
        .filter(|p| p.is_file())
        .collect()
}

/// `path` as a project in `root` names it: relative with `/`, absolute where no relative one exists (another disk).
/// Both must be absolute.
pub fn relative(path: &Path, root: &Path) -> String {
    let (path_parts, root_parts): (Vec<Component>, Vec<Component>) =
        (path.components().collect(), root.components().collect());
    let common = path_parts.iter().zip(&root_parts).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.to_string_lossy().replace('\\', "/");
    }
    let up = root_parts[common..].iter().map(|_| "..".to_owned());
    let down = path_parts[common..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_their_exports_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "b.csv",
            "a.csv",
            ".hidden",
            "sverka.toml",
            "README.md",
            "x/c.xml",
            "runs/1/run.json",
            "runs/1/report.html",
        ] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "1").unwrap();
        }
        let names = |arguments: &[&str]| -> Vec<String> {
            let arguments: Vec<PathBuf> = arguments.iter().map(|a| dir.path().join(a)).collect();
            files(&arguments).unwrap().iter().map(|f| relative(&f.path, dir.path())).collect()
        };
        assert_eq!(names(&["."]), ["./a.csv", "./b.csv", "./x/c.xml"].map(|n| n.trim_start_matches("./")));
        assert_eq!(names(&["b.csv", "a.csv", "b.csv"]), ["b.csv", "a.csv"]);
        assert_eq!(names(&["*.csv"]), ["a.csv", "b.csv"]);
        let error = files(&[dir.path().join("none.csv")]).unwrap_err();
        assert!(error.to_string().contains("нет такого файла"), "{error}");
        assert_eq!(visible(&dir.path().join("x")).len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_relative_to_the_project() {
        for (path, root, expected) in
            [("/a/b/c.csv", "/a", "b/c.csv"), ("/a/b/c.csv", "/a/b", "c.csv"), ("/a/b/c.csv", "/a/d", "../b/c.csv")]
        {
            assert_eq!(relative(Path::new(path), Path::new(root)), expected);
        }
    }
}
