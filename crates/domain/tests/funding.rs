//! Funding sources: what they may say, what they add up to, and their numbers.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use jiff::ToSpan;
use proptest::prelude::*;
use serde_json::{Value, json};
use shortboard_domain::change::{Act, Registration};
use shortboard_domain::decision::{Conflict, Refusal, register};
use shortboard_domain::facts::Facts;
use shortboard_domain::funding::{FundingBody, FundingStatus, PppLibrary, PppPhase};
use shortboard_domain::history::History;
use shortboard_domain::money::{Money, SignedMoney};
use support::*;

/// What is wrong with a source of 100 yuan and some more fields.
fn wrong(more: Value) -> Vec<(String, &'static str)> {
    let mut body = json!({ "channel": "special_bond", "amount": "100" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let faults = funding(body).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.pointer, fault.why.code())).collect()
}

fn at(pointer: &str, word: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), word)]
}

/// Status and fen arrived of a source of 100 yuan.
fn arrived(status: &str, arrived: Value) -> (FundingStatus, Option<i64>) {
    let body = json!({
        "channel": "special_bond", "amount": "100", "status": status, "arrived": arrived,
    });
    let source = funding(body).unwrap();
    (source.status, source.arrived.map(Money::fen))
}

#[test]
fn sources_add_up_and_the_gap_may_be_negative() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    assert_eq!(at.project().gap(), Some(SignedMoney::from_fen(100_000)));
    let partly = json!({
        "channel": "special_bond", "amount": "700.5", "status": "approved", "arrived": "200.25",
    });
    at.go(at.history.add_funding(funding(partly).unwrap(), d(1, 2))).unwrap();
    let all = json!({ "channel": "ppp", "amount": 400, "status": "arrived" });
    at.go(at.history.add_funding(funding(all).unwrap(), d(1, 2))).unwrap();
    at.go(at.history.add_funding(source("0.5"), d(1, 2))).unwrap();
    let project = at.project();
    assert_eq!(project.planned_funding().to_string(), "1101.00");
    assert_eq!(project.arrived_funding().to_string(), "600.25");
    assert_eq!(project.gap().unwrap().to_string(), "-101.00", "an excess is shown");
    at.change_facts(&Facts { total_investment: None, ..full_facts() }, d(1, 2));
    assert_eq!(at.project().gap(), None, "without a total there is none");
}

#[test]
fn money_arrives_from_approval_on_and_never_more_than_there_is() {
    use FundingStatus::{Applied, Approved, Arrived, Intended};
    assert_eq!(arrived("intended", Value::Null), (Intended, None));
    assert_eq!(arrived("applied", json!("0")), (Applied, Some(0)));
    assert_eq!(arrived("approved", Value::Null), (Approved, None));
    assert_eq!(arrived("approved", json!("99.99")), (Approved, Some(9_999)));
    assert_eq!(arrived("approved", json!("100")), (Arrived, Some(10_000)), "all is there");
    assert_eq!(arrived("arrived", Value::Null), (Arrived, Some(10_000)));
    assert_eq!(wrong(json!({ "arrived": "1" })), at("/arrived", "arrived_before_approval"));
    let applied = json!({ "status": "applied", "arrived": "1" });
    assert_eq!(wrong(applied), at("/arrived", "arrived_before_approval"));
    let more = json!({ "status": "approved", "arrived": "100.01" });
    assert_eq!(wrong(more), at("/arrived", "arrived_exceeds_amount"));
    let part = json!({ "status": "arrived", "arrived": "99" });
    assert_eq!(wrong(part), at("/arrived", "not_all_arrived"));
    let nothing = json!({ "channel": "ppp", "amount": "0", "status": "approved", "arrived": "0" });
    assert_eq!(funding(nothing).unwrap().status, Approved, "nothing has not arrived");
}

#[test]
fn only_a_ppp_has_a_phase_and_its_library_follows() {
    let body = json!({ "channel": "PPP", "amount": "1", "ppp_phase": "procurement" });
    assert_eq!(funding(body).unwrap().ppp_phase, Some(PppPhase::Procurement));
    assert_eq!(wrong(json!({ "ppp_phase": "execution" })), at("/ppp_phase", "phase_without_ppp"));
    let libraries: Vec<_> = PppPhase::ALL.iter().map(|phase| phase.library()).collect();
    let (list, managed) = (Some(PppLibrary::ReserveList), Some(PppLibrary::ManagedLibrary));
    assert_eq!(libraries, [list, managed, managed, None, None]);
}

#[test]
fn every_fault_of_a_source_is_found() {
    let body = json!({
        "channel": "国债", "amount": "-1", "year": 1899, "status": "gone", "arrived": "x",
        "document_number": "a\u{0}", "ppp_phase": 3, "note": "长".repeat(2001),
    });
    let faults = funding(body).unwrap_err();
    assert_eq!(
        words(&faults),
        [
            ("/amount", "negative_money"),
            ("/arrived", "not_money"),
            ("/channel", "unknown_code"),
            ("/document_number", "control_character"),
            ("/note", "too_long"),
            ("/ppp_phase", "wrong_type"),
            ("/status", "unknown_code"),
            ("/year", "year_out_of_range"),
        ]
    );
    assert_eq!(
        words(&funding(json!({})).unwrap_err()),
        [("/amount", "required"), ("/channel", "required")]
    );
    for (year, word) in [
        (json!(2200), "year_out_of_range"),
        (json!(99999), "year_out_of_range"),
        (json!(2017.5), "wrong_type"),
        (json!("2017"), "wrong_type"),
    ] {
        assert_eq!(wrong(json!({ "year": year })), at("/year", word), "{year}");
    }
    let misspelt = json!({ "status": "aproved", "arrived": "1" });
    assert_eq!(wrong(misspelt), at("/status", "unknown_code"), "the amount is not at fault");
    assert!(serde_json::from_value::<FundingBody>(json!({ "chanel": "ppp" })).is_err());
}

#[test]
fn a_number_is_never_given_twice() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    for expected in 1..4 {
        assert_eq!(at.history.next_funding_id(), expected);
        at.go(at.history.add_funding(source("1"), d(1, 2))).unwrap();
        at.go(at.history.remove_funding(expected, d(1, 2))).unwrap();
    }
    assert_eq!(at.project().funding, []);
    assert_eq!(at.history.remove_funding(3, d(1, 2)), Err(Refusal::NoSuchPart));
    assert_eq!(at.history.change_funding(3, source("2"), d(1, 2)), Err(Refusal::NoSuchPart));
}

#[test]
fn a_source_changes_from_a_day_on_and_not_before_it_was_there() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    at.today = d(3, 1);
    at.go(at.history.add_funding(source("1"), d(2, 1))).unwrap();
    at.go(at.history.add_funding(source("5"), d(2, 10))).unwrap();
    assert_eq!(at.history.change_funding(1, source("1"), d(3, 1)), Ok(None), "nothing differs");
    let early = at.history.change_funding(1, source("2"), d(1, 31)).unwrap_err();
    assert_eq!(words(&early.faults()), [("/effective_on", "too_early")]);
    let early = at.history.remove_funding(2, d(2, 9)).unwrap_err();
    assert_eq!(words(&early.faults()), [("/effective_on", "too_early")]);
    let change = at.history.change_funding(1, source("2"), d(2, 15)).unwrap().unwrap();
    at.record(change);
    at.go(at.history.remove_funding(2, d(2, 20))).unwrap();
    let planned = |day| at.history.at(day).unwrap().planned_funding().to_string();
    assert_eq!(planned(d(1, 31)), "0.00");
    assert_eq!(planned(d(2, 1)), "1.00");
    assert_eq!(planned(d(2, 10)), "6.00");
    assert_eq!(planned(d(2, 15)), "7.00");
    assert_eq!(planned(d(2, 20)), "2.00");
    assert_eq!(at.history.known_at(noon(d(1, 2), 59)).at(d(3, 1)).unwrap().funding, []);
}

#[test]
fn a_registration_brings_its_funding_along() {
    let registration = |sources: usize| Registration {
        funding: vec![source("2"); sources],
        ..full_facts().into()
    };
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    at.history = History::new(7, "JZ-7", Vec::new());
    at.record(register(registration(2), d(1, 2)).unwrap());
    let numbers: Vec<u32> = at.project().funding.iter().map(|funding| funding.id).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(at.project().planned_funding().to_string(), "4.00");
    assert_eq!(at.history.next_funding_id(), 3);
    at.today = d(3, 1);
    let change = at.history.change_funding(2, source("5"), d(2, 1)).unwrap().unwrap();
    at.record(change);
    at.go(at.history.remove_funding(1, d(2, 10))).unwrap();
    let planned = |day| at.history.at(day).unwrap().planned_funding().to_string();
    assert_eq!(
        [d(1, 2), d(2, 1), d(2, 10)].map(planned),
        ["4.00", "7.00", "5.00"].map(str::to_owned)
    );
    assert!(register(registration(200), d(1, 2)).is_ok());
    let refused = register(registration(201), d(1, 2)).unwrap_err();
    assert_eq!(refused, Refusal::Conflict(Conflict::TooManySources));
    // Records from before registrations had funding, and those without any, read as they always did.
    let plain = Act::Register(Box::new(registration(0)));
    let written = serde_json::to_value(&plain).unwrap();
    assert!(written.get("funding").is_none());
    assert_eq!(serde_json::from_value::<Act>(written).unwrap(), plain);
    let whole = Act::Register(Box::new(registration(2)));
    let written = serde_json::to_value(&whole).unwrap();
    assert_eq!(serde_json::from_value::<Act>(written).unwrap(), whole);
}

#[test]
fn two_hundred_sources_are_enough() {
    let mut at = Recorder::new(full_facts(), None, d(1, 2));
    for _ in 0..200 {
        let seq = at.history.next_seq();
        let proposal = at.history.add_funding(source("100000000000000"), d(1, 2)).unwrap();
        at.history.push(shortboard_domain::change::Change {
            seq,
            recorded_at: noon(d(1, 2), 0),
            actor: "finance".into(),
            effective_on: proposal.effective_on,
            act: proposal.act,
            import: None,
        });
    }
    let refused = at.history.add_funding(source("1"), d(1, 2));
    assert_eq!(refused, Err(Refusal::Conflict(Conflict::TooManySources)));
    assert_eq!(at.project().planned_funding().to_string(), "20000000000000000.00");
}

proptest! {
    /// Whatever is tagged, changed and removed: totals are exact, numbers unique, and (in the
    /// recorder) no day changes that a change does not touch.
    #[test]
    fn tagging_keeps_the_books(
        acts in proptest::collection::vec((0..3_u8, 0..6_u32, 0..40_i32, 0..9_999_i64, 0..101_i64), 1..25),
    ) {
        let mut at = Recorder::new(full_facts(), None, d(5, 1));
        for (what, id, ago, fen, percent) in acts {
            at.today += 1.days();
            let day = at.today - ago.days();
            let yuan = |fen: i64| Money::from_fen(fen).unwrap().to_string();
            let body = json!({
                "channel": "ppp", "amount": yuan(fen), "status": "approved",
                "arrived": yuan(fen * percent / 100),
            });
            let source = funding(body).unwrap();
            prop_assert_eq!(source.status == FundingStatus::Arrived, fen > 0 && percent == 100);
            let decided = match what {
                0 => at.history.add_funding(source, day).map(Some),
                1 => at.history.change_funding(id, source, day),
                _ => at.history.remove_funding(id, day).map(Some),
            };
            if let Ok(Some(proposal)) = decided {
                at.record(proposal);
            }
            let project = at.project();
            let ids: Vec<u32> = project.funding.iter().map(|funding| funding.id).collect();
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids);
            prop_assert!(ids.iter().all(|id| *id < at.history.next_funding_id()));
            let planned: i64 = project.funding.iter().map(|f| f.source.amount.fen()).sum();
            prop_assert_eq!(project.gap().unwrap().fen(), i128::from(100_000 - planned));
            prop_assert!(project.arrived_funding() <= project.planned_funding());
        }
    }

    /// A source as its own body builds the same source: a patch of nothing changes nothing.
    #[test]
    fn a_source_is_its_own_body(
        fen in 0..=Money::MAX.fen(),
        part in 0..=100_i64,
        status in proptest::sample::select(FundingStatus::ALL),
        phase in proptest::option::of(proptest::sample::select(PppPhase::ALL)),
        year in proptest::option::of(1900..2200),
        note in proptest::option::of("[资金a \n]{1,9}"),
    ) {
        let arrived = (status >= FundingStatus::Approved)
            .then(|| Money::from_fen(fen / 100 * part).unwrap().to_string());
        let body = json!({
            "channel": "ppp", "amount": Money::from_fen(fen).unwrap().to_string(),
            "status": status, "year": year, "ppp_phase": phase, "note": note,
            "arrived": arrived.filter(|_| status != FundingStatus::Arrived),
        });
        let source = funding(body).unwrap();
        let again = serde_json::to_value(FundingBody::from(source.clone())).unwrap();
        prop_assert_eq!(funding(again), Ok(source));
    }
}
