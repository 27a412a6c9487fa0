//! Encodings, headings, units and kinds.

use super::*;

#[test]
fn every_encoding_gives_the_same() {
    let text = table(&[row(&[]), spouse()]);
    let read = |bytes: &[u8]| -> Vec<_> {
        super::read(bytes, &options()).unwrap().drafts.into_iter().map(|draft| (draft.rows, draft.event)).collect()
    };
    let plain = read(text.as_bytes());
    assert_eq!(plain.len(), 1);
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    assert!(std::str::from_utf8(&gbk).is_err());
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let tabs = text.replace(',', "\t").replace('\n', "\r\n");
    let semicolons = text.replace(',', ";");
    for bytes in [gbk, utf16, marked, tabs.into_bytes(), semicolons.into_bytes()] {
        assert_eq!(read(&bytes), plain);
    }
}

fn assignments(top: &str) -> Result<Checked, ImportError> {
    let text = format!("{top}\n{VILLAGE},1234567890,10000001,2016-07-01\n");
    read(text.as_bytes(), &Options { kind: Some(Kind::Assignments), ..options() })
}

#[test]
fn the_heading_is_found_below_titles_and_in_several_rows() {
    let heading = "行政村代码,户编号,帮扶责任人编号,结对日期";
    for top in [
        heading.to_owned(),
        format!("结对帮扶登记表,,,\n填表人：某某,,,\n{heading}"),
        format!("{}{heading}", "注：略,,,\n".repeat(9)),
        "*行政村代码（12位）,户 编号,帮扶责任人编号（8位）,from".to_owned(),
        "行政村,户编号,责任人,\n代码,,帮扶责任人编号,结对日期".to_owned(),
        "地点,,帮扶,\n行政村代码,户编号,责任人信息,\n,,帮扶责任人编号,结对日期".to_owned(),
    ] {
        let checked = assignments(&top).unwrap();
        assert_eq!((found(&checked), checked.good_rows()), (vec![], 1), "{top}");
    }
    assert!(matches!(
        assignments(&format!("{}{heading}", "注：略,,,\n".repeat(10))),
        Err(ImportError::NoHeading { .. })
    ));
}

#[test]
fn tables_with_headings_that_leave_a_doubt_are_refused() {
    let error = |top: &str| assignments(top).unwrap_err().code();
    assert_eq!(error("村名,户主,电话,日子"), "heading_missing");
    assert_eq!(error("行政村代码,户编号,姓名,结对日期"), "columns_missing");
    assert_eq!(error("行政村代码,户编号,帮扶责任人编号,干部编号"), "column_twice");
    let income = |heading: &str| {
        let text = format!("户编号,年度,{heading},人均纯收入\n1234567890,2018,1,1\n");
        read(text.as_bytes(), &Options { kind: Some(Kind::Income), ..options() }).map(|_| ()).unwrap_err().code()
    };
    assert_eq!(income("纯收入（美元）"), "unit_unknown");
    assert_eq!(income("纯收入（元）,工资性收入（千克元）"), "unit_unknown");
    let months = table(&[row(&[])]).replace("务工时间（月）", "务工时间（年）");
    assert_eq!(read(months.as_bytes(), &options()).unwrap_err().code(), "unit_unknown");
    assert_eq!(read(HEADING.as_bytes(), &options()).unwrap_err().code(), "table_empty");
}

#[test]
fn the_unit_of_money_is_that_of_the_column_or_of_the_table() {
    let amount = |top: &str, heading: &str, cell: &str| {
        let text = format!("{top}户编号,发放编号,措施类别,{heading}\n1234567890,1,产业,{cell}\n");
        let village = VILLAGE.parse().ok();
        let date = Date::from_yyyymmdd(20_180_501);
        let checked = read(text.as_bytes(), &Options { kind: Some(Kind::Aid), village, date, ..options() }).unwrap();
        assert_eq!(found(&checked), [], "{heading}");
        let named = checked.warnings.iter().any(|one| one.code == "unit_converted");
        (checked.drafts[0].event["aid_delivered"]["amount"].as_str().unwrap().to_owned(), named)
    };
    assert_eq!(amount("", "金额", "1.2"), ("120".to_owned(), false));
    assert_eq!(amount("", "金额（元）", "1.2"), ("120".to_owned(), false));
    assert_eq!(amount("", "金额（万元）", "1.2"), ("1200000".to_owned(), true));
    assert_eq!(amount("", "金额(分)", "120"), ("120".to_owned(), true));
    assert_eq!(amount("发放表,,单位：万元,\n", "金额", "1.2"), ("1200000".to_owned(), true));
    assert_eq!(amount("发放表,,单位：万元,\n", "金额（元）", "1.2"), ("120".to_owned(), false));
    assert_eq!(amount("", "金额（元）", "1.2万元"), ("1200000".to_owned(), true));
}

#[test]
fn the_headings_say_what_kind_of_table_it_is() {
    for (heading, kind) in [
        (HEADING, Kind::Households),
        ("户编号,帮扶责任人编号,责任人类别", Kind::Assignments),
        ("户编号,发放编号,签收人", Kind::Acknowledgements),
        ("户编号,发放编号,措施类别,金额,成员", Kind::Aid),
        ("户编号,年度,纯收入,人均纯收入", Kind::Income),
        ("户编号,干部编号,地点,走访情况", Kind::Visits),
        ("户编号,不愁吃,不愁穿,住房等级", Kind::Conditions),
    ] {
        let text = format!("{heading}\n1{}\n", ",1".repeat(heading.matches(',').count()));
        assert_eq!(read(text.as_bytes(), &options()).map(|checked| checked.kind).unwrap(), kind);
    }
}

#[test]
fn columns_that_are_not_read_are_named() {
    let text = format!("{HEADING},户籍所在地,\n{},某地,漏掉的\n", row(&[]));
    let checked = read(text.as_bytes(), &options()).unwrap();
    assert_eq!(warned(&checked), [("AC1", "column_unknown"), ("AD1", "column_unnamed")]);
    assert_eq!((found(&checked), checked.good_rows()), (vec![], 1));
}
