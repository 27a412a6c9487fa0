//! Checks in which area a role may be given, and that the log always has an administrator.

use crate::facts::area::Area;
use crate::facts::ids::OfficialId;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::authority::Authority;
use crate::state::official::Official;
use crate::state::store::Store;

/// The area of a role must lie in the jurisdiction. Then it also lies in the author's area, since only administrators
/// of the whole jurisdiction can report for it.
pub(super) fn check_role_area(judge: &mut Judge<'_>, store: &impl Store, area: Area) {
    if !store.jurisdiction().is_some_and(|jurisdiction| jurisdiction.area.contains(area)) {
        judge.refuse(Code::AreaUnknown, "area", area.to_string());
    }
}

/// A log without an administrator could never be corrected. So if `official` is an administrator and would cease to be
/// one, another must remain.
pub(super) fn check_last(judge: &mut Judge<'_>, store: &impl Store, id: OfficialId, official: &Official, stays: bool) {
    let authority = Authority::recorded(store, judge.entry);
    if stays || !authority.governs(official, None) {
        return;
    }
    let others = store.official_numbers().filter(|other| *other != id);
    let mut others = others.filter_map(|other| store.official(other));
    let remains = others.any(|other| authority.governs(other, None));
    judge.require(remains, Code::LastAdministrator, "official");
}
