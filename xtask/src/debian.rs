//! Installing what a test needs from Debian's packages, where that may be done.

use std::path::Path;
use std::process::Command;

use crate::workspace::{output, run};

/// Whether this process runs as root.
pub fn is_root() -> bool {
    user_number("-u", None) == Some(0)
}

/// The user and group numbers of an account, if there is one of that name.
pub fn account(name: &str) -> Option<(u32, u32)> {
    Some((user_number("-u", Some(name))?, user_number("-g", Some(name))?))
}

/// Installs packages with apt-get. The error says why they could not be.
pub fn install(packages: &[&str]) -> Result<(), String> {
    if output(Command::new("apt-get").arg("--version")).is_err() {
        return Err("there is no apt-get to install it with".into());
    }
    if !is_root() {
        let packages = packages.join(" ");
        return Err(format!("only root may install it (`apt-get install {packages}`)"));
    }
    println!("Installing with apt-get: {}", packages.join(" "));
    run(apt_get().arg("update"))?;
    run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

/// Installs PostgreSQL's server without the cluster that Debian's package would make and start.
pub fn install_postgresql() -> Result<(), String> {
    if !is_root() {
        return install(&["postgresql"]);
    }
    let folder = Path::new("/etc/postgresql-common/createcluster.d");
    let setting = folder.join("no-main-cluster.conf");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&setting, "create_main_cluster = false\n"))
        .map_err(|error| format!("{} could not be written: {error}", setting.display()))?;
    let installed = install(&["postgresql"]);
    // The setting was for this installation only: what the machine's owner installs later is theirs.
    let removed = std::fs::remove_file(&setting);
    installed?;
    removed.map_err(|error| format!("{} could not be removed: {error}", setting.display()))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]);
    command
}

fn user_number(option: &str, name: Option<&str>) -> Option<u32> {
    output(Command::new("id").arg(option).args(name)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_looked_up_by_name() {
        assert_eq!(account("root"), Some((0, 0)));
        assert_eq!(account("no-such-account"), None);
    }
}
