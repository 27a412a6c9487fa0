//! The description of the API (OpenAPI 3.1.1), made when it is first asked for: operations from [`operations`],
//! schemas from the types that are written and read, errors from the tables of codes. No part of it is written by hand
//! a second time.

mod operations;

use crate::files::file;
use crate::limits::{HEADER_BYTES_MAX, URI_BYTES_MAX};
use crate::media::{JSON, PROTOBUF};
use crate::problem::{self, Code, PROBLEM_JSON};
use crate::{node, reads, replica, submissions};
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use lika_domain::rejection;
use operations::{Body, OPERATIONS, Operation, Parameter, Shape};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Where a document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";
/// Errors of every request: a path or header lines that are too long.
const ALWAYS: [u16; 2] = [414, 431];
/// The status of a request that the official is not allowed to make.
const FORBIDDEN: u16 = 403;
/// The status when the node cannot answer now.
const LATE: u16 = 503;

/// The document.
fn document() -> Value {
    let errors: BTreeSet<(bool, u16)> =
        OPERATIONS.iter().flat_map(|one| statuses(one).map(|status| (refuses(one, status), status))).collect();
    let responses: Map<String, Value> = errors.into_iter().map(|(refuses, status)| error(refuses, status)).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Lika",
            "version": "1",
            "summary": "Records of poverty households in a log that anyone can check.",
            "description": "Officials submit signed records; every submission that is recorded gets a receipt. \
                            Errors are problem details (RFC 9457) with a stable `code`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": OPERATIONS.iter().map(|one| one.tag).collect::<BTreeSet<_>>().iter()
            .map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "paths": paths(),
        "components": {
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "A token of `POST /v1/sessions`."}
            },
            "responses": responses,
            "schemas": schemas(),
        },
    })
}

fn paths() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for one in OPERATIONS {
        paths.entry(one.path).or_default().insert(one.method.to_owned(), operation(one));
    }
    json!(paths)
}

fn operation(one: &Operation) -> Value {
    let mut described = json!({"operationId": one.id, "tags": [one.tag], "summary": one.summary});
    let Some(fields) = described.as_object_mut() else { return described };
    let mut set = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    if !one.description.is_empty() {
        set("description", json!(one.description));
    }
    if one.session {
        set("security", json!([{"session": []}]));
    }
    if !one.parameters.is_empty() {
        set("parameters", one.parameters.iter().map(parameter).collect());
    }
    if !one.request.is_empty() {
        set("requestBody", json!({"required": true, "content": content(one.request)}));
    }
    let answers = one.answers.iter().map(|(status, description, body)| {
        (status.to_string(), json!({"description": description, "content": content(body)}))
    });
    let errors = statuses(one).map(|status| {
        (
            status.to_string(),
            json!({"$ref": format!("#/components/responses/{}", error_name(refuses(one, status), status))}),
        )
    });
    set("responses", Value::Object(answers.chain(errors).collect()));
    described
}

/// Statuses of the errors that an operation can have.
fn statuses(one: &Operation) -> impl Iterator<Item = u16> {
    one.errors.iter().copied().chain(ALWAYS)
}

fn parameter(parameter: &Parameter) -> Value {
    let Parameter { name, place, description, schema } = parameter;
    json!({"name": name, "in": place, "required": *place == "path", "description": description, "schema": schema()})
}

fn content(bodies: &[Body]) -> Value {
    let body = |(media_type, shape): &Body| ((*media_type).to_owned(), json!({"schema": shape_of(*shape)}));
    Value::Object(bodies.iter().map(body).collect())
}

fn shape_of(shape: Shape) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#{SCHEMAS}/{name}")});
    match shape {
        Shape::Schema(name) => reference(name),
        Shape::OneOf(names) => json!({"oneOf": names.iter().map(|name| reference(name)).collect::<Vec<_>>()}),
        Shape::Text => json!({"type": "string"}),
        Shape::Bytes(description) => json!({"type": "string", "format": "binary", "description": description}),
        Shape::Object => json!({"type": "object"}),
    }
}

/// The name of an error answer: the phrase of its status in one word. Answers that may also be a refusal of a
/// submission have names of their own.
fn error_name(refuses: bool, status: u16) -> String {
    let phrase = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
    format!("{}{}", if refuses { "Submission" } else { "" }, phrase.replace([' ', '-'], ""))
}

/// Whether an error of an operation is a refusal of a submission, which clients of protobuf get as protobuf.
fn refuses(one: &Operation, status: u16) -> bool {
    one.submits && (status == LATE || by_rules(status).next().is_some())
}

/// Codes of the rules that are answered with a status.
fn by_rules(status: u16) -> impl Iterator<Item = &'static str> {
    let codes = rejection::Code::ALL.iter().filter(move |code| problem::status_of(code.class()) == status);
    codes.map(|code| code.name())
}

/// An error answer: the codes it may have, from the tables they are declared in.
fn error(refuses: bool, status: u16) -> (String, Value) {
    let own = Code::ALL.iter().filter(|code| code.status() == status).map(|code| code.name());
    // Reads are forbidden with the same codes as submissions.
    let rules = by_rules(status).filter(|_| refuses || status == FORBIDDEN);
    let codes: Vec<String> = own.chain(rules).map(|code| format!("`{code}`")).collect();
    let limit = match status {
        414 => format!(" At most {URI_BYTES_MAX} bytes of path and query."),
        431 => format!(" At most {HEADER_BYTES_MAX} bytes of header lines."),
        LATE if refuses => " It is not known whether it was recorded; send the same bytes again.".to_owned(),
        _ => String::new(),
    };
    let mut content = json!({PROBLEM_JSON: {"schema": shape_of(Shape::Schema("Problem"))}});
    if let Some(content) = content.as_object_mut().filter(|_| refuses) {
        content.insert(PROTOBUF.to_owned(), json!({"schema": shape_of(operations::ANSWER)}));
    }
    let mut answer = json!({"description": format!("{}.{limit}", codes.join(", ")), "content": content});
    let header = match status {
        401 => json!({"WWW-Authenticate": {"description": "The scheme.", "schema": {"const": "Bearer"}}}),
        LATE => {
            json!({"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}})
        }
        _ => Value::Null,
    };
    if let Some(fields) = answer.as_object_mut().filter(|_| !header.is_null()) {
        fields.insert("headers".to_owned(), header);
    }
    (error_name(refuses, status), answer)
}

/// The schemas of everything that is written or read as JSON.
fn schemas() -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = SCHEMAS.into();
            settings.meta_schema = None;
        })
    };
    let mut written = settings().for_serialize().into_generator();
    reads::describe(&mut written);
    replica::describe(&mut written);
    add::<node::Status>(&mut written);
    add::<submissions::ReceiptJson<'_>>(&mut written);
    add::<problem::Details<'_>>(&mut written);
    let mut read = settings().for_deserialize().into_generator();
    add::<submissions::SubmissionJson>(&mut read);
    add::<reads::SessionRequest>(&mut read);
    let mut schemas = written.take_definitions(true);
    schemas.extend(read.take_definitions(true));
    if let Ok(mut item) = lika_proto::json::schema("PolicyItem") {
        // These are always written, although the JSON mapping of protobuf may leave them out.
        item["required"] = json!(["area", "source", "unconfirmed"]);
        schemas.insert("PolicyItem".to_owned(), item);
    }
    Value::Object(schemas)
}

/// Adds a schema under its name.
fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    let _reference = generator.subschema_for::<T>();
}

/// `GET /openapi.json`
pub(crate) async fn get() -> Response {
    // Texts and numbers can always be written as JSON.
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| serde_json::to_vec(&document()).unwrap_or_default().into());
    file(JSON, "no-cache", TEXT.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_with_an_answer_that_may_have_it() {
        let document = document();
        let answers = document["components"]["responses"].as_object().unwrap();
        let said: String = answers.values().filter_map(|answer| answer["description"].as_str()).collect();
        let own = Code::ALL.iter().filter(|code| **code != Code::MethodNotAllowed).map(|code| code.name());
        for code in own.chain(rejection::Code::ALL.iter().map(|code| code.name())) {
            assert!(said.contains(&format!("`{code}`")), "{code}");
        }
    }
}
