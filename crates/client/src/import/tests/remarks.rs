//! Units and remarks of headings, titles and notes.

use super::*;

/// The amount of a delivery in fen, or the code of the refusal.
fn amount(top: &str, heading: &str, below: &str, end: &str) -> String {
    let text = format!("{top}户编号,发放编号,措施类别,{heading}\n{below}1234567890,1,产业,1.2\n{end}");
    let (village, date) = (VILLAGE.parse().ok(), Date::from_yyyymmdd(20_180_501));
    match read(text.as_bytes(), &Options { kind: Some(Kind::Aid), village, date, ..options() }) {
        Ok(checked) => checked.drafts[0].event["aid_delivered"]["amount"].as_str().unwrap().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn an_amount_for_each_month_or_person_is_not_that_of_the_household() {
    for heading in
        ["金额（元/月）", "金额（元/人）", "金额(万元/年)", "金额（元每人）", "金额（美元）", "金额（元、万元）"]
    {
        assert_eq!(amount("", heading, "", ""), "unit_unknown", "{heading}");
    }
    assert_eq!(amount("", "金额（元/户）", "", ""), "120");
    let income = |wage: &str, per_head: &str| {
        let text = format!("户编号,年度,{wage},纯收入,{per_head},认定日期\n1234567890,2018,1,1,1,2018-10-01\n");
        let village = VILLAGE.parse().ok();
        let checked = read(text.as_bytes(), &Options { kind: Some(Kind::Income), village, ..options() });
        checked.map_or_else(|error| error.code().to_owned(), |checked| checked.good_rows().to_string())
    };
    assert_eq!(income("工资性收入（元/年）", "人均纯收入（元/人）"), "1");
    assert_eq!(income("工资性收入（元/人）", "人均纯收入"), "unit_unknown");
    assert_eq!(income("工资性收入（元/月）", "人均纯收入"), "unit_unknown");
    assert_eq!(income("工资性收入（上年）", "人均纯收入"), "heading_unclear");
}

#[test]
fn the_unit_of_a_table_stands_above_it_below_it_or_in_a_row_of_its_own() {
    for top in ["2018年帮扶资金发放表（万元）,,,\n", "金额：万元,,,\n", "单位：万元,,,\n", "（金额单位：万元）,,,\n"]
    {
        assert_eq!(amount(top, "金额", "", ""), "1200000", "{top}");
        assert_eq!(amount(top, "金额（元）", "", ""), "120", "{top}");
    }
    for below in [",,,万元\n", ",,,（万元）\n", "-,-,-,万元\n"] {
        assert_eq!(amount("", "金额", below, ""), "1200000", "{below}");
    }
    assert_eq!(amount("", "金额", ",,,元/月\n", ""), "unit_unknown");
    assert_eq!(amount("", "金额", "", "单位：万元,,,\n"), "1200000");
    assert_eq!(amount("", "金额", "", "注：以上金额单位为万元,,,\n"), "1200000");
    for top in ["单位：美元,,,\n", "（元/人）,,,\n", "单位：元，金额：万元,,,\n"] {
        assert_eq!(amount(&top.replace('，', "、"), "金额", "", ""), "unit_unclear", "{top}");
    }
    assert_eq!(amount("共发放3万元的项目,,,\n", "金额", "", ""), "120");
}

#[test]
fn a_remark_that_may_change_the_meaning_of_a_column_is_refused() {
    for heading in ["金额（已退回）", "金额（计划数）", "金额（元）（已退回）", "金额【应发】"]
    {
        assert_eq!(amount("", heading, "", ""), "heading_unclear", "{heading}");
    }
    let code = |from: &str, to: &str| {
        let text = table(&[row(&[])]).replace(from, to);
        read(text.as_bytes(), &options()).map_or_else(|error| error.code(), |_| "read")
    };
    for (from, to) in [
        ("姓名", "姓名（曾用名）"),
        ("身份证号码", "身份证号码（监护人）"),
        ("识别日期", "识别日期（农历）"),
        ("联系电话", "联系电话（村干部）"),
        ("健康状况", "健康状况（入户时）"),
    ] {
        assert_eq!(code(from, to), "heading_unclear", "{to}");
    }
    for (from, to) in [
        ("姓名", "姓名（必填）"),
        ("身份证号码", "身份证号码（18位）"),
        ("识别日期", "识别日期（yyyy-mm-dd）"),
        ("识别日期", "识别日期（如2016-07-01）"),
        ("易地搬迁意愿", "易地搬迁意愿（是/否）"),
        ("健康状况", "健康状况（健康/长期慢性病/患有大病/残疾）"),
        ("姓名", "姓名（name）"),
        ("务工时间（月）", "务工时间（单位：月）"),
    ] {
        assert_eq!(code(from, to), "read", "{to}");
    }
}

#[test]
fn a_column_with_a_remark_beside_the_plain_one_is_not_read_and_named() {
    let text = "户编号,发放编号,措施类别,金额（计划）,金额（元）\n1234567890,1,产业,9,1.2\n";
    let (village, date) = (VILLAGE.parse().ok(), Date::from_yyyymmdd(20_180_501));
    let checked = read(text.as_bytes(), &Options { kind: Some(Kind::Aid), village, date, ..options() }).unwrap();
    assert_eq!(warned(&checked), [("D1", "column_unknown")]);
    assert_eq!(checked.drafts[0].event["aid_delivered"]["amount"], "120");
}

#[test]
fn a_group_of_columns_that_are_others_is_refused() {
    let code = |top: &str| {
        let text =
            format!("{top}\n户编号,年度,工资性收入,纯收入,人均纯收入,认定日期\n1234567890,2018,1,1,1,2018-10-01\n");
        let village = VILLAGE.parse().ok();
        read(text.as_bytes(), &Options { kind: Some(Kind::Income), village, ..options() })
            .map_or_else(|error| error.code(), |_| "read")
    };
    assert_eq!(code("基本情况,,上年收入,,,"), "heading_unclear");
    assert_eq!(code(",,,预计,,"), "heading_unclear");
    assert_eq!(code("基本情况,,收入,,,"), "read");
    assert_eq!(code("2018年帮扶计划收入表,,,,,"), "read");
}
