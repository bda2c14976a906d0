//! What a policy may not say.

use super::{POLICY, Policy};

fn refused(from: &str, to: &str) -> String {
    assert!(POLICY.contains(from), "{from}");
    let text = POLICY.replacen(from, to, 1);
    what(&Policy::parse(&text).expect_err(to).to_string())
}

/// What is said of one problem, without its line and column and its hint.
fn what(said: &str) -> String {
    let (said, hint) = said.split_once("\n  hint: ").expect("a hint");
    assert!(!hint.contains('\n'), "one problem: {said} {hint}");
    let at = said.strip_prefix("policy.toml:").expect("the file");
    let (at, said) = at.split_once(": ").expect("a place");
    let is_number = |it: &str| it.parse::<usize>().is_ok();
    assert!(at.split(':').all(is_number) && at.contains(':'), "{at}");
    said.to_owned()
}

/// Where the second text stands after the first, as a problem says it.
fn place(text: &str, table: &str, of_it: &str) -> String {
    let from = text.find(table).expect(table);
    let byte = from + text[from..].find(of_it).expect(of_it);
    let before = &text[..byte];
    let line = 1 + before.matches('\n').count();
    let column = 1 + before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count();
    format!("policy.toml:{line}:{column}: ")
}

/// What is changed, and then the table after which the problem stands, where in it, and what is
/// said.
const PLACED: [(&str, &str, &str, &str, &str); 12] = [
    (
        "version = \"2026-27\"\nlanguages = [\"en\", \"es\"]",
        "version = \"2026-27\"\nlanguages = [\"en\", \"es\", \"fr\"]",
        "[[scale]]\nmark = \"A\"",
        "meaning",
        "the meaning of mark `A` has no text in `fr`",
    ),
    (
        "name = \"weighted\"",
        "name = \"unweighted\"",
        "source = \"district policy: all marks",
        "name = \"unweighted\"",
        "gpa `unweighted` stands there twice",
    ),
    (
        "window = [\"10\", \"summer after 11\"]",
        "window = [\"12\", \"10\"]",
        "name = \"cal-grant\"",
        "window",
        "gpa `cal-grant`: the window 12 to 10 ends before it begins",
    ),
    (
        "semesters_max = 8 },",
        "semesters_max = 8 },\n    { window = [\"12\", \"12\"], semesters_max = 8 },",
        "name = \"uc-capped\"",
        "cap = [",
        "gpa `uc-capped`: the cap's window 12 to 12 is not within the average's",
    ),
    (
        "kinds = [\"regular\", \"transfer\", \"summer\", \"dual_enrolment\"]",
        "kinds = []",
        "name = \"unweighted\"",
        "kinds",
        "gpa `unweighted`: `kinds` names no kind of mark, so nothing counts",
    ),
    (
        "mark = \"F\"\npoints = \"0\"",
        "mark = \"F\"\npoints = \"1.5\"",
        "mark = \"F\"",
        "points",
        "scale: `F` has more points than `D` before it; the scale stands best first",
    ),
    (
        "credits_per_semester = \"0.5\"",
        "credits_per_semester = \"0\"",
        "[[unit]]",
        "credits_per_semester",
        "unit: `credits_per_semester` cannot be 0",
    ),
    (
        "counts = [\"health\"]\n",
        "counts = []\n",
        "{ en = \"Physical education\", es = \"Educación física\" }",
        "[[plan.subject]]",
        "plan `district-210`: row 12, `Health`: nothing counts in it",
    ),
    (
        "to_grade = \"12\"\ncredits = \"160\"",
        "to_grade = \"12\"\ncredits = \"60\"",
        "to_grade = \"11\"",
        "[[promotion]]",
        "promotion: grade 12 must come after grade 11 and ask for no fewer credits",
    ),
    (
        "only_ag = true",
        "only_a_g = true",
        "name = \"uc-capped\"",
        "only_a_g",
        "unknown field `only_a_g`",
    ),
    (
        "decimals = 2",
        "decimals = \"2\"",
        "name = \"uc-capped\"",
        "\"2\"\n",
        "invalid type: string \"2\", expected u8",
    ),
    (
        "label = { en = \"UC GPA, capped and weighted\"",
        "label = { en = UC GPA, capped and weighted\"",
        "name = \"uc-capped\"",
        "and weighted",
        "missing assignment between key-value pairs, expected `=`",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_line_and_column_and_a_hint() {
    let mut wrong = Vec::new();
    for (from, to, table, of_it, said) in PLACED {
        let text = POLICY.replacen(from, to, 1);
        assert_ne!(text, POLICY, "{from}");
        let problems = Policy::parse(&text).expect_err(to).problems;
        let told = format!("{}{said}", place(&text, table, of_it));
        let hints = problems.iter().all(|it| it.contains("\n  hint: "));
        if !problems.iter().any(|it| it.starts_with(&told)) || !hints {
            wrong.push(format!("{told}\n{problems:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let text = POLICY
        .replace("decimals = 4", "decimals = 9")
        .replace("takes_surplus = true", "takes_surplus = false")
        .replace("satisfactory = true", "satisfactory = true\nwaives = true")
        .replace("kinds = [\"regular\"", "kinds = [\"planned\"");
    let problems = Policy::parse(&text).expect_err("refused").problems;
    let line = |it: &String| -> usize {
        let line = it.split(':').nth(1).and_then(|line| line.parse().ok());
        line.expect("a line")
    };
    let lines: Vec<usize> = problems.iter().map(line).collect();
    assert!(lines.is_sorted(), "{problems:#?}");
    assert_eq!(problems.len(), 3 + 7 + 2, "{problems:#?}");
}

#[test]
fn all_that_does_not_read_is_told_at_once_in_the_order_of_the_file() {
    let rules = &POLICY[POLICY.find("format = ").expect("the first key")..];
    let wrong = |from: &str, to: &str, text: &str| text.replacen(from, to, 1);
    let text = wrong("version = \"2026-27\"", "version = 2026", rules);
    // Two in one row.
    let text = wrong("points = \"4\"", "points = \"four\"\nstars = 5", &text);
    let text = wrong("[repeats]", "[repeats]\nfoo = 1\nbar = 2", &text);
    let text = wrong("mark = \"F\"\n", "", &text);
    let text = text.replace("decimals = 4", "decimals = \"4\"");
    let text = wrong("credits = \"40\"\nsource", "credit = \"40\"\nsource", &text);
    let problems = Policy::parse(&text).expect_err("refused").problems;
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    let at_least = [
        "integer `2026`",
        "not a plain decimal number",
        "unknown field `stars`",
        "missing field `mark`",
        "unknown field `foo`",
        "unknown field `bar`",
        "string \"4\"",
        "missing field `credits`",
        "unknown field `credit`",
    ];
    for part in at_least {
        assert!(told.iter().any(|it| it.contains(part)), "{part}: {told:#?}");
    }
    let more = POLICY.matches("decimals = 4").count() - 1;
    assert_eq!(told.len(), at_least.len() + more, "{told:#?}");
}

#[test]
fn everything_that_is_not_written_as_the_file_must_be_is_told_at_once() {
    let text = POLICY
        .replacen("version = \"2026-27\"", "version = ", 1)
        .replacen("decimals = 2", "decimals = 2\ndecimals = 2", 1);
    let problems = Policy::parse(&text).expect_err("refused").problems;
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

#[test]
fn a_rule_without_a_source_is_refused_wherever_it_stands() {
    for (table, place) in [
        ("[[gpa]]\nname = \"csu\"", "gpa `csu`"),
        ("[[plan]]\nname = \"carnegie\"", "plan `carnegie`"),
        ("[[plan.limit]]", "limit 1 of plan `district-210`"),
        ("[ag]", "`ag`"),
        ("[ag.passes]", "`ag.passes`"),
        ("[ag.before_grade_9]", "`ag.before_grade_9`"),
        ("[partial_credit]", "`partial_credit`"),
    ] {
        let from = POLICY.find(table).expect(table);
        let begin = from + POLICY[from..].find("source = ").expect("a source");
        let end = begin + POLICY[begin..].find('\n').expect("a line");
        let text = format!("{}source = \" \"{}", &POLICY[..begin], &POLICY[end..]);
        let said = Policy::parse(&text).expect_err(place).to_string();
        assert_eq!(
            what(&said),
            format!("`source` of {place} is empty; it says where the rule comes from")
        );
    }
}

#[test]
fn a_part_that_its_row_could_never_fill_is_refused_once_with_the_row_s_label() {
    let row = "counts = [\"mathematics\"]\nincludes = [{ credits = \"10\", ";
    let other = format!("{row}subjects = [\"geometry\", \"mathematics\"], ");
    assert_eq!(
        refused(row, &other),
        "plan `state-minimum`: row 2, `Mathematics`: it includes credits of \
         `geometry`, which does not count in it"
    );
    let rest = "credits = \"0\"\ntakes_the_rest = true";
    let with = "credits = \"10\"\ntakes_the_rest = true\nincludes = [{ credits = \"5\" }]";
    let said = refused(rest, with);
    assert!(
        said.ends_with("it includes 5.00 credits, and no subject counts in it"),
        "{said}"
    );
}

#[test]
fn a_mistake_in_a_plan_is_told_once_for_all_cohorts() {
    let said = refused("counts = [\"health\"]\n", "counts = [\"english\"]\n");
    assert!(
        said.starts_with("plan `district-210` for who entered in 20"),
        "{said}"
    );
    assert!(
        said.ends_with(": subject `english` stands there twice"),
        "{said}"
    );
    let said = refused(
        "credits = \"20\"\ncounts = [\"mathematics\"]",
        "credits = \"5\"\ncounts = [\"mathematics\"]",
    );
    assert_eq!(
        said,
        "plan `state-minimum`: row 2, `Mathematics`: what it includes comes to 10.00 \
         credits, more than its 5.00"
    );
}

#[test]
fn honors_that_earn_no_bonus_cannot_earn_it_at_home_alone() {
    let said = refused(
        "not_elsewhere = [\"uc_honors\"]",
        "not_elsewhere = [\"honors\"]",
    );
    assert!(
        said.contains("`not_elsewhere`: `honors` earns no bonus anywhere"),
        "{said}"
    );
}
