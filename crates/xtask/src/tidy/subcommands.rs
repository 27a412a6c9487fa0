//! Names of `lika`'s subcommands, read from its source, since xtask does not depend on the crates that it checks.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, ItemEnum, Path, Token, Variant};

use super::Source;

const LIKA_SOURCES: &str = "crates/lika/src/";

/// Names of all levels together. A file that cannot be parsed is reported elsewhere and has none here.
pub(super) fn of_lika(sources: &[Source]) -> BTreeSet<String> {
    let mut names = Names::default();
    for source in sources.iter().filter(|source| source.path.starts_with(LIKA_SOURCES)) {
        if let Ok(file) = syn::parse_file(&source.text) {
            names.visit_file(&file);
        }
    }
    names.0
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_item_enum(&mut self, item: &ItemEnum) {
        if item.attrs.iter().any(derives_subcommand) {
            self.0.extend(item.variants.iter().map(name_of));
        }
        visit::visit_item_enum(self, item);
    }
}

fn derives_subcommand(attribute: &Attribute) -> bool {
    let derives = |attribute: &Attribute| attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    attribute.path().is_ident("derive")
        && derives(attribute).is_ok_and(|paths| {
            paths.iter().any(|path| path.segments.last().is_some_and(|last| last.ident == "Subcommand"))
        })
}

/// The name that clap gives a variant: `#[command(name = "…")]`, or the variant's name in kebab case.
fn name_of(variant: &Variant) -> String {
    let given = variant.attrs.iter().find_map(|attribute| {
        let tokens = attribute.meta.require_list().ok()?.tokens.to_string();
        let name = tokens.split_once("name = \"")?.1.split('"').next()?;
        attribute.path().is_ident("command").then(|| name.to_owned())
    });
    given.unwrap_or_else(|| kebab(&variant.ident.to_string()))
}

fn kebab(camel: &str) -> String {
    let mut name = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<String> {
        of_lika(&[Source { path: path.into(), text: text.into() }]).into_iter().collect()
    }

    #[test]
    fn variants_of_subcommand_enums_are_names() {
        let text = "#[derive(Debug, clap::Subcommand)]\n\
            enum A { Serve(Serve), KeyNew, #[command(about, name = \"bench\")] B }\n\
            #[derive(Debug)]\nenum Other { NotThis }\nmod inner { #[derive(Subcommand)] enum C { Replay {} } }";
        assert_eq!(names("crates/lika/src/cli.rs", text), ["bench", "key-new", "replay", "serve"]);
    }

    #[test]
    fn other_crates_have_none() {
        assert_eq!(names("crates/xtask/src/main.rs", "#[derive(Subcommand)]\nenum A { Tidy }"), [""; 0]);
    }
}
