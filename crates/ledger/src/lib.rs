//! Reads the ledgers people have, without a database: `open` gets the cells out of a file,
//! `understand` tells what a sheet of cells means.

pub mod open;
pub mod reading;
pub mod sheet;
pub mod understand;
