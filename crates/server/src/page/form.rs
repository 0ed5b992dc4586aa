//! What a form sends: names with values, in the order of the page.

use crate::problem::Failure;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shortboard_domain::fault::Why;

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// Reads a body of the type that browsers send, `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`Failure::Invalid`]
    pub fn read(body: &[u8]) -> Result<Self, Failure> {
        let pairs = serde_urlencoded::from_bytes(body);
        pairs
            .map(Self)
            .map_err(|error| Failure::invalid("", Why::Malformed { detail: error.to_string() }))
    }

    /// The first value of a name, without blanks around it; blank where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.first(name).unwrap_or_default().trim()
    }

    /// The first value of a name as it was typed: a password may begin with a blank.
    pub fn typed(&self, name: &str) -> String {
        self.first(name).unwrap_or_default().to_owned()
    }

    /// The first value of a name, unless it is blank.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// All values of a name that are not blank.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name = self.0.iter().filter(move |(of, _)| of == name);
        of_name.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a name was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The fields without some of them.
    pub fn without(&self, names: &[&str]) -> Self {
        let rest = self.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        Self(rest.cloned().collect())
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = Failure;

    /// The form that [`super::visit::enter`] has read, checked and put into the request.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
