//! The only place that writes to the terminal: results on stdout, messages and progress bars on stderr.
//!
//! What a text from outside may hold, such as the answer of a node, is neutralised here: nothing that is printed hides
//! characters, turns the direction of others, or moves the cursor of a terminal.

use crate::exit::{Exit, Failure};
use indicatif::{ProgressBar, ProgressStyle};
use lika_domain::language::Language;
use lika_domain::text::{is_hidden, visible};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

/// How often a bar is drawn, in milliseconds.
const BAR_TICK_MS: u64 = 100;
/// Longest answer to a question that is read, in bytes. A line that is longer is read to its end and left out.
const ANSWER_BYTES_MAX: usize = 4_096;

/// Writes in the form that the command line asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    json: bool,
    language: Language,
    coloured: bool,
}

/// Whether stderr may be coloured: it is a terminal, and <https://no-color.org> is not set.
pub(crate) fn is_coloured() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether there is a terminal to ask on, with somebody who can answer.
pub(crate) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

impl Printer {
    /// With `json`, results are JSON on stdout, and a failure is one JSON object on stderr.
    pub(crate) fn new(json: bool, language: Language) -> Self {
        Self { json, language, coloured: is_coloured() }
    }

    /// Whether a person reads what [`Self::note`] writes, and no file takes it.
    pub(crate) fn shows_on_a_terminal() -> bool {
        io::stderr().is_terminal()
    }

    /// The language of everything that is printed.
    pub(crate) fn language(self) -> Language {
        self.language
    }

    /// Prints a result: the value as JSON, or for people the text that `text` makes of it.
    ///
    /// # Errors If stdout cannot be written. A reader that has gone away is not an error.
    pub(crate) fn result<T: Serialize, D: Display>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> D,
    ) -> Result<(), Failure> {
        let mut shown = if self.json {
            let json = serde_json::to_string_pretty(value);
            escaped(&json.map_err(|error| Failure::new("failed", error.to_string()))?).into_owned()
        } else {
            visible(&text(value).to_string()).into_owned()
        };
        if !shown.ends_with('\n') {
            shown.push('\n');
        }
        write(&mut io::stdout().lock(), &shown)
    }

    /// Prints a message for people; with JSON it prints nothing.
    pub(crate) fn note(self, text: impl Display) {
        if !self.json {
            self.say(&format!("{}\n", visible(&text.to_string())));
        }
    }

    /// Prints why a command failed, and returns the exit code.
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        if self.json {
            let object = serde_json::json!({"code": failure.code, "message": failure.message.one(self.language)});
            self.say(&format!("{}\n", escaped(&object.to_string())));
        } else {
            let error = self.paint("31;1", self.language.of("错误：", "error: "));
            self.say(&format!("{error}{}\n", visible(failure.message.one(self.language))));
        }
        failure.exit
    }

    /// A progress bar of `length` steps on stderr; invisible if that is not a terminal.
    pub(crate) fn bar(self, length: u64, what: &'static str) -> ProgressBar {
        let bar = ProgressBar::new(length).with_message(what);
        let template = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(BAR_TICK_MS));
        bar
    }

    /// Asks a yes-or-no question; `None` if there is no terminal to ask on.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    pub(crate) fn ask(self, question: &str) -> io::Result<Option<bool>> {
        if self.json || !has_terminal() {
            return Ok(None);
        }
        self.say(&format!("{} [y/N] ", visible(question)));
        let answer = line(&mut io::stdin().lock())?.unwrap_or_default();
        Ok(Some(matches!(answer.trim(), "y" | "Y" | "yes" | "是")))
    }

    /// Asks for a text of one line, again until it passes the check, which says why one does not. `None` if there is
    /// no terminal to ask on, or the line is empty.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    pub(crate) fn ask_for(
        self,
        question: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> io::Result<Option<String>> {
        if self.json || !has_terminal() {
            return Ok(None);
        }
        let say = |text: &str| self.say(&visible(text));
        answer(&mut io::stdin().lock(), say, question, self.language, check)
    }

    fn say(self, text: &str) {
        // If a message cannot be written, a message about that cannot be written either.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Asks until a line passes the check; `None` for an empty one.
fn answer(
    from: &mut impl BufRead,
    say: impl Fn(&str),
    question: &str,
    language: Language,
    check: impl Fn(&str) -> Result<(), String>,
) -> io::Result<Option<String>> {
    loop {
        say(&format!("{question}: "));
        let read = line(from)?;
        let typed = read.as_deref().map(str::trim);
        let wrong = match typed {
            Some("") => return Ok(None),
            Some(typed) => check(typed).err(),
            None => Some(language.of("这一行过长", "the line is too long").to_owned()),
        };
        match (wrong, typed) {
            (None, typed) => return Ok(typed.map(str::to_owned)),
            (Some(wrong), _) => say(&language.of(format!("{wrong}，请再输入一次\n"), format!("{wrong}; try again\n"))),
        }
    }
}

/// Reads one line to its end; `None` if it is longer than [`ANSWER_BYTES_MAX`] or no text. At the end of the input it
/// is empty.
fn line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut is_long = false;
    loop {
        let read = from.fill_buf()?;
        let end = read.iter().position(|byte| *byte == b'\n');
        let part = &read[..end.unwrap_or(read.len())];
        is_long |= bytes.len() + part.len() > ANSWER_BYTES_MAX;
        if !is_long {
            bytes.extend(part);
        }
        let (is_last, used) = (end.is_some() || read.is_empty(), part.len() + usize::from(end.is_some()));
        from.consume(used);
        if is_last {
            return Ok(if is_long { None } else { String::from_utf8(bytes).ok() });
        }
    }
}

/// JSON that shows what a terminal would hide; it means the same.
fn escaped(json: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && c != '\n';
    if !json.chars().any(hidden) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if hidden(c) {
            // They occur within strings alone, where JSON has a way to write them.
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        } else {
            text.push(c);
        }
    }
    Cow::Owned(text)
}

/// A reader that stops early, such as `head`, is not a failure.
fn write(to: &mut impl Write, text: &str) -> Result<(), Failure> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let zh = format!("无法写出结果：{error}");
            Err(Failure::told("output", zh, format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::one_line;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const NASTY: &str = "a\u{1b}[2J\u{9b}1A\u{202e}b\u{e0041}\u{200b}";

    #[test]
    fn json_says_what_a_terminal_would_hide_and_means_the_same() {
        let json = serde_json::to_string_pretty(&serde_json::json!({"said": NASTY})).unwrap();
        let shown = escaped(&json);
        assert!(!shown.chars().any(|c| is_hidden(c) && c != '\n'), "{shown:?}");
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read["said"], NASTY);
        assert!(matches!(escaped("{\n  \"a\": \"王\"\n}"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_text_from_outside_stays_in_its_line() {
        let shown = one_line(&format!("{NASTY}\nrecorded\tas entry 7\r"));
        assert!(!shown.chars().any(is_hidden), "{shown:?}");
        assert!(shown.contains("recorded as entry 7"), "{shown}");
    }

    /// The printer, and the questions that dialoguer asks through `questions.rs`, are the only ways to a terminal.
    #[test]
    fn nothing_else_in_this_crate_reaches_a_terminal() {
        let ways = ["print!(", "println!(", "stdout()", "stderr()", "dialoguer", "std::io::stderr"];
        // The reader of pictures answers the process that started it, through a pipe.
        let allowed = ["logging.rs", "picture.rs", "printer.rs", "questions.rs"];
        let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut found = Vec::new();
        while let Some(dir) = open.pop() {
            for item in std::fs::read_dir(dir).unwrap() {
                let path = item.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                if ways.iter().any(|way| text.contains(way)) {
                    found.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        assert_eq!(found, allowed);
    }

    #[test]
    fn an_answer_is_read_to_the_end_of_its_line_and_asked_for_again() {
        let long = "长".repeat(ANSWER_BYTES_MAX);
        let mut typed = std::io::Cursor::new(format!("{long}\nno 139\n  why not \nnext\n").into_bytes());
        let said = std::cell::RefCell::new(Vec::new());
        let check = |text: &str| if text.contains('1') { Err("a number".to_owned()) } else { Ok(()) };
        let say = |text: &str| said.borrow_mut().push(text.to_owned());
        let given = answer(&mut typed, say, "Reason", Language::En, check).unwrap();
        assert_eq!(given.as_deref(), Some("why not"));
        let said = said.into_inner();
        let again = ["Reason: ", "the line is too long; try again\n", "Reason: ", "a number; try again\n", "Reason: "];
        assert_eq!(said, again);
        assert_eq!(line(&mut typed).unwrap().as_deref(), Some("next"), "nothing of an answer is left over");
        assert_eq!(answer(&mut typed, |_| (), "Reason", Language::En, check).unwrap(), None);
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is() {
        assert!(write(&mut Broken(io::ErrorKind::BrokenPipe), "text").is_ok());
        assert_eq!(write(&mut Broken(io::ErrorKind::StorageFull), "text").unwrap_err().code, "output");
    }
}
