//! Whose records a caller may see.

/// The records that a read may return; what lies outside looks like what does not exist
/// (invariant 7). Every read of the store on behalf of a person takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every record of the district: the operator of the machine.
    District,
    /// Every record of the district, and who has a plan for a disability: its administrator of
    /// special education.
    SpecialEducation,
    /// Only people who are or were enrolled at one of these schools, by state code.
    Schools(Vec<String>),
}
