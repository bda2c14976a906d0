//! What holds of every rule and every case.

use std::sync::LazyLock;

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use registrar::compliance::{
    CLOCK_FIELDS, Case, CaseKind, CaseView, ClockNames, ClockReading, DATES, Field, FieldType,
    Names, Predicate, ReportDates, Truth, Value,
};
use registrar::record::{DayCount, Percent};

fn names(kind: CaseKind) -> Names {
    Names {
        kind,
        clock: ClockNames::Limited,
    }
}

/// Every name that may stand in a rule over a kind.
static FIELDS: LazyLock<Vec<Vec<Field>>> = LazyLock::new(|| {
    let of = |kind: &CaseKind| [kind.fields(), CLOCK_FIELDS, DATES].concat();
    CaseKind::ALL.iter().map(of).collect()
});

fn date() -> impl Strategy<Value = Date> {
    let far = select(vec![Date::MIN, Date::MAX]);
    let near = (2024i16..2028, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d));
    prop_oneof![1 => far, 30 => near]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![1 => select(vec![i64::MIN, i64::MAX]), 30 => -3i64..20]
}

fn value(of: FieldType) -> BoxedStrategy<Value> {
    let days = |thousandths| Value::Days(DayCount::from_thousandths(thousandths));
    match of {
        FieldType::Date => date().prop_map(Value::Date).boxed(),
        FieldType::Days => prop_oneof![
            1 => select(vec![i64::MIN, i64::MAX]).prop_map(days),
            30 => (0i64..130).prop_map(move |halves| days(halves * 500)),
        ]
        .boxed(),
        FieldType::Count => number().prop_map(Value::Count).boxed(),
        FieldType::Percent => (0i64..=100_000)
            .prop_map(|share| Value::Percent(Percent::from_thousandths(share)))
            .boxed(),
        FieldType::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        FieldType::Code(words) => select(words).prop_map(Value::Code).boxed(),
        FieldType::Text => "[a-c]{1,2}"
            .prop_map(|text| Value::Text(text.into()))
            .boxed(),
    }
}

fn literal(of: FieldType) -> BoxedStrategy<String> {
    match of {
        FieldType::Date => (2024i16..2028, 1i8..=12, 1i8..=28)
            .prop_map(|(y, m, d)| format!("date(\"{y:04}-{m:02}-{d:02}\")"))
            .boxed(),
        FieldType::Days => prop_oneof![
            (0i64..130).prop_map(|days| format!("days({days})")),
            (0i64..130).prop_map(|days| format!("days(\"{days}.5\")")),
        ]
        .boxed(),
        FieldType::Count => (-3i64..20).prop_map(|count| count.to_string()).boxed(),
        FieldType::Percent => (0i64..=100).prop_map(|it| format!("percent({it})")).boxed(),
        FieldType::Flag => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        FieldType::Code(words) => select(words).prop_map(|word| format!("\"{word}\"")).boxed(),
        FieldType::Text => "[a-c]{1,2}".prop_map(|text| format!("\"{text}\"")).boxed(),
    }
}

fn is_size(of: FieldType) -> bool {
    use FieldType::{Count, Date, Days, Percent};
    matches!(of, Date | Days | Count | Percent)
}

/// Another value of the same type: a field, a literal, or a sum.
fn term(kind: CaseKind, of: FieldType) -> BoxedStrategy<String> {
    let fields = &FIELDS[kind as usize];
    let same: Vec<_> = (fields.iter().filter(|field| field.of == of))
        .map(|field| field.name.to_owned())
        .collect();
    let plain = match same.is_empty() {
        true => literal(of),
        false => prop_oneof![literal(of), select(same)].boxed(),
    };
    let sums = match of {
        FieldType::Date => (plain.clone(), 0i64..400, select(vec!['+', '-']))
            .prop_map(|(day, days, sign)| format!("{day} {sign} days({days})"))
            .boxed(),
        FieldType::Days | FieldType::Count => (plain.clone(), literal(of), select(vec!['+', '-']))
            .prop_map(|(a, b, sign)| format!("{a} {sign} ({b})"))
            .boxed(),
        _ => plain.clone(),
    };
    prop_oneof![3 => plain, 1 => sums].boxed()
}

fn comparison(kind: CaseKind) -> BoxedStrategy<String> {
    let field = select(FIELDS[kind as usize].clone());
    let compared = field.prop_flat_map(move |field| {
        let signs = match is_size(field.of) {
            true => vec!["==", "!=", "<", "<=", ">", ">="],
            false => vec!["==", "!="],
        };
        let name = field.name;
        let one = (term(kind, field.of), select(signs))
            .prop_map(move |(term, sign)| format!("{name} {sign} {term}"));
        let list = (literal(field.of), any::<bool>()).prop_map(move |(value, not)| {
            format!("{name} {} [{value}]", if not { "not in" } else { "in" })
        });
        prop_oneof![2 => one, 1 => list]
    });
    compared.boxed()
}

/// A rule without `is known`, or with it.
fn rule(kind: CaseKind, asks_known: bool) -> BoxedStrategy<String> {
    let known = (select(FIELDS[kind as usize].clone()), any::<bool>()).prop_map(|(field, not)| {
        let not = if not { "not " } else { "" };
        format!("{} is {not}known", field.name)
    });
    let leaf = match asks_known {
        true => prop_oneof![3 => comparison(kind), 1 => known].boxed(),
        false => comparison(kind),
    };
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            (some, select(vec![" and ", " or "]))
                .prop_map(|(parts, word)| format!("({})", parts.join(word))),
            inner.prop_map(|it| format!("not ({it})")),
        ]
    })
    .boxed()
}

/// What is known of a case: a value, or none, for each name but the report's dates.
type Knowledge = Vec<Option<Value>>;

fn knowledge(kind: CaseKind) -> impl Strategy<Value = Knowledge> {
    let fields = kind.fields().iter().chain(CLOCK_FIELDS);
    let values: Vec<_> = fields
        .map(|field| prop::option::weighted(0.8, value(field.of)))
        .collect();
    values
}

fn asked(kind: CaseKind, rule: &Predicate, known: &Knowledge) -> Truth {
    let mut case = Case::new(kind, "a case".to_owned());
    for (field, value) in kind.fields().iter().zip(known) {
        case.know(field.name, value.clone());
    }
    let clock = &known[kind.fields().len()..];
    let days = |place: usize| match &clock[place] {
        Some(Value::Days(days)) => Some(*days),
        _ => None,
    };
    let due_on = match &clock[3] {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let view = CaseView {
        case: &case,
        clock: ClockReading {
            days: days(0),
            untolled_days: days(1),
            days_so_far: days(2),
            due_on,
            late_by: days(4),
        },
        dates: ReportDates {
            as_of: Date::constant(2026, 6, 30),
            count_day: Date::constant(2025, 12, 1),
            period_begins: Date::constant(2025, 7, 1),
            period_ends: Date::constant(2026, 6, 30),
        },
    };
    let truth = rule.evaluate(&view);
    // Explaining goes the same way and stops nowhere.
    assert!(!rule.weigh(names(kind), &view).is_empty());
    truth
}

fn asked_of_a_kind(asks_known: bool) -> impl Strategy<Value = (CaseKind, String, Knowledge)> {
    let kind = select(CaseKind::ALL);
    kind.prop_flat_map(move |kind| (Just(kind), rule(kind, asks_known), knowledge(kind)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_forgotten_makes_a_rule_unknown_and_never_turns_it(
        (kind, text, known) in asked_of_a_kind(false),
    ) {
        let rule = Predicate::read(&text, names(kind)).expect("a rule of the language");
        let before = asked(kind, &rule, &known);
        for place in 0..known.len() {
            let mut less = known.clone();
            less[place] = None;
            let after = asked(kind, &rule, &less);
            let kept = after == before || after == Truth::Unknown;
            prop_assert!(kept, "{text}: {before:?}, then {after:?}");
        }
    }

    #[test]
    fn a_checked_rule_answers_of_every_case_and_reads_back_as_it_is_written(
        (kind, text, known) in asked_of_a_kind(true),
    ) {
        let rule = Predicate::read(&text, names(kind)).expect("a rule of the language");
        let truth = asked(kind, &rule, &known);
        let again = Predicate::read(&rule.to_string(), names(kind)).expect("it reads back");
        prop_assert_eq!(&again, &rule);
        prop_assert_eq!(asked(kind, &again, &known), truth);
        // What is denied is the opposite.
        let denied = Predicate::read(&format!("not ({text})"), names(kind)).expect("a rule");
        let opposite = match truth {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        };
        prop_assert_eq!(asked(kind, &denied, &known), opposite);
    }

    #[test]
    fn whatever_the_text_it_is_read_or_refused_at_a_place_in_it(
        words in prop::collection::vec(select(vec![
            "age", "kind", "report_on", "comprehensive", "clock.days", "as_of", "\"initial\"", "5",
            "days(5)", "date(\"2026-01-01\")", "(", ")", "[", "]", ",", "==", "!=", "<", ">=", "in",
            "not", "and", "or", "is", "known", "+", "-", "true", "percent(\"20.5\")", ".", "|", "{",
            "\"", "é", "1.5", "if", "=",
        ]), 0..14),
        known in knowledge(CaseKind::Evaluation),
    ) {
        let kind = CaseKind::Evaluation;
        let text = words.join(" ");
        match Predicate::read(&text, names(kind)) {
            Ok(rule) => {
                let truth = asked(kind, &rule, &known);
                let again = Predicate::read(&rule.to_string(), names(kind)).expect("it reads back");
                prop_assert_eq!(asked(kind, &again, &known), truth);
            }
            Err(wrong) => {
                prop_assert!(!wrong.is_empty());
                for mistake in wrong {
                    prop_assert!(text.get(mistake.at).is_some());
                }
            }
        }
    }
}
