//! The facts of a project: what registers it and what a change of facts changes.

use crate::code::{AreaCode, DepartmentCode, GroupCode, RegionCode};
use crate::credit_code::CreditCode;
use crate::fault::{Fault, Why};
use crate::industry::Industry;
use crate::matter::ApprovalMode;
use crate::money::Money;
use crate::period::Span;
use crate::project_code::ProjectCode;
use crate::word::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Whether an entry is one work or many small ones counted as one.
    ProjectKind {
        /// One project.
        Project = "project", "项目", "Project";
        /// 打捆项目
        Programme = "programme", "打捆项目", "Programme";
    }
}

words! {
    /// 建设性质 of the investment statistics.
    Nature {
        /// 新建
        New = "new", "新建", "New";
        /// 扩建
        Expansion = "expansion", "扩建", "Expansion";
        /// 改建和技术改造
        Reconstruction = "reconstruction", "改建和技术改造", "Reconstruction";
        /// 迁建
        Relocation = "relocation", "迁建", "Relocation";
        /// 恢复
        Restoration = "restoration", "恢复", "Restoration";
        /// 单纯购置
        Purchase = "purchase", "单纯购置", "Purchase";
    }
}

/// 项目单位: who owns the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerUnit {
    /// Its name.
    pub name: String,
    /// Its unified social credit code, where known.
    pub credit_code: Option<CreditCode>,
}

/// Where the works lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// In words.
    pub place: Option<String>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
}

/// A quantity of the works: 日处理能力 10 万吨.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quantity {
    /// What is counted.
    pub name: String,
    /// A decimal number, as written.
    pub value: String,
    /// Its unit.
    pub unit: String,
}

/// The facts of a project, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Name.
    pub name: String,
    /// Project or programme.
    pub kind: ProjectKind,
    /// Task area.
    pub area: AreaCode,
    /// The region where it counts.
    pub region: RegionCode,
    /// Further regions it lies in.
    pub also_in: Vec<RegionCode>,
    /// Responsible departments, at least one.
    pub departments: Vec<DepartmentCode>,
    /// The lead, one of them; never inferred.
    pub lead_department: Option<DepartmentCode>,
    /// Owning group.
    pub group: Option<GroupCode>,
    /// Owner unit.
    pub owner_unit: Option<OwnerUnit>,
    /// Investment project code.
    pub code: Option<ProjectCode>,
    /// Construction nature.
    pub nature: Option<Nature>,
    /// Approval mode.
    pub approval_mode: Option<ApprovalMode>,
    /// Industry.
    pub industry: Option<Industry>,
    /// Content and scale of the works.
    pub content: Option<String>,
    /// Where the works lie.
    pub location: Option<Location>,
    /// Total investment, yuan.
    pub total_investment: Option<Money>,
    /// Planned start and finish.
    pub planned: Span,
    /// Quantities.
    pub quantities: Vec<Quantity>,
    /// Notes.
    pub notes: Option<String>,
}

/// A change of facts: the top-level fields that change, with their new values.
pub type FactsChange = serde_json::Map<String, serde_json::Value>;

impl Facts {
    /// The fields in which `newer` differs, with its values.
    pub fn changes_to(&self, newer: &Self) -> FactsChange {
        let (old, new) = (self.fields(), newer.fields());
        new.into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect()
    }

    /// These facts with some fields replaced. A change that does not fit, which no constructor
    /// makes, leaves the facts as they are.
    pub fn with(&self, change: &FactsChange) -> Self {
        let mut fields = self.fields();
        fields.extend(change.clone());
        serde_json::from_value(fields.into()).unwrap_or_else(|_| self.clone())
    }

    /// What in the facts cannot be true together. Bodies are built without; changes from different
    /// days might bring it about.
    pub fn contradiction(&self) -> Option<Fault> {
        let lead = self.lead_department.as_ref();
        if lead.is_some_and(|lead| !self.departments.contains(lead)) {
            return Some(Fault::new("/lead_department", Why::LeadNotNamed));
        }
        if self.also_in.contains(&self.region) {
            let given = self.region.to_string();
            return Some(Fault::new("/also_in", Why::Repeated { given }));
        }
        None
    }

    fn fields(&self) -> FactsChange {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => FactsChange::new(),
        }
    }
}
