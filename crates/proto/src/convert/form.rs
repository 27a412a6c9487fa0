//! The one form that the bytes of a new submission have: those that this version would write for what it reads. So
//! nothing is signed that nobody reads, and no two encodings say the same.

use crate::json::descriptor;
use crate::v1;
use bytes::Bytes;
use lika_domain::rejection::{Code, Rejection};
use prost::Message;
use prost_reflect::{DynamicMessage, Value};

/// Refuses bytes that differ from the encoding of the message that was read from them: fields in the order of their
/// numbers, each at most once, none with its default value, numbers as short as they go.
///
/// # Errors
/// `field_unknown` with the path of the first field that the message does not have, else `encoding_ambiguous`.
pub(super) fn check_form(bytes: &Bytes, message: &v1::Submission) -> Result<(), Rejection> {
    if message.encoded_len() == bytes.len() && message.encode_to_vec() == **bytes {
        return Ok(());
    }
    let dynamic = descriptor("Submission").ok().and_then(|shape| DynamicMessage::decode(shape, bytes.clone()).ok());
    match dynamic.and_then(|message| unknown(&message)) {
        Some(path) => Err(Rejection::of(Code::FieldUnknown, "submission", path)),
        None => Err(Rejection::of(Code::EncodingAmbiguous, "submission", "")),
    }
}

/// The path of the first field that is not in the proto files, such as `households.events[2].99`.
fn unknown(message: &DynamicMessage) -> Option<String> {
    if let Some(field) = message.unknown_fields().next() {
        return Some(field.number().to_string());
    }
    message.fields().find_map(|(field, value)| {
        let within = |value: &Value| value.as_message().and_then(unknown);
        match value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .find_map(|(place, item)| within(item).map(|path| format!("{}[{place}].{path}", field.name()))),
            value => within(value).map(|path| format!("{}.{path}", field.name())),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::all_submissions;
    use super::super::{recordable, submission, submission_message};
    use super::*;
    use lika_domain::text::is_hidden;
    use prost_reflect::ReflectMessage;

    fn refused(bytes: Vec<u8>) -> Rejection {
        let bytes = Bytes::from(bytes);
        recordable(&bytes, submission_message(&bytes).unwrap()).unwrap_err()
    }

    /// The key and the value of each field of an encoded message; lengths and keys here need one byte.
    fn fields(bytes: &[u8]) -> Vec<&[u8]> {
        let (mut rest, mut found) = (bytes, Vec::new());
        while let Some(key) = rest.first() {
            let varint = |bytes: &[u8]| bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
            let number = |bytes: &[u8]| prost::encoding::decode_varint(&mut &bytes[..]).unwrap();
            let long = match key & 7 {
                0 => 1 + varint(&rest[1..]),
                1 => 9,
                2 => 1 + varint(&rest[1..]) + usize::try_from(number(&rest[1..])).unwrap(),
                kind => panic!("wire type {kind}"),
            };
            let (field, after) = rest.split_at(long);
            found.push(field);
            rest = after;
        }
        found
    }

    #[test]
    fn every_honest_submission_is_in_its_one_form() {
        for message in all_submissions() {
            let bytes = Bytes::from(message.encode_to_vec());
            assert_eq!(recordable(&bytes, message).unwrap(), submission(&bytes).unwrap());
        }
    }

    /// Each says the same as the submission that it is made from.
    #[test]
    fn another_encoding_of_the_same_is_refused() {
        for message in all_submissions() {
            let bytes = message.encode_to_vec();
            let parts = fields(&bytes);
            let area = parts.iter().position(|field| field[0] >> 3 == 3).unwrap();
            let events = parts.last().unwrap();
            let mut swapped = parts.clone();
            swapped.swap(0, 1);
            let mut long = parts[area].to_vec();
            *long.last_mut().unwrap() |= 0x80;
            long.push(0);
            let mut overlong = parts.clone();
            overlong[area] = &long;
            let twice = [&bytes[..], parts[area]].concat();
            let empty: Vec<u8> = [&bytes[..], events.split_at(1).0, &[0]].concat();
            let earlier = [&parts[..parts.len() - 1].concat()[..], &[0x4a, 0], events].concat();
            let default = [&[0x20, 0][..], &bytes].concat();
            for (what, variant) in [
                ("fields out of order", swapped.concat()),
                ("an overlong number", overlong.concat()),
                ("a field twice", twice),
                ("a message in two parts", empty),
                ("two members of a oneof", earlier),
                ("a default value", default),
            ] {
                assert_eq!(
                    submission(&Bytes::from(variant.clone())),
                    submission(&Bytes::from(bytes.clone())),
                    "{what}"
                );
                assert_eq!(refused(variant).code(), Code::EncodingAmbiguous, "{what}");
            }
        }
    }

    /// Every message of every event, at every depth.
    #[test]
    fn an_unknown_field_is_refused_with_its_path_wherever_it_is() {
        let mut paths = Vec::new();
        for message in all_submissions() {
            let bytes = message.encode_to_vec();
            let shape = descriptor("Submission").unwrap();
            let dynamic = DynamicMessage::decode(shape, &bytes[..]).unwrap();
            for place in 0..messages(&dynamic) {
                let mut left = place;
                let (with, path) = planted(&dynamic, &mut left).unwrap();
                let why = refused(with.encode_to_vec());
                assert_eq!((why.code(), &*why.problems[0].detail), (Code::FieldUnknown, &*path));
                paths.push(path);
            }
        }
        assert!(paths.len() > 80, "{}", paths.len());
        assert!(paths.contains(&"households.events[2].household_registered.members[0].sealed.1999".to_owned()));
    }

    fn messages(message: &DynamicMessage) -> usize {
        let inside = message.fields().map(|(_, value)| match value {
            Value::Message(inner) => messages(inner),
            Value::List(items) => items.iter().filter_map(Value::as_message).map(messages).sum(),
            _ => 0,
        });
        1 + inside.sum::<usize>()
    }

    /// The message with an unknown field in the one of its messages that `left` counts down to, and the path of it.
    fn planted(message: &DynamicMessage, left: &mut usize) -> Option<(DynamicMessage, String)> {
        if *left == 0 {
            let bytes = [message.encode_to_vec(), b"\xfa\x7c\x03abc".to_vec()].concat();
            return Some((DynamicMessage::decode(message.descriptor(), &bytes[..]).unwrap(), "1999".to_owned()));
        }
        *left -= 1;
        message.fields().find_map(|(field, value)| {
            let mut whole = message.clone();
            match value {
                Value::Message(inner) => planted(inner, left).map(|(inner, path)| {
                    whole.set_field(&field, Value::Message(inner));
                    (whole, format!("{}.{path}", field.name()))
                }),
                Value::List(items) => items.iter().enumerate().find_map(|(place, item)| {
                    let (inner, path) = planted(item.as_message()?, left)?;
                    let mut items = items.clone();
                    items[place] = Value::Message(inner);
                    let mut whole = message.clone();
                    whole.set_field(&field, Value::List(items));
                    Some((whole, format!("{}[{place}].{path}", field.name())))
                }),
                _ => None,
            }
        })
    }

    /// Every text of every event.
    #[test]
    fn a_character_that_nobody_sees_is_refused_in_every_text_and_read_where_it_is_recorded() {
        let mut texts = 0;
        for message in all_submissions() {
            let shape = descriptor("Submission").unwrap();
            let dynamic = DynamicMessage::decode(shape, &message.encode_to_vec()[..]).unwrap();
            let mut place = 0;
            while let Some(changed) = spoilt(&dynamic, &mut place.clone()) {
                let bytes = Bytes::from(changed.encode_to_vec());
                let why = refused(bytes.to_vec());
                // A code of the catalogue has its own letters, and its own rule for them.
                if submission(&bytes).is_ok() {
                    assert!(why.problems[0].detail.ends_with("U+202E"), "{why}");
                    texts += 1;
                }
                place += 1;
            }
        }
        assert!(texts >= 12 && is_hidden('\u{202e}'), "{texts}");
    }

    /// The message with a mark of direction in the text that `left` counts down to.
    fn spoilt(message: &DynamicMessage, left: &mut usize) -> Option<DynamicMessage> {
        message.fields().find_map(|(field, value)| {
            let mut one = |value: &Value| match value {
                Value::String(text) if *left == 0 => Some(Value::String(format!("{text}\u{202e}"))),
                Value::String(_) => {
                    *left -= 1;
                    None
                }
                Value::Message(inner) => spoilt(inner, left).map(Value::Message),
                _ => None,
            };
            let changed = match value {
                Value::List(items) => items.iter().enumerate().find_map(|(place, item)| {
                    let mut items = items.clone();
                    items[place] = one(item)?;
                    Some(Value::List(items))
                }),
                value => one(value),
            };
            let mut whole = message.clone();
            whole.set_field(&field, changed?);
            Some(whole)
        })
    }
}
