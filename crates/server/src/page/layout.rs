//! What every page has around it, and how a page becomes an answer.

use super::assets;
use super::form::Form;
use super::texts::Texts;
use super::visit::{self, Visit};
use crate::problem::Failure;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use shortboard_domain::access::Action;
use shortboard_domain::lang::Lang;

/// What pages load: their own style sheet, script and pictures, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// An entry of the main menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Whether it is this page's.
    pub is_here: bool,
}

/// What a page has around it.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language, as HTML names it.
    pub html_lang: &'static str,
    /// The title.
    pub title: String,
    /// Who is signed in.
    pub account: Option<String>,
    /// Their role.
    pub role: &'static str,
    /// What forms carry.
    pub token: String,
    /// The main menu.
    pub menu: Vec<MenuItem>,
    /// This page in the other language.
    pub other_language: String,
    /// The other language, in its own words.
    pub other_language_name: &'static str,
    /// What has just been done.
    pub done: Option<&'static str>,
    /// The edition of style sheet and script.
    pub edition: &'static str,
}

impl Page {
    /// What a page of a title has around it.
    pub fn new(visit: &Visit, title: impl Into<String>) -> Self {
        let t = visit.texts();
        let other = if visit.lang == Lang::Zh { "en" } else { "zh" };
        let mut query = visit.query.without(&["done"]);
        query.0.push(("lang".into(), other.into()));
        Self {
            html_lang: if visit.lang == Lang::Zh { "zh-CN" } else { "en" },
            title: title.into(),
            account: visit.account.as_ref().map(|account| account.name.clone()),
            role: visit.role().map(|role| role.label(visit.lang)).unwrap_or_default(),
            token: visit.token.clone(),
            menu: menu(visit),
            other_language_name: if visit.lang == Lang::Zh { "English" } else { "中文" },
            other_language: visit::address(&visit.path, &query),
            done: visit.query.given("done").and_then(|word| done(t, word)),
            edition: &assets::EDITION,
        }
    }
}

fn menu(visit: &Visit) -> Vec<MenuItem> {
    let t = visit.texts();
    let reads = visit.may(Action::ReadProjects);
    let items = [
        (visit.account.is_some(), "/", t.nav_desk()),
        (reads, "/projects", t.nav_projects()),
        (visit.may(Action::RegisterProject), "/projects/new", t.nav_register()),
        (visit.may_import(), "/imports", t.nav_imports()),
        (reads, "/funding", t.nav_funding()),
        (reads, "/board", t.nav_board()),
        (reads, "/notice", t.nav_notice()),
        (reads, "/papers", t.nav_papers()),
        (visit.may(Action::KeepDepartments), "/departments", t.nav_departments()),
        (
            visit.may(Action::KeepAccounts) || visit.may(Action::GiveRoles),
            "/accounts",
            t.nav_accounts(),
        ),
        (visit.may(Action::ReadTrail), "/audit", t.nav_audit()),
    ];
    let shown = items.into_iter().filter(|(is_shown, ..)| *is_shown);
    let leads_here = |href: &str| {
        visit.path == href || (href.len() > 1 && visit.path.starts_with(&format!("{href}/")))
    };
    let best =
        shown.clone().filter(|(_, href, _)| leads_here(href)).map(|(_, href, _)| href).next_back();
    shown.map(|(_, href, label)| MenuItem { href, label, is_here: Some(href) == best }).collect()
}

/// The sentence for what has been done.
fn done(t: Texts, word: &str) -> Option<&'static str> {
    Some(match word {
        "saved" => t.done_saved(),
        "submitted" => t.done_submitted(),
        "accepted" => t.done_accepted(),
        "returned" => t.done_returned(),
        "moved" => t.done_moved(),
        "confirmed" => t.done_confirmed(),
        "removed" => t.done_removed(),
        "disabled" => t.done_disabled(),
        "role_given" => t.done_role_given(),
        "revoked" => t.done_revoked(),
        "tagged" => t.done_tagged(),
        "password" => t.done_password(),
        "department_confirmed" => t.done_department_confirmed(),
        "department_merged" => t.done_department_merged(),
        "import_discarded" => t.done_import_discarded(),
        _ => return None,
    })
}

/// A page as an answer.
///
/// # Errors
/// [`Failure::Internal`] when it cannot be written.
pub fn html(template: &impl Template) -> Result<Response, Failure> {
    html_with(StatusCode::OK, template)
}

/// A page as an answer with a status.
///
/// # Errors
/// [`Failure::Internal`] when it cannot be written.
pub fn html_with(status: StatusCode, template: &impl Template) -> Result<Response, Failure> {
    let text = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Failure::Internal
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    Ok((status, headers, text).into_response())
}

/// Leads to another page, which says what has been done.
pub fn done_at(path: &str, done: &str) -> Response {
    Redirect::to(&visit::address(path, &Form(vec![("done".into(), done.into())]))).into_response()
}
