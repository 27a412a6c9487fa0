//! Shapes of texts in documents, for the description of the API (JSON Schema, draft 2020-12).

use lika_domain::area::Level;
use lika_domain::facts::kind::List;
use lika_domain::progress::{Part, Unit};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Declares a shape for a text, and the same for one that may be `null`.
macro_rules! texts {
    ($($name:ident $or_null:ident { $($key:literal: $value:literal),+ })+) => {$(
        #[allow(dead_code, reason = "not every shape is used both ways")]
        pub(crate) fn $name(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", $($key: $value),+})
        }

        #[allow(dead_code, reason = "not every shape is used both ways")]
        pub(crate) fn $or_null(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": ["string", "null"], $($key: $value),+})
        }
    )+};
}

texts! {
    day day_or_null { "format": "date" }
    moment moment_or_null { "format": "date-time" }
    month month_or_null { "pattern": "^[0-9]{4}-[0-9]{2}$" }
    prefix prefix_or_null { "pattern": "^[0-9]{2,12}$" }
    village village_or_null { "pattern": "^[0-9]{12}$" }
    household household_or_null { "pattern": "^[1-9][0-9]{9}$" }
    member member_or_null { "pattern": "^[1-9][0-9]{11}$" }
    official official_or_null { "pattern": "^[1-9][0-9]{7}$" }
    key key_or_null { "pattern": "^[0-9a-f]{16}$" }
}

/// The names of a closed list.
pub(crate) fn choice(list: &List) -> Vec<&'static str> {
    list.choices.iter().map(|choice| choice.name).collect()
}

/// The names of the levels.
pub(crate) fn levels() -> Vec<&'static str> {
    Level::ALL.iter().map(|level| level.name()).collect()
}

/// The parameters of a policy in the form in which they are set; the gateway adds their schema from the proto files.
pub(crate) fn policy_items(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {"$ref": "#/components/schemas/PolicyItem"}})
}

impl<P: Part> JsonSchema for crate::document::Sums<P> {
    fn schema_name() -> Cow<'static, str> {
        P::GROUP.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let figure = |part: &P| {
            let line = part.description();
            let mut schema = json!({"type": "integer", "description": line.definition.trim()});
            if line.unit != Unit::Fen
                && let Some(schema) = schema.as_object_mut()
            {
                schema.insert("minimum".to_owned(), json!(0));
            }
            (line.name.to_owned(), schema)
        };
        let properties: Map<String, Value> = P::ALL.iter().map(figure).collect();
        let required: Vec<&str> = P::ALL.iter().map(|part| part.name()).collect();
        let meaning = P::MEANING.trim();
        json_schema!({"type": "object", "description": meaning, "properties": properties, "required": required})
    }
}
