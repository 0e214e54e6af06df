//! Descriptors: how programs say what is where in memory.
//!
//! A descriptor is a dict of fields, or a tuple for a structure inside of another one, a pointer or an array. A field's
//! number has its offset in the low bits and its type in the high ones of 31 bits, so that it is a small integer
//! everywhere.

use berus_runtime::data::dict::Dicts;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{Dict, Tuple};
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::binary::LITTLE;

/// Where the type of a scalar begins in a number, and that of something larger.
const SCALAR_TYPE: u32 = 27;
const LARGE_TYPE: u32 = 29;

/// Where the position of a bit field begins in a number, and its length; five bits each.
pub const BIT_POSITION: u32 = 17;
pub const BIT_LENGTH: u32 = 22;

/// The type number `ty`, from bit `at` on, as a signed number of 31 bits.
const fn descriptor(ty: u8, at: u32) -> i32 {
    ((ty as i32) << (at + 1)) >> 1
}

/// The type of pointers, which is the address of something else.
pub const POINTER: i32 = descriptor(1, LARGE_TYPE);

/// The type of arrays.
pub const ARRAY: i32 = descriptor(2, LARGE_TYPE);

/// The type of a number in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar(u8);

impl Scalar {
    pub const UINT8: Scalar = Scalar(0);
    pub const INT8: Scalar = Scalar(1);
    pub const UINT16: Scalar = Scalar(2);
    pub const INT16: Scalar = Scalar(3);
    pub const UINT32: Scalar = Scalar(4);
    pub const INT32: Scalar = Scalar(5);
    pub const UINT64: Scalar = Scalar(6);
    pub const INT64: Scalar = Scalar(7);
    // Parts of ints: bit fields.
    pub const BFUINT8: Scalar = Scalar(8);
    pub const BFINT8: Scalar = Scalar(9);
    pub const BFUINT16: Scalar = Scalar(10);
    pub const BFINT16: Scalar = Scalar(11);
    pub const BFUINT32: Scalar = Scalar(12);
    pub const BFINT32: Scalar = Scalar(13);
    pub const FLOAT32: Scalar = Scalar(14);
    pub const FLOAT64: Scalar = Scalar(15);

    /// The type of ints of `size` bytes.
    pub const fn int(size: usize, signed: bool) -> Scalar {
        Scalar(2 * size.trailing_zeros() as u8 + signed as u8)
    }

    /// Its number in descriptors.
    pub const fn descriptor(self) -> i32 {
        descriptor(self.0, SCALAR_TYPE)
    }

    fn of(number: usize) -> Scalar {
        Scalar((number >> SCALAR_TYPE) as u8 & 15)
    }

    /// Bytes of it.
    pub fn size(self) -> usize {
        if self == Scalar::FLOAT32 { 4 } else { 1 << (self.0 >> 1 & 3) }
    }

    fn is_bit_field(self) -> bool {
        (Scalar::BFUINT8.0..=Scalar::BFINT32.0).contains(&self.0)
    }

    /// Its code in `struct`. A bit field's is that of the unsigned int that it is part of, since bit fields have no
    /// sign.
    pub fn code(self) -> u8 {
        b"BbHhIiQqBBHHIIfd"[usize::from(self.0)]
    }
}

/// Part of an int.
#[derive(Clone, Copy)]
pub struct Bits {
    pub position: usize,
    pub length: usize,
}

/// A field of a structure. Places count from where the structure begins.
pub enum Field {
    Scalar(usize, Scalar, Option<Bits>),
    Large(usize, Gc<Tuple>),
}

impl Field {
    /// What the value in a dict of fields says.
    ///
    /// # Errors
    /// `TypeError` if it is no descriptor of a field.
    pub fn of(vm: &Vm, descriptor: Obj) -> Res<Field> {
        if let Some(tuple) = descriptor.downcast::<Tuple>() {
            let [head, ..] = tuple.items() else { return Err(syntax_error(vm)) };
            return Ok(Field::Large(word(vm, *head)? & ((1 << LARGE_TYPE) - 1), tuple));
        }
        let word = word(vm, descriptor)?;
        let (scalar, place) = (Scalar::of(word), word & ((1 << SCALAR_TYPE) - 1));
        Ok(if scalar.is_bit_field() {
            let bits = Bits { position: place >> BIT_POSITION & 31, length: place >> BIT_LENGTH & 31 };
            Field::Scalar(place & ((1 << BIT_POSITION) - 1), scalar, Some(bits))
        } else {
            Field::Scalar(place, scalar, None)
        })
    }
}

/// What an array is made of, and what a pointer points to.
#[derive(Clone, Copy)]
pub enum Item {
    Scalar(Scalar),
    Described(Obj),
}

/// What a tuple describes.
pub enum Large {
    Structure(Obj),
    Pointer(Item),
    Array(usize, Item),
}

impl Large {
    /// What `tuple` describes.
    ///
    /// # Errors
    /// `TypeError` if it is no descriptor.
    pub fn of(vm: &Vm, tuple: Gc<Tuple>) -> Res<Large> {
        let [head, second, rest @ ..] = tuple.items() else { return Err(syntax_error(vm)) };
        match (word(vm, *head)? >> LARGE_TYPE & 3, rest) {
            (0, []) => Ok(Large::Structure(*second)),
            (1, []) => Ok(Large::Pointer(match second.is_small_int() {
                true => Item::Scalar(whole(vm, word(vm, *second)?)?),
                false => Item::Described(*second),
            })),
            (2, []) => {
                let word = word(vm, *second)?;
                Ok(Large::Array(word & ((1 << SCALAR_TYPE) - 1), Item::Scalar(whole(vm, word)?)))
            }
            (2, [item]) => Ok(Large::Array(word(vm, *second)? & ((1 << SCALAR_TYPE) - 1), Item::Described(*item))),
            _ => Err(syntax_error(vm)),
        }
    }
}

/// The scalar in a number; items of arrays are no bit fields.
fn whole(vm: &Vm, word: usize) -> Res<Scalar> {
    let scalar = Scalar::of(word);
    if scalar.is_bit_field() { Err(syntax_error(vm)) } else { Ok(scalar) }
}

fn word(vm: &Vm, number: Obj) -> Res<usize> {
    number.as_small_int().map(|number| number as usize).ok_or_else(|| syntax_error(vm))
}

#[cold]
pub fn syntax_error(vm: &Vm) -> Raised {
    vm.type_error(format_args!("syntax error in uctypes descriptor"))
}

/// The order of bytes, and whether sizes are rounded as C does it.
#[derive(Clone, Copy)]
pub struct Layout {
    pub little: bool,
    native: bool,
}

impl Layout {
    // Their numbers for programs.
    pub const LITTLE_ENDIAN: isize = 0;
    pub const BIG_ENDIAN: isize = 1;
    pub const NATIVE: isize = 2;

    /// The layout with a number.
    pub fn of(number: isize) -> Layout {
        let native = number == Layout::NATIVE;
        Layout { little: if native { LITTLE } else { number == Layout::LITTLE_ENDIAN }, native }
    }

    /// Bytes of what is described so.
    ///
    /// # Errors
    /// `TypeError` if it is no descriptor of something large.
    pub fn size(self, vm: &Vm, descriptor: Obj) -> Res<usize> {
        self.measure(vm, descriptor, &mut 0)
    }

    /// The same; notes the size of the largest scalar.
    fn measure(self, vm: &Vm, descriptor: Obj, largest: &mut usize) -> Res<usize> {
        // A dict can be among its own fields, and in several places.
        vm.check_depth()?;
        vm.work(1)?;
        if let Some(dict) = vm.as_dict(descriptor) {
            return self.measure_fields(vm, dict, largest);
        }
        match descriptor.downcast::<Tuple>() {
            Some(tuple) => self.measure_large(vm, tuple, largest),
            // It may be the value of a scalar field just as well.
            None if descriptor.is_small_int() => {
                Err(vm.type_error(format_args!("can't unambiguously get sizeof scalar")))
            }
            None => Err(syntax_error(vm)),
        }
    }

    fn measure_fields(self, vm: &Vm, fields: Gc<Dict>, largest: &mut usize) -> Res<usize> {
        let (mut size, mut at) = (0usize, 0);
        while let Some((found, _, value)) = fields.map.entry_from(at) {
            at = found + 1;
            vm.work(1)?;
            let (place, bytes) = match Field::of(vm, value.unwrap_or(Obj::NONE))? {
                Field::Scalar(place, scalar, _) => {
                    *largest = scalar.size().max(*largest);
                    (place, scalar.size())
                }
                Field::Large(place, tuple) => (place, self.measure_large(vm, tuple, largest)?),
            };
            size = size.max(place.saturating_add(bytes));
        }
        Ok(if self.native { size.checked_next_multiple_of((*largest).max(1)).unwrap_or(usize::MAX) } else { size })
    }

    fn measure_large(self, vm: &Vm, tuple: Gc<Tuple>, largest: &mut usize) -> Res<usize> {
        match Large::of(vm, tuple)? {
            Large::Structure(descriptor) => self.measure(vm, descriptor, largest),
            Large::Pointer(_) => {
                *largest = size_of::<usize>().max(*largest);
                Ok(size_of::<usize>())
            }
            Large::Array(len, item) => {
                let bytes = match item {
                    Item::Scalar(scalar) => {
                        *largest = scalar.size().max(*largest);
                        scalar.size()
                    }
                    Item::Described(descriptor) => self.measure(vm, descriptor, largest)?,
                };
                Ok(bytes.saturating_mul(len))
            }
        }
    }
}
