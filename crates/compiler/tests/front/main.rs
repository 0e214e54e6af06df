//! What the parser makes of source text: the tree that the compiler walks, and the errors.

mod constants;
mod errors;
mod random;
mod shapes;
mod show;
mod strings;
mod templates;
mod tokens;
