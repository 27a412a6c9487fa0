//! Why a file was not read.

use super::text::NotText;
use crate::import::limits::{
    CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, PARTS_MAX, RATIO_MAX, ROWS_MAX, TABLE_BYTES_MAX, TEXT_BYTES_MAX,
    UNPACKED_BYTES_MAX, WORKBOOK_MS_MAX,
};

/// Why a file was not read. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Over [`TABLE_BYTES_MAX`].
    #[error("the file has {0} bytes, at most {TABLE_BYTES_MAX} are read; divide the table")]
    TooLarge(usize),
    /// Over [`ROWS_MAX`].
    #[error("the table has more than {ROWS_MAX} rows; divide it")]
    TooManyRows,
    /// Over [`COLUMNS_MAX`].
    #[error("row {0} has more than {COLUMNS_MAX} columns; delete those that are not needed")]
    TooManyColumns(usize),
    /// Over [`CELLS_MAX`] or [`TEXT_BYTES_MAX`].
    #[error("the table has more than {CELLS_MAX} cells or {TEXT_BYTES_MAX} bytes of text; divide it")]
    TooMuchText,
    /// A cell over [`CELL_CHARS_MAX`].
    #[error("{0} holds more than {CELL_CHARS_MAX} characters; a quotation mark before it may have no partner")]
    CellTooLong(String),
    /// Not a text.
    #[error("{0}")]
    NotText(#[from] NotText),
    /// Saved by a browser, or by an exporter that only calls it a spreadsheet.
    #[error("the file is a web page or XML, whatever its name; open it and save it as .xlsx")]
    Markup,
    /// A quotation mark that is opened and never closed joins all rows after it.
    #[error("a quotation mark in row {0} or before it has no partner; correct it, or save the table as .xlsx")]
    QuoteOpen(usize),
    /// The rows of a text file cannot be separated.
    #[error("the rows cannot be separated: {0}")]
    Csv(#[from] csv::Error),
    /// A file of Excel 97, or protected by a password.
    #[error("the file is of an old version of Excel or has a password; save it as .xlsx, without a password")]
    OldWorkbook,
    /// A zip file, and no workbook of this format.
    #[error("the file is packed and is no .xlsx workbook ({0}); save it as .xlsx")]
    NotAWorkbook(String),
    /// It carries programs.
    #[error("the workbook holds macros ({0}); save it as .xlsx, without macros")]
    Macros(String),
    /// It fetches data from elsewhere, or carries other files.
    #[error("the workbook has links to other files or holds some ({0}); paste values only, into a new workbook")]
    External(String),
    /// More than [`PARTS_MAX`] parts.
    #[error("the workbook has more than {PARTS_MAX} parts; paste the table into a new workbook")]
    TooManyParts,
    /// It unpacks to more than [`UNPACKED_BYTES_MAX`], or to [`RATIO_MAX`] times its size.
    #[error(
        "the workbook unpacks to more than {UNPACKED_BYTES_MAX} bytes or {RATIO_MAX} times its size ({0}); paste the \
         table into a new workbook"
    )]
    Bomb(String),
    /// It takes more than [`WORKBOOK_MS_MAX`].
    #[error("the workbook takes longer than {WORKBOOK_MS_MAX} ms to read; paste the table into a new workbook")]
    TooSlow,
    /// Its parts are not what the format says.
    #[error("the workbook is damaged: {part}: {what}; open it, and save it anew")]
    Damaged {
        /// The part.
        part: String,
        /// What is wrong with it.
        what: String,
    },
}

impl ReadError {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) | Self::TooManyRows | Self::TooManyColumns(_) | Self::TooMuchText => "table_too_large",
            Self::CellTooLong(_) => "cell_too_long",
            Self::NotText(_) => "table_not_text",
            Self::Markup => "table_is_markup",
            Self::QuoteOpen(_) => "quote_open",
            Self::Csv(_) => "table_unreadable",
            Self::OldWorkbook => "workbook_old",
            Self::NotAWorkbook(_) => "workbook_other",
            Self::Macros(_) => "workbook_macros",
            Self::External(_) => "workbook_external",
            Self::TooManyParts | Self::Bomb(_) | Self::TooSlow => "workbook_bomb",
            Self::Damaged { .. } => "workbook_damaged",
        }
    }

    /// A part is not what the format says.
    pub(super) fn damaged(part: &str, what: impl std::fmt::Display) -> Self {
        Self::Damaged { part: part.to_owned(), what: what.to_string() }
    }
}

impl ReadError {
    /// Its message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::TooLarge(bytes) => format!("文件有{bytes}字节，最多{TABLE_BYTES_MAX}，请拆分"),
            Self::TooManyRows => format!("表格超过{ROWS_MAX}行，请拆分"),
            Self::TooManyColumns(row) => format!("第{row}行超过{COLUMNS_MAX}列，请删去不需要的列"),
            Self::TooMuchText => "表格内容过多，请拆分".to_owned(),
            Self::CellTooLong(cell) => format!("{cell} 超过{CELL_CHARS_MAX}字；可能前面有一个引号没有配对"),
            Self::NotText(NotText::Encoding { line }) => {
                format!("第{line}行既不是UTF-8也不是GBK，请另存为UTF-8的CSV或.xlsx")
            }
            Self::NotText(NotText::Binary) => "文件不是文字或.xlsx工作簿".to_owned(),
            Self::Markup => "文件其实是网页或XML，请打开后另存为.xlsx".to_owned(),
            Self::QuoteOpen(row) => format!("第{row}行或之前有一个引号没有配对，请改正，或另存为.xlsx"),
            Self::Csv(error) => format!("无法分行：{error}"),
            Self::OldWorkbook => "文件是旧版Excel格式或设有密码，请不设密码另存为.xlsx".to_owned(),
            Self::NotAWorkbook(what) => format!("文件不是.xlsx工作簿（{what}），请另存为.xlsx"),
            Self::Macros(part) => format!("工作簿含有宏（{part}），请另存为不含宏的.xlsx"),
            Self::External(part) => format!("工作簿链接或嵌有其他文件（{part}），请把数值粘贴到新工作簿"),
            Self::TooManyParts => format!("工作簿的部件超过{PARTS_MAX}个，请把表格粘贴到新工作簿"),
            Self::Bomb(part) => format!("工作簿解压后过大（{part}），请把表格粘贴到新工作簿"),
            Self::TooSlow => "工作簿读取时间过长，请把表格粘贴到新工作簿".to_owned(),
            Self::Damaged { part, what } => format!("工作簿已损坏（{part}：{what}），请打开后重新保存"),
        }
    }
}
