//! Personal data of an official, opened for a reader. The caller must check that the reader is authorised.

use crate::Officials;
use lika_domain::ids::OfficialId;
use lika_eventlog::error::LogError;
use lika_proto::convert::submission_message;
use lika_proto::seal::{self, Place};
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_vault::OpenedOfficial;

impl Officials {
    /// Opens the personal data of an official; `None` if there is no such official, no data, or its key is gone.
    /// Blocks on reading the log, so it must not be called in an async task.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn personal(&self, id: OfficialId) -> Result<Option<OpenedOfficial>, LogError> {
        let known = {
            let state = self.ledger.state();
            let origin = state.jurisdiction.as_ref().map(|opened| opened.origin.clone());
            origin.zip(state.officials.get(&id).map(|official| official.since))
        };
        let Some((origin, since)) = known else { return Ok(None) };
        // Only the entry that enrolled the official holds their data.
        let entry = self.ledger.log().read(since, 1)?;
        let Some(sealed) = entry.first().and_then(|entry| sealed_of(id, entry)) else { return Ok(None) };
        let Some(key) = self.vault.key(id.get().into(), sealed.key) else { return Ok(None) };
        Ok(seal::open(&key, &Place::official(&origin, id), &sealed.r#box).ok().map(Into::into))
    }
}

fn sealed_of(id: OfficialId, bytes: &bytes::Bytes) -> Option<v1::Sealed> {
    let entry = <v1::Entry as prost::Message>::decode(bytes.clone()).ok()?;
    let Some(v1::submission::Events::Officials(list)) = submission_message(&entry.submission).ok()?.events else {
        return None;
    };
    let mut own = list.events.into_iter().filter(|event| event.official == id.get());
    own.find_map(|event| match event.kind? {
        Kind::JurisdictionOpened(opened) => opened.sealed,
        Kind::OfficialEnrolled(enrolled) => enrolled.sealed,
        _ => None,
    })
}
