//! What a project needs in order to enter a stage (domain rules, part 2), as data: pages, API and
//! import show the same list.

use crate::project::Project;
use crate::stage::Stage;
use crate::word::words;

words! {
    /// A fact that a stage asks for.
    Fact {
        /// Name.
        Name = "name", "项目名称", "Name";
        /// A responsible department.
        Departments = "departments", "责任单位", "Responsible department";
        /// Region.
        Region = "region", "所在地区", "Region";
        /// Area.
        Area = "area", "任务领域", "Task area";
        /// Content and scale.
        Content = "content", "建设内容及规模", "Content and scale";
        /// Owner unit.
        OwnerUnit = "owner_unit", "项目单位", "Owner unit";
        /// Total investment.
        TotalInvestment = "total_investment", "总投资", "Total investment";
        /// Planned start.
        PlannedStart = "planned_start", "计划开工时间", "Planned start";
        /// Planned finish.
        PlannedFinish = "planned_finish", "计划竣工时间", "Planned finish";
        /// The first preliminary matter begun.
        PreliminaryMatter = "preliminary_matter", "已开展的前期要件", "A preliminary matter begun";
        /// Investment project code.
        Code = "code", "投资项目统一代码", "Project code";
        /// The approval, ratification or filing document.
        ApprovalDocument = "approval_document", "审批、核准或备案文件", "Approval document";
        /// Actual start date.
        ActualStart = "actual_start", "实际开工日期", "Actual start";
        /// Actual finish date.
        ActualFinish = "actual_finish", "实际竣工日期", "Actual finish";
        /// Acceptance document.
        AcceptanceDocument = "acceptance_document", "竣工验收文件", "Acceptance document";
        /// Date put into use.
        InUseSince = "in_use_since", "投用日期", "Date put into use";
        /// A reason.
        Reason = "reason", "原因", "Reason";
    }
}

impl Fact {
    /// Where a caller writes it: a pointer into the project's body, or into that of a move.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Name => "/name",
            Self::Departments => "/departments",
            Self::Region => "/region",
            Self::Area => "/area",
            Self::Content => "/content",
            Self::OwnerUnit => "/owner_unit",
            Self::TotalInvestment => "/total_investment",
            Self::PlannedStart => "/planned/start",
            Self::PlannedFinish => "/planned/finish",
            Self::PreliminaryMatter => "/matters",
            Self::Code => "/code",
            Self::ApprovalDocument | Self::AcceptanceDocument => "/basis",
            Self::ActualStart | Self::ActualFinish | Self::InUseSince => "/on",
            Self::Reason => "/reason",
        }
    }
}

impl Stage {
    /// What it asks for on entry, besides what the stages before it ask for.
    pub fn entry_facts(self) -> &'static [Fact] {
        match self {
            Self::Concept => &[Fact::Name, Fact::Departments],
            Self::Reserve => &[
                Fact::Content,
                Fact::Region,
                Fact::Area,
                Fact::OwnerUnit,
                Fact::Departments,
                Fact::TotalInvestment,
                Fact::PlannedStart,
                Fact::PlannedFinish,
            ],
            Self::Preparation => &[Fact::PreliminaryMatter],
            Self::Construction => &[Fact::Code, Fact::ApprovalDocument, Fact::ActualStart],
            Self::Completed => &[Fact::ActualFinish, Fact::AcceptanceDocument],
            Self::Operation => &[Fact::InUseSince],
            Self::Suspended | Self::Cancelled => &[Fact::Reason],
        }
    }
}

impl Project {
    /// Of a stage's entry facts, those that are blank.
    pub fn missing_for(&self, stage: Stage) -> Vec<Fact> {
        stage.entry_facts().iter().copied().filter(|fact| !self.has(*fact)).collect()
    }

    /// The facts that the project's stage and those before it ask for and that are blank. A concept
    /// is asked for what the reserve needs, since that is what it is being filled in for; one in
    /// 停缓建 or 终止 for what the stage it left asks for.
    pub fn missing(&self) -> Vec<Fact> {
        let rank = self.moves.iter().rev().find_map(|step| step.to.rank());
        let rank = rank.unwrap_or(0).max(1);
        let mut missing: Vec<Fact> =
            Stage::ORDER[..=rank].iter().flat_map(|stage| self.missing_for(*stage)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    fn has(&self, fact: Fact) -> bool {
        let facts = &self.facts;
        match fact {
            Fact::Name => !facts.name.is_empty(),
            Fact::Departments => !facts.departments.is_empty(),
            Fact::Region | Fact::Area => true,
            Fact::Content => facts.content.is_some(),
            Fact::OwnerUnit => facts.owner_unit.is_some(),
            Fact::TotalInvestment => facts.total_investment.is_some(),
            Fact::PlannedStart => facts.planned.start.is_some(),
            Fact::PlannedFinish => facts.planned.finish.is_some(),
            Fact::PreliminaryMatter => self.has_begun_matter(),
            Fact::Code => facts.code.is_some(),
            Fact::ApprovalDocument => self.has_document_for(Stage::Construction),
            Fact::AcceptanceDocument => self.has_document_for(Stage::Completed),
            Fact::ActualStart => self.actual.start.is_some(),
            Fact::ActualFinish => self.actual.finish.is_some(),
            Fact::InUseSince => self.in_use_since.is_some(),
            // Asked of a move, not of the project it leaves behind.
            Fact::Reason => false,
        }
    }
}
