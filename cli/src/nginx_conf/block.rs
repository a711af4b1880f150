//! Splits an nginx.conf into directives and blocks, and follows include lines.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::{fmt, fs, str};

use glob::MatchOptions;

use super::lexer::{Lexer, SyntaxError, Token};
use crate::text::reason::Reason;

/// The maximum depth of blocks and includes. A file that includes itself exceeds it.
const MAX_DEPTH: usize = 50;

/// The rules of glob(3), which nginx uses.
const AS_NGINX: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// A configuration, and the folder that its relative paths start from.
pub(super) struct Conf {
    pub(super) directives: Vec<Directive>,
    pub(super) folder: PathBuf,
}

pub(super) struct Directive {
    pub(super) name: Vec<u8>,
    pub(super) values: Vec<Vec<u8>>,
    pub(super) block: Option<Vec<Directive>>,
    pub(super) place: Place,
}

/// A file and a line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    file: Rc<Path>,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// Reads `config` and the files that it includes.
pub(super) fn read(config: &Path) -> Result<Conf, String> {
    let folder = config.parent().unwrap_or(Path::new("")).to_owned();
    let mut reader = Reader { folder, depth: 0 };
    let mut directives = Vec::new();
    reader.file(config, Includes::Needed, &mut directives)?;
    Ok(Conf { directives, folder: reader.folder })
}

struct Reader {
    folder: PathBuf,
    depth: usize,
}

/// What to do at an include line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Includes {
    /// Read the file. Only main, http and server can contain keys of a server.
    Needed,
    /// In a location: read the file. If that fails, the include line stays among the directives.
    Tried,
    /// In a file that is read on trial: read the file, too. An error ends the whole trial, so that
    /// files that include each other are not tried again and again.
    OnTrial,
    /// In other blocks, as `types`: let it be. The file need not be readable.
    Ignored,
}

impl Includes {
    /// The same for an inner block.
    fn inside(self, block: &[u8]) -> Self {
        match (self, block) {
            (Self::Needed, b"http" | b"server") => Self::Needed,
            (Self::Needed | Self::Tried, b"location" | b"if" | b"limit_except") => Self::Tried,
            (Self::OnTrial, b"location" | b"if" | b"limit_except") => Self::OnTrial,
            _ => Self::Ignored,
        }
    }
}

/// A file that is being read.
struct Source<'a> {
    path: Rc<Path>,
    lexer: Lexer<'a>,
}

impl Source<'_> {
    fn place(&self) -> Place {
        Place { file: Rc::clone(&self.path), line: self.lexer.line() }
    }

    fn refuse(&self, error: &SyntaxError) -> String {
        format!("{error} in {}", self.place())
    }
}

impl Reader {
    fn file(
        &mut self,
        path: &Path,
        includes: Includes,
        directives: &mut Vec<Directive>,
    ) -> Result<(), String> {
        let text = fs::read(path)
            .map_err(|error| format!("cannot read \"{}\": {}", path.display(), Reason(&error)))?;
        let mut source = Source { path: path.into(), lexer: Lexer::new(&text) };
        self.block(&mut source, false, includes, directives)
    }

    /// Reads up to the end of the file, or of the block if `open`.
    fn block(
        &mut self,
        source: &mut Source<'_>,
        open: bool,
        includes: Includes,
        directives: &mut Vec<Directive>,
    ) -> Result<(), String> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return Err(format!("blocks or includes are nested too deeply in {}", source.place()));
        }
        let mut words = Vec::new();
        loop {
            match source.lexer.next_token().map_err(|error| source.refuse(&error))? {
                Some(Token::Word(word)) => words.push(word),
                Some(Token::End) => {
                    let directive = directive(source, &mut words, ';')?;
                    if directive.name != b"include" {
                        directives.push(directive);
                        continue;
                    }
                    match includes {
                        Includes::Needed | Includes::OnTrial => {
                            self.include(&directive, includes, directives)?;
                        }
                        Includes::Tried => self.try_include(directive, directives),
                        Includes::Ignored => directives.push(directive),
                    }
                }
                Some(Token::Open) => {
                    let mut directive = directive(source, &mut words, '{')?;
                    if directive.name.ends_with(b"_by_lua_block") {
                        source.lexer.skip_lua().map_err(|error| source.refuse(&error))?;
                    } else {
                        let mut inner = Vec::new();
                        self.block(source, true, includes.inside(&directive.name), &mut inner)?;
                        directive.block = Some(inner);
                    }
                    directives.push(directive);
                }
                Some(Token::Close) if open && words.is_empty() => break,
                Some(Token::Close) => return Err(source.refuse(&SyntaxError::Unexpected('}'))),
                None if !words.is_empty() => {
                    return Err(source.refuse(&SyntaxError::UnexpectedEnd("\";\" or \"}\"")));
                }
                None if open => return Err(source.refuse(&SyntaxError::UnexpectedEnd("\"}\""))),
                None => break,
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Follows an include line of a location, if that is possible.
    fn try_include(&mut self, include: Directive, directives: &mut Vec<Directive>) {
        let (len, depth) = (directives.len(), self.depth);
        if self.include(&include, Includes::OnTrial, directives).is_err() {
            self.depth = depth;
            directives.truncate(len);
            directives.push(include);
        }
    }

    fn include(
        &mut self,
        include: &Directive,
        includes: Includes,
        directives: &mut Vec<Directive>,
    ) -> Result<(), String> {
        let [pattern] = include.values.as_slice() else {
            return Err(format!("invalid number of arguments in \"include\" directive in {}", include.place));
        };
        let place = &include.place;
        let pattern = str::from_utf8(pattern)
            .map_err(|_| format!("the \"include\" directive in {place} is not UTF-8"))?;
        let path = self.folder.join(pattern);
        // As in nginx, a file must exist, but a pattern may match nothing.
        if !pattern.contains(['*', '?', '[']) {
            return self.file(&path, includes, directives).map_err(|error| add_place(error, place));
        }
        // The name of the folder is not a pattern.
        let path = if Path::new(pattern).is_absolute() {
            pattern.to_owned()
        } else {
            let folder = self.folder.to_string_lossy();
            Path::new(&glob::Pattern::escape(&folder)).join(pattern).to_string_lossy().into_owned()
        };
        let paths = glob::glob_with(&path, AS_NGINX)
            .map_err(|error| format!("invalid pattern in \"include\" directive in {place}: {error}"))?;
        for path in paths {
            let path = path.map_err(|error| {
                format!("cannot read \"{}\": {}", error.path().display(), Reason(error.error()))
            })?;
            self.file(&path, includes, directives)?;
        }
        Ok(())
    }
}

fn add_place(error: String, place: &Place) -> String {
    if error.starts_with("cannot read") { format!("{error} (included in {place})") } else { error }
}

fn directive(source: &Source<'_>, words: &mut Vec<Vec<u8>>, end: char) -> Result<Directive, String> {
    if words.is_empty() {
        return Err(source.refuse(&SyntaxError::Unexpected(end)));
    }
    let name = words.remove(0);
    Ok(Directive { name, values: std::mem::take(words), block: None, place: source.place() })
}
