//! Tables whose rows are one event each.

use super::*;

fn one(kind: Kind, text: &str) -> Checked {
    read(text.as_bytes(), &Options { kind: Some(kind), ..options() }).unwrap()
}

#[test]
fn assignments_are_read() {
    let checked = one(
        Kind::Assignments,
        &format!(
            "行政村代码,户编号,帮扶责任人编号,责任人类别,结对日期\n\
             {VILLAGE},1234567890,10000001,,2016-07-01\n\
             {VILLAGE},1234567891,10000002,第二,2016-07-02\n\
             {VILLAGE},12345,1,第三,昨天\n\
             {VILLAGE},,,,\n"
        ),
    );
    assert_eq!((checked.rows, checked.good_rows()), (4, 2));
    let expected = [
        (4, "household", "household_number_invalid"),
        (4, "official", "official_number_invalid"),
        (4, "capacity", "cell_not_known"),
        (4, "date", "cell_not_a_date"),
        (5, "", "row_no_record"),
    ];
    let mut found = found(&checked);
    found.sort_by_key(|(row, _, _)| *row);
    let found: BTreeSet<_> = found.into_iter().collect();
    assert_eq!(found, BTreeSet::from(expected));
    let second = &checked.drafts[1].event;
    assert_eq!((&second["official"], &second["official_assigned"]["capacity"]), (&10_000_002.into(), &2.into()));
}

#[test]
fn deliveries_are_read_and_two_of_the_same_are_named() {
    let checked = one(
        Kind::Aid,
        &format!(
            "village,household,delivery,group,amount (yuan),date,measure,allocation,member\n\
             {VILLAGE},1234567890,1,住房,\"12,000.50\",2016-07-01,7,9,2\n\
             {VILLAGE},1234567890,0,住宿,许多,2016-07-01,,,100\n\
             {VILLAGE},1234567890,2,住房,12000.50,2016-07-01,7,9,2\n\
             {VILLAGE},1234567890,3,住房,-,2016-07-01,,,\n"
        ),
    );
    let expected = [
        (3, "delivery", "cell_not_a_number"),
        (3, "group", "cell_not_known"),
        (3, "amount", "cell_not_an_amount"),
        (3, "member", "cell_not_a_number"),
        (5, "amount", "cell_missing"),
    ];
    assert_eq!((found(&checked), checked.good_rows()), (expected.to_vec(), 2));
    let paid = &checked.drafts[0].event["aid_delivered"];
    let expected = serde_json::json!({
        "delivery": "1", "group": 5, "measure": "7", "allocation": "9", "amount": "1200050", "member": 2
    });
    assert_eq!(paid, &expected);
    let same: Vec<_> = checked.warnings.iter().map(|one| (one.row, one.code.as_ref(), one.detail.as_str())).collect();
    assert_eq!(same, [(4, "same_payment", "2")]);
}

#[test]
fn rows_that_report_the_same_thing_are_both_refused() {
    let text = format!(
        "村代码,户编号,发放编号,签收人,签收日期\n{VILLAGE},1234567890,1,1,2016-07-01\n{VILLAGE},1234567890,2,1,2016-07-01\n\
         {VILLAGE},1234567890,1,2,2016-07-02\n"
    );
    let checked = one(Kind::Acknowledgements, &text);
    let twice: Vec<_> = checked.problems.iter().map(|one| (one.row, one.code.as_ref(), one.detail.as_str())).collect();
    assert_eq!((twice, checked.good_rows()), (vec![(2, "row_twice", "4"), (4, "row_twice", "2")], 1));
}

#[test]
fn an_income_is_the_sum_of_its_parts() {
    let text = |net: &str| {
        format!(
            "行政村代码,户编号,年度,工资性收入（万元）,生产经营性收入,生产经营性支出,纯收入,人均纯收入,认定日期\n\
             {VILLAGE},1234567890,2018年,1.2,3000,500.5,{net},7249.75,2018-10-01\n"
        )
    };
    let checked = one(Kind::Income, &text("14499.5"));
    assert_eq!((found(&checked), checked.good_rows()), (vec![], 1));
    let income = &checked.drafts[0].event["income_assessed"];
    assert_eq!(
        (&income["wage"], &income["net"], &income["year"]),
        (&"1200000".into(), &"1449950".into(), &2018.into())
    );
    assert_eq!(warned(&checked), [("D1", "unit_converted")]);
    let wrong = one(Kind::Income, &text("14499"));
    assert_eq!(found(&wrong), [(2, "net", "income_net_wrong")]);
    assert_eq!(wrong.problems[0].detail, "14499.50");
}

#[test]
fn visits_conditions_and_members_are_read() {
    let visits = one(
        Kind::Visits,
        &format!(
            "行政村代码,户编号,干部编号,走访日期,地点,开始时间（分钟）,同行人,走访情况,纬度,经度\n\
             {VILLAGE},1234567890,10000001,2016-07-01,入户,09:30,10000002、10000003,屋顶漏水，已报。,38.84512,114.20000\n\
             {VILLAGE},1234567890,10000001,2016-07-02,家中,,,屋顶?已修,38,\n"
        ),
    );
    assert_eq!(found(&visits), [(3, "latitude", "cell_not_a_number")]);
    let visit = &visits.drafts[0].event["household_visited"];
    let expected = serde_json::json!({
        "place": 1, "minute": 571, "companions": [10_000_002, 10_000_003],
        "private": {"seen": "屋顶漏水，已报。", "latitude": 3_884_512, "longitude": 11_420_000}
    });
    assert_eq!(visit, &expected);
    let conditions = one(
        Kind::Conditions,
        &format!("行政村代码,户编号,认定日期,不愁吃,住房安全,住房等级\n{VILLAGE},1234567890,2016-07-01,是,未达标,D\n"),
    );
    let expected = serde_json::json!({"food": 1, "housing": 2, "dwelling": 4});
    assert_eq!(conditions.drafts[0].event["living_conditions_assessed"], expected);
    let born = id(20_160_605, 121);
    let members = one(
        Kind::Members,
        &format!(
            "行政村代码,户编号,新增日期,成员编号,与户主关系,姓名,身份证号,健康状况,劳动能力,原因\n\
             {VILLAGE},1234567890,2016-07-01,3,孙子,张小,{born},健康,无劳动力,新生\n"
        ),
    );
    assert_eq!((found(&members), members.good_rows()), (vec![], 1));
    let added = &members.drafts[0].event["member_added"];
    assert_eq!(
        (&added["reason"], &added["member"]["number"], &added["member"]["sex"]),
        (&1.into(), &3.into(), &1.into())
    );
    assert_eq!(added["member"]["private"]["citizen_id"], born.as_str());
}
