//! On which replica of a device a draft is judged, and what to say if there is none: a report that was not judged is
//! never taken for one that was.

use super::{Known, Replica, ReplicaError};
use crate::home::{Home, HomeError, KeyFile};
use lika_domain::area::Area;
use lika_domain::language::Bilingual;
use std::sync::Arc;

/// Why a report cannot be judged before it is signed. The log judges it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// There is no copy of the area on this device.
    NoCopy,
    /// The copy was never fetched to its end.
    Incomplete,
    /// The copy is damaged.
    Damaged,
    /// The copy cannot be read.
    Unreadable,
}

impl NotJudged {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCopy => "no_copy",
            Self::Incomplete => "copy_incomplete",
            Self::Damaged => "copy_damaged",
            Self::Unreadable => "copy_unreadable",
        }
    }

    /// What is said of it.
    pub fn told(self) -> Bilingual {
        let (zh, en) = match self {
            Self::NoCopy => ("本机没有该区划的副本", "there is no copy of the area on this device"),
            Self::Incomplete => ("本机的辖区副本没有取完", "the copy on this device was not fetched to its end"),
            Self::Damaged => ("本机的辖区副本已损坏，请重新获取", "the copy on this device is damaged; fetch it anew"),
            Self::Unreadable => ("本机的辖区副本无法读取", "the copy on this device cannot be read"),
        };
        let zh = format!("未预先核对：{zh}。规则由节点核对，可能被审计指出的问题没有提示");
        Bilingual::new(
            zh,
            format!("not judged: {en}. The node will judge it; what an audit would find was not looked for"),
        )
    }
}

/// The replica on this device that a report of a key about an area is judged on: the smallest that covers it.
///
/// # Errors
/// Why there is none.
pub fn judged_on(home: &Home, key: &KeyFile, area: Area) -> Result<Arc<Known>, NotJudged> {
    let unreadable = |_: HomeError| NotJudged::Unreadable;
    let log = home.log_key(&key.origin).map_err(unreadable)?.ok_or(NotJudged::NoCopy)?;
    let signer = home.signer_of(key).map_err(unreadable)?;
    let mut kept = Replica::kept(home.dir(), &key.origin, key.id()).map_err(|error| why(&error))?;
    // Those that contain it, the smallest first; every one has the entries of the jurisdiction itself.
    kept.retain(|one| one.contains(area) || area.contains(*one));
    kept.sort_by_key(|one| (!one.contains(area), std::cmp::Reverse(one.level())));
    let mut missing = NotJudged::NoCopy;
    for one in kept {
        match Replica::of(home.dir(), &log, one, &signer) {
            Ok(replica) if !replica.is_complete() => missing = NotJudged::Incomplete,
            Ok(replica) if replica.covers(area) => return Ok(replica.known()),
            Ok(_) => {}
            Err(error) => missing = why(&error),
        }
    }
    Err(missing)
}

fn why(error: &ReplicaError) -> NotJudged {
    match error {
        ReplicaError::Damaged(_) => NotJudged::Damaged,
        _ => NotJudged::Unreadable,
    }
}
