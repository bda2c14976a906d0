//! The files attached to a signed document, as its catalog lists them.
//!
//! An attachment that one reader shows and another does not would let two readers check different
//! data. So the two lists of PDF/A-3 (associated files, embedded files) must name the same files,
//! and no other file specification or embedded file may exist anywhere in the document.

use super::layout::{Layout, StreamError};
use super::object::{Dictionary, Object, decode_name, decode_text};
use super::verdict::Reason;

/// How many files one document may carry.
pub const ATTACHMENTS_MAX: usize = 32;
/// What all attachments of a document may unpack to, in bytes.
pub const ATTACHMENTS_BYTES_MAX: usize = 64 << 20;

/// A file attached to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name.
    pub name: String,
    /// The media type, for example `application/json`.
    pub media_type: String,
    /// What the file is, for a person.
    pub description: String,
    /// How it belongs to the document (PDF/A-3, `AFRelationship`), for example `Source`.
    pub relationship: String,
    /// When it was last changed, as the PDF spells it (`D:YYYYMMDDHHmmSSZ`), where it says so.
    pub modified: Option<String>,
    /// The file.
    pub content: Vec<u8>,
}

/// Reads all attachments.
///
/// # Errors
/// [`Reason::Attachments`], [`Reason::AttachmentsTooLarge`].
pub fn read(layout: &Layout<'_>, catalog: &Dictionary<'_>) -> Result<Vec<Attachment>, Reason> {
    let listed = listed(layout, catalog).ok_or(Reason::Attachments)?;
    let known = listed.len();
    if known > ATTACHMENTS_MAX
        || layout.file_specifications() != known
        || layout.embedded_files() != known
    {
        return Err(Reason::Attachments);
    }
    let mut budget = ATTACHMENTS_BYTES_MAX;
    let mut attachments = Vec::with_capacity(known);
    for (name, number) in listed {
        let attachment = read_one(layout, &name, number, budget)?;
        budget -= attachment.content.len();
        attachments.push(attachment);
    }
    Ok(attachments)
}

/// Name and file specification of each file, where both lists agree and no name occurs twice.
fn listed(layout: &Layout<'_>, catalog: &Dictionary<'_>) -> Option<Vec<(Vec<u8>, u32)>> {
    let embedded = match catalog.get(b"Names") {
        None => Vec::new(),
        Some(names) => embedded_files(layout, names)?,
    };
    let associated = match catalog.get(b"AF") {
        None => Vec::new(),
        Some(Object::Array(files)) => files
            .iter()
            .map(Object::reference)
            .collect::<Option<Vec<_>>>()?,
        Some(_) => return None,
    };
    let mut left: Vec<u32> = embedded.iter().map(|(_, number)| *number).collect();
    let mut right = associated;
    left.sort_unstable();
    right.sort_unstable();
    let mut names: Vec<_> = embedded.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let repeated = |pair: &[u32]| pair[0] == pair[1];
    let unique = !left.windows(2).any(repeated) && !names.windows(2).any(|n| n[0] == n[1]);
    (left == right && unique).then_some(embedded)
}

/// The one leaf of the name tree `EmbeddedFiles`; the renderer writes no deeper tree.
fn embedded_files(layout: &Layout<'_>, names: &Object<'_>) -> Option<Vec<(Vec<u8>, u32)>> {
    let resolved = |object: &Object<'_>| -> Option<Vec<(Vec<u8>, u32)>> {
        let tree = object.dictionary()?.get(b"EmbeddedFiles")?.dictionary()?;
        let leaf = tree.get(b"Names")?.array()?;
        if tree.len() != 1 || leaf.len() % 2 != 0 || leaf.len() / 2 > ATTACHMENTS_MAX {
            return None;
        }
        let pairs = leaf.chunks_exact(2);
        pairs
            .map(|pair| Some((pair[0].text()?.to_vec(), pair[1].reference()?)))
            .collect()
    };
    match names {
        Object::Reference(number) => resolved(&layout.object(*number)?),
        direct => resolved(direct),
    }
}

fn read_one(
    layout: &Layout<'_>,
    name: &[u8],
    number: u32,
    bytes_max: usize,
) -> Result<Attachment, Reason> {
    let specification = layout.object(number).ok_or(Reason::Attachments)?;
    let stream = describe(&specification, name).ok_or(Reason::Attachments)?;
    let embedded = layout
        .plain_dictionary(stream.number)
        .ok_or(Reason::Attachments)?;
    let content = layout
        .stream_content(stream.number, bytes_max)
        .map_err(|error| match error {
            StreamError::Broken => Reason::Attachments,
            StreamError::TooLarge => Reason::AttachmentsTooLarge,
        })?;
    let parameters = embedded.get(b"Params").and_then(Object::dictionary);
    let size = parameters.and_then(|parameters| parameters.get(b"Size")?.integer());
    let size_agrees = size.is_none_or(|size| usize::try_from(size) == Ok(content.len()));
    let media_type = embedded
        .get(b"Subtype")
        .and_then(Object::name)
        .and_then(decode_name);
    if !embedded.has_type(b"EmbeddedFile") || !size_agrees {
        return Err(Reason::Attachments);
    }
    let modified = parameters.and_then(|parameters| parameters.get(b"ModDate")?.text());
    Ok(Attachment {
        name: stream.name,
        media_type: media_type.ok_or(Reason::Attachments)?,
        description: stream.description,
        relationship: stream.relationship,
        modified: modified.and_then(decode_text),
        content,
    })
}

struct Described {
    name: String,
    description: String,
    relationship: String,
    number: u32,
}

/// Reads a file specification, in which every place that can name the file must name the same.
fn describe(specification: &Object<'_>, name: &[u8]) -> Option<Described> {
    let dictionary = specification.dictionary()?;
    let known: [&[u8]; 6] = [b"Type", b"F", b"UF", b"EF", b"AFRelationship", b"Desc"];
    let only_known = dictionary.keys().all(|key| known.contains(&key));
    let files = dictionary.get(b"EF")?.dictionary()?;
    let number = files.get(b"F")?.reference()?;
    let one_file = files.len() == 2 && files.get(b"UF")?.reference()? == number;
    let names_agree =
        dictionary.get(b"F")?.text()? == name && dictionary.get(b"UF")?.text()? == name;
    if !only_known || !one_file || !names_agree || !dictionary.has_type(b"Filespec") {
        return None;
    }
    let description = match dictionary.get(b"Desc") {
        Some(text) => decode_text(text.text()?)?,
        None => String::new(),
    };
    let relationship = decode_name(dictionary.get(b"AFRelationship")?.name()?)?;
    Some(Described {
        name: decode_text(name)?,
        description,
        relationship,
        number,
    })
}
