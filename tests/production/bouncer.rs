//! pgbouncer stands before the database.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::cluster::{Cluster, check, folder, recourse};

/// A running pgbouncer. It ends with this value.
struct Bouncer {
    folder: PathBuf,
    process: Child,
}

/// The program: installed, or downloaded. Fails with one sentence where neither is possible.
fn program() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/pgbouncer");
    let said = Command::new(script).stderr(Stdio::null()).output().unwrap().stdout;
    let path = String::from_utf8(said).unwrap().trim().to_owned();
    assert!(!path.is_empty(), "pgbouncer is not installed here and cannot be downloaded: install it, or go online");
    path.into()
}

impl Bouncer {
    fn start(cluster: &Cluster, mode: &str) -> Self {
        let folder = folder("bouncer");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        let mut settings = format!("[databases]\n* = host={} port=5432\n[pgbouncer]\n", cluster.sockets());
        let here = folder.display();
        _ = writeln!(settings, "listen_addr=\nlisten_port=6432\nunix_socket_dir={here}\nauth_type=trust");
        _ = writeln!(settings, "auth_file={here}/users\npool_mode={mode}\nlogfile={here}/log\npidfile=");
        std::fs::write(folder.join("users"), "\"recourse\" \"\"\n").unwrap();
        std::fs::write(folder.join("settings"), settings).unwrap();
        let mut command = Command::new(program());
        command.arg(folder.join("settings")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = cluster.runs_as() {
            command.uid(user).gid(group);
        }
        let it = Self { process: command.spawn().unwrap(), folder };
        let began = Instant::now();
        while !it.folder.join(".s.PGSQL.6432").exists() {
            let log = std::fs::read_to_string(it.folder.join("log"));
            assert!(began.elapsed() < Duration::from_secs(10), "pgbouncer does not start: {log:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        it
    }

    fn url(&self) -> String {
        format!("postgres://recourse@/book?host={}&port=6432", self.folder.display())
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn transaction_mode_is_refused_and_session_mode_works() {
    let cluster = Cluster::primary();
    check(&recourse(&cluster.url(), &["board"]), 0, "");
    for mode in ["transaction", "statement"] {
        let bouncer = Bouncer::start(&cluster, mode);
        for _ in 0..3 {
            check(&recourse(&bouncer.url(), &["board"]), 3, "session mode");
        }
        check(&recourse(&bouncer.url(), &["doctor"]), 3, "session mode");
    }
    let bouncer = Bouncer::start(&cluster, "session");
    let file = folder("sample");
    std::fs::write(&file, super::harness::program(&["sample", "--orders", "40"]).output().unwrap().stdout).unwrap();
    let import = recourse(&bouncer.url(), &["import", file.to_str().unwrap(), "--json"]);
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(import.code, 0 | 1), "{import:?}");
    check(&recourse(&bouncer.url(), &["board", "--read-only"]), 0, "");
    check(&recourse(&bouncer.url(), &["verify"]), 0, "");

    // The next client of the same server session finds nothing that this program left.
    let left = "select concat_ws(' ', current_setting('search_path'), current_setting('default_transaction_read_only'), \
                coalesce(current_setting('recourse.mark', true), ''), (select count(*) from pg_listening_channels()), \
                (select count(*) from pg_prepared_statements), (select count(*) from pg_locks where locktype = 'advisory'))";
    let folder = bouncer.folder.to_string_lossy().into_owned();
    let seen = cluster.run("psql", &["-h", &folder, "-p", "6432", "-U", "recourse", "-d", "book", "-qAtX", "-c", left]);
    assert_eq!(seen, cluster.sql("book", left));
    assert_eq!(seen, "recourse, public off  0 0 0");
}
