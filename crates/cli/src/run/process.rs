//! The process that runs programs: its environment, and commands.

use std::collections::HashMap;
use std::ffi::OsString;
use std::process::{Command, ExitStatus};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::Process;

use super::files::number;

/// The process.
pub struct StdProcess {
    /// What programs see of the environment and hand on to commands, once one asks. The process keeps its own, which cannot be changed
    /// safely.
    environment: LazyLock<Mutex<HashMap<OsString, OsString>>>,
}

impl StdProcess {
    pub fn new() -> StdProcess {
        StdProcess { environment: LazyLock::new(|| Mutex::new(std::env::vars_os().collect())) }
    }

    fn environment(&self) -> MutexGuard<'_, HashMap<OsString, OsString>> {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process for StdProcess {
    fn executable(&self) -> Option<Vec<u8>> {
        let path = std::env::current_exe().ok()?;
        Some(path.to_string_lossy().into_owned().into_bytes())
    }

    fn getenv(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.environment().get(&os_string(name)).map(|value| value.as_encoded_bytes().to_vec())
    }

    fn setenv(&self, name: &[u8], value: Option<&[u8]>) -> Result<(), Errno> {
        if name.is_empty() || name.contains(&b'=') || name.contains(&0) || value.is_some_and(|value| value.contains(&0))
        {
            return Err(INVALID);
        }
        let mut environment = self.environment();
        match value {
            Some(value) => environment.insert(os_string(name), os_string(value)),
            None => environment.remove(&os_string(name)),
        };
        Ok(())
    }

    fn system(&self, command: &[u8]) -> Result<i32, Errno> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
        let environment = self.environment().clone();
        let mut child = Command::new(shell);
        child.arg(flag).arg(os_string(command)).env_clear().envs(environment);
        child.status().map(status).map_err(|error| number(&error))
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
