//! What a project counts for in summaries, and what a write changes of that.

use crate::error::StoreError;
use crate::project::derived::Turn;
use crate::project::facets::{Facets, codes};
use crate::project::version::Version;
use crate::time::NO_END;
use sea_orm::{QueryResult, TryGetable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All of a project that summaries look at; lists of codes are written `,a,b,`, money is fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Profile {
    pub filing: String,
    pub stage: String,
    pub area: String,
    pub region: String,
    pub also_in: String,
    pub group: Option<String>,
    pub departments: String,
    /// Each channel with what is planned and what has arrived of it.
    pub channels: Vec<(String, i64, i64)>,
    pub total: Option<i64>,
    pub planned: i64,
    pub arrived: i64,
    pub inferred: bool,
}

/// What a card says of its sources.
#[derive(Deserialize)]
struct Sources {
    funding: Vec<Funding>,
}

#[derive(Deserialize)]
struct Funding {
    channel: String,
    amount: String,
    arrived: Option<String>,
}

impl Profile {
    /// The columns that a profile is read from. The card tells the channels' money apart, and is
    /// long: it is read where there are several.
    pub const COLUMNS: &str = "filing, stage, area, region, also_in, owner_group, departments, \
        channels, total_investment, planned_funding, arrived_funding, inferred, \
        CASE WHEN channels LIKE ',%,%,' THEN card ELSE '' END AS card";

    /// The profile of a row.
    pub fn of(facets: &Facets) -> Self {
        Self {
            filing: facets.filing.clone(),
            stage: facets.stage.clone(),
            area: facets.area.clone(),
            region: facets.region.clone(),
            also_in: facets.also_in.clone(),
            group: facets.owner_group.clone(),
            departments: facets.departments.clone(),
            channels: by_channel(
                &facets.channels,
                facets.planned_funding,
                facets.arrived_funding,
                &facets.card,
            ),
            total: facets.total_investment,
            planned: facets.planned_funding,
            arrived: facets.arrived_funding,
            inferred: facets.inferred,
        }
    }

    /// The profile in [`Profile::COLUMNS`].
    pub fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let text = |column: &str| String::try_get_by(row, column);
        let (planned, arrived) =
            (i64::try_get_by(row, "planned_funding")?, i64::try_get_by(row, "arrived_funding")?);
        Ok(Self {
            filing: text("filing")?,
            stage: text("stage")?,
            area: text("area")?,
            region: text("region")?,
            also_in: text("also_in")?,
            group: Option::try_get_by(row, "owner_group")?,
            departments: text("departments")?,
            channels: by_channel(&text("channels")?, planned, arrived, &text("card")?),
            total: Option::try_get_by(row, "total_investment")?,
            planned,
            arrived,
            inferred: bool::try_get_by(row, "inferred")?,
        })
    }
}

/// The money of each channel; of several, their card tells it.
fn by_channel(channels: &str, planned: i64, arrived: i64, card: &str) -> Vec<(String, i64, i64)> {
    let mut channels = codes(channels);
    match (channels.next(), channels.next()) {
        (None, _) => Vec::new(),
        (Some(only), None) => vec![(only.to_owned(), planned, arrived)],
        _ => {
            let fen = |text: &str| text.replace('.', "").parse().unwrap_or(0_i64);
            let sources: Option<Sources> = serde_json::from_str(card).ok();
            let mut money: BTreeMap<String, (i64, i64)> = BTreeMap::new();
            for source in sources.into_iter().flat_map(|sources| sources.funding) {
                let (planned, arrived) = money.entry(source.channel).or_default();
                // At most 200 sources of at most 10^16 fen each: it fits.
                *planned += fen(&source.amount);
                *arrived += source.arrived.map_or(0, |text| fen(&text));
            }
            money.into_iter().map(|(code, (planned, arrived))| (code, planned, arrived)).collect()
        }
    }
}

/// What a write changes of one project's part in the summaries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub profiles: Vec<Profile>,
    pub steps: Vec<Step>,
}

/// From when on a profile counts, or no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    /// The first day; empty: as it is today.
    pub day: String,
    /// Which of the profiles.
    pub profile: usize,
    /// How often: 1 from then on, -1 from then on no more.
    pub times: i64,
}

impl Change {
    /// What a turn changes; `None` for nothing.
    pub fn of(turn: &Turn<'_>) -> Option<Self> {
        let mut change = Self::default();
        if let Some(before) = turn.before {
            change.step("", Profile::of(before), -1);
        }
        if let Some(after) = turn.after {
            change.step("", Profile::of(after), 1);
        }
        let ended = turn.ended.iter().map(|version| (version, -1));
        for (version, times) in ended.chain(turn.appended.iter().map(|version| (version, 1))) {
            change.hold(version, times);
        }
        change.steps.retain(|step| step.times != 0);
        (!change.steps.is_empty()).then_some(change)
    }

    fn hold(&mut self, version: &Version, times: i64) {
        let profile = Profile::of(&version.facets);
        if version.effective_to != NO_END {
            self.step(&version.effective_to, profile.clone(), -times);
        }
        self.step(&version.effective_from, profile, times);
    }

    /// Adds a step; what is taken away and given again the same day is none.
    pub fn step(&mut self, day: &str, profile: Profile, times: i64) {
        let known = self.profiles.iter().position(|known| *known == profile);
        let profile = known.unwrap_or_else(|| {
            self.profiles.push(profile);
            self.profiles.len() - 1
        });
        let same = |step: &&mut Step| step.day == day && step.profile == profile;
        match self.steps.iter_mut().find(same) {
            Some(step) => step.times += times,
            None => self.steps.push(Step { day: day.to_owned(), profile, times }),
        }
    }
}
