//! Tables on a terminal, without lines or colours. A Chinese character takes two columns there.

use comfy_table::{CellAlignment, presets};
use lika_domain::text::visible;
use std::fmt;

/// Spaces between two columns.
const GAP_COLUMNS: u16 = 2;

/// Rows of cells under headings.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    table: comfy_table::Table,
}

impl Table {
    /// A table with headings. A heading that begins with `>` is for numbers, which are aligned on the right.
    pub(crate) fn new(headings: &[impl AsRef<str>]) -> Self {
        let mut table = plain();
        table.set_header(headings.iter().map(|heading| heading.as_ref().trim_start_matches('>')));
        for (column, heading) in table.column_iter_mut().zip(headings) {
            column.set_padding((0, GAP_COLUMNS));
            if heading.as_ref().starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table }
    }

    /// A table of two columns, names and values, without headings.
    pub(crate) fn pairs() -> Self {
        Self { table: plain() }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&dyn fmt::Display; N]) {
        self.texts(cells.iter().map(ToString::to_string));
    }

    /// Adds a row of any number of cells.
    pub(crate) fn texts(&mut self, cells: impl IntoIterator<Item = String>) {
        self.table.add_row(cells.into_iter().map(|cell| one_line(&cell)));
        for column in self.table.column_iter_mut() {
            column.set_padding((0, GAP_COLUMNS));
        }
    }

    /// Whether it has no rows below the headings.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.lines().try_for_each(|line| writeln!(f, "{}", line.trim_end()))
    }
}

/// A text from outside as it can stand in a line of ours: without line ends, and without what nobody sees.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

fn plain() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let mut table = Table::new(&["area", ">households"]);
        table.row([&"阜平县", &12]);
        table.row([&"平阳镇 x", &3_456]);
        let shown = table.to_string();
        assert_eq!(shown, "area      households\n阜平县            12\n平阳镇 x        3456\n");
        assert!(!table.is_empty());
    }

    #[test]
    fn a_cell_stays_on_its_line() {
        let mut table = Table::pairs();
        assert!(table.is_empty());
        table.row([&"name", &"a\nb\u{1b}[31m"]);
        assert_eq!(table.to_string(), "name  a b\u{fffd}[31m\n");
    }
}
