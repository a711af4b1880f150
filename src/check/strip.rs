//! Removes the token from an allowed request, so that upstreams, cache keys and `$args` never see
//! it.

use core::ptr;

use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::record::Record;
use crate::request::{header_token, original};
use pta_http::query::{self, SoleArgument, Target, position_of};
use pta_http::writer::Writer;

/// Removes the tokens by which realms have just allowed the request. If a realm has checked it by the
/// rules of another location than this one, the names of tokens may differ: then this also removes
/// what this location takes for a token.
#[allow(clippy::inline_always)] // two callers, and requests pass one of them
#[inline(always)]
pub(crate) fn strip<'r>(request: Request<'r>, record: &Record<'r>) -> Result<(), OutOfMemory> {
    for realm in record.realms().filter(|realm| realm.take_strip_due()) {
        if let Some(conf) = realm.conf() {
            strip_of(request, record, conf)?;
        }
    }
    let here = LocConf::of(request);
    if record.was_checked_elsewhere(here) { strip_here(request, record, here) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn strip_here<'r>(request: Request<'r>, record: &Record<'r>, here: &'r LocConf) -> Result<(), OutOfMemory> {
    strip_of(request, record, here)
}

/// Removes what `conf` takes for a token.
#[allow(clippy::inline_always)] // two callers, and requests pass one of them
#[inline(always)]
fn strip_of<'r>(request: Request<'r>, record: &Record<'r>, conf: &'r LocConf) -> Result<(), OutOfMemory> {
    let policy = conf.policy();
    if !policy.strips() {
        return Ok(());
    }
    strip_argument(request, record, policy.name())?;
    if conf.auth_methods().header { header_token::remove(request, record, policy.header()) } else { Ok(()) }
}

/// Removes the arguments `name` from the request target and from `$args`. It searches both, because
/// a rewrite may have changed `$args`. The client's buffer does not change: an argument at the end
/// is cut off, any other requires a copy.
#[inline(never)] // keeps the loop around it short
fn strip_argument<'r>(request: Request<'r>, record: &Record<'r>, name: &[u8]) -> Result<(), OutOfMemory> {
    let target = request.target();
    let args = request.args();
    if let Some(len) = len_at_both_ends(record, name, target, args) {
        request.shorten_args(len);
        request.shorten_target(len);
        forget_request_uri(request);
        return Ok(());
    }
    if args.is_empty() && is_only_path(record, target) { Ok(()) } else { cut_argument(request, record, name) }
}

/// The same for all other cases.
#[inline(never)] // keeps registers free for the usual case
fn cut_argument<'r>(request: Request<'r>, record: &Record<'r>, name: &[u8]) -> Result<(), OutOfMemory> {
    let target = request.target();
    let args = request.args();
    let (stripped, stripped_args) = if let Some(argument) = sole_argument(record, name, target) {
        let (before, behind) = argument.around(target);
        let stripped = if behind.is_empty() { before } else { request.concat([before, behind])?.bytes() };
        // Usually, `$args` is the end of the target, also without the token.
        let stripped_args = match position_of(args, target) {
            Some(start) if argument.is_in(start, args, target) => stripped.get(start..).unwrap_or_default(),
            _ => args_without(request, args, name)?,
        };
        (stripped, stripped_args)
    } else {
        (target_without(request, target, name)?, args_without(request, args, name)?)
    };
    if !ptr::eq(stripped_args, args) {
        request.set_args(stripped_args);
    }
    if !ptr::eq(stripped, target) {
        request.set_target(stripped);
        forget_request_uri(request);
    }
    Ok(())
}

/// nginx caches the value of $request_uri when it is first read.
#[inline]
fn forget_request_uri(request: Request<'_>) {
    if let Some(index) = MainConf::cached_variables(request).request_uri {
        request.forget_variable(index);
    }
}

/// The length of the argument with its separator, if target and `$args` both end with it. In this
/// usual case, shortening them is enough.
#[inline]
fn len_at_both_ends(record: &Record<'_>, name: &[u8], target: &[u8], args: &[u8]) -> Option<usize> {
    let token = single_token(record, name)?;
    let end = token.as_ptr_range().end;
    if token.is_empty() || end != target.as_ptr_range().end || end != args.as_ptr_range().end {
        return None;
    }
    let len = name.len().checked_add(b"=".len())?.checked_add(token.len())?;
    // If it is the only argument, the `?` before it belongs only to the target.
    (len <= args.len() && len < target.len()).then(|| len.saturating_add(1))
}

/// The argument by which the request has just been allowed, if it can be cut out.
#[inline]
fn sole_argument(record: &Record<'_>, name: &[u8], target: &[u8]) -> Option<SoleArgument> {
    SoleArgument::of(single_token(record, name)?, name, target)
}

#[inline]
fn single_token<'r>(record: &Record<'r>, name: &[u8]) -> Option<&'r [u8]> {
    record.outcome().filter(|outcome| ptr::eq(outcome.name(), name))?.single_token()
}

/// Whether the target has nothing to remove.
fn is_only_path(record: &Record<'_>, target: &[u8]) -> bool {
    ptr::eq(target, record.target()) && original::target(record).is_only_path()
}

fn args_without<'r>(request: Request<'r>, args: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    if query::find(args, name).is_none() {
        return Ok(args);
    }
    let mut stripped = Writer::new(request.allocate_bytes(args.len())?);
    query::write_without(args, name, &mut stripped);
    Ok(stripped.finish())
}

fn target_without<'r>(request: Request<'r>, target: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let Target { path, query, fragment } = Target::split(target);
    if query::find(query, name).is_none() {
        return Ok(target);
    }
    let mut stripped = Writer::new(request.allocate_bytes(target.len())?);
    stripped.push(path);
    stripped.push(b"?");
    let question_mark = stripped.len();
    query::write_without(query, name, &mut stripped);
    if stripped.len() == question_mark {
        stripped.truncate(path.len());
    }
    stripped.push(fragment);
    Ok(stripped.finish())
}
