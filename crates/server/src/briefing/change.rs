//! What changed since an earlier day, as the comparison of the two tells it.

use super::amount::{amount, day};
use super::figures::{Earlier, Sum};
use super::overall::one;
use super::paper::{Row, RowKind, Run, Table, Text};
use super::tables;
use super::viewer::Viewer;
use super::writer::Writer;
use crate::page::show;
use crate::project::passages::Kind;
use shortboard_domain::stage::Stage;
use shortboard_store::project::Flow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// How a stage was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    On,
    Resumed,
    Back,
}

/// Writes what changed; nothing where no earlier day is asked for.
pub fn write(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    let Some((before, flows)) = &viewer.figures.since else { return };
    let since = day(before.day, t);
    writer.heading(&one(t.brief_change(), "day", since.as_str().into()).plain());
    let told = told(viewer, before, flows);
    if told.is_empty() {
        writer.paragraph([one(t.brief_nothing_changed(), "day", since.into())]);
        return;
    }
    let places = [("day", since.into()), ("list", viewer.listed(told))];
    writer.paragraph([Text::fill(t.brief_changed(), &places)]);
    writer.paragraph(sums(viewer, before));
    let table = moved(viewer, before, flows);
    if !table.rows.is_empty() {
        writer.table(table);
    }
}

/// The stage from which and to which it went, and how.
fn way(before: Stage, after: Stage) -> Way {
    match (before, before.rank(), after.rank()) {
        (Stage::Suspended, _, _) => Way::Resumed,
        (_, Some(from), Some(to)) if to < from => Way::Back,
        _ => Way::On,
    }
}

fn told(viewer: Viewer<'_>, before: &Earlier, flows: &[Flow]) -> Vec<Text> {
    let t = viewer.t;
    let list = |more: &[(&str, &str)]| {
        let (from, to) = (before.day.to_string(), viewer.question.day.to_string());
        let mut pairs = vec![("from", from.as_str()), ("to", to.as_str())];
        pairs.extend(more);
        format!("/board/changes?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
    };
    let count = |kind: Kind| -> i64 {
        flows.iter().filter(|flow| kind.is(flow.passage)).map(|flow| flow.projects).sum()
    };
    let of_kind = |kind: Kind, sentence: &str| {
        let number = count(kind);
        let n = viewer.n(number, list(&[("kind", kind.as_str())]));
        (number > 0).then(|| one(sentence, "n", n))
    };
    let mut told = Vec::new();
    told.extend(of_kind(Kind::Entered, t.brief_entered()));
    let mut ways: BTreeMap<(Way, Stage), i64> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| Kind::Moved.is(flow.passage)) {
        if let (Some(before), Some(after)) = (flow.passage.before, flow.passage.after) {
            *ways.entry((way(before, after), after)).or_default() += flow.projects;
        }
    }
    for ((way, stage), projects) in &ways {
        let sentence = match way {
            Way::On => t.brief_moved_to(),
            Way::Resumed => t.brief_resumed(),
            Way::Back => t.brief_moved_back(),
        };
        let n = viewer.n(*projects, list(&[("kind", Kind::Moved.as_str())]));
        told.push(Text::fill(sentence, &[("stage", stage.label(t.0).into()), ("n", n)]));
    }
    told.extend(of_kind(Kind::Cancelled, t.brief_gone_cancelled()));
    told.extend(of_kind(Kind::Left, t.brief_gone_otherwise()));
    told.extend(of_kind(Kind::Refunded, t.brief_refunded()));
    told
}

/// By how much the sums differ.
fn sums(viewer: Viewer<'_>, before: &Earlier) -> Vec<Text> {
    let t = viewer.t;
    let (before, now) = (before.sum, Sum::of(&viewer.figures.library));
    let mut told = Vec::new();
    let mut tell = |what: &str, before: Text, now: Text, by: Text, (order, is_new)| {
        let sentence = match order {
            Ordering::Greater if is_new => t.brief_from_none(),
            Ordering::Greater => t.brief_from_to_more(),
            Ordering::Less => t.brief_from_to_less(),
            Ordering::Equal => t.brief_stays_at(),
        };
        let places = [("what", what.into()), ("before", before), ("after", now), ("by", by)];
        told.push(Text::fill(sentence, &places));
    };
    let n = |count: i64| viewer.bare(count);
    let by = n((now.count - before.count).abs());
    let order = now.count.cmp(&before.count);
    tell(t.brief_projects_word(), n(before.count), n(now.count), by, (order, before.count == 0));
    let money = [
        (t.brief_investment_word(), before.total, now.total),
        (t.brief_sources_word(), before.sources, now.sources),
        (t.brief_arrived_word(), before.arrived, now.arrived),
    ];
    for (what, before, now) in money.into_iter().filter(|(_, before, now)| *before + *now > 0) {
        let say = |fen: i128| Text::from(amount(fen, t));
        tell(
            what,
            say(before),
            say(now),
            say((now - before).abs()),
            (now.cmp(&before), before == 0),
        );
    }
    let all = Text::join(told, t.pick("；", "; "));
    vec![all, t.pick("。", ". ").trim_end().into()]
}

/// From which stage to which.
fn moved(viewer: Viewer<'_>, before: &Earlier, flows: &[Flow]) -> Table {
    let t = viewer.t;
    let mut moves: BTreeMap<(Stage, Stage), (i64, i128)> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| Kind::Moved.is(flow.passage)) {
        if let (Some(from), Some(to)) = (flow.passage.before, flow.passage.after) {
            let sums = moves.entry((from, to)).or_default();
            sums.0 += flow.projects;
            sums.1 += flow.total_after.fen();
        }
    }
    let row = |((from, to), (projects, fen)): ((Stage, Stage), (i64, i128))| {
        let pairs = [
            ("from", before.day.to_string()),
            ("to", viewer.question.day.to_string()),
            ("before", from.to_string()),
            ("after", to.to_string()),
        ];
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let cells = vec![
            Run::plain(from.label(t.0)),
            Run::plain(to.label(t.0)),
            Run::link(show::count(projects), format!("/board/changes?{query}")),
            Run::plain(show::yi(fen)),
        ];
        Row { kind: RowKind::Plain, cells }
    };
    Table {
        title: t.brief_table_flow().to_owned(),
        unit: t.brief_unit_yi().to_owned(),
        note: String::new(),
        is_tall: false,
        columns: tables::columns(&[
            (t.brief_column_before(), 1, false),
            (t.brief_column_after(), 1, false),
            (t.brief_column_count(), 1, true),
            (t.brief_column_total(), 1, true),
        ]),
        rows: moves.into_iter().map(row).collect(),
    }
}
