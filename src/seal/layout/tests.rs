//! Packed files in which each part is wrong on its own.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

/// A packed file in the making, in which each part can be wrong on its own.
#[derive(Default)]
struct Draft {
    body: Vec<u8>,
    places: Vec<(u32, Place)>,
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Draft {
    fn new() -> Self {
        let mut draft = Self {
            body: HEADER.to_vec(),
            ..Self::default()
        };
        draft.plain(1, "<</Type/Catalog/Pages 2 0 R>>");
        draft
    }

    fn plain(&mut self, number: u32, text: &str) {
        self.places.push((number, Place::At(self.body.len())));
        self.body
            .extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
    }

    /// An object stream whose directory and content are given as they are.
    fn packed(&mut self, stream: u32, objects: &[(u32, usize)], content: &[u8]) {
        let directory = pack::object_stream_directory(objects);
        self.packed_raw(
            stream,
            objects,
            &directory,
            &deflate(&[&directory, content].concat()),
        );
    }

    fn packed_raw(
        &mut self,
        stream: u32,
        objects: &[(u32, usize)],
        directory: &[u8],
        packed: &[u8],
    ) {
        for (index, (number, _)) in objects.iter().enumerate() {
            self.places.push((*number, Place::In { stream, index }));
        }
        let head = pack::object_stream_head(objects.len(), directory.len(), packed.len());
        self.places.push((stream, Place::At(self.body.len())));
        self.body
            .extend(format!("{stream} 0 obj\n{head}\nstream\n").bytes());
        self.body.extend(packed);
        self.body.extend(b"\nendstream\nendobj\n");
    }

    /// The whole file, with an index that `change` may spoil.
    fn finish(mut self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let own = self
            .places
            .iter()
            .map(|(number, _)| number + 1)
            .max()
            .unwrap();
        let start = self.body.len();
        self.places.push((own, Place::At(start)));
        let mut places = vec![Place::Free; own as usize + 1];
        self.places
            .iter()
            .for_each(|(number, place)| places[*number as usize] = *place);
        let mut table = pack::table(&places);
        change(&mut table);
        let size = table.len() / ENTRY_BYTES;
        let packed = deflate(&table);
        let head = format!(
            "{own} 0 obj\n<</Type/XRef/Size {size}/W[1 4 2]/Root 1 0 R/ID[<00><00>]/Filter\
             /FlateDecode/Length {}>>\nstream\n",
            packed.len()
        );
        self.body.extend(head.bytes());
        self.body.extend(packed);
        let tail = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        self.body.extend(tail.bytes());
        self.body
    }
}

fn good() -> Draft {
    let mut draft = Draft::new();
    draft.packed(4, &[(2, 0), (3, 5)], b"<<>>\n[1]\n");
    draft
}

fn reason(file: &[u8]) -> Reason {
    Layout::read(file).err().expect("refused")
}

#[test]
fn plain_and_packed_objects_are_found_by_number() {
    let mut draft = Draft::new();
    draft.packed(4, &[(2, 0), (3, 12)], b"<</Kids[] >>\n[1 2]\n".as_slice());
    assert_eq!(
        reason(&draft.finish(|_| ())),
        Reason::ObjectStream,
        "an offset is wrong"
    );
    let mut draft = Draft::new();
    draft.packed(4, &[(2, 0), (3, 13)], b"<</Kids[] >>\n[1 2]\n".as_slice());
    let file = draft.finish(|_| ());
    let layout = Layout::read(&file).unwrap();
    assert_eq!(layout.root(), 1);
    assert!(
        layout
            .object(1)
            .unwrap()
            .dictionary()
            .unwrap()
            .has_type(b"Catalog")
    );
    let items = [Object::Integer(1), Object::Integer(2)];
    assert_eq!(layout.object(3).unwrap().array(), Some(&items[..]));
    assert!(layout.object(0).is_none() && layout.object(99).is_none());
    assert!(layout.plain(2).is_none() && layout.plain(1).is_some());
}

#[test]
fn an_object_hidden_in_an_object_stream_is_seen() {
    for content in [
        b"<<>>\n[1]\n<</Hidden 1>>\n".as_slice(),
        b"<<>>\n[1]\n ",
        b"<<>>\n[1]",
        b"<<>> \n[1]\n",
        b"<<>>\n[1] 5\n",
        b"<<>>\n1 0 obj\n",
        b"<<>>\n%[1]\n",
    ] {
        let mut draft = Draft::new();
        draft.packed(4, &[(2, 0), (3, 5)], content);
        assert_eq!(reason(&draft.finish(|_| ())), Reason::ObjectStream);
    }
}

#[test]
fn a_directory_has_one_spelling() {
    for directory in [
        "2 0 3 5",
        "2 0 3 5  ",
        "02 0 3 5 ",
        "2 0 3 5 4 9 ",
        "2 0 3 x ",
        "",
    ] {
        let mut draft = Draft::new();
        let packed = deflate(format!("{directory}<<>>\n[1]\n").as_bytes());
        draft.packed_raw(4, &[(2, 0), (3, 5)], directory.as_bytes(), &packed);
        assert_eq!(
            reason(&draft.finish(|_| ())),
            Reason::ObjectStream,
            "{directory}"
        );
    }
}

#[test]
fn a_number_occurs_exactly_once() {
    let mut twice_packed = good();
    twice_packed.packed(5, &[(3, 0)], b"[7]\n");
    let mut plain_and_packed = Draft::new();
    plain_and_packed.plain(3, "[7]");
    plain_and_packed.packed(4, &[(2, 0), (3, 5)], b"<<>>\n[1]\n");
    let mut twice_plain = Draft::new();
    twice_plain.plain(2, "[7]");
    twice_plain.plain(2, "[8]");
    let mut missing = Draft::new();
    missing.plain(3, "[7]");
    for draft in [plain_and_packed, twice_plain, missing] {
        assert_eq!(reason(&draft.finish(|_| ())), Reason::CrossReference);
    }
    assert!(Layout::read(&twice_packed.finish(|_| ())).is_err());
}

#[test]
fn an_index_that_says_anything_else_is_refused() {
    let changes: [fn(&mut Vec<u8>); 6] = [
        |table| table[0] = 1,
        |table| table[ENTRY_BYTES + 4] ^= 1,
        |table| table[ENTRY_BYTES] = 2,
        |table| table[2 * ENTRY_BYTES + 6] ^= 1,
        |table| table.extend([0; ENTRY_BYTES]),
        |table| table.truncate(table.len() - ENTRY_BYTES),
    ];
    for change in changes {
        let mut draft = Draft::new();
        draft.packed(4, &[(2, 0), (3, 5)], b"<<>>\n[1]\n");
        assert_eq!(reason(&draft.finish(change)), Reason::CrossReference);
    }
}

#[test]
fn bytes_behind_packed_data_are_refused() {
    let mut draft = Draft::new();
    let directory = pack::object_stream_directory(&[(2, 0)]);
    let mut packed = deflate(&[directory.as_slice(), b"<<>>\n"].concat());
    packed.push(b'x');
    draft.packed_raw(3, &[(2, 0)], &directory, &packed);
    assert_eq!(reason(&draft.finish(|_| ())), Reason::ObjectStream);
}

#[test]
fn data_that_unpacks_beyond_the_limit_is_refused_at_the_limit() {
    let zeros = vec![b' '; UNPACKED_BYTES_MAX + 1];
    let packed = deflate(&zeros);
    assert!(packed.len() < UNPACKED_BYTES_MAX / 100);
    assert_eq!(
        inflate(&packed, UNPACKED_BYTES_MAX),
        Err(StreamError::TooLarge)
    );
    let mut draft = Draft::new();
    draft.packed_raw(3, &[(2, 0)], b"2 0 ", &packed);
    assert_eq!(reason(&draft.finish(|_| ())), Reason::ObjectStream);
}

#[test]
fn nothing_stands_between_objects() {
    for between in [
        " ",
        "\n",
        "% comment\n",
        "garbage",
        "2 1 obj\n<<>>\nendobj\n",
    ] {
        let mut draft = Draft::new();
        draft.body.extend(between.bytes());
        draft.plain(2, "<<>>");
        assert_eq!(
            reason(&draft.finish(|_| ())),
            Reason::Objects,
            "{between:?}"
        );
    }
    for length in ["-1", "0", "3", "5", "99999999999999999999", "1 0 R", "4.0"] {
        let mut draft = Draft::new();
        draft.plain(2, &format!("<</Length {length}>>\nstream\nwxyz\nendstream"));
        assert_eq!(reason(&draft.finish(|_| ())), Reason::Objects, "{length}");
    }
}
