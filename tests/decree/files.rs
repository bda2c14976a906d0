//! A decree's file: what is told of its mistakes, and what none can do.

use registrar::compliance::decree::{DECREE_BYTES_MAX, Decree};

const SMALL: &str = include_str!("files/small.toml");

fn told(text: &str) -> String {
    match Decree::read("decree.toml", text) {
        Ok(_) => panic!("this reads"),
        Err(wrong) => wrong.join("\n"),
    }
}

/// The small decree with one text in place of another.
fn with(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    SMALL.replacen(from, to, 1)
}

#[test]
fn everything_that_contradicts_itself_is_told_at_once() {
    insta::assert_snapshot!(told(include_str!("files/wrong.toml")));
}

#[test]
fn everything_that_does_not_read_is_told_at_once() {
    insta::assert_snapshot!(told(include_str!("files/unread.toml")));
}

#[test]
fn a_test_of_no_grade_or_one_that_ends_before_it_begins_is_told() {
    let test = |grades: &str, until: &str| {
        let text = format!(
            "[[test]]\nsubject = \"science\"\ngrades = [{grades}]\nfrom = \"2025-07-01\"\nuntil = \
             \"{until}\"\nsource = {{ text = \"Ed. Code 60640\", confirmed = true }}\n\n[[outcome]]"
        );
        with("[[outcome]]", &text)
    };
    let sound = Decree::read("decree.toml", &test("5, 8", "2026-06-30")).expect("it reads");
    assert_eq!(sound.text.tests[0].grades, [5, 8]);
    for (grades, until, what) in [
        ("5, 13", "2026-06-30", "14:1: there is no grade 13"),
        ("", "2026-06-30", "14:1: the test is given in no grade"),
        ("5", "2025-06-30", "16:1: the test ends before it begins"),
    ] {
        let told = told(&test(grades, until));
        assert!(told.starts_with(&format!("decree.toml:{what}")), "{told}");
        assert!(told.contains("hint: "), "{told}");
    }
}

#[test]
fn a_rule_that_says_the_same_of_every_case_is_doubted() {
    let sound = Decree::read("decree.toml", SMALL).expect("it reads");
    assert_eq!(sound.warnings, Vec::<String>::new());
    for (rule, doubted) in [
        (
            "clock.days <= days(60) and clock.days > days(60)",
            Some("no"),
        ),
        ("kind == \"transfer\" and kind == \"initial\"", Some("no")),
        (
            "kind in [\"transfer\"] and kind != \"transfer\"",
            Some("no"),
        ),
        (
            "delay_code == \"90\" and delay_code is not known",
            Some("no"),
        ),
        (
            "report_on is known or report_on is not known",
            Some("every"),
        ),
        ("age < 5 or age >= 5 or age is not known", Some("every")),
        ("kind == kind and kind != kind", None),
        ("false", Some("no")),
        ("true", Some("every")),
        ("age < 5 or age > 5", None),
        ("age >= 4 and age < 5", None),
        ("delay_code == \"90\" or delay_code is not known", None),
        ("kind == \"transfer\" or kind == \"initial\"", None),
        (
            "report_on < date(\"2026-01-02\") and report_on > date(\"2025-12-31\")",
            None,
        ),
        (
            "report_on < date(\"2026-01-01\") and report_on > date(\"2026-01-01\")",
            Some("no"),
        ),
    ] {
        let text = with("clock.days <= days(60)", rule);
        let decree = Decree::read("decree.toml", &text).expect(rule);
        let mut warnings = decree.warnings;
        warnings.retain(|it| it.contains("the rule holds of"));
        match doubted {
            None => assert_eq!(warnings, Vec::<String>::new(), "{rule}"),
            Some(of) => {
                let doubt = format!("decree.toml:32:1: the rule holds of {of} case");
                let warnings = warnings.join("\n");
                assert!(warnings.starts_with(&doubt), "{rule}: {warnings}");
            }
        }
    }
}

#[test]
fn a_mistake_in_a_rule_is_told_at_its_own_line_and_column() {
    let rule = "'''\n  kind == \"initial\"\n  and clock.dys <= days(60)'''";
    let wrong = told(&with("'clock.days <= days(60)'", rule));
    assert!(wrong.starts_with("decree.toml:34:7: "), "{wrong}");
    assert!(wrong.contains("did you mean `clock.days`?"), "{wrong}");
    // With escapes, the text stands otherwise in the file: then the key is the place.
    let rule = "\"kind == \\\"inital\\\"\"";
    let wrong = told(&with("'clock.days <= days(60)'", rule));
    assert!(wrong.starts_with("decree.toml:32:1: no code"), "{wrong}");
}

#[test]
fn the_digest_is_that_of_the_text() {
    let decree = Decree::read("decree.toml", SMALL).expect("it reads");
    let other = Decree::read("decree.toml", &format!("{SMALL}\n# a remark\n")).expect("it reads");
    assert_ne!(decree.digest, other.digest);
    assert_eq!(decree.outcomes, other.outcomes);
}

#[test]
fn a_decree_that_never_ends_is_refused() {
    let outcome = &SMALL[SMALL.find("[[outcome]]").expect("an outcome")..];
    let many = SMALL.to_owned() + &outcome.repeat(10 * DECREE_BYTES_MAX / outcome.len());
    assert!(told(&many).contains("1048576 at most"));
    // As many outcomes as the bytes allow are too many, and told once.
    let fewer = SMALL.to_owned() + &outcome.repeat(300);
    assert!(told(&fewer).contains("the decree has 301 outcomes"));
    // A hundred thousand keys that nobody knows end after a hundred.
    let keys: String = (0..50_000).map(|it| format!("x{it} = 1\n")).collect();
    let wrong = Decree::read("decree.toml", &(keys + SMALL)).expect_err("unknown keys");
    assert_eq!(wrong.len(), 100);
    // Brackets within each other.
    let deep = format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(told(&deep).contains("hint:"));
    let dotted = format!("{}x = 1\n", "a.".repeat(100_000));
    assert!(told(&dotted).contains("hint:"));
    let tables: String = (1..3_000)
        .map(|it| format!("[{}a]\n", "a.".repeat(it % 90)))
        .collect();
    assert!(told(&tables).contains("hint:"));
    let rule = format!("'{}age == 5{}'", "(".repeat(1_500), ")".repeat(1_500));
    assert!(told(&with("'clock.days <= days(60)'", &rule)).contains("20 brackets"));
}

#[test]
fn no_rule_divides_calls_or_reaches_what_is_no_case() {
    for rule in [
        "age / 0 == 1",
        "age % 0 == 1",
        "env(\"DATABASE_URL\") == \"x\"",
        "env.DATABASE_URL == \"x\"",
        "_private is known",
        "self is known",
        "key is known",
        "passphrase == \"x\"",
        "now() > as_of",
        "random() == 1",
        "include(\"/etc/passwd\") == \"x\"",
        "kind.__class__ == \"x\"",
        "kind|attr(\"x\") == \"x\"",
        "{{ kind }}",
        "{% for x in y %}",
    ] {
        let wrong = told(&with("'clock.days <= days(60)'", &format!("'{rule}'")));
        assert!(wrong.contains("decree.toml:32:"), "{rule}: {wrong}");
        assert!(wrong.contains("hint: "), "{rule}: {wrong}");
    }
}

#[test]
fn a_rule_that_is_too_much_or_reaches_out_is_refused_wherever_a_rule_may_stand() {
    let deep = format!("{}age == 5{}", "(".repeat(300), ")".repeat(300));
    let denied = format!("{}(age == 5)", "not ".repeat(300));
    let long = format!("age == 5{}", " or age == 5".repeat(320));
    let many = format!("age in [{}]", "5, ".repeat(600));
    let hostile = [
        (&*deep, "more than 20 brackets within each other"),
        (&*denied, "stands there again and again"),
        (&*long, "more than 500 names and signs in one rule"),
        (&*many, "more than 500 names and signs in one rule"),
        ("age / 0 == 1", "a rule does not multiply or divide"),
        ("environment.DATABASE_URL == age", "environment"),
        ("passphrase is known", "passphrase"),
    ];
    let exclusion = |rule: &str| {
        format!(
            "[[outcome.exclusion]]\ncode = \"x\"\ntitle = {{ en = \"X\", es = \"X\" }}\n\
             when = '{rule}'\nsource = {{ text = \"X\", confirmed = true }}\n\n[[outcome.class]]"
        )
    };
    for (rule, said) in hostile {
        let quoted = format!("'{rule}'");
        let denominator = format!("denominator = {quoted}\ndirection =");
        for text in [
            with("'kind == \"initial\"'", &quoted),
            with("direction =", &denominator),
            with("[[outcome.class]]", &exclusion(rule)),
            with("'clock.days <= days(60)'", &quoted),
        ] {
            let before = &text[..text.find(&quoted).expect("the rule")];
            let line = 1 + before.matches('\n').count();
            let wrong = told(&text);
            let place = format!("decree.toml:{line}:");
            assert!(wrong.starts_with(&place), "{place} {wrong}");
            assert!(
                wrong.contains(said) && wrong.contains("\n  hint: "),
                "{wrong}"
            );
        }
    }
}

#[test]
fn more_classes_than_letters_and_more_shares_than_anybody_reads_are_refused() {
    let repeated = |heading: &str, many: usize| {
        let part = &SMALL[SMALL.find(heading).expect("it")..];
        let end = part[2..].find("\n[[").map_or(part.len(), |end| end + 3);
        let part = &part[..end];
        let more =
            (0..many).map(|it| part.replacen("name = \"", &format!("name = \"x{it}"), 1) + "\n");
        told(&(SMALL.to_owned() + "\n" + &more.collect::<String>()))
    };
    let wrong = repeated("[[outcome.class]]", 25);
    assert!(
        wrong.contains("27 classes are too many\n  hint: give 26 at most"),
        "{wrong}"
    );
    let wrong = repeated("[[outcome.threshold]]", 20);
    assert!(
        wrong.contains("21 shares are too many\n  hint: give 20 at most"),
        "{wrong}"
    );
}

#[test]
fn a_class_that_counts_as_good_what_nobody_recorded_is_doubted() {
    for (rule, doubted) in [
        (
            "meeting_held_on is not known or clock.days <= days(60)",
            Some("meeting_held_on"),
        ),
        (
            "not (meeting_held_on is known) and kind == \"initial\"",
            Some("meeting_held_on"),
        ),
        ("not (report_on is known and age > 3)", Some("report_on")),
        (
            "not (meeting_held_on is not known) and clock.days <= days(60)",
            None,
        ),
        ("meeting_held_on is known and clock.days <= days(60)", None),
        ("not (age > 3)", None),
        // Whether it is due yet is another question, and the time answers it.
        (
            "meeting_held_on is not known and clock.days_so_far <= days(60)",
            None,
        ),
        (
            "meeting_held_on is not known and not (extended_to < as_of)",
            None,
        ),
        (
            "meeting_held_on is not known or as_of < extended_to",
            Some("meeting_held_on"),
        ),
    ] {
        let text = with("clock.days <= days(60)", rule);
        let warnings = Decree::read("decree.toml", &text)
            .expect(rule)
            .warnings
            .join("\n");
        let what = doubted.map(|it| {
            format!("decree.toml:32:1: a case is counted as good because `{it}` is not known")
        });
        match what {
            Some(what) => assert!(warnings.starts_with(&what), "{rule}: {warnings}"),
            None => assert_eq!(warnings, "", "{rule}"),
        }
        // Where less is better, a case in the numerator is no good one.
        let bad = text.replacen("direction = \"increase\"", "direction = \"decrease\"", 1);
        let bad = bad.replacen("at_least = \"95\"\nfrom", "at_most = \"95\"\nfrom", 1);
        let warnings = Decree::read("decree.toml", &bad).expect(rule).warnings;
        assert_eq!(warnings, Vec::<String>::new(), "{rule}");
    }
}

#[test]
fn a_note_of_an_outcome_that_is_not_there_is_told() {
    let note = r#"[[note]]
on = "2026-01-01"
text = { en = "X", es = "X" }
outcomes = ["1", "11"]
source = { text = "X", confirmed = true }

[[outcome]]"#;
    let wrong = told(&with("[[outcome]]", note));
    assert!(
        wrong.contains("the decree has no outcome `11`\n  hint: did you mean `1`?"),
        "{wrong}"
    );
}
