//! Money is set aside for a village.

use crate::facts::aid::MeasureGroup;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::rejection::Code;
use crate::facts::village::NAME_CHARS_MAX;
use crate::rules::judge::Judge;
use crate::rules::reporters::TREASURY;
use crate::rules::rule::Rule;
use crate::state::aid::Allocation;
use crate::state::store::Store;

event! {
    /// Money is set aside for a village; the village is the submission's area.
    FundsAllocated "funds_allocated", "资金安排", "funds allocated" {
        about: "为一个村安排资金；村即报送的区划。",
        concerns: Village,
        reporters: TREASURY,
        procedure: None,
        source: "rules on special funds for poverty alleviation (财政专项扶贫资金管理办法)",
    }
    /// Number of the allocation, chosen by the author, unique in the village.
    allocation: u64 = Value::Number, "资金安排编号", "由填报人编定，在本村内不重复。";
    /// Release it is taken from.
    release: u64 = Value::Number, "下达编号", "从哪一次下达的资金中安排。";
    /// How much, in fen.
    amount: Fen = Value::Amount, "金额", "本次的金额。";
    /// Group of measures it is for.
    group: MeasureGroup = Value::Choice(&MeasureGroup::LIST), "措施类别", "资金用于哪类措施。";
    /// Name of the project.
    project: Box<str> = Value::Text { chars_max: NAME_CHARS_MAX }, "项目", "项目的名称。";
}

impl Rule<Envelope> for FundsAllocated {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        if judge.village(store).is_none() {
            return;
        }
        let earlier = store.allocation(judge.entry.submission.area, self.allocation);
        // An allocation made in error is corrected to zero, which releases its funds.
        let least = if earlier.is_some() { Fen::ZERO } else { Fen(1) };
        if self.amount < least {
            return judge.refuse(Code::AmountMissing, "amount", "");
        }
        let before = match earlier {
            Some(earlier) if event.puts_right(earlier.entry) && earlier.release == self.release => earlier.amount,
            Some(_) => return judge.refuse(Code::AllocationExists, "allocation", self.allocation.to_string()),
            None => Fen::ZERO,
        };
        let delivered = earlier.map_or(Fen::ZERO, |earlier| earlier.delivered);
        if self.amount < delivered {
            judge.refuse(Code::AllocationExceeded, "amount", format!("{delivered} yuan of it have been delivered"));
        }
        let release = store.release(self.release).filter(|release| judge.entry.sees(release.since));
        let Some(release) = release else {
            return judge.refuse(Code::ReleaseUnknown, "release", self.release.to_string());
        };
        judge.require(event.happened >= release.happened, Code::OutOfOrder, "happened");
        let left = release.amount_as_seen_by(judge.entry) - release.allocated_as_seen_by(judge.entry) + before;
        if self.amount > left {
            judge.refuse(Code::ReleaseExceeded, "amount", format!("{left} yuan left"));
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let village = entry.submission.area;
        let before = store.allocation(village, self.allocation).map_or(Fen::ZERO, |earlier| earlier.amount);
        if store.village(village).is_none() {
            return;
        }
        let Some(release) = store.release_mut(self.release) else { return };
        release.allocated.push((entry.index, self.amount - before));
        if let Some(earlier) = store.allocation_mut(village, self.allocation) {
            (earlier.amount, earlier.group) = (self.amount, self.group);
            (earlier.happened, earlier.entry) = (event.happened, entry.index);
            return;
        }
        let Self { release, amount, group, .. } = *self;
        let (happened, delivered) = (event.happened, Fen::ZERO);
        let allocation = Allocation { release, amount, group, happened, entry: entry.index, delivered };
        store.put_allocation(village, self.allocation, allocation);
    }
}
