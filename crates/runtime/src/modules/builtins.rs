//! The module `builtins`: the names that are in it from the start, and the functions that need the interpreter itself.
//!
//! The functions that work on values are in [`functions`].

#[cfg_attr(feature = "small", path = "builtins/table_small.rs")]
mod table;

use crate::data::cell::Cell;
use crate::data::class;
use crate::data::instance::{Instance, NativeBase};
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::builtins::Builtins;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::importing::Import;
use crate::model::layout::{Dict, List, Map, Module, Tuple};
use crate::model::module_def::{ModuleDef, Settable};
use crate::model::object::{Gc, Object};
use crate::model::protocols::{Classes, Iterate, Strs};
use crate::model::types::{Attr, AttrResult, Locals, Member, Type};
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(feature = "compiler")]
use crate::modules::exec;
use crate::modules::{functions, sys};
use crate::obj::class_body::{body_for_later, complete};
use crate::obj::exception;
use crate::obj::typ::{new_class_for_later, new_class_with, watches_subclasses};
use crate::ops::attr::call_special;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::qstr::{FIXED, Qstr};
use crate::{obj, q};

/// A type as a value of a constant table.
const fn ty(ty: &'static Type) -> Obj {
    Obj::from_static(ty)
}

crate::members! {
    /// The functions and types that need the interpreter, and the name of the module where programs find names that are
    /// not theirs.
    static MEMBERS = {
        "__name__" => value(Obj::qstr(q!("builtins"))),
        "__build_class__" => kw(2, build_class),
        "__import__" => var(1, 5, import),
        "object" => value(ty(&obj::typ::OBJECT)),
        "type" => value(ty(&obj::typ::TYPE)),
        "property" => value(ty(&obj::property::TYPE)),
        "super" => value(ty(&obj::property::SUPER_TYPE)),
        "classmethod" => value(ty(&obj::builtin::CLASS_METHOD)),
        "staticmethod" => value(ty(&obj::builtin::STATIC_METHOD)),
        "globals" => f0(globals),
        "locals" => f0(locals),
        "dir" => var(0, 1, dir),
        #[cfg(feature = "compiler")]
        "exec" => var(1, 3, exec::exec),
        #[cfg(all(feature = "compiler", feature = "files"))]
        "execfile" => var(1, 3, exec::execfile),
        #[cfg(feature = "compiler")]
        "eval" => var(1, 3, exec::eval),
        #[cfg(feature = "files")]
        "open" => value(Obj::from_static(&crate::vfs::OPEN)),
        #[cfg(feature = "compiler")]
        "compile" => var(3, 6, exec::compile),
    }
}

/// How many built-ins there are.
const COUNT: usize = functions::MEMBERS.len() + MEMBERS.len() + exception::ALL.len() + exception::MORE.len();

/// All built-ins.
const ALL: [Member; COUNT] = {
    let mut all = [MEMBERS[0]; COUNT];
    let (mut n, mut at) = (0, 0);
    let lists: [&[Member]; 2] = [functions::MEMBERS, MEMBERS];
    while at < lists[0].len() + lists[1].len() {
        all[n] = if at < lists[0].len() { lists[0][at] } else { lists[1][at - lists[0].len()] };
        (n, at) = (n + 1, at + 1);
    }
    let types: [&[&'static Type]; 2] = [exception::ALL, exception::MORE];
    at = 0;
    while n < COUNT {
        let ty = if at < types[0].len() { types[0][at] } else { types[1][at - types[0].len()] };
        all[n] = Member::new(ty.name(), Obj::from_static(ty));
        (n, at) = (n + 1, at + 1);
    }
    all
};

/// The built-in `name`: of the module `builtins` if the program has imported it, else of the table of built-ins.
pub fn find(vm: &Vm, name: Qstr) -> Option<Obj> {
    match vm.builtins() {
        Some(module) => module.load(vm, name),
        None => table::find(name),
    }
}

/// The module `builtins` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("builtins", &[]).init(init).settable(Settable::Anything);

/// Fills the module `builtins`, in which built-ins are looked for from now on.
fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    for (name, value) in table::all() {
        module.globals.store(vm, name, value)?;
    }
    vm.set_builtins(module.globals);
    Ok(())
}

/// Runs a class body and makes the class: `__build_class__(body, name, *bases, **keywords)`.
fn build_class(vm: &Vm, args: Args<'_>) -> Res {
    if args.n_kw() > 0 && !cfg!(feature = "python") || args.n_pos() < 2 {
        vm.check_args(args, 2, usize::MAX, false)?;
    }
    let (body, name, bases) = (args.pos()[0], args.pos()[1], &args.pos()[2..]);
    if let Some(body) = body_for_later(vm, body)
        && let Some(name) = vm.as_name(name)?
        && bases.first().is_none_or(|base| vm.type_of(*base) == Gc::from_static(Type::TYPE))
        && args.n_kw() == 0
        && !vm.thread.tracer.is_on()
        && !watches_subclasses(vm, bases)
    {
        return Ok(new_class_for_later(vm, name, Tuple::new(vm, bases)?, body)?.obj());
    }
    let locals = Dict::new(vm)?;
    let outer = vm.swap_locals(locals);
    let result = vm.call(body, &[]);
    vm.swap_locals(outer);
    let cell = result?;
    let bases = Tuple::new(vm, bases)?;
    // The first base decides of what type the class is.
    let meta = bases.items().first().map_or(Gc::from_static(Type::TYPE), |base| vm.type_of(*base));
    let class = if cfg!(feature = "python") && args.n_kw() > 0 {
        class_with_keywords(vm, meta, name, bases, locals, args)?
    } else {
        vm.call(meta.obj(), &[name, bases.obj(), locals.obj()])?
    };
    if let Some(cell) = cell.downcast::<Cell>() {
        cell.value.set(Some(class));
    }
    Ok(class)
}

/// The class whose definition has the keywords of `args`: `metaclass` is what makes the class, the others are for the
/// classes that it derives from.
fn class_with_keywords(vm: &Vm, meta: Gc<Type>, name: Obj, bases: Gc<Tuple>, locals: Gc<Dict>, args: Args<'_>) -> Res {
    let words = List::new(vm, &[name, bases.obj(), locals.obj()])?;
    let mut maker = meta.obj();
    for (key, value) in args.kw() {
        if vm.as_str(key) == Some(b"metaclass") {
            maker = value;
            continue;
        }
        words.append(vm, key)?;
        words.append(vm, value)?;
    }
    let words = Tuple::of_list(vm, &words)?;
    let args = Args::new(words.items(), 3);
    if maker != Gc::from_static(Type::TYPE).obj() {
        return vm.call_with(maker, args);
    }
    let Some(name) = vm.as_name(name)? else {
        return Err(vm.type_error(format_args!("type takes 1 or 3 arguments")));
    };
    Ok(new_class_with(vm, name, bases, locals, args.behind(3))?.obj())
}

/// `__import__(name, globals=None, locals=None, names=None, level=0)`
fn import(vm: &Vm, args: &[Obj]) -> Res {
    let argument = |n: usize| args.get(n).copied().filter(|value| *value != Obj::NONE);
    let level = match args.get(4) {
        Some(level) => vm.int(*level)?,
        None => 0,
    };
    if level < 0 {
        return Err(vm.error_with(&exception::VALUE_ERROR, &[]));
    }
    let name = vm.str_or_bytes(args[0])?;
    let globals = match argument(1) {
        Some(given) if level > 0 => match given.downcast::<Dict>() {
            Some(globals) => globals,
            None => return Err(vm.error_with(&exception::TYPE_ERROR, &[])),
        },
        _ => vm.globals(),
    };
    vm.import(name, globals, argument(3).is_some(), level)
}

/// The function that a program has put in place of `__import__`, if there is one.
pub(crate) fn replaced_import(vm: &Vm) -> Option<Obj> {
    let now = vm.builtins()?.load(vm, q!("__import__"))?;
    let own = table::find(q!("__import__"));
    (Some(now) != own).then_some(now)
}

fn globals(vm: &Vm) -> Res {
    Ok(vm.globals().obj())
}

fn locals(vm: &Vm) -> Res {
    Ok(vm.locals().obj())
}

/// The names of an object's attributes, without attributes that the program's own code would compute.
fn dir(vm: &Vm, args: &[Obj]) -> Res {
    let names = Dict::new(vm)?;
    let Some(&object) = args.first() else {
        add_keys(vm, &names, &vm.locals().map)?;
        return sorted(vm, vm.to_list(names.obj())?);
    };
    let instance = Instance::of(object);
    if instance.is_some()
        && let Some(answer) = call_special(vm, object, q!("__dir__"), &[])?
    {
        return sorted(vm, vm.to_list(answer)?);
    }
    add(vm, &names, Obj::qstr(q!("__class__")))?;
    if let Some(instance) = instance {
        add(vm, &names, Obj::qstr(q!("__dict__")))?;
        add_keys(vm, &names, instance.members())?;
    }
    let module = object.downcast::<Module>();
    if let Some(module) = module {
        add_keys(vm, &names, &module.globals.map)?;
        add(vm, &names, Obj::qstr(q!("__dict__")))?;
    }
    for class in object.downcast::<Type>().unwrap_or_else(|| vm.type_of(object)).lineage() {
        add_class(vm, &names, class)?;
    }
    let built_in = if instance.is_some() { vm.native_base(object) } else { Some(object) };
    // The attributes that a module computes only its function `__getattr__` knows, which need not answer for every
    // name.
    if let Some(object) = built_in.filter(|_| module.is_none()) {
        add_computed(vm, &names, object)?;
    }
    sorted(vm, vm.to_list(names.obj())?)
}

/// The names in the order in which `dir()` gives them: Python sorts them.
fn sorted(vm: &Vm, names: Gc<List>) -> Res {
    if cfg!(feature = "python") {
        crate::obj::sort::sort(vm, names, None, false)?;
    }
    Ok(names.obj())
}

/// Adds the attributes of `object` that its type, a built-in one, computes and has in no table.
fn add_computed(vm: &Vm, names: &Dict, object: Obj) -> Res<()> {
    let ty = vm.type_of(object);
    if ty.slots.next().is_some() {
        add(vm, names, Obj::qstr(q!("__next__")))?;
    }
    let Some(attr) = ty.slots.attr() else { return Ok(()) };
    for number in 1..FIXED {
        let name = Qstr::from_number(number as u32);
        // Attributes that every type has from `object` would only be in the way.
        if class::find_in_object(vm, name).is_some() {
            continue;
        }
        if let AttrResult::Value(_) | AttrResult::Method(..) = attr(vm, object, name, Attr::LoadMethod)? {
            add(vm, names, Obj::qstr(name))?;
        }
    }
    Ok(())
}

fn add_class(vm: &Vm, names: &Dict, class: Gc<Type>) -> Res<()> {
    complete(vm, class)?;
    match class.locals() {
        Locals::Static(members) => {
            for member in members {
                add(vm, names, Obj::qstr(member.name.intern(vm)?))?;
            }
            Ok(())
        }
        Locals::Dict(dict) => add_keys(vm, names, &dict.map),
    }
}

fn add_keys(vm: &Vm, names: &Dict, map: &Map) -> Res<()> {
    let mut at = 0;
    while let Some((found, key, _)) = map.entry_from(at) {
        add(vm, names, key)?;
        at = found + 1;
    }
    Ok(())
}

fn add(vm: &Vm, names: &Dict, name: Obj) -> Res<()> {
    vm.work(1)?;
    names.map.store_new(vm, name, Obj::NONE)
}

impl Builtins for Vm {
    fn find_builtin(&self, name: Qstr) -> Option<Obj> {
        find(self, name)
    }

    fn replaced_import(&self) -> Option<Obj> {
        replaced_import(self)
    }

    fn traceback_limit(&self) -> Option<usize> {
        sys::traceback_limit(self)
    }
}
