//! Where the money of a project comes from: a channel a row, several in a cell, or a column each.

use super::amount::{self, Amount};
use super::channel;
use super::text::plain;
use crate::reading::{LedgerFunding, Unit};
use shortboard_domain::money::Money;

/// What a cell of channels was read as.
#[derive(Debug, Default)]
pub struct Written {
    /// The sources, without a row.
    pub sources: Vec<LedgerFunding>,
    /// Whether amounts among the words are only approximate.
    pub is_approximate: bool,
}

/// The channels that a cell names, with the amounts that stand in it with their unit.
pub fn of_cell(text: &str) -> Written {
    let is_share = |c: char| c.is_ascii_digit() || matches!(c, '%' | '.');
    let mut written = Written::default();
    for piece in channel::pieces(text) {
        let (words, amount) = match own_amount(&piece) {
            Some((words, Amount::Exact(money))) => (words, Some(money)),
            Some((words, _)) => {
                written.is_approximate = true;
                (words, None)
            }
            None => (plain(&piece), None),
        };
        let name = super::text::key(&words);
        if name.is_empty()
            || matches!(name.as_str(), "合计" | "小计" | "总计" | "共计" | "无" | "待定")
        {
            continue;
        }
        let channel = channel::of_header(words.trim_end_matches(is_share), true).flatten();
        let channel = channel.or_else(|| channel::code(&words)).map(str::to_owned);
        written.sources.push(LedgerFunding {
            channel,
            written: piece,
            amount,
            ..LedgerFunding::default()
        });
    }
    written
}

/// The amount in a piece that carries its unit, and the piece without it: 中央预算内2000万元.
fn own_amount(piece: &str) -> Option<(String, Amount)> {
    let plain = plain(piece);
    let unit = ["亿元", "万元", "亿", "万", "元"]
        .iter()
        .find_map(|unit| Some((plain.find(unit)?, unit.len())))?;
    let before = &plain[..unit.0];
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let digits = before.len() - before.trim_end_matches(is_digit).len();
    if digits == 0 {
        return None;
    }
    let start = before.len() - digits;
    let words = format!("{}{}", &before[..start], &plain[unit.0 + unit.1..]);
    let is_about = ["约", "左右", "余", "多", "以上"].iter().any(|about| words.contains(about));
    let number = &plain[start..unit.0 + unit.1];
    let amount = if is_about { Amount::Approximate } else { amount::of_text(number, Unit::Wan) };
    let words = ["约", "左右", "以上"].iter().fold(words, |words, about| words.replace(about, ""));
    Some((words, amount))
}

/// Gives a row's amounts to its sources: to one without its own; of several, nobody knows which.
/// Returns whether there was nobody to give them to.
pub fn give(sources: &mut [LedgerFunding], amount: Option<Money>, arrived: Option<Money>) -> bool {
    if let [source] = sources {
        source.amount = amount.or(source.amount);
        source.arrived = arrived;
        return true;
    }
    amount.is_none() && arrived.is_none()
}

/// Adds what a channel's own column tells.
pub fn add(
    sources: &mut Vec<LedgerFunding>,
    written: &str,
    row: u32,
    amount: Option<Money>,
    arrived: Option<Money>,
) {
    let channel = channel::of_header(written, true)
        .flatten()
        .or_else(|| channel::code(written))
        .map(str::to_owned);
    let same = |source: &&mut LedgerFunding| {
        source.row == row
            && if channel.is_some() {
                source.channel == channel && source.written == written
            } else {
                source.written == written
            }
    };
    if let Some(source) = sources.iter_mut().find(same) {
        source.amount = source.amount.or(amount);
        source.arrived = source.arrived.or(arrived);
        return;
    }
    sources.push(LedgerFunding { channel, written: written.to_owned(), amount, arrived, row });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(Option<String>, Option<String>)> {
        let sources = of_cell(text).sources.into_iter();
        sources
            .map(|source| (source.channel, source.amount.map(|money| money.to_string())))
            .collect()
    }

    #[test]
    fn a_cell_may_name_channels_and_amounts() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told("中央预算内2000万元，其余自筹"),
            [(some("central_budget"), some("20000000.00")), (some("enterprise_own"), None)]
        );
        assert_eq!(told("车购税、县配套"), [(None, None), (some("county_budget"), None)]);
        assert_eq!(told("申请专项债券1.2亿元"), [(some("special_bond"), some("120000000.00"))]);
        assert_eq!(told("约2000万元银行贷款"), [(some("commercial_loan"), None)]);
        assert!(of_cell("约2000万元银行贷款").is_approximate);
        assert_eq!(told("上级补助80%，县财政20%"), [(None, None), (some("county_budget"), None)]);
        assert_eq!(told("小计"), []);
    }
}
