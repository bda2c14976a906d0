//! A signed report made again, years later: by the rules and from the records of then, whatever
//! came since.

use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use super::compliance::desk_with;
use super::compliance_report::{AS_OF, report, signing};
use super::{Desk, fixture};

const SETTINGS: &str = "student_systems = [\"marisol-central\", \"marisol-charters\"]\n\
                        support_systems = [\"marisol-seds\"]\n";

/// A district with keys and a decree of its own.
fn desk() -> Desk {
    let desk = desk_with(&["central", "charters", "seds"]);
    desk.keys();
    let settings = format!("[compliance]\ndecree = \"./decree.toml\"\n{SETTINGS}");
    std::fs::write(desk.path("registrar.toml"), settings).expect("written");
    let shipped = include_str!("../../report-templates/chanda-smith/decree.toml");
    let own = shipped.replacen("at_least = \"75\"", "at_least = \"76\"", 1);
    assert_ne!(own, shipped);
    std::fs::write(desk.path("decree.toml"), own).expect("written");
    desk
}

/// Everything changes: records, targets, the rules of hiding, the systems that are counted.
fn years_later(desk: &Desk) {
    desk.done(&["import", &fixture("district/seds-update"), "--quiet"]);
    let text = std::fs::read_to_string(desk.path("decree.toml")).expect("the decree");
    let changed = text.replace("at_least = \"76\"", "at_least = \"10\"");
    std::fs::write(desk.path("decree.toml"), changed).expect("written");
    let settings = "[compliance]\ndecree = \"idea-part-b\"\nstudent_systems = [\"other\"]\n";
    std::fs::write(desk.path("registrar.toml"), settings).expect("written");
}

fn again(desk: &Desk, code: i32, file: &str) -> Value {
    desk.answer(code, &["compliance", "again", file])
}

/// Changes the records behind the program's back.
pub fn tamper(desk: &Desk, sql: &str) {
    let url = format!("sqlite:{}", desk.path("registrar.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let changed = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.expect("opened");
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::query(sql).execute(&mut connection).await
    });
    assert!(changed.expect("changed").rows_affected() > 0);
}

#[test]
fn a_court_report_is_the_same_by_the_decree_that_was_kept_whatever_came_since() {
    let desk = desk();
    desk.done(&report("court.pdf", &signing()));
    years_later(&desk);
    let made = again(&desk, 0, "court.pdf");
    assert_eq!(made["differences"], serde_json::json!([]));
    assert_eq!(
        (&made["equal"], &made["same_layout"], &made["same_file"]),
        (&true.into(), &true.into(), &true.into())
    );
    let said = desk.done(&["compliance", "again", "court.pdf"]);
    assert!(said.contains("the report says the same"), "{said}");
    assert!(said.contains("byte for byte"), "{said}");
    let kept = desk.done(&["policy", "list"]);
    assert!(kept.contains("chanda-smith"), "{kept}");

    // A layout of the district's own would make other pages of the same numbers.
    desk.done(&["template", "new", "marisol", "--from", "compliance"]);
    let title = "report = \"Report to the Court\"\n";
    std::fs::write(desk.path("marisol/strings.en.toml"), title).expect("written");
    let own = [
        "compliance",
        "again",
        "court.pdf",
        "--template",
        "./marisol",
    ];
    let made = desk.answer(0, &own);
    assert_eq!(
        (&made["equal"], &made["same_layout"], &made["same_file"]),
        (&true.into(), &false.into(), &false.into())
    );
}

#[test]
fn a_record_that_was_changed_behind_the_programs_back_shows_as_a_number_that_differs() {
    let desk = desk();
    desk.done(&report("court.pdf", &signing()));
    tamper(
        &desk,
        "UPDATE support_plans SET percent_outside = 0 WHERE percent_outside > 0",
    );
    let made = again(&desk, 1, "court.pdf");
    assert_eq!(
        (&made["equal"], &made["same_file"]),
        (&false.into(), &false.into())
    );
    let places = made["differences"].as_array().expect("places");
    let names_a_class = places.iter().any(|place| {
        let place = place.as_str().expect("a place");
        place.starts_with("outcomes[") && place.contains(" then, ")
    });
    assert!(names_a_class, "{places:?}");

    tamper(&desk, "DELETE FROM policies");
    let refused = desk.fails(&["compliance", "again", "court.pdf"]);
    assert!(
        refused.contains("was not kept in this database"),
        "{refused}"
    );
}

#[test]
fn a_public_edition_is_the_same_and_knows_no_edition_that_came_after_it() {
    let desk = desk();
    let shipped = include_str!("../../src/compliance/suppression/default_policy.toml");
    let own = |text: &str, key: &str| {
        let changed = text.replace(&format!("{key} = \"2026-1\""), &format!("{key} = \"own\""));
        assert_ne!(changed, text);
        changed
    };
    std::fs::write(desk.path("hiding.toml"), own(shipped, "version")).expect("written");
    let decree = std::fs::read_to_string(desk.path("decree.toml")).expect("the decree");
    std::fs::write(desk.path("decree.toml"), own(&decree, "suppression")).expect("written");
    let edition = ["--edition", "public", "--rules", "hiding.toml"];
    let edition = [&edition[..], &signing()].concat();
    desk.done(&report("first.pdf", &edition));
    let earlier = ["--period-of", "2024-25"];
    desk.done(&report("second.pdf", &[&edition[..], &earlier].concat()));
    std::fs::remove_file(desk.path("hiding.toml")).expect("removed");
    years_later(&desk);
    for file in ["first.pdf", "second.pdf"] {
        let made = again(&desk, 0, file);
        assert_eq!(
            (&made["equal"], &made["same_file"], &made["as_of"]),
            (&true.into(), &true.into(), &AS_OF.into()),
            "{file}: {made}"
        );
    }
}

#[test]
fn what_is_no_signed_report_is_refused() {
    let desk = desk();
    desk.done(&report("draft.pdf", &["--draft"]));
    let refused = desk.fails(&["compliance", "again", "draft.pdf"]);
    assert!(refused.contains("is not as it was signed"), "{refused}");
}
