//! What the board is asked: wrong days are told at their field, and who asks changes nothing.

use crate::pages_board::{between, demo, href, listed, number};
use crate::support::{Registry, Visitor};

fn today() -> jiff::civil::Date {
    crate::steps::now().in_tz("Asia/Shanghai").unwrap().date()
}

#[tokio::test]
async fn wrong_days_are_told_at_their_field() {
    let registry = Registry::start().await;
    let leader = Visitor::of(&registry, "chief", "leader", "city").await;
    let tomorrow = today().tomorrow().unwrap();
    for (path, field, sentence) in [
        ("/board?as_of=2018-02-30", "as_of", "不是日期：应为 YYYY-MM-DD".to_owned()),
        ("/board?as_of=x%22%3E", "as_of", "不是日期：应为 YYYY-MM-DD".to_owned()),
        (&format!("/board?as_of={tomorrow}"), "as_of", "日期不能晚于今天".to_owned()),
        (&format!("/board?since={tomorrow}"), "since", "日期不能晚于今天".to_owned()),
        ("/board?since=1801-01-01", "since", "年份应在1900至2199之间".to_owned()),
        ("/board?since=2018-03-02&as_of=2018-03-01", "since", "日期不能晚于2018-03-01".to_owned()),
        ("/board/changes", "from", "此项必填".to_owned()),
        (
            "/board/changes?from=2018-03-02&to=2018-03-01",
            "from",
            "日期不能晚于2018-03-01".to_owned(),
        ),
        ("/board/changes?from=2018-03-02&to=soon", "to", "不是日期：应为 YYYY-MM-DD".to_owned()),
    ] {
        let shown = leader.get(path).await.expect(422);
        let fault = format!("id=\"{field}-fault\">{sentence}<");
        shown.shows(&[
            &fault,
            &format!("aria-describedby=\"{field}-fault\""),
            &format!("href=\"#{field}\""),
        ]);
        shown.hides(&["data-stage", "data-count"]);
    }
    for query in ["kind=bought", "before=reserve", "before=reserve&after=sold", "cursor=x"] {
        let shown = leader.get(&format!("/board/changes?from=2018-03-02&{query}")).await;
        shown.expect(422).hides(&["data-count"]);
    }
    // Unknown parameters do no harm, and blank ones are none.
    leader.get("/board?as_of=&since=&colour=blue").await.expect(200).hides(&["data-kind"]);
    let shown = leader.get("/board?as_of=2018-03-01&since=2018-03-01").await.expect(200);
    shown.shows(&["两个日期相同，没有变化。"]);
}

#[tokio::test]
async fn leaders_can_change_nothing_on_the_board() {
    let registry = Registry::start().await;
    let leader = Visitor::of(&registry, "chief", "leader", "city").await;
    for path in ["/board", "/board?since=2018-01-01", "/board/changes?from=2018-01-01", "/notice"] {
        let shown = leader.get(path).await.expect(200);
        let forms = shown.text.split("<form ").skip(1);
        let posts: Vec<&str> = forms.filter(|form| form.starts_with("method=\"post\"")).collect();
        assert!(posts.len() == 1 && posts[0].contains("action=\"/sign-out\""), "{path}: {posts:?}");
        assert!(!shown.has("style=\"") && !shown.has("<script>"), "{path}");
    }
    // Who does not work with projects has no board.
    let auditor = Visitor::of(&registry, "watch", "auditor", "city").await;
    for path in ["/board", "/board/changes?from=2018-01-01", "/notice"] {
        auditor.get(path).await.expect(403);
        let nobody = Visitor::new(&registry).get(path).await.expect(303);
        assert!(nobody.location.unwrap().starts_with("/sign-in?next="), "{path}");
    }
}

#[tokio::test]
async fn every_bar_leads_to_its_projects() {
    let (_registry, leaders) = demo().await;
    for (visitor, caller) in &leaders {
        let shown = visitor.get("/board").await.expect(200);
        for by in ["region", "group", "channel"] {
            let mark = format!("aria-labelledby=\"by-{by}\"");
            let figure = between(&shown.text, &mark, "</figure>").unwrap();
            let rows: Vec<&str> = figure.split("<tr><th scope=\"row\">").skip(1).collect();
            assert!(rows.len() > 1, "{by}");
            for row in rows {
                let link = href(row).unwrap();
                let (_, after) = row.split_once("<a href=").unwrap();
                let count = number(between(after, ">", "<").unwrap());
                assert_eq!(listed(caller, &link).await, count, "{by} {link}");
            }
            let none = if by == "channel" { "need=funding" } else { "group=none" };
            assert_eq!(figure.contains(none), by != "region", "{by}");
        }
    }
}
