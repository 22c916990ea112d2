//! How a command reaches the database: which server, as whom, and whether it writes.

use super::args::{Args, Verb};
use crate::store::{Access, Database};

impl Verb {
    /// Whether the command never writes, so that a standby that is a little behind serves it as well.
    fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::Board
                | Self::Orders(_)
                | Self::Show(_)
                | Self::Letter(_)
                | Self::Export(_)
                | Self::Report(_)
                | Self::Metrics(_)
        )
    }
}

impl Args {
    /// How to connect to the database. What never writes goes to the server that is named for reading, if one is.
    pub fn access(&self, connections: u32) -> Access {
        let standby =
            self.read_url.clone().filter(|_| self.read_only || self.verb.as_ref().is_some_and(Verb::only_reads));
        let is_standby = standby.is_some();
        let url = standby.or_else(|| self.database_url.clone()).filter(|url| !url.trim().is_empty());
        let database = url.map_or_else(|| Database::Embedded(self.embedded()), Database::Url);
        let migrate = matches!(self.verb, Some(Verb::Migrate));
        let (person, read_only, schema) = (self.person.clone(), self.read_only || is_standby, self.schema.clone());
        Access { database, person, read_only, where_written: false, connections, schema, migrate }
    }
}

/// How many processors this machine has, at most eight of them.
pub fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1).min(8))
}
