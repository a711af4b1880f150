//! The parameter `name:size` of a shared memory zone.

use nginx_sys::ngx_str_t;

use crate::conf::setting::{SetError, Setting};
use crate::nginx::shared_zone::page_size;
use crate::nginx::text::parse_size;

/// Parses the only argument of a directive. The size must be at least that number of pages.
pub(crate) fn name_and_size<C>(
    setting: &Setting<'_, C>,
    pages: usize,
) -> Result<(ngx_str_t, usize), SetError> {
    let (value, directive) = (setting.value(), setting.name());
    let refuse = |reason: &str| {
        Err(setting.error(format_args!("invalid value \"{value}\" in \"{directive}\" directive, {reason}")))
    };
    let colon = value.as_bytes().iter().position(|byte| *byte == b':');
    let Some(colon) = colon.filter(|colon| *colon > 0) else {
        return refuse("it must be name:size");
    };
    let size = value.as_bytes().get(colon.saturating_add(1)..).unwrap_or_default();
    let Some(size) = parse_size(size) else {
        return refuse("the size must be a number of bytes, as in 64k or 1m");
    };
    let least = page_size().saturating_mul(pages);
    if size < least {
        return refuse(&format!("the size must be at least {}k", least / 1024));
    }
    // The value lies in the configuration's pool, as nginx wants it of the name.
    Ok((ngx_str_t { len: colon, data: value.data }, size))
}
