//! A look at the outside of a submission: its id, and whose events it holds. Only its recorder reads the rest.

use bytes::Bytes;
use lika_proto::convert::Service;

const FIELD_ID: u64 = 1;
const FIELD_HOUSEHOLDS: u64 = 9;
const FIELD_OFFICIALS: u64 = 10;
const FIELD_AID: u64 = 11;
/// Longest id that is repeated in an answer, in bytes.
const ID_BYTES_MAX: usize = 16;

/// What can be seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peek {
    /// The submission's id; empty if it cannot be found.
    pub(crate) id: Bytes,
    /// The recorder it is for; `None` if it holds no events or is no submission at all.
    pub(crate) service: Option<Service>,
}

impl Peek {
    /// The recorder to ask. What holds no events is refused by any of them in the same words.
    pub(crate) fn recorder(&self) -> Service {
        self.service.unwrap_or(Service::Households)
    }
}

/// Reads until the end or until something is no protobuf. As in protobuf, what stands last holds.
pub(crate) fn peek(submission: &Bytes) -> Peek {
    let mut found = Peek::default();
    let mut rest = submission.as_ref();
    while let Some((field, length, value)) = next(&mut rest) {
        match field {
            FIELD_ID if length <= ID_BYTES_MAX => found.id = submission.slice_ref(value),
            FIELD_HOUSEHOLDS => found.service = Some(Service::Households),
            FIELD_OFFICIALS => found.service = Some(Service::Officials),
            FIELD_AID => found.service = Some(Service::Aid),
            _ => {}
        }
    }
    found
}

/// The next field: its number, and length and content if it has a length.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u64, usize, &'a [u8])> {
    let key = varint(rest)?;
    let length = match key & 7 {
        0 => {
            varint(rest)?;
            0
        }
        1 => 8,
        2 => usize::try_from(varint(rest)?).ok()?,
        5 => 4,
        _ => return None,
    };
    let (value, after) = rest.split_at_checked(length)?;
    *rest = after;
    // What has no length is not looked at; its number must not be taken for that of a message.
    let field = if key & 7 == 2 { key >> 3 } else { 0 };
    Some((field, length, value))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_proto::v1;
    use lika_proto::v1::submission::Events;
    use prost::Message;

    fn encoded(events: Option<Events>) -> Bytes {
        let id = Bytes::from_static(&[7; 16]);
        let submission = v1::Submission { id, origin: "o".into(), area: 5, key: 9, events, ..Default::default() };
        submission.encode_to_vec().into()
    }

    #[test]
    fn the_recorder_is_found_by_the_events() {
        for (events, service) in [
            (None, None),
            (Some(Events::Households(Default::default())), Some(Service::Households)),
            (Some(Events::Officials(Default::default())), Some(Service::Officials)),
            (Some(Events::Aid(Default::default())), Some(Service::Aid)),
        ] {
            let found = peek(&encoded(events));
            assert_eq!((found.id.as_ref(), found.service), ([7; 16].as_slice(), service));
        }
    }

    #[test]
    fn the_last_events_hold_as_they_do_when_it_is_decoded() {
        let both =
            [encoded(Some(Events::Aid(Default::default()))), encoded(Some(Events::Officials(Default::default())))];
        let both = Bytes::from(both.concat());
        assert!(matches!(v1::Submission::decode(both.clone()).unwrap().events, Some(Events::Officials(_))));
        assert_eq!(peek(&both).service, Some(Service::Officials));
    }

    #[test]
    fn nonsense_has_neither() {
        for bytes in [&[][..], &[0xff; 40], &[0x4a, 0x7f], &[0x0a], b"nonsense", &[0x48, 0x01]] {
            assert_eq!(peek(&Bytes::copy_from_slice(bytes)), Peek::default(), "{bytes:?}");
        }
    }
}
