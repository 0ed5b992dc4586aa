//! What belongs to no project, against what the registry's own chain tells of it: accounts, tokens,
//! code lists, documents and their targets.

use crate::error::StoreError;
use crate::reference::targets_digest;
use crate::row::{account, audit_record as record, code_entry, target, token};
use crate::time::NEVER;
use crate::trail;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use shortboard_domain::codelist::CodeEntry;
use shortboard_domain::target::Target;
use std::collections::BTreeMap;

/// What the chain tells, folded up.
#[derive(Default)]
struct Told {
    /// Of each account: role, scope, whether they are given, and whether it is disabled.
    accounts: BTreeMap<String, Standing>,
    /// Of each token: its account, and whether it is revoked.
    tokens: BTreeMap<i64, (String, bool)>,
    /// Of each list and code: the newest entry.
    codes: BTreeMap<(String, String), String>,
    /// Of each document: the digest of its targets.
    targets: BTreeMap<String, String>,
}

/// Role, scope, whether they are given, and whether the account is disabled.
type Standing = (String, String, bool, bool);

/// What does not agree, a sentence each.
pub(crate) async fn problems(db: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let records = record::Entity::find()
        .filter(record::Column::Chain.eq(trail::REGISTRY))
        .order_by_asc(record::Column::Seq)
        .all(db)
        .await?;
    let mut told = Told::default();
    for record in &records {
        told.take(record);
    }
    let mut problems = Vec::new();
    differing("account", &told.accounts, &accounts(db).await?, &mut problems);
    differing("token", &told.tokens, &tokens(db).await?, &mut problems);
    differing("code", &told.codes, &codes(db).await?, &mut problems);
    differing("targets of", &told.targets, &targets(db).await?, &mut problems);
    Ok(problems)
}

impl Told {
    fn take(&mut self, record: &record::Model) {
        let body: Value = serde_json::from_str(&record.body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = record.subject.clone();
        match record.action.as_str() {
            "add_account" => {
                // Records from before roles were given apart do not say so.
                let given = body[2].as_bool().unwrap_or(true);
                self.accounts.insert(name, (text(&body[0]), text(&body[1]), given, false));
            }
            "give_role" => {
                if let Some(account) = self.accounts.get_mut(&name) {
                    (account.0, account.1, account.2) = (text(&body[0]), text(&body[1]), true);
                }
            }
            "disable_account" | "reset_account" => {
                let disabled = record.action == "disable_account";
                if let Some(account) = self.accounts.get_mut(&name) {
                    account.3 = disabled;
                }
                for token in self.tokens.values_mut().filter(|token| disabled && token.0 == name) {
                    token.1 = true;
                }
            }
            "issue_token" => {
                self.tokens.insert(body.as_i64().unwrap_or_default(), (name, false));
            }
            "revoke_token" => {
                let token = name.parse().ok().and_then(|id: i64| self.tokens.get_mut(&id));
                if let Some(token) = token {
                    token.1 = true;
                }
            }
            "set_code_list" => {
                let entries: Vec<CodeEntry> = serde_json::from_value(body).unwrap_or_default();
                for entry in entries {
                    let text = serde_json::to_string(&entry).unwrap_or_default();
                    self.codes.insert((name.clone(), entry.code), text);
                }
            }
            "add_document" => {
                self.targets.insert(name, text(&body[1]));
            }
            _ => {}
        }
    }
}

async fn accounts(db: &impl ConnectionTrait) -> Result<BTreeMap<String, Standing>, StoreError> {
    let rows = account::Entity::find().all(db).await?;
    let told = |row: account::Model| {
        (row.name, (row.role, row.scope, row.role_given, row.disabled_at.is_some()))
    };
    Ok(rows.into_iter().map(told).collect())
}

async fn tokens(db: &impl ConnectionTrait) -> Result<BTreeMap<i64, (String, bool)>, StoreError> {
    let accounts = account::Entity::find().all(db).await?;
    let names: BTreeMap<i64, String> = accounts.into_iter().map(|row| (row.id, row.name)).collect();
    let rows = token::Entity::find().all(db).await?;
    let told = |row: token::Model| {
        let name = names.get(&row.account_id).cloned().unwrap_or_default();
        (row.id, (name, row.revoked_at.is_some()))
    };
    Ok(rows.into_iter().map(told).collect())
}

async fn codes(
    db: &impl ConnectionTrait,
) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let rows = code_entry::Entity::find()
        .filter(code_entry::Column::RecordedTo.eq(NEVER))
        .order_by_asc(code_entry::Column::EffectiveFrom)
        .all(db)
        .await?;
    // Of several periods of a code, the last one is the newest.
    Ok(rows.into_iter().map(|row| ((row.list, row.code), row.entry)).collect())
}

async fn targets(db: &impl ConnectionTrait) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = target::Entity::find().order_by_asc(target::Column::Position).all(db).await?;
    let mut targets: BTreeMap<String, Vec<Target>> = BTreeMap::new();
    for row in rows {
        let target = serde_json::from_str(&row.body)
            .map_err(|error| StoreError::inconsistent("target.body", error))?;
        targets.entry(row.document).or_default().push(target);
    }
    Ok(targets
        .into_iter()
        .map(|(document, targets)| (document, targets_digest(&targets)))
        .collect())
}

fn differing<K: Ord + std::fmt::Debug, V: PartialEq>(
    what: &str,
    told: &BTreeMap<K, V>,
    there: &BTreeMap<K, V>,
    problems: &mut Vec<String>,
) {
    let keys = told.keys().chain(there.keys()).collect::<std::collections::BTreeSet<_>>();
    for key in keys {
        match (told.get(key), there.get(key)) {
            (Some(told), Some(there)) if told == there => {}
            (Some(_), Some(_)) => {
                problems.push(format!("{what} {key:?} is not what the chain tells"))
            }
            (Some(_), None) => problems.push(format!("{what} {key:?} is missing")),
            (None, _) => problems.push(format!("{what} {key:?}: the chain has no record")),
        }
    }
}
