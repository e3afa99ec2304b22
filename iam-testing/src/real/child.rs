//! A server's process, which cannot outlive this one.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Stands between this process and the server: obeys words on its input, and ends the server at the input's
/// end, which comes however this process ends. A destructor would not run for a `static` or after a kill.
///
/// A Ctrl-C of the terminal reaches it as well; by then it is not to have gone away. A process that is told to stop
/// goes on for as long as the system takes to tell its threads, which `/proc` shows where there is one.
const WATCHER: &str = r#"
trap '' INT HUP TERM
folder=$1; shift
begin() { "$@" </dev/null >>"$folder/log" 2>&1 & server=$!; }
end() { kill -s KILL "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
stopped() {
    for thread in /proc/"$server"/task/*/stat; do
        [ -e "$thread" ] || return 0
        state=; read -r state <"$thread"
        case ${state##*) } in T*) ;; *) return 1 ;; esac
    done
}
begin "$@"
while read -r word; do
    case $word in
        begin) begin "$@" ;;
        end) end ;;
        STOP) kill -s STOP "$server"; until stopped; do sleep 0.01; done ;;
        *) kill -s "$word" "$server" ;;
    esac
    echo
done
end
rm -rf -- "$folder"
"#;

/// What a process can be told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    /// Start again.
    Begin,
    /// Die at once.
    End,
    /// Stop where it stands: its ports stay open and nobody answers.
    Stop,
    /// Go on.
    Continue,
}

/// A process and its folder; both go with it.
#[derive(Debug)]
pub(super) struct Watched {
    watcher: Child,
    words: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Watched {
    /// Runs `command` with its output in `folder/log`.
    pub(super) fn start(folder: PathBuf, program: &Path, arguments: &[&str]) -> io::Result<Watched> {
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "sh"]).arg(&folder).arg(program).args(arguments);
        watcher.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut watcher = super::binary::quiet(&mut watcher).spawn()?;
        let replies = BufReader::new(watcher.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Watched { words: watcher.stdin.take(), watcher, replies, folder })
    }

    /// Returns once it is done.
    pub(super) fn tell(&mut self, word: Word) -> io::Result<()> {
        let word = match word {
            Word::Begin => "begin",
            Word::End => "end",
            Word::Stop => "STOP",
            Word::Continue => "CONT",
        };
        let words = self.words.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(words, "{word}")?;
        words.flush()?;
        self.replies.read_line(&mut String::new()).map(drop)
    }

    /// What the server wrote.
    pub(super) fn log(&self) -> String {
        fs::read(self.folder.join("log")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.words.take());
        // Its ports are free again only then.
        let _ = self.watcher.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_and_its_folder_go_with_the_handle() {
        let folder = std::env::temp_dir().join(format!("iam-ory-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let script = "echo $$ started; exec sleep 600";
        let mut process = Watched::start(folder.clone(), Path::new("/bin/sh"), &["-c", script]).unwrap();
        while process.log().is_empty() {
            std::thread::yield_now();
        }
        let of = |line: &str| line.split(' ').next().map(|id| PathBuf::from("/proc").join(id)).unwrap();
        let first = of(process.log().lines().next().unwrap());
        process.tell(Word::End).unwrap();
        assert!(!first.exists(), "killed");

        process.tell(Word::Begin).unwrap();
        while process.log().lines().count() < 2 {
            std::thread::yield_now();
        }
        let second = of(process.log().lines().nth(1).unwrap());
        assert!(second.exists() || !Path::new("/proc/self").exists(), "begun again");
        process.tell(Word::Stop).unwrap();
        let state = fs::read_to_string(second.join("stat")).unwrap_or_default();
        assert!(state.contains(") T ") || !Path::new("/proc/self").exists(), "it goes on: {state}");
        drop(process);
        assert!(!second.exists() && !folder.exists(), "gone with the handle, though it stood still");
    }
}
