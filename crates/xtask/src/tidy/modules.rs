//! The modules of each crate, with the paths in their code and the names that they re-export.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

use super::Source;

/// One file. All paths are from the root of the crate, without `crate`.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Its own path; empty for the root.
    pub(super) path: Vec<String>,
    /// From the root of the repository.
    pub(super) file: String,
    /// Paths in its code that may lead to another module, with their lines.
    pub(super) paths: Vec<(Vec<String>, usize)>,
    /// Names that it re-exports, with where they come from.
    pub(super) exports: BTreeMap<String, Vec<String>>,
}

/// A file that was parsed, with the path of its module.
type Parsed<'s> = (Vec<String>, &'s Source, syn::File);

/// The modules of each crate; files that cannot be parsed are left out, since another check reports them.
pub(super) fn modules(sources: &[Source]) -> Vec<Vec<Module>> {
    let mut crates: BTreeMap<&str, Vec<Parsed<'_>>> = BTreeMap::new();
    for source in sources {
        let Some((root, path)) = source.path.split_once("/src/").and_then(|(root, file)| Some((root, path(file)?)))
        else {
            continue;
        };
        if let Ok(file) = syn::parse_file(&source.text) {
            crates.entry(root).or_default().push((path, source, file));
        }
    }
    crates.into_values().map(|files| read(&files)).collect()
}

/// The path of a file's module below `src`.
fn path(file: &str) -> Option<Vec<String>> {
    let mut path: Vec<String> = file.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    path.pop_if(|last| ["lib", "main", "mod"].contains(&last.as_str()));
    Some(path)
}

fn read(files: &[Parsed<'_>]) -> Vec<Module> {
    let tests: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|(path, _, file)| {
            let tests = file.items.iter().filter_map(|item| match item {
                Item::Mod(child) if is_test(&child.attrs) => Some(joined(path, &[child.ident.to_string()])),
                _ => None,
            });
            tests.collect::<Vec<_>>()
        })
        .collect();
    let in_tests = |path: &[String]| (0..=path.len()).any(|length| tests.contains(&path[..length]));
    let read = |(path, source, file): &Parsed<'_>| {
        let mut walk = Walk { module: path.clone(), ..Walk::default() };
        walk.declare(&file.items);
        walk.visit_file(file);
        let Walk { paths, exports, .. } = walk;
        Module { path: path.clone(), file: source.path.clone(), paths, exports }
    };
    files.iter().filter(|(path, ..)| !in_tests(path)).map(read).collect()
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

fn joined(path: &[String], more: &[String]) -> Vec<String> {
    [path, more].concat()
}

/// Collected during the walk over a file.
#[derive(Default)]
struct Walk {
    /// The module that the walk is in: the file's, or one written out in it.
    module: Vec<String>,
    /// Modules that the file declares, and the names it re-exports: paths may begin with them.
    names: BTreeMap<String, Vec<String>>,
    paths: Vec<(Vec<String>, usize)>,
    exports: BTreeMap<String, Vec<String>>,
}

impl Walk {
    /// Notes the names that the file's own paths may begin with, before any path is read.
    fn declare(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(child) if !is_test(&child.attrs) => {
                    let name = child.ident.to_string();
                    self.names.insert(name.clone(), joined(&self.module, &[name]));
                }
                _ => {}
            }
        }
        let exports = items.iter().filter_map(|item| match item {
            Item::Use(used) if is_export(used) => Some(used),
            _ => None,
        });
        for export in exports {
            for (names, last) in leaves(&export.tree) {
                if let (Some(origin), Some(name)) = (self.rooted(&texts(&names)), last) {
                    self.exports.insert(name, origin);
                }
            }
        }
        let exports = self.exports.clone();
        self.names.extend(exports);
    }

    /// A path as seen from the root of the crate; none if it leads out of the crate.
    fn rooted(&self, names: &[String]) -> Option<Vec<String>> {
        let (first, rest) = names.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(joined(&self.module, rest)),
            "super" => {
                let up = 1 + rest.iter().take_while(|name| *name == "super").count();
                let parent = self.module.get(..self.module.len().checked_sub(up)?)?;
                Some(joined(parent, &rest[up - 1..]))
            }
            name => Some(joined(self.names.get(name)?, rest)),
        }
    }

    fn found(&mut self, names: &[Ident]) {
        // A module by itself is no value or type: the word is something else's name.
        if let [name] = names
            && !self.exports.contains_key(&name.to_string())
        {
            return;
        }
        if let (Some(path), Some(first)) = (self.rooted(&texts(names)), names.first()) {
            self.paths.push((path, first.span().start().line));
        }
    }

    /// The paths among the tokens of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut names, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.found(&names);
                        names.clear();
                    }
                    names.push(name);
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !names.is_empty() => colons += 1,
                other => {
                    self.found(&names);
                    names.clear();
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.found(&names);
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_export(item) {
            leaves(&item.tree).iter().for_each(|(names, _)| self.found(names));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.found(&path.segments.iter().map(|segment| segment.ident.clone()).collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }
}

fn is_export(item: &ItemUse) -> bool {
    !matches!(item.vis, Visibility::Inherited)
}

fn texts(names: &[Ident]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// The full path of each name that a `use` brings in, and the name it gets; none for `*`.
fn leaves(tree: &UseTree) -> Vec<(Vec<Ident>, Option<String>)> {
    let before = |name: &Ident, rest: Vec<(Vec<Ident>, Option<String>)>| {
        let longer = |(names, last): (Vec<Ident>, Option<String>)| {
            // `a::{self}` is `a`.
            let last = if last.as_deref() == Some("self") { Some(name.to_string()) } else { last };
            (std::iter::once(name.clone()).chain(names.into_iter().filter(|name| *name != "self")).collect(), last)
        };
        rest.into_iter().map(longer).collect()
    };
    match tree {
        UseTree::Path(path) => before(&path.ident, leaves(&path.tree)),
        UseTree::Name(name) => vec![(vec![name.ident.clone()], Some(name.ident.to_string()))],
        UseTree::Rename(renamed) => vec![(vec![renamed.ident.clone()], Some(renamed.rename.to_string()))],
        UseTree::Glob(_) => vec![(Vec::new(), None)],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}
