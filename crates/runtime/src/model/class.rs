//! Classes: types on the heap, with attributes.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::code::Context;
use crate::model::layout;
use crate::model::layout::Dict;
use crate::model::object::{Gc, Header};
use crate::model::types::{Type, flag};

/// The code of a class body in a module that runs in place.
#[derive(Clone, Copy)]
pub(crate) struct Body {
    /// The module's context.
    pub context: Gc<Context>,
    /// The number of the code in the module.
    pub number: u16,
}

/// A type on the heap, with [`flag::ATTRIBUTES`]: since it is no `static`, some of it may change.
#[repr(C)]
pub(crate) struct Class {
    /// The type.
    pub ty: Type,
    /// The class's dict, or if the class's body has not been run yet, the context of the body's module.
    pub(crate) attributes: Cell<NonNull<Header>>,
}

impl Class {
    /// `ty` with the attributes `dict`.
    pub fn new(mut ty: Type, dict: Gc<Dict>) -> Class {
        ty.flags |= flag::ATTRIBUTES;
        Class { ty, attributes: Cell::new(dict.as_ptr().cast()) }
    }

    /// `ty` with the attributes that the class body `body` will define when it is run.
    pub fn with_body(mut ty: Type, body: Body) -> Class {
        ty.flags |= flag::ATTRIBUTES;
        ty.body = body.number;
        Class { ty, attributes: Cell::new(body.context.as_ptr().cast()) }
    }

    /// Notes that the class's body has been run, with the attributes `dict` as the result.
    pub fn complete(&self, dict: Gc<Dict>) {
        self.attributes.set(dict.as_ptr().cast());
    }
}

/// The note in the dict of a class that has properties or descriptors, or derives from a class that has them.
pub(crate) const ACCESSORS: u32 = layout::NOTES;
