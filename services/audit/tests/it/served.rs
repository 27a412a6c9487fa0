//! Serves a log's folder and its figures over HTTP, possibly with lies.

use crate::world::World;
use lika_audit::auditor::{Remote, replay};
use lika_domain::area::Area;
use lika_eventlog::verify::Folder;
use lika_testkit::log::key;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// Folder and figures to serve.
pub(crate) struct Served {
    folder: PathBuf,
    log: lika_audit::auditor::Replay,
    lie: Option<(String, String, u64)>,
}

impl Served {
    /// The log of a world as it is.
    pub(crate) fn start(world: &World) -> Self {
        Self::of(&world.folder().0)
    }

    /// A copy of a world's log.
    pub(crate) fn of(folder: &Path) -> Self {
        let log = replay(&Folder(folder.to_owned()), key().verifier(), 1, &mut ()).unwrap();
        Self { folder: folder.to_owned(), log, lie: None }
    }

    /// Serves another value for one figure of an area.
    pub(crate) fn lying(self, area: &str, pointer: &str, value: u64) -> Self {
        Self { lie: Some((area.to_owned(), pointer.to_owned(), value)), ..self }
    }

    /// Serves until the test ends.
    pub(crate) fn remote(self) -> Remote {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let remote = tokio::task::block_in_place(|| Remote::new(&address)).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                self.answer(stream.unwrap());
            }
        });
        remote
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let request = lines.next().unwrap().unwrap();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let path = request.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
        let body = self.document(&path).or_else(|| std::fs::read(self.folder.join(&path)).ok());
        let (status, body) = body.map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
        let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    }

    fn document(&self, path: &str) -> Option<Vec<u8>> {
        let area = path.strip_prefix("v1/areas/")?.split('/').next()?;
        let progress = self.log.past.progress(area.parse::<Area>().unwrap())?;
        let mut document = serde_json::to_value(progress).unwrap();
        if let Some((_, pointer, value)) = self.lie.as_ref().filter(|(about, ..)| about == area) {
            *document.pointer_mut(pointer).unwrap() = (*value).into();
        }
        Some(serde_json::to_vec(&document).unwrap())
    }
}
