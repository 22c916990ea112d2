//! An answer of a provider as it may be read, kept and shown: without the account's secrets, however they are written in it, and
//! without signs that no text in the database may have.

use serde_json::{Map, Value};

use super::accounts::Account;

/// The bytes of an answer, cleaned. JSON stays JSON.
pub fn cleaned(account: &Account, body: Vec<u8>) -> Vec<u8> {
    match serde_json::from_slice::<Value>(&body) {
        Ok(value) => {
            let clean = value_of(account, value.clone());
            // What is clean stays as it came, digit by digit.
            if clean == value { body } else { clean.to_string().into_bytes() }
        }
        Err(_) => text_of(account, &String::from_utf8_lossy(&body)).into_bytes(),
    }
}

fn value_of(account: &Account, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text_of(account, &text)),
        Value::Array(all) => Value::Array(all.into_iter().map(|one| value_of(account, one)).collect()),
        Value::Object(fields) => {
            let clean = |(name, value): (String, Value)| (text_of(account, &name), value_of(account, value));
            Value::Object(fields.into_iter().map(clean).collect::<Map<String, Value>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn text_of(account: &Account, text: &str) -> String {
    account.without_secrets(&text.replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use super::super::accounts::parse;
    use super::*;

    fn check(account: &Account, said: &str, expect: &str) {
        let got = cleaned(account, said.as_bytes().to_vec());
        assert_eq!(String::from_utf8(got).unwrap(), expect, "{said}");
    }

    #[test]
    fn a_secret_is_removed_in_every_spelling() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("api"), "TOK/with-slash+77").unwrap();
        std::fs::write(folder.path().join("private"), "PRIV-67").unwrap();
        std::fs::write(folder.path().join("public"), "PUB-55").unwrap();
        let text = "[[account]]\nname = \"a\"\nprovider = \"tamara\"\nbase_url = \"https://x.example\"\napi_token = { file = \"api\" }\n\
            [[account]]\nname = \"b\"\nprovider = \"atarapay\"\nbase_url = \"https://x.example\"\npublic_key = { file = \"public\" }\n\
            private_key = { file = \"private\" }\n";
        let accounts = parse(text, folder.path()).unwrap();
        let [tamara, atarapay] = accounts.as_slice() else { panic!("two accounts") };
        check(tamara, r#"{"message":"bad TOK\/with-slash+77"}"#, r#"{"message":"bad [removed]"}"#);
        check(
            tamara,
            r#"{"message":"TOK/with\u002dslash+77","id":"a\u0000b"}"#,
            r#"{"id":"ab","message":"[removed]"}"#,
        );
        check(tamara, r#"{"inner":"{\"m\":\"TOK\\/with-slash+77\"}"}"#, r#"{"inner":"{\"m\":\"[removed]\"}"}"#);
        check(tamara, "<p>TOK%2Fwith-slash%2B77</p>", "<p>[removed]</p>");
        check(tamara, r#"{"amount": 20.00}"#, r#"{"amount": 20.00}"#);
        // Both keys of AtaraPay, as they are sent: base64 of `PUB-55:PRIV-67`.
        check(atarapay, "Invalid UFVCLTU1OlBSSVYtNjc=", "Invalid [removed]");
        check(atarapay, "Invalid UFVCLTU1OlBSSVYtNjc%3D", "Invalid [removed]");
    }
}
