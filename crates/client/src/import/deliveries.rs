//! Aid that reached households.

use super::cells::Cells;
use super::pack::{Event, Item, pack};
use super::table::{Column, Table};
use super::{ImportError, Options, Plan, labels};
use lika_domain::aid::AidDelivered;
use lika_domain::describe::{Described, Field, field};
use lika_proto::v1;
use lika_proto::v1::aid_event::Kind;

/// Highest number of a member.
const MEMBER_MAX: u64 = 99;

const AID: &[Field] = <AidDelivered as Described>::EVENT.fields;

const COLUMNS: [Column; 9] = [
    Column::new("village", &["行政村代码", "村代码"]),
    Column::new("household", &["户编号", "household_no"]).required(),
    Column::of(field(AID, "delivery"), &["delivery_no"]).required(),
    Column::of(field(AID, "group"), &["帮扶类别", "measure_group"]).required(),
    Column::of(field(AID, "amount"), &["发放金额", "amount_yuan"]).required(),
    Column::new("date", &["发放日期"]),
    Column::of(field(AID, "measure"), &["measure_no"]),
    Column::of(field(AID, "allocation"), &["allocation_no"]),
    Column::of(field(AID, "member"), &["成员编号", "member_no"]),
];

/// Plans the deliveries of a table.
///
/// # Errors
/// If the table cannot be read; bad rows are in [`Plan::problems`].
pub fn deliveries(bytes: &[u8], options: &Options) -> Result<Plan, ImportError> {
    let table = Table::read(bytes, &COLUMNS)?;
    let mut plan = Plan { rows: table.rows.len(), ..Plan::default() };
    let mut items = Vec::new();
    for row in &table.rows {
        let mut cells = Cells::new(&table, row, &mut plan.problems);
        items.extend(item(&mut cells, options).map(|item| Item { rows: vec![row.number], ..item }));
    }
    plan.good_rows = items.len();
    plan.planned = pack(items);
    plan.unknown_columns = table.unknown_columns;
    Ok(plan)
}

fn item(cells: &mut Cells<'_>, options: &Options) -> Option<Item> {
    let village = cells.village(options);
    let household = cells.household();
    let date = cells.date("date", options);
    let delivery = cells.required_number("delivery", u64::from(u32::MAX));
    let group = cells.required_word("group", &labels::GROUPS);
    let amount = cells.yuan("amount");
    let measure = cells.number("measure", u64::MAX);
    let allocation = cells.number("allocation", u64::MAX);
    let member = cells.number("member", MEMBER_MAX);
    let delivered = v1::AidDelivered {
        delivery: delivery?,
        group: group? as i32,
        measure: measure?,
        allocation: allocation?,
        amount: amount?,
        member: member?,
    };
    let event = v1::AidEvent {
        happened: date?.yyyymmdd(),
        household: household?.get(),
        kind: Some(Kind::AidDelivered(delivered)),
        ..Default::default()
    };
    Some(Item { area: village?, event: Event::Aid(event), rows: Vec::new(), keys: Vec::new() })
}
