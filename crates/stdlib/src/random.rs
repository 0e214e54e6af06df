//! The module `random`: the same numbers as MicroPython's for the same seed (facts: `extmod/modrandom.c`).
//!
//! The generator is Ilya Levin's Yasmarang, which is in the public domain. It is not for secrets.

use core::cell::Cell;

use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::layout::Module;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::{INDEX_ERROR, VALUE_ERROR};
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::subscr::Subscripts;
use berus_runtime::ops::truth::Truth;

#[cfg(feature = "python")]
mod more;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("random", MEMBERS).init(init).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "getrandbits" => f1(getrandbits),
        "seed" => var(0, 1, seed),
        "randrange" => var(1, 3, randrange),
        "randint" => f2(randint),
        "choice" => f1(choice),
        "random" => f0(random),
        "uniform" => f2(uniform),
        #[cfg(feature = "python")]
        "choices" => kw(1, more::choices),
        #[cfg(feature = "python")]
        "sample" => f2(more::sample),
        #[cfg(feature = "python")]
        "shuffle" => f1(more::shuffle),
    }
}

/// The generator of an interpreter.
struct Generator {
    pad: Cell<u32>,
    n: Cell<u32>,
    d: Cell<u32>,
    dat: Cell<u8>,
}

berus_runtime::custom_type! {
    /// Programs do not see the generator.
    static GENERATOR: Type<Generator> = "random";
}

impl Generator {
    fn seeded(seed: u32) -> Generator {
        Generator { pad: Cell::new(seed), n: Cell::new(69), d: Cell::new(233), dat: Cell::new(0) }
    }

    fn seed(&self, seed: u32) {
        let Generator { pad, n, d, dat } = Generator::seeded(seed);
        self.pad.swap(&pad);
        self.n.swap(&n);
        self.d.swap(&d);
        self.dat.swap(&dat);
    }

    /// The next 32 bits.
    fn next(&self) -> u32 {
        let (d, dat) = (self.d.get(), self.dat.get());
        let pad = self.pad.get().wrapping_add(dat.into()).wrapping_add(d.wrapping_mul(self.n.get())).rotate_left(3);
        let d = d ^ pad.rotate_right(1);
        let dat = dat ^ pad as u8 ^ (d >> 8) as u8 ^ 1;
        self.pad.set(pad);
        self.n.set(pad | 2);
        self.d.set(d);
        self.dat.set(dat);
        pad ^ (d << 5) ^ (pad >> 18) ^ (u32::from(dat) << 1)
    }

    /// A number below `bound`; any if that is 0.
    fn below(&self, bound: u32) -> u32 {
        if bound == 0 {
            return self.next();
        }
        // As many bits as MicroPython takes: those of the bound.
        let mask = u32::MAX >> bound.leading_zeros();
        loop {
            let number = self.next() & mask;
            if number < bound {
                return number;
            }
        }
    }

    /// A number from 0 to below 1, of 52 bits.
    fn fraction(&self) -> f64 {
        let (high, low) = (self.next(), self.next());
        let bits = (u64::from(high) << 32 | u64::from(low)) & ((1 << 52) - 1);
        f64::from_bits(1f64.to_bits() | bits) - 1.0
    }
}

fn generator(vm: &Vm) -> Res<Gc<Custom<Generator>>> {
    // What MicroPython begins with where there is no entropy.
    vm.shared(|| Generator::seeded(0xeda4_baba))
}

fn init(vm: &Vm, _: Gc<Module>) -> Res<()> {
    if let Some(seed) = entropy(vm) {
        generator(vm)?.seed(seed);
    }
    Ok(())
}

fn entropy(vm: &Vm) -> Option<u32> {
    let mut bytes = [0; 4];
    vm.host().entropy(&mut bytes).then(|| u32::from_le_bytes(bytes))
}

fn seed(vm: &Vm, args: &[Obj]) -> Res {
    let seed = match args.first() {
        Some(&seed) if seed != Obj::NONE => vm.int_truncated(seed)? as u32,
        _ => entropy(vm).ok_or_else(|| vm.value_error(format_args!("no default seed")))?,
    };
    generator(vm)?.seed(seed);
    Ok(Obj::NONE)
}

fn getrandbits(vm: &Vm, bits: Obj) -> Res {
    match vm.int(bits)? {
        0 => vm.new_int(0),
        #[cfg(feature = "python")]
        bits @ 33.. => more::getrandbits(vm, bits as usize),
        bits @ 1..=32 => vm.new_uint((generator(vm)?.next() & (u32::MAX >> (32 - bits))) as usize),
        _ => Err(vm.value_error(format_args!("bits must be 32 or less"))),
    }
}

#[cold]
fn nothing_to_choose_from(vm: &Vm) -> Raised {
    vm.error_with(&VALUE_ERROR, &[])
}

/// One of the `count` numbers from `start` on that are `step` apart.
fn from_range(vm: &Vm, start: isize, step: isize, count: isize) -> Res {
    if count <= 0 {
        return Err(nothing_to_choose_from(vm));
    }
    let number = generator(vm)?.below(count as u32) as isize;
    vm.new_int(start.wrapping_add(step.wrapping_mul(number)))
}

fn randrange(vm: &Vm, args: &[Obj]) -> Res {
    #[cfg(feature = "python")]
    if args.iter().any(|&number| more::is_wide(vm, number)) {
        return more::randrange(vm, args);
    }
    let first = vm.int(args[0])?;
    let Some(&stop) = args.get(1) else { return from_range(vm, 0, 1, first) };
    let stop = vm.int(stop)?;
    let step = match args.get(2) {
        Some(&step) => vm.int(step)?,
        None => 1,
    };
    if step == 0 || step > 0 && first >= stop || step < 0 && first <= stop {
        return Err(nothing_to_choose_from(vm));
    }
    let count = first.abs_diff(stop).div_ceil(step.unsigned_abs());
    from_range(vm, first, step, isize::try_from(count).unwrap_or(isize::MAX))
}

fn randint(vm: &Vm, first: Obj, last: Obj) -> Res {
    #[cfg(feature = "python")]
    if more::is_wide(vm, first) || more::is_wide(vm, last) {
        return more::randint(vm, first, last);
    }
    let (first, last) = (vm.int(first)?, vm.int(last)?);
    from_range(vm, first, 1, last.saturating_sub(first).saturating_add(1))
}

fn choice(vm: &Vm, items: Obj) -> Res {
    let len = vm.int(vm.len(items)?)?;
    if len == 0 {
        return Err(vm.error_with(&INDEX_ERROR, &[]));
    }
    let index = generator(vm)?.below(len as u32);
    vm.load_subscr(items, vm.new_uint(index as usize)?)
}

fn random(vm: &Vm) -> Res {
    vm.new_float(generator(vm)?.fraction())
}

fn uniform(vm: &Vm, low: Obj, high: Obj) -> Res {
    let (low, high) = (vm.float(low)?, vm.float(high)?);
    vm.new_float(low + (high - low) * generator(vm)?.fraction())
}
