//! What was understood of a ledger: events in the order of the file, one a line of JSON between the
//! program and the child process that reads for it.

use serde::{Deserialize, Serialize};
use shortboard_domain::facts::Nature;
use shortboard_domain::money::Money;
use shortboard_domain::stage::Stage;
use std::collections::BTreeMap;

/// One thing that was understood. A sheet's things follow its [`SheetHead`], in the order of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A sheet begins.
    Sheet(SheetHead),
    /// A project.
    Project(Box<LedgerProject>),
    /// A row that is no project.
    Skipped(Skipped),
    /// Something the reader of the ledger should know.
    Problem(Problem),
    /// So many rows of the sheet are read: for whoever waits.
    Progress {
        /// Rows read so far.
        rows: u32,
        /// Rows of the sheet.
        of: u32,
    },
}

/// What takes events as they come; `Err` breaks the reading off.
pub type Sink<'a> = dyn FnMut(Event) -> std::io::Result<()> + 'a;

/// How a sheet is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A header and rows.
    Table,
    /// Labels and values: one project.
    Form,
    /// No ledger.
    None,
}

/// The unit of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 万元
    Wan,
    /// 亿元
    Yi,
    /// 元
    Yuan,
}

/// A sheet, and how it was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetHead {
    /// Its name.
    pub name: String,
    /// Its layout.
    pub layout: Layout,
    /// Why it is no ledger.
    pub reason: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub reason_en: Option<String>,
    /// The unit of its amounts where a column does not say otherwise.
    pub unit: Unit,
    /// The title above the header.
    pub title: Option<String>,
    /// Its columns; of a form, its labels.
    pub columns: Vec<Column>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its letters.
    pub column: String,
    /// The header, groups and their parts joined by " / ", without padding and line breaks.
    pub header: String,
    /// What it holds, a word of [`crate::understand::field::Field`]; `None` when it is not known: its
    /// values are kept with the row.
    pub field: Option<String>,
    /// The unit of its amounts, where it differs from the sheet's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<Unit>,
}

/// A project as a ledger tells it: what was understood, and every cell as written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerProject {
    /// Its row, from 1; in a form, the row of its name.
    pub row: u32,
    /// The section it stands under, as written; of nested ones the outer and the inner with " / ".
    pub section: Option<String>,
    /// Name, without marks and padding.
    pub name: String,
    /// Marks before or after its number or name, such as ★.
    pub marks: Vec<String>,
    /// The stage that 项目性质 or a column of the stage tells, else the words around the project.
    pub stage: Option<Stage>,
    /// The section, title or name of the sheet that tells the stage, where no cell of its own does.
    pub stage_quote: Option<String>,
    /// Construction nature.
    pub nature: Option<Nature>,
    /// Content and scale.
    pub content: Option<String>,
    /// Start, as precise as written: YYYY, YYYY-MM or YYYY-MM-DD.
    pub start: Option<String>,
    /// Finish, likewise.
    pub finish: Option<String>,
    /// The start that a column of what is planned, or of no more than the period, tells.
    pub planned_start: Option<String>,
    /// The finish, likewise.
    pub planned_finish: Option<String>,
    /// Yuan.
    pub total_investment: Option<Money>,
    /// Investment planned for the ledger's year, yuan.
    pub planned_this_year: Option<Money>,
    /// Investment done up to the end of last year, yuan.
    pub done_to_last_year: Option<Money>,
    /// Investment done in the ledger's year so far, yuan.
    pub done_this_year: Option<Money>,
    /// Owner unit.
    pub owner_unit: Option<String>,
    /// Its unified social credit code, as written.
    pub credit_code: Option<String>,
    /// Responsible departments, as written.
    pub department: Option<String>,
    /// The lead among them, as written.
    pub lead_department: Option<String>,
    /// Project code, as written.
    pub code: Option<String>,
    /// The number by which this registry knows it.
    pub registry_number: Option<String>,
    /// Region, as written.
    pub region: Option<String>,
    /// Task area, as written.
    pub area: Option<String>,
    /// Owning group, as written.
    pub group: Option<String>,
    /// Place of the works, in words.
    pub place: Option<String>,
    /// Industry, as written.
    pub industry: Option<String>,
    /// Approval mode, as written.
    pub approval_mode: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Where the money comes from.
    pub funding: Vec<LedgerFunding>,
    /// Every cell that is not blank, as written, by its column; of further rows of the same project,
    /// by column and row (`D5`).
    pub cells: BTreeMap<String, String>,
}

/// A funding source as a ledger tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerFunding {
    /// The channel, a code of the domain; `None` when what is written is in no list.
    pub channel: Option<String>,
    /// The channel as written.
    pub written: String,
    /// Planned, yuan; `None` where the ledger names the channel alone.
    pub amount: Option<Money>,
    /// Arrived so far, yuan.
    pub arrived: Option<Money>,
    /// Its row, from 1.
    pub row: u32,
}

/// A row that is no project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The row, from 1.
    pub row: u32,
    /// What it is.
    pub kind: RowKind,
}

/// What a row is that is no project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// The sheet's title, its unit line, a line of the header.
    Title,
    /// 合计, 小计, 其中
    Total,
    /// 一、交通
    Section,
    /// 注：
    Note,
    /// 填报人：
    Signature,
    /// Nothing, within the table.
    Blank,
}

/// Something the reader of the ledger should know: a value that could not be read is kept in `cells`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The row, from 1; `None` for the sheet as a whole.
    pub row: Option<u32>,
    /// The column's letters.
    pub column: Option<String>,
    /// A stable word, such as `not_money`, `unit_assumed`, `unknown_column`.
    pub code: String,
    /// What is wrong, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}
