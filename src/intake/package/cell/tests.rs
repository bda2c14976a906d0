//! Each format reads what it says, and nothing else.

use super::*;
use crate::record::{Count, DayCount, MarkKind, Percent};

#[test]
fn a_date_is_a_day_of_the_calendar_and_nothing_else() {
    assert_eq!(
        Date::read("2024-02-29").map(|day| day.to_string()),
        Ok("2024-02-29".into())
    );
    for text in [
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-00-00",
    ] {
        let fault = Date::read(text).expect_err(text);
        assert_eq!(fault.message, "not a day of the calendar", "{text}");
    }
    for text in [
        "02/30/2026",
        "20260612",
        "2026-6-1",
        "2026-06-12T00:00",
        "٢٠٢٦-٠٦-١٢",
        "-026-06-12",
    ] {
        let fault = Date::read(text).expect_err(text);
        assert_eq!(fault.message, "not a date as year-month-day", "{text}");
    }
    let american = Date::read("6/12/2026").expect_err("months first");
    assert_eq!(american.hint.as_deref(), Some("write 2026-06-12"));
}

#[test]
fn an_instant_carries_its_offset() {
    for (text, utc) in [
        ("2026-06-12T18:00:00-07:00", "2026-06-13T01:00:00Z"),
        ("2026-06-12T18:00:00.5Z", "2026-06-12T18:00:00.5Z"),
        (
            "2026-06-12T18:00:00.123456789Z",
            "2026-06-12T18:00:00.123456Z",
        ),
    ] {
        assert_eq!(
            Timestamp::read(text).map(|at| at.to_string()),
            Ok(utc.into()),
            "{text}"
        );
    }
    for text in [
        "2026-06-12",
        "2026-06-12T18:00:00",
        "2026-06-12 18:00:00Z",
        "2026-06-12T18:00Z",
        "2026-02-30T18:00:00Z",
        "2026-06-12T25:00:00Z",
        "2026-06-12T18:00:00-07:00[America/Los_Angeles]",
        "2026-06-12T18:00:00é07:00",
    ] {
        assert!(Timestamp::read(text).is_err(), "{text}");
    }
}

#[test]
fn an_identifier_is_what_it_looks_like() {
    assert!(Identifier::<8>::read("A-12 b").is_ok());
    let homoglyph = Identifier::<8>::read("А12").expect_err("a Cyrillic A");
    assert_eq!(homoglyph.message, "holds U+0410, which is not ASCII");
    assert!(Identifier::<8>::read("123456789").is_err());
    assert!(Identifier::<8>::read(" 1").is_err());
    let spreadsheet = Identifier::<20>::read("1.96473E+13").expect_err("a spreadsheet's");
    assert_eq!(
        spreadsheet.message,
        "a spreadsheet has rewritten this number"
    );
    assert!(
        Identifier::<20>::read("19E+1").is_ok(),
        "a catalogue number may look like this"
    );
}

#[test]
fn an_unknown_code_names_the_nearest_word() {
    let fault = MarkKind::read("Regular").expect_err("codes are lower case");
    assert_eq!(fault.hint.as_deref(), Some("did you mean regular?"));
    let fault = MarkKind::read("In Progress").expect_err("codes have no spaces");
    assert_eq!(fault.hint.as_deref(), Some("did you mean in_progress?"));
    let fault = MarkKind::read("xyz").expect_err("no such code");
    assert!(!fault.hint.expect("a hint").contains("mean x"));
}

#[test]
fn a_number_of_people_or_days_is_read_as_exactly_as_it_is_written() {
    assert_eq!(Count::read("0").map(Count::number), Ok(0));
    for text in ["-1", "1.5", "007", "1,200", "", "٣", "10000000"] {
        let fault = Count::read(text).expect_err(text);
        assert_eq!(fault.kind, ProblemKind::NumberInvalid, "{text}");
        assert!(fault.hint.is_some(), "{text}");
    }
    assert_eq!(DayCount::read("0.5").map(DayCount::thousandths), Ok(500));
    assert!(DayCount::read("367").is_err());
    assert_eq!(Percent::read("100").map(Percent::thousandths), Ok(100_000));
    for text in ["100.5", "20%", "-3", "1e1"] {
        assert!(Percent::read(text).is_err(), "{text}");
    }
    let share = Percent::read("20%").expect_err("a sign");
    assert_eq!(
        share.hint.as_deref(),
        Some("write a share such as 20 or 37.5, without a sign")
    );
    assert_eq!(Ordinal::read("12"), Ok("12".to_owned()));
    for text in ["0", "01", "1000", "first", "1.0"] {
        assert!(Ordinal::read(text).is_err(), "{text}");
    }
}

#[test]
fn a_language_is_written_as_bcp_47_has_it_and_no_other_way() {
    for text in ["es", "hy", "ase", "zh-Hant", "zh-Hant-TW", "es-419"] {
        assert_eq!(Language::read(text).as_deref(), Ok(text));
    }
    for text in [
        "Spanish", "mixtec", "01", "ES", "es_MX", "es-", "zh-hant", "es-mx", "-es", "e",
    ] {
        let fault = Language::read(text).expect_err(text);
        assert_eq!(fault.kind, ProblemKind::CodeUnknown, "{text}");
        assert!(fault.hint.is_some(), "{text}");
    }
}
