//! What is in the tree of dependencies: licences, sources, bans and double versions, by `deny.toml`. cargo-deny says the
//! same and more; this needs nothing but cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

struct Crate {
    name: String,
    version: String,
    licence: String,
}

/// What a release is made of: normal dependencies on this system.
fn tree() -> Vec<Crate> {
    let out = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "-p", "sverka", "-e", "normal", "--prefix", "none", "--format", "{p}|{l}"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    // What stood before is marked so.
    let lines: BTreeSet<&str> =
        text.lines().map(|line| line.trim_end_matches(" (*)")).filter(|l| !l.is_empty()).collect();
    let crates = lines.into_iter().map(|line| {
        let (package, licence) = line.split_once('|').unwrap();
        let mut words = package.split(' ');
        Crate {
            name: words.next().unwrap().to_owned(),
            version: words.next().unwrap().trim_start_matches('v').to_owned(),
            licence: licence.to_owned(),
        }
    });
    crates.collect()
}

fn policy() -> toml::Table {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml")).unwrap();
    text.parse().unwrap()
}

/// Texts of a list, or of the key `crate` of its tables.
fn names(policy: &toml::Table, section: &str, list: &str) -> Vec<String> {
    let items = policy[section][list].as_array().unwrap();
    items.iter().map(|item| item.as_str().or_else(|| item["crate"].as_str()).unwrap().to_owned()).collect()
}

/// Whether an expression of SPDX, or one with the old `/`, can be satisfied by licences that are allowed.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "\u{1}");
    let words: Vec<String> = spaced.split_whitespace().map(|word| word.replace('\u{1}', " WITH ")).collect();
    let mut at = 0;
    let allowed = alternatives(&words, &mut at, allowed);
    assert_eq!(at, words.len(), "no licence expression: {expression}");
    allowed
}

fn alternatives(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let mut any = together(words, at, allowed);
    while words.get(*at).is_some_and(|word| word == "OR") {
        *at += 1;
        any |= together(words, at, allowed);
    }
    any
}

fn together(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let mut all = one(words, at, allowed);
    while words.get(*at).is_some_and(|word| word == "AND") {
        *at += 1;
        all &= one(words, at, allowed);
    }
    all
}

fn one(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let word = words.get(*at).map_or("", String::as_str);
    *at += 1;
    if word != "(" {
        return allowed.iter().any(|licence| licence == word);
    }
    let inner = alternatives(words, at, allowed);
    *at += 1;
    inner
}

#[test]
fn licences_are_permissive() {
    let allowed = names(&policy(), "licenses", "allow");
    let tree = tree();
    assert!(tree.len() > 100, "{}", tree.len());
    let refused: Vec<String> = tree
        .iter()
        .filter(|c| !is_allowed(&c.licence, &allowed))
        .map(|c| format!("{} {}: «{}»", c.name, c.version, c.licence))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    for (expression, expected) in [
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Zlib", true),
        ("(GPL-3.0 OR AGPL-3.0) AND Zlib", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0 WITH Classpath-exception-2.0", false),
        ("Unlicense/MIT", true),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn versions_stand_once_and_bans_hold() {
    let policy = policy();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in tree() {
        versions.entry(found.name).or_default().push(found.version);
    }
    for banned in names(&policy, "bans", "deny") {
        assert!(!versions.contains_key(&banned), "{banned} is in the tree");
    }
    let skip = names(&policy, "bans", "skip");
    let mut used = BTreeSet::new();
    for (name, versions) in &versions {
        let mut is_skipped = |version: &String| {
            let rule = skip.iter().find(|rule| {
                let (of, start) = rule.split_once('@').unwrap();
                of == name && (version.starts_with(&format!("{start}.")) || version == start)
            });
            if let Some(rule) = rule {
                used.insert(rule.clone());
            }
            rule.is_some()
        };
        let left = if versions.len() > 1 { versions.iter().filter(|v| !is_skipped(v)).count() } else { 1 };
        assert!(left <= 1, "{name} stands more than once: {versions:?}; say why in deny.toml");
    }
    let unused: Vec<&String> = skip.iter().filter(|rule| !used.contains(*rule)).collect();
    // Other systems may need one that Linux does not.
    assert!(unused.is_empty() || !cfg!(target_os = "linux"), "no longer needed in deny.toml: {unused:?}");
}

#[test]
fn everything_comes_from_the_registry() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    let allowed: Vec<String> =
        names(&policy(), "sources", "allow-registry").iter().map(|url| format!("registry+{url}")).collect();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        match package.get("source").and_then(toml::Value::as_str) {
            Some(source) => {
                assert!(allowed.iter().any(|url| url == source), "{name} comes from {source}");
                assert!(package.get("checksum").is_some(), "{name} has no checksum");
            }
            None => assert!(name == "sverka" || name == "sverka-fuzz", "{name} comes from a folder"),
        }
    }
}
