//! Subrequests to protected locations are not checked, because the main request is. If the keys of
//! such a location have not allowed the main request, the location is open despite `pta_enable on`.
//! This logs a warning about it.

use nginx_sys::NGX_LOG_WARN;
use ngx::ngx_log_error;

use crate::conf::LocConf;
use crate::nginx::http_module::Core;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::masked;
use crate::request::realm::RealmState;
use crate::request::record::Record;

/// Warns once for each worker and location if the keys of the subrequest's location have not
/// allowed the main request.
pub(crate) fn warn_if_unchecked(request: Request<'_>) -> Result<(), OutOfMemory> {
    let conf = LocConf::of(request);
    if conf.ring().is_none() || conf.has_warned_of_subrequest() || is_checked(request.main(), conf) {
        return Ok(());
    }
    conf.set_warned_of_subrequest();
    masked::mask_line_of_main(request, conf.policy())?;
    ngx_log_error!(
        NGX_LOG_WARN,
        request.log(),
        "pta: subrequest to protected location \"{}\" is answered although its keys have not allowed the main request, \
         for auth_request use \"pta_gate\" instead",
        request.loc_conf::<Core>().name
    );
    Ok(())
}

/// Whether the keys of `conf` have allowed or exempted the main request, or will check it.
fn is_checked(main: Request<'_>, conf: &LocConf) -> bool {
    let Some(record) = Record::peek(main) else { return false };
    match record.state_of(conf) {
        Some(RealmState::Pending | RealmState::Allowed | RealmState::Exempt | RealmState::DryRun) => true,
        // Refused, and then let in by another module.
        Some(RealmState::Unchecked) => record.is_overruled(),
        // The realm is only exempt for the error page. No token allows what the page includes.
        Some(RealmState::ExemptErrorPage) | None => false,
    }
}
