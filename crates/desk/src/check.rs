//! What is wrong with the answers of a form: each fault with the name of its answer, so that it can stand beside it.

use crate::answers::{AROUND, Answers, EVENT};
use crate::attached;
use lika_client::draft::{Draft, DraftError};
use lika_client::example::{alternatives, service, subjects};
use lika_client::plain::{PRIVATE, YUAN, is_amount, private, snake};
use lika_client::{Home, KeyFile, Random, file};
use lika_domain::describe::{Event, Field, Value as Takes};
use lika_domain::detail;
use lika_domain::facts::envelope;
use lika_domain::ids::SubmissionId;
use lika_domain::language::{Bilingual, Language};
use lika_domain::rejection::{Code, Rejection};
use serde_json::Value;

/// Something that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The name of the answer; `None` if it concerns the whole.
    pub(crate) name: Option<String>,
    /// Its stable code.
    pub(crate) code: String,
    /// What is wrong, and what would be right.
    pub(crate) what: Bilingual,
}

impl Fault {
    fn at(name: impl Into<String>, code: impl Into<String>, what: Bilingual) -> Self {
        Self { name: Some(name.into()), code: code.into(), what }
    }

    fn of_whole(code: impl Into<String>, what: Bilingual) -> Self {
        Self { name: None, code: code.into(), what }
    }
}

/// Every fault that is found without the log: what is missing, what a field does not take, and what no recorder would
/// read.
pub(crate) fn check(event: &'static Event, answers: &Answers, home: &Home, key: &KeyFile) -> Vec<Fault> {
    let mut faults = missing(event, answers);
    let report = answers.report(event);
    let mut random = Random::system();
    match Draft::read(&report.to_string(), &mut random) {
        Err(DraftError::Faults(found)) => {
            for fault in found {
                let name = name_of(event, &fault.place);
                if !faults.iter().any(|known| known.name.as_ref() == Some(&name)) {
                    faults.push(Fault::at(name, fault.code, fault.what));
                }
            }
        }
        Err(error) => faults.push(Fault::of_whole("report_invalid", Bilingual::same(error.to_string()))),
        Ok(draft) if faults.is_empty() => faults.extend(unsigned(event, answers, draft, home, key, &mut random)),
        Ok(_) => {}
    }
    faults
}

/// What is found when the report is made ready to be signed. Nothing is kept of it.
fn unsigned(
    event: &'static Event,
    answers: &Answers,
    mut draft: Draft,
    home: &Home,
    key: &KeyFile,
    random: &mut Random,
) -> Vec<Fault> {
    if let Err(error) = attached::pin(&mut draft.file, home.dir()) {
        return vec![Fault::of_whole(error.code, error.what)];
    }
    let report = match file::read(&draft.file.to_string(), home, &key.origin, random) {
        Ok(report) => report,
        Err(error) => return vec![Fault::of_whole("report_invalid", Bilingual::same(error.to_string()))],
    };
    let device = home.device(key).map_err(|error| Bilingual::same(error.to_string()));
    match device.map(|mut device| device.compose(SubmissionId([0; 16]), 0, report)) {
        Ok(Ok(_)) => Vec::new(),
        Ok(Err(lika_client::compose::ComposeError::Malformed(rejection))) => of_rejection(event, answers, &rejection),
        Ok(Err(error)) => vec![Fault::of_whole("report_invalid", Bilingual::same(error.to_string()))],
        Err(what) => vec![Fault::of_whole("home", what)],
    }
}

/// The problems of a refusal, beside the answers that they concern as far as these can be told.
pub(crate) fn of_rejection(event: &'static Event, answers: &Answers, rejection: &Rejection) -> Vec<Fault> {
    let fault = |problem: &lika_domain::rejection::Problem| {
        let what = Bilingual::new(problem.code.zh(), problem.code.en());
        fault(event, answers, &problem.field, problem.code.name(), what, &problem.detail)
    };
    rejection.problems.iter().map(fault).collect()
}

/// One problem of a refusal.
pub(crate) fn fault(
    event: &'static Event,
    answers: &Answers,
    field: &str,
    code: &str,
    what: Bilingual,
    detail: &str,
) -> Fault {
    let what = match detail {
        "" => what,
        detail => {
            let told = |language| detail::told(code, detail, language);
            let (zh, en) = (told(Language::Zh), told(Language::En));
            Bilingual::new(format!("{}：{zh}", what.zh), format!("{}: {en}", what.en))
        }
    };
    let name = place(event, answers, field, detail);
    Fault { name, code: code.to_owned(), what }
}

/// The answer that a field of a refusal is. A record in a list stands at the beginning of the details:
/// `members[0]: …`.
fn place(event: &'static Event, answers: &Answers, field: &str, detail: &str) -> Option<String> {
    let record = detail.split([':', ' ']).next().filter(|first| first.ends_with(']'));
    let record = record.map(|record| record.replace('[', ".").replace(']', ""));
    let last = field.rsplit('.').next().unwrap_or(field);
    let ways = ways(event, answers);
    let fits = |way: &&String| {
        let name = way.rsplit('.').next().unwrap_or(way);
        name == last || name.strip_suffix(YUAN) == Some(last)
    };
    let inside = |way: &&String| record.as_ref().is_none_or(|record| way.contains(&format!(".{record}.")));
    ways.iter().find(|way| fits(way) && inside(way)).or_else(|| ways.iter().find(fits)).cloned()
}

/// Names of all answers that a form asks for, with as many records as there are.
pub(crate) fn ways(event: &'static Event, answers: &Answers) -> Vec<String> {
    let mut ways = vec!["area".to_owned()];
    ways.extend(around(event).map(|field| format!("{AROUND}.{}", field.name)));
    walk(EVENT, event.fields, answers, &mut |way, _| ways.push(way));
    ways
}

/// The fields of every event that this one has.
pub(crate) fn around(event: &'static Event) -> impl Iterator<Item = &'static Field> {
    let (household, official) = subjects(event);
    envelope::FIELDS.iter().filter(move |field| match field.name {
        "happened" => true,
        "household" => household,
        "official" => official,
        _ => false,
    })
}

/// What must be answered and is not.
fn missing(event: &'static Event, answers: &Answers) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut must = |way: String| {
        if answers.get(&way).is_none() {
            faults.push(Fault::at(way, Code::FieldMissing.name(), Bilingual::new("必填", "must be given")));
        }
    };
    must("area".to_owned());
    for field in around(event).filter(|field| is_required_around(event, field)) {
        must(format!("{AROUND}.{}", field.name));
    }
    walk(EVENT, event.fields, answers, &mut |way, field| {
        let record = way.rsplit_once('.').map_or("", |(record, _)| record);
        let must_be = field.must_be_answered(|name| answers.text(&format!("{record}.{name}")));
        if must_be && !is_left_out(event, answers, &way) {
            must(way);
        }
    });
    faults
}

/// Whether a field of every event must be given in this one.
pub(crate) fn is_required_around(event: &Event, field: &Field) -> bool {
    use lika_domain::describe::Concerns::HouseholdOrVillage;
    field.name != "household" || event.concerns != HouseholdOrVillage
}

/// Whether the answer is part of personal data that an update leaves as it was.
fn is_left_out(event: &Event, answers: &Answers, way: &str) -> bool {
    let part = way.find(".private.").map(|at| &way[..at + ".private".len()]);
    event.name.ends_with("_updated") && part.is_some_and(|part| answers.get(part).is_none())
}

/// Visits every field that takes a value, with the way to it.
fn walk(way: &str, fields: &'static [Field], answers: &Answers, visit: &mut impl FnMut(String, &'static Field)) {
    for field in fields {
        let here = format!("{way}.{}", field.name);
        match field.value {
            Takes::Flat(record) => walk(way, record.fields, answers, visit),
            Takes::Record(record) => walk(&here, record.fields, answers, visit),
            Takes::Sealed(fields) => walk(&format!("{way}.{PRIVATE}"), fields, answers, visit),
            Takes::Special { wire, .. } if !wire.is_empty() => walk(way, wire, answers, visit),
            Takes::Records { record, .. } => {
                for place in 0..answers.len(&here).max(1) {
                    walk(&format!("{here}.{place}"), record.fields, answers, visit);
                }
            }
            Takes::Special { inside, .. } if !inside.is_empty() => alternative(&here, inside, answers, visit),
            _ if is_amount(field) => visit(format!("{here}{YUAN}"), field),
            _ => visit(here, field),
        }
    }
}

/// Visits the fields of records that hold one of several values.
fn alternative(
    here: &str,
    inside: &'static [Field],
    answers: &Answers,
    visit: &mut impl FnMut(String, &'static Field),
) {
    let (common, values) = alternatives(inside);
    for place in 0..answers.len(here).max(1) {
        let record = format!("{here}.{place}");
        for field in &common {
            visit(format!("{record}.{}", field.name), field);
        }
        let chosen = values.iter().find(|field| answers.get(&format!("{record}.{}", field.name)).is_some());
        match chosen {
            Some(field) if field.inside().is_empty() => visit(format!("{record}.{}", field.name), field),
            Some(field) => walk(&format!("{record}.{}", field.name), field.inside(), answers, visit),
            None => {
                if let Some(first) = values.first() {
                    visit(format!("{record}.{}", first.name), first);
                }
            }
        }
    }
}

/// The name of the answer at a place of the report, such as `households.events[0].income_assessed.wage_yuan`.
fn name_of(event: &Event, place: &str) -> String {
    let within = place.strip_prefix(&format!("{}.events[0].", service(event)));
    let Some(within) = within else { return place.to_owned() };
    let within = within.replace('[', ".").replace(']', "");
    match within.strip_prefix(event.name) {
        Some(rest) => format!("{EVENT}{rest}"),
        None => format!("{AROUND}.{within}"),
    }
}

/// The fields that are sealed where these fields are; none if there are none.
pub(crate) fn sealed(fields: &'static [Field]) -> Vec<&'static Field> {
    private(&fields.iter().collect::<Vec<_>>()).unwrap_or_default()
}

/// The event that a report is of: its first one.
pub(crate) fn event_of(report: &Value) -> Option<&'static Event> {
    let lists = report.as_object()?.values().filter_map(|list| list.get("events")?.as_array());
    let mut names = lists.flatten().filter_map(Value::as_object).flat_map(|event| event.keys());
    names.find_map(|name| lika_domain::catalogue::event(&snake(name)))
}
