//! Words that would tell a reader that a student has a disability or was in special education.
//!
//! The Office for Civil Rights allows general designations (`Basic`, `Level 1`, `Practical`) and
//! what every student may take; it forbids what names special education, a plan, a service or a
//! disability (Dear Colleague Letter and questions and answers, 17 October 2008). So whole words
//! are compared, in English and Spanish, without accents and case, and phrases before single
//! words; a phrase that only sounds alike (`Special Topics`) is in no list, and a subject that
//! anybody may study (`Disability Studies`) is in `ALLOWED`. What a district's own catalogue offers
//! to everybody (`Impaired Driving Prevention`) it may add ([`Allowed`]): a phrase with the name of
//! a disability in it, never one that names special education, a plan or a service.
//!
//! Left to a person's eye on purpose, for every student may take them: `life skills`, `learning
//! center`, `modified`, `functional`, `study skills`, `academic support`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use crate::record::folded;

/// Subjects that anybody may study; they are taken out of a text before it is looked through.
const ALLOWED: &[&str] = &[
    "careers in special education",
    "deaf community",
    "deaf culture",
    "deaf history",
    "deaf studies",
    "disability history",
    "disability rights",
    "disability studies",
    "foundations of special education",
    "introduction to disability",
    "introduction to special education",
    "intro to special education",
    // Schools bear their names, and have the transcripts that they issue.
    "school for the blind",
    "school for the deaf",
    "school for the deaf and blind",
    "school for the deaf and the blind",
    "teaching special education",
];

/// What names special education, a plan or a service: no phrase makes it anything else.
const SERVICES: &[&str] = &[
    // Special education, by name.
    "special education",
    "special ed",
    "special educ",
    "sped",
    "sp ed",
    "spec ed",
    "spec educ",
    "spec education",
    "speced",
    "specialed",
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
    "res spec",
    "resource room",
    "resource rm",
    "resource program",
    "mild moderate",
    "moderate severe",
    "mild to moderate",
    "moderate to severe",
    "mild mod",
    "mod sev",
    "mod severe",
    "mod to severe",
    "mild to mod",
    "extensive support needs",
    "non severe",
    "non sev",
    "self contained",
    "intensive day class",
    "alternate curriculum",
    "alternative curriculum",
    "alt curriculum",
    "alt curr",
    "alt cur",
    "alternate achievement",
    "alternate assessment",
    "adapted pe",
    "adapted physical education",
    "adaptive pe",
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
    // In Spanish.
    "educacion especial",
    "necesidades especiales",
    "clase especial",
    "clase diurna especial",
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
];

/// Disabilities, which a course for everybody may be about.
const DISABILITIES: &[&str] = &[
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
    "deaf",
    "deafness",
    "deafblind",
    "blindness",
    "down syndrome",
    "downs syndrome",
    "cerebral palsy",
    "traumatic brain injury",
    // Therapies that a plan promises, and that a career may be about.
    "speech therapy",
    "occupational therapy",
    // In Spanish.
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
    "sordera",
    "sordos",
    "ceguera",
    "sindrome de down",
    "paralisis cerebral",
    "terapia del habla",
    "terapia ocupacional",
];

/// Abbreviations that are no word in any case: `SDC`, `rsp`, `S.D.C.`, `SDC2`.
const ABBREVIATIONS: &[&str] = &["DHH", "ESY", "IEP", "IEPS", "RSP", "SDC", "SELPA"];

/// Abbreviations that count in capital letters or with dots: `Ape` is an animal, and `Sai` a name.
const CAPITALS: &[&str] = &[
    "APE", "ASD", "CAPA", "ESN", "MMSN", "OHI", "SAI", "SDI", "SLD", "SLI", "SWD", "TBI",
];

/// As what a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A title or a label: `504` at its front or in brackets is the plan.
    Title,
    /// A name of a place, an address, a number: `504` is a number of a house.
    Plain,
    /// A person's name, in which letters abbreviate nothing.
    Name,
}

/// Phrases that this district allows beside those of the program, each with why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Vec<String>>);

impl Allowed {
    /// Takes the district's phrases, each after its reason.
    ///
    /// # Errors
    /// Why a phrase cannot be allowed, each in a sentence.
    pub fn new(phrases: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let problem = |(phrase, reason): (&String, &String)| {
            let why = not_allowable(phrase, reason)?;
            Some(format!("`{phrase}` cannot be allowed: {why}"))
        };
        let problems: Vec<String> = phrases.iter().filter_map(problem).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let plain = |phrase: &String| words_of(phrase).into_iter().map(|it| it.plain).collect();
        Ok(Self(phrases.keys().map(plain).collect()))
    }
}

/// Why a phrase cannot be allowed; none where it can.
fn not_allowable(phrase: &str, reason: &str) -> Option<&'static str> {
    let words = words_of(phrase);
    let found = find(&words, Reading::Title, phrase);
    let alone = found.is_some_and(|it| words.len() <= it.split(' ').count());
    if reason.trim().is_empty() {
        Some("say why after it: who may take the course")
    } else if found.is_none() {
        Some("nothing in it is looked for")
    } else if find_in(&SERVICE_PHRASES, &words).is_some() || abbreviation(&words).is_some() {
        Some("it names special education, a plan or a service")
    } else {
        alone.then_some("give the whole title: the word alone would allow every text with it")
    }
}

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// In lower case, without accents and the digits before or after its letters.
    plain: String,
    /// Whether it stands there in capital letters, or with dots.
    capital: bool,
}

/// Phrases by their first word.
type Phrases = LazyLock<HashMap<&'static str, Vec<&'static str>>>;
static SERVICE_PHRASES: Phrases = LazyLock::new(|| by_first_word(SERVICES));
static DISABILITY_PHRASES: Phrases = LazyLock::new(|| by_first_word(DISABILITIES));

fn by_first_word(phrases: &[&'static str]) -> HashMap<&'static str, Vec<&'static str>> {
    let mut by_first: HashMap<&str, Vec<&str>> = HashMap::new();
    for phrase in phrases {
        let first = phrase.split(' ').next().unwrap_or_default();
        by_first.entry(first).or_default().push(phrase);
    }
    by_first
}

/// The first word or phrase that would disclose a disability, as the lists have it, in a title.
pub fn disability(text: &str) -> Option<&'static str> {
    disclosed(text, Reading::Title, &Allowed::default())
}

/// The first word or phrase that would disclose a disability, as the lists have it.
pub fn disclosed(text: &str, reading: Reading, allowed: &Allowed) -> Option<&'static str> {
    // Hardly any text comes further.
    if !may_disclose(text) {
        return None;
    }
    let mut words = words_of(text);
    for phrase in ALLOWED {
        take_out(&mut words, phrase.split(' '));
    }
    for phrase in &allowed.0 {
        take_out(&mut words, phrase.iter().map(String::as_str));
    }
    find(&words, reading, text)
}

/// Whether a word of the text begins anything that is looked for, or letters stand apart in it: one
/// pass, without a list of words.
fn may_disclose(text: &str) -> bool {
    static FIRST: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let phrases = SERVICES.iter().chain(DISABILITIES).chain(["504"].iter());
        let first = phrases.filter_map(|phrase| phrase.split(' ').next());
        let letters = ABBREVIATIONS.iter().chain(CAPITALS).copied();
        first.chain(letters).map(str::to_lowercase).collect()
    });
    // Credits, dates and numbers are most of a transcript's texts.
    if !text.contains(|c: char| c.is_alphabetic() || c == '5') {
        return false;
    }
    let plain = folded(text);
    let mut after_letter = false;
    let mut words = plain.split(|c: char| !c.is_alphanumeric());
    words.any(|word| {
        let is_letter = word.len() == 1;
        let apart = is_letter && after_letter;
        after_letter = is_letter || word.is_empty() && after_letter;
        apart || FIRST.contains(letters(word))
    })
}

/// What is found among the words, in one pass for each kind of it.
fn find(words: &[Word], reading: Reading, text: &str) -> Option<&'static str> {
    let phrase = find_in(&SERVICE_PHRASES, words).or_else(|| find_in(&DISABILITY_PHRASES, words));
    match reading {
        Reading::Name => phrase,
        Reading::Plain => phrase
            .or_else(|| abbreviation(words))
            .or_else(|| capitals(words)),
        Reading::Title => find(words, Reading::Plain, text)
            .or_else(|| begins_with_504(words, text).then_some("504")),
    }
}

fn find_in(phrases: &Phrases, words: &[Word]) -> Option<&'static str> {
    words.iter().enumerate().find_map(|(place, word)| {
        let starting = phrases.get(&*word.plain)?;
        let stands = |phrase: &&&str| stands_at(&words[place..], phrase.split(' '));
        starting.iter().find(stands).copied()
    })
}

fn abbreviation(words: &[Word]) -> Option<&'static str> {
    let mut list = ABBREVIATIONS.iter().copied();
    list.find(|it| words.iter().any(|word| word.plain.eq_ignore_ascii_case(it)))
}

fn capitals(words: &[Word]) -> Option<&'static str> {
    let mut list = CAPITALS.iter().copied();
    list.find(|it| {
        let mut words = words.iter().filter(|word| word.capital);
        words.any(|word| word.plain.eq_ignore_ascii_case(it))
    })
}

/// `504` alone is a number that a college may give a course; at the front of a title or in
/// brackets it is the plan.
fn begins_with_504(words: &[Word], text: &str) -> bool {
    words.first().is_some_and(|word| word.plain == "504") || text.contains("(504)")
}

/// The words of a text; letters apart are one: `S.D.C.`, `A P E`.
fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // Whether the last word is of letters that stand apart.
    let mut apart = false;
    // An accent that is a character of its own belongs to its letter.
    let is_between =
        |c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c);
    for written in text.split(is_between).filter(|word| !word.is_empty()) {
        let word = word(written);
        let letter = written.len() == 1 && written.as_bytes()[0].is_ascii_alphabetic();
        match words.last_mut().filter(|_| letter && apart) {
            Some(last) => {
                last.plain.push_str(&word.plain);
                last.capital = true;
            }
            None => words.push(word),
        }
        apart = letter;
    }
    words
}

/// `SDC2`, `9RSP` and `SDC9A` are the letters, as a catalogue numbers them; a number is itself.
fn letters(written: &str) -> &str {
    let behind = written.trim_start_matches(|c: char| c.is_ascii_digit());
    let end = behind.find(|c: char| c.is_ascii_digit());
    match &behind[..end.unwrap_or(behind.len())] {
        "" => written,
        letters => letters,
    }
}

fn word(written: &str) -> Word {
    let letters = letters(written);
    Word {
        plain: folded(letters),
        capital: !letters.contains(char::is_lowercase),
    }
}

/// Whether the words begin with a phrase.
fn stands_at<'a>(words: &[Word], mut phrase: impl Iterator<Item = &'a str>) -> bool {
    let mut words = words.iter();
    phrase.all(|part| words.next().is_some_and(|word| word.plain == part))
}

/// Puts nothing where the phrase stands: what was apart stays apart.
fn take_out<'a>(words: &mut [Word], phrase: impl Iterator<Item = &'a str> + Clone) {
    let length = phrase.clone().count();
    for place in 0..words.len() {
        if stands_at(&words[place..], phrase.clone()) {
            for word in &mut words[place..place + length] {
                word.plain.clear();
            }
        }
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
            ("SPED9 Math", "sped"),
            ("English 9 SDC", "SDC"),
            ("English 9 S.D.C.", "SDC"),
            ("English 9 S. D. C.", "SDC"),
            ("english 9 sdc2", "SDC"),
            ("SDC9A", "SDC"),
            ("9-RSP", "RSP"),
            ("rsp algebra 1", "RSP"),
            ("RSP Algebra 1", "RSP"),
            ("Study Skills (IEP)", "IEP"),
            ("Students with IEPs", "IEPS"),
            ("I.E.P. Support", "IEP"),
            ("504 Study Skills", "504"),
            ("Study Skills (504)", "504"),
            ("Support: Section 504", "section 504"),
            ("Resource-Specialist Program", "resource specialist"),
            ("Math, Mild/Moderate", "mild moderate"),
            ("Adapted P.E.", "adapted pe"),
            ("Adapted P E 2", "adapted pe"),
            ("APE 1", "APE"),
            ("A.P.E.", "APE"),
            ("SAI English", "SAI"),
            ("Algebra 1 with accommodations", "with accommodations"),
            ("Class for the Hearing Impaired", "impaired"),
            ("Educación Especial: Inglés", "educacion especial"),
            ("Educacio\u{301}n especial", "educacion especial"),
            ("Apoyo para alumnos con discapacidad", "discapacidad"),
            ("SpecialEducation", "specialeducation"),
            ("Sp Ed Math 9", "sp ed"),
            ("Spec. Education Math", "spec education"),
            ("English 9 SpecEd", "speced"),
            ("Mod/Sev Life Math", "mod sev"),
            ("English Non-Sev", "non sev"),
            ("Alt-Cur English", "alt cur"),
            ("Self-Contained English 9", "self contained"),
            ("English (SWD)", "SWD"),
            ("SLD Reading", "SLD"),
            ("Down Syndrome Support", "down syndrome"),
            ("Reading, Cerebral Palsy", "cerebral palsy"),
            ("Deaf English", "deaf"),
            ("Math Mod/Severe", "mod severe"),
            ("SpecialEd English", "specialed"),
            ("ASD Skills", "ASD"),
            ("TBI Skills", "TBI"),
            ("OHI English", "OHI"),
            ("CAPA English", "CAPA"),
            ("SELPA English", "SELPA"),
            ("Speech Therapy", "speech therapy"),
            ("Occupational Therapy", "occupational therapy"),
            ("Res Spec English", "res spec"),
            ("Resource Rm", "resource rm"),
            ("Clase diurna especial", "clase diurna especial"),
            ("Inglés para sordos", "sordos"),
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
            "U.S. History",
            "Special Ensemble, E.D.",
            "American Sign Language 1",
            "ASL 3: Deaf Culture",
            "California School for the Deaf, Fremont",
            "Asd and Ohi",
            "Count Down to Zero",
            "5.00",
        ] {
            assert_eq!(disability(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_of_a_house_is_no_plan_and_a_persons_name_abbreviates_nothing() {
        let none = Allowed::default();
        let read = |text, reading| disclosed(text, reading, &none);
        assert_eq!(read("504 Elm Street", Reading::Plain), None);
        assert_eq!(read("SDC-ENG9", Reading::Plain), Some("SDC"));
        assert_eq!(read("SAI KRISHNA", Reading::Name), None);
        assert_eq!(read("Ana (special ed)", Reading::Name), Some("special ed"));
    }

    #[test]
    fn an_allowed_subject_does_not_hide_what_stands_beside_it() {
        let text = "Introduction to Special Education, for special education students";
        assert_eq!(disability(text), Some("special education"));
        assert_eq!(disability("Special Disability Studies Ed"), None);
    }

    fn allowed(phrase: &str, reason: &str) -> Result<Allowed, Vec<String>> {
        Allowed::new(&[(phrase.to_owned(), reason.to_owned())].into())
    }

    #[test]
    fn a_district_allows_an_exact_phrase_that_is_about_a_disability() {
        let why = "an elective that any student may take";
        for (phrase, title, other) in [
            (
                "Impaired Driving Prevention",
                "IMPAIRED DRIVING PREVENTION 1",
                "Hearing Impaired",
            ),
            (
                "Disability Awareness",
                "Disability  awareness",
                "Disability Support",
            ),
            ("History of Autism", "History of Autism", "Autism"),
            (
                "Introduction to Occupational Therapy",
                "INTRODUCTION TO OCCUPATIONAL THERAPY",
                "Occupational Therapy",
            ),
            ("APE and Human Evolution", "APE AND HUMAN EVOLUTION", "APE"),
            ("504 Hour Film Project", "504 Hour Film Project", "504"),
        ] {
            let allowed = allowed(phrase, why).expect("it may be allowed");
            let read = |text| disclosed(text, Reading::Title, &allowed);
            assert_eq!(read(title), None, "{title}");
            assert!(read(other).is_some(), "{other}");
            let beside = format!("{title}, RSP");
            assert_eq!(read(&beside), Some("RSP"), "{beside}");
        }
    }

    #[test]
    fn a_district_allows_nothing_that_names_a_service_and_no_word_alone() {
        let why = "an elective that any student may take";
        for (phrase, reason, said) in [
            ("RSP Algebra", why, "names special education"),
            ("English s.d.c.", why, "names special education"),
            ("Special Education Support", why, "names special education"),
            (
                "Math for the Disabled, special ed",
                why,
                "names special education",
            ),
            ("Disability", why, "the word alone"),
            ("(504)", why, "the word alone"),
            ("Ceramics", why, "nothing in it is looked for"),
            ("History of Autism", " ", "say why"),
        ] {
            let problems = allowed(phrase, reason).expect_err(phrase);
            assert!(problems[0].contains(said), "{problems:?}");
        }
    }

    #[test]
    fn the_lists_are_in_the_form_in_which_words_are_compared() {
        for phrase in SERVICES.iter().chain(DISABILITIES).chain(ALLOWED) {
            let words: Vec<String> = words_of(phrase).into_iter().map(|it| it.plain).collect();
            assert_eq!(words.join(" "), **phrase);
        }
    }
}
