//! Reads the XML of an MPD.

use std::mem;

use pta_http::query::position_of;
use quick_xml::Reader as XmlReader;
use quick_xml::errors::{Error as QuickError, IllFormedError, SyntaxError};
use quick_xml::events::{BytesDecl, BytesStart, Event};

use crate::dash::document::{BaseUrl, Document, Form, Reference, Role, Span};
use crate::dash::names::Element;
use crate::dash::namespaces::{Namespace, Namespaces};
use crate::dash::text::Text;
use crate::dash::value::{NoText, Value};
use crate::memory::push;
use crate::skip::Kind;
use crate::stop::{Stop, XmlError};

/// Elements inside of each other. Parsers of players have the same limit.
const DEEPEST: usize = 256;

/// Reads `xml`, a part of `input`.
pub(crate) fn read<'p>(input: &'p [u8], xml: &'p [u8]) -> Result<Document, Stop> {
    let mut parser = XmlReader::from_reader(xml);
    let config = parser.config_mut();
    config.check_comments = true;
    let mut reader = Reader { input, ..Reader::default() };
    loop {
        let event = parser.read_event();
        let offset = |position: u64| {
            let position = usize::try_from(position).unwrap_or(usize::MAX);
            position.saturating_add(input.len().saturating_sub(xml.len()))
        };
        reader.offset = offset(parser.buffer_position());
        // By reference: to move an event costs as much as to read it.
        match &event {
            Ok(Event::Eof) => return reader.finish(),
            Ok(event) => reader.event(event)?,
            Err(error) => {
                let offset = offset(parser.error_position());
                return Err(Stop::Xml(XmlError { reason: reason(error), offset }));
            }
        }
    }
}

/// Honest documents have about twenty in the root.
const MOST_ATTRIBUTES: usize = 64;

/// An element that is open.
#[derive(Clone, Copy)]
struct Open {
    element: Option<Element>,
    /// Whether it is an element of DASH in its right spelling.
    is_dash: bool,
    /// The level that it begins.
    level: Option<usize>,
}

const UNKNOWN: Open = Open { element: None, is_dash: false, level: None };

#[derive(Default)]
struct Reader<'p> {
    input: &'p [u8],
    document: Document,
    namespaces: Namespaces<'p>,
    /// The open elements.
    open: Vec<Open>,
    /// The levels among them.
    levels: Vec<usize>,
    /// The element whose text is a URL: how deep it is, and what it contains so far.
    text: Option<(usize, Text)>,
    /// Whether the root has ended.
    is_over: bool,
    /// The names of the attributes of one element. Its memory is used again.
    names: Vec<&'p [u8]>,
    /// Where the event ends.
    offset: usize,
}

impl<'p> Reader<'p> {
    fn event(&mut self, event: &Event<'p>) -> Result<(), Stop> {
        match event {
            Event::Start(tag) => self.start(tag, false),
            Event::Empty(tag) => self.start(tag, true),
            Event::End(_) => self.end(),
            Event::Text(text) => self.add_text(text, 0),
            // The "&" and the ";" are not part of the event.
            Event::GeneralRef(name) => self.add_text(name, 1),
            Event::CData(_) if self.open.is_empty() => Err(self.outside()),
            Event::CData(text) => {
                self.collect(text, Form::Cdata, 0);
                Ok(())
            }
            Event::DocType(declaration) if memchr::memchr(b'[', declaration).is_some() => {
                // Some parsers replace entities by elements.
                Err(self.error("declarations of its own (DOCTYPE) are not supported"))
            }
            Event::Decl(declaration) => self.declaration(declaration),
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn error(&self, reason: &'static str) -> Stop {
        Stop::Xml(XmlError { reason, offset: self.offset })
    }

    /// Something is before or behind the root.
    fn outside(&self) -> Stop {
        if self.is_over { self.error("there is something behind the root element") } else { Stop::NoPlaylist }
    }

    /// Characters are compared byte by byte, so ASCII must be itself.
    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<(), Stop> {
        let encoding = match declaration.encoding() {
            None => return Ok(()),
            Some(encoding) => encoding.map_err(|_| self.error("the XML declaration is not well-formed"))?,
        };
        let known: [&[u8]; 5] = [b"utf-8", b"utf8", b"us-ascii", b"iso-8859-", b"windows-125"];
        let is_known =
            |known: &[u8]| encoding.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known));
        if known.into_iter().any(is_known) {
            Ok(())
        } else {
            Err(self.error("the encoding is not supported"))
        }
    }

    fn start(&mut self, tag: &BytesStart<'p>, is_empty: bool) -> Result<(), Stop> {
        let depth = self.open.len().saturating_add(1);
        if depth > DEEPEST {
            return Err(self.error("there are more than 256 elements inside of each other"));
        }
        if let Some((_, text)) = &mut self.text {
            text.interrupt();
        }
        let name = self.input_part(tag.name().as_ref());
        let found = Element::named(tag.local_name().as_ref());
        let is_root = depth == 1;
        if is_root && self.is_over {
            return Err(self.outside());
        }
        let attributes = self.input_part(tag.attributes_raw());
        if contains(attributes, *b"xmlns") {
            self.declare(depth, tag)?;
            if self.namespaces.are_too_many() {
                return Err(self.error("there are more than 64 declarations of namespaces"));
            }
        }
        let is_dash = found.is_some_and(|(_, is_exact)| is_exact)
            && self.namespaces.of_element(name) == Namespace::Dash;
        let element = found.map(|(element, _)| element);
        if is_root && !(is_dash && element == Some(Element::Mpd)) {
            return Err(Stop::NoPlaylist);
        }
        let has_link = self.namespaces.has_xlink() && contains(attributes, *b":href");
        let level = match element {
            // An empty one has no references in it, unless it is elsewhere.
            Some(element) if element.is_level() && (!is_empty || is_root || has_link) => {
                let number = self.document.open(self.levels.last().copied())?;
                push(&mut self.levels, number)?;
                Some(number)
            }
            _ => None,
        };
        push(&mut self.open, Open { element, is_dash, level })?;
        if has_link {
            self.links(tag, level)?;
        }
        if let Some(element) = element {
            self.element(element, is_dash, tag)?;
            match &self.text {
                None if element.has_text() => self.text = Some((depth, Text::default())),
                // It is inside of another URL.
                Some(_) if element == Element::BaseUrl => self.base_url(UNKNOWN, None)?,
                _ => {}
            }
        }
        if is_empty { self.end() } else { Ok(()) }
    }

    /// The same bytes, known to be a part of the input.
    fn input_part(&self, part: &[u8]) -> &'p [u8] {
        let range = position_of(part, self.input).map(|start| start..start.saturating_add(part.len()));
        range.and_then(|range| self.input.get(range)).unwrap_or_default()
    }

    /// Calls `then` with each attribute's name and value.
    fn attributes(
        &mut self,
        tag: &BytesStart<'_>,
        mut then: impl FnMut(&mut Self, &'p [u8], Span) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut names = mem::take(&mut self.names);
        names.clear();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.error("an attribute is not well-formed"))?;
            let (name, value) = (self.input_part(attribute.key.as_ref()), &attribute.value[..]);
            if names.contains(&name) {
                return Err(self.error("an attribute is there twice"));
            }
            if names.len() >= MOST_ATTRIBUTES {
                return Err(self.error("an element has more than 64 attributes"));
            }
            push(&mut names, name)?;
            let start = position_of(value, self.input).unwrap_or_default();
            let range = start..start.saturating_add(value.len());
            then(self, name, Span { range, form: Form::Attribute })?;
        }
        self.names = names;
        Ok(())
    }

    fn declare(&mut self, depth: usize, tag: &BytesStart<'_>) -> Result<(), Stop> {
        self.attributes(tag, |reader, name, span| {
            let value = reader.input.get(span.range).unwrap_or_default();
            reader.namespaces.declare(depth, name, value).map(drop)
        })
    }

    /// The level that the current element is in, or that it begins.
    fn level(&self) -> usize {
        self.levels.last().copied().unwrap_or_default()
    }

    fn links(&mut self, tag: &BytesStart<'_>, own_level: Option<usize>) -> Result<(), Stop> {
        self.attributes(tag, |reader, name, span| {
            if !reader.namespaces.is_xlink_href(name) {
                return Ok(());
            }
            if let Some(level) = own_level.and_then(|number| reader.document.levels.get_mut(number)) {
                level.is_remote = true;
            }
            reader.reference(span, Some(Kind::Playlists), Role::Single, false)
        })
    }

    /// Notes a reference, unless it is empty.
    fn reference(
        &mut self,
        span: Span,
        kind: Option<Kind>,
        role: Role,
        is_template: bool,
    ) -> Result<(), Stop> {
        if span.range.is_empty() {
            return Ok(());
        }
        let is_plain = match &self.value(&span) {
            Err(NoText::Malformed) => {
                return Err(self.error("a reference to a character is not well-formed"));
            }
            Err(NoText::Stop(stop)) => return Err(*stop),
            Ok(value) => value.is_plain(),
            Err(NoText::Unknown) => false,
        };
        let level = self.level();
        push(&mut self.document.references, Reference { level, span, kind, role, is_template, is_plain })
    }

    fn value(&self, span: &Span) -> Result<Value<'p>, NoText> {
        let raw = self.input.get(span.range.clone()).unwrap_or_default();
        Value::read(raw, span.range.start, span.form == Form::Cdata)
    }

    fn element(&mut self, element: Element, is_dash: bool, tag: &BytesStart<'_>) -> Result<(), Stop> {
        match element {
            Element::Representation => self.representation(tag),
            Element::SegmentTemplate => {
                self.mark_template();
                self.references(element, is_dash, tag)
            }
            _ => self.references(element, is_dash, tag),
        }
    }

    fn mark_template(&mut self) {
        let number = self.level();
        if let Some(level) = self.document.levels.get_mut(number) {
            level.has_template = true;
        }
    }

    fn references(&mut self, element: Element, is_dash: bool, tag: &BytesStart<'_>) -> Result<(), Stop> {
        let names = element.references();
        if names.is_empty() || !is_dash {
            return Ok(());
        }
        self.attributes(tag, |reader, name, span| {
            if !names.contains(&name) {
                return Ok(());
            }
            if element == Element::SegmentUrl && name == b"media" {
                reader.mark_template();
            }
            let is_template = element == Element::SegmentTemplate;
            reader.reference(span, Some(Kind::Segments), Role::Segment, is_template)
        })
    }

    fn representation(&mut self, tag: &BytesStart<'_>) -> Result<(), Stop> {
        let ids = self.document.ids.len();
        self.attributes(tag, |reader, name, span| match name {
            b"id" => push(&mut reader.document.ids, span),
            b"bandwidth" => {
                let digits = reader.input.get(span.range).unwrap_or_default();
                reader.document.has_odd_bandwidth |= !digits.iter().all(u8::is_ascii_digit);
                Ok(())
            }
            _ => Ok(()),
        })?;
        self.document.lacks_id |= self.document.ids.len() == ids;
        Ok(())
    }

    /// `around` is how many bytes the event has before and behind the text.
    fn add_text(&mut self, text: &[u8], around: usize) -> Result<(), Stop> {
        if self.open.is_empty() && (around > 0 || text.iter().any(|byte| !b" \t\r\n".contains(byte))) {
            return Err(self.outside());
        }
        self.collect(text, Form::Text, around);
        Ok(())
    }

    /// Adds to the text of the element whose text is a URL.
    fn collect(&mut self, part: &[u8], form: Form, around: usize) {
        let Some((depth, text)) = &mut self.text else { return };
        let Some(start) = position_of(part, self.input).filter(|_| *depth == self.open.len()) else { return };
        let end = start.saturating_add(part.len()).saturating_add(around);
        text.add(self.input, Span { range: start.saturating_sub(around)..end, form });
    }

    fn end(&mut self) -> Result<(), Stop> {
        let depth = self.open.len();
        let Some(open) = self.open.last().copied() else { return Ok(()) };
        if let Some((_, text)) = self.text.take_if(|(started, _)| *started == depth) {
            self.url(open, text)?;
        }
        self.open.pop();
        if let Some(number) = open.level {
            self.document.close(number);
            self.levels.pop();
        }
        self.namespaces.close(depth);
        self.is_over |= self.open.is_empty();
        Ok(())
    }

    /// The text of a BaseURL, a Location or another element.
    fn url(&mut self, open: Open, text: Text) -> Result<(), Stop> {
        let found = text.finish(self.input);
        match (open.element, found) {
            // An empty one changes nothing.
            (_, Ok(None)) => Ok(()),
            (Some(Element::BaseUrl), found) => self.base_url(open, found.ok().flatten()),
            (_, Ok(Some(span))) if open.is_dash => {
                let kind = (open.element == Some(Element::Location)).then_some(Kind::Playlists);
                self.reference(span, kind, Role::Single, false)
            }
            _ => Ok(()),
        }
    }

    /// `span` is None if the text is unclear.
    fn base_url(&mut self, open: Open, span: Option<Span>) -> Result<(), Stop> {
        let level = self.level();
        if let (true, Some(span)) = (open.is_dash && self.is_in_representation(), &span) {
            self.reference(span.clone(), Some(Kind::Segments), Role::BaseUrl, false)?;
        }
        push(&mut self.document.bases, BaseUrl { level, span })
    }

    /// Whether the last open element is directly in a Representation.
    fn is_in_representation(&self) -> bool {
        let parent = self.open.len().checked_sub(2).and_then(|number| self.open.get(number));
        parent.is_some_and(|parent| parent.is_dash && parent.element == Some(Element::Representation))
    }

    fn finish(self) -> Result<Document, Stop> {
        match (self.is_over, self.open.is_empty()) {
            (_, false) => Err(self.error("an element is not closed")),
            (true, true) => Ok(self.document),
            (false, true) => Err(Stop::NoPlaylist),
        }
    }
}

/// Whether a tag has a text in it. Tags are too short for a search that prepares itself.
#[inline]
fn contains(tag: &[u8], wanted: [u8; 5]) -> bool {
    let [first, ..] = wanted;
    memchr::memchr_iter(first, tag).any(|at| tag.get(at..).is_some_and(|rest| rest.starts_with(&wanted)))
}

/// What is wrong, without the text of the document.
fn reason(error: &QuickError) -> &'static str {
    match error {
        QuickError::Syntax(SyntaxError::UnclosedComment) => "a comment is not closed",
        QuickError::Syntax(SyntaxError::UnclosedCData) => "a CDATA section is not closed",
        QuickError::Syntax(SyntaxError::InvalidBangMarkup) => "\"<!\" begins nothing that is known",
        QuickError::Syntax(_) => "a tag is not closed",
        QuickError::IllFormed(IllFormedError::MismatchedEndTag { .. }) => {
            "an end tag has another name than its start tag"
        }
        QuickError::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "an end tag has no start tag",
        QuickError::IllFormed(IllFormedError::DoubleHyphenInComment) => "there is \"--\" in a comment",
        QuickError::IllFormed(IllFormedError::UnclosedReference) => {
            "a reference to a character is not well-formed"
        }
        _ => "the XML is not well-formed",
    }
}
