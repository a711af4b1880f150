//! Reports the version of the running code, in the error log and in `$pta_version`. `nginx -s
//! reload` keeps the loaded module even if its file has been replaced.

use nginx_sys::{NGINX_VERSION, NGX_LOG_NOTICE, ngx_test_config};
use ngx::ngx_log_error;

use crate::nginx::conf::{Conf, Logged};
use crate::nginx::cycle::NewCycle;
use crate::nginx::variable::{self, Variable};

/// The version of this module.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

static VARIABLES: [Variable; 1] = [("pta_version", |_| Ok(Some(VERSION.as_bytes())))];

pub(crate) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}

/// The version of nginx, which loads no module that was built for another one.
pub(crate) fn nginx() -> &'static str {
    NGINX_VERSION.to_str().unwrap_or_default()
}

/// Logs the version at each start and reload.
pub(crate) fn log(cycle: NewCycle<'_>) {
    // SAFETY: nginx sets the flag when it reads its arguments.
    if unsafe { ngx_test_config } == 0 {
        let nginx = nginx();
        ngx_log_error!(NGX_LOG_NOTICE, cycle.log(), "pta: {VERSION}, built for nginx {nginx}");
    }
}
