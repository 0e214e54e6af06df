//! The module `framebuf`: pixels in a buffer, in the formats of displays (facts: `docs/library/framebuf.rst` and
//! `extmod/modframebuf.c` of MicroPython).

mod draw;
mod font;
mod pixels;
mod polygon;

use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::VALUE_ERROR;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;

use draw::Canvas;
use pixels::{Format, Layout};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("framebuf", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "FrameBuffer" => value(Obj::from_static(&FRAME_BUFFER)),
        "FrameBuffer1" => var(3, 4, vertical),
        "MVLSB" => value(Format::Vertical.number()),
        "MONO_VLSB" => value(Format::Vertical.number()),
        "RGB565" => value(Format::Rgb.number()),
        "GS2_HMSB" => value(Format::Grey2.number()),
        "GS4_HMSB" => value(Format::Grey4.number()),
        "GS8" => value(Format::Grey8.number()),
        "MONO_HLSB" => value(Format::FirstIsHigh.number()),
        "MONO_HMSB" => value(Format::FirstIsLow.number()),
    }
}

/// A buffer, and where which pixel is in it.
struct FrameBuffer {
    memory: Obj,
    layout: Layout,
}

berus_runtime::custom_type! {
    static FRAME_BUFFER: Type<FrameBuffer> = "FrameBuffer".make_new(make_new).buffer(buffer).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "fill" => f2(fill),
        "fill_rect" => var(6, 6, fill_rect),
        "pixel" => var(3, 4, pixel),
        "hline" => var(5, 5, hline),
        "vline" => var(5, 5, vline),
        "rect" => var(6, 7, rect),
        "line" => var(6, 6, line),
        "ellipse" => var(6, 8, ellipse),
        "poly" => var(5, 6, poly),
        "blit" => var(4, 6, blit),
        "scroll" => f3(scroll),
        "text" => var(4, 5, text),
    }
}

/// The memory and the layout that `(buffer, width, height, format[, stride])` describes.
fn describe(vm: &Vm, args: impl Fn(usize) -> Option<Obj>, access: Access) -> Res<FrameBuffer> {
    let wrong = || vm.error_with(&VALUE_ERROR, &[]);
    let arg = |index: usize| args(index).ok_or_else(wrong);
    let number = |index: usize| vm.int(arg(index)?);
    let (width, height, format) = (number(1)?, number(2)?, number(3)?);
    let stride = if args(4).is_some() { number(4)? } else { width };
    let size = |size: isize| u16::try_from(size).ok().filter(|size| *size > 0).ok_or_else(wrong);
    let (width, height, stride) = (size(width)?, size(height)?, size(stride)?);
    if stride < width {
        return Err(wrong());
    }
    let format = Format::from_number(format).ok_or_else(|| vm.value_error(format_args!("invalid format")))?;
    let layout = Layout::new(format, width, height, stride);
    let memory = arg(0)?;
    if vm.buffer(memory, access)?.len() < layout.len() {
        return Err(wrong());
    }
    Ok(FrameBuffer { memory, layout })
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 4, 5, false)?;
    let made = describe(vm, |index| args.pos().get(index).copied(), Access::Write)?;
    Ok(vm.new_custom(made)?.obj())
}

/// `FrameBuffer1(buffer, width, height[, stride])`, of the format that was the only one at first.
fn vertical(vm: &Vm, args: &[Obj]) -> Res {
    let arg = |index: usize| match index {
        3 => Some(Format::Vertical.number()),
        4 => args.get(3).or(args.get(1)).copied(),
        _ => args.get(index).copied(),
    };
    Ok(vm.new_custom(describe(vm, arg, Access::Write)?)?.obj())
}

fn buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    vm.try_buffer(vm.this::<Custom<FrameBuffer>>(object)?.memory, access)
}

impl FrameBuffer {
    /// The pixels, for as long as nothing runs that could change the buffer's size.
    fn canvas<'a>(&self, vm: &'a Vm, access: Access) -> Res<Canvas<'a>> {
        let memory = vm.buffer(self.memory, access)?;
        if memory.len() < self.layout.len() {
            return Err(vm.error_with(&VALUE_ERROR, &[]));
        }
        Ok(Canvas { vm, layout: self.layout, cells: memory.cells() })
    }
}

/// The pixels of the frame buffer `object`.
fn canvas(vm: &Vm, object: Obj) -> Res<Canvas<'_>> {
    vm.this::<Custom<FrameBuffer>>(object)?.canvas(vm, Access::Write)
}

/// The numbers that a method was given.
fn numbers<const N: usize>(vm: &Vm, args: &[Obj]) -> Res<[i64; N]> {
    let mut numbers = [0; N];
    for (number, arg) in numbers.iter_mut().zip(&args[1..]) {
        *number = vm.int(*arg)? as i64;
    }
    Ok(numbers)
}

fn is_true(vm: &Vm, arg: Option<&Obj>) -> Res<bool> {
    arg.map_or(Ok(false), |arg| vm.truth(*arg))
}

/// Draws on the frame buffer that is the first argument. The arguments are looked at before, since that may run Python
/// code.
fn draw(vm: &Vm, args: &[Obj], draw: impl FnOnce(&Canvas<'_>) -> Res<()>) -> Res {
    draw(&canvas(vm, args[0])?)?;
    Ok(Obj::NONE)
}

fn fill(vm: &Vm, object: Obj, colour: Obj) -> Res {
    let colour = vm.int(colour)? as u32;
    draw(vm, &[object], |canvas| {
        canvas.fill_rect(0, 0, canvas.layout.width.into(), canvas.layout.height.into(), colour)
    })
}

/// `fill_rect(x, y, width, height, colour)`
fn fill_rect(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y, width, height, colour] = numbers(vm, args)?;
    draw(vm, args, |canvas| canvas.fill_rect(x, y, width, height, colour as u32))
}

/// `pixel(x, y[, colour])`: the colour, if none is given.
fn pixel(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y] = numbers(vm, args)?;
    let Some(&colour) = args.get(3) else {
        return Ok(canvas(vm, args[0])?
            .pixel(x, y)
            .map_or(Obj::NONE, |colour| Obj::small_int_wrapping(colour as isize)));
    };
    let colour = vm.int(colour)? as u32;
    draw(vm, args, |canvas| {
        canvas.set_pixel(x, y, colour);
        Ok(())
    })
}

/// `hline(x, y, width, colour)`
fn hline(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y, width, colour] = numbers(vm, args)?;
    draw(vm, args, |canvas| canvas.fill_rect(x, y, width, 1, colour as u32))
}

/// `vline(x, y, height, colour)`
fn vline(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y, height, colour] = numbers(vm, args)?;
    draw(vm, args, |canvas| canvas.fill_rect(x, y, 1, height, colour as u32))
}

/// `rect(x, y, width, height, colour[, is_filled])`
fn rect(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y, width, height, colour] = numbers(vm, args)?;
    let is_filled = is_true(vm, args.get(6))?;
    draw(vm, args, |canvas| canvas.rect(x, y, width, height, colour as u32, is_filled))
}

/// `line(x1, y1, x2, y2, colour)`
fn line(vm: &Vm, args: &[Obj]) -> Res {
    let [x1, y1, x2, y2, colour] = numbers(vm, args)?;
    draw(vm, args, |canvas| canvas.line((x1, y1), (x2, y2), colour as u32))
}

/// `ellipse(x, y, x_radius, y_radius, colour[, is_filled[, quarters]])`
fn ellipse(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y, x_radius, y_radius, colour] = numbers(vm, args)?;
    let is_filled = is_true(vm, args.get(6))?;
    let quarters = args.get(7).map_or(Ok(-1), |quarters| vm.int(*quarters))? as u8;
    draw(vm, args, |canvas| canvas.ellipse((x, y), (x_radius, y_radius), colour as u32, is_filled, quarters))
}

/// `poly(x, y, coordinates, colour[, is_filled])`
fn poly(vm: &Vm, args: &[Obj]) -> Res {
    let [x, y] = numbers(vm, args)?;
    let points = polygon::points(vm, args[3])?;
    if points.is_empty() {
        return Ok(Obj::NONE);
    }
    let colour = vm.int(args[4])? as u32;
    let is_filled = is_true(vm, args.get(5))?;
    draw(vm, args, |canvas| match is_filled {
        true => canvas.fill_polygon((x, y), &points, colour),
        false => canvas.polygon((x, y), &points, colour),
    })
}

/// What is drawn onto another, or a palette: a frame buffer, or what one is made of.
fn source(vm: &Vm, object: Obj) -> Res<FrameBuffer> {
    if vm.is_instance(object, &FRAME_BUFFER) {
        let FrameBuffer { memory, layout } = **vm.this::<Custom<FrameBuffer>>(object)?;
        return Ok(FrameBuffer { memory, layout });
    }
    let items = vm.items(object)?;
    if !(4..=5).contains(&items.len()) {
        return Err(vm.error_with(&VALUE_ERROR, &[]));
    }
    describe(vm, |index| items.get(index), Access::Read)
}

/// `blit(source, x, y[, key[, palette]])`
fn blit(vm: &Vm, args: &[Obj]) -> Res {
    let from = source(vm, args[1])?;
    let (x, y) = (vm.int(args[2])? as i64, vm.int(args[3])? as i64);
    let key = args.get(4).map_or(Ok(-1), |key| vm.int(*key))? as u32;
    let palette = match args.get(5) {
        Some(&palette) if palette != Obj::NONE => Some(source(vm, palette)?),
        _ => None,
    };
    let palette = palette.map(|palette| palette.canvas(vm, Access::Read)).transpose()?;
    let from = from.canvas(vm, Access::Read)?;
    draw(vm, args, |canvas| canvas.blit(&from, (x, y), key, palette.as_ref()))
}

fn scroll(vm: &Vm, object: Obj, x_step: Obj, y_step: Obj) -> Res {
    let (x_step, y_step) = (vm.int(x_step)? as i64, vm.int(y_step)? as i64);
    draw(vm, &[object], |canvas| canvas.scroll(x_step, y_step))
}

/// `text(text, x, y[, colour])`
fn text(vm: &Vm, args: &[Obj]) -> Res {
    let text = vm.str_or_bytes(args[1])?;
    let (x, y) = (vm.int(args[2])? as i64, vm.int(args[3])? as i64);
    let colour = args.get(4).map_or(Ok(1), |colour| vm.int(*colour))? as u32;
    draw(vm, args, |canvas| canvas.text(text, x, y, colour))
}
