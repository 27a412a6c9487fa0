//! Checks opened personal data. Faults name the field and a code, never the value.

use lika_domain::citizen_id::{CitizenId, DisabilityCertificate, is_mobile};
use lika_domain::member::Member;
use lika_domain::official::Mode;
use lika_domain::rejection::Code;
use lika_proto::v1::{HouseholdPrivate, MemberPrivate};

/// A code and its field.
pub(crate) type Fault = (Code, &'static str);

/// Faults of a household's data.
pub(crate) fn check_household(private: &HouseholdPrivate) -> Vec<Fault> {
    check_phone(&private.phone).into_iter().collect()
}

/// Faults of a member's data, also compared with the facts reported with it; and the citizen ID, if it is valid.
pub(crate) fn check_member(private: &MemberPrivate, member: &Member, mode: Mode) -> (Option<CitizenId>, Vec<Fault>) {
    let mut faults: Vec<Fault> = check_phone(&private.phone).into_iter().collect();
    if private.name.trim().is_empty() {
        faults.push((Code::FieldMissing, "name"));
    }
    let Ok(id) = CitizenId::parse(&private.citizen_id) else {
        faults.push((Code::CitizenIdInvalid, "citizen_id"));
        return (None, faults);
    };
    faults.extend(id.is_for(mode).err().map(|code| (code, "citizen_id")));
    faults.extend(id.contradictions(member).into_iter().map(|code| (code, "citizen_id")));
    faults.extend(check_certificate(&private.disability_certificate, &id, member));
    (Some(id), faults)
}

fn check_certificate(certificate: &str, id: &CitizenId, member: &Member) -> Option<Fault> {
    let fits = || DisabilityCertificate::parse(certificate).is_some_and(|certificate| certificate.fits(id, member));
    (!certificate.is_empty() && !fits()).then_some((Code::CertificateContradicts, "disability_certificate"))
}

fn check_phone(phone: &str) -> Option<Fault> {
    (!phone.is_empty() && !is_mobile(phone)).then_some((Code::PhoneInvalid, "phone"))
}
