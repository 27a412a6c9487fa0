//! Questions at a terminal, answered with the keyboard alone. As in the printer, no text is shown as it came from
//! outside.

use crate::exit::Failure;
use crate::language::of_run;
use crate::printer::has_terminal;
use crate::table::one_line;
use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, MultiSelect, Password, Select};
use lika_domain::text::visible;
use std::io;
use zeroize::Zeroizing;

/// Typed in place of an answer, one of these goes back; so does Escape where something is chosen. The key of the first
/// makes the others with a Chinese input method.
const BACK: [&str; 3] = ["<", "＜", "《"];
/// Most choices shown at once; the others are reached with the arrow keys.
const CHOICES_SHOWN: usize = 15;

/// An answer, or why there is none.
pub(crate) type Answer<T> = Result<T, Stop>;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The question before is to be asked again.
    Back,
    /// Nobody answers any more.
    Failed(Failure),
}

impl Stop {
    /// Where there is no question before, going back is giving up.
    pub(crate) fn given_up(self) -> Failure {
        match self {
            Self::Back => Failure::told("not_confirmed", "已放弃，没有签名", "given up: nothing was signed"),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Whoever answers.
pub(crate) trait Prompter {
    /// Shows a line.
    fn say(&mut self, text: &str);
    /// A text that passes the check.
    fn text(
        &mut self,
        question: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Answer<String>;
    /// The place of one of the choices.
    fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize>;
    /// The places of any of the choices.
    fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>>;
    /// Yes or no.
    fn yes(&mut self, question: &str, default: bool) -> Answer<bool>;
}

/// The terminal on stderr.
pub(crate) struct Terminal {
    term: Term,
    theme: ColorfulTheme,
}

impl Terminal {
    /// # Errors
    /// Where nobody can answer.
    pub(crate) fn open() -> Result<Self, Failure> {
        if !has_terminal() {
            let zh = "需要在终端上回答问题；也可写成文件，见 `lika report --example EVENT`";
            let en = "questions need a terminal; write the report as a file, see `lika report --example EVENT`";
            return Err(Failure::told("no_terminal", zh, en));
        }
        Ok(Self { term: Term::stderr(), theme: ColorfulTheme::default() })
    }

    /// Asks for a passphrase, which is not shown.
    ///
    /// # Errors
    /// If the terminal cannot be read, or the question is left with Ctrl-C.
    pub(crate) fn passphrase(&self, question: &str) -> io::Result<Zeroizing<String>> {
        let asked = Password::new().with_prompt(one_line(question)).allow_empty_password(true);
        let asked = asked.interact_on(&self.term);
        asked.map(Zeroizing::new).map_err(|dialoguer::Error::IO(error)| error)
    }
}

impl Prompter for Terminal {
    fn say(&mut self, text: &str) {
        // Where a message cannot be written, the next question fails.
        let _ = self.term.write_line(&visible(text));
    }

    fn text(
        &mut self,
        question: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Answer<String> {
        let input = Input::<String>::with_theme(&self.theme).with_prompt(one_line(question)).allow_empty(true);
        let input = match default {
            Some(default) => input.default(default.to_owned()),
            None => input,
        };
        let checked = input.validate_with(|text: &String| match text.trim() {
            text if BACK.contains(&text) => Ok(()),
            text => check(text),
        });
        match checked.interact_text_on(&self.term).map_err(failed)?.trim() {
            text if BACK.contains(&text) => Err(Stop::Back),
            text => Ok(text.to_owned()),
        }
    }

    fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize> {
        let select = Select::with_theme(&self.theme).with_prompt(one_line(question)).items(lines(choices)).default(0);
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or(Stop::Back)
    }

    fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
        let how = of_run().of("（空格选择，回车结束）", " (space chooses, enter ends)");
        let question = one_line(&format!("{question}{how}"));
        let select = MultiSelect::with_theme(&self.theme).with_prompt(question).items(lines(choices));
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or(Stop::Back)
    }

    fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
        let confirm = Confirm::with_theme(&self.theme).with_prompt(one_line(question)).default(default);
        confirm.interact_on_opt(&self.term).map_err(failed)?.ok_or(Stop::Back)
    }
}

/// Choices, each in a line.
fn lines(choices: &[String]) -> Vec<String> {
    choices.iter().map(|choice| one_line(choice)).collect()
}

fn failed(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => Stop::Back.given_up(),
        _ => Failure::told(
            "no_terminal",
            format!("终端无法读取：{error}"),
            format!("the terminal cannot be read: {error}"),
        ),
    }
}
