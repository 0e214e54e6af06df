//! The interpreter's state as a translator sees it.

use core::mem::offset_of;

use berus_mpy::opcode::BinaryOp;

use super::address;
use super::calls::way_to_call;
use crate::data;
use crate::data::instance::Instance;
use crate::model::builtin::Builtin;
use crate::model::code::Code;
use crate::model::frame::{Frame, frame_bytes};
use crate::model::layout::{Function, List, Map, Tuple};
use crate::model::object::Gc;
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::float::{Float, Floats};
use crate::obj::instance;
use crate::ops::arithmetic::plain;
use crate::q;

/// What machine code needs to know of a function to push its frame.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// The word of the function.
    pub function: usize,
    /// How many arguments the function takes, those with defaults included.
    pub n_args: usize,
    /// The address of the code object.
    pub code: usize,
    /// The address of the first instruction.
    pub start: usize,
    /// How many of the frame's slots are local variables.
    pub n_locals: usize,
    /// How many slots the frame has.
    pub n_slots: usize,
    /// The bytes of the frame, with its exception blocks.
    pub bytes: usize,
}

/// The frame on top, as a translator sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    vm: &'a Vm,
    frame: &'a Frame,
    code: Gc<Code>,
}

impl<'a> View<'a> {
    /// The frame on top; `None` if that is no call.
    pub fn new(vm: &'a Vm) -> Option<View<'a>> {
        let frame = vm.frame();
        Some(View { vm, frame, code: frame.code.get()? })
    }

    /// Whether the code is a generator's, whose slots are not on the value stack.
    pub fn is_generator(&self) -> bool {
        self.code.is_generator()
    }

    /// How many exception blocks can be open at once.
    pub fn n_blocks(&self) -> usize {
        usize::from(self.code.n_exc)
    }

    /// The address of the code object.
    pub fn code(&self) -> usize {
        self.code.as_ptr().addr().get()
    }

    /// The name of the function, and the line of the instruction at `offset`.
    pub fn place(&self, offset: usize) -> (&'a [u8], u32) {
        (self.vm.spelling(self.code.name()), self.code.line(self.vm, self.code.start.wrapping_add(offset)))
    }

    /// The instructions.
    pub fn instructions(&self) -> &'a [u8] {
        let prelude = self.code.start.addr() - self.code.bytes.addr();
        // SAFETY: a code object's bytes are its prelude and instructions, which stay as long as the code object does.
        unsafe { core::slice::from_raw_parts(self.code.start, self.code.len as usize - prelude) }
    }

    /// The offset of the instruction that the frame is at.
    pub fn offset(&self) -> usize {
        self.frame.ip.get().addr() - self.code.start.addr()
    }

    /// How many of the frame's slots are local variables.
    pub fn n_locals(&self) -> usize {
        usize::from(self.code.n_locals)
    }

    /// The slots that are in use: local variables and operands; null slots are 0.
    pub fn slots(&self) -> impl Iterator<Item = usize> + use<> {
        let (locals, sp) = (self.frame.locals.get(), self.frame.sp.get());
        self.slots_to((sp.addr() - locals.addr()) / size_of::<Slot>())
    }

    fn slots_to(&self, n: usize) -> impl Iterator<Item = usize> + use<> {
        let locals = self.frame.locals.get();
        // SAFETY: the frame's slots up to its stack pointer have been written.
        (0..n).map(move |slot| unsafe { locals.add(slot).read() }.map_or(0, Obj::bits))
    }

    /// The word of constant `index` of the module; `None` for one that is made when it is used.
    pub fn constant(&self, index: usize) -> Option<usize> {
        // SAFETY: verified code has no index but those of its module's constants.
        let constant = unsafe { self.code.constants.add(index).read() }?;
        constant.as_later().is_none().then(|| constant.bits())
    }

    /// The word of name `index` of the module.
    pub fn name(&self, index: usize) -> usize {
        Obj::qstr(self.code.qstr(index)).bits()
    }

    /// Where among the attributes of the instance that `word`, one of the frame's slots, is, name `index` of the module
    /// stands; `None` if it stands nowhere.
    pub fn member(&self, word: usize, index: usize) -> Option<usize> {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) }?;
        let instance = Instance::of(object)?;
        instance.members().find_name(self.vm, self.code.qstr(index))
    }

    /// How many attributes the instance that `word` is has, if it may have another without an index for them.
    pub fn members(&self, word: usize) -> Option<usize> {
        let members = self.instance(word)?.members();
        let n = members.entries().len();
        (n < data::map::index::PLAIN as usize).then_some(n)
    }

    /// The word of attribute number `at` of the instance that `word` is.
    pub fn attribute(&self, word: usize, at: usize) -> Option<usize> {
        let members = self.instance(word)?.members();
        members.entries().get(at)?.value.get().map(Obj::bits)
    }

    /// The word of an item of the list or tuple that `word` is: of the one with the index whose word is `index`, or else of
    /// any.
    pub fn item(&self, word: usize, index: Option<usize>) -> Option<usize> {
        let object = self.object(word)?;
        let index = index.and_then(|word| self.object(word)).and_then(Obj::as_small_int);
        let index = index.and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
        let item = match object.downcast::<List>() {
            Some(list) => list.get(index).or_else(|| list.get(0)),
            None => {
                let tuple = object.downcast::<Tuple>()?;
                tuple.items().get(index).or(tuple.items().first()).copied()
            }
        };
        item.map(Obj::bits)
    }

    /// The word of the variable that functions share whose cell `word` is.
    pub fn shared(&self, word: usize) -> Option<usize> {
        self.object(word)?.downcast::<data::cell::Cell>()?.value.get().map(Obj::bits)
    }

    /// The address of the class of the instance that `word`, one of the frame's slots, is; `None` if it is none.
    pub fn class(&self, word: usize) -> Option<usize> {
        self.instance(word).map(|instance| instance.class().as_ptr().addr().get())
    }

    fn instance(&self, word: usize) -> Option<&'a Instance> {
        Instance::of(self.object(word)?)
    }

    fn object(&self, word: usize) -> Option<Obj> {
        // SAFETY: the word is one of a value that is reached from the frame, or 0.
        unsafe { Obj::from_bits(word) }
    }

    /// The word of the Python function that is method number `index` of the module's names, of the instance that `word`,
    /// one of the frame's slots, is, and how many attributes the instance has, none of which has the name. That is so for
    /// all instances of the class with these attributes, until a [class changes](View::changes).
    pub fn method(&self, word: usize, index: usize) -> Option<(usize, usize)> {
        let (instance, name) = (self.instance(word)?, self.code.qstr(index));
        let found = data::class::find(self.vm, instance.class(), name).filter(|found| !found.native)?;
        let function = found.value.downcast::<Function>()?;
        let is_own = instance.members().find_name(self.vm, name).is_some();
        (!is_own).then(|| (function.obj().bits(), instance.members().used.get() as usize))
    }

    /// Whether storing an attribute of the instance that `word`, one of the frame's slots, is, changes that attribute and
    /// does nothing else. That is so for all instances of the class, until a [class changes](View::changes).
    pub fn stores_plainly(&self, word: usize) -> bool {
        self.instance(word).is_some_and(Instance::stores_plainly)
    }

    /// The word of the built-in function or type that name `index` of the module is, until [that may
    /// change](View::hidings); `None` if nobody has looked.
    pub fn builtin(&self, index: usize) -> Option<usize> {
        let found = self.vm.remembered_builtin(&self.code.context.globals().map, self.code.qstr(index))?;
        let is_static =
            found.downcast::<Builtin>().is_some() || found.downcast::<Type>().is_some_and(|ty| !ty.has(flag::HEAP));
        is_static.then(|| found.bits())
    }

    /// How often what was a built-in may have become none, a number that may begin anew.
    pub fn hidings(&self) -> u32 {
        self.vm.lookups.hidings.get()
    }

    /// Of `word`, one of the frame's slots, if that is an object of a built-in type of which name `index` of the module is a
    /// method: the address of the type, and the word of the method's function.
    pub fn plain_method(&self, word: usize, index: usize) -> Option<(usize, usize)> {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) }.filter(|object| object.is_pointer())?;
        let function = self.vm.remembered_plain_method(object, self.code.qstr(index))?;
        let ty = self.type_at(word);
        (ty != 0 && function.downcast::<Builtin>().is_some()).then(|| (ty, function.bits()))
    }

    /// How the built-in function that `word`, of a value that is reached from the frame, is, is called with `n` arguments:
    /// the addresses of a function that takes the interpreter, the address behind the opcode, the callee's slot, `n` and
    /// the second address, and answers as [`call`](super::call) does. `None` for other values and numbers.
    pub fn way_to_call(&self, word: usize, n: usize) -> Option<(usize, usize)> {
        way_to_call(self.object(word)?.downcast::<Builtin>()?.fun(), n)
    }

    /// How often classes have changed, a number that may begin anew.
    pub fn changes(&self) -> u32 {
        self.vm.lookups.changes.get()
    }

    /// The function that `word`, the word of a value that is reached from the frame, is, if a call with `n` arguments
    /// enters it by a frame alone, in which [defaults](View::default_of) stand for the arguments that are left out.
    pub fn callee(&self, word: usize, n: usize) -> Option<Callee> {
        let function = self.object(word)?.downcast::<Function>()?;
        let code = function.code_if_simple();
        let n_args = usize::from(code.n_pos);
        (code.simple && n <= n_args && n_args <= n + usize::from(code.n_def)).then(|| Callee {
            function: word,
            n_args,
            code: address(code),
            start: code.start.expose_provenance(),
            n_locals: code.n_locals.into(),
            n_slots: code.n_state.into(),
            bytes: frame_bytes(code),
        })
    }

    /// The word of the default of argument number `n` of `callee`, one that has a default.
    pub fn default_of(&self, callee: &Callee, n: usize) -> Option<usize> {
        let function = self.object(callee.function)?.downcast::<Function>()?;
        let defaults = function.defaults(function.code_if_simple());
        defaults.get((n + defaults.len()).checked_sub(callee.n_args)?).copied().flatten().map(Obj::bits)
    }

    /// The `__init__` of the class that `word`, the word of a value that is reached from the frame, is, if making an
    /// instance with `n` arguments takes no more than [`new_instance`](super::new_instance) and entering that function by
    /// a frame alone. That is so until a [class changes](View::changes).
    pub fn init(&self, word: usize, n: usize) -> Option<Callee> {
        let class = self.object(word)?.downcast::<Type>().filter(|class| class.later().is_none())?;
        self.callee(instance::simple_init(self.vm, class)?.obj().bits(), n + 1)
    }

    /// The address of the class of the instance that `word`, the word of a value that is reached from the frame, is, and the
    /// `__call__` that a call of such an instance with `n` arguments enters by a frame alone, in which the instance comes
    /// first. That is so until a [class changes](View::changes).
    pub fn call_method(&self, word: usize, n: usize) -> Option<(usize, Callee)> {
        let instance = self.instance(word)?;
        let found = data::class::find(self.vm, instance.class(), q!("__call__"))?;
        let callee = self.callee(found.value.downcast::<Function>()?.obj().bits(), n + 1)?;
        Some((instance.class().as_ptr().addr().get(), callee))
    }

    /// The function that the operator `op` of the instance that `word`, the word of a value that is reached from the frame,
    /// is and of a right operand enters first, by a frame alone. That is so for all instances of the class, until a [class
    /// changes](View::changes).
    pub fn operator(&self, word: usize, op: BinaryOp) -> Option<Callee> {
        let (class, plain) = (self.instance(word)?.class(), plain(op));
        let find = |op: BinaryOp| data::class::find(self.vm, class, instance::method_name(op)?);
        // Equality has more to it, and so have classes with an object of a built-in type inside.
        let is_other = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual)
            || data::class::native_base_type(self.vm, class).is_some()
            || plain != op && find(op).is_some();
        let found = find(plain).filter(|found| !is_other && !found.native)?;
        self.callee(found.value.downcast::<Function>()?.obj().bits(), 2)
    }

    /// The `__getitem__` of the class of the instance that `word`, the word of a value that is reached from the frame, is, if
    /// a subscription enters that function by a frame alone. That is so for all instances of the class, until a [class
    /// changes](View::changes).
    pub fn getter(&self, word: usize) -> Option<Callee> {
        let found = data::class::find(self.vm, self.instance(word)?.class(), q!("__getitem__"))?;
        self.callee(found.value.downcast::<Function>().filter(|_| !found.native)?.obj().bits(), 2)
    }

    /// The word of the variable of the module that name `index` of the module stands for; `None` if there is none.
    pub fn global_word(&self, index: usize) -> Option<usize> {
        let map = &self.code.context.globals().map;
        map.entries().get(map.find_name(self.vm, self.code.qstr(index))?)?.value.get().map(Obj::bits)
    }

    /// The variables of the module, and where among them name `index` of the module stands: the addresses of the number
    /// of entries, of 32 bits, and of the word for the address of the first entry; and the number of the entry.
    pub fn global(&self, index: usize) -> Option<(usize, usize, usize)> {
        let map = &self.code.context.globals().map;
        let at = map.find_name(self.vm, self.code.qstr(index))?;
        let start = core::ptr::from_ref(map).expose_provenance();
        Some((start + offset_of!(Map, used), start + offset_of!(Map, block), at))
    }

    /// The address of the type of the object that `word`, one of the frame's slots, points to; 0 if it points to none.
    pub fn type_at(&self, word: usize) -> usize {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) };
        object.and_then(Obj::as_header).map_or(0, |header| {
            // SAFETY: a pointer word points to a live object.
            unsafe { header.as_ref() }.ty().as_ptr().addr().get()
        })
    }

    /// The word in slot `number`, which is in use.
    pub fn slot(&self, number: usize) -> usize {
        self.slots_to(number + 1).last().unwrap_or(0)
    }

    /// Sets slot `slot`.
    ///
    /// # Safety
    /// The slot is one of the frame's, and `word` the word of a value of the interpreter, or 0.
    pub unsafe fn set_slot(&self, slot: usize, word: usize) {
        // SAFETY: as the caller says.
        unsafe { self.frame.locals.get().add(slot).write(Obj::from_bits(word)) };
    }

    /// Has the frame go on at instruction `offset` with `slots` slots in use.
    ///
    /// # Safety
    /// That is an instruction of the code, with as many slots in use by what verification has found.
    pub unsafe fn set_place(&self, offset: usize, slots: usize) {
        self.frame.ip.set(self.code.start.wrapping_add(offset));
        self.frame.sp.set(self.frame.locals.get().wrapping_add(slots));
    }

    /// The address of the first local variable.
    pub fn locals(&self) -> usize {
        self.frame.locals.get().expose_provenance()
    }

    /// The address of the first instruction.
    pub fn start(&self) -> usize {
        self.code.start.expose_provenance()
    }

    /// A float, which is had without memory for it, too, [`STORE`](crate::model::tier::STORE) times since machine code
    /// was entered.
    pub fn float(&self, value: f64) -> usize {
        match self.vm.new_float(value) {
            Ok(float) => float.bits(),
            Err(raised) => {
                self.vm.take_exception(raised);
                let state = self.vm.tier.state();
                state.inspect(|state| state.is_stocked.set(false));
                let store = state.map_or(&[][..], |state| &state.store);
                let stored = store.iter().map(core::cell::Cell::take).find(|float| *float != 0);
                // SAFETY: the store holds words of floats, and keeps them alive.
                let stored = stored.and_then(|float| unsafe { Obj::from_bits(float) });
                stored.map_or(Obj::NONE, |float| Float::refill(float, value)).bits()
            }
        }
    }
}
