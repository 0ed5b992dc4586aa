//! 总体情况: how many projects there are, what they cost, how far they are paid for, and how that was
//! a year before.

use super::amount::{amount, day, share};
use super::figures::{Sum, library_stages};
use super::paper::Text;
use super::viewer::Viewer;
use super::writer::Writer;
use crate::page::show;

/// Writes the overview; answers whether there is any project to tell of.
pub fn write(writer: &mut Writer<'_>) -> bool {
    let viewer = writer.viewer;
    let t = viewer.t;
    let figures = viewer.figures;
    let all = Sum::of(&figures.library);
    writer.heading(t.brief_overall());
    let when = day(viewer.question.day, t);
    let place = match viewer.place() {
        place if place.is_empty() => t.brief_the_library().to_owned(),
        place => place,
    };
    let mut first = Vec::new();
    let mut places = vec![("day", Text::from(when)), ("where", place.into())];
    if all.count == 0 {
        first.push(Text::fill(t.brief_empty(), &places));
    } else {
        places.extend([
            ("n", viewer.n(all.count, viewer.list(&[]))),
            ("money", viewer.money(all.total)),
            ("stages", stages(viewer, &|stage| stage_sum(viewer, stage).count, &[])),
        ]);
        let sentence = match figures.with_total {
            0 => t.brief_total_unknown(),
            _ => t.brief_total(),
        };
        first.push(Text::fill(sentence, &places));
        let unknown = all.count - figures.with_total;
        if unknown > 0 && figures.with_total > 0 {
            first.push(one(t.brief_unknown(), "n", viewer.n(unknown, String::new())));
        }
    }
    if figures.cancelled.count > 0 {
        let list = viewer.list(&[("stage", "cancelled")]);
        first.push(one(t.brief_cancelled(), "n", viewer.n(figures.cancelled.count, list)));
    }
    writer.paragraph(first);
    if all.count > 0 {
        writer.paragraph(money(viewer, all));
        writer.paragraph(year_ago(viewer, all));
    }
    all.count > 0
}

/// A sentence with one place.
pub fn one(sentence: &str, name: &str, text: Text) -> Text {
    Text::fill(sentence, &[(name, text)])
}

/// How many stand at each stage, of the stages at which any do.
pub fn stages(
    viewer: Viewer<'_>,
    count: &dyn Fn(shortboard_domain::stage::Stage) -> i64,
    filter: &[(&str, &str)],
) -> Text {
    let told = library_stages().filter(|stage| count(*stage) > 0).map(|stage| {
        let mut asked = filter.to_vec();
        asked.push(("stage", stage.as_str()));
        let number = count(stage);
        let number = match viewer.t.0 {
            shortboard_domain::lang::Lang::Zh => viewer.n(number, viewer.list(&asked)),
            shortboard_domain::lang::Lang::En => {
                super::paper::Run::link(show::count(number), viewer.list(&asked)).into()
            }
        };
        let label = stage.label(viewer.t.0).into();
        Text::fill(viewer.t.pick("{stage}{n}", "{stage} {n}"), &[("stage", label), ("n", number)])
    });
    viewer.listed(told)
}

fn stage_sum(viewer: Viewer<'_>, stage: shortboard_domain::stage::Stage) -> Sum {
    Sum::of(viewer.figures.library.iter().filter(|lot| lot.stage == stage))
}

fn money(viewer: Viewer<'_>, all: Sum) -> Vec<Text> {
    let t = viewer.t;
    let mut told = Vec::new();
    if all.sources == 0 {
        told.push(t.brief_no_funding().into());
    } else {
        let places = [
            ("sources", viewer.money(all.sources)),
            ("arrived", viewer.money(all.arrived)),
            ("share", share(all.arrived, all.sources).unwrap_or_default().into()),
        ];
        let sentence = match all.arrived {
            0 => t.brief_funding_none_arrived(),
            _ => t.brief_funding(),
        };
        told.push(Text::fill(sentence, &places));
    }
    let short = Sum::of(&viewer.figures.short);
    if short.count > 0 {
        let places = [
            ("n", viewer.n(short.count, viewer.list(&[("need", "gap")]))),
            ("money", viewer.money(short.gap)),
        ];
        told.push(Text::fill(t.brief_short(), &places));
    }
    let over = viewer.figures.over;
    if over.count > 0 {
        let places = [
            ("n", viewer.n(over.count, viewer.list(&[("need", "excess")]))),
            ("money", viewer.money(-over.gap)),
        ];
        told.push(Text::fill(t.brief_over(), &places));
    }
    told
}

/// 同比: told of what the registry had a year before, and of nothing else.
fn year_ago(viewer: Viewer<'_>, all: Sum) -> Vec<Text> {
    let t = viewer.t;
    let earlier = &viewer.figures.year_ago;
    let before = earlier.sum;
    if before.count == 0 {
        return Vec::new();
    }
    let mut told = vec![differs(
        viewer,
        t.brief_projects_word(),
        (before.count.into(), all.count.into()),
        viewer.bare((all.count - before.count).abs()),
    )];
    let money = [
        (t.brief_investment_word(), before.total, all.total),
        (t.brief_sources_word(), before.sources, all.sources),
        (t.brief_arrived_word(), before.arrived, all.arrived),
    ];
    for (what, before, now) in money.into_iter().filter(|(_, before, now)| *before > 0 && *now > 0)
    {
        let by = amount((now - before).abs(), t).into();
        told.push(differs(viewer, what, (before, now), by));
    }
    let list = Text::join(told, t.pick("；", "; "));
    vec![Text::fill(t.brief_year_ago(), &[("day", day(earlier.day, t).into()), ("list", list)])]
}

fn differs(viewer: Viewer<'_>, what: &str, (before, now): (i128, i128), by: Text) -> Text {
    let t = viewer.t;
    let percent = share((now - before).abs(), before);
    let sentence = match now.cmp(&before) {
        std::cmp::Ordering::Equal => t.brief_same(),
        std::cmp::Ordering::Greater if percent.is_some() => t.brief_more(),
        std::cmp::Ordering::Greater => t.brief_more_from_none(),
        std::cmp::Ordering::Less => t.brief_less(),
    };
    let places = [("what", what.into()), ("by", by), ("share", percent.unwrap_or_default().into())];
    Text::fill(sentence, &places)
}
