//! The `registrar` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(registrar::render::worker::COMMAND) {
        return registrar::render::worker::main();
    }
    ExitCode::SUCCESS
}
