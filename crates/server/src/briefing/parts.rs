//! The parts that count: by stage, area, region and group, and funding by channel.

use super::amount::share;
use super::figures::{Lot, Sum};
use super::overall::one;
use super::paper::{Row, RowKind, Run, Table, Text};
use super::tables::{self, By};
use super::viewer::Viewer;
use super::writer::Writer;
use crate::page::show;
use shortboard_domain::code::ChannelCode;
use shortboard_domain::codelist::ListName;
use std::collections::BTreeSet;

/// How many are named as the first.
const FIRST: usize = 3;

/// 分阶段情况
pub fn stages(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    writer.heading(viewer.t.brief_by_stage());
    let stages = super::figures::library_stages();
    let rows = stages.map(|stage| (stage.as_str().to_owned(), stage.label(viewer.t.0).to_owned()));
    let code = |lot: &Lot| lot.stage.as_str().to_owned();
    writer.paragraph([first(viewer, "stage", &rows.collect::<Vec<_>>(), code)]);
    writer.table(tables::stages(viewer));
}

/// 重点领域情况
pub fn areas(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    let rows = rows(viewer, ListName::Areas, |lot| Some(lot.area.clone()));
    let by = By {
        title: t.brief_table_area(),
        column: t.brief_column_area(),
        filter: "area",
        rows,
        code: |lot| lot.area.clone(),
    };
    counted(writer, t.brief_by_area(), by);
}

/// 地区分布情况
pub fn regions(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    let rows = rows(viewer, ListName::Regions, |lot| Some(lot.region.clone()));
    let by = By {
        title: t.brief_table_region(),
        column: t.brief_column_region(),
        filter: "region",
        rows,
        code: |lot| lot.region.clone(),
    };
    counted(writer, t.brief_by_region(), by);
}

/// 市属集团项目情况: nothing is said where no group has a project.
pub fn groups(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    let owned = Sum::of(viewer.figures.library.iter().filter(|lot| lot.group.is_some()));
    if owned.count == 0 {
        return;
    }
    let mut rows = rows(viewer, ListName::Groups, |lot| lot.group.clone());
    let codes: Vec<&str> = rows.iter().map(|(code, _)| code.as_str()).collect();
    let list = viewer.list(&[("group", &codes.join(","))]);
    let places = [("n", viewer.n(owned.count, list)), ("money", viewer.money(owned.total))];
    let sentence = match owned.total {
        0 => t.brief_groups_no_money(),
        _ => t.brief_groups(),
    };
    writer.heading(t.brief_by_group());
    let code = |lot: &Lot| lot.group.clone().unwrap_or_default();
    let mut sentences = vec![Text::fill(sentence, &places)];
    if rows.len() > 1 {
        sentences.push(first(viewer, "group", &rows, code));
    }
    writer.paragraph(sentences);
    if viewer.figures.library.iter().any(|lot| lot.group.is_none()) {
        rows.push((String::new(), t.brief_no_group().to_owned()));
    }
    let (title, column) = (t.brief_table_group(), t.brief_column_group());
    writer.table(tables::crossed(viewer, By { title, column, filter: "group", rows, code }));
}

/// 资金情况
pub fn funding(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    writer.heading(t.brief_money_part());
    let all = Sum::of(&viewer.figures.library);
    let rows = &viewer.figures.channels;
    let code =
        |row: &shortboard_store::project::SummaryRow| row.keys.get("channel").cloned().flatten();
    let mut channels: Vec<(String, i64, i128, i128)> = Vec::new();
    let mut untagged = 0;
    for row in rows {
        match code(row) {
            Some(code) => {
                let (sources, arrived) = (row.planned_funding, row.arrived_funding);
                channels.push((code, row.count, sources.fen(), arrived.fen()));
            }
            None => untagged += row.count,
        }
    }
    let unfunded = (untagged > 0).then(|| {
        let list = viewer.list(&[("need", "funding")]);
        one(t.brief_unfunded(), "n", viewer.n(untagged, list))
    });
    if channels.is_empty() {
        writer.paragraph([t.brief_no_funding().into()]);
        return;
    }
    let mut largest: Vec<&(String, i64, i128, i128)> = channels.iter().collect();
    largest.sort_by_key(|(_, _, sources, _)| std::cmp::Reverse(*sources));
    let name = |code: &str| viewer.name(ListName::Channels, code);
    let mut sentences = Vec::new();
    match largest.as_slice() {
        [(code, _, sources, _)] => {
            let places = [("label", name(code).into()), ("money", viewer.money(*sources))];
            sentences.push(Text::fill(t.brief_one_channel(), &places));
        }
        _ => {
            let item = |(code, _, sources, _): &&(String, i64, i128, i128)| {
                largest_item(viewer, name(code), *sources, all.sources)
            };
            let list = viewer.listed(largest.iter().take(FIRST).map(item));
            let places = [("count", channels.len().to_string().into()), ("list", list)];
            sentences.push(Text::fill(t.brief_channels(), &places));
        }
    }
    let places = [
        ("arrived", viewer.money(all.arrived)),
        ("share", share(all.arrived, all.sources).unwrap_or_default().into()),
        ("rest", viewer.money(all.sources - all.arrived)),
    ];
    sentences.push(match all.arrived {
        0 => t.brief_none_arrived().into(),
        arrived if arrived >= all.sources => t.brief_all_arrived().into(),
        _ => Text::fill(t.brief_arrival(), &places),
    });
    sentences.extend(unfunded);
    writer.paragraph(sentences);
    writer.table(channel_table(viewer, &channels, all));
}

fn channel_table(viewer: Viewer<'_>, channels: &[(String, i64, i128, i128)], all: Sum) -> Table {
    let t = viewer.t;
    let money = |sources: i128, arrived: i128| {
        [
            show::yi(sources),
            share(sources, all.sources).unwrap_or_default(),
            show::yi(arrived),
            share(arrived, sources).unwrap_or_default(),
        ]
        .map(Run::plain)
    };
    let row = |(code, count, sources, arrived): &(String, i64, i128, i128)| {
        let family = self::family(viewer, code);
        let list = viewer.list(&[("channel", code)]);
        let mut cells = vec![Run::plain(viewer.name(ListName::Channels, code)), Run::plain(family)];
        cells.push(Run::link(show::count(*count), list));
        cells.extend(money(*sources, *arrived));
        Row { kind: RowKind::Plain, cells }
    };
    let mut rows: Vec<Row> = channels.iter().map(row).collect();
    let mut total = vec![Run::plain(t.total()), Run::plain(""), Run::plain(t.blank())];
    total.extend(money(all.sources, all.arrived));
    rows.push(Row { kind: RowKind::Total, cells: total });
    Table {
        note: match channels.len() {
            1 => String::new(),
            _ => t.brief_channel_note().to_owned(),
        },
        title: t.brief_table_channel().to_owned(),
        unit: t.brief_unit_yi().to_owned(),
        is_tall: false,
        columns: tables::columns(&[
            (t.brief_column_channel(), 40, false),
            (t.brief_column_family(), 24, false),
            (t.brief_column_count(), 14, true),
            (t.brief_column_sources(), 18, true),
            (t.brief_column_share(), 14, true),
            (t.brief_column_arrived(), 18, true),
            (t.brief_column_rate(), 14, true),
        ]),
        rows,
    }
}

fn family(viewer: Viewer<'_>, code: &str) -> &'static str {
    let family = viewer.lists.channel_family(&ChannelCode::new(code));
    family.map(|family| family.label(viewer.t.0)).unwrap_or_default()
}

/// A part that counts by a code list.
fn counted(writer: &mut Writer<'_>, heading: &str, by: By<'_>) {
    let viewer = writer.viewer;
    writer.heading(heading);
    writer.paragraph([first(viewer, by.filter, &by.rows, by.code)]);
    writer.table(tables::crossed(viewer, by));
}

/// The codes that have projects, in the order of their list.
fn rows(
    viewer: Viewer<'_>,
    list: ListName,
    code: impl Fn(&Lot) -> Option<String>,
) -> Vec<(String, String)> {
    let mut here: BTreeSet<String> = viewer.figures.library.iter().filter_map(code).collect();
    let mut codes: Vec<String> = Vec::new();
    for entry in viewer.lists.entries(list) {
        codes.extend(here.take(&entry.code));
    }
    // What the lists do not know any more comes last.
    codes.extend(here);
    let label = |code: &String| match list {
        ListName::Regions => viewer.region(code),
        list => viewer.name(list, code),
    };
    codes.into_iter().map(|code| (code.clone(), label(&code))).collect()
}

/// Which have most projects and most money.
fn first(
    viewer: Viewer<'_>,
    filter: &str,
    rows: &[(String, String)],
    code: fn(&Lot) -> String,
) -> Text {
    let t = viewer.t;
    let lots = &viewer.figures.library;
    let mut sums: Vec<(&str, &str, Sum)> = Vec::new();
    for (of, label) in rows {
        let sum = Sum::of(lots.iter().filter(|lot| code(lot) == *of));
        if sum.count > 0 {
            sums.push((of, label, sum));
        }
    }
    if let [(_, label, _)] = sums.as_slice() {
        return one(t.brief_only(), "label", (*label).into());
    }
    let all = sums.iter().fold(Sum::default(), |all, (_, _, sum)| all.plus(*sum));
    sums.sort_by_key(|(_, _, sum)| std::cmp::Reverse(sum.count));
    let most = sums.iter().take(FIRST).map(|(of, label, sum)| {
        let number = viewer.n(sum.count, viewer.list(&[(filter, of)]));
        Text::fill(
            t.pick("{label}（{n}）", "{label} ({n})"),
            &[("label", (*label).into()), ("n", number)],
        )
    });
    let list = viewer.listed(most);
    sums.retain(|(_, _, sum)| sum.total > 0);
    sums.sort_by_key(|(_, _, sum)| std::cmp::Reverse(sum.total));
    let items = sums.iter().take(FIRST);
    let items =
        items.map(|(_, label, sum)| largest_item(viewer, (*label).into(), sum.total, all.total));
    let largest = viewer.listed(items);
    let sentence = match largest.is_empty() {
        true => t.brief_most_alone(),
        false => t.brief_most(),
    };
    Text::fill(sentence, &[("list", list), ("largest", largest)])
}

fn largest_item(viewer: Viewer<'_>, label: String, fen: i128, all: i128) -> Text {
    let places = [
        ("label", label.into()),
        ("money", viewer.money(fen)),
        ("share", share(fen, all).unwrap_or_default().into()),
    ];
    Text::fill(viewer.t.brief_largest_item(), &places)
}
