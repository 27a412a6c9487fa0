//! The money at each station on its way, with the part not passed on: the layout of the pages and of the command line.

use crate::document::Sums;
use lika_domain::progress::{Figure, Money};

/// Shown below the stations.
pub const ASIDE: [Money; 3] = [Money::Reversed, Money::IdleYear, Money::IdleTwoYears];

/// A station on the way of the money, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Station {
    /// The station.
    pub at: Money,
    /// The money that reached it and was not taken back.
    pub reached: i64,
    /// The part of it that was not passed on; `None` at the end of the way.
    pub left: Option<i64>,
    /// The figure that `reached` is; `None` if it is a difference of figures.
    pub reached_is: Option<Figure>,
    /// The figure that `left` is; `None` if it is a difference of figures.
    pub left_is: Option<Figure>,
}

/// The stations of an area's money. Money is released to the county as a whole, so other areas begin with allocation.
pub fn stations(sums: &Sums<Money>) -> Vec<Station> {
    let simple = |at, left: Option<Money>| Station {
        at,
        reached: sums.get(at),
        left: left.map(|left| sums.get(left)),
        reached_is: Some(Figure::Money(at)),
        left_is: left.map(Figure::Money),
    };
    let kept = sums.get(Money::Delivered) - sums.get(Money::Reversed);
    let delivered = Station {
        at: Money::Delivered,
        reached: kept,
        left: Some(kept - sums.get(Money::Acknowledged)),
        reached_is: None,
        left_is: None,
    };
    let released = simple(Money::Released, Some(Money::Unallocated));
    let rest = [simple(Money::Allocated, Some(Money::Undelivered)), delivered, simple(Money::Acknowledged, None)];
    (released.reached > 0).then_some(released).into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::progress::Part;

    #[test]
    fn every_amount_has_its_place_and_none_is_lost_on_the_way() {
        let sums = Sums::new(|part: Money| [100, 80, 20, 60, 20, 30, 10, 5, 1][part.place()]);
        let stations = stations(&sums);
        let shown: Vec<(i64, Option<i64>)> = stations.iter().map(|at| (at.reached, at.left)).collect();
        assert_eq!(shown, [(100, Some(20)), (80, Some(20)), (50, Some(20)), (30, None)]);
        let places = |part: &Money| {
            let figure = Some(Figure::Money(*part));
            let at = |station: &Station| station.at == *part || station.left_is == figure;
            stations.iter().filter(|station| at(station)).count() + usize::from(ASIDE.contains(part))
        };
        assert!(Money::ALL.iter().all(|part| places(part) == 1));
    }

    #[test]
    fn a_village_has_no_money_of_the_county() {
        let stations = stations(&Sums::new(|_| 0));
        assert_eq!(stations.first().map(|station| station.at), Some(Money::Allocated));
    }
}
