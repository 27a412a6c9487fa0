//! When the poor villages of an area may leave the list, in a sentence.

use crate::Progress;
use lika_domain::progress::Exit;

/// What an area's poor villages lack to leave the list, in Chinese; `None` if there are none.
pub fn forecast(progress: &Progress) -> Option<String> {
    let of = |part| progress.villages.count(part);
    let (poor, exited, ready) = (of(Exit::Poor), of(Exit::Exited), of(Exit::Ready));
    let (persons_to_go, households_to_go) = (of(Exit::PersonsToGo), of(Exit::HouseholdsToGo));
    let to_go = format!("还差 {households_to_go} 户 {persons_to_go} 人");
    match (poor, exited, ready) {
        (0, ..) => None,
        (1, 1, _) => Some("已出列".to_owned()),
        (1, _, 1) => Some("已达标，可申请出列".to_owned()),
        (1, ..) => Some(to_go),
        _ if households_to_go == 0 => Some(format!("贫困村 {poor} 个：已出列 {exited}，已达标 {ready}")),
        _ => Some(format!("贫困村 {poor} 个：已出列 {exited}，已达标 {ready}；其余{to_go}")),
    }
}

/// The same in English.
pub fn forecast_en(progress: &Progress) -> Option<String> {
    let of = |part| progress.villages.count(part);
    let (poor, exited, ready) = (of(Exit::Poor), of(Exit::Exited), of(Exit::Ready));
    let households_to_go = of(Exit::HouseholdsToGo);
    let to_go = format!("{households_to_go} households to go");
    match (poor, exited, ready) {
        (0, ..) => None,
        (1, 1, _) => Some("has left the list".to_owned()),
        (1, _, 1) => Some("below the threshold".to_owned()),
        (1, ..) => Some(to_go),
        _ => {
            let left = format!("of {poor} poor villages {exited} have left the list, {ready} are below the threshold");
            Some(if households_to_go == 0 { left } else { format!("{left}; {to_go}") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Standing;
    use crate::document::Sums;
    use lika_domain::date::Date;
    use lika_domain::policy::Policy;
    use lika_domain::progress::Figures;

    #[test]
    fn a_forecast_says_how_much_is_missing() {
        let standing = Standing { applied: 0, recorded_at: 0, today: Date::from_yyyymmdd(20_170_601).unwrap() };
        let area = "130624100200".parse().unwrap();
        let mut progress = Progress::new(area, None, &Figures::default(), &Policy::default(), &standing);
        let mut said = |poor, exited, ready, households_to_go| {
            progress.villages = Sums::new(|part| match part {
                Exit::Poor => poor,
                Exit::Exited => exited,
                Exit::Ready => ready,
                Exit::PersonsToGo => 9,
                Exit::HouseholdsToGo => households_to_go,
            });
            (forecast(&progress), forecast_en(&progress))
        };
        assert_eq!(said(0, 0, 0, 0), (None, None));
        assert_eq!(said(1, 0, 0, 3), (Some("还差 3 户 9 人".into()), Some("3 households to go".into())));
        assert_eq!(said(1, 0, 1, 0).1.as_deref(), Some("below the threshold"));
        assert_eq!(said(1, 1, 0, 0).0.as_deref(), Some("已出列"));
        assert_eq!(said(5, 4, 1, 0).0.as_deref(), Some("贫困村 5 个：已出列 4，已达标 1"));
        assert_eq!(said(5, 2, 1, 3).0.as_deref(), Some("贫困村 5 个：已出列 2，已达标 1；其余还差 3 户 9 人"));
    }
}
