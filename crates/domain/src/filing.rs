//! The filing 填报 of a project: its own small state, apart from the stage.

use crate::word::words;

words! {
    /// Where a filing stands.
    Filing {
        /// Being filled in.
        Draft = "draft", "草稿", "Draft";
        /// Waiting for review; facts and stage are locked.
        Submitted = "submitted", "待审核", "Submitted";
        /// In the library 入库.
        Accepted = "accepted", "已入库", "Accepted";
        /// Sent back with a reason 退回.
        Returned = "returned", "已退回", "Returned";
    }
}

words! {
    /// What can be done with a filing.
    FilingAction {
        /// Hand it in.
        Submit = "submit", "提交", "Submit";
        /// Take it into the library.
        Accept = "accept", "入库", "Accept";
        /// Send it back.
        Return = "return", "退回", "Return";
    }
}

impl Filing {
    /// Whether it waits for its author rather than for a reviewer.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}
