//! A village leaves the list of poor villages, or the county that of poor counties.

use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::facts::village::{COUNTY_ERRORS_BELOW, COUNTY_SATISFACTION_ABOVE, RURAL_PERSONS_MAX};
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::procedure::subject::Subject;
use crate::rules::reporters::COUNTY;
use crate::rules::rule::Rule;
use crate::state::fold::Jurisdiction;
use crate::state::store::Store;

/// Shares at an exit are stated per this many.
const PARTS: u32 = 10_000;

event! {
    /// The village leaves the list of poor villages.
    VillageExited "village_exited", "贫困村出列", "village exited" {
        about: "该村退出贫困村名单。",
        concerns: Village,
        reporters: COUNTY,
        procedure: Some(Procedure::VillageExit),
        source: "2016 opinions on the mechanism of exit: incidence below 2 %, in the west 3 %",
    }
    /// Poor persons counted.
    poor_persons: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "贫困人口", "统计的贫困人口数。";
    /// Rural registered persons counted.
    rural_persons: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "农村人口", "统计的农村户籍人口数。";
}

event! {
    /// The county leaves the list of poor counties.
    CountyExited "county_exited", "贫困县摘帽", "county exited" {
        about: "该县退出贫困县名单。",
        concerns: Jurisdiction,
        reporters: COUNTY,
        procedure: Some(Procedure::CountyExit),
        source: "2016 opinions on the mechanism of exit: incidence, wrong exits, missed households, satisfaction",
    }
    /// Poor persons counted.
    poor_persons: u32 = Value::Count { max: u32::MAX }, "贫困人口", "统计的贫困人口数。";
    /// Rural registered persons counted.
    rural_persons: u32 = Value::Count { max: u32::MAX }, "农村人口", "统计的农村户籍人口数。";
    /// Wrong exits per 10,000 households sampled.
    wrong_exit: u32 = Value::Count { max: PARTS }, "错退率（万分比）", "抽查每万户中错退的户数。";
    /// Missed households per 10,000 sampled.
    missed: u32 = Value::Count { max: PARTS }, "漏评率（万分比）", "抽查每万户中漏评的户数。";
    /// Satisfied per 10,000 asked.
    satisfaction: u32 = Value::Count { max: PARTS }, "群众满意度（万分比）", "每万名受访者中满意的人数。";
}

/// The incidence at the exit must fit the persons in the village's profile, and be below the threshold.
impl Rule<Envelope> for VillageExited {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        check_counted(judge, store, event, self.poor_persons, self.rural_persons);
        let Some(village) = judge.village(store) else { return };
        if !village.poor {
            judge.refuse(Code::VillageNotPoor, "area", "");
        } else if let Some(exited) = village.exited {
            judge.refuse(Code::VillageHasExited, "area", exited.to_string());
        } else {
            course::check_decided(judge, store, Subject::Village, Procedure::VillageExit, event.happened);
        }
        if self.rural_persons != village.rural_persons {
            let detail = format!("the profile states {}", village.rural_persons);
            judge.refuse(Code::CountInconsistent, "rural_persons", detail);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        if let Some(village) = store.village_mut(entry.submission.area) {
            village.exited = Some(event.happened);
            village.exited_in = Some(entry.index);
        }
        course::conclude(store, entry, Subject::Village, Procedure::VillageExit, event.happened);
    }
}

impl Rule<Envelope> for CountyExited {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        judge.in_jurisdiction(store);
        check_counted(judge, store, event, self.poor_persons, self.rural_persons);
        match store.jurisdiction().and_then(|jurisdiction| jurisdiction.exited) {
            Some(exited) => judge.refuse(Code::CountyHasExited, "area", exited.to_string()),
            None => course::check_decided(judge, store, Subject::County, Procedure::CountyExit, event.happened),
        }
        let standards = [
            (self.wrong_exit, self.wrong_exit < COUNTY_ERRORS_BELOW, "wrong_exit"),
            (self.missed, self.missed < COUNTY_ERRORS_BELOW, "missed"),
            (self.satisfaction, self.satisfaction > COUNTY_SATISFACTION_ABOVE, "satisfaction"),
        ];
        for (share, met, field) in standards {
            if share > PARTS {
                judge.refuse(Code::CountInconsistent, field, "");
            } else {
                judge.require(met, Code::ExitStandardUnmet, field);
            }
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        if let Some(jurisdiction) = store.jurisdiction().cloned() {
            store.set_jurisdiction(Jurisdiction { exited: Some(event.happened), ..jurisdiction });
        }
        course::conclude(store, entry, Subject::County, Procedure::CountyExit, event.happened);
    }
}

/// Checks that the numbers of persons are possible, and that the poor among them are fewer than the threshold allows.
fn check_counted(judge: &mut Judge<'_>, store: &impl Store, event: &Envelope, poor: u32, rural: u32) {
    if rural == 0 || poor > rural {
        return judge.refuse(Code::CountInconsistent, "poor_persons", "");
    }
    let policy = store.base().policy.seen_by(judge.entry);
    let threshold = policy.exit_threshold(judge.entry.submission.area, event.happened);
    let incidence = u64::from(poor) * u64::from(PARTS) / u64::from(rural);
    if u64::from(poor) * u64::from(PARTS) >= u64::from(threshold) * u64::from(rural) {
        let detail = format!("{incidence} per 10,000, must be below {threshold}");
        judge.refuse(Code::ExitStandardUnmet, "poor_persons", detail);
    }
}
