//! What a column can hold: a closed set of fields, each with its word and its labels.

use shortboard_domain::words;

words! {
    /// What a column or a label of a ledger holds, in the order in which a page offers it. Some are facts
    /// of a project, others are only known, so that they are not taken for something else: see
    /// [`Field::is_fact`].
    Field {
        /// 项目名称
        Name = "name", "项目名称", "Name";
        /// 登记编号
        RegistryNumber = "registry_number", "登记编号", "Registry number";
        /// 项目代码
        Code = "code", "项目代码", "Project code";
        /// 所在地区
        Region = "region", "所在地区", "Region";
        /// 任务领域
        Area = "area", "任务领域", "Task area";
        /// 所属集团
        Group = "group", "所属集团", "Owning group";
        /// 项目单位
        OwnerUnit = "owner_unit", "项目单位", "Owner unit";
        /// 统一社会信用代码
        CreditCode = "credit_code", "统一社会信用代码", "Unified social credit code";
        /// 责任部门
        Department = "department", "责任部门", "Responsible departments";
        /// 牵头部门
        LeadDepartment = "lead_department", "牵头部门", "Lead department";
        /// 项目性质（阶段或建设性质）
        Status = "status", "项目性质（阶段或建设性质）", "Status (stage or construction nature)";
        /// 阶段
        Stage = "stage", "阶段", "Stage";
        /// 建设性质
        Nature = "nature", "建设性质", "Construction nature";
        /// 打勾的阶段或性质
        StatusTick = "status_tick", "打勾的阶段或性质", "Stage or nature by a tick";
        /// 建设内容及规模
        Content = "content", "建设内容及规模", "Content and scale";
        /// 建设地点
        Place = "place", "建设地点", "Place";
        /// 国民经济行业
        Industry = "industry", "国民经济行业", "Industry";
        /// 审批方式
        ApprovalMode = "approval_mode", "审批方式", "Approval mode";
        /// 建设起止时间
        Period = "period", "建设起止时间", "Start and finish";
        /// 计划开工
        PlannedStart = "planned_start", "计划开工", "Planned start";
        /// 计划竣工
        PlannedFinish = "planned_finish", "计划竣工", "Planned finish";
        /// 实际开工
        ActualStart = "actual_start", "实际开工", "Actual start";
        /// 实际竣工
        ActualFinish = "actual_finish", "实际竣工", "Actual finish";
        /// 实际起止时间
        ActualPeriod = "actual_period", "实际起止时间", "Actual start and finish";
        /// 总投资
        TotalInvestment = "total_investment", "总投资", "Total investment";
        /// 至上年底累计完成投资
        DoneToLastYear = "done_to_last_year", "至上年底累计完成投资", "Done to the end of last year";
        /// 本年计划投资
        PlannedThisYear = "planned_this_year", "本年计划投资", "Planned this year";
        /// 本年完成投资
        DoneThisYear = "done_this_year", "本年完成投资", "Done this year";
        /// 资金渠道
        FundingChannel = "funding_channel", "资金渠道", "Funding channel";
        /// 该渠道计划资金
        FundingAmount = "funding_amount", "该渠道计划资金", "Amount of the channel";
        /// 该渠道到位资金
        FundingArrived = "funding_arrived", "该渠道到位资金", "Arrived of the channel";
        /// 以渠道为表头的计划资金
        ChannelAmount = "channel_amount", "以渠道为表头的计划资金", "Amount, the header being the channel";
        /// 以渠道为表头的到位资金
        ChannelArrived = "channel_arrived", "以渠道为表头的到位资金", "Arrived, the header being the channel";
        /// 备注
        Notes = "notes", "备注", "Notes";
        /// 序号
        Serial = "serial", "序号", "Serial number";
        /// 台账自编号
        OwnNumber = "own_number", "台账自编号", "The ledger's own number";
        /// 项目类别
        Category = "category", "项目类别", "Category";
        /// 同时涉及地区
        AlsoIn = "also_in", "同时涉及地区", "Also lies in";
        /// 填报状态
        Filing = "filing", "填报状态", "Filing";
        /// 进入阶段
        StageSince = "stage_since", "进入阶段", "In the stage since";
        /// 缺少信息
        Missing = "missing", "缺少信息", "Missing";
        /// 更新时间
        UpdatedAt = "updated_at", "更新时间", "Updated";
        /// 资金合计
        FundingTotal = "funding_total", "资金合计", "Sum of the sources";
        /// 到位资金合计
        ArrivedTotal = "arrived_total", "到位资金合计", "Arrived in all";
        /// 资金缺口
        FundingGap = "funding_gap", "资金缺口", "Funding gap";
        /// 分年度资金
        YearFunding = "year_funding", "分年度资金", "Funding of a year";
        /// 自开工累计完成投资
        DoneSoFar = "done_so_far", "自开工累计完成投资", "Done since the start";
        /// 当月完成投资
        DoneThisMonth = "done_this_month", "当月完成投资", "Done this month";
        /// 其他年度投资
        OtherYear = "other_year", "其他年度投资", "Investment of another year";
        /// 完成比例
        Share = "share", "完成比例", "Share done";
        /// 形象进度
        Progress = "progress", "形象进度", "Progress";
        /// 存在问题
        Issues = "issues", "存在问题", "Open issues";
        /// 下步计划
        NextStep = "next_step", "下步计划", "Next steps";
        /// 年度目标任务
        YearTask = "year_task", "年度目标任务", "Tasks of the year";
        /// 前期要件
        Matter = "matter", "前期要件", "Preliminary matter";
        /// 包保领导
        Leader = "leader", "包保领导", "Leader in charge";
        /// 责任人
        Person = "person", "责任人", "Person in charge";
        /// 联系电话
        Phone = "phone", "联系电话", "Telephone";
        /// 配合单位
        Supporting = "supporting", "配合单位", "Supporting units";
        /// 参建单位
        Contractor = "contractor", "参建单位", "Contractors";
        /// 填报单位
        Reporter = "reporter", "填报单位", "Reporting unit";
        /// 用地
        Land = "land", "用地", "Land";
        /// 预期效益
        Benefit = "benefit", "预期效益", "Expected benefit";
        /// 项目依据
        Basis = "basis", "项目依据", "What it rests on";
    }
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
    use shortboard_domain::lang::Lang;
    use std::collections::BTreeSet;

    #[test]
    fn words_and_labels_are_told_apart() {
        for field in Field::ALL {
            assert_eq!(field.as_str().parse(), Ok(*field));
        }
        let labels: BTreeSet<&str> = Field::ALL.iter().map(|field| field.label(Lang::Zh)).collect();
        assert_eq!(labels.len(), Field::ALL.len());
        assert!(Field::Notes.is_fact() && !Field::Serial.is_fact());
    }
}
