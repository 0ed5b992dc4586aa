//! What a record keeps of a project's change, and the change read back.

use crate::error::StoreError;
use crate::row::audit_record as record;
use crate::time;
use serde::{Deserialize, Serialize};
use shortboard_domain::change::{Act, Change};

/// The body of the record of a change.
pub(super) fn of(change: &Change) -> String {
    serde_json::to_string(&Body { act: &change.act, import: change.import }).unwrap_or_default()
}

/// What a record keeps of a change. Records from before there were imports name none.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    act: &'a Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<i64>,
}

/// The import that a record's body cites.
#[derive(Deserialize)]
struct Cited {
    #[serde(default)]
    import: Option<i64>,
}

/// The change that a record keeps.
pub(super) fn change_of(row: record::Model) -> Result<Change, StoreError> {
    let effective_on = row.effective_on.unwrap_or_default();
    Ok(Change {
        seq: u32::try_from(row.seq)
            .map_err(|_| StoreError::inconsistent("audit_record.seq", row.seq))?,
        recorded_at: time::timestamp(row.recorded_at, "audit_record.recorded_at")?,
        actor: row.actor,
        effective_on: time::date(&effective_on, "audit_record.effective_on")?,
        act: serde_json::from_str(&row.body)
            .map_err(|error| StoreError::inconsistent("audit_record.body", error))?,
        import: serde_json::from_str::<Cited>(&row.body).ok().and_then(|cited| cited.import),
    })
}
