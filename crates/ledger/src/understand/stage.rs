//! Stage and construction nature from the words of columns, sections and titles: what is only
//! intended (拟开工) tells no stage.

use super::text::{key, plain};
use shortboard_domain::facts::Nature;
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::Stage;

/// What words tell of a project's status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// Stage.
    pub stage: Option<Stage>,
    /// Construction nature.
    pub nature: Option<Nature>,
}

impl Status {
    /// Whether nothing was told.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// Words that tell a stage; the first found counts, so that 停建 goes before 在建.
const STAGES: &[(Stage, &[&str])] = &[
    (Stage::Cancelled, &["终止", "取消", "调出", "撤销", "不再实施"]),
    (Stage::Suspended, &["停缓建", "停建", "缓建", "停工", "暂停", "暂缓"]),
    (
        Stage::Operation,
        &["投用", "投入使用", "投入运营", "已运营", "交付使用", "已投产", "投入运行"],
    ),
    (Stage::Completed, &["竣工", "完工", "已建成", "建成", "已完成", "验收"]),
    (
        Stage::Construction,
        &[
            "续建",
            "在建",
            "新开工",
            "已开工",
            "施工中",
            "正在施工",
            "建设中",
            "复工",
            "开工建设",
            "开工在建",
            "跨年",
            "结转",
        ],
    ),
    (
        Stage::Preparation,
        &["前期", "报批", "审批中", "立项", "可研", "初设", "招标", "招投标", "征地"],
    ),
    (Stage::Reserve, &["储备", "已入库"]),
    (Stage::Concept, &["谋划", "策划", "在谈", "洽谈", "意向", "包装"]),
];

/// Words that tell a nature; the longer before those in them.
const NATURES: &[(Nature, &[&str])] = &[
    (Nature::Reconstruction, &["改扩建", "改建和技术改造", "改建", "技术改造", "技改", "改造"]),
    (Nature::New, &["新建"]),
    (Nature::Expansion, &["扩建"]),
    (Nature::Relocation, &["迁建", "搬迁"]),
    (Nature::Restoration, &["恢复", "重建"]),
    (Nature::Purchase, &["单纯购置", "购置"]),
];

/// Words that make of what follows an intention or its contrary.
const NOT_YET: &[&str] =
    &["拟", "计划", "预计", "未", "待", "尚", "申报", "争取", "力争", "准备", "预备", "不"];

/// Parts of the works: when one of them is built, the rest is under construction.
const PARTS: &[&str] = &[
    "主体",
    "基础",
    "结构",
    "土建",
    "路基",
    "桥梁",
    "桩基",
    "管网",
    "装修",
    "主要工程",
    "部分",
    "一期",
    "首期",
    "一标段",
    "地下",
    "围挡",
    "平整",
    "拆迁",
    "工程量",
];

/// The stages and natures whose words a text of normal width has; an intended one is left out.
fn stages(text: &str) -> Vec<Stage> {
    let mut rest = text.to_owned();
    let mut found = Vec::new();
    for (stage, words) in STAGES {
        for word in *words {
            while let Some(at) = rest.find(word) {
                let before = &rest[..at];
                let is_part = PARTS.iter().any(|part| before.ends_with(part));
                let told = match stage {
                    Stage::Completed if is_part => Stage::Construction,
                    stage => *stage,
                };
                if !is_intended(before) && !found.contains(&told) {
                    found.push(told);
                }
                rest.replace_range(at..at + word.len(), "|");
            }
        }
    }
    found
}

fn is_intended(before: &str) -> bool {
    let from = before.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    NOT_YET.iter().any(|word| before[from..].contains(word))
}

/// What a cell tells: several stages or natures at once tell none.
pub fn of_word(text: &str) -> Option<Status> {
    let word = key(text);
    let labelled = Stage::ALL
        .iter()
        .copied()
        .find(|stage| is_label(&word, stage.as_str(), |lang| stage.label(lang)));
    if labelled.is_some() {
        return Some(Status { stage: labelled, nature: None });
    }
    let labelled = Nature::ALL
        .iter()
        .copied()
        .find(|nature| is_label(&word, nature.as_str(), |lang| nature.label(lang)));
    if labelled.is_some() {
        return Some(Status { stage: None, nature: labelled });
    }
    let stage = match &stages(&word)[..] {
        [stage] => Some(*stage),
        _ => None,
    };
    let mut rest = word;
    let mut natures = Vec::new();
    for (nature, words) in NATURES {
        if let Some(found) = words.iter().find(|found| rest.contains(**found)) {
            natures.push(*nature);
            rest = rest.replace(found, "|");
        }
    }
    let nature = if let [nature] = natures[..] { Some(nature) } else { None };
    let status = Status { stage, nature };
    (!status.is_empty()).then_some(status)
}

fn is_label(word: &str, code: &str, label: impl Fn(Lang) -> &'static str) -> bool {
    !word.is_empty()
        && (word == code || key(label(Lang::Zh)) == word || key(label(Lang::En)) == word)
}

/// A stage that words around a project tell, and these words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// The stage.
    pub stage: Stage,
    /// The section, the title or the name of the sheet.
    pub words: String,
}

impl Around {
    /// What the first of some texts tells that tells a stage in this way.
    pub fn first<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        tell: fn(&str) -> Option<Stage>,
    ) -> Option<Self> {
        let told = |text: &str| Some(Self { stage: tell(text)?, words: text.to_owned() });
        texts.into_iter().find_map(told)
    }
}

/// The stage that a section tells of its projects: （一）在建（11项）.
pub fn of_section(text: &str) -> Option<Stage> {
    match stages(&plain(text))[..] {
        [stage] => Some(stage),
        _ => None,
    }
}

/// The stage that a title tells of all projects: 续建项目表.
pub fn of_title(text: &str) -> Option<Stage> {
    let plain = plain(text);
    if !plain.contains("项目")
        || plain.contains("申报")
        || plain.contains("计划表") && plain.contains("前期")
    {
        return None;
    }
    of_section(&plain)
}

/// Whether a header's group is one whose parts are ticked: 项目性质 {续建, 新开工}.
pub fn is_tick_group(group: &str) -> bool {
    ["性质", "阶段", "状态"].iter().any(|word| group.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let status = of_word(text).unwrap_or_default();
        let stage = status.stage.map_or("-", Stage::as_str);
        format!("{stage} {}", status.nature.map_or("-", Nature::as_str))
    }

    #[test]
    fn words_tell_stage_or_nature() {
        for (text, meant) in [
            ("续建", "construction -"),
            ("新开工", "construction -"),
            ("前期", "preparation -"),
            ("竣工", "completed -"),
            ("投用", "operation -"),
            ("停缓建", "suspended -"),
            ("储备", "reserve -"),
            ("谋划", "concept -"),
            ("In operation", "operation -"),
            ("扩建", "- expansion"),
            ("改扩建", "- reconstruction"),
            ("新 建", "- new"),
            ("续建（扩建）", "construction -"),
            ("新建/续建", "construction new"),
            ("新建、改建", "- -"),
            ("拟开工", "- -"),
            ("未开工", "- -"),
            ("计划新开工", "- -"),
            ("未竣工", "- -"),
            ("主体完工", "construction -"),
            ("可研已批复", "preparation -"),
            ("国有", "- -"),
        ] {
            assert_eq!(told(text), meant, "{text}");
        }
    }

    #[test]
    fn sections_and_titles_tell_one_stage_or_none() {
        assert_eq!(of_section("（一）在建（11项）"), Some(Stage::Construction));
        assert_eq!(of_section("三、前期项目"), Some(Stage::Preparation));
        assert_eq!(of_section("续建和新开工项目"), Some(Stage::Construction));
        assert_eq!(of_section("新开工及前期项目"), None);
        assert_eq!(of_section("一、交通2项"), None);
        assert_eq!(of_title("续建项目表"), Some(Stage::Construction));
        assert_eq!(of_title("某市2018年拟储备补短板项目表"), None);
        assert_eq!(of_title("7月调度表"), None);
    }
}
