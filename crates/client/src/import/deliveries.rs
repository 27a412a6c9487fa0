//! Aid that reached households.

use super::cells::Cells;
use super::pack::{Event, Item, pack};
use super::table::{Column, Table};
use super::{ImportError, Options, Plan, labels};
use lika_proto::v1;
use lika_proto::v1::aid_event::Kind;

/// Highest number of a member.
const MEMBER_MAX: u64 = 99;

const COLUMNS: [Column; 9] = [
    Column::optional("village", &["行政村代码", "村代码"]),
    Column::required("household", &["户编号", "household_no"]),
    Column::required("delivery", &["发放编号", "delivery_no"]),
    Column::required("group", &["措施类别", "帮扶类别", "measure_group"]),
    Column::required("amount", &["金额", "发放金额", "amount_yuan"]),
    Column::optional("date", &["发放日期"]),
    Column::optional("measure", &["措施编号", "measure_no"]),
    Column::optional("allocation", &["资金安排编号", "allocation_no"]),
    Column::optional("member", &["成员编号", "member_no"]),
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
