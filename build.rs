//! Says which embedded folders a build depends on, because the macros that embed them cannot.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=report-templates");
    println!("cargo:rerun-if-changed=fixtures/district");
}
