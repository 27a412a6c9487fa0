//! A submission written by hand, as JSON: the area and the events, in the standard mapping of the proto files.
//!
//! ```json
//! {
//!   "area": "130624100200",
//!   "households": {"events": [{
//!     "happened": 20160701, "household": "1234567890",
//!     "memberAdded": {"reason": "JOIN_REASON_BIRTH", "member": {
//!       "number": 3, "relation": "RELATION_CHILD", "…": "…",
//!       "private": {"name": "张小", "citizenId": "…"}
//!     }}
//!   }]}
//! }
//! ```
//!
//! Beside them `warned` may hold why the author goes on in spite of warnings, by the rule of `lika_domain::reason`:
//! `[{"warning": "decided_late", "event": 0, "reason": "…"}]`, with events numbered from 0.
//!
//! Wherever the proto files have `sealed`, the file may have `private` instead, a message of `sealed.proto`: it is
//! sealed here, under the newest data key of the household or official that the home keeps, or a new one. Fields that
//! the device adds (id, author, key, place in the chain, time) must not be in the file.

use crate::compose::Report;
use crate::home::{Home, HomeError};
use crate::random::{Random, RandomError};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};
use lika_proto::json::{self, JsonError};
use lika_proto::seal::{self, DataKey, Place, Private, SealError};
use lika_proto::v1;
use prost::Message;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Why a file is not a submission.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not JSON, or not in the form of a submission.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A field that only the device may fill in.
    #[error("{0:?} is not allowed in the file, only area and events")]
    NotOfAFile(String),
    /// The area is missing or not a division code.
    #[error("the area is missing or is not a division code")]
    AreaInvalid,
    /// Not exactly one of households, officials and aid.
    #[error("the file must hold the events of one service: households, officials or aid")]
    NoEvents,
    /// Private data without the number of its subject.
    #[error("private data needs the number of the household, member or official it belongs to")]
    NobodysPrivate,
    /// Personal data could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The data keys could not be read.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// No randomness for keys.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// The fields allowed in a file, in both spellings of the mapping.
const FIELDS: [&str; 5] = ["area", "households", "officials", "aid", "warned"];
/// Events that register their subject, in both spellings.
const REGISTRATIONS: [&str; 6] = [
    "householdRegistered",
    "household_registered",
    "officialEnrolled",
    "official_enrolled",
    "jurisdictionOpened",
    "jurisdiction_opened",
];
/// Number of the first data key of a household or official, used when it is registered.
const FIRST_KEY: u32 = 1;
/// A device that adds a data key without knowing the earlier ones draws a random number from here on, since a number
/// can be used only once.
const DRAWN_KEYS: u32 = 1_000_000;

/// Seals private data and collects the keys used.
struct Sealer<'a> {
    home: &'a Home,
    origin: &'a str,
    random: &'a mut Random,
    used: BTreeMap<u64, (u32, DataKey)>,
    /// The current event registers its household or official, so there is no data key yet.
    registers: bool,
}

/// Reads a file for the log `origin` and seals the private data in it. New data keys are in the report; they are
/// stored together with the composed submission.
///
/// # Errors
/// If the file is malformed. Faults of the events are found when they are composed and recorded.
pub fn read(text: &str, home: &Home, origin: &str, random: &mut Random) -> Result<Report, FileError> {
    of_map(serde_json::from_str(text).map_err(JsonError::from)?, home, origin, random)
}

/// As [`read`], from what the file holds.
pub(crate) fn of_map(
    mut file: Map<String, Value>,
    home: &Home,
    origin: &str,
    random: &mut Random,
) -> Result<Report, FileError> {
    if let Some(field) = file.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        return Err(FileError::NotOfAFile(field.clone()));
    }
    let mut sealer = Sealer { home, origin, random, used: BTreeMap::new(), registers: false };
    for service in ["households", "officials", "aid"] {
        let events = file.get_mut(service).and_then(|list| list.get_mut("events")).and_then(Value::as_array_mut);
        for event in events.into_iter().flatten().filter_map(Value::as_object_mut) {
            sealer.event(event)?;
        }
    }
    let message = json::from_json("Submission", &Value::Object(file).to_string())?;
    let message = v1::Submission::decode(message.as_slice()).map_err(JsonError::Decode)?;
    Ok(Report {
        area: Area::from_code(message.area).ok_or(FileError::AreaInvalid)?,
        events: message.events.ok_or(FileError::NoEvents)?,
        keys: sealer.keys(),
        warned: message.warned,
    })
}

/// A report as it would be signed, in the form of the file; private data is sealed.
///
/// # Errors
/// If it cannot be written as JSON, which its messages always can.
pub fn show(report: &Report) -> Result<Value, JsonError> {
    let message = v1::Submission {
        area: report.area.code(),
        events: Some(report.events.clone()),
        warned: report.warned.clone(),
        ..Default::default()
    };
    json::to_json("Submission", &message.encode_to_vec())
}

impl Sealer<'_> {
    /// Seals all private data of an event.
    fn event(&mut self, event: &mut Map<String, Value>) -> Result<(), FileError> {
        let household = number(event, "household").and_then(HouseholdId::new);
        let official = number(event, "official").and_then(|number| OfficialId::new(u32::try_from(number).ok()?));
        let origin = self.origin;
        self.registers = REGISTRATIONS.iter().any(|kind| event.contains_key(*kind));
        for card in both(event, "householdRegistered", "household_registered") {
            for member in card.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                self.member(member, household)?;
            }
            self.seal(card, household.map(|id| (id.get(), Place::household(origin, id))))?;
        }
        for card in both(event, "householdUpdated", "household_updated") {
            self.seal(card, household.map(|id| (id.get(), Place::household(origin, id))))?;
        }
        for names in [["memberAdded", "member_added"], ["memberUpdated", "member_updated"]] {
            for member in both(event, names[0], names[1]).filter_map(|kind| kind.get_mut("member")) {
                self.member(member, household)?;
            }
        }
        for names in [["jurisdictionOpened", "jurisdiction_opened"], ["officialEnrolled", "official_enrolled"]] {
            for kind in both(event, names[0], names[1]) {
                self.seal(kind, official.map(|id| (u64::from(id.get()), Place::official(origin, id))))?;
            }
        }
        for visit in both(event, "householdVisited", "household_visited") {
            self.seal(visit, household.map(|id| (id.get(), Place::visit(origin, id))))?;
        }
        Ok(())
    }

    fn member(&mut self, member: &mut Value, household: Option<HouseholdId>) -> Result<(), FileError> {
        let Some(member) = member.as_object_mut() else { return Ok(()) };
        let number = number(member, "number").and_then(|number| MemberNo::new(u32::try_from(number).ok()?));
        let origin = self.origin;
        let place = household.zip(number).map(|(id, number)| (id.get(), Place::member(origin, id, number)));
        self.seal(member, place)
    }

    /// Replaces `private` by `sealed`, if present.
    fn seal<M: Private>(
        &mut self,
        object: &mut Map<String, Value>,
        place: Option<(u64, Place<'_, M>)>,
    ) -> Result<(), FileError> {
        let Some(private) = object.remove("private") else { return Ok(()) };
        let (subject, place) = place.ok_or(FileError::NobodysPrivate)?;
        let message = json::from_json(M::NAME, &private.to_string())?;
        let message = M::decode(message.as_slice()).map_err(JsonError::Decode)?;
        let nonce = self.random.nonce()?;
        let (number, key) = self.key(subject)?;
        let sealed = BASE64_STANDARD.encode(seal::seal(&key, nonce, &place, &message)?);
        object.insert("sealed".to_owned(), serde_json::json!({ "key": number, "box": sealed }));
        Ok(())
    }

    fn key(&mut self, subject: u64) -> Result<(u32, DataKey), FileError> {
        if let Some(used) = self.used.get(&subject) {
            return Ok(used.clone());
        }
        let kept = self.home.data_keys(subject)?;
        let key = match kept.newest() {
            Some((number, key)) => (number, key.clone()),
            None if self.registers => (FIRST_KEY, self.random.data_key()?),
            None => (DRAWN_KEYS + u32::from_be_bytes(self.random.bytes()?) / 2, self.random.data_key()?),
        };
        self.used.insert(subject, key.clone());
        Ok(key)
    }

    /// Every key used: the vault may not have it yet, and accepts a key that it has.
    fn keys(self) -> Vec<v1::DataKey> {
        let key = |(subject, (number, key)): (u64, (u32, DataKey))| v1::DataKey {
            subject,
            number,
            key: Bytes::copy_from_slice(key.as_bytes()),
        };
        self.used.into_iter().map(key).collect()
    }
}

/// An object under either spelling. If both are present, reading the file as a message refuses it.
fn both<'v>(
    event: &'v mut Map<String, Value>,
    camel: &'static str,
    snake: &'static str,
) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let named = move |(name, value): (&String, &'v mut Value)| {
        if name == camel || name == snake { value.as_object_mut() } else { None }
    };
    event.iter_mut().filter_map(named)
}

/// A number, which the mapping also allows as text.
fn number(object: &Map<String, Value>, field: &str) -> Option<u64> {
    let value = object.get(field)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{self, ORIGIN};
    use lika_proto::v1::household_event::Kind;
    use lika_proto::v1::submission::Events;

    const ADDED: &str = r#"{
      "area": "130624100200",
      "households": {"events": [{
        "happened": 20160701, "household": "1234567890",
        "memberAdded": {"reason": "JOIN_REASON_BIRTH", "member": {
          "number": 3, "relation": "RELATION_CHILD", "sex": "SEX_MALE", "birthMonth": 201606, "ethnicity": 1,
          "health": "HEALTH_HEALTHY", "labour": "LABOUR_NONE",
          "private": {"name": "张小", "citizenId": "901624201606071234"}
        }}
      }]}
    }"#;

    fn read_with(text: &str, home: &Home) -> Result<Report, FileError> {
        read(text, home, ORIGIN, &mut Random::seeded(1))
    }

    #[test]
    fn private_data_is_sealed_and_the_rest_is_read() {
        let (_dir, home) = node::home();
        let report = read_with(ADDED, &home).unwrap();
        let Events::Households(list) = &report.events else { panic!("other service") };
        let Some(Kind::MemberAdded(added)) = &list.events[0].kind else { panic!("other kind") };
        let member = added.member.as_ref().unwrap();
        let [key] = report.keys.as_slice() else { panic!("one key") };
        assert_eq!((key.subject, member.birth_month), (1_234_567_890, 201_606));
        let household = HouseholdId::new(1_234_567_890).unwrap();
        let place = Place::member(ORIGIN, household, MemberNo::new(3).unwrap());
        let key = DataKey::from_slice(&key.key).unwrap();
        let private = seal::open(&key, &place, &member.sealed.as_ref().unwrap().r#box).unwrap();
        assert_eq!((private.name.as_str(), private.citizen_id.as_str()), ("张小", "901624201606071234"));
        let shown = show(&report).unwrap();
        assert!(!shown.to_string().contains("张小"));
        assert_eq!(read_with(&shown.to_string(), &home).unwrap().events, report.events);
    }

    #[test]
    fn only_a_registration_takes_the_first_number() {
        let (_dir, home) = node::home();
        let number = |text: &str, seed| read(text, &home, ORIGIN, &mut Random::seeded(seed)).unwrap().keys[0].number;
        let registered = r#"{"area": "130624100200", "households": {"events": [
            {"household": 1234567890, "household_registered": {"private": {"phone": "1"}}}]}}"#;
        assert_eq!(number(registered, 1), FIRST_KEY);
        // Two other devices that know none of the keys do not choose each other's numbers.
        let drawn = [number(ADDED, 1), number(ADDED, 2)];
        assert!(drawn[0] >= DRAWN_KEYS && drawn[1] >= DRAWN_KEYS && drawn[0] != drawn[1], "{drawn:?}");
    }

    #[test]
    fn a_data_key_that_is_kept_is_used_again() {
        let (_dir, home) = node::home();
        let first = read_with(ADDED, &home).unwrap();
        home.add_data_keys(&first.keys).unwrap();
        let second = read(ADDED, &home, ORIGIN, &mut Random::seeded(2)).unwrap();
        assert_eq!(second.keys, first.keys);
        assert_ne!(second.events, first.events);
    }

    #[test]
    fn every_sealed_place_takes_private_data() {
        let (_dir, home) = node::home();
        let household = |kind: &str| {
            format!(r#"{{"area": "130624100200", "households": {{"events": [{{"household": 1234567890, {kind}}}]}}}}"#)
        };
        let official = |kind: &str| {
            let ids = r#""official": 10000001, "household": "1234567890""#;
            format!(r#"{{"area": "130624000000", "officials": {{"events": [{{{ids}, {kind}}}]}}}}"#)
        };
        let files = [
            household(
                r#""householdRegistered": {"private": {"phone": "1"}, "members": [{"number": 1, "private": {}}]}"#,
            ),
            household(r#""household_updated": {"private": {"address": "x"}}"#),
            household(r#""member_updated": {"member": {"number": 1, "private": {"name": "x"}}}"#),
            official(r#""jurisdictionOpened": {"private": {"name": "x"}}"#),
            official(r#""officialEnrolled": {"private": {"name": "x"}}"#),
            official(r#""householdVisited": {"private": {"seen": "x"}}"#),
        ];
        for file in files {
            let report = read_with(&file, &home).unwrap();
            let shown = show(&report).unwrap().to_string();
            assert_eq!(shown.matches("\"sealed\"").count(), file.matches("\"private\"").count(), "{file}");
            assert_eq!(report.keys.len(), 1, "{file}");
        }
    }

    #[test]
    fn files_of_another_form_are_refused() {
        let (_dir, home) = node::home();
        let refused = |text: &str| read_with(text, &home).unwrap_err();
        assert!(matches!(refused("[]"), FileError::Json(_)));
        assert!(matches!(refused(r#"{"area": "130624100200"}"#), FileError::NoEvents));
        assert!(matches!(refused(r#"{"area": "13", "aid": {}}"#), FileError::AreaInvalid));
        assert!(matches!(refused(r#"{"area": "130624100200", "author": 1}"#), FileError::NotOfAFile(_)));
        assert!(matches!(refused(r#"{"area": "130624100200", "aid": {"event": []}}"#), FileError::Json(_)));
        assert!(matches!(refused(&ADDED.replace("\"1234567890\"", "\"1\"")), FileError::NobodysPrivate));
        assert!(matches!(refused(&ADDED.replace("\"number\": 3,", "")), FileError::NobodysPrivate));
        assert!(matches!(refused(&ADDED.replace("citizenId", "citizen")), FileError::Json(_)));
        let long = ADDED.replace("张小", &"长".repeat(65));
        assert!(matches!(refused(&long), FileError::Seal(SealError::TextTooLong { field: "name", .. })));
    }
}
