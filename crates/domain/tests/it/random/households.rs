//! Made-up events of the households service.

use super::{Dice, Manner};
use lika_domain::date::Month;
use lika_domain::household::{
    Attribute, Cause, DeregisterReason, ErasureReason, Facts, HouseholdDeregistered, HouseholdEvent, HouseholdExited,
    HouseholdFellBack, HouseholdKind, HouseholdRegistered, HouseholdUpdated, MonitoringEnded, MonitoringKind,
    MonitoringOutcome, MonitoringStarted, PersonalDataErased, Standard, Status, Subject,
};
use lika_domain::ids::{HouseholdId, MemberNo};
use lika_domain::income::IncomeAssessed;
use lika_domain::living::{DwellingGrade, LivingConditionsAssessed, Met};
use lika_domain::member::{
    Disability, JoinReason, LeaveReason, Member, MemberAdded, MemberRemoved, MemberUpdated, Relation, Sex, WorkPlace,
};
use lika_domain::money::Fen;
use lika_domain::official::Capacity;
use lika_domain::policy::{PolicyItem, PolicySet, PolicyValue};
use lika_domain::procedure::{Outcome, Procedure, ProcedureStepTaken, Step};
use lika_domain::state::State;
use lika_domain::submission::Envelope;
use lika_domain::village::{CountyExited, Service, VillageExited, VillageProfileUpdated, VillageRegistered};
use lika_testkit::county;
use lika_testkit::facts;
use lika_testkit::rules::Report;

/// Years whose income is assessed; few, so that exits often have an assessment.
const YEARS: &[u32] = &[2012, 2013];

/// The report that registers a village.
pub(super) fn village(author: u32) -> Report {
    let new = VillageRegistered { name: "Liang".into(), poor: true, rural_households: 200, rural_persons: 600 };
    Report::households([facts::village_event(20_140_101, HouseholdKind::VillageRegistered(new))]).by(author)
}

/// The report that registers the first cards of a village, with a head on each.
pub(super) fn cards(author: u32, village: usize) -> Report {
    let head = || facts::member(1, Relation::Head, Sex::Female, 197_001);
    let event = |card: u32| {
        let new = HouseholdRegistered { facts: facts::facts(), members: vec![head()] };
        let kind = HouseholdKind::HouseholdRegistered(Box::new(new));
        facts::household_event(20_140_101, super::card_of(village, card).get(), kind)
    };
    Report::households((0..super::FIRST_CARDS).map(event).collect::<Vec<_>>()).by(author)
}

impl Dice<'_> {
    pub(super) fn household_event(&mut self, state: &State) -> HouseholdEvent {
        let (happened, evidence, corrects) = (self.day(), self.evidence(), self.corrects());
        let (household, kind) = if self.is_wild() {
            (self.no_card(), self.village_kind())
        } else {
            let card = self.card();
            (Some(card), self.card_kind(card, state))
        };
        HouseholdEvent { envelope: Envelope { happened, household, evidence, corrects }, kind }
    }

    /// Keyed hashes for most persons whose facts the events state. Villages that share citizen IDs draw them from a
    /// few, so that some are registered twice.
    pub(super) fn tags(&mut self, events: &[HouseholdEvent]) -> Vec<(u64, u32, u8)> {
        let stated = events.iter().flat_map(|event| {
            let members: &[Member] = match &event.kind {
                HouseholdKind::HouseholdRegistered(new) => &new.members,
                HouseholdKind::MemberAdded(added) => std::slice::from_ref(&added.member),
                HouseholdKind::MemberUpdated(updated) => std::slice::from_ref(&updated.member),
                _ => &[],
            };
            members.iter().filter_map(|member| Some((event.household?.get(), member.number.get())))
        });
        let mut tags: Vec<(u64, u32, u8)> = Vec::new();
        for (card, number) in stated {
            if tags.iter().all(|(c, n, _)| (*c, *n) != (card, u32::from(number))) && !self.one_in(4) {
                tags.push((card, u32::from(number), self.citizen(card, number)));
            }
        }
        tags
    }

    /// A byte that represents a citizen ID; usually the person's own, sometimes a neighbour's.
    fn citizen(&mut self, card: u64, member: u8) -> u8 {
        let village = u8::try_from(self.village).unwrap();
        let own = (u8::try_from(card % 10).unwrap() % 4) * 16 + member % 16;
        let manner = self.manner;
        match manner {
            Manner::Separate => 64 * (1 + village) + if self.one_in(4) { own / 2 } else { own },
            _ if self.one_in(2) => 240 + self.byte() % 2,
            _ => 64 * village + own,
        }
    }

    fn card_kind(&mut self, card: HouseholdId, state: &State) -> HouseholdKind {
        match self.below(16) {
            0 if self.one_in(2) => HouseholdKind::HouseholdUpdated(HouseholdUpdated { facts: self.facts() }),
            0 | 1 => {
                let (member, reason) = (self.newcomer(card, state), self.of(JoinReason::ALL));
                HouseholdKind::MemberAdded(Box::new(MemberAdded { member, reason }))
            }
            2 | 4 | 15 => HouseholdKind::MemberUpdated(Box::new(MemberUpdated { member: self.member_as_is() })),
            3 => HouseholdKind::MemberRemoved(self.removal()),
            5..=6 => HouseholdKind::IncomeAssessed(Box::new(self.income(card, state))),
            7 => HouseholdKind::LivingConditionsAssessed(LivingConditionsAssessed::of(
                std::array::from_fn(|_| self.maybe(|dice| dice.of(Met::ALL))),
                self.maybe(|dice| dice.of(DwellingGrade::ALL)),
            )),
            8 => HouseholdKind::ProcedureStepTaken(self.step()),
            9..=11 => self.exit_or_fall(card, state),
            12 => {
                let (kind, risks) = (self.of(MonitoringKind::ALL), vec![self.of(Cause::ALL)]);
                HouseholdKind::MonitoringStarted(MonitoringStarted { kind, risks })
            }
            13 => HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: self.of(MonitoringOutcome::ALL) }),
            14 if self.one_in(4) => HouseholdKind::HouseholdDeregistered(HouseholdDeregistered {
                reason: self.of(DeregisterReason::ALL),
                merged_into: self.maybe(Self::card),
            }),
            _ => HouseholdKind::HouseholdRegistered(Box::new(self.registration())),
        }
    }

    /// An event without a card; only wild reports use these.
    fn village_kind(&mut self) -> HouseholdKind {
        let (poor_persons, rural_persons) = (self.short(), self.short());
        match self.below(6) {
            0 => HouseholdKind::VillageRegistered(VillageRegistered {
                name: "".into(),
                poor: self.one_in(2),
                rural_households: poor_persons,
                rural_persons,
            }),
            1 => HouseholdKind::VillageProfileUpdated(VillageProfileUpdated {
                rural_households: poor_persons,
                rural_persons,
                collective_income: self.amount(),
                services: vec![self.of(Service::ALL); 2],
            }),
            2 => HouseholdKind::VillageExited(VillageExited { poor_persons, rural_persons }),
            3 => {
                let [wrong_exit, missed, satisfaction] = std::array::from_fn(|_| self.short());
                let exit = CountyExited { poor_persons, rural_persons, wrong_exit, missed, satisfaction };
                HouseholdKind::CountyExited(exit)
            }
            4 => {
                let subject = match self.maybe(Self::card) {
                    Some(card) => Subject::Household(card),
                    None => Subject::Official(self.official()),
                };
                let reason = self.of(ErasureReason::ALL);
                HouseholdKind::PersonalDataErased(PersonalDataErased { subject, reason })
            }
            _ => HouseholdKind::PolicySet(PolicySet { effective: self.day(), items: vec![self.policy_item()] }),
        }
    }

    fn policy_item(&mut self) -> PolicyItem {
        let value = match self.below(4) {
            0 => PolicyValue::ExitThreshold(self.short()),
            1 => PolicyValue::CaseloadLimit { capacity: self.of(Capacity::ALL), households: self.short() },
            2 => PolicyValue::PublicityDays { procedure: self.of(Procedure::ALL), days: self.short() },
            _ => PolicyValue::VisitDays(self.short()),
        };
        PolicyItem { area: self.area(), source: "".into(), unconfirmed: false, value }
    }

    /// Usually one that the card's status allows.
    fn exit_or_fall(&mut self, card: HouseholdId, state: &State) -> HouseholdKind {
        let card = super::card_in(state, self.village, card);
        if card.is_some_and(|card| card.status == Status::Exited) != self.one_in(8) {
            let (cause, exit_in_error) = (self.of(Cause::ALL), self.one_in(8));
            return HouseholdKind::HouseholdFellBack(HouseholdFellBack { cause, exit_in_error });
        }
        let assessed = card.and_then(|card| card.incomes.first()).map(|income| u32::from(income.year));
        let income_year = assessed.unwrap_or_else(|| self.of(YEARS));
        HouseholdKind::HouseholdExited(HouseholdExited { income_year, accepted: !self.one_in(8) })
    }

    fn registration(&mut self) -> HouseholdRegistered {
        let head = Member { relation: Relation::Head, number: county::member_no(1), ..self.member() };
        let mut members = vec![head];
        let others = if self.is_wild() { self.below(40) } else { self.below(3) };
        for other in 0..others {
            let number = if self.is_wild() { self.member_no() } else { county::member_no(2 + other) };
            members.push(Member { number, ..self.member() });
        }
        HouseholdRegistered { facts: self.facts(), members }
    }

    fn facts(&mut self) -> Facts {
        let other_causes = if self.is_wild() { vec![self.of(Cause::ALL); 3] } else { Vec::new() };
        Facts {
            group: u16::from(self.byte()),
            attribute: self.of(Attribute::ALL),
            standard: self.of(Standard::ALL),
            main_cause: self.of(Cause::ALL),
            other_causes,
            willing_to_relocate: self.one_in(2),
            sealed: Some(1),
        }
    }

    fn member(&mut self) -> Member {
        let number = self.member_no();
        let relation = if self.is_wild() { self.of(Relation::ALL) } else { Relation::Other };
        let birth_month = if self.is_wild() { 219_912 } else { 195_001 + 100 * self.below(60) };
        let plain = facts::member(u32::from(number.get()), relation, self.of(Sex::ALL), birth_month);
        let disability = Disability { category: self.byte(), grade: self.byte() };
        Member {
            work_place: self.of(&[None, Some(WorkPlace::County)]).filter(|_| plain.relation == Relation::Head),
            work_months: 0,
            disability: if self.is_wild() { Some(disability) } else { None },
            birth_month: Month::from_yyyymm(birth_month).unwrap(),
            ..plain
        }
    }

    /// Mostly under the next number that is free.
    fn newcomer(&mut self, card: HouseholdId, state: &State) -> Member {
        let member = self.member();
        let highest = super::card_in(state, self.village, card).map_or(1, |card| card.highest_member.get());
        let next = MemberNo::new(u32::from(highest) + 1).filter(|_| !self.one_in(4));
        Member { number: next.unwrap_or(member.number), ..member }
    }

    /// Mostly the first member stays head.
    fn member_as_is(&mut self) -> Member {
        let member = self.member();
        let relation = if member.number.get() == 1 { Relation::Head } else { member.relation };
        Member { relation, ..member }
    }

    fn removal(&mut self) -> MemberRemoved {
        let (member, reason) = (self.member_no(), self.of(LeaveReason::ALL));
        let new_head = Some(self.member_no()).filter(|new: &MemberNo| member.get() == 1 && *new != member);
        MemberRemoved { member, reason, new_head }
    }

    /// Mostly with sums that are right for the members on the card by now.
    fn income(&mut self, card: HouseholdId, state: &State) -> IncomeAssessed {
        let members = super::card_in(state, self.village, card).map_or(1, |card| card.members.len());
        let (wage, production, production_cost) = (self.amount(), self.amount(), self.amount());
        let net = wage + production - production_cost;
        let per_head = Fen(net.0 / i64::try_from(members).unwrap().max(1));
        IncomeAssessed {
            year: if self.is_wild() { self.short() } else { self.of(YEARS) },
            wage,
            production,
            production_cost,
            property: Fen::ZERO,
            family_planning: Fen::ZERO,
            dibao: Fen::ZERO,
            wubao: Fen::ZERO,
            pension: Fen::ZERO,
            ecological: Fen::ZERO,
            other_transfer: if self.is_wild() { self.amount() } else { Fen::ZERO },
            net,
            per_head,
        }
    }

    fn step(&mut self) -> ProcedureStepTaken {
        let wild = self.is_wild();
        ProcedureStepTaken {
            procedure: if wild { self.of(Procedure::ALL) } else { Procedure::HouseholdExit },
            step: if wild { self.of(Step::ALL) } else { self.of(&[Step::Appraisal, Step::Verification]) },
            outcome: self.of(Outcome::ALL),
            present: 30,
            in_favour: self.below(40),
            until: if wild { Some(self.day()) } else { None },
            objections: if wild { self.short() } else { 0 },
        }
    }
}
