//! What the copy of the official's area holds of the things in a table: the event that states them now, in the
//! mapping of proto3, with personal data as far as it is known.

use super::kind::Kind;
use crate::plain::{PRIVATE, snake};
use crate::replica;
use lika_domain::ids::{EventRef, HouseholdId, Index};
use lika_proto::json::to_json;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use lika_proto::{convert, json::JsonError};
use prost::Message;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// An event as the log states it.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    /// In the mapping of proto3: envelope and content.
    pub(super) event: Map<String, Value>,
    /// Where it stands; of a card, where its own facts stand.
    pub(super) at: EventRef,
}

/// Reads the entries of a copy, each once.
pub(super) struct Register<'k> {
    known: &'k replica::Known,
    decoded: RefCell<BTreeMap<Index, Rc<Option<v1::Submission>>>>,
}

impl<'k> Register<'k> {
    pub(super) fn new(known: &'k replica::Known) -> Self {
        Self { known, decoded: RefCell::default() }
    }

    /// What states the same thing as an event of that kind, which is in the mapping of proto3; `None` if nothing does.
    pub(super) fn find(&self, kind: Kind, household: HouseholdId, event: &Map<String, Value>) -> Option<Recorded> {
        if kind == Kind::Households {
            return self.card(household);
        }
        let wanted = identity(kind, event)?;
        let mut found = None;
        for (at, event) in self.events(household) {
            if let Some((_, member)) = content(&event, "member_removed")
                && kind == Kind::Members
                && wanted.ends_with(&[member_number(member)])
            {
                found = None;
            } else if content(&event, "assignment_ended").is_some()
                && kind == Kind::Assignments
                && identity(kind, &event).as_deref() == Some(&wanted)
            {
                found = None;
            } else if kind == Kind::Members {
                found = member_of(&event, &wanted[1]).map(|event| Recorded { event, at }).or(found);
            } else if content(&event, kind.event().name).is_some()
                && identity(kind, &event).as_deref() == Some(&wanted)
            {
                found = Some(Recorded { event, at });
            }
        }
        found
    }

    /// The card as it stands: its own facts and all members.
    fn card(&self, household: HouseholdId) -> Option<Recorded> {
        let mut card: Option<Recorded> = None;
        let mut members: BTreeMap<String, Value> = BTreeMap::new();
        for (at, mut event) in self.events(household) {
            if let Some((name, registered)) = content(&event, "household_registered") {
                let list = registered.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
                members = list.into_iter().map(|member| (member_number(&member_at(&member)), member)).collect();
                let name = name.clone();
                let facts = event.remove(&name);
                event.extend(facts.map(|facts| (Kind::Households.event().name.to_owned(), facts)));
                card = Some(Recorded { event, at });
            } else if let Some((_, updated)) = content(&event, "household_updated")
                && let Some(card) = &mut card
            {
                card.event.insert(Kind::Households.event().name.to_owned(), updated.clone().into());
                card.at = at;
            } else if let Some(member) = stated_member(&event) {
                members.insert(member_number(&member_at(&member)), member);
            } else if let Some((_, removed)) = content(&event, "member_removed") {
                members.remove(&member_number(removed));
            }
        }
        let mut whole = card?;
        let members: Vec<Value> = members.into_values().collect();
        if let Some(Value::Object(facts)) = whole.event.get_mut(Kind::Households.event().name) {
            facts.insert("members".to_owned(), members.into());
        }
        Some(whole)
    }

    /// Every event of a household, in the order of the log.
    fn events(&self, household: HouseholdId) -> Vec<(EventRef, Map<String, Value>)> {
        let voids = &self.known.state().voids;
        let mut found = Vec::new();
        for index in self.known.entries_of(household).iter().filter(|index| !voids.contains(index)) {
            let decoded = self.decoded(*index);
            let Some(events) = decoded.as_ref().as_ref().and_then(|submission| submission.events.as_ref()) else {
                continue;
            };
            for (number, json) in of_household(events, household.get()) {
                if let Ok(Value::Object(event)) = json {
                    found.push((EventRef { entry: *index, event: number }, event));
                }
            }
        }
        found
    }

    fn decoded(&self, index: Index) -> Rc<Option<v1::Submission>> {
        let mut decoded = self.decoded.borrow_mut();
        let read = || {
            let (_, signed) = convert::entry(index, self.known.entry(index)?).ok()?;
            convert::submission_message(&signed.submission).ok()
        };
        decoded.entry(index).or_insert_with(|| Rc::new(read())).clone()
    }
}

/// The events that concern a household, with their numbers.
fn of_household(events: &Events, household: u64) -> Vec<(u32, Result<Value, JsonError>)> {
    fn listed<E: Message>(
        name: &str,
        events: &[E],
        concerns: impl Fn(&E) -> bool,
    ) -> Vec<(u32, Result<Value, JsonError>)> {
        let concerned = (0..).zip(events).filter(|(_, event)| concerns(event));
        concerned.map(|(number, event)| (number, to_json(name, &event.encode_to_vec()))).collect()
    }
    match events {
        Events::Households(list) => listed("HouseholdEvent", &list.events, |event| event.household == household),
        Events::Officials(list) => listed("OfficialEvent", &list.events, |event| event.household == household),
        Events::Aid(list) => listed("AidEvent", &list.events, |event| event.household == household),
    }
}

/// What an event is about: the same for the same thing. The household comes first.
pub(super) fn identity(kind: Kind, event: &Map<String, Value>) -> Option<Vec<String>> {
    let inside = content(event, kind.event().name).or_else(|| content(event, "assignment_ended"));
    let inside = inside.map(|(_, inside)| inside)?;
    let of = |name: &&str| match *name {
        "household" | "official" => text(get(event, name)),
        "date" => text(get(event, "happened")),
        "number" => member_number(&member_at(&Value::Object(inside.clone()))),
        name => text(get(inside, name)),
    };
    Some(kind.spec().key.iter().map(of).collect())
}

/// The content of an event, if it is the one of that name.
pub(super) fn content<'e>(event: &'e Map<String, Value>, name: &str) -> Option<(&'e String, &'e Map<String, Value>)> {
    let (name, inside) = event.iter().find(|(given, _)| snake(given) == name)?;
    Some((name, inside.as_object()?))
}

/// The event, if it states the facts of that member, as one that adds the member.
fn member_of(stated: &Map<String, Value>, number: &str) -> Option<Map<String, Value>> {
    let registered = content(stated, "household_registered");
    let members = registered.and_then(|(_, card)| card.get("members")?.as_array()).into_iter().flatten().cloned();
    let mut members = members.chain(stated_member(stated));
    let member = members.find(|member| member_number(&member_at(member)) == number)?;
    let around = stated.iter().filter(|(_, value)| !value.is_object());
    let mut event: Map<String, Value> = around.map(|(name, value)| (name.clone(), value.clone())).collect();
    // Why a person joined is known of one who joined by an event of their own.
    let mut inside = content(stated, "member_added").map(|(_, added)| added.clone()).unwrap_or_default();
    inside.insert("member".to_owned(), member);
    event.insert(Kind::Members.event().name.to_owned(), inside.into());
    Some(event)
}

/// The member whose facts an event states as a whole.
fn stated_member(event: &Map<String, Value>) -> Option<Value> {
    let stated = content(event, "member_added").or_else(|| content(event, "member_updated"));
    stated.and_then(|(_, inside)| inside.get("member").cloned())
}

/// The object that has the member's number: the member itself, or `member` in it.
fn member_at(value: &Value) -> Map<String, Value> {
    value.get("member").unwrap_or(value).as_object().cloned().unwrap_or_default()
}

/// A member's number, in the field of that name or, where a member is only named, in `member`.
fn member_number(object: &Map<String, Value>) -> String {
    text(object.get("number").or_else(|| object.get("member")))
}

/// A field by its name in the proto files.
pub(super) fn get<'e>(object: &'e Map<String, Value>, name: &str) -> Option<&'e Value> {
    object.iter().find(|(given, _)| snake(given) == name).map(|(_, value)| value)
}

/// A number or a text as it stands; zero is the same as nothing.
fn text(value: Option<&Value>) -> String {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    if text == "0" { String::new() } else { text }
}

/// Without what is sealed, and without the documents and corrections of the envelope.
pub(super) fn in_the_clear(event: &mut Map<String, Value>) {
    event.retain(|name, _| !matches!(name.as_str(), "evidence" | "corrects"));
    fn open(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.retain(|name, _| name != "sealed" && name != PRIVATE);
                object.values_mut().for_each(open);
            }
            Value::Array(items) => items.iter_mut().for_each(open),
            _ => {}
        }
    }
    event.values_mut().for_each(open);
}
