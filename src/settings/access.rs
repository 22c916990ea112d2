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
        let named = |url: &Option<String>| url.clone().filter(|url| !url.trim().is_empty());
        let reads = self.read_only || self.verb.as_ref().is_some_and(Verb::only_reads);
        let standby = named(&self.read_url).filter(|_| reads);
        let is_standby = standby.is_some();
        let url = standby.or_else(|| named(&self.database_url));
        let database = url.map_or_else(|| Database::Embedded(self.embedded()), Database::Url);
        let migrate = matches!(self.verb, Some(Verb::Migrate));
        let (person, read_only, schema) = (self.person.clone(), self.read_only || is_standby, self.schema.clone());
        Access { database, person, read_only, where_written: false, connections, schema, migrate }
    }
}
