//! The law as rows of the database: the program writes them, foreign keys and triggers read them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use strum::VariantArray;

use crate::cases::law;
use crate::domain::law::VERSION;
use crate::domain::permission::permissions;
use crate::domain::{Actor, Basis, Currency, Effect, Provider, Rule, Status};
use crate::stuck::drift;

/// The rows of every table that the program writes, sorted, by the table's name.
pub type Rows = BTreeMap<&'static str, Vec<Value>>;

/// All rows of this program's version of the law.
pub fn rows() -> Rows {
    let currencies = Currency::VARIANTS.iter().map(|it| json!({ "code": it.code(), "exponent": it.exponent() }));
    let pairs = Provider::all().iter().flat_map(|provider| {
        let pair = |currency: &Currency| json!({ "provider": provider.name(), "currency": currency.code() });
        provider.currencies().iter().map(pair)
    });
    let permission = |row: crate::domain::Permission| json!({ "role": row.role.name(), "object": row.task.object(), "action": row.task.action(), "proof": row.proof.name() });
    let cases = law::rows()
        .into_iter()
        .map(|row| json!({ "event": row.event, "stages": row.stages, "action": row.action, "owner": row.owner, "material": row.material }));
    let rules = Provider::all().iter().flat_map(|&provider| {
        std::iter::once(opening(provider)).chain(provider.rules().into_iter().map(|(from, rule)| rule_row(from, rule)))
    });
    let drifts = drift::table().map(|(ours, theirs, unproven, kind)| {
        json!({ "provider": ours.provider().name(), "ours": ours.name(), "theirs": theirs.name(), "unproven": unproven, "kind": kind.name() })
    });
    BTreeMap::from([
        ("currency", sorted(currencies)),
        ("provider_currency", sorted(pairs)),
        ("drift_rule", sorted(drifts)),
        ("permission", sorted(permissions().into_iter().map(permission))),
        ("case_rule", sorted(cases)),
        ("rule", sorted(rules)),
    ])
}

/// The digest of the law, made from the rows as JSON with sorted keys: one version of the law has the same rows for ever.
pub fn digest() -> Vec<u8> {
    Sha256::digest(json!(rows()).to_string()).to_vec()
}

/// Rows in one order, whatever order they came in.
pub fn sorted(rows: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut rows: Vec<Value> = rows.into_iter().collect();
    rows.sort_by_cached_key(Value::to_string);
    rows
}

/// Opening an order is a transition too.
fn opening(provider: Provider) -> Value {
    let start = provider.start();
    let (deadline, minutes) = start.wait().map_or(("none", None), |wait| ("set", Some(wait.minutes)));
    json!({
        "law": VERSION, "provider": provider.name(), "from_status": "", "action": "open", "actor": Actor::Buyer.name(),
        "to_status": start.name(), "guard": "", "basis": Basis::Seed.name(), "effect": Effect::Nothing.name(),
        "has_amount": true, "implied": false, "reaches_provider": false, "deadline": deadline, "minutes": minutes,
    })
}

fn rule_row(from: Status, rule: &Rule) -> Value {
    let (deadline, minutes) = deadline(rule);
    json!({
        "law": VERSION, "provider": from.provider().name(), "from_status": from.name(), "action": rule.action.name(),
        "actor": rule.actor.name(), "to_status": rule.to.name(), "guard": rule.guard.to_string(),
        "basis": rule.basis.name(), "effect": rule.effect.name(), "has_amount": rule.guard.pot().is_some(),
        "implied": rule.implied, "reaches_provider": rule.actor.must_reach_provider(),
        "deadline": deadline, "minutes": minutes,
    })
}

/// A wait that counts from this move is set, any other one is kept.
fn deadline(rule: &Rule) -> (&'static str, Option<i64>) {
    match (rule.to.wait(), rule.effect) {
        (None, _) => ("none", None),
        (Some(wait), Effect::Approve | Effect::Authorise) => ("set", Some(wait.minutes)),
        (Some(_), _) => ("kept", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of this digest is a new version of the law.
    #[test]
    fn the_digest_of_the_law_is_pinned() {
        let digest: String = digest().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((VERSION, digest.as_str()), (1, "476eb2769246974d008febf329d4da32a1a5d28f873de52258693058ec21a813"));
    }

    #[test]
    fn deadlines_are_set_kept_or_none() {
        let rows = rows();
        let check = |action: &str, to: &str, deadline: &str, minutes: Option<i64>| {
            let mut found = rows["rule"].iter().filter(|row| row["action"] == action && row["to_status"] == to);
            assert!(
                found.all(|row| row["deadline"] == deadline && row["minutes"].as_i64() == minutes),
                "{action} {to}"
            );
        };
        check("open", "new", "set", Some(30));
        check("approve", "approved", "set", Some(72 * 60));
        check("authorise", "authorised", "set", Some(90 * 24 * 60));
        check("cancel", "updated", "kept", None);
        check("capture", "fully_captured", "none", None);
        check("open", "pending", "none", None);
    }
}
