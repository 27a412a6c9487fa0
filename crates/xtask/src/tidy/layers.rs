//! The layers of the domain: facts, state, rules, progress. None may name a later one.
//!
//! Within the crate a path begins with its layer; the names re-exported by `lib.rs` are for other crates and for
//! tests. Code is checked, macros included; comments and tests are not.

use super::{Finding, Source};

const ROOT: &str = "crates/domain/src/";
/// From the lowest up.
const LAYERS: [&str; 4] = ["facts", "state", "rules", "progress"];

/// A finding for each path to a higher layer, or to no layer.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        let Some(own) = source.path.strip_prefix(ROOT).and_then(layer) else { continue };
        if source.path.ends_with("/tests.rs") {
            continue;
        }
        // Tests are at the end of their file.
        let code = source.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in (1..).zip(code.lines()) {
            findings.extend(
                paths(line).filter_map(|path| refused(own, path)).map(|what| Finding::new(&source.path, number, what)),
            );
        }
    }
    findings
}

/// The layer at the beginning of a path, given without `crate::`.
fn layer(path: &str) -> Option<usize> {
    let first = path.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
    LAYERS.iter().position(|layer| *layer == first)
}

/// The text after each `crate::` of a line of code.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split("crate::").skip(1)
}

fn refused(own: usize, path: &str) -> Option<String> {
    match layer(path) {
        Some(other) if other <= own => None,
        Some(other) => Some(format!("{} is a layer below {} and uses it", LAYERS[own], LAYERS[other])),
        // An exported macro is at the root.
        None if path.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_').starts_with('!') => {
            None
        }
        None => Some(format!("`crate::{path}` begins with no layer: {}", LAYERS.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[Source { path: path.into(), text: text.into() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_layer_may_name_itself_and_the_layers_below() {
        for (own, file) in ["facts/day.rs", "state.rs", "rules/aid/release.rs", "progress/count.rs"].iter().enumerate()
        {
            for (other, layer) in LAYERS.iter().enumerate() {
                let text = format!("//! Text\nuse crate::{layer}::thing;\n");
                let findings = found(&format!("{ROOT}{file}"), &text);
                assert_eq!(findings.is_empty(), other <= own, "{file} to {layer}: {findings:?}");
            }
        }
    }

    #[test]
    fn macros_and_the_nouns_for_other_crates_are_seen_and_comments_are_not() {
        let facts = format!("{ROOT}facts/describe.rs");
        assert_eq!(
            found(&facts, "\n  $crate::rules::rule::kept!(x)"),
            [format!("{facts}:2: facts is a layer below rules and uses it")]
        );
        assert_eq!(found(&facts, "use crate::household::Household;").len(), 1);
        assert_eq!(found(&facts, "let a = 1; // crate::rules::x\n/// [`m`](crate::rules::m)"), [""; 0]);
        assert_eq!(found(&facts, "crate::codes! {}\n#[cfg(test)]\nmod tests { use crate::household::X; }"), [""; 0]);
        assert_eq!(found("crates/views/src/rules.rs", "use crate::household::Household;"), [""; 0]);
        assert_eq!(found(&format!("{ROOT}lib.rs"), "pub use crate::progress::figure;"), [""; 0]);
    }
}
