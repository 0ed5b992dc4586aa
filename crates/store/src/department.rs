//! Departments that came in with imports: an administrator confirms them, or merges them with those
//! that they are.

use crate::error::StoreError;
use crate::row::code_entry;
use crate::time::{self, NEVER};
use crate::tx::Tx;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use shortboard_domain::access::Action;
use shortboard_domain::code::DepartmentCode;
use shortboard_domain::codelist::{CodeEntry, ListName};
use shortboard_domain::facts::Facts;
use shortboard_domain::lang::Label;

impl Tx {
    /// Confirms an unverified department, by a better name where one is given: the one it came in
    /// with then is an alias, and the projects that name it read the better one from today on.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when no such department waits, [`StoreError::WrongPermit`],
    /// [`StoreError::Denied`], [`StoreError::Database`]
    pub async fn confirm_department(
        &mut self,
        code: &str,
        name: Option<String>,
    ) -> Result<CodeEntry, StoreError> {
        let mut entry = self.unverified_department(code)?;
        entry.details.unverified = false;
        let old = entry.label.zh.clone();
        let name = name.filter(|name| *name != old);
        if let Some(name) = &name {
            entry.aliases.push(old);
            entry.label = Label { zh: name.clone(), en: name.clone() };
        }
        self.restate_department(&entry).await?;
        if name.is_some() {
            let today = self.today();
            self.relabel(&[code.to_owned()], today).await?;
        }
        Ok(entry)
    }

    /// Merges an unverified department into another one: its names are that one's from now on, and
    /// the projects that name it are restated as of today. What they read before stays known.
    ///
    /// # Errors
    /// As [`Tx::confirm_department`]; [`StoreError::Refused`] when a project is locked for review
    pub async fn merge_department(
        &mut self,
        code: &str,
        into: &DepartmentCode,
    ) -> Result<CodeEntry, StoreError> {
        let mut entry = self.unverified_department(code)?;
        entry.successor = Some(into.to_string());
        entry.valid_to = Some(self.today());
        let from = DepartmentCode::new(code);
        for id in self.projects_naming(&[code.to_owned()]).await? {
            self.change(id, None, |history, _, setting| {
                history.change_facts(setting.today, |facts| Ok(renamed(facts, &from, into)))
            })
            .await?;
        }
        self.restate_department(&entry).await?;
        Ok(entry)
    }

    fn unverified_department(&self, code: &str) -> Result<CodeEntry, StoreError> {
        self.require(&[Action::KeepDepartments])?;
        let found = self.lists.unverified().find(|entry| entry.code == code);
        found.cloned().ok_or(StoreError::Missing)
    }

    /// Puts another entry in the place of the newest one of its code.
    async fn restate_department(&mut self, entry: &CodeEntry) -> Result<(), StoreError> {
        let list = ListName::Departments.as_str();
        let old = code_entry::Entity::find()
            .filter(code_entry::Column::List.eq(list))
            .filter(code_entry::Column::Code.eq(&entry.code))
            .filter(code_entry::Column::RecordedTo.eq(NEVER))
            .one(&*self.db)
            .await?
            .ok_or(StoreError::Missing)?;
        let now = time::micros(self.now());
        let new = code_entry::Model {
            recorded_from: now,
            entry: serde_json::to_string(entry).unwrap_or_default(),
            ..old.clone()
        };
        let mut old = old.into_active_model();
        old.recorded_to = sea_orm::ActiveValue::Set(now);
        old.update(&*self.db).await?;
        code_entry::Entity::insert(new.into_active_model().reset_all())
            .exec_without_returning(&*self.db)
            .await?;
        self.record_registry("set_code_list", list, &[entry]).await?;
        self.refresh_lists().await
    }
}

/// The facts with one department in the place of another.
fn renamed(facts: &Facts, from: &DepartmentCode, into: &DepartmentCode) -> Facts {
    let mut newer = facts.clone();
    let named = |code: &DepartmentCode| if code == from { into.clone() } else { code.clone() };
    newer.departments = Vec::new();
    for code in facts.departments.iter().map(named) {
        if !newer.departments.contains(&code) {
            newer.departments.push(code);
        }
    }
    newer.lead_department = facts.lead_department.as_ref().map(named);
    newer
}
