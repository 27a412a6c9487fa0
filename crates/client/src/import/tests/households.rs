//! Households, one row for each person.

use super::*;

fn member(checked: &Checked, household: usize, place: usize) -> &serde_json::Value {
    &checked.drafts[household].event["household_registered"]["members"][place]
}

#[test]
fn a_household_is_read_whole() {
    let checked = households(&[row(&[]), spouse()]);
    assert_eq!((found(&checked), checked.rows, checked.good_rows()), (vec![], 2, 2));
    let draft = &checked.drafts[0];
    assert_eq!((draft.village.to_string().as_str(), draft.label.as_str(), &draft.rows), (VILLAGE, "甲1", &vec![2, 3]));
    assert_eq!(draft.event["happened"], 20_160_701);
    let card = &draft.event["household_registered"];
    let expected =
        serde_json::json!({"address": "骆驼湾3号", "bank": "信用社", "account": "622800001", "phone": "13900000000"});
    assert_eq!((&card["private"], &card["other_causes"]), (&expected, &serde_json::json!([8, 9])));
    assert_eq!((&card["group"], &card["willing_to_relocate"]), (&3.into(), &true.into()));
    let (head, wife) = (member(&checked, 0, 0), member(&checked, 0, 1));
    assert_eq!((&head["number"], &head["sex"], &head["birth_month"]), (&1.into(), &1.into(), &195_803.into()));
    assert_eq!((&wife["number"], &wife["sex"], &wife["ethnicity"]), (&2.into(), &2.into(), &11.into()));
    assert_eq!((&wife["work_place"], &wife["work_months"], wife.get("school")), (&4.into(), &6.into(), None));
    assert_eq!(wife["private"]["name"], "李四");
}

#[test]
fn problems_name_their_cell_and_code() {
    let long = "长".repeat(201);
    let broken = id(19_580_307, 121).replace("307", "308");
    let real = "11010519491231002X";
    let other = format!("{}43", id(19_600_101, 122));
    let table = [
        (0, "12345", "A2", "village_invalid"),
        (0, "1.30624E+11", "A2", "number_truncated"),
        (HOUSEHOLD, "1.2E+09", "B2", "household_exists"),
        (2, "", "C2", "cell_missing"),
        (2, "2016-02-30", "C2", "cell_not_a_date"),
        (2, "2016-07-01 14:30", "C2", "cell_not_a_date"),
        (3, "三", "D2", "cell_not_a_number"),
        (3, "1000", "D2", "cell_not_a_number"),
        (4, "富裕", "E2", "cell_not_known"),
        (6, "", "G2", "cell_missing"),
        (7, "缺水、缺技术、缺资金", "H2", "cell_not_known"),
        (8, "也许", "I2", "cell_not_known"),
        (ADDRESS, &long, "J2", "cell_too_long"),
        (ADDRESS, "张?沟", "J2", "text_damaged"),
        (12, "\u{1b}", "M2", "cell_text_invalid"),
        (12, "=1+1", "M2", "cell_formula"),
        (NAME, "", "O2", "cell_missing"),
        (NAME, "张?", "O2", "name_damaged"),
        (NAME, "张\u{fffd}", "O2", "name_damaged"),
        (NAME, "张\u{e863}", "O2", "name_damaged"),
        (NAME, "12345", "O2", "name_damaged"),
        (NAME, "NULL", "O2", "name_damaged"),
        (CITIZEN_ID, "", "P2", "cell_missing"),
        (CITIZEN_ID, &broken, "P2", "citizen_id_invalid"),
        (CITIZEN_ID, "1.3E+17", "P2", "citizen_id_truncated"),
        (CITIZEN_ID, "901624195803071000", "P2", "citizen_id_truncated"),
        (CITIZEN_ID, "901624195803071200.0", "P2", "citizen_id_truncated"),
        (CITIZEN_ID, "901624580307121", "P2", "citizen_id_invalid"),
        (CITIZEN_ID, real, "P2", "citizen_id_real"),
        (16, "12345", "Q2", "phone_invalid"),
        (16, "1.39E+10", "Q2", "number_truncated"),
        (SEX, "女", "R2", "sex_contradicts"),
        (18, "火星", "S2", "cell_not_known"),
        (21, "", "V2", "cell_missing"),
        (24, "13", "Y2", "cell_not_a_number"),
        (27, "41", "AB2", "certificate_invalid"),
        (27, &other, "AB2", "certificate_invalid"),
    ];
    for (place, text, cell, code) in table {
        if code == "household_exists" {
            // Not the household's number but a name for it, which may be anything that was not cut off.
            assert_eq!(problem(&[(place, text)]).1, "number_truncated");
            continue;
        }
        assert_eq!(problem(&[(place, text)]), (cell.to_owned(), code.to_owned()), "{text}");
    }
    let production = Options { mode: Some(Mode::Production), ..options() };
    let checked = read(table_of(&row(&[])).as_bytes(), &production).unwrap();
    assert_eq!(found(&checked), [(2, "citizen_id", "citizen_id_synthetic")]);
    let unknown = Options { mode: None, ..options() };
    let text = table_of(&row(&[(CITIZEN_ID, real), (SEX, "女")]));
    assert_eq!(read(text.as_bytes(), &unknown).unwrap().good_rows(), 1);
}

fn table_of(row: &str) -> String {
    super::table(&[row.to_owned()])
}

#[test]
fn every_problem_of_a_row_is_found_at_once() {
    let checked = households(&[row(&[(3, "x"), (NAME, "张?"), (CITIZEN_ID, "1"), (16, "2"), (21, "")])]);
    let cells: Vec<_> = checked.problems.iter().map(|one| one.cell.as_str()).collect();
    assert_eq!(cells, ["D2", "O2", "P2", "Q2", "V2"]);
}

#[test]
fn plain_variants_are_taken() {
    let full: String = id(19_580_307, 121).chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let plain = id(19_580_307, 121);
    let quoted = format!("\"=\"\"{plain}\"\"\"");
    let spaced = format!("{} {} {}", &plain[..6], &plain[6..14], &plain[14..]);
    let apostrophe = format!("'{plain}");
    let expected = households(&[row(&[])]).drafts[0].content.len();
    for (place, text) in [
        (CITIZEN_ID, full.as_str()),
        (CITIZEN_ID, &quoted),
        (CITIZEN_ID, &spaced),
        (CITIZEN_ID, &apostrophe),
        (CITIZEN_ID, &plain.to_lowercase()),
        (2, "２０１６－０７－０１"),
        (2, "2016年7月1日"),
        (16, "+86 139-0000-0000"),
        (RELATION, "本人"),
        (NAME, "张　三"),
        (16, "无"),
        (27, "/"),
    ] {
        let checked = households(&[row(&[(place, text)])]);
        assert_eq!((found(&checked), checked.good_rows()), (vec![], 1), "{text}");
        assert_eq!(member(&checked, 0, 0)["private"]["citizen_id"], plain.as_str());
        assert_eq!(member(&checked, 0, 0)["private"]["name"], "张三");
        assert_eq!(checked.drafts[0].content.len(), expected);
    }
}

#[test]
fn a_certificate_gives_category_and_grade() {
    let certificate = format!("{}43", id(19_580_307, 121));
    let checked = households(&[row(&[(27, &certificate)])]);
    assert_eq!(found(&checked), []);
    let head = member(&checked, 0, 0);
    assert_eq!((&head["disability_category"], &head["disability_grade"]), (&4.into(), &3.into()));
}

/// One in eleven citizen IDs cut off by a spreadsheet still has a valid check digit.
#[test]
fn one_citizen_id_cut_off_makes_all_that_look_so_suspect() {
    let lucky = (19_580_301..19_580_331).map(|birth| id(birth, 0)).find(|id| id.ends_with("000")).unwrap();
    let alone = households(&[row(&[(CITIZEN_ID, &lucky), (SEX, "")])]);
    assert_eq!((found(&alone), alone.good_rows()), (vec![], 1));
    let beside = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, "901624196001019000")]);
    let both = households(&[row(&[(CITIZEN_ID, &lucky), (SEX, "")]), beside]);
    let code = "citizen_id_truncated";
    assert_eq!(found(&both), [(2, "citizen_id", code), (3, "citizen_id", code)]);
}

#[test]
fn a_household_goes_whole_or_not_at_all() {
    let bad = spouse().replace("配偶", "邻居");
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let checked = households(&[row(&[]), bad, other]);
    assert_eq!((found(&checked), checked.good_rows()), (vec![(3, "relation", "cell_not_known")], 1));
    assert_eq!(checked.drafts[0].rows, [4]);
    let states: Vec<_> = checked.plan().iter().map(|line| (line.rows.clone(), line.state)).collect();
    let refused = |row| (vec![row], State::Refused);
    assert_eq!(states, [refused(2), refused(3), (vec![4], State::New)]);
}

/// A merged cell, or one left blank, must not lose a member: of whom the row is must be certain.
#[test]
fn a_row_without_a_household_is_of_the_one_above_it_or_nobodys() {
    let named = |village: &str| spouse().replacen(',', &format!("{village},"), 1);
    let whole = households(&[row(&[]), named(VILLAGE)]);
    assert_eq!((found(&whole), whole.drafts[0].rows.len()), (vec![], 2));
    assert_eq!(warned(&whole), [("B3", "household_continued")]);
    let incomplete = (2, "household", "household_incomplete");
    let elsewhere = households(&[row(&[]), named("130624100201")]);
    assert_eq!((found(&elsewhere), elsewhere.good_rows()), (vec![incomplete, (3, "household", "cell_missing")], 0));
    // A blank line between them.
    let apart = read(format!("{HEADING}\n{}\n\n{}\n", row(&[]), spouse()).as_bytes(), &options()).unwrap();
    assert_eq!((found(&apart), apart.good_rows()), (vec![incomplete, (4, "household", "cell_missing")], 0));
    // The village of one of its rows is wrong.
    let other = row(&[(0, "x"), (RELATION, "配偶"), (CITIZEN_ID, &id(19_600_101, 122)), (SEX, "")]);
    let wrong = households(&[row(&[]), other]);
    assert_eq!((found(&wrong), wrong.good_rows()), (vec![incomplete, (3, "village", "village_invalid")], 0));
}

#[test]
fn rows_of_a_household_need_not_stand_together() {
    let other = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let child = row(&[(RELATION, "之子"), (CITIZEN_ID, &id(19_850_101, 121))]);
    let checked = households(&[row(&[]), other, child]);
    let rows: Vec<_> = checked.drafts.iter().map(|draft| draft.rows.clone()).collect();
    assert_eq!((found(&checked), rows), (vec![], vec![vec![2, 4], vec![3]]));
    let labels: BTreeSet<_> = checked.drafts.iter().map(|draft| draft.label.as_str()).collect();
    assert_eq!(labels, BTreeSet::from(["甲1", "乙2"]));
}

#[test]
fn contradictory_rows_are_refused() {
    let two_heads = households(&[row(&[]), spouse().replace("配偶", "户主")]);
    assert_eq!(found(&two_heads), [(2, "relation", "not_one_head")]);
    let no_head = households(&[row(&[(RELATION, "配偶"), (CITIZEN_ID, &id(19_580_307, 122)), (SEX, "")])]);
    assert_eq!(found(&no_head), [(2, "relation", "not_one_head")]);
    let twice = households(&[row(&[]), row(&[(HOUSEHOLD, "乙2")])]);
    assert_eq!(found(&twice), [(2, "citizen_id", "citizen_id_twice"), (3, "citizen_id", "citizen_id_twice")]);
    let crowd: Vec<_> = (0..31)
        .map(|n| {
            let relation = if n == 0 { "户主" } else { "之子" };
            row(&[(RELATION, relation), (CITIZEN_ID, &id(19_800_101, n * 2 + 1))])
        })
        .collect();
    assert_eq!(found(&households(&crowd)), [(2, "household", "too_many_members")]);
    let elsewhere = [(0, "130624100201"), (HOUSEHOLD, "1234567890"), (CITIZEN_ID, &id(19_700_101, 333))];
    let number_twice = households(&[row(&[(HOUSEHOLD, "1234567890")]), row(&elsewhere)]);
    assert_eq!(found(&number_twice), [(3, "household", "household_twice")]);
    assert_eq!(number_twice.drafts[0].household.unwrap().get(), 1_234_567_890);
    // The card is stated by the first row; what a later row says otherwise would be lost.
    let differs = row(&[(4, "低保"), (RELATION, "之子"), (CITIZEN_ID, &id(19_850_101, 121))]);
    let differs = households(&[row(&[]), differs]);
    assert_eq!((found(&differs), differs.good_rows()), (vec![(3, "attribute", "differs_from_first_row")], 0));
}

#[test]
fn implausible_families_are_named_and_taken() {
    let older = row(&[(RELATION, "之子"), (CITIZEN_ID, &id(19_500_101, 121))]);
    let checked = households(&[row(&[]), older]);
    assert_eq!((found(&checked), checked.good_rows()), (vec![], 2));
    assert_eq!(warned(&checked), [("N3", "family_implausible")]);
    let daughter = row(&[(RELATION, "之子"), (CITIZEN_ID, &id(19_850_101, 122)), (SEX, "女")]);
    assert_eq!(warned(&households(&[row(&[]), daughter])), [("N3", "relation_contradicts")]);
}

#[test]
fn blank_cells_that_are_read_as_something_are_named() {
    let checked = households(&[row(&[(18, ""), (5, ""), (25, "")])]);
    let blank: Vec<_> = checked.warnings.iter().map(|one| (one.column.as_ref(), one.detail.as_str())).collect();
    let expected = [
        ("ethnicity", "民族 = 汉族 (1)"),
        ("medical_insurance", "医疗保险 = 否 (1)"),
        ("standard", "识别标准 = 国家标准 (1)"),
    ];
    assert_eq!(blank, expected);
    assert_eq!((found(&checked), checked.good_rows()), (vec![], 1));
}

#[test]
fn rows_that_are_no_records_are_refused_by_themselves() {
    let sum = format!("合计{}", ",".repeat(27));
    let checked = households(&[row(&[]), sum]);
    assert_eq!((found(&checked), checked.good_rows()), (vec![(3, "", "row_no_record")], 1));
    // A comma without quotation marks shifts every cell after it.
    let shifted = households(&[row(&[(ADDRESS, "骆驼湾3号,东头")])]);
    assert_eq!((found(&shifted), shifted.good_rows()), (vec![(2, "", "cells_shifted")], 0));
    // A line break without quotation marks tears a row in two.
    let torn = households(&[row(&[(ADDRESS, "骆驼湾\n3号")])]);
    let torn_rows: Vec<_> = found(&torn).into_iter().filter(|(_, _, code)| *code == "row_torn").collect();
    assert_eq!((torn_rows, torn.good_rows()), (vec![(2, "", "row_torn"), (3, "", "row_torn")], 0));
}
