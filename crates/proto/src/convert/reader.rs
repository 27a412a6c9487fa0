//! Reads single values and notes their faults.

use curve25519_dalek::edwards::CompressedEdwardsY;
use lika_domain::area::Area;
use lika_domain::date::{Date, Month};
use lika_domain::household::Subject;
use lika_domain::ids::{HouseholdId, KeyId, MemberNo, OfficialId};
use lika_domain::kind::FromWire;
use lika_domain::money::{AMOUNT_MAX_FEN, Fen};
use lika_domain::official::PublicKey;
use lika_domain::rejection::{Code, Problem, Rejection};
use lika_domain::text::is_hidden;
use sha2::{Digest, Sha256};

/// Most problems listed for one event. With [`lika_domain::submission::EVENTS_MAX`] it bounds the answer to a
/// submission that is wrong everywhere.
pub(super) const PROBLEMS_PER_EVENT_MAX: usize = 10;
/// Years that budgets and lines may name.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

/// Reads the values of one submission. A method that returns `None` has noted a problem. Callers read all fields
/// first and check them afterwards, so that all faults of an event are listed and not only the first.
#[derive(Default)]
pub(super) struct Reader {
    /// Whether the values are about to be recorded, and not read from what is recorded.
    new: bool,
    event: Option<u32>,
    item: Option<(&'static str, usize)>,
    listed: usize,
    problems: Vec<Problem>,
}

impl Reader {
    /// A reader of what is about to be recorded.
    pub(super) fn for_new() -> Self {
        Self { new: true, ..Self::default() }
    }

    /// The event that the next problems concern.
    pub(super) fn at_event(&mut self, number: usize) {
        self.event = u32::try_from(number).ok();
        self.listed = 0;
    }

    /// The next problems concern the submission, and no event of it.
    pub(super) fn at_no_event(&mut self) {
        self.event = None;
        self.listed = 0;
    }

    /// The event that the item being read says something about; as many problems are listed as before.
    pub(super) fn concerning(&mut self, number: Option<usize>) {
        self.event = number.and_then(|number| u32::try_from(number).ok());
    }

    /// Whether the values are about to be recorded.
    pub(super) fn is_new(&self) -> bool {
        self.new
    }

    /// Reads every item of a list; `None` if one is bad or there are more than `max`.
    pub(super) fn list<W, T>(
        &mut self,
        items: impl IntoIterator<Item = W, IntoIter: ExactSizeIterator>,
        max: usize,
        field: &'static str,
        mut read: impl FnMut(&mut Self, W) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = items.into_iter();
        if items.len() > max {
            return self.invalid(field, format!("{}, at most {max}", items.len()));
        }
        let mut list = Vec::with_capacity(items.len());
        let mut whole = true;
        for (number, item) in items.enumerate() {
            self.item = Some((field, number));
            match read(self, item) {
                Some(value) => list.push(value),
                None => whole = false,
            }
        }
        self.item = None;
        whole.then_some(list)
    }

    /// Reads every item of a list that must not be empty.
    pub(super) fn some_of<W, T>(
        &mut self,
        items: Vec<W>,
        max: usize,
        field: &'static str,
        read: impl FnMut(&mut Self, W) -> Option<T>,
    ) -> Option<Vec<T>> {
        if items.is_empty() { self.missing(field) } else { self.list(items, max, field, read) }
    }

    /// A message that must be present.
    pub(super) fn given<T>(&mut self, value: Option<T>, field: &'static str) -> Option<T> {
        if value.is_none() { self.missing(field) } else { value }
    }

    /// Notes a problem.
    pub(super) fn refuse<T>(&mut self, code: Code, field: &'static str, detail: impl Into<String>) -> Option<T> {
        self.listed += 1;
        if self.listed <= PROBLEMS_PER_EVENT_MAX {
            let detail = match (self.item, detail.into()) {
                (None, detail) => detail,
                (Some((list, number)), detail) if detail.is_empty() => format!("{list}[{number}]"),
                (Some((list, number)), detail) => format!("{list}[{number}]: {detail}"),
            };
            self.problems.push(Problem { code, event: self.event, field: field.into(), detail });
        }
        None
    }

    /// Notes that a required field is missing.
    pub(super) fn missing<T>(&mut self, field: &'static str) -> Option<T> {
        self.refuse(Code::FieldMissing, field, "")
    }

    /// Notes that a value is not valid for its field.
    pub(super) fn invalid<T>(&mut self, field: &'static str, detail: impl Into<String>) -> Option<T> {
        self.refuse(Code::FieldInvalid, field, detail)
    }

    /// `value`, unless something was noted.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Rejection> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ if self.problems.is_empty() => Err(Rejection::of(Code::Malformed, "submission", "")),
            _ => Err(Rejection { problems: self.problems }),
        }
    }

    /// A kind that must be given.
    pub(super) fn kind<T: FromWire>(&mut self, number: i32, field: &'static str) -> Option<T> {
        if number == 0 { self.missing(field) } else { self.kind_or_none(number, field).flatten() }
    }

    /// A kind, or none given.
    pub(super) fn kind_or_none<T: FromWire>(&mut self, number: i32, field: &'static str) -> Option<Option<T>> {
        match (number, T::from_wire(number)) {
            (0, _) => Some(None),
            (_, Some(kind)) => Some(Some(kind)),
            _ => self.invalid(field, format!("{number} is not known")),
        }
    }

    /// A day that must be given.
    pub(super) fn date(&mut self, yyyymmdd: u32, field: &'static str) -> Option<Date> {
        if yyyymmdd == 0 { self.missing(field) } else { self.date_or_none(yyyymmdd, field).flatten() }
    }

    /// A day, or none given.
    pub(super) fn date_or_none(&mut self, yyyymmdd: u32, field: &'static str) -> Option<Option<Date>> {
        match (yyyymmdd, Date::from_yyyymmdd(yyyymmdd)) {
            (0, _) => Some(None),
            (_, Some(date)) => Some(Some(date)),
            _ => self.refuse(Code::DateInvalid, field, yyyymmdd.to_string()),
        }
    }

    /// A month that must be given. Even a wrong one is personal data, so the problem does not repeat it.
    pub(super) fn month(&mut self, yyyymm: u32, field: &'static str) -> Option<Month> {
        if yyyymm == 0 {
            return self.missing(field);
        }
        Month::from_yyyymm(yyyymm).or_else(|| self.refuse(Code::DateInvalid, field, "yyyymm"))
    }

    /// An amount of 0 or more.
    pub(super) fn amount(&mut self, fen: u64, field: &'static str) -> Option<Fen> {
        let limit = || format!("at most {AMOUNT_MAX_FEN} fen");
        Fen::from_wire(fen).or_else(|| self.refuse(Code::AmountTooLarge, field, limit()))
    }

    /// An amount that may be below zero.
    pub(super) fn balance(&mut self, fen: i64, field: &'static str) -> Option<Fen> {
        self.amount(fen.unsigned_abs(), field).map(|_| Fen(fen))
    }

    /// A text that may be empty.
    pub(super) fn text(&mut self, text: String, chars_max: usize, field: &'static str) -> Option<Box<str>> {
        // Most texts have fewer bytes than the limit in characters and need no counting.
        if text.len() > chars_max {
            let chars = text.chars().count();
            if chars > chars_max {
                return self.refuse(Code::TextTooLong, field, format!("{chars} characters, at most {chars_max}"));
            }
        }
        let unfit = if self.new { is_hidden } else { char::is_control };
        if let Some(c) = text.chars().find(|c| unfit(*c)) {
            let what = if c.is_control() { "control character" } else { "character that is not seen" };
            return self.invalid(field, format!("{what} U+{:04X}", u32::from(c)));
        }
        Some(text.into_boxed_str())
    }

    /// A text that must be given.
    pub(super) fn required_text(&mut self, text: String, chars_max: usize, field: &'static str) -> Option<Box<str>> {
        if text.trim().is_empty() { self.missing(field) } else { self.text(text, chars_max, field) }
    }

    /// A division code that must be given.
    pub(super) fn area(&mut self, code: u64, field: &'static str) -> Option<Area> {
        if code == 0 {
            return self.missing(field);
        }
        Area::from_code(code).or_else(|| self.invalid(field, format!("{code} is not a division code")))
    }

    /// A household number; `Some(None)` for 0.
    pub(super) fn household(&mut self, number: u64, field: &'static str) -> Option<Option<HouseholdId>> {
        match (number, HouseholdId::new(number)) {
            (0, _) => Some(None),
            (_, Some(household)) => Some(Some(household)),
            _ => self.invalid(field, format!("{number} does not have 10 digits")),
        }
    }

    /// An official number that must be given.
    pub(super) fn official(&mut self, number: u32, field: &'static str) -> Option<OfficialId> {
        if number == 0 {
            return self.missing(field);
        }
        OfficialId::new(number).or_else(|| self.invalid(field, format!("{number} does not have 8 digits")))
    }

    /// A member's number that must be given.
    pub(super) fn member(&mut self, number: u32, field: &'static str) -> Option<MemberNo> {
        if number == 0 { self.missing(field) } else { self.member_or_none(number, field).flatten() }
    }

    /// A member's number; `Some(None)` for 0.
    pub(super) fn member_or_none(&mut self, number: u32, field: &'static str) -> Option<Option<MemberNo>> {
        match (number, MemberNo::new(number)) {
            (0, _) => Some(None),
            (_, Some(member)) => Some(Some(member)),
            _ => self.invalid(field, format!("{number} is not 1 to 99")),
        }
    }

    /// The number of a household or an official, which must be given.
    pub(super) fn subject(&mut self, number: u64, field: &'static str) -> Option<Subject> {
        match subject(number) {
            None if number == 0 => self.missing(field),
            None => self.invalid(field, "the number of a household (10 digits) or an official (8 digits)"),
            subject => subject,
        }
    }

    /// The id of a key, which must be given.
    pub(super) fn key(&mut self, key: u64, field: &'static str) -> Option<KeyId> {
        if key == 0 { self.missing(field) } else { Some(KeyId(key)) }
    }

    /// A public key that must be given.
    pub(super) fn public_key(&mut self, bytes: &[u8], field: &'static str) -> Option<PublicKey> {
        if bytes.is_empty() {
            return self.missing(field);
        }
        match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) if self.new && !is_plain(bytes) => {
                self.refuse(Code::KeyInvalid, field, "not an Ed25519 key that every verifier reads alike")
            }
            Ok(bytes) if needs_a_secret(bytes) => Some(PublicKey { id: key_id(&bytes), bytes }),
            Ok(_) => self.refuse(Code::KeyInvalid, field, "not an Ed25519 key, or one under which anyone can sign"),
            Err(_) => self.refuse(Code::KeyInvalid, field, format!("{} bytes, not 32", bytes.len())),
        }
    }

    /// A number chosen by the author, which must not be 0.
    pub(super) fn number<T: Default + PartialEq>(&mut self, number: T, field: &'static str) -> Option<T> {
        if number == T::default() { self.missing(field) } else { Some(number) }
    }

    /// A number of at most `max`.
    pub(super) fn up_to(&mut self, number: u32, max: u32, field: &'static str) -> Option<u32> {
        if number <= max { Some(number) } else { self.invalid(field, format!("{number}, at most {max}")) }
    }

    /// A small number of at most `max`.
    pub(super) fn small<T: TryFrom<u32>>(&mut self, number: u32, max: u32, field: &'static str) -> Option<T> {
        self.up_to(number, max, field).and_then(|number| T::try_from(number).ok())
    }

    /// A calendar year.
    pub(super) fn year(&mut self, year: u32, field: &'static str) -> Option<u32> {
        match year {
            0 => self.missing(field),
            year if YEARS.contains(&year) => Some(year),
            year => self.invalid(field, format!("{year} is not 1900 to 2199")),
        }
    }
}

/// Whether only the owner of a key can sign with it. Under ZIP-215 a key of small order accepts signatures that
/// nobody made: with the identity as R and 0 as s, any message verifies. Other keys do not have this.
fn needs_a_secret(bytes: [u8; 32]) -> bool {
    let mut nobodys = [0; 64];
    nobodys[0] = 1;
    let key = ed25519_zebra::VerificationKey::try_from(bytes);
    key.is_ok_and(|key| key.verify(&ed25519_zebra::Signature::from(nobodys), b"").is_err())
}

/// Whether all verifiers agree on what the key signed: it is written in the one form of RFC 8032, section 5.1.2, and
/// lies in the group of prime order, like every key that is made from a secret.
fn is_plain(bytes: [u8; 32]) -> bool {
    let written = CompressedEdwardsY(bytes);
    written.decompress().is_some_and(|point| point.compress() == written && point.is_torsion_free())
}

/// The id of a public key: the first 8 bytes, big-endian, of its SHA-256.
pub fn key_id(public_key: &[u8; 32]) -> KeyId {
    let hash = Sha256::digest(public_key);
    KeyId(hash.iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte)))
}

/// The subject of a number: 10 digits are a household's, 8 an official's.
pub fn subject(number: u64) -> Option<Subject> {
    let official = || u32::try_from(number).ok().and_then(OfficialId::new).map(Subject::Official);
    HouseholdId::new(number).map(Subject::Household).or_else(official)
}
