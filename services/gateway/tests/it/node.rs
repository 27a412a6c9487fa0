//! A node for tests: a log in a folder, its views, and the gateway on a port of its own. See
//! [`LedgerBackend`] for what answers it.

use crate::backend::LedgerBackend;
use crate::line::{Reply, exchange};
use lika_client::compose::{Device, Report};
use lika_client::{Api, Signer};
use lika_domain::ids::{OfficialId, SubmissionId};
use lika_eventlog::tiles::TileLog;
use lika_gateway::{Gateway, serve};
use lika_ledger::{Clock, Ledger};
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use lika_views::{Follower, LogIdentity, Views, follow};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const ORIGIN: &str = "lika.example/130624";
pub(crate) const COUNTY: u64 = 130_624_000_000;
pub(crate) const VILLAGE: u64 = 130_624_100_201;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;

pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) served: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
    _follower: Follower,
    _dir: TempDir,
}

impl Node {
    /// With an empty log.
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32]);
        TileLog::create(dir.path(), &key).unwrap();
        let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 1).unwrap();
        let identity = LogIdentity { origin: ORIGIN.into(), opening: None, size: 0 };
        let views = Arc::new(Views::open(&dir.path().join("views"), &identity).unwrap());
        let follower = follow(views.clone(), ledger.feed(0));
        let gateway = Gateway::start(LedgerBackend { ledger: ledger.clone(), views: views.clone() }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(gateway, listener, async { drop(stopped.await) }));
        Self { address, ledger, served, stop: Some(stop), _follower: follower, _dir: dir }
    }

    /// With an opened log and an administrator.
    pub(crate) async fn opened() -> (Self, Device) {
        let (node, mut admin) = (Self::start().await, admin());
        let opening = opening(&admin);
        let signed = sign(&mut admin, COUNTY, opening);
        assert_eq!(node.api().submit(&signed).await.unwrap().index, 0);
        (node, admin)
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        exchange(self.address, format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await
    }

    pub(crate) async fn post(&self, path: &str, media_type: &str, body: &[u8]) -> Reply {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {media_type}\r\n\
             content-length: {length}\r\n\r\n"
        );
        exchange(self.address, [head.as_bytes(), body].concat()).await
    }

    /// Waits until the views have applied everything sealed.
    pub(crate) async fn caught_up(&self) {
        let last = self.ledger.log().checkpoint().size - 1;
        let reply = self.get(&format!("/v1/areas/13/progress?index={last}")).await;
        assert_ne!(reply.status, 503, "{}", reply.text());
    }
}

pub(crate) fn admin() -> Device {
    Device::new(Signer::from_seed([1; 32]), OfficialId::new(10_000_001).unwrap(), ORIGIN)
}

pub(crate) fn sign(device: &mut Device, area: u64, events: Events) -> v1::SignedSubmission {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&device.chain().sequence.to_be_bytes());
    id[8..].copy_from_slice(&device.signer().id().0.to_be_bytes());
    let area = lika_domain::area::Area::from_code(area).unwrap();
    let report = Report { area, events, keys: Vec::new() };
    device.compose(SubmissionId(id), NOW_MS / 1000, report).unwrap().signed
}

pub(crate) fn opening(device: &Device) -> Events {
    let opened = v1::JurisdictionOpened {
        origin: ORIGIN.into(),
        area: COUNTY,
        name: "阜平县".into(),
        mode: v1::Mode::Testing.into(),
        public_key: device.signer().public().to_vec().into(),
        sealed: Some(v1::Sealed { key: 1, r#box: vec![0; 64].into() }),
        ..Default::default()
    };
    official(device.author().get(), v1::official_event::Kind::JurisdictionOpened(opened))
}

pub(crate) fn official(number: u32, kind: v1::official_event::Kind) -> Events {
    let event = v1::OfficialEvent { happened: 20_200_901, official: number, kind: Some(kind), ..Default::default() };
    Events::Officials(v1::OfficialEvents { events: vec![event] })
}

pub(crate) fn village(name: &str) -> Events {
    let registered =
        v1::VillageRegistered { name: name.into(), poor: true, rural_households: 100, rural_persons: 300 };
    household_event(0, v1::household_event::Kind::VillageRegistered(registered))
}

pub(crate) fn card(household: u64) -> Events {
    let sealed = Some(v1::Sealed { key: 1, r#box: vec![0; 64].into() });
    let head = v1::Member {
        number: 1,
        relation: 1,
        sex: 1,
        birth_month: 196_501,
        ethnicity: 1,
        health: 1,
        labour: 1,
        sealed: sealed.clone(),
        ..Default::default()
    };
    let registered = v1::HouseholdRegistered {
        attribute: 1,
        standard: 1,
        main_cause: 1,
        members: vec![head],
        sealed,
        ..Default::default()
    };
    household_event(household, v1::household_event::Kind::HouseholdRegistered(registered))
}

pub(crate) fn household_event(household: u64, kind: v1::household_event::Kind) -> Events {
    let event = v1::HouseholdEvent { happened: 20_200_901, household, kind: Some(kind), ..Default::default() };
    Events::Households(v1::HouseholdEvents { events: vec![event] })
}
