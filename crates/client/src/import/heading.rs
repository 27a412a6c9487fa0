//! Finds the heading of a table: one to three rows near its top that name the columns.

use super::columns::{Column, plain};
use super::error::ImportError;
use super::grid::{Grid, Merge, address};
use super::limits::HEADING_ROWS_MAX;
use super::notes;
use super::remarks::{self, Unclear};

/// How many columns a heading must name.
const COLUMNS_MIN: usize = 2;
/// How many rows a heading may have: names of groups, names, units.
const DEPTH_MAX: usize = 3;
/// One yuan, in fen: the unit of a column of money that names none.
const YUAN: u64 = 100;
/// A heading that was found.
#[derive(Debug)]
pub(super) struct Heading {
    /// Its rows, as positions in the grid: from the first to the one after the last.
    pub(super) rows: (usize, usize),
    /// For each column of the kind, where it is.
    pub(super) places: Vec<Option<Place>>,
    /// Headings that name no column, with their positions.
    pub(super) unknown: Vec<(usize, String)>,
    /// The column after the last one of the heading.
    pub(super) width: usize,
}

/// Where a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Position, from 0.
    pub(super) column: usize,
    /// Its unit, in fen, if it holds money.
    pub(super) unit_fen: u64,
}

/// One way to read some rows as a heading.
struct Reading {
    rows: (usize, usize),
    /// Position, text, and the column it names.
    cells: Vec<(usize, String, Option<usize>)>,
    named: usize,
}

/// Finds the heading that names most columns.
pub(super) fn find(grid: &Grid, columns: &[Column]) -> Result<Heading, ImportError> {
    let mut best = best(grid, columns).ok_or_else(|| ImportError::no_heading(columns))?;
    let (row, width) = grid.rows.get(best.rows.1 - 1).map_or((0, 0), |row| (row.number, row.width));
    take_units(&mut best, grid);
    let mut heading = Heading { rows: best.rows, places: vec![None; columns.len()], unknown: Vec::new(), width };
    let mut seen: Vec<Option<usize>> = vec![None; columns.len()];
    let of_table = of_table(grid, best.rows);
    set_aside(&mut best.cells, columns);
    for (position, text, named) in best.cells {
        heading.width = heading.width.max(position + 1);
        let Some(place) = named else {
            heading.unknown.push((position, text));
            continue;
        };
        let (column, cell) = (&columns[place], address(position, row));
        if let Some(first) = seen[place] {
            let cells = format!("{} and {cell}", address(first, row));
            return Err(ImportError::ColumnTwice { column: column.described(), cells });
        }
        if grid.hides(position) {
            return Err(ImportError::ColumnHidden { column: column.described(), cell });
        }
        let unclear = |unclear| ImportError::remark(column, cell.clone(), unclear);
        if let Some(group) = group(grid, best.rows, position).filter(|group| remarks::changes(group)) {
            return Err(unclear(Unclear::Meaning(group.to_owned())));
        }
        let unit_fen = match remarks::of_heading(column, &text).map_err(unclear)? {
            None if column.is_money() => of_table.clone().map_err(|text| ImportError::unit_of_table(column, text))?,
            unit => unit,
        };
        seen[place] = Some(position);
        heading.places[place] = Some(Place { column: position, unit_fen: unit_fen.unwrap_or(YUAN) });
    }
    let lacking =
        |(column, place): (&Column, &Option<Place>)| (column.required && place.is_none()).then(|| column.described());
    let lacking: Vec<_> = columns.iter().zip(&heading.places).filter_map(lacking).collect();
    if lacking.is_empty() { Ok(heading) } else { Err(ImportError::ColumnsMissing { row, columns: lacking }) }
}

/// A row of nothing but units belongs to the heading above it.
fn take_units(reading: &mut Reading, grid: &Grid) {
    let blank = |text: &str| matches!(text.trim(), "" | "-" | "—" | "/" | "单位");
    let Some(row) = grid.rows.get(reading.rows.1) else { return };
    let are_units = row.cells.iter().all(|cell| blank(&cell.text) || remarks::is_unit(&cell.text));
    if !are_units || row.cells.iter().all(|cell| blank(&cell.text)) {
        return;
    }
    reading.rows.1 += 1;
    for (position, text, _) in &mut reading.cells {
        let unit = row.text(*position);
        if !blank(unit) {
            *text = format!("{text}（{}）", unit.trim().trim_matches(['(', ')', '（', '）']));
        }
    }
}

/// Of two headings of a column, one with a remark that may change its meaning is not the column: 金额 and 金额（计划）.
fn set_aside(cells: &mut [(usize, String, Option<usize>)], columns: &[Column]) {
    let is_other =
        |text: &str, place: usize| matches!(remarks::of_heading(&columns[place], text), Err(Unclear::Meaning(_)));
    let named = cells.iter().filter_map(|(_, text, named)| named.filter(|place| !is_other(text, *place)));
    let named: Vec<usize> = named.collect();
    for (_, text, place) in cells {
        *place = place.filter(|place| !(named.contains(place) && is_other(text, *place)));
    }
}

/// The name of the group that a column belongs to, in the row above the last one of the heading that names columns. A
/// single text at the left is a title.
fn group(grid: &Grid, rows: (usize, usize), position: usize) -> Option<&str> {
    let above = rows.0.saturating_sub(1)..rows.1.checked_sub(1)?;
    grid.rows.get(above)?.iter().rev().find_map(|row| {
        let cell = row.cells.iter().rev().find(|cell| cell.column <= position)?;
        let is_title = row.cells.len() == 1 && cell.column == 0;
        let begins = |merge: &&Merge| merge.columns.0 == cell.column && merge.rows.0 == row.number;
        let covers = match grid.merges.iter().find(begins) {
            Some(merge) => merge.columns.1 >= position,
            // A text file does not say how far a group goes: as far as to the next one.
            None => grid.merges.is_empty() || cell.column == position,
        };
        (covers && !is_title).then_some(cell.text.as_ref())
    })
}

/// The unit that stands above the table, below it, or in the name of its sheet for all of it: 单位：万元.
fn of_table(grid: &Grid, rows: (usize, usize)) -> Result<Option<u64>, String> {
    let below = grid.rows.get(rows.1..).unwrap_or_default().iter().filter(|row| notes::is_note(row));
    let cells = grid.rows.iter().take(rows.0).chain(below).flat_map(|row| &row.cells);
    remarks::of_table(cells.map(|cell| cell.text.as_ref()).chain([grid.sheet.as_str()]))
}

/// How many columns the best heading names, and how many required ones it lacks; `None` if there is no heading.
pub(super) fn fit(grid: &Grid, columns: &[Column]) -> Option<(usize, usize)> {
    let best = best(grid, columns)?;
    let named: Vec<usize> = best.cells.iter().filter_map(|(_, _, column)| *column).collect();
    let lacking = (0..columns.len()).filter(|place| columns[*place].required && !named.contains(place)).count();
    Some((best.named, lacking))
}

/// The reading that names most columns; of several the one with the fewest rows.
fn best(grid: &Grid, columns: &[Column]) -> Option<Reading> {
    let top = grid.rows.iter().take_while(|row| row.number <= HEADING_ROWS_MAX).count();
    let mut best: Option<Reading> = None;
    for depth in 1..=DEPTH_MAX {
        for first in 0..top {
            let rows = (first, first + depth);
            if rows.1 > top {
                continue;
            }
            let reading = read(grid, rows, columns);
            if reading.named >= COLUMNS_MIN && best.as_ref().is_none_or(|best| reading.named > best.named) {
                best = Some(reading);
            }
        }
    }
    best
}

fn read(grid: &Grid, rows: (usize, usize), columns: &[Column]) -> Reading {
    let lines = grid.rows.get(rows.0..rows.1).unwrap_or_default();
    let mut positions: Vec<usize> = lines.iter().flat_map(|row| row.cells.iter().map(|cell| cell.column)).collect();
    positions.sort_unstable();
    positions.dedup();
    let mut cells = Vec::new();
    for position in positions {
        let texts: Vec<_> =
            lines.iter().map(|row| row.text(position).trim()).filter(|text| !text.is_empty()).collect();
        let deepest = texts.last().copied().unwrap_or_default().to_owned();
        // A name, or a name with its unit below it, or a name in several rows.
        let options = [deepest.clone(), texts.iter().rev().take(2).rev().copied().collect(), texts.concat()];
        let named = |text: &String| {
            let name = plain(text);
            columns.iter().position(|column| !name.is_empty() && column.is_named(&name))
        };
        let found = options.iter().find_map(|text| named(text).map(|column| (text.clone(), column)));
        let (text, column) = found.map_or((deepest, None), |(text, column)| (text, Some(column)));
        cells.push((position, text, column));
    }
    let mut named: Vec<_> = cells.iter().filter_map(|(_, _, column)| *column).collect();
    named.sort_unstable();
    named.dedup();
    Reading { rows, named: named.len(), cells }
}
