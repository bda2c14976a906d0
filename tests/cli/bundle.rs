//! The bundle for the court over the fixture district: a second computation in SQL, digests and a
//! signature that other programs check, and a report that is counted again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use super::Desk;
use super::compliance::{AS_OF, desk};
use super::not_recorded::{from_part_c, unrecorded};

/// Days of a report: at a year's end, in its middle, and a year before.
const DAYS: [&str; 3] = [AS_OF, "2025-11-03", "2025-06-13"];

pub(super) fn bundle(desk: &Desk, as_of: &str, out: &str) -> PathBuf {
    bundle_of(desk, "chanda-smith", as_of, out, &[])
}

pub(super) fn bundle_of(
    desk: &Desk,
    decree: &str,
    as_of: &str,
    out: &str,
    more: &[&str],
) -> PathBuf {
    let bundle = ["compliance", "bundle", "--as-of", as_of, "--out", out];
    let of = ["--decree", decree, "--quiet"];
    desk.done(&[&bundle[..], &of, more].concat());
    desk.path(out)
}

/// The cells of a file of the bundle, its heading first.
pub(super) fn cells(path: &Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .expect("it opens");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.collect()
}

/// The bundle in SQLite, as `sqlite3` reads its own script: `.import` and `.read`.
struct Second {
    connection: SqliteConnection,
    bundle: PathBuf,
}

impl Second {
    /// Everything but the comparison.
    async fn of(bundle: &Path) -> Self {
        let connection = SqliteConnection::connect("sqlite::memory:").await;
        let mut second = Self {
            connection: connection.expect("SQLite"),
            bundle: bundle.to_owned(),
        };
        let script = std::fs::read_to_string(bundle.join("sql/sqlite.sql")).expect("a script");
        for line in script.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match &words[..] {
                [".import", file, table] => second.import(file, table).await,
                [".read", file] if !file.ends_with("compare.sql") => second.read(file).await,
                _ => {}
            }
        }
        second
    }

    async fn import(&mut self, file: &str, table: &str) {
        let rows = cells(&self.bundle.join(file));
        let columns = rows[0].iter().map(|it| format!("\"{it}\" TEXT"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        self.run(format!("CREATE TABLE {table} ({columns})")).await;
        let marks = vec!["?"; rows[0].len()].join(", ");
        let mut transaction = self.connection.begin().await.expect("begun");
        for row in &rows[1..] {
            let insert = AssertSqlSafe(format!("INSERT INTO {table} VALUES ({marks})"));
            let mut insert = sqlx::query(insert);
            for cell in row {
                insert = insert.bind(cell.to_owned());
            }
            insert.execute(&mut *transaction).await.expect("inserted");
        }
        transaction.commit().await.expect("committed");
    }

    async fn read(&mut self, file: &str) {
        let text = std::fs::read_to_string(self.bundle.join(file)).expect("SQL");
        self.run(text).await;
    }

    async fn run(&mut self, sql: String) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection);
        done.await.expect("SQLite runs it");
    }

    /// Cases by outcome, as one of the two says them.
    async fn cases(&mut self, table: &str) -> BTreeMap<String, i64> {
        let sql = format!("SELECT outcome, COUNT(*) FROM {table} GROUP BY outcome");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.connection);
        let rows = rows.await.expect("an answer").into_iter();
        rows.map(|row| (row.get(0), row.get(1))).collect()
    }

    /// What the two do not agree on, a line each.
    async fn differences(&mut self) -> Vec<String> {
        self.read("sql/compare.sql").await;
        let sql = "SELECT said_by || ' ' || outcome || ' ' || \"case\" || ' ' || class || ' ' || \
                   reason || ' ' || COALESCE(days, '') FROM difference ORDER BY 1";
        let rows = sqlx::query(sql).fetch_all(&mut self.connection);
        let rows = rows.await.expect("an answer");
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// The bundle in DuckDB, by the script that comes along: what is said of how many cases of each
/// outcome, and what the two do not agree on, a line each.
fn in_duckdb(bundle: &Path) -> (BTreeMap<String, i64>, Vec<String>) {
    let folders = ["REGISTRAR_TOOLS", "PATH"].map(registrar::host::environment);
    let folders = folders.iter().flatten();
    let mut programs = folders
        .flat_map(|list| std::env::split_paths(list))
        .map(|folder| folder.join("duckdb"));
    let program = programs.find(|path| path.is_file());
    let program = program.expect("duckdb is installed (tests/run)");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str], script: Stdio| {
        let mut command = Command::new(&program);
        let command = command.current_dir(bundle).arg("-init").arg("/dev/null");
        let command = command.args(["-csv", "-noheader"]);
        let command = command.arg(folder.path().join("recount.duckdb"));
        let output = command.args(arguments).stdin(script).output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", super::talk(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    let script = std::fs::File::open(bundle.join("sql/duckdb.sql")).expect("a script");
    run(&[], script.into());
    let asked = |sql| run(&["-c", sql], Stdio::null());
    let counts = asked("SELECT outcome, COUNT(*) FROM said_by_sql GROUP BY outcome");
    let counts = counts.lines().map(|line| {
        let (outcome, cases) = line.split_once(',').expect("two cells");
        (outcome.to_owned(), cases.parse().expect("a number"))
    });
    let told = asked("SELECT said_by, outcome, \"case\", class FROM difference ORDER BY ALL");
    (counts.collect(), told.lines().map(str::to_owned).collect())
}

/// Cases by outcome, all of which program and SQL put into the same class.
async fn agreed(decree: &str) -> BTreeMap<String, i64> {
    let desk = desk();
    desk.keys();
    from_part_c(&desk);
    unrecorded(&desk);
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    for as_of in DAYS {
        let bundle = bundle_of(&desk, decree, as_of, as_of, &[]);
        let mut second = Second::of(&bundle).await;
        assert_eq!(second.differences().await, [""; 0], "{as_of}");
        let by_sql = second.cases("said_by_sql").await;
        assert_eq!(by_sql, second.cases("said_by_program").await, "{as_of}");
        let in_duckdb = in_duckdb(&bundle);
        assert_eq!(
            in_duckdb,
            (by_sql.clone(), Vec::new()),
            "{as_of}: in DuckDB"
        );
        for (outcome, cases) in by_sql {
            *counted.entry(outcome).or_default() += cases;
        }
    }
    assert!(counted.values().all(|cases| *cases > 0), "{counted:?}");
    counted
}

#[tokio::test]
async fn sql_that_reads_dates_codes_and_calendars_puts_every_case_into_the_class_of_the_program() {
    let counted = agreed("chanda-smith").await;
    assert!(counted.len() >= 10, "ten outcomes have cases: {counted:?}");
    assert!(counted.values().sum::<i64>() > 1000, "{counted:?}");
}

#[tokio::test]
async fn sql_of_the_indicators_puts_every_case_into_the_class_of_the_program() {
    let counted = agreed("idea-part-b").await;
    let indicators: Vec<&str> = counted.keys().map(|it| &**it).collect();
    assert_eq!(indicators, ["B1", "B11", "B12", "B13", "B2", "B5"]);
    assert!(counted.values().sum::<i64>() > 400, "{counted:?}");
    assert!(counted["B12"] >= 8, "{counted:?}");
}

#[test]
fn who_is_held_is_told_as_it_was_in_the_state_of_the_records_that_is_read() {
    let desk = desk();
    desk.keys();
    let told = super::compliance::status(&desk);
    let before = told["as_known"].as_str().expect("an instant").to_owned();
    let package = super::held::without_a_key(&desk);
    let landed = desk.answer(0, &["import", "--hold", &package]);
    assert_eq!(landed[0]["held_people"][0], "9000001");
    let held = |out: &str, more: &[&str]| {
        let bundle = bundle_of(&desk, "chanda-smith", AS_OF, out, more);
        cells(&bundle.join("held.csv"))
    };
    let then = held("then", &["--as-known", &before]);
    assert_eq!(then.len(), 1, "nobody was held then: {then:?}");
    let table = desk.path("key.csv").display().to_string();
    let now = held("now", &["--key-table", &table]);
    assert_eq!(now.len(), 2, "{now:?}");
    let own = cells(&desk.path("key.csv"));
    let own = own.iter().find(|row| &row[3] == "9000001");
    let own = own.expect("the table has everybody");
    assert_eq!((&now[1][1], &now[1][6]), (&own[0], "marks.csv"));
}

#[tokio::test]
async fn one_case_in_another_class_is_found_whichever_of_the_two_put_it_there() {
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    let of = |change: &str| {
        let (bundle, change) = (bundle.clone(), change.to_owned());
        async move {
            let mut second = Second::of(&bundle).await;
            second.run(change).await;
            second.differences().await
        }
    };
    let first = "(SELECT MIN(\"case\") FROM list_10 WHERE class = 'within_60')";
    let change = format!("UPDATE list_10 SET class = 'within_75' WHERE \"case\" = {first}");
    let listed = of(&change).await;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(
        listed[0].contains(" within_75 ") && listed[1].contains(" within_60 "),
        "{listed:?}"
    );
    // DuckDB finds it as well, in the list itself.
    let list = bundle.join("lists/10.csv");
    let own = std::fs::read_to_string(&list).expect("a list");
    std::fs::write(&list, own.replacen(",within_60,", ",within_75,", 1)).expect("written");
    let (_, told) = in_duckdb(&bundle);
    std::fs::write(&list, own).expect("written");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("program,10,") && told[0].ends_with(",within_75"),
        "{told:?}"
    );
    // The same case by its date: the meeting was later.
    let change = format!(
        "UPDATE input_evaluation SET meeting_held_on = '2026-06-11', consent_received_on = \
         '2026-02-01' WHERE \"case\" = {first}"
    );
    let dated = of(&change).await;
    assert_eq!(dated.len(), 2, "{dated:?}");
    assert!(dated[1].contains(" later rule_holds 130"), "{dated:?}");
    // A case that the program left out altogether.
    let missing = of("DELETE FROM list_6 WHERE rowid = 1").await;
    assert_eq!(missing.len(), 1, "{missing:?}");
    // A holiday from the receipt of each complaint to its answer leaves no working day.
    let holidays = "INSERT INTO calendars (school, source, kind, begins_on, ends_on, used) SELECT \
                    school, source, 'holiday', received_on, answered_on, 'yes' FROM \
                    input_complaint, (SELECT MIN(source) AS source FROM calendars)";
    let holidays = of(holidays).await;
    let none = |it: &&String| it.starts_with("sql 11 ") && it.ends_with(" within_5 rule_holds 0");
    assert_eq!(holidays.iter().filter(none).count(), 2, "{holidays:?}");
}

/// Runs a program of the system in a folder.
fn asked(folder: &Path, program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .output();
    output.expect("the program is there").status.success()
}

#[test]
fn digests_and_signature_of_a_bundle_are_checked_by_programs_of_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    desk.done(&["key", "export", "--out", "district.pem", "--quiet"]);
    let sums = |folder| asked(folder, "sha256sum", &["--check", "--quiet", "SHA256SUMS"]);
    assert!(sums(&bundle));
    let root = ["verify", "-CAfile", "../district.pem", "signer.cert.pem"];
    assert!(asked(&bundle, "openssl", &root));
    let key = [
        "x509",
        "-in",
        "signer.cert.pem",
        "-pubkey",
        "-noout",
        "-out",
        "../pub.pem",
    ];
    assert!(asked(&bundle, "openssl", &key));
    let verify = |list: &str| {
        let key = [
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "../pub.pem",
            "-rawin",
        ];
        let files = ["-in", list, "-sigfile", "SHA256SUMS.sig"];
        asked(&bundle, "openssl", &[&key[..], &files].concat())
    };
    assert!(verify("SHA256SUMS"));
    assert!(!verify("report.csv"), "it is the list that was signed");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode();
    assert_eq!(mode(&bundle) & 0o777, 0o700);
    assert_eq!(mode(&bundle.join("inputs/pupil.csv")) & 0o777, 0o600);
    let listed = std::fs::read_to_string(bundle.join("SHA256SUMS")).expect("a list");
    for file in [
        "decree.toml",
        "lists/10.csv",
        "rows/meeting.csv",
        "sql/outcome-10.sql",
    ] {
        assert!(listed.contains(&format!("  {file}\n")), "{file}: {listed}");
    }
    let taken = ["compliance", "bundle", "--as-of", AS_OF, "--out", "bundle"];
    let taken = desk.fails(&taken);
    assert!(taken.contains("holds files already\n") || taken.contains("hint: name another"));
    assert!(sums(&bundle), "what was there is as it was");
    let left: Vec<_> = std::fs::read_dir(desk.path(""))
        .expect("a folder")
        .collect();
    let left = left.iter().flatten().map(|it| it.file_name());
    let left: Vec<_> = left
        .filter(|it| it.to_string_lossy().ends_with(".new"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn every_case_of_a_list_has_its_inputs_and_rows_and_every_column_a_meaning() {
    let desk = desk();
    desk.keys();
    let bundle = bundle(&desk, AS_OF, "bundle");
    let book = cells(&bundle.join("codebook.csv"));
    let known: BTreeMap<(&str, &str), &str> = book
        .iter()
        .map(|row| ((&row[0], &row[1]), &row[2]))
        .collect();
    let listed = std::fs::read_to_string(bundle.join("SHA256SUMS")).expect("a list");
    let files: Vec<&str> = listed
        .lines()
        .filter_map(|it| it.split("  ").nth(1))
        .collect();
    let mut told: BTreeMap<&str, BTreeMap<String, csv::StringRecord>> = BTreeMap::new();
    for file in files.iter().filter(|it| it.ends_with(".csv")) {
        let rows = cells(&bundle.join(file));
        for column in &rows[0] {
            let meaning = known.get(&(*file, column)).copied().unwrap_or_default();
            assert!(!meaning.is_empty(), "{file} has the column {column}");
        }
        if let Some(kind) = file.strip_prefix("inputs/") {
            let of_case = rows.into_iter().map(|row| (row[0].to_owned(), row));
            told.insert(kind.trim_end_matches(".csv"), of_case.collect());
        }
    }
    let mut tables: BTreeSet<String> = BTreeSet::new();
    let sourced: BTreeSet<String> = files
        .iter()
        .filter(|it| it.starts_with("rows/"))
        .flat_map(|file| cells(&bundle.join(file)).split_off(1))
        .map(|row| {
            assert!(
                row[5].ends_with(".csv") && row[6].parse::<u64>().is_ok(),
                "{row:?}"
            );
            tables.insert(row[1].to_owned());
            row[0].to_owned()
        })
        .collect();
    // What a case tells of its pupil has its line as well.
    for table in ["demographics", "eligibilities", "residences"] {
        assert!(tables.contains(table), "{table}: {tables:?}");
    }
    let mut counted = 0;
    for file in files.iter().filter(|it| it.starts_with("lists/")) {
        let rows = cells(&bundle.join(file));
        let heading = &rows[0];
        for row in &rows[1..] {
            let kind = row[0].split('/').next().expect("a kind");
            let inputs = &told[kind][&row[0]];
            let fields = told[kind]["case"].iter().zip(inputs).skip(2);
            for (field, value) in fields {
                let columns: Vec<&str> = heading.iter().collect();
                let place = columns.iter().rposition(|it| *it == field).expect(field);
                assert_eq!(&row[place], value, "{file} {}: {field}", &row[0]);
            }
            assert!(sourced.contains(&row[0]), "{file}: {}", &row[0]);
            counted += 1;
        }
    }
    assert!(counted > 500, "{counted}");
    assert!(told["pupil"].len() > 1000, "those without a plan as well");
}

#[test]
fn the_calendar_that_is_marked_as_used_is_the_one_that_the_counts_go_by() {
    let desk = desk();
    desk.keys();
    // A system that comes first by its name, and that nobody counts.
    let school = "19999990100017";
    let package = desk.path("beside");
    std::fs::create_dir(&package).expect("a folder");
    let manifest = format!(
        "format = \"registrar-package/1\"\ndistrict = \"1999999\"\nsource = \"aaa-calendar\"\n\
         exported_at = \"2026-05-29T20:00:00Z\"\nschools = [\"{school}\"]\n\
         [tables.calendar_periods]\nmode = \"full\"\n"
    );
    std::fs::write(package.join("manifest.toml"), manifest).expect("written");
    let shipped = super::fixture("district/central/calendar_periods.csv");
    let shipped = std::fs::read_to_string(shipped).expect("the fixture");
    let own = shipped.lines().enumerate();
    let own = own.filter(|(line, text)| *line == 0 || text.starts_with(school));
    let own: String = own.map(|(_, text)| format!("{text}\n")).collect();
    std::fs::write(package.join("calendar_periods.csv"), own).expect("written");
    desk.done(&["import", &package.display().to_string(), "--quiet"]);

    let rows = cells(&bundle(&desk, AS_OF, "bundle").join("calendars.csv"));
    let column = |name: &str| rows[0].iter().position(|it| it == name).expect(name);
    let [of, source, used] = ["school", "source", "used"].map(column);
    let own: Vec<_> = rows.iter().filter(|row| &row[of] == school).collect();
    let sources: BTreeSet<&str> = own.iter().map(|row| &row[source]).collect();
    assert_eq!(sources.len(), 2);
    for row in own {
        let is_counted = &row[source] == "marisol-central";
        assert_eq!(&row[used] == "yes", is_counted, "{row:?}");
    }
}
