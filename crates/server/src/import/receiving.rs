//! Files on their way in, from a form of the API or of a page, or from the command line: put down as
//! they come, measured and digested.

use crate::problem::Failure;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The largest file, bytes.
pub const LARGEST_FILE: u64 = 50 * 1024 * 1024;

/// The largest form with a file, bytes: some room for its other fields.
pub const LARGEST_FORM: usize = 51 * 1024 * 1024;

/// The longest name of a file that is kept, characters.
const LONGEST_NAME: usize = 200;

/// A file that came in.
#[derive(Debug)]
pub struct Received {
    /// Where it is, until dropped.
    pub path: tempfile::TempPath,
    /// Its name: the last part of what the sender calls it, without what no name has.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Its digest, in hexadecimal.
    pub sha256: String,
}

/// A file that is coming in.
pub struct Receiving {
    file: tempfile::NamedTempFile,
    name: String,
    size: u64,
    digest: Sha256,
}

impl Receiving {
    /// A file of a name, of which nothing has come yet.
    ///
    /// # Errors
    /// What the disk says.
    pub fn begin(called: &str) -> io::Result<Self> {
        let name = called.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        let name = if name.trim().is_empty() { "ledger".into() } else { name };
        let file = tempfile::NamedTempFile::new()?;
        Ok(Self { file, name, size: 0, digest: Sha256::new() })
    }

    /// Takes the next bytes; `false` when they are more than a file may have.
    ///
    /// # Errors
    /// What the disk says.
    pub fn take(&mut self, bytes: &[u8]) -> io::Result<bool> {
        self.size += bytes.len() as u64;
        if self.size > LARGEST_FILE {
            return Ok(false);
        }
        self.digest.update(bytes);
        self.file.write_all(bytes)?;
        Ok(true)
    }

    /// The file, all of which has come.
    ///
    /// # Errors
    /// What the disk says.
    pub fn end(mut self) -> io::Result<Received> {
        self.file.flush()?;
        Ok(Received {
            path: self.file.into_temp_path(),
            name: self.name,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: hex::encode(self.digest.finalize()),
        })
    }
}

/// Receives the file of a form's field.
///
/// # Errors
/// [`Failure::TooLarge`], [`Failure::NotAForm`], [`Failure::Internal`]
pub async fn field(mut field: Field<'_>) -> Result<Received, Failure> {
    let called = field.file_name().unwrap_or_default().to_owned();
    let mut receiving = Receiving::begin(&called).map_err(of_disk)?;
    while let Some(bytes) = field.chunk().await.map_err(of_form)? {
        if !receiving.take(&bytes).map_err(of_disk)? {
            return Err(Failure::TooLarge);
        }
    }
    receiving.end().map_err(of_disk)
}

/// What a form that does not read comes to.
pub fn of_form(error: MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        _ => Failure::NotAForm,
    }
}

fn of_disk(error: io::Error) -> Failure {
    tracing::error!(%error, "an upload could not be put down");
    Failure::Internal
}
