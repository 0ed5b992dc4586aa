//! Which field a header means: the words first, then channels of funding, then years and months.

use super::channel;
use super::field::Field;
use super::synonyms::{GROUPED, PARTS, WHOLE};
use super::text::{key, plain};
use super::years::{self, Years};
use std::collections::HashMap;
use std::sync::OnceLock;

/// What a header was taken for, and how surely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The field.
    pub field: Field,
    /// Whether the header is exactly one of the field's words.
    pub is_sure: bool,
}

/// The field of a whole header by its key.
fn whole(key: &str) -> Option<Field> {
    static TABLE: OnceLock<HashMap<String, Field>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let words = WHOLE
            .iter()
            .flat_map(|(field, words)| words.split_whitespace().map(|word| (word, *field)));
        words.map(|(word, field)| (super::text::key(word), field)).collect()
    });
    table.get(key).copied()
}

/// Whether a text is a label: a whole header, with or without a colon behind it.
pub fn label(text: &str) -> Option<Field> {
    if text.chars().count() > 24 {
        return None;
    }
    let key = key(text);
    whole(&key).or_else(|| part(&key).filter(|_| key.chars().count() <= 14))
}

/// Whether a text is exactly a label of a form.
pub fn exact_label(text: &str) -> Option<Field> {
    if text.chars().count() > 24 { None } else { whole(&key(text)) }
}

fn part(key: &str) -> Option<Field> {
    let fits = |all: &[&str], none: &[&str]| {
        all.iter().all(|part| key.contains(part)) && !none.iter().any(|part| key.contains(part))
    };
    PARTS.iter().find(|(_, all, none)| fits(all, none)).map(|(field, ..)| *field)
}

/// What a header means, from its groups and its part, outermost first.
pub fn meaning(parts: &[String], years: &Years) -> Option<Meaning> {
    let (leaf_text, groups) = parts.split_last()?;
    let leaf = key(leaf_text);
    let group: String = groups.iter().map(|group| key(group)).collect();
    let sure = |field| Some(Meaning { field, is_sure: true });
    let likely = |field| Some(Meaning { field, is_sure: false });
    if leaf.is_empty() && group.is_empty() {
        return plain(leaf_text)
            .contains('%')
            .then_some(Meaning { field: Field::Share, is_sure: false });
    }
    if !group.is_empty() {
        let grouped = GROUPED.iter().find(|(groups, leaves, _)| {
            leaves.contains(&leaf.as_str()) && groups.iter().any(|part| group.contains(part))
        });
        if let Some((.., field)) = grouped {
            return sure(*field);
        }
        if channel::is_group(&group) && channel::of_header(leaf_text, true).is_some() {
            return sure(channel_field(&group, &leaf));
        }
        if super::stage::is_tick_group(&group) && super::stage::of_word(&leaf).is_some() {
            return sure(Field::StatusTick);
        }
    }
    if let Some(field) = years::of_investment(&plain(&parts.concat()), years) {
        return sure(field);
    }
    if let Some(field) = whole(&leaf) {
        return sure(field);
    }
    if channel::of_header(leaf_text, false).is_some() {
        return sure(channel_field(&group, &leaf));
    }
    if leaf.chars().count() > 30 {
        return None;
    }
    if let Some(field) = part(&leaf) {
        return likely(field);
    }
    let joined = format!("{group}{leaf}");
    if groups.is_empty() { None } else { whole(&joined).or_else(|| part(&joined)).and_then(likely) }
}

fn channel_field(group: &str, leaf: &str) -> Field {
    if group.contains("到位") || leaf.contains("到位") {
        Field::ChannelArrived
    } else if years::of(group).is_some() && !group.contains("来源") {
        Field::YearFunding
    } else {
        Field::ChannelAmount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(header: &str) -> Option<Field> {
        let parts: Vec<String> = header.split(" / ").map(String::from).collect();
        meaning(&parts, &Years { of_ledger: Some(2017) }).map(|meaning| meaning.field)
    }

    #[test]
    fn near_words_are_told_apart() {
        use Field::*;
        for (header, meant) in [
            ("项目单位", OwnerUnit),
            ("项目单位负责人", Person),
            ("项目业主单位 / 业主名称", OwnerUnit),
            ("项目业主单位 / 名称", OwnerUnit),
            ("项目业主单位 / 负责人", Person),
            ("项目业主单位 / 联系人", Person),
            ("项目业主单位 / 电话", Phone),
            ("计划总投资（万元）", TotalInvestment),
            ("总投资\n（亿元）", TotalInvestment),
            ("总投资 / 合计", TotalInvestment),
            ("总投资 / 其中：银行贷款", ChannelAmount),
            ("计划开工时间", PlannedStart),
            ("实际开工时间", ActualStart),
            ("计划开竣工时间 / 开工", PlannedStart),
            ("计划开竣工时间 / 竣工", PlannedFinish),
            ("资金来源", FundingChannel),
            ("资金来源 / 中央", ChannelAmount),
            ("资金来源（万元） / 县（市）区", ChannelAmount),
            ("资金到位情况 / 省级", ChannelArrived),
            ("中央预算内资金（万元）", ChannelAmount),
            ("责任单位及责任人", Department),
            ("市级包保领导及联系方式", Phone),
            ("挂点领导", Leader),
            ("项目（工程）名称", Name),
            ("项目性质（前期/续建/新开工）", Status),
            ("2017年1-7月完成情况 / 占年计划%", Share),
            ("2017年1-7月完成情况 / 1-7月完成投资", DoneThisYear),
            ("2017年1-7月完成情况 / 形象进度", Progress),
            ("2017年计划投资", PlannedThisYear),
            ("年度计划投资", PlannedThisYear),
            ("至2016年底累计完成投资", DoneToLastYear),
            ("2018年计划投资", OtherYear),
            ("建设规模及主要建设内容", Content),
            ("项目性质 / 续建", StatusTick),
            ("Total (10,000 yuan)", TotalInvestment),
            ("In stage since", StageSince),
        ] {
            assert_eq!(field(header), Some(meant), "{header}");
        }
        for header in ["审计意见", "资金来源单位", "甲", "项目个数", "字段名称"]
        {
            assert_eq!(field(header), None, "{header}");
        }
    }
}
