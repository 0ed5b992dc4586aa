//! Words of the audit trail.

use super::Texts;

super::texts! {
    audit_title = "审计记录", "Audit trail";
    audit_intro = "每条记录的散列值包含前一条的散列值；改动、删除或插入任何一条都会使校验不通过。", "Each record's hash covers the hash of the record before it: altering, removing or inserting one is found by the verification.";
    audit_chain = "记录链", "Chain";
    audit_chain_hint = "registry 为系统记录，project:12 为编号12的项目", "registry, or project:12 for the project of number 12";
    audit_actor = "操作账号", "Account";
    audit_action = "操作", "Action";
    audit_registry = "系统", "Registry";
    audit_project = "项目", "Project";
    audit_time = "记录时间", "Recorded";
    audit_subject = "对象", "Subject";
    audit_effective = "生效日期", "In force from";
    audit_detail = "内容", "Content";
    audit_seq = "序号", "Number";
    audit_hash = "散列值", "Hash";
    audit_prev = "前一条散列值", "Hash before it";
    audit_none = "没有符合条件的记录。", "No record fits.";
    audit_caption = "审计记录，最近的在前", "Records, the newest first";
    audit_verify = "校验全部记录", "Verify the trail";
    audit_verify_title = "校验结果", "Verification";
    audit_holds = "校验通过：记录链完整，未发现改动。", "The trail holds: nothing was altered.";
    audit_fails = "校验不通过。", "The trail does not hold.";
    audit_chains = "记录链", "Chains";
    audit_records = "记录", "Records";
    audit_versions = "项目版本", "Versions";
    audit_first_breach = "第一处不符：", "The first that does not hold: ";
    audit_tail = "末尾被截断的记录须与检查点比对才能发现：由运维人员运行 shortboard audit verify --checkpoint。", "A tail that was cut off is found by comparing with a checkpoint: shortboard audit verify --checkpoint on the machine.";
    audit_back = "返回审计记录", "Back to the trail";
}

/// What can be recorded, in the order in which it is offered.
pub const ACTIONS: [(&str, &str, &str); 25] = [
    ("register", "登记项目", "Register a project"),
    ("change_facts", "修改项目信息", "Change facts"),
    ("submit", "提交填报", "Submit a filing"),
    ("accept", "审核入库", "Accept a filing"),
    ("return", "退回填报", "Return a filing"),
    ("move", "变更阶段", "Move a stage"),
    ("correct_move", "更正阶段变更", "Correct a move"),
    ("confirm_stage", "确认阶段", "Confirm a stage"),
    ("set_matter", "更新前期要件", "Set a preliminary matter"),
    ("add_funding", "添加资金来源", "Add a source"),
    ("change_funding", "修改资金来源", "Change a source"),
    ("remove_funding", "删除资金来源", "Remove a source"),
    ("relabel", "更新名称", "Relabel"),
    ("sign_in", "登录", "Sign in"),
    ("sign_out", "退出", "Sign out"),
    ("change_password", "修改本人密码", "Change one's password"),
    ("add_account", "建立账号", "Add an account"),
    ("reset_account", "重置账号", "Reset an account"),
    ("disable_account", "停用账号", "Disable an account"),
    ("give_role", "授予角色", "Give a role"),
    ("issue_token", "发放令牌", "Issue a token"),
    ("revoke_token", "吊销令牌", "Revoke a token"),
    ("set_code_list", "更新代码表", "Set a code list"),
    ("add_document", "载入文件", "Add a document"),
    ("write_checkpoint", "生成检查点", "Write a checkpoint"),
];

impl Texts {
    /// What people read for an action of the trail; the word itself for one that is not known.
    pub fn audit_action_label(self, action: &str) -> String {
        let known = ACTIONS.iter().find(|(word, ..)| *word == action);
        known.map_or(action, |(_, zh, en)| self.pick(zh, en)).to_owned()
    }
}
