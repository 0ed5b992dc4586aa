//! Imports of ledgers: what becomes of a file, and what is to be done about each of its rows.

use crate::word::words;

words! {
    /// What has become of an import.
    ImportState {
        /// The file is being read.
        Reading = "reading", "读取中", "Reading";
        /// There is a preview.
        Ready = "ready", "待确认", "Ready";
        /// It is being carried out.
        Committing = "committing", "导入中", "Being carried out";
        /// It is carried out.
        Done = "done", "已导入", "Done";
        /// It is taken back.
        Undone = "undone", "已撤销", "Taken back";
        /// The file could not be read.
        Failed = "failed", "读取失败", "Failed";
    }
}

words! {
    /// What is to be done about a row.
    RowKind {
        /// A project that the registry does not have.
        New = "new", "新增", "New";
        /// A project whose facts or funding change.
        Changed = "changed", "变更", "Changed";
        /// A project that is as the row has it.
        Unchanged = "unchanged", "无变化", "Unchanged";
        /// Perhaps a project that the registry has: somebody chooses.
        Duplicate = "duplicate", "疑似重复", "Likely duplicate";
        /// A row that is not in order.
        Error = "error", "有误", "Error";
        /// A row that is left out.
        LeftOut = "left_out", "不导入", "Left out";
    }
}

words! {
    /// By what a row found its project.
    MatchedBy {
        /// The project code.
        Code = "code", "项目代码", "Project code";
        /// The registry number.
        RegistryNumber = "registry_number", "项目编号", "Registry number";
        /// The name within the region.
        Name = "name", "同一地区内的名称", "Name within the region";
        /// The user's choice.
        Choice = "choice", "人工选择", "Chosen";
    }
}
