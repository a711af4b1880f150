//! Takes the token out of an allowed request: upstreams, cache keys and `$args` never see it.

use core::ptr;

use crate::client;
use crate::main_conf::MainConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::query::{self, Target, position_of};
use crate::record::Record;
use crate::writer::Writer;

/// Removes the arguments `name` from the request target and from `$args`, each on its own, because rewrites may
/// have made them differ. The client's buffer is not touched: what is not just cut off at the end is built anew.
#[inline]
pub(crate) fn remove_argument<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    name: &[u8],
) -> Result<(), OutOfMemory> {
    let target = request.bytes(request.target());
    let args = request.bytes(request.args());
    let (clean, clean_args) = if let Some(single) = Single::find(record, name, target) {
        let clean = single.remove(request, target)?;
        // As a rule, the arguments are those of the target, and so are the clean ones.
        let clean_args = match position_of(args, target) {
            Some(start) if single.is_in(start, args, target) => clean.get(start..).unwrap_or_default(),
            _ => without(request, args, name)?,
        };
        (clean, clean_args)
    } else if args.is_empty() && is_only_path(request, record, target) {
        return Ok(());
    } else {
        (target_without(request, target, name)?, without(request, args, name)?)
    };
    if !ptr::eq(clean_args, args) {
        request.set_args(clean_args);
    }
    if !ptr::eq(clean, target) {
        request.set_target(clean);
        // nginx keeps the value of $request_uri once somebody has read it.
        if let Some(index) = MainConf::cached_variables(request).request_uri {
            request.forget_variable(index);
        }
    }
    Ok(())
}

/// The one argument of a target that is to be removed.
struct Single {
    /// Where its name begins, behind `?` or `&`.
    start: usize,
    end: usize,
}

impl Single {
    /// The argument by which the request has just been allowed.
    #[inline]
    fn find(record: &Record<'_>, name: &[u8], target: &[u8]) -> Option<Self> {
        let outcome = record.outcome().filter(|outcome| ptr::eq(outcome.name(), name))?;
        let token = outcome.single_token()?;
        let value = position_of(token, target)?;
        let start = value.checked_sub(name.len().saturating_add(b"=".len()))?;
        Some(Self { start, end: value.saturating_add(token.len()) })
    }

    /// The target without it and without one of the separators beside it.
    #[inline]
    fn remove<'r>(&self, request: Request<'r>, target: &'r [u8]) -> Result<&'r [u8], OutOfMemory> {
        let Some(behind) = target.get(self.end.saturating_add(1)..) else {
            return Ok(target.get(..self.start.saturating_sub(1)).unwrap_or_default());
        };
        let before = target.get(..self.start).unwrap_or_default();
        let mut clean = Writer::new(request.allocate_bytes(before.len().saturating_add(behind.len()))?);
        clean.push(before);
        clean.push(behind);
        Ok(clean.finish())
    }

    /// Whether `args`, which begin at `start` of the target, are its query up to the end, this argument included.
    #[inline]
    fn is_in(&self, start: usize, args: &[u8], target: &[u8]) -> bool {
        start <= self.start && start.saturating_add(args.len()) == target.len()
    }
}

/// Whether there is nothing in the target to remove.
fn is_only_path<'r>(request: Request<'r>, record: &Record<'r>, target: &[u8]) -> bool {
    ptr::eq(target, request.bytes(record.target())) && client::target(request, record).is_only_path()
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
