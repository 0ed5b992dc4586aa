//! The codes that lists filter by, as the registry publishes them.

use crate::client::Connection;
use anyhow::{Context, Result};
use std::sync::Arc;

/// The stages, in order.
pub const STAGES: [&str; 7] =
    ["concept", "reserve", "preparation", "construction", "completed", "operation", "suspended"];

/// A filter's values.
#[derive(Debug, Clone)]
pub struct Facet {
    /// The name of the parameter.
    pub name: &'static str,
    pub values: Vec<String>,
}

/// Every facet but the stage.
#[derive(Debug, Clone, Default)]
pub struct Codes(pub Vec<Facet>);

impl Codes {
    /// Reads the code lists.
    pub async fn read(connection: &mut Connection) -> Result<Self> {
        let mut facets = Vec::new();
        for (name, list) in [
            ("area", "areas"),
            ("region", "regions"),
            ("group", "groups"),
            ("department", "departments"),
            ("channel", "channels"),
        ] {
            let nobody: Arc<str> = "".into();
            let path = format!("/api/v1/codelists/{list}");
            let answer = connection.json(&nobody, path).await?;
            let items = answer["items"].as_array().context("a code list has items")?;
            let codes = items.iter().filter_map(|item| Some(item["code"].as_str()?.to_owned()));
            facets.push(Facet { name, values: codes.collect() });
        }
        Ok(Self(facets))
    }

    /// The values of a facet.
    pub fn of(&self, name: &str) -> &[String] {
        self.0.iter().find(|facet| facet.name == name).map_or(&[], |facet| &facet.values)
    }
}
