//! Tests with whole configurations in temporary folders.

use std::fs;

use pta_token::{PairId, PathPattern, SealSecret, Secret, SecretPair};
use tempfile::TempDir;

use super::*;
use crate::keys::seal_rules::Surplus;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn digits(digit: char) -> String {
    digit.to_string().repeat(32)
}

fn pair(key: char, iv: char) -> SecretPair {
    let secret = |digit| Secret::from_hex(digits(digit).as_bytes()).unwrap();
    SecretPair { key: secret(key), iv: secret(iv), seal: None }
}

/// Expands a digit after a key directive into 32 of these digits.
fn expand(text: &str) -> String {
    let mut text = text.to_owned();
    for digit in '1'..='9' {
        for name in ["key", "iv"] {
            text = text.replace(&format!("_{name} {digit};"), &format!("_{name} {};", digits(digit)));
        }
    }
    text
}

/// The keys of nginx.conf. Errors do not contain the name of the folder.
fn keys_of(files: &[(&str, &str)], server: Option<&str>) -> Result<FoundKeys, String> {
    keys_for(files, server, None)
}

fn keys_for(files: &[(&str, &str)], server: Option<&str>, host: Option<&Host>) -> Result<FoundKeys, String> {
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (*name, expand(text))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    let prefix = format!("{}/", folder.path().display());
    keys(&folder.path().join("nginx.conf"), server, host).map_err(|error| error.replace(&prefix, ""))
}

#[track_caller]
fn assert_keys(text: &str, server: Option<&str>, pairs: &[Option<SecretPair>; 2]) {
    let keys = keys_of(&[("nginx.conf", text)], server).unwrap();
    assert!([keys.material.first, keys.material.second] == *pairs, "{text}");
}

#[track_caller]
fn assert_error(text: &str, server: Option<&str>, expected: &str) {
    let error = keys_of(&[("nginx.conf", text)], server).map(|_| ()).unwrap_err();
    assert_eq!(error, expected, "{text}");
}

#[test]
fn each_directive_is_inherited_on_its_own() {
    assert_keys(
        "events { } http { pta_1st_key 1; pta_1st_iv 2; pta_2nd_key 3; server { pta_1st_iv 4; pta_2nd_iv 5; } }",
        None,
        &[Some(pair('1', '4')), Some(pair('3', '5'))],
    );
    assert_keys(
        "http { server { pta_2nd_key 3; pta_2nd_iv 4; pta_1st_key 1; } }",
        None,
        &[None, Some(pair('3', '4'))],
    );
}

#[test]
fn the_named_server_is_taken() {
    let conf = "http { pta_1st_iv 9;
        server { server_name a.example www.a.example; pta_1st_key 1; }
        server { server_name *.b.example; pta_1st_key 2; }
        server { server_name x.b.example; pta_1st_key 3; } }";
    assert_keys(conf, Some("www.A.example"), &[Some(pair('1', '9')), None]);
    assert_keys(conf, Some("y.b.example"), &[Some(pair('2', '9')), None]);
    assert_keys(conf, Some("x.b.example"), &[Some(pair('3', '9')), None]);
    assert_error(conf, Some("c.example"), "there is no server \"c.example\" in \"nginx.conf\"");
    assert_error(
        conf,
        None,
        "servers have different keys, choose one by --server: \"*.b.example\", \"a.example\", \"x.b.example\" \
         in \"nginx.conf\"",
    );
}

#[test]
fn the_chosen_servers_must_have_the_same_keys() {
    let keys = "pta_1st_key 1; pta_1st_iv 2;";
    let both = format!("http {{ server {{ {keys} server_name a; }} server {{ {keys} server_name b; }} }}");
    assert_keys(&both, None, &[Some(pair('1', '2')), None]);
    let redirect = format!("http {{ server {{ server_name a; }} server {{ {keys} server_name a; }} }}");
    assert_keys(&redirect, Some("a"), &[Some(pair('1', '2')), None]);
    let differ = format!(
        "http {{ server {{ {keys} server_name a; }} server {{ pta_1st_key 3; pta_1st_iv 2; server_name a; }} }}"
    );
    assert_error(&differ, Some("a"), "several servers \"a\" have different keys in \"nginx.conf\"");
}

#[test]
fn quotes_comments_and_other_blocks_are_understood() {
    assert_keys(
        "http { # pta_1st_key x;
            map $uri $x { default '}'; \"~^/a{1,2}\" \"{\"; include nowhere; }
            content_by_lua_block { if a then b = { '}' } end }
            server { # }
                location / { pta_1st_key 7; include nowhere.conf; if ($a ~ \"}\") { return 200 ${a}b; } }
                pta_1st_key \"11111111111111111111111111111111\"; pta_1st_iv '22222222222222222222222222222222'; } }",
        None,
        &[Some(pair('1', '2')), None]
    );
}

#[test]
fn paths_are_relative_to_the_folder_of_the_configuration() {
    let one = digits('1');
    let two = format!("{}\r\n", digits('2'));
    let files = [
        ("nginx.conf", "http { include sites/*.conf; include \"my keys.conf\"; include none/*; }"),
        ("sites/a.conf", "server { server_name a; include snippets/key.conf; }"),
        ("sites/.hidden.conf", "}"),
        ("sites/b.txt", "}"),
        ("snippets/key.conf", "pta_1st_key file:keys/1st.key;"),
        ("my keys.conf", "pta_1st_iv file:keys/1st.iv;"),
        ("keys/1st.key", &one),
        ("keys/1st.iv", &two),
    ];
    let keys = keys_of(&files, Some("a")).unwrap();
    assert!(keys.material.first == Some(pair('1', '2')) && keys.material.second.is_none());
}

#[test]
fn keys_of_other_servers_need_not_be_readable() {
    assert_keys(
        "http { server { server_name a; pta_1st_key file:gone; pta_1st_iv file:gone; }
                server { server_name b; pta_1st_key 1; pta_1st_iv 2; } }",
        Some("b"),
        &[Some(pair('1', '2')), None],
    );
}

#[test]
fn the_name_of_the_argument_is_read() {
    let conf = "http { pta_name t; pta_1st_key 1; pta_1st_iv 2; server { } }";
    assert_eq!(keys_of(&[("nginx.conf", conf)], None).unwrap().name.as_deref(), Some("t"));
}

#[test]
fn errors_say_what_and_where() {
    assert_error(
        "",
        None,
        "no server has a complete key pair (pta_1st_pair, or pta_1st_key and pta_1st_iv) in \"nginx.conf\"",
    );
    assert_error(
        "http { server { server_name a; pta_1st_key 1; } }",
        Some("a"),
        "server \"a\" has no complete key pair (pta_1st_pair, or pta_1st_key and pta_1st_iv) in \"nginx.conf\"",
    );
    assert_error("http {\n server {\n", None, "unexpected end of file, expecting \"}\" in nginx.conf:3");
    assert_error("a b", None, "unexpected end of file, expecting \";\" or \"}\" in nginx.conf:1");
    assert_error("http { }\n}", None, "unexpected \"}\" in nginx.conf:2");
    assert_error("http { a }", None, "unexpected \"}\" in nginx.conf:1");
    assert_error(";", None, "unexpected \";\" in nginx.conf:1");
    assert_error("{", None, "unexpected \"{\" in nginx.conf:1");
    assert_error(
        "http {\n pta_1st_key 1;\n pta_1st_key 1; server { } }",
        None,
        "\"pta_1st_key\" directive is duplicate in nginx.conf:3",
    );
    assert_error(
        "http { pta_1st_key a b; server { } }",
        None,
        "invalid number of arguments in \"pta_1st_key\" directive in nginx.conf:1",
    );
    assert_error(
        "http { server { pta_1st_key 123; pta_1st_iv 1; } }",
        None,
        "invalid value in \"pta_1st_key\" directive, it must be 32 hexadecimal digits, not 3 characters in nginx.conf:1",
    );
    assert_error(
        "http { server { pta_1st_key file:gone; pta_1st_iv 1; } }",
        None,
        "invalid key file \"gone\": No such file or directory in \"pta_1st_key\" directive in nginx.conf:1",
    );
    assert_error(
        "http {\n include gone.conf; }",
        None,
        "cannot read \"gone.conf\": No such file or directory (included in nginx.conf:2)",
    );
    assert_error("include nginx.conf;", None, "blocks or includes are nested too deeply in nginx.conf:1");
}

/// The text of a pair file.
fn pair_text(key: char, iv: char) -> String {
    format!("{}\n{}\n", digits(key), digits(iv))
}

/// Checks the pairs of a configuration next to the pair files 12, 34 and 56, named after their
/// digits.
#[track_caller]
fn assert_with_pair_files(text: &str, pairs: &[Option<SecretPair>; 2]) {
    let [one, three, five] = [pair_text('1', '2'), pair_text('3', '4'), pair_text('5', '6')];
    let files = [("nginx.conf", text), ("12", one.as_str()), ("34", three.as_str()), ("56", five.as_str())];
    let keys = keys_of(&files, None).unwrap();
    assert!([keys.material.first, keys.material.second] == *pairs, "{text}");
}

#[test]
fn a_pair_file_sets_key_and_iv() {
    assert_with_pair_files(
        "http { pta_1st_pair file:12; pta_2nd_pair file:34; server { } }",
        &[Some(pair('1', '2')), Some(pair('3', '4'))],
    );
    // On the level below, a single directive replaces its half.
    assert_with_pair_files(
        "http { pta_1st_pair file:12; server { pta_1st_key 9; pta_2nd_pair file:34; } }",
        &[Some(pair('9', '2')), Some(pair('3', '4'))],
    );
    assert_with_pair_files(
        "http { pta_1st_pair file:12; server { pta_1st_iv 9; } }",
        &[Some(pair('1', '9')), None],
    );
    // On the level below, a pair replaces both halves, and the other pair stays.
    assert_with_pair_files(
        "http { pta_1st_key 7; pta_1st_iv 8; pta_2nd_key 7; server { pta_1st_pair file:34; pta_2nd_iv 8; } }",
        &[Some(pair('3', '4')), Some(pair('7', '8'))],
    );
    assert_with_pair_files(
        "http { pta_2nd_pair file:12; server { pta_2nd_pair file:56; pta_1st_key 7; pta_1st_iv 8; } }",
        &[Some(pair('7', '8')), Some(pair('5', '6'))],
    );
}

/// The digits of the seal keys of both pairs. The files are those of `assert_with_pair_files`, and
/// s1 and s2: pair files whose seal keys consist of 1 and 2.
fn seals_of(text: &str) -> [Option<char>; 2] {
    let with_seal = |digit: char| format!("{}{}\n", pair_text(digit, digit), digits(digit).repeat(2));
    let key_file = digits('8').repeat(2);
    let [one, s1, s2] = [pair_text('1', '2'), with_seal('1'), with_seal('2')];
    let text = text.replace("_seal 7;", &format!("_seal {};", digits('7').repeat(2)));
    let files = [
        ("nginx.conf", text.as_str()),
        ("12", one.as_str()),
        ("s1", s1.as_str()),
        ("s2", s2.as_str()),
        ("s8", key_file.as_str()),
    ];
    let material = keys_of(&files, None).unwrap().material;
    PairId::ALL.map(|id| {
        let seal = material.pair(id)?.seal.as_ref()?;
        ['1', '2', '7', '8']
            .into_iter()
            .find(|&digit| *seal == SealSecret::from_hex(digits(digit).repeat(2).as_bytes()).unwrap())
    })
}

#[test]
fn a_seal_key_belongs_to_its_pair() {
    for (text, expected) in [
        ("http { pta_1st_pair file:s1; pta_2nd_pair file:12; server { } }", [Some('1'), None]),
        ("http { pta_1st_pair file:s1; pta_2nd_pair file:s2; server { } }", [Some('1'), Some('2')]),
        ("http { pta_1st_pair file:12; pta_1st_seal 7; server { } }", [Some('7'), None]),
        ("http { pta_1st_seal file:s8; pta_1st_pair file:12; server { } }", [Some('8'), None]),
        ("http { pta_1st_pair file:12; server { pta_1st_seal 7; } }", [Some('7'), None]),
        ("http { pta_1st_pair file:s1; server { pta_1st_seal 7; } }", [Some('7'), None]),
        ("http { pta_1st_pair file:s1; server { pta_1st_key 9; } }", [Some('1'), None]),
        // A pair that has none does not take over that of another.
        ("http { pta_1st_pair file:s1; server { pta_1st_pair file:12; } }", [None, None]),
        ("http { pta_1st_seal 7; server { pta_1st_pair file:12; } }", [None, None]),
        ("http { pta_1st_seal 7; server { pta_2nd_pair file:12; } }", [None, None]),
    ] {
        assert_eq!(seals_of(text), expected, "{text}");
    }
    for (text, error) in [
        (
            "pta_1st_seal 12;",
            "invalid value in \"pta_1st_seal\" directive, it must be 64 hexadecimal digits, not 2 characters",
        ),
        (
            "pta_1st_seal file:12;",
            "invalid seal key file \"12\": it must be one line in \"pta_1st_seal\" directive",
        ),
        (
            "pta_1st_seal file:no;",
            "invalid seal key file \"no\": No such file or directory in \"pta_1st_seal\" directive",
        ),
    ] {
        let text = format!("http {{ pta_1st_pair file:12; {text} server {{ }} }}");
        let files = [("nginx.conf", text.as_str()), ("12", &pair_text('1', '2'))];
        let found = keys_of(&files, None).map(|_| ()).unwrap_err();
        assert_eq!(found, format!("{error} in nginx.conf:1"));
    }
    assert_error(
        "http { pta_1st_seal 7; pta_1st_seal 7; server { } }",
        None,
        "\"pta_1st_seal\" directive is duplicate in nginx.conf:1",
    );
}

#[test]
fn seals_are_required_if_the_server_says_so() {
    for (text, expected) in [
        ("http { KEYS server { } }", false),
        ("http { KEYS pta_require_seal on; server { } }", true),
        ("http { KEYS pta_require_seal on; server { pta_require_seal off; } }", false),
        ("http { KEYS server { pta_require_seal ON; location / { pta_require_seal off; } } }", true),
        // A server without keys is skipped, whatever it says.
        ("http { pta_require_seal on; server { } server { KEYS } }", true),
    ] {
        let text = text.replace("KEYS", "pta_1st_key 1; pta_1st_iv 2;");
        let keys = keys_of(&[("nginx.conf", &text)], None).unwrap();
        assert_eq!(keys.material.require_seal, expected, "{text}");
    }
}

/// What `--bind` with so many values is told about a path.
fn bind_answer(server: &str, path: &str, given: usize) -> Result<Option<Surplus>, String> {
    let text = format!("http {{ server {{\n pta_1st_key 1; pta_1st_iv 2;\n{server}\n}} }}");
    let keys = keys_of(&[("nginx.conf", &text)], None).unwrap();
    keys.check_bind(&PathPattern::parse(path.as_bytes()).unwrap(), given)
        .map_err(|error| error.rsplit_once('/').map_or(error.clone(), |(_, rest)| rest.to_owned()))
}

#[test]
fn missing_values_of_a_binding_are_noticed() {
    let server = "pta_bind $remote_addr;\n\
                  location / { pta_enable on; }\n\
                  location /two { pta_enable on; pta_bind $remote_addr $http_user_agent;\n\
                      location /two/none { pta_bind off; } }\n\
                  location =/exact { pta_enable on; pta_bind a b c; }\n\
                  location @named { pta_bind a b c d; }";
    let missing = |text: &str| Err(text.to_owned());
    assert_eq!(bind_answer(server, "/x", 1), Ok(None));
    assert_eq!(
        bind_answer(server, "/x", 0).map_err(|error| error.contains("needs 1 value, and 0 are given")),
        Err(true)
    );
    assert_eq!(bind_answer(server, "/x", 0), missing("nginx.conf:3 needs 1 value, and 0 are given"));
    assert_eq!(bind_answer(server, "/two", 1), missing("nginx.conf:5 needs 2 values, and 1 is given"));
    assert_eq!(bind_answer(server, "/two", 2), Ok(None));
    assert_eq!(bind_answer(server, "/two/none", 0), Ok(None));
    assert_eq!(bind_answer(server, "/exact", 3), Ok(None));
    assert_eq!(bind_answer(server, "/exact", 0), missing("nginx.conf:7 needs 3 values, and 0 are given"));
    assert!(bind_answer(server, "/x", 2).unwrap().is_some());
    // Words are taken in either case, as in nginx.
    assert_eq!(bind_answer("pta_bind a; location / { pta_enable on; pta_bind OFF; }", "/x", 0), Ok(None));
    // What protects a location may be an inner block. Open locations do not count beside it.
    for inner in ["pta_enable on;", "if ($arg_a) { pta_enable on; }", "limit_except GET { pta_enable on; }"] {
        let server = format!("location / {{ }} location /a/ {{ pta_bind a; {inner} }}");
        assert_eq!(bind_answer(&server, "/*", 0), missing("nginx.conf:3 needs 1 value, and 0 are given"));
    }
}

#[test]
fn values_that_nothing_is_bound_to_are_noticed() {
    let refused = Ok(Some(Surplus::IsRefused));
    assert_eq!(bind_answer("location / { pta_enable on; }", "/x", 1), refused);
    assert_eq!(bind_answer("pta_enable on;", "/x", 1), refused);
    assert_eq!(bind_answer("pta_bind a; location / { pta_enable on; }", "/x", 2), refused);
    // nginx checks no token here, but perhaps where the request goes next.
    let open = "location / { try_files $uri @app; } location @app { pta_enable on; pta_bind a; }";
    assert_eq!(bind_answer(open, "/x", 1), Ok(Some(Surplus::IsUnknown)));
    assert_eq!(bind_answer("", "/x", 1), Ok(Some(Surplus::IsUnknown)));
}

/// Whether values are missing for `/a/x`, and the warning about include lines there.
fn answer_with_includes(location: &str, files: &[(&str, &str)]) -> (bool, Option<String>) {
    let text = format!(
        "http {{ server {{\n pta_1st_key 1; pta_1st_iv 2; pta_enable on; location / {{ }}\nlocation /a/ {{ {location} }} }} }}"
    );
    let files = [&[("nginx.conf", text.as_str())], files].concat();
    let keys = keys_of(&files, None).unwrap();
    let pattern = |path: &'static str| PathPattern::parse(path.as_bytes()).unwrap();
    assert_eq!(keys.unread_include(&pattern("/x")), None);
    (keys.check_bind(&pattern("/a/x"), 0).is_err(), keys.unread_include(&pattern("/a/x")))
}

#[test]
fn files_that_a_location_includes_are_read() {
    let bind = [("b.inc", "pta_bind $remote_addr;"), ("outer.inc", "include b.inc;")];
    assert_eq!(answer_with_includes("include b.inc;", &bind), (true, None));
    assert_eq!(answer_with_includes("include outer.inc;", &bind), (true, None));
    assert_eq!(answer_with_includes("include none/*;", &bind), (false, None));
    let enable = [("on.inc", "pta_enable on;")];
    let inner = "pta_enable off; pta_bind a; if ($arg_a) { include on.inc; }";
    assert_eq!(answer_with_includes(inner, &enable), (true, None));
    // Other blocks have no directives of the module.
    assert_eq!(answer_with_includes("types { include gone; }", &[]), (false, None));
}

#[test]
fn a_file_that_a_location_includes_need_not_be_readable() {
    for (location, files) in [
        ("include gone.inc;", &[][..]),
        ("include outer.inc;", &[("outer.inc", "pta_bind a; include gone.inc;")]),
        ("include broken.inc;", &[("broken.inc", "pta_bind a; }")]),
        // These would be read without end.
        ("include self.inc;", &[("self.inc", "include self.inc; include self.inc;")]),
        (
            "include self.inc;",
            &[("self.inc", "location /a/b { include self.inc; } location /a/c { include self.inc; }")],
        ),
    ] {
        let (is_missing, warning) = answer_with_includes(location, files);
        assert!(!is_missing, "{location}");
        let warning = warning.unwrap();
        assert!(warning.contains("nginx.conf:3 names"), "{warning}");
    }
    // Locations inside take what is in effect outside.
    let (_, warning) = answer_with_includes("include gone.inc; location /a/x { }", &[]);
    assert!(warning.is_some());
}

#[test]
fn a_pair_excludes_its_halves_at_its_level_only() {
    for (first, second) in [
        ("pta_1st_pair", "pta_1st_key"),
        ("pta_1st_pair", "pta_1st_iv"),
        ("pta_1st_key", "pta_1st_pair"),
        ("pta_2nd_iv", "pta_2nd_pair"),
    ] {
        assert_error(
            &format!("http {{ {first} file:a; {second} file:a; server {{ }} }}"),
            None,
            &format!("\"{second}\" directive cannot stand beside \"{first}\" in nginx.conf:1"),
        );
    }
    assert_error(
        "http { pta_1st_pair file:a;\n pta_1st_pair file:a; server { } }",
        None,
        "\"pta_1st_pair\" directive is duplicate in nginx.conf:2",
    );
    assert_error(
        "http { pta_1st_pair 11111111111111111111111111111111; server { } }",
        None,
        "invalid value in \"pta_1st_pair\" directive, it must be file:path in nginx.conf:1",
    );
    assert_error(
        "http { pta_1st_pair file:gone; server { } }",
        None,
        "invalid pair file \"gone\": No such file or directory in \"pta_1st_pair\" directive in nginx.conf:1",
    );
}

#[track_caller]
fn assert_for(text: &str, name: &str, port: u16, key: char) {
    let host = Host { name: name.to_owned(), port: Some(port) };
    let keys = keys_for(&[("nginx.conf", text)], None, Some(&host)).unwrap();
    assert!(keys.material.first == Some(pair(key, '9')), "{name}:{port}");
}

#[track_caller]
fn assert_error_for(text: &str, name: &str, port: u16, expected: &str) {
    let host = Host { name: name.to_owned(), port: Some(port) };
    let error = keys_for(&[("nginx.conf", text)], None, Some(&host)).map(|_| ()).unwrap_err();
    assert_eq!(error, expected);
}

#[test]
fn the_host_of_a_url_chooses_as_nginx_does() {
    let conf = "http { pta_1st_iv 9;
        server { listen 443 ssl; server_name a.example; pta_1st_key 1; }
        server { listen 443 ssl default_server; server_name b.example *.b.example; pta_1st_key 2; }
        server { listen 8443 ssl; server_name a.example; pta_1st_key 3; }
        server { listen 8443 ssl; server_name c.*; pta_1st_key 4; }
        server { listen 80; server_name a.example; return 301 https://$host$request_uri; }
        server { listen 127.0.0.1:81; pta_1st_key 5; } }";
    assert_for(conf, "a.example", 443, '1');
    assert_for(conf, "x.b.example", 443, '2');
    assert_for(conf, "a.example", 8443, '3');
    assert_for(conf, "c.example", 8443, '4');
    // The default server: that with `default_server`, or else the first.
    assert_for(conf, "x.example", 443, '2');
    assert_for(conf, "x.example", 8443, '3');
    assert_for(conf, "127.0.0.1", 81, '5');
    // Port 80 only redirects, and no server listens on 8080, so only the name decides.
    assert_error_for(
        conf,
        "a.example",
        80,
        "several servers \"a.example\" have different keys in \"nginx.conf\"",
    );
    assert_for(conf, "b.example", 80, '2');
    assert_for(conf, "b.example", 8080, '2');
    assert_error_for(
        conf,
        "x.example",
        8080,
        "servers have different keys, choose one by --server: \"a.example\", \"b.example\", \"c.*\" in \"nginx.conf\"",
    );
}

#[test]
fn regular_expressions_are_not_evaluated() {
    let conf = "http { pta_1st_iv 9;
        server { listen 80; server_name a; pta_1st_key 1; }
        server { listen 80; server_name ~^x; pta_1st_key 2; } }";
    assert_for(conf, "a", 80, '1');
    assert_error_for(
        conf,
        "x.example",
        80,
        "servers have different keys, choose one by --server: \"a\", \"~^x\" in \"nginx.conf\"",
    );
}

#[test]
fn a_server_without_keys_is_not_replaced_by_another_one() {
    let conf = "http { pta_1st_iv 9; server { server_name a; } server { server_name b; pta_1st_key 1; } }";
    assert_error_for(
        conf,
        "a",
        80,
        "server \"a\" has no complete key pair (pta_1st_pair, or pta_1st_key and pta_1st_iv) in \"nginx.conf\"",
    );
    assert_for(conf, "c", 80, '1');
}

#[test]
fn a_server_for_another_host_is_a_warning() {
    let conf = "http { pta_1st_iv 9; server { server_name a www.a *.b; pta_1st_key 1; }
        server { server_name c; pta_1st_key 2; } }";
    for (server, name, is_warned) in [
        ("a", "a", false),
        ("a", "www.a", false),
        ("a", "x.b", false),
        ("a", "c", true),
        ("c", "a", true),
        ("a", "d", true),
    ] {
        let host = Host { name: name.to_owned(), port: Some(80) };
        let keys = keys_for(&[("nginx.conf", conf)], Some(server), Some(&host)).unwrap();
        assert_eq!(!keys.warnings.is_empty(), is_warned, "{server} {name}: {:?}", keys.warnings);
    }
}
