//! How types refer to what they can do, where code is to be small: to the slots that they have, one behind the other,
//! since most types have few. A slot is found by counting those before.

/// Declares the store of a type's slots, and what refers to the store.
macro_rules! stored_slots {
    ($($slot:ident : $fn:ty,)*) => {
        /// What stands in front of the slots of a type.
        #[repr(C)]
        struct Head {
            name: Name,
            members: NonNull<Member>,
            n_members: u16,
            /// For each kind of slot a bit: whether it is there.
            filled: u16,
        }

        /// The kinds of slots.
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types)] // the names are those of the slots
        enum Kind {
            $($slot,)*
        }

        /// A slot that is there.
        #[derive(Clone, Copy)]
        union Entry {
            $($slot: $fn,)*
        }

        /// Where a constant type has its `N` slots.
        #[repr(C)]
        pub struct Store<const N: usize> {
            head: Head,
            slots: [Entry; N],
        }

        impl<const N: usize> Store<N> {
            /// The `N` slots of a definition.
            ///
            /// # Panics
            /// If there are more slots than `N`, or attributes than numbers of 16 bits. A type is a constant, so that
            /// the panic is an error of the build.
            pub const fn new(slots: Slots) -> Store<N> {
                let members = slots.members;
                assert!(members.len() <= u16::MAX as usize);
                // The type has no null, so that places that stay free hold any slot.
                let free: fn(&Vm, Obj) = |_, _| {};
                let (mut filled, mut entries, mut n) = (0, [Entry { finalise: free }; N], 0);
                $(if let Some(slot) = slots.$slot {
                    filled |= 1 << Kind::$slot as u32;
                    entries[n] = Entry { $slot: slot };
                    n += 1;
                })*
                assert!(n <= N);
                let n_members = members.len() as u16;
                let head = Head { name: slots.name, members: NonNull::from_ref(members).cast(), n_members, filled };
                Store { head, slots: entries }
            }
        }

        /// The slots of a type.
        #[derive(Clone, Copy)]
        pub struct StoredSlots(NonNull<Head>);

        impl StoredSlots {
            /// The slots in a store.
            pub const fn of<const N: usize>(store: &'static Store<N>) -> StoredSlots {
                StoredSlots(NonNull::from_ref(store).cast())
            }

            const fn head(self) -> &'static Head {
                // SAFETY: a head begins each store, and stores stay.
                unsafe { self.0.as_ref() }
            }

            /// The type's name, if the name has no number.
            pub(crate) const fn name(self) -> Name {
                self.head().name
            }

            /// The attributes that all objects of the type share.
            pub(crate) const fn members(self) -> &'static [Member] {
                let head = self.head();
                // SAFETY: the two are the parts of such a slice.
                unsafe { core::slice::from_raw_parts(head.members.as_ptr(), head.n_members as usize) }
            }

            /// The slot of this kind, if it is there.
            fn entry(self, kind: Kind) -> Option<Entry> {
                let (filled, bit) = (self.head().filled, 1 << kind as u32);
                let before = (filled & (bit - 1)).count_ones() as usize;
                // SAFETY: a store has as many slots behind its head as bits are set, in the order of the bits.
                (filled & bit != 0).then(|| unsafe { self.0.add(1).cast::<Entry>().add(before).read() })
            }

            $(#[doc = concat!("The slot `", stringify!($slot), "`.")]
            pub fn $slot(self) -> Option<$fn> {
                // SAFETY: the entry of this kind is a slot of this kind.
                self.entry(Kind::$slot).map(|entry| unsafe { entry.$slot })
            })*
        }
    };
}

pub(super) use stored_slots;
