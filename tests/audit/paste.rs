//! What `check --causes` names is pasted into `policy.toml`, as a person would, and the differences
//! are gone.

use std::path::Path;

use registrar::transcript::Policy;
use serde_json::{Value, json};

use crate::case::POLICY;
use crate::command::copy;
use crate::program::{Desk, fixture};

/// A setting of the shipped policy made another one: where, which, and the lines.
type Changed = (&'static str, Option<&'static str>, &'static str);

const UNWEIGHTED: Option<&str> = Some("name = \"unweighted\"");

/// One of each kind that the declared figures of these students can tell.
const CHANGED: &[Changed] = &[
    ("[[gpa]]", UNWEIGHTED, "decimals = 2"),
    (
        "[[gpa]]",
        UNWEIGHTED,
        "decimals = 3\nrounding = \"truncate\"",
    ),
    ("[[gpa]]", UNWEIGHTED, "window = [\"9\", \"11\"]"),
    (
        "[[gpa]]",
        UNWEIGHTED,
        "repeats = { rule = \"highest_counts\" }",
    ),
    (
        "[[gpa]]",
        UNWEIGHTED,
        "kinds = [\"regular\", \"transfer\", \"dual_enrolment\"]",
    ),
    ("[[gpa]]", UNWEIGHTED, "counts_as = { P = \"A\" }"),
    ("[[gpa]]", UNWEIGHTED, "weight = \"grades\""),
    ("[[gpa]]", UNWEIGHTED, "only_ag = true"),
    (
        "[[gpa]]",
        UNWEIGHTED,
        "subjects_left_out = [\"physical_education\"]",
    ),
    ("[[gpa]]", UNWEIGHTED, "counts_twice = [\"college\"]"),
    ("[[gpa]]", UNWEIGHTED, "bonus = { points = { ap = \"1\" } }"),
    ("[repeats]", None, "rule = { rule = \"highest_counts\" }"),
    ("[[scale]]", Some("mark = \"D\""), "points = \"1.5\""),
];

/// A district's office whose rules are these.
struct Office {
    desk: Desk,
    settings: String,
    students: Vec<String>,
}

/// Students whose figures are computed under each setting: enough for each kind to be told.
const STUDENTS: usize = 24;

impl Office {
    fn new() -> Self {
        let desk = Desk::with_district();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/transcript");
        copy(&shipped, &desk.path("ours"));
        let settings = std::fs::read_to_string(desk.path("registrar.toml")).expect("settings");
        let totals = std::fs::read_to_string(fixture("district/charters/totals.csv"));
        let totals = totals.expect("the fixture");
        let numbers = totals
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(1));
        let mut students: Vec<String> = numbers.map(str::to_owned).collect();
        students.dedup();
        students.truncate(STUDENTS);
        Self {
            desk,
            settings,
            students,
        }
    }

    /// What the figures of a charter school's students say under these rules.
    fn causes(&self, policy: &str) -> Value {
        let digest = Policy::parse(policy).expect("a policy").digest();
        std::fs::write(self.desk.path("ours/policy.toml"), policy).expect("written");
        let approved = format!(
            "{}approved_rules = \"{}\"\n",
            self.settings,
            hex::encode(digest)
        );
        std::fs::write(self.desk.path("registrar.toml"), approved).expect("written");
        let causes = ["check", "--causes", "--template", "./ours", "--json"];
        let students = self.students.iter().map(String::as_str);
        let students: Vec<&str> = ["--student"].into_iter().chain(students).collect();
        let output = self.desk.run(&[&causes[..], &students].concat());
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

#[test]
fn a_cause_that_is_pasted_into_the_policy_leaves_no_difference() {
    let office = Office::new();
    let right = office.causes(POLICY);
    let agree = right["agree"].as_u64().expect("a number");
    assert!(agree > 60, "{right}");
    for (table, having, set) in CHANGED {
        let wrong = json!({ "table": table, "having": having, "set": set });
        let wrong = paste(POLICY, &wrong);
        let found = office.causes(&wrong);
        assert!(
            found["agree"].as_u64() < Some(agree),
            "{set}: the figures tell nothing"
        );
        let mended = paste(&wrong, &found["causes"][0]["setting"]);
        let after = office.causes(&mended);
        assert_eq!(after["agree"], agree, "{set}: {found}");
        assert_eq!(after["differ"], right["differ"], "{set}: {found}");
    }
}

/// Of these students the second setting alone would change nothing: another one, which seems to
/// clear what the first has caused, is not named.
#[test]
fn what_only_one_of_two_wrong_settings_has_caused_is_told_once() {
    let office = Office::new();
    let right = office.causes(POLICY);
    let mut policy = POLICY.to_owned();
    for set in [
        "rule = { rule = \"lower_without_credit\" }",
        "credit = \"once\"",
    ] {
        policy = paste(&policy, &json!({ "table": "[repeats]", "set": set }));
    }
    let found = office.causes(&policy);
    for cause in found["causes"].as_array().expect("causes") {
        policy = paste(&policy, &cause["setting"]);
    }
    let after = office.causes(&policy);
    assert_eq!(after["agree"], right["agree"], "{found}");
    let causes = found["causes"].as_array().expect("causes").iter();
    let named: Vec<&Value> = causes.map(|cause| &cause["setting"]["set"]).collect();
    let right = ["rule = { rule = \"every_attempt_counts\" }"];
    assert_eq!(named, right, "{found}");
}

/// The policy with a setting's lines at the head of its table, in place of what stood there.
fn paste(policy: &str, setting: &Value) -> String {
    let text = |key: &str| setting[key].as_str().unwrap_or_default();
    let (header, having, set) = (text("table"), text("having"), text("set"));
    let lines: Vec<&str> = policy.lines().collect();
    let name = header.trim_matches(['[', ']']);
    let within = |line: &str| {
        line.trim_start_matches('[')
            .starts_with(&format!("{name}."))
    };
    let ends = |begin: usize| {
        let rest = lines[begin..].iter();
        let length = rest
            .take_while(|line| !line.starts_with('[') || within(line))
            .count();
        begin + length
    };
    let headers = (0..lines.len()).filter(|place| lines[*place] == header);
    let mut tables = headers.map(|place| (place + 1, ends(place + 1)));
    let (begin, end) = tables
        .find(|(begin, end)| having.is_empty() || lines[*begin..*end].contains(&having))
        .expect("the table stands there");
    let set_now: toml::Table = toml::from_str(set).expect("TOML");
    let keys: Vec<&str> = set_now
        .keys()
        .map(String::as_str)
        .chain([text("take_out")])
        .collect();
    let mut kept = Vec::new();
    let mut left_out = false;
    for line in &lines[begin..end] {
        let of_key = |key: &&str| {
            !key.is_empty()
                && (line.starts_with(&format!("{key} ")) || line.starts_with(&format!("{key}.")))
        };
        if line.starts_with('[') {
            left_out = keys.iter().any(|key| *line == format!("[{name}.{key}]"));
        }
        if !left_out && !keys.iter().any(of_key) {
            kept.push(*line);
        }
    }
    let parts = [&lines[..begin], &[set], &kept, &lines[end..]];
    parts.concat().join("\n") + "\n"
}
