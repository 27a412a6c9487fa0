//! Keys on the desk's pages: what one may do, approving an enrolment by its code, and revoking what was stolen.

use super::browser::{axe, killed, look, until};
use crate::support::browser::Browser;
use crate::support::desk::{Desk, Office, VILLAGE};
use crate::support::pages::{Answer, Pages};
use serde_json::{Value, json};

/// The request of a new device: the line to send, and the code to read out.
fn request(office: &Office, number: &str) -> (Desk, String, String) {
    let desk = office.stranger(number);
    desk.run(&["key", "new", "phone", "--official", number, "--no-passphrase"]).code(0);
    let made = desk.json(&["key", "request", "phone", "--name", "王五"]);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (desk, text("request"), text("code"))
}

fn enrol(pages: &Pages, answers: &[(&str, &str)]) -> Answer {
    let owned = answers.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned()));
    pages.post("/enrol", &owned.collect::<Vec<_>>())
}

/// Waits until the desk has the whole area.
fn fetched(pages: &Pages) {
    let begun = std::time::Instant::now();
    while !pages.get("/revoke?official=10000001").body.contains("name=\"key\"") {
        assert!(begun.elapsed().as_secs() < 30, "the area was not fetched");
        pages.post("/area/refresh", &[]);
    }
}

#[test]
fn a_key_is_enrolled_only_with_the_code_that_was_heard_and_once() {
    let office = Office::with_village();
    let (clerk, request, code) = request(&office, "10000002");
    let pages = Pages::start(office.admin.home(), office.admin.url());
    fetched(&pages);
    for wrong in ["", "lika-enrol-1:AAAA", &request[..request.len() - 4]] {
        assert!(enrol(&pages, &[("request", wrong)]).body.contains("这不是完整的登记请求"), "{wrong}");
    }
    let shown = enrol(&pages, &[("request", &request)]).body;
    assert!(shown.contains("王五") && shown.contains("10000002") && shown.contains("尚未登记的干部"), "{shown}");
    assert!(!shown.contains(&code), "the code is for the telephone");
    let id = shown.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let digits = code.replace(' ', "");
    let other = if digits.starts_with('1') { digits.replacen('1', "2", 1) } else { format!("1{}", &digits[1..]) };
    let filled = |code: &str, role: &str, area: &str| {
        let answers = [
            ("request", request.as_str()),
            ("id", &id),
            ("code", code),
            ("role", role),
            ("area", area),
            ("name", "王五"),
            ("do", "approve"),
        ];
        enrol(&pages, &answers)
    };
    let differs = filled(&other, "village_officer", VILLAGE).body;
    assert!(differs.contains("核对码不符，没有签名") && differs.contains("王五"), "{differs}");
    assert!(filled(&code, "", "").body.contains("请选择角色"));
    assert!(filled(&code, "village_officer", "x").body.contains("请填写区划代码"));
    assert!(pages.get("/outbox").body.contains("发件箱是空的"), "something was signed");
    let signed = filled(&code, "village_officer", VILLAGE);
    assert!(pages.get(signed.leads()).body.contains("回执已核验"), "{}", pages.get(signed.leads()).body);
    // Pressed twice.
    assert_eq!(filled(&code, "village_officer", VILLAGE).leads(), signed.leads());
    let who = clerk.json(&["whoami"])["official"].clone();
    assert_eq!((&who["role"], &who["personal"]["name"]), (&json!("village_officer"), &json!("王五")), "{who}");
    assert_eq!(who["keys"].as_array().unwrap().len(), 1, "{who}");
    // The clerk sees what the role allows, and that it does not allow this.
    let own = Pages::start(clerk.home(), clerk.url());
    let begun = std::time::Instant::now();
    while !own.get("/me").body.contains("可以报送的事项") {
        assert!(begun.elapsed().as_secs() < 30, "{}", own.get("/me").body);
    }
    let me = own.get("/me").body;
    assert!(me.contains(VILLAGE) && me.contains("建档立卡") && !me.contains("/enrol"), "{me}");
    assert!(own.get("/enrol").body.contains("只有管理员可以办理"));
}

#[test]
fn every_key_of_an_official_is_revoked_by_their_number() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let pages = Pages::start(office.admin.home(), office.admin.url());
    fetched(&pages);
    assert!(pages.get("/revoke?official=x").body.contains("干部编号应为 8 位数字"));
    assert!(pages.get("/revoke?official=10000009").body.contains("没有可吊销的密钥"));
    let shown = pages.get("/revoke?official=10000002").body;
    let value = |name: &str| {
        let (_, rest) = shown.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let answers = [("official", "10000002"), ("id", &value("id")), ("key", &value("key")), ("reason", "lost")];
    let answers = answers.map(|(name, answer)| (name.to_owned(), answer.to_owned()));
    assert_eq!(pages.post_without_token("/revoke", &answers).status, 403);
    let signed = pages.post("/revoke", &answers);
    assert!(pages.get(signed.leads()).body.contains("回执已核验"), "{}", pages.get(signed.leads()).body);
    assert_eq!(pages.post("/revoke", &answers).leads(), signed.leads());
    let official = office.admin.json(&["official", "10000002"]);
    assert!(official["keys"].as_array().unwrap().iter().all(|key| key["until"].is_u64()), "{official}");
    clerk.run(&["whoami"]).code(5).says("key_revoked");
}

/// The texts of one language.
struct Texts {
    code: &'static str,
    more: &'static str,
    enrol: &'static str,
    read: &'static str,
    approve: &'static str,
    revoke: &'static str,
    receipt: &'static str,
}

const ZH: Texts = Texts {
    code: "zh-CN",
    more: "查看我的权限",
    enrol: "登记密钥",
    read: "读取请求",
    approve: "核对并批准",
    revoke: "签名并吊销",
    receipt: "回执已核验",
};

const EN: Texts = Texts {
    code: "en",
    more: "See what I may do",
    enrol: "Approve an enrolment",
    read: "Read the request",
    approve: "Compare and approve",
    revoke: "Sign and revoke",
    receipt: "The receipt holds",
};

#[test]
fn an_enrolment_is_approved_and_a_stolen_key_revoked_in_the_browser() {
    let axe = axe();
    for texts in [ZH, EN] {
        let office = Office::with_village();
        let (clerk, request, code) = request(&office, "10000002");
        let pages = Pages::start(office.admin.home(), office.admin.url());
        fetched(&pages);
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        browser.press(texts.more);
        until(&mut browser, texts.enrol);
        look(&mut browser, &axe, &format!("me-{}", texts.code));
        browser.press(texts.enrol);
        look(&mut browser, &axe, &format!("enrol-ask-{}", texts.code));
        browser.answer("request", "x");
        browser.press(texts.read);
        look(&mut browser, &axe, &format!("enrol-none-{}", texts.code));
        browser.answer("request", &request);
        browser.press(texts.read);
        browser.answer("code", "0000 0000 0000");
        browser.answer("role", "village_officer");
        browser.press(texts.approve);
        look(&mut browser, &axe, &format!("enrol-faults-{}", texts.code));
        browser.answer("code", &code);
        browser.answer("area", VILLAGE);
        browser.press(texts.approve);
        browser.shows(texts.receipt);
        assert_eq!(clerk.json(&["whoami"])["official"]["role"], Value::from("village_officer"));
        let pages = killed(pages, &office.admin, &mut browser);
        fetched(&pages);
        browser.open(&pages.at("/revoke?official=10000002"));
        look(&mut browser, &axe, &format!("revoke-{}", texts.code));
        browser.press(texts.revoke);
        browser.shows(texts.receipt);
    }
}
