//! Money reaches the county.

use crate::facts::aid::FundsSource;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::policy::YEARS;
use crate::facts::rejection::Code;
use crate::facts::village::NAME_CHARS_MAX;
use crate::rules::judge::Judge;
use crate::rules::reporters::TREASURY;
use crate::rules::rule::Rule;
use crate::state::aid::Release;
use crate::state::store::Store;

event! {
    /// Money reaches the county.
    FundsReleased "funds_released", "资金下达", "funds released" {
        about: "资金到达本县。",
        concerns: Jurisdiction,
        reporters: TREASURY,
        procedure: None,
        source: "rules on special funds for poverty alleviation (财政专项扶贫资金管理办法)",
    }
    /// Number of the release, chosen by the author, unique in the log.
    release: u64 = Value::Number, "下达编号", "由填报人编定，在整个日志内不重复。";
    /// Where it comes from.
    source: FundsSource = Value::Choice(&FundsSource::LIST), "资金来源", "资金来自哪一级或哪一方。";
    /// How much, in fen.
    amount: Fen = Value::Amount, "金额", "本次的金额。";
    /// Budget year.
    year: u32 = Value::Year, "年度", "预算年度。";
    /// Document number.
    document: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "文号", "下达文件的文号。";
}

impl Rule<Envelope> for FundsReleased {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.in_jurisdiction(store);
        judge.no_card(event.household);
        judge.require(self.amount > Fen::ZERO, Code::AmountMissing, "amount");
        judge.require(YEARS.contains(&self.year), Code::FieldInvalid, "year");
        let Some(release) = store.release(self.release) else { return };
        if !release.entries().any(|entry| event.puts_right(entry)) {
            return judge.refuse(Code::ReleaseExists, "release", self.release.to_string());
        }
        let allocated = release.allocated_as_seen_by(judge.entry);
        if self.amount < allocated {
            judge.refuse(Code::ReleaseExceeded, "amount", format!("{allocated} yuan of it have been allocated"));
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Self { source, amount, .. } = *self;
        match store.release_mut(self.release) {
            Some(release) => {
                release.put_right.push((entry.index, release.amount));
                (release.source, release.amount, release.happened) = (source, amount, event.happened);
            }
            None => {
                let (put_right, allocated) = (Vec::new(), Vec::new());
                let (happened, since) = (event.happened, entry.index);
                let release = Release { source, amount, happened, since, put_right, allocated };
                store.put_release(self.release, release);
            }
        }
    }
}
