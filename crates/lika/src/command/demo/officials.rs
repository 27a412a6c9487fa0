//! Officials of the made-up county, one of each role, whose folders are kept beside the log: so that everything an
//! official does can be tried.

use crate::command::client::now_s;
use lika_client::{Device, Home};
use lika_domain::official::{Authority, Role};
use lika_domain::state::State;
use std::path::{Path, PathBuf};

/// The folder of the folders, in that of the demonstration.
const FOLDER: &str = "officials";

/// The folder of the official with that role.
pub(super) fn folder(data: &Path, role: Role) -> PathBuf {
    data.join(FOLDER).join(role.name())
}

/// Keeps the folder of one official of each role: the one with most submissions, since their area has most to see.
pub(super) fn keep(data: &Path, state: &State, devices: &[Device]) -> anyhow::Result<()> {
    let authority = Authority::current(state);
    for role in Role::ALL {
        let has_role = |device: &&Device| authority.signer(device.signer().id(), None).is_ok_and(|s| s.role == *role);
        let Some(device) = devices.iter().filter(has_role).max_by_key(|device| device.chain().sequence) else {
            continue;
        };
        Home::open(&folder(data, *role))?.adopt("demo", device, now_s())?;
    }
    Ok(())
}
