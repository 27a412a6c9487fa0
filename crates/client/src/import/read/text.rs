//! Decodes the encodings that spreadsheets, editors and shells write.

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// A file whose encoding is not told by a mark is taken as UTF-16 if this share of its bytes is zero, one in …
const ZERO_BYTES_SHARE: usize = 10;
/// … and has so many times more line ends and delimiters than it would have with its bytes in the other order.
const OTHER_MARKS_SHARE: usize = 8;
/// How many bytes are looked at for that.
const LOOKED_AT_BYTES: usize = 4_096;
/// A text is UTF-8 with damage, and not GBK, if at most one character in so many is damaged.
const DAMAGED_SHARE: usize = 20;

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Neither UTF-8 nor UTF-16 nor GBK.
    #[error("line {line} is neither UTF-8 nor GBK; save it again, as CSV UTF-8 or as .xlsx")]
    Encoding {
        /// Line, from 1.
        line: usize,
    },
    /// Bytes of no text, such as those of a picture.
    #[error("it is no text")]
    Binary,
}

/// The text of a file. A byte order mark decides; without one it is UTF-8 if it can be, UTF-16 if zero bytes say so,
/// else GBK, of which GB18030 is the whole.
///
/// # Errors
/// If it cannot be decoded without loss.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if bytes.contains(&0) {
        return decode_as(utf16(bytes).ok_or(NotText::Binary)?, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => match is_damaged_utf8(bytes) {
            true => Err(NotText::Encoding { line: line(bytes, error.valid_up_to()) }),
            false => decode_as(GB18030, bytes),
        },
    }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, NotText> {
    let whole = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    whole.ok_or_else(|| {
        let (lossy, _) = encoding.decode_without_bom_handling(bytes);
        let before = lossy.find('\u{fffd}').map_or("", |place| lossy.get(..place).unwrap_or_default());
        NotText::Encoding { line: before.matches('\n').count() + 1 }
    })
}

/// The order of bytes of UTF-16 without a mark: every ASCII character has a zero byte before or after it. Chinese
/// characters such as 一 have one on the other side, but never one that makes a line end or a delimiter.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let (top, _) = bytes.get(..LOOKED_AT_BYTES).unwrap_or(bytes).as_chunks::<2>();
    let is_mark = |byte: u8| matches!(byte, b'\r' | b'\n' | b'\t' | b',' | b';');
    let zeros = |place: usize| top.iter().filter(|unit| unit[place] == 0).count();
    let marks = |place: usize| top.iter().filter(|unit| is_mark(unit[place]) && unit[1 - place] == 0).count();
    let is_order = |place: usize| {
        zeros(1 - place) * ZERO_BYTES_SHARE >= top.len() && marks(place) > OTHER_MARKS_SHARE * marks(1 - place)
    };
    // The zeros on the other side are those of Chinese characters and marks.
    let is_text = |place: usize| {
        let (units, rest) = bytes.as_chunks::<2>();
        let chinese = |unit: &[u8; 2]| matches!(unit[1 - place], 0x30 | 0x4e..=0x9f);
        rest.is_empty() && units.iter().all(|unit| unit[place] != 0 || chinese(unit))
    };
    let mut orders = [UTF_16LE, UTF_16BE].into_iter().enumerate();
    orders.find(|(place, _)| is_order(*place) && is_text(*place)).map(|(_, encoding)| encoding)
}

/// Chinese text in UTF-8 that was damaged in a few places may be valid GBK, with every character another.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let lossy = String::from_utf8_lossy(bytes);
    let damaged = lossy.matches('\u{fffd}').count();
    let wide = lossy.chars().filter(|c| !c.is_ascii()).count() - damaged;
    damaged * DAMAGED_SHARE <= wide
}

fn line(bytes: &[u8], offset: usize) -> usize {
    bytes.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "户编号,姓名\r\n1,张三\r\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
            mark.iter().copied().chain(TEXT.encode_utf16().flat_map(unit)).collect::<Vec<_>>()
        };
        let files = [
            TEXT.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(),
            encoding_rs::GBK.encode(TEXT).0.into_owned(),
            utf16(b"\xff\xfe", u16::to_le_bytes),
            utf16(b"\xfe\xff", u16::to_be_bytes),
            utf16(b"", u16::to_le_bytes),
            utf16(b"", u16::to_be_bytes),
        ];
        for file in files {
            assert_eq!(decode(&file).unwrap(), TEXT, "{file:?}");
        }
    }

    #[test]
    fn characters_with_a_zero_byte_do_not_hide_that_a_text_is_utf16() {
        let text = format!("户编号,属性,姓名\r\n{}", "1,一般贫困户,一一\r\n".repeat(9));
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let file: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            assert_eq!(decode(&file).unwrap(), text);
            let with_zero = [file, vec![0, 0]].concat();
            assert_eq!(decode(&with_zero), Err(NotText::Binary));
        }
    }

    #[test]
    fn what_cannot_be_decoded_names_its_line() {
        assert_eq!(decode(b"PNG\0\0\0\x01\0\0abc\0"), Err(NotText::Binary));
        let mut damaged = "姓名\n".repeat(40).into_bytes();
        damaged[8] = b'x';
        assert_eq!(decode(&damaged), Err(NotText::Encoding { line: 2 }));
        assert_eq!(decode(b"a\nb\n\xff\xff\xff"), Err(NotText::Encoding { line: 3 }));
    }
}
