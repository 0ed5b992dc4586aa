//! The command line.

use crate::sheet::file::Format;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The registry in which a city keeps the projects that remedy its weak spots 补短板项目库.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do; `serve` by default.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The database: sqlite://PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE", env = "SHORTBOARD_CONFIG")]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the registry; on an empty database, set it up first.
    Serve(Serve),
    /// Bring a database to this version, or say where it stands.
    Migrate {
        /// `up` brings it to this version, `status` says where it stands.
        #[arg(value_enum, default_value_t = MigrateWhat::Up)]
        what: MigrateWhat,
    },
    /// Load the seeds: code lists, the document, its projects and targets.
    Seed(SeedArgs),
    /// Keep accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Keep API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Verify the audit trail, write checkpoints.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copy the registry to a file while it runs.
    Backup {
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Put a backup into an empty database.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Import a ledger into the registry, or take an import back.
    Import(ImportArgs),
    /// Check the database against the rules.
    Check,
    /// Write papers.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Write the list of projects to a file.
    Export(Box<ExportArgs>),
    /// Print the statements that a request runs, and how the database goes about them.
    Explain {
        /// Path and query, such as '/api/v1/projects?stage=reserve'.
        path: String,
        /// The account that asks.
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: String,
    },
    /// Read ledgers without a database.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
}

/// How to serve.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// Where to listen; 127.0.0.1:8080 by default.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The folder of the database and the signing key; `data` by default.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Seeds of another city than the one compiled in.
    #[arg(long, value_name = "DIR", conflicts_with = "no_seed")]
    pub seeds: Option<PathBuf>,
    /// Start empty: no code lists, no projects.
    #[arg(long)]
    pub no_seed: bool,
}

/// Where a database is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MigrateWhat {
    /// Say where it stands.
    Status,
    /// Bring it to this version.
    Up,
}

/// What to load.
#[derive(Debug, Clone, Args)]
pub struct SeedArgs {
    /// Also this many made-up projects, marked as such.
    #[arg(long, value_name = "N")]
    pub demo: Option<u32>,
    /// The same number makes the same projects.
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub random_seed: u64,
    /// Seeds of another city than the one compiled in.
    #[arg(long, value_name = "DIR")]
    pub seeds: Option<PathBuf>,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account.
    Add {
        /// Its name.
        name: String,
        /// Its role: registrar, finance, leader, reporter, supervisor, sysadmin, secadmin, auditor.
        #[arg(long)]
        role: String,
        /// Its scope: city, region:CODE, department:CODE or group:CODE.
        #[arg(long, default_value = "city")]
        scope: String,
        /// Take the password from the first line of the standard input; it need not be changed.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the accounts.
    List,
    /// Disable an account and what its tokens open.
    Disable {
        /// Its name.
        name: String,
    },
    /// Give an account a new password, and enable it.
    Reset {
        /// Its name.
        name: String,
        /// Take the password from the first line of the standard input; it need not be changed.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Issue a token for an account and print it, once.
    Issue {
        /// The account.
        account: String,
        /// How many days it opens.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// List the tokens.
    List,
    /// Revoke a token.
    Revoke {
        /// Its number.
        id: i64,
    },
}

/// What to do with the trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check the whole trail; name the first record that does not hold.
    Verify {
        /// A checkpoint written earlier.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The public key the checkpoint must be signed with, where the registry's own is not at hand.
        #[arg(long, value_name = "HEX", requires = "checkpoint")]
        public_key: Option<String>,
    },
    /// Write a signed checkpoint, to be kept elsewhere.
    Checkpoint {
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// What to export: the filters of the API, by their names.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The form of the file.
    #[arg(long, value_enum)]
    pub format: Format,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// The account that sees what is listed; without it all there is, drafts too.
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The language of headings and names: zh or en.
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    pub lang: String,
    /// Stages, a comma list of codes or names.
    #[arg(long)]
    pub stage: Option<String>,
    /// States of the filing: draft, submitted, accepted, returned.
    #[arg(long)]
    pub filing: Option<String>,
    /// Task areas.
    #[arg(long)]
    pub area: Option<String>,
    /// Regions where projects count.
    #[arg(long)]
    pub region: Option<String>,
    /// Owning groups.
    #[arg(long)]
    pub group: Option<String>,
    /// Departments, any of which is named.
    #[arg(long)]
    pub department: Option<String>,
    /// Channels, any of which is a source.
    #[arg(long)]
    pub channel: Option<String>,
    /// Lights of the monthly progress.
    #[arg(long)]
    pub light: Option<String>,
    /// Words in name, owner unit, code or registry number.
    #[arg(long)]
    pub q: Option<String>,
    /// Least total investment, yuan.
    #[arg(long, alias = "min_investment")]
    pub min_investment: Option<String>,
    /// Most total investment, yuan.
    #[arg(long, alias = "max_investment")]
    pub max_investment: Option<String>,
    /// Years in which building began or is planned to.
    #[arg(long, alias = "start_year")]
    pub start_year: Option<String>,
    /// Accounts that registered them.
    #[arg(long)]
    pub author: Option<String>,
    /// The day on which they stood, accepted, at the same stage already, YYYY-MM-DD.
    #[arg(long, alias = "stayed_since")]
    pub stayed_since: Option<String>,
    /// What waits to be done about them.
    #[arg(long)]
    pub need: Option<String>,
    /// As they stood on that day, YYYY-MM-DD.
    #[arg(long, alias = "as_of")]
    pub as_of: Option<String>,
    /// As they were recorded by that time, or by the end of that day.
    #[arg(long, alias = "known_at")]
    pub known_at: Option<String>,
    /// The order, as in the API; -total_investment by default.
    #[arg(long, allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// The columns, a comma list; all that a ledger needs by default.
    #[arg(long)]
    pub columns: Option<String>,
    /// A sheet for each region or each stage, behind a summary: region or stage.
    #[arg(long)]
    pub sheets: Option<String>,
}

/// What to do with ledgers.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Print what a ledger is understood to say.
    Read {
        /// The ledger: .xlsx, .xls, .csv, or HTML saved as .xls.
        file: PathBuf,
        /// Print all of it, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read a ledger for another process of this program.
    #[command(hide = true)]
    Parse {
        /// The ledger.
        file: PathBuf,
        /// What its file is called.
        #[arg(long, allow_hyphen_values = true)]
        name: String,
    },
}
/// Which paper to write.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// The briefing of the projects as they stand on a day.
    Briefing {
        /// Its day, YYYY-MM-DD; today by default.
        #[arg(long, value_name = "DAY")]
        as_of: Option<String>,
        /// The earlier day that it is compared with.
        #[arg(long, value_name = "DAY")]
        since: Option<String>,
        /// As a Word document or as a page.
        #[arg(long, value_enum)]
        format: PaperFormat,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// The account whose projects it tells of; all accepted ones by default.
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: Option<String>,
        /// Its language.
        #[arg(long, value_parser = ["zh", "en"], default_value = "zh")]
        lang: String,
        /// By what its table of projects is grouped: stage or area; none for no table.
        #[arg(long, value_name = "WORD")]
        annex: Option<String>,
        /// The office that issues it.
        #[arg(long, value_name = "NAME")]
        issuer: Option<String>,
    },
}

/// As what a paper is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PaperFormat {
    /// A Word document.
    Docx,
    /// A page.
    Html,
}

/// What to import, or which import to take back.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ImportArgs {
    /// What else than to import.
    #[command(subcommand)]
    pub command: Option<ImportCommand>,
    /// The ledger: .xlsx, .xls or .csv.
    #[arg(value_name = "FILE", required = true)]
    pub file: Option<PathBuf>,
    /// The account that imports: its rights and its scope count.
    #[arg(long = "as", value_name = "ACCOUNT", required = true)]
    pub account: Option<String>,
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The region of projects whose row tells none: code, name or alias.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Likewise the task area.
    #[arg(long, value_name = "AREA")]
    pub area: Option<String>,
    /// Likewise the responsible department.
    #[arg(long, value_name = "DEPARTMENT")]
    pub department: Option<String>,
    /// Leave rows with errors out instead of refusing the whole file.
    #[arg(long)]
    pub leave_out_errors: bool,
}

/// What to do with imports besides.
#[derive(Debug, Clone, Subcommand)]
pub enum ImportCommand {
    /// Take an import back, as long as nothing was changed since in the projects it touched.
    Undo {
        /// Its number.
        id: i64,
        /// The account that takes it back; by default the one that imported.
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: Option<String>,
    },
}
