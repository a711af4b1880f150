//! Turns what nginx-sys found (nginx's version and features) into cfg flags.

use std::env;
use std::path::Path;

/// From this version on, `headers_in.cookie` is a linked list; before, `headers_in.cookies` is an array.
const COOKIE_LIST_SINCE: u64 = 1_023_000;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(nginx_cookie_list)");
    // The feature names as nginx-sys knows them; `any()` when it did not say.
    let known = env::var("DEP_NGINX_FEATURES_CHECK").unwrap_or_else(|_| "any()".to_owned());
    println!("cargo::rustc-check-cfg=cfg(ngx_feature, values({known}))");
    for feature in env::var("DEP_NGINX_FEATURES").unwrap_or_default().split(',').map(str::trim) {
        if !feature.is_empty() {
            println!("cargo::rustc-cfg=ngx_feature=\"{feature}\"");
        }
    }

    let version = env::var("DEP_NGINX_VERSION_NUMBER").ok().and_then(|number| number.parse::<u64>().ok());
    match version {
        Some(number) if number >= COOKIE_LIST_SINCE => println!("cargo::rustc-cfg=nginx_cookie_list"),
        Some(_) => {}
        None => println!("cargo::error=nginx-sys did not tell the version of nginx"),
    }
    refuse_vendored_against_other_headers();
}

/// NGINX_SOURCE_DIR goes before the feature `vendored` in nginx-sys, and scripts/setup sets it for this
/// folder: without this check, `--features vendored` would silently build for the nginx installed here.
fn refuse_vendored_against_other_headers() {
    let (Ok(build_dir), Ok(out_dir)) = (env::var("DEP_NGINX_BUILD_DIR"), env::var("OUT_DIR")) else { return };
    // target/release/build/nginx-sys-HASH/out/objs and target/release/build/ngx-http-pta-module-HASH/out
    let own_builds = Path::new(&out_dir).ancestors().nth(2);
    let vendored = own_builds.is_some_and(|builds| Path::new(&build_dir).starts_with(builds));
    if env::var_os("CARGO_FEATURE_VENDORED").is_some() && !vendored {
        println!(
            "cargo::error=feature \"vendored\" has no effect: NGINX_SOURCE_DIR or NGINX_BUILD_DIR is set, maybe by \
             .cargo/config.toml (scripts/setup wrote it); run cargo from another folder: \
             cd / && cargo build --release --features vendored --manifest-path {}/Cargo.toml",
            env::var("CARGO_MANIFEST_DIR").unwrap_or_default(),
        );
    }
}
