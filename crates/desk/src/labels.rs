//! Every text of the pages, in both languages. One of them is shown at a time.

use lika_domain::language::Language;

/// A text in both languages. `{}` stands where something is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// In Chinese.
    pub(crate) zh: &'static str,
    /// In English.
    pub(crate) en: &'static str,
}

impl Label {
    /// In that language.
    pub(crate) fn of(self, language: Language) -> &'static str {
        language.of(self.zh, self.en)
    }

    /// In that language, with its gaps filled, in their order.
    pub(crate) fn with<const N: usize>(self, language: Language, parts: [&dyn std::fmt::Display; N]) -> String {
        let mut text = self.of(language).to_owned();
        for part in parts {
            text = text.replacen("{}", &part.to_string(), 1);
        }
        text
    }
}

/// A label as it begins a line.
pub(crate) fn capital(label: &str) -> String {
    let mut rest = label.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

macro_rules! labels {
    ($($name:ident $zh:literal $en:literal;)*) => {
        $(
            #[doc = $en]
            pub(crate) const $name: Label = Label { zh: $zh, en: $en };
        )*

        /// All of them, by name.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, Label)] = &[$((stringify!($name), $name)),*];
    };
}

mod keys;
mod print;
mod tables;

pub(crate) use keys::*;
pub(crate) use print::*;
pub(crate) use tables::*;

labels! {
    DESK "立卡工作台" "Lika desk";
    HOME "首页" "Home";
    REPORT "填报" "Report";
    OUTBOX "发件箱" "Outbox";
    RECEIPTS "回执" "Receipts";
    SKIP "跳到正文" "Skip to content";
    OTHER_LANGUAGE "English" "Chinese";
    TESTING "试用日志：数据均为虚构。" "A testing log: all its data is made up.";

    ME "我" "Me";
    OFFICIAL "干部编号" "Official";
    NAME "姓名" "Name";
    ROLE "角色" "Role";
    AREA "管辖区划" "Area";
    KEY "密钥" "Key";
    LOG "日志" "Log";
    NO_ROLE "已离岗" "has left";
    WHO_UNKNOWN "尚未连接过节点。连接后，这里显示您的角色和管辖区划；在此之前也可以填报。"
        "The node has not been reached yet. Once it is, your role and area stand here; you can report before that.";
    NOT_ENROLLED "节点尚不认识本机的密钥。请管理员登记密钥 {}，登记后待发的报送会自动发送。"
        "The node does not know this device's key yet. Have an administrator enrol the key {}; what waits is \
         then sent by itself.";
    REACHABLE "节点可连接" "The node can be reached";
    UNREACHABLE "现在无法连接节点。可以照常填报和签名，连接后自动发送。"
        "The node cannot be reached now. Report and sign as usual; it is sent by itself once there is a connection.";
    CHECKING "正在连接节点…" "Connecting to the node…";
    TO_DO "待办" "To do";
    NOTHING_TO_DO "没有待办的报送。" "Nothing is left to do.";
    NEW_REPORT "开始填报" "Start a report";
    MAY_REPORT "可填报的事项" "Events you may report";
    OTHER_EVENTS "其他事项" "Other events";
    OTHER_EVENTS_WHY "您的角色无权报送这些事项；各项注明由谁报送。"
        "Your role may not report these; each says who may.";
    REPORTED_BY "由{}报送" "reported by {}";
    HOUSEHOLDS_EVENTS "户和村" "Households and villages";
    OFFICIALS_EVENTS "干部" "Officials";
    AID_EVENTS "资金和帮扶" "Funds and aid";

    OPTIONAL "可不填" "optional";
    ONLY_IF "仅当{}为{}时填写。" "Only if {} is {}.";
    ONLY_WITH "仅在填写了{}时填写。" "Only if {} is given.";
    CHOOSE "请选择" "choose one";
    NONE "不填" "none";
    YES "是" "Yes";
    NO "否" "No";
    ADD "增加一项：{}" "Add: {}";
    REMOVE "去掉此项：{}" "Remove: {}";
    CHOOSE_KIND "选择内容" "Choose what it holds";
    SHOW_FIELDS "显示其填报项" "Show its fields";
    PRIVATE "个人信息" "Personal data";
    PRIVATE_HINT "签名前加密，只有有权的人能看到。" "Encrypted before it is signed; only those who may can read it.";
    PRIVATE_KEEPS "全部留空则保持原来的内容。" "Leave all of it empty to keep what is recorded.";
    EVIDENCE "佐证材料" "Attachments";
    EVIDENCE_HINT "文件保存在本机，日志只记录其指纹和大小。" "The file stays on this machine; the log records its fingerprint and size.";
    EVIDENCE_FILE "文件" "File";
    EVIDENCE_KEPT "已附：{}" "Attached: {}";
    CORRECTS "更正以前的事项" "Correct an earlier event";
    CORRECTS_HINT "仅在更正时填写：被更正事项在日志中的条目号，及其在该条目中的序号（从0起）。见其回执。"
        "Only for a correction: the entry of the earlier event, and its number in that entry, from 0. Its \
         receipt names both.";
    NEW_HOUSEHOLD "新户没有编号时填 new-1，签名时分配编号。"
        "For a household without a number write new-1; it gets its number when you sign.";
    NEW_NUMBER "新户，签名时分配编号" "new, gets its number when you sign";
    NO_HOUSEHOLD "事项针对村本身时不填。" "Leave it empty if the event concerns the village itself.";
    AREA_FIELD "区划" "Area";
    AREA_HINT "行政村的12位区划代码；县级事项用县的代码。"
        "Division code of the village, 12 digits; of the county for its own events.";
    AREA_CHOOSE "输入村名或代码，从名单中选。" "Type a name or a code, and choose from the list.";
    LIST_CUT "名单只列出前 {} 个，其余请填编号。" "Only the first {} are listed; give the number of any other.";
    SHOW_LISTS "显示其名单" "Show its lists";
    COMPUTED "留空即按各项自动计算。" "Left empty, it is computed from the others.";
    CONTINUE "检查并继续" "Check and go on";
    SAVE_DRAFT "保存草稿" "Save the draft";
    SAVED "草稿已保存。" "The draft is saved.";
    FAULTS "有 {} 处需要改正" "{} things to correct";
    WHOLE "整件报送" "The whole report";
    REFUSED_BEFORE "日志未受理这件报送，原因标在各项旁边。改正后重新签名即可。"
        "The log refused this report; the reasons stand beside the fields. Correct it and sign it again.";

    SIGN_TITLE "签名前请核对" "Check before you sign";
    SIGN_WHY "签名后，以下内容将以您的名义记入日志，不能删除；写错了只能再报送一件来更正。"
        "Once signed, this is recorded under your name and cannot be deleted; a mistake is put right by a \
         further report.";
    SIGN "签名并报送" "Sign and send";
    EDIT "返回修改" "Go back and change it";
    SIGNED_BY "报送人" "Signed by";
    SIGNED_AS "干部 {}，密钥 {}" "official {} with key {}";
    NO_DAY "无日期" "no date";
    PLACE "区划" "Area";

    STATE "状态" "State";
    HOUSEHOLD "户" "Household";
    OPEN "打开" "Open";
    FILL_ON "继续填写" "Go on filling it in";
    CORRECT "改正" "Correct it";
    SEND_NOW "立即发送" "Send now";
    RETRY "重新发送" "Send it again";
    DISCARD "放弃" "Give it up";
    DISCARD_REASON "放弃的原因" "Why you give it up";
    DISCARD_HINT "内容会留在本机，不会删除。" "It stays on this machine and is not deleted.";
    OUTBOX_EMPTY "发件箱是空的：没有草稿，也没有待发的报送。" "The outbox is empty: no draft, and nothing waits to be sent.";
    RECEIPTS_EMPTY "还没有回执。报送被日志受理后，回执会出现在这里。"
        "There is no receipt yet. Once the log has taken a report, its receipt stands here.";
    RECEIPTS_MORE "只列出最近 {} 件；全部回执见 lika receipt list。"
        "Only the latest {} are listed; lika receipt list shows all of them.";
    TRIES "已尝试 {} 次" "tried {} times";
    MAY_BE_RECORDED "它可能已经记入日志，只是回执还没有到。" "It may be in the log already, and only the receipt is missing.";
    GIVEN_UP "已放弃的" "Given up";
    REASON "原因" "Reason";

    RECEIPT "回执" "Receipt";
    RECEIPT_GOOD "回执已核验：日志已受理这件报送。" "The receipt holds: the log has taken this report.";
    ENTRY "日志条目" "Log entry";
    RECORDED_AT "记录时间" "Recorded at";
    SUBMISSION "报送编号" "Submission";
    CHECKPOINT "检查点" "Checkpoint";
    CHECKPOINT_OF "含 {} 个条目" "of {} entries";
    WAITS_TITLE "已签名，等待发送" "Signed, and waiting to be sent";
    WAITS_WHY "它已保存在本机，连接节点后自动发送，不会重复记录。"
        "It is kept on this machine, is sent by itself once the node answers, and is never recorded twice.";
    REFUSED_TITLE "日志未受理" "The log refused it";
    REFUSED_WHY "没有任何内容被记录。请按下面的原因改正，然后重新签名。"
        "None of it is recorded. Correct it by the reasons below, and sign it again.";
    QUARANTINED_TITLE "已隔离" "Set aside";
    QUARANTINED_WHY "它现在不能按原样发送。请看原因；内容仍在本机。"
        "It cannot be sent as it is. See why below; it is still on this machine.";
    DISCARDED_TITLE "已放弃" "Given up";
    ANOTHER "再报一件" "Report something else";
    BACK_HOME "回到首页" "Back to the home page";

    MY_AREA "我的辖区" "My area";
    AREA_EMPTY "本机还没有辖区资料。连接节点后自动获取，之后没有网络也能查看。"
        "This machine has nothing of your area yet. Once the node can be reached it is fetched, \
         and stays here without a network.";
    AREA_AS_OF "资料截至 {} 的记录。" "As of what was recorded by {}.";
    AREA_INCOMPLETE "还没有取全，会自动继续。" "Not all of it is here yet; it goes on by itself.";
    AREA_REFRESH "获取最新资料" "Fetch what is new";
    AREA_UNREACHABLE "现在无法连接节点，以下是上次获取的资料。"
        "The node cannot be reached now; this is what was fetched last.";
    AREA_REFUSED "节点没有提供辖区资料：密钥尚未登记，或您已不在岗。"
        "The node did not give it: your key is not enrolled, or you have no role any more.";
    AREA_NOT_PROVEN "节点给出的资料与日志不符，没有采用。请告知县里的管理员。"
        "What the node gave is not what the log holds, and was not taken. Tell the administrator of the county.";
    AREA_NOT_STORED "本机的辖区资料无法读取，可能正被另一程序使用。"
        "What is stored of your area cannot be read; another program may be using it.";
    AREA_GAPS "缺少 {} 处记录，资料可能不全。请告知县里的管理员。"
        "{} records are missing, so this may be incomplete. Tell the administrator of the county.";
    SEARCH "找一户" "Find a household";
    SEARCH_HINT "姓名、户编号、身份证号或电话的末四位。"
        "A name, a household number, or the last four characters of a citizen ID or telephone.";
    SEARCH_BUTTON "查找" "Find";
    FOUND "查找结果" "Found";
    FOUND_NOTHING "没有找到。" "Nothing was found.";
    FOUND_MORE "只列出前 {} 户，请输入更多内容。" "Only the first {} are listed; write more to find the others.";
    VILLAGES "村" "Villages";
    VILLAGE "行政村" "Village";
    ALL_VILLAGES "全部村" "All villages";
    VILLAGE_COUNTS "{} 户建档，现有贫困户 {} 户" "{} households, {} of them poor now";
    HOUSEHOLDS_COUNT "{} 户" "{} households";
    PERSONS_COUNT "{} 人" "{} persons";
    RESPONSIBLE "责任人" "responsible:";
    RESPONSIBLE_OFFICIALS "帮扶责任人" "Responsible officials";
    NOBODY "没有帮扶责任人" "nobody is responsible";
    VISITED_ON "最近走访 {}" "last visit {}";
    REPORT_ON_VILLAGE "填报本村的事项" "Report on this village";
    REPORT_ON_HOUSEHOLD "填报该户的事项" "Report on this household";
    CARD_WAITS "该户还没有记入日志，正在等待发送。" "This household is not in the log yet; it waits to be sent.";
    STATUS "状态" "Status";
    SINCE "自 {}" "since {}";
    ATTRIBUTE "贫困户属性" "Attribute";
    CAUSES "致贫原因" "Causes";
    REGISTERED "建档日期" "Registered";
    MONITORED "监测" "Monitored";
    ADDRESS "住址" "Address";
    PHONE "电话" "Telephone";
    ACCOUNT "银行账号" "Bank account";
    REMARK "备注" "Remark";
    ERASED "已擦除" "erased";
    NEXT "下一步" "What may follow";
    NOT_BEGUN "尚未开始；从以下步骤开始：" "Not begun; it begins with:";
    BY_ANOTHER "须由上一步以外的人办理" "by somebody other than in the step before";
    NOT_BEFORE "{} 起" "from {}";
    PAPERS "需要{}" "needs: {}";
    PEOPLE "家庭成员" "Members";
    ID_END "身份证尾号 {}" "citizen ID ends in {}";
    VISITS "走访" "Visits";
    VISITS_LATEST "只列出最近 {} 次的情况。" "Only the latest {} accounts are shown.";
    VISITS_COUNT "共 {} 次，最近 {}" "{} in all, the last one {}";
    INCOME "收入" "Income";
    INCOME_LINE "人均 {}，全户 {}" "{} per head, {} in all";
    NOTHING_YET "还没有记录。" "Nothing is recorded yet.";
    CONDITIONS "两不愁三保障和饮水" "Assurances and guarantees";
    MET "达标" "met";
    UNMET "未达标" "not met";
    NOT_ASSESSED "未认定" "not assessed";
    AID "帮扶和资金" "Aid";
    NUMBER "第 {} 笔" "number {}";
    ACKNOWLEDGED "已于 {} 签收" "confirmed on {}";
    NOT_ACKNOWLEDGED "未签收，登记签收" "not confirmed; record it";
    REVERSED "已收回 {}" "{} taken back";
    HISTORY "记录" "Records";
    ENTRY_NUMBER "第 {} 条" "entry {}";
    FORESEEN_REFUSED "按本机资料，日志会拒收这件报送：" "By what is known on this machine, the log would refuse this:";
    FORESEEN_WHY "资料可能不是最新的。仍可签名，由节点决定。"
        "What is known may not be the latest. You may sign nevertheless; the node decides.";
    WARNED "规则允许，但审计会发现：" "The rules allow this, but an audit would find:";
    WARNED_REASON "仍要报送的原因" "Why you go on";
    WARNED_HINT "原因随报送一起签名并永久记录，请不要写姓名、电话和证件号。"
        "It is signed with the report and recorded for ever: write no names, telephones or identity numbers.";
    SIGN_NEVERTHELESS "仍要签名并报送" "Sign and send nevertheless";

    UNLOCK_TITLE "请输入密钥口令" "Unlock your key";
    UNLOCK_WHY "本次使用只问一次；一段时间不用会自动锁上。"
        "You are asked once per sitting; the key locks by itself when it is not used for a while.";
    PASSPHRASE "密钥 {} 的口令" "Passphrase of the key {}";
    PASSPHRASE_WRONG "口令不对，请再试。" "That is not the passphrase; try again.";
    UNLOCK "解锁" "Unlock";
    LOCK "锁上" "Lock";

    CLOSED_TITLE "请用启动时的地址打开" "Open it by its own address";
    CLOSED_WHY "为了保护数据，本页只接受 lika desk 启动时打开的浏览器。请再运行一次 lika desk，它会打开正在运行的工作台。"
        "To protect the data, only the browser that lika desk opened may use this page. Run lika desk once more: \
         it opens the one that runs.";
    ELSEWHERE_TITLE "请求来自别处" "The request came from elsewhere";
    ELSEWHERE_WHY "本页只回答本机浏览器直接发出的请求。请从首页重新打开。"
        "Only requests that this machine's browser sends by itself are answered. Open it from the home page.";
    TOKEN_TITLE "此页已过期" "This page is too old";
    TOKEN_WHY "工作台重新启动过。刚才填写的内容请返回后在新打开的页面中再提交一次。"
        "The desk was started again. Go back, and send what you wrote from a page that is opened anew.";
    NOT_FOUND_TITLE "没有这一页" "There is no such page";
    NOT_FOUND_WHY "地址有误，或者这件报送不在本机。发件箱和回执列出了本机的全部报送。"
        "The address is wrong, or the report is not on this machine. The outbox and the receipts list all that are.";
    TOO_LARGE_TITLE "内容太大" "Too large";
    TOO_LARGE_WHY "文字合计不得超过 1 MB，每个附件不得超过 256 MB。请分几件报送，或缩小附件。"
        "Texts may have 1 MB in all, and each attachment 256 MB. Report it in parts, or make the attachment smaller.";
    BROKEN_OFF_TITLE "没有收完" "It did not arrive whole";
    BROKEN_OFF_WHY "浏览器发送的内容中断了。请返回后再试一次。" "What the browser sent broke off. Go back and try again.";
    FOLDER_TITLE "文件夹无法读写" "The folder cannot be used";
    FOLDER_WHY "请检查磁盘空间和权限，然后再试一次。已签名的报送不会丢失。"
        "Check the space on the disk and the permissions, and try again. Nothing that was signed is lost.";
    KEY_TITLE "没有可用的密钥" "There is no key to use";
    KEY_WHY "请先运行 lika key new 名称 --official 编号，并请管理员登记；有多把密钥时用 --key 指定。"
        "Run lika key new NAME --official NUMBER first and have an administrator enrol it; name one with --key \
         if there are several.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_exists_in_both_languages_with_the_same_gaps() {
        for (name, label) in [ALL, keys::ALL, print::ALL, tables::ALL].concat() {
            let switch = ["OTHER_LANGUAGE", "PRINT_A4", "PRINT_PDF"].contains(&name);
            assert!(!label.zh.is_empty() && !label.en.is_empty(), "{name}");
            assert!(switch || !label.zh.is_ascii(), "{name} has no Chinese text");
            let plain = label.en.replace('…', "");
            assert!(plain.is_ascii(), "{name} has no English text");
            assert_eq!(label.zh.matches("{}").count(), label.en.matches("{}").count(), "{name}");
        }
    }

    #[test]
    fn gaps_are_filled_in_order() {
        assert_eq!(SIGNED_AS.with(Language::En, [&"1", &"phone"]), "official 1 with key phone");
    }
}
