//! Tamara's notification token: a JSON Web Token, signed with the account's notification token.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

use crate::wire::call::{Arrived, Keys};

/// How far the clocks of sender and receiver may differ, in seconds: genuine tokens were refused for less.
const LEEWAY: f64 = 60.0;
/// Who issues the tokens.
const ISSUER: &str = "Tamara";
/// The parameter that has a token.
const PARAMETER: &str = "tamaraToken";

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// What a reader has to understand, or refuse: nothing of it is understood here.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    exp: f64,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    nbf: Option<f64>,
    iss: String,
}

/// Whether one of the tokens that came with a notification verifies with one of the account's tokens. It covers neither the body nor
/// the order: it proves that Tamara sent something.
pub fn is_genuine(arrived: &Arrived<'_>, keys: &Keys<'_>, now: DateTime<Utc>) -> bool {
    let all = candidates(arrived);
    all.iter().any(|token| keys.tokens.iter().any(|key| is_good(token, key, now)))
}

/// Every token that came: in the header, as a parameter, and where `&` stands for `?`.
fn candidates(arrived: &Arrived<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for header in arrived.authorization {
        if let Some((scheme, token)) = header.trim().split_once(' ')
            && scheme.eq_ignore_ascii_case("bearer")
        {
            all.push(token.trim().to_owned());
        }
    }
    let query = arrived.query.trim_start_matches(['?', '&']).replace('?', "&");
    let parameters = form_urlencoded::parse(query.as_bytes());
    all.extend(parameters.filter(|(name, _)| name == PARAMETER).map(|(_, token)| token.into_owned()));
    all
}

fn is_good(token: &str, key: &str, now: DateTime<Utc>) -> bool {
    verified(token, key).is_some_and(|claims| {
        let now = now.timestamp() as f64;
        let lasts = claims.exp + LEEWAY > now;
        let holds = |from: Option<f64>| from.is_none_or(|from| from <= now + LEEWAY);
        claims.iss == ISSUER && lasts && holds(claims.iat) && holds(claims.nbf)
    })
}

/// What a token says, if it was signed with this key by HMAC-SHA256: no other algorithm is accepted, whatever the token names.
fn verified(token: &str, key: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok();
    let header: Header = serde_json::from_slice(&decoded(header)?).ok()?;
    if key.is_empty() || header.alg != "HS256" || header.crit.is_some() {
        return None;
    }
    // Compares in constant time.
    mac(key, signed)?.verify_slice(&decoded(signature)?).ok()?;
    serde_json::from_slice(&decoded(claims)?).ok()
}

fn mac(key: &str, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

/// A token as Tamara makes it, for those who play its part; empty if it cannot be signed with this key.
pub fn sign(key: &str, issued: DateTime<Utc>, expires: DateTime<Utc>) -> String {
    signed(
        &json!({"typ": "JWT", "alg": "HS256"}),
        &json!({"iss": ISSUER, "iat": issued.timestamp(), "exp": expires.timestamp()}),
        key,
    )
}

fn signed(header: &serde_json::Value, claims: &serde_json::Value, key: &str) -> String {
    let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = mac(key, &text).map(|mac| BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    signature.map(|signature| format!("{text}.{signature}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hs256(claims: serde_json::Value) -> String {
        signed(&json!({"typ": "JWT", "alg": "HS256"}), &claims, "k1")
    }

    fn check(authorization: &[&str], query: &str, tokens: &[&str], expect: bool) {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let arrived = Arrived { authorization, query, content_type: "application/json", body: b"{}" };
        assert_eq!(
            is_genuine(&arrived, &Keys { tokens, pair: None }, now),
            expect,
            "{authorization:?} {query} {tokens:?}"
        );
    }

    #[test]
    fn a_good_token_counts_wherever_it_is() {
        let good = hs256(json!({"iss": "Tamara", "iat": 1_799_999_990, "exp": 1_800_000_900}));
        let bearer = format!("Bearer {good}");
        check(&[&bearer], "", &["k1"], true);
        check(&["Basic x", &bearer.replace("Bearer", "bearer")], "", &["k0", "k1"], true);
        check(&[], &format!("?tamaraToken={good}"), &["k1"], true);
        check(&[], &format!("&tamaraToken={good}"), &["k1"], true);
        check(&[], &format!("?a=1?tamaraToken={good}"), &["k1"], true);
        check(&["Bearer bad"], &format!("?tamaraToken=bad&tamaraToken={good}"), &["k1"], true);
        check(&[&bearer], "", &["k2"], false);
        check(&[&bearer], "", &[], false);
        check(&[&bearer], "", &[""], false);
        check(&[&good], "", &["k1"], false);
        check(&[], "", &["k1"], false);
    }

    #[test]
    fn times_issuer_and_algorithm_are_checked() {
        let with =
            |iss: &str, iat: i64, exp: i64| format!("Bearer {}", hs256(json!({"iss": iss, "iat": iat, "exp": exp})));
        let now = 1_800_000_000;
        check(&[&with("Tamara", now - 900, now - 59)], "", &["k1"], true);
        check(&[&with("Tamara", now - 900, now - 60)], "", &["k1"], false);
        check(&[&with("Tamara", now + 60, now + 900)], "", &["k1"], true);
        check(&[&with("Tamara", now + 61, now + 900)], "", &["k1"], false);
        check(&[&with("tamara", now, now + 900)], "", &["k1"], false);
        let no_exp = hs256(json!({"iss": "Tamara", "iat": now}));
        check(&[&format!("Bearer {no_exp}")], "", &["k1"], false);
        let later = |name: &str| {
            let mut claims = json!({"iss": "Tamara", "iat": now, "exp": now + 900});
            claims[name] = (now + 3600).into();
            format!("Bearer {}", hs256(claims))
        };
        check(&[&later("nbf")], "", &["k1"], false);
        let fraction = hs256(json!({"iss": "Tamara", "iat": now, "exp": 1_800_000_900.5}));
        check(&[&format!("Bearer {fraction}")], "", &["k1"], true);
        let critical = json!({"alg": "HS256", "crit": ["b64"]});
        let critical = signed(&critical, &json!({"iss": "Tamara", "iat": now, "exp": now + 900}), "k1");
        check(&[&format!("Bearer {critical}")], "", &["k1"], false);
        let no_iat = hs256(json!({"iss": "Tamara", "exp": now + 9}));
        check(&[&format!("Bearer {no_iat}")], "", &["k1"], true);
        let claims = json!({"iss": "Tamara", "iat": now, "exp": now + 900});
        let other = signed(&json!({"alg": "HS384"}), &claims, "k1");
        check(&[&format!("Bearer {other}")], "", &["k1"], false);
        // {"alg":"none"} . {"iss":"Tamara","exp":1800000900} . no signature
        let none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJUYW1hcmEiLCJleHAiOjE4MDAwMDA5MDB9.";
        check(&[&format!("Bearer {none}")], "", &["k1"], false);
    }
}
