//! The questions of an event's form, one for each field, in its order. What is asked, and what an answer may be, comes
//! from the description of the event.

use crate::exit::Failure;
use crate::questions::{Answer, Prompter};
use lika_client::example::{Node, alternatives, service, subjects};
use lika_client::plain::{self, PRIVATE, YUAN, is_amount};
use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::date::Date;
use lika_domain::describe::{Event, Field, Value as Takes};
use lika_domain::facts::envelope;
use lika_domain::kind::{Choice, List};
use lika_domain::language::Language;

/// Which event is to be reported.
pub(super) fn event(ask: &mut impl Prompter, language: Language) -> Answer<&'static Event> {
    let events: Vec<_> = catalogue::events().collect();
    let labels: Vec<_> = events.iter().map(|event| event.label().one(language).to_owned()).collect();
    let chosen = ask.one(language.of("事项", "Event"), &labels)?;
    let none = || Failure::new("event_unknown", "there is no such event");
    Ok(events.get(chosen).copied().ok_or_else(none)?)
}

/// The questions of one report.
pub(super) struct Form<'a, A> {
    ask: &'a mut A,
    today: Date,
    language: Language,
}

impl<'a, A: Prompter> Form<'a, A> {
    pub(super) fn new(ask: &'a mut A, today: Date, language: Language) -> Self {
        Self { ask, today, language }
    }

    /// Asks for everything in an event, and makes a report of the answers.
    pub(super) fn report(&mut self, event: &'static Event, area: Option<Area>) -> Answer<Node> {
        let (label, meaning) = (event.label(), event.meaning.one(self.language));
        self.ask.say(&format!("{}{}{meaning}", label.one(self.language), self.language.of("：", ": ")));
        let area = match area {
            Some(area) => area.to_string(),
            None => self.ask.text(area_question(self.language), None, &|text| match text.parse::<Area>() {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            })?,
        };
        let mut fields = Vec::new();
        let (household, official) = subjects(event);
        for field in envelope::FIELDS {
            let asked = match field.name {
                "happened" => true,
                "household" => household,
                "official" => official,
                _ => false,
            };
            if asked {
                fields.extend(self.around(field)?);
            }
        }
        fields.push((event.name.to_owned(), self.object(event.fields)?));
        let events = Node::Object(vec![("events".to_owned(), Node::List(vec![Node::Object(fields)]))]);
        Ok(Node::Object(vec![("area".to_owned(), leaf(area)), (service(event).to_owned(), events)]))
    }

    /// A field of the envelope. A household may have a name of the author's own until its number is drawn.
    fn around(&mut self, field: &'static Field) -> Answer<Option<(String, Node)>> {
        let names_itself = |text: &str| !text.is_empty() && !text.bytes().all(|byte| byte.is_ascii_digit());
        if field.name != "household" {
            return self.field(field);
        }
        let label = field.label();
        let question = self.language.of(
            format!("{}（10 位；新户填一个代称，如 new-1）", label.zh),
            format!("{} (10 digits; a new household gets a name such as new-1)", label.en),
        );
        let language = self.language;
        let text = self.ask.text(&question, None, &|text| {
            if text.is_empty() || names_itself(text) { Ok(()) } else { check(field, text, language) }
        })?;
        Ok((!text.is_empty()).then(|| (field.name.to_owned(), leaf(text))))
    }

    fn object(&mut self, fields: &'static [Field]) -> Answer<Node> {
        let mut answers = Vec::new();
        for field in fields {
            self.fields(field, &mut answers)?;
        }
        Ok(Node::Object(answers))
    }

    /// A field that may stand for several. One that hangs on another's answer is asked for if that answer is given.
    fn fields(&mut self, field: &'static Field, answers: &mut Vec<(String, Node)>) -> Answer<()> {
        match field.value {
            Takes::Flat(record) => record.fields.iter().try_for_each(|inner| self.fields(inner, answers))?,
            Takes::Special { wire, .. } if !wire.is_empty() => {
                wire.iter().try_for_each(|inner| self.fields(inner, answers))?;
            }
            _ if field.when.is_some_and(|when| !when.holds(&answer(answers, when.field))) => {}
            _ => answers.extend(self.field(field)?),
        }
        Ok(())
    }

    /// The field with its answer; `None` where it is left empty.
    fn field(&mut self, field: &'static Field) -> Answer<Option<(String, Node)>> {
        let label = field.label().one(self.language).to_owned();
        let node = match field.value {
            Takes::Choice(list) => Some(self.choice(&label, list)?),
            Takes::ChoiceOrNone(list) => self.choice_or_none(&label, list)?,
            Takes::Choices { list, .. } => self.choices(&label, list)?,
            Takes::Flag => Some(Node::Leaf(self.ask.yes(&question(field, self.language), false)?.into())),
            Takes::Sealed(_) => {
                let sealed = self.language.of("：签名前加密", ": sealed before it is signed");
                self.ask.say(&format!("{label}{sealed}"));
                return Ok(Some((PRIVATE.to_owned(), self.object(field.inside())?)));
            }
            Takes::Record(record) => Some(self.object(record.fields)?),
            Takes::Records { record, .. } => Some(self.list(&label, |form| form.object(record.fields))?),
            Takes::Special { inside, .. } if !inside.is_empty() => {
                Some(self.list(&label, |form| form.alternative(inside))?)
            }
            Takes::Officials { .. } => self.officials(field)?,
            _ => {
                let text = self.value(field)?;
                let name = if is_amount(field) { format!("{}{YUAN}", field.name) } else { field.name.to_owned() };
                return Ok((!text.is_empty()).then(|| (name, leaf(text))));
            }
        };
        Ok(node.map(|node| (field.name.to_owned(), node)))
    }

    fn value(&mut self, field: &'static Field) -> Answer<String> {
        let default = match field.value {
            Takes::Day => Some(self.today.to_string()),
            Takes::Count { .. } if field.when.is_none() => Some("0".to_owned()),
            Takes::Amount | Takes::Balance => Some("0.00".to_owned()),
            _ => None,
        };
        let may_be_empty = field.when.is_none() && field.may_be_empty();
        let language = self.language;
        self.ask.text(&question(field, language), default.as_deref(), &|text| match text {
            "" if may_be_empty => Ok(()),
            text => check(field, text, language),
        })
    }

    /// Records one after the other, at least one.
    fn list(&mut self, label: &str, mut record: impl FnMut(&mut Self) -> Answer<Node>) -> Answer<Node> {
        let mut items = Vec::new();
        while items.is_empty() || self.ask.yes(&self.one_more(label, items.len()), false)? {
            self.ask.say(&format!("{label} {}", items.len() + 1));
            items.push(record(self)?);
        }
        Ok(Node::List(items))
    }

    /// Each has its number, so that no two questions of a form are the same.
    fn one_more(&self, label: &str, given: usize) -> String {
        self.language.of(format!("{label}：已有 {given} 项，再加一项？"), format!("{label}: {given} given, one more?"))
    }

    /// A record with one of several values.
    fn alternative(&mut self, fields: &'static [Field]) -> Answer<Node> {
        let (common, values) = alternatives(fields);
        let labels: Vec<_> = values.iter().map(|field| field.label().one(self.language).to_owned()).collect();
        let chosen = self.ask.one(self.language.of("内容", "Value"), &labels)?;
        let mut answers = Vec::new();
        for field in common {
            answers.extend(self.field(field)?);
        }
        match values.get(chosen) {
            Some(value) if value.inside().is_empty() => answers.extend(self.field(value)?),
            Some(value) => answers.push((value.name.to_owned(), self.object(value.inside())?)),
            None => {}
        }
        Ok(Node::Object(answers))
    }

    fn officials(&mut self, field: &'static Field) -> Answer<Option<Node>> {
        let language = self.language;
        let between = language.of("，用逗号分开", ", with commas between them");
        let question = format!("{}{between}", question(field, language));
        let numbers = |text: &str| -> Vec<String> {
            let parts = text.split([',', '，', '、', ' ']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        let text = self
            .ask
            .text(&question, None, &|text| numbers(text).iter().try_for_each(|one| check(field, one, language)))?;
        let numbers = numbers(&text);
        Ok((!numbers.is_empty()).then(|| Node::List(numbers.into_iter().map(leaf).collect())))
    }

    fn choice(&mut self, label: &str, list: &'static List) -> Answer<Node> {
        let chosen = self.ask.one(label, &labels(list, self.language))?;
        named(list.choices.get(chosen))
    }

    fn choice_or_none(&mut self, label: &str, list: &'static List) -> Answer<Option<Node>> {
        let mut labels = labels(list, self.language);
        labels.insert(0, self.language.of("（不填）", "(none)").to_owned());
        match self.ask.one(label, &labels)? {
            0 => Ok(None),
            chosen => named(list.choices.get(chosen - 1)).map(Some),
        }
    }

    fn choices(&mut self, label: &str, list: &'static List) -> Answer<Option<Node>> {
        let chosen = self.ask.several(label, &labels(list, self.language))?;
        let named: Result<Vec<_>, _> = chosen.into_iter().map(|place| named(list.choices.get(place))).collect();
        Ok(Some(named?).filter(|items| !items.is_empty()).map(Node::List))
    }
}

fn check(field: &'static Field, text: &str, language: Language) -> Result<(), String> {
    plain::check(field, text).map_err(|what| what.one(language).to_owned())
}

/// The answer to the field of that name; empty if there is none.
fn answer(answers: &[(String, Node)], name: &str) -> String {
    let node = answers.iter().find(|(field, _)| field == name).map(|(_, node)| node);
    match node {
        Some(Node::Leaf(value)) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        _ => String::new(),
    }
}

fn leaf(text: String) -> Node {
    Node::Leaf(text.into())
}

fn named(choice: Option<&'static Choice>) -> Answer<Node> {
    let none = || Failure::new("choice_unknown", "there is no such choice");
    Ok(choice.map(|choice| leaf(choice.name.to_owned())).ok_or_else(none)?)
}

fn labels(list: &List, language: Language) -> Vec<String> {
    list.choices.iter().map(|choice| choice.label().one(language).to_owned()).collect()
}

fn area_question(language: Language) -> &'static str {
    language.of("区划代码（2 至 12 位）", "Area (2 to 12 digits)")
}

/// The label of a field, how its value is written, and what it means.
fn question(field: &Field, language: Language) -> String {
    let how = match field.value {
        _ if is_amount(field) => language.of("（元）", " (yuan)"),
        Takes::Day | Takes::DayOrNone => language.of("（如 2016-07-01）", " (as 2016-07-01)"),
        Takes::Month => language.of("（如 2016-07）", " (as 2016-07)"),
        _ => "",
    };
    let label = field.label();
    let meaning = field.meaning.one(language).trim_end_matches(['.', '。']).replace(", in fen", "");
    let between = if meaning.is_empty() { "" } else { language.of("：", ": ") };
    format!("{}{how}{between}{meaning}", label.one(language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_client::{Device, Home, Random, Signer, file, plain};
    use lika_domain::ids::{OfficialId, SubmissionId};

    const ORIGIN: &str = "lika.example/130624";
    const CANDIDATES: [&str; 10] = [
        "new-1",
        "1000000001",
        "10000001",
        "2016-07-01",
        "2016-07",
        "130624100201",
        "12.50",
        "900000197005010019",
        "13800000000",
        "WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY=",
    ];

    /// The most choices that a closed list on which others hang has.
    const CHOICES: usize = 16;

    /// Answers every question with something that passes: the default, or else one of what there is, by its place.
    /// After the last place everything is answered yes.
    struct Scripted {
        place: usize,
        last: bool,
        asked: Vec<String>,
    }

    impl Prompter for Scripted {
        fn say(&mut self, _: &str) {}

        fn text(
            &mut self,
            question: &str,
            default: Option<&str>,
            check: &dyn Fn(&str) -> Result<(), String>,
        ) -> Answer<String> {
            self.asked.push(question.to_owned());
            if let Some(default) = default {
                assert_eq!(check(default), Ok(()), "{question}: {default}");
            }
            let fits = |text: &&str| check(text).is_ok();
            let found = match question {
                // What only the mapping or the form of the value tells apart.
                _ if question.contains("public key") => CANDIDATES.last().copied(),
                _ if question.contains("ethnicity") || question.contains("minute") => Some("1"),
                _ if question.contains("code") => Some("a_code"),
                _ if question.contains("household (10") => Some("1000000001"),
                _ if self.last => default.or_else(|| [""].into_iter().find(fits)),
                _ => None,
            };
            let numbers = ["1", "2016"].into_iter().chain(CANDIDATES);
            let found = found.or_else(|| numbers.into_iter().find(fits));
            Ok(found.unwrap_or_else(|| panic!("nothing fits {question}")).to_owned())
        }

        fn one(&mut self, question: &str, choices: &[String]) -> Answer<usize> {
            self.asked.push(question.to_owned());
            Ok(self.place.min(choices.len() - 1))
        }

        fn several(&mut self, question: &str, choices: &[String]) -> Answer<Vec<usize>> {
            self.asked.push(question.to_owned());
            Ok(if self.last { vec![choices.len() - 1] } else { Vec::new() })
        }

        fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
            self.asked.push(question.to_owned());
            Ok(if question.contains("one more") { default } else { self.last })
        }
    }

    /// Whatever passes the checks of the questions is a report that is signed.
    #[test]
    fn the_form_of_every_event_makes_a_report() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path()).unwrap();
        let device = Device::new(Signer::from_seed([1; 32]), OfficialId::new(10_000_001).unwrap(), ORIGIN);
        let mut asked = Vec::new();
        for (event, place) in catalogue::events().flat_map(|event| (0..=CHOICES).map(move |place| (event, place))) {
            let mut scripted = Scripted { place, last: place == CHOICES, asked: Vec::new() };
            let form = Form::new(&mut scripted, Date::new(2016, 7, 1).unwrap(), Language::En)
                .report(event, "130624100201".parse().ok());
            let text = serde_json::to_string_pretty(&form.unwrap()).unwrap();
            let mut report: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(plain::to_mapping(report.as_object_mut().unwrap()), Ok(()), "{text}");
            let read = file::read(&report.to_string(), &home, ORIGIN, &mut Random::seeded(1));
            let read = read.unwrap_or_else(|error| panic!("{}: {error}\n{text}", event.name));
            let composed = device.clone().compose(SubmissionId([1; 16]), 1, read);
            assert!(composed.is_ok(), "{}: {}\n{text}", event.name, composed.unwrap_err());
            asked.extend(scripted.asked);
        }
        let fields = catalogue::events().flat_map(Event::fields_on_the_wire).filter(|field| field.inside().is_empty());
        for field in fields {
            assert!(asked.iter().any(|asked| asked.starts_with(&field.label().en)), "{}", field.name);
        }
    }
}
