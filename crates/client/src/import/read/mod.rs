//! Files read into grids: text files, and workbooks in a stream with hard limits.

mod csv;
mod error;
mod text;
mod xlsx;

pub use error::ReadError;
pub use text::{NotText, decode};

use super::grid::Grid;
use super::limits::TABLE_BYTES_MAX;

/// The first bytes of a zip file, which every workbook is.
const ZIP: &[u8] = b"PK\x03\x04";
/// The first bytes of files of old versions of Excel and of encrypted workbooks.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

/// The visible sheets of a file, and the names of those that are hidden.
pub(super) struct Sheets {
    pub(super) visible: Vec<Grid>,
    pub(super) hidden: Vec<String>,
}

/// Reads a file, whatever its name.
pub(super) fn sheets(bytes: &[u8]) -> Result<Sheets, ReadError> {
    if bytes.len() > TABLE_BYTES_MAX {
        return Err(ReadError::TooLarge(bytes.len()));
    }
    if bytes.starts_with(COMPOUND) {
        return Err(ReadError::OldWorkbook);
    }
    if bytes.starts_with(ZIP) {
        return xlsx::sheets(bytes);
    }
    Ok(Sheets { visible: vec![csv::grid(bytes)?], hidden: Vec::new() })
}
