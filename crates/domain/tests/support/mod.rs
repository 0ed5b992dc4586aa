//! Small builders, and a recorder that appends what the rules allow as the store does.
#![allow(dead_code, reason = "each test file uses a part of it")]

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use serde_json::{Value, json};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::change::{Change, Placing, Proposal, Registration};
use shortboard_domain::codelist::{CodeEntry, CodeLists, DatedEntry, Details, ListName};
use shortboard_domain::decision::{MoveWish, Refusal, register};
use shortboard_domain::document::Document;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::Fault;
use shortboard_domain::funding::{ChannelFamily, FundingBody, FundingSource};
use shortboard_domain::history::History;
use shortboard_domain::lang::Label;
use shortboard_domain::matter::{MatterKind, MatterState, PreliminaryMatter};
use shortboard_domain::project::Project;
use shortboard_domain::stage::{Stage, StageBasis};

/// A code of the old form.
pub const CODE: &str = "2017-210702-78-01-012345";

/// A day of 2017.
pub fn d(month: i8, day: i8) -> Date {
    date(2017, month, day)
}

/// Noon of a day, and some seconds.
pub fn noon(day: Date, seconds: i8) -> Timestamp {
    Offset::UTC.to_timestamp(day.at(12, 0, seconds, 0)).unwrap()
}

/// An entry of a list that has always read so.
pub fn entry(code: &str, zh: &str, en: &str, aliases: &[&str]) -> CodeEntry {
    CodeEntry {
        code: code.into(),
        label: Label::new(zh, en),
        aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
        valid_from: None,
        valid_to: None,
        successor: None,
        details: Details::default(),
    }
}

/// The same from a day on.
pub fn since(list: ListName, since: Date, entry: CodeEntry) -> DatedEntry {
    DatedEntry { list, since, entry }
}

fn channel(code: &str, zh: &str, family: ChannelFamily) -> CodeEntry {
    let details = Details { family: Some(family), ..Details::default() };
    CodeEntry { details, ..entry(code, zh, code, &[]) }
}

/// A few entries of every list.
pub fn lists() -> CodeLists {
    let always = |list, entry| since(list, Date::MIN, entry);
    CodeLists::new(vec![
        always(ListName::Regions, entry("210700", "锦州市", "Jinzhou", &["市本级"])),
        always(ListName::Regions, entry("210702", "古塔区", "Guta", &[])),
        always(ListName::Regions, entry("210726", "黑山县", "Heishan", &[])),
        always(ListName::Regions, entry("210782", "北镇市", "Beizhen", &["北宁市"])),
        always(
            ListName::Departments,
            entry("development_reform", "市发展改革委", "Development and Reform", &["市发改委"]),
        ),
        always(
            ListName::Departments,
            entry("finance_bureau", "市财政局", "Finance Bureau", &["财政局"]),
        ),
        always(
            ListName::Departments,
            entry("water_bureau", "市水利局", "Water Bureau", &["水利局"]),
        ),
        always(ListName::Groups, entry("transport", "市交通集团", "Transport Group", &[])),
        always(ListName::Areas, entry("networks", "重大基础设施网络", "Networks", &[])),
        always(ListName::Areas, entry("urban_rural", "城乡基础设施", "Urban and rural", &[])),
        always(
            ListName::Channels,
            channel("special_bond", "地方政府专项债券", ChannelFamily::GovernmentBond),
        ),
        always(ListName::Channels, channel("ppp", "政府和社会资本合作(PPP)", ChannelFamily::Ppp)),
    ])
}

/// The facts of a JSON body, or what is wrong with it.
pub fn build(body: Value) -> Result<Facts, Vec<Fault>> {
    serde_json::from_value::<ProjectBody>(body).unwrap().build(&lists())
}

/// The least that registers a project.
pub fn bare_body() -> Value {
    json!({
        "name": "滨河路三期工程", "area": "urban_rural", "region": "210702",
        "departments": ["development_reform"],
    })
}

/// What the reserve asks for.
pub fn full_body() -> Value {
    let mut body = bare_body();
    let more = json!({
        "content": "道路全长3公里", "owner_unit": { "name": "市政公司" },
        "total_investment": "1000", "planned": { "start": "2017-03", "finish": "2019" },
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The facts of [`bare_body`].
pub fn bare_facts() -> Facts {
    build(bare_body()).unwrap()
}

/// The facts of [`full_body`].
pub fn full_facts() -> Facts {
    build(full_body()).unwrap()
}

/// What construction asks for.
pub fn coded_facts() -> Facts {
    Facts { code: Some(CODE.parse().unwrap()), ..full_facts() }
}

/// A document with a number.
pub fn document() -> Document {
    Document {
        document_number: Some("锦发改审批〔2017〕1号".into()), ..Document::default()
    }
}

/// A matter in a state.
pub fn matter(state: MatterState) -> PreliminaryMatter {
    PreliminaryMatter {
        state,
        document_number: None,
        issued_by: None,
        planned_on: None,
        actual_on: None,
    }
}

/// A placing at a stage, inferred from wording.
pub fn inferred(stage: Stage) -> Placing {
    let quote = Some("加快推进滨河路三期建设".into());
    Placing { stage, basis: StageBasis::Inferred, quote, document: None }
}

/// The funding source of a JSON body, or what is wrong with it.
pub fn funding(body: Value) -> Result<FundingSource, Vec<Fault>> {
    serde_json::from_value::<FundingBody>(body).unwrap().build(&lists())
}

/// A source with an amount in yuan.
pub fn source(amount: &str) -> FundingSource {
    funding(json!({ "channel": "special_bond", "amount": amount })).unwrap()
}

/// A move with its day, its document and its reason.
pub fn wish(to: Stage, on: Date) -> MoveWish {
    MoveWish { to, on: Some(on), basis: Some(document()), reason: Some("原因".into()) }
}

/// The pointers and words of faults, sorted.
pub fn words(faults: &[Fault]) -> Vec<(&str, &str)> {
    let mut words: Vec<_> = faults.iter().map(|f| (f.pointer.as_str(), f.why.code())).collect();
    words.sort_unstable();
    words
}

/// A project and the day on which it is worked on.
#[derive(Debug, Clone)]
pub struct Recorder {
    /// Its history.
    pub history: History,
    /// The day.
    pub today: Date,
}

impl Recorder {
    /// A project registered, and placed where it stands.
    pub fn new(facts: Facts, placed: Option<Placing>, today: Date) -> Self {
        let mut recorder = Self { history: History::new(7, "JZ-7", Vec::new()), today };
        let registration = Registration { placed, ..facts.into() };
        recorder.record(register(registration, today).unwrap());
        recorder
    }

    /// The project as it stands.
    pub fn project(&self) -> Project {
        self.history.current().unwrap()
    }

    /// Appends a proposal and gives its number. Whatever is recorded, nothing changes before the
    /// day that [`History::touches_from`] names, asked before or after.
    pub fn record(&mut self, proposal: Proposal) -> u32 {
        let seq = self.history.next_seq();
        let Proposal { effective_on, act } = proposal;
        let recorded_at = noon(self.today, i8::try_from(seq % 60).unwrap());
        let change =
            Change { seq, recorded_at, actor: "registrar".into(), effective_on, act, import: None };
        let before = self.history.clone();
        let touches = before.touches_from(&change);
        self.history.push(change.clone());
        assert_eq!(self.history.touches_from(&change), touches, "{change:?}");

        let (old, new) = (before.timeline(), self.history.timeline());
        let days = old.iter().chain(&new).map(|segment| segment.from);
        for day in days.filter(|day| *day < touches).chain(touches.yesterday().ok()) {
            assert_eq!(
                before.at(day),
                self.history.at(day),
                "{day}, touches {touches}: {change:?}"
            );
        }
        seq
    }

    /// Records what the rules allow, and gives back what they refuse.
    pub fn go(&mut self, decided: Result<Proposal, Refusal>) -> Result<u32, Refusal> {
        decided.map(|proposal| self.record(proposal))
    }

    /// Moves to a stage with all that can be asked for.
    pub fn move_to(&mut self, to: Stage, on: Date) -> u32 {
        self.go(self.project().move_to(wish(to, on), self.today)).unwrap()
    }

    /// A begun matter, effective on a day.
    pub fn begin_matter(&mut self, day: Date) {
        let begun = matter(MatterState::Begun);
        let set = self.history.set_matter(MatterKind::ProjectProposal, begun, day).unwrap();
        self.record(set.unwrap());
    }

    /// Facts that hold from a day.
    pub fn change_facts(&mut self, facts: &Facts, day: Date) {
        let change = self.facts_from(facts, day).unwrap();
        self.record(change.unwrap());
    }

    /// What the rules make of facts that hold from a day.
    pub fn facts_from(&self, facts: &Facts, day: Date) -> Result<Option<Proposal>, Refusal> {
        self.history.change_facts(day, |_| Ok(facts.clone()))
    }

    /// Submits and accepts, effective on a day.
    pub fn accept(&mut self, on: Date) -> u32 {
        self.go(self.project().submit(self.today)).unwrap();
        self.go(self.project().accept(Some(on), self.today)).unwrap()
    }

    /// A project of the reserve, registered on 2 January and accepted on the 10th, with all that
    /// construction asks for.
    pub fn in_reserve() -> Self {
        let mut recorder = Self::new(coded_facts(), None, d(1, 2));
        recorder.begin_matter(d(1, 2));
        recorder.today = d(1, 10);
        recorder.accept(d(1, 10));
        recorder
    }
}
