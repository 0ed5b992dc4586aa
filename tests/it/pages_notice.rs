//! The notice as people see it: every area with its departments, targets and projects.

use crate::support::{Registry, Visitor};

#[tokio::test]
async fn every_area_has_its_departments_targets_and_projects() {
    let mut registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "chief", "leader", "city").await;
    let caller = registry.caller("chief");
    let shown = visitor.get("/notice").await.expect(200);
    shown.shows(&["锦政发〔2017〕55号", "2017-08-06"]);
    let areas = caller.get("/areas").await.expect(200).body;
    let targets = caller.get("/targets").await.expect(200).body;
    let (areas, targets) =
        (areas["items"].as_array().unwrap(), targets["items"].as_array().unwrap());
    assert_eq!(shown.text.matches("<section class=\"card\" id=").count(), areas.len());
    let (mut without_lead, mut rows) = (0, 0);
    for area in areas {
        let code = area["code"].as_str().unwrap();
        let (_, section) = shown.text.split_once(&format!("id=\"{code}\"")).unwrap();
        let section = section.split("</section>").next().unwrap();
        let has = |text: &str| assert!(section.contains(text), "{code}: {text}");
        has(area["title"].as_str().unwrap());
        assert!(shown.has(&format!("href=\"#{code}\"")), "{code} is in the contents");
        for department in area["departments"].as_array().unwrap() {
            has(department["name"].as_str().unwrap());
        }
        match area["lead"]["name"].as_str() {
            Some(lead) => has(&format!("{lead}</a> <span class=\"tag good\">牵头</span>")),
            None => {
                without_lead += 1;
                has("文件未指定牵头部门");
            }
        }
        for project in area["projects"].as_array().unwrap() {
            has(&format!("href=\"/projects/{}\"", project["id"]));
            has(project["name"].as_str().unwrap());
        }
        let codes = area["targets"].as_array().unwrap();
        assert_eq!(section.matches("data-target=").count(), codes.len(), "{code}");
        for target in targets.iter().filter(|target| codes.contains(&target["code"])) {
            let mark = format!("data-target=\"{}\"", target["code"].as_str().unwrap());
            let row = section.split_once(&mark).unwrap().1.split("</tr>").next().unwrap();
            let unit = target["unit"].as_str().unwrap();
            for value in target["values"].as_array().unwrap() {
                let wanted = format!("{} {unit}<", value["value"].as_str().unwrap());
                assert!(row.contains(&wanted), "{row}");
            }
            for quote in target["quotes"].as_array().unwrap() {
                assert!(row.contains(quote.as_str().unwrap()), "{row}");
            }
            let projects = target["projects"].as_array().unwrap().len();
            assert_eq!(row.matches("href=\"/projects/").count(), projects, "{row}");
            rows += 1;
        }
    }
    assert_eq!(without_lead, 6);
    assert!(rows >= targets.len());
    let english = visitor.get("/notice?lang=en").await.expect(200);
    english.shows(&["The notice names no lead", "Targeted poverty relief", "At least"]);
}

#[tokio::test]
async fn a_county_is_shown_the_projects_of_the_notice_that_lie_in_it() {
    let mut registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "county", "leader", "region:210726").await;
    let caller = registry.caller("county");
    let all = registry.caller("leader").get("/areas").await.expect(200).body;
    let part = caller.get("/areas").await.expect(200).body;
    let shown = visitor.get("/notice").await.expect(200);
    let (mut seen, mut hidden) = (0, 0);
    for (all, part) in
        all["items"].as_array().unwrap().iter().zip(part["items"].as_array().unwrap())
    {
        let part = part["projects"].as_array().unwrap();
        for project in all["projects"].as_array().unwrap() {
            let link = format!("href=\"/projects/{}\"", project["id"]);
            assert_eq!(shown.has(&link), part.contains(project), "{project}");
            if part.contains(project) { seen += 1 } else { hidden += 1 }
        }
    }
    assert!(seen > 0 && hidden > 0, "{seen} {hidden}");
}
