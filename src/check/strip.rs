//! Takes the token out of an allowed request: upstreams, cache keys and `$args` never see it.

use core::ptr;

use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::original;
use crate::request::record::Record;
use pta_http::query::{self, SoleArgument, Target, position_of};
use pta_http::writer::Writer;

/// Takes the token out of a request that goes on.
#[inline]
pub(crate) fn strip<'r>(request: Request<'r>, record: &Record<'r>) -> Result<(), OutOfMemory> {
    for entered in record.realms().filter(|entered| entered.take_strip_due()) {
        if let Some(policy) = entered.conf().map(LocConf::policy).filter(|policy| policy.strips()) {
            strip_argument(request, record, policy.name())?;
        }
    }
    Ok(())
}

/// Removes the arguments `name` from the request target and from `$args`, each on its own, because rewrites may
/// have made them differ. The client's buffer is not touched: what is not just cut off at the end is built anew.
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
    let (clean, clean_args) = if let Some(single) = single(record, name, target) {
        let (before, behind) = single.around(target);
        let clean = if behind.is_empty() { before } else { request.concat([before, behind])? };
        // As a rule, the arguments are those of the target, and so are the clean ones.
        let clean_args = match position_of(args, target) {
            Some(start) if single.is_in(start, args, target) => clean.get(start..).unwrap_or_default(),
            _ => without(request, args, name)?,
        };
        (clean, clean_args)
    } else if args.is_empty() && is_only_path(record, target) {
        return Ok(());
    } else {
        (target_without(request, target, name)?, without(request, args, name)?)
    };
    if !ptr::eq(clean_args, args) {
        request.set_args(clean_args);
    }
    if !ptr::eq(clean, target) {
        request.set_target(clean);
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

/// The length of the argument with its separator, if target and arguments both end with it. This is
/// the usual case, and shortening them is enough.
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

/// The argument by which the request has just been allowed, if it can be taken out where it stands.
#[inline]
fn single(record: &Record<'_>, name: &[u8], target: &[u8]) -> Option<SoleArgument> {
    SoleArgument::of(single_token(record, name)?, name, target)
}

#[inline]
fn single_token<'r>(record: &Record<'r>, name: &[u8]) -> Option<&'r [u8]> {
    record.outcome().filter(|outcome| ptr::eq(outcome.name(), name))?.single_token()
}

/// Whether there is nothing in the target to remove.
fn is_only_path(record: &Record<'_>, target: &[u8]) -> bool {
    ptr::eq(target, record.target()) && original::target(record).is_only_path()
}

fn without<'r>(request: Request<'r>, args: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    if query::find(args, name).is_none() {
        return Ok(args);
    }
    let mut clean = Writer::new(request.allocate_bytes(args.len())?);
    query::write_without(args, name, &mut clean);
    Ok(clean.finish())
}

fn target_without<'r>(request: Request<'r>, target: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let Target { path, query, fragment } = Target::split(target);
    if query::find(query, name).is_none() {
        return Ok(target);
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
    Ok(clean.finish())
}
