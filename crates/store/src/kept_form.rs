//! Forms that are not finished: what somebody has typed and the registry cannot take yet. They are
//! their account's alone and no part of the registry.

use crate::error::StoreError;
use crate::row::kept_form as row;
use crate::time;
use crate::tx::Tx;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shortboard_domain::access::Action;

/// A form that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptForm {
    /// Its number.
    pub id: i64,
    /// What it is about: `new`, or a project's number.
    pub subject: String,
    /// Its fields, as a form sends them.
    pub fields: String,
    /// When it was kept.
    pub kept_at: Timestamp,
}

/// How many forms an account may leave unfinished: the oldest go first.
const MOST: u64 = 100;

fn kept(row: row::Model) -> Result<KeptForm, StoreError> {
    let kept_at = time::timestamp(row.kept_at, "kept_form.kept_at")?;
    Ok(KeptForm { id: row.id, subject: row.subject, fields: row.fields, kept_at })
}

impl crate::Store {
    /// The unfinished forms of an account, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn kept_forms(&self, account_id: i64) -> Result<Vec<KeptForm>, StoreError> {
        let rows = row::Entity::find()
            .filter(row::Column::AccountId.eq(account_id))
            .order_by_desc(row::Column::KeptAt)
            .limit(MOST)
            .all(self.reader())
            .await?;
        rows.into_iter().map(kept).collect()
    }

    /// An unfinished form of an account.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn kept_form(
        &self,
        account_id: i64,
        id: i64,
    ) -> Result<Option<KeptForm>, StoreError> {
        let row = row::Entity::find_by_id(id).filter(row::Column::AccountId.eq(account_id));
        row.one(self.reader()).await?.map(kept).transpose()
    }
}

impl Tx {
    /// Keeps an unfinished form of the writer's, in place of an earlier one; answers its number.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn keep_form(
        &mut self,
        id: Option<i64>,
        subject: &str,
        fields: &str,
    ) -> Result<i64, StoreError> {
        self.require(&[Action::UseDesk])?;
        let account_id = self.own_id().await?;
        let mine = row::Column::AccountId.eq(account_id);
        let now = time::micros(self.now());
        if let Some(id) = id {
            let again = row::Entity::update_many()
                .col_expr(row::Column::Fields, Expr::val(fields))
                .col_expr(row::Column::KeptAt, Expr::val(now))
                .filter(row::Column::Id.eq(id))
                .filter(row::Column::Subject.eq(subject))
                .filter(mine.clone());
            if again.exec(&*self.db).await?.rows_affected == 1 {
                return Ok(id);
            }
        }
        let row = row::ActiveModel {
            account_id: Set(account_id),
            subject: Set(subject.to_owned()),
            fields: Set(fields.to_owned()),
            kept_at: Set(now),
            ..Default::default()
        };
        let id = row::Entity::insert(row).exec(&*self.db).await?.last_insert_id;
        let old: Vec<i64> = row::Entity::find()
            .select_only()
            .column(row::Column::Id)
            .filter(mine)
            .order_by_desc(row::Column::Id)
            .offset(MOST)
            .limit(MOST)
            .into_tuple()
            .all(&*self.db)
            .await?;
        if !old.is_empty() {
            let old = row::Entity::delete_many().filter(row::Column::Id.is_in(old));
            old.exec(&*self.db).await?;
        }
        Ok(id)
    }

    /// Forgets an unfinished form of the writer's.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn forget_form(&mut self, id: i64) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let account_id = self.own_id().await?;
        row::Entity::delete_many()
            .filter(row::Column::Id.eq(id))
            .filter(row::Column::AccountId.eq(account_id))
            .exec(&*self.db)
            .await?;
        Ok(())
    }
}
