//! Rows that are no records, whatever stands in their cells.

use super::columns::Column;
use super::grid::Row;
use super::problem::{Code, Finding};
use super::table::Table;

/// Why a row is no record; `None` if it may be one. `next` is the row after it.
pub(super) fn of(table: &Table, row: &Row, next: Option<&Row>, before: Option<&Row>) -> Option<Finding> {
    if row.hidden {
        return Some(Finding::of_row(Code::RowHidden, row.number));
    }
    if row.width > table.width() {
        return Some(Finding::of_row(Code::CellsShifted, row.number).says(&format!(
            "{} > {}",
            row.width,
            table.width()
        )));
    }
    let torn =
        |first: Option<&Row>, second: Option<&Row>| first.zip(second).is_some_and(|(a, b)| is_torn(table, a, b));
    if torn(Some(row), next) || torn(before, Some(row)) {
        return Some(Finding::of_row(Code::RowTorn, row.number));
    }
    let says = |column: &&Column| {
        let required = column.required || !has_required(table);
        let place = table.place(column).filter(|_| required && says_what(column));
        place.is_some_and(|place| row.cell(place.column).is_some())
    };
    let is_record = table.columns.iter().any(|column| says(&column));
    (!is_record).then(|| Finding::of_row(Code::NoRecord, row.number))
}

/// Whether a kind has columns that every record fills in, besides those of whom and when.
fn has_required(table: &Table) -> bool {
    table.columns.iter().any(|column| column.required && says_what(column))
}

/// Columns that say what happened, and not only to whom and when.
fn says_what(column: &Column) -> bool {
    !matches!(column.name, "village" | "household" | "date")
}

/// A line break without quotation marks leaves two short rows whose cells are one row's and one more.
fn is_torn(table: &Table, first: &Row, second: &Row) -> bool {
    let width = table.width();
    let short = |row: &Row| row.width > 0 && row.width < width;
    short(first) && short(second) && second.number == first.number + 1 && first.width + second.width == width + 1
}
