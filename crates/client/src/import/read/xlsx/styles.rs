//! Formats of cells: what they show besides a value, and whether they strike it out.

use super::formats::Format;
use super::part::{Package, Tag, attribute, is_true};
use crate::import::read::error::ReadError;
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most formats.
const FORMATS_MAX: usize = 100_000;

/// How cells of one style look.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    pub(super) format: Arc<Format>,
    /// A line goes through the text.
    pub(super) is_struck: bool,
}

/// Whether a tag of a font strikes out.
pub(super) fn strikes(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "val").is_none() || is_true(tag, "val")
}

/// The styles of the workbook, in the order in which cells count them.
pub(super) fn read(package: &mut Package<'_>, part: &str) -> Result<Vec<Style>, ReadError> {
    let (mut own, mut struck, mut styles) = (BTreeMap::new(), Vec::new(), Vec::new());
    let (mut in_cells, mut in_fonts) = (false, false);
    package.read(part, |tag| {
        let number = |tag, name: &str| attribute(tag, name).and_then(|id| id.parse::<u32>().ok());
        match tag {
            Tag::Open("numFmt", tag) => {
                let code = attribute(tag, "formatCode").unwrap_or_default();
                own.extend(number(tag, "numFmtId").map(|id| (id, Arc::new(Format::read(&code)))));
            }
            Tag::Open("fonts", _) => in_fonts = true,
            Tag::Close("fonts") => in_fonts = false,
            Tag::Open("font", _) if in_fonts => struck.push(false),
            Tag::Open("strike", tag) if in_fonts => {
                if let Some(font) = struck.last_mut() {
                    *font = strikes(tag);
                }
            }
            Tag::Open("cellXfs", _) => in_cells = true,
            Tag::Close("cellXfs") => in_cells = false,
            Tag::Open("xf", tag) if in_cells => {
                styles.push((number(tag, "numFmtId").unwrap_or(0), number(tag, "fontId").unwrap_or(0)));
            }
            _ => {}
        }
        let most = styles.len().max(own.len()).max(struck.len());
        if most > FORMATS_MAX { Err(ReadError::TooMuchText) } else { Ok(()) }
    })?;
    let style = |(format, font): (u32, u32)| {
        let format = own.entry(format).or_insert_with(|| Arc::new(Format::built_in(format))).clone();
        let is_struck = usize::try_from(font).ok().and_then(|font| struck.get(font)).copied().unwrap_or(false);
        Style { format, is_struck }
    };
    Ok(styles.into_iter().map(style).collect())
}
