//! Values for a table as a whole.

use super::kind::Kind;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::official::Mode;

/// Options for a table as a whole.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kind of table; `None` if its headings say it.
    pub kind: Option<Kind>,
    /// The sheet, if a workbook has several tables.
    pub sheet: Option<String>,
    /// The log's mode, which decides whose citizen IDs it takes; `None` leaves the check to the log.
    pub mode: Option<Mode>,
    /// The village, for rows that name none.
    pub village: Option<Area>,
    /// The day, for rows that name none.
    pub date: Option<Date>,
}
