//! Comparisons of two days, against the lists of these days, over histories made at random.

use crate::pages_board_compared;
use crate::reports::{cards, compared};
use crate::steps::{all, assert_sound, whole};
use crate::support::{Caller, Registry, Visitor, sample};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that only look random, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Few days, so that many changes fall on one and many pairs of days lie around a change.
const DAYS: [&str; 9] = [
    "2018-01-05",
    "2018-02-01",
    "2018-02-02",
    "2018-03-31",
    "2018-04-01",
    "2018-05-20",
    "2018-06-30",
    "2018-09-09",
    "2019-02-01",
];
const REGIONS: [&str; 3] = ["210726", "210727", "210702"];
const DEPARTMENTS: [&str; 3] = ["water_bureau", "education", "housing_construction"];
const GROUPS: [&str; 2] = ["heating", "water_supply"];

/// Those who change projects.
struct Hands {
    registrar: Caller,
    reviewer: Caller,
    finance: Caller,
    reporter: Caller,
    dice: Dice,
    /// How many changes were made of each kind.
    made: BTreeMap<&'static str, usize>,
}

impl Hands {
    fn place(&mut self) -> Value {
        let department = self.dice.of(&DEPARTMENTS);
        let also = if self.dice.below(3) == 0 { vec![self.dice.of(&REGIONS)] } else { Vec::new() };
        let region = self.dice.of(&REGIONS);
        let also: Vec<&str> = also.into_iter().filter(|code| *code != region).collect();
        json!({"region": region, "also_in": also, "departments": [department],
            "lead_department": department, "group": self.dice.of(&GROUPS)})
    }

    async fn register(&mut self, number: usize) -> i64 {
        let mut body = whole(&format!("历程{number}号"));
        for (field, value) in self.place().as_object().unwrap() {
            body[field] = value.clone();
        }
        body["code"] = json!(format!("2018-210703-46-01-{number:06}"));
        body["area"] = json!(self.dice.of(&["urban_rural", "water"]));
        let author = if number.is_multiple_of(4) {
            body["region"] = json!("210726");
            body["also_in"] = json!([]);
            &self.reporter
        } else {
            &self.registrar
        };
        let draft = author.post("/projects", body).await.expect(201);
        // So that it may go on to its preparation.
        let matter = format!("/projects/{}/matters/feasibility_study", draft.id());
        let begun = json!({"state": "begun"});
        self.registrar.change(Method::PUT, &matter, draft.version(), begun).await.expect(200);
        draft.id()
    }

    /// Tries a change; the rules may refuse it.
    async fn change(&mut self, id: i64) {
        let path = format!("/projects/{id}");
        let at = self.registrar.get(&path).await.expect(200);
        let (version, stage) = (at.version(), at.body["stage"].as_str().unwrap());
        let (day, amount) = (self.dice.of(&DAYS), self.dice.of(&["1000.00", "2000.00"]));
        let draft = at.body["filing"] != "accepted";
        let roll = if draft { self.dice.below(3) } else { 3 + self.dice.below(11) };
        let (what, who, method, end, body) = match roll {
            0 | 1 if at.body["filing"] == "submitted" => {
                let accept = json!({"action": "accept", "on": day});
                ("accept", &self.reviewer, Method::POST, "/filing".to_owned(), accept)
            }
            0 | 1 => {
                let submit = json!({"action": "submit"});
                ("submit", &self.registrar, Method::POST, "/filing".to_owned(), submit)
            }
            2 | 3 => {
                let mut patch = self.place();
                patch["effective_on"] = json!(day);
                ("place", &self.registrar, Method::PATCH, String::new(), patch)
            }
            4 | 5 => {
                let patch = json!({"total_investment": amount, "effective_on": day});
                ("total", &self.registrar, Method::PATCH, String::new(), patch)
            }
            6 => {
                let patch = json!({"notes": format!("记{version}"), "effective_on": day});
                ("notes", &self.registrar, Method::PATCH, String::new(), patch)
            }
            7 | 8 if at.body["funding"].as_array().unwrap().len() < 2 => {
                let source = json!({"channel": self.dice.of(&["ppp", "other"]),
                    "amount": amount, "effective_on": day});
                ("fund", &self.finance, Method::POST, "/funding".to_owned(), source)
            }
            7 | 8 => {
                let source = at.body["funding"][0]["id"].clone();
                let body = json!({"effective_on": day, "reason": "撤回"});
                ("unfund", &self.finance, Method::DELETE, format!("/funding/{source}"), body)
            }
            9 | 10 => {
                let step = at.body["moves"].as_array().unwrap().last().unwrap()["id"].clone();
                let body = json!({"on": day, "reason": "更正"});
                ("correct", &self.registrar, Method::PATCH, format!("/stage/{step}"), body)
            }
            _ => {
                let to = match stage {
                    "reserve" => self.dice.of(&["preparation", "cancelled", "concept"]),
                    "preparation" => self.dice.of(&["reserve", "suspended", "cancelled"]),
                    "suspended" => self.dice.of(&["preparation", "cancelled"]),
                    _ => self.dice.of(&["reserve", "preparation", "suspended"]),
                };
                let wish = json!({"to": to, "on": day, "reason": "理由",
                    "basis": {"document_number": "锦发改审批〔2018〕12号"}});
                ("move", &self.registrar, Method::POST, "/stage".to_owned(), wish)
            }
        };
        let answer = who.change(method, &format!("{path}{end}"), version, body).await;
        match answer.status {
            200..300 => *self.made.entry(what).or_default() += 1,
            409 | 422 => {}
            _ => panic!("{what}: {}", answer.body),
        }
    }
}

/// Asserts that a comparison is what the two lists of the same caller differ in.
async fn assert_compared(
    caller: &Caller,
    (from, to): (&str, &str),
    (filter, passes): Filter,
    kinds: &mut BTreeSet<String>,
) {
    let before = cards(caller, &format!("as_of={from}")).await;
    let after = cards(caller, &format!("as_of={to}")).await;
    let expected = compared(&before, &after, passes);
    let path = format!("/changes?from={from}&to={to}{filter}");
    let items = all(caller, &format!("{path}&limit=3")).await;
    assert_eq!(json!(items), expected, "{path}");
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for kind in items.iter().flat_map(|item| item["changes"].as_array().unwrap()) {
        *counts.entry(kind.as_str().unwrap()).or_default() += 1;
        kinds.insert(kind.as_str().unwrap().to_owned());
    }
    let first = caller.get(&path).await.expect(200);
    assert_eq!(first.body["counts"], json!(counts), "{path}");
}

/// A filter, and the cards that it lets through.
type Filter = (&'static str, fn(&Value) -> bool);

const FILTERS: [Filter; 6] = [
    ("", |_| true),
    ("&area=water", |card| card["area"] == "water"),
    ("&stage=preparation", |card| card["stage"] == "preparation"),
    ("&region=210726", |card| card["region"] == "210726"),
    ("&min_investment=2000", |card| {
        card["total_investment"].as_str().is_some_and(|total| !total.starts_with("1000."))
    }),
    ("&q=历程1", |card| card["name"].as_str().unwrap().starts_with("历程1")),
];

#[tokio::test]
async fn any_two_days_compare_as_their_lists_do_for_everybody() {
    let mut registry = Registry::start().await;
    let mut hands = Hands {
        registrar: registry.caller("registrar"),
        reviewer: registry.caller("reviewer"),
        finance: registry.caller("finance"),
        reporter: registry.account("author", "reporter", "region:210726"),
        dice: Dice(2017),
        made: BTreeMap::new(),
    };
    for number in 0..32 {
        let id = hands.register(number).await;
        if number % 8 == 7 {
            // One that is never accepted.
            continue;
        }
        for _ in 0..20 {
            hands.change(id).await;
        }
    }
    assert!(hands.made.len() == 9 && hands.made.values().all(|made| *made > 5), "{:?}", hands.made);
    assert_sound(&registry);

    let visitors = [
        ("chief", Visitor::of(&registry, "chief", "leader", "city").await),
        ("staff", Visitor::of(&registry, "staff", "registrar", "region:210726").await),
        ("bureau", Visitor::of(&registry, "bureau", "leader", "department:water_bureau").await),
    ];
    for (name, visitor) in &visitors {
        let caller = registry.caller(name);
        for (at, from) in DAYS.iter().enumerate() {
            for to in &DAYS[at..] {
                pages_board_compared::assert_compared(visitor, &caller, (from, to)).await;
            }
        }
    }
    let callers = [
        registry.caller("leader"),
        registry.account("county", "registrar", "region:210726"),
        registry.account("neighbour", "leader", "region:210727"),
        registry.account("water", "leader", "department:water_bureau"),
        registry.account("heat", "finance", "group:heating"),
        registry.caller("author"),
    ];
    for (number, caller) in callers.iter().enumerate() {
        let mut kinds = BTreeSet::new();
        for (at, from) in DAYS.iter().enumerate() {
            for to in &DAYS[at..] {
                assert_compared(caller, (from, to), FILTERS[0], &mut kinds).await;
            }
        }
        assert_eq!(kinds.len(), 4, "caller {number}: {kinds:?}");
        for days in [("2017-12-31", "2019-12-31"), ("2018-02-01", "2018-06-30")] {
            for filter in FILTERS {
                assert_compared(caller, days, filter, &mut kinds).await;
            }
        }
    }
}

#[tokio::test]
async fn steps_that_do_not_follow_from_the_versions_are_found_and_made_anew() {
    let mut registry = Registry::start().await;
    let id = sample::accepted(&mut registry, sample::body("步骤一号")).await.id();
    for change in [
        "DELETE FROM project_step",
        "UPDATE project_step SET until = 20180111",
        "UPDATE project_step SET day = 20180109",
        "UPDATE project_step SET passage_1 = 2",
        "UPDATE project_step SET reach = NULL",
        "UPDATE project_step SET total = total + 1",
    ] {
        let sql = format!("{change} WHERE project_id = {id}");
        assert_eq!(registry.database.tamper(&sql).await, 1, "{sql}");
        let checked = registry.run(&["check"]);
        assert_eq!(checked.code, 1, "{sql}");
        let told = format!("shortboard: project {id}: its steps do not follow from it\n");
        assert_eq!(checked.stderr, told, "{sql}");
        registry.database.tamper("UPDATE derived SET format = 0").await;
        let migrated = registry.run(&["migrate"]);
        assert_eq!(migrated.code, 0, "{}", migrated.stderr);
        assert_sound(&registry);
    }
}
