//! The token's cookies of a request, both header layouts of nginx behind one iterator.

use core::iter;

use memchr::memchr;
use nginx_sys::ngx_table_elt_t;

use crate::ngx_ext::Request;

/// The values of all cookies `name`, in any case of letters, in the order of the request.
pub(crate) fn values<'r>(request: Request<'r>, name: &'r [u8]) -> impl Iterator<Item = &'r [u8]> {
    header_lines(request).flat_map(move |line| values_in(request.bytes(line.value), name))
}

/// nginx since 1.23: a list linked by `next`.
#[cfg(nginx_cookie_list)]
fn header_lines<'r>(request: Request<'r>) -> impl Iterator<Item = &'r ngx_table_elt_t> {
    // SAFETY: the request is live; its header lines are in its pool.
    let first: Option<&'r ngx_table_elt_t> = unsafe { (*request.as_ptr()).headers_in.cookie.as_ref() };
    // SAFETY: `next` is NULL or the next line of the same name.
    iter::successors(first, |line| unsafe { line.next.as_ref() })
}

/// nginx before 1.23: an array of pointers.
#[cfg(not(nginx_cookie_list))]
fn header_lines<'r>(request: Request<'r>) -> impl Iterator<Item = &'r ngx_table_elt_t> {
    // SAFETY: the request is live; the array is set up with the request and holds pointers to header lines in
    // its pool.
    unsafe {
        let array = &(*request.as_ptr()).headers_in.cookies;
        let lines: &'r [*mut ngx_table_elt_t] =
            if array.nelts == 0 { &[] } else { core::slice::from_raw_parts(array.elts.cast(), array.nelts) };
        lines.iter().filter_map(|line| line.as_ref())
    }
}

/// The values of the cookies `name` in one header line. Blanks around name and value are dropped; a name
/// without `=` is no cookie.
fn values_in<'a>(line: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        loop {
            let line = rest?.trim_ascii_start();
            let (cookie, behind) = line.split_at(memchr(b';', line).unwrap_or(line.len()));
            rest = behind.get(1..);
            if let Some((found, value)) = cookie.split_at_checked(name.len())
                && found.eq_ignore_ascii_case(name)
                && let Some(value) = value.trim_ascii_start().strip_prefix(b"=")
            {
                return Some(value.trim_ascii());
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        values_in(line.as_bytes(), b"pta").map(|value| str::from_utf8(value).unwrap()).collect()
    }

    #[test]
    fn every_cookie_of_that_name_is_found_in_order() {
        assert_eq!(found("pta=1"), ["1"]);
        assert_eq!(found("a=b; pta=1; c=d; PTA=2; Pta=3"), ["1", "2", "3"]);
        assert_eq!(found("pta=1;pta=2"), ["1", "2"]);
        assert_eq!(found("pta=; pta=a=b"), ["", "a=b"]);
    }

    #[test]
    fn blanks_around_name_and_value_are_dropped() {
        assert_eq!(found("  pta =\t1 ;a=b"), ["1"]);
        assert_eq!(found("pta = 1 2 "), ["1 2"]);
    }

    #[test]
    fn bare_and_other_names_are_skipped() {
        assert!(found("").is_empty());
        assert!(found("pta").is_empty());
        assert_eq!(found("pta; pta=1"), ["1"]);
        assert!(found("ptax=1; xpta=2; a=pta=3; pta%3D4").is_empty());
    }
}
