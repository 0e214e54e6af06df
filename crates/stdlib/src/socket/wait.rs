//! Waiting for sockets.

use core::time::Duration;

use berus_runtime::errno::{AGAIN, Errno, INTERRUPTED, NO_DEVICE};
use berus_runtime::host::network::Network;
use berus_runtime::host::{Events, Polled};
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::stream::Failure;
use berus_runtime::model::unlock::Unlock;
use berus_runtime::model::vm::Vm;

/// How long a socket is waited for without a look at pending events.
const NAP: Duration = Duration::from_millis(20);

/// The network of the host.
pub fn network(vm: &Vm) -> Result<&dyn Network, Errno> {
    vm.host().network().ok_or(NO_DEVICE)
}

/// When a wait is over.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// At once: nobody waits.
    Now,
    /// At this time of the host's clock.
    At(Duration),
    /// Not before what is waited for comes.
    Never,
}

impl End {
    /// The end of a wait of `timeout` that begins now.
    pub fn after(vm: &Vm, timeout: Option<Duration>) -> Res<End> {
        match timeout {
            None => Ok(End::Never),
            Some(Duration::ZERO) => Ok(End::Now),
            Some(timeout) => {
                vm.check_clock()?;
                Ok(End::At(vm.now().saturating_add(timeout)))
            }
        }
    }

    /// Whether the wait is over.
    pub fn is_over(self, vm: &Vm) -> bool {
        self.left(vm).is_none()
    }

    /// The time that is left; `None` if there is none.
    fn left(self, vm: &Vm) -> Option<Duration> {
        match self {
            End::Now => None,
            End::At(time) => time.checked_sub(vm.now()).filter(|left| !left.is_zero()),
            End::Never => Some(Duration::MAX),
        }
    }
}

/// Waits until `socket` is ready for `events`: `false` if the time is over before.
pub fn wait(vm: &Vm, socket: i32, events: Events, end: End) -> Res<bool> {
    while let Some(left) = end.left(vm) {
        vm.poll()?;
        let mut polled = [Polled::new(socket, events)];
        // What is wrong with the socket, its use will tell.
        if vm.unlocked(|host| host.poll(&mut polled, left.min(NAP))).is_err() || !polled[0].ready.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does `work` with `socket`, again each time that the socket has become ready for `events`, until the work is possible or
/// the time is over, which is `EAGAIN`.
pub fn retry<R>(
    vm: &Vm,
    socket: i32,
    events: Events,
    end: End,
    mut work: impl FnMut(&dyn Network) -> Result<R, Errno>,
) -> Result<R, Failure> {
    loop {
        match work(network(vm)?) {
            Err(AGAIN) if wait(vm, socket, events, end)? => {}
            Err(INTERRUPTED) => vm.poll()?,
            answer => return answer.map_err(Failure::Errno),
        }
    }
}
