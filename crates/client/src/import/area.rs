//! Compares a table with the copy of the official's area: what is there already, what is there otherwise, and who is
//! on another card.

use super::checked::Checked;
use super::differing::differences;
use super::draft::{Draft, State};
use super::kind::Kind;
use super::problem::{Code, Finding};
use super::recorded::{Recorded, Register, content, get};
use crate::plain::PRIVATE;
use crate::replica;
use lika_domain::ids::HouseholdId;
use lika_domain::member::Member as Facts;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Characters of a citizen ID that the node shows.
const END_CHARS: usize = 4;

/// Living people of the area by month of birth and end of the citizen ID.
type People<'k> = BTreeMap<(u32, String), Vec<(HouseholdId, &'k str)>>;

impl Checked {
    /// Marks what the copy has already, with the differences where it is there otherwise, and refuses rows whose
    /// person is on another card, or whose household's number is taken. What lies outside the copy's area is not seen
    /// here.
    pub fn compare_with_area(&mut self, known: &replica::Known) {
        let register = Register::new(known);
        let people = people(known);
        let kind = self.kind;
        let mut found = Vec::new();
        for draft in self.drafts.iter_mut().filter(|draft| matches!(draft.state, State::New | State::Changed)) {
            let home = draft.household.and_then(|household| known.state().homes.get(&household));
            if draft.household.is_some() && home.is_some_and(|home| *home != draft.village) {
                let taken = kind == Kind::Households;
                draft.refuse(
                    if taken { Code::HouseholdTaken } else { Code::HouseholdUnknown },
                    "household",
                    &mut found,
                );
                continue;
            }
            let recorded = draft.household.and_then(|household| register.find(kind, household, &draft.event));
            match recorded {
                Some(recorded) => draft.compare(kind, &recorded, known, &mut found),
                None => draft.find_people(kind, &people, &mut found, &mut self.warnings),
            }
        }
        self.problems.extend(found);
        self.sort();
    }
}

impl Checked {
    /// Makes events that correct the recorded ones out of rows that differ from the register, where the rules have
    /// such an event: of incomes and living conditions. Returns how many.
    pub fn correct(&mut self) -> usize {
        if !matches!(self.kind, Kind::Income | Kind::Conditions) {
            return 0;
        }
        let mut rows = Vec::new();
        for draft in self.drafts.iter_mut().filter(|draft| draft.state == State::Changed) {
            let Some(at) = draft.corrects else { continue };
            draft.event.insert("corrects".to_owned(), json!({"entry": at.entry.to_string(), "event": at.event}));
            draft.state = State::New;
            rows.extend(&draft.rows);
        }
        let differs = [Code::DiffersFromRegister.name(), Code::Changed.name()];
        self.problems.retain(|found| !rows.contains(&found.row) || !differs.contains(&found.code.as_ref()));
        rows.len()
    }
}

impl Draft {
    fn refuse(&mut self, code: Code, column: &'static str, found: &mut Vec<Finding>) {
        self.state = State::Duplicate;
        found.push(Finding::of_row(code, self.rows[0]).in_column(column));
    }

    /// The thing is recorded: the same, or otherwise.
    fn compare(&mut self, kind: Kind, recorded: &Recorded, known: &replica::Known, found: &mut Vec<Finding>) {
        let Some(household) = self.household else { return };
        let mut event = self.event.clone();
        if kind == Kind::Households {
            align(&mut event, recorded, household, known);
        }
        self.differences = differences(recorded, &event, household, known.personal());
        // What was sent from here is told of already.
        let told = self.state == State::Changed;
        let code = if self.differences.is_empty() { Code::SameAsRegister } else { Code::DiffersFromRegister };
        self.state = if self.differences.is_empty() { State::Unchanged } else { State::Changed };
        self.corrects = Some(recorded.at);
        if !told {
            found.extend(self.rows.iter().map(|row| Finding::of_row(code, *row).says(&recorded.at.entry.to_string())));
        }
    }

    /// Refuses persons who are on another card: of the same name, month of birth and end of the citizen ID. Where the
    /// name is another it is a warning.
    fn find_people(&mut self, kind: Kind, people: &People<'_>, found: &mut Vec<Finding>, warnings: &mut Vec<Finding>) {
        let inside = content(&self.event, kind.event().name).map(|(_, inside)| inside);
        let listed = inside.and_then(|card| card.get("members")?.as_array()).into_iter().flatten();
        let members: Vec<_> = listed.chain(inside.and_then(|inside| inside.get("member"))).collect();
        let mut twice = Vec::new();
        for (member, row) in members.into_iter().filter_map(Value::as_object).zip(&self.rows) {
            let Some((name, key)) = person(member) else { continue };
            let same = people.get(&key).into_iter().flatten().filter(|(home, _)| Some(*home) != self.household);
            for (home, known) in same {
                let code = if plain(known) == plain(name) { Code::RegisteredHere } else { Code::PersonAlike };
                let finding = Finding::of_row(code, *row).in_column("citizen_id").says(&home.to_string());
                if code == Code::RegisteredHere { twice.push(finding) } else { warnings.push(finding) }
            }
        }
        if !twice.is_empty() {
            self.state = State::Duplicate;
            found.append(&mut twice);
        }
    }
}

/// Puts the members of a card in the order of those on the register, with their numbers; a place that the table has
/// nothing for stays empty, and new persons come last.
fn align(event: &mut Map<String, Value>, recorded: &Recorded, household: HouseholdId, known: &replica::Known) {
    let name = Kind::Households.event().name;
    let on_card = content(&recorded.event, name).and_then(|(_, card)| card.get("members")?.as_array());
    let Some(members) = event.get_mut(name).and_then(|card| card.get_mut("members")?.as_array_mut()) else { return };
    let mut left: Vec<Value> = std::mem::take(members);
    for recorded in on_card.into_iter().flatten().filter_map(Value::as_object) {
        let Some(number) = get(recorded, "number").and_then(Value::as_u64) else { continue };
        let id = format!("{household}{number:02}");
        let card = known.personal().household(household);
        let person = card.and_then(|card| card.members.iter().find(|member| member.id == id));
        let born = get(recorded, "birth_month").and_then(Value::as_u64);
        let is_same = |member: &Value| {
            let Some((name, (month, end))) = member.as_object().and_then(self::person) else { return false };
            let same_end = person.is_some_and(|known| known.citizen_id.ends_with(&end));
            let same_name = person.is_some_and(|known| plain(&known.name) == plain(name));
            (born == Some(u64::from(month)) && same_end) || (same_name && (same_end || born == Some(u64::from(month))))
        };
        match left.iter().position(is_same) {
            Some(place) => {
                let mut member = left.remove(place);
                if let Some(member) = member.as_object_mut() {
                    member.insert("number".to_owned(), number.into());
                }
                members.push(member);
            }
            None => members.push(Value::Object(Map::new())),
        }
    }
    members.append(&mut left);
}

/// Name, month of birth and end of the citizen ID of a person as a table states them.
fn person(member: &Map<String, Value>) -> Option<(&str, (u32, String))> {
    let private = member.get(PRIVATE)?.as_object()?;
    let (name, id) = (private.get("name")?.as_str()?, private.get("citizen_id")?.as_str()?);
    let month = member.get("birth_month")?;
    let month = month.as_u64().or_else(|| month.as_str()?.replace('-', "").parse().ok())?;
    Some((name, (u32::try_from(month).ok()?, end(id)?)))
}

fn end(id: &str) -> Option<String> {
    let begin = id.len().checked_sub(END_CHARS)?;
    id.get(begin..).map(str::to_uppercase)
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect()
}

/// Everyone who is on an open card of the copy.
fn people(known: &replica::Known) -> People<'_> {
    let mut people: People<'_> = BTreeMap::new();
    for card in known.state().villages.values().flat_map(|village| &village.households) {
        let (household, card) = card;
        if !card.status.is_live() {
            continue;
        }
        let Some(personal) = known.personal().household(*household) else { continue };
        for known in &personal.members {
            let of = |facts: &&Facts| household.person(facts.number).to_string() == known.id;
            let Some(facts) = card.members.iter().find(of) else { continue };
            if let Some(end) = end(&known.citizen_id) {
                people.entry((facts.birth_month.yyyymm(), end)).or_default().push((*household, &known.name));
            }
        }
    }
    people
}
