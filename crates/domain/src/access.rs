//! Who may see and do what (domain rules, part 1). Only an [`Actor`] makes a [`Permit`], and
//! nothing is written without one.

mod actor;
mod scope;

pub use actor::{Actor, Denied, DeniedBecause, Drafts, Permit, Sight};
pub use scope::{Reach, Scope};

use crate::word::words;

/// The longest name of an account, in characters.
pub const LONGEST_NAME: usize = 64;

words! {
    /// What an account is for.
    Role {
        /// 发展改革委
        Registrar = "registrar", "发展改革", "Development and reform";
        /// 财政局
        Finance = "finance", "财政", "Finance";
        /// 领导
        Leader = "leader", "领导", "Leadership";
        /// 填报单位
        Reporter = "reporter", "填报单位", "Reporter";
        /// 督查室
        Supervisor = "supervisor", "督查", "Supervision";
        /// 系统管理员
        Sysadmin = "sysadmin", "系统管理员", "System administrator";
        /// 安全管理员
        Secadmin = "secadmin", "安全管理员", "Security administrator";
        /// 审计员
        Auditor = "auditor", "审计员", "Auditor";
    }
}

words! {
    /// Everything that needs a permit or a right to read.
    Action {
        /// List, count and open projects.
        ReadProjects = "read_projects", "查看项目", "Read projects";
        /// Register a project.
        RegisterProject = "register_project", "登记项目", "Register a project";
        /// Place a project directly at a later stage.
        PlaceProject = "place_project", "按现状登记项目", "Place a project at its stage";
        /// Import projects as drafts.
        ImportProjects = "import_projects", "导入项目", "Import projects";
        /// Change facts and preliminary matters.
        ChangeFacts = "change_facts", "修改项目信息", "Change facts";
        /// Submit a filing.
        SubmitFiling = "submit_filing", "提交填报", "Submit a filing";
        /// Accept or return a filing.
        ReviewFiling = "review_filing", "审核填报", "Review a filing";
        /// Move a project to another stage, or confirm an inferred one.
        MoveStage = "move_stage", "变更阶段", "Move a stage";
        /// Step back, or correct a move.
        CorrectStage = "correct_stage", "更正阶段", "Correct a stage";
        /// Tag, change and remove funding.
        TagFunding = "tag_funding", "标注资金", "Tag funding";
        /// Sign in, change one's own password, keep views of one's own.
        UseDesk = "use_desk", "使用工作台", "Use the desk";
        /// Keep accounts and their tokens.
        KeepAccounts = "keep_accounts", "管理账号", "Keep accounts";
        /// Confirm or merge departments that came in with imports.
        KeepDepartments = "keep_departments", "核实部门", "Verify departments";
        /// Give roles and scopes.
        GiveRoles = "give_roles", "授予角色", "Give roles and scopes";
        /// Read and verify the trail.
        ReadTrail = "read_trail", "查看审计记录", "Read the audit trail";
        /// Read the figures of the running program.
        ReadMetrics = "read_metrics", "查看运行指标", "Read metrics";
        /// Load the code lists and the document of the seeds.
        LoadSeeds = "load_seeds", "载入基础数据", "Load the seeds";
        /// Write a checkpoint of the trail.
        WriteCheckpoint = "write_checkpoint", "生成审计检查点", "Write a checkpoint";
    }
}

/// What a role may do, before scope: the one table of rights.
pub fn allows(role: Role, action: Action) -> bool {
    use Action::*;
    match action {
        ReadProjects => matches!(
            role,
            Role::Registrar | Role::Finance | Role::Leader | Role::Reporter | Role::Supervisor
        ),
        RegisterProject | ImportProjects | ChangeFacts | SubmitFiling => {
            matches!(role, Role::Registrar | Role::Reporter)
        }
        PlaceProject | ReviewFiling | MoveStage | CorrectStage => role == Role::Registrar,
        TagFunding => role == Role::Finance,
        // A department is what accounts have as their scope: whoever keeps the accounts keeps it, and
        // sees no more of the projects that name it than that.
        KeepAccounts | KeepDepartments | ReadMetrics => role == Role::Sysadmin,
        GiveRoles => role == Role::Secadmin,
        ReadTrail => role == Role::Auditor,
        // Whoever has an account has a desk; nothing of the registry is reached by that alone.
        UseDesk => true,
        LoadSeeds | WriteCheckpoint => false,
    }
}

/// What the person at the machine may do: set up and keep the program, never business.
fn is_operators(action: Action) -> bool {
    matches!(
        action,
        Action::LoadSeeds
            | Action::PlaceProject
            | Action::KeepAccounts
            | Action::GiveRoles
            | Action::ReadTrail
            | Action::WriteCheckpoint
    )
}
