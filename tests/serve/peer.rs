//! A book, a sandbox that plays the provider, and servers as processes.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use recourse::domain::*;
use recourse::sandbox::book::Held;
use recourse::sandbox::fault::Faults;
use recourse::sandbox::{self, Ask, Member, Sandbox};

use super::harness::{Book, book, put, way_to};

pub const API: &str = "api-sekret-1234567890";
pub const NOTIFY: &str = "notify-sekret-1234567890";
/// The login of servers, with the roles that the documentation gives it.
const LOGIN: &str = "server_of_accounts";
pub const PAIR: (&str, &str) = ("public-sekret-123", "private-sekret-123");

/// A book, a provider and the accounts file for both.
pub struct Peer {
    pub book: Book,
    pub sandbox: Arc<Sandbox>,
    folder: tempfile::TempDir,
    provider_port: u16,
}

/// A running server.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Serving {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

/// A provider without orders, on a port of its own, that tells a server on this port.
pub async fn peer(notify: Option<u16>, rate: &str) -> Peer {
    peer_on(book().await, notify, rate).await
}

/// The same, with this book.
pub async fn peer_on(book: Book, notify: Option<u16>, rate: &str) -> Peer {
    book.login(LOGIN, "recourse_writer, recourse_intake").await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(folder.path().join(name)).unwrap();
        std::io::Write::write_all(&mut &file, text.as_bytes()).unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider_port = listener.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{provider_port}");
    let asking = r#"asking = { pauses = ["0s", "100ms", "200ms"], until = "1h", apart = "300ms" }"#;
    let tamara = format!(
        "[[account]]\nname = \"jeddah\"\nprovider = \"tamara\"\nmerchants = [\"m-7\"]\nbase_url = \"{url}\"\n\
         api_token = {{ file = \"api\" }}\nnotification_tokens = [{{ file = \"notify\" }}]\nrate = {rate}\ntimeout = \"500ms\"\n\
         shipping_company = \"Aramex\"\n{asking}\n"
    );
    let atarapay = format!(
        "[[account]]\nname = \"lekki\"\nprovider = \"atarapay\"\nmerchants = [\"105\"]\nbase_url = \"{url}/callback/order\"\n\
         public_key = {{ file = \"public\" }}\nprivate_key = {{ file = \"private\" }}\nrate = {rate}\ntimeout = \"500ms\"\n{asking}\n"
    );
    for (name, text) in [
        ("accounts.toml", format!("{tamara}\n{atarapay}").as_str()),
        ("api", API),
        ("notify", NOTIFY),
        ("public", PAIR.0),
        ("private", PAIR.1),
    ] {
        write(name, text);
    }
    let member = |provider, key: &str| Member { provider, key: key.to_owned(), notify_with: Some(NOTIFY.to_owned()) };
    let pair = format!("{}:{}", PAIR.0, PAIR.1);
    let members = [("jeddah", member("tamara", API)), ("lekki", member("atarapay", &pair))];
    let sandbox = Sandbox::new(Ask {
        members: members.map(|(name, member)| (name.to_owned(), member)).into(),
        notify: notify.map(|port| format!("http://127.0.0.1:{port}")),
        faults: Faults::default(),
        seed: 7,
    });
    let served = sandbox.clone();
    // On a thread of its own: tests wait for programs without giving way.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let std = listener.into_std().unwrap();
        runtime
            .block_on(async { sandbox::serve(served, tokio::net::TcpListener::from_std(std).unwrap()).await })
            .unwrap();
    });
    Peer { book, sandbox, folder, provider_port }
}

/// A port that is free now.
pub fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Peer {
    pub fn accounts(&self) -> PathBuf {
        self.folder.path().join("accounts.toml")
    }

    /// Where the provider takes calls on this machine.
    pub fn provider_port(&self) -> u16 {
        self.provider_port
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a server, and waits until it is ready and knows whether the credentials are accepted.
    pub fn serve(&self, port: u16, words: &[&str]) -> Serving {
        let listen = format!("127.0.0.1:{port}");
        let accounts = self.accounts();
        let mut all = vec!["serve", "--accounts", accounts.to_str().unwrap(), "--listen", &listen, "--log", "debug"];
        all.extend(words);
        let mut command = self.book.command(&all);
        command.env("DATABASE_URL", self.book.url_of(LOGIN));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.file("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let serving = Serving { child, url: line.trim().to_owned() };
        assert!(serving.url.starts_with("http://"), "{line:?}: {}", self.log());
        serving
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// Waits until every account is in this state.
    pub fn healthy(&self, health: &str) {
        self.until(&format!("the accounts are {health}"), || {
            let lines = self.book.run(&["accounts", "--json"]).lines();
            lines.len() == 2 && lines.iter().all(|line| line["health"] == health)
        });
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !so() {
            assert!(Instant::now() < end, "{what}: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// An order of SAR 300.00 with this status, here and at the provider.
    pub async fn order(&self, id: &str, status: tamara::Status) {
        self.order_of(id, status, TimeDelta::hours(3)).await;
    }

    /// The same, opened so long ago.
    pub async fn order_of(&self, id: &str, status: tamara::Status, ago: TimeDelta) {
        let opened = Utc::now() - ago;
        let order = Order::open(OrderKey::new(TAMARA, id).unwrap(), Money::new(30_000, Currency::Sar), opened);
        put(&self.book.store, &order, &way_to(&order, status.status())).await;
        self.sandbox.with(|book| {
            let held = Held {
                order_id: id.to_owned(),
                account: "jeddah".to_owned(),
                status: status.status().name().to_owned(),
                amount: 30_000,
                currency: Currency::Sar,
                created_at: opened,
                moves: Vec::new(),
            };
            book.orders.insert(id.to_owned(), held);
        });
    }

    pub fn there(&self, id: &str) -> Held {
        self.sandbox.with(|book| book.orders[id].clone())
    }

    pub fn here(&self, id: &str) -> serde_json::Value {
        self.book.run(&["show", id, "--json"]).one()
    }

    pub fn fault(&self, text: &str) {
        self.sandbox.set_faults(text.parse().unwrap());
    }
}
