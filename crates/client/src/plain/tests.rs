//! Values as people write them.

use super::*;
use serde_json::json;

fn mapped(mut report: Value) -> Result<Value, Vec<Fault>> {
    to_mapping(report.as_object_mut().unwrap()).map(|()| report)
}

fn household(event: &Value) -> Value {
    json!({"area": "130624100201", "households": {"events": [event]}})
}

#[test]
fn what_people_write_becomes_the_mapping() {
    let plain = json!({
        "area": "130624",
        "households": {"events": [
            {"happened": "2016-07-01", "household": 1_234_567_890, "household_registered": {
                "attribute": "低保", "main_cause": "illness", "other_causes": ["缺水", "CAUSE_LAND"],
                "private": {"address": "村东"},
                "members": [{"number": "1", "birthMonth": "1970-05", "relation": "户主", "private": {"name": "张三"}}]}},
            {"happened": 20_161_231, "incomeAssessed": {
                "year": 2016, "wage_yuan": "12345.6", "net_yuan": -3, "pension": 5}},
            {"happened": "20161231", "household_exited": {"income_year": 2016, "accepted": "是"}}]}
    });
    let mapping = json!({
        "area": "130624000000",
        "households": {"events": [
            {"happened": 20_160_701, "household": 1_234_567_890, "household_registered": {
                "attribute": "ATTRIBUTE_DIBAO", "main_cause": "CAUSE_ILLNESS",
                "other_causes": ["CAUSE_WATER", "CAUSE_LAND"],
                "private": {"address": "村东"},
                "members": [{"number": "1", "birthMonth": 197_005, "relation": "RELATION_HEAD",
                    "private": {"name": "张三"}}]}},
            {"happened": 20_161_231, "incomeAssessed": {"year": 2016, "wage": "1234560", "net": "-300", "pension": 5}},
            {"happened": 20_161_231, "household_exited": {"income_year": 2016, "accepted": true}}]}
    });
    assert_eq!(mapped(plain), Ok(mapping.clone()));
    assert_eq!(mapped(mapping.clone()), Ok(mapping), "the mapping itself stays as it is");
}

#[test]
fn every_fault_is_found_with_its_place_and_what_the_field_takes() {
    let table = [
        (json!({"happend": 1}), "happend", "event_unknown", "happened, official, household"),
        (json!({"happened": "1.7.2016"}), "happened", "day_invalid", "2016-07-01"),
        (json!({"household": "老王家"}), "household", "number_invalid", "10 digits"),
        (json!({"household_exited": []}), "household_exited", "not_an_object", "braces"),
        (json!({"household_exited": {"year": 1}}), "household_exited.year", "field_unknown", "income_year, accepted"),
        (json!({"household_exited": {"accepted": 1}}), "household_exited.accepted", "flag_invalid", "true or false"),
        (json!({"income_assessed": {"wage": 1.5}}), "income_assessed.wage", "amount_invalid", "fen"),
        (json!({"income_assessed": {"wage_yuan": "1,200"}}), "income_assessed.wage_yuan", "amount_invalid", "yuan"),
        (json!({"income_assessed": {"year_yuan": 1}}), "income_assessed.year_yuan", "field_unknown", "wage_yuan"),
        (
            json!({"income_assessed": {"wage": 1, "wage_yuan": 1}}),
            "income_assessed.wage_yuan",
            "field_twice",
            "in fen",
        ),
        (
            json!({"household_updated": {"main_cause": "ill"}}),
            "household_updated.main_cause",
            "choice_unknown",
            "illness 因病",
        ),
        (json!({"household_updated": {"privat": {}}}), "household_updated.privat", "field_unknown", "private"),
        (
            json!({"household_updated": {"private": {"adress": ""}}}),
            "household_updated.private.adress",
            "field_unknown",
            "address",
        ),
        (
            json!({"household_updated": {"private": {"address": 5}}}),
            "household_updated.private.address",
            "text_invalid",
            "quotes",
        ),
        (
            json!({"household_registered": {"members": [{}, {"birth_month": "1970"}]}}),
            "household_registered.members[1].birth_month",
            "month_invalid",
            "2016-07",
        ),
        (
            json!({"household_updated": {"private": {"phone": "5"}}}),
            "household_updated.private.phone",
            "phone_invalid",
            "11 digits",
        ),
        (
            json!({"member_added": {"member": {"private": {"citizen_id": "901624201606071234"}}}}),
            "member_added.member.private.citizen_id",
            "citizen_id_invalid",
            "18 characters",
        ),
        (json!({"evidence": [{"kind": "photo"}, {"kind": "?"}]}), "evidence[1].kind", "choice_unknown", "photo"),
    ];
    for (event, place, code, what) in table {
        let faults = mapped(household(&event)).unwrap_err();
        let [fault] = faults.as_slice() else { panic!("{event}: {faults:?}") };
        assert_eq!((fault.place.as_str(), fault.code), (&*format!("households.events[0].{place}"), code), "{event}");
        assert!(fault.what.en.contains(what), "{event}: {}", fault.what);
    }
    let mut all = household(&json!({"happened": "?", "household_exited": {"year": 1, "accepted": 1}}));
    all["area"] = "1306".into();
    assert_eq!(mapped(all.clone()).unwrap_err().len(), 3);
    all["area"] = "13062".into();
    assert_eq!(mapped(all).unwrap_err().len(), 4);
}

/// What has another shape than a report is left to whoever reads the mapping.
#[test]
fn nonsense_does_no_harm() {
    for report in
        [json!({}), json!({"households": 1}), json!({"aid": {"events": {}}}), json!({"aid": {"events": [1]}})]
    {
        let _ = mapped(report);
    }
}

#[test]
fn a_key_is_named_as_people_are_shown_it() {
    let key = |text: &str| {
        let report = json!({"officials": {"events": [{"key_revoked": {"key": text}}]}});
        mapped(report).map(|report| report["officials"]["events"][0]["key_revoked"]["key"].clone())
    };
    for (text, number) in [
        ("00000000000000ff", "255"),
        ("0x0000000000000016", "22"),
        ("18446744073709551615", "18446744073709551615"),
        ("0000000000000016", "16"),
    ] {
        assert_eq!(key(text), Ok(number.into()), "{text}");
    }
    for text in ["", "0", "ff", "0x16", "00000000000000fg", "-1"] {
        assert_eq!(key(text).unwrap_err()[0].code, "key_invalid", "{text}");
    }
}

#[test]
fn a_time_of_day_and_degrees_are_written_as_people_write_them() {
    let visit = |minute: &str, latitude: &str| {
        let private = json!({"latitude": latitude, "longitude": "-114.5"});
        json!({"area": "130624100201", "officials": {"events": [
            {"household_visited": {"minute": minute, "private": private}}]}})
    };
    let report = mapped(visit("09:30", "38.85123")).unwrap();
    let visited = &report["officials"]["events"][0]["household_visited"];
    assert_eq!(visited["minute"], json!(571));
    assert_eq!(visited["private"], json!({"latitude": 3_885_123, "longitude": -11_450_000}));
    for (minute, latitude, code) in [("24:00", "1", "time_invalid"), ("09:30", "38.123456", "degrees_invalid")] {
        assert_eq!(mapped(visit(minute, latitude)).unwrap_err()[0].code, code);
    }
}
