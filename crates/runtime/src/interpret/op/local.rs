//! Constants, local variables, and the order of the stack.

use berus_mpy::opcode::{Op, SMALL_INT_MULTI_MIN};

use crate::data::cell::Cell;
use crate::interpret::op::{member, op, raised, tri};
use crate::model::dispatch::Exit;
use crate::model::error::Res;
use crate::model::protocols::Ints;
use crate::model::registers::{Ip, running};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::services::raise::unset_local;

op! {
    load_const_string(vm, code, ip, sp, fp) {
        let name = code.qstr(ip.uint());
        sp.push(Obj::qstr(name));
    }
}

op! {
    load_const_small_int(vm, code, ip, sp, fp) {
        let Some(value) = ip.short_int() else { return load_const_long_int(vm, running(code), ip, sp, fp) };
        sp.push(Obj::small_int_wrapping(value));
    }
}

op! {
    #[inline(never)]
    load_const_long_int(vm, code, ip, sp, fp) {
        let start = ip;
        let value = tri!(vm, start, long_int(vm, ip.int()));
        sp.push(value);
    }
}

/// Makes an int outside of its handler: an int that does not fit a word is put together on the machine stack, where a
/// handler must have nothing when it ends.
#[inline(never)]
fn long_int(vm: &Vm, value: isize) -> Res {
    vm.new_int(value)
}

op! {
    load_small_int[const N: usize](vm, code, ip, sp, fp) {
        let n = member::<N>(Op::LoadConstSmallIntMulti, ip);
        sp.push(Obj::small_int_wrapping(n as isize + SMALL_INT_MULTI_MIN as isize));
    }
}

op! {
    load_const_obj(vm, code, ip, sp, fp) {
        sp.push_slot(code.constant(ip.uint()));
    }
}

op! {
    load_const_false(vm, code, ip, sp, fp) {
        sp.push(Obj::FALSE);
    }
}

op! {
    load_const_none(vm, code, ip, sp, fp) {
        sp.push(Obj::NONE);
    }
}

op! {
    load_const_true(vm, code, ip, sp, fp) {
        sp.push(Obj::TRUE);
    }
}

op! {
    load_null(vm, code, ip, sp, fp) {
        sp.push_slot(None);
    }
}

/// Leaves the instruction before `ip`, whose local variable is not set.
#[cold]
#[inline(never)]
fn unset(vm: &Vm, ip: Ip) -> Exit {
    raised(vm, ip, unset_local(vm))
}

op! {
    load_fast[const N: usize](vm, code, ip, sp, fp) {
        match fp.local(member::<N>(Op::LoadFastMulti, ip)) {
            Some(value) => sp.push(value),
            None => return unset(vm, ip),
        }
    }
}

op! {
    load_fast_n(vm, code, ip, sp, fp) {
        let start = ip;
        match fp.local(ip.uint()) {
            Some(value) => sp.push(value),
            None => return unset(vm, start),
        }
    }
}

op! {
    store_fast[const N: usize](vm, code, ip, sp, fp) {
        fp.set_local(member::<N>(Op::StoreFastMulti, ip), sp.pop_slot());
    }
}

op! {
    store_fast_n(vm, code, ip, sp, fp) {
        fp.set_local(ip.uint(), sp.pop_slot());
    }
}

op! {
    delete_fast(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        if fp.local(n).is_none() {
            return unset(vm, start);
        }
        fp.set_local(n, None);
    }
}

/// The shared variable that the local variable `local` of a verified function refers to.
#[cfg_attr(not(feature = "small"), inline(always))]
fn cell<'a>(local: Slot) -> Option<&'a core::cell::Cell<Slot>> {
    let header = local?.as_header()?;
    // SAFETY: verification has proved that the local variable is a cell, which the frame keeps alive.
    Some(unsafe { &header.cast::<Cell>().as_ref().value })
}

op! {
    load_deref(vm, code, ip, sp, fp) {
        let start = ip;
        match cell(fp.local(ip.uint())).and_then(core::cell::Cell::get) {
            Some(value) => sp.push(value),
            None => return unset(vm, start),
        }
    }
}

op! {
    store_deref(vm, code, ip, sp, fp) {
        if let Some(cell) = cell(fp.local(ip.uint())) {
            cell.set(sp.pop_slot());
        }
    }
}

op! {
    delete_deref(vm, code, ip, sp, fp) {
        let start = ip;
        let old = cell(fp.local(ip.uint())).and_then(core::cell::Cell::take);
        if old.is_none() {
            return unset(vm, start);
        }
    }
}

op! {
    dup_top(vm, code, ip, sp, fp) {
        let top = sp.down(1).slot(0);
        sp.push_slot(top);
    }
}

op! {
    dup_top_two(vm, code, ip, sp, fp) {
        let (a, b) = (sp.down(2).slot(0), sp.down(1).slot(0));
        sp.push_slot(a);
        sp.push_slot(b);
    }
}

op! {
    pop_top(vm, code, ip, sp, fp) {
        sp.drop(1);
    }
}

op! {
    rot_two(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        let (a, b) = (base.slot(0), base.slot(1));
        base.set_slot(0, b);
        base.set_slot(1, a);
    }
}

op! {
    rot_three(vm, code, ip, sp, fp) {
        let base = sp.down(3);
        let (a, b, c) = (base.slot(0), base.slot(1), base.slot(2));
        base.set_slot(0, c);
        base.set_slot(1, a);
        base.set_slot(2, b);
    }
}
