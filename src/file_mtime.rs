//! `$pta_file_mtime`: when the file of the request was changed. `pta_bind` can bind tokens to it.

use crate::nginx::conf::{Conf, Logged};
use crate::nginx::open_file;
use crate::nginx::variable::{self, Variable, digits};

static VARIABLES: [Variable; 1] =
    [("pta_file_mtime", |request| digits(request, open_file::modified(request)?))];

/// As nginx's own `$request_filename`, it depends on the location that reads it, and in a
/// subrequest on the subrequest.
pub(crate) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}
