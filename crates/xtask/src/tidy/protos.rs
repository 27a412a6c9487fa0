//! Every message, field and enum of the wire format must have a comment.

use super::{Finding, Source};

/// The kind of an element in the parsed file. Numbers are the field numbers of `google/protobuf/descriptor.proto`, by
/// which the parser identifies elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Message,
    Field,
    Enum,
    EnumValue,
    /// A part that needs no comment: a name, a type, a number, an option.
    Part,
}

/// A finding for every element in `.proto` files without a comment right before it or on its own line.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter(|source| source.path.ends_with(".proto")).flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Finding> {
    let file = match protox_parse::parse(&source.path, &source.text) {
        Ok(file) => file,
        Err(error) => return vec![Finding::new(&source.path, 1, format!("cannot be parsed: {error}"))],
    };
    let lines: Vec<&str> = source.text.lines().collect();
    let mut findings = Vec::new();
    for location in file.source_code_info.unwrap_or_default().location {
        let commented = location.leading_comments.is_some() || location.trailing_comments.is_some();
        let index = location.span.first().and_then(|line| usize::try_from(*line).ok()).unwrap_or(0);
        let line = lines.get(index).copied().unwrap_or_default().trim();
        if !commented && needs_comment(kind_of(&location.path), line) {
            findings.push(Finding::new(&source.path, index + 1, format!("no comment explains `{line}`")));
        }
    }
    findings
}

fn needs_comment(kind: Kind, line: &str) -> bool {
    match kind {
        Kind::Message | Kind::Field | Kind::Enum => true,
        // The "not set" value of an enum needs no comment.
        Kind::EnumValue => !line.contains("_UNSPECIFIED"),
        Kind::File | Kind::Part => false,
    }
}

/// A path alternates between a list's number and an index in it, from the file down.
fn kind_of(path: &[i32]) -> Kind {
    path.chunks(2).fold(Kind::File, |kind, step| match (kind, step) {
        (Kind::File, [4, _]) | (Kind::Message, [3, _]) => Kind::Message,
        (Kind::File, [5, _]) | (Kind::Message, [4, _]) => Kind::Enum,
        (Kind::Message, [2, _]) => Kind::Field,
        (Kind::Enum, [2, _]) => Kind::EnumValue,
        _ => Kind::Part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "syntax = \"proto3\";\npackage a;\n";

    fn found(body: &str) -> Vec<String> {
        let source = Source { path: "a.proto".into(), text: format!("{HEAD}{body}") };
        check(&[source]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn comment_before_or_on_the_line_is_enough() {
        let body = "// A.\nmessage A {\n  // x\n  string x = 1;\n  string y = 2; // y\n\
            \x20 /* z */\n  map<string, A> z = 3;\n}\n";
        assert_eq!(found(body), [""; 0]);
    }

    #[test]
    fn message_without_a_comment() {
        assert_eq!(found("message A {}\n"), ["a.proto:3: no comment explains `message A {}`"]);
        let nested = "// A.\nmessage A {\n  message B {}\n}\n";
        assert_eq!(found(nested), ["a.proto:5: no comment explains `message B {}`"]);
    }

    #[test]
    fn field_without_a_comment() {
        let body = "// A.\nmessage A {\n  string x = 1;\n}\n";
        assert_eq!(found(body), ["a.proto:5: no comment explains `string x = 1;`"]);
        let choice = "// A.\nmessage A {\n  oneof b {\n    string x = 1;\n  }\n}\n";
        assert_eq!(found(choice), ["a.proto:6: no comment explains `string x = 1;`"]);
        let apart = "// A.\nmessage A {\n  // Stands apart.\n\n  string x = 1;\n}\n";
        assert_eq!(found(apart), ["a.proto:7: no comment explains `string x = 1;`"]);
    }

    #[test]
    fn enum_without_a_comment() {
        let body = "enum E {\n  E_UNSPECIFIED = 0;\n  E_ONE = 1;\n}\n";
        let expected = ["a.proto:3: no comment explains `enum E {`", "a.proto:5: no comment explains `E_ONE = 1;`"];
        assert_eq!(found(body), expected);
    }

    #[test]
    fn file_that_is_not_proto_is_found() {
        assert!(found("message {\n")[0].starts_with("a.proto:1: cannot be parsed"));
    }
}
