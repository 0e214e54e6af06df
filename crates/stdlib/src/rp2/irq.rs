//! Handlers of flags: those of blocks, and those of machines, which are told of the flag with their number in the block.

use core::cell::Cell;

use berus_runtime::host::Board;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

use super::pio::block;

/// The lowest of the bits that triggers have for flags.
pub const FIRST: u32 = 8;

/// What handles flags of one block: it, or one of its machines.
pub struct Irq {
    /// Which block, and which machine of it.
    block: usize,
    machine: Option<usize>,
    /// Whom the handler is called with.
    owner: Obj,
    handler: Cell<Obj>,
    trigger: Cell<usize>,
    /// The flags that came last, as triggers have them.
    flags: Cell<usize>,
    /// The flags that are to be told, by their numbers.
    pending: Cell<u8>,
}

berus_runtime::custom_type! {
    /// The type of what `irq` answers.
    static IRQ: Type<Irq> = "irq".call(call).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "flags" => f1(|vm, irq| vm.new_uint(vm.this::<Custom<Irq>>(irq)?.flags.get())),
        "trigger" => var(1, 2, trigger),
    }
}

/// All that is known of flags.
pub struct Irqs {
    list: Gc<List>,
}

berus_runtime::custom_type! {
    static IRQS: Type<Irqs> = "irqs";
}

fn irqs(vm: &Vm) -> Res<Gc<List>> {
    let list = List::new(vm, &[])?;
    Ok(vm.shared(|| Irqs { list })?.list)
}

fn all(list: &List) -> impl Iterator<Item = Gc<Custom<Irq>>> {
    list.items().iter().filter_map(|irq| irq.get().downcast::<Custom<Irq>>())
}

impl Irq {
    /// Which of the block's flags are to be told, by their numbers.
    fn wanted(&self) -> u8 {
        if self.handler.get() == Obj::NONE {
            return 0;
        }
        match self.machine {
            Some(machine) => (self.trigger.get() as u8 & 1) << machine,
            None => (self.trigger.get() >> FIRST) as u8 & 0xf,
        }
    }
}

/// The method `irq` of a block or machine.
pub fn irq(vm: &Vm, args: Args<'_>, number: usize, machine: Option<usize>) -> Res {
    let owner = args.pos()[0];
    let list = irqs(vm)?;
    let usual = if machine.is_some() { 1 } else { 0xf << FIRST };
    let known = all(&list).find(|irq| irq.block == number && irq.machine == machine);
    let irq = match known {
        Some(irq) => irq,
        None => {
            let irq = vm.new_custom(Irq {
                block: number,
                machine,
                owner,
                handler: Cell::new(Obj::NONE),
                trigger: Cell::new(usual),
                flags: Cell::new(0),
                pending: Cell::new(0),
            })?;
            list.append(vm, irq.obj())?;
            irq
        }
    };
    if args.n_pos() + args.n_kw() > 1 {
        let [handler, trigger, _] = args.behind(1).by_name(vm, [q!("handler"), q!("trigger"), q!("hard")], 0)?;
        irq.handler.set(handler.unwrap_or(Obj::NONE));
        set_trigger(vm, &irq, trigger.map_or(Ok(usual), |trigger| vm.int_truncated(trigger))?)?;
        crate::machine::irq::begin(vm);
    }
    Ok(irq.obj())
}

fn set_trigger(vm: &Vm, irq: &Irq, trigger: usize) -> Res<()> {
    irq.trigger.set(trigger);
    irq.flags.set(0);
    irq.pending.set(0);
    let wanted = all(&*irqs(vm)?).filter(|other| other.block == irq.block).fold(0, |wanted, irq| wanted | irq.wanted());
    block(vm, irq.block)?.watch(wanted);
    Ok(())
}

/// `trigger([flags])`: which flags are told, and were before.
fn trigger(vm: &Vm, args: &[Obj]) -> Res {
    let irq = vm.this::<Custom<Irq>>(args[0])?;
    let before = irq.trigger.get();
    if let Some(trigger) = args.get(1) {
        set_trigger(vm, &irq, vm.int_truncated(*trigger)?)?;
    }
    vm.new_uint(before)
}

fn call(vm: &Vm, irq: Obj, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 0, false)?;
    let irq = vm.this::<Custom<Irq>>(irq)?;
    vm.call(irq.handler.get(), &[irq.owner])
}

/// The call that flags ask for, if one is due.
pub(crate) fn next_call(vm: &Vm) -> Res<Option<(Obj, Obj)>> {
    let Some(hardware) = vm.host().board().and_then(Board::hardware) else { return Ok(None) };
    let list = irqs(vm)?;
    while let Some((number, flags)) = hardware.next_flags() {
        for irq in all(&list).filter(|irq| irq.block == number) {
            irq.pending.set(irq.pending.get() | flags & irq.wanted());
        }
    }
    let Some(irq) = all(&list).find(|irq| irq.pending.get() != 0) else { return Ok(None) };
    let flags = irq.pending.take();
    irq.flags.set(if irq.machine.is_some() { 1 } else { usize::from(flags) << FIRST });
    Ok(Some((irq.handler.get(), irq.owner)))
}
