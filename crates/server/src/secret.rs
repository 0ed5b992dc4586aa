//! Secrets: passwords and tokens made at random, kept as hashes alone.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Letters and digits that are not mistaken for one another when read aloud or typed off paper.
const READABLE: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";

/// Something went wrong with making or hashing a secret.
#[derive(Debug, thiserror::Error)]
#[error("no secret could be made: {0}")]
pub struct SecretError(String);

impl SecretError {
    /// The making of it was broken off.
    pub fn broken_off(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A password for people: 16 characters of 32, 80 bits.
///
/// # Errors
/// [`SecretError`] when the system gives no random numbers.
pub fn password() -> Result<String, SecretError> {
    Ok(random::<16>()?.iter().map(|byte| char::from(READABLE[usize::from(byte % 32)])).collect())
}

/// A token for programs: 256 bits.
///
/// # Errors
/// [`SecretError`] when the system gives no random numbers.
pub fn token() -> Result<String, SecretError> {
    Ok(format!("sb_{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// 32 random bytes, for a key.
///
/// # Errors
/// [`SecretError`] when the system gives no random numbers.
pub fn key() -> Result<[u8; 32], SecretError> {
    random()
}

/// The hash by which a token is found; enough for a secret of 256 random bits.
pub fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The hash of a password (Argon2id).
///
/// # Errors
/// [`SecretError`]
pub fn hash_password(password: &str) -> Result<String, SecretError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| SecretError(error.to_string()))?.to_string())
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| SecretError(error.to_string()))?;
    Ok(bytes)
}

/// Whether a password is the one that was hashed. Without a hash it takes as long and is not.
pub fn is_password(password: &str, hash: Option<&str>) -> bool {
    static OTHER: LazyLock<Option<String>> = LazyLock::new(|| hash_password("nobody's").ok());
    let Some(text) = hash.or(OTHER.as_deref()) else { return false };
    let verified = PasswordHash::new(text).is_ok_and(|parsed| {
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
    });
    verified && hash.is_some()
}
