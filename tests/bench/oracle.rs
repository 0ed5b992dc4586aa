//! The oracle: what the registry must answer, worked out from all its cards held in memory.

use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// The filters that take a code, by the name of their parameter.
pub const FACETS: [&str; 8] =
    ["stage", "filing", "area", "region", "group", "department", "channel", "start_year"];

/// What summaries count by.
pub const DIMENSIONS: [&str; 6] = ["stage", "area", "region", "group", "channel", "department"];

/// A source of money; sums in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub channel: String,
    pub amount: i128,
    pub arrived: i128,
}

/// What a card says, as far as questions turn on it. Money is fen.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub id: i64,
    pub number: String,
    pub code: String,
    pub name: String,
    pub owner: String,
    pub stage: String,
    pub filing: String,
    pub area: String,
    /// The region where it counts, then the others.
    pub regions: Vec<String>,
    pub group: Option<String>,
    pub departments: Vec<String>,
    pub start_year: Option<String>,
    pub total: Option<i128>,
    pub gap: Option<i128>,
    pub sources: Vec<Source>,
    pub inferred: bool,
    pub updated_at: Timestamp,
}

impl Known {
    /// Reads a card.
    pub fn of(card: &Value) -> Self {
        let text = |field: &str| card[field].as_str().unwrap_or_default().to_owned();
        let list = |field: &str| card[field].as_array().into_iter().flatten();
        let start = card["actual"]["start"].as_str().or(card["planned"]["start"].as_str());
        let sources = list("funding").map(|source| Source {
            channel: source["channel"].as_str().unwrap_or_default().to_owned(),
            amount: fen(&source["amount"]).unwrap_or(0),
            arrived: fen(&source["arrived"]).unwrap_or(0),
        });
        let also_in = list("also_in").filter_map(|code| code.as_str().map(str::to_owned));
        let departments = list("departments").filter_map(|one| one["code"].as_str());
        Self {
            id: card["id"].as_i64().unwrap_or(-1),
            number: text("registry_number"),
            code: text("code"),
            name: text("name"),
            owner: card["owner_unit"]["name"].as_str().unwrap_or_default().to_owned(),
            stage: text("stage"),
            filing: text("filing"),
            area: text("area"),
            regions: [text("region")].into_iter().chain(also_in).collect(),
            group: card["group"].as_str().map(str::to_owned),
            departments: departments.map(str::to_owned).collect(),
            start_year: start.map(|start| start.chars().take(4).collect()),
            total: fen(&card["total_investment"]),
            gap: fen(&card["gap"]),
            sources: sources.collect(),
            inferred: card["stage_basis"] == "inferred",
            updated_at: text("updated_at").parse().unwrap_or_default(),
        }
    }

    /// The sum of its sources.
    pub fn planned(&self) -> i128 {
        self.sources.iter().map(|source| source.amount).sum()
    }

    /// What has arrived of them.
    pub fn arrived(&self) -> i128 {
        self.sources.iter().map(|source| source.arrived).sum()
    }

    /// What is searched: name, owner unit, code and number, letters and digits alone, in lower case.
    pub fn search(&self) -> String {
        let parts = [&self.name, &self.owner, &self.code, &self.number];
        parts.map(|part| plain(part)).join(" ")
    }

    /// The values under which it counts by a dimension; a blank one where it has none.
    fn keys(&self, dimension: &str) -> Vec<Option<String>> {
        let some = |value: &String| vec![Some(value.clone())];
        let mut keys = match dimension {
            "stage" => some(&self.stage),
            "area" => some(&self.area),
            "region" => self.regions.first().map(some).unwrap_or_default(),
            "group" => self.group.iter().cloned().map(Some).collect(),
            "department" => self.departments.iter().cloned().map(Some).collect(),
            _ => self.sources.iter().map(|source| Some(source.channel.clone())).collect(),
        };
        keys.sort();
        keys.dedup();
        if keys.is_empty() { vec![None] } else { keys }
    }
}

/// Whether a project has this value.
pub fn has(card: &Known, facet: &str, value: &str) -> bool {
    match facet {
        "stage" => card.stage == value,
        "filing" => card.filing == value,
        "area" => card.area == value,
        // A list by region is of the projects that count there.
        "region" => card.regions.first().is_some_and(|region| region == value),
        "group" => card.group.as_deref() == Some(value),
        "department" => card.departments.iter().any(|department| department == value),
        "channel" => card.sources.iter().any(|source| source.channel == value),
        _ => card.start_year.as_deref() == Some(value),
    }
}

/// Whether a project lies in a region, also partly: what its county sees.
pub fn lies_in(card: &Known, region: &str) -> bool {
    card.regions.iter().any(|own| own == region)
}

/// Money of the API in fen.
pub fn fen(value: &Value) -> Option<i128> {
    value.as_str()?.replace('.', "").parse().ok()
}

/// The letters and digits of a text in lower case, as far as the benchmark's own texts go.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The orders of a list.
pub const SORTS: [&str; 6] = [
    "-total_investment",
    "total_investment",
    "name",
    "updated_at",
    "-updated_at",
    "registry_number",
];

/// Puts projects in an order of the list: blanks last, ties by number in the order's direction.
pub fn sort(cards: &mut [&Known], order: &str) {
    match order {
        "-total_investment" => cards.sort_by_key(|card| std::cmp::Reverse((card.total, card.id))),
        "total_investment" => {
            cards.sort_by_key(|card| (card.total.is_none(), card.total, card.id));
        }
        "name" => cards.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id))),
        "updated_at" => cards.sort_by_key(|card| (card.updated_at, card.id)),
        "-updated_at" => cards.sort_by_key(|card| std::cmp::Reverse((card.updated_at, card.id))),
        _ => cards.sort_by(|a, b| a.number.cmp(&b.number)),
    }
}

/// A row of a summary, in fen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    pub count: i64,
    pub total: Option<i128>,
    pub planned: i128,
    pub arrived: i128,
    pub gap: Option<i128>,
    pub inferred: i64,
}

/// A summary: rows by their keys.
pub type Table = BTreeMap<Vec<Option<String>>, Sums>;

/// What a summary of these projects must say.
pub fn summary<'a>(cards: impl Iterator<Item = &'a Known>, by: &[&str]) -> Table {
    let by_channel = by.contains(&"channel");
    let mut table = Table::new();
    for card in cards {
        let mut all = vec![Vec::new()];
        for dimension in by {
            let keys = card.keys(dimension);
            let longer = |before: &Vec<Option<String>>| {
                let longer =
                    keys.iter().map(|key| [&before[..], std::slice::from_ref(key)].concat());
                longer.collect::<Vec<_>>()
            };
            all = all.iter().flat_map(longer).collect();
        }
        for keys in all {
            let channel = by.iter().zip(&keys).find(|(by, _)| **by == "channel");
            let counts = |source: &&Source| {
                channel.is_none_or(|(_, channel)| channel.as_ref() == Some(&source.channel))
            };
            let planned =
                card.sources.iter().filter(counts).map(|source| source.amount).sum::<i128>();
            let arrived =
                card.sources.iter().filter(counts).map(|source| source.arrived).sum::<i128>();
            let row = table.entry(keys).or_default();
            row.count += 1;
            row.inferred += i64::from(card.inferred);
            row.planned += planned;
            row.arrived += arrived;
            if let Some(total) = card.total.filter(|_| !by_channel) {
                row.total = Some(row.total.unwrap_or(0) + total);
                row.gap = Some(row.gap.unwrap_or(0) + total - card.planned());
            }
        }
    }
    table
}

/// What a summary of the API says.
pub fn read_summary(answer: &Value, by: &[&str]) -> Table {
    let rows = answer["rows"].as_array().into_iter().flatten();
    let read = |row: &Value| {
        let keys = by.iter().map(|dimension| row[*dimension].as_str().map(str::to_owned));
        let sums = Sums {
            count: row["count"].as_i64().unwrap_or(-1),
            total: fen(&row["total_investment"]),
            planned: fen(&row["planned_funding"]).unwrap_or(-1),
            arrived: fen(&row["arrived_funding"]).unwrap_or(-1),
            gap: fen(&row["gap"]),
            inferred: row["inferred"].as_i64().unwrap_or(-1),
        };
        (keys.collect(), sums)
    };
    rows.map(read).collect()
}
