//! The arguments of a query, by splitting and joining.

/// The value of the first argument `name` that has a `=`. The case of letters is ignored.
pub fn find<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    query.split(|&byte| byte == b'&').find_map(|argument| value_of(argument, name))
}

/// The query without its arguments `name`.
pub fn without(query: &[u8], name: &[u8]) -> Vec<u8> {
    let arguments = query.split(|&byte| byte == b'&');
    let others: Vec<&[u8]> = arguments.filter(|argument| value_of(argument, name).is_none()).collect();
    others.join(&b'&')
}

/// Path, query and fragment (with its `#`) of a request target or of a URL.
pub fn parts(target: &[u8]) -> (&[u8], Option<&[u8]>, &[u8]) {
    let hash = target.iter().position(|&byte| byte == b'#').unwrap_or(target.len());
    let (target, fragment) = target.split_at(hash);
    match target.iter().position(|&byte| byte == b'?') {
        Some(mark) => (&target[..mark], Some(&target[mark + 1..]), fragment),
        None => (target, None, fragment),
    }
}

fn value_of<'a>(argument: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let equals = argument.iter().position(|&byte| byte == b'=')?;
    argument[..equals].eq_ignore_ascii_case(name).then_some(&argument[equals + 1..])
}
