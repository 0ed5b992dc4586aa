//! Tells what a sheet of cells means.

use crate::reading::{Event, Layout, SheetHead, Sink, Unit};
use crate::sheet::Sheet;
use std::collections::BTreeMap;

/// What columns hold whose headers were assigned by hand: the header as in
/// [`crate::reading::Column::header`], and the word of its field; `None` to leave it alone.
pub type Mapping = BTreeMap<String, Option<String>>;

/// Tells what a sheet means.
///
/// # Errors
/// What the sink returns.
pub fn sheet(sheet: &Sheet, _mapping: &Mapping, sink: &mut Sink<'_>) -> std::io::Result<()> {
    sink(Event::Sheet(SheetHead {
        name: sheet.name.clone(),
        layout: Layout::None,
        reason: None,
        unit: Unit::Wan,
        title: None,
        columns: Vec::new(),
    }))
}
