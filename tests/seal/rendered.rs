//! The smallest file of the renderer's form: small enough to attack at every bit.

use std::fmt::Write as _;

/// The attachment's content, stored without compression.
pub const ATTACHED: &str = "{\"mark\":\"A\"}";

/// A one-page file whose page shows `text`, with one attachment, as the renderer would write it.
pub fn rendered(text: &str) -> Vec<u8> {
    let content = format!("BT /F0 12 Tf 72 720 Td ({text}) Tj ET");
    let specification = "<</Type/Filespec/F(data.json)/UF(data.json)/EF<</F 7 0 R/UF 7 0 R>>\
                         /AFRelationship/Source/Desc(The data)>>";
    let embedded = format!(
        "<</Length {0}/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size {0}/ModDate\
         (D:20260612000000Z)>>>>\nstream\n{ATTACHED}\nendstream",
        ATTACHED.len()
    );
    with_objects(&[
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Font<</F0 4 0 R>>>>".to_owned(),
        "<</Type/Page/Resources 2 0 R/MediaBox[0 0 612 792]/Parent 1 0 R/Contents 5 0 R>>"
            .to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ),
        specification.to_owned(),
        embedded,
        "<</Title(Transcript)>>".to_owned(),
        "<</Type/Catalog/Pages 1 0 R/Names<</EmbeddedFiles<</Names[(data.json)6 0 R]>>>>\
         /AF[6 0 R]>>"
            .to_owned(),
    ])
}

/// A file of these objects, numbered from 1; the last is the catalog, the one before the
/// information dictionary.
pub fn with_objects(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n%~~~~\n\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f\r\n", objects.len() + 1);
    for (index, body) in objects.iter().enumerate() {
        write!(table, "{:010} 00000 n\r\n", file.len()).expect("text");
        write!(file, "{} 0 obj\n{body}\nendobj\n", index + 1).expect("text");
    }
    let (at, size) = (file.len(), objects.len() + 1);
    let (root, info) = (size - 1, size - 2);
    write!(
        file,
        "{table}trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R/ID[(one)(one)]>>\n\
         startxref\n{at}\n%%EOF"
    )
    .expect("text");
    file.into_bytes()
}
