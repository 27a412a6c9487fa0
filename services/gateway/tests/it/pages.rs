//! Pages: every figure links to its contributions.

use crate::api::enrol;
use crate::line::exchange;
use crate::node::Node;
use lika_testkit::county::VILLAGE;
use lika_testkit::device::sign;
use lika_testkit::events::{card, village};
use std::collections::BTreeSet;

/// The links of a page to areas and figures.
fn links(page: &str) -> BTreeSet<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.starts_with("/areas/")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_link_to_their_contributions() {
    let (node, mut admin) = Node::opened().await;
    node.api().submit(&sign(&mut admin, VILLAGE, village("第一山村"))).await.unwrap();
    let mut clerk = enrol(&node, &mut admin, 0, VILLAGE).await;
    node.api().submit(&sign(&mut clerk, VILLAGE, card(1_234_567_890))).await.unwrap();
    node.caught_up().await;
    let page = node.get(&format!("/areas/{VILLAGE}")).await.text();
    let figures: Vec<String> = links(&page).into_iter().filter(|link| link.matches('/').count() == 3).collect();
    let named = |name: &str| figures.contains(&format!("/areas/{VILLAGE}/{name}"));
    for name in ["households.registered", "officials.unassigned", "gap.health.missing", "procedures.without_steps"] {
        assert!(named(name), "{name}: {figures:?}");
    }
    for link in &figures {
        let reply = node.get(link).await;
        assert_eq!(reply.status, 200, "{link}");
        assert!(reply.head.contains("text/html"), "{link}");
        let text = reply.text();
        assert!(text.contains("依据") && text.contains(&VILLAGE.to_string()), "{link}: {text}");
    }
    let registered = node.get(&format!("/areas/{VILLAGE}/households.registered")).await.text();
    assert!(registered.contains("1234567890"), "{registered}");
    let month = node.get(&format!("/areas/{VILLAGE}/months.2020-09.registered")).await;
    assert_eq!(month.status, 200);
    assert_eq!(node.get(&format!("/areas/{VILLAGE}/nothing")).await.status, 400);
    assert_eq!(node.get("/areas/44/households.poor").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_an_error_as_a_page() {
    let (node, _) = Node::opened().await;
    let address = node.address;
    let browse = |path: &'static str| async move {
        let head = "host: x\r\naccept: text/html,application/xml;q=0.9,*/*;q=0.8\r\nconnection: close\r\n\r\n";
        exchange(address, format!("GET {path} HTTP/1.1\r\n{head}")).await
    };
    for (path, status, code) in [
        ("/areas/44", 404, "area_without_records"),
        ("/areas/%3Cb%3E", 400, "parameter_invalid"),
        ("/nothing", 404, "not_found"),
    ] {
        let (page, json) = (browse(path).await, node.get(path).await);
        assert_eq!((page.status, json.status), (status, status), "{path}");
        assert!(page.head.contains("text/html") && json.head.contains("application/problem+json"), "{path}");
        let text = page.text();
        assert!(text.contains(code) && text.contains("返回首页") && !text.contains("<b>"), "{path}: {text}");
        assert!(json.text().contains(code), "{path}");
    }
}
