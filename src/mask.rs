//! Replaces the token's value by `***` where a request is written to logs.

use core::ptr;

use memchr::memchr3;

use crate::conf::LocConf;
use crate::main_conf::MainConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::record::Record;
use crate::writer::Writer;

const MASK: &[u8] = b"***";

/// Masks the arguments of all names that the request's locations take for a token in the request line, which
/// `$request` and the suffix of lines in the error log show. The client's buffer is not touched, nor is the request target.
pub(crate) fn mask_request_line(request: Request<'_>, record: &Record<'_>) -> Result<(), OutOfMemory> {
    let line = request.bytes(request.line());
    let here = LocConf::of(request).policy().name();
    // As a rule, all names are one.
    let mut others = record.names().filter(|name| !ptr::eq(*name, here));
    let masked = others.try_fold(masked(request, line, here)?, |line, name| masked(request, line, name))?;
    if ptr::eq(masked, line) {
        return Ok(());
    }
    request.set_line(masked);
    // nginx keeps the value of $request once somebody has read it.
    if let Some(index) = MainConf::of_request(request).cached_variables().request {
        request.forget_variable(index);
    }
    Ok(())
}

/// `text`, a request line or target, or a copy of it in which the arguments `name` are masked.
pub(crate) fn masked<'r>(request: Request<'r>, text: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let found = values(text, name).count();
    if found == 0 {
        return Ok(text);
    }
    let len = text.len().saturating_add(found.saturating_mul(MASK.len()));
    let mut output = Writer::new(request.allocate_bytes(len)?);
    write_masked(text, name, &mut output);
    Ok(output.finish())
}

fn write_masked(text: &[u8], name: &[u8], output: &mut Writer<'_>) {
    let mut written = 0_usize;
    for (start, end) in values(text, name) {
        output.push(text.get(written..start).unwrap_or_default());
        output.push(MASK);
        written = end;
    }
    output.push(text.get(written..).unwrap_or_default());
}

/// Where the values of the arguments `name` begin and end. An argument begins behind `?`, `&` or, as this is about
/// what people may read, `#`; it ends before the next `&`, `#` or blank.
fn values<'a>(text: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut at = 0_usize;
    core::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let separator = memchr3(b'?', b'&', b'#', rest)?;
            at = at.saturating_add(separator).saturating_add(1);
            let argument = text.get(at..)?;
            let Some((found, rest)) = argument.split_at_checked(name.len()) else { continue };
            let Some(value) = rest.strip_prefix(b"=") else { continue };
            if !found.eq_ignore_ascii_case(name) {
                continue;
            }
            let len = memchr3(b'&', b'#', b' ', value).unwrap_or(value.len());
            let start = text.len().saturating_sub(value.len());
            at = start.saturating_add(len);
            if len > 0 && value.get(..len) != Some(MASK) {
                return Some((start, at));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut buffer = vec![0; 1000];
        let mut writer = Writer::new(&mut buffer);
        write_masked(text.as_bytes(), b"pta", &mut writer);
        String::from_utf8(writer.finish().to_vec()).unwrap()
    }

    #[test]
    fn every_value_of_that_name_is_masked_and_nothing_else() {
        assert_eq!(masked("GET /x?pta=abcd HTTP/1.1"), "GET /x?pta=*** HTTP/1.1");
        assert_eq!(
            masked("GET /x?a=1&PTA=abcd&b=2&pta=e HTTP/1.1"),
            "GET /x?a=1&PTA=***&b=2&pta=*** HTTP/1.1"
        );
        assert_eq!(masked("GET /x?pta=abcd#pta=ef HTTP/1.1"), "GET /x?pta=***#pta=*** HTTP/1.1");
        assert_eq!(masked("GET http://h/x?pta=abcd"), "GET http://h/x?pta=***");
        assert_eq!(masked("/x?pta=a=b?c"), "/x?pta=***");
        assert_eq!(masked("/x?pta=a"), "/x?pta=***");
    }

    #[test]
    fn what_is_no_value_stays() {
        for text in
            ["", "GET /x HTTP/1.1", "/x?pta", "/x?pta=", "/x?pta=&a", "/x?ptax=1&xpta=2&%70ta=3", "/pta=1?a"]
        {
            assert_eq!(masked(text), text);
        }
    }
}
