//! Answers of this module that no cache may store.

use crate::conf::policy::CacheControl;
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::record::Record;

/// Adds `Cache-Control: no-store`, whatever `expires` and `add_header` say: the header filter
/// replaces what they add, if the configuration has noted that it is needed. nginx does not send the
/// headers of a subrequest.
pub(crate) fn forbid_storing(request: Request<'_>) -> Result<(), OutOfMemory> {
    if request.is_main() {
        Record::find_or_make(request)?.cache_mark().refuse(CacheControl::On);
    }
    headers::add_cache_control(request, b"no-store")
}
