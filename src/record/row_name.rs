//! What names one row of a package to the person who has to correct it.

/// A row, by its table and what names it there. The store finds where it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowName {
    /// The sending system, by which alone a number is unique; none where the record does not keep
    /// it: then the first source by name that has such a row is meant.
    pub source: Option<String>,
    /// The table, by its name in the package: `marks`.
    pub table: &'static str,
    /// The school that answers for it.
    pub school: String,
    /// The sending system's number for the person; empty in a catalogue, which is about nobody.
    pub person: String,
    /// What names it among the person's rows of the table: the number of a posting, the figure of a
    /// total, the first day of an enrolment, the number of a course.
    pub name: String,
}

/// The same for the same row, on whichever line it stands: `marks 19999990100056/9000025/P-17`.
impl std::fmt::Display for RowName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            source,
            table,
            school,
            person,
            name,
        } = self;
        write!(f, "{table} {school}/{person}/{name}")?;
        match source {
            Some(source) => write!(f, " of {source}"),
            None => Ok(()),
        }
    }
}

impl RowName {
    /// A row about a person.
    pub fn new(table: &'static str, school: &str, person: &str, name: &str) -> Self {
        Self {
            source: None,
            table,
            school: school.to_owned(),
            person: person.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The same row, of this sending system.
    #[must_use]
    pub fn of_source(self, source: &str) -> Self {
        let source = Some(source.to_owned());
        Self { source, ..self }
    }
}
