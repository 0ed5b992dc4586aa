//! How a written name finds its code, and what a code reads on a day.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use shortboard_domain::codelist::{CodeEntry, CodeLists, ListName};
use shortboard_domain::fault::Why;
use shortboard_domain::funding::ChannelFamily;
use support::*;

fn department(written: &str) -> Result<String, Why> {
    lists().department(written).map(|code| code.to_string())
}

fn nearest(result: Result<impl std::fmt::Debug, Why>) -> Vec<String> {
    match result.unwrap_err() {
        Why::UnknownCode { nearest, .. } => nearest,
        other => panic!("{other:?}"),
    }
}

/// The reform of 2018: the land bureau was renamed and merged, with a code of its own for what
/// took its place; the trade bureau kept its code and got another name.
fn reformed() -> CodeLists {
    let reform = date(2018, 12, 1);
    let land = CodeEntry {
        valid_to: Some(reform),
        successor: Some("natural_resources".into()),
        ..entry("land", "市国土资源局", "Land", &["国土局"])
    };
    let resources = CodeEntry {
        valid_from: Some(reform),
        ..entry("natural_resources", "市自然资源局", "Natural Resources", &["自然资源局"])
    };
    let list = ListName::Departments;
    CodeLists::new(vec![
        since(list, date(2000, 1, 1), entry("trade", "市商务局", "Trade", &["商务局"])),
        since(list, date(2000, 1, 1), land),
        since(list, reform, entry("trade", "市商务和招商局", "Commerce", &[])),
        since(list, reform, resources),
    ])
}

#[test]
fn a_code_a_name_and_an_alias_find_the_code() {
    for written in [
        "development_reform",
        "市发展改革委",
        "市发改委",
        "Development and Reform",
        " 市 发 改 委 ",
        "（市发改委）",
        "DEVELOPMENT_REFORM",
    ] {
        assert_eq!(department(written), Ok("development_reform".into()), "{written}");
    }
    assert_eq!(lists().region("北宁市").unwrap().as_str(), "210782");
    assert_eq!(lists().region("２１０７０２").unwrap().as_str(), "210702");
    assert!(lists().region("市发改委").is_err(), "each list has its own names");
}

#[test]
fn an_unknown_name_comes_with_the_nearest() {
    assert_eq!(
        nearest(lists().department("市发展和改革委"))[0],
        "市发展改革委 (development_reform)"
    );
    assert_eq!(nearest(lists().department("水力局"))[0], "市水利局 (water_bureau)");
    assert_eq!(nearest(lists().region("xyz")), [""; 0]);
    assert_eq!(nearest(lists().department("")), [""; 0]);
    let Err(Why::UnknownCode { list, given, .. }) = lists().group(&"长".repeat(5000)) else {
        panic!("it is known")
    };
    assert_eq!((list, given.chars().count()), ("groups", 60));
    assert!(nearest(lists().department("市局")).len() <= 3);
}

#[test]
fn a_code_is_its_own_name_before_it_is_anothers_alias() {
    let list = ListName::Departments;
    let lists = CodeLists::new(vec![
        since(list, Date::MIN, entry("merged", "市水务局", "Water", &["water", "市水利局"])),
        since(list, Date::MIN, entry("water", "市水利局", "Old water", &[])),
    ]);
    assert_eq!(lists.department("water").unwrap().as_str(), "water");
    assert_eq!(lists.department("市水利局").unwrap().as_str(), "water", "so is a name");
    assert_eq!(lists.department("市水务局").unwrap().as_str(), "merged");
}

#[test]
fn a_blank_label_or_alias_is_no_name() {
    let list = ListName::Departments;
    let unverified = entry("d1", "某某办公室", "", &["", "●"]);
    let lists = CodeLists::new(vec![since(list, Date::MIN, unverified)]);
    for written in ["", " ", "—", "●"] {
        assert!(lists.department(written).is_err(), "{written:?}");
    }
}

#[test]
fn a_name_is_that_of_its_day() {
    let lists = reformed();
    let name = |code: &'static str, day| lists.name_on(ListName::Departments, code, day).to_owned();
    assert_eq!(name("trade", date(2018, 11, 30)), "市商务局");
    assert_eq!(name("trade", date(2018, 12, 1)), "市商务和招商局");
    assert_eq!(name("trade", date(1990, 1, 1)), "市商务局", "as it read first");
    assert_eq!(name("land", date(2024, 1, 1)), "市国土资源局", "a successor is not a label");
    assert_eq!(name("none", date(2024, 1, 1)), "none");
    assert_eq!(lists.name_on(ListName::Regions, "trade", date(2024, 1, 1)), "trade");
    for written in ["商务局", "市商务局", "市商务和招商局", "commerce"] {
        assert_eq!(lists.department(written).unwrap().as_str(), "trade", "{written}");
    }
}

#[test]
fn each_code_is_listed_once_as_it_reads() {
    let lists = reformed();
    let now: Vec<_> = lists.entries(ListName::Departments).map(|e| e.label.zh.as_str()).collect();
    assert_eq!(now, ["市国土资源局", "市商务和招商局", "市自然资源局"]);
    let then: Vec<_> = lists
        .entries_on(ListName::Departments, date(2017, 8, 6))
        .map(|e| e.label.zh.as_str())
        .collect();
    assert_eq!(then, ["市国土资源局", "市商务局", "市自然资源局"]);
    let land = lists.entry(ListName::Departments, "land").unwrap();
    assert!(land.is_valid_on(date(2018, 11, 30)));
    assert!(!land.is_valid_on(date(2018, 12, 1)));
    assert_eq!(land.successor.as_deref(), Some("natural_resources"));
    let next = lists.entry(ListName::Departments, "natural_resources").unwrap();
    assert!(next.is_valid_on(date(2018, 12, 1)) && !next.is_valid_on(date(2018, 11, 30)));
    assert_eq!(lists.entry(ListName::Regions, "land"), None);
}

#[test]
fn a_channel_tells_its_family() {
    let lists = lists();
    let family = |written| lists.channel_family(&lists.channel(written).unwrap());
    assert_eq!(family("地方政府专项债券"), Some(ChannelFamily::GovernmentBond));
    assert_eq!(family("政府和社会资本合作（PPP）"), Some(ChannelFamily::Ppp));
}

proptest! {
    #[test]
    fn any_text_is_known_or_not(text in any::<String>(), near in "[市发展改革委水利财政局 a_]{0,12}") {
        let lists = lists();
        for text in [text, near] {
            match lists.department(&text) {
                Ok(code) => {
                    prop_assert!(lists.entry(ListName::Departments, code.as_str()).is_some());
                }
                Err(Why::UnknownCode { nearest, .. }) => prop_assert!(nearest.len() <= 3),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
