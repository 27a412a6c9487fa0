//! What all pages for people have in common: the frame of a document and its style. The gateway's board and the desk
//! draw with it. Nothing here is loaded from elsewhere, and nothing needs a script.

use lika_domain::language::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style that all pages share.
pub const STYLE: &str = include_str!("style.css");

/// How a page comes by its style.
#[derive(Clone, Copy, Debug)]
pub enum Style<'a> {
    /// Sent with the page: [`STYLE`], and this after it.
    Inline(&'a str),
    /// Under an address on the same server.
    Linked(&'a str),
}

/// A whole document: `title` in the browser's bar, `head` after the common parts of its head, and `body`.
pub fn document(language: Language, title: &str, style: Style<'_>, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.of("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                @match style {
                    Style::Inline(more) => style { (PreEscaped(STYLE)) (PreEscaped(more)) },
                    Style::Linked(address) => link rel="stylesheet" href=(address);
                }
                (head)
            }
            body { (body) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_names_its_language_and_loads_nothing_from_elsewhere() {
        let page =
            document(Language::En, "a < b", Style::Inline("i{}"), &html! {}, &html! { p { "x" } }).into_string();
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
        assert!(page.contains("a &lt; b") && page.contains("i{}") && !page.contains("http"), "{page}");
        let page = document(Language::Zh, "t", Style::Linked("/style.css"), &html! {}, &html! {}).into_string();
        assert!(page.contains("zh-CN") && page.contains("href=\"/style.css\"") && !page.contains("<style"), "{page}");
    }
}
