//! Made-up events of the officials service.

use super::Dice;
use lika_domain::official::{
    AssignmentEnd, AssignmentEnded, Capacity, HouseholdVisited, JurisdictionOpened, KeyEnrolled, KeyRevoked, Mode,
    OfficialAssigned, OfficialEnrolled, OfficialEvent, OfficialKind, RevokeReason, Role, RoleChanged, VillagePost,
    VillagePostEnded, VillageTeamPosted, VisitPlace,
};
use lika_domain::submission::OfficialEnvelope;
use lika_testkit::facts::public_key;

impl Dice<'_> {
    pub(super) fn official_event(&mut self) -> OfficialEvent {
        let (happened, official, evidence, corrects) = (self.day(), self.official(), self.evidence(), self.corrects());
        let kind = if self.is_wild() { self.authority_kind() } else { self.duty_kind() };
        let household = match kind {
            OfficialKind::OfficialAssigned(_)
            | OfficialKind::AssignmentEnded(_)
            | OfficialKind::HouseholdVisited(_) => self.named_card(),
            _ => self.no_card(),
        };
        OfficialEvent { envelope: OfficialEnvelope { happened, official, household, evidence, corrects }, kind }
    }

    fn duty_kind(&mut self) -> OfficialKind {
        match self.below(7) {
            0 | 6 => OfficialKind::HouseholdVisited(self.visit()),
            1 | 4 => OfficialKind::AssignmentEnded(AssignmentEnded { reason: self.of(AssignmentEnd::ALL) }),
            2 => OfficialKind::VillageTeamPosted(VillageTeamPosted {
                post: self.of(VillagePost::ALL),
                until: self.maybe(Self::day),
            }),
            3 => OfficialKind::VillagePostEnded(VillagePostEnded { post: self.of(VillagePost::ALL) }),
            _ => OfficialKind::OfficialAssigned(OfficialAssigned { capacity: self.of(Capacity::ALL) }),
        }
    }

    /// Only wild reports try these in a village.
    fn authority_kind(&mut self) -> OfficialKind {
        match self.below(5) {
            0 => OfficialKind::JurisdictionOpened(Box::new(self.opening())),
            1 => OfficialKind::OfficialEnrolled(OfficialEnrolled {
                role: self.of(Role::ALL),
                area: self.area(),
                unit: "".into(),
                post: "".into(),
                sealed: None,
            }),
            2 => {
                let key = public_key(self.short());
                OfficialKind::KeyEnrolled(KeyEnrolled { public_key: key, device: "".into() })
            }
            3 => {
                let key = public_key(self.official().get()).id;
                OfficialKind::KeyRevoked(KeyRevoked { key, reason: self.of(RevokeReason::ALL) })
            }
            _ => {
                let role = self.maybe(|dice| (dice.of(Role::ALL), dice.area()));
                OfficialKind::RoleChanged(RoleChanged { role, unit: "".into(), post: "".into() })
            }
        }
    }

    fn visit(&mut self) -> HouseholdVisited {
        let minute = self.maybe(|dice| u16::from(dice.byte()) * if dice.is_wild() { 257 } else { 5 });
        let companions = if self.one_in(4) { vec![self.official()] } else { Vec::new() };
        HouseholdVisited { place: self.of(VisitPlace::ALL), minute, companions, sealed: None }
    }

    fn opening(&mut self) -> JurisdictionOpened {
        JurisdictionOpened {
            origin: "".into(),
            area: self.area(),
            name: "".into(),
            mode: self.of(Mode::ALL),
            public_key: public_key(self.short()),
            unit: "".into(),
            post: "".into(),
            sealed: None,
        }
    }
}
