//! What a table says otherwise than the register: old beside new, in words.

use super::recorded::{Recorded, content, in_the_clear};
use crate::plain::PRIVATE;
use crate::replica::Personal;
use crate::replica::personal::{Contact, Member};
use crate::summary;
use lika_domain::ids::HouseholdId;
use lika_domain::language::Bilingual;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A value that the table states otherwise than the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is, such as `家庭成员 2 · 健康状况`.
    pub what: Bilingual,
    /// In the register; `None` if nothing is there.
    pub before: Option<Bilingual>,
    /// In the table; `None` if it says nothing.
    pub now: Option<Bilingual>,
}

/// Everything in which an event of a table, in the mapping of proto3 with personal data in the clear, differs from the
/// recorded one. Of numbers that the node shows the end of, the end is compared.
pub(super) fn differences(
    recorded: &Recorded,
    written: &Map<String, Value>,
    household: HouseholdId,
    personal: &Personal,
) -> Vec<Difference> {
    let mut before = recorded.event.clone();
    in_the_clear(&mut before);
    fill(&mut before, written, household, recorded, personal);
    let (before, now) = (lines(&before), lines(written));
    let mut found = Vec::new();
    for (what, value) in &now {
        // The mapping leaves out what is zero.
        let same = before.get(what).map_or(ZEROS.contains(&value.zh.as_str()), |before| before == value);
        if !same {
            found.push(difference(what, before.get(what), Some(value)));
        }
    }
    // A blank cell says nothing of what is recorded, apart from members that the table does not have.
    found.extend(
        before
            .iter()
            .filter(|(what, _)| !now.contains_key(*what) && is_of_a_member_alone(what, &now))
            .map(|(what, value)| difference(what, Some(value), None)),
    );
    found
}

/// How values that the mapping leaves out are shown.
const ZEROS: [&str; 4] = ["", "0", "否", "0.00 元"];

type Path = Vec<(String, String)>;

fn difference(what: &Path, before: Option<&Bilingual>, now: Option<&Bilingual>) -> Difference {
    let joined = |parts: Vec<&str>| parts.join(" · ");
    let zh = joined(what.iter().map(|(zh, _)| zh.as_str()).collect());
    let en = joined(what.iter().map(|(_, en)| en.as_str()).collect());
    Difference { what: Bilingual::new(zh, en), before: before.cloned(), now: now.cloned() }
}

/// Whether it is of a record that the table has nothing of.
fn is_of_a_member_alone(what: &Path, now: &BTreeMap<Path, Bilingual>) -> bool {
    what.len() > 1 && !now.keys().any(|path| path.len() > 1 && path[0] == what[0])
}

/// Values in words, by the labels that lead to them.
fn lines(event: &Map<String, Value>) -> BTreeMap<Path, Bilingual> {
    let report = json!({"households": {"events": [event]}});
    let summary = summary::events(report.as_object().unwrap_or(&Map::new()), true).into_iter().next();
    let Some(summary) = summary else { return BTreeMap::new() };
    let day = summary.day.map(|day| (vec![("日期".to_owned(), "date".to_owned())], Bilingual::same(day)));
    let line = |line: summary::Line| {
        let path = line.path.into_iter().map(|label| (label.zh, label.en)).collect();
        (path, line.value)
    };
    summary.lines.into_iter().map(line).chain(day).collect()
}

/// Puts what is known of the personal data beside the facts, for each field that the table states.
fn fill(
    before: &mut Map<String, Value>,
    written: &Map<String, Value>,
    household: HouseholdId,
    recorded: &Recorded,
    personal: &Personal,
) {
    let card = personal.household(household);
    let of_person = |member: &Map<String, Value>| {
        let number = member.get("number").map(|number| number.to_string().replace('"', "")).unwrap_or_default();
        let id = format!("{household}{:0>2}", number);
        card.and_then(|card| card.members.iter().find(|known| known.id == id))
    };
    for (name, inside) in before.iter_mut() {
        let Some(stated) = content(written, &crate::plain::snake(name)).map(|(_, inside)| inside) else { continue };
        let Some(inside) = inside.as_object_mut() else { continue };
        if let Some(private) = stated.get(PRIVATE).and_then(Value::as_object) {
            let seen = card.and_then(|card| card.visits.iter().find(|visit| visit.entry == recorded.at.entry));
            let contact = card.and_then(|card| card.household.as_ref());
            let known = |field: &str| match field {
                "seen" => seen.map(|visit| visit.seen.as_str()),
                field => contact.and_then(|contact| of_contact(contact, field)),
            };
            inside.insert(PRIVATE.to_owned(), beside(private, known));
        }
        let with_number = |member: &Map<String, Value>| member.get("number").map(ToString::to_string);
        let listed = stated.get("members").and_then(Value::as_array).into_iter().flatten();
        let stated: Vec<_> = listed.chain(stated.get("member")).filter_map(Value::as_object).collect();
        let members = inside.iter_mut().filter(|(name, _)| matches!(name.as_str(), "members" | "member"));
        for member in members.flat_map(|(_, value)| match value {
            Value::Array(items) => items.iter_mut().collect::<Vec<_>>(),
            value => vec![value],
        }) {
            let Some(member) = member.as_object_mut() else { continue };
            let same = stated.iter().find(|stated| with_number(stated) == with_number(member));
            let Some(private) = same.and_then(|stated| stated.get(PRIVATE)?.as_object()) else { continue };
            let person = of_person(member);
            let known = |field: &str| person.and_then(|person| of_member(person, field));
            member.insert(PRIVATE.to_owned(), beside(private, known));
        }
    }
}

/// The known values of the fields that are stated. Where nothing is known, the stated value stands: it is no
/// difference that anyone could name.
fn beside<'p>(stated: &Map<String, Value>, known: impl Fn(&str) -> Option<&'p str>) -> Value {
    let value = |(field, value): (&String, &Value)| {
        let text = value.as_str().unwrap_or_default();
        let known = match known(field) {
            Some(shown) if shown.starts_with('*') && text.ends_with(shown.trim_start_matches('*')) => value.clone(),
            Some(shown) => shown.into(),
            None => value.clone(),
        };
        (field.clone(), known)
    };
    stated.iter().map(value).collect::<Map<_, _>>().into()
}

fn of_contact<'p>(contact: &'p Contact, field: &str) -> Option<&'p str> {
    match field {
        "address" => Some(&contact.address),
        "phone" => Some(&contact.phone),
        "bank" => Some(&contact.bank),
        "account" => Some(&contact.account),
        "remark" => Some(&contact.remark),
        _ => None,
    }
}

fn of_member<'p>(member: &'p Member, field: &str) -> Option<&'p str> {
    match field {
        "name" => Some(&member.name),
        "citizen_id" => Some(&member.citizen_id),
        "phone" => Some(&member.phone),
        _ => None,
    }
}
