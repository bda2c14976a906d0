//! What would disclose a disability, wherever on the page it stands, and what a district allows.

use jiff::civil::date;
use registrar::record::AwardKind;
use registrar::transcript::Policy;
use registrar::transcript::audit::Severity;

use crate::case::POLICY;
use crate::made_wrong::award;
use crate::record::Given;

type Make = fn(&mut Given);

#[test]
fn a_text_of_the_page_that_discloses_is_found_on_its_row() {
    let cases: [(&str, Make, &str); 10] = [
        (
            "a title of the catalogue",
            |it| it.mark(0).course.title = "English 9 (RSP)".into(),
            "courses ENG-A",
        ),
        (
            "the language of a seal",
            |it| {
                let mut seal = award(AwardKind::SealOfBiliteracy, date(2026, 6, 10));
                seal.detail = Some("Inglés, educación especial".into());
                it.record.awards.push(seal);
            },
            "awards seal_of_biliteracy",
        ),
        (
            "the number of a course",
            |it| {
                it.mark(0).mark.course = "SDC-ENG9".into();
                it.mark(0).course.course = "SDC-ENG9".into();
            },
            "courses SDC-ENG9",
        ),
        (
            "a title in lower case, with a number",
            |it| it.mark(0).course.title = "english 9 sdc2".into(),
            "courses ENG-A",
        ),
        (
            "the name of a term",
            |it| it.mark(0).term.name = "Fall 2025, extended school year".into(),
            "terms Fall 2025",
        ),
        (
            "where a course was taken",
            |it| it.mark(0).mark.taken_at = Some("S.D.C. Annex".into()),
            "marks 1",
        ),
        (
            "the address of the school",
            |it| {
                let school = it.directory.schools.get_mut("S").expect("the school");
                school.street = "Special Day Class Annex".into();
            },
            "people 1",
        ),
        (
            "the name of the district",
            |it| {
                let mut districts = it.directory.districts.values_mut();
                districts.next().expect("a district").name = "SELPA Special Education".into();
            },
            "people 1",
        ),
        (
            "the student's name",
            |it| it.record.person.printed_name = Some("Ana Ortega (special ed)".into()),
            "people 1",
        ),
        (
            "a planned course",
            |it| {
                it.mark(1).mark.kind = registrar::record::MarkKind::Planned;
                (it.mark(1).mark.mark, it.mark(1).mark.title) = (None, Some("RSP English".into()));
                it.mark(1).mark.credit_earned = registrar::record::Credits::ZERO;
                it.record.totals.clear();
            },
            "marks 2",
        ),
    ];
    for (what, make, row) in cases {
        let mut given = Given::clean();
        make(&mut given);
        let found: Vec<_> = (given.found().into_iter())
            .filter(|(code, _)| *code == "disability_word")
            .collect();
        assert_eq!(found, [("disability_word", row.to_owned())], "{what}");
    }
}

#[test]
fn numbers_of_houses_names_of_people_and_addresses_on_the_net_disclose_nothing() {
    let mut given = Given::clean();
    given.record.person.legal_given = "SAI".into();
    let school = given.directory.schools.get_mut("S").expect("the school");
    school.street = "504 Elm Street".into();
    for district in given.directory.districts.values_mut() {
        district.contact = Some("records@sdc.example.org".into());
    }
    assert_eq!(given.findings(), []);
}

fn with(allowed: &str) -> String {
    format!("{POLICY}\n[audit.allowed]\n{allowed}\n")
}

const ELECTIVE: &str = "\"Impaired Driving Prevention\" = \"an elective that anybody may take\"";

#[test]
fn a_district_may_allow_the_title_of_a_course_that_anybody_may_take() {
    let mut given = Given::clean();
    given.mark(0).course.title = "IMPAIRED DRIVING PREVENTION".into();
    assert_eq!(given.findings()[0].severity, Severity::Error);
    given.policy = with(ELECTIVE);
    assert_eq!(given.findings(), []);
    given.mark(1).course.title = "Impaired Driving Prevention (RSP)".into();
    assert_eq!(
        given.found(),
        [("disability_word", "courses ENG-B".to_owned())]
    );
    // What it allows is part of the rules by which a document was made.
    let digest = |text: &str| Policy::parse(text).expect("a policy").digest();
    assert_ne!(digest(&given.policy), digest(POLICY));
}

#[test]
fn what_names_a_service_a_word_alone_and_what_has_no_reason_cannot_be_allowed() {
    for (phrase, said) in [
        ("\"English (SDC)\" = \"ours\"", "names special education"),
        ("\"Disability\" = \"ours\"", "the word alone"),
        ("\"Ceramics\" = \"ours\"", "nothing in it is looked for"),
        ("\"History of Autism\" = \"\"", "say why"),
    ] {
        let error = Policy::parse(&with(phrase)).expect_err(phrase).to_string();
        assert!(
            error.contains("cannot be allowed") && error.contains(said),
            "{error}"
        );
    }
    let both = "\"Ceramics\" = \"ours\"\n\"Disability\" = \"ours\"";
    let error = Policy::parse(&with(both)).expect_err("refused").to_string();
    assert!(
        error.contains("Ceramics") && error.contains("Disability"),
        "{error}"
    );
}
