//! The ways that README draws, step by step, name functions that exist.
//!
//! A way is a code block whose lines begin with a number, a folder and `name::function`; the name is that of a type or
//! of a file.

use super::{Finding, Source, Tree};

const README: &str = "README.md";

/// A finding for each step that nobody finds in the tree.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let readme = tree.sources.iter().find(|source| source.path == README).map_or("", |source| &source.text);
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(readme.lines()) {
        let Some(step) = step(line) else { continue };
        if !tree.sources.iter().any(|source| has(source, step)) {
            let (folder, name, function) = step;
            findings.push(Finding::new(README, number, format!("there is no `{name}::{function}` in `{folder}`")));
        }
    }
    findings
}

/// Folder, name and function of a line that is a step.
fn step(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.split_whitespace();
    words.next()?.parse::<u8>().ok()?;
    let folder = words.next()?;
    let (name, function) = words.next()?.split_once("::")?;
    folder.contains('/').then_some((folder, name, function))
}

fn has(source: &Source, (folder, name, function): (&str, &str, &str)) -> bool {
    let Some(file) = source.path.strip_prefix(folder).and_then(|rest| rest.strip_suffix(".rs")) else { return false };
    let stem = file.rsplit('/').next().unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let declares = |line: &str| {
        let after = line.split_once("fn ").map(|(_, after)| after.split(|c: char| !is_word(c)).next());
        after.flatten() == Some(function)
    };
    let of_type = |line: &str| {
        let line = line.trim_start();
        (line.starts_with("impl") || line.contains("trait "))
            && line.split(|c: char| !is_word(c)).any(|word| word == name)
    };
    (stem == name || source.text.lines().any(of_type)) && source.text.lines().any(declares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(readme: &str) -> Vec<String> {
        let sources = [
            (README, readme),
            ("services/aid/src/posts.rs", "pub(crate) async fn take(request: Request) {}"),
            ("crates/ledger/src/ledger.rs", "impl Ledger {\n    pub fn submit(&self) {}\n}"),
        ];
        let sources = sources.map(|(path, text)| Source { path: path.into(), text: text.into() }).to_vec();
        check(&Tree { paths: Vec::new(), sources, oversized: Vec::new() }).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn steps_that_exist_pass() {
        assert_eq!(found("1 services/aid posts::take  it\n\n 2 crates/ledger  Ledger::submit  queues it\n"), [""; 0]);
        assert_eq!(found("# 1 services\n3 crates are::meant here\n"), [""; 0]);
    }

    #[test]
    fn a_step_that_was_renamed_is_named() {
        for (line, what) in [
            ("1 services/aid posts::give x", "README.md:1: there is no `posts::give` in `services/aid`"),
            ("1 services/aid Ledger::submit x", "README.md:1: there is no `Ledger::submit` in `services/aid`"),
            ("1 crates/ledger Leger::submit x", "README.md:1: there is no `Leger::submit` in `crates/ledger`"),
            ("1 crates/ledger Ledger::subm x", "README.md:1: there is no `Ledger::subm` in `crates/ledger`"),
        ] {
            assert_eq!(found(line), [what]);
        }
    }
}
