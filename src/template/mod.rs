//! (to be written)

/// A report folder composed once: Typst sources and files, ready for many documents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Composed {
    /// Virtual path (`layout.typ`, `kit.typ`, `logo.png`) to its bytes. `layout.typ` is the entry: it reads the model with `json("/model.json")`.
    pub files: std::collections::BTreeMap<String, Vec<u8>>,
    /// SHA-256 over names and bytes of `files`.
    pub digest: [u8; 32],
}
