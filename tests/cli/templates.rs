//! A school's own template by command, from the first folder to signed documents and their twins.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::{Desk, fixture, talk};

/// What pdftotext reads on each page, blanks as one space.
pub fn pages_of(pdf: &Path) -> Vec<String> {
    let output = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(pdf)
        .arg("-")
        .output()
        .expect("pdftotext is installed (package poppler-utils)");
    assert!(output.status.success(), "pdftotext reads {}", pdf.display());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let pages = text.trim_end_matches('\u{c}').split('\u{c}');
    pages
        .map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

pub fn texts<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    let list = value.pointer(path).and_then(Value::as_array);
    let list = list.unwrap_or_else(|| panic!("{path} in {value}"));
    list.iter()
        .map(|text| text.as_str().expect("a text"))
        .collect()
}

#[test]
fn a_schools_folder_is_made_listed_changed_previewed_and_checked() {
    let desk = Desk::new();
    let made = desk.run(&["template", "new", "mission-vista", "--from", "transcript"]);
    assert!(made.status.success(), "{}", talk(&made));
    let said = talk(&made);
    for next in [
        "preview ./mission-vista --png --watch",
        "check ./mission-vista",
        "[transcript]",
    ] {
        assert!(said.contains(next), "{next} in {said}");
    }
    let again = desk.run(&["template", "new", "mission-vista"]);
    assert_eq!(again.status.code(), Some(2), "nothing is overwritten");
    let bytes: u64 = std::fs::read_dir(desk.path("mission-vista"))
        .expect("a folder")
        .map(|file| file.expect("a file").metadata().expect("its size").len())
        .sum();
    assert!(bytes < 14_000, "it is no copy: {bytes} bytes");

    let list = desk.answer(0, &["template", "list", "mission-vista"]);
    let list = list.as_array().expect("a list");
    let school = list.last().expect("the folder");
    assert_eq!(school["name"], "mission-vista");
    assert_eq!(school["extends"], "transcript");
    assert_eq!(texts(school, "/languages"), ["en", "es"]);
    let shipped = list.iter().filter(|report| report["shipped"] == true);
    assert!(shipped.count() >= 4);
    let accent = school["settings"].as_array().expect("settings").iter();
    let accent = accent.clone().find(|setting| setting["name"] == "accent");
    let accent = accent.expect("an accent");
    assert!(accent["about"].as_str().expect("a sentence").ends_with('.'));

    let manifest = desk.path("mission-vista/report.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    assert!(text.contains("# accent = \"#1f3a5f\""), "{text}");
    let text = text.replace("# accent = \"#1f3a5f\"", "accent = \"#7a2e1d\"");
    std::fs::write(&manifest, text).expect("written");
    let sample = [
        "--sample",
        "senior",
        "--language",
        "es",
        "--png",
        "--dpi",
        "50",
    ];
    let preview = ["template", "preview", "./mission-vista"];
    let made = desk.answer(0, &[&preview[..], &sample].concat());
    let file = desk.path(texts(&made, "/0/files")[0]);
    let picture = image::open(&file).expect("a picture").into_rgb8();
    assert_eq!(
        picture.dimensions(),
        (425, 550),
        "a letter page at 50 dots an inch"
    );
    let reddish = |dot: &&image::Rgb<u8>| dot.0[0] > dot.0[2].saturating_add(60);
    assert!(
        picture.pixels().filter(reddish).count() > 100,
        "the school's colour"
    );
    let checked = desk.answer(0, &["template", "check", "./mission-vista"]);
    assert_eq!(checked[0]["problems"], serde_json::json!([]));
    let documents = checked[0]["documents"].as_u64().expect("a number");
    let samples = school["samples"].as_array().expect("samples").len() as u64;
    assert_eq!(
        documents,
        samples * 2 * 3,
        "each sample, language and edition"
    );
}

#[test]
fn every_shipped_report_holds_on_every_sample_in_every_language_and_edition() {
    let desk = Desk::new();
    let checked = desk.answer(0, &["template", "check"]);
    let checked = checked.as_array().expect("reports");
    let names: Vec<_> = checked.iter().map(|report| &report["report"]).collect();
    for name in [
        "transcript",
        "transcript-by-year",
        "self-report",
        "ironwood-terrace",
    ] {
        assert!(
            names.iter().any(|found| *found == name),
            "{name} in {names:?}"
        );
    }
    for report in checked {
        assert_eq!(report["problems"], serde_json::json!([]), "{report}");
        assert!(report["documents"].as_u64() >= Some(20), "{report}");
    }
}

pub fn school(desk: &Desk, files: &[(&str, &str)]) {
    std::fs::create_dir_all(desk.path("school")).expect("a folder");
    for (name, text) in files {
        std::fs::write(desk.path("school").join(name), text).expect("written");
    }
}

#[test]
fn check_says_everything_at_once_with_file_line_and_hint() {
    let desk = Desk::new();
    school(
        &desk,
        &[
            (
                "report.toml",
                "extends = \"transcript\"\nmodel = \"registrar-transcript/1\"\n[values]\n\
             accent = \"#f2c94c\"\n",
            ),
            ("strings.en.toml", "official = [1]\n"),
        ],
    );
    let output = desk.run(&["template", "check", "./school", "transcript"]);
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    for expected in [
        "school/report.toml:2: is made for registrar-transcript/1",
        "terms[].courses[].repeat is new",
        "school/report.toml:4: the setting `accent` is too light to read on white",
        "school/strings.en.toml:1: ",
        "hint: ",
        "transcript: good",
    ] {
        assert!(said.contains(expected), "{expected}\nin\n{said}");
    }

    // What only shows on the page is found on the samples that show it.
    school(
        &desk,
        &[
            (
                "report.toml",
                "extends = \"transcript\"\nmodel = \"registrar-transcript/3\"\n\
                 title = \"For the resource room\"\n",
            ),
            (
                "seal.svg",
                "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<text>An IEP seal</text></svg>",
            ),
            (
                "strings.en.toml",
                "official = \"Official Transcript 証\"\n\
                 record = \"From the special education office\"\n",
            ),
            (
                "layout.typ.j2",
                "{% extends \"transcript/layout.typ.j2\" %}\n{% block legend %}\n\
             #let legend(width) = {\n  if awarded.len() > 0 { no-such-name }\n\
             \u{20} box(place(dx: 700pt)[Beyond the edge])\n\
             \u{20} box(place[One over])\n  box(place[another])\n\
             \u{20} text(fill: yellow)[Go Eagles] + [ of the SDC]\n}\n{% endblock %}\n",
            ),
        ],
    );
    let checked = desk.answer(1, &["template", "check", "./school"]);
    let problems = checked[0]["problems"].as_array().expect("problems");
    let find = |what: &str| {
        let said = |problem: &&Value| {
            problem["message"]
                .as_str()
                .is_some_and(|m| m.contains(what))
        };
        let found = problems.iter().find(said);
        found.unwrap_or_else(|| panic!("{what} in {problems:?}"))
    };
    let unknown = find("unknown variable: no-such-name");
    assert_eq!(unknown["file"], "school/layout.typ.j2");
    assert_eq!(unknown["line"], 4);
    assert!(!texts(unknown, "/on").is_empty());
    let on = texts(find("runs over the edge"), "/on");
    assert!(on.contains(&"newcomer, es, official"), "{on:?}");
    find("`One over` runs into `another`");
    assert_eq!(find("holds U+8A3C")["file"], "strings.en.toml");
    assert_eq!(find("holds `special education`")["file"], "strings.en.toml");
    let title = find("holds `resource room`");
    assert_eq!(title["file"], "report.toml");
    assert_eq!(title["message"], "title holds `resource room`");
    for (word, file, line) in [
        ("it holds `SDC`", "school/layout.typ.j2", 8),
        ("it holds `IEP`", "school/seal.svg", 2),
    ] {
        let found = find(word);
        assert_eq!(
            (&found["file"], &found["line"]),
            (&file.into(), &line.into())
        );
    }
    find("`Go Eagles` has a contrast of 1.");
}

#[test]
fn a_watched_preview_is_made_again_when_a_file_changes() {
    let desk = Desk::new();
    desk.done(&["template", "new", "mission-vista"]);
    let picture = desk.path("template-previews/mission-vista-senior-en-official-1.png");
    let mut child = Command::new(env!("CARGO_BIN_EXE_registrar"))
        .current_dir(desk.path("."))
        .args([
            "template",
            "preview",
            "./mission-vista",
            "--sample",
            "senior",
        ])
        .args(["--png", "--dpi", "40", "--watch", "--quiet"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it runs");
    let wait_for = |done: &dyn Fn() -> bool| {
        const LOOKS_MAX: usize = 1_200;
        let looks = (0..LOOKS_MAX).take_while(|_| {
            std::thread::sleep(Duration::from_millis(50));
            !done()
        });
        assert!(looks.count() < LOOKS_MAX, "it is made again");
    };
    wait_for(&|| image::open(&picture).is_ok());
    let before = std::fs::read(&picture).expect("a picture");
    // A folder that does not hold is waited out.
    let manifest = desk.path("mission-vista/report.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    std::fs::write(&manifest, "extends = ").expect("written");
    std::thread::sleep(Duration::from_millis(700));
    let changed = text.replace("# accent = \"#1f3a5f\"", "accent = \"#7a2e1d\"");
    std::fs::write(&manifest, changed).expect("written");
    wait_for(&|| {
        let now = std::fs::read(&picture).expect("a picture");
        now != before && image::load_from_memory(&now).is_ok()
    });
    assert!(child.try_wait().expect("asked").is_none(), "it goes on");
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    let shipped = desk.run(&["template", "preview", "transcript", "--watch"]);
    assert_eq!(shipped.status.code(), Some(2), "what ships does not change");
}

#[test]
fn the_schema_names_every_field_with_a_sentence() {
    let desk = Desk::new();
    let schema = desk.answer(0, &["template", "schema", "--model", "transcript"]);
    assert_eq!(schema["title"], registrar::transcript::FORMAT);
    let repeat = &schema["$defs"]["CourseLine"]["properties"]["repeat"];
    assert!(
        repeat["description"]
            .as_str()
            .is_some_and(|said| said.contains("attempts"))
    );
}

/// A district with one charter school, its keys, and a senior of it.
pub fn district() -> (Desk, String) {
    let desk = Desk::new();
    desk.keys();
    desk.done(&["key", "export", "--out", "district.pem"]);
    desk.done(&["import", &fixture("district/charters")]);
    let list = desk.answer(0, &["transcript", "preview", "--all", "--grade", "12"]);
    let student = list["made"][0]["student"]
        .as_str()
        .expect("a student")
        .to_owned();
    (desk, student)
}

pub fn settings(desk: &Desk, more: &str) {
    let settings = format!("[transcript]\ncertified_by = \"Remedios Varo\"\nworkers = 1\n{more}");
    std::fs::write(desk.path("registrar.toml"), settings).expect("written");
}

#[test]
fn a_flat_twin_says_on_every_page_that_it_is_unsigned_and_names_follow_the_pattern() {
    let (desk, student) = district();
    settings(&desk, "file_name = \"{school}-{kind}-{number}\"\n");
    let issue = ["transcript", "issue", "--student", &student];
    let made = desk.answer(
        0,
        &[&issue[..], &["--out", "out", "--copy", "flat"]].concat(),
    );
    let [file, twin, document] = ["file", "twin", "document"]
        .map(|key| made["made"][0][key].as_str().expect(key).to_owned());
    assert!(
        file.ends_with("-0001.pdf") && twin.ends_with("-0001-unsigned.pdf"),
        "{file}"
    );
    assert!(
        file.starts_with("out/19") && !file.contains(&student),
        "{file}"
    );
    let verdict = desk.answer(0, &["verify", &file, "--trust", "district.pem"]);
    assert_eq!(verdict[0]["conclusion"], "valid");
    let contact = verdict[0]["document"]["district"]["contact"]
        .as_str()
        .expect("a contact");
    let verdict = desk.answer(1, &["verify", &twin, "--trust", "district.pem"]);
    assert_eq!(verdict[0]["conclusion"], "not_signed");
    let pages = pages_of(&desk.path(&twin));
    for page in &pages {
        for said in ["UNSIGNED COPY", &document, contact] {
            assert!(page.contains(said), "{said} in {page}");
        }
    }
    let signed = pages_of(&desk.path(&file));
    assert_eq!(pages.len(), signed.len(), "the same pages");
    assert!(!signed.concat().contains("UNSIGNED"));
    let index = std::fs::read_to_string(desk.path("out/index.csv")).expect("an index");
    assert!(
        index.starts_with("student,document,file,overrides,unsigned\n")
            && index.contains("-unsigned.pdf")
    );

    // Nothing is issued under a pattern that names students without leave, or that could collide.
    for (pattern, said) in [
        ("{name}-{number}", "names the student"),
        ("{school}", "one name"),
    ] {
        settings(&desk, &format!("file_name = \"{pattern}\"\n"));
        let refused = desk.run(&[&issue[..], &["--out", "more"]].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(talk(&refused).contains(said), "{}", talk(&refused));
        assert!(!desk.path("more").exists());
    }
    settings(
        &desk,
        "file_name = \"{student}_{number}\"\nfile_names_name_students = true\n",
    );
    let made = desk.answer(0, &[&issue[..], &["--out", "more"]].concat());
    let file = made["made"][0]["file"].as_str().expect("a file");
    assert!(file.contains(&student), "{file}");
}

#[test]
fn a_report_that_is_a_folder_only_is_made_for_the_student_and_never_issued() {
    let (desk, student) = district();
    let template = ["--template", "self-report"];
    let who = ["--student", &student];
    let made = desk.answer(
        0,
        &[
            &["transcript", "preview", "--out", "sheets"][..],
            &who,
            &template,
        ]
        .concat(),
    );
    let text = pages_of(&desk.path(made["made"][0]["file"].as_str().expect("a file"))).concat();
    assert!(text.contains("Unofficial Courses and Marks"), "{text}");
    let (areas, grades) = (text.find("a · History"), text.find("SRAR"));
    assert!(
        areas.is_some() && areas < grades,
        "first by area, then by grade level"
    );
    let refused = desk.run(&[&["transcript", "issue"][..], &who, &template].concat());
    assert_eq!(refused.status.code(), Some(2));
    let said = talk(&refused);
    assert!(
        said.contains("makes no official documents") && said.contains("hint: "),
        "{said}"
    );
}

#[test]
fn diff_says_whose_pages_change_and_shows_them_side_by_side() {
    let (desk, student) = district();
    desk.done(&["template", "new", "same"]);
    let same = desk.answer(
        0,
        &[
            "template",
            "diff",
            "transcript",
            "./same",
            "--student",
            &student,
            "--out",
            "none",
        ],
    );
    assert_eq!(same["changed"], serde_json::json!([]));
    assert_eq!(same["same"], same["students"]);
    school(
        &desk,
        &[(
            "report.toml",
            "extends = \"transcript\"\n[values]\naccent = \"#7a2e1d\"\n",
        )],
    );
    let diff = [
        "template",
        "diff",
        "transcript",
        "./school",
        "--student",
        &student,
    ];
    let changed = desk.answer(0, &[&diff[..], &["--out", "pairs"]].concat());
    assert_eq!(changed["changed"][0]["student"], student.as_str());
    assert_eq!(
        texts(&changed, "/editions"),
        ["official", "flat", "unofficial"]
    );
    let find = |changed: &Value, edition: &str| {
        let list = changed["changed"].as_array().expect("a list").iter();
        let found = list.clone().find(|it| it["edition"] == edition).cloned();
        found.unwrap_or_else(|| panic!("{edition} in {changed}"))
    };
    for edition in ["official", "flat"] {
        // What looks official and is not signed is shown beside the other, and nowhere else.
        let files = find(&changed, edition);
        let files = texts(&files, "/files");
        assert!(
            !files.is_empty() && files.iter().all(|file| file.ends_with(".png")),
            "{files:?}"
        );
    }
    let unofficial = find(&changed, "unofficial");
    let files = texts(&unofficial, "/files");
    let pair = image::open(desk.path(files[0])).expect("a picture");
    assert!(pair.width() > 2 * 850 && pair.height() > 1100);
    assert!(files.iter().any(|file| file.ends_with("-a.pdf")));
    use std::os::unix::fs::PermissionsExt as _;
    for file in [".", "summary.json"] {
        let path = desk.path("pairs").join(file);
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{} is private", path.display());
    }
    // What stands on official pages only is found there.
    school(
        &desk,
        &[(
            "report.toml",
            "extends = \"transcript\"\n[values]\ncertification = \"So it is.\"\n",
        )],
    );
    let changed = desk.answer(0, &[&diff[..], &["--out", "certified"]].concat());
    let changed = changed["changed"].as_array().expect("a list");
    let editions: Vec<_> = changed.iter().map(|it| &it["edition"]).collect();
    assert_eq!(editions, ["official", "flat"]);
}

#[test]
fn ctrl_c_ends_watching_while_pages_are_made() {
    let desk = Desk::new();
    desk.done(&["template", "new", "mission-vista"]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_registrar"))
        .current_dir(desk.path("."))
        .args([
            "template",
            "preview",
            "./mission-vista",
            "--png",
            "--dpi",
            "400",
        ])
        .args(["--watch", "--quiet"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it runs");
    let previews = desk.path("template-previews");
    while !previews.is_dir() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(interrupted.success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0), "{status}");
    let made = std::fs::read_dir(&previews).expect("a folder").count();
    assert!(made < 5, "{made} pages were waited for");
}

#[test]
fn a_new_folder_builds_on_the_programs_own_reports_and_a_refusal_leaves_none_behind() {
    let desk = Desk::new();
    desk.done(&["template", "new", "mission-vista"]);
    let refused = desk.run(&["template", "new", "other", "--from", "./mission-vista"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = talk(&refused);
    assert!(
        said.contains("not one of the program's own reports"),
        "{said}"
    );
    assert!(!desk.path("other").exists());
}
