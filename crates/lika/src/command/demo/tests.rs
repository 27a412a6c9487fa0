//! A made-up county, loaded into a node and judged again.

use super::summary::Summary;
use super::{Exit, ensure_new};
use crate::printer::Printer;
use lika_client::Api;
use lika_county::{County, History, Loader};
use lika_domain::language::Language;
use lika_ledger::Clock;
use lika_runtime::{Embedded, EmbeddedConfig, listen, log};
use std::net::Ipv4Addr;
use std::time::Duration;

const TWO_VILLAGES: &str = "code,level,name\n520102000000,county,甲县\n520102100000,township,乙镇\n\
    520102100200,village,丙村村民委员会\n520102100201,village,丁村村民委员会\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_county_is_loaded_over_http_and_judged_again() {
    let dir = tempfile::tempdir().unwrap();
    let (county, origin, printer) =
        (County::parse(TWO_VILLAGES).unwrap(), "lika.example/520102", Printer::new(true, Language::En));
    log::create(dir.path(), origin).unwrap();
    let (listener, clock) = (listen((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap(), Clock::driven(1));
    let node =
        Embedded::start(EmbeddedConfig { data: dir.path().to_owned(), listener, clock: clock.clone() }).await.unwrap();
    let mut history = History::new(county, origin, 30, 7).unwrap();
    let api = Api::new(&format!("http://{}", node.addr())).unwrap();
    let loader = Loader::new(api, node.ledger().verifier_key().clone(), clock, 7);
    let (loaded, _) = loader.load(&mut history, |_| {}).await.unwrap();
    assert!(loaded.events > 3_000, "{loaded:?}");
    let took = Duration::from_secs(1);
    let mut summary = Summary::of(&node, dir.path(), &history, loaded, took).await.unwrap();
    node.stop().await.unwrap();
    summary.verify(printer).unwrap();
    let (json, text) = (serde_json::to_value(&summary).unwrap(), summary.text(Language::En));
    assert_eq!((&json["area"], &json["verified"]), (&"520102".into(), &true.into()));
    let areas = json["areas"].as_array().unwrap();
    let named: Vec<_> = areas.iter().map(|area| area["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["甲县", "乙镇"]);
    assert_eq!(areas[0]["households"]["poor"], 0);
    assert!(text.contains("30 households in 2 villages") && text.contains("judged again"), "{text}");
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(ensure_new(dir.path()).is_ok() && ensure_new(&dir.path().join("new")).is_ok());
    std::fs::write(dir.path().join("file"), "").unwrap();
    let failure = ensure_new(dir.path()).unwrap_err();
    assert_eq!((failure.exit, failure.code.as_ref()), (Exit::Conflict, "data_exists"));
    assert!(ensure_new(&dir.path().join("file")).is_err());
}
