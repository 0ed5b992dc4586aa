//! Cells become facts of a project: each field has its way of being read, and what cannot be read is
//! said with its place.

use super::amount::{self, Amount};
use super::date::{self, Dates, Doubt};
use super::field::Field;
use super::problem::{self, Place};
use super::stage::{self, Around, Status};
use super::text::{is_nothing, line, lines, plain, says_nothing, short, written};
use super::unit;
use crate::reading::{LedgerProject, Problem, Unit};
use crate::sheet::Value;
use shortboard_domain::money::Money;
use shortboard_domain::period::Period;
use shortboard_domain::stage::Stage;

/// More than any project of a city costs: 5,000 亿元, in fen.
const IMPLAUSIBLE: i64 = 50_000_000_000_000;

/// A value with its place and the header it stands under.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What it is of.
    pub field: Field,
    /// The value.
    pub value: &'a Value,
    /// The unit of amounts.
    pub unit: Unit,
    /// The header or label.
    pub header: &'a str,
    /// The last part of the header.
    pub part: &'a str,
    /// Where it stands.
    pub place: Place<'a>,
}

/// A project in the making.
#[derive(Debug, Default)]
pub struct Facts {
    /// What is known so far.
    pub project: LedgerProject,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    statuses: Vec<(Field, Status)>,
    planned: [Option<Period>; 2],
    actual: [Option<Period>; 2],
}

impl Facts {
    /// A project that begins in a row.
    pub fn new(row: u32, section: Option<String>) -> Self {
        let project = LedgerProject { row, section, ..LedgerProject::default() };
        Self { project, ..Self::default() }
    }

    /// Takes a value for the field it is of. Funding and the name are the caller's.
    pub fn take(&mut self, told: Told<'_>) {
        let text = written(told.value);
        if let Value::Error(error) = told.value {
            if told.field.is_fact() {
                self.broken(told, error);
            }
            return;
        }
        match told.field {
            Field::TotalInvestment
            | Field::DoneToLastYear
            | Field::PlannedThisYear
            | Field::DoneThisYear => {
                let amount = self.money(told);
                self.take_money(told, amount);
            }
            Field::Period
            | Field::ActualPeriod
            | Field::PlannedStart
            | Field::PlannedFinish
            | Field::ActualStart
            | Field::ActualFinish => {
                self.take_dates(told);
            }
            Field::Status | Field::Stage | Field::Nature | Field::StatusTick => {
                self.take_status(told, &text)
            }
            Field::Progress if text.len() <= 40 && plain(&text).chars().count() <= 6 => {
                if let Some(status) = stage::of_word(&text) {
                    self.statuses.push((told.field, Status { nature: None, ..status }));
                }
            }
            Field::Content | Field::Notes => {
                let text = lines(&text);
                let slot = if told.field == Field::Content {
                    &mut self.project.content
                } else {
                    &mut self.project.notes
                };
                if is_nothing(&text) {
                    return;
                }
                match slot {
                    Some(already) if !already.contains(&text) => {
                        *already = format!("{already}\n{text}")
                    }
                    Some(_) => {}
                    None => *slot = Some(text),
                }
            }
            field => {
                if let Some(slot) = text_slot(&mut self.project, field)
                    && slot.is_none()
                    && !is_nothing(&text)
                {
                    *slot = Some(line(&text));
                }
            }
        }
    }

    fn take_money(&mut self, told: Told<'_>, amount: Option<Money>) {
        let slot = match told.field {
            Field::TotalInvestment => &mut self.project.total_investment,
            Field::DoneToLastYear => &mut self.project.done_to_last_year,
            Field::PlannedThisYear => &mut self.project.planned_this_year,
            _ => &mut self.project.done_this_year,
        };
        match (*slot, amount) {
            (None, Some(_)) => *slot = amount,
            (Some(first), Some(further)) if first != further => {
                let written = short(&written(told.value));
                self.problems.push(problem::of_cell(
                    told.place,
                    "further_value",
                    &format!("“{written}”与上面一行的数不同，同一项目只读取第一个数"),
                    &format!("“{written}” differs from the project's first amount, which is kept"),
                ));
            }
            _ => {}
        }
    }

    /// An amount, with a sentence where it is not clear.
    pub fn money(&mut self, told: Told<'_>) -> Option<Money> {
        let as_written = written(told.value);
        let text = short(&as_written);
        let (money, code, zh, en) = match amount::read(told.value, told.unit) {
            Amount::Blank => return None,
            Amount::Exact(money) => {
                self.check_size(told, money, &text);
                return Some(money);
            }
            Amount::Rounded(money) => (
                Some(money),
                "rounded",
                "的小数超过分，已四舍五入到分",
                "has more than fen and is rounded to them",
            ),
            Amount::Approximate => (
                None,
                "approximate_amount",
                "不是确切金额，未读取",
                "is no exact amount and is not taken",
            ),
            Amount::Unsettled => (
                None,
                "unsettled_amount",
                "金额未定，按空白处理",
                "is not settled yet and counts as blank",
            ),
            Amount::Negative => {
                (None, "negative_amount", "是负数，未读取", "is negative and is not taken")
            }
            Amount::TooLarge => (
                None,
                "absurd_amount",
                "过大，不可能是金额，未读取",
                "is too large to be an amount and is not taken",
            ),
            Amount::Broken => (
                None,
                "cell_error",
                "是公式错误，未读取",
                "is an error of a formula and is not taken",
            ),
            Amount::NotMoney => {
                (None, "not_money", "不是金额，未读取", "is no amount and is not taken")
            }
        };
        self.problems.push(problem::of_cell(
            told.place,
            code,
            &format!("“{text}”{zh}"),
            &format!("“{text}” {en}"),
        ));
        money
    }

    fn check_size(&mut self, told: Told<'_>, money: Money, text: &str) {
        if money.fen() > IMPLAUSIBLE {
            let unit = unit::name(told.unit);
            self.problems.push(problem::of_cell(
                told.place,
                "implausible_amount",
                &format!("“{text}”按{unit}计超过5000亿元，请核对单位"),
                &format!("“{text}” makes more than 500 billion yuan; please check the unit"),
            ));
        }
    }

    fn take_dates(&mut self, told: Told<'_>) {
        let Dates { start, finish, doubt } = date::read(told.value);
        let ends =
            if matches!(told.field, Field::ActualPeriod | Field::ActualStart | Field::ActualFinish)
                || told.header.contains("实际")
            {
                &mut self.actual
            } else {
                &mut self.planned
            };
        match told.field {
            Field::PlannedFinish | Field::ActualFinish => ends[1] = ends[1].or(finish).or(start),
            _ => {
                ends[0] = ends[0].or(start);
                ends[1] = ends[1].or(finish);
            }
        }
        let Some(doubt) = doubt else { return };
        let text = short(&written(told.value));
        let (code, zh, en) = match doubt {
            Doubt::NotADate if !text.chars().any(char::is_numeric) => {
                ("unsettled_date", "没有写明日期", "tells no date")
            }
            Doubt::NotADate => {
                ("not_a_date", "不是明确的日期，未读取", "is no clear date and is not taken")
            }
            Doubt::Duration => (
                "duration",
                "是工期而不是日期，未读取",
                "is a length of time, no date, and is not taken",
            ),
            Doubt::Coarser => (
                "coarser_date",
                "只读取了其中明确的年份或月份",
                "is read only as far as it is clear",
            ),
            Doubt::OneOrTen => (
                "ambiguous_month",
                "可能是1月，也可能是10月，只读取年份",
                "may be January or October: only the year is taken",
            ),
            Doubt::FinishBeforeStart => (
                "finish_before_start",
                "的结束早于开始，未读取",
                "ends before it begins and is not taken",
            ),
            Doubt::Broken => {
                ("cell_error", "是公式错误，未读取", "is an error of a formula and is not taken")
            }
        };
        self.problems.push(problem::of_cell(
            told.place,
            code,
            &format!("“{text}”{zh}"),
            &format!("“{text}” {en}"),
        ));
    }

    fn take_status(&mut self, told: Told<'_>, text: &str) {
        let flat = plain(text);
        let is_no = matches!(flat.as_str(), "否" | "×" | "x" | "X" | "0" | "FALSE");
        if says_nothing(&flat) {
            return;
        }
        if told.field == Field::StatusTick {
            if !is_no {
                self.statuses.extend(stage::of_word(told.part).map(|status| (told.field, status)));
            }
            return;
        }
        if told.header.contains("是否开工")
            && (is_no || matches!(flat.as_str(), "是" | "已" | "√" | "TRUE"))
        {
            if !is_no {
                let stage = Some(Stage::Construction);
                self.statuses.push((told.field, Status { stage, nature: None }));
            }
            return;
        }
        match stage::of_word(text) {
            Some(status) => self.statuses.push((told.field, status)),
            None => {
                let text = short(text);
                self.problems.push(problem::of_cell(
                    told.place,
                    "unclear_status",
                    &format!("“{text}”说明不了项目阶段或建设性质"),
                    &format!("“{text}” tells neither a stage nor a construction nature"),
                ));
            }
        }
    }

    fn broken(&mut self, told: Told<'_>, error: &str) {
        let error = short(error);
        self.problems.push(problem::of_cell(
            told.place,
            "cell_error",
            &format!("“{error}”是公式错误，未读取"),
            &format!("“{error}” is an error of a formula and is not taken"),
        ));
    }

    /// The project, once all its cells are taken; the stage of its section or title where no column
    /// tells one.
    pub fn finish(mut self, around: Option<Around>) -> (LedgerProject, Vec<Problem>) {
        let first = |fields: [Field; 5], of: &dyn Fn(&Status) -> bool| {
            fields.iter().find_map(|field| {
                self.statuses
                    .iter()
                    .find(|(told, status)| told == field && of(status))
                    .map(|(_, status)| *status)
            })
        };
        let by_stage =
            [Field::Stage, Field::Status, Field::StatusTick, Field::Nature, Field::Progress];
        let by_nature =
            [Field::Nature, Field::Status, Field::StatusTick, Field::Stage, Field::Progress];
        let stage =
            first(by_stage, &|status| status.stage.is_some()).and_then(|status| status.stage);
        let nature =
            first(by_nature, &|status| status.nature.is_some()).and_then(|status| status.nature);
        let around = around.filter(|_| stage.is_none());
        self.project.stage = stage.or(around.as_ref().map(|around| around.stage));
        self.project.stage_quote = around.map(|around| around.words);
        self.project.nature = nature;
        let is_begun = !matches!(
            self.project.stage,
            Some(Stage::Concept | Stage::Reserve | Stage::Preparation)
        );
        let [start, finish] = [0, 1].map(|end| {
            let (planned, actual) = (self.planned[end], self.actual[end]);
            if is_begun { actual.or(planned) } else { planned.or(actual) }
        });
        // A planned finish may well be before the start that came late.
        let reversed = [self.planned, self.actual].into_iter().find_map(|ends| match ends {
            [Some(start), Some(finish)] if finish.certainly_before(&start) => Some((start, finish)),
            _ => None,
        });
        if let Some((start, finish)) = reversed {
            let row = self.project.row;
            self.problems.push(problem::of_row(
                row,
                "finish_before_start",
                &format!("竣工（{finish}）早于开工（{start}），请核对"),
                &format!("the finish ({finish}) is before the start ({start}); please check"),
            ));
        }
        self.project.start = start.map(|start| start.to_string());
        self.project.finish = finish.map(|finish| finish.to_string());
        let [start, finish] = self.planned;
        self.project.planned_start = start.map(|start| start.to_string());
        self.project.planned_finish = finish.map(|finish| finish.to_string());
        // Who leads is responsible.
        if self.project.department.is_none() {
            self.project.department.clone_from(&self.project.lead_department);
        }
        (self.project, self.problems)
    }
}

fn text_slot(project: &mut LedgerProject, field: Field) -> Option<&mut Option<String>> {
    Some(match field {
        Field::RegistryNumber => &mut project.registry_number,
        Field::Code => &mut project.code,
        Field::Region => &mut project.region,
        Field::Area => &mut project.area,
        Field::Group => &mut project.group,
        Field::OwnerUnit => &mut project.owner_unit,
        Field::CreditCode => &mut project.credit_code,
        Field::Department => &mut project.department,
        Field::LeadDepartment => &mut project.lead_department,
        Field::Place => &mut project.place,
        Field::Industry => &mut project.industry,
        Field::ApprovalMode => &mut project.approval_mode,
        _ => return None,
    })
}
