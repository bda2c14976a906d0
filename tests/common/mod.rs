//! What several tests share: databases of both kinds.

mod databases;

pub(crate) use databases::on_both_databases;
pub use databases::{TestDatabase, postgres, sqlite};
