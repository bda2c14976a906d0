//! The worker processes of one template, as the rest of the program sees them.
//!
//! Never: trust in a worker. What it answers is bounded and parsed; one that is late, dead or
//! confused is killed, and the next document gets a new one.

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

use super::message::{self, Message, Reply};
use super::{Job, LimitKind, Limits, RenderError, Rendered, renderer, worker};
use crate::template::Composed;

/// How long a worker that closed its pipe may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(1);

/// Bytes of a dead worker's last words that are read.
const LAST_WORDS_BYTES_MAX: u64 = 4_096;

/// Workers that lay out documents of one template.
///
/// Workers start when they are first needed and stop with the pool. A caller waits while all are
/// busy; the pool keeps no queue of its own.
pub struct Pool {
    program: PathBuf,
    limits: Limits,
    /// The first two frames that each worker is sent.
    greeting: Vec<u8>,
    /// As many permits as workers may run.
    free: Semaphore,
    idle: Mutex<Vec<Worker>>,
    running: Arc<Mutex<BTreeSet<u32>>>,
}

impl Pool {
    /// A pool of at most `workers` processes, each this program under [`worker::COMMAND`].
    ///
    /// # Errors
    /// [`RenderError::Limit`] when the template is too large, [`RenderError::NoWorker`] when this
    /// program cannot be found. The template is read by the first worker, not here.
    pub fn start(
        template: &Composed,
        limits: Limits,
        workers: NonZeroUsize,
    ) -> Result<Self, RenderError> {
        Self::start_with(this_program()?, template, limits, workers)
    }

    /// As [`Pool::start`], with workers made from `program`, which must answer to
    /// [`worker::COMMAND`].
    ///
    /// # Errors
    /// [`RenderError::Limit`] when the template is too large.
    pub fn start_with(
        program: PathBuf,
        template: &Composed,
        limits: Limits,
        workers: NonZeroUsize,
    ) -> Result<Self, RenderError> {
        renderer::check_template_size(template, &limits)?;
        // Workers start in the root directory, where a relative path would be another one.
        let program = std::path::absolute(&program).unwrap_or(program);
        let mut greeting = message::begin(&limits);
        greeting.extend(message::template(template));
        Ok(Self {
            program,
            limits,
            greeting,
            free: Semaphore::new(workers.get().min(Semaphore::MAX_PERMITS)),
            idle: Mutex::default(),
            running: Arc::default(),
        })
    }

    /// Lays out one document. Dropping the future kills the worker that was at it.
    ///
    /// # Errors
    /// As [`RenderError`] says. Whatever it is, the next document is laid out as if nothing had
    /// happened, by a new worker unless the fault lay in the document alone.
    pub async fn render(&self, job: &Job) -> Result<Rendered, RenderError> {
        renderer::check_job_size(job, &self.limits)?;
        self.ask(&message::job(job), rendered).await
    }

    /// The pages of a PDF as PNG pictures, at so many dots an inch.
    ///
    /// # Errors
    /// As [`Pool::render`]; [`RenderError::Limit`], where the file or a picture is too large.
    pub async fn pictures(
        &self,
        pdf: &[u8],
        dots_per_inch: u16,
    ) -> Result<Vec<Vec<u8>>, RenderError> {
        let limit = self.limits.model_bytes_max;
        if pdf.len() as u64 > limit {
            return Err(RenderError::Limit {
                which: LimitKind::Model,
                limit,
            });
        }
        self.ask(&message::pictures(pdf, dots_per_inch), drawn)
            .await
    }

    /// What a worker answers to this frame, as `read` understands it.
    async fn ask<T>(
        &self,
        frame: &[u8],
        read: fn(Message<Reply>) -> Result<T, Fault>,
    ) -> Result<T, RenderError> {
        let _permit = self
            .free
            .acquire()
            .await
            .expect("the pool never closes its semaphore");
        let mut busy = None;
        let answer = async { read(self.answer(frame, &mut busy).await?) };
        let answer = tokio::time::timeout(self.limits.deadline, answer);
        match answer.await.unwrap_or(Err(Fault::Late)) {
            Ok(answer) => {
                self.keep(busy);
                Ok(answer)
            }
            Err(Fault::OfDocument(error)) => {
                self.keep(busy);
                Err(error)
            }
            // From here on the worker is dropped, which kills it.
            Err(Fault::OfWorker(error)) => Err(error),
            Err(Fault::Late) => Err(late(&self.limits)),
            Err(Fault::Broken(cause)) => Err(bury(busy, &cause, &self.limits).await),
        }
    }

    /// Process ids of the workers that run now, busy or idle.
    pub fn workers(&self) -> Vec<u32> {
        lock(&self.running).iter().copied().collect()
    }

    /// The answer of an idle worker or a new one. The worker is left in `busy`, so that it is at
    /// hand whatever happens to this future.
    async fn answer(
        &self,
        frame: &[u8],
        busy: &mut Option<Worker>,
    ) -> Result<Message<Reply>, Fault> {
        let worker = match self.idle_worker() {
            Some(worker) => busy.insert(worker),
            None => {
                let worker = busy.insert(self.new_worker().map_err(Fault::OfWorker)?);
                worker
                    .exchange(&self.greeting, &self.limits)
                    .await
                    .and_then(ready)?;
                worker
            }
        };
        worker.documents += 1;
        worker.exchange(frame, &self.limits).await
    }

    /// An idle worker that is still alive.
    fn idle_worker(&self) -> Option<Worker> {
        loop {
            let mut worker = lock(&self.idle).pop()?;
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Some(worker);
            }
        }
    }

    fn new_worker(&self) -> Result<Worker, RenderError> {
        let no_worker = |cause: io::Error| RenderError::NoWorker {
            program: self.program.display().to_string(),
            cause: cause.to_string(),
        };
        let mut child = Command::new(&self.program)
            .arg(worker::COMMAND)
            .env_clear()
            .envs([worker::ENVIRONMENT])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(no_worker)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(no_worker(io::ErrorKind::BrokenPipe.into()));
        };
        let id = child.id().unwrap_or_default();
        lock(&self.running).insert(id);
        let running = Arc::clone(&self.running);
        Ok(Worker {
            id,
            child,
            input,
            output,
            errors,
            documents: 0,
            running,
        })
    }

    /// Puts a healthy worker back for the next document, unless it has done its share.
    fn keep(&self, worker: Option<Worker>) {
        let share = self.limits.documents_per_worker_max;
        lock(&self.idle).extend(worker.filter(|worker| worker.documents < share));
    }
}

/// What ended a worker, once it is gone.
async fn bury(worker: Option<Worker>, cause: &io::Error, limits: &Limits) -> RenderError {
    let Some(mut worker) = worker else {
        return RenderError::WorkerDied {
            how: format!("could not be reached: {cause}"),
        };
    };
    let Ok(Ok(status)) = tokio::time::timeout(FAREWELL, worker.child.wait()).await else {
        let _ = worker.child.kill().await;
        return RenderError::WorkerDied {
            how: format!("could not be understood: {cause}"),
        };
    };
    let mut words = Vec::new();
    // Nothing is left to write them, so this ends.
    let _ = (&mut worker.errors)
        .take(LAST_WORDS_BYTES_MAX)
        .read_to_end(&mut words)
        .await;
    died(status, &String::from_utf8_lossy(&words), limits)
}

/// This program, even when an upgrade has replaced its file since it started.
fn this_program() -> Result<PathBuf, RenderError> {
    let itself = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && itself.exists() {
        return Ok(itself);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts this program again"
    )]
    let program = std::env::current_exe();
    program.map_err(|cause| RenderError::NoWorker {
        program: "this program".to_owned(),
        cause: cause.to_string(),
    })
}

/// Why there is no document.
enum Fault {
    /// It lies in the document; the worker is healthy.
    OfDocument(RenderError),
    /// There is no worker, it refused its template, or it met a limit and may be in a bad way.
    OfWorker(RenderError),
    /// The pipe broke, or carried nonsense.
    Broken(io::Error),
    /// The deadline passed.
    Late,
}

impl From<io::Error> for Fault {
    fn from(cause: io::Error) -> Self {
        Self::Broken(cause)
    }
}

fn ready(reply: Message<Reply>) -> Result<(), Fault> {
    match reply.header {
        Reply::Ready => Ok(()),
        Reply::Failed { error } => Err(Fault::OfWorker(error)),
        Reply::Rendered { .. } | Reply::Drawn => {
            Err(message::nonsense("a document before any job").into())
        }
    }
}

fn rendered(mut reply: Message<Reply>) -> Result<Rendered, Fault> {
    match (reply.header, reply.parts.pop(), reply.parts.is_empty()) {
        (
            Reply::Rendered {
                pages,
                legible,
                warnings,
            },
            Some(pdf),
            true,
        ) => Ok(Rendered {
            pdf,
            pages,
            legible,
            warnings,
        }),
        (Reply::Failed { error }, None, _) => Err(refused(error)),
        _ => Err(message::nonsense("not an answer to a job").into()),
    }
}

fn drawn(reply: Message<Reply>) -> Result<Vec<Vec<u8>>, Fault> {
    match reply.header {
        Reply::Drawn => Ok(reply.parts),
        Reply::Failed { error } => Err(refused(error)),
        _ => Err(message::nonsense("not an answer to a file that was to be drawn").into()),
    }
}

fn refused(error: RenderError) -> Fault {
    match error {
        RenderError::Limit { .. } => Fault::OfWorker(error),
        _ => Fault::OfDocument(error),
    }
}

fn late(limits: &Limits) -> RenderError {
    let limit = u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX);
    RenderError::Limit {
        which: LimitKind::Deadline,
        limit,
    }
}

/// How a worker ended, without anything of the document.
fn died(status: ExitStatus, words: &str, limits: &Limits) -> RenderError {
    let limit = limits.memory_bytes_max;
    if words.contains("memory allocation of") {
        return RenderError::Limit {
            which: LimitKind::Memory,
            limit,
        };
    }
    #[cfg(target_os = "linux")]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(libc::SIGXCPU) {
        return late(limits);
    }
    // Our own lines only; a foreign one could quote the document.
    let place = words
        .lines()
        .find(|line| line.starts_with("panic at ") || line.starts_with("render worker: "));
    let place = place.map(|line| format!(" ({line})")).unwrap_or_default();
    RenderError::WorkerDied {
        how: format!("ended with {status}{place}"),
    }
}

/// A worker process and the pipes to it. Dropped, it is killed.
struct Worker {
    id: u32,
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    errors: ChildStderr,
    documents: u32,
    /// Where it is entered while it exists.
    running: Arc<Mutex<BTreeSet<u32>>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        lock(&self.running).remove(&self.id);
    }
}

impl Worker {
    /// Sends frames and reads the one that answers them.
    async fn exchange(&mut self, frames: &[u8], limits: &Limits) -> Result<Message<Reply>, Fault> {
        self.input.write_all(frames).await?;
        self.input.flush().await?;
        let mut prefix = [0; message::PREFIX_BYTES];
        self.output.read_exact(&mut prefix).await?;
        let bytes_max = limits
            .output_bytes_max
            .saturating_add(message::HEADER_BYTES_MAX);
        let bytes = message::announced(prefix, bytes_max)?;
        let mut frame = Vec::new();
        (&mut self.output)
            .take(bytes)
            .read_to_end(&mut frame)
            .await?;
        if frame.len() as u64 != bytes {
            return Err(message::nonsense("it ended in the middle of a frame").into());
        }
        Ok(message::parse(&frame)?)
    }
}

/// No code that holds these locks can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
