//! The files that a desk keeps: which of them a form may name, who may read them, and what waits for the disk.

use super::{Answers, answers, holds, with};
use crate::support::desk::{Office, VILLAGE};
use crate::support::pages::{Answer, Pages};
use crate::support::path;
use lika_domain::catalogue;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A form that is filled in, without attachments.
fn filled_in() -> Answers {
    let mut answers = answers(catalogue::event("village_profile_updated").unwrap());
    answers.retain(|(name, _)| !name.starts_with("around.evidence"));
    answers
}

/// Sends the form with a file.
fn attach(pages: &Pages, form: &str) -> Answer {
    let answers = with(&filled_in(), "check");
    let answers: Vec<_> = answers.iter().map(|(name, answer)| (name.as_str(), answer.as_str())).collect();
    let answers = [&answers[..], &[("around.evidence.0.kind", "notice")]].concat();
    pages.upload_as("around.evidence.0.file", form, &answers, ("公示.jpg", b"abc"))
}

#[test]
fn only_a_file_that_was_chosen_at_the_desk_is_evidence() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let form = format!("/drafts/{}", "ab".repeat(16));
    let pipe = office.dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for named in [path(&pipe), "/etc/hostname", "/dev/zero", "desk.json", "attachments/../desk.json", "attachments"] {
        let evidence = [("around.evidence.0.kind", "notice"), ("around.evidence.0.file", named)];
        let evidence = evidence.map(|(name, answer)| (name.to_owned(), answer.to_owned()));
        let checked = pages.post(&form, &with(&[filled_in(), evidence.to_vec()].concat(), "check"));
        assert_eq!(checked.leads(), format!("{form}?checked=1#faults"), "{named}");
        let page = pages.get(&format!("{form}?checked=1")).body;
        assert!(page.contains("不是在本工作台选择的文件"), "{named}: {page}");
        let signed = pages.post(&format!("{form}/sign"), &[]);
        assert_eq!(signed.leads(), format!("{form}?checked=1#faults"), "{named}");
    }
    let chosen = attach(&pages, &form);
    assert_eq!(chosen.leads(), format!("{form}/sign"), "{}", pages.get(&format!("{form}?checked=1")).body);
    // SHA-256 of "abc", FIPS 180-2 appendix B.1.
    let kept = "attachments/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/公示.jpg";
    assert!(holds(&pages.get(&form).body, "around.evidence.0.file", kept));
    let signed = pages.post(&format!("{form}/sign"), &[]);
    assert!(pages.get(signed.leads()).body.contains("已受理"));
}

/// Whatever mode its folder was made with, and whatever the mask of new files is.
#[cfg(unix)]
#[test]
fn what_a_desk_keeps_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    std::fs::create_dir(clerk.home()).unwrap();
    std::fs::set_permissions(clerk.home(), std::fs::Permissions::from_mode(0o755)).unwrap();
    office.enrol_at(&clerk, 10_000_002, "village_officer", VILLAGE);
    let pages = Pages::start(clerk.home(), clerk.url());
    let form = format!("/drafts/{}", "ab".repeat(16));
    attach(&pages, &form);
    let signed = pages.post(&format!("{form}/sign"), &[]);
    assert!(signed.leads().starts_with("/submissions/"), "{}", signed.head);
    pages.upload("/tables", &[("kind", "")], ("户.csv", "户主,年龄\n".as_bytes()));
    pages.post(&format!("/drafts/{}", "cd".repeat(16)), &with(&filled_in(), "save"));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !clerk.home().join("desk.json").exists() || !clerk.home().join("replicas").exists() {
        assert!(Instant::now() < deadline, "the desk did not learn who the official is");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (mut seen, mut open) = (Vec::new(), Vec::new());
    walk(clerk.home(), &mut |path, found| {
        let mode = found.permissions().mode() & 0o777;
        if mode != if found.is_dir() { 0o700 } else { 0o600 } {
            open.push(format!("{mode:o} {}", path.display()));
        }
        seen.push(path.strip_prefix(clerk.home()).unwrap().to_string_lossy().into_owned());
    });
    assert_eq!(open, [""; 0]);
    for kept in ["desk.json", "desk.url", "lock", "sending.lock", "attachments", "drafts", "receipts", "replicas"] {
        assert!(seen.iter().any(|path| path == kept), "{kept} was not looked at: {seen:?}");
    }
}

/// Visits everything below a folder.
fn walk(folder: &Path, visit: &mut impl FnMut(&Path, &std::fs::Metadata)) {
    for found in std::fs::read_dir(folder).unwrap() {
        let path = found.unwrap().path();
        // What was there a moment ago may have been moved.
        let Ok(found) = path.symlink_metadata() else { continue };
        visit(&path, &found);
        if found.is_dir() {
            walk(&path, visit);
        }
    }
}

#[test]
fn a_form_that_waits_for_the_disk_holds_up_no_other_page() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let held = File::options().write(true).open(office.admin.home().join("lock")).unwrap();
    held.lock().unwrap();
    std::thread::scope(|scope| {
        let forms = ["ab", "cd"].map(|id| {
            let (pages, form) = (&pages, format!("/drafts/{}", id.repeat(16)));
            scope.spawn(move || pages.post(&form, &with(&filled_in(), "save")).status)
        });
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            assert_eq!(pages.get("/outbox").status, 200);
            assert!(!forms.iter().any(std::thread::ScopedJoinHandle::is_finished), "the page waited for the form");
        }
        held.unlock().unwrap();
        assert_eq!(forms.map(|form| form.join().unwrap()), [303, 303]);
    });
}
