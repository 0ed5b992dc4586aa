//! The files of the seeds: compiled in for the city the registry was made for, or read from another
//! city's folder.

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shortboard_domain::code::DepartmentCode;
use shortboard_domain::codelist::{
    CodeEntry, CodeLists, DatedEntry, Details, ListName, RegionKind,
};
use shortboard_domain::facts::{Nature, ProjectKind, Quantity};
use shortboard_domain::funding::{ChannelClass, ChannelFamily};
use shortboard_domain::lang::Label;
use shortboard_domain::stage::Stage;
use shortboard_domain::target::Target;
use shortboard_store::reference::NoticeDocument;
use std::path::Path;

/// The seeds of one city.
#[derive(Debug, Clone)]
pub struct Seeds {
    regions: Vec<CodeEntry>,
    departments: Vec<CodeEntry>,
    groups: Vec<CodeEntry>,
    channels: Vec<CodeEntry>,
    areas: Vec<CodeEntry>,
    /// The document.
    pub document: NoticeDocument,
    /// Its projects.
    pub projects: Vec<SeedProject>,
    /// Its targets.
    pub targets: Vec<Target>,
}

/// A project as the seeds keep it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedProject {
    /// A stable name for it within the seeds.
    pub key: String,
    /// Name.
    pub name: String,
    /// Project or programme.
    pub kind: ProjectKind,
    /// Task area.
    pub area: String,
    /// Region.
    pub region: String,
    /// Further regions.
    #[serde(default)]
    pub also_in: Vec<String>,
    /// Owning group, where the document names it.
    pub group: Option<String>,
    /// The stage that the wording supports.
    pub stage: Stage,
    /// The words it rests on.
    pub stage_quote: Option<String>,
    /// The clause.
    pub clause: String,
    /// The words that name the project.
    pub quote: String,
    /// Construction nature, where the words say it.
    pub nature: Option<Nature>,
    /// Quantities, where the words say them.
    #[serde(default)]
    pub quantities: Vec<Quantity>,
}

/// A code as the seeds keep it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedCode {
    code: String,
    zh: String,
    en: String,
    #[serde(default)]
    aliases: Vec<String>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    successor: Option<String>,
    kind: Option<RegionKind>,
    family: Option<ChannelFamily>,
    class: Option<ChannelClass>,
    clause: Option<String>,
    title: Option<String>,
    #[serde(default)]
    departments: Vec<DepartmentCode>,
    lead: Option<DepartmentCode>,
}

impl From<SeedCode> for CodeEntry {
    fn from(seed: SeedCode) -> Self {
        Self {
            code: seed.code,
            label: Label::new(seed.zh, seed.en),
            aliases: seed.aliases,
            valid_from: seed.valid_from,
            valid_to: seed.valid_to,
            successor: seed.successor,
            details: Details {
                kind: seed.kind,
                family: seed.family,
                class: seed.class,
                clause: seed.clause,
                title: seed.title,
                departments: seed.departments,
                lead: seed.lead,
                unverified: false,
            },
        }
    }
}

/// The files, by name, as compiled in.
const COMPILED: [(&str, &str); 8] = [
    ("regions.toml", include_str!("../../../../seeds/regions.toml")),
    ("departments.toml", include_str!("../../../../seeds/departments.toml")),
    ("groups.toml", include_str!("../../../../seeds/groups.toml")),
    ("channels.toml", include_str!("../../../../seeds/channels.toml")),
    ("areas.toml", include_str!("../../../../seeds/areas.toml")),
    ("document.toml", include_str!("../../../../seeds/document.toml")),
    ("projects.toml", include_str!("../../../../seeds/projects.toml")),
    ("targets.toml", include_str!("../../../../seeds/targets.toml")),
];

impl Seeds {
    /// Reads the seeds: those compiled in, or a folder's.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong in it.
    pub fn read(folder: Option<&Path>) -> anyhow::Result<Self> {
        Ok(Self {
            regions: codes(folder, "region", "regions.toml")?,
            departments: codes(folder, "department", "departments.toml")?,
            groups: codes(folder, "group", "groups.toml")?,
            channels: codes(folder, "channel", "channels.toml")?,
            areas: codes(folder, "area", "areas.toml")?,
            document: parse(&text(folder, "document.toml")?, "document.toml")?,
            projects: entries(folder, "project", "projects.toml")?,
            targets: entries(folder, "target", "targets.toml")?,
        })
    }

    /// The entries of a code list, in the file's order.
    pub fn list(&self, list: ListName) -> &[CodeEntry] {
        match list {
            ListName::Regions => &self.regions,
            ListName::Departments => &self.departments,
            ListName::Groups => &self.groups,
            ListName::Channels => &self.channels,
            ListName::Areas => &self.areas,
        }
    }

    /// The code lists as the seeds have them.
    pub fn code_lists(&self) -> CodeLists {
        let dated = |list: ListName| {
            self.list(list).iter().cloned().map(move |entry| DatedEntry {
                list,
                since: Date::constant(1, 1, 1),
                entry,
            })
        };
        CodeLists::new(ListName::ALL.iter().flat_map(|list| dated(*list)).collect())
    }
}

fn text(folder: Option<&Path>, name: &str) -> anyhow::Result<String> {
    if let Some(folder) = folder {
        let path = folder.join(name);
        return std::fs::read_to_string(&path)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()));
    }
    let compiled = COMPILED.iter().find(|(file, _)| *file == name);
    Ok(compiled.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
}

fn parse<T: DeserializeOwned>(text: &str, name: &str) -> anyhow::Result<T> {
    toml::from_str(text).map_err(|error| anyhow::anyhow!("the seeds file {name}: {error}"))
}

/// The entries of a file whose tables all bear one name.
fn entries<T: DeserializeOwned>(
    folder: Option<&Path>,
    table: &str,
    name: &str,
) -> anyhow::Result<Vec<T>> {
    let mut tables: std::collections::BTreeMap<String, Vec<T>> = parse(&text(folder, name)?, name)?;
    let entries = tables.remove(table).unwrap_or_default();
    match tables.keys().next() {
        Some(other) => anyhow::bail!("the seeds file {name} holds [[{other}]], not [[{table}]]"),
        None => Ok(entries),
    }
}

fn codes(folder: Option<&Path>, table: &str, name: &str) -> anyhow::Result<Vec<CodeEntry>> {
    let codes: Vec<SeedCode> = entries(folder, table, name)?;
    Ok(codes.into_iter().map(CodeEntry::from).collect())
}
