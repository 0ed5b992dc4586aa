//! Documents: what a move, a stage or a fact rests on.

use crate::input::{Faults, Given};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A document that justifies a move: an approval, an acceptance certificate, a notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Document {
    /// 文号, such as 锦发改审批〔2018〕12号.
    pub document_number: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// The issuing office.
    pub issued_by: Option<String>,
    /// The day of issue.
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Date>,
}

impl Document {
    /// Whether it names anything by which the document can be found: its number or its title.
    pub fn is_named(&self) -> bool {
        self.document_number.is_some() || self.title.is_some()
    }
}

/// Where a project came from: the document, the clause, and the few words that name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The document's number, such as 锦政发〔2017〕55号.
    pub document: String,
    /// The clause, such as 三(五).
    pub clause: Option<String>,
    /// The words, verbatim.
    pub quote: Option<String>,
}

/// The document that a stage move rests on, as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentBody {
    /// 文号
    #[schema(value_type = Option<String>)]
    pub document_number: Option<Given<String>>,
    /// Title.
    #[schema(value_type = Option<String>)]
    pub title: Option<Given<String>>,
    /// The issuing office.
    #[schema(value_type = Option<String>)]
    pub issued_by: Option<Given<String>>,
    /// The day of issue, `YYYY-MM-DD`.
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Given<String>>,
}

impl DocumentBody {
    /// Checks the document; `at` is its pointer.
    pub fn build(self, at: &str, faults: &mut Faults) -> Document {
        Document {
            document_number: faults.text(
                &format!("{at}/document_number"),
                self.document_number,
                100,
            ),
            title: faults.text(&format!("{at}/title"), self.title, 300),
            issued_by: faults.text(&format!("{at}/issued_by"), self.issued_by, 100),
            issued_on: faults.day(&format!("{at}/issued_on"), self.issued_on),
        }
    }
}
