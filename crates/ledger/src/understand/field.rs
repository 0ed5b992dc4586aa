//! What a column can hold: a closed set of fields, each with its word and its labels.

use shortboard_domain::lang::Lang;

/// Declares the fields: variant, word, label in Chinese and in English.
macro_rules! fields {
    ($($variant:ident = $word:literal, $zh:literal, $en:literal;)*) => {
        /// What a column or a label of a ledger holds. Some are facts of a project, others are only
        /// known, so that they are not taken for something else: see [`Field::is_fact`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = $zh] $variant,)*
        }

        impl Field {
            /// Every field, in the order in which a page offers them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one spelling: see [`crate::reading::Column::field`].
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What people read.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, Lang::Zh) => $zh,
                      (Self::$variant, Lang::En) => $en,)*
                }
            }

            /// The field of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

fields! {
    Name = "name", "项目名称", "Name";
    RegistryNumber = "registry_number", "登记编号", "Registry number";
    Code = "code", "项目代码", "Project code";
    Region = "region", "所在地区", "Region";
    Area = "area", "任务领域", "Task area";
    Group = "group", "所属集团", "Owning group";
    OwnerUnit = "owner_unit", "项目单位", "Owner unit";
    CreditCode = "credit_code", "统一社会信用代码", "Unified social credit code";
    Department = "department", "责任部门", "Responsible departments";
    LeadDepartment = "lead_department", "牵头部门", "Lead department";
    Status = "status", "项目性质（阶段或建设性质）", "Status (stage or construction nature)";
    Stage = "stage", "阶段", "Stage";
    Nature = "nature", "建设性质", "Construction nature";
    StatusTick = "status_tick", "打勾的阶段或性质", "Stage or nature by a tick";
    Content = "content", "建设内容及规模", "Content and scale";
    Place = "place", "建设地点", "Place";
    Industry = "industry", "国民经济行业", "Industry";
    ApprovalMode = "approval_mode", "审批方式", "Approval mode";
    Period = "period", "建设起止时间", "Start and finish";
    PlannedStart = "planned_start", "计划开工", "Planned start";
    PlannedFinish = "planned_finish", "计划竣工", "Planned finish";
    ActualStart = "actual_start", "实际开工", "Actual start";
    ActualFinish = "actual_finish", "实际竣工", "Actual finish";
    ActualPeriod = "actual_period", "实际起止时间", "Actual start and finish";
    TotalInvestment = "total_investment", "总投资", "Total investment";
    DoneToLastYear = "done_to_last_year", "至上年底累计完成投资", "Done to the end of last year";
    PlannedThisYear = "planned_this_year", "本年计划投资", "Planned this year";
    DoneThisYear = "done_this_year", "本年完成投资", "Done this year";
    FundingChannel = "funding_channel", "资金渠道", "Funding channel";
    FundingAmount = "funding_amount", "该渠道计划资金", "Amount of the channel";
    FundingArrived = "funding_arrived", "该渠道到位资金", "Arrived of the channel";
    ChannelAmount = "channel_amount", "以渠道为表头的计划资金", "Amount, the header being the channel";
    ChannelArrived = "channel_arrived", "以渠道为表头的到位资金", "Arrived, the header being the channel";
    Notes = "notes", "备注", "Notes";
    Serial = "serial", "序号", "Serial number";
    OwnNumber = "own_number", "台账自编号", "The ledger's own number";
    Category = "category", "项目类别", "Category";
    AlsoIn = "also_in", "同时涉及地区", "Also lies in";
    Filing = "filing", "填报状态", "Filing";
    StageSince = "stage_since", "进入阶段", "In the stage since";
    Missing = "missing", "缺少信息", "Missing";
    UpdatedAt = "updated_at", "更新时间", "Updated";
    FundingTotal = "funding_total", "资金合计", "Sum of the sources";
    ArrivedTotal = "arrived_total", "到位资金合计", "Arrived in all";
    FundingGap = "funding_gap", "资金缺口", "Funding gap";
    YearFunding = "year_funding", "分年度资金", "Funding of a year";
    DoneSoFar = "done_so_far", "自开工累计完成投资", "Done since the start";
    DoneThisMonth = "done_this_month", "当月完成投资", "Done this month";
    OtherYear = "other_year", "其他年度投资", "Investment of another year";
    Share = "share", "完成比例", "Share done";
    Progress = "progress", "形象进度", "Progress";
    Issues = "issues", "存在问题", "Open issues";
    NextStep = "next_step", "下步计划", "Next steps";
    YearTask = "year_task", "年度目标任务", "Tasks of the year";
    Matter = "matter", "前期要件", "Preliminary matter";
    Leader = "leader", "包保领导", "Leader in charge";
    Person = "person", "责任人", "Person in charge";
    Phone = "phone", "联系电话", "Telephone";
    Supporting = "supporting", "配合单位", "Supporting units";
    Contractor = "contractor", "参建单位", "Contractors";
    Reporter = "reporter", "填报单位", "Reporting unit";
    Land = "land", "用地", "Land";
    Benefit = "benefit", "预期效益", "Expected benefit";
    Basis = "basis", "项目依据", "What it rests on";
}

impl Field {
    /// Whether its cells are amounts of money.
    pub const fn is_money(self) -> bool {
        matches!(
            self,
            Self::TotalInvestment
                | Self::DoneToLastYear
                | Self::PlannedThisYear
                | Self::DoneThisYear
                | Self::FundingAmount
                | Self::FundingArrived
                | Self::ChannelAmount
                | Self::ChannelArrived
                | Self::FundingTotal
                | Self::ArrivedTotal
                | Self::FundingGap
                | Self::YearFunding
                | Self::DoneSoFar
                | Self::DoneThisMonth
                | Self::OtherYear
        )
    }

    /// Whether it is a fact of [`crate::reading::LedgerProject`]; the others are kept in its cells.
    pub const fn is_fact(self) -> bool {
        (self as u8) <= (Self::Notes as u8)
    }

    /// Whether several columns of it make sense side by side.
    pub const fn may_repeat(self) -> bool {
        !self.is_fact()
            || matches!(
                self,
                Self::Content
                    | Self::Notes
                    | Self::StatusTick
                    | Self::ChannelAmount
                    | Self::ChannelArrived
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn words_and_labels_are_told_apart() {
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.as_str()), Some(*field));
        }
        let labels: BTreeSet<&str> = Field::ALL.iter().map(|field| field.label(Lang::Zh)).collect();
        assert_eq!(labels.len(), Field::ALL.len());
        assert!(Field::Notes.is_fact() && !Field::Serial.is_fact());
    }
}
