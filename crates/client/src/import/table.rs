//! The table in a file: the sheet, its heading, and its rows.

use super::columns::Column;
use super::error::ImportError;
use super::grid::{Cell, Grid, Merged, Row, column_name};
use super::heading::{self, Heading, Place};
use super::kind::Kind;
use super::limits::CELLS_MAX;
use super::problem::{Code, Finding};
use super::read::{ReadError, Sheets};
use super::sheets::OWN_SHEETS;

/// A table with its columns found.
pub(super) struct Table {
    pub(super) kind: Kind,
    pub(super) columns: Vec<Column>,
    pub(super) grid: Grid,
    heading: Heading,
}

impl Table {
    /// Finds the table in a file: the only visible sheet with such a heading. `warnings` receives what is not read.
    pub(super) fn find(
        sheets: Sheets,
        kind: Option<Kind>,
        sheet: Option<&str>,
        warnings: &mut Vec<Finding>,
    ) -> Result<Self, ImportError> {
        let Sheets { mut visible, hidden } = sheets;
        if let Some(wanted) = sheet {
            visible.retain(|grid| grid.sheet == wanted);
            if visible.is_empty() {
                return Err(ImportError::SheetUnknown(wanted.to_owned()));
            }
        }
        let kind = match kind {
            Some(kind) => kind,
            None => guess(&visible)?,
        };
        let columns = kind.columns();
        let found: Vec<_> = visible.iter().map(|grid| heading::find(grid, &columns)).collect();
        let fitting: Vec<usize> = (0..found.len()).filter(|place| found[*place].is_ok()).collect();
        let chosen = match fitting.as_slice() {
            [only] => *only,
            [] => most_fitting(&found),
            several => {
                return Err(ImportError::SeveralSheets(
                    several.iter().map(|place| visible[*place].sheet.clone()).collect(),
                ));
            }
        };
        for (place, grid) in visible.iter().enumerate() {
            let own = OWN_SHEETS.contains(&grid.sheet.as_str());
            if place != chosen && !own && !grid.rows.is_empty() {
                warnings.push(Finding::of_table(Code::SheetNotRead, &grid.sheet));
            }
        }
        warnings.extend(hidden.iter().map(|name| Finding::of_table(Code::SheetHidden, name)));
        let heading = found.into_iter().nth(chosen).unwrap_or_else(|| Err(ImportError::no_heading(&columns)))?;
        let mut table = Self { kind, columns, grid: visible.swap_remove(chosen), heading };
        if table.rows().is_empty() {
            return Err(ImportError::NoRows);
        }
        table.fill_merged()?;
        table.warn(warnings);
        Ok(table)
    }

    /// The rows below the heading.
    pub(super) fn rows(&self) -> &[Row] {
        self.grid.rows.get(self.heading.rows.1..).unwrap_or_default()
    }

    /// Where a column is; `None` if the table does not have it.
    pub(super) fn place(&self, column: &Column) -> Option<&Place> {
        let place = self.columns.iter().position(|one| one.name == column.name && one.part == column.part)?;
        self.heading.places.get(place)?.as_ref()
    }

    /// The column of that name; the first, if the event and a member both have one.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The cell of a row in the column of that name.
    pub(super) fn cell<'r>(&self, row: &'r Row, name: &str) -> Option<&'r Cell> {
        row.cell(self.place(self.column(name)?)?.column)
    }

    /// The number of the heading's last row.
    pub(super) fn heading_row(&self) -> usize {
        self.grid.rows.get(self.heading.rows.1 - 1).map_or(1, |row| row.number)
    }

    /// The column after the last one that has a heading.
    pub(super) fn width(&self) -> usize {
        self.heading.width
    }

    /// A cell merged over several rows stands in its first row only, and means all of them; merged over several
    /// columns, it may mean any of them.
    fn fill_merged(&mut self) -> Result<(), ImportError> {
        let first = self.heading.rows.1;
        let placed: Vec<usize> = self.heading.places.iter().flatten().map(|place| place.column).collect();
        let mut filled = 0;
        for merge in std::mem::take(&mut self.grid.merges) {
            let from = self.grid.rows.partition_point(|row| row.number < merge.rows.0);
            let Some(top) = self.grid.rows.get_mut(from).filter(|row| row.number == merge.rows.0) else { continue };
            let place = top.cells.binary_search_by_key(&merge.columns.0, |cell| cell.column);
            let Some(top) = place.ok().filter(|_| from >= first).and_then(|place| top.cells.get_mut(place)) else {
                continue;
            };
            let within = |column: &&usize| (merge.columns.0..=merge.columns.1).contains(*column);
            let across = placed.iter().filter(within).count() > 1;
            top.merged = match (across, merge.rows.1 > merge.rows.0) {
                (true, _) => Merged::Across,
                (false, true) => Merged::First,
                (false, false) => top.merged,
            };
            let further = Cell { merged: if across { Merged::Across } else { Merged::Further }, ..top.clone() };
            for row in self.grid.rows.iter_mut().skip(from + 1).take_while(|row| row.number <= merge.rows.1) {
                filled += 1;
                if filled > CELLS_MAX {
                    return Err(ReadError::TooMuchText.into());
                }
                if let Err(place) = row.cells.binary_search_by_key(&further.column, |cell| cell.column) {
                    row.cells.insert(place, further.clone());
                }
            }
        }
        Ok(())
    }

    /// Names what of the sheet is not read, and what is read in another unit.
    fn warn(&self, warnings: &mut Vec<Finding>) {
        let row = self.heading_row();
        for (column, text) in &self.heading.unknown {
            warnings.push(Finding::at(Code::ColumnUnknown, row, *column).says(text));
        }
        let is_short = |row: &&Row| row.width > 0 && row.width < self.width();
        warnings.extend(self.rows().iter().filter(is_short).map(|row| Finding::of_row(Code::RowShort, row.number)));
        let headed = |column: usize| {
            let known = self.heading.places.iter().flatten().any(|place| place.column == column);
            known || self.heading.unknown.iter().any(|(unknown, _)| *unknown == column)
        };
        let mut unnamed: Vec<usize> = self
            .rows()
            .iter()
            .flat_map(|row| row.cells.iter().map(|cell| cell.column))
            .filter(|column| !headed(*column))
            .collect();
        unnamed.sort_unstable();
        unnamed.dedup();
        for column in unnamed {
            warnings.push(Finding::at(Code::ColumnUnnamed, row, column).says(&column_name(column)));
        }
        for (column, place) in self.columns.iter().zip(&self.heading.places) {
            if let Some(place) = place.as_ref().filter(|place| column.is_money() && place.unit_fen != 100) {
                let yuan = lika_domain::money::Fen(i64::try_from(place.unit_fen).unwrap_or(0));
                let says = format!("{}: 1 = {yuan} 元", column.zh);
                warnings.push(Finding::at(Code::UnitConverted, row, place.column).in_column(column.name).says(&says));
            }
        }
    }
}

/// The kind whose columns the headings name best, if they leave no doubt.
fn guess(visible: &[Grid]) -> Result<Kind, ImportError> {
    let fits = |kind: &Kind| {
        let columns = kind.columns();
        let fit = visible.iter().filter_map(|grid| heading::fit(grid, &columns)).max_by_key(better);
        fit.map(|fit| (better(&fit), *kind))
    };
    let mut fitting: Vec<_> = Kind::ALL.iter().filter_map(fits).collect();
    fitting.sort_unstable_by(|a, b| b.cmp(a));
    match fitting.as_slice() {
        [(_, only)] => Ok(*only),
        [(first, kind), (second, _), ..] if first > second => Ok(*kind),
        several => Err(ImportError::KindUnclear(several.iter().map(|(_, kind)| kind.name()).collect())),
    }
}

/// More columns named are better, and of as many fewer that are lacking.
fn better((named, lacking): &(usize, usize)) -> (usize, std::cmp::Reverse<usize>) {
    (*named, std::cmp::Reverse(*lacking))
}

/// The sheet to name the faults of: the one that lacks fewest columns.
fn most_fitting(found: &[Result<Heading, ImportError>]) -> usize {
    let lacks = |place: &usize| match &found[*place] {
        Err(ImportError::ColumnsMissing { columns, .. }) => columns.len(),
        Err(ImportError::NoHeading { .. }) => usize::MAX,
        _ => 0,
    };
    (0..found.len()).min_by_key(lacks).unwrap_or(0)
}
