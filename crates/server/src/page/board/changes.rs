//! What changed between two days, project by project: the lists behind the numbers of a comparison.

use super::super::form::Form;
use super::super::layout::{Page, html_with};
use super::super::show;
use super::super::texts::Texts;
use super::super::visit::{self, Visit};
use super::days::{DayField, Days};
use super::kind::{Kind, OUTSIDE, changes_address, flows, place};
use crate::app::App;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use shortboard_domain::access::Sight;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::fault::Why;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ChangeQuery, ChangedProject, Flow, Passage, Standing};

/// How many projects a page has.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "board_changes.html")]
struct ChangesPage {
    page: Page,
    t: Texts,
    day: String,
    today: String,
    since: Option<String>,
    fields: [DayField; 2],
    errors: Vec<(&'static str, String)>,
    /// The kind or the stages asked for, which the form carries along.
    asked: Vec<(&'static str, String)>,
    to_board: String,
    /// What is shown; nothing where a parameter is wrong.
    shown: Option<Shown>,
}

struct Shown {
    tabs: Vec<Tab>,
    /// From which stage to which, where that is asked for.
    between: Option<(&'static str, &'static str)>,
    count: String,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// A kind of change to choose.
struct Tab {
    label: &'static str,
    href: String,
    count: String,
    is_here: bool,
}

/// A project that changed.
struct Row {
    href: String,
    name: String,
    area: String,
    region: String,
    kinds: String,
    before: &'static str,
    before_label: &'static str,
    after: &'static str,
    after_label: &'static str,
    has_moved: bool,
    /// Total investment, planned and arrived funding, each on both days, 万元.
    money: [[String; 2]; 3],
    difference: String,
}

/// What is asked for beside the days.
#[derive(Debug, Default)]
struct Asked {
    kind: Option<Kind>,
    stages: Option<(Option<Stage>, Option<Stage>)>,
    faults: Vec<(&'static str, String)>,
}

impl Asked {
    fn read(visit: &Visit) -> Self {
        let mut asked = Self::default();
        let t = visit.texts();
        if let Some(word) = visit.query.given("kind") {
            asked.kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
            if asked.kind.is_none() {
                asked.faults.push(("", t.changes_unknown_kind().to_owned()));
            }
        }
        let stage = |name: &str| match visit.query.given(name) {
            Some(OUTSIDE) => Ok(Some(None)),
            Some(word) => {
                let known = Stage::ALL.iter().find(|stage| stage.as_str() == word);
                known.map(|stage| Some(Some(*stage))).ok_or(())
            }
            None => Ok(None),
        };
        match (stage("before"), stage("after")) {
            (Ok(Some(before)), Ok(Some(after))) => asked.stages = Some((before, after)),
            (Ok(None), Ok(None)) => {}
            _ => asked.faults.push(("", t.changes_unknown_stage().to_owned())),
        }
        asked
    }

    fn is_wanted(&self, passage: Passage) -> bool {
        let inside = |stage: Option<Stage>| stage.filter(|stage| *stage != Stage::Cancelled);
        let by_kind = self.kind.is_none_or(|kind| kind.is(passage));
        // What was cancelled and comes back was not in the library.
        let by_stages = self.stages.is_none_or(|(before, after)| {
            inside(passage.before) == inside(before) && passage.after == after
        });
        by_kind && by_stages
    }

    /// The passages asked for; none for all.
    fn passages(&self) -> Vec<Passage> {
        match (self.kind, self.stages) {
            (None, None) => Vec::new(),
            _ => Passage::all()
                .filter(|passage| !passage.kinds().is_empty() && self.is_wanted(*passage))
                .collect(),
        }
    }
}

/// Lists what changed between two days.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let t = visit.texts();
    let days = Days::of_changes(&app, &visit);
    let asked = Asked::read(&visit);
    let after = visit.query.given("cursor").map(|cursor| cursor.parse::<i64>());
    let after = after.transpose().map_err(|_| ("", Why::NotACursor.message(visit.lang)));
    let mut errors = days.faults();
    errors.extend(asked.faults.iter().cloned());
    errors.extend(after.as_ref().err().cloned());
    let (status, shown) = match (days.since, after) {
        (Some(since), Ok(after)) if errors.is_empty() => {
            let between = (since, days.day);
            let shown = shown(&app, &visit, &sight, between, &asked, after.unwrap_or(0)).await?;
            (StatusCode::OK, Some(shown))
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let carried = ["kind", "before", "after"];
    let carried = carried.map(|name| (name, visit.query.get(name).to_owned()));
    let mut board = Form(Vec::new());
    if days.day != days.today {
        board.0.push(("as_of".into(), days.day.to_string()));
    }
    board.0.extend(days.since.map(|since| ("since".into(), since.to_string())));
    html_with(
        status,
        &ChangesPage {
            page: Page::new(&visit, t.changes_title()),
            t,
            day: days.day.to_string(),
            today: days.today.to_string(),
            since: days.since.map(|since| since.to_string()),
            fields: days.fields.clone(),
            errors,
            asked: carried.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            to_board: visit::address("/board", &board),
            shown,
        },
    )
}

async fn shown(
    app: &App,
    visit: &Visit,
    sight: &Sight,
    between: (Date, Date),
    asked: &Asked,
    after: i64,
) -> Result<Shown, Failure> {
    let t = visit.texts();
    let flows = flows(app, visit, sight, between).await?;
    let query = ChangeQuery {
        passages: asked.passages(),
        after,
        limit: ROWS,
        ..ChangeQuery::between(between.0, between.1)
    };
    let page = app.store.changes(sight, &query).await?;
    let lists = app.store.lists();
    let mut rows = Vec::new();
    for item in page.items {
        rows.push(Row::of(item, t, &lists, between)?);
    }
    let at = |cursor: Option<i64>| {
        let mut query = visit.query.without(&["cursor"]);
        query.0.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor.to_string())));
        visit::address(&visit.path, &query)
    };
    Ok(Shown {
        tabs: tabs(t, &flows, between, asked),
        between: asked.stages.map(|(before, after)| (place(before, t).1, place(after, t).1)),
        count: show::count(page.projects),
        rows,
        next: page.next.map(|next| at(Some(next))),
        first: (after > 0).then(|| at(None)),
    })
}

fn tabs(t: Texts, flows: &[Flow], between: (Date, Date), asked: &Asked) -> Vec<Tab> {
    let count = |wanted: &dyn Fn(Passage) -> bool| {
        let made = flows.iter().filter(|flow| wanted(flow.passage));
        show::count(made.map(|flow| flow.projects).sum())
    };
    let all = Tab {
        label: t.compare_all(),
        href: changes_address(between, &[]),
        count: count(&|_| true),
        is_here: asked.kind.is_none() && asked.stages.is_none(),
    };
    let tab = |kind: Kind| Tab {
        label: kind.label(t),
        href: changes_address(between, &[("kind", kind.as_str())]),
        count: count(&|passage| kind.is(passage)),
        is_here: asked.kind == Some(kind),
    };
    [all].into_iter().chain(Kind::ALL.map(tab)).collect()
}

/// What the list reads of a card.
#[derive(Debug, Deserialize)]
struct Card {
    name: String,
    area: String,
    region: String,
}

impl Row {
    fn of(
        item: ChangedProject,
        t: Texts,
        lists: &CodeLists,
        (from, to): (Date, Date),
    ) -> Result<Self, Failure> {
        let card: Card = serde_json::from_str(&item.card).map_err(|error| {
            tracing::error!(%error, "a card does not read");
            Failure::Internal
        })?;
        let day = if item.after.is_some() { to } else { from };
        let name = |list: ListName, code: &str| show::label(lists, list, code, day, t);
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.is(item.passage));
        let of = |money: fn(&Standing) -> Option<SignedMoney>| {
            [&item.before, &item.after].map(|standing| {
                let money = standing.as_ref().and_then(money);
                money.map(|money| show::wan(money.fen())).unwrap_or_default()
            })
        };
        let total = |standing: &Option<Standing>| {
            standing.as_ref().and_then(|standing| standing.total_investment).map(SignedMoney::fen)
        };
        let difference = match (total(&item.before), total(&item.after)) {
            (Some(before), Some(after)) if after > before => {
                format!("+{}", show::wan(after - before))
            }
            (Some(before), Some(after)) => show::wan(after - before),
            _ => String::new(),
        };
        let (before, before_label) = place(item.passage.before, t);
        let (after, after_label) = place(item.passage.after, t);
        Ok(Self {
            href: format!("/projects/{}?as_of={day}", item.id),
            name: card.name,
            area: name(ListName::Areas, &card.area),
            region: name(ListName::Regions, &card.region),
            kinds: show::listed(t, kinds.map(|kind| kind.label(t).to_owned())),
            before,
            before_label,
            after,
            after_label,
            has_moved: item.passage.before != item.passage.after,
            money: [
                of(|standing| standing.total_investment),
                of(|standing| Some(standing.planned_funding)),
                of(|standing| Some(standing.arrived_funding)),
            ],
            difference,
        })
    }
}
