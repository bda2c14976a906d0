//! What is counted: a case, of one kind, with the fields that a decree's rules may read.
//!
//! Owns the kinds of cases and their fields ([`CaseKind`]), and the values that a field may have.
//! A field without a value is unknown: no rule holds of it.
//!
//! Next: `kinds` lists every field with its meaning, `value` what stands in one.

mod kinds;
mod value;

pub use kinds::{CaseKind, Field};
pub use value::{FieldType, Value};

/// One case: one evaluation, one meeting, one pupil on the day of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its kind, which says what `values` hold.
    pub kind: CaseKind,
    /// What names it in every list, the same in each run: derived from the rows it was made of.
    pub id: String,
    /// For each field of the kind, in its order, what the records say; none where they do not.
    values: Vec<Option<Value>>,
}

impl Case {
    /// A case of which nothing is known yet.
    pub fn new(kind: CaseKind, id: String) -> Self {
        let values = vec![None; kind.fields().len()];
        Self { kind, id, values }
    }

    /// Says what a field is.
    ///
    /// # Panics
    /// Where the kind has no such field, or one of another type: a mistake of the program.
    pub fn set(&mut self, field: &str, value: Value) {
        let place = self.kind.place(field).expect("a field of the kind");
        let of = self.kind.fields()[place].of;
        assert!(value.is_of(of), "`{field}` is {of}, not {value:?}");
        self.values[place] = Some(value);
    }

    /// The same, where there is something to say.
    pub fn know(&mut self, field: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// What the field at a place of the kind's list is.
    pub fn value(&self, place: usize) -> Option<&Value> {
        self.values.get(place)?.as_ref()
    }

    /// What a field is, by its name.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.value(self.kind.place(field)?)
    }
}
