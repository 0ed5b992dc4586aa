//! What all measurements share: the filled registry, its server, the people who ask, and places in
//! the list to ask from.

use crate::client::{Ask, Connection};
use crate::codes::Codes;
use crate::database::Database;
use crate::measure::Timing;
use crate::options::Options;
use crate::oracle::Known;
use crate::report::{Goal, Report};
use crate::server::{Program, Server};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How fast data are to be made: a million projects in so many seconds.
const MILLION_WITHIN: f64 = 300.0;

/// Pages of 200 that are walked at the most: as far as the ten-thousandth page of 50.
const WALKED: usize = 2500;

/// How long the walk may take.
const WALK_WITHIN: Duration = Duration::from_secs(120);

/// The file that says that data were made to the end.
const MADE: &str = "made";

/// Who asks; each as requests carry them.
#[derive(Debug, Clone)]
pub struct People {
    /// Registrar of the city: sees all.
    pub registrar: Arc<str>,
    /// Another one, who reviews what the first submits.
    pub reviewer: Arc<str>,
    /// Finance officer of the city.
    pub finance: Arc<str>,
    /// Leader of the city: sees what is accepted.
    pub leader: Arc<str>,
    /// Registrar of one county.
    pub county: Arc<str>,
    /// Leader of one department.
    pub chief: Arc<str>,
    /// Reporter of the same county: sees what is accepted there, and what is its own.
    pub reporter: Arc<str>,
    /// The county's region.
    pub county_code: String,
    /// The department.
    pub department_code: String,
}

/// The registry under measurement.
pub struct Scene {
    pub options: Options,
    pub timing: Timing,
    pub report: Report,
    pub program: Program,
    /// Its folder: the database if that is a file, the log, the data folder.
    pub folder: PathBuf,
    pub url: String,
    pub server: Server,
    pub people: People,
    pub codes: Codes,
    /// Cursors of the list in its first order, from the top down.
    pub cursors: Arc<Vec<String>>,
    /// Cards from all over the list.
    pub sample: Vec<Value>,
    written: u64,
}

impl Scene {
    /// Makes the data, or takes those of an earlier run, and starts the server on them.
    pub async fn set(options: Options) -> Result<Self> {
        let name = format!("{}-{}", options.database_word(), options.projects);
        let folder = options.data.join(name);
        let mut report = Report::default();
        let is_made = options.reuse && folder.join(MADE).is_file();
        if !is_made {
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir_all(&folder)?;
        }
        let folder = folder.canonicalize()?;
        let url = if options.is_postgres() {
            options.database.clone()
        } else {
            format!("sqlite://{}", folder.join("registry.db").display())
        };
        let program = Program::new(&folder, &url)?;
        make_data(&options, &program, &url, is_made, &mut report).await?;
        std::fs::write(folder.join(MADE), "")?;

        let mut server = program.serve()?;
        let nobody: Arc<str> = "".into();
        let ready = Ask::get(&nobody, "/api/v1/codelists");
        let mut connection = server.until_answered(&ready).await?;
        let codes = Codes::read(&mut connection).await?;
        let people = people(&program, &codes)?;
        let timing = Timing::of(options.projects);
        let mut scene = Self {
            options,
            timing,
            report,
            program,
            folder,
            url,
            server,
            people,
            codes,
            cursors: Arc::default(),
            sample: Vec::new(),
            written: 0,
        };
        scene.walk(&mut connection).await?;
        Ok(scene)
    }

    /// The name of the account that asks.
    pub fn account(&self, caller: &Arc<str>) -> &'static str {
        let people = &self.people;
        let named = [(&people.leader, "leader"), (&people.county, "county")];
        let found = named.into_iter().find(|(person, _)| Arc::ptr_eq(person, caller));
        found.map_or("registrar", |(_, name)| name)
    }

    /// A new connection to the server.
    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(&self.server.address).await
    }

    /// A project to be registered, of a name that was not there before.
    pub fn register(&mut self, caller: &Arc<str>) -> Ask {
        self.written += 1;
        let region = self.people.county_code.clone();
        registration(caller, &region, &self.people.department_code, self.written)
    }

    /// Walks down the list and keeps its cursors and some of its cards.
    async fn walk(&mut self, connection: &mut Connection) -> Result<()> {
        let (mut cursors, start) = (Vec::new(), Instant::now());
        let mut path = "/api/v1/projects?limit=200".to_owned();
        let mut last: Option<(Option<i128>, i64)> = None;
        while cursors.len() < WALKED && start.elapsed() < WALK_WITHIN {
            let page = connection.json(&self.people.registrar, &*path).await?;
            let items = page["items"].as_array().context("a list has items")?;
            for card in items.iter().map(Known::of) {
                let key = (card.total, card.id);
                ensure!(last.is_none_or(|last| key < last), "{path}: out of order");
                last = Some(key);
            }
            // All of a small registry, something of each page of a large one.
            let step = if self.options.projects <= 20_000 { 4 } else { 40 };
            self.sample.extend(items.iter().step_by(step).cloned());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/projects?limit=200&cursor={next}");
            cursors.push(next.to_owned());
        }
        if self.sample.is_empty() {
            bail!("the registry is empty");
        }
        self.cursors = Arc::new(cursors);
        Ok(())
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !self.options.reuse {
            // The server still holds files open, which does not keep them from being removed.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// A project to be registered, complete enough for the reserve.
pub fn registration(caller: &Arc<str>, region: &str, department: &str, number: u64) -> Ask {
    let run = std::process::id();
    let body = json!({
        "name": format!("基准{run}测试第{number}泵站新建工程"), "area": "urban_rural",
        "region": region, "departments": [department], "lead_department": department,
        "owner_unit": {"name": "市水务集团"}, "content": "日处理能力10万吨",
        "total_investment": "385000000.00", "planned": {"start": "2018-03", "finish": "2019-12"},
    });
    Ask::change(caller, hyper::Method::POST, "/api/v1/projects", None, &body).expecting(201)
}

async fn make_data(
    options: &Options,
    program: &Program,
    url: &str,
    is_made: bool,
    report: &mut Report,
) -> Result<()> {
    let work = "make the data";
    let goal = Goal::Within(MILLION_WITHIN * f64::from(options.projects) / 1_000_000.0);
    if is_made {
        report.skipped(work, goal, "s", "made by an earlier run");
        return Ok(());
    }
    if options.is_postgres() && !Database::open(url).await?.is_fresh().await? {
        bail!("{url} is not empty: a benchmark makes its own data");
    }
    println!("Making {} projects …", options.projects);
    let start = Instant::now();
    let demo = options.projects.to_string();
    program.run(&["seed", "--demo", &demo, "--random-seed", "7"], "")?;
    let took = start.elapsed().as_secs_f64();
    let rate = f64::from(options.projects) / took;
    report.row(work, goal, (took, "s"), None, format!("{rate:.0} projects a second"));
    Ok(())
}

/// Tokens of the first accounts, which the server made, and of three more with a scope.
fn people(program: &Program, codes: &Codes) -> Result<People> {
    let regions = codes.of("region");
    let county = regions.get(2).or(regions.last()).context("there are no regions")?;
    let department = codes.of("department").first().context("there are no departments")?;
    let accounts = program.run(&["account", "list"], "")?;
    for (name, role, scope) in [
        ("county", "registrar", format!("region:{county}")),
        ("chief", "leader", format!("department:{department}")),
        ("reporter", "reporter", format!("region:{county}")),
    ] {
        if !accounts.lines().any(|line| line.split('\t').next() == Some(name)) {
            let arguments = ["account", "add", name, "--role", role, "--scope", &*scope];
            let arguments = [&arguments[..], &["--password-stdin"]].concat();
            program.run(&arguments, "a password of the benchmark\n")?;
        }
    }
    Ok(People {
        registrar: program.token("registrar")?,
        reviewer: program.token("reviewer")?,
        finance: program.token("finance")?,
        leader: program.token("leader")?,
        county: program.token("county")?,
        chief: program.token("chief")?,
        reporter: program.token("reporter")?,
        county_code: county.clone(),
        department_code: department.clone(),
    })
}
