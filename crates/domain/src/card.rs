//! What the outside reads of a project: the card in a list, and the whole file 一项一档. The JSON of
//! both is a contract with scripts and other systems.

use crate::code::{AreaCode, ChannelCode, DepartmentCode, GroupCode, RegionCode};
use crate::codelist::{CodeLists, ListName};
use crate::document::Source;
use crate::facts::{Location, Nature, OwnerUnit, ProjectKind, Quantity};
use crate::fault::Fault;
use crate::filing::Filing;
use crate::funding::{ChannelFamily, FundingSource, FundingStatus, PppLibrary};
use crate::industry::Industry;
use crate::lang::Lang;
use crate::matter::{ApprovalMode, MatterKind, PreliminaryMatter};
use crate::money::{Money, SignedMoney};
use crate::period::Span;
use crate::project::{Project, StageMove};
use crate::project_code::ProjectCode;
use crate::requirement::Fact;
use crate::stage::{Stage, StageBasis};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// A department with the name it had on the day asked about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NamedDepartment {
    /// Code.
    pub code: DepartmentCode,
    /// Chinese name.
    pub name: String,
}

/// A funding source in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FundingCard {
    /// Number within the project.
    pub id: u32,
    /// Channel.
    pub channel: ChannelCode,
    /// Amount, yuan.
    pub amount: Money,
    /// Arrived so far, yuan.
    pub arrived: Option<Money>,
    /// Status.
    pub status: FundingStatus,
    /// Year it is for.
    pub year: Option<i16>,
}

/// What card and file have in common.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Headline {
    /// The registry's number.
    pub id: i64,
    /// The readable number: unique, not gapless.
    pub registry_number: String,
    /// Project or programme.
    pub kind: ProjectKind,
    /// Investment project code.
    pub code: Option<ProjectCode>,
    /// Name.
    pub name: String,
    /// Stage.
    pub stage: Stage,
    /// The day from which it has stood in its stage.
    #[schema(value_type = String, format = Date)]
    pub stage_since: Date,
    /// What the stage rests on.
    pub stage_basis: StageBasis,
    /// Where the filing stands.
    pub filing: Filing,
    /// Task area.
    pub area: AreaCode,
    /// The region where it counts.
    pub region: RegionCode,
    /// Further regions.
    pub also_in: Vec<RegionCode>,
    /// Owning group.
    pub group: Option<GroupCode>,
    /// Owner unit.
    pub owner_unit: Option<OwnerUnit>,
    /// The lead among the departments, where there is one.
    pub lead_department: Option<NamedDepartment>,
    /// Responsible departments.
    pub departments: Vec<NamedDepartment>,
    /// Construction nature.
    pub nature: Option<Nature>,
    /// Total investment, yuan.
    pub total_investment: Option<Money>,
    /// Planned start and finish.
    pub planned: Span,
    /// Actual start and finish.
    pub actual: Span,
    /// Total investment less the sources, yuan; negative for an excess; none without a total.
    pub gap: Option<SignedMoney>,
    /// The light of the monthly progress; blank until that is kept.
    pub light: Option<String>,
    /// The facts that its stage asks for and that are blank.
    pub missing: Vec<Fact>,
    /// The document it comes from.
    pub source: Option<Source>,
    /// The version of the project, as in its `ETag`.
    pub version: i64,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Card {
    /// What card and file have in common.
    #[serde(flatten)]
    pub headline: Headline,
    /// Its funding sources.
    pub funding: Vec<FundingCard>,
}

/// A funding source in the file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FundingEntry {
    /// Number within the project.
    pub id: u32,
    /// The source.
    #[serde(flatten)]
    pub source: FundingSource,
    /// Of a PPP before execution: the list of the national platform it belongs to.
    pub ppp_library: Option<PppLibrary>,
}

/// A preliminary matter in the file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MatterEntry {
    /// Which.
    pub kind: MatterKind,
    /// Whether the project's approval mode asks for it; blank while the mode is.
    pub required: Option<bool>,
    /// How far it is.
    #[serde(flatten)]
    pub matter: PreliminaryMatter,
}

/// Something worth a second look.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Warning {
    /// RFC 6901 pointer into the project.
    pub pointer: String,
    /// The stable word.
    pub code: String,
    /// The sentence, in the caller's language.
    pub message: String,
}

impl Warning {
    /// A fault that is no reason to refuse.
    pub fn of(fault: Fault, lang: Lang) -> Self {
        Self {
            message: fault.why.message(lang),
            code: fault.why.code().to_owned(),
            pointer: fault.pointer,
        }
    }
}

/// The whole project 一项一档.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProjectFile {
    /// What card and file have in common.
    #[serde(flatten)]
    pub headline: Headline,
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
    /// Its funding sources.
    pub funding: Vec<FundingEntry>,
    /// The sum of the sources, yuan.
    pub planned_funding: SignedMoney,
    /// What has arrived of them, yuan.
    pub arrived_funding: SignedMoney,
    /// Its preliminary matters.
    pub matters: Vec<MatterEntry>,
    /// Its way through the stages.
    pub moves: Vec<StageMove>,
    /// The account that registered it.
    pub author: String,
    /// The account that submitted it last.
    pub submitted_by: Option<String>,
    /// Why it was sent back, while it is.
    pub returned_because: Option<String>,
    /// What is worth a second look; never a repeat of `missing`.
    pub warnings: Vec<Warning>,
}

/// What a representation needs besides the project: the names of a day and the record it is as of.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// The code lists.
    pub lists: &'a CodeLists,
    /// The day whose names are shown.
    pub day: Date,
    /// The version of the project.
    pub version: i64,
    /// When that version was recorded.
    pub updated_at: Timestamp,
}

impl Headline {
    fn of(project: &Project, edition: Edition<'_>) -> Self {
        let facts = &project.facts;
        let named = |code: &DepartmentCode| NamedDepartment {
            code: code.clone(),
            name: edition
                .lists
                .name_on(ListName::Departments, code.as_str(), edition.day)
                .to_owned(),
        };
        Self {
            id: project.id,
            registry_number: project.registry_number.clone(),
            kind: facts.kind,
            code: facts.code.clone(),
            name: facts.name.clone(),
            stage: project.stage,
            stage_since: project.stage_since(),
            stage_basis: project.stage_basis(),
            filing: project.filing,
            area: facts.area.clone(),
            region: facts.region.clone(),
            also_in: facts.also_in.clone(),
            group: facts.group.clone(),
            owner_unit: facts.owner_unit.clone(),
            lead_department: facts.lead_department.as_ref().map(named),
            departments: facts.departments.iter().map(named).collect(),
            nature: facts.nature,
            total_investment: facts.total_investment,
            planned: facts.planned,
            actual: project.actual,
            gap: project.gap(),
            light: None,
            missing: project.missing(),
            source: project.source.clone(),
            version: edition.version,
            updated_at: edition.updated_at,
        }
    }
}

impl Card {
    /// The card of a project.
    pub fn of(project: &Project, edition: Edition<'_>) -> Self {
        let funding = project.funding.iter().map(|funding| FundingCard {
            id: funding.id,
            channel: funding.source.channel.clone(),
            amount: funding.source.amount,
            arrived: funding.source.arrived,
            status: funding.source.status,
            year: funding.source.year,
        });
        Self { headline: Headline::of(project, edition), funding: funding.collect() }
    }
}

impl ProjectFile {
    /// The file of a project, with its warnings in one language.
    pub fn of(project: &Project, edition: Edition<'_>, lang: Lang) -> Self {
        let facts = &project.facts;
        let funding = project.funding.iter().map(|funding| FundingEntry {
            id: funding.id,
            ppp_library: ppp_library(&funding.source, edition.lists),
            source: funding.source.clone(),
        });
        let matters = project.matters.iter().map(|(kind, matter)| MatterEntry {
            kind: *kind,
            required: facts.approval_mode.map(|mode| kind.is_required(mode)),
            matter: matter.clone(),
        });
        let warnings = project.warnings(edition.lists, edition.day);
        Self {
            approval_mode: facts.approval_mode,
            industry: facts.industry,
            content: facts.content.clone(),
            location: facts.location.clone(),
            quantities: facts.quantities.clone(),
            notes: facts.notes.clone(),
            in_use_since: project.in_use_since,
            funding: funding.collect(),
            planned_funding: project.planned_funding(),
            arrived_funding: project.arrived_funding(),
            matters: matters.collect(),
            moves: project.moves.clone(),
            author: project.author.clone(),
            submitted_by: project.submitted_by.clone(),
            returned_because: project.returned_because.clone(),
            warnings: warnings.into_iter().map(|fault| Warning::of(fault, lang)).collect(),
            headline: Headline::of(project, edition),
        }
    }
}

fn ppp_library(source: &FundingSource, lists: &CodeLists) -> Option<PppLibrary> {
    let is_ppp = lists.channel_family(&source.channel) == Some(ChannelFamily::Ppp);
    source.ppp_phase.filter(|_| is_ppp).and_then(|phase| phase.library())
}
