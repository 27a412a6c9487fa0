//! Made-up events of the aid service.

use super::{Dice, Manner};
use lika_domain::aid::{
    AidAcknowledged, AidDelivered, AidEvent, AidKind, AidReversed, FundsAllocated, FundsReleased, FundsSource,
    MeasureGroup, MeasurePlanned, ReversalReason,
};
use lika_domain::ids::HouseholdId;
use lika_domain::money::Fen;
use lika_domain::state::State;
use lika_domain::submission::Envelope;
use lika_testkit::county::date;

/// Number of the release that villages share.
const SHARED_RELEASE: u64 = 0;
/// Groups that made-up measures are of; few, so that deliveries often fit them.
const GROUPS: &[MeasureGroup] = &[MeasureGroup::Industry, MeasureGroup::Housing];

/// A release of 1,000 yuan, for the village of that number; 0 is for all.
pub(super) fn release(number: u64) -> AidEvent {
    let (source, amount) = (FundsSource::County, Fen::yuan(1_000));
    let released = FundsReleased { release: number, source, amount, year: 2014, document: "".into() };
    on_first_day(AidKind::FundsReleased(released))
}

/// An allocation of 500 yuan and a measure for all.
pub(super) fn ground(village: usize) -> Vec<AidEvent> {
    let (release, amount, group) = (1 + u64::try_from(village).unwrap(), Fen::yuan(500), GROUPS[0]);
    let allocated = FundsAllocated { allocation: 0, release, amount, group, project: "".into() };
    let planned =
        MeasurePlanned { measure: 0, group, code: "".into(), allocation: Some(0), amount: Fen::ZERO, until: None };
    vec![on_first_day(AidKind::FundsAllocated(allocated)), on_first_day(AidKind::MeasurePlanned(planned))]
}

fn on_first_day(kind: AidKind) -> AidEvent {
    AidEvent {
        envelope: Envelope { happened: date(20_140_101), household: None, evidence: Vec::new(), corrects: None },
        kind,
    }
}

impl Dice<'_> {
    pub(super) fn aid_event(&mut self, state: &State) -> AidEvent {
        let (happened, evidence, corrects) = (self.day(), self.evidence(), self.corrects());
        let (household, kind) = match self.below(8) {
            0 => (self.no_card(), self.allocation()),
            1 => (self.maybe(Self::card), self.measure()),
            2 | 3 => {
                let card = self.named_card();
                let number = self.delivered(card, state);
                (card, if self.one_in(2) { self.reversal(number) } else { self.acknowledgement(number) })
            }
            4 if self.manner == Manner::Wild => (self.no_card(), self.release()),
            _ => (self.named_card(), self.delivery()),
        };
        let household: Option<HouseholdId> = household;
        AidEvent { envelope: Envelope { happened, household, evidence, corrects }, kind }
    }

    fn allocation(&mut self) -> AidKind {
        AidKind::FundsAllocated(FundsAllocated {
            allocation: self.few(),
            release: self.release_number(),
            amount: self.amount(),
            group: self.of(GROUPS),
            project: "".into(),
        })
    }

    fn measure(&mut self) -> AidKind {
        AidKind::MeasurePlanned(MeasurePlanned {
            measure: self.few(),
            group: self.of(GROUPS),
            code: self.of(&["", "goat_2", "no code"]).into(),
            allocation: self.maybe(Self::few),
            amount: self.amount(),
            until: self.maybe(Self::day),
        })
    }

    fn delivery(&mut self) -> AidKind {
        AidKind::AidDelivered(AidDelivered {
            delivery: self.below(12),
            group: self.of(GROUPS),
            measure: if self.one_in(4) { Some(self.few()) } else { None },
            allocation: self.maybe(Self::few),
            amount: self.amount(),
            member: if self.one_in(4) { Some(self.member_no()) } else { None },
        })
    }

    /// The number of one of the card's deliveries, if it has any.
    fn delivered(&mut self, card: Option<HouseholdId>, state: &State) -> u32 {
        let deliveries = card.and_then(|card| super::card_in(state, self.village, card)).map(|card| &card.deliveries);
        match deliveries.map(Vec::as_slice) {
            None | Some([]) => self.below(12),
            Some(deliveries) => self.of(deliveries).number,
        }
    }

    fn acknowledgement(&mut self, delivery: u32) -> AidKind {
        AidKind::AidAcknowledged(AidAcknowledged { delivery, member: self.member_no() })
    }

    fn reversal(&mut self, delivery: u32) -> AidKind {
        let (amount, reason) = (self.amount(), self.of(ReversalReason::ALL));
        let amount = if self.manner == Manner::Wild { amount } else { Fen(amount.0 / 4) };
        AidKind::AidReversed(AidReversed { delivery, amount, reason })
    }

    fn release(&mut self) -> AidKind {
        AidKind::FundsReleased(FundsReleased {
            release: self.number(),
            source: self.of(FundsSource::ALL),
            amount: self.amount(),
            year: self.short(),
            document: "".into(),
        })
    }

    /// One of a few numbers, so that later events often refer to earlier ones.
    fn few(&mut self) -> u64 {
        if self.is_wild() { self.number() } else { u64::from(self.below(3)) }
    }

    fn release_number(&mut self) -> u64 {
        let manner = self.manner;
        match manner {
            Manner::Wild => self.few(),
            Manner::Shared if self.one_in(2) => SHARED_RELEASE,
            _ => 1 + u64::try_from(self.village).unwrap(),
        }
    }
}
