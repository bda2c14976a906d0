//! When two legal names are one, as two systems or two clerks wrote it, and when they may be one
//! person's.
//!
//! Accents and case, hyphens, apostrophes, full stops and spaces are not compared, so `O'Brien` is
//! `O Brien` and `De la Cruz` is `Delacruz`. A compound surname may stand in either order. What one
//! of two names lacks (a middle name, a suffix) contradicts nothing, and an initial stands for the
//! name that it begins.
//!
//! Never: whether two rows are one person; that is somebody's to decide. Next: `resemblance.rs` and
//! `contradiction.rs` in `store/`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Given names of which one is short for the other, or another spelling, that no rule sees: each
/// line is one name. A name may stand in several lines. Both names of a line may be one person's.
const SHORT_FORMS: &str = include_str!("short_names.txt");
/// Given names shorter than this have too little to tell a slip of the pen from another name.
const SLIP_LETTERS_MIN: usize = 5;
/// A field that cuts names off has room for so many letters: `Gabriel` is not `Gabriela` cut off.
const CUT_OFF_LETTERS_MIN: usize = 10;
/// Generational suffixes, each as it is compared.
const SUFFIXES: [(&str, &str); 11] = [
    ("jr", "jr"),
    ("junior", "jr"),
    ("sr", "sr"),
    ("senior", "sr"),
    ("ii", "2"),
    ("2nd", "2"),
    ("iii", "3"),
    ("3rd", "3"),
    ("iv", "4"),
    ("4th", "4"),
    ("v", "5"),
];

/// Words of many names that name nobody by themselves.
const PARTICLES: [&str; 17] = [
    "da", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "la", "las", "los", "san",
    "santa", "van", "von",
];

/// A legal name as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedName {
    given: Vec<String>,
    middle: Vec<String>,
    family: Vec<String>,
    suffix: Option<String>,
}

/// How two given names stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GivenNames {
    /// One name.
    Same,
    /// Other names that one person may well bear: one has the words of the other, is short for it,
    /// or differs by a slip of the pen
    /// (docs/audit.md tells the rule).
    Near,
    /// Names of two people, such as twins.
    Others,
}

impl ComparedName {
    /// The parts of a legal name.
    pub fn new(
        given: &str,
        middle: Option<&str>,
        family: Option<&str>,
        suffix: Option<&str>,
    ) -> Self {
        let mut family = words(family.unwrap_or_default());
        let mut suffix = words(suffix.unwrap_or_default()).concat();
        // Some systems have no field for it. `v` at the end may be an initial.
        if let Some(last) = family
            .last()
            .filter(|last| family.len() > 1 && *last != "v")
            && compared_suffix(last).is_some()
        {
            suffix = family.pop().unwrap_or_default();
        }
        let suffix = compared_suffix(&suffix).map_or(suffix.clone(), str::to_owned);
        Self {
            given: words(given),
            middle: words(middle.unwrap_or_default()),
            family,
            suffix: Some(suffix).filter(|it| !it.is_empty()),
        }
    }

    /// What two names have in common wherever they are one: the first letter of the given name and
    /// all letters of the family name in the order of the alphabet. Kept in the database beside the
    /// name, so that few names are compared.
    pub fn key(&self) -> String {
        let mut letters: Vec<char> = self.family.concat().chars().collect();
        letters.sort_unstable();
        let first = self.given.first().and_then(|word| word.chars().next());
        first.into_iter().chain([' ']).chain(letters).collect()
    }

    /// Whether the two are one name.
    pub fn is_that_of(&self, other: &Self) -> bool {
        self.is_of_one_family_with(other) && self.has_given_names_of(other)
    }

    /// Whether the two are not one name, and one person may well bear both: a middle name stands in
    /// the field of the given name, a given name is short for the other or was cut off. A slip of
    /// the pen tells twins apart, and so do two middle names of one given name.
    pub fn is_near(&self, other: &Self) -> bool {
        let all = |name: &Self| [&name.given[..], &name.middle].concat();
        let (one, two) = (self.given.concat(), other.given.concat());
        let given = are_among(&self.given, &all(other))
            || are_among(&other.given, &all(self))
            || is_cut_off(&one, &two);
        self.is_of_one_family_with(other) && given && one != two && !self.is_that_of(other)
    }

    /// Whether family name and suffix are one.
    fn is_of_one_family_with(&self, other: &Self) -> bool {
        let suffix = match (&self.suffix, &other.suffix) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        suffix && self.has_family_name_of(other)
    }

    /// Whether the family names are one.
    pub fn has_family_name_of(&self, other: &Self) -> bool {
        is_turned(&self.family, &other.family) || is_turned(&other.family, &self.family)
    }

    /// Given and middle name together: where the one ends and the other begins, systems differ.
    fn has_given_names_of(&self, other: &Self) -> bool {
        let all = |name: &Self| name.given.concat() + &name.middle.concat();
        let middle = self.middle.is_empty()
            || other.middle.is_empty()
            || self.middle.concat() == other.middle.concat()
            || are_initials(&self.middle, &other.middle)
            || are_initials(&other.middle, &self.middle);
        self.given.concat() == other.given.concat() && middle || all(self) == all(other)
    }

    /// How the given names stand to each other. `chosen` is the whole name that each goes by.
    pub fn given_names_beside(&self, other: &Self, chosen: [Option<&str>; 2]) -> GivenNames {
        if self.has_given_names_of(other) {
            return GivenNames::Same;
        }
        let called = |name: &Self, chosen: Option<&str>| -> Vec<String> {
            let own = name.given.iter().chain(&name.middle).cloned();
            own.chain(words(chosen.unwrap_or_default())).collect()
        };
        let [own, others] = [called(self, chosen[0]), called(other, chosen[1])];
        let (one, two) = (self.given.concat(), other.given.concat());
        let near = one == two
            || are_among(&self.given, &others)
            || are_among(&other.given, &own)
            || is_slip(&one, &two)
            || is_cut_off(&one, &two);
        if near {
            GivenNames::Near
        } else {
            GivenNames::Others
        }
    }
}

/// Whether a text has a word of the former names that is in none of the new ones. A single letter
/// tells no name, nor does a particle beside other words.
pub fn tells_former_name(text: &str, former: &[&str], new: &[&str]) -> bool {
    let new: Vec<String> = new.iter().flat_map(|name| words(name)).collect();
    // `O'Brien` is one word, and `Ana's` has one more.
    let apart = |c: char| {
        if c != '.' && is_within_word(c) {
            ' '
        } else {
            c
        }
    };
    let apart: String = text.chars().map(apart).collect();
    let text = [words(text), words(&apart)].concat();
    let tells = |name: &Vec<String>, word: &String| {
        let is_name = |word: &str| word.chars().count() > 1 && !PARTICLES.contains(&word);
        let tells_one = is_name(word) || !name.iter().any(|word| is_name(word));
        tells_one && !new.contains(word) && text.contains(word)
    };
    let mut former = former.iter().map(|name| words(name));
    former.any(|name| name.iter().any(|word| tells(&name, word)))
}

fn compared_suffix(suffix: &str) -> Option<&'static str> {
    let known = SUFFIXES.iter().find(|(written, _)| *written == suffix);
    known.map(|(_, compared)| *compared)
}

/// The words of a name without accents, case, apostrophes and full stops.
fn words(name: &str) -> Vec<String> {
    let plain = name
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_within_word(*c));
    let plain: String = plain
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect();
    let mut words = Vec::new();
    for word in plain.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = String::with_capacity(word.len());
        for letter in word.chars() {
            match plain_letters(letter) {
                "" => letters.push(letter),
                plain => letters.push_str(plain),
            }
        }
        if !letters.is_empty() {
            words.push(letters);
        }
    }
    words
}

/// A full stop, and whatever stands for an apostrophe: straight, curly, a modifier letter, the
/// ʻokina, an accent on its own.
fn is_within_word(c: char) -> bool {
    matches!(
        c,
        '.' | '\'' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bb}' | '\u{2bc}' | '\u{2b9}'
    ) || matches!(c, '`' | '\u{b4}' | '\u{2032}' | '\u{ff07}')
}

/// Letters that Unicode takes for letters of their own, as systems without them write them; nothing
/// for every other letter.
fn plain_letters(letter: char) -> &'static str {
    match letter {
        'đ' | 'ð' => "d",
        'ø' => "o",
        'ł' => "l",
        'ı' => "i",
        'ħ' => "h",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => "",
    }
}

/// Whether these words, begun at some other of them, are those letters.
fn is_turned(words: &[String], others: &[String]) -> bool {
    let whole = others.concat();
    let turned = |place: usize| words[place..].concat() + &words[..place].concat();
    (0..words.len().max(1)).any(|place| turned(place) == whole)
}

/// Whether each of these words is a letter with which the other word of its place begins.
fn are_initials(initials: &[String], words: &[String]) -> bool {
    let is_initial = |(one, word): (&String, &String)| {
        one == word || one.chars().count() == 1 && word.starts_with(one.as_str())
    };
    initials.len() <= words.len() && initials.iter().zip(words).all(is_initial)
}

/// Whether each word stands among those, or is short for one of them.
fn are_among(words: &[String], others: &[String]) -> bool {
    let is_there = |word: &String| {
        let one = std::slice::from_ref(word);
        let is_it = |other| are_initials(one, std::slice::from_ref(other)) || is_short(word, other);
        others.iter().any(is_it)
    };
    !words.is_empty() && words.iter().all(is_there)
}

/// Whether one is the beginning of the other, as a field of few letters leaves it.
fn is_cut_off(one: &str, other: &str) -> bool {
    let letters = one.chars().count().min(other.chars().count());
    letters >= CUT_OFF_LETTERS_MIN && (one.starts_with(other) || other.starts_with(one))
}

/// Whether one vowel is another, a vowel, an `h` or a doubled letter is missing, or two neighbours
/// changed places. Not the first letter and not the last, and no other consonant: `Julio` and
/// `Julia`, `Martin` and `Marvin` are twins rather than a slip.
fn is_slip(one: &str, other: &str) -> bool {
    let [one, other]: [Vec<char>; 2] = [one, other].map(|name| name.chars().collect());
    if one.len().min(other.len()) < SLIP_LETTERS_MIN
        || one.first() != other.first()
        || one.last() != other.last()
    {
        return false;
    }
    let letters = one.iter().zip(&other);
    let same = letters.take_while(|(one, other)| one == other).count();
    let (left, right) = (&one[same..], &other[same..]);
    let is_vowel = |letter: char| "aeiouy".contains(letter);
    let may_lack = |letter: char| is_vowel(letter) || letter == 'h' || letter == one[same - 1];
    match (left, right) {
        ([a, left @ ..], [b, right @ ..]) if left == right => is_vowel(*a) && is_vowel(*b),
        ([a, left @ ..], _) if left == right => may_lack(*a),
        (_, [b, right @ ..]) if left == right => may_lack(*b),
        ([a, b, left @ ..], [c, d, right @ ..]) => (a, b) == (d, c) && left == right,
        _ => false,
    }
}

/// Whether one word is a short form or another spelling of the other.
fn is_short(one: &str, other: &str) -> bool {
    let lines = SHORT_FORMS.lines().filter(|line| !line.starts_with('#'));
    let mut words = lines.map(|line| line.split_whitespace());
    words.any(|names| names.clone().any(|it| it == one) && names.clone().any(|it| it == other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: &str, family: &str) -> ComparedName {
        ComparedName::new(given, None, Some(family), None)
    }

    #[test]
    fn what_two_systems_wrote_of_one_name_is_one_name_and_has_one_key() {
        for (one, other) in [
            (("Ana", "O'Brien"), ("ANA", "O\u{2019}BRIEN")),
            (("Ana", "O'Brien"), ("Ana", "O Brien")),
            (("Ana", "O\u{2bc}Brien"), ("Ana", "Obrien")),
            (("Ana", "O\u{b4}Brien"), ("Ana", "Obrien")),
            (("Mary-Ann", "St. John"), ("Mary  Ann", "St John")),
            (("MaryAnn", "García-López"), ("Mary Ann", "Garcia Lopez")),
            (("José", "García López"), ("JOSE", "LOPEZ-GARCIA")),
            (("José", "De la Cruz"), ("Jose", "Delacruz")),
            (("José", "Pérez de la Cruz"), ("Jose", "DE LA CRUZ PEREZ")),
            (("Kiều", "Đặng"), ("Kieu", "Dang")),
            (("Søren", "Łukasz"), ("Soren", "Lukasz")),
            (("Luis", "Ruiz Jr."), ("Luis", "Ruiz")),
            (("Luis", ""), ("LUIS", "")),
        ] {
            let [one, other] = [one, other].map(|(given, family)| name(given, family));
            assert!(
                one.is_that_of(&other) && other.is_that_of(&one),
                "{one:?} {other:?}"
            );
            assert_eq!(one.key(), other.key());
        }
        for (one, other) in [
            (("Ana", "Ruiz"), ("Ava", "Ruiz")),
            (("Ana", "Ruiz"), ("Anna", "Ruiz")),
            (("Ana", "García López"), ("Ana", "García")),
            (("Ana", "Ruiz"), ("Ana", "Zuri")),
            (("Ana", "Ruiz"), ("Ana", "")),
        ] {
            let [one, other] = [one, other].map(|(given, family)| name(given, family));
            assert!(
                !one.is_that_of(&other) && !other.is_that_of(&one),
                "{one:?} {other:?}"
            );
        }
    }

    #[test]
    fn a_text_tells_a_former_name_by_any_word_of_it_that_is_not_in_the_new_one() {
        let tells =
            |text: &str, former: &[&str], new: &[&str]| tells_former_name(text, former, new);
        let new = ["Zenobia", "Ruiz"];
        assert!(tells("Decree changing DELFÍNA", &["Delfina", "Ruiz"], &new));
        assert!(tells(
            "O'Brien's licence",
            &["Ana", "O\u{2019}Brien's"],
            &new
        ));
        assert!(!tells(
            "Decree for Zenobia Ruiz",
            &["Delfina", "Ruiz"],
            &new
        ));
        assert!(tells("Delfina\u{2019}s passport", &["Delfina"], &new));
        assert!(!tells("Delfinas", &["Delfina"], &new), "another word");
        let los = ["Ana M.", "De los Santos"];
        assert!(!tells("Superior Court of Los Angeles, Form M", &los, &new));
        assert!(tells("Decree about Santos", &los, &new));
        assert!(tells("Decree about Do", &["Do"], &new), "a name of its own");
    }

    #[test]
    fn what_one_name_lacks_contradicts_nothing() {
        let full = |middle, suffix| ComparedName::new("Luis", middle, Some("Ruiz"), suffix);
        let plain = full(None, None);
        for one in [full(Some("José"), None), full(None, Some("III"))] {
            assert!(one.is_that_of(&plain) && plain.is_that_of(&one));
        }
        assert!(full(Some("J."), None).is_that_of(&full(Some("José"), None)));
        assert!(full(None, Some("3rd")).is_that_of(&full(None, Some("III."))));
        assert!(!full(Some("A."), None).is_that_of(&full(Some("José"), None)));
        assert!(!full(None, Some("Jr.")).is_that_of(&full(None, Some("III"))));
        let given = ComparedName::new("Luis José", None, Some("Ruiz"), None);
        assert!(given.is_that_of(&full(Some("José"), None)));
    }

    #[test]
    fn a_middle_name_in_the_field_of_the_given_name_makes_a_near_name() {
        let full = |given, middle, family| ComparedName::new(given, middle, Some(family), None);
        let ximena = full("Ximena", None, "Núñez");
        for (near, other) in [
            (true, full("Ximena Ana", None, "Nunez")),
            (true, full("Ximena Ana", None, "NUÑEZ Jr.")),
            (true, full("X.", None, "Núñez")),
            (false, full("Ximenna", None, "Núñez")),
            (false, full("XIMENA", Some("Ana"), "Núñez")),
            (false, full("Ximena Ana", None, "Solís")),
            (false, full("Xenia", None, "Núñez")),
        ] {
            assert_eq!(ximena.is_near(&other), near, "{other:?}");
            assert_eq!(other.is_near(&ximena), near, "{other:?}");
        }
        let twins = ["Ana", "Lucía"].map(|middle| full("Ximena", Some(middle), "Núñez"));
        assert!(!twins[0].is_near(&twins[1]));
    }

    #[test]
    fn given_names_that_one_person_may_bear_are_near_and_those_of_twins_are_not() {
        let beside = |one: &str, other: &str| {
            let given = |text: &str| name(text, "Ruiz");
            let both = [(one, other), (other, one)];
            let both = both.map(|(a, b)| given(a).given_names_beside(&given(b), [None, None]));
            assert_eq!(both[0], both[1], "{one} {other}");
            both[0]
        };
        for (one, other) in [
            ("Liz", "Elizabeth"),
            ("Ana", "Ana María"),
            ("María", "Ana María"),
            ("J.", "José"),
            ("Jonathan", "Jonathon"),
            ("Jonathan", "Johnathan"),
            ("Stephen", "Stehpen"),
            ("Bryan", "Bryyan"),
            ("Lupe", "Guadalupe"),
            ("Ma. Gpe.", "María Guadalupe"),
            ("Maria Guada", "María Guadalupe"),
            ("Sara", "Sarah"),
            ("María Ana", "Ana María"),
        ] {
            assert_eq!(beside(one, other), GivenNames::Near, "{one} {other}");
        }
        for (one, other) in [
            ("Ana", "Luis"),
            ("Ana", "Ava"),
            ("Julio", "Julia"),
            ("Daniel", "Daniela"),
            ("Emmanuel", "Emmanuela"),
            ("Jayden", "Kayden"),
            ("Martin", "Marvin"),
            ("Marta", "Maria"),
            ("Ana María", "Ana Lucía"),
            ("José Luis", "José Antonio"),
        ] {
            assert_eq!(beside(one, other), GivenNames::Others, "{one} {other}");
        }
        let chosen = [Some("Max Ruiz"), None];
        let near = name("Isabel", "Ruiz").given_names_beside(&name("Max", "Ruiz"), chosen);
        assert_eq!(near, GivenNames::Near);
        let middle = |middle| ComparedName::new("María", Some(middle), Some("Ruiz"), None);
        let near = middle("José").given_names_beside(&middle("Luisa"), [None, None]);
        assert_eq!(
            near,
            GivenNames::Near,
            "a middle name is not always told right"
        );
    }
}
