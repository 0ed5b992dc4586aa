//! Tells what a row of a table is that is no project: total, section, note, signature.

use super::text::{is_blank, key, plain, take_marks};
use crate::reading::RowKind;
use crate::sheet::Value;

/// What a row shows of itself before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The first text of the row.
    pub first_text: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its serial number, where it is a text.
    pub serial: Option<&'a str>,
    /// Whether its serial number is a number.
    pub is_numbered: bool,
    /// Cells that are not blank.
    pub cells: usize,
    /// Texts that are no name, number or amount.
    pub other_texts: usize,
    /// The first of those texts.
    pub other: Option<&'a str>,
    /// Amounts.
    pub amounts: usize,
    /// Columns its first cell is merged across.
    pub merged_across: u16,
    /// Whether notes or signatures began above.
    pub is_foot: bool,
}

/// Whether a row is a total: 合计, 小计, 合  计, 合计12项, 其中：…
pub fn is_total(look: &Look<'_>) -> bool {
    let names = [look.serial, look.name];
    let shown =
        if look.name.is_none() && look.serial.is_none() { [look.first_text, None] } else { names };
    shown.into_iter().flatten().any(says_total)
}

/// Whether a text says that it is a sum.
pub fn says_total(text: &str) -> bool {
    let plain = plain(text);
    let key = key(text);
    let starts = [
        "合计",
        "总计",
        "小计",
        "共计",
        "总合计",
        "本页小计",
        "本页合计",
        "累计",
        "合计数",
        "全部合计",
    ];
    // A name may begin so by chance: 合计 alone, with a count, or with what it sums up.
    let begins = starts
        .iter()
        .any(|start| key.strip_prefix(start).is_some_and(|rest| rest.chars().count() <= 12));
    let short = key.chars().count() <= 16;
    let ends = short && ["合计", "小计", "总计", "共计"].iter().any(|end| key.ends_with(end));
    let counted = short
        && key.starts_with('共')
        && key.ends_with(['项', '个'])
        && key.chars().any(|c| c.is_ascii_digit());
    let counted = counted || short && key.ends_with("项合计");
    // Total: 12 projects
    let uncounted = key.replace(|c: char| c.is_ascii_digit(), "");
    begins
        || ends
        || counted
        || plain.starts_with("其中:")
        || plain == "其中"
        || matches!(
            uncounted.as_str(),
            "total" | "subtotal" | "grandtotal" | "sum" | "totalprojects" | "totalitems"
        )
}

/// Whether a row is signed: 填报人：, 审核人：, a date alone.
pub fn is_signature(look: &Look<'_>) -> bool {
    let Some(text) = look.first_text else { return false };
    if look.is_numbered || look.amounts > 1 {
        return false;
    }
    let plain = plain(text);
    let words = [
        "填报人",
        "填表人",
        "制表人",
        "审核人",
        "审核",
        "复核人",
        "负责人",
        "单位负责人",
        "主要负责人",
        "分管领导",
        "主管领导",
        "分管负责人",
        "联系人",
        "联系电话",
        "填报单位",
        "填表单位",
        "填报日期",
        "填表日期",
        "填报时间",
        "制表日期",
        "签名",
        "签字",
        "制表",
        "编制人",
        "编制单位",
        "报送单位",
        "电话",
        "日期",
        "业主",
        "单位盖章",
        "单位(盖章)",
        "制表单位",
        "项目单位",
        "填报",
        "经办人",
        "法人代表",
    ];
    let head = plain.split([':', '(']).next().unwrap_or_default();
    let is_signed = plain.contains(':') && words.contains(&head)
        || (plain.contains("签名") || plain.contains("签字") || plain.contains("盖章"))
            && plain.chars().count() <= 40;
    let is_day = look.cells == 1
        && plain.chars().count() <= 12
        && plain.ends_with('日')
        && plain.contains('年')
        && plain.contains('月');
    is_signed || is_day
}

/// Whether a row is a note: 注：, 备注：, 说明：, or goes on with notes.
pub fn is_note(look: &Look<'_>) -> bool {
    let Some(text) = look.first_text else { return false };
    if look.is_numbered || look.amounts > 1 || look.other_texts > 1 {
        return false;
    }
    let plain = plain(text);
    let starts = [
        "注:",
        "备注:",
        "说明:",
        "附注:",
        "填表说明",
        "填报说明",
        "注1",
        "注释:",
        "注意:",
        "说明1",
        "备注1",
        "※",
        "*注",
        "注.",
        "注、",
        "编制说明",
        "单位:",
    ];
    if starts.iter().any(|start| plain.starts_with(start))
        || matches!(plain.as_str(), "注" | "备注" | "说明")
    {
        return true;
    }
    let is_alone = look.cells <= 2 && look.amounts == 0 && look.other_texts <= 1;
    let explains = plain.contains([':', '。', ';'])
        && plain.chars().count() >= 12
        && ["指", "为", "是", "按", "请", "须", "应", "填", "不含", "包括", "带"]
            .iter()
            .any(|word| plain.contains(word));
    is_alone
        && (look.is_foot
            || (explains && ordinal(&plain).is_some_and(|style| style >= Style::Arabic))
            || plain.chars().count() > 80)
}

/// How an ordinal is written, the outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// 第一部分
    Part,
    /// 一、
    Chinese,
    /// （一）
    ChineseInBrackets,
    /// 1、
    Arabic,
    /// (1)
    ArabicInBrackets,
    /// Ⅰ, A
    Letter,
    /// None at all.
    Plain,
}

const CHINESE: &str = "一二三四五六七八九十百壹贰叁肆伍";

/// The style of the ordinal that a text of normal width begins with.
pub fn ordinal(plain: &str) -> Option<Style> {
    let all_of = |text: &str, set: &str| !text.is_empty() && text.chars().all(|c| set.contains(c));
    if let Some(rest) = plain.strip_prefix('第') {
        let rest = rest.trim_start_matches(|c: char| CHINESE.contains(c) || c.is_ascii_digit());
        return ["部分", "类", "批", "章"]
            .iter()
            .any(|word| rest.starts_with(word))
            .then_some(Style::Part);
    }
    if let Some(rest) = plain.strip_prefix('(') {
        let (inside, _) = rest.split_once(')')?;
        return if all_of(inside, CHINESE) {
            Some(Style::ChineseInBrackets)
        } else {
            all_of(inside, "0123456789").then_some(Style::ArabicInBrackets)
        };
    }
    let (head, _) = plain.split_once(['、', '.', ',', ':', ')'])?;
    if all_of(head, CHINESE) {
        Some(Style::Chinese)
    } else if all_of(head, "0123456789") {
        Some(Style::Arabic)
    } else {
        all_of(head, "IVXABCDEFGH").then_some(Style::Letter)
    }
}

/// The style of a section's ordinal that stands alone in the column of numbers: 一, （一）, Ⅰ.
pub fn lone_ordinal(text: &str) -> Option<Style> {
    let plain = plain(take_marks(text).0);
    let bare = plain.trim_end_matches(['、', '.']);
    if !bare.is_empty() && bare.chars().all(|c| CHINESE.contains(c)) {
        return Some(Style::Chinese);
    }
    if !bare.is_empty() && bare.chars().all(|c| "IVX".contains(c)) {
        return Some(Style::Letter);
    }
    ordinal(&plain).filter(|style| {
        matches!(style, Style::ChineseInBrackets | Style::Part) && plain.chars().count() <= 6
    })
}

/// The section that a row heads: its text, as written, and the style of its ordinal.
pub fn section(look: &Look<'_>) -> Option<(String, Style)> {
    let line = |text: &str| super::text::line(take_marks(text).0);
    if look.is_numbered || look.other_texts > 1 {
        return None;
    }
    // 一 | 农业 in another column than the name's
    let name = look.name.or(look.other.filter(|_| look.serial.is_some()));
    let is_elsewhere = look.name.is_none() && look.other_texts == 1;
    // 一 | 工业 | sums
    if let (Some(serial), Some(name)) = (look.serial, name)
        && serial != name
    {
        let style = lone_ordinal(serial)?;
        let serial = line(serial);
        let between = if serial.ends_with([')', '）', '、', '.']) || style == Style::Part {
            ""
        } else {
            "、"
        };
        return (look.other_texts == 0 || is_elsewhere)
            .then(|| (format!("{serial}{between}{}", line(name)), style));
    }
    let text = look.serial.or(look.name).or(look.first_text)?;
    let plain = plain(text);
    // In another column only over sums: else a project's content may go on there.
    let is_alone = look.other_texts == 0 || is_elsewhere && look.amounts > 0;
    let is_across = look.merged_across >= 3;
    let counts =
        plain.ends_with(['项', '个', '类']) || plain.ends_with("项)") || plain.ends_with("个)");
    let style = ordinal(&plain);
    match style {
        Some(style) if style < Style::Arabic && is_alone => Some((line(text), style)),
        Some(style) if is_alone && (is_across || counts && look.name.is_none()) => {
            Some((line(text), style))
        }
        Some(_) => None,
        // A text in the column of numbers that is no number, over nothing but sums.
        None if is_alone
            && (is_across || counts || look.serial.is_some() && look.name.is_none()) =>
        {
            Some((line(text), Style::Plain))
        }
        None => None,
    }
}

/// Whether a row numbers the columns: 1 2 3 4, 甲 乙 1 2, A B 1 2.
pub fn numbers_columns<'a>(cells: impl Iterator<Item = &'a Value>) -> bool {
    let mut next = 1.0;
    let mut count = 0;
    for value in cells.filter(|value| !is_blank(value)) {
        let text = plain(&super::text::written(value));
        let bare = text.trim_matches(['(', ')', '栏']);
        let is_letter = matches!(bare, "甲" | "乙" | "丙" | "丁" | "戊")
            || bare.len() == 1 && bare.bytes().all(|b| b.is_ascii_uppercase());
        let number = bare.split('=').next().and_then(|number| number.parse::<f64>().ok());
        match number {
            Some(number) if number == next || (count > 0 && number == f64::from(count) + 1.0) => {
                next = number + 1.0
            }
            _ if is_letter => {}
            _ => return false,
        }
        count += 1;
    }
    count >= 3
}

/// A kind for the rows of a foot.
pub fn foot(look: &Look<'_>) -> Option<RowKind> {
    if is_signature(look) {
        Some(RowKind::Signature)
    } else {
        is_note(look).then_some(RowKind::Note)
    }
}
