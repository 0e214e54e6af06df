//! Objects: what a word can point to.
//!
//! An object is `#[repr(C)]` and starts with a [`Header`], which names its type. Objects are shared freely, so what can
//! change in one sits in `Cell`s and no `&mut` to a heap object ever exists. Objects do not move.

use core::ops::Deref;
use core::ptr::NonNull;
use core::{fmt, slice};

use crate::model::types::Type;
use crate::model::word::Obj;

/// The first word of every object: its type.
#[repr(C)]
pub struct Header {
    ty: NonNull<Type>,
}

impl Header {
    /// The header of an object of built-in type `ty`.
    pub const fn of(ty: &'static Type) -> Header {
        Header { ty: NonNull::from_ref(ty) }
    }

    /// The header of an object of type `ty`, which may be a class.
    pub fn new(ty: Gc<Type>) -> Header {
        Header { ty: ty.0 }
    }

    /// The type.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn ty(&self) -> Gc<Type> {
        Gc(self.ty)
    }

    /// Whether the object's type, be it of Berus or of C code, has all of `flags`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn has(&self, flags: u16) -> bool {
        let ty = self.ty.as_ptr();
        // SAFETY: an object's type is alive, and every type begins as those of Berus do, up to its name.
        let own = unsafe { (&raw const (*ty).flags).cast::<u16>().read() };
        own & flags == flags
    }
}

/// A kind of object that Rust code knows the layout of.
///
/// # Safety
/// The type is `#[repr(C)]`, its first field is a [`Header`], and objects whose header names one of [`Object::KINDS`]
/// have its layout. [`Object::TYPE`] is the first of them.
pub unsafe trait Object: Sized {
    /// The built-in type of such objects.
    const TYPE: &'static Type;
    /// The types of such objects, where programs tell kinds of them apart.
    const KINDS: &'static [Type] = slice::from_ref(Self::TYPE);
    /// Whether such objects hold words or pointers that the collector must follow.
    const SCAN: bool = true;
}

/// A pointer to an object of known layout.
///
/// The pointer is as good as a reference as long as the collector sees it: in a local variable, on a value stack or in
/// a heap block; see [`Obj`].
#[repr(transparent)]
pub struct Gc<T>(NonNull<T>);

impl<T> Clone for Gc<T> {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn clone(&self) -> Gc<T> {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    /// Whether both are the same object.
    fn eq(&self, other: &Gc<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Gc<T> {}

impl<T> fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object at {:p}", self.0)
    }
}

impl<T> Gc<T> {
    /// A pointer to a constant object.
    pub const fn from_static(object: &'static T) -> Gc<T> {
        Gc(NonNull::from_ref(object))
    }

    /// A pointer to an initialised object.
    ///
    /// # Safety
    /// `object` is a valid `T` in a heap block (or lives for ever), and stays valid while the collector sees it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const unsafe fn from_ptr(object: NonNull<T>) -> Gc<T> {
        Gc(object)
    }

    /// The object's address.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn as_ptr(self) -> NonNull<T> {
        self.0
    }
}

impl<T: Object> Gc<T> {
    /// The object as a value.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn obj(self) -> Obj {
        Obj::from_header(self.0.cast())
    }
}

impl<T> Deref for Gc<T> {
    type Target = T;

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn deref(&self) -> &T {
        // SAFETY: `Gc::from_ptr` promises a valid object; it stays so while this pointer is where the collector
        // sees it, which holders of a `Gc` uphold.
        unsafe { self.0.as_ref() }
    }
}

impl Obj {
    /// The object as a `T`, if its type is exactly `T::TYPE`, or another of its kinds.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn downcast<T: Object>(self) -> Option<Gc<T>> {
        let header = self.as_header()?;
        // SAFETY: a pointer word points to a live object, whose first word is a header.
        let ty = unsafe { header.as_ref() }.ty;
        // A pointer to a type points to the type's beginning, so a pointer into the array of kinds points to one of the
        // kinds.
        let from_first = ty.addr().get().wrapping_sub(core::ptr::from_ref(T::TYPE).addr());
        (from_first <= (T::KINDS.len() - 1) * size_of::<Type>()).then_some(Gc(header.cast()))
    }
}
