//! The tree must contain no paths of the author's machine and no unfinished work.

use super::{Finding, Source};

/// A banned text. The patterns are assembled from pieces so that this file does not contain them.
struct Banned {
    text: &'static str,
    kind: Kind,
    why: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Anywhere, in any file.
    Anywhere,
    /// As a whole word, in Rust files.
    RustWord,
}

const MACHINE: &str = "is a path of one machine";
const BESIDE: &str = "leads out of the repository";
const HOST: &str = "is a host of a registry; each machine has its own settings for that";
const OPEN: &str = "is unfinished work";

const BANNED: [Banned; 14] = [
    Banned { text: concat!("/ho", "me/"), kind: Kind::Anywhere, why: MACHINE },
    Banned { text: concat!("/ro", "ot/"), kind: Kind::Anywhere, why: MACHINE },
    Banned { text: concat!("/wo", "rk/"), kind: Kind::Anywhere, why: MACHINE },
    Banned { text: concat!("/Us", "ers/"), kind: Kind::Anywhere, why: MACHINE },
    Banned { text: concat!("../", "shared"), kind: Kind::Anywhere, why: BESIDE },
    Banned { text: concat!("py", "pi.org"), kind: Kind::Anywhere, why: HOST },
    Banned { text: concat!("registry.", "npmjs.org"), kind: Kind::Anywhere, why: HOST },
    Banned { text: concat!("deb.", "debian.org"), kind: Kind::Anywhere, why: HOST },
    Banned { text: concat!("static.", "crates.io"), kind: Kind::Anywhere, why: HOST },
    Banned { text: concat!("to", "do!"), kind: Kind::RustWord, why: OPEN },
    Banned { text: concat!("unimpl", "emented!"), kind: Kind::RustWord, why: OPEN },
    Banned { text: concat!("FIX", "ME"), kind: Kind::RustWord, why: OPEN },
    Banned { text: concat!("XX", "X"), kind: Kind::RustWord, why: OPEN },
    Banned { text: concat!("#[ig", "nore"), kind: Kind::RustWord, why: "skips a test; a long test belongs to soak" },
];

/// A finding for each line of each file and each banned text in it. `Cargo.lock` is written by cargo and is passed
/// over.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter(|source| source.path != "Cargo.lock").flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Finding> {
    let is_rust = source.path.ends_with(".rs");
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for banned in BANNED.iter().filter(|banned| banned.occurs(line, is_rust)) {
            findings.push(Finding::new(&source.path, index + 1, format!("`{}` {}", banned.text, banned.why)));
        }
    }
    findings
}

impl Banned {
    fn occurs(&self, line: &str, is_rust: bool) -> bool {
        match self.kind {
            Kind::Anywhere => line.contains(self.text),
            Kind::RustWord => is_rust && has_word(line, self.text),
        }
    }
}

/// Whether the line contains `word` with no letter, digit or `_` before or after it.
fn has_word(line: &str, word: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + word.len()..]);
        !inside(before.chars().next_back()) && !inside(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.into(), text: text.into() };
        check(&[source]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_banned_text_is_found_with_its_line() {
        for banned in &BANNED {
            let findings = found("a.rs", &format!("fn f() {{}}\n// {} x\n", banned.text));
            assert_eq!(findings, [format!("a.rs:2: `{}` {}", banned.text, banned.why)]);
        }
    }

    #[test]
    fn paths_are_found_in_any_file_but_the_lock() {
        let line = format!("cd {}me/lin/lika", "/ho");
        assert_eq!(found("README.md", &line).len(), 1);
        assert_eq!(found("deploy/unit.service", &line).len(), 1);
        assert_eq!(found("Cargo.lock", &line), [""; 0]);
        assert_eq!(found("README.md", "tests/ homework /var/lib/lika ./work"), [""; 0]);
    }

    #[test]
    fn open_words_are_found_as_words_in_rust_only() {
        let open = format!("{}{}()", "to", "do!");
        assert_eq!(found("a.rs", &open).len(), 1);
        assert_eq!(found("a.rs", &format!("my_{open}")), [""; 0]);
        assert_eq!(found("a.rs", &format!("let a = \"{}{}X\";", "XX", "X")), [""; 0]);
        assert_eq!(found("README.md", &open), [""; 0]);
    }
}
