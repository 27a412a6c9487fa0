//! Functions, files and lines stay short.
//!
//! A function counts from the line of its name to its closing brace, without its comment and attributes; a file
//! counts without its `#[cfg(test)]` modules; a line counts its characters, a Chinese one as one.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItemFn, ItemFn, ItemMod, Signature, TraitItemFn};

use super::{Finding, Source};

const FUNCTION_LINES_MAX: usize = 70;
/// Nine functions in ten must be no longer.
const FUNCTION_LINES_USUAL: usize = 40;
const LONGER_PERCENT_MAX: usize = 10;
const FILE_LINES_MAX: usize = 400;
/// For generated files and files with only tests.
const TEST_FILE_LINES_MAX: usize = 800;
/// As in `rustfmt.toml`. rustfmt breaks code there, but no comment, text or macro.
const LINE_CHARS_MAX: usize = 119;

/// One function with a body.
#[derive(Debug)]
struct Function {
    name: String,
    file: String,
    /// Where it begins, counted from 1.
    line: usize,
    lines: usize,
}

/// Collected during the walk over a file.
#[derive(Default)]
struct Walk {
    functions: Vec<Function>,
    test_lines: usize,
}

/// Findings for all Rust files: too long, too many long functions, a long line, or not parsable.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut functions = Vec::new();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        findings.extend(long_lines(source));
        match syn::parse_file(&source.text) {
            Ok(file) => {
                let mut walk = Walk::default();
                walk.visit_file(&file);
                findings.extend(long_file(source, walk.test_lines));
                functions.extend(walk.functions.into_iter().map(|function| function.within(&source.path)));
            }
            Err(error) => {
                let what = format!("cannot be parsed: {error}");
                findings.push(Finding::new(&source.path, error.span().start().line, what));
            }
        }
    }
    findings.extend(functions.iter().filter_map(long_function));
    findings.extend(long_tail(&functions));
    findings
}

fn long_file(source: &Source, test_lines: usize) -> Option<Finding> {
    let lines = source.text.lines().count() - test_lines;
    let max = if is_test_or_generated(source) { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
    (lines > max).then(|| Finding::new(&source.path, 1, format!("{lines} lines without its tests, more than {max}")))
}

fn long_lines(source: &Source) -> impl Iterator<Item = Finding> {
    source.text.lines().enumerate().filter_map(|(position, line)| {
        let chars = line.chars().count();
        let what = || format!("{chars} characters, more than {LINE_CHARS_MAX}");
        (chars > LINE_CHARS_MAX).then(|| Finding::new(&source.path, position + 1, what()))
    })
}

fn is_test_or_generated(source: &Source) -> bool {
    let path = format!("/{}", source.path);
    let test = path.contains("/tests/") || path.ends_with("/tests.rs");
    test || source.text.lines().take(3).any(|line| line.contains("@generated"))
}

fn long_function(function: &Function) -> Option<Finding> {
    let Function { name, file, line, lines } = function;
    let what = || format!("`{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}");
    (*lines > FUNCTION_LINES_MAX).then(|| Finding::new(file, *line, what()))
}

/// A finding at the longest function, if more than one function in ten is long.
fn long_tail(functions: &[Function]) -> Option<Finding> {
    let long = functions.iter().filter(|function| function.lines > FUNCTION_LINES_USUAL);
    let count = long.clone().count();
    let longest = long.max_by_key(|function| function.lines)?;
    let what = || {
        let all = functions.len();
        format!(
            "{count} of {all} functions have over {FUNCTION_LINES_USUAL} lines, more than one in ten; \
             this is the longest"
        )
    };
    (count * 100 > functions.len() * LONGER_PERCENT_MAX).then(|| Finding::new(&longest.file, longest.line, what()))
}

impl Function {
    fn within(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }
}

impl Walk {
    fn add(&mut self, signature: &Signature, body: &Block) {
        let line = signature.span().start().line;
        let lines = body.brace_token.span.close().end().line - line + 1;
        self.functions.push(Function { name: signature.ident.to_string(), file: String::new(), line, lines });
    }
}

impl Visit<'_> for Walk {
    fn visit_item_fn(&mut self, item: &ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &TraitItemFn) {
        if let Some(body) = &item.default {
            self.add(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        if item.attrs.iter().any(is_cfg_test) {
            self.test_lines += lines_of(item.span());
        }
        visit::visit_item_mod(self, item);
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}

fn lines_of(span: Span) -> usize {
    span.end().line - span.start().line + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: String) -> Source {
        Source { path: path.into(), text }
    }

    fn function(lines: usize) -> String {
        assert!(lines >= 2);
        format!("/// Comment.\n#[inline]\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2))
    }

    fn found(path: &str, text: String) -> Vec<String> {
        check(&[source(path, text)]).iter().map(ToString::to_string).collect()
    }

    /// Adds enough short functions that the share of long ones does not matter.
    fn with_short(text: String) -> String {
        text + &"fn s() {}\n".repeat(20)
    }

    #[test]
    fn function_over_seventy_lines() {
        assert_eq!(found("a.rs", with_short(function(70))), [""; 0]);
        assert_eq!(found("a.rs", with_short(function(71))), ["a.rs:3: `f` has 71 lines, more than 70"]);
    }

    #[test]
    fn function_in_impl_trait_and_module_counts() {
        for open in ["impl A {", "trait A {", "mod a {", "#[cfg(test)]\nmod a {"] {
            let text = with_short(format!("{open}\n{}}}\n", function(71)));
            assert_eq!(found("a.rs", text).len(), 1, "{open}");
        }
    }

    #[test]
    fn more_than_one_in_ten_over_forty_lines() {
        let short = |count: usize| "fn s() {}\n".repeat(count);
        assert_eq!(found("a.rs", function(41) + &short(9)), [""; 0]);
        assert_eq!(found("a.rs", function(40) + &short(8)), [""; 0]);
        let expected = "a.rs:3: 1 of 9 functions have over 40 lines, more than one in ten; this is the longest";
        assert_eq!(found("a.rs", function(41) + &short(8)), [expected]);
    }

    #[test]
    fn file_over_four_hundred_lines() {
        assert_eq!(found("a.rs", "\n".repeat(400)), [""; 0]);
        assert_eq!(found("a.rs", "\n".repeat(401)), ["a.rs:1: 401 lines without its tests, more than 400"]);
        assert_eq!(found("a.txt", "\n".repeat(401)), [""; 0]);
    }

    #[test]
    fn line_over_119_characters() {
        assert_eq!(found("a.rs", format!("\n// {}", "字".repeat(116))), [""; 0]);
        assert_eq!(found("a.rs", format!("\n// {}", "字".repeat(117))), ["a.rs:2: 120 characters, more than 119"]);
        assert_eq!(found("a.md", "a".repeat(120)), [""; 0]);
    }

    #[test]
    fn test_module_does_not_count_but_any_other_does() {
        let module = |attribute: &str| format!("{attribute}\nmod m {{{}}}\n", "\n".repeat(398));
        assert_eq!(found("a.rs", "\n".repeat(400) + &module("#[cfg(test)]")), [""; 0]);
        assert_eq!(found("a.rs", "\n".repeat(400) + &module("#[cfg(unix)]")).len(), 1);
    }

    #[test]
    fn test_and_generated_files_have_their_own_limit() {
        for path in ["tests/main.rs", "crates/a/tests/b.rs", "crates/a/src/b/tests.rs"] {
            assert_eq!(found(path, "\n".repeat(800)), [""; 0]);
            assert_eq!(found(path, "\n".repeat(801)).len(), 1);
        }
        assert_eq!(found("a.rs", "// @generated\n".to_owned() + &"\n".repeat(700)), [""; 0]);
    }

    #[test]
    fn file_that_is_not_rust_is_found() {
        let findings = found("a.rs", "fn f() {}\nfn {".into());
        assert!(findings.len() == 1 && findings[0].starts_with("a.rs:2: cannot be parsed"), "{findings:?}");
    }
}
