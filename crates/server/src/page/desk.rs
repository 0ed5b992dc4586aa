//! The desk: what waits for whoever is signed in, each with the list that shows it.

use super::form::Form;
use super::layout::{Page, html};
use super::list::{Card, cards};
use super::show;
use super::texts::Texts;
use super::visit::{self, Visit};
use crate::app::App;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::access::{Action, Role, Scope, Sight};
use shortboard_domain::codelist::ListName;
use shortboard_domain::filing::Filing;
use shortboard_domain::need::Need;
use shortboard_store::project::{ListFilter, ListQuery, Sort};

/// How many returned projects are told with their reasons, and how many recent ones.
const TOLD: u64 = 8;

/// Something that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its words.
    pub label: &'static str,
    /// What is to be done about it.
    pub hint: &'static str,
    /// The list that shows it.
    pub href: String,
    /// How many.
    pub count: String,
    /// Whether there is nothing to do.
    pub is_none: bool,
}

/// A project that is told by name.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its stage: word and label.
    pub stage: (&'static str, &'static str),
    /// Where it lies.
    pub region: String,
    /// When it last changed, or why it was sent back.
    pub about: String,
}

/// A form that was left unfinished.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Where it goes on.
    pub href: String,
    /// The name typed so far.
    pub name: String,
    /// When it was kept.
    pub kept_on: String,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    page: Page,
    t: Texts,
    greeting: String,
    scope: String,
    is_pending: bool,
    waiting: Vec<Waiting>,
    returned: Vec<Told>,
    unfinished: Vec<Unfinished>,
    recent: Vec<Told>,
    ways: Vec<(&'static str, &'static str)>,
}

/// Shows the desk.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let account = visit.account.clone().ok_or(Failure::Unauthenticated)?;
    let t = visit.texts();
    let mut page = DeskPage {
        page: Page::new(&visit, t.nav_desk()),
        t,
        greeting: account.name.clone(),
        scope: scope(&app, &visit, &account.scope),
        is_pending: !account.role_given,
        waiting: Vec::new(),
        returned: Vec::new(),
        unfinished: Vec::new(),
        recent: Vec::new(),
        ways: ways(&visit),
    };
    let Ok(caller) = visit.caller() else { return html(&page) };
    if let Ok(sight) = caller.sight() {
        for (label, hint, path, query) in questions(&visit, &account.name, &account.scope) {
            page.waiting.push(waiting(&app, &sight, label, hint, path, query).await?);
        }
        if visit.may(Action::RegisterProject) {
            page.returned = returned(&app, &visit, &sight, &account.name).await?;
            page.unfinished = unfinished(&app, account.id).await?;
        }
        page.recent = recent(&app, &visit, &sight).await?;
    }
    if visit.may(Action::GiveRoles) {
        page.waiting.push(without_role(&app, t).await?);
    }
    if visit.may(Action::KeepDepartments) {
        page.waiting.push(unverified_departments(&app, t).await?);
    }
    html(&page)
}

/// The accounts that wait for a role.
async fn without_role(app: &App, t: Texts) -> Result<Waiting, Failure> {
    let accounts = app.store.accounts().await?;
    let count = accounts.iter().filter(|account| !account.role_given).count();
    let words = (t.desk_without_role(), t.desk_without_role_hint());
    Ok(Waiting::counted(words, "/accounts", count))
}

/// The departments that ledgers named and no list has.
async fn unverified_departments(app: &App, t: Texts) -> Result<Waiting, Failure> {
    let count = app.store.reload_lists().await?.unverified().count();
    let words = (t.departments_title(), t.desk_departments_hint());
    Ok(Waiting::counted(words, "/departments", count))
}

impl Waiting {
    /// What is counted to the last, with its words and their hint.
    fn counted((label, hint): (&'static str, &'static str), href: &str, count: usize) -> Self {
        let is_none = count == 0;
        Self { label, hint, href: href.to_owned(), count: count.to_string(), is_none }
    }
}

/// What may wait for a role: words, hint, the list's path and query.
type Question = (&'static str, &'static str, &'static str, Vec<(&'static str, String)>);

fn questions(visit: &Visit, name: &str, scope: &str) -> Vec<Question> {
    let t = visit.texts();
    let own =
        |filing: Filing| vec![("filing", filing.as_str().to_owned()), ("author", name.to_owned())];
    let need = |need: Need| vec![("need", need.as_str().to_owned())];
    let drafts = (t.desk_drafts(), t.desk_drafts_hint(), "/projects", own(Filing::Draft));
    let returned = (t.desk_returned(), t.desk_returned_hint(), "/projects", own(Filing::Returned));
    let facts = (t.desk_facts(), t.desk_facts_hint(), "/projects", need(Need::Facts));
    let overdue = (t.desk_overdue(), t.desk_overdue_hint(), "/projects", need(Need::Overdue));
    let stuck = (t.desk_stuck(), t.desk_stuck_hint(), "/projects", need(Need::Stuck));
    let money = |path| {
        [
            (t.desk_untagged(), t.desk_untagged_hint(), path, need(Need::Funding)),
            (t.desk_gap(), t.desk_gap_hint(), path, need(Need::Gap)),
            (t.desk_excess(), t.desk_excess_hint(), path, need(Need::Excess)),
        ]
    };
    match visit.role() {
        Some(Role::Registrar) => {
            let submitted = vec![("filing", Filing::Submitted.as_str().to_owned())];
            let review = (t.desk_review(), t.desk_review_hint(), "/projects", submitted);
            let confirm = need(Need::Confirmation);
            let confirm = (t.desk_confirm(), t.desk_confirm_hint(), "/projects", confirm);
            let is_city = Scope::from_stored(scope) == Some(Scope::City);
            let review = is_city.then_some(review);
            let rest = [drafts, returned, facts, confirm, overdue, stuck];
            review.into_iter().chain(rest).chain(money("/projects")).collect()
        }
        Some(Role::Reporter) => {
            let sent = (t.desk_sent(), t.desk_sent_hint(), "/projects", own(Filing::Submitted));
            vec![drafts, returned, sent, facts]
        }
        Some(Role::Finance) => money("/funding").into_iter().collect(),
        Some(Role::Leader | Role::Supervisor) => {
            let [untagged, gap, excess] = money("/projects");
            vec![overdue, stuck, untagged, gap, excess, facts]
        }
        _ => Vec::new(),
    }
}

async fn waiting(
    app: &App,
    sight: &Sight,
    label: &'static str,
    hint: &'static str,
    path: &str,
    query: Vec<(&'static str, String)>,
) -> Result<Waiting, Failure> {
    let mut filter = ListFilter::default();
    for (name, value) in &query {
        match *name {
            "filing" => filter.filing = value.parse().into_iter().collect(),
            "need" => filter.need = value.parse().into_iter().collect(),
            _ => filter.author = vec![value.clone()],
        }
    }
    let count = app.store.count(sight, &filter).await?;
    let more = if count.exact { "" } else { "+" };
    let query = query.into_iter().map(|(name, value)| (name.to_owned(), value));
    Ok(Waiting {
        label,
        hint,
        href: visit::address(path, &Form(query.collect())),
        count: format!("{}{more}", show::count(count.value)),
        is_none: count.value == 0,
    })
}

/// The projects of the visitor's that were sent back, with the reason.
async fn returned(
    app: &App,
    visit: &Visit,
    sight: &Sight,
    name: &str,
) -> Result<Vec<Told>, Failure> {
    let filter = ListFilter {
        filing: vec![Filing::Returned],
        author: vec![name.to_owned()],
        ..ListFilter::default()
    };
    let query = ListQuery { filter, limit: TOLD, sort: Sort::NewestChange, ..Default::default() };
    let mut told = Vec::new();
    for card in cards(&app.store.projects(sight, &query).await?.cards)? {
        let history = app.store.history(sight, card.id).await?;
        let reason = history.and_then(|history| history.current()?.returned_because);
        told.push(tell(app, visit, &card, reason.unwrap_or_default()));
    }
    Ok(told)
}

/// The projects in sight that changed last.
async fn recent(app: &App, visit: &Visit, sight: &Sight) -> Result<Vec<Told>, Failure> {
    let query = ListQuery { limit: TOLD, sort: Sort::NewestChange, ..Default::default() };
    let found = cards(&app.store.projects(sight, &query).await?.cards)?;
    let day = |card: &Card| card.updated_at.get(..10).unwrap_or_default().to_owned();
    Ok(found.iter().map(|card| tell(app, visit, card, day(card))).collect())
}

fn tell(app: &App, visit: &Visit, card: &Card, about: String) -> Told {
    let (lists, day) = (app.store.lists(), app.store.today());
    Told {
        id: card.id,
        name: card.name.clone(),
        stage: (card.stage.as_str(), card.stage.label(visit.lang)),
        region: show::label(&lists, ListName::Regions, &card.region, day, visit.texts()),
        about,
    }
}

/// The forms that the visitor left unfinished.
async fn unfinished(app: &App, account: i64) -> Result<Vec<Unfinished>, Failure> {
    let mut unfinished = Vec::new();
    for kept in app.store.kept_forms(account).await? {
        let form = Form::read(kept.fields.as_bytes()).unwrap_or_default();
        let path = match kept.subject.as_str() {
            "new" => "/projects/new".to_owned(),
            id => format!("/projects/{id}/edit"),
        };
        unfinished.push(Unfinished {
            href: format!("{path}?kept={}", kept.id),
            name: form.get("name").to_owned(),
            kept_on: app.store.day_of(kept.kept_at).to_string(),
        });
    }
    Ok(unfinished)
}

/// What else a role begins its day with.
fn ways(visit: &Visit) -> Vec<(&'static str, &'static str)> {
    let t = visit.texts();
    let ways = [
        (visit.may(Action::RegisterProject), "/projects/new", t.nav_register()),
        (visit.may(Action::TagFunding), "/funding", t.nav_funding()),
        (visit.may(Action::ReadProjects), "/board", t.nav_board()),
        (visit.may(Action::ReadProjects), "/projects", t.nav_projects()),
        (visit.may(Action::KeepAccounts), "/accounts", t.nav_accounts()),
        (visit.may(Action::GiveRoles), "/accounts", t.nav_accounts()),
        (visit.may(Action::KeepDepartments), "/departments", t.nav_departments()),
        (visit.may(Action::ReadTrail), "/audit", t.nav_audit()),
    ];
    let shown = ways.into_iter().filter(|(is_shown, ..)| *is_shown);
    shown.map(|(_, href, label)| (href, label)).collect()
}

/// The scope in words.
fn scope(app: &App, visit: &Visit, stored: &str) -> String {
    let t = visit.texts();
    let label =
        |list, code: &str| show::label(&app.store.lists(), list, code, app.store.today(), t);
    match Scope::from_stored(stored) {
        Some(Scope::Region(code)) => label(ListName::Regions, code.as_str()),
        Some(Scope::Department(code)) => label(ListName::Departments, code.as_str()),
        Some(Scope::Group(code)) => label(ListName::Groups, code.as_str()),
        _ => t.desk_whole_city().to_owned(),
    }
}
