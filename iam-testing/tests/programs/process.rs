//! A program that runs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub(crate) const ORY_DEV: &str = env!("CARGO_BIN_EXE_ory-dev");
pub(crate) const ORY_UP: &str = env!("CARGO_BIN_EXE_ory-up");

/// More than a program takes to end on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program, ended with the test.
pub(crate) struct Running {
    child: Child,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Past libtest, which shows what passed tests print to nobody.
pub(crate) fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

pub(crate) fn in_tmp(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Starts it and waits until it serves. `name` keeps tests' files apart.
#[track_caller]
pub(crate) fn start(program: &str, name: &str, arguments: &[&str]) -> Running {
    let file = in_tmp(name);
    let mut command = Command::new(program);
    command.args(arguments).stdout(File::create(&file).unwrap()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stderr, mut is_serving) = (String::new(), false);
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        is_serving = line.starts_with("serving");
        if is_serving {
            break;
        }
        if line.starts_with("building ") {
            say(&line);
        }
        stderr.push_str(&line);
        stderr.push('\n');
    }
    let running = Running { child, stdout: fs::read_to_string(file).unwrap(), stderr };
    assert!(is_serving, "{program} does not serve: {}", running.stderr);
    running
}

impl Running {
    /// Tells it to end, waits until it has, and says how.
    pub(crate) fn end(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("SIG{signal} does not end it")
    }

    /// All processes that it has started, and that those have: their command lines by id and start. None where there
    /// is no `/proc`.
    pub(crate) fn descendants(&self) -> BTreeMap<(u32, String), String> {
        let mut parents = vec![self.child.id()];
        let mut found = BTreeMap::new();
        while let Some(parent) = parents.pop() {
            for process in processes().into_iter().filter(|process| process.parent == parent) {
                parents.push(process.id);
                found.insert((process.id, process.started), process.command);
            }
        }
        found
    }
}

/// Those of `processes` that are still there. An id may be somebody else's by now.
pub(crate) fn survivors(processes_of_before: &BTreeMap<(u32, String), String>) -> Vec<String> {
    let now = processes().into_iter().map(|process| (process.id, process.started));
    now.filter_map(|process| processes_of_before.get(&process).cloned()).collect()
}

struct Process {
    id: u32,
    parent: u32,
    /// In ticks since the machine was started.
    started: String,
    command: String,
}

fn processes() -> Vec<Process> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let process = |folder: PathBuf| {
        let id = folder.file_name()?.to_str()?.parse().ok()?;
        // proc_pid_stat(5): after the name in brackets, in which anything may stand, the fields 3 and up.
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let command = fs::read(folder.join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        Some(Process { id, parent: fields.get(1)?.parse().ok()?, started: (*fields.get(19)?).to_owned(), command })
    };
    folders.filter_map(|folder| process(folder.path())).collect()
}
