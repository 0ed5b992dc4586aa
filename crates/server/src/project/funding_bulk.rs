//! Tagging many projects at once: all or nothing, and first as a trial.

use super::funding::{NewFunding, source};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{self, Body, Caller};
use crate::json::escaped;
use crate::params::{FilterParams, names_of};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shortboard_domain::access::{Action, Scope, Sight};
use shortboard_domain::card::Warning;
use shortboard_domain::decision::{Refusal, effective_day};
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::funding::FundingSource;
use shortboard_domain::input::Faults;
use shortboard_domain::lang::Lang;
use shortboard_domain::money::SignedMoney;
use shortboard_store::{StoreError, Tx};
use utoipa::ToSchema;

/// The most projects tagged at once.
pub const MOST: usize = 1000;

/// Which projects get which source.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// The list's filters by name, values as in the query. Either this or `ids`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Map<String, Value>>,
    /// The projects' numbers. Either this or `filter`.
    #[serde(default)]
    ids: Option<Vec<i64>>,
    /// The source each of them gets.
    #[schema(value_type = NewFunding)]
    source: Value,
    /// Whether it is only tried.
    #[serde(default)]
    dry_run: bool,
}

/// What tagging many does, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// Whether it was only tried.
    dry_run: bool,
    /// How many projects get the source.
    count: usize,
    /// What changes.
    items: Vec<BulkItem>,
}

/// What changes for one project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkItem {
    /// The project.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its version afterwards; in a trial, as it is.
    pub version: i64,
    /// The number of the new source; blank in a trial.
    funding_id: Option<u32>,
    /// The gap before.
    pub gap_before: Option<SignedMoney>,
    /// The gap afterwards.
    pub gap_after: Option<SignedMoney>,
    /// What is worth a second look.
    pub warnings: Vec<Warning>,
}

/// Tag many projects
///
/// All or nothing. With `dry_run` nothing is written and the answer says what would change.
#[utoipa::path(
    post,
    path = "/api/v1/funding/bulk",
    tag = "funding",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer")),
    request_body = BulkBody,
    responses(
        (status = 200, body = BulkAnswer),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn tag(State(app): State<App>, caller: Caller, body: Body) -> Result<Answer, Failure> {
    let sight = caller.sight()?;
    caller.permit(Action::TagFunding)?;
    let bulk: BulkBody = body.read()?;
    let ids = ids(&app, &sight, &bulk).await?;
    // Leave is asked for each project; one without it fails all.
    let mut permit = caller.permit(Action::TagFunding)?;
    for id in &ids {
        let history = app.store.history(&sight, *id).await?.ok_or(Failure::NotFound)?;
        permit = caller.permit_on(Action::TagFunding, &history)?;
    }
    let (source, day) = source(bulk.source.clone(), &app.store.lists())
        .map_err(|faults| under("/source", faults))?;
    let day = effective_day("/source/effective_on", day, app.store.today())?;
    let (lang, key, dry_run) = (caller.lang, body.idempotency_key(), bulk.dry_run);
    let key = key.filter(|_| !dry_run);
    let answer = app.store.write(permit, move |tx| {
        let (ids, source, key) = (ids.clone(), source.clone(), key.clone());
        Box::pin(async move {
            if let Some(key) = &key
                && let Some(answer) = tx.recall::<Answer>(key).await?
            {
                return Ok(answer);
            }
            if dry_run {
                tx.abandon();
            }
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                let mut item = add_to(tx, (id, None), (&source, day), lang).await?;
                if dry_run {
                    item.version -= 1;
                    item.funding_id = None;
                }
                items.push(item);
            }
            let bulk = BulkAnswer { dry_run, count: items.len(), items };
            let answer = Answer::json(StatusCode::OK, &bulk);
            if let Some(key) = &key {
                tx.remember(key, &answer).await?;
            }
            Ok(answer)
        })
    });
    Ok(answer.await?)
}

/// Gives a project, at a version where one is named, a source that holds from a day on.
///
/// # Errors
/// As [`Tx::change`]; faults lie below `/source`.
pub async fn add_to(
    tx: &mut Tx,
    (id, expected): (i64, Option<i64>),
    (source, day): (&FundingSource, Date),
    lang: Lang,
) -> Result<BulkItem, StoreError> {
    let mut before = None;
    let history = tx
        .change(id, expected, |history, project, _| {
            before = project.gap();
            let added = history.add_funding(source.clone(), day);
            added.map(Some).map_err(|refusal| refusal.below("/source"))
        })
        .await?;
    let Some(project) = history.current() else { return Err(StoreError::Missing) };
    let warnings = project.warnings(tx.lists(), tx.today());
    Ok(BulkItem {
        id,
        name: project.facts.name.clone(),
        version: i64::from(history.next_seq() - 1),
        funding_id: project.funding.last().map(|funding| funding.id),
        gap_before: before,
        gap_after: project.gap(),
        warnings: warnings.into_iter().map(|warning| Warning::of(warning, lang)).collect(),
    })
}

/// The numbers of the projects that a filter lets through and that can be tagged from where the
/// caller sits; one more than [`MOST`] tells that there are too many.
///
/// # Errors
/// [`Failure::Invalid`]
pub async fn filtered(
    app: &App,
    sight: &Sight,
    params: &FilterParams,
) -> Result<Vec<i64>, Failure> {
    let mut faults = Faults::default();
    let filter = params.build(&app.store.lists(), &mut faults);
    let mut filter = faults.finish(filter)?;
    // What lies partly in a region is seen from there and tagged from where it counts.
    if let Scope::Region(code) = &sight.scope {
        if !filter.region.is_empty() && !filter.region.contains(code) {
            return Ok(Vec::new());
        }
        filter.region = vec![code.clone()];
    }
    Ok(app.store.project_ids(sight, &filter, MOST as u64 + 1).await?)
}

/// The numbers of the projects meant, in order, each once.
async fn ids(app: &App, sight: &Sight, bulk: &BulkBody) -> Result<Vec<i64>, Failure> {
    let mut ids = match (&bulk.filter, &bulk.ids) {
        (None, Some(ids)) => ids.clone(),
        // "All that I see" is too easily said by leaving something out.
        (Some(filter), None) if filter.values().all(Value::is_null) => {
            return Err(Failure::invalid("/filter", Why::Required));
        }
        (Some(filter), None) => {
            let params: FilterParams =
                texts(filter).and_then(extract::read).map_err(|faults| under("/filter", faults))?;
            filtered(app, sight, &params).await.map_err(|failure| match failure {
                Failure::Invalid(faults) => under("/filter", faults),
                other => other,
            })?
        }
        _ => return Err(Failure::invalid("/ids", Why::Required)),
    };
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST {
        let pointer = if bulk.ids.is_some() { "/ids" } else { "/filter" };
        return Err(Failure::invalid(pointer, Why::TooMany { max: MOST }));
    }
    Ok(ids)
}

/// A filter's values as a query would carry them: lists joined by commas, numbers as text. A name
/// that the list does not take would leave the filter wider than it was meant.
fn texts(filter: &Map<String, Value>) -> Result<Value, Vec<Fault>> {
    let names = names_of::<FilterParams>();
    let mut faults = Faults::default();
    let mut texts = Map::new();
    for (name, value) in filter {
        let at = format!("/{}", escaped(name));
        if !names.contains(name) {
            faults.add(&at, Why::UnknownField);
            continue;
        }
        let text = match value {
            Value::Null => continue,
            Value::Array(values) => {
                let texts = values.iter().enumerate();
                let texts = texts.filter_map(|(i, v)| faults.take(&format!("{at}/{i}"), plain(v)));
                Some(texts.collect::<Vec<_>>().join(","))
            }
            value => faults.take(&at, plain(value)),
        };
        texts.extend(text.map(|text| (name.clone(), text.into())));
    }
    faults.finish(texts.into())
}

fn plain(value: &Value) -> Result<String, Why> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(Why::WrongType { expected: "string" }),
    }
}

/// Faults of a part of the body.
fn under(pointer: &str, faults: Vec<Fault>) -> Failure {
    Refusal::Faults(faults).below(pointer).into()
}
