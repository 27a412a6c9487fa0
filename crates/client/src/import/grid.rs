//! A table as it stands in its file: rows of cells, before anything is understood.

use std::sync::Arc;

/// What a spreadsheet says a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Text, and every cell of a text file.
    #[default]
    Text,
    /// A number, written out with at most 15 digits; above them in scientific notation.
    Number,
    /// A number that is shown as a day, written 2016-07-01, with a time of day after it where it has one.
    Day,
    /// The result of a formula.
    Formula,
    /// An error of a formula, such as `#N/A`.
    Fault,
    /// Shown as another value than it is, or not at all, by the format of its numbers.
    Otherwise,
    /// With a line through it, or through a part of it.
    Struck,
}

/// Whether a cell is one of several that are merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Merged {
    #[default]
    No,
    /// The first of several rows.
    First,
    /// A row after the first.
    Further,
    /// Over several columns that are read.
    Across,
}

/// A cell that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Position of its column, from 0.
    pub(super) column: usize,
    pub(super) text: Arc<str>,
    pub(super) kind: CellKind,
    pub(super) merged: Merged,
}

/// A row with at least one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number as the spreadsheet shows it, from 1.
    pub(super) number: usize,
    /// Whether the spreadsheet hides it.
    pub(super) hidden: bool,
    /// How many cells the file gives it, blank ones counted; 0 where a file gives no such number.
    pub(super) width: usize,
    /// In the order of columns.
    pub(super) cells: Vec<Cell>,
}

/// Cells that are merged into one, from the first to the last, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) rows: (usize, usize),
    pub(super) columns: (usize, usize),
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    /// Name of the sheet; empty for a text file.
    pub(super) sheet: String,
    /// Rows that are not blank, in their order.
    pub(super) rows: Vec<Row>,
    pub(super) merges: Vec<Merge>,
    /// Columns that the spreadsheet hides, from the first to the last.
    pub(super) hidden_columns: Vec<(usize, usize)>,
}

impl Row {
    /// The cell in a column; `None` if it is blank.
    pub(super) fn cell(&self, column: usize) -> Option<&Cell> {
        let place = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(place)
    }

    /// The text in a column; empty if it is blank.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cell(column).map_or("", |cell| &cell.text)
    }
}

impl Grid {
    /// Whether the spreadsheet hides a column.
    pub(super) fn hides(&self, column: usize) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }
}

/// The name of a column: A, B, …, Z, AA.
pub(super) fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The address of a cell: B7.
pub(super) fn address(column: usize, row: usize) -> String {
    format!("{}{row}", column_name(column))
}

/// Column and row of an address such as `B7`; `None` if it is none.
pub(super) fn position(address: &str) -> Option<(usize, usize)> {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase).count();
    let (letters, digits) = address.split_at_checked(letters)?;
    if !(1..=3).contains(&letters.len()) || digits.len() > 7 {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1);
    let row: usize = digits.parse().ok().filter(|row| *row > 0)?;
    Some((column - 1, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_spreadsheets() {
        for (place, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(column_name(place), name);
            assert_eq!(position(&address(place, 7)), Some((place, 7)));
        }
        for text in ["", "7", "A", "A0", "a1", "A1B", "ABCD1", "A99999999"] {
            assert_eq!(position(text), None, "{text}");
        }
    }
}
