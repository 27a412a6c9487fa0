//! What an administrator reports about keys: that one is enrolled, perhaps with its official, or that some are
//! revoked. The command line and the desk make these reports here, in the form of a file ([`crate::file`]).

use super::{EnrolmentError, EnrolmentRequest, REQUEST_CHARS_MAX, REQUEST_PREFIX};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::{KeyId, OfficialId};
use lika_domain::official::{RevokeReason, Role};
use serde_json::{Map, Value, json};

/// Why a request must not be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It is for another log than the administrator's key.
    Log,
    /// It is of another official than the one that is to be enrolled.
    Official,
    /// Its code is not the one that was read out.
    Code,
}

/// A key that is to be enrolled.
#[derive(Clone, Copy, Debug)]
pub struct Enrolment<'a> {
    /// Whose it is.
    pub official: OfficialId,
    /// The public key.
    pub public: &'a [u8; 32],
    /// Name of the device; may be empty.
    pub device: &'a str,
    /// What the official may do from then on; `None` if the log knows that already.
    pub post: Option<Post<'a>>,
}

/// An official's role, and who they are. Texts may be empty.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// What they may do.
    pub role: Role,
    /// Where.
    pub area: Area,
    /// Unit.
    pub unit: &'a str,
    /// Post.
    pub post: &'a str,
    /// Full name; it is sealed.
    pub name: &'a str,
    /// Mobile number; it is sealed.
    pub phone: &'a str,
}

impl EnrolmentRequest {
    /// The request in a text, whatever stands around it; `None` if there is none.
    ///
    /// # Errors
    /// [`EnrolmentError`] if what begins like one is none.
    pub fn find(text: &str) -> Result<Option<Self>, EnrolmentError> {
        let Some(at) = text.find(REQUEST_PREFIX) else { return Ok(None) };
        let found = &text[at..];
        let end = found.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c)).unwrap_or(found.len());
        // A message may have broken the line; then it stands alone.
        let request = Self::parse(&found[..end]).or_else(|error| match error {
            EnrolmentError::Malformed => Self::parse(&found[..found.floor_char_boundary(REQUEST_CHARS_MAX)]),
            EnrolmentError::Forged | EnrolmentError::Hidden => Err(error),
        });
        request.map(Some)
    }

    /// Whether it is for this log and of this official, and `typed` is its code.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn compare(&self, origin: &str, official: OfficialId, typed: &str) -> Result<(), Mismatch> {
        self.compare_parties(origin, official)?;
        if self.code().is(typed) { Ok(()) } else { Err(Mismatch::Code) }
    }

    /// Whether it is for this log and of this official.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn compare_parties(&self, origin: &str, official: OfficialId) -> Result<(), Mismatch> {
        match () {
            () if self.origin != origin => Err(Mismatch::Log),
            () if self.official != official => Err(Mismatch::Official),
            () => Ok(()),
        }
    }
}

impl Enrolment<'_> {
    /// The report, about the area of the log.
    pub fn report(&self, area: Area, happened: Date) -> Value {
        let post = self.post.map(|post| ("official_enrolled", post.value()));
        let public = BASE64_STANDARD.encode(self.public);
        let key = ("key_enrolled", texts(&[("public_key", &public), ("device", self.device)]).into());
        report(area, happened, self.official, post.into_iter().chain([key]))
    }
}

impl Post<'_> {
    fn value(&self) -> Value {
        let role = format!("ROLE_{}", self.role.name().to_uppercase());
        let mut value = texts(&[("role", &role), ("unit", self.unit), ("post", self.post)]);
        value.insert("area".to_owned(), self.area.code().into());
        let private = texts(&[("name", self.name), ("phone", self.phone)]);
        value.extend((!private.is_empty()).then(|| ("private".to_owned(), private.into())));
        value.into()
    }
}

/// Fields with their texts; those that are empty are left out.
fn texts(fields: &[(&str, &str)]) -> Map<String, Value> {
    let given = fields.iter().filter(|(_, text)| !text.is_empty());
    given.map(|(name, text)| ((*name).to_owned(), (*text).into())).collect()
}

/// The report that keys of an official are revoked, about the area of the log.
pub fn revocation(
    (area, happened): (Area, Date),
    official: OfficialId,
    keys: &[KeyId],
    reason: RevokeReason,
) -> Value {
    let reason = format!("REVOKE_REASON_{}", reason.name().to_uppercase());
    let revoked = |key: &KeyId| ("key_revoked", json!({ "key": key.0.to_string(), "reason": reason }));
    report(area, happened, official, keys.iter().map(revoked))
}

fn report(
    area: Area,
    happened: Date,
    official: OfficialId,
    kinds: impl Iterator<Item = (&'static str, Value)>,
) -> Value {
    let event = |(name, kind): (&str, Value)| {
        let mut event = Map::new();
        event.insert("happened".to_owned(), happened.yyyymmdd().into());
        event.insert("official".to_owned(), official.get().into());
        event.insert(name.to_owned(), kind);
        Value::from(event)
    };
    json!({ "area": area.code(), "officials": { "events": kinds.map(event).collect::<Vec<_>>() } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{self, ORIGIN};
    use crate::{Random, Signer, file};
    use lika_domain::official::RevokeReason;
    use lika_proto::v1::official_event::Kind;
    use lika_proto::v1::submission::Events;

    fn official() -> OfficialId {
        OfficialId::new(10_000_002).unwrap()
    }

    fn request() -> EnrolmentRequest {
        EnrolmentRequest::new(&Signer::from_seed([1; 32]), official(), ORIGIN, "李四", 1_650_000_000)
    }

    fn kinds(report: &Value) -> (Vec<Kind>, usize) {
        let (_dir, home) = node::home();
        let read = file::read(&report.to_string(), &home, ORIGIN, &mut Random::seeded(1)).unwrap();
        let Events::Officials(list) = read.events else { panic!("other service") };
        assert!(list.events.iter().all(|event| (event.official, event.happened) == (10_000_002, 20_220_415)));
        (list.events.into_iter().filter_map(|event| event.kind).collect(), read.keys.len())
    }

    #[test]
    fn a_request_is_found_in_a_message_and_its_line_may_be_broken() {
        let line = request().to_string();
        for text in [format!("王主任：{line}。谢谢"), format!("> {}\n{}\n", &line[..70], &line[70..])] {
            assert_eq!(EnrolmentRequest::find(&text), Ok(Some(request())), "{text}");
        }
        assert_eq!(EnrolmentRequest::find("nothing"), Ok(None));
        assert_eq!(EnrolmentRequest::find(&line[..90]), Err(EnrolmentError::Malformed));
        assert!(EnrolmentRequest::find(&format!("{REQUEST_PREFIX}{}", "长".repeat(2_000))).is_err());
    }

    #[test]
    fn a_request_of_another_log_or_official_or_code_does_not_match() {
        let (request, other) = (request(), OfficialId::new(10_000_003).unwrap());
        let code = request.code().to_string();
        assert_eq!(request.compare(ORIGIN, official(), &code), Ok(()));
        assert_eq!(request.compare("elsewhere", official(), &code), Err(Mismatch::Log));
        assert_eq!(request.compare(ORIGIN, other, &code), Err(Mismatch::Official));
        assert_eq!(request.compare(ORIGIN, official(), "0000 0000 0000"), Err(Mismatch::Code));
    }

    #[test]
    fn an_enrolment_is_a_report_of_the_official_with_a_sealed_name_and_of_the_key() {
        let (area, day) = ("130624".parse().unwrap(), Date::new(2022, 4, 15).unwrap());
        let request = request();
        let role = Role::TownshipOfficer;
        let post =
            Post { role, area: "130624100".parse().unwrap(), unit: "镇政府", post: "", name: "李四", phone: "" };
        let whole = Enrolment { official: official(), public: &request.public, device: "手机", post: Some(post) };
        let (kinds_of_whole, keys) = kinds(&whole.report(area, day));
        let [Kind::OfficialEnrolled(enrolled), Kind::KeyEnrolled(key)] = kinds_of_whole.as_slice() else {
            panic!("{kinds_of_whole:?}")
        };
        assert_eq!((enrolled.role, enrolled.unit.as_str()), (role as i32, "镇政府"));
        assert!(enrolled.sealed.is_some() && keys == 1 && enrolled.area == 130_624_100_000);
        assert_eq!((&key.public_key[..], key.device.as_str()), (&request.public[..], "手机"));
        let alone = Enrolment { post: None, ..whole };
        assert!(matches!(kinds(&alone.report(area, day)), (kinds, 0) if matches!(kinds[..], [Kind::KeyEnrolled(_)])));
    }

    #[test]
    fn a_revocation_names_every_key_with_its_reason() {
        let (area, day) = ("130624".parse().unwrap(), Date::new(2022, 4, 15).unwrap());
        let report = revocation((area, day), official(), &[KeyId(u64::MAX), KeyId(7)], RevokeReason::Lost);
        let (kinds, _) = kinds(&report);
        let revoked: Vec<_> = kinds
            .iter()
            .filter_map(|kind| if let Kind::KeyRevoked(one) = kind { Some((one.key, one.reason)) } else { None })
            .collect();
        assert_eq!(revoked, [(u64::MAX, 1), (7, 1)]);
    }
}
