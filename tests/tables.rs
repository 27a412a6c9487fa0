//! Tables imported with the real binary: made from a template, sent once whatever happens, and every kind of them.

use crate::support::desk::{ADMIN, Office, VILLAGE};
use crate::support::path;
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

const HEADING: &str = "行政村代码,户编号,识别日期,贫困户属性,主要致贫原因,与户主关系,姓名,身份证号,健康状况,劳动能力";

fn citizen_id(number: u32, sequence: u32) -> String {
    let birth = Date::from_yyyymmdd(19_500_101).unwrap().plus_days(i32::try_from(number).unwrap());
    CitizenId::synthetic(901_624, birth, sequence).unwrap().as_str().to_owned()
}

/// A table of households of two.
pub(crate) fn families(count: u32) -> String {
    let family = |n: u32| {
        let row = |relation: &str, name: &str, id: String| {
            format!("{VILLAGE},户{n},2016-07-01,一般,因病,{relation},{name},{id},健康,普通劳动力\n")
        };
        row("户主", "张三", citizen_id(n, 121)) + &row("妻", "李四", citizen_id(n, 122))
    };
    format!("{HEADING}\n{}", (0..count).map(family).collect::<String>())
}

fn table(office: &Office, name: &str, text: &str) -> PathBuf {
    let file = office.dir.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_table_whose_import_is_killed_again_and_again_is_recorded_once() {
    let office = Office::with_village();
    let file = table(&office, "families.csv", &families(400));
    let words = ["import", "apply", path(&file)];
    for after_ms in [150, 300, 450, 600, 750] {
        let mut running = office.admin.start(&words);
        std::thread::sleep(Duration::from_millis(after_ms));
        running.kill().unwrap();
        running.wait().unwrap();
    }
    office.admin.run(&words).code(0);
    let progress = office.admin.json(&["progress", VILLAGE]);
    assert_eq!(progress["households"]["registered"], json!(400), "{progress}");
    // Again: nothing is sent. With a household appended: only that.
    let entries = |report: &serde_json::Value| report["entries"].as_array().unwrap().len();
    let again = office.admin.json(&words);
    assert_eq!((entries(&again), &again["unchanged_rows"], &again["recorded_rows"]), (0, &json!(800), &json!(0)));
    let appended = table(&office, "appended.csv", &families(401));
    let plan = office.admin.json(&["import", "plan", path(&appended)]);
    assert_eq!((&plan["counts"]["new"], &plan["counts"]["unchanged"]), (&json!(1), &json!(400)));
    let report = office.admin.json(&["import", "apply", path(&appended)]);
    assert_eq!((entries(&report), &report["recorded_rows"]), (1, &json!(2)));
    let progress = office.admin.json(&["progress", VILLAGE]);
    assert_eq!(progress["households"]["registered"], json!(401), "{progress}");
}

#[test]
fn every_kind_of_table_reaches_the_register() {
    let office = Office::with_village();
    let apply = |kind: &str, text: &str| {
        let file = table(&office, &format!("{kind}.csv"), text);
        let report = office.admin.run(&["import", "apply", path(&file), "--json"]).code(0).json();
        assert_eq!((&report["kind"], &report["problems"]), (&json!(kind), &json!([])), "{report}");
        report
    };
    let report = apply("households", &families(1));
    let household = report["households"][0]["household"].as_str().unwrap().to_owned();
    let child = citizen_id(20_000, 121);
    apply(
        "members",
        &format!(
            "行政村代码,户编号,日期,成员编号,与户主关系,姓名,身份证号,健康状况,劳动能力,原因\n\
             {VILLAGE},户0,2016-08-01,3,长子,张五,{child},健康,普通劳动力,迁入\n"
        ),
    );
    apply(
        "income",
        &format!(
            "行政村代码,户编号,认定日期,年度,工资性收入（万元）,纯收入,人均纯收入\n\
             {VILLAGE},{household},2017-10-08,2017,1.2,12000,4000\n"
        ),
    );
    apply("conditions", &format!("行政村代码,户编号,认定日期,不愁吃,住房等级\n{VILLAGE},户0,2017-10-08,达标,B\n"));
    apply(
        "assignments",
        &format!("行政村代码,户编号,帮扶责任人编号,结对日期,责任人类别\n{VILLAGE},户0,{ADMIN},2016-08-01,第一\n"),
    );
    apply(
        "visits",
        &format!(
            "行政村代码,户编号,走访人编号,走访日期,走访地点,走访记录\n{VILLAGE},户0,{ADMIN},2016-08-02,入户,屋顶漏水\n"
        ),
    );
    apply(
        "aid",
        &format!(
            "行政村代码,户编号,发放日期,发放编号,措施类别,金额（元）\n{VILLAGE},户0,2017-05-01,1,产业,\"1,200.50\"\n"
        ),
    );
    apply("acknowledgements", &format!("行政村代码,户编号,签收日期,发放编号,签收人\n{VILLAGE},户0,2017-05-02,1,2\n"));
    let card = office.admin.json(&["household", &household]);
    assert_eq!((card["members"].as_array().unwrap().len(), &card["incomes"][0]["net"]), (3, &json!(1_200_000)));
    assert_eq!((&card["dwelling"], &card["visits"]), (&json!("b"), &json!(1)));
    assert_eq!(
        (&card["officials"][0]["official"], &card["deliveries"][0]["amount"]),
        (&json!(ADMIN), &json!(120_050))
    );
    assert_eq!(card["deliveries"][0]["acknowledged"], json!("2017-05-02"));
    // Another folder knows nothing of what was imported here, and finds it in the register.
    let other = office.enrol(10_000_002, "county_officer", "130624");
    let check = |text: &str| {
        let file = table(&office, "check.csv", text);
        let report = other.run(&["import", "check", path(&file), "--json"]).code(3).json();
        report["problems"][0]["code"].as_str().unwrap().to_owned()
    };
    let aid = |household: &str, number: u32| {
        format!(
            "行政村代码,户编号,发放日期,发放编号,措施类别,金额\n{VILLAGE},{household},2017-05-01,{number},产业,7\n"
        )
    };
    assert_eq!(check(&aid(&household, 1)), "recorded_by_others");
    assert_eq!(check(&aid("1000000007", 1)), "household_unknown");
    assert_eq!(check(&families(1).replace("户0", &household)), "household_exists");
}

#[test]
fn a_template_is_written_once_and_a_copy_shows_what_is_wrong() {
    let office = Office::with_village();
    let file = office.dir.path().join("empty.xlsx");
    let words = ["import", "template", path(&file), "--kind", "households", "--lang", "zh"];
    office.admin.run(&words).code(0);
    office.admin.run(&words).code(7).says("已存在");
    office.admin.run(&["import", "check", path(&file)]).code(1).says("no rows below its heading");
    office.admin.run(&["import", "template", "x.doc", "--kind", "aid"]).code(1).says(".xlsx or .csv");
    let families = families(2).replace("李四", "李?");
    let (file, copy) = (table(&office, "families.csv", &families), office.dir.path().join("checked.xlsx"));
    let words = ["import", "check", path(&file), "--annotated", path(&copy), "--lang", "zh"];
    office.admin.run(&words).code(3).says("G3").says("姓名中有丢失的字符");
    office.admin.run(&["import", "check", path(&copy), "--lang", "en"]).code(3).says("G3").says("lost characters");
}
