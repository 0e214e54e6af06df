//! Objects of types that are declared outside of the runtime, by library modules and embedders.

use core::ops::Deref;

use crate::model::error::Res;
use crate::model::finalise::Finalise;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;

/// What an object of a type that [`custom_type!`](crate::custom_type) declares holds.
///
/// # Safety
/// No other implementation has the same [`CustomType::TYPE`], and nothing but [`Vm::new_custom`] and
/// [`Custom::constant`] makes objects of that type.
pub unsafe trait CustomType: Sized + 'static {
    /// The type of such objects.
    const TYPE: &'static Type;
}

/// An object of a type declared outside of the runtime: its type, and a `T`, to which the object derefs.
#[repr(C)]
pub struct Custom<T> {
    header: Header,
    value: T,
}

// SAFETY: `Custom` is `repr(C)` and starts with a header. Whoever implements `CustomType` promises that no other
// objects have this type.
unsafe impl<T: CustomType> Object for Custom<T> {
    const TYPE: &'static Type = T::TYPE;
}

// SAFETY: a constant's header is never changed, and objects on a heap stay with their interpreter.
unsafe impl<T: Sync> Sync for Custom<T> {}

impl<T: CustomType> Custom<T> {
    /// An object that is a constant, for tables of [`members!`](crate::members). Constants are not finalised.
    pub const fn constant(value: T) -> Custom<T> {
        Custom { header: Header::of(T::TYPE), value }
    }
}

impl<T> Deref for Custom<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Objects of an embedder's own types.
pub trait Customs {
    /// An object that holds `value`. The `finalise` slot of its type, if there is one, is called before the object is
    /// freed.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_custom<T: CustomType>(&self, value: T) -> Res<Gc<Custom<T>>>;

    /// This interpreter's one object that holds a `T`, in which a library module keeps its state. `make` makes the `T`
    /// when the object is asked for first.
    ///
    /// # Errors
    /// `MemoryError`.
    fn shared<T: CustomType>(&self, make: impl FnOnce() -> T) -> Res<Gc<Custom<T>>>;
}

impl Customs for Vm {
    fn new_custom<T: CustomType>(&self, value: T) -> Res<Gc<Custom<T>>> {
        const { assert!(!core::mem::needs_drop::<T>(), "objects are freed without being dropped") }
        let object = Custom { header: Header::of(T::TYPE), value };
        if T::TYPE.slots.finalise().is_some() { self.alloc_finalised(object) } else { self.alloc(object) }
    }

    fn shared<T: CustomType>(&self, make: impl FnOnce() -> T) -> Res<Gc<Custom<T>>> {
        let objects = self.shared_objects()?;
        if let Some(object) = objects.items().iter().find_map(|object| object.get().downcast()) {
            return Ok(object);
        }
        let object = self.new_custom(make())?;
        objects.append(self, object.obj())?;
        Ok(object)
    }
}

/// Declares a type of objects that hold a value of a Rust type: the type's name, then its
/// [slots](crate::model::types::Type).
///
/// Parts of the Rust value that change are in `Cell`s, since objects are shared. The Rust value may hold objects
/// ([`Obj`](crate::model::word::Obj), [`Gc`](crate::model::object::Gc)), which the collector finds in it, but nothing
/// that needs to be dropped.
///
/// ```
/// use berus_runtime::model::arity::CheckArguments;
/// use berus_runtime::model::protocols::Ints;
/// use berus_runtime::obj::custom::Customs;
/// use berus_runtime::ops::convert::Convert;
/// use std::cell::Cell;
///
/// use berus_runtime::model::args::Args;
/// use berus_runtime::model::error::Res;
/// use berus_runtime::model::object::Gc;
/// use berus_runtime::obj::custom::Custom;
/// use berus_runtime::model::types::Type;
/// use berus_runtime::model::vm::Vm;
/// use berus_runtime::model::word::Obj;
///
/// struct Counter {
///     count: Cell<isize>,
/// }
///
/// berus_runtime::custom_type! {
///     /// Counts how often it is called.
///     static COUNTER: Type<Counter> = "Counter".make_new(new).call(call);
/// }
///
/// fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
///     vm.check_args(args, 0, 0, false)?;
///     Ok(vm.new_custom(Counter { count: Cell::new(0) })?.obj())
/// }
///
/// fn call(vm: &Vm, counter: Obj, _: Args<'_>) -> Res {
///     let counter = vm.this::<Custom<Counter>>(counter)?;
///     counter.count.set(counter.count.get() + 1);
///     vm.new_int(counter.count.get())
/// }
/// ```
#[macro_export]
macro_rules! custom_type {
    ($(#[$meta:meta])* $vis:vis static $table:ident: Type<$value:ty> = $name:literal $(.$slot:ident($($arg:expr),*))*;) => {
        $(#[$meta])*
        $vis static $table: $crate::model::types::Type =
            $crate::define!($crate::model::types::Type::named($crate::name!($name))$(.$slot($($arg),*))*);

        // SAFETY: the type is a new one, which this `static` alone names, and a Rust type implements the trait once.
        #[allow(unsafe_code)]
        unsafe impl $crate::obj::custom::CustomType for $value {
            const TYPE: &'static $crate::model::types::Type = &$table;
        }
    };
}
