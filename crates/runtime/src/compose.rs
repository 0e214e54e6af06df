//! An interpreter put together: the one place that knows all rooms.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::data::emergency::prepare_emergency;
use crate::errno::Errno;
use crate::heap::Heap;
use crate::host::Host;
use crate::interpret::op;
use crate::model::dispatch::{Dispatch, Steps};
use crate::model::emergency::Emergency;
use crate::model::error::Res;
use crate::model::events::Events;
use crate::model::layout::{Dict, List};
use crate::model::lookups::Lookups;
use crate::model::machine::State;
use crate::model::mounts::Mounts;
use crate::model::thread::Thread;
#[cfg(berus_tier)]
use crate::model::tier::Tier;
#[cfg(feature = "threads")]
use crate::model::turns::{TakeTurns, Turns};
use crate::model::vm::{Limits, Vm, World};
use crate::model::watchers::Watchers;
use crate::model::word::Obj;
use crate::modules::MODULES;
#[cfg(feature = "threads")]
use crate::modules::THREAD_MODULES;
use crate::qstr::Pool;

impl Vm {
    /// An interpreter that has run nothing, which stays where it is: its caches are too much for the machine stack of a
    /// small board. `None` if there is no memory for what every interpreter needs.
    ///
    /// # Safety
    /// All code that is given the interpreter keeps the [contract of raw words](Vm#the-contract-of-raw-words), and nobody
    /// has used the heap before. Without the
    /// feature `verify`, all modules that the interpreter loads are such as [`berus_mpy::verify::verify`] accepts, with
    /// frames no larger than their preludes say.
    pub unsafe fn new(heap: Heap, host: Box<dyn Host>, limits: Limits) -> Option<Box<Vm>> {
        #[allow(unused_mut)] // where there are no threads
        let mut vm = Box::new(Vm {
            heap,
            qstrs: Pool::default(),
            world: World::new(host),
            events: Events::default(),
            #[cfg(feature = "threads")]
            turns: Turns::default(),
            thread: Thread::new(limits.value_stack, limits.frame_stack)?,
            dispatch: Dispatch::new(&op::TABLE, op::STOP),
            steps: Steps::default(),
            #[cfg(berus_tier)]
            tier: Tier::default(),
            lookups: Lookups::default(),
            mounts: Mounts::default(),
            frozen: Vec::new(),
            modules: Cell::new(None),
            registered_modules: Cell::new(None),
            main: Cell::new(None),
            builtins: Cell::new(None),
            path: Cell::new(None),
            argv: Cell::new(None),
            at_exit: Cell::new(None),
            exposed: Cell::new(None),
            emergency: Emergency::default(),
            shared: Cell::new(None),
            native: State::default(),
            gc_enabled: Cell::new(false),
            watchers: Watchers::default(),
            finalisers_put_off: Cell::new(0),
            optimise: Cell::new(0),
            #[cfg(feature = "compiler")]
            emitter: Cell::new(berus_compiler::Emitter::Bytecode),
            #[cfg(feature = "compiler")]
            verbosity: Cell::new(0),
            errno: Cell::new(Errno(0)),
            lent_fields: Cell::new(None),
            embedder: None,
            line_editor: None,
            limits,
            abandoned: Cell::new(false),
            registry: vec![MODULES],
        });
        #[cfg(feature = "threads")]
        if vm.host_threads().is_some() {
            vm.registry.push(THREAD_MODULES);
        }
        vm.fill_in().ok()?;
        vm.gc_enabled.set(true);
        Some(vm)
    }

    /// Makes the objects that every interpreter has; nothing is collected meanwhile.
    pub(crate) fn fill_in(&self) -> Res<()> {
        prepare_emergency(self)?;
        self.modules.set(Some(Dict::new(self)?));
        let main = Dict::new(self)?;
        main.store(self, crate::q!("__name__"), Obj::qstr(crate::q!("__main__")))?;
        self.main.set(Some(main));
        self.thread.locals.set(Some(main));
        self.path.set(Some(List::new(self, &[])?.obj()));
        self.argv.set(Some(List::new(self, &[])?.obj()));
        Ok(())
    }
}
