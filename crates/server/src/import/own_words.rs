//! The words of this registry's own files, which come back in when such a file was edited: funding
//! with its year and status, industry, approval mode, kind, further regions.

use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::facts::ProjectKind;
use shortboard_domain::funding::FundingStatus;
use shortboard_domain::industry::Industry;
use shortboard_domain::lang::Lang;
use shortboard_domain::matter::ApprovalMode;
use shortboard_domain::name::normalise;
use shortboard_domain::written;
use shortboard_ledger::reading::LedgerFunding;

/// A funding source as a row tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToldFunding {
    /// Channel, amount and what has arrived.
    pub source: LedgerFunding,
    /// The year it is for.
    pub year: Option<i16>,
    /// How sure it is.
    pub status: Option<FundingStatus>,
}

/// What parts the sources of a cell, and their parts.
struct Signs {
    lang: Lang,
    between: &'static str,
    open: &'static str,
    close: char,
    more: &'static str,
    unit: &'static str,
    arrived: &'static str,
}

const SIGNS: [Signs; 2] = [
    Signs {
        lang: Lang::Zh,
        between: "、",
        open: "（",
        close: '）',
        more: "，",
        unit: "万元",
        arrived: "已到位",
    },
    Signs {
        lang: Lang::En,
        between: ", ",
        open: " (",
        close: ')',
        more: "; ",
        unit: " ¥10k",
        arrived: "arrived ",
    },
];

/// The sources of a cell that reads as this registry writes them, each with its year and status:
/// 企业自筹2000万元（2018，已批复，已到位500万元）. `None` where any part of it reads otherwise.
pub fn funding(cell: &str, row: u32, lists: &CodeLists) -> Option<Vec<ToldFunding>> {
    SIGNS.iter().find_map(|signs| signs.sources(cell.trim(), row, lists))
}

/// The sources that the ledger was read to tell; channels that are known by the names of the
/// registry's list alone are theirs, also where a name holds a sign that parts others.
pub fn channels(
    cell: Option<&String>,
    sources: &[LedgerFunding],
    lists: &CodeLists,
) -> Vec<ToldFunding> {
    let known = |name: &str| lists.find(ListName::Channels, name).is_some();
    let told = |source| ToldFunding { source, ..ToldFunding::default() };
    let are_bare = sources.iter().all(|source| source.amount.is_none() && source.arrived.is_none());
    let names = cell.map(|cell| names(cell, known)).filter(|_| are_bare).unwrap_or_default();
    if !names.is_empty() && names.iter().all(|name| known(name)) {
        let row = sources.first().map_or(0, |source| source.row);
        let of = |written: String| LedgerFunding {
            channel: lists.find(ListName::Channels, &written).map(str::to_owned),
            written,
            row,
            ..LedgerFunding::default()
        };
        return names.into_iter().map(of).map(told).collect();
    }
    let named = |source: &LedgerFunding| {
        let by_name = || lists.find(ListName::Channels, &source.written).map(str::to_owned);
        LedgerFunding { channel: source.channel.clone().or_else(by_name), ..source.clone() }
    };
    sources.iter().map(named).map(told).collect()
}

impl Signs {
    fn sources(&self, cell: &str, row: u32, lists: &CodeLists) -> Option<Vec<ToldFunding>> {
        let mut sources = Vec::new();
        let mut rest = cell;
        while !rest.is_empty() {
            let (source, after) = self.source(rest, row, lists)?;
            sources.push(source);
            rest = match after.trim_start() {
                "" => "",
                more => more.strip_prefix(self.between.trim_end())?.trim_start(),
            };
        }
        (!sources.is_empty()).then_some(sources)
    }

    /// The first source: what follows its channel begins at the unit of its amount.
    fn source<'c>(
        &self,
        cell: &'c str,
        row: u32,
        lists: &CodeLists,
    ) -> Option<(ToldFunding, &'c str)> {
        let (head, after) = cell.split_once(&format!("{}{}", self.unit, self.open))?;
        let (about, after) = after.split_once(self.close)?;
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let label = head.trim_end_matches(number);
        let amount = written::wan(&head[label.len()..]).ok()?;
        let channel = lists.find(ListName::Channels, label)?.to_owned();
        let mut told = ToldFunding {
            source: LedgerFunding {
                channel: Some(channel),
                written: cell[..cell.len() - after.len()].to_owned(),
                amount: Some(amount),
                arrived: None,
                row,
            },
            ..ToldFunding::default()
        };
        for part in about.split(self.more.trim_end()).map(str::trim) {
            self.about(part, &mut told)?;
        }
        Some((told, after))
    }

    fn about(&self, part: &str, told: &mut ToldFunding) -> Option<()> {
        if let Some(status) =
            FundingStatus::ALL.iter().find(|status| status.label(self.lang) == part)
        {
            told.status = Some(*status);
        } else if let Ok(year) = part.parse() {
            told.year = Some(year);
        } else {
            let amount = part.strip_prefix(self.arrived)?.strip_suffix(self.unit)?;
            told.source.arrived = Some(written::wan(amount).ok()?);
        }
        Some(())
    }
}

/// An industry: its code, with or without its name behind it, or the name of a section.
pub fn industry(text: &str) -> Option<Industry> {
    let first = text.split_whitespace().next()?;
    if let Ok(industry) = first.parse() {
        return Some(industry);
    }
    let name = normalise(text);
    Industry::sections().find(|section| {
        let label = section.label();
        [&label.zh, &label.en].iter().any(|label| normalise(label) == name)
    })
}

/// An approval mode: its code, its label, or a text with the label of one alone: 核准制.
pub fn approval_mode(text: &str) -> Option<ApprovalMode> {
    let name = normalise(text);
    let is_label = |mode: &&ApprovalMode| {
        let labels = [mode.as_str(), mode.label(Lang::Zh), mode.label(Lang::En)];
        labels.iter().any(|label| normalise(label) == name)
    };
    let named = ApprovalMode::ALL.iter().find(is_label);
    let mut within = ApprovalMode::ALL.iter().filter(|mode| name.contains(mode.label(Lang::Zh)));
    let named = named.or_else(|| within.next().filter(|_| within.next().is_none()));
    named.copied()
}

/// A kind, by its label alone: other ledgers have categories of their own in such a column.
pub fn kind(text: &str) -> Option<ProjectKind> {
    let name = normalise(text);
    let is_label = |kind: &&ProjectKind| {
        [kind.label(Lang::Zh), kind.label(Lang::En)].iter().any(|label| normalise(label) == name)
    };
    ProjectKind::ALL.iter().find(is_label).copied()
}

/// The codes of regions, where all that a cell names are known.
pub fn regions(text: &str, lists: &CodeLists) -> Option<Vec<String>> {
    let names = text.split(['、', '，', ',', '；', ';', '\n']).map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(|name| lists.find(ListName::Regions, name).map(str::to_owned))
        .collect()
}

/// The names of a cell: the whole where `is_name`, else the longest runs of its parts that are, since
/// a name may have a comma itself, and the parts that are none.
pub fn names(cell: &str, is_name: impl Fn(&str) -> bool) -> Vec<String> {
    let signs = ['、', '，', ',', '/', '；', ';', '\n'];
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for (at, sign) in cell.match_indices(signs) {
        parts.push((from, at));
        from = at + sign.len();
    }
    parts.push((from, cell.len()));
    let mut names = Vec::new();
    let mut first = 0;
    while let Some((from, to)) = parts.get(first).copied() {
        // A name of a list has few such signs: long cells are not tried in all ways.
        let run = (first + 1..parts.len().min(first + 8))
            .rev()
            .find(|last| is_name(cell[from..parts[*last].1].trim()));
        let (last, to) = run.map_or((first, to), |last| (last, parts[last].1));
        let name = cell[from..to].trim();
        if !name.is_empty() {
            names.push(name.to_owned());
        }
        first = last + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_commas_of_their_own() {
        let known = ["Bureau of Culture, Radio and Television", "市发改委"];
        let is_name = |name: &str| known.contains(&name);
        assert_eq!(
            names("市发改委, Bureau of Culture, Radio and Television、某局", is_name),
            ["市发改委", "Bureau of Culture, Radio and Television", "某局"]
        );
        assert_eq!(names(" ", is_name), Vec::<String>::new());
    }

    #[test]
    fn words_of_the_registrys_own_files_are_codes_again() {
        assert_eq!(industry("N77 水利、环境和公共设施管理业").unwrap().to_string(), "N77");
        assert_eq!(industry("制造业").unwrap().to_string(), "C");
        assert_eq!(industry("交通"), None);
        assert_eq!(approval_mode("核准制"), Some(ApprovalMode::Ratification));
        assert_eq!(approval_mode("审批/核准/备案"), None);
        assert_eq!(kind("打捆项目"), Some(ProjectKind::Programme));
        assert_eq!(kind("市政"), None);
    }
}
