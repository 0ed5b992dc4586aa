//! What a briefing is asked for: its day, the day it is compared with, and what it holds.

use jiff::civil::Date;
use shortboard_domain::fault::Why;
use shortboard_domain::input::{self, Faults};
use shortboard_domain::text;
use shortboard_store::project::When;

/// The longest name of an issuing office, in characters.
const LONGEST_ISSUER: usize = 60;

/// A part of the briefing that may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// By stage.
    Stage,
    /// By area.
    Area,
    /// By region.
    Region,
    /// By owning group.
    Group,
    /// Funding by channel.
    Funding,
    /// What changed since a day.
    Change,
    /// What asks for attention.
    Attention,
}

impl Part {
    /// All of them, in the briefing's order.
    pub const ALL: [Self; 7] = [
        Self::Stage,
        Self::Area,
        Self::Region,
        Self::Group,
        Self::Funding,
        Self::Change,
        Self::Attention,
    ];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "group",
            Self::Funding => "funding",
            Self::Change => "change",
            Self::Attention => "attention",
        }
    }
}

/// By what the annex groups its projects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Annex {
    /// By stage.
    #[default]
    Stage,
    /// By area.
    Area,
    /// There is none.
    None,
}

impl Annex {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stage, Self::Area, Self::None];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::None => "none",
        }
    }
}

/// What a briefing is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its day.
    pub day: Date,
    /// Today.
    pub today: Date,
    /// The earlier day that it is compared with.
    pub since: Option<Date>,
    /// What it holds.
    pub parts: Vec<Part>,
    /// How its table of projects is grouped.
    pub annex: Annex,
    /// The office that issues it, as it is to stand at its end.
    pub issuer: Option<String>,
}

/// A question as it is written: each value blank where nothing was said.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The day.
    pub as_of: Option<String>,
    /// The earlier day.
    pub since: Option<String>,
    /// The parts, with commas between; all of them by default.
    pub parts: Option<String>,
    /// The grouping of the annex.
    pub annex: Option<String>,
    /// The issuing office.
    pub issuer: Option<String>,
}

impl Question {
    /// All there is to tell about a day.
    pub fn of_day(today: Date) -> Self {
        Self {
            day: today,
            today,
            since: None,
            parts: Part::ALL.to_vec(),
            annex: Annex::default(),
            issuer: None,
        }
    }

    /// Reads a question; what is wrong goes to `faults`.
    pub fn read(written: &Written, today: Date, faults: &mut Faults) -> Self {
        let given = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let past = |text: String| match input::day(&text) {
            Ok(day) if day > today => Err(Why::InTheFuture),
            read => read,
        };
        let mut question = Self::of_day(today);
        if let Some(text) = given(&written.as_of) {
            question.day = faults.take("/as_of", past(text)).unwrap_or(today);
        }
        if let Some(text) = given(&written.since) {
            let earlier = past(text).and_then(|since| match since >= question.day {
                true => Err(Why::TooLate { latest: before(question.day).to_string() }),
                false => Ok(since),
            });
            question.since = faults.take("/since", earlier);
        }
        if let Some(text) = given(&written.parts) {
            let parts = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            let mut asked = Vec::new();
            for word in parts {
                let known = Part::ALL.into_iter().find(|part| part.as_str() == word);
                let names = || Part::ALL.map(|part| part.as_str().to_owned()).to_vec();
                asked.extend(faults.take("/parts", known.ok_or_else(|| unknown(word, names()))));
            }
            question.parts = Part::ALL.into_iter().filter(|part| asked.contains(part)).collect();
        }
        if let Some(word) = given(&written.annex) {
            let known = Annex::ALL.into_iter().find(|annex| annex.as_str() == word);
            let names = || Annex::ALL.map(|annex| annex.as_str().to_owned()).to_vec();
            let known = faults.take("/annex", known.ok_or_else(|| unknown(&word, names())));
            question.annex = known.unwrap_or_default();
        }
        if let Some(name) = given(&written.issuer) {
            question.issuer = faults.take("/issuer", text::clean(&name, LONGEST_ISSUER));
        }
        question
    }

    /// The time asked about: now, where it is today's.
    pub fn when(&self) -> When {
        When { as_of: (self.day != self.today).then_some(self.day), known_at: None }
    }

    /// Whether a part is asked for.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// The parameters that ask the same.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![("as_of".to_owned(), self.day.to_string())];
        pairs.extend(self.since.map(|since| ("since".to_owned(), since.to_string())));
        if self.parts != Part::ALL {
            let words: Vec<&str> = self.parts.iter().map(|part| part.as_str()).collect();
            pairs.push(("parts".to_owned(), words.join(",")));
        }
        if self.annex != Annex::default() {
            pairs.push(("annex".to_owned(), self.annex.as_str().to_owned()));
        }
        pairs.extend(self.issuer.clone().map(|issuer| ("issuer".to_owned(), issuer)));
        pairs
    }
}

fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

fn unknown(word: &str, nearest: Vec<String>) -> Why {
    Why::UnknownCode { list: "briefing", given: word.chars().take(60).collect(), nearest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(written: Written) -> Result<Question, Vec<String>> {
        let mut faults = Faults::default();
        let question = Question::read(&written, date(2018, 6, 1), &mut faults);
        let pointers = |faults: Vec<shortboard_domain::fault::Fault>| {
            faults.into_iter().map(|fault| fault.pointer).collect()
        };
        faults.finish(question).map_err(pointers)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_question_reads_back_from_its_parameters() {
        let written = Written {
            as_of: some("2018-05-01"),
            since: some("2018-01-01"),
            parts: some("funding,stage"),
            annex: some("area"),
            issuer: some("发展改革委"),
        };
        let question = read(written).unwrap();
        assert_eq!(question.parts, [Part::Stage, Part::Funding]);
        let pairs = question.pairs();
        let get = |name: &str| pairs.iter().find(|(of, _)| of == name).map(|(_, v)| v.clone());
        let again = Written {
            as_of: get("as_of"),
            since: get("since"),
            parts: get("parts"),
            annex: get("annex"),
            issuer: get("issuer"),
        };
        assert_eq!(read(again).unwrap(), question);
    }

    #[test]
    fn days_that_cannot_be_told_of_are_refused() {
        let days = |as_of: &str, since: &str| {
            read(Written { as_of: some(as_of), since: some(since), ..Written::default() })
        };
        assert_eq!(days("2018-06-02", ""), Err(vec!["/as_of".into()]));
        assert_eq!(days("2018-05-01", "2018-05-01"), Err(vec!["/since".into()]));
        assert_eq!(days("2018-05-01", "2018-05-02"), Err(vec!["/since".into()]));
        assert_eq!(days("", "yesterday"), Err(vec!["/since".into()]));
        assert!(days("2018-05-01", "2018-04-30").is_ok());
    }
}
