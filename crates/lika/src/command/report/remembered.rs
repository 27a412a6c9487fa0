//! Remembers the answers to the questions of a form, so that one can go back to the question before, and go on another
//! day. The form is simply asked again: what was answered is not asked, up to the first question that is new.

use crate::questions::{Answer, Prompter};
use serde::{Deserialize, Serialize};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Given {
    question: String,
    answer: Reply,
}

/// An answer. Choices are remembered by their labels, which stay when a list grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Text(String),
    One(String),
    Several(Vec<String>),
    Yes(bool),
}

/// Asks only what was not answered yet.
pub(super) struct Remembered<'a, P> {
    ask: &'a mut P,
    given: Vec<Given>,
    /// How many of them were used in this round of the form.
    used: usize,
    keep: &'a mut dyn FnMut(&[Given]),
}

impl<'a, P: Prompter> Remembered<'a, P> {
    /// With what was answered before. `keep` is called after each answer.
    pub(super) fn new(ask: &'a mut P, given: Vec<Given>, keep: &'a mut dyn FnMut(&[Given])) -> Self {
        Self { ask, given, used: 0, keep }
    }

    /// The form begins again; with `back` the last answer is forgotten.
    pub(super) fn again(&mut self, back: bool) {
        self.given.truncate(self.used);
        if back {
            self.given.pop();
            (self.keep)(&self.given);
        }
        self.used = 0;
    }

    fn answered<T>(
        &mut self,
        question: &str,
        known: impl FnOnce(&Reply) -> Option<T>,
        fresh: impl FnOnce(&mut P) -> Answer<(T, Reply)>,
    ) -> Answer<T> {
        let given = self.given.get(self.used).filter(|given| given.question == question);
        if let Some(value) = given.and_then(|given| known(&given.answer)) {
            self.used += 1;
            return Ok(value);
        }
        // What follows belongs to another form, as that of an earlier version.
        self.given.truncate(self.used);
        let (value, answer) = fresh(self.ask)?;
        self.given.push(Given { question: question.to_owned(), answer });
        self.used += 1;
        (self.keep)(&self.given);
        Ok(value)
    }
}

impl<P: Prompter> Prompter for Remembered<'_, P> {
    fn say(&mut self, text: &str) {
        if self.used == self.given.len() {
            self.ask.say(text);
        }
    }

    fn text(
        &mut self,
        question: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Answer<String> {
        let known = |reply: &Reply| match reply {
            Reply::Text(text) if check(text).is_ok() => Some(text.clone()),
            _ => None,
        };
        self.answered(question, known, |ask| {
            let text = ask.text(question, default, check)?;
            Ok((text.clone(), Reply::Text(text)))
        })
    }

    fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize> {
        let known = |reply: &Reply| match reply {
            Reply::One(label) => choices.iter().position(|choice| choice == label),
            _ => None,
        };
        self.answered(question, known, |ask| {
            let place = ask.one(question, choices)?;
            Ok((place, Reply::One(choices.get(place).cloned().unwrap_or_default())))
        })
    }

    fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
        let known = |reply: &Reply| match reply {
            Reply::Several(labels) => {
                labels.iter().map(|label| choices.iter().position(|choice| choice == label)).collect()
            }
            _ => None,
        };
        self.answered(question, known, |ask| {
            let places = ask.several(question, choices)?;
            let labels = places.iter().filter_map(|place| choices.get(*place).cloned()).collect();
            Ok((places, Reply::Several(labels)))
        })
    }

    fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
        let known = |reply: &Reply| match reply {
            Reply::Yes(yes) => Some(*yes),
            _ => None,
        };
        self.answered(question, known, |ask| ask.yes(question, default).map(|yes| (yes, Reply::Yes(yes))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::Stop;

    /// Answers from a list; `<` goes back.
    struct Listed(Vec<&'static str>);

    impl Prompter for Listed {
        fn say(&mut self, _: &str) {}

        fn text(&mut self, _: &str, _: Option<&str>, check: &dyn Fn(&str) -> Result<(), String>) -> Answer<String> {
            let next = self.0.remove(0);
            if next == "<" {
                return Err(Stop::Back);
            }
            assert_eq!(check(next), Ok(()));
            Ok(next.to_owned())
        }

        fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize> {
            let label = self.text(question, None, &|_| Ok(()))?;
            Ok(choices.iter().position(|choice| *choice == label).unwrap())
        }

        fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
            self.one(question, choices).map(|place| vec![place])
        }

        fn yes(&mut self, question: &str, _: bool) -> Answer<bool> {
            self.text(question, None, &|_| Ok(())).map(|text| text == "yes")
        }
    }

    fn form(ask: &mut impl Prompter) -> Answer<(String, usize, bool)> {
        let choices = ["a".to_owned(), "b".to_owned()];
        let name = ask.text("name", None, &|text| if text.is_empty() { Err("empty".into()) } else { Ok(()) })?;
        Ok((name, ask.one("kind", &choices)?, ask.yes("more", false)?))
    }

    fn run(answers: &[&'static str], given: Vec<Given>) -> (Option<(String, usize, bool)>, Vec<Given>) {
        let (mut listed, mut kept) = (Listed(answers.to_vec()), given.clone());
        let mut keep = |given: &[Given]| kept = given.to_vec();
        let mut remembered = Remembered::new(&mut listed, given, &mut keep);
        let done = loop {
            match form(&mut remembered) {
                Ok(done) => break Some(done),
                Err(Stop::Back) if remembered.ask.0.is_empty() => break None,
                Err(Stop::Back) => remembered.again(true),
                Err(Stop::Failed(failure)) => panic!("{failure}"),
            }
        };
        (done, kept)
    }

    #[test]
    fn going_back_asks_the_question_before_once_more() {
        let (done, kept) = run(&["old", "<", "new", "a", "<", "b", "yes"], Vec::new());
        assert_eq!(done, Some(("new".to_owned(), 1, true)));
        assert_eq!(kept.len(), 3);
        assert_eq!(run(&["<", "first", "b", "no"], Vec::new()).0, Some(("first".to_owned(), 1, false)));
    }

    #[test]
    fn what_was_kept_is_not_asked_again() {
        let (done, kept) = run(&["name", "b", "<"], Vec::new());
        assert_eq!((done, kept.len()), (None, 2));
        let text = serde_json::to_string(&kept).unwrap();
        let kept: Vec<Given> = serde_json::from_str(&text).unwrap();
        assert_eq!(run(&["yes"], kept.clone()).0, Some(("name".to_owned(), 1, true)));
        // A question that has changed is asked, with everything after it.
        let mut changed = kept;
        changed[1].question = "another".to_owned();
        assert_eq!(run(&["a", "yes"], changed).0, Some(("name".to_owned(), 0, true)));
    }
}
