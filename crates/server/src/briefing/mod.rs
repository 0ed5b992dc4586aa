//! The briefing 补短板项目推进情况: the figures of a day in sentences and tables, as a Word document
//! and as a page.

mod amount;
mod annex;
pub mod api;
mod attention;
mod card;
mod change;
mod docx;
mod figures;
mod html;
mod overall;
mod paper;
mod parts;
mod question;
mod tables;
mod viewer;
mod writer;

pub use docx::docx;
pub use html::alone;
pub use paper::{Block, Paper};
pub use question::{Annex, Part, Question, Written};

use crate::page::Texts;
use crate::problem::Failure;
use figures::Figures;
use shortboard_domain::access::{Drafts, Sight};
use shortboard_domain::lang::Lang;
use shortboard_store::Store;
use viewer::Viewer;

/// The briefing of what a sight lets somebody see: accepted projects alone, whatever else they see.
///
/// # Errors
/// [`Failure::Unavailable`], [`Failure::Internal`]
pub async fn briefing(
    store: &Store,
    sight: &Sight,
    question: &Question,
    lang: Lang,
) -> Result<Paper, Failure> {
    let accepted = Sight { scope: sight.scope.clone(), drafts: Drafts::None };
    let figures = Figures::gather(store, &accepted, question).await?;
    let lists = store.lists();
    let viewer = Viewer {
        t: Texts(lang),
        lists: &lists,
        question,
        figures: &figures,
        scope: &accepted.scope,
        sees_drafts: sight.drafts != Drafts::None,
    };
    Ok(writer::write(viewer, store))
}
