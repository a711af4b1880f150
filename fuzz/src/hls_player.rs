//! Players of HLS, as careless as real ones: the references that they find in a playlist.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// What players do differently.
#[derive(Clone, Copy)]
pub struct Habits(pub u8);

impl Habits {
    /// Cuts off what scripts take for white space, not only ASCII.
    fn trims_unicode(self) -> bool {
        self.0 & 1 != 0
    }

    /// Takes the first definition of a variable, not the last.
    fn first_wins(self) -> bool {
        self.0 & 2 != 0
    }

    /// Fills in variables in the values of variables.
    fn fills_values(self) -> bool {
        self.0 & 4 != 0
    }

    /// Finds tags and attributes anywhere in a line.
    fn searches(self) -> bool {
        self.0 & 8 != 0
    }

    /// Ends lines wherever Unicode does.
    fn ends_lines_early(self) -> bool {
        self.0 & 64 != 0
    }

    /// How arguments of the query are decoded.
    fn decoding(self) -> u8 {
        self.0 >> 4 & 3
    }
}

const NAMES: [&str; 4] = ["URI", "SERVER-URI", "X-ASSET-URI", "X-ASSET-LIST"];

/// What an imported variable stands for: nobody knows.
const IMPORTED: &str = "//evil.test/";

/// The references: as they are, and filled in.
pub fn references(text: &str, query: &str, habits: Habits) -> Vec<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = BTreeMap::new();
    let mut found = Vec::new();
    let is_end =
        |c: char| c == '\n' || habits.ends_lines_early() && "\r\u{b}\u{c}\u{85}\u{2028}\u{2029}".contains(c);
    for line in text.split(is_end) {
        let line = if habits.trims_unicode() { line.trim() } else { line.trim_matches([' ', '\t', '\r']) };
        if let Some(at) = line.find("#EXT-X-DEFINE:").filter(|&at| at == 0 || habits.searches()) {
            define(&line[at + 14..], query, habits, &mut variables);
        }
        if line.starts_with("#EXT") {
            for name in NAMES {
                let values = if habits.searches() { search(line, name) } else { listed(line, name) };
                found.extend(values.iter().map(|value| (value.clone(), fill(value, &variables))));
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            found.push((line.to_owned(), fill(line, &variables)));
        }
    }
    found
}

/// The values of `NAME="…"` anywhere.
fn search(line: &str, name: &str) -> Vec<String> {
    let start = format!("{name}=\"");
    let ends = line.match_indices(&start).map(|(at, _)| &line[at + start.len()..]);
    ends.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

/// The quoted values of attributes with this name, up to what is no attribute.
fn listed(line: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Some((_, mut rest)) = line.split_once(':') else { return found };
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some((key, behind)) = rest.split_once('=') else { return found };
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            return found;
        }
        if let Some(quoted) = behind.strip_prefix('"') {
            let Some((value, behind)) = quoted.split_once('"') else { return found };
            let behind = behind.trim_end();
            if !behind.is_empty() && !behind.starts_with(',') {
                return found;
            }
            if key == name {
                found.push(value.to_owned());
            }
            rest = behind;
        } else {
            rest = behind.find(',').map_or("", |comma| &behind[comma..]);
        }
        let Some(behind) = rest.strip_prefix(',') else { return found };
        rest = behind;
    }
}

fn define(list: &str, query: &str, habits: Habits, variables: &mut BTreeMap<String, String>) {
    let get =
        |name: &str| if habits.searches() { search(list, name) } else { listed(&format!(":{list}"), name) };
    let mut add = |name: String, value: String| {
        let value = if habits.fills_values() { fill(&value, variables) } else { value };
        if habits.first_wins() {
            variables.entry(name).or_insert(value);
        } else {
            variables.insert(name, value);
        }
    };
    for (name, value) in get("NAME").into_iter().zip(get("VALUE")) {
        add(name, value);
    }
    for name in get("IMPORT") {
        add(name, IMPORTED.to_owned());
    }
    for name in get("QUERYPARAM") {
        let raw = query.split('&').find_map(|argument| argument.strip_prefix(&name)?.strip_prefix('='));
        let pairs = |plus: &str| {
            let query = query.replace('+', plus);
            form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.into_owned())
        };
        let value = match habits.decoding() {
            0 => raw.map(str::to_owned),
            1 => pairs("+"),
            _ => pairs("%2B"),
        };
        add(name, value.unwrap_or_else(|| IMPORTED.to_owned()));
    }
}

/// Fills in what is defined. What is not may be anything.
fn fill(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{$") {
        filled.push_str(&rest[..at]);
        let behind = &rest[at + 2..];
        let len =
            behind.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).unwrap_or(behind.len());
        if len > 0 && behind[len..].starts_with('}') {
            filled.push_str(variables.get(&behind[..len]).map_or(IMPORTED, String::as_str));
            rest = &behind[len + 1..];
        } else {
            filled.push_str("{$");
            rest = behind;
        }
    }
    filled + rest
}
