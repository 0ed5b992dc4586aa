//! Search: two characters, rare and common, initials of a name, with and without a stage; the hits
//! are those that a look at every row finds.

use crate::client::{Ask, Connection, encoded};
use crate::database::{Database, Hits};
use crate::oracle::{Known, plain};
use crate::report::Goal;
use crate::scene::Scene;
use crate::summaries::after_writes;
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most that a list counts.
const COUNTED: i64 = 10_000;

/// Words of made-up names with the initials of their pinyin.
const INITIALS: [(&str, &str); 12] = [
    ("道路改造", "dlgz"),
    ("供水管网更新", "gsgwgx"),
    ("污水处理厂扩建", "wsclckj"),
    ("中学新建", "zxxj"),
    ("河道治理", "hdzl"),
    ("棚户区改造", "phqgz"),
    ("集中供热", "jzgr"),
    ("公交枢纽", "gjsn"),
    ("文化馆", "whg"),
    ("体育中心", "tyzx"),
    ("农村公路", "ncgl"),
    ("生态公园", "stgy"),
];

/// Words of two characters out of names, by how many projects of the sample have them.
pub fn words(cards: &[Known]) -> Vec<(String, usize)> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for card in cards {
        let letters: Vec<char> = plain(&card.name).chars().collect();
        let mut pairs: Vec<&[char]> = letters.windows(2).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let is_han = |letter: &char| ('\u{4e00}'..='\u{9fff}').contains(letter);
        for pair in pairs.into_iter().filter(|pair| pair.iter().all(is_han)) {
            *found.entry(pair.iter().collect()).or_default() += 1;
        }
    }
    let mut words: Vec<(String, usize)> = found.into_iter().collect();
    words.sort_by_key(|(_, found)| *found);
    words
}

/// Measures search.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    let registrar = Arc::clone(&scene.people.registrar);
    // The document's own projects bring words that made-up ones have not.
    let mut cards: Vec<Known> = scene.sample.iter().map(Known::of).collect();
    for id in 1..=100 {
        let ask = Ask::get(&registrar, format!("/api/v1/projects/{id}"));
        let reply = connection.try_ask(&ask).await?;
        if reply.status == 200 {
            cards.push(Known::of(&reply.json()));
        }
    }
    let words = words(&cards);
    ensure!(!words.is_empty(), "names without words");
    let at_share = |share: f64| {
        let wanted = cards.len() as f64 * share;
        words
            .iter()
            .min_by(|a, b| (a.1 as f64 - wanted).abs().total_cmp(&(b.1 as f64 - wanted).abs()))
    };
    let mut rare: Option<(String, i64)> = None;
    for (word, _) in words.iter().take(40) {
        let found = count(&mut connection, &registrar, word, None).await?;
        if found > 0 && rare.as_ref().is_none_or(|(_, least)| found < *least) {
            rare = Some((word.clone(), found));
        }
    }
    let mut asked = vec![
        ("search, a rare word", rare.map(|(word, _)| word), None),
        ("search, a middling word", at_share(0.02).map(|word| word.0.clone()), None),
        ("search, a common word", words.last().map(|word| word.0.clone()), None),
    ];
    for number in 0..3 {
        let works = [
            "search, a rare word in a stage",
            "search, a middling word in a stage",
            "search, a common word in a stage",
        ];
        asked.push((works[number], asked[number].1.clone(), Some("construction")));
    }
    let mut database = Database::open(&scene.url).await?;
    for (work, word, stage) in asked {
        let Some(word) = word else { continue };
        let expected = database.hits(&word, stage, COUNTED).await?;
        let found = hits(&mut connection, &registrar, &word, stage).await?;
        let goal = Goal::Within(5.0);
        if found != expected {
            let told = format!("{word}: {} hits, but {} rows have it", found.count, expected.count);
            scene.report.short(work, goal, "ms", told);
            continue;
        }
        let path = path(&word, stage);
        let times = after_writes(scene, &mut connection, |number| {
            // Another limit makes it another question, at the same cost.
            Ask::get(&registrar, format!("{path}&limit={}", 50 - number % 4))
        });
        let times = times.await?;
        let told = format!(
            "{word}, {} hits as by looking at every row, p99 {:.2} ms",
            found.count,
            times.p99()
        );
        scene.report.row(work, goal, (times.median(), "ms"), None, told);
    }
    initials(scene, &mut connection, &cards).await
}

async fn initials(scene: &mut Scene, connection: &mut Connection, cards: &[Known]) -> Result<()> {
    let (work, goal) = ("search, pinyin initials", Goal::Within(5.0));
    let registrar = Arc::clone(&scene.people.registrar);
    let there = INITIALS.iter().find(|(word, _)| cards.iter().any(|card| card.name.contains(word)));
    let Some((word, initials)) = there else {
        scene.report.skipped(work, goal, "ms", "no name has a word whose initials are known here");
        return Ok(());
    };
    let found = connection.json(&registrar, path(initials, None)).await?;
    let names = found["items"].as_array().into_iter().flatten().map(|item| &item["name"]);
    let has_word = |name: &serde_json::Value| name.as_str().is_some_and(|name| name.contains(word));
    if !names.clone().any(has_word) {
        scene.report.short(work, goal, "ms", format!("{initials} does not find {word}"));
        return Ok(());
    }
    for (work, stage) in [(work, None), ("search, pinyin initials in a stage", Some("reserve"))] {
        let path = path(initials, stage);
        let times = after_writes(scene, connection, |number| {
            Ask::get(&registrar, format!("{path}&limit={}", 50 - number % 4))
        });
        let times = times.await?;
        let told = format!("{initials} for {word}, p99 {:.2} ms", times.p99());
        scene.report.row(work, goal, (times.median(), "ms"), None, told);
    }
    Ok(())
}

fn path(word: &str, stage: Option<&str>) -> String {
    let stage = stage.map(|stage| format!("&stage={stage}")).unwrap_or_default();
    format!("/api/v1/projects?q={}{stage}", encoded(word))
}

async fn count(
    connection: &mut Connection,
    caller: &Arc<str>,
    word: &str,
    stage: Option<&str>,
) -> Result<i64> {
    let path = format!("{}&limit=1&count=true", path(word, stage));
    Ok(connection.json(caller, path).await?["count"]["value"].as_i64().unwrap_or(-1))
}

async fn hits(
    connection: &mut Connection,
    caller: &Arc<str>,
    word: &str,
    stage: Option<&str>,
) -> Result<Hits> {
    let page = connection.json(caller, path(word, stage)).await?;
    let items = page["items"].as_array().into_iter().flatten();
    let first = items.filter_map(|item| item["id"].as_i64()).collect();
    Ok(Hits { first, count: count(connection, caller, word, stage).await? })
}
