//! The main journeys of an official in a real browser, in both languages; the desk is killed in the middle of each.
//! `cargo xtask test` finds or installs Chromium and axe-core. `LIKA_PICTURES=DIR` keeps a picture of every page.

use crate::support::browser::Browser;
use crate::support::desk::{Desk, Office, VILLAGE, citizen_id, contradicting_citizen_id};
use crate::support::node::Node;
use crate::support::pages::Pages;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// Widths of a telephone, a tablet and a screen.
const WIDTHS: [u32; 3] = [360, 768, 1_440];
/// Longest wait for what is sent by itself, in seconds.
const SENT_WITHIN_S: u64 = 60;

/// The texts of the buttons that a journey presses, in one language.
pub(super) struct Texts {
    pub(super) code: &'static str,
    pub(super) report: &'static str,
    pub(super) event: &'static str,
    pub(super) check: &'static str,
    pub(super) sign: &'static str,
    pub(super) nevertheless: &'static str,
    pub(super) waits: &'static str,
    pub(super) receipt: &'static str,
    pub(super) refused: &'static str,
    pub(super) correct: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) send: &'static str,
    pub(super) outbox: &'static str,
}

pub(super) const ZH: Texts = Texts {
    code: "zh-CN",
    report: "填报",
    event: "建档立卡",
    check: "检查并继续",
    sign: "签名并报送",
    nevertheless: "仍要签名并报送",
    waits: "已签名，等待发送",
    receipt: "回执已核验",
    refused: "日志未受理",
    correct: "改正",
    unreachable: "现在无法连接节点",
    send: "立即发送",
    outbox: "发件箱",
};

pub(super) const EN: Texts = Texts {
    code: "en",
    report: "Report",
    event: "Household registered",
    check: "Check and go on",
    sign: "Sign and send",
    nevertheless: "Sign and send nevertheless",
    waits: "Signed, and waiting to be sent",
    receipt: "The receipt holds",
    refused: "The log refused it",
    correct: "Correct it",
    unreachable: "The node cannot be reached now",
    send: "Send now",
    outbox: "Outbox",
};

#[test]
fn a_household_is_registered_off_line_and_the_figure_moves_when_the_line_is_back() {
    for texts in [ZH, EN] {
        let mut office = Office::with_village();
        let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
        let addr = office.node.as_ref().unwrap().addr();
        office.stop();
        let pages = Pages::start(clerk.home(), clerk.url());
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        until(&mut browser, texts.unreachable);
        browser.press(texts.report);
        browser.press(texts.event);
        fill(&mut browser, &citizen_id(7));
        browser.press(texts.check);
        // Killed before it is signed: the draft is there.
        let pages = killed(pages, &clerk, &mut browser);
        browser.press(texts.outbox);
        browser.press(texts.event);
        browser.press(texts.check);
        browser.shows("张三");
        browser.press(texts.sign);
        browser.shows(texts.waits);
        // Killed while it waits.
        let pages = killed(pages, &clerk, &mut browser);
        browser.press(texts.outbox);
        browser.shows(texts.event);
        office.node = Some(Node::start_at(&office.data, &office.data.with_extension("err"), addr));
        browser.press(texts.send);
        browser.open(&pages.at("/receipts"));
        until(&mut browser, texts.event);
        browser.press(texts.event);
        browser.shows(texts.receipt);
        let figures = clerk.json(&["progress", "130624"]);
        assert_eq!(figures["households"]["registered"], json!(1), "{figures}");
    }
}

#[test]
fn a_refused_report_is_corrected_and_signed_anew() {
    for texts in [ZH, EN] {
        let office = Office::with_village();
        let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
        let pages = Pages::start(clerk.home(), clerk.url());
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        browser.press(texts.report);
        browser.press(texts.event);
        fill(&mut browser, &contradicting_citizen_id());
        browser.press(texts.check);
        browser.press(texts.sign);
        browser.shows(texts.refused);
        let pages = killed(pages, &clerk, &mut browser);
        browser.press(texts.outbox);
        browser.press(texts.event);
        browser.press(texts.correct);
        let beside = browser.run("[...document.querySelectorAll('[aria-invalid=true]')].map(one => one.name)");
        assert!(!beside.as_array().unwrap().is_empty(), "no problem stands beside a field in {}", browser.text());
        browser.answer("event.members.0.private.citizen_id", &citizen_id(7));
        browser.press(texts.check);
        let _pages = killed(pages, &clerk, &mut browser);
        browser.press(texts.outbox);
        browser.press(texts.event);
        browser.press(texts.check);
        browser.press(texts.sign);
        browser.shows(texts.receipt);
    }
}

#[test]
fn two_devices_of_one_official_report_side_by_side() {
    let office = Office::with_village();
    let first = office.enrol(10_000_002, "village_officer", VILLAGE);
    let second = office.stranger("second");
    second.run(&["key", "new", "laptop", "--official", "10000002", "--no-passphrase"]).code(0);
    let public = second.json(&["key", "show", "laptop"])["public_key"].as_str().unwrap().to_owned();
    office.admin.run(&["key", "enrol", &public, "--official", "10000002"]).code(0);
    for (texts, desk, day) in [(ZH, &first, 7), (EN, &second, 8), (ZH, &first, 9)] {
        let pages = Pages::start(desk.home(), desk.url());
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        browser.press(texts.report);
        browser.press(texts.event);
        fill(&mut browser, &citizen_id(day));
        browser.press(texts.check);
        // Killed before it is signed; the other device goes on.
        let pages = killed(pages, desk, &mut browser);
        browser.press(texts.outbox);
        browser.press(texts.event);
        browser.press(texts.check);
        sign(&mut browser, &texts);
        browser.shows(texts.receipt);
        let pages = killed(pages, desk, &mut browser);
        browser.open(&pages.at("/receipts"));
        browser.press(texts.event);
        browser.shows(texts.receipt);
    }
    let figures = office.admin.json(&["progress", "130624"]);
    assert_eq!(figures["households"]["registered"], json!(3), "{figures}");
}

#[test]
fn a_report_can_be_made_with_the_keyboard_alone() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let mut browser = Browser::start(ZH.code);
    browser.open(&pages.url);
    tab_to(&mut browser, "填报");
    browser.leaving(|browser| browser.key("Enter", 13));
    tab_to(&mut browser, "行政村情况更新");
    browser.leaving(|browser| browser.key("Enter", 13));
    for (name, answer) in [
        ("area", VILLAGE),
        ("event.rural_households", "1"),
        ("event.rural_persons", "2"),
        ("event.collective_income_yuan", "1200.50"),
    ] {
        tab_to(&mut browser, name);
        browser.run("document.activeElement.select && document.activeElement.select()");
        browser.type_text(answer);
    }
    browser.leaving(|browser| browser.key("Enter", 13));
    browser.shows("1,200.50 元");
    tab_to(&mut browser, ZH.sign);
    browser.leaving(|browser| browser.key("Enter", 13));
    browser.shows(ZH.receipt);
}

/// axe finds nothing, and nothing is wider than the window.
#[test]
fn every_page_is_usable_by_everyone_at_every_width() {
    let office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let axe = axe();
    let pages = Pages::start(clerk.home(), clerk.url());
    for texts in [ZH, EN] {
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        look(&mut browser, &axe, &format!("home-{}", texts.code));
        browser.press(texts.report);
        look(&mut browser, &axe, &format!("events-{}", texts.code));
        browser.press(texts.event);
        look(&mut browser, &axe, &format!("form-{}", texts.code));
        browser.press(texts.check);
        look(&mut browser, &axe, &format!("faults-{}", texts.code));
        fill(&mut browser, &contradicting_citizen_id());
        browser.press(texts.check);
        look(&mut browser, &axe, &format!("sign-{}", texts.code));
        sign(&mut browser, &texts);
        look(&mut browser, &axe, &format!("refused-{}", texts.code));
        browser.press(texts.correct);
        look(&mut browser, &axe, &format!("correct-{}", texts.code));
        browser.answer("event.members.0.private.citizen_id", &citizen_id(if texts.code == "en" { 7 } else { 8 }));
        browser.press(texts.check);
        sign(&mut browser, &texts);
        look(&mut browser, &axe, &format!("receipt-{}", texts.code));
        let card = known(&pages);
        for path in ["outbox", "receipts", "nowhere", "area", &format!("households/{card}")] {
            browser.open(&pages.at(&format!("/{path}")));
            let name = if path.starts_with("households") { "card" } else { path };
            look(&mut browser, &axe, &format!("{name}-{}", texts.code));
        }
        // The same person again: a page that warns and asks for a reason.
        browser.open(&pages.at("/report/household_registered"));
        fill(&mut browser, &citizen_id(9));
        browser.press(texts.check);
        look(&mut browser, &axe, &format!("warned-{}", texts.code));
        // The forms are made of the same parts, whatever the event; the Chinese ones have the shorter words.
        for event in lika_domain::catalogue::events().filter(|_| texts.code == EN.code) {
            browser.open(&pages.at(&format!("/report/{}", event.name)));
            look(&mut browser, &axe, &format!("form-{}-{}", event.name, texts.code));
        }
    }
}

/// The script that finds what keeps somebody from using a page.
pub(super) fn axe() -> String {
    let axe = std::env::var("LIKA_AXE").expect("LIKA_AXE names axe.min.js; `cargo xtask test` fetches it");
    std::fs::read_to_string(axe).unwrap()
}

/// A household of the area, once the desk has fetched it.
pub(super) fn known(pages: &Pages) -> String {
    let begun = std::time::Instant::now();
    loop {
        let refreshed = pages.post("/area/refresh", &[]);
        let page = pages.get(refreshed.leads()).body;
        if let Some((_, rest)) = page.split_once("/households/") {
            return rest.chars().take_while(char::is_ascii_digit).collect();
        }
        assert!(begun.elapsed().as_secs() < 30, "no household in {page}");
    }
}

pub(super) fn look(browser: &mut Browser, axe: &str, name: &str) {
    let one_width = name.contains('_');
    for width in WIDTHS.iter().filter(|width| !one_width || **width == WIDTHS[0]) {
        browser.resize(*width, 900);
        let wide = browser.run("document.documentElement.scrollWidth");
        assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(*width)), "{name} is {wide} wide at {width}");
        if let Ok(folder) = std::env::var("LIKA_PICTURES") {
            let picture = browser.picture();
            std::fs::write(Path::new(&folder).join(format!("{name}-{width}.png.base64")), picture).unwrap();
        }
    }
    browser.run(axe);
    let found = browser.run(
        "axe.run().then(found => \
         found.violations.map(one => [one.id, one.help, one.nodes.map(node => node.html).slice(0, 3)]))",
    );
    assert_eq!(found, json!([]), "{name}");
}

/// Signs what is shown. The desk may have seen the same name in the area: then it asks for a reason.
fn sign(browser: &mut Browser, texts: &Texts) {
    if browser.run("!!document.getElementsByName('reason.0').length") == json!(true) {
        browser.answer("reason.0", "同名不同人");
        browser.press(texts.nevertheless);
    } else {
        browser.press(texts.sign);
    }
}

/// A family of one person, as in the other tests.
fn fill(browser: &mut Browser, citizen_id: &str) {
    for (name, answer) in [
        ("area", VILLAGE),
        ("around.happened", "2016-07-01"),
        ("event.members.0.relation", "head"),
        ("event.members.0.sex", "female"),
        ("event.members.0.birth_month", "1958-03"),
        ("event.members.0.ethnicity", "1"),
        ("event.members.0.education", "primary"),
        ("event.members.0.health", "healthy"),
        ("event.members.0.labour", "ordinary"),
        ("event.members.0.medical_insurance", "true"),
        ("event.members.0.pension_insurance", "false"),
        ("event.members.0.private.name", "张三"),
        ("event.members.0.private.citizen_id", citizen_id),
        ("event.attribute", "general"),
        ("event.standard", "national"),
        ("event.main_cause", "illness"),
        ("event.willing_to_relocate", "false"),
        ("event.private.address", "村东"),
    ] {
        browser.answer(name, answer);
    }
}

/// Kills the desk and starts it again; the browser opens the new one.
pub(super) fn killed(pages: Pages, desk: &Desk, browser: &mut Browser) -> Pages {
    pages.kill();
    let pages = Pages::start(desk.home(), desk.url());
    browser.open(&pages.url);
    pages
}

/// Loads the page again until it shows the words.
pub(super) fn until(browser: &mut Browser, words: &str) {
    let begun = Instant::now();
    while !browser.text().contains(words) {
        assert!(begun.elapsed().as_secs() < SENT_WITHIN_S, "{words} expected in\n{}", browser.text());
        std::thread::sleep(Duration::from_millis(200));
        browser.leaving(|browser| drop(browser.run("location.reload()")));
    }
}

/// Presses Tab until what has the focus is called so, or has that name.
fn tab_to(browser: &mut Browser, wanted: &str) {
    for _ in 0..300 {
        browser.key("Tab", 9);
        let focused = browser.run("[document.activeElement.textContent.trim(), document.activeElement.name || '']");
        if focused.as_array().is_some_and(|names| names.contains(&Value::from(wanted))) {
            let shown = browser.run(
                "(() => { const style = getComputedStyle(document.activeElement); \
                 return style.outlineStyle !== 'none' && style.outlineWidth !== '0px'; })()",
            );
            assert_eq!(shown, json!(true), "the focus on {wanted} cannot be seen");
            return;
        }
    }
    panic!("{wanted} cannot be reached with the keyboard in {}", browser.text());
}
