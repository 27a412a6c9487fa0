//! The description of the API is true: it has every route and nothing else, and answers have the shape that it
//! promises.

use crate::line::exchange;
use crate::node::Node;
use lika_client::Device;
use lika_testkit::county::VILLAGE;
use lika_testkit::device::sign;
use lika_testkit::events::{card, village};
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
    let token = api.open_session(admin.signer()).await.unwrap().token;
    let document = document(&node).await;
    for (path, schema) in [
        ("/v1/log", "Log"),
        ("/v1/areas/130624/progress", "Progress"),
        ("/v1/areas/130624/progress?by=township", "Areas"),
        ("/v1/villages/130624100200/progress", "Progress"),
        ("/v1/areas/130624/progress/gap.health.missing", "Explanation"),
        ("/v1/areas/130624/progress/nothing", "Problem"),
        ("/v1/areas/44/progress/incidence", "Problem"),
        ("/v1/policy", "Policy"),
        ("/v1/policy?area=130624100&at=2016-01-01", "Policy"),
        ("/v1/households/1234567890", "Household"),
        ("/v1/officials/10000004", "Official"),
        ("/healthz", "Status"),
        ("/readyz", "Status"),
        ("/nothing", "Problem"),
        ("/v1/areas/44/progress", "Problem"),
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n");
        let reply = exchange(node.address, request).await.json();
        conforms(&document, schema, &reply, path);
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
        let events = lika_testkit::events::household_event(1_234_567_890, kind);
        node.api().submit(&sign(clerk, VILLAGE, events)).await.unwrap();
    }
}

/// Checks a value against a schema of the document. A property that is not described fails it: the document's own
/// schemas allow more, for clients of an older node.
fn conforms(document: &Value, schema: &str, value: &Value, at: &str) {
    let mut whole = document.clone();
    closed(&mut whole["components"]["schemas"]);
    whole["$ref"] = Value::from(format!("#/components/schemas/{schema}"));
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(value).map(|fault| format!("{} {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{at} is not a valid {schema}: {faults:#?}\n{value:#}");
}

/// Closes every object of a schema to properties that it does not describe.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) && !fields.contains_key("additionalProperties") {
                fields.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_is_valid_and_every_reference_leads_to_something() {
    let node = Node::start().await;
    let document = document(&node).await;
    for name in keys(&document["components"]["schemas"]) {
        let mut whole = document.clone();
        whole["$ref"] = Value::from(format!("#/components/schemas/{name}"));
        assert!(jsonschema::draft202012::new(&whole).is_ok(), "{name}");
        assert!(jsonschema::meta::is_valid(&document["components"]["schemas"][&name]), "{name}");
    }
    let mut led = BTreeSet::new();
    references(&document, &mut led);
    assert!(led.len() > 40, "{led:?}");
    for reference in led {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|inner| references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

/// Checks the check itself, with values that no schema may let through.
#[tokio::test(flavor = "multi_thread")]
async fn values_that_are_not_described_are_found() {
    let node = Node::start().await;
    let document = document(&node).await;
    let good = serde_json::json!({"status": "alive"});
    conforms(&document, "Status", &good, "good");
    for bad in [
        serde_json::json!({}),
        serde_json::json!({"status": "dead"}),
        serde_json::json!({"status": 1}),
        serde_json::json!({"status": "alive", "more": 1}),
    ] {
        let seen = std::panic::catch_unwind(|| conforms(&document, "Status", &bad, "bad"));
        assert!(seen.is_err(), "{bad}");
    }
}
