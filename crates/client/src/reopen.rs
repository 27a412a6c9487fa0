//! A submission as the report that it was made of, for showing and correcting it: personal data is opened as far as
//! its keys are in the folder.

use crate::home::{Home, HomeError};
use crate::plain::{PRIVATE, from_mapping, snake};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};
use lika_proto::json::{self, JsonError};
use lika_proto::seal::{self, Place, Private};
use serde_json::{Map, Value};

/// Why a submission is not a report any more.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// The bytes are not a submission.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The data keys could not be read.
    #[error(transparent)]
    Home(#[from] HomeError),
}

/// The report of a submission, in the form of a file.
///
/// # Errors
/// If the bytes are not a submission, or the data keys cannot be read. What cannot be opened is left out.
pub fn report(home: &Home, submission: &[u8]) -> Result<Value, ReopenError> {
    let mut json = json::to_json("Submission", submission)?;
    let origin = json.get("origin").and_then(Value::as_str).unwrap_or_default().to_owned();
    let opener = Opener { home, origin: &origin };
    let lists = json.as_object_mut().into_iter().flat_map(|report| report.values_mut());
    let events = lists.filter_map(|list| list.get_mut("events")?.as_array_mut()).flatten();
    for event in events.filter_map(Value::as_object_mut) {
        opener.event(event)?;
    }
    Ok(from_mapping(json.as_object().unwrap_or(&Map::new())).into())
}

struct Opener<'a> {
    home: &'a Home,
    origin: &'a str,
}

impl Opener<'_> {
    fn event(&self, event: &mut Map<String, Value>) -> Result<(), HomeError> {
        let household = number(event, "household").and_then(HouseholdId::new);
        let official = number(event, "official").and_then(|number| OfficialId::new(u32::try_from(number).ok()?));
        let origin = self.origin;
        for (name, kind) in event.iter_mut() {
            let Some(fields) = kind.as_object_mut() else { continue };
            let at_household = household.map(|id| (id.get(), id));
            match snake(name).as_str() {
                "household_registered" | "household_updated" => {
                    for member in fields.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                        self.member(member, household)?;
                    }
                    self.open(fields, at_household.map(|(subject, id)| (subject, Place::household(origin, id))))?;
                }
                "member_added" | "member_updated" => {
                    if let Some(member) = fields.get_mut("member") {
                        self.member(member, household)?;
                    }
                }
                "household_visited" => {
                    self.open(fields, at_household.map(|(subject, id)| (subject, Place::visit(origin, id))))?;
                }
                "jurisdiction_opened" | "official_enrolled" => {
                    let place = official.map(|id| (u64::from(id.get()), Place::official(origin, id)));
                    self.open(fields, place)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn member(&self, member: &mut Value, household: Option<HouseholdId>) -> Result<(), HomeError> {
        let Some(fields) = member.as_object_mut() else { return Ok(()) };
        let number = number(fields, "number").and_then(|number| MemberNo::new(u32::try_from(number).ok()?));
        let place = household.zip(number).map(|(id, number)| (id.get(), Place::member(self.origin, id, number)));
        self.open(fields, place)
    }

    /// Puts `private` beside `sealed`, if its key is here.
    fn open<M: Private>(
        &self,
        object: &mut Map<String, Value>,
        place: Option<(u64, Place<'_, M>)>,
    ) -> Result<(), HomeError> {
        let sealed = object.get("sealed").and_then(|sealed| serde_json::from_value::<Sealed>(sealed.clone()).ok());
        let Some(((subject, place), sealed)) = place.zip(sealed) else { return Ok(()) };
        let keys = self.home.data_keys(subject)?;
        let opened = keys.get(sealed.key).zip(BASE64_STANDARD.decode(&sealed.r#box).ok());
        let opened = opened.and_then(|(key, bytes)| seal::open(key, &place, &bytes).ok());
        let private = opened.and_then(|message| json::to_json(M::NAME, &message.encode_to_vec()).ok());
        object.extend(private.map(|private| (PRIVATE.to_owned(), private)));
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Sealed {
    #[serde(default)]
    key: u32,
    r#box: String,
}

/// A number, which the mapping also writes as text.
fn number(object: &Map<String, Value>, field: &str) -> Option<u64> {
    let value = object.get(field)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;
    use crate::example;
    use crate::file;
    use crate::node::{self, ORIGIN};
    use crate::random::Random;
    use lika_domain::catalogue;
    use lika_domain::date::Date;
    use lika_proto::v1;
    use prost::Message;

    fn submission(report: &Value, home: &Home) -> Vec<u8> {
        let draft = Draft::read(&report.to_string(), &mut Random::seeded(1)).unwrap();
        let read = file::read(&draft.file.to_string(), home, ORIGIN, &mut Random::seeded(1)).unwrap();
        home.add_data_keys(&read.keys).unwrap();
        let (area, events) = (read.area.code(), Some(read.events));
        v1::Submission { origin: ORIGIN.into(), area, events, ..Default::default() }.encode_to_vec()
    }

    /// Whatever an event may hold comes back as it was written, and makes the same submission again.
    #[test]
    fn every_event_can_be_reopened_and_gives_the_same_submission() {
        for event in catalogue::events() {
            let (_dir, home) = node::home();
            let example = example::report(event, "130624100201".parse().unwrap(), Date::new(2016, 7, 1).unwrap());
            let text = serde_json::to_string(&example).unwrap().replace("new-1", "1000000001");
            let signed = submission(&serde_json::from_str(&text).unwrap(), &home);
            let reopened = super::report(&home, &signed).unwrap();
            let events = |bytes: &[u8]| {
                let mut json = json::to_json("Submission", bytes).unwrap().to_string();
                // Sealed anew, the boxes differ.
                while let Some(at) = json.find("\"box\":\"") {
                    let end = at + 7 + json[at + 7..].find('"').unwrap();
                    json.replace_range(at..=end, "");
                }
                json
            };
            let again = submission(&reopened, &home);
            assert_eq!(events(&again), events(&signed), "{}: {reopened}", event.name);
            if text.contains("private") {
                assert!(reopened.to_string().contains("private"), "{}: {reopened}", event.name);
            }
        }
    }

    #[test]
    fn what_cannot_be_opened_is_left_out() {
        let (_dir, home) = node::home();
        let report = serde_json::json!({"area": "130624100201", "households": {"events": [
            {"happened": "2016-07-01", "household": "1000000001", "household_updated": {
                "attribute": "general", "standard": "national", "main_cause": "illness",
                "private": {"address": "村东"}}}]}});
        let signed = submission(&report, &home);
        assert!(super::report(&home, &signed).unwrap().to_string().contains("村东"));
        let (_dir, stranger) = node::home();
        let reopened = super::report(&stranger, &signed).unwrap().to_string();
        assert!(reopened.contains("illness") && !reopened.contains("private"), "{reopened}");
    }
}
