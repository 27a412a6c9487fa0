//! The household's card on paper, from its page.

use super::browser::{axe, known, look};
use crate::support::browser::Browser;
use crate::support::desk::{Office, VILLAGE, citizen_id, household};
use crate::support::pages::Pages;
use crate::support::path;

#[test]
fn a_card_is_printed_in_both_sizes_and_forms_and_off_line_it_is_said_which_proof_is_missing() {
    let axe = axe();
    let mut office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    clerk.submit(&office.file("household.json", &household(&citizen_id(7)))).code(0);
    let pages = Pages::start(clerk.home(), clerk.url());
    let id = known(&pages);
    assert!(pages.get(&format!("/households/{id}")).body.contains(&format!("/households/{id}/print")));
    for size in ["a4", "pocket"] {
        let card = pages.get(&format!("/households/{id}/print/{size}.html"));
        assert!(card.head.contains("attachment") && card.body.contains("<svg"), "{}", card.body);
        assert!(card.body.contains("张三") && card.body.contains(&id), "{}", card.body);
        let printed = pages.get(&format!("/households/{id}/print/{size}.pdf"));
        assert!(printed.head.contains("application/pdf") && printed.body.starts_with("%PDF"), "{}", printed.body);
    }
    assert_eq!(pages.get(&format!("/households/{id}/print/a5.html")).status, 404);
    // The command line makes the same card.
    let file = office.dir.path().join("card.html");
    clerk.run(&["household", &id, "--card", path(&file), "--lang", "zh"]).code(0);
    let card = pages.get(&format!("/households/{id}/print/a4.html")).body;
    let words = |page: &str| page.split("<svg").next().unwrap().to_owned();
    assert_eq!(words(&card), words(&std::fs::read_to_string(&file).unwrap()));
    for code in ["zh-CN", "en"] {
        let mut browser = Browser::start(code);
        browser.open(&pages.url);
        browser.open(&pages.at(&format!("/households/{id}/print")));
        look(&mut browser, &axe, &format!("print-{code}"));
    }
    office.stop();
    let none = pages.get(&format!("/households/{id}/print/a4.html")).body;
    let entries = clerk.home().join("receipts");
    assert!(entries.exists() && none.contains("现在无法连接节点") && none.contains("日志条目"), "{none}");
}
