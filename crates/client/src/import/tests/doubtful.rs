//! Cells that say something else than they seem to, or more than one thing.

use super::*;

const REMARK: usize = 12;
const ACCOUNT: usize = 11;

fn one(kind: Kind, text: &str) -> Checked {
    let (village, date) = (VILLAGE.parse().ok(), Date::from_yyyymmdd(20_180_501));
    read(text.as_bytes(), &Options { kind: Some(kind), village, date, ..options() }).unwrap()
}

/// Code of the problem with this amount of a delivery; its fen if there is none.
fn amount(cell: &str) -> String {
    let checked = one(Kind::Aid, &format!("户编号,发放编号,措施类别,金额\n1234567890,1,产业,\"{cell}\"\n"));
    match checked.problems.first() {
        Some(problem) => format!("{} {}", problem.cell, problem.code),
        None => checked.drafts[0].event["aid_delivered"]["amount"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn several_numbers_in_a_cell_do_not_become_one() {
    for cell in ["1200\n300", "1200 300", "12 34", "1,200\t5", "1200\u{3000}300", "1 200.50"] {
        assert_eq!(amount(cell), "D2 cell_several_numbers", "{cell:?}");
    }
    for (cell, fen) in [("¥ 1200", "120000"), ("1200 元", "120000"), (" 1,200 ", "120000"), ("１２００", "120000")]
    {
        assert_eq!(amount(cell), fen);
    }
    let text = "户编号,发放编号,措施类别,金额,成员\n1234567890,1,产业,5,1 2\n1234567890,2 3,产业,5,1\n";
    let found: Vec<_> =
        one(Kind::Aid, text).problems.iter().map(|one| (one.cell.clone(), one.code.to_string())).collect();
    let several = "cell_several_numbers".to_owned();
    assert_eq!(found, [("E2".to_owned(), several.clone()), ("B3".to_owned(), several)]);
}

#[test]
fn an_amount_with_another_unit_than_its_column_is_named() {
    let text = "户编号,发放编号,措施类别,金额\n1234567890,1,产业,1.2万元\n1234567890,2,产业,12元\n";
    assert_eq!(warned(&one(Kind::Aid, text)), [("D2", "unit_converted")]);
}

#[test]
fn a_time_that_may_be_another_and_places_that_are_swapped_are_refused() {
    let visit = |minute: &str, latitude: &str, longitude: &str| {
        let text = format!(
            "户编号,干部编号,地点,开始时间,走访情况,纬度,经度\n\
             1234567890,10000001,家中,{minute},看望,{latitude},{longitude}\n"
        );
        let checked = one(Kind::Visits, &text);
        checked.problems.iter().map(|one| one.column.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(visit("09:30", "38.84512", "114.2"), [""; 0]);
    for minute in ["930", "0930", "9:3", "9", "570"] {
        assert_eq!(visit(minute, "", ""), ["minute"], "{minute}");
    }
    assert_eq!(visit("09:30", "114.2", "38.84512"), ["latitude", "longitude"]);
}

#[test]
fn errors_and_sums_are_no_households() {
    let other = || row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    for (label, code) in
        [("#N/A", "cell_error"), ("#REF!", "cell_error"), ("####", "cell_error"), ("合 计", "row_no_record")]
    {
        let checked = households(&[row(&[(HOUSEHOLD, label)]), other()]);
        assert_eq!((found(&checked), checked.good_rows()), (vec![(2, "household", code)], 1), "{label}");
    }
    assert_eq!(problem(&[(ADDRESS, "#N/A")]), ("J2".to_owned(), "cell_error".to_owned()));
    assert_eq!(problem(&[(NAME, "合计")]), ("O2".to_owned(), "name_damaged".to_owned()));
}

#[test]
fn an_account_that_may_be_cut_off_is_not_taken_in_silence() {
    let code = |account: &str| problem(&[(ACCOUNT, account)]).1;
    assert_eq!(code("622202020012345000"), "number_truncated");
    assert_eq!(code("6222020200123450000"), "number_truncated");
    assert_eq!(code("\"6222020200123456789\n6228480402564890018\""), "cell_several_numbers");
    assert_eq!(code("622202020012 622848040256"), "cell_several_numbers");
    let warnings = |account: &str| {
        let checked = households(&[row(&[(ACCOUNT, account)])]);
        assert_eq!(found(&checked), []);
        checked.warnings.iter().filter(|one| one.cell == "L2").map(|one| one.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(warnings("6222020200123456000"), ["number_may_be_cut"]);
    assert_eq!(warnings("6222 0202 0012 3456 789"), [""; 0]);
}

#[test]
fn characters_that_nobody_sees_are_named_or_refused() {
    let checked = households(&[row(&[(NAME, "张\u{ad}三"), (ADDRESS, "村\u{200b}东")])]);
    let mut codes = warned(&checked);
    codes.sort_unstable();
    assert_eq!((codes, found(&checked)), (vec![("J2", "hidden_dropped"), ("O2", "hidden_dropped")], vec![]));
    assert_eq!(problem(&[(REMARK, "村\u{202e}东")]), ("M2".to_owned(), "cell_text_invalid".to_owned()));
}

#[test]
fn two_names_in_a_cell_do_not_become_one() {
    for name in ["\"张三\n李四\"", "张三 李四", "\"张\n三\""] {
        assert_eq!(problem(&[(NAME, name)]), ("O2".to_owned(), "cell_several_names".to_owned()), "{name:?}");
    }
    assert_eq!(found(&households(&[row(&[(NAME, "张 三")])])), []);
}

#[test]
fn a_row_with_fewer_cells_than_the_heading_is_named() {
    let text = "户编号,发放编号,措施类别,金额,成员\n1234567890,1,产业,5,\n1234567890,2,产业,6\n";
    let checked = one(Kind::Aid, text);
    let short: Vec<_> = checked.warnings.iter().filter(|one| one.code == "row_short").map(|one| one.row).collect();
    assert_eq!((short, checked.good_rows()), (vec![3], 2));
}
