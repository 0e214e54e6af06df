//! Calls, returns and yields.
//!
//! The arguments of a call lie on the stack behind two slots or one that the call gives up: the function, and for
//! methods `self`. They become the first local variables of a Python function where they are, except in generators,
//! whose slots are not on the value stack.

use core::slice;

use berus_mpy::opcode::Op;

use crate::data::cell::Cell;
use crate::data::function::BoundMethod;
use crate::interpret::execution::waits_for;
use crate::interpret::op::{exception, leaving_op, next, raised, resume, tri};
use crate::model::args::Args;
use crate::model::builtin::{Builtin, Fun};
use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::{Poll, tick};
use crate::model::execute::Called;
use crate::model::frame::Entry;
use crate::model::layout::Function;
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::registers::{Fp, Here, Ip, Sp, running};
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::generator::{Generator, Resume};
use crate::obj::instance;
use crate::ops::call::{Call, call_slot, call_with_starred};

/// The arguments of a call, and how a frame for the call begins.
#[derive(Clone, Copy)]
pub(crate) struct Passed {
    /// The slot of the first argument; the slot below is free.
    pub args: Sp,
    /// How many arguments are positional: they come first.
    pub n_pos: usize,
    /// How many pairs of a keyword and its value follow.
    pub n_kw: usize,
    /// Whether the arguments are on the value stack, so that a frame can begin there.
    pub in_place: bool,
    /// The entry of the frame, [`Entry::Rust`] or [`Entry::Call`].
    pub entry: Entry,
}

impl Passed {
    /// The arguments, as functions written in Rust get them.
    fn words<'a>(self) -> Args<'a> {
        Args::new(self.args.values(self.n_pos + 2 * self.n_kw), self.n_pos)
    }

    /// With `first`, which takes the free slot, before the other arguments.
    fn after(self, first: Obj) -> Passed {
        let args = self.args.down(1);
        args.set_slot(0, Some(first));
        Passed { args, n_pos: self.n_pos + 1, ..self }
    }
}

/// Calls `callee`.
///
/// # Errors
/// What the call raises.
pub(crate) fn call_at(vm: &Vm, mut callee: Obj, mut passed: Passed) -> Res<Called> {
    // A bound method, a class or an instance takes the free slot for `self`. One that is reached through another finds
    // none, and is called by way of its type's slot.
    let mut free = true;
    loop {
        if let Some(function) = callee.downcast::<Function>() {
            return enter(vm, function, passed, None);
        }
        if let Some(builtin) = callee.downcast::<Builtin>() {
            return builtin.call(vm, passed.words()).map(Called::Done);
        }
        if free && let Some(method) = callee.downcast::<BoundMethod>() {
            callee = method.function;
            passed = passed.after(method.this);
            free = false;
            continue;
        }
        if free
            && passed.n_kw == 0
            && let Some(class) = callee.downcast::<Type>()
            && let Some(entry) = passed.entry.of_init()
            && let Some((this, init)) = instance::begin_simple(vm, class)?
        {
            return enter(vm, init, Passed { entry, ..passed.after(this) }, Some(this));
        }
        if free
            && vm.type_of(callee).has(flag::HEAP)
            && callee.downcast::<Type>().is_none()
            && let Some(function) = instance::call_function(vm, callee)?
        {
            passed = passed.after(callee);
            callee = function.obj();
            free = false;
            continue;
        }
        return call_slot(vm, callee, passed.words()).map(Called::Done);
    }
}

/// Pushes a frame for a Python function, which keeps `object` alive, or makes the function's generator.
fn enter(vm: &Vm, function: Gc<Function>, passed: Passed, object: Slot) -> Res<Called> {
    let code = function.code(vm)?;
    if code.is_generator() {
        let generator = Generator::new(vm, code)?;
        bind(vm, function, code, passed, Sp(generator.slots()))?;
        make_cells(vm, code, Fp(generator.slots()))?;
        return Ok(Called::Done(generator.obj()));
    }
    // Where Rust calls, the arguments lie where other calls would put theirs: it has looked for events before.
    if passed.entry != Entry::Rust && tick(vm) {
        vm.poll()?;
    }
    let locals = if passed.in_place { passed.args } else { Sp(vm.frame().end.get()) };
    vm.check_room(locals, code)?;
    bind(vm, function, code, passed, locals)?;
    vm.push_frame(code, locals.0, passed.entry, object)?;
    if !code.cells().is_empty()
        && let Err(raised) = make_cells(vm, code, Fp(locals.0))
    {
        vm.pop_frame();
        return Err(raised);
    }
    Ok(Called::Entered)
}

/// Makes the cells of a function's own variables.
fn make_cells(vm: &Vm, code: Gc<Code>, fp: Fp) -> Res<()> {
    for &local in code.cells() {
        let cell = Cell::new(vm, fp.local(local.into()))?;
        fp.set_local(local.into(), Some(cell.obj()));
    }
    Ok(())
}

/// Lays the arguments of a call out as the function's local variables, from `locals` on; the others are unset.
fn bind(vm: &Vm, function: Gc<Function>, code: Gc<Code>, passed: Passed, locals: Sp) -> Res<()> {
    let Passed { args, n_pos, n_kw, .. } = passed;
    let cells = function.cells();
    let wanted = usize::from(code.n_pos) - cells.len();
    if n_kw == 0 && !code.takes_more() && n_pos <= wanted && n_pos + usize::from(code.n_def) >= wanted {
        let (defaults, n_def) = (function.defaults(code), usize::from(code.n_def));
        // SAFETY: the arguments are on the stack, and the frame has room for its local variables, which may overlap
        // them.
        unsafe { core::ptr::copy(args.0, locals.0.add(cells.len()), n_pos) };
        for (n, cell) in cells.iter().enumerate() {
            locals.set_slot(n, *cell);
        }
        let mut n = cells.len() + n_pos;
        for default in &defaults[n_def - (wanted - n_pos)..] {
            locals.set_slot(n, *default);
            n += 1;
        }
        clear(locals, n, code);
        return Ok(());
    }
    let n_args = code.n_args();
    if n_args <= 16 {
        let mut bound = [None; 16];
        function.bind(vm, code, passed.words(), &mut bound[..n_args])?;
        place(locals, &bound[..n_args], code);
    } else {
        let block = vm.alloc_words(n_args)?;
        // SAFETY: the block has `n_args` words, and nobody else knows it.
        let bound = unsafe { slice::from_raw_parts_mut(block.as_ptr(), n_args) };
        function.bind(vm, code, passed.words(), bound)?;
        place(locals, bound, code);
    }
    Ok(())
}

fn place(locals: Sp, bound: &[Slot], code: Gc<Code>) {
    for (n, value) in bound.iter().enumerate() {
        locals.set_slot(n, *value);
    }
    clear(locals, bound.len(), code);
}

/// Unsets the local variables from number `from` on.
#[cfg_attr(not(feature = "small"), inline(always))]
fn clear(locals: Sp, from: usize, code: Gc<Code>) {
    for n in from..usize::from(code.n_locals) {
        // SAFETY: the slot is in the frame. Volatile, because a call that clears memory takes longer than clearing the
        // few slots that there are.
        unsafe { locals.up(n).0.write_volatile(None) };
    }
}

/// How many arguments a call has, and where they are: one word, so that [`call_and_go_on`] gets all in registers. An
/// instruction has room for 255 positional arguments, besides `self`; keywords are fewer than the 2¹⁶ slots of a frame.
#[derive(Clone, Copy)]
struct Arguments(u32);

impl Arguments {
    /// Arguments from `first` slots above the callee on.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn new(n_pos: usize, n_kw: usize, first: usize) -> Arguments {
        Arguments((n_pos | n_kw << 9 | first << 30) as u32)
    }

    fn n_pos(self) -> usize {
        (self.0 & 0x1ff) as usize
    }

    fn n_kw(self) -> usize {
        (self.0 >> 9 & 0x1f_ffff) as usize
    }

    fn first(self) -> usize {
        (self.0 >> 30) as usize
    }
}

/// Calls the object at `sp`, and goes on in the function, or behind the instruction with the result at `sp`.
#[inline(never)]
fn call_and_go_on(vm: &Vm, here: Here, ip: Ip, mut sp: Sp, arguments: Arguments) -> Exit {
    let frame = vm.frame();
    frame.ip.set(ip.0);
    frame.sp.set(sp.0);
    match call_from(vm, here.code(vm), sp, arguments) {
        Ok(Some(value)) => {
            sp.push(value);
            next(vm, here.code(vm), ip, sp, here.fp(vm))
        }
        Ok(None) => resume(vm),
        Err(error) => call_failed(vm, ip, sp, error),
    }
}

/// Goes on behind an instruction that has called the object at `sp`, with the result there.
#[cfg_attr(not(feature = "small"), inline(always))]
fn called_and_go_on(vm: &Vm, code: Gc<Code>, ip: Ip, mut sp: Sp, fp: Fp, called: Res) -> Exit {
    match called {
        Ok(value) => {
            sp.push(value);
            next(vm, code, ip, sp, fp)
        }
        Err(error) => call_failed(vm, ip, sp, error),
    }
}

/// Leaves the instruction before `ip`, which has called the object at `sp`: with the exception that the call has raised,
/// unless this exception asks to wait for the call's result.
#[cold]
#[inline(never)]
pub(in crate::interpret) fn call_failed(vm: &Vm, ip: Ip, sp: Sp, error: Raised) -> Exit {
    vm.frame().sp.set(sp.0);
    let exit = raised(vm, ip, error);
    if waits_for(vm, sp.at(0)) { Exit::Waiting } else { exit }
}

/// Calls the object at `sp`: the result, or `None` if a frame was pushed.
#[inline(never)]
fn call_from(vm: &Vm, code: Gc<Code>, sp: Sp, arguments: Arguments) -> Res<Option<Obj>> {
    if !cfg!(feature = "small")
        && arguments.n_kw() == 0
        && let Some(ty) = sp.at(0).downcast::<Type>()
        && !ty.has(flag::HEAP)
        && let Some(make_new) = ty.slots.make_new()
        && !vm.is_deep()
    {
        let words = sp.up(arguments.first()).values(arguments.n_pos());
        return make_new(vm, ty, Args::positional(words)).map(Some);
    }
    let passed = Passed {
        args: sp.up(arguments.first()),
        n_pos: arguments.n_pos(),
        n_kw: arguments.n_kw(),
        in_place: !code.is_generator(),
        entry: Entry::Call,
    };
    match call_at(vm, sp.at(0), passed)? {
        Called::Done(value) => Ok(Some(value)),
        Called::Entered => Ok(None),
    }
}

/// Enters the function at `sp`, if one is there that takes just the `n` positional arguments at `args`: the function's
/// code.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn enter_simple(
    vm: &Vm,
    code: Gc<Code>,
    ip: Ip,
    sp: Sp,
    args: Sp,
    n: usize,
) -> Option<Gc<Code>> {
    let function = sp.at(0).downcast::<Function>()?;
    if code.is_generator() || tick(vm) {
        return None;
    }
    let frame = vm.frame();
    frame.ip.set(ip.0);
    frame.sp.set(sp.0);
    push_simple(vm, function, args, n, Entry::Call)
}

/// Pushes a frame for a function that takes just the `n` positional arguments at `args`, on the value stack: the
/// function's code. `None` if the function takes other arguments, or a stack is full.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn push_simple(vm: &Vm, function: Gc<Function>, args: Sp, n: usize, entry: Entry) -> Option<Gc<Code>> {
    let code = function.code_if_simple();
    if !code.simple || usize::from(code.n_pos) != n || !vm.try_push_frame(code, args.0, entry) {
        return None;
    }
    clear(args, n, code);
    Some(code)
}

/// Calls the object at `sp` with positional arguments.
#[inline(never)]
fn call_with_arguments(vm: &Vm, sp: Sp, arguments: Arguments) -> Res {
    let words = sp.up(arguments.first()).values(arguments.n_pos());
    match sp.at(0).downcast::<Builtin>() {
        Some(builtin) => builtin.call(vm, Args::positional(words)),
        None => vm.call(sp.at(0), words),
    }
}

/// Calls the built-in function at `sp`, without keywords, and goes on behind the instruction with the result at `sp`.
#[inline(never)]
fn call_builtin(vm: &Vm, here: Here, ip: Ip, mut sp: Sp, arguments: Arguments) -> Exit {
    let frame = vm.frame();
    frame.ip.set(ip.0);
    frame.sp.set(sp.0);
    let called = match sp.at(0).downcast::<Builtin>().map(|builtin| builtin.fun()) {
        Some(Fun::Send(fun)) if arguments.n_pos() == 2 => {
            let (object, sent) = (sp.up(arguments.first()).at(0), sp.up(arguments.first()).at(1));
            if let Some(generator) = object.downcast::<Generator>()
                && tri!(vm, ip, generator.enter(vm, Entry::Send, sent))
            {
                return resume(vm);
            }
            fun(vm, object, sent)
        }
        Some(Fun::F0(fun)) if arguments.n_pos() == 0 => {
            frame.forget_above();
            fun(vm)
        }
        _ => call_with_arguments(vm, sp, arguments),
    };
    let value = tri!(vm, ip, called);
    sp.push(value);
    next(vm, here.code(vm), ip, sp, here.fp(vm))
}

/// Calls the built-in function at `sp` with the positional arguments at `args`; else leaves for the long way.
macro_rules! call_quickly {
    ($vm:ident, $code:ident, $ip:ident, $sp:ident, $fp:ident, $args:expr, $n_pos:expr, $n_kw:expr, $first:expr) => {{
        let (args, n_pos) = ($args, $n_pos);
        let fun = match $sp.at(0).downcast::<Builtin>() {
            Some(builtin) if $n_kw == 0 => builtin.fun(),
            _ => return call_and_go_on($vm, Here::new($code, $fp), $ip, $sp, Arguments::new(n_pos, $n_kw, $first)),
        };
        let called = match (fun, n_pos) {
            (Fun::F1(fun), 1) => fun($vm, args.at(0)),
            (Fun::F2(fun), 2) => fun($vm, args.at(0), args.at(1)),
            (Fun::Var { min, max, fun }, n) if usize::from(min) <= n && n <= usize::from(max) => {
                fun($vm, args.values(n))
            }
            _ => return call_builtin($vm, Here::new($code, $fp), $ip, $sp, Arguments::new(n_pos, $n_kw, $first)),
        };
        let value = tri!($vm, $ip, called);
        $sp.push(value);
        next($vm, $code, $ip, $sp, $fp)
    }};
}

leaving_op! {
    call_function(vm, code, ip, sp, fp) {
        let start = ip;
        let counts = ip.uint();
        let args = sp.down(counts & 0xff);
        if counts <= 0xff
            && let Some(target) = enter_simple(vm, code, ip, args.down(1), args, counts)
        {
            return next(vm, target, Ip(target.start), args.up(usize::from(target.n_locals)), Fp(args.0));
        }
        call_any_function(vm, running(code), start, sp, fp)
    }
}

leaving_op! {
    #[inline(never)]
    call_any_function(vm, code, ip, sp, fp) {
        let counts = ip.uint();
        let (n_pos, n_kw) = (counts & 0xff, counts >> 8);
        sp.drop(n_pos + 2 * n_kw + 1);
        call_quickly!(vm, code, ip, sp, fp, sp.up(1), n_pos, n_kw, 1)
    }
}

leaving_op! {
    call_method(vm, code, ip, sp, fp) {
        let start = ip;
        let counts = ip.uint();
        if counts <= 0xff {
            let base = sp.down(counts + 2);
            // A method without `self` leaves its slot unused.
            let with_self = usize::from(base.slot(1).is_some());
            let args = base.up(2 - with_self);
            if let Some(target) = enter_simple(vm, code, ip, base, args, counts + with_self) {
                return next(vm, target, Ip(target.start), args.up(usize::from(target.n_locals)), Fp(args.0));
            }
        }
        call_any_method(vm, running(code), start, sp, fp)
    }
}

leaving_op! {
    #[inline(never)]
    call_any_method(vm, code, ip, sp, fp) {
        let counts = ip.uint();
        let (n_pos, n_kw) = (counts & 0xff, counts >> 8);
        sp.drop(n_pos + 2 * n_kw + 2);
        let with_self = usize::from(sp.slot(1).is_some());
        call_quickly!(vm, code, ip, sp, fp, sp.up(2 - with_self), n_pos + with_self, n_kw, 2 - with_self)
    }
}

/// A call with starred arguments, from `sp` on: the callee, for methods `self`, which are `before` slots together, the
/// arguments, and the bitmap of starred ones.
#[inline(never)]
pub(in crate::interpret) fn call_starred(vm: &Vm, sp: Sp, counts: usize, before: usize) -> Res {
    let (n_pos, n_kw) = (counts & 0xff, counts >> 8);
    let first = sp.up(before);
    let n_words = n_pos + 2 * n_kw;
    let starred = first.at(n_words).as_small_int().unwrap_or(0) as usize;
    let this = if before > 1 { sp.slot(1) } else { None };
    // Null keywords mark mappings, so these are slots, not values.
    // SAFETY: verified code has pushed that many slots.
    let words: &[Slot] = unsafe { slice::from_raw_parts(first.0, n_words) };
    call_with_starred(vm, sp.at(0), this, &words[..n_pos], &words[n_pos..], starred)
}

leaving_op! {
    call_function_var_kw(vm, code, ip, sp, fp) {
        let counts = ip.uint();
        sp.drop(2 + (counts & 0xff) + 2 * (counts >> 8));
        let called = call_starred(vm, sp, counts, 1);
        called_and_go_on(vm, code, ip, sp, fp, called)
    }
}

leaving_op! {
    call_method_var_kw(vm, code, ip, sp, fp) {
        let counts = ip.uint();
        sp.drop(3 + (counts & 0xff) + 2 * (counts >> 8));
        let called = call_starred(vm, sp, counts, 2);
        called_and_go_on(vm, code, ip, sp, fp, called)
    }
}

leaving_op! {
    return_value(vm, code, ip, sp, fp) {
        let value = sp.pop();
        let frame = vm.frame();
        if frame.blocks_end.get() != frame.blocks() {
            return exception::return_through_blocks(vm, Here::new(code, fp), ip, value);
        }
        if frame.entry.get() == Entry::Call {
            return go_back(vm, value);
        }
        finish(vm, ip, value)
    }
}

/// Removes the running frame, and goes on in the frame below with `value` pushed on its stack.
#[cfg_attr(not(feature = "small"), inline(always))]
fn go_back(vm: &Vm, value: Obj) -> Exit {
    vm.pop_frame();
    go_on_with(vm, value)
}

/// Goes on in the frame on top, which has waited for a call, with `value` pushed on its stack.
#[cfg_attr(not(feature = "small"), inline(always))]
fn go_on_with(vm: &Vm, value: Obj) -> Exit {
    let frame = vm.frame();
    let mut sp = Sp(frame.sp.get());
    sp.push(value);
    let Some(code) = frame.code.get() else { return Exit::Returned };
    next(vm, code, Ip(frame.ip.get()), sp, Fp(frame.locals.get()))
}

/// Goes on in the body of the loop of the frame on top, which has waited for its generator, with `value` as the item.
#[cfg_attr(not(feature = "small"), inline(always))]
fn go_on_in_loop(vm: &Vm, value: Obj) -> Exit {
    let frame = vm.frame();
    let mut ip = Ip(frame.ip.get());
    ip.forward();
    let mut sp = Sp(frame.sp.get());
    sp.push(value);
    let Some(code) = frame.code.get() else { return Exit::Returned };
    next(vm, code, ip, sp, Fp(frame.locals.get()))
}

/// Ends the running frame, whose blocks are all closed, with `value`.
#[inline(never)]
pub(crate) fn finish(vm: &Vm, ip: Ip, value: Obj) -> Exit {
    let frame = vm.frame();
    match frame.entry.get() {
        Entry::Call => go_back(vm, value),
        #[cfg(berus_tier)]
        Entry::Machine => crate::interpret::tier::go_back(vm, value),
        #[cfg(berus_tier)]
        Entry::MachineInit if value == Obj::NONE => {
            let this = frame.object.get().unwrap_or(Obj::NONE);
            crate::interpret::tier::go_back(vm, this)
        }
        #[cfg(berus_tier)]
        Entry::MachineInit => raised(vm, ip, init_answered(vm, value)),
        #[cfg(berus_tier)]
        Entry::MachineOperator if value != crate::obj::none::NOT_IMPLEMENTED => {
            crate::interpret::tier::go_back(vm, value)
        }
        #[cfg(berus_tier)]
        Entry::MachineOperator => crate::interpret::tier::decline(vm),
        Entry::Init => {
            if value != Obj::NONE {
                return raised(vm, ip, init_answered(vm, value));
            }
            let this = frame.object.get().unwrap_or(Obj::NONE);
            go_back(vm, this)
        }
        Entry::Loop => {
            end_generator(frame.object.get());
            vm.pop_frame();
            let frame = vm.frame();
            let mut ip = Ip(frame.ip.get());
            let by = ip.forward();
            let Some(code) = frame.code.get() else { return Exit::Returned };
            let sp = Sp(frame.sp.get()).down(berus_mpy::opcode::ITER_SLOTS as usize);
            next(vm, code, ip.plus(by), sp, Fp(frame.locals.get()))
        }
        Entry::Delegate => {
            end_generator(frame.object.get());
            vm.pop_frame();
            let frame = vm.frame();
            let sp = Sp(frame.sp.get());
            sp.set_top(value);
            let Some(code) = frame.code.get() else { return Exit::Returned };
            next(vm, code, Ip(frame.ip.get()), sp, Fp(frame.locals.get()))
        }
        Entry::Send => {
            end_generator(frame.object.get());
            vm.pop_frame();
            raised(vm, Ip(vm.frame().ip.get()), vm.stop_iteration(value))
        }
        Entry::Rust | Entry::Execution | Entry::Bottom => {
            end_generator(frame.object.get());
            vm.pop_frame();
            vm.set_result(value);
            Exit::Returned
        }
    }
}

/// The exception for an `__init__` that has returned something else than `None`.
#[cold]
fn init_answered(vm: &Vm, value: Obj) -> Raised {
    let name = vm.type_name(value);
    vm.type_error(format_args!("__init__() should return None, not '{name}'"))
}

/// Notes that the generator of a frame that ends has ended, if the frame's object is one.
pub(in crate::interpret) fn end_generator(object: Slot) {
    if let Some(generator) = object.and_then(|object| object.downcast::<Generator>()) {
        generator.end();
    }
}

leaving_op! {
    yield_value(vm, code, ip, sp, fp) {
        let value = sp.pop();
        yield_out(vm, ip, sp, value)
    }
}

/// Suspends the running generator before `ip`, and gives `value` to whoever resumed it.
#[cfg_attr(not(feature = "small"), inline(always))]
fn yield_out(vm: &Vm, ip: Ip, sp: Sp, value: Obj) -> Exit {
    let entry = suspend(vm, ip, sp);
    match entry {
        Entry::Loop => go_on_in_loop(vm, value),
        Entry::Rust if !cfg!(feature = "small") => {
            vm.set_result(value);
            Exit::Yielded
        }
        entry => yield_further(vm, entry, value),
    }
}

/// Suspends the running generator before `ip`, and removes its frame: where control goes.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn suspend(vm: &Vm, ip: Ip, sp: Sp) -> Entry {
    let frame = vm.frame();
    if let Some(generator) = frame.object.get().and_then(|object| object.downcast::<Generator>()) {
        generator.suspend(frame, ip, sp);
    }
    let entry = frame.entry.get();
    vm.pop_frame();
    entry
}

/// Gives `value` to whoever resumed the generator whose frame, with the entry `entry`, has just been removed.
#[inline(never)]
pub(in crate::interpret) fn yield_further(vm: &Vm, mut entry: Entry, value: Obj) -> Exit {
    while entry == Entry::Delegate {
        // The frame's `yield from` runs again when the generator is resumed.
        let frame = vm.frame();
        entry = suspend(vm, Ip(frame.ip.get()).plus(-1), Sp(frame.sp.get()));
    }
    match entry {
        Entry::Send => go_on_with(vm, value),
        Entry::Loop => go_on_in_loop(vm, value),
        _ => {
            vm.set_result(value);
            Exit::Yielded
        }
    }
}

leaving_op! {
    yield_from(vm, code, ip, sp, fp) {
        let sent = sp.pop();
        let iterator = sp.top();
        let frame = vm.frame();
        frame.ip.set(ip.0);
        if let Some(generator) = iterator.downcast::<Generator>() {
            frame.sp.set(sp.0);
            if tri!(vm, ip, generator.enter(vm, Entry::Delegate, sent)) {
                return resume(vm);
            }
        }
        match tri!(vm, ip, vm.send(iterator, sent)) {
            Some(value) => {
                // The next value that is sent comes to the slot of `sent`, and this instruction runs again.
                yield_out(vm, ip.plus(-1), sp, value)
            }
            None => {
                sp.set_top(vm.take_returned());
                next(vm, code, ip, sp, fp)
            }
        }
    }
}

/// Whether a generator that is suspended at `ip` waits for another generator.
pub(crate) fn is_delegating(ip: *const u8) -> bool {
    // SAFETY: a suspended generator has another instruction at `ip`.
    unsafe { *ip == Op::YieldFrom as u8 }
}
