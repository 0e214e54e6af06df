//! The module `hashlib`.

use core::cell::RefCell;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, CustomType, Customs};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("hashlib", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "md5" => value(Obj::from_static(&MD5)),
        "sha1" => value(Obj::from_static(&SHA1)),
        "sha256" => value(Obj::from_static(&SHA256)),
    }
}

/// A hash of what has come so far; `None` once it has been asked for.
struct Hash<H>(RefCell<Option<H>>);

macro_rules! hashes {
    ($($table:ident $methods:ident $name:literal $hash:ty;)*) => {
        $(
            berus_runtime::custom_type! {
                static $table: Type<Hash<$hash>> = $name.make_new(make_new::<$hash>).locals($methods);
            }

            berus_runtime::members! {
                static $methods = {
                    "update" => f2(update::<$hash>),
                    "digest" => f1(digest::<$hash>),
                }
            }
        )*
    };
}

hashes! {
    MD5 MD5_METHODS "md5" Md5;
    SHA1 SHA1_METHODS "sha1" Sha1;
    SHA256 SHA256_METHODS "sha256" Sha256;
}

fn make_new<H: Digest + Clone>(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res
where
    Hash<H>: CustomType,
{
    vm.check_args(args, 0, 1, false)?;
    let hash = vm.new_custom(Hash(RefCell::new(Some(H::new()))))?.obj();
    if let Some(&data) = args.pos().first() {
        update::<H>(vm, hash, data)?;
    }
    Ok(hash)
}

fn update<H: Digest + Clone>(vm: &Vm, hash: Obj, data: Obj) -> Res
where
    Hash<H>: CustomType,
{
    let data = vm.buffer(data, Access::Read)?.bytes();
    let this = vm.this::<Custom<Hash<H>>>(hash)?;
    // An update that is ended has not been.
    let Some(mut new) = this.0.borrow().clone() else { return Err(vm.value_error(format_args!("hash is final"))) };
    for piece in vm.pieces(data) {
        new.update(piece?);
    }
    this.0.replace(Some(new));
    Ok(Obj::NONE)
}

fn digest<H: Digest>(vm: &Vm, hash: Obj) -> Res
where
    Hash<H>: CustomType,
{
    match vm.this::<Custom<Hash<H>>>(hash)?.0.take() {
        Some(hash) => Ok(Bytes::new(vm, &hash.finalize())?.obj()),
        None => Err(vm.value_error(format_args!("hash is final"))),
    }
}
