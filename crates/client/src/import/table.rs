//! Rows and columns.

use super::{ImportError, ROWS_MAX, text};
use lika_domain::describe::Field;

/// How many rows from the top may be the heading: templates have titles above it.
pub(super) const HEADING_ROWS_MAX: usize = 5;
/// How many columns a row must name to be the heading.
const HEADING_COLUMNS_MIN: usize = 2;

/// A column that is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Its English name, used in problems.
    pub(super) name: &'static str,
    /// The label and the name of its field, which are headings too, the label before all others; `None` where it is no
    /// event's field.
    field: Option<&'static Field>,
    /// Its other possible headings: words of the registers.
    headings: &'static [&'static str],
    /// The table must have it.
    required: bool,
}

impl Column {
    /// A column that is not a field of an event.
    pub(super) const fn new(name: &'static str, headings: &'static [&'static str]) -> Self {
        Self { name, field: None, headings, required: false }
    }

    /// The column of a field: its name and its label are those of the description.
    pub(super) const fn of(field: &'static Field, headings: &'static [&'static str]) -> Self {
        Self { name: field.name, field: Some(field), headings, required: false }
    }

    /// The same column with a name of its own.
    pub(super) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The same column, which a table must have.
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    fn headings(&self) -> impl Iterator<Item = &'static str> {
        let of_field = self.field.into_iter().flat_map(|field| [field.zh, field.name]);
        of_field.chain(self.headings.iter().copied())
    }
}

/// A table as read.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) unknown_columns: Vec<String>,
    /// The position of each column.
    places: Vec<(&'static str, usize)>,
}

/// A row that is not blank.
pub(super) struct Row {
    /// Number as in the spreadsheet, from 1.
    pub(super) number: usize,
    cells: Vec<String>,
}

impl Table {
    /// Reads a table with these columns.
    pub(super) fn read(bytes: &[u8], columns: &[Column]) -> Result<Self, ImportError> {
        let text = text::decode(bytes)?;
        let mut rows = records(&text)?;
        let heading = rows.iter().take(HEADING_ROWS_MAX).position(|row| known(row, columns) >= HEADING_COLUMNS_MIN);
        let heading = heading.ok_or_else(|| no_heading(columns))?;
        let body = rows.split_off(heading + 1);
        let (places, unknown_columns) = places(&rows[heading], columns)?;
        let lacking = |column: &&Column| column.required && !places.iter().any(|(name, _)| *name == column.name);
        let lacking: Vec<_> = columns.iter().filter(lacking).map(described).collect();
        if !lacking.is_empty() {
            return Err(ImportError::ColumnsMissing(lacking));
        }
        let rows = body.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty())).collect();
        Ok(Self { rows, unknown_columns, places })
    }

    /// The cell of a row; blank if the table has no such column or the row is short.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: &str) -> &'a str {
        let place = self.places.iter().find(|(name, _)| *name == column);
        place.and_then(|(_, place)| row.cells.get(*place)).map_or("", String::as_str)
    }
}

/// If no heading is found, the error lists all possible columns.
fn no_heading(columns: &[Column]) -> ImportError {
    let named = |required| columns.iter().filter(|column| column.required == required).map(described).collect();
    ImportError::NoHeading { needed: named(true), others: named(false) }
}

fn records(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        if rows.len() == ROWS_MAX {
            return Err(ImportError::TooManyRows);
        }
        let record = record?;
        // The reader skips empty lines, but the spreadsheet counts them.
        let passed_over = record.position().map_or(0, |at| blank_lines_at(text, at.byte()));
        let number = rows.last().map_or(0, |row: &Row| row.number) + passed_over + 1;
        rows.push(Row { number, cells: record.iter().map(clean).collect() });
    }
    Ok(rows)
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

fn known(row: &Row, columns: &[Column]) -> usize {
    row.cells.iter().filter(|cell| column(cell, columns).is_some()).count()
}

type Places = Vec<(&'static str, usize)>;

fn places(heading: &Row, columns: &[Column]) -> Result<(Places, Vec<String>), ImportError> {
    let (mut places, mut unknown) = (Places::new(), Vec::new());
    for (place, cell) in heading.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        match column(cell, columns) {
            Some(column) if places.iter().any(|(name, _)| *name == column.name) => {
                return Err(ImportError::ColumnTwice(described(column)));
            }
            Some(column) => places.push((column.name, place)),
            None => unknown.push(cell.clone()),
        }
    }
    Ok((places, unknown))
}

fn column<'c>(heading: &str, columns: &'c [Column]) -> Option<&'c Column> {
    let heading = plain(heading);
    let means = |name: &str| plain(name) == heading;
    columns.iter().find(|column| means(column.name) || column.headings().any(means))
}

fn described(column: &Column) -> String {
    column.headings().next().map_or(column.name.to_owned(), |heading| format!("{heading} ({})", column.name))
}

/// A heading without case, spaces, underscores, asterisks, and a unit in brackets at its end.
fn plain(heading: &str) -> String {
    let heading = heading.replace('（', "(");
    let heading = heading.split('(').next().unwrap_or_default();
    heading
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A cell without what spreadsheets put around it: spaces of all kinds, and the apostrophe that marks text.
fn clean(cell: &str) -> String {
    let around = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\'');
    cell.trim_matches(around).to_owned()
}
