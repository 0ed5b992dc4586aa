//! Words of the desk.

super::texts! {
    desk_waiting = "待办", "What waits for you";
    desk_scope = "管辖范围", "Scope";
    desk_whole_city = "全市", "The whole city";
    desk_review = "待我审核", "To review";
    desk_review_hint = "已提交、等待入库或退回", "Submitted; accept or send back";
    desk_drafts = "我的草稿", "My drafts";
    desk_drafts_hint = "登记了还没提交", "Registered and not submitted";
    desk_returned = "退回我的", "Sent back to me";
    desk_returned_hint = "按退回原因修改后重新提交", "Mend and submit again";
    desk_sent = "已提交待审", "Submitted";
    desk_sent_hint = "等待市级审核", "Waiting for the review";
    desk_facts = "信息不全", "Facts missing";
    desk_facts_hint = "缺少所处阶段要求的信息", "What their stage asks for is blank";
    desk_confirm = "阶段待确认", "Stage to be confirmed";
    desk_confirm_hint = "阶段由文字推定，请核实", "Inferred from wording";
    desk_overdue = "已逾期", "Overdue";
    desk_overdue_hint = "计划开工或竣工时间已过", "The planned start or finish has passed";
    desk_stuck = "长期停滞", "Stuck";
    desk_stuck_hint = "同一阶段停留超过一年", "More than a year in one stage";
    desk_untagged = "未落实资金", "No funding source";
    desk_untagged_hint = "没有任何资金来源", "No source at all";
    desk_gap = "有资金缺口", "Funding gap";
    desk_gap_hint = "资金来源小于总投资", "Sources below the total";
    desk_excess = "资金超额", "Excess";
    desk_excess_hint = "资金来源大于总投资", "Sources above the total";
    desk_without_role = "待授予角色的账号", "Accounts without a role";
    desk_without_role_hint = "新建账号须授予角色和范围后才能使用", "A new account needs its role and scope";
    desk_departments_hint = "台账带来、名录里没有的单位", "Named by ledgers, in no list";
    desk_returned_list = "退回原因", "Why they were sent back";
    desk_unfinished = "未填完的表单", "Unfinished forms";
    desk_unfinished_name = "（未填名称）", "(no name yet)";
    desk_kept_on = "暂存于", "kept on";
    desk_recent = "最近更新的项目", "Changed last";
    desk_ways = "常用", "Begin here";
}
