//! The rules that a folder brings: of whom they hold, and what is said where they do not read.

use std::path::Path;

use super::templates::{district, pages_of, settings};
use super::{Desk, talk};

/// The program's own transcript as a folder of the district's: its files, or those of its samples.
fn copied(desk: &Desk, folder: &str) {
    let samples = folder.split_once('/').map_or("", |(_, inner)| inner);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/transcript");
    std::fs::create_dir_all(desk.path(folder)).expect("a folder");
    for file in std::fs::read_dir(shipped.join(samples)).expect("it is there") {
        let path = file.expect("a file").path();
        if path.is_file() {
            let to = desk.path(folder).join(path.file_name().expect("a name"));
            std::fs::copy(&path, to).expect("copied");
        }
    }
}

#[test]
fn a_folder_takes_no_reports_place_unasked_and_brings_no_rules_that_nobody_approved() {
    let (desk, student) = district();
    copied(&desk, "transcript");
    let rules = desk.path("transcript/policy.toml");
    let text = std::fs::read_to_string(&rules).expect("rules");
    let changed = text.replacen("label = { en = \"", "label = { en = \"Our own ", 1);
    assert_ne!(text, changed);
    std::fs::write(&rules, changed).expect("written");

    let preview = ["transcript", "preview", "--student", &student, "--out"];
    let with = |folder: &str, template: &str| {
        desk.run(&[&preview[..], &[folder, "--template", template]].concat())
    };
    let page = |folder: &str| pages_of(&desk.path(folder).join("preview-0001.pdf")).concat();
    assert!(with("own", "transcript").status.success());
    assert!(
        !page("own").contains("Our own"),
        "the program's report, by name"
    );
    let refused = with("none", "./transcript");
    assert_eq!(refused.status.code(), Some(2));
    let said = talk(&refused);
    assert!(said.contains("did not approve"), "{said}");
    let digest = said.split("approved_rules = \"").nth(1).expect(&said);
    let digest = &digest[..64];
    settings(&desk, &format!("approved_rules = \"{digest}\"\n"));
    assert!(with("ours", "./transcript").status.success());
    assert!(page("ours").contains("Our own"));

    std::fs::rename(desk.path("transcript"), desk.path("plain")).expect("renamed");
    let said = talk(&with("none", "plain"));
    assert!(
        said.contains("plain: is not one of the program's own reports"),
        "{said}"
    );
    assert!(said.contains("with a separator"), "{said}");
}

#[test]
fn what_is_wrong_with_a_folders_rules_is_said_once_in_their_order() {
    let desk = Desk::new();
    copied(&desk, "own");
    copied(&desk, "own/samples");
    let rules = desk.path("own/policy.toml");
    let text = std::fs::read_to_string(&rules).expect("rules");
    let wrong = text
        .replacen("points = \"4\"", "points = 4", 1)
        .replace("decimals = 4", "decimals = \"4\"");
    std::fs::write(&rules, &wrong).expect("written");
    let told = desk.answer(1, &["template", "check", "./own"]);
    let problems = told[0]["problems"].as_array().expect("problems");
    let lines: Vec<u64> = (problems.iter())
        .map(|it| {
            assert_eq!(it["file"], "policy.toml", "{it}");
            it["line"].as_u64().expect("a line")
        })
        .collect();
    assert_eq!(lines.len(), 1 + text.matches("decimals = 4").count());
    assert!(lines.is_sorted(), "{lines:?}");
}
