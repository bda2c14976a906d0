//! What only the machine can give: the time, random bytes, the environment, the arguments, and
//! files and folders that only their owner may open.
//!
//! Every other module receives these as arguments, so that a report can be made again to the same
//! bytes and a test can stand at any moment. `clippy.toml` bans the calls everywhere else; each use
//! here says why it may.
//!
//! Never: a global, a cache, a default that hides that the machine was asked.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
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

/// Makes a file, not there yet, that only its owner may read or write, from its first moment on,
/// since it is about students.
///
/// # Errors
/// What the system said; [`io::ErrorKind::AlreadyExists`].
pub fn new_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes such a file whole, in place of what is there: made anew beside its place and moved there,
/// so that nobody ever reads half of it, a file that others may read does not stay one, and what a
/// link points to stays as it is.
///
/// # Errors
/// What the system said; [`io::ErrorKind::InvalidInput`] where a folder, a device or a pipe is.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Of a link it is asked what it leads to: `/dev/stdout` is one.
    if std::fs::metadata(path).is_ok_and(|it| !it.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let name = name.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", hex::encode(random_bytes::<8>())));
    let mut file = new_private_file(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    let moved = written.and_then(|()| std::fs::rename(&beside, path));
    if moved.is_err() {
        // The error that led here is the one to report.
        let _: io::Result<()> = std::fs::remove_file(&beside);
    }
    moved
}

/// How a folder is made that only its owner may enter; one that exists keeps its mode.
pub fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// The secret of a file, made of random bytes where there is none yet; and whether it was. It is
/// made whole beside its place, and what two programs make at once is one of theirs.
///
/// # Errors
/// What the system said; [`io::ErrorKind::InvalidData`] where the file holds something else.
pub fn kept_secret<const N: usize>(path: &Path) -> io::Result<([u8; N], bool)> {
    let read = |path: &Path| {
        let bytes = read_file(path, 2 * N as u64 + 1)?;
        let mut secret = [0; N];
        let wrong = io::Error::new(io::ErrorKind::InvalidData, "it does not hold the key");
        match hex::decode_to_slice(bytes.trim_ascii(), &mut secret) {
            Ok(()) => Ok(secret),
            Err(_) => Err(wrong),
        }
    };
    match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return Ok((read?, false)),
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let beside = path.with_file_name(format!(
        ".{}.{}.new",
        name.to_string_lossy(),
        hex::encode(random_bytes::<8>())
    ));
    let secret = random_bytes::<N>();
    write_private(&beside, format!("{}\n", hex::encode(secret)).as_bytes())?;
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((read(path)?, false)),
        linked => linked.map(|()| (secret, true)),
    }
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
    whole(File::open(path)?, bytes_max)
}

/// Opens a file of at most so many bytes that somebody else made and named: itself and no link to
/// another, nothing that never ends, and nothing that waits for whoever opens it.
///
/// # Errors
/// As [`read_file`], and [`io::ErrorKind::InvalidInput`] for a link.
pub fn open_strange_file(path: &Path, bytes_max: u64) -> io::Result<io::Take<File>> {
    let refused = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    let is = std::fs::symlink_metadata(path)?.file_type();
    if is.is_symlink() {
        return refused("it is a link");
    }
    if !is.is_file() {
        return refused("it is no file");
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // What was put in its place meanwhile is neither followed nor waited for.
    #[cfg(target_os = "linux")]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK,
    );
    let file = options.open(path)?;
    let opened = file.metadata()?;
    if !opened.is_file() {
        return refused("it is no file");
    }
    if opened.len() > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(file.take(bytes_max))
}

fn whole(file: File, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = file.take(bytes_max.saturating_add(1));
    if file.read_to_end(&mut bytes)? as u64 > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(bytes)
}

fn too_large(bytes_max: u64) -> io::Error {
    let told = format!("it has more than {bytes_max} bytes");
    io::Error::new(io::ErrorKind::FileTooLarge, told)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_private_file_takes_the_place_of_a_file_or_a_link_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let text = |name: &str| std::fs::read_to_string(path(name)).expect("text");
        let open = path("open.pdf");
        std::fs::write(&open, "before").expect("written");
        let mode = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&open, mode).expect("set");
        std::fs::write(path("elsewhere"), "of another").expect("written");
        symlink(path("elsewhere"), path("link.pdf")).expect("linked");
        for name in ["open.pdf", "link.pdf", "new.pdf"] {
            write_private(&path(name), b"of a child").expect("written");
            let now = std::fs::symlink_metadata(path(name)).expect("there");
            assert!(now.is_file(), "{name}");
            assert_eq!(now.permissions().mode() & 0o777, 0o600, "{name}");
            assert_eq!(text(name), "of a child");
        }
        assert_eq!(text("elsewhere"), "of another");
        std::fs::create_dir(path("folder")).expect("made");
        let refused = write_private(&path("folder"), b"of a child").expect_err("a folder");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        symlink("/dev/null", path("device")).expect("linked");
        assert!(write_private(&path("device"), b"").is_err());
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 6, "nothing is left beside");
    }

    #[test]
    fn a_secret_is_made_once_and_anything_else_in_its_place_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("case-numbers.key");
        let (secret, is_new) = kept_secret::<32>(&path).expect("made");
        assert!(is_new && secret != [0; 32]);
        let mode = std::fs::metadata(&path).expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        assert_eq!(kept_secret(&path).expect("read"), (secret, false));
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1
        );
        for other in ["", "00\n", &"x".repeat(64), &"0".repeat(80)] {
            std::fs::write(&path, other).expect("written");
            kept_secret::<32>(&path).expect_err("no key");
            let left = std::fs::read_to_string(&path).expect("text");
            assert_eq!(left, other, "what is there stays");
        }
    }

    #[test]
    fn a_strange_file_is_a_file_of_bounded_size_or_it_is_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "12345").expect("written");
        symlink(path("file"), path("link")).expect("linked");
        let mut make = std::process::Command::new("mkfifo");
        let made = make.arg(path("pipe")).status();
        assert!(made.expect("it runs").success());
        let said = |path: &Path| {
            let refused = open_strange_file(path, 4).expect_err("refused");
            refused.to_string()
        };
        assert_eq!(said(&path("link")), "it is a link");
        for device in [&*path("pipe"), Path::new("/dev/zero"), folder.path()] {
            assert_eq!(said(device), "it is no file");
        }
        assert_eq!(said(&path("file")), "it has more than 4 bytes");
        let mut read = String::new();
        let mut file = open_strange_file(&path("file"), 5).expect("a file");
        file.read_to_string(&mut read).expect("text");
        assert_eq!(read, "12345");
    }
}
