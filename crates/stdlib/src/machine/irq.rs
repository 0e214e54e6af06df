//! Calls that hardware and time ask for: timers that are due, and pins whose level has changed.
//!
//! Nothing of the program runs in an interrupt. What an interrupt has noted is called for between two instructions, as what
//! `micropython.schedule` was given is; so a handler may do whatever a function may.

use berus_runtime::host::Board;
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};

use super::gpio::Pin;
use super::timer::{Ring, Timer};

/// What waits to be called for.
pub struct Irqs {
    /// The timers that run.
    pub timers: Gc<List>,
    /// The pins that were used, `None` for others, by their numbers.
    pub pins: Gc<List>,
}

berus_runtime::custom_type! {
    /// The type.
    static IRQS: Type<Irqs> = "irqs";
}

/// The interpreter's handlers.
pub fn irqs(vm: &Vm) -> Res<Gc<Custom<Irqs>>> {
    let (timers, pins) = (List::new(vm, &[])?, List::new(vm, &[])?);
    vm.shared(|| Irqs { timers, pins })
}

/// Has the handlers of timers and pins called from now on.
pub fn begin(vm: &Vm) {
    vm.set_call_source(next_call);
}

/// The call that is due, if one is.
fn next_call(vm: &Vm) -> Res<Option<(Obj, Obj)>> {
    let irqs = irqs(vm)?;
    if let Some((pin, changed)) =
        vm.host().board().and_then(Board::hardware).and_then(|hardware| hardware.next_change())
        && let Some(pin) = irqs.pins.items().get(pin).and_then(|pin| pin.get().downcast::<Custom<Pin>>())
        && let Some(handler) = pin.changed(changed)
    {
        return Ok(Some((handler, pin.obj())));
    }
    #[cfg(feature = "rp2")]
    if let Some(call) = crate::rp2::next_call(vm)? {
        return Ok(Some(call));
    }
    let now = vm.now();
    let timers = irqs.timers.items().iter().filter_map(|timer| timer.get().downcast::<Custom<Timer>>());
    let Some(timer) = timers.filter(|timer| timer.due() <= now).min_by_key(|timer| timer.due()) else {
        return Ok(None);
    };
    Ok(timer.ring(vm, now)?.map(|callback| (callback, timer.obj())))
}
