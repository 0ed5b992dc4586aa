//! Where a project's money comes from (domain rules, part 4).

use crate::code::ChannelCode;
use crate::codelist::CodeLists;
use crate::fault::{Fault, Why};
use crate::input::{Faults, Given};
use crate::money::Money;
use crate::word::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The family of a channel: which kind of policy opens it.
    ChannelFamily {
        /// 预算内
        Budget = "budget", "财政预算资金", "Budget";
        /// 政府债券
        GovernmentBond = "government_bond", "政府债券", "Government bond";
        /// 企业类债券
        Bond = "bond", "企业债券类", "Bond";
        /// 引导基金
        GuidanceFund = "guidance_fund", "引导基金", "Guidance fund";
        /// 政府和社会资本合作
        Ppp = "ppp", "PPP", "PPP";
        /// 民间资本
        Private = "private", "民间资本", "Private capital";
        /// 贷款
        Loan = "loan", "贷款", "Loan";
        /// 利用外资
        Foreign = "foreign", "利用外资", "Foreign";
        /// 自筹
        Own = "own", "自筹", "Own funds";
        /// 其他
        Other = "other", "其他", "Other";
    }
}

words! {
    /// The six-way classification of the fixed-asset investment statistics.
    ChannelClass {
        /// 国家预算资金
        Budget = "budget", "国家预算资金", "State budget";
        /// 国内贷款
        Loan = "loan", "国内贷款", "Domestic loans";
        /// 债券
        Bond = "bond", "债券", "Bonds";
        /// 利用外资
        Foreign = "foreign", "利用外资", "Foreign capital";
        /// 自筹资金
        Own = "own", "自筹资金", "Own funds";
        /// 其他资金
        Other = "other", "其他资金", "Other";
    }
}

words! {
    /// How sure the money is.
    FundingStatus {
        /// 意向
        Intended = "intended", "意向", "Intended";
        /// 已申报
        Applied = "applied", "已申报", "Applied for";
        /// 已批复
        Approved = "approved", "已批复", "Approved";
        /// 已到位
        Arrived = "arrived", "已到位", "Arrived";
    }
}

words! {
    /// The phase of a PPP (财政部 PPP operation guide).
    PppPhase {
        /// 识别: on the reserve list 储备清单
        Identification = "identification", "识别", "Identification";
        /// 准备: in the managed library 管理库 from here on
        Preparation = "preparation", "准备", "Preparation";
        /// 采购
        Procurement = "procurement", "采购", "Procurement";
        /// 执行
        Execution = "execution", "执行", "Execution";
        /// 移交
        Transfer = "transfer", "移交", "Transfer";
    }
}

words! {
    /// The list of the national PPP platform a source belongs to before execution begins.
    PppLibrary {
        /// 储备清单
        ReserveList = "reserve_list", "储备清单", "Reserve list";
        /// 管理库
        ManagedLibrary = "managed_library", "管理库", "Managed library";
    }
}

impl PppPhase {
    /// The list it belongs to; `None` once execution has begun.
    pub fn library(self) -> Option<PppLibrary> {
        match self {
            Self::Identification => Some(PppLibrary::ReserveList),
            Self::Preparation | Self::Procurement => Some(PppLibrary::ManagedLibrary),
            Self::Execution | Self::Transfer => None,
        }
    }
}

/// One source of a project's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FundingSource {
    /// The channel.
    pub channel: ChannelCode,
    /// The amount, yuan.
    pub amount: Money,
    /// The year it is for.
    pub year: Option<i16>,
    /// How sure it is.
    pub status: FundingStatus,
    /// What has arrived so far, yuan: at most the amount, from `approved` on. Blank when nobody
    /// has said.
    pub arrived: Option<Money>,
    /// The document's number.
    pub document_number: Option<String>,
    /// The phase, for a PPP only.
    pub ppp_phase: Option<PppPhase>,
    /// A note.
    pub note: Option<String>,
}

/// A funding source with its number within the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Funding {
    /// Number within the project, never used twice.
    pub id: u32,
    /// The source.
    #[serde(flatten)]
    pub source: FundingSource,
}

/// A funding source as callers write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FundingBody {
    /// Code, name or alias of the channel. Required.
    #[schema(required = true, value_type = String)]
    pub channel: Option<Given<String>>,
    /// Yuan. Required.
    #[schema(required = true, value_type = Money)]
    pub amount: Option<Given<Money>>,
    /// 1900–2199.
    #[schema(value_type = Option<i16>)]
    pub year: Option<Given<i64>>,
    /// `intended` by default.
    #[schema(value_type = Option<FundingStatus>)]
    pub status: Option<Given<String>>,
    /// Yuan; the whole amount by default for `arrived`, else nothing.
    #[schema(value_type = Option<Money>)]
    pub arrived: Option<Given<Money>>,
    /// The document's number.
    #[schema(value_type = Option<String>)]
    pub document_number: Option<Given<String>>,
    /// The phase of a PPP.
    #[schema(value_type = Option<PppPhase>)]
    pub ppp_phase: Option<Given<String>>,
    /// A note.
    #[schema(value_type = Option<String>)]
    pub note: Option<Given<String>>,
}

impl FundingBody {
    /// Checks everything and builds the source.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self, lists: &CodeLists) -> Result<FundingSource, Vec<Fault>> {
        let mut faults = Faults::default();
        let channel = faults
            .required("/channel", self.channel)
            .and_then(|name| faults.take("/channel", lists.channel(&name)));
        let amount = faults.required("/amount", self.amount);
        let year = faults.optional("/year", self.year).and_then(|year| {
            faults.take(
                "/year",
                i16::try_from(year)
                    .ok()
                    .filter(|y| (1900..=2199).contains(y))
                    .ok_or(Why::YearOutOfRange),
            )
        });
        let status = faults.word("/status", self.status).unwrap_or(FundingStatus::Intended);
        let given = faults.optional("/arrived", self.arrived);
        let document_number = faults.text("/document_number", self.document_number, 100);
        let ppp_phase = faults.word("/ppp_phase", self.ppp_phase);
        let note = faults.multiline("/note", self.note, 2000);

        let arrived = given.or(amount.filter(|_| status == FundingStatus::Arrived));
        if let (Some(amount), Some(arrived)) = (amount, arrived) {
            if arrived > amount {
                faults.add("/arrived", Why::ArrivedExceedsAmount);
            } else if arrived > Money::ZERO
                && status < FundingStatus::Approved
                && faults.is_empty_at("/status")
            {
                faults.add("/arrived", Why::ArrivedBeforeApproval);
            } else if status == FundingStatus::Arrived && arrived < amount {
                faults.add("/arrived", Why::NotAllArrived);
            }
        }
        // 已批复 and all there is 已到位: the status says it when the caller has not.
        let all_there = amount > Some(Money::ZERO) && arrived == amount;
        let status = if status == FundingStatus::Approved && all_there {
            FundingStatus::Arrived
        } else {
            status
        };
        if let (Some(_), Some(channel)) = (ppp_phase, &channel)
            && lists.channel_family(channel) != Some(ChannelFamily::Ppp)
        {
            faults.add("/ppp_phase", Why::PhaseWithoutPpp);
        }
        match (channel, amount) {
            (Some(channel), Some(amount)) if faults.is_empty() => Ok(FundingSource {
                channel,
                amount,
                year,
                status,
                arrived,
                document_number,
                ppp_phase,
                note,
            }),
            _ => Err(faults.into_vec()),
        }
    }
}

impl From<FundingSource> for FundingBody {
    fn from(source: FundingSource) -> Self {
        Self {
            channel: Some(Given::ok(source.channel.to_string())),
            amount: Some(Given::ok(source.amount)),
            year: source.year.map(|year| Given::ok(i64::from(year))),
            status: Some(Given::ok(source.status.to_string())),
            arrived: source.arrived.map(Given::ok),
            document_number: source.document_number.map(Given::ok),
            ppp_phase: source.ppp_phase.map(|phase| Given::ok(phase.to_string())),
            note: source.note.map(Given::ok),
        }
    }
}
