//! Types: how objects behave.
//!
//! A built-in type is a `static` table made by `const fn`s, so that it stays in flash:
//!
//! ```ignore
//! pub static RANGE: Type = define!(
//!     Type::new(q!("range"))
//!         .make_new(range_new)
//!         .print(range_print)
//!         .subscr(range_subscr)
//!         .iter(range_iter)
//! );
//! ```
//!
//! A class that a program defines is a `Type` on the heap, whose slots are those of `obj/instance.rs`. What C code
//! reads is at the front, in MicroPython's layout.

use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::class::{Body, Class};
use crate::model::error::Res;
use crate::model::iterator::Next;
use crate::model::layout::{Dict, Tuple};
use crate::model::machine::Machine;
use crate::model::mounts::FileSystem;
use crate::model::object::{Gc, Header};
use crate::model::printer::{Printer, Style};
use crate::model::stored_slots::stored_slots;
use crate::model::stream::StreamSlots;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::model::{class, machine};
use crate::q;
use crate::qstr::{Name, Qstr};

/// Properties of a type.
pub mod flag {
    #[cfg(doc)]
    use crate::model::buffer::Access;

    /// The type was made by a program, not built in.
    pub const HEAP: u16 = 1 << 0;
    /// `==` with an object of another type asks this type, too.
    pub const EQ_CHECKS_OTHER_TYPE: u16 = 1 << 1;
    /// The type is or derives from `BaseException`.
    pub const EXCEPTION: u16 = 1 << 3;
    /// An instance found in a class is bound to the object that it is looked up for.
    pub const BINDS_SELF: u16 = 1 << 4;
    /// Instances of the type's subclasses have an object of this type inside.
    pub const SUBCLASSED: u16 = 1 << 5;
    /// Objects of the type may be unequal to themselves.
    pub const EQ_NOT_REFLEXIVE: u16 = 1 << 6;
    /// `!=` is not just the opposite of `==`.
    pub const EQ_HAS_NE: u16 = 1 << 7;
    /// Objects of the type have the layout of a tuple.
    pub const TUPLE: u16 = 1 << 8;
    /// The buffer slot knows [`Access::Lend`].
    pub const LENDS: u16 = 1 << 9;
    /// A subscript that is a slice is used and not kept, so that it need not be an object on the heap.
    pub const SUBSCR_ALLOWS_STACK_SLICE: u16 = 1 << 10;
    /// The type is on the heap, followed by its attributes.
    pub const ATTRIBUTES: u16 = 1 << 11;
    /// The type stands for a type made by C code.
    pub const FOREIGN: u16 = 1 << 14;
    /// The mark of every type of Berus. A type without it came from a C module.
    pub const BERUS: u16 = 1 << 15;

    /// The flags that say how objects behave. The others say how types and their objects lie in memory.
    pub const BEHAVIOUR: u16 =
        EQ_CHECKS_OTHER_TYPE | BINDS_SELF | EQ_NOT_REFLEXIVE | EQ_HAS_NE | LENDS | SUBSCR_ALLOWS_STACK_SLICE;
}

/// A unary operation: an operator of the language, or an operation that only built-ins ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of MicroPython's unary operations
pub enum UnaryOp {
    Positive,
    Negative,
    Invert,
    /// `not`, for which no type is asked: it follows from `Bool`.
    Not,
    /// Truth, as `True` or `False`.
    Bool,
    /// Length, as an int.
    Len,
    /// Hash, as a small int.
    Hash,
    Abs,
    /// Conversion by `int()`, of numbers only.
    Int,
    Float,
    Complex,
    /// Bytes of memory, for `sys.getsizeof`.
    Sizeof,
}

/// A request to a type's attribute slot.
#[derive(Clone, Copy)]
pub enum Attr {
    /// Look an attribute up.
    Load,
    /// Look an attribute up to call it: a method need not be bound.
    LoadMethod,
    /// Store this value in an attribute.
    Store(Obj),
    /// Delete an attribute.
    Delete,
}

/// A type's answer about an attribute.
#[derive(Clone, Copy)]
pub enum AttrResult {
    /// The slot does not know the attribute: go on with the type's methods, or fail.
    Missing,
    /// The value of the attribute.
    Value(Obj),
    /// A method and the object to call it with.
    Method(Obj, Obj),
    /// The attribute was stored or deleted.
    Done,
}

/// A request to a type's subscript slot.
#[derive(Clone, Copy)]
pub enum Subscr {
    /// `base[index]`
    Load,
    /// `base[index] = value`
    Store(Obj),
    /// `del base[index]`
    Delete,
}

/// Where a type's methods and other attributes are.
pub enum Locals {
    /// A constant table, sorted by number of the name.
    Static(&'static [Member]),
    /// A class's dict.
    Dict(Gc<Dict>),
}

/// An entry of a constant table of attributes: of a type or of a module; [`members!`](crate::members) makes such
/// tables.
#[derive(Clone, Copy)]
pub struct Member {
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Obj,
}

// SAFETY: a member's value is a constant: an immediate word, or a pointer to a `static`.
unsafe impl Sync for Member {}

impl Member {
    /// The attribute `name` with value `value`, which is an immediate word or [`Obj::from_static`].
    pub const fn new(name: Name, value: Obj) -> Member {
        Member { name, value }
    }
}

/// A row of a table that is to be sorted: an attribute, with the number of its name if the name has one.
pub type Row = (Option<Qstr>, Member);

/// The `N` rows of `shared` and `own` as a table of attributes, for [`Locals::Static`]: sorted by the number of the
/// name, with names that have no number at the end.
pub const fn sorted<const N: usize>(shared: &[Row], own: &[Row]) -> [Member; N] {
    const fn key(row: &Row) -> u32 {
        match row.0 {
            Some(name) => name.number(),
            None => u32::MAX,
        }
    }
    let nothing = Member::new(Name::of(Qstr::NULL), Obj::NONE);
    let mut rows = [(None, nothing); N];
    let mut i = 0;
    while i < N {
        rows[i] = if i < shared.len() { shared[i] } else { own[i - shared.len()] };
        let mut j = i;
        while j > 0 && key(&rows[j - 1]) > key(&rows[j]) {
            rows.swap(j - 1, j);
            j -= 1;
        }
        i += 1;
    }
    let mut members = [nothing; N];
    let mut i = 0;
    while i < N {
        members[i] = rows[i].1;
        i += 1;
    }
    members
}

/// Finds `name` in a sorted table.
pub fn find(vm: &Vm, members: &[Member], name: Qstr) -> Option<Obj> {
    let key = |member: &Member| member.name.qstr().map_or(u32::MAX, Qstr::number);
    if let Ok(at) = members.binary_search_by_key(&name.number(), key) {
        return Some(members[at].value);
    }
    if name.is_fixed() {
        return None;
    }
    let spelling = vm.spelling(name);
    let mut texts = members.iter().rev().map_while(|member| Some((member.name.text()?, member.value)));
    texts.find(|(text, _)| text.as_bytes() == spelling).map(|(_, value)| value)
}

macro_rules! slots {
    ($($(#[$doc:meta])* $slot:ident : $fn:ty,)*) => {
        /// What the objects of a type can do.
        #[derive(Clone, Copy)]
        pub struct Slots {
            /// The type's name, if the name has no number.
            pub(crate) name: Name,
            /// The attributes that all objects of the type share, sorted by number of the name. A class has its
            /// attributes in a dict instead.
            pub(crate) members: &'static [Member],
            $($(#[$doc])* pub $slot: Option<$fn>,)*
        }

        impl Slots {
            /// The slots of a type that can do nothing.
            pub const NONE: Slots = Slots { name: Name::of(Qstr::NULL), members: &[], $($slot: None,)* };

            /// How many slots there are at most.
            #[cfg(all(feature = "native", berus_machine))]
            pub(crate) const KINDS: usize = [$(stringify!($slot)),*].len();

            /// How many slots there are.
            pub const fn count(&self) -> usize {
                0 $(+ self.$slot.is_some() as usize)*
            }
        }

        impl Definition {
            $($(#[$doc])* pub const fn $slot(mut self, slot: $fn) -> Definition {
                self.slots.$slot = Some(slot);
                self
            })*
        }

        stored_slots! { $($slot: $fn,)* }
    };
}

slots! {
    /// Makes an instance: what calling the type does.
    make_new: fn(&Vm, Gc<Type>, Args<'_>) -> Res,
    /// Prints an instance.
    print: fn(&Vm, Obj, &mut dyn Printer, Style) -> Res<()>,
    /// Calls an instance.
    call: fn(&Vm, Obj, Args<'_>) -> Res,
    /// A unary operation; `None` if it is not supported.
    unary_op: fn(&Vm, UnaryOp, Obj) -> Res<Option<Obj>>,
    /// A binary operation whose left operand is an instance; `None` if it is not supported.
    binary_op: fn(&Vm, BinaryOp, Obj, Obj) -> Res<Option<Obj>>,
    /// A binary operation whose right operand is an instance, which comes first; `None` if it is not supported.
    reverse_op: fn(&Vm, BinaryOp, Obj, Obj) -> Res<Option<Obj>>,
    /// An attribute of an instance.
    attr: fn(&Vm, Obj, Qstr, Attr) -> Res<AttrResult>,
    /// A subscript of an instance: the value loaded, or `Some(None)` where stored or deleted; `None` if unsupported.
    subscr: fn(&Vm, Obj, Obj, Subscr) -> Res<Option<Obj>>,
    /// Whether an instance contains a value; `None` if the slot cannot tell.
    contains: fn(&Vm, Obj, Obj) -> Res<Option<bool>>,
    /// An iterator over an instance.
    iter: fn(&Vm, Obj) -> Res,
    /// How a plain iterator over an instance comes to its next item; a type has this slot in place of `iter`.
    items: Next,
    /// The next item of an instance, or `None` at the end.
    next: fn(&Vm, Obj) -> Res<Option<Obj>>,
    /// The memory of an instance.
    buffer: fn(&Vm, Obj, Access) -> Res<Option<Buffer>>,
    /// Reading, writing and controlling an instance.
    stream: &'static StreamSlots,
    /// What an instance offers as a file system.
    file_system: &'static FileSystem,
    /// Gives up what an instance holds outside of the heap, before the instance is freed. The call comes between two
    /// instructions; the slot takes exceptions that it raises itself. Instances that have to be finalised come from
    /// [`Finalise::alloc_finalised`](crate::model::finalise::Finalise::alloc_finalised) or
    /// [`Customs::new_custom`](crate::obj::custom::Customs::new_custom).
    finalise: fn(&Vm, Obj),
}

/// The slots of a definition, which is a constant, as types refer to them.
#[macro_export]
macro_rules! store_slots {
    ($slots:expr) => {{
        const SLOTS: $crate::model::types::Slots = $slots;
        const STORE: $crate::model::types::Store<{ SLOTS.count() }> = $crate::model::types::Store::new(SLOTS);
        $crate::model::types::StoredSlots::of(&STORE)
    }};
}

/// A type.
#[repr(C)]
pub struct Type {
    header: Header,
    /// A set of [`flag`]s.
    pub(crate) flags: u16,
    name: u16,
    /// For each kind of slot that C code knows, the slot's number in `slots_for_c`.
    indices_for_c: machine::Indices,
    /// The slots that C code reads.
    pub(crate) slots_for_c: machine::Slots,
    /// What objects of the type can do. All classes that programs define share the same slots.
    pub(crate) slots: StoredSlots,
    /// The type that this type derives from, or the tuple of [`Parent::Many`].
    parent: Slot,
    /// The number of the type's name, which may have more than 16 bits; 0 if the name is among the slots.
    number: u32,
    /// The number of the class's body in its module, if the body is run only when the class is used; else 0.
    pub(crate) body: u16,
}

// Every class of a program takes this memory.
const _: () = assert!(size_of::<Class>() <= 12 * size_of::<u64>());

/// A type that is being defined: [`define!`](crate::define) makes a [`Type`] of it.
pub struct Definition {
    /// The type without its slots.
    pub ty: Type,
    /// The type's slots.
    pub slots: Slots,
}

/// Makes a [`Type`](crate::model::types::Type) of its [`Definition`](crate::model::types::Definition), which is a
/// constant.
#[macro_export]
macro_rules! define {
    ($definition:expr) => {{
        const DEFINITION: $crate::model::types::Definition = $definition;
        DEFINITION.ty.with_slots($crate::store_slots!(DEFINITION.slots))
    }};
}

/// What a type derives from.
#[derive(Clone, Copy)]
pub enum Parent {
    /// The type derives from `object` only.
    None,
    /// The type derives from this one.
    One(Gc<Type>),
    /// The type derives from several types. The first item of this tuple is a tuple of them, in order. The other items
    /// are these types and all that they derive from, each once, in the order in which attributes are looked up.
    Many(Gc<Tuple>),
}

impl Parent {
    /// The types that a type derives from directly, given the tuple of [`Parent::Many`].
    pub(crate) fn bases(several: Gc<Tuple>) -> Gc<Tuple> {
        several.items().first().and_then(|bases| bases.downcast()).unwrap_or(Tuple::EMPTY)
    }
}

// SAFETY: a type is never changed, and the pointers of a `static` one are to other `static`s.
unsafe impl Sync for Type {}

impl Type {
    /// The offsets of the flags, the name, and the fields behind them that C code reads.
    #[allow(dead_code)] // used only in builds with machine code
    pub(crate) const PLACES_FOR_C: [usize; 4] = [
        core::mem::offset_of!(Type, flags),
        core::mem::offset_of!(Type, name),
        core::mem::offset_of!(Type, indices_for_c),
        core::mem::offset_of!(Type, slots_for_c),
    ];

    /// Begins the definition of a type named `name`.
    // Not `Self`: a definition becomes a type when it is complete.
    #[allow(clippy::new_ret_no_self)]
    pub const fn new(name: Qstr) -> Definition {
        let ty = Type {
            header: Header::of(&TYPE),
            flags: flag::BERUS,
            name: name.number() as u16,
            indices_for_c: <Vm as Machine>::INDICES,
            slots_for_c: <Vm as Machine>::SLOTS,
            slots: store_slots!(Slots::NONE),
            parent: None,
            number: name.number(),
            body: 0,
        };
        Definition { ty, slots: Slots::NONE }
    }

    /// Begins the definition of a type whose name need not be one of Berus's.
    pub const fn named(name: Name) -> Definition {
        let mut definition = Type::new(Qstr::NULL);
        definition.slots.name = name;
        definition
    }

    /// The type with the slots `slots`.
    pub const fn with_slots(mut self, slots: StoredSlots) -> Type {
        self.slots = slots;
        self
    }

    /// The type with the name `name`.
    pub fn with_name(mut self, name: Qstr) -> Type {
        self.name = name.number() as u16;
        self.number = name.number();
        self
    }

    /// The type, made to derive from `parent`.
    pub(crate) fn derived(mut self, parent: Parent) -> Type {
        self.set_parent(parent);
        self
    }

    /// The class that this type is the beginning of; `None` if the type has no attributes of its own.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn as_class(&self) -> Option<&Class> {
        // SAFETY: a type with the flag `ATTRIBUTES` is the beginning of a class.
        self.has(flag::ATTRIBUTES).then(|| unsafe { NonNull::from_ref(self).cast().as_ref() })
    }

    /// The class body that will define the type's attributes; `None` if it has been run, or there is none.
    #[inline]
    pub(crate) fn later(&self) -> Option<Body> {
        if self.body == 0 {
            return None;
        }
        let context = Obj::from_header(self.as_class()?.attributes.get()).downcast()?;
        Some(Body { context, number: self.body })
    }

    /// The dict of a class, once there is one.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn dict(&self) -> Option<Gc<Dict>> {
        let attributes = self.as_class()?.attributes.get();
        if self.body != 0 {
            return Obj::from_header(attributes).downcast();
        }
        // SAFETY: the attributes of a class without a body that is still to be run are a dict.
        Some(unsafe { Gc::from_ptr(attributes.cast()) })
    }

    /// Sets what the type derives from.
    pub(crate) fn set_parent(&mut self, parent: Parent) {
        self.parent = match parent {
            Parent::None => None,
            Parent::One(parent) => Some(parent.obj()),
            Parent::Many(several) => Some(several.obj()),
        };
    }

    /// What the type derives from.
    #[inline]
    pub fn parent(&self) -> Parent {
        let Some(parent) = self.parent else { return Parent::None };
        match parent.downcast::<Type>() {
            Some(parent) => Parent::One(parent),
            None => parent.downcast::<Tuple>().map_or(Parent::None, Parent::Many),
        }
    }

    /// The type's attributes. A class whose body has not been run yet has none.
    #[inline]
    pub fn locals(&self) -> Locals {
        match self.dict() {
            Some(dict) => Locals::Dict(dict),
            None => Locals::Static(self.slots.members()),
        }
    }

    /// The type's name.
    pub const fn name(&self) -> Name {
        if self.number != 0 { Name::of(Qstr::from_number(self.number)) } else { self.slots.name() }
    }

    /// Whether all of `flags` are set.
    pub fn has(&self, flags: u16) -> bool {
        self.flags & flags == flags
    }

    /// Whether attributes of instances may be properties or descriptors of the class.
    pub fn has_accessors(&self) -> bool {
        self.dict().is_some_and(|dict| dict.map.is_noted(class::ACCESSORS))
    }
}

impl Definition {
    /// The definition with the attributes that all instances share: a table from [`sorted`].
    pub const fn locals(mut self, members: &'static [Member]) -> Definition {
        self.slots.members = members;
        self
    }

    /// The definition of a type that derives from `parent`.
    pub const fn parent(mut self, parent: &'static Type) -> Definition {
        self.ty.parent = Some(Obj::from_static(parent));
        self
    }

    /// The definition with `flags` set, too, of those that say how objects of the type behave.
    ///
    /// # Panics
    /// If one of the flags says how types or their objects lie in memory. A type is a constant, so that the panic is an
    /// error of the build.
    pub const fn flags(self, flags: u16) -> Definition {
        assert!(flags & !flag::BEHAVIOUR == 0, "only the runtime's own types have flags of layout");
        self.layout_flags(flags)
    }

    /// The definition with `flags` set, too. The type and its objects have the layout that the flags say.
    pub(crate) const fn layout_flags(mut self, flags: u16) -> Definition {
        self.ty.flags |= flags;
        self
    }
}

/// What `type` can do: the contract, which `obj` implements.
pub(crate) trait TypeOfTypes {
    /// The slots of `type`.
    const SLOTS: StoredSlots;
}

/// The type `type`, which is its own type.
pub static TYPE: Type = Type::new(q!("type")).ty.with_slots(<Vm as TypeOfTypes>::SLOTS);
