//! `cargo xtask tidy`: checks beyond the compiler's.
//!
//! Each check is a pure function from texts to findings, without access to git or the disk:
//!
//! * [`arrows`]: crates depend on each other in one direction;
//! * [`layers`]: so do the layers of the domain;
//! * [`circles`]: and the files of a crate;
//! * [`lengths`]: functions, files and lines stay short;
//! * [`readme`]: README's map and commands agree with the tree;
//! * [`ways`]: the steps of its ways are functions that exist;
//! * [`banned`]: no paths of the author's machine, no unfinished work;
//! * [`glossary`]: types, modules and files are not named by a word that the glossary gives up;
//! * [`protos`]: every message and field of the wire format is explained.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::process::{say, tool};

mod arrows;
mod banned;
mod circles;
mod glossary;
mod layers;
mod lengths;
mod modules;
mod protos;
mod readme;
mod subcommands;
mod ways;

/// Larger files do not belong in the history of a source tree: every clone carries them for ever.
const FILE_BYTES_MAX: usize = 1 << 20;

/// One thing to fix: where, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// Path from the root of the repository.
    file: String,
    /// Counted from 1.
    line: usize,
    what: String,
}

/// One text file of the repository.
#[derive(Clone, Debug)]
struct Source {
    /// Path from the root of the repository, with `/`.
    path: String,
    text: String,
}

/// All files of the repository: tracked ones and new ones that git does not ignore.
struct Tree {
    /// Every path, in order.
    paths: Vec<String>,
    /// Those that are UTF-8 text of a readable size.
    sources: Vec<Source>,
    /// Paths of those over [`FILE_BYTES_MAX`].
    oversized: Vec<String>,
}

/// Runs all checks and prints `file:line: what` for each finding. Any finding is an error.
pub(crate) fn run(root: &Path, chores: &[String]) -> Result<()> {
    let tree = Tree::read(root)?;
    let mut findings = arrows::check(&arrows::packages(root)?);
    findings.extend(layers::check(&tree.sources));
    findings.extend(circles::check(&tree.sources));
    findings.extend(lengths::check(&tree.sources));
    findings.extend(readme::check(&tree, chores));
    findings.extend(ways::check(&tree));
    findings.extend(banned::check(&tree.sources));
    findings.extend(glossary::check(&tree.sources));
    findings.extend(protos::check(&tree.sources));
    findings.extend(tree.oversized());
    findings.sort();
    for finding in &findings {
        say(&finding.to_string());
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    Ok(())
}

impl Finding {
    fn new(file: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut tree = Self { paths: Vec::new(), sources: Vec::new(), oversized: Vec::new() };
        for path in list_files(root)? {
            let file = root.join(&path);
            // A tracked file may be deleted and not yet removed from the index; a link may be broken.
            if file.is_file() {
                let bytes = fs::read(&file).with_context(|| path.clone())?;
                tree.add(path, bytes);
            }
        }
        Ok(tree)
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        if bytes.len() > FILE_BYTES_MAX {
            self.oversized.push(path.clone());
        } else if let Ok(text) = String::from_utf8(bytes) {
            self.sources.push(Source { path: path.clone(), text });
        }
        self.paths.push(path);
    }

    fn oversized(&self) -> impl Iterator<Item = Finding> {
        self.oversized.iter().map(|path| Finding::new(path, 1, format!("is larger than {FILE_BYTES_MAX} bytes")))
    }
}

fn list_files(root: &Path) -> Result<Vec<String>> {
    let mut git = tool(root, "git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .stderr(Stdio::inherit());
    let output = git.output().context("cannot start git")?;
    if !output.status.success() {
        bail!("git ls-files failed; tidy works in a git checkout");
    }
    let listing = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
    Ok(listing.split_terminator('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finding_reads_as_an_editor_understands_it() {
        assert_eq!(Finding::new("a/b.rs", 7, "is too long").to_string(), "a/b.rs:7: is too long");
    }

    #[test]
    fn oversized_file_is_found_and_binary_is_not_a_source() {
        let mut tree = Tree { paths: Vec::new(), sources: Vec::new(), oversized: Vec::new() };
        tree.add("small.txt".into(), b"text".to_vec());
        tree.add("limit.txt".into(), vec![b'a'; FILE_BYTES_MAX]);
        tree.add("image.png".into(), vec![0xff, 0xfe]);
        assert_eq!(tree.oversized().count(), 0);
        tree.add("wheel.bin".into(), vec![b'a'; FILE_BYTES_MAX + 1]);
        assert_eq!(tree.oversized().next().unwrap().file, "wheel.bin");
        assert_eq!(tree.paths.len(), 4);
        assert_eq!(tree.sources.len(), 2);
    }
}
