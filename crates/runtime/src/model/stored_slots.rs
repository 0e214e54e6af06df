//! How types refer to what they can do: to their definition, in which a slot is found by one look.

/// Declares the store of a type's slots, and what refers to the store.
macro_rules! stored_slots {
    ($($slot:ident : $fn:ty,)*) => {
        /// Where a constant type has its `N` slots.
        pub struct Store<const N: usize>(Slots);

        impl<const N: usize> Store<N> {
            /// The `N` slots of a definition.
            pub const fn new(slots: Slots) -> Store<N> {
                Store(slots)
            }
        }

        /// The slots of a type.
        #[derive(Clone, Copy)]
        pub struct StoredSlots(&'static Slots);

        impl StoredSlots {
            /// The slots in a store.
            pub const fn of<const N: usize>(store: &'static Store<N>) -> StoredSlots {
                StoredSlots(&store.0)
            }

            /// The type's name, if the name has no number.
            #[cfg_attr(not(feature = "small"), inline(always))]
            pub(crate) const fn name(self) -> Name {
                self.0.name
            }

            /// The attributes that all objects of the type share.
            #[cfg_attr(not(feature = "small"), inline(always))]
            pub(crate) const fn members(self) -> &'static [Member] {
                self.0.members
            }

            $(#[doc = concat!("The slot `", stringify!($slot), "`.")]
            #[cfg_attr(not(feature = "small"), inline(always))]
            pub fn $slot(self) -> Option<$fn> {
                self.0.$slot
            })*
        }
    };
}

pub(super) use stored_slots;
