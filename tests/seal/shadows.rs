//! Shadow attacks (Mainka, Mladenov, Rohlmann: "Shadow Attacks: Hiding and Replacing Content in
//! Signed PDFs", NDSS 2021): a file is prepared, signed, and then shows something else by an
//! incremental update that many viewers call harmless.
//!
//! Three families: *hide* covers or drops what was signed, *replace* changes what it looks like,
//! *hide and replace* turns to content of another author while the signed one stays in the file.
//! Here each is built on an issued transcript as a real update, another program shows that it takes
//! effect, and the verifier refuses it for what it is: a second revision.

use registrar::seal::{Fact, Reason};
use tempfile::TempDir;

use crate::issued::issued;
use crate::judges::run;
use crate::target::Target;

/// What the attacker wants a college to read.
const FORGED: &str = "GRADE POINT AVERAGE 4.00";
/// Dots in an inch: enough to see that a page looks different.
const RESOLUTION: &str = "20";

/// An attack: its name, the objects of its update, and whether it brings forged text.
type Attack = (&'static str, Vec<(usize, String)>, bool);

fn stream(content: &str) -> String {
    let length = content.len();
    format!("<</Length {length}>>\nstream\n{content}\nendstream")
}

fn form(content: &str) -> String {
    let entries = "/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources";
    format!("<<{entries} {}{}", resources(), &stream(content)[2..])
}

fn resources() -> &'static str {
    "<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
}

/// The dictionary with the value of this entry replaced, up to the next one.
fn with(dictionary: &str, entry: &str, value: &str) -> String {
    let at = dictionary.find(entry).expect(entry);
    let rest = &dictionary[at + entry.len()..];
    let end = at + entry.len() + rest.find(['/', '>']).expect("an end");
    format!("{}{entry}{value}{}", &dictionary[..at], &dictionary[end..])
}

/// The number of the object that the entry refers to.
fn reference(dictionary: &str, entry: &str) -> usize {
    let at = dictionary.find(entry).expect(entry) + entry.len();
    let digits = dictionary[at..].trim_start().split(' ').next();
    digits.expect("a number").parse().expect("a number")
}

fn hide(target: &Target) -> Vec<Attack> {
    const WHITE: &str = "q 1 1 1 rg 0 0 612 792 re f Q";
    let (page, text) = target.object_with("/Type/Page/");
    let (content, free) = (reference(&text, "/Contents"), target.size());
    let over = with(&text, "/Contents", &format!("[{content} 0 R {free} 0 R]"));
    let square = format!(
        "<</Type/Annot/Subtype/Square/Rect[0 0 612 792]/F 4/AP<</N {} 0 R>>>>",
        free + 1
    );
    let annotated = text.replace("/Annots[", &format!("/Annots[{free} 0 R "));
    vec![
        (
            "covered by content",
            vec![(page, over), (free, stream(WHITE))],
            false,
        ),
        (
            "covered by an annotation",
            vec![(page, annotated), (free, square), (free + 1, form(WHITE))],
            false,
        ),
        ("emptied", vec![(content, stream(""))], false),
        (
            "without its fonts",
            vec![(page, with(&text, "/Resources", "<<>>"))],
            false,
        ),
    ]
}

fn replace(target: &Target, shown: &str) -> Vec<Attack> {
    let (page, text) = target.object_with("/Type/Page/");
    let (field, field_text) = target.object_with("/FT/Sig");
    let (content, free) = (reference(&text, "/Contents"), target.size());
    let page_text = with(&text, "/Resources", resources());
    let widget = field_text.replace("/Rect[0 0 0 0]", "/Rect[0 0 612 792]");
    let widget = widget.replace("/F 132", &format!("/F 4/AP<</N {free} 0 R>>"));
    vec![
        (
            "other content under the same number",
            vec![(page, page_text), (content, stream(shown))],
            true,
        ),
        (
            "an appearance of the signature's field",
            vec![(field, widget), (free, form(shown))],
            true,
        ),
    ]
}

fn hide_and_replace(target: &Target, shown: &str) -> Vec<Attack> {
    let (catalog, catalog_text) = target.catalog();
    let (page, text) = target.object_with("/Type/Page/");
    let (pages, free) = (reference(&text, "/Parent"), target.size());
    let (page_text, content) = (with(&text, "/Resources", resources()), free + 1);
    let page_text = with(&page_text, "/Contents", &format!(" {content} 0 R"));
    let tree = format!("<</Type/Pages/Count 1/Kids[{free} 0 R]>>");
    let elsewhere = with(&page_text, "/Parent", &format!(" {} 0 R", free + 2));
    let turned = with(&catalog_text, "/Pages", &format!(" {} 0 R", free + 2));
    vec![
        (
            "another page under the signed catalog",
            vec![
                (pages, tree.clone()),
                (free, page_text.clone()),
                (content, stream(shown)),
            ],
            true,
        ),
        (
            "another page under the same number",
            vec![(page, page_text), (content, stream(shown))],
            true,
        ),
        (
            "another catalog and pages of its own",
            vec![
                (catalog, turned),
                (free, elsewhere),
                (content, stream(shown)),
                (free + 2, tree),
            ],
            true,
        ),
    ]
}

/// What another program makes of the first page: its picture and its text.
fn seen(folder: &TempDir, bytes: &[u8]) -> (Vec<u8>, String) {
    std::fs::write(folder.path().join("seen.pdf"), bytes).expect("written");
    let first = ["-f", "1", "-l", "1"];
    let draw = [&first[..], &["-r", RESOLUTION, "seen.pdf"]].concat();
    let picture = run("pdftoppm", &draw, folder).stdout;
    let read = [&first[..], &["seen.pdf", "-"]].concat();
    let text = run("pdftotext", &read, folder).stdout;
    (picture, String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn what_an_update_hides_or_replaces_on_an_issued_transcript_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = format!("BT /F 24 Tf 72 500 Td ({FORGED}) Tj ET");
    for issued in issued() {
        for file in &issued.files[..2] {
            let target = Target {
                bytes: file.clone(),
                trust: issued.trust.clone(),
            };
            let signed = seen(&folder, &target.bytes);
            assert!(!signed.1.contains(FORGED) && signed.0.len() > 1_000);
            let attacks = [hide(&target), replace(&target, &shown)];
            let attacks = attacks.into_iter().flatten();
            for (name, objects, forges) in attacks.chain(hide_and_replace(&target, &shown)) {
                let update = target.updated(&objects, true);
                let (picture, text) = seen(&folder, &update);
                assert_ne!(picture, signed.0, "{name} has no effect");
                assert_eq!(text.contains(FORGED), forges, "{name}: {text}");
                for forged in [update, target.updated(&objects, false)] {
                    let (fact, reason) = (Fact::NothingAddedSince, Reason::MoreThanOneRevision);
                    target.refuses_because(name, &forged, fact, reason);
                }
            }
        }
    }
}
