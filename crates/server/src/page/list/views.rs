//! Views of the list that people save: a name and a link.

use crate::app::App;
use crate::page::form::Form;
use crate::page::layout::done_at;
use crate::page::visit::Visit;
use crate::problem::Failure;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use shortboard_domain::access::Action;
use shortboard_domain::text;

/// The longest name of a view, characters.
const LONGEST_NAME: usize = 60;

/// The longest query of a view, bytes.
const LONGEST_QUERY: usize = 4000;

/// Saves a view.
pub async fn save(State(app): State<App>, visit: Visit, form: Form) -> Result<Response, Failure> {
    let permit = visit.caller()?.permit(Action::UseDesk)?;
    let name = text::clean(form.get("name"), LONGEST_NAME);
    let name = name.map_err(|why| Failure::invalid("/name", why))?;
    let query: String = form.get("query").chars().take(LONGEST_QUERY).collect();
    let back = format!("/projects?{query}");
    let saved = app.store.write(permit, move |tx| {
        let (name, query) = (name.clone(), query.clone());
        Box::pin(async move { tx.save_view(&name, &query).await })
    });
    saved.await?;
    Ok(Redirect::to(&back).into_response())
}

/// Removes a view.
pub async fn remove(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Response, Failure> {
    let permit = visit.caller()?.permit(Action::UseDesk)?;
    let removed = app.store.write(permit, move |tx| Box::pin(tx.remove_view(id)));
    removed.await?;
    Ok(done_at("/projects", "removed"))
}
