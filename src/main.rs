//! The `registrar` command; everything happens in the library.

/// Layout, and the parsing of what was laid out, allocate little things all the time; with the
/// system's allocator that takes a seventh of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    registrar::cli::main()
}
