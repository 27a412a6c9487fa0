//! The official that an event names.

use crate::facts::ids::OfficialId;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::authority::Authority;
use crate::state::official::Official;
use crate::state::store::Store;

/// The official with that number, enrolled as far as the recorder knew.
pub(super) fn known<'s>(judge: &mut Judge<'_>, store: &'s impl Store, id: OfficialId) -> Option<&'s Official> {
    let official = Authority::recorded(store, judge.entry).official(id);
    if official.is_none() {
        judge.refuse(Code::OfficialUnknown, "official", id.to_string());
    }
    official
}

/// The official with that number, who must have a role.
pub(super) fn active<'s>(judge: &mut Judge<'_>, store: &'s impl Store, id: OfficialId) -> Option<&'s Official> {
    let official = known(judge, store, id)?;
    if Authority::recorded(store, judge.entry).role(official).is_none() {
        judge.refuse(Code::OfficialInactive, "official", id.to_string());
        return None;
    }
    Some(official)
}
