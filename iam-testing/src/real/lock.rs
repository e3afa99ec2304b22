//! A database that is locked.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Keeps a database locked until it is dropped.
#[derive(Debug)]
#[must_use = "the lock ends with this handle"]
pub struct DatabaseLock {
    /// Held, not read. The lock would end with any handle of this file in this process.
    _file: File,
}

impl DatabaseLock {
    /// Takes it once nobody reads or writes, for which it waits so long.
    pub(super) async fn take(database: &Path, patience: Duration) -> io::Result<DatabaseLock> {
        let file = File::options().read(true).write(true).open(database)?;
        let deadline = Instant::now() + patience;
        while let Err(error) = lock(&file) {
            if error.kind() != io::ErrorKind::WouldBlock || Instant::now() >= deadline {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(DatabaseLock { _file: file })
    }
}

/// A write lock on the whole file covers the bytes by which SQLite's exclusive transactions keep everybody out
/// (<https://www.sqlite.org/lockingv3.html>).
#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, fcntl_lock};
    fcntl_lock(file, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error.into() {
        // POSIX leaves the choice between `EACCES` and `EAGAIN` to the system.
        error if io::Error::kind(&error) == io::ErrorKind::PermissionDenied => io::ErrorKind::WouldBlock.into(),
        error => error,
    })
}

#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
