//! Children whom the fixture district lacks: from Part C, and those of whom little is recorded, so
//! that the second computation in SQL has them to agree about.

use serde_json::Value;

use super::Desk;
use super::bundle::{bundle, cells};
use super::compliance::{AS_OF, desk};

/// Eight children from Part C, of whom the fixture has none this year: with a plan on the third
/// birthday, a day later, and never; not eligible; refused; withdrawn; and referred to Part C 89
/// and 90 days before.
pub(super) fn from_part_c(desk: &Desk) {
    let folder = desk.path("part-c");
    std::fs::create_dir(&folder).expect("a folder");
    let tables = ["people", "referrals", "evaluations", "support_plans"];
    let tables = tables.map(|table| format!("[tables.{table}]\nmode = \"delta\"\n"));
    let manifest = manifest("marisol-seds");
    let write = |file: &str, text: String| {
        std::fs::write(folder.join(file), text).expect("written");
    };
    write("manifest.toml", manifest + &tables.concat());
    let mut people = "school,person,legal_given,legal_family,birth_date\n".to_owned();
    let mut referrals = "school,referral,person,referred_by,referred_on,part_c_referred_on,\
                         consent_received_on,consent_refused_on,withdrawn_on\n"
        .to_owned();
    for (child, part_c, consent, refused, withdrawn) in [
        (1, "2025-03-01", "2025-07-20", "", ""),
        (2, "2025-03-01", "2025-07-20", "", ""),
        (3, "2025-03-01", "2025-07-20", "", ""),
        (4, "2025-03-01", "2025-07-20", "", ""),
        (5, "2025-03-01", "", "2025-07-20", ""),
        (6, "2025-03-01", "", "", "2025-07-20"),
        (7, "2025-07-13", "2025-07-20", "", ""),
        (8, "2025-07-12", "2025-07-20", "", ""),
    ] {
        let number = format!("790000{child}");
        people += &format!("19999990100017,{number},A.,Child,2022-10-10\n");
        referrals += &format!(
            "19999990100017,{number}-R1,{number},part_c,2025-07-15,{part_c},{consent},{refused},\
             {withdrawn}\n"
        );
    }
    write("people.csv", people);
    write("referrals.csv", referrals);
    let evaluation = "school,evaluation,person,kind,referral,consent_received_on,meeting_held_on,\
                      outcome\n19999990100017,7900004-E1,7900004,initial,7900004-R1,2025-07-20,\
                      2025-09-01,not_eligible\n";
    write("evaluations.csv", evaluation.to_owned());
    let plans = "school,plan,person,kind,begins_on\n\
                 19999990100017,7900001-P1,7900001,iep,2025-10-10\n\
                 19999990100017,7900002-P1,7900002,iep,2025-10-11\n";
    write("support_plans.csv", plans.to_owned());
    desk.done(&["import", &folder.display().to_string(), "--quiet"]);
}

fn manifest(source: &str) -> String {
    format!(
        "format = \"registrar-package/1\"\nsource = \"{source}\"\ndistrict = \"1999999\"\n\
         exported_at = \"2026-06-27T20:00:00Z\"\nschools = [\"19999990100017\"]\n"
    )
}

/// Three children of whom little is recorded, as of nobody in the fixture: in a tested grade
/// without a result, with an IEP that says no setting, no time, or a setting of preschool; each
/// with a consent that no evaluation followed: open, not due yet, and taken back.
pub(super) fn unrecorded(desk: &Desk) {
    const SCHOOL: &str = "19999990100017";
    let children = ["8000001", "8000002", "8000003"];
    let rows = |heading: &str, row: &dyn Fn(usize, &str) -> String| {
        let rows = children.iter().enumerate();
        let rows = rows.map(|(place, child)| format!("{SCHOOL},{}\n", row(place, child)));
        format!("school,{heading}\n{}", rows.collect::<String>())
    };
    let people = rows(
        "person,state_id,legal_given,legal_family,birth_date",
        &|_, child| format!("{child},{child}999,A.,Child,2015-03-04"),
    );
    let enrolments = rows("person,entered_on,grade_level", &|_, child| {
        format!("{child},2024-08-14,4")
    });
    let plans = rows(
        "plan,person,kind,begins_on,setting,percent_outside",
        &|place, child| {
            let setting = ["", "regular_school", "early_childhood_home"][place];
            format!("{child}-P1,{child},iep,2024-09-01,{setting},")
        },
    );
    let eligibilities = rows("person,begins_on,disability", &|place, child| {
        let category = [
            "specific_learning_disability",
            "autism",
            "multiple_disabilities",
        ][place];
        format!("{child},2024-09-01,{category}")
    });
    let removals = rows("removal,person,kind,begins_on,days", &|place, child| {
        // Before there was an IEP, and since.
        let day = ["2024-08-20", "2024-09-02", "2025-09-02"][place];
        format!("{child}-S1,{child},in_school_suspension,{day},1")
    });
    let referrals = rows(
        "referral,person,referred_by,referred_on,consent_received_on,withdrawn_on",
        &|place, child| {
            let days = [
                "2024-08-15,2024-08-20,",
                "2025-05-20,2025-05-30,",
                "2024-08-15,2024-08-20,2024-08-28",
            ];
            format!("{child}-R1,{child},parent,{}", days[place])
        },
    );
    for (source, files) in [
        (
            "marisol-central",
            vec![
                ("people", &people),
                ("enrolments", &enrolments),
                ("removals", &removals),
            ],
        ),
        (
            "marisol-seds",
            vec![
                ("people", &people),
                ("support_plans", &plans),
                ("eligibilities", &eligibilities),
                ("referrals", &referrals),
            ],
        ),
    ] {
        let folder = desk.path(source);
        std::fs::create_dir(&folder).expect("a folder");
        let mut text = manifest(source);
        for (table, rows) in files {
            text += &format!("[tables.{table}]\nmode = \"delta\"\n");
            std::fs::write(folder.join(format!("{table}.csv")), rows).expect("written");
        }
        std::fs::write(folder.join("manifest.toml"), text).expect("written");
        desk.done(&["import", &folder.display().to_string(), "--quiet"]);
    }
}

#[test]
fn of_a_year_of_which_no_result_of_a_test_came_there_is_no_data_and_never_nought_percent() {
    let desk = desk();
    let outcome = |as_of: &str| {
        let output = desk.run(&["compliance", "status", "--as-of", as_of, "--json"]);
        let told: Value = serde_json::from_slice(&output.stdout).expect("an answer in JSON");
        told["outcomes"][0].clone()
    };
    // The fixture's system sent results of two years, and none of the one before.
    let before = outcome("2024-06-12");
    assert_eq!(before["status"], "no_data", "{before}");
    assert_eq!(before["thresholds"][0]["of"], 0);
    let pupils = before["unclear"].as_u64().expect("a count");
    assert!(pupils > 0, "{before}");
    let reason = serde_json::json!([{ "unknown": ["result_recorded"], "cases": pupils }]);
    assert_eq!(before["unclear_for"], reason);
    let after = outcome("2025-06-13");
    assert_ne!(after["thresholds"][0]["of"], 0);
    assert_eq!(after["unclear"], 0);
}

#[test]
fn what_nobody_recorded_is_in_the_lists_that_both_compute() {
    let desk = desk();
    desk.keys();
    unrecorded(&desk);
    let bundle = bundle(&desk, AS_OF, "bundle");
    let of = |outcome: &str, words: [&str; 2]| {
        let rows = cells(&bundle.join(format!("lists/{outcome}.csv")));
        let rows = rows.iter().filter(|row| [&row[2], &row[3]] == words);
        rows.count()
    };
    assert_eq!(of("1", ["yes", "no_result"]), 6, "two subjects each");
    assert_eq!(of("6", ["unclear", ""]), 1);
    assert_eq!(of("7A", ["unclear", ""]), 1);
    assert_eq!(of("7B", ["yes", "separate_school"]), 0);
    assert_eq!(of("7B", ["yes", "other_setting"]), 1);
}
