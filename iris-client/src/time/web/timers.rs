//! The timers that are set, behind the one that JavaScript has of them.
//!
//! A callback for each would have to be kept until it ran, though its call ended long before.

use super::Instant;
use std::cell::RefCell;
use std::task::Waker;
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Node gives an object, which is a number where one is asked for, and is taken back as one.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Closure<dyn Fn()>, milliseconds: f64) -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: f64);
}

/// The longest time that JavaScript waits, which is as long as 32 bits count milliseconds (HTML, "Timers"); in Node more
/// is no time at all.
const LONGEST: Duration = Duration::from_millis(0x7fff_ffff);

thread_local! {
    static TIMERS: RefCell<Timers> = const { RefCell::new(Timers {
        waiting: Vec::new(),
        next: 0,
        set: None,
    }) };
    static TICK: Closure<dyn Fn()> = Closure::new(tick);
}

pub(super) type Id = u64;

struct Timers {
    /// There are few: as many as calls with a deadline.
    waiting: Vec<Timer>,
    next: Id,
    /// JavaScript's timer, and when it comes.
    set: Option<(Instant, f64)>,
}

struct Timer {
    id: Id,
    at: Instant,
    waker: Waker,
}

/// Wakes at that moment.
pub(super) fn add(at: Instant, waker: &Waker) -> Id {
    TIMERS.with_borrow_mut(|timers| {
        let id = timers.next;
        timers.next += 1;
        timers.waiting.push(Timer {
            id,
            at,
            waker: waker.clone(),
        });
        timers.set();
        id
    })
}

/// Wakes this one from now on.
pub(super) fn keep(id: Id, waker: &Waker) {
    let before = TIMERS.with_borrow_mut(|timers| {
        let timer = timers.waiting.iter_mut().find(|timer| timer.id == id)?;
        let is_new = !timer.waker.will_wake(waker);
        is_new.then(|| std::mem::replace(&mut timer.waker, waker.clone()))
    });
    // With a task's last waker its future goes, which may have a timer too.
    drop(before);
}

pub(super) fn remove(id: Id) {
    let removed = TIMERS.with_borrow_mut(|timers| {
        let index = timers.waiting.iter().position(|timer| timer.id == id)?;
        let removed = timers.waiting.swap_remove(index);
        timers.set();
        Some(removed)
    });
    drop(removed);
}

/// JavaScript's timer came.
fn tick() {
    let due: Vec<Timer> = TIMERS.with_borrow_mut(|timers| {
        timers.set = None;
        let now = Instant::now();
        let is_due = |timer: &mut Timer| timer.at <= now;
        let due = timers.waiting.extract_if(.., is_due).collect();
        timers.set();
        due
    });
    for timer in due {
        timer.waker.wake();
    }
}

impl Timers {
    /// Sets JavaScript's timer for the first of all.
    fn set(&mut self) {
        let first = self.waiting.iter().map(|timer| timer.at).min();
        if first == self.set.map(|(at, _)| at) {
            return;
        }
        if let Some((_, handle)) = self.set.take() {
            clear_timeout(handle);
        }
        let Some(at) = first else {
            return;
        };
        let left = at.saturating_duration_since(Instant::now()).min(LONGEST);
        // Rounded up: what comes before its time is waited for again.
        let milliseconds = left.as_micros().div_ceil(1000) as f64;
        let handle = TICK.with(|tick| set_timeout(tick, milliseconds));
        self.set = Some((at, handle));
    }
}
