//! The only place that writes to the terminal: results on stdout, messages and progress bars on stderr.

use crate::exit::{Exit, Failure};
use indicatif::{ProgressBar, ProgressStyle};
use lika_domain::language::Language;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

/// How often a bar is drawn, in milliseconds.
const BAR_TICK_MS: u64 = 100;
/// Longest answer to a question that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 64;

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

impl Printer {
    /// With `json`, results are JSON on stdout, and a failure is one JSON object on stderr.
    pub(crate) fn new(json: bool, language: Language) -> Self {
        Self { json, language, coloured: is_coloured() }
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
            serde_json::to_string_pretty(value).map_err(|error| Failure::new("failed", error.to_string()))?
        } else {
            text(value).to_string()
        };
        if !shown.ends_with('\n') {
            shown.push('\n');
        }
        write(&mut io::stdout().lock(), &shown)
    }

    /// Prints a message for people; with JSON it prints nothing.
    pub(crate) fn note(self, text: impl Display) {
        if !self.json {
            self.say(&format!("{text}\n"));
        }
    }

    /// Prints why a command failed, and returns the exit code.
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        if self.json {
            let object = serde_json::json!({"code": failure.code, "message": failure.message.one(self.language)});
            self.say(&format!("{object}\n"));
        } else {
            let error = self.paint("31;1", self.language.of("错误：", "error: "));
            self.say(&format!("{error}{}\n", failure.message.one(self.language)));
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
        let stdin = io::stdin();
        if self.json || !stdin.is_terminal() || !io::stderr().is_terminal() {
            return Ok(None);
        }
        self.say(&format!("{question} [y/N] "));
        let mut answer = String::new();
        io::Read::take(stdin.lock(), ANSWER_BYTES_MAX).read_line(&mut answer)?;
        Ok(Some(matches!(answer.trim(), "y" | "Y" | "yes" | "是")))
    }

    /// Asks for a text of one line, at most `chars_max` characters; `None` if there is no terminal to ask on, or the
    /// line is empty.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    pub(crate) fn ask_for(self, question: &str, chars_max: usize) -> io::Result<Option<String>> {
        let stdin = io::stdin();
        if self.json || !stdin.is_terminal() || !io::stderr().is_terminal() {
            return Ok(None);
        }
        self.say(&format!("{question}: "));
        let mut answer = String::new();
        let bytes_max = u64::try_from(chars_max * 4).unwrap_or(u64::MAX);
        io::Read::take(stdin.lock(), bytes_max).read_line(&mut answer)?;
        Ok(Some(answer.trim().chars().take(chars_max).collect()).filter(|answer: &String| !answer.is_empty()))
    }

    fn say(self, text: &str) {
        // If a message cannot be written, a message about that cannot be written either.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
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

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is() {
        assert!(write(&mut Broken(io::ErrorKind::BrokenPipe), "text").is_ok());
        assert_eq!(write(&mut Broken(io::ErrorKind::StorageFull), "text").unwrap_err().code, "output");
    }
}
