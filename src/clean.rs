//! Takes the token out of an allowed request: upstreams, cache keys and `$args` never see it.

use core::ptr;

use crate::main_conf::MainConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::query::{self, Target};
use crate::record::Record;
use crate::writer::Writer;

/// Removes the arguments `name` from the request target and from `$args`, each on its own, because rewrites may
/// have made them differ. The client's buffer is not touched: what is not just cut off at the end is built anew.
#[inline]
pub(crate) fn remove_argument(
    request: Request<'_>,
    record: &Record<'_>,
    name: &[u8],
) -> Result<(), OutOfMemory> {
    if !cut_off(request, record, name) && !rebuild(request, name)? {
        return Ok(());
    }
    // nginx keeps the value of $request_uri once somebody has read it.
    if let Some(index) = MainConf::of_request(request).cached_variables().request_uri {
        request.forget_variable(index);
    }
    Ok(())
}

/// Shortens target and arguments, if the accepted token is the last of both: as a rule it is, and being the first of
/// its name, it is the only one.
#[inline]
fn cut_off(request: Request<'_>, record: &Record<'_>, name: &[u8]) -> bool {
    let (target, args) = (request.bytes(request.target()), request.bytes(request.args()));
    let Some(outcome) = record.outcome() else { return false };
    let token = outcome.query_token();
    let end = token.as_ptr_range().end;
    let is_last = !token.is_empty()
        && ptr::eq(outcome.name(), name)
        && ptr::eq(end, target.as_ptr_range().end)
        && ptr::eq(end, args.as_ptr_range().end);
    // The argument with the `?` or `&` before it; a `?` is no part of the arguments.
    let len = token.len().saturating_add(name.len()).saturating_add(b"?=".len());
    let Some(target) = target.len().checked_sub(len).and_then(|len| target.get(..len)) else { return false };
    if is_last {
        request.set_target(target);
        request.set_args(args.get(..args.len().saturating_sub(len)).unwrap_or_default());
    }
    is_last
}

/// Whether the target has changed.
#[cold]
fn rebuild(request: Request<'_>, name: &[u8]) -> Result<bool, OutOfMemory> {
    let target = request.bytes(request.target());
    let args = request.bytes(request.args());
    let Target { path, query, fragment } = Target::split(target);

    if query::find(args, name).is_some() {
        let mut clean = Writer::new(request.allocate_bytes(args.len())?);
        query::write_without(args, name, &mut clean);
        request.set_args(clean.finish());
    }
    if query::find(query, name).is_none() {
        return Ok(false);
    }
    let mut clean = Writer::new(request.allocate_bytes(target.len())?);
    clean.push(path);
    clean.push(b"?");
    let question_mark = clean.len();
    query::write_without(query, name, &mut clean);
    if clean.len() == question_mark {
        clean.truncate(path.len());
    }
    clean.push(fragment);
    request.set_target(clean.finish());
    Ok(true)
}
