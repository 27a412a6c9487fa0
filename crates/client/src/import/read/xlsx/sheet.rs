//! The cells of a sheet.

use super::formats::Shown;
use super::numbers;
use super::part::{Package, Tag, attribute, is_true};
use super::strings::{Runs, Shared};
use super::styles::Style;
use crate::import::grid::{Cell, CellKind, Grid, Merge, Merged, Row, position};
use crate::import::limits::{CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX, TEXT_BYTES_MAX};
use crate::import::read::error::ReadError;
use quick_xml::events::BytesStart;
use std::sync::Arc;

/// Most merged areas.
const MERGES_MAX: usize = 200_000;
/// Rows of fewer points than this, and columns of fewer characters, cannot be seen.
const HEIGHT_MIN: f64 = 2.0;
const WIDTH_MIN: f64 = 0.5;
/// The last row of the format.
const ROW_MAX: usize = 1_048_576;

/// What the values of cells rest on.
pub(super) struct Values<'w> {
    pub(super) strings: &'w [Shared],
    pub(super) styles: &'w [Style],
    /// The style of a cell that has none of these.
    pub(super) plain: &'w Style,
    pub(super) from_1904: bool,
}

/// Reads a sheet.
pub(super) fn read(package: &mut Package<'_>, part: &str, values: &Values<'_>) -> Result<Grid, ReadError> {
    let mut sheet = Sheet::new(part, values);
    package.read(part, |tag| sheet.take(&tag))?;
    sheet.end()
}

struct Sheet<'s> {
    part: &'s str,
    values: &'s Values<'s>,
    grid: Grid,
    row: Row,
    /// The last row and column there was a tag for.
    row_before: usize,
    column_before: Option<usize>,
    /// Rows and columns that give no size of their own cannot be seen.
    rows_are_flat: bool,
    columns_are_narrow: bool,
    /// Columns that give one.
    wide_columns: Vec<(usize, usize)>,
    /// Cells that one formula computes.
    computed: Vec<Merge>,
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
            rows_are_flat: false,
            columns_are_narrow: false,
            wide_columns: Vec::new(),
            computed: Vec::new(),
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
            Tag::Open("f", tag) => {
                self.cell.is_formula = true;
                // An array or a table of values: only its first cell has the formula.
                if attribute(tag, "t").is_some_and(|kind| kind != "shared") {
                    self.computed.extend(area(tag));
                }
                if self.computed.len() > MERGES_MAX {
                    return Err(ReadError::TooMuchText);
                }
            }
            Tag::Open("sheetFormatPr", tag) => self.defaults(tag),
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
        let is_flat = match attribute(tag, "ht") {
            Some(height) => height.parse().is_ok_and(|height: f64| height < HEIGHT_MIN),
            None => self.rows_are_flat,
        };
        self.row = Row { number, hidden: is_flat || is_true(tag, "hidden"), ..Row::default() };
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
        let is_struck = open.inline.is_struck;
        let inline = open.inline.end();
        let style = self.values.styles.get(open.style).unwrap_or(self.values.plain);
        let mut is_struck = is_struck || style.is_struck;
        let text = |text: Arc<str>| match style.format.text() {
            Shown::AsItIs => (text, CellKind::Text),
            _ => (text, CellKind::Otherwise),
        };
        let (text, kind): (Arc<str>, CellKind) = match open.kind.as_str() {
            "s" => {
                let shared = self.shared(&open.value)?;
                is_struck |= shared.is_struck;
                text(shared.text.clone())
            }
            "inlineStr" => text(inline.into()),
            "str" => text(open.value.as_str().into()),
            "b" => (if open.value == "1" { "TRUE" } else { "FALSE" }.into(), CellKind::Text),
            "e" => (open.value.as_str().into(), CellKind::Fault),
            // A day as text, which newer versions may write.
            "d" => (open.value.replace("T00:00:00", "").into(), CellKind::Day),
            _ if open.value.is_empty() => return Ok(()),
            _ => match numbers::written(&open.value, &style.format, self.values.from_1904) {
                Some((text, kind)) => (text.into(), kind),
                None => (open.value.as_str().into(), CellKind::Fault),
            },
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        let kind = if is_struck { CellKind::Struck } else { kind };
        let kind = if open.is_formula { CellKind::Formula } else { kind };
        self.keep(Cell { column: open.column, text, kind, merged: Merged::No })
    }

    fn shared(&self, value: &str) -> Result<&'s Shared, ReadError> {
        let found = value.parse::<usize>().ok().and_then(|place| self.values.strings.get(place));
        found.ok_or_else(|| ReadError::damaged(self.part, "a cell has a text that is not there"))
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

    /// What holds for rows and columns that say nothing else.
    fn defaults(&mut self, tag: &BytesStart<'_>) {
        let number = |name: &str| attribute(tag, name).and_then(|number| number.parse::<f64>().ok());
        self.rows_are_flat =
            is_true(tag, "zeroHeight") || number("defaultRowHeight").is_some_and(|at| at < HEIGHT_MIN);
        self.columns_are_narrow = number("defaultColWidth").is_some_and(|width| width < WIDTH_MIN);
    }

    fn column(&mut self, tag: &BytesStart<'_>) {
        let number = |name: &str| attribute(tag, name).and_then(|number| number.parse::<usize>().ok());
        let (Some(first @ 1..), Some(last @ 1..)) = (number("min"), number("max")) else { return };
        let columns = (first - 1, last - 1);
        let is_narrow = attribute(tag, "width").and_then(|width| width.parse::<f64>().ok());
        if is_narrow.is_some_and(|width| width < WIDTH_MIN) || is_true(tag, "hidden") {
            self.grid.hidden_columns.push(columns);
        } else if self.columns_are_narrow {
            self.wide_columns.push(columns);
        }
    }

    fn merge(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        self.grid.merges.extend(area(tag));
        if self.grid.merges.len() > MERGES_MAX { Err(ReadError::TooMuchText) } else { Ok(()) }
    }

    /// The sheet, once all of it is read.
    fn end(mut self) -> Result<Grid, ReadError> {
        let mut looked_at = 0;
        for area in &self.computed {
            let from = self.grid.rows.partition_point(|row| row.number < area.rows.0);
            for row in self.grid.rows.iter_mut().skip(from).take_while(|row| row.number <= area.rows.1) {
                looked_at += 1 + row.cells.len();
                if looked_at > CELLS_MAX {
                    return Err(ReadError::TooMuchText);
                }
                let within = |cell: &&mut Cell| (area.columns.0..=area.columns.1).contains(&cell.column);
                row.cells.iter_mut().filter(within).for_each(|cell| cell.kind = CellKind::Formula);
            }
        }
        if self.columns_are_narrow {
            let is_wide = |column: &usize| self.wide_columns.iter().any(|(a, b)| (*a..=*b).contains(column));
            let narrow = (0..COLUMNS_MAX).filter(|column| !is_wide(column)).map(|column| (column, column));
            self.grid.hidden_columns.extend(narrow.collect::<Vec<_>>());
        }
        Ok(self.grid)
    }
}

/// The cells that a tag is about.
fn area(tag: &BytesStart<'_>) -> Option<Merge> {
    let area = attribute(tag, "ref")?;
    let (from, to) = area.split_once(':').unwrap_or((&area, &area));
    let (from, to) = (position(from)?, position(to)?);
    Some(Merge { rows: (from.1, to.1), columns: (from.0, to.0) })
}
