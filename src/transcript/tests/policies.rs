//! What a policy may not say.

use super::{POLICY, Policy};

fn refused(from: &str, to: &str) -> String {
    assert!(POLICY.contains(from), "{from}");
    let text = POLICY.replacen(from, to, 1);
    Policy::parse(&text).expect_err(to).to_string()
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
            said,
            format!("policy.toml: `source` of {place} is empty; it says where the rule comes from")
        );
    }
}

#[test]
fn a_part_that_its_row_could_never_fill_is_refused_once_with_the_row_s_label() {
    let row = "counts = [\"mathematics\"]\nincludes = [{ credits = \"10\", ";
    let other = format!("{row}subjects = [\"geometry\", \"mathematics\"], ");
    assert_eq!(
        refused(row, &other),
        "policy.toml: plan `state-minimum`: row 2, `Mathematics`: it includes credits of \
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
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("policy.toml: plan `district-210` for who entered in 20"),
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
        "policy.toml: plan `state-minimum`: row 2, `Mathematics`: what it includes comes to 10.00 \
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
