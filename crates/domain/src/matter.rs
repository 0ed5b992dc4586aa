//! Preliminary matters 前期要件 (domain rules, part 9).

use crate::fault::Fault;
use crate::input::{Faults, Given};
use crate::period::Period;
use crate::word::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// How a project is approved.
    ApprovalMode {
        /// Government investment.
        Approval = "approval", "审批", "Approval";
        /// Enterprise investment of the catalogue.
        Ratification = "ratification", "核准", "Ratification";
        /// All other enterprise investment.
        RecordFiling = "record_filing", "备案", "Record filing";
    }
}

words! {
    /// A preliminary matter.
    MatterKind {
        /// 项目建议书
        ProjectProposal = "project_proposal", "项目建议书", "Project proposal";
        /// 可行性研究
        FeasibilityStudy = "feasibility_study", "可行性研究报告", "Feasibility study";
        /// 初步设计及概算
        PreliminaryDesign = "preliminary_design", "初步设计及概算", "Preliminary design and estimate";
        /// 选址意见书 and 用地预审: one document since 2019
        SiteAndLand = "site_and_land", "选址意见书和用地预审", "Site opinion and land pre-examination";
        /// 环评
        EnvironmentalAssessment = "environmental_assessment", "环境影响评价", "Environmental assessment";
        /// 能评
        EnergyReview = "energy_review", "节能审查", "Energy review";
        /// 社稳
        SocialStability = "social_stability", "社会稳定风险评估", "Social stability assessment";
        /// 建设用地规划许可
        LandPlanningPermit = "land_planning_permit", "建设用地规划许可证", "Land planning permit";
        /// 建设工程规划许可
        WorksPlanningPermit = "works_planning_permit", "建设工程规划许可证", "Works planning permit";
        /// 审图
        DrawingReview = "drawing_review", "施工图审查", "Drawing review";
        /// 招投标
        Tendering = "tendering", "招投标", "Tendering";
        /// 施工许可
        ConstructionPermit = "construction_permit", "施工许可证", "Construction permit";
    }
}

words! {
    /// How far a matter is.
    MatterState {
        /// Foreseen.
        Planned = "planned", "计划", "Planned";
        /// Under way.
        Begun = "begun", "办理中", "Begun";
        /// Obtained.
        Done = "done", "已办结", "Done";
        /// Not needed for this project.
        NotNeeded = "not_needed", "不需要", "Not needed";
    }
}

/// One preliminary matter of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreliminaryMatter {
    /// How far it is.
    pub state: MatterState,
    /// Number of the document obtained.
    pub document_number: Option<String>,
    /// The issuing office.
    pub issued_by: Option<String>,
    /// When it is foreseen.
    pub planned_on: Option<Period>,
    /// When it was obtained.
    pub actual_on: Option<Period>,
}

/// A preliminary matter as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MatterBody {
    /// How far it is. Required.
    #[schema(required = true, value_type = MatterState)]
    pub state: Option<Given<String>>,
    /// Number of the document obtained.
    #[schema(value_type = Option<String>)]
    pub document_number: Option<Given<String>>,
    /// The issuing office.
    #[schema(value_type = Option<String>)]
    pub issued_by: Option<Given<String>>,
    /// When it is foreseen: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(value_type = Option<Period>)]
    pub planned_on: Option<Given<Period>>,
    /// When it was obtained: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(value_type = Option<Period>)]
    pub actual_on: Option<Given<Period>>,
}

impl MatterBody {
    /// Checks everything and builds the matter.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self) -> Result<PreliminaryMatter, Vec<Fault>> {
        let mut faults = Faults::default();
        let state = faults.required("/state", self.state);
        let state = state.and_then(|word| faults.take("/state", word.parse()));
        let document_number = faults.text("/document_number", self.document_number, 100);
        let issued_by = faults.text("/issued_by", self.issued_by, 100);
        let planned_on = faults.optional("/planned_on", self.planned_on);
        let actual_on = faults.optional("/actual_on", self.actual_on);
        match state {
            Some(state) => faults.finish(PreliminaryMatter {
                state,
                document_number,
                issued_by,
                planned_on,
                actual_on,
            }),
            None => Err(faults.into_vec()),
        }
    }
}

impl MatterKind {
    /// Whether a project approved in this mode usually needs the matter. The three matters by which
    /// the modes differ are the first three: proposal, feasibility study and preliminary design are
    /// approved for government investment only (政府投资条例 art. 9); the rest concern the works
    /// themselves (企业投资项目核准和备案管理条例).
    pub fn is_required(self, mode: ApprovalMode) -> bool {
        match self {
            Self::ProjectProposal | Self::FeasibilityStudy | Self::PreliminaryDesign => {
                mode == ApprovalMode::Approval
            }
            Self::SocialStability => mode != ApprovalMode::RecordFiling,
            _ => true,
        }
    }
}
