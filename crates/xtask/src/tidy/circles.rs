//! The files of a crate use each other in one direction.
//!
//! A file uses another if a path in its code leads there: `use`, types, expressions, macros. A path through a file
//! that re-exports the name leads to the file it comes from. The files in the folder of a module are parts of it: what
//! they use of the module itself closes no circle. Tests are not checked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::modules::{Module, modules};
use super::{Finding, Source};

/// Where a file uses another: the line of the first such path.
type Uses<'m> = BTreeMap<&'m str, BTreeMap<&'m str, usize>>;

/// A finding for each group of files that use each other.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for modules in modules(sources) {
        let uses = uses(&modules);
        let mut seen = BTreeSet::new();
        for file in uses.keys() {
            let Some(circle) = circle(&uses, file).filter(|_| !seen.contains(file)) else { continue };
            // Whatever is reached and leads back belongs to the same group: one finding is enough for all of it.
            let around = reached(&uses, file);
            seen.extend(around.into_iter().filter(|other| reached(&uses, other).contains(file)));
            let names = circle.iter().map(|file| short(file)).collect::<Vec<_>>().join(" -> ");
            findings.push(Finding::new(*file, uses[file][circle[1]], format!("files use each other: {names}")));
        }
    }
    findings
}

/// Which files of a crate use which.
fn uses(modules: &[Module]) -> Uses<'_> {
    let by_path: BTreeMap<&[String], &Module> = modules.iter().map(|module| (&module.path[..], module)).collect();
    let mut uses = Uses::new();
    for module in modules {
        let found = uses.entry(&module.file).or_default();
        for (path, line) in &module.paths {
            // A part may use its whole, and so the file itself.
            if let Some(other) = resolve(&by_path, path).filter(|other| !module.path.starts_with(&other.path)) {
                found.entry(&other.file).or_insert(*line);
            }
        }
    }
    uses
}

/// The module that a path from the root of the crate leads to.
fn resolve<'m>(modules: &BTreeMap<&[String], &'m Module>, path: &[String]) -> Option<&'m Module> {
    let mut path = path.to_vec();
    // A circle of re-exports does not compile; the limit is for what is written at this moment.
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
        let module = modules[&path[..length]];
        match path.get(length).and_then(|name| module.exports.get(name)) {
            Some(origin) => path = [&origin[..], &path[length + 1..]].concat(),
            None => return Some(module),
        }
    }
    None
}

/// The shortest way from a file back to itself, with the file at both ends.
fn circle<'m>(uses: &Uses<'m>, file: &'m str) -> Option<Vec<&'m str>> {
    let mut ways = VecDeque::from([vec![file]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in uses.get(way[way.len() - 1]).into_iter().flat_map(BTreeMap::keys) {
            let longer = [&way[..], &[*next]].concat();
            if *next == file {
                return Some(longer);
            }
            if seen.insert(*next) {
                ways.push_back(longer);
            }
        }
    }
    None
}

/// Every file that a file uses, directly or not.
fn reached<'m>(uses: &Uses<'m>, file: &'m str) -> BTreeSet<&'m str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![file]);
    while let Some(file) = open.pop() {
        let next = uses.get(file).into_iter().flat_map(BTreeMap::keys);
        open.extend(next.filter(|next| found.insert(**next)));
    }
    found
}

/// A path without the folders before `src`.
fn short(file: &str) -> &str {
    file.split_once("/src/").map_or(file, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source =
            |(path, text): &(&str, &str)| Source { path: format!("crates/x/src/{path}"), text: (*text).into() };
        check(&files.iter().map(source).collect::<Vec<_>>()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_circle_is_found_once_with_the_way_around() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use std::fmt;\nuse crate::b::B;"),
            ("b.rs", "fn f() { super::c::g() }"),
            ("c.rs", "use super::{a::{self, A}, d::D};"),
            ("d.rs", "struct D;"),
        ];
        assert_eq!(found(&files), ["crates/x/src/a.rs:2: files use each other: a.rs -> b.rs -> c.rs -> a.rs"]);
        assert_eq!(found(&files[..3]), [""; 0], "it is the last file that closes it");
    }

    #[test]
    fn a_parent_that_only_declares_and_re_exports_is_not_part_of_a_circle() {
        let parent = ("a.rs", "mod b; mod c; pub use b::B; pub use c::{C as Sea, inner};");
        let files = [("lib.rs", "mod a; pub use a::Sea;"), parent, ("a/c.rs", "struct C; mod inner {}")];
        let child = |text| [&files[..], &[("a/b.rs", text)]].concat();
        assert_eq!(found(&child("use super::Sea; use crate::a::inner::x; use crate::Sea as Ocean;")), [""; 0]);
        // Through the parent it leads to the other child.
        let back = [&child("use super::Sea;")[..2], &[("a/b.rs", "use super::Sea;"), ("a/c.rs", "use crate::a::B;")]];
        assert_eq!(found(&back.concat()), ["crates/x/src/a/b.rs:1: files use each other: a/b.rs -> a/c.rs -> a/b.rs"]);
    }

    #[test]
    fn a_part_may_use_its_whole_but_not_what_uses_the_whole() {
        let files = [("lib.rs", "mod a; mod c;"), ("a.rs", "mod b; struct A(b::B);"), ("c.rs", "use crate::a::A;")];
        let part = |text| [&files[..], &[("a/b.rs", text)]].concat();
        assert_eq!(found(&part("use super::A; struct B;")), [""; 0]);
        assert_eq!(
            found(&part("use crate::c::C; struct B;")),
            ["crates/x/src/a.rs:1: files use each other: a.rs -> a/b.rs -> c.rs -> a.rs"]
        );
    }

    #[test]
    fn paths_are_found_wherever_they_are() {
        for text in [
            "use crate::b::B;",
            "use super::{c, b::{self, B as Other}};",
            "fn f() { crate::b::g() }",
            "struct A(super::b::B);",
            "fn f() { assert!(g(crate::b::h())) }",
            "mod inner { use super::super::b::B; }",
        ] {
            let files = [("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "use crate::a::A;")];
            assert_eq!(found(&files), ["crates/x/src/a.rs:1: files use each other: a.rs -> b.rs -> a.rs"], "{text}");
        }
    }

    #[test]
    fn tests_and_other_crates_close_no_circle() {
        let a = ("a.rs", "use crate::b::B;");
        let root = ("lib.rs", "mod a; mod b; #[cfg(test)] mod helper; #[cfg(test)] mod tests;");
        for text in [
            "#[cfg(test)] mod tests { use crate::a::A; }",
            "#[cfg(test)] use crate::a::A;",
            "use a::A; // another crate\n",
            "// use crate::a::A;",
        ] {
            assert_eq!(found(&[root, a, ("b.rs", text)]), [""; 0], "{text}");
        }
        assert_eq!(found(&[root, ("a.rs", "use crate::helper;"), ("helper.rs", "use crate::a;")]), [""; 0]);
        let other = Source { path: "crates/y/src/b.rs".into(), text: "use crate::a::A;".into() };
        let here = Source { path: "crates/x/src/a.rs".into(), text: "use crate::b::B;".into() };
        assert!(check(&[here, other]).is_empty());
    }
}
