//! The papers: the briefing, chosen, read, printed and taken away; and the list as workbooks.

use super::form::Form;
use super::layout::{Page, html, html_with};
use super::texts::Texts;
use super::visit::{self, Visit};
use crate::app::App;
use crate::briefing::{self, Annex, Block, Paper, Part, Question, Written};
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan;
use shortboard_domain::fault::Fault;
use shortboard_domain::input::Faults;

/// Something to choose.
struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// A link that is often wanted.
struct Link {
    label: String,
    href: String,
}

#[derive(Template)]
#[template(path = "papers.html")]
struct PapersPage {
    page: Page,
    t: Texts,
    today: String,
    as_of: String,
    since: String,
    issuer: String,
    parts: Vec<Choice>,
    annex: Vec<Choice>,
    errors: Vec<(&'static str, String)>,
    quick: Vec<Link>,
    workbooks: Vec<Link>,
}

#[derive(Template)]
#[template(path = "briefing.html")]
struct BriefingPage {
    page: Page,
    t: Texts,
    paper: Paper,
    is_linked: bool,
    document: String,
    choose: String,
}

/// Shows what papers there are, and what a briefing may hold.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    visit.caller()?.sight()?;
    match asked(&app, &visit) {
        Ok(question) => choices(&app, &visit, &question, Vec::new()),
        Err((question, faults)) => choices(&app, &visit, &question, faults),
    }
}

/// Shows the briefing as a page.
pub async fn read(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let question = match asked(&app, &visit) {
        Ok(question) => question,
        Err((question, faults)) => return choices(&app, &visit, &question, faults),
    };
    let paper = briefing::briefing(&app.store, &sight, &question, visit.lang).await?;
    let pairs = Form(question.pairs());
    html(&BriefingPage {
        page: Page::new(&visit, paper.title.clone()),
        t: visit.texts(),
        paper,
        is_linked: true,
        document: visit::address("/papers/briefing.docx", &pairs),
        choose: visit::address("/papers", &pairs),
    })
}

/// Gives the briefing as a Word document.
pub async fn document(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let question = match asked(&app, &visit) {
        Ok(question) => question,
        Err((question, faults)) => return choices(&app, &visit, &question, faults),
    };
    let paper = briefing::briefing(&app.store, &sight, &question, visit.lang).await?;
    Ok(briefing::api::file(briefing::docx(&paper, visit.lang)?, &question))
}

/// What is asked for; with what is wrong, what can be read of it.
fn asked(app: &App, visit: &Visit) -> Result<Question, (Question, Vec<Fault>)> {
    let given = |name: &str| visit.query.given(name).map(str::to_owned);
    let parts: Vec<&str> = visit.query.all("parts").collect();
    let written = Written {
        as_of: given("as_of"),
        since: given("since"),
        parts: (!parts.is_empty()).then(|| parts.join(",")),
        annex: given("annex"),
        issuer: given("issuer"),
    };
    let mut faults = Faults::default();
    let question = Question::read(&written, app.store.today(), &mut faults);
    faults.finish(()).map_err(|faults| (question.clone(), faults))?;
    Ok(question)
}

fn choices(
    app: &App,
    visit: &Visit,
    question: &Question,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let today = app.store.today();
    let message = |fault: Fault| {
        let field = ["as_of", "since", "parts", "annex", "issuer"]
            .into_iter()
            .find(|name| fault.pointer.trim_start_matches('/') == *name);
        (field.unwrap_or_default(), fault.why.message(visit.lang))
    };
    let errors: Vec<(&'static str, String)> = faults.into_iter().map(message).collect();
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    // What was typed stays, also where it is wrong.
    let typed = |name: &str, read: String| match visit.query.given(name) {
        Some(typed) => typed.to_owned(),
        None => read,
    };
    html_with(
        status,
        &PapersPage {
            page: Page::new(visit, t.papers_title()),
            t,
            today: today.to_string(),
            as_of: typed("as_of", question.day.to_string()),
            since: typed("since", String::new()),
            issuer: typed("issuer", String::new()),
            parts: Part::ALL
                .into_iter()
                .map(|part| Choice {
                    word: part.as_str(),
                    label: part_label(part, t),
                    is_chosen: question.has(part),
                })
                .collect(),
            annex: Annex::ALL
                .into_iter()
                .map(|annex| Choice {
                    word: annex.as_str(),
                    label: annex_label(annex, t),
                    is_chosen: question.annex == annex,
                })
                .collect(),
            errors,
            quick: quick(t, today),
            workbooks: workbooks(t),
        },
    )
}

/// Briefings that are often wanted: of today, against the beginning of a time.
fn quick(t: Texts, today: jiff::civil::Date) -> Vec<Link> {
    let quarter = today.first_of_month().with().month((today.month() - 1) / 3 * 3 + 1).build();
    let days = [
        (t.board_month_begin(), today.first_of_month()),
        (t.board_quarter_begin(), quarter.unwrap_or(today)),
        (t.board_year_begin(), today.first_of_year()),
        (t.board_year_ago(), today.saturating_sub(1.year())),
    ];
    let earlier = days.into_iter().filter(|(_, day)| *day < today);
    earlier
        .map(|(label, day)| {
            let question = Question { since: Some(day), ..Question::of_day(today) };
            Link {
                label: format!("{label} ({day})"),
                href: visit::address("/papers/briefing", &Form(question.pairs())),
            }
        })
        .collect()
}

fn workbooks(t: Texts) -> Vec<Link> {
    let book = |label: &str, query: &[(&str, &str)]| {
        let pairs =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Link { label: label.to_owned(), href: visit::address("/projects.xlsx", &Form(pairs)) }
    };
    vec![
        book(t.papers_one_sheet(), &[]),
        book(t.papers_by_stage(), &[("sheets", "stage")]),
        book(t.papers_by_region(), &[("sheets", "region")]),
    ]
}

fn part_label(part: Part, t: Texts) -> &'static str {
    match part {
        Part::Stage => t.brief_by_stage(),
        Part::Area => t.brief_by_area(),
        Part::Region => t.brief_by_region(),
        Part::Group => t.brief_by_group(),
        Part::Funding => t.brief_money_part(),
        Part::Change => t.papers_part_change(),
        Part::Attention => t.brief_attention(),
    }
}

fn annex_label(annex: Annex, t: Texts) -> &'static str {
    match annex {
        Annex::Stage => t.papers_annex_stage(),
        Annex::Area => t.papers_annex_area(),
        Annex::None => t.papers_annex_none(),
    }
}
