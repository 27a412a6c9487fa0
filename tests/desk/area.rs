//! The official's area at the desk: its households by name, a card with what may follow, and what the rules and an
//! audit would say of a report before it is signed; all of it without a node too.

use super::Answers;
use crate::support::desk::{Office, VILLAGE, citizen_id, household};
use crate::support::pages::Pages;
use crate::support::path;
use serde_json::json;
use std::time::{Duration, Instant};

/// How long the desk may take to fetch an area.
const FETCHED_WITHIN_S: u64 = 30;

/// Asks for a page until it says something.
fn until(pages: &Pages, address: &str, words: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(FETCHED_WITHIN_S);
    loop {
        let body = pages.get(address).body;
        if body.contains(words) {
            return body;
        }
        assert!(Instant::now() < deadline, "{words} not on {address}\n{body}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Fills in a form up to the page that signs it.
fn ready(pages: &Pages, event: &str, answers: &[(&str, &str)]) -> String {
    let form = pages.get(&format!("/report/{event}")).body;
    let id = form.split_once("action=\"/drafts/").unwrap().1[..32].to_owned();
    let common = [("event_name", event), ("area", VILLAGE), ("around.happened", "2016-08-02"), ("do", "check")];
    let all: Answers = common.iter().chain(answers).map(|(name, one)| ((*name).into(), (*one).into())).collect();
    let checked = pages.post(&format!("/drafts/{id}"), &all);
    assert_eq!(checked.leads(), format!("/drafts/{id}/sign"), "{}", pages.get(checked.leads()).body);
    checked.leads().to_owned()
}

#[test]
fn what_the_area_holds_is_chosen_by_name_and_free_numbers_are_proposed() {
    let office = Office::with_village();
    let county = office.enrol(10_000_014, "county_officer", "130624");
    let recorded = county.json(&["submit", path(&office.file("card.json", &household(&citizen_id(7)))), "--yes"]);
    let card = recorded["households"][0].as_str().unwrap().to_owned();
    let pages = Pages::start(county.home(), county.url());
    until(&pages, "/area", "第一山村");

    let form = pages.get("/report/household_registered").body;
    assert!(form.contains("new-1") && form.contains("蒙古族") && !form.contains("最多34个字"), "{form}");
    let named = format!("value=\"{VILLAGE}\" label=\"第一山村\"");
    assert!(form.contains(&named), "{form}");
    let form = pages.get(&format!("/report/household_visited?village={VILLAGE}&household={card}")).body;
    assert!(
        !form.contains("new-1") && form.contains(&format!("value=\"{card}\" label=\"张三 · 第一山村\"")),
        "{form}"
    );

    // Each report rests on the one before, whose receipt has only just come.
    sign(
        &pages,
        "funds_released",
        &[
            ("area", "130624"),
            ("event.amount_yuan", "50000"),
            ("event.source", "central"),
            ("event.year", "2016"),
            ("event.document", "冀财农〔2016〕1号"),
        ],
    );
    let form = pages.get(&format!("/report/funds_allocated?village={VILLAGE}")).body;
    assert!(super::holds(&form, "event.allocation", "1") && form.contains("50,000.00 元"), "{form}");
    sign(
        &pages,
        "funds_allocated",
        &[
            ("event.release", "1"),
            ("event.group", "industry"),
            ("event.amount_yuan", "20000"),
            ("event.project", "养蜂"),
        ],
    );
    let form = pages.get(&format!("/report/aid_delivered?village={VILLAGE}&household={card}")).body;
    assert!(super::holds(&form, "event.delivery", "1"), "{form}");
    assert!(form.contains("产业 · 余 20,000.00 元") && form.contains("张三 · 户主"), "{form}");
    sign(
        &pages,
        "aid_delivered",
        &[
            ("around.household", &card),
            ("event.group", "industry"),
            ("event.allocation", "1"),
            ("event.amount_yuan", "800"),
        ],
    );
    let form = pages.get(&format!("/report/aid_acknowledged?village={VILLAGE}&household={card}&delivery=1")).body;
    assert!(form.contains("产业 · 800.00 元 · 2016-08-02 · 未签收"), "{form}");
    let form = pages.get(&format!("/report/aid_delivered?village={VILLAGE}&household={card}")).body;
    assert!(super::holds(&form, "event.delivery", "2"), "{form}");
}

/// Reports without the number that the form proposes; the log takes it, and nothing foretold a refusal.
fn sign(pages: &Pages, event: &str, answers: &[(&str, &str)]) {
    let sign = ready(pages, event, answers);
    let page = pages.get(&sign).body;
    assert!(!page.contains("日志会拒收"), "{event}: {page}");
    let signed = pages.post(&sign, &[]);
    let page = pages.get(signed.leads()).body;
    assert!(page.contains("已受理"), "{event}: {page}");
}

#[test]
fn an_area_is_looked_up_and_reports_are_judged_without_a_node() {
    let mut office = Office::with_village();
    let county = office.enrol(10_000_014, "county_officer", "130624");
    office.enrol(10_000_012, "responsible", VILLAGE);
    let id = citizen_id(7);
    let recorded = county.json(&["submit", path(&office.file("card.json", &household(&id))), "--yes"]);
    let card = recorded["households"][0].as_str().unwrap().to_owned();
    let event = json!({"happened": "2016-08-01", "household": card, "official": "10000012",
        "official_assigned": {"capacity": "first"}});
    let assigned = json!({"area": VILLAGE, "officials": {"events": [event]}});
    county.submit(&office.file("assigned.json", &assigned)).code(0);

    let pages = Pages::start(county.home(), &office.node.as_ref().unwrap().url());
    let area = until(&pages, "/area", "第一山村");
    assert!(area.contains("张三") && area.contains("李四"), "{area}");
    office.stop();
    for text in ["%E5%BC%A0", card.as_str(), &id[14..]] {
        assert!(pages.get(&format!("/area?q={text}")).body.contains(&format!("/households/{card}")), "{text}");
    }
    assert!(pages.get("/area?q=nobody").body.contains("没有找到"));

    // The card says who is responsible and which step begins what may follow, before anything has begun.
    let page = pages.get(&format!("/households/{card}")).body;
    for words in ["张三", "李四", "下一步", "step=appraisal", "procedure=household_exit", "未认定", "2016-08-01"]
    {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(page.contains(&format!("/report?village={VILLAGE}&amp;household={card}")), "{page}");
    assert_eq!(pages.get("/households/1234567890").status, 404);
    let form =
        pages.get(&format!("/report/procedure_step_taken?household={card}&village={VILLAGE}&step=appraisal")).body;
    assert!(
        super::holds(&form, "around.household", &card) && super::holds(&form, "event.step", "appraisal"),
        "{form}"
    );

    // The log would refuse this one: it is said, and the official may still sign.
    let exit = [("around.household", card.as_str()), ("event.income_year", "2015"), ("event.accepted", "true")];
    let page = pages.get(&ready(&pages, "household_exited", &exit)).body;
    assert!(page.contains("日志会拒收") && page.contains("仍要签名并报送"), "{page}");

    // This one is allowed, and an audit would find it: it needs a reason.
    let ending = [("around.household", card.as_str()), ("around.official", "10000012"), ("event.reason", "left")];
    let sign = ready(&pages, "assignment_ended", &ending);
    let page = pages.get(&sign).body;
    assert!(page.contains("该户没有第一帮扶责任人") && page.contains("name=\"reason.0\""), "{page}");
    for reason in ["", "电话13900000000"] {
        let refused = pages.post(&sign, &[("reason.0".to_owned(), reason.to_owned())]);
        assert_eq!(refused.status, 200);
        assert!(refused.body.contains("aria-invalid=\"true\"") && refused.body.contains(reason), "{}", refused.body);
    }
    let signed = pages.post(&sign, &[("reason.0".to_owned(), "继任者下周到任".to_owned())]);
    assert!(pages.get(signed.leads()).body.contains("已签名，等待发送"));
    // What waits counts.
    assert!(pages.get(&format!("/households/{card}")).body.contains("没有帮扶责任人"));
}
