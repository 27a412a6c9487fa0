//! The table again, with what was found at each cell: colours and notes in a workbook, and a column of its own with
//! all of it. Cells are written as text, so none of them becomes a formula.

use super::error::ImportError;
use super::grid::{Row, position};
use super::options::Options;
use super::problem::Finding;
use super::read;
use super::sheets::csv_line;
use super::table::Table;
use super::template::FileForm;
use lika_domain::detail;
use lika_domain::language::Language;
use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Most notes of a workbook; what is found beyond them stands in the column.
const NOTES_MAX: usize = 5_000;
const PROBLEM: u32 = 0xff_c7_ce;
const WARNING: u32 = 0xff_eb_9c;

/// What was found, by rows and by cells.
struct Found<'f> {
    rows: BTreeMap<usize, Vec<&'f Finding>>,
    /// Position of a cell, with whether a problem is among what was found there.
    cells: BTreeMap<(usize, usize), (bool, Vec<&'f Finding>)>,
    language: Language,
}

/// The table in `bytes`, read as [`super::check`] reads it, with what was found.
///
/// # Errors
/// If the table cannot be read, or the copy not be written.
pub fn annotated(
    bytes: &[u8],
    options: &Options,
    problems: &[Finding],
    warnings: &[Finding],
    form: FileForm,
    language: Language,
) -> Result<Vec<u8>, ImportError> {
    let sheets = read::sheets(bytes)?;
    let table = Table::find(sheets, options.kind, options.sheet.as_deref(), &mut Vec::new())?;
    let found = Found::new(&table, problems, warnings, language);
    match form {
        FileForm::Csv => Ok(text(&table, &found)),
        FileForm::Xlsx => Ok(workbook(&table, &found)?),
    }
}

impl<'f> Found<'f> {
    fn new(table: &Table, problems: &'f [Finding], warnings: &'f [Finding], language: Language) -> Self {
        let mut found = Self { rows: BTreeMap::new(), cells: BTreeMap::new(), language };
        let all = problems.iter().map(|one| (true, one)).chain(warnings.iter().map(|one| (false, one)));
        for (is_problem, finding) in all {
            found.rows.entry(finding.row).or_default().push(finding);
            if let Some(place) = place(table, finding) {
                let cell = found.cells.entry((finding.row, place)).or_default();
                cell.0 |= is_problem;
                cell.1.push(finding);
            }
        }
        found
    }

    fn of_row(&self, row: usize) -> String {
        let found = self.rows.get(&row).into_iter().flatten();
        found.map(|finding| said(finding, self.language)).collect::<Vec<_>>().join("\n")
    }
}

/// The column of a finding: that of its cell, or of the column it names.
fn place(table: &Table, finding: &Finding) -> Option<usize> {
    let cell = position(&finding.cell).map(|(column, _)| column);
    cell.or_else(|| Some(table.place(table.column(&finding.column)?)?.column))
}

fn said(finding: &Finding, language: Language) -> String {
    let detail = detail::told(&finding.code, &finding.detail, language);
    let detail = if detail.is_empty() { detail } else { format!(" ({detail})") };
    let message = language.of(&finding.zh, &finding.en);
    format!("{} {message}{detail} [{}]", finding.cell, finding.code).trim().to_owned()
}

/// The column after the last cell of the table.
fn last_column(table: &Table) -> usize {
    let widest = table.grid.rows.iter().filter_map(|row| row.cells.last()).map(|cell| cell.column + 1).max();
    widest.unwrap_or(0).max(table.width())
}

fn head(language: Language) -> &'static str {
    language.of("检查结果", "Findings")
}

fn text(table: &Table, found: &Found<'_>) -> Vec<u8> {
    let last = last_column(table);
    let line = |row: Option<&Row>, number: usize| {
        let cells = (0..last).map(|column| row.map_or_else(String::new, |row| row.text(column).to_owned()));
        let of_table = found.of_row(0);
        let said = match number == table.heading_row() {
            true => [head(found.language), &of_table, &found.of_row(number)].join("\n").trim().to_owned(),
            false => found.of_row(number),
        };
        csv_line(cells.chain([said]))
    };
    let mut text = String::from("\u{feff}");
    let mut next = 1;
    for row in &table.grid.rows {
        // Rows keep their numbers.
        while next < row.number {
            text.push_str(&line(None, next));
            next += 1;
        }
        text.push_str(&line(Some(row), row.number));
        next += 1;
    }
    text.into_bytes()
}

fn workbook(table: &Table, found: &Found<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let mut sheet = Worksheet::new();
    if !table.grid.sheet.is_empty() {
        sheet.set_name(&table.grid.sheet)?;
    }
    let plain = Format::new().set_num_format("@");
    let last = column_at(last_column(table));
    for row in &table.grid.rows {
        let number = row_at(row.number);
        for cell in &row.cells {
            sheet.write_string_with_format(number, column_at(cell.column), &*cell.text, &plain)?;
        }
        let said = found.of_row(row.number);
        if !said.is_empty() {
            sheet.write_string(number, last, said)?;
        }
    }
    let heading = [head(found.language), &found.of_row(0), &found.of_row(table.heading_row())].join("\n");
    sheet.write_string_with_format(row_at(table.heading_row()), last, heading.trim(), &Format::new().set_bold())?;
    sheet.set_column_width(last, 60)?;
    mark(&mut sheet, table, found)?;
    sheet.set_freeze_panes(row_at(table.heading_row()) + 1, 0)?;
    workbook.push_worksheet(sheet);
    workbook.save_to_buffer()
}

/// Colours the cells where something was found, and adds what it is as a note.
fn mark(sheet: &mut Worksheet, table: &Table, found: &Found<'_>) -> Result<(), XlsxError> {
    let rows: BTreeMap<usize, &Row> = table.grid.rows.iter().map(|row| (row.number, row)).collect();
    for (count, ((row, column), (is_problem, findings))) in found.cells.iter().enumerate() {
        let colour = Color::RGB(if *is_problem { PROBLEM } else { WARNING });
        let format = Format::new().set_num_format("@").set_background_color(colour);
        let cell = rows.get(row).map_or("", |row| row.text(*column));
        match cell {
            "" => sheet.write_blank(row_at(*row), column_at(*column), &format)?,
            text => sheet.write_string_with_format(row_at(*row), column_at(*column), text, &format)?,
        };
        if count < NOTES_MAX {
            let said: Vec<_> = findings.iter().map(|finding| said(finding, found.language)).collect();
            let note = Note::new(said.join("\n")).set_author("lika").add_author_prefix(false);
            sheet.insert_note(row_at(*row), column_at(*column), &note)?;
        }
    }
    Ok(())
}

fn row_at(number: usize) -> u32 {
    u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX)
}

fn column_at(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
