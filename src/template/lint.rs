//! What a page's Typst may not do: fail to parse, evaluate text, load code, fetch packages, say
//! something of one person alone, keep something from screen readers.
//!
//! The renderer's Typst has no `eval` and no `plugin`, and serves no other file; this finds such a
//! use earlier and says where. It reads syntax only.

use typst::syntax::{LinkedNode, Source, SyntaxKind};

use super::problem::{Cause, Problem};

/// Functions that make text code, or read what is not the model.
const FORBIDDEN: [&str; 3] = ["eval", "plugin", "read"];

/// Everything that is wrong with one Typst file.
pub(super) fn lint(file: &str, text: &str) -> Vec<Problem> {
    let source = Source::detached(text);
    let mut messages = source.root().errors_and_warnings().0.into_iter();
    let mut problems = Vec::new();
    let mut open = vec![LinkedNode::new(source.root())];
    while let Some(node) = open.pop() {
        let cause = match node.kind() {
            SyntaxKind::Error => messages.next().map(|error| Cause::TypstSyntax {
                message: error.message.to_string(),
                advice: error.hints.first().map(|hint| hint.v.to_string()),
            }),
            SyntaxKind::Ident | SyntaxKind::MathIdent => forbidden_name(node.leaf_text()),
            SyntaxKind::Str => package(&node),
            SyntaxKind::Binary => of_one_person(&node),
            _ => None,
        };
        let line = text[..node.offset()].matches('\n').count() + 1;
        problems.extend(cause.map(|cause| Problem::new(file, Some(line), cause)));
        let mut children: Vec<_> = node.children().collect();
        children.reverse();
        open.append(&mut children);
    }
    problems
}

/// Fields by which one person, or one document, is told from all others.
const IDENTITY: [&str; 3] = ["birth_date", "state_id", "student_id"];

/// The same of fields with names that others have, too: `person.name`, `issue.id`.
const IDENTITY_OF: [(&str, &[&str]); 2] = [
    ("name", &["person", "student"]),
    ("id", &["document", "issue"]),
];

/// A field that says who somebody is, compared with a text of the template's own.
fn of_one_person(node: &LinkedNode<'_>) -> Option<Cause> {
    const COMPARING: [SyntaxKind; 7] = [
        SyntaxKind::EqEq,
        SyntaxKind::ExclEq,
        SyntaxKind::In,
        SyntaxKind::Lt,
        SyntaxKind::LtEq,
        SyntaxKind::Gt,
        SyntaxKind::GtEq,
    ];
    if !node
        .children()
        .any(|child| COMPARING.contains(&child.kind()))
    {
        return None;
    }
    let literal = |child: &LinkedNode<'_>| match child.kind() {
        // An empty text is nobody's.
        SyntaxKind::Str => child.leaf_text() != "\"\"",
        SyntaxKind::Array => child.children().any(|item| item.kind() == SyntaxKind::Str),
        _ => false,
    };
    let field = node.children().find_map(|child| {
        let path = child.full_text();
        let mut parts = path.rsplit('.').map(str::trim);
        let (last, of) = (parts.next()?, parts.next()?);
        let by_owner = IDENTITY_OF
            .iter()
            .any(|(name, owners)| *name == last && owners.contains(&of));
        let is_field = child.kind() == SyntaxKind::FieldAccess;
        (is_field && (IDENTITY.contains(&last) || by_owner)).then(|| path.to_string())
    })?;
    let is_literal = node.children().any(|child| literal(&child));
    is_literal.then_some(Cause::OfOnePerson(field))
}

fn forbidden_name(name: &str) -> Option<Cause> {
    if name == "artifact" {
        return Some(Cause::Unread);
    }
    FORBIDDEN
        .contains(&name)
        .then(|| Cause::Forbidden(name.to_owned()))
}

/// A string that an import names as a package.
fn package(node: &LinkedNode<'_>) -> Option<Cause> {
    let imported = matches!(
        node.parent_kind(),
        Some(SyntaxKind::ModuleImport | SyntaxKind::ModuleInclude)
    );
    let text = node.leaf_text();
    (imported && text.starts_with("\"@"))
        .then(|| Cause::Forbidden(text.trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_read_its_model() {
        assert_eq!(
            lint("layout.typ", "#let model = json(\"/model.json\")\n= Title"),
            []
        );
    }

    #[test]
    fn a_page_says_nothing_of_one_person_alone() {
        let text = "#if person.student_id == \"78\" [x]\n\
                    #if model.student.name in (\"A\", \"B\") [x]\n\
                    #if \"2008-01-01\" < student.birth_date [x]\n#if issue.id != \"0\" [x]";
        let lines: Vec<_> = lint("layout.typ", text)
            .into_iter()
            .map(|problem| (problem.line, matches!(problem.cause, Cause::OfOnePerson(_))))
            .collect();
        assert_eq!(lines, [1, 2, 3, 4].map(|line| (Some(line), true)));
        let general = "#if term.school != school.name [x]\n#if average.name == \"weighted\" [x]\n\
                       #if person.state_id != none [x]\n#if issue.id != \"\" [x]\n\
                       #if term.name == \"Summer\" [x]";
        assert_eq!(lint("layout.typ", general), []);
    }

    #[test]
    fn nothing_on_a_page_is_kept_from_screen_readers() {
        for text in [
            "#pdf.artifact[Biology]",
            "#let hush = pdf.artifact",
            "#import pdf: artifact",
        ] {
            let problems = lint("layout.typ", text);
            assert_eq!(problems[0].cause, Cause::Unread, "{text}");
        }
    }

    #[test]
    fn what_a_page_may_not_do_is_named_with_its_line() {
        let text = "#import \"@preview/cetz:0.3.0\": canvas\n#let run = std.eval\n\
                    #(run)(\"1\")\n#let x = ";
        let problems = lint("kit.typ", text);
        let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [Some(1), Some(2), Some(4)]);
        assert_eq!(
            problems[0].cause,
            Cause::Forbidden("@preview/cetz:0.3.0".to_owned())
        );
        assert_eq!(problems[1].cause, Cause::Forbidden("eval".to_owned()));
        assert!(matches!(problems[2].cause, Cause::TypstSyntax { .. }));
    }
}
