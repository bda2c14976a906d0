//! How complete the records are that a decree is counted from, school by school: what `status`
//! tells beside its numbers.
//!
//! Owns its words. What is compared, `compliance/reconcile.rs` says.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::cli::terminal::shown;
use crate::compliance::{OutsideCount, SchoolCompleteness};
use crate::issue::{Compliance, Measured};
use crate::record::Percent;

/// Schools that the text names one by one; `--json` has all.
const SCHOOLS_SHOWN_MAX: usize = 10;

/// What is told of every school.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    /// The decree's bar, in percent.
    at_least: String,
    /// None where no systems are named, so that nothing is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_both: Option<InBoth>,
    /// People whose rows stayed as they were before, by the source that has them held.
    held_by_source: &'a BTreeMap<String, u64>,
    schools: Vec<School<'a>>,
}

/// Pupils whom one system says to have a plan, or a disability, and those of whom both say so.
#[derive(Clone, Copy, Default, Serialize)]
struct InBoth {
    pupils: u64,
    of: u64,
    schools_below: usize,
}

#[derive(Serialize)]
struct School<'a> {
    school: &'a str,
    name: &'a str,
    enrolled: u32,
    with_plan: u32,
    with_disability: u32,
    with_both: u32,
    with_either: u32,
    people_by_source: &'a BTreeMap<String, u32>,
    /// None where nobody outside counted.
    certified: Option<Certified<'a>>,
    #[serde(skip)]
    is_below: bool,
}

/// A count that somebody outside certified, and by how many the records have more, or fewer.
#[derive(Serialize)]
struct Certified<'a> {
    counted_on: Date,
    certified_by: &'a str,
    enrolled: u32,
    enrolled_difference: i64,
    with_plan: Option<u32>,
    with_plan_difference: Option<i64>,
}

impl<'a> Told<'a> {
    pub fn of(compliance: &'a Compliance, measured: &'a Measured) -> Self {
        let at_least = compliance.decree().text.completeness.at_least;
        let names = &measured.around.schools;
        let schools = measured.completeness.schools.iter();
        let school = |(code, school): (&'a String, &'a SchoolCompleteness)| School {
            school: code,
            name: names.get(code).map_or("", |it| &*it.name),
            enrolled: school.enrolled,
            with_plan: school.with_plan,
            with_disability: school.with_disability,
            with_both: school.with_both,
            with_either: school.with_either(),
            people_by_source: &school.people_by_source,
            certified: school.outside.as_ref().map(|it| Certified::of(it, school)),
            is_below: is_below(school, at_least),
        };
        let schools: Vec<_> = schools.map(school).collect();
        let systems = &measured.around.systems;
        let is_compared = !systems.student.is_empty() && !systems.support.is_empty();
        Self {
            at_least: at_least.to_string(),
            in_both: is_compared.then(|| InBoth {
                pupils: schools.iter().map(|it| u64::from(it.with_both)).sum(),
                of: schools.iter().map(|it| u64::from(it.with_either)).sum(),
                schools_below: schools.iter().filter(|it| it.is_below).count(),
            }),
            held_by_source: &measured.held,
            schools,
        }
    }

    pub fn text(&self) -> String {
        let mut text = "\nHow complete the records are\n".to_owned();
        let enrolled: u64 = self.schools.iter().map(|it| u64::from(it.enrolled)).sum();
        let with_plan: u64 = self.schools.iter().map(|it| u64::from(it.with_plan)).sum();
        text += &format!(
            "  {enrolled} pupils at {} schools, {with_plan} with a plan, on the day of the count\n",
            self.schools.len()
        );
        match &self.in_both {
            None => text += "  systems were not compared\n",
            Some(InBoth {
                pupils,
                of,
                schools_below,
            }) => {
                text += &format!(
                    "  {pupils} of {of} with a plan or a disability are so in both systems; \
                     {schools_below} schools below {} percent\n",
                    self.at_least
                );
                let below: Vec<_> = self.schools.iter().filter(|it| it.is_below).collect();
                for school in below.iter().take(SCHOOLS_SHOWN_MAX) {
                    text += &format!(
                        "    {} {}: {} of {}\n",
                        shown(school.school),
                        shown(school.name),
                        school.with_both,
                        school.with_either
                    );
                }
                let more = below.len().saturating_sub(SCHOOLS_SHOWN_MAX);
                if more > 0 {
                    text += &format!("    and {more} more, which --json names\n");
                }
            }
        }
        text + &self.certified() + &self.held()
    }

    /// The schools that somebody outside counted, beside what the records have of the same.
    fn certified(&self) -> String {
        let counted: Vec<_> = self
            .schools
            .iter()
            .filter_map(|it| Some((it, it.certified.as_ref()?)))
            .collect();
        if counted.is_empty() {
            return "  nobody outside certified a count of pupils\n".to_owned();
        }
        let sum = |of: &dyn Fn(&School<'_>, &Certified<'_>) -> i64| -> i64 {
            counted
                .iter()
                .map(|(school, count)| of(school, count))
                .sum()
        };
        let own = sum(&|school, _| school.enrolled.into());
        let theirs = sum(&|_, count| count.enrolled.into());
        format!(
            "  certified counts of {} schools: {theirs} pupils, the records have {own} ({:+}); \
             pupils with a plan {:+}\n",
            counted.len(),
            own - theirs,
            sum(&|_, count| count.with_plan_difference.unwrap_or(0)),
        )
    }

    fn held(&self) -> String {
        let held = self.held_by_source.iter();
        let held: Vec<_> = held
            .map(|(source, people)| format!("{} {people}", shown(source)))
            .collect();
        match held.is_empty() {
            true => "  nobody is held at import\n".to_owned(),
            false => format!(
                "  held at import, their rows as they were before: {}\n",
                held.join(", ")
            ),
        }
    }
}

impl<'a> Certified<'a> {
    fn of(outside: &'a OutsideCount, school: &SchoolCompleteness) -> Self {
        let more = |own: u32, theirs: u32| i64::from(own) - i64::from(theirs);
        Self {
            counted_on: outside.counted_on,
            certified_by: &outside.certified_by,
            enrolled: outside.enrolled,
            enrolled_difference: more(school.enrolled, outside.enrolled),
            with_plan: outside.with_plan,
            with_plan_difference: outside.with_plan.map(|it| more(school.with_plan, it)),
        }
    }
}

/// Whether fewer than the decree's share of those whom one system knows are known to both, exactly;
/// a school of which nothing came at all is below too.
fn is_below(school: &SchoolCompleteness, at_least: Percent) -> bool {
    if school.enrolled == 0 {
        return true;
    }
    // A percent has 1,000 thousandths.
    let (both, either) = (u64::from(school.with_both), u64::from(school.with_either()));
    let bar = u64::try_from(at_least.thousandths()).unwrap_or(u64::MAX);
    both * 100_000 < bar.saturating_mul(either)
}
