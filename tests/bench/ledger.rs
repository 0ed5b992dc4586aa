//! A made-up ledger as a workbook of twenty columns: the same for the same number of rows, no two of
//! its projects alike.

use crate::client::Connection;
use anyhow::{Context, Result};
use rust_xlsxwriter::Workbook;
use std::path::Path;
use std::sync::Arc;

/// The headers.
const HEADERS: [&str; 20] = [
    "序号",
    "项目名称",
    "项目代码",
    "项目单位",
    "所属地区",
    "任务领域",
    "责任单位",
    "项目性质",
    "建设性质",
    "建设地点",
    "建设内容及规模",
    "计划开工时间",
    "计划竣工时间",
    "总投资（万元）",
    "2018年计划投资",
    "至2017年底累计完成投资",
    "中央预算内投资",
    "市级财政资金",
    "企业自筹",
    "备注",
];

/// The rows above the first project: title, headers.
pub const ABOVE: u32 = 2;

/// Of these three make the first part of a name: a quarter of a million.
const SYLLABLES: &str = "东西南北长宽高平清明安康福寿和顺兴旺盛荣华富贵金银铜铁石木水火土\
    山河江湖海岛林草田园城镇乡村云飞凌锦松龙凤鹤梅兰竹菊春夏秋冬光辉";

/// What is built.
const WORKS: [&str; 8] = [
    "道路改造工程",
    "供水管网",
    "污水处理厂",
    "产业园",
    "标准化厂房",
    "物流中心",
    "养老院",
    "灌区整治",
];

/// The columns whose values are names of the registry's.
pub struct Names {
    regions: Vec<String>,
    areas: Vec<String>,
    departments: Vec<String>,
}

impl Names {
    /// As the code lists have them.
    pub async fn read(connection: &mut Connection) -> Result<Self> {
        Ok(Self {
            regions: labels(connection, "regions").await?,
            areas: labels(connection, "areas").await?,
            departments: labels(connection, "departments").await?,
        })
    }
}

async fn labels(connection: &mut Connection, list: &str) -> Result<Vec<String>> {
    let nobody: Arc<str> = "".into();
    let answer = connection.json(&nobody, format!("/api/v1/codelists/{list}")).await?;
    let items = answer["items"].as_array().context("a code list has items")?;
    // What has ended is no name of today's.
    let items = items.iter().filter(|item| item["valid_to"].is_null());
    let labels: Vec<String> =
        items.filter_map(|item| Some(item["label"]["zh"].as_str()?.to_owned())).collect();
    anyhow::ensure!(!labels.is_empty(), "the list of {list} is empty");
    Ok(labels)
}

/// The name of the project in a row, counted from 0.
pub fn name(row: u32) -> String {
    let syllables: Vec<char> = SYLLABLES.chars().collect();
    let count = syllables.len() as u64;
    // A step that shares no factor with the number of names comes to each of them once.
    let at = u64::from(row) * 1_000_003 % count.pow(3);
    let places = [at / count / count, at / count % count, at % count];
    let first: String = places.iter().map(|place| syllables[*place as usize]).collect();
    format!("{first}{}", WORKS[row as usize % WORKS.len()])
}

/// The total investment of the project in a row, in 万元.
pub fn total(row: u32) -> u32 {
    1000 + row * 7919 % 90_000
}

/// Writes a ledger.
pub fn write(file: &Path, rows: u32, names: &Names) -> Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("重点项目")?;
    sheet.write_string(0, 0, "2018年重点项目台账")?;
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(ABOVE - 1, column, header)?;
    }
    for number in 0..rows {
        let at = ABOVE + number;
        let project = name(number);
        let one = |names: &[String]| names[number as usize % names.len()].clone();
        let place: String = project.chars().take(3).collect();
        let works = WORKS[number as usize % WORKS.len()];
        let texts = [
            (1, project),
            // No code of the demonstration data, which are all of another kind.
            (2, format!("2018-{:06}-{:02}-02-{number:06}", 210_700 + number % 90, number % 90 + 1)),
            (3, format!("{place}建设投资有限公司")),
            (4, one(&names.regions)),
            (5, one(&names.areas)),
            (6, one(&names.departments)),
            (7, ["前期", "续建", "新开工"][number as usize % 3].to_owned()),
            (8, ["新建", "扩建"][number as usize % 2].to_owned()),
            (9, format!("{place}街道")),
            (
                10,
                format!(
                    "新建{works}一处，占地{}亩，建筑面积{}平方米，配套给排水、供电、绿化等附属设施",
                    number % 97 + 3,
                    number % 9973 + 100
                ),
            ),
            (11, format!("{}年{}月", 2016 + number % 3, number % 12 + 1)),
            (12, format!("{}.{:02}", 2019 + number % 3, number % 12 + 1)),
            (19, if number % 5 == 0 { "已列入市级计划".to_owned() } else { String::new() }),
        ];
        sheet.write_number(at, 0, f64::from(number + 1))?;
        for (column, text) in texts {
            sheet.write_string(at, column, text)?;
        }
        let total = total(number);
        let amounts = [total, total / 4, total / 3, total / 2, total / 5, total / 4];
        for (column, amount) in (13..).zip(amounts) {
            sheet.write_number(at, column, f64::from(amount))?;
        }
    }
    Ok(workbook.save(file)?)
}
