//! Where the workspace lies, and how its tools are run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The checkout that holds the current folder.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The nearest folder at or above the current one that holds `xtask/Cargo.toml`.
    pub fn find() -> Result<Self, String> {
        let here = std::env::current_dir()
            .map_err(|error| format!("The current folder cannot be read: {error}."))?;
        here.ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| format!("{} is not inside the workspace.", here.display()))
    }

    /// A file or folder of the workspace.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A program to be run at the workspace's root.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs this program, with these arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(arguments);
        command
    }

    /// Whether cargo knows this subcommand, which a toolchain may lack (`fmt`, `clippy`).
    pub fn cargo_has(&self, subcommand: &str) -> bool {
        output(&mut self.cargo(&[subcommand, "--version"])).is_ok()
    }

    /// Builds the program as `cargo run` does, and tells where it is.
    pub fn build_program(&self) -> Result<PathBuf, String> {
        run(&mut self.cargo(&["build", "--locked", "-p", "shortboard"]))?;
        self.built("debug")
    }

    /// Builds the program as it is released, and tells where it is.
    pub fn build_release(&self) -> Result<PathBuf, String> {
        run(&mut self.cargo(&["build", "--release", "--locked", "-p", "shortboard"]))?;
        self.built("release")
    }

    fn built(&self, profile: &str) -> Result<PathBuf, String> {
        let name = format!("shortboard{}", std::env::consts::EXE_SUFFIX);
        Ok(self.target_folder()?.join(profile).join(name))
    }

    /// Where cargo builds.
    pub fn target_folder(&self) -> Result<PathBuf, String> {
        let arguments = ["metadata", "--locked", "--no-deps", "--format-version", "1"];
        let metadata = output(&mut self.cargo(&arguments))?;
        json_string(&metadata, "target_directory")
            .map(PathBuf::from)
            .ok_or_else(|| "`cargo metadata` does not tell the target folder.".into())
    }
}

/// Runs a command to its end; what it prints is seen.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(ended(command, status)) }
}

/// Runs a command to its end and returns what it prints; the error holds what it complained of.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} {}", ended(command, output.status), complaint.trim()));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("`{}` printed what is not UTF-8.", line(command)))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}.", line(command))
}

fn ended(command: &Command, status: std::process::ExitStatus) -> String {
    format!("`{}` ended with {status}.", line(command))
}

/// The command as somebody would type it, near enough to be recognised.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

/// The first string of this name in a JSON text that `cargo metadata` wrote.
fn json_string(json: &str, name: &str) -> Option<String> {
    let start = json.split_once(&format!("\"{name}\":\""))?.1;
    let mut value = String::new();
    let mut letters = start.chars();
    loop {
        match letters.next()? {
            '"' => return Some(value),
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings_are_unescaped() {
        let json = r#"{"a":[1],"target_directory":"C:\\a \"b\"","b":1}"#;
        assert_eq!(json_string(json, "target_directory").as_deref(), Some(r#"C:\a "b""#));
        assert_eq!(json_string(json, "b"), None);
        assert_eq!(json_string(r#"{"a":"never closed"#, "a"), None);
    }

    #[test]
    fn a_failed_command_is_told_in_a_sentence() {
        let sentence = run(Command::new("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(sentence, "`sh -c exit 3` ended with exit status: 3.");
        assert!(run(&mut Command::new("no-such-program")).unwrap_err().contains("not be started"));
        let sentence = output(Command::new("sh").args(["-c", "echo no >&2; false"])).unwrap_err();
        assert!(sentence.ends_with(" no"), "{sentence}");
    }
}
