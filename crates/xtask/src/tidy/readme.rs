//! README's map and commands must match the tree.
//!
//! The map is the section whose heading contains the word map, tree or layout. In its code block the first word of a
//! line is a path, relative to the nearest less indented line before it. Elsewhere a path is `code` that begins with
//! a folder of the repository, or the target of a link.

use std::collections::BTreeSet;

use super::{Finding, Tree, subcommands};

const README: &str = "README.md";
const MAP_WORDS: [&str; 3] = ["map", "tree", "layout"];
/// Characters that `tree` draws before a name.
const BRANCHES: [char; 6] = [' ', '│', '├', '└', '─', '┬'];

/// One line of the page.
#[derive(Debug)]
struct Line<'a> {
    /// Counted from 1.
    number: usize,
    text: &'a str,
    /// In a fenced block, or indented as one.
    is_code: bool,
    in_map: bool,
}

/// Valid names after `lika` and `cargo xtask`.
struct Commands {
    lika: BTreeSet<String>,
    xtask: BTreeSet<String>,
}

/// Findings in README.md; none if the file is missing.
pub(super) fn check(tree: &Tree, chores: &[String]) -> Vec<Finding> {
    let Some(readme) = tree.sources.iter().find(|source| source.path == README) else {
        return Vec::new();
    };
    let lines = parse(&readme.text);
    let commands = Commands { lika: subcommands::of_lika(&tree.sources), xtask: chores.iter().cloned().collect() };
    let mut findings = unnamed_folders(&lines, &tree.paths);
    findings.extend(dead_map_paths(&lines, &tree.paths));
    findings.extend(dead_text_paths(&lines, &tree.paths));
    findings.extend(unknown_commands(&lines, &commands));
    findings
}

fn parse(text: &str) -> Vec<Line<'_>> {
    let (mut fenced, mut in_map) = (false, false);
    let mut lines = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let is_fence = text.trim_start().starts_with("```");
        if is_fence {
            fenced = !fenced;
        } else if !fenced && text.starts_with('#') {
            in_map = words(&text.to_lowercase()).any(|word| MAP_WORDS.contains(&word));
        }
        let is_code = !is_fence && (fenced || text.starts_with("    "));
        lines.push(Line { number: index + 1, text, is_code, in_map });
    }
    lines
}

/// Top-level folders and crates that the map does not name. Folders that begin with a dot belong to tools.
fn unnamed_folders(lines: &[Line<'_>], paths: &[String]) -> Vec<Finding> {
    let Some(map) = lines.iter().find(|line| line.in_map) else {
        return vec![Finding::new(README, 1, "has no map: a heading with that word, and the tree below it")];
    };
    let named: BTreeSet<&str> = lines.iter().filter(|line| line.in_map).flat_map(|line| words(line.text)).collect();
    let name = |folder: &str| folder.rsplit('/').next().unwrap_or_default().to_owned();
    let missing = folders_to_name(paths).into_iter().filter(|folder| !named.contains(name(folder).as_str()));
    missing.map(|folder| Finding::new(README, map.number, format!("the map does not name `{folder}`"))).collect()
}

fn folders_to_name(paths: &[String]) -> BTreeSet<&str> {
    let tops =
        paths.iter().filter_map(|path| path.split_once('/')).map(|(top, _)| top).filter(|top| !top.starts_with('.'));
    let crates = paths.iter().filter_map(|path| path.strip_suffix("/Cargo.toml"));
    tops.chain(crates).collect()
}

fn dead_map_paths(lines: &[Line<'_>], paths: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut parents: Vec<(usize, &str)> = Vec::new();
    for line in lines.iter().filter(|line| line.in_map && line.is_code) {
        let (indent, name) = first_word(line.text);
        if !looks_like_path(name) {
            continue;
        }
        parents.retain(|(parent, _)| *parent < indent);
        let folders = parents.iter().map(|(_, folder)| *folder);
        let path = folders.chain([name]).map(|part| part.trim_matches('/')).collect::<Vec<_>>().join("/");
        findings.extend(dead(line, &path, paths));
        parents.push((indent, name));
    }
    findings
}

/// The first word after the branches, and the number of characters before it.
fn first_word(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(BRANCHES);
    let indent = line.chars().count() - rest.chars().count();
    let word = rest.split_whitespace().next().unwrap_or_default();
    (indent, word.trim_end_matches([',', ':', ';']))
}

fn looks_like_path(word: &str) -> bool {
    let is_file = word.rsplit_once('.').is_some_and(|(stem, kind)| {
        !stem.is_empty() && !kind.is_empty() && kind.len() <= 5 && kind.chars().all(|c| c.is_ascii_alphabetic())
    });
    word.contains('/') || is_file
}

fn dead_text_paths(lines: &[Line<'_>], paths: &[String]) -> Vec<Finding> {
    let tops: BTreeSet<&str> = paths.iter().filter_map(|path| path.split_once('/')).map(|(top, _)| top).collect();
    let starts_here = |text: &&str| text.split_once('/').is_some_and(|(top, _)| tops.contains(top));
    let mut findings = Vec::new();
    for line in lines.iter().filter(|line| !line.is_code) {
        let code = code_spans(line.text).filter(|span| !span.contains(' ')).filter(starts_here);
        for path in code.chain(links(line.text)) {
            findings.extend(dead(line, path, paths));
        }
    }
    findings
}

fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Targets of the links of a line within the repository, without the `#part`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let inside = targets.filter(|target| !target.contains("://") && !target.starts_with(['#', '<']));
    inside.filter_map(|target| target.split('#').next())
}

fn dead(line: &Line<'_>, path: &str, paths: &[String]) -> Option<Finding> {
    let is_open = |part: &str| part.contains(['*', '…', '<']) || part == "...";
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let fixed = parts.take_while(|part| !is_open(part)).collect::<Vec<_>>().join("/");
    let folder = format!("{fixed}/");
    let exists = fixed.is_empty() || paths.iter().any(|path| *path == fixed || path.starts_with(&folder));
    (!exists).then(|| Finding::new(README, line.number, format!("there is no `{path}`")))
}

fn unknown_commands(lines: &[Line<'_>], commands: &Commands) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in lines {
        let parts: Vec<&str> = if line.is_code { vec![line.text] } else { code_spans(line.text).collect() };
        for command in parts.into_iter().flat_map(|part| part.split(['|', ';', '&'])) {
            let unknown = unknown_command(command.trim_start_matches(['$', ' ']), commands);
            findings.extend(
                unknown.map(|name| Finding::new(README, line.number, format!("there is no command `{name}`"))),
            );
        }
    }
    findings
}

/// The name of a command that does not exist, with its program; none for other programs and for flags.
fn unknown_command(command: &str, commands: &Commands) -> Option<String> {
    let (program, known, rest) = if let Some(rest) = command.strip_prefix("cargo xtask ") {
        ("cargo xtask", &commands.xtask, rest)
    } else if let Some(rest) = command.strip_prefix("lika ") {
        ("lika", &commands.lika, rest)
    } else {
        ("lika", &commands.lika, command.strip_prefix("cargo run ")?.split_once("-- ")?.1)
    };
    let name = rest.split_whitespace().next()?.trim_end_matches([':', ',', '.']);
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase());
    (is_name && !known.contains(name)).then(|| format!("{program} {name}"))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    const PATHS: [&str; 5] =
        ["crates/domain/Cargo.toml", "crates/domain/src/lib.rs", "services/aid/Cargo.toml", ".ci/run", "Cargo.toml"];
    const MAP: &str = "## Map\n```\ncrates/\n  domain/   pure rules\nservices/   aid\nCargo.toml\n```\n";

    fn found(readme: &str) -> Vec<String> {
        let mut tree = Tree { paths: PATHS.map(str::to_owned).to_vec(), sources: Vec::new(), oversized: Vec::new() };
        let cli = "#[derive(Subcommand)]\nenum Role { Demo, Audit(audit::Command) }";
        for (path, text) in [(README, readme), ("crates/lika/src/main.rs", cli)] {
            tree.sources.push(Source { path: path.into(), text: text.into() });
        }
        check(&tree, &["test".into(), "tidy".into()]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn page_that_agrees_with_the_tree() {
        let page = "# lika\n```sh\n$ lika demo --once\ncargo run --release -- demo\ncargo xtask test\n```\n\
            See `crates/domain/src`, [the rules](crates/domain/src/lib.rs#rules), `log/tile` and \
            [web](https://a.b/c).\n";
        assert_eq!(found(&format!("{page}{MAP}")), [""; 0]);
        assert_eq!(found(MAP), [""; 0]);
    }

    #[test]
    fn page_is_not_demanded() {
        let tree = Tree { paths: PATHS.map(str::to_owned).to_vec(), sources: Vec::new(), oversized: Vec::new() };
        assert_eq!(check(&tree, &[]), []);
    }

    #[test]
    fn map_must_be_there_and_name_each_crate() {
        assert_eq!(found("# lika\n").len(), 1);
        assert_eq!(found("# lika\n")[0], "README.md:1: has no map: a heading with that word, and the tree below it");
        let expected =
            ["README.md:1: the map does not name `services`", "README.md:1: the map does not name `services/aid`"];
        assert_eq!(found("## Map\ncrates domain aids\n"), expected);
    }

    #[test]
    fn map_path_that_does_not_exist() {
        let page = MAP.replace("Cargo.toml", "Cargo.toml\ndeploy/   gone\ncrates/\n  doman/\n     lib.rs\n");
        let expected = [
            "README.md:7: there is no `deploy`",
            "README.md:9: there is no `crates/doman`",
            "README.md:10: there is no `crates/doman/lib.rs`",
        ];
        assert_eq!(found(&page), expected);
    }

    #[test]
    fn map_drawn_with_branches() {
        let drawn = "## The tree\n```\n├── crates/\n│   └── domain/src/*.rs   rules\n\
            └── services/aid/\n    └── gone.rs\n```\n";
        assert_eq!(found(drawn), ["README.md:6: there is no `services/aid/gone.rs`"]);
    }

    #[test]
    fn path_in_the_text_that_does_not_exist() {
        let page = format!("{MAP}# End\nSee `crates/gone` and [this](docs/a.md) and `.ci/run`.\n");
        assert_eq!(found(&page), ["README.md:9: there is no `crates/gone`", "README.md:9: there is no `docs/a.md`"]);
    }

    #[test]
    fn command_that_does_not_exist() {
        let page = format!(
            "{MAP}# Use\n```\nlika demos\nmake && lika audit verify | lika sow\ncargo run --release -- sow\n\
             cargo xtask tset\nlika --help\nlika 0.1.0\n```\nOr `lika reap X`.\n"
        );
        let expected = [
            "README.md:10: there is no command `lika demos`",
            "README.md:11: there is no command `lika sow`",
            "README.md:12: there is no command `lika sow`",
            "README.md:13: there is no command `cargo xtask tset`",
            "README.md:17: there is no command `lika reap`",
        ];
        assert_eq!(found(&page), expected);
    }
}
