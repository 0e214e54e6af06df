//! Modules that are part of the program: what a set of them answers.

/// A set of frozen modules. They are found below `.frozen` in `sys.path`, and run where they lie.
pub trait Frozen: Sync {
    /// The file `path`, as `package/module.py`, if there is one.
    fn file(&self, path: &[u8]) -> Option<FrozenFile>;

    /// Whether there are files in the folder `path`.
    fn is_folder(&self, path: &[u8]) -> bool;

    /// Shows the path of each file to `each`, for `help('modules')`.
    fn for_each_path(&self, each: &mut dyn FnMut(&str));
}

/// A frozen file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrozenFile {
    /// Source.
    Source(&'static [u8]),
    /// An `.mpy` file. Its name may end in `.py` or `.mpy`.
    Compiled(&'static [u8]),
}
