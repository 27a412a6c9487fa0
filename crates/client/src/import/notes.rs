//! Words of rows and cells that sum up or explain a table.

use super::grid::Row;

/// How rows begin that sum up or explain a table.
const NOTES: [&str; 11] = ["合计", "总计", "小计", "共计", "注", "说明", "填表", "制表", "审核", "备注", "单位"];

/// Whether a row only sums up or explains.
pub(super) fn is_note(row: &Row) -> bool {
    let first = row.cells.first().map_or("", |cell| cell.text.trim());
    let first = first.trim_start_matches(['(', '（', '[', '【', '*', ' ']);
    NOTES.iter().any(|word| first.starts_with(word))
}

/// Whether a text is the word for a sum.
pub(super) fn sums(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(text.trim_end_matches([':', '：']), "合计" | "总计" | "小计" | "共计" | "总数" | "累计")
}
