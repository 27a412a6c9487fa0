//! A complete report of each event, to be changed and submitted: every field with a value that it may hold.
//!
//! The values are made from the event's description, in the order of its form; they fit their fields, and need not fit
//! each other or a log.

use crate::plain::{PRIVATE, SERVICES, YUAN, is_amount, private};
use lika_domain::area::Area;
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use lika_domain::describe::{Concerns, Event, Field, Value as Takes};
use lika_domain::household::HouseholdKind;
use lika_domain::official::OfficialKind;
use serde::{Serialize, Serializer};

/// A birthday for a made-up citizen ID, and the month that goes with it.
const BORN: (u32, u32) = (19_700_501, 197_005);
/// A division of made-up citizen IDs.
const SYNTHETIC_DIVISION: u32 = 900_000;
const HOUSEHOLD: u64 = 1_000_000_001;
const OFFICIAL: u64 = 10_000_001;

/// A value whose fields stay in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A text, a number, or yes or no.
    Leaf(serde_json::Value),
    /// Fields.
    Object(Vec<(String, Node)>),
    /// Several values.
    List(Vec<Node>),
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(value) => value.serialize(serializer),
            Self::Object(fields) => serializer.collect_map(fields.iter().map(|(name, node)| (name, node))),
            Self::List(items) => serializer.collect_seq(items),
        }
    }
}

/// The report of an event, in an area on a day.
pub fn report(event: &'static Event, area: Area, today: Date) -> Node {
    let example = Example { area, today };
    let mut fields = vec![("happened".to_owned(), leaf(today.to_string()))];
    let (household, official) = subjects(event);
    fields.extend(official.then(|| ("official".to_owned(), leaf(OFFICIAL))));
    // A household that is new has a name of the author's own until its number is drawn.
    let name = if is_registration(event) { leaf("new-1") } else { leaf(HOUSEHOLD.to_string()) };
    fields.extend(household.then(|| ("household".to_owned(), name)));
    fields.push((event.name.to_owned(), example.object(&event.fields_on_the_wire())));
    let events = Node::Object(vec![("events".to_owned(), Node::List(vec![Node::Object(fields)]))]);
    Node::Object(vec![("area".to_owned(), leaf(area.to_string())), (service(event).to_owned(), events)])
}

/// The name of the list that the event is reported in.
pub fn service(event: &Event) -> &'static str {
    let [households, officials, aid] = SERVICES;
    let among = |events: &[Event]| events.iter().any(|one| one.name == event.name);
    match (among(HouseholdKind::EVENTS), among(OfficialKind::EVENTS)) {
        (true, _) => households,
        (_, true) => officials,
        _ => aid,
    }
}

/// Whether the event names a household, and an official.
pub fn subjects(event: &Event) -> (bool, bool) {
    match event.concerns {
        Concerns::Village | Concerns::Jurisdiction | Concerns::Named => (false, service(event) == SERVICES[1]),
        Concerns::Household | Concerns::HouseholdOrVillage => (true, false),
        Concerns::Official | Concerns::OfficialAndVillage => (false, true),
        Concerns::OfficialAndHousehold => (true, true),
    }
}

/// Whether the event begins a card or a procedure of a household that has none yet.
fn is_registration(event: &Event) -> bool {
    event.name == "household_registered"
}

struct Example {
    area: Area,
    today: Date,
}

impl Example {
    fn object(&self, fields: &[&'static Field]) -> Node {
        Node::Object(fields.iter().filter_map(|field| self.field(field, fields)).collect())
    }

    /// The field with its value; `None` where a value would need another that is not known.
    fn field(&self, field: &'static Field, beside: &[&'static Field]) -> Option<(String, Node)> {
        let name = || field.name.to_owned();
        let node = match field.value {
            _ if is_amount(field) => return Some((format!("{}{YUAN}", field.name), leaf(amount(field, beside)))),
            Takes::Sealed(_) => return Some((PRIVATE.to_owned(), self.object(&private(beside)?))),
            Takes::Special { inside, .. } if !inside.is_empty() => Node::List(vec![self.alternative(inside)]),
            Takes::Record(record) => self.object(&wire(record.fields)),
            Takes::Records { record, .. } => Node::List(vec![self.object(&wire(record.fields))]),
            Takes::Choices { list, .. } => {
                Node::List(list.choices.iter().skip(1).take(1).map(|one| leaf(one.name)).collect())
            }
            Takes::Officials { .. } => Node::List(vec![leaf(OFFICIAL + 1)]),
            _ => self.value(field)?,
        };
        Some((name(), node))
    }

    fn value(&self, field: &'static Field) -> Option<Node> {
        Some(match field.value {
            Takes::Choice(list) | Takes::ChoiceOrNone(list) => leaf(list.choices.first()?.name),
            Takes::Day | Takes::DayOrNone => leaf(self.today.to_string()),
            Takes::Month => leaf(format!("{}-{:02}", BORN.1 / 100, BORN.1 % 100)),
            Takes::Year | Takes::YearByRule => leaf(self.today.year()),
            Takes::Text { .. } | Takes::RequiredText { .. } => leaf(text(field)?),
            // Nobody has a disability by default.
            Takes::Count { .. } if field.name.starts_with("disability_") => leaf(0),
            Takes::Number | Takes::Count { .. } | Takes::Member | Takes::MemberOrNone => leaf(1),
            Takes::Flag => leaf(true),
            Takes::Official => leaf(OFFICIAL),
            Takes::Area => leaf(self.area.to_string()),
            Takes::Subject => leaf(HOUSEHOLD.to_string()),
            Takes::Key => leaf("1234567890"),
            // The Ed25519 base point: somebody's public key, and of no use.
            Takes::PublicKey => leaf("WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY="),
            Takes::Special { .. } => special(field)?,
            // Without a value of its own, none is the likelier one.
            _ => return None,
        })
    }

    /// A record with the first of its alternatives.
    fn alternative(&self, fields: &'static [Field]) -> Node {
        let (common, values) = alternatives(fields);
        let mut node: Vec<_> = common.into_iter().filter_map(|field| self.field(field, &[])).collect();
        if let Some(first) = values.first() {
            node.push((first.name.to_owned(), self.object(&wire(first.inside()))));
        }
        Node::Object(node)
    }
}

/// The fields that every record of a kind has, and those of which each has one: counts and records inside it.
pub fn alternatives(fields: &'static [Field]) -> (Vec<&'static Field>, Vec<&'static Field>) {
    let is_common = |field: &&'static Field| field.inside().is_empty() && !matches!(field.value, Takes::Count { .. });
    fields.iter().partition(is_common)
}

fn wire(fields: &'static [Field]) -> Vec<&'static Field> {
    fields.iter().flat_map(Field::on_the_wire).collect()
}

fn leaf(value: impl Into<serde_json::Value>) -> Node {
    Node::Leaf(value.into())
}

/// The first amount, and every balance, is 1,200 yuan and the others are nothing, so that an income is the sum of its
/// parts.
fn amount(field: &Field, beside: &[&'static Field]) -> &'static str {
    let first = beside.iter().find(|other| other.value == Takes::Amount);
    let others = field.value == Takes::Amount && first.is_some_and(|first| first.name != field.name);
    if others { "0.00" } else { "1200.00" }
}

/// A text that tells what belongs there; a made-up citizen ID where one must be valid.
fn text(field: &Field) -> Option<String> {
    match field.name {
        "citizen_id" => {
            let born = Date::from_yyyymmdd(BORN.0)?;
            CitizenId::synthetic(SYNTHETIC_DIVISION, born, 1).map(|id| id.as_str().to_owned())
        }
        "phone" | "disability_certificate" | "account" => Some(String::new()),
        _ => Some(field.zh.to_owned()),
    }
}

fn special(field: &Field) -> Option<Node> {
    match field.name {
        "ethnicity" => Some(leaf(1)),
        "minute" => Some(leaf(600)),
        "code" => Some(leaf("a_code")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Device;
    use crate::key::Signer;
    use crate::node::{self, ORIGIN};
    use crate::random::Random;
    use crate::{file, plain};
    use lika_domain::catalogue;
    use lika_domain::ids::{OfficialId, SubmissionId};

    /// Changed in no place, an example is a report that is signed: every name and every value is one of the field's.
    #[test]
    fn the_example_of_every_event_can_be_signed() {
        let (_dir, home) = node::home();
        let device = Device::new(Signer::from_seed([1; 32]), OfficialId::new(10_000_001).unwrap(), ORIGIN);
        for event in catalogue::events() {
            let area = "130624100201".parse().unwrap();
            let example = report(event, area, Date::new(2016, 7, 1).unwrap());
            let text = serde_json::to_string_pretty(&example).unwrap().replace("new-1", "1000000001");
            let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
            let mapped = plain::to_mapping(file.as_object_mut().unwrap());
            assert_eq!(mapped, Ok(()), "{text}");
            let read = file::read(&file.to_string(), &home, ORIGIN, &mut Random::seeded(1));
            let read = read.unwrap_or_else(|error| panic!("{}: {error}\n{text}", event.name));
            let composed = device.clone().compose(SubmissionId([1; 16]), 1, read);
            assert!(composed.is_ok(), "{}: {}\n{text}", event.name, composed.unwrap_err());
        }
    }

    #[test]
    fn an_income_is_the_sum_of_its_parts() {
        let event = catalogue::event("income_assessed").unwrap();
        let today = Date::new(2016, 12, 31).unwrap();
        let text = serde_json::to_string(&report(event, "130624100201".parse().unwrap(), today)).unwrap();
        for part in [r#""wage_yuan":"1200.00","production_yuan":"0.00""#, r#""net_yuan":"1200.00""#] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(text.matches("1200.00").count(), 3, "wage, net, per head: {text}");
    }

    #[test]
    fn fields_stand_in_the_order_of_the_form() {
        let event = catalogue::event("household_registered").unwrap();
        let text =
            serde_json::to_string(&report(event, "130624100201".parse().unwrap(), Date::new(2016, 7, 1).unwrap()));
        let text = text.unwrap();
        let places: Vec<_> = ["area", "happened", "new-1", "members", "number", "relation", "sex", "birth_month"]
            .map(|name| text.find(name).unwrap())
            .to_vec();
        assert!(places.is_sorted(), "{text}");
    }
}
