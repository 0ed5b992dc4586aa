//! Sheets from made-up files.
