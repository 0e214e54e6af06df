//! Terminals of the machine.

use std::mem::MaybeUninit;

use berus_runtime::errno::Errno;
#[cfg(target_os = "linux")]
use berus_runtime::errno::INVALID;
use berus_runtime::host::terminal::{TerminalModes, Terminals};
use libc::termios;

use super::files::number;
use super::host::StdHost;

/// The names that the system has numbers for.
macro_rules! names {
    ($($(#[$meta:meta])* $name:ident)*) => {
        const NAMES: &[(&str, i32)] = &[$($(#[$meta])* (stringify!($name), libc::$name as i32),)*];
    };
}

names! {
    TCSANOW B9600 B57600 B115200 B230400
    #[cfg(target_os = "linux")] B460800
    #[cfg(target_os = "linux")] B500000
    #[cfg(target_os = "linux")] B576000
    #[cfg(target_os = "linux")] B921600
    #[cfg(target_os = "linux")] B1000000
    #[cfg(target_os = "linux")] B1152000
}

/// What a function of C has answered.
fn done(status: i32) -> Result<(), Errno> {
    if status == 0 { Ok(()) } else { Err(number(&std::io::Error::last_os_error())) }
}

fn read(file: i32) -> Result<termios, Errno> {
    let mut modes = MaybeUninit::uninit();
    // SAFETY: there is room for the modes.
    done(unsafe { libc::tcgetattr(file, modes.as_mut_ptr()) })?;
    // SAFETY: the modes have been written.
    Ok(unsafe { modes.assume_init() })
}

fn write(file: i32, when: i32, modes: &termios) -> Result<(), Errno> {
    // SAFETY: the modes are there.
    done(unsafe { libc::tcsetattr(file, when, modes) })
}

/// The speeds of input and output. Linux has one, among the control modes, and its C library no functions for that
/// which programs can be linked to for good.
#[cfg(target_os = "linux")]
fn speeds(modes: &termios) -> [u32; 2] {
    [modes.c_cflag & libc::CBAUD; 2]
}

#[cfg(target_os = "linux")]
fn set_speeds(modes: &mut termios, [_, output]: [u32; 2]) -> Result<(), Errno> {
    if output & !libc::CBAUD != 0 {
        return Err(INVALID);
    }
    modes.c_cflag = modes.c_cflag & !libc::CBAUD | output;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn speeds(modes: &termios) -> [u32; 2] {
    // SAFETY: the modes are there.
    unsafe { [libc::cfgetispeed(modes) as u32, libc::cfgetospeed(modes) as u32] }
}

#[cfg(not(target_os = "linux"))]
fn set_speeds(modes: &mut termios, [input, output]: [u32; 2]) -> Result<(), Errno> {
    // SAFETY: the modes are there.
    done(unsafe { libc::cfsetispeed(modes, input.into()) })?;
    // SAFETY: as above.
    done(unsafe { libc::cfsetospeed(modes, output.into()) })
}

impl Terminals for StdHost {
    fn names(&self) -> &'static [(&'static str, i32)] {
        NAMES
    }

    fn counts(&self) -> [usize; 2] {
        [libc::VMIN, libc::VTIME]
    }

    fn modes(&self, file: i32) -> Result<TerminalModes, Errno> {
        let modes = read(file)?;
        let mut characters = [0; TerminalModes::CHARACTERS];
        for (place, character) in characters.iter_mut().zip(modes.c_cc) {
            *place = character;
        }
        let speeds = speeds(&modes);
        let bits = [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag];
        // Elsewhere than on Linux the words are longer, and their upper halves empty.
        #[allow(clippy::unnecessary_cast)]
        Ok(TerminalModes { bits: bits.map(|bits| bits as u32), speeds, characters })
    }

    fn set_modes(&self, file: i32, when: i32, given: &TerminalModes) -> Result<(), Errno> {
        let mut modes = read(file)?;
        let [input, output, control, local] = given.bits.map(Into::into);
        (modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag) = (input, output, control, local);
        for (place, character) in modes.c_cc.iter_mut().zip(given.characters) {
            *place = character;
        }
        set_speeds(&mut modes, given.speeds)?;
        write(file, when, &modes)
    }

    fn set_raw(&self, file: i32) -> Result<(), Errno> {
        let mut modes = read(file)?;
        modes.c_iflag &= !(libc::BRKINT | libc::ICRNL | libc::INPCK | libc::ISTRIP | libc::IXON);
        modes.c_oflag = 0;
        modes.c_cflag = modes.c_cflag & !(libc::CSIZE | libc::PARENB) | libc::CS8;
        modes.c_lflag = 0;
        modes.c_cc[libc::VMIN] = 1;
        modes.c_cc[libc::VTIME] = 0;
        write(file, libc::TCSAFLUSH, &modes)
    }
}
