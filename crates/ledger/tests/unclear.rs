//! Sheets that are unclear, laid out otherwise or no ledgers at all, and what is said of them.

mod support;

use serde_json::json;
use shortboard_ledger::understand::Mapping;
use support::{assert_tells, grid, problems, read, read_with};

#[test]
fn amounts_and_dates_that_are_not_clear_are_said_and_kept() {
    let told = read(&grid(
        "台账",
        "
序号|项目名称|总投资|开工时间|竣工时间
1|甲|380000000|2018.1|43160
2|乙|-5|已开工|201812
3|丙|八千万|2017|2016
4|丁|#REF!|24个月|
5|戊|1200（含征地）|拟2018年开工|2019年三季度
6||300||
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [
            {"start": "2018", "finish": "2018-03-01", "total_investment": "3800000000000.00"},
            {"start": null, "finish": "2018-12", "total_investment": null, "cells": {"C": "-5", "D": "已开工"}},
            {"start": "2017", "finish": "2016"},
            {"total_investment": null, "start": null},
            {"total_investment": "12000000.00", "start": "2018", "finish": "2019"},
            {"name": "", "total_investment": "3000000.00"}]}),
        "",
    );
    assert_eq!(
        problems(&told),
        [
            "unit_assumed@C",
            "implausible_amount@C2",
            "ambiguous_month@D2",
            "negative_amount@C3",
            "unsettled_date@D3",
            "not_money@C4",
            "finish_before_start@4",
            "cell_error@C5",
            "duration@D5",
            "coarser_date@E6",
            "name_missing@7"
        ]
    );
    let message = told["problems"][3]["message"].as_str().unwrap();
    assert!(message.contains("第3行C列") && message.contains("-5"), "{message}");
}

#[test]
fn what_is_no_ledger_is_named() {
    for (text, code) in [
        ("地区|项目个数|总投资（亿元）\n甲县|2|1.2", "summary_sheet@"),
        ("项目|金额|备注\n办公费|12|\n差旅费|3|", "no_names@"),
        (
            "项目名称|甲|乙|丙\n总投资（万元）|1|2|3\n责任单位|交通局|水务局|住建局\n建设年限|2017|2018|2019",
            "lies_on_its_side@",
        ),
        ("字段名称|类型|说明\nname|text|名称", "no_header@"),
        ("关于报送补短板项目的说明\n各县区：\n请于月底前报送。", "no_header@"),
        ("_|_|_", "blank_sheet@"),
        ("", "blank_sheet@"),
    ] {
        let told = read(&grid("表", text));
        assert_eq!(told["layout"], "none", "{text}");
        assert_eq!(problems(&told).len(), 1, "{text}");
        assert!(
            code == problems(&told)[0]
                || code.starts_with("no_") && problems(&told)[0].starts_with("no_"),
            "{text}: {:?}",
            problems(&told)
        );
        assert!(!told["reason"].as_str().unwrap().is_empty());
    }
    let told = read(&grid("表", "序号|项目名称|总投资（万元）|责任单位"));
    assert_eq!(
        (told["layout"].as_str(), problems(&told)),
        (Some("table"), vec!["no_projects@".to_owned()])
    );
}

#[test]
fn columns_can_be_assigned_by_hand() {
    let sheet = grid("表", "序号|事项|谁来干|钱（万元）\n1|修路|交通局|500\n2|架桥|交通局|700");
    assert_eq!(read(&sheet)["layout"], "none");
    let mapping: Mapping =
        [("事项", "name"), ("谁来干", "department"), ("钱（万元）", "total_investment")]
            .map(|(header, field)| (header.to_owned(), Some(field.to_owned())))
            .into();
    let told = read_with(&sheet, &mapping);
    assert_tells(
        &told,
        &json!({"projects": [
        {"name": "修路", "department": "交通局", "total_investment": "5000000.00"}, {"name": "架桥"}]}),
        "",
    );
    let mapping: Mapping = [("审计意见".to_owned(), None)].into();
    let told = read_with(&grid("表", "序号|项目名称|总投资（万元）|审计意见\n1|路|5|好"), &mapping);
    assert!(problems(&told).is_empty());
    assert_eq!(told["projects"][0]["cells"]["D"], "好");
    let told = read(&grid("表", "序号|项目名称|总投资（万元）|审计意见\n1|路|5|好"));
    assert_eq!(problems(&told), ["unknown_column@D"]);
}

#[test]
fn forms_stand_alone_or_below_one_another() {
    let told = read(&grid(
        "申报表",
        "
储备项目申报表|<|<|<
项目名称：东湖治理|<|建设单位|市水务集团
建设内容及规模|清淤10公里|<|<
总投资（万元）|8600|计划开工时间|2018年4月
建设性质|新建|资金来源|专项债券6000万元、企业自筹2600万元
填报人：||联系电话：|
储备项目申报表|<|<|<
项目名称：西湖治理|<|建设单位|市建设集团
建设内容及规模|清淤5公里|<|<
总投资（万元）|4300|计划开工时间|2019年
",
    ));
    assert_tells(
        &told,
        &json!({"layout": "form", "unit": "wan", "projects": [
            {"row": 2, "name": "东湖治理", "owner_unit": "市水务集团", "content": "清淤10公里", "total_investment": "86000000.00", "start": "2018-04", "nature": "new",
             "funding": [{"channel": "special_bond", "amount": "60000000.00"}, {"channel": "enterprise_own", "amount": "26000000.00"}]},
            {"row": 8, "name": "西湖治理", "start": "2019"}]}),
        "",
    );
}

#[test]
fn a_table_of_item_and_content_is_a_form() {
    let told = read(&grid(
        "卡片",
        "项目|内容\n项目名称|东湖治理\n项目单位|市水务集团\n总投资|1.2亿元\n建设年限|2018-2020\n备注|",
    ));
    assert_tells(
        &told,
        &json!({"layout": "form", "projects": [
            {"row": 2, "name": "东湖治理", "owner_unit": "市水务集团", "total_investment": "120000000.00", "start": "2018", "finish": "2020"}]}),
        "",
    );
}

#[test]
fn merged_amounts_of_several_projects_are_nobodys() {
    let told = read(&grid(
        "表",
        "
类别|序号|项目名称|总投资（万元）|责任单位|建设地点
交通|1|甲|1000|交通局|东街
^|2|乙|^|^|西街
水利|3|丙|500|水务局|
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [
            {"name": "甲", "total_investment": null, "department": "交通局"},
            {"name": "乙", "total_investment": null, "department": "交通局", "place": "西街"},
            {"name": "丙", "total_investment": "5000000.00"}]}),
        "",
    );
    assert_eq!(problems(&told), ["shared_amount@D2"]);
}

#[test]
fn two_headers_are_told_and_the_better_one_taken() {
    let told = read(&grid(
        "表",
        "
项目名称|责任单位|总投资（万元）|建设地点
||填写说明|
序号|项目名称|责任单位|总投资（万元）|建设内容|建设地点
1|路|交通局|5|修|东
2|桥|交通局|6|架|西
3|河|水务局|6|治|南
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [{"row": 4, "name": "路"}, {"row": 5}, {"row": 6}]}),
        "",
    );
}
