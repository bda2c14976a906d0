//! What a page's Typst may not do: fail to parse, evaluate text, load code, fetch packages, say
//! something of one person alone, keep something from screen readers.
//!
//! The renderer's Typst has no `eval` and no `plugin`, and serves no other file; this finds such a
//! use earlier and says where. It reads syntax only.

use typst::syntax::ast::FieldAccess;
use typst::syntax::{LinkedNode, Source, SyntaxKind};

use super::identity::Aliases;
use super::problem::{Cause, Problem};

/// Functions that make text code, or read what is not the model.
const FORBIDDEN: [&str; 3] = ["eval", "plugin", "read"];

/// Everything that is wrong with one Typst file.
pub(super) fn lint(file: &str, text: &str) -> Vec<Problem> {
    let source = Source::detached(text);
    let mut messages = source.root().errors_and_warnings().0.into_iter();
    let aliases = Aliases::in_file(source.root());
    let mut problems = Vec::new();
    let mut open = vec![LinkedNode::new(source.root())];
    while let Some(node) = open.pop() {
        let cause = match node.kind() {
            SyntaxKind::Error => messages.next().map(|error| Cause::TypstSyntax {
                message: error.message.to_string(),
                advice: error.hints.first().map(|hint| hint.v.to_string()),
            }),
            SyntaxKind::Ident | SyntaxKind::MathIdent => {
                forbidden_name(node.leaf_text()).or_else(|| odd_pdf(&node))
            }
            SyntaxKind::Str => package(&node),
            _ => aliases.asked(&node).map(Cause::OfOnePerson),
        };
        let line = text[..node.offset()].matches('\n').count() + 1;
        problems.extend(cause.map(|cause| Problem::new(file, Some(line), cause)));
        let mut children: Vec<_> = node.children().collect();
        children.reverse();
        open.append(&mut children);
    }
    problems
}

fn forbidden_name(name: &str) -> Option<Cause> {
    if name == "artifact" {
        return Some(Cause::Unread);
    }
    FORBIDDEN
        .contains(&name)
        .then(|| Cause::Forbidden(name.to_owned()))
}

/// What a page may use of Typst's module `pdf`; of the rest one function would take a part of the
/// page away from screen readers.
const OF_PDF: [&str; 3] = ["data-cell", "header-cell", "table-summary"];

/// The module `pdf` itself: where it stands alone, whatever it holds could be taken out of it.
fn odd_pdf(node: &LinkedNode<'_>) -> Option<Cause> {
    let parent = node.parent()?;
    let is_key = parent.kind() == SyntaxKind::Named && node.index() == 0;
    let field = parent.cast::<FieldAccess<'_>>();
    let is_allowed = field.is_some_and(|access| {
        let field = access.field();
        // Of what is forbidden that is said itself.
        let is_said = forbidden_name(field.as_str()).is_some();
        node.index() == 0 && (is_said || OF_PDF.contains(&field.as_str()))
    });
    (node.leaf_text() == "pdf" && !is_key && !is_allowed).then_some(Cause::OddPdf)
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
        for hidden in [
            "#let p = person\n#if p.name == \"A\" [x]",
            "#let id = person.student_id\n#if id == \"78\" [x]",
            "#let (name, student_id: number) = person\n#if number != \"78\" [x]",
            "#let (student: pupil, terms) = model\n#if pupil.name == \"A\" [x]",
            "#let one = \"A\"\n#if person.name == one [x]",
            "#if person.student_id.starts-with(\"78\") [x]",
            "#if person.birth_date.slice(0, 4) == \"2008\" [x]",
            "#if lower(person.name).contains(\"ana\") [x]",
            "#if int(person.student_id) == 78 [x]",
            "#if person.at(\"name\") == \"A\" [x]",
            "#(\"78\": [x]).at(person.student_id, default: none)",
            "#if (\"78\", \"79\").contains(person.student_id) [x]",
        ] {
            let found = lint("layout.typ", hidden);
            assert_eq!(found.len(), 1, "{hidden}: {found:?}");
            assert!(matches!(found[0].cause, Cause::OfOnePerson(_)), "{hidden}");
        }
        let general = "#if term.school != school.name [x]\n#if average.name == \"weighted\" [x]\n\
                       #if person.state_id != none [x]\n#if issue.id != \"\" [x]\n\
                       #if term.name == \"Summer\" [x]\n#if \"-\" in person.name [x]\n\
                       #if person.name.contains(\", \") [x]\n#if person.name.len() > 200 [x]\n\
                       #let (last, first) = person.name.split(\", \")\n\
                       #let p = school\n#if p.name == \"Ironwood Terrace\" [x]";
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
            let is_told = problems.iter().any(|it| it.cause == Cause::Unread);
            assert!(is_told, "{text}: {problems:?}");
        }
    }

    #[test]
    fn of_the_module_pdf_only_what_tells_of_cells_is_used() {
        for text in [
            "#dictionary(pdf).at(\"arti\" + \"fact\")[Biology]",
            "#let hidden = pdf",
            "#import pdf: *",
            "#std.pdf.header-cell[x]",
        ] {
            assert_eq!(lint("layout.typ", text)[0].cause, Cause::OddPdf, "{text}");
        }
        let good = "#pdf.header-cell(scope: \"row\")[A]\n#let files = (pdf: \"profile.pdf\")\n\
                    #pdf.data-cell[A] a pdf";
        assert_eq!(lint("layout.typ", good), []);
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
