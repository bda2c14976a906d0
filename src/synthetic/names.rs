//! A person's name, by chance from the word lists.

use super::draw::{Draw, Stream};
use super::names_lists::{
    COMMUNITIES, Community, MONONYMS, OTHER_SCRIPTS, OTHER_SCRIPTS_PER_MILLE, Style, TWINS,
};

/// The parts of a name as a person row has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// Legal given name or names.
    pub given: String,
    /// Legal middle name.
    pub middle: Option<String>,
    /// Legal family name; none for a person with one name.
    pub family: Option<String>,
    /// Suffix.
    pub suffix: Option<String>,
    /// The whole name that the student goes by.
    pub chosen: Option<String>,
    /// The whole name to print, where the legal name's script has no glyphs.
    pub printed: Option<String>,
}

/// One of this many students is the second of twins.
const TWIN_EVERY: u32 = 83;

/// One of this many students has the whole legal name of another student.
const NAMESAKE_EVERY: u32 = 131;

/// How far back in the roll that other student is.
const NAMESAKE_DISTANCE: u32 = 7;

/// The student whose household this student shares: their own, or the elder twin's.
pub fn household(student: u32) -> u32 {
    if student > 0 && student.is_multiple_of(TWIN_EVERY) {
        student - 1
    } else {
        student
    }
}

/// The name of a student: the same whenever it is asked for.
pub fn name(seed: u64, student: u32) -> Name {
    let bearer = if student % NAMESAKE_EVERY == NAMESAKE_EVERY - 1 {
        student - NAMESAKE_DISTANCE
    } else {
        student
    };
    let mut home = Draw::new(seed, Stream::FamilyName, household(bearer));
    let mut own = Draw::new(seed, Stream::OwnName, bearer);
    let twin = match bearer % TWIN_EVERY {
        0 if bearer > 0 => Some(1),
        place if place == TWIN_EVERY - 1 => Some(0),
        _ => None,
    };
    let name = legal_name(&mut home, &mut own, twin);
    with_chosen(name, &mut own)
}

/// A parent's name in the household of a student.
pub fn parent_name(seed: u64, student: u32, draw: &mut Draw) -> String {
    let community = community(&mut Draw::new(seed, Stream::FamilyName, household(student)));
    let Some(community) = community else {
        let [(_, given), (_, family)] = draw.pick(OTHER_SCRIPTS);
        return format!("{given} {family}");
    };
    format!(
        "{} {}",
        draw.pick(community.given),
        draw.pick(community.family)
    )
}

/// The place in [`COMMUNITIES`] of a student's household; its length for another script.
pub fn community_place(seed: u64, student: u32) -> usize {
    let mut home = Draw::new(seed, Stream::FamilyName, household(student));
    weighted_community(&mut home)
}

fn weighted_community(home: &mut Draw) -> usize {
    let shares = COMMUNITIES.iter().map(|community| community.per_mille);
    home.weighted(shares.chain([OTHER_SCRIPTS_PER_MILLE]))
}

fn community(home: &mut Draw) -> Option<&'static Community> {
    COMMUNITIES.get(weighted_community(home))
}

fn legal_name(home: &mut Draw, own: &mut Draw, twin: Option<usize>) -> Name {
    let Some(community) = community(home) else {
        let [(given, latin_given), (family, latin_family)] = home.pick(OTHER_SCRIPTS);
        return Name {
            given: (*given).to_owned(),
            family: Some((*family).to_owned()),
            printed: Some(format!("{latin_given} {latin_family}")),
            ..Name::default()
        };
    };
    let family = family_name(community, home);
    let pair = home.pick(TWINS);
    let mut name = Name {
        given: (*own.pick(community.given)).to_owned(),
        family: Some(family),
        ..Name::default()
    };
    match own.below(1000) {
        0..3 => very_long(&mut name, community, own),
        3..6 if twin.is_none() => {
            name.given = (*own.pick(MONONYMS)).to_owned();
            name.family = None;
            return name;
        }
        _ => name.middle = middle_name(community, &name.given, own),
    }
    if let Some(place) = twin {
        pair[place].clone_into(&mut name.given);
    } else if community.style == Style::Spanish && own.chance(180) {
        name.given = format!("{} {}", name.given, own.pick(community.given));
    }
    if own.chance(9) {
        name.suffix = Some((*own.pick(&["Jr.", "Jr.", "II", "III"])).to_owned());
    }
    name
}

fn family_name(community: &Community, home: &mut Draw) -> String {
    let first = *home.pick(community.family);
    let second = *home.pick(community.family);
    match (community.style, home.below(10)) {
        (Style::Spanish, 0..3) if first != second => format!("{first} {second}"),
        (Style::Spanish, 3) if first != second => format!("{first}-{second}"),
        _ => first.to_owned(),
    }
}

fn middle_name(community: &Community, given: &str, own: &mut Draw) -> Option<String> {
    let per_mille = match community.style {
        Style::Plain => 450,
        Style::Spanish => 150,
        Style::Filipino => return Some((*own.pick(community.family)).to_owned()),
    };
    let middle = own.pick(community.given);
    (own.chance(per_mille) && *middle != given).then(|| (*middle).to_owned())
}

/// A name that no column of a form was made for.
fn very_long(name: &mut Name, community: &Community, own: &mut Draw) {
    let mut given = || *own.pick(community.given);
    name.middle = Some(format!("{} {} {}", given(), given(), given()));
    let mut family = || *own.pick(community.family);
    let families = [family(), family(), family(), family()];
    name.family = Some(families.join("-"));
}

fn with_chosen(mut name: Name, own: &mut Draw) -> Name {
    const CHOSEN: &[&str] = &[
        "Alex", "Sky", "Robin", "Remy", "Ari", "Jude", "Noa", "Sol", "Kit",
    ];
    let first = own.pick(CHOSEN);
    if name.printed.is_none() && own.chance(30) {
        name.chosen = Some(match &name.family {
            Some(family) => format!("{first} {family}"),
            None => (*first).to_owned(),
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::check_text;

    fn parts(name: &Name) -> Vec<&str> {
        let optional = [
            &name.middle,
            &name.family,
            &name.suffix,
            &name.chosen,
            &name.printed,
        ];
        let optional = optional.into_iter().filter_map(Option::as_deref);
        std::iter::once(name.given.as_str())
            .chain(optional)
            .collect()
    }

    #[test]
    fn every_word_list_holds_text_that_an_import_accepts() {
        for community in COMMUNITIES {
            for word in community.given.iter().chain(community.family) {
                assert_eq!(check_text(word, 40), Ok(()), "{word}");
            }
        }
        for word in OTHER_SCRIPTS
            .iter()
            .flatten()
            .flat_map(|(legal, latin)| [legal, latin])
        {
            assert_eq!(check_text(word, 40), Ok(()), "{word}");
        }
        let shares: u32 = COMMUNITIES
            .iter()
            .map(|community| community.per_mille)
            .sum();
        assert_eq!(shares + OTHER_SCRIPTS_PER_MILLE, 1000);
    }

    #[test]
    fn a_big_roll_has_every_kind_of_name() {
        let names: Vec<Name> = (0..20_000).map(|student| name(5, student)).collect();
        let share = |test: fn(&Name) -> bool| names.iter().filter(|name| test(name)).count();
        assert!(
            names
                .iter()
                .flat_map(|name| parts(name))
                .all(|part| check_text(part, 200).is_ok())
        );
        assert!(share(|name| name.family.is_none()) > 20, "mononyms");
        assert!(share(|name| name.chosen.is_some()) > 300, "chosen names");
        assert!(
            share(|name| name.printed.is_some()) > 50,
            "names in other scripts"
        );
        assert!(share(|name| name.suffix.is_some()) > 50, "suffixes");
        assert!(
            share(|name| name.given.chars().count() > 14) > 100,
            "long names"
        );
        for letter in ['ễ', 'ն', 'ñ', 'Щ', 'ʻ', 'ğ', 'Ξ', '’', '-'] {
            let holds = |name: &Name| parts(name).iter().any(|part| part.contains(letter));
            assert!(names.iter().any(holds), "{letter}");
        }
    }

    #[test]
    fn twins_share_a_family_name_and_namesakes_a_whole_name() {
        let (first, second) = (name(5, TWIN_EVERY - 1), name(5, TWIN_EVERY));
        assert_eq!(first.family, second.family);
        assert_ne!(first.given, second.given);
        let namesake = NAMESAKE_EVERY - 1;
        assert_eq!(name(5, namesake), name(5, namesake - NAMESAKE_DISTANCE));
        assert_ne!(household(namesake), household(namesake - NAMESAKE_DISTANCE));
    }
}
