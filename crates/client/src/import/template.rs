//! Empty tables to be filled in: with every column of a kind, its choices, its limits and its unit.

use super::columns::Column;
use super::error::ImportError;
use super::hints;
use super::kind::Kind;
use super::limits::ROWS_MAX;
use super::sheets::{OWN_SHEETS, csv_line};
use lika_domain::language::Language;
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError};

/// The row of the heading, from 0: a title and a line on how to fill it in stand above it, as on national forms.
const HEADING: u32 = 2;
/// Longest list of choices that a cell may carry itself, in characters.
const LIST_CHARS_MAX: usize = 250;
/// Longest message that a cell may show, and its title, in characters.
const MESSAGE_CHARS_MAX: usize = 250;
const TITLE_CHARS_MAX: usize = 30;
const COLUMN_WIDTH: f64 = 16.0;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// A workbook.
    Xlsx,
    /// A text with commas, UTF-8 with a byte order mark.
    Csv,
}

impl FileForm {
    /// The form that the name of a file says; `None` for any other.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// An empty table of a kind.
///
/// # Errors
/// If the workbook cannot be written.
pub fn template(kind: Kind, form: FileForm, language: Language) -> Result<Vec<u8>, ImportError> {
    let columns = kind.columns();
    match form {
        FileForm::Csv => {
            let headings = columns.iter().map(|column| heading(column, language));
            Ok(["\u{feff}", &csv_line(headings)].concat().into_bytes())
        }
        FileForm::Xlsx => Ok(workbook(kind, &columns, language)?),
    }
}

fn heading(column: &Column, language: Language) -> String {
    let mark = if column.required { "*" } else { "" };
    format!("{mark}{}", column.heading(language == Language::En))
}

fn workbook(kind: Kind, columns: &[Column], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = language.of(kind.event().zh, kind.event().en);
    let [of_instructions, of_choices] = language.of([OWN_SHEETS[0], OWN_SHEETS[2]], [OWN_SHEETS[1], OWN_SHEETS[3]]);
    let (mut table, mut long) = (Worksheet::new(), Worksheet::new());
    table.set_name(title)?;
    long.set_name(of_choices)?;
    table.write_string_with_format(0, 0, title, &Format::new().set_bold().set_font_size(14))?;
    let how = language.of(
        "带 * 的列必填；每列的填写方法见“填写说明”；不要改动表头，不要使用公式。",
        "Columns with * must be filled in; the sheet Instructions says how. Use no formulas, and leave the heading.",
    );
    table.write_string(1, 0, how)?;
    let mut lists = 0;
    for (place, column) in (0_u16..).zip(columns) {
        table.set_column_width(place, COLUMN_WIDTH)?;
        table.set_column_format(place, &format_of(column))?;
        let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Center);
        table.write_string_with_format(HEADING, place, heading(column, language), &bold)?;
        let validation = validation(column, language, &mut long, of_choices, &mut lists)?;
        let last = HEADING + u32::try_from(ROWS_MAX).unwrap_or(HEADING);
        table.add_data_validation(HEADING + 1, place, last, place, &validation)?;
    }
    table.set_freeze_panes(HEADING + 1, 0)?;
    workbook.push_worksheet(table);
    workbook.push_worksheet(instructions(columns, language, of_instructions)?);
    if lists > 0 {
        workbook.push_worksheet(long);
    }
    workbook.save_to_buffer()
}

/// Text stays text: a spreadsheet must not make numbers or days of it. Amounts and counts are numbers.
fn format_of(column: &Column) -> Format {
    use lika_domain::describe::Value as Takes;
    match column.takes {
        Takes::Amount | Takes::Balance => Format::new().set_num_format("0.00"),
        Takes::Count { .. } | Takes::Number | Takes::NumberOrNone | Takes::Member | Takes::MemberOrNone => {
            Format::new().set_num_format("0")
        }
        _ => Format::new().set_num_format("@"),
    }
}

/// The list of choices of a column, and the message that its cells show. A long list has a sheet of its own.
fn validation(
    column: &Column,
    language: Language,
    long: &mut Worksheet,
    of_choices: &str,
    lists: &mut u16,
) -> Result<DataValidation, XlsxError> {
    let choices = hints::choices(column, language);
    let short = choices.iter().map(|choice| choice.chars().count() + 1).sum::<usize>() <= LIST_CHARS_MAX;
    let allowed = match choices.len() {
        0 => DataValidation::new().allow_any_value(),
        _ if short => DataValidation::new().allow_list_strings(&choices)?,
        count => {
            for (row, choice) in (0_u32..).zip(&choices) {
                long.write_string(row, *lists, choice)?;
            }
            let letters = super::grid::column_name(usize::from(*lists));
            *lists += 1;
            let range = format!("='{of_choices}'!${letters}$1:${letters}${count}");
            DataValidation::new().allow_list_formula(Formula::new(range))
        }
    };
    let cut = |text: String, max: usize| text.chars().take(max).collect::<String>();
    allowed
        .set_input_title(cut(column.heading(language == Language::En), TITLE_CHARS_MAX))?
        .set_input_message(cut(hints::hint(column, language), MESSAGE_CHARS_MAX))
}

fn instructions(columns: &[Column], language: Language, name: &str) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    let heads = language.of(["列名", "必填", "填写方法", "选项"], ["Column", "Required", "How", "Choices"]);
    for (place, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(0, place, head, &bold)?;
    }
    for (row, column) in (1_u32..).zip(columns) {
        sheet.write_string(row, 0, column.heading(language == Language::En))?;
        let required = if column.required { language.of("是", "yes") } else { "" };
        sheet.write_string(row, 1, required)?;
        sheet.write_string(row, 2, hints::hint(column, language))?;
        sheet.write_string(row, 3, hints::choices(column, language).join(language.of("、", ", ")))?;
    }
    for (place, width) in (0_u16..).zip([24.0, 8.0, 60.0, 80.0]) {
        sheet.set_column_width(place, width)?;
    }
    Ok(sheet)
}
