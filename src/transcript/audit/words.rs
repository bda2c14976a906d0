//! Words that would tell a reader that a student has a disability or was in special education.
//!
//! The Office for Civil Rights allows general designations (`Basic`, `Level 1`, `Practical`) and
//! what every student may take; it forbids what names special education, a plan, a service or a
//! disability (Dear Colleague Letter and questions and answers, 17 October 2008). So whole words
//! are compared, in English and Spanish, without accents and case, and phrases before single
//! words; a phrase that only sounds alike (`Special Topics`) is in no list, and a subject that
//! anybody may study (`Disability Studies`) is in `ALLOWED`.
//!
//! Left to a person's eye on purpose, for every student may take them: `life skills`, `learning
//! center`, `modified`, `functional`, `study skills`, `academic support`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Subjects that anybody may study; they are taken out of a text before it is looked through.
const ALLOWED: &[&str] = &[
    "careers in special education",
    "disability history",
    "disability rights",
    "disability studies",
    "foundations of special education",
    "introduction to disability",
    "introduction to special education",
    "intro to special education",
    "teaching special education",
];

/// Words and phrases, in lower case and without accents.
const FORBIDDEN: &[&str] = &[
    // Special education, by name.
    "special education",
    "special ed",
    "special educ",
    "sped",
    "specialeducation",
    "special day",
    "special class",
    "special needs",
    "exceptional children",
    "exceptional needs",
    "specially designed instruction",
    "specialized academic instruction",
    "specialized instruction",
    "individualized education",
    "individualised education",
    "resource specialist",
    "resource room",
    "resource program",
    "mild moderate",
    "moderate severe",
    "mild to moderate",
    "moderate to severe",
    "alternate curriculum",
    "alternative curriculum",
    "alt curriculum",
    "alt curr",
    "alternate achievement",
    "alternate assessment",
    "adapted pe",
    "adapted p e",
    "adapted physical education",
    "adaptive pe",
    "adaptive p e",
    "adaptive physical education",
    // Plans and services.
    "section 504",
    "504 plan",
    "504 accommodation",
    "504 accommodations",
    "504 support",
    "with accommodation",
    "with accommodations",
    "with modifications",
    "extended school year",
    // Disabilities.
    "disability",
    "disabilities",
    "disabled",
    "handicap",
    "handicapped",
    "handicaps",
    "impaired",
    "impairment",
    "impairments",
    "autism",
    "autistic",
    "asperger",
    "aspergers",
    "dyslexia",
    "dyslexic",
    "dyscalculia",
    "adhd",
    "retarded",
    "retardation",
    "emotionally disturbed",
    "emotional disturbance",
    "hard of hearing",
    // Spanish.
    "educacion especial",
    "necesidades especiales",
    "clase especial",
    "dia especial",
    "educacion individualizada",
    "educativo individualizado",
    "educacion individualizado",
    "educacion fisica adaptada",
    "aula de recursos",
    "especialista en recursos",
    "seccion 504",
    "plan 504",
    "con acomodaciones",
    "con adaptaciones",
    "discapacidad",
    "discapacidades",
    "discapacitado",
    "discapacitada",
    "discapacitados",
    "discapacitadas",
    "minusvalia",
    "minusvalido",
    "minusvalida",
    "autismo",
    "dislexia",
];

/// Abbreviations, which count in capital letters only: `Ape` is an animal, and `Sai` a name.
const ABBREVIATIONS: &[&str] = &[
    "APE", "DHH", "ESY", "IEP", "IEPS", "RSP", "SAI", "SDC", "SDI",
];

/// One word of a text.
struct Word {
    /// As it stands there.
    written: String,
    /// In lower case and without accents.
    plain: String,
}

/// The first word or phrase that would disclose a disability, as the list has it.
pub fn disability(text: &str) -> Option<&'static str> {
    let mut words = words_of(text);
    for allowed in ALLOWED {
        take_out(&mut words, allowed);
    }
    let forbidden = FORBIDDEN.iter().copied();
    let phrase = forbidden
        .clone()
        .find(|phrase| place_of(&words, phrase).is_some());
    let mut abbreviations = ABBREVIATIONS.iter().copied();
    phrase
        .or_else(|| abbreviations.find(|it| words.iter().any(|word| word.written == *it)))
        .or_else(|| begins_with_504(&words, text).then_some("504"))
}

/// `504` alone is a number that a college may give a course; at the front of a title or in
/// brackets it is the plan.
fn begins_with_504(words: &[Word], text: &str) -> bool {
    words.first().is_some_and(|word| word.written == "504") || text.contains("(504)")
}

fn words_of(text: &str) -> Vec<Word> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    let words = words.filter(|word| !word.is_empty());
    words
        .map(|word| Word {
            written: word.to_owned(),
            plain: plain(word),
        })
        .collect()
}

fn plain(word: &str) -> String {
    let apart = word.nfd().filter(|c| !is_combining_mark(*c));
    apart.flat_map(char::to_lowercase).collect()
}

/// Where a phrase begins among the words.
fn place_of(words: &[Word], phrase: &str) -> Option<usize> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let mut windows = words.windows(phrase.len());
    windows.position(|window| {
        window
            .iter()
            .map(|word| word.plain.as_str())
            .eq(phrase.iter().copied())
    })
}

fn take_out(words: &mut Vec<Word>, phrase: &str) {
    while let Some(place) = place_of(words, phrase) {
        words.drain(place..place + phrase.split(' ').count());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_special_education_a_plan_or_a_disability_is_found() {
        for (text, word) in [
            ("Special Education English 9", "special education"),
            ("ENGLISH 9 (SPECIAL EDUC)", "special educ"),
            ("SpEd Math", "sped"),
            ("English 9 SDC", "SDC"),
            ("RSP Algebra 1", "RSP"),
            ("Study Skills (IEP)", "IEP"),
            ("504 Study Skills", "504"),
            ("Study Skills (504)", "504"),
            ("Support: Section 504", "section 504"),
            ("Resource-Specialist Program", "resource specialist"),
            ("Math, Mild/Moderate", "mild moderate"),
            ("Adapted P.E.", "adapted p e"),
            ("APE 1", "APE"),
            ("SAI English", "SAI"),
            ("Algebra 1 with accommodations", "with accommodations"),
            ("Class for the Hearing Impaired", "impaired"),
            ("Educación Especial: Inglés", "educacion especial"),
            ("Educacio\u{301}n especial", "educacion especial"),
            ("Apoyo para alumnos con discapacidad", "discapacidad"),
            ("SpecialEducation", "specialeducation"),
        ] {
            assert_eq!(disability(text), Some(word), "{text}");
        }
    }

    #[test]
    fn general_designations_and_subjects_that_anybody_may_study_are_no_disclosure() {
        for text in [
            "Basic Mathematics",
            "English 9, Level 1",
            "Practical Science",
            "Special Topics in Physics",
            "Resource Management",
            "Specialized Ensemble",
            "Human Resources",
            "Great Apes",
            "Ape and Human Evolution",
            "Sai Baba and Indian Thought",
            "MATH 504: Real Analysis",
            "Introduction to Special Education",
            "SOC 120: Disability Studies",
            "Business Plan",
            "Individual Sports",
            "Speech and Debate",
            "Physical Education",
            "Educación Física",
            "Learning Strategies",
            "Driver Ed",
            "Adaptation in Film",
        ] {
            assert_eq!(disability(text), None, "{text}");
        }
    }

    #[test]
    fn an_allowed_subject_does_not_hide_what_stands_beside_it() {
        let text = "Introduction to Special Education, for special education students";
        assert_eq!(disability(text), Some("special education"));
    }

    #[test]
    fn the_lists_are_in_the_form_in_which_words_are_compared() {
        for phrase in FORBIDDEN.iter().chain(ALLOWED) {
            let words: Vec<String> = words_of(phrase).into_iter().map(|it| it.plain).collect();
            assert_eq!(words.join(" "), **phrase);
        }
    }
}
