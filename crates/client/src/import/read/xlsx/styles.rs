//! Formats of cells, as far as they make a number a day.

use super::part::{Package, Tag, attribute};
use crate::import::read::error::ReadError;
use std::collections::BTreeMap;

/// Most formats.
const FORMATS_MAX: usize = 100_000;

/// For each format of the workbook, whether it shows a number as a day or a time.
pub(super) fn read(package: &mut Package<'_>, part: &str) -> Result<Vec<bool>, ReadError> {
    let (mut own, mut formats, mut in_cells) = (BTreeMap::new(), Vec::new(), false);
    package.read(part, |tag| {
        let number = |tag, name: &str| attribute(tag, name).and_then(|id| id.parse::<u32>().ok());
        match tag {
            Tag::Open("numFmt", tag) => {
                let code = attribute(tag, "formatCode").unwrap_or_default();
                own.extend(number(tag, "numFmtId").map(|id| (id, is_day(&code))));
            }
            Tag::Open("cellXfs", _) => in_cells = true,
            Tag::Close("cellXfs") => in_cells = false,
            Tag::Open("xf", tag) if in_cells => formats.push(number(tag, "numFmtId").unwrap_or(0)),
            _ => {}
        }
        if formats.len().max(own.len()) > FORMATS_MAX { Err(ReadError::TooMuchText) } else { Ok(()) }
    })?;
    Ok(formats.into_iter().map(|id| own.get(&id).copied().unwrap_or_else(|| is_built_in_day(id))).collect())
}

/// Formats that every program knows by number; those from 27 are days in the Chinese versions.
fn is_built_in_day(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a format shows years, months, days, hours or seconds, outside of what it shows as it stands.
fn is_day(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let mut letters = String::new();
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            c if !quoted && !bracketed => letters.extend(c.to_lowercase()),
            _ => {}
        }
    }
    !letters.starts_with("general") && letters.contains(['y', 'm', 'd', 'h', 's'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_those_of_numbers() {
        for code in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d;@", "m/d/yy", "h:mm"] {
            assert!(is_day(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0.00_);[Red]\\(#,##0.00\\)", "0\"days\"", "@", "0.00E+00", "\\d0"] {
            assert!(!is_day(code), "{code}");
        }
    }
}
