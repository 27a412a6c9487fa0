//! Workbooks that show something else than their cells hold.

use super::*;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// Deliveries of aid: of each row the amount is written by `amount`, into row 2 and further down.
fn aid(rows: u32, amount: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut sheet = Worksheet::new();
    for (column, heading) in (0_u16..).zip(["户编号", "发放编号", "措施类别", "金额", "发放日期"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for row in 1..=rows {
        sheet.write_string(row, 0, "1234567890").unwrap();
        sheet.write_number(row, 1, f64::from(row)).unwrap();
        sheet.write_string(row, 2, "产业").unwrap();
        sheet.write_string(row, 4, format!("2018-05-{row:02}")).unwrap();
    }
    amount(&mut sheet);
    let mut workbook = Workbook::new();
    workbook.push_worksheet(sheet);
    workbook.save_to_buffer().unwrap()
}

fn checked(workbook: &[u8]) -> Checked {
    let village = VILLAGE.parse().ok();
    read(workbook, &Options { kind: Some(Kind::Aid), village, ..options() }).unwrap()
}

/// Cell and code of every problem.
fn problems(checked: &Checked) -> Vec<(&str, &str)> {
    checked.problems.iter().map(|one| (one.cell.as_str(), one.code.as_ref())).collect()
}

fn amounts(checked: &Checked) -> Vec<&str> {
    checked.drafts.iter().map(|draft| draft.event["aid_delivered"]["amount"].as_str().unwrap()).collect()
}

/// The workbook with one text of its sheet, or of another part, replaced.
fn changed(workbook: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut parts = parts(workbook);
    let (_, bytes) = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{text}");
    *bytes = text.replacen(from, to, 1).into_bytes();
    packed(&parts)
}

#[test]
fn an_amount_is_read_as_its_number_format_shows_it() {
    let with = |code: &str, number: f64| {
        checked(&aid(1, |sheet| {
            let format = Format::new().set_num_format(code);
            sheet.write_number_with_format(1, 3, number, &format).unwrap();
        }))
    };
    for (code, number, fen) in [
        ("0.00\"万元\"", 1.2, "1200000"),
        ("0.00\\万\\元", 1.2, "1200000"),
        ("0.00\"元\"", 1.2, "120"),
        ("[$¥-804]#,##0.00", 1200.0, "120000"),
        ("_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* \"-\"??_ ;_ @_ ", 1200.0, "120000"),
    ] {
        let read = with(code, number);
        assert_eq!((problems(&read), amounts(&read)), (vec![], vec![fen]), "{code}");
    }
    for code in ["0%", "[$$-409]#,##0.00", ";;;", "#,##0,\"千元\"", "0!.0,", "0\"元/月\"", "0\"人\""] {
        assert_eq!(problems(&with(code, 1200.0)), [("D2", "cell_shown_otherwise")], "{code}");
    }
    // A zero that is not shown is a blank.
    assert_eq!(problems(&with("0;-0;;@", 0.0)), [("D2", "cell_missing")]);
}

#[test]
fn rows_and_columns_without_height_or_width_are_hidden() {
    let two = aid(2, |sheet| {
        for row in 1..=2 {
            sheet.write_number(row, 3, 500.0).unwrap();
        }
    });
    assert_eq!(checked(&two).good_rows(), 2);
    let in_sheet = |from: &str, to: &str| changed(&two, "sheet1.xml", from, to);
    for attributes in ["ht=\"0\" customHeight=\"1\"", "ht=\"0.75\""] {
        let read = checked(&in_sheet("<row r=\"3\"", &format!("<row r=\"3\" {attributes}")));
        assert_eq!((found(&read), read.good_rows()), (vec![(3, "", "row_hidden")], 1), "{attributes}");
    }
    for defaults in ["zeroHeight=\"1\"", "defaultColWidth=\"0\""] {
        let hidden = in_sheet("<sheetFormatPr", &format!("<sheetFormatPr {defaults}"));
        match defaults.starts_with("zero") {
            true => assert_eq!(checked(&hidden).good_rows(), 0),
            false => assert_eq!(
                read(&hidden, &Options { kind: Some(Kind::Aid), ..options() }).unwrap_err().code(),
                "column_hidden"
            ),
        }
    }
    let narrow = in_sheet("<sheetData>", "<cols><col min=\"4\" max=\"4\" width=\"0\"/></cols><sheetData>");
    assert_eq!(read(&narrow, &Options { kind: Some(Kind::Aid), ..options() }).unwrap_err().code(), "column_hidden");
}

#[test]
fn what_one_formula_computes_is_refused_in_all_its_cells() {
    let array = aid(3, |sheet| {
        sheet.write_array_formula(1, 3, 2, 3, Formula::new("{=E9:E10*2}").set_result("5")).unwrap();
        sheet.write_number(2, 3, 5.0).unwrap();
        sheet.write_number(3, 3, 6.0).unwrap();
    });
    let read = checked(&array);
    assert_eq!((problems(&read), read.good_rows()), (vec![("D2", "cell_formula"), ("D3", "cell_formula")], 1));
}

#[test]
fn an_amount_merged_over_rows_or_columns_is_of_none_of_them() {
    let rows = aid(2, |sheet| {
        sheet.merge_range(1, 3, 2, 3, "", &Format::new()).unwrap();
        sheet.write_number(1, 3, 1000.0).unwrap();
    });
    let read = checked(&rows);
    assert_eq!((problems(&read), read.good_rows()), (vec![("D2", "cell_merged"), ("D3", "cell_merged")], 0));
    let columns = aid(2, |sheet| {
        sheet.write_number(1, 3, 1000.0).unwrap();
        sheet.write_number(2, 3, 1000.0).unwrap();
        sheet.merge_range(1, 1, 1, 2, "", &Format::new()).unwrap();
        sheet.write_number(1, 1, 1.0).unwrap();
    });
    assert_eq!(problems(&checked(&columns))[0], ("B2", "cell_merged"));
}

#[test]
fn what_is_struck_out_is_refused() {
    let line = Format::new().set_font_strikethrough();
    let whole = aid(2, |sheet| {
        sheet.write_number(1, 3, 500.0).unwrap();
        sheet.write_number_with_format(2, 3, 500.0, &line).unwrap();
    });
    assert_eq!(problems(&checked(&whole)), [("D3", "cell_struck_out")]);
    let part = aid(1, |sheet| {
        sheet.write_rich_string(1, 3, &[(&line, "500"), (&Format::new(), "600")]).unwrap();
    });
    assert_eq!(problems(&checked(&part)), [("D2", "cell_struck_out")]);
}
