//! Texts of the pages of spreadsheets.

use super::Label;

labels! {
    TABLES "表格" "Sheets";
    TABLES_TITLE "表格导入" "Spreadsheets";
    TABLES_WHY "一次报送许多户：下载空表，填好后放进来检查，核对无误再签名报送。"
        "Report on many households at once: fill in an empty sheet, have it checked here, and sign what is right.";
    TABLES_HERE "本机的表" "Sheets on this machine";
    TABLE_SENDING "正在报送" "being sent";
    TABLE_BRING "检查一张表" "Check a sheet";
    TEMPLATES "空表" "Empty sheets";
    TEMPLATES_WHY "每种表都有全部列、可选内容和填写说明。" "Each has every column, its choices, and how to fill it in.";
    TABLE_FILE "文件" "File";
    TABLE_FILE_HINT ".xlsx，或以逗号、制表符分隔的文本；不超过 64 MB。" ".xlsx, or text with commas or tabs; up to 64 MB.";
    TABLE_FILE_MISSING "请选择一个文件。" "Choose a file.";
    TABLE_TOO_LARGE "文件超过 64 MB，请分成几张表。" "The file is larger than 64 MB: make several sheets of it.";
    TABLE_KIND "表的种类" "Kind of sheet";
    TABLE_KIND_HINT "一般从表头即可看出。" "The headings usually say it.";
    TABLE_KIND_SAID "按表头判断" "As the headings say";
    TABLE_VILLAGE "没有写明村的行所属的村" "Village of rows that name none";
    TABLE_VILLAGE_HINT "12 位行政村代码；表中各行都有时不填。"
        "Division code of 12 digits; leave it empty if every row has one.";
    TABLE_VILLAGE_INVALID "行政村代码应为 12 位数字。" "The division code of a village has 12 digits.";
    TABLE_DAY "没有写明日期的行的日期" "Day of rows that name none";
    TABLE_DAY_HINT "如 2026-11-01；表中各行都有时不填。" "Such as 2026-11-01; leave it empty if every row has one.";
    TABLE_DAY_INVALID "日期应如 2026-11-01。" "Write the day as 2026-11-01.";
    TABLE_SHEET "工作表" "Sheet";
    TABLE_SHEET_HINT "工作簿中有几张同种表时填写其名称。" "Its name, if the workbook has several such sheets.";
    TABLE_CHECK "检查" "Check it";
    TABLE_READING "正在读取并检查…" "It is being read and checked…";
    TABLE_COMPARING "正在与登记册比对：{}/{} 户" "Comparing it with the register: {} of {} households";
    TABLE_ANSWERED "正在报送：{}/{} 件已有答复" "Sending it: {} of {} submissions are answered";
    TABLE_OTHER_FIRST "正在处理另一张表，之后轮到这一张。" "Another sheet is being worked on; this one comes after it.";
    TABLE_MAY_CLOSE "本页每两秒自动更新。可以离开本页，工作台会继续；工作台中断后再启动也会接着做，不会重复报送。"
        "This page brings itself up to date every two seconds. You may leave it: the desk goes on, also after it \
         was broken off and started again, and reports nothing twice.";
    LOOK_AGAIN "立即更新" "Look again";
    STAY_STILL "停止自动更新" "Stop updating by itself";
    TABLE_UNREAD "这张表没有读取" "The sheet was not read";
    TABLE_BROKEN "未能处理，没有丢失任何内容，可再试一次：" "It could not be done; nothing is lost, and you may try again: ";
    TABLE_CHECKED "检查结果" "What was found";
    TABLE_SENT "报送结果" "What came of it";
    TABLE_PROBLEMS "不能报送的原因：{} 处" "Why rows are not sent: {}";
    TABLE_WARNINGS "请留意：{} 处" "Worth a look: {}";
    TABLE_WHOLE "整张表" "Whole sheet";
    TABLE_ROW "第 {} 行" "row {}";
    TABLE_ROWS "行数" "Rows";
    TABLE_MORE "另有 {} 项未列出，见标注后的表。" "{} more are not listed; the annotated copy has them.";
    TABLE_COPY_XLSX "下载标注后的表（.xlsx）" "Download the annotated copy (.xlsx)";
    TABLE_COPY_CSV "下载标注后的表（.csv）" "Download the annotated copy (.csv)";
    TABLE_PLAN "各行的去向" "What becomes of each row";
    TABLE_SIGNED "将要签名的内容" "What will be signed";
    TABLE_SIGNS "{} 件“{}”，来自表中 {} 行。" "{} reports ({}), from {} rows of the sheet.";
    TABLE_REST_STAYS "有误、有变和重复的行不会报送。可以先报送其余的；改正后把表再放进来，已报送的行不会重复。"
        "Rows that are refused, changed or duplicates are not sent. You may send the others now, and bring the \
         corrected sheet in again: rows that were sent are not sent twice.";
    TABLE_WORDS "逐项查看前 {} 件，共 {} 件" "See the first {} of {} word for word";
    TABLE_NOTHING_NEW "没有可以报送的新内容。" "There is nothing new that can be sent.";
    TABLE_ONLY_WAITS "没有新的内容；以前签名的还在待发。" "There is nothing new; what was signed before waits to be sent.";
    TABLE_RECORDED "本次受理 {} 行，共 {} 个日志条目。" "{} rows were recorded now, in {} entries of the log.";
    TABLE_WAITING "{} 件已签名，等待发送，连接节点后自动发送，不会重复。"
        "{} submissions are signed and wait; they are sent by themselves once the node answers, and never twice.";
    TABLE_NUMBERS "户编号：{} 户" "Numbers of households: {}";
    TABLE_UNSEEN "有 {} 户您无权查看，没有比对。" "{} households were not compared: you may not see them.";
    TABLE_NOT_COMPARED "现在无法连接节点：没有与登记册比对，重复的行要到报送时才会发现。"
        "The node cannot be reached now: the sheet is not compared with the register, and duplicates there are \
         found only when it is sent.";
    TABLE_BY_COPY "现在无法连接节点：只与本机的辖区资料比对过，其余的重复要到报送时才会发现。"
        "The node cannot be reached now: the sheet is compared with what this machine has of your area; other \
         duplicates are found only when it is sent.";
    TABLE_REASON "仍要报送的原因" "Reason for going on";
    TABLE_REASON_HINT "有的行审计可能指出。原因随这些行记录，不写姓名和号码。"
        "An audit would find some rows. The reason is recorded with each of them, and must name nobody.";
    TABLE_REASON_GIVE "写明原因并重新检查" "Give the reason, and check again";
    TABLE_DIFFERS "登记册：{}；表中：{}" "in the register: {}; in the sheet: {}";
    TABLE_NOT_SHOWN "节点没有提供登记册：没有比对，重复的行要到报送时才会发现。"
        "The node did not show the register: the sheet is not compared with it, and duplicates there are found \
         only when it is sent.";
    TABLE_ANOTHER "放入改正后的表或另一张表" "Bring in the corrected sheet, or another";
    TABLE_CHECK_AGAIN "重新检查" "Check it again";
    TABLE_REMOVE "从本机移除这张表" "Remove the sheet from the desk";
    TABLE_REMOVE_HINT "移除的只是工作台里的这份表；已签名的报送和您自己的文件不受影响。"
        "Only the desk's copy of the sheet is removed; what was signed, and your own file, stay.";
}
