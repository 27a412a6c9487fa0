//! What the desk knows of the area, as lists to choose from by name: nobody types a number that is here already. And
//! the numbers that are free.

use crate::answers::{AROUND, Answers, EVENT};
use crate::pages::area::head_name;
use lika_client::replica::{Known, Personal};
use lika_domain::aid::MeasureGroup;
use lika_domain::area::Area;
use lika_domain::describe::{Event, Field, Value as Takes};
use lika_domain::household::Household;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::language::Language;
use lika_domain::member::Relation;
use lika_domain::money::Fen;
use lika_domain::official::Role;
use lika_domain::state::State;
use lika_domain::village::Village;
use std::fmt::Display;

/// Most entries of a list; the page says where there are more. The households of a larger area are listed once its
/// village is chosen.
pub(super) const LISTED_MAX: usize = 600;
/// Stands between groups of three digits of an amount.
const SEPARATOR: char = ',';

/// Numbers, each with the words for it.
pub(crate) type List = Vec<(String, String)>;

/// The lists of a form, and its free numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    /// Villages of the official's area; all of its areas.
    villages: List,
    areas: List,
    households: List,
    /// Some households are left out until a village is chosen.
    pub(crate) cut: bool,
    officials: List,
    members: List,
    releases: List,
    allocations: List,
    measures: List,
    deliveries: List,
    keys: List,
    free: Free,
}

/// Numbers that nothing has yet.
#[derive(Clone, Copy, Debug, Default)]
struct Free {
    release: Option<u64>,
    allocation: Option<u64>,
    measure: Option<u64>,
    delivery: Option<u64>,
    member: Option<u64>,
}

/// Makes the lists.
struct Listing<'k> {
    known: &'k Known,
    state: &'k State,
    language: Language,
}

impl Lists {
    /// The lists of what is known, for a form with these answers.
    pub(crate) fn new(known: &Known, state: &State, answers: &Answers, language: Language) -> Self {
        let of = Listing { known, state, language };
        let area = answers.text("area").parse::<Area>().ok();
        let household = answers.text(&format!("{AROUND}.household")).parse().ok().and_then(HouseholdId::new);
        let village = area.and_then(|area| state.villages.get(&area));
        let card = household.and_then(|id| village?.households.get(&id).map(|card| (id, card)));
        let (households, cut) = of.households(area.filter(|_| village.is_some()));
        let next = |last: Option<u64>| Some(last.unwrap_or_default().saturating_add(1));
        let free = Free {
            release: next(state.releases.keys().next_back().copied()),
            allocation: village.and_then(|village| next(village.allocations.keys().next_back().copied())),
            measure: village.and_then(|village| next(village.measures.keys().next_back().copied())),
            delivery: card.and_then(|(_, card)| next(Some(card.highest_delivery.into()))),
            member: card.and_then(|(_, card)| next(Some(u64::from(card.highest_member.get())))),
        };
        Self {
            villages: of.villages(),
            areas: of.areas(),
            households,
            cut,
            officials: of.officials(),
            members: card.map(|(id, card)| of.members(id, card)).unwrap_or_default(),
            releases: of.releases(),
            allocations: village.map(|village| of.allocations(village)).unwrap_or_default(),
            measures: village.map(|village| of.measures(village, household)).unwrap_or_default(),
            deliveries: card.map(|(_, card)| of.deliveries(card)).unwrap_or_default(),
            keys: of.keys(answers),
            free,
        }
    }

    /// The villages, or the areas of any kind for what concerns no village.
    pub(crate) fn areas(&self, only_villages: bool) -> &List {
        if only_villages { &self.villages } else { &self.areas }
    }

    /// How many members the household has that the form names.
    pub(crate) fn members_count(&self) -> Option<i64> {
        i64::try_from(self.members.len()).ok().filter(|count| *count > 0)
    }

    /// Whether lists go with the area and are not there before it is chosen.
    pub(crate) fn wait_for_area(&self, event: &Event) -> bool {
        let of_village = |field: &&Field| matches!(field.name, "allocation" | "measure");
        self.cut || self.villages.len() > 1 && event.fields.iter().any(|field| of_village(&field))
    }

    /// Whether lists go with that field, and are not there before it is chosen.
    pub(crate) fn wait_for(&self, event: &Event, field: &Field) -> bool {
        let of_household = |field: &Field| {
            matches!(field.value, Takes::Member | Takes::MemberOrNone) || matches!(field.name, "delivery" | "per_head")
        };
        match field.name {
            "household" => !self.households.is_empty() && event.fields.iter().any(of_household),
            "official" => event.fields.iter().any(|field| field.value == Takes::Key) && !self.officials.is_empty(),
            _ => false,
        }
    }

    /// What a field may name; empty if it names nothing that is known.
    pub(crate) fn of(&self, event: &Event, field: &Field) -> &List {
        static NONE: List = Vec::new();
        match (field.value, field.name) {
            (Takes::HouseholdOrNone | Takes::Subject, _) => &self.households,
            (Takes::Official | Takes::Officials { .. }, _) => &self.officials,
            (Takes::Area, _) => &self.areas,
            (Takes::Key, _) => &self.keys,
            (Takes::Member | Takes::MemberOrNone, _) if !is_new(event, field) => &self.members,
            (_, "release") if !is_new(event, field) => &self.releases,
            (_, "allocation") if !is_new(event, field) => &self.allocations,
            (_, "measure") if !is_new(event, field) && field.inside().is_empty() => &self.measures,
            (_, "delivery") if !is_new(event, field) => &self.deliveries,
            _ => &NONE,
        }
    }

    /// Proposes a free number for what the event begins.
    pub(crate) fn propose(&self, event: &Event, answers: &mut Answers) {
        let Free { release, allocation, measure, delivery, member } = self.free;
        let (name, number) = match event.name {
            "funds_released" => ("release", release),
            "funds_allocated" => ("allocation", allocation),
            "measure_planned" => ("measure", measure),
            "aid_delivered" => ("delivery", delivery),
            "member_added" => ("number", member),
            _ => return,
        };
        if let Some(number) = number {
            answers.propose(&format!("{EVENT}.{name}"), &number.to_string());
        }
    }
}

/// Whether the event gives this number for the first time.
fn is_new(event: &Event, field: &Field) -> bool {
    matches!(
        (event.name, field.name),
        ("funds_released", "release")
            | ("funds_allocated", "allocation")
            | ("measure_planned", "measure")
            | ("aid_delivered", "delivery")
            | ("household_registered" | "member_added", "number")
    )
}

impl Listing<'_> {
    fn personal(&self) -> &Personal {
        self.known.personal()
    }

    fn yuan(&self, amount: Fen) -> String {
        let yuan = amount.in_yuan(SEPARATOR);
        self.language.of(format!("{yuan} 元"), format!("{yuan} yuan"))
    }

    /// Parts of the words for something, as far as there are any.
    fn words(parts: &[&dyn Display]) -> String {
        let parts = parts.iter().map(|part| part.to_string()).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    }

    fn villages(&self) -> List {
        let own = self.state.villages.iter().filter(|(area, _)| self.known.area().contains(**area));
        own.map(|(area, village)| (area.to_string(), village.head.name.to_string())).collect()
    }

    fn areas(&self) -> List {
        let whole = self.state.jurisdiction.as_ref().map(|opened| (opened.area.to_string(), opened.name.to_string()));
        whole.into_iter().chain(self.villages()).collect()
    }

    /// The households of a village, or of the whole area; whether some are left out.
    fn households(&self, village: Option<Area>) -> (List, bool) {
        let villages = self.state.villages.iter().filter(|(area, _)| match village {
            Some(village) => village == **area,
            None => self.known.area().contains(**area),
        });
        let cards = villages.flat_map(|(_, village)| village.households.iter().map(move |card| (village, card)));
        let mut listed: List = cards
            .take(LISTED_MAX + 1)
            .map(|(village, (id, card))| {
                let name = head_name(self.personal(), *id, card);
                (id.to_string(), Self::words(&[&name, &village.head.name]))
            })
            .collect();
        let cut = listed.len() > LISTED_MAX;
        listed.truncate(LISTED_MAX);
        (if cut && village.is_none() { List::new() } else { listed }, cut)
    }

    fn officials(&self) -> List {
        let words = |id: &OfficialId| {
            let name = self.personal().official(*id).map_or("", |person| person.name.as_str());
            let official = self.state.officials.get(id);
            let role = official.and_then(|official| official.roles.last()).and_then(|(_, role)| *role);
            let role = role.map(|(role, _)| Role::LIST.label(role.name(), self.language)).unwrap_or_default();
            Self::words(&[&name, &role, &official.map_or("", |official| &official.unit)])
        };
        self.state.officials.keys().take(LISTED_MAX).map(|id| (id.to_string(), words(id))).collect()
    }

    fn members(&self, household: HouseholdId, card: &Household) -> List {
        let listed = card.members.iter().map(|member| {
            let name = self.personal().name(household, member.number);
            let relation = Relation::LIST.label(member.relation.name(), self.language);
            (member.number.to_string(), Self::words(&[&name, &relation, &member.birth_month]))
        });
        listed.collect()
    }

    fn releases(&self) -> List {
        let listed = self.state.releases.iter().rev().take(LISTED_MAX).map(|(number, release)| {
            let source = lika_domain::aid::FundsSource::LIST.label(release.source.name(), self.language);
            (number.to_string(), Self::words(&[&source, &self.yuan(release.amount), &release.happened]))
        });
        listed.collect()
    }

    fn allocations(&self, village: &Village) -> List {
        let listed = village.allocations.iter().rev().take(LISTED_MAX).map(|(number, allocation)| {
            let group = MeasureGroup::LIST.label(allocation.group.name(), self.language);
            let left = self.yuan(allocation.amount - allocation.delivered);
            let left = self.language.of(format!("余 {left}"), format!("{left} left"));
            (number.to_string(), Self::words(&[&group, &left, &allocation.happened]))
        });
        listed.collect()
    }

    /// Measures for a household or for the whole village.
    fn measures(&self, village: &Village, household: Option<HouseholdId>) -> List {
        let fits = |of: Option<HouseholdId>| of.is_none() || household.is_none() || of == household;
        let planned = village.measures.iter().rev().filter(|(_, measure)| fits(measure.household));
        let listed = planned.take(LISTED_MAX).map(|(number, measure)| {
            let group = MeasureGroup::LIST.label(measure.group.name(), self.language);
            let card = measure.household.and_then(|id| Some((id, village.households.get(&id)?)));
            let name = card.map_or("", |(id, card)| head_name(self.personal(), id, card));
            (number.to_string(), Self::words(&[&group, &self.yuan(measure.amount), &name]))
        });
        listed.collect()
    }

    fn deliveries(&self, card: &Household) -> List {
        let listed = card.deliveries.iter().rev().take(LISTED_MAX).map(|delivery| {
            let group = MeasureGroup::LIST.label(delivery.group.name(), self.language);
            let open = self.language.of("未签收", "not confirmed");
            let open = if delivery.acknowledged.is_none() { open } else { "" };
            (
                delivery.number.to_string(),
                Self::words(&[&group, &self.yuan(delivery.amount), &delivery.happened, &open]),
            )
        });
        listed.collect()
    }

    /// Keys that are good, of the official that the form names.
    fn keys(&self, answers: &Answers) -> List {
        let official = answers.text(&format!("{AROUND}.official")).parse().ok().and_then(OfficialId::new);
        let good = self.state.keys.iter().filter(|(_, key)| key.until.is_none());
        let of = good.filter(|(_, key)| official.is_none_or(|official| official == key.official));
        let listed = of.take(LISTED_MAX).map(|(id, key)| {
            let name = self.personal().official(key.official).map_or("", |person| person.name.as_str());
            (id.to_string(), Self::words(&[&key.official, &name]))
        });
        listed.collect()
    }
}
