//! Conditions on an order, its case and what is known of it, as SQL with bound values. Values are never written into the SQL.

use chrono::{DateTime, Utc};

use super::folded::folded;
use super::{Compare, Differs, Test};
use crate::domain::{Status, tamara};

/// Conditions as fixed SQL, and the values they compare with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clauses {
    /// Conditions on one case of the order, `dispute_case c`.
    holds: Vec<String>,
    never: Vec<String>,
    /// Conditions on `orders`.
    orders: Vec<String>,
    /// A query for the orders that meet one of the conditions, if that are few of them.
    few: Option<String>,
    /// The values of the conditions, in order: the first is `{values}[1]`.
    pub values: Vec<String>,
}

/// Someone owns the case now. When its lease has ended, nobody does.
const HELD: &str = "c.owner is not null and (c.lease_until is null or c.lease_until > now())";

/// The status whose orders expire while they wait for us.
const WAITS: Status = tamara::Status::Approved.status();

impl Clauses {
    /// Whether there are no conditions.
    pub fn is_empty(&self) -> bool {
        self.holds.is_empty() && self.never.is_empty() && self.orders.is_empty()
    }

    /// Whether a condition must hold that only few orders meet.
    pub fn leads(&self) -> bool {
        !self.holds.is_empty() || self.few.is_some()
    }

    /// Adds a test if it has a condition here, and returns whether it has. `person` is who asks.
    pub(super) fn add(&mut self, not: bool, test: &Test, person: &str, now: DateTime<Utc>) -> bool {
        let Some(condition) = self.of_case(test, person) else { return self.of_order(not, test, now) };
        if not {
            self.never.push(condition)
        } else {
            self.holds.push(condition)
        }
        true
    }

    fn of_case(&mut self, test: &Test, person: &str) -> Option<String> {
        Some(match test {
            Test::Mine => format!("(c.open and {HELD} and c.owner = {})", self.value(person)),
            // A closed case still has the owner that it had last.
            Test::Owner(names) => {
                format!("({} and (not c.open or {HELD}))", self.any("c.owner", names.iter().map(String::as_str)))
            }
            Test::Unclaimed => format!("(c.queue = 'working' and not ({HELD}))"),
            Test::Overdue => "(c.open and c.rank < micros(now()))".to_owned(),
            Test::Reason(codes) => self.any("c.reason", codes.iter().map(String::as_str)),
            Test::Queue(queues) => self.any("c.queue", queues.iter().map(|queue| queue.name())),
            Test::Note(words) => format!(
                "exists (select from case_note n where n.order_id = c.order_id and n.number = c.number and n.found @@ phraseto_tsquery('simple', {}))",
                self.value(&folded(words))
            ),
            _ => return None,
        })
    }

    fn of_order(&mut self, not: bool, test: &Test, now: DateTime<Utc>) -> bool {
        let (condition, few) = match test {
            Test::Since(length) => {
                let at = self.moment(now - *length);
                let recent = "select o.id as order_id from unnest($1::text[]) s cross join lateral (select id from orders \
                    where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and (- micros(changed_at)) <= - micros({at}) limit {most} + 1) o limit {most} + 1";
                (format!("orders.changed_at >= {at}"), Some(recent.replace("{at}", &at)))
            }
            Test::Expired => {
                let at = self.moment(now);
                let alive = "select from seen s where s.order_id = orders.id and s.outlived = orders.due_at and s.status = orders.status";
                let late = format!("orders.due_at <= {at} and not exists ({alive})");
                // Found by the index of deadlines.
                let few =
                    format!("select id as order_id from orders where due_at is not null and {late} limit {{most}} + 1");
                (format!("(orders.due_at is not null and {late})"), Some(few))
            }
            Test::UnconfirmedFor(compare, length) => {
                let at = self.moment(now - *length);
                let sign = match compare {
                    Compare::Less => ">",
                    Compare::AtMost => ">=",
                    Compare::More => "<",
                    Compare::AtLeast | Compare::Is => "<=",
                };
                let late = format!("orders.unconfirmed > 0 and orders.unconfirmed_since {sign} {at}");
                let few = format!("select id as order_id from orders where {late} limit {{most}} + 1");
                (format!("({late})"), Some(few))
            }
            Test::Drift(causes) => {
                let kinds = self.differs(causes);
                let few = format!("select d.order_id from drift d where {kinds} limit {{most}} + 1");
                (format!("exists (select from drift d where d.order_id = orders.id and {kinds})"), Some(few))
            }
            Test::Held(kinds) => {
                let kinds = self.any("q.why", kinds.iter().map(String::as_str));
                let of = format!("from quarantine q where q.state = 'waiting' and {kinds}");
                let few = format!("select q.order_id {of} and q.order_id is not null limit {{most}} + 1");
                (format!("exists (select {of} and q.order_id = orders.id)"), Some(few))
            }
            // Which of them have the cause is found out after they were read.
            Test::Cause(_) if not => return true,
            Test::Cause(_) => {
                let (provider, status) = (self.value(WAITS.provider().name()), self.value(WAITS.name()));
                let drift = "exists (select from drift d where d.order_id = orders.id)";
                let few = format!(
                    "select order_id from drift union select id from (select id from orders where provider = {provider} and status = {status} limit {{most}} + 1) w"
                );
                (format!("((orders.provider = {provider} and orders.status = {status}) or {drift})"), Some(few))
            }
            _ => return false,
        };
        if not {
            self.orders.push(format!("not coalesce({condition}, false)"));
        } else {
            self.orders.push(condition);
            self.few = self.few.take().or(few);
        }
        true
    }

    /// The order's names, or one of the texts about it, match this text search.
    pub(super) fn named(&mut self, words: &str, in_texts: bool) {
        let [name, text] = self.found(words);
        self.orders.push(if in_texts { format!("({name} or {text})") } else { name });
    }

    /// None of the order's names and texts matches this text search.
    pub(super) fn unnamed(&mut self, words: &str) {
        let [name, text] = self.found(words);
        self.orders.push(format!("not ({name} or {text})"));
    }

    /// A text search in an order's names, and in the texts about it. With the offset each order is looked up for itself: without it, all
    /// orders with these words may be found first.
    fn found(&mut self, words: &str) -> [String; 2] {
        let value = self.value(words);
        ["order_word", "order_text"].map(|table| {
            format!(
                "exists (select from {table} w where w.order_id = orders.id and w.words @@ {value}::tsquery offset 0)"
            )
        })
    }

    fn value(&mut self, value: &str) -> String {
        self.values.push(value.to_owned());
        format!("({{values}}::text[])[{}]", self.values.len())
    }

    fn moment(&mut self, at: DateTime<Utc>) -> String {
        // PostgreSQL's time has microseconds.
        format!("{}::timestamptz", self.value(&at.format("%Y-%m-%d %H:%M:%S%.6fZ").to_string()))
    }

    /// SQL for the ways in which an order differs; for all of them, if none is named.
    fn differs(&mut self, ways: &[Differs]) -> String {
        let tests: Vec<String> = ways
            .iter()
            .map(|way| match way {
                Differs::Cause(cause) => format!("d.kind = {}", self.value(cause.name())),
                Differs::Class(class) => format!("d.class = {}", self.value(class.name())),
            })
            .collect();
        if tests.is_empty() { "true".to_owned() } else { format!("({})", tests.join(" or ")) }
    }

    fn any<'a>(&mut self, column: &str, values: impl Iterator<Item = &'a str>) -> String {
        let tests: Vec<String> = values.map(|value| format!("{column} = {}", self.value(value))).collect();
        format!("({})", tests.join(" or "))
    }

    /// SQL for the orders that meet a condition that few meet, at most `most` + 1 of them. `values` is the parameter with
    /// the values.
    pub fn few(&self, most: &str, values: &str) -> String {
        let of_case =
            || format!("select c.order_id from dispute_case c where {} limit {{most}} + 1", self.holds.join(" and "));
        let sql = if self.holds.is_empty() { self.few.clone().unwrap_or_default() } else { of_case() };
        sql.replace("{most}", most).replace("{values}", values)
    }

    /// The conditions as further SQL conditions on `orders`.
    pub fn sql(&self, values: &str) -> String {
        let of_order = "select from dispute_case c where c.order_id = orders.id and";
        let holds = (!self.holds.is_empty()).then(|| format!("and exists ({of_order} {})", self.holds.join(" and ")));
        let never = self.never.iter().map(|condition| format!("and not exists ({of_order} {condition})"));
        let orders = self.orders.iter().map(|condition| format!("and {condition}"));
        holds.into_iter().chain(never).chain(orders).collect::<Vec<_>>().join("\n").replace("{values}", values)
    }
}
