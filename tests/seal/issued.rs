//! Transcripts as a district issues them: by the program's own commands, from the fixture district,
//! in both suites, on one, two and six pages. Made once for all tests of one program.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use registrar::seal::{KeyFolder, Purpose, Suite, TrustStore};

/// Whose keys sign.
pub const ORGANISATION: &str = "Marisol Unified School District";
/// Which students get a transcript, and on how many pages it comes out.
pub const PAGES: [(&str, usize); 3] = [("9000001", 1), ("9000002", 2), ("9000003", 6)];
/// Postings that make the record of 9000003 six pages long.
const POSTINGS_MORE: usize = 700;

/// One suite's transcripts, and all that a college needs to check them.
pub struct Issued {
    pub suite: Suite,
    /// The certificate that `registrar key export` gives to colleges.
    pub root: String,
    pub trust: TrustStore,
    /// The certificates of the document key and the data key, each in PEM.
    pub signers: [String; 2],
    /// For each of [`PAGES`], in that order, the signed file.
    pub files: [Vec<u8>; 3],
}

/// The transcripts of each suite.
pub fn issued() -> &'static [Issued; 2] {
    static BOTH: LazyLock<[Issued; 2]> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a folder");
        import(folder.path());
        [Suite::P256, Suite::Ed25519].map(|suite| issue(folder.path(), suite))
    });
    &BOTH
}

fn registrar(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_registrar"))
        .current_dir(folder)
        .env("REGISTRAR_PASSPHRASE", "correct horse battery")
        .env("REGISTRAR_ROOT_PASSPHRASE", "another horse battery")
        .env_remove("DATABASE_URL")
        .args(arguments)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    output.stdout
}

/// The shipped district, and a later export that makes one record long.
fn import(folder: &Path) {
    let central = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/district/central");
    std::fs::create_dir(folder.join("more")).expect("a folder");
    let courses = std::fs::read_to_string(central.join("courses.csv")).expect("courses");
    std::fs::write(folder.join("more/marks.csv"), long_record(&courses)).expect("written");
    let totals = std::fs::read_to_string(central.join("totals.csv")).expect("totals");
    std::fs::write(folder.join("more/totals.csv"), without_totals(&totals)).expect("written");
    let manifest = "format = \"registrar-package/1\"\ndistrict = \"1999999\"\n\
                    source = \"marisol-central\"\nexported_at = \"2026-06-19T20:00:00Z\"\n\
                    schools = [\"19999990100056\"]\n[tables.marks]\nmode = \"delta\"\n\
                    [tables.totals]\nmode = \"delta\"\n";
    std::fs::write(folder.join("more/manifest.toml"), manifest).expect("written");
    registrar(folder, &["import", &central.display().to_string(), "more"]);
}

/// A delta of marks: every course of the school, summer after summer.
fn long_record(courses: &str) -> String {
    const SCHOOL: &str = "19999990100056";
    let numbers = courses.lines().filter_map(|line| {
        let rest = line.strip_prefix(SCHOOL)?.strip_prefix(',')?;
        rest.split_once(',').map(|(number, _)| number)
    });
    let numbers: Vec<&str> = numbers.collect();
    let terms = ["2020-U", "2021-U", "2022-U", "2023-U", "2024-U", "2025-U"];
    let places = terms.iter().flat_map(|term| {
        let each = numbers.iter();
        each.map(move |number| (term, number))
    });
    let mut csv = String::from(
        "school,posting,person,term,course,title,taken_at,kind,mark,credit_attempted,\
         credit_earned,grade_level,posted_by,posted_at,status\n",
    );
    for (place, (term, number)) in places.take(POSTINGS_MORE).enumerate() {
        let mark = ["A", "B", "C", "D", "P"][place % 5];
        csv.push_str(&format!(
            "{SCHOOL},9000003-L{place:03},9000003,{term},{number},,,summer,{mark},5.00,5.00,10,\
             gradebook,2025-07-30T23:30:00Z,current\n"
        ));
    }
    csv
}

/// A delta of totals: what was declared for the record before it was made long is taken back.
fn without_totals(totals: &str) -> String {
    let mut csv = String::from("school,person,figure,value,status\n");
    for line in totals.lines().filter(|line| line.contains(",9000003,")) {
        csv.push_str(&format!("{line},withdrawn\n"));
    }
    csv
}

fn issue(folder: &Path, suite: Suite) -> Issued {
    let suite_folder = folder.join(suite.to_string());
    std::fs::create_dir(&suite_folder).expect("a folder");
    let settings = "database = \"sqlite:../registrar.db\"\n[transcript]\n\
                    certified_by = \"Remedios Varo\"\nworkers = 2\n";
    std::fs::write(suite_folder.join("registrar.toml"), settings).expect("written");
    let name = suite.to_string();
    let init = ["key", "init", "--organisation", ORGANISATION, "--root-out"];
    registrar(
        &suite_folder,
        &[&init[..], &["root", "--suite", &name]].concat(),
    );
    registrar(&suite_folder, &["key", "export", "--out", "district.pem"]);
    let students = PAGES.map(|(student, _)| student);
    let issue = ["transcript", "issue", "--json", "--out", "out", "--student"];
    let answer = registrar(&suite_folder, &[&issue[..], &students].concat());
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    let file = |place: usize| {
        let copy = &answer["made"][place];
        assert_eq!(copy["student"], students[place]);
        let path = copy["file"].as_str().expect("a file");
        std::fs::read(suite_folder.join(path)).expect("the file is there")
    };
    let root = std::fs::read_to_string(suite_folder.join("district.pem")).expect("exported");
    let keys = KeyFolder::open(&suite_folder.join("keys")).expect("keys");
    let certificate = |purpose: Purpose| {
        let record = keys.records().iter().find(|key| key.purpose == purpose);
        let certificate = keys.certificate(record.expect("such a key"));
        certificate.expect("it is certified").to_pem()
    };
    Issued {
        suite,
        trust: TrustStore::from_pem(&root).expect("a root"),
        root,
        signers: [Purpose::Document, Purpose::Data].map(certificate),
        files: [0, 1, 2].map(file),
    }
}
