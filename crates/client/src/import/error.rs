//! Why a table was not read, or a plan not applied.

use super::columns::Column;
use super::limits::HEADING_ROWS_MAX;
use super::read::ReadError;
use super::remarks::Unclear;
use crate::compose::ComposeError;
use crate::file::FileError;
use crate::home::HomeError;
use crate::random::RandomError;

/// Why a table was not read. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file itself.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No row near the top is a heading; lists the columns that may be there.
    #[error(
        "none of the first {HEADING_ROWS_MAX} rows names the columns. Needed: {}. Also read: {}. \
         `lika import template` makes a table with them",
        .needed.join(", "),
        .others.join(", ")
    )]
    NoHeading {
        /// Required columns.
        needed: Vec<String>,
        /// Optional columns.
        others: Vec<String>,
    },
    /// Required columns are missing.
    #[error("the heading in row {row} lacks the columns {}", .columns.join(", "))]
    ColumnsMissing {
        /// Row of the heading.
        row: usize,
        /// What it lacks.
        columns: Vec<String>,
    },
    /// Two headings mean the same.
    #[error("{cells} are both headed {column}; delete one of the columns, or rename it")]
    ColumnTwice {
        /// The column.
        column: String,
        /// Addresses of the headings.
        cells: String,
    },
    /// A column that is read cannot be seen by the one who looks at the table.
    #[error("the column of {cell}, {column}, is hidden; show it, or delete it")]
    ColumnHidden {
        /// The column.
        column: String,
        /// Address of the heading.
        cell: String,
    },
    /// The heading names a unit that is none of the column's.
    #[error("{cell} names a unit that is not read: {unit}; give {column} in another one")]
    UnitUnknown {
        /// The column.
        column: String,
        /// Address of the heading.
        cell: String,
        /// What it says.
        unit: String,
    },
    /// A remark in the heading may change what the column means.
    #[error("{cell} says more than {column}: {remark}; if it is that column, head it with nothing else")]
    HeadingUnclear {
        /// The column.
        column: String,
        /// Address of the heading.
        cell: String,
        /// What it says.
        remark: String,
    },
    /// The titles or notes of the table name a unit of money that is not clear.
    #[error("the table says {unit} of its amounts, which is not clear; put the unit of {column} into its heading")]
    UnitOfTable {
        /// A column of money without a unit.
        column: String,
        /// What the table says.
        unit: String,
    },
    /// Several sheets are such tables.
    #[error("several sheets are tables of this kind: {}; name one with --sheet, or delete the others", .0.join(", "))]
    SeveralSheets(Vec<String>),
    /// There is no visible sheet of that name.
    #[error("there is no visible sheet named {0}")]
    SheetUnknown(String),
    /// The headings fit several kinds of table, or none.
    #[error("the headings do not say what kind of table it is; name it with --kind{}", fitting(.0))]
    KindUnclear(Vec<&'static str>),
    /// No rows below the heading.
    #[error("the table has no rows below its heading")]
    NoRows,
    /// No randomness for numbers and keys.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Personal data could not be sealed, or a report not be made.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder of the client.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Write(#[from] rust_xlsxwriter::XlsxError),
}

/// Why a plan could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// An error of the folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A submission could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// No randomness for ids.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Personal data could not be sealed.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ImportError {
    /// If no heading is found, the error lists all possible columns.
    pub(super) fn no_heading(columns: &[Column]) -> Self {
        let named =
            |required| columns.iter().filter(|column| column.required == required).map(Column::described).collect();
        Self::NoHeading { needed: named(true), others: named(false) }
    }

    /// A remark in a heading that keeps the table from being read.
    pub(super) fn remark(column: &Column, cell: String, unclear: Unclear) -> Self {
        let column = column.described();
        match unclear {
            Unclear::Unit(unit) => Self::UnitUnknown { column, cell, unit },
            Unclear::Meaning(remark) => Self::HeadingUnclear { column, cell, remark },
        }
    }

    /// What a table says of all its amounts is not clear.
    pub(super) fn unit_of_table(column: &Column, unit: String) -> Self {
        Self::UnitOfTable { column: column.described(), unit }
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::NoHeading { .. } => "heading_missing",
            Self::ColumnsMissing { .. } => "columns_missing",
            Self::ColumnTwice { .. } => "column_twice",
            Self::ColumnHidden { .. } => "column_hidden",
            Self::UnitUnknown { .. } => "unit_unknown",
            Self::HeadingUnclear { .. } => "heading_unclear",
            Self::UnitOfTable { .. } => "unit_unclear",
            Self::SeveralSheets(_) => "several_sheets",
            Self::SheetUnknown(_) => "sheet_unknown",
            Self::KindUnclear(_) => "kind_unclear",
            Self::NoRows => "table_empty",
            Self::Random(_) | Self::File(_) | Self::Home(_) | Self::Write(_) => "failed",
        }
    }
}

fn fitting(kinds: &[&'static str]) -> String {
    if kinds.is_empty() { String::new() } else { format!(": it may be {}", kinds.join(" or ")) }
}

impl ImportError {
    /// Its message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Read(error) => error.zh(),
            Self::NoHeading { needed, others } => format!(
                "前{HEADING_ROWS_MAX}行中没有表头。必需的列：{}；还可有：{}。`lika import template` 可生成空表",
                needed.join("、"),
                others.join("、")
            ),
            Self::ColumnsMissing { row, columns } => format!("第{row}行的表头缺少这些列：{}", columns.join("、")),
            Self::ColumnTwice { column, cells } => format!("{cells} 的表头都是{column}，请删去一列或改名"),
            Self::ColumnHidden { column, cell } => format!("{cell} 所在的列（{column}）被隐藏，请取消隐藏或删除该列"),
            Self::UnitUnknown { column, cell, unit } => {
                format!("{cell} 的单位“{unit}”不能读取，请换一种单位填写{column}")
            }
            Self::HeadingUnclear { column, cell, remark } => {
                format!("{cell} 的“{remark}”可能改变“{column}”的含义；如果就是该列，请去掉表头的这一说明")
            }
            Self::UnitOfTable { column, unit } => {
                format!("表中注明的金额单位不明确（{unit}），请在“{column}”的表头写明单位")
            }
            Self::SeveralSheets(names) => {
                format!("有几张工作表都是这种表：{}；请用 --sheet 指明，或删去其余的", names.join("、"))
            }
            Self::SheetUnknown(name) => format!("没有名为“{name}”的可见工作表"),
            Self::KindUnclear(kinds) => format!("从表头看不出是哪种表，请用 --kind 指明：{}", kinds.join("、")),
            Self::NoRows => "表头以下没有内容".to_owned(),
            Self::Random(error) => format!("系统不能提供随机数：{error}"),
            Self::File(error) => format!("未能处理：{error}"),
            Self::Home(error) => format!("文件夹出错：{error}"),
            Self::Write(error) => format!("工作簿无法写出：{error}"),
        }
    }
}
