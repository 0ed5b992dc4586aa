//! Accounts and their API tokens. Secrets come in as hashes alone.

use crate::error::StoreError;
use crate::row::{account, session, token};
use crate::time;
use crate::tx::Tx;
use crate::version::DataVersion;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde::Serialize;
use shortboard_domain::access::{Action, Actor, Denied, DeniedBecause, Role, Scope};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use utoipa::ToSchema;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its scope, as `city` or `region:210726`.
    pub scope: String,
    /// Whether it must change its password at the next sign-in.
    pub must_change_password: bool,
    /// When it was disabled, if it is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub disabled_at: Option<Timestamp>,
    /// Whether the security administrator has given it its role and scope.
    pub role_given: bool,
}

impl Account {
    /// Who acts when this account does; nobody before it has been given its role.
    pub fn actor(&self) -> Option<Actor> {
        if !self.role_given {
            return None;
        }
        let scope = Scope::from_stored(&self.scope)?;
        Some(Actor::account(self.name.clone(), self.role, scope))
    }
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its scope.
    pub scope: Scope,
    /// The hash of its password.
    pub password_hash: String,
    /// Whether the password must be changed at the first sign-in.
    pub must_change_password: bool,
    /// Whether role and scope are given; else the security administrator gives them.
    pub role_given: bool,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// The account it stands for.
    pub account: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// How many callers are known at a time.
const MOST_CALLERS: usize = 10_000;

/// The callers who have shown their token since the data last changed.
#[derive(Debug, Default)]
pub(crate) struct Callers(RwLock<Option<(DataVersion, HashMap<String, Known>)>>);

#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub account: Account,
    /// Until when it is known without looking again, microseconds since 1970.
    pub until: i64,
}

impl Callers {
    pub fn of(&self, hash: &str, version: &DataVersion) -> Option<Known> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (_, callers) = known.as_ref().filter(|(of, _)| of == version)?;
        callers.get(hash).cloned()
    }

    pub fn keep(&self, hash: &str, version: &DataVersion, caller: Known) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let fits = |(of, callers): &(DataVersion, HashMap<String, Known>)| {
            of == version && callers.len() < MOST_CALLERS
        };
        if !known.as_ref().is_some_and(fits) {
            *known = Some((version.clone(), HashMap::new()));
        }
        if let Some((_, callers)) = known.as_mut() {
            callers.insert(hash.to_owned(), caller);
        }
    }
}

pub(crate) fn account(row: account::Model) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.id,
        role: row.role.parse().map_err(|_| StoreError::inconsistent("account.role", &row.role))?,
        name: row.name,
        scope: row.scope,
        must_change_password: row.must_change_password,
        disabled_at: row
            .disabled_at
            .map(|time| time::timestamp(time, "account.disabled_at"))
            .transpose()?,
        role_given: row.role_given,
    })
}

fn token(row: token::Model, account: String) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.id,
        account,
        created_at: time::timestamp(row.created_at, "token.created_at")?,
        expires_at: time::timestamp(row.expires_at, "token.expires_at")?,
        revoked_at: row
            .revoked_at
            .map(|time| time::timestamp(time, "token.revoked_at"))
            .transpose()?,
    })
}

impl crate::Store {
    /// All accounts, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows =
            account::Entity::find().order_by_asc(account::Column::Name).all(self.reader()).await?;
        rows.into_iter().map(account).collect()
    }

    /// One account by its name.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let row = account::Entity::find()
            .filter(account::Column::Name.eq(name))
            .one(self.reader())
            .await?;
        row.map(account).transpose()
    }

    /// The account behind a token that is neither revoked nor past its end, unless the account is
    /// disabled; by the token's hash. While the data's version is the same as when it was found, it
    /// is not looked up again.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn account_of_token(
        &self,
        hash: &str,
        version: Option<&DataVersion>,
    ) -> Result<Option<Account>, StoreError> {
        let now = time::micros(self.now());
        if let Some(known) = version.and_then(|version| self.callers.of(hash, version)) {
            return Ok(Some(known.account).filter(|_| known.until > now));
        }
        let Some((token, Some(row))) = token::Entity::find()
            .find_also_related(account::Entity)
            .filter(token::Column::Hash.eq(hash))
            .filter(token::Column::RevokedAt.is_null())
            .filter(token::Column::ExpiresAt.gt(now))
            .filter(account::Column::DisabledAt.is_null())
            .one(self.reader())
            .await?
        else {
            return Ok(None);
        };
        let account = account(row)?;
        if let Some(version) = version {
            let known = Known { account: account.clone(), until: token.expires_at };
            self.callers.keep(hash, version, known);
        }
        Ok(Some(account))
    }

    /// All tokens, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let names: std::collections::HashMap<i64, String> =
            self.accounts().await?.into_iter().map(|account| (account.id, account.name)).collect();
        let rows =
            token::Entity::find().order_by_desc(token::Column::Id).all(self.reader()).await?;
        let name = |row: &token::Model| names.get(&row.account_id).cloned().unwrap_or_default();
        rows.into_iter()
            .map(|row| {
                let name = name(&row);
                token(row, name)
            })
            .collect()
    }
}

impl Tx {
    /// Adds an account.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_account(&mut self, new: NewAccount) -> Result<(), StoreError> {
        self.require(&[Action::KeepAccounts])?;
        let found = account::Entity::find()
            .filter(account::Column::Name.eq(&new.name))
            .one(&*self.db)
            .await?;
        if found.is_some() {
            return Err(StoreError::NameTaken);
        }
        let row = account::ActiveModel {
            name: Set(new.name.clone()),
            role: Set(new.role.as_str().to_owned()),
            scope: Set(new.scope.to_string()),
            password_hash: Set(Some(new.password_hash)),
            must_change_password: Set(new.must_change_password),
            role_given: Set(new.role_given),
            created_at: Set(time::micros(self.now())),
            ..Default::default()
        };
        account::Entity::insert(row).exec_without_returning(&*self.db).await?;
        let body = (new.role, new.scope.to_string(), new.role_given);
        self.record_registry("add_account", &new.name, &body).await
    }

    /// Disables an account and revokes its tokens: enabling it again does not bring them back.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Denied`] for the writer's own,
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn disable_account(&mut self, name: &str) -> Result<(), StoreError> {
        self.require(&[Action::KeepAccounts])?;
        self.not_own(name)?;
        let row = self.account_row(name).await?;
        let id = row.id;
        let mut row = row.into_active_model();
        row.disabled_at = Set(Some(time::micros(self.now())));
        row.update(&*self.db).await?;
        token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::val(time::micros(self.now())))
            .filter(token::Column::AccountId.eq(id))
            .filter(token::Column::RevokedAt.is_null())
            .exec(&*self.db)
            .await?;
        self.end_sessions_of(id).await?;
        self.record_registry("disable_account", name, &()).await
    }

    /// Gives an account another password and enables it again.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Denied`] for the writer's own,
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn reset_account(
        &mut self,
        name: &str,
        password_hash: String,
        must_change_password: bool,
    ) -> Result<(), StoreError> {
        self.require(&[Action::KeepAccounts])?;
        self.not_own(name)?;
        let row = self.account_row(name).await?;
        let id = row.id;
        let mut row = row.into_active_model();
        row.password_hash = Set(Some(password_hash));
        row.must_change_password = Set(must_change_password);
        row.disabled_at = Set(None);
        row.update(&*self.db).await?;
        self.end_sessions_of(id).await?;
        self.record_registry("reset_account", name, &()).await
    }

    /// Gives an account its role and scope.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Denied`] for the writer's own,
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn give_role(
        &mut self,
        name: &str,
        role: Role,
        scope: &Scope,
    ) -> Result<(), StoreError> {
        self.require(&[Action::GiveRoles])?;
        self.not_own(name)?;
        let mut row = self.account_row(name).await?.into_active_model();
        row.role = Set(role.as_str().to_owned());
        row.scope = Set(scope.to_string());
        row.role_given = Set(true);
        row.update(&*self.db).await?;
        self.record_registry("give_role", name, &(role, scope.to_string())).await
    }

    /// Refuses an account the change of itself.
    fn not_own(&self, name: &str) -> Result<(), StoreError> {
        if name != self.actor() {
            return Ok(());
        }
        let because = Some(DeniedBecause::OwnAccount);
        Err(Denied { actor: name.to_owned(), action: self.permit().action(), because }.into())
    }

    async fn end_sessions_of(&self, account_id: i64) -> Result<(), StoreError> {
        session::Entity::delete_many()
            .filter(session::Column::AccountId.eq(account_id))
            .exec(&*self.db)
            .await?;
        Ok(())
    }

    /// Issues a token for an account that is not disabled, by the token's hash; answers its number.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::AccountDisabled`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn issue_token(
        &mut self,
        account: &str,
        hash: String,
        expires_at: Timestamp,
    ) -> Result<i64, StoreError> {
        self.require(&[Action::KeepAccounts])?;
        let owner = self.account_row(account).await?;
        if owner.disabled_at.is_some() {
            return Err(StoreError::AccountDisabled);
        }
        let row = token::ActiveModel {
            account_id: Set(owner.id),
            hash: Set(hash),
            created_at: Set(time::micros(self.now())),
            expires_at: Set(time::micros(expires_at)),
            ..Default::default()
        };
        let id = token::Entity::insert(row).exec(&*self.db).await?.last_insert_id;
        self.record_registry("issue_token", account, &id).await?;
        Ok(id)
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn revoke_token(&mut self, id: i64) -> Result<(), StoreError> {
        self.require(&[Action::KeepAccounts])?;
        let row = token::Entity::find_by_id(id).one(&*self.db).await?;
        let mut row = row.ok_or(StoreError::Missing)?.into_active_model();
        row.revoked_at = Set(Some(time::micros(self.now())));
        row.update(&*self.db).await?;
        self.record_registry("revoke_token", &id.to_string(), &()).await
    }

    async fn account_row(&self, name: &str) -> Result<account::Model, StoreError> {
        let row =
            account::Entity::find().filter(account::Column::Name.eq(name)).one(&*self.db).await?;
        row.ok_or(StoreError::Missing)
    }
}
