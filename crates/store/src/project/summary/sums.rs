//! The sums of a summary, and how the database carries them.

use crate::error::StoreError;
use sea_orm::{QueryResult, TryGetable};
use shortboard_domain::money::SignedMoney;
use std::collections::BTreeMap;

/// Sums are carried in two parts, millions of fen and the rest, so that no sum overflows the
/// database's integers.
const PART: i64 = 1_000_000;

/// The sums of a row, all but the counts in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub projects: i64,
    pub inferred: i64,
    /// Projects with a total.
    pub with_total: i64,
    pub total: i128,
    pub planned: i128,
    pub arrived: i128,
    /// Of the planned, what belongs to projects with a total: the gap is the total less this.
    pub covered: i128,
}

/// The rows of a summary by their keys.
pub(super) type Table = BTreeMap<Vec<Option<String>>, Sums>;

impl Sums {
    /// The columns that hold sums.
    pub const COLUMNS: [&str; 11] = [
        "projects",
        "inferred",
        "with_total",
        "total_high",
        "total_low",
        "planned_high",
        "planned_low",
        "arrived_high",
        "arrived_low",
        "covered_high",
        "covered_low",
    ];

    /// The values of the columns, in their order.
    pub fn values(self) -> [i64; 11] {
        let part = i128::from(PART);
        // At most 10^18 fen a project: the parts fit for many more projects than there may be.
        let high = |fen: i128| i64::try_from(fen / part).unwrap_or(i64::MAX);
        let low = |fen: i128| i64::try_from(fen % part).unwrap_or(i64::MAX);
        [
            self.projects,
            self.inferred,
            self.with_total,
            high(self.total),
            low(self.total),
            high(self.planned),
            low(self.planned),
            high(self.arrived),
            low(self.arrived),
            high(self.covered),
            low(self.covered),
        ]
    }

    /// The sums that some values of the columns tell.
    pub fn of(values: [i64; 11]) -> Self {
        let [projects, inferred, with_total, money @ ..] = values;
        let [total, planned, arrived, covered] =
            [0, 2, 4, 6].map(|at| whole(money[at], money[at + 1]));
        Self { projects, inferred, with_total, total, planned, arrived, covered }
    }

    /// Reads the columns.
    pub fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let mut values = [0; Self::COLUMNS.len()];
        for (value, name) in values.iter_mut().zip(Self::COLUMNS) {
            *value = i64::try_get_by(row, name)?;
        }
        Ok(Self::of(values))
    }

    /// A sum that is known where any project has a total, and never of a channel.
    pub fn known(&self, by_channel: bool, fen: i128) -> Option<SignedMoney> {
        (self.with_total > 0 && !by_channel).then(|| SignedMoney::from_fen(fen))
    }

    pub fn add(&mut self, more: Self) {
        self.projects += more.projects;
        self.inferred += more.inferred;
        self.with_total += more.with_total;
        self.total += more.total;
        self.planned += more.planned;
        self.arrived += more.arrived;
        self.covered += more.covered;
    }

    /// So many times these sums; -1 takes them away.
    pub fn times(self, times: i64) -> Self {
        let fen = i128::from(times);
        Self {
            projects: self.projects * times,
            inferred: self.inferred * times,
            with_total: self.with_total * times,
            total: self.total * fen,
            planned: self.planned * fen,
            arrived: self.arrived * fen,
            covered: self.covered * fen,
        }
    }
}

pub(super) fn counted(of: &str) -> String {
    format!("CAST(SUM({of}) AS BIGINT)")
}

pub(crate) fn high(column: &str) -> String {
    format!("CAST(COALESCE(SUM({column} / {PART}), 0) AS BIGINT)")
}

pub(crate) fn low(column: &str) -> String {
    format!("CAST(COALESCE(SUM({column} % {PART}), 0) AS BIGINT)")
}

pub(super) fn high_name(name: &str) -> String {
    format!("{name}_high")
}

pub(super) fn low_name(name: &str) -> String {
    format!("{name}_low")
}

pub(crate) fn sum(row: &QueryResult, name: &str) -> Result<i128, StoreError> {
    let part = |name: String| i64::try_get_by(row, name.as_str());
    Ok(whole(part(high_name(name))?, part(low_name(name))?))
}

fn whole(high: i64, low: i64) -> i128 {
    i128::from(high) * i128::from(PART) + i128::from(low)
}
