//! Questions at a terminal, answered with the keyboard alone.

use super::prompts::{Answer, Prompter};
use crate::exit::Failure;
use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, MultiSelect, Select};
use std::io::{self, IsTerminal};

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
            let message = "questions need a terminal; write the report as a file, see `lika report --example EVENT`";
            return Err(Failure::new("no_terminal", message));
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
        let checked = input.validate_with(|text: &String| check(text.trim()));
        Ok(checked.interact_text_on(&self.term).map_err(failed)?.trim().to_owned())
    }

    fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize> {
        let select = Select::with_theme(&self.theme).with_prompt(question).items(choices).default(0);
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or_else(given_up)
    }

    fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
        let question = format!("{question} (space chooses, enter ends)");
        let select = MultiSelect::with_theme(&self.theme).with_prompt(question).items(choices);
        let chosen = select.max_length(CHOICES_SHOWN).interact_on_opt(&self.term).map_err(failed)?;
        chosen.ok_or_else(given_up)
    }

    fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
        let confirm = Confirm::with_theme(&self.theme).with_prompt(question).default(default);
        confirm.interact_on_opt(&self.term).map_err(failed)?.ok_or_else(given_up)
    }
}

fn given_up() -> Failure {
    Failure::new("not_confirmed", "given up: nothing was signed")
}

fn failed(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => given_up(),
        _ => Failure::new("no_terminal", format!("the terminal cannot be read: {error}")),
    }
}
