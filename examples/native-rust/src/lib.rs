//! A native module in Rust: how fast points escape under z² + c. See docs/native-modules.md.
//!
//! `escape(re, im, limit)` is the number of steps of one point; `fill(buffer, width, scale)` fills a buffer with a picture.

#![no_std]

mod qstrs;
mod runtime;

use core::sync::atomic::{AtomicUsize, Ordering};

use runtime::{Error, Fun, Function3, Obj, Runtime};

/// How many points were looked at. Zeroed data of the module.
#[unsafe(no_mangle)]
static POINTS: AtomicUsize = AtomicUsize::new(0);

/// The `c` of the pictures.
const C: (f64, f64) = (-0.8, 0.156);

fn steps(mut re: f64, mut im: f64, limit: usize) -> usize {
    // Small processors have no instruction that counts in memory, and nothing else counts.
    POINTS.store(POINTS.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    for step in 0..limit {
        let (re2, im2) = (re * re, im * im);
        if re2 + im2 > 4.0 {
            return step;
        }
        (re, im) = (re2 - im2 + C.0, 2.0 * re * im + C.1);
    }
    limit
}

extern "C" fn escape(re: Obj, im: Obj, limit: Obj) -> Obj {
    let runtime = Runtime::get();
    runtime.int(steps(runtime.to_f64(re), runtime.to_f64(im), runtime.to_int(limit).max(0) as usize) as isize)
}

extern "C" fn fill(buffer: Obj, width: Obj, scale: Obj) -> Obj {
    let runtime = Runtime::get();
    let (width, scale) = (runtime.to_int(width), runtime.to_f64(scale));
    if width <= 0 {
        runtime.raise(Error::Value, c"a picture has a width");
    }
    let buffer = runtime.buffer(buffer);
    let height = buffer.len() as isize / width;
    for (i, pixel) in buffer.iter_mut().enumerate() {
        let (x, y) = (i as isize % width, i as isize / width);
        let coordinate = |n: isize, of: isize| (n - of / 2) as f64 * scale / width as f64;
        *pixel = steps(coordinate(x, width), coordinate(y, height), 255) as u8;
    }
    runtime.none()
}

extern "C" fn points() -> Obj {
    Runtime::get().int(POINTS.load(Ordering::Relaxed) as isize)
}

static ESCAPE: Function3 = Fun::three(escape);
static FILL: Function3 = Fun::three(fill);
static POINTS_FUNCTION: runtime::Function0 = Fun::none(points);

/// The module's code, which runs when it is imported.
#[unsafe(no_mangle)]
extern "C" fn mpy_init(module: &runtime::ModuleFunction, _: usize, _: usize, _: *const Obj) -> Obj {
    let runtime = Runtime::get();
    runtime.with_globals_of(module, || {
        runtime.store_global(qstrs::MP_QSTR_escape(), ESCAPE.obj());
        runtime.store_global(qstrs::MP_QSTR_fill(), FILL.obj());
        runtime.store_global(qstrs::MP_QSTR_points(), POINTS_FUNCTION.obj());
    });
    runtime.none()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    Runtime::get().raise(Error::Runtime, c"a native module panicked")
}
