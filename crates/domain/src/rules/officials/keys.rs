//! Adding and revoking keys.

use super::administrators::check_last;
use super::known::{active, known};
use crate::facts::describe::{Value, event};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::{KeyId, OfficialId};
use crate::facts::official::{KEYS_MAX, PublicKey, RevokeReason};
use crate::facts::rejection::Code;
use crate::facts::village::NAME_CHARS_MAX;
use crate::rules::judge::Judge;
use crate::rules::reporters::ADMINISTRATOR;
use crate::rules::rule::Rule;
use crate::state::authority::Authority;
use crate::state::official::Key;
use crate::state::store::Store;

event! {
    /// A key may sign from now on.
    KeyEnrolled "key_enrolled", "密钥登记", "key enrolled" {
        about: "一把密钥今后可以签名。",
        concerns: Official,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "decision of this project: a signature counts only if an administrator enrolled its key",
        ground: true,
    }
    /// The key.
    public_key: PublicKey = Value::PublicKey, "公钥", "设备的公钥。";
    /// Name of the device.
    device: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "设备", "设备的名称，如“办公室电脑”。";
}

event! {
    /// A key may no longer sign.
    KeyRevoked "key_revoked", "密钥吊销", "key revoked" {
        about: "一把密钥今后不得签名。",
        concerns: Official,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "decision of this project: a lost key is revoked from the entry that says so, not before",
        ground: true,
    }
    /// The key.
    key: KeyId = Value::Key, "密钥", "被吊销的密钥。";
    /// Why.
    reason: RevokeReason = Value::Choice(&RevokeReason::LIST), "原因", "为什么。";
}

impl Rule<OfficialEnvelope> for KeyEnrolled {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.in_jurisdiction(store);
        judge.no_card(event.household);
        if let Some(official) = active(judge, store, event.official) {
            judge.require(official.keys.len() < KEYS_MAX, Code::TooManyKeys, "official");
        }
        if store.key(self.public_key.id).is_some() {
            judge.refuse(Code::KeyExists, "public_key", self.public_key.id.to_string());
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        add_key(store, entry, event.official, &self.public_key);
    }
}

/// Adds a key to those of an official.
pub(super) fn add_key(store: &mut impl Store, entry: &EntryHeader, official: OfficialId, key: &PublicKey) {
    if store.key(key.id).is_some() {
        return;
    }
    let Some(owner) = store.official_mut(official) else { return };
    owner.keys.push(key.id);
    store.put_key(
        key.id,
        Key { official, bytes: key.bytes, since: entry.index, until: None, sequence: 0, previous: None },
    );
}

impl Rule<OfficialEnvelope> for KeyRevoked {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.in_jurisdiction(store);
        judge.no_card(event.household);
        let Some(official) = known(judge, store, event.official) else { return };
        let authority = Authority::recorded(store, judge.entry);
        let Some(key) = authority.key(self.key).filter(|key| key.official == event.official) else {
            return judge.refuse(Code::KeyNotOfficials, "key", self.key.to_string());
        };
        if !authority.is_in_force(key) {
            return judge.refuse(Code::KeyRevokedAlready, "key", self.key.to_string());
        }
        let stays = authority.governs(official, Some(self.key));
        check_last(judge, store, event.official, official, stays);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, _event: &OfficialEnvelope) {
        if let Some(key) = store.key_mut(self.key) {
            key.until = key.until.or(Some(entry.index));
        }
    }
}
