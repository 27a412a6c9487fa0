//! Text files: commas, tabs or semicolons between cells.

use super::error::ReadError;
use super::text::decode;
use crate::import::grid::{Cell, CellKind, Grid, Merged, Row, address};
use crate::import::limits::{CELL_CHARS_MAX, COLUMNS_MAX, HEADING_ROWS_MAX, ROWS_MAX};
use csv::StringRecord;

/// Reads a text file.
pub(super) fn grid(bytes: &[u8]) -> Result<Grid, ReadError> {
    let text = decode(bytes)?;
    if text.trim_start().starts_with('<') {
        return Err(ReadError::Markup);
    }
    let delimiter = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut grid = Grid::default();
    let mut number = 0;
    for record in reader.records() {
        let record = record?;
        // The reader skips empty lines, but the spreadsheet counts them.
        number += record.position().map_or(0, |at| blank_lines_at(&text, at.byte())) + 1;
        let row = row(number, &record, delimiter)?;
        if !row.cells.is_empty() {
            grid.rows.push(row);
        }
        if grid.rows.len() > ROWS_MAX {
            return Err(ReadError::TooManyRows);
        }
    }
    // An odd number of quotation marks leaves one without a partner.
    if !text.matches('"').count().is_multiple_of(2) {
        let row = grid.rows.iter().find(|row| row.cells.iter().any(|cell| cell.text.contains('"')));
        return Err(ReadError::QuoteOpen(row.map_or(number, |row| row.number)));
    }
    Ok(grid)
}

fn row(number: usize, record: &StringRecord, delimiter: u8) -> Result<Row, ReadError> {
    if record.len() > COLUMNS_MAX {
        return Err(ReadError::TooManyColumns(number));
    }
    let mut cells = Vec::new();
    for (column, text) in record.iter().enumerate() {
        if text.chars().count() > CELL_CHARS_MAX {
            return Err(ReadError::CellTooLong(address(column, number)));
        }
        if holds_rows(text, record.len(), delimiter) {
            return Err(ReadError::QuoteOpen(number));
        }
        if !text.trim().is_empty() {
            cells.push(Cell { column, text: text.into(), kind: CellKind::Text, merged: Merged::No });
        }
    }
    Ok(Row { number, hidden: false, width: record.len(), cells })
}

/// Whether a cell holds whole rows: the quotation marks around them were meant otherwise. Each row that was swallowed
/// brings the delimiters of one row, some of them before its line end.
fn holds_rows(text: &str, width: usize, delimiter: u8) -> bool {
    let delimiters = |line: &str| line.bytes().filter(|byte| *byte == delimiter).count();
    let line_ends = text.trim_end().lines().count().saturating_sub(1);
    let rows = line_ends > 0 && width > 2 && delimiters(text) >= line_ends * (width - 1);
    rows || text.lines().skip(1).any(|line| delimiters(line) > width / 2 + 1)
}

/// Number of empty lines at this offset, where the reader began to look for a row.
fn blank_lines_at(text: &str, offset: u64) -> usize {
    let (before, rest) = usize::try_from(offset).ok().and_then(|at| text.split_at_checked(at)).unwrap_or_default();
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let ends = rest.get(..blank).unwrap_or_default().matches('\n').count();
    // The reader may have left the second character of a two-character line end.
    let left_over = before.ends_with('\r') && rest.starts_with('\n');
    ends - usize::from(left_over)
}

/// The delimiter that occurs most often in the first lines.
fn delimiter(text: &str) -> u8 {
    let top: String = text.lines().take(HEADING_ROWS_MAX).collect();
    let count = |delimiter: u8| top.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|delimiter| (count(*delimiter), *delimiter == b',')).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_counted_as_the_spreadsheet_counts_them() {
        let text = "\n\na,b\n\nc\n\n\nd\n,,\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let grid = grid(text.as_bytes()).unwrap();
            assert_eq!(grid.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 5, 8]);
        }
    }

    #[test]
    fn a_quotation_mark_without_a_partner_does_not_swallow_rows() {
        let open = "a,b,c\n1,\"2,3\n4,5,6\n";
        assert!(matches!(grid(open.as_bytes()), Err(ReadError::QuoteOpen(2))));
        let around = "a,b,c,d\n1,\"2,3,4\n4,5,6,7\n8,9,x\",4\n";
        assert!(matches!(grid(around.as_bytes()), Err(ReadError::QuoteOpen(2))));
        let last = "a,b,c,d\n1,2,3,\"4\n5,6,7,8\"\n";
        assert!(matches!(grid(last.as_bytes()), Err(ReadError::QuoteOpen(2))));
        let middle = "a,b,c,d\n1,\"2,3,4\n5,6\",7,8\n";
        assert!(matches!(grid(middle.as_bytes()), Err(ReadError::QuoteOpen(2))));
        let several = "a,b,c\n1,2,\"3\n4,5,6\n7,8,9\"\n";
        assert!(matches!(grid(several.as_bytes()), Err(ReadError::QuoteOpen(2))));
        let meant = "a,b,c\n1,\"two\nlines\",3\n";
        assert_eq!(grid(meant.as_bytes()).unwrap().rows[1].text(1), "two\nlines");
        let list = "a,b,c\n1,\"two, or\nthree\",3\n";
        assert_eq!(grid(list.as_bytes()).unwrap().rows[1].text(1), "two, or\nthree");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(matches!(grid(b"<html><table>"), Err(ReadError::Markup)));
        assert!(matches!(grid(&[b',', 0, 0, 7]), Err(ReadError::NotText(_))));
        let wide = ",".repeat(COLUMNS_MAX);
        assert!(matches!(grid(wide.as_bytes()), Err(ReadError::TooManyColumns(1))));
        let long = "字".repeat(CELL_CHARS_MAX + 1);
        assert!(matches!(grid(format!("a,{long}").as_bytes()), Err(ReadError::CellTooLong(cell)) if cell == "B1"));
        let many = "a,b\n".repeat(ROWS_MAX + 1);
        assert!(matches!(grid(many.as_bytes()), Err(ReadError::TooManyRows)));
    }
}
