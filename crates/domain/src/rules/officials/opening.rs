//! The log begins.

use super::enrolment::enrol;
use super::keys::add_key;
use crate::facts::area::{Area, Level};
use crate::facts::describe::{Value, event};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::official::{Mode, ORIGIN_CHARS_MAX, PublicKey, Role};
use crate::facts::private;
use crate::facts::rejection::Code;
use crate::facts::village::NAME_CHARS_MAX;
use crate::rules::judge::Judge;
use crate::rules::reporters::ADMINISTRATOR;
use crate::rules::rule::Rule;
use crate::state::authority::Opening;
use crate::state::fold::Jurisdiction;
use crate::state::store::Store;

event! {
    /// The log begins; the official concerned is the first administrator.
    JurisdictionOpened "jurisdiction_opened", "日志启用", "log opened" {
        about: "启用日志；所涉干部为首位管理员。",
        concerns: Official,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "decision of this project: entry 0 says which log it is, and who may administer it",
        ground: true,
    }
    /// Name of the log.
    origin: Box<str> = Value::RequiredText { chars_max: ORIGIN_CHARS_MAX }, "日志名称", "日志的名称，如 lika.example/130624。";
    /// Area it covers.
    area: Area = Value::Area, "区划", "日志覆盖的区划。";
    /// Name of the area.
    name: Box<str> = Value::RequiredText { chars_max: NAME_CHARS_MAX }, "区划名称", "区划的名称。";
    /// What the log is for.
    mode: Mode = Value::Choice(&Mode::LIST), "用途", "正式使用还是试用。";
    /// The first administrator's key.
    public_key: PublicKey = Value::PublicKey, "公钥", "首位管理员的公钥。";
    /// Unit.
    unit: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "单位", "所在单位。";
    /// Post.
    post: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "职务", "所任职务。";
    /// Number of the data key the personal data is sealed under.
    sealed: Option<u32> = Value::Sealed(private::OFFICIAL), "加密", "加密个人信息所用数据密钥的编号。";
}

impl JurisdictionOpened {
    /// Its statements on who may sign; `event` is its envelope.
    pub fn opening(&self, event: &OfficialEnvelope) -> Opening<'_> {
        let Self { public_key: key, area, mode, .. } = *self;
        Opening { official: event.official, key, origin: &self.origin, area, mode }
    }
}

impl Rule<OfficialEnvelope> for JurisdictionOpened {
    /// The check of the header makes sure that it is alone in entry 0.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.no_card(event.household);
        judge.require(store.jurisdiction().is_none(), Code::AlreadyOpened, "events");
        let whole = self.area == judge.entry.submission.area && self.area.level() != Level::Village;
        judge.require(whole, Code::AreaWrongLevel, "area");
        judge.require(!self.origin.is_empty(), Code::FieldMissing, "origin");
        judge.require(!self.name.is_empty(), Code::FieldMissing, "name");
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        if store.jurisdiction().is_some() {
            return;
        }
        store.set_jurisdiction(Jurisdiction {
            rounds: Vec::new(),
            origin: self.origin.clone(),
            area: self.area,
            name: self.name.clone(),
            mode: self.mode,
            exited: None,
        });
        let texts = (self.unit.clone(), self.post.clone());
        store.put_official(event.official, enrol(entry, (Role::Administrator, self.area), texts, self.sealed));
        add_key(store, entry, event.official, &self.public_key);
    }
}
