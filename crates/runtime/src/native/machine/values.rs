//! C's `va_list` where that is a pointer: arguments of a function that takes any lie in memory, one after the other.

/// Where the next argument is.
#[repr(transparent)]
pub(in crate::native) struct Values(*const usize);

impl Values {
    /// The next argument, of one word.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn word(&mut self) -> usize {
        // SAFETY: as the caller says.
        let value = unsafe { self.0.read() };
        self.0 = self.0.wrapping_add(1);
        value
    }

    /// The next argument, an integer of 64 bits, which is aligned as such integers are elsewhere.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn long(&mut self) -> u64 {
        let at = self.0.map_addr(|at| at.next_multiple_of(align_of::<u64>())).cast::<u64>();
        self.0 = at.wrapping_add(1).cast();
        // SAFETY: as the caller says.
        unsafe { at.read() }
    }

    /// The next argument, a float.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn float(&mut self) -> f64 {
        // SAFETY: as the caller says.
        f64::from_bits(unsafe { self.long() })
    }
}
