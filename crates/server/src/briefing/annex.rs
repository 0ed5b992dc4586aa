//! 附件: the table of projects, grouped by stage or area.

use super::attention::{area, department, total};
use super::card::Card;
use super::figures::{Lot, Sum, library_stages};
use super::paper::{AnnexTable, Row, RowKind, Run, Table, Text};
use super::question::Annex;
use super::tables;
use super::viewer::Viewer;
use crate::page::show;
use shortboard_domain::codelist::ListName;
use shortboard_domain::money::SignedMoney;
use std::collections::BTreeSet;

/// The table; `None` where there is no project.
pub fn of(viewer: Viewer<'_>, by: Annex, title: String) -> Option<AnnexTable> {
    let t = viewer.t;
    let figures = viewer.figures;
    if figures.listed.is_empty() {
        return None;
    }
    let all = Sum::of(&figures.library);
    let mut rows = Vec::new();
    let mut number = 0;
    for (code, label) in groups(viewer, by) {
        let is_of = |lot: &&Lot| match by {
            Annex::Area => lot.area == code,
            _ => lot.stage.as_str() == code,
        };
        let listed = figures.listed.iter().filter(|card| match by {
            Annex::Area => card.area == code,
            _ => card.stage.as_str() == code,
        });
        let listed: Vec<&Card> = listed.collect();
        if listed.is_empty() {
            continue;
        }
        let sum = Sum::of(figures.library.iter().filter(is_of));
        rows.push(Row::group(head(viewer, &label, sum, listed.len())));
        for card in listed {
            number += 1;
            rows.push(row(viewer, by, number, card));
        }
    }
    // The heads of the groups tell the one that they are grouped by.
    let other = match by {
        Annex::Area => (t.brief_column_stage(), 14, false),
        _ => (t.brief_column_area(), 24, false),
    };
    let columns = [
        (t.brief_column_number(), 10, false),
        (t.brief_column_name(), 48, false),
        other,
        (t.brief_column_region(), 18, false),
        (t.brief_column_department(), 26, false),
        (t.brief_column_owner(), 34, false),
        (t.brief_column_period(), 20, false),
        (t.brief_column_total(), 25, true),
        (t.brief_column_sources(), 25, true),
        (t.brief_column_arrived(), 24, true),
        (t.brief_column_balance(), 25, true),
    ];
    let listed = i64::try_from(figures.listed.len()).unwrap_or(i64::MAX);
    rows.push(last(viewer, all));
    let note = Text::fill(
        t.brief_annex_rest(),
        &[
            ("listed", show::count(listed).into()),
            ("rest", viewer.n(all.count - listed, String::new())),
        ],
    );
    Some(AnnexTable {
        mark: t.brief_annex_mark().to_owned(),
        table: Table {
            note: if all.count > listed { note.plain() } else { String::new() },
            title,
            unit: t.brief_unit_wan().to_owned(),
            is_tall: false,
            columns: tables::columns(&columns),
            rows,
        },
    })
}

/// The groups in their order: code, and what people read.
fn groups(viewer: Viewer<'_>, by: Annex) -> Vec<(String, String)> {
    if by != Annex::Area {
        let label = viewer.t.0;
        return library_stages()
            .map(|stage| (stage.as_str().to_owned(), stage.label(label).to_owned()))
            .collect();
    }
    let mut here: BTreeSet<&str> =
        viewer.figures.listed.iter().map(|card| card.area.as_str()).collect();
    let mut codes: Vec<String> = Vec::new();
    for entry in viewer.lists.entries(ListName::Areas) {
        codes.extend(here.take(entry.code.as_str()).map(str::to_owned));
    }
    codes.extend(here.into_iter().map(str::to_owned));
    codes.into_iter().map(|code| (code.clone(), viewer.name(ListName::Areas, &code))).collect()
}

fn head(viewer: Viewer<'_>, label: &str, sum: Sum, listed: usize) -> String {
    let t = viewer.t;
    let places = [
        ("label", label.into()),
        ("n", viewer.n(sum.count, String::new())),
        ("money", viewer.money(sum.total)),
        ("listed", listed.to_string().into()),
    ];
    let sentence = if i64::try_from(listed).is_ok_and(|listed| listed < sum.count) {
        t.brief_annex_group_part()
    } else if sum.total == 0 {
        t.pick("{label}（{n}）", "{label} ({n})")
    } else {
        t.brief_annex_group()
    };
    Text::fill(sentence, &places).plain()
}

fn row(viewer: Viewer<'_>, by: Annex, number: usize, card: &Card) -> Row {
    let owner = card.owner_unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default();
    // What was is told where it is known, and else what is planned.
    let mut period = card.planned;
    period.start = card.actual.start.or(period.start);
    period.finish = card.actual.finish.or(period.finish);
    let funded = |fen: i128| match card.funding.is_empty() {
        true => String::new(),
        false => show::wan(fen),
    };
    let gap = card.gap.map(SignedMoney::fen).map(show::wan).unwrap_or_default();
    let cells = [
        number.to_string(),
        card.name.clone(),
        match by {
            Annex::Area => card.stage.label(viewer.t.0).to_owned(),
            _ => area(viewer, card),
        },
        viewer.region(&card.region),
        department(card),
        owner,
        show::span(&period),
        total(card),
        funded(card.sources()),
        funded(card.arrived()),
        gap,
    ];
    let mut cells: Vec<Run> = cells.into_iter().map(Run::plain).collect();
    cells[1].href = viewer.project(card.id);
    Row { kind: RowKind::Plain, cells }
}

/// The sums of all projects, also of those that the table leaves out.
fn last(viewer: Viewer<'_>, all: Sum) -> Row {
    let mut cells = vec![Run::plain(""), Run::plain(viewer.t.total())];
    cells.extend((0..5).map(|_| Run::default()));
    cells.extend([all.total, all.sources, all.arrived, all.gap].map(show::wan).map(Run::plain));
    Row { kind: RowKind::Total, cells }
}
