//! What was found at the cells of a table: what keeps a row from being sent, and what is read in a way worth a look.

use super::grid::address;
use crate::replica::Warned;
use lika_domain::codes;
use lika_proto::v1;
use std::borrow::Cow;

/// One thing found. Never contains personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Row number as in the spreadsheet, from 1; 0 if it concerns the whole table.
    pub row: usize,
    /// Address of the cell, such as `B7`; empty if it concerns no single cell.
    pub cell: String,
    /// Name of the column; empty if it concerns no column.
    pub column: Cow<'static, str>,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What would have been right, or what prevents it; may be empty.
    pub detail: String,
    /// The message in Chinese.
    pub zh: Cow<'static, str>,
    /// The message in English.
    pub en: Cow<'static, str>,
}

codes! {
    /// What is found before anything is sent.
    pub enum Code;
    Missing "cell_missing" "缺少必填项" "a required cell is blank";
    NotKnown "cell_not_known" "填写的内容不在选项之内" "the text is not one of the choices";
    NotADate "cell_not_a_date" "日期无效，或带有具体时刻" "there is no such date, or it has a time of day";
    NotANumber "cell_not_a_number" "应填写数字" "the cell must hold a number within the limits";
    NotAnAmount "cell_not_an_amount" "金额无法读取：逗号只能作千分位，不得少于一分"
        "the amount cannot be read: a comma only before groups of three digits, and no part of a fen";
    TooLong "cell_too_long" "文字过长" "the text is too long";
    TextInvalid "cell_text_invalid" "文字中有不可见字符" "the text contains invisible characters";
    TextDamaged "text_damaged" "文字中有丢失或无法识别的字符，请对照原件重新填写"
        "characters of the text were lost on the way; enter it again from the original";
    NameDamaged "name_damaged" "姓名中有丢失的字符或不应出现的符号，请对照证件重新填写"
        "the name has lost characters or holds signs that no name has; enter it again from the papers";
    SeveralNumbers "cell_several_numbers" "单元格内有几个数，或数中夹有空格，请只填一个数"
        "the cell holds several numbers, or spaces within one; enter one number";
    SeveralNames "cell_several_names" "单元格内可能有两个姓名，请每格只填一人，姓名中不留空格"
        "the cell may hold two names; enter one person, without spaces inside the name";
    Formula "cell_formula" "单元格是公式，请粘贴为数值" "the cell is a formula; paste its value";
    Fault "cell_error" "单元格是公式错误值" "the cell holds the error of a formula";
    IsADay "cell_is_a_date" "电子表格把内容改成了日期，请将该列设为文本后重新填写"
        "the spreadsheet turned the text into a date; format the column as text and enter it again";
    IsMerged "cell_merged" "单元格与其他行或列合并，无法确定属于哪一个，请取消合并"
        "the cell is merged with another row or column, and may mean either; take the merge apart";
    ShownOtherwise "cell_shown_otherwise" "单元格的数字格式使显示的内容与实际数值不同（如百分号、外币、其他单位），请按表头的单位重新填写"
        "the number format shows another value than the cell holds, such as per cent or another currency; enter it in \
         the unit of the heading, as a plain number";
    IsStruck "cell_struck_out" "单元格内容带有删除线，请删除该内容或去掉删除线"
        "the text is struck out; delete it, or take the line away";
    RowHidden "row_hidden" "该行被隐藏、筛选掉或行高为零，请取消隐藏，或删除该行"
        "the row is hidden or has no height; show it, or delete it";
    CellsShifted "cells_shifted" "该行的单元格多于表头，可能因未加引号的逗号而错位"
        "the row has more cells than the heading: a comma without quotation marks may have shifted them";
    RowTorn "row_torn" "该行可能被换行拆成两行" "a line break may have torn this row in two";
    NoRecord "row_no_record" "该行不是一条记录（如合计、备注），请删除" "the row is no record, such as a sum or a note; delete it";
    RowTwice "row_twice" "表中另有一行为同一事项" "another row reports the same thing";
    VillageInvalid "village_invalid" "行政村代码应为12位" "the division code of a village has 12 digits";
    NumberTruncated "number_truncated" "编号被电子表格改写为科学计数法，请将该列设为文本后重新填写"
        "the spreadsheet cut the number; format the column as text and enter it again";
    HouseholdInvalid "household_number_invalid" "户编号应为10位数字，或本机导入过的户的编号"
        "a household number has 10 digits, or is the name of a household that was imported here";
    OfficialInvalid "official_number_invalid" "干部编号应为8位数字" "an official number has 8 digits";
    CitizenIdTruncated "citizen_id_truncated"
        "身份证号被电子表格截断（末三位变为000或成为科学计数法），请将该列设为文本后重新填写"
        "the spreadsheet cut the citizen ID; format the column as text and enter it again";
    CitizenIdInvalid "citizen_id_invalid" "公民身份号码校验不通过" "the citizen ID fails its check";
    CitizenIdTwice "citizen_id_twice" "表中另有一行为同一身份证号" "another row has the same citizen ID";
    CitizenIdSynthetic "citizen_id_synthetic" "正式日志不接受虚构身份号码" "a production log takes no made-up citizen IDs";
    CitizenIdReal "citizen_id_real" "测试日志只接受虚构身份号码（以90开头）"
        "a testing log takes only made-up citizen IDs, which begin with 90";
    SexContradicts "sex_contradicts" "性别与身份证号不符" "the sex contradicts the citizen ID";
    BirthContradicts "birth_contradicts" "出生日期与身份证号不符" "the birth date contradicts the citizen ID";
    CertificateInvalid "certificate_invalid" "残疾证号无效或与身份证号不符"
        "the disability certificate is not valid or contradicts the citizen ID";
    PhoneInvalid "phone_invalid" "手机号码无效" "the telephone number is not a mobile number";
    NotOneHead "not_one_head" "每户须有且仅有一名户主" "a household has exactly one head";
    TooManyMembers "too_many_members" "家庭成员过多" "a household has at most 30 members";
    HouseholdTwice "household_twice" "表中两户使用同一户编号" "two households of the table have the same number";
    HouseholdSplit "household_incomplete" "该户有一行无法归入，整户不报送"
        "a row that may belong to this household cannot be placed, so none of it is sent";
    DiffersFromFirst "differs_from_first_row" "与该户第一行填写的不一致" "the cell differs from the first row of the household";
    TooLargeToSend "household_too_large" "该户内容过多，无法报送" "the household is too large for one submission";
    NetWrong "income_net_wrong" "纯收入与各项之和不符" "the net income is not the sum of its parts less the cost";
    Recorded "recorded_before" "此前已由本机报送并受理，不再报送" "this was recorded before from here, and is not sent again";
    Changed "changed_since_recorded" "与此前已报送的不一致，请改用更正或变更事项"
        "it differs from what was recorded before; report a correction or a change instead";
    RegisteredHere "citizen_id_registered" "该公民已在户卡中登记" "the citizen is registered on a card already";
    HouseholdUnknown "household_unknown" "户卡不存在" "there is no such household in this village";
    HouseholdTaken "household_exists" "户编号已被使用" "the household number is taken";
    ReasonMissing "reason_missing" "审计可能指出此行，须写明仍要报送的原因"
        "an audit would find this row; it is sent only with a reason for going on";
    SameAsRegister "same_as_register" "登记册中已有，内容相同，不再报送" "the register has it already, and says the same";
    DiffersFromRegister "differs_from_register" "与登记册不一致，请对照后办理更正或变更事项"
        "it differs from the register; compare, and report a correction or a change instead";
    PersonAlike "person_alike" "登记册中有同出生年月、证件号末四位相同而姓名不同的人，请核对"
        "the register has a person of the same birth month and end of the citizen ID under another name";
    Exists "recorded_by_others" "该事项已登记在册" "the register has it already";
    // What is read, and worth a look.
    ColumnUnknown "column_unknown" "该列不读取" "the column is not read";
    ColumnUnnamed "column_unnamed" "该列没有表头，不读取" "the column has no heading, and is not read";
    SheetNotRead "sheet_not_read" "该工作表不读取" "the sheet is not read";
    SheetHidden "sheet_hidden" "隐藏的工作表不读取" "the hidden sheet is not read";
    UnitConverted "unit_converted" "金额按表头单位换算" "amounts are converted from the unit of the heading";
    Continued "household_continued" "户编号为空，视为上一行的户" "the household is blank, and is that of the row above";
    MergedRead "merged_read" "合并单元格的内容用于各行" "the merged cell is read for each of its rows";
    BlankRead "blank_read_as" "空白按默认内容读取" "blank cells are read as their default";
    TextTidied "text_tidied" "姓名中的空格或异体写法已统一" "spaces or other forms of characters in the name were unified";
    RowShort "row_short" "该行的单元格少于表头，缺少的按空白读取，请核对是否被截断"
        "the row has fewer cells than the heading; those that lack are read as blank, if it was not cut off";
    HiddenDropped "hidden_dropped" "已去掉文字中看不见的字符" "characters that nobody sees were left out of the text";
    MaybeCut "number_may_be_cut" "银行账号以000结尾，可能被电子表格截断，请核对"
        "the account ends in 000, and a spreadsheet may have cut it; compare it with the original";
    RelationSex "relation_contradicts" "与户主关系的称谓与性别不符" "the word for the relation contradicts the sex";
    FamilyImplausible "family_implausible" "家庭成员的年龄与关系不合常理" "the ages and relations of the members are implausible";
    SamePayment "same_payment" "同一户同日同类同额，可能重复发放" "the same household, day, group and amount in another row";
}

impl Finding {
    /// At a cell.
    pub(super) fn at(code: Code, row: usize, column: usize) -> Self {
        Self { cell: address(column, row), ..Self::of_row(code, row) }
    }

    /// At a whole row.
    pub(super) fn of_row(code: Code, row: usize) -> Self {
        Self {
            row,
            cell: String::new(),
            column: "".into(),
            code: code.name().into(),
            detail: String::new(),
            zh: code.zh().into(),
            en: code.en().into(),
        }
    }

    /// At a table as a whole.
    pub(super) fn of_table(code: Code, detail: &str) -> Self {
        Self::of_row(code, 0).says(detail)
    }

    /// The same with the name of its column.
    pub(super) fn in_column(self, column: &'static str) -> Self {
        Self { column: column.into(), ..self }
    }

    /// The same with a detail.
    pub(super) fn says(self, detail: &str) -> Self {
        Self { detail: detail.to_owned(), ..self }
    }

    /// A problem found by the log.
    pub(super) fn of_log(row: usize, problem: &v1::Problem) -> Self {
        Self {
            row,
            cell: String::new(),
            column: problem.field.clone().into(),
            code: problem.code.clone().into(),
            detail: problem.detail.clone(),
            zh: problem.zh.clone().into(),
            en: problem.en.clone().into(),
        }
    }

    /// What an audit would find.
    pub(super) fn of_warning(row: usize, warned: &Warned) -> Self {
        Self {
            code: warned.warning.code().into(),
            detail: warned.detail.clone(),
            zh: warned.warning.zh().into(),
            en: warned.warning.en().into(),
            ..Self::of_row(Code::ReasonMissing, row)
        }
    }

    /// Whether its row is in the log already, so that nothing is left to do.
    pub fn is_recorded(&self) -> bool {
        self.code == Code::Recorded.name() || self.code == Code::SameAsRegister.name()
    }
}
