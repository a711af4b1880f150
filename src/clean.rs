//! Takes the token out of an allowed request: upstreams, cache keys and `$args` never see it.

use crate::main_conf::MainConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::query::{self, Target};
use crate::writer::Writer;

/// Removes the arguments `name` from the request target and from `$args`, each on its own, because rewrites may
/// have made them differ. The client's buffer is not touched: what is cleaned is built anew.
pub(crate) fn remove_argument(request: Request<'_>, name: &[u8]) -> Result<(), OutOfMemory> {
    let target = request.bytes(request.target());
    let args = request.bytes(request.args());
    let Target { path, query, fragment } = Target::split(target);

    if query::find(args, name).is_some() {
        let mut clean = Writer::new(request.allocate_bytes(args.len())?);
        query::write_without(args, name, &mut clean);
        request.set_args(clean.finish());
    }
    if query::find(query, name).is_some() {
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
        // nginx keeps the value of $request_uri once somebody has read it.
        if let Some(index) = MainConf::of_request(request).cached_variables().request_uri {
            request.forget_variable(index);
        }
    }
    Ok(())
}
