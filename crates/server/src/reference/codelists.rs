//! Code lists: codes with their labels and validity. They need no token.

use crate::app::App;
use crate::params::{NoParams, Query, WhenParams, parameters};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use shortboard_domain::access::Role;
use shortboard_domain::codelist::{CodeEntry, Details, ListName, RegionKind};
use shortboard_domain::facts::{Nature, ProjectKind};
use shortboard_domain::filing::Filing;
use shortboard_domain::funding::{
    ChannelClass, ChannelFamily, FundingStatus, PppLibrary, PppPhase,
};
use shortboard_domain::industry::Industry;
use shortboard_domain::input::Faults;
use shortboard_domain::lang::{Label, Lang};
use shortboard_domain::matter::{ApprovalMode, MatterKind, MatterState};
use shortboard_domain::need::Need;
use shortboard_domain::requirement::Fact;
use shortboard_domain::similar::Reason;
use shortboard_domain::stage::{Stage, StageBasis};
use shortboard_domain::target::Direction;
use utoipa::ToSchema;

/// The code lists there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeListNames {
    /// Their names.
    items: Vec<CodeListName>,
    /// Always blank: the lists come whole.
    next: Option<String>,
}

/// A code list's name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeListName {
    /// The name in the path.
    name: String,
    /// What people read.
    label: Label,
}

/// A code list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeList {
    /// Its name.
    name: String,
    /// What people read.
    label: Label,
    /// Its entries, in their own order.
    items: Vec<CodeEntry>,
    /// Always blank: a list comes whole.
    next: Option<String>,
}

/// A list of the program's own: name, label, entries.
struct Words(&'static str, &'static str, &'static str, fn() -> Vec<CodeEntry>);

macro_rules! words {
    ($($name:literal, $zh:literal, $en:literal, $kind:ty;)*) => {
        &[$(Words($name, $zh, $en, || {
            let label = |word: &$kind| Label::new(word.label(Lang::Zh), word.label(Lang::En));
            <$kind>::ALL.iter().map(|word| entry(word.as_str(), label(word))).collect()
        })),*]
    };
}

/// The lists that are the domain's.
const OWN: &[Words] = words! {
    "stages", "阶段", "Stages", Stage;
    "stage_bases", "阶段依据", "Stage bases", StageBasis;
    "filings", "填报状态", "Filing states", Filing;
    "facts", "填报内容", "Facts", Fact;
    "needs", "待办事项", "Needs", Need;
    "kinds", "项目类别", "Kinds", ProjectKind;
    "natures", "建设性质", "Construction natures", Nature;
    "approval_modes", "审批类型", "Approval modes", ApprovalMode;
    "matters", "前期要件", "Preliminary matters", MatterKind;
    "matter_states", "要件状态", "Matter states", MatterState;
    "funding_statuses", "资金状态", "Funding statuses", FundingStatus;
    "channel_families", "资金渠道大类", "Channel families", ChannelFamily;
    "channel_classes", "投资统计资金分类", "Channel classes", ChannelClass;
    "ppp_phases", "PPP阶段", "PPP phases", PppPhase;
    "ppp_libraries", "PPP项目库", "PPP libraries", PppLibrary;
    "region_kinds", "地区类别", "Region kinds", RegionKind;
    "target_directions", "目标方向", "Target directions", Direction;
    "similarity_reasons", "相似原因", "Reasons of similarity", Reason;
    "roles", "角色", "Roles", Role;
};

fn entry(code: &str, label: Label) -> CodeEntry {
    CodeEntry {
        code: code.to_owned(),
        label,
        aliases: Vec::new(),
        valid_from: None,
        valid_to: None,
        successor: None,
        details: Details::default(),
    }
}

parameters! {
    /// The parameters of a code list.
    CodeListParams {
        /// Of which time.
        when: WhenParams,
    }
}

/// List the code lists
#[utoipa::path(
    get,
    path = "/api/v1/codelists",
    tag = "reference",
    security(()),
    responses((status = 200, body = CodeListNames), (status = 422, body = Problem))
)]
pub async fn list(_: Query<NoParams>) -> Json<CodeListNames> {
    let data = ListName::ALL.iter().map(|list| CodeListName {
        name: list.as_str().to_owned(),
        label: Label::new(list.label(Lang::Zh), list.label(Lang::En)),
    });
    let own = OWN.iter().map(|Words(name, zh, en, _)| CodeListName {
        name: (*name).to_owned(),
        label: Label::new(*zh, *en),
    });
    let industries = CodeListName { name: "industries".into(), label: industries_label() };
    Json(CodeListNames { items: data.chain(own).chain([industries]).collect(), next: None })
}

fn industries_label() -> Label {
    Label::new("国民经济行业门类", "Industry sections (GB/T 4754-2017)")
}

/// Read a code list
#[utoipa::path(
    get,
    path = "/api/v1/codelists/{name}",
    tag = "reference",
    security(()),
    params(("name" = String, Path), WhenParams),
    responses(
        (status = 200, body = CodeList),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn read(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    Query(params): Query<CodeListParams>,
) -> Result<Json<CodeList>, Failure> {
    let Path(name) = path.map_err(|_| Failure::NotFound)?;
    let mut faults = Faults::default();
    let when = params.when.build(&app.store, &mut faults);
    faults.finish(())?;
    let whole = |label, items| Json(CodeList { name: name.clone(), label, items, next: None });
    if let Ok(list) = name.parse::<ListName>() {
        let lists = match when.known_at {
            Some(time) => app.store.lists_known_at(time).await?.into(),
            None => app.store.reload_lists().await?,
        };
        let day = when.as_of.unwrap_or(app.store.today());
        let items = lists.entries_on(list, day).cloned().collect();
        return Ok(whole(Label::new(list.label(Lang::Zh), list.label(Lang::En)), items));
    }
    if name == "industries" {
        let sections = Industry::sections();
        let items = sections.map(|section| entry(&section.to_string(), section.label())).collect();
        return Ok(whole(industries_label(), items));
    }
    let own = OWN.iter().find(|words| words.0 == name).ok_or(Failure::NotFound)?;
    let Words(_, zh, en, entries) = own;
    Ok(whole(Label::new(*zh, *en), entries()))
}
