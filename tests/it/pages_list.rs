//! The list of projects as a page: the same projects as the API's, filters in the address, columns
//! and views that are remembered, and the file of it.

use crate::support::{Registry, Visitor};

#[tokio::test]
async fn the_page_lists_what_the_api_lists_and_its_figures_are_filters() {
    let mut registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let api = registry.caller("clerk");
    for query in ["stage=reserve", "area=water&stage=preparation", "q=水库", "need=confirmation"]
    {
        let list = api.get(&format!("/projects?{query}&limit=50&count=true")).await.expect(200);
        let shown = visitor.get(&format!("/projects?{query}")).await.expect(200);
        let count = list.body["count"]["value"].as_i64().unwrap();
        shown.shows(&[&format!("<strong>{count}</strong>")]);
        for project in list.body["items"].as_array().unwrap() {
            let id = project["id"].as_i64().unwrap();
            shown.shows(&[&format!("href=\"/projects/{id}\""), project["name"].as_str().unwrap()]);
        }
    }
    let shown = visitor.get("/projects?stage=&area=water&area=ecology&min_wan=1,000").await;
    shown.expect(303).leads_to("/projects?area=water%2Cecology&min_investment=10000000.00");
}

#[tokio::test]
async fn pages_go_on_and_back_without_losing_a_project() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let links = |text: &str| -> Vec<String> {
        let found = text.split("<th scope=\"row\"><a href=\"").skip(1);
        found.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let next = |text: &str, rel: &str| -> Option<String> {
        let (before, _) = text.split_once(&format!("\" rel=\"{rel}\""))?;
        Some(before.rsplit('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let (mut path, mut all, mut first) = ("/projects?limit=20".to_owned(), Vec::new(), Vec::new());
    loop {
        let shown = visitor.get(&path).await.expect(200);
        let found = links(&shown.text);
        if all.is_empty() {
            first.clone_from(&found);
        } else {
            let back = next(&shown.text, "prev").unwrap();
            let before = links(&visitor.get(&back).await.expect(200).text);
            assert_eq!(before, all[all.len() - 20..], "the page before");
        }
        all.extend(found);
        match next(&shown.text, "next") {
            Some(on) => path = on,
            None => break,
        }
    }
    assert_eq!(first.len(), 20);
    let mut each = all.clone();
    each.sort_unstable();
    each.dedup();
    assert_eq!((all.len(), each.len()), (108, 108));
}

#[tokio::test]
async fn columns_are_remembered_and_the_file_has_exactly_those() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let shown = visitor.get("/projects").await.expect(200);
    let chosen = [
        ("columns", "number"),
        ("columns", "stage"),
        ("columns", "total"),
        ("density", "compact"),
        ("limit", "20"),
        ("back", "/projects?stage=reserve"),
    ];
    let led = visitor.submit("/projects/display", &shown, &chosen).await.expect(303);
    led.leads_to("/projects?stage=reserve");
    let shown = visitor.get("/projects?stage=reserve").await.expect(200);
    shown.shows(&["class=\"compact\"", "编号"]);
    let file = visitor.get("/projects.csv?stage=reserve").await.expect(200);
    let mut lines = file.text.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("编号,项目名称,阶段,总投资(万元)"));
    assert_eq!(lines.clone().count(), 45, "all of them, not a page");
    assert!(lines.all(|line| line.contains(",储备,")));
}

#[tokio::test]
async fn a_view_has_a_name_and_is_its_owners_alone() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let other = Visitor::of(&registry, "colleague", "registrar", "city").await;
    let shown = visitor.get("/projects?stage=reserve&area=water").await.expect(200);
    let fields = [("name", "水利储备"), ("query", "stage=reserve&area=water")];
    visitor.submit("/projects/views", &shown, &fields).await.expect(303);
    let shown = visitor.get("/projects").await.expect(200);
    shown.shows(&["水利储备", "/projects?stage=reserve"]);
    let theirs = other.get("/projects").await.expect(200);
    theirs.hides(&["水利储备"]);
    let remove = shown.text.split("action=\"/projects/views/").nth(1).unwrap();
    let path = format!("/projects/views/{}", remove.split('"').next().unwrap());
    other.submit(&path, &theirs, &[]).await.expect(404);
    visitor.submit(&path, &shown, &[]).await.expect(303);
    visitor.get("/projects").await.expect(200).hides(&["水利储备"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_filter_is_said_and_nothing_is_shown_out_of_scope() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    for query in ["stage=nowhere", "as_of=2018-02-30", "cursor=x", "min_investment=much", "sort=x"]
    {
        let shown = visitor.get(&format!("/projects?{query}")).await.expect(200);
        shown.shows(&["role=\"alert\""]);
    }
    let county = Visitor::of(&registry, "county", "leader", "region:210726").await;
    let seen = county.get("/projects").await.expect(200);
    let of_city = visitor.get("/projects?region=songshan").await.expect(200);
    let name = of_city.text.split("<th scope=\"row\"><a href=\"").nth(1).unwrap();
    seen.hides(&[&format!("href=\"{}\"", name.split('"').next().unwrap())]);
}
