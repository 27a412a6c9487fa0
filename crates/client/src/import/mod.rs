//! Spreadsheets saved as CSV, turned into submissions.
//!
//! Three kinds of table are read. The text may be UTF-8, with or without a byte order mark, UTF-16 with one, or GBK
//! as WPS and Excel save it; commas, semicolons or tabs separate the cells. The heading is the first of the first
//! five rows that names two columns or more. Headings are read in Chinese and English, without regard to case,
//! spaces, asterisks and units in brackets; unknown columns are reported and ignored. Blank rows are skipped. Dates
//! are written 2016-07-01, 20160701, 2016/7/1, 2016.7.1 or 2016年7月1日. Choices are written as the tables of the
//! field name them (因病) or by the English names of this system (illness); a number instead of a word is refused.
//!
//! **Households**, one row per person; the first row of a household has the card's own facts. A blank household cell
//! continues the household above. Ten digits in it are the household number; for any other text a number is drawn.
//!
//! | column | 列名 | what |
//! |---|---|---|
//! | village | 行政村代码 | 12 digits; may be left out when one village is named for the whole table |
//! | household | 户编号 | the same text in all rows of a household |
//! | date | 识别日期 | day of registration; may be left out when one day is named for the whole table |
//! | group | 组 | number inside the village |
//! | attribute | 贫困户属性 | 一般, 低保, 五保 |
//! | standard | 识别标准 | 国家, 省定; blank is national |
//! | main_cause | 主要致贫原因 | one |
//! | other_causes | 其他致贫原因 | at most two, separated by 、 or ; |
//! | relocate | 易地搬迁意愿 | 是, 否 |
//! | address, bank, account, remark | 住址, 开户银行, 银行账号, 备注 | sealed |
//! | relation | 与户主关系 | exactly one 户主 in a household |
//! | name, citizen_id, phone | 姓名, 身份证号, 联系电话 | sealed; the citizen ID gives birth month and sex |
//! | sex | 性别 | may be left out; must not contradict the citizen ID |
//! | ethnicity | 民族 | name or code of GB/T 3304; blank is 汉 |
//! | education, school, health, labour | 文化程度, 在校生状况, 健康状况, 劳动能力 | |
//! | work_place, work_months | 务工地点, 务工时间 | |
//! | medical_insurance, pension_insurance | 医疗保险, 养老保险 | 是, 否 |
//! | certificate | 残疾证号 | 20 or 22 characters, sealed; it gives category and grade |
//!
//! **Assignments** (结对帮扶): village, household (10 digits), official (帮扶责任人编号, 8 digits), capacity
//! (责任人类别: 第一, 第二; blank is first), date (结对日期).
//!
//! **Deliveries** of aid (帮扶发放): village, household, delivery (发放编号), group (措施类别), amount (金额, yuan),
//! date (发放日期), and if known measure (措施编号), allocation (资金安排编号), member (成员编号).
//!
//! A household is submitted as a whole or not at all: if one of its rows is bad, none of them is sent, but all other
//! households are. A refusal by the log is shown at its rows, and the rest of that submission is sent without them.

mod apply;
mod assignments;
mod cells;
mod columns;
mod deliveries;
mod households;
mod labels;
mod pack;
mod people;
mod problem;
mod table;
mod text;

#[cfg(test)]
mod tests;

pub use apply::{Applied, ApplyError, apply};
pub use assignments::assignments;
pub use deliveries::deliveries;
pub use households::households;
pub use pack::Planned;
pub use problem::{RowCode, RowProblem};

use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::HouseholdId;
use lika_domain::official::Mode;
use table::HEADING_ROWS_MAX;

/// Largest table, in bytes.
pub const TABLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most rows of a table, its heading counted.
pub const ROWS_MAX: usize = 200_000;
/// Longest cell, in characters.
pub const CELL_CHARS_MAX: usize = 1_000;
/// Most households, or rows of another table, in one submission.
pub const REPORT_EVENTS_MAX: usize = 100;
/// Largest submission that is planned, in bytes of its entry.
pub const REPORT_BYTES_MAX: usize = 60_000;

/// Options for a table as a whole.
#[derive(Clone, Debug)]
pub struct Options {
    /// The log to submit to.
    pub origin: String,
    /// The log's mode, which decides whose citizen IDs it takes; `None` leaves the check to the log.
    pub mode: Option<Mode>,
    /// The village, for rows that name none.
    pub village: Option<Area>,
    /// The day, for rows that name none.
    pub date: Option<Date>,
}

/// The submissions made from a table.
#[derive(Debug, Default)]
pub struct Plan {
    /// The submissions, each for one village.
    pub planned: Vec<Planned>,
    /// The number given to each household.
    pub households: Vec<NamedHousehold>,
    /// All faults, in the order of rows.
    pub problems: Vec<RowProblem>,
    /// Unknown headings; their columns were ignored.
    pub unknown_columns: Vec<String>,
    /// Rows read, without heading and blank rows.
    pub rows: usize,
    /// Rows that are part of a planned submission.
    pub good_rows: usize,
}

/// A household of the table and its number in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHousehold {
    /// Its name in the table.
    pub label: String,
    /// Its village.
    pub village: Area,
    /// Its number.
    pub household: HouseholdId,
}

/// Why a table was not read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Over [`TABLE_BYTES_MAX`].
    #[error("the table has {0} bytes, at most {TABLE_BYTES_MAX} are read")]
    TooLarge(usize),
    /// Over [`ROWS_MAX`].
    #[error("the table has more than {ROWS_MAX} rows")]
    TooManyRows,
    /// Neither UTF-8 nor UTF-16 nor GBK; perhaps not saved as CSV.
    #[error("the table is no text; save it as CSV")]
    NotText,
    /// No row near the top is a heading; lists the columns that may be there.
    #[error(
        "none of the first {HEADING_ROWS_MAX} rows names the columns. Needed: {}. Also read: {}",
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
    #[error("the table lacks the columns {}", .0.join(", "))]
    ColumnsMissing(Vec<String>),
    /// Two headings mean the same.
    #[error("two columns are headed {0}")]
    ColumnTwice(String),
    /// The rows cannot be separated.
    #[error("the table cannot be read")]
    Csv(#[from] csv::Error),
    /// No randomness for numbers and keys.
    #[error(transparent)]
    Random(#[from] crate::random::RandomError),
    /// Personal data could not be sealed.
    #[error(transparent)]
    Seal(#[from] lika_proto::seal::SealError),
}
