//! Reads the files of a package within bounds, whatever they hold.
//!
//! Bytes travel through three small parts: [`text`] hashes and decodes them, [`lines`] cuts them
//! into rows and never holds more than one, [`table`] reads a row's cells into a row of `record`.
//! Each says what is wrong and goes on; none panics.
//!
//! Never: a guess at what a damaged row meant, memory that grows with the file.

mod lines;
mod package;
mod table;
mod text;

pub use lines::{CELL_BYTES_MAX, ROW_BYTES_MAX, ROW_LINES_MAX};
pub use package::{Files, Package, open};
pub use table::{About, COLUMNS_MAX, FileEnd, Reading, TableReader};
