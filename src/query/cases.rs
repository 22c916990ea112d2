//! Conditions on an order's case, as SQL over `dispute_case c`. Values are bound, never written into the SQL.

use super::Test;

/// Conditions on cases: fixed SQL, and the values it compares with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cases {
    holds: Vec<String>,
    never: Vec<String>,
    /// The values of the conditions, in order: the first is `{values}[1]`.
    pub values: Vec<String>,
}

/// Someone owns the case now. When its lease has ended, nobody does.
const HELD: &str = "c.owner is not null and (c.lease_until is null or c.lease_until > now())";

impl Cases {
    /// Whether there are no conditions.
    pub fn is_empty(&self) -> bool {
        self.holds.is_empty() && self.never.is_empty()
    }

    /// Whether a condition must hold that only few orders meet.
    pub fn leads(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Adds a test if it is about cases, and returns whether it is. `person` is who asks.
    pub(super) fn add(&mut self, not: bool, test: &Test, person: &str) -> bool {
        let condition = match test {
            Test::Mine => format!("(c.open and {HELD} and c.owner = {})", self.value(person)),
            // A closed case still has the owner that it had last.
            Test::Owner(name) => format!("(c.owner = {} and (not c.open or {HELD}))", self.value(name)),
            Test::Unclaimed => format!("(c.queue = 'working' and not ({HELD}))"),
            Test::Overdue => "(c.open and c.rank < micros(now()))".to_owned(),
            Test::Reason(codes) => self.any("c.reason", codes.iter().map(String::as_str)),
            Test::Queue(queues) => self.any("c.queue", queues.iter().map(|queue| queue.name())),
            Test::Note(words) => format!(
                "exists (select from case_note n where n.order_id = c.order_id and n.number = c.number and n.found @@ phraseto_tsquery('simple', {}))",
                self.value(words)
            ),
            _ => return false,
        };
        if not {
            self.never.push(condition)
        } else {
            self.holds.push(condition)
        }
        true
    }

    fn value(&mut self, value: &str) -> String {
        self.values.push(value.to_owned());
        format!("({{values}}::text[])[{}]", self.values.len())
    }

    fn any<'a>(&mut self, column: &str, values: impl Iterator<Item = &'a str>) -> String {
        let tests: Vec<String> = values.map(|value| format!("{column} = {}", self.value(value))).collect();
        format!("({})", tests.join(" or "))
    }

    /// SQL for the orders with such a case, at most `most` + 1 of them. `values` is the parameter with the values.
    pub fn few(&self, most: &str, values: &str) -> String {
        let sql = format!("select c.order_id from dispute_case c where {} limit {most} + 1", self.holds.join(" and "));
        sql.replace("{values}", values)
    }

    /// The conditions as further SQL conditions on `orders`.
    pub fn sql(&self, values: &str) -> String {
        let of_order = "select from dispute_case c where c.order_id = orders.id and";
        let holds = (!self.holds.is_empty()).then(|| format!("and exists ({of_order} {})", self.holds.join(" and ")));
        let never = self.never.iter().map(|condition| format!("and not exists ({of_order} {condition})"));
        holds.into_iter().chain(never).collect::<Vec<_>>().join("\n").replace("{values}", values)
    }
}
