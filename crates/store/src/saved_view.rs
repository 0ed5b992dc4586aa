//! Views of the list that accounts save for themselves: a name and the query it stands for.

use crate::error::StoreError;
use crate::row::{account, saved_view};
use crate::time;
use crate::tx::Tx;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use shortboard_domain::access::Action;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its number.
    pub id: i64,
    /// Its name, once an account.
    pub name: String,
    /// The query of the list, as in its address.
    pub query: String,
}

/// How many views an account may keep.
const MOST: usize = 100;

impl crate::Store {
    /// The views of an account, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn saved_views(&self, account_id: i64) -> Result<Vec<SavedView>, StoreError> {
        let rows = saved_view::Entity::find()
            .filter(saved_view::Column::AccountId.eq(account_id))
            .order_by_asc(saved_view::Column::Name)
            .all(self.reader())
            .await?;
        let view =
            |row: saved_view::Model| SavedView { id: row.id, name: row.name, query: row.query };
        Ok(rows.into_iter().map(view).collect())
    }
}

impl Tx {
    /// Saves a view of the writer's own; one of the same name is replaced.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] when there are a hundred already, [`StoreError::WrongPermit`],
    /// [`StoreError::Database`]
    pub async fn save_view(&mut self, name: &str, query: &str) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let account_id = self.own_id().await?;
        let mine = saved_view::Column::AccountId.eq(account_id);
        saved_view::Entity::delete_many()
            .filter(mine.clone())
            .filter(saved_view::Column::Name.eq(name))
            .exec(&*self.db)
            .await?;
        if saved_view::Entity::find().filter(mine).all(&*self.db).await?.len() >= MOST {
            return Err(StoreError::NameTaken);
        }
        let row = saved_view::ActiveModel {
            account_id: Set(account_id),
            name: Set(name.to_owned()),
            query: Set(query.to_owned()),
            created_at: Set(time::micros(self.now())),
            ..Default::default()
        };
        saved_view::Entity::insert(row).exec_without_returning(&*self.db).await?;
        Ok(())
    }

    /// Removes a view of the writer's own.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn remove_view(&mut self, id: i64) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let account_id = self.own_id().await?;
        let removed = saved_view::Entity::delete_many()
            .filter(saved_view::Column::Id.eq(id))
            .filter(saved_view::Column::AccountId.eq(account_id))
            .exec(&*self.db)
            .await?;
        if removed.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// The number of the account that writes.
    pub(crate) async fn own_id(&self) -> Result<i64, StoreError> {
        let row = account::Entity::find()
            .filter(account::Column::Name.eq(self.actor()))
            .one(&*self.db)
            .await?;
        Ok(row.ok_or(StoreError::Missing)?.id)
    }
}
