//! What events, fields and choices of the proto files are called in the field.

/// What an event of that name is, in Chinese and English; `None` if it is none.
pub(super) fn kind(name: &str) -> Option<(&'static str, &'static str)> {
    KINDS.iter().find(|(known, ..)| *known == name).map(|(_, zh, en)| (*zh, *en))
}

/// What a field is called; one that has no word of its own keeps its name.
pub(super) fn field(name: &str) -> String {
    let plain = name.replace('_', " ");
    match FIELDS.iter().find(|(known, _)| *known == name) {
        Some((_, zh)) => format!("{zh} {plain}"),
        None => plain,
    }
}

/// What a choice is called; `None` if it is none that is known.
pub(super) fn choice(name: &str) -> Option<String> {
    CHOICES.iter().find(|(known, ..)| *known == name).map(|(_, zh, en)| format!("{zh} {en}"))
}

/// What a name of a closed list is called in Chinese, by the enum it is of; one that is not known stays.
pub(crate) fn word<'a>(list: &str, name: &'a str) -> &'a str {
    let full = format!("{list}_{}", name.to_uppercase());
    CHOICES.iter().find(|(known, ..)| *known == full).map_or(name, |(_, zh, _)| zh)
}

const KINDS: &[(&str, &str, &str)] = &[
    ("village_registered", "行政村登记", "village registered"),
    ("village_profile_updated", "行政村情况更新", "village profile updated"),
    ("household_registered", "建档立卡", "household registered"),
    ("household_updated", "户卡信息更新", "household updated"),
    ("member_added", "新增家庭成员", "member added"),
    ("member_updated", "成员信息更新", "member updated"),
    ("member_removed", "成员减少", "member removed"),
    ("income_assessed", "收入认定", "income assessed"),
    ("living_conditions_assessed", "两不愁三保障认定", "living conditions assessed"),
    ("procedure_step_taken", "程序步骤", "procedure step taken"),
    ("household_exited", "脱贫", "household exited"),
    ("household_fell_back", "返贫", "household fell back"),
    ("household_deregistered", "户卡注销", "household deregistered"),
    ("monitoring_started", "纳入监测", "monitoring started"),
    ("monitoring_ended", "监测结束", "monitoring ended"),
    ("village_exited", "贫困村出列", "village exited"),
    ("county_exited", "贫困县摘帽", "county exited"),
    ("personal_data_erased", "个人信息擦除", "personal data erased"),
    ("policy_set", "政策参数设定", "policy set"),
    ("jurisdiction_opened", "日志启用", "log opened"),
    ("official_enrolled", "干部登记", "official enrolled"),
    ("key_enrolled", "密钥登记", "key enrolled"),
    ("key_revoked", "密钥吊销", "key revoked"),
    ("role_changed", "角色变更", "role changed"),
    ("official_assigned", "结对帮扶", "official assigned"),
    ("assignment_ended", "结对终止", "assignment ended"),
    ("village_team_posted", "驻村任职", "posted to the village"),
    ("village_post_ended", "驻村离任", "village post ended"),
    ("household_visited", "入户走访", "household visited"),
    ("funds_released", "资金下达", "funds released"),
    ("funds_allocated", "资金安排", "funds allocated"),
    ("measure_planned", "帮扶措施计划", "measure planned"),
    ("aid_delivered", "帮扶发放", "aid delivered"),
    ("aid_acknowledged", "农户签收", "aid acknowledged"),
    ("aid_reversed", "发放冲回", "aid reversed"),
];

const FIELDS: &[(&str, &str)] = &[
    ("account", "银行账号"),
    ("accepted", "农户认可"),
    ("address", "住址"),
    ("allocation", "资金安排编号"),
    ("amount", "金额"),
    ("area", "区划"),
    ("attribute", "贫困户属性"),
    ("bank", "开户银行"),
    ("birth_month", "出生年月"),
    ("capacity", "责任人类别"),
    ("cause", "原因"),
    ("citizen_id", "身份证号"),
    ("clothing", "不愁穿"),
    ("companions", "同行人"),
    ("corrects", "更正"),
    ("delivery", "发放编号"),
    ("device", "设备"),
    ("dibao", "低保金"),
    ("disability_category", "残疾类别"),
    ("disability_certificate", "残疾证号"),
    ("disability_grade", "残疾等级"),
    ("document", "文号"),
    ("dwelling", "住房等级"),
    ("ecological", "生态补偿金"),
    ("education", "教育"),
    ("effective", "生效日期"),
    ("ethnicity", "民族"),
    ("evidence", "佐证材料"),
    ("family_planning", "计划生育金"),
    ("food", "不愁吃"),
    ("group", "组或类别"),
    ("health", "健康状况"),
    ("household", "户"),
    ("housing", "住房安全"),
    ("in_favour", "赞成人数"),
    ("income_year", "收入年度"),
    ("key", "密钥"),
    ("kind", "类别"),
    ("labour", "劳动能力"),
    ("latitude", "纬度"),
    ("longitude", "经度"),
    ("main_cause", "主要致贫原因"),
    ("measure", "措施编号"),
    ("medical", "基本医疗"),
    ("medical_insurance", "医疗保险"),
    ("member", "成员"),
    ("members", "家庭成员"),
    ("name", "姓名或名称"),
    ("net", "纯收入"),
    ("number", "编号"),
    ("objections", "异议"),
    ("official", "干部"),
    ("other_causes", "其他致贫原因"),
    ("other_transfer", "其他转移性收入"),
    ("outcome", "结果"),
    ("pension", "养老金"),
    ("pension_insurance", "养老保险"),
    ("per_head", "人均纯收入"),
    ("phone", "联系电话"),
    ("place", "地点"),
    ("poor", "贫困村"),
    ("post", "职务"),
    ("present", "到会人数"),
    ("private", "加密"),
    ("procedure", "程序"),
    ("production", "生产经营性收入"),
    ("production_cost", "生产经营性支出"),
    ("project", "项目"),
    ("property", "财产性收入"),
    ("reason", "原因"),
    ("relation", "与户主关系"),
    ("release", "下达编号"),
    ("remark", "备注"),
    ("risks", "风险"),
    ("role", "角色"),
    ("rural_households", "农村户数"),
    ("rural_persons", "农村人口"),
    ("school", "在校生状况"),
    ("seen", "走访情况"),
    ("sex", "性别"),
    ("source", "来源"),
    ("standard", "识别标准"),
    ("step", "步骤"),
    ("unit", "单位"),
    ("until", "截止日期"),
    ("wage", "工资性收入"),
    ("water", "饮水安全"),
    ("willing_to_relocate", "易地搬迁意愿"),
    ("year", "年度"),
];

/// Every choice of the proto files.
const CHOICES: &[(&str, &str, &str)] = &[
    ("EVIDENCE_KIND_APPLICATION", "申请书", "application"),
    ("EVIDENCE_KIND_MINUTES", "会议记录", "minutes"),
    ("EVIDENCE_KIND_NOTICE", "公示照片", "notice"),
    ("EVIDENCE_KIND_FORM", "签字表", "form"),
    ("EVIDENCE_KIND_PHOTO", "照片", "photo"),
    ("EVIDENCE_KIND_VOUCHER", "支付凭证", "voucher"),
    ("EVIDENCE_KIND_DECISION", "批复", "decision"),
    ("EVIDENCE_KIND_OTHER", "其他", "other"),
    ("STANDARD_NATIONAL", "国家标准", "national"),
    ("STANDARD_PROVINCIAL", "省定标准", "provincial"),
    ("MEASURE_GROUP_INDUSTRY", "产业", "industry"),
    ("MEASURE_GROUP_EMPLOYMENT", "就业", "employment"),
    ("MEASURE_GROUP_PUBLIC_POST", "公益岗位", "public post"),
    ("MEASURE_GROUP_FINANCE", "金融", "finance"),
    ("MEASURE_GROUP_HOUSING", "住房", "housing"),
    ("MEASURE_GROUP_WATER", "饮水", "water"),
    ("MEASURE_GROUP_HEALTH", "健康", "health"),
    ("MEASURE_GROUP_EDUCATION", "教育", "education"),
    ("MEASURE_GROUP_RELOCATION", "易地搬迁", "relocation"),
    ("MEASURE_GROUP_ECOLOGICAL", "生态", "ecological"),
    ("MEASURE_GROUP_SAFETY_NET", "兜底", "safety net"),
    ("MEASURE_GROUP_DISABILITY", "残疾", "disability"),
    ("MEASURE_GROUP_SOCIAL", "社会帮扶", "social"),
    ("MEASURE_GROUP_INFRASTRUCTURE", "基础设施", "infrastructure"),
    ("FUNDS_SOURCE_CENTRAL", "中央", "central"),
    ("FUNDS_SOURCE_PROVINCIAL", "省级", "provincial"),
    ("FUNDS_SOURCE_PREFECTURE", "市级", "prefecture"),
    ("FUNDS_SOURCE_COUNTY", "县级", "county"),
    ("FUNDS_SOURCE_SOCIAL", "社会", "social"),
    ("REVERSAL_REASON_ERROR", "误录", "error"),
    ("REVERSAL_REASON_NOT_ENTITLED", "不符合条件", "not entitled"),
    ("REVERSAL_REASON_RETURNED", "退回", "returned"),
    ("REVERSAL_REASON_MISUSE", "挪用", "misuse"),
    ("ATTRIBUTE_GENERAL", "一般", "general"),
    ("ATTRIBUTE_DIBAO", "低保", "dibao"),
    ("ATTRIBUTE_WUBAO", "五保", "wubao"),
    ("CAUSE_ILLNESS", "因病", "illness"),
    ("CAUSE_DISABILITY", "因残", "disability"),
    ("CAUSE_SCHOOLING", "因学", "schooling"),
    ("CAUSE_DISASTER", "因灾", "disaster"),
    ("CAUSE_LAND", "缺土地", "land"),
    ("CAUSE_WATER", "缺水", "water"),
    ("CAUSE_SKILLS", "缺技术", "skills"),
    ("CAUSE_LABOUR", "缺劳力", "labour"),
    ("CAUSE_CAPITAL", "缺资金", "capital"),
    ("CAUSE_TRANSPORT", "交通条件落后", "transport"),
    ("CAUSE_MOTIVATION", "自身发展动力不足", "motivation"),
    ("CAUSE_OTHER", "其他", "other"),
    ("RELATION_HEAD", "户主", "head"),
    ("RELATION_SPOUSE", "配偶", "spouse"),
    ("RELATION_CHILD", "子女", "child"),
    ("RELATION_CHILD_IN_LAW", "儿媳女婿", "child in law"),
    ("RELATION_GRANDCHILD", "孙子女", "grandchild"),
    ("RELATION_PARENT", "父母", "parent"),
    ("RELATION_PARENT_IN_LAW", "岳父母公婆", "parent in law"),
    ("RELATION_GRANDPARENT", "祖父母", "grandparent"),
    ("RELATION_SIBLING", "兄弟姐妹", "sibling"),
    ("RELATION_OTHER", "其他", "other"),
    ("SEX_MALE", "男", "male"),
    ("SEX_FEMALE", "女", "female"),
    ("EDUCATION_NONE", "文盲或半文盲", "none"),
    ("EDUCATION_PRIMARY", "小学", "primary"),
    ("EDUCATION_JUNIOR", "初中", "junior"),
    ("EDUCATION_SENIOR", "高中", "senior"),
    ("EDUCATION_COLLEGE", "大专及以上", "college"),
    ("SCHOOL_STAGE_PRESCHOOL", "学前", "preschool"),
    ("SCHOOL_STAGE_PRIMARY", "小学", "primary"),
    ("SCHOOL_STAGE_JUNIOR", "初中", "junior"),
    ("SCHOOL_STAGE_SENIOR", "高中", "senior"),
    ("SCHOOL_STAGE_VOCATIONAL", "中职", "vocational"),
    ("SCHOOL_STAGE_COLLEGE", "大专及以上", "college"),
    ("SCHOOL_STAGE_DROPPED_OUT", "失学辍学", "dropped out"),
    ("HEALTH_HEALTHY", "健康", "healthy"),
    ("HEALTH_CHRONIC", "长期慢性病", "chronic"),
    ("HEALTH_SERIOUS", "大病", "serious"),
    ("HEALTH_DISABLED", "残疾", "disabled"),
    ("LABOUR_ORDINARY", "普通劳动力", "ordinary"),
    ("LABOUR_SKILLED", "技能劳动力", "skilled"),
    ("LABOUR_WEAK", "弱劳动力", "weak"),
    ("LABOUR_LOST", "丧失劳动力", "lost"),
    ("LABOUR_NONE", "无劳动力", "none"),
    ("WORK_PLACE_TOWNSHIP", "乡镇内", "township"),
    ("WORK_PLACE_COUNTY", "县内", "county"),
    ("WORK_PLACE_PROVINCE", "省内", "province"),
    ("WORK_PLACE_ELSEWHERE", "省外", "elsewhere"),
    ("JOIN_REASON_BIRTH", "新生", "birth"),
    ("JOIN_REASON_MARRIAGE", "嫁入", "marriage"),
    ("JOIN_REASON_MOVED_IN", "迁入", "moved in"),
    ("JOIN_REASON_OMITTED", "漏登", "omitted"),
    ("JOIN_REASON_ADOPTED", "收养", "adopted"),
    ("LEAVE_REASON_DIED", "死亡", "died"),
    ("LEAVE_REASON_MARRIAGE", "嫁出", "marriage"),
    ("LEAVE_REASON_MOVED", "迁出", "moved"),
    ("LEAVE_REASON_SPLIT", "分户", "split"),
    ("LEAVE_REASON_ERROR", "误录", "error"),
    ("MET_YES", "达标", "yes"),
    ("MET_NO", "未达标", "no"),
    ("DWELLING_GRADE_A", "A级", "a"),
    ("DWELLING_GRADE_B", "B级", "b"),
    ("DWELLING_GRADE_C", "C级", "c"),
    ("DWELLING_GRADE_D", "D级", "d"),
    ("DEREGISTER_REASON_ERROR", "错误识别", "error"),
    ("DEREGISTER_REASON_MOVED", "整户迁出", "moved"),
    ("DEREGISTER_REASON_MERGED", "并户", "merged"),
    ("DEREGISTER_REASON_DIED_OUT", "整户死亡", "died out"),
    ("MONITORING_KIND_UNSTABLE", "脱贫不稳定户", "unstable"),
    ("MONITORING_KIND_MARGINAL", "边缘易致贫户", "marginal"),
    ("MONITORING_KIND_HARDSHIP", "突发严重困难户", "hardship"),
    ("MONITORING_OUTCOME_HELPED", "帮扶消除", "helped"),
    ("MONITORING_OUTCOME_NATURAL", "自然消除", "natural"),
    ("MONITORING_OUTCOME_ERROR", "误纳", "error"),
    ("ERASURE_REASON_REQUEST", "本人申请", "request"),
    ("ERASURE_REASON_RETENTION", "保存期满", "retention"),
    ("ERASURE_REASON_ORDER", "主管机关决定", "order"),
    ("MODE_PRODUCTION", "正式", "production"),
    ("MODE_TESTING", "测试", "testing"),
    ("ROLE_ADMINISTRATOR", "管理员", "administrator"),
    ("ROLE_COUNTY_OFFICER", "县级干部", "county officer"),
    ("ROLE_TOWNSHIP_OFFICER", "乡镇干部", "township officer"),
    ("ROLE_VILLAGE_OFFICER", "村级干部", "village officer"),
    ("ROLE_RESPONSIBLE", "帮扶责任人", "responsible"),
    ("ROLE_FINANCE", "财务", "finance"),
    ("ROLE_AUDITOR", "审计", "auditor"),
    ("REVOKE_REASON_LOST", "遗失", "lost"),
    ("REVOKE_REASON_COMPROMISED", "泄露", "compromised"),
    ("REVOKE_REASON_REPLACED", "更换", "replaced"),
    ("REVOKE_REASON_LEFT", "离岗", "left"),
    ("CAPACITY_FIRST", "第一责任人", "first"),
    ("CAPACITY_SECOND", "第二责任人", "second"),
    ("ASSIGNMENT_END_HANDED_OVER", "移交", "handed over"),
    ("ASSIGNMENT_END_LEFT", "离岗", "left"),
    ("ASSIGNMENT_END_CLOSED", "户卡注销", "closed"),
    ("ASSIGNMENT_END_ERROR", "误录", "error"),
    ("VILLAGE_POST_FIRST_SECRETARY", "第一书记", "first secretary"),
    ("VILLAGE_POST_TEAM_LEADER", "工作队长", "team leader"),
    ("VILLAGE_POST_TEAM_MEMBER", "工作队员", "team member"),
    ("VISIT_PLACE_HOME", "家中", "home"),
    ("VISIT_PLACE_VILLAGE", "村内", "village"),
    ("VISIT_PLACE_WORK", "务工地", "work"),
    ("VISIT_PLACE_REMOTE", "远程", "remote"),
    ("LINE_KIND_POVERTY", "贫困线", "poverty"),
    ("LINE_KIND_MONITORING", "监测线", "monitoring"),
    ("INCOME_CONCEPT_NET", "纯收入", "net"),
    ("INCOME_CONCEPT_DISPOSABLE", "可支配收入", "disposable"),
    ("SERVICE_ROAD", "道路", "road"),
    ("SERVICE_WATER", "饮水", "water"),
    ("SERVICE_ELECTRICITY", "用电", "electricity"),
    ("SERVICE_CLINIC", "卫生室", "clinic"),
    ("SERVICE_BROADBAND", "宽带", "broadband"),
    ("SERVICE_SCHOOL", "学校", "school"),
    ("SERVICE_CULTURE", "文化场所", "culture"),
    ("PROCEDURE_IDENTIFICATION", "贫困识别", "identification"),
    ("PROCEDURE_HOUSEHOLD_EXIT", "贫困户退出", "household exit"),
    ("PROCEDURE_FALL_BACK", "返贫", "fall back"),
    ("PROCEDURE_MONITORING", "监测对象纳入", "monitoring"),
    ("PROCEDURE_MONITORING_END", "风险消除", "monitoring end"),
    ("PROCEDURE_VILLAGE_EXIT", "贫困村出列", "village exit"),
    ("PROCEDURE_COUNTY_EXIT", "贫困县摘帽", "county exit"),
    ("STEP_APPLICATION", "申请", "application"),
    ("STEP_CLUE", "线索", "clue"),
    ("STEP_APPRAISAL", "民主评议", "appraisal"),
    ("STEP_VERIFICATION", "核实", "verification"),
    ("STEP_ACCEPTANCE", "农户认可", "acceptance"),
    ("STEP_PUBLICITY", "公示", "publicity"),
    ("STEP_TOWNSHIP_AUDIT", "乡镇审核", "township audit"),
    ("STEP_SECOND_PUBLICITY", "二次公示", "second publicity"),
    ("STEP_COUNTY_AUDIT", "县级复审", "county audit"),
    ("STEP_ANNOUNCEMENT", "公告", "announcement"),
    ("STEP_PAIRING", "结对帮扶", "pairing"),
    ("STEP_HELP_PLAN", "帮扶计划", "help plan"),
    ("STEP_SUPERIOR_CHECK", "上级核查", "superior check"),
    ("STEP_DECISION", "认定", "decision"),
    ("OUTCOME_PASSED", "通过", "passed"),
    ("OUTCOME_FAILED", "未通过", "failed"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages and figures have words of their own for what reports are about; they are the same.
    #[test]
    fn procedures_and_steps_are_called_the_same_everywhere() {
        use lika_domain::procedure::{Procedure, Step};
        for known in Procedure::ALL {
            assert_eq!(word("PROCEDURE", known.name()), lika_views::words::procedure(known.name()));
        }
        for known in Step::ALL {
            assert_eq!(word("STEP", known.name()), lika_views::words::step(known.name()));
        }
    }

    const PROTO: [&str; 8] = [
        include_str!("../../../../../proto/lika/v1/aid.proto"),
        include_str!("../../../../../proto/lika/v1/common.proto"),
        include_str!("../../../../../proto/lika/v1/household.proto"),
        include_str!("../../../../../proto/lika/v1/official.proto"),
        include_str!("../../../../../proto/lika/v1/policy.proto"),
        include_str!("../../../../../proto/lika/v1/procedure.proto"),
        include_str!("../../../../../proto/lika/v1/submission.proto"),
        include_str!("../../../../../proto/lika/v1/village.proto"),
    ];

    fn lines() -> impl Iterator<Item = &'static str> {
        PROTO.iter().flat_map(|file| file.lines())
    }

    #[test]
    fn every_choice_of_the_proto_files_has_words() {
        let names = lines().filter_map(|line| line.strip_prefix("  ")?.split_once(" = ")).map(|(name, _)| name);
        let choices = names.filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
        let choices: Vec<_> = choices.filter(|name| !name.ends_with("_UNSPECIFIED")).collect();
        assert_eq!(choices.len(), CHOICES.len());
        for name in choices {
            assert!(choice(name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_event_of_the_proto_files_has_words() {
        let mut listed = 0;
        for file in [PROTO[0], PROTO[2], PROTO[3]] {
            let body = file.split("oneof kind {").nth(1).and_then(|rest| rest.split("\n  }").next()).unwrap();
            for line in body.lines().filter(|line| line.contains(" = ")) {
                let event = line.split_whitespace().nth(1).unwrap();
                assert!(kind(event).is_some(), "{event}");
                listed += 1;
            }
        }
        assert_eq!(listed, KINDS.len());
    }

    #[test]
    fn names_of_the_views_have_words_too() {
        for cause in lika_domain::household::Cause::ALL {
            assert_ne!(word("CAUSE", cause.name()), cause.name());
        }
        assert_eq!((word("RELATION", "head"), word("RELATION", "x")), ("户主", "x"));
    }

    #[test]
    fn a_field_has_its_word_or_keeps_its_name() {
        assert_eq!(field("main_cause"), "主要致贫原因 main cause");
        assert_eq!(field("work_months"), "work months");
    }
}
