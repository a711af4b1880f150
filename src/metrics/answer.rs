//! The content handler of `pta_metrics`.

use nginx_sys::{NGX_HTTP_GET, NGX_HTTP_HEAD};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_http::query;

use crate::conf::main::MainConf;
use crate::metrics::conf::{Format, Metrics, MetricsMain};
use crate::metrics::json::Json;
use crate::metrics::page;
use crate::metrics::series;
use crate::metrics::text::Text;
use crate::nginx::handler::handler;
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::response::{self, Body, ContentType};
use crate::request::no_store::forbid_storing;

handler! {
    /// The content handler. nginx calls it when all access modules have let the request in.
    pub(super) fn handler(request) = phase(Metrics, answer)
}

/// `# HELP` lines are in UTF-8, by the format.
const PROMETHEUS: ContentType =
    ContentType { text: b"text/plain; version=0.0.4; charset=utf-8", charset: b"utf-8" };
const JSON: ContentType = ContentType { text: b"application/json", charset: b"" };
const HTML: ContentType = ContentType { text: b"text/html; charset=utf-8", charset: b"utf-8" };

fn answer(request: Request<'_>) -> Result<Status, OutOfMemory> {
    if request.method() & (NGX_HTTP_GET | NGX_HTTP_HEAD) as usize == 0 {
        headers::add(request, b"Allow", b"GET, HEAD")?;
        return Ok(HTTPStatus::NOT_ALLOWED.into());
    }
    if let Err(status) = response::discard_body(request) {
        return Ok(status);
    }
    let Some(format) = format(request) else { return Ok(HTTPStatus::BAD_REQUEST.into()) };
    let labels = MetricsMain::of_request(request).labels();
    let zones = MainConf::of_request(request).claim_zones();
    let mut body = Body::new(request);
    let content_type = match format {
        Format::Prometheus => {
            series::write(labels, zones, request.log(), &mut Text(&mut body))?;
            PROMETHEUS
        }
        Format::Json => {
            let mut json = Json::new(&mut body);
            series::write(labels, zones, request.log(), &mut json)?;
            json.finish()?;
            JSON
        }
        Format::Html => {
            page::write(&mut body)?;
            headers::add(request, b"Content-Security-Policy", page::POLICY)?;
            HTML
        }
    };
    forbid_storing(request)?;
    headers::add(request, b"X-Content-Type-Options", b"nosniff")?;
    Ok(response::send(request, content_type, &body))
}

/// The form that the argument `format` asks for, or else that of the location. `None` if there is
/// no such form.
fn format(request: Request<'_>) -> Option<Format> {
    let Some(argument) = query::find(request.args(), b"format") else {
        return request.loc_conf::<Metrics>().format.or(Some(Format::Prometheus));
    };
    let is_wanted = |(word, _): &&(&str, Format)| word.as_bytes() == argument.value;
    Format::WORDS.iter().find(is_wanted).map(|(_, format)| *format)
}
