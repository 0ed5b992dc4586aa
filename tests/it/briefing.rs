//! The briefing: its figures are the API's of the same day, it speaks of what is there and of
//! nothing else, and its document is what Word expects.

use crate::steps::{People, whole};
use crate::support::{Caller, Registry, Visitor};
use jiff::ToSpan;
use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

const PATH: &str = "/reports/briefing.docx";

/// The stages of the library.
const LIBRARY: &str = "concept,reserve,preparation,construction,completed,operation,suspended";

/// A Word document, as it reads.
struct Document {
    /// Name and text of its parts.
    parts: BTreeMap<String, String>,
    /// Its paragraphs outside of tables.
    paragraphs: Vec<String>,
    /// Its tables: rows of cells.
    tables: Vec<Vec<Vec<String>>>,
}

impl Document {
    async fn of(caller: &Caller, query: &str) -> Self {
        let request = caller.request(Method::GET, &format!("{PATH}?{query}"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{query}");
        Self::read(&response.bytes().await.unwrap())
    }

    /// Opens the archive and reads every part of it as XML.
    fn read(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
        let mut parts = BTreeMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            parts.insert(name, text);
        }
        let mut document = Self { parts, paragraphs: Vec::new(), tables: Vec::new() };
        for (name, text) in document.parts.clone() {
            assert!(text.starts_with("<?xml"), "{name} begins with {:.20}", text);
            let is_body = name == "word/document.xml";
            document.take(&name, &text, is_body);
        }
        document
    }

    fn take(&mut self, name: &str, text: &str, is_body: bool) {
        let mut reader = Reader::from_str(text);
        let (mut open, mut in_table, mut in_text) = (0_usize, false, false);
        let mut line = String::new();
        loop {
            let event = reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}"));
            match event {
                Event::Eof => break,
                Event::Start(element) => {
                    open += 1;
                    match element.name().as_ref() {
                        "w:tbl" if is_body => {
                            self.tables.push(Vec::new());
                            in_table = true;
                        }
                        "w:tr" if is_body => self.tables.last_mut().unwrap().push(Vec::new()),
                        "w:p" => line.clear(),
                        "w:t" => in_text = true,
                        _ => {}
                    }
                }
                Event::End(element) => {
                    open -= 1;
                    match element.name().as_ref() {
                        "w:tbl" => in_table = false,
                        "w:t" => in_text = false,
                        "w:p" if is_body && in_table => {
                            let rows = self.tables.last_mut().unwrap();
                            rows.last_mut().unwrap().push(line.clone());
                        }
                        "w:p" if is_body => self.paragraphs.push(line.clone()),
                        _ => {}
                    }
                }
                Event::Text(found) if in_text => line.push_str(&found),
                Event::GeneralRef(found) if in_text => {
                    let character = match found.resolve_char_ref().unwrap() {
                        Some(character) => character,
                        None => panic!("{found:?} is no reference to a character"),
                    };
                    line.push(character);
                }
                _ => {}
            }
        }
        assert_eq!(open, 0, "{name} is left open");
    }

    fn text(&self) -> String {
        self.paragraphs.join("\n")
    }

    /// The table whose head begins with a word.
    #[track_caller]
    fn table(&self, head: &str) -> &[Vec<String>] {
        let found = self.tables.iter().find(|table| table[0][0] == head);
        found.unwrap_or_else(|| panic!("no table of {head}: {:?}", self.tables))
    }
}

/// The figures of an answer of the API, added up: projects; total, sources and arrived in fen.
fn added_up(summary: &Value) -> (i64, [i64; 3]) {
    let rows = summary["rows"].as_array().unwrap();
    let sum =
        |field: &str| -> i64 { rows.iter().filter_map(|row| row[field].as_str()).map(fen).sum() };
    let count = rows.iter().map(|row| row["count"].as_i64().unwrap()).sum();
    (count, ["total_investment", "planned_funding", "arrived_funding"].map(sum))
}

/// The registry's day.
async fn today(caller: &Caller) -> Date {
    let changes = caller.get("/changes?from=2018-01-01&limit=1").await.expect(200);
    changes.body["to"].as_str().unwrap().parse().unwrap()
}

/// An amount of the API in fen.
fn fen(yuan: &str) -> i64 {
    yuan.replace('.', "").parse().unwrap()
}

/// Fen as tables show them, in 亿元.
fn yi(fen: i64) -> String {
    let hundredths = (fen + 50_000_000) / 100_000_000;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A registry with made-up projects and one of each fate, and its people.
async fn started() -> (Registry, People) {
    let mut registry = Registry::idle().await;
    let seeded = registry.run(&["seed", "--demo", "200"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry.serve(&[]).await;
    let people = People::of(&mut registry);
    (registry, people)
}

#[tokio::test]
async fn the_figures_are_those_of_the_summary_of_the_same_day() {
    let (_registry, people) = started().await;
    let today = today(&people.leader).await;
    let earlier = today.saturating_sub(300.days());
    for day in [today.to_string(), earlier.to_string(), "2017-09-01".to_owned()] {
        let document = Document::of(&people.leader, &format!("as_of={day}")).await;
        for (by, head) in [("stage", "阶段"), ("area", "任务领域"), ("region", "地区")] {
            let path = format!("/summary?by={by}&as_of={day}&stage={LIBRARY}");
            let summary = people.leader.get(&path).await.expect(200).body;
            let (count, [total, sources, arrived]) = added_up(&summary);
            let table = document.table(head);
            let last = table.last().unwrap();
            assert_eq!(last[1], count.to_string(), "{by} on {day}");
            // The money stands in the last four columns; by stage a share stands among them.
            let money: Vec<&String> = match by {
                "stage" => [3, 5, 6].iter().map(|at| &last[*at]).collect(),
                _ => last[last.len() - 4..last.len() - 1].iter().collect(),
            };
            let plain: Vec<String> = money.iter().map(|of| of.replace(',', "")).collect();
            assert_eq!(plain, [total, sources, arrived].map(yi), "{by} on {day}");
            // Each row is the summary's, in its order.
            let rows = summary["rows"].as_array().unwrap();
            let counts: Vec<String> = rows.iter().map(|row| row["count"].to_string()).collect();
            let shown: Vec<&String> = table[1..table.len() - 1].iter().map(|row| &row[1]).collect();
            assert_eq!(shown, counts.iter().collect::<Vec<_>>(), "{by} on {day}");
            assert!(document.text().contains(&format!("在库项目{count}个")), "{}", document.text());
        }
        // The annex lists every one of them.
        let listed = document.tables.last().unwrap();
        let numbered = listed.iter().filter(|row| row[0].parse::<i64>().is_ok()).count();
        let path = format!("/summary?as_of={day}&stage={LIBRARY}");
        let (count, _) = added_up(&people.leader.get(&path).await.expect(200).body);
        assert_eq!(i64::try_from(numbered).unwrap(), count, "{day}");
    }
}

#[tokio::test]
async fn what_changed_since_a_day_is_what_the_comparison_says() {
    let (_registry, people) = started().await;
    let (from, to) = ("2018-01-01", "2024-06-30");
    let document = Document::of(&people.leader, &format!("as_of={to}&since={from}")).await;
    let changes = people.leader.get(&format!("/changes?from={from}&to={to}&limit=1")).await;
    let entered = changes.expect(200).body["counts"]["entered"].as_i64().unwrap();
    let text = document.text();
    assert!(text.contains(&format!("与2018年1月1日相比，新入库{entered}个")), "{text}");
    let at = async |day: &str| {
        let path = format!("/summary?as_of={day}&stage={LIBRARY}");
        added_up(&people.leader.get(&path).await.expect(200).body).0
    };
    let (before, after) = (at(from).await, at(to).await);
    let by = after - before;
    let told = format!("在库项目由{before}个增加到{after}个，增加{by}个");
    assert!(text.contains(&told), "{told}: {text}");
}

#[tokio::test]
async fn a_project_on_its_way_is_told_and_nothing_that_did_not_happen() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let empty = Document::of(&people.leader, "as_of=2017-01-01&since=2016-12-01").await;
    let text = empty.text();
    assert!(text.contains("没有在库项目") && !text.contains("0个"), "{text}");
    assert!(empty.tables.is_empty(), "{:?}", empty.tables);

    let name = "<城东>\"水厂\" & '二期'工程";
    let at = people.preparation(name, "2018-01-10", "2018-02-01").await;
    let source = json!({"channel": "special_bond", "amount": "150000000", "status": "approved",
        "arrived": "50000000", "effective_on": "2018-02-20"});
    people.tag(&at, source).await.expect(201);

    let document = Document::of(&people.leader, "as_of=2018-03-01&since=2018-01-20").await;
    let text = document.text();
    for told in [
        "与2018年1月20日相比，转入前期1个",
        "资金来源从无到有，为1.5亿元",
        "到位资金从无到有，为5,000万元",
        "总投资仍为3.85亿元",
        "在库项目仍为109个",
        "资金来源均为地方政府专项债券，合计1.5亿元",
        "资金缺口合计2.35亿元",
        "尚未填报总投资",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    for untold in ["竣工", "终止", "退出库", "新入库", "停缓建", "上年同期", "超额"]
    {
        assert!(!text.contains(untold), "{untold}: {text}");
    }
    let annex = document.tables.last().unwrap();
    assert!(annex.iter().any(|row| row.get(1).is_some_and(|of| of == name)), "{annex:?}");

    // The same on a page, where it must not become markup.
    let leader = Visitor::of(&registry, "reader", "leader", "city").await;
    let page = leader.get("/papers/briefing?as_of=2018-03-01&since=2018-01-20").await.expect(200);
    page.shows(&["转入前期", "&#60;城东&#62;&#34;水厂&#34; &#38; &#39;二期&#39;工程"]);
    page.hides(&["<城东>"]);
}

#[tokio::test]
async fn a_year_before_is_told_only_where_there_was_one() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    people.reserve("只此一个的水库工程", "2018-01-10").await;
    // The document takes effect in August 2017: a year before March 2018 there is nothing.
    let first = Document::of(&people.leader, "as_of=2018-03-01").await.text();
    assert!(!first.contains("同期"), "{first}");
    let second = Document::of(&people.leader, "as_of=2018-12-31").await.text();
    let told = "与上年同期（2017年12月31日）相比，在库项目增加1个，增长0.9%。";
    assert!(second.contains(told), "{second}");
}

#[tokio::test]
async fn everybody_is_told_of_what_they_see() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let mut body = whole("黑山县城区供水工程");
    body["region"] = json!("210726");
    let draft = people.registrar.post("/projects", body).await.expect(201);
    // A draft is nobody's project yet, also for those who see it.
    let count = async |caller: &Caller| {
        let document = Document::of(caller, "parts=stage").await;
        let stages = document.table("阶段").last().unwrap()[1].clone();
        (document.paragraphs[0].clone(), stages)
    };
    let before = count(&people.registrar).await;
    people.file(draft.id(), draft.version(), "2018-01-10").await;
    let (title, all) = count(&people.registrar).await;
    assert_eq!(before.1.parse::<i64>().unwrap() + 1, all.parse::<i64>().unwrap());
    assert_eq!(title, "锦州市补短板项目推进情况");

    let county = registry.account("heishan", "leader", "region:210726");
    let (title, seen) = count(&county).await;
    assert_eq!(title, "黑山县补短板项目推进情况");
    let path = format!("/summary?stage={LIBRARY}");
    let (counted, _) = added_up(&county.get(&path).await.expect(200).body);
    assert_eq!(seen, counted.to_string());
    assert!(counted < all.parse().unwrap());
}

#[tokio::test]
async fn the_document_is_what_word_expects() {
    let (registry, people) = started().await;
    let checkpoint = registry.path("checkpoint.json");
    let made = registry.run(&["audit", "checkpoint", "-o", checkpoint.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let query = "as_of=2024-06-30&annex=area&issuer=市发展改革委";
    let document = Document::of(&people.leader, query).await;
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/styles.xml",
        "word/footer1.xml",
    ] {
        assert!(document.parts.contains_key(name), "no {name}");
    }
    let body = &document.parts["word/document.xml"];
    assert_eq!(body.matches("<w:tblHeader/>").count(), document.tables.len());
    let rows: usize = document.tables.iter().map(Vec::len).sum();
    assert_eq!(body.matches("<w:cantSplit/>").count(), rows);
    assert!(body.contains("w:orient=\"landscape\"") && body.contains("w:top=\"2098\""));
    let styles = &document.parts["word/styles.xml"];
    for font in ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"] {
        assert!(styles.contains(&format!("w:eastAsia=\"{font}\"")), "{font}");
    }
    let core = &document.parts["docProps/core.xml"];
    assert!(core.contains("<dc:title>锦州市补短板项目推进情况</dc:title>"), "{core}");
    assert!(document.paragraphs.iter().any(|line| line == "市发展改革委"));
    let said: Value = serde_json::from_str(&std::fs::read_to_string(&checkpoint).unwrap()).unwrap();
    let last = document.paragraphs.last().unwrap();
    assert!(last.contains(said["heads"].as_str().unwrap()), "{last}");

    // The same data is the same file, whoever writes it.
    let file = |name: &str| {
        let path = registry.path(name);
        let args = ["report", "briefing", "--as-of", "2024-06-30", "--format", "docx", "-o"];
        let written = registry.run(&[&args[..], &[path.to_str().unwrap()]].concat());
        assert_eq!(written.code, 0, "{}", written.stderr);
        std::fs::read(path).unwrap()
    };
    assert!(file("one.docx") == file("two.docx"));
    let request = people.leader.request(Method::GET, &format!("{PATH}?as_of=2024-06-30"));
    let served = request.send().await.unwrap().bytes().await.unwrap();
    assert!(Document::read(&served).parts == Document::read(&file("three.docx")).parts);
}

#[tokio::test]
async fn the_command_writes_a_page_and_says_what_is_wrong() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    let path = registry.path("briefing.html");
    let output = path.to_str().unwrap().to_owned();
    let run = |more: &[&str]| {
        let args = ["report", "briefing", "--format", "html", "-o", &output];
        registry.run(&[&args[..], more].concat())
    };
    assert_eq!(run(&["--as-of", "2018-01-01", "--lang", "en"]).code, 0);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("On 1 January 2018 the library"));
    // A file that is sent around leads nowhere.
    assert!(!page.contains("<a "), "{page}");
    let later = today(&leader).await.saturating_add(3.days()).to_string();
    for (args, sentence) in [
        (vec!["--as-of", "2018-13-01"], "--as-of"),
        (vec!["--as-of", &later], "--as-of: the date lies after today"),
        (vec!["--as-of", "2018-01-01", "--since", "2018-01-01"], "--since"),
        (vec!["--as", "nobody"], "there is no account nobody"),
        (vec!["--annex", "colour"], "--annex"),
    ] {
        let failed = run(&args);
        assert_eq!(failed.code, 1, "{args:?}");
        assert!(failed.stderr.contains(sentence), "{args:?}: {}", failed.stderr);
    }
    let asked = async |query: &str| leader.get(&format!("{PATH}?{query}")).await.expect(422);
    assert_eq!(asked("as_of=2018-01-01&since=2018-02-01").await.pointers(), ["/since"]);
    assert_eq!(asked(&format!("as_of={later}")).await.pointers(), ["/as_of"]);
    assert_eq!(asked("parts=stage,colour").await.pointers(), ["/parts"]);
}

#[tokio::test]
async fn the_page_of_papers_leads_to_the_briefing_and_its_numbers_to_lists() {
    let (registry, people) = started().await;
    let leader = Visitor::of(&registry, "reader", "leader", "city").await;
    let papers = leader.get("/papers").await.expect(200);
    papers.shows(&["href=\"/papers\" aria-current=\"page\"", "name=\"since\"", "sheets=stage"]);
    let wrong = leader.get("/papers/briefing?as_of=2018-01-01&since=2018-02-01").await.expect(422);
    wrong.shows(&["role=\"alert\"", "value=\"2018-02-01\""]);
    // What a form sends: nothing chosen is blank.
    let page =
        leader.get("/papers/briefing?as_of=2024-06-30&since=&issuer=&parts=stage&parts=area");
    let page = page.await.expect(200);
    page.hides(&["需要关注的问题"]);
    let mut links = 0;
    for piece in page.text.split("<a href=\"/projects?").skip(1).take(60) {
        let (href, rest) = piece.split_once("\">").unwrap();
        let shown = rest.split('<').next().unwrap().trim_end_matches('个').replace(',', "");
        let href = href.replace("&#38;", "&");
        let path = format!("/projects?{href}&count=true&limit=1");
        let count = people.leader.get(&path).await.expect(200).body["count"]["value"].to_string();
        assert_eq!(shown, count, "{href}");
        links += 1;
    }
    assert_eq!(links, 60);
    let keeper = Visitor::of(&registry, "keeper", "sysadmin", "city").await;
    keeper.get("/papers").await.expect(403);
}
