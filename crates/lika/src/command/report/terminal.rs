//! Questions at a terminal, answered with the keyboard alone.

use super::prompts::{Answer, Prompter, Stop};
use crate::exit::Failure;
use crate::language::of_run;
use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, MultiSelect, Select};
use std::io::{self, IsTerminal};

/// Typed in place of an answer, one of these goes back; so does Escape where something is chosen. The key of the first
/// makes the others with a Chinese input method.
const BACK: [&str; 3] = ["<", "＜", "《"];
/// Most choices shown at once; the others are reached with the arrow keys.
const CHOICES_SHOWN: usize = 15;

/// The terminal on stderr.
pub(super) struct Terminal {
    term: Term,
    theme: ColorfulTheme,
}

impl Terminal {
    /// # Errors
    /// Where nobody can answer.
    pub(super) fn open() -> Result<Self, Failure> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            let zh = "需要在终端上回答问题；也可写成文件，见 `lika report --example EVENT`";
            let en = "questions need a terminal; write the report as a file, see `lika report --example EVENT`";
            return Err(Failure::told("no_terminal", zh, en));
        }
        Ok(Self { term: Term::stderr(), theme: ColorfulTheme::default() })
    }
}

impl Prompter for Terminal {
    fn say(&mut self, text: &str) {
        // Where a message cannot be written, the next question fails.
        let _ = self.term.write_line(text);
    }

    fn text(
        &mut self,
        question: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Answer<String> {
        let input = Input::<String>::with_theme(&self.theme).with_prompt(question).allow_empty(true);
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
        let select = Select::with_theme(&self.theme).with_prompt(question).items(choices).default(0);
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or(Stop::Back)
    }

    fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
        let how = of_run().of("（空格选择，回车结束）", " (space chooses, enter ends)");
        let question = format!("{question}{how}");
        let select = MultiSelect::with_theme(&self.theme).with_prompt(question).items(choices);
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or(Stop::Back)
    }

    fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
        let confirm = Confirm::with_theme(&self.theme).with_prompt(question).default(default);
        confirm.interact_on_opt(&self.term).map_err(failed)?.ok_or(Stop::Back)
    }
}

fn failed(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => {
            Failure::told("not_confirmed", "已放弃，没有签名", "given up: nothing was signed")
        }
        _ => Failure::told(
            "no_terminal",
            format!("终端无法读取：{error}"),
            format!("the terminal cannot be read: {error}"),
        ),
    }
}
