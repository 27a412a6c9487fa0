//! The cells of a sheet.

use super::numbers;
use super::part::{Package, Tag, attribute, is_true};
use super::strings::Runs;
use crate::import::grid::{Cell, CellKind, Grid, Merge, Row, position};
use crate::import::limits::{CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX, TEXT_BYTES_MAX};
use crate::import::read::error::ReadError;
use quick_xml::events::BytesStart;
use std::sync::Arc;

/// Most merged areas.
const MERGES_MAX: usize = 200_000;
/// The last row of the format.
const ROW_MAX: usize = 1_048_576;

/// What the values of cells rest on.
pub(super) struct Values<'w> {
    pub(super) strings: &'w [Arc<str>],
    /// For each format, whether it shows a day.
    pub(super) styles: &'w [bool],
    pub(super) from_1904: bool,
}

/// Reads a sheet.
pub(super) fn read(package: &mut Package<'_>, part: &str, values: &Values<'_>) -> Result<Grid, ReadError> {
    let mut sheet = Sheet::new(part, values);
    package.read(part, |tag| sheet.take(&tag))?;
    Ok(sheet.grid)
}

struct Sheet<'s> {
    part: &'s str,
    values: &'s Values<'s>,
    grid: Grid,
    row: Row,
    /// The last row and column there was a tag for.
    row_before: usize,
    column_before: Option<usize>,
    cell: Open,
    cells: usize,
    bytes: usize,
}

/// The cell that is being read.
#[derive(Default)]
struct Open {
    column: usize,
    /// The attribute `t`.
    kind: String,
    style: usize,
    value: String,
    inline: Runs,
    is_formula: bool,
    in_value: bool,
    is_open: bool,
}

impl<'s> Sheet<'s> {
    fn new(part: &'s str, values: &'s Values<'s>) -> Self {
        Self {
            part,
            values,
            grid: Grid::default(),
            row: Row::default(),
            row_before: 0,
            column_before: None,
            cell: Open::default(),
            cells: 0,
            bytes: 0,
        }
    }

    fn take(&mut self, tag: &Tag<'_>) -> Result<(), ReadError> {
        match tag {
            Tag::Open("row", tag) => self.open_row(tag)?,
            Tag::Close("row") => self.close_row()?,
            Tag::Open("c", tag) => self.open_cell(tag)?,
            Tag::Close("c") => self.close_cell()?,
            Tag::Open("v", _) => self.cell.in_value = true,
            Tag::Close("v") => self.cell.in_value = false,
            Tag::Open("f", _) => self.cell.is_formula = true,
            Tag::Open("col", tag) => self.column(tag),
            Tag::Open("mergeCell", tag) => self.merge(tag)?,
            Tag::Text(text) if self.cell.in_value => {
                self.cell.value.push_str(text);
                if self.cell.value.len() > CELL_CHARS_MAX * 4 {
                    return Err(ReadError::damaged(self.part, "the value of a cell is too long"));
                }
            }
            tag if self.cell.is_open => {
                self.cell.inline.take(tag);
                if self.cell.inline.text.len() > CELL_CHARS_MAX * 4 {
                    return Err(ReadError::damaged(self.part, "the text of a cell is too long"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open_row(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let number = match attribute(tag, "r") {
            Some(number) => number.parse().unwrap_or(0),
            None => self.row_before + 1,
        };
        if number <= self.row_before || number > ROW_MAX {
            return Err(ReadError::damaged(self.part, format!("row {number} after row {}", self.row_before)));
        }
        (self.row_before, self.column_before) = (number, None);
        self.row = Row { number, hidden: is_true(tag, "hidden"), ..Row::default() };
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), ReadError> {
        if !self.row.cells.is_empty() {
            self.grid.rows.push(std::mem::take(&mut self.row));
        }
        if self.grid.rows.len() > ROWS_MAX { Err(ReadError::TooManyRows) } else { Ok(()) }
    }

    fn open_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let next = self.column_before.map_or(0, |column| column + 1);
        let (column, row) = match attribute(tag, "r") {
            Some(address) => position(&address).unwrap_or((0, 0)),
            None => (next, self.row.number),
        };
        if column < next || row != self.row.number {
            return Err(ReadError::damaged(self.part, format!("a cell out of place in row {}", self.row.number)));
        }
        self.column_before = Some(column);
        let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        let kind = attribute(tag, "t").unwrap_or_default();
        self.cell = Open { column, kind, style, is_open: true, ..Open::default() };
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), ReadError> {
        let mut open = std::mem::take(&mut self.cell);
        let text = open.inline.end();
        let (text, kind): (Arc<str>, CellKind) = match open.kind.as_str() {
            "s" => (self.shared(&open.value)?, CellKind::Text),
            "inlineStr" => (text.into(), CellKind::Text),
            "str" => (open.value.as_str().into(), CellKind::Text),
            "b" => (if open.value == "1" { "TRUE" } else { "FALSE" }.into(), CellKind::Text),
            "e" => (open.value.as_str().into(), CellKind::Fault),
            // A day as text, which newer versions may write.
            "d" => (open.value.replace("T00:00:00", "").into(), CellKind::Day),
            _ if open.value.is_empty() => return Ok(()),
            _ => {
                let is_day = self.values.styles.get(open.style).copied().unwrap_or(false);
                let number = numbers::written(&open.value, is_day, self.values.from_1904);
                let (text, kind) = number.unwrap_or_else(|| (open.value.clone(), CellKind::Fault));
                (text.into(), kind)
            }
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        let kind = if open.is_formula { CellKind::Formula } else { kind };
        self.keep(Cell { column: open.column, text, kind })
    }

    fn shared(&self, value: &str) -> Result<Arc<str>, ReadError> {
        let found = value.parse::<usize>().ok().and_then(|place| self.values.strings.get(place));
        found.cloned().ok_or_else(|| ReadError::damaged(self.part, "a cell has a text that is not there"))
    }

    fn keep(&mut self, cell: Cell) -> Result<(), ReadError> {
        self.cells += 1;
        self.bytes += cell.text.len();
        if cell.column >= COLUMNS_MAX {
            return Err(ReadError::TooManyColumns(self.row.number));
        }
        if self.cells > CELLS_MAX || self.bytes > TEXT_BYTES_MAX {
            return Err(ReadError::TooMuchText);
        }
        self.row.cells.push(cell);
        Ok(())
    }

    fn column(&mut self, tag: &BytesStart<'_>) {
        let number = |name: &str| attribute(tag, name).and_then(|number| number.parse::<usize>().ok());
        if let (true, Some(first @ 1..), Some(last @ 1..)) = (is_true(tag, "hidden"), number("min"), number("max")) {
            self.grid.hidden_columns.push((first - 1, last - 1));
        }
    }

    fn merge(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        let area = attribute(tag, "ref").unwrap_or_default();
        let (from, to) = area.split_once(':').unwrap_or((&area, &area));
        if let (Some(from), Some(to)) = (position(from), position(to)) {
            self.grid.merges.push(Merge { rows: (from.1, to.1), columns: (from.0, to.0) });
        }
        if self.grid.merges.len() > MERGES_MAX { Err(ReadError::TooMuchText) } else { Ok(()) }
    }
}
