//! Which entries belong to which area, for replicas. It is kept in memory and read from the log as far as that is
//! published: eight bytes an entry, and the whole log is read once, when a replica is first asked for.

use lika_domain::area::Area;
use lika_domain::ids::Index;
use lika_eventlog::PublishedLog;
use lika_eventlog::error::LogError;
use lika_proto::convert::entry_area;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Entries read at once.
const READ_ENTRIES: usize = 256;

/// The entries of each area, in order.
#[derive(Debug, Default)]
pub(crate) struct Areas {
    entries: BTreeMap<Area, Vec<Index>>,
    /// How many entries of the log are counted.
    counted: Index,
}

impl Areas {
    /// Counts what was published since the last time, up to `size` entries.
    ///
    /// # Errors
    /// If the log cannot be read; what was counted stays.
    pub(crate) fn catch_up(&mut self, log: &PublishedLog, size: u64) -> Result<(), LogError> {
        while self.counted < size {
            let read = log.read(self.counted, READ_ENTRIES)?;
            if read.is_empty() {
                return Err(LogError::OutOfRange { index: self.counted, size });
            }
            read.iter().for_each(|entry| self.count(entry_area(entry)));
        }
        Ok(())
    }

    /// The next entry belongs to this area; `None` if that cannot be read.
    fn count(&mut self, area: Option<Area>) {
        if let Some(area) = area {
            self.entries.entry(area).or_default().push(self.counted);
        }
        self.counted += 1;
    }

    /// The first `max` entries from `from` to below `size` that belong to areas inside `within`, or to `whole` itself.
    pub(crate) fn of(&self, within: Area, whole: Area, from: Index, size: u64, max: usize) -> Vec<Index> {
        let lists = self.entries.iter().filter(|(area, _)| within.contains(**area) || **area == whole);
        let mut rests: Vec<_> = lists.map(|(_, list)| list[list.partition_point(|at| *at < from)..].iter()).collect();
        let mut heads: BinaryHeap<_> =
            rests.iter_mut().enumerate().filter_map(|(list, rest)| Some(Reverse((*rest.next()?, list)))).collect();
        let mut found = Vec::new();
        while let Some(Reverse((index, list))) = heads.pop() {
            if found.len() == max || index >= size {
                break;
            }
            found.push(index);
            heads.extend(rests[list].next().map(|next| Reverse((*next, list))));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_an_area_and_of_the_whole_come_in_the_order_of_the_log() {
        let area = |text: &str| Some(text.parse::<Area>().unwrap());
        let (whole, town, other) = ("130624", "130624100", "130624101");
        let mut areas = Areas::default();
        let written = [whole, "130624100200", "130624101200", "130624100201", whole, "130624100200"];
        written.iter().for_each(|one| areas.count(area(one)));
        areas.count(None);
        let of =
            |within: &str, from, size, max| areas.of(area(within).unwrap(), area(whole).unwrap(), from, size, max);
        assert_eq!(of(town, 0, 7, 9), [0, 1, 3, 4, 5]);
        assert_eq!(of(other, 0, 7, 9), [0, 2, 4]);
        assert_eq!(of("130624100201", 0, 7, 9), [0, 3, 4]);
        assert_eq!(of(whole, 0, 7, 9), [0, 1, 2, 3, 4, 5]);
        assert_eq!(of(town, 2, 5, 9), [3, 4]);
        assert_eq!(of(town, 1, 7, 2), [1, 3]);
        assert!(of(town, 6, 7, 9).is_empty());
    }
}
