use super::{PathParameters, RequestId};

/// The parts of a request that outlive its view: what object functions and custom checks see.
///
/// It holds no credential and no other header.
#[derive(Debug, Clone)]
pub struct RequestSnapshot {
    pub(crate) method: Box<str>,
    pub(crate) route: Option<Box<str>>,
    pub(crate) request_id: RequestId,
    pub(crate) parameters: PathParameters,
}

impl RequestSnapshot {
    /// The method, in capitals.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The template of the matched route, such as `/listings/{id}`.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_deref()
    }

    /// The id of this request.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// A path parameter, decoded just as the handler receives it.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }
}
