//! What the provider's answer to a call shows: its HTTP status, and the status of the order.

use serde_json::Value;

use crate::domain::{Action, Provider, Status, tamara};

/// The HTTP status at the start of a result: `409`, `409 conflict`.
pub fn code(result: &str) -> Option<u16> {
    let first = result.split_whitespace().next()?;
    first.parse().ok().filter(|code| first.len() == 3 && (100..=599).contains(code))
}

/// The status that an order has at the provider, by its answer to a call. `None` if the answer does not show it.
///
/// A successful answer names it. Success of authorise means authorised. A 409 with equal old and new state means that it was done
/// before (the provider's documentation).
pub fn status(provider: Provider, action: Action, result: &str, detail: Option<&str>) -> Option<Status> {
    let body: Value = detail.and_then(|detail| serde_json::from_str(detail).ok()).unwrap_or_default();
    let read = |word: &Value| Status::read(provider, word.as_str()?);
    match code(result) {
        Some(200..=299) => read(&body["status"]).or_else(|| authorised(action)),
        Some(409) => [&body, &body["errors"][0]["data"]]
            .into_iter()
            .find(|states| states["old_state"].is_string() && states["old_state"] == states["new_state"])
            .and_then(|states| read(&states["new_state"])),
        None if result == "ok" => authorised(action),
        Some(_) | None => None,
    }
}

fn authorised(action: Action) -> Option<Status> {
    (action == Action::Authorise).then(|| tamara::Status::Authorised.status())
}

/// A result without the words that some clients write before the code: `http/1.1 401 unauthorized` is `401 unauthorized`.
pub fn plain(result: &str) -> &str {
    let before =
        |word: &str| ["http", "status", "code", "error", "response"].iter().any(|known| word.starts_with(known));
    let mut rest = result.trim();
    while let Some((word, after)) = rest.split_once([' ', ':', '=']) {
        if !before(word) {
            break;
        }
        rest = after.trim_start_matches([' ', ':', '=']);
    }
    if code(rest).is_some() { rest } else { result.trim() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{TAMARA, tamara::Status as T};

    #[test]
    fn an_answer_shows_the_status() {
        let check = |action, result: &str, detail: &str, expect: Option<T>| {
            let found = status(TAMARA, action, result, Some(detail));
            assert_eq!(found, expect.map(T::status), "{action:?} {result} {detail}");
        };
        check(Action::Authorise, "200", "", Some(T::Authorised));
        check(Action::Authorise, "ok", "not JSON", Some(T::Authorised));
        check(Action::Authorise, "200", r#"{"status":"fully_captured","auto_captured":true}"#, Some(T::FullyCaptured));
        check(Action::Capture, "200", r#"{"status":"partially_captured"}"#, Some(T::PartiallyCaptured));
        check(Action::Capture, "200", "", None);
        check(Action::Authorise, "204 no content", "", Some(T::Authorised));
        check(Action::Authorise, "503", r#"{"status":"authorised"}"#, None);
        let states =
            |old: &str, new: &str| format!(r#"{{"errors":[{{"data":{{"old_state":"{old}","new_state":"{new}"}}}}]}}"#);
        check(Action::Authorise, "409 conflict", &states("authorised", "authorised"), Some(T::Authorised));
        check(Action::Authorise, "409", &states("fully_captured", "fully_captured"), Some(T::FullyCaptured));
        check(Action::Authorise, "409", &states("expired", "authorised"), None);
        check(Action::Authorise, "409", &states("lost", "lost"), None);
    }

    #[test]
    fn the_words_before_a_code_are_left_out() {
        let check = |result: &str, expect| assert_eq!(plain(result), expect);
        check("http 401", "401");
        check("http/1.1 401 unauthorized", "401 unauthorized");
        check("status: 403", "403");
        check("http status code: 503", "503");
        check("error 404 not found", "404 not found");
        check("401", "401");
        check("timeout", "timeout");
        check("http timeout", "http timeout");
        check("error", "error");
    }
}
