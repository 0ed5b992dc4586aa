//! Cells in memory: sums by where projects are seen from, what they are counted by, and when.

use super::board::KEPT_FOR_DAYS;
use super::change::{Change, Profile};
use super::dimension::{Dimension, Grouping};
use super::sums::{Sums, Table};
use crate::project::facets::codes;
use jiff::civil::Date;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Sums by key.
#[derive(Default)]
pub(crate) struct Cells {
    words: Words,
    sums: HashMap<Key, Sums, BuildHasherDefault<Mix>>,
}

/// Where a project counts. Words are known by their number, 0 for the blank one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    scope: u32,
    grouping: Grouping,
    filing: u32,
    period: u32,
    codes: [u32; 2],
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let both = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        state.write_u64(both(self.scope, self.period));
        state.write_u64(both(self.filing, self.grouping.number()));
        let [first, second] = self.codes;
        state.write_u64(both(first, second));
    }
}

/// A key as the table has it: scope, dimensions, filing, period and codes.
pub(super) type Place = [String; 5];

/// What a read looks at.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// As an account's scope is written.
    pub scope: String,
    pub groupings: Vec<Grouping>,
    /// The states of the filing that are seen.
    pub filings: Vec<&'static str>,
    /// The business day; now when blank.
    pub as_of: Option<Date>,
}

/// The period of a day.
pub(super) fn day(date: &str) -> String {
    format!("d{date}")
}

/// The period of the month in which a day lies.
pub(super) fn month(date: &str) -> String {
    format!("m{}", date.get(..7).unwrap_or(date))
}

impl Cells {
    /// Whether nothing is in them.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Counts what a change changes, in every cell it touches.
    pub fn count(&mut self, change: &Change) {
        let counted: Vec<Counted> =
            change.profiles.iter().map(|profile| self.words.counted(profile)).collect();
        for step in &change.steps {
            let Some(counted) = counted.get(step.profile) else { continue };
            if step.day.is_empty() {
                for grouping in Grouping::all() {
                    self.add(counted, &counted.scopes, grouping, 0, step.times);
                }
                continue;
            }
            let city = [self.words.number("city")];
            for period in [day(&step.day), month(&step.day)] {
                let period = self.words.number(&period);
                for grouping in KEPT_FOR_DAYS {
                    self.add(counted, &city, grouping, period, step.times);
                }
            }
        }
    }

    fn add(&mut self, of: &Counted, scopes: &[u32], grouping: Grouping, period: u32, times: i64) {
        let filing = of.filing;
        of.each(grouping, |codes, sums| {
            let sums = sums.times(times);
            for scope in scopes {
                let key = Key { scope: *scope, grouping, filing, period, codes };
                self.sums.entry(key).or_default().add(sums);
            }
        });
    }

    /// Counts what a change changes of what a view shows.
    pub fn see(&mut self, view: &View, change: &Change) {
        let as_of = view.as_of.map(|day| day.to_string());
        for step in &change.steps {
            let in_time = match &as_of {
                None => step.day.is_empty(),
                Some(day) => !step.day.is_empty() && step.day <= *day,
            };
            let Some(profile) = change.profiles.get(step.profile).filter(|_| in_time) else {
                continue;
            };
            if view.filings.contains(&profile.filing.as_str()) && profile.is_seen_from(&view.scope)
            {
                self.show(view, profile, step.times);
            }
        }
    }

    /// Counts a project in a view, wherever it is seen from.
    pub fn show(&mut self, view: &View, profile: &Profile, times: i64) {
        let counted = Counted { filing: 0, ..self.words.counted(profile) };
        for grouping in &view.groupings {
            self.add(&counted, &[0], *grouping, 0, times);
        }
    }

    /// Adds sums under the codes of a grouping, in a view.
    pub fn show_sums(&mut self, grouping: Grouping, codes: &str, sums: Sums) {
        self.put(grouping, ["", "", "", codes], sums);
    }

    /// Adds sums under a grouping's scope, filing, period and codes.
    pub fn put(&mut self, grouping: Grouping, place: [&str; 4], sums: Sums) {
        let [scope, filing, period, codes] = place;
        let (first, second) = codes.split_once(',').unwrap_or((codes, ""));
        let key = Key {
            scope: self.words.number(scope),
            grouping,
            filing: self.words.number(filing),
            period: self.words.number(period),
            codes: [self.words.number(first), self.words.number(second)],
        };
        self.sums.entry(key).or_default().add(sums);
    }

    /// What a view shows by some dimensions: of the grouping's other one, only where its code is
    /// among those.
    pub fn table(
        &self,
        by: &[Dimension],
        grouping: Grouping,
        within: &[(Dimension, Vec<&str>)],
    ) -> Table {
        let mut table = Table::new();
        for (key, sums) in self.sums.iter().filter(|(key, _)| key.grouping == grouping) {
            let code = |dimension: &Dimension| {
                let place = usize::from(grouping.first != *dimension);
                let text = key.codes.get(place).map_or("", |code| self.words.text(*code));
                (!text.is_empty()).then_some(text)
            };
            let passes = |(dimension, codes): &(Dimension, Vec<&str>)| {
                code(dimension).is_some_and(|code| codes.contains(&code))
            };
            if within.iter().all(passes) {
                let keys = by.iter().map(|dimension| code(dimension).map(str::to_owned));
                table.entry(keys.collect()).or_default().add(*sums);
            }
        }
        table.retain(|_, sums| sums.projects != 0);
        table
    }

    /// Every place with its sums, those that came to nothing left out, in order.
    pub fn places(&self) -> Vec<(Place, Sums)> {
        let text = |number: u32| self.words.text(number).to_owned();
        let place = |key: &Key| {
            let [first, second] = key.codes.map(text);
            let codes = if key.grouping.second.is_some() { first + "," + &second } else { first };
            let dimensions = key.grouping.to_string();
            [text(key.scope), dimensions, text(key.filing), text(key.period), codes]
        };
        let something = self.sums.iter().filter(|(_, sums)| **sums != Sums::default());
        let mut places: Vec<_> = something.map(|(key, sums)| (place(key), *sums)).collect();
        places.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        places
    }
}

impl Profile {
    /// Whether it is seen from a scope, written as an account's.
    fn is_seen_from(&self, scope: &str) -> bool {
        match scope.split_once(':') {
            None => scope == "city",
            Some(("region", code)) => {
                self.region == code || codes(&self.also_in).any(|other| other == code)
            }
            Some(("department", code)) => codes(&self.departments).any(|other| other == code),
            Some(("group", code)) => self.group.as_deref() == Some(code),
            Some(_) => false,
        }
    }
}

/// A profile with its words as numbers.
struct Counted {
    filing: u32,
    scopes: Vec<u32>,
    /// The codes in each dimension, in the order of [`Dimension::ALL`].
    codes: [Vec<u32>; 6],
    /// What is planned and has arrived of each channel, in the order of the codes.
    of_channels: Vec<(i64, i64)>,
    sums: Sums,
}

impl Counted {
    /// Every pair of codes under which it counts in a grouping, with the sums there.
    fn each(&self, grouping: Grouping, mut take: impl FnMut([u32; 2], Sums)) {
        let of = |dimension: Dimension| -> &[u32] { &self.codes[dimension as usize] };
        let seconds = grouping.second.map_or(&[0][..], of);
        for (first_at, first) in of(grouping.first).iter().enumerate() {
            for (second_at, second) in seconds.iter().enumerate() {
                let channel = match grouping {
                    Grouping { first: Dimension::Channel, .. } => Some(first_at),
                    Grouping { second: Some(Dimension::Channel), .. } => Some(second_at),
                    _ => None,
                };
                let sums = match channel {
                    None => self.sums,
                    Some(at) => self.of_channel(at),
                };
                take([*first, *second], sums);
            }
        }
    }

    /// By channel only the channel's own money is told.
    fn of_channel(&self, at: usize) -> Sums {
        let (planned, arrived) = self.of_channels.get(at).copied().unwrap_or_default();
        Sums {
            projects: 1,
            inferred: self.sums.inferred,
            planned: planned.into(),
            arrived: arrived.into(),
            ..Sums::default()
        }
    }
}

/// Words by number and numbers by word.
struct Words {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self { texts: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]) }
    }
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn text(&self, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|at| self.texts.get(at)).map_or("", String::as_str)
    }

    fn counted(&mut self, profile: &Profile) -> Counted {
        let regions: Vec<&str> =
            [profile.region.as_str()].into_iter().chain(codes(&profile.also_in)).collect();
        let mut scopes = vec![self.number("city")];
        let mut scope = String::new();
        let mut of = |kind: &str, code: &str, words: &mut Self| {
            scope.clear();
            scope.extend([kind, ":", code]);
            let number = words.number(&scope);
            if !scopes.contains(&number) {
                scopes.push(number);
            }
        };
        regions.iter().for_each(|code| of("region", code, self));
        codes(&profile.departments).for_each(|code| of("department", code, self));
        profile.group.iter().for_each(|code| of("group", code, self));
        let mut each = |codes: &mut dyn Iterator<Item = &str>| -> Vec<u32> {
            let numbers: Vec<u32> = codes.map(|code| self.number(code)).collect();
            if numbers.is_empty() { vec![0] } else { numbers }
        };
        let counted = [
            each(&mut [profile.stage.as_str()].into_iter()),
            each(&mut [profile.area.as_str()].into_iter()),
            each(&mut [profile.region.as_str()].into_iter()),
            each(&mut profile.group.as_deref().into_iter()),
            each(&mut profile.channels.iter().map(|(code, ..)| code.as_str())),
            each(&mut codes(&profile.departments)),
        ];
        Counted {
            filing: self.number(&profile.filing),
            scopes,
            codes: counted,
            of_channels: profile
                .channels
                .iter()
                .map(|(_, planned, arrived)| (*planned, *arrived))
                .collect(),
            sums: Sums {
                projects: 1,
                inferred: profile.inferred.into(),
                with_total: profile.total.is_some().into(),
                total: profile.total.unwrap_or(0).into(),
                planned: profile.planned.into(),
                arrived: profile.arrived.into(),
                covered: profile.total.map_or(0, |_| profile.planned.into()),
            },
        }
    }
}

/// A quick hash of a few numbers. Keys are made of code lists, not of what a caller chooses.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        // The table looks at the low bits, into which the product mixes least.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
