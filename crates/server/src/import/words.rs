//! Which columns tell a fact, and the region that a text names without a column of its own.

use shortboard_domain::code::RegionCode;
use shortboard_domain::codelist::{CodeLists, ListName, RegionKind};
use shortboard_domain::lang::Lang;
use shortboard_domain::name::normalise;
use shortboard_ledger::understand::field::Field;

/// The fields that tell a fact, the likeliest first, where they are not one field of its name.
pub fn fields_of(fact: &str) -> &[&str] {
    match fact {
        "stage" => &["stage", "status", "status_tick"],
        "start" => &["planned_start", "period", "actual_start", "actual_period"],
        "finish" => &["planned_finish", "period", "actual_finish", "actual_period"],
        "funding" => &["funding_channel", "channel_amount", "funding_amount"],
        "nature" => &["nature", "status"],
        _ => &[],
    }
}

/// The name of a field or a fact; the word itself where it has none.
pub fn field_name(field: &str, lang: Lang) -> &str {
    let first = fields_of(field).first().copied().unwrap_or(field);
    first.parse::<Field>().map_or(field, |field| field.label(lang))
}

/// The field of a ledger that a pointer into a project's body comes from.
pub fn field_at(pointer: &str) -> &str {
    let mut parts = pointer.split('/').skip(1);
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("departments", _) => "department",
        ("owner_unit", Some("credit_code")) => "credit_code",
        ("planned", Some("finish")) => "finish",
        ("planned", _) => "start",
        ("location", _) => "place",
        (field, _) => field,
    }
}

/// The names of regions, the longest first, so that the most exact one is found.
pub struct Places(Vec<(String, RegionCode, bool)>);

impl Places {
    /// The names that the lists know.
    pub fn of(lists: &CodeLists) -> Self {
        let mut names = Vec::new();
        for entry in lists.entries(ListName::Regions) {
            let is_part = entry.details.kind != Some(RegionKind::City);
            for name in [&entry.label.zh].into_iter().chain(&entry.aliases) {
                let key = normalise(name);
                if key.chars().count() >= 2 {
                    names.push((key, RegionCode::new(&entry.code), is_part));
                }
            }
        }
        names.sort_by_key(|(name, _, _)| std::cmp::Reverse(name.chars().count()));
        Self(names)
    }

    /// The county or zone that a text names; none where it names several.
    pub fn part_in(&self, text: &str) -> Option<RegionCode> {
        let mut rest = normalise(text);
        let mut found: Option<&RegionCode> = None;
        for (name, code, is_part) in &self.0 {
            if rest.contains(name.as_str()) {
                rest = rest.replace(name.as_str(), " ");
                if *is_part {
                    if found.is_some_and(|found| found != code) {
                        return None;
                    }
                    found = Some(code);
                }
            }
        }
        found.cloned()
    }
}

/// A section's name without its number and its count: 一、交通（5项） is 交通.
pub fn bare(section: &str) -> &str {
    let numeral = |c: char| c.is_numeric() || "一二三四五六七八九十百".contains(c);
    let section = section.trim();
    let rest = section.trim_start_matches(['（', '(']);
    let after = rest.trim_start_matches(numeral);
    let mark = |c: char| "、.．）)，, ：:".contains(c);
    let section = match after.chars().next() {
        Some(c) if after.len() < rest.len() && (mark(c) || c.is_whitespace()) => {
            after.trim_start_matches(|c| mark(c) || c.is_whitespace())
        }
        _ => section,
    };
    let section = section.split(['（', '(']).next().unwrap_or(section).trim();
    let counted = section.strip_suffix('项').map(|rest| rest.trim_end_matches(numeral).trim_end());
    let section = counted.filter(|rest| !rest.is_empty()).unwrap_or(section);
    section.strip_prefix("其中：").unwrap_or(section).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_its_name() {
        for (section, name) in [
            ("一、交通 5项", "交通"),
            ("（一）在建（11项）", "在建"),
            ("工业", "工业"),
            ("3.水利", "水利"),
            ("其中：在建重点项目（90项）", "在建重点项目"),
            ("十里铺", "十里铺"),
        ] {
            assert_eq!(bare(section), name);
        }
    }
}
