//! Cases of staff who are assigned to teach special education.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::pupil::{id, text};
use super::{Case, CaseKind, Surroundings, Value};
use crate::record::YesNo;
use crate::record::support::{
    CredentialKind, Recorded, StaffCredential, StaffMember, SupportSetting,
};

/// A case for each teacher of special education on the day of the count, in the order of their ids.
///
/// Where several systems send a school's staff, one of them says it: one that sends credentials,
/// then the first that the district names.
pub fn teachers(setting: &SupportSetting, around: &Surroundings) -> Vec<Case> {
    let day = around.count_day.min(around.as_of);
    let mut credentials: BTreeMap<(&str, &str), Vec<&Recorded<StaffCredential>>> = BTreeMap::new();
    for it in &setting.staff_credentials {
        let own = credentials.entry((&it.source, &it.row.staff)).or_default();
        own.push(it);
    }
    let keepers = keepers(setting, around);
    let kept = |it: &&Recorded<StaffMember>| keepers.get(&*it.row.school) == Some(&&*it.source);
    let mut seen = BTreeSet::new();
    let mut cases = Vec::new();
    let teaching = setting.staff.iter().filter(|it| teaches_on(&it.row, day));
    for it in teaching.filter(kept) {
        // Somebody may be assigned to several schools: the first by its code answers.
        if seen.insert((&it.source, &it.row.staff)) {
            let own = credentials.get(&(it.source.as_str(), it.row.staff.as_str()));
            let own = own.map_or(&[][..], Vec::as_slice);
            cases.push(of_teacher(it, own, around, day));
        }
    }
    for case in &mut cases {
        case.id = around.pseudonyms.case(&case.id);
    }
    cases.sort_by(|one, other| one.id.cmp(&other.id));
    cases
}

/// Whose rows say who teaches at a school, by the school.
fn keepers<'a>(setting: &'a SupportSetting, around: &Surroundings) -> BTreeMap<&'a str, &'a str> {
    let mut sources: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for it in &setting.staff {
        let school = sources.entry(&it.row.school).or_default();
        school.insert(&it.source);
    }
    let first = |(school, sources): (&'a str, BTreeSet<&'a str>)| {
        let (with, without): (Vec<&str>, Vec<&str>) = sources
            .into_iter()
            .partition(|source| around.sent.has(source, "staff_credentials"));
        let first = |of: Vec<&'a str>| around.systems.first_of(of.into_iter());
        Some((school, first(with).or_else(|| first(without))?))
    };
    sources.into_iter().filter_map(first).collect()
}

fn teaches_on(row: &StaffMember, day: Date) -> bool {
    let assigned = row.begins_on <= day && row.ends_on.is_none_or(|end| end >= day);
    assigned && row.special_education_teacher == YesNo::Yes
}

fn of_teacher(
    recorded: &Recorded<StaffMember>,
    credentials: &[&Recorded<StaffCredential>],
    around: &Surroundings,
    day: Date,
) -> Case {
    let StaffMember { school, staff, .. } = &recorded.row;
    let mut case = Case::new(CaseKind::Teacher, id("teacher", &recorded.source, staff));
    case.reads(around, recorded);
    case.set("school", text(school));
    if let Some(school) = around.schools.get(school) {
        case.set("school_kind", Value::Code(school.kind.code()));
        case.set("charter", Value::Code(school.charter.code()));
        case.know("local_district", school.local_district.as_deref().map(text));
    }
    let valid = |it: &&&Recorded<StaffCredential>| {
        it.row.valid_from <= day && it.row.valid_to.is_none_or(|until| until >= day)
    };
    let valid: Vec<_> = credentials.iter().filter(valid).collect();
    for credential in &valid {
        case.reads(around, credential);
    }
    if around.sent.has(&recorded.source, "staff_credentials") {
        case.set("any_credential", !valid.is_empty());
    }
    let rows = valid.iter().map(|it| &it.row);
    let authorises = rows.filter(|it| it.special_education == YesNo::Yes);
    // The list of the codes begins with the best.
    let best: Option<CredentialKind> = authorises.map(|it| it.kind).min();
    case.know("credential", best.map(|kind| Value::Code(kind.code())));
    case
}
