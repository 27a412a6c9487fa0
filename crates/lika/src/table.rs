//! Tables on a terminal. Chinese characters take two columns there, so widths are counted in columns and not in characters.

use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Spaces between two columns.
const GAP_COLUMNS: usize = 2;

/// How a column's cells stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

/// Rows of cells under headings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
    headed: bool,
}

impl Table {
    /// A table with headings. One that begins with `>` stands over numbers, which are aligned on the right.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let aligns = headings.iter().map(|heading| if heading.starts_with('>') { Align::Right } else { Align::Left });
        let heads = headings.iter().map(|heading| heading.trim_start_matches('>').to_owned()).collect();
        Self { aligns: aligns.collect(), rows: vec![heads], headed: true }
    }

    /// Names and what they stand for, one pair a row.
    pub(crate) fn pairs() -> Self {
        Self { aligns: vec![Align::Left, Align::Left], rows: Vec::new(), headed: false }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&dyn fmt::Display; N]) {
        self.rows.push(cells.iter().map(|cell| one_line(&cell.to_string())).collect());
    }

    /// Whether there is nothing below the headings.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() <= usize::from(self.headed)
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
        (0..self.aligns.len()).map(|column| width(column).unwrap_or(0)).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, align), width) in row.iter().zip(&self.aligns).zip(&widths) {
                let space = " ".repeat(width.saturating_sub(cell.width()));
                match align {
                    Align::Left => line.extend([cell, space.as_str()]),
                    Align::Right => line.extend([space.as_str(), cell]),
                }
                line.push_str(&" ".repeat(GAP_COLUMNS));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A cell from outside must not break out of its row or drive the terminal.
fn one_line(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
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
        assert_eq!(table.to_string(), "name  a b [31m\n");
    }
}
