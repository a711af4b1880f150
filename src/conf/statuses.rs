//! The statuses of refusals, and the parameters of `pta_refuse_status`.

use core::str;

use pta_token::Refusal;

/// The status for each refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses([u16; Refusal::COUNT]);

impl Default for Statuses {
    fn default() -> Self {
        Self(Refusal::ALL.map(Refusal::default_status))
    }
}

impl Statuses {
    const fn uniform(code: u16) -> Self {
        Self([code; Refusal::COUNT])
    }

    pub(crate) fn of(&self, refusal: Refusal) -> u16 {
        self.0.get(refusal.index()).copied().unwrap_or_else(|| refusal.default_status())
    }

    fn set(&mut self, refusal: Refusal, code: u16) {
        if let Some(status) = self.0.get_mut(refusal.index()) {
            *status = code;
        }
    }
}

/// The parameter that is not valid, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParameterError {
    pub(crate) at: usize,
    pub(crate) problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It is neither a code nor `verdict=code`.
    Form,
    UnknownVerdict,
    /// The code is not one of 400 to 599.
    OutOfRange,
    /// There are other parameters beside a code for all verdicts.
    NotAlone,
    Duplicate,
}

/// Parses the parameters of `pta_refuse_status`: one code for all verdicts, or `verdict=code` for
/// some of them.
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
        let refusal = Refusal::of_word(verdict.as_bytes()).ok_or(error(Problem::UnknownVerdict))?;
        statuses.set(refusal, parse_code(code).ok_or(error(Problem::OutOfRange))?);
        if seen.contains(&refusal) {
            return Err(error(Problem::Duplicate));
        }
        seen.push(refusal);
    }
    Ok(statuses)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn parse_code(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| is_number(text) && (400..=599).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(parameters: &[&str]) -> Result<[u16; Refusal::COUNT], (usize, Problem)> {
        let parameters: Vec<&[u8]> = parameters.iter().map(|parameter| parameter.as_bytes()).collect();
        match parse(&parameters) {
            Ok(statuses) => Ok(Refusal::ALL.map(|refusal| statuses.of(refusal))),
            Err(error) => Err((error.at, error.problem)),
        }
    }

    #[test]
    fn a_single_code_applies_to_all_refusals() {
        assert_eq!(parsed(&["404"]), Ok([404; Refusal::COUNT]));
        assert_eq!(parsed(&["404", "missing=401"]), Err((0, Problem::NotAlone)));
        assert_eq!(parsed(&["missing=401", "404"]), Err((1, Problem::NotAlone)));
    }

    #[test]
    fn each_refusal_can_have_its_own_code() {
        let defaults = Refusal::ALL.map(Refusal::default_status);
        assert_eq!(parsed(&[]), Ok(defaults));
        for refusal in Refusal::ALL {
            let mut expected = defaults;
            expected[refusal.index()] = 451;
            assert_eq!(parsed(&[&format!("{}=451", refusal.word())]), Ok(expected));
        }
        assert_eq!(parsed(&["expired=404", "missing=401"]), Ok([401, 400, 403, 404, 403, 403]));
    }

    #[test]
    fn invalid_parameters_are_errors() {
        for (parameter, problem) in [
            ("", Problem::Form),
            ("missing", Problem::Form),
            ("+404", Problem::Form),
            ("399", Problem::OutOfRange),
            ("600", Problem::OutOfRange),
            ("missing=", Problem::OutOfRange),
            ("missing=+404", Problem::OutOfRange),
            ("missing=70000", Problem::OutOfRange),
            ("allowed=404", Problem::UnknownVerdict),
            ("=404", Problem::UnknownVerdict),
        ] {
            assert_eq!(parsed(&[parameter]), Err((0, problem)), "{parameter}");
        }
        assert_eq!(parsed(&["missing=400", "missing=401"]), Err((1, Problem::Duplicate)));
        assert_eq!(parse(&[b"\xff=404"]).unwrap_err().problem, Problem::Form);
    }
}
