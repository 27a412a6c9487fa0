//! Reports made by answering questions, and passphrases, on a real terminal: the keys that an official presses.

use crate::support::desk::{Desk, Office, VILLAGE};
use rexpect::session::{PtySession, spawn_command};
use serde_json::json;

/// How long an answer may take, in milliseconds.
const PATIENCE_MS: u64 = 30_000;

fn terminal(desk: &Desk, words: &[&str]) -> PtySession {
    let mut command = desk.command(words);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

/// Waits for the text. The session takes every byte for a character, so it looks for the bytes.
fn expect(session: &mut PtySession, text: &str) -> String {
    let bytes: String = text.bytes().map(char::from).collect();
    session.exp_string(&bytes).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Waits for the question, and answers it.
fn answer(session: &mut PtySession, question: &str, with: &str) {
    expect(session, question);
    session.send(&format!("{with}\r")).unwrap();
    session.flush().unwrap();
}

/// Waits for a question with two answers, and presses the key of one.
fn press(session: &mut PtySession, question: &str, key: &str) {
    expect(session, question);
    session.send(key).unwrap();
    session.flush().unwrap();
}

/// A wrong day is refused at once, one goes back to correct a number, is called away, and goes on later.
#[test]
fn a_report_is_made_with_the_keyboard_and_survives_an_interruption() {
    let office = Office::with_village();
    let words = ["report", "village_profile_updated", "--area", VILLAGE];
    let mut session = terminal(&office.admin, &words);
    answer(&mut session, "happened", "2016-13-01");
    expect(&mut session, "is not a day such as");
    answer(&mut session, "happened", "2016-07-02");
    answer(&mut session, "rural households", "12");
    answer(&mut session, "rural persons", "<");
    answer(&mut session, "rural households", "120");
    expect(&mut session, "rural persons");
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    assert_eq!(office.admin.json(&["outbox", "list"]), json!([]));

    let mut session = terminal(&office.admin, &[&words[..], &["--lang", "zh"]].concat());
    // Whoever begins anew and is called away before the first answer has lost nothing of before.
    press(&mut session, "接着填", "n");
    expect(&mut session, "日期");
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();

    let mut session = terminal(&office.admin, &words);
    press(&mut session, "Go on with it?", "y");
    answer(&mut session, "rural persons", "350");
    answer(&mut session, "collective income", "1200.50");
    answer(&mut session, "services", "");
    expect(&mut session, "1,200.50 yuan");
    expect(&mut session, "[y/N]");
    session.send_line("y").unwrap();
    expect(&mut session, "recorded as entry 2");
    session.exp_eof().unwrap();
    // It was sent, so there is nothing to go on with.
    let mut session = terminal(&office.admin, &words);
    expect(&mut session, "happened");
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
}

/// A new passphrase is asked for twice, a wrong one may be corrected, and none is shown.
#[test]
fn a_passphrase_is_asked_for_on_the_terminal_and_never_shown() {
    let office = Office::with_village();
    let clerk = office.stranger("clerk");
    let new = ["key", "new", "phone", "--official", "10000002"];
    let mut session = terminal(&clerk, &new);
    answer(&mut session, "New passphrase", "correct horse battery staple");
    answer(&mut session, "Once more", "correct horse battery stable");
    expect(&mut session, "differ");
    session.exp_eof().unwrap();
    let mut session = terminal(&clerk, &[&new[..], &["--lang", "zh"]].concat());
    answer(&mut session, "新口令", "correct horse battery staple");
    answer(&mut session, "再输入一次", "correct horse battery staple");
    expect(&mut session, "lika key request phone");
    session.exp_eof().unwrap();

    let mut session = terminal(&clerk, &["key", "request"]);
    answer(&mut session, "Passphrase of the key phone", "wrong");
    expect(&mut session, "try again");
    answer(&mut session, "Passphrase of the key phone", "correct horse battery staple");
    let before = expect(&mut session, "lika-enrol-1:");
    assert!(!before.contains("battery"), "{before}");
    session.exp_eof().unwrap();
}
