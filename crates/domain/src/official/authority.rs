//! Who may sign: the opening of the log, officials, their roles and their keys.

use super::{
    JurisdictionOpened, KEYS_MAX, Key, KeyEnrolled, KeyRevoked, Official, OfficialEnrolled, OfficialEvent, PublicKey,
    Role, RoleChanged,
};
use crate::admit::Judge;
use crate::area::{Area, Level};
use crate::ids::{KeyId, OfficialId};
use crate::rejection::Code;
use crate::state::{Jurisdiction, Store};
use crate::submission::Entry;

/// That it stands alone in entry 0 is judged with the header.
pub(super) fn check_opened(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    opened: &JurisdictionOpened,
) {
    judge.no_card(event.household);
    judge.require(store.jurisdiction().is_none(), Code::AlreadyOpened, "events");
    let whole = opened.area == judge.entry.submission.area && opened.area.level() != Level::Village;
    judge.require(whole, Code::AreaWrongLevel, "area");
    judge.require(!opened.origin.is_empty(), Code::FieldMissing, "origin");
    judge.require(!opened.name.is_empty(), Code::FieldMissing, "name");
}

pub(super) fn check_enrolled(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    enrolled: &OfficialEnrolled,
) {
    judge.in_jurisdiction(store);
    judge.no_card(event.household);
    if store.official(event.official).is_some() {
        judge.refuse(Code::OfficialExists, "official", event.official.to_string());
    }
    check_role_area(judge, store, enrolled.area);
}

pub(super) fn check_key_enrolled(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    enrolled: &KeyEnrolled,
) {
    judge.in_jurisdiction(store);
    judge.no_card(event.household);
    if let Some(official) = active(judge, store, event.official) {
        judge.require(official.keys.len() < KEYS_MAX, Code::TooManyKeys, "official");
    }
    if store.key(enrolled.key.id).is_some() {
        judge.refuse(Code::KeyExists, "public_key", enrolled.key.id.to_string());
    }
}

pub(super) fn check_key_revoked(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    revoked: &KeyRevoked,
) {
    judge.in_jurisdiction(store);
    judge.no_card(event.household);
    let Some(official) = known(judge, store, event.official) else { return };
    let key = store.key(revoked.key).filter(|key| key.official == event.official && judge.entry.sees(key.since));
    let Some(key) = key else {
        return judge.refuse(Code::KeyNotOfficials, "key", revoked.key.to_string());
    };
    if !key.is_good_for(judge.entry) {
        return judge.refuse(Code::KeyRevokedAlready, "key", revoked.key.to_string());
    }
    let stays = governs(store, judge.entry, official, Some(revoked.key));
    check_last_administrator(judge, store, event.official, official, stays);
}

pub(super) fn check_role_changed(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    changed: &RoleChanged,
) {
    judge.in_jurisdiction(store);
    judge.no_card(event.household);
    if let Some((_, area)) = changed.role {
        check_role_area(judge, store, area);
    }
    let Some(official) = known(judge, store, event.official) else { return };
    let stays = changed.role.is_some_and(|role| is_whole_administrator(store, role));
    check_last_administrator(judge, store, event.official, official, stays);
}

pub(super) fn apply_opened(store: &mut impl Store, entry: &Entry, event: &OfficialEvent, opened: &JurisdictionOpened) {
    if store.jurisdiction().is_some() {
        return;
    }
    store.set_jurisdiction(Jurisdiction {
        rounds: Vec::new(),
        origin: opened.origin.clone(),
        area: opened.area,
        name: opened.name.clone(),
        mode: opened.mode,
        exited: None,
    });
    let first = OfficialEnrolled {
        role: Role::Administrator,
        area: opened.area,
        unit: opened.unit.clone(),
        post: opened.post.clone(),
        sealed: opened.sealed,
    };
    apply_enrolled(store, entry, event, &first);
    apply_key(store, entry, event.official, &opened.key);
}

pub(super) fn apply_enrolled(
    store: &mut impl Store,
    entry: &Entry,
    event: &OfficialEvent,
    enrolled: &OfficialEnrolled,
) {
    store.put_official(
        event.official,
        Official {
            since: entry.index,
            roles: vec![(entry.index, Some((enrolled.role, enrolled.area)))],
            unit: enrolled.unit.clone(),
            post: enrolled.post.clone(),
            keys: Vec::new(),
            caseload: Vec::new(),
            visits: 0,
            sealed: enrolled.sealed,
            erased: false,
        },
    );
}

pub(super) fn apply_key(store: &mut impl Store, entry: &Entry, whose: OfficialId, key: &PublicKey) {
    if store.key(key.id).is_some() {
        return;
    }
    let Some(official) = store.official_mut(whose) else { return };
    official.keys.push(key.id);
    let fresh = Key { official: whose, bytes: key.bytes, since: entry.index, until: None, sequence: 0, previous: None };
    store.put_key(key.id, fresh);
}

pub(super) fn apply_key_revoked(store: &mut impl Store, entry: &Entry, revoked: &KeyRevoked) {
    if let Some(key) = store.key_mut(revoked.key) {
        key.until = key.until.or(Some(entry.index));
    }
}

pub(super) fn apply_role_changed(store: &mut impl Store, entry: &Entry, event: &OfficialEvent, changed: &RoleChanged) {
    if let Some(official) = store.official_mut(event.official) {
        official.roles.push((entry.index, changed.role));
        official.unit.clone_from(&changed.unit);
        official.post.clone_from(&changed.post);
    }
}

/// The official of that number, enrolled by what the recorder knew.
pub(super) fn known<'s>(judge: &mut Judge<'_>, store: &'s impl Store, id: OfficialId) -> Option<&'s Official> {
    let official = store.official(id).filter(|official| judge.entry.sees(official.since));
    if official.is_none() {
        judge.refuse(Code::OfficialUnknown, "official", id.to_string());
    }
    official
}

/// The official of that number, who must have a role.
pub(super) fn active<'s>(judge: &mut Judge<'_>, store: &'s impl Store, id: OfficialId) -> Option<&'s Official> {
    let official = known(judge, store, id)?;
    if official.role(judge.entry).is_none() {
        judge.refuse(Code::OfficialInactive, "official", id.to_string());
        return None;
    }
    Some(official)
}

/// Only administrators of the whole jurisdiction record in its area, so what lies inside it lies inside theirs.
fn check_role_area(judge: &mut Judge<'_>, store: &impl Store, area: Area) {
    if !store.jurisdiction().is_some_and(|jurisdiction| jurisdiction.area.contains(area)) {
        judge.refuse(Code::AreaUnknown, "area", area.to_string());
    }
}

/// A log nobody can administer any more could never be put right, so the last administrator stays: if `official` is
/// one and would not be any more, another must remain.
fn check_last_administrator(
    judge: &mut Judge<'_>,
    store: &impl Store,
    id: OfficialId,
    official: &Official,
    stays: bool,
) {
    let entry = judge.entry;
    if stays || !governs(store, entry, official, None) {
        return;
    }
    let others = store.official_numbers().filter(|other| *other != id);
    let mut others = others.filter_map(|other| store.official(other));
    let remains = others.any(|other| governs(store, entry, other, None));
    judge.require(remains, Code::LastAdministrator, "official");
}

/// Whether the official administers the whole jurisdiction and has a good key besides `without`.
fn governs(store: &impl Store, entry: &Entry, official: &Official, without: Option<KeyId>) -> bool {
    let good = |id: &&KeyId| store.key(**id).is_some_and(|key| key.is_good_for(entry));
    official.role(entry).is_some_and(|role| is_whole_administrator(store, role))
        && official.keys.iter().filter(|id| Some(**id) != without).any(|id| good(&id))
}

fn is_whole_administrator(store: &impl Store, (role, area): (Role, Area)) -> bool {
    role == Role::Administrator && store.jurisdiction().is_some_and(|jurisdiction| jurisdiction.area == area)
}
