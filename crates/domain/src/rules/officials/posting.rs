//! An official is posted to a village, and the posting ends.

use super::known::active;
use crate::facts::date::Date;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::official::VillagePost;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::OFFICES;
use crate::rules::rule::Rule;
use crate::state::store::Store;
use crate::state::village::Posting;

event! {
    /// The official is posted to the village.
    #[derive(Copy)]
    VillageTeamPosted "village_team_posted", "驻村任职", "posted to the village" {
        about: "该干部派驻该村。",
        concerns: OfficialAndVillage,
        reporters: OFFICES,
        procedure: None,
        source: "2015 notice on first secretaries of villages; 2017 opinions on resident teams",
    }
    /// The post.
    post: VillagePost = Value::Choice(&VillagePost::LIST), "职务", "驻村担任的职务。";
    /// Planned last day.
    until: Option<Date> = Value::DayOrNone, "截止日期", "计划的最后一天。";
}

event! {
    /// The posting ends.
    VillagePostEnded "village_post_ended", "驻村离任", "village post ended" {
        about: "驻村任职结束。",
        concerns: OfficialAndVillage,
        reporters: OFFICES,
        procedure: None,
        source: "2015 notice on first secretaries of villages; 2017 opinions on resident teams",
    }
    /// The post that ends.
    post: VillagePost = Value::Choice(&VillagePost::LIST), "职务", "不再担任的职务。";
}

impl Rule<OfficialEnvelope> for VillageTeamPosted {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.no_card(event.household);
        active(judge, store, event.official);
        judge.require(self.until.is_none_or(|until| until >= event.happened), Code::PeriodInvalid, "until");
        let Some(village) = judge.village(store) else { return };
        let held = village.postings.iter().any(|held| held.official == event.official && held.post == self.post);
        judge.require(!held, Code::PostedAlready, "post");
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        if let Some(village) = store.village_mut(entry.submission.area) {
            let Self { post, until } = *self;
            let posting = Posting { official: event.official, post, from: event.happened, until, entry: entry.index };
            village.postings.push(posting);
        }
    }
}

impl Rule<OfficialEnvelope> for VillagePostEnded {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        judge.no_card(event.household);
        let Some(village) = judge.village(store) else { return };
        match village.postings.iter().find(|held| held.official == event.official && held.post == self.post) {
            Some(held) => judge.require(event.happened >= held.from, Code::OutOfOrder, "happened"),
            None => judge.refuse(Code::NotPosted, "post", event.official.to_string()),
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        if let Some(village) = store.village_mut(entry.submission.area) {
            village.postings.retain(|held| held.official != event.official || held.post != self.post);
        }
    }
}
