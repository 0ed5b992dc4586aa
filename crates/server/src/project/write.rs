//! What all changes of a project have in common: found in sight, permitted, based on a version,
//! decided by the rules, recorded, and answered once for every repetition of the request.

use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, IfMatch};
use crate::problem::Failure;
use axum::http::StatusCode;
use shortboard_domain::access::{Action, Permit};
use shortboard_domain::decision::Refusal;
use shortboard_domain::fault::Fault;
use shortboard_domain::history::History;
use shortboard_domain::project::Project;
use shortboard_store::project::{Decision, Setting};
use std::str::FromStr;
use std::sync::Arc;

/// A change of one project on its way to the store.
pub struct Change<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    pub id: i64,
    pub if_match: IfMatch,
    pub body: &'a Body,
    /// The status of the answer.
    pub status: StatusCode,
}

impl<'a> Change<'a> {
    /// A change that is answered with 200.
    pub fn new(
        app: &'a App,
        caller: &'a Caller,
        id: i64,
        if_match: IfMatch,
        body: &'a Body,
    ) -> Self {
        Self { app, caller, id, if_match, body, status: StatusCode::OK }
    }

    /// The project's history; 404 when it is not there or out of sight.
    pub async fn history(&self) -> Result<History, Failure> {
        let sight = self.caller.sight()?;
        self.app.store.history(&sight, self.id).await?.ok_or(Failure::NotFound)
    }

    /// Finds the project, asks for leave, and lets the rules decide.
    pub async fn carry_out<D>(self, action: Action, decide: D) -> Result<Answer, Failure>
    where
        D: Fn(&History, &Project, Setting<'_>) -> Decision + Send + Sync + 'static,
    {
        let history = self.history().await?;
        let permit = self.caller.permit_on(action, &history);
        self.carry_out_with(permit, decide).await
    }

    /// Lets the rules decide, with leave that was asked for before. Where there is none any more, a
    /// repeated request is answered as it was the first time.
    pub async fn carry_out_with<D>(
        self,
        permit: Result<Permit, Failure>,
        decide: D,
    ) -> Result<Answer, Failure>
    where
        D: Fn(&History, &Project, Setting<'_>) -> Decision + Send + Sync + 'static,
    {
        let permit = match permit {
            Ok(permit) => permit,
            Err(denied) => return self.recalled().await?.ok_or(denied),
        };
        let expected = self.if_match.required()?;
        let (id, lang, key) = (self.id, self.caller.lang, self.body.idempotency_key());
        let status = self.status;
        let decide = Arc::new(decide);
        let answer = self.app.store.write(permit, move |tx| {
            let (decide, key) = (Arc::clone(&decide), key.clone());
            Box::pin(async move {
                if let Some(key) = &key
                    && let Some(answer) = tx.recall::<Answer>(key).await?
                {
                    return Ok(answer);
                }
                let history = tx.change(id, expected, |h, p, s| decide(h, p, s)).await?;
                let answer = Answer::project(status, &history, tx, lang);
                if let Some(key) = &key {
                    tx.remember(key, &answer).await?;
                }
                Ok(answer)
            })
        });
        Ok(answer.await?)
    }
}

impl Change<'_> {
    /// The answer kept under the request's key.
    async fn recalled(&self) -> Result<Option<Answer>, Failure> {
        match self.body.idempotency_key() {
            Some(key) => Ok(self.app.store.recall(self.caller.actor.name(), &key).await?),
            None => Ok(None),
        }
    }
}

/// A word that a body names, whatever else is wrong with it: what is asked for decides which right
/// it takes and whether the state allows it, and both come before the values.
pub fn word<T: FromStr>(body: &Body, field: &str) -> Option<T> {
    body.value().ok()?.get(field)?.as_str()?.trim().parse().ok()
}

/// The faults of a body as a refusal.
pub fn faults(faults: Vec<Fault>) -> Refusal {
    Refusal::Faults(faults)
}

/// Two readings of one body, or the faults of both.
pub fn both<A, B>(
    a: Result<A, Vec<Fault>>,
    b: Result<B, Vec<Fault>>,
) -> Result<(A, B), Vec<Fault>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut wrong), Err(more)) => {
            wrong.extend(more);
            Err(wrong)
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    }
}
