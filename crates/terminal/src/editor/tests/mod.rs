#[cfg(feature = "blocks")]
mod block;
mod line;
#[cfg(feature = "blocks")]
mod screen;
