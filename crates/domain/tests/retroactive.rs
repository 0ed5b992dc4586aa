//! Changes that hold from a past day: what they are compared with, and how far back they may reach.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use shortboard_domain::code::DepartmentCode;
use shortboard_domain::codelist::ListName;
use shortboard_domain::decision::Refusal;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::Why;
use shortboard_domain::stage::Stage;
use support::*;

fn with_total(facts: &Facts, yuan: &str) -> Facts {
    Facts { total_investment: yuan.parse().ok(), ..facts.clone() }
}

fn too_early<T>(refused: Result<T, Refusal>) -> Option<String> {
    match refused.err()? {
        Refusal::Faults(faults) => match &faults.first()?.why {
            Why::TooEarly { earliest } => Some(earliest.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[test]
fn todays_value_may_have_held_before() {
    let mut at = Recorder::in_reserve();
    at.today = d(9, 1);
    at.change_facts(&with_total(&full_facts(), "500"), d(9, 1));
    // It is 500 now; that it was 500 since May is news all the same.
    let change = at.history.change_facts(d(5, 1), |facts| Ok(with_total(facts, "500"))).unwrap();
    at.record(change.unwrap());
    let total = |day| at.history.at(day).unwrap().facts.total_investment.map(|m| m.fen());
    assert_eq!(total(d(5, 1)), Some(50_000));
    assert_ne!(total(d(4, 30)), Some(50_000));
    let again = at.history.change_facts(d(6, 1), |facts| Ok(with_total(facts, "500")));
    assert_eq!(again, Ok(None));
}

#[test]
fn a_source_is_compared_with_what_it_was_on_the_day() {
    let mut at = Recorder::in_reserve();
    at.today = d(9, 1);
    let id = at.history.next_funding_id();
    at.go(at.history.add_funding(source("100"), d(3, 1))).unwrap();
    at.record(at.history.change_funding(id, source("200"), d(8, 1)).unwrap().unwrap());
    let earlier = at.history.change_funding(id, source("200"), d(5, 1)).unwrap();
    at.record(earlier.unwrap());
    assert_eq!(at.history.source_on(id, d(5, 1)), Ok(source("200")));
    assert_eq!(at.history.source_on(id, d(4, 30)), Ok(source("100")));
    assert_eq!(too_early(at.history.source_on(id, d(2, 28))), Some("2017-03-01".into()));
}

#[test]
fn nothing_is_said_of_a_placed_project_before_its_document_speaks() {
    let at = Recorder::new(full_facts(), Some(inferred(Stage::Preparation)), d(8, 6));
    let early = Some("2017-08-06".to_owned());
    assert_eq!(too_early(at.history.add_funding(source("1"), d(2, 1))), early);
    let facts = at.history.change_facts(d(2, 1), |facts| Ok(with_total(facts, "1")));
    assert_eq!(too_early(facts), early);
    assert!(at.history.add_funding(source("1"), d(8, 6)).is_ok());

    let late = |refused: Result<_, Refusal>| match refused {
        Err(Refusal::Faults(faults)) => matches!(faults[0].why, Why::TooLate { .. }),
        _ => false,
    };
    let today = d(9, 1);
    assert!(late(at.history.confirm_stage(Some(d(8, 7)), None, today)));
    assert!(at.history.confirm_stage(Some(d(8, 6)), None, today).is_ok());
}

#[test]
fn one_that_is_registered_begins_with_the_earliest_thing_known_of_it() {
    let mut at = Recorder::new(full_facts(), None, d(8, 6));
    at.go(at.history.add_funding(source("1"), d(2, 1))).unwrap();
    assert!(at.history.at(d(2, 1)).is_some());
    assert!(at.history.at(d(1, 31)).is_none());
}

#[test]
fn a_change_of_the_past_may_not_contradict_one_that_came_later() {
    let mut at = Recorder::new(bare_facts(), None, d(1, 2));
    at.today = d(9, 1);
    let departments: Vec<_> =
        lists().entries(ListName::Departments).map(|e| e.code.clone()).collect();
    let codes = |codes: &[String]| codes.iter().map(DepartmentCode::new).collect::<Vec<_>>();
    let led_by = |facts: &Facts, all: &[String], lead: &String| Facts {
        departments: codes(all),
        lead_department: Some(DepartmentCode::new(lead)),
        ..facts.clone()
    };
    let both = led_by(&at.project().facts, &departments[..2], &departments[1]);
    at.change_facts(&both, d(5, 1));
    let second =
        Facts { lead_department: Some(DepartmentCode::new(&departments[0])), ..both.clone() };
    at.change_facts(&second, d(6, 1));
    // From mid-May on there is to be one department alone, while from June on the other one leads.
    let alone = led_by(&second, &departments[1..2], &departments[1]);
    let refused = at.history.change_facts(d(5, 15), |_| Ok(alone));
    let Err(Refusal::Faults(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(words(&faults), [("/lead_department", "lead_not_named")]);
}
