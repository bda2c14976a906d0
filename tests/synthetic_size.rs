//! Size: time grows with the number of students, memory does not. A process of its own, so that the
//! peak is the generator's.

use registrar::synthetic::{Plan, generate};

/// The most memory this process ever held, in kilobytes.
fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("the peak");
    let number = line.split_whitespace().nth(1).expect("a number");
    number.parse().expect("kilobytes")
}

fn marks_of(students: u32) -> u64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut told = 0;
    let summary = generate(&Plan::new(students, 11), folder.path(), &mut |done| {
        assert!(done >= told, "progress goes forward");
        told = done;
    });
    assert_eq!(told, students);
    summary.expect("a district").rows["marks"]
}

#[test]
fn twice_the_students_have_twice_the_marks() {
    let (small, large) = (marks_of(3000), marks_of(6000));
    assert!(
        (large * 100 / small).abs_diff(200) < 15,
        "{small} and {large}"
    );
}

#[test]
fn twenty_thousand_students_need_little_memory() {
    assert!(marks_of(20_000) > 150_000);
    let peak = peak_kilobytes();
    assert!(peak < 100 * 1024, "{peak} kB");
}

#[test]
#[ignore = "long: the largest district, about five minutes unoptimised and 1.1 GB of files"]
fn six_hundred_and_forty_thousand_students_stay_under_300_megabytes() {
    assert!(marks_of(640_000) > 6_000_000);
    let peak = peak_kilobytes();
    assert!(peak < 300 * 1024, "{peak} kB");
}
