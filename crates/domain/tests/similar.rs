//! Likely duplicates: the score, what raises and lowers it, and its reasons.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use proptest::prelude::*;
use shortboard_domain::code::RegionCode;
use shortboard_domain::facts::{Facts, OwnerUnit};
use shortboard_domain::similar::{Probe, Reason, WORTH_SHOWING};
use support::*;

fn named(name: &str) -> Probe {
    Probe { name: Some(name.into()), ..Probe::default() }
}

fn owned(name: &str, credit_code: Option<&str>) -> Facts {
    let credit_code = credit_code.map(|code| code.parse().unwrap());
    Facts { owner_unit: Some(OwnerUnit { name: name.into(), credit_code }), ..full_facts() }
}

fn score(probe: &Probe, facts: &Facts) -> f64 {
    probe.likeness(&facts.into()).score
}

#[test]
fn phases_are_other_projects_even_where_all_else_is_the_same() {
    let twin = |name| Probe {
        region: Some("210702".into()),
        owner_unit: Some("市政公司".into()),
        total_investment: "1000".parse().ok(),
        ..named(name)
    };
    let third = full_facts();
    for other in ["滨河路二期工程", "滨河路工程", "滨河路三期二标段"] {
        let likeness = twin(other).likeness(&(&third).into());
        assert!(likeness.score < WORTH_SHOWING, "{other}: {likeness:?}");
        assert!(!likeness.reasons.contains(&Reason::SimilarName), "{other}");
    }
    let same = twin("滨河路（3期）").likeness(&(&third).into());
    assert!(same.score > 0.99, "{same:?}");
    assert_eq!(
        same.reasons,
        [Reason::SameName, Reason::SameRegion, Reason::SameOwner, Reason::SimilarInvestment]
    );
}

#[test]
fn the_same_code_decides_alone() {
    let facts = coded_facts();
    let probe = |code: &str| Probe { code: Some(code.parse().unwrap()), ..named("热力管网") };
    let same = probe(CODE).likeness(&(&facts).into());
    assert!(same.score > 0.95, "{same:?}");
    assert_eq!(same.reasons, [Reason::SameCode]);
    let part = probe(&format!("{CODE}-001")).likeness(&(&facts).into());
    assert!((WORTH_SHOWING..0.9).contains(&part.score), "another part of the works: {part:?}");
    assert_eq!(score(&probe("2017-210702-78-01-012346"), &facts), 0.0);
    assert_eq!(score(&probe(CODE), &full_facts()), 0.0, "only where both have one");
}

#[test]
fn region_owner_and_amount_shift_the_score_where_both_sides_know_them() {
    let facts =
        Facts { also_in: vec![RegionCode::new("210726")], ..owned("锦州市政公司", None) };
    let plain = named("滨河路三期");
    let base = score(&plain, &facts);
    let in_region = |code: &str| Probe { region: Some(code.into()), ..plain.clone() };
    assert!(score(&in_region("210702"), &facts) > base);
    assert!(score(&in_region("210726"), &facts) > base, "it also lies there");
    assert!(score(&in_region("210782"), &facts) < base);

    let by = |owner: &str| Probe { owner_unit: Some(owner.into()), ..plain.clone() };
    assert!(score(&by("锦州市政公司"), &facts) > base);
    assert!(score(&by("大阁水库管理局"), &facts) < base);
    let unowned = Facts { owner_unit: None, ..facts.clone() };
    assert_eq!(score(&by("锦州市政公司"), &unowned), score(&plain, &unowned));

    let worth = |yuan: &str| Probe { total_investment: yuan.parse().ok(), ..plain.clone() };
    assert!(score(&worth("1000"), &facts) > base);
    assert!(score(&worth("950"), &facts) > base, "within 5 %");
    assert!(score(&worth("949"), &facts) < base);
    assert!(score(&worth("1053"), &facts) < base);
    let free = Facts { total_investment: "0".parse().ok(), ..facts.clone() };
    assert!(score(&worth("0"), &free) > base);
}

#[test]
fn a_credit_code_says_more_than_the_owners_name() {
    let facts = owned("市政公司", Some("91350100M000100Y43"));
    let probe = |code: &str| Probe {
        credit_code: Some(code.parse().unwrap()),
        owner_unit: Some("市政公司".into()),
        ..named("滨河路三期")
    };
    assert!(
        probe("91350100M000100Y43").likeness(&(&facts).into()).reasons.contains(&Reason::SameOwner)
    );
    let other = probe("91110108551385082Q").likeness(&(&facts).into());
    assert!(!other.reasons.contains(&Reason::SameOwner));
}

#[test]
fn nothing_known_is_like_nothing() {
    let likeness = Probe::default().likeness(&(&coded_facts()).into());
    assert_eq!((likeness.score, likeness.reasons), (0.0, Vec::new()));
    assert_eq!(score(&named(""), &full_facts()), 0.0);
}

proptest! {
    #[test]
    fn a_score_lies_between_0_and_1(
        name in proptest::option::of("[滨河路一二三期标段工程项目12 ]{0,12}"),
        theirs in "[滨河路一二三期标段工程项目12 ]{0,12}",
        region in proptest::option::of(proptest::sample::select(vec!["210702", "210726"])),
        owner in proptest::option::of("[市政公司热力]{0,6}"),
        code in proptest::option::of(proptest::sample::select(vec!["", "-000", "-001"])),
        fen in proptest::option::of(0..=10_000_000_000_000_000_i64),
    ) {
        let facts = Facts { name: theirs, ..coded_facts() };
        let probe = Probe {
            name,
            region: region.map(str::to_owned),
            code: code.map(|suffix| format!("{CODE}{suffix}").parse().unwrap()),
            owner_unit: owner,
            credit_code: None,
            total_investment: fen.and_then(|fen| shortboard_domain::money::Money::from_fen(fen).ok()),
        };
        let likeness = probe.likeness(&(&facts).into());
        prop_assert!((0.0..=1.0).contains(&likeness.score), "{:?}", likeness);
        if probe.name.is_none() && probe.code.is_none() {
            prop_assert!(likeness.score < WORTH_SHOWING);
        }
        let mut reasons = likeness.reasons.clone();
        reasons.sort_unstable();
        prop_assert_eq!(likeness.reasons, reasons, "weightiest first");
    }
}
