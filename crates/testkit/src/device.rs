//! Devices of officials, and what they sign.

use crate::county::{ADMINISTRATOR, NOW_MS, ORIGIN, area, official};
use lika_client::Signer;
use lika_client::compose::Report;
use lika_domain::ids::SubmissionId;
use lika_proto::v1;
use lika_proto::v1::submission::Events;

pub use lika_client::Device;
pub use lika_client::compose::Chain;

/// The administrator's device.
pub fn admin() -> Device {
    device(ADMINISTRATOR)
}

/// An official's device. Its key is always the same.
pub fn device(number: u32) -> Device {
    device_with_key(number, number)
}

/// The same with the key of another number.
pub fn device_with_key(number: u32, key: u32) -> Device {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&key.to_be_bytes());
    Device::new(Signer::from_seed(seed), official(number), ORIGIN)
}

/// Signs the device's next submission.
///
/// Its id follows from the key and its place in the chain. If the log refuses it, the chain has to be set back; tests
/// that expect a refusal sign with a clone.
pub fn sign(device: &mut Device, place: &str, events: Events) -> v1::SignedSubmission {
    sign_with_keys(device, place, events, Vec::new())
}

/// The same with data keys for the vault.
pub fn sign_with_keys(
    device: &mut Device,
    place: &str,
    events: Events,
    keys: Vec<v1::DataKey>,
) -> v1::SignedSubmission {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&device.chain().sequence.to_be_bytes());
    id[8..].copy_from_slice(&device.signer().id().0.to_be_bytes());
    let report = Report { area: area(place), events, keys, warned: Vec::new() };
    device.compose(SubmissionId(id), NOW_MS / 1000, report).unwrap().signed
}
