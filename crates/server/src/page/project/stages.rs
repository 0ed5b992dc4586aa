//! A project's way through the stages: the line of all stages, and the moves that were recorded.

use super::history::local;
use super::words::Words;
use super::{Errors, Opened};
use crate::app::App;
use crate::page::form::Form;
use crate::page::visit::Visit;
use shortboard_domain::access::Action;
use shortboard_domain::project::{Project, StageMove};
use shortboard_domain::stage::{Stage, StageBasis};

/// The line, the moves, and what a registrar may do about them.
#[derive(Debug, Clone)]
pub struct StagesView {
    /// The stages in their order, with 停缓建 and 终止 where the project stands there.
    pub steps: Vec<StepView>,
    /// The moves, oldest first.
    pub moves: Vec<MoveView>,
    /// Whether a move can be corrected.
    pub any_correctable: bool,
    /// The form that confirms an inferred stage.
    pub confirmation: Option<Confirmation>,
}

/// A stage of the line.
#[derive(Debug, Clone)]
pub struct StepView {
    /// Its word.
    pub word: &'static str,
    /// Its label.
    pub label: &'static str,
    /// `done`, `current` or `next`.
    pub state: &'static str,
    /// That in words.
    pub state_label: &'static str,
    /// The day on which it was reached.
    pub since: String,
    /// The document it rests on.
    pub document: String,
    /// Whether it is only inferred.
    pub is_inferred: bool,
}

/// A recorded move.
#[derive(Debug, Clone)]
pub struct MoveView {
    /// The day it happened.
    pub on: String,
    /// The stage it left.
    pub from: &'static str,
    /// The stage it led to, as a word.
    pub to_word: &'static str,
    /// The stage it led to.
    pub to: &'static str,
    /// The document.
    pub document: String,
    /// The wording an inferred stage rests on.
    pub quote: String,
    /// The reason.
    pub reason: String,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub recorded: String,
    /// Whether it has been restated.
    pub is_corrected: bool,
    /// Whether it is only inferred.
    pub is_inferred: bool,
    /// Where it is corrected.
    pub correct: Option<String>,
}

/// The form that confirms an inferred stage.
#[derive(Debug, Clone, Default)]
pub struct Confirmation {
    /// What was typed.
    pub typed: Form,
    /// What is wrong with it.
    pub errors: Errors,
}

/// The stages of a project. `confirmation` is a form that was refused; `acts` tells whether anything
/// can be done at all.
pub fn view(
    (app, visit): (&App, &Visit),
    opened: &Opened,
    shown: &Project,
    (acts, confirmation): (bool, Option<Confirmation>),
) -> StagesView {
    let words = opened.words(app, visit);
    let may = |action| acts && opened.project.unlocked().is_ok() && opened.may(visit, action);
    let corrects = may(Action::CorrectStage);
    let moves: Vec<MoveView> = shown
        .moves
        .iter()
        .map(|step| {
            let correctable = corrects && opened.history.may_restate(step.id, None).is_ok();
            let lang = words.t.0;
            MoveView {
                on: step.on.to_string(),
                from: step.from.map(|from| from.label(lang)).unwrap_or_default(),
                to_word: step.to.as_str(),
                to: step.to.label(lang),
                document: step.basis.as_ref().map(|d| words.document(d)).unwrap_or_default(),
                quote: step.quote.clone().unwrap_or_default(),
                reason: step.reason.clone().unwrap_or_default(),
                by: step.recorded_by.clone(),
                recorded: local(app, step.recorded_at),
                is_corrected: step.corrected,
                is_inferred: step.stage_basis == StageBasis::Inferred,
                correct: correctable.then(|| format!("/projects/{}/stage/{}", shown.id, step.id)),
            }
        })
        .collect();
    let confirms = may(Action::MoveStage) && opened.project.stage_basis() == StageBasis::Inferred;
    StagesView {
        steps: steps(words, shown),
        any_correctable: moves.iter().any(|step| step.correct.is_some()),
        moves,
        confirmation: confirms.then(|| confirmation.unwrap_or_default()),
    }
}

/// The line: the order, and behind the stage it left, 停缓建 or 终止.
fn steps(words: Words<'_>, project: &Project) -> Vec<StepView> {
    let is_off = project.stage.rank().is_none();
    let reached = project.moves.iter().rev().find_map(|step| step.to.rank()).unwrap_or(0);
    let mut line = Vec::new();
    for (rank, stage) in Stage::ORDER.into_iter().enumerate() {
        let state = match rank {
            _ if rank == reached && !is_off => "current",
            _ if rank <= reached => "done",
            _ => "next",
        };
        let into = project.moves.iter().rev().find(|step| step.to == stage && rank <= reached);
        line.push(step(words, stage, state, into));
        if is_off && rank == reached {
            line.push(step(words, project.stage, "current", project.moves.last()));
        }
    }
    line
}

fn step(words: Words<'_>, stage: Stage, state: &'static str, into: Option<&StageMove>) -> StepView {
    let t = words.t;
    let document = into.and_then(|step| step.basis.as_ref());
    StepView {
        word: stage.as_str(),
        label: stage.label(t.0),
        state,
        state_label: match state {
            "done" => t.step_done(),
            "current" => t.step_current(),
            _ => t.step_next(),
        },
        since: into.map(|step| step.on.to_string()).unwrap_or_default(),
        document: document.map(|document| words.document(document)).unwrap_or_default(),
        is_inferred: into.is_some_and(|step| step.stage_basis == StageBasis::Inferred),
    }
}
