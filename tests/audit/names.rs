//! Names of the policy that the district's records do not have: found once, about nobody.

use std::sync::Arc;

use registrar::issue::Examination;
use registrar::record::CatalogueNames;
use registrar::transcript::Policy;
use registrar::transcript::audit::{Finding, Severity, of_names};

use crate::case::POLICY;
use crate::common::{self, on_both_databases};
use crate::desk;

/// The shipped rules with one text in place of another, each time it stands there.
fn with(from: &str, to: &str) -> String {
    let text = POLICY.replace(from, to);
    assert_ne!(text, POLICY, "`{from}` stands in the shipped rules");
    text
}

/// The lines on which a text stands.
fn lines(policy: &str, text: &str) -> String {
    let lines = (1..)
        .zip(policy.lines())
        .filter(|(_, line)| line.contains(text));
    let lines: Vec<String> = lines.map(|(number, _)| number.to_string()).collect();
    let line = if lines.len() == 1 { "line" } else { "lines" };
    format!("{line} {}", lines.join(", "))
}

async fn found(examination: &Examination, policy: &str) -> Vec<Finding> {
    let policy = Arc::new(Policy::parse(policy).expect("a policy"));
    let examination = Examination {
        policy,
        ..examination.clone()
    };
    examination.of_nobody().await.expect("read")
}

/// A name of the shipped rules, as it is written wrong, and what is said of it.
const WRONG: [(&str, &str, &str); 11] = [
    (
        "counts = [\"english\"]",
        "counts = [\"enlish\"]",
        "no course of the district has the subject `enlish`; the nearest is `english`",
    ),
    (
        "subjects_left_out = [\"physical_education\", \"rotc\"]",
        "subjects_left_out = [\"PHYSICAL EDUCATION\", \"rotc\"]",
        "no course of the district has the subject `PHYSICAL EDUCATION`",
    ),
    (
        "subjects = [\"world_history\"]",
        "subjects = [\"world_histories\"]",
        "no course of the district has the subject `world_histories`; the nearest is \
         `world_history`",
    ),
    (
        "subjects = [\"work_experience\"]",
        "subjects = [\"work\"]",
        "no course of the district has the subject `work`",
    ),
    (
        "sequence = \"mathematics\"",
        "sequence = \"maths\"",
        "no course of the district is of the sequence `maths`",
    ),
    (
        "second_part_validates = [\"chemistry\"]",
        "second_part_validates = [\"chemestry\"]",
        "no course of the district is of the sequence `chemestry`; the nearest is `chemistry`",
    ),
    (
        "credit = \"as_posted\"",
        "equivalent = [{ courses = [\"MAT-115B\", \"3115O2\"] }]\ncredit = \"as_posted\"",
        "no course of the district has the number `3115O2`; the nearest is `311502`",
    ),
    (
        "schools = [\"19999990100134\"]\ncredits",
        "schools = [\"199999901001340\"]\ncredits",
        "no school of the records has the code `199999901001340`; the nearest is `19999990100134`",
    ),
    (
        "awards_printed =",
        "summer = [{ schools = [\"77\"], level = \"next\" }]\nawards_printed =",
        "no school of the records has the code `77`",
    ),
    (
        "awards_printed =",
        "audit.adults_at = [\"nonsense\"]\nawards_printed =",
        "no school of the records has the code `nonsense`",
    ),
    (
        "awards_printed =",
        "summer = [{ source = \"marisol-chartres\", level = \"next\" }]\nawards_printed =",
        "no import came from the source `marisol-chartres`; the nearest is `marisol-charters`",
    ),
];

on_both_databases!(
    a_name_that_no_catalogue_has_is_found_with_its_lines_and_the_nearest,
    |db| {
        desk::district(&db.store).await;
        let examination = desk::examination(&db.store).await;
        assert_eq!(
            found(&examination, POLICY).await,
            [],
            "the shipped rules fit"
        );
        for (from, to, said) in WRONG {
            let text = with(from, to);
            let name = said.split('`').nth(1).expect("a name");
            let at = lines(&text, &format!("\"{name}\""));
            let found = found(&examination, &text).await;
            let [finding] = &found[..] else {
                panic!("{to}: {found:?}");
            };
            assert_eq!(finding.message, format!("policy.toml, {at}: {said}"));
            assert_eq!(
                (finding.code, finding.severity),
                ("name_unknown", Severity::Warning)
            );
            assert_eq!((&*finding.student, &finding.row), ("", &None));
        }
    }
);

on_both_databases!(what_a_catalogue_had_only_later_is_not_known_before, |db| {
    desk::import(&db.store, "district/charters", "2026-06-12T21:00:00Z").await;
    desk::import(&db.store, "district/central", "2026-06-13T21:00:00Z").await;
    let of_central = "19999990100134";
    let mut examination = desk::examination(&db.store).await;
    assert_eq!(found(&examination, POLICY).await, []);
    examination.recorded_at = desk::at("2026-06-13T00:00:00Z");
    let before = found(&examination, POLICY).await;
    assert!(before[0].message.contains(of_central), "{before:?}");
});

#[test]
fn a_district_decides_how_severe_an_unknown_name_is() {
    let found = |setting: &str| {
        let text = format!("{POLICY}\n[audit.severity]\n{setting}\n");
        let policy = Policy::parse(&text).expect("a policy");
        of_names(&policy, &CatalogueNames::default())
    };
    assert!(found("name_unknown = \"off\"").is_empty());
    for (setting, severity) in [
        ("total_differs = \"note\"", Severity::Warning),
        ("name_unknown = \"error\"", Severity::Error),
        ("name_unknown = \"note\"", Severity::Note),
    ] {
        let found = found(setting);
        assert!(found.iter().all(|it| it.severity == severity), "{found:?}");
        assert!(found.len() > 20, "each name of the policy, once");
        let messages = found.iter().map(|it| &it.message);
        let of_english = messages.filter(|it| it.contains("`english`"));
        assert_eq!(of_english.count(), 1, "of three plans");
    }
}
