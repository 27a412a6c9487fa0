//! Why a submission is refused: stable codes with a message in Chinese and in English.

use super::area::Area;
use Class::{Conflict, Forbidden, Malformed, Rule, TooLarge};
use std::borrow::Cow;
use std::fmt;

/// The refusal of a submission, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The code.
    pub code: Code,
    /// Number of the event in the submission, from 0; `None` when it concerns the submission itself.
    pub event: Option<u32>,
    /// Field as named in the proto files.
    pub field: Cow<'static, str>,
    /// What would have been right, or what prevents it; may be empty. Never personal data.
    pub detail: String,
}

impl Rejection {
    /// A refusal of the submission itself.
    pub fn of(code: Code, field: &'static str, detail: impl Into<String>) -> Self {
        Self { problems: vec![Problem { code, event: None, field: field.into(), detail: detail.into() }] }
    }

    /// A refusal because something lies outside the area of the reader or author.
    pub fn outside(field: &'static str, own: Area, asked: Option<Area>) -> Self {
        Self::of(Code::AreaForbids, field, outside(own, asked))
    }

    /// The code of the first problem.
    pub fn code(&self) -> Code {
        self.problems.first().map_or(Code::Malformed, |problem| problem.code)
    }
}

/// The detail of [`Code::AreaForbids`]: the area that someone has, and who may instead. The area in question is left
/// out where that would tell where something is.
pub fn outside(own: Area, asked: Option<Area>) -> String {
    let asked = asked.map_or_else(|| "that area".to_owned(), |asked| asked.prefix());
    format!("{}; officials of {asked} may", own.prefix())
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(event) = self.event {
            write!(f, "event {event}, ")?;
        }
        write!(f, "{}: {} ({})", self.field, self.code.en(), self.code.name())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// The class of a refusal; the gateway maps it to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It could not be read.
    Malformed,
    /// The signer may not do this.
    Forbidden,
    /// It conflicts with what is recorded; it may succeed after reading the present state.
    Conflict,
    /// It breaks a rule.
    Rule,
    /// It exceeds a limit.
    TooLarge,
}

crate::codes! {
    /// Stable code of a problem.
    pub enum Code;
    /// The class of the refusal.
    class: Class;
    // The submission itself.
    Malformed(Malformed) "malformed" "报送内容无法读取" "the submission cannot be read";
    FieldUnknown(Malformed) "field_unknown" "报送含有未知字段" "the submission has a field that is not known";
    EncodingAmbiguous(Malformed) "encoding_ambiguous" "报送的编码方式不唯一"
        "the bytes are not the one encoding of what they say: fields in order, each once, none with its default";
    FieldMissing(Malformed) "field_missing" "缺少必填项" "a required field is missing";
    FieldInvalid(Malformed) "field_invalid" "填报值无效" "the value is not valid";
    TextTooLong(Malformed) "text_too_long" "文字过长" "the text is too long";
    AmountTooLarge(Malformed) "amount_too_large" "金额过大" "the amount is too large";
    DateInvalid(Malformed) "date_invalid" "日期无效" "there is no such date";
    TooManyEvents(TooLarge) "too_many_events" "一次报送的事项过多" "too many events in one submission";
    NoEvents(Malformed) "no_events" "报送中没有事项" "the submission contains no event";
    EntryTooLarge(TooLarge) "entry_too_large" "报送内容过大" "the submission is too large for one entry of the log";
    WrongService(Malformed) "wrong_service" "事项不属于同一服务" "the events belong to another service";
    OriginMismatch(Rule) "origin_mismatch" "报送不属于本日志" "the submission was written for another log";
    NotOpened(Conflict) "jurisdiction_not_opened" "本日志尚未启用" "the log has not been opened";
    AlreadyOpened(Conflict) "jurisdiction_already_opened" "本日志已启用" "the log has been opened already";
    OpenedNotAlone(Rule) "jurisdiction_opened_not_alone" "启用事项必须单独报送"
        "the opening event must be the only event of its submission";
    OpeningKeyMismatch(Rule) "opening_key_mismatch" "启用须由所登记密钥签名" "the opening must be signed with the key it names";
    SubmissionIdReused(Conflict) "submission_id_reused" "报送编号已用于其他内容" "the submission id is used for something else";
    SignatureInvalid(Forbidden) "signature_invalid" "签名无效" "the signature is not valid";
    KeyUnknown(Forbidden) "key_unknown" "密钥未登记" "the key is not enrolled";
    KeyIsRevoked(Forbidden) "key_revoked" "密钥已吊销" "the key has been revoked";
    ComposedBeforeRevocation(Forbidden) "composed_before_revocation" "编写于密钥吊销之前；请用另一把密钥重新签名"
        "it was composed before the key was revoked; sign it anew with another key";
    KeyNotAuthors(Forbidden) "key_not_authors" "密钥不属于报送人" "the key does not belong to the author";
    AuthorUnknown(Forbidden) "author_unknown" "报送人未登记" "the author is not enrolled";
    RoleForbids(Forbidden) "role_forbids" "该角色无权办理此事项" "the author's role may not do this";
    AreaForbids(Forbidden) "area_forbids" "超出报送人管辖范围" "the area is outside the author's area";
    SequenceGap(Conflict) "sequence_gap" "设备报送序号不连续" "the sequence number does not follow the device's last one";
    PreviousMismatch(Conflict) "previous_mismatch" "与设备上一次报送不衔接"
        "the hash of the device's previous submission does not match";
    ComposedInFuture(Rule) "composed_in_future" "编写时间晚于当前时间"
        "the submission is dated later than now by the recorder's clock";
    BasisInvalid(Rule) "basis_invalid" "判定所依据的记录范围无效"
        "the decision rests on entries not yet recorded, or leaves out the village's last entry";
    RecordedBackwards(Rule) "recorded_backwards" "记录时间早于该村上一条目"
        "it was recorded earlier than the village's last entry";
    AreaUnknown(Rule) "area_unknown" "区划不在本辖区内" "the area is not in the jurisdiction";
    AreaWrongLevel(Rule) "area_wrong_level" "事项与区划级别不符" "this event does not belong to an area of that level";
    // Villages.
    VillageUnknown(Conflict) "village_unknown" "行政村未登记" "the village is not registered";
    VillageExists(Conflict) "village_exists" "行政村已登记" "the village is registered already";
    VillageHasExited(Conflict) "village_has_exited" "该村已出列" "the village has exited already";
    VillageNotPoor(Rule) "village_not_poor" "该村不是贫困村" "the village is not on the list of poor villages";
    CountyHasExited(Conflict) "county_has_exited" "该县已摘帽" "the county has exited already";
    ExitStandardUnmet(Rule) "exit_standard_unmet" "未达到退出标准" "the standard of the exit is not met";
    CountInconsistent(Rule) "count_inconsistent" "数量不一致" "the numbers contradict each other";
    // Dates.
    InFuture(Rule) "in_future" "发生日期晚于今天" "the date is in the future";
    TooOld(Rule) "before_2010" "发生日期早于2010年" "the date is before 2010";
    BeforeRegistration(Rule) "before_registration" "早于建档日期" "the date is before the household's registration";
    OutOfOrder(Rule) "out_of_order" "日期先后颠倒" "the date is before that of the event it follows";
    // Households and members.
    HouseholdUnknown(Conflict) "household_unknown" "户卡不存在" "there is no such household in this village";
    HouseholdExists(Conflict) "household_exists" "户编号已被使用" "the household number is taken";
    HouseholdDeregistered(Conflict) "household_deregistered" "户卡已注销" "the household has been deregistered";
    HouseholdIsMissing(Malformed) "household_missing" "缺少户编号" "the event must name a household";
    HouseholdNotConcerned(Malformed) "household_not_concerned" "此事项不应填写户编号" "the event must not name a household";
    CausesInvalid(Rule) "causes_invalid" "致贫原因须为一项主要原因和至多两项其他原因，且不重复"
        "there must be one main cause and at most two others, all different";
    RisksInvalid(Rule) "risks_invalid" "风险须为一至五项，且不重复" "there must be one to five risks, all different";
    NotOneHead(Rule) "not_one_head" "每户须有且仅有一名户主" "a household has exactly one head";
    MemberUnknown(Conflict) "member_unknown" "家庭成员不存在" "there is no such member";
    MemberNumberUsed(Conflict) "member_number_used" "成员编号已被使用" "the member number has been used";
    TooManyMembers(Rule) "too_many_members" "家庭成员过多" "a household has at most 30 members";
    LastMember(Rule) "last_member" "最后一名成员离开须注销户卡" "the last member cannot leave; deregister the household";
    NewHeadInvalid(Rule) "new_head_invalid" "户主变更无效"
        "the new head must be another member, and is named only when the head leaves";
    BornInFuture(Rule) "born_in_future" "出生月份晚于发生日期" "the month of birth is after the event";
    AgeImplausible(Rule) "age_implausible" "年龄不合常理" "the age is not plausible";
    DisabilityInconsistent(Rule) "disability_inconsistent" "残疾类别与等级须同时填写"
        "disability category and grade must be given together";
    WorkInconsistent(Rule) "work_inconsistent" "务工地点与月数须同时填写" "work place and months must be given together";
    CitizenIdInvalid(Rule) "citizen_id_invalid" "公民身份号码校验不通过" "the citizen ID fails its check";
    CitizenIdContradicts(Rule) "citizen_id_contradicts" "身份号码与出生月份或性别不符"
        "the citizen ID contradicts the birth month or the sex";
    CitizenIdSynthetic(Rule) "citizen_id_synthetic" "正式日志不接受虚构身份号码" "a production log takes no made-up citizen IDs";
    CitizenIdReal(Rule) "citizen_id_real" "测试日志只接受虚构身份号码（以90开头）"
        "a testing log takes only made-up citizen IDs, which begin with 90";
    CitizenIdRegistered(Conflict) "citizen_id_registered" "该公民已在户卡中登记" "the citizen is registered on a card already";
    CertificateContradicts(Rule) "certificate_contradicts" "残疾证号与身份号码或等级不符"
        "the disability certificate contradicts the citizen ID or the grade";
    PhoneInvalid(Rule) "phone_invalid" "手机号码无效" "the telephone number is not a mobile number";
    SealedUnreadable(Rule) "sealed_unreadable" "加密内容无法用所给密钥打开" "the sealed data does not open with its data key";
    SealedMissing(Rule) "sealed_missing" "缺少加密的个人信息" "sealed personal data is missing";
    DataKeyMissing(Conflict) "data_key_missing" "缺少数据密钥" "the vault has no such data key, and none was sent";
    DataKeyChanged(Conflict) "data_key_changed" "数据密钥编号已被使用" "the vault has another data key of that number";
    // Income and living conditions.
    IncomeYearInvalid(Rule) "income_year_invalid" "收入年度无效" "the year is not over, or is before 2005";
    IncomeAssessedBefore(Conflict) "income_assessed_before" "该年度收入已认定，更正须注明原事项"
        "that year's income has been assessed; a correction must name the event that it corrects";
    IncomeMissing(Conflict) "income_missing" "该年度收入尚未认定" "that year's income has not been assessed";
    IncomeNetWrong(Rule) "income_net_wrong" "纯收入与各项之和不符" "the net income is not the sum of its parts less the cost";
    IncomePerHeadWrong(Rule) "income_per_head_wrong" "人均纯收入与成员人数不符"
        "the income per head is not the net income divided by the number of members";
    NothingAssessed(Rule) "nothing_assessed" "未填报任何保障情况" "nothing was assessed";
    // Status.
    StatusForbids(Conflict) "status_forbids" "当前状态不允许此事项" "the household's status does not allow this";
    NotAccepted(Rule) "not_accepted" "农户未认可" "the household has not accepted the exit";
    MonitoredAlready(Conflict) "monitored_already" "该户已在监测中" "the household is monitored already";
    NotMonitored(Conflict) "not_monitored" "该户不在监测中" "the household is not monitored";
    MergeTargetInvalid(Rule) "merge_target_invalid" "并入的户卡无效"
        "the household it is merged into must be another one of the village, with an open card";
    StepInvalid(Rule) "step_invalid" "该程序没有此步骤" "the procedure has no such step";
    StepOutOfOrder(Conflict) "step_out_of_order" "程序步骤顺序不符" "the step is out of order in its procedure";
    StepTooEarly(Rule) "step_too_early" "公示期未满" "the publicity before this step is not over";
    StepSamePerson(Rule) "step_same_person" "须由上一步骤经办人以外的人办理"
        "the official who took the step before must not take this one";
    ProcedureIncomplete(Conflict) "procedure_incomplete" "程序尚未完成" "steps of the procedure are missing";
    PublicityTooShort(Rule) "publicity_too_short" "公示天数不足" "the publicity is too short";
    VotesInvalid(Rule) "votes_invalid" "赞成人数须超过到会人数的一半，且不多于到会人数"
        "the persons in favour must be more than half of those present, and not more than were present";
    PeriodInvalid(Rule) "period_invalid" "截止日期早于开始日期" "the last day is before the first";
    ErasureUnknown(Conflict) "erasure_subject_unknown" "擦除对象不存在" "no household or official has that number";
    // Officials.
    OfficialUnknown(Conflict) "official_unknown" "干部未登记" "the official is not enrolled";
    OfficialExists(Conflict) "official_exists" "干部编号已被使用" "the official number is taken";
    OfficialIsMissing(Malformed) "official_missing" "缺少干部编号" "the event must name an official";
    OfficialInactive(Conflict) "official_inactive" "该干部已不在岗" "the official has no role any more";
    KeyExists(Conflict) "key_exists" "密钥已登记" "the key is enrolled already";
    KeyInvalid(Malformed) "key_invalid" "密钥无效" "the key is not a public key";
    KeyRevokedAlready(Conflict) "key_revoked_already" "密钥已被吊销" "the key has been revoked already";
    TooManyKeys(Rule) "too_many_keys" "该干部的密钥过多" "the official has as many keys as are allowed";
    KeyNotOfficials(Conflict) "key_not_officials" "密钥不属于该干部" "the key does not belong to the official";
    LastAdministrator(Rule) "last_administrator" "须保留至少一名可用的管理员" "at least one administrator with a key must remain";
    AssignedAlready(Conflict) "assigned_already" "该干部已结对此户" "the official answers for the household already";
    CapacityTaken(Conflict) "capacity_taken" "该户此类帮扶责任人已有" "the household has an official in that capacity already";
    NotAssigned(Conflict) "not_assigned" "该干部未结对此户" "the official does not answer for the household";
    CaseloadExceeded(Rule) "caseload_exceeded" "超过结对户数上限" "the official answers for as many households as are allowed";
    PostedAlready(Conflict) "posted_already" "该干部已任此驻村职务" "the official holds that post already";
    NotPosted(Conflict) "not_posted" "该干部未任此驻村职务" "the official does not hold that post";
    VisitInvalid(Rule) "visit_invalid" "同行人重复、过多或为走访人本人" "companions must be few, all different, and not the visitor";
    // Money and aid.
    AmountMissing(Rule) "amount_missing" "金额须大于零" "the amount must be above zero";
    ReleaseUnknown(Conflict) "release_unknown" "资金下达编号不存在" "there is no such release";
    ReleaseExists(Conflict) "release_exists" "资金下达编号已被使用" "the release number is taken";
    AllocationUnknown(Conflict) "allocation_unknown" "资金安排不存在" "there is no such allocation in this village";
    AllocationExists(Conflict) "allocation_exists" "资金安排编号已被使用" "the allocation number is taken";
    ReleaseExceeded(Rule) "release_exceeded" "超过下达资金余额" "the amount is more than is left of the release";
    AllocationExceeded(Rule) "allocation_exceeded" "超过安排资金余额" "the amount is more than is left of the allocation";
    MeasureUnknown(Conflict) "measure_unknown" "帮扶措施不存在" "there is no such measure in this village";
    MeasureExists(Conflict) "measure_exists" "帮扶措施编号已被使用" "the measure number is taken";
    MeasureMismatch(Rule) "measure_mismatch" "与措施的类别或对象不符" "the group or the household is not that of the measure";
    DeliveryUnknown(Conflict) "delivery_unknown" "发放记录不存在" "there is no such delivery";
    DeliveryExists(Conflict) "delivery_exists" "发放编号已被使用" "the delivery number is taken";
    AcknowledgedAlready(Conflict) "acknowledged_already" "已签收" "the delivery has been acknowledged";
    ReversalExceeds(Rule) "reversal_exceeds" "冲回金额超过发放余额" "the amount is more than is left of the delivery";
    // Policy and evidence.
    PolicyInvalid(Rule) "policy_invalid" "政策参数无效" "the parameter is not valid";
    EvidenceMissing(Rule) "evidence_missing" "缺少规定的佐证材料" "a document that the step needs is missing";
    EvidenceInvalid(Malformed) "evidence_invalid" "佐证材料无效" "evidence needs a kind, a SHA-256 and a size";
    CorrectionInvalid(Rule) "correction_invalid" "更正引用的事项无效" "the correction names an event that it cannot correct";
}
