//! People who sign in: accounts whose passwords a test knows, made up anew in each run.

use crate::support::Registry;

/// Adds an account; its password need not be changed.
pub fn account(registry: &Registry, name: &str, role: &str, scope: &str) -> String {
    let scoped = ["account", "add", name, "--role", role, "--scope", scope, "--password-stdin"];
    with_password(registry, &scoped)
}

/// A new password for an account that is there; it need not be changed.
pub fn password(registry: &Registry, name: &str) -> String {
    with_password(registry, &["account", "reset", name, "--password-stdin"])
}

fn with_password(registry: &Registry, args: &[&str]) -> String {
    let password: String = std::iter::repeat_with(fastrand::alphanumeric).take(20).collect();
    let done = registry.run_with_input(args, &format!("{password}\n"));
    assert_eq!(done.code, 0, "{}", done.stderr);
    password
}
