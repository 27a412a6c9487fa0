//! The Chinese sentence of each code whose particulars come in English alone: from the log, a service, a library.

/// The sentences, by code: what is wrong, and what to do next.
const ZH: &[(&str, &str)] = &[
    ("address_in_use", "地址已被其他程序占用，请停止该程序或换一个 --listen 地址"),
    ("address_invalid", "不是节点地址，应如 http://127.0.0.1:7130"),
    ("against", "无法与该节点比对，请检查 --against"),
    ("area_invalid", "不是区划代码，应为 2、4、6、9 或 12 位数字"),
    ("card_not_proven", "码与该日志不符：卡是伪造的、已被改动，或属于另一日志"),
    ("card_unreadable", "图片中的码读不出来：请正对拍清楚，让码占画面一半以上"),
    ("choice_unknown", "没有这个选项"),
    ("copy_behind", "本地副本落后于日志，请使用完整的数据文件夹"),
    ("copy_forked", "本地副本与日志不一致，请保留现场并联系运维"),
    ("data_exists", "数据文件夹不是空的，请换一个 --data 文件夹"),
    ("data_in_use", "数据文件夹正被另一 lika 进程使用：请先停止它，或换一个文件夹"),
    ("data_unwritable", "数据文件夹无法写入，请检查磁盘和权限"),
    ("demo_refused", "演示数据被日志拒收"),
    ("divisions_invalid", "区划代码表无法读取，请检查文件"),
    ("driven_clock", "该日志的时间由演示设定，不能作正式日志打开"),
    ("entry_forged", "日志条目与签名不符，请保留文件夹并与副本核对"),
    ("epoch_over", "该日志流已被新的一代取代，请使用新的一代"),
    ("event_unknown", "没有这个事项，`lika report --list` 列出全部"),
    ("exists", "文件已存在，没有覆盖；请换一个名称"),
    ("failed", "未能完成"),
    ("field_invalid", "姓名或电话不符合要求，没有签名"),
    ("file_empty", "文件是空的，`lika policy show --json` 可打印范例"),
    ("file_encoding", "文件不是 UTF-8 文字，请另存为 UTF-8"),
    ("file_too_large", "文件过大，请拆分后再试"),
    ("file_unreadable", "文件无法读取，请检查路径和权限"),
    ("file_unwritable", "文件无法写入，请检查路径和权限"),
    ("gateway_missing", "没有找到网关，请先运行 `lika run gateway`"),
    ("history_missing", "日志流缺少历史记录，请用日志文件夹补齐"),
    ("home", "密钥和回执的文件夹出错"),
    ("instance_invalid", "实例编号无效"),
    ("key_invalid", "不是密钥，请检查内容"),
    ("key_missing", "缺少日志的验证密钥，请用 --key 指定，并向可信的人索取"),
    ("key_unreadable", "密钥文件无法读取，请检查路径和权限"),
    ("log", "日志出错"),
    ("log_damaged", "日志与签名时不一致。请原样保留文件夹，并与副本核对"),
    ("log_exists", "文件夹中已有日志：请用 `lika serve --data DIR` 提供服务，或换一个文件夹"),
    ("log_key", "密钥不属于该日志"),
    ("log_missing", "文件夹中没有日志，请用 `lika log create --data DIR --origin NAME` 新建"),
    ("log_stopped", "日志已停止。凡有回执的均已存盘；请检查磁盘后重新启动节点"),
    ("nats_monitor", "NATS 监控地址无法访问，请检查 --monitor"),
    ("nats_setting", "NATS 服务器的设置不符合要求，请按 deploy/README.md 修改"),
    ("nats_unanswered", "NATS 没有应答，请稍后再试"),
    ("nats_unreachable", "无法连接 NATS，请检查 --nats 地址"),
    ("no_terminal", "需要在终端上回答问题；也可写成文件，见 `lika report --example EVENT`"),
    ("node_differs", "节点提供的数字与其日志不符"),
    ("node_moving", "节点在比对时不断有新记录，请稍后再试"),
    ("node_stopped", "节点已停止"),
    ("node_unreadable", "节点的回答无法读取"),
    ("not_confirmed", "已放弃，没有签名"),
    ("official_missing", "请用 --official 指明干部编号，8 位数字"),
    ("origin_invalid", "日志名称无效，应如 lika.example/130624"),
    ("origin_without_area", "日志名称没有以区划代码结尾，应如 lika.example/130624"),
    ("policy_effective_missing", "文件没有写明生效日期：请加 \"effective\": 20200101，或用 --effective 指定"),
    ("policy_invalid", "政策文件有误，`lika policy show --json` 可打印范例"),
    ("randomness", "系统不能提供随机数，请检查操作系统"),
    ("report_invalid", "报送文件有误，格式见 `lika submit --help`"),
    ("seal_invalid", "没有可用的检查点"),
    ("signing_key_missing", "缺少日志的签名密钥"),
    ("source", "日志来源无法读取，应为文件夹或网址"),
    ("state_differs", "重放得到的状态与节点不同，请保留数据并联系运维"),
    ("stream_damaged", "日志流与已签名的内容不符，请停止写入并联系运维"),
    ("stream_exists", "日志流已存在，请换一个名称"),
    ("stream_missing", "日志流不存在，请用 `lika log create --nats URL` 新建"),
    ("table_unreadable", "表格无法读取，没有发送任何内容"),
    ("usage", "命令写法有误，用法见 --help"),
    ("vault_stopped", "密钥库已停止"),
    ("views_stopped", "查询视图已停止"),
];

/// The sentence of the code; `None` where the message is said in both languages where it is made.
pub(super) fn zh(code: &str) -> Option<&'static str> {
    ZH.iter().find(|(known, _)| *known == code).map(|(_, zh)| *zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Codes of `Failure::new(` in a source file. Where the code is no literal, another test walks its list.
    fn codes(text: &str) -> Vec<String> {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let calls = text.split("Failure::new(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
        calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }

    fn sources(dir: &Path, found: &mut Vec<String>) {
        for item in std::fs::read_dir(dir).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_code_that_is_told_in_english_has_a_chinese_sentence() {
        let mut found = Vec::new();
        for dir in ["src", "../runtime/src"] {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut found);
        }
        let codes: Vec<_> = found.iter().flat_map(|text| codes(text)).collect();
        assert!(codes.len() > 20, "{codes:?}");
        let without: Vec<_> = codes.iter().filter(|code| zh(code).is_none()).collect();
        assert!(without.is_empty(), "give them a sentence here, or say them with Failure::told: {without:?}");
    }

    #[test]
    fn codes_are_sorted_and_their_sentences_chinese() {
        assert!(ZH.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ZH.iter().all(|(_, zh)| !zh.is_ascii()));
    }
}
