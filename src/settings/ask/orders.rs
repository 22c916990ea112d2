//! Which orders a command lists.

use clap::Args as ClapArgs;

use crate::domain::Provider;
use crate::query::Sort;
use crate::settings::values;

/// How many orders are listed, if nothing else is asked for.
pub const LISTED: u64 = 100;

/// Which orders to list.
#[derive(Debug, Clone, ClapArgs)]
pub struct Orders {
    /// Only orders that match this query, as with --where.
    #[arg(value_name = "QUERY", conflicts_with_all = ["query", "view"])]
    pub found_by: Vec<String>,
    /// Only orders of this provider.
    #[arg(long, value_parser = values::provider)]
    pub provider: Option<Provider>,
    /// Only orders in these statuses, by their wire words, separated by commas.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only orders in this view: yours, or a shared one.
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub view: Option<String>,
    /// Only orders that match this query, like 'age>48h currency:SAR merchant:m-7'; --help explains the syntax.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Sort by age, amount, deadline, urgency or changed.
    #[arg(long, default_value = "age", value_name = "ORDER", value_parser = values::sort)]
    pub sort: Sort,
    /// Include declined and expired orders.
    #[arg(long)]
    pub all: bool,
    /// List at most this many.
    #[arg(long, default_value_t = LISTED, value_name = "N")]
    pub limit: u64,
    /// Continue after the cursor of an earlier line.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub after: Option<String>,
}
