//! Jumps.

use super::{op, tri};
use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

/// Whether `object` is true, without a call for what conditions mostly are.
macro_rules! is_true {
    ($vm:ident, $ip:ident, $object:expr) => {{
        let object = $object;
        if object == Obj::TRUE {
            true
        } else if object == Obj::FALSE {
            false
        } else {
            tri!($vm, $ip, truth($vm, object))
        }
    }};
}

#[inline(never)]
fn truth(vm: &Vm, object: Obj) -> Res<bool> {
    vm.truth(object)
}

op! {
    jump(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        ip = ip.plus(by);
        if by < 0 && vm.tick() {
            tri!(vm, start, vm.poll());
        }
    }
}

op! {
    pop_jump_if_true(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        if is_true!(vm, start, sp.pop()) {
            ip = ip.plus(by);
            if by < 0 && vm.tick() {
                tri!(vm, start, vm.poll());
            }
        }
    }
}

op! {
    pop_jump_if_false(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        if !is_true!(vm, start, sp.pop()) {
            ip = ip.plus(by);
            if by < 0 && vm.tick() {
                tri!(vm, start, vm.poll());
            }
        }
    }
}

op! {
    jump_if_true_or_pop(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        if is_true!(vm, start, sp.top()) {
            ip = ip.plus(by);
        } else {
            sp.drop(1);
        }
    }
}

op! {
    jump_if_false_or_pop(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        if is_true!(vm, start, sp.top()) {
            sp.drop(1);
        } else {
            ip = ip.plus(by);
        }
    }
}
