//! The key by which the registry signs its checkpoints: a file in the data folder, readable by its
//! owner alone. It is not in the database, so that whoever alters the one cannot sign for it.

use crate::config::Settings;
use crate::secret;
use shortboard_store::SigningKey;
use std::io::Write;
use std::path::PathBuf;

fn path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("signing.key")
}

/// The key; `None` when the registry has none yet.
///
/// # Errors
/// When the file cannot be read or holds no key.
pub fn load(settings: &Settings) -> anyhow::Result<Option<SigningKey>> {
    let path = path(settings);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| anyhow::anyhow!("{} holds no key", path.display()))?;
    Ok(Some(SigningKey::from_bytes(&bytes)))
}

/// The key, made on the first start.
///
/// # Errors
/// When the file cannot be read or written.
pub fn load_or_make(settings: &Settings) -> anyhow::Result<SigningKey> {
    if let Some(key) = load(settings)? {
        return Ok(key);
    }
    let path = path(settings);
    let key = SigningKey::from_bytes(&secret::key()?);
    let at = |error: std::io::Error| anyhow::anyhow!("{}: {error}", path.display());
    std::fs::create_dir_all(&settings.data_dir).map_err(at)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(at)?;
    writeln!(file, "{}", hex::encode(key.as_bytes())).and_then(|()| file.sync_all()).map_err(at)?;
    Ok(key)
}
