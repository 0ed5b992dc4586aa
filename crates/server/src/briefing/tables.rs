//! The tables of numbers: by stage, by area, region and group, by channel.

use super::amount::share;
use super::figures::{Lot, Sum, library_stages};
use super::paper::{Column, Row, RowKind, Run, Table};
use super::viewer::Viewer;
use crate::page::show;
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::Stage;

/// What a table counts by.
pub struct By<'a> {
    /// The title of the table.
    pub title: &'a str,
    /// The title of its first column.
    pub column: &'a str,
    /// The parameter of the list.
    pub filter: &'a str,
    /// Its rows: code, and what people read. A blank code cannot be asked for.
    pub rows: Vec<(String, String)>,
    /// The code of a lot.
    pub code: fn(&Lot) -> String,
}

/// Columns of some widths, whose sum becomes a thousand.
pub fn columns(of: &[(&str, usize, bool)]) -> Vec<Column> {
    let all: usize = of.iter().map(|(_, width, _)| width).sum();
    let column = |(label, width, is_number): &(&str, usize, bool)| Column {
        label: (*label).to_owned(),
        width: width * 1000 / all.max(1),
        is_number: *is_number,
    };
    of.iter().map(column).collect()
}

/// By stage.
pub fn stages(viewer: Viewer<'_>) -> Table {
    let t = viewer.t;
    let figures = viewer.figures;
    let all = Sum::of(&figures.library);
    let row = |stage: Option<Stage>| {
        let is_here = |lot: &&Lot| stage.is_none_or(|stage| lot.stage == stage);
        let sum = Sum::of(figures.library.iter().filter(is_here));
        let gap = Sum::of(figures.short.iter().filter(is_here)).gap;
        let href = match stage {
            Some(stage) => viewer.list(&[("stage", stage.as_str())]),
            None => viewer.list(&[]),
        };
        let label = stage.map_or(t.total(), |stage| stage.label(t.0));
        let mut cells = vec![Run::plain(label), Run::link(show::count(sum.count), href)];
        cells.push(Run::plain(share(sum.count.into(), all.count.into()).unwrap_or_default()));
        cells.extend([sum.total].map(|fen| Run::plain(show::yi(fen))));
        cells.push(Run::plain(share(sum.total, all.total).unwrap_or_default()));
        cells.extend([sum.sources, sum.arrived, gap].map(|fen| Run::plain(show::yi(fen))));
        Row { kind: if stage.is_none() { RowKind::Total } else { RowKind::Plain }, cells }
    };
    let here = |stage: &Stage| figures.library.iter().any(|lot| lot.stage == *stage);
    let rows = library_stages().filter(here).map(Some).chain([None]).map(row).collect();
    let money = 15;
    Table {
        title: t.brief_table_stage().to_owned(),
        unit: t.brief_unit_yi().to_owned(),
        note: String::new(),
        is_tall: false,
        columns: columns(&[
            (t.brief_column_stage(), 14, false),
            (t.brief_column_count(), 12, true),
            (t.brief_column_share(), 12, true),
            (t.brief_column_total(), money, true),
            (t.brief_column_share(), 12, true),
            (t.brief_column_sources(), money, true),
            (t.brief_column_arrived(), money, true),
            (t.brief_column_gap(), money, true),
        ]),
        rows,
    }
}

/// By something and stage.
pub fn crossed(viewer: Viewer<'_>, by: By<'_>) -> Table {
    let t = viewer.t;
    let figures = viewer.figures;
    let stages: Vec<Stage> = library_stages()
        .filter(|stage| figures.library.iter().any(|lot| lot.stage == *stage))
        .collect();
    let row = |of: Option<&(String, String)>| {
        let is_here = |lot: &&Lot| of.is_none_or(|(code, _)| (by.code)(lot) == *code);
        let code = of.map(|(code, _)| code.as_str());
        let cell = |count: i64, stage: Option<Stage>| {
            let mut asked = Vec::new();
            asked.extend(code.map(|code| (by.filter, code)));
            asked.extend(stage.map(|stage| ("stage", stage.as_str())));
            match (count, code) {
                (0, _) if stage.is_some() => Run::plain(t.blank()),
                (_, Some("")) => Run::plain(show::count(count)),
                _ => Run::link(show::count(count), viewer.list(&asked)),
            }
        };
        let sum = Sum::of(figures.library.iter().filter(is_here));
        let gap = Sum::of(figures.short.iter().filter(is_here)).gap;
        let mut cells = vec![Run::plain(of.map_or(t.total(), |(_, label)| label))];
        cells.push(cell(sum.count, None));
        for stage in &stages {
            let lots = figures.library.iter().filter(|lot| lot.stage == *stage);
            cells.push(cell(Sum::of(lots.filter(is_here)).count, Some(*stage)));
        }
        let money = [sum.total, sum.sources, sum.arrived, gap];
        cells.extend(money.map(|fen| Run::plain(show::yi(fen))));
        Row { kind: if of.is_none() { RowKind::Total } else { RowKind::Plain }, cells }
    };
    let rows = by.rows.iter().map(Some).chain([None]).map(row).collect();
    let mut heads = vec![(by.column, 27, false), (t.brief_column_count(), 11, true)];
    heads.extend(stages.iter().map(|stage| (stage.label(t.0), 10, true)));
    heads.extend([
        (t.brief_column_total(), 16, true),
        (t.brief_column_sources(), 16, true),
        (t.brief_column_arrived(), 16, true),
        (t.brief_column_gap(), 16, true),
    ]);
    Table {
        title: by.title.to_owned(),
        unit: t.brief_unit_yi().to_owned(),
        note: String::new(),
        is_tall: t.0 == Lang::En,
        columns: columns(&heads),
        rows,
    }
}
