use super::*;
use crate::node::{self, Log, ORIGIN};
use crate::random::Random;
use lika_domain::citizen_id::CitizenId;
use lika_domain::rejection::{Code, Problem, Rejection};
use lika_proto::convert;
use lika_proto::seal::{DataKey, Place, open};
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use std::collections::BTreeSet;

const VILLAGE: &str = "130624100200";
const HEADING: &str = "行政村代码,户编号,识别日期,组,贫困户属性,识别标准,主要致贫原因,其他致贫原因,易地搬迁意愿,\
住址,开户银行,银行账号,备注,与户主关系,姓名,身份证号码,联系电话,性别,民族,文化程度,在校生状况,健康状况,\
劳动能力,务工地点,务工时间（月）,医疗保险,养老保险,残疾证号";

fn options() -> Options {
    Options { origin: ORIGIN.into(), mode: Some(Mode::Testing), village: None, date: None }
}

/// A made-up citizen ID: the sequence decides the sex, odd for men.
fn id(birth: u32, sequence: u32) -> String {
    CitizenId::synthetic(901_624, Date::from_yyyymmdd(birth).unwrap(), sequence).unwrap().as_str().to_owned()
}

/// A good row, with the given cells replaced.
fn row(changes: &[(usize, &str)]) -> String {
    let id = id(19_580_307, 121);
    let mut cells = [
        VILLAGE,
        "甲1",
        "2016-07-01",
        "3",
        "一般",
        "国家",
        "因病",
        "缺劳力、缺资金",
        "是",
        "骆驼湾3号",
        "信用社",
        "622800001",
        "",
        "户主",
        "张三",
        &id,
        "13900000000",
        "男",
        "汉族",
        "小学",
        "",
        "长期慢性病",
        "弱劳动力",
        "",
        "",
        "是",
        "否",
        "",
    ];
    for (place, text) in changes {
        cells[*place] = text;
    }
    cells.join(",")
}

const HOUSEHOLD: usize = 1;
const RELATION: usize = 13;
const CITIZEN_ID: usize = 15;
const SEX: usize = 17;

/// A second person of the household above, with only their own cells filled in.
fn spouse() -> String {
    let mut cells = vec![""; 28];
    let id = id(19_600_101, 122);
    for (place, text) in [
        (RELATION, "配偶"),
        (14, "李四"),
        (CITIZEN_ID, &id),
        (18, "满族"),
        (21, "健康"),
        (22, "普通劳动力"),
        (23, "省外"),
        (24, "6"),
    ] {
        cells[place] = text;
    }
    cells.join(",")
}

fn table(rows: &[String]) -> String {
    format!("{HEADING}\n{}\n", rows.join("\n"))
}

fn plan(rows: &[String]) -> Plan {
    households(table(rows).as_bytes(), &options(), &mut Random::seeded(1)).unwrap()
}

/// Row, column and code of every problem.
fn found(plan: &Plan) -> Vec<(usize, &str, &str)> {
    plan.problems.iter().map(|problem| (problem.row, problem.column.as_ref(), problem.code.as_ref())).collect()
}

/// The only problem of a table with this row and a good row of another household.
fn problem(changes: &[(usize, &str)]) -> (String, String) {
    let good = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let plan = plan(&[row(changes), good]);
    assert_eq!((plan.problems.len(), plan.good_rows, plan.problems[0].row), (1, 1, 2), "{:?}", plan.problems);
    (plan.problems[0].column.to_string(), plan.problems[0].code.to_string())
}

fn of_households(planned: &Planned) -> &[v1::HouseholdEvent] {
    match &planned.report.events {
        Events::Households(list) => &list.events,
        _ => panic!("other service"),
    }
}

#[test]
fn a_household_is_read_sealed_and_numbered() {
    let plan = plan(&[row(&[]), spouse()]);
    assert_eq!((found(&plan), plan.rows, plan.good_rows, plan.planned.len()), (vec![], 2, 2, 1));
    assert_eq!(plan.unknown_columns, [""; 0]);
    let planned = &plan.planned[0];
    assert_eq!((planned.report.area.to_string().as_str(), &planned.rows), (VILLAGE, &vec![vec![2, 3]]));
    let event = &of_households(planned)[0];
    let household = plan.households[0].household;
    assert_eq!(
        (event.happened, event.household, plan.households[0].label.as_str()),
        (20_160_701, household.get(), "甲1")
    );
    let Some(v1::household_event::Kind::HouseholdRegistered(card)) = &event.kind else { panic!("other kind") };
    assert_eq!((card.group, card.attribute, card.standard, card.main_cause), (3, 1, 1, 1));
    assert_eq!((card.other_causes.as_slice(), card.willing_to_relocate), ([8, 9].as_slice(), true));
    let [head, wife] = card.members.as_slice() else { panic!("two members") };
    assert_eq!((head.number, head.relation, head.sex, head.birth_month, head.ethnicity), (1, 1, 1, 195_803, 1));
    assert_eq!((head.education, head.health, head.labour, head.medical_insurance), (2, 2, 3, true));
    assert_eq!((wife.number, wife.relation, wife.sex, wife.ethnicity), (2, 2, 2, 11));
    assert_eq!((wife.work_place, wife.work_months, wife.school), (4, 6, 0));

    let key = &planned.report.keys[0];
    assert_eq!((key.subject, key.number, planned.report.keys.len()), (household.get(), 1, 1));
    let key = DataKey::from_slice(&key.key).unwrap();
    let place = Place::household(ORIGIN, household);
    let private = open(&key, &place, &card.sealed.as_ref().unwrap().r#box).unwrap();
    assert_eq!((private.address.as_str(), private.phone.as_str()), ("骆驼湾3号", "13900000000"));
    let place = Place::member(ORIGIN, household, lika_domain::ids::MemberNo::new(2).unwrap());
    let private = open(&key, &place, &wife.sealed.as_ref().unwrap().r#box).unwrap();
    assert_eq!((private.name.as_str(), private.citizen_id), ("李四", id(19_600_101, 122)));
}

#[test]
fn every_encoding_gives_the_same() {
    let text = table(&[row(&[]), spouse()]);
    let read = |bytes: &[u8]| households(bytes, &options(), &mut Random::seeded(1)).unwrap().planned;
    let plain = read(text.as_bytes());
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    assert!(std::str::from_utf8(&gbk).is_err());
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
    let utf16 = [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<_>>();
    let tabs = text.replace(',', "\t").replace('\n', "\r\n");
    let quoted = text.replace("骆驼湾3号", "\"骆驼湾3号\"");
    for bytes in [format!("\u{feff}{text}").into_bytes(), gbk, utf16, tabs.into_bytes(), quoted.into_bytes()] {
        assert_eq!(read(&bytes), plain);
    }
    for bytes in [b"PK\x03\x04\x00\x00".as_slice(), b"\x81\xff\xff,\n"] {
        let refused = households(bytes, &options(), &mut Random::seeded(1));
        assert!(matches!(refused, Err(ImportError::NotText)), "{refused:?}");
    }
}

#[test]
fn headings_are_read_in_english_and_below_titles() {
    let good = id(19_580_307, 121);
    let english = format!(
        "扶贫对象信息采集表,,\n\n\
         Village,Household No,Date,Attribute,Main Cause,Relation*,Name,Citizen ID,Health,Labour,Colour\n\
         {VILLAGE},甲1,2016/7/1,general,illness,head,Zhang San,{good},chronic,weak,blue\n"
    );
    let plan = households(english.as_bytes(), &options(), &mut Random::seeded(1)).unwrap();
    assert_eq!((found(&plan), plan.good_rows), (vec![], 1));
    assert_eq!(plan.unknown_columns, ["Colour"]);
    assert_eq!(plan.planned[0].rows, [[4]]);
}

#[test]
fn tables_that_cannot_be_read_are_refused_whole() {
    let read = |text: &str| households(text.as_bytes(), &options(), &mut Random::seeded(1)).unwrap_err();
    assert!(matches!(read(""), ImportError::NoHeading { .. }));
    let told = read("甲,乙\n1,2\n").to_string();
    assert!(told.contains("Needed: 户编号 (household), 贫困户属性 (attribute), "), "{told}");
    assert!(told.contains("Also read: 行政村代码 (village), "), "{told}");
    assert!(matches!(read("户编号,姓名,姓名\n"), ImportError::ColumnTwice(name) if name == "姓名 (name)"));
    let ImportError::ColumnsMissing(lacking) = read("户编号,姓名\n甲,乙\n") else { panic!("read") };
    assert!(lacking.contains(&"身份证号 (citizen_id)".to_owned()), "{lacking:?}");
    assert!(matches!(read(&"x\n".repeat(ROWS_MAX + 1)), ImportError::TooManyRows));
    let large = households(&vec![b'x'; TABLE_BYTES_MAX + 1], &options(), &mut Random::seeded(1));
    assert!(matches!(large, Err(ImportError::TooLarge(_))));
}

#[test]
fn values_for_the_whole_table_need_not_be_in_it() {
    let options = Options { village: VILLAGE.parse().ok(), date: Date::from_yyyymmdd(20_160_701), ..options() };
    let text = table(&[row(&[(0, ""), (2, "")]), spouse()]);
    let plan = households(text.as_bytes(), &options, &mut Random::seeded(1)).unwrap();
    assert_eq!((found(&plan), plan.good_rows), (vec![], 2));
    assert_eq!(of_households(&plan.planned[0])[0].happened, 20_160_701);
}

#[test]
fn each_cell_is_refused_with_its_code() {
    let man = id(19_580_307, 121);
    let long = "长".repeat(201);
    let other = format!("{}41", id(19_580_307, 123));
    let broken = format!("{}9", &man[..17]);
    let real = "11010519491231002X";
    let table: [(usize, &str, &str, &str); 30] = [
        (0, "", "village", "cell_missing"),
        (0, "1306241002", "village", "village_invalid"),
        (0, "130624100000", "village", "village_invalid"),
        (0, "1.30624E+11", "village", "number_truncated"),
        (HOUSEHOLD, "", "household", "cell_missing"),
        (HOUSEHOLD, "1.2E+09", "household", "number_truncated"),
        (2, "", "date", "cell_missing"),
        (2, "2016-02-30", "date", "cell_not_a_date"),
        (3, "三", "group", "cell_not_a_number"),
        (3, "1000", "group", "cell_not_a_number"),
        (4, "富裕", "attribute", "cell_not_known"),
        (6, "", "main_cause", "cell_missing"),
        (7, "缺水、缺技术、缺资金", "other_causes", "cell_not_known"),
        (8, "也许", "relocate", "cell_not_known"),
        (9, &long, "address", "cell_too_long"),
        (12, "\u{1b}", "remark", "cell_text_invalid"),
        (14, "", "name", "cell_missing"),
        (CITIZEN_ID, "", "citizen_id", "cell_missing"),
        (CITIZEN_ID, &broken, "citizen_id", "citizen_id_invalid"),
        (CITIZEN_ID, "1.3E+17", "citizen_id", "citizen_id_truncated"),
        (CITIZEN_ID, "901624195803071000", "citizen_id", "citizen_id_truncated"),
        (CITIZEN_ID, real, "citizen_id", "citizen_id_real"),
        (16, "12345", "phone", "phone_invalid"),
        (16, "1.39E+10", "phone", "number_truncated"),
        (SEX, "女", "sex", "sex_contradicts"),
        (18, "火星", "ethnicity", "cell_not_known"),
        (21, "", "health", "cell_missing"),
        (24, "13", "work_months", "cell_not_a_number"),
        (27, "41", "certificate", "certificate_invalid"),
        (27, &other, "certificate", "certificate_invalid"),
    ];
    for (place, text, column, code) in table {
        assert_eq!(problem(&[(place, text)]), (column.to_owned(), code.to_owned()), "{text}");
    }
    let production = Options { mode: Some(Mode::Production), ..options() };
    let plan = households(self::table(&[row(&[])]).as_bytes(), &production, &mut Random::seeded(1)).unwrap();
    assert_eq!(found(&plan), [(2, "citizen_id", "citizen_id_synthetic")]);
    let unknown = Options { mode: None, ..options() };
    let text = self::table(&[row(&[(CITIZEN_ID, real), (SEX, "女")])]);
    assert_eq!(households(text.as_bytes(), &unknown, &mut Random::seeded(1)).unwrap().good_rows, 1);
}

#[test]
fn a_certificate_gives_category_and_grade() {
    let certificate = format!("{}43", id(19_580_307, 121));
    let plan = plan(&[row(&[(27, &certificate)])]);
    assert_eq!(found(&plan), []);
    let Some(v1::household_event::Kind::HouseholdRegistered(card)) = &of_households(&plan.planned[0])[0].kind else {
        panic!("other kind")
    };
    assert_eq!((card.members[0].disability_category, card.members[0].disability_grade), (4, 3));
}

/// One in eleven citizen IDs cut off by a spreadsheet still has a valid check digit.
#[test]
fn one_citizen_id_cut_off_makes_all_that_look_so_suspect() {
    let day = |day: u32| Date::from_yyyymmdd(day).unwrap();
    let lucky = (19_580_301..19_580_331).map(|birth| CitizenId::synthetic(901_624, day(birth), 0).unwrap());
    let lucky = lucky.map(|id| id.as_str().to_owned()).find(|id| id.ends_with("000")).unwrap();
    let alone = plan(&[row(&[(CITIZEN_ID, &lucky), (SEX, "")])]);
    assert_eq!((found(&alone), alone.good_rows), (vec![], 1));
    let beside = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, "901624196001019000")]);
    let both = plan(&[row(&[(CITIZEN_ID, &lucky), (SEX, "")]), beside]);
    let code = "citizen_id_truncated";
    assert_eq!(found(&both), [(2, "citizen_id", code), (3, "citizen_id", code)]);
}

#[test]
fn a_household_goes_whole_or_not_at_all() {
    let bad = spouse().replace("配偶", "邻居");
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let plan = plan(&[row(&[]), bad, other]);
    assert_eq!((found(&plan), plan.good_rows), (vec![(3, "relation", "cell_not_known")], 1));
    assert_eq!(plan.planned[0].rows, [[4]]);
}

#[test]
fn rows_of_a_household_need_not_stand_together() {
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let child = id(19_850_101, 121);
    let child = row(&[(RELATION, "之子"), (CITIZEN_ID, &child)]);
    let plan = plan(&[row(&[]), other, child]);
    assert_eq!((found(&plan), plan.planned[0].rows.clone()), (vec![], vec![vec![2, 4], vec![3]]));
    let labels: BTreeSet<_> = plan.households.iter().map(|named| named.label.as_str()).collect();
    assert_eq!(labels, BTreeSet::from(["甲1", "乙2"]));
    assert_ne!(plan.households[0].household, plan.households[1].household);
}

#[test]
fn contradictory_cells_are_refused() {
    let two_heads = plan(&[row(&[]), spouse().replace("配偶", "户主")]);
    assert_eq!(found(&two_heads), [(2, "relation", "not_one_head")]);
    let no_head = plan(&[row(&[(RELATION, "配偶")])]);
    assert_eq!(found(&no_head), [(2, "relation", "not_one_head")]);
    let same = row(&[(HOUSEHOLD, "乙2")]);
    let twice = plan(&[row(&[]), same]);
    assert_eq!(found(&twice), [(2, "citizen_id", "citizen_id_twice"), (3, "citizen_id", "citizen_id_twice")]);
    let crowd: Vec<_> = (0..31)
        .map(|n| {
            let relation = if n == 0 { "户主" } else { "之子" };
            row(&[(RELATION, relation), (CITIZEN_ID, &id(19_800_101, n * 2 + 1))])
        })
        .collect();
    assert_eq!(found(&plan(&crowd)), [(2, "household", "too_many_members")]);
    let elsewhere = [(0, "130624100201"), (HOUSEHOLD, "1234567890"), (CITIZEN_ID, &id(19_700_101, 333))];
    let number_twice = plan(&[row(&[(HOUSEHOLD, "1234567890")]), row(&elsewhere)]);
    assert_eq!(found(&number_twice), [(3, "household", "household_twice")]);
    assert_eq!(number_twice.households[0].household.get(), 1_234_567_890);
    let orphan = plan(&[row(&[(0, "x")]), spouse()]);
    assert_eq!(found(&orphan).first(), Some(&(2, "village", "village_invalid")));
    assert_eq!((orphan.good_rows, found(&orphan).len()), (0, 3));
}

#[test]
fn submissions_are_of_one_village_and_not_too_large() {
    let rows: Vec<_> = (0..230)
        .map(|n| {
            let village = if n % 2 == 0 { VILLAGE } else { "130624100201" };
            row(&[
                (0, village),
                (HOUSEHOLD, &format!("户{n}")),
                (CITIZEN_ID, &id(19_500_101 + n / 100, n * 2 % 1000 + 1)),
            ])
        })
        .collect();
    let plan = plan(&rows);
    assert_eq!((found(&plan), plan.good_rows), (vec![], 230));
    let counts: Vec<_> = plan.planned.iter().map(|planned| planned.rows.len()).collect();
    assert_eq!(counts, [100, 15, 100, 15]);
    let mut device = crate::Device::new(
        crate::Signer::from_seed([3; 32]),
        lika_domain::ids::OfficialId::new(10_000_001).unwrap(),
        ORIGIN,
    );
    for planned in plan.planned {
        let composed = device.compose(Random::system().submission_id().unwrap(), 1, planned.report).unwrap();
        assert!(composed.signed.submission.len() <= REPORT_BYTES_MAX);
    }
    let remark = "注".repeat(500);
    let large: Vec<_> = (0..100)
        .map(|n| row(&[(HOUSEHOLD, &format!("户{n}")), (12, &remark), (CITIZEN_ID, &id(19_500_101, n * 2 + 1))]))
        .collect();
    let plan = self::plan(&large);
    assert!(plan.planned.len() > 2, "{}", plan.planned.len());
    assert_eq!(plan.planned.iter().map(|planned| planned.rows.len()).sum::<usize>(), 100);
}

#[test]
fn a_household_that_fits_into_no_submission_is_refused() {
    let item = pack::Item {
        area: VILLAGE.parse().unwrap(),
        event: pack::Event::Household(v1::HouseholdEvent {
            evidence: vec![v1::Evidence { kind: 1, sha256: vec![0; REPORT_BYTES_MAX].into(), size: 1 }],
            ..Default::default()
        }),
        rows: vec![2],
        keys: vec![],
    };
    assert!(!item.fits());
}

#[test]
fn blank_lines_are_counted_as_the_spreadsheet_counts_them() {
    let text = format!("\n\n{HEADING}\n\n{}\n\n\n{}\n,,,\n", row(&[(4, "x")]), row(&[(HOUSEHOLD, "乙2"), (4, "y")]));
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let plan = households(text.as_bytes(), &options(), &mut Random::seeded(1)).unwrap();
        let rows: Vec<_> = plan.problems.iter().filter(|p| p.column == "attribute").map(|p| p.row).collect();
        assert_eq!((rows, plan.rows), (vec![5, 8], 2));
    }
}

#[test]
fn assignments_are_read() {
    let text = format!(
        "行政村代码,户编号,帮扶责任人编号,责任人类别,结对日期\n\
         {VILLAGE},1234567890,10000001,,2016-07-01\n\
         {VILLAGE},1234567891,10000002,第二,2016-07-02\n\
         {VILLAGE},12345,1,第三,昨天\n\
         {VILLAGE},,,,\n"
    );
    let plan = assignments(text.as_bytes(), &options()).unwrap();
    assert_eq!((plan.rows, plan.good_rows), (4, 2));
    let expected = [
        (4, "household", "household_number_invalid"),
        (4, "official", "official_number_invalid"),
        (4, "capacity", "cell_not_known"),
        (4, "date", "cell_not_a_date"),
        (5, "household", "cell_missing"),
        (5, "official", "cell_missing"),
        (5, "date", "cell_missing"),
    ];
    assert_eq!(found(&plan), expected);
    let Events::Officials(list) = &plan.planned[0].report.events else { panic!("other service") };
    let assigned = |capacity| Some(v1::official_event::Kind::OfficialAssigned(v1::OfficialAssigned { capacity }));
    assert_eq!((list.events[0].official, &list.events[0].kind), (10_000_001, &assigned(1)));
    assert_eq!((list.events[1].household, &list.events[1].kind), (1_234_567_891, &assigned(2)));
}

#[test]
fn deliveries_are_read() {
    let text = format!(
        "village,household,delivery,group,amount (yuan),date,measure,allocation,member\n\
         {VILLAGE},1234567890,1,住房,\"12,000.50\",2016-07-01,7,9,2\n\
         {VILLAGE},1234567890,0,住宿,许多,2016-07-01,,,100\n"
    );
    let plan = deliveries(text.as_bytes(), &options()).unwrap();
    let expected = [
        (3, "delivery", "cell_not_a_number"),
        (3, "group", "cell_not_known"),
        (3, "amount", "cell_not_an_amount"),
        (3, "member", "cell_not_a_number"),
    ];
    assert_eq!((found(&plan), plan.good_rows), (expected.to_vec(), 1));
    let Events::Aid(list) = &plan.planned[0].report.events else { panic!("other service") };
    let delivered =
        v1::AidDelivered { delivery: 1, group: 5, measure: 7, allocation: 9, amount: 1_200_050, member: 2 };
    assert_eq!(list.events[0].kind, Some(v1::aid_event::Kind::AidDelivered(delivered)));
}

/// A log that refuses the households whose numbers end in 7, event by event.
fn refuse_sevens(log: &mut Log) {
    log.refuse = Box::new(|submission| {
        let Some(Events::Officials(list)) = &submission.events else { return None };
        let bad = (0..).zip(&list.events).filter(|(_, event)| event.household % 10 == 7);
        let problem = |(event, _)| Problem {
            code: Code::HouseholdUnknown,
            event: Some(event),
            field: "household".into(),
            detail: String::new(),
        };
        let problems: Vec<_> = bad.map(problem).collect();
        (!problems.is_empty()).then(|| node::refusal(&Rejection { problems }))
    });
}

fn twenty_assignments() -> Plan {
    let rows: String = (0..20).map(|n| format!("{VILLAGE},12345678{n:02},10000001,第一,2016-07-01\n")).collect();
    assignments(format!("village,household,official,capacity,date\n{rows}").as_bytes(), &options()).unwrap()
}

#[tokio::test]
async fn refusals_are_mapped_to_rows_and_the_rest_is_sent() {
    let (api, log) = Log::start().await;
    refuse_sevens(&mut log.lock().unwrap());
    let (_dir, home) = node::home();
    let key = home.key("phone").unwrap();
    let planned = twenty_assignments().planned;
    let applied = apply(&home, &api, &key, planned, &mut Random::system(), 1_467_331_200, |_| ()).await.unwrap();
    assert_eq!((applied.recorded.len(), applied.recorded_rows, applied.waiting), (1, 18, 0));
    let refused: Vec<_> = applied.problems.iter().map(|problem| (problem.row, problem.code.as_ref())).collect();
    assert_eq!(refused, [(9, "household_unknown"), (19, "household_unknown")]);
    assert_eq!(applied.problems[0].zh, "户卡不存在");
    let taken = convert::submission(&log.lock().unwrap().taken[0].submission).unwrap();
    assert_eq!((taken.events.len(), taken.sequence), (18, 1));
}

#[tokio::test]
async fn submissions_refused_as_a_whole_are_not_sent_again() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().refuse = Box::new(|_| Some(node::refusal(&Rejection::of(Code::AreaForbids, "area", ""))));
    let (_dir, home) = node::home();
    let key = home.key("phone").unwrap();
    let planned = twenty_assignments().planned;
    let applied = apply(&home, &api, &key, planned, &mut Random::system(), 1_467_331_200, |_| ()).await.unwrap();
    assert_eq!((applied.recorded_rows, applied.problems.len(), applied.waiting), (0, 1, 0));
    assert_eq!((applied.problems[0].row, applied.problems[0].code.as_ref()), (2, "area_forbids"));
}

#[tokio::test]
async fn submissions_that_cannot_be_sent_wait() {
    let (api, log) = Log::start().await;
    log.lock().unwrap().is_down = true;
    let (_dir, home) = node::home();
    let key = home.key("phone").unwrap();
    let planned = twenty_assignments().planned;
    let applied = apply(&home, &api, &key, planned, &mut Random::system(), 1_467_331_200, |_| ()).await.unwrap();
    assert_eq!((applied.recorded_rows, applied.waiting, applied.stopped.len()), (0, 1, 1));
}

#[test]
fn keys_of_households_that_are_left_out_are_left_out() {
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let planned = plan(&[row(&[]), other]).planned.remove(0);
    let kept = planned.report.keys[1].clone();
    let problem =
        Problem { code: Code::CitizenIdRegistered, event: Some(0), field: "citizen_id".into(), detail: String::new() };
    let (left, problems) = planned.without(&node::refusal(&Rejection { problems: vec![problem] }));
    let left = left.unwrap();
    assert_eq!((left.rows, left.report.keys), (vec![vec![3]], vec![kept]));
    assert_eq!((problems.len(), problems[0].row, problems[0].column.as_ref()), (1, 2, "citizen_id"));
}
