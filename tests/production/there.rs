//! The provider's side of the world: a provider to practise on that fails often, two servers that talk to it, and the shop's own
//! system, which moves orders there without telling us.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::lives::Life;
use super::world::World;

const API: &str = "api-sekret-1234567890";
const FAULTS: &str = "timeout:0.05,cut:0.1,html:0.05,500:0.1,409:0.05,429:0.05";
/// How long two books may differ while notifications are on their way.
const PATIENCE: Duration = Duration::from_secs(60);

/// A provider and two servers, as processes. They end with this value.
pub struct There {
    folder: tempfile::TempDir,
    provider: Child,
    url: String,
    servers: Vec<Child>,
    /// Where the first server takes notifications.
    hook: u16,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

/// The account that acts for the orders of a life.
pub fn account(life: &Life) -> (&'static str, &'static str) {
    if life.provider == "tamara" { ("jeddah", "m-8") } else { ("lekki", "105") }
}

fn write(folder: &Path, name: &str, text: &str) {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(folder.join(name)).unwrap();
    std::io::Write::write_all(&mut &file, text.as_bytes()).unwrap();
}

/// Starts a program that prints its address when it listens.
fn listening(command: &mut Command, log: &Path) -> (Child, String) {
    let errors = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://"), "{line:?}: {}", std::fs::read_to_string(log).unwrap_or_default());
    (child, line.trim().to_owned())
}

impl There {
    pub fn begin(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hook = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for (name, text) in
            [("api", API), ("notify", "notify-sekret-123456"), ("public", "pub-1"), ("private", "pri-1")]
        {
            write(folder.path(), name, text);
        }
        // The provider reads the same file for its tokens, before its address is known.
        write(folder.path(), "accounts.toml", &accounts("http://127.0.0.1:1"));
        let file = folder.path().join("accounts.toml");
        let notify = format!("http://127.0.0.1:{hook}");
        let words = ["sandbox", "--accounts", file.to_str().unwrap(), "--listen", "127.0.0.1:0", "--notify", &notify];
        let mut command = world.command(&world.cluster.url(), &[&words[..], &["--fault", FAULTS]].concat());
        world.cluster.sql("book", "create role server login in role recourse_writer, recourse_intake");
        let (provider, url) = listening(&mut command, &folder.path().join("log"));
        write(folder.path(), "accounts.toml", &accounts(&url));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = reqwest::Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
        let mut it = Self { folder, provider, url, servers: Vec::new(), hook, client, runtime };
        for place in 0..2 {
            let server = it.serve(world, place);
            it.servers.push(server);
        }
        it
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn serve(&self, world: &World, place: usize) -> Child {
        let listen = format!("127.0.0.1:{}", if place == 0 { self.hook } else { 0 });
        let file = self.folder.path().join("accounts.toml");
        let words = ["serve", "--accounts", file.to_str().unwrap(), "--listen", &listen];
        listening(&mut world.command(&world.cluster.url_of("server"), &words), &self.log()).0
    }

    /// Kills one of the servers, and starts another in its place.
    pub fn kill(&mut self, world: &World, place: usize) {
        self.servers[place].kill().unwrap();
        self.servers[place].wait().unwrap();
        self.servers[place] = self.serve(world, place);
    }

    /// A call to the provider; `None` if it failed on the way.
    fn call(&self, path: &str, body: Option<&Value>) -> Option<Value> {
        let url = format!("{}/{path}", self.url);
        let request = match body {
            Some(body) => self.client.post(url).bearer_auth(API).body(body.to_string()),
            None => self.client.get(url),
        };
        let answer = self.runtime.block_on(async { request.send().await?.text().await });
        answer.ok().and_then(|text| serde_json::from_str(&text).ok())
    }

    /// Opens an order at the provider.
    pub fn open(&self, life: &Life, order: &str, status: &str, at: &str) {
        let currency = if life.provider == "tamara" { "SAR" } else { "NGN" };
        let amount: i64 = life.amount.replace('.', "").parse().unwrap();
        let held = json!({"order_id": order, "account": account(life).0, "status": status, "amount": amount,
            "currency": currency, "created_at": at});
        assert_eq!(self.call("sandbox/orders", Some(&held)).unwrap()["result"], "done");
    }

    /// All orders as the provider has them.
    fn orders(&self) -> Vec<Value> {
        self.call("sandbox/orders", None).unwrap().as_array().cloned().unwrap()
    }

    pub fn order(&self, order: &str) -> Value {
        self.orders().into_iter().find(|held| held["order_id"] == order).unwrap()
    }

    /// The provider ends an order, and tells no one.
    pub fn ends(&self, order: &str, status: &str) {
        let mut held = self.order(order);
        held["status"] = status.into();
        assert_eq!(self.call("sandbox/orders", Some(&held)).unwrap()["result"], "done");
    }

    /// The shop's own system moves an order there, and looks whether it happened until it did.
    pub fn shop(&self, order: &str, action: &str, amount: &str) {
        let before = self.order(order);
        let money =
            json!({"order_id": order, "total_amount": {"amount": amount, "currency": "SAR"}, "comment": "shop"});
        let path = match action {
            "authorise" | "cancel" => format!("orders/{order}/{action}"),
            "capture" => "payments/capture".to_owned(),
            _ => format!("payments/simplified-refund/{order}"),
        };
        let end = Instant::now() + PATIENCE;
        while self.order(order) == before {
            assert!(Instant::now() < end, "the shop cannot {action} {before}");
            _ = self.call(&path, Some(&money));
        }
    }

    /// How an order here differs from the provider's: status and sums.
    fn differs(&self, world: &World, held: &Value) -> Option<String> {
        let order = held["order_id"].as_str().unwrap();
        let told = world.run(&["show", order, "--json"]);
        let here = told.one();
        let sum = |kind: &str| -> i64 {
            let moves = held["moves"].as_array().unwrap().iter().filter(|done| done["kind"] == kind);
            moves.map(|done| done["amount"].as_i64().unwrap()).sum()
        };
        let ours = |name: &str| here["amounts"][name].as_str().map_or(0, |text| text.replace('.', "").parse().unwrap());
        let sums = [("capture", "captured"), ("refund", "refunded"), ("cancel", "canceled")];
        let equal = here["status"] == held["status"]
            && sums.iter().all(|(kind, name)| held["account"] == "lekki" || sum(kind) == ours(name));
        (!equal).then(|| format!("{order}: {held}\n{here}"))
    }

    /// The orders that are not the same in both books, once the notifications have arrived. What ended here after the provider's last word,
    /// `over`, is not compared.
    pub fn differ(&self, world: &World, over: &dyn Fn(&str) -> bool) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        let mut orders = self.orders();
        orders.retain(|held| !over(held["order_id"].as_str().unwrap()));
        loop {
            orders.retain(|held| self.differs(world, held).is_some());
            if orders.is_empty() || Instant::now() > end {
                return orders.iter().filter_map(|held| self.differs(world, held)).collect();
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// What the servers and the provider wrote.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

/// The accounts file.
fn accounts(url: &str) -> String {
    let asking = r#"asking = { pauses = ["0s", "100ms", "200ms"], until = "1h", apart = "300ms" }"#;
    format!(
        "[[account]]\nname = \"jeddah\"\nprovider = \"tamara\"\nmerchants = [\"m-8\"]\nbase_url = \"{url}\"\n\
         api_token = {{ file = \"api\" }}\nnotification_tokens = [{{ file = \"notify\" }}]\nrate = 100\ntimeout = \"500ms\"\n\
         shipping_company = \"Aramex\"\n{asking}\n\n\
         [[account]]\nname = \"lekki\"\nprovider = \"atarapay\"\nmerchants = [\"105\"]\nbase_url = \"{url}/callback/order\"\n\
         public_key = {{ file = \"public\" }}\nprivate_key = {{ file = \"private\" }}\nrate = 100\ntimeout = \"500ms\"\n{asking}\n"
    )
}

impl Drop for There {
    fn drop(&mut self) {
        for child in self.servers.iter_mut().chain([&mut self.provider]) {
            _ = child.kill();
            _ = child.wait();
        }
    }
}
