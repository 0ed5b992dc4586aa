//! `account`: add, list, disable and reset accounts.

use crate::account;
use crate::cli::AccountCommand;
use crate::config::Settings;
use crate::secret;
use shortboard_domain::access::{Role, Scope};
use shortboard_domain::lang::Lang;
use shortboard_store::account::NewAccount;
use shortboard_store::{Store, StoreError};
use std::io::BufRead;
use std::process::ExitCode;

/// The accounts a new registry begins with: one a kind of work, and a second registrar, since a
/// filing is reviewed by another than the one who submitted it.
const FIRST: [(&str, Role); 7] = [
    ("registrar", Role::Registrar),
    ("reviewer", Role::Registrar),
    ("finance", Role::Finance),
    ("leader", Role::Leader),
    ("sysadmin", Role::Sysadmin),
    ("secadmin", Role::Secadmin),
    ("auditor", Role::Auditor),
];

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: AccountCommand) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    match command {
        AccountCommand::Add { name, role, scope, password_stdin } => {
            let role: Role = role.parse().map_err(sentence)?;
            let scope = Scope::parse(&scope, &store.lists()).map_err(sentence)?;
            check_name(&name)?;
            let (password, generated) = new_password(password_stdin)?;
            add(&store, &name, role, scope, &password, generated).await?;
            if generated {
                println!("{name}: the first password is {password}, to be changed at sign-in");
            }
        }
        AccountCommand::List => {
            for account in store.accounts().await? {
                let state = if account.disabled_at.is_some() { "disabled" } else { "enabled" };
                println!("{}\t{}\t{}\t{state}", account.name, account.role, account.scope);
            }
        }
        AccountCommand::Disable { name } => {
            let disabled = account::disable(&store, account::operators_leave()?, &name);
            named(disabled.await, &name)?;
        }
        AccountCommand::Reset { name, password_stdin } => {
            let (password, generated) = new_password(password_stdin)?;
            let secret = (account::hash(password.clone()).await?, generated);
            let reset = account::reset(&store, account::operators_leave()?, &name, secret);
            named(reset.await, &name)?;
            if generated {
                println!("{name}: the new password is {password}, to be changed at sign-in");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the first accounts and says, once, how to sign in.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn first_accounts(store: &Store) -> anyhow::Result<()> {
    println!("The first accounts; these passwords are shown once:");
    for (name, role) in FIRST {
        let password = secret::password()?;
        add(store, name, role, Scope::City, &password, true).await?;
        println!("  {name:<10} {password}  {}", role.label(Lang::Zh));
    }
    println!("For the API, issue a token: shortboard token issue registrar");
    Ok(())
}

async fn add(
    store: &Store,
    name: &str,
    role: Role,
    scope: Scope,
    password: &str,
    must_change_password: bool,
) -> anyhow::Result<()> {
    let password_hash = account::hash(password.to_owned()).await?;
    let new = NewAccount {
        name: name.to_owned(),
        role,
        scope,
        password_hash,
        must_change_password,
        role_given: true,
    };
    let added = account::add(store, account::operators_leave()?, new);
    match added.await {
        Err(StoreError::NameTaken) => anyhow::bail!("there is an account {name} already"),
        added => Ok(added?),
    }
}

/// The password, and whether it was made up here.
fn new_password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((secret::password()?, true));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < account::SHORTEST_PASSWORD {
        anyhow::bail!("a password has at least 10 characters");
    }
    Ok((password, false))
}

fn check_name(name: &str) -> anyhow::Result<()> {
    if !account::is_sound_name(name) {
        anyhow::bail!("{name:?} is no name for an account: 1 to 64 characters without blanks");
    }
    Ok(())
}

fn named<T>(outcome: Result<T, StoreError>, name: &str) -> anyhow::Result<T> {
    match outcome {
        Err(StoreError::Missing) => anyhow::bail!("there is no account {name}"),
        outcome => Ok(outcome?),
    }
}

fn sentence(why: shortboard_domain::fault::Why) -> anyhow::Error {
    anyhow::Error::msg(why.message(Lang::En))
}
