//! Preliminary matters 前期要件 (domain rules, part 9).

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
#[serde(deny_unknown_fields)]
pub struct PreliminaryMatter {
    /// How far it is.
    pub state: MatterState,
    /// Number of the document obtained.
    #[serde(default)]
    pub document_number: Option<String>,
    /// The issuing office.
    #[serde(default)]
    pub issued_by: Option<String>,
    /// When it is foreseen.
    #[serde(default)]
    pub planned_on: Option<Period>,
    /// When it was obtained.
    #[serde(default)]
    pub actual_on: Option<Period>,
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
