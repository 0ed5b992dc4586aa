//! A project as lists and files show it: what its card tells, and the facts that only its file has.

use crate::problem::Failure;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shortboard_domain::facts::{Location, Nature, ProjectKind, Quantity};
use shortboard_domain::filing::Filing;
use shortboard_domain::funding::FundingStatus;
use shortboard_domain::industry::Industry;
use shortboard_domain::matter::ApprovalMode;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::period::Span;
use shortboard_domain::project::Project;
use shortboard_domain::requirement::Fact;
use shortboard_domain::stage::{Stage, StageBasis};
use utoipa::ToSchema;

/// A project as the list shows it: what its card tells.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    pub id: i64,
    pub registry_number: String,
    pub code: Option<String>,
    pub name: String,
    pub kind: ProjectKind,
    pub stage: Stage,
    pub stage_since: String,
    pub stage_basis: StageBasis,
    pub filing: Filing,
    pub area: String,
    pub region: String,
    pub also_in: Vec<String>,
    pub group: Option<String>,
    pub owner_unit: Option<Owner>,
    pub lead_department: Option<Department>,
    pub departments: Vec<Department>,
    pub nature: Option<Nature>,
    pub total_investment: Option<SignedMoney>,
    pub planned: Span,
    pub actual: Span,
    pub gap: Option<SignedMoney>,
    pub missing: Vec<Fact>,
    pub source: Option<Origin>,
    pub updated_at: String,
    pub funding: Vec<Source>,
    /// What only the file tells; where that was asked for.
    #[serde(skip)]
    pub further: Option<Box<Further>>,
}

/// An owner unit.
#[derive(Debug, Clone, Deserialize)]
pub struct Owner {
    pub name: String,
    pub credit_code: Option<String>,
}

/// A department.
#[derive(Debug, Clone, Deserialize)]
pub struct Department {
    pub code: String,
    pub name: String,
}

/// A funding source.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    pub channel: String,
    pub amount: SignedMoney,
    pub arrived: Option<SignedMoney>,
    pub status: FundingStatus,
    pub year: Option<i16>,
}

/// The document it comes from.
#[derive(Debug, Clone, Deserialize)]
pub struct Origin {
    pub document: String,
    pub clause: Option<String>,
}

/// The facts of a project that its card does not tell.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Further {
    /// Approval mode.
    pub approval_mode: Option<ApprovalMode>,
    /// Industry.
    pub industry: Option<Industry>,
    /// Content and scale of the works.
    pub content: Option<String>,
    /// Where the works lie.
    pub location: Option<Location>,
    /// Quantities of the works.
    pub quantities: Vec<Quantity>,
    /// Notes.
    pub notes: Option<String>,
    /// The day it was put into use.
    #[schema(value_type = Option<String>, format = Date)]
    pub in_use_since: Option<Date>,
}

impl Further {
    /// What a project's card does not tell.
    pub fn of(project: Project) -> Self {
        Self {
            approval_mode: project.facts.approval_mode,
            industry: project.facts.industry,
            content: project.facts.content,
            location: project.facts.location,
            quantities: project.facts.quantities,
            notes: project.facts.notes,
            in_use_since: project.in_use_since,
        }
    }
}

/// Cards as the store gives them: JSON objects with commas between.
///
/// # Errors
/// [`Failure::Internal`] when they are not what they should be.
pub fn cards(text: &str) -> Result<Vec<Card>, Failure> {
    serde_json::from_str(&format!("[{text}]")).map_err(|error| {
        tracing::error!(%error, "a card is not what it should be");
        Failure::Internal
    })
}
