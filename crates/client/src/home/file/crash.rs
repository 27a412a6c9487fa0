//! Ends the process at the n-th point between two operations on files, as `kill -9` would, or as a power cut would,
//! which also takes what was not synced: tests walk over all n.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Points left before the end; 0 never ends.
static LEFT: AtomicU64 = AtomicU64::new(0);
/// What the end takes besides; `None` nothing.
static CUT: Mutex<Option<Cut>> = Mutex::new(None);
/// What was done and not synced, in order.
static UNSYNCED: Mutex<Vec<Done>> = Mutex::new(Vec::new());

/// What a power cut takes. A file system may do the one or the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// Everything that was not synced.
    All,
    /// The content of files that were not synced; their names stay.
    Content,
}

/// An operation that a power cut may take back.
enum Done {
    Wrote(PathBuf),
    /// With the content that was there under the new name.
    Renamed {
        from: PathBuf,
        to: PathBuf,
        before: Option<Vec<u8>>,
    },
    /// The new name is synced, and the old one may still be there.
    Lingers {
        from: PathBuf,
        content: Vec<u8>,
    },
    Removed {
        path: PathBuf,
        content: Vec<u8>,
    },
}

/// Sets the point at which to end, from 1, and how.
pub(crate) fn at(point: u64, cut: Option<Cut>) {
    *CUT.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    LEFT.store(point, Ordering::SeqCst);
}

/// How many points are left until then.
pub(crate) fn left() -> u64 {
    LEFT.load(Ordering::SeqCst)
}

pub(super) fn point() {
    let left = LEFT.load(Ordering::SeqCst);
    if left == 1 {
        let cut = *CUT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cut) = cut {
            unsynced().drain(..).rev().for_each(|done| done.take_back(cut));
        }
        #[allow(clippy::disallowed_methods, reason = "it stands for kill -9")]
        std::process::abort();
    }
    LEFT.store(left.saturating_sub(1), Ordering::SeqCst);
}

pub(super) fn wrote(path: &Path) {
    note(Done::Wrote(path.to_owned()));
}

pub(super) fn synced(path: &Path) {
    unsynced().retain(|done| !matches!(done, Done::Wrote(wrote) if wrote == path));
}

/// Before a rename.
pub(super) fn renames(from: &Path, to: &Path) {
    if is_on() {
        note(Done::Renamed { from: from.to_owned(), to: to.to_owned(), before: fs::read(to).ok() });
    }
}

/// Before a removal.
pub(super) fn removes(path: &Path) {
    if let (true, Ok(content)) = (is_on(), fs::read(path)) {
        note(Done::Removed { path: path.to_owned(), content });
    }
}

pub(super) fn synced_folder(folder: &Path) {
    let mut unsynced = unsynced();
    let all = std::mem::take(&mut *unsynced);
    unsynced.extend(all.into_iter().filter_map(|done| done.after_sync_of(folder)));
}

fn is_on() -> bool {
    CUT.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

fn note(done: Done) {
    if is_on() {
        unsynced().push(done);
    }
}

fn unsynced() -> MutexGuard<'static, Vec<Done>> {
    UNSYNCED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Done {
    fn take_back(self, cut: Cut) {
        match (self, cut) {
            (Self::Wrote(path), _) => {
                // It may have been renamed since; then its content is under that name.
                if path.exists() {
                    fs::write(path, []).unwrap();
                }
            }
            (Self::Renamed { from, to, before }, Cut::All) => {
                if to.exists() {
                    fs::rename(&to, &from).unwrap();
                }
                if let Some(before) = before {
                    fs::write(to, before).unwrap();
                }
            }
            (Self::Removed { path: from, content } | Self::Lingers { from, content }, Cut::All) => {
                fs::write(from, content).unwrap();
            }
            (Self::Renamed { .. } | Self::Removed { .. } | Self::Lingers { .. }, Cut::Content) => {}
        }
    }

    fn after_sync_of(self, folder: &Path) -> Option<Self> {
        let lies_in = |path: &Path| path.parent() == Some(folder);
        match self {
            Self::Renamed { from, to, .. } if lies_in(&to) => {
                let content = fs::read(&to).ok().filter(|_| !lies_in(&from));
                content.map(|content| Self::Lingers { from, content })
            }
            Self::Lingers { from: path, .. } | Self::Removed { path, .. } if lies_in(&path) => None,
            other => Some(other),
        }
    }
}
