//! Whether every kind of question is answered as the oracle says: filters, orders, pages, counts,
//! scope, search; summaries, past days and bad questions in the modules below.

mod bad;
mod past;
mod sums;

use crate::client::{Ask, Connection, encoded};
use crate::oracle::{FACETS, Known, SORTS, has, lies_in, plain, sort};
use crate::scene::Scene;
use crate::search;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The largest registry whose answers are checked: all its cards are held in memory.
pub const MOST_PROJECTS: u32 = 20_000;

/// How many wrong answers are told at the most.
const TOLD: usize = 40;

/// The most that a list counts.
const COUNTED: usize = 10_000;

/// Pairs and triples of filters that are drawn.
const DRAWN: usize = 120;

/// Who looks, as which account, and what is seen.
type Sight<'a> = (&'a str, &'a Arc<str>, &'a dyn Fn(&Known) -> bool);

/// A check under way.
pub struct Check<'a> {
    scene: &'a Scene,
    connection: Connection,
    /// What went wrong, each with its address.
    wrong: Vec<String>,
    asked: usize,
}

/// Checks answers; those that are wrong are told with their address.
pub async fn check(scene: &mut Scene) -> Result<Vec<String>> {
    // One project each of those that the made-up ones do not bring: a draft, and a draft elsewhere.
    let (registrar, county) =
        (Arc::clone(&scene.people.registrar), Arc::clone(&scene.people.county));
    let mut connection = scene.connect().await?;
    for caller in [&registrar, &county] {
        let ask = scene.register(caller);
        connection.ask(&ask).await?;
    }
    let mut check = Check { scene, connection, wrong: Vec::new(), asked: 0 };
    let all = check.pages(&registrar, "/api/v1/projects?limit=200").await?;
    let all: Vec<Known> = all.iter().map(Known::of).collect();
    let made = usize::try_from(scene.options.projects)?;
    check.must(all.len() >= made, "/api/v1/projects", || format!("{} projects", all.len()));

    for card in &all {
        let gap = card.total.map(|total| total - card.planned());
        let path = format!("/api/v1/projects/{}", card.id);
        check.must(card.gap == gap, &path, || format!("a gap of {:?} fen", card.gap));
    }

    check.sorts(&all).await?;
    check.filters(&registrar, &all).await?;
    check.sights(&all).await?;
    check.searches(&registrar, &all).await?;
    check.similar(&registrar, &all).await?;
    sums::check(&mut check, &all).await?;
    past::check(&mut check, &all).await?;
    bad::check(&mut check).await?;
    println!("{} answers were checked, {} are wrong.", check.asked, check.wrong.len());
    check.wrong.truncate(TOLD);
    Ok(check.wrong)
}

impl Check<'_> {
    /// Notes a wrong answer unless it is right.
    fn must(&mut self, is_right: bool, path: &str, told: impl FnOnce() -> String) {
        if !is_right {
            self.wrong.push(format!("{path}: {}", told()));
        }
    }

    /// The answer to a question; another status than 200 is wrong, and the answer null.
    async fn get(&mut self, caller: &Arc<str>, path: &str) -> Result<Value> {
        self.asked += 1;
        let reply = self.connection.try_ask(&Ask::get(caller, path)).await?;
        let status = reply.status;
        self.must(status == 200, path, || format!("status {status}"));
        Ok(if status == 200 { reply.json() } else { Value::Null })
    }

    /// All items of a list, page by page; the path has a query.
    async fn pages(&mut self, caller: &Arc<str>, path: &str) -> Result<Vec<Value>> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(caller, &format!("{path}{cursor}")).await?;
            if let Value::Array(more) = page["items"].take() {
                items.extend(more);
            }
            match page["next"].as_str() {
                Some(next) if items.len() < 1_000_000 => {
                    cursor = format!("&cursor={}", encoded(next));
                }
                _ => return Ok(items),
            }
        }
    }

    /// Every order over all pages: no project skipped, none twice, each in its place.
    async fn sorts(&mut self, all: &[Known]) -> Result<()> {
        let registrar = Arc::clone(&self.scene.people.registrar);
        for order in SORTS {
            let path = format!("/api/v1/projects?sort={order}&limit=200");
            let found = ids(&self.pages(&registrar, &path).await?);
            let mut expected: Vec<&Known> = all.iter().collect();
            sort(&mut expected, order);
            let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
            self.same(&path, &found, &expected);
        }
        Ok(())
    }

    fn same(&mut self, path: &str, found: &[i64], expected: &[i64]) {
        let place = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
        let is_same = place == found.len() && place == expected.len();
        self.must(is_same, path, || {
            format!(
                "{} projects instead of {}; from place {place} on {:?} instead of {:?}",
                found.len(),
                expected.len(),
                found.get(place),
                expected.get(place)
            )
        });
    }

    /// Every value of every filter, and drawn pairs and triples in drawn orders.
    async fn filters(&mut self, caller: &Arc<str>, all: &[Known]) -> Result<()> {
        for facet in FACETS {
            let values: BTreeSet<String> =
                all.iter().flat_map(|card| values(card, facet)).collect();
            for value in values {
                self.filtered(caller, all, &[(facet, value)], SORTS[0], "").await?;
            }
        }
        let mut rng = fastrand::Rng::with_seed(11);
        for number in 0..DRAWN {
            // Values of one project, so that there is something to find; at times one of another.
            let card = &all[rng.usize(..all.len())];
            let stranger = &all[rng.usize(..all.len())];
            let mut facets = FACETS.to_vec();
            rng.shuffle(&mut facets);
            let mut filters = Vec::new();
            for facet in facets.into_iter().take(2 + number % 2) {
                let whose = if rng.u8(0..5) == 0 { stranger } else { card };
                let values = values(whose, facet);
                if !values.is_empty() {
                    filters.push((facet, values[rng.usize(..values.len())].clone()));
                }
            }
            let order = SORTS[rng.usize(..SORTS.len())];
            let bounds = match (number % 4, card.total) {
                (0, Some(total)) => format!("&min_investment={}", total / 200),
                (1, Some(total)) => format!("&max_investment={}", total / 50),
                _ => String::new(),
            };
            self.filtered(caller, all, &filters, order, &bounds).await?;
        }
        Ok(())
    }

    async fn filtered(
        &mut self,
        caller: &Arc<str>,
        all: &[Known],
        filters: &[(&str, String)],
        order: &str,
        bounds: &str,
    ) -> Result<()> {
        let mut path = format!("/api/v1/projects?limit=200&sort={order}{bounds}");
        for (name, value) in filters {
            path.push_str(&format!("&{name}={}", encoded(value)));
        }
        let bound = |name: &str| -> Option<i128> {
            Some(bounds.strip_prefix(&format!("&{name}="))?.parse::<i128>().ok()? * 100)
        };
        let (least, most) = (bound("min_investment"), bound("max_investment"));
        let within = |card: &Known| {
            least.is_none_or(|least| card.total.is_some_and(|total| total >= least))
                && most.is_none_or(|most| card.total.is_some_and(|total| total <= most))
        };
        let fits = |card: &&Known| filters.iter().all(|(name, value)| has(card, name, value));
        let mut expected: Vec<&Known> =
            all.iter().filter(fits).filter(|card| within(card)).collect();
        sort(&mut expected, order);
        let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
        let found = ids(&self.pages(caller, &path).await?);
        self.same(&path, &found, &expected);
        let counted = format!("{path}&count=true");
        let page = self.get(caller, &counted).await?;
        let count = &page["count"];
        let is_right = count["value"] == expected.len().min(COUNTED)
            && count["exact"] == (expected.len() <= COUNTED);
        self.must(is_right, &counted, || format!("{count} instead of {}", expected.len()));
        Ok(())
    }

    /// Who sees what: all that lies in scope, nothing else; drafts by their authors and by those who
    /// keep the registry.
    async fn sights(&mut self, all: &[Known]) -> Result<()> {
        let people = self.scene.people.clone();
        let is_accepted = |card: &Known| card.filing == "accepted";
        let in_county = |card: &Known| lies_in(card, &people.county_code);
        let in_department = |card: &Known| has(card, "department", &people.department_code);
        let sights: [Sight<'_>; 5] = [
            ("leader", &people.leader, &is_accepted),
            // The draft that it registered itself lies in its county, too.
            ("county", &people.county, &in_county),
            ("chief", &people.chief, &|card| is_accepted(card) && in_department(card)),
            ("reporter", &people.reporter, &|card| is_accepted(card) && in_county(card)),
            ("finance", &people.finance, &|_| true),
        ];
        for (who, caller, sees) in sights {
            let path = "/api/v1/projects?limit=200";
            let found = ids(&self.pages(caller, path).await?);
            let mut expected: Vec<&Known> = all.iter().filter(|card| sees(card)).collect();
            sort(&mut expected, SORTS[0]);
            let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
            self.same(&format!("{path} as {who}"), &found, &expected);
            // What is not in the list is not there at all.
            let hidden = all.iter().find(|card| !sees(card));
            if let Some(card) = hidden {
                let path = format!("/api/v1/projects/{}", card.id);
                self.asked += 1;
                let status = self.connection.try_ask(&Ask::get(caller, &*path)).await?.status;
                self.must(status == 404, &path, || format!("status {status} as {who}"));
            }
        }
        // Filters and orders within a scope.
        let county: Vec<Known> = all.iter().filter(|card| in_county(card)).cloned().collect();
        for (number, facet) in FACETS.iter().enumerate() {
            let Some(card) = county.get(number * 7 % county.len().max(1)) else { continue };
            for value in values(card, facet) {
                let order = SORTS[number % SORTS.len()];
                let filters = [(*facet, value)];
                self.filtered(&people.county, &county, &filters, order, "").await?;
            }
        }
        Ok(())
    }

    /// Words of names, common and rare, whole names, owners, codes and numbers.
    async fn searches(&mut self, caller: &Arc<str>, all: &[Known]) -> Result<()> {
        let words = search::words(all);
        let step = (words.len() / 12).max(1);
        let mut asked: Vec<String> =
            words.iter().step_by(step).map(|word| word.0.clone()).collect();
        asked.extend(words.iter().rev().take(3).map(|word| word.0.clone()));
        let mut rng = fastrand::Rng::with_seed(5);
        for _ in 0..6 {
            let card = &all[rng.usize(..all.len())];
            asked.extend([card.name.clone(), card.owner.clone(), card.number.clone()]);
            asked.push(card.code.clone());
            let letters: Vec<char> = plain(&card.name).chars().collect();
            let length = 3 + rng.usize(..3);
            asked.extend(letters.windows(length).nth(2).map(|part| part.iter().collect()));
        }
        for word in asked.iter().filter(|word| !word.is_empty()) {
            let plain = plain(word);
            let fits = |card: &&Known| card.search().contains(&plain);
            for stage in [None, Some("construction")] {
                let mut path = format!("/api/v1/projects?limit=200&q={}", encoded(word));
                let mut expected: Vec<&Known> = all.iter().filter(fits).collect();
                if let Some(stage) = stage {
                    path.push_str(&format!("&stage={stage}"));
                    expected.retain(|card| card.stage == stage);
                }
                sort(&mut expected, SORTS[0]);
                let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
                let found = ids(&self.pages(caller, &path).await?);
                self.same(&format!("{path} ({word})"), &found, &expected);
            }
        }
        Ok(())
    }

    /// Who types a name to its end finds the project that bears it.
    async fn similar(&mut self, caller: &Arc<str>, all: &[Known]) -> Result<()> {
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..20 {
            let card = &all[rng.usize(..all.len())];
            let path = format!("/api/v1/projects/similar?name={}", encoded(&card.name));
            let answer = self.get(caller, &path).await?;
            let items = answer["items"].as_array().cloned().unwrap_or_default();
            let finds = items.first().is_some_and(|item| item["project"]["name"] == *card.name);
            let name = &card.name;
            self.must(finds, &path, || format!("{name} is not the first of {} items", items.len()));
        }
        Ok(())
    }
}

/// The values by which a filter finds a project.
fn values(card: &Known, facet: &str) -> Vec<String> {
    match facet {
        "stage" => vec![card.stage.clone()],
        "filing" => vec![card.filing.clone()],
        "area" => vec![card.area.clone()],
        "region" => card.regions.iter().take(1).cloned().collect(),
        "group" => card.group.iter().cloned().collect(),
        "department" => card.departments.clone(),
        "channel" => card.sources.iter().map(|source| source.channel.clone()).collect(),
        _ => card.start_year.iter().cloned().collect(),
    }
}

fn ids(items: &[Value]) -> Vec<i64> {
    items.iter().filter_map(|item| item["id"].as_i64()).collect()
}
