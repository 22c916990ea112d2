//! A full disk, at the server and here: it is told in plain words, nothing is half written, and afterwards everything goes on.

use std::process::Stdio;

use super::cluster::{Cluster, check, folder, recourse};
use super::harness::{program, told};

#[test]
fn a_full_disk_loses_nothing() {
    // Small pieces of the log: only tables reach the limit.
    let cluster = Cluster::primary_with(&[], &["--wal-segsize=1"]);
    let file = folder("facts").with_extension("ndjson");
    let sample = program(&["sample", "--orders", "900", "--seed", "3"]).output().unwrap().stdout;
    let lines = sample.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as i64;
    std::fs::write(&file, &sample).unwrap();
    let import = ["import", file.to_str().unwrap(), "--json"];
    check(&recourse(&cluster.url(), &["board"]), 0, "");

    cluster.limit_files(Some(1_200_000));
    let full = recourse(&cluster.url(), &import);
    check(&full, 1, "the database's disk is full; nothing was changed");
    cluster.limit_files(None);

    check(&recourse(&cluster.url(), &["verify"]), 0, "");
    let again = recourse(&cluster.url(), &import);
    assert_eq!((again.code, again.one()["read"].as_i64()), (0, Some(lines)), "{again:?}");
    check(&recourse(&cluster.url(), &["verify"]), 0, "");
    std::fs::remove_file(&file).unwrap();

    // And here: what is printed has no place.
    for words in [&["orders"][..], &["export"], &["law"], &["verify", "--json"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let child =
            program(words).env("DATABASE_URL", cluster.url()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.starts_with("recourse: ") && said.contains("space"), "{words:?}: {said}");
    }
    check(&told(program(&["board"]).env("DATABASE_URL", cluster.url())), 0, "");
}
