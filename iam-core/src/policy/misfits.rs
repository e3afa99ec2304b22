use std::fmt;

/// Routes that cannot work as mounted, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfits(Vec<String>);

impl Misfits {
    /// Passes if there are none.
    ///
    /// # Errors
    /// All of them, a line each.
    pub fn refuse(misfits: Vec<String>) -> Result<(), Self> {
        if misfits.is_empty() { Ok(()) } else { Err(Self(misfits)) }
    }

    /// One of them.
    #[must_use]
    pub fn of(misfit: String) -> Self {
        Self(vec![misfit])
    }
}

impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} route(s) cannot work as mounted:", self.0.len())?;
        self.0.iter().try_for_each(|misfit| write!(f, "\n  {misfit}"))
    }
}

impl std::error::Error for Misfits {}
