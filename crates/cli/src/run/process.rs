//! The process that runs programs: its environment, and commands.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use berus_runtime::errno::{Errno, INVALID, NO_MEMORY};
use berus_runtime::host::Process;

use super::files::number;
use super::interrupt::{Interrupt, Waited};

/// The process.
pub struct StdProcess {
    /// What programs see of the environment and hand on to commands, once one asks. The process keeps its own, which cannot be changed
    /// safely.
    environment: LazyLock<Mutex<HashMap<OsString, OsString>>>,
    interrupt: Arc<Interrupt>,
}

impl StdProcess {
    /// The process; `interrupt` ends commands.
    pub fn new(interrupt: Arc<Interrupt>) -> StdProcess {
        StdProcess { environment: LazyLock::new(|| Mutex::new(std::env::vars_os().collect())), interrupt }
    }

    /// Waits until `child` ends. After an interrupt, of which the terminal tells a command too, it gets a moment to end by itself.
    fn wait(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let (mut nap, mut end) = (SHORTEST_NAP, None);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            match end {
                Some(end) if Instant::now() >= end => child.kill()?,
                Some(_) => thread::sleep(nap),
                None if self.interrupt.sleep(nap) == Waited::Interrupted => end = Some(Instant::now() + MOMENT),
                None => {}
            }
            nap = LONGEST_NAP.min(nap * 2);
        }
    }

    fn variables(&self) -> MutexGuard<'_, HashMap<OsString, OsString>> {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that names and values may have in all, and what an entry takes beside its own. Linux hands no more than two MiB
/// to a command.
const MAX_ENVIRONMENT: usize = 1 << 20;
const ENTRY: usize = 64;

/// The longest command that Linux takes, in bytes, and `E2BIG`.
const MAX_COMMAND: usize = 128 << 10;
const TOO_LONG: Errno = Errno(7);

/// How long a command is left alone before it is asked whether it has ended: at first, and later.
const SHORTEST_NAP: Duration = Duration::from_micros(100);
const LONGEST_NAP: Duration = Duration::from_millis(5);

/// How long a command may take to end after an interrupt.
const MOMENT: Duration = Duration::from_millis(100);

impl Process for StdProcess {
    fn executable(&self) -> Option<Vec<u8>> {
        let path = std::env::current_exe().ok()?;
        Some(path.to_string_lossy().into_owned().into_bytes())
    }

    fn getenv(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.variables().get(&os_string(name)).map(|value| value.as_encoded_bytes().to_vec())
    }

    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let bytes = |text: &OsString| text.as_encoded_bytes().to_vec();
        self.variables().iter().map(|(name, value)| (bytes(name), bytes(value))).collect()
    }

    fn setenv(&self, name: &[u8], value: Option<&[u8]>) -> Result<(), Errno> {
        if name.is_empty() || name.contains(&b'=') || name.contains(&0) || value.is_some_and(|value| value.contains(&0))
        {
            return Err(INVALID);
        }
        let (name, mut environment) = (os_string(name), self.variables());
        match value {
            Some(value) => {
                let others = environment.iter().filter(|(other, _)| **other != name);
                let taken = others.map(|(name, value)| name.len() + value.len() + ENTRY).sum::<usize>();
                if taken + name.len() + value.len() > MAX_ENVIRONMENT {
                    return Err(NO_MEMORY);
                }
                environment.insert(name, os_string(value));
            }
            None => _ = environment.remove(&name),
        }
        Ok(())
    }

    fn system(&self, command: &[u8]) -> Result<i32, Errno> {
        if command.len() > MAX_COMMAND {
            return Err(TOO_LONG);
        }
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
        let environment = self.variables().clone();
        let mut child = Command::new(shell);
        child.arg(flag).arg(os_string(command)).env_clear().envs(environment);
        let ended = child.spawn().and_then(|mut child| self.wait(&mut child));
        ended.map(status).map_err(|error| number(&error))
    }
}

/// A status as `wait` has it.
fn status(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    {
        std::os::unix::process::ExitStatusExt::into_raw(status)
    }
    #[cfg(not(unix))]
    {
        status.code().unwrap_or(1) << 8
    }
}

fn os_string(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
    }
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(bytes).into_owned().into()
    }
}
