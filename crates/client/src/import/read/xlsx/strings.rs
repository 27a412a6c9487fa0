//! Texts that cells share.

use super::part::{Package, Tag};
use super::styles::strikes;
use crate::import::limits::{CELLS_MAX, TEXT_BYTES_MAX};
use crate::import::read::error::ReadError;
use std::sync::Arc;

/// A text in several runs, without the reading aids (phonetic runs) between them.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) text: String,
    in_text: bool,
    in_aid: bool,
    /// The run that is being read is struck out.
    in_struck: bool,
    /// Something of the text is struck out.
    pub(super) is_struck: bool,
}

/// A text that cells share.
pub(super) struct Shared {
    pub(super) text: Arc<str>,
    /// Something of it is struck out.
    pub(super) is_struck: bool,
}

impl Runs {
    /// Takes what belongs to the text.
    pub(super) fn take(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Open("t", _) => self.in_text = true,
            Tag::Close("t") => self.in_text = false,
            Tag::Open("rPh", _) => self.in_aid = true,
            Tag::Close("rPh") => self.in_aid = false,
            Tag::Open("strike", tag) => self.in_struck = strikes(tag),
            Tag::Close("r") => self.in_struck = false,
            Tag::Text(text) if self.in_text && !self.in_aid => {
                self.is_struck |= self.in_struck && !text.trim().is_empty();
                self.text.push_str(text);
            }
            _ => {}
        }
    }

    /// The text, which begins anew.
    pub(super) fn end(&mut self) -> String {
        (self.in_struck, self.is_struck) = (false, false);
        let text = std::mem::take(&mut self.text);
        if text.contains("_x") { unescaped(&text) } else { text }
    }
}

/// Reads all shared texts.
pub(super) fn read(package: &mut Package<'_>, part: &str) -> Result<Vec<Shared>, ReadError> {
    let (mut strings, mut runs, mut bytes) = (Vec::new(), Runs::default(), 0);
    package.read(part, |tag| {
        if let Tag::Close("si") = tag {
            let is_struck = runs.is_struck;
            let text = runs.end();
            bytes += text.len();
            strings.push(Shared { text: Arc::from(text), is_struck });
        } else {
            runs.take(&tag);
        }
        let too_much = bytes + runs.text.len() > TEXT_BYTES_MAX || strings.len() > CELLS_MAX;
        if too_much { Err(ReadError::TooMuchText) } else { Ok(()) }
    })?;
    Ok(strings)
}

/// Characters that XML cannot hold are written `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("_x") {
        let code = rest.get(place + 2..place + 6).filter(|_| rest.get(place + 6..place + 7) == Some("_"));
        let character = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let (before, from) = match character {
            Some(_) => (place, place + 7),
            None => (place + 2, place + 2),
        };
        plain.push_str(rest.get(..before).unwrap_or_default());
        plain.extend(character);
        rest = rest.get(from..).unwrap_or_default();
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_cannot_hold_come_back() {
        for (text, plain) in [("a_x000D_b", "a\rb"), ("_x5F20_三", "张三"), ("_xyz", "_xyz"), ("a_x00", "a_x00")] {
            assert_eq!(unescaped(text), plain);
        }
    }
}
