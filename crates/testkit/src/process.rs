//! Programs that tests run, which end or are ended: a peer that hangs is a failure with a name, not a test that waits for ever.

use std::io::{self, Error, ErrorKind, Read, Seek};
use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

/// How long a program may take: far longer than any that a test starts.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `program` has ended.
///
/// # Errors
/// `TimedOut` if it had to be killed, and those of the system.
pub fn wait(program: &mut Child) -> io::Result<ExitStatus> {
    wait_for(program, PATIENCE)
}

fn wait_for(program: &mut Child, patience: Duration) -> io::Result<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = program.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > patience {
            program.kill()?;
            program.wait()?;
            return Err(Error::new(ErrorKind::TimedOut, format!("killed, as it had not ended after {patience:?}")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a program to its end and gives what it has written, as [`Command::output`] does; its input is as `command` says, or the test's own.
///
/// # Errors
/// As [`wait`], and those of starting it. The error names the command.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let run = |command: &mut Command| {
        // Files take any amount, so that nobody has to read while the program runs.
        let mut files = [tempfile::tempfile()?, tempfile::tempfile()?];
        let status = wait(&mut command.stdout(files[0].try_clone()?).stderr(files[1].try_clone()?).spawn()?)?;
        let mut texts = [Vec::new(), Vec::new()];
        for (file, text) in files.iter_mut().zip(&mut texts) {
            file.rewind()?;
            file.read_to_end(text)?;
        }
        let [stdout, stderr] = texts;
        Ok(Output { status, stdout, stderr })
    };
    run(command).map_err(|error: Error| Error::new(error.kind(), format!("{command:?}: {error}")))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(program: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", program]);
        command
    }

    #[test]
    fn what_ends_gives_its_output() {
        let output = output(&mut shell("echo out; echo err >&2; exit 3")).unwrap();
        assert_eq!((&*output.stdout, &*output.stderr, output.status.code()), (&b"out\n"[..], &b"err\n"[..], Some(3)));
    }

    #[test]
    fn what_does_not_end_is_killed() {
        let mut program = shell("exec sleep 1000").spawn().unwrap();
        let error = wait_for(&mut program, Duration::from_millis(10)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(program.try_wait().unwrap().is_some());
    }

    #[test]
    fn an_error_names_the_command() {
        let error = output(&mut Command::new("/nowhere/program")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/program"), "{error}");
    }
}
