//! Years and months in titles and headers: which investment a column tells of.

use super::field::Field;
use super::text::plain;

/// The year a ledger is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Years {
    /// The year, where the ledger tells it.
    pub of_ledger: Option<i16>,
}

impl Years {
    /// From the title and other texts about the sheet, the most telling first; else from its headers.
    pub fn of(texts: &[&str], headers: &[String]) -> Self {
        let told = texts.iter().find_map(|text| {
            let years = all(&plain(text));
            // A plan of several years tells no single one.
            if years.windows(2).all(|pair| pair[0] == pair[1]) {
                years.first().copied()
            } else {
                None
            }
        });
        Self { of_ledger: told.or_else(|| from_headers(headers)) }
    }
}

fn from_headers(headers: &[String]) -> Option<i16> {
    let headers: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    let about = |test: &dyn Fn(&str) -> bool| {
        headers.iter().filter(|header| test(header)).filter_map(|header| of(header)).max()
    };
    let has_months = |header: &str| months(header).is_some();
    let is_plan = |header: &str| header.contains("计划") && header.contains("投资");
    let is_before = |header: &str| header.contains('至') && is_year_end(header);
    about(&has_months)
        .or_else(|| about(&is_before).map(|year| year + 1))
        .or_else(|| {
            let years =
                headers.iter().filter(|header| is_plan(header)).filter_map(|header| of(header));
            years.min()
        })
        .or_else(|| about(&|header| header.contains("完成") && header.contains("投资")))
        .or_else(|| {
            let years = headers.iter().filter(|header| header.contains("投资"));
            years.filter_map(|header| of(header)).min()
        })
}

/// The first year in a text of normal width.
pub fn of(plain: &str) -> Option<i16> {
    all(plain).first().copied()
}

/// Every year in a text: four digits of 19xx or 20xx that are no part of a longer number.
fn all(plain: &str) -> Vec<i16> {
    let mut years = Vec::new();
    let mut digits = String::new();
    for c in plain.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let is_year = digits.len() == 4 || (digits.len() == 6 && !matches!(c, '年'));
        let year = digits.get(..4).filter(|_| is_year).and_then(|year| year.parse().ok());
        years.extend(year.filter(|year| (1950_i16..2150).contains(year)));
        digits.clear();
    }
    years
}

/// The months a text tells, `1-7月`, `7月份`: the first and the last.
fn months(plain: &str) -> Option<(u8, u8)> {
    let end = plain.find('月')?;
    let before = &plain[..end];
    let last = trailing_number(before)?;
    let rest = &before[..before.len() - last.1];
    let rest_dashed = rest.strip_suffix(['-', '—', '–', '~', '至', '到', '―']);
    let first = rest_dashed
        .map(|rest| rest.trim_end_matches('月'))
        .and_then(trailing_number)
        .filter(|(first, _)| (1..=12).contains(first))
        .map_or(last.0, |(first, _)| first);
    (1..=12).contains(&last.0).then_some((first, last.0))
}

/// The number of one or two digits at the end of a text, and its length.
fn trailing_number(text: &str) -> Option<(u8, usize)> {
    let length = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    (1..=2)
        .contains(&length)
        .then(|| text[text.len() - length..].parse().ok())?
        .map(|n| (n, length))
}

/// Whether a text means the end of a year: 年底, 年末, 12月, 上年底.
fn is_year_end(plain: &str) -> bool {
    ["年底", "年末", "年12月", "年终"].iter().any(|end| plain.contains(end))
        || plain.contains("以前")
        || plain.contains("及之前")
        || plain.trim_end_matches("累计完成投资").ends_with('年')
}

/// The field of a header about investment of some time; `None` when it is not about that.
pub fn of_investment(plain: &str, years: &Years) -> Option<Field> {
    let text = super::text::without_parentheses(plain);
    let has = |part: &str| text.contains(part);
    let is_money = has("投资") || has("完成额") || has("资金计划") || (has("计划") && has("万元"));
    if !is_money
        || ["占", "率", "比例", "形象", "情况说明", "内容", "单位", "主体", "来源"]
            .iter()
            .any(|no| has(no))
    {
        return None;
    }
    let year = of(&text);
    let this = year.is_none() || year == years.of_ledger;
    let by_year = |field| if this { field } else { Field::OtherYear };
    let is_done = has("完成") && !has("计划完成") && !has("预计完成") && !has("拟完成");
    if is_done {
        return Some(done(&text, year, years));
    }
    let is_plan =
        has("计划") || has("安排") || has("预计") || has("拟") || has("目标") || has("预期");
    let is_total = has("总投资") || has("投资总");
    let is_of_year =
        year.is_some() || ["年度", "本年", "当年", "今年", "全年"].iter().any(|word| has(word));
    if is_plan && is_of_year && !is_total {
        return Some(by_year(Field::PlannedThisYear));
    }
    let bare = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if year.is_some()
        && !is_total
        && ["年投资", "年度投资"].iter().any(|start| bare.starts_with(start))
    {
        return Some(by_year(Field::PlannedThisYear));
    }
    let key = super::text::key(&text);
    matches!(key.as_str(), "年度投资" | "年度投资计划" | "本年投资" | "计划投资")
        .then_some(Field::PlannedThisYear)
}

/// Which investment done a header tells of.
fn done(text: &str, year: Option<i16>, years: &Years) -> Field {
    let has = |part: &str| text.contains(part);
    let of_ledger = years.of_ledger;
    let ends_last_year = match (year, of_ledger) {
        (Some(year), Some(this)) => year + 1 == this,
        (Some(_), None) => true,
        _ => false,
    };
    if ["上年底", "去年底", "上年末", "去年末", "以前年度", "历年", "上年累计"]
        .iter()
        .any(|word| has(word))
    {
        return Field::DoneToLastYear;
    }
    let is_up_to =
        ["至", "累计", "截止", "以前", "及之前", "底前", "末前"].iter().any(|word| has(word));
    if is_up_to
        && year.is_some()
        && is_year_end(text)
        && months(text).is_none_or(|(_, last)| last == 12)
    {
        if ends_last_year {
            return Field::DoneToLastYear;
        }
        return if year == of_ledger { Field::DoneSoFar } else { Field::OtherYear };
    }
    if has("本月") || has("当月") {
        return Field::DoneThisMonth;
    }
    let is_this_year =
        ["本年", "今年", "当年", "年初至今", "年度", "全年"].iter().any(|word| has(word));
    match months(text) {
        Some((first, last)) => {
            if year.is_some() && of_ledger.is_some() && year != of_ledger {
                Field::OtherYear
            } else if first == 1 && (last > 1 || !has("累计")) || is_up_to && is_this_year {
                Field::DoneThisYear
            } else if is_up_to {
                Field::DoneSoFar
            } else {
                Field::DoneThisMonth
            }
        }
        None if is_this_year && year.is_none() => Field::DoneThisYear,
        None if ["截至目前", "截止目前", "开工", "开始"].iter().any(|word| has(word)) => {
            Field::DoneSoFar
        }
        None if year.is_some() && year == of_ledger && !has("截") => Field::DoneThisYear,
        None if year.is_some() => Field::OtherYear,
        None => Field::DoneSoFar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_which_investment() {
        use Field::*;
        let years = Years { of_ledger: Some(2017) };
        for (header, meant) in [
            ("至2016年底累计完成投资", Some(DoneToLastYear)),
            ("截至2016年12月底完成投资", Some(DoneToLastYear)),
            ("2016年底前完成投资", Some(DoneToLastYear)),
            ("2016年及以前完成投资", Some(DoneToLastYear)),
            ("上年底累计完成投资", Some(DoneToLastYear)),
            ("2015年完成投资", Some(OtherYear)),
            ("2017年1-7月完成投资", Some(DoneThisYear)),
            ("1-7月累计完成投资", Some(DoneThisYear)),
            ("2017年1—7月完成投资", Some(DoneThisYear)),
            ("本年累计完成投资", Some(DoneThisYear)),
            ("2017年完成投资", Some(DoneThisYear)),
            ("7月份完成投资", Some(DoneThisMonth)),
            ("本月完成投资", Some(DoneThisMonth)),
            ("1-6月完成本月完成投资", Some(DoneThisMonth)),
            ("截至目前累计完成投资", Some(DoneSoFar)),
            ("累计完成投资", Some(DoneSoFar)),
            ("截至2017年7月底累计完成投资", Some(DoneSoFar)),
            ("2017年计划投资", Some(PlannedThisYear)),
            ("2017年度投资计划", Some(PlannedThisYear)),
            ("2017年计划完成投资", Some(PlannedThisYear)),
            ("本年计划投资", Some(PlannedThisYear)),
            ("2018年计划投资", Some(OtherYear)),
            ("2017年投资", Some(PlannedThisYear)),
            ("总投资", None),
            ("计划总投资", None),
            ("投资完成率", None),
            ("投资主体", None),
        ] {
            assert_eq!(of_investment(header, &years), meant, "{header}");
        }
    }

    #[test]
    fn the_year_is_the_titles_or_the_headers() {
        let of = |texts: &[&str], headers: &[&str]| {
            let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
            Years::of(texts, &headers).of_ledger
        };
        assert_eq!(of(&["某市2017年1-7月调度表"], &[]), Some(2017));
        assert_eq!(
            of(&["2018-2020年三年滚动计划"], &["2018年计划投资", "2019年计划投资"]),
            Some(2018)
        );
        assert_eq!(of(&["调度表"], &["至2016年底累计完成投资"]), Some(2017));
        assert_eq!(of(&["调度表"], &["2019年1-3月完成投资"]), Some(2019));
        assert_eq!(of(&["201707调度"], &[]), Some(2017));
        assert_eq!(of(&["调度表"], &["总投资"]), None);
    }
}
