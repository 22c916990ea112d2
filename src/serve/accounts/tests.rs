//! The accounts file: what it may say, and what is said of its faults.

use super::*;

const GOOD: &str = r#"
    [[account]]
    name = "jeddah"
    provider = "tamara"
    base_url = "https://api-sandbox.tamara.co"
    api_token = { file = "api" }
    notification_tokens = [{ file = "notify" }, { file = "old", until = "2026-12-31T00:00:00Z" }]
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("api", "sekret-api\n"), ("notify", "sekret-notify\r\n"), ("old", "sekret-old"), ("empty", "\n")]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn an_account_has_defaults_and_secrets_without_newlines() {
    let folder = folder();
    let account = parse(GOOD, folder.path()).unwrap().pop().unwrap();
    assert_eq!((account.merchants.as_slice(), account.rate, account.send), (&["jeddah".to_owned()][..], 5.0, true));
    assert_eq!((account.environment.as_str(), account.timeout), ("sandbox", Duration::from_secs(10)));
    let Some(Key::Bearer(token, _)) = &account.key else { panic!("no token") };
    assert_eq!(token.expose(), "sekret-api");
    assert_eq!(account.notification_tokens[0].0.expose(), "sekret-notify");
    assert!(account.notification_tokens[1].1.is_some());
    assert!(!format!("{account:?}").contains("sekret"), "{account:?}");
    assert_eq!(account.cleaned("x sekret-api y sekret-old"), "x [removed] y [removed]");
}

#[test]
fn faults_say_what_would_be_right_and_quote_nothing() {
    let folder = folder();
    let check = |from: &str, to: &str, expect: &str| {
        assert!(GOOD.contains(from), "{from}");
        let fault = parse(&GOOD.replacen(from, to, 1), folder.path()).unwrap_err();
        assert!(fault.contains(expect) && !fault.contains("sekret"), "{fault}");
    };
    check("{ file = \"api\" }", "\"sekret\"", "never the secret itself");
    check("{ file = \"api\" }", "{ file = \"sekr", "is not TOML");
    check("{ file = \"api\" }", "{ file = \"missing\" }", "cannot be read");
    check("{ file = \"api\" }", "{ file = \"empty\" }", "is empty");
    check("{ file = \"api\" }", "{ env = \"RECOURSE_NO_SUCH\" }", "RECOURSE_NO_SUCH is not set");
    check("name = \"jeddah\"", "name = \"a/b\"", "in an address");
    check("name = \"jeddah\"", "nam = \"jeddah\"", "name is missing");
    check("provider = \"tamara\"", "provider = \"other\"", "atarapay or tamara");
    check("provider = \"tamara\"", "provider = \"tamara\"\nsendd = true", "\"sendd\" is not a key");
    check("https://", "http://", "has to begin with https://");
    check("https://", "https://u:sekret@", "no user, password");
    check("\"2026-12-31T00:00:00Z\"", "\"soon\"", "until has to be a time");
    check("provider = \"tamara\"", "provider = \"tamara\"\nrate = 0", "rate has to be");
    let twice = parse(&format!("{GOOD}{GOOD}"), folder.path()).unwrap_err();
    assert!(twice.contains("two accounts"), "{twice}");
}

#[test]
fn others_may_not_read_the_file() {
    let folder = folder();
    let path = folder.path().join("accounts.toml");
    std::fs::write(&path, GOOD).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read(&path).unwrap().len(), 1);
}
