//! The same records give the same bytes: whichever database holds them, and however many threads
//! count.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use registrar::host::Clock;
use registrar::intake::{self, Options, Verdict};

use super::common::{self, TestDatabase};
use super::{Desk, fixture};

const AS_OF: &str = "2026-06-12";

/// The packages of the fixture district, each with the instant at which it is imported.
const PACKAGES: [(&str, &str); 4] = [
    ("central", "2026-06-12T21:00:00Z"),
    ("charters", "2026-06-12T21:10:00Z"),
    ("seds", "2026-06-12T21:20:00Z"),
    ("seds-update", "2026-06-26T21:00:00Z"),
];

async fn imported(database: TestDatabase) -> TestDatabase {
    for (package, recorded_at) in PACKAGES {
        let path = PathBuf::from(fixture(&format!("district/{package}")));
        let clock = Clock::Fixed(recorded_at.parse().expect("an instant"));
        let options = Options::default();
        let import = intake::import(&database.store, &path, &options, clock, &mut |_| {}).await;
        let import = import.expect("the import runs");
        assert!(matches!(import.verdict, Verdict::Landed(_)), "{import}");
    }
    database
}

/// Every file below a folder, but those that have the moment of their making in them.
fn files(folder: &Path, below: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, below, found);
            continue;
        }
        let name = path.strip_prefix(below).expect("below it").to_owned();
        let mut bytes = std::fs::read(&path).expect("a file");
        if name == Path::new("report.csv") {
            let text = String::from_utf8(bytes).expect("text");
            let told = text.lines().filter(|line| !line.starts_with("made_at,"));
            bytes = told.collect::<Vec<_>>().join("\n").into_bytes();
        }
        let is_dated = ["SHA256SUMS", "SHA256SUMS.sig"].map(Path::new);
        if !is_dated.contains(&&*name) {
            found.insert(name, bytes);
        }
    }
}

/// What a decree comes to on the screen, and every list and case in a bundle.
fn counted(
    desk: &Desk,
    (decree, study): (&str, &[&str]),
    (url, threads): (&str, &str),
) -> BTreeMap<PathBuf, Vec<u8>> {
    let asked = ["--decree", decree, "--as-of", AS_OF, "--threads", threads];
    let asked = [&asked[..], study, &["--database", url, "--quiet"]].concat();
    let status = [&["compliance", "status", "--json"], &asked[..]].concat();
    let status = desk.run(&status);
    assert!(
        !status.stdout.is_empty(),
        "{decree}: {}",
        super::talk(&status)
    );
    let out = desk.path("bundle");
    let bundle = ["compliance", "bundle", "--out", "bundle"];
    desk.done(&[&bundle[..], &asked].concat());
    let mut told = BTreeMap::from([(PathBuf::from("status.json"), status.stdout)]);
    files(&out, &out, &mut told);
    std::fs::remove_dir_all(out).expect("removed");
    told
}

/// The court edition as a draft, with its model in it.
fn draft(desk: &Desk, decree: &str, (url, threads): (&str, &str)) -> Vec<u8> {
    let asked = ["--decree", decree, "--as-of", AS_OF, "--threads", threads];
    let draft = ["compliance", "report", "--draft", "--out", "draft.pdf"];
    let to = ["--database", url, "--quiet"];
    desk.done(&[&draft[..], &asked, &to].concat());
    std::fs::read(desk.path("draft.pdf")).expect("written")
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_and_any_number_of_threads_give_the_same_bytes() {
    let sqlite = imported(common::sqlite().await).await;
    let postgres = imported(common::postgres().await).await;
    let desk = Desk::new();
    desk.keys();
    let settings = "[compliance]\nstudent_systems = [\"marisol-central\", \"marisol-charters\"]\n\
                    support_systems = [\"marisol-seds\"]\n";
    std::fs::write(desk.path("registrar.toml"), settings).expect("written");
    let weeks = ["--study-from", "2026-03-02", "--study-to", "2026-04-24"];
    for (decree, study) in [
        ("chanda-smith", &weeks[..]),
        ("idea-part-b", &[]),
        ("continuity", &[]),
    ] {
        let first = counted(&desk, (decree, study), (&sqlite.url, "1"));
        let lists = first.keys().filter(|it| it.starts_with("lists")).count();
        assert!(lists > 3, "{decree}: {:?}", first.keys());
        for other in [(&sqlite.url, "2"), (&postgres.url, "2")] {
            let other = counted(&desk, (decree, study), (other.0, other.1));
            assert!(first.keys().eq(other.keys()), "{:?}", other.keys());
            for (file, bytes) in &first {
                assert!(
                    *bytes == other[file],
                    "{decree}: {} differs",
                    file.display()
                );
            }
        }
        let one = draft(&desk, decree, (&sqlite.url, "1"));
        let other = draft(&desk, decree, (&postgres.url, "2"));
        assert!(one == other, "{decree}: the report differs");
    }
}
