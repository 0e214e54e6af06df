//! What stands on objects and protocols: exceptions raised and reported, events, finalisers, threads, the console.

pub mod console;
pub mod end;
pub(crate) mod events;
pub(crate) mod expose;
pub(crate) mod finalise;
#[cfg_attr(not(feature = "threads"), path = "alone.rs")]
pub(crate) mod lock;
pub mod raise;
pub mod signature;
#[cfg_attr(not(feature = "weakref"), path = "no_weak.rs")]
pub mod weak;
