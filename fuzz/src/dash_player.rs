//! Players of DASH, as careless as real ones: the URLs that they make of an MPD.

use roxmltree::{Document, Node};
use url::Url;

/// What players do differently.
#[derive(Clone, Copy)]
pub struct Habits(pub u8);

impl Habits {
    /// Looks neither at namespaces nor at the case of names.
    fn is_sloppy(self) -> bool {
        self.0 & 1 != 0
    }

    /// Cuts off what scripts take for white space, not only ASCII.
    fn trims_unicode(self) -> bool {
        self.0 & 2 != 0
    }

    /// Replaces the text `$RepresentationID$` before all other identifiers.
    fn searches(self) -> bool {
        self.0 & 4 != 0
    }

    /// Fills in identifiers in everything that is a URL.
    fn fills_all(self) -> bool {
        self.0 & 8 != 0
    }
}

const DASH: &str = "urn:mpeg:dash:schema:mpd:2011";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const LEVELS: [&str; 4] = ["MPD", "Period", "AdaptationSet", "Representation"];

/// More combinations of bases are not tried.
const MANY: usize = 48;

/// A reference, and the URLs that it stands for.
pub struct Use {
    pub value: String,
    pub urls: Vec<Option<Url>>,
}

/// All references of a document at `url`.
pub fn uses(document: &Document<'_>, url: &Url, habits: Habits) -> Vec<Use> {
    let player = Player { url, habits };
    let mut found = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        if player.is(node, "Representation") {
            player.representation(node, &mut found);
        }
        let is_text =
            ["Location", "PatchLocation", "ContentSteering"].iter().any(|name| player.is(node, name));
        let link = node
            .attributes()
            .find(|attribute| attribute.namespace() == Some(XLINK) && attribute.name() == "href");
        let values =
            is_text.then(|| player.text(node)).into_iter().chain(link.map(|link| link.value().to_owned()));
        for value in values {
            let levels = player.levels(node);
            let mut bases = vec![url.clone()];
            bases.extend(player.bases(&levels, ""));
            found.push(player.used(value, "", false, &bases));
        }
    }
    found
}

struct Player<'u> {
    url: &'u Url,
    habits: Habits,
}

impl Player<'_> {
    fn is(&self, node: Node<'_, '_>, name: &str) -> bool {
        let tag = node.tag_name();
        if self.habits.is_sloppy() {
            return tag.name().eq_ignore_ascii_case(name);
        }
        tag.name() == name
            && tag.namespace().is_none_or(|namespace| namespace == DASH || namespace.is_empty())
    }

    fn is_level(&self, node: Node<'_, '_>) -> bool {
        LEVELS.iter().any(|level| self.is(node, level))
    }

    fn text(&self, node: Node<'_, '_>) -> String {
        let text: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        if self.habits.trims_unicode() {
            text.trim().to_owned()
        } else {
            text.trim_matches([' ', '\t', '\r', '\n']).to_owned()
        }
    }

    /// The levels that a node is in, itself included, from the root on.
    fn levels<'a, 'i>(&self, node: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
        let mut levels: Vec<_> =
            node.ancestors().filter(|node| node.is_element() && self.is_level(*node)).collect();
        levels.reverse();
        levels
    }

    /// The bases that the levels make of the document's URL.
    fn bases(&self, levels: &[Node<'_, '_>], id: &str) -> Vec<Url> {
        let mut bases = vec![self.url.clone()];
        for level in levels {
            let own: Vec<String> = level
                .children()
                .filter(|node| self.is(*node, "BaseURL"))
                .map(|node| self.text(node))
                .collect();
            if own.is_empty() {
                continue;
            }
            let joined = own.iter().flat_map(|text| {
                let text = if self.habits.fills_all() { self.fill(text, id) } else { text.clone() };
                bases.iter().filter_map(move |base| base.join(&text).ok()).collect::<Vec<_>>()
            });
            bases = joined.take(MANY).collect();
        }
        bases
    }

    fn used(&self, value: String, id: &str, is_template: bool, bases: &[Url]) -> Use {
        let text = if is_template || self.habits.fills_all() { self.fill(&value, id) } else { value.clone() };
        let urls = bases.iter().map(|base| base.join(&text).ok()).collect();
        Use { value, urls }
    }

    fn representation(&self, node: Node<'_, '_>, found: &mut Vec<Use>) {
        let id = node.attribute("id").unwrap_or_default();
        let levels = self.levels(node);
        let bases = self.bases(&levels, id);
        for level in &levels {
            let inside = level.children().filter(|node| node.is_element() && !self.is_level(*node));
            for node in inside.flat_map(|child| child.descendants()).filter(Node::is_element) {
                self.segments(node, id, &bases, found);
            }
        }
        let above = self.bases(&levels[..levels.len() - 1], id);
        for base in node.children().filter(|node| self.is(*node, "BaseURL")) {
            found.push(self.used(self.text(base), id, false, &above));
        }
    }

    fn segments(&self, node: Node<'_, '_>, id: &str, bases: &[Url], found: &mut Vec<Use>) {
        let is_template = self.is(node, "SegmentTemplate");
        let is_source = ["Initialization", "RepresentationIndex", "BitstreamSwitching"]
            .iter()
            .any(|name| self.is(node, name));
        let names: &[&str] = if is_template {
            &["media", "index", "initialization", "bitstreamSwitching"]
        } else if self.is(node, "SegmentURL") {
            &["media", "index"]
        } else if is_source {
            &["sourceURL"]
        } else {
            &[]
        };
        for value in names.iter().filter_map(|name| node.attribute(*name)).filter(|value| !value.is_empty()) {
            found.push(self.used(value.to_owned(), id, is_template, bases));
        }
    }

    fn fill(&self, text: &str, id: &str) -> String {
        let text = if self.habits.searches() {
            replace_ignoring_case(text, "$RepresentationID$", id)
        } else {
            text.to_owned()
        };
        let (mut filled, mut rest) = (String::new(), &text[..]);
        while let Some((before, behind)) = rest.split_once('$') {
            filled.push_str(before);
            let pair = behind.split_once('$').and_then(|(name, rest)| Some((value(name, id)?, rest)));
            let (value, left) = pair.unwrap_or(("$", behind));
            filled.push_str(value);
            rest = left;
        }
        filled + rest
    }
}

fn value<'i>(name: &str, id: &'i str) -> Option<&'i str> {
    let word = name.split('%').next().unwrap_or_default().to_ascii_lowercase();
    match &word[..] {
        "" if name.is_empty() => Some("$"),
        "representationid" => Some(id),
        "number" | "time" | "bandwidth" | "subnumber" => Some("1"),
        _ => None,
    }
}

fn replace_ignoring_case(text: &str, wanted: &str, new: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (mut replaced, mut done) = (String::new(), 0);
    for (at, _) in lower.match_indices(&wanted.to_ascii_lowercase()) {
        replaced.push_str(&text[done..at]);
        replaced.push_str(new);
        done = at + wanted.len();
    }
    replaced + &text[done..]
}
