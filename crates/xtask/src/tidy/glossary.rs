//! One word for one thing: types, modules and files are not named by a word that the glossary gives up.
//!
//! The last column of the glossary's tables lists such words. Functions, constants, local names and prose are free:
//! there a word like "ask" has its everyday meaning.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType, Variant};

use super::{Finding, Source};

/// The glossary, from the root of the repository.
const GLOSSARY: &str = "crates/domain/GLOSSARY.md";

/// Words that are given up, in lower case, each with the term that replaces it.
type GivenUp = BTreeMap<String, String>;

/// A finding for each type, module and file that is named by a word that the glossary gives up.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(glossary) = sources.iter().find(|source| source.path == GLOSSARY) else {
        return vec![Finding::new(GLOSSARY, 1, "is missing")];
    };
    let given_up = read(&glossary.text);
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    rust.flat_map(|source| check_file(source, &given_up)).collect()
}

fn read(glossary: &str) -> GivenUp {
    let mut given_up = GivenUp::new();
    for row in glossary.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (Some(term), Some(not)) = (cells.first(), cells.last()) else { continue };
        for word in not.split('`').skip(1).step_by(2) {
            given_up.insert(word.to_lowercase(), (*term).to_owned());
        }
    }
    given_up
}

fn check_file(source: &Source, given_up: &GivenUp) -> Vec<Finding> {
    let mut walk = Walk { given_up, source, findings: Vec::new() };
    for part in source.path.trim_end_matches(".rs").split('/') {
        walk.look(part, 1);
    }
    // A file that cannot be parsed is a finding of another check.
    if let Ok(file) = syn::parse_file(&source.text) {
        walk.visit_file(&file);
    }
    walk.findings
}

struct Walk<'a> {
    given_up: &'a GivenUp,
    source: &'a Source,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn item(&mut self, name: &Ident) {
        self.look(&name.to_string(), name.span().start().line);
    }

    fn look(&mut self, name: &str, line: usize) {
        let found = self.given_up.iter().find(|(word, _)| has_word(name, word));
        if let Some((word, term)) = found {
            let what = format!("`{name}`: the glossary says {term}, not {word}");
            self.findings.push(Finding::new(&self.source.path, line, what));
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.item(&item.ident);
        visit::visit_item_enum(self, item);
    }
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.item(&item.ident);
        visit::visit_item_mod(self, item);
    }
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.item(&item.ident);
    }
    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.item(&item.ident);
        visit::visit_item_trait(self, item);
    }
    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.item(&item.ident);
    }
    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.item(&variant.ident);
    }
}

/// Whether a name, in whatever case, holds the word as one or more of its own words.
fn has_word(name: &str, word: &str) -> bool {
    let mut words = String::from("_");
    let mut before_is_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && before_is_lower {
            words.push('_');
        }
        before_is_lower = letter.is_lowercase();
        words.extend(letter.to_lowercase());
    }
    words.push('_');
    words.replace('_', "__").contains(&format!("_{word}_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| term | not |\n|---|---|\n| distributed | `Apart` |\n| label | `words` |\n| card | |\n";

    fn found(path: &str, text: &str) -> Vec<String> {
        let glossary = Source { path: GLOSSARY.into(), text: TABLE.into() };
        let source = Source { path: path.into(), text: text.into() };
        check(&[glossary, source]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn items_and_files_of_given_up_names_are_found() {
        for item in ["struct Apart;", "type OpenApart = u8;", "trait Apart {}", "enum E { WorksApart }", "mod apart;"]
        {
            assert_eq!(found("a.rs", item).len(), 1, "{item}");
        }
        assert_eq!(found("a/words.rs", "")[0], "a/words.rs:1: `words`: the glossary says label, not words");
        assert_eq!(found("a/apart/b.rs", "").len(), 1);
    }

    #[test]
    fn parts_of_words_and_local_names_are_free() {
        assert_eq!(found("a.rs", "fn open_apart() { let apart = 1; } struct Apartment;"), [""; 0]);
        assert_eq!(found("passwords.rs", "/// Far apart.\nstruct Swords;"), [""; 0]);
    }

    #[test]
    fn without_a_glossary_nothing_can_be_checked() {
        assert_eq!(check(&[]).len(), 1);
    }
}
