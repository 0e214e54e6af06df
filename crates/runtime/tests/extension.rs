//! A module and a type of an embedder, whose names Berus does not list.

use std::cell::Cell;

use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Module;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_testkit::programs::{How, Interpreter};

struct Lift {
    storey: Cell<isize>,
    passenger: Cell<Obj>,
}

berus_runtime::custom_type! {
    static LIFT: Type<Lift> = "Paternoster".make_new(new).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "ascend" => f2(ascend),
        "board" => f2(board),
        "alight" => f1(alight),
        "append" => f1(alight),
        "STOREYS" => value(Obj::small_int_wrapping(5)),
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 0, false)?;
    Ok(vm.new_custom(Lift { storey: Cell::new(0), passenger: Cell::new(Obj::NONE) })?.obj())
}

fn ascend(vm: &Vm, lift: Obj, storeys: Obj) -> Res {
    let lift = vm.this::<Custom<Lift>>(lift)?;
    lift.storey.set(lift.storey.get() + vm.int(storeys)?);
    vm.new_int(lift.storey.get())
}

fn board(vm: &Vm, lift: Obj, passenger: Obj) -> Res {
    vm.this::<Custom<Lift>>(lift)?.passenger.set(passenger);
    Ok(Obj::NONE)
}

fn alight(vm: &Vm, lift: Obj) -> Res {
    Ok(vm.this::<Custom<Lift>>(lift)?.passenger.replace(Obj::NONE))
}

berus_runtime::members! {
    static MEMBERS = {
        "Paternoster" => value(Obj::from_static(&LIFT)),
        "greet" => f0(greet),
    }
}

fn greet(vm: &Vm) -> Res {
    vm.new_str("geschüttelt".as_bytes())
}

fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    module.globals.store(vm, vm.intern(b"age")?, Obj::small_int_wrapping(140))
}

static MODULES: &[ModuleDef] = &[
    ModuleDef::new("hoist", MEMBERS).init(init),
    // A module of the runtime that this one takes the place of.
    ModuleDef::new("gc", &[]),
    ModuleDef::new("soft", &[]).extensible(),
];

fn output(source: &str) -> String {
    Interpreter::new(1 << 20, MODULES).run(source.as_bytes(), How::Stress)
}

#[test]
fn names_that_berus_does_not_list_are_found() {
    let source = "
import hoist
from hoist import greet
print(hoist, hoist.age, greet())
lift = hoist.Paternoster()
print(lift.ascend(3), lift.ascend(-1), lift.STOREYS, lift.append())
lift.board([1, 2])
print(lift.alight(), lift.alight())
print(hoist.Paternoster, hoist.Paternoster.__name__, dir(hoist.Paternoster))
try:
    lift.descend(1)
except AttributeError as e:
    print(e)
try:
    hoist.age = 1
except AttributeError as e:
    print(e)
";
    let expected = "\
<module 'hoist'> 140 geschüttelt
3 2 5 None
[1, 2] None
<class 'Paternoster'> Paternoster ['STOREYS', '__bases__', '__class__', '__dict__', '__doc__', '__module__', '__mro__', '__name__', '__qualname__', 'alight', 'append', 'ascend', 'board']
'Paternoster' object has no attribute 'descend'
module 'hoist' has no attribute 'age'
";
    assert_eq!(output(source), expected);
}

#[test]
fn classes_derive_from_such_a_type() {
    let source = "
from hoist import Paternoster
class Fast(Paternoster):
    def ascend(self, n):
        return super().ascend(2 * n)
lift = Fast()
lift.board('me')
print(lift.ascend(3), lift.alight(), isinstance(lift, Paternoster))
";
    assert_eq!(output(source), "6 me True\n");
}

#[test]
fn modules_registered_later_come_first() {
    assert_eq!(output("import gc\nprint(dir(gc))"), "['__class__', '__dict__', '__name__']\n");
    assert_eq!(output("import usoft, soft\nprint(usoft is soft)"), "True\n");
    assert_eq!(output("try: import ugc\nexcept ImportError as e: print(e)"), "no module named 'ugc'\n");
}
