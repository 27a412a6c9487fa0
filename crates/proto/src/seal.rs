//! Sealing of personal data: the content of a [`Sealed`](crate::v1::Sealed) box, and opening it.
//!
//! A box is 12 bytes of nonce, then the ChaCha20-Poly1305 (RFC 8439) ciphertext and tag of an encoded message of
//! `sealed.proto`, under a data key of the household or official. The associated data binds the box to its place, so
//! that it cannot be moved to another log, household, member or kind of message: the origin, a zero byte, the number
//! of the subject in decimal, a zero byte, the name of the message (`MemberPrivate`), and for a member a zero byte
//! and the member's number in decimal. Boxes of visits are sealed under a key of the household.
//!
//! The functions are pure: callers pass nonces and keys, which must be random.

use crate::convert::SEALED_BYTES_MAX;
use crate::v1::{HouseholdPrivate, MemberPrivate, OfficialPrivate, VisitPrivate};
use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use lika_domain::facts::private::{
    ADDRESS_CHARS_MAX, NUMBER_CHARS_MAX, PERSON_NAME_CHARS_MAX, REMARK_CHARS_MAX, SEEN_CHARS_MAX,
};
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};
use lika_domain::text::is_hidden;
use prost::Message;
use std::fmt;
use std::marker::PhantomData;

/// Bytes of a data key.
pub const DATA_KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 12;
/// 90 degrees in units of 0.00001 degree.
const LATITUDE_MAX: u32 = 9_000_000;
/// 180 degrees in units of 0.00001 degree.
const LONGITUDE_MAX: u32 = 18_000_000;

/// A key under which personal data is sealed. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey([u8; DATA_KEY_BYTES]);

/// The place that a box belongs to. Made by the constructor for the message that is sealed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a, M> {
    origin: &'a str,
    subject: u64,
    member: Option<MemberNo>,
    message: PhantomData<M>,
}

/// A message of `sealed.proto`; no other messages are sealed.
pub trait Private: Message + Default {
    /// Its name in the proto files.
    const NAME: &'static str;

    /// Checks the limits of its values. Whether they make sense is checked by services that may read them.
    ///
    /// # Errors
    /// The first field over its limit.
    fn check(&self, unfit: fn(char) -> bool) -> Result<(), SealError>;
}

/// Why something cannot be sealed or opened. Never contains a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key or the place is wrong, or the box is damaged.
    #[error("the sealed data does not open with the key given")]
    Unreadable,
    /// The content is not such a message.
    #[error("the sealed data is not of the kind expected")]
    NotTheMessage,
    /// The box would be larger than [`SEALED_BYTES_MAX`].
    #[error("the sealed data is too large")]
    TooLarge,
    /// A text is too long.
    #[error("{field} is longer than {chars_max} characters")]
    TextTooLong {
        /// Name of the field.
        field: &'static str,
        /// The limit.
        chars_max: usize,
    },
    /// A text holds a control character or a number lies out of range.
    #[error("{field} is not valid")]
    Invalid {
        /// Name of the field.
        field: &'static str,
    },
}

impl DataKey {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; DATA_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// From bytes; `None` if they are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes, for the vault.
    pub fn as_bytes(&self) -> &[u8; DATA_KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl<'a> Place<'a, HouseholdPrivate> {
    /// A household's own data.
    pub fn household(origin: &'a str, household: HouseholdId) -> Self {
        Self { origin, subject: household.get(), member: None, message: PhantomData }
    }
}

impl<'a> Place<'a, MemberPrivate> {
    /// A member's data.
    pub fn member(origin: &'a str, household: HouseholdId, member: MemberNo) -> Self {
        Self { origin, subject: household.get(), member: Some(member), message: PhantomData }
    }
}

impl<'a> Place<'a, OfficialPrivate> {
    /// An official's data.
    pub fn official(origin: &'a str, official: OfficialId) -> Self {
        Self { origin, subject: u64::from(official.get()), member: None, message: PhantomData }
    }
}

impl<'a> Place<'a, VisitPrivate> {
    /// The account of a visit to a household.
    pub fn visit(origin: &'a str, household: HouseholdId) -> Self {
        Self { origin, subject: household.get(), member: None, message: PhantomData }
    }
}

impl<M: Private> Place<'_, M> {
    fn associated_data(&self) -> Vec<u8> {
        let mut text = format!("{}\0{}\0{}", self.origin, self.subject, M::NAME);
        if let Some(member) = self.member {
            text.push('\0');
            text.push_str(&member.get().to_string());
        }
        text.into_bytes()
    }
}

/// Seals a message: the bytes for [`crate::v1::Sealed::box`]. A nonce must never be used twice with one key.
///
/// # Errors
/// A value over its limit, or [`SealError::TooLarge`].
pub fn seal<M: Private>(
    key: &DataKey,
    nonce: [u8; NONCE_BYTES],
    place: &Place<'_, M>,
    message: &M,
) -> Result<Bytes, SealError> {
    message.check(is_hidden)?;
    let plain = message.encode_to_vec();
    let payload = Payload { msg: &plain, aad: &place.associated_data() };
    let sealed = cipher(key).encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::TooLarge)?;
    let whole = [nonce.as_slice(), sealed.as_slice()].concat();
    if whole.len() > SEALED_BYTES_MAX { Err(SealError::TooLarge) } else { Ok(whole.into()) }
}

/// Opens a box that is recorded.
///
/// # Errors
/// If it was not sealed under that key for that place, or the content is not such a message within its limits.
pub fn open<M: Private>(key: &DataKey, place: &Place<'_, M>, sealed: &[u8]) -> Result<M, SealError> {
    let message: M = read(&decrypted(key, place, sealed)?)?;
    message.check(char::is_control)?;
    Ok(message)
}

/// Opens a box that is about to be recorded. Its texts must not hold characters that nobody sees, and its bytes must
/// be those that this version writes, so that nothing is kept in it that nobody reads.
///
/// # Errors
/// As [`open`], or [`SealError::NotTheMessage`].
pub fn open_new<M: Private>(key: &DataKey, place: &Place<'_, M>, sealed: &[u8]) -> Result<M, SealError> {
    let plain = decrypted(key, place, sealed)?;
    let message: M = read(&plain)?;
    message.check(is_hidden)?;
    if message.encode_to_vec() == plain { Ok(message) } else { Err(SealError::NotTheMessage) }
}

fn decrypted<M: Private>(key: &DataKey, place: &Place<'_, M>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    if sealed.len() > SEALED_BYTES_MAX {
        return Err(SealError::TooLarge);
    }
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Unreadable)?;
    let payload = Payload { msg: sealed, aad: &place.associated_data() };
    cipher(key).decrypt(&Nonce::from(*nonce), payload).map_err(|_| SealError::Unreadable)
}

fn read<M: Private>(plain: &[u8]) -> Result<M, SealError> {
    M::decode(plain).map_err(|_| SealError::NotTheMessage)
}

impl Private for HouseholdPrivate {
    const NAME: &'static str = "HouseholdPrivate";

    fn check(&self, unfit: fn(char) -> bool) -> Result<(), SealError> {
        text(&self.address, ADDRESS_CHARS_MAX, "address", unfit)?;
        text(&self.phone, NUMBER_CHARS_MAX, "phone", unfit)?;
        text(&self.bank, PERSON_NAME_CHARS_MAX, "bank", unfit)?;
        text(&self.account, NUMBER_CHARS_MAX, "account", unfit)?;
        text(&self.remark, REMARK_CHARS_MAX, "remark", unfit)
    }
}

impl Private for MemberPrivate {
    const NAME: &'static str = "MemberPrivate";

    fn check(&self, unfit: fn(char) -> bool) -> Result<(), SealError> {
        text(&self.name, PERSON_NAME_CHARS_MAX, "name", unfit)?;
        text(&self.citizen_id, NUMBER_CHARS_MAX, "citizen_id", unfit)?;
        text(&self.disability_certificate, NUMBER_CHARS_MAX, "disability_certificate", unfit)?;
        text(&self.phone, NUMBER_CHARS_MAX, "phone", unfit)
    }
}

impl Private for OfficialPrivate {
    const NAME: &'static str = "OfficialPrivate";

    fn check(&self, unfit: fn(char) -> bool) -> Result<(), SealError> {
        text(&self.name, PERSON_NAME_CHARS_MAX, "name", unfit)?;
        text(&self.phone, NUMBER_CHARS_MAX, "phone", unfit)
    }
}

impl Private for VisitPrivate {
    const NAME: &'static str = "VisitPrivate";

    fn check(&self, unfit: fn(char) -> bool) -> Result<(), SealError> {
        text(&self.seen, SEEN_CHARS_MAX, "seen", unfit)?;
        within(self.latitude, LATITUDE_MAX, "latitude")?;
        within(self.longitude, LONGITUDE_MAX, "longitude")
    }
}

fn cipher(key: &DataKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(key.0))
}

/// In free text, a line break is the only unfit character allowed.
fn text(text: &str, chars_max: usize, field: &'static str, unfit: fn(char) -> bool) -> Result<(), SealError> {
    if text.chars().count() > chars_max {
        return Err(SealError::TextTooLong { field, chars_max });
    }
    if text.chars().any(|c| unfit(c) && c != '\n') { Err(SealError::Invalid { field }) } else { Ok(()) }
}

fn within(units: i32, units_max: u32, field: &'static str) -> Result<(), SealError> {
    if units.unsigned_abs() <= units_max { Ok(()) } else { Err(SealError::Invalid { field }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "lika.example/130624";

    fn household() -> HouseholdId {
        HouseholdId::new(1_234_567_890).unwrap()
    }

    fn number(member: u32) -> MemberNo {
        MemberNo::new(member).unwrap()
    }

    fn person() -> MemberPrivate {
        MemberPrivate { name: "张三".into(), citizen_id: "901624195803071228".into(), ..Default::default() }
    }

    fn key() -> DataKey {
        DataKey::new([1; DATA_KEY_BYTES])
    }

    #[test]
    fn sealed_data_opens_again() {
        let place = Place::member(ORIGIN, household(), number(2));
        let sealed = seal(&key(), [7; NONCE_BYTES], &place, &person()).unwrap();
        assert_eq!(sealed.len(), NONCE_BYTES + person().encoded_len() + 16);
        assert_eq!(open(&key(), &place, &sealed), Ok(person()));
        let visit =
            VisitPrivate { seen: "屋顶漏雨\n已报修".into(), latitude: 3_884_500, longitude: 11_418_900 };
        let place = Place::visit(ORIGIN, household());
        let sealed = seal(&key(), [8; NONCE_BYTES], &place, &visit).unwrap();
        assert_eq!(open(&key(), &place, &sealed), Ok(visit));
    }

    #[test]
    fn a_box_opens_nowhere_else() {
        let place = Place::member(ORIGIN, household(), number(2));
        let sealed = seal(&key(), [7; NONCE_BYTES], &place, &person()).unwrap();
        let elsewhere = [
            Place::member("lika.example/130625", household(), number(2)),
            Place::member(ORIGIN, HouseholdId::new(1_234_567_891).unwrap(), number(2)),
            Place::member(ORIGIN, household(), number(3)),
        ];
        for place in elsewhere {
            assert_eq!(open(&key(), &place, &sealed), Err(SealError::Unreadable));
        }
        assert_eq!(open(&DataKey::new([2; DATA_KEY_BYTES]), &place, &sealed), Err(SealError::Unreadable));
        assert_eq!(open(&key(), &Place::household(ORIGIN, household()), &sealed), Err(SealError::Unreadable));
        assert_eq!(open(&key(), &Place::visit(ORIGIN, household()), &sealed), Err(SealError::Unreadable));
    }

    #[test]
    fn damage_is_noticed_at_every_byte() {
        let place = Place::household(ORIGIN, household());
        let message = HouseholdPrivate { phone: "13900000000".into(), ..Default::default() };
        let sealed = seal(&key(), [7; NONCE_BYTES], &place, &message).unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.to_vec();
            damaged[at] ^= 1;
            assert_eq!(open(&key(), &place, &damaged), Err(SealError::Unreadable), "byte {at}");
            assert_eq!(open(&key(), &place, &sealed[..at]), Err(SealError::Unreadable), "{at} bytes");
        }
    }

    /// The same box made by another implementation of RFC 8439 (Python's `cryptography`), with the associated data
    /// written out.
    #[test]
    fn the_box_is_that_of_the_standard() {
        let official = OfficialId::new(10_000_001).unwrap();
        let place = Place::official(ORIGIN, official);
        assert_eq!(place.associated_data(), b"lika.example/130624\x0010000001\x00OfficialPrivate");
        let place_of_member = Place::member(ORIGIN, household(), number(2));
        assert_eq!(place_of_member.associated_data(), b"lika.example/130624\x001234567890\x00MemberPrivate\x002");
        let message = OfficialPrivate { name: "Li".into(), phone: "13900000000".into() };
        let sealed = seal(&key(), [7; NONCE_BYTES], &place, &message).unwrap();
        let expected = "070707070707070707070707a652fbae7fc4b4a40cfa6effe01626002ab60f6fbaee3c553e92b49c6b49e20650";
        assert_eq!(hex::encode(sealed), expected);
    }

    #[test]
    fn values_have_limits() {
        let place = Place::household(ORIGIN, household());
        let sealed = |change: fn(&mut HouseholdPrivate)| {
            let mut message = HouseholdPrivate::default();
            change(&mut message);
            seal(&key(), [7; NONCE_BYTES], &place, &message).map(|_| ())
        };
        let long = |field, chars_max| Err(SealError::TextTooLong { field, chars_max });
        assert_eq!(sealed(|m| m.address = "街".repeat(200)), Ok(()));
        assert_eq!(sealed(|m| m.address = "街".repeat(201)), long("address", 200));
        assert_eq!(sealed(|m| m.phone = "1".repeat(35)), long("phone", 34));
        assert_eq!(sealed(|m| m.bank = "行".repeat(65)), long("bank", 64));
        assert_eq!(sealed(|m| m.account = "1".repeat(35)), long("account", 34));
        assert_eq!(sealed(|m| m.remark = "注".repeat(501)), long("remark", 500));
        assert_eq!(sealed(|m| m.phone = "\u{1b}".into()), Err(SealError::Invalid { field: "phone" }));
        let far = VisitPrivate { latitude: -9_000_001, ..Default::default() };
        assert_eq!(far.check(is_hidden), Err(SealError::Invalid { field: "latitude" }));
        let far = VisitPrivate { longitude: i32::MIN, ..Default::default() };
        assert_eq!(far.check(is_hidden), Err(SealError::Invalid { field: "longitude" }));
        let full = VisitPrivate { seen: "见".repeat(SEEN_CHARS_MAX), ..Default::default() };
        let place = Place::visit(ORIGIN, household());
        assert!(seal(&key(), [7; NONCE_BYTES], &place, &full).unwrap().len() <= SEALED_BYTES_MAX);
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", key()), "DataKey(…)");
        assert_eq!(DataKey::from_slice(&[1; 32]), Some(key()));
        assert_eq!(DataKey::from_slice(&[1; 31]), None);
    }
}
