//! Pages of orders, sorted and filtered. Each page takes one indexed statement per leg of the sort.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::query::QueryAs;
use strum::VariantArray;

use super::row::OrderRow;
use super::{StoreError, watch};
use crate::domain::{Currency, Status};
use crate::query::{self, By, Clauses, Cursor, Sieve, Sort};
use crate::records::OrderRecord;
use crate::stuck::why;

/// What to list.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// All orders in these statuses.
    Statuses(&'a [Status]),
    /// The orders that pass a filter.
    Sieve(&'a Sieve),
}

/// A property that few orders have. If a filter asks for it, the query starts from those orders, not from the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Names,
    Merchant,
    Clause,
    Quarantine,
    Unconfirmed,
    Due,
}

impl Lead {
    const ALL: [Self; 6] = [Self::Merchant, Self::Names, Self::Clause, Self::Quarantine, Self::Unconfirmed, Self::Due];

    fn of(of: Of<'_>) -> Option<Self> {
        let Of::Sieve(sieve) = of else { return None };
        Self::ALL.into_iter().find(|lead| match lead {
            Self::Names => !sieve.words.is_empty(),
            // Orders without a merchant are not in the merchants' index.
            Self::Merchant => {
                sieve.merchants.as_ref().is_some_and(|names| !names.iter().any(String::is_empty))
                    && (sieve.only_merchants || sieve.words.is_empty())
            }
            Self::Clause => sieve.clauses.leads(),
            Self::Quarantine => sieve.quarantined == Some(true),
            Self::Unconfirmed => sieve.unconfirmed == Some(true),
            Self::Due => sieve.due[1].is_some() && !sieve.undated,
        })
    }

    /// The orders with the property, by an index, up to one more than the limit; and the limit up to which they count as
    /// few. The filter contains the condition itself.
    const fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Names => {
                ("select orders_named as order_id from orders_named($19::tsquery, $20::text[], 50001)", "50000")
            }
            Self::Merchant => (
                "select o.id as order_id from unnest($17::text[]) m cross join unnest($1::text[]) s cross join lateral (select id from orders
                  where merchant = m and provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) limit 5001) o limit 5001",
                "5000",
            ),
            // `Clauses::few` makes the query.
            Self::Clause => ("", "50000"),
            Self::Quarantine => (
                "select distinct order_id from (select order_id from quarantine where state = 'waiting' and order_id is not null limit 50001) q",
                "50000",
            ),
            Self::Unconfirmed => {
                ("select id as order_id from orders where unconfirmed > 0 order by entered_at, id limit 50001", "50000")
            }
            // The oldest orders have the oldest deadlines: if there are many, a list by age finds them soon.
            Self::Due => ("select id as order_id from orders where due_at < $9 order by due_at, id limit 1001", "1000"),
        }
    }
}

/// The direction from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    On,
    Back,
}

impl Of<'_> {
    fn statuses(&self) -> &[Status] {
        match self {
            Self::Statuses(statuses) => statuses,
            Self::Sieve(sieve) => &sieve.statuses,
        }
    }
}

/// The page after a place.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn after(
    pool: &PgPool,
    of: Of<'_>,
    sort: Sort,
    place: &Cursor,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    walk(pool, of, (sort, Way::On), place, limit).await
}

/// The page that ends before a place, in the order of the list.
///
/// # Errors
///
/// [`StoreError::Foreign`] if the database has an order that this program cannot read; another [`StoreError`] if it
/// cannot be reached.
pub async fn before(
    pool: &PgPool,
    of: Of<'_>,
    sort: Sort,
    place: &Cursor,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let mut page = walk(pool, of, (sort, Way::Back), place, limit).await?;
    page.reverse();
    Ok(page)
}

/// The most merchants that are looked up one by one; more are found by their words.
const MERCHANTS: i64 = 64;
/// From so many orders with these words on, the list is read instead, and they are found on the way.
const COMMON: i64 = 20_000;

/// The statuses where an order can pass the filter: a list without any would be read to its end.
async fn possible(pool: &PgPool, sieve: &Sieve) -> Result<Vec<Status>, StoreError> {
    let names: Vec<String> = sieve.statuses.iter().map(|status| status.full_name()).collect();
    let currencies: Vec<&str> = sieve.currencies.iter().copied().map(Currency::code).collect();
    // Those without a merchant are in no index.
    let merchants = sieve.merchants.as_ref().filter(|merchants| !merchants.iter().any(String::is_empty));
    let query = sqlx::query_scalar(sql!("statuses_possible")).bind(names).bind(currencies);
    let query = query.bind(sieve.due[0]).bind(sieve.due[1]).bind(sieve.undated).bind(merchants);
    let found: Vec<String> = query.fetch_all(pool).await?;
    Ok(sieve.statuses.iter().copied().filter(|status| found.contains(&status.full_name())).collect())
}

/// The same filter, with what the database knows: where an order can pass it, and the merchants that its words name.
async fn resolved(pool: &PgPool, sieve: &Sieve) -> Result<Option<Sieve>, StoreError> {
    let mut resolved = sieve.clone();
    if !sieve.merchant_words.is_empty() {
        let words = sieve.merchant_words.join(" & ");
        let named: Vec<String> =
            sqlx::query_scalar(sql!("merchants_named")).bind(words).bind(MERCHANTS + 1).fetch_all(pool).await?;
        if (named.len() as i64) <= MERCHANTS {
            resolved.resolve(named);
        }
    }
    let narrows = !sieve.undated || sieve.currencies.len() < Currency::VARIANTS.len() || resolved.merchants.is_some();
    if !narrows {
        return Ok(None);
    }
    resolved.statuses = possible(pool, &resolved).await?;
    Ok(Some(resolved))
}

/// What a filter starts from: words that very many orders have are no start.
async fn lead(pool: &PgPool, of: Of<'_>) -> Result<Option<Lead>, StoreError> {
    let lead = Lead::of(of);
    let (Some(Lead::Names), Of::Sieve(sieve)) = (lead, of) else { return Ok(lead) };
    let expected: i64 = sqlx::query_scalar(sql!("words_expected")).bind(&sieve.words).fetch_one(pool).await?;
    Ok(lead.filter(|_| expected <= COMMON))
}

/// How many orders are read at once where their causes are found out afterwards.
const CAUSES: i64 = 500;

/// Reads away from a place until the page is full. A word that may be a merchant's or anything else is read for both, and merged.
async fn walk(
    pool: &PgPool,
    of: Of<'_>,
    (sort, way): (Sort, Way),
    place: &Cursor,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let Of::Sieve(sieve) = of else { return read_on(pool, (of, None), (sort, way), place, limit).await };
    if let Some([merchants, elsewhere]) = sieve.either.as_deref()
        && let Some(merchants) = resolved(pool, merchants).await?
        && !merchants.statuses.is_empty()
    {
        let elsewhere = resolved(pool, elsewhere).await?.unwrap_or_else(|| elsewhere.clone());
        let mut found = walk_one(pool, &merchants, (sort, way), place, limit).await?;
        found.extend(walk_one(pool, &elsewhere, (sort, way), place, limit).await?);
        found.sort_by_key(|stored| Cursor::of(stored, sort));
        if way == Way::Back {
            found.reverse();
        }
        found.dedup_by(|one, other| one.order.key == other.order.key);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        return Ok(found);
    }
    let resolved = resolved(pool, sieve).await?;
    walk_one(pool, resolved.as_ref().unwrap_or(sieve), (sort, way), place, limit).await
}

/// Reads away from a place until the page is full. Causes are found out page by page: they follow from evidence.
async fn walk_one(
    pool: &PgPool,
    sieve: &Sieve,
    (sort, way): (Sort, Way),
    place: &Cursor,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let of = Of::Sieve(sieve);
    let lead = lead(pool, of).await?;
    if sieve.causes.is_empty() {
        return read_on(pool, (of, lead), (sort, way), place, limit).await;
    }
    let (mut found, mut from) = (Vec::new(), place.clone());
    loop {
        let page = read_on(pool, (of, lead), (sort, way), &from, CAUSES).await?;
        let is_last = (page.len() as i64) < CAUSES;
        if let Some(end) = page.last() {
            from = Cursor::of(end, sort);
        }
        let clues = watch::clues(pool, &page.iter().collect::<Vec<_>>(), &sieve.automatic).await?;
        found.extend(page.into_iter().filter(|stored| {
            let clues = clues.get(&stored.order.key.to_string());
            let why = why::of_stuck(&stored.order, clues, sieve.now);
            sieve.has_cause(why.map(|why| why.cause))
        }));
        if is_last || found.len() as i64 >= limit {
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            return Ok(found);
        }
    }
}

/// Reads leg by leg away from a place, until the page is full.
async fn read_on(
    pool: &PgPool,
    (of, lead): (Of<'_>, Option<Lead>),
    (sort, way): (Sort, Way),
    place: &Cursor,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let mut legs: Vec<(u8, (By, Vec<Status>))> = (0..).zip(sort.legs(of.statuses())).collect();
    let edge = match way {
        Way::On => {
            legs.retain(|(leg, _)| *leg >= place.leg);
            Cursor::start()
        }
        Way::Back => {
            legs.retain(|(leg, _)| *leg <= place.leg);
            legs.reverse();
            Cursor::end()
        }
    };
    let mut page = Vec::new();
    for (leg, (by, statuses)) in legs {
        let from = if leg == place.leg { place } else { &edge };
        let left = limit - page.len() as i64;
        page.extend(stretch(pool, (of, lead), (by, &statuses), from, way, left).await?);
        if page.len() as i64 == limit {
            break;
        }
    }
    Ok(page)
}

/// The statement for one leg.
fn statement(by: By, way: Way, sieved: Option<&Clauses>, lead: Option<Lead>) -> String {
    let (way, beyond) = match way {
        Way::On => ("asc", ">"),
        Way::Back => ("desc", "<"),
    };
    let (few, most) = lead.map_or(("", ""), Lead::sql);
    // The values come after the parameters of the lead, if it has any.
    let values = match lead {
        Some(Lead::Names) => "$21",
        Some(Lead::Merchant | Lead::Clause | Lead::Quarantine | Lead::Unconfirmed | Lead::Due) | None => "$19",
    };
    let few = match (lead, sieved) {
        (Some(Lead::Clause), Some(clauses)) => clauses.few(most, values),
        _ => few.to_owned(),
    };
    let shape = match (lead, by) {
        // Their index has the orders in this order.
        (Some(Lead::Merchant), By::Entered) => sql!("page_of_merchants"),
        (Some(_), _) => sql!("page_led"),
        (None, _) => sql!("page"),
    };
    // Without its comment, which would swallow the rest of its line.
    let plain = sql!("sieve").split_once('\n').map_or("", |(_, sieve)| sieve);
    let sieve = sieved.map_or_else(String::new, |clauses| format!("{plain}{}", clauses.sql(values)));
    shape
        .replace("{few}", &few)
        .replace("{most}", most)
        .replace("{sieve}", &sieve)
        // How old they are is known to the index, too. A list without a filter has no bounds.
        .replace("{ages}", if sieved.is_some() { "and entered_at >= $5 and entered_at < $6" } else { "" })
        .replace("{rank}", by.sql())
        .replace("{way}", way)
        .replace("{beyond}", beyond)
}

/// Every statement that pages can produce, for checks of their query plans.
pub fn statements() -> Vec<String> {
    let bys = [By::Entered, By::Due, By::Amount, By::Changed];
    let Ok(overdue) = query::parse("overdue -mine") else { return Vec::new() };
    let (with, none) = (overdue.sieve("", DateTime::<Utc>::UNIX_EPOCH, true).clauses, Clauses::default());
    let of = |lead: Lead| if lead == Lead::Clause { &with } else { &none };
    let plain = [(None, None), (Some(&none), None)].into_iter();
    let shapes: Vec<_> = plain.chain(Lead::ALL.map(|lead| (Some(of(lead)), Some(lead)))).collect();
    let every = bys.into_iter().flat_map(|by| shapes.iter().map(move |(sieved, lead)| (by, *sieved, *lead)));
    every.flat_map(|(by, sieved, lead)| [Way::On, Way::Back].map(|way| statement(by, way, sieved, lead))).collect()
}

async fn stretch(
    pool: &PgPool,
    (of, lead): (Of<'_>, Option<Lead>),
    (by, statuses): (By, &[Status]),
    place: &Cursor,
    way: Way,
    limit: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = statuses.iter().map(|status| status.full_name()).collect();
    let clauses = match of {
        Of::Statuses(_) => None,
        Of::Sieve(sieve) => Some(&sieve.clauses),
    };
    let text = statement(by, way, clauses, lead);
    let query = sqlx::query_as(AssertSqlSafe(text)).bind(names);
    let query = match by {
        By::Entered | By::Due => query.bind(place.moment()),
        By::Amount | By::Changed => query.bind(place.rank),
    };
    let query = query.bind(&place.id).bind(limit);
    let rows: Vec<OrderRow> = match of {
        Of::Statuses(_) => query.fetch_all(pool).await?,
        // Planned for these values: one plan for all filters would be bad for most of them.
        Of::Sieve(sieve) => sieved(query, sieve, lead).persistent(false).fetch_all(pool).await?,
    };
    rows.into_iter().map(OrderRecord::try_from).collect()
}

type Asked<'q> = QueryAs<'q, sqlx::Postgres, OrderRow, PgArguments>;

fn sieved<'q>(query: Asked<'q>, sieve: &'q Sieve, lead: Option<Lead>) -> Asked<'q> {
    let query = ranges(query, sieve);
    let query = match lead {
        Some(Lead::Names) => query.bind(&sieve.words).bind(&sieve.texts),
        Some(Lead::Merchant | Lead::Clause | Lead::Quarantine | Lead::Unconfirmed | Lead::Due) | None => query,
    };
    if sieve.clauses.values.is_empty() { query } else { query.bind(&sieve.clauses.values) }
}

/// Binds the fourteen parameters of the filter on orders; four others come before them.
pub(super) fn ranges<'q, O>(
    query: QueryAs<'q, sqlx::Postgres, O, PgArguments>,
    sieve: &'q Sieve,
) -> QueryAs<'q, sqlx::Postgres, O, PgArguments> {
    let currencies: Vec<&str> = sieve.currencies.iter().copied().map(Currency::code).collect();
    let [[least_of_two, most_of_two], [least_of_three, most_of_three]] = sieve.amounts;
    query
        .bind(sieve.entered[0])
        .bind(sieve.entered[1])
        .bind(currencies)
        .bind(sieve.due[0])
        .bind(sieve.due[1])
        .bind(least_of_two)
        .bind(most_of_two)
        .bind(least_of_three)
        .bind(most_of_three)
        .bind(sieve.unconfirmed)
        .bind(sieve.quarantined)
        .bind(sieve.undated)
        .bind(&sieve.merchants)
        .bind(&sieve.other_merchants)
}
