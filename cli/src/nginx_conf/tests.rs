//! Whole configurations, in folders of their own.

use std::fs;

use pta_token::Secret;
use tempfile::TempDir;

use super::*;
use crate::keys::Pair;

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

fn pair(key: char, iv: char) -> Pair {
    let secret = |digit| Secret::from_hex(digits(digit).as_bytes()).unwrap();
    Pair { key: secret(key), iv: secret(iv) }
}

/// `1`, `2` and so on in the text stand for 32 of these digits where they follow a key directive.
fn expand(text: &str) -> String {
    let mut text = text.to_owned();
    for digit in '1'..='9' {
        for name in ["key", "iv"] {
            text = text.replace(&format!("_{name} {digit};"), &format!("_{name} {};", digits(digit)));
        }
    }
    text
}

/// The keys of nginx.conf; errors without the folder's name.
fn keys_of(files: &[(&str, &str)], server: Option<&str>) -> Result<Keys, String> {
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (*name, expand(text))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    let prefix = format!("{}/", folder.path().display());
    keys(&folder.path().join("nginx.conf"), server).map_err(|error| error.replace(&prefix, ""))
}

#[track_caller]
fn assert_keys(text: &str, server: Option<&str>, pairs: &[Option<Pair>; 2]) {
    let keys = keys_of(&[("nginx.conf", text)], server).unwrap();
    assert!([keys.first, keys.second] == *pairs, "{text}");
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
fn servers_of_one_name_or_none_must_agree() {
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
fn quotes_comments_and_other_blocks_do_not_confuse() {
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
fn includes_and_key_files_count_from_the_folder_of_the_configuration() {
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
    assert!(keys.first == Some(pair('1', '2')) && keys.second.is_none());
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
fn the_name_of_the_argument_comes_along() {
    let conf = "http { pta_name t; pta_1st_key 1; pta_1st_iv 2; server { } }";
    assert_eq!(keys_of(&[("nginx.conf", conf)], None).unwrap().name.as_deref(), Some("t"));
}

#[test]
fn errors_say_what_and_where() {
    assert_error(
        "",
        None,
        "no server has a complete key pair (pta_1st_key and pta_1st_iv) in \"nginx.conf\"",
    );
    assert_error(
        "http { server { server_name a; pta_1st_key 1; } }",
        Some("a"),
        "server \"a\" has no complete key pair (pta_1st_key and pta_1st_iv) in \"nginx.conf\"",
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
        "invalid key file \"gone\": No such file or directory (os error 2) in \"pta_1st_key\" directive in nginx.conf:1",
    );
    assert_error(
        "http {\n include gone.conf; }",
        None,
        "cannot read \"gone.conf\": No such file or directory (os error 2) (included in nginx.conf:2)",
    );
    assert_error("include nginx.conf;", None, "blocks or includes are nested too deeply in nginx.conf:1");
}
