//! What only the machine can give: the time, random bytes, the environment, the arguments, and
//! files and folders that only their owner may open.
//!
//! Every other module receives these as arguments, so that a report can be made again to the same
//! bytes and a test can stand at any moment. `clippy.toml` bans the calls everywhere else; each use
//! here says why it may.
//!
//! Never: a global, a cache, a default that hides that the machine was asked.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use jiff::Timestamp;

/// Where the present moment comes from: the machine, or a moment that a test or a rerun fixed.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment.
    Fixed(Timestamp),
}

impl Clock {
    /// The present moment, cut to whole microseconds (the precision of every stored instant).
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Fixed(moment) => *moment,
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the clock"
            )]
            Self::System => {
                let micros = Timestamp::now().as_microsecond();
                Timestamp::from_microsecond(micros).expect("a moment just read is in range")
            }
        }
    }
}

/// `N` bytes from the operating system's generator, for keys, serial numbers and document ids.
///
/// # Panics
/// When the operating system has no randomness to give; nothing may be signed then.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for randomness"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// An environment variable's value, where it is set and is Unicode.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The words of the command line, the program's own name first.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the arguments"
)]
pub fn arguments() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::args_os()
}

/// How the person who started this program calls it, so that a suggested command can be copied.
pub fn program() -> String {
    let called = arguments().next();
    let called = called.map(|name| name.to_string_lossy().into_owned());
    called.unwrap_or_else(|| env!("CARGO_PKG_NAME").to_owned())
}

/// A beginning from which time is measured: to be shown, or to bound a worker's share; it never
/// enters a document.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that measures time"
)]
pub fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

/// How a file is made that only its owner may read or write, from its first moment on, since it is
/// about students. Whoever opens it says whether it may be there already.
pub fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes such a file, which is not there yet.
///
/// # Errors
/// What the system said; [`io::ErrorKind::AlreadyExists`].
pub fn new_private_file(path: &Path) -> io::Result<File> {
    private_file().create_new(true).open(path)
}

/// How a folder is made that only its owner may enter; one that exists keeps its mode.
pub fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Reads a file of at most so many bytes. A device or a pipe, whose size nobody knows and which may
/// never end, is refused before it is opened.
///
/// # Errors
/// What the system said; [`io::ErrorKind::InvalidInput`] where it is no file,
/// [`io::ErrorKind::FileTooLarge`] where it has more.
pub fn read_file(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(bytes_max.saturating_add(1));
    if file.read_to_end(&mut bytes)? as u64 > bytes_max {
        let told = format!("it has more than {bytes_max} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, told));
    }
    Ok(bytes)
}
