//! Decodes the encodings that spreadsheets write.

use super::{ImportError, TABLE_BYTES_MAX};
use encoding_rs::{Encoding, GB18030};
use std::borrow::Cow;

/// The text of a table. A byte order mark decides; without one it is UTF-8 if it can be, else GBK.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    if bytes.len() > TABLE_BYTES_MAX {
        return Err(ImportError::TooLarge(bytes.len()));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default());
    }
    // A workbook or another binary file may be valid GBK by chance, but text never contains a zero byte.
    if bytes.contains(&0) {
        return Err(ImportError::NotText);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        // GB18030 includes GBK.
        Err(_) => decode_as(GB18030, bytes),
    }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, ImportError> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(ImportError::NotText)
}
