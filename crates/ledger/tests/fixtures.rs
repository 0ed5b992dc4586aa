//! The fixtures are read as `expected.json` says.

mod support;

use serde_json::Value as Json;
use support::{assert_tells, fields, fixture, problems, read, sheets, skipped};

#[test]
fn the_fixtures_are_read_as_expected() {
    let expected: Json = serde_json::from_slice(&fixture("expected.json")).unwrap();
    for (file, expected) in expected.as_object().unwrap() {
        let sheets = sheets(file);
        let expected = expected.as_array().unwrap();
        assert_eq!(sheets.len(), expected.len(), "{file}");
        for (sheet, expected) in sheets.iter().zip(expected) {
            let mut expected = expected.as_object().unwrap().clone();
            if let Some(name) = expected.remove("sheet") {
                assert_eq!(sheet.name, name.as_str().unwrap());
            }
            assert_tells(&read(sheet), &Json::Object(expected), &format!("{file} {}", sheet.name));
        }
    }
}

#[test]
fn a_monthly_ledger_tells_its_columns_rows_and_marks() {
    let told = read(&sheets("monthly-2017-07.xls")[0]);
    assert_eq!(
        fields(&told),
        [
            "serial",
            "name",
            "status",
            "content",
            "period",
            "total_investment",
            "done_to_last_year",
            "planned_this_year",
            "done_this_year",
            "share",
            "progress",
            "owner_unit",
            "department"
        ]
    );
    assert_eq!(told["columns"][8]["header"], "2017年1-7月完成情况 / 1-7月完成投资");
    assert_eq!(skipped(&told), "note 12; section 6 9; signature 13; title 1 2 3 4; total 5");
    assert_eq!(told["projects"][0]["marks"], serde_json::json!(["●", "★"]));
    assert_eq!(told["projects"][2]["nature"], "expansion");
    assert_eq!(told["projects"][2]["stage"], Json::Null);
    assert_eq!(told["projects"][0]["cells"]["B"], "★城东快速路（一期）工程");
    assert!(problems(&told).is_empty(), "{:?}", told["problems"]);
}

#[test]
fn a_reserve_ledger_keeps_channels_as_written() {
    let sheets = sheets("reserve-2018.xlsx");
    let told = read(&sheets[1]);
    assert_eq!(told["projects"][0]["funding"][0]["channel"], "special_bond");
    let funding = &told["projects"][1]["funding"];
    assert_eq!((&funding[0]["channel"], &funding[0]["written"]), (&Json::Null, &"车购税".into()));
    assert_eq!(
        (&funding[1]["channel"], &funding[1]["amount"]),
        (&"county_budget".into(), &Json::Null)
    );
    let summary = read(&sheets[2]);
    assert_eq!(problems(&summary), ["summary_sheet@"]);
    assert!(summary["reason"].as_str().unwrap().contains("汇总"));
    assert_eq!(skipped(&read(&sheets[0])), "title 1 2 4 5; total 8");
}
