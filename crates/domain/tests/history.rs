//! How a project stood on a day, as known at a time: the two axes of its history.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use shortboard_domain::change::{Act, Proposal};
use shortboard_domain::decision::{Conflict, Correction, Refusal};
use shortboard_domain::facts::Facts;
use shortboard_domain::filing::Filing;
use shortboard_domain::history::History;
use shortboard_domain::stage::{Stage, StageBasis};
use support::*;

fn corrected(at: &mut Recorder, of: u32, on: Date) {
    let wish = Correction { of, on: Some(on), to: None, reason: Some("误录".into()) };
    at.go(at.history.correct_move(wish, at.today)).unwrap();
}

fn confirmed(at: &mut Recorder, on: Option<Date>) {
    at.go(at.history.confirm_stage(on, Some(document()), at.today)).unwrap();
}

fn investing(yuan: &str) -> Facts {
    Facts { total_investment: Some(yuan.parse().unwrap()), ..full_facts() }
}

fn stage_at(history: &History, day: Date) -> Option<Stage> {
    history.at(day).map(|project| project.stage)
}

#[test]
fn recorded_in_april_it_began_in_march() {
    let mut at = Recorder::in_reserve();
    at.today = d(2, 1);
    at.move_to(Stage::Preparation, d(2, 1));
    at.today = d(4, 5);
    let began = at.move_to(Stage::Construction, d(3, 15));

    let known_in_march = at.history.known_at(noon(d(3, 31), 0));
    assert_eq!(stage_at(&at.history, d(3, 14)), Some(Stage::Preparation));
    assert_eq!(stage_at(&at.history, d(3, 15)), Some(Stage::Construction));
    assert_eq!(stage_at(&at.history, d(3, 20)), Some(Stage::Construction));
    assert_eq!(stage_at(&known_in_march, d(3, 20)), Some(Stage::Preparation));
    assert_eq!(at.project().actual.start, "2017-03-15".parse().ok());
    let recorded_at = at.history.changes().last().unwrap().recorded_at;
    assert_eq!(at.history.known_at(recorded_at), at.history, "it is known as it is recorded");

    at.today = d(4, 20);
    corrected(&mut at, began, d(3, 18));
    let known_before = at.history.known_at(noon(d(4, 19), 0));
    assert_eq!(stage_at(&at.history, d(3, 16)), Some(Stage::Preparation));
    assert_eq!(stage_at(&at.history, d(3, 18)), Some(Stage::Construction));
    assert_eq!(stage_at(&known_before, d(3, 16)), Some(Stage::Construction));
    assert_eq!(
        stage_at(&at.history.known_at(noon(d(3, 31), 0)), d(3, 20)),
        Some(Stage::Preparation)
    );
    assert_eq!(at.project().actual.start, "2017-03-18".parse().ok());
    assert!(at.project().moves.last().unwrap().corrected);
    assert!(!known_before.current().unwrap().moves.last().unwrap().corrected);

    at.today = d(4, 21);
    corrected(&mut at, began, d(3, 16));
    assert_eq!(stage_at(&at.history, d(3, 16)), Some(Stage::Construction), "the last one counts");
    assert_eq!(stage_at(&at.history.up_to(began), d(3, 15)), Some(Stage::Construction));
}

#[test]
fn a_change_of_the_past_holds_until_the_next_of_its_field() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    at.today = d(3, 1);
    at.change_facts(&investing("3000"), d(3, 1));
    at.today = d(4, 1);
    let facts = Facts { notes: Some("注".into()), ..investing("2000") };
    at.change_facts(&facts, d(2, 1));

    let on = |day| {
        let facts = at.history.at(day).unwrap().facts;
        (facts.total_investment.unwrap().to_string(), facts.notes)
    };
    assert_eq!(on(d(1, 31)), ("1000.00".into(), None));
    assert_eq!(on(d(2, 1)), ("2000.00".into(), Some("注".into())));
    assert_eq!(on(d(2, 28)), ("2000.00".into(), Some("注".into())));
    assert_eq!(on(d(3, 1)), ("3000.00".into(), Some("注".into())));
    assert_eq!(on(d(4, 1)), on(d(3, 1)));
    assert_eq!(at.history.timeline().len(), 3);
}

#[test]
fn changes_of_one_day_apply_as_recorded() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    at.change_facts(&investing("2"), d(1, 2));
    at.change_facts(&investing("3"), d(1, 2));
    assert_eq!(at.history.timeline().len(), 1);
    assert_eq!(at.history.at(d(1, 2)).unwrap().facts, investing("3"));
    assert_eq!(at.history.at(d(1, 1)), None);
}

#[test]
fn the_registration_holds_from_the_beginning() {
    let mut at = Recorder::new(full_facts(), None, d(5, 10));
    at.today = d(5, 20);
    at.change_facts(&investing("2"), d(5, 20));
    at.accept(d(3, 1));

    let reserve = at.history.at(d(3, 1)).unwrap();
    assert_eq!((reserve.stage, reserve.filing), (Stage::Reserve, Filing::Accepted));
    assert_eq!(reserve.facts, investing("2"), "what was accepted is what had been filled in");
    assert_eq!(at.history.at(d(2, 28)), None);
    let known = at.history.known_at(noon(d(5, 19), 0));
    assert_eq!(known.current().unwrap().facts, full_facts());
    for day in [d(5, 10), d(5, 19), d(5, 20), d(6, 1)] {
        let project = at.history.at(day).unwrap();
        assert_eq!((project.stage, project.filing), (Stage::Reserve, Filing::Accepted), "{day}");
    }
    let moves: Vec<_> = reserve.moves.iter().map(|step| (step.to, step.on)).collect();
    assert_eq!(moves, [(Stage::Concept, d(3, 1)), (Stage::Reserve, d(3, 1))]);
    assert_eq!(stage_at(&at.history.known_at(noon(d(5, 19), 0)), d(5, 15)), Some(Stage::Concept));
}

#[test]
fn an_acceptance_outweighs_the_submission_it_precedes() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    at.today = d(2, 1);
    at.go(at.project().submit(at.today)).unwrap();
    at.go(at.project().send_back(Some("缺".into()), at.today)).unwrap();
    at.today = d(3, 1);
    at.accept(d(1, 15));
    for (day, filing) in [
        (d(1, 14), Filing::Draft),
        (d(1, 15), Filing::Accepted),
        (d(2, 1), Filing::Accepted),
        (d(3, 1), Filing::Accepted),
    ] {
        let project = at.history.at(day).unwrap();
        assert_eq!((project.filing, project.returned_because), (filing, None), "{day}");
    }
    let known = at.history.known_at(noon(d(2, 28), 0));
    assert_eq!(known.at(d(2, 1)).unwrap().filing, Filing::Returned);
}

#[test]
fn an_inferred_stage_stands_until_it_is_confirmed() {
    let mut at = Recorder::new(full_facts(), Some(inferred(Stage::Construction)), d(8, 6));
    assert_eq!(at.project().stage_basis(), StageBasis::Inferred);
    assert_eq!(at.project().filing, Filing::Accepted);
    assert_eq!(at.project().actual.start, None, "the day of the notice is none");
    at.today = d(9, 1);
    confirmed(&mut at, Some(d(6, 1)));
    let project = at.project();
    assert_eq!(project.stage_basis(), StageBasis::Recorded);
    assert_eq!(project.actual.start, "2017-06-01".parse().ok());
    assert_eq!(project.moves[0].basis, Some(document()));
    assert_eq!(stage_at(&at.history, d(6, 1)), Some(Stage::Construction));
    let again = at.history.confirm_stage(None, None, at.today);
    assert_eq!(again, Err(Refusal::Conflict(Conflict::NotInferred)));
    let known = at.history.known_at(noon(d(8, 31), 0)).current().unwrap();
    assert_eq!(known.stage_basis(), StageBasis::Inferred);
}

#[test]
fn a_placing_restated_touches_the_beginning_that_funding_put_earlier() {
    let mut at = Recorder::new(full_facts(), Some(inferred(Stage::Preparation)), d(8, 6));
    // The rules allow no such funding; a history that has it is told all the same.
    let act = Act::AddFunding { id: 1, source: source("1") };
    at.record(Proposal { effective_on: d(2, 1), act });
    let mut other = at.clone();
    confirmed(&mut at, None);
    assert_eq!(at.history.touches_from(at.history.changes().last().unwrap()), d(2, 1));
    confirmed(&mut other, Some(d(8, 1)));
    assert_eq!(other.history.touches_from(other.history.changes().last().unwrap()), d(2, 1));
    corrected(&mut other, 1, d(8, 2));
    assert_eq!(other.history.at(d(2, 1)).unwrap().moves[0].on, d(8, 2));
}

#[test]
fn a_move_put_later_touches_the_day_it_was_thought_to_be() {
    let mut at = Recorder::in_reserve();
    at.today = d(4, 5);
    let moved = at.move_to(Stage::Preparation, d(3, 15));
    corrected(&mut at, moved, d(3, 18));
    assert_eq!(at.history.touches_from(at.history.changes().last().unwrap()), d(3, 15));
    corrected(&mut at, moved, d(3, 10));
    assert_eq!(at.history.touches_from(at.history.changes().last().unwrap()), d(3, 10));
}

#[test]
fn corrections_stay_between_their_neighbours() {
    let mut at = Recorder::in_reserve();
    at.today = d(4, 5);
    let prepared = at.move_to(Stage::Preparation, d(2, 1));
    let began = at.move_to(Stage::Construction, d(3, 1));
    let refused = |of, on, reason: Option<&str>| {
        let wish = Correction { of, on: Some(on), to: None, reason: reason.map(str::to_owned) };
        let refusal = at.history.correct_move(wish, at.today).unwrap_err();
        let faults = refusal.faults();
        faults.into_iter().map(|fault| (fault.pointer, fault.why.code())).next()
    };
    let on = |word| Some(("/on".to_owned(), word));
    assert_eq!(refused(prepared, d(3, 2), Some("误")), on("too_late"));
    assert_eq!(refused(prepared, d(1, 9), Some("误")), on("too_early"));
    assert_eq!(refused(began, d(4, 6), Some("误")), on("in_the_future"));
    assert_eq!(refused(began, d(4, 1), None), Some(("/reason".to_owned(), "required")));
    let wish = Correction { of: 99, on: None, to: None, reason: Some("误".into()) };
    assert_eq!(at.history.correct_move(wish, at.today), Err(Refusal::NoSuchPart));
    let first = Correction { of: 1, on: Some(d(1, 1)), to: None, reason: Some("误".into()) };
    let first = at.history.correct_move(first, at.today);
    assert_eq!(first, Err(Refusal::Conflict(Conflict::NotCorrectable)));
}

#[test]
fn a_label_restates_what_is_read_and_nothing_else() {
    let mut at = Recorder::in_reserve();
    let before = at.project();
    at.record(Proposal { effective_on: d(1, 8), act: Act::Relabel });
    at.record(Proposal { effective_on: date(2010, 1, 1), act: Act::Relabel });
    assert_eq!(at.project(), before);
    assert_eq!(at.history.at(d(1, 1)), None, "it does not begin the project");
    assert!(at.history.timeline().iter().any(|segment| segment.from == d(1, 8)));
}

#[test]
fn nothing_recorded_is_no_project() {
    let none = History::new(1, "JZ-1", Vec::new());
    assert_eq!((none.current(), none.timeline(), none.next_seq()), (None, Vec::new(), 1));
    assert_eq!(none.at(d(1, 1)), None);
}

proptest! {
    /// What is known at the end of a day is what had been recorded by then, whatever came later.
    #[test]
    fn what_was_known_stays_answerable(days in proptest::collection::vec((0..9_i32, 0..90_i32, 1..9_u32), 1..12)) {
        let mut at = Recorder::new(full_facts(), None, d(1, 2));
        let mut known = Vec::new();
        for (wait, ago, yuan) in days {
            known.push((at.today, at.history.clone()));
            at.today += (1 + wait).days();
            let facts = investing(&yuan.to_string());
            if let Some(change) = at.facts_from(&facts, at.today - ago.days()).unwrap() {
                at.record(change);
            }
        }
        for (day, history) in known {
            prop_assert_eq!(at.history.known_at(noon(day, 59)), history);
        }
    }

    /// On each day, the facts are those of the last change of that day or before it.
    #[test]
    fn facts_follow_their_business_days(changes in proptest::collection::vec((1..29_i8, 1..99_u32), 1..12)) {
        let mut at = Recorder::new(full_facts(), None, d(1, 1));
        at.today = d(2, 1);
        let mut recorded = Vec::new();
        for (day, yuan) in changes {
            let facts = investing(&yuan.to_string());
            if let Some(change) = at.facts_from(&facts, d(1, day)).unwrap() {
                at.record(change);
                recorded.push((day, facts));
            }
        }
        recorded.sort_by_key(|(day, _)| *day);
        for day in 1..32 {
            let last = recorded.iter().rfind(|(from, _)| *from <= day);
            let expected = last.map_or(full_facts(), |(_, facts)| facts.clone());
            prop_assert_eq!(at.history.at(d(1, day)).unwrap().facts, expected);
        }
    }
}
