//! Which project a row tells of: by its code, then its registry number, then its name within the
//! region; and which ones it may be.

use super::facts::Told;
use super::plan::{Asked, Planner, Todo};
use super::said::{Choice, Likely, Note, Plan, SheetSaid};
use shortboard_domain::access::Sight;
use shortboard_domain::code::RegionCode;
use shortboard_domain::codelist::ListName;
use shortboard_domain::facts::Facts;
use shortboard_domain::import::{MatchedBy, RowKind};
use shortboard_domain::name::normalise;
use shortboard_domain::project_code::ProjectCode;
use shortboard_domain::similar::{Candidate, Probe};
use shortboard_store::import::{Known, Wanted};
use shortboard_store::project::{Seen, name_key};
use shortboard_store::{Store, StoreError, Tx};
use std::collections::{HashMap, HashSet};

/// How likely a project must be the same for somebody to be asked.
const LIKELY: f64 = 0.75;

/// How many likely ones are shown.
const SHOWN: usize = 5;

/// Where projects are looked up: in the registry as it is read, or as a write sees it.
pub enum Books<'s> {
    /// As it is read.
    Read(&'s Store),
    /// As a write sees it.
    Write(&'s mut Tx),
}

impl Books<'_> {
    async fn known(&mut self, sight: &Sight, wanted: &Wanted) -> Result<Vec<Known>, StoreError> {
        match self {
            Self::Read(store) => store.known(sight, wanted).await,
            Self::Write(tx) => tx.known(sight, wanted).await,
        }
    }

    /// Projects as they stand.
    pub async fn in_full(&mut self, sight: &Sight, ids: &[i64]) -> Result<Vec<Seen>, StoreError> {
        let mut all = Vec::with_capacity(ids.len());
        for ids in ids.chunks(500) {
            all.extend(match self {
                Self::Read(store) => store.projects_in_full(sight, ids).await?,
                Self::Write(tx) => tx.projects_in_full(sight, ids).await?,
            });
        }
        Ok(all)
    }
}

/// What a row was found to be.
#[derive(Debug, Clone)]
pub enum Match {
    /// None that is known; perhaps one of these.
    None(Vec<Likely>),
    /// This one.
    One(i64, MatchedBy),
    /// One of these: they are told apart by nothing that the row tells.
    Several(Vec<Likely>),
    /// What it names is not there.
    Wrong(Note),
}

impl Match {
    /// The project's number.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::One(id, _) => Some(*id),
            _ => None,
        }
    }
}

/// The sentence for a registry number that nothing in sight has.
pub fn not_found(sheet: Option<&SheetSaid>) -> Note {
    Note::new(
        sheet.and_then(|sheet| sheet.column_of("registry_number")),
        "no_such_number",
        "没有这个项目编号，或不在您的管辖范围内".into(),
        "there is no project of that number, or it is out of your scope".into(),
    )
}

/// What tells a new project from others of the same file.
pub fn own_keys(facts: &Facts) -> Vec<String> {
    let code = facts.code.as_ref().map(|code| format!("code {}", code.as_str()));
    let name = format!("name {} {}", facts.region, normalise(&facts.name));
    code.into_iter().chain([name]).collect()
}

/// What of a row is looked for.
struct Sought {
    code: Option<ProjectCode>,
    number: Option<String>,
    name: Option<String>,
    region: Option<RegionCode>,
    choice: Option<Choice>,
}

/// Looks for a batch of rows.
pub struct Seeker<'p> {
    planner: &'p Planner,
    sought: Vec<Sought>,
    not_found: Vec<Note>,
}

impl<'p> Seeker<'p> {
    /// What the rows are looked for by.
    pub fn new(planner: &'p Planner, told: &[Told], rows: &[Asked<'_>]) -> Self {
        let text = |told: &Told, field: &str| {
            let given = told.own.get(field).or(told.fallback.get(field));
            given.and_then(|value| value.as_str()).map(str::to_owned)
        };
        let sought = told.iter().zip(rows).map(|(told, asked)| Sought {
            code: text(told, "code").and_then(|code| code.parse().ok()),
            number: asked.row.project.registry_number.as_ref().map(|n| n.trim().to_uppercase()),
            name: text(told, "name"),
            region: text(told, "region")
                .and_then(|name| planner.lists.find(ListName::Regions, &name).map(RegionCode::new)),
            choice: asked.choice,
        });
        let sheets = &planner.said.sheets;
        let not_found = rows.iter().map(|asked| not_found(sheets.get(asked.row.sheet)));
        Self { sought: sought.collect(), not_found: not_found.collect(), planner }
    }

    /// What each of them was found to be.
    pub async fn find(self, books: &mut Books<'_>) -> Result<Vec<Match>, StoreError> {
        let mut wanted = Wanted::default();
        for sought in &self.sought {
            wanted.codes.extend(sought.code.as_ref().map(|code| code.as_str().to_owned()));
            wanted.numbers.extend(sought.number.clone());
            wanted.names.extend(sought.name.clone());
            if let Some(Choice::Project(id)) = sought.choice {
                wanted.ids.insert(id);
            }
        }
        let known = books.known(&self.planner.sight, &wanted).await?;
        let index = Index::of(&known);
        let mut matches = Vec::with_capacity(self.sought.len());
        let mut alike: HashSet<i64> = HashSet::new();
        for (sought, not_found) in self.sought.iter().zip(&self.not_found) {
            let found = index.find(sought, not_found);
            if let Match::None(likely) = &found {
                alike.extend(likely.iter().map(|likely| likely.id));
            }
            matches.push(found);
        }
        if alike.is_empty() {
            return Ok(matches);
        }
        let alike: Vec<i64> = alike.into_iter().collect();
        let seen = books.in_full(&self.planner.sight, &alike).await?;
        let seen: HashMap<i64, Candidate> =
            seen.iter().map(|seen| (seen.project.id, (&seen.project.facts).into())).collect();
        for (sought, found) in self.sought.iter().zip(&mut matches) {
            if let Match::None(likely) = found {
                let probe = sought.probe();
                for likely in likely.iter_mut() {
                    let likeness = seen.get(&likely.id).map(|facts| probe.likeness(facts).score);
                    likely.score = rounded(likeness.unwrap_or(0.0));
                }
                likely.retain(|likely| likely.score >= LIKELY);
                likely.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
                likely.truncate(SHOWN);
            }
        }
        Ok(matches)
    }
}

impl Sought {
    fn probe(&self) -> Probe {
        Probe {
            name: self.name.clone(),
            region: self.region.as_ref().map(ToString::to_string),
            code: self.code.clone(),
            ..Probe::default()
        }
    }
}

fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// Known projects by what rows tell of them.
struct Index<'k> {
    ids: HashMap<i64, &'k Known>,
    codes: HashMap<&'k str, Vec<&'k Known>>,
    numbers: HashMap<&'k str, &'k Known>,
    names: HashMap<String, Vec<&'k Known>>,
}

impl<'k> Index<'k> {
    fn of(known: &'k [Known]) -> Self {
        let mut index = Self {
            ids: HashMap::new(),
            codes: HashMap::new(),
            numbers: HashMap::new(),
            names: HashMap::new(),
        };
        for known in known {
            index.ids.insert(known.id, known);
            index.numbers.insert(&known.registry_number, known);
            if let Some(code) = &known.code {
                index.codes.entry(code).or_default().push(known);
            }
            index.names.entry(name_key(&known.name)).or_default().push(known);
        }
        index
    }

    fn find(&self, sought: &Sought, not_found: &Note) -> Match {
        if let Some(code) = &sought.code
            && let Some(found) = self.codes.get(code.as_str())
        {
            match found.as_slice() {
                [one] => return Match::One(one.id, MatchedBy::Code),
                several => return self.of_several(sought, several),
            }
        }
        if let Some(number) = &sought.number {
            return match self.numbers.get(number.as_str()) {
                Some(one) => Match::One(one.id, MatchedBy::RegistryNumber),
                None => Match::Wrong(not_found.clone()),
            };
        }
        if let Some(Choice::Project(id)) = sought.choice {
            return match self.ids.get(&id) {
                Some(_) => Match::One(id, MatchedBy::Choice),
                None => Match::Wrong(not_found.clone()),
            };
        }
        let Some(name) = &sought.name else { return Match::None(Vec::new()) };
        let alike = self.names.get(&name_key(name)).map(Vec::as_slice).unwrap_or_default();
        let whole = normalise(name);
        let same: Vec<&Known> = alike
            .iter()
            .copied()
            .filter(|known| normalise(&known.name) == whole)
            .filter(|known| sought.region.as_ref().is_none_or(|r| r.as_str() == known.region))
            // Another code is another project, until somebody says otherwise.
            .filter(|known| match (&known.code, &sought.code) {
                (Some(theirs), Some(mine)) => theirs == mine.as_str(),
                _ => true,
            })
            .collect();
        match same.as_slice() {
            [] => Match::None(alike.iter().map(|known| likely(known)).collect()),
            _ if sought.choice == Some(Choice::New) => {
                Match::None(alike.iter().map(|known| likely(known)).collect())
            }
            [one] => Match::One(one.id, MatchedBy::Name),
            several => Match::Several(several.iter().map(|known| likely(known)).collect()),
        }
    }

    /// One of several of the same code: the one whose registry number stands there, or that was chosen.
    fn of_several(&self, sought: &Sought, several: &[&Known]) -> Match {
        let numbered = sought
            .number
            .as_ref()
            .and_then(|number| several.iter().find(|known| known.registry_number == *number));
        if let Some(one) = numbered {
            return Match::One(one.id, MatchedBy::RegistryNumber);
        }
        match sought.choice {
            Some(Choice::Project(id)) if several.iter().any(|known| known.id == id) => {
                Match::One(id, MatchedBy::Choice)
            }
            _ => Match::Several(several.iter().map(|known| likely(known)).collect()),
        }
    }
}

fn likely(known: &Known) -> Likely {
    Likely {
        id: known.id,
        registry_number: known.registry_number.clone(),
        name: known.name.clone(),
        region: known.region.clone(),
        score: 1.0,
    }
}

impl Planner {
    /// Looks for likely duplicates of a new project with all that the registry can find.
    pub(super) async fn look_again(
        &self,
        books: &Books<'_>,
        (mut plan, todo): (Plan, Todo),
    ) -> Result<(Plan, Todo), StoreError> {
        let (Books::Read(store), Some(facts)) = (books, &todo.facts) else {
            return Ok((plan, todo));
        };
        let probe = Probe {
            name: Some(facts.name.clone()),
            region: Some(facts.region.to_string()),
            code: facts.code.clone(),
            owner_unit: facts.owner_unit.as_ref().map(|owner| owner.name.clone()),
            credit_code: facts.owner_unit.as_ref().and_then(|owner| owner.credit_code.clone()),
            total_investment: facts.total_investment,
        };
        #[derive(serde::Deserialize)]
        struct Card {
            id: i64,
            registry_number: String,
            name: String,
            region: String,
        }
        for similar in store.similar(&self.sight, &probe, SHOWN).await? {
            let score = rounded(similar.likeness.score);
            let card: Option<Card> = serde_json::from_str(&similar.card).ok();
            let Some(card) = card.filter(|_| score >= LIKELY) else { continue };
            let Card { id, registry_number, name, region } = card;
            plan.likely.push(Likely { id, registry_number, name, region, score });
        }
        if !plan.likely.is_empty() {
            plan.kind = RowKind::Duplicate;
        }
        Ok((plan, todo))
    }
}
