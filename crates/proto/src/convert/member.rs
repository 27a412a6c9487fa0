//! Persons on a card.

use super::common::sealed;
use super::reader::Reader;
use crate::v1;
use lika_domain::member::{
    Disability, Education, Health, JoinReason, Labour, LeaveReason, Member, MemberAdded, MemberRemoved, MemberUpdated,
    Relation, SchoolStage, Sex, WorkPlace,
};
use lika_domain::rejection::Code;

/// Months of a year.
const WORK_MONTHS_MAX: u32 = 12;
/// Categories of disability certificates are 1 to 7.
const DISABILITY_CATEGORY_MAX: u32 = 7;
/// Grades of disability certificates are 1 to 4.
const DISABILITY_GRADE_MAX: u32 = 4;

pub(super) fn member(r: &mut Reader, wire: &v1::Member) -> Option<Member> {
    let number = r.member(wire.number, "number");
    let relation = r.kind(wire.relation, Relation::from_wire, "relation");
    let sex = r.kind(wire.sex, Sex::from_wire, "sex");
    let birth_month = r.month(wire.birth_month, "birth_month");
    let ethnicity = ethnicity(r, wire.ethnicity);
    let education = r.kind_or_none(wire.education, Education::from_wire, "education");
    let school = r.kind_or_none(wire.school, SchoolStage::from_wire, "school");
    let health = r.kind(wire.health, Health::from_wire, "health");
    let labour = r.kind(wire.labour, Labour::from_wire, "labour");
    let work_place = r.kind_or_none(wire.work_place, WorkPlace::from_wire, "work_place");
    let work_months = r.small(wire.work_months, WORK_MONTHS_MAX, "work_months");
    let disability = disability(r, wire.disability_category, wire.disability_grade);
    let sealed = sealed(r, wire.sealed.as_ref());
    Some(Member {
        number: number?,
        relation: relation?,
        sex: sex?,
        birth_month: birth_month?,
        ethnicity: ethnicity?,
        education: education?,
        school: school?,
        health: health?,
        labour: labour?,
        work_place: work_place?,
        work_months: work_months?,
        medical_insurance: wire.medical_insurance,
        pension_insurance: wire.pension_insurance,
        disability: disability?,
        sealed: sealed?,
        tag: None,
    })
}

pub(super) fn member_added(r: &mut Reader, wire: &v1::MemberAdded) -> Option<MemberAdded> {
    let member = given(r, wire.member.as_ref());
    let reason = r.kind(wire.reason, JoinReason::from_wire, "reason");
    Some(MemberAdded { member: member?, reason: reason? })
}

pub(super) fn member_updated(r: &mut Reader, wire: &v1::MemberUpdated) -> Option<MemberUpdated> {
    given(r, wire.member.as_ref()).map(|member| MemberUpdated { member })
}

pub(super) fn member_removed(r: &mut Reader, wire: v1::MemberRemoved) -> Option<MemberRemoved> {
    let member = r.member(wire.member, "member");
    let reason = r.kind(wire.reason, LeaveReason::from_wire, "reason");
    let new_head = r.member_or_none(wire.new_head, "new_head");
    Some(MemberRemoved { member: member?, reason: reason?, new_head: new_head? })
}

fn given(r: &mut Reader, wire: Option<&v1::Member>) -> Option<Member> {
    match wire {
        Some(wire) => member(r, wire),
        None => r.missing("member"),
    }
}

fn ethnicity(r: &mut Reader, code: u32) -> Option<u8> {
    match code {
        0 => r.missing("ethnicity"),
        1..=56 | 97 | 98 => u8::try_from(code).ok(),
        _ => r.invalid("ethnicity", "a code of GB/T 3304: 1 to 56, 97, 98"),
    }
}

fn disability(r: &mut Reader, category: u32, grade: u32) -> Option<Option<Disability>> {
    let given = (category > 0, grade > 0);
    let category = r.small(category, DISABILITY_CATEGORY_MAX, "disability_category");
    let grade = r.small(grade, DISABILITY_GRADE_MAX, "disability_grade");
    match given {
        (true, true) => Some(Some(Disability { category: category?, grade: grade? })),
        (false, false) => Some(None),
        (true, false) => r.refuse(Code::DisabilityInconsistent, "disability_grade", ""),
        (false, true) => r.refuse(Code::DisabilityInconsistent, "disability_category", ""),
    }
}
