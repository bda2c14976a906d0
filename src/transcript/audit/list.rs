//! Every check there is. `docs/audit.md` is this list in prose, and a test holds the two equal.

use super::{
    Check, Class, Severity, again, agreement, beside, catalogue, credits, dates, decided,
    enrolment, legend,
};
use super::{postings, time, totals, unmade};

const AUDIT: &str = "the record's own consistency";
/// 34 CFR 104, applied to transcripts.
const DISCLOSURE: &str = "Office for Civil Rights, Dear Colleague Letter on report cards and \
                          transcripts for students with disabilities, 17 October 2008";

/// Every check, in the order in which findings are told.
pub static CHECKS: [Check; 40] = [
    Check {
        code: "disability_word",
        severity: Severity::Error,
        class: Class::Disclosure,
        meaning: "A text of the transcript tells that the student has a disability or was in \
                  special education.",
        source: DISCLOSURE,
        hint: "name a course by its content: `Basic`, `Level 1` and `Practical` are allowed; a \
               subject that anybody may take may stand in `[audit.allowed]` of policy.toml",
        find: legend::texts,
    },
    Check {
        code: "glyph_missing",
        severity: Severity::Error,
        class: Class::Glyph,
        meaning: "A text of the page has a character that the fonts cannot print.",
        source: "ISO 19005-2, 6.2.11.8: no text may show the glyph for what is missing",
        hint: "correct the text",
        find: beside::glyphs,
    },
    Check {
        code: "held",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "Rows of the student did not land with an import, and nothing has answered them.",
        source: AUDIT,
        hint: "`registrar imports held` lists the rows; correct them in the sending system",
        find: unmade::held,
    },
    Check {
        code: "withheld",
        severity: Severity::Note,
        class: Class::Unmade,
        meaning: "Copies of the student's transcript are withheld on a legal ground.",
        source: "Ed. Code 48904",
        hint: "a transfer to a school is not stopped: `transcript issue --transfer SCHOOL`",
        find: unmade::withheld,
    },
    Check {
        code: "no_enrolment",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "The student was never enrolled, so no school can issue a transcript.",
        source: "5 CCR 432(b)(1)(G): the day of entering and leaving each school year",
        hint: "send the enrolment, or withdraw the person",
        find: unmade::no_enrolment,
    },
    Check {
        code: "school_unknown",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "A row names a school that is not in the records.",
        source: AUDIT,
        hint: "send the school's row, or correct the code",
        find: unmade::school_unknown,
    },
    Check {
        code: "course_unknown",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "A posting names a course or a term that its school does not have.",
        source: AUDIT,
        hint: "send the row of the catalogue, or correct the posting",
        find: unmade::course_unknown,
    },
    Check {
        code: "mark_not_on_scale",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "A posted mark is missing or is not on the grading scale of the policy.",
        source: AUDIT,
        hint: "correct the mark, or add it to a `[[scale]]` of policy.toml",
        find: unmade::mark_not_on_scale,
    },
    Check {
        code: "plan_unknown",
        severity: Severity::Error,
        class: Class::Unmade,
        meaning: "The student's graduation plan is not in the policy.",
        source: AUDIT,
        hint: "correct the plan's name, or add a `[[plan]]` to policy.toml",
        find: unmade::plan_unknown,
    },
    Check {
        code: "total_differs",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A figure that the sending system declares is not what the postings come to.",
        source: AUDIT,
        hint: "`registrar transcript explain` shows how ours comes about, `registrar check \
               --causes` which setting of policy.toml would make many agree",
        find: totals::differs,
    },
    Check {
        code: "total_unknown",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A declared grade point average has no definition in the policy.",
        source: AUDIT,
        hint: "add a `[[gpa]]` of that name to policy.toml, or leave the figure out of the export",
        find: totals::unknown,
    },
    Check {
        code: "total_missing",
        severity: Severity::Note,
        class: Class::Record,
        meaning: "The student has postings and no declared figure, so nothing was compared.",
        source: AUDIT,
        hint: "send credit_attempted, credit_earned and the averages in the table `totals`",
        find: totals::missing,
    },
    Check {
        code: "posting_twice",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "One course was posted twice in a term with the same mark and credits, by one \
                  school, or by one school and again by another that accepted it.",
        source: "5 CCR 432(b)(1)(H), (I): subjects taken and credits, each once",
        hint: "withdraw the surplus posting in the sending system",
        find: postings::twice,
    },
    Check {
        code: "postings_conflict",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "One course was posted in a term with different marks or credits, by one school, \
                  or by one school and otherwise by another that accepted it.",
        source: "Ed. Code 49066: the mark that the teacher determined stands; there is one",
        hint: "withdraw the posting that does not hold",
        find: postings::conflict,
    },
    Check {
        code: "postings_alike",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "Postings of a repeatable course in one term say the same in mark and credits, as \
                  they do where one was sent again under another number.",
        source: "5 CCR 432(b)(1)(H), (I): subjects taken and credits, each once",
        hint: "look whether the course was taken so often in that term; if not, withdraw the \
               surplus posting in the sending system",
        find: postings::repeatable_alike,
    },
    Check {
        code: "course_twice_in_term",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "The same course stands twice in a term: from two schools for more credit than it \
                  is worth, or beside work in progress.",
        source: AUDIT,
        hint: "withdraw one of them, or say in the catalogue that the course is repeatable",
        find: postings::twice_in_term,
    },
    Check {
        code: "repeat_unclear",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A course below C may have been taken again under another number or title, or in \
                  parts of another size, and nothing in the catalogues says that both are one \
                  course, so both count.",
        source: "University of California: a course with D or F may be repeated, and the new \
                 grade replaces it",
        hint: "if they are one course, name the numbers in `[[repeats.equivalent]]` of \
               policy.toml, or a number alone whose titles differ; if they are two, nothing is to \
               be done. Parts of years that are divided otherwise are not to be named there: both \
               count until the school posts what was made up as a part of its own year",
        find: again::unclear_repeats,
    },
    Check {
        code: "credit_twice",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A course, or a stretch of it, was passed more than once and earned more credit \
                  than it is worth, which fills a plan's row twice.",
        source: "Oak Park Unified, repeated courses: credit is earned once",
        hint: "correct the credit earned, set `credit = \"once\"` in `[repeats]` of policy.toml \
               (which says nothing of parts of another size), or say in the catalogue that the \
               course is repeatable",
        find: again::credit_twice,
    },
    Check {
        code: "earned_above_attempted",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A posting earned more credits than it attempted, and no other part of a year \
                  course attempted them.",
        source: "LAUSD: Algebra 1 posts 0 and 10 credits, so parts are weighed together",
        hint: "correct the credits of the posting",
        find: credits::above_attempted,
    },
    Check {
        code: "earned_above_value",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A posting earned more credits than the catalogue gives its course and the other \
                  parts of it.",
        source: "5 CCR 1600: credit for a course of so many minutes and weeks",
        hint: "correct the credits of the posting, or the course's value in the catalogue",
        find: credits::above_value,
    },
    Check {
        code: "credit_without_pass",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A posting earned credit with a mark that earns none: one that fails, waives a \
                  requirement, or stands for what was not completed.",
        source: "5 CCR 1600: credit for a course that was completed; Aeries: a waiver has its \
                 credits in those attempted and 0.00 completed",
        hint: "correct the mark or the credit of the posting",
        find: credits::without_pass,
    },
    Check {
        code: "awards_differ",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "Two systems date one award differently; that of the school that issues the \
                  transcript is printed, or else the earliest.",
        source: "5 CCR 432(b)(1)(K): the date of graduation, and there is one",
        hint: "correct the date in the system that has it wrong",
        find: agreement::awards,
    },
    Check {
        code: "plans_differ",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "Two systems name different graduation plans or years of entering grade 9; that \
                  of the school that issues the transcript counts.",
        source: "Ed. Code 51225.3: one diploma, one set of requirements",
        hint: "correct the plan in the system that has it wrong",
        find: agreement::plans,
    },
    Check {
        code: "partial_credit_differs",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A part of a term's credit is far from what the days enrolled come to.",
        source: "Ed. Code 49069.5, 51225.2; California's Partial Credit Model Policy: days \
                 enrolled / days in the term x credits possible",
        hint: "correct the credit or the days of the enrolment, or set `tolerance` in \
               `[partial_credit]` of policy.toml",
        find: credits::partial,
    },
    Check {
        code: "mark_outside_enrolment",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A school's own mark lies in a term in which the student was not enrolled there.",
        source: "5 CCR 432(b)(1)(G), (H)",
        hint: "send the enrolment, or correct the person, term or kind of the posting",
        find: enrolment::outside,
    },
    Check {
        code: "grade_level_differs",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A posting tells another grade level than the enrolment of its term, or where \
                  there is none a lower one than an earlier year. Averages choose marks by it.",
        source: "5 CCR 432(b)(1)(G), (H); University of California: courses of grades 10 and 11",
        hint: "correct the grade level of the posting, or that of the enrolment",
        find: time::grade_levels,
    },
    Check {
        code: "summer_elsewhen",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A posting is called a course of a summer session and stands in another term. \
                  Averages count a summer apart.",
        source: "University of California: the summers after grades 9, 10 and 11",
        hint: "correct the kind or the term of the posting",
        find: time::summer_elsewhen,
    },
    Check {
        code: "ahead_in_the_past",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A course stands as in progress or planned in a term that was over before \
                  another one began whose marks are posted.",
        source: AUDIT,
        hint: "post the mark, or withdraw the posting",
        find: time::ahead_in_the_past,
    },
    Check {
        code: "course_retired",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "A posting is in a term that began after its school stopped offering the course.",
        source: AUDIT,
        hint: "correct the course of the posting, or the day on which it was retired",
        find: catalogue::retired,
    },
    Check {
        code: "date_impossible",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "Dates contradict each other, or lie where nothing can have happened.",
        source: "5 CCR 432(b)(1)(B), (G), (K): dates of birth, of entering and leaving, of \
                 graduation",
        hint: "correct the date in the sending system",
        find: dates::impossible,
    },
    Check {
        code: "decision_without_effect",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A mark was changed by decision, or is to stand as Pass or No Pass, and the \
                  posting carries another mark than the one that was decided about; or a decision \
                  names a number that its source has given to another child since.",
        source: "Ed. Code 49066: the mark that was changed by decision stands",
        hint: "correct the posting in the sending system, or take the decision back: `registrar \
               record withdraw`",
        find: decided::without_effect,
    },
    Check {
        code: "pass_lowers_average",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A letter stands as Pass or No Pass, and an average is lower for it.",
        source: "Ed. Code 49066.5: the change may not lower the pupil's grade point average",
        hint: "take the change back: `registrar record withdraw`, or in the package that sent it",
        find: decided::pass_lowers_average,
    },
    Check {
        code: "mark_change_waives",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "A mark was changed by decision to one that waives a requirement.",
        source: "Ed. Code 49066: a change corrects the mark that a teacher gave",
        hint: "take the change back: `registrar record withdraw`, or in the package that sent it; \
               a waiver is posted by the sending system",
        find: decided::changed_to_waiver,
    },
    Check {
        code: "former_name_kept",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "The note of which document showed a new name has a word of the former one.",
        source: "Ed. Code 49062.5: a record that is issued anew has no trace of the former name",
        hint: "give the document's kind, issuer and date alone, in the package that sent the \
               decision",
        find: decided::former_name_kept,
    },
    Check {
        code: "person_twice",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "Another person has the same date of birth and the same name, however it is \
                  written, or one that the same person may bear, and another state id or none, so \
                  one record may lie in two halves.",
        source: "one person, one state id (CALPADS: SSID)",
        hint: "look at both; if they are one person, give both the same state id or join them with \
               `registrar record merge`; if they are two, `registrar record distinct` says so",
        find: beside::namesakes,
    },
    Check {
        code: "person_not_compared",
        severity: Severity::Note,
        class: Class::Record,
        meaning: "More people of one date of birth have such a name than are compared, so who \
                  looks like this one is not known.",
        source: "one person, one state id (CALPADS: SSID)",
        hint: "a date that stands for `unknown` is many people's: send the true one",
        find: beside::not_compared,
    },
    Check {
        code: "person_mixed",
        severity: Severity::Error,
        class: Class::Record,
        meaning: "Rows of one person tell different dates of birth, or given names of two people, \
                  such as twins, so two people's records may be mixed.",
        source: "one person, one state id (CALPADS: SSID)",
        hint: "correct the state id or the date of birth in one of the sources, or part them with \
               `registrar record split`",
        find: beside::mixed,
    },
    Check {
        code: "person_names",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "Rows of one person tell different names that one person may have borne.",
        source: "one person, one state id (CALPADS: SSID)",
        hint: "correct the state id or the name in one of the sources; a new legal name is \
               recorded with `registrar record name-change`",
        find: beside::names,
    },
    Check {
        code: "disability_in_legend",
        severity: Severity::Error,
        class: Class::Disclosure,
        meaning: "A legend of the policy or a text of the template tells of disability or special \
                  education.",
        source: DISCLOSURE,
        hint: "take the word out of policy.toml or the template",
        find: legend::nobody,
    },
    Check {
        code: "name_unknown",
        severity: Severity::Warning,
        class: Class::Record,
        meaning: "The policy names a subject, a sequence, a course, a school or a source that the \
                  district's records do not have, so what it says there holds for nothing.",
        source: AUDIT,
        hint: "correct the name in policy.toml, or send the catalogue that has it",
        find: legend::nobody,
    },
];
