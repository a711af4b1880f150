//! The locations of a server, and what is in effect in each: `pta_bind`, `pta_require_seal` and
//! `pta_accel_redirect`.

use super::block::Directive;
use crate::keys::seal_rules::{Scope, SealRule};

/// The rules of a server and of its locations, also of those inside other locations.
pub(super) fn seal_rules(http: &[Directive], server: &[Directive]) -> Result<Vec<SealRule>, String> {
    let start = SealRule {
        scope: Scope::Server,
        count: 0,
        place: String::new(),
        requires_seal: false,
        enabled: false,
        redirects: false,
        unread: None,
    };
    let above = inherit(&start, Scope::Server, http)?;
    let own = inherit(&above, Scope::Server, server)?;
    let mut rules = Vec::new();
    add_locations(&own, server, &mut rules)?;
    rules.push(own);
    Ok(rules)
}

fn add_locations(above: &SealRule, block: &[Directive], rules: &mut Vec<SealRule>) -> Result<(), String> {
    for location in block.iter().filter(|directive| directive.name == b"location") {
        let (Some(inner), Some(scope)) = (&location.block, scope(&location.values)) else { continue };
        // All that is inside a regular expression depends on it.
        let scope = if above.scope == Scope::Regex { Scope::Regex } else { scope };
        let own = inherit(above, scope, inner)?;
        add_locations(&own, inner, rules)?;
        rules.push(own);
    }
    Ok(())
}

/// The requests that a location is for. None for a named location: no request enters it first.
fn scope(values: &[Vec<u8>]) -> Option<Scope> {
    let scope_of = |modifier: &[u8], text: &[u8]| match modifier {
        b"=" => Scope::Exact(text.to_vec()),
        b"^~" => Scope::FinalPrefix(text.to_vec()),
        b"~" | b"~*" => Scope::Regex,
        _ => Scope::Prefix(text.to_vec()),
    };
    match values {
        [modifier, text] => Some(scope_of(modifier, text)),
        [name] if name.starts_with(b"@") => None,
        // The modifier may stand before the text without a blank.
        [text] => [&b"="[..], b"^~", b"~*", b"~"]
            .into_iter()
            .find_map(|modifier| Some(scope_of(modifier, text.strip_prefix(modifier)?)))
            .or_else(|| Some(Scope::Prefix(text.clone()))),
        _ => None,
    }
}

/// The rule of a block inside another one.
fn inherit(above: &SealRule, scope: Scope, block: &[Directive]) -> Result<SealRule, String> {
    let mut own = SealRule { scope, ..above.clone() };
    for directive in block {
        match directive.name.as_slice() {
            b"pta_bind" => {
                own.count = match directive.values.as_slice() {
                    [] => {
                        return Err(format!(
                            "invalid number of arguments in \"pta_bind\" directive in {}",
                            directive.place
                        ));
                    }
                    [word] if word.eq_ignore_ascii_case(b"off") => 0,
                    values => values.len(),
                };
                own.place = directive.place.to_string();
            }
            b"pta_require_seal" => own.requires_seal = is_on(directive),
            b"pta_enable" => own.enabled = is_on(directive),
            b"pta_accel_redirect" => own.redirects = is_on(directive),
            // All others were followed.
            b"include" => own.unread = Some(directive.place.to_string()),
            _ => {}
        }
    }
    // An `if` or `limit_except` block of a location may protect it, too.
    let is_inner = |directive: &&Directive| [&b"if"[..], b"limit_except"].contains(&&*directive.name);
    own.enabled |= block.iter().filter(is_inner).any(|block| {
        let inner = block.block.iter().flatten();
        inner.filter(|directive| directive.name == b"pta_enable").any(is_on)
    });
    Ok(own)
}

fn is_on(directive: &Directive) -> bool {
    directive.values.first().is_some_and(|word| word.eq_ignore_ascii_case(b"on"))
}
