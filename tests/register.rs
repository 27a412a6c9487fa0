//! Tables compared with what others recorded, on a device that has never sent any of it and without a connection.

use crate::support::desk::{ADMIN, Desk, Office, VILLAGE};
use crate::support::path;
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use serde_json::{Value, json};

const HEADING: &str =
    "行政村代码,户编号,识别日期,组,贫困户属性,主要致贫原因,住址,与户主关系,姓名,身份证号,联系电话,健康状况,劳动能力";

fn citizen_id(birth: u32, sequence: u32) -> String {
    CitizenId::synthetic(901_624, Date::from_yyyymmdd(birth).unwrap(), sequence).unwrap().as_str().to_owned()
}

/// A household of two.
fn family(household: &str) -> String {
    let (head, wife) = (citizen_id(19_580_307, 121), citizen_id(19_600_101, 122));
    format!(
        "{HEADING}\n\
         {VILLAGE},{household},2016-07-01,3,一般,因病,村东3号,户主,张三,{head},13900000000,长期慢性病,弱劳动力\n\
         {VILLAGE},{household},2016-07-01,3,一般,因病,村东3号,妻,李四,{wife},,健康,普通劳动力\n"
    )
}

/// One table of each other kind, with the value that a second one has instead of the first.
fn others(household: &str) -> Vec<(&'static str, String, &'static str, &'static str, &'static str)> {
    let child = citizen_id(20_010_203, 121);
    let of = |heading: &str, row: &str| format!("行政村代码,户编号,{heading}\n{VILLAGE},{household},{row}\n");
    vec![
        (
            "members",
            of(
                "日期,成员编号,与户主关系,姓名,身份证号,健康状况,劳动能力,原因",
                &format!("2016-08-01,3,长子,张五,{child},健康,普通劳动力,迁入"),
            ),
            "健康,普通",
            "患有大病,普通",
            "健康状况",
        ),
        (
            "income",
            of("认定日期,年度,工资性收入,纯收入,人均纯收入", "2017-10-08,2017,12000,12000,4000"),
            "12000,12000,4000",
            "15000,15000,5000",
            "工资性收入",
        ),
        ("conditions", of("认定日期,不愁吃,住房等级", "2017-10-08,达标,B"), "达标,B", "达标,C", "住房等级"),
        (
            "assignments",
            of("帮扶责任人编号,结对日期,责任人类别", &format!("{ADMIN},2016-08-01,第一")),
            "第一",
            "第二",
            "责任人类别",
        ),
        (
            "visits",
            of("走访人编号,走访日期,走访地点,走访记录", &format!("{ADMIN},2016-08-02,入户,屋顶漏水")),
            "屋顶漏水",
            "一切正常",
            "走访情况",
        ),
        ("aid", of("发放日期,发放编号,措施类别,金额", "2017-05-01,1,产业,1200.50"), "1200.50", "1300", "金额"),
        ("acknowledgements", of("签收日期,发放编号,签收人", "2017-05-02,1,2"), "05-02,1,2", "05-03,1,1", "签收人"),
    ]
}

/// A device that has the log's copy, and no connection any more.
struct Elsewhere {
    office: Office,
    desk: Desk,
}

impl Elsewhere {
    fn plan(&self, text: &str, code: i32) -> Value {
        let file = self.office.dir.path().join("plan.csv");
        std::fs::write(&file, text).unwrap();
        self.desk.run(&["import", "plan", path(&file), "--json"]).code(code).json()
    }

    /// Problem codes of a table, without a connection.
    fn codes(&self, text: &str) -> Vec<String> {
        let plan = self.plan(text, 3);
        let codes = plan["problems"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
        codes.collect()
    }
}

fn recorded() -> (Elsewhere, String) {
    let mut office = Office::with_village();
    let apply = |kind: &str, text: &str| {
        let file = office.dir.path().join(format!("{kind}.csv"));
        std::fs::write(&file, text).unwrap();
        office.admin.run(&["import", "apply", path(&file), "--json"]).code(0).json()
    };
    let household = apply("households", &family("户1"))["households"][0]["household"].as_str().unwrap().to_owned();
    for (kind, text, ..) in others(&household) {
        apply(kind, &text);
    }
    let desk = office.enrol(10_000_002, "county_officer", "130624");
    desk.run(&["replica", "refresh"]).code(0);
    office.stop();
    (Elsewhere { office, desk }, household)
}

#[test]
fn a_table_of_what_others_recorded_is_told_the_same_or_with_old_beside_new() {
    let (elsewhere, household) = recorded();
    for (kind, text, before, after, label) in others(&household) {
        let same = elsewhere.plan(&text, 0);
        assert_eq!((&same["counts"]["unchanged"], &same["counts"]["new"]), (&json!(1), &json!(0)), "{kind}: {same}");
        assert_eq!(same["problems"][0]["code"], json!("same_as_register"), "{kind}");
        let changed = elsewhere.plan(&text.replace(before, after), 3);
        assert_eq!(changed["counts"]["changed"], json!(1), "{kind}: {changed}");
        let differences = changed["plan"][0]["differences"].as_array().unwrap().clone();
        let found = differences.iter().find(|one| one["what_zh"].as_str().unwrap().ends_with(label));
        let found = found.unwrap_or_else(|| panic!("{kind}: {differences:?}"));
        assert!(found["before_zh"] != found["now_zh"] && found["now_zh"].is_string(), "{found}");
    }
    // A card with one member's facts changed, one telephone, and without the person who joined later.
    let child = format!(
        "{VILLAGE},{household},2016-07-01,3,一般,因病,村东3号,长子,张五,{},,健康,普通劳动力\n",
        citizen_id(20_010_203, 121)
    );
    let same = elsewhere.plan(&(family(&household) + &child), 0);
    assert_eq!(same["counts"]["unchanged"], json!(1), "{same}");
    let text = family(&household).replace("健康,普通", "患有大病,普通").replace("13900000000", "13900000001");
    let changed = elsewhere.plan(&text, 3);
    let differences = changed["plan"][0]["differences"].as_array().unwrap();
    let of = |what: &str| {
        let found = differences.iter().find(|one| one["what_zh"].as_str().unwrap().ends_with(what));
        let found = found.unwrap_or_else(|| panic!("{what} in {differences:?}"));
        (found["before_zh"].as_str(), found["now_zh"].as_str())
    };
    assert_eq!(of("家庭成员 2 · 健康状况"), (Some("健康"), Some("大病")));
    assert_eq!(of("家庭成员 1 · 个人信息（加密） · 联系电话"), (Some("13900000000"), Some("13900000001")));
    assert_eq!(of("家庭成员 3 · 出生年月"), (Some("2001-02"), None));
    assert!(
        differences.iter().all(|one| one["what_zh"].as_str().unwrap().contains("3 ·") || !one["now_zh"].is_null())
    );
    let file = elsewhere.office.dir.path().join("plan.csv");
    elsewhere.desk.run(&["import", "plan", path(&file), "--lang", "zh"]).code(3).says("登记册").says("大病");
}

#[test]
fn who_is_on_another_card_is_found_before_anything_is_sent() {
    let (elsewhere, household) = recorded();
    // Under another name of the household, or another number, or as a member of another card.
    for label in ["乙9", "1000000007"] {
        assert_eq!(elsewhere.codes(&family(label)), ["citizen_id_registered"; 2], "{label}");
    }
    let other = family("乙9").replace("张三", "王五").replace("李四", "赵六");
    let plan = elsewhere.plan(&other, 0);
    let alike = plan["warnings"].as_array().unwrap().iter().filter(|one| one["code"] == json!("person_alike"));
    assert!(alike.clone().count() == 2 && alike.clone().all(|one| one["detail"] == json!(household)), "{plan}");
    // Somebody else of the same name is nobody's duplicate.
    let namesake = family("乙9").replace(&citizen_id(19_580_307, 121), &citizen_id(19_600_501, 143));
    assert_eq!(elsewhere.codes(&namesake), ["citizen_id_registered"], "only the wife is");
}

#[test]
fn an_income_that_differs_is_sent_as_a_correction_when_that_is_wanted() {
    let (mut elsewhere, household) = recorded();
    elsewhere.office.serve();
    let url = elsewhere.office.node.as_ref().unwrap().url();
    let (_, income, before, after, _) = others(&household).remove(1);
    let file = elsewhere.office.dir.path().join("income.csv");
    std::fs::write(&file, income.replace(before, after)).unwrap();
    let words = ["import", "apply", path(&file), "--url", &url, "--json"];
    let report = elsewhere.desk.run(&words).code(3).json();
    assert_eq!(
        (&report["recorded_rows"], &report["problems"][0]["code"]),
        (&json!(0), &json!("differs_from_register"))
    );
    let report = elsewhere.desk.run(&[&words[..], &["--correct"]].concat()).code(0).json();
    assert_eq!(report["recorded_rows"], json!(1), "{report}");
    let card = elsewhere.desk.run(&["household", &household, "--url", &url, "--json"]).code(0).json();
    assert_eq!(card["incomes"][0]["net"], json!(1_500_000));
}

#[test]
fn a_row_is_judged_by_the_rules_before_it_is_signed_and_what_an_audit_would_find_needs_a_reason() {
    let (mut elsewhere, household) = recorded();
    // What the rules would refuse is told with its row, the rest may go.
    let aid = |number: u32, member: u32, amount: &str| {
        format!("{VILLAGE},{household},2017-05-01,{number},产业,{amount},{member}\n")
    };
    let heading = "行政村代码,户编号,发放日期,发放编号,措施类别,金额,成员\n";
    let wrong = heading.to_owned() + &aid(2, 77, "10") + &aid(3, 1, "20") + &aid(4, 1, "30");
    let plan = elsewhere.plan(&wrong, 3);
    let problems = plan["problems"].as_array().unwrap();
    assert_eq!(
        problems.iter().map(|one| (&one["row"], &one["code"])).collect::<Vec<_>>(),
        [(&json!(2), &json!("member_unknown"))]
    );
    assert_eq!((&plan["counts"]["new"], &plan["counts"]["refused"]), (&json!(2), &json!(1)));
    // The same amount on the same day again, and a payer who says that it was confirmed.
    let again = heading.to_owned() + &aid(5, 1, "1200.50");
    assert_eq!(elsewhere.codes(&again), ["same_delivery_again", "reason_missing"]);
    elsewhere.office.serve();
    let url = elsewhere.office.node.as_ref().unwrap().url();
    let file = elsewhere.office.dir.path().join("again.csv");
    std::fs::write(&file, &again).unwrap();
    let words = ["import", "apply", path(&file), "--url", &url, "--json"];
    assert_eq!(elsewhere.desk.run(&words).code(3).json()["recorded_rows"], json!(0));
    let reason = "第二批与第一批同额";
    let report = elsewhere.desk.run(&[&words[..], &["--reason", reason]].concat()).code(0).json();
    assert_eq!((&report["recorded_rows"], &report["warnings"][0]["code"]), (&json!(1), &json!("same_delivery_again")));
    let receipts = elsewhere.desk.json(&["receipt", "list"]);
    let ids: Vec<_> = receipts.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    let shown = ids.iter().map(|id| elsewhere.desk.run(&["receipt", "show", id, "--json"]).told());
    assert_eq!(shown.filter(|shown| shown.contains(reason)).count(), 1);
}
