//! What an official sees when something is in the way, in a real browser: a locked key, a report that waits, that was
//! given up, or that is damaged, and one that the log would refuse. axe finds nothing, at any width.

use super::browser::{EN, ZH, known, look};
use crate::support::browser::Browser;
use crate::support::desk::{Office, VILLAGE, citizen_id, household};
use crate::support::pages::Pages;
use crate::support::path;

#[test]
fn pages_of_what_is_in_the_way_are_usable_by_everyone() {
    let mut office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let axe = std::fs::read_to_string(std::env::var("LIKA_AXE").unwrap()).unwrap();
    let card = clerk.json(&["submit", path(&office.file("card.json", &household(&citizen_id(7)))), "--yes"]);
    let card = card["households"][0].as_str().unwrap().to_owned();
    let passphrase = "枣树下三只白鹅过河";
    let file = office.dir.path().join("passphrase");
    std::fs::write(&file, passphrase).unwrap();
    clerk.run(&["key", "protect", "phone", "--new-passphrase-file", path(&file)]).code(0);
    let damaged = clerk.home().join("quarantine");
    std::fs::create_dir_all(&damaged).unwrap();
    std::fs::write(damaged.join(format!("{}.submission", "ab".repeat(16))), "no submission").unwrap();
    for texts in [ZH, EN] {
        let pages = Pages::start(clerk.home(), clerk.url());
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        look(&mut browser, &axe, &format!("unlock-{}", texts.code));
        for (typed, name) in [("另一个口令", "unlock-wrong"), (passphrase, "unlocked")] {
            browser.answer("passphrase", typed);
            browser.leaving(|browser| drop(browser.run("document.getElementById('passphrase').form.submit()")));
            look(&mut browser, &axe, &format!("{name}-{}", texts.code));
        }
        known(&pages);
        let exit =
            format!("/report/household_exited?village={VILLAGE}&household={card}&income_year=2015&accepted=true");
        browser.open(&pages.at(&exit));
        browser.answer("around.happened", "2016-08-02");
        browser.press(texts.check);
        look(&mut browser, &axe, &format!("foreseen-{}", texts.code));
        if office.node.is_some() {
            office.stop();
        }
        browser.press(texts.nevertheless);
        browser.shows(texts.waits);
        look(&mut browser, &axe, &format!("waiting-{}", texts.code));
        let here = browser.run("location.href").as_str().unwrap().to_owned();
        browser.run("document.querySelector('details.part').open = true");
        look(&mut browser, &axe, &format!("discarding-{}", texts.code));
        browser.answer("reason", "填错了");
        browser.leaving(|browser| drop(browser.run("document.getElementById('reason').form.submit()")));
        browser.open(&here);
        look(&mut browser, &axe, &format!("discarded-{}", texts.code));
        browser.open(&pages.at(&format!("/submissions/{}", "ab".repeat(16))));
        look(&mut browser, &axe, &format!("quarantined-{}", texts.code));
    }
}
