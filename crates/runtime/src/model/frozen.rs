//! Frozen modules, which are part of the program: the contract of a set of them.

/// A set of frozen modules. Imports find the modules below `.frozen` in `sys.path`, and run them where they lie.
pub trait Frozen: Sync {
    /// The file `path`, such as `package/module.py`, if the set has it.
    fn file(&self, path: &[u8]) -> Option<FrozenFile>;

    /// Whether the set has files in the folder `path`.
    fn is_folder(&self, path: &[u8]) -> bool;

    /// Shows the path of each file to `each`, for `help('modules')`.
    fn for_each_path(&self, each: &mut dyn FnMut(&str));
}

/// A frozen file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrozenFile {
    /// Python source.
    Source(&'static [u8]),
    /// The contents of an `.mpy` file, whose name may end in `.py` or `.mpy`.
    Compiled(&'static [u8]),
}
