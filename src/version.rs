//! Shows which code runs. `nginx -s reload` keeps the loaded module, even if its file was replaced.

use nginx_sys::{NGINX_VERSION, NGX_LOG_NOTICE, ngx_cycle_t, ngx_test_config};
use ngx::ngx_log_error;

/// The version of this module.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes the version to the error log, at each start and reload.
///
/// # Safety
///
/// `cycle` must be the cycle that nginx is about to use.
pub(crate) unsafe fn log(cycle: *mut ngx_cycle_t) {
    // SAFETY: nginx sets the flag when it reads its arguments; a cycle has a log.
    let (is_test, log) = unsafe { (ngx_test_config != 0, (*cycle).log) };
    if !is_test {
        let nginx = NGINX_VERSION.to_str().unwrap_or_default();
        ngx_log_error!(NGX_LOG_NOTICE, log, "pta: {VERSION}, built for nginx {nginx}");
    }
}
