//! Warns of a server whose error pages may allow what nginx refuses before it chooses a location.
//!
//! The gate has no error pages, but these refusals never get there. With this configuration, another
//! proxy takes the answer to a header that is too long for a permission:
//!
//! ```nginx
//! error_page 400 494 =200 /sorry.html;
//! location = /_pta { pta_gate uri=$http_x_forwarded_uri; }
//! ```

use crate::conf::gate::Gate;
use crate::conf::main::MainConf;
use crate::nginx::conf::Merging;
use crate::nginx::error_page::{self, ErrorPage};
use crate::nginx::source_line::SourceLine;

/// The statuses that nginx answers a request with before it chooses a location. 494 to 497 are its
/// own: headers or a certificate that it does not accept, or HTTP on a port for HTTPS.
const EARLY: &[isize] = &[400, 405, 414, 421, 494, 495, 496, 497, 501, 505];

/// Logs one warning about the server of the gate in `place`.
pub(super) fn warn(merging: &Merging<'_, Gate>, place: SourceLine) {
    let pages =
        error_page::of_server(merging).filter(|page| EARLY.contains(&page.status()) && may_allow(*page));
    let statuses: Vec<String> = pages.map(|page| page.status().to_string()).collect();
    if !statuses.is_empty() {
        MainConf::warn_once(
            **merging,
            place,
            format_args!(
                "\"error_page {} =\" of the server may allow requests that nginx refuses before it chooses the \
                 location of \"pta_gate\"",
                statuses.join(" ")
            ),
        );
    }
}

/// With a lone `=`, the page decides. Other proxies take no redirect for a permission.
fn may_allow(page: ErrorPage<'_>) -> bool {
    page.replaced_by().is_some_and(|status| status == 0 || (200..300).contains(&status))
}
