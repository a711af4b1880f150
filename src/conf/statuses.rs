//! The statuses of refusals, and the parameters of `pta_refuse_status`.

/// A verdict without what the token says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Allowed,
    Missing,
    Malformed,
    Undecryptable,
    Expired,
    PathMismatch,
}

/// The status for each verdict that refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses {
    pub(crate) missing: u16,
    pub(crate) malformed: u16,
    pub(crate) undecryptable: u16,
    pub(crate) expired: u16,
    pub(crate) path_mismatch: u16,
}

impl Default for Statuses {
    fn default() -> Self {
        Self { missing: 400, malformed: 400, undecryptable: 403, expired: 410, path_mismatch: 403 }
    }
}

impl Statuses {
    const fn uniform(code: u16) -> Self {
        Self { missing: code, malformed: code, undecryptable: code, expired: code, path_mismatch: code }
    }
}

/// What is wrong with a parameter, and with which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParameterError {
    pub(crate) at: usize,
    pub(crate) problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Neither a code nor `verdict=code`.
    Form,
    UnknownVerdict,
    /// Not a code that a refusal can have.
    OutOfRange,
    /// A code for all verdicts, beside other parameters.
    NotAlone,
    Duplicate,
}

/// The verdicts that `pta_refuse_status` knows.
pub(crate) const VERDICTS: [&str; 5] = ["missing", "malformed", "undecryptable", "expired", "path_mismatch"];

/// The parameters of `pta_refuse_status`: one code for all verdicts, or `verdict=code` for some.
pub(crate) fn parse(parameters: &[&[u8]]) -> Result<Statuses, ParameterError> {
    let mut statuses = Statuses::default();
    let mut seen = Vec::new();
    for (at, parameter) in parameters.iter().enumerate() {
        let error = |problem| ParameterError { at, problem };
        let text = str::from_utf8(parameter).map_err(|_| error(Problem::Form))?;
        let Some((verdict, code)) = text.split_once('=') else {
            if !is_number(text) {
                return Err(error(Problem::Form));
            }
            if parameters.len() > 1 {
                return Err(error(Problem::NotAlone));
            }
            return parse_code(text).map(Statuses::uniform).ok_or(error(Problem::OutOfRange));
        };
        let slot = match verdict {
            "missing" => &mut statuses.missing,
            "malformed" => &mut statuses.malformed,
            "undecryptable" => &mut statuses.undecryptable,
            "expired" => &mut statuses.expired,
            "path_mismatch" => &mut statuses.path_mismatch,
            _ => return Err(error(Problem::UnknownVerdict)),
        };
        *slot = parse_code(code).ok_or(error(Problem::OutOfRange))?;
        if seen.contains(&verdict) {
            return Err(error(Problem::Duplicate));
        }
        seen.push(verdict);
    }
    Ok(statuses)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn parse_code(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| is_number(text) && (400..=599).contains(code))
}
