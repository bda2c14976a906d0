//! What a worker gives up before it reads a template.
//!
//! Three layers, each as far as the kernel has it: resource limits, Landlock (no file, no TCP port,
//! no signal to another process) and a seccomp filter that allows little more than memory and the
//! three pipes. None can be taken back, and `no_new_privs` keeps it so over an `execve`, which the
//! filter refuses anyway.
//!
//! Never: a template before [`confine`] has run. A kernel without a layer is not an error here;
//! `registrar doctor` prints what [`support`] says.

/// One layer of protection on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What it is called.
    pub name: &'static str,
    /// Whether the kernel has it; else why not and what that means.
    pub state: Result<(), String>,
}

#[cfg(target_os = "linux")]
pub use linux::{confine, cpu_seconds, limit_resources, support};

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{confine, cpu_seconds, limit_resources, support};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::io;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr,
        RulesetCreatedAttr, Scope,
    };
    use rlimit::{INFINITY, Resource};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    use super::Protection;

    /// Stack of the thread that lays out. Typst bounds its recursion; this is room for its bounds.
    const STACK_BYTES_MAX: u64 = 64 << 20;

    /// Files that a worker may hold open: the three pipes.
    const FILES_MAX: u64 = 3;

    /// Binds this process to its memory and forbids it to create files, core dumps and descriptors.
    ///
    /// # Errors
    /// When the operating system refuses a limit.
    pub fn limit_resources(memory_bytes_max: u64) -> io::Result<()> {
        let hard_stack = Resource::STACK.get_hard()?;
        Resource::STACK.set(STACK_BYTES_MAX.min(hard_stack), hard_stack)?;
        Resource::CORE.set(0, 0)?;
        Resource::FSIZE.set(0, 0)?;
        Resource::AS.set(memory_bytes_max, memory_bytes_max)
    }

    /// Ends this process once it has used `seconds` of processor time in all: a worker whose pool
    /// died cannot be stopped by anyone else.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn cpu_seconds(seconds: u64) -> io::Result<()> {
        Resource::CPU.set(seconds, INFINITY)
    }

    /// Gives up files, network, signals and new processes, for the calling thread and for good.
    ///
    /// # Errors
    /// When a layer that the kernel has cannot be put in place.
    pub fn confine() -> io::Result<()> {
        landlock().map_err(io::Error::other)?;
        Resource::NOFILE.set(FILES_MAX, FILES_MAX)?;
        match seccompiler::apply_filter(&filter().map_err(io::Error::other)?) {
            Err(seccompiler::Error::Seccomp(cause)) if not_built_in(&cause) => Ok(()),
            applied => applied.map_err(io::Error::other),
        }
    }

    /// What a kernel without seccomp filters answers.
    fn not_built_in(cause: &io::Error) -> bool {
        matches!(cause.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL))
    }

    /// No rule follows, so everything that the ruleset handles is denied.
    fn landlock() -> Result<(), landlock::RulesetError> {
        let newest = ABI::V7;
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(newest))?
            .handle_access(AccessNet::from_all(newest))?
            .scope(Scope::from_all(newest))?
            .create()?
            .no_new_privs(true)
            .restrict_self()?;
        Ok(())
    }

    /// Allows memory, the pipes, and what ending a process takes. All else fails with `EPERM`
    /// instead of killing, so that a failed allocation can still say what it was.
    fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
        let argument = |at, operator, value| {
            SeccompCondition::new(at, SeccompCmpArgLen::Dword, operator, value)
        };
        let only = |condition| Ok(vec![SeccompRule::new(vec![condition])?]);
        let no_code = SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into());
        let stdin = libc::STDIN_FILENO.unsigned_abs().into();
        let [stdout, stderr] =
            [libc::STDOUT_FILENO, libc::STDERR_FILENO].map(|file| file.unsigned_abs().into());
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FREE.map(|call| (call, vec![])).into();
        rules.insert(libc::SYS_read, only(argument(0, SeccompCmpOp::Eq, stdin)?)?);
        let to_pool = vec![
            SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, stdout)?])?,
            SeccompRule::new(vec![argument(0, SeccompCmpOp::Eq, stderr)?])?,
        ];
        rules.insert(libc::SYS_write, to_pool.clone());
        rules.insert(libc::SYS_writev, to_pool);
        // Memory, but no file's, should this program have been started with one left open.
        let anonymous = u64::from(libc::MAP_ANONYMOUS.unsigned_abs());
        let memory = argument(3, SeccompCmpOp::MaskedEq(anonymous), anonymous)?;
        let mapping = SeccompRule::new(vec![argument(2, no_code.clone(), 0)?, memory])?;
        rules.insert(libc::SYS_mmap, vec![mapping]);
        rules.insert(libc::SYS_mprotect, only(argument(2, no_code, 0)?)?);
        // Its own limits, of which only that of processor time is not fixed yet.
        rules.insert(
            libc::SYS_prlimit64,
            only(argument(0, SeccompCmpOp::Eq, 0)?)?,
        );
        SeccompFilter::new(
            rules,
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    }

    /// Calls that reach nothing outside of the process, whatever their arguments.
    const FREE: [i64; 20] = [
        libc::SYS_brk,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_tgkill, // `abort`; Landlock scopes it to this process
        libc::SYS_rseq,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    /// Which layers this machine has.
    pub fn support() -> Vec<Protection> {
        let missing = || {
            Err(
                "this kernel does not have it: only the other layers would hold a template that \
                 took over its worker"
                    .to_owned(),
            )
        };
        let files = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))
            .and_then(Ruleset::create);
        let network = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessNet::from_all(ABI::V4))
            .and_then(Ruleset::create);
        let actions = std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail");
        let errno = actions.is_ok_and(|known| known.split_whitespace().any(|name| name == "errno"));
        vec![
            Protection {
                name: "Landlock for files (Linux 5.13)",
                state: files.map(drop).or_else(|_| missing()),
            },
            Protection {
                name: "Landlock for the network (Linux 6.7)",
                state: network.map(drop).or_else(|_| missing()),
            },
            Protection {
                name: "seccomp filters",
                state: if errno { Ok(()) } else { missing() },
            },
        ]
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::fs;
        use std::io::{Read, Write};
        use std::net::{TcpListener, TcpStream, UdpSocket};
        use std::os::unix::net::UnixDatagram;
        use std::process::Command;

        /// What one call came to, without the texts that differ between machines.
        fn denied<T>(outcome: io::Result<T>) -> bool {
            outcome.is_err_and(|cause| cause.kind() == io::ErrorKind::PermissionDenied)
        }

        #[test]
        fn a_confined_thread_reaches_no_file_network_or_process() {
            let directory = std::path::PathBuf::from("/tmp");
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = listener.local_addr().expect("its address");
            let mut left_open = fs::File::open("/etc/passwd").expect("a file");
            let mut pipe = std::io::pipe().expect("a pipe").1;
            // Only the calling thread is confined, so the test process goes on as it was.
            let outcomes = std::thread::spawn(move || {
                landlock().expect("Landlock is in place");
                seccompiler::apply_filter(&filter().expect("a filter")).expect("it is in place");
                [
                    ("read a file", denied(fs::read("/etc/passwd"))),
                    ("list a directory", denied(fs::read_dir("/"))),
                    (
                        "create a file",
                        denied(fs::write(directory.join("escaped"), "x")),
                    ),
                    ("remove a file", denied(fs::remove_file("/etc/passwd"))),
                    ("connect", denied(TcpStream::connect(port))),
                    ("listen", denied(TcpListener::bind("127.0.0.1:0"))),
                    ("send a packet", denied(UdpSocket::bind("127.0.0.1:0"))),
                    ("local socket", denied(UnixDatagram::unbound())),
                    ("run a program", denied(Command::new("/bin/true").spawn())),
                    (
                        "start a thread",
                        denied(std::thread::Builder::new().spawn(|| ())),
                    ),
                    (
                        "read what was left open",
                        denied(left_open.read(&mut [0; 8])),
                    ),
                    ("write to what was left open", denied(pipe.write(b"x"))),
                    (
                        "allocate",
                        vec![1_u8; 1 << 24].iter().all(|byte| *byte == 1),
                    ),
                ]
            })
            .join()
            .expect("the thread ends by itself");
            for (what, as_wanted) in outcomes {
                assert!(as_wanted, "{what}");
            }
            assert!(
                fs::read("/etc/passwd").is_ok(),
                "the test itself can read it"
            );
        }

        #[test]
        fn landlock_alone_denies_files_too() {
            let denied = std::thread::spawn(|| {
                landlock().expect("Landlock is in place");
                denied(fs::read("/etc/passwd"))
            });
            assert!(denied.join().expect("the thread ends by itself"));
        }

        #[test]
        fn this_machine_has_every_layer() {
            for layer in support() {
                assert_eq!(layer.state, Ok(()), "{}", layer.name);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;

    use super::Protection;

    /// No limits here: only the pool's deadline stops a worker.
    pub fn limit_resources(_: u64) -> io::Result<()> {
        Ok(())
    }

    /// No limits here.
    pub fn cpu_seconds(_: u64) -> io::Result<()> {
        Ok(())
    }

    /// No confinement here.
    pub fn confine() -> io::Result<()> {
        Ok(())
    }

    /// Says that this system has none of the layers.
    pub fn support() -> Vec<Protection> {
        let state = Err("only on Linux; use templates that you trust".to_owned());
        vec![Protection {
            name: "confined render workers",
            state,
        }]
    }
}
