//! The rules of the stages and the filing, one by one.

#[cfg(test)]
mod support;

use jiff::civil::Date;
use shortboard_domain::change::Proposal;
use shortboard_domain::decision::{Conflict, Correction, MoveWish, Refusal};
use shortboard_domain::filing::Filing;
use shortboard_domain::matter::{MatterKind, MatterState};
use shortboard_domain::requirement::Fact;
use shortboard_domain::stage::Stage;
use support::*;

fn conflict(refusal: Result<Proposal, Refusal>) -> Option<Conflict> {
    match refusal {
        Err(Refusal::Conflict(conflict)) => Some(conflict),
        _ => None,
    }
}

fn correct(
    at: &Recorder,
    of: u32,
    on: Option<Date>,
    to: Option<Stage>,
) -> Result<Proposal, Refusal> {
    at.history.correct_move(Correction { of, on, to, reason: Some("误录".into()) }, at.today)
}

#[test]
fn the_whole_way_asks_for_its_facts() {
    let mut at = Recorder::new(bare_facts(), None, d(1, 2));
    let missing = |at: &Recorder, to| {
        let wish = MoveWish { to, on: None, basis: None, reason: None };
        match at.project().move_to(wish, at.today) {
            Err(Refusal::Missing(stage, facts)) if stage == to => facts,
            other => panic!("{other:?}"),
        }
    };
    let reserve = vec![
        Fact::Content,
        Fact::OwnerUnit,
        Fact::TotalInvestment,
        Fact::PlannedStart,
        Fact::PlannedFinish,
    ];
    let refused = at.project().submit(at.today);
    assert_eq!(refused, Err(Refusal::Missing(Stage::Reserve, reserve.clone())));
    assert_eq!(at.project().missing(), reserve);
    at.change_facts(&full_facts(), d(1, 2));
    at.accept(d(1, 2));
    assert_eq!(missing(&at, Stage::Preparation), [Fact::PreliminaryMatter]);
    at.begin_matter(d(1, 2));
    at.move_to(Stage::Preparation, d(1, 2));
    let facts = [Fact::Code, Fact::ApprovalDocument, Fact::ActualStart];
    assert_eq!(missing(&at, Stage::Construction), facts);
    at.change_facts(&coded_facts(), d(1, 2));
    at.move_to(Stage::Construction, d(1, 2));
    let facts = [Fact::ActualFinish, Fact::AcceptanceDocument];
    assert_eq!(missing(&at, Stage::Completed), facts);
    assert_eq!(missing(&at, Stage::Suspended), [Fact::Reason]);
    at.move_to(Stage::Completed, d(1, 2));
    assert_eq!(missing(&at, Stage::Operation), [Fact::InUseSince]);
    assert_eq!(missing(&at, Stage::Construction), [Fact::Reason], "a step back");
    at.move_to(Stage::Operation, d(1, 2));
    assert_eq!(at.project().missing(), []);
    let refused = at.project().move_to(wish(Stage::Cancelled, d(1, 2)), at.today);
    assert_eq!(conflict(refused), Some(Conflict::NotAStep), "it is complete");
}

#[test]
fn only_an_acceptance_leads_into_the_reserve() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    let refused = at.project().move_to(wish(Stage::Reserve, d(1, 2)), at.today);
    assert_eq!(conflict(refused), Some(Conflict::AcceptTheFiling));
    assert_eq!(conflict(at.project().accept(None, at.today)), Some(Conflict::NotSubmitted));
    at.go(at.project().submit(at.today)).unwrap();
    let locked = Some(Conflict::Submitted);
    assert_eq!(conflict(at.project().move_to(wish(Stage::Cancelled, d(1, 2)), at.today)), locked);
    let begun =
        at.history.set_matter(MatterKind::EnergyReview, matter(MatterState::Begun), at.today);
    assert_eq!(begun, Err(Refusal::Conflict(Conflict::Submitted)));
    let facts = at.facts_from(&bare_facts(), at.today);
    assert_eq!(facts, Err(Refusal::Conflict(Conflict::Submitted)));
    at.go(at.history.add_funding(source("1"), at.today)).unwrap();
    assert_eq!(
        words(&at.project().send_back(None, at.today).unwrap_err().faults()),
        [("/reason", "required")]
    );
    at.go(at.project().send_back(Some("缺要件".into()), at.today)).unwrap();
    assert_eq!(at.project().returned_because.as_deref(), Some("缺要件"));
    at.accept(d(1, 2));
    assert_eq!(at.project().returned_because, None);
    assert_eq!(conflict(at.project().submit(at.today)), Some(Conflict::NotToSubmit));
}

#[test]
fn what_a_cancellation_stopped_goes_on_where_it_was() {
    let mut at = Recorder::in_reserve();
    at.move_to(Stage::Preparation, d(1, 10));
    at.move_to(Stage::Construction, d(1, 10));
    at.move_to(Stage::Suspended, d(1, 10));
    at.move_to(Stage::Cancelled, d(1, 10));
    assert!(at.project().is_step_back(Stage::Suspended));
    at.move_to(Stage::Suspended, d(1, 10));
    let unreasoned = MoveWish { reason: None, ..wish(Stage::Cancelled, d(1, 10)) };
    let refused = at.project().move_to(unreasoned, at.today);
    assert_eq!(refused, Err(Refusal::Missing(Stage::Cancelled, vec![Fact::Reason])));
    at.move_to(Stage::Construction, d(1, 10));
    assert_eq!(at.project().missing(), []);
}

#[test]
fn a_cancelled_draft_comes_back_as_a_draft() {
    let mut at = Recorder::new(bare_facts(), None, d(1, 2));
    at.move_to(Stage::Cancelled, d(1, 2));
    at.move_to(Stage::Concept, d(1, 2));
    assert_eq!(at.project().filing, Filing::Draft);
}

#[test]
fn an_acceptance_does_not_precede_what_led_to_it() {
    let mut at = Recorder::in_reserve();
    at.today = d(2, 1);
    at.move_to(Stage::Concept, d(1, 20));
    assert_eq!(at.project().filing, Filing::Returned);
    at.go(at.project().submit(at.today)).unwrap();
    let refused = at.project().accept(Some(d(1, 19)), at.today).unwrap_err();
    assert_eq!(words(&refused.faults()), [("/on", "too_early")]);
    at.go(at.project().accept(Some(d(1, 20)), at.today)).unwrap();
}

#[test]
fn a_correction_keeps_the_moves_after_it_in_step() {
    let mut at = Recorder::in_reserve();
    let moved = at.move_to(Stage::Preparation, d(1, 10));
    at.move_to(Stage::Cancelled, d(1, 10));
    at.move_to(Stage::Preparation, d(1, 10));
    let refused = correct(&at, moved, None, Some(Stage::Concept));
    assert_eq!(conflict(refused), Some(Conflict::NotCorrectable), "终止 led back elsewhere");

    let mut at = Recorder::new(full_facts(), Some(inferred(Stage::Completed)), d(1, 2));
    at.move_to(Stage::Construction, d(1, 2));
    let refused = correct(&at, 1, Some(d(1, 2)), Some(Stage::Preparation));
    assert_eq!(conflict(refused), Some(Conflict::NotCorrectable), "a step back becomes one up");

    let mut at = Recorder::in_reserve();
    let left = at.move_to(Stage::Concept, d(1, 10));
    at.accept(d(1, 10));
    let refused = correct(&at, left, None, Some(Stage::Preparation));
    assert_eq!(conflict(refused), Some(Conflict::NotCorrectable), "it has been filed since");

    let mut at = Recorder::new(full_facts(), Some(inferred(Stage::Concept)), d(1, 2));
    at.go(at.project().submit(at.today)).unwrap();
    at.go(at.project().send_back(Some("缺".into()), at.today)).unwrap();
    let refused = correct(&at, 1, None, Some(Stage::Preparation));
    assert_eq!(conflict(refused), Some(Conflict::NotCorrectable), "its filing was returned");
}

#[test]
fn a_placing_corrected_without_a_day_dates_nothing() {
    let at = Recorder::new(full_facts(), Some(inferred(Stage::Preparation)), d(1, 2));
    let refused = correct(&at, 1, None, Some(Stage::Construction));
    assert_eq!(refused, Err(Refusal::Missing(Stage::Construction, vec![Fact::ActualStart])));
    let mut at = at;
    at.go(correct(&at, 1, Some(d(1, 1)), Some(Stage::Construction))).unwrap();
    assert_eq!(at.project().actual.start, "2017-01-01".parse().ok());
}

#[test]
fn a_document_given_once_is_not_missed_again() {
    let mut at = Recorder::in_reserve();
    at.move_to(Stage::Preparation, d(1, 10));
    at.move_to(Stage::Construction, d(1, 10));
    for (there, back) in [
        (Stage::Suspended, Stage::Construction),
        (Stage::Cancelled, Stage::Construction),
        (Stage::Completed, Stage::Construction),
    ] {
        at.move_to(there, d(1, 10));
        let bare = MoveWish { basis: None, ..wish(back, d(1, 10)) };
        at.go(at.project().move_to(bare, at.today)).unwrap();
        assert_eq!(at.project().missing(), [], "back from {there}");
    }
    at.move_to(Stage::Suspended, d(1, 10));
    at.move_to(Stage::Cancelled, d(1, 10));
    at.change_facts(&full_facts(), d(1, 10));
    assert_eq!(at.project().missing(), [Fact::Code], "what construction asks for");
}
