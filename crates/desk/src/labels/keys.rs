//! Texts of the pages about oneself and about keys.

use super::Label;

labels! {
    ME_TITLE "我的权限" "What I may do";
    ME_MORE "查看我的权限" "See what I may do";
    ME_MAY "可以报送的事项" "Events you may report";
    ME_MAY_WHERE "限于管辖区划 {} 之内。" "Within your area, {}.";
    ADMINISTRATORS_ALONE "只有管理员可以办理；由您签名的，日志会拒收。"
        "Administrators alone may do this; the log would refuse it from you.";

    ENROL_TITLE "登记密钥" "Approve an enrolment";
    ENROL_WHY "对方在自己的设备上生成登记请求并发给您。请打电话给本人核对代码后再批准。"
        "The official makes the request on their own device and sends it to you. Call them and compare its code \
         before you approve it.";
    ENROL_REQUEST "登记请求" "Enrolment request";
    ENROL_REQUEST_HINT "粘贴以 lika-enrol-1: 开头的整行文字。" "Paste the whole line, which begins with lika-enrol-1:.";
    ENROL_READ "读取请求" "Read the request";
    ENROL_NO_REQUEST "这不是完整的登记请求，或内容被改动过。请对方重新发送。"
        "This is not a whole enrolment request, or it was changed. Let it be sent again.";
    ENROL_OTHER_LOG "该请求属于另一个日志，不能在此登记。" "The request is for another log and cannot be approved here.";
    ENROL_SAID_NAME "自报姓名" "Name as they gave it";
    ENROL_MADE "生成时间" "Made";
    ENROL_KNOWN "登记情况" "In the log";
    ENROL_NOT_KNOWN "本机没有完整资料，无法显示" "not known on this machine";
    ENROL_BEFORE "这把密钥已经登记" "this key is enrolled already";
    ENROL_NEW "尚未登记的干部" "not enrolled yet";
    ENROL_CALL "现在打电话给本人，请其读出屏幕上的 12 位核对码。不要使用请求中附带的电话或代码。"
        "Call them now, by a number that you know, and let them read out the 12 digits on their screen.";
    ENROL_CODE "电话中听到的核对码" "Code heard over the telephone";
    ENROL_CODE_HINT "12 位数字，中间可以有空格。" "12 digits; blanks between them do not matter.";
    ENROL_CODE_DIFFERS "核对码不符，没有签名。若没有听错，请求可能在途中被调换：请对方重新发送，并报告此事。"
        "The code differs, and nothing was signed. If you heard it right, somebody may have put another request \
         in the place of theirs: let them send it again, and report it.";
    ENROL_ROLE_HINT "已登记的干部增加设备时不选。" "Leave it if an enrolled official only gets another device.";
    ENROL_KEY_ALONE "只登记密钥" "The key alone";
    ENROL_ROLE_MISSING "该干部尚未登记，请选择角色。" "This official is not enrolled yet: choose a role.";
    ENROL_AREA "管辖区划" "Area of the role";
    ENROL_AREA_HINT "2 至 12 位区划代码；选择了角色时填写。" "Division code of 2 to 12 digits; needed with a role.";
    ENROL_AREA_INVALID "请填写区划代码。" "Give a division code.";
    ENROL_NAME_HINT "选择了角色时填写；签名前加密。" "With a role; it is encrypted before it is signed.";
    ENROL_UNIT "单位" "Unit";
    ENROL_POST "职务" "Post";
    ENROL_DEVICE "设备名称" "Name of the device";
    ENROL_DEVICE_HINT "如：办公室电脑。可不填。" "Such as office laptop; optional.";
    ENROL_SIGNS "批准后，这把密钥可以代表干部 {} 签名。" "Once approved, this key may sign as official {}.";
    ENROL_APPROVE "核对并批准" "Compare and approve";
    ENROL_ANOTHER "换一份请求" "Another request";

    REVOKE_TITLE "吊销密钥" "Revoke keys";
    REVOKE_WHY "设备丢失、被盗或干部离岗时，吊销其密钥，此后用它签名的报送不再受理。"
        "When a device is lost or stolen, or an official leaves: what the keys sign from then on is not taken.";
    REVOKE_FIND "查看密钥" "Show the keys";
    REVOKE_NO_NUMBER "干部编号应为 8 位数字。" "An official number has 8 digits.";
    REVOKE_NO_KEY "干部 {} 没有可吊销的密钥。" "Official {} has no key that could be revoked.";
    REVOKE_KEYS "干部 {} {} 的密钥" "Keys of official {} {}";
    REVOKE_USED "报送 {} 次" "{} submissions";
    REVOKE_OWN "本机正在使用" "used by this desk";
    REVOKE_SIGNS "勾选的密钥将被吊销，不能恢复，只能登记新的密钥。"
        "The ticked keys are revoked. That cannot be undone; a new key can be enrolled.";
    REVOKE_SIGN "签名并吊销" "Sign and revoke";
}
