//! Limits of everything that is read. A file over one of them is refused by name.

/// Largest file, in bytes.
pub const TABLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most rows that are not blank.
pub const ROWS_MAX: usize = 200_000;
/// Most columns.
pub const COLUMNS_MAX: usize = 512;
/// Most cells that are not blank.
pub const CELLS_MAX: usize = 8_000_000;
/// Longest cell, in characters.
pub const CELL_CHARS_MAX: usize = 32_767;
/// Most bytes of all texts of a workbook together.
pub const TEXT_BYTES_MAX: usize = 192 * 1024 * 1024;
/// Most parts of a workbook.
pub const PARTS_MAX: usize = 1_000;
/// Most bytes that are unpacked of one workbook.
pub const UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Most bytes unpacked for one packed byte. Sheets stay under 100; a zip bomb has 1,000.
pub const RATIO_MAX: u64 = 250;
/// Bytes from which the ratio is looked at: a small part that only repeats one row is no bomb.
pub const RATIO_FROM_BYTES: u64 = 16 * 1024 * 1024;
/// Longest that a workbook may take to be read, in milliseconds.
pub const WORKBOOK_MS_MAX: u64 = 60_000;
/// Most households, or rows of another table, in one submission.
pub const REPORT_EVENTS_MAX: usize = 100;
/// Largest submission that is planned, in bytes of its entry.
pub const REPORT_BYTES_MAX: usize = 60_000;
/// How many rows from the top may be the heading: templates have titles above it.
pub const HEADING_ROWS_MAX: usize = 10;
