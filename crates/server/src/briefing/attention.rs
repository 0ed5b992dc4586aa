//! 需要关注的问题: what stands still, is late, lacks money or facts.

use super::card::Card;
use super::figures::{Sum, Waiting};
use super::overall::stages;
use super::paper::{Row, RowKind, Run, Table, Text};
use super::tables;
use super::viewer::Viewer;
use super::writer::Writer;
use crate::page::show;
use shortboard_domain::codelist::ListName;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::need::Need;

/// Writes what asks for attention; says so where nothing does.
pub fn write(writer: &mut Writer<'_>) {
    let viewer = writer.viewer;
    let t = viewer.t;
    let waiting: Vec<&Waiting> =
        viewer.figures.waiting.iter().filter(|waiting| !waiting.lots.is_empty()).collect();
    if viewer.figures.library.is_empty() {
        return;
    }
    writer.heading(t.brief_attention());
    if waiting.is_empty() {
        writer.paragraph([t.brief_no_attention().into()]);
    }
    for waiting in waiting {
        writer.subheading(waiting.need.label(t.0));
        let mut sentences = vec![told(viewer, waiting)];
        // Facts and stages are put right one by one at the desk; naming ten of them is no help.
        let is_named = !matches!(waiting.need, Need::Facts | Need::Confirmation);
        let all = Sum::of(&waiting.lots).count;
        let named = i64::try_from(waiting.named.len()).unwrap_or(i64::MAX);
        if is_named && named < all {
            let count = show::count(named).into();
            sentences.push(Text::fill(t.brief_named(), &[("count", count)]));
        }
        writer.paragraph(sentences);
        if is_named {
            writer.table(table(viewer, waiting));
        }
    }
}

fn told(viewer: Viewer<'_>, waiting: &Waiting) -> Text {
    let t = viewer.t;
    let sum = Sum::of(&waiting.lots);
    let need = ("need", waiting.need.as_str());
    let by_stage = |stage| {
        Sum::of(waiting.lots.iter().filter(|lot: &&super::figures::Lot| lot.stage == stage)).count
    };
    let money = if waiting.need == Need::Gap { sum.gap } else { sum.total };
    let places = [
        ("n", viewer.n(sum.count, viewer.list(&[need]))),
        ("money", viewer.money(money)),
        ("stages", stages(viewer, &by_stage, &[need])),
    ];
    let sentence = match waiting.need {
        Need::Stuck => t.brief_stuck(),
        Need::Overdue => t.brief_overdue(),
        Need::Funding if sum.total == 0 => t.brief_no_source_no_money(),
        Need::Funding => t.brief_no_source(),
        Need::Gap | Need::Excess => t.brief_gap(),
        Need::Facts => t.brief_facts(),
        Need::Confirmation => t.brief_confirmation(),
    };
    Text::fill(sentence, &places)
}

/// The largest of them.
fn table(viewer: Viewer<'_>, waiting: &Waiting) -> Table {
    let t = viewer.t;
    let (column, tell): (&str, fn(&Card) -> String) = match waiting.need {
        Need::Stuck => (t.brief_column_since(), |card| card.stage_since.clone()),
        Need::Gap => (t.brief_column_gap(), |card| {
            card.gap.map(|gap| show::wan(gap.fen())).unwrap_or_default()
        }),
        _ => (t.brief_column_period(), |card| show::span(&card.planned)),
    };
    let row = |(at, card): (usize, &Card)| {
        let cells = vec![
            Run::plain((at + 1).to_string()),
            Run::link(card.name.clone(), viewer.project(card.id)),
            Run::plain(viewer.region(&card.region)),
            Run::plain(card.stage.label(t.0)),
            Run::plain(department(card)),
            Run::plain(tell(card)),
            Run::plain(total(card)),
        ];
        Row { kind: RowKind::Plain, cells }
    };
    let what = Text::from(waiting.need.label(t.0));
    Table {
        title: Text::fill(t.brief_table_named(), &[("what", what)]).plain(),
        unit: t.brief_unit_wan().to_owned(),
        note: String::new(),
        is_tall: false,
        columns: tables::columns(&[
            (t.brief_column_number(), 8, false),
            (t.brief_column_name(), 44, false),
            (t.brief_column_region(), 16, false),
            (t.brief_column_stage(), 11, false),
            (t.brief_column_department(), 24, false),
            (column, 22, waiting.need == Need::Gap),
            (t.brief_column_total(), 24, true),
        ]),
        rows: waiting.named.iter().enumerate().map(row).collect(),
    }
}

/// The lead, or the departments responsible.
pub fn department(card: &Card) -> String {
    let named = |of: &super::card::Named| of.name.clone();
    match &card.lead_department {
        Some(lead) => lead.name.clone(),
        None => card.departments.iter().map(named).collect::<Vec<_>>().join("、"),
    }
}

/// Its total investment, 万元.
pub fn total(card: &Card) -> String {
    card.total_investment.map(SignedMoney::fen).map(show::wan).unwrap_or_default()
}

/// What people read for an area.
pub fn area(viewer: Viewer<'_>, card: &Card) -> String {
    viewer.name(ListName::Areas, &card.area)
}
