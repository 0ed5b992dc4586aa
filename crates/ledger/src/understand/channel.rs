//! Channels of funding as ledgers write them (domain rules, part 4): what is in no list stays as
//! written.

use super::text::{key, plain};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Codes and the ways to write them, with spaces between, compared by [`key`]; a general ending (资金, 投资) may follow.
const WORDS: &[(&str, &str)] = &[
    (
        "central_budget",
        "中央预算内投资 中央预算内 中央预算内专项 中央预算内基建 国家预算内 中央基建投资 中央投资 \
         Centralbudgetinvestment",
    ),
    (
        "central_special",
        "中央专项 中央财政专项 中央专项补助 中央财政专项补助 Centralspecial-purposefunds",
    ),
    (
        "provincial_budget",
        "省级财政 省财政 省级 省级配套 省配套 省级补助 省级专项 省专项 省补 省预算内 省级预算内 省投资 \
         Provincialbudgetfunds",
    ),
    (
        "city_budget",
        "市级财政 市财政 市级 市级配套 市配套 市本级财政 市本级 市级补助 市投资 市本级配套 \
         Citybudgetfunds",
    ),
    (
        "county_budget",
        "县市区财政 县级财政 县财政 县级 县级配套 县配套 区级财政 区财政 区级 区级配套 区配套 县区财政 \
         县区级财政 县区配套 县区级 县区级配套 县市区配套 县市区级 县市级财政 县本级 县投资 县市级 \
         Countyanddistrictbudgetfunds",
    ),
    (
        "preliminary_subsidy",
        "前期补助 项目前期补助 前期工作补助 前期工作经费补助 Preliminary-worksubsidy",
    ),
    (
        "general_bond",
        "地方政府一般债券 一般债券 一般债 政府一般债券 地方政府一般债 地方一般债券 新增一般债券",
    ),
    (
        "special_bond",
        "地方政府专项债券 专项债券 专项债 专债 政府专项债券 政府专项债 地方政府专项债 地方专项债 \
         地方专项债券 新增专项债券 政府债券专项债 Special-purposebonds",
    ),
    ("treasury_bond", "超长期特别国债 特别国债 超长期国债"),
    ("enterprise_bond", "企业债券 企业债"),
    ("corporate_bond", "公司债券 公司债"),
    ("debt_instrument", "非金融企业债务融资工具 非金融企业债券融资工具 债务融资工具 债券融资工具"),
    ("project_revenue_bond", "项目收益债 项目收益债券"),
    (
        "provincial_guidance_fund",
        "省产业创业投资引导基金 省产业投资引导基金 省创业投资引导基金 省引导基金 省级引导基金",
    ),
    ("hitech_fund", "高新技术产业投资基金"),
    ("ppp", "政府和社会资本合作 政府与社会资本合作 PPP PPP模式 PPP项目"),
    ("private_capital", "民间资本 民间投资 民营资本 民间"),
    (
        "policy_bank_loan",
        "政策性银行贷款 政策性贷款 国家开发银行贷款 国开行贷款 农业发展银行贷款 农发行贷款 \
         开发性金融贷款 国开行 农发行",
    ),
    ("commercial_loan", "商业银行贷款 银行贷款 商业贷款 银行借款 Commercialbankloan"),
    ("guaranteed_loan", "银行担保公司政府增信建档立卡户贷款 银行担保公司政府增信建档立卡户"),
    ("land_rights_mortgage", "农村两权抵押贷款 两权抵押贷款"),
    ("investment_loan_linkage", "投贷联动"),
    ("credit_loan", "信用贷款 无抵押贷款 信用贷款无抵押贷款"),
    ("revolving_loan", "个人自助循环贷款 自助循环贷款"),
    ("foreign_concessional_loan", "外国优惠贷款 外国政府贷款 外国政府优惠贷款"),
    ("foreign_investment", "外商投资 外商直接投资 外资 利用外资"),
    (
        "enterprise_own",
        "企业自筹 自筹 业主自筹 单位自筹 企业自有 自有 项目单位自筹 建设单位自筹 企业投资 企业自投 \
         自筹及其他 Enterprise'sownfunds",
    ),
    ("other", "其他 其它 其他来源 其它来源 其他渠道 Otherfunds"),
];

/// Short words that name a channel only under a header that is about funding.
const UNDER_GROUP: &[(&str, &[&str])] = &[
    ("central_budget", &["中央", "国家"]),
    ("provincial_budget", &["省"]),
    ("city_budget", &["市"]),
    ("county_budget", &["县", "区", "县区", "县市区", "县级市"]),
    ("commercial_loan", &["贷款", "银行"]),
];

/// Words that name no single channel of the list, and still are where money comes from.
const VAGUE: &str = "上级 上级补助 财政 地方配套 地方财政 地方 国内贷款 社会资本 社会投资 政府投资 车购税 \
    车辆购置税 上级专项 政府债券 地方政府债券 债券 地方债券 中央 国家 融资 土地出让金 \
    土地出让收入 争取上级 本级财政 专项 预算内 基金";

/// General endings, the longer first.
const ENDINGS: &[&str] =
    &["配套资金", "补助资金", "财政资金", "专项资金", "资金", "投资", "部分", "安排", "金额"];

fn table() -> &'static HashMap<String, &'static str> {
    static TABLE: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let words = WORDS
            .iter()
            .flat_map(|(code, words)| words.split_whitespace().map(|word| (key(word), *code)));
        let codes = WORDS.iter().map(|(code, _)| ((*code).replace('_', ""), *code));
        words.chain(codes).collect()
    })
}

/// A key without the words before and after that name no channel.
fn core(text: &str) -> String {
    let mut core = key(text);
    for start in [
        "其中",
        "申请",
        "争取",
        "拟申请",
        "拟",
        "其余",
        "剩余",
        "余下",
        "通过",
        "使用",
        "利用",
        "计划",
        "为",
        "由",
    ] {
        if let Some(rest) = core.strip_prefix(start)
            && !rest.is_empty()
            && table().get(&core).is_none()
        {
            core = rest.to_owned();
        }
    }
    core
}

/// The code of a channel as written; `None` for what is in no list or could be several.
pub fn code(text: &str) -> Option<&'static str> {
    let core = core(text);
    let find = |key: &str| table().get(key).copied();
    find(&core).or_else(|| {
        // PPP（BOT）模式, 专项债券资金, 市级财政配套资金
        let shorter = ENDINGS.iter().filter_map(|ending| core.strip_suffix(ending));
        shorter.into_iter().find_map(find)
    })
}

/// The code of a channel that is a header, or `Some(None)` for a word that names no single one;
/// `None` when it is not about a channel at all.
pub fn of_header(text: &str, is_under_group: bool) -> Option<Option<&'static str>> {
    let core = core(text);
    let bare = ["计划", "到位", "已到位", "金额"]
        .iter()
        .fold(core.as_str(), |core, ending| core.strip_suffix(ending).unwrap_or(core));
    if is_under_group {
        let short = UNDER_GROUP.iter().find(|(_, words)| words.contains(&bare));
        if let Some((code, _)) = short {
            return Some(Some(*code));
        }
    }
    if let Some(code) = code(bare) {
        // 其他 and 市级 alone say nothing about money.
        let is_telling = is_under_group || tells_money(bare);
        return is_telling.then_some(Some(code));
    }
    let stem = ENDINGS.iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(bare);
    let is_vague = VAGUE.split_whitespace().any(|word| word == stem || word == bare);
    (is_vague && (is_under_group || (bare.ends_with("资金") && stem != bare && stem != "专项")))
        .then_some(None)
}

fn tells_money(word: &str) -> bool {
    ["资金", "预算", "债", "贷款", "自筹", "财政", "ppp", "配套", "基金", "自有"]
        .iter()
        .any(|part| word.contains(part))
        || word.contains("民间") && word.contains("投资")
}

/// Whether a header's group is about where the money comes from.
pub fn is_group(group: &str) -> bool {
    let is_about = [
        "资金来源",
        "资金渠道",
        "资金构成",
        "资金筹措",
        "投资构成",
        "资金拼盘",
        "投资来源",
        "资金到位",
        "到位资金",
        "资金筹集",
        "资金结构",
        "融资",
        "资金安排",
        "计划资金",
        "资金需求",
        "筹资",
        "总投资",
        "投资总额",
        "估算投资",
    ];
    is_about.iter().any(|word| group.contains(word))
}

/// Pieces of a cell that names several channels: not within parentheses, and not within a name
/// that has such a sign itself.
pub fn pieces(text: &str) -> Vec<String> {
    if code(text).is_some() {
        return vec![super::text::line(text)];
    }
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let parts = matches!(
            c,
            '、' | '，'
                | ','
                | ';'
                | '；'
                | '+'
                | '＋'
                | '/'
                | '\n'
                | '\r'
                | '和'
                | '及'
                | '。'
                | '与'
        );
        // 1,200万元 is one number.
        let is_number = c == ',' && piece.ends_with(|c: char| c.is_ascii_digit());
        if parts && depth == 0 && !is_number {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(c);
        }
    }
    pieces.push(piece);
    let pieces = pieces.iter().map(|piece| super::text::line(piece));
    pieces.filter(|piece| plain(piece).chars().any(char::is_alphanumeric)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_known_by_many_words() {
        for (text, meant) in [
            ("中央预算内投资", Some("central_budget")),
            ("中央预算内资金", Some("central_budget")),
            ("地方政府专项债券", Some("special_bond")),
            ("专债", Some("special_bond")),
            ("专项债券资金", Some("special_bond")),
            ("县配套", Some("county_budget")),
            ("市级财政", Some("city_budget")),
            ("市财政配套资金", Some("city_budget")),
            ("银行贷款", Some("commercial_loan")),
            ("农发行贷款", Some("policy_bank_loan")),
            ("其余自筹", Some("enterprise_own")),
            ("企业自筹资金", Some("enterprise_own")),
            ("县（市）区财政资金", Some("county_budget")),
            ("PPP", Some("ppp")),
            ("special_bond", Some("special_bond")),
            ("车购税", None),
            ("社会资本", None),
            ("专项资金", None),
        ] {
            assert_eq!(code(text), meant, "{text}");
        }
    }

    #[test]
    fn a_header_is_a_channel_where_it_is_about_money() {
        assert_eq!(of_header("中央", true), Some(Some("central_budget")));
        assert_eq!(of_header("中央", false), None);
        assert_eq!(of_header("其他", false), None);
        assert_eq!(of_header("其他", true), Some(Some("other")));
        assert_eq!(of_header("中央预算内资金（万元）", false), Some(Some("central_budget")));
        assert_eq!(of_header("上级资金", false), Some(None));
        assert_eq!(of_header("专项资金", false), None);
        assert_eq!(of_header("市级", false), None);
    }

    #[test]
    fn several_channels_in_a_cell_are_told_apart() {
        assert_eq!(pieces("车购税、县配套"), ["车购税", "县配套"]);
        assert_eq!(pieces("中央预算内2,000万元，其余自筹"), ["中央预算内2,000万元", "其余自筹"]);
        assert_eq!(pieces("银行贷款（国开行、农发行）"), ["银行贷款（国开行、农发行）"]);
        assert_eq!(pieces("银行+担保公司+政府增信+建档立卡户贷款").len(), 1);
    }
}
