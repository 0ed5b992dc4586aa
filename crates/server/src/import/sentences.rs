//! The sentences that a plan says about a row.

use super::facts::Told;
use super::plan::{Planner, Way};
use super::said::{Note, Plan, Row};
use shortboard_domain::access::Denied;
use shortboard_domain::decision::Refusal;
use shortboard_domain::import::RowKind;
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::Stage;

impl Planner {
    pub(super) fn tell_funding_is_left(&self, row: &Row, plan: &mut Plan) {
        if !row.project.funding.is_empty() {
            plan.notices.push(Note::new(
                self.column(row, "funding"),
                "funding_is_left",
                "资金由财政部门标注，表中资金未导入，原文随导入保存".into(),
                "funding is tagged by the finance office: the ledger's is kept with the import and goes no further".into(),
            ));
        }
    }

    pub(super) fn tell_departments(&self, row: &Row, told: &Told, plan: &mut Plan) {
        if self.way == Way::Tagging || plan.kind == RowKind::Error {
            return;
        }
        let column = self.column(row, "department").or(self.column(row, "lead_department"));
        for name in told.unverified.keys() {
            plan.notices.push(Note::new(
                column,
                "unverified_department",
                format!("“{name}”不在部门代码表中，将作为待核实部门登记，由系统管理员确认或合并"),
                format!("“{name}” is in no list of departments: it comes in unverified, for a system administrator to confirm or merge"),
            ));
        }
    }

    /// What is written in words that no list has: it is kept with the import.
    pub(super) fn tell_unknown_words(&self, row: &Row, told: &Told, plan: &mut Plan) {
        if self.way == Way::Tagging {
            return;
        }
        for (field, written) in &told.unknown {
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| super::words::field_name(field, lang));
            let written: String = written.chars().take(40).collect();
            plan.notices.push(Note::new(
                self.column(row, field),
                "unknown_word",
                format!("{zh}“{written}”不在代码表中，未导入，原文随导入保存"),
                format!("{en}: “{written}” is in no list; it is kept with the import and goes no further"),
            ));
        }
    }

    pub(super) fn same_as(&self, sheet: usize, row: u32) -> Note {
        let name = self.said.sheets.get(sheet).map(|sheet| sheet.name.as_str()).unwrap_or_default();
        Note::new(
            None,
            "same_as_row",
            format!("与“{name}”第{row}行是同一个项目，请只保留一行"),
            format!("the same project as row {row} of “{name}”: keep one of them"),
        )
    }
}

/// The ledger has another stage than the registry, which an import does not move.
pub fn stage_differs(column: Option<&str>, stage: Stage) -> Note {
    let (zh, en) = (stage.label(Lang::Zh), stage.label(Lang::En));
    Note::new(
        column,
        "stage_differs",
        format!("表中阶段为“{zh}”，与项目库不同；阶段请在项目页面变更"),
        format!(
            "the ledger has the stage {en}, the registry another one: move it on the project's page"
        ),
    )
}

/// Nothing is tagged that is not there.
pub fn no_project() -> Note {
    Note::new(
        None,
        "no_project",
        "没有找到对应的项目；财政部门导入只标注资金，不登记项目".into(),
        "no such project was found: finance imports tag funding and register nothing".into(),
    )
}

/// Why the account may not.
pub fn denied_note(denied: &Denied) -> Note {
    let text = |lang| crate::problem::denied_detail(denied, lang);
    Note::new(None, "denied", text(Lang::Zh), text(Lang::En))
}

/// Why the rules do not allow it.
pub fn refusal_note(refusal: &Refusal) -> Note {
    Note::new(None, "refused", refusal.message(Lang::Zh), refusal.message(Lang::En))
}
