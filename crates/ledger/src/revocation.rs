//! Tells a device when its key was revoked.
//!
//! The rules refuse whatever a revoked key signs, and look at no time: the device's clock is whatever its holder sets
//! it to. But a report that was signed in the village before the key was revoked, and arrives after it, is nobody's
//! fault. The answer says which of the two it is, so that the official signs it anew with another key.

use lika_domain::date::moment;
use lika_domain::ids::Index;
use lika_domain::rejection::{Code, Problem, Rejection};

/// The entry that revoked a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revocation {
    pub(crate) index: Index,
    /// In milliseconds since 1970-01-01 UTC.
    pub(crate) recorded_at: u64,
}

/// Adds when the key was revoked, and whether the submission was composed before, by the device's clock in seconds
/// since 1970-01-01 UTC.
pub(crate) fn explain(mut rejection: Rejection, composed_at_s: u64, revoked: Revocation) -> Rejection {
    let Revocation { index, recorded_at } = revoked;
    for problem in rejection.problems.iter_mut().filter(|problem| problem.code == Code::KeyIsRevoked) {
        problem.detail = format!("{}; {}, entry {index}", problem.detail, moment(recorded_at));
    }
    let composed_at = composed_at_s.saturating_mul(1_000);
    if composed_at < recorded_at {
        rejection.problems.push(Problem {
            code: Code::ComposedBeforeRevocation,
            event: None,
            field: "composed_at".into(),
            detail: format!("{} < {}", moment(composed_at), moment(recorded_at)),
        });
    }
    rejection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_composed_before_the_revocation_is_told_so() {
        let revoked = Revocation { index: 17, recorded_at: 1_496_247_030_007 };
        let refused =
            |composed_at_s| explain(Rejection::of(Code::KeyIsRevoked, "key", "c0ffee"), composed_at_s, revoked);
        let codes = |rejection: &Rejection| rejection.problems.iter().map(|problem| problem.code).collect::<Vec<_>>();
        let before = refused(1_496_247_029);
        assert_eq!(codes(&before), [Code::KeyIsRevoked, Code::ComposedBeforeRevocation]);
        assert_eq!(before.problems[0].detail, "c0ffee; 2017-06-01T00:10:30.007+08:00, entry 17");
        for later in [1_496_247_031, u64::MAX] {
            assert_eq!(codes(&refused(later)), [Code::KeyIsRevoked]);
        }
    }
}
