//! The `registrar` command; everything happens in the library.

fn main() -> std::process::ExitCode {
    registrar::cli::main()
}
