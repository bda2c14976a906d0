//! What a decree's file must not contradict, beyond what a reader of keys finds.
//!
//! Next: `outcome` reads the rules, `target` checks what results are held against, `clocks` how
//! days are counted, `bounds` how much there is of everything.

use super::DECREE_FORMAT;
use super::target::check_percent;
use super::written::{Band, DecreeText, Measure, OutcomeText, Source};
use crate::compliance::case::FieldType;
use crate::compliance::predicate::nearest;
use crate::record::GradeLevel;
use crate::rules_file::{Label, Place, Problems, at};

/// The bands that a decree may declare, which outcomes name as strata.
const BANDS: [&str; 2] = ["grade_band", "age_band"];

impl DecreeText {
    /// Names everything that is wrong with it but its rules.
    pub(super) fn check(&self, told: &mut Problems) {
        if self.format != DECREE_FORMAT {
            let what = format!(
                "format is `{}`, this program reads `{DECREE_FORMAT}`",
                self.format
            );
            let hint = "take the shipped decree.toml of this version as a pattern";
            told.say(at("format"), what, hint);
        }
        let languages = ["en", "es"];
        for language in languages {
            if !self.languages.iter().any(|it| it == language) {
                let what = format!("`languages` lacks `{language}`");
                let hint = "reports are written in English and in Spanish: add it";
                told.say(at("languages"), what, hint);
            }
        }
        let completeness = at("completeness").key("at_least");
        check_percent(self.completeness.at_least, completeness, told);
        self.check_words(told);
        self.check_bands(told);
        self.check_tests(told);
        for (place, named, label) in self.labels() {
            label.check(&self.languages, &place, &named, told);
        }
        for (place, source) in self.sources() {
            if source.text.trim().is_empty() {
                let what = "the source is empty; it says where this comes from";
                told.say(
                    place.clone().key("text"),
                    what,
                    "name the document and its paragraph",
                );
            }
        }
        self.check_bounds(told);
        self.check_notes(told);
        for (row, outcome) in self.outcomes.iter().enumerate() {
            outcome.check(self, &at("outcome").row(row), told);
        }
    }

    /// Words that name something in lists: plain, and each once.
    fn check_words(&self, told: &mut Problems) {
        let outcomes = self.outcomes.iter().enumerate();
        let ids = outcomes.map(|(row, it)| (it.id.clone(), at("outcome").row(row).key("id")));
        told.twice("outcome", ids);
        let mut words = vec![(at("id"), &self.id)];
        for (row, it) in self.outcomes.iter().enumerate() {
            let place = at("outcome").row(row);
            words.push((place.clone().key("id"), &it.id));
            let sample = it.sample.iter();
            words.extend(sample.map(|it| (place.clone().key("sample").key("form"), &it.form)));
            let rows = it.exclusions.iter().enumerate();
            words.extend(rows.map(|(row, it)| {
                let place = place.clone().key("exclusion").row(row);
                (place.key("code"), &it.code)
            }));
            let rows = it.classes.iter().enumerate();
            words.extend(rows.map(|(row, it)| {
                let place = place.clone().key("class").row(row);
                (place.key("name"), &it.name)
            }));
            words.push((
                place.clone().key("otherwise").key("name"),
                &it.otherwise.name,
            ));
            let rows = it.thresholds.iter().enumerate();
            words.extend(rows.map(|(row, it)| {
                let place = place.clone().key("threshold").row(row);
                (place.key("name"), &it.name)
            }));
        }
        for (place, word) in words {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            if word.is_empty() || word.len() > 40 || !word.bytes().all(plain) {
                let what = format!("`{word}` is no plain word");
                let hint =
                    "at most 40 letters a-z, digits, `_` and `-`: it names files and columns";
                told.say(place, what, hint);
            }
        }
    }

    /// A note that belongs to outcomes belongs to some that there are.
    fn check_notes(&self, told: &mut Problems) {
        for (row, note) in self.notes.iter().enumerate() {
            let place = at("note").row(row).key("outcomes");
            for id in &note.outcomes {
                if !self.outcomes.iter().any(|it| it.id == *id) {
                    let what = format!("the decree has no outcome `{id}`");
                    let ids = self.outcomes.iter().map(|it| &*it.id);
                    let hint = match nearest(id, ids) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "name the outcomes by their `id`".to_owned(),
                    };
                    told.say(place.clone(), what, hint);
                }
            }
            let ids = note.outcomes.iter();
            told.twice("outcome", ids.map(|id| (id.clone(), place.clone())));
        }
    }

    fn check_bands(&self, told: &mut Problems) {
        for (key, bands) in [
            ("grade_band", &self.grade_bands),
            ("age_band", &self.age_bands),
        ] {
            let rows = || bands.iter().enumerate();
            let names = rows().map(|(row, it)| (it.name.clone(), at(key).row(row).key("name")));
            told.twice(key, names);
            for (row, band) in rows() {
                let place = at(key).row(row);
                if band.from > band.to {
                    told.say(
                        place.clone(),
                        "the band ends before it begins",
                        "swap the two",
                    );
                }
                let shared = |other: &&Band| band.from <= other.to && other.from <= band.to;
                if let Some(other) = bands[..row].iter().find(shared) {
                    let what = format!("`{}` and `{}` overlap", other.name, band.name);
                    told.say(place, what, "let each grade or age be in one band");
                }
            }
        }
    }

    fn check_tests(&self, told: &mut Problems) {
        for (row, test) in self.tests.iter().enumerate() {
            let place = at("test").row(row);
            if test.until.is_some_and(|until| until < test.from) {
                let what = "the test ends before it begins";
                told.say(
                    place.clone().key("until"),
                    what,
                    "correct `from` or `until`",
                );
            }
            let is_none = |grade: &&i8| GradeLevel::new(**grade).is_none();
            if let Some(grade) = test.grades.iter().find(is_none) {
                let what = format!("there is no grade {grade}");
                let hint = "-1 is transitional kindergarten, 0 kindergarten, 12 the last";
                told.say(place.clone().key("grades"), what, hint);
            }
            if test.grades.is_empty() {
                let what = "the test is given in no grade";
                told.say(
                    place.clone().key("grades"),
                    what,
                    "name the grades that are tested",
                );
            }
        }
    }

    /// Every text that is printed, with its place and what it is.
    fn labels(&self) -> Vec<(Place, String, &Label)> {
        let mut labels = vec![(at("title"), "title".to_owned(), &self.title)];
        let mut add = |place: Place, named: String, label| labels.push((place, named, label));
        if let Some(historical) = &self.historical {
            let place = at("historical").key("label");
            add(place, "historical: label".to_owned(), &historical.label);
        }
        for (row, note) in self.notes.iter().enumerate() {
            let place = at("note").row(row).key("text");
            add(place, format!("note of {}", note.on), &note.text);
        }
        for (key, bands) in [
            ("grade_band", &self.grade_bands),
            ("age_band", &self.age_bands),
        ] {
            for (row, band) in bands.iter().enumerate() {
                let place = at(key).row(row).key("title");
                add(place, format!("{key} `{}`", band.name), &band.title);
            }
        }
        for (row, outcome) in self.outcomes.iter().enumerate() {
            labels.extend(outcome.labels(&at("outcome").row(row)));
        }
        labels
    }

    /// Every source, with its place.
    fn sources(&self) -> Vec<(Place, &Source)> {
        let mut sources = Vec::new();
        let historical = self.historical.iter();
        sources.extend(historical.map(|it| (at("historical").key("source"), &it.source)));
        let notes = self.notes.iter().enumerate();
        sources.extend(notes.map(|(row, it)| (at("note").row(row).key("source"), &it.source)));
        let tests = self.tests.iter().enumerate();
        sources.extend(tests.map(|(row, it)| (at("test").row(row).key("source"), &it.source)));
        for (row, outcome) in self.outcomes.iter().enumerate() {
            let place = at("outcome").row(row);
            sources.push((place.clone().key("source"), &outcome.source));
            let exclusions = outcome.exclusions.iter().enumerate();
            sources.extend(exclusions.map(|(row, it)| {
                let place = place.clone().key("exclusion").row(row);
                (place.key("source"), &it.source)
            }));
            if let Some(beside) = outcome.clock.iter().find_map(|it| it.beside.as_ref()) {
                let place = place.clone().key("clock").key("beside");
                sources.push((place.key("source"), &beside.source));
            }
            if let Some(sample) = &outcome.sample {
                sources.push((place.clone().key("sample").key("source"), &sample.source));
            }
            if let Measure::RiskRatio {
                alternate: Some(risk),
                ..
            } = &outcome.measure
            {
                let place = place.clone().key("measure").key("alternate");
                sources.push((place.key("source"), &risk.source));
            }
            for (row, threshold) in outcome.thresholds.iter().enumerate() {
                let place = place.clone().key("threshold").row(row);
                for (row, target) in threshold.targets.iter().enumerate() {
                    sources.extend(target.sources(&place.clone().key("target").row(row)));
                }
            }
        }
        sources
    }
}

impl OutcomeText {
    fn labels(&self, place: &Place) -> Vec<(Place, String, &Label)> {
        let named = format!("outcome `{}`", self.id);
        let mut labels = vec![
            (
                place.clone().key("title"),
                format!("{named}: title"),
                &self.title,
            ),
            (
                place.clone().key("definition"),
                format!("{named}: definition"),
                &self.definition,
            ),
        ];
        let open = self.open.iter();
        labels.extend(open.map(|it| (place.clone().key("open"), format!("{named}: open"), it)));
        for (row, it) in self.exclusions.iter().enumerate() {
            let place = place.clone().key("exclusion").row(row).key("title");
            labels.push((
                place,
                format!("{named}: exclusion `{}`", it.code),
                &it.title,
            ));
        }
        for (row, it) in self.classes.iter().enumerate() {
            let place = place.clone().key("class").row(row).key("title");
            labels.push((place, format!("{named}: class `{}`", it.name), &it.title));
        }
        let rest = &self.otherwise;
        let otherwise = place.clone().key("otherwise").key("title");
        labels.push((
            otherwise,
            format!("{named}: class `{}`", rest.name),
            &rest.title,
        ));
        for (row, it) in self.thresholds.iter().enumerate() {
            let place = place.clone().key("threshold").row(row).key("label");
            labels.push((
                place,
                format!("{named}: threshold `{}`", it.name),
                &it.label,
            ));
        }
        labels
    }

    fn check(&self, decree: &DecreeText, place: &Place, told: &mut Problems) {
        if self.citation.trim().is_empty() {
            let hint = "name the paragraph that asks for it";
            told.say(place.clone().key("citation"), "the citation is empty", hint);
        }
        if self.classes.is_empty() {
            let hint = "add a [[outcome.class]] with its rule";
            told.say(
                place.clone(),
                "the outcome has no class beside the remainder",
                hint,
            );
        }
        let class = |row: usize| match row < self.classes.len() {
            true => place.clone().key("class").row(row).key("name"),
            false => place.clone().key("otherwise").key("name"),
        };
        let names = self.class_names().enumerate();
        told.twice(
            "class",
            names.map(|(row, name)| (name.to_owned(), class(row))),
        );
        let codes = self.exclusions.iter().enumerate().map(|(row, it)| {
            let place = place.clone().key("exclusion").row(row);
            (it.code.clone(), place.key("code"))
        });
        told.twice("exclusion", codes);
        let names = self.thresholds.iter().enumerate().map(|(row, it)| {
            let place = place.clone().key("threshold").row(row);
            (it.name.clone(), place.key("name"))
        });
        told.twice("threshold", names);
        if self.thresholds.is_empty() {
            let hint = "add a [[outcome.threshold]] that says which classes are counted";
            told.say(
                place.clone(),
                "the outcome has no threshold, so nothing is computed",
                hint,
            );
        }
        for (row, threshold) in self.thresholds.iter().enumerate() {
            threshold.check(self, &place.clone().key("threshold").row(row), told);
        }
        self.check_strata(decree, place, told);
        self.check_measure(&place.clone().key("measure"), told);
        self.check_clock(&place.clone().key("clock"), told);
        self.check_due(&place.clone().key("due"), told);
        self.check_sample(&place.clone().key("sample"), told);
    }

    /// A field by which cases fall into groups.
    fn groups_by(&self, name: &str) -> bool {
        let of = self
            .unit
            .place(name)
            .map(|place| self.unit.fields()[place].of);
        matches!(
            of,
            Some(FieldType::Code(_) | FieldType::Text | FieldType::Flag | FieldType::Count)
        )
    }

    fn check_strata(&self, decree: &DecreeText, place: &Place, told: &mut Problems) {
        let strata = self.strata.iter().map(|name| ("strata", name));
        let sample = self.sample.iter().flat_map(|it| &it.strata);
        for (key, name) in strata.chain(sample.map(|name| ("sample", name))) {
            let place = place.clone().key(key);
            let bands = match name.as_str() {
                "grade_band" => Some(&decree.grade_bands),
                "age_band" => Some(&decree.age_bands),
                _ => None,
            };
            if bands.is_some_and(|bands| bands.is_empty()) {
                let what = format!("`{name}` is asked for and no band is declared");
                told.say(
                    place,
                    what,
                    format!("add a [[{name}]] at the head of the file"),
                );
            } else if bands.is_none() && !self.groups_by(name) {
                let fields = self.unit.fields().iter().map(|field| field.name);
                let names = fields.filter(|name| self.groups_by(name)).chain(BANDS);
                let hint = match nearest(name, names) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a code, flag, count or text of the case, or a band".to_owned(),
                };
                let unit = self.unit.word();
                let what = format!("cases `{unit}` do not fall into groups by `{name}`");
                told.say(place, what, hint);
            }
        }
        let names = self.strata.iter();
        told.twice(
            "strata",
            names.map(|name| (name.clone(), place.clone().key("strata"))),
        );
    }

    fn check_measure(&self, place: &Place, told: &mut Problems) {
        let field = |name: &str| {
            self.unit
                .place(name)
                .map(|place| self.unit.fields()[place].of)
        };
        match &self.measure {
            Measure::Proportion => {}
            Measure::Rate { sum } => {
                if field(sum) != Some(FieldType::Count) {
                    let what = format!("`{sum}` is no count of a case `{}`", self.unit.word());
                    told.say(
                        place.clone().key("sum"),
                        what,
                        "name the count that is added up",
                    );
                }
            }
            Measure::RiskRatio {
                group, alternate, ..
            } => {
                if let Some(risk) = alternate {
                    let place = place.clone().key("alternate").key("percent");
                    check_percent(risk.percent, place, told);
                }
                if !matches!(field(group), Some(FieldType::Code(_))) {
                    let what = format!(
                        "`{group}` parts cases `{}` in no closed list of groups",
                        self.unit.word()
                    );
                    told.say(place.clone().key("group"), what, "name a code of the case");
                }
            }
        }
    }

    fn check_sample(&self, place: &Place, told: &mut Problems) {
        let Some(sample) = &self.sample else { return };
        if sample.per_stratum == 0 {
            let what = "a sample of no files shows nothing";
            told.say(
                place.clone().key("per_stratum"),
                what,
                "say how many are drawn",
            );
        }
    }
}
