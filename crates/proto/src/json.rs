//! Messages as JSON in the standard mapping of proto3, for people and for clients without protobuf.
//!
//! Names are written in lower camel case, as the mapping says, and read both so and as in the proto files; 64-bit
//! numbers are texts; bytes are base64. An unknown field is refused, since it is most likely a typing error.

use crate::DESCRIPTORS;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::json;
use std::sync::LazyLock;

/// Largest JSON text accepted, in bytes. The largest submission needs less.
pub const JSON_BYTES_MAX: usize = 1_048_576;

/// Why a message could not be turned from or into JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The proto files have no message with this name.
    #[error("there is no message named {0}")]
    MessageUnknown(String),
    /// The text is above [`JSON_BYTES_MAX`].
    #[error("{0} bytes of JSON, at most {JSON_BYTES_MAX} are read")]
    TooLarge(usize),
    /// The text is not JSON, or not of that message.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// The bytes are not an encoding of that message.
    #[error("the bytes are not such a message")]
    Decode(#[source] prost_reflect::prost::DecodeError),
}

/// All descriptors, decoded once. The build generates them and the tests read them, so decoding cannot fail.
static POOL: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).ok());

/// A message as JSON. `message_name` is its name in the package, such as `Submission`.
///
/// # Errors
/// If there is no such message, or the bytes are not one.
pub fn to_json(message_name: &str, bytes: &[u8]) -> Result<serde_json::Value, JsonError> {
    let message = DynamicMessage::decode(descriptor(message_name)?, bytes).map_err(JsonError::Decode)?;
    Ok(serde_json::to_value(&message)?)
}

/// Encodes a message written as JSON; fields are in the order of their numbers.
///
/// # Errors
/// If there is no such message, the text is too large, or it is not JSON of that message.
pub fn from_json(message_name: &str, text: &str) -> Result<Vec<u8>, JsonError> {
    if text.len() > JSON_BYTES_MAX {
        return Err(JsonError::TooLarge(text.len()));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let message = DynamicMessage::deserialize(descriptor(message_name)?, &mut json)?;
    json.end()?;
    Ok(message.encode_to_vec())
}

/// The JSON Schema (draft 2020-12) of a message in this mapping, as written here: every field may be missing.
///
/// # Errors
/// If there is no such message.
pub fn schema(message_name: &str) -> Result<serde_json::Value, JsonError> {
    Ok(schema_of(&descriptor(message_name)?))
}

fn schema_of(message: &MessageDescriptor) -> serde_json::Value {
    let fields = message.fields().map(|field| (field.json_name().to_owned(), schema_of_field(&field)));
    let fields: serde_json::Map<_, _> = fields.collect();
    let description = format!("`{}` in the JSON mapping of proto3.", message.full_name());
    json!({"type": "object", "description": description, "additionalProperties": false, "properties": fields})
}

fn schema_of_field(field: &FieldDescriptor) -> serde_json::Value {
    let one = match field.kind() {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Double | Kind::Float => json!({"type": "number"}),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({"type": "integer"}),
        Kind::Uint32 | Kind::Fixed32 => json!({"type": "integer", "minimum": 0}),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => json!({"type": "string", "pattern": "^-?[0-9]+$"}),
        Kind::Uint64 | Kind::Fixed64 => json!({"type": "string", "pattern": "^[0-9]+$"}),
        Kind::String => json!({"type": "string"}),
        Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
        // No message of the package contains itself, so this ends.
        Kind::Message(message) => schema_of(&message),
        Kind::Enum(choices) => {
            json!({"enum": choices.values().map(|choice| choice.name().to_owned()).collect::<Vec<_>>()})
        }
    };
    if field.is_list() { json!({"type": "array", "items": one}) } else { one }
}

pub(crate) fn descriptor(message_name: &str) -> Result<MessageDescriptor, JsonError> {
    let message = POOL.as_ref().and_then(|pool| pool.get_message_by_name(&format!("lika.v1.{message_name}")));
    message.ok_or_else(|| JsonError::MessageUnknown(message_name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1;

    #[test]
    fn a_message_comes_back_from_json() {
        let step = v1::ProcedureStepTaken { procedure: 1, step: 3, outcome: 1, present: 40, ..Default::default() };
        let json = to_json("ProcedureStepTaken", &step.encode_to_vec()).unwrap();
        let expected = serde_json::json!({
            "procedure": "PROCEDURE_IDENTIFICATION",
            "step": "STEP_APPRAISAL",
            "outcome": "OUTCOME_PASSED",
            "present": 40,
        });
        assert_eq!(json, expected);
        assert_eq!(from_json("ProcedureStepTaken", &json.to_string()).unwrap(), step.encode_to_vec());
        assert_eq!(from_json("EventRef", r#"{"entry": "18446744073709551615"}"#).unwrap().len(), 11);
    }

    #[test]
    fn both_spellings_of_a_field_are_read() {
        let snake = from_json("HouseholdDeregistered", r#"{"merged_into": 1234567890}"#).unwrap();
        assert_eq!(from_json("HouseholdDeregistered", r#"{"mergedInto": "1234567890"}"#).unwrap(), snake);
    }

    #[test]
    fn text_that_is_not_the_message_is_refused() {
        assert!(matches!(from_json("Nothing", "{}"), Err(JsonError::MessageUnknown(_))));
        assert!(matches!(to_json("Nothing", &[]), Err(JsonError::MessageUnknown(_))));
        for text in ["", "{", "[]", "{} x", r#"{"entri": 1}"#, r#"{"entry": -1}"#] {
            assert!(matches!(from_json("EventRef", text), Err(JsonError::Json(_))), "{text}");
        }
        assert!(matches!(to_json("EventRef", &[0x08]), Err(JsonError::Decode(_))));
        let large = format!("{{}}{}", " ".repeat(JSON_BYTES_MAX));
        assert!(matches!(from_json("EventRef", &large), Err(JsonError::TooLarge(_))));
    }
}
