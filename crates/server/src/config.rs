//! Settings: from the defaults, a TOML file, the environment and the command line, the later ones
//! first.

use crate::cli::Common;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shortboard_store::{Clock, Setup, Store};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Every setting; each is a key of the TOML file and, behind `SHORTBOARD_`, an environment
/// variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `sqlite://PATH` or `postgres://…`; `shortboard.db` in the data folder by default.
    pub database_url: Option<String>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The folder of the database and the signing key.
    pub data_dir: PathBuf,
    /// What is logged: a filter such as `info` or `shortboard=debug`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// The address people reach the server under; what it listens on by default.
    pub public_url: Option<String>,
    /// Proxies, a comma list of addresses, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: String,
    /// The zone whose days are the registry's days.
    pub time_zone: String,
    /// Connections for reading; on PostgreSQL half as many again for writing.
    pub connections: u32,
}

/// How lines are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("data"),
            // Else the driver passes on what PostgreSQL remarks, and migrations what they look for.
            log: "info,sea_orm_migration=warn,sqlx=warn".into(),
            log_format: LogFormat::Text,
            public_url: None,
            trusted_proxies: String::new(),
            time_zone: "Asia/Shanghai".into(),
            connections: 8,
        }
    }
}

/// A setting that is unknown or wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`ConfigError`] naming the setting that is unknown or wrong.
    pub fn read(common: &Common) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = &common.config {
            if !path.is_file() {
                return Err(ConfigError(format!(
                    "the settings file {} is missing",
                    path.display()
                )));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        figment = figment.merge(Env::prefixed("SHORTBOARD_").ignore(&["config"]));
        if let Some(url) = &common.database {
            figment = figment.merge(("database_url", url));
        }
        let settings: Self = figment.extract().map_err(|error| {
            let sentences: Vec<String> = error.into_iter().map(|error| sentence(&error)).collect();
            ConfigError(sentences.join("; "))
        })?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let url = self.url();
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|kind| url.starts_with(kind)) {
            return Err(ConfigError(
                "the setting database_url must begin with sqlite:// or postgres://".into(),
            ));
        }
        if let Some(url) = &self.public_url
            && !["http://", "https://"].iter().any(|kind| url.starts_with(kind))
        {
            return Err(ConfigError(
                "the setting public_url must begin with http:// or https://".into(),
            ));
        }
        self.zone()?;
        self.proxies()?;
        if !(2..=1000).contains(&self.connections) {
            return Err(ConfigError("the setting connections must lie between 2 and 1000".into()));
        }
        Ok(())
    }

    /// Where the database is.
    pub fn url(&self) -> String {
        let default = || format!("sqlite://{}", self.data_dir.join("shortboard.db").display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// Where the database is, for people to read.
    pub fn url_without_password(&self) -> String {
        let url = self.url();
        match (url.find("://"), url.rfind('@')) {
            (Some(kind), Some(at)) => format!("{}{}", &url[..kind + 3], &url[at + 1..]),
            _ => url,
        }
    }

    /// The registry's time zone.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn zone(&self) -> Result<TimeZone, ConfigError> {
        TimeZone::get(&self.time_zone).map_err(|_| {
            ConfigError(format!("the setting time_zone names no time zone: {}", self.time_zone))
        })
    }

    /// The proxies that are believed.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn proxies(&self) -> Result<Vec<std::net::IpAddr>, ConfigError> {
        let texts = self.trusted_proxies.split(',').map(str::trim).filter(|text| !text.is_empty());
        texts
            .map(|text| {
                text.parse().map_err(|_| {
                    ConfigError(format!("the setting trusted_proxies holds no address: {text}"))
                })
            })
            .collect()
    }

    /// Opens the store; nothing is migrated.
    ///
    /// # Errors
    /// [`ConfigError`], or what the store says.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let setup = Setup {
            url: self.url(),
            connections: self.connections,
            clock: clock(),
            zone: self.zone()?,
        };
        let store = Store::open(setup).await;
        store.map_err(|error| anyhow::anyhow!("{}: {error}", self.url_without_password()))
    }
}

/// The one place that asks the clock; all else takes time as an argument.
#[allow(clippy::disallowed_methods)]
fn clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

fn sentence(error: &figment::Error) -> String {
    use figment::error::Kind;
    let name = error.path.join(".");
    let from = error.metadata.as_ref().map(|from| format!(" ({})", from.name)).unwrap_or_default();
    match &error.kind {
        // A parser's message goes on with a drawing of the line.
        Kind::Message(what) if name.is_empty() => {
            let what = what.lines().next().unwrap_or_default();
            format!("the settings cannot be read: {what}{from}")
        }
        Kind::UnknownField(field, _) => format!("there is no setting {field}{from}"),
        Kind::InvalidType(actual, expected) => {
            format!("the setting {name} takes {expected}, not {actual}{from}")
        }
        kind => format!("the setting {name} is wrong: {kind}{from}"),
    }
}
