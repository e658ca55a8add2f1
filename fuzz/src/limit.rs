//! An allocation out of all proportion to its input is a finding, like a crash: libFuzzer sees only memory that is touched.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// Longest single allocation, bytes. Inputs have some tens of kilobytes.
const MOST: usize = 256 << 20;

#[global_allocator]
static ALLOCATOR: Limited = Limited;

struct Limited;

// SAFETY: every call goes to the system's allocator with the arguments it came with, or does not return.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        // SAFETY: as the caller promised.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn check(size: usize) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    // Telling of it allocates too.
    if size > MOST && !TOLD.swap(true, Ordering::SeqCst) {
        eprintln!("an allocation of {size} bytes\n{}", std::backtrace::Backtrace::force_capture());
        std::process::abort();
    }
}
