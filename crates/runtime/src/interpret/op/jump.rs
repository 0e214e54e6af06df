//! Jumps.

use crate::interpret::op::{leaving_op, next, op, tri};
use crate::model::events::{Poll, tick};
use crate::model::registers::running;
use crate::model::word::Obj;
use crate::ops::truth::Truth;
use crate::qstr::Qstr;

/// The truth of `object`, if it is a bool or no pointer, as conditions mostly are.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn plain_truth(object: Obj) -> Option<bool> {
    if object == Obj::TRUE {
        Some(true)
    } else if object == Obj::FALSE {
        Some(false)
    } else if object.is_pointer() {
        None
    } else {
        Some(object != Obj::NONE && object != Obj::small_int_wrapping(0) && object != Obj::qstr(Qstr::EMPTY))
    }
}

leaving_op! {
    jump(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        if by < 0 && tick(vm) {
            return jump_polling(vm, running(code), start, sp, fp);
        }
        next(vm, code, ip.plus(by), sp, fp)
    }
}

op! {
    /// A jump before which pending events are looked at.
    #[inline(never)]
    jump_polling(vm, code, ip, sp, fp) {
        tri!(vm, ip, vm.poll());
        let by = ip.jump();
        ip = ip.plus(by);
    }
}

leaving_op! {
    pop_jump_if[const TRUTH: bool](vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        let Some(truth) = plain_truth(sp.top()) else { return pop_jump_if_object::<TRUTH>(vm, running(code), start, sp, fp) };
        sp.drop(1);
        if truth == TRUTH {
            if by < 0 && tick(vm) {
                return jump_polling(vm, running(code), start, sp, fp);
            }
            ip = ip.plus(by);
        }
        next(vm, code, ip, sp, fp)
    }
}

leaving_op! {
    #[inline(never)]
    pop_jump_if_object[const TRUTH: bool](vm, code, ip, sp, fp) {
        let truth = tri!(vm, ip, vm.truth(sp.top()));
        sp.set_top(Obj::bool(truth));
        pop_jump_if::<TRUTH>(vm, running(code), ip, sp, fp)
    }
}

leaving_op! {
    jump_if_or_pop[const TRUTH: bool](vm, code, ip, sp, fp) {
        let Some(truth) = plain_truth(sp.top()) else { return jump_if_object_or_pop::<TRUTH>(vm, running(code), ip, sp, fp) };
        let by = ip.forward();
        if truth == TRUTH {
            ip = ip.plus(by);
        } else {
            sp.drop(1);
        }
        next(vm, code, ip, sp, fp)
    }
}

op! {
    #[inline(never)]
    jump_if_object_or_pop[const TRUTH: bool](vm, code, ip, sp, fp) {
        let truth = tri!(vm, ip, vm.truth(sp.top()));
        let by = ip.forward();
        if truth == TRUTH {
            ip = ip.plus(by);
        } else {
            sp.drop(1);
        }
    }
}
