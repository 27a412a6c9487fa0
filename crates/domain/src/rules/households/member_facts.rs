//! Checks whether a person's facts, as an event states them, are possible.

use crate::facts::date::Date;
use crate::facts::member::{AGE_MAX_YEARS, Disability, Member, Relation, SPOUSE_AGE_MIN_YEARS, WorkPlace};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;

/// Judges a member's facts as of a day. Age is judged leniently: families come in more shapes than rules can list.
pub(super) fn check_member(judge: &mut Judge<'_>, happened: Date, member: &Member, head: Option<&Member>) {
    let months = happened.month().months_since(member.birth_month);
    if months < 0 {
        refuse(judge, Code::BornInFuture, "birth_month", member);
    } else if is_implausible(member, months, head) {
        refuse(judge, Code::AgeImplausible, "birth_month", member);
    }
    if !matches!(member.ethnicity, 1..=56 | 97 | 98) {
        refuse(judge, Code::FieldInvalid, "ethnicity", member);
    }
    let certificate = |d: Disability| (1..=7).contains(&d.category) && (1..=4).contains(&d.grade);
    if !member.disability.is_none_or(certificate) {
        refuse(judge, Code::DisabilityInconsistent, "disability_category", member);
    }
    if !works(member.work_place, member.work_months) {
        refuse(judge, Code::WorkInconsistent, "work_months", member);
    }
}

/// A person who is new to the log must have sealed personal data.
pub(super) fn check_sealed(judge: &mut Judge<'_>, member: &Member) {
    if member.sealed.is_none() {
        refuse(judge, Code::SealedMissing, "sealed", member);
    }
}

fn is_implausible(member: &Member, months: i32, head: Option<&Member>) -> bool {
    let older_than_head = |head: &Member| member.birth_month < head.birth_month;
    months > AGE_MAX_YEARS * 12
        || match member.relation {
            Relation::Spouse => months < SPOUSE_AGE_MIN_YEARS * 12,
            Relation::Grandparent => head.is_some_and(|head| !older_than_head(head)),
            Relation::Grandchild => head.is_some_and(older_than_head),
            _ => false,
        }
}

fn works(place: Option<WorkPlace>, months: u8) -> bool {
    match place {
        Some(_) => (1..=12).contains(&months),
        None => months == 0,
    }
}

fn refuse(judge: &mut Judge<'_>, code: Code, field: &'static str, member: &Member) {
    judge.refuse(code, field, format!("member {}", member.number));
}
