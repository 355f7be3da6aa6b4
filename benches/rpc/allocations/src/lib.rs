//! An allocator that counts what a peer's server allocates.
//!
//! The system's allocator does the work. Counting is off until [`Counting::start`], so that while processor time is
//! measured a peer pays no more than a look at a flag for each allocation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The system's allocator, with counters. Named with `#[global_allocator]` by each peer's programs.
#[derive(Debug)]
pub struct Counting {
    on: AtomicBool,
    allocations: AtomicU64,
    bytes: AtomicU64,
}

impl Counting {
    /// Counts nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Counting {
            on: AtomicBool::new(false),
            allocations: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Counts from now on, and from zero.
    pub fn start(&self) {
        self.allocations.store(0, Relaxed);
        self.bytes.store(0, Relaxed);
        self.on.store(true, Relaxed);
    }

    /// Stops, and says how many allocations there were and how many bytes they asked for. A reallocation counts as one
    /// allocation, of the bytes by which the block grew.
    pub fn stop(&self) -> (u64, u64) {
        self.on.store(false, Relaxed);
        (self.allocations.load(Relaxed), self.bytes.load(Relaxed))
    }

    fn count(&self, bytes: usize) {
        if self.on.load(Relaxed) {
            self.allocations.fetch_add(1, Relaxed);
            self.bytes.fetch_add(bytes as u64, Relaxed);
        }
    }
}

impl Default for Counting {
    fn default() -> Self {
        Counting::new()
    }
}

// SAFETY: every call goes to `System` with the arguments it came with; counting touches nothing but atomics of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.count(layout.size());
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.count(size.saturating_sub(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }
}
