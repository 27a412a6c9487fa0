//! Workbooks: what a spreadsheet does to cells.

use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// A sheet of households: a title, the heading in row 3, and these rows as text.
fn sheet(rows: &[Vec<String>]) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.write_string(0, 0, "建档立卡贫困户信息表").unwrap();
    for (column, heading) in (0_u16..).zip(HEADING.split(',')) {
        sheet.write_string(2, column, heading).unwrap();
    }
    for (row, cells) in (3_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet
}

fn saved(sheets: Vec<Worksheet>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer().unwrap()
}

fn checked(sheets: Vec<Worksheet>) -> Checked {
    read(&saved(sheets), &options()).unwrap()
}

fn second() -> Vec<String> {
    spouse().split(',').map(str::to_owned).collect()
}

/// Cell and code of every problem.
fn cells_found(checked: &Checked) -> Vec<(&str, &str)> {
    checked.problems.iter().map(|one| (one.cell.as_str(), one.code.as_ref())).collect()
}

#[test]
fn a_workbook_gives_the_same_as_its_text() {
    let workbook = checked(vec![sheet(&[cells(&[]), second()])]);
    let text = households(&[row(&[]), spouse()]);
    assert_eq!((found(&workbook), workbook.good_rows()), (vec![], 2));
    assert_eq!(workbook.drafts[0].event, text.drafts[0].event);
    assert_eq!(workbook.drafts[0].rows, [4, 5]);
}

#[test]
fn numbers_and_days_are_read_as_shown() {
    let mut sheet = sheet(&[cells(&[(2, ""), (3, ""), (0, ""), (HOUSEHOLD, ""), (16, ""), (11, "")])]);
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    sheet.write_datetime_with_format(3, 2, ExcelDateTime::from_ymd(2016, 7, 1).unwrap(), &day).unwrap();
    sheet.write_number(3, 3, 3.0).unwrap();
    sheet.write_number(3, 0, 130_624_100_200.0).unwrap();
    sheet.write_number(3, 1, 1_234_567_890.0).unwrap();
    sheet.write_number(3, 16, 13_900_000_000.0).unwrap();
    let read = checked(vec![sheet]);
    assert_eq!((found(&read), read.good_rows()), (vec![], 1));
    let draft = &read.drafts[0];
    assert_eq!((&draft.event["happened"], draft.household.unwrap().get()), (&20_160_701.into(), 1_234_567_890));
    assert_eq!(
        (draft.village.to_string().as_str(), &draft.event["household_registered"]["group"]),
        (VILLAGE, &3.into())
    );
}

#[test]
fn what_a_spreadsheet_changed_is_refused_with_its_cell() {
    let mut sheet = sheet(&[cells(&[(CITIZEN_ID, ""), (11, ""), (HOUSEHOLD, ""), (3, ""), (NAME, ""), (16, "")])]);
    let day = Format::new().set_num_format("m\"月\"d\"日\"");
    sheet.write_number(3, 15, 901_624_195_803_071_200.0).unwrap();
    sheet.write_number(3, 11, 6_228_480_000_000_000_000.0).unwrap();
    sheet.write_datetime_with_format(3, 1, ExcelDateTime::from_ymd(2016, 3, 1).unwrap(), &day).unwrap();
    sheet.write_formula(3, 3, Formula::new("=1+2").set_result("3")).unwrap();
    sheet.write_formula(3, 14, Formula::new("=\"张\"&\"三\"").set_result("张三")).unwrap();
    let read = checked(vec![sheet]);
    let expected = [
        ("B4", "cell_is_a_date"),
        ("D4", "cell_formula"),
        ("L4", "number_truncated"),
        ("O4", "cell_formula"),
        ("P4", "citizen_id_truncated"),
    ];
    let found: BTreeSet<_> = cells_found(&read).into_iter().collect();
    assert_eq!((found, read.good_rows()), (BTreeSet::from(expected), 0));
}

#[test]
fn a_merged_cell_means_all_its_rows_or_is_refused() {
    let named = |place: usize, text: &str| {
        let mut cells = second();
        cells[place] = text.to_owned();
        cells
    };
    let mut merged = sheet(&[cells(&[(HOUSEHOLD, "")]), second()]);
    merged.merge_range(3, 1, 4, 1, "甲1", &Format::new()).unwrap();
    merged.merge_range(3, 9, 4, 9, "骆驼湾3号", &Format::new()).unwrap();
    let read = checked(vec![merged]);
    assert_eq!((found(&read), read.good_rows(), read.drafts.len()), (vec![], 2, 1));
    assert!(warned(&read).contains(&("B5", "merged_read")), "{:?}", read.warnings);
    // A person's own cell may be of either.
    let mut own = sheet(&[cells(&[]), named(21, "")]);
    own.merge_range(3, 21, 4, 21, "健康", &Format::new()).unwrap();
    let read = checked(vec![own]);
    assert_eq!((cells_found(&read), read.good_rows()), (vec![("V4", "cell_merged"), ("V5", "cell_merged")], 0));
}

#[test]
fn what_is_hidden_is_not_read_in_silence() {
    let other = || cells(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let mut rows = sheet(&[cells(&[]), other()]);
    rows.set_row_hidden(4).unwrap();
    let read = checked(vec![rows]);
    assert_eq!((found(&read), read.good_rows()), (vec![(5, "", "row_hidden")], 1));
    let mut column = sheet(&[cells(&[])]);
    column.set_column_hidden(9).unwrap();
    assert_eq!(super::read(&saved(vec![column]), &options()).unwrap_err().code(), "column_hidden");
    let mut hidden = sheet(&[other()]);
    hidden.set_name("旧").unwrap().set_hidden(true);
    let read = checked(vec![sheet(&[cells(&[])]), hidden]);
    let named: Vec<_> = read.warnings.iter().map(|one| (one.code.as_ref(), one.detail.as_str())).collect();
    assert!(named.contains(&("sheet_hidden", "旧")), "{named:?}");
}

#[test]
fn one_of_several_tables_must_be_named() {
    let two = || {
        let (mut first, mut second) = (sheet(&[cells(&[])]), sheet(&[cells(&[(HOUSEHOLD, "乙2")])]));
        first.set_name("一组").unwrap();
        second.set_name("二组").unwrap();
        saved(vec![first, second])
    };
    assert_eq!(read(&two(), &options()).unwrap_err().code(), "several_sheets");
    let named = |name: &str| Options { sheet: Some(name.to_owned()), ..options() };
    assert_eq!(read(&two(), &named("二组")).unwrap().drafts[0].label, "乙2");
    assert_eq!(read(&two(), &named("三组")).unwrap_err().code(), "sheet_unknown");
    let mut notes = Worksheet::new();
    notes.set_name("备注").unwrap().write_string(0, 0, "某某填").unwrap();
    let checked = checked(vec![sheet(&[cells(&[])]), notes]);
    assert!(checked.warnings.iter().any(|one| one.code == "sheet_not_read" && one.detail == "备注"));
}

#[test]
fn rich_texts_are_read_whole() {
    let mut sheet = sheet(&[cells(&[(NAME, "")])]);
    let (bold, plain) = (Format::new().set_bold(), Format::new());
    sheet.write_rich_string(3, 14, &[(&bold, "买买提"), (&plain, "·艾力")]).unwrap();
    let read = checked(vec![sheet]);
    let name = &read.drafts[0].event["household_registered"]["members"][0]["private"]["name"];
    assert_eq!(name, "买买提·艾力");
}
