//! Ledgers in the habits of real ones, and what they are read as.

mod support;

use serde_json::json;
use support::{assert_tells, fields, grid, problems, read, skipped};

#[test]
fn a_plan_of_government_investment_has_channels_as_columns() {
    let told = read(&grid(
        "2018年政府投资计划表",
        "
某区2018年政府投资计划表|<|<|<|<|<|<|<|<|<
|||||||||单位：万元
序号|项目名称|建设性质|总投资|资金来源|<|<|<|<|建设单位
^|^|^|^|合计|中央|省|县（区）|专项债券|^
1|2|3|4|5=6+7+8+9|6|7|8|9|10
一|续建项目|||||||||
1|滨河路改造|改扩建|5000|5000|2000|0|1000|2000|区住建局
2|西区学校|新建|3000.5|3000.5|||3000.5||区教育局
二|新开工项目|||||||||
3|幼儿园|新建|800|800|||800||区教育局
|合计||8800.5|8800.5|||||
",
    ));
    assert_tells(
        &told,
        &json!({"layout": "table", "unit": "wan", "projects": [
            {"row": 7, "name": "滨河路改造", "section": "一、续建项目", "stage": "construction", "nature": "reconstruction",
             "funding": [
                {"channel": "central_budget", "amount": "20000000.00"},
                {"channel": "county_budget", "amount": "10000000.00"},
                {"channel": "special_bond", "amount": "20000000.00"}]},
            {"row": 8, "total_investment": "30005000.00", "nature": "new", "funding": [{"channel": "county_budget"}]},
            {"row": 10, "section": "二、新开工项目", "stage": "construction", "owner_unit": "区教育局"},
        ]}),
        "",
    );
    assert_eq!(skipped(&told), "section 6 9; title 1 2 3 4 5; total 11");
    assert!(problems(&told).is_empty(), "{:?}", told["problems"]);
}

#[test]
fn groups_may_be_followed_by_blanks_and_departments_merged_down() {
    let told = read(&grid(
        "前期工作台账",
        "
2019年重大项目前期工作台账
序号|项目名称|项目业主单位|||投资（亿元）||责任单位|前期工作进展||存在问题
||业主名称|负责人|电话|总投资|其中：银行贷款||可研|环评|
1|污水厂|甲公司|张三|13800000000|3.2|1|市住建局|已批复|编制中|无
2|自来水厂|乙公司|李四|13800000001|约3亿元||^|—|—|用地
",
    ));
    assert_eq!(
        fields(&told),
        [
            "serial",
            "name",
            "owner_unit",
            "person",
            "phone",
            "total_investment",
            "channel_amount",
            "department",
            "matter",
            "matter",
            "issues"
        ]
    );
    assert_tells(
        &told,
        &json!({"unit": "yi", "projects": [
            {"row": 4, "owner_unit": "甲公司", "total_investment": "320000000.00", "department": "市住建局",
             "funding": [{"channel": "commercial_loan", "amount": "100000000.00"}]},
            {"row": 5, "department": "市住建局", "total_investment": null, "cells": {"F": "约3亿元"}},
        ]}),
        "",
    );
    assert_eq!(problems(&told), ["approximate_amount@F5"]);
}

#[test]
fn sections_nest_and_a_total_may_stand_anywhere() {
    let told = read(&grid(
        "Sheet1",
        "
附件1
全市重点项目清单（共4项）
项目单位：各县区||||计量单位：亿元
序号|项 目 名 称|建设规模及\\n主要内容|建设工期|投资\\n总额
合计（4项）||||20
其中：在建重点项目（2项）||||8
一、交通||||
（一）在建（1项）||||
1|甲路|10公里|2016-2018|3
（二）前期（1项）||||
2|乙路|20公里|2019-|12.5
二、水利|<|<|<|<
（一）在建（1项）||||
1|丙河|堤防|2017年上半年|3.5
小  计||||3.5
（三）谋划（1项）|<|<|<|<
1|丁库|水库|待定|待定
注：投资为估算数。
1、项目性质：指前期、续建、新开工；
2、本表按季报送。
审核人：王五||填表人：赵六
2019年3月5日
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "yi", "projects": [
            {"name": "甲路", "section": "一、交通 / （一）在建（1项）", "stage": "construction", "start": "2016", "finish": "2018", "total_investment": "300000000.00"},
            {"name": "乙路", "section": "一、交通 / （二）前期（1项）", "stage": "preparation", "start": "2019", "finish": null},
            {"name": "丙河", "section": "二、水利 / （一）在建（1项）", "start": "2017", "finish": null},
            {"name": "丁库", "section": "二、水利 / （三）谋划（1项）", "stage": "concept", "start": null, "total_investment": null},
        ]}),
        "",
    );
    assert_eq!(
        skipped(&told),
        "note 18 19 20; section 7 8 10 12 13 16; signature 21 22; title 1 2 3 4; total 5 6 15"
    );
    assert_eq!(problems(&told), ["coarser_date@D14", "unsettled_date@D17", "unsettled_amount@E17"]);
}

#[test]
fn a_list_written_by_the_registry_is_understood() {
    let told = read(&grid(
        "projects",
        "
登记编号|项目名称|项目类型|阶段|填报状态|任务领域|所在地区|同时涉及地区|责任部门|牵头部门|所属集团|项目单位|统一社会信用代码|项目代码|建设性质|审批方式|国民经济行业|建设内容及规模|建设地点|总投资（万元）|计划开工|计划竣工|资金合计（万元）|已到位（万元）|资金缺口（万元）|更新时间
BDB2018-000012|水厂|项目|在建|已入库|水利|某县||市水务局、市财政局|市水务局|市水务集团|甲公司|91350100M000100Y43|2017-210781-77-01-004512|改建和技术改造|审批|D46|扩容|东街|1234.56|2018-03|2019|1000|500|234.56|2018-05-01
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "wan", "projects": [{
            "row": 2, "registry_number": "BDB2018-000012", "name": "水厂", "stage": "construction", "area": "水利", "region": "某县",
            "department": "市水务局、市财政局", "lead_department": "市水务局", "group": "市水务集团", "owner_unit": "甲公司",
            "credit_code": "91350100M000100Y43", "code": "2017-210781-77-01-004512", "nature": "reconstruction", "approval_mode": "审批",
            "industry": "D46", "content": "扩容", "place": "东街", "total_investment": "12345600.00", "start": "2018-03", "finish": "2019", "funding": []}]}),
        "",
    );
    assert!(!fields(&told).contains(&"-".to_owned()), "{:?}", fields(&told));
    assert!(problems(&told).is_empty(), "{:?}", told["problems"]);
}

#[test]
fn the_english_list_is_understood() {
    let told = read(&grid(
        "projects",
        "
Registry number|Name|Kind|Stage|Filing|Task area|Region|Responsible departments|Owner unit|Project code|Construction nature|Content and scale|Total investment (10,000 yuan)|Planned start|Planned finish|Gap (10,000 yuan)|Updated
BDB2018-000012|Waterworks|project|In operation|accepted|water|210726|Water bureau|A Ltd||New|Pipes|1234.56|2018-03|2019||2018-05-01
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "wan", "projects": [{"name": "Waterworks", "stage": "operation", "nature": "new", "region": "210726",
            "total_investment": "12345600.00", "start": "2018-03", "finish": "2019", "content": "Pipes"}]}),
        "",
    );
    assert!(!fields(&told).contains(&"-".to_owned()), "{:?}", fields(&told));
}

#[test]
fn funding_may_go_on_in_rows_without_merges() {
    let told = read(&grid(
        "资金到位情况",
        "
项目资金到位情况表（金额单位：元）
序号|项目名称|总投资|资金渠道|资金额度|到位金额
1|管网|'12,000,000.00|中央预算内|2000000|2000000
|||县配套|'10,000,000|0
|||小计|12000000|2000000
2|道路|3000000|市财政1,000,000元，其余自筹||
3|公园|500000|银行贷款、自筹|500000|—
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "yuan", "projects": [
            {"row": 3, "total_investment": "12000000.00", "funding": [
                {"channel": "central_budget", "amount": "2000000.00", "arrived": "2000000.00", "row": 3},
                {"channel": "county_budget", "amount": "10000000.00", "arrived": "0.00", "row": 4}],
             "cells": {"A": "1", "D4": "县配套"}},
            {"row": 6, "funding": [{"channel": "city_budget", "amount": "1000000.00"}, {"channel": "enterprise_own", "amount": null}]},
            {"row": 7, "funding": [{"channel": "commercial_loan", "amount": null}, {"channel": "enterprise_own", "amount": null}]},
        ]}),
        "",
    );
    assert_eq!(problems(&told), ["joint_amount@D7"]);
}

#[test]
fn printed_pages_repeat_title_unit_and_header() {
    let told = read(&grid(
        "续建项目",
        "
2018年续建项目表|<|<|<
单位：万元
编号|工程名称|投资额|竣工时间
1|一号路|100|2018年底
2|二号路|200|'2018.10
2018年续建项目表|<|<|<
单位：万元
编号|工程名称|投资额|竣工时间
3|三号路|300|@2018-06-30
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [
            {"row": 4, "stage": "construction", "finish": "2018", "start": null},
            {"row": 5, "finish": "2018-10"},
            {"row": 9, "finish": "2018-06-30"}]}),
        "",
    );
    assert_eq!(skipped(&told), "title 1 2 3 6 7 8");
}

#[test]
fn status_may_be_ticked_and_years_head_columns() {
    let told = read(&grid(
        "调度",
        "
重点项目推进计划
序号|项目名称|项目性质|||总投资\\n（亿元）|年度投资（万元）|||截至目前累计完成投资（万元）
||前期|续建|新开工||2018年|2019年|2020年|
1|甲|√|||1.5|100|200|300|40
2|乙||√||2|10|20|30|5
",
    ));
    assert_eq!(
        fields(&told),
        [
            "serial",
            "name",
            "status_tick",
            "status_tick",
            "status_tick",
            "total_investment",
            "planned_this_year",
            "other_year",
            "other_year",
            "done_so_far"
        ]
    );
    assert_tells(
        &told,
        &json!({"projects": [
            {"stage": "preparation", "total_investment": "150000000.00", "planned_this_year": "1000000.00"},
            {"stage": "construction", "total_investment": "200000000.00"}]}),
        "",
    );
}

#[test]
fn a_second_table_below_has_columns_of_its_own() {
    let told = read(&grid(
        "合表",
        "
表一：在建项目（单位：万元）
序号|项目名称|总投资|责任单位
1|甲|100|交通局
2|乙|200|水务局
合计||300|

表二：前期项目（单位：万元）
序号|项目名称|建设单位|建设内容|总投资
1|丙|丙公司|修路|500
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [
            {"row": 3, "name": "甲", "department": "交通局"}, {"row": 4},
            {"row": 9, "name": "丙", "owner_unit": "丙公司", "content": "修路", "total_investment": "5000000.00"}]}),
        "",
    );
    assert!(problems(&told).contains(&"another_header@8".to_owned()), "{:?}", problems(&told));
}

#[test]
fn names_without_a_column_of_numbers_lose_their_ordinals() {
    let told = read(&grid(
        "谋划项目清单",
        "
谋划项目清单
项目名称|建设内容|估算投资|拟开工时间|牵头单位
一、城建类|<|<|<|<
1.★东站广场|地下车库\\n景观|2亿元|2019年|市住建局
2.西站广场|广场|3000万元|2020年|市住建局
",
    ));
    assert_tells(
        &told,
        &json!({"title": "谋划项目清单", "projects": [
            {"row": 4, "name": "东站广场", "marks": ["★"], "section": "一、城建类", "stage": "concept", "content": "地下车库\n景观",
             "total_investment": "200000000.00", "start": "2019", "lead_department": "市住建局", "department": "市住建局"},
            {"row": 5, "total_investment": "30000000.00"}]}),
        "",
    );
}

#[test]
fn arrived_money_may_have_a_group_of_its_own() {
    let told = read(&grid(
        "资金",
        "
2019年专项债项目资金表|<|<|<|<|<|<
序号|项目名称|资金来源（万元）|<|资金到位情况（万元）|<|备注
^|^|专项债券|自筹资金|专项债券|自筹资金|^
1|医院|5000|1000|3000|0|
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "wan", "projects": [{"funding": [
            {"channel": "special_bond", "amount": "50000000.00", "arrived": "30000000.00"},
            {"channel": "enterprise_own", "amount": "10000000.00", "arrived": "0.00"}]}]}),
        "",
    );
}

#[test]
fn sections_and_totals_may_stand_in_another_column() {
    let told = read(&grid(
        "a",
        "
某县2018年重点项目建设进度表（2018年6月）|<|<|<|<|<|<|<|<
填报单位：发改局||||||||单位：万元
序号|行业|项目|建设规模及内容|总投资|2018年投资计划|1-6月完成|<|项目进展
^|^|^|^|^|^|^|^|^
|||总计（2个）|3000|1000|100||
一|工业|||1000|500|50||
1|机械|机床厂|技改|1000|500|50||主体施工
||||||||
|||（二）农业项目（1个）|2000|500|50||
2|养殖|养鸡场|鸡舍|500-800|500|50||已完工
",
    ));
    assert_tells(
        &told,
        &json!({"projects": [
            {"row": 7, "name": "机床厂", "section": "一、工业", "industry": "机械", "planned_this_year": "5000000.00"},
            {"row": 10, "section": "一、工业 / （二）农业项目（1个）", "stage": "completed", "total_investment": null}]}),
        "",
    );
    assert_eq!(skipped(&told), "blank 8; section 6 9; title 1 2 3; total 5");
}

#[test]
fn counties_share_a_sheet_and_money_stands_in_words() {
    let told = read(&grid(
        "b",
        "
2020年专项债券项目资金需求表|||||
县区|项目名称|项目代码|总投资（亿元）|资金来源及金额|完成时限|项目进展阶段
甲县|1.水库|2111-522323-04-01-342068|3.5|中央2000万元，省级1000万元|2018年6月30日前|已开工
^|2.河道|2111-522323-04-01-342069|1.5|上级补助80%，县财政20%|2018.03.|可研已批复
甲县小计|||5|||
",
    ));
    assert_tells(
        &told,
        &json!({"unit": "yi", "projects": [
            {"name": "水库", "region": "甲县", "code": "2111-522323-04-01-342068", "stage": "construction",
             "funding": [{"channel": "central_budget", "amount": "20000000.00"}, {"channel": "provincial_budget", "amount": "10000000.00"}]},
            {"name": "河道", "region": "甲县", "stage": "preparation", "finish": "2018-03",
             "funding": [{"channel": null, "written": "上级补助80%"}, {"channel": "county_budget", "amount": null}]}]}),
        "",
    );
    assert_eq!(skipped(&told), "title 1 2; total 5");
}
