//! The briefing as a page of its own, without the registry around it: a file that people keep.

use super::paper::{Block, Paper};
use crate::problem::Failure;
use askama::Template;

/// The style sheet of the page, which the file carries along.
const STYLE: &str = include_str!("../../assets/paper.css");

#[derive(Template)]
#[template(path = "briefing_alone.html")]
struct Alone<'a> {
    paper: &'a Paper,
    style: &'static str,
    /// Links lead nowhere from a file.
    is_linked: bool,
}

/// The briefing as one file.
///
/// # Errors
/// [`Failure::Internal`] when it cannot be written.
pub fn alone(paper: &Paper) -> Result<String, Failure> {
    Alone { paper, style: STYLE, is_linked: false }.render().map_err(|error| {
        tracing::error!(%error, "the briefing could not be written");
        Failure::Internal
    })
}
