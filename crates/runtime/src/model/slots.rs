//! Slots: what the objects of a type can do.
//!
//! A definition ([`Slots`]) has room for all of them. How a type refers to those that it has is a matter of speed or of
//! size: in `slots/whole.rs` as they stand in the definition, so that each is a look away; in `slots/packed.rs` only
//! those that are there, since most types have few.

use berus_mpy::opcode::BinaryOp;

use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::Res;
use crate::model::iterator::Next;
use crate::model::mounts::FileSystem;
use crate::model::object::Gc;
use crate::model::printer::{Printer, Style};
use crate::model::stream::StreamSlots;
use crate::model::types::{Attr, AttrResult, Definition, Member, Subscr, Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::qstr::{Name, Qstr};

#[cfg_attr(feature = "small", path = "slots/packed.rs")]
mod whole;

pub use whole::{Store, StoredSlots};

/// The slots of a definition, which is a constant, as types refer to them.
#[macro_export]
macro_rules! store_slots {
    ($slots:expr) => {{
        const SLOTS: $crate::model::types::Slots = $slots;
        const STORE: $crate::model::slots::Store<{ SLOTS.count() }> = $crate::model::slots::Store::new(SLOTS);
        $crate::model::types::StoredSlots::of(&STORE)
    }};
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
            #[cfg(feature = "native")]
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

        whole::stored_slots! { $($slot: $fn,)* }
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
