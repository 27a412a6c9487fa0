//! A log with its vault, and data sealed under the keys in it.

use crate::{county, log};
use lika_ledger::Ledger;
use lika_proto::seal::{DataKey, Place, Private, seal};
use lika_proto::v1;
use lika_vault::Vault;
use std::sync::Arc;
use tempfile::TempDir;

/// An empty log with its vault, as a service gets them.
pub struct LogAndVault {
    /// Judges what the service prepares.
    pub ledger: Arc<Ledger>,
    /// Keeps the data keys.
    pub vault: Arc<Vault>,
    _dir: TempDir,
}

impl LogAndVault {
    /// Both in a folder of their own.
    pub fn create() -> Self {
        let dir = log::create();
        Vault::create(dir.path()).unwrap();
        let (ledger, vault) = (log::open(dir.path()), Arc::new(Vault::open(dir.path()).unwrap()));
        Self { ledger, vault, _dir: dir }
    }
}

/// The data key of a household or official with that number; its bytes are the number.
pub fn data_key(subject: u64, number: u8) -> v1::DataKey {
    v1::DataKey { subject, number: number.into(), key: vec![number; 32].into() }
}

/// Seals under the data key with that number.
pub fn sealed<M: Private>(number: u8, place: &Place<'_, M>, message: &M) -> Option<v1::Sealed> {
    let r#box = seal(&DataKey::new([number; 32]), [7; 12], place, message).unwrap();
    Some(v1::Sealed { key: number.into(), r#box })
}

/// Where an official's personal data is sealed.
pub fn place_of_official(number: u32) -> Place<'static, v1::OfficialPrivate> {
    Place::official(county::ORIGIN, county::official(number))
}

/// Where the personal data of a household's head is sealed.
pub fn place_of_head(household: u64) -> Place<'static, v1::MemberPrivate> {
    Place::member(county::ORIGIN, county::household(household), county::member_no(1))
}
