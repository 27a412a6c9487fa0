//! Households, one row per person.

use super::cells::{Cells, digits, is_scientific};
use super::pack::{Event, Item, pack};
use super::people::{self, Person};
use super::problem::{RowCode, RowProblem};
use super::table::{Row, Table};
use super::{ImportError, NamedHousehold, Options, Plan, columns, labels};
use crate::random::{Random, RandomError};
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::facts::private::{ADDRESS_CHARS_MAX, NUMBER_CHARS_MAX, PERSON_NAME_CHARS_MAX, REMARK_CHARS_MAX};
use lika_domain::household::{Cause, GROUP_MAX, MEMBERS_MAX, OTHER_CAUSES_MAX, Standard};
use lika_domain::ids::HouseholdId;
use lika_domain::member::Relation;
use lika_proto::seal::{self, DataKey, Place, Private};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Longest name that a table may give a household, in characters.
const LABEL_CHARS_MAX: usize = 64;
/// Number of the first data key of a household.
const FIRST_KEY: u32 = 1;

/// The rows of one household.
struct Group<'t> {
    village: Area,
    label: String,
    rows: Vec<&'t Row>,
}

/// The card's own facts, from its first row.
struct Card {
    date: Date,
    /// Without members and sealed data.
    registered: v1::HouseholdRegistered,
    private: v1::HouseholdPrivate,
}

/// Plans the registrations of a table: numbers and data keys are drawn, personal data is sealed.
///
/// # Errors
/// If the table cannot be read; bad rows are in [`Plan::problems`].
pub fn households(bytes: &[u8], options: &Options, random: &mut Random) -> Result<Plan, ImportError> {
    let table = Table::read(bytes, &columns::HOUSEHOLDS)?;
    let mut plan = Plan { rows: table.rows.len(), ..Plan::default() };
    let groups = groups(&table, options, &mut plan.problems);
    let suspects = people::suspects(&table);
    let mut numbers = BTreeSet::new();
    let mut items = Vec::new();
    for group in groups {
        let before = plan.problems.len();
        let card = card(&mut Cells::new(&table, group.rows[0], &mut plan.problems), options);
        let people = group.rows.iter().map(|row| {
            let mut cells = Cells::new(&table, row, &mut plan.problems);
            people::person(&mut cells, options, &suspects)
        });
        let people: Vec<_> = people.collect::<Vec<_>>().into_iter().flatten().collect();
        check_group(&group, &people, &mut plan.problems);
        let (Some(card), true) = (card, plan.problems.len() == before) else { continue };
        let Some(household) = number(&group, &mut numbers, random, &mut plan.problems)? else { continue };
        let item = item(&group, household, card, people, options, random)?;
        if !item.fits() {
            plan.problems.push(RowProblem::new(group.rows[0].number, "household", RowCode::TooLargeToSend, ""));
            continue;
        }
        plan.good_rows += item.rows.len();
        plan.households.push(NamedHousehold { label: group.label, village: group.village, household });
        items.push(item);
    }
    plan.planned = pack(items);
    plan.unknown_columns = table.unknown_columns;
    plan.problems.sort_by_key(|problem| problem.row);
    Ok(plan)
}

/// Rows by village and household, in the order in which households first occur. A blank household continues the row
/// above; so does a blank village.
fn groups<'t>(table: &'t Table, options: &Options, problems: &mut Vec<RowProblem>) -> Vec<Group<'t>> {
    let mut groups: Vec<Group<'t>> = Vec::new();
    let mut known: BTreeMap<(Area, String), usize> = BTreeMap::new();
    let mut above: Option<usize> = None;
    for row in &table.rows {
        let mut cells = Cells::new(table, row, problems);
        if let (true, true, Some(above)) = (cells.raw("household").is_empty(), cells.raw("village").is_empty(), above)
        {
            groups[above].rows.push(row);
            continue;
        }
        let village = cells.village(options);
        let label = label(&mut cells);
        // Rows after one that cannot be placed must not be counted to the household before it.
        above = None;
        let Some((village, label)) = village.zip(label) else { continue };
        let place = *known.entry((village, label.clone())).or_insert_with(|| {
            groups.push(Group { village, label, rows: Vec::new() });
            groups.len() - 1
        });
        groups[place].rows.push(row);
        above = Some(place);
    }
    groups
}

fn label(cells: &mut Cells<'_>) -> Option<String> {
    let label = cells.required_text("household", LABEL_CHARS_MAX)?;
    if is_scientific(&label) { cells.refuse("household", RowCode::NumberTruncated, "") } else { Some(label) }
}

fn check_group(group: &Group<'_>, people: &[Person], problems: &mut Vec<RowProblem>) {
    let row = group.rows[0].number;
    let heads = people.iter().filter(|person| person.relation == Relation::Head).count();
    if people.len() == group.rows.len() && heads != 1 {
        problems.push(RowProblem::new(row, "relation", RowCode::NotOneHead, format!("{heads}")));
    }
    if group.rows.len() > MEMBERS_MAX {
        problems.push(RowProblem::new(row, "household", RowCode::TooManyMembers, group.rows.len().to_string()));
    }
}

/// The number that the table gives, or a new one.
fn number(
    group: &Group<'_>,
    taken: &mut BTreeSet<HouseholdId>,
    random: &mut Random,
    problems: &mut Vec<RowProblem>,
) -> Result<Option<HouseholdId>, RandomError> {
    if let Some(given) = digits::<10>(&group.label).and_then(HouseholdId::new) {
        if taken.insert(given) {
            return Ok(Some(given));
        }
        problems.push(RowProblem::new(
            group.rows[0].number,
            "household",
            RowCode::HouseholdTwice,
            group.label.clone(),
        ));
        return Ok(None);
    }
    loop {
        let drawn = random.household_id()?;
        if taken.insert(drawn) {
            return Ok(Some(drawn));
        }
    }
}

fn card(cells: &mut Cells<'_>, options: &Options) -> Option<Card> {
    let date = cells.date("date", options);
    let group = cells.number("group", u64::from(GROUP_MAX));
    let attribute = cells.required_word("attribute", &labels::ATTRIBUTES);
    let standard = cells.word("standard", &labels::STANDARDS);
    let main_cause = cells.required_word("main_cause", &labels::CAUSES);
    let other_causes = other_causes(cells);
    let willing_to_relocate = cells.yes("relocate");
    let private = card_private(cells);
    let registered = v1::HouseholdRegistered {
        group: group?,
        attribute: attribute? as i32,
        standard: standard?.unwrap_or(Standard::National) as i32,
        main_cause: main_cause? as i32,
        other_causes: other_causes?.into_iter().map(|cause| cause as i32).collect(),
        willing_to_relocate: willing_to_relocate?,
        ..Default::default()
    };
    Some(Card { date: date?, registered, private: private? })
}

fn card_private(cells: &mut Cells<'_>) -> Option<v1::HouseholdPrivate> {
    let address = cells.text("address", ADDRESS_CHARS_MAX);
    let bank = cells.text("bank", PERSON_NAME_CHARS_MAX);
    let account = cells.text("account", NUMBER_CHARS_MAX);
    let remark = cells.text("remark", REMARK_CHARS_MAX);
    // The row of the person checks whether it is a mobile number.
    let phone = cells.raw("phone").to_owned();
    Some(v1::HouseholdPrivate { address: address?, phone, bank: bank?, account: account?, remark: remark? })
}

fn other_causes(cells: &mut Cells<'_>) -> Option<Vec<Cause>> {
    let parts = cells.raw("other_causes").split(['、', ';', '；', ',', '，', '/']).map(str::trim);
    let causes: Option<Vec<_>> = parts.filter(|part| !part.is_empty()).map(|part| labels::CAUSES.find(part)).collect();
    match causes {
        Some(causes) if causes.len() <= OTHER_CAUSES_MAX => Some(causes),
        _ => cells.refuse("other_causes", RowCode::NotKnown, format!("at most two of {}", labels::CAUSES.choices())),
    }
}

/// The event of a household, sealed under a new data key.
fn item(
    group: &Group<'_>,
    household: HouseholdId,
    card: Card,
    people: Vec<Person>,
    options: &Options,
    random: &mut Random,
) -> Result<Item, ImportError> {
    let key = random.data_key()?;
    let mut registered = card.registered;
    registered.sealed = Some(sealed(&key, &Place::household(&options.origin, household), &card.private, random)?);
    for (number, person) in (1..).zip(people) {
        let mut member = person.member;
        member.number = number;
        if let Some(number) = lika_domain::ids::MemberNo::new(number) {
            let place = Place::member(&options.origin, household, number);
            member.sealed = Some(sealed(&key, &place, &person.private, random)?);
        }
        registered.members.push(member);
    }
    let event = v1::HouseholdEvent {
        happened: card.date.yyyymmdd(),
        household: household.get(),
        kind: Some(Kind::HouseholdRegistered(registered)),
        ..Default::default()
    };
    let bytes = Bytes::copy_from_slice(key.as_bytes());
    Ok(Item {
        area: group.village,
        event: Event::Household(event),
        rows: group.rows.iter().map(|row| row.number).collect(),
        keys: vec![v1::DataKey { subject: household.get(), number: FIRST_KEY, key: bytes }],
    })
}

fn sealed<M: Private>(
    key: &DataKey,
    place: &Place<'_, M>,
    message: &M,
    random: &mut Random,
) -> Result<v1::Sealed, ImportError> {
    Ok(v1::Sealed { key: FIRST_KEY, r#box: seal::seal(key, random.nonce()?, place, message)? })
}
