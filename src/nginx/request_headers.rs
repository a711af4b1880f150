//! Removes header lines from a request.
//!
//! nginx keeps the lines in a list of arrays, and points into it (`headers_in.host` and so on). So
//! no line moves: the array is shortened or split around the line that goes.

use core::ptr::{self, NonNull};

use nginx_sys::{ngx_http_headers_in_t, ngx_list_part_t, ngx_list_t, ngx_palloc, ngx_table_elt_t};
use pta_http::header::HeaderName;

use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;

/// Removes the header lines with this name for which `is_unwanted` is true of the value. Case is
/// ignored in the name. nginx keeps a pointer to no such line, or only to that of `Authorization`,
/// which this corrects.
pub(crate) fn remove(
    request: Request<'_>,
    name: HeaderName<&[u8]>,
    is_unwanted: impl Fn(&[u8]) -> bool,
) -> Result<(), OutOfMemory> {
    let list = Lines { request, list: headers(request) };
    let goes = |line: NonNull<ngx_table_elt_t>| {
        // SAFETY: the lines live in the request's pool, and their values there or in the client's
        // buffers.
        has_name(line, name.as_bytes()) && is_unwanted(unsafe { bytes_of(line.as_ref().value) })
    };
    let mut removed = false;
    let mut next = list.first();
    while let Some(place) = next {
        next = match place.line() {
            Some(line) if goes(line) => {
                removed = true;
                Some(list.remove(place)?)
            }
            _ => place.step(),
        };
    }
    if removed {
        point_to_authorization(request, &list);
    }
    Ok(())
}

fn has_name(line: NonNull<ngx_table_elt_t>, name: &[u8]) -> bool {
    // SAFETY: the lines live in the request's pool, and their names there or in the client's
    // buffers.
    unsafe { bytes_of(line.as_ref().key) }.eq_ignore_ascii_case(name)
}

/// A place in the list.
#[derive(Clone, Copy)]
struct Place {
    /// The part before, or NULL.
    before: *mut ngx_list_part_t,
    part: NonNull<ngx_list_part_t>,
    at: usize,
}

impl Place {
    /// None at the end of a part.
    fn line(self) -> Option<NonNull<ngx_table_elt_t>> {
        // SAFETY: the part lives in the request's pool, and has `nelts` lines.
        unsafe {
            let part = self.part.as_ref();
            if self.at >= part.nelts {
                return None;
            }
            NonNull::new(part.elts.cast::<ngx_table_elt_t>().add(self.at))
        }
    }

    fn step(self) -> Option<Self> {
        // SAFETY: the parts are linked by `next`, up to NULL.
        let part = unsafe { self.part.as_ref() };
        if self.at < part.nelts {
            return Some(Self { at: self.at.saturating_add(1), ..self });
        }
        NonNull::new(part.next).map(|next| Self { before: self.part.as_ptr(), part: next, at: 0 })
    }
}

/// nginx's list of the header lines of a request.
struct Lines<'r> {
    request: Request<'r>,
    list: *mut ngx_list_t,
}

impl Lines<'_> {
    fn first(&self) -> Option<Place> {
        // SAFETY: nginx sets up the list with the request.
        let part = NonNull::new(unsafe { &raw mut (*self.list).part })?;
        Some(Place { before: ptr::null_mut(), part, at: 0 })
    }

    /// Removes the line at `place`. Returns the place behind it.
    fn remove(&self, place: Place) -> Result<Place, OutOfMemory> {
        let Place { before, at, .. } = place;
        let part = place.part.as_ptr();
        // SAFETY: the list and its parts live in the request's pool, and nothing else refers to
        // them while the handler runs. `at` is less than `nelts`.
        unsafe {
            let behind = (*part).nelts.saturating_sub(at).saturating_sub(1);
            let is_last = ptr::eq((*self.list).last, part);
            let rest = (*part).elts.cast::<ngx_table_elt_t>().add(at).add(1).cast();
            let mut next = place;
            if behind == 0 {
                (*part).nelts = at;
            } else if at == 0 {
                (*part).elts = rest;
                (*part).nelts = behind;
            } else {
                let new = self.new_part(ngx_list_part_t { elts: rest, nelts: behind, next: (*part).next })?;
                (*part).nelts = at;
                (*part).next = new.as_ptr();
                next = Place { before: part, part: new, at: 0 };
            }
            // nginx's loops read the first line of a part without looking at its length, unless it
            // is the first part.
            if (*part).nelts == 0 {
                if let Some(before) = NonNull::new(before) {
                    (*before.as_ptr()).next = (*part).next;
                    // At its end, where nothing is removed. So the part before is not needed.
                    next = Place { before: ptr::null_mut(), part: before, at: before.as_ref().nelts };
                }
            }
            if is_last {
                let last = next.part;
                (*self.list).last = last.as_ptr();
                // The last part may now have room for fewer lines than nginx assumes. So it counts
                // as full, and the next line that a module adds begins a new part. If it is empty,
                // it has room for the line that it has lost.
                (*self.list).nalloc = last.as_ref().nelts.max(1);
            }
            Ok(next)
        }
    }

    fn new_part(&self, part: ngx_list_part_t) -> Result<NonNull<ngx_list_part_t>, OutOfMemory> {
        if fault::out_of_memory(Stage::Request, self.request.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own.
        unsafe {
            let pool = (*self.request.as_ptr()).pool;
            let memory = NonNull::new(ngx_palloc(pool, size_of::<ngx_list_part_t>()).cast());
            let memory: NonNull<ngx_list_part_t> = memory.ok_or(OutOfMemory)?;
            memory.write(part);
            Ok(memory)
        }
    }
}

/// Corrects nginx's pointer to the Authorization line. nginx refuses requests with several.
fn point_to_authorization(request: Request<'_>, list: &Lines<'_>) {
    let places = core::iter::successors(list.first(), |place| place.step());
    let left = places.filter_map(Place::line).find(|line| has_name(*line, b"Authorization"));
    // SAFETY: the request is live.
    unsafe { (*headers_in(request)).authorization = left.map_or(ptr::null_mut(), NonNull::as_ptr) }
}

fn headers(request: Request<'_>) -> *mut ngx_list_t {
    // SAFETY: the request is live.
    unsafe { &raw mut (*headers_in(request)).headers }
}

fn headers_in(request: Request<'_>) -> *mut ngx_http_headers_in_t {
    // SAFETY: the request is live.
    unsafe { &raw mut (*request.as_ptr()).headers_in }
}
