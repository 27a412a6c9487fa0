//! The description of the API says what the API is: every route stands in it and nothing else does, and what is
//! answered has the shape it promises.

use crate::line::exchange;
use crate::node::{Node, VILLAGE, card, sign, village};
use lika_client::{Device, Signer};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Pages are for people and not part of the API.
const PAGES: [&str; 3] = ["/", "/areas/{prefix}", "/areas/{prefix}/{figure}"];

async fn document(node: &Node) -> Value {
    node.get("/openapi.json").await.json()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_described_and_nothing_else_is() {
    let node = Node::start().await;
    let document = document(&node).await;
    let described = keys(&document["paths"]);
    let routes: BTreeSet<String> = lika_gateway::ROUTES
        .iter()
        .filter(|route| !PAGES.contains(route))
        .flat_map(|route| match *route {
            // A path with steps inside a parameter cannot be described; its two common forms are.
            "/tile/{*path}" => vec!["/tile/{level}/{n}".to_owned(), "/tile/{level}/{n}.p/{width}".to_owned()],
            route => vec![route.to_owned()],
        })
        .collect();
    assert_eq!(described, routes);
}

#[tokio::test(flavor = "multi_thread")]
async fn described_methods_are_those_allowed() {
    let node = Node::start().await;
    let document = document(&node).await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let path = path.replace(['{', '}'], "0");
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            let status = exchange(node.address, request).await.status;
            let described = operations.get(method.to_lowercase()).is_some();
            assert_eq!(status != 405, described, "{method} {path}: {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_describes_the_errors_it_can_have() {
    let node = Node::start().await;
    let document = document(&node).await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let statuses = keys(&operation["responses"]);
            let mut expected = vec!["414", "431"];
            expected.extend(operation.get("requestBody").map(|_| "415"));
            expected.extend(operation.get("security").into_iter().flat_map(|_| ["401", "403"]));
            expected.extend(path.contains('{').then_some("404"));
            for status in expected {
                assert!(statuses.contains(status), "{path} {status}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_have_the_shape_described() {
    let (node, mut admin) = Node::opened().await;
    let api = node.api();
    api.submit(&sign(&mut admin, VILLAGE, village("村"))).await.unwrap();
    let mut clerk = crate::api::enrol(&node, &mut admin, 0, VILLAGE).await;
    record_a_card(&node, &mut clerk).await;
    node.caught_up().await;
    let token = api.open_session(&Signer::from_seed([1; 32])).await.unwrap().token;
    let document = document(&node).await;
    for (path, schema) in [
        ("/v1/log", "Log"),
        ("/v1/areas/130624/progress", "Progress"),
        ("/v1/areas/130624/progress?by=township", "Areas"),
        ("/v1/villages/130624100201/progress", "Progress"),
        ("/v1/areas/130624/progress/gap.health.missing", "Explanation"),
        ("/v1/areas/130624/progress/nothing", "Problem"),
        ("/v1/areas/44/progress/incidence", "Problem"),
        ("/v1/policy", "Policy"),
        ("/v1/policy?area=130624100&at=2016-01-01", "Policy"),
        ("/v1/households/1234567890", "Household"),
        ("/v1/officials/10000002", "Official"),
        ("/healthz", "Status"),
        ("/readyz", "Status"),
        ("/nothing", "Problem"),
        ("/v1/areas/44/progress", "Problem"),
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n");
        let reply = exchange(node.address, request).await.json();
        let schema = serde_json::json!({"$ref": format!("#/components/schemas/{schema}")});
        conforms(&document, &schema, &reply, path);
    }
}

/// A card with something in every list.
async fn record_a_card(node: &Node, clerk: &mut Device) {
    use lika_proto::v1;
    use lika_proto::v1::household_event::Kind;
    node.api().submit(&sign(clerk, VILLAGE, card(1_234_567_890))).await.unwrap();
    let income =
        v1::IncomeAssessed { year: 2019, wage: 500_000, net: 500_000, per_head: 500_000, ..Default::default() };
    let living = v1::LivingConditionsAssessed { food: 1, dwelling: 1, ..Default::default() };
    for kind in [Kind::IncomeAssessed(income), Kind::LivingConditionsAssessed(living)] {
        let events = crate::node::household_event(1_234_567_890, kind);
        node.api().submit(&sign(clerk, VILLAGE, events)).await.unwrap();
    }
}

/// Checks a value against as much of JSON Schema as the document uses, and that it has no property that is not described.
fn conforms(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference}"));
        return conforms(document, target, value, at);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let option = options.iter().find(|option| value.is_null() == (option["type"] == "null"));
        return conforms(document, option.unwrap_or_else(|| panic!("{at}: {value}")), value, at);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let actual = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.contains(&actual), "{at}: {value} is not of {types:?}");
    assert!(schema["enum"].as_array().is_none_or(|names| names.contains(value)), "{at}: {value}");
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        conforms(document, &schema["items"], item, &format!("{at}[{number}]"));
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let property = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        let property = property.unwrap_or_else(|| panic!("{at}.{name} is not described"));
        conforms(document, property, inner, &format!("{at}.{name}"));
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(value.is_null() || value.get(required.as_str().unwrap()).is_some(), "{at}: {required} is missing");
    }
}
