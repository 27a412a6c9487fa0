//! Number and base64 encodings shared by all text formats here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Longest decimal spelling of a `u64`, in bytes.
const DECIMAL_BYTES_MAX: usize = 20;

/// Reads an ASCII decimal without sign, spaces or leading zeros; `0` itself is allowed.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    if !digits_only || !canonical || text.len() > DECIMAL_BYTES_MAX {
        return None;
    }
    text.parse().ok()
}

/// Encodes as standard base64 (RFC 4648 section 4) with padding.
pub(crate) fn base64_of(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes standard base64; missing padding, spare bits and white space are refused, so one value has one spelling.
pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_has_one_spelling() {
        for (text, expected) in [
            ("0", Some(0)),
            ("7", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("00", None),
            ("07", None),
            ("+7", None),
            ("-7", None),
            (" 7", None),
            ("7 ", None),
            ("", None),
            ("٧", None),
        ] {
            assert_eq!(decimal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(base64_bytes("YQ=="), Some(b"a".to_vec()));
        for text in ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "YQ===", "Y-=="] {
            assert_eq!(base64_bytes(text), None, "{text:?}");
        }
    }
}
