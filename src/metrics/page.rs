//! The page for people. It draws what it polls from its own location, as JSON.

use crate::nginx::memory::OutOfMemory;
use crate::nginx::response::Body;

/// The hashes are those of `page/style.css` and `page/script.js`. If a file changes, a browser
/// refuses it, and a test prints the new hash.
pub(super) const POLICY: &[u8] = b"default-src 'none'; \
    style-src 'sha256-8xh1wSrTCIvQGsSz/RCQM1NVQ1m/E88BD4jLspAFCKo='; \
    script-src 'sha256-oSyhLgM+woCU5NbG5f+s/qKYH+1yYek8qZcRDAeWFrA='; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn write(body: &mut Body<'_>) -> Result<(), OutOfMemory> {
    for part in [
        include_str!("page/head.html"),
        "<style>",
        include_str!("page/style.css"),
        "</style>\n",
        include_str!("page/body.html"),
        "<script>",
        include_str!("page/script.js"),
        "</script>\n</html>\n",
    ] {
        body.push(part.as_bytes())?;
    }
    Ok(())
}
