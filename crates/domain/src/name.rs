//! Names of projects as people type them: cleaned, normalised, and how alike two of them are.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The letters and digits of any script, in NFKC and lower case: what names are compared and
/// searched by.
pub fn normalise(text: &str) -> String {
    folded(text).into_iter().filter(|c| *c != GAP).collect()
}

/// The overlapping pairs of characters of a text, in order; none when it has less than two.
pub fn bigrams(text: &str) -> Vec<[char; 2]> {
    text.chars().zip(text.chars().skip(1)).map(|(first, second)| [first, second]).collect()
}

/// How alike two names are, from 0 to 1: see [`NameKey::likeness`].
pub fn likeness(a: &str, b: &str) -> f64 {
    NameKey::new(a).likeness(&NameKey::new(b))
}

/// A name made ready to be compared with many others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKey {
    /// The name without its ordinals and generic endings.
    core: String,
    /// The sorted bigrams of `core`.
    pairs: Vec<[char; 2]>,
    /// The phases, lots, numbers and years that the name tells.
    ordinals: BTreeSet<Ordinal>,
}

impl NameKey {
    /// The key of a name, normalised or not.
    pub fn new(name: &str) -> Self {
        let (rest, ordinals) = take_ordinals(&folded(name));
        let core = without_generic_endings(&rest).to_owned();
        let mut pairs = bigrams(&core);
        pairs.sort_unstable();
        Self { core, pairs, ordinals }
    }

    /// The name without its ordinals and generic endings, normalised.
    pub fn core(&self) -> &str {
        &self.core
    }

    /// How alike two names are, from 0 (nothing shared) to 1 (the same but for punctuation, the
    /// spelling of ordinals, and endings such as 工程).
    /// Phases and lots decide more than their two characters weigh: 二期 is another project than
    /// 三期. Where they contradict each other, or one name has a second or later one and the
    /// other has none, the likeness is at most 0.4; where only one name has a first one, or a
    /// year, at most 0.8.
    pub fn likeness(&self, other: &Self) -> f64 {
        self.core_likeness(other).min(self.ordinal_limit(other))
    }

    /// Mostly Dice's coefficient of the bigrams; the rest for how much of the shorter name the
    /// longer one contains, since ledgers leave out what their section already says.
    fn core_likeness(&self, other: &Self) -> f64 {
        let empty = |key: &Self| key.core.is_empty() && key.ordinals.is_empty();
        if empty(self) || empty(other) {
            return 0.0;
        }
        if self.core == other.core {
            return 1.0;
        }
        let (mine, theirs) = (self.pairs.len(), other.pairs.len());
        if mine.min(theirs) == 0 {
            return 0.0;
        }
        let shared = shared(&self.pairs, &other.pairs) as f64;
        let dice = 2.0 * shared / (mine + theirs) as f64;
        let contained = shared / mine.min(theirs) as f64;
        0.7 * dice + 0.3 * contained
    }

    fn ordinal_limit(&self, other: &Self) -> f64 {
        let mut mine = self.ordinals.difference(&other.ordinals).peekable();
        let mut theirs = other.ordinals.difference(&self.ordinals).peekable();
        match (mine.peek().is_some(), theirs.peek().is_some()) {
            (false, false) => 1.0,
            (true, true) => 0.4,
            _ if mine.chain(theirs).all(Ordinal::may_be_left_out) => 0.8,
            _ => 0.4,
        }
    }
}

/// Stands for a run of anything that is neither letter nor digit.
const GAP: char = ' ';

/// Endings that most names could as well have as not; 建设项目 and 建设工程 are two of them.
const GENERIC_ENDINGS: [&str; 3] = ["工程", "项目", "建设"];

/// What an ordinal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Phase,
    Lot,
    Number,
    Batch,
    Year,
}

/// The words behind an ordinal, longer ones first.
const MARKERS: [(&str, Kind); 8] = [
    ("阶段", Kind::Phase),
    ("期", Kind::Phase),
    ("标段", Kind::Lot),
    ("标", Kind::Lot),
    ("号", Kind::Number),
    ("批", Kind::Batch),
    ("年度", Kind::Year),
    ("年", Kind::Year),
];

/// What makes another word of a marker: 期间, 标准.
const NOT_MARKERS: [&str; 2] = ["期间", "标准"];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Ordinal {
    kind: Kind,
    /// Arabic digits, or a letter with or without digits.
    value: String,
}

impl Ordinal {
    /// Whether the same project may go without it: a first phase is just "the project" until
    /// there is a second, and a year is often added.
    fn may_be_left_out(&self) -> bool {
        self.kind == Kind::Year || matches!(self.value.as_str(), "1" | "a")
    }
}

/// NFKC and lower case, with a [`GAP`] for every run of anything but letters and digits: without
/// it, `2017(2期)` would tell of phase 20172.
fn folded(text: &str) -> Vec<char> {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let mut chars: Vec<char> =
        lower.chars().map(|c| if c.is_alphanumeric() { c } else { GAP }).collect();
    chars.dedup_by(|next, last| *next == GAP && *last == GAP);
    chars
}

/// Splits the ordinals off a folded name; the rest comes without gaps.
fn take_ordinals(chars: &[char]) -> (String, BTreeSet<Ordinal>) {
    let mut rest = String::new();
    let mut ordinals = BTreeSet::new();
    let mut at = 0;
    while at < chars.len() {
        if let Some((ordinal, length)) = ordinal(&chars[at..], chars[..at].last().copied()) {
            ordinals.insert(ordinal);
            at += length;
        } else {
            if chars[at] != GAP {
                rest.push(chars[at]);
            }
            at += 1;
        }
    }
    (rest, ordinals)
}

/// The ordinal with which `chars` begins, and its length. A numeral is never begun in its middle,
/// which is what `before` tells.
fn ordinal(chars: &[char], before: Option<char>) -> Option<(Ordinal, usize)> {
    let prefix = usize::from(chars.first() == Some(&'第'));
    let start = prefix + gap(&chars[prefix..]);
    let script = Script::of(*chars.get(start)?)?;
    if prefix == 0 && before.and_then(Script::of) == Some(script) {
        return None;
    }
    let numeral: String =
        chars[start..].iter().take_while(|c| Script::of(**c) == Some(script)).collect();
    let end = start + numeral.chars().count();
    let marker = end + gap(&chars[end..]);
    let tail: String = chars[marker..].iter().take(2).collect();
    if NOT_MARKERS.contains(&tail.as_str()) {
        return None;
    }
    let marked = MARKERS.into_iter().find(|(word, _)| tail.starts_with(word));
    // 第二水厂: with 第 a numeral counts whatever follows.
    let (end, kind) = match marked {
        Some((word, kind)) => (marker + word.chars().count(), kind),
        None if prefix == 1 => (end, Kind::Number),
        None => return None,
    };
    // 一批 alone is "a number of", and 五年 a duration.
    let sure = match kind {
        Kind::Batch => prefix == 1,
        Kind::Year => {
            numeral.len() == 4 && (numeral.starts_with("19") || numeral.starts_with("20"))
        }
        _ => true,
    };
    let value = value(&numeral, script, kind).filter(|_| sure)?;
    Some((Ordinal { kind, value }, end))
}

/// The two ways of writing numerals. Roman ones and the letters of lots are Latin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Chinese,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        if c.is_ascii_alphanumeric() {
            Some(Self::Latin)
        } else if chinese_digit(c).is_some() || c == '十' {
            Some(Self::Chinese)
        } else {
            None
        }
    }
}

/// One spelling for 二, 2, 02, and ii.
fn value(numeral: &str, script: Script, kind: Kind) -> Option<String> {
    const ROMAN: [&str; 12] =
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    if script == Script::Chinese {
        return chinese_number(numeral).map(|number| number.to_string());
    }
    if let Some(place) = ROMAN.iter().position(|roman| *roman == numeral) {
        return Some((place + 1).to_string());
    }
    let letters = numeral.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = numeral[letters.len()..].trim_start_matches('0');
    match letters.len() {
        0 if number.is_empty() => None,
        0 => Some(number.to_owned()),
        1 if matches!(kind, Kind::Lot | Kind::Number) => Some(format!("{letters}{number}")),
        _ => None,
    }
}

/// 1–99 as 三, 十, 十二, 二十 or 二十三; nothing for other sequences, such as the 十三五 of a plan.
fn chinese_number(numeral: &str) -> Option<u32> {
    let digits: Vec<Option<u32>> = numeral.chars().map(chinese_digit).collect();
    match digits[..] {
        [Some(ones)] => Some(ones),
        [None] => Some(10),
        [None, Some(ones)] => Some(10 + ones),
        [Some(tens), None] => Some(10 * tens),
        [Some(tens), None, Some(ones)] => Some(10 * tens + ones),
        _ => None,
    }
}

/// The value of a Chinese digit; 十 is none.
fn chinese_digit(c: char) -> Option<u32> {
    "一二三四五六七八九".chars().zip(1..).find(|(digit, _)| *digit == c).map(|(_, value)| value)
}

/// The length of the gap with which `chars` begins.
fn gap(chars: &[char]) -> usize {
    usize::from(chars.first() == Some(&GAP))
}

fn without_generic_endings(name: &str) -> &str {
    let mut core = name;
    while let Some(shorter) = GENERIC_ENDINGS.iter().find_map(|ending| core.strip_suffix(ending)) {
        core = shorter;
    }
    // A name of nothing else keeps it.
    if core.is_empty() { name } else { core }
}

/// How many pairs two sorted lists have in common, repeated ones counted as often as in both.
fn shared(a: &[[char; 2]], b: &[[char; 2]]) -> usize {
    let (mut at, mut to, mut count) = (0, 0, 0);
    while at < a.len() && to < b.len() {
        match a[at].cmp(&b[to]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => {
                at += 1;
                to += 1;
                count += 1;
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(a: &str, b: &str) {
        assert_eq!(likeness(a, b), 1.0, "{a} / {b}");
    }

    fn at_most(limit: f64, a: &str, b: &str) {
        let found = likeness(a, b);
        assert!(found <= limit, "{a} / {b}: {found}");
    }

    fn at_least(limit: f64, a: &str, b: &str) {
        let found = likeness(a, b);
        assert!(found >= limit, "{a} / {b}: {found}");
    }

    #[test]
    fn names_are_normalised() {
        let wide = "滨河路\u{FF08}三期\u{FF09}工程 \u{FF21}\u{FF11}●";
        assert_eq!(normalise(wide), "滨河路三期工程a1");
        assert_eq!(normalise("\u{2161}期—Ü"), "ii期ü");
        assert_eq!(normalise(" ,。"), "");
        assert_eq!(bigrams("滨河路"), [['滨', '河'], ['河', '路']]);
        assert!(bigrams("滨").is_empty());
    }

    #[test]
    fn spelling_and_generic_endings_do_not_matter() {
        same("滨河路三期工程", "滨河路\u{FF08}三期\u{FF09}工程");
        same("老旧小区改造", "老旧小区改造工程");
        same("锦州南站建设项目", "锦州南站");
        same("建设项目", "建设项目");
        same("2017年度农村公路", "农村公路(2017年)");
    }

    #[test]
    fn ordinals_are_read_in_every_spelling() {
        same("供水二期工程", "供水2期工程");
        same("供水二期工程", "供水\u{2161}期工程");
        same("供水二期工程", "供水工程(第 二 期)");
        same("供水第十二标段", "供水12标");
        same("供水Ａ标", "供水a标段");
        same("供水02号泵站", "供水二号泵站");
        same("城东第二水厂", "城东第2水厂");
        same("农村公路2017(2期)", "农村公路2017二期");
    }

    #[test]
    fn ordinals_matter() {
        at_most(0.4, "滨河路三期工程", "滨河路二期工程");
        at_most(0.4, "滨河路三期工程", "滨河路工程");
        at_most(0.4, "供水A标", "供水B标");
        at_most(0.4, "供水A1标", "供水A2标");
        at_most(0.4, "供水1号泵站", "供水2号泵站");
        at_most(0.4, "城东第二水厂", "城东第三水厂");
        at_most(0.4, "供水二期一标段", "供水二期二标段");
        at_most(0.4, "第一批棚户区改造", "第二批棚户区改造");
        at_most(0.4, "2017年农村公路", "2018年农村公路");
        at_most(0.4, "一期", "二期");
        let weak = [("滨河路一期", "滨河路"), ("2017年农村公路", "农村公路")];
        for (a, b) in weak {
            at_most(0.8, a, b);
            at_least(0.8, a, b);
        }
    }

    #[test]
    fn what_only_looks_like_an_ordinal_is_none() {
        for name in
            ["十三五期间农村公路", "一批农村公路", "二标准厂房", "五年规划", "ppp期", "二级公路"]
        {
            assert_eq!(NameKey::new(name).ordinals, BTreeSet::new(), "{name}");
        }
    }

    #[test]
    fn kindred_names_lie_between() {
        let (south, zone) = ("锦州南站公路客运枢纽", "滨海新区公路客运枢纽");
        at_least(0.4, south, zone);
        at_most(0.69, south, zone);
        at_least(0.7, "云飞街跨小凌河大桥工程", "小凌河大桥");
        at_most(0.0, "滨河路", "热力管网");
        at_most(0.0, "", "");
        at_most(0.0, "一期", "");
    }

    proptest! {
        #[test]
        fn any_two_texts_compare(a in any::<String>(), b in any::<String>()) {
            let found = likeness(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert_eq!(found, likeness(&b, &a));
        }

        #[test]
        fn any_two_names_compare(
            a in "[滨河路一二十第期标段号年批准间工程项目12vixab ]{0,12}",
            b in "[滨河路一二十第期标段号年批准间工程项目12vixab ]{0,12}",
        ) {
            let found = likeness(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert_eq!(found, likeness(&b, &a));
            let itself = if normalise(&a).is_empty() { 0.0 } else { 1.0 };
            prop_assert_eq!(likeness(&a, &a), itself);
        }
    }
}
