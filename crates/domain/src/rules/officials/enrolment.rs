//! An official is enrolled, or their role changes.

use super::administrators::{check_last, check_role_area};
use super::known::known;
use crate::facts::area::Area;
use crate::facts::describe::{Field, Value, event, fields};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::official::Role;
use crate::facts::private;
use crate::facts::rejection::Code;
use crate::facts::village::NAME_CHARS_MAX;
use crate::rules::judge::Judge;
use crate::rules::reporters::ADMINISTRATOR;
use crate::rules::rule::Rule;
use crate::state::authority::Authority;
use crate::state::official::Official;
use crate::state::store::Store;

event! {
    /// An official is enrolled.
    OfficialEnrolled "official_enrolled", "干部登记", "official enrolled" {
        about: "登记一名干部。",
        concerns: Official,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "2014 plan for identification and cards: every card names the official who answers for it",
        ground: true,
    }
    /// The official's role.
    role: Role = Value::Choice(&Role::LIST), "角色", "该干部的角色，决定能办理哪些事项。";
    /// Area of the role.
    area: Area = Value::Area, "区划", "角色所管的区划。";
    /// Unit.
    unit: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "单位", "所在单位。";
    /// Post.
    post: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "职务", "所任职务。";
    /// Number of the data key the personal data is sealed under.
    sealed: Option<u32> = Value::Sealed(private::OFFICIAL), "加密", "加密个人信息所用数据密钥的编号。";
}

event! {
    /// The official's role or area changes.
    RoleChanged "role_changed", "角色变更", "role changed" {
        about: "干部的角色或区划变更。",
        concerns: Official,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "decision of this project: a role lasts until an entry ends it",
        ground: true,
    }
    /// Role and area from now on; `None` if the official has no role any more.
    role: Option<(Role, Area)> = Value::Special { wire: ROLE, inside: &[] }, "角色", "今后的角色和区划；不再担任角色的不填。";
    /// Unit.
    unit: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "单位", "所在单位。";
    /// Post.
    post: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "职务", "所任职务。";
}

/// The fields of a role in the proto files.
const ROLE: &[Field] = fields! {
    /// The role from now on; none if the official has no role any more.
    role = Value::ChoiceOrNone(&Role::LIST), "角色", "今后的角色；不再担任角色的不填。";
    /// Area of the role; none without a role.
    area = Value::Area, "区划", "角色所管的区划。", when role is ["*"];
};

impl Rule<OfficialEnvelope> for OfficialEnrolled {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.in_jurisdiction(store);
        judge.no_card(event.household);
        if store.official(event.official).is_some() {
            judge.refuse(Code::OfficialExists, "official", event.official.to_string());
        }
        check_role_area(judge, store, self.area);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        let texts = (self.unit.clone(), self.post.clone());
        store.put_official(event.official, enrol(entry, (self.role, self.area), texts, self.sealed));
    }
}

/// An official as the state first keeps them; the texts are unit and post.
pub(super) fn enrol(
    entry: &EntryHeader,
    role: (Role, Area),
    (unit, post): (Box<str>, Box<str>),
    sealed: Option<u32>,
) -> Official {
    Official {
        since: entry.index,
        roles: vec![(entry.index, Some(role))],
        unit,
        post,
        keys: Vec::new(),
        caseload: Vec::new(),
        visits: 0,
        sealed,
        erased: false,
    }
}

impl Rule<OfficialEnvelope> for RoleChanged {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.in_jurisdiction(store);
        judge.no_card(event.household);
        if let Some((_, area)) = self.role {
            check_role_area(judge, store, area);
        }
        let Some(official) = known(judge, store, event.official) else { return };
        let stays = self.role.is_some_and(|role| Authority::recorded(store, judge.entry).is_whole(role));
        check_last(judge, store, event.official, official, stays);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        if let Some(official) = store.official_mut(event.official) {
            official.roles.push((entry.index, self.role));
            official.unit.clone_from(&self.unit);
            official.post.clone_from(&self.post);
        }
    }
}
