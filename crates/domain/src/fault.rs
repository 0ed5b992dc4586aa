//! What can be wrong with a value, where, and the sentence that says so.

use crate::lang::Lang;
use crate::requirement::Fact;

/// One thing wrong with an input: where (a JSON pointer) and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// RFC 6901 pointer into the input, `""` for the whole of it.
    pub pointer: String,
    /// The reason.
    pub why: Why,
}

impl Fault {
    /// A fault at a place.
    pub fn new(pointer: impl Into<String>, why: Why) -> Self {
        Self { pointer: pointer.into(), why }
    }
}

/// The reasons for which a value is refused or warned about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing is there, and something must be.
    Required,
    /// A fact that the stage asks for is blank.
    Missing(Fact),
    /// Longer than `max` characters.
    TooLong {
        /// Most characters allowed.
        max: usize,
    },
    /// More than `max` entries.
    TooMany {
        /// Most entries allowed.
        max: usize,
    },
    /// Holds a control character.
    ControlCharacter,
    /// The same entry twice.
    Repeated {
        /// What was repeated.
        given: String,
    },
    /// Not a word of the code list.
    UnknownCode {
        /// The code list asked.
        list: &'static str,
        /// What was given.
        given: String,
        /// The nearest codes or names, best first; may be empty.
        nearest: Vec<String>,
    },
    /// Not an amount of money in yuan with at most two places.
    NotMoney,
    /// Not an amount in 万元.
    NotWan,
    /// Below zero.
    NegativeMoney,
    /// Above the largest amount the registry keeps (10^14 yuan).
    MoneyTooLarge,
    /// Not a year, month or day.
    NotAPeriod,
    /// Not a period as people write it.
    NotAWrittenPeriod,
    /// Not a day.
    NotADay,
    /// A day after today.
    InTheFuture,
    /// A year outside 1900–2199.
    YearOutOfRange,
    /// The finish lies before the start.
    FinishBeforeStart,
    /// Earlier than the day something else happened.
    TooEarly {
        /// The earliest day allowed, `YYYY-MM-DD`.
        earliest: String,
    },
    /// Later than the day something else happened.
    TooLate {
        /// The latest day allowed, `YYYY-MM-DD`.
        latest: String,
    },
    /// Not an investment project code (domain rules, part 7).
    NotAProjectCode,
    /// The check digit of a new-form project code does not hold: a warning.
    ProjectCodeCheck {
        /// The digit that would hold.
        expected: char,
    },
    /// Not 18 characters of the credit code's alphabet (GB 32100-2015).
    NotACreditCode,
    /// The check character of a credit code does not hold: a warning.
    CreditCodeCheck {
        /// The character that would hold.
        expected: char,
    },
    /// Not an industry of GB/T 4754-2017: a section A–T and two digits where known.
    NotAnIndustry,
    /// Longitude or latitude outside the globe.
    NotAPlace,
    /// The lead is not among the departments.
    LeadNotNamed,
    /// More has arrived than the source amounts to.
    ArrivedExceedsAmount,
    /// Money has arrived from a source that is not approved yet.
    ArrivedBeforeApproval,
    /// `arrived` as a status needs the whole amount to be there.
    NotAllArrived,
    /// A PPP phase on another channel.
    PhaseWithoutPpp,
    /// Special-bond money is not for this kind of project (国办发〔2024〕52号): a warning.
    SpecialBondNegativeList,
    /// A department that is no longer in office on that day: a warning.
    DepartmentEnded {
        /// The department's name.
        name: String,
        /// Its successor, when there is one.
        successor: Option<String>,
    },
    /// Not a time (RFC 3339) or a day.
    NotATime,
    /// Not a whole number between `least` and `most`.
    NotInRange {
        /// The least allowed.
        least: u64,
        /// The most allowed.
        most: u64,
    },
    /// Not a cursor that this list gave.
    NotACursor,
    /// A field this input does not have.
    UnknownField,
    /// The wrong JSON type.
    WrongType {
        /// What is expected.
        expected: &'static str,
    },
    /// Not a decimal number.
    NotADecimal,
    /// Outside of what the caller's scope covers.
    OutsideScope,
    /// A sentence of the parser for what no other reason names.
    Malformed {
        /// The parser's own words (English).
        detail: String,
    },
}

impl Why {
    /// The stable word for the reason, in problem documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Missing(_) => "missing",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::ControlCharacter => "control_character",
            Self::Repeated { .. } => "repeated",
            Self::UnknownCode { .. } => "unknown_code",
            Self::NotMoney => "not_money",
            Self::NotWan => "not_wan",
            Self::NegativeMoney => "negative_money",
            Self::MoneyTooLarge => "money_too_large",
            Self::NotAPeriod => "not_a_period",
            Self::NotAWrittenPeriod => "not_a_written_period",
            Self::NotADay => "not_a_day",
            Self::InTheFuture => "in_the_future",
            Self::YearOutOfRange => "year_out_of_range",
            Self::FinishBeforeStart => "finish_before_start",
            Self::TooEarly { .. } => "too_early",
            Self::TooLate { .. } => "too_late",
            Self::NotAProjectCode => "not_a_project_code",
            Self::ProjectCodeCheck { .. } => "project_code_check",
            Self::NotACreditCode => "not_a_credit_code",
            Self::CreditCodeCheck { .. } => "credit_code_check",
            Self::NotAnIndustry => "not_an_industry",
            Self::NotAPlace => "not_a_place",
            Self::LeadNotNamed => "lead_not_named",
            Self::ArrivedExceedsAmount => "arrived_exceeds_amount",
            Self::ArrivedBeforeApproval => "arrived_before_approval",
            Self::NotAllArrived => "not_all_arrived",
            Self::PhaseWithoutPpp => "phase_without_ppp",
            Self::SpecialBondNegativeList => "special_bond_negative_list",
            Self::DepartmentEnded { .. } => "department_ended",
            Self::NotATime => "not_a_time",
            Self::NotInRange { .. } => "not_in_range",
            Self::NotACursor => "not_a_cursor",
            Self::UnknownField => "unknown_field",
            Self::WrongType { .. } => "wrong_type",
            Self::NotADecimal => "not_a_decimal",
            Self::OutsideScope => "outside_scope",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Required => "此项必填".into(),
            Self::Missing(fact) => format!("缺少{}", fact.label(Lang::Zh)),
            Self::TooLong { max } => format!("不能超过{max}个字符"),
            Self::TooMany { max } => format!("不能超过{max}项"),
            Self::ControlCharacter => "含有控制字符，请删除后重填".into(),
            Self::Repeated { given } => format!("“{given}”重复"),
            Self::UnknownCode { list, given, nearest } if nearest.is_empty() => {
                format!("“{given}”不在代码表 {list} 中")
            }
            Self::UnknownCode { list, given, nearest } => {
                format!("“{given}”不在代码表 {list} 中，相近的有：{}", nearest.join("、"))
            }
            Self::NotMoney => "不是金额：以元为单位，小数写成字符串，至多两位，不写千分位和单位，如 \"385000000.00\"".into(),
            Self::NotWan => "不是金额：应为以万元为单位的数字，如 38,500 或 7446.08；也可写明单位，如 3.85亿元".into(),
            Self::NegativeMoney => "金额不能为负".into(),
            Self::MoneyTooLarge => "金额过大：不能超过一百万亿元".into(),
            Self::NotAPeriod => "不是日期：应为 YYYY、YYYY-MM 或 YYYY-MM-DD".into(),
            Self::NotAWrittenPeriod => "无法识别的时间：可写作 2017.03-2019.12、2017年3月—2019年、2017年".into(),
            Self::NotADay => "不是日期：应为 YYYY-MM-DD".into(),
            Self::InTheFuture => "日期不能晚于今天".into(),
            Self::YearOutOfRange => "年份应在1900至2199之间".into(),
            Self::FinishBeforeStart => "完工时间早于开工时间".into(),
            Self::TooEarly { earliest } => format!("日期不能早于{earliest}"),
            Self::TooLate { latest } => format!("日期不能晚于{latest}"),
            Self::NotAProjectCode => {
                "不是投资项目统一代码：应为20位数字，按4-6-2-2-6用连字符分组".into()
            }
            Self::ProjectCodeCheck { expected } => {
                format!("项目代码校验位不符，按规则应为{expected}，请核对")
            }
            Self::NotACreditCode => {
                "不是统一社会信用代码：应为18位数字或大写字母(不含I、O、S、V、Z)".into()
            }
            Self::CreditCodeCheck { expected } => {
                format!("统一社会信用代码校验位不符，按规则应为{expected}，请核对")
            }
            Self::NotAnIndustry => {
                "不是国民经济行业：应为门类字母A至T，可加两位大类代码，如N77".into()
            }
            Self::NotAPlace => "经度应在-180至180之间，纬度应在-90至90之间".into(),
            Self::LeadNotNamed => "牵头单位应是责任单位之一".into(),
            Self::ArrivedExceedsAmount => "到位金额不能超过该来源的金额".into(),
            Self::ArrivedBeforeApproval => "尚未批复的资金不能有到位金额".into(),
            Self::NotAllArrived => "状态为已到位时，到位金额应等于该来源的金额".into(),
            Self::PhaseWithoutPpp => "只有PPP资金才有PPP阶段".into(),
            Self::SpecialBondNegativeList => {
                "专项债券资金负面清单(国办发〔2024〕52号)：该类项目可能不得使用专项债券资金".into()
            }
            Self::DepartmentEnded { name, successor: None } => format!("“{name}”已撤销或合并"),
            Self::DepartmentEnded { name, successor: Some(next) } => {
                format!("“{name}”已撤销或合并，现为“{next}”")
            }
            Self::NotATime => "不是时间：应为 RFC 3339 时间或 YYYY-MM-DD".into(),
            Self::NotInRange { least, most } => format!("应为{least}至{most}之间的整数"),
            Self::NotACursor => "翻页标记无效，请从第一页重新查询".into(),
            Self::UnknownField => "没有这个字段".into(),
            Self::WrongType { expected } => format!("类型不符：应为{}", type_zh(expected)),
            Self::NotADecimal => "不是数".into(),
            Self::OutsideScope => "超出您的管辖范围".into(),
            Self::Malformed { detail } => format!("内容无法识别：{detail}"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Required => "this is required".into(),
            Self::Missing(fact) => format!("missing: {}", fact.label(Lang::En)),
            Self::TooLong { max } => format!("at most {max} characters"),
            Self::TooMany { max } => format!("at most {max} entries"),
            Self::ControlCharacter => "holds a control character; remove it".into(),
            Self::Repeated { given } => format!("“{given}” is there twice"),
            Self::UnknownCode { list, given, nearest } if nearest.is_empty() => {
                format!("“{given}” is not in the code list {list}")
            }
            Self::UnknownCode { list, given, nearest } => {
                format!("“{given}” is not in the code list {list}; nearest: {}", nearest.join(", "))
            }
            Self::NotMoney => "not an amount: yuan, fractions as a string with at most two places, without separators or unit, such as \"385000000.00\"".into(),
            Self::NotWan => "not an amount: a number of 10,000 yuan, such as 38,500 or 7446.08".into(),
            Self::NegativeMoney => "an amount cannot be negative".into(),
            Self::MoneyTooLarge => "the amount is too large: at most 10^14 yuan".into(),
            Self::NotAPeriod => "not a date: YYYY, YYYY-MM or YYYY-MM-DD".into(),
            Self::NotAWrittenPeriod => "not a period: write 2017.03-2019.12, 2017-03 or 2017".into(),
            Self::NotADay => "not a date: YYYY-MM-DD".into(),
            Self::InTheFuture => "the date lies after today".into(),
            Self::YearOutOfRange => "the year must lie between 1900 and 2199".into(),
            Self::FinishBeforeStart => "the finish lies before the start".into(),
            Self::TooEarly { earliest } => format!("the date cannot be before {earliest}"),
            Self::TooLate { latest } => format!("the date cannot be after {latest}"),
            Self::NotAProjectCode => {
                "not an investment project code: 20 digits in groups 4-6-2-2-6 with hyphens".into()
            }
            Self::ProjectCodeCheck { expected } => {
                format!("the check digit of the project code should be {expected}; please verify")
            }
            Self::NotACreditCode => {
                "not a unified social credit code: 18 digits or capital letters without I, O, S, V, Z"
                    .into()
            }
            Self::CreditCodeCheck { expected } => {
                format!("the check character of the credit code should be {expected}; please verify")
            }
            Self::NotAnIndustry => {
                "not an industry: a section A to T, with two digits where known, such as N77".into()
            }
            Self::NotAPlace => "longitude must lie within ±180 and latitude within ±90".into(),
            Self::LeadNotNamed => "the lead must be one of the departments".into(),
            Self::ArrivedExceedsAmount => "more has arrived than the source amounts to".into(),
            Self::ArrivedBeforeApproval => "no money can arrive before it is approved".into(),
            Self::NotAllArrived => {
                "with the status arrived, the whole amount must have arrived".into()
            }
            Self::PhaseWithoutPpp => "only a PPP source has a PPP phase".into(),
            Self::SpecialBondNegativeList => "special-bond negative list (国办发〔2024〕52号): \
                 this kind of project may not be allowed special-bond money"
                .into(),
            Self::DepartmentEnded { name, successor: None } => {
                format!("“{name}” has been dissolved or merged")
            }
            Self::DepartmentEnded { name, successor: Some(next) } => {
                format!("“{name}” has been dissolved or merged; it is “{next}” now")
            }
            Self::NotATime => "not a time: RFC 3339 or YYYY-MM-DD".into(),
            Self::NotInRange { least, most } => {
                format!("must be a whole number from {least} to {most}")
            }
            Self::NotACursor => "not a cursor of this list: start again from the first page".into(),
            Self::UnknownField => "there is no such field".into(),
            Self::WrongType { expected } => format!("wrong type: expected {expected}"),
            Self::NotADecimal => "not a number".into(),
            Self::OutsideScope => "outside of your scope".into(),
            Self::Malformed { detail } => format!("not understood: {detail}"),
        }
    }
}

fn type_zh(expected: &str) -> &str {
    match expected {
        "string" => "文本",
        "number" => "数字",
        "integer" => "整数",
        "boolean" => "真或假",
        "array" => "数组",
        "object" => "对象",
        other => other,
    }
}

/// The reason as a machine word that [`crate::input::why`] turns back into a [`Why`].
pub(crate) fn refusal<E: serde::de::Error>(why: Why) -> E {
    E::custom(format_args!("why:{}", why.code()))
}
