//! Runs cargo on the generated crates and reads what it took.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::Failure;

/// What one run of cargo took.
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// In user mode, of cargo and all that it started; none where there is no `/proc`.
    pub(crate) cpu: Option<Duration>,
}

/// The generated workspace.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// `cargo check` of one crate in which a word has changed.
    pub(crate) fn check(&self, package: &str, incremental: bool) -> Result<Cost, Failure> {
        // A new value, not a new time of change only: an incremental check has something to do.
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let edited = self.folder.join(package).join("src/edited.rs");
        std::fs::write(edited, format!("pub(crate) const EDITED: u128 = {now};\n"))?;
        let (began, before) = (Instant::now(), children_cpu());
        self.cargo(&["check", "--package", package], incremental)?;
        let cpu = children_cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
        Ok(Cost { wall: began.elapsed(), cpu })
    }

    /// How many bytes the stripped release binary has.
    pub(crate) fn size(&self, package: &str) -> Result<u64, Failure> {
        self.cargo(&["build", "--release", "--package", package], false)?;
        let binary = self.folder.join("target/release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX));
        Ok(std::fs::metadata(binary)?.len())
    }

    fn cargo(&self, arguments: &[&str], incremental: bool) -> Result<(), Failure> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" })
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr))).into())
    }
}

/// What this process's children have used in user mode, down to their own children.
fn children_cpu() -> Option<Duration> {
    // Linux shows user programs 100 ticks a second on every architecture (`USER_HZ`).
    const TICK: Duration = Duration::from_millis(10);
    // Field 16 of proc_pid_stat(5), the fourteenth behind the command's parentheses.
    const CUTIME: usize = 13;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    let ticks: u32 = behind.split_whitespace().nth(CUTIME)?.parse().ok()?;
    Some(TICK * ticks)
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}
