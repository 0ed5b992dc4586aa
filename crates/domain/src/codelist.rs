//! The code lists that are data: regions, departments, groups, channels and areas, with their
//! labels' validity, their aliases, and how a written name finds its code.

use crate::code::{AreaCode, ChannelCode, DepartmentCode, GroupCode, RegionCode};
use crate::fault::Why;
use crate::funding::{ChannelClass, ChannelFamily};
use crate::lang::Label;
use crate::name;
use crate::word::words;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

words! {
    /// A code list that is data.
    ListName {
        /// GB/T 2260 regions and the functional zones.
        Regions = "regions", "地区", "Regions";
        /// Departments.
        Departments = "departments", "部门", "Departments";
        /// Owning groups.
        Groups = "groups", "市属集团", "Owning groups";
        /// Funding channels.
        Channels = "channels", "资金渠道", "Funding channels";
        /// Task areas.
        Areas = "areas", "任务领域", "Task areas";
    }
}

words! {
    /// What kind of region it is.
    RegionKind {
        /// The city itself 市本级.
        City = "city", "市本级", "City";
        /// A county, district or county-level city.
        County = "county", "县(市)区", "County";
        /// A functional zone.
        Zone = "zone", "功能区", "Zone";
    }
}

/// What a list knows of an entry besides its labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Details {
    /// Of a region: its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<RegionKind>,
    /// Of a channel: its family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<ChannelFamily>,
    /// Of a channel: its class in the investment statistics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ChannelClass>,
    /// Of a channel or an area: the clause of the document that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Of an area: the heading in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of an area: the responsible departments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<DepartmentCode>,
    /// Of an area: the department that leads 牵头, where the document names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<DepartmentCode>,
    /// Of a department: that it came in with an import and nobody has confirmed it yet.
    #[serde(skip_serializing_if = "is_false")]
    pub unverified: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// An entry of a code list, as it reads from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeEntry {
    /// The stable code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// Other ways to write it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The first day on which it is in office or use; blank: always.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<Date>,
    /// The first day on which it is not any more; blank: still.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_to: Option<Date>,
    /// The code that took its place.
    #[serde(default)]
    pub successor: Option<String>,
    /// What else the list knows.
    #[serde(flatten)]
    pub details: Details,
}

impl CodeEntry {
    /// The code that an unverified department was found to be: all its names are that one's.
    pub fn merged_into(&self) -> Option<&str> {
        self.successor.as_deref().filter(|_| self.details.unverified)
    }

    /// Whether it is in office or use on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }
}

/// One period of an entry: what it read from `since` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedEntry {
    /// The list it belongs to.
    pub list: ListName,
    /// The first day on which it read so.
    pub since: Date,
    /// The entry.
    pub entry: CodeEntry,
}

/// All code lists that are data.
#[derive(Debug, Clone, Default)]
pub struct CodeLists {
    /// In the lists' own order; of several periods of one code, the earliest first.
    entries: Vec<DatedEntry>,
    /// Normalised code, name or alias → code.
    names: HashMap<(ListName, String), String>,
    /// The last period of each code.
    current: HashMap<(ListName, String), usize>,
}

impl CodeLists {
    /// Builds the lists from entries in their own order, each code's periods in time.
    pub fn new(entries: Vec<DatedEntry>) -> Self {
        let mut lists = Self { entries, ..Self::default() };
        let Self { entries, names, current } = &mut lists;
        for (index, DatedEntry { list, entry, .. }) in entries.iter().enumerate() {
            current.insert((*list, entry.code.clone()), index);
        }
        // A code is itself before it is another's name, and a name before it is another's alias.
        let written: [fn(&CodeEntry) -> Vec<&String>; 3] = [
            |entry| vec![&entry.code],
            |entry| vec![&entry.label.zh, &entry.label.en],
            |entry| entry.aliases.iter().collect(),
        ];
        let merged: HashMap<&str, &str> = entries
            .iter()
            .filter_map(|dated| Some((dated.entry.code.as_str(), dated.entry.merged_into()?)))
            .collect();
        for written in written {
            for DatedEntry { list, entry, .. } in entries.iter() {
                let mut code = entry.code.as_str();
                // One that was merged into another may be merged with it again.
                for _ in 0..merged.len() {
                    code = merged.get(code).copied().unwrap_or(code);
                }
                let keys = written(entry).into_iter().map(|name| name::normalise(name));
                for key in keys.filter(|key| !key.is_empty()) {
                    names.entry((*list, key)).or_insert_with(|| code.to_owned());
                }
            }
        }
        lists
    }

    /// These lists and further entries.
    pub fn with(&self, more: impl IntoIterator<Item = DatedEntry>) -> Self {
        Self::new(self.entries.iter().cloned().chain(more).collect())
    }

    /// The entries of a list as they read now, in the list's own order.
    pub fn entries(&self, list: ListName) -> impl Iterator<Item = &CodeEntry> {
        self.entries.iter().enumerate().filter_map(move |(index, dated)| {
            let key = (list, dated.entry.code.clone());
            (dated.list == list && self.current.get(&key) == Some(&index)).then_some(&dated.entry)
        })
    }

    /// The entries of a list as they read on a day.
    pub fn entries_on(&self, list: ListName, day: Date) -> impl Iterator<Item = &CodeEntry> {
        self.entries(list).filter_map(move |entry| self.entry_on(list, &entry.code, day))
    }

    /// One entry as it reads now.
    pub fn entry(&self, list: ListName, code: &str) -> Option<&CodeEntry> {
        self.current.get(&(list, code.to_owned())).map(|index| &self.entries[*index].entry)
    }

    /// One entry as it read on a day; before its first period, as it read first.
    pub fn entry_on(&self, list: ListName, code: &str, day: Date) -> Option<&CodeEntry> {
        let mut periods = self
            .entries
            .iter()
            .filter(|dated| dated.list == list && dated.entry.code == code)
            .peekable();
        let first = periods.peek().map(|dated| &dated.entry);
        periods.rfind(|dated| dated.since <= day).map(|dated| &dated.entry).or(first)
    }

    /// The Chinese name of a code as it read on a day; the code itself where the list lacks it.
    pub fn name_on<'a>(&'a self, list: ListName, code: &'a str, day: Date) -> &'a str {
        self.entry_on(list, code, day).map_or(code, |entry| &entry.label.zh)
    }

    /// The code that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`] with the nearest names.
    pub fn resolve(&self, list: ListName, written: &str) -> Result<String, Why> {
        self.find(list, written).map(str::to_owned).ok_or_else(|| Why::UnknownCode {
            list: list.as_str(),
            given: written.chars().take(60).collect(),
            nearest: self
                .nearest(list, written)
                .into_iter()
                .map(|entry| format!("{} ({})", entry.label.zh, entry.code))
                .collect(),
        })
    }

    /// The code that a code, name or alias stands for; `None` for one of no list, without a look
    /// for the nearest.
    pub fn find(&self, list: ListName, written: &str) -> Option<&str> {
        self.names.get(&(list, name::normalise(written))).map(String::as_str)
    }

    /// The region that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`]
    pub fn region(&self, written: &str) -> Result<RegionCode, Why> {
        self.resolve(ListName::Regions, written).map(RegionCode::new)
    }

    /// The department that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`]
    pub fn department(&self, written: &str) -> Result<DepartmentCode, Why> {
        self.resolve(ListName::Departments, written).map(DepartmentCode::new)
    }

    /// The group that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`]
    pub fn group(&self, written: &str) -> Result<GroupCode, Why> {
        self.resolve(ListName::Groups, written).map(GroupCode::new)
    }

    /// The channel that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`]
    pub fn channel(&self, written: &str) -> Result<ChannelCode, Why> {
        self.resolve(ListName::Channels, written).map(ChannelCode::new)
    }

    /// The area that a code, name or alias stands for.
    ///
    /// # Errors
    /// [`Why::UnknownCode`]
    pub fn area(&self, written: &str) -> Result<AreaCode, Why> {
        self.resolve(ListName::Areas, written).map(AreaCode::new)
    }

    /// The family of a channel.
    pub fn channel_family(&self, channel: &ChannelCode) -> Option<ChannelFamily> {
        self.entry(ListName::Channels, channel.as_str())?.details.family
    }

    /// The departments that wait for somebody to confirm or merge them.
    pub fn unverified(&self) -> impl Iterator<Item = &CodeEntry> {
        let entries = self.entries(ListName::Departments);
        entries.filter(|entry| entry.details.unverified && entry.successor.is_none())
    }

    /// The entries of a list that are written most alike, the nearest first, at most three.
    pub fn nearest(&self, list: ListName, written: &str) -> Vec<&CodeEntry> {
        let key = name::normalise(written);
        let mut scored: Vec<(f64, &str)> = self
            .names
            .iter()
            .filter(|((of, _), _)| *of == list)
            .filter_map(|((_, name), code)| {
                let score = strsim::sorensen_dice(&key, name).max(strsim::jaro(&key, name) * 0.8);
                (score > 0.4).then_some((score, code.as_str()))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let mut nearest: Vec<&CodeEntry> = Vec::new();
        for entry in scored.iter().filter_map(|(_, code)| self.entry(list, code)) {
            if !nearest.iter().any(|known| known.code == entry.code) {
                nearest.push(entry);
            }
            if nearest.len() == 3 {
                break;
            }
        }
        nearest
    }
}
