//! From the rules back to the wire: refusals.

use crate::v1;
use lika_domain::rejection::{Code, Problem, Rejection};

/// A problem with both its messages.
pub fn problem(problem: &Problem) -> v1::Problem {
    v1::Problem {
        code: problem.code.name().to_owned(),
        event: problem.event,
        field: problem.field.clone().into_owned(),
        detail: problem.detail.clone(),
        zh: problem.code.zh().to_owned(),
        en: problem.code.en().to_owned(),
    }
}

/// A refusal with all its problems. `status` is its HTTP status when it is answered alone.
pub fn refusal(rejection: &Rejection, status: u16) -> v1::Refusal {
    v1::Refusal {
        code: rejection.code().name().to_owned(),
        status: u32::from(status),
        problems: rejection.problems.iter().map(problem).collect(),
    }
}

/// Reads a refusal written by another process; `None` if it has a code that is not known here.
pub fn rejection(refusal: v1::Refusal) -> Option<Rejection> {
    let known = |problem: v1::Problem| {
        let code = *Code::ALL.iter().find(|code| code.name() == problem.code)?;
        Some(Problem { code, event: problem.event, field: problem.field.into(), detail: problem.detail })
    };
    let problems = refusal.problems.into_iter().map(known).collect::<Option<Vec<_>>>()?;
    (!problems.is_empty()).then_some(Rejection { problems })
}
