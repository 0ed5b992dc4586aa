//! Units of money in headers, titles and corner cells.

use super::text::plain;
use crate::reading::Unit;

/// What people read for a unit.
pub const fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Wan => "万元",
        Unit::Yi => "亿元",
        Unit::Yuan => "元",
    }
}

/// How many decimal places a unit's fen have.
pub const fn places(unit: Unit) -> usize {
    match unit {
        Unit::Wan => 6,
        Unit::Yi => 10,
        Unit::Yuan => 2,
    }
}

/// The unit that a header tells: （万元）, /亿元, 单位：元.
pub fn of_header(text: &str) -> Option<Unit> {
    let plain = plain(text).to_lowercase();
    // Of areas and other prices: 万元/亩.
    if plain.contains("元/") {
        return None;
    }
    if plain.contains("亿元") || plain.contains("(亿)") || plain.contains("100millionyuan") {
        Some(Unit::Yi)
    } else if plain.contains("万元")
        || plain.contains("(万)")
        || plain.contains("10,000yuan")
        || plain.contains("¥10k")
    {
        Some(Unit::Wan)
    } else if ["(元)", "单位:元", "/元", "(yuan)", ":元", "(人民币元)"]
        .iter()
        .any(|part| plain.contains(part))
    {
        Some(Unit::Yuan)
    } else {
        None
    }
}

/// The unit that a title, a corner cell or a note tells; what only mentions an amount (总投资3亿元)
/// tells none.
pub fn of_text(text: &str) -> Option<Unit> {
    let plain = plain(text).to_lowercase();
    for (at, word) in plain.match_indices("单位") {
        let rest = plain[at + word.len()..].trim_start_matches([':', '为', '是', '(', '均']);
        let rest = rest.trim_start_matches("人民币");
        // 万元、公顷; of another 单位 nothing follows that is a unit.
        let mut pieces = rest.split(['、', ',', '/', ';', '，']).take(3);
        if let Some(unit) = pieces.find_map(begins_with_unit) {
            return Some(unit);
        }
    }
    if plain.contains("unit:") {
        return of_header(&plain);
    }
    let brackets =
        plain.match_indices('(').filter_map(|(at, _)| begins_with_unit(&plain[at + 1..]));
    brackets.into_iter().next()
}

/// The unit of money that a text begins with; 元 only where it stands alone.
fn begins_with_unit(text: &str) -> Option<Unit> {
    if text.starts_with("亿元") {
        Some(Unit::Yi)
    } else if text.starts_with("万元") {
        Some(Unit::Wan)
    } else {
        let rest = text.strip_prefix('元')?;
        rest.chars().next().is_none_or(|c| !c.is_alphanumeric()).then_some(Unit::Yuan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_in_many_ways() {
        assert_eq!(of_header("总投资\n（万元）"), Some(Unit::Wan));
        assert_eq!(of_header("总投资/亿元"), Some(Unit::Yi));
        assert_eq!(of_header("金额(元)"), Some(Unit::Yuan));
        assert_eq!(of_header("亩均投资（万元/亩）"), None);
        assert_eq!(of_header("库容（亿立方米）"), None);
        assert_eq!(of_text("单位：万元、公顷"), Some(Unit::Wan));
        assert_eq!(of_text("计量单位: 亿 元"), Some(Unit::Yi));
        assert_eq!(of_text("金额单位:元"), Some(Unit::Yuan));
        assert_eq!(of_text("义县储备项目（单位：亿元）"), Some(Unit::Yi));
        assert_eq!(of_text("注：金额单位为万元"), Some(Unit::Wan));
        assert_eq!(of_text("储备项目表（万元）"), Some(Unit::Wan));
        assert_eq!(of_text("填报单位：某局  总投资3亿元"), None);
        assert_eq!(of_text("总投资3亿元以上项目表"), None);
    }
}
