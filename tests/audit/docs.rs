//! `docs/audit.md` tells every check as the program has it.

use std::fmt::Write as _;

use registrar::transcript::audit::CHECKS;

const BEGIN: &str = "<!-- checks begin -->\n";
const END: &str = "<!-- checks end -->";

fn table() -> String {
    let mut text = String::from("| code | severity | what it finds | source | what to do |\n");
    text.push_str("|---|---|---|---|---|\n");
    for check in &CHECKS {
        let fixed = if check.class.is_fixed() {
            ", fixed"
        } else {
            ""
        };
        let (code, severity, meaning) = (check.code, check.severity, check.meaning);
        let (source, hint) = (check.source, check.hint);
        let line = format!("| `{code}` | {severity}{fixed} | {meaning} | {source} | {hint} |");
        writeln!(text, "{line}").expect("memory");
    }
    text
}

#[test]
fn the_page_tells_every_check_as_the_program_has_it() {
    let page = std::fs::read_to_string("docs/audit.md").expect("the page is there");
    let (before, rest) = page.split_once(BEGIN).expect("the table begins");
    let (told, after) = rest.split_once(END).expect("the table ends");
    if registrar::host::environment("REGISTRAR_WRITE_DOCS").is_some() {
        let page = format!("{before}{BEGIN}{}{END}{after}", table());
        return std::fs::write("docs/audit.md", page).expect("written");
    }
    assert!(told == table(), "docs/audit.md must say:\n{}", table());
}
