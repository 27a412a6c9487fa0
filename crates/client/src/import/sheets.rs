//! What written tables have in common.

/// Sheets of a template that are no tables: how to fill it in, and the choices of its columns.
pub(super) const OWN_SHEETS: [&str; 4] = ["填写说明", "Instructions", "选项", "Choices"];

/// A line of a text file. A cell that a spreadsheet would take for a formula begins with an apostrophe, which the
/// reader takes off again.
pub(super) fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        let cell = format!("{guard}{cell}");
        if cell.contains(['"', ',', '\n', '\r', ';', '\t']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for text in ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\r=x"] {
            let line = csv_line([text.to_owned()].into_iter());
            assert!(line.starts_with(['\'', '"']) && line.trim_start_matches('"').starts_with('\''), "{line:?}");
        }
        assert_eq!(csv_line(["a".to_owned(), "b\"c".to_owned()].into_iter()), "a,\"b\"\"c\"\r\n");
    }
}
