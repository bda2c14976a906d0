//! The rules of a transcript, each on the smallest record that shows it.

#[path = "../../tests/common/request.rs"]
mod asked;
mod decisions;
mod enrolments;
mod policies;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::record::*;

const POLICY: &str = include_str!("../../report-templates/transcript/policy.toml");

fn credits(text: &str) -> Credits {
    text.parse().expect("credits")
}

fn grade(level: i8) -> GradeLevel {
    GradeLevel::new(level).expect("a grade")
}

fn term(code: &str, begins_on: Date) -> Term {
    Term {
        school: "S".into(),
        term: code.into(),
        name: code.into(),
        school_year: SchoolYear::beginning(2025).expect("a year"),
        kind: TermKind::Semester,
        begins_on,
        ends_on: begins_on.saturating_add(jiff::Span::new().days(120)),
    }
}

fn mark(posting: &str, letter: &str) -> RecordedMark {
    RecordedMark {
        source: "t".into(),
        mark: Mark {
            school: "S".into(),
            posting: posting.into(),
            person: "1".into(),
            term: "T".into(),
            course: "C1".into(),
            title: None,
            taken_at: None,
            kind: MarkKind::Regular,
            mark: Some(letter.into()),
            credit_attempted: credits("5"),
            credit_earned: credits("5"),
            grade_level: grade(11),
            posted_by: None,
            posted_at: None,
        },
        term: term("T", date(2025, 8, 14)),
        course: Course {
            school: "S".into(),
            course: "C1".into(),
            title: "English 11A".into(),
            subject: "english".into(),
            ag_area: Some(AgArea::B),
            honors: HonorsKind::None,
            state_course_code: None,
            credit_value: credits("5"),
            sequence: None,
            level: None,
            part: None,
            repeatable: None,
            graduation_credit: None,
            retired_on: None,
        },
    }
}

fn record(marks: Vec<RecordedMark>) -> PersonRecord {
    PersonRecord {
        id: PersonId::from_local_id("t", "1"),
        person: Person {
            school: "S".into(),
            person: "1".into(),
            state_id: Some("9000000001".into()),
            legal_given: "María José".into(),
            legal_middle: None,
            legal_family: Some("Ñandú".into()),
            legal_suffix: Some("Jr.".into()),
            chosen_name: Some("Majo Ñandú".into()),
            printed_name: None,
            birth_date: date(2008, 2, 29),
            mailing_address: Some("12 Alder St, Los Alisos, CA 90031".into()),
        },
        source: "t".into(),
        enrolments: vec![Enrolment {
            school: "S".into(),
            person: "1".into(),
            entered_on: date(2022, 8, 15),
            left_on: None,
            grade_level: grade(12),
            exit_reason: None,
            entered_from: None,
            enrolment_status: None,
        }],
        marks,
        totals: Vec::new(),
        plan: Some(GraduationPlan {
            school: "S".into(),
            person: "1".into(),
            plan: "district-210".into(),
            entered_grade_9: SchoolYear::beginning(2022).expect("a year"),
        }),
        awards: Vec::new(),
        fulfilments: Vec::new(),
        held: Vec::new(),
        decisions: Decisions::default(),
        plans_otherwise: Vec::new(),
        faults: Vec::new(),
    }
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    directory.schools.insert(
        "S".into(),
        School {
            school: "S".into(),
            district: "D".into(),
            name: "Mission High School".into(),
            ceeb: Some("050000".into()),
            kind: SchoolKind::High,
            charter: CharterStatus::None,
            local_district: None,
            street: "1 Main Street".into(),
            city: "Valle Vista".into(),
            state: "CA".into(),
            postal_code: "90000".into(),
            phone: None,
        },
    );
    directory.districts.insert(
        "D".into(),
        District {
            code: "D".into(),
            name: "Valle Vista Unified".into(),
            state: "CA".into(),
            contact: None,
        },
    );
    directory
}

fn request() -> DocumentRequest {
    DocumentRequest {
        id: "00".repeat(16),
        ..asked::request(Edition::Official, date(2026, 6, 12))
    }
}

fn policy() -> Policy {
    Policy::parse(POLICY).expect("the shipped policy reads")
}

fn made(record: &PersonRecord) -> Assembled {
    assemble(record, &directory(), &policy(), &request()).expect("a transcript")
}

/// A transcript with something in every place that may be empty.
pub(super) fn full() -> Transcript {
    let mut college = mark("2", "A");
    college.mark.title = Some("SOC 1: Introduction".into());
    college.mark.taken_at = Some("Valley College".into());
    college.mark.kind = MarkKind::DualEnrolment;
    let mut record = record(vec![mark("1", "A"), college]);
    let awards = [
        (AwardKind::Diploma, None),
        (AwardKind::SealOfBiliteracy, Some("Armenian")),
    ];
    record.awards = awards
        .map(|(award, detail)| Award {
            school: "S".into(),
            person: "1".into(),
            award,
            detail: detail.map(str::to_owned),
            awarded_on: date(2026, 6, 11),
        })
        .into();
    let mut directory = directory();
    let district = directory.districts.get_mut("D").expect("it is there");
    district.contact = Some("records@example.org".into());
    let school = directory.schools.get_mut("S").expect("it is there");
    school.phone = Some("(213) 555-0100".into());
    let request = DocumentRequest {
        show_state_id: true,
        show_address: true,
        certification: Some(Certification {
            name: "Remedios Varo".into(),
            title: "Registrar".into(),
        }),
        ..request()
    };
    let made = assemble(&record, &directory, &policy(), &request);
    made.expect("a transcript").transcript
}

fn value(assembled: &Assembled, name: &str) -> Option<String> {
    let average = assembled
        .transcript
        .averages
        .iter()
        .find(|average| average.name == name);
    average.expect("the definition is there").value.clone()
}

#[test]
fn a_mark_weighs_by_its_credits_attempted() {
    let mut half = mark("2", "F");
    half.mark.credit_attempted = credits("2.5");
    half.mark.credit_earned = Credits::ZERO;
    let made = made(&record(vec![mark("1", "A"), half]));
    // 4 points on 5 credits and none on 2.5: 20 / 7.5.
    assert_eq!(value(&made, "unweighted").as_deref(), Some("2.6667"));
    assert_eq!(made.transcript.credits.earned, credits("5"));
}

#[test]
fn an_honors_mark_earns_the_bonus_only_with_c_or_better() {
    let honors = |posting: &str, letter: &str| {
        let mut mark = mark(posting, letter);
        mark.course.honors = HonorsKind::AdvancedPlacement;
        mark
    };
    let made = made(&record(vec![honors("1", "C"), honors("2", "D")]));
    assert_eq!(value(&made, "unweighted").as_deref(), Some("1.5000"));
    assert_eq!(value(&made, "weighted").as_deref(), Some("2.0000"));
    assert_eq!(made.transcript.honors_legend.len(), 1);
}

#[test]
fn what_an_average_leaves_out_is_named_with_its_reason() {
    let mut early = mark("early", "A");
    early.mark.grade_level = grade(8);
    let mut no_credit = mark("free", "A");
    no_credit.mark.credit_attempted = Credits::ZERO;
    let mut coming = mark("coming", "A");
    coming.mark.kind = MarkKind::InProgress;
    coming.mark.mark = None;
    let marks = vec![
        mark("ok", "B-"),
        mark("pass", "P"),
        mark("odd", "E"),
        early,
        no_credit,
        coming,
    ];
    let preview = DocumentRequest {
        edition: Edition::Unofficial,
        ..request()
    };
    let made = assemble(&record(marks), &directory(), &policy(), &preview).expect("a preview");
    let trace = &made.traces[0];
    let left_out: Vec<_> = trace
        .left_out
        .iter()
        .map(|left| (left.name.posting.as_str(), left.reason.to_string()))
        .collect();
    let left_out: Vec<_> = left_out.iter().map(|(at, why)| (*at, &**why)).collect();
    assert_eq!(
        left_out,
        [
            ("coming", "it has no mark yet"),
            ("early", "earned in 8; the window is 9 to summer after 12"),
            ("free", "no credit was attempted, so it has no weight"),
            ("odd", "the mark is not on the grading scale"),
            ("pass", "the mark carries no points"),
        ]
    );
    assert_eq!(trace.taken.len(), 1);
    assert_eq!(trace.value.as_deref(), Some("3.0000"));
}

#[test]
fn a_mark_that_is_not_on_the_scale_stops_an_official_transcript() {
    let record = record(vec![mark("odd", "Q+"), mark("ok", "A")]);
    let refused = assemble(&record, &directory(), &policy(), &request()).expect_err("refused");
    let expected = AssembleError::NotOnScale {
        posting: "odd".into(),
        mark: "Q+".into(),
    };
    assert_eq!(refused, [expected]);
}

#[test]
fn a_record_without_points_has_no_average() {
    let made = made(&record(vec![mark("1", "P")]));
    assert_eq!(value(&made, "unweighted"), None);
}

#[test]
fn credits_beyond_a_subject_count_as_electives() {
    let marks = (0..11).map(|n| mark(&n.to_string(), "A")).collect();
    let made = made(&record(marks));
    let requirements = made.transcript.requirements.expect("a plan");
    let row = |subject: &str| {
        let found = requirements
            .subjects
            .iter()
            .find(|row| row.subject == subject);
        let found = found.expect("the row is there");
        (found.earned, found.needed)
    };
    assert_eq!(row("English"), (credits("40"), Credits::ZERO));
    // English is an a-g subject: the elective that prepares for college takes what is over first.
    assert_eq!(
        row("College-preparatory elective"),
        (credits("10"), Credits::ZERO)
    );
    assert_eq!(row("Electives"), (credits("5"), credits("15")));
    assert_eq!(requirements.total.earned, credits("55"));
    assert_eq!(requirements.total.required, credits("210"));
}

#[test]
fn work_in_progress_is_counted_apart_and_lowers_no_need() {
    let mut coming = mark("1", "A");
    coming.mark.kind = MarkKind::InProgress;
    coming.mark.mark = None;
    let made = made(&record(vec![coming]));
    let english = &made.transcript.requirements.expect("a plan").subjects[0];
    assert_eq!(
        (english.earned, english.in_progress),
        (Credits::ZERO, credits("5"))
    );
    assert_eq!(english.needed, credits("40"));
    assert_eq!(made.transcript.ahead.len(), 1);
    assert_eq!(made.transcript.terms.len(), 0);
}

#[test]
fn a_final_transcript_needs_a_graduation_date_and_no_work_in_progress() {
    let mut coming = mark("1", "A");
    coming.mark.kind = MarkKind::InProgress;
    let record = record(vec![coming]);
    let asked = DocumentRequest {
        kind: Some(Kind::Final),
        ..request()
    };
    let refused = assemble(&record, &directory(), &policy(), &asked).expect_err("refused");
    assert_eq!(
        refused,
        [
            AssembleError::NotGraduated,
            AssembleError::InProgress(vec!["English 11A".into()])
        ]
    );
}

#[test]
fn a_certificate_of_completion_is_no_graduation_and_a_diploma_after_it_is() {
    let award = |award, day| Award {
        school: "S".into(),
        person: "1".into(),
        award,
        detail: None,
        awarded_on: date(2026, 6, day),
    };
    let mut senior = record(vec![mark("1", "A")]);
    senior.awards.push(award(AwardKind::Certificate, 5));
    assert_eq!(made(&senior).transcript.attendance.graduated_on, None);
    assert_ne!(made(&senior).transcript.document.kind, Kind::Final);
    senior.awards.push(award(AwardKind::Diploma, 10));
    let graduated = made(&senior).transcript.attendance.graduated_on;
    assert_eq!(graduated, Some(date(2026, 6, 10)));
}

#[test]
fn the_kind_follows_the_record_where_none_is_asked_for() {
    let kind = |record: &PersonRecord| made(record).transcript.document.kind;
    assert_eq!(kind(&record(vec![mark("1", "A")])), Kind::Initial);
    let mut senior = mark("1", "A");
    senior.mark.grade_level = grade(12);
    let mut graduate = record(vec![senior]);
    assert_eq!(kind(&graduate), Kind::MidYear);
    graduate.awards.push(Award {
        school: "S".into(),
        person: "1".into(),
        award: AwardKind::Diploma,
        detail: None,
        awarded_on: date(2026, 6, 11),
    });
    assert_eq!(kind(&graduate), Kind::Final);
}

#[test]
fn who_is_held_gets_no_official_transcript_but_may_see_a_preview() {
    let why = "rows in marks did not land with import 12".to_owned();
    let held = PersonRecord {
        held: vec![why.clone()],
        ..record(vec![mark("1", "A")])
    };
    let refused = assemble(&held, &directory(), &policy(), &request()).expect_err("refused");
    assert_eq!(refused, [AssembleError::Held(vec![why])]);
    let preview = DocumentRequest {
        edition: Edition::Unofficial,
        ..request()
    };
    assert!(assemble(&held, &directory(), &policy(), &preview).is_ok());
}

#[test]
fn an_averages_scale_is_the_highest_that_its_own_bonus_allows() {
    let transcript = made(&record(vec![mark("1", "A")])).transcript;
    let scales = transcript.averages.iter();
    let scales: Vec<_> = scales
        .map(|average| (&*average.name, &*average.scale))
        .collect();
    assert_eq!(scales, [("unweighted", "4.00"), ("weighted", "5.00")]);
}

#[test]
fn a_certificate_of_completion_is_printed_only_where_the_policy_says_so() {
    let mut finished = record(vec![mark("1", "A")]);
    for (place, kind) in AwardKind::ALL.iter().enumerate() {
        finished.awards.push(Award {
            school: "S".into(),
            person: "1".into(),
            award: *kind,
            detail: None,
            awarded_on: date(2026, 6, i8::try_from(place + 1).expect("a day")),
        });
    }
    let printed = |policy: &Policy| {
        let made = assemble(&finished, &directory(), policy, &request()).expect("it is whole");
        let awards = made.transcript.awards.iter();
        awards.map(|award| award.award).collect::<Vec<_>>()
    };
    let mut expected = AwardKind::ALL.to_vec();
    expected.retain(|kind| *kind != AwardKind::Certificate);
    assert_eq!(printed(&policy()), expected);
    let all = POLICY.replace("= [\"diploma\",", "= [\"certificate\", \"diploma\",");
    assert_eq!(
        printed(&Policy::parse(&all).expect("it reads")),
        AwardKind::ALL
    );
    let unnamed = POLICY.replace("award = \"diploma\"", "award = \"certificate\"");
    let error = Policy::parse(&unnamed).expect_err("the diploma has no label");
    let said = error.to_string();
    assert!(
        said.contains("award `diploma` is printed but has no label"),
        "{said}"
    );
}

#[test]
fn the_printed_name_stands_before_the_legal_one() {
    let mut record = record(vec![mark("1", "A")]);
    assert_eq!(
        made(&record).transcript.student.name,
        "María José Ñandú Jr."
    );
    let chosen = DocumentRequest {
        use_chosen_name: true,
        ..request()
    };
    let made_chosen = assemble(&record, &directory(), &policy(), &chosen).expect("a transcript");
    assert_eq!(made_chosen.transcript.student.name, "Majo Ñandú");
    record.person.printed_name = Some("Maria Nandu".into());
    assert_eq!(made(&record).transcript.student.name, "Maria Nandu");
}

#[test]
fn the_state_id_is_printed_only_where_a_setting_asks_for_it() {
    let record = record(vec![mark("1", "A")]);
    assert_eq!(made(&record).transcript.student.state_id, None);
    let shown = DocumentRequest {
        show_state_id: true,
        ..request()
    };
    let made = assemble(&record, &directory(), &policy(), &shown).expect("a transcript");
    assert_eq!(
        made.transcript.student.state_id.as_deref(),
        Some("9000000001")
    );
}

#[test]
fn no_address_is_in_the_model_unless_a_setting_asks_for_it() {
    let record = record(vec![mark("1", "A")]);
    assert_eq!(made(&record).transcript.student.address, None);
    let shown = DocumentRequest {
        show_address: true,
        ..request()
    };
    let made = assemble(&record, &directory(), &policy(), &shown).expect("a transcript");
    let address = made.transcript.student.address;
    assert_eq!(
        address.as_deref(),
        Some("12 Alder St, Los Alisos, CA 90031")
    );
}

#[test]
fn a_policy_that_contradicts_itself_is_refused_with_every_reason() {
    let text = POLICY
        .replace("name = \"weighted\"", "name = \"unweighted\"")
        .replace("decimals = 4", "decimals = 9")
        .replace("es = \"Excelente\"", "fr = \"Excellent\"")
        .replace("points = \"4\"", "points = \"2.5\"")
        .replace("to = \"2020-21\"", "to = \"2019-20\"")
        .replace("\"B+\" = \"3.3\"", "\"B+\" = \"4.3\"")
        .replace("\"B-\" = \"2.7\"", "\"B-\" = \"1.7\"");
    let error = Policy::parse(&text).expect_err("refused");
    let said = error.to_string();
    assert!(
        said.contains("gpa `unweighted` stands there twice"),
        "{said}"
    );
    assert!(said.contains("at most 6 decimals"), "{said}");
    assert!(
        said.contains("`B` has more points than `A` before it"),
        "{said}"
    );
    assert!(said.contains("`B+` has more points than `A`"), "{said}");
    assert!(said.contains("`B-` has fewer points than `C`"), "{said}");
    assert!(said.contains("ag.passes: the years end"), "{said}");
    assert!(
        said.contains("the meaning of mark `A` has no text in `es`"),
        "{said}"
    );
    let unreadable = Policy::parse("format = 1")
        .expect_err("refused")
        .to_string();
    assert!(unreadable.starts_with("policy.toml:1:10: "), "{unreadable}");
}

#[test]
fn a_row_about_summers_that_says_nothing_or_comes_too_late_is_refused() {
    let read = |rows: &str| Policy::parse(&format!("summer = [{rows}]\n{POLICY}"));
    let (source, school) = (r#"source = "a""#, r#"schools = ["1"]"#);
    for (rows, said) in [
        ("{ level = 'next' }".to_owned(), "row 1 names neither"),
        (
            format!("{{ {source}, level = 'next' }}, {{ {source}, {school}, level = 'next' }}"),
            "row 2 can never hold, for row 1",
        ),
        (
            format!("{{ {school}, level = 'next' }}, {{ {source}, {school}, level = 'next' }}"),
            "row 2 can never hold, for row 1",
        ),
    ] {
        let error = read(&rows).expect_err(&rows).to_string();
        assert!(error.contains(said), "{error}");
    }
    let narrow_first =
        format!("{{ {source}, {school}, level = 'next' }}, {{ {source}, level = 'completed' }}");
    assert!(read(&narrow_first).is_ok());
}

/// Up to eighty numbers below this one.
fn numbers(below: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..below, 0..80)
}

proptest! {
    #[test]
    fn an_average_does_not_depend_on_the_order_of_the_marks(letters in numbers(6)) {
        let letter = |n: usize| ["A", "B+", "C", "D-", "F", "P"][n];
        let marks: Vec<_> =
            letters.iter().enumerate().map(|(n, l)| mark(&n.to_string(), letter(*l))).collect();
        let mut turned = marks.clone();
        turned.reverse();
        let weighted = |marks| value(&made(&record(marks)), "weighted");
        prop_assert_eq!(weighted(marks), weighted(turned));
    }

    #[test]
    fn no_credit_is_lost_between_the_rows_of_a_plan(subjects in numbers(5)) {
        let subject =
            |n: usize| ["english", "mathematics", "health", "art of nothing", "language"][n];
        let marks: Vec<_> = subjects.iter().enumerate().map(|(n, s)| {
            let mut mark = mark(&n.to_string(), "A");
            mark.course.subject = subject(*s).to_owned();
            mark
        }).collect();
        let made = made(&record(marks));
        let total = made.transcript.requirements.expect("a plan").total;
        prop_assert_eq!(total.earned, made.transcript.credits.earned);
    }

    #[test]
    fn a_model_reads_back_from_its_json(letters in numbers(6)) {
        let letter = |n: usize| ["A", "B+", "C", "D-", "F", "P"][n];
        let marks =
            letters.iter().enumerate().map(|(n, l)| mark(&n.to_string(), letter(*l))).collect();
        let transcript = made(&record(marks)).transcript;
        let text = serde_json::to_string(&transcript).expect("it writes");
        prop_assert_eq!(serde_json::from_str::<Transcript>(&text).expect("it reads"), transcript);
    }
}
